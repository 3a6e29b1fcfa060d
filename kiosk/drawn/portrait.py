"""The still parts of the drawn face: head, body and room, painted once.

Head coordinates are millimetres: (0, 0) lies midway between the pupils, x grows towards the person's own left (right
in an unmirrored picture), y grows downwards. The pupils are 63 mm apart. Nobody real is shown.
"""

from __future__ import annotations

import cv2
import numpy as np

from kiosk.drawn.anatomy import BROW, LIP_LINE, LOWER_LIP, UPPER_LIP, face_outline
from kiosk.drawn.look import Appearance, mixed, toned
from kiosk.drawn.paint import Array, Paint, PaintPoints, PaintSheet, curve, mirrored, vec

HEAD_SIZE_MM = (230.0, 320.0)
HEAD_ORIGIN_MM = (115.0, 135.0)
BODY_SIZE_MM = (560.0, 260.0)
BODY_ORIGIN_MM = (280.0, -40.0)
TEXTURE_SCALE = 3
"""Pixels per millimetre of the finished head, unless asked otherwise."""
BODY_SCALE = 2
"""The same of the body."""


def _grain(sheet: PaintSheet, rng: np.random.Generator, size_mm: float) -> Array:
    height, width = sheet.alpha.shape
    cell = size_mm * sheet.scale
    small = rng.standard_normal((int(height / cell) + 2, int(width / cell) + 2)).astype(np.float32)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _hair_lines(rng: np.random.Generator, left: Array, right: Array, count: int, wobble: float) -> list[Array]:
    """Strands that lie between two guiding curves."""
    lines = []
    for share in rng.uniform(0, 1, count):
        start, end = sorted(rng.uniform(0.02, 1, 2))
        a, b = int(start * (len(left) - 1)), int(end * (len(left) - 1))
        if b - a > 3:
            lines.append((left + (right - left) * share + rng.normal(0, wobble, 2))[a:b].astype(np.float32))
    return lines


def _lock(
    sheet: PaintSheet, rng: np.random.Generator, look: Appearance, left: PaintPoints, right: PaintPoints, strands: int
) -> None:
    """One mass of hair between two curves, with light and dark strands."""
    a, b = curve(left), curve(right)
    sheet.lay(sheet.area(np.concatenate([a, b[::-1]]), 0.25), look.hair)
    inside = sheet.area(np.concatenate([a, b[::-1]]), 0.6)
    sheet.tint(sheet.strands(_hair_lines(rng, a, b, strands, 0.3), 0.45) * inside, toned(look.hair, 0.60), 0.36)
    sheet.tint(
        sheet.strands(_hair_lines(rng, a, b, strands, 0.3), 0.40) * inside,
        mixed(look.hair, (0.95, 0.75, 0.55), 0.32),
        0.42,
    )


def _lightness(look: Appearance) -> float:
    """Return the lightness of the skin beside the usual one: blood shows less through dark skin."""
    return sum(look.skin) / sum(Appearance().skin)


