"""The camera with real children: good ones and ones that hang, die, lie and dawdle."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.clock import SystemClock
from kiosk.devices.camera import Camera, ChildLink
from kiosk.devices.camera_frame import CameraPlan
from kiosk.devices.supervised import BeginProcess, fresh
from kiosk.nursery.nursery import Nursery
from kiosk.paths import assets
from kiosk.signals import CameraState, FrameReady, Signal

ROOT = Path(__file__).resolve().parents[2]
LIMIT_MS = 20_000


class Ahead(SystemClock):
    """The machine's clock, which a test may put forward instead of waiting."""

    ahead_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self.ahead_ms


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Ahead:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return Ahead()


@pytest.fixture(params=["fresh", "forked"])
def begin(request: pytest.FixtureRequest, clock: Ahead) -> Iterator[BeginProcess]:
    """The two ways in which a child may be begun."""
    nursery = Nursery(("numpy",))
    yield fresh if request.param == "fresh" else nursery.start
    nursery.kill()


@pytest.fixture
def naughty(clock: Ahead, begin: BeginProcess) -> Iterator[Callable[..., Camera]]:
    """Makes cameras whose children misbehave, and leaves none of them behind."""
    made: list[Camera] = []

    def make(how: str, *backends: str) -> Camera:
        camera = Camera(
            backends or ("webcam",),
            clock,
            size=(160, 90),
            device=how,
            start=partial(ChildLink, module="tests.devices.camera_children", begin=begin),
        )
        made.append(camera)
        return camera

    yield make
    for camera in made:
        end(camera, clock)


def run(camera: Camera, clock: Ahead, until: Callable[[list[Signal]], bool]) -> list[Signal]:
    """What the one wait does, until ``until`` likes the news."""
    news: list[Signal] = []
    give_up = clock.now_ms() + LIMIT_MS
    while not until(news):
        now = clock.now_ms()
        assert now < give_up, f"nothing came of it: {news}"
        due = camera.deadline_ms()
        select.select([camera], [], [], max(0, min(give_up, due if due is not None else give_up) - now) / 1000)
        news.extend(camera.drain(clock.now_ms()))
    return news


def frames(count: int) -> Callable[[list[Signal]], bool]:
    return lambda news: sum(isinstance(n, FrameReady) for n in news) >= count


def lost(news: list[Signal]) -> bool:
    return any(isinstance(n, CameraState) and not n.ok for n in news)


def cause(news: list[Signal]) -> str:
    return next(n.cause for n in news if isinstance(n, CameraState) and not n.ok)


