"""Both sides of the numbers of care, what is so where nobody said anything, and the sentences of its errors."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from kiosk.care import model
from kiosk.care.caps import hold_limit_s, plan_breaks, work_ms
from kiosk.care.consent import agreed, is_code, new_code
from kiosk.care.library import Library
from kiosk.care.model import (
    Card,
    Dose,
    Exercise,
    Family,
    Line,
    Movement,
    Permission,
    Plan,
    Programme,
    Region,
    Side,
    Stage,
    Step,
    StepKind,
    ViewMode,
)
from kiosk.care.outcomes import OUTCOMES, Outcome, Practice, practice_of
from kiosk.care.person import Injection, Onset, OnsetBand, PainAt, Person
from kiosk.care.plan import compile_plan
from kiosk.care.reasons import FOR_STAFF, REASONS, ClosedReason
from kiosk.care.rules import Verdict
from kiosk.care.texts import SpokenStep, Variant, card_prompts, exercise_prompts, spoken, variants
from kiosk.care.today import Today
from kiosk.care.words import SideWords, day_words, short_months, weekday_words
from kiosk.errors import RuleError
from kiosk.faults import Fault
from kiosk.programmes.reading import FileSheet, TomlTable
from kiosk.programmes.shelf import check_file, load
from kiosk.programmes.wording import Wording, unreadable
from tests.care.people import BUILTIN, DAY, FLACCID, PARETIC, SYNKINETIC, TICKS, shipped, today

# Where nobody said anything.

GIVEN: dict[type[msgspec.Struct], dict[str, object]] = {
    Person: {"code": "C2D3FH"},
    Exercise: {"id": "a", "title": "A", "kind": StepKind.RELAX, "region": Region.MOUTH, "do": "Rest."},
    Dose: {"hold_s": 3.0, "source": "D"},
    Line: {"exercise": "a", "dose": Dose(hold_s=3.0, source="D")},
    Programme: {"id": "a", "version": 1, "title": "A", "family": Family.RELAX, "summary": "S.", "order": 1,
                "stages": (), "lines": ()},
    Card: {"id": "a", "title": "A", "pages": ()},
    Step: {"exercise": "a", "kind": StepKind.RELAX, "region": Region.MOUTH, "side": None, "title": "A",
           "sentence": "S.", "phases": ("A",), "hold_ms": 3_000},
    Plan: {"programme": "a", "version": 1, "title": "A", "family": Family.RELAX, "steps": ()},
    Onset: {},
    Injection: {"given_on": DAY, "regions": ()},
}  # fmt: skip
UNSAID: dict[type[msgspec.Struct], dict[str, object]] = {
    # Nothing is ticked, allowed or opened, every question about safety is unasked, and cues are on.
    Person: {
        **dict.fromkeys(("stage", "side", "onset", "cause", "graft", "numb_eye", "eye_surgery"), None),
        **dict.fromkeys(("swallowing_risk", "carotid_disease", "ticks_reviewed_on", "view_mode", "pause_until"), None),
        **dict.fromkeys(("glasses", "contact_lenses", "eye_drops", "lids", "lids_taken"), None),
        **dict.fromkeys(("stiffer", "full_eye_closure", "one_hand", "pain_locked", "linked_review"), False),
        **dict.fromkeys(("ticks", "injections", "permissions", "overrides", "locked", "doses"), ()),
        "language": "en", "cues": True, "pain_at": None, "pain_locked_on": None, "flags": 0, "reviewed_by": "",
    },
    Exercise: {
        **dict.fromkeys(("feel", "finish", "landmark", "fingers", "direction", "one_hand", "reviewed_by"), ""),
        **dict.fromkeys(("hands", "glasses_off", "eyes_closed", "site"), False),
        **dict.fromkeys(("needs", "avoid", "stages", "phases"), ()),
        "sides": "both", "permission": None, "show": None, "pictures": (),
    },
    Dose: {"in_s": 0, "out_s": 0, "rest_s": 0, "repetitions": 1, "note": ""},
    Line: {"short_hold_s": None, "pack": None},
    Programme: {"per_day": None, "per_day_source": "D", "view": ViewMode.FEEL, "reviewed_by": "", "line_needs": ()},
    Card: {"order": 0},
    Step: {
        **dict.fromkeys(("hands_up_ms", "in_ms", "out_ms", "rest_ms", "block"), 0),
        **dict.fromkeys(("hands", "glasses_off", "eyes_closed"), False),
        **dict.fromkeys(("feel", "prompt_start", "prompt_middle", "prompt_end"), ""),
        "lead_in_ms": 5_000, "repetitions": 1, "needs": (), "view": ViewMode.FEEL,
        "other_side": False, "prompt_phases": (), "show": None, "picture": None, "still": False,
    },
    Plan: {"relax": (), "why": ""},
    Onset: {"on": None, "band": OnsetBand.UNKNOWN, "attested_on": None},
    Injection: {"no_touch_until": None},
}  # fmt: skip


@pytest.mark.parametrize("kind", GIVEN, ids=lambda kind: kind.__name__)
def test_what_was_not_said_is_the_careful_answer(kind: type[msgspec.Struct]) -> None:
    """A field that begins with anything else would open, allow or claim what nobody said."""
    given = GIVEN[kind]
    made = msgspec.structs.asdict(kind(**given))
    assert made == {**given, **UNSAID[kind]}


STRUCTS = [one for one in vars(model).values() if isinstance(one, type) and issubclass(one, msgspec.Struct)]


@pytest.mark.parametrize("kind", STRUCTS, ids=lambda kind: kind.__name__)
def test_a_value_of_care_never_changes_and_is_made_by_names(kind: type[msgspec.Struct]) -> None:
    """A plan that two hold is the same plan; no two fields are mixed up; what a file may not hold is refused."""
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.forbid_unknown_fields or kind in (Step, Plan), "made here, never read"
    with pytest.raises(TypeError, match="positional"):
        kind(*("x" for _ in kind.__struct_fields__))


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (PainAt, {"boot_id": "b" * 120, "t_boot_ms": 0}, {"boot_id": "b" * 121, "t_boot_ms": 0}),
        (PainAt, {"boot_id": "b", "t_boot_ms": 10**15}, {"boot_id": "b", "t_boot_ms": 10**15 + 1}),
        (PainAt, {"boot_id": "b", "t_boot_ms": 0}, {"boot_id": "b", "t_boot_ms": -1}),
        (Person, {"code": "C2D3FH", "flags": 0}, {"code": "C2D3FH", "flags": -1}),
    ],
)
def test_what_is_read_back_of_a_person_lies_within_its_bounds(
    kind: type[msgspec.Struct], good: dict[str, object], bad: dict[str, object]
) -> None:
    assert msgspec.convert(good, kind)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, kind)


def test_of_a_day_of_which_nothing_is_said_nothing_is_lost_and_nothing_practised() -> None:
    at = Today(day=DAY, certain=True, now_ms=7)
    assert {one.name: getattr(at, one.name) for one in fields(Today)} == {
        **dict.fromkeys(("earliest", "latest", "last_active_ended_ms", "pain_over"), None),
        **dict.fromkeys(("red_stuck", "doubted", "unchecked"), False),
        "begun_today": {}, "done_today": {}, "practised_on": frozenset(),
        "day": DAY, "certain": True, "now_ms": 7, "active_begun_today": 0, "new_day": True,
    }  # fmt: skip
    assert (at.surely, at.perhaps) == (DAY, DAY)
    early, late = DAY - timedelta(days=9), DAY + timedelta(days=9)
    between = Today(day=DAY, certain=False, now_ms=7, earliest=early, latest=late)
    assert (between.surely, between.perhaps) == (early, late)


def test_small_values_begin_empty() -> None:
    assert (Verdict(True).reasons, ClosedReason("a", "A.").overridable, Outcome("a").flag) == ((), False, None)
    assert Variant() == Variant(side=None, words=SideWords.BOTH, one_hand=False, sound=True)
    nothing = Library()
    assert (nothing.programmes, nothing.exercises, nothing.cards, nothing.faults, nothing.sources) == (
        {},
        {},
        {},
        (),
        {},
    )


# Codes of persons.


def test_the_check_character_of_a_code() -> None:
    """By the weights 2 to 6 the six characters sum up to a multiple of 23; worked out by hand for the first codes."""
    assert new_code(0) == "222222", "0 in all places"
    assert new_code(1) == "32222W", "1 · 2 = 2, and W (21) makes 23"
    assert new_code(23) == "23222V", "1 · 3 = 3, and V (20) makes 23"
    assert new_code(23**4) == "22223P", "1 · 6 = 6, and P (17) makes 23"
    assert new_code(-1) == new_code(1)
    assert new_code(23**5) == new_code(0), "what is beyond five characters is not used"
    assert not is_code("22222")
    assert not is_code("2222222")
    assert not is_code("")


def test_consent_is_what_was_agreed_to_in_its_order() -> None:
    person = replace(FLACCID, permissions=(Permission.REPLAYS, Permission.NECK, Permission.CLIPS))
    assert agreed(person) == (Permission.CLIPS, Permission.REPLAYS)
    assert agreed(FLACCID) == ()


# Hard rules, in their sentences.

MOVE = Step(
    exercise="smile", kind=StepKind.MOVEMENT, region=Region.MOUTH, side=None, title="Smile", sentence="Smile.",
    phases=("Smile",), in_ms=3_000, hold_ms=3_000, out_ms=3_000, rest_ms=8_000, repetitions=3,
)  # fmt: skip
REST = replace(MOVE, kind=StepKind.RELAX, in_ms=0, out_ms=0, rest_ms=0, repetitions=1, hold_ms=30_000, lead_in_ms=0)
BREAKS = [
    ((MOVE,), (), []),
    ((replace(MOVE, hold_ms=5_000),), (), []),
    ((replace(MOVE, hold_ms=5_001),), (), ["step 1 (smile): a hold of 5.001 s; above 0 and at most 5 s"]),
    ((replace(MOVE, hold_ms=1),), (), []),
    ((replace(MOVE, hold_ms=0),), (), ["step 1 (smile): a hold of 0 s; above 0 and at most 5 s"]),
    ((replace(REST, hold_ms=300_000),), (), []),
    ((REST, replace(REST, hold_ms=300_001)), (), ["step 2 (smile): a hold of 300.001 s; above 0 and at most 300 s"]),
    ((REST,), (replace(REST, in_ms=-1),), ["step 2 (smile): a time is below zero"]),
    ((replace(REST, hands_up_ms=-1),), (), ["step 1 (smile): a time is below zero"]),
    ((replace(REST, lead_in_ms=-1),), (), ["step 1 (smile): a time is below zero"]),
    ((replace(REST, out_ms=-1),), (), ["step 1 (smile): a time is below zero"]),
    ((replace(REST, rest_ms=-1),), (), ["step 1 (smile): a time is below zero"]),
    ((replace(REST, repetitions=0),), (), ["step 1 (smile): 0 repetitions; from 1 to 10"]),
    ((replace(REST, repetitions=10, rest_ms=5_000),), (), []),
    ((replace(REST, repetitions=11, rest_ms=5_000),), (), ["step 1 (smile): 11 repetitions; from 1 to 10"]),
    ((replace(MOVE, rest_ms=4_999),), (), ["step 1 (smile): a rest of 4.999 s between repetitions; at least 5 s"]),
    ((replace(MOVE, rest_ms=0, repetitions=1),), (), []),
    (
        (replace(MOVE, rest_ms=0, repetitions=2),),
        (),
        ["step 1 (smile): a rest of 0 s between repetitions; at least 5 s"],
    ),
    ((replace(MOVE, lead_in_ms=4_999),), (), ["step 1 (smile): a movement begins after 4.999 s; at least 5 s"]),
    ((replace(MOVE, lead_in_ms=2_000, hands_up_ms=3_000),), (), []),
    ((REST,), (MOVE,), ["what a tired person is offered instead contains movement"]),
    ((MOVE, MOVE, MOVE, MOVE), (), ["a block of movement of 192 s; at most 180 s"]),
    ((MOVE, MOVE, REST, MOVE, MOVE), (), []),
    ((MOVE, MOVE, replace(REST, hold_ms=29_999), MOVE, MOVE), (), ["a block of movement of 221.999 s; at most 180 s"]),
    ((MOVE, MOVE, replace(REST, hold_ms=15_000), replace(REST, hold_ms=15_000), MOVE, MOVE), (), []),
    ((REST, MOVE, MOVE, MOVE, replace(REST, hold_ms=10_000)), (), []),
]


@pytest.mark.parametrize(("steps", "instead", "why"), BREAKS)
def test_hard_rules_of_a_plan_are_named_whole(
    steps: tuple[Step, ...], instead: tuple[Step, ...], why: list[str]
) -> None:
    """Rule 3, at its bounds."""
    made = Plan(programme="a", version=1, title="A", family=Family.FIRST_MOVEMENTS, steps=steps, relax=instead)
    assert plan_breaks(made, Stage.PARETIC) == why
    assert plan_breaks(made, None) == why


def test_fifteen_minutes_of_movement_are_allowed_and_not_a_second_more() -> None:
    """Rule 3: 18 movements of 48 s and one of 36; and where movement has no place at all."""
    last = replace(MOVE, in_ms=2_000, hold_ms=4_000, out_ms=2_000, rest_ms=7_000, repetitions=2, lead_in_ms=13_000)
    assert last.duration_ms == 36_000
    steps = ((MOVE, MOVE, REST) * 9) + (last,)
    made = Plan(programme="a", version=1, title="A", family=Family.QUIET_CONTROL, steps=steps)
    assert plan_breaks(made, Stage.SYNKINETIC) == []
    longer = replace(made, steps=(*steps[:-1], replace(last, lead_in_ms=14_000)))
    assert plan_breaks(longer, Stage.SYNKINETIC) == ["901 s of movement in one session; at most 900 s"]
    one = replace(made, steps=(MOVE,))
    assert plan_breaks(one, Stage.FLACCID) == ["a plan for the flaccid stage contains movement"]
    assert plan_breaks(replace(one, family=Family.CARE), Stage.PARETIC) == [
        "a plan of the family care contains movement"
    ]


def test_how_long_a_step_works() -> None:
    """Hands up and lead-in are no work; rests between are."""
    step = replace(MOVE, hands_up_ms=10_000, lead_in_ms=5_000)
    assert (step.duration_ms, work_ms(step)) == (58_000, 43_000)
    assert [hold_limit_s(kind) for kind in (StepKind.BLINK, StepKind.EASE, StepKind.QUIET)] == [5, 30, 300]


def refusal(person: Person, programme: Programme, at: Today | None = None, library: Library | None = None) -> str:
    with pytest.raises(RuleError) as told:
        compile_plan(library or shipped(), person, programme, at or today())
    return str(told.value)


def test_why_no_plan_is_made_is_said_whole() -> None:
    """Who, which programme, which rules; and the words of the first."""
    made = shipped().programmes
    assert refusal(replace(PARETIC, side=None, graft=True), made["first-movements"]) == (
        "first-movements is closed for C2D3FH (graft, no-side): "
        "After your operation, ask your surgeon which movements fit."
    )
    blind = replace(made["quiet-control"], line_needs=())
    assert refusal(replace(SYNKINETIC, ticks=TICKS[4:]), blind) == (
        "nothing of quiet-control is left for C2D3FH today: review ticks and conditions"
    )
    lines = tuple(replace(one, dose=replace(one.dose, hold_s=6.0)) for one in made["first-movements"].lines[-1:])
    assert refusal(PARETIC, replace(made["first-movements"], lines=lines)) == (
        "first-movements for C2D3FH would break a rule: step 1 (small-nose): a hold of 6 s; above 0 and at most 5 s"
    )


def test_without_any_programme_of_rest_nothing_is_offered_instead() -> None:
    kept = {name: one for name, one in shipped().programmes.items() if one.family is not Family.RELAX}
    library = Library(programmes=kept, exercises=shipped().exercises)
    assert compile_plan(library, PARETIC, kept["first-movements"], today()).relax == ()


# Files that ship.


def damaged(tmp_path: Path, name: str, old: str, new: str) -> list[str]:
    """The faults of what ships with one place of one file changed."""
    for path in BUILTIN.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        if path.name == name:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    return [str(fault) for fault in load(tmp_path).faults if fault.file == name]


NO_LIST = "words.toml, line 8, forbidden.en: {}: a list of words; install the kiosk again."
WORDS_DAMAGE = [
    ("[forbidden]", "[forbiden]",
     ["words.toml, line 7, forbiden: {'en': ['squeez*', 'tighten*', 'hard', 'harder', 'hardest',…: no such key; "
      "install the kiosk again.",
      "words.toml, forbidden: None: a table with lists of words for en; install it again."]),
    ("\nen = [", "\nen = 3\nxx = [", [NO_LIST.format("3")]),
    ("\nen = [", "\nen = []\nxx = [", [NO_LIST.format("[]")]),
    ("\nen = [", "\nen = [3]\nxx = [",
     [NO_LIST.format("[3]")]),
    ("\nen = [", '\nen = ["*"]\nxx = [',
     [NO_LIST.format("['*']")]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), WORDS_DAMAGE)
def test_lists_of_words_that_cannot_be_used_are_named(tmp_path: Path, old: str, new: str, told: list[str]) -> None:
    """Without its list a language would be unchecked: that is said, with where and what to do."""
    assert damaged(tmp_path, "words.toml", old, new) == told


def test_the_list_of_english_and_every_meaning_are_needed(tmp_path: Path) -> None:
    """A list that is missing names all that is needed."""
    (fault,) = damaged(tmp_path, "words.toml", "\nen = [", "\nxx = [")
    assert fault.endswith(": a table with lists of words for en; install it again.")
    text = (BUILTIN / "words.toml").read_text(encoding="utf-8")
    assert "\nneck = " in text
    (fault,) = damaged(tmp_path, "words.toml", "\nneck = ", "\nnape = ")
    assert fault.endswith(
        ": a table with lists of words for smile, lips, lids, brow, nose, other, fingers, hands, inside, neck, lid; "
        "install it again."
    )


def test_what_cannot_be_read_is_named_whole(tmp_path: Path) -> None:
    """File, reason, next step."""
    folder = tmp_path / "programmes"
    folder.mkdir()
    (folder / "folder.toml").mkdir()
    (folder / "loop.toml").symlink_to(folder / "loop.toml")
    assert [str(fault) for fault in load(BUILTIN, folder).faults] == [
        f"folder.toml: the file cannot be read ([Errno 21] Is a directory: '{folder / 'folder.toml'}'); "
        "check the file and its rights.",
        f"loop.toml: the file cannot be read ([Errno 40] Too many levels of symbolic links: '{folder / 'loop.toml'}'); "
        "check the file and its rights.",
    ]
    assert [str(fault) for fault in check_file(tmp_path / "none.toml")] == [
        "none.toml: the file is missing; install the kiosk again."
    ]
    file = tmp_path / "file"
    file.write_text("")
    assert [str(fault) for fault in load(BUILTIN, file).faults] == [
        "file: the folder cannot be read (Not a directory); check its rights."
    ]


def card(name: str, title: str = "A", order: int = 0) -> bytes:
    return f'[[card]]\nid = "{name}"\ntitle = "{title}"\norder = {order}\npages = ["B."]\n'.encode()


def test_fifty_files_are_read_and_the_rest_is_named() -> None:
    library = load(BUILTIN, more={f"{number:02}.toml": card(f"card-{number}") for number in range(51)})
    assert [str(fault) for fault in library.faults] == ["50.toml: at most 50 files are read; put files together."]


def test_files_that_are_handed_over_take_the_place_of_those_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(card("old"))
    (tmp_path / "b.toml").write_bytes(card("kept"))
    library = load(BUILTIN, tmp_path, {"a.toml": card("new"), "c.toml": card("more")})
    assert library.faults == ()
    assert {"new", "kept", "more"} <= set(library.cards)
    assert "old" not in library.cards


def test_without_the_list_of_words_no_file_of_a_clinic_is_taken(tmp_path: Path) -> None:
    """Each is named, up to the fiftieth; a single file that is checked says what is missing."""
    (tmp_path / "words.toml").write_text("")
    faults = load(tmp_path, more={f"{number:02}.toml": card(f"c{number}") for number in range(52)}).faults
    unchecked = [fault for fault in faults if fault.rule == "without words.toml no file can be checked"]
    assert [fault.file for fault in unchecked] == [f"{number:02}.toml" for number in range(50)]
    assert {fault.action for fault in unchecked} == {"install the kiosk again"}
    mine = tmp_path / "mine.toml"
    mine.write_bytes(card("mine"))
    assert "words.toml" in {fault.file for fault in check_file(mine, tmp_path)}


def test_the_library_knows_which_file_a_programme_is_of_and_keeps_its_order() -> None:
    """By order, then by id; a programme that ships has no file."""
    text = (BUILTIN / "relax.toml").read_text(encoding="utf-8")
    mine = {
        f"{name}.toml": text.replace('"relax"', f'"{name}"', 1).replace("= 20", f"= {order}", 1).encode()
        for name, order in (("b", 20), ("a", 20), ("z", 1))
    }
    library = load(BUILTIN, more=mine | {"cards.toml": card("y", order=7) + card("x", order=7)})
    assert library.faults == ()
    names = list(library.programmes)
    assert [name for name in names if len(name) == 1] == ["z", "a", "b"]
    assert names[0] == "z"
    assert library.sources == {"a": "a.toml", "b": "b.toml", "z": "z.toml"}
    assert [name for name in library.cards if len(name) == 1] == ["x", "y"]


ALL_OF_IT = """
language = "en"
id = "mine"
version = 7
title = "Mine"
family = "releases"
summary = "Ours."
order = 12
stages = ["synkinetic", "paretic"]
per_day = 2
per_day_source = "S"
view = "feel"
reviewed_by = "A. Therapist"

