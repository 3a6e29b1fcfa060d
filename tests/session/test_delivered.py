"""Rules 3 and 5 to 7 hold for what was delivered, whatever is pressed and whatever breaks."""

from __future__ import annotations

import sys
import time
from collections import Counter
from random import Random

import pytest

from kiosk.session.model import Phase
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
    assert {phase.value for phase in Phase} - {"closed"} <= set(seen), {p.value for p in Phase} - set(seen)
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
