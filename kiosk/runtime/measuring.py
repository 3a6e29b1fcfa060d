"""Measuring of a running session: what is looked at, what was measured, and the word for the rest.

Only movement steps are looked at, from their lead-in on, and none where fingers touch the face. Each repetition has a
neutral face of its own, from the last two seconds before it begins: a head that has moved since the last one spoils
nothing. Whoever looks may hang, die or come back at any time: then nothing is measured and nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec.structs import replace

from kiosk.care.lids import ONE_SIDED, readings, stands
from kiosk.care.model import Movement, Side, Stage, Step, ViewMode
from kiosk.care.person import Person
from kiosk.face.goodside import GoodSide, Reflection
from kiosk.face.lid_scale import LidScale
from kiosk.face.model import UNSEEN_MS, Measure, Quality, Reading, Task, UnseenReason, Zone
from kiosk.present.look import Findings
from kiosk.runtime.ports import Looking
from kiosk.session.effects import RepetitionDone
from kiosk.session.model import Session, SessionPhase
from kiosk.session.timed import phase_length_ms
from kiosk.session.timeline import Stretch, StretchPace, repetition_start_ms, stretch_at
from kiosk.sight import coach
from kiosk.sight.centring import Centring, Point
from kiosk.sight.coach import Cue, Facts
from kiosk.sight.framing import Advice, Framing, steady

NEUTRAL_MS = 2_000
"""Time for which the face rests for its neutral, right before a movement."""
ZONES: Mapping[Movement, Zone] = {
    Movement.SMILE: Zone.MOUTH,
    Movement.LIPS: Zone.MOUTH,
    Movement.LIDS: Zone.EYE,
    Movement.BROW: Zone.BROW,
}
"""Movement → the place where it is measured. The nose has no place of its own that could be followed."""
STALE_MS = 1_000
"""Age above which nothing is said about what was seen."""
SETUP = "setup"
"""The set-up check before a session that shows the face: its code in the log."""
MOVING = (StretchPace.MOVE_IN, StretchPace.HOLD, StretchPace.MOVE_OUT)
SIT_BETTER = frozenset(Advice) - {Advice.OK, Advice.UNKNOWN}


def zone_of(step: Step) -> Zone | None:
    """The part of the face that ``step`` is about; None: nothing of it can be measured."""
    zones = {ZONES.get(movement) for movement in step.needs}
    return zones.pop() if step.active and len(zones) == 1 else None


def scale_of(person: Person) -> LidScale | None:
    """Return the person's own scale of the lids, of the sides whose readings stand; None: no side has one."""
    taken = person.lids_taken
    if taken is None:
        return None
    left, right = (readings(taken, side) if stands(taken, side) else (None, None) for side in ONE_SIDED)
    return LidScale(left[0], right[0], left[1], right[1]) if (left[0], right[0]) != (None, None) else None


def task_of(session: Session, *, points: bool = False, lids: LidScale | None = None) -> Task | None:
    """Return what to look for at this moment of ``session``; None: nothing, the face is the person's own.

    ``lids``: the person's own scale. What narrows along with a mouth is told from the eyes as they are that day.
    """
    if session.sets_up:
        return Task(key=f"{session.context.session_id}/{SETUP}")
    step = session.current
    if not (step.looked_at and session.context.camera and session.camera_ok) or step.hands:
        return None
    if session.phase is SessionPhase.FACE_AWAY:
        return Task(key=f"{session.context.session_id}/away")
    if session.phase not in (SessionPhase.STEP, SessionPhase.LEAD_BACK):
        return None
    start_ms = _start_ms(session)
    return Task(
        key=f"{session.context.session_id}/{session.step}/{session.repetition}/{start_ms}",
        zone=zone_of(step),
        lids=lids if zone_of(step) is Zone.EYE else None,
        neutral_from_ms=start_ms - NEUTRAL_MS,
        neutral_to_ms=start_ms,
        points=points,
    )


