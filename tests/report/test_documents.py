"""A package holds the files for people, protected as the rest, and an export can be followed and stopped in them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyrage
import pytest

from kiosk.errors import Cancelled
from kiosk.package import outer
from kiosk.package.archives import MOST_PARTS
from kiosk.package.protection import Keys, Protection
from kiosk.package.schema import TABLES
from kiosk.package.verify import verify
from kiosk.package.write import PeopleFile
from kiosk.report.papers import BookPaper, documents
from kiosk.usb.stick_target import MOST_ARCHIVES, OURS
from tests.package.booker import WORDS
from tests.package.made import OPEN, exported, lived, record
from tests.package.test_package import filmed, tables
from tests.report.test_workbook import letters, sheets

IDENTITIES = tuple(pyrage.x25519.Identity.generate() for _ in range(2))
KEYS = tuple(str(identity.to_public()) for identity in IDENTITIES)
MOST_GROWTH = 1.15
"""Five years against one, whole program: measured 116 MB against 108; a workbook in one file took it to 171."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people with some sessions."""
    return record(tmp_path_factory.mktemp("documents") / "data", lived(people=2, sessions=10))


def test_both_are_in_every_package_under_its_protection(data: Path, tmp_path: Path) -> None:
    """What staff open first is there, whole, and opens with the same words as the rest."""
    made = exported(data, tmp_path / "out", Protection(WORDS), documents=documents(site="CLIN")).made
    assert {"report.pdf", "sessions.xlsx", "data.zip"} <= set(made.files)
    assert verify(made.place, Keys(passphrases=(WORDS,))).passed
    assert (made.place / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert (made.place / "sessions.xlsx").read_bytes().startswith(b"\xd0\xcf\x11\xe0")  # an encrypted workbook


def test_films_and_drawings_are_told_of_as_in_the_tables(tmp_path: Path) -> None:
    """Where a film lies is settled while the package is made: the workbook, which comes first, knows it as well."""
    made = exported(filmed(tmp_path / "data"), tmp_path / "out", documents=documents()).made
    book = sheets((made.place / "sessions.xlsx").read_bytes())
    found = tables(made.place)
    for name, count in (("clips", 3), ("replays", 1)):
        place = letters(len(TABLES[name].names))[TABLES[name].names.index("path")]
        assert [row.get(place, ("", None))[1] for row in book[name][1:]] == [row["path"] for row in found[name]]
        assert len(found[name]) == count


def test_progress_moves_while_a_document_is_made(data: Path, tmp_path: Path) -> None:
    """A bar that stands still for the whole workbook looks like a kiosk that hangs."""
    with_them: list[int] = []
    alone: list[int] = []
    here = documents(lambda text: text)  # words that only this process has: nothing is made aside
    exported(data, tmp_path / "a", documents=here, progress=lambda done, _: with_them.append(done))
    exported(data, tmp_path / "b", progress=lambda done, _: alone.append(done))
    assert with_them == sorted(with_them)
    assert len(set(with_them)) > len(set(alone)) + 10


def test_an_export_stops_in_the_middle_of_a_document(data: Path, tmp_path: Path) -> None:
    """Whoever cancels waits for no report: reading ends with the next rows, and there is no package."""
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 8

    with pytest.raises(Cancelled):
        exported(data, tmp_path / "out", documents=documents()[1:], stop=stop)
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("protection", [OPEN, Protection(WORDS), Protection(keys=KEYS)], ids=["none", "words", "keys"])
def test_a_long_workbook_goes_on_beside_it(tmp_path: Path, data: Path, protection: Protection) -> None:
    """However it is protected: every file is listed, explained, known to the stick and verified."""
    book = BookPaper(rows=400)
    papers = (PeopleFile("sessions.xlsx", book, book.split),)
    made = exported(data, tmp_path / "out", protection, documents=papers).made
    books = [f"sessions{part}.xlsx{protection.suffix}" for part in ("", "-2", "-3")]
    assert list(made.files)[:3] == books
    assert set(made.files) <= set(OURS)
    assert MOST_PARTS + MOST_ARCHIVES + len(("report.pdf", "READ-ME.txt", "MANIFEST.sha256")) <= outer.MOST_FILES
    text = (made.place / "READ-ME.txt").read_text(encoding="utf-8")
    assert f"{books[0]}: the same as tables" in text
    assert f"{books[1]}: the tables go on here" in text
    assert verify(made.place, Keys(passphrases=(WORDS,), identities=IDENTITIES, plain=protection is OPEN)).passed


@pytest.mark.slow
def test_memory_does_not_grow_with_the_years(tmp_path: Path) -> None:
    """A kiosk has 1 GB and a camera to serve: five years of one person under five words take what one year takes."""
    peaks = []
    for sessions in (1_000, 5_000):
        data = record(tmp_path / f"data-{sessions}", lived(sessions=sessions))
        command = [sys.executable, "-m", "tests.package.booker", str(data), str(tmp_path / "out")]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    assert peaks[1] < MOST_GROWTH * peaks[0], peaks
