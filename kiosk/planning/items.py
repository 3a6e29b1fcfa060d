"""The items that staff set for a person, with their answers and the person after one; dates go digit by digit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from kiosk.care.lids import held
from kiosk.care.model import Movement, Permission, Region, Side, Stage, ViewMode
from kiosk.care.person import WORN, Cause, Onset, OnsetBand, Person
from kiosk.desk.model import Staff

FIRST_YEAR, LAST_YEAR = 1900, 2099
CLOCK_FROM_YEAR = 2026
"""Nobody sets a clock to a time before this kiosk was made."""


def date_of(digits: str) -> date | None:
    """The date that ``DDMMYYYY`` names, if there is one."""
    try:
        found = date(int(digits[4:8]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def moment_of(digits: str, zone: tzinfo) -> datetime | None:
    """The moment that ``DDMMYYYYHHMM`` names in the kiosk's own time zone, if there is one."""
    day = date_of(digits[:8])
    hour, minute = int(digits[8:10]), int(digits[10:12])
    if day is None or day.year < CLOCK_FROM_YEAR or hour > 23 or minute > 59:
        return None
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def digits_of(day: date | None) -> str:
    """``day`` as the digits that are entered: DDMMYYYY."""
    return day.strftime("%d%m%Y") if day else "0101" + str(CLOCK_FROM_YEAR)


YES, NO = "yes", "no"
DATE = "date"
"""Opens the entry of a date."""
DONE = "done"
ADD = "add"
REMOVE = "remove:"
REVIEWED = "reviewed"
NONE = "none"
NOT_ASKED = "not-asked"
BY_PROGRAMME = "by-programme"
WEEK, TWO_WEEKS = "week", "two-weeks"
CLOSING: Mapping[str, tuple[Side, ...]] = MappingProxyType(
    {
        "both-close": (Side.LEFT, Side.RIGHT),
        "left-stays-open": (Side.RIGHT,),
        "right-stays-open": (Side.LEFT,),
        "both-stay-open": (),
    }
)
"""The sides on which the lashes were seen to meet, by the answer."""
CAMERA = "camera"
"""Opens the pages on which the lids are taken before the camera."""
SPANS: Mapping[str, timedelta] = MappingProxyType({WEEK: timedelta(days=7), TWO_WEEKS: timedelta(days=14)})

REGIONS = (
    Region.FOREHEAD,
    Region.TEMPLES,
    Region.EYES,
    Region.NOSE,
    Region.CHEEKS,
    Region.MOUTH,
    Region.CHIN,
    Region.NECK,
)
"""Regions where an injection may have been given."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that staff set for a person: its answers, ``options``.

    ``value`` is the answer that holds (empty: none yet); ``put`` the person after an answer that asks no more.
    """

    options: Callable[[Staff], tuple[str, ...]]
    value: Callable[[Person], str]
    put: Callable[[Person, str, Staff], Person]


def _choice(field: str, kind: type[StrEnum]) -> Item:
    found = tuple(member.value for member in kind)
    return Item(
        lambda _: found,
        lambda person: getattr(person, field) or "",
        lambda person, answer, _: _with(person, **{field: kind(answer)}),
    )


def _truth(field: str) -> Item:
    return Item(
        lambda _: (YES, NO),
        lambda person: YES if getattr(person, field) else NO,
        lambda person, answer, _: _with(person, **{field: answer == YES}),
    )


ANSWERED: Mapping[str, bool | None] = MappingProxyType({NOT_ASKED: None, NO: False, YES: True})


def told(person: Person, field: str) -> str:
    """The answer to a question that may not have been asked yet."""
    return next(answer for answer, held in ANSWERED.items() if held is getattr(person, field))


def _answer(field: str) -> Item:
    """A question about safety: as long as it was not asked, the careful answer holds."""
    return Item(
        lambda _: tuple(ANSWERED),
        lambda person: told(person, field),
        lambda person, answer, _: _with(person, **{field: ANSWERED[answer]}),
    )


def _worn_options(staff: Staff) -> tuple[str, ...]:
    """Whoever wears or uses none of them is a press away; what was picked is done with "done"."""
    picked = staff.draft is not None and any(getattr(staff.draft, field) for field in WORN)
    return (*((DONE,) if picked else (NOT_ASKED,)), NO, *WORN)


def _worn_value(person: Person) -> str:
    held = [getattr(person, field) for field in WORN]
    return DONE if any(held) else NOT_ASKED if None in held else NO


def _put_worn(person: Person, answer: str, _: Staff) -> Person:
    """One of them: worn or used, or not after all; else an answer about all three."""
    if answer in WORN:
        return _with(person, **{answer: not getattr(person, answer)})
    if answer == DONE:
        return _with(person, **{field: bool(getattr(person, field)) for field in WORN})
    return _with(person, **dict.fromkeys(WORN, ANSWERED[answer]))


