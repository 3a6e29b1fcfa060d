"""Compiling of a programme into one person's steps of one session: what is left out, the order, the pauses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from msgspec.structs import replace as _replace

from kiosk.care.caps import (
    ACTIVE_PER_DAY,
    BLOCK_SPLIT_S,
    HANDS_S,
    QUIET_S,
    TICKED_MOVEMENTS,
    longest_block_ms,
    plan_breaks,
    work_ms,
)
from kiosk.care.drafts import FINISH_MS, LEAD_IN_MS, drafts
from kiosk.care.families import PACKS
from kiosk.care.library import Library
from kiosk.care.model import (
    Family,
    Movement,
    Plan,
    Programme,
    Region,
    Step,
    StepKind,
)
from kiosk.care.person import Person, SeenTick
from kiosk.care.reasons import TIMED_CODES
from kiosk.care.rules import FoundLine, default_view, leaves_something, may, suitable
from kiosk.care.texts import OTHER_SIDE, OTHER_SIDE_PROMPT, card_prompts, exercise_prompts
from kiosk.care.today import Today
from kiosk.care.words import Translate, label
from kiosk.errors import RuleError

HANDS_UP_MS = 10_000
HANDS_AGAIN_MS = 5_000
"""The time for the hands after an arm rest, when they and the glasses are ready: the shortest that the rules allow."""
ARM_REST_MS = 10_000
GLASSES_MS = 15_000
PACKS_IN_SESSION = 2
LID_RISK = "eye_surgery"
"""A step with this in ``avoid`` touches the lids, or the skin right beside them."""
RELEASES_BEFORE_CONTROL = 2

SERVICE: Mapping[str, tuple[StepKind, int, str, str, str]] = {
    "glasses-off": (
        StepKind.GLASSES, GLASSES_MS, "Glasses off", "If you wear glasses, take them off now.", "Take them off",
    ),
    "glasses-on": (StepKind.GLASSES, GLASSES_MS, "Glasses back on", "Put your glasses back on.", "Put them on"),
    "lenses-out": (
        StepKind.GLASSES, GLASSES_MS, "Contact lenses out", "If you wear contact lenses, take them out.",
        "Take them out",
    ),
    "arm-rest": (StepKind.ARM_REST, ARM_REST_MS, "Rest your arms", "Let your arms sink down and rest.", "Arms down"),
    "quiet": (StepKind.QUIET, QUIET_S * 1000, "Quiet", "Let everything go quiet. Your face rests.", "Go quiet"),
}  # fmt: skip
"""Steps that no file asks for: kind, milliseconds, title, sentence, the word for what is done."""


def compile_plan(
    library: Library,
    person: Person,
    programme: Programme,
    today: Today,
    *,
    short: bool = False,
    regions: tuple[Region, ...] = (),
    sound: bool = True,
) -> Plan:
    """The steps of one session.

    ``regions`` are the tightest, as ``pick_regions`` gives them; ``short`` takes the short form. Without ``sound`` eyes
    stay softly open, because nothing could ask to open them.

    RuleError when the programme is closed for this person (a limit of the day or the hour aside: a session that goes
    on after an interruption is no new one), when nothing is left of it, or when the result would break a hard rule.
    """
    closed = [reason for reason in may(person, programme, today).reasons if reason.code not in TIMED_CODES]
    if closed:
        codes = ", ".join(reason.code for reason in closed)
        raise RuleError(f"{programme.id} is closed for {person.code} ({codes}): {closed[0].text}")
    if not leaves_something(library, person, programme, today):
        raise RuleError(f"nothing of {programme.id} is left for {person.code} today: review ticks and conditions")
    found = suitable(library, person, programme, today)
    packs = _packs(found, regions)
    steps = _steps(_chosen(found, programme, packs), person, programme, short=short, sound=sound)
    plan = Plan(
        programme=programme.id,
        version=programme.version,
        title=programme.title,
        family=programme.family,
        steps=steps,
        relax=() if programme.family is Family.RELAX else _relax(library, person, today, sound=sound),
        why=why(packs, asked=bool(set(packs) & set(regions))) if packs and programme.family is Family.RELEASES else "",
    )
    breaks = plan_breaks(plan, person.stage)
    if breaks:
        raise RuleError(f"{programme.id} for {person.code} would break a rule: {'; '.join(breaks)}")
    return plan


@dataclass(frozen=True, slots=True)
class PlanTimes:
    """The times that the doses of a programme come to, in ms, lead-ins and rests included.

    ``block_ms``: the longest block of movement. ``session_ms``: the steps of one session; ``active_ms``: the movement
    in it. ``day_ms`` and ``active_day_ms``: the same for a day of as many sessions as are meant, of movement at most as
    many as the caps allow.
    """

    block_ms: int
    session_ms: int
    active_ms: int
    day_ms: int
    active_day_ms: int


def plan_times(library: Library, person: Person, programme: Programme, today: Today) -> PlanTimes:
    """The times that this person's doses of ``programme`` come to, whether or not it is open just now."""
    steps = _whole(library, person, programme, today)
    active = sum(step.duration_ms for step in steps if step.active)
    whole = sum(step.duration_ms for step in steps)
    times = programme.per_day or 1
    most = min(times, ACTIVE_PER_DAY)
    return PlanTimes(longest_block_ms(steps), whole, active, whole * times, active * most)


