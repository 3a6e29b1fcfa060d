"""Sessions told moment by moment: what a person does, what is shown and heard, and what is written down.

``docs/sessions.md`` is made of it, for whoever reviews how a session goes; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

from kiosk.care.model import Family, Side, Stage, Step, StepKind, ViewMode
from kiosk.session import effects, model
from kiosk.session.effects import Effect
from kiosk.session.model import Answer, Gap, SessionEvent, SessionPhase, SessionTick
from kiosk.session.prompts import PROMPTS
from kiosk.session.questions import answers, green_answer
from kiosk.session.timed import TIMED
from kiosk.signals import Button, CameraState, Closed, FaceState, Press, SightState, Stored, Stuck
from tests.session.plans import context, movement, plan, relax, release
from tests.session.walk import START, Walk

HEARD_MS = 3_000
"""In these sessions the voice takes so long for each prompt, but for the list of warning signs."""


def clock(at_ms: int) -> str:
    """``1:02.500``, from the beginning."""
    minutes, rest = divmod(at_ms - START, 60_000)
    return f"{minutes}:{rest // 1000:02}" + (f".{rest % 1000:03}" if rest % 1000 else "")


def seconds(ms: int) -> str:
    return f"{ms / 1000:g} s"


@singledispatch
def told(effect: Any) -> str:
    """One effect in words, with everything that it holds."""
    raise TypeError(effect)


@told.register
def _(effect: effects.Say) -> str:
    manner = " to its end" * effect.hold + ", or not at all" * effect.droppable
    return f"says `{effect.prompt}`{manner}"


@told.register
def _(_effect: effects.Hush) -> str:
    return "falls silent"


@told.register
def _(effect: effects.Tone) -> str:
    return f"tone: {effect.kind}"


@told.register
def _(effect: effects.UseCamera) -> str:
    return f"camera {'on' if effect.on else 'off'}"


@told.register
def _(effect: effects.Alert) -> str:
    return f"lamp {'on' if effect.on else 'off'}"


@told.register
def _(_effect: effects.SofterVoice) -> str:
    return "voice softer"


@told.register
def _(effect: effects.Leave) -> str:
    return f"home{', asleep' if effect.asleep else ''}{f', card `{effect.card}`' if effect.card else ''}"


@told.register
def _(effect: effects.Began) -> str:
    return f"{effect.key}: began at {clock(effect.t_ms)}"


@told.register
def _(effect: effects.StepBegan) -> str:
    return f"{effect.key}: step {effect.step} at {clock(effect.t_ms)}"


@told.register
def _(effect: effects.RepetitionDone) -> str:
    held = seconds(effect.hold_ms)
    return f"{effect.key}: step {effect.step} repetition {effect.repetition} at {clock(effect.t_ms)}, held {held}"


@told.register
def _(effect: effects.StepEnded) -> str:
    how = f"left out ({effect.reason})" if effect.skipped else f"done{effect.reason}"
    span = f"{clock(effect.began_ms)} to {clock(effect.t_ms)}"
    return f"{effect.key}: step {effect.step} {how}, {effect.done} repetitions, {span}"


@told.register
def _(effect: effects.Rated) -> str:
    return f"{effect.key}: {effect.item} {effect.value}"


@told.register
def _(effect: effects.Ended) -> str:
    why = f" ({effect.stop_reason})" if effect.stop_reason else ""
    return f"{effect.key}: ended, {effect.reason.value}{why}, at {clock(effect.t_ms)}"


@told.register
def _(effect: effects.Reopened) -> str:
    return f"{effect.key}: goes on after all at {clock(effect.t_ms)}"


@told.register
def _(effect: effects.Flagged) -> str:
    return f"{effect.key}: staff are told `{effect.flag.value}`"


@told.register
def _(effect: effects.Noted) -> str:
    return f"{effect.key}: note `{effect.code}`{f' {effect.detail}' if effect.detail else ''}"


def happened(event: SessionEvent) -> str:
    """One event in words."""
    match event:
        case Press():
            return f"**{event.button.value}**"
        case FaceState():
            return "face is there" if event.present else "face is away"
        case CameraState():
            return "camera works" if event.ok else "camera fails"
        case SightState():
            return "sight works" if event.ok else "sight fails"
        case Stuck():
            return f"{event.button.value} is {'stuck' if event.stuck else 'free'}"
        case Gap():
            return f"stood still from {clock(event.since_ms)}"
        case Stored():
            return f"stored up to {event.token}"
        case Closed():
            return "kiosk ends"
    return ""


@dataclass
class ToldWalk(Walk):
    """A walk that writes down what every call changed for the person or the record."""

    rows: list[str] = field(default_factory=list)

    def send(self, event: SessionEvent) -> tuple[Effect, ...]:
        before = self._shown()
        effects = super().send(event)
        after = self._shown()
        pointing = isinstance(event, Press) and self.session.cursor is not None and not effects
        if not pointing and (effects or after != before or not isinstance(event, SessionTick)):
            self._row(happened(event), after if after != before else "", effects)
        return effects

    def begun(self) -> None:
        """The first row."""
        self._row("", self._shown(), tuple(effect for _, effect in self.effects))

    def _row(self, what: str, shown: str, effects: tuple[Effect, ...]) -> None:
        self.rows.append(f"| {clock(self.now)} | {what} | {shown} | {'; '.join(map(told, effects))} |")

    def _shown(self) -> str:
        """The phase, its words, its answers, and the picture."""
        s = self.session
        parts = [s.phase.value + (f" `{s.said}`" if s.said else "")]
        if s.phase in TIMED:
            parts += ["picture"] * s.wants_picture
        else:
            found = [
                f"[{answer.value}]" if s.cursor == at else answer.value for at, answer in enumerate(self._choices())
            ]
            parts += [", ".join(found)] * bool(found)
            green = green_answer(s)
            if green is not None and not s.context.single_switch:
                parts.append(f"green {green.value} from {clock(s.lit_ms)}")
        parts += ["holds halved"] * s.easier + ["amber stops"] * s.amber_stops
        return "; ".join(parts)

    def _choices(self) -> tuple[Answer, ...]:
        s = self.session
        return answers(s) if s.context.single_switch else tuple(a for a in answers(s) if a is not green_answer(s))


GLASSES_OFF, GLASSES_ON = (
    relax(kind=StepKind.GLASSES, exercise=f"glasses-{way}", hold_ms=15_000, lead_in_ms=0,
          prompt_start=f"glasses-{way}.start", prompt_middle="", prompt_end="")
    for way in ("off", "on")
)  # fmt: skip
LID = release(exercise="lid", glasses_off=True)
QUIET = relax(kind=StepKind.QUIET, exercise="quiet", hold_ms=30_000, lead_in_ms=0, prompt_middle="", prompt_end="")
ARM_REST = relax(kind=StepKind.ARM_REST, exercise="arm-rest", hold_ms=10_000, lead_in_ms=0, prompt_middle="")
LIPS = movement(block=2, exercise="lips", view=ViewMode.LOOK_THEN_FEEL, repetitions=2)
ALL_KINDS = (relax(), movement(repetitions=2), QUIET, LIPS, GLASSES_OFF, LID, GLASSES_ON)
LONG = movement(exercise="long", in_ms=2_000, hold_ms=5_000, out_ms=2_000, rest_ms=5_000, repetitions=10)


def walk_of(*steps: Step, family: Family = Family.FIRST_MOVEMENTS, **changes: Any) -> ToldWalk:
    """A walk at its first question."""
    hearing = dict.fromkeys(PROMPTS, HEARD_MS)
    walk = ToldWalk.begin(plan(*steps, family=family), context(**{"hearing": hearing, **changes}))
    assert isinstance(walk, ToldWalk)
    walk.begun()
    return walk


def led(*steps: Step, **changes: Any) -> ToldWalk:
    """A walk whose check-in is behind it and not told."""
    walk = walk_of(*steps, **changes)
    walk.check_in()
    walk.rows.clear()
    return walk


def until(walk: Walk, phase: SessionPhase, at_step: int | None = None) -> None:
    walk.wait_until(lambda s: s.phase is phase and (at_step is None or s.step == at_step))


def into(walk: Walk, at_step: int, ms: int) -> None:
    """``ms`` into a step."""
    until(walk, SessionPhase.STEP, at_step)
    walk.wait(ms)


def check_out(walk: Walk, pain: Answer = Answer.NONE) -> None:
    until(walk, SessionPhase.PAIN_AFTER)
    walk.answer(pain)


def whole() -> ToldWalk:
    """A whole session, left alone"""
    walk = walk_of(*ALL_KINDS, clean_hands=True)
    walk.check_in()
    check_out(walk)
    walk.answer(Answer.NO)
    walk.send(Stored(walk.session.sent))
    walk.answer(Answer.FINISH)
    return walk


def quiet_control() -> ToldWalk:
    """Quiet control by somebody with both sides affected whose eye closes, who was never here before"""
    walk = walk_of(relax(), movement(repetitions=1), family=Family.QUIET_CONTROL, stage=Stage.SYNKINETIC,
                   side=Side.BOTH, last_week=False, eye_reminder=False, camera=False)  # fmt: skip
    for answer in (Answer.YES, Answer.NONE, Answer.MILD, Answer.A_LITTLE, Answer.YES, Answer.GO_ON):
        walk.answer(answer)
    check_out(walk, Answer.MILD)
    walk.answer(Answer.FINISH)
    return walk


def gentle_care() -> ToldWalk:
    """Gentle care ends with one question"""
    walk = walk_of(relax(), family=Family.CARE, side=Side.RIGHT)
    walk.check_in(tired=Answer.VERY_TIRED)
    check_out(walk)
    walk.wait(61_000)
    return walk


def paused() -> ToldWalk:
    """Pauses: before the first step, in long stretches, holds and rests; a softer voice; easier; skipped"""
    walk = led(*ALL_KINDS)
    walk.wait(5_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.GO_ON)
    walk.wait(5_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.SKIP)
    into(walk, 0, 20_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.SOFTER)
    walk.answer(Answer.GO_ON)
    into(walk, 1, 2_000)
    walk.press(Button.GREEN)
    walk.press(Button.AMBER)
    walk.answer(Answer.GO_ON)
    into(walk, 1, 9_500)
    walk.press(Button.AMBER)
    walk.answer(Answer.EASIER)
    walk.wait(2_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.EASIER)
    into(walk, 1, 16_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.GO_ON)
    into(walk, 2, 1_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.SKIP)
    into(walk, 5, 3_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.GO_ON)
    into(walk, 5, 15_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.SKIP)
    until(walk, SessionPhase.SETTLE_OUT)
    walk.wait(5_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.SKIP)
    return walk


def tired() -> ToldWalk:
    """Tired in the middle: this block is left out, then relaxing instead"""
    walk = led(movement(), movement(exercise="brow"), QUIET, LIPS, movement(block=3, exercise="nose"))
    into(walk, 0, 6_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.TIRED)
    walk.answer(Answer.GO_ON)
    into(walk, 3, 6_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.TIRED)
    walk.answer(Answer.RELAX)
    check_out(walk)
    return walk


def tired_at_once() -> ToldWalk:
    """Very tired at check-in, and no wish to relax"""
    walk = walk_of(*ALL_KINDS)
    walk.check_in(tired=Answer.VERY_TIRED)
    walk.answer(Answer.FINISH)
    return walk


def tired_and_done() -> ToldWalk:
    """Tired with glasses off, and done"""
    walk = led(movement(), GLASSES_OFF, LID, GLASSES_ON, LIPS)
    into(walk, 2, 12_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.TIRED)
    walk.answer(Answer.FINISH)
    walk.wait(61_000)
    return walk


def pain_in_a_pause() -> ToldWalk:
    """Pain in a pause: mild goes on, moderate ends movement for today"""
    walk = led(movement(), QUIET, LIPS, stay_open=(Family.RELAX,))
    into(walk, 0, 6_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.PAIN)
    walk.answer(Answer.MILD)
    walk.answer(Answer.GO_ON)
    into(walk, 0, 10_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.PAIN)
    walk.answer(Answer.MODERATE)
    walk.answer(Answer.RELAX)
    check_out(walk, Answer.SEVERE)
    walk.answer(Answer.GO_ON)
    walk.answer(Answer.NO)
    return walk


def pain_and_done() -> ToldWalk:
    """Severe pain in a block with a rest of the arms, and done"""
    walk = led(movement(), ARM_REST, movement(exercise="brow"), QUIET, LIPS)
    into(walk, 0, 6_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.PAIN)
    walk.answer(Answer.SEVERE)
    walk.answer(Answer.FINISH)
    return walk


def pain_before() -> ToldWalk:
    """Pain at check-in: looked at again, then moderate; relaxing instead"""
    walk = walk_of(*ALL_KINDS)
    walk.answer(Answer.YES)
    walk.answer(Answer.NONE)
    walk.answer(Answer.YES)
    walk.answer(Answer.AGAIN)
    walk.answer(Answer.MODERATE)
    walk.answer(Answer.RELAX)
    check_out(walk, Answer.MODERATE)
    return walk


def pain_known() -> ToldWalk:
    """A constant moderate pain that staff know of; severe is another matter"""
    walk = walk_of(movement(repetitions=1), constant_pain_cleared=True)
    walk.check_in(pain=Answer.MODERATE)
    check_out(walk, Answer.SEVERE)
    walk.answer(Answer.GO_ON)
    severe = walk_of(movement(repetitions=1), constant_pain_cleared=True)
    for answer in (Answer.YES, Answer.NONE, Answer.SEVERE, Answer.FINISH):
        severe.answer(answer)
    walk.rows += severe.rows
    return walk


def stopped() -> ToldWalk:
    """Stopped by mistake, then because of pain"""
    walk = led(relax(), movement())
    into(walk, 1, 16_000)
    walk.press(Button.RED)
    walk.wait(59_999)
    walk.answer(Answer.MISTAKE)
    walk.answer(Answer.GO_ON)
    into(walk, 1, 20_000)
    walk.press(Button.RED)
    walk.wait(61_000)
    walk.answer(Answer.PAIN)
    walk.answer(Answer.SHARP)
    walk.answer(Answer.GO_ON)
    walk.wait(61_000)
    return walk


def stop_reasons() -> ToldWalk:
    """Every other reason to stop, and none"""
    rows: list[str] = []
    for reason in (Answer.TIRED, Answer.LINKED, Answer.EYE, Answer.ELSE, None):
        walk = led(GLASSES_OFF, LID, movement())
        into(walk, 1, 31_000)
        walk.press(Button.RED)
        if reason is None:
            walk.press(Button.RED)
            walk.press(Button.RED)
        else:
            walk.answer(reason)
        if walk.at(SessionPhase.TOLD):
            walk.answer(Answer.GO_ON)
        rows += walk.rows
    walk.rows = rows
    return walk


def linked() -> ToldWalk:
    """Muscles that pull along: looked at again, then true; first movements wait"""
    walk = walk_of(*ALL_KINDS)
    for answer in (
        Answer.YES,
        Answer.NONE,
        Answer.NONE,
        Answer.FRESH,
        Answer.YES,
        Answer.AGAIN,
        Answer.YES,
        Answer.RELAX,
    ):
        walk.answer(answer)
    check_out(walk)
    return walk


def linked_after() -> ToldWalk:
    """Muscles that pulled along, said after the session"""
    walk = led(movement(repetitions=1), family=Family.QUIET_CONTROL, stage=Stage.SYNKINETIC)
    check_out(walk)
    for answer in (Answer.YES, Answer.AGAIN, Answer.YES, Answer.GO_ON, Answer.FINISH):
        walk.answer(answer)
    return walk


def red_flags() -> ToldWalk:
    """A warning sign: taken back, named again, it is the eye"""
    walk = walk_of(*ALL_KINDS)
    for answer in (Answer.YES, Answer.YES, Answer.NONE, Answer.YES, Answer.EYE, Answer.FINISH):
        walk.answer(answer)
    return walk


def red_flag_taken_back() -> ToldWalk:
    """A warning sign taken back: movement waits, relaxing is open"""
    walk = walk_of(movement(), eye_reminder=False)
    for answer in (Answer.YES, Answer.YES, Answer.NONE, Answer.NONE, Answer.RELAX):
        walk.answer(answer)
    check_out(walk)
    return walk


def silence() -> ToldWalk:
    """Silence: at the first question, at a warning sign, in a pause, after a stop"""
    walk = walk_of(movement())
    walk.wait(180_000)
    flagged = walk_of(movement())
    flagged.answer(Answer.YES)
    flagged.answer(Answer.YES)
    flagged.wait(600_000)
    halted = led(movement())
    into(halted, 0, 6_000)
    halted.press(Button.AMBER)
    halted.wait(180_000)
    stopped_ = led(movement())
    into(stopped_, 0, 6_000)
    stopped_.press(Button.RED)
    stopped_.wait(180_000)
    walk.rows += flagged.rows + halted.rows + stopped_.rows
    return walk


def left() -> ToldWalk:
    """Red at each question before and after"""
    rows: list[str] = []
    for given in ((), (Answer.NO,), (Answer.YES,), (Answer.YES, Answer.YES), (Answer.YES, Answer.NONE)):
        walk = walk_of(movement())
        for answer in given:
            walk.answer(answer)
        walk.press(Button.RED)
        rows += walk.rows[-1:]
    for pain in (None, Answer.NONE):
        walk = led(movement(repetitions=1))
        until(walk, SessionPhase.PAIN_AFTER)
        if pain is not None:
            walk.answer(pain)
        walk.press(Button.RED)
        rows += walk.rows[-1:]
    walk.rows = rows
    return walk


def seen() -> ToldWalk:
    """The face is away, comes back, is away again; the camera fails and works again; nobody looks"""
    walk = led(movement(), LIPS)
    into(walk, 0, 6_000)
    walk.send(FaceState(False, walk.now))
    walk.wait(3_000)
    walk.send(FaceState(True, walk.now))
    into(walk, 0, 6_000)
    walk.send(FaceState(False, walk.now))
    walk.wait(3_000)
    walk.answer(Answer.ELSE)
    walk.answer(Answer.GO_ON)
    into(walk, 1, 6_000)
    walk.send(FaceState(False, walk.now))
    walk.wait(3_000)
    walk.answer(Answer.GO_ON)
    walk.send(CameraState(False, "unplugged", walk.now))
    walk.send(CameraState(False, "unplugged", walk.now))
    walk.send(CameraState(True, "", walk.now))
    walk.send(SightState(False, "killed", walk.now))
    walk.send(SightState(False, "killed", walk.now))
    walk.send(SightState(True, "", walk.now))
    check_out(walk)
    return walk


def red_stuck() -> ToldWalk:
    """Red is stuck in a movement, is freed in the pause, is stuck again at rest"""
    walk = led(relax(), movement(), relax(exercise="jaw"), LIPS)
    into(walk, 1, 6_000)
    walk.send(Stuck(Button.GREEN, True, walk.now))
    walk.send(Stuck(Button.RED, True, walk.now))
    walk.answer(Answer.GO_ON)
    into(walk, 2, 6_000)
    walk.send(Stuck(Button.RED, False, walk.now))
    walk.press(Button.AMBER)
    walk.send(Stuck(Button.RED, True, walk.now))
    walk.answer(Answer.STOP)
    return walk


def red_stuck_in_a_pause() -> ToldWalk:
    """Red is stuck in the pause of a movement"""
    walk = led(movement(), LIPS, relax())
    into(walk, 0, 6_000)
    walk.press(Button.AMBER)
    walk.send(Stuck(Button.RED, True, walk.now))
    walk.answer(Answer.GO_ON)
    into(walk, 2, 6_000)
    walk.press(Button.AMBER)
    return walk


def red_stuck_before() -> ToldWalk:
    """Red is stuck before the session"""
    walk = walk_of(movement(), relax(), red_stuck=True)
    walk.check_in()
    into(walk, 1, 6_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.ELSE)
    return walk


def one_switch() -> ToldWalk:
    """A single switch: answers are lit in turn, and any press in a stretch stops"""
    walk = walk_of(movement(), single_switch=True)
    walk.check_in()
    into(walk, 0, 6_000)
    walk.press(Button.GREEN)
    walk.answer(Answer.MISTAKE)
    walk.answer(Answer.GO_ON)
    check_out(walk)
    walk.answer(Answer.NO)
    walk.answer(Answer.FINISH)
    return walk


def gone_on_with() -> ToldWalk:
    """A session that was cut in a release with glasses off is gone on with"""
    walk = walk_of(movement(), GLASSES_OFF, LID, GLASSES_ON, LIPS, resumes="s0", start_step=2, start_repetition=1)
    walk.check_in()
    until(walk, SessionPhase.PAUSED)
    walk.answer(Answer.GO_ON)
    check_out(walk)
    return walk


def gone_on_with_after_a_cut_movement() -> ToldWalk:
    """A session that was cut in a movement is gone on with"""
    walk = walk_of(movement(), LIPS, resumes="s0", start_step=0, start_repetition=2, eye_reminder=False)
    walk.check_in()
    walk.answer(Answer.GO_ON)
    check_out(walk)
    return walk


def rest_for_the_eyes() -> ToldWalk:
    """Eyes look away after a while of screen, and not again at once"""
    walk = led(movement(repetitions=1), movement(repetitions=1, exercise="brow"), LIPS,
               look_away_after_ms=60_000, screen_ms=20_000)  # fmt: skip
    check_out(walk)
    return walk


def limits() -> ToldWalk:
    """Blocks end after three minutes, and movement ends after fifteen"""
    walk = led(*[LONG] * 8)
    check_out(walk)
    return walk


NINE = movement(in_ms=2_000, hold_ms=5_000, out_ms=2_000, rest_ms=5_000, repetitions=9)
NEARLY = (*(NINE, QUIET) * 7, movement(in_ms=2_000, hold_ms=5_000, out_ms=2_000, rest_ms=5_000, repetitions=4))
"""898 s of movement."""


def limit_before_a_step() -> ToldWalk:
    """What is left of fifteen minutes is too short for a step: it does not begin, what is no movement does"""
    walk = led(*NEARLY, movement(exercise="more"), relax(exercise="last"), movement(exercise="later"))
    until(walk, SessionPhase.STEP, 14)
    walk.rows.clear()
    check_out(walk)
    return walk


def limit_after_a_pause() -> ToldWalk:
    """The rest that leads back after a pause counts too"""
    walk = led(*NEARLY, relax(exercise="last"))
    until(walk, SessionPhase.STEP, 14)
    walk.rows.clear()
    walk.wait(5_000 + 3 * 14_000 + 5_000)
    walk.press(Button.AMBER)
    walk.answer(Answer.GO_ON)
    check_out(walk)
    return walk


def limit_with_hands() -> ToldWalk:
    """The time in which hands go up counts towards a block"""
    up = movement(
        exercise="up", hands=True, hands_up_ms=10_000, in_ms=10_000, hold_ms=5_000, out_ms=10_000, repetitions=1
    )
    walk = led(movement(exercise="long", in_ms=2_000, hold_ms=5_000, out_ms=2_000, rest_ms=6_000, repetitions=10), up)
    check_out(walk)
    return walk


def stood_still() -> ToldWalk:
    """The machine stands still in a step, in a question, and in a settle"""
    walk = led(movement(), relax())
    walk.wait(13_000)
    since = walk.now
    walk.now += 100_000
    walk.send(Gap(since))
    walk.answer(Answer.GO_ON)
    into(walk, 0, 6_000)
    since = walk.now
    walk.now += 100_000
    walk.send(Gap(since))
    since = walk.now
    walk.now += 20_000
    walk.send(Gap(since))
    walk.answer(Answer.GO_ON)
    into(walk, 1, 6_000)
    walk.now += 100_000
    walk.press(Button.GREEN)
    return walk


def ended_from_outside() -> ToldWalk:
    """The kiosk itself ends: in a question and in a step"""
    walk = walk_of(movement())
    walk.send(Closed())
    inside = led(movement())
    into(inside, 0, 6_000)
    inside.send(Closed())
    inside.send(Stored(inside.session.sent))
    walk.rows += inside.rows
    return walk


SESSIONS: tuple[Callable[[], ToldWalk], ...] = (
    *(
        whole,
        quiet_control,
        gentle_care,
        paused,
        tired,
        tired_at_once,
        tired_and_done,
        pain_in_a_pause,
        pain_and_done,
        pain_before,
    ),
    *(pain_known, stopped, stop_reasons, linked, linked_after, red_flags, red_flag_taken_back, silence, left, seen),
    *(red_stuck, red_stuck_in_a_pause, red_stuck_before, one_switch, gone_on_with, gone_on_with_after_a_cut_movement),
    *(
        rest_for_the_eyes,
        limits,
        limit_before_a_step,
        limit_after_a_pause,
        limit_with_hands,
        stood_still,
        ended_from_outside,
    ),
)
HEAD = """# Sessions, moment by moment

