"""Who stands at the desk: slots, PINs, the first therapist and further staff.

There is no PIN from the factory: the first slot is made by whoever sets its PIN, twice.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.care.model import Role
from kiosk.care.words import label
from kiosk.menus import pin
from kiosk.menus.effects import CheckPin, SaveStaff, SaveTries
from kiosk.menus.pin import NO_TRIES, Tries
from kiosk.menus.staff_model import PinChecked, Place, Slot, Staff
from kiosk.menus.staff_turn import Form, Style, Turn, fixed, nothing

OK = "ok"
NEW = "new"


def arrive(turn: Turn) -> None:
    """Somebody wants in: by the slot they choose, or as the first of all; where the slots are lost, nobody."""
    turn.reset(Place.SLOTS if turn.s.slots else Place.LOST if turn.s.data.staff_lost else Place.FIRST)


def locked_ms(staff: Staff) -> int:
    """How long the chosen slot stays locked."""
    return pin.locked_ms(staff.tries(staff.slot), staff.data.boot_id, staff.now_ms)


def pass_time(turn: Turn) -> None:
    """A lock that is over asks for the PIN again."""
    if turn.s.place is Place.LOCKED and not locked_ms(turn.s):
        turn.instead(Place.PIN)


def checked(turn: Turn, event: PinChecked) -> None:
    """The answer to a PIN. One that comes after the screen was left is no answer any more."""
    s = turn.s
    if s.place is not Place.CHECKING or event.attempt != s.attempt:
        return
    if event.right:
        _keep(turn, s.slot, NO_TRIES)
        _enter(turn)
        return
    locked = locked_ms(turn.s) > 0
    turn.log("pin.locked" if locked else "pin.wrong", s.slot)
    turn.instead(Place.LOCKED if locked else Place.PIN, message="" if locked else "wrong")


def _enter(turn: Turn) -> None:
    turn.set(entered=True)
    turn.log("staff.entered", turn.s.slot)
    turn.reset(Place.MENU)


def _keep(turn: Turn, slot: str, tries: Tries) -> None:
    turn.set(slots=tuple(replace(s, tries=tries) if s.slot == slot else s for s in turn.s.slots))
    turn.effects.append(SaveTries(slot, tries.count, tries.lock_ms, tries.from_ms))


def _choose(turn: Turn, answer: str) -> None:
    turn.set(slot=answer)
    turn.open(Place.LOCKED if locked_ms(turn.s) else Place.PIN)


def _try(turn: Turn, digits: str) -> None:
    s = turn.s
    # Counted first: it is compared once that is stored, so that a plug pulled meanwhile does not give the try back.
    _keep(turn, s.slot, pin.one_more(s.tries(s.slot), s.data.boot_id, s.now_ms))
    turn.set(attempt=s.attempt + 1)
    turn.effects.append(CheckPin(s.slot, digits, turn.s.attempt))
    turn.instead(Place.CHECKING)


# New PINs. The screens are about (slot, role).


def _first(turn: Turn, _answer: str) -> None:
    turn.open(Place.NEW_PIN, f"{Role.THERAPIST}-1", Role.THERAPIST)


def _staff(turn: Turn, answer: str) -> None:
    if answer == NEW:
        turn.open(Place.ROLE)
    else:
        role = next(slot.role for slot in turn.s.slots if slot.slot == answer)
        turn.open(Place.NEW_PIN, answer, role)


def _role(turn: Turn, answer: str) -> None:
    taken = {slot.slot for slot in turn.s.slots}
    number = next(n for n in range(1, len(taken) + 2) if f"{answer}-{n}" not in taken)
    turn.open(Place.NEW_PIN, f"{answer}-{number}", answer)


def _new_pin(turn: Turn, digits: str) -> None:
    if pin.too_easy(digits):
        turn.frame(digits="", message="easy", fresh=True)
    else:
        turn.set(first_pin=digits)
        turn.instead(Place.NEW_PIN_AGAIN, *turn.s.frame.about)


def _again(turn: Turn, digits: str) -> None:
    slot, role = turn.s.frame.about
    same = digits == turn.s.first_pin
    turn.set(first_pin="")
    if not same:
        turn.instead(Place.NEW_PIN, slot, role, message="differ")
        return
    name = f"{label(Role(role))} {slot.rpartition('-')[2]}"
    others = tuple(s for s in turn.s.slots if s.slot != slot)
    turn.effects.append(SaveStaff(slot, Role(role), name, digits, turn.s.slot))
    turn.set(slots=tuple(sorted((*others, Slot(slot, Role(role), name)), key=lambda s: s.slot)))
    _keep(turn, slot, NO_TRIES)
    if turn.s.entered:
        turn.back_to(Place.MENU)
        turn.open(Place.SAVED, "staff")
    else:
        turn.set(slot=slot)
        _enter(turn)


def _pin_length(_: Staff) -> int:
    return pin.LENGTH


FORMS: dict[Place, Form] = {
    Place.FIRST: Form(fixed(OK), _first, Style.DIRECT),
    Place.LOST: Form(fixed(OK), lambda turn, _answer: turn.leave(), Style.DIRECT),
    Place.SLOTS: Form(lambda staff: tuple(slot.slot for slot in staff.slots), _choose),
    Place.PIN: Form(fixed(), _try, Style.DIGITS, length=_pin_length),
    Place.CHECKING: Form(fixed(), lambda _turn, _answer: None, Style.BLIND),
    Place.LOCKED: Form(fixed(), lambda _turn, _answer: None, Style.BLIND),
    Place.STAFF: Form(lambda staff: (NEW, *(slot.slot for slot in staff.slots)), _staff),
    Place.ROLE: Form(fixed(*Role), _role, preset=nothing),
    Place.NEW_PIN: Form(fixed(), _new_pin, Style.DIGITS, length=_pin_length),
    Place.NEW_PIN_AGAIN: Form(fixed(), _again, Style.DIGITS, length=_pin_length),
}
