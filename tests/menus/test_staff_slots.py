"""Many staff at one kiosk: who was here last, a PIN that is withdrawn, and what was done, to be read as sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.bedside.unlooked import unlooked_rows
from kiosk.care.person import Role
from kiosk.clock import ClockStatus, SimClock
from kiosk.desk.effects import WithdrawPin
from kiosk.desk.model import StaffPlace
from kiosk.desk.pin import is_pin
from kiosk.desk.shown import AuditLine, Slot
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import staff
from kiosk.records.store import Store
from kiosk.rows.kinds import EventRow, InboxRow, InboxSeen, StaffRow
from kiosk.runtime.condition import desk_slots
from kiosk.runtime.staff_rows import stored_as
from kiosk.screens.scene import TableScene
from tests.menus.menus import NURSE, THERAPIST, AtDesk, said, staff_data

OTHER = Slot("therapist-2", Role.THERAPIST, "Therapist 2", last="2 March 2026", away=True)
STAFF = (THERAPIST, OTHER, NURSE)


def test_staff_and_pins_says_who_was_not_here_for_ninety_days() -> None:
    """Whoever left without a word is noticed."""
    desk = AtDesk.entered(staff_data(slots=(replace(THERAPIST, last="29 November 2026"), OTHER, NURSE)))
    desk.choose("staff")
    told = said(present_staff(desk.state, "", str))
    assert "Last here: 29 November 2026" in told
    assert "Not here for 90 days; last on 2 March 2026" in told
    assert "Never here yet" in told


def test_a_pin_is_withdrawn_and_what_was_signed_keeps_its_name() -> None:
    """Nobody comes in with it, nobody is asked to have seen a movement; its number is not given to somebody else."""
    desk = AtDesk.entered(staff_data(slots=STAFF))
    desk.choose("staff", "therapist-2", "withdraw-pin")
    assert desk.of(WithdrawPin) == [WithdrawPin("therapist-2", Role.THERAPIST, "Therapist 2", "therapist-1")]
    desk.choose("ok", "staff", "new", "therapist")
    assert desk.state.frame.about == ("therapist-3", "therapist")
    gone = AtDesk.begin(staff_data(slots=(THERAPIST, replace(OTHER, gone=True), NURSE)))
    assert staff.options(gone.state) == ("therapist-1", "nurse-1")
    gone.choose("therapist-1")
    gone.keys("135792")
    gone.choose("staff")
    told = said(present_staff(gone.state, "", str))
    assert "Therapist 2" in told
    assert "PIN withdrawn" in told
    gone.choose("therapist-2")
    assert staff.options(gone.state) == ("new-pin",)


def test_nobody_shuts_themselves_out() -> None:
    """Whoever stands here keeps their PIN: so there is always a therapist who can let others in."""
    desk = AtDesk.entered(staff_data(slots=STAFF))
    desk.choose("staff", "therapist-1")
    assert staff.options(desk.state) == ("new-pin",)
    assert "staff" not in staff.options(AtDesk.entered(staff_data(slots=STAFF), "nurse-1").state)


@pytest.fixture
def clock() -> SimClock:
    return SimClock()


def test_the_record_knows_who_is_away_and_whose_pin_is_gone(tmp_path: Path, clock: SimClock) -> None:
    """From the log, by a clock that somebody vouches for; a PIN that was withdrawn fits no digits."""
    store = Store.open(tmp_path, clock)
    try:
        store.put(StaffRow("therapist-1", "therapist", "Therapist 1", "aa", "bb"))
        store.put(StaffRow("nurse-1", "nurse", "Nurse 1", "aa", "bb"), EventRow("audit", "staff.entered", "nurse-1"))
        clock.advance(int(timedelta(days=90).total_seconds() * 1_000))
        store.put(EventRow("audit", "staff.entered", "therapist-1"))
        store.put(*stored_as(WithdrawPin("nurse-1", Role.NURSE, "Nurse 1", "therapist-1")))
        assert store.flush(5)
        nurse, therapist = desk_slots(store.read(), clock, str)
        assert (nurse.away, nurse.gone, nurse.last) == (True, True, "2 March 2026")
        assert (therapist.away, therapist.gone) == (False, False)
        row = next(row for row in store.read().staff() if row.slot == "nurse-1")
        assert not is_pin("135792", row.pin_salt, row.pin_hash)
        assert not is_pin("", row.pin_salt, row.pin_hash)
        clock.trust = ClockStatus.UNSET
        assert not any(slot.away for slot in desk_slots(store.read(), clock, str))
    finally:
        store.close(5)


def test_what_was_done_is_a_page_of_sentences() -> None:
    """Newest first, by name, with the person's code where there is one; unknown words are no riddle."""
    audit = (
        AuditLine("staff.withdrawn", "therapist-2:therapist-1", when="29 November 2026, 08:15"),
        AuditLine("person.saved", "therapist-2", "C2D3FH"),
        AuditLine("setting", "sound.volume:2:nurse-1"),
        AuditLine("export.made", "7:passphrase:nurse-1"),
        AuditLine("of.tomorrow", "x"),
    )
    desk = AtDesk.entered(staff_data(slots=STAFF, audit=audit))
    desk.choose("log")
    scene = present_staff(desk.state, "", str)
    assert isinstance(scene, TableScene)
    assert [row.value for row in scene.rows] == [
        "Therapist 1 withdrew a PIN: Therapist 2.",
        "Therapist 2 saved a plan. (C2D3FH)",
        "Nurse 1 changed a setting.",
        "Nurse 1 handed over package 7.",
        "Something else was written down.",
    ]
    assert scene.rows[0].label == "29 November 2026, 08:15"
    assert scene.strip.green == ""
    assert "log" not in staff.options(AtDesk.entered(staff_data(), "nurse-1").state)
    assert desk.at(StaffPlace.LOG)


def test_what_nobody_looked_at_for_a_week_goes_into_the_next_package(tmp_path: Path, clock: SimClock) -> None:
    """One slot that looked is enough; what is younger, or nobody can date, waits."""
    store = Store.open(tmp_path, clock)
    try:
        store.put(StaffRow("nurse-1", "nurse", "Nurse 1", "aa", "bb"))
        store.put(InboxRow("old", "C2D3FH", "pain-lock"), InboxRow("seen", "C2D3FH", "not-me"))
        store.put(InboxSeen("nurse-1", "seen"))
        clock.advance(int(timedelta(days=7).total_seconds() * 1_000))
        store.put(InboxRow("young", "C2D3FH", "not-me"))
        assert store.flush(5)
        assert [row.key for row in store.read().unlooked()] == ["old", "young"]
        assert unlooked_rows(store.read(), clock) == (EventRow("notice", "inbox.unlooked", "pain-lock", "C2D3FH"),)
        clock.trust = ClockStatus.UNSET
        assert unlooked_rows(store.read(), clock) == ()
    finally:
        store.close(5)
