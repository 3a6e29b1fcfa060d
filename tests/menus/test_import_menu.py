"""What a stick brings, press by press: nothing comes in that was not shown, and nothing stays that nobody looks at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.care.doses import DosePart, with_dose
from kiosk.care.model import Permission, Region
from kiosk.care.person import Injection, Override, Person
from kiosk.desk.effects import (
    Bind,
    ChangeSetting,
    ForgetImport,
    LookForImport,
    SavePerson,
    StaffEffect,
    StopLooking,
    TakeIn,
)
from kiosk.desk.model import StaffPlace
from kiosk.desk.shown import Brought, BroughtProgramme, Setting
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import import_menu, staff, work
from kiosk.menus.export_menu import PATIENCE_MS
from kiosk.screens.scene import Slip
from kiosk.settings import Value
from kiosk.signals import Button
from tests.care.people import DAY, PARETIC, shipped
from tests.menus.menus import NEW_CODE, AtDesk, said, staff_data

KEYS = ("3f2a 91c4 07be 44d0", "77aa 0102 9c3d 5e6f")
OTHER = msgspec.structs.replace(PARETIC, code="23456X")
PROGRAMMES = (
    BroughtProgramme("Evening", 2, "new", "A. Therapist"),
    BroughtProgramme("Morning", 3, "changed"),
    BroughtProgramme("Gentle care", 4, "replaces", "A. Therapist"),
)
LEFT_OUT = "voice/hello.wav: this is nothing that a kiosk takes in."
READ = Brought("read", keys=KEYS, person=OTHER, programmes=PROGRAMMES, refused=(LEFT_OUT,))
FULL_DISK = "The disk is full: nothing was changed."


def same(text: str) -> str:
    """English needs no catalogue."""
    return text


def shown(desk: AtDesk) -> str:
    """Everything on the screen."""
    return said(present_staff(desk.state, "", same))


def found(news: Brought = READ, person: Person | None = None, **data: Any) -> AtDesk:
    """A desk that shows what was found."""
    desk = AtDesk.entered(staff_data(person, **data))
    desk.choose("bring")
    desk.send(Brought("reading"))
    desk.send(news)
    assert desk.at(StaffPlace.BROUGHT)
    desk.effects.clear()
    return desk


def test_a_nurse_is_not_offered_it() -> None:
    """What the clinic's programmes and keys are is a therapist's to say."""
    assert "bring" not in staff.options(AtDesk.entered(staff_data(PARETIC), "nurse-1").state)
    assert "bring" in staff.options(AtDesk.entered(staff_data(PARETIC)).state)


def test_it_is_looked_for_only_when_it_is_asked_for() -> None:
    """A stick that is plugged in for another reason is not read."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.send(READ)
    assert desk.at(StaffPlace.MENU)
    assert desk.state.brought is None
    desk.choose("bring")
    assert desk.of(LookForImport) == [LookForImport()]
    assert "Only the file FK-IMPORT.zip is read" in shown(desk)
    desk.send(Brought("waiting", "There are two sticks. Take one out."))
    assert "There are two sticks" in shown(desk)
    assert desk.at(StaffPlace.BRING)


def test_each_part_is_on_the_list_with_what_was_left_out() -> None:
    """Nobody has to guess what was in the file, or why something of it is not here."""
    desk = found()
    text = shown(desk)
    for part in ("not taken in yet (2)", "not taken in yet (3)", f"not taken in yet ({OTHER.code})", LEFT_OUT):
        assert part in text
    assert desk.of(TakeIn) == []
    desk.choose(":0")
    assert desk.at(StaffPlace.BROUGHT)
    assert present_staff(desk.state, "", same).strip.green == ""


def test_keys_are_compared_before_they_are_taken_in() -> None:
    """Every figure is on the screen whose green takes them in, and they count once they are stored."""
    desk = found()
    desk.choose("keys")
    scene = present_staff(desk.state, "", same)
    assert isinstance(scene, Slip)
    assert scene.lines == KEYS
    desk.press(Button.AMBER)
    assert desk.of(TakeIn) == []
    desk.choose("take")
    assert desk.of(TakeIn) == [TakeIn("keys", "therapist-1")]
    assert desk.at(StaffPlace.TAKING_IN)
    assert not desk.state.data.keys_installed
    desk.send(replace(READ, taken=("keys",)))
    assert desk.at(StaffPlace.TAKEN_IN)
    assert desk.state.data.keys_installed == KEYS
    desk.press(Button.GREEN)
    assert desk.at(StaffPlace.BROUGHT)
    assert "taken in (2)" in shown(desk)
    desk.choose("keys")
    assert staff.options(desk.state) == ()


