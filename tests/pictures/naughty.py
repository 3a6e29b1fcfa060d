"""Picture children that misbehave: ``python -m tests.pictures.naughty SOCKET HOW``; the rest is the real child."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kiosk.pictures.child import serve
from kiosk.pictures.decode import I420, decode

BAD = b"\x89PNG\r\n\x1a\nbad"
"""The file at which a child does what it is told; all others it decodes."""


def naughty(path: Path, mirrored: bool) -> Iterator[I420]:
    if path.read_bytes() != BAD:
        yield from decode(path, mirrored=mirrored)
        return
    how = sys.argv[2]
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hang":
        threading.Event().wait()
    if how == "memory":
        while True:
            yield np.zeros((3_000, 2_000), np.uint8)
    if how == "raise":
        raise RuntimeError("a bug in a library")


if __name__ == "__main__":
    serve(sys.argv[1:2], naughty)
