"""Setting a person up: one thing on each screen, a summary, and nothing kept until "save".

A screen of the place ``ITEM`` is about (item, sequence): the next item of the sequence follows; without one, the
summary. That of the ticks is also about the movements that were picked, until it was said who saw them and when.
"""

from __future__ import annotations

import dataclasses
from datetime import date

from msgspec.structs import replace

from kiosk.care.model import Movement, Region, Side, Stage
from kiosk.care.person import Injection, Onset, Person, Role, SeenTick
from kiosk.menus import items, lids
from kiosk.menus.effects import Bind, ChangeSetting, ConfirmPlan, SavePerson, TakeIn
from kiosk.menus.items import (
    ADD,
    CARE_ONLY,
    DONE,
    ITEMS,
    NO,
    NONE,
    PAUSE,
    SECTIONS,
    SEQUENCES,
    SPANS,
    WHOLE,
    YES,
    date_of,
    digits_of,
)
from kiosk.menus.staff_model import Setting, Staff, StaffPlace, Undo
from kiosk.menus.staff_turn import StaffForm, StaffTurn, Style, fixed, nothing
from kiosk.settings import BEDSIDE, Value

CHANGE = "change"
SECTION = "section:"
"""Beginning of the answer that stands for a part of the plan."""
FORMER = "former"
UNDO = "undo"
SAVE = "save"
SAVE_BELOW = "save-below"
"""The same at the end of the summary."""
OK = "ok"
KEEP = "keep"
PLAN = "plan"
"""The part of what a stick brought that becomes a person's plan."""
TODAY = "today"
UNKNOWN = "unknown"


def begin(turn: StaffTurn, draft: Person, sequence: str) -> None:
    """Go through a sequence of items, beginning with ``draft``."""
    turn.set(draft=draft)
    turn.open(StaffPlace.ITEM, SEQUENCES[sequence][0], sequence)


def save(turn: StaffTurn, person: Person, before: Person | None, reason: str = "") -> None:
    """Keep ``person``, who from now on is the one whose kiosk this is."""
    s = turn.s
    turn.effects.append(SavePerson(person, before, items.changes(before, person, reason), s.slot))
    if s.person is None:
        turn.effects.append(Bind(person.code, s.slot))
        turn.set(spent=person.code)
    turn.set(undo=Undo(s.person, person, before), person=person, draft=None)


# Whom it is about.


def _person_options(staff: Staff) -> tuple[str, ...]:
    if staff.person is not None:
        found: tuple[str, ...] = (*(f"{SECTION}{i}" for i in range(len(SECTIONS))), CHANGE, WHOLE)
    else:
        # A code stands for one person for ever, also when setting them up was taken back.
        unused = staff.data.new_code not in ("", staff.spent)
        found = (*((CARE_ONLY, WHOLE) if unused else ()), *((FORMER,) if staff.data.former else ()))
    return (*found, UNDO) if staff.undo else found


def _person(turn: StaffTurn, answer: str) -> None:
    s = turn.s
    if answer == UNDO:
        _undo(turn)
    elif answer == FORMER:
        turn.open(StaffPlace.FORMER)
    elif s.person is None:
        stage = Stage.FLACCID if answer == CARE_ONLY else None
        begin(turn, Person(code=s.data.new_code, stage=stage, language=s.data.language), answer)
    elif answer == CHANGE or answer.startswith(SECTION):
        turn.set(draft=s.person)
        turn.open(StaffPlace.REVIEW, *section(answer))
    else:
        begin(turn, s.person, WHOLE)


def section(answer: str) -> tuple[str, ...]:
    """The items of a section; none: that is the whole plan."""
    return SECTIONS[int(answer.removeprefix(SECTION))] if answer.startswith(SECTION) else ()


def _former(turn: StaffTurn, answer: str) -> None:
    turn.set(draft=next(person for person in turn.s.data.former if person.code == answer))
    turn.open(StaffPlace.REVIEW)


