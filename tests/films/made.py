"""Films of one drawn smile, as phones, browsers, webcams, recorders and editors would write them.

Each kind is made here, by FFmpeg's own writers or by patching what those wrote, and brings its right values.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.stream import Disposition

from kiosk.drawn.look import look_of
from kiosk.drawn.person import DrawnFace
from kiosk.drawn.pose import Pose

Pixels = npt.NDArray[np.uint8]

WIDTH, HEIGHT = 320, 240
RIGHT_MM, LEFT_MM = 6.0, 3.0
RESTS_S, RISES_S, HOLDS_S, LASTS_S = 1.2, 0.6, 0.3, 3.2
_STEPS = 36
"""A movement is drawn in so many steps, so that all kinds share their pictures."""
MILLISECOND = Fraction(1, 1000)
CORNER_PX, CORNER = 32, (200, 90, 40)
"""A blue square in the upper left corner (B, G, R): no turn, mirror or mistaken colour goes unseen."""


@cache
def drawn() -> DrawnFace:
    """The person in all films."""
    return DrawnFace(look_of(31), (WIDTH, HEIGHT), 700, texture=2)


@cache
def _step(step: int) -> Pixels:
    share = step / _STEPS
    picture = drawn().draw(Pose(corner_right_mm=RIGHT_MM * share, corner_left_mm=LEFT_MM * share)).pixels[..., :3]
    picture = np.ascontiguousarray(picture)
    picture[:CORNER_PX, :CORNER_PX] = CORNER
    return picture


def face_at(t_s: float) -> Pixels:
    """The person ``t_s`` seconds after the film began, (240, 320, 3) B, G, R: rest, a smile, rest."""
    up, down = t_s - RESTS_S, RESTS_S + 2 * RISES_S + HOLDS_S - t_s
    return _step(round(_STEPS * float(np.clip(min(up, down) / RISES_S, 0, 1))))


def even(rate: float | Fraction = 15, lasts_s: float = LASTS_S) -> tuple[Fraction, ...]:
    """The times of a film with so many pictures a second."""
    return tuple(Fraction(n) / Fraction(rate) for n in range(round(lasts_s * rate)))


def uneven() -> tuple[Fraction, ...]:
    """The times of a phone in poor light: 30 pictures a second, then 12, then 24, each a little early or late."""
    times, n, t = [], 0, Fraction(0)
    while t < LASTS_S:
        times.append(t + Fraction(n * 7 % 5, 1000))
        t += Fraction(1, 30 if t < 1 else 12 if t < 2 else 24)
        n += 1
    return tuple(times)


@dataclass(frozen=True, kw_only=True)
class FilmKind:
    """One kind of film: how it is written, and what is right for it."""

    name: str
    by: str
    """Who writes such films."""
    suffix: str
    codec: str = "libx264"
    pix: str = "yuv420p"
    times: tuple[Fraction, ...] = field(default_factory=even)
    rate: int | Fraction = 15
    """The rate that the container promises."""
    tick: Fraction = Fraction(1, 90000)
    options: dict[str, str] = field(default_factory=dict)
    container: dict[str, str] = field(default_factory=dict)
    format: str | None = None
    store: Callable[[Pixels], Pixels] = lambda picture: picture
    """From the picture as it is to be seen to the one that is stored."""
    turn: tuple[float, bool, bool] | None = None
    """Display matrix: degrees against the clock, mirrored along x, along y."""
    aspect: Fraction | None = None
    sound: str = ""
    second: str = ""
    """Another track of pictures: ``cover``, ``small``, ``empty``."""
    interlaced: bool = False
    piped: bool = False
    """Written to where nobody can go back: no length, no table."""
    patch: Callable[[bytes], bytes] = lambda content: content
    skipped: int = 0
    """So many of the first pictures are not to be seen."""
    size: tuple[int, int] = (WIDTH, HEIGHT)
    tracks: int = 1
    """How many tracks of pictures are not empty."""
    apart: float = 6.0
    """How far, of 255, a picture that was coded may lie from the drawn one, in the mean."""

    @property
    def right_times(self) -> tuple[float, ...]:
        """When each picture that is to be seen is to be seen, from the first one on."""
        shown = self.times[self.skipped :]
        return tuple(float(t - shown[0]) for t in shown)

    def right_pictures(self, numbers: Sequence[int] | None = None) -> list[Pixels]:
        """The pictures that are to be seen, or those of these numbers."""
        times = self.times[self.skipped :]
        chosen = times if numbers is None else [times[number] for number in numbers]
        seen = [cv2.resize(face_at(float(t - self.times[0])), self.size).astype(np.uint8) for t in chosen]
        return [_gray(picture) for picture in seen] if self.pix == "gray" else seen


def written(kind: FilmKind, folder: Path) -> Path:
    """Write the film; its path."""
    path = folder / f"{kind.name.replace(' ', '-')}{kind.suffix}"
    pipe = _Pipe()
    target: Any = pipe if kind.piped else str(path)
    with av.open(target, "w", format=kind.format or _FORMATS[kind.suffix], options=dict(kind.container)) as film:
        _write(film, kind)
    path.write_bytes(kind.patch(pipe.getvalue() if kind.piped else path.read_bytes()))
    return path


_FORMATS = {
    ".mp4": "mp4", ".mov": "mov", ".3gp": "3gp", ".mkv": "matroska", ".webm": "webm", ".avi": "avi", ".ts": "mpegts",
    ".m2ts": "mpegts", ".mpg": "vob", ".flv": "flv", ".wmv": "asf", ".gif": "gif", ".ogv": "ogg",
}  # fmt: skip


class _Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False


def _write(film: Any, kind: FilmKind) -> None:
    sound = film.add_stream(kind.sound, rate=48000) if kind.sound else None
    second = film.add_stream("mjpeg", rate=1) if kind.second else None
    stream = film.add_stream(kind.codec, rate=kind.rate, options=dict(kind.options))
    first = kind.store(face_at(0))
    stream.height, stream.width = first.shape[:2]
    stream.pix_fmt = kind.pix
    stream.time_base = stream.codec_context.time_base = kind.tick
    stream.codec_context.thread_count = 1
    if kind.aspect:
        stream.codec_context.sample_aspect_ratio = kind.aspect
    if kind.turn:
        degrees, along, down = kind.turn
        stream.set_display_rotation(degrees, along, down)
    if kind.interlaced:
        stream.codec_context.flags |= av.codec.context.Flags.interlaced_dct | av.codec.context.Flags.interlaced_me
    if second is not None:
        second.width, second.height, second.pix_fmt = 96, 64, "yuvj420p"
        if kind.second == "cover":
            second.disposition = Disposition.attached_pic
        _fill(film, second, kind.second)
    if sound is not None:
        _hum(film, sound)
    for number, t in enumerate(kind.times):
        picture = kind.store(_woven(kind, number))
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24").reformat(
            format=kind.pix, dst_color_range="JPEG" if kind.pix.startswith("yuvj") else None
        )
        frame.pts, frame.time_base = round(t / kind.tick), kind.tick
        film.mux(stream.encode(frame))
    film.mux(stream.encode(None))


def _woven(kind: FilmKind, number: int) -> Pixels:
    """The picture of this number; of an interlaced film the lines in between are of half a picture later."""
    t = kind.times[number] - kind.times[0]
    picture = face_at(float(t))
    if kind.interlaced:
        picture = picture.copy()
        picture[1::2] = face_at(float(t + (kind.times[1] - kind.times[0]) / 2))[1::2]
    return picture


def _hum(film: Any, stream: Any) -> None:
    """Silence, from 0 on, as long as the film."""
    size = stream.codec_context.frame_size or 1024
    stream.codec_context.open()
    frame_format = stream.codec_context.format.name
    for number in range(int(LASTS_S * 48000 / (stream.codec_context.frame_size or 1024))):
        size = stream.codec_context.frame_size or 1024
        frame = av.AudioFrame(frame_format, stream.codec_context.layout.name, size)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = 48000, number * size, Fraction(1, 48000)
        film.mux(stream.encode(frame))
    film.mux(stream.encode(None))


def _fill(film: Any, stream: Any, what: str) -> None:
    """A track of pictures that is not the film: the cover of a shop, a small one to leaf through, or an empty one."""
    for number in range({"cover": 1, "small": 3, "empty": 0}[what]):
        frame = av.VideoFrame.from_ndarray(np.full((64, 96, 3), 90, np.uint8), format="bgr24")
        frame.pts = number
        film.mux(stream.encode(frame.reformat(format="yuvj420p")))
    film.mux(stream.encode(None))


def _gray(picture: Pixels) -> Pixels:
    return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR).astype(np.uint8)
