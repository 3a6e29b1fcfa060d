"""Advice on how the face sits in the picture: the one thing that helps most, or that all is well.

Values only; the words are the presenter's. Left and right are the person's own, which in the mirrored picture that
they see are the left and right of the screen too. This is help in setting up: whether something can be measured is the
looker's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.face.light import BRIGHT, DARK, LEANING
from kiosk.face.model import STRAIGHT_DEG, Reading, UnseenReason

HOLD_MS = 1000
"""Advice stays at least so long."""
DOUBT_MS = 500
"""It goes when it has not been wanted for so long."""
STALE_MS = 900
"""A reading older than this says nothing."""


class Advice(StrEnum):
    """The one thing to do. Earlier ones matter more: who is too far away need not be told about the light."""

    UNKNOWN = "unknown"
    """Nothing was seen lately, by the kiosk's own fault: say nothing."""
    NO_FACE = "no-face"
    TWO_FACES = "two-faces"
    NEARER = "nearer"
    FARTHER = "farther"
    MOVE_LEFT = "move-left"
    MOVE_RIGHT = "move-right"
    MOVE_UP = "move-up"
    MOVE_DOWN = "move-down"
    LEVEL = "level"
    """The head leans to one side."""
    FACE_FRONT = "face-front"
    """It is turned to one side."""
    CHIN_UP = "chin-up"
    CHIN_DOWN = "chin-down"
    MORE_LIGHT = "more-light"
    LESS_LIGHT = "less-light"
    LIGHT_FRONT = "light-front"
    """The light comes from one side."""
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Framing:
    """The ``advice`` that is given now, from ``since_ms`` on (boot milliseconds)."""

    advice: Advice
    since_ms: int
    doubted_ms: int | None = None
    """The moment from which something else has been wanted; None: it is not."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """A figure that calls for advice above ``enter``, and until it is below ``leave``."""

    enter: float
    leave: float

    def over(self, value: float, held: bool) -> bool:
        return value > (self.leave if held else self.enter)


# Shares of the shorter side of the picture: pupils that lie 0.13 apart leave 47 px of 360.
_FAR, _NEAR = _Limit(-0.13, -0.145), _Limit(0.30, 0.28)
# Shares of the picture's width and height, away from where the middle between the eyes should be.
_ASIDE, _HIGH_OR_LOW = _Limit(0.14, 0.10), _Limit(0.17, 0.13)
_EYES_AT = (0.5, 0.43)
# Degrees. Who is turned farther than ``STRAIGHT_DEG`` gets no neutral face and must be told so, and nobody else; a head
# may lean on its pillow.
_LEANS, _TURNS, _NODS = _Limit(10, 7), _Limit(STRAIGHT_DEG, STRAIGHT_DEG - 1), _Limit(15, 11)
_DARKER, _BRIGHTER, _LIT_ASIDE = (
    _Limit(-DARK, -1.3 * DARK),
    _Limit(BRIGHT, 0.97 * BRIGHT),
    _Limit(LEANING, 0.8 * LEANING),
)


def steady(previous: Framing | None, reading: Reading, size: tuple[int, int], now_ms: int) -> Framing:
    """The advice that would help most in a picture of ``size`` (width, height) px, without flicker.

    At most one change a second, and none for a moment's sake. ``previous``: the advice so far; None at the beginning.
    """
    held = previous.advice if previous else None
    stale = now_ms - reading.t_ms > STALE_MS
    wanted = Advice.UNKNOWN if stale else _wanted(reading, size, held)
    if previous is None:
        return Framing(wanted, now_ms)
    if wanted is previous.advice:
        return Framing(wanted, previous.since_ms)
    doubted_ms = now_ms if previous.doubted_ms is None else previous.doubted_ms
    # What is known to be out of date goes as soon as it may.
    sure = stale or previous.advice is Advice.UNKNOWN or now_ms - doubted_ms >= DOUBT_MS
    if sure and now_ms - previous.since_ms >= HOLD_MS:
        return Framing(wanted, now_ms)
    return Framing(previous.advice, previous.since_ms, doubted_ms)


def _wanted(reading: Reading, size: tuple[int, int], held: Advice | None) -> Advice:
    """The most important advice; that which is ``held`` is let go of a little later than it was given."""
    if not reading.present:
        return Advice.NO_FACE
    if reading.reason is UnseenReason.TWO_FACES:
        return Advice.TWO_FACES
    width, height = size
    near = reading.eyes_px / min(size)
    right = reading.centre[0] / width - _EYES_AT[0]
    below = reading.centre[1] / height - _EYES_AT[1]
    # Where nothing is known of the light, none of it is complained about.
    light = 0.5 * (DARK + BRIGHT) if reading.light is None else reading.light
    checks = (
        (Advice.NEARER, _FAR, -near, UnseenReason.TOO_FAR),
        (Advice.FARTHER, _NEAR, near, UnseenReason.TOO_NEAR),
        # Unmirrored: who is seen at the right sits too far to their own left.
        (Advice.MOVE_RIGHT, _ASIDE, right, None),
        (Advice.MOVE_LEFT, _ASIDE, -right, None),
        (Advice.MOVE_UP, _HIGH_OR_LOW, below, None),
        (Advice.MOVE_DOWN, _HIGH_OR_LOW, -below, None),
        (Advice.LEVEL, _LEANS, abs(reading.roll_deg), None),
        (Advice.FACE_FRONT, _TURNS, abs(reading.yaw_deg), None),
        (Advice.CHIN_UP, _NODS, reading.pitch_deg, None),
        (Advice.CHIN_DOWN, _NODS, -reading.pitch_deg, None),
        (Advice.MORE_LIGHT, _DARKER, -light, UnseenReason.TOO_DARK),
        (Advice.LESS_LIGHT, _BRIGHTER, light, UnseenReason.TOO_BRIGHT),
        (Advice.LIGHT_FRONT, _LIT_ASIDE, abs(reading.light_lean or 0.0), None),
    )
    for advice, limit, value, reason in checks:
        if limit.over(value, advice is held) or (reason is not None and reading.reason is reason):
            return advice
    return Advice.OK
