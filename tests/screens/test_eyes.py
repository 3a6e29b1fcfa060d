"""For every eye: what colour tells is told by brightness too, whatever colours an eye mixes up; and nothing blinks.

The three kinds of colour blindness are simulated by the matrices of Machado, Oliveira and Fernandes 2009 (severity 1),
which act on linear light.
"""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import numpy.typing as npt
import pytest

from kiosk.care.person import Person
from kiosk.screens.scene import PictureScene, StepScene
from kiosk.screens.theme import ACCENT, BUTTONS, CHOSEN, GROUND, PANEL, SHADE, TEXT_PAIRS, TRACK, Colour, contrast
from tests.screens.test_every_step import PEOPLE, scenes

BLIND: dict[str, npt.NDArray[np.float64]] = {
    "protanopia": np.array(
        [(0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)]
    ),
    "deuteranopia": np.array(
        [(0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)]
    ),
    "tritanopia": np.array(
        [(1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)]
    ),
}
GRAPHIC = 3.0
"""Least contrast of what is no text but has to be seen (WCAG 2.2, 1.4.11)."""
TELLING: dict[str, tuple[Colour, Colour]] = {
    "the time that is left": (ACCENT, TRACK),
    "the planned movement": (SHADE, TRACK),
    "the ring on its ground": (ACCENT, GROUND),
    "the chosen row": (CHOSEN, PANEL),
    **{f"the {button} button": (look.colour, PANEL) for button, look in BUTTONS.items()},
}
BLINKS_HZ = 2.0
FRAME_MS = 100


def seen(colour: Colour, by: npt.NDArray[np.float64]) -> Colour:
    """A colour as an eye sees it that lacks one of its three kinds of cones."""
    channels = np.array(colour) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    mixed = np.clip(by @ linear, 0, 1)
    back = np.where(mixed <= 0.0031308, 12.92 * mixed, 1.055 * mixed ** (1 / 2.4) - 0.055)
    red, green, blue = (round(255 * value) for value in back.tolist())
    return red, green, blue


@pytest.mark.parametrize("kind", BLIND)
@pytest.mark.parametrize("what", TELLING)
def test_what_colour_tells_is_seen_by_every_eye(kind: str, what: str) -> None:
    """By its brightness against what lies around it."""
    one, other = (seen(colour, BLIND[kind]) for colour in TELLING[what])
    assert contrast(one, other) >= GRAPHIC


@pytest.mark.parametrize("kind", BLIND)
def test_text_is_read_by_every_eye(kind: str) -> None:
    """7:1 less what rounding takes."""
    for ink, ground in TEXT_PAIRS:
        assert contrast(seen(ink, BLIND[kind]), seen(ground, BLIND[kind])) >= 6.8


def lights(scene: StepScene) -> dict[str, bool]:
    """What comes and goes on the screen of a step, as there or not."""
    return {
        "lamps": scene.dimmed,
        "cue": bool(scene.cue),
        "what to know": bool(scene.label or scene.notice or scene.guide),
        "arrows": scene.head is not None and bool(scene.head.figure.arrows),
        "hands": scene.head is not None and bool(scene.head.figure.hands),
        "picture": scene.picture is not PictureScene.NONE,
        "light of a hold": scene.ring.planned > 0.5,
    }


@pytest.mark.parametrize(("person", "programme"), [(PEOPLE[0], "gentle-care"), (PEOPLE[2], "first-movements")])
def test_nothing_blinks(person: Person, programme: str) -> None:
    """Nothing comes and goes more than twice a second: an eye may be dry, and light hurts it."""
    shown = [lights(scene) for _, scene in islice(scenes(person, programme, FRAME_MS), 1_500)]
    assert len(shown) == 1_500
    second = round(1000 / FRAME_MS)
    for name in shown[0]:
        comes = [not before[name] and after[name] for before, after in pairwise(shown)]
        assert any(comes) or name in ("cue", "what to know", "picture", "hands", "arrows", "lamps"), name
        assert max(sum(comes[at : at + second]) for at in range(len(comes) - second)) <= BLINKS_HZ, name
