"""Is a face there? A blink of the tracker is no change: it takes a few pictures in a row. Pure."""

from __future__ import annotations

from dataclasses import dataclass

HERE_PICTURES = 2
AWAY_PICTURES, AWAY_MS = 3, 700
GAP_MS = 1_000
"""After so long without a picture nothing that was counted counts any more: readings that come late tell nothing."""


@dataclass(frozen=True, slots=True)
class Presence:
    """What has been told (None: nothing yet), and what the newest pictures say against it."""

    told: bool | None = None
    last_ms: int = 0
    since_ms: int = 0
    against: int = 0

    def look(self, present: bool, t_ms: int) -> Presence:
        """After one more picture; ``told`` changes when enough of them agree."""
        if present == self.told:
            return Presence(self.told, t_ms)
        begun = self.against == 0 or t_ms - self.last_ms > GAP_MS
        since_ms, against = (t_ms, 1) if begun else (self.since_ms, self.against + 1)
        enough = against >= HERE_PICTURES if present else against >= AWAY_PICTURES and t_ms - since_ms >= AWAY_MS
        return Presence(present, t_ms) if enough else Presence(self.told, t_ms, since_ms, against)
