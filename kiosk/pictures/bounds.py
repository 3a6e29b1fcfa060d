"""Bounds of a clinic's own picture or film: of its size and length, and of what comes out of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum

PICTURE_PIXELS = 24_000_000
"""The most pixels of a picture: what a telephone takes."""
FILM_PIXELS = 1920 * 1088
"""The most pixels of a film: 1080p, of which a decoder makes whole blocks of 16."""
LEAST_PX = 64
"""The least width and height: less shows nothing at arm's length."""
FILM_MS = 12_000
"""The longest film."""
FRAME_MS = 80
"""Time between two pictures of a film as it is shown: that of the drawn head."""
MOST_COUNT = FILM_MS // FRAME_MS + 1
DECODED_BYTES = 40 << 20
"""The most memory of a picture or film that is decoded."""
MOST_W, MOST_H = 800, 1000
"""The most px of a decoded picture: about what the drawn head has on the largest screen."""
CODECS = ("h264", "hevc", "mpeg4", "vp9", "av1")
"""The kinds of film that are decoded."""


class Refusal(StrEnum):
    """The reason why a picture or film cannot be shown."""

    DAMAGED = "damaged"
    TRUNCATED = "truncated"
    CODEC = "codec"
    PIXELS = "pixels"
    SMALL = "small"
    LONG = "long"
    MEMORY = "memory"


REASONS: Mapping[Refusal, tuple[str, str]] = {
    Refusal.DAMAGED: (
        "it is damaged, or there is no picture in it: it cannot be decoded",
        "save or copy it again, and open it on a PC first",
    ),
    Refusal.TRUNCATED: ("it is cut off: its end is missing", "copy it again"),
    Refusal.CODEC: (
        f"it is a kind of film that is not decoded here (only {', '.join(CODECS)})",
        "save it as MP4 with H.264",
    ),
    Refusal.PIXELS: (
        f"it has too many pixels: a picture at most {PICTURE_PIXELS // 10**6} million, a film at most 1920x1080",
        "save it smaller",
    ),
    Refusal.SMALL: (f"it is smaller than {LEAST_PX}x{LEAST_PX} pixels", "save it larger"),
    Refusal.LONG: (f"the film is longer than {FILM_MS // 1000} seconds", "cut it to one repetition"),
    Refusal.MEMORY: ("decoding it takes more memory than it may", "save it smaller"),
}
"""The words for each, and for what to do, as phrases."""


def decoded_size(width: int, height: int, count: int) -> tuple[int, int]:
    """Width and height, both even, of ``count`` decoded pictures of ``width`` × ``height`` px: never enlarged."""
    pixels = DECODED_BYTES / (1.5 * count)
    scale = min(1.0, MOST_W / width, MOST_H / height, math.sqrt(pixels / (width * height)))
    return max(2, int(width * scale) & ~1), max(2, int(height * scale) & ~1)


def decoded_bytes(width: int, height: int, count: int) -> int:
    """Bytes of ``count`` pictures in I420."""
    return width * height * 3 // 2 * count
