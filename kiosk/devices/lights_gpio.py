"""Lamps on GPIO pins, as LEDs with brightness; gpiozero pulses them in the background."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from kiosk.devices.gpio import cause, pin_factory
from kiosk.devices.lights import Glow, Lamp, changes

log = logging.getLogger(__name__)

DIM = 0.15
FADE_S = 1.0
"""A pulse takes this long up and again down: half a hertz, calm and far from any flicker that could harm."""


class GpioLights:
    """Lamps by BCM pin number. A lamp that cannot be used is a problem said once, never an error.

    ``factory`` is a gpiozero pin factory with pulse width modulation; None takes gpiozero's own choice.
    """

    def __init__(self, pins: Mapping[Lamp, int], factory: Any = None) -> None:
        self._problems: dict[Lamp | None, str] = {}
        self._devices: dict[Lamp, Any] = {}
        self._shown: dict[Lamp, Glow] = {}
        if not pins:
            return
        from gpiozero import PWMLED

        try:
            chosen = pin_factory(factory)
        except OSError as exc:
            self._report(None, f"no lamp can be lit: {exc}")
            return
        for lamp, pin in pins.items():
            try:
                self._devices[lamp] = PWMLED(pin, pin_factory=chosen)
            except Exception as exc:  # gpiozero, lgpio and the kernel each raise their own kind
                self._report(lamp, f"the {lamp} lamp on GPIO {pin} cannot be used: {cause(exc)}")

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(self._problems.values())

    def show(self, plan: Mapping[Lamp, Glow]) -> None:
        for lamp, glow in changes(self._shown, plan).items():
            device = self._devices.get(lamp)
            if device is None:
                continue
            try:
                _set(device, glow)
            except Exception as exc:  # as above; the next change tries again
                self._report(lamp, f"the {lamp} lamp did not turn {glow}: {cause(exc)}")
            else:
                self._shown[lamp] = glow

    def close(self) -> None:
        for lamp, device in self._devices.items():
            try:
                device.close()
            except Exception as exc:  # as above; the other lamps still have to be given back
                self._report(lamp, f"the {lamp} lamp could not be turned off: {cause(exc)}")
        self._devices.clear()

    def _report(self, lamp: Lamp | None, problem: str) -> None:
        if lamp not in self._problems:
            self._problems[lamp] = problem
            log.warning(problem)


def _set(device: Any, glow: Glow) -> None:
    match glow:
        case Glow.OFF:
            device.off()
        case Glow.ON:
            device.on()
        case Glow.DIM:
            device.value = DIM
        case Glow.PULSE:
            device.pulse(fade_in_time=FADE_S, fade_out_time=FADE_S, background=True)
