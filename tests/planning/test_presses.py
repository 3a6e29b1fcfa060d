"""What staff do often stays short: presses from the menu until it is done, counted by a scripted hand."""

from __future__ import annotations

import pytest

from kiosk.care.model import Movement
from kiosk.desk.effects import SavePerson
from kiosk.planning.items import ITEMS, SECTIONS
from tests.planning.presses import LONGER, SHORT, TASKS, Task, whole_plan


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_each_task_takes_no_more_than_its_presses(task: Task) -> None:
    """The whole plan took 66 presses, one thing 29."""
    assert task.presses <= task.most


def test_one_change_takes_eight_presses_whatever_it_is() -> None:
    """Fourteen things took 9 to 27. What may take more is said, with its reason."""
    assert SHORT == 8
    assert set(LONGER) == {"injections"}
    assert sorted(item for section in SECTIONS for item in section) == sorted(ITEMS)


def test_the_short_way_weakens_nothing() -> None:
    """Who saw the movements, when, and who reviewed the plan are in what was saved; safety was answered by name."""
    (saved,) = whole_plan().of(SavePerson)
    person = saved.person
    assert {tick.movement for tick in person.ticks} == set(Movement)
    assert {(tick.by, tick.seen_on is not None) for tick in person.ticks} == {("therapist-1", True)}
    assert person.reviewed_by == "therapist-1"
    assert (person.graft, person.numb_eye, person.eye_surgery) == (False, False, False)
    assert (person.carotid_disease, person.swallowing_risk) == (False, False)
