"""Real people before the looker: photographs that are bent by known amounts, and films in which they move.

Where a photograph is bent only, skin keeps its look; with teeth and folds drawn in, a mouth changes it as it moves, and
what is true is known all the same. In a film nobody knows it: there, the share of pictures is counted that were
answered, by how far the mesh sees a corner of the mouth go. All numbers, no pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.geometry import CORNER_LEFT, CORNER_RIGHT, Floats, face_frame
from kiosk.face.looker import Looker
from kiosk.face.metrics import measure
from kiosk.face.model import Reading, Task, UnseenReason, Zone
from kiosk.face.nets import Nets
from kiosk.face.replay import unpack
from kiosk.face.tracker import Pixels, Tracker
from tests.bench.face.people import film, photograph

FRAME_MS, RESTING = 80, 8
SIZE, PX_PER_MM, EYES_Y = 480, 1.5, 190.0
RATIOS, SIZES_MM = (1.0, 0.5, 0.2), (4.0, 7.0)
WAY = (0.33, 0.67, *[1.0] * 7, 0.67, 0.33, 0.0)
OUT = np.array([0.79, -0.61])
"""The way of the left corner in a smile."""
NOSE_WINGS = (129, 358)
PEOPLE = ("average2_crop", "bill-murray-snl_crop", "cage2_crop", "kim1_crop", "obama4_crop", "ri_1_crop")
HELD_OUT = ("chuck_crop", "sean_guru2_crop", "walter2_crop", "franck_02888", "franck_04035", "audrey")
"""Those who were never looked at while anything was tuned."""
STRETCHES = (("cap12", 0, 135), ("cap12", 255, 400), ("cap12", 1130, 1337), ("cap13", 0, 120), ("cap13", 255, 330))
"""Film, first picture and the one after the last: the head keeps mostly still, the face rests for the first 0.8 s."""
UNSEEN_FILM, UNSEEN_PICTURES, UNSEEN_FROM = "franck", 100, range(0, 1680, 80)
"""A man who talks and smiles, on whom nothing about mouths was tuned: stretches at an even distance, none chosen."""
STRAIGHT = (
    *("audrey", "average2_crop", "bill-murray-snl_crop", "cage", "chuck_crop", "franck_04117", "kim1_crop"),
    *("fragrance-George-Clooney-main_crop", "Justin-Bieber2_crop", "obama4_crop", "queen20_crop", "ri_1_crop"),
    *("sean_guru2_crop", "terminator_crop", "walter2_crop"),
)
"""Photographs of people, each another one, who by eye look straight into the camera."""
RESTING_PICTURES = 21
"""Pictures of a film until its rest is over."""
BINS_MM = ((0, 2), (2, 4), (4, 7), (7, 99))
FOLLOWED, LOST = (UnseenReason.NONE,), (UnseenReason.NOT_FOLLOWED, UnseenReason.LARGE)


@dataclass(slots=True)
class Bent:
    """What was made of bent photographs: errors of r, of the other side's reach (share), and how many were asked."""

    r: list[float] = field(default_factory=list)
    reach: list[float] = field(default_factory=list)
    asked: int = 0
    refused: int = 0
    """People whose photograph was not taken for a face at rest."""