def dose_breaks(library: Library, person: Person, programme: Programme, today: Today) -> list[str]:
    """Every hard rule that ``programme`` would break in this person's doses once all its movements are ticked."""
    ticks = tuple(SeenTick(movement=movement, seen_on=None, by="") for movement in Movement)
    steps = _whole(library, _replace(person, ticks=ticks), programme, today)
    return plan_breaks(
        Plan(
            programme=programme.id,
            version=programme.version,
            title=programme.title,
            family=programme.family,
            steps=steps,
        ),
        person.stage,
    )


def _whole(library: Library, person: Person, programme: Programme, today: Today) -> tuple[Step, ...]:
    """The steps of a session in its full form; of releases those of the first packs."""
    found = suitable(library, person, programme, today)
    return _steps(_chosen(found, programme, _packs(found, ())), person, programme, short=False, sound=True)


def pick_regions(ratings: Mapping[Region, int]) -> tuple[tuple[Region, ...], str]:
    """The two tightest release regions, and why, from how tight each feels (0: not at all).

    Of equally tight ones the first in the order of the packs; where nothing is tight, the first two.
    """
    rated = [pack for pack in PACKS if ratings.get(pack, 0) > 0]
    picked = tuple(sorted(rated, key=lambda pack: -ratings[pack])[:PACKS_IN_SESSION])
    packs = picked or PACKS[:PACKS_IN_SESSION]
    return packs, why(packs, asked=bool(picked))


def why(packs: tuple[Region, ...], *, asked: bool) -> str:
    """Return the sentence why a session is about these release regions: the person named them, or nobody did."""
    first, *others = [label(pack)[0].lower() + label(pack)[1:] for pack in packs]
    begin = "Tightest, you said" if asked else "We begin with"
    return f"{begin}: {first}." + "".join(f" Then: {name}." for name in others)


def prompts(library: Library, _: Translate = str) -> dict[str, str]:
    """Prompt id to words in the language of ``_``, for everything that steps and cards of this library can say."""
    said = {f"{name}.start": _(service[3]) for name, service in SERVICE.items()}
    said[OTHER_SIDE_PROMPT] = f"{_(OTHER_SIDE)}."
    for exercise in library.exercises.values():
        said |= exercise_prompts(exercise, _)
    for card in library.cards.values():
        said |= card_prompts(card, _)
    return said


def _packs(found: Sequence[FoundLine], regions: tuple[Region, ...]) -> tuple[Region, ...]:
    """The release regions of this session: those asked for, as far as anything is left there, else the first ones."""
    free = tuple(dict.fromkeys(line.pack for line, _ in found if line.pack is not None))
    asked = tuple(pack for pack in dict.fromkeys(regions) if pack in free)
    return (asked or free)[:PACKS_IN_SESSION]


def _chosen(found: Sequence[FoundLine], programme: Programme, packs: tuple[Region, ...]) -> list[FoundLine]:
    """The lines of this session: releases of the chosen packs, tightest first, and no more movements than allowed."""
    releases = [it for pack in packs for it in found if it[0].pack is pack]
    if programme.family is Family.QUIET_CONTROL:
        firsts = {line.pack: (line, exercise) for line, exercise in reversed(releases)}
        leading = [firsts[pack] for pack in packs]
        others = [it for it in found if it[0].pack is not None and it not in leading]
        releases = [*leading, *others][:RELEASES_BEFORE_CONTROL]
    most = TICKED_MOVEMENTS if programme.family is Family.FIRST_MOVEMENTS else len(found)
    queue = iter(releases)
    kept: list[FoundLine] = []
    for line, exercise in found:
        if line.pack is not None:
            kept += [following] if (following := next(queue, None)) else []
        elif exercise.kind is not StepKind.MOVEMENT or sum(e.kind is StepKind.MOVEMENT for _, e in kept) < most:
            kept.append((line, exercise))
    return kept