[[line]]
exercise = "own"
hold_s = 20.5
source = "P"
in_s = 1
out_s = 2.5
rest_s = 8
repetitions = 2
note = "Slowly."
short_hold_s = 10
pack = "chin-jaw"

[[exercise]]
id = "own"
title = "Own"
kind = "release"
region = "chin"
do = "Slide {side} skin down."
feel = "Soft. {sides}"
finish = "Done."
hands = true
glasses_off = true
sides = "affected"
landmark = "There."
fingers = "Two."
direction = "Down."
one_hand = "Slide {side} skin slowly down."
phases = ["Slide and stay"]
avoid = ["numb_eye", "stroke"]
permission = "inside-cheek"
reviewed_by = "B. Therapist"
stages = ["synkinetic"]

[[exercise]]
id = "moves"
title = "Moves"
kind = "movement"
region = "mouth"
do = "Smile a little."
phases = ["Smile", "Keep it", "Let go"]
needs = ["smile"]

[[exercise]]
id = "rests"
title = "Rests"
kind = "relax"
region = "eyes"
do = "Rest, {eyes}."
eyes_closed = true

[[card]]
id = "ward"
title = "Ward"
pages = ["One.", "Two."]
order = 3
"""


def test_what_a_file_says_is_what_is_played() -> None:
    """Every key of every table; what a clinic brings is marked as its own."""
    library = load(BUILTIN, more={"mine.toml": ALL_OF_IT.encode()})
    assert library.faults == ()
    dose = Dose(hold_s=20.5, source="P", in_s=1.0, out_s=2.5, rest_s=8.0, repetitions=2, note="Slowly.")
    assert library.programmes["mine"] == Programme(
        id="mine", version=7, title="Mine", family=Family.RELEASES, summary="Ours.", order=12,
        stages=(Stage.SYNKINETIC, Stage.PARETIC), per_day=2, per_day_source="S", view=ViewMode.FEEL,
        reviewed_by="A. Therapist",
        lines=(Line(exercise="own", dose=dose, short_hold_s=10.0, pack=Region.CHIN_JAW),), line_needs=(),
    )  # fmt: skip
    assert library.exercises["own"] == Exercise(
        id="own", title="Own", kind=StepKind.RELEASE, region=Region.CHIN, do="Slide {side} skin down.",
        feel="Soft. {sides}", finish="Done.", hands=True, glasses_off=True, sides="affected", landmark="There.",
        fingers="Two.", direction="Down.", one_hand="Slide {side} skin slowly down.", avoid=("numb_eye", "stroke"),
        permission=Permission.INSIDE_CHEEK, reviewed_by="B. Therapist", stages=(Stage.SYNKINETIC,), site=True,
        phases=("Slide and stay",),
    )  # fmt: skip
    assert library.exercises["moves"] == Exercise(
        id="moves", title="Moves", kind=StepKind.MOVEMENT, region=Region.MOUTH, do="Smile a little.",
        needs=(Movement.SMILE,), phases=("Smile", "Keep it", "Let go"), site=True,
    )  # fmt: skip
    assert library.exercises["rests"] == Exercise(
        id="rests",
        title="Rests",
        kind=StepKind.RELAX,
        region=Region.EYES,
        do="Rest, {eyes}.",
        eyes_closed=True,
        site=True,
    )
    assert library.cards["ward"] == Card(id="ward", title="Ward", pages=("One.", "Two."), order=3)


def test_what_a_file_leaves_out_has_one_meaning() -> None:
    """Only what has to be there; what ships is not marked as a clinic's own."""
    text = (
        'id = "mine"\nversion = 1\ntitle = "Mine"\nfamily = "relax"\nsummary = "Ours."\norder = 1\n'
        'stages = ["paretic"]\n[[line]]\nexercise = "relax-jaw"\nhold_s = 20\nsource = "D"\n'
        '[[exercise]]\nid = "own"\ntitle = "Own"\nkind = "relax"\nregion = "mouth"\ndo = "Rest."\n'
        '[[card]]\nid = "ward"\ntitle = "Ward"\npages = ["One."]\n'
    )
    library = load(BUILTIN, more={"mine.toml": text.encode()})
    assert library.faults == ()
    line = Line(exercise="relax-jaw", dose=Dose(hold_s=20.0, source="D"))
    assert library.programmes["mine"] == Programme(
        id="mine", version=1, title="Mine", family=Family.RELAX, summary="Ours.", order=1, stages=(Stage.PARETIC,),
        lines=(line,),
    )  # fmt: skip
    assert library.exercises["own"] == Exercise(
        id="own", title="Own", kind=StepKind.RELAX, region=Region.MOUTH, do="Rest.", site=True
    )
    assert library.cards["ward"] == Card(id="ward", title="Ward", pages=("One.",))
    assert not any(one.site for name, one in library.exercises.items() if name != "own")
    assert library.sources == {"mine": "mine.toml"}


