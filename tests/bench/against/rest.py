"""The first screen at rest, on no screen and with SDL's silent sound card: what it takes, and how often it wakes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.against import Compared, answer

ROWS = (
    Compared("Wakeups at rest", "wakeups_s", "a second", at_most=0.025),
    Compared("Processor time at rest", "cpu_percent", "% of a core", at_most=0.5),
)
ROUNDS = 3
SETTLES_S = 8.0
LOOKS_S = 15.0
PATIENCE_S = 60.0


def spent(pid: int) -> tuple[int, int]:
    """How often all threads of a process have waited, and their processor time, ns."""
    woken = run_ns = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        said = (task / "status").read_text(errors="replace")
        woken += int(said.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
        run_ns += int((task / "schedstat").read_text().split()[0])
    return woken, run_ns


def measure() -> dict[str, float]:
    """Start it, let it come to rest, and look at what the kernel counts."""
    data = Path("data").resolve()
    data.mkdir()
    (data / "kiosk.toml").write_text('[camera]\nbackend = "recorded"\n', encoding="utf-8")
    silent = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "GPIOZERO_PIN_FACTORY": "mock"}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
        ready.bind(str(data / "notify"))
        ready.settimeout(PATIENCE_S)
        kiosk = subprocess.Popen(
            [sys.executable, "-P", "-m", "kiosk", "run", "--window", "--data", str(data)],
            env={**os.environ, **silent, "NOTIFY_SOCKET": str(data / "notify")},
            stderr=subprocess.DEVNULL,
        )
        try:
            ready.recv(100)
            time.sleep(SETTLES_S)
            (woken, run_ns), begun = spent(kiosk.pid), time.monotonic()
            time.sleep(LOOKS_S)
            (woken_then, run_then_ns), over = spent(kiosk.pid), time.monotonic()
        finally:
            kiosk.terminate()
            kiosk.wait(PATIENCE_S)
    span = over - begun
    return {"wakeups_s": (woken_then - woken) / span, "cpu_percent": (run_then_ns - run_ns) / 1e7 / span}


if __name__ == "__main__":
    answer(measure())
