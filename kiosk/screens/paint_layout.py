"""From a scene to rectangles: pure, so that a test can hold every screen in every language against overlap."""

from __future__ import annotations

from kiosk.screens import paint_forms
from kiosk.screens.fit import MeasureText, Placed
from kiosk.screens.paint_frame import Kit
from kiosk.screens.scene import Digits, LineDrawing, Listing, Menu, NoteScene, ProgressScene, Scene, Slip, StepScene
from kiosk.screens.theme import WIDTH_MM, sizes


def layout(scene: Scene, measure: MeasureText, width_mm: float = WIDTH_MM) -> list[Placed]:
    """Everything on the screen and where; never raises for a text, however long: what is cut says so (``clipped``)."""
    # The first screen is a note: what only menus and steps need comes with the first of them.
    kit = Kit(measure, sizes(width_mm, scene.staff))
    if isinstance(scene, StepScene):
        from kiosk.screens import paint_step

        return paint_step.step(scene, kit)
    if isinstance(scene, Menu):
        from kiosk.screens import paint_menu

        return paint_menu.menu(scene, kit)
    if isinstance(scene, Listing):
        return paint_forms.listing(scene, kit)
    if isinstance(scene, NoteScene):
        return paint_forms.note(scene, kit)
    if isinstance(scene, Digits):
        return paint_forms.digits(scene, kit)
    if isinstance(scene, LineDrawing):
        from kiosk.screens import paint_replay

        return paint_replay.drawing(scene, kit)
    if isinstance(scene, ProgressScene):
        return paint_forms.progress(scene, kit)
    if isinstance(scene, Slip):
        from kiosk.screens import paint_slip

        return paint_slip.slip(scene, kit)
    return paint_forms.table(scene, kit)
