"""The first start while it is on the screen: what it asks for is stored and done; the desk's own pages have theirs."""

from __future__ import annotations

import logging
from collections.abc import Callable

from kiosk.care.person import Role
from kiosk.clock import ClockStatus
from kiosk.desk.effects import ChangeSetting
from kiosk.desk.model import DeskPart, StaffPlace
from kiosk.desk_pages.first_start import NO_CAMERA, SAID, CameraView, present_first
from kiosk.errors import StoreError
from kiosk.first_start import machine
from kiosk.first_start.calling import text_of_choice
from kiosk.first_start.effects import (
    BeSilent,
    FirstEffect,
    KeepProgress,
    LeaveFirstStart,
    OpenDesk,
    TrySound,
    WatchLight,
    WriteCallText,
)
from kiosk.first_start.model import (
    AT_DESK,
    DeskDone,
    DeskLeft,
    FirstData,
    FirstEvent,
    FirstFresh,
    FirstSeen,
    FirstStored,
    FirstTick,
    progress_of,
    text_of_progress,
)
from kiosk.present.languages import call_text
from kiosk.records.reader import Reader
from kiosk.rows.kinds import BOUND, EventRow, StateRow
from kiosk.runtime.condition import Condition
from kiosk.runtime.ports import Ports
from kiosk.runtime.staff_mode import StaffMode
from kiosk.runtime.staff_rows import stored_as
from kiosk.screens.scene import Scene
from kiosk.settings import Settings
from kiosk.sight.watching import FaceWatch
from kiosk.signals import CameraState, Chord, Inspected, Press, Signal, Stored, StoreState, Typed
from kiosk.words import Words, words

log = logging.getLogger(__name__)

PROGRESS = "first-start"
"""The key of the state row that keeps how far the first start is."""
NEVER = 1 << 62
"""Beyond every token that comes back."""


