"""The theme against its numbers: contrast, height of capitals, shapes that need no colour."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pygame
import pytest

from kiosk.screens.marks import shape_surface
from kiosk.screens.theme import (
    BUTTONS,
    CAP_MM,
    CAP_PER_EM,
    CONTRAST,
    EDGE,
    GROUND,
    PANEL,
    STAFF_FACTOR,
    TEXT_PAIRS,
    WIDTH,
    WIDTH_MM,
    contrast,
    least_em,
    luminance,
    nearer_m,
    sizes,
)
from kiosk.signals import Button


def test_contrast_is_that_of_wcag() -> None:
    """The ruler itself: black on white is 21, equal colours are 1, a known grey is 4.54."""
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((12, 34, 56), (12, 34, 56)) == 1
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_every_text_has_contrast(ink: tuple[int, int, int], ground: tuple[int, int, int]) -> None:
    """A tired eye can read every ink on every ground it may lie on."""
    assert contrast(ink, ground) >= CONTRAST


@pytest.mark.parametrize("button", list(Button))
def test_button_shapes_stand_out_from_the_strip(button: Button) -> None:
    """Parts of the interface that are not text have at least 3:1, lit or not."""
    assert contrast(BUTTONS[button].colour, PANEL) >= 3
    assert contrast(EDGE, PANEL) >= 3
    assert contrast(EDGE, GROUND) >= 3


@pytest.mark.parametrize("width_mm", [WIDTH_MM, 600.0, 708.0, 885.0])
@pytest.mark.parametrize("staff", [False, True])
def test_capitals_are_tall_enough(width_mm: float, staff: bool) -> None:
    """17.5 mm for what the person must read (a 2.5th of that for staff), on any screen of 531 mm and wider."""
    size = sizes(width_mm, staff)
    least_mm = CAP_MM / (STAFF_FACTOR if staff else 1)
    for em in (size.least, *size.body, *size.lead, *size.title):
        assert em * CAP_PER_EM * width_mm / WIDTH >= least_mm


def test_a_default_screen_needs_42_pixels() -> None:
    """The number of the plan: 42 px of capital at 1280 on 531 mm."""
    assert int(sizes().least * CAP_PER_EM) == 42


def test_a_narrow_screen_says_how_near_it_must_stand() -> None:
    """Letters that cannot be taller are a matter of distance, and it is named instead of hidden."""
    assert nearer_m(WIDTH_MM) is None
    assert nearer_m(345) == pytest.approx(1.2 * 345 / 531, abs=0.01)
    assert least_em(345, False) > sizes(345).least


def test_buttons_differ_without_colour() -> None:
    """In grey, and each alone, the three caps are three different outlines and three different brightnesses."""
    masks = {
        b: pygame.surfarray.array_alpha(shape_surface(look.shape, 60, look.colour, True)) > 127
        for b, look in BUTTONS.items()
    }
    for a, b in combinations(Button, 2):
        both, either = np.logical_and(masks[a], masks[b]).sum(), np.logical_or(masks[a], masks[b]).sum()
        assert both / either < 0.97
        light, dark = sorted((luminance(BUTTONS[a].colour), luminance(BUTTONS[b].colour)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 1.3


def test_buttons_are_in_the_order_of_the_plate() -> None:
    """Green, amber, red from the left, as they lie at the hand."""
    assert list(BUTTONS) == [Button.GREEN, Button.AMBER, Button.RED]
