"""Files: what ships, what a clinic adds, and what happens to a file that is wrong."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from kiosk.care.model import Movement, Region
from kiosk.care.plan import compile_plan, prompts
from kiosk.programmes.shelf import check_file, load
from tests.care.people import BUILTIN, PARETIC, SYNKINETIC, shipped, today

OWN = """
id = "evening"
version = 3
title = "Evening"
family = "relax"
summary = "Rest before the night."
order = 25
stages = ["paretic"]
reviewed_by = "A. Therapist"

[[line]]
exercise = "relax-jaw"
hold_s = 20
source = "D"

[[line]]
exercise = "evening-hum"
hold_s = 20
source = "D"

[[exercise]]
id = "evening-hum"
title = "Hum"
kind = "relax"
region = "mouth"
do = "Hum softly."
"""

CARD = """
[[card]]
id = "ward"
title = "Our ward"
order = 1
pages = ["Do not squeeze. Press the bell."]
"""


def site(tmp_path: Path, **files: str | bytes) -> Path:
    """A clinic's folder with these files."""
    folder = tmp_path / "programmes"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        raw = text if isinstance(text, bytes) else text.encode()
        (folder / f"{name}.toml").write_bytes(raw)
    return folder


def test_what_ships_has_no_faults() -> None:
    """The kiosk ships five programmes, five cards and no fault."""
    library = shipped()
    assert library.faults == ()
    assert list(library.programmes) == ["releases", "relax", "gentle-care", "first-movements", "quiet-control"]
    assert list(library.cards) == ["eye-care", "things-to-avoid", "synkinesis", "botulinum-toxin", "call-for-help"]
    assert library.programmes["quiet-control"].line_needs[-1] == (Movement.LIPS, Movement.SMILE)


def test_a_clinic_adds_a_programme(tmp_path: Path) -> None:
    """A file in the clinic's folder adds its programme and exercises; they play at once."""
    library = load(BUILTIN, site(tmp_path, evening=OWN))
    assert library.faults == ()
    assert list(library.programmes)[:3] == ["releases", "relax", "evening"]
    plan = compile_plan(library, PARETIC, library.programmes["evening"], today())
    assert [step.sentence for step in plan.steps][-1] == "Hum softly."
    assert plan.version == 3


def test_a_clinic_overrides_by_id(tmp_path: Path) -> None:
    """The same id replaces the built-in; what ships stays where nothing replaces it."""
    text = (BUILTIN / "relax.toml").read_text().replace('title = "Relax"', 'title = "Our rest"')
    library = load(BUILTIN, site(tmp_path, ours=text))
    assert library.faults == ()
    assert library.programmes["relax"].title == "Our rest"
    assert library.programmes["gentle-care"] == shipped().programmes["gentle-care"]


def test_a_reviewed_release_of_the_clinic_speaks_with_its_own_prompts(tmp_path: Path) -> None:
    """Words of a clinic get prompt ids of their own, so that shipped recordings never say something else."""
    tables = (BUILTIN / "exercises.toml").read_text().split("[[exercise]]")
    table = next(t for t in tables if 'id = "release-chin"' in t).split("\n#")[0]
    library = load(BUILTIN, site(tmp_path, chin=f'[[exercise]]{table}reviewed_by = "A. Therapist"\n'))
    assert library.faults == ()
    plan = compile_plan(library, SYNKINETIC, library.programmes["releases"], today(), regions=(Region.CHIN_JAW,))
    assert plan.steps[0].prompt_start == "site.release-chin.start"
    assert plan.steps[0].feel == "A slow, easy stretch."
    assert prompts(library)["site.release-chin.start"] == plan.steps[0].sentence


def test_files_of_a_clinic_may_lean_on_each_other(tmp_path: Path) -> None:
    """A programme finds exercises of another file, whatever the files are called."""
    programme, exercise = OWN.split("[[exercise]]")
    library = load(BUILTIN, site(tmp_path, a=programme, b="[[exercise]]" + exercise))
    assert library.faults == ()
    assert "evening" in library.programmes


