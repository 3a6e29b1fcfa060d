"""What comes out of a clinic's picture or film, and what is refused, by the real child."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import NamedTemporaryFile

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from kiosk.clock import SystemClock
from kiosk.pictures import bounds
from kiosk.pictures.bounds import REASONS, Refusal, decoded_bytes, decoded_size
from kiosk.pictures.decode import decode
from kiosk.pictures.look_through import faults_of, in_folder
from tests.pictures.made import BLUE, GREEN, RED, Drawn, encoded, film, halves, own, seconds, sound

NEAR = 30
"""Colours lose a little on their way through two planes of half the size."""


def pictures_of(raw: bytes, *, mirrored: bool = False) -> list[Drawn]:
    with NamedTemporaryFile() as file:
        file.write(raw)
        file.flush()
        found = list(decode(Path(file.name), mirrored=mirrored))
    return [np.asarray(cv2.cvtColor(one, cv2.COLOR_YUV2BGR_I420), np.uint8) for one in found]


def colour(picture: Drawn, x: float, y: float = 0.5) -> tuple[int, int, int]:
    high, wide = picture.shape[:2]
    b, g, r = picture[int(y * (high - 1)), int(x * (wide - 1))]
    return int(b), int(g), int(r)


def alike(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < NEAR


@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_a_picture_is_turned_over_as_in_a_mirror(ending: str) -> None:
    """What was taken from the front has the person's left at its right; a mirror has it at the left."""
    raw = encoded(halves(RED, BLUE), ending)
    (turned,), (kept,) = pictures_of(raw), pictures_of(raw, mirrored=True)
    assert alike(colour(turned, 0.2), BLUE)
    assert alike(colour(turned, 0.8), RED)
    assert alike(colour(kept, 0.2), RED)
    assert turned.shape == kept.shape == (320, 240, 3)


def test_a_picture_that_a_telephone_took_stands_upright() -> None:
    """It is stored lying, with a note that says how it was held (EXIF, 6: turn it to the right)."""
    lying, raw, note = Image.fromarray(halves(RED, BLUE, (320, 240))[:, :, ::-1]), io.BytesIO(), Image.Exif()
    note[0x0112] = 6
    lying.save(raw, "JPEG", exif=note)
    (upright,) = pictures_of(raw.getvalue(), mirrored=True)
    assert upright.shape == (320, 240, 3)
    assert alike(colour(upright, 0.5, 0.1), RED)
    assert alike(colour(upright, 0.5, 0.9), BLUE)


def test_what_can_be_seen_through_stands_on_paper() -> None:
    """A drawing with a clear ground has black lines; on a dark screen nothing would be left of it."""
    clear = np.zeros((320, 240, 4), np.uint8)
    clear[:, 100:140] = (0, 0, 0, 255)
    (picture,) = pictures_of(encoded(clear))
    assert alike(colour(picture, 0.1), (255, 255, 255))
    assert alike(colour(picture, 0.5), (0, 0, 0))


@pytest.mark.parametrize(("fps", "codec"), [(25, "libx264"), (30, "libx264"), (10, "mpeg4"), (60, "libx264")])
def test_a_film_keeps_its_own_pace(fps: int, codec: str) -> None:
    """However many pictures a second it has, each half second of it takes half a second."""
    shown = pictures_of(film(seconds(2, fps=fps), fps, codec), mirrored=True)
    assert len(shown) == 2_000 // bounds.FRAME_MS
    for at_ms, wanted in ((240, RED), (720, GREEN), (1_200, BLUE)):
        assert alike(colour(shown[at_ms // bounds.FRAME_MS], 0.5), wanted), at_ms


def test_a_large_picture_and_a_long_film_stay_within_bounds() -> None:
    """Whatever the shape, what is decoded has at most so many pixels, and all of it fits the memory."""
    for count in (1, bounds.MOST_COUNT):
        for wide, high in ((64, 64), (1920, 1080), (1080, 1920), (6000, 4000), (4000, 400)):
            w, h = decoded_size(wide, high, count)
            assert w % 2 == h % 2 == 0
            assert 0 < w <= min(wide, bounds.MOST_W)
            assert 0 < h <= min(high, bounds.MOST_H)
            assert decoded_bytes(w, h, count) <= bounds.DECODED_BYTES
            assert abs(w / h - wide / high) < 0.05 * wide / high


def begin_of(raw: bytes, number: int) -> int:
    """Where in a film the packet of this number begins."""
    with av.open(io.BytesIO(raw), "r") as container:
        packet = next(packet for n, packet in enumerate(container.demux(video=0)) if n == number)
        assert packet.pos is not None
        return int(packet.pos)


def bad_files() -> dict[str, tuple[bytes, Refusal]]:
    noise = np.random.default_rng(1).integers(0, 255, (320, 240, 3), dtype=np.uint8)
    begun = film(seconds(3))
    png, jpg = encoded(noise), encoded(noise, ".jpg")
    many = [np.random.default_rng(n).integers(0, 255, (320, 240, 3), dtype=np.uint8) for n in range(75)]
    noisy = film(many)
    return {
        "long.mp4": (film(seconds(14, (64, 64), 10), 10), Refusal.LONG),
        "wide.mp4": (film(seconds(0.2, (2560, 1440))), Refusal.PIXELS),
        "kind.mp4": (film(seconds(0.2), codec="mjpeg"), Refusal.CODEC),
        "mute.mp4": (sound(), Refusal.DAMAGED),
        "cut.mp4": (noisy[: len(noisy) // 2], Refusal.TRUNCATED),
        "half.mp4": (noisy[: begin_of(noisy, 40)], Refusal.TRUNCATED),
        "torn.mp4": (begun[:40] + bytes(300) + begun[340:], Refusal.DAMAGED),
        "cut.jpg": (jpg[: len(jpg) // 2], Refusal.TRUNCATED),
        "cut.png": (png[: len(png) // 2], Refusal.TRUNCATED),
        "junk.png": (png[:8] + bytes(200), Refusal.DAMAGED),
        "bomb.png": (encoded(np.zeros((6_000, 6_000), np.uint8)), Refusal.PIXELS),
        "tiny.png": (encoded(halves(size=(40, 60))), Refusal.SMALL),
    }


def test_what_cannot_be_shown_is_named_with_its_true_reason_and_hides_nothing_else(tmp_path: Path) -> None:
    """All of them one after the other, good ones between them: each bad one is told, and no other is."""
    made = bad_files()
    for name, (raw, _) in made.items():
        (tmp_path / name).write_bytes(raw)
        (tmp_path / f"a-{name.replace('.', '-')}.png").write_bytes(encoded(halves()))
    (tmp_path / "good.mp4").write_bytes(film(seconds(1)))
    pictures = [own(path.name) for path in sorted(tmp_path.iterdir())]
    told = {fault.file: (fault.rule, fault.action) for fault in faults_of(pictures, in_folder(tmp_path), SystemClock())}
    assert told == {name: REASONS[why] for name, (_, why) in made.items()}


def test_every_reason_says_what_to_do() -> None:
    """A reason without a next step leaves the clinic alone with it."""
    assert REASONS.keys() == set(Refusal)
    assert all(rule and action for rule, action in REASONS.values())
