"""Hands for the drawn head: flat shapes with fingers, nails and a soft wrist, drawn once for each size and grip.

A sheet shows the person's own left hand as a mirror would, hanging straight down from its fingertips; (0, 0) is the
middle of the fingertips. It is turned, mirrored and moved to its place when it is laid on the face.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.drawn.look import toned
from kiosk.drawn.paint import Paint, curve

HandPixels = npt.NDArray[np.uint8]

REACH_MM = 84.0
"""Distance from the fingertips at which a hand has faded out."""
_FINE = 3
_HALF_MM = 62.0
_ABOVE_MM = 22.0


@dataclass(frozen=True, slots=True)
class _Finger:
    """A finger from its tip (``x``, ``y``) to its knuckle, mm; ``w`` wide; ``nail``: how much of its nail is seen."""

    x: float
    y: float
    kx: float
    ky: float
    w: float = 13.5
    nail: bool = True


def _fan(xs: tuple[float, ...], ys: tuple[float, ...], knuckles: tuple[float, ...], at: float = 50) -> list[_Finger]:
    return [_Finger(x, y, k, at + 0.3 * abs(k)) for x, y, k in zip(xs, ys, knuckles, strict=True)]


_GRIPS: dict[str, list[_Finger]] = {
    "one-finger": [_Finger(0, 0, -1, 50)],
    "two-fingers": _fan((-7, 7), (0, 1.5), (-8, 7)),
    "three-fingers": _fan((-13.5, 0, 13.5), (3, 0, 2.5), (-14, -1, 13)),
    "four-fingers": _fan((-20, -6.5, 7, 20), (5, 0, 0, 5), (-21, -7, 8, 21)),
    "spread": _fan((-31, -11, 11, 30), (8, 0, 1, 9), (-20, -7, 7, 20), 54),
    "palm": _fan((-20, -7, 7, 20), (6, 0, 0, 5), (-21, -7, 8, 21)),
    "pinch": [_Finger(8.5, 2, 6, 52), _Finger(-8.5, 4, -20, 48, 15.5)],
    "thumb-and-two": [_Finger(10, 2, 3, 52), _Finger(23, 5, 16, 52), _Finger(-14, 5, -22, 48, 15.5)],
    "thumb-inside": [_Finger(9, 6, 0, 52), _Finger(23, 11, 15, 52), _Finger(-10, 2, -22, 46, 15.5, nail=False)],
}


def _capsule(a: tuple[float, float], b: tuple[float, float], ra: float, rb: float) -> npt.NDArray[np.float32]:
    """The outline of a finger: round at ``a`` with radius ``ra``, ``rb`` at ``b``."""
    angle = math.atan2(b[1] - a[1], b[0] - a[0])
    t = np.linspace(angle + math.pi / 2, angle + 3 * math.pi / 2, 20)
    u = np.linspace(angle - math.pi / 2, angle + math.pi / 2, 12)
    tip = np.stack([a[0] + ra * np.cos(t), a[1] + ra * np.sin(t)], 1)
    end = np.stack([b[0] + rb * np.cos(u), b[1] + rb * np.sin(u)], 1)
    return np.concatenate([tip, end]).astype(np.float32)


def hand_sheet(grip: str, scale: float, skin: Paint) -> HandPixels:
    """The own left hand of ``skin`` with this ``grip``: B, G, R, alpha, colours premultiplied; ``scale`` px/mm."""
    fine = scale * _FINE
    size = (round(2 * _HALF_MM * scale), round((_ABOVE_MM + REACH_MM) * scale))
    picture = np.zeros((size[1] * _FINE, size[0] * _FINE, 4), np.uint8)

    def px(points: npt.NDArray[np.float32]) -> npt.NDArray[np.int32]:
        # As in a mirror: what is towards the own left goes to the left.
        flat = np.stack([_HALF_MM - points[:, 0], _ABOVE_MM + points[:, 1]], 1) * fine - 0.5
        return np.round(flat * 16).astype(np.int32)

    def fill(points: npt.NDArray[np.float32], colour: Paint) -> None:
        cv2.fillPoly(picture, [px(points)], _bgra(colour), cv2.LINE_AA, 4)

    def edge(points: npt.NDArray[np.float32], colour: Paint, width_mm: float, closed: bool = True) -> None:
        thick = max(1, round(width_mm * fine))
        cv2.polylines(picture, [px(points)], closed, _bgra(colour), thick, cv2.LINE_AA, 4)

    body, line = toned(skin, 0.97), toned(skin, 0.56)
    nail = tuple(0.55 * c + 0.45 * n for c, n in zip(skin, (1.0, 0.86, 0.82), strict=True))
    fingers = _GRIPS[grip]
    # The back of the hand, and what is curled in.
    spread = [f.kx for f in fingers]
    left, right = min(*spread, -16) - 8, max(*spread, 16) + 8
    back = curve(
        [
            (left + 2, 45),
            (0.5 * (left + right), 39),
            (right - 2, 45),
            (right, 62),
            (0.5 * (left + right) + 21, 104),
            (0.5 * (left + right) - 21, 104),
            (left, 62),
        ],
        closed=True,
    )
    fill(back, body)
    edge(back, line, 1.3)
    fill(back, body)
    for finger in fingers:
        outline = _capsule((finger.x, finger.y), (finger.kx, finger.ky), finger.w / 2, finger.w / 2 + 1)
        edge(outline, line, 1.5)
        fill(outline, body)
    for finger in fingers:
        # Only the sides of a finger keep their line: it grows out of the back of the hand.
        root = _capsule((finger.kx, finger.ky - 5), (finger.kx, finger.ky + 12), finger.w / 2 - 0.6, finger.w / 2 + 1)
        fill(root, body)
        along = np.array([finger.kx - finger.x, finger.ky - finger.y], np.float32)
        along /= float(np.hypot(*along))
        if finger.nail:
            at = np.array([finger.x, finger.y], np.float32) - along * (0.06 * finger.w)
            bed = _capsule(tuple(at - along * 1.0), tuple(at + along * 5.0), 0.29 * finger.w, 0.29 * finger.w)
            fill(bed, nail)  # type: ignore[arg-type]
            edge(bed, toned(skin, 0.74), 0.7)
        across = np.array([-along[1], along[0]], np.float32)
        joint = np.array([finger.x, finger.y], np.float32) + along * 21
        for down in (0.0, 2.6):
            crease = np.stack([joint + along * down - across * 2.8, joint + along * down + across * 2.8])
            edge(crease, toned(skin, 0.78), 0.8, closed=False)
    rows = (np.arange(picture.shape[0]) + 0.5) / fine - _ABOVE_MM
    fade = np.clip((REACH_MM - rows) / 34, 0, 1).astype(np.float32)
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)
    small *= cv2.resize(fade[:, None], (1, size[1]), interpolation=cv2.INTER_AREA)[:, :, None]
    return np.round(small).astype(np.uint8)


def _bgra(colour: Paint) -> tuple[int, int, int, int]:
    red, green, blue = (round(255 * c) for c in colour)
    return blue, green, red, 255


def tips_mm(grip: str) -> tuple[tuple[float, float], ...]:
    """The places of the pads of the fingers on the sheet, mm from the middle of the fingertips."""
    return tuple((finger.x, finger.y) for finger in _GRIPS[grip])


def placed(
    hand: HandPixels, scale: float, side: int, lean: float, at: tuple[float, float]
) -> tuple[HandPixels, int, int]:
    """The hand leaned and mirrored so that its fingertips lie at the pixel ``at``; with the upper left corner of it."""
    angle = math.radians(lean)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    height, width = hand.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    origin = np.array([_HALF_MM, _ABOVE_MM]) * scale - 0.5
    flip = np.array([[side, 0.0], [0.0, 1.0]])
    where = (corners - origin) @ (flip @ turn).T + at
    low = np.floor(where.min(0)).astype(int)
    high = np.ceil(where.max(0)).astype(int)
    matrix = flip @ turn
    shift = np.asarray(at) - low - matrix @ origin
    whole = np.concatenate([matrix, shift[:, None]], 1)
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    return np.asarray(cv2.warpAffine(hand, whole, size, flags=cv2.INTER_LINEAR), np.uint8), int(low[0]), int(low[1])
