"""The outer world as the shell reaches it: one of each, real or simulated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kiosk.clock import Clock
from kiosk.devices.camera_frame import Frame
from kiosk.devices.lights import Lights
from kiosk.devices.sound import Speaker
from kiosk.records.store import Store
from kiosk.shell.workshop import Workshop
from kiosk.signals import Source


class SettableClock(Clock, Protocol):
    """A clock that staff may set."""

    def set_by_staff(self, wall_utc: datetime) -> None: ...


class Mirror(Source, Protocol):
    """A camera, real or simulated. ``active_name``: the backend that is open."""

    active_name: str | None

    @property
    def is_open(self) -> bool: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def latest(self) -> Frame | None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything the shell lets effects reach."""

    clock: SettableClock
    store: Store
    sound: Speaker
    camera: Mirror
    lights: Lights
    workshop: Workshop
