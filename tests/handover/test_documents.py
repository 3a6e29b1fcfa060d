"""A package holds the files for people, protected as the rest, and an export can be followed and stopped in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.errors import Cancelled
from kiosk.handover.documents import documents
from kiosk.handover.keys import Keys
from kiosk.handover.protect import Protection
from kiosk.handover.schema import TABLES
from kiosk.handover.verify import verify
from tests.handover.made import exported, lived, record
from tests.handover.test_package import filmed, tables
from tests.handover.test_workbook import letters, sheets

WORDS = "five words that nobody knows"


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
    exported(data, tmp_path / "a", documents=documents(), progress=lambda done, _: with_them.append(done))
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
