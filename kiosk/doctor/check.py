"""A part and its check, and a way to try what may crash or hang without being taken along."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kiosk.faults import Fault, harmless
from kiosk.settings import Settings

DEV = Path("/dev")
MODEL = Path("/proc/device-tree/model")

PATIENCE_S = 30.0
"""A camera or sound driver that has not answered by then will not answer."""
ASK_S = 10.0
"""A program of the system that has not answered by then will not answer."""
SIGNALLED = 128
"""A shell's exit code above this is that of a child ended by a signal."""


class CheckState(StrEnum):
    """The condition of a part."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Check:
    """One part, by its ``name``: its ``state``, what was ``found``, and the ``next_step`` (empty: none is needed)."""

    name: str
    state: CheckState
    found: str
    next_step: str

    def __post_init__(self) -> None:
        for field in ("found", "next_step"):
            object.__setattr__(self, field, harmless(getattr(self, field), 10_000))


def ok(name: str, found: str) -> Check:
    """The part is as it should be."""
    return Check(name, CheckState.OK, found, "")


def warning(name: str, found: str, next_step: str) -> Check:
    """The kiosk works without the part, with less than it could have."""
    return Check(name, CheckState.WARNING, found, next_step)


def fault(name: str, found: str, next_step: str) -> Check:
    """The kiosk cannot do its work like this."""
    return Check(name, CheckState.FAULT, found, next_step)


def fault_if(serious: bool, name: str, found: str, next_step: str) -> Check:
    """A fault where it is ``serious``, else a warning."""
    return (fault if serious else warning)(name, found, next_step)


def on_a_pi(model: Path = MODEL) -> bool:
    """Whether this is a Raspberry Pi."""
    try:
        return b"Raspberry Pi" in model.read_bytes()
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class Examined:
    """The kiosk that is looked at."""

    data: Path
    """Its data folder."""
    config_file: Path
    """Its settings file, which may not be there."""
    env: Mapping[str, str]
    """The environment that it would start in."""
    settings: Settings
    """The settings that it would start with."""
    faults: Sequence[Fault]
    """All that is wrong with file and environment."""
    installed: bool = False
    """It is an appliance: a service shows it. Elsewhere much may be missing that a kiosk in a window can do without."""


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """A part of the kiosk that is looked at."""

    name: str
    """Its name in the table."""
    look: Callable[[Examined], Check]
    """The check of it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The result of what ran in a process of its own. ``worked``: it came to its end.

    ``said``: its last line of output, or its last words.
    """

    worked: bool
    said: str


def program(*command: str, patience_s: float = ASK_S) -> Tried:
    """Run a program of the system, such as systemctl; ``said`` is all that it said."""
    env = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patience_s,
            env=env,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Tried(False, f"no answer within {patience_s:g} s")
    except OSError as why:
        return Tried(False, f"{command[0]}: {why.strerror}")
    return Tried(done.returncode == 0, (done.stdout if done.returncode == 0 else done.stderr).strip())


Program = Callable[..., Tried]
"""The form of ``program``."""
Try = Callable[..., Tried]
"""The form of ``tried``: a test gives a check another one."""


def tried(
    code: str,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    patience_s: float = PATIENCE_S,
    under: Sequence[str] = (),
) -> Tried:
    """Run ``code`` in a fresh interpreter; ``env`` adds to the environment of this one.

    ``under``: a command that starts the interpreter as its child (cage).
    """
    # cage 0.1.4 ends with 0 whatever its child did: a shell between them writes the exit code below the output.
    between = (*under, "/bin/sh", "-c", '"$@"; echo "$?"', "sh") if under else ()
    try:
        # In a folder of its own: lgpio makes a pipe where it is imported, and fails where it may not write.
        with tempfile.TemporaryDirectory(prefix="kiosk-doctor-") as scratch:
            done = subprocess.run(
                [*between, sys.executable, "-c", code, *arguments],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=patience_s,
                env={**os.environ, "PYGAME_HIDE_SUPPORT_PROMPT": "1", **(env or {})},
                stdin=subprocess.DEVNULL,
                cwd=scratch,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return Tried(False, f"no answer within {patience_s:g} s")
    said, ended = done.stdout.strip().splitlines(), done.returncode
    if under and said and said[-1].isdecimal():
        ended = int(said.pop())
    signal = -ended if ended < 0 else ended - SIGNALLED
    if signal > 0:
        return Tried(False, f"it crashed (signal {signal})")
    lines = said if ended == 0 else done.stderr.strip().splitlines()
    return Tried(ended == 0, lines[-1] if lines else "")
