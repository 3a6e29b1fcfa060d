"""What is a looker's answer worth, beside the truth? Errors from readings, and bars from errors; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kiosk.face.metrics import measure, ratio
from kiosk.face.model import Reading, Zone
from tests.bench.face.clips import Shown

Seen = Sequence[tuple[Shown, Reading]]


@dataclass(slots=True)
class Errors:
    """All that was wrong in some films, one number for each thing that was asked."""

    r_still: list[float] = field(default_factory=list)
    r_moving: list[float] = field(default_factory=list)
    asked: int = 0
    """How many movements there were; ``r_*`` has those that were answered."""
    false_still: list[float] = field(default_factory=list)
    """mm between the sides while nothing moves."""
    false_roll: list[float] = field(default_factory=list)
    silent: list[float] = field(default_factory=list)
    """1 for each frame beyond ±3° of yaw without an answer, else 0."""
    near: list[float] = field(default_factory=list)
    """1 for each frame at ±2° of yaw with an answer, else 0."""
    speed: list[float] = field(default_factory=list)
    """Share of the true speed."""
    reach: list[float] = field(default_factory=list)
    """Share of the other side's true excursion."""
    closure: list[float] = field(default_factory=list)
    midline_deg: list[float] = field(default_factory=list)
    midline_drift: list[float] = field(default_factory=list)
    """Degrees: how much more the midline is off under roll than upright."""
    midline_mm: list[float] = field(default_factory=list)

    def add(self, other: Errors) -> None:
        """Both together."""
        self.asked += other.asked
        for name in self.__slots__:
            mine = getattr(self, name)
            if isinstance(mine, list):
                mine.extend(getattr(other, name))


def errors(seen: Seen, zone: Zone, affected: str, gated: bool = True) -> Errors:
    """What was wrong in one film. Not ``gated``: a ratio is taken from however small a movement of the other side."""
    found = Errors()
    for key, part in _by_key(seen).items():
        kind = part[0][0].moment.kind
        if kind in ("move", "way"):
            found.asked += 1
            measured = measure([reading for _, reading in part], zone, affected)
            r = measured.symmetry if gated else _bare_r(part, affected)
            other = "right" if affected == "left" else "left"
            reach = measured.excursion_right_mm if other == "right" else measured.excursion_left_mm
            if reach is not None:
                true = max(math.hypot(*(shown.right if other == "right" else shown.left)) for shown, _ in part)
                found.reach.append(abs(reach - true) / true)
            if r is not None:
                (found.r_moving if " moving " in key else found.r_still).append(abs(r - part[0][0].moment.amount))
        elif kind == "ramp":
            speed = measure([reading for _, reading in part], zone, affected).peak_speed_mm_s
            if speed is not None:
                # What is measured rests on 63 mm between the pupils, and so does the truth.
                true = _true_speed([shown for shown, _ in part])
                found.speed.append(abs(speed - true) / true)
    for shown, reading in seen:
        _frame(found, shown, reading)
    upright, rolled = _leaning(seen, "still"), _leaning(seen, "roll")
    if upright and zone is Zone.MOUTH:
        found.midline_drift = [abs(off - sum(upright) / len(upright)) for off in rolled]
    return found


def _leaning(seen: Seen, kind: str) -> list[float]:
    """How far the midline leans too much, degrees."""
    return [
        reading.midline.roll_deg - shown.roll_deg
        for shown, reading in seen
        if shown.moment.kind == kind and reading.midline is not None
    ]


def _by_key(seen: Seen) -> Mapping[str, Seen]:
    parts: dict[str, list[tuple[Shown, Reading]]] = {}
    for shown, reading in seen:
        if shown.moment.key:
            parts.setdefault(shown.moment.key, []).append((shown, reading))
    return parts


def _bare_r(part: Seen, affected: str) -> float | None:
    top = [reading for shown, reading in part if shown.moment.kind == "move"]
    left = np.array([r.left for r in top if r.left is not None and r.right is not None]).reshape(-1, 2)
    right = np.array([r.right for r in top if r.left is not None and r.right is not None]).reshape(-1, 2)
    if not len(left):
        return None
    return ratio(left, right) if affected == "left" else ratio(right, left)


def _true_speed(shown: Sequence[Shown]) -> float:
    sizes = [math.hypot(*s.left) for s in shown]
    steps = [(b - a) * 1000 / (t.t_ms - s.t_ms) for a, b, s, t in zip(sizes, sizes[1:], shown, shown[1:], strict=False)]
    return sorted(steps)[-2]


def _frame(found: Errors, shown: Shown, reading: Reading) -> None:
    moment = shown.moment
    answered = reading.left is not None and reading.right is not None
    if moment.kind in ("still", "roll") and reading.left is not None and reading.right is not None:
        apart = math.hypot(reading.left[0] + reading.right[0], reading.left[1] - reading.right[1])
        if moment.kind == "still":
            found.false_still.append(apart)
        elif abs(moment.amount) <= 5:
            found.false_roll.append(apart)
    if moment.kind == "yaw":
        if abs(moment.amount) > 3:
            found.silent.append(float(not answered))
        elif abs(moment.amount) <= 2:
            found.near.append(float(answered))
    if moment.kind == "roll" and reading.midline is not None:
        line = reading.midline
        found.midline_deg.append(abs(line.roll_deg - shown.roll_deg))
        lean = math.radians(line.roll_deg)
        off = (shown.bridge[0] - line.x) * math.cos(lean) + (shown.bridge[1] - line.y) * math.sin(lean)
        found.midline_mm.append(abs(off) / shown.px_per_mm)
    if moment.kind == "lid":
        for true, aperture in zip(shown.lids, (reading.aperture_right, reading.aperture_left), strict=True):
            if true > 0.3 and aperture is not None:
                found.closure.append(abs(1 - aperture - true))


def mean(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return sum(values) / len(values) if values else None


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise, and whether it is kept. Nothing measured keeps no promise."""

    name: str
    limit: float
    value: float | None
    least: bool = False
    """The value must be at least the limit, not at most."""

    @property
    def ok(self) -> bool:
        """Whether it is kept."""
        if self.value is None or not math.isfinite(self.value):
            return False
        return self.value >= self.limit if self.least else self.value <= self.limit


def bars(found: Errors) -> list[Bar]:
    """The promises of issue 3."""
    answered = (len(found.r_still) + len(found.r_moving)) / found.asked if found.asked else None
    return [
        Bar("r, mean error, head still", 0.05, mean(found.r_still)),
        Bar("r, mean error, head moving", 0.12, mean(found.r_moving)),
        Bar("r, largest error", 0.25, max([*found.r_still, *found.r_moving], default=None)),
        Bar("movements answered at all, share", 0.8, answered, least=True),
        Bar("sides differ without movement, head still, mm", 0.3, mean(found.false_still)),
        Bar("sides differ without movement, roll ±5°, mm", 0.3, mean(found.false_roll)),
        Bar("silent beyond ±3° of yaw, share of frames", 0.95, mean(found.silent), least=True),
        Bar("speed at 2–20 mm/s, mean error, share", 0.15, mean(found.speed)),
        Bar("closure above 30 %, mean error", 0.15, mean(found.closure)),
        Bar("midline follows a roll of 5° and 8°, mean error, degrees", 0.5, mean(found.midline_drift)),
        Bar("midline, roll ±5° and ±8°, mean error from the true one, degrees", 0.5, mean(found.midline_deg)),
    ]


def together(many: Iterable[Errors]) -> Errors:
    """All errors of many films."""
    total = Errors()
    for one in many:
        total.add(one)
    return total
