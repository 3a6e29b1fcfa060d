"""USB foot pedals and keyboards, read from the kernel's input devices by evdev.

On the appliance these have a name and a file descriptor, and SDL's keys have neither, so this is how the one wait hears
them. A pedal is the kiosk's alone; a whole keyboard never is (docs/decisions/buttons-keyboards-are-shared.md).
"""

from __future__ import annotations

import importlib
import logging
import select
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kiosk.clock import Clock
from kiosk.devices.buttons_keys import (
    button_of,
    digit_of,
    edge_from_key,
    is_typed_at_a_login,
    is_typing,
    is_whole_keyboard,
)
from kiosk.devices.console import Console
from kiosk.errors import ButtonError
from kiosk.faults import harmless
from kiosk.signals import Button, Edge, PedalKey, PedalMeaning, PedalState, Signal, Typed

log = logging.getLogger(__name__)

AUTO = "auto"
INPUT_DEVICES = "/dev/input"
RESCAN_MS = 5_000
"""A pedal that is plugged in, or in again, is found within this time."""
EV_KEY = 1
UP, DOWN = 0, 1
"""Values of a key event; 2 is the keyboard repeating itself."""


class KeyDevice(Protocol):
    """The part of ``evdev.InputDevice`` that is used."""

    @property
    def name(self) -> str: ...

    @property
    def fd(self) -> int: ...

    def read(self) -> Iterable[Any]: ...

    def capabilities(self) -> Mapping[int, Any]: ...

    def active_keys(self) -> Sequence[int]: ...

    def grab(self) -> None: ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Pedal:
    """A pedal or keyboard that is being read."""

    device: KeyDevice
    """The device that it is read from."""
    name: str
    """The name that it gives itself, made harmless."""
    held: set[int]
    """Codes of the keys that are down."""
    sent: str = ""
    """The key it sent last, as Linux names it; empty: none yet."""
    means: str = ""
    """The meaning of that key: a button's name, ``digit``, or empty for nothing."""
    presses: bool = False
    """It has pressed a button: its loss is told."""
    keys: frozenset[str] = frozenset()
    """Every key that it has, as Linux names it."""
    keyboard: bool = False
    """It is a whole keyboard, or says so: never taken from others, and heard while the kiosk's console is in front."""


