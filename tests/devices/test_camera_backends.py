"""Each way to get pictures: to the documented interface of its library, and clear about what is missing."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Self

import cv2
import numpy as np
import pytest

from kiosk.clock import SimClock
from kiosk.devices import camera_recorded
from kiosk.devices.camera_child import content_of, make_backend
from kiosk.devices.camera_frame import Backend, CameraPlan, FrameShot, Letterbox
from kiosk.devices.camera_opencv import WebcamBackend, usb_cameras
from kiosk.devices.camera_picamera import PicameraBackend
from kiosk.devices.camera_recorded import RecordedBackend, Video
from kiosk.errors import CameraError

SIZE = (64, 36)


class Request:
    """A completed request, as picamera2 documents it."""

    def __init__(self, number: int) -> None:
        self.number, self.released = number, 0

    def get_metadata(self) -> dict[str, Any]:
        return {"SensorTimestamp": 5_000_000_000 + self.number * 33_333_000, "ExposureTime": 10_000}

    def release(self) -> None:
        self.released += 1


class Picamera2:
    """The part of Picamera2 that we use."""

    cameras: ClassVar[list[dict[str, Any]]] = [{"Model": "imx708", "Num": 0, "Location": 2, "Id": "/base/x"}]
    made: ClassVar[list[Picamera2]] = []
    gives: ClassVar[tuple[int, int] | None] = None
    trouble: ClassVar[BaseException | None] = None

    @staticmethod
    def global_camera_info() -> list[dict[str, Any]]:
        return Picamera2.cameras

    def __init__(self, camera_num: int = 0) -> None:
        if isinstance(Picamera2.trouble, RuntimeError):
            raise Picamera2.trouble
        self.did: list[str] = []
        self.requests: list[Request] = []
        self.waits: list[object] = []
        Picamera2.made.append(self)

    def create_video_configuration(
        self, main: dict[str, Any], buffer_count: int = 6, controls: dict[str, Any] | None = None, queue: bool = True
    ) -> dict[str, Any]:
        return {"main": main, "buffer_count": buffer_count, "controls": controls, "queue": queue}

    def configure(self, camera_config: dict[str, Any]) -> None:
        self.config = camera_config
        self.did.append("configure")

    def camera_configuration(self) -> dict[str, Any]:
        return {"main": {"size": Picamera2.gives or self.config["main"]["size"], "format": "XRGB8888"}}

    def start(self) -> None:
        self.did.append("start")

    def capture_request(self, wait: float | bool | None = None) -> Request:
        self.waits.append(wait)
        if isinstance(Picamera2.trouble, TimeoutError):
            raise Picamera2.trouble
        self.requests.append(Request(len(self.requests)))
        return self.requests[-1]

    def stop(self) -> None:
        self.did.append("stop")

    def close(self) -> None:
        self.did.append("close")


class MappedArray:
    """A view of the request's DMA buffer, which has padding at the end of each row."""

    def __init__(self, request: Request, stream: str, reshape: bool = True, write: bool = True) -> None:
        assert stream == "main"
        assert not write, "mapping for writing costs a cache flush"
        padded = np.zeros((SIZE[1], SIZE[0] + 8, 4), np.uint8)
        padded[...] = (10 + request.number, 20, 30, 255)
        padded[0, 0] = (1, 2, 3, 255)
        self.array = padded[:, : SIZE[0]]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.array = np.zeros((1, 1, 4), np.uint8)


@pytest.fixture
def picamera2(monkeypatch: pytest.MonkeyPatch) -> type[Picamera2]:
    module = ModuleType("picamera2")
    module.Picamera2, module.MappedArray = Picamera2, MappedArray  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "picamera2", module)
    monkeypatch.setattr(Picamera2, "made", [])
    return Picamera2


def picture() -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.zeros((SIZE[1], SIZE[0], 4), np.uint8)


def read(backend: Backend, into: np.ndarray[Any, np.dtype[np.uint8]]) -> FrameShot:
    shot = backend.wait()
    backend.fill(into)
    return shot


