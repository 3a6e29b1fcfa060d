"""A kiosk names itself once, by chance: its rows keep apart from those of others wherever they are merged."""

from __future__ import annotations

import contextlib

from kiosk.errors import StoreError
from kiosk.records.store import Store
from kiosk.rows.kinds import StateRow
from kiosk.rows.names import device_name
from kiosk.signals import Signal, Stored

DEVICE_ID = "device_id"


class KioskNaming:
    """Sees to it that the record in ``store`` has the kiosk's name in it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._token = 0
        self._name()

    def hear(self, signal: Signal) -> None:
        """Name the kiosk again where a damaged record was set aside and its numbering lost: the new one has none."""
        if isinstance(signal, Stored) and signal.token >= self._token:  # till then a name may be on its way
            with contextlib.suppress(StoreError):  # what is stored next asks again
                self._name()

    def _name(self) -> None:
        if not self._store.problem and self._store.read().state(DEVICE_ID) is None:
            self._token = self._store.put(StateRow(DEVICE_ID, device_name()))
