"""A film of a person, changed in ways that change no movement: how far are the answers apart?"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.metrics import ratio
from kiosk.face.model import Reading
from kiosk.face.nets import Nets
from kiosk.face.tracker import Pixels
from tests.bench.face.moving import RESTING_PICTURES, pictures, watched

STRETCH = ("cap12", 255, 330)
"""A mouth that opens quickly and wide, is lost at its top, and is found on its way back."""
FPS = 25
LEAST_MM = 2.0
Floats = npt.NDArray[np.float64]
By = dict[int, Floats]
"""Number of a picture → (2, 2) mm, left then right, where it was answered."""
Film = list[Pixels]


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to a film, and how its answers are turned back to those of the film before."""

    of: Callable[[Film], Film]
    back: Callable[[By, int], By] = lambda by, _: by
    """``by`` of the changed film, and the number of its pictures."""


def told(readings: Sequence[Reading], every: int = 1) -> By:
    """The places of both sides in each picture that was answered; ``every``: one of so many pictures was shown."""
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


def compared(nets: Nets, shown: Film, plain: By, change: Change) -> tuple[float, float]:
    """How far r is apart in ``shown`` and in the same film changed, and the corners, mm."""
    readings = watched(nets, change.of(shown))
    r, other, apart = alike(plain, change.back(told(readings), len(shown)))
    return abs(other - r), apart


def each(of: Callable[[Pixels], Pixels]) -> Change:
    """Each picture changed by itself."""
    return Change(lambda film: [of(frame) for frame in film])


def lit(by: float) -> Change:
    """So much more light, or less."""
    return each(lambda frame: np.asarray(np.clip(frame * by, 0, 255), np.uint8))


def jpeg(quality: int) -> Change:
    """Each picture written anew."""
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality]
    return each(lambda frame: np.asarray(cv2.imdecode(cv2.imencode(".jpg", frame, flags)[1], 1), np.uint8))


def _larger(frame: Pixels) -> Pixels:
    return np.asarray(cv2.resize(frame, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC), np.uint8)


def _mirrored(frame: Pixels) -> Pixels:
    return np.ascontiguousarray(frame[:, ::-1])


def _swapped(by: By, _: int) -> By:
    return {i: sides[::-1] * (-1.0, 1.0) for i, sides in by.items()}


def _backwards(film: Film) -> Film:
    """The rest first, as it was, and then the movement from its end."""
    return [*film[:RESTING_PICTURES], *film[RESTING_PICTURES:][::-1]]


def _forwards(by: By, count: int) -> By:
    return {i if i < RESTING_PICTURES else RESTING_PICTURES + count - 1 - i: sides for i, sides in by.items()}


def coded(codec: str, container: str, bit_rate: int = 0, **options: str) -> Change:
    """Written anew by a codec, with links from picture to picture."""

    def anew(film: Film) -> Film:
        content = io.BytesIO()
        with av.open(content, "w", format=container) as out:
            stream = out.add_stream(codec, rate=Fraction(FPS), options=options)
            assert isinstance(stream, av.VideoStream)
            stream.height, stream.width = film[0].shape[:2]
            stream.pix_fmt = "yuv420p"
            if bit_rate:
                stream.bit_rate = bit_rate
            for frame in film:
                out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
            out.mux(stream.encode())
        content.seek(0)
        with av.open(content, "r") as again:
            return [np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in again.decode(video=0)]

    return Change(anew)


CHANGES: Mapping[str, Change] = {
    "a fifth less light": lit(0.8),
    "a fifth more light": lit(1.2),
    "half as many pixels again": each(_larger),
    "mirrored": Change(each(_mirrored).of, _swapped),
    "backwards": Change(_backwards, _forwards),
    "JPEG 90": jpeg(90),
    "JPEG 60": jpeg(60),
    "VP8": coded("libvpx", "webm", 1_500_000),
    "MPEG-4": coded("mpeg4", "mp4", 1_500_000),
    "H.264, crf 18": coded("libx264", "mp4", crf="18"),
}


def table(nets: Nets, say: Callable[[str], None]) -> dict[str, tuple[float, float]]:
    """Change → how far r is apart, and the corners, mm."""
    shown = pictures(*STRETCH)
    plain, found = told(watched(nets, shown)), {}
    for name, change in CHANGES.items():
        say(f"changed: {name}")
        found[name] = compared(nets, shown, plain, change)
    return found
