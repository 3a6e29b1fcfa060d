"""The state of one session, and what can happen to it. All plain values, no clock.

Times are whole milliseconds of boot time. A stretch (settle, step) is anchored at the instant it was *planned* to
begin, so that no delay of a frame or a button ever adds up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from kiosk import signals
from kiosk.care.model import Family, Plan, Side, Stage, Step, StepKind, ViewMode
from kiosk.care.outcomes import Flag as Flag
from kiosk.session.delivered import Delivered
from kiosk.session.prompts import PROMPTS, reading_ms


class SessionPhase(StrEnum):
    """A place in the session. The table of what each one answers to is in ``kiosk.session.machine``."""

    IDENTITY = "identity"
    RED_FLAGS = "red-flags"
    FLAGGED = "flagged"
    PAIN_BEFORE = "pain-before"
    TIREDNESS = "tiredness"
    LINKED = "linked"
    CLEAN_HANDS = "clean-hands"
    TOLD = "told"
    EYE_CARE = "eye-care"
    SETTLE_IN = "settle-in"
    READY = "ready"
    STEP = "step"
    LEAD_BACK = "lead-back"
    BREAK = "break"
    LOOK_AWAY = "look-away"
    PAUSED = "paused"
    FACE_AWAY = "face-away"
    STOP_REASON = "stop-reason"
    PAIN_LEVEL = "pain-level"
    RELAX_OFFER = "relax-offer"
    SETTLE_OUT = "settle-out"
    PAIN_AFTER = "pain-after"
    LINKED_AFTER = "linked-after"
    DONE = "done"
    CLOSED = "closed"


class Answer(StrEnum):
    """Everything a person can answer. The words on the screen are the presenter's."""

    YES = "yes"
    NO = "no"
    NONE = "none"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    SHARP = "sharp"
    FRESH = "fresh"
    A_LITTLE = "a-little"
    TIRED = "tired"
    VERY_TIRED = "very-tired"
    EYE = "eye"
    ELSE = "else"
    GO_ON = "go-on"
    SKIP = "skip"
    EASIER = "easier"
    SOFTER = "softer"
    PAIN = "pain"
    LINKED = "linked"
    MISTAKE = "mistake"
    RELAX = "relax"
    FINISH = "finish"
    AGAIN = "again"
    STOP = "stop"


GLASSES_OFF, GLASSES_ON = "glasses-off", "glasses-on"
"""The exercises of the steps about glasses."""
PAIN_SCALE = (Answer.NONE, Answer.MILD, Answer.MODERATE, Answer.SEVERE)
TIREDNESS_SCALE = (Answer.FRESH, Answer.A_LITTLE, Answer.TIRED, Answer.VERY_TIRED)


class EndReason(StrEnum):
    """The way in which a session ended, in the words of the export."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    TIMEOUT = "timeout"
    POWER_LOSS = "power_loss"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Context:
    """All that the session must know of the person and the kiosk; it does not change while the session runs."""

    session_id: str
    """A name for this session that no other has."""
    person: str
    """The person's code."""
    stage: Stage | None
    """The stage of recovery; None: not set."""
    side: Side | None
    """The affected side; None: not set."""
    eye_reminder: bool = True
    """Whether the session begins with the eye-care reminder (rule 12)."""
    eye_drops: bool = True
    """Whether it speaks of eye drops: not to somebody who uses none."""
    constant_pain_cleared: bool = False
    """Whether staff know of a constant moderate pain and let the person practise with it (rule 5)."""
    clean_hands: bool = False
    """Whether the plan goes inside the cheek, so that clean hands are asked for (rule "inside the cheek")."""
    single_switch: bool = False
    """Whether one switch does everything."""
    scan_ms: int = 2_000
    """With a single switch: how long each answer is lit."""
    flag_count: int = 7
    """Number of red flags that are read out."""
    flag_reading_ms: int = 30_000
    """Time that the list of red flags takes, by voice or by reading it."""
    hearing: Mapping[str, int] = field(default_factory=dict)
    """Prompt id → how many ms it is heard for; its reading time where it has none."""
    said: Mapping[str, str] = field(default_factory=PROMPTS.copy)
    """Prompt id → its words in the person's language."""
    flags: int = 0
    """Red flags since staff last looked, before this session."""
    last_week: bool = True
    """Whether there was a session a week ago or earlier, with which today can be compared."""
    stay_open: tuple[Family, ...] = (Family.RELEASES, Family.RELAX)
    """Families of practice without movement that are open for this person today."""
    look_away_after_ms: int = 20 * 60_000
    """Time before the screen after which the eyes rest (rule 12)."""
    screen_ms: int = 0
    """Screen time already spent without looking away, before this session."""
    camera: bool = True
    """Whether the kiosk has a camera."""
    resumes: str = ""
    """The interrupted session that this one goes on with; empty: none."""
    start_step: int = 0
    """Index of the step at which a resumed session begins, from 0."""
    start_repetition: int = 0
    """Number of repetitions of that step that were done before."""
    red_stuck: bool = False
    """Whether the red button is stuck: amber stops, and nothing moves."""

    def hears(self, prompt: str) -> int:
        """Return the time for which ``prompt`` is heard, or read, in ms."""
        found = self.hearing.get(prompt)
        return reading_ms(prompt, self.said) if found is None else found


