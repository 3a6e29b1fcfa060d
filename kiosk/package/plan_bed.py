"""What goes along with the plan of whoever is at the kiosk: settings that suit the person, and what was practised last.

What suits the place stays there. The last sessions go along so that a day does not begin anew at another kiosk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from kiosk.clock import ClockStatus
from kiosk.records.rows import BOUND

SETTING = "setting."
CARRIED = "carried"
"""Keys of the state rows: who the kiosk is bound to, what staff changed at the bedside, and ``CarriedOver`` as JSON."""
MOST_SESSIONS = 60
"""Far more than anybody can begin in a day."""

Value = int | bool


class BedsideSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
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


class Practised(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A session as far as the rules of a day ask for it; ``begun`` and ``ended`` are None where nobody knows."""

    programme: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_.:+/,@-]{0,120}\Z")]
    begun: Annotated[datetime, Meta(tz=True)] | None = None
    ended: Annotated[datetime, Meta(tz=True)] | None = None
    resumed: bool = False
    """It goes on with another one, so it counts with that."""


class Bed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The person who is at the kiosk now, and its settings: nobody else's are known any more."""

    code: str
    settings: BedsideSettings
    practised: Annotated[tuple[Practised, ...], Meta(max_length=MOST_SESSIONS)] = ()
    """The last sessions, the newest first."""


class CarriedOver(msgspec.Struct, frozen=True, kw_only=True):
    """What a kiosk keeps of the sessions that somebody had elsewhere, and when in which boot of its own it heard."""

    code: str
    boot_id: str
    t_boot_ms: int
    practised: tuple[Practised, ...]


NAMES = tuple(field.encode_name for field in msgspec.structs.fields(BedsideSettings))
"""``section.name`` of each setting that travels."""


def bed_of(
    state: Callable[[str], str | None], sessions: Callable[[str], Iterable[Mapping[str, Any]]] = lambda _code: ()
) -> Bed | None:
    """The bed by the ``state`` rows of a kiosk; None while nobody is set up there. An unreadable value is left out.

    ``sessions``: the rows of a person's last sessions, the newest first.
    """
    code = state(BOUND)
    if not code:
        return None
    kept = {name: value for name in NAMES if (value := state(SETTING + name)) is not None}
    return Bed(code=code, settings=_readable(kept), practised=tuple(map(_practised, sessions(code))))


def _practised(row: Mapping[str, Any]) -> Practised:
    known = row["clock_status"] != ClockStatus.UNSET
    begun, ended = (
        datetime.fromisoformat(row[name]) if known and row[name] else None for name in ("start_utc", "end_utc")
    )
    return Practised(programme=row["programme"], begun=begun, ended=ended, resumed=bool(row["resumes_session_id"]))


def _readable(kept: dict[str, str]) -> BedsideSettings:
    found: dict[str, str] = {}
    for name, value in kept.items():
        try:
            msgspec.convert({name: value}, BedsideSettings, strict=False)
        except msgspec.ValidationError:
            continue  # the kiosk does not go by it either
        found[name] = value
    return msgspec.convert(found, BedsideSettings, strict=False)


def changed(settings: BedsideSettings) -> dict[str, Value]:
    """Name (``section.name``) and value of each setting that staff changed."""
    values = {field.encode_name: getattr(settings, field.name) for field in msgspec.structs.fields(settings)}
    return {name: value for name, value in values.items() if value is not None}
