"""What staff do besides setting a person up: inbox, programmes, settings, clock, staff, discharge and cleaning."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from kiosk.care.model import Permission
from kiosk.care.person import Onset, Override, Person, Role
from kiosk.desk.effects import (
    Acknowledge,
    AnswerQuestion,
    Change,
    ChangeSetting,
    Clean,
    Discharge,
    LeaveStaff,
    Logged,
    SavePerson,
    SaveStaff,
    SetClock,
)
from kiosk.desk.model import StaffPlace
from kiosk.desk.shown import InboxLine
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import inbox, staff, work
from kiosk.screens.scene import TableScene
from kiosk.signals import Button
from tests.care.people import DAY, PARETIC, SYNKINETIC
from tests.menus.menus import PIN, AtDesk, said, staff_data

EARLY = msgspec.structs.replace(PARETIC, onset=Onset(on=DAY - timedelta(weeks=8)))


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("inbox", StaffPlace.INBOX),
        ("person", StaffPlace.PERSON),
        ("pause", StaffPlace.ITEM),
        ("programmes", StaffPlace.PROGRAMMES),
        ("discharge", StaffPlace.DISCHARGE),
        ("settings", StaffPlace.SETTINGS),
        ("status", StaffPlace.STATUS),
        ("clock", StaffPlace.DATE),
        ("cleaning", StaffPlace.CLEANING),
        ("staff", StaffPlace.STAFF),
    ],
)
def test_the_menu_leads_everywhere_and_red_leads_back(entry: str, place: StaffPlace) -> None:
    """Each entry opens its screen; red is the way back from all of them but cleaning."""
    desk = AtDesk.entered(staff_data())
    desk.choose(entry)
    assert desk.at(place)
    desk.press(Button.RED)
    assert desk.state.place is (StaffPlace.CLEANING if place is StaffPlace.CLEANING else StaffPlace.MENU)


def test_with_nobody_set_up_that_comes_first() -> None:
    """One press from the PIN to the set-up of the first person; what needs a person is not offered."""
    desk = AtDesk.entered(staff_data(None))
    assert staff.options(desk.state)[:2] == ("care", "whole")
    assert desk.state.frame.cursor == 0
    assert "discharge" not in staff.options(AtDesk.entered(staff_data(None)).state)


@pytest.mark.parametrize(
    ("code", "person", "place", "about"),
    [
        ("red-flag", {"flags": 1}, StaffPlace.PROGRAMMES, "flag"),
        ("linked-pause", {"linked_review": True}, StaffPlace.PROGRAMMES, "linked"),
        ("constant-pain", {}, StaffPlace.PROGRAMMES, "pain"),
        ("saw-movement", {}, StaffPlace.ITEM, "ticks"),
        ("not-me", {}, StaffPlace.REVIEW, ""),
        ("clip-lost", {}, StaffPlace.STATUS, ""),
        ("linked-pause", {}, StaffPlace.INBOX, ""),
        ("pain-lock", {}, StaffPlace.INBOX, ""),
        ("of a later version", {}, StaffPlace.INBOX, ""),
    ],
)
def test_a_line_leads_to_what_it_asks_for(code: str, person: dict[str, Any], place: StaffPlace, about: str) -> None:
    """And is seen with the same press; where nothing is left to do it is only marked as seen."""
    whose = msgspec.structs.replace(PARETIC, **person)
    desk = AtDesk.entered(staff_data(whose, notices=(), inbox=(InboxLine("9", code, "", whose.code),)))
    desk.choose("inbox")
    word = present_staff(desk.state, "", str).strip.green
    desk.choose(":9")
    assert desk.of(Acknowledge) == [Acknowledge("therapist-1", ("9",))]
    assert (desk.state.place, "".join(desk.state.frame.about[:1])) == (place, about)
    assert word == ("Mark as seen" if place is StaffPlace.INBOX else "Open")


def test_a_question_stays_until_a_therapist_says_that_it_is_answered() -> None:
    """It is not seen away with all the others: somebody waits for the answer, and is shown that there was one."""
    asked = InboxLine("9", "question", "amount", PARETIC.code)
    others = tuple(InboxLine(key, "pain-lock", "", PARETIC.code) for key in ("1", "2"))
    desk = AtDesk.entered(staff_data(notices=(), inbox=(asked, *others)))
    desk.choose("inbox", inbox.ALL)
    assert desk.of(Acknowledge) == [Acknowledge("therapist-1", ("1", "2"))]
    assert desk.of(AnswerQuestion) == []
    assert present_staff(desk.state, "", str).strip.green == "It is answered"
    desk.choose(":9")
    assert desk.of(AnswerQuestion) == [AnswerQuestion(PARETIC.code, "amount", "therapist-1", desk.state.data.today)]
    assert inbox.waiting(desk.state) == 0
    nurse = AtDesk.entered(staff_data(notices=(), inbox=(asked,)), "nurse-1")
    nurse.choose("inbox", ":9")
    assert nurse.of(AnswerQuestion) == []


def test_a_nurse_is_led_to_what_she_may_do_only() -> None:
    """And so is a therapist by a line about somebody who is not here."""
    line = InboxLine("9", "saw-movement", "", PARETIC.code)
    for desk in (
        AtDesk.entered(staff_data(notices=(), inbox=(line,)), "nurse-1"),
        AtDesk.entered(staff_data(SYNKINETIC, notices=(), inbox=(replace(line, person="33333J"),))),
    ):
        desk.choose("inbox", ":9")
        assert desk.at(StaffPlace.INBOX)


def test_a_line_is_a_sentence_and_names_nobody_without_need() -> None:
    """The code of the person of this kiosk says nothing new; of somebody else it says of whom."""
    mine = InboxLine("9", "red-flag", "", PARETIC.code, "2 March 2026, 08:10")
    lines = (mine, replace(mine, key="8", person="33333J"))
    desk = AtDesk.entered(staff_data(notices=(), inbox=lines))
    desk.choose("inbox")
    scene = present_staff(desk.state, "", str)
    assert isinstance(scene, TableScene)
    told = [row.value for row in scene.rows[1:]]
    assert told[0] == "A warning sign was reported; no session."
    assert told[1] == f"{told[0]} Somebody who was here before: 33333J."


def test_inbox_lines_are_acknowledged_by_each_slot() -> None:
    """What the therapist has seen the nurse still finds; one line or all of them."""
    desk = AtDesk.entered(staff_data())
    desk.choose("inbox", ":2")
    assert desk.of(Acknowledge) == [Acknowledge("therapist-1", ("2",))]
    assert [line.key for line in inbox.unseen(desk.state)] == ["1"]
    desk.fresh(status=())
    assert [line.key for line in inbox.unseen(desk.state)] == ["1"]
    nurse = AtDesk.entered(staff_data(), slot="nurse-1")
    nurse.choose("inbox", inbox.ALL)
    assert nurse.of(Acknowledge) == [Acknowledge("nurse-1", ("1", "2"))]
    assert staff.options(nurse.state) == ("!unreviewed",)
    nurse.choose("!unreviewed")
    assert nurse.at(StaffPlace.INBOX)
    assert len(nurse.of(Acknowledge)) == 1


def test_a_programme_is_locked_and_opened_again() -> None:
    """The lock is the therapist's and can be taken back at once."""
    desk = AtDesk.entered(staff_data())
    desk.choose("programmes", ":relax", work.LOCK)
    saved = desk.of(SavePerson)[0]
    assert (saved.person.locked, saved.changes) == (("relax",), (Change("lock.relax", "yes"),))
    desk.choose("ok", "programmes", ":relax", work.UNLOCK)
    assert desk.of(SavePerson)[1].changes == (Change("lock.relax", "no"),)


