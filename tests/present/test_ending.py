"""What a session gives back: what was done, the days of the week, the next time; after pain, thanks first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from kiosk.care.again import Again
from kiosk.care.model import Family, StepKind
from kiosk.present.ending import SessionEnding, again_words, done_words
from kiosk.present.session import Around, present
from kiosk.screens.scene import NoteScene, WeekDay
from kiosk.session.effects import Say
from kiosk.session.model import Answer, Session, SessionPhase
from kiosk.signals import Button, Stored
from tests.session.plans import context, movement, plan, relax, release
from tests.session.walk import START, Walk
from tests.session.world import ARM_REST, GLASSES, LID, QUIET

MONDAY = date(2026, 11, 23)
WEEK = tuple((MONDAY + timedelta(days=n), n in (0, 2, 6)) for n in range(7))
NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ENDING = SessionEnding(WEEK, Again.LATER, datetime(2026, 11, 29, 11, 10, tzinfo=UTC))


def plain(text: str) -> str:
    return text


def ended(*steps: Any, family: Family = Family.FIRST_MOVEMENTS, pain: Answer = Answer.NONE) -> Walk:
    """A session left alone to its last screen."""
    walk = Walk.begin(plan(*steps, family=family), context(eye_reminder=False))
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    walk.answer(pain)
    while walk.session.phase is not SessionPhase.DONE:
        walk.hear_out()
        walk.press(Button.GREEN)
    walk.send(Stored(walk.session.sent))
    return walk


def shown(session: Session, ending: SessionEnding = ENDING) -> NoteScene:
    scene = present(session, Around(ending=ending), plain)
    assert isinstance(scene, NoteScene)
    return scene


def test_the_last_screen_says_what_was_done_and_when_it_goes_on() -> None:
    """Movements, times and minutes, the next time, the dots of the week; no score and no comparison (rule 10)."""
    walk = ended(relax(), movement(), movement(exercise="lips", repetitions=3), QUIET, movement(block=2))
    scene = shown(walk.session)
    assert scene.title == "Done for now"
    assert scene.lines == ("2 movements, 9 times, 4 minutes.", "Again from 11:10.", "It is saved.")
    assert scene.week == tuple(WeekDay(name, n in (0, 2, 6)) for n, name in enumerate(NAMES))


def test_what_is_no_exercise_is_not_counted() -> None:
    """Glasses, arm rests and quiet are waiting, not doing; without movement exercises are told of, not times."""
    walk = ended(release(), ARM_REST, GLASSES[0], LID, GLASSES[1], family=Family.CARE)
    assert (walk.session.practised, walk.session.times) == (("cheek-release", "lid"), 0)
    assert done_words(walk.session, plain).startswith("2 exercises, ")


@pytest.mark.parametrize(
    ("practised", "times", "ms", "said"),
    [
        ((), 0, 90_000, ""),
        (("a",), 1, 20_000, "1 movement, once."),
        (("a",), 2, 30_000, "1 movement, 2 times, 1 minute."),
        (("a", "b"), 0, 90_000, "2 exercises, 2 minutes."),
        (("a",), 0, 29_000, "1 exercise."),
    ],
)
def test_ones_and_manys(practised: tuple[str, ...], times: int, ms: int, said: str) -> None:
    """Whole minutes; less than half a one is not told of."""
    walk = Walk.begin(plan(relax(), family=Family.RELAX), context())
    assert (
        done_words(msgspec.structs.replace(walk.session, practised=practised, times=times, practice_ms=ms), plain)
        == said
    )


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (ENDING, "Again from 11:10."),
        (replace(ENDING, at=None), "Again in an hour."),
        (SessionEnding(again=Again.TOMORROW), "Again tomorrow."),
        (SessionEnding(again=Again.NOW), "Again when you like."),
        (SessionEnding(), ""),
    ],
)
def test_the_next_time_is_a_time_where_the_clock_is_known(ending: SessionEnding, said: str) -> None:
    assert again_words(ending.again, ending.at, plain) == said


@pytest.mark.parametrize("level", [Answer.MILD, Answer.SEVERE])
def test_after_pain_thanks_come_first(level: Answer) -> None:
    """Whoever told of pain hears first that it was worth telling."""
    walk = ended(relax(), movement(), pain=level)
    scene = shown(walk.session, SessionEnding())
    assert (scene.title, scene.lines[0]) == ("Thank you", "Your staff will see this.")
    assert walk.of(Say)[-1] == Say("ask.done.hurt")


def test_after_a_stop_for_pain_thanks_come_first_and_glasses_are_not_forgotten() -> None:
    """What a stop left undone is still said (rule f)."""
    walk = Walk.begin(plan(*GLASSES[:1], LID, family=Family.CARE), context(eye_reminder=False))
    walk.check_in()
    walk.wait_until(lambda s: s.step == 1)
    walk.press(Button.RED)
    walk.answer(Answer.PAIN)
    walk.answer(Answer.MILD)
    scene = shown(walk.session, SessionEnding())
    assert (scene.title, scene.lines[0]) == ("Thank you", "Your staff will see this. Put your glasses back on.")


def test_a_movement_that_was_cut_is_not_counted() -> None:
    """As everywhere: a repetition counts once it is done to its end (rule e)."""
    walk = Walk.begin(plan(movement()), context(eye_reminder=False))
    walk.check_in()
    walk.wait_until(lambda s: s.repetition == 1)
    walk.wait(9_000)
    assert walk.now > START
    walk.press(Button.RED)
    walk.answer(Answer.ELSE)
    assert (walk.session.practised, walk.session.times) == (("closed-smile",), 1)
    assert StepKind.MOVEMENT is walk.session.plan.steps[0].kind
