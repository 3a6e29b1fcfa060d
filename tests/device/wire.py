"""Lines of JSON over a local socket, each wait with its limit: so the emulator and the guest's agent are spoken to."""

from __future__ import annotations

import itertools
import json
import socket
import time
from pathlib import Path
from typing import Any

CONNECT_S = 30.0
GRACE_S = 20.0
"""How much longer than its own limit an answer of the agent may take."""
Answer = dict[str, Any]


class DeviceError(AssertionError):
    """The virtual device did not do what a scenario asked; an assertion, because the scenario has failed."""


class Wire:
    """One connection: objects out, objects in, each wait with its limit."""

    def __init__(self, path: Path) -> None:
        until = time.monotonic() + CONNECT_S
        while True:
            self._socket = socket.socket(socket.AF_UNIX)
            try:
                self._socket.connect(str(path))
                break
            except OSError as why:
                self._socket.close()
                if time.monotonic() > until:
                    raise DeviceError(f"{path.name} does not answer: {why}") from why
                time.sleep(0.05)
        self._seen = b""

    def send(self, what: Answer) -> None:
        """Write one object."""
        self._socket.sendall(json.dumps(what).encode() + b"\n")

    def receive(self, limit: float) -> Answer:
        """The next object, within the limit."""
        until = time.monotonic() + limit
        while b"\n" not in self._seen:
            self._socket.settimeout(max(0.01, until - time.monotonic()))
            try:
                chunk = self._socket.recv(1 << 16)
            except TimeoutError as why:
                raise DeviceError(f"no answer within {limit:.0f} s") from why
            if not chunk:
                raise DeviceError("the emulator has ended")
            self._seen += chunk
        line, self._seen = self._seen.split(b"\n", 1)
        answer: Answer = json.loads(line)
        return answer

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


class Monitor:
    """The emulator's monitor (QMP)."""

    def __init__(self, path: Path) -> None:
        self._wire = Wire(path)
        self._wire.receive(CONNECT_S)
        self.run("qmp_capabilities")

    def run(self, command: str, arguments: Answer | None = None, limit: float = 60.0) -> Any:
        """Give one command; its answer, or ``DeviceError`` with the emulator's reason."""
        self._wire.send({"execute": command, "arguments": arguments or {}})
        while True:
            answer = self._wire.receive(limit)
            if "error" in answer:
                raise DeviceError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def human(self, line: str, limit: float = 300.0) -> str:
        """A command of the older monitor that has no other form (snapshots)."""
        said = str(self.run("human-monitor-command", {"command-line": line}, limit)).strip()
        if said.startswith("Error"):
            raise DeviceError(f"{line}: {said}")
        return said

    def close(self) -> None:
        """End the connection."""
        self._wire.close()


class Agent:
    """The agent in the guest: shell commands as root, each with a limit that it keeps itself."""

    def __init__(self, path: Path) -> None:
        self._wire = Wire(path)
        self._numbers = itertools.count(1)

    def run(self, command: str, limit: float = 60.0) -> tuple[int, str]:
        """Exit code and output. A command that takes longer than the limit is ended there: code 124."""
        number = next(self._numbers)
        self._wire.send({"id": number, "sh": command, "limit": limit})
        while True:
            answer = self._wire.receive(limit + GRACE_S)
            if answer.get("id") == number:
                return int(answer["code"]), str(answer["out"])

    def close(self) -> None:
        """End the connection."""
        self._wire.close()
