"""A new version at the desk: it is looked for on a stick, shown, and green has it put in place of this one."""

from __future__ import annotations

import dataclasses

from kiosk.desk.effects import AcceptUpdate, ForgetUpdate, LookForUpdate, StopLooking
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import UpdateShown
from kiosk.desk.turn import StaffForm, StaffTurn, Style, fixed

UPDATE = "update"
LINE = ":"
"""Beginning of a row that stands for one sentence on what is new."""
MINUTES, STICK = "minutes", "stick"
TAKE, AGAIN = "take", "again"
LOOK_EVERY_MS = 1_000
"""While the new version is put in place nobody presses anything: this is how often it is asked how far it is."""
PATIENCE_MS = 3_600_000
"""The time for which the desk waits for that: it never leads home meanwhile, where somebody could begin a session."""
UNDERWAY = frozenset((StaffPlace.UPDATE_STICK,))
"""Places in which a stick is fetched or read."""


def begin(turn: StaffTurn) -> None:
    """Look for a new version, on a stick that may yet have to be fetched."""
    turn.set(update=UpdateShown("waiting"))
    turn.effects.append(LookForUpdate())
    turn.open(StaffPlace.UPDATE_STICK)


def hear(turn: StaffTurn, news: UpdateShown) -> None:
    """It has come further. Whoever waits no more hears no more of it."""
    held, place = turn.s.update, turn.s.place
    if held is None:
        return
    if place is StaffPlace.UPDATE_STICK and news.phase != "asked":
        if news != held:
            turn.set(update=news, touched_ms=turn.s.now_ms)
        if news.phase in ("read", "ended"):
            turn.instead(StaffPlace.UPDATE if news.phase == "read" else StaffPlace.NOT_UPDATED)
    elif place is StaffPlace.UPDATING and news.phase == "ended":
        turn.set(update=news, touched_ms=turn.s.now_ms)
        turn.instead(StaffPlace.NOT_UPDATED)


def holds(staff: Staff) -> bool:
    """Whether no button leads away: the kiosk is about to be stopped and started."""
    return staff.place is StaffPlace.UPDATING


def tidy(turn: StaffTurn) -> None:
    """Forget what is not on the screen any more; nobody waits for it."""
    s = turn.s
    if s.update is not None and (s.left or not any(frame.place in FORMS for frame in s.frames)):
        turn.set(update=None)
        turn.effects += [StopLooking(), ForgetUpdate()]


def _options(staff: Staff) -> tuple[str, ...]:
    """Every sentence is passed on the way to the green press that accepts."""
    shown = staff.update or UpdateShown("")
    lines = tuple(f"{LINE}{i}" for i in range(len(shown.changes)))
    return (*lines, MINUTES, *((STICK,) if shown.stick else ()), TAKE)


def _take(turn: StaffTurn, answer: str) -> None:
    if answer == TAKE and turn.s.update is not None:
        turn.set(update=dataclasses.replace(turn.s.update, phase="asked"))
        turn.effects.append(AcceptUpdate(turn.s.slot))
        turn.instead(StaffPlace.UPDATING)


def _again(turn: StaffTurn, _answer: str) -> None:
    turn.back()
    begin(turn)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.UPDATE_STICK: StaffForm(fixed(), lambda _turn, _answer: None, Style.BLIND),
    StaffPlace.UPDATE: StaffForm(_options, _take),
    StaffPlace.UPDATING: StaffForm(fixed(), lambda _turn, _answer: None, Style.BLIND),
    StaffPlace.NOT_UPDATED: StaffForm(fixed(AGAIN), _again, Style.DIRECT),
}
