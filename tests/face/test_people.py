"""A film of a person, changed in ways that change no movement: same answers, and sides that swap in a mirror.

The film is fetched, never kept here (``python -m tests.bench.face.people``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kiosk.face.metrics import ratio
from kiosk.face.model import Reading, UnseenReason
from kiosk.face.nets import MODELS, Nets
from kiosk.face.tracker import Pixels
from tests.bench.face.moving import pictures, watched
from tests.bench.face.people import film

pytestmark = pytest.mark.slow

STRETCH = ("cap12", 255, 330)
"""A mouth that opens quickly and wide, is lost at its top, and is found on its way back."""
LEAST_MM = 2.0
Floats = npt.NDArray[np.float64]
By = dict[int, Floats]
"""Number of a picture → (2, 2) mm, left then right, where it was answered."""


@pytest.fixture(scope="module")
def nets(models_folder: Path) -> Nets:
    cv2.setNumThreads(1)
    return Nets({name: (models_folder / name).read_bytes() for name in MODELS})


@pytest.fixture(scope="module")
def shown() -> list[Pixels]:
    if not film(STRETCH[0]).is_file():
        pytest.skip("the films of people are not here: `python -m tests.bench.face.people` fetches them")
    return pictures(*STRETCH)


@pytest.fixture(scope="module")
def plain(nets: Nets, shown: list[Pixels]) -> By:
    return told(watched(nets, shown))


def told(readings: list[Reading], every: int = 1) -> By:
    return {
        i * every: np.array([r.left, r.right])
        for i, r in enumerate(readings)
        if r.left is not None and r.right is not None
    }


def alike(one: By, other: By) -> tuple[float, float, float]:
    """r of the left side over the right in either, over the pictures that both answer, and mm that they are apart."""
    both = [i for i in one if i in other and np.linalg.norm(one[i], axis=1).max() >= LEAST_MM]
    assert len(both) >= 10, "there is a movement to compare"
    first, second = (np.array([by[i] for i in both]) for by in (one, other))
    rs = [ratio(found[:, 0], found[:, 1]) for found in (first, second)]
    return rs[0], rs[1], float(np.median(np.linalg.norm(first - second, axis=2)))


def brighter(by: float) -> Callable[[Pixels], Pixels]:
    return lambda frame: np.asarray(np.clip(frame * by, 0, 255), np.uint8)


def larger(frame: Pixels) -> Pixels:
    return np.asarray(cv2.resize(frame, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC), np.uint8)


def written_anew(frame: Pixels) -> Pixels:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 90])[1], 1), np.uint8)


@pytest.mark.parametrize(
    "change",
    [brighter(0.8), brighter(1.2), larger, written_anew],
    ids=["darker", "brighter", "larger", "written-anew"],
)
def test_what_changes_no_movement_changes_no_ratio(
    nets: Nets, shown: list[Pixels], plain: By, change: Callable[[Pixels], Pixels]
) -> None:
    """A fifth more or less light, half as many pixels again, another compression."""
    r, other, apart = alike(plain, told(watched(nets, [change(frame) for frame in shown])))
    assert other == pytest.approx(r, abs=0.05)
    assert apart <= 0.5


def test_a_mirror_swaps_the_sides(nets: Nets, shown: list[Pixels], plain: By) -> None:
    """Left is right there, and as far."""
    mirrored = told(watched(nets, [np.ascontiguousarray(frame[:, ::-1]) for frame in shown]))
    swapped = {i: sides[::-1] * (-1.0, 1.0) for i, sides in mirrored.items()}
    r, other, apart = alike(plain, swapped)
    assert other == pytest.approx(r, abs=0.05)
    assert apart <= 0.5


def test_every_other_picture_is_enough_and_a_faster_film_has_the_same_reach(
    nets: Nets, shown: list[Pixels], plain: By
) -> None:
    """A slow board sees half of the pictures; the same pictures with other times are the same places."""
    r, other, _ = alike(plain, told(watched(nets, shown[::2], fps=12.5), every=2))
    assert other == pytest.approx(r, abs=0.05)
    fast = told(watched(nets, shown, fps=50.0, resting_s=0.4))
    assert {i: sides.tolist() for i, sides in fast.items()} == {i: sides.tolist() for i, sides in plain.items()}


def test_what_is_lost_at_its_top_is_called_too_large(nets: Nets, shown: list[Pixels]) -> None:
    """The mouth opens by more than 7 mm in two pictures: that is no stillness and no guess."""
    reasons = [r.reason for r in watched(nets, shown) if r.neutral]
    assert reasons.count(UnseenReason.LARGE) >= 10
    assert UnseenReason.NO_FACE not in reasons
