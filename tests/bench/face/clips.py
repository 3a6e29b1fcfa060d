"""What happens in front of the camera, frame by frame, and what is true of it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kiosk.drawn.person import DrawnFace, DrawnPicture
from kiosk.drawn.pose import Pose
from kiosk.face.model import Task, Vector, Zone
from tests.bench.face.cases import Variation

FRAME_MS = 80
NEUTRAL_FRAMES = 10
SIZE = (480, 480)
"""With 1.5 px/mm: a head at some 60 cm in a picture of 640 x 480, at 70 cm in 1280 x 720."""
CAMERA_MM = 700.0
TOP_FRAMES = 4
"""A figure needs ten pictures (``metrics.LEAST_PICTURES``): those of a held movement, with some to spare."""
RATIOS = (1.0, 0.8, 0.5, 0.2)
SPEEDS_MM_S = (2.0, 5.0, 10.0, 20.0)
CLOSURES = (0.35, 0.55, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame to be: the pose, and which question it answers (``kind``), about which repetition (``key``)."""

    pose: Pose
    kind: str = ""
    """``move`` the top of a movement, ``way`` to it or back, ``ramp``, ``still``, ``roll``, ``yaw``, ``lid``, none."""
    key: str = ""
    amount: float = 0.0
    """The ratio of a movement, the speed of a ramp, the degrees of a turn."""


@dataclass(frozen=True, slots=True)
class Film:
    """What one person does in front of the camera for one zone."""

    zone: Zone
    moments: tuple[Moment, ...]

    @property
    def task(self) -> Task:
        """What a looker is asked to do."""
        return Task(key=self.zone, zone=self.zone, neutral_from_ms=0, neutral_to_ms=NEUTRAL_FRAMES * FRAME_MS)


@dataclass(frozen=True, slots=True)
class Shown:
    """One frame that was filmed, and the truth about it."""

    t_ms: int
    frame: npt.NDArray[np.uint8]
    moment: Moment
    left: Vector
    right: Vector
    """True movement of the zone's points, mm as ``Reading`` has them."""
    lids: tuple[float, float]
    """True closure: right, left."""
    roll_deg: float
    """True lean of the head in the picture."""
    bridge: Vector
    """Where the bridge of the nose, which lies on the midline, is in the frame, px."""
    px_per_mm: float


def affected(seed: int) -> str:
    """Which side of this person is the affected one."""
    return "left" if seed % 2 else "right"


def _sided(seed: int, other: float, own: float) -> tuple[float, float]:
    """(right, left), with ``own`` on the affected side."""
    return (other, own) if affected(seed) == "left" else (own, other)


def _posed(zone: Zone, seed: int, size: float, ratio: float, share: float = 1.0) -> Pose:
    right, left = _sided(seed, size * share, size * ratio * share)
    if zone is Zone.BROW:
        return Pose(brow_right_mm=right, brow_left_mm=left)
    return Pose(corner_right_mm=right, corner_left_mm=left)


def _swayed(pose: Pose, rng: np.random.Generator) -> Pose:
    """A head that does not keep still: roll to 2°, yaw to 1.5°, some drift, a little nearer or farther."""
    roll, yaw, pitch, x, y, zoom = rng.uniform(-1, 1, 6)
    return replace(
        pose,
        roll_deg=2 * roll,
        yaw_deg=1.5 * yaw,
        pitch_deg=1.0 * pitch,
        shift_x_mm=6 * x,
        shift_y_mm=4 * y,
        zoom=1 + 0.03 * zoom,
    )


def _movement(
    zone: Zone, name: str, seed: int, size: float, ratio: float, rng: np.random.Generator | None
) -> list[Moment]:
    """One small movement, three poses at the top, each for ``TOP_FRAMES``; with ``rng`` the head sways all along."""
    key = f"{name} {'moving' if rng else 'still'} {ratio}"
    top = Moment(_posed(zone, seed, size, ratio), "move", key, ratio)
    way = [replace(top, kind="way", pose=_posed(zone, seed, size, ratio, share)) for share in (0, 0.5, 0.5, 0)]
    moments = [*way[:2], top, top, top, *way[2:]]
    if rng:
        moments = [replace(m, pose=_swayed(m.pose, rng)) for m in moments]
    return [m for m in moments for _ in range(TOP_FRAMES if m.kind == "move" else 1)]


def _ramp(seed: int, speed: float) -> list[Moment]:
    """A smile of both sides at an even speed, 4 to 8 mm far; then back."""
    top = {2.0: 4.0, 5.0: 5.0, 10.0: 6.0}.get(speed, 8.0)
    frames = int(top / speed * 1000 / FRAME_MS)
    way = [speed * k * FRAME_MS / 1000 for k in range(frames + 1)]
    poses = [_posed(Zone.MOUTH, seed, mm, 1.0) for mm in [0, 0, *way, top, top, top, 0.5 * top, 0]]
    return [Moment(pose, "ramp", f"ramp {speed:g}", speed) for pose in poses]


