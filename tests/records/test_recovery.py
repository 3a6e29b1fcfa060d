"""An interrupted session is stored as interrupted, with all that was done, and never as complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.clock import ClockStatus, SimClock
from kiosk.records.reader import Reader
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, repetition, session, sound, step


def leave_open(data: Path) -> SimClock:
    clock = SimClock()
    store = open_small(data, clock)
    store.put(session("s0", clock, end_reason="completed", end_boot_ms=1_500, done_steps_count=3))
    store.put(session("s1", clock, planned_steps_count=4))
    store.put(step(0, done_repetitions_count=1, start_boot_ms=1_000, end_boot_ms=5_000))
    store.put(step(1, skipped=True, start_boot_ms=5_000, end_boot_ms=6_000))
    store.put(step(2, planned_repetitions_count=3, start_boot_ms=6_000))
    store.put(repetition(0, 2, t_boot_ms=8_000), repetition(1, 2, t_boot_ms=11_000))
    store.close(PATIENCE_S)
    return clock


@pytest.mark.parametrize(("boot", "reason"), [("boot-2", "power_loss"), ("boot-1", "fault")])
def test_a_session_without_an_end_gets_one(tmp_path: Path, boot: str, reason: str) -> None:
    """Another boot means power was lost, the same boot a fault; it ends with the last thing that was stored."""
    clock = leave_open(tmp_path)
    clock.advance(3_600_000)
    if boot != clock.boot_id:
        clock.reboot(boot)
    open_small(tmp_path, clock).close(PATIENCE_S)
    reader = Reader(tmp_path)
    found = reader.interrupted_session("AB12")
    assert found is not None
    assert (found.session_id, found.end_reason, found.end_boot_ms, found.revision) == ("s1", reason, 11_000, 2)
    assert found.end_utc == "2026-03-02T08:00:10.000Z"
    assert found.done_steps_count == 1
    assert [s.done_repetitions_count for s in reader.steps("s1")] == [1, 0, 2]
    assert len(reader.repetitions("s1")) == 2
    assert [(e.code, e.detail_code, e.patient_code) for e in reader.events(5)] == [
        ("session_interrupted", reason, "AB12")
    ]
    assert reader.sessions("AB12", 2)[1].end_reason == "completed"
    reader.close()
    sound(tmp_path)


def test_it_happens_once(tmp_path: Path) -> None:
    """A session that was closed as interrupted stays as it is, however often the kiosk starts."""
    clock = leave_open(tmp_path)
    for boot in ("boot-2", "boot-3", "boot-4"):
        clock.reboot(boot)
        open_small(tmp_path, clock).close(PATIENCE_S)
    reader = Reader(tmp_path)
    assert reader.sessions("AB12", 1)[0].revision == 2
    assert len(reader.events(9)) == 1
    reader.close()


def test_an_undated_session_is_dated_by_a_later_anchor_of_its_boot(tmp_path: Path) -> None:
    """Time that staff or the network supply later holds for the whole boot, also against an older copy in memory."""
    clock = SimClock(trust=ClockStatus.UNSET)
    store = open_small(tmp_path, clock)
    running = session("s1", clock)
    store.put(running)
    clock.advance(60_000)
    clock.set_by_staff(clock.wall.replace(year=2027))
    store.look_at_clock()
    store.put(step(0))
    store.put(session("s1", clock, start_boot_ms=1_000, clock_status="unset", start_utc=running.start_utc,
                      end_boot_ms=61_000, end_utc=running.start_utc, end_reason="completed"))  # fmt: skip
    assert store.flush(PATIENCE_S)
    found = store.read().sessions("AB12", 1)[0]
    assert (found.start_utc, found.end_utc) == ("2027-03-02T08:00:00.000Z", "2027-03-02T08:01:00.000Z")
    assert (found.clock_status, found.wall_uncertainty_s, found.revision) == ("staff", 60.0, 3)
    store.close(PATIENCE_S)


def test_a_session_of_another_boot_stays_undated(tmp_path: Path) -> None:
    """An anchor knows nothing about the time before its own boot."""
    clock = SimClock(trust=ClockStatus.UNSET)
    store = open_small(tmp_path, clock)
    store.put(session("s1", clock, end_reason="completed"))
    store.close(PATIENCE_S)
    clock.reboot("boot-2")
    clock.trust = ClockStatus.NTP
    open_small(tmp_path, clock).close(PATIENCE_S)
    reader = Reader(tmp_path)
    assert reader.sessions("AB12", 1)[0].clock_status == "unset"
    assert [anchor.boot_id for anchor in reader.anchors()] == ["boot-2"]
    reader.close()
