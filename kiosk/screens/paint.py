"""The painter: lays a scene out and paints it. One lives as long as the screen, and keeps what it rendered."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, fields, replace
from math import ceil
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import pygame

from kiosk.errors import ScreenError
from kiosk.screens import paint_forms
from kiosk.screens.fit import Placed, Sheet, TextRole, faults, scaled, sheet_of
from kiosk.screens.paint_frame import Kit
from kiosk.screens.paint_items import ItemPainter, RenderedCache
from kiosk.screens.scene import (
    Digits,
    LineDrawing,
    Listing,
    Menu,
    NoteScene,
    PictureScene,
    ProgressScene,
    Ring,
    Scene,
    Slip,
    StepScene,
)
from kiosk.screens.theme import GROUND, HEIGHT, INK, TRACK, VIEWING_M, WIDTH, WIDTH_MM, Fonts, nearer_m, sizes

if TYPE_CHECKING:
    # Numbers and mirror come with numpy and OpenCV, a third of a second that the first screen need not wait for.
    from kiosk.screens.mirror import MirrorPainter, MirrorPixels
    from kiosk.screens.paint_head import HeadPictures
    from kiosk.screens.paint_picture import PicturePlace


def layout(scene: Scene, kit: Kit) -> list[Placed]:
    """Everything on the screen and where; never raises for a text, however long: what is cut says so (``clipped``)."""
    # The first screen is a note: what only menus and steps need comes with the first of them.
    if isinstance(scene, StepScene):
        from kiosk.screens import paint_step

        return paint_step.step(scene, kit)
    if isinstance(scene, Menu):
        from kiosk.screens import paint_menu

        return paint_menu.menu(scene, kit)
    if isinstance(scene, Listing):
        return paint_forms.listing(scene, kit)
    if isinstance(scene, NoteScene) and scene.line is not None:
        from kiosk.screens import paint_line

        return paint_line.note_with_line(scene, scene.line, kit)
    if isinstance(scene, NoteScene):
        return paint_forms.note(scene, kit)
    if isinstance(scene, Digits):
        return paint_forms.digits(scene, kit)
    if isinstance(scene, LineDrawing):
        from kiosk.screens import paint_frame

        return paint_frame.drawing(scene, kit)
    if isinstance(scene, ProgressScene):
        return paint_forms.progress(scene, kit)
    if isinstance(scene, Slip):
        from kiosk.screens import paint_frame

        return paint_frame.slip(scene, kit)
    return paint_forms.table(scene, kit)


log = logging.getLogger(__name__)

BUDGET = 24 * 1024 * 1024
"""Bytes of rendered pictures that are kept."""
PAGES = 16
"""Laid-out screens that are kept: the paces and repetitions of a step and a few around it."""

AFRESH, AFRESH_S = 30, 3
"""Once in so many pictures of a step, or after so many of its seconds, everything is drawn: what somebody else drew
there is gone from a mirror within a second, from other steps within three."""

_MOVES = ("ring", "reflection", "centre", "band", "dimmed", "head")
_STILL = attrgetter(*(field.name for field in fields(StepScene) if field.name not in _MOVES))
_RING_STILL = attrgetter(*(field.name for field in fields(Ring) if field.name not in ("fraction", "seconds", "held")))


def _bytes(surface: pygame.Surface) -> int:
    return int(surface.get_pitch() * surface.get_height())


@dataclass(frozen=True, slots=True)
class _Page:
    """A scene laid out and rendered: what stands still, and where the picture, ring, band and a drawn face go."""

    blits: tuple[tuple[pygame.Surface, tuple[int, int]], ...]
    picture: Placed | None
    head: Placed | None
    ring: Placed | None
    band: Placed | None
    face: Placed | None


@dataclass(frozen=True, slots=True)
class _Measure:
    """Widths in logical pixels of text as it is drawn on a screen that has ``scale`` pixels for one of them."""

    fonts: Fonts
    scale: float

    def __call__(self, text: str, em: int, bold: bool) -> int:
        width = self.fonts.width(text, em if self.scale == 1 else round(em * self.scale), bold)
        return width if self.scale == 1 else ceil(width / self.scale)


class Painter:
    """Draws scenes, on a screen of any size. ``assets``: the folder of shipped assets.

    ``width_mm``: the length of the real screen's longer side. ``column_right``: words beside the mirror stand at its
    right. ``problems``: sentences for staff about the painter itself (a missing font).
    """

    def __init__(self, assets: Path, width_mm: float = WIDTH_MM, *, column_right: bool = False) -> None:
        self._fonts = Fonts(assets / "fonts")
        self._width_mm, self._column_right = width_mm, column_right
        self.problems = list(self._fonts.problems)
        self._kept: RenderedCache[pygame.Surface] = RenderedCache(_bytes, BUDGET)
        self._items = ItemPainter(self._fonts, self._kept)
        # The ring beside the mirror is one picture, drawn over and over: one for each of its steps takes megabytes.
        self._dial: pygame.Surface | None = None
        self._dial_shows: tuple[int, str, int] | None = None
        self._mirror: MirrorPainter | None = None
        self._heads: HeadPictures | None = None
        self._own: PicturePlace | None = None
        self._lain: tuple[pygame.Surface, _Page, int] | None = None
        self._laid: tuple[Scene, tuple[int, int], tuple[list[Placed], Sheet]] | None = None
        self._pictures = 0
        self._pages: OrderedDict[Hashable, _Page] = OrderedDict()
        self._format: tuple[object, ...] = ()
        self._said = ""

    def use_width(self, width_mm: float) -> None:
        """Size letters for a screen whose longer side is so long, from the next picture on."""
        if width_mm != self._width_mm:
            self._width_mm = width_mm
            self._kept.clear()
            self._pages.clear()
            self._dial = self._lain = self._laid = None

    @staticmethod
    def near_m(size: tuple[int, int], width_mm: float) -> float:
        """Return the distance, m, from which letters are large enough on a screen of ``size`` and ``width_mm``."""
        sheet = sheet_of(*size)
        return nearer_m(width_mm, max(sheet.box.w, sheet.box.h)) or VIEWING_M

    def nearer(self, size: tuple[int, int]) -> str:
        """A sentence for staff when a screen of ``size`` has to stand nearer than others; empty: it need not."""
        sheet = sheet_of(*size)
        near = nearer_m(self._width_mm, max(sheet.box.w, sheet.box.h))
        if near is None:
            return ""
        return (
            f"letters are small on a screen of {self._width_mm:g} mm and {size[0]}x{size[1]}: "
            f"place it within {near:g} m of the eyes, or set its true width"
        )

    @property
    def rendered(self) -> int:
        """The number of pictures rendered so far, the ring aside; it stands still while one screen runs."""
        return self._kept.made

    def layout(self, scene: Scene, size: tuple[int, int] = (WIDTH, HEIGHT)) -> list[Placed]:
        """Return the place of everything in ``scene`` on a screen of ``size``, in its own pixels."""
        items, sheet = self._laid_out(scene, size)
        return [scaled(item, sheet.scale) for item in items]

    def fits(self, scene: Scene, size: tuple[int, int] = (WIDTH, HEIGHT)) -> list[str]:
        """Return the faults of ``scene``: what is clipped, overlaps or has no letters in the font; empty: none."""
        items, sheet = self._laid_out(scene, size)
        found = [f"{scene.name}: {fault}" for fault in faults(items, sheet.box)]
        text = "".join(line for item in items for part in item.walk() for line in part.lines)
        if lacking := self._fonts.lacks(text):
            found.append(f"{scene.name}: the font has no {lacking!r}")
        return found

    def _laid_out(self, scene: Scene, size: tuple[int, int]) -> tuple[list[Placed], Sheet]:
        laid = self._laid
        if laid is not None and laid[0] is scene and laid[1] == size:
            return laid[2]
        sheet = sheet_of(*size)
        across = max(sheet.box.w, sheet.box.h)
        kit = Kit(
            _Measure(self._fonts, sheet.scale),
            sizes(self._width_mm, scene.staff, across),
            sheet.box,
            self._column_right,
        )
        self._laid = scene, size, (layout(scene, kit), sheet)
        return self._laid[2]

    def draw(self, surface: pygame.Surface, scene: Scene, frame: MirrorPixels | None = None) -> None:
        """Paint ``scene`` over the whole of ``surface`` (32 bit, of any size).

        ``frame`` (height, width, 4) B,G,R,X is shown only by a step whose picture is live. A frame that cannot be shown
        is logged once and drawn like a missing one; the step goes on. While it does only what moves is drawn, the rest
        stays where the last picture left it: whatever else writes on the surface shows there until ``AFRESH``.
        """
        pixel_format = (surface.get_bytesize(), surface.get_masks(), surface.get_size())
        if pixel_format != self._format:
            self._kept.clear()
            self._pages.clear()
            self._dial = self._lain = None
            self._format = pixel_format
        if isinstance(scene, StepScene) and scene.picture is PictureScene.LIVE:
            if frame is not None and self._live(surface, frame, scene):
                return
            scene = replace(scene, picture=PictureScene.MISSING)
        page = self._page(surface, scene)
        if isinstance(scene, StepScene):
            if not self._lies(surface, page, scene):
                surface.fill(GROUND)
                surface.blits(page.blits, False)
            self._show_what_moves(surface, page, scene)
            return
        self._lain = None
        surface.fill(GROUND)
        surface.blits(page.blits, False)
        if isinstance(scene, LineDrawing) and page.face is not None:
            from kiosk.screens.paint_frame import show_face

            show_face(surface, page.face, scene.lines)

    def _live(self, surface: pygame.Surface, frame: MirrorPixels, scene: StepScene) -> bool:
        """Draw a step with this picture; whether it could be shown."""
        from kiosk.screens.mirror import MirrorPainter

        page = self._page(surface, scene)
        assert page.picture is not None  # noqa: S101 (the layout of a live picture has a place for it)
        mirror = self._mirror = self._mirror or MirrorPainter()
        scale = sheet_of(*surface.get_size()).scale
        try:
            mirror.draw(surface, frame, page.picture.box, scale=scale, centre=scene.centre, reflection=scene.reflection)
        except ScreenError as fault:
            if str(fault) != self._said:
                self._said = str(fault)
                log.error("%s", fault)
            return False
        if not self._lies(surface, page, scene):
            surface.blits(page.blits, False)
        self._show_what_moves(surface, page, scene)
        return True

    def _lies(self, surface: pygame.Surface, page: _Page, scene: StepScene) -> bool:
        """Whether what stands still of ``page`` lies on ``surface`` already; from now on it does."""
        self._pictures += 1
        lain, seconds = self._lain, scene.ring.seconds
        if (
            lain is not None
            and lain[0] is surface
            and lain[1] is page
            and abs(lain[2] - seconds) < AFRESH_S
            and self._pictures % AFRESH
        ):
            return True
        self._lain = (surface, page, seconds)
        return False

    def _show_what_moves(self, surface: pygame.Surface, page: _Page, scene: StepScene) -> None:
        """Show band, head and ring as they stand now; each fills its own place."""
        self._show_band(surface, page.band, scene)
        self._show_head(surface, page.head, scene)
        if page.ring is not None:
            self._show_ring(surface, page.ring, scene)

    def _page(self, surface: pygame.Surface, scene: Scene) -> _Page:
        key = _still(scene)
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = self._made(surface, scene)
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(key)
        return page

    def _made(self, surface: pygame.Surface, scene: Scene) -> _Page:
        items = [item for item in self.layout(scene, surface.get_size()) if item.box.w > 0 and item.box.h > 0]
        picture, head, ring, band, face = (
            next((part for item in items for part in item.walk() if part.role is role), None)
            for role in (TextRole.PICTURE, TextRole.HEAD, TextRole.RING, TextRole.BAND, TextRole.FACE)
        )
        blits = tuple(
            (self._items.plate(surface, item), (item.box.x, item.box.y)) for item in items if item is not picture
        )
        return _Page(blits, picture, head, ring, band, face)

    @staticmethod
    def _show_band(surface: pygame.Surface, place: Placed | None, scene: StepScene) -> None:
        """Show the planned movement: a line that opens from its middle to both sides alike, and closes again."""
        if place is None or scene.band is None:
            return
        box = place.box
        surface.fill(TRACK, box)
        half = max(box.h // 2, round(box.w / 2 * min(1.0, max(0.0, scene.band))))
        surface.fill(place.ink, (box.x + box.w // 2 - half, box.y, 2 * half, box.h))

    def _show_head(self, surface: pygame.Surface, place: Placed | None, scene: StepScene) -> None:
        """Show the drawn head as it stands now, or the clinic's picture in its place; only what moves is drawn anew."""
        if place is None or scene.head is None:
            return
        if scene.head.picture is not None:
            from kiosk.screens.paint_picture import PicturePlace

            own = self._own = self._own or PicturePlace()
            own.show(surface, place.box, scene.head.picture, scene.head.frame)
            return
        from kiosk.screens.paint_head import HeadPictures

        heads = self._heads = self._heads or HeadPictures()
        heads.show(surface, place.box[:2], place.box.w, scene.head.figure)

    def _show_ring(self, surface: pygame.Surface, place: Placed, scene: StepScene) -> None:
        """Show the ring with its seconds. Each of its pictures is kept, but beside a mirror, where no repetition of it
        comes soon: there one is drawn over and over.
        """
        from kiosk.screens.paint_ring import arc_step, disc_step, redraw_ring, ring_surface

        ring, side = scene.ring, place.box.w // 2 * 2
        arc, word = arc_step(ring.fraction), _word(ring)
        if scene.picture is PictureScene.NONE:
            disc = disc_step(ring)
            surface.blit(
                self._kept.get(("ring", side, arc, disc), lambda: ring_surface(side, arc, disc)), place.box[:2]
            )
            digits = self._seconds(word, place.em)
            surface.blit(digits, digits.get_rect(center=(place.box.x + side // 2, place.box.y + side // 2)))
            return
        if self._dial is None or self._dial.get_width() != side:
            self._dial, self._dial_shows = ring_surface(side), None
        if self._dial_shows != (arc, word, place.em):
            redraw_ring(self._dial, arc)
            digits = self._seconds(word, place.em)
            self._dial.blit(digits, digits.get_rect(center=(side // 2, side // 2)))
            self._dial_shows = (arc, word, place.em)
        surface.blit(self._dial, place.box[:2])

    def _seconds(self, word: str, em: int) -> pygame.Surface:
        return self._kept.get(("seconds", word, em), lambda: self._fonts.render(word, em, True, INK))


def _word(ring: Ring) -> str:
    return str(max(0, ring.seconds))


def _still(scene: Scene) -> Hashable:
    """Return the part of a scene that decides its layout.

    The time on ring and band, and a face or a head that moves, move nothing else: they must not cost a new layout.
    """
    if isinstance(scene, StepScene):
        side = scene.head and scene.head.side_word
        return StepScene, _STILL(scene), _RING_STILL(scene.ring), bool(scene.ring.seconds), scene.band is None, side
    return replace(scene, lines=()) if isinstance(scene, LineDrawing) else scene
