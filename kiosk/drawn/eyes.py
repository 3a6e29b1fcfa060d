"""The eyes of the drawn face: lids that close by an exact share, iris, lashes."""

from __future__ import annotations

import cv2
import numpy as np

from kiosk.drawn.anatomy import EYE_HALF_MM, EYE_X, lids
from kiosk.drawn.look import Appearance
from kiosk.drawn.paint import Array, PaintSheet, vec
from kiosk.drawn.portrait import HEAD_ORIGIN_MM

_PATCH_MM = (46.0, 40.0)
_IRIS_MM = 5.9


def _margin(heights: Array, x: Array, side: int) -> Array:
    return np.stack([side * x, heights], 1).astype(np.float32)


def _eyeball(
    sheet: PaintSheet, look: Appearance, side: int, gaze: tuple[float, float], opening: Array, upper: Array
) -> None:
    sheet.tint(opening, (0.93, 0.91, 0.88))
    sheet.tint(sheet.glow(-side * 14, 2, 2.2, 2.2) * opening, (0.84, 0.55, 0.50), 0.8)
    sheet.shade(-0.14 * (np.clip(np.abs(sheet.x) / 13, 0, 1) ** 3) * opening)
    radius = np.hypot(sheet.x - gaze[0], sheet.y - gaze[1])
    angle = np.arctan2(sheet.y - gaze[1], sheet.x - gaze[0])

    def disc(r: float, soft: float = 0.22) -> Array:
        return np.asarray(np.clip((r - radius) / soft + 0.5, 0, 1), np.float32) * opening

    iris = np.asarray(look.iris, np.float32)
    spokes = 0.10 * np.sin(angle * 23 + 2 * np.sin(angle * 5)) * np.clip(radius / _IRIS_MM, 0, 1)
    sheet.tint(disc(_IRIS_MM, 0.5), tuple(iris * 0.42))
    ring = (iris * (0.92 + 0.45 * np.clip((radius - 2.2) / 3.2, 0, 1) + spokes)[..., None]).astype(np.float32)
    sheet.tint(disc(_IRIS_MM - 0.55, 0.6), ring)
    sheet.shade(0.22 * sheet.glow(gaze[0] + 1.5, gaze[1] + 2.8, 2.6, 1.8) * disc(_IRIS_MM - 0.6))
    sheet.tint(disc(2.15), (0.05, 0.04, 0.04))
    # The lid and its lashes throw a shadow on the ball.
    sheet.shade(-0.42 * sheet.line(upper, 3.4, 1.3) * opening)
    sheet.tint(sheet.glow(gaze[0] - 1.9, gaze[1] - 2.1, 0.85, 0.95) * opening, (1, 1, 1), 0.95)
    sheet.tint(sheet.glow(gaze[0] + 2.2, gaze[1] + 2.5, 0.6, 0.6) * opening, (1, 1, 1), 0.30)


def paint_eye(head: Array, look: Appearance, side: int, closure: float, gaze: tuple[float, float], scale: int) -> None:
    """Draw one eye into the ``head`` texture of ``scale`` px/mm; ``side`` is -1 for the person's own right, 1 left."""
    fine = 2
    left = round((HEAD_ORIGIN_MM[0] + side * EYE_X - _PATCH_MM[0] / 2) * scale)
    top = round((HEAD_ORIGIN_MM[1] - _PATCH_MM[1] / 2) * scale)
    width, height = round(_PATCH_MM[0] * scale), round(_PATCH_MM[1] * scale)
    patch = head[top : top + height, left : left + width]
    origin = (HEAD_ORIGIN_MM[0] + side * EYE_X - left / scale, HEAD_ORIGIN_MM[1] - top / scale)
    sheet = PaintSheet(width / scale, height / scale, origin, fine * scale)
    sheet.rgb = np.asarray(cv2.resize(patch, None, fx=fine, fy=fine, interpolation=cv2.INTER_CUBIC), np.float32)

    x = np.linspace(-EYE_HALF_MM, EYE_HALF_MM, 61, dtype=np.float32)
    upper_y, lower_y = lids(x, closure)
    open_y, _ = lids(x, 0.0)
    upper, lower = _margin(upper_y, x, side), _margin(lower_y, x, side)
    skin = np.asarray(look.skin, np.float32)
    # The lid's own skin unrolls from the crease as the eye closes.
    arch = np.clip(1 - (x / EYE_HALF_MM) ** 2, 0, 1)
    crease = _margin(open_y - 3.4 * arch**0.7 - 0.6 + 0.8 * closure * arch, x, side)
    lid = sheet.area(np.concatenate([crease, upper[::-1]]), 0.5)
    sheet.tint(lid, tuple(skin * vec((0.93, 0.86, 0.83))), 0.55 + 0.3 * closure)
    middle = 0.5 * (crease + upper)[30]
    sheet.shade(
        lid * (0.08 * closure + 0.02) * sheet.glow(float(middle[0]) - 2, float(middle[1]), 8, 2.4 + 2 * closure)
    )
    sheet.tint(sheet.tapered(crease, 1.5, 0.45), tuple(skin * vec((0.60, 0.50, 0.45))), 0.62 - 0.25 * closure)

    if closure < 0.995:
        opening = sheet.area(np.concatenate([upper, lower[::-1]]), 0.10)
        _eyeball(sheet, look, side, gaze, opening, upper)
        sheet.tint(sheet.line(lower + vec((0, 0.25)), 0.5, 0.25), tuple(skin * vec((0.86, 0.62, 0.56))), 0.75)
    sheet.tint(sheet.tapered(lower + vec((0, 0.9)), 0.9, 0.4), tuple(skin * vec((0.66, 0.52, 0.48))), 0.45)

    dark = (0.13, 0.08, 0.07)
    weight = 0.65 + 0.35 * np.linspace(0, 1, 61, dtype=np.float32)[:, None]
    liner = np.concatenate(
        [upper - vec((0, 1.15)) * weight * (0.25 + arch[:, None] ** 0.5), (upper + vec((0, 0.25)))[::-1]]
    )
    sheet.tint(sheet.area(liner, 0.18), dark, 0.88)
    lashes, under = [], []
    down = 2.4 * closure - 0.9
    for i in range(10, 59, 3):
        px, py = upper[i]
        lean = side * (0.15 + 1.5 * x[i] / EYE_HALF_MM)
        lashes.append(
            np.array([(px, py), (px + 0.5 * lean, py + 0.9 * down), (px + lean, py + 1.3 * down - 0.6)], np.float32)
        )
        qx, qy = lower[i]
        under.append(np.array([(qx, qy + 0.3), (qx + 0.4 * lean, qy + 1.5)], np.float32))
    sheet.tint(sheet.strands(lashes, 0.3), dark, 0.75)
    sheet.tint(sheet.strands(under, 0.2), dark, 0.22)
    patch[:] = cv2.resize(sheet.rgb, (patch.shape[1], patch.shape[0]), interpolation=cv2.INTER_AREA)
