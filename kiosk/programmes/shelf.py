"""All programmes, exercises, cards and scales of one kiosk: those that ship with it, and the clinic's own on top.

A bad file is left out whole and named; nothing that a file says can raise. A file of the clinic replaces what has the
same id, or adds to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kiosk.care.library import Library
from kiosk.care.model import Card, Exercise, OwnPicture, Programme
from kiosk.care.scales import Scale
from kiosk.care.standard import SETS
from kiosk.faults import Fault
from kiosk.paths import assets
from kiosk.programmes.document import Document, read_document
from kiosk.programmes.files import AGAIN, TomlFile, parse, tables
from kiosk.programmes.nature import check_replaced
from kiosk.programmes.pictures import NamedPicture, one_sided, settled
from kiosk.programmes.reading import FileSheet
from kiosk.programmes.validate import check_programme, line_needs
from kiosk.programmes.wording import Wording, read_wording

MOST_FILES = 50
WORDS_FILE = "words.toml"
SHARED_FILES = ("exercises.toml", "cards.toml", "scales.toml")
PROGRAMME_FILES = (
    "gentle-care.toml",
    "relax.toml",
    "releases.toml",
    "first-movements.toml",
    "quiet-control.toml",
    "standard-set.toml",
    "standard-rest.toml",
)


class _Shelf:
    """A library while it grows file by file."""

    def __init__(self) -> None:
        self.programmes: dict[str, Programme] = {}
        self.sets: dict[str, Programme] = {}
        self.exercises: dict[str, Exercise] = {}
        self.cards: dict[str, Card] = {}
        self.scales: dict[str, Scale] = {}
        self.wording = Wording({})
        self.faults: list[Fault] = []
        self.owners: dict[tuple[str, str], str] = {}
        self.named: list[NamedPicture] = []
        self.left_out: list[Fault] = []

    def built_in(self, folder: Path) -> None:
        """Take everything that ships with the kiosk."""
        words = parse(folder / WORDS_FILE)
        self.faults += words.faults
        if words.data is not None:
            sheet = FileSheet(words.name, words.source)
            self.wording = read_wording(sheet, words.data)
            self.faults += sheet.faults
        for name in (*SHARED_FILES, *PROGRAMME_FILES):
            self.faults += self.take(parse(folder / name), site=False)

    def clinic(self, folder: Path | None, more: Mapping[str, bytes]) -> None:
        """Take the clinic's own files. They may lean on each other: what fails is tried again while others succeed."""
        paths: list[Path] = []
        try:
            if folder is not None:
                paths = sorted(p for p in folder.iterdir() if p.suffix == ".toml" and not p.name.startswith("."))
        except FileNotFoundError:
            pass
        except OSError as error:
            rule = f"the folder cannot be read ({error.strerror})"
            self.faults.append(Fault(folder.name if folder else "", "", "", rule, "check its rights"))
            return
        brought = sorted(name for name in more if name.endswith(".toml"))
        names = [path.name for path in paths if path.name not in more] + brought
        rule = f"at most {MOST_FILES} files are read"
        self.faults += [Fault(name, "", "", rule, "put files together") for name in names[MOST_FILES:]]
        if not names:
            return
        if not self.wording.languages:
            rule = f"without {WORDS_FILE} no file can be checked"
            self.faults += [Fault(name, "", "", rule, AGAIN) for name in names[:MOST_FILES]]
            return
        by_name = {path.name: path for path in paths}
        taken = names[:MOST_FILES]
        waiting = [tables(name, more[name]) if name in more else parse(by_name[name]) for name in taken]
        while waiting:
            failed = [(file, faults) for file in waiting if (faults := self.take(file, site=True))]
            if len(failed) == len(waiting):
                self.faults += [fault for _, faults in failed for fault in faults]
                return
            waiting = [file for file, _ in failed]

    def take(self, file: TomlFile, *, site: bool) -> list[Fault]:
        """Take one file whole, or leave it out whole and say why."""
        if file.data is None:
            return list(file.faults)
        sheet = FileSheet(file.name, file.source)
        document = read_document(sheet, file.data, self.exercises, self.wording, site=site)
        if not sheet.faults:
            check_replaced(sheet, document.exercises, self.exercises)
            self._check_others(sheet, document)
        if site:
            _check_apart(sheet, document)
        self._check_owners(sheet, document)
        if sheet.faults:
            return sheet.faults
        self.exercises |= document.exercises
        self.cards |= document.cards
        self.scales |= document.scales
        if document.programme is not None:
            led = self.sets if document.programme.family.apart else self.programmes
            led[document.programme.id] = document.programme
        self.named += document.pictures
        self.left_out += document.left_out
        if site:
            self.owners |= dict.fromkeys(_names(document), file.name)
        for led in (self.programmes, self.sets):
            for id_, programme in led.items():
                needs = line_needs(programme.lines, self.exercises)
                led[id_] = msgspec.structs.replace(programme, line_needs=needs)
        return []

    def hang(self, folder: Path | None, more: Mapping[str, bytes]) -> None:
        """Give each exercise its pictures, once all files are taken."""
        self.exercises, faults = settled(self.named, self.exercises, folder, more)
        self.left_out += faults

    def _check_others(self, sheet: FileSheet, document: Document) -> None:
        """Exercises that this file changes must still fit the programmes that are there already."""
        exercises = {**self.exercises, **document.exercises}
        for programme in (*self.programmes.values(), *self.sets.values()):
            if document.programme is not None and document.programme.id == programme.id:
                continue
            trial = FileSheet(sheet.name, "")
            check_programme(trial, programme, exercises, self.wording)
            uses = sorted({line.exercise for line in programme.lines} & document.exercises.keys())
            for fault in trial.faults:
                rule = f"the programme {programme.id} uses this, and then: {fault.rule}"
                sheet.fault("exercise", ", ".join(uses), rule, "give the exercise an id of its own")

    def _check_owners(self, sheet: FileSheet, document: Document) -> None:
        for kind, id_ in _names(document):
            owner = self.owners.get((kind, id_))
            if owner is not None:
                sheet.fault(kind, id_, f"the file {owner} has the {kind} of this id already", "choose another id")


