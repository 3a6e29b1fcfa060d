"""What a file of programmes, exercises and cards may say. Nothing here raises for content: every reason is a fault.

Two passes: reading (types, keys, lengths) makes values, checking holds the values against the rules. What could not be
read is not checked, so that one slip does not give ten reasons.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
from kiosk.care.model import (
    Card,
    Dose,
    Exercise,
    Family,
    Kind,
    Line,
    Movement,
    Permission,
    Programme,
    Region,
    Stage,
    ViewMode,
)
from kiosk.care.reading import Sheet, Table
from kiosk.care.texts import spoken, variants
from kiosk.faults import nearest, shown

TITLE, SENTENCE, FEEL, FINISH, PAGE, NOTE = 28, 90, 60, 60, 160, 200
"""The most characters that the screens have room for; sentences count with their placeholders filled in."""
SENTENCES = 2
MOST_LINES, MOST_EXERCISES, MOST_CARDS, MOST_PAGES = 40, 100, 20, 12
SECONDS = 3600.0

PACKS = (
    Region.SCALP_FOREHEAD_BROW,
    Region.LOWER_LID_NOSE_SIDE,
    Region.CHEEK_MOUTH_CORNER,
    Region.CHIN_JAW,
)
TOUCH = frozenset((Kind.MASSAGE, Kind.EASE, Kind.BLINK, Kind.RELEASE))
RESTFUL = frozenset((Kind.BREATHE, Kind.RELAX, Kind.QUIET))
KINDS: Mapping[Family, frozenset[Kind]] = {
    Family.CARE: RESTFUL | {Kind.MASSAGE, Kind.EASE, Kind.BLINK},
    Family.RELAX: RESTFUL,
    Family.RELEASES: RESTFUL | {Kind.RELEASE},
    Family.FIRST_MOVEMENTS: RESTFUL | {Kind.MOVEMENT},
    Family.QUIET_CONTROL: RESTFUL | {Kind.RELEASE, Kind.MOVEMENT},
}
STAGES: Mapping[Family, frozenset[Stage]] = {
    Family.CARE: frozenset(Stage),
    Family.RELAX: frozenset(Stage),
    Family.RELEASES: frozenset((Stage.PARETIC, Stage.SYNKINETIC)),
    Family.FIRST_MOVEMENTS: frozenset((Stage.PARETIC,)),
    Family.QUIET_CONTROL: frozenset((Stage.SYNKINETIC,)),
}
SIDES = ["both", "middle", "each", "strong", "affected"]
AVOID = ["numb_eye", "eye_surgery", "swallowing_risk", "carotid_disease", "stroke"]
SOURCES = ["P", "S", "D"]
RESERVED = frozenset(("arm-rest", "glasses-off", "glasses-on", "quiet", "card", "site"))
PROGRAMME_KEYS = (
    "id",
    "version",
    "title",
    "family",
    "summary",
    "order",
    "stages",
    "per_day",
    "per_day_source",
    "view",
    "reviewed_by",
    "line",
)


@dataclass
class Document:
    """What one file says: at most one programme, and exercises and cards of its own."""

    programme: Programme | None = None
    exercises: dict[str, Exercise] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)


class Wording:
    """The words that instructions may not contain, one list per language."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = {language: [_words(entry) for entry in entries] for language, entries in lists.items()}

    @property
    def languages(self) -> list[str]:
        return sorted(self._lists)

    def found(self, text: str, language: str = "en") -> str | None:
        """The first forbidden entry in ``text``, even negated; English is always looked for."""
        have = _words(text)
        for entry in (*self._lists.get("en", ()), *self._lists.get(language, ())):
            if any(have[i : i + len(entry)] == entry for i in range(len(have) - len(entry) + 1)):
                return " ".join(entry)
        return None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def read_wording(sheet: Sheet, data: Mapping[str, Any]) -> Wording:
    """The file ``words.toml``: a table ``forbidden`` with a list of words and phrases per language."""
    table = data.get("forbidden")
    if not isinstance(table, dict) or "en" not in table:
        sheet.fault("forbidden", shown(table), "a table with a list of words for en", "install the kiosk again")
        return Wording({})
    lists: dict[str, list[str]] = {}
    for language, entries in table.items():
        if isinstance(entries, list) and entries and all(isinstance(entry, str) and _words(entry) for entry in entries):
            lists[language] = entries
        else:
            sheet.fault(f"forbidden.{language}", shown(entries), "a list of words", "install the kiosk again")
    for key in data:
        if key != "forbidden":
            sheet.fault(key, shown(data[key]), "no such key", "install the kiosk again")
    return Wording(lists)


