"""The entry to the desk: slots, PINs, the first therapist and further staff.

There is no PIN from the factory: the first slot is made by whoever sets its PIN, twice.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from kiosk.care.person import Role
from kiosk.care.words import label
from kiosk.desk import pin
from kiosk.desk.effects import CheckPin, SaveStaff, SaveTries, WithdrawPin
from kiosk.desk.model import PinChecked, Staff, StaffPlace
from kiosk.desk.pin import NO_TRIES, Tries
from kiosk.desk.shown import Slot
from kiosk.desk.turn import StaffForm, StaffTurn, Style, fixed, nothing

OK = "ok"
NEW = "new"
NEW_PIN, WITHDRAW = "new-pin", "withdraw-pin"


def arrive(turn: StaffTurn) -> None:
    """Let somebody in: by the slot they choose, or as the first of all; where the slots are lost, nobody."""
    turn.reset(StaffPlace.SLOTS if turn.s.slots else StaffPlace.LOST if turn.s.data.staff_lost else StaffPlace.FIRST)


def locked_ms(staff: Staff) -> int:
    """The time for which the chosen slot stays locked, in ms."""
    return pin.locked_ms(staff.tries(staff.slot), staff.data.boot_id, staff.now_ms)


def pass_time(turn: StaffTurn) -> None:
    """A lock that is over asks for the PIN again."""
    if turn.s.place is StaffPlace.LOCKED and not locked_ms(turn.s):
        turn.instead(StaffPlace.PIN)


def checked(turn: StaffTurn, event: PinChecked) -> None:
    """The answer to a PIN. One that comes after the screen was left is no answer any more."""
    s = turn.s
    if s.place is not StaffPlace.CHECKING or event.attempt != s.attempt:
        return
    if event.right:
        _keep(turn, s.slot, NO_TRIES)
        _enter(turn)
        return
    locked = locked_ms(turn.s) > 0
    turn.log("pin.locked" if locked else "pin.wrong", s.slot)
    turn.instead(StaffPlace.LOCKED if locked else StaffPlace.PIN, message="" if locked else "wrong")


def _enter(turn: StaffTurn) -> None:
    turn.set(entered=True)
    turn.log("staff.entered", turn.s.slot)
    turn.reset(StaffPlace.MENU)


def _keep(turn: StaffTurn, slot: str, tries: Tries) -> None:
    turn.set(slots=tuple(replace(s, tries=tries) if s.slot == slot else s for s in turn.s.slots))
    turn.effects.append(SaveTries(slot, tries.count, tries.lock_ms, tries.from_ms))


def _choose(turn: StaffTurn, answer: str) -> None:
    turn.set(slot=answer)
    turn.open(StaffPlace.LOCKED if locked_ms(turn.s) else StaffPlace.PIN)


def _try(turn: StaffTurn, digits: str) -> None:
    s = turn.s
    # Counted first: it is compared once that is stored, so that a plug pulled meanwhile does not give the try back.
    _keep(turn, s.slot, pin.one_more(s.tries(s.slot), s.data.boot_id, s.now_ms))
    turn.set(attempt=s.attempt + 1)
    turn.effects.append(CheckPin(s.slot, digits, turn.s.attempt))
    turn.instead(StaffPlace.CHECKING)


# New PINs. The screens are about (slot, role).


def _first(turn: StaffTurn, _answer: str) -> None:
    turn.open(StaffPlace.NEW_PIN, f"{Role.THERAPIST}-1", Role.THERAPIST)


def _staff(turn: StaffTurn, answer: str) -> None:
    if answer == NEW:
        turn.open(StaffPlace.ROLE)
    else:
        turn.open(StaffPlace.STAFF_ONE, answer)


def _one_options(staff: Staff) -> tuple[str, ...]:
    """Whoever stands here cannot shut themselves out: so the last one who can let others in stays."""
    slot = staff.frame.about[0]
    stays = slot == staff.slot or any(one.slot == slot and one.gone for one in staff.slots)
    return (NEW_PIN,) if stays else (NEW_PIN, WITHDRAW)


def _one(turn: StaffTurn, answer: str) -> None:
    chosen = next(slot for slot in turn.s.slots if slot.slot == turn.s.frame.about[0])
    if answer == NEW_PIN:
        turn.open(StaffPlace.NEW_PIN, chosen.slot, chosen.role)
        return
    turn.effects.append(WithdrawPin(chosen.slot, chosen.role, chosen.label, turn.s.slot))
    turn.set(slots=tuple(replace(s, gone=True) if s is chosen else s for s in turn.s.slots))
    turn.back_to(StaffPlace.MENU)
    turn.open(StaffPlace.SAVED, WITHDRAW)


def free_slot(role: Role, taken: Collection[str]) -> str:
    """The first slot of ``role`` that is not ``taken``."""
    return next(slot for n in range(1, len(taken) + 2) if (slot := f"{role}-{n}") not in taken)


def _role(turn: StaffTurn, answer: str) -> None:
    turn.open(StaffPlace.NEW_PIN, free_slot(Role(answer), {slot.slot for slot in turn.s.slots}), answer)


def _new_pin(turn: StaffTurn, digits: str) -> None:
    if pin.too_easy(digits):
        turn.frame(digits="", message="easy", fresh=True)
    else:
        turn.set(first_pin=digits)
        turn.instead(StaffPlace.NEW_PIN_AGAIN, *turn.s.frame.about)


def _again(turn: StaffTurn, digits: str) -> None:
    slot, role = turn.s.frame.about
    same = digits == turn.s.first_pin
    turn.set(first_pin="")
    if not same:
        turn.instead(StaffPlace.NEW_PIN, slot, role, message="differ")
        return
    name = f"{label(Role(role))} {slot.rpartition('-')[2]}"
    others = tuple(s for s in turn.s.slots if s.slot != slot)
    turn.effects.append(SaveStaff(slot, Role(role), name, digits, turn.s.slot))
    turn.set(slots=tuple(sorted((*others, Slot(slot, Role(role), name)), key=lambda s: s.slot)))
    _keep(turn, slot, NO_TRIES)
    if turn.s.entered:
        turn.back_to(StaffPlace.MENU)
        turn.open(StaffPlace.SAVED, "staff")
    else:
        turn.set(slot=slot)
        _enter(turn)


def _pin_length(_: Staff) -> int:
    return pin.LENGTH


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.FIRST: StaffForm(fixed(OK), _first, Style.DIRECT),
    StaffPlace.LOST: StaffForm(fixed(OK), lambda turn, _answer: turn.leave(), Style.DIRECT),
    StaffPlace.SLOTS: StaffForm(lambda staff: tuple(s.slot for s in staff.slots if not s.gone), _choose),
    StaffPlace.PIN: StaffForm(fixed(), _try, Style.DIGITS, length=_pin_length),
    StaffPlace.CHECKING: StaffForm(fixed(), lambda _turn, _answer: None, Style.BLIND),
    StaffPlace.LOCKED: StaffForm(fixed(), lambda _turn, _answer: None, Style.BLIND),
    StaffPlace.STAFF: StaffForm(lambda staff: (NEW, *(slot.slot for slot in staff.slots)), _staff),
    StaffPlace.STAFF_ONE: StaffForm(_one_options, _one, preset=nothing),
    StaffPlace.ROLE: StaffForm(fixed(*Role), _role, preset=nothing),
    StaffPlace.NEW_PIN: StaffForm(fixed(), _new_pin, Style.DIGITS, length=_pin_length),
    StaffPlace.NEW_PIN_AGAIN: StaffForm(fixed(), _again, Style.DIGITS, length=_pin_length),
}