def _skin(sheet: PaintSheet, rng: np.random.Generator, look: Appearance) -> None:
    outline = face_outline()
    face = sheet.area(outline, 0.35)
    sheet.lay(face, look.skin)
    # A head is round: light falls off towards every edge, more on the side away from the window.
    round_off = (
        np.clip(np.abs(sheet.x) / 72, 0, 1.1) ** 3.2 * 0.30 + np.clip((sheet.y - 40) / 85, 0, 1) ** 2 * 0.16
    ).astype(np.float32)
    light = -look.side_light * sheet.x / 68 + 0 * sheet.y
    depth = -round_off * face + light * face
    depth += 0.07 * sheet.glow(-4, -46, 34, 17) * face
    for side in (-1, 1):
        lit = 1.15 if side < 0 else 0.8
        depth -= 0.17 * sheet.glow(side * 23, -9, 8, 8) * face
        depth -= 0.08 * sheet.glow(side * 34, 15, 15, 4) * face
        depth += 0.09 * lit * sheet.glow(side * 43, 24, 13, 9) * face
        depth -= 0.09 * sheet.glow(side * 50, 62, 11, 20) * face
        depth -= 0.10 * sheet.glow(side * 60, -30, 9, 24) * face
        depth -= 0.07 * sheet.glow(side * 30, 71, 3.5, 4.5) * face
    depth -= 0.15 * sheet.glow(0, 86.5, 14, 3.6) * face
    depth += 0.07 * sheet.glow(-1, 100, 12, 8) * face
    depth -= 0.05 * sheet.glow(0, 56, 2.6, 6) * face
    sheet.shade(depth)
    blush = _lightness(look)
    for side in (-1, 1):
        sheet.tint(sheet.glow(side * 42, 33, 14, 11) * face, toned((0.86, 0.46, 0.42), blush), 0.26)
    sheet.tint(sheet.glow(0, 36, 9, 8) * face, toned((0.88, 0.50, 0.44), blush), 0.16)
    sheet.tint(sheet.glow(0, 104, 14, 9) * face, toned((0.88, 0.52, 0.46), blush), 0.08)
    # Skin is never smooth: this is also what optical flow holds on to.
    sheet.shade(
        (0.010 * _grain(sheet, rng, 0.8) + 0.010 * _grain(sheet, rng, 3) + 0.008 * _grain(sheet, rng, 9)) * face
    )
    for opacity in (0.18, 0.42):
        specks = np.zeros_like(sheet.alpha)
        for x, y in rng.normal((0, 24), (34, 26), (35, 2)):
            angle = np.linspace(0, 2 * np.pi, 9)
            specks = np.maximum(
                specks, sheet.area(np.stack([x + 0.4 * np.cos(angle), y + 0.4 * np.sin(angle)], 1).astype(np.float32))
            )
        around = face * (np.abs(sheet.x) < 56) * (sheet.y > -30) * (sheet.y < 60)
        sheet.tint(cv2.GaussianBlur(specks, (0, 0), 0.2 * sheet.scale) * around, toned(look.skin, 0.66), opacity)


def _lines(sheet: PaintSheet, look: Appearance) -> None:
    dark = toned(look.skin, 0.70)
    for side in (-1, 1):
        fold = curve([(side * x, y) for x, y in ((16, 42), (22, 50), (28, 60), (32, 70))])
        sheet.tint(sheet.tapered(fold, 3.4, 1.3), dark, 0.30 + 0.5 * look.age_lines * 0.5)
        bag = curve([(side * x, y) for x, y in ((18, 9), (25, 13.5), (34, 14.5), (43, 11.5))])
        sheet.tint(sheet.tapered(bag, 2.2, 1.0), dark, 0.20 + 0.25 * look.age_lines)
        for k in range(3):
            foot = curve([(side * 51, -3 + 3.5 * k), (side * 55, -5 + 4.6 * k), (side * 59, -6.5 + 6 * k)])
            sheet.tint(sheet.tapered(foot, 0.9, 0.35), dark, 0.5 * look.age_lines)
    for y in (-50, -42):
        wave = curve([(-36, y + 2), (-18, y), (0, y + 1.4), (18, y), (36, y + 2)])
        sheet.tint(sheet.tapered(wave, 1.3, 0.6), dark, 0.28 * look.age_lines)


def _nose(sheet: PaintSheet, look: Appearance) -> None:
    dark, warm = toned(look.skin, 0.62), toned(look.skin, 0.80)
    side_shadow = curve([(7, -12), (6.2, 4), (7.5, 18), (11, 30)])
    sheet.tint(sheet.tapered(side_shadow, 7, 2.6), warm, 0.55)
    sheet.tint(sheet.tapered(side_shadow * vec((-1, 1)), 5, 2.6), warm, 0.22)
    sheet.shade(
        0.15 * sheet.glow(-1.2, 10, 2.6, 20) + 0.17 * sheet.glow(-1.5, 34, 4.4, 4.0) - 0.20 * sheet.glow(0, 46, 11, 3.0)
    )
    for side in (-1, 1):
        wing = curve([(side * x, y) for x, y in ((11.0, 31), (15.6, 36), (15.4, 42.5), (11.2, 45))])
        sheet.tint(sheet.tapered(wing, 2.2, 0.65), dark, 0.62)
        sheet.shade(0.07 * sheet.glow(side * 11, 37, 3, 3.5))
        nostril = curve(
            [(side * x, y) for x, y in ((3.6, 45.2), (6.5, 43.0), (10.2, 43.6), (9.4, 46.2), (5.6, 46.8))], closed=True
        )
        sheet.tint(sheet.area(nostril, 0.55), toned((0.30, 0.15, 0.12), min(1.0, _lightness(look))), 0.72)
    base = curve([(-9, 46.4), (-4, 47.6), (0, 48.6), (4, 47.6), (9, 46.4)])
    sheet.tint(sheet.tapered(base, 1.6, 0.6), dark, 0.55)
    for side in (-1, 1):
        ridge = curve([(side * 3.3, 50), (side * 3.7, 56), (side * 4.2, 61)])
        sheet.shade(0.06 * sheet.line(ridge, 1.6, 0.9))


