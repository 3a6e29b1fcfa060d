"""Handing over at the desk: whose rows, how they are protected, the stick, the way there, and how it ended.

The words that open a package are in the state only while they are on the screen, and no way leads back to that screen.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.desk.effects import Carry, ForgetPrepared, Prepare, StopCarrying
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import Prepared, TransferShown
from kiosk.desk.turn import StaffForm, StaffTurn, Style, fixed, nothing
from kiosk.signals import StickPhase

SINCE, ONE, ALL, FORMER = "since", "one", "all", "former"
WRITTEN, AGAIN, OK = "written", "again", "ok"
UNDERWAY = (StaffPlace.STICK, StaffPlace.CARRYING, StaffPlace.CARRIED, StaffPlace.NOT_CARRIED)
"""Places in which a package is on its way, or has just been."""
PATIENCE_MS = 300_000
"""A stick is fetched, a large package is written, and whoever started it comes back to see how it ended."""


def whom(staff: Staff) -> tuple[str, ...]:
    """The selections of rows that may be handed over; the usual one comes first."""
    return (
        *((SINCE,) if staff.data.handed_over else ()),
        *((ONE,) if staff.person is not None else ()),
        ALL,
        *((FORMER,) if staff.data.former else ()),
    )


def ask(turn: StaffTurn, code: str = "", *, since_last: bool = False) -> None:
    """Have everybody's rows, or those of ``code``, prepared, and show how they will be protected."""
    turn.set(prepared=None, transfer=None, attempt=turn.s.attempt + 1)
    turn.effects.append(Prepare(turn.s.attempt, code, since_last))
    turn.open(StaffPlace.PROTECTION, code, SINCE if since_last else "")


def hear_prepared(turn: StaffTurn, event: Prepared) -> None:
    """The answer to ``Prepare``; one that nobody waits for any more is dropped."""
    if turn.s.place is StaffPlace.PROTECTION and event.attempt == turn.s.attempt:
        turn.set(prepared=event)


def hear_transfer(turn: StaffTurn, transfer: TransferShown) -> None:
    """It has come further, or to an end. Whoever has left hears no more of it."""
    if turn.s.place not in UNDERWAY or turn.s.transfer is None:
        return
    if transfer != turn.s.transfer:
        # Work that goes on is no silence.
        turn.set(transfer=transfer, touched_ms=turn.s.now_ms)
    ended = StaffPlace.CARRIED if transfer.whole else StaffPlace.NOT_CARRIED
    place = {StickPhase.WAITING: StaffPlace.STICK, StickPhase.ENDED: ended}
    shown = place.get(transfer.phase, StaffPlace.CARRYING)
    if shown is not turn.s.place:
        turn.instead(shown, *turn.s.frame.about)


def red(turn: StaffTurn) -> bool:
    """Red while a package is on its way asks for an end of it, and the screen stays until that has come.

    False: red leads back as everywhere. A second red does, and so does one while the stick is being switched off.
    """
    transfer = turn.s.transfer
    if (
        turn.s.place is not StaffPlace.CARRYING
        or transfer is None
        or transfer.stopping
        or transfer.phase is StickPhase.LEAVING
    ):
        return False
    turn.set(transfer=replace(transfer, stopping=True))
    turn.effects.append(StopCarrying())
    return True


def tidy(turn: StaffTurn) -> None:
    """Forget what is not on the screen any more, and stop what nobody waits for."""
    s = turn.s
    underway = s.place in UNDERWAY and not s.left
    if s.prepared is not None and (s.place is not StaffPlace.PROTECTION or s.left):
        turn.set(prepared=None)
        if not underway:
            turn.effects.append(ForgetPrepared())
    if s.transfer is not None and not underway:
        turn.set(transfer=None)
        turn.effects += [StopCarrying(), ForgetPrepared()]


def _choose(turn: StaffTurn, answer: str) -> None:
    person = turn.s.person
    if answer == FORMER:
        turn.open(StaffPlace.HAND_OVER_WHO)
    elif answer == ONE and person is not None:
        ask(turn, person.code)
    else:
        ask(turn, since_last=answer == SINCE)


def _protection_options(staff: Staff) -> tuple[str, ...]:
    return (WRITTEN,) if staff.prepared is not None and not staff.prepared.problem else ()


def _carry(turn: StaffTurn, _answer: str) -> None:
    """Go, and for whoever tries again: go once more, under the same words."""
    way = turn.s.prepared.way if turn.s.prepared is not None else turn.s.frame.about[-1]
    code, since = turn.s.frame.about[:2]
    turn.set(transfer=TransferShown())
    turn.effects.append(Carry(turn.s.slot))
    turn.instead(StaffPlace.STICK, code, since, way)


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.HAND_OVER: StaffForm(whom, _choose),
    StaffPlace.HAND_OVER_WHO: StaffForm(
        lambda staff: tuple(person.code for person in staff.data.former), ask, preset=nothing
    ),
    StaffPlace.PROTECTION: StaffForm(_protection_options, _carry, Style.DIRECT),
    StaffPlace.STICK: StaffForm(fixed(), lambda _turn, _answer: None, Style.BLIND),
    StaffPlace.CARRYING: StaffForm(fixed(), lambda _turn, _answer: None, Style.BLIND),
    StaffPlace.CARRIED: StaffForm(fixed(OK), lambda turn, _: turn.back_to(StaffPlace.MENU), Style.DIRECT),
    StaffPlace.NOT_CARRIED: StaffForm(fixed(AGAIN), _carry, Style.DIRECT),
}