WRONG = {"text": 3, "id": 3, "number": "3", "low": 1, "high": 9, "whole": 3.0, "flag": 1, "word": "x", "names": ["x"],
         "twice": ["left", "left"], "tables": 3}  # fmt: skip


def test_what_is_wrong_is_named_and_read_as_something_harmless() -> None:
    """Whoever reads on after a fault meets no value of another type."""
    sheet = FileSheet("a.toml", "")
    table = TomlTable(sheet, WRONG, "part[1]")
    assert table.text("text", 9) == ""
    assert table.id("id") == ""
    assert table.number("number", 2, 5) == 2
    assert table.number("low", 2, 5) == 2
    assert table.number("high", 2, 5) == 2
    assert table.whole("whole", 2, 5) == 2
    assert table.whole("high", 2, 5) == 2
    assert table.flag("flag") is False
    assert table.word("word", Side) is Side.LEFT
    assert table.word("word", Side, Side.BOTH) is Side.BOTH
    assert table.words("names", Side) == ()
    assert table.words("twice", Side) == (Side.LEFT,)
    assert table.name("word", ["a", "b"]) == "a"
    assert table.name("word", ["a", "b"], "b") == "b"
    assert table.tables("tables", 3) == []
    assert [fault.where for fault in sheet.faults] == [
        f"part[1].{key}"
        for key in ("text", "id", "number", "low", "high", "whole", "high", "flag", "word", "word", "names", "twice",
                    "word", "word", "tables")
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["four", "a\u0007b", "", " ", "{x}", "a}", "A. B. C."])
def test_a_text_that_does_not_fit_is_read_as_none(text: str) -> None:
    """Too long, not to be seen, empty, with braces, with too many sentences: one fault, and no text."""
    sheet = FileSheet("a.toml", "")
    found = TomlTable(sheet, {"a": text}).text("a", 3 if text == "four" else 9, required=True, sentences=2)
    assert (found, len(sheet.faults)) == ("", 1)


