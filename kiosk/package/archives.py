"""The zip files of a package: which film goes into which, and ``READ-ME.txt``, which says how to open them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kiosk.package.outer import is_plain
from kiosk.package.protection import Protection
from kiosk.package.snapshot import Snapshot

ARCHIVE_BYTES = 3 << 30
"""Films and drawings go into a further zip file beyond this: no file may reach the 4 GiB that FAT32 has room for."""
ARCHIVE_FILES = 50_000
"""Or beyond this: who reads a zip file keeps its directory in memory, and ours refuses one without end."""
CLIPS, REPLAYS = "clips", "replays"
"""The tables, and the folders in a bag; films lie in a folder of that name in the data folder, too."""
MOST_PARTS = 40
"""Files of one document; from there on each of them holds more. Whoever clears a stick tries every name."""

_FURTHER = re.compile(r"-[0-9]+(\.[a-z]+)$")


class Packing:
    """Shares the films and drawings of ``snapshot`` out among zip files of so many bytes and files at most.

    ``sizes``: bytes of films and drawings in each zip file. ``named`` gives the name of a zip file in the package.
    """

    def __init__(self, snapshot: Snapshot, named: Callable[[str], str], most_bytes: int, most_files: int) -> None:
        self._snapshot, self._named = snapshot, named
        self._most_bytes, self._most_files = most_bytes, most_files
        self.sizes, self._files = [0], 0
        # A number for each row; -1 is none, because the film is removed or was damaged.
        self._places = {
            REPLAYS: array("i", (self._place(row["size_bytes"]) for row in snapshot.dicts(REPLAYS))),
            CLIPS: array("i", (self._film(row) for row in snapshot.dicts(CLIPS))),
        }

    def placed(self, name: str, number: int) -> Iterator[dict[str, Any]]:
        """The rows of a table whose files go into this zip file."""
        for row, archive in zip(self._snapshot.dicts(name), self._places[name], strict=True):
            if archive == number:
                yield row | {"path": path_of(name, row)}

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Every row of a table, with where its file is."""
        for row, archive in zip(self._snapshot.dicts(name), self._places[name], strict=True):
            if archive >= 0:
                row["archive"], row["path"] = self._named(archive_name(archive)), path_of(name, row)
            yield row

    def _film(self, row: Mapping[str, Any]) -> int:
        if row["removed"] or not is_plain(row["file"]):
            return -1
        try:
            there = (self._snapshot.data / CLIPS / row["file"]).stat().st_size
        except OSError:
            return -1
        return self._place(there) if there == row["size_bytes"] else -1

    def _place(self, size: int) -> int:
        if self._files and (self.sizes[-1] + size > self._most_bytes or self._files >= self._most_files):
            self.sizes.append(0)
            self._files = 0
        self.sizes[-1] += size
        self._files += 1
        return len(self.sizes) - 1


def archive_name(number: int) -> str:
    """Return the name of the zip file of this number, from 0."""
    return part_name("data.zip", number)


def path_of(name: str, row: Mapping[str, Any]) -> str:
    """Return the place, in a bag, of the film or the drawing of a row, below ``data/``."""
    if name == CLIPS:
        return f"{CLIPS}/{row['file']}"
    return f"{REPLAYS}/{row['session_id']}-{row['step_order']}-{row['repetition']}.bin"


def part_name(name: str, number: int) -> str:
    """The name of the part of this number, from 0: ``data.zip``, ``data-2.zip``, ``data-3.zip``, …"""
    stem, dot, ending = name.partition(".")
    return name if number == 0 else f"{stem}-{number + 1}{dot}{ending}"


def whole_name(name: str) -> str:
    """The name of the first part, from that of any."""
    return _FURTHER.sub(r"\1", name)


README = "READ-ME.txt"


def readme_bytes(files: Sequence[str], protection: Protection, _: Callable[[str], str], left_out: int = 0) -> bytes:
    """The text for a package that holds ``files``, in the words ``_`` gives; lines end as Windows has them.

    ``left_out``: rows of the record that could not be read.
    """
    about = {
        "report.pdf": _("for reading and printing: how each person practised"),
        "sessions.xlsx": _("the same as tables, for Excel or LibreOffice"),
        "data.zip": _("for programs: all tables as CSV with their meanings, FHIR, films if there are any"),
    }
    more = {"sessions.xlsx": _("the tables go on here"), "data.zip": _("more films")}
    lines = [_("This folder was made by a facial rehab kiosk. Keep its files together."), ""]
    for name in files:
        plain = name.removesuffix(protection.suffix)
        if plain.endswith((".pdf", ".xlsx", ".zip")):
            lines.append(f"{name}: {about.get(plain) or more[whole_name(plain)]}")
    lines.append("")
    if protection.keys:
        lines += [
            _("The files above are encrypted to the keys of your clinic (age, https://age-encryption.org)."),
            _("Open a file with:"),
            "  age --decrypt -i KEY-FILE -o report.pdf report.pdf.age",
        ]
    elif protection.passphrase:
        lines += [
            _("The files above open with the five words that the kiosk showed once: small letters, one space between."),
            _("The words are kept nowhere: without them nobody can open the files, and a new export must be made."),
            _("Windows cannot open the encrypted data.zip by itself: use 7-Zip."),
        ]
    else:
        lines.append(
            _("NOTHING IS ENCRYPTED: whoever holds this folder can read all of it. Keep it as you keep files.")
        )
    if left_out:
        said = _("Of the kiosk's record {n} rows could not be read. They are not here; datapackage.json names them.")
        lines += ["", said.format(n=left_out)]
    lines += [
        "",
        _("MANIFEST.sha256 tells whether the files are whole: kiosk verify FOLDER, or sha256sum -c MANIFEST.sha256."),
        _("Not a medical device. The figures are no measure of health."),
        "",
    ]
    text = "\r\n".join(lines)
    # A mark where there is more than ASCII: editors of Windows would guess. Files for programs have none.
    return text.encode("utf-8" if text.isascii() else "utf-8-sig")
