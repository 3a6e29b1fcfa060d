"""The service that shows the kiosk on its screen, as systemd and the journal know it."""

from __future__ import annotations

import os
import pwd
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from kiosk.doctor.check import Check, CheckedPart, Program, fault, ok, program, warning
from kiosk.doctor.confined import SEEN_AS, SERVICE, UNIT, USER

PLACE = 10
FLAGS = Path("/run/facial-rehab-kiosk-safe/flags")
"""The flag that a kiosk which failed three times leaves for its next start."""
ASKED = ("LoadState", "ActiveState", "SubState", "UnitFileState", "NRestarts", "Result")
JOURNAL = ("journalctl", f"--unit={UNIT}", "--boot", "--lines=20000", "--output=cat", "--no-pager", "--quiet")
"""So many lines, because a loudspeaker alone may write thousands that say nothing."""
ENDED = re.compile(r"Failed with result '([a-z-]+)'")
PROBLEM = re.compile(
    r"^(?:\w+: )?(?:WARNING|ERROR|CRITICAL) (?:kiosk[\w.]*: )?(.+)$|^kiosk: (.+)$"
    r"|^[\d:.]+ \[ERROR\] (?!\[EGL\])(?:\[[^]]*\] )?(.+)$",
    re.MULTILINE,
)
"""A complaint of the kiosk, its children, its command, or cage (of EGL cage complains on every machine without 3D)."""
LINES = 3
"""Last sentences of the journal that are told."""
IN_WORDS = {
    "exit-code": "ended by itself with a fault",
    "signal": "crashed or was killed",
    "core-dump": "crashed",
    "watchdog": "stood still, and was ended",
    "timeout": "was not ready or did not end in time",
    "oom-kill": "ran out of memory",
    "protocol": "ended before it was ready",
    "resources": "could not be started by the system",
}
"""systemd's word for the way in which a service ended."""
WHY = "put right what is named; all that it said: `journalctl -u facial-rehab-kiosk -b`"
RUNS = "runs, and has shown a picture (READY)"
SAFE = "runs in safe mode, because it failed three times within five minutes"


def service(ask: Program = program, flags: Path = FLAGS) -> Check:
    """The service runs, has shown a picture (READY), and is not in safe mode; else what it said last."""
    name = "Service"
    got = ask("systemctl", "show", UNIT, f"--property={','.join(ASKED)}")
    is_ = dict(line.split("=", 1) for line in got.said.splitlines() if "=" in line)
    if not got.worked or is_.get("LoadState") in (None, "not-found"):
        return ok(name, "not installed here: the kiosk runs while somebody runs it")
    if is_["LoadState"] != "loaded":
        return fault(name, f"its unit cannot be read ({is_['LoadState']})", "install the kiosk again")
    if is_.get("ActiveState") != "active":
        return _stopped(name, is_, because(ask(*JOURNAL).said))
    if _is_safe(flags):
        step = "put right what is named, then `sudo systemctl restart kiosk`"
        return warning(name, f"{SAFE}{because(ask(*JOURNAL).said)}", step)
    restarts = is_.get("NRestarts", "0")
    if restarts != "0":
        return warning(name, f"runs, but had to be started again ({restarts}×){because(ask(*JOURNAL).said)}", WHY)
    if is_.get("UnitFileState") not in ("enabled", "enabled-runtime", "static"):
        return warning(name, "runs, but will not start at power-on", "`sudo systemctl enable facial-rehab-kiosk`")
    return ok(name, RUNS)


def because(journal: str) -> str:
    """The ways in which the kiosk ended since power-on, and its last complaints. ``journal``: its text."""
    ends = Counter(ENDED.findall(journal))
    told = [f"{IN_WORDS.get(how, how)}, {number}× since power-on" for how, number in ends.items()]
    lately = [next(filter(None, found.groups())) for found in PROBLEM.finditer(journal)]
    told += [f"it said “{line}”" for line in list(dict.fromkeys(lately))[-LINES:]]
    if not journal:
        told.append("its journal cannot be read by this user")
    return f": {'; '.join(told)}" if told else ""


def _stopped(name: str, is_: Mapping[str, str], why: str) -> Check:
    match is_.get("ActiveState"), is_.get("SubState"):
        case "activating", "auto-restart":
            return fault(name, f"has ended, and is started again{why}", WHY)
        case "activating", _:
            return warning(name, f"starts, and has shown no picture yet{why}", "wait a minute, then ask again")
        case "deactivating", _:
            return warning(name, f"is being stopped{why}", "`sudo systemctl start kiosk` starts it again")
        case state, _:
            how = "has failed" if state == "failed" else "does not run"
            return fault(name, f"{how}{why}", "`sudo systemctl start kiosk`, then ask again")


def _is_safe(flags: Path) -> bool:
    try:
        return "--safe" in flags.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def seen_as(env: Mapping[str, str], is_installed: bool) -> Check:
    """The eyes by which all that follows is seen: what somebody else may open says nothing about the service."""
    name = "Seen as"
    user = _user()
    if env.get(SEEN_AS) == SERVICE:
        return ok(name, f"the service: user {user}, its groups and its confinement")
    if not is_installed:
        return ok(name, f"user {user}")
    if user == USER:
        return ok(name, f"user {user} with its groups, but without the service's confinement")
    step = "`sudo kiosk doctor` sees camera, sound and buttons as the service does, and may read its journal"
    return warning(name, f"user {user}: what this user may do says little about the service", step)


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


PARTS = (
    CheckedPart("Service", lambda _: service()),
    CheckedPart("Seen as", lambda kiosk: seen_as(kiosk.env, kiosk.installed)),
)