NEEDS: Mapping[str, str] = MappingProxyType({"neck": "carotid_disease", "inside_cheek": "swallowing_risk"})
"""Items that are allowed only once a question about safety was answered with no → that question."""


def allowable(person: Person | None, item: str) -> bool:
    """Whether ``item`` may be allowed: what depends on a question that nobody has asked stays closed."""
    return person is not None and (item not in NEEDS or getattr(person, NEEDS[item]) is False)


def _permission(permission: Permission, item: str) -> Item:
    def put(person: Person, answer: str, _: Staff) -> Person:
        return with_permission(person, permission, answer == YES)

    return Item(
        lambda staff: (YES, NO) if allowable(staff.draft, item) else (NO,),
        lambda person: YES if permission in person.permissions else NO,
        put,
    )


def with_permission(person: Person, permission: Permission, given: bool) -> Person:
    """``person`` with a permission given or taken back."""
    others = tuple(p for p in person.permissions if p is not permission)
    return replace(person, permissions=(*others, permission) if given else others)


def _with(person: Person, **changes: Any) -> Person:
    return replace(person, **changes)


def _spans(staff: Staff) -> tuple[str, ...]:
    return tuple(SPANS) if staff.data.today else ()


def _onset_options(staff: Staff) -> tuple[str, ...]:
    """From the shortest time on; where movements are linked already, from the longest."""
    bands = [band.value for band in OnsetBand if band is not OnsetBand.UNKNOWN]
    linked = staff.draft is not None and staff.draft.stage is Stage.SYNKINETIC
    return (*(bands[::-1] if linked else bands), OnsetBand.UNKNOWN, DATE)


def _onset_value(person: Person) -> str:
    if person.onset is None:
        return ""
    return DATE if person.onset.on is not None else person.onset.band.value


def _put_onset(person: Person, answer: str, staff: Staff) -> Person:
    return replace(person, onset=Onset(band=OnsetBand(answer), attested_on=staff.data.today))


def _views(person: Person | None) -> tuple[ViewMode, ...]:
    """Views to choose from: the reflected half needs one healthy half, and would hide what quiet control is about."""
    reflected = person is not None and person.side in (Side.LEFT, Side.RIGHT) and person.stage is not Stage.SYNKINETIC
    return tuple(view for view in ViewMode if reflected or view is not ViewMode.GOOD_SIDE)


def _view_options(staff: Staff) -> tuple[str, ...]:
    return (BY_PROGRAMME, *(view.value for view in _views(staff.draft)))


def _view_value(person: Person) -> str:
    # A choice that is no longer possible does not hold: the programme decides (care.rules.default_view).
    return person.view_mode.value if person.view_mode in _views(person) else BY_PROGRAMME


def _put_view(person: Person, answer: str, _: Staff) -> Person:
    return replace(person, view_mode=None if answer == BY_PROGRAMME else ViewMode(answer))


def _put_pause(person: Person, answer: str, staff: Staff) -> Person:
    if answer in SPANS and staff.data.today is not None:
        return replace(person, pause_until=staff.data.today + SPANS[answer])
    return replace(person, pause_until=None)


def _put_ticks(person: Person, answer: str, staff: Staff) -> Person:
    if answer == REVIEWED:
        return replace(person, ticks_reviewed_on=staff.data.today)
    return replace(person, ticks=tuple(tick for tick in person.ticks if tick.movement.value != answer))


def _put_lids(person: Person, answer: str, _: Staff) -> Person:
    """By eye: what the camera has read stays as far as it is still said to close."""
    sides, taken = CLOSING[answer], person.lids_taken
    return replace(person, lids=sides, lids_taken=None if taken is None else held(taken, sides))


def _tick_options(staff: Staff) -> tuple[str, ...]:
    # Without a date a review cannot be counted from.
    dated = staff.draft is not None and staff.draft.ticks and staff.data.today
    return (DONE, *((REVIEWED,) if dated else ()), *(m.value for m in Movement))


def _injection_options(staff: Staff) -> tuple[str, ...]:
    count = len(staff.draft.injections) if staff.draft else 0
    return (ADD, *(f"{REMOVE}{i}" for i in range(count)), DONE)


def _put_injections(person: Person, answer: str, _: Staff) -> Person:
    index = int(answer.removeprefix(REMOVE))
    return replace(person, injections=(*person.injections[:index], *person.injections[index + 1 :]))


def _put_reviewed(person: Person, answer: str, staff: Staff) -> Person:
    return replace(person, reviewed_by=staff.slot if answer == YES else "")


def _dose_options(staff: Staff) -> tuple[str, ...]:
    count = len(staff.draft.doses) if staff.draft else 0
    return (*(f"{REMOVE}{i}" for i in range(count)), DONE)


