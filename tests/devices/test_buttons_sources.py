"""Where edges come from: pins, keys, pedals and simulated hands, and what each says when it cannot be used."""

from __future__ import annotations

import os
import select
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import Clock, SimClock
from kiosk.devices import gpio
from kiosk.devices.buttons import ButtonSettings, ButtonSource, Debounced, SimButtons
from kiosk.devices.buttons_gpio import GpioButtons, open_buttons
from kiosk.devices.buttons_keys import BUTTON_OF_CODE, BUTTON_OF_NAME, button_of, digit_of, edge_from_key
from kiosk.devices.buttons_pedal import PedalButtons
from kiosk.devices.console import Console
from kiosk.errors import ButtonError
from kiosk.signals import Button, Edge, PedalKey, PedalMeaning, PedalState, Press, Typed

GREEN, AMBER, RED = Button.GREEN, Button.AMBER, Button.RED
PINS = {GREEN: 17, AMBER: 27, RED: 22}


def readable(source: ButtonSource) -> bool:
    """Would the one wait wake for ``source``?"""
    poll = select.poll()
    poll.register(source.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@pytest.fixture
def factory() -> Iterator[Any]:
    """gpiozero's mock pins."""
    from gpiozero.pins.mock import MockFactory

    mock = MockFactory()
    yield mock
    mock.reset()


def test_pins_tell_their_edges_from_another_thread(factory: Any) -> None:
    """A contact closing wakes the one wait and carries the time at which it closed."""
    clock = SimClock(t_ms=5_000)
    buttons = GpioButtons(PINS, clock, factory)
    assert not readable(buttons)
    hand = threading.Thread(target=factory.pin(22).drive_low)
    hand.start()
    hand.join()
    assert readable(buttons)
    clock.advance(40)
    factory.pin(22).drive_high()
    assert list(buttons.drain(clock.now_ms())) == [Edge(RED, True, 5_000), Edge(RED, False, 5_040)]
    assert not readable(buttons)
    assert list(buttons.drain(clock.now_ms())) == []
    buttons.close()
    buttons.close()


def test_every_bounce_reaches_our_own_debouncer(factory: Any) -> None:
    """gpiozero filters nothing: 1 press and 8 bounces are 10 edges here and one press behind the debouncer."""
    clock = SimClock()
    buttons = GpioButtons(PINS, clock, factory)
    for _ in range(5):
        factory.pin(17).drive_low()
        factory.pin(17).drive_high()
        clock.advance(2)
    edges = buttons.drain(clock.now_ms())
    assert len(edges) == 10
    debounced = Debounced(buttons, ButtonSettings())
    for _ in range(5):
        factory.pin(27).drive_low()
        factory.pin(27).drive_high()
    assert list(debounced.drain(clock.now_ms())) == [Press(AMBER, clock.now_ms())]
    debounced.close()


def test_a_pin_that_is_low_at_the_start_is_found_down(factory: Any) -> None:
    """A jammed cap is known from the first moment, and is no press."""
    from gpiozero.pins.mock import MockPin

    class JammedPin(MockPin):  # type: ignore[misc]
        """Wired to ground: the pull-up cannot lift it."""

        def drive_high(self) -> None:
            self.drive_low()

    factory.pin(17, pin_class=JammedPin).drive_low()
    buttons = GpioButtons(PINS, SimClock(t_ms=9), factory)
    assert list(buttons.drain(9)) == [Edge(GREEN, True, 9, found=True)]
    buttons.close()


def test_a_pin_in_use_names_button_pin_cause_and_next_step(factory: Any) -> None:
    """Two things on one pin: the sentence says which button, which pin, who holds it and what to do; nothing leaks."""
    from gpiozero import LED

    lamp = LED(27, pin_factory=factory)
    with pytest.raises(ButtonError, match=r"amber button on GPIO 27.*in use.*give each its own") as caught:
        GpioButtons(PINS, SimClock(), factory)
    assert isinstance(caught.value, OSError)
    lamp.close()
    GpioButtons(PINS, SimClock(), factory).close()


def test_a_pin_that_does_not_exist_is_refused(factory: Any) -> None:
    """A typing error in the settings is named with the numbers that are possible."""
    with pytest.raises(ButtonError, match=r"red button on GPIO 99.*2 to 27"):
        GpioButtons({RED: 99}, SimClock(), factory)


@pytest.mark.parametrize(
    ("raised", "advice"),
    [
        (PermissionError(13, "Permission denied", "/dev/gpiochip0"), "group gpio"),
        (OSError("GPIO busy"), "Another program"),
        (RuntimeError("no such line"), "Check the pin number"),
    ],
)
def test_what_a_library_raises_becomes_a_next_step(factory: Any, raised: Exception, advice: str) -> None:
    """Every way in which a pin can be refused ends in a sentence with its cause and what to do."""
    factory.pin = lambda *_args, **_kwargs: (_ for _ in ()).throw(raised)
    with pytest.raises(ButtonError, match=rf"{type(raised).__name__}.*{advice}"):
        GpioButtons({RED: 22}, SimClock(), factory)


def test_without_gpio_every_rejected_way_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without pins the cause of each rejection is in the sentence, and the working folder stays clean."""
    from gpiozero import Device

    def refuse() -> None:
        Path("trace").touch()
        warnings.warn("builtin type SwigPyPacked has no __module__ attribute", stacklevel=1)
        warnings.warn("Falling back from lgpio: can not open gpiochip", stacklevel=1)
        raise ImportError("Unable to load any default pin factory!")

    monkeypatch.setattr(Device, "ensure_pin_factory", staticmethod(refuse))
    here, before = Path.cwd(), set(os.listdir())
    with pytest.raises(ButtonError, match=r"lgpio: can not open gpiochip.*python3-lgpio") as told:
        GpioButtons(PINS, SimClock())
    assert "Swig" not in str(told.value)
    assert Path.cwd() == here
    assert set(os.listdir()) == before


def test_lgpio_is_loaded_from_the_runtime_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The pipe that lgpio makes in its working directory lands where the service may write."""
    from gpiozero import Device

    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    seen: list[Path] = []
    monkeypatch.setattr(Device, "ensure_pin_factory", staticmethod(lambda: seen.append(Path.cwd())))
    gpio.pin_factory()
    assert seen == [tmp_path]


def test_the_key_table_agrees_with_pygame_and_linux() -> None:
    """The numbers in our table are pygame's own, and each of the names means the same button."""
    import pygame

    names = ["SPACE", "RETURN", "KP_ENTER", "g", "TAB", "a", "p", "ESCAPE", "BACKSPACE", "r", "s"]
    names += ["F14", "F15", "PAGEUP", "PAGEDOWN", "b", "c"]
    f16 = pygame.K_F15 + 1  # SDL knows it, pygame has no name for it
    assert {getattr(pygame, f"K_{name}") for name in names} | {f16} == set(BUTTON_OF_CODE)
    pygame.display.init()
    for code, button in BUTTON_OF_CODE.items():
        assert code == f16 or button_of(pygame.key.name(code)) is button
    pygame.display.quit()
    ecodes = pytest.importorskip("evdev.ecodes", reason="pedals need the [pi] extra")
    linux = [name for name in ecodes.ecodes if button_of(name) and name.startswith("KEY_")]
    assert len(linux) == len(BUTTON_OF_NAME) - 2  # "return" and "escape" are only pygame's words


def test_digits_of_both_rows() -> None:
    """Staff may type on the letters' row or on the keypad, in a window or on the appliance."""
    import pygame

    for digit in range(10):
        for key in (getattr(pygame, f"K_{digit}"), getattr(pygame, f"K_KP{digit}"), f"KEY_{digit}", f"KEY_KP{digit}"):
            assert digit_of(key) == digit
            assert edge_from_key(key, True, 5) == Typed(digit, 5)
            assert edge_from_key(key, False, 5) is None
    assert digit_of("[5]") == 5


def test_keys_become_edges() -> None:
    """Keys map as the table of keys says; a key that means nothing is nothing."""
    assert edge_from_key("space", True, 3) == Edge(GREEN, True, 3)
    assert edge_from_key("KEY_TAB", False, 4) == Edge(AMBER, False, 4)
    assert edge_from_key(27, True, 5) == Edge(RED, True, 5)
    assert edge_from_key("q", True, 6) is None
    assert edge_from_key(0, True, 6) is None
    assert digit_of("f5") is None


@dataclass
class FakePedal:
    """An input device whose events come through a pipe, as a kernel's do: one byte of key code, one of value."""

    name: str = "three pedals"
    keys: tuple[int, ...] = (57, 15, 1, 5)  # space, tab, escape, 4
    active: tuple[int, ...] = ()
    grabbed: bool = False
    gone: bool = False
    ends: tuple[int, int] = field(default_factory=lambda: os.pipe2(os.O_NONBLOCK))

    @property
    def fd(self) -> int:
        return self.ends[0]

    def type(self, code: int, value: int) -> None:
        os.write(self.ends[1], bytes((code, value)))

    def read(self) -> Iterable[Any]:
        if self.gone:
            raise OSError(19, "No such device")
        data = os.read(self.fd, 4_096)
        for code, value in zip(data[::2], data[1::2], strict=True):
            yield type("Event", (), {"type": 1, "code": code, "value": value})
            yield type("Event", (), {"type": 0, "code": 0, "value": 0})

    def capabilities(self) -> dict[int, Any]:
        return {1: list(self.keys)}

    def active_keys(self) -> tuple[int, ...]:
        return self.active

    def grab(self) -> None:
        self.grabbed = True

    def close(self) -> None:
        for end in self.ends:
            os.close(end)


evdev = pytest.mark.usefixtures("_evdev")


@pytest.fixture
def _evdev() -> None:
    pytest.importorskip("evdev", reason="pedals need the [pi] extra")


@evdev
def test_a_pedal_presses_and_types(tmp_path: Path) -> None:
    """Key events of a pedal wake the one wait and become edges and digits; what the keyboard repeats does not count."""
    (tmp_path / "event3").touch()
    pedal = FakePedal(active=(15,))
    pedals = PedalButtons("auto", SimClock(t_ms=100), grab=True, opener=lambda _path: pedal, folder=str(tmp_path))
    assert [pedal.name for pedal in pedals.pedals] == ["three pedals"]
    assert pedal.grabbed
    assert list(pedals.drain(100)) == [Edge(AMBER, True, 100, found=True)]
    assert not readable(pedals)
    for code, value in ((57, 1), (57, 2), (57, 0), (5, 1), (5, 0), (30, 2)):
        pedal.type(code, value)
    assert readable(pedals)
    assert list(pedals.drain(120)) == [Edge(GREEN, True, 120), Edge(GREEN, False, 120), Typed(4, 120)]
    assert not readable(pedals)
    pedals.close()
    pedals.close()


KEYBOARD = (*range(1, 89), 97, 100, *range(183, 195))
"""Codes of a whole keyboard: letters, digits, F1 to F24, both Ctrl and Alt."""
F2, SPACE, R, F16, CTRL, ALT = 60, 57, 19, 186, 29, 56


def consoles(folder: Path, front: str) -> Console:
    """Consoles of which ``front`` is in front, and the kiosk's own is ``tty1``."""
    (folder / "active").write_text("tty1\n")
    console = Console(folder / "active")
    (folder / "active").write_text(f"{front}\n")
    return console


@evdev
def test_a_whole_keyboard_stays_with_the_compositor_and_a_pedal_does_not(tmp_path: Path) -> None:
    """A keyboard that was taken hid Ctrl+Alt+F2, and what was typed at the login there never arrived."""
    made = {"event0": FakePedal(keys=KEYBOARD), "event1": FakePedal(keys=(30, 48, 46)), "event2": FakePedal(keys=(1,))}
    made |= {"event3": FakePedal(keys=(CTRL, ALT, F2)), "event4": FakePedal(keys=(*range(2, 12), 28))}
    for name in made:
        (tmp_path / name).touch()
    pedals = PedalButtons(
        "auto", SimClock(), grab=True, opener=lambda path: made[Path(path).name], folder=str(tmp_path)
    )
    assert {name: device.grabbed for name, device in made.items()} == {
        "event0": False,
        "event3": False,
        "event1": True,
        "event2": True,
        "event4": True,
    }
    assert {pedal.keyboard for pedal in pedals.pedals if not pedal.device.grabbed} == {True}  # type: ignore[attr-defined]
    pedals.close()


@evdev
def test_a_keyboard_is_heard_while_the_kiosk_is_in_front(tmp_path: Path) -> None:
    """A password at another console used to press buttons: `r` stopped the session, digits were a PIN."""
    (tmp_path / "event0").touch()
    keyboard = FakePedal(keys=KEYBOARD)
    console = consoles(tmp_path, "tty2")
    pedals = PedalButtons("auto", SimClock(), opener=lambda _path: keyboard, folder=str(tmp_path), console=console)
    for code in (R, SPACE, 5):
        keyboard.type(code, 1)
    assert list(pedals.drain(5)) == []
    assert pedals.pedals[0].held == set()
    consoles(tmp_path, "tty1")
    for code in (R, SPACE, 5):
        keyboard.type(code, 0)
        keyboard.type(code, 1)
    ups = [Edge(RED, False, 6), Edge(RED, True, 6), Edge(GREEN, False, 6), Edge(GREEN, True, 6), Typed(4, 6)]
    assert list(pedals.drain(6)) == ups
    consoles(tmp_path, "tty2")
    keyboard.type(R, 0)
    assert list(pedals.drain(7)) == [Edge(RED, False, 7)], "what was pressed comes up, wherever that happens"
    pedals.close()


@evdev
def test_a_stop_that_nobody_types_is_heard_on_every_console(tmp_path: Path) -> None:
    """Many pedals say that they are whole keyboards: theirs are F13 to F24, and what staff taught the kiosk."""
    for name in ("event0", "event1"):
        (tmp_path / name).touch()
    made = {"event0": FakePedal(name="FS", keys=KEYBOARD), "event1": FakePedal(name="letters", keys=(30, 48, 46))}
    console = consoles(tmp_path, "tty2")
    pedals = PedalButtons(
        *("auto", SimClock()), opener=lambda path: made[Path(path).name], folder=str(tmp_path), console=console
    )
    pedals.learn([PedalMeaning("FS", "X", RED)])
    for code in (F16, F2, 45, R):
        made["event0"].type(code, 1)
        made["event0"].type(code, 0)
    heard = [one for one in pedals.drain(5) if isinstance(one, Edge) and one.down]
    assert heard == [Edge(RED, True, 5), Edge(RED, True, 5)]
    made["event1"].type(46, 1)
    assert list(pedals.drain(6)) == [Edge(RED, True, 6)], "a pedal is never taken for a keyboard"
    pedals.close()


def test_where_there_are_no_consoles_the_kiosk_is_in_front(tmp_path: Path) -> None:
    """A container, a machine without a screen, a kernel that hides it."""
    console = Console(tmp_path / "none")
    assert console.in_front()
    (tmp_path / "none").write_text("tty7\n")
    assert not console.in_front()
    own = Console(tmp_path / "none")
    (tmp_path / "none").unlink()
    assert own.in_front()


@evdev
def test_a_pedal_that_is_pulled_out_lets_go_and_is_found_again(tmp_path: Path) -> None:
    """A held pedal that is unplugged is not held for ever; plugged in again it works without a restart."""
    node = tmp_path / "event0"
    node.touch()
    made: list[FakePedal] = []

    def opener(_path: str) -> FakePedal:
        made.append(FakePedal())
        return made[-1]

    pedals = PedalButtons("auto", SimClock(t_ms=0), opener=opener, folder=str(tmp_path))
    made[0].type(1, 1)
    assert list(pedals.drain(10)) == [Edge(RED, True, 10)]
    made[0].gone = True
    node.unlink()
    assert list(pedals.drain(20)) == [Edge(RED, False, 20), PedalState("three pedals", False, 20)]
    assert pedals.pedals == ()
    node.touch()
    assert pedals.deadline_ms() == 5_000
    assert list(pedals.drain(5_000)) == [PedalState("three pedals", True, 5_000)]
    made[1].type(1, 1)
    assert list(pedals.drain(5_001)) == [Edge(RED, True, 5_001)]
    pedals.close()


@evdev
def test_pedals_as_they_are_sold_press_buttons(tmp_path: Path) -> None:
    """F14 to F16, page keys, and a, b, c used to be nothing, and nothing said so; digits stay digits."""
    (tmp_path / "event0").touch()
    codes = {184: GREEN, 185: AMBER, 186: RED, 109: GREEN, 104: RED, 30: AMBER, 48: GREEN, 46: RED}
    pedal = FakePedal(keys=tuple(codes))
    pedals = PedalButtons("auto", SimClock(t_ms=0), opener=lambda _path: pedal, folder=str(tmp_path))
    for code, button in codes.items():
        pedal.type(code, 1)
        pedal.type(code, 2)
        pedal.type(code, 0)
        assert list(pedals.drain(5)) == [Edge(button, True, 5), Edge(button, False, 5)]
    assert not set(BUTTON_OF_NAME) & {*"0123456789", "minus", "dot"}
    pedals.close()


@evdev
def test_a_taught_key_is_a_button_and_built_in_ones_keep_theirs(tmp_path: Path) -> None:
    """What is taught holds beside the built-in keys, is one press however long it is held, and ends without a trace."""
    (tmp_path / "event0").touch()
    pedal = FakePedal(name="FS", keys=(183, 57))
    pedals = PedalButtons("auto", SimClock(t_ms=7), opener=lambda _path: pedal, folder=str(tmp_path))
    pedals.learn([PedalMeaning("FS", "F13", RED), PedalMeaning("FS", "SPACE", RED), PedalMeaning("FS", "5", RED)])
    for code, value in ((183, 1), (183, 2), (183, 2), (183, 0), (57, 1), (57, 0), (6, 1)):
        pedal.type(code, value)
    pressed = PedalKey("FS", "F13", RED, 5)
    space = [Edge(GREEN, True, 5), Edge(GREEN, False, 5)]
    assert list(pedals.drain(5)) == [pressed, Edge(RED, True, 5), Edge(RED, False, 5), *space, Typed(5, 5)]
    pedal.type(183, 1)
    pedals.drain(6)
    pedals.learn(())
    assert list(pedals.drain(7)) == [Edge(RED, False, 7)], "nobody would ever tell that it came up"
    pedal.type(183, 0)
    pedal.type(183, 1)
    assert list(pedals.drain(8)) == [PedalKey("FS", "F13", None, 8)]
    pedals.close()


@evdev
def test_a_key_that_is_no_button_is_named_and_its_loss_is_not(tmp_path: Path) -> None:
    """A pedal that sends only F13 is read, so that staff learn which key it sends; a keyboard that typed is no loss."""
    (tmp_path / "event0").touch()
    pedal = FakePedal(name="foot\udcff\x1bswitch", keys=(183,))
    pedals = PedalButtons("auto", SimClock(t_ms=0), opener=lambda _path: pedal, folder=str(tmp_path))
    (seen,) = pedals.pedals
    assert (seen.name, seen.sent, seen.means) == ("foot\\udcff\\x1bswitch", "", "")
    pedal.type(183, 1)
    assert list(pedals.drain(5)) == [PedalKey("foot\\udcff\\x1bswitch", "F13", None, 5)]
    assert (seen.sent, seen.means) == ("F13", "")
    pedal.type(5, 1)
    assert list(pedals.drain(6)) == [Typed(4, 6)]
    assert (seen.sent, seen.means) == ("4", "digit")
    pedal.type(250, 1)
    pedals.drain(7)
    assert (seen.sent, seen.means) == ("key 250", "")
    pedal.gone = True
    assert list(pedals.drain(8)) == []
    pedals.close()


@evdev
def test_devices_without_our_keys_are_left_alone(tmp_path: Path) -> None:
    """A power button or a mouse is not opened again and again, nor taken from the system."""
    (tmp_path / "event0").touch()
    opened: list[FakePedal] = []

    def opener(_path: str) -> FakePedal:
        opened.append(FakePedal(keys=(116,)))
        return opened[-1]

    pedals = PedalButtons("auto", SimClock(t_ms=0), grab=True, opener=opener, folder=str(tmp_path))
    pedals.drain(5_000)
    assert pedals.pedals == ()
    assert len(opened) == 1
    assert not opened[0].grabbed
    pedals.close()


@evdev
@pytest.mark.parametrize(
    ("error", "advice"),
    [(PermissionError(13, "Permission denied"), "group input"), (FileNotFoundError(2, "No such file"), "by-id")],
)
def test_a_pedal_that_cannot_be_read_says_why(error: OSError, advice: str) -> None:
    """The sentence names the path, the cause and what to do."""

    def opener(path: str) -> FakePedal:
        raise error

    with pytest.raises(ButtonError, match=rf"/dev/input/event9 cannot be read.*{error.strerror}.*{advice}"):
        PedalButtons("/dev/input/event9", SimClock(), opener=opener)


def test_without_evdev_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kiosk without the pedal library starts, and staff read what is missing."""
    monkeypatch.setitem(sys.modules, "evdev.ecodes", None)
    with pytest.raises(ButtonError, match=r"\[pi\] extra"):
        PedalButtons("auto", SimClock())


def test_open_buttons_opens_what_works_and_says_why_not(factory: Any) -> None:
    """One broken way in does not take the other one away."""

    def broken(where: str, clock: object, grab: bool) -> PedalButtons:
        raise ButtonError(f"{where} is broken ({grab}): replace it")

    sources, rejected = open_buttons(SimClock(), pins=PINS, pedal="auto", grab=True, factory=factory, opener=broken)
    assert [type(source) for source in sources] == [GpioButtons]
    assert rejected == ["auto is broken (True): replace it"]
    sources[0].close()
    sources, rejected = open_buttons(SimClock(), pins={RED: 99}, factory=factory)
    assert sources == []
    assert "GPIO 99" in rejected[0]
    assert open_buttons(SimClock()) == ([], [])


@evdev
def test_open_buttons_waits_for_a_pedal_to_be_plugged_in(tmp_path: Path) -> None:
    """With nothing plugged in there is a source all the same, and a sentence for staff."""

    def opener(where: str, clock: Clock, grab: bool) -> PedalButtons:
        return PedalButtons(where, clock, grab=grab, folder=str(tmp_path))

    sources, rejected = open_buttons(SimClock(), pedal="auto", opener=opener)
    assert len(sources) == 1
    assert "plugged in later" in rejected[0]
    sources[0].close()


def test_simulated_buttons_are_a_source(tmp_path: Path) -> None:
    """The demo's hand comes in by the same way as a real one."""
    clock = SimClock(t_ms=50)
    buttons = SimButtons(clock)
    buttons.press(GREEN)
    assert readable(buttons)
    clock.advance(10)
    buttons.hold(RED)
    clock.advance(10)
    buttons.release(RED)
    buttons.type(3)
    expected = [Edge(GREEN, True, 50), Edge(GREEN, False, 50), Edge(RED, True, 60), Edge(RED, False, 70), Typed(3, 70)]
    assert list(buttons.drain(70)) == expected
    assert buttons.deadline_ms() is None
    buttons.close()
