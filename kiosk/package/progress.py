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
    """Counts through files of known weight (bytes of content, about), in order."""

    def __init__(self, weights: Mapping[str, int], progress: TellProgress, stop: Stop) -> None:
        self._weights, self._progress, self._stop = weights, progress, stop
        self._total = 2 * sum(weights.values())
        self._before = self._weight = self._made = 0

    def begin(self, name: str) -> None:
        """The next file."""
        self._before += 2 * self._weight
        self._weight, self._made = self._weights[name], 0
        self.made(0)

    def made(self, size: int) -> None:
        """Hear that so many more bytes of content are made. Raises Cancelled when it shall stop."""
        self._made = min(self._weight, self._made + size)
        self._tell(self._made)

    def checked(self, share: float) -> None:
        """Hear that so much of this file (from 0 to 1) has been read back. Raises Cancelled when it shall stop."""
        self._tell(self._weight + int(self._weight * min(1.0, share)))

    def _tell(self, done: int) -> None:
        if self._stop():
            raise Cancelled("the export was stopped before it was done; there is no package")
        self._progress(self._before + done, self._total)
