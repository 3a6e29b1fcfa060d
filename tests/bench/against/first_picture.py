"""From starting the program to its first flip, against loading and starting everything first."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from importlib.util import find_spec

from tests.bench.against import Compared, answer

EAGER = "everything loaded and started first"
ROWS = (
    Compared(
        "First picture after `kiosk run`", "cpu_ms", "ms of processor", at_least=15, peer="eager_ms", peer_name=EAGER
    ),
    Compared("First picture after `kiosk run`, by the clock", "wall_ms", "ms", at_most=0.4),
)
ROUNDS = 7
WARM_UP = 1


def shown(how: str) -> tuple[float, float]:
    """Processor time and time, ms, of the tree's own program until it says that its first picture is there."""
    child = "kiosk.bench_child" if find_spec("kiosk.bench_child") else "kiosk.support.bench_child"
    silent = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "GPIOZERO_PIN_FACTORY": "mock"}
    env = {**os.environ, **silent, "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-P", "-m", child, how, os.getcwd()], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        if not program.stdout.read(1):
            raise RuntimeError(f"{child} {how} showed nothing")
        wall_ms = 1_000 * (time.monotonic() - begun)
        program.communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1_000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), wall_ms


def measure() -> dict[str, float]:
    """Each once, in one process of the round."""
    (cpu_ms, wall_ms), (eager_ms, _) = shown("lazy"), shown("eager")
    return {"cpu_ms": cpu_ms, "wall_ms": wall_ms, "eager_ms": eager_ms}


if __name__ == "__main__":
    answer(measure())