def test_two_files_of_one_id_are_told_apart(tmp_path: Path) -> None:
    """The second file with an id is left out and names the first."""
    library = load(BUILTIN, site(tmp_path, a=OWN, b=OWN))
    assert {fault.file for fault in library.faults} == {"b.toml"}
    assert "a.toml" in library.faults[0].rule
    assert "evening" in library.programmes


def test_a_bad_file_is_left_out_whole(tmp_path: Path) -> None:
    """One wrong line leaves out the whole file, nothing else, and the fault says file, line, value, rule, action."""
    library = load(BUILTIN, site(tmp_path, evening=OWN.replace("hold_s = 20", "hold_s = 2000", 1), good=CARD))
    (fault,) = library.faults
    assert str(fault) == (
        "evening.toml, line 13, line[0].hold_s: 2000.0: 0.5 to 300 seconds are right for relax; change it."
    )
    assert "evening" not in library.programmes
    assert "evening-hum" not in library.exercises
    assert "ward" in library.cards
    assert len(library.programmes) == 5


def test_every_reason_is_named_at_once(tmp_path: Path) -> None:
    """A person correcting a file sees all reasons, with the nearest known word for a slip."""
    text = OWN.replace('family = "relax"', 'family = "relaxe"').replace("order = 25", "ordre = 25")
    text = text.replace('region = "mouth"', 'region = "mouht"').replace("hold_s = 20", "hold_s = true")
    faults = check_file(site(tmp_path, evening=text) / "evening.toml")
    assert {(fault.where.split(", ")[-1], fault.action) for fault in faults} == {
        ("family", 'did you mean "relax"'),
        ("order", "add order"),
        ("ordre", 'did you mean "order"'),
        ("line[0].hold_s", "write a number from 0 to 3600"),
        ("line[1].hold_s", "write a number from 0 to 3600"),
        ("exercise[0].region", 'did you mean "mouth"'),
    }


def test_an_unknown_exercise_names_the_nearest(tmp_path: Path) -> None:
    """A misspelt exercise is a fault that says which one was meant."""
    (fault,) = check_file(site(tmp_path, evening=OWN.replace('"relax-jaw"', '"relax-jaws"')) / "evening.toml")
    assert fault.action == 'did you mean "relax-jaw"'


def test_an_exercise_may_not_turn_a_programme_into_something_else(tmp_path: Path) -> None:
    """Replacing a restful exercise by a movement would move a flaccid face: the file is left out."""
    text = '[[exercise]]\nid = "relax-jaw"\ntitle = "Jaw"\nkind = "movement"\nregion = "chin-jaw"\n'
    text += 'needs = ["smile"]\ndo = "Move."\nphases = ["Move so", "Keep it", "Let go"]\n'
    library = load(BUILTIN, site(tmp_path, jaw=text))
    assert library.exercises["relax-jaw"] == shipped().exercises["relax-jaw"]
    assert "the programme relax uses this" in str(library.faults)


def test_cards_of_a_clinic(tmp_path: Path) -> None:
    """A clinic may write its own card, in words that instructions may not use."""
    library = load(BUILTIN, site(tmp_path, ward=CARD))
    assert library.faults == ()
    assert next(iter(library.cards)) == "ward"
    assert prompts(library)["card.ward.1"] == "Do not squeeze. Press the bell."