def _undo(turn: StaffTurn) -> None:
    undo, s = turn.s.undo, turn.s
    if undo is None:
        return
    if undo.kept not in (None, undo.after):
        done = items.changes(undo.after, undo.kept)
        turn.effects.append(SavePerson(undo.kept, undo.after, done, s.slot, undo=True))
    if undo.before is None:
        turn.effects.append(Bind("", s.slot))
    for setting in undo.settings:
        put_setting(turn, setting)
    turn.set(person=undo.before, draft=None, undo=None)
    turn.back_to(StaffPlace.MENU)
    turn.open(StaffPlace.SAVED, "undone")


# One thing on each screen.


def _item_options(staff: Staff) -> tuple[str, ...]:
    return ITEMS[staff.frame.about[0]].options(staff)


def _item_preset(staff: Staff, found: tuple[str, ...]) -> str:
    value = ITEMS[staff.frame.about[0]].value(staff.draft) if staff.draft else ""
    return value if value in found else ""


def _item(turn: StaffTurn, answer: str) -> None:
    key, draft = turn.s.frame.about[0], turn.s.draft
    if draft is None:
        return
    if answer == items.DATE:
        turn.open(StaffPlace.DATE, key)
    elif key == "ticks" and answer in {m.value for m in Movement} - {t.movement.value for t in draft.ticks}:
        _pick(turn, answer)
    elif answer == DONE and (seen := picked(turn.s)):
        turn.open(StaffPlace.WHO, *seen)
    elif answer == items.CAMERA:
        lids.begin(turn)
    elif key == "injections" and answer == ADD:
        turn.open(StaffPlace.WHEN, "injection")
    elif answer == DONE:
        _advance(turn)
    else:
        turn.set(draft=ITEMS[key].put(draft, answer, turn.s))
        if key == "side" and answer != Side.BOTH:
            turn.open(StaffPlace.TOUCH, *turn.s.frame.about)
        elif key not in ("ticks", "injections", "doses"):
            _advance(turn)


def picked(staff: Staff) -> tuple[str, ...]:
    """Movements that were ticked just now: who saw them and when is asked once for all of them."""
    return staff.frame.about[2:] if staff.place is StaffPlace.ITEM else ()


def _pick(turn: StaffTurn, movement: str) -> None:
    key, sequence, *seen = turn.s.frame.about
    others = [other for other in seen if other != movement]
    turn.frame(about=(key, sequence, *(others if movement in seen else (*seen, movement))))


def _advance(turn: StaffTurn) -> None:
    """The item is answered: the next one of the sequence, or the summary."""
    key, sequence = turn.s.frame.about
    order = SEQUENCES.get(sequence, ())
    following = order[order.index(key) + 1 :] if key in order else ()
    if following:
        turn.open(StaffPlace.ITEM, following[0], sequence)
    elif any(frame.place is StaffPlace.REVIEW for frame in turn.s.frames):
        turn.back_to(StaffPlace.REVIEW)
    else:
        turn.open(StaffPlace.REVIEW)


def _touch(turn: StaffTurn, answer: str) -> None:
    if answer == YES:
        _advance(turn)
    else:
        turn.back()


def _who_options(staff: Staff) -> tuple[str, ...]:
    return tuple(slot.slot for slot in staff.slots)


def _when_options(staff: Staff) -> tuple[str, ...]:
    if staff.data.today is not None:
        return (TODAY, items.DATE)
    # When a tick was seen may stay open until the clock is set; an injection has a date or is not entered.
    return (UNKNOWN, items.DATE) if staff.frame.about[0] == "ticks" else (items.DATE,)


def _when(turn: StaffTurn, answer: str) -> None:
    about = turn.s.frame.about
    if answer == items.DATE:
        turn.open(StaffPlace.DATE, *about)
    elif about[0] == "ticks":
        _tick(turn, turn.s.data.today, about)
    elif turn.s.data.today is not None:
        turn.open(StaffPlace.REGIONS, turn.s.data.today.isoformat())