class Watching:
    """Looks after one session of ``person``. ``sight`` None: nobody looks at the pictures.

    ``ratios``: of each exercise, its symmetry ratio in the last sessions, newest first. ``points``: the person agreed
    that the lines of their face are kept.
    """

    def __init__(
        self, sight: Looking | None, person: Person, ratios: Mapping[str, tuple[float, ...]], *, points: bool = False
    ) -> None:
        self._sight, self._ratios, self._points = sight, ratios, points
        self._allowed, self._lids, self._scale = person.cues, person.lids, scale_of(person)
        self._task: Task | None = None
        self._last: Reading | None = None
        self._ok = True
        self._coach = coach.CoachState()
        self._cue: Cue | None = None
        self._rest_ends_ms = 0
        self._spoke_in = -1
        self._framing: Framing | None = None
        self._good_side: GoodSide | None = None
        self._centring = Centring()

    def follow(self, session: Session) -> None:
        """The session has moved on: look for what is to be seen now."""
        task = task_of(session, points=self._points, lids=self._scale)
        if self._sight is not None and task != self._task:
            self._sight.watch(task)
        self._task = task
        if session.phase is not SessionPhase.STEP:
            self._cue = None

    def heard(self, ok: bool) -> None:
        """Pictures are looked at (``ok``), or no more."""
        self._ok = ok
        if not ok:
            self._cue = None

    def done(self, record: RepetitionDone, after: Session, now_ms: int) -> tuple[Measure, Cue | None]:
        """Return what a repetition measured, and the cue to be spoken in the rest after it.

        ``after`` is the session once the repetition was done. At most one cue of a step is spoken, in the place of the
        word in the middle; a second one is only shown.
        """
        step = after.plan.steps[record.step]
        found = self._measured(step, record, after)
        rest = _rest_after(record, after, now_ms)
        facts = Facts(
            zone=zone_of(step),
            step=record.step,
            repetition=record.repetition,
            block=step.block,
            in_ms=step.in_ms,
            out_ms=step.out_ms,
            rest_ms=rest.end_ms - rest.start_ms if rest is not None else 0,
            one_sided=after.context.side in (Side.LEFT, Side.RIGHT),
            paretic=after.context.stage is Stage.PARETIC,
            allowed=self._allowed and self._seen(now_ms) is not None and now_ms - record.t_ms <= STALE_MS,
            history=self._ratios.get(step.exercise, ()),
        )
        self._coach, self._cue = coach.consider(self._coach, found, facts, now_ms)
        self._rest_ends_ms = after.anchor_ms + rest.end_ms if rest is not None else 0
        if self._cue is None or self._spoke_in == record.step:
            return found, None
        self._spoke_in = record.step
        return found, self._cue

    def setup(self) -> str:
        """Return how the face sat in the picture when it was last looked at, a word of ``sight.framing``."""
        return (self._framing.advice if self._framing is not None else Advice.UNKNOWN).value

    def drawn(self, record: RepetitionDone, after: Session) -> tuple[Reading, ...]:
        """Return the readings of a repetition whose lines are to be kept; none where the person did not agree."""
        if not self._points or self._sight is None or not after.plan.steps[record.step].looked_at:
            return ()
        return self._readings(after.plan.steps[record.step], record)

    def look(self, session: Session, size: tuple[int, int] | None, now_ms: int) -> Findings:
        """Return what the screen may show of all this at ``now_ms``. A cue of a looker that has ceased is stale.

        ``size``: width and height of the picture that is looked at; None: there is none.
        """
        reading = self._seen(now_ms)
        resting = reading is not None and now_ms < self._rest_ends_ms
        cue = self._cue.value if self._cue is not None and resting else ""
        advice = self._advice(reading, size, now_ms)
        guided = advice in SIT_BETTER and _guides(session, now_ms)
        reflection = self._reflection(session, reading, now_ms, wanted=not guided)
        return Findings(reflection, advice, cue, self._centre(session, reading, size, now_ms))

    def _seen(self, now_ms: int) -> Reading | None:
        """The newest reading, also across a change of task, which forgets the old ones; None when it is stale."""
        if self._sight is None or self._task is None or not self._ok:
            self._last = None
        else:
            self._last = self._sight.latest(now_ms) or self._last
        return self._last if self._last is not None and now_ms - self._last.t_ms <= STALE_MS else None

    def _measured(self, step: Step, record: RepetitionDone, after: Session) -> Measure:
        zone = zone_of(step)
        if zone is None or self._sight is None:
            return Measure()
        if step.hands:
            return Measure(reason=UnseenReason.COVERED)
        from kiosk.face.metrics import measure  # numpy: not needed for the first screen

        readings = self._readings(step, record)
        if _silence_ms(readings, _began_ms(step, record), record.t_ms) > UNSEEN_MS:
            return Measure(reason=UnseenReason.NOT_WATCHED)
        affected = after.context.side.value if after.context.side else ""
        found = measure(readings, zone, affected, smiling=Movement.SMILE in step.needs)
        return without_open_eyes(found, self._lids) if zone is Zone.EYE else found

    def _readings(self, step: Step, record: RepetitionDone) -> tuple[Reading, ...]:
        """The readings from the beginning of a repetition to its end."""
        return self._sight.between(_began_ms(step, record), record.t_ms) if self._sight is not None else ()

    def _advice(self, reading: Reading | None, size: tuple[int, int] | None, now_ms: int) -> str:
        """Return the advice how to sit better, a word of ``sight.framing``; empty where nobody knows."""
        if reading is None or size is None:
            self._framing = None
            return ""
        self._framing = steady(self._framing, reading, size, now_ms)
        return self._framing.advice.value

    def _reflection(self, session: Session, reading: Reading | None, now_ms: int, *, wanted: bool) -> Reflection | None:
        if session.current.view is not ViewMode.GOOD_SIDE or not session.wants_picture:
            return None
        if self._good_side is None:
            self._good_side = GoodSide.beside(session.context.side or "")
        moving = _moves(session, now_ms)
        return self._good_side.update(reading, moving, now_ms, wanted=wanted) if self._good_side is not None else None

    def _centre(
        self, session: Session, reading: Reading | None, size: tuple[int, int] | None, now_ms: int
    ) -> Point | None:
        """Return the middle of what is shown; it stands from one step to the next."""
        if size is None or not session.wants_picture:
            return None
        return self._centring.update(reading, size, _moves(session, now_ms), now_ms)


