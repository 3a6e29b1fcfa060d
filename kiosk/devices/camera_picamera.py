"""The Raspberry Pi's own camera, by picamera2 (from apt: PyPI has no libcamera)."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from kiosk.clock import SystemClock
from kiosk.devices.camera_frame import FrameShot, Pixels
from kiosk.errors import CameraError

log = logging.getLogger(__name__)

WAIT_S = 2.0
"""A camera that delivers nothing for so long has stopped. picamera2 itself would wait for ever."""


class PicameraBackend:
    """Frames of the first camera that libcamera knows, copied once: from its DMA buffer into the shared slot."""

    is_sensor = True

    def __init__(self, size: tuple[int, int], fps: int) -> None:
        self._size, self._fps = size, fps
        self._clock = SystemClock()
        self._camera: Any = None
        self._mapped: Any = None
        self._request: Any = None

    def open(self) -> None:
        try:
            from picamera2 import MappedArray, Picamera2
        except ImportError as err:
            raise CameraError(
                f"picamera2 cannot be loaded ({err}): `sudo apt install python3-picamera2 --no-install-recommends`, "
                "and create the virtual environment with --system-site-packages"
            ) from err
        if not Picamera2.global_camera_info():
            raise CameraError(
                "libcamera sees no camera: switch off, reseat the ribbon cable, and try `rpicam-hello --list-cameras`"
            )
        try:
            self._camera = Picamera2()
            # XRGB8888 is B, G, R, X in memory: the order of the screen's own surface.
            plan = self._camera.create_video_configuration(
                main={"size": self._size, "format": "XRGB8888"},
                buffer_count=4,
                queue=False,
                controls={"FrameRate": float(self._fps)},
            )
            self._camera.configure(plan)
            given = tuple(self._camera.camera_configuration()["main"]["size"])
            if given != self._size:
                raise CameraError(
                    f"the camera gives {given[0]}×{given[1]} pixels instead of {self._size[0]}×{self._size[1]}"
                )
            self._camera.start()
        except (RuntimeError, IndexError) as err:
            # Nearly all of picamera2's errors are RuntimeError; a camera in use fails in its constructor.
            self.close()
            raise CameraError(f"the camera cannot be started ({err}): is another program using it?") from err
        except CameraError:
            self.close()
            raise
        self._mapped = MappedArray

    def wait(self) -> FrameShot:
        self._let_go()
        try:
            self._request = self._camera.capture_request(wait=WAIT_S)
        except TimeoutError as err:
            raise CameraError(f"no picture for {WAIT_S:g} s: check the ribbon cable") from err
        except RuntimeError as err:
            raise CameraError(f"the camera stopped ({err})") from err
        stamp = int(self._request.get_metadata().get("SensorTimestamp", 0))
        # libcamera stamps with CLOCK_BOOTTIME, nanoseconds: our own clock.
        return FrameShot(stamp // 1_000_000 if stamp else self._clock.now_ms(), stamp)

    def fill(self, into: Pixels) -> None:
        try:
            with self._mapped(self._request, "main", write=False) as mapped:
                np.copyto(into, mapped.array)
        finally:
            self._let_go()

    def _let_go(self) -> None:
        """Give the picture's memory back to the camera, which has four of them."""
        request, self._request = self._request, None
        if request is not None:
            request.release()

    def close(self) -> None:
        self._let_go()
        camera, self._camera = self._camera, None
        if camera is not None:
            try:
                camera.stop()
                camera.close()
            except RuntimeError:
                log.warning("the camera did not close cleanly; it ends with this process", exc_info=True)
