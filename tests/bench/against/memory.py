"""Memory of the whole kiosk with a live mirror and a face that is looked at and filmed, all its processes together."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from tests.bench.against import Compared, answer, models

HELD = "Memory with a film that stays: own, relocated and shared"
ROWS = (
    Compared(HELD, "held_mb", "MB", at_most=0.95),
    Compared("Pages of program files beside it, which may be dropped", "files_mb", "MB", at_most=1.25),
)
ROUNDS = 3
SETTLES_S = 15.0
PATIENCE_S = 60.0


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def measure() -> dict[str, float]:
    """Parts of shared pages add up to one."""
    data = Path("data").resolve()
    data.mkdir()
    (data / "kiosk.toml").write_text('[camera]\nbackend = "recorded"\n', encoding="utf-8")
    (data / "models").symlink_to(models().resolve(), target_is_directory=True)
    silent = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "GPIOZERO_PIN_FACTORY": "mock"}
    pins = {"GPIOZERO_MOCK_PIN_CLASS": "mockpwmpin", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    child = "kiosk.bench_child" if find_spec("kiosk.bench_child") else "kiosk.support.bench_child"
    kb: Counter[str] = Counter()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
        ready.bind(str(data / "notify"))
        ready.settimeout(PATIENCE_S)
        kiosk = subprocess.Popen(
            [sys.executable, "-P", "-m", child, "mirror", str(data)],
            env={**os.environ, **silent, **pins, "NOTIFY_SOCKET": str(data / "notify")},
            stderr=subprocess.DEVNULL,
        )
        try:
            ready.recv(100)
            time.sleep(SETTLES_S)
            for pid in family(kiosk.pid):
                account = Path(f"/proc/{pid}/smaps_rollup").read_text()
                kb.update({name: int(size) for name, size in re.findall(r"^(\w+): +(\d+) kB$", account, re.MULTILINE)})
        finally:
            kiosk.terminate()
            kiosk.wait(PATIENCE_S)
    held = kb["Pss_Anon"] + kb["Pss_Shmem"] + kb["SwapPss"]
    return {"held_mb": held * 1024 / 1e6, "files_mb": kb["Pss_File"] * 1024 / 1e6}


if __name__ == "__main__":
    answer(measure())
