"""The present day, as far as it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Today:
    """All that the rules must know of the present day.

    Counts are of this day. A session that is only gone on with after an interruption counts once.
    """

    day: date | None
    """The day; None: nothing is known of it."""
    certain: bool
    """Whether it is that day; if not, it is no earlier."""
    now_ms: int
    """The present moment, boot milliseconds."""
    earliest: date | None = None
    """The first day that it may be, by what opens: clocks contradicted each other. None: as ``day``."""
    latest: date | None = None
    """The last day that it may be, by what closes. None: as ``day``."""
    active_begun_today: int = 0
    """Number of sessions with movement begun."""
    last_active_ended_ms: int | None = None
    """The end of the last session with movement, on the same clock as ``now_ms``; None: none since the counts began."""
    begun_today: Mapping[str, int] = field(default_factory=dict)
    """Number of sessions begun, by programme id."""
    done_today: Mapping[str, int] = field(default_factory=dict)
    """Number of sessions done to their end, by programme id."""
    red_stuck: bool = False
    """Whether the red button is stuck."""
    doubted: bool = False
    """Something that rules go by was lost, and no therapist has confirmed the plan since."""
    unchecked: bool = False
    """Whether the record has still to be looked through since the kiosk began."""
    new_day: bool = True
    """Whether a new day has surely begun since the last session."""
    pain_over: bool | None = None
    """Whether the day on which pain closed movement surely is over; None: nobody knows when that was."""
    practised_on: frozenset[date] = frozenset()
    """The days of the last weeks on which something was practised; a week is there as a whole or not at all."""

    @property
    def surely(self) -> date | None:
        """It is this day or a later one."""
        return self.day if self.earliest is None else self.earliest

    @property
    def perhaps(self) -> date | None:
        """It may be this day; a later one is not known of."""
        return self.day if self.latest is None else self.latest
