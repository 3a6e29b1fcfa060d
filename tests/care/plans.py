"""What some persons are led through, step by step, as the kiosk makes it of programmes and persons.

``docs/plans.md`` is made of it, for the therapist who reviews the programmes; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from msgspec.structs import replace

from kiosk.care.model import Dose, Line, Movement, Permission, Plan, Programme, Region, Side, Stage, Step, ViewMode
from kiosk.care.person import Injection, Person, SeenTick
from kiosk.care.plan import compile_plan, pick_regions, prompts
from kiosk.care.rules import offered
from tests.care.people import DAY, FLACCID, PARETIC, SYNKINETIC, shipped, today

HEADING = """# Plans: what some persons are led through

<!-- Written by `make docs` from tests/care/plans.py, by making the plans. Change it there. -->

For the therapist who reviews the programmes (`assets/programmes`). Times are seconds: hands up and lead-in, then the
movement in, its hold and out, as often as it says, with the rest between. Then what is shown, in italics the words
under the ring while it is done, and the ids of what the voice says at the start, in each phase, in the middle and at
the end.
"""
NECK = (Permission.NECK,)
CHEEK = (Permission.INSIDE_CHEEK,)
CHIN, SCALP = Region.CHIN_JAW, Region.SCALP_FOREHEAD_BROW


def seconds(*ms: int) -> str:
    return " + ".join(f"{one / 1000:g}" for one in ms)


def row(step: Step) -> str:
    """One step with everything that it holds."""
    marks = [step.kind.value, step.region.value, f"side {step.side.value if step.side else 'none'}"]
    marks += ["hands"] * step.hands + ["glasses off"] * step.glasses_off + ["eyes closed"] * step.eyes_closed
    marks += [f"block {step.block}"] * bool(step.block) + [f"view {step.view.value}"] * step.active
    marks += [f"needs {', '.join(step.needs)}"] * bool(step.needs)
    each = f"{seconds(step.in_ms, step.hold_ms, step.out_ms)}, {step.repetitions} times, rest {seconds(step.rest_ms)}"
    said = (step.prompt_start, *step.prompt_phases, step.prompt_middle, step.prompt_end)
    heard = ", ".join(f"`{one}`" for one in said if one)
    words = " / ".join(filter(None, (step.sentence, step.feel, f"*{' · '.join(step.phases)}*")))
    words += "; *now the other side*" * step.other_side
    begin = seconds(step.hands_up_ms, step.lead_in_ms)
    return (
        f"| {step.title} | {begin} | {each} | {seconds(step.duration_ms)} | {'; '.join(marks)} | {words}<br>{heard} |"
    )


HEAD = "| step | before | each | in all | what | words |\n|---|---|---|---|---|---|\n"


def whole(plan: Plan) -> Iterator[str]:
    """All steps of a plan."""
    yield f"{plan.title} ({plan.programme}, version {plan.version}, {plan.family.value})."
    if plan.why:
        yield f" {plan.why}"
    total = seconds(sum(step.duration_ms for step in plan.steps))
    instead = ", ".join(step.exercise for step in plan.relax) or "nothing"
    yield f" {total} s in all; relaxing instead is: {instead}.\n\n{HEAD}"
    for step in plan.steps:
        yield f"{row(step)}\n"


def made(person: Person, name: str, **choices: Any) -> Plan:
    return compile_plan(shipped(), person, shipped().programmes[name], today(), **choices)


WHOLE: tuple[tuple[str, Person, str, dict[str, Any]], ...] = (
    ("No movement yet, left side: gentle care, all of it", FLACCID, "gentle-care", {}),
    ("The same with one hand and in its short form, with the neck", replace(FLACCID, one_hand=True, permissions=NECK),
     "gentle-care", {"short": True}),
    ("Both sides, relaxing", replace(FLACCID, side=Side.BOTH), "relax", {}),
    ("Relaxing without sound", PARETIC, "relax", {"sound": False}),
    ("First movements, left side", PARETIC, "first-movements", {}),
    ("Releases, right side, tightest at the chin and then at the cheek, inside the cheek too",
     replace(SYNKINETIC, permissions=CHEEK), "releases", {"regions": (CHIN, Region.CHEEK_MOUTH_CORNER)}),
    ("Releases with one hand, nobody asked which is tightest", replace(SYNKINETIC, one_hand=True), "releases", {}),
    ("Releases at the lower lid, both sides", replace(SYNKINETIC, side=Side.BOTH), "releases",
     {"regions": (Region.LOWER_LID_NOSE_SIDE,)}),
    ("Quiet control, tightest at the chin and then at the forehead", SYNKINETIC, "quiet-control",
     {"regions": (CHIN, SCALP)}),
    ("Quiet control, nobody asked which is tightest, only the smile ticked",
     replace(SYNKINETIC, ticks=(SeenTick(movement=Movement.SMILE, seen_on=DAY, by="slot-1"),)), "quiet-control", {}),
)  # fmt: skip


def exercise_of(name: str, **dose: Any) -> Line:
    return Line(exercise=name, dose=Dose(source="D", **dose))


def of_a_clinic(name: str, *lines: Line) -> Programme:
    return replace(shipped().programmes[name], lines=lines, line_needs=())


SMILE = {"in_s": 3, "hold_s": 5, "out_s": 3, "rest_s": 8}
CLINIC = (
    ("Massage of 200 s: arms rest after each minute", FLACCID,
     of_a_clinic("gentle-care", exercise_of("massage-chin", hold_s=200))),
    ("Massage of 56 s, exactly a minute with its way in and out", FLACCID,
     of_a_clinic("gentle-care", exercise_of("massage-chin", in_s=2, hold_s=56, out_s=2))),
    ("Massage of ten times 12 s", FLACCID,
     of_a_clinic("gentle-care", exercise_of("massage-chin", hold_s=12, rest_s=5, repetitions=10))),
    ("Two touches that fit into a minute, and one that does not", FLACCID,
     of_a_clinic("gentle-care", exercise_of("massage-chin", hold_s=20), exercise_of("massage-cheeks", hold_s=30),
                 exercise_of("massage-chin", hold_s=30))),
    ("Two touches that fit into exactly a minute", FLACCID,
     of_a_clinic("gentle-care", exercise_of("massage-chin", hold_s=20), exercise_of("massage-cheeks", hold_s=35))),
    ("A touch, a breath, a touch: hands go up anew", FLACCID,
     of_a_clinic("gentle-care", exercise_of("massage-chin", hold_s=20), exercise_of("breathe", hold_s=10),
                 exercise_of("massage-cheeks", hold_s=30))),
    ("Movement of ten repetitions: blocks of two minutes, quiet between", SYNKINETIC,
     of_a_clinic("quiet-control", exercise_of("quiet-smile", repetitions=10, **SMILE),
                 exercise_of("quiet-smile", repetitions=2, **SMILE))),
    ("Movements with rests of 20 s between, which end no block", SYNKINETIC,
     of_a_clinic("quiet-control", *[exercise_of("quiet-smile", repetitions=2, **SMILE),
                                    exercise_of("relax-jaw", hold_s=15)] * 4)),
    ("Movements with a rest of 30 s between, which ends the block", SYNKINETIC,
     of_a_clinic("quiet-control", *[exercise_of("quiet-smile", repetitions=4, **SMILE),
                                    exercise_of("relax-jaw", hold_s=25)] * 3)),
    ("A touch of 20 s or less has no word in its middle", FLACCID,
     of_a_clinic("gentle-care", exercise_of("massage-chin", hold_s=20), exercise_of("massage-chin", hold_s=20.001))),
)  # fmt: skip
BRIEF = (
    *(
        (f"{stage.value}, {side.value if side else 'no'} side", replace(PARETIC, stage=stage, side=side))
        for stage in Stage
        for side in (None, *Side)
    ),
    ("flaccid, neck", replace(FLACCID, permissions=NECK)),
    ("flaccid, neck, carotid disease", replace(FLACCID, permissions=NECK, carotid_disease=True)),
    ("flaccid, numb eye", replace(FLACCID, numb_eye=True)),
    ("synkinetic, inside the cheek", replace(SYNKINETIC, permissions=CHEEK)),
    ("synkinetic, inside the cheek, never asked", replace(SYNKINETIC, permissions=CHEEK, swallowing_risk=None)),
    ("synkinetic, injected at the chin",
     replace(SYNKINETIC, injections=(Injection(given_on=DAY, regions=(Region.CHIN,)),))),
    *((f"paretic, view {view.value}", replace(PARETIC, view_mode=view)) for view in ViewMode),
    *((f"paretic, only {one.value} ticked", replace(PARETIC, ticks=(SeenTick(movement=one, seen_on=DAY, by="s"),)))
      for one in Movement),
)  # fmt: skip


def brief(plan: Plan) -> str:
    """The exercises of a plan, with sides, and how often in a row."""
    names = (f"{s.exercise}{f' {s.side.value}' if s.side in (Side.LEFT, Side.RIGHT) else ''}" for s in plan.steps)
    return ", ".join(name if (n := len(list(some))) == 1 else f"{name} ×{n}" for name, some in groupby(names))


RATINGS: tuple[dict[Region, int], ...] = (
    {},
    {CHIN: 1},
    {CHIN: 0, SCALP: 0},
    {CHIN: 3, SCALP: 1, Region.CHEEK_MOUTH_CORNER: 2},
    {CHIN: 2, SCALP: 2, Region.CHEEK_MOUTH_CORNER: 2},
)


def plans_page() -> str:
    """docs/plans.md."""
    parts = [HEADING]
    for title, person, name, choices in WHOLE:
        parts += [f"\n## {title}\n\n", *whole(made(person, name, **choices))]
    for title, person, programme in CLINIC:
        plan = compile_plan(shipped(), person, programme, today())
        parts += [f"\n## A clinic's own: {title}\n\n", *whole(plan)]
    parts.append("\n## Who gets which exercises\n\n| person | programme | steps |\n|---|---|---|\n")
    for title, person in BRIEF:
        for programme, verdict in offered(shipped(), person, today()):
            if verdict.open:
                parts.append(f"| {title} | {programme.id} | {brief(made(person, programme.id))} |\n")
    parts.append("\n## Which regions a session of releases takes\n\n| tightness | regions | why |\n|---|---|---|\n")
    for ratings in RATINGS:
        regions, why = pick_regions(ratings)
        said = ", ".join(f"{region.value} {n}" for region, n in ratings.items()) or "nobody asked"
        parts.append(f"| {said} | {', '.join(regions)} | {why} |\n")
    parts.append("\n## Everything that the voice can say\n\n| id | words |\n|---|---|\n")
    parts += [f"| `{name}` | {words} |\n" for name, words in prompts(shipped()).items()]
    return "".join(parts)