@pytest.mark.parametrize(("spaces", "where"), [(191, "line 1, word"), (200, "word")])
def test_a_key_far_to_the_right_is_not_looked_for(spaces: int, where: str) -> None:
    """A hostile line costs nothing: what begins after 200 characters is named without its line."""
    sheet = FileSheet("a.toml", f"{' ' * spaces}word = 1")
    sheet.fault("word", "1", "no", "change it")
    assert [fault.where for fault in sheet.faults] == [where]


def test_what_is_not_there_has_its_default() -> None:
    """Where nothing has to be there nothing is wrong; where something has to, that is said once."""
    sheet = FileSheet("a.toml", "")
    table = TomlTable(sheet, {})
    assert (table.text("a", 9), table.flag("b"), table.tables("c", 3), table.words("d", Side)) == ("", False, [], ())
    assert (table.number("e", 2, 5, 4), table.whole("f", 2, 5, 4)) == (4, 4)
    assert (table.word("g", Side, Side.BOTH), table.name("h", ["a"], "z")) == (Side.BOTH, "z")
    assert not sheet.faults
    assert (table.text("a", 9, required=True), table.id("b"), table.number("e", 2, 5), table.whole("f", 2, 5)) == (
        *("", "", 2, 2),
    )
    assert (table.word("g", Side), table.name("h", ["a", "b"]), table.words("d", Side, required=True)) == (
        *(Side.LEFT, "a", ()),
    )
    assert [str(fault) for fault in sheet.faults] == [
        f"a.toml, {key}: {key} is missing; add {key}." for key in "abefghd"
    ]


