"""Taking in at the desk: one file is looked for on a stick, each part of it is shown, and green takes it in.

What was read is in the state only while its screens are open. A plan goes through the summary that every plan goes
through, so that a therapist sees all of it before it is saved.
"""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from kiosk.care.consent import CONSENTS
from kiosk.care.doses import gentler
from kiosk.care.person import RISKS, Person
from kiosk.desk.effects import ForgetImport, LookForImport, StopLooking, TakeIn
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import Brought
from kiosk.desk.turn import StaffForm, StaffTurn, Style, first, fixed
from kiosk.planning.saving import PLAN

KEYS, PROGRAMMES, VOICE = "keys", "programmes", "voice"
TAKE, LOOK, AGAIN, OK = "take", "look", "again", "ok"
PROTECT = "protect"
STICK = "stick"
"""The row that says whether the stick may be taken out, where there is something to say."""
LINE = ":"
"""Beginning of a row that stands for one programme, or for something that was left out."""
PROTECTION = "handover.protection"
PASSPHRASE, RECIPIENTS, NONE = "passphrase", "recipients", "none"
"""The setting that says who can open a package, and its values."""
UNDERWAY = frozenset((StaffPlace.BRING, StaffPlace.NOT_BROUGHT, StaffPlace.BROUGHT_KEYS, StaffPlace.TAKING_IN))
"""Places in which a stick is fetched or read, or keys are compared with a sheet of paper."""


def begin(turn: StaffTurn) -> None:
    """Look for the file, on a stick that may yet have to be fetched."""
    _look_for(turn)
    turn.open(StaffPlace.BRING)


def parts(staff: Staff) -> tuple[str, ...]:
    """The parts that were brought, as far as they can be taken in."""
    brought = staff.brought or Brought("")
    there = {
        KEYS: bool(brought.keys),
        PROGRAMMES: bool(brought.programmes),
        VOICE: bool(brought.voices),
        PLAN: brought.person is not None,
    }
    return tuple(part for part, is_there in there.items() if is_there)


def here(staff: Staff, part: str) -> bool:
    """Whether this part is on the kiosk: just taken in, or no news."""
    brought = staff.brought or Brought("")
    if part in brought.taken:
        return True
    if part == KEYS:
        return sorted(brought.keys) == sorted(staff.data.keys_installed)
    if part == VOICE:
        return not any(voice.new or voice.changed for voice in brought.voices)
    return part == PROGRAMMES and all(programme.state == "same" for programme in brought.programmes)


def left_out(staff: Staff) -> tuple[str, ...]:
    """Sentences about what was not or could not be taken in."""
    brought = staff.brought or Brought("")
    return (*((brought.text,) if brought.text else ()), *brought.refused)


def kept(staff: Staff) -> Person | None:
    """The person that the kiosk keeps under the code of the plan that was brought; None: nobody."""
    code = staff.brought.person.code if staff.brought and staff.brought.person else ""
    known = (staff.person, *staff.data.former)
    return next((person for person in known if person is not None and person.code == code), None)


def taken_by_another(staff: Staff) -> bool:
    """Whether this is the kiosk of somebody else than whose plan was brought."""
    person = staff.brought.person if staff.brought else None
    return staff.person is not None and person is not None and staff.person.code != person.code


