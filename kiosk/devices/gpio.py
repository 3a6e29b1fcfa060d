"""What buttons and lights share: gpiozero's pin factory, and plain words for what went wrong with it."""

from __future__ import annotations

import contextlib
import os
import tempfile
import warnings
from collections.abc import Iterator
from typing import Any

from kiosk.errors import DeviceError


def pin_factory(factory: Any = None) -> Any:
    """``factory``, or the one gpiozero chooses here (``GPIOZERO_PIN_FACTORY`` decides, else the first that works).

    Raises ``DeviceError`` with the cause of each rejection.
    """
    from gpiozero import Device

    if factory is not None:
        return factory
    rejected: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with _scratch():
                Device.ensure_pin_factory()
        except Exception as exc:  # any of five libraries may fail in its own way
            rejected = [str(w.message).removeprefix("Falling back from ") for w in caught]
            because = "; ".join([*rejected, str(exc)])
            raise DeviceError(
                f"no way to reach GPIO pins ({because}). On a Raspberry Pi: install python3-lgpio with apt and run as "
                "a member of group gpio; elsewhere use the keyboard or a pedal"
            ) from exc
    return Device.pin_factory


def cause(exc: BaseException) -> str:
    """What is wrong with a pin and what to do, from whatever a GPIO library raised."""
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
