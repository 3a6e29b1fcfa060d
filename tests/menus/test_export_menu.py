"""Handing over at the desk, press by press: the words are shown once, and nothing says "done" before it is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.desk.effects import Bind, Carry, ErasePerson, ForgetPrepared, Prepare, StopCarrying
from kiosk.desk.model import StaffPlace
from kiosk.desk.shown import Prepared, TransferShown
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import staff
from kiosk.menus.export_menu import PATIENCE_MS
from kiosk.screens.scene import NoteScene, ProgressScene
from kiosk.signals import Button, StickPhase
from tests.care.people import PARETIC
from tests.menus.menus import SECRET, AtDesk, said, staff_data

BEFORE = msgspec.structs.replace(PARETIC, code="23456X")
OUT = "You can take the stick out."
WAITING = TransferShown(text="Plug a USB stick into the kiosk.")
DONE = TransferShown(
    StickPhase.ENDED, 100, text=f"The package is on the stick and was checked. {OUT}", whole=True, number=7
)
PULLED = TransferShown(StickPhase.ENDED, 40, text="The stick was taken out too early. Plug it in and try again.")


def same(text: str) -> str:
    """English needs no catalogue."""
    return text


def shown(desk: AtDesk) -> str:
    """Everything on the screen."""
    return said(present_staff(desk.state, "", same))


def underway(desk: AtDesk, *errands: TransferShown) -> AtDesk:
    """From the menu to a package on its way."""
    desk.choose("hand-over")
    desk.press(Button.GREEN)
    desk.choose("written")
    for transfer in errands:
        desk.send(transfer)
    return desk


@pytest.mark.parametrize(
    ("slot", "bound", "presses"),
    [("therapist-1", True, 7), ("nurse-1", True, 5), ("therapist-1", False, 7), ("nurse-1", False, 5)],
)
def test_the_usual_handover_takes_at_most_eight_presses(slot: str, bound: bool, presses: int) -> None:
    """From the menu to the menu, with a stick that is plugged in on the way; a nurse may do it."""
    person = PARETIC if bound else None
    desk = AtDesk.entered(staff_data(person, handed_over="Mon 2 March 09:41"), slot)
    underway(
        desk,
        WAITING,
        TransferShown(StickPhase.CHECKING),
        TransferShown(StickPhase.WRITING, 40),
        TransferShown(StickPhase.PROVING, 90),
        TransferShown(StickPhase.LEAVING, 100),
        DONE,
    )
    assert desk.at(StaffPlace.CARRIED)
    assert OUT in shown(desk)
    desk.press(Button.GREEN)
    assert desk.at(StaffPlace.MENU)
    assert desk.presses == presses <= 8
    assert desk.of(Prepare) == [Prepare(2, "", True)]
    assert desk.of(Carry) == [Carry(slot)]


def test_the_page_for_staff_counts_as_the_menu_does() -> None:
    """It said three times, which was true of one menu out of four."""
    page = (Path(__file__).parents[2] / "docs" / "for-staff.md").read_text(encoding="utf-8")
    said = r"(\w+) times for a therapist, (\w+) for a nurse"
    told = re.search(said, page)
    assert told
    therapist, nurse = ({"once": 1, "twice": 2, "three": 3}[word] for word in told.groups())
    for slot, person, times in (
        ("therapist-1", PARETIC, therapist),
        ("therapist-1", None, therapist),
        ("nurse-1", PARETIC, nurse),
        ("nurse-1", None, nurse),
    ):
        desk = AtDesk.entered(staff_data(person), slot)
        for _ in range(times):
            desk.press(Button.AMBER)
        desk.press(Button.GREEN)
        assert desk.at(StaffPlace.HAND_OVER), (slot, person)


def test_whose_rows_are_asked_for_is_what_was_chosen() -> None:
    """This person, everybody, everybody since last time, or somebody who was discharged."""
    data = staff_data(PARETIC, former=(BEFORE,), handed_over="Mon 2 March 09:41")
    for path, code, since in (
        (("one",), PARETIC.code, False),
        (("all",), "", False),
        (("since",), "", True),
        (("former", BEFORE.code), BEFORE.code, False),
    ):
        desk = AtDesk.entered(data)
        desk.choose("hand-over", *path)
        (asked,) = desk.of(Prepare)
        assert (asked.code, asked.since_last) == (code, since)


def test_what_is_new_is_offered_only_after_a_handover_that_was_whole() -> None:
    """Without one, everything is new, and "since" would promise what nobody knows."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.choose("hand-over")
    assert staff.options(desk.state) == ("one", "all")


