"""The lids as staff had them taken: which side's readings stand, and so have a closure (PROGRAMMES, rule j)."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from kiosk.care.model import Side
from kiosk.care.person import LidsTaken

MOST_CLOSED = 0.6
"""A gently closed eye reads at most this share of the open one [D]: real ones 0.16 to 0.39, one in glaring light 0.49.
Above, the two readings disagree, whatever was seen: one of them is not of what it was taken for."""
LEAST_OPEN_MM = 4.0
"""An eye that reads less open cannot be told from a closed one [D]."""
ONE_SIDED = (Side.LEFT, Side.RIGHT)


def readings(taken: LidsTaken, side: Side) -> tuple[float | None, float | None]:
    """Return how far the lids of ``side`` were apart, mm: open, and gently closed."""
    if side is Side.LEFT:
        return taken.open_left, taken.closed_left
    return taken.open_right, taken.closed_right


def stands(taken: LidsTaken, side: Side) -> bool:
    """Whether both readings of ``side`` are there and agree: open is clearly above closed."""
    opened, closed = readings(taken, side)
    return opened is not None and closed is not None and opened >= LEAST_OPEN_MM and closed <= MOST_CLOSED * opened


def held(taken: LidsTaken, closing: Collection[Side]) -> LidsTaken:
    """Return the part of ``taken`` that is kept where the sides ``closing`` close.

    Of a side that closes both readings or neither; of one that does not close the open one alone.
    """
    for side in ONE_SIDED:
        keeps = side not in closing or stands(taken, side)
        opened, closed = readings(taken, side) if keeps else (None, None)
        taken = put(taken, side, opened, closed if side in closing else None)
    return taken


def put(taken: LidsTaken, side: Side, opened: float | None, closed: float | None) -> LidsTaken:
    """Return ``taken`` with the readings of one side."""
    return replace(taken, **{f"open_{side.value}": opened, f"closed_{side.value}": closed})
