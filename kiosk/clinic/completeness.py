"""Completeness of a clinic's database: each kiosk numbers what it records, so what is missing or double is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

from kiosk.clinic.database import Clinic, saying
from kiosk.package.schema import ALL, TABLES
from kiosk.ranges import Range, minus, united

MOST_TOLD = 100
"""Ranges that are told of each kind; numbers are always counted to the end."""
ERASED = "reason = 'erased'"
UNREADABLE = "reason = 'unreadable'"
HERE = f"(state = 'covered' OR {ERASED})"
KNOWN = f"({HERE} OR {UNREADABLE})"
ASIDE = "reason = 'selection'"
EARLIER = "reason = 'earlier'"
TWICE = """
    SELECT seq, seq FROM sessions WHERE device_id = :device GROUP BY seq HAVING count(*) > 1
    UNION
    SELECT s.seq, s.seq FROM sessions s JOIN events e USING (device_id, seq) WHERE device_id = :device
    ORDER BY 1
"""
CONFLICTS = """
    SELECT count(*), (
        SELECT key FROM conflicts WHERE device_id = :device AND table_name = :name
        ORDER BY json_extract(key, '$[0]'), json_extract(key, '$[1]'), key LIMIT 1
    ) FROM conflicts WHERE device_id = :device AND table_name = :name
"""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rows of one ``table`` whose key has come with two contents: their ``count``, and the ``first``, by column."""

    table: str
    count: int
    first: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NumberCount:
    """A ``count`` of numbers, and the first ``ranges`` of them."""

    count: int
    ranges: tuple[Range, ...]

    def __bool__(self) -> bool:
        return self.count > 0


@dataclass(frozen=True, slots=True)
class Account:
    """One kiosk (``device_id``), with so many ``packages`` and ``sessions``.

    ``last``: the highest number that any of its packages knows. ``unreadable``: their rows are damaged on the kiosk and
    in no package. ``lost``: no package has these numbers or says why not; the kiosk itself has lost them. ``awaited``:
    they are in an earlier package, which has not been merged. ``twice``: more than one row claims the number; two
    kiosks may call themselves alike. ``erased``: deleted on the kiosk on purpose, and here. ``conflicts``: of two rows
    of one key one was kept, and the other is in its package only.
    """

    device_id: str
    packages: int
    sessions: int
    last: int
    lost: NumberCount
    awaited: NumberCount
    twice: NumberCount
    erased: NumberCount
    unreadable: NumberCount
    conflicts: tuple[Conflict, ...]


def accounts(clinic: Clinic) -> Iterator[Account]:
    """Each kiosk, in order of their names. Raises ClinicError."""
    with saying(clinic.path):
        counted = "SELECT device_id, count(*) FROM merged GROUP BY device_id ORDER BY device_id"
        for device, packages in clinic.connection.execute(counted).fetchall():
            yield _account(clinic, device, packages)


def _account(clinic: Clinic, device: str, packages: int) -> Account:
    def ask(sql: str) -> Iterator[Range]:
        yield from clinic.connection.execute(sql, {"device": device})

    def ranges(where: str) -> Iterator[Range]:
        columns = "SELECT seq_from, seq_to FROM package WHERE device_id = :device"
        return united(ask(f"{columns} AND {where} ORDER BY seq_from"))

    ((last, sessions),) = ask(
        "SELECT (SELECT coalesce(max(seq_to), 0) FROM package WHERE device_id = :device),"
        " (SELECT count(*) FROM sessions WHERE device_id = :device)"
    )
    # One person's package cannot tell whose numbers an earlier one holds: what others set aside is not awaited.
    whole = minus(ranges(f"{EARLIER} AND selection = '{ALL}'"), ranges(KNOWN))
    single = minus(ranges(f"{EARLIER} AND selection <> '{ALL}'"), ranges(f"({KNOWN} OR {ASIDE})"))
    return Account(
        device_id=device,
        packages=packages,
        sessions=sessions,
        last=last,
        lost=_counted(minus([(1, last)], ranges("1"))),
        awaited=_counted(united(merge(whole, single))),
        twice=_counted(united(ask(TWICE))),
        erased=_counted(ranges(ERASED)),
        unreadable=_counted(minus(ranges(UNREADABLE), ranges(HERE))),
        conflicts=tuple(_conflicts(clinic, device)),
    )


def _conflicts(clinic: Clinic, device: str) -> Iterator[Conflict]:
    for name, table in TABLES.items():
        count, first = clinic.connection.execute(CONFLICTS, {"device": device, "name": name}).fetchone()
        if count:
            yield Conflict(name, count, dict(zip(table.key[1:], json.loads(first), strict=True)))


def _counted(ranges: Iterable[Range]) -> NumberCount:
    count = 0
    first: list[Range] = []
    for low, high in ranges:
        count += high - low + 1
        if len(first) < MOST_TOLD:
            first.append((low, high))
    return NumberCount(count, tuple(first))
