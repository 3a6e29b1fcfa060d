"""The doctor: looks at every part of this machine on its own, to tell if it is fit to be a kiosk; changes nothing.

The checks lie in the folder ``checks``, one file for each family; a further file there is found by itself. A check that
breaks is itself a fault and never hides the others.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from kiosk import config
from kiosk.doctor import checks
from kiosk.doctor.check import Check, CheckedPart, CheckState, Examined, fault
from kiosk.doctor.confined import installed

__all__ = ["Check", "CheckState", "as_table", "examine", "parts", "to_json", "verdict"]

WIDTH = 100
"""Characters a line of the table may have."""


def examine(data: Path, config_file: Path, env: Mapping[str, str]) -> list[Check]:
    """Every check for the kiosk with this data folder and settings file, in the order of the table."""
    settings, faults = config.load(config_file, env, keep=False)
    kiosk = Examined(data, config_file, env, settings, faults, installed())
    return [_looked_at(part, kiosk) for part in parts()]


def parts() -> list[CheckedPart]:
    """The parts that the files of ``checks`` look at, each file at its place. One that cannot be loaded is a fault."""
    placed: list[tuple[int, str, Sequence[CheckedPart]]] = []
    for info in pkgutil.iter_modules(checks.__path__):
        try:
            module = importlib.import_module(f"{checks.__name__}.{info.name}")
        except Exception as why:  # as below
            broken = partial(_broken, info.name, f"could not be loaded ({type(why).__name__}: {why})")
            placed.append((0, info.name, (CheckedPart(info.name, broken),)))
        else:
            placed.append((module.PLACE, info.name, module.PARTS))
    return [part for _, _, found in sorted(placed, key=lambda one: one[:2]) for part in found]


def _looked_at(part: CheckedPart, kiosk: Examined) -> Check:
    try:
        return part.look(kiosk)
    except Exception as why:  # the doctor must be able to finish on exactly those machines that are broken
        return _broken(part.name, f"could not be looked at ({type(why).__name__}: {why})", kiosk)


def _broken(name: str, found: str, _kiosk: Examined) -> Check:
    return fault(name, found, "send this line to support")


def verdict(found: Sequence[Check]) -> int:
    """The exit code: 1 when there is a fault, else 0."""
    return int(any(check.state is CheckState.FAULT for check in found))


def to_json(found: Sequence[Check]) -> str:
    """``{"ok": bool, "checks": [{"name", "state", "found", "next_step"}]}``."""
    return json.dumps({"ok": not verdict(found), "checks": [asdict(check) for check in found]}, indent=2)


def as_table(found: Sequence[Check]) -> str:
    """One paragraph for each check and a closing sentence."""
    name_width = max(len(check.name) for check in found)
    lines = []
    for check in found:
        head = f"{check.state.value:<8} {check.name:<{name_width}}  "
        lines += textwrap.wrap(head + check.found, WIDTH, subsequent_indent=" " * len(head), break_long_words=False)
        if check.next_step:
            lines += textwrap.wrap(
                f"-> {check.next_step}", WIDTH, initial_indent=" " * len(head), subsequent_indent=" " * (len(head) + 3)
            )
    counts = {state: sum(check.state is state for check in found) for state in CheckState}
    if counts[CheckState.FAULT]:
        end = f"{counts[CheckState.FAULT]} fault(s): the kiosk will not work as it should until they are put right."
    elif counts[CheckState.WARNING]:
        end = f"No fault. {counts[CheckState.WARNING]} warning(s): the kiosk works, with less than it could have."
    else:
        end = "All is well."
    return "\n".join([*lines, "", end])