def test_picamera_asks_for_the_screens_own_format_and_copies_once(picamera2: type[Picamera2]) -> None:
    """B, G, R, X, few buffers, the freshest frame, a wait that ends, and every request given back."""
    backend = PicameraBackend(SIZE, 30)
    backend.open()
    (camera,) = picamera2.made
    assert camera.config == {
        "main": {"size": SIZE, "format": "XRGB8888"},
        "buffer_count": 4,
        "controls": {"FrameRate": 30.0},
        "queue": False,
    }
    into = picture()
    shots = [read(backend, into) for _ in range(3)]
    assert tuple(into[5, 5]) == (12, 20, 30, 255)
    assert tuple(into[0, 0]) == (1, 2, 3, 255)
    assert [s.t_ms for s in shots] == [5_000, 5_033, 5_066]
    assert len({s.stamp for s in shots}) == 3
    assert [r.released for r in camera.requests] == [1, 1, 1]
    backend.wait()
    assert [r.released for r in camera.requests] == [1, 1, 1, 0], "it is held until it was copied"
    backend.wait()
    assert [r.released for r in camera.requests] == [1, 1, 1, 1, 0], "nobody took it"
    assert all(isinstance(w, float) and w <= 2 for w in camera.waits)
    backend.close()
    backend.close()
    assert [r.released for r in camera.requests] == [1] * 5
    assert camera.did == ["configure", "start", "stop", "close"]


def test_picamera_says_what_is_missing(picamera2: type[Picamera2], monkeypatch: pytest.MonkeyPatch) -> None:
    """No library, no camera, one in use, one with another size, one that falls silent: five sentences."""
    monkeypatch.setattr(picamera2, "trouble", TimeoutError())
    backend = PicameraBackend(SIZE, 30)
    backend.open()
    with pytest.raises(CameraError, match=r"no picture for 2 s: check the ribbon cable"):
        read(backend, picture())
    monkeypatch.setattr(picamera2, "trouble", RuntimeError("Camera __init__ sequence did not complete."))
    with pytest.raises(CameraError, match=r"did not complete.*is another program using it"):
        PicameraBackend(SIZE, 30).open()
    monkeypatch.setattr(picamera2, "trouble", None)
    monkeypatch.setattr(picamera2, "gives", (48, 36))
    with pytest.raises(CameraError, match=r"gives 48×36 pixels instead of 64×36"):
        PicameraBackend(SIZE, 30).open()
    assert picamera2.made[-1].did == ["configure", "stop", "close"]
    monkeypatch.setattr(picamera2, "cameras", [])
    with pytest.raises(CameraError, match=r"libcamera sees no camera.*ribbon cable"):
        PicameraBackend(SIZE, 30).open()
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CameraError, match=r"apt install python3-picamera2.*--system-site-packages"):
        PicameraBackend(SIZE, 30).open()


class Capture:
    """cv2.VideoCapture over an imaginary USB camera."""

    works: ClassVar[bool] = True
    size: ClassVar[tuple[int, int]] = SIZE
    left: ClassVar[int] = 5

    def __init__(self, device: str, api: int) -> None:
        assert api == cv2.CAP_V4L2
        self.asked: dict[int, float] = {}
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return Capture.works

    def set(self, what: int, value: float) -> bool:
        self.asked[what] = value
        return True

    def read(self, image: Any = None) -> tuple[bool, Any]:
        if Capture.left == 0:
            return False, None
        Capture.left -= 1
        return True, np.full((Capture.size[1], Capture.size[0], 3), (1, 2, 3), np.uint8)

    def release(self) -> None:
        self.released = True


@pytest.fixture
def v4l2(monkeypatch: pytest.MonkeyPatch) -> type[Capture]:
    made: list[Capture] = []

    def open_capture(device: str, api: int) -> Capture:
        made.append(Capture(device, api))
        return made[-1]

    monkeypatch.setattr(cv2, "VideoCapture", open_capture)
    for name, value in (("works", True), ("size", SIZE), ("left", 5)):
        monkeypatch.setattr(Capture, name, value)
    return Capture


def test_a_webcam_delivers_until_its_cable_is_pulled(v4l2: type[Capture]) -> None:
    """B, G, R becomes B, G, R, X in place; a pulled cable is named."""
    backend = WebcamBackend(SIZE, 30, "/dev/null")
    backend.open()
    into = picture()
    for _ in range(4):
        read(backend, into)
        assert (into == (1, 2, 3, 255)).all()
    with pytest.raises(CameraError, match=r"/dev/null stopped: is its cable still plugged in"):
        read(backend, into)
    backend.close()


