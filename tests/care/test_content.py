"""The words that ship: short, calm, for reading at about eleven, and never a medical claim."""

from __future__ import annotations

import re

import pytest

from assets.tools.care_sentences import catalogue
from kiosk.care.library import Library
from kiosk.care.model import Exercise, StepKind
from kiosk.care.reasons import FOR_STAFF, NOTICES
from kiosk.care.texts import spoken, variants
from kiosk.care.words import WORDS
from kiosk.programmes.validate import longest_word
from tests.care.people import BUILTIN, led, shipped

STAFF = frozenset(text for labels in WORDS.values() for text in labels.values()).union(
    NOTICES.values(), FOR_STAFF.values()
)
FOR_PERSONS = sorted(frozenset(catalogue(shipped())) - STAFF)
NEVER = re.compile(
    r"\b(good|bad|fail\w*|try harder|treat\w*|cure\w*|heal\w*|diagnos\w*|grade\w*|prevent\w*|monitor\w*)\b", re.I
)


@pytest.mark.parametrize("text", FOR_PERSONS)
def test_no_text_judges_or_claims(text: str) -> None:
    """No good or bad, no failing, no claim to treat, prevent, grade or monitor."""
    assert not NEVER.search(text)


@pytest.mark.parametrize("exercise", shipped().exercises.values(), ids=lambda exercise: exercise.id)
def test_exercises_fit_the_screen_and_the_ear(exercise: Exercise) -> None:
    """What to do in 45 characters, two sentences and no long word, what to feel in 60, in every form."""
    for variant in variants(exercise):
        said = spoken(exercise, variant)
        assert 0 < len(said.sentence) <= 45
        assert len(longest_word(f"{said.sentence} {' '.join(said.phases)}")) <= 14
        assert len(said.feel) <= 60
        assert len(re.findall(r"[.!?](?: |$)", said.sentence)) <= 2
        assert said.sentence[0].isupper()
        assert said.sentence.endswith(".")
    assert exercise.feel
    assert exercise.phases, "its own words for what is done, not its title for want of them"


def test_every_dose_says_where_it_comes_from() -> None:
    """Each line of each file carries a source; published doses stand as published."""
    for path in BUILTIN.glob("*.toml"):
        text = path.read_text()
        assert text.count("[[line]]") == len(re.findall(r'^source = "[PSD]"$', text, re.M))
    sources = {line.exercise: line.dose.source for line in shipped().programmes["gentle-care"].lines}
    assert {name for name, source in sources.items() if source == "P"} == {
        "massage-forehead",
        "massage-temples",
        "massage-cheeks",
        "massage-chin",
        "ease-forehead",
        "ease-cheek",
        "ease-mouth",
    }


def test_packs_are_three_to_four_minutes() -> None:
    """Each release pack holds three releases of about a minute; the one inside the cheek is extra."""
    packs: dict[str, int] = {}
    for line in shipped().programmes["releases"].lines:
        assert line.pack is not None
        packs[line.pack] = packs.get(line.pack, 0) + 1
    assert packs == {
        "scalp-forehead-brow": 3,
        "lower-lid-nose-side": 3,
        "cheek-mouth-corner": 4,
        "chin-jaw": 3,
    }


def test_nothing_that_ships_claims_a_review() -> None:
    """No therapist has reviewed what ships; only a clinic can say so."""
    library: Library = shipped()
    assert not any(exercise.reviewed_by for exercise in library.exercises.values())
    assert not any(programme.reviewed_by for programme in library.programmes.values())


def test_only_movements_move() -> None:
    """Words of movement programmes are used by them only, and every movement names what must have been seen."""
    active = {line.exercise for p in led() if p.family.active for line in p.lines}
    for exercise in shipped().exercises.values():
        assert (exercise.kind is StepKind.MOVEMENT) == bool(exercise.needs)
        assert exercise.kind is not StepKind.MOVEMENT or exercise.id in active


def test_every_exercise_is_used() -> None:
    """Nothing ships that no programme plays."""
    used = {line.exercise for programme in led() for line in programme.lines}
    assert used == set(shipped().exercises)
