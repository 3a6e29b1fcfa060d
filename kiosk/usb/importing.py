"""The content of a stick, from when it was read until it is forgotten: shown, and taken in part by part."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kiosk.care.library import Library
from kiosk.care.own import PERSON, QUESTION_LINE, own_things
from kiosk.clock import Clock, instant
from kiosk.desk.shown import Brought, BroughtProgramme, BroughtVoice, Setting
from kiosk.errors import Unsure
from kiosk.paths import assets
from kiosk.plans.plan import CARRIED, CarriedOver
from kiosk.programmes.shelf import load
from kiosk.records.store import Store
from kiosk.rows.kinds import EventRow, InboxRow, PermissionRow, Row, StateRow
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.usb.import_read import Parcel

log = logging.getLogger(__name__)
FLUSH_S = 5.0
"""Patience with the record: what was handed to it a moment ago shall be in the package as well."""
KEYS, PROGRAMMES, PLAN, VOICE = "keys", "programmes", "plan", "voice"
UNCHANGED, UNSURE = "unchanged", "unsure"
"""Ways of going wrong: all is as it was before, or nobody can say what holds after the next start."""


def _own_rows(code: str, own: Mapping[str, str], moment: str) -> Iterator[Row]:
    """Rows by which the own choices of ``code`` at another kiosk hold here; an open question is told again."""
    for item, value in own.items():
        yield PermissionRow(code, item, value, PERSON)
    for question in own_things(own).questions:
        if not question.answered:
            topic = question.topic.value
            yield InboxRow(f"{QUESTION_LINE}.{topic}.{moment}", code, QUESTION_LINE, topic)


class Importing:
    """One parcel, until it is forgotten. ``use`` is told of the library to go by once programmes were taken in."""

    def __init__(self, parcel: Parcel, data: Path, store: Store, clock: Clock, use: Callable[[Library], None]) -> None:
        self._parcel, self._data, self._store, self._clock, self._use = parcel, data, store, clock, use
        self._taken: tuple[str, ...] = ()
        self._wrong = ""

    def brought(self, words: Words) -> Brought:
        """As the desk hears it."""
        from kiosk.package.protection import fingerprint

        parcel = self._parcel
        if parcel.problem:
            return Brought("ended", parcel.problem)
        told = {
            UNCHANGED: words(
                "This could not be stored. Nothing was changed by it. Try again, or tell your technician."
            ),
            UNSURE: words(
                "The storage failed in the middle of this: it may be here now, and gone after the next start. Try "
                "again, or tell your technician."
            ),
        }
        return Brought(
            "read",
            told.get(self._wrong, ""),
            tuple(map(fingerprint, parcel.keys)),
            parcel.person,
            tuple(Setting(name, value) for name, value in parcel.settings.items()),
            tuple(
                BroughtProgramme(
                    found.programme.title, found.programme.version, found.state, found.programme.reviewed_by
                )
                for found in parcel.programmes
            )
            + tuple(
                BroughtProgramme(found.scale.title, found.scale.version, found.state, licence=found.scale.licence)
                for found in parcel.scales
            )
            + tuple(
                BroughtProgramme(
                    found.title, 0, found.state, found.picture.reviewed_by, found.picture.file, found.picture.side
                )
                for found in parcel.pictures
            ),
            parcel.refused,
            self._taken,
            own=own_things(parcel.own),
            voices=tuple(
                BroughtVoice(found.language, found.new, found.changed, found.same, found.by) for found in parcel.voices
            ),
        )

    def take(self, part: str, by: str) -> bool:
        """Store one part and put it down in the record; whether that is done. Writes files, so not where one draws."""
        self._wrong = ""
        try:
            wrong = self._accept(part, by)
        except Exception:
            self._wrong = UNSURE  # whoever waits shall read so, and not wait
            raise
        # A plan was saved before, as any other is: here it is only noted where it came from.
        self._wrong = wrong if part != PLAN else ""
        if not wrong and part not in self._taken:
            self._taken = (*self._taken, part)
        return not wrong

    def _accept(self, part: str, by: str) -> str:
        """The record first: nothing is ever used here that it does not know of."""
        rows, store = self._rows(part, by), self._store
        if store.problem or not (rows and store.put(*rows) and store.flush(FLUSH_S)):
            return UNCHANGED
        wrong = self._install(part)
        if wrong:
            store.event("warning", f"{part}.not_stored", by)
        if part == PROGRAMMES and wrong != UNCHANGED:
            self._use(load(assets() / PROGRAMMES, self._data / PROGRAMMES, self._parcel.files))
        elif part == VOICE and wrong != UNCHANGED:
            self._use(load(assets() / PROGRAMMES, self._data / PROGRAMMES))
        return wrong

    def _rows(self, part: str, by: str) -> tuple[Row, ...]:
        from kiosk.package.protection import fingerprint

        parcel = self._parcel
        if part == KEYS:
            marks = [fingerprint(key).replace(" ", "")[:8] for key in parcel.keys]
            return tuple(EventRow("audit", "keys.accepted", f"{mark}:{by}") for mark in marks)
        if part == PROGRAMMES:
            names = [name.removesuffix(".toml") for name in parcel.files]
            return tuple(EventRow("audit", "programme.accepted", f"{name}:{by}") for name in names)
        if part == VOICE:
            counted = [f"{found.language}:{len(found.recordings)}:{by}" for found in parcel.voices if found.recordings]
            return tuple(EventRow("audit", "voice.accepted", one) for one in counted)
        if parcel.person is None:
            return ()
        at = instant(self._clock)
        carried = CarriedOver(
            code=parcel.person.code, boot_id=at.boot_id, t_boot_ms=at.t_boot_ms, practised=parcel.practised
        )
        told = StateRow(CARRIED, msgspec.json.encode(carried).decode())
        own = _own_rows(parcel.person.code, parcel.own, f"{at.boot_id[:8]}.{at.t_boot_ms}")
        return (EventRow("audit", "plan.brought", by, parcel.person.code), told, *own)

    def _install(self, part: str) -> str:
        from kiosk.usb.import_install import install_keys, install_programmes
        from kiosk.voice.kept import keep

        try:
            if part == KEYS:
                install_keys(self._data, self._parcel.keys)
            elif part == PROGRAMMES:
                install_programmes(self._data, self._parcel.files)
            elif part == VOICE:
                for number, found in enumerate(self._parcel.voices):
                    try:
                        keep(self._data / VOICE / found.language, found.recordings)
                    except OSError as why:
                        if number:  # the language before is in its place
                            raise Unsure(*why.args) from why
                        raise
        except OSError as why:
            log.warning("%s could not be taken in: %s (%s)", part, why, type(why).__name__)
            return UNSURE if isinstance(why, Unsure) else UNCHANGED
        return ""
