"""The doctor: looks at every part of this machine on its own, to tell if it is fit to be a kiosk; changes nothing.

``examine`` asks the checks of ``machine`` and ``data`` in a fixed order. A check that breaks is itself a fault and
never hides the others.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from kiosk import config
from kiosk.clock import SystemClock
from kiosk.doctor import data as data_checks
from kiosk.doctor import machine
from kiosk.doctor.check import Check, CheckState, fault

__all__ = ["Check", "CheckState", "as_table", "examine", "to_json", "verdict"]

WIDTH = 100
"""Characters a line of the table may have."""


def examine(data: Path, config_file: Path, env: Mapping[str, str]) -> list[Check]:
    """Every check for the kiosk with this data folder and settings file, in the order of the table."""
    settings, faults = config.load(config_file, env, keep=False)
    questions: list[tuple[str, Callable[[], Check]]] = [
        ("Python", machine.python),
        ("Picture library", machine.vision),
        ("Camera", lambda: machine.camera(settings.camera)),
        ("Buttons and lights", lambda: machine.gpio(env)),
        ("Pedals and keys", lambda: machine.pedals(settings.buttons.pedal)),
        ("Screen", lambda: machine.screen(config_file, env)),
        ("Sound", lambda: machine.sound(settings.sound)),
        ("Disk", lambda: data_checks.disk(data, settings.storage.floor_mb)),
        ("Database", lambda: data_checks.database(data)),
        ("Clock", lambda: machine.clock(SystemClock())),
        ("Fonts", data_checks.fonts),
        ("Assets", lambda: data_checks.shipped(settings.site.language)),
        ("Looking at the face", lambda: data_checks.looker(data)),
        ("Programmes", lambda: data_checks.programmes(data)),
        ("Keys of the clinic", lambda: data_checks.keys(data, settings.handover.protection)),
        ("Settings", lambda: data_checks.settings(config_file, faults)),
    ]
    return [_asked(name, question) for name, question in questions]


def _asked(name: str, question: Callable[[], Check]) -> Check:
    try:
        return question()
    except Exception as why:  # the doctor must be able to finish on exactly those machines that are broken
        return fault(name, f"could not be looked at ({type(why).__name__}: {why})", "send this line to support")


def verdict(checks: Sequence[Check]) -> int:
    """The exit code: 1 when there is a fault, else 0."""
    return int(any(check.state is CheckState.FAULT for check in checks))


def to_json(checks: Sequence[Check]) -> str:
    """``{"ok": bool, "checks": [{"name", "state", "found", "next_step"}]}``."""
    return json.dumps({"ok": not verdict(checks), "checks": [asdict(check) for check in checks]}, indent=2)


def as_table(checks: Sequence[Check]) -> str:
    """One paragraph for each check and a closing sentence."""
    name_width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        head = f"{check.state.value:<8} {check.name:<{name_width}}  "
        lines += textwrap.wrap(head + check.found, WIDTH, subsequent_indent=" " * len(head), break_long_words=False)
        if check.next_step:
            lines += textwrap.wrap(
                f"-> {check.next_step}", WIDTH, initial_indent=" " * len(head), subsequent_indent=" " * (len(head) + 3)
            )
    counts = {state: sum(check.state is state for check in checks) for state in CheckState}
    if counts[CheckState.FAULT]:
        end = f"{counts[CheckState.FAULT]} fault(s): the kiosk will not work as it should until they are put right."
    elif counts[CheckState.WARNING]:
        end = f"No fault. {counts[CheckState.WARNING]} warning(s): the kiosk works, with less than it could have."
    else:
        end = "All is well."
    return "\n".join([*lines, "", end])
