"""Points of a patch of skin, followed from picture to picture where its resting look no longer shows.

A mouth that opens or smiles changes its look: teeth come, folds deepen, and what was learnt at rest is not found any
more. From one picture to the next it changes little. So a patch that is lost is looked for from a *key* picture, one of
those in which it was trusted: the farther back, the fewer links, and each link adds its error. As soon as the resting
face shows it again, it counts from there, and the error is gone.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kiosk.face.flow import followed
from kiosk.face.geometry import Floats, median
from kiosk.face.model import Vector
from kiosk.face.tracker import Pixels

Trusted = npt.NDArray[np.bool_]

LINKED_SHARE = 0.34
"""Least share of a patch's points that one link must find: five of fifteen, the side that no teeth come into."""
_FIRM_SHARE = 0.6
"""Below this share a key picture is given up for a newer one."""
_KEPT, _APART_PX = 6, 2.0
"""Number of pictures that are kept of where the patch has been, and how far apart: what was lost is found there."""
_CLOSED_PX = 2.0
"""The loop is closed where the resting look and the chain put a patch within this of each other."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A picture in which the patch lay at ``points`` (n, 2) px."""

    picture: Pixels
    points: Floats
    at: Vector
    """Their middle, px."""

    @classmethod
    def of(cls, picture: Pixels, points: Floats) -> _Key:
        x, y = median(points).tolist()
        return cls(picture, points, (x, y))


class Chain:
    """One patch."""

    def __init__(self) -> None:
        self._keys: deque[_Key] = deque(maxlen=_KEPT)
        self._key: _Key | None = None
        self._last: _Key | None = None
        self._open = False
        """Whether the last place of the patch is known by links only."""

    def close(self, now: Pixels, rest: Floats, found: Floats, good: Trusted) -> bool:
        """Return whether the patch of ``rest`` (n, 2) px that its resting look ``found`` in ``now`` may be trusted.

        ``good`` (n,): the points that were. After links it must agree with them, or be beyond doubt.
        """
        whole = _whole(rest, found, good)
        if self._open and _share(good) < _FIRM_SHARE and (linked := self._linked(now)) is not None:
            apart = math.hypot(*median(linked[0].points - whole))
            if apart > _CLOSED_PX:
                return False
        self._open = False
        self._key = self._last = _Key.of(now, whole)
        self._keep(self._last)
        return True

    def link(self, now: Pixels) -> tuple[Floats, Trusted] | None:
        """Return where the patch lies in ``now``, (n, 2) px and (n,) trusted; None where it is lost."""
        linked = self._linked(now)
        if linked is None:
            return None
        self._open = True
        self._last, self._key, good = linked
        self._keep(self._last)
        return self._last.points, good

    def _linked(self, now: Pixels) -> tuple[_Key, _Key, Trusted] | None:
        """The patch in ``now``, the key it was found from, and (n,) trusted."""
        for key in self._tried():
            found, good = followed(key.picture, now, key.points)
            if _share(good) >= (_FIRM_SHARE if key is self._key and key is not self._last else LINKED_SHARE):
                return _Key.of(now, _whole(key.points, found, good)), key, good
        return None

    def _tried(self) -> list[_Key]:
        """The key pictures, the likeliest first."""
        tried: list[_Key] = []
        for key in (self._key, self._last, *reversed(self._keys)):
            if key is not None and all(key is not other for other in tried):
                tried.append(key)
        return tried

    def _keep(self, key: _Key) -> None:
        if all(math.dist(kept.at, key.at) >= _APART_PX for kept in self._keys):
            self._keys.append(key)


def _share(good: Trusted) -> float:
    return int(np.count_nonzero(good)) / len(good)


def _whole(before: Floats, found: Floats, good: Trusted) -> Floats:
    """``found`` with the points that were lost carried along by the others (n, 2)."""
    if good.all():
        return found.copy()
    shift = median(found[good] - before[good])
    return np.where(good[:, None], found, before + shift)
