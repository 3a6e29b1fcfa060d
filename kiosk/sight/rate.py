"""How often may pictures be looked at, so that looking never takes more than three quarters of a core? Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

FASTEST_MS, SLOWEST_MS = 66, 1_000
"""15 a second is what the measures want; a board that cannot do one a second is of no use."""
SHARE = 0.75
"""Of one core. A Raspberry Pi has four, and the mirror needs little of one; speeds want ten pictures a second."""
_WEIGHT = 0.2
"""Of the newest cost in the running mean: about five pictures back."""
_EARLY_MS = 10
"""Pictures of 30 a second come 33 ms apart, more or less: the second of them must not just miss its turn."""


@dataclass(frozen=True, slots=True)
class Rate:
    """When the next picture is due. Times are those of the frames, boot milliseconds."""

    cost_ms: float | None = None
    """Processor time that looking has cost lately, by the worker's own count."""
    asked_ms: int | None = None

    @property
    def interval_ms(self) -> int:
        """From one picture that is looked at to the next."""
        return round(min(SLOWEST_MS, max(FASTEST_MS, (self.cost_ms or 0.0) / SHARE)))

    def due(self, t_ms: int) -> bool:
        """Whether a frame of ``t_ms`` is looked at; one of an earlier time means that the camera began anew."""
        return self.asked_ms is None or not 0 <= t_ms - self.asked_ms < self.interval_ms - _EARLY_MS

    def asked(self, t_ms: int) -> Rate:
        """After the frame of ``t_ms`` was given away."""
        return replace(self, asked_ms=t_ms)

    def answered(self, cost_ms: float) -> Rate:
        """After an answer that cost the worker ``cost_ms``."""
        before = cost_ms if self.cost_ms is None else self.cost_ms
        return replace(self, cost_ms=before + _WEIGHT * (cost_ms - before))
