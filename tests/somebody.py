"""Somebody at a kiosk that a test runs: they look before each press, and the twin says what should be there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kiosk.screens.scene import Menu, Scene, StepScene
from kiosk.signals import Button
from tests.twin import Twin

MOST = 20
"""Rows that a list has at most, and questions before the first timed stretch."""


class Place(Protocol):
    """Where somebody sits: what they see, and what they press."""

    twin: Twin
    """What the kiosk should show."""

    def look(self) -> object:
        """See that the picture is what the twin shows."""

    def press(self, button: Button) -> None:
        """Press a button, at the kiosk and in the twin."""


def chosen(scene: Scene) -> str:
    """The label of the row that the cursor is on."""
    return str(scene.choices[scene.index].label) if isinstance(scene, Menu) and scene.index is not None else ""


def choose(place: Place, label: str) -> None:
    """Move on to the row of that name, and accept it."""
    for _ in range(MOST):
        place.look()
        if chosen(place.twin.scene) in (label, f"Today: {label}"):
            place.press(Button.GREEN)
            return
        place.press(Button.AMBER)
    raise AssertionError(f"no row {label!r} on {place.twin.scene.name!r}")


def answer(place: Place) -> None:
    """Give the first answer to whatever is asked, once it can be given."""
    scene = place.twin.scene
    if isinstance(scene, Menu) and scene.choices and scene.index is None:
        place.look()
        place.press(Button.AMBER)
    else:
        place.twin.until(lambda scene: bool(scene.strip.green) or isinstance(scene, StepScene))
    if not isinstance(place.twin.scene, StepScene):
        place.look()
        place.press(Button.GREEN)


def answer_until(place: Place, over: Callable[[Scene], bool]) -> None:
    """Answer until a scene is reached."""
    for _ in range(MOST):
        if over(place.twin.scene):
            return
        answer(place)
    raise AssertionError(f"still asked after {MOST} answers: {place.twin.scene}")
