"""One new version, from the moment it was read from a stick until root's helper has taken it, or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.clock import Clock
from kiosk.desk.shown import UpdateShown
from kiosk.errors import UpdateError
from kiosk.records.store import Store
from kiosk.rows.kinds import EventRow
from kiosk.update.asking import ask_for, heard, unstage, withdraw
from kiosk.update.notes import last_of, last_written
from kiosk.update.places import CURRENT, Places
from kiosk.usb.importing import FLUSH_S
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.update.asking import Offered

DEAF_MS = 60_000
"""A helper that has not even taken the note by then does not run."""
SLOW_MS = 3_000_000
"""An update that has not ended by then is given up on the screen; the helper goes on if it can."""


@dataclass(frozen=True, slots=True)
class _Asked:
    at_ms: int
    last: int


class Updating:
    """Keeps what a stick brought (``offered``), asks root's helper for it, and tells how far that is."""

    def __init__(self, places: Places, version: str, store: Store, clock: Clock) -> None:
        self.places, self._version = places, version
        self._store, self._clock = store, clock
        self.offered: Offered | UpdateError | None = None
        self._asked: _Asked | None = None
        self._wrong = ""

    @property
    def version(self) -> str:
        """The version that another one can be put in place of; empty: this was not installed for it."""
        return self._version if self.places.named(CURRENT) == self._version else ""

    def forget(self) -> None:
        """Nobody wants what was read; what was asked for is."""
        if self._asked is None and self.offered is not None:
            unstage(self.places.data)
        self.offered = None

    def ask(self, by: str) -> bool:
        """Have root's helper take it; whether it was asked. Writes files, so not where one draws."""
        offered = self.offered
        if offered is None or isinstance(offered, UpdateError):
            return False
        store, data = self._store, self.places.data
        accepted = EventRow("audit", "update.accepted", f"{offered.manifest.version}:{by}")
        # The record first: nothing is put in place here that it does not know of.
        if store.problem or not (store.put(accepted) and store.flush(FLUSH_S)):
            self._wrong = "stored"
            return False
        try:
            self._asked = _Asked(self._clock.now_ms(), last_written(self.places))
            ask_for(data, offered.digest, by)
        except OSError:
            self._asked, self._wrong = None, "stored"
            return False
        return True

    def shown(self, words: Words) -> UpdateShown | None:
        """As the desk hears it; None: nothing was read yet."""
        offered = self.offered
        if offered is None:
            return None
        if isinstance(offered, UpdateError):
            return UpdateShown("ended", offered.said(words))
        if self._wrong:
            return UpdateShown("ended", words("This could not be stored. Try again, or tell your technician."))
        if self._asked is not None:
            return self._answer(self._asked, words)
        manifest = offered.manifest
        return UpdateShown("read", "", manifest.version, manifest.changes, manifest.minutes)

    def _answer(self, asked: _Asked, words: Words) -> UpdateShown:
        """As far as it is: where it goes well this kiosk is stopped, and hears no more of it."""
        waited = self._clock.now_ms() - asked.at_ms
        if last_written(self.places) != asked.last and (last := last_of(self.places)) is not None:
            self._asked = None
            withdraw(self.places.data)
            said = UpdateError(last.template, **last.fields).said(words) if last.template else ""
            return UpdateShown("ended", said or words("The update was cut off. Try again."))
        deaf = waited >= DEAF_MS and not heard(self.places.data)
        if deaf or waited >= SLOW_MS:
            withdraw(self.places.data)
            self._asked, self._wrong = None, ""
            return UpdateShown(
                "ended", words("The part that puts a version in place does not answer. Tell your technician.")
            )
        return UpdateShown("asked")
