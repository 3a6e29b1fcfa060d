"""While a damaged record is being read the screen is calm, the watchdog is fed, and a stop is heard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.clock import SimClock
from kiosk.devices.camera_frame import Frame
from kiosk.records import rescue
from kiosk.records.store import Store
from kiosk.runtime.loop import PATIENCE_MS, PRESENT_EVERY_MS, Loop, Waking
from kiosk.runtime.watchdog import Watchdog
from kiosk.screens.scene import NoteScene, Scene
from kiosk.signals import Closed, Signal
from kiosk.sqlite_pages import PAGE
from tests.patience import PATIENCE_S
from tests.records.helpers import SMALL


class Held:
    """A rescue that takes as long as the test wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        real = rescue.rescue

        def held(*args: object) -> object:
            self.begun.set()
            assert self.go.wait(PATIENCE_S)
            return real(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(rescue, "rescue", held)


class Stop:
    """A source that may tell of a stop."""

    def __init__(self) -> None:
        self.news: list[Signal] = []

    def fileno(self) -> int:
        return -1

    def drain(self, now_ms: int) -> list[Signal]:
        news, self.news = self.news, []
        return news

    def deadline_ms(self) -> int | None:
        return None

    def latest(self) -> Frame | None:
        return None


class Shown:
    """A screen that keeps what it was given."""

    def __init__(self) -> None:
        self.scenes: list[Scene] = []

    def show(self, scene: Scene, frame: Frame | None) -> None:
        self.scenes.append(scene)


class Fed(Watchdog):
    """Keeps whether each presented frame was one of a healthy kiosk."""

    def __init__(self) -> None:
        super().__init__({})
        self.healthy: list[bool] = []

    def presented(self, now_ms: int, healthy: bool) -> None:
        self.healthy.append(healthy)


class Ahead:
    """A wait in which simulated time passes."""

    def __init__(self, clock: SimClock) -> None:
        self.clock = clock

    def until(self, deadline_ms: int | None) -> None:
        self.clock.advance(max(1, (deadline_ms or 0) - self.clock.now_ms()))

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    store = Store.open(tmp_path, SimClock(), SMALL)
    assert store.close(PATIENCE_S)
    # A whole page: of an empty index, which may lie last, a missing byte is none.
    (tmp_path / "kiosk.db").write_bytes((tmp_path / "kiosk.db").read_bytes()[:-PAGE])
    return tmp_path


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    holding = Held(monkeypatch)
    yield holding
    holding.go.set()


def test_the_first_screen_waits_for_no_damaged_record(damaged: Path, held: Held) -> None:
    """It says what is being done, again and again, until the record is open; then the kiosk goes on by itself."""
    clock, shown, fed, stop = SimClock(), Shown(), Fed(), Stop()
    store = Store.open(damaged, clock, SMALL, wait=False)
    assert held.begun.wait(PATIENCE_S)
    waking = Waking(store, str, clock.now_ms())
    loop = Loop(clock, Ahead(clock), (store, stop), stop, waking, shown, fed)
    for _ in range(6):
        clock.advance(PRESENT_EVERY_MS)
        loop.turn()
    note = shown.scenes[-1]
    assert isinstance(note, NoteScene)
    assert "damaged" in note.lines[0]
    assert fed.healthy == [True] * len(shown.scenes)
    assert len(shown.scenes) >= 6
    assert not waking.closed
    assert (store.problem, store.doubtful) == ("rescue", True)
    held.go.set()
    assert store._writer.opened.wait(PATIENCE_S)
    loop.run()
    assert (waking.closed, waking.ended) == (True, False)
    store.begin()
    assert not store.doubtful
    assert any("was damaged" in notice for notice in store.notices)
    assert store.close(PATIENCE_S)


def test_a_stop_is_heard_meanwhile(damaged: Path, held: Held) -> None:
    """SIGTERM ends the kiosk although its record is not open, and the damaged file is where it was."""
    clock, stop = SimClock(), Stop()
    store = Store.open(damaged, clock, SMALL, wait=False)
    assert held.begun.wait(PATIENCE_S)
    waking = Waking(store, str, clock.now_ms())
    stop.news.append(Closed())
    Loop(clock, Ahead(clock), (store, stop), stop, waking, Shown(), Fed()).run()
    assert waking.ended
    store._writer.abandon()
    held.go.set()
    assert store.close(PATIENCE_S)
    assert not (damaged / "quarantine" / "kiosk.db.corrupt-1").exists()


def test_a_record_that_never_opens_is_for_the_watchdog(damaged: Path, held: Held) -> None:
    """A disk that hangs would keep the calm screen for ever."""
    clock, fed, stop = SimClock(), Fed(), Stop()
    store = Store.open(damaged, clock, SMALL, wait=False)
    assert held.begun.wait(PATIENCE_S)
    loop = Loop(clock, Ahead(clock), (stop,), stop, Waking(store, str, clock.now_ms()), Shown(), fed)
    loop.turn()
    clock.advance(PATIENCE_MS)
    loop.turn()
    assert fed.healthy == [True, False]
    held.go.set()
    assert store.close(PATIENCE_S)
