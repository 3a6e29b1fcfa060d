"""A look at a face, at the bedside and by ``kiosk measure``: a film of a person who moves, or the demo's where none is.

The film of a person is fetched (``python -m tests.bench.face.people``). The pictures in which a face is taken at rest
are looked at and not counted: at the bedside they come once a repetition.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.bench.against import Compared, answer, models

NAME = "A look at a face, at the bedside"
ROWS = (
    Compared(NAME, "mouth_ms", "ms of processor time", at_most=0.65, peer="copy_ms", peer_name="a copy", beside=True),
    Compared(f"{NAME}: the lids", "eye_ms", "ms of processor time", at_most=0.65),
    Compared(f"{NAME}: the brows", "brow_ms", "ms of processor time", at_most=0.65),
    Compared("A picture of `kiosk measure`", "measure_ms", "ms of processor time", at_most=0.4),
)
ROUNDS = 5
ROOT = Path(__file__).resolve().parents[3]
FILM, FIRST, END = ROOT / "build" / "people" / "cap12.mp4", 1130, 1337
DEMO, DEMO_END = ROOT / "assets" / "demo" / "face.mp4", 210
REST_MS, STEP_MS, EVERY_MS = 800, 40, 80
"""The face rests at first; the film's pictures; those that are looked at at the bedside, as a slow board does."""


def pictures() -> list[Any]:
    """The film's pictures, (h, w, 3)."""
    import cv2

    path, first, end = (FILM, FIRST, END) if FILM.is_file() else (DEMO, 0, DEMO_END)
    film, found = cv2.VideoCapture(str(path)), []
    for number in range(end):
        there, picture = film.read()
        if there and number >= first:
            found.append(picture)
    return found


def camera(picture: Any) -> Any:
    """The same in the middle of a camera's picture: (720, 1280, 4)."""
    import cv2

    height, width = picture.shape[:2]
    large = cv2.resize(picture, (round(width * 720 / height) // 2 * 2, 720), interpolation=cv2.INTER_CUBIC)
    beside = max(0, (1280 - large.shape[1]) // 2)
    wide = cv2.copyMakeBorder(large, 0, 0, beside, beside, cv2.BORDER_REPLICATE)[:, :1280]
    return cv2.cvtColor(wide, cv2.COLOR_BGR2BGRA)


def looks(nets: Any, frames: Sequence[Any], zone: str) -> tuple[float, int]:
    """Milliseconds of processor time for a look once the face has rested, and how many of them saw something."""
    from kiosk.face.looker import Looker
    from kiosk.face.model import Task, Zone

    looker = Looker(nets)
    task = Task(key="bench", zone=Zone(zone), neutral_from_ms=0, neutral_to_ms=REST_MS)
    begun, counted, seen = time.process_time(), 0, 0
    for number, frame in enumerate(frames):
        reading = looker.look(frame, number * EVERY_MS, task)
        if number * EVERY_MS <= REST_MS:
            begun = time.process_time()
        else:
            counted, seen = counted + 1, seen + (reading.corner_left is not None)
    return (time.process_time() - begun) * 1000 / counted, seen


def watched(nets: Any, frames: Sequence[Any]) -> float:
    """Milliseconds of processor time for a picture of a recording, all of them counted."""
    watch: Any
    try:
        watch = import_module("kiosk.face.regions").RegionLookers(nets, REST_MS / 1000)
    except ModuleNotFoundError:
        watch = import_module("kiosk.support.measure")._Watch(nets, REST_MS / 1000, 1000 / STEP_MS)
    begun = time.process_time()
    for number, frame in enumerate(frames):
        watch.look(number * STEP_MS / 1000, frame)
    return (time.process_time() - begun) * 1000 / len(frames)


def measure() -> dict[str, float]:
    """Nothing where the models are missing."""
    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    try:
        read = import_module("kiosk.face.nets").read_models
    except AttributeError:
        read = import_module("kiosk.sight.models").read_models
    nets, _ = read(models())
    if nets is None:
        return {}
    film = pictures()
    frames = [camera(picture) for picture in film[:: EVERY_MS // STEP_MS]]
    numbers: dict[str, float] = {}
    for zone in ("mouth", "eye", "brow"):
        numbers[f"{zone}_ms"], numbers[f"{zone}_seen"] = looks(nets, frames, zone)
    numbers["measure_ms"] = watched(nets, film)
    into, begun = np.empty_like(frames[0]), time.process_time()
    for frame in frames * 5:
        np.copyto(into, frame)
    numbers["copy_ms"] = (time.process_time() - begun) * 1000 / (5 * len(frames))
    return numbers


if __name__ == "__main__":
    answer(measure())