def test_an_override_needs_a_reason_and_an_identity() -> None:
    """Before three months movement is opened only by name and with a reason of the list; it can be taken back."""
    desk = AtDesk.entered(staff_data(EARLY))
    desk.choose("programmes", ":first-movements", work.OVERRIDE + "three-months")
    assert desk.of(SavePerson) == []
    assert desk.state.frame.cursor is None
    desk.choose("doctor-asked")
    saved = desk.of(SavePerson)[0]
    assert saved.person.overrides == (Override(rule="three-months", reason="doctor-asked", by="therapist-1", on=DAY),)
    assert saved.changes == (Change("override.three-months", "doctor-asked", "doctor-asked"),)
    desk.choose("ok", "programmes", ":first-movements", work.TAKE_BACK + "three-months")
    assert desk.of(SavePerson)[1].person.overrides == ()


def test_what_may_not_be_overridden_is_not_offered() -> None:
    """A flaccid stage, a graft or a pain lock have no key."""
    desk = AtDesk.entered(staff_data(msgspec.structs.replace(PARETIC, graft=True)))
    desk.choose("programmes", ":first-movements")
    offered = staff.options(desk.state)
    assert work.LOCK in offered
    assert [option for option in offered if option.startswith(work.OVERRIDE)] == []


@pytest.mark.parametrize(
    ("person", "answer", "changed"),
    [
        (msgspec.structs.replace(PARETIC, linked_review=True), work.LINKED, {"linked_review": False}),
        (msgspec.structs.replace(PARETIC, flags=2), work.FLAGS, {"flags": 0}),
        (PARETIC, work.CONSTANT_PAIN, {"permissions": (Permission.CONSTANT_PAIN,)}),
        (
            msgspec.structs.replace(PARETIC, permissions=(Permission.CONSTANT_PAIN,)),
            work.CONSTANT_PAIN,
            {"permissions": ()},
        ),
    ],
)
def test_reviews_are_cleared_by_staff(person: Person, answer: str, changed: dict[str, object]) -> None:
    """A linked movement and a constant pain are looked at once, by somebody with a name."""
    desk = AtDesk.entered(staff_data(person))
    desk.choose("programmes", answer)
    assert desk.of(SavePerson)[0].person == msgspec.structs.replace(person, **changed)


