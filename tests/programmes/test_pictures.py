"""A clinic's pictures in its files: each is held against its exercise and side, and one that is wrong goes alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.care.library import Library
from kiosk.care.model import OwnPicture, Side, StepKind
from kiosk.care.person import Person
from kiosk.care.plan import compile_plan
from kiosk.care.showing import Showing
from kiosk.programmes.pictures import ALL_BYTES, FILM_BYTES, MOST_PICTURES, PICTURE_BYTES
from kiosk.programmes.shelf import checked, load
from tests.care.people import BUILTIN, FLACCID, SYNKINETIC, today
from tests.pictures.made import table

PNG, JPEG, MP4 = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"\0\0\0\x18ftypmp42"
"""The beginnings; nobody looks further here."""
EXERCISE = """
[[exercise]]
id = "own-one"
title = "Own"
kind = "{kind}"
region = "mouth"
do = "{do}"
{more}
"""
PROGRAMME = """
id = "evening"
version = 1
title = "Evening"
family = "{family}"
summary = "Before the night."
order = 25
stages = ["synkinetic"]
reviewed_by = "A. Therapist"

[[line]]
exercise = "own-one"
hold_s = {hold_s}
source = "D"
"""


def site(tmp_path: Path, text: str, **files: bytes) -> Path:
    """A clinic's folder with one file, ``ours.toml``, and these pictures; ``_`` in a name stands for its dot."""
    folder = tmp_path / "programmes"
    folder.mkdir(exist_ok=True)
    (folder / "ours.toml").write_text(text, encoding="utf-8")
    for name, raw in files.items():
        (folder / name.replace("_", ".")).write_bytes(raw)
    return folder


def pictures_of(library: Library) -> list[tuple[str, str, str]]:
    return [(picture.exercise, picture.file, picture.side.value) for picture in library.pictures]


def why(tmp_path: Path, text: str, **files: bytes) -> list[str]:
    """Why pictures were left out; the file itself is taken."""
    library = load(BUILTIN, site(tmp_path, text, **files))
    assert library.faults == ()
    assert len(library.pictures) + len(library.left_out) > 0
    return [str(fault) for fault in library.left_out]


def steps_for(library: Library, person: Person, exercise: str, programme: str) -> list[tuple[Side | None, str]]:
    plan = compile_plan(library, person, library.programmes[programme], today())
    return [(s.side, s.picture.file if s.picture else "") for s in plan.steps if s.exercise == exercise]


def test_a_picture_belongs_to_its_exercise_and_its_side(tmp_path: Path) -> None:
    """One for each side, a film among them; a file with nothing else is a file."""
    text = table("l.png") + table("r.mp4", side="right") + table("chin.jpg", "massage-chin", "both")
    library = load(BUILTIN, site(tmp_path, text, l_png=PNG, r_mp4=MP4, chin_jpg=JPEG))
    assert (library.faults, library.left_out) == ((), ())
    assert sorted(pictures_of(library)) == [
        ("massage-chin", "chin.jpg", "both"),
        ("release-cheek", "l.png", "left"),
        ("release-cheek", "r.mp4", "right"),
    ]
    assert {len(picture.content) for picture in library.pictures} == {64}


def test_it_is_shown_for_its_side_and_no_other(tmp_path: Path) -> None:
    """Whose right side is affected never sees a picture of the left: there the drawn head shows."""
    names = "ease-mouth", "gentle-care"
    left = load(BUILTIN, site(tmp_path, table("l.png", names[0]), l_png=PNG))
    assert load(BUILTIN).exercises[names[0]].sides == "strong"
    ill_right = replace(FLACCID, side=Side.RIGHT)
    assert set(steps_for(left, ill_right, *names)) == {(Side.LEFT, "l.png")}
    assert set(steps_for(left, FLACCID, *names)) == {(Side.RIGHT, "")}


def test_one_that_shows_both_sides_is_not_shown_where_they_are_done_in_turn(tmp_path: Path) -> None:
    """Two hands in the picture, one on the face: whoever has one hand sees one."""
    text = table("two.png", "massage-cheeks", "both") + table("one.png", "massage-cheeks", "left")
    library = load(BUILTIN, site(tmp_path, text, two_png=PNG, one_png=PNG))
    assert library.left_out == ()
    names = "massage-cheeks", "gentle-care"
    assert set(steps_for(library, FLACCID, *names)) == {(Side.BOTH, "two.png")}
    one_hand = set(steps_for(library, replace(FLACCID, one_hand=True), *names))
    assert one_hand == {(Side.LEFT, "one.png"), (Side.RIGHT, "")}


