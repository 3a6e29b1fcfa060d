"""Two people over some weeks, as they might have practised: what a report is looked at with."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec

from kiosk.care.model import Movement, Region, Side, Stage, ViewMode
from kiosk.care.person import Cause, Onset, OnsetBand, Person, SeenTick
from kiosk.rows.kinds import (
    AnchorRow,
    EventRow,
    InjectionRow,
    PersonRow,
    RatingRow,
    RepetitionRow,
    Row,
    SessionRow,
    StateRow,
    StepRow,
    utc_text,
)
from tests.package.made import code

FIRST = date(2026, 1, 5)
REGIONS = ("scalp-forehead-brow", "lower-lid-nose-side", "cheek-mouth-corner", "chin-jaw")
LENGTHS = {"gentle-care": (9, 540), "relax": (5, 195), "releases": (6, 260), "first-movements": (7, 400)}
LENGTHS["quiet-control"] = (8, 520)
MOVES = {
    "first-movements": ("small-smile", "small-lips", "small-lids", "small-brow"),
    "quiet-control": ("quiet-smile", "quiet-lips", "quiet-lids"),
}


@dataclass
class Life:
    """One person's weeks. ``keen``: how likely a planned session happens."""

    person: Person
    days: dict[str, tuple[float, ...]]
    weeks: int
    keen: float
    seed: int


def person(number: int, stage: Stage, side: Side, **more: object) -> Person:
    return Person(
        code=code(number),
        stage=stage,
        side=side,
        onset=Onset(band=OnsetBand.WEEKS_6_TO_12, attested_on=FIRST),
        reviewed_by="therapist-1",
        view_mode=ViewMode.LOOK_THEN_FEEL,
        **more,  # type: ignore[arg-type]
    )


def lives(weeks: int = 8) -> list[Life]:
    """A paretic left-sided person, and a synkinetic one with injections and both sides affected."""
    ticks = (
        SeenTick(movement=Movement.SMILE, seen_on=FIRST, by="therapist-1"),
        SeenTick(movement=Movement.LIDS, seen_on=FIRST + timedelta(days=17), by="therapist-2"),
        SeenTick(movement=Movement.LIPS, seen_on=FIRST + timedelta(days=36), by="therapist-1"),
    )
    first = Life(
        person(1, Stage.PARETIC, Side.LEFT, cause=Cause.BELL, ticks=ticks),
        {
            "gentle-care": (8.2, 19.0),
            "relax": (11.0,),
            "releases": (9.5,),
            "first-movements": (10.5, 15.5),
        },
        weeks,
        0.8,
        5,
    )
    second = Life(
        person(2, Stage.SYNKINETIC, Side.BOTH, cause=Cause.RAMSAY_HUNT, ticks=ticks[:1]),
        {"relax": (9.0, 16.0), "releases": (10.0,), "quiet-control": (11.5,)},
        weeks,
        0.6,
        6,
    )
    return [first, second]


def rows(lived: list[Life]) -> Iterator[Row]:
    """The record of them, one after the other; the clock was not set in the second boot."""
    yield StateRow("device_id", "05e0b6c3")
    seq = 0
    yield AnchorRow("boot-1", 1_000, utc_text(datetime(2026, 1, 5, 6, 0, 1, tzinfo=UTC)), "ntp")
    for life in lived:
        chance = random.Random(life.seed)
        who = life.person
        yield PersonRow(
            patient_code=who.code,
            revision=1,
            valid_from_utc=utc_text(datetime(2026, 1, 5, 7, tzinfo=UTC)),
            stage=who.stage.value if who.stage else "",
            affected_side=who.side.value if who.side else "",
            profile=msgspec.json.encode(who).decode(),
        )
        for day in range(life.weeks * 7):
            for programme, hours in life.days.items():
                if programme in MOVES and day < 9:
                    continue
                for hour in hours:
                    if chance.random() > life.keen - 0.25 * (day % 7 == 6):
                        continue
                    seq += 1
                    yield from _session(life, chance, day, hour, programme, seq)
        if who.stage is Stage.SYNKINETIC:
            given = FIRST + timedelta(days=23)
            for region in (Region.EYES, Region.CHIN):
                until = (given + timedelta(days=14)).isoformat()
                yield InjectionRow(who.code, given.isoformat(), region.value, until, "therapist-1", "", False, 1)
        seq += 1
        wall = datetime(2026, 1, 30, 9, tzinfo=UTC)
        at_ms = round((wall - datetime(2026, 1, 5, 6, tzinfo=UTC)).total_seconds() * 1000)
        said = ("notice", "linked-smaller", "quiet-control", who.code)
        yield EventRow(*said, seq, "boot-1", at_ms, utc_text(wall), "ntp")