@pytest.mark.parametrize(
    ("key", "answer", "value"),
    [
        ("sound.volume", "3", 3),
        ("sound.voice", "false", False),
        ("buttons.single_switch", "true", True),
        ("buttons.refractory_ms", "250", 250),
        ("buttons.scan_ms", "4000", 4_000),
    ],
)
def test_bedside_settings_are_changed(key: str, answer: str, value: int | bool) -> None:
    """The few settings of the bedside take effect at once, and show what holds."""
    desk = AtDesk.entered(staff_data())
    desk.choose("settings", key)
    held = work.setting(desk.state, key)
    assert held is not None
    assert staff.options(desk.state)[desk.state.frame.cursor or 0] == work.words_of(held.value)
    desk.choose(answer)
    assert desk.of(ChangeSetting) == [ChangeSetting(key, value, "therapist-1", PARETIC.code)]
    changed = work.setting(desk.state, key)
    assert changed is not None
    assert changed.value == value


def test_the_picture_is_a_bedside_setting_of_the_person() -> None:
    """View mode belongs to the plan, and is found among the settings as well."""
    desk = AtDesk.entered(staff_data(), slot="nurse-1")
    desk.choose("settings", "view_mode", "feel")
    assert desk.of(SavePerson)[0].changes == (Change("view_mode", "feel"),)


def test_nobody_sets_a_clock_that_the_network_sets() -> None:
    """What staff typed would not hold, and must not be called saved."""
    assert work.CLOCK in staff.options(AtDesk.entered(staff_data()).state)
    assert work.CLOCK not in staff.options(AtDesk.entered(staff_data(clock_by_network=True)).state)


def test_the_clock_is_set_in_the_kiosks_own_zone() -> None:
    """Staff enter what their watch says; an hour or a month that does not exist is asked again."""
    desk = AtDesk.entered(staff_data(zone=timezone(timedelta(hours=2))))
    desk.choose("clock")
    desk.turn("030320262509")
    assert (desk.state.frame.message, desk.of(SetClock)) == ("no-date", [])
    desk.turn("030320260915")
    assert desk.of(SetClock) == [SetClock(datetime(2026, 3, 3, 7, 15, tzinfo=UTC), "therapist-1")]
    assert desk.at(StaffPlace.SAVED)


