"""Slow work (comparing a PIN takes a fifth of a second on purpose) away from the main thread, one piece at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from kiosk.devices.inbox import Inbox
from kiosk.signals import Done, Signal

log = logging.getLogger(__name__)


class Workshop:
    """A source of ``Done``. With ``aside`` False the work is done on the spot, for simulated days."""

    def __init__(self, *, aside: bool = True) -> None:
        self._aside = aside
        self._inbox = Inbox()

    def give(self, token: int, work: Callable[[], bool]) -> None:
        """Have ``work`` done; its answer comes as ``Done(token, answer)``, and "no" where the work broke."""
        if self._aside:
            threading.Thread(target=self._do, args=(token, work), name="workshop", daemon=True).start()
        else:
            self._do(token, work)

    def fileno(self) -> int:
        return self._inbox.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:  # noqa: ARG002 (what is done is done)
        return self._inbox.take()

    def deadline_ms(self) -> int | None:
        return None

    def close(self) -> None:
        self._inbox.close()

    def _do(self, token: int, work: Callable[[], bool]) -> None:
        try:
            answer = work()
        except Exception:  # whoever waits for the answer would wait for ever
            log.exception("work given away under %d broke", token)
            answer = False
        self._inbox.put(Done(token, answer))
