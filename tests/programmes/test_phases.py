"""The words for what is done just now: as many as there are phases, and never others than the sentence's."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.care.model import StepKind
from kiosk.programmes.phases import NAMES
from kiosk.programmes.shelf import check_file
from tests.care.people import shipped

SMILE = 'kind = "movement"\nneeds = ["smile"]\ndo = "Smile a little."\n'
CIRCLE = 'kind = "massage"\nhands = true\ndo = "Fingers on your cheek: circle."\n'
BREATHE = 'kind = "breathe"\ndo = "Breathe in. Breathe slowly out."\n'
REST = 'kind = "relax"\ndo = "Let it hang."\n'
RELEASE = (
    'kind = "release"\nhands = true\ndo = "Slide the skin down and stay."\nlandmark = "There."\nfingers = "Two."\n'
    'direction = "Down."\none_hand = "Slide {side} skin down."\n'
)
CASES = [
    (SMILE, '["Smile slowly", "Keep it", "Let go"]', ""),
    (SMILE, None, "movement has 3 phases: in, hold, out"),
    (SMILE, '["Smile slowly"]', "movement has 3 phases: in, hold, out"),
    (SMILE, '["Slowly in", "Hold softly", "Slowly out"]', "this fits every exercise"),
    (SMILE, '["Smile slowly", "Hold softly", "Let go"]', "this fits every exercise"),
    (SMILE, '["Round slowly", "Keep it", "Let go"]', "this shares no word"),
    (SMILE, '["Smile slowly", "Lift your brows", "Let go"]', "this asks for a movement"),
    (SMILE, '["Smile slowly", "Squeeze", "Let go"]', '"squeez…" may not stand'),
    (SMILE, '["Smile slowly", "Keep it", "Let go now, all of it"]', "21 characters, at most 20 fit"),
    (SMILE, '["Smile unbelievably", "Keep it", "Let go"]', ""),
    (SMILE, '["Smile imperceptibly", "Keep it", "Let go"]', ""),
    (SMILE, '["Smile", "Keep it", "Counterbalancing"]', '"Counterbalancing" has 16 letters'),
    (CIRCLE, '["Circle slowly"]', ""),
    (CIRCLE, '["Stay"]', "this fits every exercise"),
    (CIRCLE, '["Slide and stay"]', "this shares no word"),
    (CIRCLE, '["Circle", "Stay"]', "massage has 1 phase: what is done"),
    (CIRCLE, None, ""),
    (RELEASE, '["Stay"]', "this fits every exercise"),
    (RELEASE, '["Slide and stay"]', ""),
    (BREATHE, '["Breathe in", "Breathe out"]', ""),
    (BREATHE, None, "breathe has 2 phases: breathe in, breathe out"),
    (BREATHE, '["Stay", "Stay"]', "this fits every exercise"),
    (REST, '["Let it hang"]', ""),
    (REST, "[]", "this must be a list of 1 to 3 texts"),
    (REST, '[""]', "this must not be empty"),
]


@pytest.mark.parametrize(("exercise", "phases", "rule"), CASES)
def test_phases_are_held_against_the_kind_and_the_sentence(
    tmp_path: Path, exercise: str, phases: str | None, rule: str
) -> None:
    """Words that fit every exercise, or another one, are refused, in both forms of the sentence; each with its key."""
    file = tmp_path / "own.toml"
    head = '[[exercise]]\nid = "own"\ntitle = "Own"\nregion = "chin-jaw"\n'
    file.write_text(head + exercise + (f"phases = {phases}\n" if phases else ""))
    faults = check_file(file)
    assert [fault.where.split(".")[-1] for fault in faults] == ["phases"] * bool(rule)
    assert all(rule in fault.rule for fault in faults), faults


@pytest.mark.parametrize("name", sorted(shipped().exercises))
def test_no_shipped_exercise_wears_another_s_words(name: str) -> None:
    """Under the ring of circles stands no "stay", and only breathing breathes."""
    exercise = shipped().exercises[name]
    assert len(exercise.phases) == len(NAMES.get(exercise.kind, ("",)))
    words = " ".join(exercise.phases).lower()
    assert ("circle" in words) == ("circle" in exercise.do.lower())
    assert ("breathe" in words) == (exercise.kind is StepKind.BREATHE)
    held = exercise.kind in (StepKind.RELEASE, StepKind.EASE)
    assert ("stay" in words) == held, "fingers that go somewhere and wait there"
