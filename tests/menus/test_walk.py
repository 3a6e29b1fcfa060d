"""Any presses at the desk, in any order: the promises hold in every state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.care.consent import CONSENTS
from kiosk.care.model import Permission
from kiosk.care.person import Person, Role
from kiosk.care.words import OverrideReason
from kiosk.desk.effects import (
    Acknowledge,
    Bind,
    Carry,
    ChangeSetting,
    CheckPin,
    Clean,
    Discharge,
    ErasePerson,
    ForgetImport,
    GrantScale,
    LeaveStaff,
    Logged,
    LookForImport,
    Prepare,
    ReadLids,
    SavePerson,
    SaveScore,
    SaveStaff,
    SaveTries,
    SetClock,
    StaffEffect,
    TakeIn,
    WatchLids,
)
from kiosk.desk.model import StaffPlace, StaffTick
from kiosk.desk.shown import Brought, BroughtProgramme, LidsSeen, ReplayLine, Setting, TransferShown
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import import_menu, staff
from kiosk.menus.work import EDITABLE, THERAPIST_SETTINGS
from kiosk.planning.changes import changes
from kiosk.planning.items import YES
from kiosk.rows.kinds import WORD
from kiosk.signals import Button, Press, StickPhase
from tests.care.people import FLACCID, PARETIC, SYNKINETIC
from tests.menus.menus import PIN, AtDesk, staff_data

NEEDS_PIN = (
    SavePerson,
    Bind,
    Discharge,
    Acknowledge,
    ChangeSetting,
    SaveScore,
    GrantScale,
    SetClock,
    Clean,
    Prepare,
    Carry,
    LookForImport,
    TakeIn,
    ErasePerson,
    WatchLids,
    ReadLids,
)
ERRANDS = (
    TransferShown(),
    TransferShown(StickPhase.WRITING, 40, 30),
    TransferShown(StickPhase.LEAVING, 100),
    TransferShown(StickPhase.ENDED, 100, text="You can take the stick out.", whole=True, number=7),
    TransferShown(StickPhase.ENDED, 40, text="The stick was taken out too early."),
)
READ = Brought(
    "read",
    keys=("3f2a 91c4 07be 44d0", "77aa 0102 9c3d 5e6f"),
    person=msgspec.structs.replace(SYNKINETIC, permissions=(Permission.NECK,)),
    programmes=(BroughtProgramme("Evening", 2, "new"),),
    refused=("voice/hello.wav: this is nothing that a kiosk takes in.",),
)
NEWS = (
    Brought("waiting", "Plug a USB stick into the kiosk."),
    Brought("reading"),
    Brought("ended", "There is no file FK-IMPORT.zip on the stick."),
    READ,
    replace(READ, person=msgspec.structs.replace(PARETIC, cues=False), settings=(Setting("sound.volume", 3),)),
    replace(READ, taken=("keys",)),
    replace(READ, taken=("keys", "plan", "programmes")),
    replace(READ, text="The disk is full."),
)
GIVEN = {f"permission.{consent}" for consent in CONSENTS}
BY_THERAPIST = (
    "stage",
    "side",
    "cause",
    "onset",
    "tick.",
    "override.",
    "lock.",
    "reviewed_by",
    "linked_review",
    "flags",
    "lids",
)


def same(text: str) -> str:
    """English needs no catalogue."""
    return text


class Desk(RuleBasedStateMachine):
    """Presses at random; whoever knows the PIN comes in now and then."""

    desk: AtDesk

    @initialize(
        person=st.sampled_from([None, FLACCID, PARETIC, SYNKINETIC]),
        new=st.booleans(),
        dated=st.booleans(),
        slot=st.sampled_from(["therapist-1", "nurse-1"]),
        inside=st.booleans(),
    )
    def open(self, person: Person | None, new: bool, dated: bool, slot: str, inside: bool) -> None:
        left = msgspec.structs.replace(PARETIC, code="23456X", permissions=(Permission.CLIPS,))
        data: dict[str, Any] = {"former": (left,), "replays": (ReplayLine("s1/0/0", "Small smile"),)}
        data |= {"sees": True} if dated else {"today": None}
        if new:
            data["slots"] = ()
        self.desk = (
            AtDesk.entered(staff_data(person, **data), slot)
            if inside and not new
            else AtDesk.begin(staff_data(person, **data))
        )
        self.judged = 0

    @precondition(lambda self: not self.desk.state.left)
    @rule(button=st.sampled_from(Button))
    def press(self, button: Button) -> None:
        self.act(lambda: self.desk.press(button))

    @precondition(lambda self: not self.desk.state.left)
    @rule(pick=st.integers(0, 30))
    def answer(self, pick: int) -> None:
        found = staff.options(self.desk.state)
        if found:
            self.act(lambda: self.desk.choose(found[pick % len(found)]))

    @precondition(lambda self: not self.desk.state.left)
    @rule(digits=st.sampled_from([PIN, PIN, "135790", "000000", "01032026", "28022026", "030320260915", "99999999"]))
    def type(self, digits: str) -> None:
        self.act(lambda: self.desk.keys(digits))

    @precondition(lambda self: not self.desk.state.left)
    @rule(ms=st.sampled_from([1, 1_000, 60_000, 179_999, 200_000]))
    def wait(self, ms: int) -> None:
        self.act(lambda: self.desk.wait(ms))

    @precondition(lambda self: not self.desk.state.left)
    @rule()
    def hold_both(self) -> None:
        self.act(self.desk.chord)

    @precondition(lambda self: not self.desk.state.left)
    @rule(count=st.integers(0, 2))
    def news(self, count: int) -> None:
        data = self.desk.state.data
        self.act(lambda: self.desk.fresh(inbox=data.inbox[:count], offers=data.offers[:count], former=()))

    @precondition(lambda self: not self.desk.state.left)
    @rule(transfer=st.sampled_from(ERRANDS))
    def stick(self, transfer: TransferShown) -> None:
        self.act(lambda: self.desk.send(transfer))

    @precondition(lambda self: not self.desk.state.left)
    @rule(brought=st.sampled_from(NEWS))
    def brings(self, brought: Brought) -> None:
        self.act(lambda: self.desk.send(brought))

    @precondition(lambda self: not self.desk.state.left)
    @rule(seen=st.sampled_from([LidsSeen(9.0, 9.2), LidsSeen(2.0, 7.9), LidsSeen(why="turned")]))
    def lids(self, seen: LidsSeen) -> None:
        self.act(lambda: self.desk.send(seen))

    @precondition(lambda self: self.desk.state.entered and self.desk.at(StaffPlace.MENU))
    @rule()
    def wants_the_stick(self) -> None:
        if "bring" in staff.options(self.desk.state):
            self.act(lambda: self.desk.choose("bring"))
            self.act(lambda: self.desk.send(READ))

    @precondition(lambda self: self.desk.state.left)
    @rule(person=st.sampled_from([None, FLACCID, SYNKINETIC]))
    def come_back(self, person: Person | None) -> None:
        state = self.desk.state
        self.desk = AtDesk.begin(staff_data(person, slots=state.slots), self.desk.now)
        self.judged = 0

    def act(self, doing: Any) -> None:
        """What was done must not do more than who stands there may."""
        before = self.desk.state
        doing()
        new, self.judged = self.desk.effects[self.judged :], len(self.desk.effects)
        for effect in new:
            self.judge(effect, before.entered or not before.slots or self.desk.state.entered)

    def judge(self, effect: StaffEffect, entered: bool) -> None:
        desk = self.desk
        assert entered or not isinstance(effect, NEEDS_PIN)
        if isinstance(effect, SaveStaff):
            assert effect.by or self.desk.state.slots
            assert len(effect.pin) == 6
        if isinstance(effect, SavePerson):
            role = next(slot.role for slot in desk.state.slots if slot.slot == effect.by)
            again = msgspec.convert(msgspec.to_builtins(effect.person), Person)
            assert again == effect.person
            reasons = {reason.value for reason in OverrideReason}
            assert all(o.reason in reasons and o.by for o in effect.person.overrides)
            assert effect.changes or effect.before is not None
            for change in changes(effect.before, effect.person):
                assert all(WORD.fullmatch(word) for word in (change.item, change.value, change.reason))
                assert role is Role.THERAPIST or not change.item.startswith(BY_THERAPIST)
                given = change.item in GIVEN and change.value == YES
                assert not given or role is Role.THERAPIST
        if isinstance(effect, ErasePerson):
            role = next(slot.role for slot in desk.state.slots if slot.slot == effect.by)
            assert role is Role.THERAPIST
        if isinstance(effect, ChangeSetting):
            assert effect.value in EDITABLE[effect.key]
            role = next(slot.role for slot in desk.state.slots if slot.slot == effect.by)
            assert role is Role.THERAPIST or effect.key not in THERAPIST_SETTINGS
        if isinstance(effect, TakeIn):
            role = next(slot.role for slot in desk.state.slots if slot.slot == effect.by)
            assert role is Role.THERAPIST
        if isinstance(effect, SaveTries):
            assert effect.tries >= 0
        if isinstance(effect, CheckPin):
            assert desk.of(SaveTries)
        if isinstance(effect, Logged):
            assert WORD.fullmatch(effect.code)
            assert WORD.fullmatch(effect.detail)

    @invariant()
    def what_is_shown_can_be_answered(self) -> None:
        state = self.desk.state
        if state.left:
            assert LeaveStaff() in self.desk.effects
            return
        found = staff.options(state)
        assert state.frame.cursor is None or state.frame.cursor < len(found)
        assert len(set(found)) == len(found)
        scene = present_staff(state, "", same)
        assert scene.staff
        assert scene.name.startswith("staff-")
        inside = {
            StaffPlace.FIRST,
            StaffPlace.SLOTS,
            StaffPlace.PIN,
            StaffPlace.CHECKING,
            StaffPlace.LOCKED,
            StaffPlace.NEW_PIN,
            StaffPlace.NEW_PIN_AGAIN,
        }
        assert state.entered or {frame.place for frame in state.frames} <= inside

    @invariant()
    def what_was_brought_is_gone_with_its_screens(self) -> None:
        state = self.desk.state
        assert state.brought is None or any(frame.place in import_menu.FORMS for frame in state.frames)
        looked, forgot = len(self.desk.of(LookForImport)), len(self.desk.of(ForgetImport))
        assert looked >= forgot
        assert state.brought is not None or not looked or ForgetImport() in self.after_looking()

    def after_looking(self) -> list[StaffEffect]:
        effects = self.desk.effects
        return effects[max(i for i, effect in enumerate(effects) if isinstance(effect, LookForImport)) :]

    @invariant()
    def red_always_leads_out(self) -> None:
        state, now = self.desk.state, self.desk.now
        if state.left or state.place is StaffPlace.CLEANING:
            return
        for _ in range(80):
            state, _effects = staff.step(state, Press(Button.RED, now), now)
            if state.left:
                return
        raise AssertionError(f"no way out of {self.desk.state.place}")

    @invariant()
    def silence_always_leads_home(self) -> None:
        state, now = self.desk.state, self.desk.now
        for _ in range(70):
            due = staff.deadline_ms(state)
            if due is None:
                break
            now = max(now, due)
            state, _effects = staff.step(state, StaffTick(), now)
        assert state.left
        assert not state.entered


Desk.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestDesk = Desk.TestCase
