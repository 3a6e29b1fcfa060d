"""The peers are no straw men: they show the same picture as we do, and the file for programs says what was found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pygame
import pytest

from kiosk.bench.draw import Pixels, pictures
from kiosk.bench.rows import BenchRow
from tests.bench import __main__ as made
from tests.bench.peers import PREVIEW, photobooth_draw, pillow, tutorial_draw
from tests.bench.side import Side, SideRow

PLAIN = BenchRow("Mirrored picture", 0.3, "ms", "one copy, 0.25 ms", 1.2, "≤ 1.5", True)


@pytest.fixture
def surface() -> Iterator[pygame.Surface]:
    """The screen's own surface: one of the peers updates the screen by itself."""
    pygame.display.init()
    pygame.font.init()
    yield pygame.display.set_mode((1280, 720), 0, 32)
    pygame.display.quit()


def bgr(surface: pygame.Surface) -> Pixels:
    """Pixels as (height, width, 3) B,G,R."""
    return np.ascontiguousarray(pygame.surfarray.array3d(surface).swapaxes(0, 1)[:, :, ::-1])


def test_the_tutorials_way_shows_a_mirrored_picture_with_words(surface: pygame.Surface) -> None:
    """Every pixel that no word covers is the camera's, the other way round."""
    frames = pictures()
    tutorial_draw(surface, frames)(2)
    same = (bgr(surface) == frames[2][:, ::-1, :3]).all(axis=2)
    assert same[200:350].all()
    assert not same[20:60].all()


@pytest.mark.parametrize("image", dict.fromkeys((None, pillow())))
def test_the_photobooths_way_shows_a_smaller_mirrored_picture_with_a_layer(
    surface: pygame.Surface, image: object
) -> None:
    """Both ways of doing pibooth's steps end in the same picture."""
    soft = [cv2.GaussianBlur(frame, (0, 0), 20) for frame in pictures()]
    # Red, green and blue as picamera2 hands them out; the channels are told apart by their brightness.
    frames = [np.asarray(frame // np.array([1, 2, 4, 1], np.uint8), np.uint8) for frame in soft]
    photobooth_draw(surface, frames, image)(3)
    left, top = (1280 - PREVIEW[0]) // 2, (720 - PREVIEW[1]) // 2
    found = bgr(surface)[top : top + PREVIEW[1], left : left + PREVIEW[0], ::-1].astype(int)
    wanted = cv2.resize(frames[3], PREVIEW, interpolation=cv2.INTER_AREA)[:, ::-1, :3].astype(int)
    assert np.abs(found - wanted)[:200].max() <= 3
    assert (found[300, 220:880] > wanted[300, 220:880] + 50).all()
    assert not bgr(surface)[:top].any()


@pytest.mark.parametrize("good", [True, False])
def test_make_bench_writes_what_it_found(
    good: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file has all rows, ours, those about the peers and those of two builds; one that misses ends it with 1."""
    theirs = BenchRow("Peer", 1.0, "ms", "theirs", 30.0 if good else 3.0, "≥ 20", good)

    def measured(wanted: object, said: object, side: Side) -> None:
        side.rows.append(SideRow("Both", "s", 1.0, 2.0, None, "", 0.5, "≤ 0.75 of f456959", True))

    monkeypatch.setattr(made, "bench_rows", lambda _: [PLAIN, theirs])
    monkeypatch.setattr(made, "builds", lambda: ({}, "the clone is shallow"))
    monkeypatch.setattr(made, "measured", measured)
    file = tmp_path / "build" / "bench.json"
    assert made.main(file) == (0 if good else 1)
    answer = json.loads(file.read_text(encoding="utf-8"))
    assert [each["name"] for each in answer["rows"]] == ["Mirrored picture", "Peer", "Both"]
    assert answer["ok"] is good
    assert "Peer" in capsys.readouterr().out
    assert made.main(file, ["demo"]) == 0
    assert [each["name"] for each in json.loads(file.read_text(encoding="utf-8"))["rows"]] == ["Both"]