class Session(msgspec.Struct, frozen=True):
    """One session at one moment. Times are ms of boot time."""

    # A struct, because it is made anew for every picture: a dataclass takes twenty times as long for that.

    plan: Plan
    """The steps that are practised; relaxing instead adds its steps at the end."""
    context: Context
    """All that was known when the session began."""
    phase: SessionPhase
    """The present place in the session."""
    now_ms: int
    """The latest moment that the machine has heard of."""
    since_ms: int
    """Start of the present phase."""
    touched_ms: int
    """The last moment at which a button did something."""
    toned_ms: int | None = None
    """The moment of the last tone: light marks the same moment. None: there was none."""
    stalled: bool = False
    """Whether the present pause is there because the machine stood still."""
    lit_ms: int = 0
    """The moment from which green works in this phase: a question was heard by then."""
    said: str = ""
    """The prompt that the present phase spoke when it began, whose words it shows; empty: none."""
    begun: bool = False
    """Whether check-in is over, so that there is a session to record."""
    planned_steps: int = 0
    """Number of steps that the plan had at the beginning."""
    step: int = 0
    """The step that runs, or comes next, counted from 0."""
    open: bool = False
    """Whether that step has begun and not ended."""
    repetition: int = 0
    """The first repetition of the step that is not yet done, counted from 0."""
    anchor_ms: int = 0
    """Zero of the present step's timeline."""
    step_began_ms: int = 0
    """Start of the present step."""
    run_from_ms: int = 0
    """Practice is counted up to here."""
    played_ms: int = 0
    """The position on the step's timeline up to which everything has been played."""
    held_ms: int = 0
    """The position to go on from."""
    paused_in: SessionPhase = SessionPhase.SETTLE_IN
    """The timed phase that was paused."""
    paused_at_ms: int = 0
    """The moment at which it was paused."""
    unready: bool = False
    """Whether glasses and hands were made ready in an earlier session only."""
    delivered: Delivered = msgspec.field(default_factory=Delivered)
    """The movement that was in fact delivered, for the limits of rule 3."""
    cursor: int | None = None
    """Index of the choice that is pointed at; None: none yet."""
    scan_at_ms: int = 0
    """With a single switch: when the next answer is lit."""
    picture: bool = True
    """Whether the person wants to see their picture."""
    easier: bool = False
    """Whether holds are halved."""
    amber_stops: bool = False
    """Whether amber stops, because red is stuck."""
    face_lost_at_ms: int | None = None
    """The moment from which no face is seen; None: it is, or nobody waits for it."""
    face_pauses: int = 0
    """Number of pauses of the present step because the face was away."""
    camera_ok: bool = True
    """Whether pictures come."""
    sight_ok: bool = True
    """Whether somebody looks at them."""
    pain_before: Answer | None = None
    """Pain at check-in; None: not asked yet."""
    pain_after: Answer | None = None
    """Pain at check-out; None: not asked yet."""
    tiredness: Answer | None = None
    """Tiredness at check-in; None: not asked yet."""
    asked: SessionPhase = SessionPhase.IDENTITY
    """The question to which a level of pain, or what follows from an answer, belongs."""
    pending: Flag | None = None
    """The flag that staff will be told once what follows was heard and not looked at again."""
    pain_locked: bool = False
    """Whether pain has closed movement for today."""
    linked: bool = False
    """Whether it was said that other muscles pull along."""
    flag: Answer | None = None
    """A red flag that stands: YES, or EYE where it is the eye; None: none, or taken back."""
    flags: int = 0
    """Number of red flags that were named in this session."""
    refusal: str = ""
    """The reason for which relaxing is offered instead and steps are left out; empty: it is not offered."""
    end: EndReason | None = None
    """The way in which the session ended; None: it has not."""
    stop_reason: str = ""
    """The person's reason for stopping, in their answer's word."""
    stopped_ms: int = 0
    """The moment at which stop was pressed."""
    done_steps: int = 0
    """Steps done to their end."""
    practised: tuple[str, ...] = ()
    """Exercises of which something was done to its end; of a session with movement, its movements only."""
    times: int = 0
    """Number of movements done to their end."""
    practice_ms: int = 0
    """Time in steps, pauses left out."""
    paused_ms: int = 0
    """Time in pauses."""
    screen_from_ms: int = 0
    """The moment from which the person has looked at the screen without a rest for the eyes."""
    sent: int = 0
    """Key of the last record that was handed over."""
    stored: int = 0
    """Key of the last record that is known to be stored."""

    @property
    def current(self) -> Step:
        """The step that is running, or is to come next."""
        steps = self.plan.steps
        return steps[self.step] if self.step < len(steps) else steps[-1]

    @property
    def wants_picture(self) -> bool:
        """Whether the present moment shows the person their face.

        Only in movement steps: in all others hands or rest need none. With look-then-feel, only the first repetition.
        """
        if (
            self.phase not in (SessionPhase.STEP, SessionPhase.LEAD_BACK, SessionPhase.FACE_AWAY)
            or not self.picture
            or not self.context.camera
        ):
            return False
        return self.may_show

    @property
    def may_show(self) -> bool:
        """Whether there is a picture here that can be switched off and on: not after look-then-feel's first look."""
        step = self.current
        felt = step.view is ViewMode.FEEL or (step.view is ViewMode.LOOK_THEN_FEEL and self.repetition > 0)
        return step.active and not felt

    @property
    def may_draw(self) -> bool:
        """Whether the drawn head belongs here: in touch, and wherever the face may be seen; resting is picture-free."""
        step = self.current
        if step.show is None or self.plan.family is Family.RELAX:
            return False
        return self.may_show if step.active else True

    @property
    def wants_head(self) -> bool:
        """Whether the present moment shows the drawn head: what hides the mirror hides it as well."""
        return self.phase in (SessionPhase.STEP, SessionPhase.LEAD_BACK) and self.picture and self.may_draw

    @property
    def sets_up(self) -> bool:
        """Whether this is the time to look how the face sits in the picture: settling, before steps that show it."""
        if self.phase is not SessionPhase.SETTLE_IN or not (self.context.camera and self.camera_ok):
            return False
        to_come = self.plan.steps[self.step :]
        return any(step.looked_at and not step.hands and step.view is not ViewMode.FEEL for step in to_come)

    @property
    def hurt(self) -> bool:
        """Whether pain was told of, in a pause, as the reason for stopping, or at check-out."""
        after = self.pain_after not in (None, Answer.NONE)
        return after or self.pain_locked or self.stop_reason == Answer.PAIN.value

    @property
    def readying(self) -> bool:
        """Whether the person sees to glasses or lenses, which green says is done."""
        return self.phase is SessionPhase.STEP and self.current.kind is StepKind.GLASSES

    @property
    def lit(self) -> bool:
        """Whether green works: what it answers was heard."""
        return self.now_ms >= self.lit_ms

    @property
    def glasses_off(self) -> bool:
        """Whether the plan has asked to take glasses off, and not yet to put them back on."""
        names = [step.exercise for step in self.plan.steps[: self.step + self.open]]
        asked = [name for name in names if name in (GLASSES_OFF, GLASSES_ON)]
        return self.begun and asked[-1:] == [GLASSES_OFF]

    @property
    def all_stored(self) -> bool:
        """Whether everything this session handed over is known to be safe."""
        return self.stored >= self.sent


@dataclass(frozen=True, slots=True)
class SessionTick:
    """Nothing happened but time."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The machine stood still from ``since_ms`` until now: nobody can say what was practised meanwhile."""

    since_ms: int


SessionEvent = (
    SessionTick
    | Gap
    | signals.Press
    | signals.Stuck
    | signals.FaceState
    | signals.CameraState
    | signals.SightState
    | signals.Spoken
    | signals.Stored
    | signals.Closed
)