def _steps(
    lines: Sequence[FoundLine], person: Person, programme: Programme, *, short: bool, sound: bool
) -> tuple[Step, ...]:
    view = default_view(person, programme)
    steps = [
        step for line, exercise in lines for step in drafts(person, line, exercise, view, short=short, sound=sound)
    ]
    if programme.family.apart:  # at rest too the face has to sit well before the camera
        steps = [_replace(step, view=view, still=not step.active) for step in steps]
    lids = {exercise.id for _, exercise in lines if Movement.LIDS in exercise.needs or LID_RISK in exercise.avoid}
    return tuple(_with_pauses(_with_lenses(_with_glasses(steps, person), person, lids)))


def _with_glasses(steps: Sequence[Step], person: Person) -> list[Step]:
    """Touch that needs glasses off comes together, where its first step stands, between two steps about the glasses.

    Nothing of it for somebody who wears none.
    """
    off = [step for step in steps if step.glasses_off]
    if not off or person.glasses is False:
        return list(steps)
    first = steps.index(off[0])
    rest = [step for step in steps if not step.glasses_off]
    return [*rest[:first], _service("glasses-off"), *off, _service("glasses-on"), *rest[first:]]


def _with_lenses(steps: Sequence[Step], person: Person, lids: Set[str]) -> list[Step]:
    """Contact lenses come out before the first step at the lids (``lids``), and before the glasses it needs off."""
    first = next((n for n, step in enumerate(steps) if step.exercise in lids), None)
    if first is None or person.contact_lenses is False:
        return list(steps)
    off = next((n for n, step in enumerate(steps) if step.exercise == "glasses-off"), first)
    place = off if off < first and steps[first].glasses_off else first
    return [*steps[:place], _service("lenses-out"), *steps[place:]]


def _with_pauses(steps: Sequence[Step]) -> Iterator[Step]:
    """Hands-up times, arm rests and the quiet between blocks of movement.

    ``hands_ms`` is how long the hands have worked without rest, ``block_ms`` how long the running block of movement is
    so far, ``idle_ms`` how long nothing has moved since: less than a quiet does not end the block.
    """
    hands_ms = block_ms = idle_ms = block = 0
    for step in _after_last_words(steps):
        tired = step.hands and hands_ms > 0 and hands_ms + LEAD_IN_MS + work_ms(step) > HANDS_S * 1000
        raised = _raised(step, hands_ms, tired=tired)
        length_ms = idle_ms + (ARM_REST_MS if tired else 0) + raised.duration_ms
        if step.active and block_ms and block_ms + length_ms > BLOCK_SPLIT_S * 1000:
            yield _service("quiet")
            hands_ms = block_ms = 0
            raised = _raised(step, hands_ms, tired=False)
        elif tired:
            yield _service("arm-rest")
            hands_ms = 0
        if step.active:
            block += not block_ms
            block_ms = block_ms + length_ms if block_ms else raised.duration_ms
            idle_ms = 0
        else:
            idle_ms = length_ms
            if idle_ms >= QUIET_S * 1000:
                block_ms = idle_ms = 0
        hands_ms = (hands_ms + LEAD_IN_MS if hands_ms else 0) + work_ms(step) if step.hands else 0
        yield _replace(raised, block=block if step.active else 0)


def _after_last_words(steps: Sequence[Step]) -> Iterator[Step]:
    """Steps with a longer lead-in after one that ends with words of its own; where the hands are up, none is longer."""
    said = False
    for step in steps:
        longer = said and step.lead_in_ms and not step.hands
        yield _replace(step, lead_in_ms=step.lead_in_ms + FINISH_MS) if longer else step
        said = bool(step.prompt_end)


def _raised(step: Step, hands_ms: int, *, tired: bool) -> Step:
    """``step`` with the time in which the hands go up to the face, where they are not there yet."""
    if not step.hands or (hands_ms and not tired):
        return step
    return _replace(step, hands_up_ms=HANDS_AGAIN_MS if tired else HANDS_UP_MS)


def _service(name: str) -> Step:
    kind, hold_ms, title, sentence, phase = SERVICE[name]
    return Step(
        exercise=name,
        kind=kind,
        region=Region.WHOLE_FACE,
        side=None,
        title=title,
        sentence=sentence,
        phases=(phase,),
        lead_in_ms=0,
        hold_ms=hold_ms,
        prompt_start=f"{name}.start",
    )


def _relax(library: Library, person: Person, today: Today, *, sound: bool) -> tuple[Step, ...]:
    """Return the steps that a tired person is offered instead: those of the first programme of rest there is."""
    resting = next((p for p in library.programmes.values() if p.family is Family.RELAX), None)
    if resting is None:
        return ()
    return _steps(suitable(library, person, resting, today), person, resting, short=False, sound=sound)