HUMMED = 'phases = ["Hum now", "Keep it", "Let go"]'
EXERCISE_FAULTS = [
    ('kind = "relax"', f'kind = "movement"\n{HUMMED}', "needs"),
    ('kind = "relax"', 'kind = "relax"\nneeds = ["smile"]', "needs"),
    ('kind = "relax"', 'kind = "movement"\nneeds = ["smile"]\nstages = ["flaccid"]\n' + HUMMED, "stages"),
    ('kind = "relax"', 'kind = "massage"', "hands"),
    ('kind = "relax"', 'kind = "glasses"', "kind"),
    ('kind = "relax"', 'kind = "relax"\nglasses_off = true', "glasses_off"),
    ('kind = "relax"', 'kind = "relax"\neyes_closed = true', "do"),
    ('kind = "relax"', 'kind = "relax"\nsides = "each"', "do"),
    ('kind = "relax"', 'kind = "relax"\npermission = "constant-pain"', "permission"),
    ('kind = "relax"', 'kind = "relax"\navoid = ["numb_eye", "numb_eye"]', "avoid"),
    ('id = "evening-hum"', 'id = "quiet"', "id"),
    ('id = "evening-hum"', 'id = "Evening Hum"', "id"),
    ("Hum softly.", "Hum. Hum. Hum.", "do"),
    ("Hum softly.", "Hum softly on {side} cheek.", "do"),
    ("Hum softly.", "Hum {softly}.", "do"),
    ("Hum softly.", "H" + "u" * 90 + "m.", "do"),
    ("Hum softly.", "Hum on. Now it is time to hum a little more on and on. {sides}", "do"),
    ("Hum softly.", "  ", "do"),
    ("Hum softly.", "Hum\\u202e softly.", "do"),
    ("Hum softly.", "Hum\\u0007 softly.", "do"),
]


@pytest.mark.parametrize(("old", "new", "key"), EXERCISE_FAULTS)
def test_exercises_that_are_rejected(tmp_path: Path, old: str, new: str, key: str) -> None:
    """Each rule for an exercise names the key that breaks it."""
    table = OWN[OWN.index("[[exercise]]") :]
    assert old in table
    faults = check_file(site(tmp_path, own=table.replace(old, new)) / "own.toml")
    assert [fault.where.split(".")[-1] for fault in faults] == [key]


RELEASE_KEYS = ["landmark", "fingers", "direction", "one_hand"]


@pytest.mark.parametrize("key", RELEASE_KEYS)
def test_a_release_describes_its_touch(tmp_path: Path, key: str) -> None:
    """A release without landmark, fingers, direction or one-hand form is rejected."""
    tables = (BUILTIN / "exercises.toml").read_text().split("[[exercise]]")
    table = next(t for t in tables if 'id = "release-chin"' in t)
    kept = "\n".join(line for line in table.splitlines() if not line.startswith(f"{key} ="))
    faults = check_file(site(tmp_path, own=f"[[exercise]]{kept}\n") / "own.toml")
    assert [fault.where.split(".")[-1] for fault in faults] == [key]


PROGRAMME_FAULTS = [
    ('family = "relax"', 'family = "releases"', {"line"}),
    ('family = "relax"', 'family = "cards"', {"family"}),
    ('family = "relax"', 'family = "first-movements"', {"line"}),
    ('family = "relax"', 'family = "relax"\nview = "mirror"', {"view"}),
    ('family = "relax"', 'family = "relax"\nper_day = 25', {"per_day"}),
    ('stages = ["paretic"]', "stages = []", {"stages"}),
    ('exercise = "relax-jaw"', 'exercise = "relax-jaw"\npack = "chin-jaw"', {"line[0].pack"}),
    ('exercise = "relax-jaw"', 'exercise = "massage-chin"', {"line[0].exercise"}),
    ('source = "D"', 'source = "X"', {"line[0].source", "line[1].source"}),
    ("version = 3", "version = 0", {"version"}),
    ("version = 3", "version = 3.5", {"version"}),
    ('summary = "Rest before the night."', 'summary = "Rest hard."', {"summary"}),
    ("hold_s = 20", "hold_s = 20\nshort_hold_s = 30", {"line[0].short_hold_s", "line[1].short_hold_s"}),
]