def read_document(
    sheet: Sheet, data: Mapping[str, Any], known: Mapping[str, Exercise], wording: Wording, *, site: bool
) -> Document:
    """Read and check one file. ``known`` are the exercises of other files; those of this one come on top of them.

    Look at ``sheet.faults``: when there is any, the document is not to be used.
    """
    document = Document()
    top = Table(sheet, data)
    language = top.name("language", wording.languages or ["en"], "en")
    for table in top.tables("exercise", MOST_EXERCISES):
        before = len(sheet.faults)
        exercise = _read_exercise(table, site)
        if len(sheet.faults) == before:
            _check_exercise(sheet, table.path, exercise, wording, language)
        if exercise.id in document.exercises:
            table.fault("id", "this id stands above already", "choose another id")
        if exercise.id:
            document.exercises[exercise.id] = exercise
    for table in top.tables("card", MOST_CARDS):
        card = _read_card(table)
        if card.id and card.id in document.cards:
            table.fault("id", "this id stands above already", "choose another id")
        document.cards[card.id] = card
    if any(key in data for key in PROGRAMME_KEYS):
        document.programme = _read_programme(top, {**known, **document.exercises}, wording, language)
    else:
        for key in PROGRAMME_KEYS:
            top.has(key, required=False)
        if not document.exercises and not document.cards and not sheet.faults and set(data) <= {"language"}:
            sheet.fault("", "", "the file says nothing", "write a programme, [[exercise]] or [[card]]")
    top.done()
    return document


def _read_exercise(table: Table, site: bool) -> Exercise:
    holders = ("{side}", "{sides}", "{eyes}")
    exercise = Exercise(
        id=table.id("id"),
        title=table.text("title", TITLE, required=True),
        kind=table.word("kind", Kind),
        region=table.word("region", Region),
        do=table.text("do", SENTENCE, required=True, placeholders=holders, sentences=SENTENCES),
        feel=table.text("feel", FEEL, placeholders=("{sides}",), sentences=SENTENCES),
        finish=table.text("finish", FINISH, sentences=1),
        needs=table.words("needs", Movement),
        hands=table.flag("hands"),
        glasses_off=table.flag("glasses_off"),
        eyes_closed=table.flag("eyes_closed"),
        sides=table.name("sides", SIDES, "both"),
        landmark=table.text("landmark", NOTE),
        fingers=table.text("fingers", NOTE),
        direction=table.text("direction", NOTE),
        one_hand=table.text("one_hand", SENTENCE, placeholders=("{side}",), sentences=SENTENCES),
        avoid=table.names("avoid", AVOID),
        permission=table.word("permission", Permission) if "permission" in table.data else None,
        reviewed_by=table.text("reviewed_by", NOTE),
        stages=table.words("stages", Stage),
        site=site,
    )
    table.has("permission", required=False)
    table.done()
    return exercise


