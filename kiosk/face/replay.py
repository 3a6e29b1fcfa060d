"""Line drawings of one repetition: landmarks over time, small enough to keep and too few to make a picture.

A frame holds the points of ``LINES`` in the face's own frame: millimetres from the middle between the eyes, x towards
the person's own left, y towards the chin, roll and distance taken out. They are kept in steps of ``STEP_MM``, so a
point comes back within 0.18 mm of where it was. A replay is many frames with their times: differences from frame to
frame, compressed, never above ``LIMIT`` bytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec
import numpy as np
import numpy.typing as npt

from kiosk.errors import ReplayError
from kiosk.face.geometry import eye_centres, face_frame
from kiosk.face.model import Reading

Mesh = npt.NDArray[np.float32]
ReplayPoints = npt.NDArray[np.float32]

LIMIT = 40_000
"""Bytes that one repetition may take. Where it would take more, every second frame is left out until it fits."""
STEP_MM = 0.25
REACH_MM = 250.0
"""No point of a face lies further than this from the middle between its eyes."""
LEAST_EYES_PX = 8.0
LEAST_FRAMES = 3
MOST_FRAMES = 2_000
"""Ten times what a repetition takes: whatever claims to hold more is no replay of ours."""
GAP_MS = 1_000
"""Longest pause between two frames that is played; in a longer one nobody looked, and it is played as this."""

LINES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "lips-outer-upper": (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
        "lips-outer-lower": (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
        "lips-inner-upper": (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
        "lips-inner-lower": (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
        "lid-upper-left": (362, 398, 384, 385, 386, 387, 388, 466, 263),
        "lid-lower-left": (362, 382, 381, 380, 374, 373, 390, 249, 263),
        "lid-upper-right": (133, 173, 157, 158, 159, 160, 161, 246, 33),
        "lid-lower-right": (133, 155, 154, 153, 145, 144, 163, 7, 33),
        "brow-left": (336, 296, 334, 293, 300),
        "brow-right": (107, 66, 105, 63, 70),
        "nose": (168, 197, 195, 4),
        "nose-base": (98, 97, 2, 326, 327),
        "jaw": (454, 361, 397, 379, 400, 152, 176, 150, 172, 132, 234),
    }
)
"""Landmarks of the 468 that are kept, as the lines that they make; sides are the person's own."""

_USED = tuple(dict.fromkeys(index for line in LINES.values() for index in line))
_PLACE = {index: place for place, index in enumerate(_USED)}
_LINES = tuple(np.array([_PLACE[index] for index in line]) for line in LINES.values())
_MARK = b"f1"
_PACKED_BYTES = len(_MARK) + 4 * len(_USED)
_HEAD = struct.Struct("<4sHI")
_REPLAY_MARK = b"krp1"


class Replay(msgspec.Struct, frozen=True, eq=False):
    """``times_ms`` (T,) from 0 on, rising; ``points`` (T, N, 2) mm, see the module."""

    times_ms: npt.NDArray[np.int32]
    points: ReplayPoints

    @property
    def length_ms(self) -> int:
        """The time from the first frame to the last."""
        return int(self.times_ms[-1])

    def lines_at(self, t_ms: float) -> tuple[ReplayPoints, ...]:
        """Each line of ``LINES`` at ``t_ms``, (n, 2) mm, between the two nearest frames; the ends stand still."""
        at = int(np.searchsorted(self.times_ms, t_ms, side="right")) - 1
        if at < 0 or at >= len(self.times_ms) - 1:
            shape = self.points[0 if at < 0 else -1]
        else:
            before, after = self.times_ms[at], self.times_ms[at + 1]
            part = np.float32((t_ms - before) / (after - before))
            shape = self.points[at] * (1 - part) + self.points[at + 1] * part
        return tuple(shape[line] for line in _LINES)


def pack(points: Mesh) -> bytes:
    """The kept landmarks of one picture; ``points``: (468, 3) px, picture not mirrored.

    Empty where they cannot be a face: not finite, eyes on top of each other, a point far outside.
    """
    mesh = np.asarray(points, np.float64)
    if not np.isfinite(mesh).all():
        return b""
    right, left = eye_centres(mesh)
    moved = face_frame(mesh)(mesh)[list(_USED), :2]
    if np.hypot(*(left - right)) < LEAST_EYES_PX or np.abs(moved).max() > REACH_MM:
        return b""
    steps: npt.NDArray[np.int16] = np.rint(moved / STEP_MM).astype("<i2")
    return _MARK + steps.tobytes()


