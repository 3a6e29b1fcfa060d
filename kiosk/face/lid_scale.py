"""The meaning of a reading of the lids for one person: a scale from their open eye to their closed one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

Raw = tuple[float | None, float | None]
"""Left, right: how far the lids stand apart, in millimetres as ``kiosk.face.model`` means them, lashes included."""

CLOSED = 0.30
"""Reading of a closed eye, as a share of the open one: lashes, and blur. A default, used until the person's own is
known: real eyes of 20 to 30 px 0.20 to 0.39, one in glaring light 0.49; those of 35 px 0.16; drawn ones 0.05."""
_BEND = 0.4
"""The bend of the scale: a half closed eye reads more open than half, as drawn eyes say, and real ones that were
marked by hand."""
_OPEN_LEAST_MM = 4.0


@dataclass(frozen=True, slots=True)
class LidScale:
    """The readings of a person's open and closed eyes, and so the meaning of a reading in between.

    A side that was not open enough to be told from a closed one has no scale (``open_*`` None) and no share.
    ``closed_*`` None: ``CLOSED`` of the open one, a default.
    """

    open_left: float | None = None
    open_right: float | None = None
    closed_left: float | None = None
    closed_right: float | None = None

    @classmethod
    def at_rest(cls, raws: Sequence[Raw]) -> LidScale:
        """The open eye from readings of a resting face: their median, so that a blink does not count."""
        return cls(_open([left for left, _ in raws]), _open([right for _, right in raws]))

    def share(self, raw: Raw) -> Raw:
        """Left, right: the opening as a share of the one at rest, 1 open, 0 closed."""
        return (
            _share(raw[0], self.open_left, self.closed_left),
            _share(raw[1], self.open_right, self.closed_right),
        )

    def beside(self, rest: LidScale) -> LidScale | None:
        """Return the scale to go by where this one was taken of the person: its sides, and ``rest`` for the others.

        A side counts as taken where both of its readings stand. None: an eye rests nearer to where it was read closed
        than to where it was read open, so it is not the eye, or not the view of it, that was taken.
        """
        left = _beside((self.open_left, self.closed_left), (rest.open_left, rest.closed_left))
        right = _beside((self.open_right, self.closed_right), (rest.open_right, rest.closed_right))
        if left is None or right is None:
            return None
        return LidScale(left[0], right[0], left[1], right[1])


def _open(raws: Sequence[float | None]) -> float | None:
    seen = [value for value in raws if value is not None]
    # An eye that could not be read in most pictures cannot be told from here on either.
    if not seen or 2 * len(seen) < len(raws):
        return None
    middle = median(seen)
    return middle if middle >= _OPEN_LEAST_MM else None


def _beside(taken: Raw, rest: Raw) -> Raw | None:
    """Open and closed of one side: as ``taken``, where it was; None: it does not fit the eye at ``rest``."""
    if taken[0] is None or taken[1] is None or rest[0] is None:
        return rest
    return taken if rest[0] >= (taken[0] + taken[1]) / 2 else None


def _share(raw: float | None, opened: float | None, closed: float | None) -> float | None:
    if raw is None or opened is None:
        return None
    bottom = CLOSED * opened if closed is None else closed
    way = min(1.0, max(0.0, (raw - bottom) / max(opened - bottom, 1e-6)))
    return way * (1 - _BEND * (1 - way))
