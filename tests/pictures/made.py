"""Pictures and films that a test draws itself, and the tables that name them. Nobody is to be seen in them."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

import av
import cv2
import numpy as np
import numpy.typing as npt

from kiosk.care.model import OwnPicture, Side
from kiosk.signals import DecodedPicture

if TYPE_CHECKING:
    from av.video.stream import VideoStream

Drawn = npt.NDArray[np.uint8]
RED, GREEN, BLUE, GREY = (40, 40, 220), (60, 180, 60), (210, 90, 40), (128, 128, 128)
"""B, G, R."""


def halves(
    left: tuple[int, int, int] = RED, right: tuple[int, int, int] = BLUE, size: tuple[int, int] = (240, 320)
) -> Drawn:
    """A picture whose halves differ; ``size``: width, height."""
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    picture[:, : size[0] // 2] = left
    picture[:, size[0] // 2 :] = right
    return picture


def encoded(picture: Drawn, ending: str = ".png") -> bytes:
    done, raw = cv2.imencode(ending, picture)
    assert done
    return raw.tobytes()


def film(pictures: list[Drawn], fps: int = 25, codec: str = "libx264") -> bytes:
    """An MP4 of these pictures, its table of contents first."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        _write(path, pictures, fps, codec)
        return path.read_bytes()


def _write(path: Path, pictures: list[Drawn], fps: int, codec: str) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream: VideoStream | None = None
        for number, picture in enumerate(pictures):
            if stream is None:
                stream = cast("VideoStream", container.add_stream(codec, rate=fps))
                stream.width, stream.height = picture.shape[1], picture.shape[0]
                stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        assert stream is not None
        container.mux(stream.encode(None))


def sound() -> bytes:
    """An MP4 in which there is nothing but half a second of silence."""
    memory = io.BytesIO()
    with av.open(memory, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8_000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 16_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return memory.getvalue()


def seconds(number: float, size: tuple[int, int] = (240, 320), fps: int = 25) -> list[Drawn]:
    """So many seconds of one colour after another, half a second each."""
    colours = (RED, GREEN, BLUE, GREY)
    return [halves(*2 * (colours[2 * n // fps % 4],), size) for n in range(round(number * fps))]


def own(file: str, exercise: str = "release-cheek", side: Side = Side.LEFT, *, mirrored: bool = False) -> OwnPicture:
    return OwnPicture(exercise=exercise, file=file, side=side, reviewed_by="A. Reader", mirrored=mirrored)


def table(file: str, exercise: str = "release-cheek", side: str = "left", more: str = "") -> str:
    """A ``[[picture]]`` of a clinic's file."""
    return (
        f'[[picture]]\nexercise = "{exercise}"\nfile = "{file}"\nside = "{side}"\nreviewed_by = "A. Reader"\n{more}\n'
    )


def put(folder: Path, **files: bytes) -> Path:
    """A folder with these files; ``_`` in a name stands for its dot."""
    folder.mkdir(exist_ok=True)
    for name, raw in files.items():
        (folder / name.replace("_", ".")).write_bytes(raw)
    return folder


def shown_as(picture: Drawn, count: int = 1, frame_ms: int = 80) -> DecodedPicture:
    """What comes out of the child for ``picture``, shown again and again, each a little darker."""
    high, wide = picture.shape[:2]
    planes = [cv2.cvtColor((picture // (n + 1)).astype(np.uint8), cv2.COLOR_BGR2YUV_I420) for n in range(count)]
    return DecodedPicture(memoryview(b"".join(plane.tobytes() for plane in planes)), wide, high, count, frame_ms)
