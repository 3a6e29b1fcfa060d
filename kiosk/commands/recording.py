"""What pictures are in this video file, and when was each taken?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.errors import MeasureError

Pixels = npt.NDArray[np.uint8]

MOST_HZ = 30.0
"""More pictures a second than this say nothing new about a slow movement."""
_LARGEST_PX = 1280
_FPS = (1.0, 1000.0)


class Recording:
    """A video file, picture by picture."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise MeasureError(f"{path}: {'this is no file' if path.exists() else 'there is no such file'}")
        if path.stat().st_size == 0:
            raise MeasureError(f"{path}: the file is empty")
        # What OpenCV and its codecs have to say about a broken file is said below, in a sentence.
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        self._capture = cv2.VideoCapture(str(path))
        if not self._capture.isOpened():
            raise MeasureError(
                f"{path}: this is not a video that can be read (mp4, mov, avi or mkv with a usual codec)"
            )
        fps = float(self._capture.get(cv2.CAP_PROP_FPS))
        self.fps = fps if _FPS[0] <= fps <= _FPS[1] else 25.0
        count = float(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self.expected = int(count) if 0 < count < 1e9 else 0
        """About how many pictures there are; 0: unknown."""

    def pictures(self) -> Iterator[tuple[float, Pixels | None]]:
        """(seconds, picture B, G, R of at most 1280 px); None for a picture that need not be looked at."""
        stride = max(1, round(self.fps / MOST_HZ))
        t, number = -1.0 / self.fps, 0
        try:
            while self._capture.grab():
                stamp = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000
                # Phones record with uneven times; a file without any gives zeros.
                t = stamp if t < stamp < t + 10 else t + 1 / self.fps
                if number % stride:
                    yield t, None
                else:
                    ok, frame = self._capture.retrieve()
                    if not ok:
                        break
                    yield t, _fitted(frame)
                number += 1
        finally:
            self._capture.release()


def _fitted(frame: cv2.typing.MatLike) -> Pixels:
    shrink = _LARGEST_PX / max(frame.shape[:2])
    if shrink < 1:
        frame = cv2.resize(frame, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return np.asarray(frame, np.uint8)