def _tick(turn: StaffTurn, day: date | None, about: tuple[str, ...]) -> None:
    """``about``: the purpose, the movements, and who saw them."""
    draft, movements, by = turn.s.draft, about[1:-1], about[-1]
    if draft is not None:
        new = (SeenTick(movement=Movement(movement), seen_on=day, by=by) for movement in movements)
        turn.set(draft=replace(draft, ticks=(*draft.ticks, *new)))
    turn.back_to(StaffPlace.ITEM)
    turn.frame(about=turn.s.frame.about[:2])
    _advance(turn)


def _regions_options(staff: Staff) -> tuple[str, ...]:
    regions = tuple(region.value for region in items.REGIONS)
    return (*regions, DONE) if len(staff.frame.about) > 1 else regions


def _regions(turn: StaffTurn, answer: str) -> None:
    given, *picked = turn.s.frame.about
    if answer == DONE:
        turn.open(StaffPlace.UNTIL, given, *picked)
    elif answer in picked:
        turn.frame(about=(given, *(region for region in picked if region != answer)))
    else:
        turn.frame(about=(given, *picked, answer))


def _until(turn: StaffTurn, answer: str) -> None:
    about = turn.s.frame.about
    if answer == items.DATE:
        turn.open(StaffPlace.DATE, "until", *about)
    else:
        span = SPANS.get(answer)
        _injection(turn, about, None if span is None else date.fromisoformat(about[0]) + span)


def _injection(turn: StaffTurn, about: tuple[str, ...], until: date | None) -> None:
    draft, given = turn.s.draft, date.fromisoformat(about[0])
    if draft is not None:
        same = [injection for injection in draft.injections if injection.given_on == given]
        regions = dict.fromkeys((*(r for injection in same for r in injection.regions), *map(Region, about[1:])))
        added = Injection(given_on=given, regions=tuple(regions), no_touch_until=until)
        others = tuple(injection for injection in draft.injections if injection.given_on != given)
        turn.set(draft=replace(draft, injections=(*others, added)))
    turn.back_to(StaffPlace.ITEM)


def enter_date(turn: StaffTurn, digits: str) -> None:
    """All digits of a date about the person were given."""
    purpose, *about = turn.s.frame.about
    day, today, draft = date_of(digits), turn.s.data.today, turn.s.draft
    past = purpose in ("onset", "ticks", "injection")
    too_late = past and day is not None and today is not None and day > today
    too_early = (purpose == PAUSE and day is not None and today is not None and day <= today) or (
        purpose == "until" and day is not None and day < date.fromisoformat(about[0])
    )
    if day is None or too_late or too_early or draft is None:
        why = "too-late" if too_late else "too-early" if too_early else "no-date"
        turn.frame(digits="", message=why, fresh=True)
    elif purpose == "ticks":
        _tick(turn, day, turn.s.frame.about)
    elif purpose == "injection":
        turn.instead(StaffPlace.REGIONS, day.isoformat())
    elif purpose == "until":
        _injection(turn, tuple(about), day)
    else:
        changed = {"onset": Onset(on=day)} if purpose == "onset" else {"pause_until": day}
        turn.set(draft=replace(draft, **changed))
        turn.back_to(StaffPlace.ITEM)
        _advance(turn)


def suggest_date(staff: Staff) -> str:
    """The digits that a date begins with: today's, or the one that holds."""
    purpose, draft = staff.frame.about[0], staff.draft
    held = None
    if draft is not None and purpose == "onset" and draft.onset:
        held = draft.onset.on
    if draft is not None and purpose == PAUSE:
        held = draft.pause_until
    return digits_of(held or staff.data.today)


# The summary, and what follows.


def _review_options(staff: Staff) -> tuple[str, ...]:
    """The summary; its screen is about the items that it shows, or about nothing: then it shows all."""
    if staff.frame.about:
        return (*staff.frame.about, SAVE)
    return (SAVE, *ITEMS, SAVE_BELOW) if staff.role is Role.THERAPIST else (SAVE, PAUSE)


