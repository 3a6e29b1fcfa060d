"""The report in every viewer: each mark is there, counted in the pixels that poppler, PDFium, MuPDF and pdf.js draw."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from kiosk.care.model import Movement, Side, Stage
from kiosk.care.person import Person, SeenTick
from kiosk.rows.kinds import InjectionRow, RatingRow, StateRow
from tests.package.made import code, person_row, record
from tests.patience import PATIENCE_S
from tests.readers.browser import drawn_by_pdfjs
from tests.readers.marks import DPI, marks_in
from tests.readers.place import by_python, sees, version_of
from tests.report.test_report import made, on, told_by

pytestmark = pytest.mark.slow
Record = Callable[[str, object], None]
WORDS = "five words that nobody knows"
WHOLE, EARLY = range(0, 50, 2), range(1, 50, 12)
"""The days with a session that ran to its end, and with one that ended early."""
PAIN, TIRED, TIGHT = 20, 12, 9
"""The first sessions, so many, in which pain (before and after), tiredness and tightness were asked."""
INJECTED = 53
MARKS = {
    "dot": len(WHOLE) + 1 + 2 * PAIN + TIRED + 2 * TIGHT,
    "ring": len(EARLY) + 1,
    "bar": 8 + 1,
    "injection": 2,
    "seen": 2,
}
"""Sessions with the legend, two panels of pain, tiredness, the tightest region and the region; a bar for each week with
the legend; the marks of both time lines."""
RENDERERS = ("poppler", "pypdfium2", "pymupdf", "pdf.js")


@pytest.fixture(scope="module", params=["", WORDS], ids=["open", "protected"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A report whose marks are counted beforehand, and its password."""
    tick = SeenTick(movement=Movement.SMILE, seen_on=date(2026, 3, 10), by="therapist-1")
    person = Person(code=code(0), stage=Stage.PARETIC, side=Side.LEFT, ticks=(tick,))
    rows = [
        StateRow("device_id", "k05e0b6c3"),
        msgspec.structs.replace(person_row(code(0)), profile=msgspec.json.encode(person).decode()),
        InjectionRow(code(0), "2026-04-24", "eyes", by="therapist-1"),
    ]
    assert (date(2026, 4, 24) - date(2026, 3, 2)).days == INJECTED
    days = sorted([*WHOLE, *EARLY])
    for number, day in enumerate(days, 1):
        asked = {"pain_before_0_3": day % 4, "pain_after_0_3": day % 3} if number <= PAIN else {}
        asked |= {"tiredness_0_3": day % 4} if number <= TIRED else {}
        early = {"end_reason": "stopped", "stop_reason": "tired", "done_steps_count": 3} if day in EARLY else {}
        rows.append(on(day, number, **asked, **early))
        rows += [RatingRow(f"s{number}", "tightness.eyes", float(day % 4), "0_3")] if number <= TIGHT else []
    here = tmp_path_factory.mktemp("drawn")
    return made(record(here / "data", rows), here / "report.pdf", request.param or None), request.param


def by_poppler(report: Path, to: Path, password: str) -> str:
    """Draw it, and say which version did."""
    words = ["-upw", password] if password else []
    command = ["pdftoppm", "-gray", "-r", str(DPI), *words, str(report), str(to / "page")]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
    said = subprocess.run(["pdftoppm", "-v"], check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    found = re.search(r"version (\S+)", said.stderr)
    assert found
    return f"poppler {found[1]}"


@pytest.mark.parametrize("renderer", RENDERERS)
def test_every_mark_is_drawn(renderer: str, report: tuple[Path, str], tmp_path: Path, record_property: Record) -> None:
    """As many dots, rings, bars, injections and movements seen as the record holds, with a password as without."""
    path, password = report
    if renderer == "poppler":
        name = by_poppler(path, tmp_path, password)
    elif renderer == "pdf.js":
        said = drawn_by_pdfjs(path, DPI, tmp_path, password)
        assert said["figures"] == told_by(path, password), "a screen reader in the browser is told each plot"
        browser = re.search(r"Chrome/(\d+)", said["browser"])
        assert browser
        name = f"pdf.js {version_of('pdfjs-dist')} in Chromium {browser[1]}"
    else:
        by_python("draw.py", renderer, path, DPI, tmp_path, password)
        name = {"pypdfium2": "PDFium (pypdfium2", "pymupdf": "MuPDF (pymupdf"}[renderer] + f" {version_of(renderer)})"
    pages = sorted([*tmp_path.glob("page*.p?m"), *tmp_path.glob("page*.png")])
    assert marks_in(pages) == MARKS
    told = ", ".join(f"{count} {kind}s" for kind, count in MARKS.items()).replace("seens", "movements seen")
    way = "with its password" if password else "without a password"
    record_property("figure", sees(name, f"report.pdf, {way}", f"{told}: all of them, in {len(pages)} pages"))