def test_the_words_are_on_one_screen_only() -> None:
    """Before it, after it, and on the way back nobody reads them; who comes again is given new ones."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.choose("hand-over", "all")
    assert SECRET in shown(desk)
    desk.choose("written")
    assert SECRET not in shown(desk)
    assert SECRET not in str(desk.state.frames)
    for transfer in (WAITING, TransferShown(StickPhase.WRITING, 10), PULLED):
        desk.send(transfer)
        assert SECRET not in shown(desk)
        desk.press(Button.AMBER)
    desk.choose("again")
    desk.press(Button.RED)
    while not desk.state.left:
        assert SECRET not in shown(desk)
        desk.press(Button.RED)
    assert len(desk.of(Prepare)) == 1


def test_the_words_stay_out_of_logs() -> None:
    """A state, an event or an effect that is printed by mistake shows none of them."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.choose("hand-over", "all")
    assert SECRET not in repr(desk.state) + repr(desk.effects) + repr(Prepared(1, "passphrase", SECRET))


@pytest.mark.parametrize("away", ["red", "idle"])
def test_words_that_were_left_are_forgotten(away: str) -> None:
    """Leaving the screen, or the kiosk, is the end of them."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.choose("hand-over", "all")
    if away == "red":
        desk.press(Button.RED)
    else:
        desk.wait(desk.state.data.idle_ms)
    assert desk.of(ForgetPrepared) == [ForgetPrepared()]
    assert desk.state.prepared is None
    desk.send(Prepared(desk.state.attempt, "passphrase", SECRET))
    assert desk.state.prepared is None


def test_keys_are_shown_to_be_compared_and_no_protection_is_said_plainly() -> None:
    """Whoever hands over knows who can read it."""
    keys = ("3f2a 91c4 07be 44d0", "77aa 0102 9c3d 5e6f")
    for prepared, seen in ((Prepared(0, "recipients", keys=keys), keys), (Prepared(0, "none"), ("Not protected",))):
        desk = AtDesk.entered(staff_data(PARETIC))
        desk.protected = prepared
        desk.choose("hand-over", "all")
        assert all(text in shown(desk) for text in seen)
        desk.choose("written")
        assert desk.of(Carry)


def test_without_keys_nothing_is_begun() -> None:
    """The reason is on the screen, and no button goes on."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.protected = Prepared(0, "recipients", problem="no keys are installed")
    desk.choose("hand-over", "all")
    scene = present_staff(desk.state, "", same)
    assert isinstance(scene, NoteScene)
    assert scene.lines == ("no keys are installed",)
    assert (scene.strip.green, scene.strip.red) == ("", "Back")
    desk.press(Button.GREEN)
    assert desk.of(Carry) == []


def test_the_bar_says_how_far_and_how_long() -> None:
    """Percent as told, minutes where there are minutes, and nothing where nobody can say."""
    desk = underway(
        AtDesk.entered(staff_data(PARETIC)),
        TransferShown(StickPhase.WRITING, 12),
        TransferShown(StickPhase.WRITING, 37, 170),
    )
    scene = present_staff(desk.state, "", same)
    assert isinstance(scene, ProgressScene)
    assert (scene.percent, scene.left, scene.strip.red) == (37, "about 3 min left", "Stop")
    desk.send(TransferShown(StickPhase.PROVING, 95, 10))
    assert "about 10 s left" in shown(desk)
    desk.send(TransferShown(StickPhase.PROVING, 99))
    assert "left=''" in shown(desk)


def test_red_stops_and_waits_for_the_end() -> None:
    """Stopping takes a moment in which the stick must stay in: the screen says so until it is over."""
    desk = underway(AtDesk.entered(staff_data(PARETIC)), TransferShown(StickPhase.WRITING, 37))
    desk.press(Button.RED)
    assert desk.of(StopCarrying) == [StopCarrying()]
    assert desk.at(StaffPlace.CARRYING)
    assert "Leave the stick in." in shown(desk)
    desk.send(TransferShown(StickPhase.ENDED, 37, text="Stopped. There is no new package on the stick."))
    assert desk.at(StaffPlace.NOT_CARRIED)
    assert OUT not in shown(desk)


