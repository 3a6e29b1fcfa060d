"""The neutral face: some two seconds of a face at rest, kept only if it kept still and looked ahead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.flow import aside, followed, midline, strong_points
from kiosk.face.geometry import NOSE_RIDGE, SKULL, Angles, Floats, Similarity, angles, depth_at, median, similarity
from kiosk.face.lid_scale import LidScale, Raw
from kiosk.face.lids import ClosedEye
from kiosk.face.model import STRAIGHT_DEG, UnseenReason, Zone
from kiosk.face.motion import ORIGIN, PX_PER_MM, ZONE_POINTS, Reference, evened, flat
from kiosk.face.tracker import Observation, Pixels

LEAST_FRAMES = 5
_MOST_FRAMES = 90
_STILL_DEG, _STILL_MM = 3.0, 8.0
_DEEP_DEG, _NODDED_DEG = 10.0, 20.0
"""A zero must look ahead: what is turned with it is foreshortened on one side from then on, and nobody sees it.

A mesh's word for it is rough. On drawn people it reads a turn of 3° as 1.3 to 4.5, one of 5° as 2.9 to 6.0, one of 10°
as 5.5 to 11.7; real people who look straight it reads as up to 9. So where it reads more than ``STRAIGHT_DEG`` the
face's own mirror image is asked too (``flow.aside``: on drawn people 3° is 2.3 to 3.2, 10° is 8.1 to 11.8), and either
may say that the face looks ahead; beyond 10° the mesh is believed. So nobody is taken who truly looks aside by 8°. A
nod stays lenient: who lies reclined is seen from below all the time, and that makes no difference between the sides.
"""
_ASKED_ASIDE, _ASK_EVERY_MS = 3, 440
_STILL_SHARE = 0.6
_SETTLED_MM, _MOST_ASKED = 0.8, 12
"""A picture in which a feature is farther than this from where it mostly is does not count, and of ``_MOST_ASKED``
pictures ``_STILL_SHARE`` must count: a twitch is left out, a movement is refused. See ``_settled``."""
_ENDS, _MOVED_MM = 2, 1.6
"""Some of the first and of the last third must count, and the ``_ENDS`` at either end may not all lie where only a
movement leads: a grin that fills the middle is what the face mostly does then, and no rest."""
_AVERAGED, _AVERAGE_POINTS, _SAME_PX = 8, 80, 0.5


@dataclass(frozen=True, slots=True)
class NeutralSample:
    """One picture of the face at rest: the ``observation``, and the ``crop`` of it (``resting_crop``).

    ``lids`` None: not looked at in it.
    """

    observation: Observation
    crop: Pixels
    lids: Raw | None

    @property
    def frame(self) -> Similarity:
        """Picture px → face frame mm, three-dimensional."""
        return self.observation.frame


def resting_crop(frame: Pixels, seen: Observation) -> Pixels:
    """The face in ``frame`` as ``evened`` has it: (``CROP_PX``, ``CROP_PX``) grey."""
    return evened(frame, flat(seen.frame))


class Neutral:
    """The face at rest.

    ``rest`` (468, 3) mm in the face frame; ``midline`` as ``kiosk.face.flow.midline`` has it; ``lids`` learns what
    these eyes read.
    """

    def __init__(self, rest: Floats, chosen: NeutralSample, lids: LidScale) -> None:
        self.rest, self.lids = rest, ClosedEye(lids)
        self._skull = rest[SKULL]
        self.midline = midline(chosen.crop, (float(ORIGIN[0]), float(ORIGIN[1])), PX_PER_MM)
        self._chosen = chosen
        self._references: dict[Zone, Reference] = {}

    def reference(self, zone: Zone) -> Reference:
        """Return the reference that flow is measured against for this zone."""
        if zone not in self._references:
            cut = flat(self._chosen.frame)
            self._references[zone] = Reference(self._chosen.crop, self.rest, cut, zone)
        return self._references[zone]

    def head(self, points: npt.NDArray[np.float32]) -> Similarity:
        """Face frame (n, 2) mm → picture px, as the mesh (468, 3) has it: less steady than ``Flow.head``."""
        return similarity(self.rest[NOSE_RIDGE, :2], points[NOSE_RIDGE, :2])

    def angles(self, seen: Observation) -> Angles:
        """Return the turn of the head since then, as the mesh says."""
        turn = angles(similarity(self._skull, seen.frame(seen.points[SKULL])).rotation)
        return Angles(_lean(seen.frame) - _lean(self._chosen.frame), turn.yaw, turn.pitch)

    def strayed_mm(self, points: npt.NDArray[np.float32], zone: Zone) -> float:
        """Return how far the mesh (468, 3) sees the zone's points from where they rest, mm.

        Too little and too symmetrical for a measure, and swayed by 2 mm: enough to tell a large movement from none.
        """
        chosen = list(ZONE_POINTS[zone])
        seen = similarity(points[SKULL], self.rest[SKULL])(points[chosen])
        return float(np.linalg.norm((seen - self.rest[chosen])[:, :2], axis=1).max(initial=0.0))


class Capture:
    """Gathers the pictures of the face at rest."""

    def __init__(self, zone: Zone | None) -> None:
        """``zone``: whose features must rest; None: nothing will be measured, and any may move."""
        self._zone = zone
        self._frames: list[NeutralSample] = []

    def add(self, sample: NeutralSample) -> None:
        """One more picture."""
        if len(self._frames) < _MOST_FRAMES:
            self._frames.append(sample)

    def build(self) -> Neutral | UnseenReason:
        """The neutral face, or why there is none.

        ``TOO_FEW`` pictures, a head ``TURNED`` away or ``RESTLESS``, ``NO_NEUTRAL``: features that did not rest.
        """
        if len(self._frames) < LEAST_FRAMES:
            return UnseenReason.TOO_FEW
        seen = [frame.observation for frame in self._frames]
        turns = np.array([(o.roll, o.yaw, o.pitch) for o in seen])
        middle = median(turns)
        if abs(middle[2]) > _NODDED_DEG or not self._looks_ahead(float(middle[1])):
            return UnseenReason.TURNED
        scale = float(median(np.array([frame.frame.scale for frame in self._frames])))
        places = np.array([o.points[SKULL, :2].mean(0) for o in seen]) * scale
        away = np.linalg.norm(places - median(places), axis=1)
        still = (np.abs(turns - middle).max(1) < _STILL_DEG) & (away < _STILL_MM)
        if still.sum() < max(LEAST_FRAMES, _STILL_SHARE * len(still)):
            return UnseenReason.RESTLESS
        kept = [frame for frame, ok in zip(self._frames, still, strict=True) if ok]
        lids = LidScale.at_rest([frame.lids for frame in kept if frame.lids is not None])
        if self._zone is not None:
            kept = _settled(kept, self._zone)
            if not kept:
                return UnseenReason.NO_NEUTRAL
        meshes = _meshes(kept)
        order = _typical(meshes)
        typical = int(order[0])
        aligned = [similarity(mesh[SKULL], meshes[typical][SKULL])(mesh) for mesh in meshes]
        picture = _averaged([kept[i].crop for i in order[:_AVERAGED]])
        return Neutral(median(np.array(aligned)), replace(kept[typical], crop=picture), lids)

    def _looks_ahead(self, rough_yaw: float) -> bool:
        if abs(rough_yaw) <= STRAIGHT_DEG or abs(rough_yaw) > _DEEP_DEG:
            return abs(rough_yaw) <= STRAIGHT_DEG
        asked = self._frames[:: -(-len(self._frames) // _ASKED_ASIDE)]
        turns = [_aside(frame.crop, frame.frame(frame.observation.points)) for frame in asked]
        read = [turn for turn in turns if turn is not None]
        return bool(read) and abs(float(median(np.array(read)))) <= STRAIGHT_DEG


class AheadReader:
    """The turn of a face whose rest nobody knows yet: the mesh's word, put right by the face's own mirror image.

    It agrees with ``Capture``: who would be taken for a face at rest reads as looking ahead.
    """

    def __init__(self) -> None:
        self._asked_ms: int | None = None
        self._off = 0.0

    def yaw(self, frame: Pixels, seen: Observation) -> float:
        """Degrees to the person's own left; ``frame`` is what ``seen`` was seen in."""
        if not STRAIGHT_DEG < abs(seen.yaw) <= _DEEP_DEG:
            return seen.yaw
        if self._asked_ms is None or not 0 <= seen.t_ms - self._asked_ms < _ASK_EVERY_MS:
            turn = _aside(resting_crop(frame, seen), seen.frame(seen.points))
            self._asked_ms, self._off = seen.t_ms, 0.0 if turn is None else seen.yaw - turn
        return min(seen.yaw, seen.yaw - self._off, key=abs)


