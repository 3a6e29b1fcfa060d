"""The stick as staff use it: what goes out and what came in and was accepted. Built when staff first ask for it."""

from __future__ import annotations

import contextlib
import logging
import select
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import __version__
from kiosk.care.library import Library
from kiosk.clock import Clock, instant, named_zone
from kiosk.desk.effects import Prepare
from kiosk.desk.shown import Brought, Prepared, TransferShown, UpdateShown
from kiosk.errors import HandoverError, StoreError
from kiosk.paths import assets
from kiosk.records.append import claim
from kiosk.records.store import Store
from kiosk.rows.kinds import ExportRow, Row
from kiosk.settings import Settings
from kiosk.signals import Signal, StickPhase, StickState, StickStatus
from kiosk.update.places import Places
from kiosk.usb.importing import FLUSH_S, Importing
from kiosk.usb.updating import Updating
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.devices.stick import Sticks
    from kiosk.package.protection import Protection
    from kiosk.usb.transfer import Transfer
    from kiosk.usb.transfer_worker import Carrier, Job

log = logging.getLogger(__name__)


class StickService:
    """A source of ``TransferMoved``. One package at a time: prepared, carried, and its passphrase forgotten.

    ``sticks`` builds what watches for sticks. ``aside`` False does the work on the spot, for simulated days.
    """

    def __init__(
        self,
        clock: Clock,
        store: Store,
        data: Path,
        settings: Settings,
        sticks: Callable[[], Sticks],
        *,
        aside: bool = True,
    ) -> None:
        self._clock, self._store, self._data, self._settings = clock, store, data, settings
        self._build, self._aside = sticks, aside
        # One descriptor for the one wait from the beginning; what is watched comes later.
        self._epoll = select.epoll()
        self._sticks: Sticks | None = None
        self._carrier: Carrier | None = None
        self._asked = Prepare(0)
        self._protection: Protection | None = None
        self._looking = False
        self.updating = Updating(Places(data=data), __version__, store, clock)
        """The new version that was brought."""
        self.importing: Importing | None = None
        """The content that was brought, from when it was read until it is forgotten."""
        self.library: Library | None = None
        """The one to go by since programmes were taken in."""

    @property
    def busy(self) -> bool:
        """Whether a worker has a stick, also one that nobody waits for any more and one that hangs."""
        return self._carrier is not None and self._carrier.busy

    def use(self, settings: Settings) -> None:
        """Let these settings hold from the next package on."""
        self._settings = settings

    def prepare(self, asked: Prepare, words: Words) -> Prepared:
        """New words, or the keys of the clinic, for the package that is asked for."""
        from kiosk.package.protection import ProtectionMethod, fingerprint, protection

        way = ProtectionMethod(self._settings.handover.protection)
        try:
            made = protection(way, self._data)
        except HandoverError as why:
            return Prepared(asked.attempt, way.value, problem=why.said(words))
        self._asked, self._protection = asked, made
        return Prepared(asked.attempt, way.value, made.passphrase, tuple(map(fingerprint, made.keys)))

    def carry(self, by: str, words: Words) -> None:
        """Take what was prepared to the stick, or wait for one. May be asked again until it was forgotten.

        Not while a stick is being read; ``transfer`` says so.
        """
        from kiosk.usb.transfer_worker import delivering, leftovers

        if self._protection is None:
            return
        if self._looking and self._underway:
            return
        self._looking = False
        half: tuple[str, ...] = ()
        with contextlib.suppress(StoreError):  # the package itself will say that the record cannot be read
            half = leftovers(self._data)
        self._carrying().begin(delivering(self._job(self._asked, self._protection, by, words), half))

    def look(self, words: Words, today: date | None) -> None:
        """Read what a stick brings, or wait for one; not while a package is on its way."""
        from kiosk.usb.import_fetch import fetching
        from kiosk.usb.import_read import unpack

        self.importing = None
        if self._underway and not self._looking:
            return
        self._looking = True
        builtin, site = assets() / "programmes", self._data / "programmes"
        self._carrying().begin(fetching(lambda raw: unpack(raw, words, builtin, site, today)))

    def brought(self, words: Words) -> Brought:
        """Return the progress of the looking, for the desk."""
        from kiosk.usb.import_fetch import fetch_sentences, stick_sentence

        if not self._looking:
            return Brought("ended", words("A package is on its way to the stick. Wait until it has ended."))
        carrier = self._carrying()
        way, told = carrier.transfer, fetch_sentences(words)
        if way.phase is StickPhase.WAITING:
            return Brought("waiting", told[way.trouble or StickStatus.NONE])
        if way.phase is not StickPhase.ENDED:
            return Brought("reading")
        carried = carrier.carried
        if self.importing is None and carried is not None and carried.parcel is not None:
            self.importing = Importing(carried.parcel, self._data, self._store, self._clock, self._go_by)
        if self.importing is None:
            found = Brought("ended", told[way.outcome or StickStatus.FAILED])
        else:
            found = self.importing.brought(words)
        return replace(found, stick=stick_sentence(carried.off if carried is not None else None, words))

    def look_for_update(self) -> None:
        """Read a new version from a stick, or wait for one; not while a package is on its way."""
        from kiosk.usb.update_fetch import fetching_update

        if self._underway and not self._looking:
            return
        self.updating.forget()
        self._looking = True
        self._carrying().begin(fetching_update(self.updating.places, self.updating.version))

    def update_shown(self, words: Words) -> UpdateShown:
        """Return the progress of the new version, for the desk."""
        from kiosk.usb.import_fetch import stick_sentence
        from kiosk.usb.update_fetch import update_sentences

        if not self._looking:
            return UpdateShown("ended", words("A package is on its way to the stick. Wait until it has ended."))
        carrier = self._carrying()
        way, told, carried = carrier.transfer, update_sentences(words), carrier.carried
        if way.phase is StickPhase.WAITING:
            return UpdateShown("waiting", told[way.trouble or StickStatus.NONE])
        if way.phase is not StickPhase.ENDED:
            return UpdateShown("reading")
        if self.updating.offered is None and carried is not None:
            self.updating.offered = carried.offered
        shown = self.updating.shown(words) or UpdateShown("ended", told[way.outcome or StickStatus.FAILED])
        return replace(shown, stick=stick_sentence(carried.off if carried is not None else None, words))

    def forget_update(self) -> None:
        """Forget the new version that was read."""
        self.updating.forget()
        if self._looking and self._carrier is not None:
            self._carrier.forget()

    def stop_looking(self) -> None:
        """Stop looking: nobody waits for the file any more."""
        if self._looking:
            self.stop()

    def forget_import(self) -> None:
        """Forget what was read."""
        self.importing = None
        if self._looking and self._carrier is not None:
            self._carrier.forget()

    def stop(self) -> None:
        """Stop the package: nobody waits for it any more."""
        if self._carrier is not None:
            self._carrier.cancel()

    def forget(self) -> None:
        """The passphrase is not needed any more."""
        self._protection = None

    def transfer(self, words: Words) -> TransferShown:
        """Return the progress of the package, for the desk."""
        from kiosk.package.export import lacking
        from kiosk.usb.transfer import sentences

        if self._looking:
            return TransferShown(StickPhase.ENDED, text=words("A stick is being read. Wait until that has ended."))
        carrier = self._carrying()
        way, carried = carrier.transfer, carrier.carried
        told = sentences(words)
        if way.phase is StickPhase.WAITING:
            return TransferShown(text=told[way.trouble or StickStatus.NONE])
        if way.phase is not StickPhase.ENDED:
            return self._moving(way)
        outcome = way.outcome or StickStatus.FAILED
        exported = carried.exported if carried is not None else None
        number = exported.made.seq if exported is not None else 0
        lacks = "" if exported is None else lacking(exported, words)
        share, whole = round(100 * way.share), outcome.whole
        if whole:
            self.forget()
        return TransferShown(StickPhase.ENDED, share, None, told[outcome], whole=whole, number=number, lacks=lacks)

    def fileno(self) -> int:
        return self._epoll.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:
        if self._carrier is None or self._sticks is None:
            return ()
        for signal in self._sticks.drain(now_ms):
            if isinstance(signal, StickState):
                self._carrier.stick(signal)
        return self._carrier.drain(now_ms)

    def deadline_ms(self) -> int | None:
        return None if self._carrier is None else self._carrier.deadline_ms()

    def close(self) -> None:
        """Stop what is on its way; nothing half-done stays on the stick if it can be helped."""
        if self._carrier is not None:
            self._carrier.close()
        if self._sticks is not None:
            self._sticks.close()
        self._epoll.close()

    def _go_by(self, library: Library) -> None:
        self.library = library

    @property
    def _underway(self) -> bool:
        """Whether one is on its way. One that was given up is not, though its stick may hang: the carrier says so."""
        carrier = self._carrier
        return carrier is not None and carrier.busy and carrier.transfer.phase is not StickPhase.ENDED

    def _moving(self, way: Transfer) -> TransferShown:
        left = None if way.stopping else way.left_s(self._clock.now_ms())
        return TransferShown(way.phase, min(100, int(100 * way.share)), left, stopping=way.stopping)

    def _carrying(self) -> Carrier:
        if self._carrier is None:
            from kiosk.usb.transfer_worker import Carrier

            self._sticks = self._build()
            self._carrier = Carrier(self._sticks, self._clock, aside=self._aside)
            for source in (self._sticks, self._carrier):
                self._epoll.register(source.fileno(), select.EPOLLIN)
        return self._carrier

    def _job(self, asked: Prepare, protection: Protection, by: str, words: Words) -> Job:
        from kiosk.package.export import Exported, Wish, export
        from kiosk.package.progress import Stop, TellProgress
        from kiosk.package.target import Target

        site, data = self._settings.site, self._data
        wish = Wish(asked.code or None, asked.since_last, protection, by, site.code)

        def numbered(row_at: Callable[[int], ExportRow], least: int) -> int:
            # Not by the store, which cannot answer: a command beside the kiosk may ask for a number as well.
            return claim(data, row_at, least, instant(self._clock))

        def job(target: Target, progress: TellProgress, stop: Stop) -> Exported:
            from kiosk.report.papers import documents  # in its own thread: it takes a while to load

            # A card that takes nothing is a reason to carry away what is on it; but that something is missing is said.
            complete = self._store.flush(FLUSH_S)
            papers = documents(words, site.language, site.code, site.device_label)
            made = export(data, target, wish, papers, named_zone(), self._note, numbered, words, progress, stop)
            return replace(made, complete=complete)

        return job

    def _note(self, rows: Sequence[Row]) -> None:
        if not self._store.put(*rows):
            raise StoreError("the record takes nothing just now")
