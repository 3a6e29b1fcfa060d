"""The cost of looking: a picture that is measured, and the mirror while pictures are looked at and filmed."""

from __future__ import annotations

import selectors
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from kiosk.bench.draw import PICTURES, Pixels, timed
from kiosk.bench.loop import Rounds, RoundSeen, busy
from kiosk.bench.rows import BenchRow, RatioTarget, interleaved, median_ratio, row
from kiosk.bench.world import FILM_BYTES, FPS, BenchCamera
from kiosk.clock import SystemClock, ticks_ns
from kiosk.devices.camera_frame import Frame, Slots
from kiosk.devices.camera_recorded import Video
from kiosk.errors import BenchError
from kiosk.face.looker import Looker
from kiosk.face.model import Task, Zone
from kiosk.face.nets import read_models
from kiosk.paths import assets
from kiosk.sight.clips import ClipKept, ClipLost, FilmOrder
from kiosk.sight.sight import Sight
from kiosk.signals import FrameReady, Signal

SIZE = (1280, 720)
ROUNDS, ROUND_S = 3, 2.0
WARM_S, NEUTRAL_MS = 2.5, 1_500
PATIENCE_S = 30.0
LEAST_LOOKS = 5.0
"""A second: fewer, and the mirror was not disturbed by anything that could be called looking."""
LOOK_ROUNDS, LOOK_BATCH = 15, 8
LOOK_COPIES = 40
"""A look may take as long as so many copies of its picture. f456959 took some fifty; where memory is slow, few."""
REST_FRAMES = 15
"""The first second of the demo film: the face rests, and moves as a living one does."""


