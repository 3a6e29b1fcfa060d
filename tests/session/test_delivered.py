"""Rules 3 and 5 to 7 hold for what was delivered, whatever is pressed and whatever breaks."""

from __future__ import annotations

import sys
import time
from collections import Counter
from random import Random

import pytest

from kiosk.session.delivered import Delivered
from kiosk.session.model import SessionPhase
from tests.session.plans import context, movement, plan, relax
from tests.session.walk import Walk
from tests.session.world import World

QUICK, LONG = 60_000, 1_000_000
WALK = 2_000
"""Calls of the machine in one walk: many sessions of one person."""


def walks(count: int, seed: int) -> Counter[str]:
    """At least ``count`` calls of the machine; what was met on the way."""
    seen: Counter[str] = Counter()
    number = 0
    while seen["steps"] < count:
        world = World(Random(f"{seed}/{number}"))
        try:
            while world.steps < WALK:
                world.turn()
        except AssertionError as why:
            raise AssertionError(f"walk {seed}/{number}, call {world.steps}, {world.session.phase}: {why}") from why
        seen += world.seen
        seen["steps"] += world.steps
        number += 1
    return seen


def test_what_was_delivered_keeps_the_rules() -> None:
    """Some sessions of some people, in every way that one can go."""
    seen = walks(QUICK, 1)
    assert {phase.value for phase in SessionPhase} - {"closed"} <= set(seen), {p.value for p in SessionPhase} - set(
        seen
    )
    assert min(seen[what] for what in ("movement", "release", "resumed", "pain-lock", "red-flag", "break")) > 3, seen


@pytest.mark.slow
def test_a_million_calls_keep_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    """The same for long; how long is printed."""
    began = time.monotonic()
    seen = walks(LONG, 2)
    with capsys.disabled():
        taken = time.monotonic() - began
        sys.stdout.write(f"\nsession machine: {seen['steps']:,} calls, {seen['movement']:,} movements, {taken:.0f} s\n")
    assert seen["steps"] >= LONG


def moved(*spans: tuple[int, int]) -> Delivered:
    """Movement from and to these seconds."""
    found = Delivered()
    for start, end in spans:
        found = found.begins(start * 1_000).ends(end * 1_000)
    return found


@pytest.mark.parametrize(
    ("before", "next_s", "why"),
    [
        (moved(), (0, 180), ""),
        (moved((0, 100)), (105, 180), ""),
        (moved((0, 100)), (105, 181), "quiet"),
        (moved((0, 100)), (129, 181), "quiet"),
        (moved((0, 100)), (130, 310), ""),
        (moved(*[(n * 200, n * 200 + 170) for n in range(5)]), (1_000, 1_050), ""),
        (moved(*[(n * 200, n * 200 + 170) for n in range(5)]), (1_000, 1_051), "enough"),
        (moved(*[(n * 110, n * 110 + 10) for n in range(5)], (550, 560), (570, 590)), (600, 610), ""),
    ],
)
def test_blocks_and_totals_count_rests_but_no_quiet(before: Delivered, next_s: tuple[int, int], why: str) -> None:
    """30 s without movement end a block; what is shorter belongs to it, and to the total."""
    assert before.limit(next_s[0] * 1_000, next_s[1] * 1_000) == why


def test_the_total_is_of_blocks_with_their_rests() -> None:
    """10 s, 5 s of rest, 10 s; a quiet; 20 s."""
    assert moved((0, 10), (15, 25), (55, 75)).total_ms == 45_000
    assert moved((0, 10)).ends(60_000).total_ms == 10_000, "what has ended does not end again"


def test_what_was_done_before_a_cut_counts_towards_the_total_of_the_session() -> None:
    """The step before, and two of three repetitions of the one that was cut; relaxing is no movement."""
    steps = (relax(), movement(), movement(exercise="lips"))
    walk = Walk.begin(plan(*steps), context(resumes="s0", start_step=2, start_repetition=2))
    walk.check_in()
    assert walk.session.delivered.total_ms == steps[1].duration_ms + 5_000 + 2 * 9_000 + 8_000