class PedalButtons:
    """A source of edges, of digits that staff type, of ``PedalState`` and ``PedalKey``.

    ``where`` is the path of one device or ``"auto"``: every device that has keys to type with, also those that are
    plugged in later. ``grab``: a pedal is read by nobody else. ``console``: where whole keyboards are listened to.
    ``opener`` opens one path; None takes evdev's.
    Raises ``ButtonError`` when evdev is missing, the named device cannot be used, or no device may be read.
    """

    def __init__(
        self,
        where: str,
        clock: Clock,
        *,
        grab: bool = False,
        console: Console | None = None,
        opener: Callable[[str], KeyDevice] | None = None,
        folder: str = INPUT_DEVICES,
    ) -> None:
        self._names = _key_names()
        self._open = opener or importlib.import_module("evdev").InputDevice
        self._where, self._grab, self._folder, self._clock = where, grab, folder, clock
        self._console = console or Console()
        self._pedals: dict[str, Pedal] = {}
        self._foreign: set[str] = set()
        self._lost: set[str] = set()
        self._taught: dict[tuple[str, str], Button] = {}
        self._news: list[Signal] = []
        self._closed = False
        self._epoll = select.epoll()
        now_ms = clock.now_ms()
        self._scan_ms = now_ms + RESCAN_MS
        refused = self._scan(now_ms)
        if refused and not self._pedals:
            self.close()
            path, exc = next(iter(refused.items()))
            raise ButtonError(f"{path} cannot be read as a pedal or keyboard: {exc}. {_next_step(exc)}") from exc

    @property
    def pedals(self) -> tuple[Pedal, ...]:
        """The devices that are being read."""
        return tuple(self._pedals.values())

    def learn(self, meanings: Iterable[PedalMeaning]) -> None:
        """Make these keys buttons from now on; built-in ones keep theirs. What was taught before is forgotten."""
        before = {path: self._buttons_held(pedal) for path, pedal in self._pedals.items()}
        self._taught = {(one.device, one.key): one.button for one in meanings}
        for path, pedal in self._pedals.items():
            # Nobody will tell that a key came up which is no button any more.
            gone = before[path] - self._buttons_held(pedal)
            self._news += [Edge(button, False, self._clock.now_ms()) for button in sorted(gone)]

    def fileno(self) -> int:
        return self._epoll.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:
        for path, pedal in list(self._pedals.items()):
            self._read(path, pedal, now_ms)
        if now_ms >= self._scan_ms:
            self._scan_ms = now_ms + RESCAN_MS
            self._scan(now_ms)
        news, self._news = self._news, []
        return news

    def deadline_ms(self) -> int | None:
        return self._scan_ms

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        for pedal in self._pedals.values():
            pedal.device.close()
        self._pedals.clear()
        self._epoll.close()

    def _scan(self, now_ms: int) -> dict[str, OSError]:
        """Open what is new; what may not be read, and why. A path without keys to type with is not asked again."""
        found = {str(path) for path in Path(self._folder).glob("event*")}
        present = found if self._where == AUTO else {self._where}
        self._foreign &= present
        refused: dict[str, OSError] = {}
        for path in sorted(present - self._foreign - self._pedals.keys()):
            try:
                device = self._open(path)
            except OSError as exc:
                refused[path] = exc
                continue
            codes = device.capabilities().get(EV_KEY, [])
            keys = frozenset(self._names[code] for code in codes if code in self._names)
            if self._where == AUTO and not any(map(is_typing, keys)):
                device.close()
                self._foreign.add(path)
                continue
            self._adopt(path, device, keys, now_ms)
        return refused

    def _adopt(self, path: str, device: KeyDevice, keys: frozenset[str], now_ms: int) -> None:
        name, keyboard = harmless(device.name, 60), is_whole_keyboard(keys)
        if self._grab and not keyboard:
            try:
                device.grab()
            except OSError as exc:
                log.warning("%s (%s) is held by another program, so a key may count twice: %s", name, path, exc)
        pedal = self._pedals[path] = Pedal(device, name, set(device.active_keys()), keys=keys, keyboard=keyboard)
        self._epoll.register(device.fd, select.EPOLLIN)
        if name in self._lost:
            self._lost.discard(name)
            pedal.presses = True
            self._news.append(PedalState(name, True, now_ms))
        self._news += [Edge(button, True, now_ms, found=True) for button in sorted(self._buttons_held(pedal))]
        log.info("reading buttons from %s (%s)", name, path)

    def _read(self, path: str, pedal: Pedal, now_ms: int) -> None:
        try:
            for event in pedal.device.read():
                if event.type == EV_KEY and (event.value == UP or (event.value == DOWN and self._meant(pedal, event))):
                    self._key(pedal, event.code, event.value == DOWN, now_ms)
        except BlockingIOError:
            return
        except OSError as exc:
            log.warning("%s (%s) is gone: %s. It is looked for every %d s", pedal.name, path, exc, RESCAN_MS // 1000)
            # Unplugged: nobody will ever tell that its keys came up.
            self._news += [Edge(button, False, now_ms) for button in sorted(self._buttons_held(pedal))]
            if pedal.presses:
                self._lost.add(pedal.name)
                self._news.append(PedalState(pedal.name, False, now_ms))
            del self._pedals[path]
            self._epoll.unregister(pedal.device.fd)
            pedal.device.close()

    def _meant(self, pedal: Pedal, event: Any) -> bool:
        """Whether a key that goes down is for the kiosk, and not for a console where somebody logs in."""
        name = self._names.get(event.code, "")
        if not pedal.keyboard or (pedal.name, name.removeprefix("KEY_")) in self._taught:
            return True
        return not is_typed_at_a_login(name) or self._console.in_front()

    def _key(self, pedal: Pedal, code: int, down: bool, now_ms: int) -> None:
        pedal.held.add(code) if down else pedal.held.discard(code)
        name = self._names.get(code, f"key {code}")
        signal: Edge | Typed | None = edge_from_key(name, down, now_ms)
        if button_of(name) is None and digit_of(name) is None:
            taught = self._taught.get((pedal.name, name.removeprefix("KEY_")))
            if down:
                self._news.append(PedalKey(pedal.name, name.removeprefix("KEY_"), taught, now_ms))
            signal = None if taught is None else Edge(taught, down, now_ms)
        if down:
            pedal.sent = name.removeprefix("KEY_")
            pedal.means = signal.button if isinstance(signal, Edge) else "digit" if signal is not None else ""
            pedal.presses |= isinstance(signal, Edge)
        if signal is not None:
            self._news.append(signal)

    def _buttons_held(self, pedal: Pedal) -> set[Button]:
        names = [self._names.get(code, f"key {code}") for code in pedal.held]
        found = [button_of(name) or self._taught.get((pedal.name, name.removeprefix("KEY_"))) for name in names]
        return {button for button in found if button is not None}


def _key_names() -> dict[int, str]:
    """Linux' name of each key code. A code with several names is none of ours."""
    try:
        ecodes = importlib.import_module("evdev.ecodes")
    except ImportError as exc:
        raise ButtonError(
            f"pedals and keyboards cannot be read: {exc}. Install the kiosk with its [pi] extra, or apt's python3-evdev"
        ) from exc
    return {code: name for code, name in ecodes.KEY.items() if isinstance(name, str)}


def _next_step(exc: OSError) -> str:
    if isinstance(exc, PermissionError):
        return "Run as a member of group input"
    if isinstance(exc, FileNotFoundError):
        return "Plug it in, or correct the path in the settings; a path under /dev/input/by-id stays the same"
    return "Unplug it and plug it in again, or choose another device in the settings"