def _review_preset(staff: Staff, found: tuple[str, ...]) -> str:
    """Whoever comes to change something begins there; whoever has answered everything saves."""
    return next(answer for answer in found if answer != SAVE) if staff.draft == staff.person else SAVE


def _review(turn: StaffTurn, answer: str) -> None:
    s = turn.s
    if answer not in (SAVE, SAVE_BELOW):
        turn.open(StaffPlace.ITEM, answer, "")
        return
    confirmed = _confirm(turn)
    if s.draft is not None and (s.draft != s.person or come_along(s)):
        known = (s.person, *s.data.former)
        save(turn, s.draft, next((p for p in known if p is not None and p.code == s.draft.code), None))
        if any(frame.place is StaffPlace.BROUGHT_PLAN for frame in turn.s.frames):
            _bring_along(turn)
        _return(turn)
        turn.open(StaffPlace.SAVED, "person")
    else:
        _return(turn)
        if confirmed:
            turn.open(StaffPlace.SAVED, "confirmed")


def _confirm(turn: StaffTurn) -> bool:
    """Whoever saves from the whole summary has seen side, stage, ticks and pauses: a therapist's word ends a doubt."""
    s = turn.s
    whole = s.role is Role.THERAPIST and not s.frame.about
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


def _return(turn: StaffTurn) -> None:
    """Go back to the menu; whoever came with a plan from a stick, to what else was on it."""
    brought = any(frame.place is StaffPlace.BROUGHT for frame in turn.s.frames)
    turn.back_to(StaffPlace.BROUGHT if brought else StaffPlace.MENU)
    turn.frame(fresh=True)


def back(turn: StaffTurn) -> None:
    """Red: one screen back. Changes to a plan in use are not lost without a word; red once more drops them."""
    s = turn.s
    if s.place is StaffPlace.DISCARD:
        turn.set(draft=None)
        _return(turn)
    elif _unsaved(s):
        turn.open(StaffPlace.DISCARD)
    else:
        turn.back()


def _unsaved(staff: Staff) -> bool:
    """Whether red would leave a plan in use with changes that were not saved."""
    last = staff.place is StaffPlace.REVIEW and staff.frames[-2].place is not StaffPlace.ITEM
    return (
        (last or staff.place is StaffPlace.DOSES)
        and staff.draft is not None
        and staff.person not in (None, staff.draft)
    )


def _discard(turn: StaffTurn, answer: str) -> None:
    turn.back()
    if answer == SAVE:
        _review(turn, SAVE)


def _saved_options(staff: Staff) -> tuple[str, ...]:
    return (OK, UNDO) if staff.undo and staff.frame.about == ("person",) else (OK,)


def _saved(turn: StaffTurn, answer: str) -> None:
    if answer == UNDO:
        _undo(turn)
    else:
        _return(turn)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.PERSON: StaffForm(_person_options, _person),
    StaffPlace.FORMER: StaffForm(lambda staff: tuple(p.code for p in staff.data.former), _former, preset=nothing),
    StaffPlace.ITEM: StaffForm(_item_options, _item, preset=_item_preset),
    StaffPlace.TOUCH: StaffForm(fixed(YES, NO), _touch, Style.DIRECT),
    StaffPlace.WHO: StaffForm(
        _who_options,
        lambda turn, answer: turn.open(StaffPlace.WHEN, "ticks", *turn.s.frame.about, answer),
        preset=nothing,
    ),
    StaffPlace.WHEN: StaffForm(_when_options, _when),
    StaffPlace.REGIONS: StaffForm(_regions_options, _regions, preset=nothing),
    StaffPlace.UNTIL: StaffForm(fixed(NONE, *SPANS, items.DATE), _until, preset=nothing),
    StaffPlace.REVIEW: StaffForm(_review_options, _review, preset=_review_preset),
    StaffPlace.DISCARD: StaffForm(fixed(SAVE, KEEP), _discard, Style.DIRECT),
    StaffPlace.SAVED: StaffForm(_saved_options, _saved, Style.DIRECT),
}