def test_a_failure_says_what_to_do_and_the_next_try_needs_one_press() -> None:
    """The words that were written down hold for it, so they are not shown again."""
    desk = underway(AtDesk.entered(staff_data(PARETIC)), TransferShown(StickPhase.WRITING, 37), PULLED)
    assert PULLED.text in shown(desk)
    assert "hold for the next try" in shown(desk)
    desk.press(Button.GREEN)
    assert desk.at(StaffPlace.STICK)
    assert len(desk.of(Carry)) == 2
    assert len(desk.of(Prepare)) == 1
    desk.send(DONE)
    assert desk.at(StaffPlace.CARRIED)


def test_work_is_no_silence_but_a_stick_that_hangs_is() -> None:
    """A long way to the stick does not send the desk home; nothing at all for five minutes does, and stops it."""
    desk = underway(AtDesk.entered(staff_data(PARETIC, idle_ms=60_000)))
    for percent in range(0, 100, 10):
        desk.wait(PATIENCE_MS - 1)
        desk.send(TransferShown(StickPhase.WRITING, percent))
    assert desk.at(StaffPlace.CARRYING)
    desk.wait(PATIENCE_MS)
    assert desk.state.left
    assert desk.of(StopCarrying) == [StopCarrying()]
    assert desk.of(ForgetPrepared) == [ForgetPrepared()]


def test_news_that_come_too_late_change_nothing() -> None:
    """Whoever has gone back to the menu is not torn out of it."""
    desk = underway(AtDesk.entered(staff_data(PARETIC)), TransferShown(StickPhase.WRITING, 37))
    desk.press(Button.RED)
    desk.press(Button.RED)
    assert desk.at(StaffPlace.HAND_OVER)
    desk.send(DONE)
    assert desk.at(StaffPlace.HAND_OVER)
    desk.choose("all")
    desk.send(DONE)
    assert desk.at(StaffPlace.PROTECTION)


# Erasing.


def test_erasing_takes_a_therapist_and_two_answers() -> None:
    """Nothing is preselected, "no" comes first, and a nurse is not asked."""
    assert "erase" not in staff.options(AtDesk.entered(staff_data(PARETIC), "nurse-1").state)
    desk = AtDesk.entered(staff_data(PARETIC, former=(BEFORE,)))
    desk.choose("erase", BEFORE.code)
    for place in (StaffPlace.ERASE, StaffPlace.ERASE_SURE):
        assert desk.state.place is place
        assert desk.state.frame.cursor is None
        assert staff.options(desk.state)[0] == "keep"
        assert desk.of(ErasePerson) == []
        desk.choose("erase")
    assert desk.of(ErasePerson) == [ErasePerson(BEFORE.code, "therapist-1")]
    assert desk.of(Bind) == []
    assert BEFORE.code not in shown(desk)
    desk.press(Button.GREEN)
    desk.choose("erase")
    assert staff.options(desk.state) == (PARETIC.code,)


def test_erasing_the_person_of_this_kiosk_leaves_it_to_nobody() -> None:
    """It is unbound before the order goes out, so that no row comes after it that names them."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.choose("erase", PARETIC.code, "erase", "erase")
    gone = [effect for effect in desk.effects if isinstance(effect, Bind | ErasePerson)]
    assert gone == [Bind("", "therapist-1"), ErasePerson(PARETIC.code, "therapist-1")]
    assert (desk.state.person, desk.state.undo) == (None, None)
    assert PARETIC.code not in str(present_staff(desk.state, "", same))
    desk.press(Button.GREEN)
    assert "programmes" not in staff.options(desk.state)


def test_a_handover_is_offered_first() -> None:
    """Of this person alone; the two questions come again afterwards."""
    desk = AtDesk.entered(staff_data(None, former=(BEFORE,)))
    desk.choose("erase", BEFORE.code, "first")
    assert [asked.code for asked in desk.of(Prepare)] == [BEFORE.code]
    desk.choose("written")
    desk.send(DONE)
    desk.press(Button.GREEN)
    assert desk.at(StaffPlace.MENU)
    assert desk.of(ErasePerson) == []


def test_nobody_is_erased_in_the_middle_of_a_session() -> None:
    """Also where the session became known between the two answers."""
    desk = AtDesk.entered(staff_data(None, former=(BEFORE,), unfinished=BEFORE.code))
    assert "erase" not in staff.options(desk.state)
    desk.fresh(unfinished="")
    desk.choose("erase", BEFORE.code, "erase")
    desk.fresh(unfinished=BEFORE.code)
    desk.choose("erase")
    assert desk.of(ErasePerson) == []


def test_nobody_is_erased_while_a_package_is_on_its_way() -> None:
    """A worker that was left alone goes on, and would name them to the record afterwards: the screen says wait."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.choose("erase", PARETIC.code, "erase")
    desk.fresh(carrying=True)
    desk.choose("erase")
    assert desk.of(ErasePerson) + desk.of(Bind) == []
    assert desk.at(StaffPlace.ERASE_SURE)
    assert desk.state.frame.cursor is None
    assert "Wait a moment and try again" in shown(desk)
    desk.fresh(carrying=False)
    desk.choose("erase")
    assert len(desk.of(ErasePerson)) == 1


