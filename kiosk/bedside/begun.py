"""A plan that was begun and not saved, in the record: one row of the state, which is empty where there is none."""

from __future__ import annotations

import logging

import msgspec

from kiosk.desk.shown import Begun
from kiosk.errors import StoreError
from kiosk.records.reader import Reader
from kiosk.rows.kinds import StateRow

BEGUN = "begun"
"""The key of the row."""
log = logging.getLogger(__name__)


def begun_row(begun: Begun | None) -> StateRow:
    """The row that keeps it."""
    return StateRow(BEGUN, "" if begun is None else msgspec.json.encode(begun).decode())


def kept_begun(reader: Reader) -> Begun | None:
    """The plan that was kept; nothing where there is none or it cannot be read: it was never saved."""
    try:
        kept = reader.state(BEGUN)
        return msgspec.json.decode(kept, type=Begun) if kept else None
    except (StoreError, msgspec.DecodeError, UnicodeError, RecursionError) as why:
        log.error("the plan that was begun cannot be read: %s", why)
        return None