def _turns(degrees: tuple[float, ...], frames: int, kind: str, field: str) -> list[Moment]:
    return [
        Moment(replace(Pose(), **{field: sign * d}), kind, f"{kind} {sign * d:g}", sign * d)
        for d in degrees
        for sign in (-1, 1)
        for _ in range(frames)
    ]


def films(variation: Variation, seed: int, full: bool) -> Iterator[Film]:
    """The films of one person. ``full``: with ramps and lip rounding, and every ratio."""
    rng = np.random.default_rng(seed)
    neutral = [Moment(Pose())] * NEUTRAL_FRAMES
    smile, lift = float(rng.uniform(4.5, 8)), float(rng.uniform(4, 6))
    mouth = [
        *neutral,
        *[Moment(Pose(), "still", "still")] * 3,
        *_movements(Zone.MOUTH, "smile", seed, smile, full, rng),
    ]
    if full:
        for ratio in (1.0, 0.5):
            mouth += _movement(Zone.MOUTH, "rounding", seed, -4.0, ratio, None)
        for speed in SPEEDS_MM_S:
            mouth += _ramp(seed, speed)
    mouth += [*_turns((5.0, 8.0), 2, "roll", "roll_deg"), Moment(Pose())]
    yield Film(Zone.MOUTH, (*mouth, *_turns((2.0, 3.0, 4.0, 6.0, 10.0), 1, "yaw", "yaw_deg")))
    brow = [*neutral, *[Moment(Pose(), "still", "still")] * 3, *_movements(Zone.BROW, "brow", seed, lift, full, rng)]
    yield Film(Zone.BROW, (*brow, *_turns((5.0,), 1, "roll", "roll_deg")))
    yield Film(Zone.EYE, (*neutral, *_closures(seed, rng)))


def resting_aside(seed: int) -> Film:
    """Two smiles against the rest before them; the head stays as the variation's ``base`` holds it."""
    moves = [m for ratio in (1.0, 0.5) for m in _movement(Zone.MOUTH, "smile", seed, 6.0, ratio, None)]
    return Film(Zone.MOUTH, (*[Moment(Pose())] * NEUTRAL_FRAMES, *moves))


def _movements(zone: Zone, name: str, seed: int, size: float, full: bool, rng: np.random.Generator) -> list[Moment]:
    still, moving = (RATIOS, RATIOS) if full else ((1.0, 0.5, 0.2), (0.8, 0.2))
    moments = []
    for ratio in still:
        moments += _movement(zone, name, seed, size, ratio, None)
    for ratio in moving:
        moments += _movement(zone, name, seed, size, ratio, rng)
    return moments


def _closures(seed: int, rng: np.random.Generator) -> list[Moment]:
    """Both eyes closed for longer than a blink, as a person is asked to; then shares of it, one side less."""
    moments = [*[Moment(Pose(lid_right=1, lid_left=1))] * 8, Moment(Pose())]
    for closure in CLOSURES:
        for ratio in (1.0, 0.5):
            right, left = _sided(seed, closure, closure * ratio)
            lid = Moment(Pose(lid_right=right, lid_left=left), "lid", f"lid {closure} {ratio}", ratio)
            moments += [lid, lid, replace(lid, pose=_swayed(lid.pose, rng))]
        moments.append(Moment(Pose()))
    return moments


def _on(base: Pose, pose: Pose) -> Pose:
    return replace(
        pose,
        roll_deg=base.roll_deg + pose.roll_deg,
        yaw_deg=base.yaw_deg + pose.yaw_deg,
        pitch_deg=base.pitch_deg + pose.pitch_deg,
        zoom=base.zoom * pose.zoom,
    )


class Stage:
    """One person under one variation, ready to be filmed."""

    def __init__(self, variation: Variation, seed: int) -> None:
        self.variation, self.seed = variation, seed
        self._face = DrawnFace(variation.look(seed), SIZE, CAMERA_MM, texture=2)
        self._last: tuple[Pose, DrawnPicture] | None = None

    def _draw(self, pose: Pose) -> DrawnPicture:
        if self._last is None or self._last[0] != pose:
            self._last = (pose, self._face.draw(pose))
        return self._last[1]

    def film(self, film: Film) -> Iterator[Shown]:
        """Frame by frame; the same each time."""
        rng = np.random.default_rng(self.seed + 7)
        point = "brow" if film.zone is Zone.BROW else "corner"
        for i, moment in enumerate(film.moments):
            pose = _on(self.variation.base, moment.pose)
            drawing = self._draw(pose)
            shrink = 0.5 if self.variation.shot.half else 1.0
            x, y = drawing.landmarks["nose_bridge"]
            yield Shown(
                i * FRAME_MS,
                self.variation.shot.of(drawing, rng),
                moment,
                drawing.moved_mm[f"{point}_left"],
                drawing.moved_mm[f"{point}_right"],
                (pose.lid_right, pose.lid_left),
                pose.roll_deg,
                (shrink * x, shrink * y),
                shrink * drawing.px_per_mm,
            )