def end(camera: Camera, clock: Ahead) -> None:
    camera.close()
    run(camera, clock, lambda _: not camera.is_open)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short film: red on the left, blue on the right, and a white bar that moves."""
    path = tmp_path_factory.mktemp("film") / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 60, (320, 180))
    for i in range(12):
        picture = np.zeros((180, 320, 3), np.uint8)
        picture[:, :160], picture[:, 160:] = (0, 0, 255), (255, 0, 0)
        picture[:20, i * 20 : i * 20 + 20] = 255
        writer.write(picture)
    writer.release()
    return path


def test_a_recorded_video_arrives_unmirrored_in_true_colours_and_in_order(film: Path, clock: Ahead) -> None:
    """The whole way from a file through the child into the kiosk: what it shows is what was taken, and it loops."""
    camera = Camera(["recorded"], clock, size=(320, 180), video=film)
    opened = [camera.is_open]
    assert camera.latest() is None
    camera.open()
    opened.append(camera.is_open)
    seqs: list[int] = []

    def enough(news: list[Signal]) -> bool:
        frame = camera.latest()
        if frame is not None and (not seqs or frame.seq != seqs[-1]):
            seqs.append(frame.seq)
            assert frame.pixels.shape == (180, 320, 4)
            assert frame.pixels.dtype == np.uint8
            left, right = frame.pixels[100, 40].astype(int), frame.pixels[100, 280].astype(int)
            assert left[2] > 200 > 60 > left[0], f"red must be on the left, as B, G, R, X: {left}"
            assert right[0] > 200 > 60 > right[2], f"blue must be on the right: {right}"
            assert 0 <= clock.now_ms() - frame.t_ms < 2_000
        return len(seqs) >= 20  # more than the film has: it has begun again

    news = run(camera, clock, enough)
    assert seqs == sorted(set(seqs))
    assert [n for n in news if isinstance(n, CameraState)] == [CameraState(True, "", news[0].t_ms)]  # type: ignore[attr-defined]
    assert camera.active_name == "recorded"
    end(camera, clock)
    opened.append(camera.is_open)
    assert opened == [False, True, False]
    assert camera.latest() is None
    assert camera.deadline_ms() is None


def test_the_demo_face_plays_and_is_small() -> None:
    """The face that ships: 40 s or more of 720p at 15 pictures a second, at most 3 MB."""
    path = assets() / "demo" / "face.mp4"
    video = cv2.VideoCapture(str(path))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) >= 40 * 15
    assert video.get(cv2.CAP_PROP_FPS) == 15
    assert video.read()[1].shape == (720, 1280, 3)
    assert path.stat().st_size <= 3_000_000


def test_a_camera_is_found_behind_rejected_ones_and_each_says_why(film: Path, clock: Ahead) -> None:
    """Staff must be told why the Pi's camera and the webcam are not used."""
    camera = Camera(
        ["picamera", "webcam", "recorded"], clock, size=(320, 180), video=film, device="/dev/no-such-camera"
    )
    camera.open()
    run(camera, clock, frames(1))
    assert camera.active_name == "recorded"
    assert "--system-site-packages" in camera.rejections["picamera"]
    assert "/dev/no-such-camera does not exist" in camera.rejections["webcam"]
    end(camera, clock)


def test_a_file_that_is_no_video_is_named(tmp_path: Path, clock: Ahead) -> None:
    """A wrong file in the settings is a sentence with the file in it, and the kiosk goes on trying."""
    bad = tmp_path / "notes.mp4"
    bad.write_text("this is no video")
    camera = Camera(["recorded"], clock, size=(320, 180), video=bad)
    camera.open()
    news = run(camera, clock, lost)
    assert f"{bad}: this is not a video" in cause(news)
    due = camera.deadline_ms()
    assert due is not None
    end(camera, clock)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("raise-open", "the lens cap is welded on"),
        ("break-open", "RuntimeError: a bug in a library"),
        ("exit-open", "exit code 3"),
        ("raise-read", "the cable fell out"),
        ("exit-read", "exit code 4"),
    ],
)
def test_a_child_that_fails_says_why(how: str, says: str, naughty: Callable[..., Camera], clock: Ahead) -> None:
    """However a child ends, the cause reaches the staff screen and the camera is looked for again after two seconds."""
    camera = naughty(how)
    camera.open()
    news = run(camera, clock, lost)
    assert says in cause(news)
    assert camera.latest() is None
    run(camera, clock, lambda _: not camera.is_open)
    due = camera.deadline_ms()
    assert due is not None
    assert 0 < due - clock.now_ms() <= 2_000


@pytest.mark.parametrize("how", ["hang-read", "repeat"])
def test_a_child_that_hangs_or_repeats_itself_is_killed(how: str, naughty: Callable[..., Camera], clock: Ahead) -> None:
    """No face may stay frozen on the screen: after two seconds the picture is gone and so is the process."""
    camera = naughty(how)
    camera.open()
    run(camera, clock, frames(2))
    assert camera.latest() is not None
    # The supervisor decides by the time it is given, so nobody has to wait for two seconds.
    if how == "hang-read":
        clock.ahead_ms = 2_100
        assert camera.latest() is None, "an old picture is not shown even before the child is known to be dead"
    news = run(camera, clock, lost)
    assert ("no new picture" if how == "hang-read" else "the same picture") in cause(news)
    run(camera, clock, lambda _: not camera.is_open)


