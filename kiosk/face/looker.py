"""The looker: one picture of the face in, one reading out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kiosk.face import replay
from kiosk.face.fallback import HaarTracker, without_models
from kiosk.face.geometry import (
    BRIDGE,
    BROW_LEFT,
    BROW_RIGHT,
    CORNER_LEFT,
    CORNER_RIGHT,
    PAIRS,
    Angles,
    Floats,
    Similarity,
)
from kiosk.face.lid_scale import Raw
from kiosk.face.lids import LidMeter
from kiosk.face.light import Light, light_on
from kiosk.face.model import Midline, Reading, Task, UnseenReason, Zone
from kiosk.face.motion import ZONE_POINTS, Flow
from kiosk.face.nets import Nets
from kiosk.face.neutral import AheadReader, Capture, Neutral, NeutralSample, resting_crop
from kiosk.face.tracker import Observation, Pixels, Tracker

YAW_DEG, PITCH_DEG, LEAST_OK = 2.7, 5.0, 0.5
"""Beyond these nothing is measured. The yaw gate stands below the promised 3°: a turn is read within a fifth."""
STRAYED_MM = 4.0
"""A point that flow has lost and that the mesh, which sees some 0.6 of it, has gone so far went too far [D]."""
_NOSE_READS = 0.75
"""A turn read from nose and cheeks, as the brows need it, comes out smaller than one read from the upper face."""
LEAST_EYES_PX = 40.0
LIDS_EVERY_MS, LIDS_BESIDE_MS = 220, 440
"""Four looks of the iris network take as long as everything else, and lids that are closed softly do not hurry. Beside
a mouth they are asked half as often: what they do with the lips is told from a hold of seconds, by its middle."""
_LEAST_PX = 16


@dataclass(frozen=True, slots=True)
class _Seen:
    """One picture, as far as it is the same for every looker at it; ``reason``: why it is not fit to measure in."""

    observation: Observation
    light: Light
    reason: UnseenReason


class _Eyes:
    """The eyes of lookers at the same pictures: where the face is and how it is lit, once a picture.

    No picture is kept: its memory is the camera's.
    """

    def __init__(self, nets: Nets | None) -> None:
        self._tracker = Tracker(nets) if nets else HaarTracker()
        self._meter = LidMeter(nets.iris) if nets else None
        self._last: tuple[int, _Seen | None] | None = None
        self._rest: tuple[int, Pixels] | None = None

    def look(self, frame: Pixels, t_ms: int, again: bool) -> _Seen | None:
        """The face in ``frame``; ``again``: another looker may have looked at this very picture."""
        if not again or self._last is None or self._last[0] != t_ms:
            self._last = (t_ms, self._look(frame, t_ms))
        return self._last[1]

    def _look(self, frame: Pixels, t_ms: int) -> _Seen | None:
        seen = self._tracker.look(frame, t_ms)
        if seen is None:
            return None
        light = light_on(frame, seen.centre, seen.eyes_px, seen.roll)
        return _Seen(seen, light, _unfit(frame, seen, light))

    def rest(self, frame: Pixels, seen: Observation, again: bool) -> Pixels:
        """The face in ``frame`` as a capture of the face at rest takes it."""
        if not again or self._rest is None or self._rest[0] != seen.t_ms:
            self._rest = (seen.t_ms, resting_crop(frame, seen))
        return self._rest[1]

    def lids(self, frame: Pixels, seen: Observation) -> Raw | None:
        """The lids in ``frame``; None without a model."""
        return None if self._meter is None else self._meter.raw(frame, seen.points)


class Looker:
    """Looks at one picture after the other and remembers the face at rest. Not for use from two threads at once."""

    def __init__(self, nets: Nets | None, beside: Looker | None = None) -> None:
        """``nets`` None: without models, by what OpenCV brings along.

        ``beside``: another looker at the very same pictures, which looks first; the face is found once for both.
        """
        self.how = "mesh" if nets else "fallback"
        self._again = beside is not None
        self._eyes: _Eyes = beside._eyes if beside is not None else _Eyes(nets)
        self._ahead = AheadReader()
        self._lids_ms: int | None = None
        self._stretch: tuple[str, int, int] | None = None
        self._capture: Capture | None = None
        self._neutral: Neutral | None = None
        self.refused = UnseenReason.NONE
        """The reason why the last neutral face was not taken: too few pictures, turned (away or about), not at rest."""

    def look(self, frame: Pixels, t_ms: int, task: Task) -> Reading:
        """``frame``: uint8 (h, w, 3 or 4) B, G, R[, X], unmirrored, any size, taken at boot millisecond ``t_ms``."""
        return self.look_for(frame, t_ms, (task,))[0]

    def look_for(self, frame: Pixels, t_ms: int, tasks: Sequence[Task]) -> list[Reading]:
        """One reading for each of ``tasks``, whose movements leave the same skin still: mouth and eyes do.

        For all of them the face rests when the first one says so.
        """
        task = tasks[0]
        if not _is_picture(frame):
            return [Reading(t_ms=t_ms, reason=UnseenReason.NO_FACE) for _ in tasks]
        self._begin(task)
        found = self._eyes.look(frame, t_ms, self._again)
        if found is None:
            self._settle(t_ms, task)
            neutral = self._neutral is not None
            return [Reading(t_ms=t_ms, reason=UnseenReason.NO_FACE, neutral=neutral) for _ in tasks]
        seen, fit = found.observation, found.reason is UnseenReason.NONE
        lids = self._lids(frame, seen, [task.zone for task in tasks]) if fit else None
        self._gather(frame, seen, fit, lids, task)
        flow = None
        if self._neutral is not None and task.zone is not None and fit:
            turn = self._neutral.angles(seen)
            flow = self._neutral.reference(task.zone).flow(frame, seen.points, (turn.pitch, turn.yaw))
            if lids is not None:
                self._neutral.lids.add(t_ms, lids)
        pose, line = self._pose(frame, seen, flow), self._midline(seen, flow)
        readings = [self._reading(found, task, flow, lids, pose, line) for task in tasks]
        if self.how == "mesh":
            return readings
        return [without_models(reading, task.zone) for reading, task in zip(readings, tasks, strict=True)]

    def _lids(self, frame: Pixels, seen: Observation, zones: Sequence[Zone | None]) -> Raw | None:
        """The lids as ``LidMeter`` reads them; None where there is no model, no need, or they were read just now."""
        beside = Zone.EYE not in zones and self._neutral is not None
        wait = LIDS_BESIDE_MS if beside else LIDS_EVERY_MS
        just_now = self._lids_ms is not None and 0 <= seen.t_ms - self._lids_ms < wait
        if not {Zone.EYE, Zone.MOUTH}.intersection(zones) or just_now:
            return None
        self._lids_ms = seen.t_ms
        return self._eyes.lids(frame, seen)

    # -- the face at rest

    def _begin(self, task: Task) -> None:
        stretch = (task.key, task.neutral_from_ms, task.neutral_to_ms)
        if stretch != self._stretch:
            self._stretch = stretch
            self._neutral, self.refused = None, UnseenReason.NONE
            self._capture = Capture(task.zone) if task.movement else None

    def _gather(self, frame: Pixels, seen: Observation, fit: bool, lids: Raw | None, task: Task) -> None:
        if self._capture is not None and fit and task.neutral_from_ms <= seen.t_ms < task.neutral_to_ms:
            self._capture.add(NeutralSample(seen, self._eyes.rest(frame, seen, self._again), lids))
        self._settle(seen.t_ms, task)

    def _settle(self, t_ms: int, task: Task) -> None:
        if self._capture is not None and t_ms >= task.neutral_to_ms:
            built = self._capture.build()
            self._capture = None
            if isinstance(built, UnseenReason):
                self.refused = built
            else:
                self._neutral = built

    # -- the reading

    def _pose(self, frame: Pixels, seen: Observation, flow: Flow | None) -> Angles:
        """The head since the face was at rest, by its skin where that is seen; else rough and absolute."""
        if flow is not None:
            return Angles(flow.roll, flow.yaw, flow.pitch)
        if self._neutral is not None:
            return self._neutral.angles(seen)
        return Angles(seen.roll, self._ahead.yaw(frame, seen), seen.pitch)

    def _reading(
        self, found: _Seen, task: Task, flow: Flow | None, lids: Raw | None, pose: Angles, line: Midline
    ) -> Reading:
        seen, reason = found.observation, found.reason
        if reason is UnseenReason.NONE and task.zone is not None and task.movement:
            reason = self._doubt(seen, flow, task.zone)
        if reason is UnseenReason.NONE and task.zone is Zone.EYE and lids == (None, None):
            reason = UnseenReason.LIDS
        scale = None
        if self._neutral is not None and reason is UnseenReason.NONE:
            learnt = self._neutral.lids.scale
            scale = task.lids.beside(learnt) if task.lids is not None else learnt
            reason = UnseenReason.LIDS_UNLIKE if scale is None and task.zone is Zone.EYE else reason
        trusted = flow.excursions if flow is not None and reason is UnseenReason.NONE else {}
        open_left, open_right = None, None
        if scale is not None and lids is not None:
            open_left, open_right = scale.share(lids)
        zone = (BROW_LEFT, BROW_RIGHT) if task.zone is Zone.BROW else (CORNER_LEFT, CORNER_RIGHT)
        if task.zone is Zone.EYE:
            zone = (-1, -1)
        return Reading(
            t_ms=seen.t_ms,
            present=True,
            score=seen.score,
            reason=reason,
            neutral=self._neutral is not None,
            roll_deg=pose.roll,
            yaw_deg=pose.yaw,
            pitch_deg=pose.pitch,
            eyes_px=seen.eyes_px,
            centre=seen.centre,
            light=found.light.mean,
            light_lean=found.light.lean,
            midline=line,
            left=trusted.get(zone[0]),
            right=trusted.get(zone[1]),
            corner_left=trusted.get(CORNER_LEFT),
            corner_right=trusted.get(CORNER_RIGHT),
            aperture_left=open_left,
            aperture_right=open_right,
            lids_left=lids[0] if lids is not None and reason is UnseenReason.NONE else None,
            lids_right=lids[1] if lids is not None and reason is UnseenReason.NONE else None,
            ok=flow.ok(task.zone) if flow is not None and task.zone is not None else 0.0,
            points=replay.pack(seen.points) if task.points else b"",
        )

    def _doubt(self, seen: Observation, flow: Flow | None, zone: Zone) -> UnseenReason:
        """Return the reason for which what flow says of a fit picture may not be trusted, if there is one."""
        if flow is None or self._neutral is None:
            return UnseenReason.NO_NEUTRAL
        read = _NOSE_READS if zone is Zone.BROW else 1.0
        if abs(flow.yaw) > YAW_DEG * read or abs(flow.pitch) > PITCH_DEG * read:
            return UnseenReason.TURNED
        if flow.skin < LEAST_OK:
            return UnseenReason.COVERED
        if all(point in flow.excursions for point in ZONE_POINTS[zone]):
            return UnseenReason.NONE
        large = self._neutral.strayed_mm(seen.points, zone) >= STRAYED_MM
        return UnseenReason.LARGE if large else UnseenReason.NOT_FOLLOWED

    def _midline(self, seen: Observation, flow: Flow | None) -> Midline:
        """The middle of the resting face, carried along by skin that stays still; else of this mesh as it is."""
        if self._neutral is None:
            frame = seen.frame
            flat = Similarity(frame.scale, frame.rotation[:2, :2], frame.shift[:2])
            rest = frame(seen.points)
            return _line(rest, flat.inverse(), float(rest[PAIRS, 0].mean()), 0.0)
        head = flow.head if flow is not None and flow.head is not None else self._neutral.head(seen.points)
        return _line(self._neutral.rest, head, *self._neutral.midline)


def _line(rest: Floats, head: Similarity, x: float, lean: float) -> Midline:
    """The midline at the bridge of the nose of a face ``rest`` (468, 3) mm that ``head`` (2-D, mm → px) puts there.

    Between the eyes it passes ``x`` mm, and leans ``lean`` degrees.
    """
    y = float(rest[BRIDGE, 1].mean())
    ((px, py),) = head(np.array([[x - y * math.tan(math.radians(lean)), y]]))
    return Midline(float(px), float(py), lean + math.degrees(math.atan2(head.rotation[1, 0], head.rotation[0, 0])))


def _is_picture(frame: npt.NDArray[np.uint8]) -> bool:
    fits = frame.ndim == 3 and frame.shape[2] in (3, 4) and frame.dtype == np.uint8
    return fits and min(frame.shape[:2]) >= _LEAST_PX


def _unfit(frame: Pixels, seen: Observation, light: Light) -> UnseenReason:
    """Return the reason for which this picture is not fit to measure in, if there is one."""
    height, width = frame.shape[:2]
    left, top, right, bottom = seen.extent
    room = 0.05 * max(right - left, bottom - top)
    if not seen.alone:
        return UnseenReason.TWO_FACES
    if light.reason is not UnseenReason.NONE:
        return light.reason
    if seen.eyes_px < LEAST_EYES_PX:
        return UnseenReason.TOO_FAR
    if min(left, top) < -room or right > width + room or bottom > height + room:
        return UnseenReason.TOO_NEAR
    return UnseenReason.NONE
