"""The whole kiosk as its user starts it: in a window on a real X server, with keys for buttons."""

from __future__ import annotations

import os
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk import app
from kiosk.cli import cli
from kiosk.clock import SystemClock
from kiosk.records.store import Store
from kiosk.rows.kinds import StaffRow
from kiosk.update.asking import ask_for
from tests.patience import PATIENCE_S
from tests.pictures.made import encoded, halves, table


def start(data: Path, **env: str) -> subprocess.Popen[bytes]:
    """`kiosk run --window`, with its notify socket in the test's hands."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SDL_VIDEO", "KIOSK_", "GPIOZERO"))}
    command = [sys.executable, "-m", "kiosk", "run", "--window", "--data", str(data)]
    return subprocess.Popen(command, env={**clean, "SDL_AUDIODRIVER": "dummy", **env}, stderr=subprocess.PIPE)


def ready(tmp_path: Path) -> tuple[str, Iterator[bytes]]:
    """A notify socket, and the messages that come in on it."""
    import socket

    path = str(tmp_path / "notify")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(path)
    listener.settimeout(PATIENCE_S)

    def messages() -> Iterator[bytes]:
        with listener:
            while True:
                yield listener.recv(200)

    return path, messages()


@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP"])
def test_it_starts_says_ready_after_its_first_frame_and_ends_in_order(screen: str, tmp_path: Path, number: str) -> None:
    """READY comes after a presented frame; whoever asks it to end gets a closed record and a 0.

    Nobody waits at its desk for an update that was asked for before: whoever practises is not cut off by one.
    """
    address, messages = ready(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    ask_for(data, "digest", "therapist-1")
    kiosk = start(data, DISPLAY=screen, NOTIFY_SOCKET=address)
    try:
        assert next(messages).startswith(b"READY=1")
        kiosk.send_signal(signal.Signals[number])
        _, errors = kiosk.communicate(timeout=PATIENCE_S)
    finally:
        kiosk.kill()
    assert kiosk.returncode == 0, errors
    assert b"Traceback" not in errors
    assert list((data / "update").iterdir()) == []
    with sqlite3.connect(data / "kiosk.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


PICTURES = """
import gc, os, signal, sys
from kiosk import app
from kiosk.cli import main

show, left = app.Painted.show, [2]

def told(painted, scene, frame):
    show(painted, scene, frame)
    if scene.name != "starting" and left[0]:
        print(scene.name, isinstance(sys.modules["cv2"], app.NotYet), gc.isenabled())
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGTERM)

app.Painted.show = told
main()
"""
"""`kiosk run` that says of its first two pictures whether OpenCV is still to be loaded then, and garbage is sought."""


def test_the_first_picture_waits_for_nothing_that_it_does_not_show(tmp_path: Path) -> None:
    """OpenCV is for the mirror: it is loaded, and garbage sought, once there is a first picture, and then at once."""
    env = {**os.environ, "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "GPIOZERO_PIN_FACTORY": "mock"}
    command = [sys.executable, "-c", PICTURES, "run", "--data", str(tmp_path / "data")]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-2:] == ["first-language True False", "first-language False True"]


def test_a_module_that_is_not_yet_there_is_there_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has imported it before finds all of it, and no name that it does not have."""
    monkeypatch.setitem(sys.modules, "colorsys", app.NotYet("colorsys"))
    import colorsys

    assert not hasattr(colorsys, "__path__")
    assert type(colorsys) is app.NotYet, "the import system's own question loads nothing"
    assert colorsys.rgb_to_hsv(0.5, 0.5, 0.5) == (0.0, 0.0, 0.5)
    assert type(colorsys) is not app.NotYet
    assert not hasattr(colorsys, "nothing")


def test_a_damaged_record_keeps_nobody_waiting(screen: str, tmp_path: Path) -> None:
    """Its end is cut off: the kiosk starts as ever, says what it read, and its desk stays closed.

    More than a page: the last one may be of a table that is empty, and then nothing of a byte less is damage.
    """
    data = tmp_path / "data"
    store = Store.open(data, SystemClock())
    store.put(StaffRow("therapist-1", "therapist", "One", "ab" * 16, "1" * 64))
    assert store.close(PATIENCE_S)
    (data / "kiosk.db").write_bytes((data / "kiosk.db").read_bytes()[:-5000])
    address, messages = ready(tmp_path)
    kiosk = start(data, DISPLAY=screen, NOTIFY_SOCKET=address)
    try:
        assert next(messages).startswith(b"READY=1")
        kiosk.send_signal(signal.SIGTERM)
        _, errors = kiosk.communicate(timeout=PATIENCE_S)
    finally:
        kiosk.kill()
    assert kiosk.returncode == 0, errors
    assert b"Traceback" not in errors
    with sqlite3.connect(data / "kiosk.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT slot FROM staff").fetchall() == [("therapist-1",)]
    assert (data / "quarantine" / "kiosk.db.corrupt-1").exists()


WINDOWS = """
import os, sys
from kiosk import __main__, app
from kiosk.screens import ready
def told(usual):
    def show(*given):
        usual(*given)
        print(sys.modules["pygame.display"].get_wm_info()["window"], flush=True)
    return show
ready.present = told(ready.present)
usual = app.Painted.show
def show(painted, scene, frame):
    told(usual)(painted, scene, frame)
    if scene.name != "starting":
        os._exit(0)
app.Painted.show = show
__main__.main()
"""


