"""The steps of one line of a programme, for one person: each side in turn, in parts where arms or face must rest."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace as _replace

from kiosk.care.caps import BLOCK_SPLIT_S, HANDS_S, work_ms
from kiosk.care.model import Exercise, Line, OwnPicture, Side, Step, StepKind, ViewMode
from kiosk.care.person import Person
from kiosk.care.showing import Showing
from kiosk.care.texts import OTHER_SIDE_PROMPT, Variant, spoken
from kiosk.care.words import side_words_of

LEAD_IN_MS = 5_000
FINISH_MS = 1_500
"""The lead-in is longer by this where the step before ends with words ("open your eyes"): they are heard out first."""
MIDDLE_AFTER_MS = 20_000
"""A step that works longer than this has a prompt in its middle."""


def drafts(
    person: Person, line: Line, exercise: Exercise, view: ViewMode, *, short: bool, sound: bool
) -> Iterator[Step]:
    """The steps of one line: one, or one for each side in turn, in parts where arms or face must rest.

    As they are before hands go up, and before glasses, lenses and pauses come between them.
    """
    one_hand = person.one_hand and exercise.hands and bool(exercise.one_hand)
    sides = _sides(person, exercise, one_hand=one_hand)
    hold_s = line.short_hold_s if short and line.short_hold_s is not None else line.dose.hold_s
    if exercise.kind is StepKind.MASSAGE and exercise.sides == "both" and len(sides) > 1:
        hold_s /= len(sides)  # the published minutes are for the region, whichever hands do it
    for turn, side in enumerate(sides):
        picture = _picture_for(exercise, side)
        # Of a clinic's exercise without a drawing, its region stands in for a picture that cannot be shown.
        show = exercise.show or (Showing() if picture is not None else None)
        said = spoken(exercise, Variant(side=side, words=side_words_of(person), one_hand=one_hand, sound=sound))
        step = Step(
            exercise=exercise.id,
            kind=exercise.kind,
            region=exercise.region,
            side=side,
            title=exercise.title,
            sentence=said.sentence,
            feel=said.feel,
            phases=said.phases,
            lead_in_ms=LEAD_IN_MS,
            in_ms=round(line.dose.in_s * 1000),
            hold_ms=round(hold_s * 1000),
            out_ms=round(line.dose.out_s * 1000),
            rest_ms=round(line.dose.rest_s * 1000),
            repetitions=line.dose.repetitions,
            hands=exercise.hands,
            glasses_off=exercise.glasses_off,
            eyes_closed=exercise.eyes_closed and sound,
            needs=exercise.needs,
            show=show,
            picture=picture,
            view=view if exercise.kind is StepKind.MOVEMENT else ViewMode.FEEL,
            prompt_start=said.prompt_start,
            prompt_middle=said.prompt_middle,
            prompt_end=said.prompt_end,
            prompt_phases=said.prompt_phases,
        )
        for number, part in enumerate(_split(step)):
            # A cue in the middle of a movement would be heard while the face moves; it belongs into the rests.
            heard = work_ms(part) > MIDDLE_AFTER_MS and not part.active
            other = bool(turn and not number)
            yield _replace(
                part,
                other_side=other,
                prompt_start=OTHER_SIDE_PROMPT if other else part.prompt_start,
                prompt_middle=part.prompt_middle if heard else "",
            )


def _sides(person: Person, exercise: Exercise, *, one_hand: bool) -> tuple[Side | None, ...]:
    in_turn = (Side.LEFT, Side.RIGHT)
    if exercise.sides == "middle":
        return (None,)
    if exercise.sides == "both":
        return in_turn if one_hand else (Side.BOTH,)
    if exercise.sides == "strong":
        return {Side.LEFT: (Side.RIGHT,), Side.RIGHT: (Side.LEFT,)}.get(person.side or Side.BOTH, ())
    if exercise.sides == "affected" and person.side in in_turn:
        return (person.side,)
    return in_turn


def _split(step: Step) -> Iterator[Step]:
    """A step in parts that leave room for arm rests and quiet: repetitions are shared out, long holds are divided."""
    limit_ms = HANDS_S * 1000 if step.hands else BLOCK_SPLIT_S * 1000 - LEAD_IN_MS - FINISH_MS
    if not (step.hands or step.active) or work_ms(step) <= limit_ms:
        yield step
        return
    if step.repetitions > 1:
        each = step.in_ms + step.hold_ms + step.out_ms
        most = max(1, (limit_ms + step.rest_ms) // (each + step.rest_ms))
        for done in range(0, step.repetitions, most):
            yield from _split(_replace(step, repetitions=min(most, step.repetitions - done)))
        return
    parts = -(-step.hold_ms // (limit_ms - step.in_ms - step.out_ms))
    for part in range(parts):
        yield _replace(step, hold_ms=step.hold_ms * (part + 1) // parts - step.hold_ms * part // parts)


def _picture_for(exercise: Exercise, side: Side | None) -> OwnPicture | None:
    """The picture for a step that is done on ``side`` (None: the middle); None: there is none, whatever others show."""
    wanted = side or Side.BOTH
    return next((picture for picture in exercise.pictures if picture.side is wanted), None)
