"""The state of one session, what can happen to it, and what it asks of the world. All plain values, no clock.

Times are whole milliseconds of boot time. A stretch (settle, step) is anchored at the instant it was *planned* to
begin, so that no delay of a frame or a button ever adds up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk import signals
from kiosk.care.model import Plan, Side, Stage, Step, ViewMode


class Phase(StrEnum):
    """Where in the session we are. The table of what each one answers to is in ``kiosk.session.machine``."""

    IDENTITY = "identity"
    RED_FLAGS = "red-flags"
    FLAG_KIND = "flag-kind"
    FLAGGED = "flagged"
    PAIN_BEFORE = "pain-before"
    TIREDNESS = "tiredness"
    LINKED = "linked"
    CLEAN_HANDS = "clean-hands"
    REFUSED = "refused"
    EYE_CARE = "eye-care"
    SETTLE_IN = "settle-in"
    STEP = "step"
    LEAD_BACK = "lead-back"
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
    STOP = "stop"


PAIN_SCALE = (Answer.NONE, Answer.MILD, Answer.MODERATE, Answer.SEVERE)
TIREDNESS_SCALE = (Answer.FRESH, Answer.A_LITTLE, Answer.TIRED, Answer.VERY_TIRED)


class EndReason(StrEnum):
    """How a session ended, in the words of the export."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    TIMEOUT = "timeout"
    POWER_LOSS = "power_loss"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Context:
    """What the session must know of the person and the kiosk; it does not change while the session runs.

    ``flag_reading_ms`` is how long the red-flag list takes to read out (voice or reading time). ``screen_ms`` is screen
    time already spent without looking away. ``resumes`` names the session this one goes on with, ``start_step`` and
    ``start_repetition`` (0-based) where.
    """

    session_id: str
    person: str
    stage: Stage | None
    side: Side | None
    eye_reminder: bool = True
    constant_pain_cleared: bool = False
    clean_hands: bool = False
    single_switch: bool = False
    scan_ms: int = 2_000
    flag_count: int = 7
    flag_reading_ms: int = 30_000
    look_away_after_ms: int = 20 * 60_000
    screen_ms: int = 0
    camera: bool = True
    picture: bool = True
    resumes: str = ""
    start_step: int = 0
    start_repetition: int = 0
    red_stuck: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """One session at one moment.

    ``since_ms`` is when the present phase began, ``touched_ms`` when a button last did something. ``anchor_ms`` is
    where zero of the present step's timeline lies; everything up to position ``played_ms`` has been played.
    ``held_ms`` is the position to go on from after a pause in ``paused_in``. ``repetition`` is the first one not yet
    done. ``cursor`` is the answer that amber has moved to, None: none yet.
    """

    plan: Plan
    context: Context
    phase: Phase
    now_ms: int
    since_ms: int
    touched_ms: int
    began_ms: int = 0
    begun: bool = False
    planned_steps: int = 0
    step: int = 0
    repetition: int = 0
    anchor_ms: int = 0
    step_began_ms: int = 0
    run_from_ms: int = 0
    played_ms: int = 0
    held_ms: int = 0
    paused_in: Phase = Phase.SETTLE_IN
    paused_at_ms: int = 0
    cursor: int | None = None
    scan_at_ms: int = 0
    picture: bool = True
    easier: bool = False
    amber_stops: bool = False
    face_lost_at_ms: int | None = None
    face_pauses: int = 0
    """How often the present step has paused because the face was away."""
    camera_ok: bool = True
    sight_ok: bool = True
    pain_before: Answer | None = None
    pain_after: Answer | None = None
    tiredness: Answer | None = None
    pain_locked: bool = False
    linked: bool = False
    flag: Answer | None = None
    refusal: str = ""
    end: EndReason | None = None
    stop_reason: str = ""
    stopped_ms: int = 0
    done_steps: int = 0
    practice_ms: int = 0
    paused_ms: int = 0
    screen_from_ms: int = 0
    sent: int = 0
    stored: int = 0

    @property
    def current(self) -> Step:
        """The step that is running, or is to come next."""
        return self.plan.steps[min(self.step, len(self.plan.steps) - 1)]

    @property
    def wants_picture(self) -> bool:
        """Whether the present moment shows the person their face.

        Only in movement steps: in all others hands or rest need none. With look-then-feel, only the first repetition.
        """
        if (
            self.phase not in (Phase.STEP, Phase.LEAD_BACK, Phase.FACE_AWAY)
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
    def all_stored(self) -> bool:
        """Whether everything this session handed over is known to be safe."""
        return self.stored >= self.sent


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing happened but time."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The machine stood still from ``since_ms`` until now: nobody can say what was practised meanwhile."""

    since_ms: int


Event = (
    Tick
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


# What a session asks of the world.


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a prompt. Without a flag it is said late rather than not at all, unless a newer one takes its place."""

    prompt: str
    hold: bool = False
    """It is heard to its end, and what follows waits for it: the red flags, what ends a step."""
    droppable: bool = False
    """A cue or a count: what is late is not said, and nothing else is cut for it."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Be silent now."""


@dataclass(frozen=True, slots=True)
class Tone:
    """Sound one of the tones: ``start`` or ``end``."""

    kind: str


@dataclass(frozen=True, slots=True)
class UseCamera:
    """Open or close the camera; it is open only from check-in to check-out."""

    on: bool


@dataclass(frozen=True, slots=True)
class Alert:
    """Light or darken the alert lamp."""

    on: bool


@dataclass(frozen=True, slots=True)
class SofterVoice:
    """One level quieter from now on."""


# What it hands over to be remembered. ``key`` grows by one with each; ``signals.Stored(key)`` acknowledges it.


@dataclass(frozen=True, slots=True)
class Began:
    key: int
    t_ms: int


@dataclass(frozen=True, slots=True)
class StepBegan:
    key: int
    t_ms: int
    step: int


@dataclass(frozen=True, slots=True)
class RepetitionDone:
    """One repetition was done to its end. ``hold_ms``: how long it was held."""

    key: int
    t_ms: int
    step: int
    repetition: int
    hold_ms: int


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step is over: ``done`` of its repetitions were done; ``skipped`` says whether it was left early, and why."""

    key: int
    t_ms: int
    step: int
    began_ms: int
    done: int
    skipped: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Rated:
    """The person rated something on a verbal scale 0..3."""

    key: int
    item: str
    value: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over (or its outcome changed: a stop reason, a rating after it)."""

    key: int
    t_ms: int
    reason: EndReason
    stop_reason: str


@dataclass(frozen=True, slots=True)
class Reopened:
    """A stop was pressed by mistake: the session that had ended goes on."""

    key: int
    t_ms: int


class Flag(StrEnum):
    """What the session tells staff, and what it closes."""

    RED_FLAG = "red-flag"
    RED_FLAG_EYE = "red-flag-eye"
    PAIN_LOCK = "pain-lock"
    CONSTANT_PAIN = "constant-pain"
    LINKED_PAUSE = "linked-pause"
    LINKED_SMALLER = "linked-smaller"
    NOT_ME = "not-me"


@dataclass(frozen=True, slots=True)
class Flagged:
    """A line in the staff inbox; ``PAIN_LOCK`` and ``LINKED_PAUSE`` also close active movement."""

    key: int
    flag: Flag


@dataclass(frozen=True, slots=True)
class Noted:
    """Something happened that is written to the event log; a word of a vocabulary, never free text."""

    key: int
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """The session is closed: go home; ``asleep``: to the neutral home, because nobody seems to be there."""

    card: str = ""
    asleep: bool = False


Record = Began | StepBegan | RepetitionDone | StepEnded | Rated | Ended | Reopened | Flagged | Noted
Effect = Say | Hush | Tone | UseCamera | Alert | SofterVoice | Record | Leave