class FirstStartMode:
    """Shows the first start. ``gather`` gives what it shows, ``changed`` is told of each setting.

    ``desk`` opens a part of the desk. ``slot``: the therapist who came from the desk
    (empty: the kiosk has just started); ``again``: for all of it. ``wants_desk``: it was left for the desk.
    """

    def __init__(
        self,
        ports: Ports,
        gather: Callable[[], FirstData],
        desk: Callable[[DeskPart], StaffMode],
        changed: Callable[[ChangeSetting], None],
        slot: str = "",
        *,
        again: bool = False,
    ) -> None:
        self._ports, self._gather, self._open, self._changed = ports, gather, desk, changed
        self._watch = FaceWatch(ports.camera, ports.sight)
        self._desk: StaffMode | None = None
        self._desk_entry = False
        self._token = 0
        self.left = self.wants_desk = False
        self.state, wished = machine.begin(gather(), ports.clock.now_ms(), slot, again=again)
        self._hand_over(wished)

    def hear(self, signal: Signal, now_ms: int) -> None:
        desk = self._desk
        if isinstance(signal, Press | Typed | Chord):
            self._step(signal, now_ms)
            # Not to a page that this very press has opened, and not while its answer is being stored.
            if desk is not None and desk is self._desk and self.state.finishing is None and not self.state.left:
                desk.hear(signal, now_ms)
        elif desk is not None:
            desk.hear(signal, now_ms)
        if isinstance(signal, Stored | StoreState | Inspected | CameraState):
            self._refresh(now_ms)
        if isinstance(signal, Stored) and signal.token >= self._token:
            self._step(FirstStored(), now_ms)
        self._look_at_desk(now_ms)

    def tick(self, now_ms: int) -> None:
        if self._desk is not None:
            self._desk.tick(now_ms)
        if self.state.watching and not self.state.live and self._watch.advice(now_ms) is not None:
            self._step(FirstSeen(), now_ms)
        due = machine.deadline_ms(self.state)
        if due is not None and due <= now_ms:
            self._step(FirstTick(), now_ms)
        self._look_at_desk(now_ms)

    def deadline_ms(self, now_ms: int) -> int | None:
        desk = self._desk.deadline_ms(now_ms) if self._desk is not None else None
        return min((due for due in (machine.deadline_ms(self.state), desk) if due is not None), default=None)

    def scene(self, notice: str, _: Words) -> Scene:
        if self._desk is not None and self.state.place in AT_DESK and not self._done(self._desk):
            return self._desk.scene(notice, _)
        view = NO_CAMERA
        if self.state.watching and (advice := self._watch.advice(self._ports.clock.now_ms())) is not None:
            view = CameraView(True, advice)
        return present_first(self.state, notice, _, view)

    def _done(self, desk: StaffMode) -> bool:
        """Whether what is open of the desk is answered."""
        return desk.state.entered if self._desk_entry else desk.state.place is StaffPlace.SAVED

    def _look_at_desk(self, now_ms: int) -> None:
        desk = self._desk
        if desk is None:
            return
        if self._done(desk):
            if not desk.saving or self.state.finishing is None:
                self._step(DeskDone(desk.state.slot, stored=not desk.saving), now_ms)
        elif desk.left:
            self._desk = None
            self._step(DeskLeft(), now_ms)
        waits = self.state.finishing is not None and not self.state.finishing.kept
        if self._desk is desk and self.state.place not in AT_DESK and not waits:
            self._desk = None

    def _refresh(self, now_ms: int) -> None:
        """Show what is true now; a record that cannot be read just now leaves what is shown."""
        try:
            self._step(FirstFresh(self._gather()), now_ms)
        except StoreError as why:
            log.warning("the first start shows what was true before: %s", why)

    def _step(self, event: FirstEvent, now_ms: int) -> None:
        self.state, wished = machine.step(self.state, event, now_ms)
        self._hand_over(wished)

    def _hand_over(self, wished: tuple[FirstEffect, ...]) -> None:
        """Store what one answer asks for as one, whenever the power goes; then do the rest."""
        wished = tuple(self._as_setting(one) if isinstance(one, WriteCallText) else one for one in wished)
        rows = [row for one in wished if isinstance(one, ChangeSetting) for row in stored_as(one)]
        for one in wished:
            if isinstance(one, KeepProgress):
                kept = text_of_progress(one.progress)
                pages = f"{len(one.progress.done)}-done:{len(one.progress.later)}-later"
                rows += [StateRow(PROGRESS, kept), EventRow("audit", "first-start", pages)]
        if rows:
            self._token = self._ports.store.put(*rows) or NEVER
        for one in wished:
            self._carry_out(one)

    def _as_setting(self, effect: WriteCallText) -> ChangeSetting:
        text = text_of_choice(effect.choice, self.state.data.language, words)
        return ChangeSetting("site.emergency_text", text, effect.by)

    def _carry_out(self, effect: FirstEffect) -> None:
        ports = self._ports
        if isinstance(effect, ChangeSetting):
            self._changed(effect)
            self._refresh(ports.clock.now_ms())
        elif isinstance(effect, OpenDesk):
            self._desk, self._desk_entry = self._open(effect.part), effect.part.page is None
        elif isinstance(effect, WatchLight):
            self._watch.watch(effect.on)
        elif isinstance(effect, TrySound):
            ports.sound.tone("start")
            ports.sound.say(SAID, ports.clock.now_ms())
        elif isinstance(effect, BeSilent):
            ports.sound.hush()
        elif isinstance(effect, LeaveFirstStart):
            self.left, self.wants_desk = True, effect.desk


def first_data(
    ports: Ports, condition: Condition, settings: Settings, languages: tuple[str, ...], *, keys: bool
) -> FirstData:
    """Everything that the first start shows, from the record and the place's ``settings``. Raises StoreError."""
    reader, status = ports.store.read(), ports.clock.status()
    sound = ports.sound.problem
    return FirstData(
        progress=progress_of(reader.state(PROGRESS)),
        languages=languages,
        language=settings.site.language,
        keys=keys,
        width_mm=settings.screen.width_mm,
        near_m=1.2 if ports.painted is None else ports.painted.near_m(settings.screen.width_mm),
        volume=settings.sound.volume,
        sound_problem="" if sound is None else str(sound),
        camera_problem="" if condition.camera_ok else condition.camera_cause,
        call_text=call_text(settings.site.emergency_text, settings.site.language, settings.site.language),
        slots=tuple((row.slot, Role(row.role)) for row in reader.staff()),
        clock_known=status is not ClockStatus.UNSET,
        clock_by_network=status is ClockStatus.NTP,
        bound=bool(reader.state(BOUND)),
        problem=ports.store.problem,
        idle_ms=settings.care.idle_min * 60_000,
    )


def is_fresh(reader: Reader) -> bool:
    """Whether a record has never held a PIN, a person or a session, and nothing of it is lost. Raises StoreError."""
    lost = reader.staff_lost() or bool(reader.unread)
    used = reader.staff() or reader.persons() or reader.running_session() is not None
    return not lost and not used
