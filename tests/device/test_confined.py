"""The unit's confinement, tried from inside: each directive forbids what it says, and the kiosk's own ways are open."""

from __future__ import annotations

import json
from pathlib import Path

from tests.device.bedside import DATA, standing_in, undropped
from tests.device.machine import Machine
from tests.device.report import Entry

GUEST = Path(__file__).parent / "guest" / "confined.py"
FOUND = {
    "socket of the internet": "EAFNOSUPPORT",
    "socket of this machine": "ok",
    "socket of the kernel's news": "ok",
    "system's files": "read-only",
    "settings of the system": "read-only",
    "own data": "writable",
    "homes": "EACCES",
    "mark in /tmp": "False",
    "new privileges": "1",
    "capabilities": "0000000000000000",
    "kernel's settings": "read-only",
    "kernel's modules": "EACCES",
    "control groups": "read-only",
    "first process": "False",
    "namespace of processes": "EPERM",
    "namespace of users": "ok",
    "set-user-id": "EPERM",
    "personality": "EPERM",
    "tracing": "EPERM",
    "device not named": "EPERM",
    "screen": "ok",
    "header": "ok",
    "mode of a new file": "0o600",
    "memory's last victim": "-500",
    "most tasks": "128",
}
"""What is tried → what has to come of it."""
APART = ("namespace of mounts", "namespace of names")
"""Namespaces that are not those of the system."""


def test_the_unit_forbids_what_it_says(bed: Machine, entry: Entry) -> None:
    """Tried in the kiosk's place, as its user and in its unit; see docs/decisions/setup-confinement.md."""
    bed.run("touch /tmp/mark-of-the-test; mkdir -p /home/somebody")
    outside = {name: bed.run(f"readlink /proc/1/ns/{kind}") for name, kind in zip(APART, ("mnt", "uts"), strict=True)}
    try:
        standing_in(bed, GUEST)
        bed.until(f"test -s {DATA}/confined.json", 120)
        found = json.loads(bed.run(f"cat {DATA}/confined.json"))
    finally:
        undropped(bed)
    entry.figure("tried", str(len(found)))
    assert {name: found[name] for name in FOUND} == FOUND
    assert found["kernel's messages"] in ("EPERM", "EACCES", "ENOENT")
    assert {name for name in APART if found[name] == outside[name]} == set()
