"""A process that makes documents while the tables are packed: ``python -m kiosk.beside.jobs SOCKET MODULE …``.

It is given jobs, one after the other, and does nothing else: what it loads and holds is gone when it ends. Whoever
asked can still make the document without it.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import pickle
import select
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any, BinaryIO, Protocol

LOG = logging.getLogger(__name__)
MOST_BYTES = 64 << 10
"""Bytes of a job."""
DONE, FAILED = b"done", b"failed"
LOOK_S = 0.1
"""Whoever waits looks again after so long whether to go on."""
Heard = Callable[[int], None]
"""Hears how many more rows are in the document."""


class BesideJob(Protocol):
    """Makes a document of what stands in a file. It is pickled: a class of a module, with plain values."""

    def make(self, source: BinaryIO, stream: BinaryIO, heard: Heard) -> None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A ``job`` and its ``source``, the file that the document is made of, or its descriptor."""

    job: BesideJob
    source: IO[bytes] | int


class Aside:
    """The process. It starts at once, and loads ``modules``, which takes a while. Raises OSError where it cannot."""

    def __init__(self, modules: Sequence[str] = ()) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._waiting: deque[BesideFile] = deque()
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", __name__, str(theirs.fileno()), *modules],
                    stdin=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    env={**os.environ, "MALLOC_ARENA_MAX": "1"},
                    start_new_session=True,  # whoever interrupts the export means this process, which ends that one
                )
        except OSError:
            self._socket.close()
            raise

    def ask(self, asked: Asked) -> BesideFile:
        """Have a document made; it comes after those that were asked for before. Raises OSError."""
        document = BesideFile()
        source = asked.source if isinstance(asked.source, int) else asked.source.fileno()
        socket.send_fds(self._socket, [pickle.dumps(asked.job)], [source, document.file.fileno()])
        self._waiting.append(document)
        return document

    def hear(self, wait_s: float = 0.0) -> None:
        """Hear what it has said."""
        while self._waiting and select.select([self._socket], [], [], wait_s)[0]:
            try:
                said = self._socket.recv(MOST_BYTES)
            except OSError:
                said = b""
            if said in (DONE, FAILED, b""):
                document = self._waiting.popleft()
                document.over, document.well = True, said == DONE
            else:
                self._waiting[0].rows += int(said)
            wait_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether it has something to do."""
        return bool(self._waiting)

    def close(self) -> None:
        """End it, whatever it does."""
        self._socket.close()
        self._process.kill()
        self._process.wait()


class BesideFile:
    """A document that is made: its ``file``, how many ``rows`` are in it, whether it is ``over`` and went ``well``."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 handed to whoever asks
        self.rows = 0
        self.over = self.well = False


def main() -> None:
    """Do the jobs that come."""
    link = socket.socket(fileno=int(sys.argv[1]))
    gc.set_threshold(50_000)  # what is loaded stays, and little of what is made goes round in circles
    # fpdf2 takes it for pictures where it is there; no document of ours has one, and it is a quarter of the memory.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    for name in sys.argv[2:]:
        import_module(name)
    while True:
        message, files, _, _ = socket.recv_fds(link, MOST_BYTES, 2)
        if not message:
            return
        link.send(_made(pickle.loads(message), files, link))  # noqa: S301 whoever started this process is its only peer


def _made(job: Any, files: list[int], link: socket.socket) -> bytes:
    def heard(rows: int) -> None:
        with contextlib.suppress(BlockingIOError):  # nobody listens just now, and nothing depends on it
            link.send(b"%d" % rows, socket.MSG_DONTWAIT)

    source, result = files
    try:
        # Opened anew, because the place at which one reads is else shared with whoever asked.
        with open(f"/proc/self/fd/{source}", "rb") as file, os.fdopen(os.dup(result), "w+b") as stream:
            job.make(file, stream, heard)
    except Exception as why:
        # Without its text, which may name a person; who asked makes it once more, and says what is wrong.
        LOG.warning("a document could not be made aside (%s)", type(why).__name__)
        return FAILED
    finally:
        for number in files:
            os.close(number)
    return DONE


if __name__ == "__main__":
    main()
