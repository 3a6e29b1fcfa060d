"""The place of the reflected healthy half, and how much of it may be seen just now. No pictures here, and no clock.

The reflected half is an illusion, so it must be steady and give way early. It hangs on the upper face. The mesh's own
midline is only believed while the face rests, because a smile of one side drags it along, and only until a neutral face
has told where it really is. It fades to the plain mirror where the picture would not be honest: a turned head, no face,
too little light, news that is too old.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from kiosk.face.model import Midline, Reading, UnseenReason

Own = Literal["left", "right"]
"""A side of the person's own face."""

FADE_MS = 400
TURNED_DEG = 5.0
STRAIGHT_DEG = 4.0
"""Faded beyond the one, back within the other: background bleeds in at the jaw at 8 degrees."""
DARK = 0.07
LIGHT = 0.09
"""Mean brightness of the face, 0..1 (``light.DARK`` is the same limit, and looks at pictures)."""
STALE_MS = 1_000
"""A reading this old shows nothing at all."""
PATIENCE_MS = 200
"""A face that is missed for one picture is still there."""
CLEAR_MS = 300
"""Time for which all must be well before it comes back."""
SETTLED_MS = 700
"""Time after a movement in which the face still goes back to rest, and the mesh's midline with it."""
LEARN_MS = 500
LEAST_EYES_PX = 12.0
AHEAD_MS = 200
"""A head on its way is drawn where it will be by now, at most so long after the picture that was looked at."""
STILL = 0.15
"""Slower than this, in distances of the pupils a second, is trembling and not a head on its way."""


class Reflection(msgspec.Struct, frozen=True, kw_only=True):
    """The reflection over the mirror: ``healthy`` is the half that is seen twice, ``amount`` 0 (plain) to 1.

    ``midline`` in pixels of the unmirrored picture; its point lies between the pupils, which are ``eyes_px`` apart.
    ``reason``: why the plain mirror is shown, or is on its way; empty while the reflection is meant to be seen.
    """

    healthy: Own
    midline: Midline = Midline(0.0, 0.0, 0.0)
    eyes_px: float = 0.0
    amount: float = 0.0
    reason: UnseenReason = UnseenReason.NO_FACE


class _Place(msgspec.Struct, frozen=True):
    """The place of the upper face: between the pupils, px; its lean, degrees; its size, px."""

    x: float
    y: float
    roll_deg: float
    eyes_px: float


class _Offset(msgspec.Struct, frozen=True):
    """The midline as seen from the upper face: how far beside it, in distances of the pupils, and how much it leans."""

    beside: float
    tilt_deg: float