def _mouth(sheet: PaintSheet, look: Appearance, rng: np.random.Generator) -> None:
    top, line, low = curve(UPPER_LIP), curve(LIP_LINE), curve(LOWER_LIP)
    upper = sheet.area(np.concatenate([top, line[::-1]]), 0.45)
    lower = sheet.area(np.concatenate([line, low[::-1]]), 0.55)
    sheet.tint(upper, toned(look.lips, 0.86), 0.92)
    sheet.tint(lower, look.lips, 0.88)
    sheet.shade(lower * (0.20 * sheet.glow(-3, 75.2, 9, 1.9) - 0.16 * sheet.glow(0, 80, 20, 2.2)))
    sheet.shade(upper * (0.10 * sheet.glow(-5, 65.6, 7, 1.6)))
    creases = [curve([(x, 71.2), (x * 1.04, 74), (x * 1.07, 77.5)]) for x in rng.uniform(-19, 19, 22)]
    sheet.tint(sheet.strands(creases, 0.35) * lower, toned(look.lips, 0.80), 0.28)
    sheet.tint(sheet.tapered(line, 2.0, 0.42), toned((0.33, 0.13, 0.13), min(1.0, _lightness(look))), 0.80)
    sheet.shade(0.08 * sheet.line(top - vec((0, 0.9)), 0.9, 0.6) * (1 - upper))
    for side in (-1, 1):
        sheet.tint(sheet.glow(side * 25.6, 70.1, 1.5, 1.2), toned((0.36, 0.16, 0.14), min(1.0, _lightness(look))), 0.60)


def _brows(sheet: PaintSheet, look: Appearance, rng: np.random.Generator) -> None:
    colour = toned(look.hair, 0.86)
    for side in (-1, 1):
        spine = curve(BROW, steps=24)
        sheet.tint(sheet.tapered(spine * vec((side, 1)), 6.2, 0.9), colour, 0.50 * look.brows)
        hairs = []
        for t in rng.uniform(0.0, 0.97, 190):
            x, y = spine[int(t * (len(spine) - 1))]
            half = 3.0 * np.sin(np.pi * (0.12 + 0.84 * t)) + 0.3
            x0, y0 = x + rng.normal(0, 0.4), y + rng.uniform(-0.3, 1.0) * half
            length, lift = rng.uniform(3.2, 5.4), (2.6 * (1 - t) ** 1.4 - 1.5 * t) + rng.normal(0, 0.3)
            hairs.append(
                curve(
                    [
                        (side * x0, y0),
                        (side * (x0 + 0.55 * length), y0 - 0.75 * lift),
                        (side * (x0 + length), y0 - lift),
                    ],
                    steps=6,
                )
            )
        sheet.tint(sheet.strands(hairs, 0.34), toned(colour, 0.72), 0.68 * look.brows)


