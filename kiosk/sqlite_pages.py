"""Rows straight from the leaves of a SQLite file, whatever became of its schema and its inner pages.

One pass over the pages, each looked at once, so that it always ends. The format: https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PAGE = 4_096
"""Bytes of a page: SQLite's own choice, and so that of every record."""
HEAD, WAL_HEAD, FRAME_HEAD = 100, 32, 24
LEAF, INNER = 13, 5
MOST_PAYLOAD = 64 << 20
"""A row that claims to be longer is damage."""
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}

Value = int | float | bytes | str | None


class Torn(Exception):
    """Something that lies in the place of a row is no row."""


@dataclass(slots=True)
class Leaf:
    """The ``rows`` of a page: ``(rowid, values)`` each, in the order of the table.

    ``torn``: cells that are no rows.
    """

    rows: list[tuple[int, list[Value]]] = field(default_factory=list)
    torn: int = 0


class Pages:
    """A database file with what its journal adds to it, as a reader would see it. It is never written to."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the file cannot be read."""
        self._data = _mapped(path)
        wal = path.with_name(path.name + "-wal")
        self._newer = _committed(_mapped(wal)) if wal.exists() else {}
        self.count = max(-(-len(self._data) // PAGE), *self._newer, 0)

    def page(self, number: int) -> bytes:
        """The page, counted from 1; what is cut off at the end of the file counts as zeros."""
        newer = self._newer.get(number)
        found = bytes(self._data[(number - 1) * PAGE : number * PAGE]) if newer is None else newer
        return found.ljust(PAGE, b"\0")

    def reached(self, root: int) -> tuple[list[int], bool]:
        """The leaves of the table whose tree begins at ``root``, in order, and whether the tree is whole."""
        leaves: list[int] = []
        seen: set[int] = set()
        waiting, whole = [root], True
        while waiting:
            number = waiting.pop()
            if number in seen or not 1 <= number <= self.count:
                whole = False
                continue
            seen.add(number)
            page, at = self.page(number), _head(number)
            if page[at] == LEAF:
                leaves.append(number)
            elif page[at] == INNER:
                children = [int.from_bytes(page[p : p + 4]) for p in _pointers(page, at, 12)]
                waiting += [int.from_bytes(page[at + 8 : at + 12]), *reversed(children)]
            else:
                whole = False
        return leaves, whole

    def is_leaf(self, number: int) -> bool:
        """Whether the page says of itself that it holds rows of a table."""
        return self.page(number)[_head(number)] == LEAF

    def leaf(self, number: int) -> Leaf:
        """Return all that can be read of a page that holds rows."""
        page, at = self.page(number), _head(number)
        leaf = Leaf()
        for pointer in _pointers(page, at, 8):
            try:
                leaf.rows.append(self._row(page, pointer))
            except (Torn, struct.error, IndexError, ValueError, OverflowError):
                leaf.torn += 1
        return leaf

    def _row(self, page: bytes, at: int) -> tuple[int, list[Value]]:
        size, at = _varint(page, at)
        rowid, at = _varint(page, at)
        if not 0 < size <= MOST_PAYLOAD:
            raise Torn
        return _signed(rowid), _values(self._payload(page, at, size))

    def _payload(self, page: bytes, at: int, size: int) -> bytes:
        """The bytes of a row: those on its page, then those of its chain of further pages."""
        most = PAGE - 35
        least = (PAGE - 12) * 32 // 255 - 23
        here = size
        if size > most:
            here = least + (size - least) % (PAGE - 4)
            here = here if here <= most else least
        if at + here + (4 if here < size else 0) > PAGE:
            raise Torn
        parts, left = [page[at : at + here]], size - here
        following = int.from_bytes(page[at + here : at + here + 4]) if left else 0
        while left:
            # Each further page holds something, so that a chain that runs in a circle ends as well.
            if not 1 <= following <= self.count:
                raise Torn
            further = self.page(following)
            parts.append(further[4 : 4 + min(left, PAGE - 4)])
            left -= len(parts[-1])
            following = int.from_bytes(further[:4])
        return b"".join(parts)


def _mapped(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""


def _head(number: int) -> int:
    """Return the beginning of a page's header: the first page holds that of the file before it."""
    return HEAD if number == 1 else 0


def _pointers(page: bytes, at: int, size: int) -> Iterator[int]:
    """Yield the places of a page's cells; those that point outside are left out. ``size``: of the page's header."""
    first = at + size
    count = min(int.from_bytes(page[at + 3 : at + 5]), (PAGE - first) // 2)
    for place in range(first, first + 2 * count, 2):
        pointer = int.from_bytes(page[place : place + 2])
        yield pointer if first + 2 * count <= pointer < PAGE - 3 else PAGE


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for n in range(9):
        byte = data[at + n]
        if n == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    raise Torn


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _values(payload: bytes) -> list[Value]:
    """The columns of a row. A text that is no UTF-8 stays bytes."""
    head, at = _varint(payload, 0)
    if not 0 < head <= len(payload):
        raise Torn
    kinds = []
    while at < head:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    at = head
    for kind in kinds:
        size = _size(kind)
        part = payload[at : at + size]
        at += size
        values.append(_value(kind, part))
    if at != len(payload):
        raise Torn
    return values


def _size(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    if kind in (10, 11):
        raise Torn
    return _INTEGERS.get(kind, 8 if kind == 7 else 0)


def _value(kind: int, part: bytes) -> Value:
    if kind == 0:
        return None
    if kind in (8, 9):
        return kind - 8
    if kind == 7:
        number: float = struct.unpack(">d", part)[0]
        return number
    if kind < 7:
        return int.from_bytes(part, signed=True)
    if kind % 2 == 0:
        return part
    try:
        return part.decode()
    except UnicodeDecodeError:
        return part


def _committed(wal: mmap.mmap | bytes) -> dict[int, bytes]:
    """The newest content of each page that the journal holds, up to its last whole commit."""
    head = bytes(wal[:WAL_HEAD])
    if len(head) < WAL_HEAD or head[:3] != b"\x37\x7f\x06" or head[3] not in (0x82, 0x83):
        return {}
    order = ">" if head[3] == 0x83 else "<"
    if int.from_bytes(head[8:12]) != PAGE:
        return {}
    sums = _sums(head[:24], order, (0, 0))
    if struct.unpack(">II", head[24:32]) != sums:
        return {}
    found: dict[int, bytes] = {}
    waiting: dict[int, bytes] = {}
    for at in range(WAL_HEAD, len(wal) - FRAME_HEAD - PAGE + 1, FRAME_HEAD + PAGE):
        frame = bytes(wal[at : at + FRAME_HEAD])
        page = bytes(wal[at + FRAME_HEAD : at + FRAME_HEAD + PAGE])
        sums = _sums(page, order, _sums(frame[:8], order, sums))
        if frame[8:16] != head[16:24] or struct.unpack(">II", frame[16:24]) != sums:
            break
        number, size = struct.unpack(">II", frame[:8])
        waiting[number] = page
        if size:
            found |= waiting
            waiting = {}
    return found


def _sums(data: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    """The running checksum of a journal."""
    one, two = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two
