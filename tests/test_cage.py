"""The kiosk as its unit starts it: on Wayland, under a real cage, and what is then on the output.

The output is read back by wlr-screencopy and compared, pixel by pixel, with what the painter draws of the same scene.
Keys go the whole way (X server, cage, Wayland, SDL): a headless cage has no keyboard, so for them it is a window of an
X server. Not covered: a graphics chip, a seat, and keys by evdev, which an appliance reads beside the compositor.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pygame
import pytest

from kiosk.bedside.persons import person_row
from kiosk.clock import SimClock, SystemClock
from kiosk.errors import NoScreen
from kiosk.records.store import Store
from kiosk.rows.kinds import BOUND, StateRow
from kiosk.screens.opening import draw_moment
from kiosk.screens.scene import StepScene
from kiosk.signals import Button
from tests.caged import NOBODY, Cage, ordinary, place
from tests.care.people import FLACCID
from tests.patience import PATIENCE_S
from tests.somebody import answer_until, choose
from tests.twin import THINK_MS, Twin

SETTINGS = """
[buttons]
pedal = ""
[camera]
backend = "none"
[sound]
volume = 0
"""
"""The keyboard is heard through the compositor; nothing else of this machine is used."""
KEYS = {Button.GREEN: "space", Button.AMBER: "Tab", Button.RED: "Escape"}


@pytest.fixture
def home() -> Iterator[Path]:
    """The ordinary user's folder, with the settings of a kiosk in ``data``."""
    with place() as found:
        data = found / "data"
        data.mkdir()
        (data / "kiosk.toml").write_text(SETTINGS)
        yield found


@pytest.fixture
def twin_data(tmp_path: Path) -> Path:
    (tmp_path / "kiosk.toml").write_text(SETTINGS)
    return tmp_path


def given(home: Path) -> None:
    """What is in the folder becomes the ordinary user's."""
    if ordinary():
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(home)], check=True)


def kiosk(home: Path, *options: str, display: str = "", **env: str) -> Cage:
    """`kiosk run` in a cage."""
    given(home)
    command = (sys.executable, "-m", "kiosk", "run", "--data", str(home / "data"), *options)
    return Cage(home, command, display=display, **env)


