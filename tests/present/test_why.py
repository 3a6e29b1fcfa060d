"""Whatever a screen does by itself it says why: a pause nobody asked for, an answer that is gone, a session's end."""

from __future__ import annotations

import pytest

from kiosk.home import machine as home
from kiosk.home.model import HomePlace
from kiosk.present.home import present_home
from kiosk.present.session import Around, present
from kiosk.session.model import Answer, SessionPhase, SessionTick
from kiosk.session.questions import MISTAKE_MS, answers
from kiosk.signals import Button, Press
from tests.menus.menus import START, home_data
from tests.session.plans import context, movement, plan
from tests.session.walk import Walk

STALLED = "The kiosk stood still for a moment, so it waits for you."


def shown(walk: Walk) -> str:
    return str(present(walk.session, Around(), str))


def stepping() -> Walk:
    """A session in its first step."""
    walk = Walk.begin(plan(movement()), context())
    walk.check_in()
    walk.wait_until(lambda session: session.phase is SessionPhase.STEP)
    return walk


def test_a_pause_that_the_machine_made_says_so() -> None:
    """It paused as if somebody had pressed amber; whoever presses amber themselves is told nothing of it."""
    asked = stepping()
    asked.press(Button.AMBER)
    assert asked.session.phase is SessionPhase.PAUSED
    assert STALLED not in shown(asked)
    stalled = stepping()
    stalled.now += 120_000
    stalled.send(SessionTick())
    assert stalled.session.phase is SessionPhase.PAUSED
    assert STALLED in shown(stalled)
    stalled.wait(5_000)
    stalled.press(Button.GREEN)
    stalled.press(Button.AMBER)
    assert STALLED not in shown(stalled)


def test_by_mistake_says_how_long_it_is_there_and_that_it_is_gone() -> None:
    """It vanished after a minute without a word, and without the screen being looked at again."""
    walk = stepping()
    walk.press(Button.RED)
    assert "for one minute" in shown(walk)
    walk.wait(MISTAKE_MS)
    assert Answer.MISTAKE in answers(walk.session)
    walk.wait(1)
    assert Answer.MISTAKE not in answers(walk.session)
    assert "The minute for “By mistake” is over." in shown(walk)


@pytest.mark.parametrize("button", Button)
def test_a_question_nobody_answered_is_told_at_home_until_somebody_presses(button: Button) -> None:
    """The home was quiet, as if nothing had been; who else is there reads nothing of the person."""
    state, _ = home.begin(home_data(), START, place=HomePlace.ASLEEP, unanswered=True)
    scene = str(present_home(state, "", str))
    assert "Nobody answered, so the kiosk went back here." in scene
    woken, _ = home.step(state, Press(button, START + 1_000), START + 1_000)
    again, _ = home.step(woken, Press(Button.RED, START + 2_000), START + 2_000)
    assert again.place is HomePlace.ASLEEP
    assert "Nobody answered" not in str(present_home(again, "", str))
