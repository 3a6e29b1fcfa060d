"""The hard limits of rule 3: files, plans and imports meet the same."""

from __future__ import annotations

from kiosk.care.model import Plan, Stage, Step, StepKind

ACTIVE_HOLD_S = 5
RELEASE_S = 30
REST_S = 5
REPETITIONS = 10
BLOCK_S = 180
BLOCK_SPLIT_S = 120
"""Length at which compiled plans split a block of movement; well inside ``BLOCK_S``."""
QUIET_S = 30
"""The quiet that ends a block."""
ACTIVE_TOTAL_S = 15 * 60
ACTIVE_PER_DAY = 3
ACTIVE_GAP_MS = 60 * 60_000
TICKED_MOVEMENTS = 4
HANDS_S = 60
"""Arms rest after this long with the hands at the face."""
OTHER_HOLD_S = 300
"""No rule names a limit for massage, breathing and rest; beyond five minutes a number is a slip of the pen."""
MOVE_S = 10
REST_MAX_S = 60

HELD_SHORT = frozenset((StepKind.MOVEMENT, StepKind.BLINK))
HELD_LONG = frozenset((StepKind.RELEASE, StepKind.EASE))


def hold_limit_s(kind: StepKind) -> int:
    """The longest hold in seconds for a step of this kind."""
    if kind in HELD_SHORT:
        return ACTIVE_HOLD_S
    return RELEASE_S if kind in HELD_LONG else OTHER_HOLD_S


def work_ms(step: Step) -> int:
    """The time from the first movement to the end of the last repetition, rests included."""
    return step.duration_ms - step.hands_up_ms - step.lead_in_ms


def plan_breaks(plan: Plan, stage: Stage | None) -> list[str]:
    """Every hard rule that ``plan`` breaks for a person in ``stage``, as sentences; empty when it may be played."""
    breaks: list[str] = []
    active = [step for step in plan.steps if step.active]
    if active and stage is not None and stage is Stage.FLACCID:
        breaks.append("a plan for the flaccid stage contains movement")
    if active and not plan.family.active:
        breaks.append(f"a plan of the family {plan.family} contains movement")
    if any(step.active for step in plan.relax):
        breaks.append("what a tired person is offered instead contains movement")
    for number, step in enumerate((*plan.steps, *plan.relax), 1):
        breaks += [f"step {number} ({step.exercise}): {why}" for why in _step_breaks(step)]
    total = sum(step.duration_ms for step in active)
    if total > ACTIVE_TOTAL_S * 1000:
        breaks.append(f"{total / 1000:g} s of movement in one session; at most {ACTIVE_TOTAL_S} s")
    longest = longest_block_ms(plan.steps)
    if longest > BLOCK_S * 1000:
        breaks.append(f"a block of movement of {longest / 1000:g} s; at most {BLOCK_S} s")
    return breaks


def _step_breaks(step: Step) -> list[str]:
    breaks: list[str] = []
    limit = hold_limit_s(step.kind)
    times = (step.hands_up_ms, step.lead_in_ms, step.in_ms, step.hold_ms, step.out_ms, step.rest_ms)
    if min(times) < 0:
        breaks.append("a time is below zero")
    if not 0 < step.hold_ms <= limit * 1000:
        breaks.append(f"a hold of {step.hold_ms / 1000:g} s; above 0 and at most {limit} s")
    if not 1 <= step.repetitions <= REPETITIONS:
        breaks.append(f"{step.repetitions} repetitions; from 1 to {REPETITIONS}")
    if step.repetitions > 1 and step.rest_ms < REST_S * 1000:
        breaks.append(f"a rest of {step.rest_ms / 1000:g} s between repetitions; at least {REST_S} s")
    if step.active and step.lead_in_ms + step.hands_up_ms < REST_S * 1000:
        breaks.append(f"a movement begins after {step.lead_in_ms / 1000:g} s; at least {REST_S} s")
    return breaks


def longest_block_ms(steps: tuple[Step, ...]) -> int:
    """The longest block. Only ``QUIET_S`` without movement end one; anything shorter in between belongs to it."""
    longest = run = idle = 0
    for step in steps:
        if not step.active:
            idle += step.duration_ms
            continue
        ended = run == 0 or idle >= QUIET_S * 1000
        run = step.duration_ms if ended else run + idle + step.duration_ms
        idle = 0
        longest = max(longest, run)
    return longest
