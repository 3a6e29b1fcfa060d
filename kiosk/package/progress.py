"""Progress of an export in bytes, half for making them, half for reading them back; and the wish that it stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kiosk.errors import Cancelled

TellProgress = Callable[[int, int], None]
"""Hears bytes done and bytes in all. In all is an estimate of the content, so that it never changes on the way."""
Stop = Callable[[], bool]
"""Whether somebody wants the export to end."""


def nobody(_done: int, _total: int) -> None:
    """Progress that nobody looks at."""


def never() -> bool:
    """Tell that nobody wants the export to end."""
    return False


class Meter:
    """Counts files of known weight (bytes of content, about): how much of each is made, and read back."""

    def __init__(self, weights: Mapping[str, int], progress: TellProgress, stop: Stop) -> None:
        self._weights, self._progress, self._stop = weights, progress, stop
        self._total = 2 * sum(weights.values())
        self._made = dict.fromkeys(weights, 0)
        self._checked = dict.fromkeys(weights, 0)
        self._now = ""

    def begin(self, name: str) -> None:
        """Hear that it goes on with this file."""
        self._now = name
        self.made(0)

    def made(self, size: int) -> None:
        """Hear that so many more bytes of content are made. Raises Cancelled when it shall stop."""
        self._made[self._now] = min(self._weights[self._now], self._made[self._now] + size)
        self._tell()

    def checked(self, share: float) -> None:
        """Hear that so much of this file (from 0 to 1) has been read back. Raises Cancelled when it shall stop."""
        self._made[self._now] = self._weights[self._now]
        self._checked[self._now] = int(self._weights[self._now] * min(1.0, share))
        self._tell()

    def _tell(self) -> None:
        if self._stop():
            raise Cancelled("the export was stopped before it was done; there is no package")
        self._progress(sum(self._made.values()) + sum(self._checked.values()), self._total)
