"""The items of a layout, painted: plates, texts, marks, digits, dots; a picture is kept until others need its room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import pygame

from kiosk.screens.fit import Align, Placed, TextRole, pitch
from kiosk.screens.marks import dot_surface, mark_surface, pointer_surface, shape_surface
from kiosk.screens.theme import BUTTONS, GROUND, Fonts

Kind = TypeVar("Kind")


class RenderedCache(Generic[Kind]):
    """Rendered pictures by what they show. Beyond ``budget`` bytes the one not seen for longest goes first."""

    def __init__(self, weigh: Callable[[Kind], int], budget: int) -> None:
        self.budget, self.size, self.made = budget, 0, 0
        self._weigh = weigh
        self._kept: OrderedDict[Hashable, Kind] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Kind]) -> Kind:
        """The picture kept under ``key``; made, and kept, when there is none."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        picture = make()
        self.made += 1
        self._kept[key] = picture
        self.size += self._weigh(picture)
        while self.size > self.budget and len(self._kept) > 1:
            self.size -= self._weigh(self._kept.popitem(last=False)[1])
        return picture

    def clear(self) -> None:
        self._kept.clear()
        self.size = 0


class ItemPainter:
    """Paints single items of a layout with ``fonts``; what it rendered stays in ``kept``."""

    def __init__(self, fonts: Fonts, kept: RenderedCache[pygame.Surface]) -> None:
        self._fonts, self._kept = fonts, kept

    def plate(self, surface: pygame.Surface, item: Placed) -> pygame.Surface:
        """The picture of a top-level ``item`` in the format of ``surface``: opaque, so that it costs no blending."""
        return self._kept.get(item, lambda: self._rendered(surface, item))

    def _rendered(self, surface: pygame.Surface, item: Placed) -> pygame.Surface:
        plate = pygame.Surface((item.box.w, item.box.h), 0, surface)
        plate.fill(GROUND)
        self._draw(plate, item, -item.box.x, -item.box.y)
        return plate

    def _draw(self, on: pygame.Surface, item: Placed, dx: int, dy: int) -> None:
        rect = pygame.Rect(item.box.x + dx, item.box.y + dy, item.box.w, item.box.h)
        if item.role is TextRole.PLATE:
            pygame.draw.rect(on, item.ground, rect, border_radius=item.radius)
            for part in item.parts:
                self._draw(on, part, dx, dy)
        elif item.role is TextRole.TEXT:
            self._draw_text(on, item, rect)
        elif item.role is TextRole.MARK:
            key = (item.mark, rect.w, item.ink)
            on.blit(self._kept.get(key, lambda: mark_surface(item.mark, rect.w, item.ink)), rect)
        elif item.role is TextRole.BUTTON and item.button is not None:
            look = BUTTONS[item.button]
            lit = bool(item.count)
            cap = (look, rect.w, lit)
            on.blit(self._kept.get(cap, lambda: shape_surface(look.shape, rect.w, look.colour, lit)), rect)
        elif item.role is TextRole.DIGIT:
            self._draw_digit(on, item, rect)
        elif item.role is TextRole.DOTS:
            self._draw_dots(on, item, rect)
        elif item.role is TextRole.POINTER:
            on.blit(pointer_surface(rect.w, item.ink), rect)
        elif item.role is TextRole.MORE:
            self._chevron(on, item, rect)
        elif item.role is TextRole.LINE:
            from kiosk.screens.paint_line import show_line

            show_line(on, item, rect)

    def _draw_text(self, on: pygame.Surface, item: Placed, rect: pygame.Rect) -> None:
        for i, line in enumerate(item.lines):
            picture = self._fonts.render(line, item.em, item.bold, item.ink)
            shift = {Align.LEFT: 0, Align.CENTRE: (rect.w - picture.get_width()) // 2}.get(
                item.align, rect.w - picture.get_width()
            )
            middle = i * pitch(item.em) + pitch(item.em) // 2
            on.blit(picture, (rect.x + shift, rect.y + middle - picture.get_height() // 2))

    def _draw_digit(self, on: pygame.Surface, item: Placed, rect: pygame.Rect) -> None:
        on.fill(GROUND, rect)
        pygame.draw.rect(on, item.ground, rect, border_radius=item.radius)
        if item.edge is not None:
            pygame.draw.rect(on, item.edge, rect, 3, border_radius=item.radius)
        if item.lines:
            picture = self._fonts.render(item.lines[0], item.em, item.bold, item.ink)
            on.blit(picture, picture.get_rect(center=rect.center))
        elif item.count:
            dot = dot_surface(rect.w // 4, item.ink, True)
            on.blit(dot, dot.get_rect(center=rect.center))

    def _draw_dots(self, on: pygame.Surface, item: Placed, rect: pygame.Rect) -> None:
        pitch_x = min(rect.h * 2, rect.w // max(1, item.of))
        radius = max(3, min(rect.h, pitch_x - 4) // 2 - 1)
        x = rect.centerx - pitch_x * (item.of - 1) // 2
        for i in range(item.of):
            filled = i < item.count
            dot = dot_surface(2 * radius, item.ink if filled or item.edge is None else item.edge, filled)
            on.blit(dot, dot.get_rect(center=(x + i * pitch_x, rect.centery)))

    def _chevron(self, on: pygame.Surface, item: Placed, rect: pygame.Rect) -> None:
        x, half = rect.centerx, 22
        tip, base = (rect.bottom - 3, rect.top + 2) if item.count > 0 else (rect.top + 3, rect.bottom - 2)
        pygame.draw.lines(on, item.ink, False, [(x - half, base), (x, tip), (x + half, base)], 4)
