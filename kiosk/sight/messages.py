"""Messages between the kiosk and the process that looks at pictures, one a datagram, and which of them can be true.

As msgpack: a reading may carry bytes, and a number that is none must arrive as such to be refused.
"""

from __future__ import annotations

import re
from math import isfinite

import msgspec

from kiosk.face.model import Reading, Task
from kiosk.sight.clips import LOST, ClipKept, ClipLost, FilmOrder

LOOKERS = ("mesh", "fallback")
"""Names of lookers: with the three models, or without."""
MOST_BYTES = 65_536
"""No message is longer."""


class Memory(msgspec.Struct, frozen=True, tag="memory"):
    """The camera's pictures lie in the memory whose descriptor comes with this; ``size`` is width, height."""

    size: tuple[int, int]


class LookOrder(msgspec.Struct, frozen=True, tag="look-order"):
    """Look at the newest picture, for this ``task``."""

    task: Task


class Finish(msgspec.Struct, frozen=True, tag="finish"):
    """The film that was begun is over."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """Pictures can be looked at. ``how``: one of ``LOOKERS``; ``lacking``: a sentence for staff, or empty."""

    how: str
    lacking: str = ""


class SightSeen(msgspec.Struct, frozen=True, tag="seen"):
    """The ``reading`` of a picture; None: there was no newer one. ``cost_ms``: processor time that looking took.

    Not the time that passed: on a busy machine that tells what others do, and looking less often would help nobody.
    """

    reading: Reading | None
    cost_ms: float = 0.0


class SightFailed(msgspec.Struct, frozen=True, tag="failed"):
    """The child ends because of this ``cause``."""

    cause: str


Asked = Memory | LookOrder | FilmOrder | Finish
SightMessage = Ready | SightSeen | SightFailed | ClipKept | ClipLost

ENCODER = msgspec.msgpack.Encoder()
ASKED = msgspec.msgpack.Decoder(Asked)
TOLD = msgspec.msgpack.Decoder(SightMessage)

LEAST_EYES_PX = 12
"""Pupils that are closer together belong to no face that anything could be said about."""
MARGIN = 0.1
"""Most that a point of a face may lie outside of the picture, as a share of its width or height."""
MOST_MM = 60.0
"""No point of a face goes so far."""
MOST_OPEN = 3.0
"""No eye opens to so many times its opening at rest."""
MOST_LIDS_MM = 40.0
"""No lids stand so far apart."""
MOST_POINTS = 16_384
SHA256 = re.compile("[0-9a-f]{64}")


def nonsense(reading: Reading, size: tuple[int, int], asked_ms: int, now_ms: int) -> str:
    """Return the fault of a reading, or nothing.

    It must be of a picture taken between ``asked_ms`` and ``now_ms``; ``size`` is width, height of the pictures.
    """
    if not asked_ms <= reading.t_ms <= now_ms:
        return f"a picture of {reading.t_ms} ms, asked for at {asked_ms} and answered at {now_ms}"
    width, height = size
    moves = (reading.left, reading.right, reading.corner_left, reading.corner_right)
    vectors = [vector for vector in moves if vector is not None]
    apertures = [a for a in (reading.aperture_left, reading.aperture_right) if a is not None]
    lids = [mm for mm in (reading.lids_left, reading.lids_right) if mm is not None]
    places = [reading.centre] if reading.midline is None else [reading.centre, (reading.midline.x, reading.midline.y)]
    angles = [reading.roll_deg, reading.yaw_deg, reading.pitch_deg]
    angles += [reading.midline.roll_deg] if reading.midline is not None else []
    shares = [reading.score, reading.ok, reading.light or 0.0, abs(reading.light_lean or 0.0)]
    numbers = [*shares, *angles, *apertures, *lids, reading.eyes_px]
    numbers += [number for vector in (*vectors, *places) for number in vector]
    if not all(isfinite(number) for number in numbers):
        return "a number that is none"
    if not all(0 <= share <= 1 for share in shares):
        return "a share outside of 0 to 1"
    if len(reading.points) > MOST_POINTS:
        return f"{len(reading.points)} bytes of points"
    if not reading.present:
        return ""
    if not LEAST_EYES_PX <= reading.eyes_px <= width:
        return f"eyes {reading.eyes_px:.1f} px apart"
    inside = (-MARGIN * width <= x <= (1 + MARGIN) * width and -MARGIN * height <= y <= (1 + MARGIN) * height
              for x, y in places)  # fmt: skip
    if not all(inside):
        return "a face outside of the picture"
    if not all(abs(angle) <= 180 for angle in angles):
        return "an angle beyond 180 degrees"
    if not all(abs(number) <= MOST_MM for vector in vectors for number in vector):
        return f"a movement of more than {MOST_MM:g} mm"
    usual = all(0 <= aperture <= MOST_OPEN for aperture in apertures) and all(0 <= mm <= MOST_LIDS_MM for mm in lids)
    return "" if usual else "an eye that is open beyond measure"


def film_sane(clip: ClipKept | ClipLost, wanted: FilmOrder) -> bool:
    """Whether ``clip`` can be what became of the film that was ``wanted``: it becomes a row of the record."""
    if isinstance(clip, ClipLost):
        return clip.why in LOST
    most = 2 * wanted.max_bytes  # it grows a little where it is encrypted
    kind = clip.encrypted is bool(wanted.recipients)
    return kind and 0 < clip.size <= most and 0 < clip.frames <= most and bool(SHA256.fullmatch(clip.sha256))
