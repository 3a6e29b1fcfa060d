"""Sight's twin: what it tells is what is true of the demo film, and its faults look like real ones."""

from __future__ import annotations

import cv2
import pytest

from kiosk.clock import SimClock
from kiosk.errors import AssetError
from kiosk.face.model import Task, UnseenReason, Zone
from kiosk.paths import assets
from kiosk.sight.clips import ClipLost, FilmOrder
from kiosk.sight.sight_sim import Film, SimSight, Truth
from kiosk.signals import FaceState, SightState, Signal

TASK = Task(key="a", zone=Zone.MOUTH, neutral_from_ms=3_000, neutral_to_ms=5_000)


class Run:
    """The twin looking at frames ten times a second."""

    def __init__(self, sight: SimSight, clock: SimClock) -> None:
        self.sight, self.clock = sight, clock
        self.news: list[Signal] = []

    def until(self, t_ms: int) -> None:
        while self.clock.now_ms() < t_ms:
            self.clock.advance(100)
            self.sight.offer(self.clock.now_ms())
            self.news += self.sight.drain(self.clock.now_ms())


def begun(task: Task = TASK) -> Run:
    clock = SimClock()
    sight = SimSight(clock, Film(assets() / "demo" / "face.json").at)
    sight.open()
    sight.watch(task)
    return Run(sight, clock)


def test_the_truth_fits_the_film() -> None:
    """A film that was drawn anew without its truth would make the demo's good side miss the face."""
    film = cv2.VideoCapture(str(assets() / "demo" / "face.mp4"))
    truth = Film(assets() / "demo" / "face.json")
    length = round(film.get(cv2.CAP_PROP_FRAME_COUNT) * 1000 / film.get(cv2.CAP_PROP_FPS))
    assert truth.at(length + 500) == truth.at(500) != truth.at(length - 2_000)
    assert truth.at(10_500).corner_right[0] < -3, "the person's own right goes to the left of the picture"
    assert 0 < truth.at(10_500).corner_left[0] < 3
    assert truth.at(21_000).aperture_right == 0


def test_movements_count_from_the_neutral_face() -> None:
    """The smile of the film, measured as a real looker would: nothing before the face at rest is known."""
    run = begun()
    run.until(12_000)
    readings = run.sight.between(0, 12_000)
    assert {reading.reason for reading in readings if reading.t_ms < 5_000} == {UnseenReason.NO_NEUTRAL}
    smile = run.sight.between(9_500, 11_500)
    assert all(reading.neutral and reading.left and reading.right for reading in smile)
    assert 5.5 < max(-reading.right[0] / 0.788 for reading in smile if reading.right) < 6.6
    assert [type(signal) for signal in run.news] == [SightState, FaceState]


def test_only_the_face_is_told_where_no_zone_is_wanted() -> None:
    """No measure of a movement that nobody asked for."""
    run = begun(Task(key="a"))
    run.until(12_000)
    newest = run.sight.latest(run.clock.now_ms())
    assert newest is not None
    assert (newest.present, newest.reason, newest.left, newest.midline is not None) == (
        True,
        UnseenReason.NONE,
        None,
        True,
    )


@pytest.mark.parametrize(("how", "known_ms"), [("lose", 0), ("stale", 2_000), ("nonsense", 198)])
def test_faults_end_the_readings_and_are_told(how: str, known_ms: int) -> None:
    """The same three ways in which the real one fails, and its return."""
    run = begun()
    run.until(4_000)
    run.news.clear()
    getattr(run.sight, how)(*(["the plug"] if how == "lose" else []))
    run.until(5_100)
    assert run.sight.latest(run.clock.now_ms()) is None
    run.until(7_000)
    (told,) = run.news
    assert isinstance(told, SightState)
    assert not told.ok
    assert 0 <= told.t_ms - 4_000 - known_ms <= 100
    run.sight.recover()
    run.until(7_500)
    assert run.sight.latest(run.clock.now_ms()) is not None
    assert [type(signal) for signal in run.news] == [SightState, SightState, FaceState]


def test_a_test_may_bring_its_own_truth() -> None:
    """A face that leaves, told as the session hears it."""
    clock = SimClock()
    sight = SimSight(clock, lambda t_ms: Truth(present=not 3_000 <= t_ms < 6_000))
    sight.open()
    sight.watch(TASK)
    run = Run(sight, clock)
    run.until(8_000)
    assert [signal.present for signal in run.news if isinstance(signal, FaceState)] == [True, False, True]


def test_films_of_the_twin_are_empty() -> None:
    """The demo writes no film, and whoever asked for one learns it."""
    run = begun()
    run.sight.record(FilmOrder("a", 1))
    run.sight.record(FilmOrder("b", 1))
    run.sight.close()
    assert run.sight.films() == (ClipLost("a", "empty"), ClipLost("b", "empty"))


def test_a_truth_that_is_missing_is_named() -> None:
    """A damaged installation is a sentence."""
    with pytest.raises(AssetError, match="install the kiosk again"):
        Film(assets() / "demo" / "none.json")
