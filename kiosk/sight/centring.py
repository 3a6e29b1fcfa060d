"""The middle of the mirror: it follows a face so slowly that nobody notices, and stands still while the face moves."""

from __future__ import annotations

import math

from kiosk.face.model import Reading, UnseenReason

SPEED_PX_S = 24.0
"""The most by which the picture moves: a fiftieth of its width a second."""
EASE = 0.5
"""Part of the way left that it would go in a second: it comes to rest softly."""
SLACK_PX = 36.0
"""A face that is off by less is left there: nobody sits like a statue."""
THERE_PX = 6.0
"""From so near on it is in the middle again."""
AWAY_MS = 1_000
"""After so long without a question another page was shown: it begins anew, and a jump is seen by nobody."""

Point = tuple[float, float]
"""x, y in pixels of the camera's picture, unmirrored."""


class Centring:
    """The middle of what is shown, from reading to reading."""

    def __init__(self) -> None:
        self._at: Point | None = None
        self._on_its_way = False
        self._now_ms: int | None = None

    def update(self, reading: Reading | None, size: tuple[int, int], moving: bool, now_ms: int) -> Point | None:
        """Return the middle at ``now_ms`` of a picture of ``size``; None: its own, until a face was seen.

        To be called for each picture that is shown. ``moving``: a repetition is running, and everything stands.
        """
        passed_ms = 0 if self._now_ms is None else now_ms - self._now_ms
        anew = self._now_ms is None or passed_ms > AWAY_MS
        self._now_ms = now_ms
        # Of two faces nobody knows whose it is to follow.
        alone = reading is not None and reading.present and reading.reason is not UnseenReason.TWO_FACES
        face = reading.centre if alone and reading is not None else None
        if face is None or not all(map(math.isfinite, face)):
            return self._at
        if anew:
            self._at, self._on_its_way = face, False
        if self._at is None:
            self._at = size[0] / 2, size[1] / 2
        if moving:
            return self._at
        x, y = self._at
        far = math.hypot(face[0] - x, face[1] - y)
        self._on_its_way = far > (THERE_PX if self._on_its_way else SLACK_PX)
        if self._on_its_way:
            step = min(far, min(SPEED_PX_S, EASE * far) * max(0, passed_ms) / 1000)
            self._at = x + (face[0] - x) * step / far, y + (face[1] - y) * step / far
        return self._at