def _session(life: Life, chance: random.Random, day: int, hour: float, programme: str, seq: int) -> Iterator[Row]:
    steps, seconds = LENGTHS[programme]
    wall = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=day, hours=hour - 1, minutes=chance.randrange(25))
    since = datetime(2026, 1, 5, 6, tzinfo=UTC)
    unset = day in (12, 13)
    end, stop, done = "completed", "", steps
    if chance.random() < 0.06:
        end = chance.choice(("stopped", "stopped", "stopped", "timeout", "power_loss"))
        stop = chance.choice(("tired", "pain", "else")) if end == "stopped" else ""
        done = chance.randrange(1, steps)
    worn = max(0.0, 1.6 - 0.02 * day)
    levels = [min(3, max(0, round(chance.gauss(mean, 0.7)))) for mean in (0.5, 0.4 + (stop == "pain") * 2, worn)]
    start_ms = round((wall - since).total_seconds() * 1000)
    name = f"{seq:08x}{chance.randrange(1 << 32):08x}"
    who = life.person
    yield SessionRow(
        session_id=name,
        patient_code=who.code,
        seq=seq,
        programme=programme,
        programme_version=1,
        boot_id="boot-2" if unset else "boot-1",
        start_boot_ms=start_ms,
        end_boot_ms=start_ms + seconds * 1000,
        start_utc=utc_text(datetime(1970, 1, 1, tzinfo=UTC) if unset else wall),
        end_utc=utc_text(datetime(1970, 1, 1, tzinfo=UTC) if unset else wall + timedelta(seconds=seconds)),
        clock_status="unset" if unset else "ntp",
        wall_uncertainty_s=None if unset else 0.0,
        planned_steps_count=steps,
        done_steps_count=done,
        active_duration_s=seconds * done / steps,
        end_reason=end,
        stop_reason=stop,
        camera_used=programme in MOVES,
        pain_before_0_3=levels[0],
        pain_after_0_3=levels[1] if end != "power_loss" else None,
        tiredness_0_3=levels[2],
        stage=who.stage.value if who.stage else "",
        affected_side=who.side.value if who.side else "",
        app_version="0.1.0",
        revision=3,
    )
    moves = MOVES.get(programme, ())
    for order in range(done):
        move = moves[order % len(moves)] if moves else "step"
        skipped = chance.random() < 0.02
        yield StepRow(
            session_id=name,
            order=order,
            exercise=move,
            planned_repetitions_count=3,
            done_repetitions_count=0 if skipped else 3,
            skipped=skipped,
            skip_reason="tired" if skipped else "",
            revision=1,
        )
        for repetition in range(3 if moves and not skipped else 0):
            yield _repetition(who, chance, name, order, repetition, move, day)
    if programme == "releases":
        for place, region in enumerate(REGIONS):
            level = min(3, max(0, round(chance.gauss(2.2 - 0.5 * place - 0.012 * day, 0.5))))
            yield RatingRow(name, f"tightness.{region}", float(level), "0_3", 1)


def _repetition(
    who: Person, chance: random.Random, name: str, order: int, repetition: int, move: str, day: int
) -> RepetitionRow:
    fine = chance.random() < 0.72
    other = max(1.0, chance.gauss(5.0, 0.9))
    ratio = min(1.1, max(0.1, chance.gauss(0.62, 0.06)))
    one_sided = who.side is not Side.BOTH
    return RepetitionRow(
        session_id=name,
        step_order=order,
        repetition=repetition,
        t_boot_ms=order * 50_000 + repetition * 9_000,
        hold_s=3.0,
        excursion_left_mm=round(other * ratio, 2) if fine and "lids" not in move else None,
        excursion_right_mm=round(other, 2) if fine and "lids" not in move else None,
        symmetry_ratio=round(ratio, 3) if fine and one_sided and "lids" not in move else None,
        onset_lag_ms=round(chance.gauss(120, 130)) if fine and one_sided and "lids" not in move else None,
        closure_left_ratio=round(min(1.0, 0.9 * ratio), 2) if fine and "lids" in move else None,
        closure_right_ratio=0.93 if fine and "lids" in move else None,
        linked_movement=("eye" if chance.random() < 0.12 else "none") if fine and "smile" not in move else "",
        quality="good" if fine else "none",
        quality_reason="" if fine else chance.choice(("turned", "turned", "too-far", "covered")),
        revision=1,
    )
