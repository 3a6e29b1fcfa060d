"""The kiosk while its release is on probation: a screen that says so, and no home, desk or session.

It works when a frame was presented and a row was stored. Then the helper is told, and the kiosk goes on once the helper
has written down that data never go back.
"""

from __future__ import annotations

import logging

from kiosk.errors import UpdateError
from kiosk.records.store import Store
from kiosk.rows.kinds import EventRow, StateRow
from kiosk.rows.row import Row
from kiosk.screens.scene import NoteScene, Scene
from kiosk.signals import Closed, Signal, Stored
from kiosk.update.asking import say_works
from kiosk.update.notes import LastUpdate, on_probation
from kiosk.update.places import Places
from kiosk.update.probation import Probation, UpdateEnding
from kiosk.words import Words

log = logging.getLogger(__name__)

LOOK_EVERY_MS = 500
GIVE_UP_MS = 300_000
"""A release that does not work by then ends, which counts as a start that led to nothing."""
TOLD = "update.told"
"""The state row with the token of the last update that stands in the audit trail."""


class Proving:
    """Steers the screen in place of ``Runtime``, for as long as the release is on ``probation``.

    ``ended``: somebody wants the kiosk to end.
    """

    def __init__(self, store: Store, places: Places, probation: Probation, words: Words) -> None:
        self._places, self._probation, self._words = places, probation, words
        self._row = store.event("info", "update.tried", probation.version)
        self._since_ms: int | None = None
        self._look_ms = 0
        self._stored = self._drawn = self._said = False
        self.ended = self.gave_up = self.over = False

    def check(self) -> None:
        """Raise UpdateError where it gave up: the start led to nothing."""
        if self.gave_up:
            raise UpdateError(
                "version {version} does not come to work: see the journal", version=self._probation.version
            )

    @property
    def closed(self) -> bool:
        """Whether something else comes next."""
        return self.ended or self.gave_up or self.over

    @property
    def healthy(self) -> bool:
        """Whether it may still come to work."""
        return not self.gave_up

    def hear(self, signal: Signal, now_ms: int) -> None:  # noqa: ARG002 (every mode is told the time)
        """Hear a stop, and that the row is stored; buttons do nothing."""
        self.ended = self.ended or isinstance(signal, Closed)
        self._stored = self._stored or (isinstance(signal, Stored) and 0 < self._row <= signal.token)

    def tick(self, now_ms: int) -> None:
        """Let time pass."""
        self._since_ms = now_ms if self._since_ms is None else self._since_ms
        if self._stored and self._drawn and not self._said:
            self._said = True
            try:
                say_works(self._places.data, self._probation.token)
            except OSError as why:
                log.warning("nobody can be told that this version works: %s", why)
        if now_ms >= self._look_ms:
            self._look_ms = now_ms + LOOK_EVERY_MS
            self.over = on_probation(self._places, self._probation.version) is None
        self.gave_up = not self.over and now_ms - self._since_ms >= GIVE_UP_MS

    def deadline_ms(self, now_ms: int) -> int | None:  # noqa: ARG002
        """Return the moment at which the helper's answer is looked for."""
        return self._look_ms

    def scene(self, now_ms: int) -> Scene:  # noqa: ARG002
        """The one screen; it counts as presented when the loop comes round again."""
        _ = self._words
        self._drawn = True
        lines = (
            _("It takes a moment. Please leave it on."),
            _("If this stays for more than five minutes, the kiosk starts again by itself."),
        )
        return NoteScene(name="trying", title=_("A new version is being tried"), lines=lines)


def ending_rows(last: LastUpdate | None, told: str | None) -> tuple[Row, ...]:
    """Rows that put the end of an update down in the record, once. ``told``: the token that stands there."""
    if last is None or not last.token or last.token == told:
        return ()
    return StateRow(TOLD, last.token), EventRow("audit", f"update.{last.ending}", last.version)


def version_words(version: str, last: LastUpdate | None, _: Words) -> tuple[str, bool]:
    """The version that runs, with the end of the last update; and whether staff should know of that."""
    if last is None or last.ending is UpdateEnding.CONFIRMED:
        return version, False
    if last.ending is UpdateEnding.WENT_BACK:
        told = _("{here}; version {version} was tried, did not work, and was taken away again")
    elif last.ending is UpdateEnding.INTERRUPTED:
        told = _("{here}; the update to {version} was cut off: take it in again")
    else:
        return version, False
    return told.format(here=version, version=last.version), True