def _put_doses(person: Person, answer: str, _: Staff) -> Person:
    index = int(answer.removeprefix(REMOVE))
    return replace(person, doses=(*person.doses[:index], *person.doses[index + 1 :]))


ITEMS: Mapping[str, Item] = MappingProxyType(
    {
        "side": _choice("side", Side),
        "stage": _choice("stage", Stage),
        "language": Item(
            lambda staff: staff.data.languages,
            lambda person: person.language,
            lambda person, answer, _: _with(person, language=answer),
        ),
        "onset": Item(_onset_options, _onset_value, _put_onset),
        "cause": _choice("cause", Cause),
        "graft": _answer("graft"),
        "stiffer": _truth("stiffer"),
        "full_eye_closure": _truth("full_eye_closure"),
        "numb_eye": _answer("numb_eye"),
        "eye_surgery": _answer("eye_surgery"),
        "worn": Item(_worn_options, _worn_value, _put_worn),
        "lids": Item(
            lambda staff: (*((CAMERA,) if staff.data.sees else ()), *CLOSING),
            lambda person: next((answer for answer, sides in CLOSING.items() if sides == person.lids), ""),
            _put_lids,
        ),
        "one_hand": _truth("one_hand"),
        "carotid_disease": _answer("carotid_disease"),
        "neck": _permission(Permission.NECK, "neck"),
        "swallowing_risk": _answer("swallowing_risk"),
        "inside_cheek": _permission(Permission.INSIDE_CHEEK, "inside_cheek"),
        "ticks": Item(_tick_options, lambda _: DONE, _put_ticks),
        "injections": Item(_injection_options, lambda _: DONE, _put_injections),
        "doses": Item(_dose_options, lambda _: DONE, _put_doses),
        "view_mode": Item(_view_options, _view_value, _put_view),
        "cues": _truth("cues"),
        "pause": Item(
            lambda staff: (NONE, *_spans(staff), DATE),
            lambda person: DATE if person.pause_until else NONE,
            _put_pause,
        ),
        "reviewed": Item(lambda _: (YES, NO), lambda person: YES if person.reviewed_by else NO, _put_reviewed),
    }
)
"""Items by their names, in the order in which the whole set-up asks."""

PRACTICE, WHO = "practice", "who"
"""The two halves of a plan: what is practised and how; and who the person is, with what has to be known for safety."""
HALVES: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        PRACTICE: (
            ("ticks", "stage", "reviewed", "pause", "stiffer"),
            ("view_mode", "language", "doses", "cues"),
            ("one_hand", "neck", "inside_cheek"),
            ("lids", "full_eye_closure"),
            ("injections",),
        ),
        WHO: (
            ("side", "onset", "cause", "graft"),
            ("worn", "numb_eye", "eye_surgery"),
            ("carotid_disease", "swallowing_risk"),
        ),
    }
)
"""Every item once. What takes more presses to answer stands nearer: the whole way to each stays short."""
SECTIONS: tuple[tuple[str, ...], ...] = tuple(section for half in HALVES.values() for section in half)

CARE_ONLY = "care"
WHOLE = "whole"
PAUSE = "pause"
ONE = "one"
"""The sequence of one thing that is changed: its answer saves it."""
LAST = "last"
"""The sequence of the question that follows the summary of a whole plan: its answer saves the plan."""
SEQUENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        CARE_ONLY: ("side", "language"),
        WHOLE: tuple(item for item in ITEMS if item not in ("lids", "doses", "reviewed")),
    }
)
"""Items that are asked one after another. Care only: the stage is flaccid, that is what it means.
The lids are no question: whoever has looked at them says so in their section. Doses are set at their programme. Whether
the plan is reviewed is asked when its summary was on the screen."""


def asked(person: Person, sequence: str) -> tuple[str, ...]:
    """The items of a sequence that are asked about ``person``, as far as their answers are known.

    What another answer keeps closed is not asked, nor a movement seen where there is none, nor stiffness where releases
    are open without it.
    """
    idle = {
        *(item for item in NEEDS if not allowable(person, item)),
        *(("ticks", "cues") if person.stage is Stage.FLACCID else ()),
        *(("stiffer",) if person.stage is Stage.SYNKINETIC else ()),
    }
    return tuple(item for item in SEQUENCES.get(sequence, ()) if item not in idle)


def expected(person: Person, sequence: str, item: str) -> tuple[str, ...]:
    """The items of a sequence that were asked or may yet be, seen from ``item``: fewer with each answer, never more."""
    order, sure = SEQUENCES.get(sequence, ()), asked(person, sequence)
    ahead = order[order.index(item) :] if item in order else ()
    return tuple(one for one in order if one in sure or (one in NEEDS and NEEDS[one] in ahead))
