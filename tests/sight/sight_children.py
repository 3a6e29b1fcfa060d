"""Sight children that misbehave: ``python -m tests.sight.sight_children SOCKET HOW``; the rest is the real child."""

from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path

from kiosk.devices.camera_frame import Pixels
from kiosk.face.model import Reading, Task
from kiosk.sight.child import Looks, serve

GOOD = 3
"""Pictures that are looked at well before it begins."""


def hang() -> None:
    """What a library does that waits for itself."""
    threading.Event().wait()


class Naughty:
    """Looks well at a few pictures and then does what it is told."""

    how = "mesh"

    def __init__(self, how: str) -> None:
        self._how = how
        self._count = 0

    def look(self, frame: Pixels, t_ms: int, task: Task) -> Reading:
        self._count += 1
        late = self._count > GOOD
        if late and self._how == "hang":
            hang()
        if late and self._how == "exit":
            os._exit(3)
        if late and self._how == "raise":
            raise ValueError("a bug in a library")
        if late and self._how == "slow":
            threading.Event().wait(0.3)
        if late and self._how == "garbage":
            with socket.socket(fileno=os.dup(int(sys.argv[1]))) as link:
                link.send(b"\xff\x00 no message")
        score = float("nan") if late and self._how == "nan" else 0.9
        height, width = frame.shape[:2]
        return Reading(t_ms=t_ms, present=True, score=score, eyes_px=width / 9, centre=(width / 2, height / 2))


def make(folder: Path) -> tuple[Looks, str]:
    """The folder's name says how."""
    if folder.name == "hang-start":
        hang()
    return Naughty(folder.name), ""


if __name__ == "__main__":
    serve(sys.argv[1:], make)
