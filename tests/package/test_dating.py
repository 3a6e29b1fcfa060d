"""Time is told honestly: anchors date whole boots, also backwards, and what nobody knows is not made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.clock import ClockStatus, SimClock, named_zone, offset_min
from kiosk.errors import StoreError
from kiosk.package.selection import Selection
from kiosk.package.snapshot import open_snapshot
from kiosk.rows.kinds import AnchorRow, EventRow, PersonRow, StateRow
from tests.package.made import BERLIN, empty, put, record
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, session

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOON = "2026-03-02T12:00:00.000Z"


def told(data: Path, table: str) -> list[dict[str, object]]:
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        return list(snapshot.dicts(table))


def test_an_anchor_dates_its_whole_boot_backwards(tmp_path: Path) -> None:
    """Staff set the clock at noon: a session and an event of an hour before get their dates, as new revisions."""
    clock = SimClock(t_ms=60_000, wall=EPOCH, trust=ClockStatus.UNSET)
    store = open_small(tmp_path, clock)
    store.put(StateRow("device_id", "d1"), session("s1", clock, end_boot_ms=660_000, end_reason="completed"))
    store.event("info", "card")
    assert store.flush(PATIENCE_S)
    before = told(tmp_path, "sessions")[0], told(tmp_path, "events")[0]
    assert [row["clock_status"] for row in before] == ["unset", "unset"]
    assert before[0]["wall_uncertainty_s"] is None
    clock.advance(3_600_000)
    clock.set_by_staff(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    store.look_at_clock()
    assert store.close(PATIENCE_S)
    after = told(tmp_path, "sessions")[0], told(tmp_path, "events")[0]
    assert (after[0]["start_utc"], after[0]["end_utc"]) == ("2026-03-02T11:00:00.000Z", "2026-03-02T11:10:00.000Z")
    assert (after[1]["wall_utc"], after[1]["clock_status"]) == ("2026-03-02T11:00:00.000Z", "staff")
    assert after[0]["wall_uncertainty_s"] == 60.0, "a watch is read to the minute"
    assert all(new["revision"] > old["revision"] for new, old in zip(after, before, strict=True))  # type: ignore[operator]


def test_a_row_that_came_back_undated_is_dated_on_its_way_out(tmp_path: Path) -> None:
    """Rows that were read out of a damaged file did not pass the store: the export dates them just so."""
    clock = SimClock(t_ms=60_000, wall=EPOCH, trust=ClockStatus.UNSET)
    undated = session("s1", clock, seq=1, end_boot_ms=120_000, revision=4)
    record(tmp_path, [StateRow("device_id", "d1"), undated, AnchorRow(clock.boot_id, 3_660_000, NOON, "ntp")])
    row = told(tmp_path, "sessions")[0]
    assert (row["start_utc"], row["end_utc"], row["revision"]) == (
        "2026-03-02T11:00:00.000Z",
        "2026-03-02T11:01:00.000Z",
        5,
    )


def test_the_best_source_counts_and_each_anchor_is_a_revision(tmp_path: Path) -> None:
    """A second anchor may date an event anew: the merge must take the later telling, whatever the first one said."""
    event = EventRow("info", "card", "", "", 1, "boot-1", 60_000, "1970-01-01T00:00:00.000Z", "unset")
    record(tmp_path, [StateRow("device_id", "d1"), event, AnchorRow("boot-1", 3_660_000, NOON, "staff")])
    first = told(tmp_path, "events")[0]
    connection = empty(tmp_path)
    put(connection, [AnchorRow("boot-1", 7_260_000, "2026-03-02T13:05:00.000Z", "ntp")])
    connection.close()
    second = told(tmp_path, "events")[0]
    assert (first["wall_utc"], first["revision"]) == ("2026-03-02T11:00:00.000Z", 2)
    assert (second["wall_utc"], second["revision"]) == ("2026-03-02T11:05:00.000Z", 3)


def test_what_was_handed_over_under_a_watch_comes_again_under_the_network(tmp_path: Path) -> None:
    """`Since last` takes what a later anchor dates anew, sessions and lines of the log, as higher revisions, once."""
    clock = SimClock(t_ms=60_000, wall=datetime(2026, 3, 2, 12, 0, tzinfo=UTC), trust=ClockStatus.STAFF)
    store = open_small(tmp_path, clock)
    store.put(StateRow("device_id", "d1"), session("s1", clock, end_reason="completed"))
    store.event("info", "card")
    assert store.flush(PATIENCE_S)
    with open_snapshot(tmp_path, Selection(), BERLIN) as snapshot:
        since = snapshot.moment.last_seq
        before = {name: next(iter(snapshot.dicts(name))) for name in ("sessions", "events")}
    clock.advance(600_000)
    clock.wall, clock.trust = datetime(2026, 3, 2, 12, 15, tzinfo=UTC), ClockStatus.NTP
    store.look_at_clock()
    assert store.flush(PATIENCE_S)
    with open_snapshot(tmp_path, Selection(since_seq=since), BERLIN) as snapshot:
        after = {name: next(iter(snapshot.dicts(name))) for name in ("sessions", "events")}
        following = snapshot.moment.last_seq
    for name, column in (("sessions", "start_utc"), ("events", "wall_utc")):
        assert (before[name][column], before[name]["clock_status"]) == ("2026-03-02T12:00:00.000Z", "staff")
        assert (after[name][column], after[name]["clock_status"]) == ("2026-03-02T12:05:00.000Z", "ntp")
        assert after[name]["revision"] > before[name]["revision"]
    clock.advance(60_000)
    store.event("info", "card")
    assert store.close(PATIENCE_S)
    with open_snapshot(tmp_path, Selection(since_seq=following + 1), BERLIN) as snapshot:
        assert list(snapshot.dicts("events")) == []


@pytest.mark.parametrize(
    "damage", ["UPDATE persons SET patient_code = 'two words'", "UPDATE clock_anchors SET wall_utc = 'x'"]
)
def test_a_damaged_row_is_left_out_and_named(tmp_path: Path, damage: str) -> None:
    """By its table and key; it dates nothing and sets nobody up."""
    anchor = AnchorRow("boot-1", 1, NOON, "ntp")
    record(tmp_path, [StateRow("device_id", "d1"), PersonRow("AB12", 1, NOON), anchor])
    connection = empty(tmp_path)
    connection.execute(damage)
    connection.commit()
    connection.close()
    table = damage.split()[1]
    with open_snapshot(tmp_path, Selection(), BERLIN) as snapshot:
        whole = snapshot.looked_through()
        assert [left.table for left in whole.left_out] == [table]
        assert list(whole.dicts(table)) == []


def test_anchors_that_no_question_gets_at_are_said(tmp_path: Path) -> None:
    """A damaged page of theirs is trouble with the record and says what to do, although they are asked for late."""
    clock = SimClock()
    record(
        tmp_path, [StateRow("device_id", "d1"), session("s1", clock, seq=1), AnchorRow(clock.boot_id, 1, NOON, "ntp")]
    )
    connection = empty(tmp_path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'clock_anchors'").fetchall()
    connection.close()
    with (tmp_path / "kiosk.db").open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * size)
            file.write(bytes(size))
    with pytest.raises(StoreError, match="kiosk doctor"):
        told(tmp_path, "sessions")


def test_other_boots_keep_saying_that_nobody_knows(tmp_path: Path) -> None:
    """An anchor says nothing about another boot: no date is made up, no offset either, and the order is still right."""
    clock = SimClock(wall=datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    store = open_small(tmp_path, clock)
    store.put(StateRow("device_id", "d1"), session("first", clock, end_reason="completed"))
    assert store.close(PATIENCE_S)
    clock.reboot("boot-2")
    clock.wall, clock.trust = EPOCH, ClockStatus.UNSET
    store = open_small(tmp_path, clock)
    store.put(session("second", clock, end_reason="completed"))
    clock.advance(60_000)
    store.put(session("third", clock, end_reason="completed"))
    assert store.close(PATIENCE_S)
    clock.reboot("boot-3")
    clock.wall, clock.trust = datetime(2026, 3, 3, 8, 0, tzinfo=UTC), ClockStatus.NTP
    store = open_small(tmp_path, clock)
    store.put(session("fourth", clock, end_reason="completed"))
    assert store.close(PATIENCE_S)
    rows = told(tmp_path, "sessions")
    assert [row["session_id"] for row in rows] == ["first", "second", "third", "fourth"]
    assert [row["clock_status"] for row in rows] == ["ntp", "unset", "unset", "ntp"]
    assert [(row["wall_uncertainty_s"], row["utc_offset_min"]) for row in rows[1:3]] == [(None, None)] * 2
    assert {row["tz"] for row in rows} == {"Europe/Berlin"}
    ordinals = {"boot-1": 1, "boot-2": 2, "boot-3": 3}
    places = [(ordinals[str(row["boot_id"])], row["start_boot_ms"]) for row in rows]
    assert places == sorted(places)


def test_the_hour_that_comes_twice_is_told_apart(tmp_path: Path) -> None:
    """When summer time ends, two sessions at 02:30 are an hour apart, and their offsets say which is which."""
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    rows: list[StateRow | object] = [StateRow("device_id", "d1")]
    rows += [session(f"s{n}", SimClock(wall=start + timedelta(hours=n)), seq=n + 1, revision=1) for n in range(2)]
    record(tmp_path, rows)  # type: ignore[arg-type]
    found = told(tmp_path, "sessions")
    assert [row["utc_offset_min"] for row in found] == [120, 60]
    assert [row["start_utc"] for row in found] == ["2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"]
    local = [datetime.fromisoformat(str(row["start_utc"])).astimezone(BERLIN).strftime("%H:%M") for row in found]
    assert local == ["02:30", "02:30"]


def test_back_dating_over_the_change_of_the_clocks_takes_the_offset_of_that_day(tmp_path: Path) -> None:
    """A boot that is dated in spring from an anchor after the change: the session before it was in winter time."""
    undated = session(
        "s1", SimClock(wall=EPOCH, trust=ClockStatus.UNSET), seq=1, tz="Europe/Berlin", utc_offset_min=120
    )
    anchor = AnchorRow("boot-1", 1_000 + 36_000_000, "2026-03-29T06:00:00.000Z", "staff")
    record(tmp_path, [StateRow("device_id", "d1"), undated, anchor])
    row = told(tmp_path, "sessions")[0]
    assert (row["start_utc"], row["utc_offset_min"]) == ("2026-03-28T20:00:00.000Z", 60)


@pytest.mark.parametrize("name", ["America/New_York", ""])
def test_an_offset_that_was_recorded_is_kept(tmp_path: Path, name: str) -> None:
    """The kiosk was moved to another zone since: what was written down then holds, also of a zone without a name."""
    kept = session("s1", seq=1, tz=name, utc_offset_min=-300, revision=1)
    record(tmp_path, [StateRow("device_id", "d1"), kept])
    row = told(tmp_path, "sessions")[0]
    assert (row["tz"], row["utc_offset_min"]) == (name, -300)


@pytest.mark.parametrize(("zone", "minutes"), [("Asia/Kathmandu", 345), ("Australia/Lord_Howe", 660)])
def test_zones_of_quarter_hours(monkeypatch: pytest.MonkeyPatch, zone: str, minutes: int) -> None:
    """The zone of the kiosk has its name, and not all of them are whole hours."""
    monkeypatch.setenv("TZ", zone)
    found = named_zone()
    assert str(found) == zone
    assert offset_min(datetime(2026, 1, 5, tzinfo=UTC), found) == minutes


def test_a_zone_without_a_name_is_still_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """TZ may hold anything."""
    monkeypatch.setenv("TZ", "../../etc/passwd")
    assert datetime(2026, 1, 5, tzinfo=UTC).astimezone(named_zone()).utcoffset() is not None
