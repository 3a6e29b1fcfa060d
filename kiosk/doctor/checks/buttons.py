"""Whatever a hand or a foot presses: pins, pedals and keys, reached as the kiosk reaches them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from kiosk.devices.buttons_keys import button_of
from kiosk.doctor.check import (
    DEV,
    Check,
    CheckedPart,
    CheckState,
    Examined,
    Try,
    fault,
    fault_if,
    ok,
    on_a_pi,
    tried,
    warning,
)
from kiosk.signals import Button

PLACE = 50
TRY_PINS = """
import json, sys
from kiosk.devices.gpio import chosen_factory
from kiosk.errors import DeviceError
try:
    factory, rejected = chosen_factory()
except DeviceError as why:
    sys.exit(str(why))
print(json.dumps([type(factory).__name__.removesuffix("Factory").lower(), "; ".join(rejected)]))
"""
TRY_PEDALS = """
import json, sys
from kiosk.clock import SystemClock
from kiosk.devices.buttons_pedal import PedalButtons
from kiosk.errors import ButtonError
try:
    pedals = PedalButtons(sys.argv[1], SystemClock()).pedals
except ButtonError as why:
    sys.exit(str(why))
print(json.dumps([(pedal.name, sorted(pedal.keys), pedal.keyboard) for pedal in pedals]))
"""
PLUG_IN = "plug in a pedal or a keyboard, unless there is a button plate"
LGPIO_STEP = "`sudo apt-get install python3-lgpio`; in a checkout a .venv made with --system-site-packages too"


def gpio(env: Mapping[str, str], attempt: Try = tried, dev: Path = DEV, pi: bool | None = None) -> Check:
    """A GPIO chip that this user may use, and a library that reaches it."""
    name = "Buttons and lights"
    chosen = env.get("GPIOZERO_PIN_FACTORY", "")
    if chosen == "mock":
        return warning(name, "simulated pins (GPIOZERO_PIN_FACTORY=mock)", "unset the variable for real buttons")
    chips = sorted(dev.glob("gpiochip*"))
    if not chips:
        return warning(name, "no GPIO chip here", "use a keyboard or a foot pedal, or a Raspberry Pi")
    names = ", ".join(chip.name for chip in chips)
    if not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
        return fault(name, f"{names} may not be opened", "add the kiosk's user to the group gpio, then log in again")
    got = attempt(TRY_PINS)
    by, rejected = json.loads(got.said) if got.worked else ("", got.said)
    if got.worked and not (by != "lgpio" and "lgpio" in rejected):
        return ok(name, f"{names} by {by}")
    if "has no attribute" in rejected:
        # On Python 3.13 pip finds only an empty lgpio 0.0.0.2.
        return fault(name, f"{names}, but lgpio is an empty package", f"pip uninstall lgpio; then {LGPIO_STEP}")
    if got.worked:
        found = f"{names} by {by}, which does not work on every Pi, because lgpio does not load ({rejected})"
        return warning(name, found, LGPIO_STEP)
    return fault_if(on_a_pi() if pi is None else pi, name, f"{names}, but {rejected}", LGPIO_STEP)


def pedals(where: str, attempt: Try = tried, dev: Path = DEV) -> Check:
    """Each pedal and keyboard, and which buttons are among its keys. Which key one sends shows on the status page."""
    name = "Pedals and keys"
    if not where:
        return ok(name, "not read (buttons.pedal in the settings is empty)")
    nodes = sorted((dev / "input").glob("event*"))
    if not nodes:
        return warning(name, "nothing is plugged in", PLUG_IN)
    if not any(os.access(node, os.R_OK) for node in nodes):
        return fault(name, "none may be read", "add the kiosk's user to the group input, then log in again")
    got = attempt(TRY_PEDALS, where)
    if not got.worked:
        return warning(name, got.said, "do that, then `sudo systemctl restart kiosk`")
    typing = _buttons_of(got.said)
    told = "; ".join(f"{device}: {', '.join(sorted(buttons)) or 'no button'}" for device, buttons in typing.items())
    if not told:
        return warning(name, "none of what is plugged in has keys", PLUG_IN)
    if not all(typing.values()):
        return warning(name, told, "set the pedal to send F14, F15, F16, or SPACE, TAB, ESC (docs/wiring.md)")
    return ok(name, told)


def any_button(kiosk: Examined, attempt: Try = tried, dev: Path = DEV) -> Check:
    """There is something to press at all: a plate, a pedal, a keyboard, or the window's own keys."""
    name = "Any button"
    if kiosk.env.get("DISPLAY") or kiosk.env.get("WAYLAND_DISPLAY"):
        return ok(name, "the keys of the window")
    ways = ["the plate's pins"] if gpio(kiosk.env, attempt, dev).state is CheckState.OK else []
    where = kiosk.settings.buttons.pedal
    if where:
        got = attempt(TRY_PEDALS, where)
        ways += [device for device, buttons in _buttons_of(got.said).items() if buttons] if got.worked else []
    if ways:
        return ok(name, " and ".join(ways))
    step = "wire a plate (docs/wiring.md), or plug in a pedal or a keyboard: it is found while the kiosk runs"
    return fault_if(kiosk.installed, name, "nothing here can be pressed", step)


def _buttons_of(said: str) -> dict[str, set[Button]]:
    """Each device that TRY_PEDALS named, with the buttons among its keys."""
    found: dict[str, set[Button]] = {}
    for device, keys, whole in json.loads(said):
        name = f"{device} (keyboard)" if whole else str(device)
        found.setdefault(name, set()).update(b for key in keys if (b := button_of(key)) is not None)
    return found


PARTS = (
    CheckedPart("Buttons and lights", lambda kiosk: gpio(kiosk.env)),
    CheckedPart("Pedals and keys", lambda kiosk: pedals(kiosk.settings.buttons.pedal)),
    CheckedPart("Any button", any_button),
)
