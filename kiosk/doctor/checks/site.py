"""This site's own: programmes, the clinic's keys, settings."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from kiosk import paths
from kiosk.clock import SystemClock
from kiosk.config import ENVIRONMENT
from kiosk.doctor.check import Check, CheckedPart, fault, ok, warning
from kiosk.errors import HandoverError
from kiosk.faults import Fault

PLACE = 110


def programmes(data: Path) -> Check:
    """Every programme, those that ship with the kiosk and the site's own, may be practised."""
    from kiosk.programmes import shelf

    name = "Programmes"
    found = shelf.load(paths.assets() / "programmes", data / "programmes")
    own = len(list((data / "programmes").glob("*.toml")))
    count = f"{', '.join(found.programmes) or 'none'}; {own} file(s) of this site"
    if not found.programmes:
        return fault(name, count, "install the kiosk again")
    return _named(name, count, found.faults)


def pictures(data: Path) -> Check:
    """Every picture and film of the site can be shown; where one cannot, the drawn head is."""
    from kiosk.pictures.look_through import faults_of, in_folder
    from kiosk.programmes import shelf

    name, folder = "Pictures", data / "programmes"
    found = shelf.load(paths.assets() / "programmes", folder)
    faults = (*found.left_out, *faults_of(found.pictures, in_folder(folder), SystemClock()))
    count = f"{len(found.pictures)} picture(s) and film(s) of this site"
    if not faults:
        return ok(name, count)
    told = " ".join(str(f) for f in faults[:3]) + (f" And {len(faults) - 3} more." if len(faults) > 3 else "")
    return warning(name, f"{count}. {told}", "`kiosk check` of the file that names it lists every reason")


def keys(data: Path, way: str) -> Check:
    """The clinic's keys, where packages are protected by them; else only whether there are any.

    ``way``: the protection of the settings file; what staff chose at the desk counts more.
    """
    from kiosk.package.protection import ProtectionMethod, fingerprint, recipients

    name, file = "Keys of the clinic", data / "kiosk.db"
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as db:
        chosen = db.execute("SELECT value FROM state WHERE key = 'setting.handover.protection'").fetchone()
        way = chosen[0] if chosen else way
    used = way == ProtectionMethod.RECIPIENTS
    try:
        marks = [fingerprint(key) for key in recipients(data)]
    except (HandoverError, OSError) as why:
        if used:
            step = "take the clinic's keys in from a stick at the desk, or choose another protection there"
            return fault(name, f"nothing can be handed over: {why}", step)
        return ok(name, "none in use: packages are protected in another way")
    told = f"{len(marks)} ({', '.join(marks)})"
    return ok(name, told if used else f"{told}, not in use")


def settings(file: Path, faults: Sequence[Fault]) -> Check:
    """The settings file and the environment say only what may be said."""
    return _named("Settings", str(file) if file.exists() else f"no {file}: the defaults", faults)


def _named(name: str, found: str, faults: Sequence[Fault]) -> Check:
    if not faults:
        return ok(name, found)
    first = " ".join(str(f) for f in faults[:3])
    more = f" And {len(faults) - 3} more." if len(faults) > 3 else ""
    files = dict.fromkeys(f.file for f in faults if f.file != ENVIRONMENT)
    step = f"`kiosk check {next(iter(files))}` lists every reason" if files else "change these variables or unset them"
    return fault(name, f"{found}. {first}{more}", step)


PARTS = (
    CheckedPart("Programmes", lambda kiosk: programmes(kiosk.data)),
    CheckedPart("Pictures", lambda kiosk: pictures(kiosk.data)),
    CheckedPart("Keys of the clinic", lambda kiosk: keys(kiosk.data, kiosk.settings.handover.protection)),
    CheckedPart("Settings", lambda kiosk: settings(kiosk.config_file, kiosk.faults)),
)