def _check_exercise(sheet: Sheet, path: str, exercise: Exercise, wording: Wording, language: str) -> None:
    def fault(key: str, value: object, rule: str, action: str) -> None:
        sheet.fault(f"{path}.{key}", shown(value), rule, action)

    moves = exercise.kind is Kind.MOVEMENT
    if exercise.id in RESERVED:
        fault("id", exercise.id, "the kiosk uses this id itself", "choose another id")
    if exercise.kind in (Kind.GLASSES, Kind.ARM_REST):
        fault("kind", exercise.kind.value, "the kiosk adds such steps itself", "leave it out")
    if moves != bool(exercise.needs):
        rule = "a movement names in needs what staff must have seen" if moves else "only a movement has needs"
        fault("needs", list(exercise.needs), rule, "add needs" if moves else "take needs out")
    if moves and Stage.FLACCID in exercise.stages:
        fault("stages", list(exercise.stages), "a flaccid plan contains no movement", "take flaccid out")
    if exercise.kind in TOUCH and not exercise.hands:
        fault("hands", exercise.hands, f"{exercise.kind.value} needs the hands", "write hands = true")
    if exercise.glasses_off and exercise.kind not in TOUCH:
        fault("glasses_off", True, "glasses come off for touch only", "take glasses_off out")
    if exercise.permission is Permission.CONSTANT_PAIN:
        fault("permission", exercise.permission.value, "this is about pain, not about an exercise", "take it out")
    if exercise.eyes_closed != ("{eyes}" in exercise.do):
        fault("do", exercise.do, "eyes_closed = true and {eyes} in do belong together", "write both or neither")
    if exercise.kind is Kind.RELEASE:
        for key in ("landmark", "fingers", "direction", "one_hand"):
            if not getattr(exercise, key).strip():
                fault(key, "", f"a release says its {key}", f"add {key}")
    _check_sides(sheet, path, exercise)
    for variant in variants(exercise):
        said = spoken(exercise, variant)
        if len(said.sentence) > SENTENCE or len(said.feel) > FEEL:
            key, text, most = (
                ("do", said.sentence, SENTENCE) if len(said.sentence) > SENTENCE else ("feel", said.feel, FEEL)
            )
            sheet.fault(
                f"{path}.{key}",
                shown(text),
                f"{len(text)} characters with all words filled in, at most {most} fit",
                "say it shorter",
            )
            break
    for key in ("title", "do", "feel", "finish", "one_hand", "landmark", "fingers", "direction"):
        _check_words(sheet, f"{path}.{key}", getattr(exercise, key), wording, language)


def _check_sides(sheet: Sheet, path: str, exercise: Exercise) -> None:
    one_sided = exercise.sides in ("each", "strong", "affected")
    for key, text in (("do", exercise.do), ("one_hand", exercise.one_hand)):
        named = "{side}" in text
        in_turn = one_sided or (key == "one_hand" and exercise.sides == "both")
        if text and named != in_turn:
            rule = "this is done on one side at a time and says {side}" if in_turn else "this is for both sides at once"
            sheet.fault(f"{path}.{key}", shown(text), rule, "add {side}" if in_turn else "take {side} out")


def _check_words(sheet: Sheet, path: str, text: str, wording: Wording, language: str) -> None:
    found = wording.found(text, language)
    if found:
        sheet.fault(path, shown(text), f'"{found}" may not stand in an instruction', "say what to do instead")


def _read_card(table: Table) -> Card:
    pages: list[str] = []
    if table.has("pages", required=True):
        value = table.data["pages"]
        if isinstance(value, list) and 1 <= len(value) <= MOST_PAGES:
            for page in value:
                if table.good_text("pages", page, PAGE, True, (), None):
                    pages.append(page)
        else:
            table.fault("pages", f"this must be a list of 1 to {MOST_PAGES} texts", 'write it like ["one", "two"]')
    card = Card(
        id=table.id("id"),
        title=table.text("title", TITLE, required=True),
        pages=tuple(pages),
        order=table.whole("order", 0, 1000, 0),
    )
    table.done()
    return card


