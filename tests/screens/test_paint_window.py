"""Opening a screen without one: SDL's dummy driver, and what is said when there is nothing at all."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest

from kiosk.errors import NoScreen
from kiosk.screens.window import UNSEEN_MS, Screen, open_screen
from kiosk.signals import Button, Closed, Edge, Typed
from tests.patience import PATIENCE_S


def keys(key: int, down: bool, t_ms: int) -> Edge | Typed | None:
    if key == pygame.K_SPACE:
        return Edge(Button.GREEN, down, t_ms)
    return Typed(key - pygame.K_0, t_ms) if down and pygame.K_0 <= key <= pygame.K_9 else None


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    pygame.display.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    opened = open_screen(True, keys=keys)
    yield opened
    opened.close()


def test_the_surface_is_what_the_painter_needs(screen: Screen) -> None:
    """1280x720, 32 bit, whatever the driver."""
    assert screen.surface.get_size() == (1280, 720)
    assert screen.surface.get_bitsize() == 32
    assert screen.how == "dummy, at its own size, 1280x720"
    screen.present()


def test_keys_become_signals_in_order(screen: Screen) -> None:
    """Presses and releases of known keys, digits once; other keys are nothing."""
    for kind, key in (
        (pygame.KEYDOWN, pygame.K_SPACE),
        (pygame.KEYDOWN, pygame.K_x),
        (pygame.KEYUP, pygame.K_SPACE),
        (pygame.KEYDOWN, pygame.K_7),
        (pygame.KEYUP, pygame.K_7),
    ):
        pygame.event.post(pygame.event.Event(kind, key=key))
    assert screen.drain(500) == [Edge(Button.GREEN, True, 500), Edge(Button.GREEN, False, 500), Typed(7, 500)]
    assert screen.drain(501) == []


def test_a_closed_window_is_told(screen: Screen) -> None:
    """Closing the window asks the kiosk to end; it does not kill it."""
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert screen.drain(1) == [Closed()]


def test_a_screen_that_is_not_there_is_hardly_looked_at(screen: Screen) -> None:
    """Nobody types there, and nobody closes it; at once after a present, which may have read news ahead."""
    assert screen.fileno() == -1
    screen.drain(1000)
    assert screen.deadline_ms() == 1000 + UNSEEN_MS
    screen.keys_elsewhere()
    assert screen.deadline_ms() == 1000 + UNSEEN_MS
    screen.present()
    assert screen.deadline_ms() == 1000


def test_keys_that_another_source_hears_are_not_heard_twice(screen: Screen) -> None:
    """On the appliance evdev tells them: one touch must not press twice."""
    screen.keys_elsewhere()
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_SPACE))
    assert screen.drain(500) == []


@pytest.mark.parametrize(
    ("size", "drawn"),
    [((800, 480), (800, 480)), ((720, 1280), (720, 1280)), ((1920, 1080), (1920, 1080)), ((3840, 2160), (1920, 1080))],
)
def test_a_screen_is_drawn_at_its_own_size(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    """Letters are as sharp as the screen; one of more pixels than a small board can fill is drawn at half of it."""
    pygame.display.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    opened = open_screen(False, size)
    try:
        assert opened.surface.get_size() == drawn
        window = pygame.display.get_surface()
        assert window is not None
        assert window.get_size() == size
        opened.surface.fill((200, 100, 50))
        opened.present()
        assert tuple(window.get_at((size[0] - 1, size[1] - 1)))[:3] == (200, 100, 50)
    finally:
        opened.close()


@pytest.mark.parametrize("driver", ["no-such-driver", None])
def test_no_screen_is_said_in_words(monkeypatch: pytest.MonkeyPatch, driver: str | None) -> None:
    """Neither a traceback nor, as SDL would have it, success in the void."""
    pygame.display.quit()
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    if driver is not None:
        monkeypatch.setenv("SDL_VIDEODRIVER", driver)
    with pytest.raises(NoScreen, match=r"no screen to draw on.*kiosk demo"):
        open_screen(True)


STUCK = """
import os, socket, tempfile
from kiosk.screens.opening import open_window, opening
with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
    listener.bind(folder + "/wayland-0")
    listener.listen()
    os.environ |= {"XDG_RUNTIME_DIR": folder, "WAYLAND_DISPLAY": "wayland-0", "SDL_VIDEODRIVER": "wayland"}
    with opening(0.2):
        open_window(True)
"""


@pytest.mark.parametrize(
    ("code", "rc", "says"),
    [
        (STUCK, 1, "did not open within 0.2 s"),
        (
            "import os\nfrom kiosk.screens.opening import opening\nwith opening(): os.abort()",
            -6,
            "or its driver crashed",
        ),
        ("from kiosk.screens.opening import opening\nwith opening(0.2): pass", 0, ""),
    ],
)
def test_a_start_that_does_not_come_up_ends_and_says_so(code: str, rc: int, says: str) -> None:
    """A display that takes the call and never answers holds SDL, the interpreter and every signal handler."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    assert done.returncode == rc
    assert says in done.stderr
    assert bool(says) == bool(done.stderr)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_start_that_hangs_in_the_display_ends_when_it_is_asked_to(number: signal.Signals, tmp_path: Path) -> None:
    """`systemctl stop` in that moment used to wait for its own time-out and kill the kiosk."""
    env = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "w", "SDL_VIDEODRIVER": "wayland"}
    with socket.socket(socket.AF_UNIX) as display:
        display.bind(str(tmp_path / "w"))
        display.listen()
        command = [sys.executable, "-m", "kiosk", "run", "--data", str(tmp_path)]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as kiosk:
            display.settimeout(PATIENCE_S)
            with display.accept()[0] as call:
                call.settimeout(PATIENCE_S)
                assert call.recv(1)  # The first question: from now on SDL waits for an answer.
                kiosk.send_signal(number)
                said = kiosk.communicate(timeout=PATIENCE_S)
    assert (kiosk.returncode, said) == (-number, ("", ""))