def test_what_fits_is_what_was_written() -> None:
    """At both ends of what is allowed."""
    sheet = FileSheet("a.toml", "")
    table = TomlTable(
        sheet, {"a": 2, "b": 5, "c": "both", "d": ["right", "left"], "e": True, "f": [{}, {}], "g": "{x}"}
    )
    assert [table.number(key, 2, 5) for key in "ab"] == [2.0, 5.0]
    assert [table.whole(key, 2, 5) for key in "ab"] == [2, 5]
    assert table.word("c", Side) is Side.BOTH
    assert table.words("d", Side) == (Side.RIGHT, Side.LEFT)
    assert table.flag("e") is True
    assert [one.path for one in table.tables("f", 2)] == ["f[0]", "f[1]"]
    assert table.text("g", 3, placeholders=("{x}",)) == "{x}"
    table.done()
    assert not sheet.faults


def test_no_more_than_forty_words_are_listed_and_a_place_is_named_by_its_line() -> None:
    sheet = FileSheet("a.toml", "first = 1\nword = 'zz'\n")
    TomlTable(sheet, {"word": "zz"}).name("word", [f"w{number}" for number in range(41)])
    (fault,) = sheet.faults
    assert fault.where == "line 2, word"
    assert fault.rule == f"one of: {', '.join(f'w{number}' for number in range(40))}"
    for _ in range(60):
        sheet.fault("", "", "no", "change it")
    assert len(sheet.faults) == 50
    assert sheet.faults[-1].where == ""


