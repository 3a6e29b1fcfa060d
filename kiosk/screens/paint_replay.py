"""The moving line drawing of a face: where it lies, and its lines. Neutral ink, and one thickness for both sides."""

from __future__ import annotations

import pygame

from kiosk.screens.fit import Align, Box, Placed, TextRole, pitch, text_at
from kiosk.screens.paint_frame import GAP, Kit, column, frame, head_width
from kiosk.screens.scene import LineDrawing
from kiosk.screens.theme import INK, SOFT

ABOVE, BELOW, ASIDE = 520, 1400, 850
"""How much of the face's frame is shown around the middle between the eyes, in tenths of a millimetre."""
THICK = 3
LABEL_SHARE = 5
"""A label beside the face has a fifth of the width."""


def drawing(scene: LineDrawing, kit: Kit) -> list[Placed]:
    """Title and time above, what to know below, and between them the face with a label at either side."""
    items, area = frame(scene, kit)
    sizes = kit.sizes
    head = column(
        [(scene.title, sizes.title[-1], True, INK), (scene.text, sizes.least, False, SOFT)],
        area._replace(w=head_width(scene, area, kit)),
        4,
        kit,
    )
    top = max((p.box.bottom for p in head), default=area.y) + GAP
    height = kit.height(scene.note, area.w, sizes.least)
    box = Box(area.x, area.bottom - height, area.w, height)
    below = [text_at(scene.note, box, sizes.least, kit.measure, ink=SOFT)] if scene.note else []
    room = Box(area.x, top, area.w, area.bottom - height - GAP - top)
    label = room.w // LABEL_SHARE
    face = Box(room.x + label + GAP, room.y, room.w - 2 * (label + GAP), room.h)
    middle = room.y + (room.h - pitch(sizes.least)) // 2
    # The person faces whoever looks: their own left is on the right.
    sides = [
        (scene.right, Box(room.x, middle, label, room.bottom - middle), Align.RIGHT),
        (scene.left, Box(face.right + GAP, middle, label, room.bottom - middle), Align.LEFT),
    ]
    labels = [
        text_at(text, where, sizes.least, kit.measure, bold=True, align=align) for text, where, align in sides if text
    ]
    return [*items, *head, *below, *labels, Placed(TextRole.FACE, face, ink=INK)]


def show_face(surface: pygame.Surface, place: Placed, lines: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    """Draw the lines into their place, as large as both its sides allow."""
    box = place.box
    scale = min(box.h / (ABOVE + BELOW), box.w / (2 * ASIDE))
    x, y = box.x + box.w / 2, box.y + ABOVE * scale
    clip = surface.get_clip()
    surface.set_clip(pygame.Rect(*box))
    for line in lines:
        if len(line) > 1:
            pygame.draw.lines(surface, place.ink, False, [(x + dx * scale, y + dy * scale) for dx, dy in line], THICK)
    surface.set_clip(clip)