def test_keys_that_were_taken_in_are_two_presses_from_being_used() -> None:
    """From the screen that says "taken in", and the setting is kept like any other."""
    desk = found()
    desk.choose("keys", "take")
    desk.send(replace(READ, taken=("keys",)))
    desk.choose("protect")
    assert desk.at(StaffPlace.SETTING)
    desk.choose("recipients")
    assert desk.of(ChangeSetting) == [ChangeSetting("handover.protection", "recipients", "therapist-1")]
    assert desk.at(StaffPlace.TAKEN_IN)
    assert "protected by them from now on" in shown(desk)
    assert staff.options(desk.state) == ("ok",)


def test_keys_that_are_here_already_are_not_taken_in_again_and_others_are_said_to_replace_them() -> None:
    """In whatever order they stand in the file."""
    desk = found(keys_installed=KEYS[::-1])
    assert "the same are here already (2)" in shown(desk)
    desk.choose("keys")
    assert staff.options(desk.state) == ()
    desk = found(keys_installed=("0000 0000 0000 0001", "0000 0000 0000 0002", KEYS[0]))
    desk.choose("keys")
    assert "take the place of the keys that are here now: 3" in shown(desk)


def test_programmes_are_all_passed_before_they_are_taken_in() -> None:
    """Title, version, what it is beside the one that is here, and who reviewed it; then one green for all."""
    desk = found()
    desk.choose("programmes")
    for text in ("Evening", "version 2, new; reviewed by A. Therapist", "version 3, changed; not yet reviewed"):
        assert text in shown(desk)
    assert "version 4, in the place of the kiosk's own one" in shown(desk)
    for _ in PROGRAMMES:
        desk.press(Button.GREEN)
        assert desk.of(TakeIn) == []
        desk.press(Button.AMBER)
    desk.press(Button.GREEN)
    assert desk.of(TakeIn) == [TakeIn("programmes", "therapist-1")]
    desk.send(replace(READ, taken=("programmes",)))
    assert "Programmes: 3" in shown(desk)


def test_programmes_that_are_no_news_are_not_taken_in() -> None:
    """Nothing would change."""
    desk = found(Brought("read", programmes=(BroughtProgramme("Evening", 2, "same"),)))
    desk.choose("programmes")
    assert staff.options(desk.state) == (":0",)


def test_what_could_not_be_stored_is_not_called_taken_in_and_the_next_try_is_one_press() -> None:
    """The sentence stays to be read on the list, until the next try."""
    desk = found()
    desk.choose("keys", "take")
    desk.send(replace(READ, text=FULL_DISK))
    assert desk.at(StaffPlace.NOT_TAKEN_IN)
    assert FULL_DISK in shown(desk)
    assert desk.state.data.keys_installed == ()
    desk.choose("again")
    assert desk.of(TakeIn) == [TakeIn("keys", "therapist-1")] * 2
    desk.send(Brought("ended", "It ended."))
    assert desk.at(StaffPlace.NOT_TAKEN_IN)
    desk.press(Button.RED)
    assert "It ended." in shown(desk)
    assert "not taken in yet (2)" in shown(desk)


def test_news_of_a_part_that_was_left_change_the_list_only() -> None:
    """Whoever went back while it was stored finds it on the list, and is not torn away."""
    desk = found()
    desk.choose("keys", "take")
    desk.press(Button.RED)
    desk.choose("plan")
    desk.send(replace(READ, taken=("keys",)))
    assert desk.at(StaffPlace.BROUGHT_PLAN)
    desk.press(Button.RED)
    assert "taken in (2)" in shown(desk)


# Plans.