def faces(count: int = PICTURES) -> list[Pixels]:
    """Pictures of the demo face at rest, 1280x720, B,G,R,X. Raises CameraError when the film cannot be read."""
    video = Video(assets() / "demo" / "face.mp4", SIZE)
    found = []
    for number in range(REST_FRAMES):
        pixels = np.empty((SIZE[1], SIZE[0], 4), np.uint8)
        video.read(pixels)
        if number % (REST_FRAMES // count) == 0:
            found.append(pixels)
    video.close()
    return found[:count]


def measure_rows(models: Path, said: Callable[[], None]) -> list[BenchRow]:
    """A picture in which a movement is measured, against one copy of it; none without models.

    Against what does not get faster with it: the mesh alone, as it once was, does.
    """
    nets, _ = read_models(models)
    if nets is None:
        return []
    cv2.setNumThreads(1)
    pictures = faces()
    looker, into = Looker(nets), np.empty_like(pictures[0])
    task = Task(key="bench", zone=Zone.MOUTH, neutral_from_ms=0, neutral_to_ms=NEUTRAL_MS)
    reading = [looker.look(pictures[i % PICTURES], 66 * i, task) for i in range(NEUTRAL_MS // 66 + 5)][-1]

    def look(number: int) -> None:
        looker.look(pictures[number % PICTURES], NEUTRAL_MS + 66 * (number + 10), task)

    def copy(number: int) -> None:
        np.copyto(into, pictures[number % PICTURES])

    found = interleaved({"look": timed(look, LOOK_BATCH), "copy": timed(copy)}, LOOK_ROUNDS, 2, said)
    return [
        row(
            "Measuring the movement in a picture",
            median(found["look"]),
            "ms",
            f"one copy of the picture, {median(found['copy']):.3f} ms",
            median_ratio(found["look"], found["copy"]),
            RatioTarget(LOOK_COPIES),
            valid=reading.left is not None,
        )
    ]


class SharedCamera(BenchCamera):
    """Its pictures also lie in memory that another process can read, as the camera's do."""

    def __init__(self, frames: Sequence[Pixels], slots: Slots) -> None:
        super().__init__(frames)
        self._slots, self._pictures, self._time = slots, frames, SystemClock()
        self._taken_ms = 0

    def take(self) -> None:
        seq, taken_ms = len(self.taken_ns) + 1, self._time.now_ms()
        with self._slots.writing() as slot:
            if slot is not None:
                into, publish = slot
                np.copyto(into, self._pictures[seq % len(self._pictures)])
                publish(Frame(into, taken_ms, seq), 0, 0)
        self._taken_ms = taken_ms
        super().take()

    def drain(self, now_ms: int) -> Sequence[Signal]:
        return [FrameReady(self._taken_ms) for _ in super().drain(now_ms)]


@dataclass(frozen=True, slots=True)
class Watched:
    """One round while pictures were looked at and filmed: what was ``seen``, and the number of ``looks``."""

    seen: RoundSeen
    looks: int
    frames: int
    """Number of pictures in the film."""


class SightWatcher:
    """The kiosk's own sight with its own process, looking for a movement."""

    def __init__(self, models: Path, folder: Path) -> None:
        """Raises BenchError when it does not get ready."""
        self._folder, self._clock = folder, SystemClock()
        self._slots = Slots.create(SIZE)
        self._frames = faces()
        self._films = 0
        self.sight = Sight(self._clock, models, lambda: self._slots)
        self.sight.open()
        now = self._clock.now_ms()
        self.sight.offer(now)
        self._pump(lambda: bool(self.sight.how), "did not get ready")

    def watch(self) -> None:
        """The face rests from now on; after the next round its movements are measured."""
        now = self._clock.now_ms()
        self.sight.watch(Task(key=f"bench {now}", zone=Zone.MOUTH, neutral_from_ms=now, neutral_to_ms=now + NEUTRAL_MS))

    def camera(self) -> BenchCamera:
        """A camera for one round; its numbers begin anew, so its memory does too."""
        self._slots = Slots.create(SIZE)
        return SharedCamera(self._frames, self._slots)

    def round(self, rounds: Rounds, seconds: float) -> Watched:
        """One round with a film of it."""
        self._films += 1
        self.sight.record(FilmOrder(str(self._folder / f"{self._films}.mp4"), FILM_BYTES))
        begun = self._clock.now_ms()
        seen = rounds.waiting(seconds, watcher=self)
        looks = len(self.sight.between(begun, self._clock.now_ms()))
        self.sight.finish()
        films: list[ClipKept | ClipLost] = []

        def filmed() -> bool:
            films.extend(self.sight.films())
            return bool(films)

        self._pump(filmed, "did not finish its film")
        film = films[0]
        return Watched(seen, looks, film.frames if isinstance(film, ClipKept) else 0)

    def close(self) -> None:
        """End its process."""
        self.sight.close()
        self._pump(lambda: self.sight.deadline_ms() is None, "did not end")

    def _pump(self, done: Callable[[], bool], otherwise: str) -> None:
        give_up = ticks_ns() + round(PATIENCE_S * 1e9)
        with selectors.DefaultSelector() as selector:
            selector.register(self.sight.fileno(), selectors.EVENT_READ)
            while not done():
                if ticks_ns() > give_up:
                    raise BenchError(f"the process that looks at pictures {otherwise} within {PATIENCE_S:g} s")
                selector.select(0.05)
                self.sight.drain(self._clock.now_ms())


def mirror_rows(rounds: Rounds, models: Path, said: Callable[[], None]) -> list[BenchRow]:
    """The mirror while every picture that is due is looked at, and all of them become a film."""
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-bench-") as place,
        closing(SightWatcher(models, Path(place))) as watcher,
    ):
        watcher.watch()
        watcher.round(rounds, WARM_S)
        alone = partial(rounds.waiting, ROUND_S)
        runs: dict[str, Callable[[], RoundSeen | Watched]] = {
            "watched": partial(watcher.round, rounds, ROUND_S),
            "alone": alone,
            "polling": partial(rounds.polling, ROUND_S),
        }
        found = interleaved(runs, ROUNDS, 0, said)
        how = watcher.sight.how
    watched = [each for each in found["watched"] if isinstance(each, Watched)]
    plain = {name: [each for each in found[name] if isinstance(each, RoundSeen)] for name in ("alone", "polling")}
    return judged(watched, plain["alone"], plain["polling"], how)


def judged(
    watched: Sequence[Watched], alone: Sequence[RoundSeen], polling: Sequence[RoundSeen], how: str
) -> list[BenchRow]:
    """The two rows about the mirror, from rounds with and without somebody who looks (by ``how``)."""
    ours, theirs = [each.seen.picture_p95_ms for each in watched], [each.picture_p95_ms for each in polling]
    looks = median(each.looks for each in watched) / ROUND_S
    doing = f"{looks:.0f} a second are looked at ({how or 'nobody'}) and filmed"
    valid = looks >= LEAST_LOOKS and all(each.frames for each in watched)
    if not valid:
        doing += " (too few, or no film: nothing was measured)"
    disturbed = busy(median(each.seen.waited_ms for each in watched), ROUND_S)
    calm = median(each.picture_p95_ms for each in alone)
    count = median(len(each.seen.pictures_ms) for each in watched)
    return [
        row(
            f"From a new picture to the screen while {doing}, 95 of 100 within",
            median(ours),
            "ms",
            f"a loop paced by Clock.tick({FPS}), {median(theirs):.1f} ms; with nobody looking {calm:.1f} ms{disturbed}",
            median_ratio(theirs, ours),
            RatioTarget(5, at_least=True),
            valid=valid,
        ),
        row(
            "Late pictures while they are looked at and filmed",
            median(each.seen.late for each in watched),
            f"of {count:g}",
            f"with nobody looking, {median(each.late for each in alone):g}{disturbed}",
            median(each.seen.late / len(each.seen.pictures_ms) for each in watched),
            RatioTarget(0),
            valid=valid,
        ),
    ]
