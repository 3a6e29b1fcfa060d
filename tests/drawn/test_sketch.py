"""The drawn head read back from its pixels, by colour and proportion: where fingertips lie, and what moves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kiosk.care.model import Side, Step, StepKind
from kiosk.drawn.figure import Figure
from kiosk.drawn.pose import SMILE
from kiosk.drawn.sketch import SEEN_PX, Sketch
from kiosk.present.head import figure_at
from kiosk.screens.theme import GROUND
from kiosk.session.timeline import StretchPace, stretches
from tests.care.people import shipped
from tests.drawn.strips import moments, steps_of

Mask = npt.NDArray[np.bool_]
Picture = npt.NDArray[np.int16]

STEPS = [step for exercise in shipped().exercises.values() for step in steps_of(exercise)]
TOUCH = [step for step in STEPS if step.hands]
SKETCH = Sketch(420, GROUND)
SMALL = Sketch(220, GROUND)


def name(step: Step) -> str:
    return f"{step.exercise}-{step.side or 'middle'}"


def picture(figure: Figure, sketch: Sketch = SKETCH) -> Picture:
    return sketch.draw(figure)[..., :3].astype(np.int16)


def at(step: Step, pace: StretchPace, share: float = 0.5) -> Figure:
    stretch = next(s for s in stretches(step) if s.pace is pace)
    return figure_at(step, stretch.start_ms + round(share * (stretch.end_ms - stretch.start_ms)))


def bare(figure: Figure) -> Figure:
    return replace(figure, hands=(), arrows=())


def groups(mask: Mask, least: int) -> list[tuple[float, float]]:
    """The middles of the connected parts of ``mask`` that are not small, from left to right."""
    _count, _labels, stats, middles = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return sorted((float(x), float(y)) for i, (x, y) in enumerate(middles) if i and stats[i, cv2.CC_STAT_AREA] >= least)


@dataclass(frozen=True)
class Found:
    """What is seen of a bare head: places in pixels, and the distance of its eyes as the unit of everything."""

    middle: float
    eyes_y: float
    eyes_px: float
    mouth_left: float
    mouth_right: float
    mouth_y: float

    def proportion(self, x: float, y: float) -> tuple[float, float]:
        """How far from the middle towards the picture's left, and how far below the eyes, in distances of the eyes."""
        return (self.middle - x) / self.eyes_px, (y - self.eyes_y) / self.eyes_px


