"""Things that grow on a drawn face or sit on it: a beard, hair over the brow, glasses.

A beard is part of the skin and moves with it. A fringe and glasses lie in front of the face and move with the head
alone. Coordinates are those of ``portrait``.
"""

from __future__ import annotations

import numpy as np

from kiosk.drawn.anatomy import EYE_X, face_outline
from kiosk.drawn.look import Appearance, mixed, toned
from kiosk.drawn.paint import PaintPoints, PaintSheet, curve, mirrored, vec
from kiosk.drawn.portrait import HEAD_ORIGIN_MM, HEAD_SIZE_MM

_BEARD: PaintPoints = (
    (0, 51),
    (13, 51.5),
    (25, 60),
    (33, 66),
    (47, 56),
    (61, 34),
    (66, 40),
    (58, 70),
    (43, 97),
    (22, 114),
)


def grow_beard(sheet: PaintSheet, look: Appearance) -> None:
    """Stubble up to a full beard, with a moustache, on the ``sheet`` that ``portrait.head`` has painted."""
    if look.beard <= 0:
        return
    rng = np.random.default_rng(look.seed + 2)
    outline = curve([*_BEARD, (0, 118), *mirrored(_BEARD[1:])], closed=True)
    lips = sheet.area(curve([(-25, 70), (-9, 62), (0, 62.5), (9, 62), (25, 70), (9, 80), (-9, 80)], closed=True), 0.8)
    where = sheet.area(outline, 3.0) * (1 - lips) * sheet.area(face_outline(), 1.0)
    sheet.tint(where, mixed(look.skin, look.hair, 0.7), 0.25 + 0.40 * look.beard)
    for tone, opacity in ((0.55, 0.55), (1.25, 0.35)):
        hairs = []
        for x, y in rng.uniform((-66, 48), (66, 118), (round(2600 * (0.5 + look.beard)), 2)):
            length = (0.8 + 2.6 * look.beard) * rng.uniform(0.6, 1.2)
            lean = 0.012 * x + rng.normal(0, 0.2)
            hairs.append(vec(((x, y), (x + 0.5 * lean * length, y + 0.6 * length), (x + lean * length, y + length))))
        sheet.tint(sheet.strands(hairs, 0.28) * where, toned(look.hair, tone), opacity)


def _fringe(sheet: PaintSheet, look: Appearance) -> None:
    rng = np.random.default_rng(look.seed + 3)
    end = -50 + 30 * look.fringe
    for x in np.arange(-50.0, 51.0, 7.0):
        top = -88 + 0.006 * x * x
        tip = end + 0.008 * x * x + float(rng.normal(0, 2.5))
        bend = float(rng.normal(2.5, 1.5))
        half = 6.5
        left = curve([(x - half, top), (x - half + bend, 0.5 * (top + tip)), (x + 1.6 * bend, tip)])
        right = curve([(x + half, top), (x + half + bend, 0.5 * (top + tip)), (x + 1.6 * bend, tip)])
        lock = sheet.area(np.concatenate([left, right[::-1]]), 0.4)
        sheet.lay(lock, toned(look.hair, float(rng.uniform(0.85, 1.1))), 0.94)
        hairs = [left + (right - left) * float(share) for share in rng.uniform(0, 1, 9)]
        sheet.tint(sheet.strands(hairs, 0.4) * lock, toned(look.hair, 0.55), 0.45)


def _glasses(sheet: PaintSheet) -> None:
    frame = (0.12, 0.10, 0.11)
    for side in (-1, 1):
        angle = np.linspace(0, 2 * np.pi, 65)
        power = np.stack([np.cos(angle), np.sin(angle)], 1)
        lens = np.sign(power) * np.abs(power) ** 0.62 * vec((25, 19)) + vec((side * (EYE_X + 1.5), 4.5))
        outline = np.asarray(lens, np.float32)
        glass = sheet.area(outline, 0.3)
        sheet.lay(glass, (0.95, 0.97, 1.0), 0.05)
        streak = curve([(side * EYE_X - 16, 16), (side * EYE_X + 8, -13)])
        sheet.lay(sheet.line(streak, 5, 1.6) * glass, (1, 1, 1), 0.16)
        sheet.lay(sheet.line(outline, 2.1, 0.25), frame)
        sheet.lay(sheet.line(curve([(side * 58, -1), (side * 68, 0), (side * 76, 4)]), 2.4, 0.3), frame)
    sheet.lay(sheet.line(curve([(-7.5, 0), (0, -2.5), (7.5, 0)]), 2.0, 0.3), frame)


def worn(look: Appearance, scale: float) -> PaintSheet | None:
    """Return what lies in front of the face, ``scale`` px/mm; None where nothing does."""
    if not look.glasses and look.fringe <= 0:
        return None
    sheet = PaintSheet(*HEAD_SIZE_MM, HEAD_ORIGIN_MM, scale)
    if look.fringe > 0:
        _fringe(sheet, look)
    if look.glasses:
        _glasses(sheet)
    return sheet
