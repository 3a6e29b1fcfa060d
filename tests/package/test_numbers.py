"""The one numbering of a package: its runs are those that looking at each number by itself would give."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.package.numbering import NumberRun
from kiosk.package.protection import Keys
from kiosk.package.selection import Selection
from kiosk.package.snapshot import open_snapshot
from kiosk.package.verify import verify
from kiosk.rows.kinds import ErasureRow, EventRow, Row, SessionRow
from tests.package.made import BERLIN, code, empty, exported, lived, put, record

MOST = 14
NUMBERS = st.integers(1, MOST)


def kept(sessions: dict[int, int], events: dict[int, int], erased: Sequence[tuple[int, int]]) -> list[Row]:
    """Rows of a record: number → which person it is of."""
    rows: list[Row] = [
        SessionRow(
            session_id=f"s{seq}",
            patient_code=code(who),
            seq=seq,
            programme="relax",
            boot_id="boot",
            start_boot_ms=1,
            start_utc="2026-03-02T08:00:00.000Z",
            clock_status="ntp",
        )
        for seq, who in sessions.items()
    ]
    rows += [EventRow("info", "card", "", code(who), seq, "boot", 1, "", "unset") for seq, who in events.items()]
    return rows + [ErasureRow(low, high, "therapist-1") for low, high in erased]


def one_by_one(
    sessions: dict[int, int],
    events: dict[int, int],
    changed: set[int],
    erased: Sequence[tuple[int, int]],
    selection: Selection,
) -> list[NumberRun]:
    """What is so of each number, put together."""
    found: list[NumberRun] = []
    for seq in range(1, 2 * MOST):
        known = {seq: who for of in (sessions, events) for seq, who in of.items()}
        mine = selection.code is None or any(seq in of and code(of[seq]) == selection.code for of in (sessions, events))
        new = seq > selection.since_seq or (seq in sessions and seq in changed)
        if seq in known:
            reason = "" if mine and new else "earlier" if seq <= selection.since_seq else "selection"
        elif any(low <= seq <= high for low, high in erased):
            reason = "erased"
        else:
            continue
        if found and found[-1].seq_to + 1 == seq and found[-1].reason == reason:
            found[-1] = NumberRun(found[-1].seq_from, seq, reason)
        else:
            found.append(NumberRun(seq, seq, reason))
    return found


@settings(max_examples=150, deadline=None)
@example({4: 0, 7: 0}, {}, set(), [(4, 2), (5, 1)], 0, None)
@example({}, {12: 0}, set(), [(1, 6), (2, 3), (7, 0)], 0, None)
@given(
    st.dictionaries(NUMBERS, st.integers(0, 1)),
    st.dictionaries(NUMBERS, st.integers(0, 1)),
    st.sets(NUMBERS),
    st.lists(st.tuples(NUMBERS, st.integers(-1, 6)), max_size=4, unique_by=lambda pair: pair[0]),
    st.integers(0, MOST),
    st.sampled_from((None, 0)),
)
def test_runs_are_what_each_number_is(
    sessions: dict[int, int],
    events: dict[int, int],
    changed: set[int],
    gone: list[tuple[int, int]],
    since: int,
    who: int | None,
) -> None:
    """Whatever was lost, erased (more than once, too), withheld or has changed since; no number is said twice."""
    events = {seq: of for seq, of in events.items() if seq not in sessions}
    erased = [(low, low + more) for low, more in gone]
    selection = Selection(None if who is None else code(who), since)
    with tempfile.TemporaryDirectory() as data:
        with closing(empty(Path(data))) as connection:
            put(connection, kept(sessions, events, erased))
            for seq in sessions:
                noted = since if seq in changed else -1
                connection.execute("UPDATE session_changes SET seq = ? WHERE session_id = ?", (noted, f"s{seq}"))
            connection.commit()
        with open_snapshot(Path(data), selection, BERLIN) as snapshot:
            assert list(snapshot.numbers) == one_by_one(sessions, events, changed, erased, selection)


@pytest.mark.parametrize("largest", [(1 << 63) - 1, 10**18])
def test_a_number_of_a_damaged_row_is_no_reason_to_stop(largest: int, tmp_path: Path) -> None:
    """The largest that there is has no next one."""
    with closing(empty(tmp_path)) as connection:
        put(connection, kept({1: 0, largest: 0}, {2: 0}, []))
    with open_snapshot(tmp_path, Selection(), BERLIN) as snapshot:
        assert list(snapshot.numbers) == [NumberRun(1, 2), NumberRun(largest, largest)]


def test_erasures_over_each_other_leave_a_package_that_is_right(tmp_path: Path) -> None:
    """A record that was put together of a damaged one may have them; the package says each number once."""
    data = record(tmp_path / "data", lived(people=2, sessions=5, steps=1))
    with closing(sqlite3.connect(data / "kiosk.db")) as connection:
        connection.execute("DELETE FROM events WHERE seq IN (5, 6, 8, 9, 11, 12)")
        put(connection, [ErasureRow(low, 6, "therapist-1") for low in (4, 5)])
    assert verify(exported(data, tmp_path / "out").made.place, Keys()).passed
