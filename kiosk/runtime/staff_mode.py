"""The staff desk while it is open: what staff ask for is stored and done, and what is shown follows it."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace

from kiosk.bedside.kept_settings import PEDALS, pedals_text
from kiosk.bedside.unlooked import unlooked_rows
from kiosk.booth.model import BoothEffect, FetchSentences
from kiosk.care.model import Permission
from kiosk.clock import ClockStatus
from kiosk.desk import effects
from kiosk.desk.model import DeskPart, PinChecked, StaffEvent, StaffFresh, StaffTick
from kiosk.desk.pin import Tries, is_pin
from kiosk.desk.shown import BoothOpened, Brought, LidsSeen, Prepared, StaffData, UpdateShown
from kiosk.desk_pages.lids import NO_VIEW, LidsView
from kiosk.desk_pages.menus import present_staff
from kiosk.errors import StoreError
from kiosk.menus import recording, staff
from kiosk.rows.kinds import (
    AnchorRow,
    Entry,
    EventRow,
    StateRow,
    utc_text,
)
from kiosk.runtime.ports import Ports
from kiosk.runtime.replaying import Replaying
from kiosk.runtime.staff_rows import slot_rows, stored_as, taken_back, tries_row
from kiosk.screens.scene import Scene
from kiosk.sight.lid_taking import LidTaking
from kiosk.signals import (
    Chord,
    Done,
    Inspected,
    MicrophoneState,
    PedalKey,
    Press,
    Signal,
    Spoken,
    Stored,
    StoreState,
    TakeMoved,
    TransferMoved,
    Typed,
)
from kiosk.words import Words

log = logging.getLogger(__name__)

SEED_BITS = 64
NEVER = 1 << 62
"""Beyond every token that comes back."""
TAKEN, ASKED = -1, -2
"""Tokens under which a part that is taken in, and the asking for a new version, are given away; PINs are counted from
1, and slots have 0."""


class StaffMode:
    """Shows the desk. ``gather`` gives what it shows; ``changed`` is told of each setting that staff change.

    ``unfilm`` is told whose films are to be deleted; ``erase`` of whom everything is, by whom, and where the token of
    the order goes. ``words``: the site's, for what comes from outside as a sentence. ``part``: what is wanted of
    the desk, as of ``menus.staff.begin``. ``first_start``: whether staff left for that; ``standard``: for a set.
    """

    def __init__(
        self,
        ports: Ports,
        gather: Callable[[], StaffData],
        changed: Callable[[effects.ChangeSetting], None],
        seed: int | None = None,
        unfilm: Callable[[str], None] = lambda _code: None,
        erase: Callable[[str, str, Callable[[int], object]], None] = lambda _code, _by, _handed: None,
        words: Words = str,
        part: DeskPart | None = None,
    ) -> None:
        self._ports, self._gather, self._changed, self._unfilm = ports, gather, changed, unfilm
        self._erase, self._words, self._lids = erase, words, LidTaking(ports.camera, ports.sight)
        self._playing: Replaying | None = None
        self.left = False
        self._counted = 0
        self._unasked: effects.CheckPin | None = None
        # Tokens of what staff did last: handed over, and stored; and what a worker has yet to hand over.
        self._handed = self._stored = self._away = 0
        secret = secrets.randbits(SEED_BITS) if seed is None else seed
        self.first_start: effects.GoThroughFirstStart | None = None
        self.standard: effects.BeginSet | None = None
        self.state, wished = staff.begin(gather(), secret, ports.clock.now_ms(), part)
        self._hand_over(wished)

    def hear(self, signal: Signal, now_ms: int) -> None:
        if isinstance(signal, PedalKey):
            self._step(signal, now_ms)
        elif isinstance(signal, Press | Typed | Chord):
            stick_service = self._ports.stick_service
            if stick_service is not None and stick_service.busy is not self.state.data.carrying:
                # A worker begins and ends between what is stored.
                self._step(StaffFresh(replace(self.state.data, carrying=stick_service.busy)), now_ms)
            self._step(signal, now_ms)
        elif isinstance(signal, Done) and signal.token == TAKEN:
            self._hear_taken(now_ms)
        elif isinstance(signal, Done) and signal.token == ASKED:
            self._hear_update(now_ms)
        elif isinstance(signal, Done):
            self._step(PinChecked(signal.token, signal.answer), now_ms)
        elif isinstance(signal, TransferMoved):
            self._hear_transfer(now_ms)
        elif isinstance(signal, MicrophoneState | TakeMoved | Spoken) and self._ports.studio is not None:
            for event in self._ports.studio.hear(signal):
                self._step(event, now_ms)
        elif isinstance(signal, Stored | StoreState | Inspected):
            self._refresh(now_ms)
            if isinstance(signal, Stored):
                self._stored = max(self._stored, signal.token)
                self._counted = 0 if signal.token >= self._counted else self._counted
            self._compare()

    def tick(self, now_ms: int) -> None:
        if (seen := self._lids.tick(now_ms)) is not None:
            self._step(LidsSeen(seen.left, seen.right, seen.why.value), now_ms)
        due = staff.deadline_ms(self.state)
        if due is not None and due <= now_ms:
            self._step(StaffTick(), now_ms)
            self._hear_update(now_ms)

    def deadline_ms(self, now_ms: int) -> int | None:
        moves = self._playing.deadline_ms(now_ms) if self._playing is not None else None
        dues = (staff.deadline_ms(self.state), moves, self._lids.deadline_ms())
        return min((due for due in dues if due is not None), default=None)

    @property
    def saving(self) -> bool:
        """Whether what staff did last does not survive a power cut yet."""
        return self._away > 0 or self._handed > self._stored

    def scene(self, notice: str, words: Words) -> Scene:
        lines = self._playing.lines(self._ports.clock.now_ms()) if self._playing is not None else ()
        advice = self._lids.advice(self._ports.clock.now_ms()) if self.state.watching else None
        view = NO_VIEW if advice is None else LidsView(True, advice)
        return present_staff(self.state, notice, words, lines, view, saving=self.saving)

    def _refresh(self, now_ms: int) -> None:
        """Show what is true now; a record that cannot be read just now leaves what is shown."""
        try:
            data = self._gather()
        except StoreError as why:
            log.warning("the desk shows what was true before: %s", why)
        else:
            self._step(StaffFresh(data), now_ms)

    def _step(self, event: StaffEvent, now_ms: int) -> None:
        self.state, wished = staff.step(self.state, event, now_ms)
        self._hand_over(wished)
        looked_at = recording.replay(self.state)
        if looked_at is None:
            self._playing = None
        elif self._playing is None or self._playing.key != looked_at.key:
            self._playing = Replaying(self._ports.store.read(), looked_at.key, now_ms)

    def _hand_over(self, wished: tuple[effects.StaffEffect, ...]) -> None:
        """Store the rows of one press as one, whenever the power goes; then do the rest."""
        if rows := [row for effect in wished for row in stored_as(effect)]:
            self._put(*rows)
        for effect in wished:
            self._carry_out(effect)

    def _carry_out(self, effect: effects.StaffEffect) -> None:
        store, clock = self._ports.store, self._ports.clock
        if isinstance(effect, effects.CheckPin):
            self._unasked = effect
            self._compare()
        elif isinstance(effect, effects.SaveTries):
            self._count(effect)
        elif isinstance(effect, effects.SetClock):
            clock.set_by_staff(effect.utc)
            at = clock.now_ms()
            anchor = AnchorRow(clock.boot_id, at, utc_text(effect.utc), ClockStatus.STAFF.value)
            self._put(anchor, EventRow("audit", "clock.set", effect.by))
        elif isinstance(effect, effects.ChangeSetting):
            self._changed(effect)
        elif isinstance(effect, effects.UsePedals | effects.KeepPedals):
            if self._ports.pedals is not None:
                self._ports.pedals.learn(effect.meanings)
            if isinstance(effect, effects.KeepPedals):
                row = StateRow(PEDALS, pedals_text(effect.meanings))
                self._put(row, EventRow("audit", "pedals", f"{len(effect.meanings)}:{effect.by}"))
        elif isinstance(effect, effects.SaveStaff):
            self._away += 1
            # Hashing is slow on purpose; the store may be told from any thread.
            self._ports.workshop.give(0, lambda: self._come_back(store.put(*slot_rows(effect))))
        elif isinstance(effect, effects.WatchLids):
            self._lids.watch(effect.on)
        elif isinstance(effect, effects.ReadLids):
            self._lids.read(clock.now_ms())
        elif isinstance(effect, effects.AskStudio):
            self._ask_studio(effect.wish, effect.by)
        elif isinstance(effect, effects.GoThroughFirstStart):
            self.first_start = effect
        elif isinstance(effect, effects.BeginSet):
            self.standard = effect
        elif isinstance(effect, effects.LeaveStaff):
            self.left = True
        elif isinstance(effect, effects.ErasePerson):
            self._away += 1
            self._erase(effect.code, effect.by, self._come_back)
        elif isinstance(effect, effects.StickEffect):
            self._ask_stick(effect)
        elif isinstance(effect, effects.SavePerson) and Permission.CLIPS in taken_back(effect):
            self._unfilm(effect.person.code)

    def _put(self, *rows: Entry) -> bool:
        """Hand rows over. Those that are refused are never stored, so that nothing here counts as saved any more."""
        return self._handed_over(self._ports.store.put(*rows))

    def _come_back(self, token: int) -> bool:
        """Note that what a worker was to hand over has been handed over, or (0) refused."""
        self._away -= 1
        return self._handed_over(token)

    def _handed_over(self, token: int) -> bool:
        self._handed = max(self._handed, token) if token else NEVER
        return bool(token)

    def _ask_stick(self, effect: effects.StickEffect) -> None:
        stick_service, now_ms = self._ports.stick_service, self._ports.clock.now_ms()
        if stick_service is None:
            told = self._words("This kiosk is not set up for sticks. Tell your technician.")
            if isinstance(effect, effects.Prepare):
                self._step(Prepared(effect.attempt, "", problem=told), now_ms)
            elif isinstance(effect, effects.LookForImport):
                self._step(Brought("ended", told), now_ms)
            elif isinstance(effect, effects.LookForUpdate):
                self._step(UpdateShown("ended", told), now_ms)
        elif isinstance(effect, effects.Prepare):
            self._step(stick_service.prepare(effect, self._words), now_ms)
        elif isinstance(effect, effects.Carry):
            # Handed over first: what the package holds is what is stored by then.
            with contextlib.suppress(StoreError):  # the package itself will say that the record cannot be read
                if old := unlooked_rows(self._ports.store.read(), self._ports.clock):
                    self._put(*old)
            stick_service.carry(effect.by, self._words)
            self._hear_transfer(now_ms)
        elif isinstance(effect, effects.StopCarrying):
            stick_service.stop()
        elif isinstance(effect, effects.ForgetPrepared):
            stick_service.forget()
        elif isinstance(effect, effects.LookForImport):
            stick_service.look(self._words, self.state.data.today)
            self._step(stick_service.brought(self._words), now_ms)
        elif isinstance(effect, effects.TakeIn):
            importing, part, by = stick_service.importing, effect.part, effect.by
            # A card takes its time; the store may be told from any thread.
            self._ports.workshop.give(TAKEN, lambda: importing is not None and importing.take(part, by))
        elif isinstance(effect, effects.LookForUpdate):
            stick_service.look_for_update()
            self._hear_update(now_ms)
        elif isinstance(effect, effects.AcceptUpdate):
            updating, slot = stick_service.updating, effect.by
            self._ports.workshop.give(ASKED, lambda: updating.ask(slot))
        elif isinstance(effect, effects.ForgetUpdate):
            stick_service.forget_update()
        elif isinstance(effect, effects.StopLooking):
            stick_service.stop_looking()
        else:
            stick_service.forget_import()

    def _ask_studio(self, wish: BoothEffect, by: str) -> None:
        studio, now_ms, data = self._ports.studio, self._ports.clock.now_ms(), self.state.data
        if studio is None:
            return
        if isinstance(wish, FetchSentences):
            self._step(BoothOpened(studio.booth(wish, now_ms)), now_ms)
        else:
            label = next((slot.label for slot in self.state.slots if slot.slot == by), by)
            studio.ask(wish, label, data.today)

    def _hear_transfer(self, now_ms: int) -> None:
        stick_service = self._ports.stick_service
        if stick_service is not None and self.state.transfer is not None:
            self._step(stick_service.transfer(self._words), now_ms)
        if stick_service is not None and self.state.brought is not None:
            self._step(stick_service.brought(self._words), now_ms)
        self._hear_update(now_ms)

    def _hear_update(self, now_ms: int) -> None:
        stick_service = self._ports.stick_service
        if stick_service is not None and self.state.update is not None:
            self._step(stick_service.update_shown(self._words), now_ms)

    def _hear_taken(self, now_ms: int) -> None:
        stick_service = self._ports.stick_service
        if stick_service is not None and self.state.brought is not None:
            self._refresh(now_ms)
            self._step(stick_service.brought(self._words), now_ms)

    def _count(self, effect: effects.SaveTries) -> None:
        """A try counts here at once: leaving the desk and coming back forgets none, whatever the record does."""
        row = tries_row(effect, self._ports.clock.boot_id)
        self._ports.tries[row.slot] = Tries(row.tries, row.lock_ms, row.lock_boot_id, row.lock_from_boot_ms)
        self._counted = self._ports.store.put(row)

    def _compare(self) -> None:
        """Compare the PIN that waits, once its try is stored: a plug that is pulled then does not give it back.

        A record in trouble shuts nobody out, for staff have to get at it: what is counted here has to do then, and a
        restart gives back the tries that were never stored, which is one more round of five for each start.
        """
        effect = self._unasked
        if effect is None or (self._counted and not self._ports.store.problem):
            return
        self._unasked = None
        row = next((row for row in self._ports.store.read().staff() if row.slot == effect.slot), None)
        self._ports.workshop.give(
            effect.attempt, lambda: row is not None and is_pin(effect.pin, row.pin_salt, row.pin_hash)
        )
