"""What the store is told to undo: rows that are no line of a table, in their turn among those that are."""

from __future__ import annotations

from kiosk.records.row import Row


class Forget(Row, frozen=True):
    """No line of a table but an order to the store: this person takes back that they were recorded.

    ``what`` is ``replays``: their line drawings are deleted; or ``clips``: their films count as removed, for the reason
    ``withdrawn``.
    """

    TABLE = "replays"
    KEY = ("patient_code", "what")

    patient_code: str
    what: str


class Erase(Row, frozen=True):
    """No line of a table but an order to the store: every row that tells of this person goes; only numbers stay.

    ``by``: the staff slot that asked for it, for the tombstones.
    """

    TABLE = "erasures"
    KEY = ("patient_code",)

    patient_code: str
    by: str


class ResetStaff(Row, frozen=True):
    """No line of a table but an order to the store: no staff slot and no PIN is left, the next start asks for one."""

    TABLE = "staff"
    KEY = ("by",)

    by: str