@pytest.mark.parametrize("how", ["slow", "dark"])
def test_a_slow_or_dark_camera_is_no_broken_one(how: str, naughty: Callable[..., Camera], clock: Ahead) -> None:
    """A dim room and a closed shutter make slow and equal pictures: no false alarm."""
    camera = naughty(how)
    camera.open()
    run(camera, clock, frames(1))
    start = clock.now_ms()
    news = run(camera, clock, lambda _: clock.now_ms() - start > 2_600)
    assert not lost(news)
    assert camera.latest() is not None


def test_a_killed_child_comes_back_and_the_count_goes_on(begin: BeginProcess, clock: Ahead) -> None:
    """After SIGKILL the picture returns by itself within the backoff, and frame numbers never run backwards."""
    links: list[ChildLink] = []

    def start(plan: CameraPlan) -> ChildLink:
        links.append(ChildLink(plan, module="tests.devices.camera_children", begin=begin))
        return links[-1]

    camera = Camera(["webcam"], clock, size=(160, 90), device="good", start=start)
    camera.open()
    run(camera, clock, frames(3))
    before = camera.latest()
    assert before is not None
    kept = before.pixels.copy()
    os.kill(links[0].pid, signal.SIGKILL)
    news = run(camera, clock, lost)
    assert "SIGKILL" in cause(news)
    assert (before.pixels == kept).all(), "a picture somebody holds outlives its child"
    news = run(camera, clock, frames(1))
    assert CameraState(True, "", news[0].t_ms) in news  # type: ignore[attr-defined]
    after = camera.latest()
    assert after is not None
    assert after.seq > before.seq
    end(camera, clock)


def test_a_backend_that_hangs_while_it_opens_does_not_keep_the_next_from_its_turn(
    naughty: Callable[..., Camera], clock: Ahead
) -> None:
    """picamera2 may hang at opening; the webcam behind it must still get its chance."""
    camera = naughty("hang-open@picamera", "picamera", "webcam")
    camera.open()
    first = camera.deadline_ms()
    # It has said what it tries as soon as its patience counts from then on.
    run(camera, clock, lambda _: camera.deadline_ms() != first)
    clock.ahead_ms = 15_100
    news = run(camera, clock, lost)
    assert "picamera: it did not answer for 15 s" in cause(news)
    run(camera, clock, lambda _: not camera.is_open)
    # Children stamp with the true time; go back to it, which for the supervisor only means a later restart.
    clock.ahead_ms = 0
    due = camera.deadline_ms()
    assert due is not None
    camera.drain(due)
    run(camera, clock, frames(1))
    assert camera.active_name == "webcam"
    assert "did not answer" in camera.rejections["picamera"]


@pytest.mark.parametrize("how", ["good", "hang-read", "hang-open"])
def test_no_child_outlives_the_kiosk(how: str, clock: Ahead) -> None:
    """If the kiosk is killed, the camera and its light must go off, even when the driver hangs."""
    program = (
        "import sys, select\n"
        "from kiosk.devices.camera_frame import CameraPlan\n"
        "from kiosk.devices.camera import ChildLink\n"
        f"link = ChildLink(CameraPlan(('webcam',), (160, 90), 30, '', {how!r}), 'tests.devices.camera_children')\n"
        "heard = []\n"
        f"while len(heard) < {1 if how == 'hang-open' else 3}:\n"
        "    select.select([link], [], [])\n"
        "    heard += link.messages()\n"
        "print(link.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as kiosk:
        assert kiosk.stdout is not None
        child = os.pidfd_open(int(kiosk.stdout.readline()))
        kiosk.kill()
    readable, _, _ = select.select([child], [], [], LIMIT_MS / 1000)
    os.close(child)
    assert readable, "the child went on without its kiosk"


def test_closing_and_opening_again_at_once_gives_pictures_again(naughty: Callable[..., Camera], clock: Ahead) -> None:
    """Check-out and the next check-in may be a second apart; the new child waits until the old one has let go."""
    camera = naughty("good")
    for _ in range(3):
        camera.open()
        run(camera, clock, frames(2))
        assert camera.is_open
        camera.close()
        assert camera.latest() is None
    camera.open()
    run(camera, clock, frames(1))