def test_a_webcam_that_is_busy_silent_missing_or_forbidden_is_named(
    v4l2: type[Capture], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """OpenCV only says no; staff need to know what to do."""
    with pytest.raises(CameraError, match=r"/dev/video63 does not exist: plug the camera in"):
        WebcamBackend(SIZE, 30, "/dev/video63").open()
    monkeypatch.setattr(v4l2, "works", False)
    with pytest.raises(CameraError, match=r"/dev/null is in use by another program.*fuser"):
        WebcamBackend(SIZE, 30, "/dev/null").open()
    monkeypatch.setattr(v4l2, "works", True)
    monkeypatch.setattr(v4l2, "left", 0)
    with pytest.raises(CameraError, match=r"opens but gives no picture"):
        WebcamBackend(SIZE, 30, "/dev/null").open()

    def forbidden(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(CameraError, match=r"adduser \$USER video"):
        WebcamBackend(SIZE, 30, "/dev/null").open()


def test_only_usb_cameras_count_as_webcams(tmp_path: Path) -> None:
    """A Pi has a dozen video devices that are decoders and scalers, and webcams have a second one for metadata."""
    for name, driver, index in (
        ("video10", "bcm2835-codec", "0"),
        ("video12", "uvcvideo", "0"),
        ("video2", "uvcvideo", "0"),
        ("video3", "uvcvideo", "1"),
    ):
        entry = tmp_path / "class" / name
        (entry / "device").mkdir(parents=True)
        (tmp_path / "drivers" / driver).mkdir(parents=True, exist_ok=True)
        (entry / "device" / "driver").symlink_to(tmp_path / "drivers" / driver)
        (entry / "index").write_text(index)
    assert usb_cameras(tmp_path / "class") == ["/dev/video2", "/dev/video12"]
    assert usb_cameras(tmp_path / "nowhere") == []


@pytest.mark.parametrize("given", [(64, 36), (32, 36), (128, 36), (640, 480)])
def test_any_shape_of_picture_is_shown_whole_and_undistorted(given: tuple[int, int]) -> None:
    """A stretched face would be a lie about symmetry; bars are black."""
    white = np.full((given[1], given[0], 3), 255, np.uint8)
    into = np.full((36, 64, 4), 7, np.uint8)
    Letterbox(given, SIZE).put(white, into)
    assert (into[..., 3] == 255).all()
    ys, xs = np.nonzero(into[..., 0])
    width, height = int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1
    assert width == 64 or height == 36
    assert width / height == pytest.approx(given[0] / given[1], rel=0.05)
    assert abs(xs.min() - (63 - xs.max())) <= 1
    assert set(np.unique(into[..., 0])) <= {0, 255}


@pytest.mark.parametrize("kind", ["text", "empty", "photo", "folder", "missing", "cut"])
def test_what_is_no_video_is_refused_with_its_name(kind: str, tmp_path: Path) -> None:
    """A wrong file is a sentence with the file in it, never a black mirror."""
    path = tmp_path / "film.mp4"
    if kind == "text":
        path.write_text("not a film")
    elif kind == "empty":
        path.touch()
    elif kind == "photo":
        cv2.imwrite(str(tmp_path / "x.jpg"), np.zeros((40, 40, 3), np.uint8))
        (tmp_path / "x.jpg").rename(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "cut":
        path.write_bytes(b"\0\0\0\x1cftypisom\0\0\x02\0isomiso2mp41\0\0\0\x08free")
    with pytest.raises(CameraError, match=r"film\.mp4"):
        Video(path, SIZE)


def test_a_recording_keeps_its_own_pace_and_begins_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Played too fast, a person's movements would look like somebody else's; after a stall nothing is rushed."""
    clock = SimClock()
    monkeypatch.setattr(camera_recorded, "SystemClock", lambda: clock)
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20, SIZE)
    for i in range(5):
        writer.write(np.full((36, 64, 3), 40 * i, np.uint8))
    writer.release()
    backend = RecordedBackend(SIZE, path, clock.advance)
    backend.open()
    begun = clock.now_ms()
    into, levels, taken = picture(), [], []
    for number in range(14):
        if number == 12:
            clock.advance(2_000)
        taken.append(read(backend, into).t_ms - begun)
        levels.append(round(int(into[18, 32, 0]) / 40))
    assert levels == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3]
    assert taken == [*range(0, 600, 50), 2_550, 2_600]
    assert not backend.is_sensor
    backend.close()


def test_a_checksum_sees_noise_and_ignores_darkness() -> None:
    """The sign of life of a sensor: any change counts; an even picture says nothing."""
    rng = np.random.default_rng(1)
    scene = rng.integers(0, 255, (720, 1280, 4), np.uint8)
    noisy = scene.copy()
    noisy[240, 7, 1] ^= 1
    assert content_of(scene) == content_of(scene.copy()) != 0
    assert content_of(noisy) != content_of(scene)
    assert content_of(np.full((720, 1280, 4), 9, np.uint8)) == 0


def test_every_name_has_its_backend() -> None:
    """What the settings offer exists."""
    plan = CameraPlan(("webcam",), SIZE, 30, "film.avi", "")
    for name, kind in (("picamera", PicameraBackend), ("webcam", WebcamBackend), ("recorded", RecordedBackend)):
        assert isinstance(make_backend(name, plan, lambda _: None), kind)
    with pytest.raises(ValueError, match="'tv' is no camera"):
        make_backend("tv", plan, lambda _: None)