def test_a_plan_is_seen_whole_and_saved_like_any_other() -> None:
    """A person who is not here becomes a new one with their own code, and the rest of the file is still at hand."""
    desk = found()
    desk.choose("plan", "look")
    assert desk.at(StaffPlace.REVIEW)
    assert OTHER.code in shown(desk)
    desk.choose("save")
    (saved,) = desk.of(SavePerson)
    assert (saved.person.code, saved.before, saved.by) == (OTHER.code, None, "therapist-1")
    assert desk.of(Bind) == [Bind(OTHER.code, "therapist-1")]
    assert desk.of(TakeIn) == [TakeIn("plan", "therapist-1")]
    assert desk.state.brought is not None
    desk.press(Button.GREEN)
    assert desk.at(StaffPlace.BROUGHT)
    assert f"taken in ({OTHER.code})" in shown(desk)
    desk.choose("plan")
    assert "It was saved." in shown(desk)
    assert staff.options(desk.state) == ()


def test_a_plan_that_was_saved_can_be_taken_back() -> None:
    """With the press that takes any save back."""
    desk = found()
    desk.choose("plan", "look", "save", "undo")
    assert desk.of(Bind)[-1] == Bind("", "therapist-1")
    assert desk.state.person is None
    assert desk.at(StaffPlace.SAVED)


def test_for_the_person_of_this_kiosk_it_is_a_change_that_red_asks_about() -> None:
    """What changes is named, and dropping it leaves the plan as it was and the file at hand."""
    changed = msgspec.structs.replace(PARETIC, graft=True)
    desk = found(replace(READ, person=changed), PARETIC)
    desk.choose("plan", "look")
    assert "Yes (changed)" in shown(desk)
    desk.press(Button.RED)
    assert desk.at(StaffPlace.DISCARD)
    desk.press(Button.RED)
    assert desk.at(StaffPlace.BROUGHT)
    assert desk.of(SavePerson) == []
    desk.choose("plan", "look", "save")
    (saved,) = desk.of(SavePerson)
    assert (saved.person.graft, saved.before) == (True, PARETIC)
    assert desk.of(Bind) == []


def test_somebody_who_was_here_before_is_changed_and_taking_it_back_restores_their_plan() -> None:
    """The plan that was kept of them is not lost by a press that is taken back."""
    changed = msgspec.structs.replace(OTHER, graft=True)
    desk = found(replace(READ, person=changed), former=(OTHER,))
    desk.choose("plan", "look", "save")
    assert desk.of(SavePerson)[-1].before == OTHER
    desk.choose("undo")
    assert desk.of(SavePerson)[-1].person == OTHER
    assert desk.of(Bind)[-1] == Bind("", "therapist-1")


def test_the_plan_of_somebody_else_waits_for_a_discharge() -> None:
    """One kiosk, one person: nothing is taken in over the head of whoever practises here."""
    desk = found(person=PARETIC)
    desk.choose("plan")
    assert staff.options(desk.state) == ()
    assert "Discharge them first" in shown(desk)
    assert PARETIC.code in shown(desk)
    desk.press(Button.GREEN)
    assert desk.state.draft is None


def test_a_file_makes_no_dose_larger_than_it_was_set_here() -> None:
    """Of two for one exercise the gentler parts hold, and one that only this kiosk has stays."""
    line, other = shipped().programmes["first-movements"].lines[-2:]
    ours = PARETIC
    for one, part, value in ((line, DosePart.HOLD, 1), (line, DosePart.REST, 15), (other, DosePart.REPETITIONS, 2)):
        ours = with_dose(ours, shipped().programmes["first-movements"], one, part, value, "therapist-1", DAY)
    theirs = PARETIC
    for part, value in ((DosePart.HOLD, 4), (DosePart.REPETITIONS, 2)):
        theirs = with_dose(theirs, shipped().programmes["first-movements"], line, part, value, "therapist-2", DAY)
    desk = found(replace(READ, person=theirs), ours)
    desk.choose("plan", "look")
    assert desk.state.draft is not None
    doses = {dose.exercise: (dose.hold_s, dose.repetitions, dose.rest_s) for dose in desk.state.draft.doses}
    assert doses == {line.exercise: (1, 2, 15), other.exercise: (other.dose.hold_s, 2, other.dose.rest_s)}


