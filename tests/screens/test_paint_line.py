"""The gentle line: its days stand where they were, on every size of screen, and the words say which end is which."""

from __future__ import annotations

from dataclasses import replace

import pygame
import pytest

from kiosk.screens.fit import TextRole, pitch
from kiosk.screens.theme import INK
from tests.screens.paint_samples import GENTLE, SIZES, painter


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_each_day_is_drawn_where_it_was(size: tuple[int, int]) -> None:
    """The top of the line is at the height of its word, and so is the bottom; later stands further to the right."""
    surface = pygame.Surface(size, 0, 32)
    painter().draw(surface, GENTLE)
    items = painter().layout(GENTLE, size)
    place = next(item for item in items if item.role is TextRole.LINE)
    at = {item.lines[0]: item.box for item in items if item.role is TextRole.TEXT}
    assert GENTLE.line is not None
    radius, half = place.radius, pitch(place.em) // 2
    low, high = place.box.bottom - half, place.box.y + half
    for x, y in (point for piece in GENTLE.line.pieces for point in piece):
        spot = round(place.box.x + radius + x * (place.box.w - 2 * radius)), round(low - y * (low - high))
        assert surface.get_at(spot)[:3] == INK, (x, y)
    assert abs(at["Tight"].y + half - high) <= 2
    assert abs(at["Loose"].y + half - low) <= 2
    assert at["This week"].x > at["9 February"].x


def test_between_two_pieces_nothing_is_drawn() -> None:
    """Nobody knows how it was meanwhile: a line across would say that somebody did."""
    surface = pygame.Surface((1280, 720), 0, 32)
    other = pygame.Surface((1280, 720), 0, 32)
    painter().draw(surface, GENTLE)
    line = GENTLE.line
    assert line is not None
    painter().draw(other, replace(GENTLE, line=replace(line, pieces=())))
    place = next(item for item in painter().layout(GENTLE) if item.role is TextRole.LINE).box
    gap = pygame.Rect(place.x + round(0.33 * place.w), place.y, round(0.34 * place.w), place.h)
    ours, empty = (pygame.surfarray.array3d(shown.subsurface(gap)) for shown in (surface, other))
    assert (ours == empty).all()


def test_a_sentence_gives_way_before_the_line_does() -> None:
    """Where there is no room for both, what was to be seen is seen."""
    long = replace(GENTLE, lines=("A sentence that is far too long for a small screen. " * 4,))
    items = painter().layout(long, (800, 480))
    assert not any("sentence" in " ".join(item.lines) for item in items)
    assert painter().fits(long, (800, 480)) == []