@pytest.mark.parametrize(
    ("exercise", "side"),
    [("massage-chin", "left"), ("release-cheek", "both"), ("small-smile", "left"), ("ease-mouth", "both")],
)
def test_a_side_that_is_never_done_is_named(tmp_path: Path, exercise: str, side: str) -> None:
    (told,) = why(tmp_path, table("a.png", exercise, side), a_png=PNG)
    assert told.startswith(f"ours.toml, line 4, picture[0].side: {side}: {exercise} is never done like this")


def test_one_that_nobody_reviewed_is_not_shown(tmp_path: Path) -> None:
    """Whatever else is right with it; the others in the file are shown."""
    for line in ("", 'reviewed_by = "  "\n'):
        text = table("a.png").replace('reviewed_by = "A. Reader"\n', line) + table("b.png", side="right")
        (told,) = why(tmp_path, text, a_png=PNG, b_png=PNG)
        assert "nobody has reviewed this picture, so it is not shown" in told
        assert told.startswith(f"ours.toml, line {5 if line else 1}, picture[0].reviewed_by")
        assert pictures_of(load(BUILTIN, tmp_path / "programmes")) == [("release-cheek", "b.png", "right")]


@pytest.mark.parametrize(
    "name", ["../a.png", "/etc/a.png", "a.gif", "a", "A B.png", "a.png.exe", "-a.png", "x" * 61 + ".png", "ä.png", ""]
)
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    (told,) = why(tmp_path, table(name), a_png=PNG)
    assert told.startswith("ours.toml")
    assert "picture[0].file" in told


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (None, "there is no such file"),
        (b"", "this is no PNG, JPEG or MP4 file"),
        (b"GIF89a", "this is no PNG, JPEG or MP4 file"),
        (b"<svg>" + PNG, "this is no PNG, JPEG or MP4 file"),
        (PNG + bytes(PICTURE_BYTES - len(PNG) + 1), "the picture is larger than 8 MiB"),
        (MP4 + bytes(FILM_BYTES - len(MP4) + 1), "the film is larger than 16 MiB"),
    ],
    ids=["none", "empty", "gif", "svg", "large", "large-film"],
)
def test_what_is_no_picture_is_named(tmp_path: Path, raw: bytes | None, says: str) -> None:
    files = {} if raw is None else {"a_png": raw}
    (told,) = why(tmp_path, table("a.png"), **files)
    assert told.startswith(f"a.png: {says};")


def test_the_largest_that_are_allowed(tmp_path: Path) -> None:
    """To the byte, one by one; all together they have a bound of their own."""
    full = MP4 + bytes(FILM_BYTES - len(MP4))
    sides = [("ease-forehead", "left"), ("ease-forehead", "right"), ("ease-cheek", "left"), ("ease-cheek", "right")]
    text = "".join(table(f"f{n}.mp4", *names) for n, names in enumerate(sides)) + table("a.png")
    files = {f"f{n}_mp4": full for n in range(4)}
    assert len(full) * 4 == ALL_BYTES
    (told,) = why(tmp_path, text, a_png=PNG, **files)
    assert told.startswith("a.png: all pictures and films together are larger than 64 MiB")


@pytest.mark.parametrize("what", ["link", "pipe", "folder"])
def test_what_is_no_plain_file_is_neither_followed_nor_waited_for(tmp_path: Path, what: str) -> None:
    folder = site(tmp_path, table("a.png"), other_png=PNG)
    place = folder / "a.png"
    if what == "link":
        place.symlink_to(folder / "other.png")
    elif what == "pipe":
        os.mkfifo(place)
    else:
        place.mkdir()
    library = load(BUILTIN, folder)
    assert library.pictures == ()
    (told,) = library.left_out
    assert told.file == "a.png"
    assert told.rule == "this is not a file" if what == "pipe" else "cannot be read" in told.rule


