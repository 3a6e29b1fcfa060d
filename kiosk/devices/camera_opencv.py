"""A USB camera by OpenCV."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from kiosk.clock import SystemClock
from kiosk.devices.camera_frame import FrameShot, Letterbox, Pixels
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

    def wait(self) -> FrameShot:
        if self._capture is None:
            raise CameraError(f"{self._device or 'the webcam'} is not open")
        ok, bgr = self._capture.read(self._bgr)
        if not ok:
            raise CameraError(f"{self._device} stopped: is its cable still plugged in?")
        self._bgr = np.asarray(bgr, np.uint8)
        return FrameShot(self._clock.now_ms())

    def fill(self, into: Pixels) -> None:
        if self._fit is not None and self._bgr is not None:
            self._fit.put(self._bgr, into)

    def close(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.release()
