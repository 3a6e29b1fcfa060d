"""The rules that exercises and programmes are held against once they are read. Every breach is a fault, none raises."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from kiosk.care.caps import (
    ACTIVE_PER_DAY,
    ACTIVE_TOTAL_S,
    BLOCK_S,
    MOVE_S,
    REPETITIONS,
    REST_MAX_S,
    REST_S,
    TICKED_MOVEMENTS,
    hold_limit_s,
)
from kiosk.care.consent import CONSENTS
from kiosk.care.families import KINDS, PACKS, STAGES, TOUCH, views_of
from kiosk.care.model import Exercise, Family, Line, Movement, Permission, Programme, Stage, StepKind
from kiosk.care.texts import spoken, variants
from kiosk.faults import nearest, shown
from kiosk.programmes.nature import check_nature
from kiosk.programmes.phases import check_phases
from kiosk.programmes.reading import FileSheet
from kiosk.programmes.wording import Wording, unreadable

SENTENCE, FEEL, SUMMARY = 45, 60, 90
"""The most characters, with placeholders filled in, that the screens have room for."""
WORD = 14
"""The most letters of a word in a sentence: beside the mirror stands a narrow column, and nothing is hyphenated."""

RESERVED = frozenset(("arm-rest", "glasses-off", "glasses-on", "lenses-out", "other-side", "quiet", "card", "site"))


def check_exercise(sheet: FileSheet, path: str, exercise: Exercise, wording: Wording) -> None:
    """Hold one exercise against every rule that needs no programme."""

    def fault(key: str, value: object, rule: str, action: str) -> None:
        sheet.fault(f"{path}.{key}", shown(value), rule, action)

    moves = exercise.kind is StepKind.MOVEMENT
    if exercise.id in RESERVED:
        fault("id", exercise.id, "the kiosk uses this id itself", "choose another id")
    if exercise.kind in (StepKind.GLASSES, StepKind.ARM_REST):
        fault("kind", exercise.kind.value, "the kiosk adds such steps itself", "leave it out")
    if moves != bool(exercise.needs):
        rule = "a movement names in needs what staff must have seen" if moves else "only a movement has needs"
        fault("needs", exercise.needs, rule, "add needs" if moves else "take needs out")
    if moves and Stage.FLACCID in exercise.stages:
        fault("stages", exercise.stages, "a flaccid plan contains no movement", "take flaccid out")
    if exercise.kind in TOUCH and not exercise.hands:
        fault("hands", exercise.hands, f"{exercise.kind.value} needs the hands", "write hands = true")
    if exercise.glasses_off and exercise.kind not in TOUCH:
        fault("glasses_off", True, "glasses come off for touch only", "take glasses_off out")
    if exercise.permission is Permission.CONSTANT_PAIN:
        fault("permission", exercise.permission.value, "this is about pain, not about an exercise", "take it out")
    if exercise.permission in CONSENTS:
        fault("permission", exercise.permission.value, "this is a consent to being recorded", "take it out")
    if exercise.eyes_closed != ("{eyes}" in exercise.do):
        fault("do", exercise.do, "eyes_closed = true and {eyes} in do belong together", "write both or neither")
    if exercise.kind is StepKind.RELEASE:
        for key in ("landmark", "fingers", "direction", "one_hand"):
            if not getattr(exercise, key).strip():
                fault(key, "", f"a release says its {key}", f"add {key}")
    _check_sides(sheet, path, exercise)
    for variant in variants(exercise):
        said = spoken(exercise, variant)
        do = "one_hand" if variant.one_hand else "do"
        reasons = [
            (key, text, f"{len(text)} characters with all words filled in, at most {most} fit")
            for key, text, most in ((do, said.sentence, SENTENCE), ("feel", said.feel, FEEL))
            if len(text) > most
        ]
        reasons += [
            (key, text, f'"{long}" has {len(long)} letters, a word at most {WORD}')
            for key, text in ((do, said.sentence), ("phases", " ".join(said.phases if exercise.phases else ())))
            if (long := longest_word(text)) and len(long) > WORD
        ]
        for key, text, rule in reasons[:1]:
            sheet.fault(f"{path}.{key}", shown(text), rule, "say it shorter")
        if reasons:
            break
    for key in ("title", "do", "feel", "finish", "one_hand", "landmark", "fingers", "direction"):
        check_words(sheet, f"{path}.{key}", getattr(exercise, key), wording)
    for phase in exercise.phases:
        check_words(sheet, f"{path}.phases", phase, wording)
    check_phases(sheet, path, exercise)
    check_nature(sheet, path, exercise, wording)


def longest_word(text: str) -> str:
    """The longest word of ``text``; a hyphen is a place where it can be broken."""
    return max(re.findall(r"[^\W\d_]+", text), key=len, default="")


def _check_sides(sheet: FileSheet, path: str, exercise: Exercise) -> None:
    one_sided = exercise.sides in ("each", "strong", "affected")
    for key, text in (("do", exercise.do), ("one_hand", exercise.one_hand)):
        named = "{side}" in text
        in_turn = one_sided or (key == "one_hand" and exercise.sides == "both")
        if text and named != in_turn:
            rule = "this is done on one side at a time and says {side}" if in_turn else "this is for both sides at once"
            sheet.fault(f"{path}.{key}", shown(text), rule, "add {side}" if in_turn else "take {side} out")


def check_words(sheet: FileSheet, path: str, text: str, wording: Wording) -> None:
    """Hold a text that is no card's against the words that no instruction may contain."""
    odd, found = unreadable(text), wording.found(text)
    if odd:
        rule = f"the character {odd} ({unicodedata.name(odd, 'no name')}) is none of this language"
        sheet.fault(path, shown(text), rule, "write it with ordinary letters")
    elif found:
        sheet.fault(path, shown(text), f'"{found}" may not stand in an instruction', "say what to do instead")


