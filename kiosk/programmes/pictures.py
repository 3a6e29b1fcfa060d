"""A clinic's own pictures and films of exercises: which file shows what, for which side, and who reviewed it.

Nothing here looks into a picture: that is done in a child process (``kiosk.pictures``). Here a file is held against its
table, its exercise, and the bounds that need no decoding. Every reason is a fault, none raises, and a picture with a
fault is left out alone: the file that names it stays, and the drawn head shows in its place.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kiosk.care.model import Exercise, OwnPicture, Side, StepKind
from kiosk.faults import Fault, shown
from kiosk.programmes.reading import FileSheet, TomlTable
from kiosk.safefiles import open_file

MOST_PICTURES = 60
"""The most pictures and films of a site."""
PICTURE_BYTES = 8 << 20
"""The most bytes of a picture."""
FILM_BYTES = 16 << 20
"""The most bytes of a film."""
ALL_BYTES = 64 << 20
"""The most bytes of all of a site's pictures and films together: they are read whole at each start."""
REVIEWER = 200
"""The most characters of a reviewer's name."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}\.(?:png|jpg|jpeg|mp4)")
"""The name of a picture or film: never a path."""
SIDES = [side.value for side in Side]


@dataclass(frozen=True, slots=True)
class NamedPicture:
    """A ``picture`` as the file of ``sheet`` names it, at the place ``where`` in it."""

    picture: OwnPicture
    sheet: FileSheet
    where: str


def read_picture(table: TomlTable) -> OwnPicture:
    """One ``[[picture]]``; look at the faults of the table's sheet before use."""
    picture = OwnPicture(
        exercise=table.id("exercise"),
        file=table.text("file", 64, required=True),
        side=Side(table.name("side", SIDES)),
        reviewed_by=table.text("reviewed_by", REVIEWER).strip(),
        mirrored=table.flag("mirrored"),
    )
    if picture.file and not NAME.fullmatch(picture.file):
        rule = "this must be the plain name of a .png, .jpg or .mp4 file that lies beside this one"
        table.fault("file", rule, "use letters, digits, - and _ only, at most 60, and no folder")
    if not picture.reviewed_by:
        rule = "nobody has reviewed this picture, so it is not shown"
        table.sheet.fault(table.at("reviewed_by"), "", rule, "have a therapist look at it and write the name here")
    table.done()
    return picture


def sides_of(exercise: Exercise) -> frozenset[Side]:
    """The sides that a picture of ``exercise`` may show: those that a step of it can be for."""
    one = {Side.LEFT, Side.RIGHT}
    if exercise.sides == "middle":
        return frozenset({Side.BOTH})
    if exercise.sides == "both":
        return frozenset({Side.BOTH} | (one if exercise.hands and exercise.one_hand else set()))
    return frozenset(one)


def one_sided(exercises: Iterable[Exercise]) -> list[str]:
    """A remark for each exercise that is shown on one side only, by the files that show it. No fault: it may be meant.

    On the other side, and wherever else it has no picture, the drawn head shows.
    """
    remarks = []
    for exercise in exercises:
        shows = {picture.side for picture in exercise.pictures}
        for side, other in ((Side.LEFT, Side.RIGHT), (Side.RIGHT, Side.LEFT)):
            if side in shows and other not in shows:
                files = ", ".join(picture.file for picture in exercise.pictures if picture.side is side)
                remarks.append(f"{files} shows {exercise.id} on the {side.value}; on the {other.value} the head shows.")
    return remarks


