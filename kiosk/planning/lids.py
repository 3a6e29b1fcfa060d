"""Taking the lids: staff watch the face beside the mirror, and say when the eyes are open, and when they are closed.

Camera and looker run exactly while one of the two pages with the mirror shows, and at no other place of the desk. What
is read goes into the plan that is being set up, with whose eyes were on it, and is kept with its summary.
"""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.care.lids import ONE_SIDED, held, stands
from kiosk.care.model import Side
from kiosk.care.person import LidsTaken
from kiosk.desk.effects import ReadLids, WatchLids
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import LidsSeen
from kiosk.desk.turn import StaffForm, StaffTurn, Style, fixed, nothing
from kiosk.planning.items import CLOSING

READ, STAYS_OPEN, KEEP, AGAIN = "read", "stays-open", "keep", "again"
READING, DISAGREE = "reading", "disagree"
"""Messages of the pages with the mirror, beside the reasons why nothing was read: it is read just now; the two readings
are too much alike."""
BOTH, NEITHER = "both-close", "both-stay-open"
WATCHED = (StaffPlace.LIDS_OPEN, StaffPlace.LIDS_CLOSED)


def begin(turn: StaffTurn) -> None:
    """Show the first page with the mirror."""
    turn.set(lids=LidsTaken())
    turn.open(StaffPlace.LIDS_OPEN)


def closing(staff: Staff) -> tuple[Side, ...]:
    """The sides that close, as far as staff have said."""
    return CLOSING[staff.frame.about[0]] if staff.frame.about else CLOSING[BOTH]


def hear(turn: StaffTurn, seen: LidsSeen) -> None:
    """The lids were looked at, for the page that asked for it."""
    s = turn.s
    if s.place not in WATCHED or s.frame.message != READING:
        return
    if seen.why:
        turn.frame(message=seen.why)
        return
    turn.frame(message="")
    if s.place is StaffPlace.LIDS_OPEN:
        turn.set(lids=LidsTaken(open_left=seen.left_mm, open_right=seen.right_mm, taken_on=s.data.today, by=s.slot))
        turn.open(StaffPlace.LIDS_CLOSED, BOTH)
        return
    closes, taken = closing(s), s.lids or LidsTaken()
    left, right = (
        mm if side in closes else None for side, mm in zip(ONE_SIDED, (seen.left_mm, seen.right_mm), strict=True)
    )
    taken = replace(taken, closed_left=left, closed_right=right)
    turn.set(lids=taken)
    if any(stands(taken, side) for side in closes):
        turn.open(StaffPlace.LIDS_TAKEN, *s.frame.about)
    else:
        turn.back_to(StaffPlace.LIDS_OPEN)
        turn.frame(message=DISAGREE)


def tidy(turn: StaffTurn) -> None:
    """Camera and looker come and go with the pages that show the mirror."""
    wanted = turn.s.place in WATCHED and not turn.s.left
    if wanted is not turn.s.watching:
        turn.set(watching=wanted)
        turn.effects.append(WatchLids(wanted))


def _options(staff: Staff) -> tuple[str, ...]:
    found = (READ,) if staff.place is StaffPlace.LIDS_OPEN else (READ, STAYS_OPEN)
    return () if staff.frame.message == READING else found


def _read(turn: StaffTurn, answer: str) -> None:
    if answer == STAYS_OPEN:
        turn.open(StaffPlace.LIDS_WHICH)
    else:
        turn.frame(message=READING)
        turn.effects.append(ReadLids())


def _which(turn: StaffTurn, answer: str) -> None:
    turn.back()
    if answer == NEITHER:
        turn.open(StaffPlace.LIDS_TAKEN, answer)
    else:
        turn.frame(about=(answer,), message="")


def _taken(turn: StaffTurn, answer: str) -> None:
    s = turn.s
    if answer == AGAIN:
        turn.back_to(StaffPlace.LIDS_OPEN)
    elif s.draft is not None and s.lids is not None:
        sides = closing(s)
        turn.set(draft=replace(s.draft, lids=sides, lids_taken=held(s.lids, sides)))
        turn.back_to(StaffPlace.REVIEW)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.LIDS_OPEN: StaffForm(_options, _read, Style.DIRECT),
    StaffPlace.LIDS_CLOSED: StaffForm(_options, _read, Style.DIRECT),
    StaffPlace.LIDS_WHICH: StaffForm(lambda _: tuple(c for c in CLOSING if c != BOTH), _which, preset=nothing),
    StaffPlace.LIDS_TAKEN: StaffForm(fixed(KEEP, AGAIN), _taken, Style.DIRECT),
}
