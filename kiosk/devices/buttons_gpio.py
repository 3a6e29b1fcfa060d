"""The three buttons on the plate, read by gpiozero; and all that the settings name, with what cannot be used.

gpiozero's own debounce is off: with lgpio it drops edges and waits until the contact is quiet, and its mock has none.
Callbacks come on gpiozero's thread and only put an edge into the inbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kiosk.clock import Clock
from kiosk.devices.buttons import ButtonSource
from kiosk.devices.buttons_pedal import AUTO, PedalButtons
from kiosk.devices.console import Console
from kiosk.devices.gpio import cause, pin_factory
from kiosk.devices.inbox import InboxSource
from kiosk.errors import ButtonError
from kiosk.signals import Button, Edge


class GpioButtons(InboxSource):
    """A source of edges from GPIO pins (BCM numbers). A contact that is closed at the start is ``found`` so.

    Raises ``ButtonError`` when the pins cannot be used: no chip, no permission, a pin that is taken or named twice.
    ``factory`` is a gpiozero pin factory; None takes gpiozero's own choice.
    """

    def __init__(self, pins: Mapping[Button, int], clock: Clock, factory: Any = None) -> None:
        # Not gpiozero's Button: each of those has a thread that wakes ten times a second to see whether it is held.
        from gpiozero import DigitalInputDevice

        if not pins:
            raise ButtonError("no GPIO pins are set for buttons: give each button its BCM pin number in the settings")
        try:
            chosen = pin_factory(factory)
        except OSError as exc:
            raise ButtonError(f"the buttons cannot be read: {exc}") from exc
        super().__init__()
        self._clock = clock
        self._devices: dict[Button, Any] = {}
        self._closed = False
        for button, pin in pins.items():
            try:
                device = DigitalInputDevice(pin, pull_up=True, bounce_time=None, pin_factory=chosen)
            except Exception as exc:  # gpiozero, lgpio and the kernel each raise their own kind
                self.close()
                raise ButtonError(f"the {button} button on GPIO {pin} cannot be used: {cause(exc)}") from exc
            self._devices[button] = device
            self._listen(button, device)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        for device in self._devices.values():
            device.close()
        super().close()

    def _listen(self, button: Button, device: Any) -> None:
        def tell(down: bool) -> None:
            self._inbox.put(Edge(button, down, self._clock.now_ms()))

        device.when_activated = lambda: tell(True)
        device.when_deactivated = lambda: tell(False)
        # Read after listening began: a press in between is heard, and an edge that changes nothing is ignored.
        if device.is_active:
            self._inbox.put(Edge(button, True, self._clock.now_ms(), found=True))


def open_buttons(
    clock: Clock,
    *,
    pins: Mapping[Button, int] | None = None,
    pedal: str = "",
    grab: bool = False,
    console: Console | None = None,
    factory: Any = None,
    opener: Callable[[str, Clock, bool], PedalButtons] | None = None,
) -> tuple[list[ButtonSource], list[str]]:
    """Every source of edges that works, and for each that does not a sentence for staff with its cause.

    ``pins``: BCM numbers; None or empty where no plate is wired. ``pedal``: a device's path, ``"auto"``, or empty for
    none. ``grab``: keep pedals for the kiosk alone (on the appliance). ``console``: where whole keyboards are heard.
    Never raises for hardware.
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
            pedals = opener(pedal, clock, grab) if opener else PedalButtons(pedal, clock, grab=grab, console=console)
        except ButtonError as exc:
            rejected.append(str(exc))
        else:
            sources.append(pedals)
            if pedal == AUTO and not pedals.pedals:
                rejected.append("no pedal or keyboard is plugged in: one that is plugged in later is found by itself")
    return sources, rejected