def settled(
    named: Iterable[NamedPicture], exercises: Mapping[str, Exercise], folder: Path | None, more: Mapping[str, bytes]
) -> tuple[dict[str, Exercise], list[Fault]]:
    """The exercises with the pictures that they may be shown by, and why others are left out.

    A file of ``more``, by its name, takes the place of one in ``folder``.
    """
    found: dict[str, list[OwnPicture]] = {}
    faults: list[Fault] = []
    taken: dict[tuple[str, Side], str] = {}
    kept: dict[str, tuple[str, int]] = {}
    for number, one in enumerate(named):
        sheet = one.sheet.aside()
        picture = one.picture
        if number >= MOST_PICTURES:
            sheet.fault(one.where, picture.file, f"at most {MOST_PICTURES} pictures are used", "take some out")
        else:
            _check_exercise(sheet, one, exercises.get(picture.exercise))
        if not sheet.faults and (other := taken.get((picture.exercise, picture.side))):
            rule = f"{other} shows this exercise on this side already"
            sheet.fault(one.where, picture.file, rule, "name one picture for each side")
        if not sheet.faults:
            if picture.file not in kept:
                there = _content(picture.file, folder, more, sum(size for _, size in kept.values()))
                if isinstance(there, Fault):
                    faults.append(there)
                    continue
                kept[picture.file] = there
            taken[picture.exercise, picture.side] = picture.file
            own = msgspec.structs.replace(picture, content=kept[picture.file][0])
            found.setdefault(picture.exercise, []).append(own)
        faults += sheet.faults
    shown_by = {
        id_: msgspec.structs.replace(exercise, pictures=tuple(found.get(id_, ())))
        for id_, exercise in exercises.items()
        if exercise.pictures or id_ in found
    }
    return {**exercises, **shown_by}, faults


def _check_exercise(sheet: FileSheet, one: NamedPicture, exercise: Exercise | None) -> None:
    picture = one.picture
    if exercise is None:
        rule = "no exercise has this id"
        sheet.fault(f"{one.where}.exercise", shown(picture.exercise), rule, "write the id of an exercise")
    elif picture.side not in sides_of(exercise):
        words = " or ".join(f'"{side}"' for side in SIDES if Side(side) in sides_of(exercise))
        rule = f"{exercise.id} is never done like this: a picture of it shows {words}"
        sheet.fault(f"{one.where}.side", picture.side.value, rule, "make a picture of that side, and write so")
    elif exercise.kind is StepKind.MOVEMENT and exercise.show is None:
        rule = f"{exercise.id} has no show, so nothing could stand in where this picture fails"
        sheet.fault(f"{one.where}.exercise", picture.exercise, rule, "add show to the exercise")


def _content(file: str, folder: Path | None, more: Mapping[str, bytes], so_far: int) -> tuple[str, int] | Fault:
    """The hash and the size of a picture's bytes, or why it cannot be used. ``so_far``: bytes of those before it."""
    raw = more.get(file)
    if raw is None:
        if folder is None:
            return Fault(file, "", "", "there is no such file", "put it beside the file that names it")
        read = read_bytes(folder / file)
        if isinstance(read, Fault):
            return read
        raw = read
    if fault := check_bytes(file, raw):
        return fault
    if so_far + len(raw) > ALL_BYTES:
        rule = f"all pictures and films together are larger than {ALL_BYTES >> 20} MiB"
        return Fault(file, "", "", rule, "make them smaller, or take some out")
    return hashlib.sha256(raw).hexdigest(), len(raw)


def read_bytes(path: Path) -> bytes | Fault:
    """The bytes of a picture or film, as many as are allowed and one more, or why they cannot be read."""
    try:
        with open(open_file(path), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return Fault(path.name, "", "", "this is not a file", "put a picture in its place")
            return file.read(FILM_BYTES + 1)
    except FileNotFoundError:
        return Fault(path.name, "", "", "there is no such file", "put it beside the file that names it")
    except (OSError, ValueError) as error:
        return Fault(path.name, "", "", f"the file cannot be read ({error})", "check the file and its rights")


def check_bytes(file: str, raw: bytes) -> Fault | None:
    """The reason for which these bytes can be no picture or film, told from their beginning and number; None: none."""
    film = is_film(raw)
    if not film and not raw.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return Fault(file, "", "", "this is no PNG, JPEG or MP4 file", "save it as one of them")
    most = FILM_BYTES if film else PICTURE_BYTES
    if len(raw) > most:
        what = "film" if film else "picture"
        return Fault(file, "", "", f"the {what} is larger than {most >> 20} MiB", "save it smaller")
    return None


def is_film(raw: bytes) -> bool:
    """Whether these bytes begin as an MP4 file does (ISO/IEC 14496-12: the box ``ftyp`` comes first)."""
    return raw[4:8] == b"ftyp"
