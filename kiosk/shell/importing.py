"""What came from a stick, as it is shown at the desk, and what becomes of it when staff accept a part."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.care.library import Library, load
from kiosk.desk.staff_model import Brought, BroughtProgramme, Setting
from kiosk.paths import assets
from kiosk.records.rows import EventRow, Row
from kiosk.records.store import Store
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.handover.parcel import Parcel

log = logging.getLogger(__name__)
FLUSH_S = 5.0


class Importing:
    """One parcel, until it is forgotten. ``library`` is the one to go by since programmes were taken in."""

    def __init__(self, parcel: Parcel, data: Path, store: Store) -> None:
        self._parcel, self._data, self._store = parcel, data, store
        self._taken: tuple[str, ...] = ()
        self._failed = False
        self.library: Library | None = None

    def brought(self, words: Words) -> Brought:
        """As the desk hears it."""
        from kiosk.handover.protect import fingerprint

        parcel = self._parcel
        if parcel.problem:
            return Brought("ended", parcel.problem)
        failed = words("This could not be stored. Nothing was changed by it. Try again, or tell your technician.")
        return Brought(
            "read",
            failed if self._failed else "",
            tuple(map(fingerprint, parcel.keys)),
            parcel.person,
            tuple(Setting(name, value) for name, value in parcel.settings.items()),
            tuple(
                BroughtProgramme(
                    found.programme.title, found.programme.version, found.state, found.programme.reviewed_by
                )
                for found in parcel.programmes
            ),
            parcel.refused,
            self._taken,
        )

    def take(self, part: str, by: str) -> bool:
        """Store one part and put it down in the record; whether that is done. Writes files, so not where one draws."""
        parts: dict[str, Callable[[str], tuple[Row, ...]]] = {
            "keys": self._take_keys,
            "programmes": self._take_programmes,
            "plan": self._take_plan,
        }
        try:
            self._failed = bool(self._store.problem) or part not in parts
            if not self._failed:
                rows = parts[part](by)
                self._failed = not (rows and self._store.put(*rows) and self._store.flush(FLUSH_S))
        except OSError as why:
            log.warning("%s could not be taken in: %s", part, why)
            self._failed = True
        if not self._failed and part not in self._taken:
            self._taken = (*self._taken, part)
        return not self._failed

    def _take_keys(self, by: str) -> tuple[Row, ...]:
        from kiosk.handover.installing import install_keys
        from kiosk.handover.protect import fingerprint

        if not self._parcel.keys:
            return ()
        install_keys(self._data, self._parcel.keys)
        marks = [fingerprint(key).replace(" ", "")[:8] for key in self._parcel.keys]
        return tuple(EventRow("audit", "keys.installed", f"{mark}:{by}") for mark in marks)

    def _take_programmes(self, by: str) -> tuple[Row, ...]:
        from kiosk.handover.installing import PROGRAMMES, install_programmes

        files = self._parcel.files
        install_programmes(self._data, files)
        self.library = load(assets() / PROGRAMMES, self._data / PROGRAMMES)
        return tuple(EventRow("audit", "programme.installed", f"{name.removesuffix('.toml')}:{by}") for name in files)

    def _take_plan(self, by: str) -> tuple[Row, ...]:
        person = self._parcel.person
        return () if person is None else (EventRow("audit", "plan.brought", by, person.code),)
