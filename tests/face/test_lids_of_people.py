"""Lids of real people, whose openings were judged by eye, frame by frame; the films are fetched, never kept here.

The films are small (eyes of 20 to 35 px), compressed and moving: a mark is good for a tenth or so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kiosk.face.lid_scale import LidScale, Raw
from kiosk.face.lids import LidMeter
from kiosk.face.nets import Nets
from kiosk.face.tracker import Tracker
from tests.bench.face.people import film

Pixels = npt.NDArray[np.uint8]
Marks = Mapping[int, tuple[float | None, float | None]]
"""Frame → closure of the right and of the left eye; None: it cannot be told."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Watched:
    """The frames of one film that were looked at: those with ``open`` eyes, one ``closure``, and ``marks`` later on."""

    open: tuple[int, ...]
    closure: tuple[int, ...]
    """Closed eyes that a scale may be taken from, as staff take it."""
    marks: Marks


def shut(*frames: int) -> dict[int, tuple[float, float]]:
    """Frames in which the lashes of both eyes meet."""
    return dict.fromkeys(frames, (1.0, 1.0))


WATCHED = {
    "jwp": Watched(
        (3, 4, 5, 6, 7, 10, 12, 90, 95, 100, 105, 150, 155, 160),
        (27, 28, 29, 30, 31, 32, 33),
        shut(110, 111, 112, 113, 114, 115, 116)
        | {23: (0.35, 0.35), 25: (0.45, 0.4), 35: (0.8, 0.85), 37: (0.75, 0.8), 39: (0.45, 0.5), 68: (0.5, 0.55)}
        | {72: (0.5, 0.5), 118: (0.85, 0.85), 119: (0.65, 0.7), 121: (0.5, 0.55)},
    ),
    "testmovie": Watched(
        (5, 10, 30, 60, 70, 120, 180, 200),
        (143, 144),
        {44: (1.0, None), 45: (1.0, None), 46: (1.0, None), 47: (1.0, None), 48: (0.7, 0.6), 49: (0.6, 0.45)}
        | {50: (0.55, 0.45), 86: (0.4, 0.3), 87: (0.65, 0.55), 88: (0.85, 0.6), 89: (0.75, 0.6), 91: (0.5, 0.45)}
        | {145: (0.75, 0.8), 146: (0.7, 0.7), 147: (0.6, 0.5)},
    ),
    "cap12": Watched((300, 320, 340, 400, 420, 700, 1100, 1150), (640,), shut(640, 641)),
    "cap13": Watched((16, 17, 18, 140, 150, 170, 200, 250, 300), (426, 427), shut(98, 99, 100, 101)),
    "franck": Watched(
        (*range(60, 160, 8), 214, 216, 218, 272, 274, 724, 726, 1060, 1062),
        tuple(range(222, 268, 4)),
        shut(728, 730, 1064, 1066, 1390, 1392, 1394, *range(3818, 3842, 4), *range(4014, 4024, 2))
        | {164: (0.75, 0.85), 168: (0.33, 0.37), 732: (0.39, 0.5), 1068: (0.6, 0.68), 1388: (0.43, 0.2)}
        | {1396: (0.85, 0.9), 1398: (0.22, 0.45), 3842: (0.9, 0.9), 4026: (0.6, 0.6)},
    ),
}


@pytest.fixture(scope="module")
def nets(models_folder: Path) -> Nets:
    cv2.setNumThreads(1)
    return Nets(models_folder)


@cache
def frames_of(name: str) -> dict[int, Pixels]:
    """The frames of a film that were looked at."""
    if not film(name).is_file():
        pytest.skip("the films of people are not here: `python -m tests.bench.face.people` fetches them")
    watched = WATCHED[name]
    wanted, found = {*watched.open, *watched.closure, *watched.marks}, {}
    capture = cv2.VideoCapture(str(film(name)))
    for number in range(max(wanted) + 1):
        assert capture.grab(), f"{name} ends before {number}"
        if number in wanted:
            found[number] = np.asarray(capture.retrieve()[1], np.uint8)
    return found


