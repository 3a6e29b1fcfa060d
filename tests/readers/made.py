"""Packages that are hard on whoever guesses: names of digits, as chance may give them."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from kiosk.report.papers import documents
from kiosk.rows.kinds import Row, StateRow
from tests.package import sample
from tests.package.made import exported, record
from tests.readers.place import LONG_S

DIGITS = "12e45678"
"""What chance made of a kiosk's name in earlier versions: to a program that guesses it is infinite."""


def named(device: str, session: str) -> Iterator[Row]:
    """A record of two people over eight weeks; ``session`` is the beginning of each session's name."""
    for row in sample.rows(sample.lives()):
        if isinstance(row, StateRow):
            yield StateRow("device_id", device)
        elif name := getattr(row, "session_id", ""):
            more = {"resumes_session_id": None} if hasattr(row, "resumes_session_id") else {}
            yield replace(row, session_id=f"{session}{_digits(name)}", **more)
        else:
            yield row


def _digits(name: str) -> str:
    return "".join(char if char.isdigit() else str(ord(char) % 10) for char in name)


def unpacked(rows: Iterator[Row], here: Path) -> tuple[Path, Path]:
    """The package of a record without protection, and the folder ``data`` of its bag."""
    place = exported(record(here / "record", rows), here / "out", documents=documents()).made.place
    with zipfile.ZipFile(place / "data.zip") as bag:
        bag.extractall(here / "bag")
    return place, next((here / "bag").glob("*/data"))


def libreoffice(file: Path, to: Path) -> Path:
    """The file as LibreOffice saves it again as a workbook, opened as it opens it by itself."""
    assert shutil.which("soffice"), "soffice is missing: `make readers` installs it (Debian: libreoffice-calc-nogui)"
    profile = f"-env:UserInstallation={(to / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(to), str(file)]
    subprocess.run(convert, check=True, capture_output=True, timeout=LONG_S)
    return to / f"{file.stem}.xlsx"