def without_open_eyes(found: Measure, lids: Sequence[Side] | None) -> Measure:
    """Return a measure of the eyes without the closure of an eye that does not close: ``lids`` are the sides that do.

    None: nobody has looked.
    """
    if lids is None or {Side.LEFT, Side.RIGHT} <= set(lids) or found.quality is Quality.NONE:
        return found
    left = found.closure_left if Side.LEFT in lids else None
    right = found.closure_right if Side.RIGHT in lids else None
    quality = Quality.NONE if left is None and right is None else Quality.PARTIAL
    return replace(found, closure_left=left, closure_right=right, quality=quality, reason=UnseenReason.STAYS_OPEN)


def _began_ms(step: Step, record: RepetitionDone) -> int:
    return record.t_ms - step.in_ms - record.hold_ms - step.out_ms


def _silence_ms(readings: Sequence[Reading], from_ms: int, to_ms: int) -> int:
    """The longest time between ``from_ms`` and ``to_ms`` without a reading."""
    times = [from_ms, *(reading.t_ms for reading in readings), to_ms]
    return max(later - earlier for earlier, later in pairwise(times))


def _start_ms(session: Session) -> int:
    """Return the start of the movement of the repetition that is due."""
    position = repetition_start_ms(session.current, session.repetition, session.easier)
    if session.phase is SessionPhase.LEAD_BACK:
        return session.since_ms + phase_length_ms(session) + position - session.held_ms
    return session.anchor_ms + position


def _guides(session: Session, now_ms: int) -> bool:
    """Whether this is the time to find one's place before the camera, as ``present_look`` has it."""
    return (
        session.sets_up
        or session.phase is SessionPhase.LEAD_BACK
        or _stretch(session, now_ms).pace
        in (
            StretchPace.LEAD_IN,
            StretchPace.HANDS_UP,
        )
    )


def _moves(session: Session, now_ms: int) -> bool:
    """Whether a repetition is running."""
    return session.phase is SessionPhase.STEP and _stretch(session, now_ms).pace in MOVING


def _stretch(session: Session, now_ms: int) -> Stretch:
    return stretch_at(session.current, now_ms - session.anchor_ms, session.easier)


def _rest_after(record: RepetitionDone, after: Session, now_ms: int) -> Stretch | None:
    """The rest after this repetition, where the session is in it now."""
    if after.phase is not SessionPhase.STEP or (after.step, after.repetition) != (record.step, record.repetition + 1):
        return None
    stretch = _stretch(after, now_ms)
    return stretch if stretch.pace is StretchPace.REST else None
