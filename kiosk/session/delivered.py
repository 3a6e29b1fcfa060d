"""The movement that was in fact delivered, whatever was pressed, and what rule 3 makes of the next repetition."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.care.caps import ACTIVE_TOTAL_S, BLOCK_S, QUIET_S

QUIET_MS = QUIET_S * 1000


@dataclass(frozen=True, slots=True)
class Delivered:
    """Movement up to now. A block is movement without 30 s of quiet in between; rests and pauses inside count."""

    block_from_ms: int = 0
    """Start of the present block, boot milliseconds."""
    moved_ms: int | None = None
    """End of the last movement of the face, boot milliseconds; None: it has not moved."""
    moving: bool = False
    """Whether it is asked to move now."""
    total_ms: int = 0
    """The length of all blocks together."""

    def begins(self, at_ms: int) -> Delivered:
        """A repetition begins, or goes on, at ``at_ms``."""
        quiet = self._quiet(at_ms)
        rest_ms = 0 if quiet or self.moved_ms is None else at_ms - self.moved_ms
        return replace(
            self,
            block_from_ms=at_ms if quiet else self.block_from_ms,
            moved_ms=at_ms,
            moving=True,
            total_ms=self.total_ms + rest_ms,
        )

    def ends(self, at_ms: int) -> Delivered:
        """It ended at ``at_ms``, or was cut."""
        if not self.moving or self.moved_ms is None:
            return self
        return replace(self, moved_ms=at_ms, moving=False, total_ms=self.total_ms + at_ms - self.moved_ms)

    def limit(self, start_ms: int, end_ms: int) -> str:
        """Return what a repetition from ``start_ms`` to ``end_ms`` needs first: ``quiet``, ``enough`` (none), or ""."""
        quiet = self._quiet(start_ms)
        since_ms = start_ms if quiet or self.moved_ms is None else self.moved_ms
        if self.total_ms + end_ms - since_ms > ACTIVE_TOTAL_S * 1000:
            return "enough"
        return "" if quiet or end_ms - self.block_from_ms <= BLOCK_S * 1000 else "quiet"

    def _quiet(self, at_ms: int) -> bool:
        return self.moved_ms is None or at_ms - self.moved_ms >= QUIET_MS
