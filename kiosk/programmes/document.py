"""Reading of TOML tables as exercises, cards and programmes. Nothing raises for content: every reason is a fault.

Reading (types, keys, lengths) makes values, ``kiosk.programmes.validate`` holds the values against the rules. What
could not be read is not checked, so that one slip does not give ten reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kiosk.care.model import (
    Card,
    Dose,
    Exercise,
    Family,
    Line,
    Movement,
    Permission,
    Programme,
    Region,
    Stage,
    StepKind,
    ViewMode,
)
from kiosk.care.person import RISKS
from kiosk.care.scales import Scale
from kiosk.faults import Fault
from kiosk.programmes.pictures import MOST_PICTURES, NamedPicture, read_picture
from kiosk.programmes.reading import FileSheet, TomlTable
from kiosk.programmes.scales import MOST_SCALES, read_scale
from kiosk.programmes.show_reading import check_showing, read_showing
from kiosk.programmes.validate import (
    FEEL,
    SENTENCE,
    SUMMARY,
    check_exercise,
    check_head,
    check_line,
    check_words,
    line_needs,
)
from kiosk.programmes.wording import Wording

TITLE, PHASE, FINISH, PAGE, NOTE = 28, 20, 60, 160, 200
"""The most characters that the screens have room for; ``SENTENCE`` and ``FEEL`` count with everything filled in."""
SENTENCES = 2
MOST_LINES, MOST_EXERCISES, MOST_CARDS, MOST_PAGES, MOST_PHASES = 40, 100, 20, 12, 3
SECONDS = 3600.0
SIDES = ["both", "middle", "each", "strong", "affected"]
AVOID = [*(risk for risk in RISKS if risk != "graft"), "stroke"]
SOURCES = ["P", "S", "D"]
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
    """The content of one file: at most one ``programme``, and ``exercises``, ``cards``, ``scales`` and ``pictures``."""

    programme: Programme | None = None
    exercises: dict[str, Exercise] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    scales: dict[str, Scale] = field(default_factory=dict)
    pictures: list[NamedPicture] = field(default_factory=list)
    left_out: list[Fault] = field(default_factory=list)
    """Faults of pictures and scales: each is left out alone, and the rest of the file is used."""


def read_document(
    sheet: FileSheet, data: Mapping[str, Any], known: Mapping[str, Exercise], wording: Wording, *, site: bool
) -> Document:
    """Read and check one file. ``known`` are the exercises of other files; those of this one come on top of them.

    Look at ``sheet.faults``: when there is any, the document is not to be used.
    """
    document = Document()
    top = TomlTable(sheet, data)
    top.name("language", wording.languages or ["en"], "en")
    for table in top.tables("exercise", MOST_EXERCISES):
        before = len(sheet.faults)
        exercise = _read_exercise(table, site)
        if len(sheet.faults) == before:
            check_exercise(sheet, table.path, exercise, wording)
            check_showing(sheet, table.path, exercise)
        if exercise.id in document.exercises:
            table.fault("id", "this id stands above already", "choose another id")
        if exercise.id:
            document.exercises[exercise.id] = exercise
    for table in top.tables("card", MOST_CARDS):
        card = _read_card(table)
        if card.id and card.id in document.cards:
            table.fault("id", "this id stands above already", "choose another id")
        document.cards[card.id] = card
    for table in top.tables("picture", MOST_PICTURES):
        aside = sheet.aside()
        picture = read_picture(TomlTable(aside, table.data, table.path))
        if aside.faults:
            document.left_out += aside.faults
        else:
            document.pictures.append(NamedPicture(picture, aside, table.path))
    for table in top.tables("scale", MOST_SCALES):
        aside = sheet.aside()
        scale = read_scale(TomlTable(aside, table.data, table.path))
        if not aside.faults and scale.id in document.scales:
            aside.fault(f"{table.path}.id", scale.id, "this id stands above already", "choose another id")
        if aside.faults:
            document.left_out += aside.faults
        else:
            document.scales[scale.id] = scale
    if any(key in data for key in PROGRAMME_KEYS):
        document.programme = _read_programme(top, {**known, **document.exercises}, wording)
    else:
        for key in PROGRAMME_KEYS:
            top.has(key, required=False)
        if not document.exercises and not document.cards and not sheet.faults and set(data) <= {"language"}:
            action = "write a programme, [[exercise]], [[card]], [[scale]] or [[picture]]"
            sheet.fault("", "", "the file says nothing", action)
    top.done()
    return document


def _read_exercise(table: TomlTable, site: bool) -> Exercise:
    exercise = Exercise(
        id=table.id("id"),
        title=table.text("title", TITLE, required=True),
        kind=table.word("kind", StepKind),
        region=table.word("region", Region),
        do=table.text("do", SENTENCE, required=True, placeholders=("{side}", "{eyes}"), sentences=SENTENCES),
        feel=table.text("feel", FEEL, placeholders=("{sides}",), sentences=SENTENCES),
        finish=table.text("finish", FINISH, sentences=1),
        phases=table.texts("phases", PHASE, MOST_PHASES),
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
        show=read_showing(table, "show"),
        site=site,
    )
    table.has("permission", required=False)
    table.done()
    return exercise


def _read_card(table: TomlTable) -> Card:
    card = Card(
        id=table.id("id"),
        title=table.text("title", TITLE, required=True),
        pages=table.texts("pages", PAGE, MOST_PAGES, required=True, sentences=SENTENCES),
        order=table.whole("order", 0, 1000, 0),
    )
    table.done()
    return card


def _read_programme(top: TomlTable, exercises: Mapping[str, Exercise], wording: Wording) -> Programme:
    sheet = top.sheet
    before = len(sheet.faults)
    head: dict[str, Any] = {
        "id": top.id("id"),
        "version": top.whole("version", 1, 1_000_000),
        "title": top.text("title", TITLE, required=True),
        "family": top.word("family", Family),
        "summary": top.text("summary", SUMMARY, required=True, sentences=SENTENCES),
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
                check_line(sheet, table.path, line, head["family"], exercises, wording)
        else:
            whole = False
    if not lines and whole:
        sheet.fault("line", "", "a programme has at least one [[line]]", "add one")
        whole = False
    programme = Programme(**head, lines=tuple(lines), line_needs=line_needs(lines, exercises))
    if whole:
        check_head(sheet, programme, exercises)
    for key in ("title", "summary"):
        check_words(sheet, key, head[key], wording)
    return programme


def _read_line(table: TomlTable) -> Line:
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
