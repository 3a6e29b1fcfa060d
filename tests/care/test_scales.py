"""What answers come to, for any scale."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.care.scales import Scale, ScaleAnswer, ScaleItem, Total, answers_text, points, total
from tests.care.people import shipped

VALUES = (0.0, 1.0, 2.0, 3.0)
answered = st.lists(st.sampled_from(VALUES) | st.none(), min_size=1, max_size=8)


def scale(items: int, how: Total, missing: int = 0, places: int = 1) -> Scale:
    """A scale of so many alike items."""
    answers = tuple(ScaleAnswer(value, str(value)) for value in VALUES)
    return Scale("s", 1, "S", 0, 3.0 * items, places, (ScaleItem("One", answers),) * items, how, missing)


@given(answers=answered, how=st.sampled_from(Total), missing=st.integers(0, 7))
def test_a_missing_answer_counts_as_the_others_or_there_is_no_number(
    answers: list[float | None], how: Total, missing: int
) -> None:
    """Within the scale's own range whatever is answered; with too many missing, or none given, nothing is made up."""
    of = scale(len(answers), how, missing, places=6)
    given = [value for value in answers if value is not None]
    value = total(of, answers)
    if not given or len(answers) - len(given) > missing:
        assert value is None
        return
    assert value is not None
    low, high = points(of)
    assert low - 1e-6 <= value <= high + 1e-6
    filled = [value if value is not None else sum(given) / len(given) for value in answers]
    whole = math.fsum(filled)
    assert value == pytest.approx(whole if how is Total.SUM else whole / len(filled), abs=1e-6)


def test_answers_of_another_length_come_to_nothing() -> None:
    """A scale that has changed since is not counted as if it had not."""
    assert total(scale(3, Total.SUM, missing=3), [1.0, 2.0]) is None


def test_answers_are_one_word_of_the_record() -> None:
    """With what was not answered in its place."""
    assert answers_text([3.0, None, -1.0]) == "3,-,-1"


def test_what_ships_is_numbers_and_one_list_of_our_own() -> None:
    """Nothing licensed: a scale that is not ours has no items; each says whose it is; ours claims no smallest one."""
    scales = shipped().scales
    assert {name for name, found in scales.items() if found.items} == {"comfort-confidence"}
    assert all(found.licence and (found.smallest_change is None or found.source) for found in scales.values())
    own = scales["comfort-confidence"]
    assert (len(own.items), own.smallest_change, points(own)) == (5, None, (0, 15))
