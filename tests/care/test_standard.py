"""Rule k: what a standard set asks of whom, for any person on any day, and that it opens nothing that is closed."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from msgspec.structs import replace

from kiosk.care.agenda import agenda
from kiosk.care.caps import ACTIVE_GAP_MS, REST_S, plan_breaks
from kiosk.care.model import Family, Movement, Stage, StepKind, ViewMode
from kiosk.care.person import Cause, OwnDose, Person
from kiosk.care.plan import compile_plan
from kiosk.care.rules import Verdict, may, offered, ticked
from kiosk.care.standard import AT_REST, MOVEMENTS, SET, SETS, NotAsked, SetItem, item_of, not_asked, set_for
from kiosk.care.today import Today
from kiosk.errors import RuleError
from kiosk.rows.standard import ITEMS
from tests.care.people import DAY, FLACCID, NOW_MS, PARETIC, SYNKINETIC, TICKS, persons, shipped, today, todays

SMILE_ONLY = tuple(tick for tick in TICKS if tick.movement is Movement.SMILE)


def verdict(person: Person, day: Today | None = None) -> Verdict:
    programme = set_for(shipped(), person)
    assert programme is not None
    return may(person, programme, day or today())


def items(person: Person) -> list[SetItem | None]:
    programme = set_for(shipped(), person)
    assert programme is not None
    return [item_of(step) for step in compile_plan(shipped(), person, programme, today()).steps]


def test_what_ships_is_what_the_record_calls_it() -> None:
    """A set is told from practice by its id, in SQL too; and a row has a word for each item."""
    assert tuple(shipped().sets) == SETS == tuple(programme.id for programme in shipped().sets.values())
    assert not set(SETS) & set(shipped().programmes)
    assert tuple(item.value for item in SetItem) == ITEMS
    assert {shipped().sets[SET].family, shipped().sets[AT_REST].family} == {f for f in Family if f.apart}


@pytest.mark.parametrize("person", [PARETIC, SYNKINETIC])
def test_everything_ticked_is_asked_twice_and_gently(person: Person) -> None:
    """Rest, gentle closure, tiny smile, "oo", brow: in this order, at the doses of first movements."""
    programme = set_for(shipped(), person)
    assert programme is not None
    assert programme.id == SET
    plan = compile_plan(shipped(), person, programme, today())
    assert [item for step in plan.steps if (item := item_of(step))] == list(SetItem)
    rest, *moving = (step for step in plan.steps if item_of(step))
    assert (rest.kind, rest.repetitions, rest.still) == (StepKind.RELAX, 1, True)
    assert 5_000 <= rest.hold_ms <= 10_000
    assert {(step.repetitions, step.hold_ms) for step in moving} == {(2, 3_000)}
    assert all(step.rest_ms >= REST_S * 1_000 for step in moving)
    assert not_asked(person, plan) == {}


def test_flaccid_is_asked_to_rest_and_nothing_else() -> None:
    """Whatever is ticked: the set has another id, and is no active session."""
    assert [item for item in items(FLACCID) if item] == [SetItem.REST]
    assert set_for(shipped(), FLACCID) is shipped().sets[AT_REST]
    assert not shipped().sets[AT_REST].family.active
    plan = compile_plan(shipped(), FLACCID, shipped().sets[AT_REST], today())
    assert set(not_asked(FLACCID, plan).values()) == {NotAsked.FLACCID}
    with pytest.raises(RuleError):
        compile_plan(shipped(), FLACCID, shipped().sets[SET], today())


def test_only_ticked_movements_are_asked() -> None:
    """The others are named with their reason; with none ticked the face rests."""
    person = replace(PARETIC, ticks=SMILE_ONLY)
    plan = compile_plan(shipped(), person, shipped().sets[SET], today())
    assert {item_of(step) for step in plan.steps} - {None} == {SetItem.REST, SetItem.SMILE}
    assert not_asked(person, plan) == dict.fromkeys((SetItem.CLOSURE, SetItem.OO, SetItem.BROW), NotAsked.NOT_TICKED)
    unticked = replace(PARETIC, ticks=())
    assert set_for(shipped(), unticked) is shipped().sets[AT_REST]
    assert set(not_asked(unticked, compile_plan(shipped(), unticked, shipped().sets[AT_REST], today())).values()) == {
        NotAsked.NOT_TICKED
    }


@pytest.mark.parametrize(
    ("person", "day", "code"),
    [
        (replace(PARETIC, pain_locked=True, pain_locked_on=DAY), today(), "pain"),
        (replace(PARETIC, flags=1), today(), "flag"),
        (replace(PARETIC, linked_review=True), today(), "linked"),
        (replace(PARETIC, graft=True), today(), "graft"),
        (replace(PARETIC, cause=Cause.STROKE), today(), "cause"),
        (replace(FLACCID, cause=Cause.UNKNOWN), today(), "cause"),
        (PARETIC, today(doubted=True), "doubt"),
        (FLACCID, today(doubted=True), "doubt"),
        (PARETIC, today(red_stuck=True), "stuck"),
        (PARETIC, today(active_begun_today=3), "per-day"),
        (PARETIC, today(last_active_ended_ms=NOW_MS - ACTIVE_GAP_MS + 1), "gap"),
    ],
)
def test_locks_and_caps_hold_as_everywhere(person: Person, day: Today, code: str) -> None:
    """A set is closed by what closes movement, and by nothing that staff could pass over."""
    assert verdict(person).open or person not in (PARETIC, FLACCID)
    assert code in {reason.code for reason in verdict(person, day).reasons}


@given(persons, todays)
def test_for_anybody_on_any_day_it_keeps_the_rules(person: Person, day: Today) -> None:
    """Nothing unticked is asked, nothing beyond the caps, of a flaccid person no movement; else there is no plan."""
    programme = set_for(shipped(), person)
    assert programme is not None
    with suppress(RuleError):
        plan = compile_plan(shipped(), person, programme, day)
        asked = {item for step in plan.steps if (item := item_of(step)) is not None}
        assert SetItem.REST in asked
        assert {MOVEMENTS[item] for item in asked - {SetItem.REST}} <= ticked(person)
        assert not plan_breaks(plan, person.stage)
        assert person.stage is not Stage.FLACCID or asked == {SetItem.REST}
        assert asked | set(not_asked(person, plan)) == set(SetItem)
        assert not asked & set(not_asked(person, plan))
        assert {step.view for step in plan.steps if item_of(step)} <= {ViewMode.MIRROR, ViewMode.FEEL}


def test_it_is_on_nobodys_plan() -> None:
    """The home offers it to no one, and no day's plan waits for it."""
    for person in (FLACCID, PARETIC, SYNKINETIC):
        assert not {programme.id for programme, _ in offered(shipped(), person, today())} & set(SETS)
        assert not {entry.programme for entry in agenda(shipped(), person, today()).entries} & set(SETS)


def test_nobody_s_own_dose_changes_it() -> None:
    """Sets are compared with each other: each is like every other."""
    own = OwnDose(
        programme=SET,
        exercise="small-smile",
        hold_s=1,
        repetitions=9,
        rest_s=5,
        by="therapist-1",
        on=None,
        was=(3, 2, 8),
    )
    dosed = compile_plan(shipped(), replace(PARETIC, doses=(own,)), shipped().sets[SET], today())
    assert dosed == compile_plan(shipped(), PARETIC, shipped().sets[SET], today())