def test_a_file_gives_no_consent_takes_none_back_and_opens_nothing() -> None:
    """Consents and overrides are of this kiosk; what closes movement closes it, whoever says so; nobody reviewed it."""
    override = Override(rule="three-months", reason="specialist", by="therapist-1", on=DAY)
    here = msgspec.structs.replace(
        PARETIC,
        permissions=(Permission.CLIPS, Permission.NECK),
        overrides=(override,),
        locked=("relax",),
        linked_review=True,
        flags=2,
        pain_locked=True,
        pain_locked_on=DAY,
        pause_until=DAY + timedelta(days=5),
        injections=(Injection(given_on=DAY, regions=(Region.EYES,)),),
        numb_eye=True,
        reviewed_by="therapist-1",
    )
    brought = msgspec.structs.replace(
        PARETIC,
        permissions=(Permission.INSIDE_CHEEK,),
        overrides=(msgspec.structs.replace(override, rule="cause"),),
        locked=("care",),
        pause_until=DAY + timedelta(days=2),
        full_eye_closure=True,
        reviewed_by="therapist-9",
        language="xx",
    )
    desk = found(replace(READ, person=brought), here)
    desk.choose("plan", "look")
    draft = desk.state.draft
    assert draft is not None
    assert set(draft.permissions) == {Permission.INSIDE_CHEEK, Permission.CLIPS}
    assert (draft.overrides, draft.locked) == ((override,), ("care", "relax"))
    assert (draft.linked_review, draft.pain_locked, draft.pain_locked_on, draft.flags) == (True, True, DAY, 2)
    assert (draft.pause_until, draft.injections) == (here.pause_until, here.injections)
    assert (draft.numb_eye, draft.full_eye_closure) == (True, False)
    assert (draft.reviewed_by, draft.language) == ("", "en")
    desk = found(replace(READ, person=msgspec.structs.replace(brought, code=OTHER.code)))
    desk.choose("plan", "look")
    assert desk.state.draft is not None
    assert desk.state.draft.overrides == ()


def test_settings_that_suit_the_person_come_along_and_go_back_with_the_plan() -> None:
    """They are named before, hold once the plan is saved, and no file changes who can open a package."""
    along = (
        Setting("buttons.single_switch", True),
        Setting("sound.volume", 3),
        Setting("buttons.scan_ms", 2_000),
        Setting("handover.protection", "none"),
        Setting("site.language", "de"),
    )
    desk = found(replace(READ, settings=along))
    desk.choose("plan")
    assert "With it come: Single switch: On; Volume: Loud" in shown(desk)
    assert "scan" not in shown(desk)
    desk.choose("look")
    assert desk.of(ChangeSetting) == []
    desk.choose("save")
    assert READ.person is not None
    by = ("therapist-1", READ.person.code)
    changed = [ChangeSetting(setting.key, setting.value, *by) for setting in along[:3]]
    assert desk.of(ChangeSetting) == changed
    desk.choose("undo")
    assert desk.of(ChangeSetting)[3:] == [ChangeSetting(setting.key, "", *by) for setting in along[:3]]
    assert all(work.setting(desk.state, setting.key) == setting for setting in staff_data().settings)


def test_what_comes_along_is_the_persons_also_where_the_place_has_the_same() -> None:
    """Somebody who was here before kept a loud voice and one switch, though their newer plan has neither."""
    along = (Setting("buttons.single_switch", False), Setting("sound.volume", 2), Setting("sound.voice", True))
    kept: dict[str, Value] = {"buttons.single_switch": True, "sound.volume": 3}
    changed = msgspec.structs.replace(OTHER, graft=True)
    desk = found(replace(READ, person=changed, settings=along), former=(OTHER,), suits={OTHER.code: kept})
    desk.choose("plan")
    assert "With it come: Single switch: Off; Volume: Medium" in shown(desk)
    assert "Voice" not in shown(desk)
    by = ("therapist-1", OTHER.code)
    desk.choose("look", "save")
    assert desk.of(ChangeSetting) == [ChangeSetting(setting.key, setting.value, *by) for setting in along]
    assert work.setting(desk.state, "sound.volume") == along[1]
    desk.choose("undo")
    back = [ChangeSetting(key, value, *by) for key, value in {**kept, "sound.voice": ""}.items()]
    assert desk.of(ChangeSetting)[3:] == back
    assert desk.state.data.suits == {OTHER.code: kept}


