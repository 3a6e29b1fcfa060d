"""The desk's stick service at work in the device: a program of the tests in the kiosk's place and confinement."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.device.bedside import DATA, SERVICE, standing_in
from tests.device.machine import BUSY, POLL_S, Machine
from tests.device.wire import DeviceError

GUEST = Path(__file__).resolve().parent / "guest"
SAID = f"{DATA}/desk.json"
CARRY_S = 300.0


class AtDesk:
    """What was asked for at the desk (``hand-over``, ``bring``, ``update``), and each line that it shows of it."""

    def __init__(self, machine: Machine, what: str) -> None:
        self._machine = machine
        machine.ask(f"systemctl stop {SERVICE}; rm -f {SAID}", 120)
        standing_in(machine, GUEST / "desk.py", what)

    def lines(self) -> list[dict[str, Any]]:
        """All that it said so far."""
        return [json.loads(line) for line in self._machine.ask(f"cat {SAID}")[1].splitlines() if line.startswith("{")]

    def until(self, seen: Callable[[dict[str, Any]], bool], limit: float) -> dict[str, Any]:
        """Wait for a line; that line."""
        started = time.monotonic()
        while time.monotonic() - started < limit * BUSY:
            found = [line for line in self.lines() if seen(line)]
            if found:
                return found[-1]
            time.sleep(POLL_S)
        raise DeviceError(f"not said within {limit * BUSY:.0f} s; said: {self.lines()[-4:]}")

    def end(self, limit: float = CARRY_S) -> dict[str, Any]:
        """How it ended."""
        return self.until(lambda line: line.get("phase") in ("ended", "read"), limit)
