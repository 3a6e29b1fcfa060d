"""The numbers of the one numbering that a package has, and those that it withholds and why; all others were lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from kiosk.package.moment import WHOLE, Heard, Moment
from kiosk.package.selection import Selection
from kiosk.ranges import united

TABLES = ("sessions", "events")
"""The tables that share the numbering."""
ENDS = " UNION ALL ".join(
    f"SELECT k.seq FROM {name} k WHERE {WHOLE.replace('seq', 'k.seq')}"  # noqa: S608 our own names
    + "".join(f" AND NOT EXISTS (SELECT 1 FROM {other} n WHERE n.seq = k.seq + 1)" for other in TABLES)  # noqa: S608
    for name in TABLES
)
"""SQL query for the last number of each run of numbers that the record knows: of years of them there are few."""


@dataclass(frozen=True, slots=True)
class NumberRun:
    """A run of the one numbering, ``seq_from`` to ``seq_to``; withheld for the ``reason``, empty: it is here."""

    seq_from: int
    seq_to: int
    reason: str = ""


def runs(moment: Moment, selection: Selection, heard: Heard, unread: Collection[int | None]) -> Iterator[NumberRun]:
    """Every number of the record, in order, as runs. ``unread``: numbers of rows that are left out."""
    run: NumberRun | None = None
    for piece in _pieces(moment, selection, heard, unread):
        if run is not None and run.seq_to + 1 == piece.seq_from and run.reason == piece.reason:
            run = replace(run, seq_to=piece.seq_to)
            continue
        if run is not None:
            yield run
        run = piece
    if run is not None:
        yield run


def _pieces(moment: Moment, selection: Selection, heard: Heard, unread: Collection[int | None]) -> Iterator[NumberRun]:
    here = _here(moment, selection, heard)
    wanted = next(here, None)
    erased = united(_erased(moment, heard))  # a record that was put together of a damaged one may have them overlap
    behind: int | None = None
    gone = next(erased, None)
    for low, high in _known(moment, heard):
        while gone is not None and gone[0] < low:
            yield from _between(gone, behind, low - 1)
            if gone[1] >= low:
                break
            gone = next(erased, None)
        at = low
        while at <= high:
            if wanted is None or wanted > high:
                yield from _withheld(at, high, selection.since_seq)
                break
            if wanted > at:
                yield from _withheld(at, wanted - 1, selection.since_seq)
            yield NumberRun(wanted, wanted, "unreadable" if wanted in unread else "")
            at, wanted = wanted + 1, next(here, None)
        behind = high
    while gone is not None:
        yield from _between(gone, behind, gone[1])
        gone = next(erased, None)


def _withheld(low: int, high: int, since: int) -> Iterator[NumberRun]:
    """Numbers that are known and not here: an earlier package has it, or it was not selected."""
    if low <= since:
        yield NumberRun(low, min(high, since), "earlier")
    if high > since:
        yield NumberRun(max(low, since + 1), high, "selection")


def _between(gone: tuple[int, int], behind: int | None, before: int) -> Iterator[NumberRun]:
    """The part of an erased run that lies behind one known number, and reaches to before the next."""
    low = gone[0] if behind is None else max(gone[0], behind + 1)
    if low <= min(gone[1], before):
        yield NumberRun(low, min(gone[1], before), "erased")


def _known(moment: Moment, heard: Heard) -> Iterator[tuple[int, int]]:
    """The runs of numbers that the record knows, whoever's they are."""
    tops = (f"SELECT min(seq) AS seq FROM {name} WHERE {WHOLE} AND seq > :after" for name in TABLES)  # noqa: S608
    first = f"SELECT min(seq) FROM ({' UNION ALL '.join(tops)})"  # noqa: S608 our own names
    after = -(1 << 63)
    for (end,) in moment.each(f"{ENDS} ORDER BY 1", {}, heard):
        if end > after:  # a number that two rows have ends only once
            yield moment.one(first, {"after": after})[0], end
            after = end


def _here(moment: Moment, selection: Selection, heard: Heard) -> Iterator[int]:
    """The numbers of rows in the selection, in order, each once."""
    asked = []
    for name in TABLES:
        sql, values = selection.query(moment, name)
        asked.append(f"SELECT seq FROM ({sql}) WHERE {WHOLE}")  # noqa: S608 our own words
    for (seq,) in moment.each(f"{' UNION '.join(asked)} ORDER BY seq", values, heard):
        yield seq


def _erased(moment: Moment, heard: Heard) -> Iterator[tuple[int, int]]:
    if "erasures" in moment.there:
        for low, high in moment.each("SELECT seq_from, seq_to FROM erasures ORDER BY seq_from", {}, heard):
            yield int(low), int(high)
