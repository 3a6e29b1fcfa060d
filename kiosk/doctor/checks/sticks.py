"""The way to a USB stick: the service that mounts it, asked as the kiosk asks it, and the right to use that service."""

from __future__ import annotations

import json
import os
import pwd

from kiosk.doctor.check import Check, CheckedPart, Try, fault, fault_if, ok, tried, warning
from kiosk.doctor.confined import USER

PLACE = 75
BUS = "SYSTEM"
TRY_STICKS = """
import sys
from kiosk.devices.stick import judge
from kiosk.devices.stick_udisks import Udisks
from kiosk.errors import StickError
from kiosk.signals import StickStatus
try:
    judge(Udisks(sys.argv[1]).objects())
    print("ready")
except StickError as why:
    if why.trouble in (StickStatus.NO_SERVICE, StickStatus.STUCK, StickStatus.NOT_ALLOWED):
        sys.exit(str(why).split(": ", 2)[-1])
    print(why.trouble)
"""
SEEN = {
    "none": "no stick is plugged in",
    "ready": "a stick that can be used",
    "several": "several sticks: only one at a time",
    "partitions": "a stick in several parts: format it in one",
    "blank": "a stick without a file system: format it as FAT32 or exFAT",
    "linux": "a stick formatted for Linux: format it as FAT32 or exFAT",
    "ntfs": "a stick formatted as NTFS: format it as FAT32 or exFAT",
    "other": "a stick formatted in another way: format it as FAT32 or exFAT",
}
ACTIONS = tuple(
    f"org.freedesktop.udisks2.{action}"
    for action in (
        *("filesystem-mount", "filesystem-mount-other-seat"),
        *("power-off-drive", "power-off-drive-other-seat"),
    )
)
"""All that the kiosk's polkit rule allows."""
TRY_RIGHTS = """
import json, sys
from kiosk.doctor.rights import refused
try:
    print(json.dumps(refused(sys.argv[2:], sys.argv[1])))
except (OSError, RuntimeError, KeyError, ValueError) as why:
    sys.exit(f"polkit does not answer ({why})")
"""


def sticks(serious: bool, attempt: Try = tried, bus: str = BUS) -> Check:
    """udisks2 answers on the bus, whether a stick is plugged in or not."""
    name = "USB sticks"
    got = attempt(TRY_STICKS, bus)
    if not got.worked:
        step = "`sudo apt-get install udisks2`, then `sudo systemctl restart udisks2`; no handing over until then"
        return fault_if(serious, name, f"the service for sticks (udisks2) does not answer: {got.said}", step)
    return ok(name, f"udisks2 answers; {SEEN.get(got.said, 'a stick that cannot be used')}")


def rights(serious: bool, attempt: Try = tried, bus: str = BUS, user: str | None = None) -> Check:
    """polkit lets the kiosk's user mount a stick and switch it off."""
    name = "Right to use sticks"
    got = attempt(TRY_RIGHTS, bus, *ACTIONS)
    if not got.worked:
        step = "`sudo apt-get install polkitd`, then `sudo systemctl restart polkit`; no handing over until then"
        return fault_if(serious, name, got.said, step)
    refused = [action.rpartition(".")[2] for action in json.loads(got.said)]
    if not refused:
        return ok(name, "polkit allows mounting and switching off")
    found = f"polkit refuses {', '.join(refused)}"
    if (user or pwd.getpwuid(os.geteuid()).pw_name) != USER:
        return warning(name, f"{found} to this user", "ask again as the kiosk's user: `sudo kiosk doctor`")
    step = "install the kiosk again: its rule in /etc/polkit-1/rules.d is missing, or another one stands before it"
    return fault(name, f"{found} to the user {USER}", step)


PARTS = (
    CheckedPart("USB sticks", lambda kiosk: sticks(kiosk.installed)),
    CheckedPart("Right to use sticks", lambda kiosk: rights(kiosk.installed)),
)
