"""What is closed for whom, and why, in the words that a person and staff read; and the words and numbers of care.

``docs/closed.md`` is made of it, for whoever reviews the rules; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from kiosk.care.caps import hold_limit_s
from kiosk.care.consent import WORDING, WORDINGS
from kiosk.care.families import KINDS, RESTFUL, STAGES, TOUCH, views_of
from kiosk.care.model import Movement, Region, Side, Stage, StepKind
from kiosk.care.person import RISKS, Cause, Injection, Onset, OnsetBand, Override, Person, SeenTick
from kiosk.care.plan import SERVICE
from kiosk.care.reasons import FOR_STAFF, NOTICES, REASONS, TIMED_CODES
from kiosk.care.rules import default_view, may, notices, onset_weeks, untouchable, view_modes
from kiosk.care.today import Today
from kiosk.care.words import SIDE_WORDS, WORDS, OverrideReason, side_words_of
from tests.care.people import DAY, FLACCID, NOW_MS, PARETIC, SYNKINETIC, shipped, today

NAMES = ("gentle-care", "relax", "releases", "first-movements", "quiet-control")
HEADING = """# What is closed for whom, and the words and numbers of care

<!-- Written by `make docs` from tests/care/closed.py, by asking the rules. Change it there. -->

For whoever reviews the rules (see [rules](rules.md)). The persons of the second part are past three months, with every
question answered and every movement ticked on the day of which they are asked, but for what stands on the left.
"""


def table(head: str, rows: Iterable[Iterable[object]]) -> Iterator[str]:
    cells = head.split(" | ")
    yield f"\n| {head} |\n|{'---|' * len(cells)}\n"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |\n"


def words() -> Iterator[str]:
    """What persons and staff read."""
    yield "\n## Reasons\n"
    yield from table(
        "code | the person reads | staff read | staff may open it | passes by itself",
        (
            (f"`{code}`", one.text, FOR_STAFF[code], "yes" if one.overridable else "no",
             "yes" if code in TIMED_CODES else "no")
            for code, one in REASONS.items()
        ),
    )  # fmt: skip
    yield "\n## Notices for staff\n"
    yield from table("code | notice", ((f"`{code}`", text) for code, text in NOTICES.items()))
    yield "\n## Words\n"
    yield from table(
        "what | word | shown",
        ((kind.__name__, f"`{one.value}`", text) for kind, labels in WORDS.items() for one, text in labels.items()),
    )
    yield "\n## Before somebody is recorded\n"
    yield from table(
        f"consent ({WORDING}) | read to the person",
        ((f"`{one.value}`", " ".join(said)) for one, said in WORDINGS.items()),
    )
    yield "\n## Steps that no file asks for\n"
    yield from table(
        "id | kind | seconds | title | sentence",
        (
            (f"`{name}`", kind.value, f"{ms / 1000:g}", title, said)
            for name, (kind, ms, title, said, _) in SERVICE.items()
        ),
    )


def numbers() -> Iterator[str]:
    """What each family and each kind of step may be."""
    yield "\n## Families\n"
    yield from table(
        "family | moves | stages | kinds of step | may show",
        (
            (one.value, "yes" if one.active else "no", listed(STAGES[one]), listed(KINDS[one]), listed(views_of(one)))
            for one in KINDS
        ),
    )
    yield "\n## Kinds of step\n"
    yield from table(
        "kind | held at most | a touch | restful",
        ((kind.value, f"{hold_limit_s(kind)} s", "yes" if kind in TOUCH else "no", "yes" if kind in RESTFUL else "no")
         for kind in StepKind),
    )  # fmt: skip
    yield "\n## Weeks that a band of onset is worth\n"
    bands = (replace(PARETIC, onset=Onset(band=band, attested_on=DAY)) for band in OnsetBand)
    yield from table(
        "band | on that day | 13 days later | 14 days later",
        ((WORDS[OnsetBand][band], *(onset_weeks(person, today(day=DAY + timedelta(days=n))) for n in (0, 13, 14)))
         for band, person in zip(OnsetBand, bands, strict=True)),
    )  # fmt: skip
    yield "\n## Where an injection rules out touch\n"
    yield from table("injected | no touch at", ((one.value, listed(shares(one))) for one in Region))
    yield "\n## Views and words about sides\n"
    yield from table(
        "stage, side | words | first movements | quiet control | releases",
        (
            (f"{stage.value if stage else 'none'}, {side.value if side else 'none'}", SIDE_WORDS[side_words_of(person)],
             *(shown(person, name) for name in ("first-movements", "quiet-control", "releases")))
            for stage in (None, *Stage) for side in (None, *Side)
            for person in (replace(PARETIC, stage=stage, side=side),)
        ),
    )  # fmt: skip


def listed(found: Iterable[str]) -> str:
    """Words in an order that does not change; those of a tuple in theirs."""
    return ", ".join(found if isinstance(found, tuple) else sorted(found))


def shown(person: Person, name: str) -> str:
    programme = shipped().programmes[name]
    return f"{listed(view_modes(person, programme))}; first {default_view(person, programme)}"


def shares(injected: Region) -> set[str]:
    person = replace(SYNKINETIC, injections=(Injection(given_on=DAY, regions=(injected,)),))
    return {region.value for region in Region if untouchable(person, today(), region)}


LATER = DAY + timedelta(days=1)
WEEK = timedelta(weeks=1)


def ticked(*movements: Movement, on: date | None = DAY) -> tuple[SeenTick, ...]:
    return tuple(SeenTick(movement=one, seen_on=on, by="slot-1") for one in movements)


def opened(rule: str, reason: str = OverrideReason.DOCTOR_ASKED, by: str = "slot-1") -> tuple[Override, ...]:
    return (Override(rule=rule, reason=reason, by=by, on=DAY),)


CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("nothing else", {}),
    ("no stage", {"stage": None}),
    *((f"side {one}", {"side": one}) for one in (None, Side.BOTH)),
    *((f"cause {one.value}", {"cause": one}) for one in Cause),
    ("no cause", {"cause": None}),
    ("stroke, opened by a doctor", {"cause": Cause.STROKE, "overrides": opened("cause")}),
    ("stroke, opened without a reason of the list", {"cause": Cause.STROKE, "overrides": opened("cause", "because")}),
    ("stroke, opened by nobody", {"cause": Cause.STROKE, "overrides": opened("cause", by=" ")}),
    ("stroke, another rule opened", {"cause": Cause.STROKE, "overrides": opened("three-months")}),
    ("no onset", {"onset": None}),
    ("onset not known", {"onset": Onset()}),
    *((f"onset {n} days ago", {"onset": Onset(on=DAY - timedelta(days=n))}) for n in (41, 42, 90, 91)),
    ("onset 90 days ago, opened", {"onset": Onset(on=DAY - timedelta(days=90)), "overrides": opened("three-months")}),
    *((f"{name} {answer}", {name: answer}) for name in RISKS for answer in (True, None)),
    ("a graft, opened", {"graft": True, "overrides": opened("graft")}),
    ("stiffer", {"stiffer": True}),
    ("not stiffer", {"stiffer": False}),
    ("nothing ticked", {"ticks": ()}),
    ("only the nose ticked", {"ticks": ticked(Movement.NOSE)}),
    ("only the smile ticked", {"ticks": ticked(Movement.SMILE)}),
    ("ticked without a date", {"ticks": ticked(Movement.SMILE, on=None)}),
    *((f"ticked {n} days ago", {"ticks": ticked(*Movement, on=DAY - timedelta(days=n))}) for n in (30, 31, 37, 38)),
    ("ticked 99 days ago, reviewed 37 days ago",
     {"ticks": ticked(*Movement, on=DAY - timedelta(days=99)), "ticks_reviewed_on": DAY - timedelta(days=37)}),
    ("ticked without a date, reviewed 38 days ago",
     {"ticks": ticked(*Movement, on=None), "ticks_reviewed_on": DAY - timedelta(days=38)}),
    ("paused until tomorrow", {"pause_until": LATER}),
    ("paused until today", {"pause_until": DAY}),
    ("closed by a therapist: releases", {"locked": ("releases",)}),
    ("one warning sign", {"flags": 1}),
    ("two warning signs", {"flags": 2}),
    ("pain today", {"pain_locked_on": DAY}),
    ("pain on a day that nobody knows", {"pain_locked": True}),
    ("pain yesterday", {"pain_locked_on": DAY - timedelta(days=1)}),
    ("more pulled along", {"linked_review": True}),
    ("injected everywhere", {"injections": (Injection(given_on=DAY, regions=(Region.WHOLE_FACE,)),)}),
    ("injected everywhere, touch from today",
     {"injections": (Injection(given_on=DAY, regions=(Region.WHOLE_FACE,), no_touch_until=DAY),)}),
    ("injected at the chin until tomorrow",
     {"injections": (Injection(given_on=DAY, regions=(Region.CHIN,), no_touch_until=LATER),)}),
    ("reviewed by a therapist", {"reviewed_by": "slot-1"}),
)  # fmt: skip
DAYS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("the day is not known", {"day": None, "certain": False}),
    ("a day that is only a lower bound", {"certain": False}),
    ("it may be 8 days later", {"latest": DAY + timedelta(days=8)}),
    ("it may be 38 days later", {"latest": DAY + timedelta(days=38)}),
    ("it may be 200 days earlier", {"earliest": DAY - timedelta(days=200)}),
    ("part of the record was lost", {"doubted": True}),
    ("the record is still being looked through", {"unchecked": True}),
    ("red is stuck", {"red_stuck": True}),
    ("2 sessions of movement today", {"active_begun_today": 2}),
    ("3 sessions of movement today", {"active_begun_today": 3}),
    ("3 sessions of first movements and of quiet control", {"begun_today": dict.fromkeys(NAMES, 3)}),
    ("2 sessions of each", {"begun_today": dict.fromkeys(NAMES, 2)}),
    ("59 min 59.999 s after movement", {"last_active_ended_ms": NOW_MS - 3_599_999}),
    ("an hour after movement", {"last_active_ended_ms": NOW_MS - 3_600_000}),
)
PAINS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = tuple(
    (f"pain {said}, {when}", person, at)
    for said, person in (
        ("on this day", {"pain_locked_on": DAY}),
        ("the day before", {"pain_locked_on": DAY - timedelta(days=1)}),
        ("two days before", {"pain_locked_on": DAY - timedelta(days=2)}),
        ("on no known day", {"pain_locked": True}),
    )
    for when, at in (
        ("a new day", {}),
        ("not surely a new day", {"new_day": False}),
        ("surely over", {"pain_over": True}),
        ("surely not over", {"pain_over": False}),
    )
)


def why(person: Person | None, at: Today) -> list[str]:
    """The codes for each programme."""
    verdicts = (may(person, shipped().programmes[name], at) for name in NAMES)
    return [
        ", ".join(reason.code for reason in verdict.reasons) or ("open" if verdict.open else "?")
        for verdict in verdicts
    ]


def persons() -> Iterator[str]:
    """What each change closes, for a person of each stage."""
    head = " | ".join(("person", *NAMES, "notices"))
    yield "\n## What is closed\n"
    yield from table(head, [("nobody", *why(None, today()), "")])
    for base in (FLACCID, PARETIC, SYNKINETIC):
        assert base.stage is not None
        rows = []
        for said, change in CHANGES:
            person = replace(base, **change)
            told = ", ".join(one.code for one in notices(person, today()))
            rows.append((said, *why(person, today()), told))
        for said, at in DAYS:
            told = ", ".join(one.code for one in notices(base, today(**at)))
            rows.append((said, *why(base, today(**at)), told))
        yield f"\n### {WORDS[Stage][base.stage]}\n"
        yield from table(head, rows)
    yield "\n### Pain, and when its day is over\n"
    yield from table(
        "person | first movements",
        ((said, why(replace(PARETIC, **change), today(**at))[3]) for said, change, at in PAINS),
    )


def closed_page() -> str:
    """docs/closed.md."""
    return HEADING + "".join([*words(), *numbers(), *persons()])
