"""GPIO: gpiozero's pin factory, plain words for what went wrong with it, and the lamps on its pins."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.devices.lights import Glow, Lamp, changes
from kiosk.errors import DeviceError

log = logging.getLogger(__name__)


def pin_factory(factory: Any = None) -> Any:
    """``factory``, or the one gpiozero chooses here. Raises ``DeviceError`` with the cause of each rejection."""
    return chosen_factory()[0] if factory is None else factory


def chosen_factory() -> tuple[Any, tuple[str, ...]]:
    """The factory that gpiozero chooses, and why each that it would rather have taken was rejected.

    ``GPIOZERO_PIN_FACTORY`` decides, else the first that works. A rejection is told only to whoever asks first.
    Raises ``DeviceError`` with the cause of each.
    """
    from gpiozero import Device

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with _scratch():
                Device.ensure_pin_factory()
        except Exception as exc:  # any of five libraries may fail in its own way
            because = "; ".join([*_rejected(caught), str(exc)])
            raise DeviceError(
                f"no way to reach GPIO pins ({because}). On a Raspberry Pi: install python3-lgpio with apt and run as "
                "a member of group gpio; elsewhere use the keyboard or a pedal"
            ) from exc
    rejected = _rejected(caught)
    if rejected:
        log.warning("pins are reached by %s, because %s", type(Device.pin_factory).__name__, "; ".join(rejected))
    return Device.pin_factory, rejected


def _rejected(caught: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """The causes among all that was warned about: the libraries' own builders warn too."""
    said = (str(warning.message) for warning in caught)
    return tuple(text.removeprefix(FALLBACK) for text in said if text.startswith(FALLBACK))


def cause(exc: BaseException) -> str:
    """Return what is wrong with a pin and what to do, from whatever a GPIO library raised."""
    from gpiozero import GPIOPinInUse, PinInvalidPin

    said = f"{type(exc).__name__}: {exc}"
    if isinstance(exc, GPIOPinInUse):
        return f"{said}. One pin can serve one button or one light: give each its own in the settings"
    if isinstance(exc, PinInvalidPin):
        return f"{said}. Give the BCM number of a GPIO pin, 2 to 27"
    if isinstance(exc, PermissionError) or "permission" in str(exc).lower():
        return f"{said}. Run as a member of group gpio"
    if "busy" in str(exc).lower():
        return f"{said}. Another program or an overlay in config.txt holds this pin: end it, or choose another pin"
    return f"{said}. Check the pin number in the settings and the wiring"


@contextlib.contextmanager
def _scratch() -> Iterator[None]:
    """lgpio makes a pipe ``.lgd-nfy0`` in the working directory when it is imported, and fails where it may not write.

    Its own setting LG_WD moves the whole process there for good, which would break relative paths; so it is imported
    from a directory that is writable, and we come back.
    """
    runtime = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
    if runtime and os.access(runtime, os.W_OK):
        with contextlib.chdir(runtime):
            yield
        return
    with tempfile.TemporaryDirectory(prefix="kiosk-gpio-") as scratch, contextlib.chdir(scratch):
        yield


FALLBACK = "Falling back from "
"""The beginning of gpiozero's warning about a way to pins that it rejects."""
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
