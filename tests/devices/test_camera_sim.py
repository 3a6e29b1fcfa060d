"""The camera's twin: same surface, ruled by the injected clock alone."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.clock import SimClock
from kiosk.devices.camera import Camera
from kiosk.devices.camera_sim import SimCamera
from kiosk.errors import CameraError
from kiosk.signals import CameraState, FrameReady, Signal


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds at 10 pictures a second, each brighter than the one before."""
    path = tmp_path_factory.mktemp("film") / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 36))
    for i in range(20):
        writer.write(np.full((36, 64, 3), 12 * i, np.uint8))
    writer.release()
    return path


def step(camera: SimCamera, clock: SimClock, ms: int) -> list[Signal]:
    """What the one wait does for ``ms``: from deadline to deadline."""
    end = clock.now_ms() + ms
    news: list[Signal] = []
    while (due := camera.deadline_ms()) is not None and due <= end:
        clock.advance(max(0, due - clock.now_ms()))
        news += camera.drain(clock.now_ms())
    clock.advance(end - clock.now_ms())
    return [*news, *camera.drain(clock.now_ms())]


def test_thirty_pictures_a_second_whatever_the_steps(film: Path) -> None:
    """A simulated second has its thirty pictures, and two runs are equal to the last one."""
    runs = []
    for _ in range(2):
        clock = SimClock()
        camera = SimCamera(clock, film, size=(64, 36), kept=20)
        assert camera.drain(clock.now_ms()) == ()
        camera.open()
        news = step(camera, clock, 3_000)
        seen = []
        for _ in range(20):
            step(camera, clock, 97)
            frame = camera.latest()
            assert frame is not None
            assert 0 <= clock.now_ms() - frame.t_ms < 34
            seen.append((frame.seq, frame.t_ms, int(frame.pixels[0, 0, 0])))
        runs.append((news, seen))
    assert runs[0] == runs[1]
    news, seen = runs[0]
    assert sum(isinstance(n, FrameReady) for n in news) == 90
    assert [n for n in news if isinstance(n, CameraState)] == [CameraState(True, "", 1_034)]
    assert len({level for _, _, level in seen}) > 10


def test_the_next_picture_is_foretold_to_the_millisecond(film: Path) -> None:
    """The demo leaps from deadline to deadline: not one picture early, not one late."""
    clock = SimClock()
    camera = SimCamera(clock, film, size=(64, 36))
    assert camera.next_frame_ms(clock.now_ms()) is None
    camera.open()
    for _ in range(100):
        due = camera.next_frame_ms(clock.now_ms())
        assert due is not None
        assert due == camera.deadline_ms()
        clock.t_ms = due - 1
        assert camera.drain(clock.now_ms()) == []
        clock.t_ms = due
        assert FrameReady(due) in camera.drain(due)


def test_a_lost_camera_is_told_once_and_comes_back(film: Path) -> None:
    """What the demo's camera loss rests on."""
    clock = SimClock()
    camera = SimCamera(clock, film, size=(64, 36))
    camera.open()
    step(camera, clock, 500)
    camera.lose("the cable fell out")
    assert camera.latest() is None
    news = step(camera, clock, 5_000)
    assert [n for n in news if isinstance(n, CameraState)] == [CameraState(False, "the cable fell out", 1_500)]
    assert not any(isinstance(n, FrameReady) for n in news)
    assert camera.deadline_ms() is None
    camera.recover()
    news = step(camera, clock, 200)
    assert [n.ok for n in news if isinstance(n, CameraState)] == [True]
    assert camera.latest() is not None


def test_a_frozen_camera_shows_one_picture_for_two_seconds_and_then_none(film: Path) -> None:
    """As the real supervisor does it: noticed after two seconds, never a frozen face for longer."""
    clock = SimClock()
    camera = SimCamera(clock, film, size=(64, 36))
    camera.open()
    step(camera, clock, 1_000)
    camera.freeze()
    news = step(camera, clock, 2_000)
    assert not any(isinstance(n, CameraState) for n in news)
    assert camera.latest() is not None
    (state,) = step(camera, clock, 1_000)
    assert isinstance(state, CameraState)
    assert "frozen" in state.cause
    assert camera.latest() is None


def test_closing_ends_pictures_and_numbers_go_on_after(film: Path) -> None:
    """Open from check-in to check-out only."""
    clock = SimClock()
    camera = SimCamera(clock, film, size=(64, 36))
    camera.open()
    step(camera, clock, 500)
    before = camera.latest()
    camera.close()
    assert camera.latest() is None
    assert not camera.is_open
    assert step(camera, clock, 1_000) == []
    camera.open()
    step(camera, clock, 500)
    after = camera.latest()
    assert before is not None
    assert after is not None
    assert after.seq > before.seq


def test_the_twin_has_the_surface_of_the_real_camera(film: Path) -> None:
    """Whatever the kiosk may do with the one it may do with the other."""
    real = Camera(["none"], SimClock())
    twin = SimCamera(SimClock(), film, size=(64, 36))
    assert {n for n in dir(real) if not n.startswith("_")} <= {n for n in dir(twin) if not n.startswith("_")}
    assert twin.fileno() >= 0


def test_a_film_that_is_none_is_refused(tmp_path: Path) -> None:
    """The demo must not run on nothing."""
    with pytest.raises(CameraError, match=r"gone\.mp4: there is no such file"):
        SimCamera(SimClock(), tmp_path / "gone.mp4")
