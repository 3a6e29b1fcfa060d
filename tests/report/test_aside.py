"""Documents are made in a process beside the export: the same files, whatever becomes of that process."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from kiosk.errors import Cancelled
from kiosk.package.protection import Keys
from kiosk.package.verify import verify
from kiosk.package.write import PeopleFile
from kiosk.report.papers import documents
from kiosk.words import words
from tests.package.made import exported, lived, record
from tests.report.aside import Odd


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people with some sessions."""
    return record(tmp_path_factory.mktemp("aside") / "data", lived(people=2, sessions=10))


def as_they_are(text: str) -> str:
    """English words that no other process can find again."""
    return text


@pytest.mark.parametrize("language", ["en", "de"])
def test_they_are_the_same_as_those_made_here(data: Path, tmp_path: Path, language: str) -> None:
    """To the byte, in the site's words; and the numbers of a package are given out as before."""
    said: Callable[[str], str] = words(language)
    aside = exported(data, tmp_path / "aside", documents=documents(said, language, "CLIN", "Bed 4")).made
    with patch.object(subprocess, "Popen", side_effect=OSError(errno.EAGAIN, "no more processes")):
        here = exported(data, tmp_path / "here", documents=documents(said, language, "CLIN", "Bed 4")).made
    for name in aside.files:
        assert (aside.place / name).read_bytes() == (here.place / name).read_bytes(), name
    assert verify(aside.place, Keys()).passed


def test_words_that_only_this_process_has_are_used_here(data: Path, tmp_path: Path) -> None:
    """A function of somebody's cannot be handed over: then the documents are made here, and are there."""
    made = exported(data, tmp_path / "out", documents=documents(as_they_are)).made
    assert {"report.pdf", "sessions.xlsx"} <= set(made.files)


@pytest.mark.parametrize("how", ["raise", "die"])
def test_what_goes_wrong_there_is_made_here(
    data: Path, tmp_path: Path, how: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A process that fails, or is killed for want of memory, costs time and nothing else; nobody is named."""
    odd = PeopleFile("report.pdf", Odd(how, tmp_path / "there"))
    made = exported(data, tmp_path / "out", documents=(odd, *documents()[1:])).made
    assert (tmp_path / "there").exists()
    assert (made.place / "report.pdf").read_bytes() == b"made here"
    assert (made.place / "sessions.xlsx").read_bytes().startswith(b"PK")
    assert verify(made.place, Keys()).passed
    assert "P9232D" not in "".join(capfd.readouterr())


def test_whoever_stops_waits_for_no_document(data: Path, tmp_path: Path) -> None:
    """A process that hangs is ended with the export, and there is no package."""
    there = tmp_path / "there"
    with pytest.raises(Cancelled):
        exported(data, tmp_path / "out", documents=(PeopleFile("report.pdf", Odd("hang", there)),), stop=there.exists)
    assert not list((tmp_path / "out").iterdir())
    with pytest.raises(ProcessLookupError):
        os.kill(int(there.read_text()), 0)


def test_the_process_is_gone_when_the_package_is_there(data: Path, tmp_path: Path) -> None:
    """It holds sixty megabytes, which a kiosk does not have to spare."""
    started: list[subprocess.Popen[bytes]] = []

    class Counted(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            started.append(self)

    with patch.object(subprocess, "Popen", Counted):
        exported(data, tmp_path / "out", documents=documents())
    assert [process.poll() is None for process in started] == [False]