@pytest.mark.parametrize(("old", "new", "keys"), PROGRAMME_FAULTS)
def test_programmes_that_are_rejected(tmp_path: Path, old: str, new: str, keys: set[str]) -> None:
    """Each rule for a programme names the key that breaks it."""
    assert old in OWN
    faults = check_file(site(tmp_path, own=OWN.replace(old, new)) / "own.toml")
    found = {fault.where.split(", ")[-1] for fault in faults}
    assert found == keys


@pytest.mark.parametrize("view", ["good-side"])
def test_quiet_control_never_reflects_a_half(tmp_path: Path, view: str) -> None:
    """The reflected half would hide the pull that quiet control is about."""
    text = (BUILTIN / "quiet-control.toml").read_text().replace('view = "feel"', f'view = "{view}"')
    assert [fault.where.split(", ")[-1] for fault in check_file(site(tmp_path, e=text) / "e.toml")] == ["view"]


HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "only-language": b'language = "en"\n',
    "not-toml": b"what is this?\n",
    "not-utf8": b'id = "\xff\xfe"\n',
    "nul": b'id = "a\x00b"\n',
    "deep-list": b"x = " + b"[" * 2000 + b"]" * 2000,
    "deep-list-key": b"stages = " + b"[" * 400 + b"]" * 400 + b'\nid = "a"\n',
    "dotted-key": b".".join([b"a"] * 30_000) + b" = 1\n",
    "short-dotted-keys": b"".join(b".".join([b"a"] * 1000) + b".b%d = 1\n" % i for i in range(20)),
    "huge-number": b"order = " + b"9" * 2400 + b"\n",
    "huge-exponent": b'id = "a"\norder = 1e999\n',
    "digits": b"order = 0x" + b"f" * 2000 + b"\n",
    "line-of-spaces": b" " * 60_000 + b"x\n",
    "megabyte": b'title = "' + b"a" * 1_000_000 + b'"\n',
    "long-strings": b"".join(b't%d = "%s"\n' % (i, b"a" * 2000) for i in range(30)),
    "many-tables": b"[[line]]\n" * 7_000,
    "tables-for-values": b"[title]\n[family]\n[order]\n[[stages]]\n[id]\n",
    "values-for-tables": b'line = 3\nexercise = "x"\ncard = [1, 2]\n',
    "mixed-tables": b"exercise = [{}, 1]\n",
    "times": b"id = 2026-01-01\ntitle = 10:00:00\norder = 2026-01-01T00:00:00Z\n",
    "keys": b'"\\u0000\\u202e" = 1\n"' + b"k" * 2000 + b'" = 2\n"" = 3\n',
    "nan": b'[[line]]\nexercise = "relax-jaw"\nhold_s = nan\nsource = "D"\nin_s = inf\nrepetitions = -0\n',
    "negative": b'id = "a"\nversion = -1\norder = -99999999999999999999\nper_day = 0\n',
    "pages": b'[[card]]\nid = "a"\ntitle = "A"\npages = [[1], {a = 1}, "b"]\n',
    "card-twice": b'[[card]]\nid = "a"\ntitle = "A"\npages = ["b"]\n' * 2,
    "exercise-empty": b"[[exercise]]\n[[card]]\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_named_and_never_stop_the_kiosk(tmp_path: Path, name: str) -> None:
    """Whatever stands in a file, the library loads, the file is named, and its reasons are short printable lines."""
    library = load(BUILTIN, site(tmp_path, **{name: HOSTILE[name]}))
    assert library.faults
    assert {fault.file for fault in library.faults} == {f"{name}.toml"}
    assert library.programmes == shipped().programmes
    assert library.exercises == shipped().exercises
    assert len(library.faults) <= 50
    for fault in library.faults:
        assert str(fault).isprintable()
        assert len(str(fault)) < 1_500
        assert fault.rule
        assert fault.action


def test_a_key_that_takes_a_minute_to_read_is_not_read(tmp_path: Path) -> None:
    """A line that would keep the reader of TOML busy is refused by its length."""
    folder = site(tmp_path, dotted=HOSTILE["dotted-key"])
    assert ["longer than 2500 bytes" in fault.rule for fault in check_file(folder / "dotted.toml")] == [True]