def test_settings_come_along_with_a_plan_that_is_the_same_here() -> None:
    """Only the switch was new; it was named, and then left out because nothing else was."""
    here = msgspec.structs.replace(OTHER, reviewed_by="")
    desk = found(replace(READ, person=here, settings=(Setting("buttons.single_switch", True),)), here)
    desk.choose("plan", "look", "save")
    assert desk.of(ChangeSetting) == [ChangeSetting("buttons.single_switch", True, "therapist-1", OTHER.code)]
    desk.choose("undo")
    assert desk.of(ChangeSetting)[1:] == [ChangeSetting("buttons.single_switch", "", "therapist-1", OTHER.code)]


def test_a_plan_that_red_drops_changes_no_setting() -> None:
    """What was only looked at is not here."""
    changed = msgspec.structs.replace(PARETIC, graft=True)
    desk = found(replace(READ, person=changed, settings=(Setting("sound.volume", 3),)), PARETIC)
    desk.choose("plan", "look")
    desk.press(Button.RED)
    desk.press(Button.RED)
    assert desk.of(ChangeSetting) == []


# Ending.


def test_where_there_is_nothing_the_reason_is_said_and_the_next_try_is_one_press() -> None:
    """The screen stays until somebody has read it."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.choose("bring")
    desk.send(Brought("ended", "There is no file FK-IMPORT.zip on the stick."))
    assert "There is no file" in shown(desk)
    desk.send(Brought("waiting"))
    assert desk.at(StaffPlace.NOT_BROUGHT)
    desk.choose("again")
    assert desk.at(StaffPlace.BRING)
    assert len(desk.of(LookForImport)) == 2
    desk.send(READ)
    assert desk.at(StaffPlace.BROUGHT)


@pytest.mark.parametrize("away", ["red", "idle"])
@pytest.mark.parametrize("path", [(), ("keys",), ("keys", "take"), ("plan", "look")])
def test_what_was_read_is_forgotten_with_its_screens(away: str, path: tuple[str, ...]) -> None:
    """By red or by silence, from whichever of them: nobody finds it there the next time."""
    desk = found()
    desk.choose(*path)
    assert desk.of(ForgetImport) == []
    if away == "idle":
        desk.wait(PATIENCE_MS)
        assert desk.state.left
    while not desk.state.left and not desk.at(StaffPlace.MENU):
        desk.press(Button.RED)
    assert desk.of(ForgetImport) == [ForgetImport()]
    assert desk.of(StopLooking) == [StopLooking()]
    assert desk.state.brought is None
    desk.send(READ)
    assert desk.state.brought is None


def test_a_stick_may_be_fetched_and_keys_may_be_compared_but_a_list_is_left_as_any_other() -> None:
    """Five minutes for what takes a walk or a sheet of paper; no longer than elsewhere for the rest."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.choose("bring")
    desk.wait(PATIENCE_MS - 1)
    assert not desk.state.left
    desk.send(READ)
    desk.wait(desk.state.data.idle_ms - 1)
    desk.choose("keys")
    desk.wait(PATIENCE_MS - 1)
    assert not desk.state.left
    desk.press(Button.RED)
    desk.wait(desk.state.data.idle_ms)
    assert desk.state.left


# Who can open a package.


def test_keys_can_be_chosen_only_where_there_are_keys() -> None:
    """Else the next handover would end before it begins; the screen says what is missing."""
    desk = AtDesk.entered(staff_data(PARETIC))
    desk.choose("settings", "handover.protection")
    assert staff.options(desk.state) == ("passphrase", "none")
    assert "once two or more were taken in" in shown(desk)
    assert "whoever finds the stick can read it" in shown(desk)
    desk = AtDesk.entered(staff_data(PARETIC, keys_installed=KEYS))
    desk.choose("settings", "handover.protection", "recipients")
    assert desk.of(ChangeSetting) == [ChangeSetting("handover.protection", "recipients", "therapist-1")]
    assert "Whoever has a key of the clinic" in shown(desk)


def test_keys_that_have_gone_leave_nothing_preselected() -> None:
    """A green pressed in haste must not choose another protection."""
    desk = AtDesk.entered(staff_data(PARETIC, settings=(Setting("handover.protection", "recipients"),)))
    desk.choose("settings", "handover.protection")
    assert desk.state.frame.cursor is None
    desk.press(Button.GREEN)
    assert desk.of(ChangeSetting) == []


