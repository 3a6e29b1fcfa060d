"""The process that looks at pictures: ``python -m kiosk.sight.child SOCKET MODELS``.

It looks when it is asked, at the newest picture in the camera's memory, and answers what it saw; between two
questions it waits for nothing else. What is recorded as a film is written here too, from the same pictures. The
pictures lie where the camera's process wrote them and are not copied: they are let go as soon as they were looked at.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from kiosk.clock import cpu_ns
from kiosk.devices.camera_frame import Pixels, Slots
from kiosk.devices.supervised import die_with_the_kiosk
from kiosk.face.model import Reading, Task, UnseenReason
from kiosk.sight.clips import FilmOrder, Recorder
from kiosk.sight.messages import (
    ASKED,
    ENCODER,
    MOST_BYTES,
    Asked,
    Finish,
    LookOrder,
    Memory,
    Ready,
    SightFailed,
    SightMessage,
    SightSeen,
)

log = logging.getLogger(__name__)

NICE = 5
"""The mirror comes first."""
OOM_SCORE = "500"
"""Score by which this process goes before the kiosk where memory runs out; it would inherit the kiosk's protection.
From -1000 to 1000."""
FILM_LOOK_S = 0.1
"""A film that is being written has no descriptor of its own; it is asked after so often."""
LAST_FILM_S = 3.0


class Looks(Protocol):
    """Whoever looks: ``kiosk.face.looker.Looker``."""

    how: str

    def look(self, frame: Pixels, t_ms: int, task: Task) -> Reading: ...


MakeLooker = Callable[[Path], tuple[Looks, str]]
"""Makes the looker from the models' folder; the sentence says what it lacks."""


def make_looker(folder: Path) -> tuple[Looks, str]:
    """Make the looker, with the models of ``folder`` or without."""
    import cv2

    from kiosk.face.looker import Looker
    from kiosk.face.nets import read_models

    cv2.setNumThreads(1)
    nets, lacking = read_models(folder)
    return Looker(nets), lacking


class SightRun:
    """One run of the child, from its start to the closed socket."""

    def __init__(self, link: socket.socket, looker: Looks) -> None:
        self._link, self._looker = link, looker
        self._slots: Slots | None = None
        self._seq = 0
        self._film: Recorder | None = None
        self._films: list[Recorder] = []
        """Those that are being written."""

    def run(self) -> None:
        """Answer until the kiosk hangs up."""
        while True:
            readable, _, _ = select.select([self._link], [], [], FILM_LOOK_S if self._films else None)
            if readable:
                message, fds, _, _ = socket.recv_fds(self._link, MOST_BYTES, 1)
                if not message:
                    break
                self._hear(ASKED.decode(message), fds)
            self._tell_films(0)
        self._finish()
        self._tell_films(LAST_FILM_S)

    def say(self, told: SightMessage) -> None:
        """Tell the kiosk; end when nobody is left to hear it."""
        try:
            self._link.send(ENCODER.encode(told))
        except (BrokenPipeError, ConnectionResetError):
            raise SystemExit(0) from None

    def _hear(self, asked: Asked, fds: Sequence[int]) -> None:
        match asked:
            case Memory(size):
                # Opened anew by ``join``: the kiosk's own locks on the pictures must not count for this process too.
                self._slots, self._seq = Slots.join(fds[0], size), 0
            case LookOrder(task):
                self._look(task)
            case FilmOrder():
                self._finish()
                self._film = Recorder(asked)
            case Finish():
                self._finish()

    def _look(self, task: Task) -> None:
        seen = None if self._slots is None else self._slots.newest(self._seq)
        if seen is None:
            self.say(SightSeen(None))
            return
        begun = cpu_ns()
        self._seq = seen.frame.seq
        reading = self._looker.look(seen.frame.pixels, seen.frame.t_ms, task)
        if self._film is not None and _may_be_kept(reading, task):
            self._film.write(seen.frame.pixels, seen.frame.t_ms)
        del seen  # the camera may have its slot back
        self.say(SightSeen(reading, (cpu_ns() - begun) / 1e6))

    def _finish(self) -> None:
        film, self._film = self._film, None
        if film is not None:
            film.close()
            self._films.append(film)

    def _tell_films(self, patience_s: float) -> None:
        for film in list(self._films):
            result = film.result(patience_s)
            if result is not None:
                self._films.remove(film)
                self.say(result)


def _may_be_kept(reading: Reading, task: Task) -> bool:
    """Whether a picture belongs into the film of a movement.

    The person has agreed to be filmed in their movements, and whoever else comes into the picture to nothing: no empty
    bed, no second face, and nobody who is seen there while the session waits for the person to come back.
    """
    return task.movement and reading.present and reading.reason is not UnseenReason.TWO_FACES


def serve(args: Sequence[str], make: MakeLooker = make_looker) -> None:
    """Run with the child's command line: number of the socket, folder of the models."""
    with socket.socket(fileno=int(args[0])) as link:
        die_with_the_kiosk(link)
        try:
            os.nice(NICE)
            Path("/proc/self/oom_score_adj").write_text(OOM_SCORE, encoding="ascii")
        except OSError as why:
            log.warning("sight runs as important as the mirror: %s", why)
        looker, lacking = make(Path(args[1]))
        child = SightRun(link, looker)
        child.say(Ready(looker.how, lacking))
        try:
            child.run()
        except Exception as why:
            log.exception("sight")
            child.say(SightFailed(f"the sight program broke: {type(why).__name__}: {why}"))
            raise SystemExit(1) from why


def main(args: Sequence[str]) -> None:
    """The program."""
    logging.basicConfig(level=logging.INFO, format="sight: %(levelname)s %(message)s")
    serve(args)


if __name__ == "__main__":
    main(sys.argv[1:])
