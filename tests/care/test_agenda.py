"""The day's plan: what is due comes first, what this person's stage never opens is not there, and nobody is urged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.care.again import Again
from kiosk.care.agenda import AWAY_DAYS, Agenda, agenda, meant
from kiosk.care.caps import ACTIVE_GAP_MS
from kiosk.care.person import Cause, Person
from kiosk.care.rules import may, offered
from kiosk.care.today import Today
from tests.care.people import DAY, FLACCID, NOW_MS, PARETIC, SYNKINETIC, likely, persons, shipped, today, todays

counts = st.dictionaries(st.sampled_from(sorted(shipped().programmes)), st.integers(0, 4))
practised = st.builds(lambda day, done: replace(day, done_today=done), todays, counts)


def ids(plan: Agenda) -> list[str]:
    return [entry.programme for entry in plan.entries]


def test_the_day_of_somebody_with_linked_movements() -> None:
    """Releases before everything else, then care, then one session with movement; relaxing as often as one likes."""
    plan = agenda(shipped(), SYNKINETIC, today())
    assert ids(plan) == ["releases", "gentle-care", "quiet-control", "relax"]
    assert [entry.meant for entry in plan.entries] == [1, 2, 1, 0]
    assert (plan.next, plan.done) == ("releases", False)
    plan = agenda(shipped(), SYNKINETIC, today(done_today={"releases": 1, "gentle-care": 1}))
    assert (plan.next, plan.entries[0].done) == ("gentle-care", 1)


def test_a_limit_is_no_goal() -> None:
    """Three sessions with movement may be begun; after one the day's plan asks for no other."""
    moved = today(done_today={"quiet-control": 1}, begun_today={"quiet-control": 1}, active_begun_today=1)
    entry = next(e for e in agenda(shipped(), SYNKINETIC, moved).entries if e.programme == "quiet-control")
    assert (entry.verdict.open, entry.due) == (True, False)


def test_all_is_done() -> None:
    """Said once nothing is due and nothing waits; never where nothing was done, or only some of it."""
    everything = {"releases": 1, "gentle-care": 2, "quiet-control": 1}
    assert agenda(shipped(), SYNKINETIC, today(done_today=everything)).done
    assert not agenda(shipped(), SYNKINETIC, today(done_today=everything | {"gentle-care": 1})).done
    only_relax = msgspec.structs.replace(SYNKINETIC, cause=Cause.STROKE)
    assert not agenda(shipped(), only_relax, today(done_today={"relax": 3})).done


def test_what_was_cut_waits_for_its_hour_and_the_day_is_not_done() -> None:
    """A session with movement that was stopped is still meant; until it may begin, nobody is told that all is done."""
    cut = today(
        done_today={"releases": 1, "gentle-care": 2},
        begun_today={"first-movements": 1},
        active_begun_today=1,
        last_active_ended_ms=NOW_MS - 60_000,
    )
    plan = agenda(shipped(), PARETIC, cut)
    entry = next(e for e in plan.entries if e.programme == "first-movements")
    assert (entry.again, entry.after_ms, entry.waits) == (Again.LATER, ACTIVE_GAP_MS - 60_000, True)
    assert (plan.next, plan.done) == ("", False)


@pytest.mark.parametrize(
    ("day", "back"),
    [
        (today(practised_on=frozenset((DAY - timedelta(days=AWAY_DAYS),))), True),
        (today(practised_on=frozenset((DAY - timedelta(days=AWAY_DAYS - 1),))), False),
        (today(practised_on=frozenset((DAY - timedelta(days=90), DAY))), False),
        (today(practised_on=frozenset((DAY - timedelta(days=90),)), certain=False), False),
        (today(), False),
    ],
)
def test_who_was_away_is_welcomed_back(day: Today, back: bool) -> None:
    """Only where the date is sure, and never somebody who has not begun yet."""
    assert agenda(shipped(), FLACCID, day).back is back


@settings(max_examples=200)
@given(st.one_of(persons, likely), practised)
def test_the_days_plan_follows_from_the_rules(person: Person, day: Today) -> None:
    """Open is what the rules open; gone is what the stage, or an operation, closes for good; due is open and left."""
    plan = agenda(shipped(), person, day)
    verdicts = {programme.id: verdict for programme, verdict in offered(shipped(), person, day)}
    assert len(set(ids(plan))) == len(plan.entries)
    for name, verdict in verdicts.items():
        lasting = {reason.code for reason in verdict.reasons} & {"flaccid", "wrong-stage", "graft"}
        assert (name in ids(plan)) is not bool(lasting)
    for entry in plan.entries:
        assert entry.verdict == verdicts[entry.programme]
        assert entry.meant == meant(shipped().programmes[entry.programme])
        if entry.due:
            assert may(person, shipped().programmes[entry.programme], day).open
            assert entry.done < entry.meant
    due = [entry.due for entry in plan.entries]
    assert due == sorted(due, reverse=True)
    assert plan.next == next((entry.programme for entry in plan.entries if entry.due), "")
    assert not (plan.done and any(due))


@settings(max_examples=100)
@given(likely, practised, st.sampled_from(sorted(shipped().programmes)))
def test_practising_never_makes_more_of_the_day(person: Person, day: Today, programme: str) -> None:
    """What was done once more is not due because of that, and nothing else becomes due either."""
    more = replace(day, done_today={**day.done_today, programme: day.done_today.get(programme, 0) + 1})

    def due(when: Today) -> set[str]:
        return {entry.programme for entry in agenda(shipped(), person, when).entries if entry.due}

    assert due(more) <= due(day)
