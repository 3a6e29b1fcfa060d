"""Decoding of one picture or film from its bytes. It runs in the child alone, because a decoder may crash or hang.

No file is opened and no address followed: the bytes are all there is. Sound is not even unpacked.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError
from PIL import Image, ImageOps

from kiosk.care.pictures import is_film
from kiosk.errors import PictureError
from kiosk.pictures.bounds import (
    CODECS,
    FILM_MS,
    FILM_PIXELS,
    FRAME_MS,
    LEAST_PX,
    MOST_COUNT,
    PICTURE_PIXELS,
    Refusal,
    decoded_size,
)

if TYPE_CHECKING:
    from av.video.stream import VideoStream

I420 = npt.NDArray[np.uint8]
"""(height * 3 / 2, width)."""
Pixels = npt.NDArray[np.uint8]
"""(height, width, 3), B, G, R."""

Image.MAX_IMAGE_PIXELS = None  # its size is told from its beginning, and held against our own bound

SLACK_MS = 500
"""A film whose pictures end so much before it says that it ends is cut off."""
_PAPER = (255, 255, 255)
_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


def decode(raw: bytes, *, mirrored: bool) -> Iterator[I420]:
    """The pictures of ``raw`` one by one, ``FRAME_MS`` apart, all of one size; turned over unless ``mirrored``.

    Raises PictureError.
    """
    pictures = _film(raw) if is_film(raw) else _still(raw)
    for picture in pictures:
        shown = picture if mirrored else cv2.flip(picture, 1)
        yield np.asarray(cv2.cvtColor(shown, cv2.COLOR_BGR2YUV_I420), np.uint8)


def _still(raw: bytes) -> Iterator[Pixels]:
    try:
        with Image.open(io.BytesIO(raw), formats=("PNG", "JPEG")) as found:
            _check_size(found.width, found.height, PICTURE_PIXELS)
            found.draft("RGB", (found.width // 4, found.height // 4) if found.width > 4000 else found.size)
            upright = ImageOps.exif_transpose(found)
            # What can be seen through stands on paper.
            clear = upright.convert("RGBA") if "A" in upright.getbands() or "transparency" in upright.info else None
            size = decoded_size(upright.width, upright.height, 1)
            if clear is not None:
                paper = Image.new("RGB", clear.size, _PAPER)
                paper.paste(clear, mask=clear.getchannel("A"))
                upright = paper
            rgb = np.asarray(upright.convert("RGB"), np.uint8)
    except PictureError:
        raise
    except MemoryError as why:
        raise PictureError(Refusal.MEMORY.value) from why
    except OSError as why:
        raise PictureError((Refusal.TRUNCATED if "truncated" in str(why) else Refusal.DAMAGED).value) from why
    except Exception as why:  # Pillow has many ways to fail on bytes that are no picture
        raise PictureError(Refusal.DAMAGED.value) from why
    yield np.ascontiguousarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)[:, :, ::-1])


def _film(raw: bytes) -> Iterator[Pixels]:
    try:
        with av.open(io.BytesIO(raw), format="mp4", options={"enable_drefs": "0"}) as container:
            if not container.streams.video:
                raise PictureError(Refusal.NO_FILM.value)
            stream = container.streams.video[0]
            yield from _frames(container, stream)
    except PictureError:
        raise
    except MemoryError as why:
        raise PictureError(Refusal.MEMORY.value) from why
    except (FFmpegError, OSError, ValueError, cv2.error) as why:
        raise PictureError(Refusal.DAMAGED.value) from why


def _frames(container: Any, stream: VideoStream) -> Iterator[Pixels]:
    """Every picture that stands at a notch of ``FRAME_MS``: the last that began before it."""
    if stream.codec_context.name not in CODECS and stream.codec_context.codec.canonical_name not in CODECS:
        raise PictureError(Refusal.CODEC.value)
    _check_size(stream.codec_context.width, stream.codec_context.height, FILM_PIXELS)
    told_ms = float(stream.duration * stream.time_base * 1000) if stream.duration and stream.time_base else 0.0
    if told_ms > FILM_MS + FRAME_MS:
        raise PictureError(Refusal.LONG.value)
    count = min(MOST_COUNT, max(1, math.ceil(told_ms / FRAME_MS))) if told_ms else MOST_COUNT
    stream.codec_context.thread_count = 1
    first_ms: float | None = None
    last_ms = 0.0
    given, size = 0, (0, 0)
    before: Any = None
    for frame in container.decode(stream):
        if frame.is_corrupt:
            raise PictureError(Refusal.DAMAGED.value)
        _check_size(frame.width, frame.height, FILM_PIXELS)
        at_ms = float(frame.time or 0.0) * 1000
        first_ms = at_ms if first_ms is None else first_ms
        last_ms = at_ms - first_ms
        if last_ms > FILM_MS + FRAME_MS:
            raise PictureError(Refusal.LONG.value)
        if before is None:
            turned = frame.rotation % 180 == 90
            wide, high = _shape(frame, stream)
            size = decoded_size(*((high, wide) if turned else (wide, high)), count)
        while before is not None and given * FRAME_MS < last_ms and given < count:
            yield _upright(before, size)
            given += 1
        before = frame
    if before is None:
        raise PictureError((Refusal.TRUNCATED if told_ms else Refusal.NO_FILM).value)
    if told_ms - last_ms > SLACK_MS and told_ms - last_ms > 2 * _usual_ms(stream):
        raise PictureError(Refusal.TRUNCATED.value)
    for _ in range(count - given if told_ms else not given):
        yield _upright(before, size)


def _usual_ms(stream: VideoStream) -> float:
    """Time from one picture to the next, as the film says; 0: it does not."""
    return 1000 / float(stream.average_rate) if stream.average_rate else 0.0


def _shape(frame: Any, stream: VideoStream) -> tuple[int, int]:
    """Width and height of a picture with square pixels."""
    ratio = float(stream.sample_aspect_ratio or 1)
    return (max(2, round(frame.width * ratio)), frame.height) if 0.25 <= ratio <= 4 else (frame.width, frame.height)


def _upright(frame: Any, size: tuple[int, int]) -> Pixels:
    turn = _TURNS.get(round(frame.rotation / 90) * 90 % 360)
    across = size[::-1] if turn in (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE) else size
    small = frame.reformat(width=across[0], height=across[1], format="bgr24").to_ndarray()
    return np.ascontiguousarray(small if turn is None else cv2.rotate(small, turn), np.uint8)


def _check_size(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise PictureError(Refusal.PIXELS.value)
    if min(width, height) < LEAST_PX:
        raise PictureError(Refusal.SMALL.value)