def _aside(crop: Pixels, mesh: Floats) -> float | None:
    """``flow.aside`` of an evened crop whose mesh (468, 3) is known in the face frame, mm."""
    return aside(crop, (float(ORIGIN[0]), float(ORIGIN[1])), PX_PER_MM, partial(depth_at, mesh))


def _meshes(frames: list[NeutralSample]) -> Floats:
    """(n, 468, 3) mm in the face frame of each picture."""
    return np.array([frame.frame(frame.observation.points) for frame in frames])


def _typical(meshes: Floats) -> npt.NDArray[np.intp]:
    """Return the indices of the meshes, those first that are most like the others."""
    return np.argsort(np.linalg.norm(meshes - median(meshes), axis=2).mean(1))


def _settled(frames: list[NeutralSample], zone: Zone) -> list[NeutralSample]:
    """Those in which the corners of the mouth, and the brows where it is about them, lie where they mostly lie.

    Fewer than ``LEAST_FRAMES``, or than ``_STILL_SHARE`` of them: none. Lids are not asked: who blinks, or whose eyes
    wander, rests all the same. A feature that can hardly be followed in any says nothing; where it can in most, it does
    not rest in the others. By flow, since a mesh is too restless
    itself: on drawn people it wanders by 2 mm with a head that sways, as far as with a mouth that does move.
    """
    asked = frames[:: -(-len(frames) // _MOST_ASKED)]
    meshes = _meshes(asked)
    typical = int(_typical(meshes)[0])
    rest, first = meshes[typical], asked[typical]
    reference = Reference(first.crop, rest, flat(first.frame), zone)
    places = np.full((len(asked), len(reference.targets), 2), np.nan)
    for row, frame, mesh in zip(places, asked, meshes, strict=True):
        turn = angles(similarity(rest[SKULL], mesh[SKULL]).rotation)
        moved = reference.flow_in(frame.crop, flat(frame.frame), (turn.pitch, turn.yaw)).excursions
        for index, target in enumerate(reference.targets):
            row[index] = moved.get(target, (np.nan, np.nan))
    away = np.zeros(len(asked))
    for index in range(len(reference.targets)):
        followed_in = ~np.isnan(places[:, index, 0])
        if followed_in.mean() >= 0.5:
            middle = median(places[followed_in, index])
            off = np.linalg.norm(places[followed_in, index] - middle, axis=1)
            away[followed_in] = np.maximum(away[followed_in], off)
            away[~followed_in] = np.inf
    rests = away <= _SETTLED_MM
    third = max(1, len(rests) // 3)
    whole = bool(rests[:third].any() and rests[-third:].any())
    whole &= bool((away[:_ENDS] < _MOVED_MM).any() and (away[-_ENDS:] < _MOVED_MM).any())
    if not whole or rests.sum() < max(LEAST_FRAMES, _STILL_SHARE * len(rests)):
        return []
    return [frame for frame, ok in zip(asked, rests, strict=True) if ok]


def _averaged(crops: list[Pixels]) -> Pixels:
    """The first crop with the others laid on it: a noisy zero would be an error in every later measure."""
    first, *others = crops
    points = strong_points(first, np.ones(first.shape, np.bool_), _AVERAGE_POINTS)
    total, count = first.astype(np.float32), 1
    for crop in others:
        found, good = followed(first, crop, points)
        if good.sum() < len(points) / 2:
            continue
        back = similarity(found[good], points[good])
        off = np.linalg.norm(back(found[good]) - points[good], axis=1)
        if median(off) < _SAME_PX:
            size = (first.shape[1], first.shape[0])
            total += cv2.warpAffine(crop, back.matrix, size, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
            count += 1
    return np.asarray(np.round(total / count), np.uint8)


def _lean(frame: Similarity) -> float:
    return float(-np.degrees(np.arctan2(frame.rotation[1, 0], frame.rotation[0, 0])))
