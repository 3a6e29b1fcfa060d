"""A start with a record of five years (9,125 sessions, 66 MB) beside one with an empty record, and opening it alone."""

from __future__ import annotations

import inspect
import os
import socket
import sqlite3
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from statistics import median

from tests.bench.against import Compared, answer
from tests.bench.against.export import named
from tests.bench.growing import grown

NAME = "Start until the home is there, with a record of five years"
EMPTY = "the same with an empty record"
ROWS = (
    Compared(NAME, "years_ms", "ms of processor time", at_most=1.1, peer="empty_ms", peer_name=EMPTY),
    Compared(f"{NAME}, by the clock", "years_wall_ms", "ms", at_most=1.1, peer="empty_wall_ms", peer_name=EMPTY),
    Compared(
        "Store.open of that record", "open_ms", "ms of processor time", at_most=1, peer="most_ms", peer_name="20 ms"
    ),
)
ROUNDS = 3
SESSIONS = 9_125
TURNS = 3
"""Starts with each record in a round, in turns; the median counts, and one before them does not."""
MOST_MS = 20.0
PATIENCE_S = 60.0
TICKS_S = os.sysconf("SC_CLK_TCK")


def record(data: Path, sessions: int) -> Path:
    """A kiosk that has been set up for one person, who has practised so often."""
    row = {
        name: named(name, "kiosk.rows.kinds", "kiosk.records.rows") for name in ("PersonRow", "StaffRow", "StateRow")
    }
    code = named("new_code", "kiosk.care.consent", "kiosk.care.code")(12345)
    stage, side = named("Stage", "kiosk.care.model").PARETIC, named("Side", "kiosk.care.model").LEFT
    person = named("Person", "kiosk.care.person", "kiosk.care.model")(code=code, stage=stage, side=side)
    profile = import_module("msgspec").json.encode(person).decode()
    grown(data, sessions, code)
    connection = sqlite3.connect(data / "kiosk.db")
    with connection:
        for kept in (
            row["PersonRow"](code, 1, "2026-01-05T08:00:00.000Z", "paretic", "left", profile=profile),
            row["StaffRow"]("therapist-1", "therapist", "Therapist 1", "00", "00"),
            row["StateRow"]("bound", code),
        ):
            values = kept.columns()
            names, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
            connection.execute(f'INSERT INTO "{kept.TABLE}" ({names}) VALUES ({marks})', tuple(values.values()))  # noqa: S608
    connection.close()
    (data / "kiosk.toml").write_text('[camera]\nbackend = "recorded"\n', encoding="utf-8")
    return data


def spent_ms(pid: int) -> float:
    """Processor time of a process and of all that it has started."""
    utime, stime, cutime, cstime = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    children = [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    own = sum(map(int, (utime, stime, cutime, cstime))) / TICKS_S * 1_000
    return own + sum(map(spent_ms, children))


def started(data: Path) -> tuple[float, float]:
    """Processor time and time, ms, of ``kiosk run`` until it says READY: its home is on the screen then."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
        ready.bind(str(data / "notify"))
        ready.settimeout(PATIENCE_S)
        begun = time.monotonic()
        kiosk = subprocess.Popen(
            [sys.executable, "-P", "-m", "kiosk", "run", "--window", "--data", str(data)],
            env={**os.environ, "NOTIFY_SOCKET": str(data / "notify")},
            stderr=subprocess.DEVNULL,
        )
        try:
            while b"READY=1" not in ready.recv(100):
                pass
            return spent_ms(kiosk.pid), (time.monotonic() - begun) * 1_000
        finally:
            kiosk.terminate()
            kiosk.wait(PATIENCE_S)
            (data / "notify").unlink()


def opened_ms(data: Path) -> float:
    """Processor time of ``Store.open`` until rows can be read."""
    store_class, clock = named("Store", "kiosk.records.store"), named("SimClock", "kiosk.clock")()
    later = {"wait": False} if "wait" in inspect.signature(store_class.open).parameters else {}
    begun = time.process_time()
    store = store_class.open(data, clock, **later)
    if later:
        while not store.begun:
            time.sleep(0.0005)
        store.begin()
    took = (time.process_time() - begun) * 1_000
    store.close(PATIENCE_S)
    return took


def measure() -> dict[str, float]:
    """Both records are made once a round; each is started before it counts, for a new folder has its own to do."""
    here = Path.cwd()
    records = {"years": record(here / "years", SESSIONS), "empty": record(here / "empty", 0)}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in records}
    for turn in range(-1, TURNS):
        for name, data in records.items():
            start = started(data)
            if turn >= 0:
                found[name].append(start)
    numbers = {"most_ms": MOST_MS}
    for name, starts in found.items():
        numbers[f"{name}_ms"], numbers[f"{name}_wall_ms"] = (median(one) for one in zip(*starts, strict=True))
    opened = [opened_ms(records["years"]) for _ in range(TURNS + 1)]
    numbers["open_ms"] = median(opened[1:])  # with the first come the libraries
    return numbers


if __name__ == "__main__":
    answer(measure())