def draft(staff: Staff) -> Person | None:
    """The plan that was brought, as it would be kept here; it is saved by whoever has looked at it.

    What the person agreed to, and what staff opened for them against a rule, is of this kiosk and not of the file.
    What closes something closes it, whichever of the two says so. Nobody here has reviewed it.
    """
    person, old = staff.brought.person if staff.brought else None, kept(staff)
    if person is None:
        return None
    language = person.language if person.language in staff.data.languages else staff.data.language
    # The lids as another kiosk's camera read them say nothing about this one's.
    here = (old.overrides, old.lids_taken) if old else ((), None)
    brought = replace(person, language=language, reviewed_by="", overrides=here[0], lids_taken=here[1])
    if old is None:
        return brought
    agreed = tuple(permission for permission in old.permissions if permission in CONSENTS)
    days = [day for day in (person.pain_locked_on, old.pain_locked_on) if day is not None]
    return replace(
        brought,
        permissions=(*(p for p in brought.permissions if p not in CONSENTS), *agreed),
        locked=tuple(dict.fromkeys((*brought.locked, *old.locked))),
        doses=gentler(brought.doses, old.doses),
        pause_until=max(filter(None, (person.pause_until, old.pause_until)), default=None),
        injections=tuple(dict.fromkeys((*person.injections, *old.injections))),
        **{risk: _stricter(getattr(person, risk), getattr(old, risk)) for risk in RISKS},
        full_eye_closure=person.full_eye_closure and old.full_eye_closure,
        lids=old.lids,  # what was seen here
        pain_locked=brought.pain_locked or old.pain_locked,
        pain_locked_on=max(days, default=None),
        # Of two locks nobody can tell which lasts longer: then their days do.
        pain_at=old.pain_at if person.pain_at in (None, old.pain_at) and len(set(days)) < 2 else None,
        linked_review=brought.linked_review or old.linked_review,
        flags=max(brought.flags, old.flags),
    )


def _stricter(one: bool | None, other: bool | None) -> bool | None:
    """Return the stricter of two answers about a risk: there where one says so, unknown where one does not know."""
    return True if True in (one, other) else None if None in (one, other) else False


def hear(turn: StaffTurn, news: Brought) -> None:
    """It has come further. Whoever waits no more hears no more of it."""
    held, place = turn.s.brought, turn.s.place
    if held is None:
        return
    if held.phase == "read":
        _hear_of_part(turn, held, news)
    elif place is StaffPlace.BRING:
        if news != held:
            turn.set(brought=news, touched_ms=turn.s.now_ms)
        if news.phase in ("read", "ended"):
            turn.instead(StaffPlace.BROUGHT if news.phase == "read" else StaffPlace.NOT_BROUGHT)


def tidy(turn: StaffTurn) -> None:
    """Forget what is not on the screen any more; nobody waits for it."""
    s = turn.s
    if s.brought is not None and (s.left or not any(frame.place in FORMS for frame in s.frames)):
        turn.set(brought=None)
        turn.effects += [StopLooking(), ForgetImport()]


def _look_for(turn: StaffTurn) -> None:
    turn.set(brought=Brought("waiting"))
    turn.effects.append(LookForImport())


def _again(turn: StaffTurn, _answer: str) -> None:
    _look_for(turn)
    turn.instead(StaffPlace.BRING)


def _hear_of_part(turn: StaffTurn, held: Brought, news: Brought) -> None:
    """A part that was accepted is stored, or could not be."""
    now = news if news.phase == "read" else dataclasses.replace(held, text=news.text)
    # What is stored stays so, whatever becomes of the rest.
    now = dataclasses.replace(now, taken=tuple(dict.fromkeys((*held.taken, *now.taken))))
    turn.set(brought=now)
    if KEYS in now.taken and KEYS not in held.taken:
        turn.set(data=dataclasses.replace(turn.s.data, keys_installed=now.keys))
    if turn.s.place is StaffPlace.TAKING_IN:
        part = turn.s.frame.about[0]
        if part in now.taken:
            turn.instead(StaffPlace.TAKEN_IN, part)
        elif now.text:
            turn.instead(StaffPlace.NOT_TAKEN_IN, part)


# What was found.


def _found_options(staff: Staff) -> tuple[str, ...]:
    stick = (STICK,) if staff.brought and staff.brought.stick else ()
    return (*parts(staff), *stick, *(f"{LINE}{i}" for i in range(len(left_out(staff)))))


def _next_part(staff: Staff, found: tuple[str, ...]) -> str:
    return next((part for part in parts(staff) if not here(staff, part)), first(staff, found))