class Photograph:
    """One person in (480, 480), 1.5 px/mm, upright."""

    def __init__(self, picture: Pixels, nets: Nets) -> None:
        tracker = Tracker(nets)
        for t_ms in (0, FRAME_MS):
            seen = tracker.look(picture, t_ms)
        assert seen is not None
        frame = face_frame(seen.points)
        scale = frame.scale * PX_PER_MM
        to = np.column_stack([scale * frame.rotation[:2, :2], frame.shift[:2] * PX_PER_MM + (SIZE / 2, EYES_Y)])
        cut = cv2.warpAffine(picture, to, (SIZE, SIZE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
        self._picture = np.asarray(cut, np.uint8)
        self._mesh: Floats = frame(seen.points)[:, :2] * PX_PER_MM + (SIZE / 2, EYES_Y)
        noise = np.random.default_rng(4)
        self._noise = [noise.normal(0, 2, (SIZE, SIZE, 3)).astype(np.float32) for _ in range(5)]
        self._drawn: dict[tuple[float, float, bool], npt.NDArray[np.float32]] = {}

    def smiling(self, left_mm: float, right_mm: float, changed: bool) -> Pixels:
        """The corners of the mouth have gone so far, out and up; ``changed``: with the teeth and folds of it."""
        asked = (left_mm, right_mm, changed)
        if asked not in self._drawn:
            self._drawn = {asked: self._bent(*asked)}
        self._noise.append(self._noise.pop(0))
        return np.asarray(np.clip(self._drawn[asked] + self._noise[0], 0, 255), np.uint8)

    def _bent(self, left_mm: float, right_mm: float, changed: bool) -> npt.NDArray[np.float32]:
        rows, columns = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
        x, y = columns.copy(), rows.copy()
        ways = {CORNER_LEFT: left_mm * OUT, CORNER_RIGHT: right_mm * OUT * (-1, 1)}
        for corner, way in ways.items():
            at = self._mesh[corner] + way * PX_PER_MM
            away = (columns - np.float32(at[0])) ** 2 + (rows - np.float32(at[1])) ** 2
            near = np.exp(-away / np.float32(2 * (13 * PX_PER_MM) ** 2))
            x -= near * np.float32(way[0] * PX_PER_MM)
            y -= near * np.float32(way[1] * PX_PER_MM)
        shown = np.asarray(cv2.remap(self._picture, x, y, cv2.INTER_CUBIC), np.float32)
        if changed:
            self._fold(shown, ways)
            self._teeth(shown, ways)
        return shown

    def _fold(self, shown: npt.NDArray[np.float32], ways: dict[int, Floats]) -> None:
        """A dark fold from the wing of the nose past the corner, the deeper the farther that has gone."""
        for corner, wing in ((CORNER_RIGHT, NOSE_WINGS[0]), (CORNER_LEFT, NOSE_WINGS[1])):
            away = float(np.linalg.norm(ways[corner]))
            side = 1 if corner == CORNER_LEFT else -1
            end = self._mesh[corner] + ways[corner] * PX_PER_MM + (side * 9 * PX_PER_MM, 4)
            start = self._mesh[wing] + (side * 3 * PX_PER_MM, 0)
            mask = np.zeros((SIZE, SIZE), np.float32)
            cv2.line(mask, tuple(np.round(start).astype(int)), tuple(np.round(end).astype(int)), 1.0, 3)
            mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), 2.0))
            shown *= 1 - (min(0.55, 0.07 * away) * mask)[..., None]

    def _teeth(self, shown: npt.NDArray[np.float32], ways: dict[int, Floats]) -> None:
        """Lips that part with the smile, dark between them, and teeth."""
        opened = 0.8 * max(float(np.linalg.norm(way)) for way in ways.values()) * PX_PER_MM
        if opened < 2:
            return
        right, left = (self._mesh[c] + ways[c] * PX_PER_MM for c in (CORNER_RIGHT, CORNER_LEFT))
        inner = np.linspace(0.1, 0.9, 40)[:, None]
        between = right + inner * (left - right)
        sag = (self._mesh[[13, 14]].mean(0) - self._mesh[[CORNER_RIGHT, CORNER_LEFT]].mean(0))[1]
        arch = np.sin(np.pi * inner[:, 0])
        between[:, 1] += sag * arch
        for low, high, colour in ((0.5, -0.5, (38, 26, 52)), (0.1, -0.4, (196, 205, 212))):
            top, bottom = between.copy(), between.copy()
            top[:, 1] += high * opened * arch
            bottom[:, 1] += low * opened * arch
            mask = np.zeros((SIZE, SIZE), np.float32)
            cv2.fillPoly(mask, [np.round(np.concatenate([top, bottom[::-1]])).astype(np.int32)], 1.0)
            share = np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.2))[..., None]
            shown[:] = shown * (1 - share) + np.array(colour, np.float32) * share


def bent(nets: Nets, names: tuple[str, ...], changed: bool) -> dict[float, Bent]:
    """What the looker makes of bent photographs, by how far the other side goes, mm."""
    found = {size: Bent() for size in SIZES_MM}
    for name in names:
        person = Photograph(photograph(name), nets)
        for size in SIZES_MM:
            for ratio in RATIOS:
                _one(person, nets, size, ratio, changed, found[size])
    return found