def lips(pixels: Picture) -> Mask:
    """Red beyond the red of skin, in the lower half of the face."""
    blue, green, red = (pixels[..., i] for i in range(3))
    found = (red - green > 62) & (np.abs(green - blue) < 22) & (red > 120)
    found[: pixels.shape[0] // 2] = False
    return np.asarray(found)


def white(pixels: Picture) -> Mask:
    """The white of the eyes."""
    return np.asarray((pixels.min(2) > 205) & (np.ptp(pixels, 2) < 24))


def look_at(figure: Figure) -> Found:
    """The eyes by their white, the mouth by its red."""
    pixels = picture(bare(figure))
    half = pixels.shape[1] // 2
    rows, columns = np.nonzero(white(pixels))
    left, right = columns[columns < half].mean(), columns[columns >= half].mean()
    mouth_rows, mouth_columns = np.nonzero(lips(pixels))
    return Found(
        (left + right) / 2,
        float(rows.mean()),
        float(right - left),
        float(mouth_columns.min()),
        float(mouth_columns.max()),
        float(mouth_rows.mean()),
    )


FACE = look_at(Figure(tone=3))

PLACES: dict[str, tuple[float, float, float, float]] = {
    "scalp": (0.1, 1.0, -1.7, -0.95),
    "forehead": (0.1, 0.95, -1.15, -0.40),
    "brow": (0.2, 0.8, -0.62, -0.12),
    "temple": (0.75, 1.3, -0.55, 0.25),
    "upper-lid": (0.3, 0.75, -0.30, 0.12),
    "eye-rim": (0.3, 0.85, 0.12, 0.50),
    "nose-side": (0.12, 0.60, 0.05, 0.55),
    "nostril": (0.2, 0.50, 0.50, 0.85),
    "cheekbone": (0.45, 0.95, 0.30, 0.80),
    "cheek": (0.35, 1.0, 0.35, 1.00),
    "inside-cheek": (0.4, 1.0, 0.85, 1.30),
    "mouth-corner": (0.35, 0.70, 0.95, 1.30),
    "upper-lip": (0.15, 0.50, 0.75, 1.08),
    "below-corner": (0.25, 0.65, 1.12, 1.45),
    "chin": (-0.25, 0.25, 1.40, 1.85),
    "jaw": (0.70, 1.15, 0.60, 1.20),
    "neck": (0.35, 1.0, 1.45, 2.1),
}
"""Where each place lies, by the proportions of a face: from and to, outwards and down, in distances of the eyes."""

FINGERS = {
    "one-finger": 1,
    "two-fingers": 2,
    "three-fingers": 3,
    "four-fingers": 4,
    "spread": 4,
    "palm": 4,
    "pinch": 2,
    "thumb-and-two": 3,
    "thumb-inside": 2,
}


def nails(figure: Figure) -> list[tuple[float, float]]:
    """The finger nails: lighter than all skin around them, and not there on the bare head."""
    figure = replace(figure, arrows=())
    with_hands, without = picture(figure).copy(), picture(bare(figure)).copy()
    new = np.abs(with_hands - without).max(2) > 6
    pale = (with_hands[..., 0] > 132) & (with_hands[..., 2] > 195) & new
    return groups(np.asarray(pale), 24)


def test_the_head_that_is_read_is_a_head() -> None:
    """The reading below would else measure anything: two eyes level, a mouth under their middle."""
    assert 0.48 < FACE.middle / SKETCH.width < 0.52
    assert FACE.mouth_y > FACE.eyes_y + FACE.eyes_px
    assert (FACE.mouth_left + FACE.mouth_right) / 2 == pytest.approx(FACE.middle, abs=2)


@pytest.mark.parametrize("step", TOUCH, ids=name)
def test_fingertips_land_on_the_place_that_is_named(step: Step) -> None:
    """So many fingers, on that part of the face, on the picture's side that a reflection would have them on."""
    show = step.show
    assert show is not None
    assert show.spot is not None
    assert show.grip is not None
    found = nails(at(step, StretchPace.LEAD_IN))
    each = FINGERS[show.grip.value]
    assert len(found) == each * (2 if step.side is Side.BOTH else 1)
    halves = {Side.LEFT: [1], Side.RIGHT: [-1], Side.BOTH: [1, -1], None: [0]}[step.side]
    for half in halves:
        ours = [FACE.proportion(*nail) for nail in found]
        ours = [(out * (half or 1), down) for out, down in ours if half == 0 or out * half > 0]
        assert len(ours) == each
        out, down = np.mean(ours, axis=0)
        left, right, top, bottom = PLACES[show.spot.value]
        assert left <= out <= right
        assert top <= down <= bottom


@pytest.mark.parametrize("step", [s for s in TOUCH if s.kind is not StepKind.MOVEMENT], ids=name)
def test_fingertips_go_the_way_that_is_named_at_its_true_size(step: Step) -> None:
    """Measured on the nails: mirrored, so that "out" on the left is towards the picture's left."""
    show = step.show
    assert show is not None
    if show.way is None:
        return
    hold = next(s for s in stretches(step) if s.pace is StretchPace.HOLD)
    late = hold.start_ms + (5_900 if show.path == "stroke" else min(4_500, hold.end_ms - hold.start_ms - 100))
    before, after = nails(at(step, StretchPace.LEAD_IN)), nails(figure_at(step, late))
    moved = np.mean(after, axis=0) - np.mean(before, axis=0)
    if step.side is Side.BOTH:
        middle = SKETCH.width / 2
        moved = np.mean([n for n in after if n[0] < middle], axis=0) - np.mean(
            [n for n in before if n[0] < middle], axis=0
        )
    sign = 1 if step.side is Side.RIGHT else -1
    wanted = {"up": (0, -1), "down": (0, 1), "out": (sign, 0), "in": (-sign, 0)}[show.way.value]
    length = show.size_mm * SKETCH.scale
    assert moved == pytest.approx(np.array(wanted) * length, abs=max(2.0, 0.15 * length))


MOVEMENTS = [step for step in STEPS if step.kind is StepKind.MOVEMENT]


def changed(step: Step) -> Mask:
    """What a movement has changed in the picture, hands and arrows aside."""
    rest, held = bare(at(step, StretchPace.LEAD_IN)), bare(at(step, StretchPace.HOLD))
    return np.asarray(np.abs(picture(held).copy() - picture(rest)).max(2) > 3)


AREAS = {
    "smile": (-0.85, 0.85, 0.30, 1.45),
    "lips": (-0.85, 0.85, 0.30, 1.45),
    "lids": (-0.85, 0.85, -0.30, 0.25),
    "brow": (-1.0, 1.0, -0.65, -0.10),
    "nose": (-0.5, 0.5, -0.1, 1.15),
}
"""The part of the face in which each movement may be seen."""


@pytest.mark.parametrize("step", MOVEMENTS, ids=name)
def test_a_movement_is_seen_where_it_is_and_nowhere_else(step: Step) -> None:
    """What stays soft stays as it was, to the pixel."""
    rows, columns = np.nonzero(changed(step))
    assert len(rows) > 30
    areas = [AREAS[need.value] for need in step.needs]
    for y, x in zip(rows.tolist(), columns.tolist(), strict=True):
        out, down = FACE.proportion(x, y)
        assert any(left <= out <= right and top <= down <= bottom for left, right, top, bottom in areas)


def mouth_width(sketch: Sketch, figure: Figure) -> float:
    """How wide the mouth is, mm."""
    _rows, columns = np.nonzero(lips(picture(bare(figure), sketch)))
    return float(np.ptp(columns)) / sketch.scale


@pytest.mark.parametrize("width", [420, 1000])
@pytest.mark.parametrize(("exercise", "way"), [("small-smile", 1), ("small-lips", -1)])
def test_a_mouth_moves_by_its_true_size_at_every_size(exercise: str, way: int, width: int) -> None:
    """Three millimetres of the corner are three millimetres of the face, large or small."""
    (step,) = steps_of(shipped().exercises[exercise])
    sketch = Sketch(width, GROUND)
    assert step.show is not None
    grown = mouth_width(sketch, at(step, StretchPace.HOLD)) - mouth_width(sketch, at(step, StretchPace.LEAD_IN))
    assert grown == pytest.approx(way * 2 * step.show.size_mm * SMILE[0], abs=1.6)


def teal(pixels: Picture) -> int:
    """How many pixels have the colour of an arrow."""
    return int((np.abs(pixels - np.array([201, 204, 128])).max(2) < 12).sum())


@pytest.mark.parametrize("step", [s for s in MOVEMENTS if s.exercise.startswith("small")], ids=name)
def test_an_arrow_stands_for_what_is_too_small_to_see(step: Step) -> None:
    """And only for that; it is gone in the rest."""
    assert step.show is not None
    figure = at(step, StretchPace.MOVE_IN)
    for sketch in (SMALL, SKETCH, Sketch(1000, GROUND)):
        seen = step.show.size_mm * sketch.scale >= SEEN_PX
        assert bool(teal(picture(figure, sketch))) is not seen
    assert not teal(picture(at(step, StretchPace.REST), SMALL))


@pytest.mark.parametrize("step", STEPS, ids=name)
def test_what_is_kept_is_never_seen_where_it_should_be_gone(step: Step) -> None:
    """A drawing after others is the drawing that a new sheet gives."""
    for moment in moments(step)[::2]:
        figure = figure_at(step, moment)
        kept, fresh = SMALL.draw(figure), Sketch(220, GROUND).draw(figure)
        assert np.array_equal(kept, fresh)


@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_an_unreviewed_release_lights_its_side(side: Side) -> None:
    """The picture's left is the person's own left, as in a mirror; the other half is as it was."""
    (step,) = (s for s in steps_of(shipped().exercises["release-jaw"], reviewed=False) if s.side is side)
    lit, plain = picture(at(step, StretchPace.HOLD)).copy(), picture(Figure(tone=3))
    where = np.nonzero(np.abs(lit - plain).max(2) > 25)[1]
    assert len(where) > 500
    assert (where < SKETCH.width / 2 + 6).all() if side is Side.LEFT else (where > SKETCH.width / 2 - 6).all()


@pytest.mark.parametrize("tone", range(1, 7))
def test_every_skin_stands_out_from_the_ground_and_shows_its_arrows(tone: int) -> None:
    """Six tones, from light to dark; the lips, the eyes and the hand are told from the skin in each."""
    (step,) = (s for s in steps_of(shipped().exercises["massage-chin"]))
    figure = replace(at(step, StretchPace.HOLD), tone=tone)
    pixels = picture(figure)
    x, y = SKETCH.place(30, 5)
    skin = pixels[round(y) + 40, round(x)]
    assert np.abs(skin - np.array(GROUND[::-1])).max() > 25
    assert teal(pixels) > 200
    assert white(pixels).sum() > 60