def _found(turn: StaffTurn, answer: str) -> None:
    places = {
        KEYS: StaffPlace.BROUGHT_KEYS,
        PROGRAMMES: StaffPlace.BROUGHT_PROGRAMMES,
        VOICE: StaffPlace.BROUGHT_VOICE,
        PLAN: StaffPlace.BROUGHT_PLAN,
    }
    if answer in places:
        turn.open(places[answer])


def _keys_options(staff: Staff) -> tuple[str, ...]:
    return () if here(staff, KEYS) else (TAKE,)


def _programmes_options(staff: Staff) -> tuple[str, ...]:
    """Every programme is passed on the way to the green press that takes them in."""
    count = len(staff.brought.programmes) if staff.brought else 0
    lines = tuple(f"{LINE}{i}" for i in range(count))
    return lines if here(staff, PROGRAMMES) else (*lines, TAKE)


def _programmes(turn: StaffTurn, answer: str) -> None:
    if answer == TAKE:
        _take(turn, PROGRAMMES)


def _voice_options(staff: Staff) -> tuple[str, ...]:
    """One line for each language."""
    count = len(staff.brought.voices) if staff.brought else 0
    lines = tuple(f"{LINE}{i}" for i in range(count))
    return lines if here(staff, VOICE) else (*lines, TAKE)


def _voice(turn: StaffTurn, answer: str) -> None:
    if answer == TAKE:
        _take(turn, VOICE)


def _take(turn: StaffTurn, part: str) -> None:
    if turn.s.brought is not None:
        turn.set(brought=dataclasses.replace(turn.s.brought, text=""))
        turn.effects.append(TakeIn(part, turn.s.slot))
        turn.instead(StaffPlace.TAKING_IN, part)


def _plan_options(staff: Staff) -> tuple[str, ...]:
    return () if taken_by_another(staff) or here(staff, PLAN) else (LOOK,)


def _plan(turn: StaffTurn, _answer: str) -> None:
    turn.set(draft=draft(turn.s))
    turn.open(StaffPlace.REVIEW)


# What follows.


def protected(staff: Staff) -> str:
    """The present protection of packages; empty where the desk does not know."""
    return next((str(setting.value) for setting in staff.data.settings if setting.key == PROTECTION), "")


def _taken_options(staff: Staff) -> tuple[str, ...]:
    unused = protected(staff) not in ("", RECIPIENTS) and staff.frame.about[0] == KEYS
    return (OK, PROTECT) if unused else (OK,)


def _taken(turn: StaffTurn, answer: str) -> None:
    if answer == PROTECT:
        turn.open(StaffPlace.SETTING, PROTECTION)
    else:
        turn.back_to(StaffPlace.BROUGHT)
        turn.frame(fresh=True)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.BRING: StaffForm(fixed(), lambda _turn, _answer: None, Style.BLIND),
    StaffPlace.NOT_BROUGHT: StaffForm(fixed(AGAIN), _again, Style.DIRECT),
    StaffPlace.BROUGHT: StaffForm(_found_options, _found, preset=_next_part),
    StaffPlace.BROUGHT_KEYS: StaffForm(_keys_options, lambda turn, _: _take(turn, KEYS), Style.DIRECT),
    StaffPlace.BROUGHT_PROGRAMMES: StaffForm(_programmes_options, _programmes, preset=first),
    StaffPlace.BROUGHT_VOICE: StaffForm(_voice_options, _voice, preset=first),
    StaffPlace.BROUGHT_PLAN: StaffForm(_plan_options, _plan, Style.DIRECT),
    StaffPlace.TAKING_IN: StaffForm(fixed(), lambda _turn, _answer: None, Style.BLIND),
    StaffPlace.TAKEN_IN: StaffForm(_taken_options, _taken, Style.DIRECT),
    StaffPlace.NOT_TAKEN_IN: StaffForm(fixed(AGAIN), lambda turn, _: _take(turn, turn.s.frame.about[0]), Style.DIRECT),
}
