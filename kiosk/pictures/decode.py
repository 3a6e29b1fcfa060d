"""Decoding of one picture or film. It runs in the child alone, because a decoder may crash or hang.

Sound is not even unpacked.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from kiosk.errors import FilmError, PictureError
from kiosk.films.film import FilmFile, FilmPicture
from kiosk.pictures.bounds import (
    CODECS,
    FILM_MS,
    FILM_PIXELS,
    FRAME_MS,
    LEAST_PX,
    MOST_COUNT,
    MOST_H,
    PICTURE_PIXELS,
    Refusal,
    decoded_size,
)
from kiosk.programmes.pictures import PICTURE_BYTES, is_film

I420 = npt.NDArray[np.uint8]
"""(height * 3 / 2, width)."""
Pixels = npt.NDArray[np.uint8]
"""(height, width, 3), B, G, R."""

Image.MAX_IMAGE_PIXELS = None  # its size is told from its beginning, and held against our own bound

_PAPER = (255, 255, 255)


def decode(path: Path, *, mirrored: bool) -> Iterator[I420]:
    """The pictures of a file one by one, ``FRAME_MS`` apart, all of one size; turned over unless ``mirrored``.

    Raises PictureError.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(PICTURE_BYTES + 1)
        for picture in _film(path) if is_film(raw) else _still(raw):
            shown = picture if mirrored else cv2.flip(picture, 1)
            yield np.asarray(cv2.cvtColor(shown, cv2.COLOR_BGR2YUV_I420), np.uint8)
    except MemoryError as why:
        raise PictureError(Refusal.MEMORY.value) from why
    except (OSError, cv2.error) as why:
        raise PictureError(Refusal.DAMAGED.value) from why


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
    except MemoryError:
        raise
    except OSError as why:
        raise PictureError((Refusal.TRUNCATED if "truncated" in str(why) else Refusal.DAMAGED).value) from why
    except Exception as why:  # Pillow has many ways to fail on bytes that are no picture
        raise PictureError(Refusal.DAMAGED.value) from why
    yield np.ascontiguousarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)[:, :, ::-1])


def _film(path: Path) -> Iterator[Pixels]:
    """Every picture that stands at a notch of ``FRAME_MS``: the last that began before it."""
    try:
        film = FilmFile(path, MOST_H)
        if film.codec not in CODECS:
            raise PictureError(Refusal.CODEC.value)
        _check_size(*film.size, FILM_PIXELS)
        whole_ms = round(1000 * (film.times_s[-1] + film.interval_s))
        if whole_ms > FILM_MS + FRAME_MS:
            raise PictureError(Refusal.LONG.value)
        if film.cut:
            raise PictureError(Refusal.TRUNCATED.value)
        yield from _notches(film, min(MOST_COUNT, max(1, math.ceil(whole_ms / FRAME_MS))))
    except FilmError as why:
        raise PictureError(Refusal.DAMAGED.value) from why


def _notches(film: FilmFile, count: int) -> Iterator[Pixels]:
    given, size = 0, (0, 0)
    before: FilmPicture | None = None
    for picture in film.pictures():
        while before is not None and given * FRAME_MS < 1000 * picture.t_s and given < count:
            size = size if given else _shape_of(before, count)
            yield _sized(before, size)
            given += 1
        before = picture
    if film.missing or before is None:
        raise PictureError(Refusal.DAMAGED.value)
    size = size if given else _shape_of(before, count)
    for _ in range(count - given):
        yield _sized(before, size)


def _shape_of(picture: FilmPicture, count: int) -> tuple[int, int]:
    high, wide = picture.pixels().shape[:2]
    return decoded_size(wide, high, count)


def _sized(picture: FilmPicture, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.resize(picture.pixels(), size, interpolation=cv2.INTER_AREA), np.uint8)


def _check_size(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise PictureError(Refusal.PIXELS.value)
    if min(width, height) < LEAST_PX:
        raise PictureError(Refusal.SMALL.value)