def rows(home: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(home / "data" / "kiosk.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return db.execute(query).fetchall()


@pytest.mark.parametrize("options", [(), ("--safe",)])
def test_it_comes_up_shows_what_it_draws_and_ends_in_order(
    home: Path, twin_data: Path, options: tuple[str, ...]
) -> None:
    """READY, the first screen on the compositor's output as it is drawn, SIGTERM, exit code 0, a whole record."""
    cage = kiosk(home, *options)
    twin = Twin(twin_data, safe=bool(options))
    try:
        assert cage.heard().startswith(b"READY=1")
        # Safe mode is no time to set a kiosk up.
        assert twin.scene.name == ("home-welcome" if options else "first-language")
        assert bool(options) == twin.scene.notice.startswith("Simple mode")
        cage.shows(*twin.pictures())
        cage.tell(signal.SIGTERM)
        assert cage.ended() == 0, cage.said
    finally:
        twin.close()
        cage.close()
    assert "Traceback" not in cage.said
    assert rows(home, "SELECT count(*) FROM sessions") == [(0,)]


class Person:
    """Somebody at the keyboard of a kiosk in a cage, who looks before each press."""

    def __init__(self, home: Path, twin_data: Path, display: str) -> None:
        for data in (home / "data", twin_data):
            store = Store.open(data, SimClock(wall=SystemClock().wall_utc()))
            store.put(person_row(FLACCID), StateRow(BOUND, FLACCID.code))
            assert store.close(PATIENCE_S)
        self._display = display
        self.cage, self.twin = kiosk(home, display=display), Twin(twin_data)
        assert self.cage.heard().startswith(b"READY=1")

    def look(self) -> None:
        """What is on the output is what the twin shows."""
        self.cage.shows(*self.twin.pictures())

    def press(self, button: Button) -> None:
        """Press at once, as one does to stop."""
        self.twin.press(button)
        keys = ["xdotool", "sleep", str(THINK_MS / 1000), "key", KEYS[button]]
        subprocess.run(keys, env={**os.environ, "DISPLAY": self._display}, check=True)

    def close(self) -> None:
        self.twin.close()
        self.cage.close()


@pytest.fixture
def person(home: Path, twin_data: Path, screen: str) -> Iterator[Person]:
    someone = Person(home, twin_data, screen)
    yield someone
    someone.close()


def test_keys_come_in_by_the_compositor(person: Person) -> None:
    """The home, the cursor on its first row, a session's first question: each is on the output after its key."""
    choose(person, "Relax")
    assert person.twin.scene.name == "session-identity"
    person.look()
    person.cage.tell(signal.SIGTERM)
    assert person.cage.ended() == 0, person.cage.said


@pytest.mark.slow
def test_a_session_by_key_presses(person: Person, home: Path) -> None:
    """Somebody chooses, is asked, begins, stops and says why: each screen is on the output, all of it in the record."""
    choose(person, "Relax")
    answer_until(person, lambda scene: isinstance(scene, StepScene))
    person.press(Button.RED)
    answer_until(person, lambda scene: scene.name.startswith("home"))
    person.look()
    person.cage.tell(signal.SIGTERM)
    assert person.cage.ended() == 0, person.cage.said
    assert "Traceback" not in person.cage.said
    assert rows(home, "SELECT programme, end_reason FROM sessions") == [("relax", "stopped")]


def test_where_the_compositor_goes_the_kiosk_ends(home: Path) -> None:
    """Nobody can see it any more: it closes its record, for the unit to start both again."""
    cage = kiosk(home)
    try:
        assert cage.heard().startswith(b"READY=1")
        cage.process.kill()
        while cage.heard() != b"STOPPING=1":
            pass
        assert cage.ended() == 0
    finally:
        cage.close()
    assert rows(home, "SELECT count(*) FROM sessions") == [(0,)]


OPEN = """
from kiosk.screens.window import open_screen
screen = open_screen(True)
print(screen.how, screen.fileno() >= 0)
"""


def test_the_display_has_a_descriptor_to_wait_on(home: Path) -> None:
    """On Wayland too nothing has to be looked at over and over, and no handle of the window is asked for."""
    given(home)
    cage = Cage(home, (sys.executable, "-c", OPEN))
    try:
        assert cage.ended() == 0, cage.said
    finally:
        cage.close()
    assert "wayland, at its own size, 1280x720 True" in cage.said


def test_a_library_that_sdl_would_crash_without_is_named(home: Path) -> None:
    """SDL loads it by name and calls address 0 where it is not there."""
    (home / "bad").mkdir()
    (home / "bad" / "libwayland-egl.so.1").touch()
    cage = kiosk(home, LD_LIBRARY_PATH=str(home / "bad"))
    try:
        assert cage.ended() == 70
    finally:
        cage.close()
    assert "apt-get install libwayland-egl1" in cage.said
    assert "Traceback" not in cage.said


def test_a_screen_that_is_switched_off_may_be_tried_again(home: Path) -> None:
    """The compositor has no output: a sentence, and the exit code that is not counted as a failure."""
    cage = kiosk(home, WLR_HEADLESS_OUTPUTS="0")
    try:
        assert cage.ended() == NoScreen.exit_code
    finally:
        cage.close()
    assert "there is no screen to draw on" in cage.said
    assert "Traceback" not in cage.said


READY_PICTURE = """
import signal
from kiosk.screens import ready
ready.show(True)
from kiosk.runtime.watchdog import Watchdog
Watchdog().presented(0, True)
signal.pause()
"""


def test_the_ready_picture_is_on_the_output_before_anything_else_runs(home: Path, screen: str) -> None:
    """One flip without a look at the compositor's news is enough, and the picture stays while the rest is loaded.

    In a window of an X server: a headless output is drawn anew only some time later.
    """
    given(home)
    expected = pygame.Surface((1280, 720), 0, 32)
    draw_moment(expected)
    cage = Cage(home, (sys.executable, "-c", READY_PICTURE), display=screen)
    try:
        assert cage.heard().startswith(b"READY=1")
        cage.shows(expected)
        cage.tell(signal.SIGTERM)
        assert cage.ended() == 128 + signal.SIGTERM
    finally:
        cage.close()


DOCTOR = """
import pathlib, sys
from kiosk.doctor.checks.screen import screen
found = screen(pathlib.Path(sys.argv[1]), {}, dev=pathlib.Path(sys.argv[2]))
print(found.state.value, found.found, found.next_step)
"""


@pytest.mark.parametrize(("broken", "says"), [((), "ok card0"), (("libwayland-egl.so.1",), "fault card0")])
def test_the_doctor_opens_a_screen_as_the_kiosk_does(home: Path, broken: tuple[str, ...], says: str) -> None:
    """Where cage shows the kiosk, the doctor starts a cage of its own that shows nothing."""
    (home / "dri").mkdir()
    (home / "dri" / "card0").touch()
    (home / "bad").mkdir()
    for name in broken:
        (home / "bad" / name).touch()
    given(home)
    env = {**os.environ, "LD_LIBRARY_PATH": str(home / "bad"), "HOME": str(home), "SDL_AUDIODRIVER": "dummy"}
    command = [*ordinary(), sys.executable, "-c", DOCTOR, str(home / "none.toml"), str(home)]
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert told.startswith(says)
    assert ("libwayland-egl1" in told) == bool(broken)
