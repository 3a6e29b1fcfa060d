"""Persons, days and the shipped library, as the tests of this room need them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.care.library import Library
from kiosk.care.model import Movement, Permission, Programme, Region, Side, Stage, ViewMode
from kiosk.care.person import Cause, Injection, Onset, OnsetBand, Override, Person, SeenTick
from kiosk.care.today import Today
from kiosk.programmes.shelf import load

BUILTIN = Path(__file__).parents[2] / "assets" / "programmes"
DAY = date(2026, 3, 2)
NOW_MS = 100_000_000
TICKS = tuple(SeenTick(movement=movement, seen_on=DAY, by="slot-1") for movement in Movement)
LONG_AGO = Onset(on=DAY - timedelta(weeks=30))

FLACCID = Person(
    code="C2D3FH",
    stage=Stage.FLACCID,
    side=Side.LEFT,
    onset=LONG_AGO,
    cause=Cause.BELL,
    ticks=TICKS,
    graft=False,
    numb_eye=False,
    eye_surgery=False,
    swallowing_risk=False,
    carotid_disease=False,
    glasses=True,
    contact_lenses=True,
    eye_drops=True,
)
"""Staff have answered every question."""
PARETIC = replace(FLACCID, stage=Stage.PARETIC, stiffer=True)
SYNKINETIC = replace(FLACCID, stage=Stage.SYNKINETIC, side=Side.RIGHT)


@cache
def shipped() -> Library:
    """The library as it ships, read once."""
    return load(BUILTIN)


def led() -> tuple[Programme, ...]:
    """Every programme that ships, and the standard sets: whatever somebody can be led through."""
    return (*shipped().programmes.values(), *shipped().sets.values())


def today(**changes: object) -> Today:
    """A certain day on which nothing has been practised yet."""
    fields: dict[str, object] = {"day": DAY, "certain": True, "now_ms": NOW_MS}
    return Today(**(fields | changes))  # type: ignore[arg-type]


days = st.dates(DAY - timedelta(days=800), DAY + timedelta(days=60))
maybe_days = st.none() | days
onsets = st.builds(Onset, on=maybe_days, band=st.sampled_from(OnsetBand), attested_on=maybe_days)
ticks = st.builds(SeenTick, movement=st.sampled_from(Movement), seen_on=maybe_days, by=st.just("slot-1"))
injections = st.builds(
    Injection,
    given_on=days,
    regions=st.lists(st.sampled_from(Region), max_size=2, unique=True).map(tuple),
    no_touch_until=maybe_days,
)
overrides = st.builds(
    Override,
    rule=st.sampled_from(["three-months", "cause", "graft", "flaccid", "wrong-stage", "no-tick", "pain"]),
    reason=st.sampled_from(["therapist-examined", "doctor-asked", "because"]),
    by=st.sampled_from(["", "slot-1"]),
    on=maybe_days,
)


def several(strategy: st.SearchStrategy[object], most: int) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


answers = st.none() | st.booleans()
persons = st.builds(
    Person,
    code=st.just("C2D3FH"),
    stage=st.none() | st.sampled_from(Stage),
    side=st.none() | st.sampled_from(Side),
    onset=st.none() | onsets,
    cause=st.none() | st.sampled_from(Cause),
    graft=answers,
    stiffer=st.booleans(),
    numb_eye=answers,
    eye_surgery=answers,
    swallowing_risk=answers,
    carotid_disease=answers,
    one_hand=st.booleans(),
    ticks=several(ticks, 6),
    ticks_reviewed_on=maybe_days,
    view_mode=st.none() | st.sampled_from(ViewMode),
    injections=several(injections, 2),
    pause_until=st.none() | maybe_days,
    permissions=several(st.sampled_from(Permission), 3),
    overrides=several(overrides, 3),
    pain_locked_on=maybe_days,
    pain_locked=st.booleans(),
    linked_review=st.booleans(),
    flags=st.integers(0, 2),
)
likely = st.builds(
    Person,
    code=st.just("C2D3FH"),
    stage=st.sampled_from(Stage),
    side=st.sampled_from(Side),
    onset=st.just(LONG_AGO),
    cause=st.just(Cause.BELL),
    stiffer=st.just(True),
    graft=st.just(False),
    numb_eye=answers,
    swallowing_risk=answers,
    one_hand=st.booleans(),
    ticks=st.lists(st.sampled_from(TICKS), min_size=1, max_size=5, unique=True).map(tuple),
    view_mode=st.none() | st.sampled_from(ViewMode),
    permissions=several(st.sampled_from(Permission), 3),
)
"""Persons for whom most programmes are open, so that plans are made and not only refused."""

todays = st.builds(
    Today,
    day=maybe_days,
    certain=st.booleans(),
    now_ms=st.just(NOW_MS),
    active_begun_today=st.integers(0, 4),
    last_active_ended_ms=st.none() | st.integers(0, NOW_MS * 2),
    begun_today=st.dictionaries(st.sampled_from(["quiet-control", "first-movements", "relax"]), st.integers(0, 4)),
    red_stuck=st.booleans(),
)
ordinary = st.just(Today(day=DAY, certain=True, now_ms=NOW_MS))
