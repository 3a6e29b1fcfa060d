"""Which settings of the bedside go along with a plan? Those that suit the person; what suits the place stays there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

BOUND = "bound"
SETTING = "setting."
"""Keys of the state rows: who the kiosk is bound to, and what staff changed at the bedside."""

Value = int | bool


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What staff changed for a person's ears and hands, in the ranges of the kiosk's settings; None: not changed.

    How a package is protected (``handover.protection``) is the clinic's business: it stays with the kiosk.
    """

    volume: Annotated[int, Meta(ge=0, le=3)] | None = msgspec.field(default=None, name="sound.volume")
    voice: bool | None = msgspec.field(default=None, name="sound.voice")
    single_switch: bool | None = msgspec.field(default=None, name="buttons.single_switch")
    scan_ms: Annotated[int, Meta(ge=500, le=10_000)] | None = msgspec.field(default=None, name="buttons.scan_ms")
    refractory_ms: Annotated[int, Meta(ge=30, le=400)] | None = msgspec.field(
        default=None, name="buttons.refractory_ms"
    )


class Bed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person who is at the kiosk now, and its settings: nobody else's are known any more."""

    code: str
    settings: Settings


NAMES = tuple(field.encode_name for field in msgspec.structs.fields(Settings))
"""``section.name`` of each setting that travels."""


def bed_of(state: Callable[[str], str | None]) -> Bed | None:
    """The bed by the ``state`` rows of a kiosk; None while nobody is set up there. An unreadable value is left out."""
    code = state(BOUND)
    kept = {name: value for name in NAMES if (value := state(SETTING + name)) is not None}
    return Bed(code=code, settings=_readable(kept)) if code else None


def _readable(kept: dict[str, str]) -> Settings:
    found: dict[str, str] = {}
    for name, value in kept.items():
        try:
            msgspec.convert({name: value}, Settings, strict=False)
        except msgspec.ValidationError:
            continue  # the kiosk does not go by it either
        found[name] = value
    return msgspec.convert(found, Settings, strict=False)


def changed(settings: Settings) -> dict[str, Value]:
    """Name (``section.name``) and value of each setting that staff changed."""
    values = {field.encode_name: getattr(settings, field.name) for field in msgspec.structs.fields(settings)}
    return {name: value for name, value in values.items() if value is not None}
