"""The drawn head as a person follows it: flat, calm shapes from the one anatomy, mirrored as a reflection is.

What stands still is drawn once and kept; what moves is drawn anew over it, in the part of the picture where it moves.
Pictures are uint8 (height, width, 4) in B, G, R, X order. The person's own left lies on the **left** of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.drawn.anatomy import (
    EYE_HALF_MM,
    EYE_X,
    MOUTH_X,
    MOUTH_Y,
    face_outline,
    lids,
    moved,
)
from kiosk.drawn.figure import HIGH_MM, REGIONS, TOP_MM, WIDE_MM, DirectionArrow, Figure, HandAt
from kiosk.drawn.hands import HandPixels, hand_sheet, placed
from kiosk.drawn.look import SKINS, mixed, toned
from kiosk.drawn.paint import Paint, curve, mirrored
from kiosk.drawn.shapes import (
    Points,
    ears,
    feature_shapes,
    front_hair,
    hair,
    neck,
    round_arrow,
    shoulders,
    sided,
    straight_arrow,
    tapered,
)

SketchPixels = npt.NDArray[np.uint8]

SEEN_PX = 12.0
"""A movement of fewer pixels has an arrow: at 1.2 m it is less than a quarter of a degree."""
LEAST_BREATH_MM, MOST_BREATH_MM = 90.0, 120.0
"""Radius of the disc of breath."""
DARK = 1.0
"""Skin darker than this, as the sum of its colours, goes with darker hair."""
MOST_HANDS = 24
"""Pictures of hands, and of arrows, that are kept."""
_FEATURES_MM = (-66.0, -44.0, 66.0, 112.0)
"""The part of the face that can move by itself."""
_HAIR: Paint = (0.30, 0.26, 0.25)
_CLOTH: Paint = (0.16, 0.23, 0.28)
_LIGHT: Paint = (0.50, 0.80, 0.79)
_DEEP: Paint = (0.06, 0.16, 0.19)
_BREATH: Paint = (0.20, 0.39, 0.43)
_EDGE = ((70, -60), (72, 0), (68, 50), (52, 86), (30, 114), (44, 100), (58, 60), (62, 18), (58, -30))
"""The part at the side of a face where light falls off."""

Key = tuple[object, ...]
Box = tuple[slice, slice]


def _bgr(colour: Paint) -> tuple[int, int, int, int]:
    red, green, blue = (round(255 * min(1.0, c)) for c in colour)
    return blue, green, red, 255


def height_of(width: int) -> int:
    """The height of a picture this wide."""
    return round(HIGH_MM * width / WIDE_MM)


class Sketch:
    """Draws figures ``width`` px wide on a ``ground`` (red, green, blue 0..255), and keeps what stands still."""

    def __init__(self, width: int, ground: tuple[int, int, int]) -> None:
        self.width = width
        self.scale = width / WIDE_MM
        """Pixels per millimetre."""
        self.height = height_of(width)
        red, green, blue = ground
        self._ground = np.array([blue, green, red, 255], np.uint8)
        self.pixels: SketchPixels = np.empty((self.height, width, 4), np.uint8)
        """The picture that was drawn last."""
        self._bare: tuple[int, SketchPixels] | None = None
        self._still: tuple[Key, SketchPixels] | None = None
        self._face: tuple[Key, SketchPixels] | None = None
        self._eyed: tuple[Key, SketchPixels] | None = None
        self._hands: dict[Key, tuple[HandPixels, int, int]] = {}
        self._sheets: dict[Key, HandPixels] = {}
        self._arrows: dict[DirectionArrow, tuple[HandPixels, int, int]] = {}
        self._features = feature_shapes(1.1 / self.scale)
        self._cover = np.zeros((self.height, width), np.uint8)
        for outline in (hair(), *ears(), neck(), shoulders(), face_outline()):
            cv2.fillPoly(self._cover, [self._px(outline)], 255, cv2.LINE_AA, 4)
        self._covered = (self._cover == 255).astype(np.uint8)
        self._edge = np.nonzero((self._cover > 0) & (self._cover < 255))
        self._shown: Figure | None = None
        self._touched: list[Box] = []

    def draw(self, figure: Figure) -> SketchPixels:
        """The picture of ``figure``; it is the same memory each time."""
        if figure == self._shown:
            return self.pixels
        face = self._with_face(figure)
        if figure.breath is not None:
            self._breathe(face, figure.breath)
            self._touched = [(slice(None), slice(None))]
        else:
            for box in self._touched:
                self.pixels[box] = face[box]
            self._touched = []
        for hand in figure.hands:
            self._lay_hand(hand, figure.tone)
        for arrow in figure.arrows:
            if arrow.of_mm * self.scale < SEEN_PX:
                self._arrow(arrow)
        self._shown = figure
        return self.pixels

    def place(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of a place of the anatomy: mirrored, as a reflection is."""
        return self.width / 2 - x * self.scale, (y - TOP_MM) * self.scale

    # -- on the finished picture

    def _px(self, points: Points) -> npt.NDArray[np.int32]:
        flat = np.empty(points.shape, np.float32)
        flat[:, 0] = self.width / 2 - 0.5 - points[:, 0] * self.scale
        flat[:, 1] = (points[:, 1] - TOP_MM) * self.scale - 0.5
        return np.round(flat * 16).astype(np.int32)

    def _fill(self, on: SketchPixels, points: Points, colour: Paint) -> None:
        cv2.fillPoly(on, [self._px(points)], _bgr(colour), cv2.LINE_AA, 4)

    def _line(self, on: SketchPixels, points: Points, colour: Paint, width_mm: float) -> None:
        self._fill(on, tapered(points, max(width_mm, 1.1 / self.scale)), colour)

    def _box(self, low: tuple[float, float], high: tuple[float, float]) -> Box:
        """The part of the picture between two places; ``low`` has the smaller x and y."""
        (right, top), (left, bottom) = self.place(*low), self.place(*high)
        return (
            slice(max(0, math.floor(top)), min(self.height, math.ceil(bottom))),
            slice(max(0, math.floor(left)), min(self.width, math.ceil(right))),
        )

    def _lay_hand(self, hand: HandAt, tone: int) -> None:
        x, y = self.place(hand.x, hand.y)
        # A third of a pixel is the least that is seen: the pictures between are few, and kept.
        third_x, third_y = round(3 * x), round(3 * y)
        key = (hand.grip, hand.side, hand.lean, tone, third_x % 3, third_y % 3)
        found = self._hands.get(key)
        if found is None:
            if len(self._hands) >= MOST_HANDS:
                self._hands.clear()
            sheet = self._sheets.get((hand.grip, tone))
            if sheet is None:
                sheet = hand_sheet(hand.grip, self.scale, SKINS[tone - 1])
                self._sheets = {(hand.grip, tone): sheet}
            at = third_x % 3 / 3, third_y % 3 / 3
            found = self._hands[key] = placed(sheet, self.scale, hand.side, hand.lean, at)
        picture, left, top = found
        self._touched.append(_over(self.pixels, picture, third_x // 3 + left, third_y // 3 + top))

    def _arrow(self, arrow: DirectionArrow) -> None:
        found = self._arrows.get(arrow)
        if found is None:
            if len(self._arrows) >= MOST_HANDS:
                self._arrows.clear()
            found = self._arrows[arrow] = self._arrow_picture(arrow)
        picture, left, top = found
        self._touched.append(_over(self.pixels, picture, left, top))

    def _arrow_picture(self, arrow: DirectionArrow) -> tuple[HandPixels, int, int]:
        """The arrow with a dark edge, premultiplied, and the place of its upper left corner."""
        shapes = [self._px(shape) for shape in (round_arrow(arrow) if arrow.turns else straight_arrow(arrow))]
        width = max(2, round(3.4 * self.scale))
        points = np.concatenate(shapes) // 16
        left, top = (int(c) for c in points.min(0) - width)
        right, bottom = (int(c) for c in points.max(0) + width + 1)
        picture = np.zeros((bottom - top, right - left, 4), np.uint8)
        shifted = [shape - np.array([left * 16, top * 16], np.int32) for shape in shapes]
        for shape in shifted:
            cv2.polylines(picture, [shape], True, _bgr(_DEEP), width, cv2.LINE_AA, 4)
        for shape in shifted:
            cv2.fillPoly(picture, [shape], _bgr(_LIGHT), cv2.LINE_AA, 4)
        return picture, left, top

    def _breathe(self, face: SketchPixels, breath: float) -> None:
        """A disc behind the head, as large as the breath."""
        self.pixels[:] = self._ground
        x, y = self.place(0, 12)
        radius = (LEAST_BREATH_MM + (MOST_BREATH_MM - LEAST_BREATH_MM) * breath) * self.scale
        cv2.circle(self.pixels, (round(x * 16), round(y * 16)), round(radius * 16), _bgr(_BREATH), -1, cv2.LINE_AA, 4)
        cv2.copyTo(face, self._covered, self.pixels)
        share = self._cover[self._edge][:, None].astype(np.int32)
        # The edge of the face was drawn on the ground: what it has of that is what the disc takes the place of.
        behind = self.pixels[self._edge].astype(np.int32) - self._ground
        self.pixels[self._edge] = (face[self._edge] + behind * (255 - share) // 255).clip(0, 255).astype(np.uint8)

    # -- what is kept

    def _with_face(self, figure: Figure) -> SketchPixels:
        """The head with its face as it stands at this moment; where that changed, the picture is to be drawn anew."""
        key = (figure.lit, figure.side, figure.soft, figure.tone)
        if self._still is None or self._still[0] != key:
            self._still, self._eyed, self._face = (key, self._head(figure)), None, None
            self._touched = [(slice(None), slice(None))]
        if self._face is None or self._face[0] != (figure.pose,):
            left, top, right, bottom = _FEATURES_MM
            part = self._box((left, top), (right, bottom))
            eyed = self._with_eyes(self._still[1], figure)
            face = eyed.copy() if self._face is None else self._face[1]
            face[part] = eyed[part]
            self._touched.append(part)
            self._face = (figure.pose,), face
            self._draw_features(face, figure)
        return self._face[1]

    def _with_eyes(self, still: SketchPixels, figure: Figure) -> SketchPixels:
        """The head with its eyes, which most movements leave as they are."""
        pose, skin = figure.pose, SKINS[figure.tone - 1]
        key = (pose.lid_right, pose.lid_left, pose.gaze_x_mm, pose.gaze_y_mm)
        if self._eyed is None or self._eyed[0] != key:
            eyed = still.copy() if self._eyed is None else self._eyed[1]
            for side, closure in ((-1, pose.lid_right), (1, pose.lid_left)):
                area = self._box((side * EYE_X - EYE_HALF_MM - 2, -14), (side * EYE_X + EYE_HALF_MM + 2, 13))
                eyed[area] = still[area]
                self._eye(eyed, skin, side, closure, (pose.gaze_x_mm, pose.gaze_y_mm))
            self._eyed = key, eyed
        return self._eyed[1]

    def _head(self, figure: Figure) -> SketchPixels:
        """Everything that stands still: hair, neck, skin with what is lit on it."""
        skin = SKINS[figure.tone - 1]
        line, dark = toned(skin, 0.56), _hair_colour(skin)
        if self._bare is None or self._bare[0] != figure.tone:
            self._bare = figure.tone, self._bare_head(skin, dark)
        head = self._bare[1].copy()
        if figure.lit and figure.lit != "scalp-forehead-brow":
            self._glow(head, figure.lit, figure.side, 0.34 if figure.lit == "whole-face" else 0.66)
        if figure.soft:
            self._glow(head, figure.soft, 0, 0.32)
        for side in (-1, 1):
            # The skin of the lids shows as the eyes close.
            x = np.linspace(-EYE_HALF_MM, EYE_HALF_MM, 31, dtype=np.float32)
            upper, lower = lids(x, 0.0)
            eye = np.concatenate([sided(x, upper - 1.0, side), sided(x, lower + 0.4, side)[::-1]])
            self._fill(head, eye, toned(skin, 0.88))
            bag = curve([(side * px, py) for px, py in ((21, 13), (27, 15.2), (35, 15.6), (41, 13.6))])
            self._line(head, bag, toned(skin, 0.92), 1.2)
        self._fill(head, front_hair(), dark)
        for strand in (((-46, -86), (-20, -99), (8, -101)), ((30, -97), (52, -84), (66, -62))):
            self._line(head, curve(strand), toned(dark, 1.25), 2.1)
        if figure.lit == "scalp-forehead-brow":
            self._glow(head, figure.lit, figure.side, 0.66)
        jaw = curve([(56, 70), (42, 95), (22, 112), (0, 117), (-22, 112), (-42, 95), (-56, 70)])
        self._line(head, jaw, line, 1.3)
        return head

    def _bare_head(self, skin: Paint, dark: Paint) -> SketchPixels:
        """The part of it that is the same in every step of a person."""
        head = np.empty((self.height, self.width, 4), np.uint8)
        head[:] = self._ground
        self._fill(head, hair(), toned(dark, 0.78))
        self._fill(head, neck(), toned(skin, 0.86))
        self._fill(head, shoulders(), _CLOTH)
        for ear in ears():
            self._fill(head, ear, toned(skin, 0.92))
        self._fill(head, face_outline(), skin)
        self._shade(head, skin)
        return head

    def _shade(self, head: SketchPixels, skin: Paint) -> None:
        """A soft roundness, and a little warmth in the cheeks."""
        warm = mixed(skin, (0.80, 0.36, 0.30), 0.30)
        for side in (-1, 1):
            cheek = curve([(side * x, y) for x, y in ((30, 32), (46, 22), (58, 34), (44, 48))], closed=True)
            self._blend(head, [cheek], warm, 0.60, 8)
            edge = curve([(side * x, y) for x, y in _EDGE], closed=True)
            self._blend(head, [edge], toned(skin, 0.78), 0.60, 6)
        nose = curve([(7, 4), (12, 30), (16, 44), (9, 46), (4, 20)], closed=True)
        self._blend(head, [nose], toned(skin, 0.84), 0.5, 3)

    def _glow(self, head: SketchPixels, region: str, side: int, strength: float) -> None:
        half = REGIONS[region]
        if side == 0 and half[0][0] == half[-1][0] == 0:
            shapes = [curve([*half, *mirrored(half[1:-1])], closed=True)]
        else:
            shapes = [curve([(own * x, y) for x, y in half], closed=True) for own in (1, -1) if side in (0, own)]
        self._blend(head, shapes, _LIGHT, strength, 3)

    def _blend(
        self, head: SketchPixels, shapes: Sequence[Points], colour: Paint, strength: float, soft_mm: float
    ) -> None:
        """Lay ``colour`` softly over ``shapes``, but not beyond the head."""
        points, reach = np.concatenate(list(shapes)), 3 * soft_mm
        low, high = points.min(0) - reach, points.max(0) + reach
        box = self._box((low[0], low[1]), (high[0], high[1]))
        mask = np.zeros(self._cover.shape, np.uint8)
        for shape in shapes:
            cv2.fillPoly(mask, [self._px(shape)], 255, cv2.LINE_AA, 4)
        soft = cv2.GaussianBlur(mask[box], (0, 0), soft_mm * self.scale)
        share = np.minimum(soft, self._cover[box]).astype(np.float32)[..., None] * (strength / 255)
        part = head[box]
        part[:] = np.round(part + (np.array(_bgr(colour), np.float32) - part) * share).astype(np.uint8)

    # -- the face as it stands

    def _draw_features(self, on: SketchPixels, figure: Figure) -> None:
        pose, skin = figure.pose, SKINS[figure.tone - 1]
        red = mixed(skin, (0.62, 0.24, 0.26), 0.42)
        colours = {
            "brow": mixed(_hair_colour(skin), skin, 0.12),
            "wing": toned(skin, 0.56),
            "nostril": toned(skin, 0.42),
            "fold": toned(skin, 0.91),
            "bridge": toned(skin, 0.88),
            "base": toned(skin, 0.74),
            "crease": mixed(skin, toned(skin, 0.62), min(1.0, pose.nose_mm / 2)),
            "upper lip": toned(red, 0.90),
            "lower lip": red,
            "lip line": toned(mixed(skin, (0.35, 0.12, 0.14), 0.55), 0.72),
            "under": toned(skin, 0.88),
        }
        names, shapes, rest = self._features
        places = rest.copy()
        # Lips that grow round come forward, and so seem fuller.
        full = 0.10 * max(0.0, -0.5 * (pose.corner_left_mm + pose.corner_right_mm))
        if full:
            at = np.clip(1 - (places[:, 0] / MOUTH_X) ** 2, 0, 1) * (np.abs(places[:, 1] - MOUTH_Y) < 14)
            places[:, 1] += full * at * (places[:, 1] - MOUTH_Y)
        places = (places + moved(rest.astype(np.float64), pose)).astype(np.float32)
        pixels = self._px(places)
        for name, (start, end) in zip(names, shapes, strict=True):
            if name != "crease" or pose.nose_mm > 0:
                cv2.fillPoly(on, [pixels[start:end]], _bgr(colours[name]), cv2.LINE_AA, 4)

    def _eye(self, on: SketchPixels, skin: Paint, side: int, closure: float, gaze: tuple[float, float]) -> None:
        x = np.linspace(-EYE_HALF_MM, EYE_HALF_MM, 23, dtype=np.float32)
        upper_y, lower_y = lids(x, closure)
        open_y, _ = lids(x, 0.0)
        upper, lower = sided(x, upper_y, side), sided(x, lower_y, side)
        if closure < 0.985:
            area = self._box((side * EYE_X - EYE_HALF_MM - 2, -12), (side * EYE_X + EYE_HALF_MM + 2, 12))
            row, column = area[0].start, area[1].start
            part = on[area]
            patch = np.empty_like(part)
            patch[:] = _bgr((0.93, 0.92, 0.90))
            mask = np.zeros(patch.shape[:2], np.uint8)
            shift = np.array([column * 16, row * 16], np.int32)
            cv2.fillPoly(mask, [self._px(np.concatenate([upper, lower[::-1]])) - shift], 255, cv2.LINE_AA, 4)
            cx, cy = self.place(side * EYE_X + gaze[0], gaze[1] + 0.2)
            at = (round((cx - column - 0.5) * 16), round((cy - row - 0.5) * 16))
            for radius, colour in ((5.7, (0.24, 0.20, 0.18)), (5.0, (0.36, 0.30, 0.26)), (2.3, (0.06, 0.06, 0.07))):
                cv2.circle(patch, at, round(radius * self.scale * 16), _bgr(colour), -1, cv2.LINE_AA, 4)
            light = (at[0] - round(1.8 * self.scale * 16), at[1] - round(1.9 * self.scale * 16))
            cv2.circle(patch, light, round(0.95 * self.scale * 16), _bgr((0.97, 0.97, 0.97)), -1, cv2.LINE_AA, 4)
            share = mask[..., None].astype(np.uint16)
            part[:] = ((part * (255 - share) + patch * share) // 255).astype(np.uint8)
        arch = np.clip(1 - (x / EYE_HALF_MM) ** 2, 0, 1) ** 0.7
        crease = sided(x[3:-2], (open_y - 3.2 * arch + 0.9 * closure)[3:-2], side)
        self._line(on, crease, toned(skin, 0.72), 1.1)
        self._line(on, upper, (0.16, 0.11, 0.10), 2.0)
        self._line(on, lower, toned(skin, 0.64), 0.9)


def _hair_colour(skin: Paint) -> Paint:
    return _HAIR if sum(skin) > DARK else toned(_HAIR, 0.55)


def _over(on: SketchPixels, picture: HandPixels, x: int, y: int) -> Box:
    """Lay ``picture``, premultiplied, over ``on`` with its upper left corner at (``x``, ``y``); the part it lies on."""
    height, width = on.shape[:2]
    left, top = min(max(0, x), width), min(max(0, y), height)
    right, bottom = max(left, min(width, x + picture.shape[1])), max(top, min(height, y + picture.shape[0]))
    box = slice(top, bottom), slice(left, right)
    if left < right and top < bottom:
        upper = picture[top - y : bottom - y, left - x : right - x]
        lets = cv2.cvtColor(255 - upper[..., 3], cv2.COLOR_GRAY2BGRA)
        on[box] = cv2.add(upper, cv2.multiply(on[box], lets, scale=1 / 255))
    return box