def test_new_staff_set_their_own_pin_twice() -> None:
    """Each staff member has a slot of their own; numbers are never reused while they are taken."""
    desk = AtDesk.entered(staff_data())
    desk.choose("staff", "new", "nurse")
    desk.keys("246813")
    desk.keys("246813")
    assert desk.of(SaveStaff) == [SaveStaff("nurse-2", Role.NURSE, "Nurse 2", "246813", "therapist-1")]
    assert desk.state.slot == "therapist-1"
    desk.choose("ok", "staff", "nurse-1", "new-pin")
    desk.keys("112233")
    desk.keys("112233")
    assert desk.of(SaveStaff)[1] == SaveStaff("nurse-1", Role.NURSE, "Nurse 1", "112233", "therapist-1")


def test_discharge_asks_and_then_cleans() -> None:
    """The person goes only after a deliberate answer; then the kiosk is wiped before anything else."""
    desk = AtDesk.entered(staff_data(), slot="nurse-1")
    desk.choose("discharge")
    assert desk.press(Button.GREEN) == ()
    desk.choose("keep", "discharge", "discharge")
    assert desk.of(Discharge) == [Discharge(PARETIC.code, "nurse-1")]
    assert desk.of(Clean) == [Clean(True, "discharge")]
    assert (desk.state.place, desk.state.person) == (StaffPlace.CLEANING, None)


def test_discharge_offers_the_hand_over_first() -> None:
    """What is not on a stick yet is one press away, and the screen says when it last was; red leads to the menu."""
    desk = AtDesk.entered(staff_data(handed_over="1 March"), slot="nurse-1")
    desk.choose("discharge")
    assert staff.options(desk.state)[0] == "hand-over"
    assert "Last handed over: 1 March." in said(present_staff(desk.state, "", str))
    desk.choose("hand-over")
    assert desk.at(StaffPlace.HAND_OVER)
    desk.press(Button.RED)
    assert desk.at(StaffPlace.MENU)
    never = AtDesk.entered(staff_data(), slot="nurse-1")
    never.choose("discharge")
    assert "Never handed over." in said(present_staff(never.state, "", str))


@pytest.mark.parametrize("ending", ["held", "time"])
def test_cleaning_is_deaf_to_wiping_and_ends_at_home(ending: str) -> None:
    """A hand that wipes presses everything; only holding both, or three minutes, ends it, and nobody stays entered."""
    desk = AtDesk.entered(staff_data())
    desk.choose("cleaning")
    for button in (*Button, *Button):
        desk.now += 10_000
        assert desk.press(button) == ()
    desk.keys(PIN)
    if ending == "held":
        desk.chord()
    else:
        desk.wait(119_999)
        assert LeaveStaff() not in desk.effects
        desk.wait(1)
    assert desk.effects[-3:] == [Clean(False, ending), Logged("staff.left", "therapist-1"), LeaveStaff()]
    assert desk.state.left


@pytest.mark.parametrize("path", [(), ("person",), ("clock",), ("status",), ("staff", "new"), ("person", "change")])
def test_silence_leads_home_from_everywhere(path: tuple[str, ...]) -> None:
    """Staff who are called away leave no open desk behind."""
    desk = AtDesk.entered(staff_data())
    desk.choose(*path)
    desk.wait(179_999)
    assert LeaveStaff() not in desk.effects
    desk.wait(1)
    assert desk.state.left
    assert not desk.state.entered
    assert desk.press(Button.GREEN) == ()


def test_news_from_outside_does_not_take_staffs_work_away() -> None:
    """While the desk is open, what staff saved is true, even before the record says so."""
    desk = AtDesk.entered(staff_data())
    desk.choose("programmes", ":relax", work.LOCK)
    desk.fresh(person=PARETIC, status=())
    assert desk.state.person is not None
    assert desk.state.person.locked == ("relax",)