class GoodSide:
    """The reflection of the ``healthy`` half, from reading to reading, throughout a session.

    From one step to the next it goes on like from one repetition to the next: no face changes all at once.

    ``scale``: pixels of the shown picture for one pixel of the readings.
    """

    def __init__(self, healthy: Own, scale: float = 1.0) -> None:
        self._healthy: Own = healthy
        self._scale = scale
        self._heard: Reading | None = None
        self._seen_ms: int | None = None
        self._neutral = self._registered = False
        self._place: _Place | None = None
        self._offset = _Offset(0.0, 0.0)
        self._drift = (0.0, 0.0)
        self._moved_ms: int | None = None
        self._reason = UnseenReason.NO_FACE
        self._clear_ms: int | None = None
        self._amount = 0.0
        self._now_ms: int | None = None

    @classmethod
    def beside(cls, affected: str, scale: float = 1.0) -> GoodSide | None:
        """Make one for whom the ``affected`` side is ``left`` or ``right``; None for others: no half is healthy."""
        others: dict[str, Own] = {"left": "right", "right": "left"}
        return cls(others[affected], scale) if affected in others else None

    def update(self, reading: Reading | None, moving: bool, now_ms: int, *, wanted: bool = True) -> Reflection:
        """Return what to draw at ``now_ms``, with the newest ``reading``; ``moving``: a repetition is running.

        To be called for each picture that is shown; the same reading may come again. Not ``wanted``, it goes as softly
        as it came. Where nobody asked for a second there was another page, and it comes anew.
        """
        if self._now_ms is not None and now_ms - self._now_ms > STALE_MS:
            self._amount, self._reason, self._clear_ms = 0.0, UnseenReason.NOT_WATCHED, None
        if moving:
            self._moved_ms = now_ms
        if reading is not None and reading != self._heard:
            self._hear(reading, now_ms)
        self._fade(self._why(reading, now_ms) if wanted else UnseenReason.NOT_WATCHED, now_ms)
        if reading is not None and now_ms - reading.t_ms > STALE_MS:
            self._amount = 0.0
        place = self._place
        if place is None:
            return Reflection(healthy=self._healthy, reason=self._reason)
        return Reflection(
            healthy=self._healthy,
            midline=self._midline(place, now_ms),
            eyes_px=place.eyes_px * self._scale,
            amount=self._amount,
            reason=self._reason,
        )

    # Where it is.

    def _hear(self, reading: Reading, now_ms: int) -> None:
        before, self._heard = self._heard, reading
        self._drift = _drift(before, reading, self._drift)
        line = reading.midline
        if not _usable(reading) or line is None:
            return
        found, place = _Place(*reading.centre, reading.roll_deg, reading.eyes_px), self._place
        if place is None or self._seen_ms is None or now_ms - self._seen_ms > STALE_MS:
            self._place, self._offset, self._registered = found, _offset(found, line), reading.neutral
        elif reading.neutral != self._neutral:
            # From here on, roll counts from another zero; the head is where it was a moment ago.
            tilt = place.roll_deg + self._offset.tilt_deg - reading.roll_deg
            self._place, self._offset = found, _Offset(self._offset.beside, tilt)
        else:
            self._place = _followed(place, found)
            self._registered = self._registered or reading.neutral
            rests = self._moved_ms is None or now_ms - self._moved_ms >= SETTLED_MS
            # A neutral face carries its midline along with skin that stays still, and knows it better than the mesh.
            if reading.neutral or (rests and not self._registered):
                self._offset = _learned(self._offset, _offset(found, line), now_ms - self._seen_ms)
        self._neutral, self._seen_ms = reading.neutral, now_ms

    def _midline(self, place: _Place, now_ms: int) -> Midline:
        roll = place.roll_deg + self._offset.tilt_deg
        ux, uy = _across(roll)
        far = self._offset.beside * place.eyes_px
        # Pixels are counted by their middles, which do not lie on each other when a picture is scaled.
        shift = (self._scale - 1) / 2
        ahead = min(max(0, now_ms - self._heard.t_ms), AHEAD_MS) if self._heard is not None else 0
        x, y = place.x + self._drift[0] * ahead + ux * far, place.y + self._drift[1] * ahead + uy * far
        return Midline(x * self._scale + shift, y * self._scale + shift, roll)

    # Whether it may be seen.

    def _why(self, reading: Reading | None, now_ms: int) -> UnseenReason:
        """Return what speaks against the reflection now. Each limit is wider for a reflection that is already there.

        The yaw counts from the neutral face once there is one. That is as good as from straight ahead: a neutral face
        is only taken from a head that looks there (``model.STRAIGHT_DEG``). Before, the yaw is a rough word, and so is
        the limit.
        """
        if reading is None or now_ms - reading.t_ms > STALE_MS - FADE_MS:
            return UnseenReason.NOT_WATCHED
        if reading.reason in (UnseenReason.TWO_FACES, UnseenReason.TOO_DARK):
            return reading.reason
        if not _usable(reading) or self._place is None:
            missed = self._seen_ms is None or now_ms - self._seen_ms > PATIENCE_MS
            return UnseenReason.NO_FACE if missed else UnseenReason.NONE
        shown = self._reason is UnseenReason.NONE
        if abs(reading.yaw_deg) > (TURNED_DEG if shown else STRAIGHT_DEG):
            return UnseenReason.TURNED
        if reading.light is not None and reading.light < (DARK if shown else LIGHT):
            return UnseenReason.TOO_DARK
        return UnseenReason.NONE

    def _fade(self, why: UnseenReason, now_ms: int) -> None:
        if why is not UnseenReason.NONE:
            self._reason, self._clear_ms = why, None
        elif self._reason is not UnseenReason.NONE:
            self._clear_ms = now_ms if self._clear_ms is None else self._clear_ms
            if now_ms - self._clear_ms >= CLEAR_MS:
                self._reason = UnseenReason.NONE
        # Where nobody asked for a while, it does not jump: what a person sees always comes and goes softly.
        passed = 0 if self._now_ms is None else min(max(0, now_ms - self._now_ms), FADE_MS // 4)
        self._now_ms = now_ms
        step = passed / FADE_MS
        self._amount = max(0.0, min(1.0, self._amount + (step if self._reason is UnseenReason.NONE else -step)))


def _usable(reading: Reading) -> bool:
    line = reading.midline
    if not reading.present or line is None:
        return False
    numbers = (*reading.centre, reading.roll_deg, reading.yaw_deg, reading.eyes_px, line.x, line.y, line.roll_deg)
    return all(math.isfinite(number) for number in numbers) and reading.eyes_px >= LEAST_EYES_PX


def _across(roll_deg: float) -> tuple[float, float]:
    """The direction from the person's own right to left in the picture, for a face that leans so."""
    return math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))


def _offset(place: _Place, line: Midline) -> _Offset:
    ux, uy = _across(line.roll_deg)
    beside = ((line.x - place.x) * ux + (line.y - place.y) * uy) / place.eyes_px
    return _Offset(beside, line.roll_deg - place.roll_deg)


def _learned(old: _Offset, new: _Offset, passed_ms: int) -> _Offset:
    share = 1 - math.exp(-max(0, passed_ms) / LEARN_MS)
    return _Offset(old.beside + share * (new.beside - old.beside), old.tilt_deg + share * (new.tilt_deg - old.tilt_deg))


def _drift(before: Reading | None, reading: Reading, last: tuple[float, float]) -> tuple[float, float]:
    """Return the speed of the face across the picture, px/ms; none for one that only trembles, or is not there."""
    if before is None or not (_usable(before) and _usable(reading)):
        return 0.0, 0.0
    passed = reading.t_ms - before.t_ms
    if not 0 < passed <= STALE_MS:
        return 0.0, 0.0
    x, y = ((new - old) / passed for new, old in zip(reading.centre, before.centre, strict=True))
    speed = 1000 * math.hypot(x, y) / reading.eyes_px
    sure = min(1.0, max(0.0, speed / STILL - 1))
    return (last[0] + sure * x) / 2, (last[1] + sure * y) / 2


def _followed(old: _Place, new: _Place) -> _Place:
    """``new``, without the trembling of a still face: small differences are followed slowly, a real move at once."""
    far = math.hypot(new.x - old.x, new.y - old.y) / new.eyes_px
    share = min(1.0, max(0.35, far / 0.03))
    turned = min(1.0, max(0.35, abs(new.roll_deg - old.roll_deg) / 1.5))
    return _Place(
        old.x + share * (new.x - old.x),
        old.y + share * (new.y - old.y),
        old.roll_deg + max(share, turned) * (new.roll_deg - old.roll_deg),
        old.eyes_px + share * (new.eyes_px - old.eyes_px),
    )