# What a text asks for.


def lists(*entries: str, **meanings: list[str]) -> Wording:
    return Wording({"en": entries or ("squeez*",)}, meanings)


FOUND = [
    # A whole word, a stem, and a stem of five letters and more inside another word.
    (("hard",), "hard", "hard"),
    (("hard",), "harder", None),
    (("hard",), "shard", None),
    (("hard*",), "harder", "hard…"),
    (("hard*",), "shard", None),
    (("tight*",), "untightened", "tight…"),
    (("tigh*",), "untightened", None),
    # Up to three other words between two of a phrase.
    (("hold* water",), "hold the water", "hold… water"),
    (("hold* water",), "hold a b c water", "hold… water"),
    (("hold* water",), "hold a b c d water", None),
    (("hold* water",), "hold. Water", None),
    (("hold* water",), "water, hold", None),
    (("hold* water now",), "hold a water b now", "hold… water now"),
    # In any order, in one sentence.
    (("lift* & brow",), "the brow is lifted", "lift… & brow"),
    (("lift* & brow",), "Lift it. The brow rests", None),
    # Letters apart.
    (("squeez*",), "s q u e e z e", "squeez…"),
    (("squeez*",), "s-q-u-e-e-z-i-n-g", "squeez…"),
    (("hard",), "h a r d", "hard"),
    (("hard",), "h a r d e r", "hard"),
    (("hard",), "h a r d l y", "hard"),
    (("hard",), "ha rd", "hard"),
    (("hard",), "ha ve", None),
    (("squeez*",), "Do. Not. S. Q. U. E. E. Z. E.", "squeez…"),
    # Figures, signs, accents, other forms.
    (("hard",), "h4rd", "hard"),
    (("hard",), "HÁRD", "hard"),
    (("tighten*",), "t1ghten", "tighten…"),
    (("maxim*",), "rnaximum", "maxim…"),
    (("squeez*",), "sqvveeze", None),
    (("power",), "povver", "power"),
    (("press",), "pres", "press"),
    (("groß",), "gross", "groß"),
    (("tighten*",), "t!ghten", "tighten…"),
]