def check_programme(
    sheet: FileSheet, programme: Programme, exercises: Mapping[str, Exercise], wording: Wording
) -> None:
    """Hold a programme that was read before against ``exercises`` that have changed since."""
    for index, line in enumerate(programme.lines):
        check_line(sheet, f"line[{index}]", line, programme.family, exercises, wording)
    check_head(sheet, programme, exercises)


def check_line(
    sheet: FileSheet,
    path: str,
    line: Line,
    family: Family,
    exercises: Mapping[str, Exercise],
    wording: Wording,
) -> None:
    def fault(key: str, value: object, rule: str, action: str) -> None:
        sheet.fault(f"{path}.{key}", shown(value), rule, action)

    exercise = exercises.get(line.exercise)
    if exercise is None:
        near = nearest(line.exercise, exercises)
        fault(
            "exercise",
            line.exercise,
            "no such exercise",
            f'did you mean "{near}"' if near else "write it as [[exercise]]",
        )
        return
    kind, dose = exercise.kind, line.dose
    if family in KINDS and kind not in KINDS[family]:
        fault("exercise", line.exercise, f"a programme of the family {family.value} has no {kind.value}", "take it out")
    for key, hold in (("hold_s", dose.hold_s), ("short_hold_s", line.short_hold_s)):
        if hold is not None and not 0.5 <= hold <= hold_limit_s(kind):
            fault(key, hold, f"0.5 to {hold_limit_s(kind)} seconds are right for {kind.value}", "change it")
    if line.short_hold_s is not None and line.short_hold_s > dose.hold_s:
        fault("short_hold_s", line.short_hold_s, "the short form is not longer than hold_s", "change it")
    if not 1 <= dose.repetitions <= REPETITIONS:
        fault("repetitions", dose.repetitions, f"from 1 to {REPETITIONS} repetitions", "change it")
    needs_rest = dose.repetitions > 1 or kind is StepKind.MOVEMENT
    if (needs_rest and dose.rest_s < REST_S) or dose.rest_s > REST_MAX_S:
        fault("rest_s", dose.rest_s, f"a rest is from {REST_S} to {REST_MAX_S} seconds", "change it")
    for key, seconds in (("in_s", dose.in_s), ("out_s", dose.out_s)):
        slow = 1 if kind is StepKind.MOVEMENT else 0
        if not slow <= seconds <= MOVE_S:
            fault(key, seconds, f"from {slow} to {MOVE_S} seconds", "change it")
    if kind is StepKind.MOVEMENT and _line_s(line) > BLOCK_S:
        fault(
            "repetitions",
            dose.repetitions,
            f"{_line_s(line):g} s of movement at a stretch; at most {BLOCK_S} s",
            "do less",
        )
    if (kind is StepKind.RELEASE) != (line.pack is not None) or (line.pack is not None and line.pack not in PACKS):
        rule = f"a release, and only a release, has a pack: {', '.join(pack.value for pack in PACKS)}"
        fault("pack", line.pack.value if line.pack else "", rule, "change it")
    check_words(sheet, f"{path}.note", dose.note, wording)


def check_head(sheet: FileSheet, programme: Programme, exercises: Mapping[str, Exercise]) -> None:
    family = programme.family
    if family is Family.CARDS:
        sheet.fault("family", family.value, "cards are no programme", "write them as [[card]]")
        return
    for stage in programme.stages:
        if stage not in STAGES[family]:
            rule = f"the family {family.value} is not for the stage {stage.value}"
            if family.active and stage is Stage.FLACCID:
                rule = "a flaccid plan contains no active movement"
            sheet.fault("stages", shown(programme.stages), rule, f"take {stage.value} out")
    if family.active and programme.per_day is not None and programme.per_day > ACTIVE_PER_DAY:
        sheet.fault("per_day", str(programme.per_day), f"at most {ACTIVE_PER_DAY} times of movement a day", "change it")
    allowed = views_of(family)
    if programme.view not in allowed:
        names = ", ".join(view.value for view in allowed)
        sheet.fault("view", programme.view.value, f"the family {family.value} may show: {names}", "change it")
    kinds = {exercises[line.exercise].kind for line in programme.lines if line.exercise in exercises}
    wanted = {Family.RELEASES: StepKind.RELEASE}.get(family, StepKind.MOVEMENT if family.active else None)
    if wanted is not None and wanted not in kinds:
        sheet.fault("line", "", f"the family {family.value} has at least one {wanted.value}", "add one")
    moving = [
        _line_s(n)
        for n in programme.lines
        if n.exercise in exercises and exercises[n.exercise].kind is StepKind.MOVEMENT
    ]
    if family is Family.FIRST_MOVEMENTS:
        moving = sorted(moving)[-TICKED_MOVEMENTS:]
    if sum(moving) > ACTIVE_TOTAL_S:
        sheet.fault("line", "", f"{sum(moving):g} s of movement in a session; at most {ACTIVE_TOTAL_S} s", "do less")


def line_needs(lines: Iterable[Line], exercises: Mapping[str, Exercise]) -> tuple[tuple[Movement, ...], ...]:
    """Return, for each line of movement, the movements that must be ticked."""
    found = (exercises[line.exercise] for line in lines if line.exercise in exercises)
    return tuple(exercise.needs for exercise in found if exercise.needs)


def _line_s(line: Line) -> float:
    dose = line.dose
    return dose.repetitions * (dose.in_s + dose.hold_s + dose.out_s) + (dose.repetitions - 1) * dose.rest_s