def _read_programme(top: Table, exercises: Mapping[str, Exercise], wording: Wording, language: str) -> Programme:
    sheet = top.sheet
    before = len(sheet.faults)
    head: dict[str, Any] = {
        "id": top.id("id"),
        "version": top.whole("version", 1, 1_000_000),
        "title": top.text("title", TITLE, required=True),
        "family": top.word("family", Family),
        "summary": top.text("summary", SENTENCE, required=True, sentences=SENTENCES),
        "order": top.whole("order", 0, 1000),
        "stages": top.words("stages", Stage, required=True),
        "per_day": top.whole("per_day", 1, 24) if "per_day" in top.data else None,
        "per_day_source": top.name("per_day_source", SOURCES, "D"),
        "view": top.word("view", ViewMode, ViewMode.FEEL),
        "reviewed_by": top.text("reviewed_by", NOTE),
    }
    top.has("per_day", required=False)
    lines: list[Line] = []
    whole = len(sheet.faults) == before
    for table in top.tables("line", MOST_LINES):
        count = len(sheet.faults)
        line = _read_line(table)
        if len(sheet.faults) == count:
            lines.append(line)
            if whole:
                _check_line(sheet, table.path, line, head["family"], exercises, wording, language)
        else:
            whole = False
    if not lines and whole:
        sheet.fault("line", "", "a programme has at least one [[line]]", "add one")
        whole = False
    programme = Programme(**head, lines=tuple(lines), line_needs=line_needs(lines, exercises))
    if whole:
        _check_head(sheet, programme, exercises)
    for key in ("title", "summary"):
        _check_words(sheet, key, head[key], wording, language)
    return programme


def _read_line(table: Table) -> Line:
    dose = Dose(
        hold_s=table.number("hold_s", 0, SECONDS),
        source=table.name("source", SOURCES),
        in_s=table.number("in_s", 0, SECONDS, 0),
        out_s=table.number("out_s", 0, SECONDS, 0),
        rest_s=table.number("rest_s", 0, SECONDS, 0),
        repetitions=table.whole("repetitions", 0, 1000, 1),
        note=table.text("note", NOTE),
    )
    line = Line(
        exercise=table.id("exercise"),
        dose=dose,
        short_hold_s=table.number("short_hold_s", 0, SECONDS) if "short_hold_s" in table.data else None,
        pack=table.word("pack", Region) if "pack" in table.data else None,
    )
    for key in ("short_hold_s", "pack"):
        table.has(key, required=False)
    table.done()
    return line


def check_programme(sheet: Sheet, programme: Programme, exercises: Mapping[str, Exercise], wording: Wording) -> None:
    """Hold a programme that was read before against ``exercises`` that have changed since."""
    for index, line in enumerate(programme.lines):
        _check_line(sheet, f"line[{index}]", line, programme.family, exercises, wording, "en")
    _check_head(sheet, programme, exercises)