def test_things_that_are_no_files(tmp_path: Path) -> None:
    """Folders, pipes, dead links and unreadable names are named; a pipe does not block."""
    folder = site(tmp_path)
    (folder / "folder.toml").mkdir()
    os.mkfifo(folder / "pipe.toml")
    (folder / "link.toml").symlink_to(tmp_path / "nowhere.toml")
    (folder / "loop.toml").symlink_to(folder / "loop.toml")
    (folder / ".hidden.toml").write_text("?")
    (folder / "notes.txt").write_text("?")
    library = load(BUILTIN, folder)
    assert {fault.file for fault in library.faults} == {"folder.toml", "pipe.toml", "link.toml", "loop.toml"}
    assert {fault.rule for fault in library.faults if fault.file == "pipe.toml"} == {"this is not a file"}


def test_no_folder_and_too_many_files(tmp_path: Path) -> None:
    """A missing folder is no fault; past the fiftieth file the rest are named and left out."""
    assert load(BUILTIN, tmp_path / "nothing").faults == ()
    text = '[[card]]\nid = "card-{0}"\ntitle = "A"\npages = ["b"]\n'
    folder = site(tmp_path, **{f"card{i:02}": text.format(i) for i in range(52)})
    library = load(BUILTIN, folder)
    assert [fault.file for fault in library.faults] == ["card50.toml", "card51.toml"]
    assert len(library.cards) == 55
    not_a_folder = tmp_path / "file"
    not_a_folder.write_text("")
    assert [fault.file for fault in load(BUILTIN, not_a_folder).faults] == ["file"]


@pytest.mark.parametrize("name", sorted(path.name for path in BUILTIN.glob("*.toml")))
def test_a_missing_shipped_file_is_a_fault_and_the_rest_works(tmp_path: Path, name: str) -> None:
    """Each shipped file deleted in turn: it is named, and what does not need it still plays."""
    folder = tmp_path / "shipped"
    shutil.copytree(BUILTIN, folder)
    (folder / name).unlink()
    library = load(folder, site(tmp_path, evening=OWN))
    assert any(fault.file == name and "missing" in fault.rule for fault in library.faults)
    assert library.cards or name == "cards.toml"
    if name == "words.toml":
        assert any(fault.file == "evening.toml" and "checked" in fault.rule for fault in library.faults)
        assert list(library.programmes) == list(shipped().programmes)
    elif name not in ("exercises.toml", "cards.toml", "scales.toml"):
        assert len(library.programmes) + len(library.sets) == 7


def test_bom_and_windows_lines_are_read(tmp_path: Path) -> None:
    """A file saved by a Windows editor is as good as any."""
    library = load(BUILTIN, site(tmp_path, evening=b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode()))
    assert library.faults == ()
    assert "evening" in library.programmes


def test_the_page_for_clinics_is_true(tmp_path: Path) -> None:
    """Each example on the page can be used as it stands, and each key that a file may hold is explained there."""
    page = (BUILTIN.parents[1] / "docs" / "programmes.md").read_text()
    examples = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 4
    for example in examples:
        for picture in re.findall(r'^file = "(.*)"', example, re.M):
            (site(tmp_path) / picture).write_bytes(b"\0\0\0\x18ftypmp42")
        text = "\n".join(line.strip() for line in example.splitlines())
        assert check_file(site(tmp_path, example=text) / "example.toml") == []
    assert all(f"`{key}`" in page for key in ("file", "side", "mirrored", "[[picture]]"))
    for text in (path.read_text() for path in BUILTIN.glob("*.toml") if path.name != "words.toml"):
        assert all(f"`{key}`" in page or f"\n{key} = " in page for key in re.findall(r"^([a-z_]+) = ", text, re.M))


def test_checking_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The command's question about a missing file is answered, not raised."""
    assert [fault.rule for fault in check_file(tmp_path / "none.toml")] == ["the file is missing"]
