"""The doctor in the service's place: as its user, with its groups, its devices and its confinement.

What root may open says nothing about the service. systemd runs a second doctor with the properties of the kiosk's own
unit, beside the kiosk, and the unit's file is the only place where they are written down.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kiosk.doctor.check import Program, program

UNIT = "facial-rehab-kiosk.service"
USER = "kiosk"
SEEN_AS = "DOCTOR_SEEN_AS"
SERVICE = "service"
"""Variable with which the second doctor is told by whose eyes it sees, and its value. (KIOSK_ begins a setting.)"""
MOST_S = 300.0
"""Longer than all that the doctor tries, one after the other."""
KEPT = frozenset(
    {
        *("User", "Group", "SupplementaryGroups", "UMask", "DevicePolicy", "DeviceAllow"),
        *("NoNewPrivileges", "CapabilityBoundingSet", "AmbientCapabilities", "LockPersonality", "KeyringMode"),
        *("MemoryDenyWriteExecute", "IPAddressDeny", "IPAddressAllow", "ProcSubset"),
        *("ReadWritePaths", "ReadOnlyPaths", "InaccessiblePaths", "BindPaths", "BindReadOnlyPaths"),
    }
)
KEPT_KINDS = ("Protect", "Private", "Restrict", "SystemCall")
"""Directives that say what a service may see and do, by name and by how their names begin."""
NOT_RESTRICTING = frozenset({"Restart", "RestartSec", "RestartMode", "RestartSteps", "RestartMaxDelaySec"})
FOLDERS = {"StateDirectory": "/var/lib", "CacheDirectory": "/var/cache"}
"""Directives that make a folder writable. They are not repeated: systemd would remove or change what the kiosk uses."""
SPECIFIERS = {"%t": "/run", "%S": "/var/lib", "%C": "/var/cache"}
NOT_SET = ("RUN_FLAGS=", "XDG_RUNTIME_DIR=")
"""Variables of the unit that belong to the running kiosk."""
HANDED_ON = ("PYTHONPATH", "PYTHONSAFEPATH", "PYTHONNOUSERSITE", "LANG", "KIOSK_DATA")


def installed(ask: Program = program) -> bool:
    """Whether this machine has the kiosk's service."""
    return ask("systemctl", "show", UNIT, "--property=LoadState").said == "LoadState=loaded"


def properties(unit: str) -> Iterator[str]:
    """All that a service of this unit's text may see and do, in the form of ``systemd-run --property``."""
    section = ""
    for line in unit.splitlines():
        if line.startswith("["):
            section = line.strip()
        name, is_setting, value = line.partition("=")
        if section != "[Service]" or not is_setting or name.startswith(("#", ";")):
            continue
        if name in FOLDERS:
            yield f"ReadWritePaths=-{FOLDERS[name]}/{value}"
        elif name == "Environment" and not value.startswith(NOT_SET):
            yield f"{name}={_specified(value)}"
        elif name in KEPT or (name.startswith(KEPT_KINDS) and name not in NOT_RESTRICTING):
            yield line


def _specified(value: str) -> str:
    for specifier, place in SPECIFIERS.items():
        value = value.replace(specifier, place)
    return value


def second(arguments: Sequence[str], env: Mapping[str, str], data: Path, ask: Program = program) -> list[str]:
    """The command that runs the doctor in the service's place; empty where no service is installed."""
    unit = ask("systemctl", "cat", UNIT)
    if not unit.worked or "[Service]" not in unit.said:
        return []
    held = [*properties(unit.said), f"ReadWritePaths=-{data.absolute()}", "SupplementaryGroups=systemd-journal"]
    told = [f"{name}={env[name]}" for name in HANDED_ON if name in env] + [f"{SEEN_AS}={SERVICE}"]
    return [
        *("systemd-run", "--quiet", "--pipe", "--wait", "--collect", "--service-type=exec"),
        *(f"--property={one}" for one in held),
        *(f"--setenv={one}" for one in told),
        *_same(arguments),
    ]


def _same(arguments: Sequence[str]) -> list[str]:
    return ["--", sys.executable, "-m", "kiosk", *arguments]


def in_its_place(arguments: Sequence[str], env: Mapping[str, str], data: Path) -> tuple[int, str] | None:
    """The answer of the doctor in the service's place, with its exit code; None: look around here, as who we are.

    Only root can ask for it. Where systemd cannot do it, it is at least the service's user who looks.
    """
    if os.geteuid() != 0 or SEEN_AS in env:
        return None
    for way in (second(arguments, env, data), ["runuser", "-u", USER, *_same(arguments)]):
        try:
            done = subprocess.run(
                way,
                stdout=subprocess.PIPE,
                text=True,
                errors="replace",
                timeout=MOST_S,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except (OSError, IndexError, subprocess.TimeoutExpired):
            continue
        if done.stdout:
            return done.returncode, done.stdout
    return None
