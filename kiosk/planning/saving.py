"""Keeping a plan: as one save that can be taken back, with the settings that suit its person."""

from __future__ import annotations

import dataclasses

from kiosk.care.own import NO_OWN_THINGS
from kiosk.care.person import Person, Role
from kiosk.desk.effects import Bind, ChangeSetting, ConfirmPlan, SavePerson, TakeIn
from kiosk.desk.model import Staff, StaffPlace, Undo
from kiosk.desk.shown import Setting
from kiosk.desk.turn import StaffTurn
from kiosk.planning import begun
from kiosk.planning.changes import changes
from kiosk.settings import BEDSIDE, Value

NEW = "new"
"""Of a save: the person was set up by it."""
PLAN = "plan"
"""The part of what a stick brought that becomes a person's plan."""


def save(turn: StaffTurn, person: Person, before: Person | None, reason: str = "") -> None:
    """Keep ``person``, who from now on is the one whose kiosk this is."""
    s = turn.s
    turn.effects.append(SavePerson(person, before, changes(before, person, reason), s.slot))
    if s.person is None:
        turn.effects.append(Bind(person.code, s.slot))
        turn.set(spent=person.code)
    begun.drop(turn)
    turn.set(undo=Undo(s.person, person, before), person=person, draft=None)


def finish(turn: StaffTurn) -> None:
    """Save the plan as it stands, if anything of it changed, and go back to where it was begun."""
    s = turn.s
    confirmed = _confirm(turn)
    chosen = s.brought is not None and s.brought.own != NO_OWN_THINGS
    if s.draft is not None and (s.draft != s.person or chosen or come_along(s)):
        known = (s.person, *s.data.former)
        before = next((p for p in known if p is not None and p.code == s.draft.code), None)
        save(turn, s.draft, before)
        if any(frame.place is StaffPlace.BROUGHT_PLAN for frame in turn.s.frames):
            _bring_along(turn)
        go_back(turn)
        turn.open(StaffPlace.SAVED, "person", *(() if before else (NEW,)))
    else:
        begun.drop(turn)
        go_back(turn)
        if confirmed:
            turn.open(StaffPlace.SAVED, "confirmed")


def go_back(turn: StaffTurn) -> None:
    """Go back to the menu; whoever came with a plan from a stick, to what else was on it."""
    brought = any(frame.place is StaffPlace.BROUGHT for frame in turn.s.frames)
    turn.back_to(StaffPlace.BROUGHT if brought else StaffPlace.MENU)
    turn.frame(fresh=True)


def take_back(turn: StaffTurn) -> None:
    """The last save is undone: what was kept before is kept again."""
    undo, s = turn.s.undo, turn.s
    if undo is None:
        return
    if undo.kept not in (None, undo.after):
        done = changes(undo.after, undo.kept)
        turn.effects.append(SavePerson(undo.kept, undo.after, done, s.slot, undo=True))
    if undo.before is None:
        turn.effects.append(Bind("", s.slot))
    for setting in undo.settings:
        put_setting(turn, setting)
    turn.set(person=undo.before, draft=None, undo=None)
    turn.back_to(StaffPlace.MENU)
    turn.open(StaffPlace.SAVED, "undone")


def _confirm(turn: StaffTurn) -> bool:
    """Whoever saves from the whole summary has seen side, stage, ticks and pauses: a therapist's word ends a doubt."""
    s = turn.s
    summary = next((frame for frame in reversed(s.frames) if frame.place is StaffPlace.REVIEW), None)
    whole = s.role is Role.THERAPIST and summary is not None and not summary.about
    if s.draft is None or not whole or s.draft.code not in s.data.doubted:
        return False
    turn.effects.append(ConfirmPlan(s.draft.code, s.slot))
    left = tuple(code for code in s.data.doubted if code != s.draft.code)
    turn.set(data=dataclasses.replace(s.data, doubted=left))
    return True


def come_along(staff: Staff) -> tuple[Setting, ...]:
    """Settings that the plan from a stick would change for its person: those of ears and hands, and no others."""
    brought = staff.brought
    held = holding(staff, brought.person.code if brought is not None and brought.person is not None else "")
    return tuple(setting for setting in _brought(staff) if held.get(setting.key) != setting.value)


def holding(staff: Staff, code: str) -> dict[str, Value]:
    """The settings as they hold for the person called ``code``, by key."""
    return {**{setting.key: setting.value for setting in staff.data.settings}, **staff.data.suits.get(code, {})}


def _brought(staff: Staff) -> tuple[Setting, ...]:
    brought = staff.brought.settings if staff.brought is not None else ()
    return tuple(setting for setting in brought if setting.key in BEDSIDE)


def _bring_along(turn: StaffTurn) -> None:
    """The plan from a stick was saved: so are the settings that suit the person, also where the place has the same."""
    if turn.s.undo is not None:
        kept = turn.s.data.suits.get(turn.s.undo.after.code, {})
        before = tuple(Setting(setting.key, kept.get(setting.key, "")) for setting in _brought(turn.s))
        turn.set(undo=dataclasses.replace(turn.s.undo, settings=before))
    for setting in _brought(turn.s):
        put_setting(turn, setting)
    if turn.s.brought is not None:
        turn.set(brought=dataclasses.replace(turn.s.brought, taken=(*turn.s.brought.taken, PLAN)))
    turn.effects.append(TakeIn(PLAN, turn.s.slot))


def put_setting(turn: StaffTurn, new: Setting) -> None:
    """A setting holds from now on, for the person where it suits one: then an empty value is that of the place."""
    data, whose = turn.s.data, turn.s.person.code if turn.s.person is not None and new.key in BEDSIDE else ""
    if whose:
        kept = {**data.suits.get(whose, {}), new.key: new.value}
        suits = {key: value for key, value in kept.items() if value != ""}
        turn.set(data=dataclasses.replace(data, suits={**data.suits, whose: suits}))
    else:
        held = tuple(new if setting.key == new.key else setting for setting in data.settings)
        turn.set(data=dataclasses.replace(data, settings=held))
    turn.effects.append(ChangeSetting(new.key, new.value, turn.s.slot, whose))