@pytest.mark.parametrize(("entries", "text", "found"), FOUND)
def test_how_entries_of_a_list_are_found(entries: tuple[str, ...], text: str, found: str | None) -> None:
    """As the head of words.toml says it."""
    assert lists(*entries).found(text) == found


def test_what_a_text_asks_for_sentence_by_sentence() -> None:
    """Where fingers do it, only a single word asks the face."""
    words = lists("squeez*", smile=["smil*"], brow=["lift* & brow*"], other=["puff*"], hands=["finger*"])
    assert words.asked("Smile. Lift your brows.") == {"smile", "brow"}
    assert words.asked("Lift the brow with a finger.") == {"brow"}
    assert words.asked("Lift the brow with a finger.", by_hand=True) == set()
    assert words.asked("A finger rests. Lift the brow.", by_hand=True) == {"brow"}
    assert words.asked("Smile with a finger there.", by_hand=True) == {"smile"}
    assert words.asked("Puff.") == {"other"}
    assert words.asked("Rest.") == set()
    assert words.means("Lift your brow.", "brow")
    assert not words.means("Lift your brow.", "brow", single=True)
    assert not words.means("Lift your brow.", "neck")
    assert lists().languages == ["en"]
    assert Wording({"en": ["a"], "de": ["b"]}).languages == ["de", "en"]


def test_characters_that_cannot_be_checked() -> None:
    """Another alphabet or a pictogram; signs, dashes and accented letters of this one can."""
    assert unreadable("Größe – “soft” … 10° × 2 → é ł ß") is None
    assert unreadable("сmile") == "с"
    assert unreadable("smile ☺ ☻") == "☺"
    assert unreadable("") is None


def test_a_letter_that_has_no_name_is_refused_like_any_other() -> None:
    """Not every Python knows a name for every letter that can be shown."""
    file = '[[exercise]]\nid = "own"\ntitle = "Own"\nkind = "relax"\nregion = "mouth"\ndo = "Rest \U00017000."\n'
    (fault,) = load(BUILTIN, more={"own.toml": file.encode()}).faults
    assert fault.rule.startswith("the character \U00017000 (")
    assert fault.rule.endswith(") is none of this language")


