"""A small soft brush: smooth curves and feathered shapes on float pictures, measured in millimetres.

Colours are (red, green, blue) from 0 to 1. Everything is antialiased by drawing with OpenCV's sub-pixel shift.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Paint = tuple[float, float, float]
PaintPoints = Sequence[tuple[float, float]]

_SHIFT = 4


def vec(values: float | Sequence[float] | Sequence[Sequence[float]]) -> Array:
    """``values`` as float32, so that sums stay float32."""
    return np.asarray(values, np.float32)


def curve(points: PaintPoints, closed: bool = False, steps: int = 16) -> Array:
    """A Catmull-Rom curve through ``points``: (n, 2) float32."""
    p = np.asarray(points, np.float32)
    count = len(p) if closed else len(p) - 1
    ring = (
        np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    )
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    parts = []
    for i in range(count):
        a, b, c, d = ring[i], ring[i + 1], ring[i + 2], ring[i + 3]
        parts.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    if not closed:
        parts.append(p[-1:])
    return np.concatenate(parts).astype(np.float32)


def mirrored(points: PaintPoints) -> list[tuple[float, float]]:
    """The same points on the other side of the midline, in reverse order (so that outlines close)."""
    return [(-x, y) for x, y in reversed(points)]


def _touched(amount: Array) -> tuple[slice, slice]:
    """The part of a sheet where ``amount`` can be seen: most strokes are small, and the rest need not be computed."""
    where = np.abs(amount) > 5e-4
    rows, columns = np.flatnonzero(where.any(1)), np.flatnonzero(where.any(0))
    if not len(rows):
        return slice(0), slice(0)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


class PaintSheet:
    """A transparent sheet to paint on. ``scale`` is pixels per millimetre; ``origin`` is where (0, 0) mm lies in it."""

    def __init__(self, width_mm: float, height_mm: float, origin_mm: tuple[float, float], scale: float) -> None:
        self.scale, self.origin = scale, origin_mm
        shape = (round(height_mm * scale), round(width_mm * scale))
        self.rgb = np.zeros((*shape, 3), np.float32)
        self.alpha = np.zeros(shape, np.float32)
        x = (np.arange(shape[1], dtype=np.float32) + 0.5) / scale - origin_mm[0]
        y = (np.arange(shape[0], dtype=np.float32) + 0.5) / scale - origin_mm[1]
        self.x, self.y = x[None, :], y[:, None]

    def _pixels(self, points: Array) -> npt.NDArray[np.int32]:
        px = (points + vec(self.origin)) * self.scale - 0.5
        return np.round(px * (1 << _SHIFT)).astype(np.int32)

    def _soft(self, mask: npt.NDArray[np.uint8], soft_mm: float) -> Array:
        sigma = soft_mm * self.scale
        if sigma <= 0:
            return np.asarray(mask, np.float32) / np.float32(255)
        # A wide blur on a small picture looks the same and costs a hundredth.
        shrink = max(1, int(sigma / 4))
        small = (
            cv2.resize(mask, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA) if shrink > 1 else mask
        )
        blurred = cv2.GaussianBlur(small.astype(np.float32) / 255, (0, 0), sigma / shrink)
        height, width = mask.shape
        return np.asarray(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC), np.float32).clip(0, 1)

    def area(self, outline: Array, soft_mm: float = 0) -> Array:
        """Return the share of each pixel that lies inside ``outline``: 0 to 1, feathered by ``soft_mm``."""
        mask = np.zeros(self.alpha.shape, np.uint8)
        cv2.fillPoly(mask, [self._pixels(outline)], 255, cv2.LINE_AA, _SHIFT)
        return self._soft(mask, soft_mm)

    def line(self, points: Array, width_mm: float, soft_mm: float = 0) -> Array:
        """Return the share of each pixel that lies under a line of this width."""
        mask = np.zeros(self.alpha.shape, np.uint8)
        thick = max(1, round(width_mm * self.scale))
        cv2.polylines(mask, [self._pixels(points)], False, 255, thick, cv2.LINE_AA, _SHIFT)
        return self._soft(mask, soft_mm)

    def tapered(self, points: Array, width_mm: float, soft_mm: float = 0) -> Array:
        """A line that is thickest in its middle and ends in points."""
        along = np.gradient(points, axis=0)
        normal = np.stack([-along[:, 1], along[:, 0]], 1) / (np.linalg.norm(along, axis=1, keepdims=True) + 1e-6)
        half = 0.5 * width_mm * np.sin(np.linspace(0.05, np.pi - 0.05, len(points), dtype=np.float32))[:, None]
        return self.area(np.concatenate([points + normal * half, (points - normal * half)[::-1]]), soft_mm)

    def strands(self, lines: Sequence[Array], width_mm: float) -> Array:
        """Many fine hairs at once."""
        mask = np.zeros(self.alpha.shape, np.uint8)
        thick = max(1, round(width_mm * self.scale))
        for points in lines:
            cv2.polylines(mask, [self._pixels(points)], False, 255, thick, cv2.LINE_AA, _SHIFT)
        return np.asarray(mask, np.float32) / np.float32(255)

    def glow(self, x: float, y: float, sx: float, sy: float) -> Array:
        """A soft round spot: 1 in its middle."""
        return np.asarray(np.exp(-0.5 * (((self.x - x) / sx) ** 2 + ((self.y - y) / sy) ** 2)), np.float32)

    def lay(self, cover: Array, colour: Paint | Array, opacity: float = 1) -> None:
        """Paint ``colour`` over what is there, and make the sheet opaque where it is covered."""
        a = (cover * opacity)[..., None]
        self.rgb += (np.asarray(colour, np.float32) - self.rgb) * a
        self.alpha += (1 - self.alpha) * a[..., 0]

    def tint(self, cover: Array, colour: Paint | Array, opacity: float = 1) -> None:
        """Paint ``colour`` only where the sheet is already opaque."""
        box = _touched(cover)
        tone = np.asarray(colour, np.float32)
        part = self.rgb[box]
        part += ((tone[box] if tone.ndim == 3 else tone) - part) * (cover[box] * opacity)[..., None]

    def shade(self, amount: Array) -> None:
        """Lighten (above 0) or darken (below 0) what is there; darkening keeps colours warm."""
        box = _touched(amount)
        m = np.asarray(amount[box], np.float32)[..., None]
        self.rgb[box] *= np.where(m > 0, 1 + 0.8 * m, np.exp(m * vec((0.80, 1.05, 1.15))))

    def shrunk(self, factor: int) -> tuple[Array, Array]:
        """(rgb, alpha) at ``1 / factor`` of the size, with premultiplied colours."""
        size = (self.alpha.shape[1] // factor, self.alpha.shape[0] // factor)
        rgb = cv2.resize(self.rgb * self.alpha[..., None], size, interpolation=cv2.INTER_AREA)
        return np.asarray(rgb, np.float32), np.asarray(
            cv2.resize(self.alpha, size, interpolation=cv2.INTER_AREA), np.float32
        )