def load(builtin: Path, site: Path | None = None, more: Mapping[str, bytes] | None = None) -> Library:
    """Everything from the folder ``builtin``, with the clinic's folder ``site`` on top; never raises for content.

    ``more``: files that would lie in ``site`` as well, by name, pictures too; they take the place of those of the same
    name.
    """
    shelf = _Shelf()
    shelf.built_in(builtin)
    shelf.clinic(site, more or {})
    shelf.hang(site, more or {})
    return Library(
        programmes=dict(sorted(shelf.programmes.items(), key=lambda item: (item[1].order, item[0]))),
        exercises=shelf.exercises,
        cards=dict(sorted(shelf.cards.items(), key=lambda item: (item[1].order, item[0]))),
        faults=tuple(shelf.faults),
        sources={id_: file for (kind, id_), file in shelf.owners.items() if kind == "id"},
        left_out=tuple(shelf.left_out),
        scales=shelf.scales,
        sets=shelf.sets,
        scale_sources={id_: file for (kind, id_), file in shelf.owners.items() if kind == "scale"},
    )


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """Every reason why a file could not be used as a clinic's own (``faults``), and ``remarks`` on what it leaves open.

    ``pictures``: the pictures that it names and that have no fault so far; nobody has looked into them.
    """

    faults: tuple[Fault, ...] = ()
    remarks: tuple[str, ...] = ()
    pictures: tuple[OwnPicture, ...] = ()


def check_file(path: Path, builtin: Path | None = None) -> list[Fault]:
    """Every reason why ``path`` could not be used as a clinic's own file beside the built-in ones; empty: it can."""
    return list(checked(path, builtin).faults)


def checked(path: Path, builtin: Path | None = None) -> CheckedFile:
    """Hold ``path``, and the pictures that it names, against what a clinic's own file may be."""
    shelf = _Shelf()
    shelf.built_in(builtin if builtin is not None else assets() / "programmes")
    if not shelf.wording.languages:
        return CheckedFile(tuple(shelf.faults))
    faults = shelf.take(parse(path), site=True)
    shelf.hang(path.parent, {})
    pictures = tuple(picture for exercise in shelf.exercises.values() for picture in exercise.pictures)
    return CheckedFile((*faults, *shelf.left_out), tuple(one_sided(shelf.exercises.values())), pictures)


def only_scales_and_pictures(name: str, raw: bytes) -> bool:
    """Whether a clinic's file of these bytes adds nothing but scales, and pictures to exercises that are there."""
    data = tables(name, raw).data
    return (
        data is not None
        and bool({"picture", "scale"} & data.keys())
        and data.keys() <= {"picture", "scale", "language"}
    )


def _check_apart(sheet: FileSheet, document: Document) -> None:
    """The standard set is the kiosk's own: one that each clinic changes could be compared with no other."""
    programme = document.programme
    if programme is None:
        return
    if programme.family.apart:
        sheet.fault("family", programme.family.value, "the kiosk has this itself", "choose another family")
    elif programme.id in SETS:
        sheet.fault("id", programme.id, "the kiosk uses this id itself", "choose another id")


def _names(document: Document) -> list[tuple[str, str]]:
    names = [("exercise", id_) for id_ in document.exercises] + [("card", id_) for id_ in document.cards]
    names += [("scale", id_) for id_ in document.scales]
    return names + ([("id", document.programme.id)] if document.programme is not None else [])
