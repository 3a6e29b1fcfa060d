"""A release on probation shows one screen, answers to no button, and works only with a frame and a stored row."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from kiosk.clock import Clock, SimClock
from kiosk.devices.camera_frame import Frame
from kiosk.errors import UpdateError
from kiosk.records.folder import Limits
from kiosk.records.store import Store
from kiosk.rows.kinds import EventRow, StateRow
from kiosk.runtime.loop import PRESENT_EVERY_MS, Loop
from kiosk.runtime.proving import GIVE_UP_MS, TOLD, Proving, ending_rows, version_words
from kiosk.runtime.watchdog import Watchdog
from kiosk.screens.scene import NoteScene, Scene
from kiosk.signals import Button, Chord, Closed, Press, Signal, Typed
from kiosk.update.notes import ItWorks, LastUpdate, read_note
from kiosk.update.places import Places
from kiosk.update.probation import Probation, ProbationPhase, UpdateEnding
from kiosk.words import words
from tests.patience import PATIENCE_S

WORD = "drawn for it"
PROBATION = Probation(ProbationPhase.TRYING, "1.1", "1.0", WORD, 1)


class Hands:
    """A source of whatever a test gives it, and a camera without a picture."""

    def __init__(self) -> None:
        self.news: list[Signal] = []

    def fileno(self) -> int:
        return -1

    def drain(self, now_ms: int) -> Sequence[Signal]:
        found, self.news = self.news, []
        return found

    def deadline_ms(self) -> int | None:
        return None

    def latest(self) -> Frame | None:
        return None

    def close(self) -> None:
        pass


class Seen:
    """A screen that keeps what it was shown, or breaks."""

    def __init__(self) -> None:
        self.scenes: list[Scene] = []
        self.broken = False

    def show(self, scene: Scene, frame: Frame | None) -> None:
        if self.broken:
            raise RuntimeError("no frame")
        self.scenes.append(scene)


class Later:
    """The one wait, in which simulated time passes."""

    def __init__(self, clock: SimClock) -> None:
        self._clock = clock

    def until(self, deadline_ms: int | None) -> None:
        if deadline_ms is not None:
            self._clock.advance(max(0, deadline_ms - self._clock.now_ms()))

    def close(self) -> None:
        pass


class OnProbation:
    """A kiosk of version 1.1 that is tried."""

    def __init__(self, folder: Path) -> None:
        self.places = Places(folder, folder / "state", folder / "data", folder)
        for path in (self.places.state, self.places.data):
            path.mkdir(mode=0o700)
        self.note = self.places.state / "probation.json"
        self.note.write_bytes(msgspec.json.encode(PROBATION))
        self.clock, self.hands, self.seen = SimClock(), Hands(), Seen()
        self.store = Store.open(self.places.data, self.clock, Limits(ballast_bytes=4096, floor_bytes=0))
        self.proving = Proving(self.store, self.places, PROBATION, str)
        clock: Clock = self.clock
        sources = (self.store, self.hands)
        self.loop = Loop(clock, Later(self.clock), sources, self.hands, self.proving, self.seen, Watchdog({}))

    def said(self) -> ItWorks | None:
        """The note to the helper."""
        return read_note(self.places.data / "update" / "confirm.json", ItWorks)

    def turn(self, ms: int = 0) -> None:
        self.clock.advance(ms)
        self.loop.turn()

    def logged(self) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(self.places.data / "kiosk.db")) as db:
            return list(db.execute("SELECT level, code FROM events ORDER BY seq"))


@pytest.fixture
def kiosk(tmp_path: Path) -> OnProbation:
    return OnProbation(tmp_path)


def test_it_says_that_it_works_after_a_frame_and_a_stored_row(kiosk: OnProbation) -> None:
    """And goes on when the helper has written down that data never go back; not before."""
    kiosk.turn()
    scene = kiosk.seen.scenes[0]
    assert isinstance(scene, NoteScene)
    assert scene.title == "A new version is being tried"
    assert kiosk.said() is None
    assert kiosk.store.flush(PATIENCE_S)
    kiosk.turn(1_000)
    assert kiosk.said() == ItWorks(WORD)
    for _ in range(5):
        kiosk.turn(1_000)
        assert not kiosk.proving.closed
    kiosk.note.unlink()
    kiosk.turn(1_000)
    assert (kiosk.proving.closed, kiosk.proving.ended, kiosk.proving.gave_up) == (True, False, False)
    assert kiosk.store.close(PATIENCE_S)


def test_a_screen_that_shows_nothing_confirms_nothing(kiosk: OnProbation) -> None:
    """The row is stored; the frame never came."""
    kiosk.seen.broken = True
    assert kiosk.store.flush(PATIENCE_S)
    with pytest.raises(RuntimeError):
        kiosk.turn()
    assert kiosk.said() is None
    assert kiosk.store.close(PATIENCE_S)


def test_a_record_that_takes_nothing_confirms_nothing_and_ends(kiosk: OnProbation) -> None:
    """After five minutes it gives up, which is a start that led to nothing."""
    proving = Proving(kiosk.store, kiosk.places, PROBATION, str)
    for now in range(0, GIVE_UP_MS, 10_000):
        proving.tick(now)
        proving.scene(now)
        assert not proving.closed
    proving.tick(GIVE_UP_MS)
    assert (proving.closed, proving.gave_up, proving.healthy, kiosk.said()) == (True, True, False, None)
    with pytest.raises(UpdateError, match=r"1\.1"):
        proving.check()
    assert kiosk.store.close(PATIENCE_S)


def test_nobody_can_press_anything_meanwhile(kiosk: OnProbation) -> None:
    """No session, no desk: nothing of a lock, a flag, a pause or an audit line can come into being."""
    everything: list[Signal] = [Press(button, 0) for button in Button]
    everything += [Chord(0), Typed(1, 0)]
    for signal in everything * 3:
        kiosk.hands.news.append(signal)
        kiosk.turn(PRESENT_EVERY_MS)
    assert kiosk.store.flush(PATIENCE_S)
    kiosk.turn(1_000)
    assert {type(scene) for scene in kiosk.seen.scenes} == {NoteScene}
    assert len(set(kiosk.seen.scenes)) == 1
    assert [row for row in kiosk.logged() if row[1] == "update.tried"] == [("info", "update.tried")]
    assert {level for level, _ in kiosk.logged()} <= {"info"}
    with closing(sqlite3.connect(kiosk.places.data / "kiosk.db")) as db:
        for table in ("persons", "permissions", "sessions", "inbox", "staff", "state"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table  # noqa: S608
    assert kiosk.store.close(PATIENCE_S)


def test_a_stop_is_heard(kiosk: OnProbation) -> None:
    """A technician's stop, or the power button."""
    kiosk.hands.news.append(Closed())
    kiosk.loop.run()
    assert kiosk.proving.ended
    assert kiosk.store.close(PATIENCE_S)


def test_the_end_of_an_update_is_audited_once() -> None:
    """By whatever release comes up afterwards, however often it starts."""
    last = LastUpdate(UpdateEnding.WENT_BACK, "1.1", "1.0", token=WORD)
    rows = ending_rows(last, None)
    assert EventRow("audit", "update.went_back", "1.1") in rows
    assert StateRow(TOLD, WORD) in rows
    assert ending_rows(last, WORD) == ()
    assert ending_rows(None, None) == ()


def test_staff_read_that_it_went_back() -> None:
    """In the status, until the next update."""
    told, concerns = version_words("1.0", LastUpdate(UpdateEnding.WENT_BACK, "1.1", "1.0"), words("en"))
    assert (told, concerns) == ("1.0; version 1.1 was tried, did not work, and was taken away again", True)
    assert version_words("1.1", LastUpdate(UpdateEnding.CONFIRMED, "1.1", "1.0"), words("en")) == ("1.1", False)
    assert version_words("1.0", None, words("en")) == ("1.0", False)
