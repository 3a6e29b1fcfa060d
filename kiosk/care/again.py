"""The next time that a programme may be done, for the person at the end of a session: a time, never a reproach."""

from __future__ import annotations

from enum import StrEnum

from kiosk.care.caps import ACTIVE_GAP_MS
from kiosk.care.model import Programme
from kiosk.care.person import Person
from kiosk.care.rules import may
from kiosk.care.today import Today


class Again(StrEnum):
    """The next time."""

    NOW = "now"
    """As soon as the person likes."""
    LATER = "later"
    """After the rest between two sessions of movement."""
    TOMORROW = "tomorrow"
    """It was done as often as it is meant for a day."""
    UNSAID = "unsaid"
    """Staff, or another rule, decide: what closed it has been said."""


def again(person: Person, programme: Programme, today: Today) -> tuple[Again, int]:
    """Return the next time for ``programme``, and in how many ms it is where that is later today."""
    codes = {reason.code for reason in may(person, programme, today).reasons}
    # A limit counts what was begun; what is meant is reached by what was done to its end.
    times = (today.begun_today if programme.family.active else today.done_today).get(programme.id, 0)
    often = programme.per_day is not None and times >= programme.per_day
    if not codes - {"per-day"} and (codes or often):
        return Again.TOMORROW, 0
    if codes == {"gap"} and not often:
        return Again.LATER, ACTIVE_GAP_MS - (today.now_ms - (today.last_active_ended_ms or today.now_ms))
    return (Again.UNSAID if codes else Again.NOW), 0