def test_what_is_missing_in_a_package_is_said_beside_it() -> None:
    """Rows that were not stored in time are not in it: no tick without a word."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.choose("hand-over", "all", "written")
    desk.send(replace(DONE, lacks="Something is not in it."))
    assert "Something is not in it." in shown(desk)
    assert DONE.text in shown(desk)


class Walk(RuleBasedStateMachine):
    """Any press and any news of the stick, in any order."""

    @initialize(slot=st.sampled_from(["therapist-1", "nurse-1"]), way=st.sampled_from(["passphrase", "none"]))
    def begin(self, slot: str, way: str) -> None:
        data = staff_data(PARETIC, former=(BEFORE,), handed_over="Mon 2 March 09:41")
        self.desk = AtDesk.entered(data, slot)
        self.desk.protected = Prepared(0, way, SECRET if way == "passphrase" else "")
        self.desk.choose("hand-over")
        self.times_shown: dict[int, int] = {}

    @rule(button=st.sampled_from(Button))
    def press(self, button: Button) -> None:
        self.act(lambda: self.desk.press(button))

    @rule(pick=st.integers(0, 9))
    def answer(self, pick: int) -> None:
        found = staff.options(self.desk.state)
        if found and not self.desk.state.left:
            self.act(lambda: self.desk.choose(found[pick % len(found)]))

    @rule(
        transfer=st.sampled_from(
            [
                WAITING,
                TransferShown(StickPhase.CHECKING),
                TransferShown(StickPhase.WRITING, 40),
                TransferShown(StickPhase.PROVING, 90),
                TransferShown(StickPhase.LEAVING, 100),
                PULLED,
                DONE,
            ]
        )
    )
    def news(self, transfer: TransferShown) -> None:
        self.act(lambda: self.desk.send(transfer))

    @rule(ms=st.sampled_from([1_000, 179_000, 301_000]))
    def wait(self, ms: int) -> None:
        self.act(lambda: self.desk.wait(ms))

    @rule()
    def come_back(self) -> None:
        if self.desk.state.left:
            old = self.desk
            self.desk = AtDesk.entered(replace(old.state.data, slots=old.state.slots), "nurse-1")
            self.desk.protected = old.protected
            self.times_shown.clear()

    def act(self, doing: Any) -> None:
        before = self.desk.state
        doing()
        if SECRET in shown(self.desk) and before.place is not StaffPlace.PROTECTION:
            attempt = self.desk.state.attempt
            self.times_shown[attempt] = self.times_shown.get(attempt, 0) + 1

    @invariant()
    def out_is_said_only_when_it_was_told(self) -> None:
        said = OUT in shown(self.desk) and not self.desk.state.left
        assert not said or (self.desk.at(StaffPlace.CARRIED) and self.desk.state.transfer is not None)
        assert not said or self.desk.state.transfer.whole  # type: ignore[union-attr]

    @invariant()
    def words_are_shown_once(self) -> None:
        assert all(times == 1 for times in self.times_shown.values())
        state = self.desk.state
        assert state.prepared is None or state.place is StaffPlace.PROTECTION

    @invariant()
    def nothing_goes_on_that_nobody_watches(self) -> None:
        """Every package that was begun and left was stopped, and its words were forgotten."""
        state = self.desk.state
        begun = len(self.desk.of(Carry))
        if begun and state.transfer is None:
            assert self.desk.of(StopCarrying)
            last = max(i for i, effect in enumerate(self.desk.effects) if isinstance(effect, Carry))
            after = self.desk.effects[last:]
            assert any(isinstance(effect, ForgetPrepared) for effect in after)


Walk.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestWalk = Walk.TestCase
