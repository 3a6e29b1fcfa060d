"""The standard set (rule k): what is asked of whom, item by item, and why not. Staff lead it, and it is no practice.

What is asked does not depend on who asks: the doses are fixed, and nobody's own doses, cues or order change them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from kiosk.care.library import Library
from kiosk.care.model import Movement, Plan, Programme, Stage, Step
from kiosk.care.person import Person
from kiosk.care.rules import ticked
from kiosk.care.words import Translate

SET, AT_REST = "standard-set", "standard-rest"
"""The ids of the set and of its form without a movement: in files, and of sessions in the record."""
SETS = (SET, AT_REST)


class SetItem(StrEnum):
    """One thing that a standard set may ask for, in its order."""

    REST = "rest"
    CLOSURE = "closure"
    SMILE = "smile"
    OO = "oo"
    BROW = "brow"


MOVEMENTS: Mapping[SetItem, Movement] = MappingProxyType(
    {
        SetItem.CLOSURE: Movement.LIDS,
        SetItem.SMILE: Movement.SMILE,
        SetItem.OO: Movement.LIPS,
        SetItem.BROW: Movement.BROW,
    }
)
"""Each item that moves → the movement that staff must have seen come by itself."""


class NotAsked(StrEnum):
    """A reason for which an item was not asked. A step that was left out keeps the session's own word instead."""

    FLACCID = "flaccid"
    NOT_TICKED = "not-ticked"
    LOCKED = "locked"
    """Movement was closed, and the set was led at rest alone."""
    RULED_OUT = "ruled-out"
    """Something else in the plan rules its exercise out."""
    NOT_REACHED = "not-reached"
    """The set ended before it."""


def set_for(library: Library, person: Person) -> Programme | None:
    """The set as it is for this person: at rest where they are flaccid, or no movement of it is ticked. None: none."""
    moves = person.stage is not Stage.FLACCID and not ticked(person).isdisjoint(MOVEMENTS.values())
    return library.sets.get(SET if moves else AT_REST)


def item_of(step: Step) -> SetItem | None:
    """The item that a step of a set is; None: it stands between them."""
    if step.still:
        return SetItem.REST
    return next((item for item, movement in MOVEMENTS.items() if step.needs == (movement,)), None)


def not_asked(person: Person, plan: Plan) -> dict[SetItem, NotAsked]:
    """The items that ``plan`` leaves out, and why; in the order of the set."""
    asked = {item_of(step) for step in plan.steps}
    return {item: _why(person, item, plan) for item in SetItem if item not in asked}


def _why(person: Person, item: SetItem, plan: Plan) -> NotAsked:
    if item in MOVEMENTS and person.stage is Stage.FLACCID:
        return NotAsked.FLACCID
    if item in MOVEMENTS and MOVEMENTS[item] not in ticked(person):
        return NotAsked.NOT_TICKED
    return NotAsked.RULED_OUT if plan.family.active else NotAsked.LOCKED


def set_item_words(_: Translate) -> dict[SetItem, str]:
    """The name of each item."""
    return {
        SetItem.REST: _("Face at rest"),
        SetItem.CLOSURE: _("Eyes gently closed"),
        SetItem.SMILE: _("Tiny smile"),
        SetItem.OO: _("Lips to “oo”"),
        SetItem.BROW: _("Small brow lift"),
    }


def not_asked_words(_: Translate) -> dict[NotAsked, str]:
    """The reason why an item is not asked."""
    return {
        NotAsked.FLACCID: _("Not asked: flaccid"),
        NotAsked.NOT_TICKED: _("Not asked: nobody has seen it come by itself"),
        NotAsked.LOCKED: _("Not asked: movement was closed"),
        NotAsked.RULED_OUT: _("Not asked: the plan rules it out"),
        NotAsked.NOT_REACHED: _("Not reached"),
    }
