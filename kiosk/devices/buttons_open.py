"""Which buttons does this kiosk have? What the settings name is tried; what cannot be used says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kiosk.clock import Clock
from kiosk.devices.buttons import ButtonSource
from kiosk.devices.buttons_gpio import GpioButtons
from kiosk.devices.buttons_pedal import AUTO, PedalButtons
from kiosk.errors import ButtonError
from kiosk.signals import Button


def open_buttons(
    clock: Clock,
    *,
    pins: Mapping[Button, int] | None = None,
    pedal: str = "",
    grab: bool = False,
    factory: Any = None,
    opener: Callable[[str, Clock, bool], PedalButtons] | None = None,
) -> tuple[list[ButtonSource], list[str]]:
    """Every source of edges that works, and for each that does not a sentence for staff with its cause.

    ``pins``: BCM numbers; None or empty where no plate is wired. ``pedal``: a device's path, ``"auto"``, or empty for
    none. ``grab``: keep pedals and keyboards for the kiosk alone (on the appliance). Never raises for hardware.
    """
    sources: list[ButtonSource] = []
    rejected: list[str] = []
    if pins:
        try:
            sources.append(GpioButtons(pins, clock, factory))
        except ButtonError as exc:
            rejected.append(str(exc))
    if pedal:
        try:
            pedals = opener(pedal, clock, grab) if opener else PedalButtons(pedal, clock, grab=grab)
        except ButtonError as exc:
            rejected.append(str(exc))
        else:
            sources.append(pedals)
            if pedal == AUTO and not pedals.pedals:
                rejected.append("no pedal or keyboard is plugged in: one that is plugged in later is found by itself")
    return sources, rejected
