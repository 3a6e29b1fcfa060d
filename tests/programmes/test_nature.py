"""What an exercise is by what it says: spellings, kinds, needs and permissions, whatever a file calls it."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.care.model import StepKind
from kiosk.programmes.phases import NAMES
from kiosk.programmes.shelf import _Shelf, check_file
from kiosk.programmes.wording import Wording, unreadable
from tests.care.people import BUILTIN, shipped

ALIKE = {"a": "а4@", "e": "е3", "i": "і1|", "o": "о0", "s": "ѕ5$", "t": "7", "c": "с", "u": "υ", "h": "һ", "x": "х"}
WORDS = [
    "squeeze", "squeezing", "tighten", "tightening", "hard", "harder", "hardest", "maximum", "maximal", "maximally",
    "resist", "resistance", "zusammenkneifen", "Widerstand", "anspannen", "apriete", "máximo", "serrez", "résistez",
]  # fmt: skip
PHRASES = ["chewing gum", "chew a gum", "electrical stimulation", "hold water", "hold some water", "puff hard"]


@cache
def lists() -> Wording:
    """The lists that ship."""
    shelf = _Shelf()
    shelf.built_in(BUILTIN)
    return shelf.wording


def refused(text: str) -> bool:
    return unreadable(text) is not None or lists().found(text) is not None


@st.composite
def disguised(draw: st.DrawFn) -> str:
    """A forbidden word in some other spelling, inside a sentence."""
    word = draw(st.sampled_from(WORDS))
    chance = random.Random(draw(st.integers(0, 10**6)))
    letters = [
        chance.choice(ALIKE[c.lower()]) if c.lower() in ALIKE and chance.random() < 0.2 else c
        for c in (c.upper() if chance.random() < 0.3 else c for c in word)
    ]
    letters = [c + chance.choice(["", "", "\u0301", "\u0323"]) for c in letters]
    letters = [c + c if c.lower() in "eruz" and chance.random() < 0.1 else c for c in letters]
    between = draw(st.sampled_from(["", "", " ", "-", "_", ".", ". ", "·", "\u200b", "\u00ad", " - "]))
    return f"{draw(st.sampled_from(['Do not ', 'Never ', '', 'Then, ']))}{between.join(letters)} your lips."


@given(text=disguised())
@settings(max_examples=400)
def test_a_forbidden_word_is_refused_in_any_spelling(text: str) -> None:
    """Rule 3: look-alikes, accents, figures, signs, capitals, letters apart."""
    assert refused(text), text


@pytest.mark.parametrize(
    "text", [*WORDS, *PHRASES, "squ eezing", "Do. Not. S. Q. U. E. E. Z. E.", "rnaximum", "ｈａｒｄ"]
)
def test_words_of_every_language_are_refused_in_every_file(text: str) -> None:
    """A file that does not say its language is held against all lists."""
    assert refused(f"Please {text} now.")


INNOCENT = [
    "Where it feels tightest, smile.", "The tightest region comes first.", "You can hardly see it.",
    "It is tight enough. Stay.", "Like a shard of glass.", "Take care, sister.", "Sit in an orchard.",
    "Be comfortable.",
    "Entspannen Sie die Stirn.", "Die Spannung lässt nach.", "Hold still. Drink some water later.",
    "Lower lid, upper lid.",
    "Rest – “soft” … 10° to the left’s side.", "Ganz weich, ohne Mühe. Größer wird nichts.", "Laissez la joue lourde.",
    "Deje que la mejilla descanse.", "Chew slowly when you eat.", "A warm gum tree.",
]  # fmt: skip


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_sentences_pass(text: str) -> None:
    """What only looks like a forbidden word, in English and elsewhere."""
    assert not refused(text)


def test_everything_that_ships_passes() -> None:
    """No sentence of the built-in exercises and programmes is refused, and each movement asks for what it needs."""
    for exercise in shipped().exercises.values():
        for text in (
            exercise.title,
            exercise.do,
            exercise.feel,
            exercise.finish,
            exercise.one_hand,
            exercise.direction,
        ):
            assert not refused(text)
        if exercise.needs:
            assert lists().asked(exercise.do) == set(exercise.needs)


def table(**changes: str) -> str:
    """An exercise as a file has it."""
    keys = {"id": '"own"', "title": '"Own"', "kind": '"relax"', "region": '"mouth"', "do": '"Let it hang."'} | changes
    if phases := NAMES.get(StepKind(keys["kind"].strip('"'))):
        first = keys["do"].strip('"').split()[0]
        keys = {"phases": json.dumps([f"{first} slowly", "Keep it", "Let go"][: len(phases)])} | keys
    return "[[exercise]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


HANDS = {"hands": "true", "kind": '"massage"'}
NATURE = [
    ({"do": '"Smile softly with both corners."'}, "do"),
    ({"do": '"Let your lids sink. Rest."', "region": '"eyes"'}, "do"),
    ({"do": '"Breathe out."', "feel": '"Lift your brows a little."', "kind": '"breathe"'}, "feel"),
    ({"do": '"Breathe out."', "finish": '"Close your eyes."', "kind": '"quiet"'}, "finish"),
    ({"do": '"Lächeln Sie sanft."'}, "do"),
    ({"do": '"S m i l e softly."'}, "do"),
    ({"title": '"Small smile"'}, "title"),
    ({"kind": '"movement"', "needs": '["brow"]', "do": '"Smile a little."'}, "do, phases"),
    ({"kind": '"movement"', "needs": '["brow"]', "do": '"Lift your brows. Smile a little."'}, "do"),
    ({"kind": '"movement"', "needs": '["smile"]', "do": '"Puff your cheeks."'}, "do, phases"),
    (HANDS | {"do": '"Lay your fingers down. Smile softly."'}, "do"),
    (HANDS | {"do": '"Lay your fingers down and smile."'}, "do"),
    ({"do": '"Lay a finger on your cheek."'}, "kind"),
    ({"hands": "true"}, "kind"),
    (HANDS | {"do": '"With a thumb inside your cheek, draw it out."'}, "permission, avoid"),
    (HANDS | {"landmark": '"Between the cheek and the teeth."'}, "permission, avoid"),
    (HANDS | {"do": '"Put a thumb into your mouth."', "permission": '"inside-cheek"'}, "avoid"),
    (HANDS | {"region": '"neck"'}, "permission, avoid"),
    (HANDS | {"do": '"Stroke down to the collarbone."', "permission": '"neck"'}, "avoid"),
    (HANDS | {"region": '"eyes"'}, "avoid"),
    (HANDS | {"kind": '"blink"'}, "avoid"),
    (HANDS | {"do": '"Lay a finger on the upper lid."', "avoid": '["numb_eye"]'}, "avoid"),
    (HANDS | {"kind": '"ease"'}, "sides"),
    ({"id": '"small-smile"', "kind": '"movement"', "needs": '["brow"]', "do": '"Lift your brows."'}, "needs"),
    (HANDS | {"id": '"assisted-blink"', "do": '"Rest your fingers."'}, "kind, avoid"),
]


@pytest.mark.parametrize(("changes", "keys"), NATURE)
def test_an_exercise_is_what_it_says(tmp_path: Path, changes: dict[str, str], keys: str) -> None:
    """Rules 1 and 2: a movement by another name, and touch without what it needs, are refused with their key."""
    file = tmp_path / "own.toml"
    file.write_text(table(**changes))
    faults = check_file(file)
    wanted = {"needs": ["avoid", "kind", "needs"]}.get(keys, keys.split(", "))
    found = [fault.where.split(".")[-1] for fault in faults]
    assert set(found) == set(wanted) if keys != "needs" else "needs" in found, faults


GOOD = [
    {"do": '"Let your brow grow smooth and wide."'},
    {"do": '"Let your hands rest in your lap. Smooth brow."'},
    {"do": '"Hum softly, lips closed."'},
    HANDS | {"do": '"Lift the brow with your fingers."'},
    HANDS | {"do": '"Put a thumb inside the cheek."', "permission": '"inside-cheek"', "avoid": '["swallowing_risk"]'},
    HANDS | {"region": '"eyes"', "avoid": '["eye_surgery", "numb_eye"]'},
    {"kind": '"movement"', "needs": '["smile"]', "do": '"Let a tiny smile come."'},
]


@pytest.mark.parametrize("changes", GOOD)
def test_what_is_what_it_says_passes(tmp_path: Path, changes: dict[str, str]) -> None:
    """Rest, touch with what it needs, and a ticked movement."""
    file = tmp_path / "own.toml"
    file.write_text(table(**changes))
    assert check_file(file) == []
