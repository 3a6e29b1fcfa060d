"""One session while it is led: its effects become rows, sound, light and an open or closed camera."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import msgspec

from kiosk.bedside.persons import person_row
from kiosk.care.model import Permission, Plan, Region
from kiosk.care.person import PainAt, Person
from kiosk.devices.lights import Glow
from kiosk.face.model import Measure, Reading
from kiosk.present.head import NO_PICTURES, Decoded
from kiosk.present.session import Around, next_change_ms, present
from kiosk.rows.kinds import EventRow, Row, SessionRow
from kiosk.runtime.filming import Filming
from kiosk.runtime.measuring import SETUP, Watching, task_of
from kiosk.runtime.ports import Looking, Mirror, Ports
from kiosk.runtime.replaying import keep_lines
from kiosk.runtime.session_rows import SessionRows, tightness_rows
from kiosk.runtime.standard import SetRows
from kiosk.screens.scene import Scene
from kiosk.session import machine
from kiosk.session.effects import (
    Alert,
    Effect,
    Flagged,
    Hush,
    Leave,
    Record,
    RepetitionDone,
    Say,
    SofterVoice,
    Tone,
    UseCamera,
)
from kiosk.session.model import Context, Flag, Gap, Session, SessionEvent, SessionPhase, SessionTick
from kiosk.session.timed import GAP_MS, TIMED
from kiosk.settings import SoundSettings
from kiosk.signals import CameraState, Closed, FaceState, Press, SightState, Signal, Spoken, Stored, Stuck
from kiosk.words import Words

DEFAULT_SOUND = SoundSettings()
NO_RATIOS: Mapping[str, tuple[float, ...]] = MappingProxyType({})
NOTHING = Measure()


class SessionMode:
    """Leads one session. ``left`` is set once the session has closed itself.

    ``ratios``: of each exercise, its symmetry ratio in the person's last sessions, newest first. ``filming``: whoever
    keeps films; None: nobody. ``led_by``: of a standard set, the staff slot that leads it.
    """

    def __init__(
        self,
        ports: Ports,
        person: Person,
        plan: Plan,
        context: Context,
        day: date | None,
        tightness: tuple[tuple[Region, int], ...] = (),
        sound: SoundSettings = DEFAULT_SOUND,
        ratios: Mapping[str, tuple[float, ...]] = NO_RATIOS,
        filming: Filming | None = None,
        led_by: str = "",
    ) -> None:
        self._ports, self._day, self._filming = ports, day, filming
        self.person = person
        agreed = Permission.CLIPS in person.permissions
        waiting = tightness_rows(context.session_id, tightness)
        self._session_rows = SessionRows(ports.clock, waiting=waiting, clip_consent=agreed)
        self._tokens: list[tuple[int, int]] = []
        self._refused: list[Row] = []
        self.left: Leave | None = None
        self.alert = Glow.OFF
        self._volume, self._voice = sound.volume, sound.voice
        apart = plan.family.apart
        # In a standard set nobody is told anything meanwhile: every one has to be like the others.
        watched = msgspec.structs.replace(person, cues=False) if apart else person
        self._watching = Watching(ports.sight, watched, ratios, points=Permission.REPLAYS in person.permissions)
        self._set_rows = SetRows(person, led_by) if apart else None
        now = self._seen_ms = ports.clock.now_ms()
        self.session, effects = machine.begin(plan, context, now)
        self._due: tuple[Session, int | None] = (self.session, machine.deadline_ms(self.session))
        self._carry_out(effects, self.session, now)
        self._want_pictures()

    @property
    def looks(self) -> bool:
        """Whether the screen may follow from what the camera sees now: the mirror, a label, how to sit better."""
        return self.session.wants_picture or task_of(self.session) is not None

    @property
    def row(self) -> SessionRow | None:
        """The session's row as it was last handed over; None while it has not begun."""
        return self._session_rows.session

    @property
    def screen_ms(self) -> int:
        """Time for which the person has looked at the screen without a rest for the eyes."""
        return self.session.now_ms - self.session.screen_from_ms if self.session.begun else 0

    def hear(self, signal: Signal, now_ms: int) -> None:
        """News for the session. A stored token of the store becomes the key of the record it acknowledges."""
        self._watch_for_gap(now_ms)
        if isinstance(signal, Stored):
            keys = [key for token, key in self._tokens if token <= signal.token]
            self._tokens = [(token, key) for token, key in self._tokens if token > signal.token]
            if keys:
                self._step(Stored(max(keys)), now_ms)
        elif isinstance(signal, Press | Stuck | FaceState | CameraState | SightState | Spoken | Closed):
            if isinstance(signal, SightState):
                self._watching.heard(signal.ok)
            self._step(signal, now_ms)

    def tick(self, now_ms: int) -> None:
        """Let time pass."""
        self._watch_for_gap(now_ms)
        if (due := self._due_ms) is not None and due <= now_ms:
            self._step(SessionTick(), now_ms)

    def deadline_ms(self, now_ms: int) -> int | None:
        """Return the moment at which the session, or its screen, changes by itself."""
        due, change = self._due_ms, next_change_ms(self.session, now_ms, self._decoded)
        return min((t for t in (due, change) if t is not None), default=None)

    @property
    def _due_ms(self) -> int | None:
        """The machine's own deadline. A session changes by a step only, and a screen is drawn many times in between."""
        if self._due[0] is not self.session:
            self._due = self.session, machine.deadline_ms(self.session)
        return self._due[1]

    def scene(self, around: Around, words: Words, now_ms: int) -> Scene:
        """The session as it stands at ``now_ms``; its own clock is brought up to it first."""
        session: Session = self.session
        if now_ms > session.now_ms:
            session = machine.seen_at(session, now_ms)
        frame = self._ports.camera.latest()
        size = (frame.pixels.shape[1], frame.pixels.shape[0]) if frame is not None else None
        look = self._watching.look(session, size, now_ms)
        filming = self._filming is not None and self._filming.runs(session)
        return present(session, around.seeing(look, filming, self._decoded), words)

    @property
    def _decoded(self) -> Decoded:
        return self._ports.pictures.ready if self._ports.pictures is not None else NO_PICTURES

    def _want_pictures(self) -> None:
        """Have the clinic's pictures of the present step and of the next one that has some at hand."""
        if self._ports.pictures is None:
            return
        over = self.left is not None or self.session.phase is SessionPhase.DONE
        steps = () if over else self.session.plan.steps[self.session.step :]
        self._ports.pictures.want(tuple(step.picture for step in steps if step.picture is not None))

    def _watch_for_gap(self, now_ms: int) -> None:
        """Tell the session of a gap: a ring brings a pass every second, so a longer silence was a standstill."""
        seen, self._seen_ms = self._seen_ms, now_ms
        if now_ms - seen > GAP_MS and self.session.phase in TIMED:
            self._step(Gap(seen), now_ms)

    def _step(self, event: SessionEvent, now_ms: int) -> None:
        before = self.session
        self.session, effects = machine.step(before, event, now_ms)
        self._carry_out(effects, self.session, now_ms)
        if before.sets_up and self.session.phase is SessionPhase.STEP:
            # With this session's time and person, in the log: it never holds anything up.
            self._ports.store.put(EventRow("info", SETUP, self._watching.setup(), self.person.code))
        self._watching.follow(self.session)
        self._want_pictures()
        if self._filming is not None:
            self._filming.follow(self.session, self.person)

    def _carry_out(self, effects: tuple[Effect, ...], after: Session, now_ms: int) -> None:
        rows: list[Row] = []
        last_key = 0
        drawn: list[tuple[RepetitionDone, tuple[Reading, ...]]] = []
        for effect in effects:
            seen: tuple[Reading, ...] = ()
            if isinstance(effect, RepetitionDone):
                seen = self._watching.drawn(effect, after)
                drawn.append((effect, seen))
            if isinstance(effect, Record):
                measure = self._measured(effect, after, now_ms)
                rows += self._session_rows.rows(effect, after, measure)
                rows += self._set_rows.rows(effect, after, measure, seen) if self._set_rows is not None else ()
                last_key = effect.key
                if isinstance(effect, Flagged):
                    rows += self._close_movement(effect.flag)
            else:
                self._reach_out(effect, now_ms)
        if last_key:
            # What a full queue refused goes along with the next: nothing is called saved that was never handed over.
            rows = [*self._refused, *rows]
            token = self._ports.store.put(*rows)
            self._refused = [] if token else rows
            if token:
                self._tokens.append((token, last_key))
        # After its row: a line drawing belongs to a repetition that is stored.
        for done, readings in drawn:
            keep_lines(self._ports, after.context.session_id, done, readings)

    def _measured(self, record: Record, after: Session, now_ms: int) -> Measure:
        """Return what was seen of a repetition that is done; where there is a word about it, say it in the rest."""
        if not isinstance(record, RepetitionDone):
            return NOTHING
        found, cue = self._watching.done(record, after, now_ms)
        if cue is not None:
            self._reach_out(Say(f"cue.{cue.value}", droppable=True), now_ms)
        return found

    def _reach_out(self, effect: Effect, now_ms: int) -> None:
        sound = self._ports.sound
        if isinstance(effect, Say):
            if self._voice:
                # A cue is late by its own moment, however late this turn came.
                at_ms = now_ms if effect.at_ms is None else effect.at_ms
                sound.say(effect.prompt, at_ms, hold=effect.hold, droppable=effect.droppable)
        elif isinstance(effect, Tone):
            sound.tone(effect.kind)
        elif isinstance(effect, Hush):
            sound.hush()
        elif isinstance(effect, UseCamera):
            # Whoever looks comes and goes with the camera; it needs seconds to load, and the questions take longer.
            devices: tuple[Mirror | Looking | None, ...] = (self._ports.camera, self._ports.sight)
            for device in devices:
                if device is not None:
                    device.open() if effect.on else device.close()
        elif isinstance(effect, Alert):
            self.alert = Glow.PULSE if effect.on else Glow.OFF
        elif isinstance(effect, SofterVoice):
            self._volume = max(1, self._volume - 1)
            sound.set_volume(self._volume)
        elif isinstance(effect, Leave):
            self.left = effect

    def _close_movement(self, flag: Flag) -> tuple[Row, ...]:
        """Rules 5, 6 and 7: what the session found out closes movement for the person, not only for this session."""
        if flag is Flag.PAIN_LOCK:
            clock = self._ports.clock
            at = PainAt(boot_id=clock.boot_id, t_boot_ms=clock.now_ms())
            self.person = msgspec.structs.replace(self.person, pain_locked=True, pain_locked_on=self._day, pain_at=at)
        elif flag is Flag.LINKED_PAUSE:
            self.person = msgspec.structs.replace(self.person, linked_review=True)
        elif flag is Flag.RED_FLAG:
            self.person = msgspec.structs.replace(self.person, flags=self.person.flags + 1)
        else:
            return ()
        return (person_row(self.person),)
