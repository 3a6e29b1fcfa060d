"""Any picture into a frame of a fixed size, whole and undistorted."""

from __future__ import annotations

import cv2

from kiosk.devices.camera_frame import Pixels


class Letterbox:
    """Fits B, G, R pictures of one size into B, G, R, X frames of another; black bars where their shapes differ."""

    def __init__(self, given: tuple[int, int], wanted: tuple[int, int]) -> None:
        self._same = given == wanted
        scale = min(wanted[0] / given[0], wanted[1] / given[1])
        self._size = (max(1, round(given[0] * scale)), max(1, round(given[1] * scale)))
        left, top = (wanted[0] - self._size[0]) // 2, (wanted[1] - self._size[1]) // 2
        self._rows = slice(top, top + self._size[1])
        self._columns = slice(left, left + self._size[0])
        self._smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR

    def put(self, bgr: Pixels, into: Pixels) -> None:
        """Fill all of ``into``."""
        if self._same:
            cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA, dst=into)
            return
        into[:] = (0, 0, 0, 255)
        inside = cv2.resize(bgr, self._size, interpolation=self._smooth)
        into[self._rows, self._columns] = cv2.cvtColor(inside, cv2.COLOR_BGR2BGRA)
