"""The ready picture: when it may stand there, what it waits for, and that the kiosk goes on in the same window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest

from kiosk.screens import ready
from kiosk.screens.opening import DOTS, GROUND, draw_moment
from kiosk.screens.window import Screen, open_screen
from kiosk.signals import Closed
from tests.patience import PATIENCE_S
from tests.screens.test_paint_window import keys

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ("run", True),
        ("--debug run --safe", True),
        ("run --window", False),
        ("run --window --data {data}", False),
        ("run --data={data}", True),
        ("", None),
        ("--help", None),
        ("--version", None),
        ("doctor", None),
        ("demo run", None),
        ("run --help", None),
        ("run --window -h", None),
        ("run --windw", None),
        ("run --window=yes", None),
        ("run --data", None),
        ("run --stick {data}", None),
        ("run extra", None),
    ],
)
def test_only_a_command_that_will_open_a_screen_shows_it(arguments: str, shown: bool | None, tmp_path: Path) -> None:
    """Whoever asks for help, or mistypes, gets words and no window."""
    given = arguments.format(data=tmp_path).split()
    assert ready.wanted(given, {"KIOSK_DATA": str(tmp_path)}) is shown


def test_settings_that_speak_of_a_window_are_read_first(tmp_path: Path) -> None:
    """A picture on the whole screen, and then a window, would be worse than a late picture."""
    settings = tmp_path / "kiosk.toml"
    data, named = {"KIOSK_DATA": str(tmp_path)}, {"KIOSK_CONFIG": str(settings)}
    settings.write_text("[screen]\nwidth_mm = 300\n")
    assert ready.wanted(["run"], data) is True
    assert ready.wanted(["run"], {**data, "KIOSK_SCREEN_FULLSCREEN": "false"}) is None
    settings.write_text("[screen]\nfullscreen = false\n")
    assert ready.wanted(["run"], data) is None
    assert ready.wanted(["run"], named) is None
    assert ready.wanted(["run", "--config", str(settings)], {}) is None
    assert ready.wanted(["run", f"--data={tmp_path}"], {}) is None
    assert ready.wanted(["run", "--window"], data) is False


def test_a_pipe_in_the_place_of_the_settings_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody may ever write into it."""
    os.mkfifo(tmp_path / "kiosk.toml")
    assert ready.wanted(["run"], {"KIOSK_DATA": str(tmp_path)}) is True


@pytest.mark.parametrize("size", [(320, 240), (800, 480), (1280, 720), (720, 1280), (1920, 1080), (3840, 2160)])
def test_three_dots_stand_in_the_middle_of_any_screen(size: tuple[int, int]) -> None:
    """The same left and right, as far above as below, never at an edge, and nothing else."""
    surface = pygame.Surface(size, 0, 32)
    surface.fill((255, 0, 0))
    draw_moment(surface)
    mask = pygame.mask.from_threshold(surface, DOTS, (1, 1, 1))
    dots = [dot for dot in mask.get_bounding_rects() if dot.width > 2]
    assert len(dots) == 3
    width, height = size
    for dot in dots:
        assert dot.width == dot.height
        assert abs(dot.width - min(size) / 24) <= 3
        assert abs(dot.top - (height - dot.bottom)) <= 1
    assert abs(dots[0].left - (width - dots[2].right)) <= 1
    assert dots[0].left > width // 8
    assert surface.get_at((0, 0))[:3] == surface.get_at((width - 1, height - 1))[:3] == GROUND


LOADED = """
import sys
from kiosk.screens import ready
usual = ready.present
def present():
    usual()
    print(*sorted(name for name in sys.modules if name.partition(".")[0] in
        ("click", "msgspec", "numpy", "logging", "pathlib", "dataclasses", "subprocess") or name == "pygame.freetype"))
ready.present = present
ready.show(False)
surface = sys.modules["pygame.display"].get_surface()
print(tuple(surface.get_at((surface.get_width() // 2, surface.get_height() // 2)))[:3])
import pygame
from kiosk import app
from kiosk.settings import Settings
painted = app.first_screen(Settings(), window=True)
print(painted.screen.surface is surface, isinstance(surface, pygame.Surface), "numpy" in sys.modules)
"""


def test_it_waits_for_nothing_and_the_kiosk_goes_on_in_its_window(tmp_path: Path) -> None:
    """What is loaded before it is loaded while nobody sees anything."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=ROOT,
        env={**os.environ, "SDL_VIDEODRIVER": "dummy", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["", str(DOTS), "True True False"]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The ready picture in a window."""
    pygame.display.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    ready.show(False)
    yield
    ready.taken(False)
    pygame.display.quit()


def taken(fullscreen: bool) -> Screen:
    return open_screen(fullscreen, keys=keys)


@pytest.mark.usefixtures("shown")
def test_what_is_typed_on_it_is_forgotten_but_not_that_it_was_closed() -> None:
    """Nothing listens yet: a press must not act on a screen that nobody has seen."""
    for kind in (pygame.KEYDOWN, pygame.KEYUP):
        pygame.event.post(pygame.event.Event(kind, key=pygame.K_SPACE))
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert taken(False).drain(1) == [Closed()]


@pytest.mark.usefixtures("shown")
def test_a_window_is_not_taken_for_the_whole_screen() -> None:
    """Settings may turn out to be other than they looked: the window is opened anew, and the picture is gone."""
    screen = taken(True)
    assert screen.surface.get_at((640, 360))[:3] == GROUND
    assert ready.taken(False) is None


def test_without_a_screen_nothing_is_said_twice(tmp_path: Path) -> None:
    """The ready picture keeps silent, and the sentence comes once, with the exit code that asks to try again."""
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "run", "--data", str(tmp_path / "data")],
        cwd=ROOT,
        env={**env, "SDL_VIDEODRIVER": "x11"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 75
    assert done.stderr.count("no screen to draw on") == 1
