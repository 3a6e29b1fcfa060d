"""A recorded session as a picture: ``python -m tests.voice.session_picture LANGUAGE FOLDER OUT.webp``.

A line for each minute: what left the mixer, and under it what was planned there. ``tests.voice.led`` fills ``FOLDER``.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from kiosk.paths import assets
from tests.voice.heard import Compared, Recording, compared

SECONDS = 60
WIDE, HIGH, WAVE, MARGIN = 1_500, 92, 44, 46
PAPER, INK, FAINT = "#ffffff", "#1f2933", "#c9d1d9"
KINDS = {"tone": "#b45309", "cue": "#0f766e", "said": "#1d4ed8", "dropped": "#b91c1c"}
SAY_LEAST_PX = 54
"""A sound whose bar is narrower is not named in it."""


def drawn(recording: Recording, found: Compared) -> Image.Image:
    """The whole session, from its first sound on."""
    began_ms = min(one.start_ms for one in found.due) - 500
    ends_ms = max(one.end_ms for one in found.due) + 500
    lines = -(-(ends_ms - began_ms) // (SECONDS * 1_000))
    image = Image.new("RGB", (WIDE + 2 * MARGIN, lines * HIGH + 60), PAPER)
    pen = ImageDraw.Draw(image)
    small = ImageFont.truetype(str(assets() / "fonts" / "AtkinsonHyperlegible-Regular.ttf"), 12)
    for line in range(lines):
        from_ms, top = began_ms + line * SECONDS * 1_000, 8 + line * HIGH
        pen.text((6, top + WAVE // 2 - 7), f"{line}:00", fill=INK, font=small)
        _wave(pen, recording, from_ms, top)
        pen.line((MARGIN, top + WAVE // 2, MARGIN + WIDE, top + WAVE // 2), fill=FAINT)
    for one in found.due:
        line, offset_ms = divmod(one.start_ms - began_ms, SECONDS * 1_000)
        left = MARGIN + offset_ms * WIDE // (SECONDS * 1_000)
        right = max(left + 3, left + (one.end_ms - one.start_ms) * WIDE // (SECONDS * 1_000))
        top = 8 + line * HIGH + WAVE + (18 if one.kind == "tone" else 2)
        kind = (
            "dropped" if one.heard_ms is None else "tone" if one.kind == "tone" else "cue" if one.droppable else "said"
        )
        pen.rectangle((left, top, min(right, MARGIN + WIDE), top + 14), fill=KINDS[kind])
        if right - left > SAY_LEAST_PX:
            name = one.name
            while name and pen.textlength(name, font=small) > right - left - 4:
                name = name[:-1]
            pen.text((left + 3, top), name, fill=PAPER, font=small)
        elif one.kind == "tone":
            pen.text((right + 2, top), one.name, fill=INK, font=small)
    left = MARGIN
    for kind, told in (("said", "said, late if need be"), ("cue", "cue"), ("tone", "tone"), ("dropped", "dropped")):
        pen.rectangle((left, lines * HIGH + 30, left + 14, lines * HIGH + 44), fill=KINDS[kind])
        pen.text((left + 20, lines * HIGH + 30), told, fill=INK, font=small)
        left += 60 + int(pen.textlength(told, font=small))
    return image


def _wave(pen: ImageDraw.ImageDraw, recording: Recording, from_ms: int, top: int) -> None:
    """The loudest sample of each pixel, both ways."""
    edges = [recording.sample_at(from_ms + pixel * SECONDS * 1_000 / WIDE) for pixel in range(WIDE + 1)]
    for pixel, (first, last) in enumerate(pairwise(edges)):
        part = recording.samples[first : max(last, first + 1)]
        size = round(float(np.abs(part).max(initial=0)) * WAVE)
        if size:
            at = top + WAVE // 2
            pen.line((MARGIN + pixel, at - size // 2, MARGIN + pixel, at + size // 2), fill=INK)


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    drawn(Recording.read(folder), compared(folder, sys.argv[1])).save(sys.argv[3], lossless=True)