def test_a_nurse_sees_who_can_open_a_package_and_does_not_change_it() -> None:
    """The row is there, and green does nothing with it."""
    desk = AtDesk.entered(staff_data(PARETIC, keys_installed=KEYS), "nurse-1")
    desk.choose("settings", "handover.protection")
    assert desk.at(StaffPlace.SETTINGS)
    assert "Whoever has five words" in shown(desk)
    assert present_staff(desk.state, "", same).strip.green == ""


class Walk(RuleBasedStateMachine):
    """Any press and any news of the stick, in any order."""

    @initialize(person=st.sampled_from([None, PARETIC, OTHER]), installed=st.sampled_from([(), KEYS]))
    def begin(self, person: Person | None, installed: tuple[str, ...]) -> None:
        self.desk = AtDesk.entered(staff_data(person, keys_installed=installed))
        self.desk.choose("bring")
        self.seen: set[str] = set()
        self.judged = 0

    @rule(button=st.sampled_from(Button))
    def press(self, button: Button) -> None:
        self.act(lambda: self.desk.press(button))

    @rule(pick=st.integers(0, 9))
    def answer(self, pick: int) -> None:
        answers = staff.options(self.desk.state)
        if answers and not self.desk.state.left:
            self.act(lambda: self.desk.choose(answers[pick % len(answers)]))

    @rule(
        news=st.sampled_from(
            [
                Brought("waiting", "Plug a USB stick into the kiosk."),
                Brought("reading"),
                READ,
                READ,
                replace(READ, taken=("keys",)),
                replace(READ, taken=("keys", "programmes", "plan"), settings=(Setting("sound.volume", 3),)),
                replace(READ, text=FULL_DISK),
                Brought("ended", "There is no file FK-IMPORT.zip on the stick."),
            ]
        )
    )
    def news(self, news: Brought) -> None:
        self.act(lambda: self.desk.send(news))

    @rule(ms=st.sampled_from([1_000, 179_000, 301_000]))
    def wait(self, ms: int) -> None:
        self.act(lambda: self.desk.wait(ms))

    @rule()
    def come_back(self) -> None:
        state = self.desk.state
        if state.left:
            self.desk = AtDesk.entered(replace(state.data, person=state.person))
            self.desk.choose("bring")
            self.judged = 0
        elif self.desk.at(StaffPlace.MENU):
            self.act(lambda: self.desk.choose("bring"))

    def act(self, doing: Any) -> None:
        before = self.desk.state
        doing()
        new, self.judged = self.desk.effects[self.judged :], len(self.desk.effects)
        for effect in new:
            self.judge(effect, before.place)

    def judge(self, effect: StaffEffect, before: StaffPlace) -> None:
        if isinstance(effect, TakeIn):
            places = {
                "keys": {StaffPlace.BROUGHT_KEYS},
                "programmes": {StaffPlace.BROUGHT_PROGRAMMES},
                "voice": {StaffPlace.BROUGHT_VOICE},
            }
            shown_on = places.get(effect.part, {StaffPlace.REVIEW, StaffPlace.DISCARD})
            assert before in {*shown_on, StaffPlace.NOT_TAKEN_IN}
        if isinstance(effect, SavePerson) and effect.before is not None:
            assert effect.before.code == effect.person.code
        if isinstance(effect, Bind):
            assert effect.code in ("", OTHER.code, NEW_CODE)

    @invariant()
    def nothing_is_kept_that_nobody_looks_at(self) -> None:
        state = self.desk.state
        on_screen = any(frame.place in import_menu.FORMS for frame in state.frames) and not state.left
        assert (state.brought is not None) == on_screen
        if state.brought is None:
            asked = max(i for i, effect in enumerate(self.desk.effects) if isinstance(effect, LookForImport))
            assert {StopLooking(), ForgetImport()} <= set(self.desk.effects[asked:])

    @invariant()
    def taken_in_is_said_only_when_it_was_told(self) -> None:
        state = self.desk.state
        if self.desk.at(StaffPlace.TAKEN_IN) and not state.left:
            assert state.brought is not None
            assert state.frame.about[0] in state.brought.taken


Walk.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestWalk = Walk.TestCase