def _one(person: Photograph, nets: Nets, size: float, ratio: float, changed: bool, found: Bent) -> None:
    looker, readings = Looker(nets), []
    task = Task(key="bent", zone=Zone.MOUTH, neutral_to_ms=RESTING * FRAME_MS)
    for i, share in enumerate([*[0.0] * RESTING, *WAY]):
        frame = person.smiling(ratio * size * share, size * share, changed and share > 0)
        readings.append(looker.look(frame, i * FRAME_MS, task))
    if looker.refused is not UnseenReason.NONE:
        found.refused += 1
        return
    measured = measure(readings[RESTING:], Zone.MOUTH, "left")
    found.asked += 1
    if measured.symmetry is not None and measured.excursion_right_mm is not None:
        found.r.append(abs(measured.symmetry - ratio))
        found.reach.append(abs(measured.excursion_right_mm - size) / size)


def pictures(name: str, first: int, end: int) -> list[Pixels]:
    """The pictures of a stretch of a film."""
    capture, found = cv2.VideoCapture(str(film(name))), []
    for number in range(end):
        assert capture.grab(), f"{name} ends before {number}"
        if number >= first:
            found.append(np.asarray(capture.retrieve()[1], np.uint8))
    return found


def watched(nets: Nets, frames: list[Pixels], fps: float = 25.0, resting_s: float = 0.8) -> list[Reading]:
    """The readings of a stretch whose face rests at first."""
    looker = Looker(nets)
    task = Task(key="film", zone=Zone.MOUTH, neutral_to_ms=round(1000 * resting_s), points=True)
    return [looker.look(frame, round(1000 * i / fps), task) for i, frame in enumerate(frames)]


def answered(
    nets: Nets, stretches: Sequence[tuple[str, int, int]], say: Callable[[str], None]
) -> dict[tuple[float, float], list[bool]]:
    """By how far the mesh sees a corner go, mm: of each picture of the films, whether it was answered.

    Pictures of a turned head, or of which too little still skin is seen, are not counted.
    """
    found: dict[tuple[float, float], list[bool]] = {limits: [] for limits in BINS_MM}
    for stretch in stretches:
        say(" ".join(map(str, stretch)))
        for went_mm, followed in _seen(watched(nets, pictures(*stretch))):
            limits = next(limits for limits in BINS_MM if went_mm < limits[1])
            found[limits].append(followed)
    return found


def unseen(nets: Nets, say: Callable[[str], None]) -> tuple[dict[tuple[float, float], list[bool]], int]:
    """As ``answered``, of a film that was held back, and in how many of its stretches a face was taken at rest."""
    taken = []
    for first in UNSEEN_FROM:
        stretch = (UNSEEN_FILM, first, first + UNSEEN_PICTURES)
        if watched(nets, pictures(*stretch)[:RESTING_PICTURES])[-1].neutral:
            taken.append(stretch)
    return answered(nets, taken, say), len(taken)


def straight(nets: Nets) -> int:
    """How many of the photographs of people who look straight are taken for a face at rest."""
    taken = 0
    for name in STRAIGHT:
        person, looker = Photograph(photograph(name), nets), Looker(nets)
        task = Task(key="straight", zone=Zone.MOUTH, neutral_to_ms=RESTING * FRAME_MS)
        readings = [looker.look(person.smiling(0, 0, False), i * FRAME_MS, task) for i in range(RESTING + 1)]
        taken += readings[-1].neutral
    return taken


def _seen(readings: list[Reading]) -> Iterator[tuple[float, bool]]:
    corners = [_corners(r) for r in readings]
    rest = np.median([c for c, r in zip(corners, readings, strict=True) if not r.neutral], 0)
    for at, reading in zip(corners, readings, strict=True):
        if reading.neutral and reading.reason in (*FOLLOWED, *LOST):
            yield float(np.linalg.norm(at - rest, axis=1).max()), reading.reason in FOLLOWED


def _corners(reading: Reading) -> Floats:
    """(2, 2) mm: the corners of the mouth as the mesh has them: first points of a lip's line, and its last."""
    points = np.asarray(unpack(reading.points), np.float64)
    return points[[0, 10]]
