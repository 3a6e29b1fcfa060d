"""A decoded picture as it is meant to be seen: turned and mirrored as its container asks, its pixels made square.

Axes of a picture: x to the right, y down. The display matrix (ISO/IEC 14496-12, 6.2.2) takes a stored (x, y) to
(a·x + c·y, b·x + d·y); only the signs matter here, for its scale is told as the shape of the pixels.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.errors import FilmError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from av import VideoFrame
    from av.buffer import Buffer

Pixels = npt.NDArray[np.uint8]

_SLANT = 0.01
"""Share of the other axis up to which a turn is a right angle."""
_WIDEST = 4
"""Pixels more than this many times as wide as high, or as high as wide, are an error in the file."""
_SAME = 0.01


class UprightView:
    """The way from the stored pictures of one film to upright ones of one size, as its first picture asks."""

    def __init__(self, frame: VideoFrame, aspect: Fraction | None, longest_px: int, name: str) -> None:
        """``aspect``: width of a pixel over its height. ``longest_px``: largest width and height, 0 for any.

        Raises FilmError, which names the film by ``name``, for a turn that is none of the right angles.
        """
        aspect = aspect or Fraction(1)
        if not Fraction(1, _WIDEST) <= aspect <= _WIDEST:
            raise FilmError(f"{name}: its pixels are said to be {float(aspect):.3g} times as wide as high")
        self._ratio = frame.width / frame.height
        wide, high = frame.width * max(aspect, Fraction(1)), frame.height / min(aspect, Fraction(1))
        shrink = min(Fraction(1), longest_px / max(wide, high)) if longest_px else Fraction(1)
        self._size = max(1, round(wide * shrink)), max(1, round(high * shrink))
        self._turned, self._flip = _orientation(frame, name)

    def fits(self, frame: VideoFrame) -> bool:
        """Whether the picture has the shape of the first: one of another cannot be compared with it."""
        return abs(frame.width / frame.height / self._ratio - 1) <= _SAME

    def pixels(self, frame: VideoFrame) -> Pixels:
        """(height, width, 3) B, G, R."""
        found: cv2.typing.MatLike = frame.to_ndarray(format="bgr24", threads=1)
        if frame.interlaced_frame:
            # Its two fields were taken one after the other; together they are two faces in one picture.
            found = found[::2]
        stored = found.shape[1], found.shape[0]
        if stored != self._size:
            smaller = stored[0] * stored[1] > self._size[0] * self._size[1]
            found = cv2.resize(found, self._size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
        if self._turned:
            found = cv2.transpose(found)
        if self._flip is not None:
            found = cv2.flip(found, self._flip)
        return np.asarray(found, np.uint8)


def _orientation(frame: VideoFrame, name: str) -> tuple[bool, int | None]:
    """Whether x and y change places, and then the code of ``cv2.flip``, None for none."""
    matrix = cast("Mapping[str, Buffer]", frame.side_data).get("DISPLAYMATRIX")
    if matrix is None:
        return False, None
    a, b, _, c, d, *_ = struct.unpack("=9i", bytes(matrix))
    turned = abs(b) + abs(c) > abs(a) + abs(d)
    along, down, others = (c, b, (a, d)) if turned else (a, d, (b, c))
    if not along or not down or max(map(abs, others)) > _SLANT * min(abs(along), abs(down)):
        raise FilmError(f"{name}: it is turned by an angle that is no right one; turn it upright in an editor")
    return turned, {(False, False): None, (True, False): 1, (False, True): 0, (True, True): -1}[along < 0, down < 0]
