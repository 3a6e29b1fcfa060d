"""The nature of an exercise: taken from its words, held against what its file calls it; and what it then needs.

A smile that a file calls ``relax`` is a smile; a thumb inside the cheek needs its permission in whichever file it
stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kiosk.care.families import RESTFUL, TOUCH
from kiosk.care.model import Exercise, Movement, Permission, Region, Stage, StepKind
from kiosk.care.showing import TouchSpot
from kiosk.faults import shown
from kiosk.programmes.reading import FileSheet
from kiosk.programmes.wording import MOVEMENTS, OTHER, Wording

SAID = ("title", "do", "feel", "finish", "one_hand", "phases")
"""The texts that a person sees or hears in a step."""
DESCRIBED = ("do", "one_hand", "landmark", "fingers", "direction")
"""The texts that say where and how a touch is done."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The demands of a touch at some place, which is ``what`` a fault calls it.

    ``avoid``: the fields of ``Person`` that have to rule it out. ``permission``: the one that it needs; None: none.
    """

    what: str
    avoid: frozenset[str]
    permission: Permission | None = None


INSIDE = Guard("inside the cheek or mouth", frozenset(("swallowing_risk",)), Permission.INSIDE_CHEEK)
NECK = Guard("at the neck", frozenset(("carotid_disease", "stroke")), Permission.NECK)
LID = TouchSpot.UPPER_LID
LIDS = Guard("at the lids", frozenset(("numb_eye", "eye_surgery")))


def guards(exercise: Exercise, wording: Wording) -> Iterator[Guard]:
    """The one list of what touch needs: by its kind, its region, what it says and what is drawn of it."""
    if exercise.kind not in TOUCH:
        return
    described = ". ".join(getattr(exercise, key) for key in DESCRIBED)
    spot = exercise.show.spot if exercise.show is not None else None
    if wording.means(described, "inside") or spot is TouchSpot.INSIDE_CHEEK:
        yield INSIDE
    if exercise.region is Region.NECK or wording.means(described, "neck") or spot is TouchSpot.NECK:
        yield NECK
    touched = f"{exercise.do} {exercise.one_hand}"  # a landmark may say "never the lid itself"
    if (
        exercise.kind is StepKind.BLINK
        or exercise.region is Region.EYES
        or wording.means(touched, "lid")
        or spot is LID
    ):
        yield LIDS


def check_nature(sheet: FileSheet, path: str, exercise: Exercise, wording: Wording) -> None:
    """Hold what the texts of ``exercise`` ask for against its kind, its ``needs`` and what such a touch needs."""
    kind = exercise.kind
    for key in SAID:
        text = ". ".join(exercise.phases) if key == "phases" else getattr(exercise, key)
        asked = wording.asked(text, by_hand=kind in TOUCH)
        if key == "title" and kind in TOUCH:  # "Brow lift": in a title nobody says that fingers do it
            asked = {name for name in MOVEMENTS if wording.means(text, name, single=True)}
        asked -= set(exercise.needs) | ({Movement.LIDS} if kind is StepKind.BLINK else set())
        if asked:
            named = ", ".join(sorted(asked))
            if OTHER in asked:
                rule, action = "this is a movement that staff cannot tick", "leave it out"
            elif kind is StepKind.MOVEMENT:
                rule, action = f"this asks for a movement that needs does not name: {named}", "add it to needs"
            else:
                rule, action = f"this asks for a movement ({named})", 'write kind = "movement" with needs, or say less'
            sheet.fault(f"{path}.{key}", shown(text), rule, action)
    by_hand = exercise.hands or wording.means(f"{exercise.do} {exercise.finish}", "fingers", single=True)
    if kind in RESTFUL and by_hand:
        kinds = ", ".join(sorted(kind.value for kind in TOUCH))
        sheet.fault(f"{path}.kind", kind.value, "fingers at the face are a touch", f"choose one of: {kinds}")
    for guard in guards(exercise, wording):
        _check_guard(sheet, path, exercise, guard)
    if kind is StepKind.EASE and (
        exercise.sides != "strong" or not exercise.stages or Stage.SYNKINETIC in exercise.stages
    ):
        rule = "ease is for the strong side, and only before linked movement"
        sheet.fault(f"{path}.sides", exercise.sides, rule, 'write sides = "strong", stages = ["flaccid", "paretic"]')


def _check_guard(sheet: FileSheet, path: str, exercise: Exercise, guard: Guard) -> None:
    wanted = guard.permission
    if wanted is not None and exercise.permission is not wanted:
        rule = f"touch {guard.what} is for those to whom staff allowed it"
        sheet.fault(f"{path}.permission", shown(exercise.permission or ""), rule, f'write permission = "{wanted}"')
    missing = sorted(guard.avoid - set(exercise.avoid))
    if missing:
        rule = f"touch {guard.what} is ruled out by {', '.join(missing)}"
        sheet.fault(f"{path}.avoid", shown(exercise.avoid), rule, f"add {', '.join(missing)}")


def check_replaced(sheet: FileSheet, exercises: Mapping[str, Exercise], known: Mapping[str, Exercise]) -> None:
    """An exercise of a clinic that takes the place of one of ``known`` is of its kind and keeps what guards it."""
    for id_, new in exercises.items():
        old = known.get(id_)
        if old is None:
            continue
        lost = [key for key in ("needs", "avoid") if not set(getattr(new, key)) >= set(getattr(old, key))]
        lost += [key for key in ("kind", "permission") if getattr(old, key) not in (None, getattr(new, key))]
        if old.stages and not (new.stages and set(new.stages) <= set(old.stages)):
            lost.append("stages")
        for key in lost:
            rule = f"{id_} takes the place of an exercise that has {key} = {shown(getattr(old, key))}"
            sheet.fault(f"exercise.{key}", shown(getattr(new, key)), rule, "keep it, or give it an id of its own")
