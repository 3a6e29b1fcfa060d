"""Children that a nursery begins: ``python -m tests.nursery.nursed SOCKET HOW MEMORY``."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path


def main(args: Sequence[str]) -> None:
    link, how, memory = socket.socket(fileno=int(args[0])), args[1], int(args[2])
    said = {
        "arguments": sys.argv,
        "name": __name__,
        "group": os.getsid(0) == os.getpid(),
        "parent": os.getppid(),
        "memory": os.read(memory, 9).decode(),
        "threads": threading.active_count(),
        "tasks": len(os.listdir("/proc/self/task")),
        "open": sorted(int(name) for name in os.listdir("/proc/self/fd") if Path(f"/proc/self/fd/{name}").exists()),
        "screen": "pygame" in sys.modules,
        "loaded": "numpy" in sys.modules,
    }
    link.send(json.dumps(said).encode())
    if how == "code":
        raise SystemExit(3)
    if how == "signal":
        os.kill(os.getpid(), signal.SIGTERM)
    if how == "fault":
        raise ValueError("a fault")
    if how == "hang":
        signal.pause()
    while link.recv(64):
        link.send(b"heard")


if __name__ == "__main__":
    main(sys.argv[1:])
