"""The few settings that staff change at the desk: kept in the record, laid over the settings of the file.

What suits ears and hands is kept with the person, and comes and goes with them; what is of the place stays.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from kiosk.desk.effects import ChangeSetting
from kiosk.devices.buttons import ButtonSettings
from kiosk.devices.buttons_keys import button_of, digit_of
from kiosk.errors import StoreError
from kiosk.menus.work import EDITABLE
from kiosk.plans.plan import SETTING, settings_of
from kiosk.records.reader import Reader
from kiosk.rows.kinds import PermissionRow, StateRow
from kiosk.settings import BEDSIDE, FIRST_START, Settings, Value, checked
from kiosk.signals import Button, PedalMeaning

PEDALS = "pedals"
"""The key of the state row that keeps what pedals were taught."""
log = logging.getLogger(__name__)

CHANGEABLE = tuple(EDITABLE)
"""The settings that staff change at the desk: those of a person, and those of the place."""
OWN = "place."
"""Beginning of the key of a place's own value for what suits persons: it holds where theirs says nothing. (Under
``SETTING`` such a row would be moved to a person: ``records.migrations``.)"""


def text_of(value: Value) -> str:
    """A value as its row keeps it: numbers in figures, yes and no as 1 and 0, words as they are."""
    return value if isinstance(value, str) else str(int(value))


def row_of(change: ChangeSetting) -> PermissionRow | StateRow:
    """The row that keeps a setting: with the person whom it suits, else of the place."""
    kept = text_of(change.value)
    if change.whose:
        return PermissionRow(change.whose, SETTING + change.key, kept, change.by)
    return StateRow(_key(change.key), kept)


def _key(name: str) -> str:
    """The key of the row that keeps the setting ``name`` of the place."""
    return (OWN if name in BEDSIDE else SETTING) + name


def with_setting(settings: Settings, name: str, value: Value) -> Settings:
    """``settings`` with one that staff may change; unknown names and values out of range change nothing."""
    if name not in CHANGEABLE and name not in FIRST_START:
        return settings
    section, field = name.split(".")
    try:
        part = replace(getattr(settings, section), **{field: checked(name, value, strict=False)})
    except ValueError:  # a word where a number belongs, or one that is not in the list
        return settings
    return replace(settings, **{section: part})


def of_place(settings: Settings, reader: Reader) -> Settings:
    """``settings`` with what staff have changed for the place, as far as the record can be read."""
    for name in dict.fromkeys((*CHANGEABLE, *FIRST_START)):
        try:
            kept = reader.state(_key(name)) if name not in BEDSIDE or name in FIRST_START else None
        except StoreError as why:
            log.error("settings of the place cannot be read: %s", why)
            return settings
        if kept is not None:
            settings = with_setting(settings, name, kept)
    return settings


def kept_for(reader: Reader, code: str, changed: Iterable[ChangeSetting] = ()) -> dict[str, str]:
    """The permissions of the person called ``code``, by item, with those ``changed`` that may not be stored yet.

    Raises StoreError.
    """
    kept = {row.item: row.value for row in reader.permissions(code)}
    return kept | {SETTING + change.key: text_of(change.value) for change in changed if change.whose == code}


def of_person(settings: Settings, kept: Mapping[str, str]) -> Settings:
    """``settings`` with those that are ``kept`` for a person."""
    for name, value in settings_of(kept).items():
        settings = with_setting(settings, name, value)
    return settings


def hand_of(settings: Settings) -> ButtonSettings:
    """The times by which a person's hand is read."""
    wanted = settings.buttons
    return ButtonSettings(refractory_ms=wanted.refractory_ms, minimum_hold_ms=wanted.minimum_hold_ms)


def pedals_text(meanings: tuple[PedalMeaning, ...]) -> str:
    """Return what pedals were taught in the form that the row ``PEDALS`` keeps."""
    return msgspec.json.encode(meanings).decode()


def taught_pedals(reader: Reader) -> tuple[PedalMeaning, ...]:
    """Return what pedals were taught; nothing where that cannot be read, or where no key of them would stop."""
    try:
        kept = reader.state(PEDALS)
        found = msgspec.json.decode(kept or "[]", type=tuple[PedalMeaning, ...])
    except (StoreError, msgspec.DecodeError, UnicodeError, RecursionError) as why:
        log.error("what pedals were taught cannot be read: %s", why)
        return ()
    free = [one for one in found if button_of(one.key) is None and digit_of(one.key) is None]
    by_key: dict[tuple[str, str], PedalMeaning] = {}
    for one in free:
        by_key.setdefault((one.device, one.key), one)
    stops = any(one.button is Button.RED for one in by_key.values())
    return tuple(by_key.values()) if stops else ()
