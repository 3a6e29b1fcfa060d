"""Tables of one moment of the record as CSV, written once while they are looked through, and read by all that follows.

They lie in memory, packed, in a file that has no name and that another process can read: nothing is left of it, however
the export ends, and nothing of a person comes to lie on the card a second time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from isal import isal_zlib

MOST_ROWS = 500_000
"""Rows of all tables that are kept, some 10 MB. What has more is read from the record again each time."""
PIECE = 16 << 10
"""Bytes that are unpacked at a time: they come to five times as many, a thousand rows."""


def in_memory() -> BinaryIO:
    """A new file of memory, without a name. Raises OSError."""
    return os.fdopen(os.memfd_create("kiosk"), "w+b")


@dataclass(frozen=True, slots=True)
class Spooled:
    """A table, from ``start`` to ``end`` of the file, with so many ``rows``."""

    start: int
    end: int
    rows: int


@dataclass
class Spool:
    """The file, and where in it each of the ``tables`` is."""

    tables: dict[str, Spooled] = field(default_factory=dict)
    full: bool = False
    """There were too many rows, or there is no room: nothing is kept."""

    def __post_init__(self) -> None:
        self._file = in_memory()
        self._rows = 0

    def fileno(self) -> int:
        """The descriptor of the file."""
        return self._file.fileno()

    def table(self, name: str) -> SpooledTable:
        """The table that comes next."""
        return SpooledTable(self, name)

    def write(self, data: bytes, rows: int) -> None:
        """Add to the file, unless it is full."""
        self._rows += rows
        self.full = self.full or self._rows > MOST_ROWS
        try:
            if self.full:
                self._file.truncate(0)
            else:
                self._file.write(data)
                self._file.flush()
        except OSError:
            self.full = True

    def tell(self) -> int:
        """Return where the file ends."""
        return 0 if self.full else self._file.tell()


class SpooledTable:
    """One table while it is written."""

    def __init__(self, spool: Spool, name: str) -> None:
        self._spool, self._name = spool, name
        self._start, self._rows = spool.tell(), 0
        self._packing = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)

    def add(self, lines: bytes, rows: int) -> None:
        """Lines that come next."""
        self._rows += rows
        self._spool.write(self._packing.compress(lines), rows)

    def done(self) -> None:
        """Nothing more comes: whoever wants it finds it."""
        self._spool.write(self._packing.flush(), 0)
        self._spool.tables[self._name] = Spooled(self._start, self._spool.tell(), self._rows)


def unpacked(file: int, of: Spooled) -> Iterator[bytes]:
    """The table as it was written, from the descriptor of a spool. Raises OSError."""
    unpacking = isal_zlib.decompressobj(-isal_zlib.MAX_WBITS)
    for at in range(of.start, of.end, PIECE):
        yield unpacking.decompress(os.pread(file, min(PIECE, of.end - at), at))
    yield unpacking.flush()
