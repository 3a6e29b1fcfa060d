"""What is said is what was done: every row of the table, led through a session, compared on all five sides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.care.model import Family, Stage
from kiosk.care.outcomes import OUTCOMES, TOLD, Finding, Flag, Key, Outcome, Practice, SaidAt
from kiosk.clock import SimClock
from kiosk.desk_pages.inbox import inbox_words
from kiosk.present.session import Around, present
from kiosk.report.told import NOTICES
from kiosk.report.vocabulary import Vocabulary
from kiosk.rows.kinds import InboxRow
from kiosk.runtime.session_rows import SessionRows
from kiosk.session.effects import Flagged, Say
from kiosk.session.model import Answer, SessionPhase
from kiosk.session.prompts import PROMPTS, TEXTS
from kiosk.signals import Button
from tests.care.people import shipped
from tests.session.plans import context, movement, plan, relax, release
from tests.session.walk import Walk
from tests.test_rules import words_of

PRACTICES = {
    Practice.FIRST_MOVEMENTS: (Family.FIRST_MOVEMENTS, Stage.PARETIC),
    Practice.QUIET_CONTROL: (Family.QUIET_CONTROL, Stage.SYNKINETIC),
    Practice.STILL_PARETIC: (Family.CARE, Stage.PARETIC),
    Practice.STILL: (Family.RELEASES, Stage.SYNKINETIC),
}


def begun(practice: Practice, *answers: Answer, flags: int = 0) -> Walk:
    family, stage = PRACTICES[practice]
    steps = (relax(), movement()) if family.active else (relax(), release())
    walk = Walk.begin(plan(*steps, family=family), context(stage=stage, clean_hands=True, flags=flags))
    for answer in answers:
        walk.answer(answer)
    return walk


def in_step(practice: Practice, button: Button) -> Walk:
    walk = begun(practice)
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP and s.step == 1)
    walk.press(button)
    return walk


def at_check_out(practice: Practice) -> Walk:
    walk = begun(practice)
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    return walk


TO_TIREDNESS = (Answer.YES, Answer.NONE, Answer.NONE)
WAYS: dict[tuple[SaidAt, Finding], Callable[[Practice], tuple[Walk, tuple[Answer, ...]]]] = {
    (SaidAt.CHECK_IN, Finding.NOT_ME): lambda p: (begun(p), (Answer.NO,)),
    (SaidAt.CHECK_IN, Finding.RED_FLAG): lambda p: (begun(p, Answer.YES), (Answer.YES,)),
    (SaidAt.CHECK_IN, Finding.RED_FLAG_AGAIN): lambda p: (begun(p, Answer.YES, flags=1), (Answer.YES,)),
    (SaidAt.CHECK_IN, Finding.EYE): lambda p: (begun(p, Answer.YES, Answer.YES), (Answer.EYE,)),
    (SaidAt.CHECK_IN, Finding.TAKEN_BACK): lambda p: (begun(p, Answer.YES, Answer.YES, Answer.NONE), (Answer.NONE,)),
    (SaidAt.CHECK_IN, Finding.PAIN): lambda p: (begun(p, Answer.YES, Answer.NONE), (Answer.MODERATE,)),
    (SaidAt.CHECK_IN, Finding.LINKED): lambda p: (begun(p, *TO_TIREDNESS, Answer.FRESH), (Answer.YES,)),
    (SaidAt.CHECK_IN, Finding.HANDS): lambda p: (
        begun(p, *TO_TIREDNESS, Answer.FRESH, *((Answer.NO,) if PRACTICES[p][0].active else ())),
        (Answer.NO,),
    ),
    (SaidAt.PAUSE, Finding.PAIN): lambda p: (in_step(p, Button.AMBER), (Answer.PAIN, Answer.SHARP)),
    (SaidAt.STOP, Finding.PAIN): lambda p: (in_step(p, Button.RED), (Answer.PAIN, Answer.SHARP)),
    (SaidAt.STOP, Finding.EYE): lambda p: (in_step(p, Button.RED), (Answer.EYE,)),
    (SaidAt.STOP, Finding.LINKED): lambda p: (in_step(p, Button.RED), (Answer.LINKED,)),
    (SaidAt.CHECK_OUT, Finding.PAIN): lambda p: (at_check_out(p), (Answer.SEVERE,)),
    (SaidAt.CHECK_OUT, Finding.LINKED): lambda p: (at_check_out(p), (Answer.NONE, Answer.YES)),
}
"""By which answers a person comes to each finding."""


def variant(outcome: Outcome) -> str:
    """After pain the words go on with what stays open."""
    return f"{outcome.said}.releases" if outcome.flag is Flag.PAIN_LOCK else outcome.said


@pytest.mark.parametrize("key", sorted(OUTCOMES), ids=" · ".join)
def test_screen_voice_inbox_event_and_report_say_what_the_table_says(key: Key) -> None:
    """The right row of the right practice, and nothing else besides."""
    practice, moment, finding = key
    outcome = OUTCOMES[key]
    walk, given = WAYS[moment, finding](practice)
    before = len(walk.effects)
    for answer in given:
        walk.answer(answer)
    session, words = walk.session, variant(outcome)
    screen = words_of(present(session, Around(), str))
    assert all(part in screen for part in (TEXTS[words].title, TEXTS[words].text))
    assert [e.prompt for _, e in walk.effects[before:] if isinstance(e, Say)][-1] == words
    assert PROMPTS[words].startswith(TEXTS[words].title)
    if walk.session.pending is not None:
        assert not [e for _, e in walk.effects[before:] if isinstance(e, Flagged)], "it can be looked at again"
    walk.press(Button.RED)
    told = [e for _, e in walk.effects[before:] if isinstance(e, Flagged)]
    assert [e.flag for e in told] == ([outcome.flag] if outcome.flag else [])
    for record in told:
        (line,) = SessionRows(SimClock()).rows(record, session)
        assert isinstance(line, InboxRow)  # the record writes the event of the same code by itself
        assert inbox_words(str)[line.code] == TOLD[record.flag].inbox
        assert line.code in NOTICES
        assert Vocabulary(str, shipped()).notice(line.code) == TOLD[record.flag].report


@pytest.mark.parametrize("practice", list(Practice))
@pytest.mark.parametrize("way", list(WAYS), ids=" · ".join)
def test_what_is_not_in_the_table_tells_staff_nothing(practice: Practice, way: tuple[SaidAt, Finding]) -> None:
    """A row that is missing is one that nobody meant."""
    if (practice, *way) in OUTCOMES or (way == (SaidAt.CHECK_IN, Finding.LINKED)):
        return
    walk, given = WAYS[way](practice)
    flagged = len(walk.of(Flagged))
    for answer in given:
        if walk.session.phase is SessionPhase.DONE:
            break
        walk.answer(answer)
    assert len(walk.of(Flagged)) == flagged
    assert not walk.at(SessionPhase.TOLD)


def test_gentle_care_stopped_because_muscles_pulled_along_is_not_called_quiet_control() -> None:
    """Pain, relaxing, stop, "muscles pull along": quiet control never ran, and nothing went on."""
    walk = in_step(Practice.STILL, Button.AMBER)
    for answer in (Answer.PAIN, Answer.SHARP, Answer.RELAX):
        walk.answer(answer)
    walk.press(Button.RED)
    walk.answer(Answer.LINKED)
    assert [e.flag for e in walk.of(Flagged) if isinstance(e, Flagged)] == [Flag.PAIN_LOCK, Flag.LINKED_STILL]
    assert "quiet control" not in TOLD[Flag.LINKED_STILL].report


@pytest.mark.parametrize(
    ("stay_open", "says"),
    [
        ((Family.RELEASES, Family.RELAX), "Releases and relaxing stay open."),
        ((Family.RELAX, Family.CARE), "Relaxing stays open."),
        ((), "Staff will see a note."),
    ],
)
def test_what_stays_open_after_pain_is_what_is_open_for_this_person(stay_open: tuple[Family, ...], says: str) -> None:
    """Nobody is sent to releases that are locked for them."""
    walk = Walk.begin(plan(), context(stay_open=stay_open))
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP and s.step == 1)
    walk.press(Button.AMBER)
    for answer in (Answer.PAIN, Answer.SHARP):
        walk.answer(answer)
    assert words_of(present(walk.session, Around(), str)).count(says) == 1
    assert PROMPTS[walk.session.said].endswith(says)
