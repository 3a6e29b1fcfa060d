"""The marks of a report, counted in the pixels of its pages: shapes of black and grey, by their size and filling."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import cv2
import numpy as np

DPI = 300
MM = DPI / 25.4
DOT_MM, MARK_MM, BAR_MM = 1.5, 2.2, 1.8
"""A session or an answer; an injection or a movement seen; steps of a week."""
PLOTS_MM = 60.0
"""Where plots begin, from the left edge of the paper."""
BLACK, GREY = (0, 70), (125, 165)


def marks_in(pictures: list[Path]) -> dict[str, int]:
    """How many of each kind there are on all pages together."""
    found: Counter[str] = Counter()
    for path in pictures:
        page = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        assert page is not None, path
        found.update(_marks(page[:, round(PLOTS_MM * MM) :]))
    return dict(found)


def _marks(page: np.ndarray) -> list[str]:
    kinds = [_black(part) for part in _parts(page, *BLACK)]
    kinds += ["bar" for part in _parts(page, *GREY) if _is_bar(part)]
    return [kind for kind in kinds if kind]


def _parts(page: np.ndarray, low: int, high: int) -> list[np.ndarray]:
    """Each connected part of that brightness, alone in its box, as 0 and 1."""
    mask = cv2.inRange(page, np.array(low), np.array(high))
    if (low, high) == GREY:  # the soft edge of a black line is as grey as a bar, and thin
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    boxes = [(label, *stats[label][:4]) for label in range(1, count)]
    least = 0.5 * DOT_MM * MM
    return [
        (labels[y : y + height, x : x + width] == label).astype(np.uint8)
        for label, x, y, width, height in boxes
        if width > least and height > least
    ]


def _near(pixels: int, mm: float) -> bool:
    return abs(pixels - mm * MM) <= 0.17 * mm * MM + 1


def _black(part: np.ndarray) -> str:
    height, width = part.shape
    filling = float(part.mean())
    middle = part[height // 2, width // 2]
    if _near(width, DOT_MM) and _near(height, DOT_MM):
        if filling > 0.68 and middle:
            return "dot"
        # The hole is white and round; a letter's is wider, or open.
        return "ring" if 0.48 < filling < 0.68 and not middle and _symmetric(part) else ""
    if _near(width, MARK_MM) and height > 0.9 * MARK_MM * MM and _is_triangle(part):
        return "injection"
    if _near(width, MARK_MM) and _near(height, MARK_MM) and filling < 0.5 and not middle and _symmetric(part):
        return "seen"
    return ""


def _is_triangle(part: np.ndarray) -> bool:
    """Whether it narrows from a whole row to its line."""
    top, middle, low = (part[round(share * MARK_MM * MM)].mean() for share in (0.08, 0.5, 0.85))
    return bool(top > 0.75 and 0.35 < middle < 0.65 and low < 0.35)


def _symmetric(part: np.ndarray) -> bool:
    return all(float((part != turned).mean()) < 0.15 for turned in (part[::-1], part[:, ::-1], part[::-1, ::-1]))


def _is_bar(part: np.ndarray) -> bool:
    height, width = part.shape
    return height <= BAR_MM * MM + 1 and float(part.mean()) > 0.85 and width > 0.8 * MM