def test_an_exercise_that_nobody_has_is_named(tmp_path: Path) -> None:
    (told,) = why(tmp_path, table("a.png", "release-chek"), a_png=PNG)
    assert "no exercise has this id" in told


def test_two_for_one_side_are_one_too_many(tmp_path: Path) -> None:
    """The first counts, in whichever file it stands."""
    (told,) = why(tmp_path, table("a.png") + table("b.png"), a_png=PNG, b_png=PNG)
    assert "a.png shows this exercise on this side already" in told
    assert pictures_of(load(BUILTIN, tmp_path / "programmes")) == [("release-cheek", "a.png", "left")]


def test_so_many_pictures_at_most(tmp_path: Path) -> None:
    """Sixty in a file are read, and sixty of a site are used."""
    folder = site(tmp_path, "".join(table("a.png", f"x-{n}") for n in range(MOST_PICTURES)), a_png=PNG)
    (folder / "z.toml").write_text(table("a.png"), encoding="utf-8")
    told = [fault.rule for fault in load(BUILTIN, folder).left_out]
    assert told[-1] == "at most 60 pictures are used"
    assert len(told) == MOST_PICTURES + 1


def test_a_picture_may_stand_before_the_file_with_its_exercise(tmp_path: Path) -> None:
    """Files lean on each other; and what the file of a programme says of its own exercises counts too."""
    own = EXERCISE.format(kind="relax", do="Let the mouth be soft.", more="")
    folder = site(tmp_path, PROGRAMME.format(family="relax", hold_s=20) + own)
    (folder / "a-first.toml").write_text(table("a.png", "own-one", "both"), encoding="utf-8")
    (folder / "a.png").write_bytes(PNG)
    library = load(BUILTIN, folder)
    assert (library.faults, library.left_out) == ((), ())
    assert pictures_of(library) == [("own-one", "a.png", "both")]


def test_where_there_is_no_drawing_its_region_stands_in(tmp_path: Path) -> None:
    """A picture that fails must leave something; a movement needs a drawing for that."""
    own = EXERCISE.format(kind="relax", do="Let the mouth be soft.", more="")
    text = PROGRAMME.format(family="relax", hold_s=20) + own + table("a.png", "own-one", "both")
    library = load(BUILTIN, site(tmp_path, text, a_png=PNG))
    step = next(
        s
        for s in compile_plan(library, SYNKINETIC, library.programmes["evening"], today()).steps
        if s.exercise == "own-one"
    )
    assert (step.kind, step.show) == (StepKind.RELAX, Showing())
    assert step.picture is not None
    bare = load(BUILTIN, site(tmp_path, text.replace(table("a.png", "own-one", "both"), "")))
    plan = compile_plan(bare, SYNKINETIC, bare.programmes["evening"], today())
    assert {(s.show, s.picture) for s in plan.steps if s.exercise == "own-one"} == {(None, None)}
    moves = 'needs = ["smile"]\nphases = ["Smile a little", "Keep it", "Let go"]'
    moving = EXERCISE.format(kind="movement", do="Smile a little.", more=moves)
    (told,) = why(tmp_path, moving + table("a.png", "own-one", "both"), a_png=PNG)
    assert "own-one has no show, so nothing could stand in" in told


def test_a_key_that_is_none_leaves_the_picture_out_and_not_the_file(tmp_path: Path) -> None:
    (told,) = why(tmp_path, table("a.png", more="loud = true"), a_png=PNG)
    assert told.startswith("ours.toml, line 6, picture[0].loud: True: no such key")


def test_a_file_is_checked_with_the_pictures_beside_it(tmp_path: Path) -> None:
    """One side alone is no fault, but it is said."""
    folder = site(tmp_path, table("a.png") + table("b.png", "ease-mouth"), a_png=PNG)
    found = checked(folder / "ours.toml")
    assert [fault.file for fault in found.faults] == ["b.png"]
    assert [picture.file for picture in found.pictures] == ["a.png"]
    assert found.remarks == ("a.png shows release-cheek on the left; on the right the head shows.",)


def test_what_was_not_said_is_the_careful_answer() -> None:
    """Taken from the front: it is turned over, as every mirror does."""
    assert not OwnPicture(exercise="a", file="a.png", side=Side.LEFT, reviewed_by="x").mirrored
