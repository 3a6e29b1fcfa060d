"""Questions about safety: heard before green works, said at once what follows, and a way to look again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from kiosk.care.model import Family, StepKind
from kiosk.care.plan import compile_plan
from kiosk.screens.scene import Listing, Menu, NoteScene, StepScene
from kiosk.session.effects import Alert, Flagged, Leave, Noted, RepetitionDone, Say, Tone
from kiosk.session.model import Answer, Flag, Gap, Session, SessionPhase
from kiosk.session.prompts import PROMPTS, TEXTS, reading_ms
from kiosk.session.questions import answers, choices
from kiosk.session.turn import HEARD
from kiosk.signals import Button, Closed, FaceState, Press
from tests.care.people import PARETIC, SYNKINETIC, shipped, today
from tests.session.plans import context, movement, plan, relax, release
from tests.session.walk import Walk
from tests.test_rules import scene_of, to

GLASSES = [relax(kind=StepKind.GLASSES, exercise=f"glasses-{way}", title=f"Glasses {way}", hold_ms=15_000, lead_in_ms=0)
           for way in ("off", "on")]  # fmt: skip
LID = release(exercise="lid", title="Lower lid", glasses_off=True)
IN_GLASSES = (relax(), GLASSES[0], LID, LID, GLASSES[1], relax(exercise="last"))


def flags(walk: Walk) -> list[Flag]:
    return [e.flag for e in walk.of(Flagged) if isinstance(e, Flagged)]


def begun(*given: Answer, **changes: Any) -> Walk:
    walk = Walk.begin(plan(), context(**changes))
    for answer in given:
        walk.answer(answer)
    return walk


def to_phase(phase: SessionPhase) -> Callable[[Session], bool]:
    return lambda session: session.phase is phase


def paused(button: Button = Button.AMBER) -> Walk:
    walk = Walk.begin(plan(movement(), release()), context())
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    walk.wait(6_000)
    walk.press(button)
    return walk


def resumed(*steps: Any, at: int, repetition: int = 0) -> Walk:
    made = plan(*steps, family=Family.RELEASES)
    walk = Walk.begin(made, context(resumes="s0", start_step=at, start_repetition=repetition))
    walk.check_in()
    return walk


# Heard before green works.


@pytest.mark.parametrize("heard", [True, False], ids=["voice", "muted"])
@pytest.mark.parametrize("phase", sorted(HEARD - {SessionPhase.RED_FLAGS}))
def test_green_works_only_once_the_whole_question_was_heard_or_read(phase: SessionPhase, heard: bool) -> None:
    """A reflex must not pass what was not heard; amber works from the beginning."""
    walk = to(phase)
    prompt = walk.session.said
    hearing = dict.fromkeys(PROMPTS, 7000) if heard else {}
    pause = phase is SessionPhase.PAUSED  # somebody's own press made it: nothing has to be heard first
    wanted = 1_000 if pause else 7_000 if heard else reading_ms(prompt)
    if not pause:
        walk = to(phase, hearing=hearing)
    walk.wait(walk.session.lit_ms - walk.now - 1)
    assert walk.session.lit_ms - walk.session.since_ms == wanted
    walk.press(Button.GREEN)
    assert walk.at(phase)
    assert scene_of(walk.session).strip.green == ""
    walk.wait(1)
    assert scene_of(walk.session).strip.green
    walk.press(Button.GREEN)
    assert not walk.at(phase) or walk.session.said != prompt


@pytest.mark.parametrize(
    "phase", sorted(set(SessionPhase) - {SessionPhase.CLOSED, SessionPhase.STEP, SessionPhase.LEAD_BACK})
)
def test_what_is_shown_is_what_is_spoken(phase: SessionPhase) -> None:
    """One source: the title and the text of a screen are the words of its prompt."""
    walk = to(phase)
    scene = scene_of(walk.session)
    assert isinstance(scene, Menu | NoteScene | Listing | StepScene)
    assert scene.title == TEXTS[walk.session.said].title
    text = TEXTS[walk.session.said].text
    shown = scene.text if isinstance(scene, Menu) else scene.sentence if isinstance(scene, StepScene) else scene.lines
    assert not text or text in shown or (isinstance(shown, str) and shown.startswith(text))
    spoken = PROMPTS[walk.session.said]
    assert scene.title in spoken
    assert text in spoken


def test_one_list_read_by_one_voice() -> None:
    """ "Last week" is said only to somebody who practised a week ago."""
    for last_week in (True, False):
        walk = begun(Answer.YES, Answer.NONE, Answer.NONE, Answer.FRESH, last_week=last_week)
        assert walk.at(SessionPhase.LINKED)
        assert ("last week" in PROMPTS[walk.session.said]) is last_week
        walk.answer(Answer.NO)
        walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
        walk.answer(Answer.NONE)
        assert ("last week" in PROMPTS[walk.session.said]) is last_week


def test_red_is_called_the_same_in_all_of_a_session() -> None:
    """Four words for one button are four buttons."""
    words = {
        scene_of(to(phase).session).strip.red for phase in set(SessionPhase) - {SessionPhase.CLOSED, SessionPhase.DONE}
    }
    assert words == {"Stop"}


@pytest.mark.parametrize("phase", sorted(set(SessionPhase) - {SessionPhase.CLOSED}))
def test_amber_is_lit_only_where_it_does_something(phase: SessionPhase) -> None:
    """A lamp that means nothing is pressed all the same."""
    walk = to(phase)
    lit = bool(scene_of(walk.session).strip.amber)
    before = walk.session
    walk.press(Button.AMBER)
    assert lit is ((walk.session.phase, walk.session.cursor) != (before.phase, before.cursor))


@pytest.mark.parametrize("phase", sorted(set(SessionPhase) - {SessionPhase.CLOSED}))
def test_there_are_at_most_four_words_to_choose_from_but_in_a_pause_and_after_a_stop(phase: SessionPhase) -> None:
    """In a pause there are five; why somebody stopped has its own list."""
    most = {SessionPhase.PAUSED: 5, SessionPhase.STOP_REASON: 6}.get(phase, 4)
    assert len(choices(to(phase).session)) <= most


# An amber by mistake.


def test_muscles_that_pulled_along_by_mistake_can_be_looked_at_again() -> None:
    """What follows is said at once, and counts when it is accepted, or left in any way but by looking again."""
    walk = begun(Answer.YES, Answer.NONE, Answer.NONE, Answer.FRESH)
    walk.press(Button.AMBER)
    assert walk.session.said == "told.linked-pause"
    walk.answer(Answer.AGAIN)
    assert walk.at(SessionPhase.LINKED)
    walk.answer(Answer.NO)
    assert walk.at(SessionPhase.EYE_CARE)
    assert flags(walk) == []


@pytest.mark.parametrize("how", ["red", "silence", "closed", "accepted"])
def test_what_was_said_counts_however_its_page_is_left(how: str) -> None:
    """Silence takes nothing back, and neither does stopping."""
    walk = begun(Answer.YES, Answer.NONE, Answer.NONE, Answer.FRESH)
    walk.press(Button.AMBER)
    assert flags(walk) == []
    if how == "red":
        walk.press(Button.RED)
    elif how == "silence":
        walk.wait(180_001)
    elif how == "closed":
        walk.send(Closed())
    else:
        walk.answer(Answer.RELAX)
    assert flags(walk) == [Flag.LINKED_PAUSE]


@pytest.mark.parametrize(
    "at", [SessionPhase.IDENTITY, SessionPhase.CLEAN_HANDS, SessionPhase.PAIN_BEFORE, SessionPhase.PAIN_AFTER]
)
def test_every_other_amber_can_be_looked_at_again_too(at: SessionPhase) -> None:
    """Not me, hands not clean, some pain: each leads back to its own question."""
    walk = to(at)
    seen = len(walk.effects)
    walk.press(Button.AMBER)
    walk.answer(Answer.AGAIN)
    assert walk.at(at)
    assert not [e for _, e in walk.effects[seen:] if isinstance(e, Flagged)]


# A red flag, taken back.


def test_none_after_all_plays_the_whole_list_again_and_movement_stays_closed() -> None:
    """The line for staff stays; the lamp goes out; green only at the end of the list."""
    walk = begun(Answer.YES, Answer.YES)
    walk.press(Button.AMBER)
    assert (walk.session.phase, walk.of(Alert)[-1]) == (SessionPhase.RED_FLAGS, Alert(False))
    assert walk.of(Say)[-1] == Say("ask.red-flags", hold=True)
    walk.wait(walk.session.context.flag_reading_ms - 1)
    walk.press(Button.GREEN)
    assert walk.at(SessionPhase.RED_FLAGS)
    walk.answer(Answer.NONE)
    assert (walk.session.phase, walk.session.said) == (SessionPhase.TOLD, "told.taken-back")
    assert flags(walk) == [Flag.RED_FLAG]
    assert any(isinstance(e, Noted) and e.code == "red-flag.taken-back" for e in walk.of(Noted))
    walk.answer(Answer.RELAX)
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    assert not walk.session.current.active


def test_a_session_without_movement_goes_on_after_a_flag_was_taken_back() -> None:
    """Care, releases and relaxing are not closed by one flag that was none after all."""
    walk = Walk.begin(plan(relax(), release(), family=Family.CARE), context())
    for answer in (Answer.YES, Answer.YES, Answer.NONE, Answer.NONE):
        walk.answer(answer)
    assert walk.at(SessionPhase.PAIN_BEFORE)


@pytest.mark.parametrize("before", [0, 1])
def test_after_a_second_flag_only_staff_open_again(before: int) -> None:
    """The second may come in the same session or in a later one."""
    walk = begun(Answer.YES, Answer.YES, flags=before)
    if not before:
        walk.answer(Answer.NONE)
        walk.answer(Answer.YES)
    assert walk.session.said == "told.red-flag-again"
    assert Answer.NONE not in answers(walk.session)
    assert scene_of(walk.session).strip.amber == ""
    walk.press(Button.AMBER)
    assert walk.at(SessionPhase.FLAGGED)


@pytest.mark.parametrize("single", [False, True])
def test_a_time_out_takes_no_flag_back_and_stopping_says_nothing_else(single: bool) -> None:
    """With a single switch "Stop" at the list is no alarm: it goes home."""
    walk = begun(Answer.YES, single_switch=single)
    if single:
        walk.choose(Answer.STOP)
        assert (walk.session.phase, flags(walk)) == (SessionPhase.CLOSED, [])
        walk = begun(Answer.YES, single_switch=True)
    walk.answer(Answer.YES)
    walk.wait(600_001)
    assert (walk.session.phase, flags(walk)) == (SessionPhase.CLOSED, [Flag.RED_FLAG])
    assert walk.of(Alert)[-1] == Alert(False)
    assert walk.of(Leave) == [Leave(asleep=True, unanswered=True)]


# Pause.


def test_green_goes_on_a_second_after_the_pause_and_amber_leads_round_to_it_again() -> None:
    """Two presses pause and go on; five things are inside, and past the last green goes on again."""
    walk = paused()
    walk.press(Button.GREEN)
    assert walk.at(SessionPhase.PAUSED)
    walk.wait(1_000)
    words = []
    for _ in range(5):
        walk.press(Button.AMBER)
        scene = scene_of(walk.session)
        assert isinstance(scene, Menu)
        assert scene.index is not None
        words.append(scene.choices[scene.index].label)
    assert words == ["It hurts", "Tired", "Easier", "Skip this", "Softer voice"]
    walk.press(Button.AMBER)
    assert scene_of(walk.session).strip.green == "Go on"
    walk.press(Button.GREEN)
    assert walk.at(SessionPhase.LEAD_BACK)


@pytest.mark.parametrize("how", ["gap", "pain", "stop taken back", "face away", "resumed"])
def test_where_the_person_did_not_pause_green_waits_for_the_sentence(how: str) -> None:
    """A press that was meant for something else must not start a movement."""
    if how == "resumed":
        walk = Walk.begin(plan(), context(resumes="s0", start_step=1))
        walk.check_in()
        walk.wait_until(lambda s: s.phase is SessionPhase.PAUSED)
    elif how == "gap":
        walk = paused(Button.GREEN)
        since = walk.now
        walk.now += 60_000
        walk.send(Gap(since))
    elif how == "face away":
        walk = paused(Button.GREEN)
        walk.press(Button.GREEN)  # the picture is on again
        walk.send(FaceState(False, walk.now))
        walk.wait(3_000)
    else:
        walk = paused(Button.RED if how == "stop taken back" else Button.AMBER)
        for answer in (Answer.MISTAKE,) if how == "stop taken back" else (Answer.PAIN, Answer.MILD):
            walk.answer(answer)
    assert walk.session.phase is (SessionPhase.FACE_AWAY if how == "face away" else SessionPhase.PAUSED)
    assert walk.session.lit_ms - walk.now == walk.session.context.hears(walk.session.said)
    walk.send(Press(Button.GREEN, walk.now))
    assert walk.session.phase in (SessionPhase.PAUSED, SessionPhase.FACE_AWAY)


def test_a_softer_voice_stays_in_the_pause() -> None:
    """It is asked for to be heard better, not to go on."""
    walk = paused()
    walk.answer(Answer.SOFTER)
    assert (walk.session.phase, walk.session.cursor) == (SessionPhase.PAUSED, None)
    walk.answer(Answer.GO_ON)
    assert walk.at(SessionPhase.LEAD_BACK)


def test_a_pause_outside_a_step_goes_back_to_where_it_was() -> None:
    """What was paused in settling goes on with settling, and a skip there leads to the first step."""
    for answer, leads in ((Answer.GO_ON, SessionPhase.SETTLE_IN), (Answer.SKIP, SessionPhase.STEP)):
        walk = Walk.begin(plan(), context(eye_reminder=False))
        walk.check_in()
        assert walk.at(SessionPhase.SETTLE_IN)
        walk.press(Button.AMBER)
        walk.answer(answer)
        assert walk.at(leads)


# After a power cut.


def test_a_resumed_session_says_which_button_goes_on_and_lights_it_then() -> None:
    """It said "green goes on" while green was dark; and "next" named the first step of the plan."""
    walk = resumed(*IN_GLASSES, at=5)
    scene = scene_of(walk.session)
    assert isinstance(scene, StepScene)
    assert scene.then == IN_GLASSES[5].title
    walk.wait_until(lambda s: s.phase is SessionPhase.PAUSED)
    assert "When green lights up" in PROMPTS[walk.session.said]
    menu = scene_of(walk.session)
    assert isinstance(menu, Menu)
    assert (menu.strip.green, menu.text.endswith(f"Goes on with: {IN_GLASSES[5].title}.")) == ("", True)
    walk.hear_out()
    assert scene_of(walk.session).strip.green == "Go on"
    walk.press(Button.GREEN)
    assert walk.at(SessionPhase.LEAD_BACK)


@pytest.mark.parametrize(("at", "says"), [(2, "ready.glasses"), (3, "ready.glasses"), (1, None), (0, None)])
def test_glasses_and_hands_are_made_ready_again_after_a_cut(at: int, says: str | None) -> None:
    """Glasses off was said before the cut: fingers must not go to a lid behind glasses."""
    walk = resumed(*IN_GLASSES, at=at)
    walk.wait_until(lambda s: s.phase is SessionPhase.PAUSED)
    walk.answer(Answer.GO_ON)
    said = [e.prompt for e in walk.of(Say) if isinstance(e, Say)]
    assert says is None or (walk.session.phase, said[-1]) == (SessionPhase.READY, says)
    assert walk.session.phase is (SessionPhase.READY if says else SessionPhase.LEAD_BACK)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP and s.step >= max(at, 2) and s.played_ms >= 0)


def test_glasses_are_asked_for_again_after_a_cut_in_the_rest_of_the_arms_between() -> None:
    """The step that was cut needs nothing; the next one goes to the lid."""
    arm_rest = relax(kind=StepKind.ARM_REST, exercise="arm-rest", hold_ms=10_000, lead_in_ms=0)
    walk = resumed(relax(), GLASSES[0], LID, arm_rest, LID, GLASSES[1], at=3)
    walk.wait_until(lambda s: s.phase is SessionPhase.PAUSED)
    walk.answer(Answer.GO_ON)
    assert walk.at(SessionPhase.LEAD_BACK)
    walk.wait_until(lambda s: s.phase is SessionPhase.READY)
    assert walk.session.said == "ready.glasses"


def test_hands_alone_are_made_ready_again_too() -> None:
    """Clean hands, then up: a cut in the middle of a release."""
    walk = resumed(relax(), release(), at=1, repetition=1)
    walk.wait_until(lambda s: s.phase is SessionPhase.PAUSED)
    walk.answer(Answer.GO_ON)
    assert (walk.session.phase, walk.session.said) == (SessionPhase.READY, "ready.hands")


def test_whoever_relaxes_instead_with_glasses_off_puts_them_on_first() -> None:
    """What ends with "glasses back on" must not end without it."""
    walk = Walk.begin(plan(*IN_GLASSES, family=Family.RELEASES), context())
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP and s.step == 2)
    walk.press(Button.AMBER)
    for answer in (Answer.PAIN, Answer.SHARP, Answer.RELAX):
        walk.answer(answer)
    assert walk.session.current.exercise == "glasses-on"
    stopped = Walk.begin(plan(*IN_GLASSES, family=Family.RELEASES), context())
    stopped.check_in()
    stopped.wait_until(lambda s: s.phase is SessionPhase.STEP and s.step == 2)
    stopped.press(Button.RED)
    stopped.answer(Answer.ELSE)
    assert "glasses back on" in PROMPTS[stopped.session.said]


# Delivered time.


def test_a_pause_at_the_beginning_of_a_rest_does_not_shorten_it() -> None:
    """Amber and "go on" when a rest began: 3.6 s lay between two repetitions."""
    walk = Walk.begin(plan(movement()), context())
    walk.check_in()
    walk.wait_until(lambda s: s.repetition == 1)
    ended = walk.now
    walk.wait(200)
    walk.press(Button.AMBER)
    walk.answer(Answer.GO_ON)
    walk.wait_until(lambda s: s.delivered.moving)
    assert walk.now - ended >= 5_000


def test_a_skipped_quiet_is_made_up_for_before_the_next_block() -> None:
    """Amber and "skip" in the quiet between two blocks made one block of 267 s."""
    quiet = relax(kind=StepKind.QUIET, exercise="quiet", hold_ms=30_000, lead_in_ms=0)
    ten = movement(repetitions=8)
    walk = Walk.begin(plan(ten, quiet, movement(exercise="lips", repetitions=8)), context())
    walk.check_in()
    walk.wait_until(lambda s: s.step == 1)
    ended = walk.now
    walk.wait(2_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.SKIP)
    walk.wait_until(lambda s: s.phase is SessionPhase.BREAK)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    walk.wait_until(lambda s: s.delivered.moving)
    assert walk.now - ended >= 30_000


def test_movement_in_one_session_ends_after_fifteen_minutes_however_often_it_begins_again() -> None:
    """A repetition that is cut does not count as done; it counts as movement."""
    walk = Walk.begin(plan(movement(repetitions=10), relax()), context())
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    for _ in range(200):
        walk.wait_until(lambda s: s.delivered.moving or s.step == 1)
        if walk.session.step == 1:
            break
        walk.wait(8_900)
        walk.press(Button.AMBER)
        walk.answer(Answer.GO_ON)
    assert walk.session.step == 1
    assert walk.session.delivered.total_ms <= 900_000


def test_a_repetition_that_is_cut_ends_where_it_was_cut() -> None:
    """Up to there the face moved: a quiet is counted from then."""
    walk = Walk.begin(plan(movement()), context())
    walk.check_in()
    walk.wait_until(lambda s: s.delivered.moving)
    walk.wait(7_000)
    walk.press(Button.AMBER)
    assert (walk.session.delivered.moved_ms, walk.session.delivered.moving) == (walk.now, False)
    assert walk.session.delivered.total_ms == 7_000


def test_movement_that_was_cut_does_not_go_on_with_red_stuck() -> None:
    """It stuck while the power was off: the movement is left out, the rest goes on."""
    walk = Walk.begin(plan(movement(), relax()), context(resumes="s0", start_repetition=1, red_stuck=True))
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.PAUSED)
    walk.answer(Answer.GO_ON)
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    assert [(e.step, e.repetition) for e in walk.of(RepetitionDone) if isinstance(e, RepetitionDone)] == [(1, 0)]


def test_staff_are_told_once_of_a_pain_that_stays() -> None:
    """Pain, relaxing, and a stop because of pain: one line."""
    walk = paused()
    for answer in (Answer.PAIN, Answer.SHARP, Answer.RELAX):
        walk.answer(answer)
    walk.press(Button.RED)
    for answer in (Answer.PAIN, Answer.SEVERE):
        walk.answer(answer)
    assert (walk.session.phase, flags(walk)) == (SessionPhase.TOLD, [Flag.PAIN_LOCK])


def test_settling_is_short_only_where_the_first_step_is_quiet() -> None:
    """8 s before breathing, 20 s before a movement."""
    for first, ms in ((relax(), 8_000), (release(), 8_000), (movement(), 20_000)):
        walk = Walk.begin(plan(first, movement()), context(eye_reminder=False))
        walk.check_in()
        began = walk.now
        walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
        assert walk.now - began == ms


@pytest.mark.parametrize(
    "programme", sorted(p.id for p in shipped().programmes.values() if p.family is not Family.CARDS)
)
def test_every_programme_that_ships_begins_quietly_and_ends_with_twenty_seconds(programme: str) -> None:
    """So 8 s of settling are enough for all of them; the end is never shortened."""
    family = shipped().programmes[programme].family
    person = SYNKINETIC if family is Family.QUIET_CONTROL else PARETIC
    made = compile_plan(shipped(), person, shipped().programmes[programme], today())
    assert not made.steps[0].active
    walk = Walk.begin(msgspec.structs.replace(made, steps=made.steps[:1]), context())
    walk.check_in()
    for phase, ms in (
        (SessionPhase.EYE_CARE, 12_000),
        (SessionPhase.SETTLE_IN, 8_000),
        (SessionPhase.SETTLE_OUT, 20_000),
    ):
        walk.wait_until(to_phase(phase))
        began = walk.now
        walk.wait(ms - 1)
        assert walk.at(phase), f"{phase} is never shortened for speed"
        walk.wait(1)
        assert (walk.at(phase), walk.now - began) == (False, ms)


# What a fault once got past the tests.


def test_with_three_buttons_no_cursor_moves_by_itself() -> None:
    """Scanning belongs to the single switch."""
    walk = begun(Answer.YES, Answer.NONE, Answer.NONE)
    assert walk.at(SessionPhase.TIREDNESS)
    walk.wait(30_000)
    assert walk.session.cursor is None


def test_stop_stands_once_among_the_answers_and_not_where_all_is_over() -> None:
    """With a single switch and red stuck, a pause would have offered it twice."""
    walk = Walk.begin(plan(relax(), movement()), context(single_switch=True, red_stuck=True))
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP)
    since = walk.now
    walk.now += 60_000
    walk.send(Gap(since))
    assert walk.at(SessionPhase.PAUSED)
    assert answers(walk.session).count(Answer.STOP) == 1
    done = to(SessionPhase.DONE, single_switch=True)
    assert answers(done.session) == (Answer.FINISH,)


def test_every_step_ends_with_a_tone_and_its_own_words() -> None:
    """Eyes that are closed learn by them that it is over."""
    walk = Walk.begin(plan(relax(), movement()), context())
    walk.check_in()
    walk.wait_until(lambda s: s.phase is SessionPhase.PAIN_AFTER)
    heard = [e.kind if isinstance(e, Tone) else e.prompt for _, e in walk.effects if isinstance(e, Tone | Say)]
    end = heard.index("jaw-loose.end")
    assert heard[end - 1] == "end"
    assert [kind for kind in heard if kind in ("start", "end")] == ["start", "end", "start", "end"]
