"""The units' confinement, tried from inside: each directive forbids what it says, and what is needed is open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device.bedside import DATA, STATE, standing_in, undropped
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
    "program for another processor": "SIGSYS",
}
"""What is tried → what has to come of it in the kiosk's unit."""
APART = {"namespace of mounts": "mnt", "namespace of names": "uts", "namespace of the network": "net"}
"""Namespaces, with the kernel's words for them."""
SHARED = "namespace of the network"
"""The kiosk's is the system's: udev's news would not arrive in another one."""
HELPED = {
    "capabilities": "0000000000000002",
    "file of another user": "ok",
    "own data": "writable",
    "other releases": "writable",
    "data of the kiosk": "writable",
    "nothing to write to": "ok",
    "mode of a new file": "0o644",
    "memory's last victim": "-800",
    "politeness": "10",
    "class on the disk": "True",
    "most memory": str(1 << 30),
}
"""What a helper of root's may do, and how: nobody else's folders are closed to it, and it never pushes ahead."""
FORBIDDEN = {
    "system's files": ("read-only", "writable"),
    "settings of the system": ("read-only", "writable"),
    "devices as files": ("read-only", "writable"),
    "control groups": ("read-only", "writable"),
    "somebody's home": ("False", "True"),
    "mark in /tmp": ("False", "True"),
    "the machine's own files": ("False", "True"),
    "own disk": ("False", "True"),
    "one module of the kernel": ("False", "True"),
    "new privileges": ("1", "0"),
    "kernel's settings": ("ENOENT", "writable"),
    "socket of the internet": ("EAFNOSUPPORT", "ok"),
    "socket of the kernel's news": ("EAFNOSUPPORT", "ok"),
    "namespace of users": ("EPERM", "ok"),
    "set-user-id": ("EPERM", "ok"),
    "owner of a file": ("EPERM", "ok"),
    "class of its time": ("EPERM", "ok"),
    "personality": ("EPERM", "ok"),
    "tracing": ("EPERM", "ok"),
    "memory to write and run": ("EACCES", "ok"),
    "program for another processor": ("SIGSYS", "7"),
}
"""What is tried in a helper's unit → what has to come of it there, and without the unit with the same capability."""
OF_THIS_MACHINE = {"facial-rehab-kiosk-update.service": "ok", "facial-rehab-kiosk-probation.service": "EAFNOSUPPORT"}
"""Root's helpers, and what comes of a socket of this machine: the first asks systemd to stop and start the kiosk."""
PROGRAM = "/usr/bin/python3 /opt/test-program.py"
OUTSIDE = "outside"


def test_the_unit_forbids_what_it_says(bed: Machine, entry: Entry) -> None:
    """Tried in the kiosk's place, as its user and in its unit; see docs/decisions/setup-confinement.md."""
    bed.run("touch /tmp/mark-of-the-test; mkdir -p /home/somebody")
    outside = namespaces(bed)
    try:
        standing_in(bed, GUEST, "stay")
        bed.until(f"test -s {DATA}/confined.json", 120)
        found = json.loads(bed.run(f"cat {DATA}/confined.json"))
    finally:
        undropped(bed)
    entry.figure("tried", str(len(found)))
    assert {name: found[name] for name in FOUND} == FOUND
    assert found["kernel's messages"] in ("EPERM", "EACCES", "ENOENT")
    assert {name for name in APART if found[name] == outside[name]} == {SHARED}


def namespaces(machine: Machine) -> dict[str, str]:
    """The system's own."""
    return {name: machine.run(f"readlink /proc/1/ns/{kind}") for name, kind in APART.items()}


@pytest.fixture
def free(bed: Machine) -> Iterator[dict[str, str]]:
    """What comes of each try of root's, with the helpers' one capability, and without their units."""
    bed.put("/opt/test-program.py", GUEST.read_bytes())
    bed.run(f"touch /tmp/mark-of-the-test {DATA}/closed; mkdir -p /home/somebody")
    bed.run(f"chown kiosk:kiosk {DATA}/closed; chmod 600 {DATA}/closed")
    alike = f"-p CapabilityBoundingSet=CAP_DAC_OVERRIDE -p StateDirectory={OUTSIDE}"
    bed.run(f"systemd-run --quiet --wait {alike} {PROGRAM}", 120)
    yield json.loads(bed.run(f"cat /var/lib/{OUTSIDE}/confined.json"))
    bed.run(f"rm -rf /var/lib/{OUTSIDE} /opt/test-program.py /tmp/mark-of-the-test /home/somebody")


@pytest.mark.parametrize("unit", OF_THIS_MACHINE)
def test_roots_helpers_forbid_what_they_say(bed: Machine, free: dict[str, str], entry: Entry, unit: str) -> None:
    """Tried as root in each helper's unit: what it forbids would be possible outside with the same capability."""
    drop = f"/run/systemd/system/{unit}.d"
    lines = ("[Unit]", "ConditionPathExists=", "[Service]", "ExecStart=", f"ExecStart={PROGRAM}", "Restart=no", "")
    bed.put(f"{drop}/test.conf", "\n".join(lines).encode())
    bed.run("systemctl daemon-reload")
    try:
        bed.run(f"systemctl start {unit}", 120)
        found = json.loads(bed.run(f"cat {STATE}/confined.json"))
    finally:
        bed.run(f"rm -rf {drop} {STATE}/confined.json; systemctl daemon-reload")
    entry.figure("tried", str(len(FORBIDDEN) + len(HELPED) + len(APART) + 1))
    assert {name: (found[name], free[name]) for name in FORBIDDEN} == FORBIDDEN
    assert {name: found[name] for name in HELPED} == HELPED
    assert found["socket of this machine"] == OF_THIS_MACHINE[unit]
    outside = namespaces(bed)
    assert {name for name in APART if found[name] == outside[name]} == set()