# What is said.

BASE = Exercise(id="a", title="A", kind=StepKind.RELAX, region=Region.MOUTH, do="Rest.", feel="Soft.", finish="Done.")


def said(exercise: Exercise) -> dict[str, str]:
    return exercise_prompts(exercise)


def test_each_form_of_a_text_has_a_prompt_of_its_own() -> None:
    assert said(BASE) == {"a.start": "Rest.", "a.middle": "Soft.", "a.end": "Done."}
    assert said(replace(BASE, feel="", finish="")) == {"a.start": "Rest."}
    assert said(replace(BASE, site=True))["site.a.start"] == "Rest."
    assert said(replace(BASE, do="Rest {side}.", sides="each", feel="", finish="")) == {
        "a.start.left": "Rest your left.",
        "a.start.right": "Rest your right.",
    }
    assert said(replace(BASE, do="Rest, {eyes}.", eyes_closed=True, feel="")) == {
        "a.start": "Rest, eyes softly closed.",
        "a.end": "Done. Open your eyes.",
    }
    assert said(replace(BASE, do="Rest. {sides}", feel="", finish="")) == {
        "a.start.strong": "Rest. Let your strong side stay soft.",
        "a.start.affected": "Rest. Let your affected side soften; it will not drop.",
        "a.start.both": "Rest. Let both sides soften.",
    }
    assert said(replace(BASE, one_hand="Rest {side}.", feel="", finish="")) == {
        "a.start": "Rest.",
        "a.start.one-hand.left": "Rest your left.",
        "a.start.one-hand.right": "Rest your right.",
    }
    assert said(replace(BASE, one_hand="Rest.", feel="", finish="")) == {"a.start": "Rest."}
    assert said(replace(BASE, phases=("Rest now",), feel="", finish="")) == {"a.start": "Rest."}, "the sentence says it"
    assert said(replace(BASE, phases=("In", "Out"), feel="", finish="", site=True)) == {
        "site.a.start": "Rest.",
        "site.a.phase-1": "In.",
        "site.a.phase-2": "Out.",
    }


def test_a_release_that_nobody_reviewed_says_whose_way_it_is() -> None:
    release = replace(BASE, kind=StepKind.RELEASE)
    assert said(release)["a.middle"] == "Soft. The way your therapist showed you."
    assert said(replace(release, feel=""))["a.middle"] == "The way your therapist showed you."
    assert said(replace(release, reviewed_by="F."))["a.middle"] == "Soft."


def test_a_step_without_sound_keeps_the_eyes_open() -> None:
    closed = replace(BASE, do="Rest, {eyes}.", eyes_closed=True)
    assert [one.sound for one in variants(closed)] == [True, False]
    assert spoken(closed, Variant(sound=False)) == SpokenStep(
        sentence="Rest, eyes softly open.",
        feel="Soft.",
        end="Done. Open your eyes.",
        prompt_start="a.start",
        prompt_middle="a.middle",
        prompt_end="a.end",
        phases=("A",),
    )
    assert card_prompts(Card(id="c", title="C", pages=("One.", "Two."))) == {"card.c.1": "One.", "card.c.2": "Two."}


# Words and days.

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def test_every_month_and_every_day_of_the_week_has_its_name() -> None:
    assert [day_words(date(2026, month, 1), str) for month in range(1, 13)] == [f"1 {name} 2026" for name in MONTHS]
    assert [day_words(date(2026, month, 1), str, year=False, short=True) for month in range(1, 13)] == [
        f"1 {name[:3]}" for name in MONTHS
    ]
    assert list(short_months(str)) == [name[:3] for name in MONTHS]
    assert [weekday_words(date(2026, 6, day), str).split()[0] for day in range(1, 8)] == DAYS


def test_every_reason_is_said_to_staff_too() -> None:
    assert set(FOR_STAFF) == set(REASONS)
    assert all(reason.code == code for code, reason in REASONS.items())


@pytest.mark.parametrize("stage", [None, *Stage])
def test_which_practice_a_session_is(stage: Stage | None) -> None:
    """Of a session with movements its movements decide; of any other the stage."""
    still = Practice.STILL_PARETIC if stage is Stage.PARETIC else Practice.STILL
    moving = Practice.QUIET_CONTROL if stage is Stage.SYNKINETIC else Practice.FIRST_MOVEMENTS
    wanted = {
        Family.FIRST_MOVEMENTS: Practice.FIRST_MOVEMENTS,
        Family.QUIET_CONTROL: Practice.QUIET_CONTROL,
        Family.STANDARD_SET: moving,
    }
    assert {family: practice_of(family, stage) for family in Family} == {f: wanted.get(f, still) for f in Family}
    assert {practice for practice, _, _ in OUTCOMES} == set(Practice)


def test_a_fault_says_file_place_value_rule_and_action() -> None:
    assert str(Fault("a.toml", "line 3", "7", "no", "change it")) == "a.toml, line 3: 7: no; change it."
    assert str(Fault("a.toml", "", "", "no", "change it")) == "a.toml: no; change it."
