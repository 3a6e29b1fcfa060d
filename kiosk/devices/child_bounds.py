"""Bounds that a child sets itself before it decodes what came from outside: its memory, and that it gives way."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from pathlib import Path

NICE = 10
"""Mirror and measures come first."""
OOM_SCORE = "900"
"""Score by which this process goes first where memory runs out. From -1000 to 1000."""
ROOM_BYTES = 512 << 20
"""Memory that decoding may take, besides what the libraries take."""


def confine() -> None:
    """Bound this process: its memory, its turn, and that it leaves no core file."""
    with suppress(OSError):
        os.nice(NICE)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(OOM_SCORE, encoding="ascii")
    taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (taken + ROOM_BYTES, taken + ROOM_BYTES))
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