class Judged:
    """The readings of one film beside what was seen by eye."""

    def __init__(self, nets: Nets, name: str, shown: Callable[[Pixels], Pixels] = lambda frame: frame) -> None:
        self._watched, meter = WATCHED[name], LidMeter(nets.iris)
        self.raws: dict[int, Raw] = {}
        for number, frame in frames_of(name).items():
            picture, tracker = shown(frame), Tracker(nets)
            tracker.look(picture, 0)
            seen = tracker.look(picture, 40)  # where the face was found, its crop is the mesh's own
            assert seen is not None, f"{name} {number}: a face is in it"
            self.raws[number] = meter.raw(picture, seen.points)

    def default(self) -> LidScale:
        """A scale that has seen open eyes alone."""
        return LidScale.at_rest([self.raws[number] for number in self._watched.open])

    def taken(self) -> LidScale:
        """A scale of open eyes and of one closure."""
        rest = self.default()
        left, right = (np.median([self.raws[n][side] for n in self._watched.closure]) for side in (0, 1))
        return LidScale(rest.open_left, rest.open_right, float(left), float(right))

    def against(self, scale: LidScale) -> list[tuple[float, float]]:
        """(marked, read) closure of each eye that was marked and not open."""
        found = []
        for number, (right, left) in self._watched.marks.items():
            for marked, opening in zip((left, right), scale.share(self.raws[number]), strict=True):
                assert opening is not None, f"frame {number}: silent, though the eye is there"
                if marked is not None and marked > 0.3:
                    found.append((marked, 1 - opening))
        return found

    def closures(self, scale: LidScale) -> list[tuple[float, float]]:
        """Left and right closure in every frame, by number."""
        shares = [scale.share(self.raws[number]) for number in sorted(self.raws)]
        return [(1 - left, 1 - right) for left, right in shares if left is not None and right is not None]


@pytest.mark.parametrize("name", WATCHED)
def test_closed_eyes_of_people_read_closed(nets: Nets, name: str) -> None:
    """The bar, 0.85 closed and an error of 0.15: before a closed eye of theirs was seen, and more so after it."""
    judged = Judged(nets, name)
    for scale in (judged.default(), judged.taken()):
        pairs = judged.against(scale)
        closed = [read for marked, read in pairs if marked == 1]
        assert np.mean(closed) >= 0.85
        assert np.mean([abs(read - marked) for marked, read in pairs]) <= 0.15
        rest = [
            1 - opening for n in WATCHED[name].open for opening in scale.share(judged.raws[n]) if opening is not None
        ]
        assert np.mean(rest) <= 0.15, "open eyes are open"


@pytest.mark.parametrize("name", WATCHED)
def test_a_mirrored_film_swaps_the_sides(nets: Nets, name: str) -> None:
    """What is left is right in a mirror, and reads as it did, but for a mesh that has its way with each side."""
    plain, mirrored = Judged(nets, name), Judged(nets, name, lambda frame: np.ascontiguousarray(frame[:, ::-1]))
    swapped = [(right, left) for left, right in mirrored.closures(mirrored.taken())]
    assert _apart(plain.closures(plain.taken()), swapped) <= 0.06


@pytest.mark.parametrize("name", WATCHED)
@pytest.mark.parametrize("light", [0.8, 1.2])
def test_a_fifth_more_or_less_light_closes_no_eye(nets: Nets, name: str, light: float) -> None:
    """A cloud or a lamp: the same lids."""
    plain = Judged(nets, name)
    lit = Judged(nets, name, lambda frame: cv2.convertScaleAbs(frame, alpha=light).astype(np.uint8))
    assert _apart(plain.closures(plain.taken()), lit.closures(lit.taken())) <= 0.05


def _apart(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> float:
    assert len(one) == len(other)
    return float(np.mean(np.abs(np.subtract(list(chain(*one)), list(chain(*other))))))