<!-- Written by `make docs` from tests/session/moments.py, by leading the session machine. Change it there. -->

For whoever reviews how a session goes: what a person does (bold: a button), what is then shown (the phase, the id of
its words as in [sentences](sentences.md), what can be answered, what is pointed at in brackets), what is heard, and
what is written down under which number. Times are minutes and seconds from the beginning, and where the check-in is not
told, it went as in the first of these sessions. The voice takes 3 s for each sentence here, and 14 s for the list of
warning signs. "Or not at all": what comes late is not said.
"""


def parts() -> Iterator[str]:
    for session in SESSIONS:
        title = (session.__doc__ or "").strip()
        yield f"\n## {title}\n\n| at | happens | shown | follows |\n|---|---|---|---|\n"
        walk = session()
        yield from (f"{row}\n" for row in walk.rows)
        if walk.session.begun:
            yield f"\n{counted(walk.session)}\n"


def counted(session: model.Session) -> str:
    """What the record counts of a session."""
    steps = f"{session.done_steps} steps done of {session.planned_steps} planned"
    times = f"practised {seconds(session.practice_ms)}, paused {seconds(session.paused_ms)}"
    return f"Counted: {steps}; {times}; movement with its rests {seconds(session.delivered.total_ms)}."


def sessions_page() -> str:
    """docs/sessions.md."""
    return HEAD + "".join(parts())
