"""The drawing of an exercise: the place of the fingers, which fingers, their path, its length, their pressure.

It stands at the exercise, so that a clinic's own exercise of the same name is never shown with somebody else's drawing.
What moves by itself is not said here: it is what the exercise ``needs``, and so never more than staff have ticked.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class TouchSpot(StrEnum):
    """A place on the face where fingers lie, on one side or on both."""

    SCALP = "scalp"
    FOREHEAD = "forehead"
    BROW = "brow"
    TEMPLE = "temple"
    UPPER_LID = "upper-lid"
    EYE_RIM = "eye-rim"
    NOSE_SIDE = "nose-side"
    NOSTRIL = "nostril"
    CHEEKBONE = "cheekbone"
    CHEEK = "cheek"
    INSIDE_CHEEK = "inside-cheek"
    MOUTH_CORNER = "mouth-corner"
    UPPER_LIP = "upper-lip"
    BELOW_CORNER = "below-corner"
    CHIN = "chin"
    JAW = "jaw"
    NECK = "neck"


class TouchGrip(StrEnum):
    """The fingers that do it."""

    ONE_FINGER = "one-finger"
    TWO_FINGERS = "two-fingers"
    THREE_FINGERS = "three-fingers"
    FOUR_FINGERS = "four-fingers"
    SPREAD = "spread"
    PINCH = "pinch"
    """Thumb and first finger."""
    THUMB_AND_TWO = "thumb-and-two"
    THUMB_INSIDE = "thumb-inside"
    PALM = "palm"


class TouchPath(StrEnum):
    """The path of the fingers: round and round, once along and then held, along again and again, or none."""

    CIRCLE = "circle"
    SLIDE = "slide"
    STROKE = "stroke"
    STAY = "stay"


class TouchWay(StrEnum):
    """The direction of a slide or stroke; ``in`` and ``out`` are towards the middle of the face and away from it."""

    UP = "up"
    DOWN = "down"
    IN = "in"
    OUT = "out"


class TouchPress(StrEnum):
    """The pressure of it, in the words that the exercise says."""

    VERY_LIGHT = "very-light"
    EASY = "easy"
    FIRM = "firm"


class Showing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The part of an exercise that the drawn head shows; of one without touch and movement, its region alone."""

    spot: TouchSpot | None = None
    """Of a touch: its place."""
    grip: TouchGrip | None = None
    """Of a touch: the fingers."""
    path: TouchPath | None = None
    """Of a touch: the path of the fingers."""
    way: TouchWay | None = None
    """Of a slide or stroke: its direction."""
    press: TouchPress | None = None
    """Of a touch: its pressure."""
    size_mm: float = 0
    """Length of a movement or a path, on a face of ordinary size; of a circle, its radius."""
    still: str = ""
    """The region that stays soft meanwhile; empty: none is named."""
    reviewed_by: str = ""
    """The therapist who reviewed the drawing. Until one has, that of a release shows its region alone."""