def head(look: Appearance, scale: float = 2 * TEXTURE_SCALE) -> PaintSheet:
    """The head at rest, eyes not yet drawn: skin where the eyes will be. ``scale`` px/mm."""
    rng = np.random.default_rng(look.seed)
    sheet = PaintSheet(*HEAD_SIZE_MM, HEAD_ORIGIN_MM, scale)
    sheet.rgb[:] = look.hair
    back = [(0, -104), (42, -97), (74, -68), (84, -20), (87, 30), (84, 72), (72, 98), (58, 102), (50, 88)]
    outline = curve([*back, *mirrored(back[1:])], closed=True)
    sheet.lay(sheet.area(outline, 0.5), toned(look.hair, 0.72))
    # The neck shows between jaw and hair; it is part of the body, so the hair leaves it free.
    sheet.alpha *= 1 - sheet.area(
        curve([(-50, 86), (-30, 60), (30, 60), (50, 86), (46, 130), (-46, 130)], closed=True), 1.0
    )
    _skin(sheet, rng, look)
    _lines(sheet, look)
    _nose(sheet, look)
    _mouth(sheet, look, rng)
    _brows(sheet, look, rng)
    face = sheet.area(face_outline(), 0.5)
    fringe = curve([(-66, 10), (-60, -22), (-48, -48), (-22, -66), (14, -74), (44, -62), (60, -36), (67, 6)])
    sheet.tint(sheet.line(fringe + vec((0, 3)), 9, 4.5) * face, toned(look.skin, 0.55), 0.42)
    left_outer = [(14, -103), (-16, -107), (-50, -95), (-76, -64), (-87, -12), (-89, 44), (-80, 88), (-58, 104)]
    left_inner = [(15, -76), (-16, -69), (-44, -52), (-59, -22), (-66, 22), (-66, 62), (-62, 84), (-55, 103)]
    right_outer = [(13, -103), (36, -101), (60, -84), (79, -52), (87, -8), (89, 44), (80, 88), (58, 104)]
    right_inner = [(15, -76), (36, -67), (54, -46), (63, -18), (68, 22), (67, 62), (62, 84), (55, 103)]
    _lock(sheet, rng, look, left_outer, left_inner, 170)
    _lock(sheet, rng, look, right_outer, right_inner, 130)
    parting = curve([(15, -101), (14.5, -90), (15, -76)])
    sheet.tint(sheet.tapered(parting, 1.6, 0.5), toned(look.hair, 0.45), 0.6)
    gloss = curve([(-70, -52), (-44, -78), (-14, -89), (8, -90)])
    sheet.shade(0.22 * sheet.line(gloss, 9, 5) + 0.13 * sheet.line(curve([(26, -86), (52, -72), (68, -48)]), 8, 5))
    sheet.shade((-0.10 * np.clip(sheet.x / 90, 0, 1) + 0 * sheet.y) * sheet.alpha)
    return sheet


def body(look: Appearance, scale: float = 2 * BODY_SCALE) -> PaintSheet:
    """Neck, shoulders and shirt, in head coordinates. ``scale`` px/mm."""
    rng = np.random.default_rng(look.seed + 1)
    sheet = PaintSheet(*BODY_SIZE_MM, BODY_ORIGIN_MM, scale)
    sheet.rgb[:] = look.shirt
    half = [(36, 128), (72, 146), (128, 160), (172, 182), (196, 226), (206, 300)]
    shoulders = curve([(0, 128), *half, *mirrored(half)], closed=True)
    cloth = sheet.area(shoulders, 0.7)
    sheet.lay(cloth, look.shirt)
    shade = -0.16 * np.clip(sheet.x / 180, -0.4, 1) - 0.30 * np.clip((sheet.y - 190) / 130, 0, 1)
    sheet.shade(shade.astype(np.float32) * cloth)
    for x, top, drift in (
        (-96, 172, -8),
        (-62, 176, 6),
        (88, 176, 10),
        (60, 186, -5),
        (-128, 190, -14),
        (132, 196, 14),
    ):
        fold = curve([(x, top), (x + drift, top + 36), (x + 1.6 * drift, top + 84)])
        sheet.shade(-0.11 * sheet.tapered(fold, 13, 5) * cloth)
        sheet.shade(0.07 * sheet.tapered(fold - vec((9, 0)), 9, 5) * cloth)
    sheet.shade(0.005 * _grain(sheet, rng, 4) * cloth)
    neck = curve(
        [
            (-45, 70),
            (-43, 116),
            (-47, 136),
            (-60, 147),
            (-30, 168),
            (0, 176),
            (30, 168),
            (60, 147),
            (47, 136),
            (43, 116),
            (45, 70),
        ],
        closed=True,
    )
    skin = sheet.area(neck, 0.6)
    sheet.lay(skin, toned(look.skin, 0.93))
    sheet.shade(
        (
            -0.52 * np.exp(-np.clip(sheet.y - 92, 0, None) / 22)
            - 0.20 * np.clip((np.abs(sheet.x) - 22) / 26, 0, 1)
            - 0.08 * sheet.x / 45
        ).astype(np.float32)
        * skin
    )
    for side in (-1, 1):
        cord = curve([(side * 34, 112), (side * 24, 140), (side * 9, 164)])
        sheet.shade(-0.13 * sheet.tapered(cord, 6, 2.2) * skin)
        bone = curve([(side * 10, 166), (side * 28, 161), (side * 46, 153)])
        sheet.shade(0.10 * sheet.tapered(bone, 5, 2) * skin)
    collar = curve([(-62, 145), (-31, 170), (0, 178), (31, 170), (62, 145)])
    sheet.tint(sheet.line(collar, 4.5, 0.5), toned(look.shirt, 0.82))
    sheet.shade(-0.28 * sheet.line(collar + vec((0, -4)), 4, 2.4) * skin)
    return sheet


