"""Cameras by OpenCV: a USB camera, and a video file that plays at its own speed and begins again at its end."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from kiosk.clock import SystemClock
from kiosk.devices.camera_frame import FrameShot, Letterbox, Pause, Pixels
from kiosk.errors import CameraError

SYSFS = Path("/sys/class/video4linux")


def usb_cameras(sysfs: Path = SYSFS) -> list[str]:
    """The USB cameras of this machine, such as ``/dev/video0``, lowest number first.

    A Pi has a dozen further video devices (decoders, scalers) that are no cameras, and a USB camera has a second one
    for metadata.
    """
    found = []
    for entry in sysfs.glob("video*"):
        driver = (entry / "device" / "driver").resolve().name
        index = (entry / "index").read_text(encoding="ascii").strip() if (entry / "index").is_file() else "0"
        if driver == "uvcvideo" and index == "0":
            found.append(entry.name)
    return [f"/dev/{name}" for name in sorted(found, key=lambda n: int(n.removeprefix("video")))]


def refuse(device: str) -> None:
    """Say what the operating system has against the device, which OpenCV keeps to itself. Raises CameraError.

    Opening it like this starts nothing: the camera's light stays off.
    """
    try:
        os.close(os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))
    except FileNotFoundError as err:
        raise CameraError(f"{device} does not exist: plug the camera in, or choose another in the settings") from err
    except PermissionError as err:
        raise CameraError(
            f"{device} may not be opened by this user: `sudo adduser $USER video`, then log in again"
        ) from err
    except OSError as err:
        raise CameraError(f"{device} cannot be opened: {err.strerror}") from err


class WebcamBackend:
    """Pictures of one USB camera. ``device`` empty: the first one found.

    OpenCV waits up to ten seconds for a picture of a camera that was unplugged; the kiosk kills the child before.
    """

    is_sensor = True

    def __init__(self, size: tuple[int, int], fps: int, device: str) -> None:
        self._size, self._fps, self._device = size, fps, device
        self._clock = SystemClock()
        self._capture: cv2.VideoCapture | None = None
        self._bgr: Pixels | None = None
        self._fit: Letterbox | None = None

    def open(self) -> None:
        device = self._device or next(iter(usb_cameras()), "")
        if not device:
            raise CameraError("no USB camera is plugged in")
        refuse(device)
        capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
        if not capture.isOpened():
            capture.release()
            raise CameraError(
                f"{device} is in use by another program, or is no camera: `fuser -v {device}` names who holds it"
            )
        # USB carries 720p at 30 pictures a second only when the camera compresses them.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
        capture.set(cv2.CAP_PROP_FPS, self._fps)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture, self._device = capture, device
        ok, first = capture.read()
        if not ok:
            self.close()
            raise CameraError(
                f"{device} opens but gives no picture: unplug it, plug it in again, or try another socket"
            )
        self._bgr = np.asarray(first, np.uint8)
        self._fit = Letterbox((first.shape[1], first.shape[0]), self._size)

    def read(self, into: Pixels) -> FrameShot:
        if self._capture is None or self._fit is None:
            raise CameraError(f"{self._device or 'the webcam'} is not open")
        ok, bgr = self._capture.read(self._bgr)
        if not ok:
            raise CameraError(f"{self._device} stopped: is its cable still plugged in?")
        t_ms = self._clock.now_ms()
        self._fit.put(np.asarray(bgr, np.uint8), into)
        return FrameShot(t_ms)

    def close(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()


class Video:
    """A looping video file, picture by picture."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        """Raises CameraError when ``path`` is no video. Pictures are fitted into ``size`` (width, height)."""
        if not path.is_file():
            raise CameraError(f"there is no video file {path}: name one in the settings (camera.video)")
        self._path = path
        self._capture = _opened(path)
        self.length = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)) if self._capture.isOpened() else 0
        ok, first = self._capture.read() if self.length > 1 else (False, None)
        if not ok or first is None:
            self._capture.release()
            raise CameraError(f"{path} is not a video that can be played: choose an MP4 or AVI file (camera.video)")
        fps = float(self._capture.get(cv2.CAP_PROP_FPS))
        self.fps = fps if 1 <= fps <= 240 else 25.0
        self.position = 0
        """The number of the picture that comes next."""
        self._bgr = np.asarray(first, np.uint8)
        self._fit = Letterbox((first.shape[1], first.shape[0]), size)
        self.rewind()

    def rewind(self) -> None:
        """Back to the first picture."""
        self._capture.release()
        self._capture = _opened(self._path)
        self.position = 0

    def read(self, into: Pixels) -> None:
        """The next picture, or the first one again after the last."""
        ok, bgr = self._capture.read(self._bgr)
        if not ok:
            # The true length; a container may promise more pictures than it holds.
            self.length = max(1, self.position)
            self.rewind()
            ok, bgr = self._capture.read(self._bgr)
            if not ok:
                raise CameraError(f"{self._path} can no longer be read: has the file been moved?")
        self._fit.put(np.asarray(bgr, np.uint8), into)
        self.position += 1

    def skip(self) -> None:
        """Pass over one picture without converting it."""
        if self._capture.grab():
            self.position += 1
        else:
            self.rewind()

    def close(self) -> None:
        """Give the file back."""
        self._capture.release()


class RecordedBackend:
    """A video file at its own speed. A picture that repeats is no fault here: a recorded scene may be still."""

    is_sensor = False

    def __init__(self, size: tuple[int, int], path: Path, pause: Pause) -> None:
        self._size, self._path, self._pause = size, path, pause
        self._clock = SystemClock()
        self._video: Video | None = None
        self._start_ms = self._shown = 0

    def open(self) -> None:
        self._video = Video(self._path, self._size)
        self._start_ms, self._shown = self._clock.now_ms(), 0

    def read(self, into: Pixels) -> FrameShot:
        if self._video is None:
            raise CameraError(f"{self._path} is not open")
        due = self._start_ms + round(self._shown * 1000 / self._video.fps)
        now = self._clock.now_ms()
        if due > now:
            self._pause(due - now)
        elif now - due > 500:
            # After a stall, go on from here instead of rushing through what was missed.
            self._start_ms, self._shown = now, 0
        self._video.read(into)
        self._shown += 1
        return FrameShot(self._clock.now_ms())

    def close(self) -> None:
        video, self._video = self._video, None
        if video is not None:
            video.close()


def _opened(path: Path) -> cv2.VideoCapture:
    # One thread: each more holds pictures of its own, and one is fast enough.
    return cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
