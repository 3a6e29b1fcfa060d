"""Setting a person up: one thing on each screen.

A screen of the place ``ITEM`` is about (item, sequence): the next item of the sequence follows; without one, the
summary. That of the ticks is also about the movements that were picked, until it was said who saw them and when. In a
whole plan without ticks each movement has a screen ``SEEN`` instead, about (item, sequence, number, picked …): green,
which a hand presses by habit, says that it was not seen.
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from kiosk.care.model import Movement, Region, Side
from kiosk.care.person import RISKS, WORN, Injection, Onset, Person, SeenTick
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.turn import StaffForm, StaffTurn, Style, fixed, nothing
from kiosk.planning import items, lids
from kiosk.planning.items import (
    ADD,
    DONE,
    ITEMS,
    LAST,
    NO,
    NONE,
    ONE,
    PAUSE,
    SEQUENCES,
    SPANS,
    WHOLE,
    YES,
    asked,
    date_of,
    digits_of,
    expected,
)
from kiosk.planning.saving import finish

NOT_SEEN, SEEN = "not-seen", "seen"
TODAY = "today"
UNKNOWN = "unknown"


def begin(turn: StaffTurn, draft: Person, sequence: str) -> None:
    """Go through a sequence of items, beginning with ``draft``."""
    turn.set(draft=draft, going_on=False)
    turn.open(StaffPlace.ITEM, SEQUENCES[sequence][0], sequence)


def change(turn: StaffTurn, item: str) -> None:
    """Ask about one item of the plan that holds: its answer is saved at once."""
    turn.set(draft=turn.s.person, going_on=False)
    turn.open(StaffPlace.ITEM, item, ONE)


def going(staff: Staff) -> tuple[str, tuple[str, ...]]:
    """The item that a sequence asks now, and all that it asks; nothing where no sequence is under way."""
    if staff.place not in (StaffPlace.ITEM, StaffPlace.SEEN) or staff.draft is None:
        return "", ()
    item, sequence = staff.frame.about[:2]
    found = expected(staff.draft, sequence, item)
    return (item, found) if item in found else ("", ())


# One thing on each screen.


def _item_options(staff: Staff) -> tuple[str, ...]:
    """The answers to an item; to one thing that is changed, a question about safety is answered with yes or no."""
    item, sequence = staff.frame.about[:2]
    return (YES, NO) if sequence == ONE and item in RISKS else ITEMS[item].options(staff)


def _direct(staff: Staff) -> bool:
    """Yes or no about one thing is a press: it is saved at once, and the next screen takes it back."""
    return staff.frame.about[1] == ONE and staff.frame.about[0] != items.REVIEWED and _item_options(staff) == (YES, NO)


def _item_preset(staff: Staff, found: tuple[str, ...]) -> str:
    item, sequence = staff.frame.about[:2]
    if item == "injections" and sequence == ONE:
        return ADD
    value = ITEMS[item].value(staff.draft) if staff.draft else ""
    # Nobody has reviewed it yet: neither answer may be given by habit.
    open_yet = item == items.REVIEWED and sequence == LAST and value == NO
    return value if value in found and not open_yet else ""


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
        turn.set(draft=ITEMS[key].put(draft, DONE, turn.s) if key == "worn" else draft)
        _advance(turn)
    else:
        turn.set(draft=ITEMS[key].put(draft, answer, turn.s))
        if key == "side" and answer != Side.BOTH:
            turn.open(StaffPlace.TOUCH, *turn.s.frame.about)
        elif _ends(turn.s, answer):
            _advance(turn)


def _ends(staff: Staff, answer: str) -> bool:
    """Whether the item is done with this answer: several can be given to some, but what is taken out alone is."""
    key, sequence = staff.frame.about[:2]
    if answer == items.REVIEWED or (sequence == ONE and answer.startswith(items.REMOVE)):
        return True
    return key not in ("ticks", "injections", "doses") and answer not in WORN


def picked(staff: Staff) -> tuple[str, ...]:
    """Movements that were ticked just now: who saw them and when is asked once for all of them."""
    return staff.frame.about[2:] if staff.place is StaffPlace.ITEM else ()


def _pick(turn: StaffTurn, movement: str) -> None:
    key, sequence, *seen = turn.s.frame.about
    others = [other for other in seen if other != movement]
    turn.frame(about=(key, sequence, *(others if movement in seen else (*seen, movement))))


def ask(turn: StaffTurn, item: str, sequence: str) -> None:
    """Show the screen of an item; movements that nobody has ticked yet are asked about one by one."""
    if item == "ticks" and sequence == WHOLE and turn.s.draft is not None and not turn.s.draft.ticks:
        turn.open(StaffPlace.SEEN, item, sequence, "0")
    else:
        turn.open(StaffPlace.ITEM, item, sequence)


def _advance(turn: StaffTurn) -> None:
    """The item is answered: the next one of the sequence, or the summary; what was one thing is saved."""
    draft, (key, sequence) = turn.s.draft, turn.s.frame.about[:2]
    order = SEQUENCES.get(sequence, ())
    wanted = asked(draft, sequence) if draft is not None else ()
    following = [item for item in order[order.index(key) + 1 :] if item in wanted] if key in order else []
    if following:
        ask(turn, following[0], sequence)
    elif sequence in (ONE, LAST):
        finish(turn)
    elif any(frame.place is StaffPlace.REVIEW for frame in turn.s.frames):
        turn.back_to(StaffPlace.REVIEW)
    else:
        turn.open(StaffPlace.REVIEW)


def _touch(turn: StaffTurn, answer: str) -> None:
    if answer == YES:
        _advance(turn)
    else:
        turn.back()


def movement(staff: Staff) -> Movement:
    """The movement that is asked about on its own screen."""
    return tuple(Movement)[int(staff.frame.about[2])]


def _seen(turn: StaffTurn, answer: str) -> None:
    key, sequence, number, *seen = turn.s.frame.about
    seen = [*seen, movement(turn.s)] if answer == SEEN else seen
    if int(number) + 1 < len(Movement):
        turn.open(StaffPlace.SEEN, key, sequence, str(int(number) + 1), *seen)
        return
    if turn.s.draft is not None:
        # Whoever went back and answered anew means only what was picked now.
        turn.set(draft=replace(turn.s.draft, ticks=()))
    if seen:
        turn.open(StaffPlace.WHO, *seen)
    else:
        _advance(turn)


def who_options(staff: Staff) -> tuple[str, ...]:
    """Whoever stands here comes first, and nobody is pointed at."""
    return tuple(sorted((slot.slot for slot in staff.slots if not slot.gone), key=lambda slot: slot != staff.slot))


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
    turn.back_to(StaffPlace.ITEM, StaffPlace.SEEN)
    if turn.s.place is StaffPlace.ITEM:
        turn.frame(about=turn.s.frame.about[:2])
    _advance(turn)


def _regions_options(staff: Staff) -> tuple[str, ...]:
    """The regions; "done" stands behind the lowest one that was picked, where the next press of amber finds it."""
    regions, picked = tuple(region.value for region in items.REGIONS), staff.frame.about[1:]
    if not picked:
        return regions
    behind = max(regions.index(region) for region in picked) + 1
    return (*regions[:behind], DONE, *regions[behind:])


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
    if turn.s.frame.about[1] == ONE:
        _advance(turn)


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


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.ITEM: StaffForm(_item_options, _item, preset=_item_preset, direct=_direct),
    StaffPlace.SEEN: StaffForm(fixed(NOT_SEEN, SEEN), _seen, Style.DIRECT),
    StaffPlace.TOUCH: StaffForm(fixed(YES, NO), _touch, Style.DIRECT),
    StaffPlace.WHO: StaffForm(
        who_options,
        lambda turn, answer: turn.open(StaffPlace.WHEN, "ticks", *turn.s.frame.about, answer),
        preset=nothing,
    ),
    StaffPlace.WHEN: StaffForm(_when_options, _when),
    StaffPlace.REGIONS: StaffForm(_regions_options, _regions, preset=nothing),
    StaffPlace.UNTIL: StaffForm(fixed(*SPANS, items.DATE, NONE), _until, preset=nothing),
}