def room(width: int, height: int) -> Array:
    """A quiet, slightly blurred bedroom: (height, width, 3) float, red green blue, 0 to 1."""
    sheet = PaintSheet(width, height, (0, 0), 1)
    unit = height / 720
    wall = vec((0.80, 0.77, 0.70)) * (1.06 - 0.20 * sheet.x / width - 0.10 * sheet.y / height)[..., None]
    sheet.lay(np.ones_like(sheet.alpha), wall.astype(np.float32))
    right = width - 1280 * unit

    def box(x: float, y: float, w: float, h: float, colour: Paint, soft: float, opacity: float = 1) -> None:
        corners = vec(((x, y), (x + w, y), (x + w, y + h), (x, y + h))) * vec(unit)
        sheet.lay(sheet.area(corners, soft * unit), colour, opacity)

    box(-60, -40, 300, 470, (0.93, 0.92, 0.86), 5)
    box(-30, -40, 250, 445, (0.78, 0.85, 0.88), 5)
    box(88, -40, 10, 445, (0.93, 0.92, 0.86), 3)
    box(210, -40, 78, 800, (0.76, 0.70, 0.61), 7)
    box(228, -40, 14, 800, (0.70, 0.63, 0.54), 6, 0.6)
    box(262, -40, 12, 800, (0.70, 0.63, 0.54), 6, 0.6)
    sheet.rgb += 0.09 * sheet.glow(110 * unit, 180 * unit, 330 * unit, 300 * unit)[..., None] * vec((1, 0.97, 0.88))
    box(930 + right, 96, 210, 150, (0.62, 0.50, 0.38), 4)
    box(942 + right, 108, 186, 126, (0.88, 0.86, 0.80), 4)
    hill = curve([(942, 234), (942, 196), (990, 176), (1040, 198), (1090, 168), (1128, 190), (1128, 234)], closed=True)
    sheet.lay(sheet.area((hill + vec((right, 0))) * vec(unit), 4 * unit), (0.58, 0.66, 0.58))
    box(-60, 520, 1500 + right, 260, (0.60, 0.47, 0.36), 7)
    box(-60, 514, 1500 + right, 16, (0.68, 0.55, 0.43), 5)
    for x in (290, 1080 + right):
        pillow = curve([(x - 200, 700), (x - 190, 566), (x, 536), (x + 190, 566), (x + 200, 700)], closed=True)
        sheet.lay(sheet.area(pillow * vec(unit), 8 * unit), (0.90, 0.88, 0.84))
        sheet.shade(-0.20 * sheet.glow(x * unit, 720 * unit, 210 * unit, 70 * unit))
    rgb = cv2.GaussianBlur(sheet.rgb, (0, 0), 4 * unit)
    return np.asarray(rgb, np.float32).clip(0, 1)