def test_the_ready_picture_and_the_screens_after_it_share_one_window(screen: str, tmp_path: Path) -> None:
    """A window that closes and opens again is a flicker, and one more look away."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SDL_VIDEO", "KIOSK_", "GPIOZERO"))}
    done = subprocess.run(
        [sys.executable, "-c", WINDOWS, "run", "--window", "--data", str(tmp_path / "data")],
        env={**clean, "SDL_AUDIODRIVER": "dummy", "DISPLAY": screen},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    windows = [int(word) for word in done.stdout.split() if word.isdigit()]
    assert len(windows) >= 3, done.stderr
    assert len(set(windows)) == 1


def test_a_second_kiosk_on_the_same_folder_says_so_and_ends_with_75(screen: str, tmp_path: Path) -> None:
    """Two writers would be the end of the record."""
    address, messages = ready(tmp_path)
    first = start(tmp_path / "data", DISPLAY=screen, NOTIFY_SOCKET=address)
    try:
        assert next(messages).startswith(b"READY=1")
        second = start(tmp_path / "data", DISPLAY=screen)
        _, errors = second.communicate(timeout=PATIENCE_S)
        assert second.returncode == 75
        assert b"Traceback" not in errors
        assert str(tmp_path / "data").encode() in errors
    finally:
        first.kill()
        first.communicate()


@pytest.mark.parametrize(("window", "wanted"), [(True, True), (True, False), (False, True)])
def test_a_trial_is_another_kiosk_with_a_record_that_is_gone_afterwards(
    window: bool, wanted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins when the first has closed its record, in a folder of its own; on an appliance nobody is asked."""
    lives: list[tuple[Path, dict[str, object]]] = []

    def live(data: Path, *_: object, **how: object) -> bool:
        assert data.parent.is_dir()
        (data / "kiosk.db").parent.mkdir(exist_ok=True)
        lives.append((data, how))
        # What only a window can answer: the runtime of an appliance never does (tests/runtime/test_trial.py).
        return wanted and bool(how.get("window")) and not how.get("trial")

    class Nothing:
        screen = type("Screen", (), {"close": staticmethod(lambda: None)})
        show = staticmethod(lambda *_: None)
        problems = ()

    monkeypatch.setattr(app, "first_screen", lambda *_, **__: Nothing())
    monkeypatch.setattr(app, "_live", live)
    data = tmp_path / "data"
    assert app.run(data, data / "kiosk.toml", window=window) == 0
    (first, _), *more = lives
    assert first == data
    assert len(more) == int(window and wanted)
    for folder, how in more:
        assert data not in (folder, *folder.parents)
        assert how["trial"]
        assert not folder.exists()


def test_a_clinics_picture_is_looked_into_by_a_child_at_the_start(screen: str, tmp_path: Path) -> None:
    """One that cannot be shown is named in the log before anybody meets it; the kiosk goes on, and ends in order."""
    data = tmp_path / "data"
    (data / "programmes").mkdir(parents=True)
    (data / "programmes" / "ours.toml").write_text(table("left.png") + table("right.png", side="right"))
    (data / "programmes" / "left.png").write_bytes(encoded(halves())[:200])
    (data / "programmes" / "right.png").write_bytes(encoded(halves()))
    address, messages = ready(tmp_path)
    kiosk = start(data, DISPLAY=screen, NOTIFY_SOCKET=address)
    assert kiosk.stderr is not None
    said = b""
    try:
        while b"left.png: it is cut off" not in said:
            assert select.select([kiosk.stderr], [], [], PATIENCE_S)[0], said
            piece = os.read(kiosk.stderr.fileno(), 4_096)
            assert piece, said
            said += piece
        while b"READY=1" not in next(messages):
            pass
        kiosk.send_signal(signal.SIGTERM)
        _, rest = kiosk.communicate(timeout=PATIENCE_S)
    finally:
        kiosk.kill()
        kiosk.wait()
    assert kiosk.returncode == 0
    assert b"right.png" not in said + rest
    assert b"Traceback" not in said + rest


@pytest.mark.parametrize("driver", [{}, {"SDL_VIDEODRIVER": "wayland"}, {"SDL_VIDEODRIVER": "x11"}])
def test_without_a_screen_it_says_what_to_do(tmp_path: Path, driver: dict[str, str]) -> None:
    """No screen is a sentence, not a traceback, and is tried again later: the screen may only be off."""
    kiosk = start(tmp_path / "data", DISPLAY="", WAYLAND_DISPLAY="", XDG_RUNTIME_DIR=str(tmp_path), **driver)
    _, errors = kiosk.communicate(timeout=PATIENCE_S)
    assert kiosk.returncode == 75
    assert b"no screen" in errors
    assert b"Traceback" not in errors


def test_a_folder_stands_in_for_a_stick_in_a_window_only(tmp_path: Path) -> None:
    """On a bedside a person's records must never end in a folder that somebody took for a stick."""
    refused = CliRunner().invoke(cli, ["run", "--stick", str(tmp_path), "--data", str(tmp_path / "data")])
    assert refused.exit_code == 2
    assert "--window" in refused.output