def _check_line(
    sheet: Sheet,
    path: str,
    line: Line,
    family: Family,
    exercises: Mapping[str, Exercise],
    wording: Wording,
    language: str,
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
    if kind not in KINDS.get(family, frozenset()):
        fault("exercise", line.exercise, f"a programme of the family {family.value} has no {kind.value}", "take it out")
    for key, hold in (("hold_s", dose.hold_s), ("short_hold_s", line.short_hold_s)):
        if hold is not None and not 0.5 <= hold <= hold_limit_s(kind):
            fault(key, hold, f"a {kind.value} is held from 0.5 to {hold_limit_s(kind)} seconds", "change it")
    if line.short_hold_s is not None and line.short_hold_s > dose.hold_s:
        fault("short_hold_s", line.short_hold_s, "the short form is not longer than hold_s", "change it")
    if not 1 <= dose.repetitions <= REPETITIONS:
        fault("repetitions", dose.repetitions, f"from 1 to {REPETITIONS} repetitions", "change it")
    needs_rest = dose.repetitions > 1 or kind is Kind.MOVEMENT
    if (needs_rest and dose.rest_s < REST_S) or dose.rest_s > REST_MAX_S:
        fault("rest_s", dose.rest_s, f"a rest is from {REST_S} to {REST_MAX_S} seconds", "change it")
    for key, seconds in (("in_s", dose.in_s), ("out_s", dose.out_s)):
        slow = 1 if kind is Kind.MOVEMENT else 0
        if not slow <= seconds <= MOVE_S:
            fault(key, seconds, f"from {slow} to {MOVE_S} seconds", "change it")
    if kind is Kind.MOVEMENT and _line_s(line) > BLOCK_S:
        fault(
            "repetitions",
            dose.repetitions,
            f"{_line_s(line):g} s of movement at a stretch; at most {BLOCK_S} s",
            "do less",
        )
    if (kind is Kind.RELEASE) != (line.pack is not None) or (line.pack is not None and line.pack not in PACKS):
        rule = f"a release, and only a release, has a pack: {', '.join(pack.value for pack in PACKS)}"
        fault("pack", line.pack.value if line.pack else "", rule, "change it")
    _check_words(sheet, f"{path}.note", dose.note, wording, language)


def _check_head(sheet: Sheet, programme: Programme, exercises: Mapping[str, Exercise]) -> None:
    family = programme.family
    if family is Family.CARDS:
        sheet.fault("family", family.value, "cards are no programme", "write them as [[card]]")
        return
    for stage in programme.stages:
        if stage not in STAGES[family]:
            rule = f"the family {family.value} is not for the stage {stage.value}"
            if family.active and stage is Stage.FLACCID:
                rule = "a flaccid plan contains no active movement"
            sheet.fault("stages", shown(list(map(str, programme.stages))), rule, f"take {stage.value} out")
    if family.active and programme.per_day is not None and programme.per_day > ACTIVE_PER_DAY:
        sheet.fault("per_day", str(programme.per_day), f"at most {ACTIVE_PER_DAY} times of movement a day", "change it")
    allowed = views_of(family)
    if programme.view not in allowed:
        names = ", ".join(view.value for view in allowed)
        sheet.fault("view", programme.view.value, f"the family {family.value} may show: {names}", "change it")
    kinds = {exercises[line.exercise].kind for line in programme.lines if line.exercise in exercises}
    wanted = {Family.RELEASES: Kind.RELEASE}.get(family, Kind.MOVEMENT if family.active else None)
    if wanted is not None and wanted not in kinds:
        sheet.fault("line", "", f"the family {family.value} has at least one {wanted.value}", "add one")
    moving = [
        _line_s(n) for n in programme.lines if n.exercise in exercises and exercises[n.exercise].kind is Kind.MOVEMENT
    ]
    if family is Family.FIRST_MOVEMENTS:
        moving = sorted(moving)[-TICKED_MOVEMENTS:]
    if sum(moving) > ACTIVE_TOTAL_S:
        sheet.fault("line", "", f"{sum(moving):g} s of movement in a session; at most {ACTIVE_TOTAL_S} s", "do less")


def views_of(family: Family) -> tuple[ViewMode, ...]:
    """What a programme of this family may show. The reflected half would hide the pull that E is about."""
    if family is Family.FIRST_MOVEMENTS:
        return (ViewMode.LOOK_THEN_FEEL, ViewMode.MIRROR, ViewMode.FEEL, ViewMode.GOOD_SIDE)
    if family is Family.QUIET_CONTROL:
        return (ViewMode.FEEL, ViewMode.MIRROR, ViewMode.LOOK_THEN_FEEL)
    return (ViewMode.FEEL,)


def line_needs(lines: Iterable[Line], exercises: Mapping[str, Exercise]) -> tuple[tuple[Movement, ...], ...]:
    """What each line of movement needs ticked."""
    found = (exercises[line.exercise] for line in lines if line.exercise in exercises)
    return tuple(exercise.needs for exercise in found if exercise.needs)


def _line_s(line: Line) -> float:
    dose = line.dose
    return dose.repetitions * (dose.in_s + dose.hold_s + dose.out_s) + (dose.repetitions - 1) * dose.rest_s