def unpack(frame: bytes) -> ReplayPoints:
    """The points of one packed picture, (N, 2) mm. Raises ReplayError for anything that ``pack`` did not make."""
    return (_steps(frame) * STEP_MM).astype(np.float32)


def lines(frame: bytes) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Each line of ``LINES`` in one packed picture, points (x, y) mm. Raises ReplayError as ``unpack``."""
    points = unpack(frame)
    return tuple(tuple((float(x), float(y)) for x, y in points[line]) for line in _LINES)


def of(readings: Sequence[Reading]) -> bytes | None:
    """The replay of one repetition, without what is no packed picture; None where too few are left."""
    kept: list[tuple[int, npt.NDArray[np.int16]]] = []
    for reading in readings:
        if _is_packed(reading.points) and (not kept or reading.t_ms > kept[-1][0]):
            kept.append((reading.t_ms, _steps(reading.points)))
    kept = kept[:MOST_FRAMES]
    while len(kept) >= LEAST_FRAMES:
        made = _joined(kept)
        if len(made) <= LIMIT:
            return made
        kept = kept[::2]
    return None


def read(content: bytes) -> Replay:
    """The replay that ``of`` made. Raises ReplayError for anything else."""
    if len(content) < _HEAD.size or len(content) > LIMIT:
        raise ReplayError(f"{len(content)} bytes are no line drawing (at most {LIMIT}); it cannot be shown")
    mark, frames, check = _HEAD.unpack_from(content)
    body = content[_HEAD.size :]
    if mark != _REPLAY_MARK or not LEAST_FRAMES <= frames <= MOST_FRAMES or zlib.crc32(body) != check:
        raise ReplayError("these bytes are no line drawing of this kiosk, or they are damaged; it cannot be shown")
    wanted = frames * (1 + 2 * len(_USED)) * 2
    try:
        whole = zlib.decompressobj().decompress(body, wanted + 1)
    except zlib.error as why:
        raise ReplayError(f"the line drawing is damaged ({why}); it cannot be shown") from why
    if len(whole) != wanted:
        raise ReplayError(f"the line drawing holds {len(whole)} bytes instead of {wanted}; it cannot be shown")
    low, high = np.frombuffer(whole, np.uint8).reshape(2, -1).astype(np.uint16)
    folded = (low | high << 8).reshape(1 + 2 * len(_USED), frames).astype(np.int32)
    changes = (folded >> 1) ^ -(folded & 1)
    times = np.cumsum(np.abs(changes[0]), dtype=np.int32)
    if (np.diff(times) <= 0).any():
        raise ReplayError("the times of the line drawing do not rise; it cannot be shown")
    steps = np.cumsum(changes[1:], axis=1, dtype=np.int32).T.reshape(frames, len(_USED), 2)
    return Replay(times, (steps * STEP_MM).astype(np.float32))


def _steps(frame: bytes) -> npt.NDArray[np.int16]:
    if not _is_packed(frame):
        raise ReplayError(f"{len(frame)} bytes are no packed picture (those have {_PACKED_BYTES}); use replay.pack")
    return np.frombuffer(frame, "<i2", offset=len(_MARK)).reshape(-1, 2).astype(np.int16)


def _is_packed(frame: bytes) -> bool:
    return len(frame) == _PACKED_BYTES and frame.startswith(_MARK)


def _joined(kept: Sequence[tuple[int, npt.NDArray[np.int16]]]) -> bytes:
    """One row for the times and one for each coordinate: what changes slowly lies together, and so it shrinks."""
    gaps = np.diff([t_ms for t_ms, _ in kept], prepend=kept[0][0])
    rows = np.stack([steps.reshape(-1) for _, steps in kept]).astype(np.int32).T
    changes = np.vstack((np.minimum(gaps, GAP_MS), np.diff(rows, axis=1, prepend=0)))
    folded = ((changes << 1) ^ (changes >> 31)).astype(np.uint16).reshape(-1)
    body = zlib.compress((folded & 0xFF).astype(np.uint8).tobytes() + (folded >> 8).astype(np.uint8).tobytes(), 6)
    return _HEAD.pack(_REPLAY_MARK, len(kept), zlib.crc32(body)) + body
