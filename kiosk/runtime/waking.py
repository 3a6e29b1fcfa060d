"""The screen until the record is open: a damaged one is read first, and that takes its time."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.records.folder import Problem
from kiosk.records.store import Store
from kiosk.screens.scene import NoteScene, Scene
from kiosk.signals import Closed, Signal
from kiosk.words import Words

PATIENCE_MS = 300_000
"""A record that is not open by then will not open: the watchdog is not fed any more."""


class Waking:
    """Steers the screen in place of ``Runtime``, for as long as ``store`` has not begun. ``ended``: it never will."""

    def __init__(self, store: Store, words: Words, now_ms: int) -> None:
        self._store, self._words, self._since_ms, self._now_ms = store, words, now_ms, now_ms
        self.ended = False

    @property
    def closed(self) -> bool:
        """Whether something else comes next."""
        return self.ended or self._store.begun

    @property
    def healthy(self) -> bool:
        """Whether the record may still be on its way."""
        return self._now_ms - self._since_ms < PATIENCE_MS

    def hear(self, signal: Signal, now_ms: int) -> None:
        """Only a stop is heard."""
        self._now_ms = now_ms
        self.ended = self.ended or isinstance(signal, Closed)

    def tick(self, now_ms: int) -> None:
        """Let time pass."""
        self._now_ms = now_ms

    def deadline_ms(self, now_ms: int) -> int | None:  # noqa: ARG002 (every mode is asked with the time)
        """Nothing changes by itself."""
        return None

    def scene(self, now_ms: int) -> Scene:  # noqa: ARG002
        """A calm screen that says what is being done."""
        _ = self._words
        lines: Sequence[str] = (_("The kiosk is starting."),)
        if self._store.problem == Problem.RESCUE:
            lines = (_("The record was damaged. What can be read of it is being kept."), _("Please leave it on."))
        return NoteScene(name="starting", title=_("One moment"), lines=tuple(lines))
