"""Rows that stay on the kiosk, and orders to undo rows, which the store takes in their turn among them.

``patient_code`` is the person that a row is about, ``by`` the staff slot that did it, ``wall_utc`` what the wall clock
said then; ``revision`` counts how often the row has changed.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.rows.row import Row, check_words


class ExportRow(Row, frozen=True, kw_only=True):
    """A ``package`` that left the kiosk, or was begun. ``seq`` numbers the packages, not the rows.

    It holds the ``rows_count`` rows up to ``seq_to`` of the one numbering, without those up to ``since_seq``.
    ``selection`` is ``ALL`` or a code; ``protection`` its method, ``size_bytes`` its size, ``manifest_sha256`` the hash
    of its manifest. ``verified``: it was read back and is whole; only then do later exports build upon it.
    """

    TABLE = "exports"
    KEY = ("seq",)
    STAMPS = ("wall_utc",)

    seq: int
    package: str
    selection: str
    since_seq: int
    seq_to: int
    protection: str
    rows_count: int = 0
    size_bytes: int = 0
    manifest_sha256: str = ""
    verified: bool = False
    by: str = ""
    wall_utc: str = ""
    revision: int = 0


class DoubtRow(Row, frozen=True):
    """Something of this person's record was lost: until a therapist has confirmed the plan, little of it is open.

    ``cause`` names the file that was set aside, or the row that cannot be read. ``confirmed_by``: the slot that has
    looked at the plan since; empty: nobody has.
    """

    TABLE = "doubts"
    KEY = ("patient_code", "cause")
    STAMPS = ("wall_utc",)

    patient_code: str
    cause: str
    confirmed_by: str = ""
    wall_utc: str = ""
    revision: int = 0


class ErasureRow(Row, frozen=True):
    """The rows ``seq_from`` to ``seq_to`` were erased on purpose: nobody need search for them. Whose is not told."""

    TABLE = "erasures"
    KEY = ("seq_from",)
    STAMPS = ("wall_utc",)

    seq_from: int
    seq_to: int
    by: str
    wall_utc: str = ""
    revision: int = 0


class BootRow(Row, frozen=True):
    """From ``first_ms`` to ``last_ms`` the kiosk is known to have been powered in boot ``boot_id``.

    ``ordinal`` gives boots their order.
    """

    TABLE = "boots"
    KEY = ("boot_id",)

    boot_id: str
    ordinal: int
    first_ms: int
    last_ms: int


class InboxRow(Row, frozen=True):
    """A line for staff. ``key`` makes it one line however often it is told; ``seq`` is that of its event.

    ``code`` says what it is about, ``detail_code`` more of it, ``patient_code`` of whom. ``boot_id``, ``t_boot_ms``,
    ``wall_utc`` and ``clock_status`` say when, and who vouches for that.
    """

    TABLE = "inbox"
    KEY = ("key",)
    STAMPS = ("boot_id", "t_boot_ms", "wall_utc", "clock_status")

    key: str
    patient_code: str = ""
    code: str = ""
    detail_code: str = ""
    seq: int = 0
    boot_id: str = ""
    t_boot_ms: int = 0
    wall_utc: str = ""
    clock_status: str = ""


class InboxSeen(Row, frozen=True):
    """The staff ``slot`` has acknowledged the line called ``key``."""

    TABLE = "inbox_seen"
    KEY = ("slot", "key")

    slot: str
    key: str


class StaffRow(Row, frozen=True):
    """One staff ``slot``: no name; ``role``, ``label``, and the PIN as ``pin_salt`` (hexadecimal) and ``pin_hash``.

    The hash stands behind its algorithm and cost (``scrypt:n:r:p:hash``); the first ones written stand alone.
    """

    TABLE = "staff"
    KEY = ("slot",)
    TEXT = ("label",)

    slot: str
    role: Annotated[str, Meta(extra={"words": ("therapist", "nurse")})]
    label: str
    pin_salt: str
    pin_hash: str


class PinTriesRow(Row, frozen=True):
    """Wrong ``tries`` of a ``slot`` and the lock that follows.

    The lock is ``lock_ms`` long, from ``lock_from_boot_ms`` of boot ``lock_boot_id``.
    """

    TABLE = "pin_tries"
    KEY = ("slot",)

    slot: str
    tries: int
    lock_ms: int = 0
    lock_boot_id: str = ""
    lock_from_boot_ms: int = 0


BOUND = "bound"
"""Key of the state row that names the person this kiosk is bound to; empty: nobody."""
STAFF_LOST = "staff_lost"
"""Key of the state row that keeps the desk closed: there were PINs, and nobody knows them any more."""


class StateRow(Row, frozen=True):
    """One small fact about this kiosk, its ``value`` under its ``key``: who it is bound to, its device_id."""

    TABLE = "state"
    KEY = ("key",)
    TEXT = ("value",)

    key: str
    value: str


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
"""Anything that may be handed over to the store."""
