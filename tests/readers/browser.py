"""pdf.js on a page in headless Chromium: a server on this machine gives it the page and takes the pictures."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from tests.readers.place import FOREIGN, LONG_S, MISSING, NODE_MODULES

PDFJS = NODE_MODULES / "pdfjs-dist" / "build"
KINDS = {".html": "text/html", ".mjs": "text/javascript", ".pdf": "application/pdf"}


class _Pages(BaseHTTPRequestHandler):
    """Gives three files and the report, and keeps what the page sends."""

    def __init__(self, files: dict[str, Path], to: Path, done: threading.Event, *given: Any) -> None:
        self._files, self._to, self._done = files, to, done
        super().__init__(*given)

    def do_GET(self) -> None:
        file = self._files.get(urlsplit(self.path).path)
        if file is None:
            self.send_error(404)
            return
        raw = file.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", KINDS[file.suffix])
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        name = Path(self.path).name
        (self._to / name).write_bytes(raw)
        self.send_response(204)
        self.end_headers()
        if name == "done":
            self._done.set()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def drawn_by_pdfjs(report: Path, dpi: int, to: Path, password: str) -> dict[str, Any]:
    """Have the pages drawn into ``to``; what the page says: ``pages``, the words of ``figures``, its ``browser``."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is missing: `make readers` installs it (Debian: chromium)"
    assert PDFJS.exists(), f"{PDFJS} {MISSING}"
    files = {"/report.pdf": report, "/page.html": FOREIGN / "page.html"}
    files |= {f"/{name}": PDFJS / name for name in ("pdf.mjs", "pdf.worker.mjs")}
    done = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, files, to, done)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/page.html?dpi={dpi}&password={quote(password)}"
        options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            f"--user-data-dir={to / 'user'}",
        ]
        browser = subprocess.Popen([chromium, *options, url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert done.wait(LONG_S), "the browser did not answer"
        finally:
            browser.terminate()
            browser.wait(LONG_S)
            server.shutdown()
    said: dict[str, Any] = json.loads((to / "done").read_text(encoding="utf-8"))
    assert "error" not in said, said
    return said
