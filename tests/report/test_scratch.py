"""Plain rows of a protected package do not stay on the disk, and nothing but them is cleared away."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from kiosk.package.protection import Protection
from kiosk.report.papers import documents
from kiosk.report.workbook import PREFIX, scratch
from tests.package.booker import WORDS
from tests.package.made import exported, lived, record


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of this process and of those it starts."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return place


def test_the_next_export_clears_away_what_a_killed_one_left(tmp_path: Path, temporary: Path) -> None:
    """Killed while the sheets lie there in the clear: they are gone with the next export, whatever it is of."""
    data, out = record(tmp_path / "data", lived(sessions=20)), tmp_path / "out"
    command = [sys.executable, "-m", "tests.package.booker", str(data), str(out), "500"]
    assert subprocess.run(command, check=False).returncode == -9
    (left,) = temporary.iterdir()
    assert left.name.startswith(PREFIX)
    assert list(left.iterdir())  # from Python 3.14 on so few rows are still in a buffer
    exported(data, out, Protection(WORDS), documents=documents()[1:])
    assert not list(temporary.iterdir())


def test_nobody_is_swept_away_while_at_work(temporary: Path) -> None:
    """Two exports at the same time, of two kiosks on one computer or from the desk and the command line."""
    with scratch() as first, scratch() as second:
        (first / "sheet").write_text("rows")
        assert {first, second} == set(temporary.iterdir())
    assert not list(temporary.iterdir())


def test_what_is_not_ours_stays(temporary: Path) -> None:
    """A link with our prefix, a file, a folder of another program: none is touched, nor what a link leads to."""
    other = temporary / "kiosk-other"
    other.mkdir()
    (other / "kept").write_text("kept")
    (temporary / f"{PREFIX}link").symlink_to(other)
    (temporary / f"{PREFIX}file").write_text("kept")
    before = sorted(temporary.rglob("*"))
    with scratch():
        pass
    assert sorted(temporary.rglob("*")) == before
