"""The few settings that staff change at the bedside: kept in the record, laid over the settings of the file."""

from __future__ import annotations

import logging

import msgspec

from kiosk.devices.buttons_keys import button_of, digit_of
from kiosk.errors import StoreError
from kiosk.records.reader import Reader
from kiosk.settings import Settings
from kiosk.signals import Button, PedalMeaning

PEDALS = "pedals"
"""The key of the state row that keeps what pedals were taught."""
log = logging.getLogger(__name__)

BEDSIDE = (
    "sound.volume",
    "sound.voice",
    "buttons.single_switch",
    "buttons.scan_ms",
    "buttons.refractory_ms",
    "handover.protection",
)
"""The refractory time holds from the next start of the kiosk; the others at once."""


def key_of(name: str) -> str:
    """The key of the state row that keeps the setting ``name`` (``section.name``)."""
    return f"setting.{name}"


def text_of(value: int | bool | str) -> str:
    """A value as its row keeps it: numbers in figures, yes and no as 1 and 0, words as they are."""
    return value if isinstance(value, str) else str(int(value))


def with_setting(settings: Settings, name: str, value: int | bool | str) -> Settings:
    """``settings`` with one of the bedside's changed; unknown names and values out of range change nothing."""
    if name not in BEDSIDE:
        return settings
    section, field = name.split(".")
    part = getattr(settings, section)
    kind = type(getattr(part, field))
    try:
        wanted = kind(value) if kind is str else kind(int(value))
        values = {**msgspec.to_builtins(settings), section: {**msgspec.to_builtins(part), field: wanted}}
        return msgspec.convert(values, Settings)
    except ValueError:  # also of msgspec: a word where a number belongs, or one that is not in the list
        return settings


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


def with_bedside(settings: Settings, reader: Reader) -> Settings:
    """``settings`` with everything that staff have changed at the bedside, as far as the record can be read."""
    for name in BEDSIDE:
        try:
            kept = reader.state(key_of(name))
        except StoreError as why:
            log.error("settings of the bedside cannot be read: %s", why)
            return settings
        if kept is not None:
            settings = with_setting(settings, name, kept)
    return settings
