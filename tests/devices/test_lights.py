"""Lamps glow as planned, and never get in the way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from kiosk.devices.gpio import DIM, GpioLights
from kiosk.devices.lights import Glow, Lamp, Lights, SimLights

PINS = {Lamp.GREEN: 5, Lamp.AMBER: 6, Lamp.RED: 13, Lamp.CAMERA: 19, Lamp.ALERT: 26}


@pytest.fixture
def factory() -> Iterator[Any]:
    """gpiozero's mock pins, with pulse width modulation."""
    from gpiozero.pins.mock import MockFactory, MockPWMPin

    mock = MockFactory(pin_class=MockPWMPin)
    yield mock
    mock.reset()


def test_each_glow_reaches_its_pin(factory: Any) -> None:
    """On, dim and off are what the pins carry; a lamp that is not planned is off."""
    lights: Lights = GpioLights(PINS, factory)
    lights.show({Lamp.GREEN: Glow.ON, Lamp.AMBER: Glow.DIM})
    assert [factory.pin(pin).state for pin in PINS.values()] == [1, pytest.approx(DIM), 0, 0, 0]
    lights.show({Lamp.AMBER: Glow.ON})
    assert [factory.pin(pin).state for pin in PINS.values()] == [0, 1, 0, 0, 0]
    lights.close()
    lights.close()
    assert lights.problems == ()


def test_a_pulse_goes_on_by_itself_and_ends(factory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulsing runs in the background and is over with the next plan: the lamp is off then."""
    from gpiozero import PWMLED

    asked: list[dict[str, Any]] = []
    pulse = PWMLED.pulse

    def spy(self: Any, **how: Any) -> None:
        asked.append(how)
        pulse(self, **how)

    monkeypatch.setattr(PWMLED, "pulse", spy)
    lights = GpioLights(PINS, factory)
    lights.show({Lamp.ALERT: Glow.PULSE})
    lights.show({Lamp.ALERT: Glow.PULSE})
    assert asked == [{"fade_in_time": 1.0, "fade_out_time": 1.0, "background": True}]
    lights.show({})
    assert factory.pin(26).state == 0
    lights.close()


def test_only_changes_are_sent(factory: Any) -> None:
    """Showing the same plan sixty times a second costs nothing."""
    lights = GpioLights(PINS, factory)
    pin = factory.pin(5)
    pin.clear_states()
    for _ in range(10):
        lights.show({Lamp.GREEN: Glow.ON})
    assert len(pin.states) == 2
    lights.close()


def test_a_lamp_that_cannot_be_had_is_said_once(factory: Any, caplog: pytest.LogCaptureFixture) -> None:
    """One wrong pin is a sentence for staff; the other lamps glow."""
    with caplog.at_level(logging.WARNING):
        lights = GpioLights(PINS | {Lamp.RED: 99}, factory)
        lights.show({Lamp.RED: Glow.ON, Lamp.GREEN: Glow.ON})
        lights.show({Lamp.RED: Glow.PULSE, Lamp.GREEN: Glow.ON})
    assert factory.pin(5).state == 1
    assert len(lights.problems) == len(caplog.records) == 1
    assert "red lamp on GPIO 99" in lights.problems[0]
    lights.close()


def test_a_lamp_that_fails_later_is_said_once_and_tried_again(
    factory: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver that breaks in the middle of a session stops neither the session nor the other lamps."""
    from gpiozero import PWMLED

    lights = GpioLights(PINS, factory)

    def broken(_self: Any) -> None:
        raise OSError("GPIO not allocated")

    with monkeypatch.context() as patch:
        patch.setattr(PWMLED, "on", broken)
        for _ in range(3):
            lights.show({Lamp.GREEN: Glow.ON, Lamp.RED: Glow.DIM})
    assert factory.pin(13).state == pytest.approx(DIM)
    assert len(lights.problems) == len(caplog.records) == 1
    lights.show({Lamp.GREEN: Glow.ON})
    assert factory.pin(5).state == 1
    lights.close()


def test_without_gpio_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kiosk without pins runs in the dark and says so once, not once a lamp."""
    from gpiozero import Device

    def refuse() -> None:
        raise ImportError("nothing here")

    monkeypatch.setattr(Device, "ensure_pin_factory", staticmethod(refuse))
    lights = GpioLights(PINS)
    lights.show({Lamp.GREEN: Glow.ON})
    assert len(lights.problems) == 1
    assert "nothing here" in lights.problems[0]
    assert GpioLights({}).problems == ()
    lights.close()


def test_simulated_lamps_remember() -> None:
    """The demo can tell which lamp glowed when."""
    lights = SimLights()
    lights.show({Lamp.GREEN: Glow.ON})
    lights.show({Lamp.GREEN: Glow.ON, Lamp.ALERT: Glow.PULSE})
    lights.close()
    assert lights.sent == [
        (Lamp.GREEN, Glow.ON),
        (Lamp.ALERT, Glow.PULSE),
        (Lamp.GREEN, Glow.OFF),
        (Lamp.ALERT, Glow.OFF),
    ]
    assert set(lights.now.values()) == {Glow.OFF}
