"""What the store is told to undo: no rows, but handed over in their turn among those."""

from __future__ import annotations

import msgspec

from kiosk.records.row import Row, check_words


class Order(msgspec.Struct, frozen=True):
    """Something to be done to rows that are stored by then."""

    def __post_init__(self) -> None:
        check_words(self, type(self).__name__)


class Forget(Order, frozen=True):
    """This person takes back that they were recorded.

    ``what`` is ``replays``: their line drawings are deleted; or ``clips``: their films count as removed, for the reason
    ``withdrawn``.
    """

    patient_code: str
    what: str


class Erase(Order, frozen=True):
    """Every row that tells of this person goes; only numbers stay. ``by``: who asked for it, for the tombstones."""

    patient_code: str
    by: str


class ResetStaff(Order, frozen=True):
    """No staff slot and no PIN is left, and the next start asks for one. ``by``: who asked for it."""

    by: str


class Confirm(Order, frozen=True):
    """A therapist (``by``) has looked at this person's plan: nothing that was lost until now puts it in doubt."""

    patient_code: str
    by: str


class Doubt(Order, frozen=True):
    """The row ``name`` (see ``row.name_of``) cannot be read: staff are told, and plans are in doubt where it rules."""

    name: str


Entry = Row | Order
"""What may be handed over to the store."""
