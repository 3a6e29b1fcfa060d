"""A record as a year leaves it, ways to damage it, and what is asked of a kiosk that finds it so.

``python -m tests.records.damages [N]`` prints the table of damages: seeded, so that a row can be done again.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec.structs import replace

from kiosk import paths
from kiosk.bedside.persons import known_person, person_row
from kiosk.bedside.sessions import today
from kiosk.care.consent import new_code
from kiosk.care.model import Permission
from kiosk.care.person import Person
from kiosk.care.rules import may
from kiosk.clock import SimClock, instant
from kiosk.desk.model import StaffPlace
from kiosk.desk.pin import hash_pin
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import SimLights
from kiosk.devices.sound_sim import SimSound
from kiosk.programmes import shelf
from kiosk.records.opening import text_of
from kiosk.records.store import Limits, Store
from kiosk.rows.kinds import (
    BOUND,
    ROWS,
    ClipRow,
    EventRow,
    ExportRow,
    InboxRow,
    InboxSeen,
    InjectionRow,
    PermissionRow,
    PinTriesRow,
    RatingRow,
    ReplayRow,
    Row,
    ScoreRow,
    SetItemRow,
    StaffRow,
    StateRow,
)
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.runtime import Runtime
from kiosk.runtime.staff_mode import StaffMode
from kiosk.settings import Settings
from kiosk.signals import Chord
from kiosk.sqlite_pages import PAGE
from tests.care import people
from tests.care.people import PARETIC
from tests.patience import PATIENCE_S
from tests.records.helpers import repetition, session, step

SYNKINETIC = replace(people.SYNKINETIC, code=new_code(7))
LIBRARY = shelf.load(paths.assets() / "programmes")
LIMITS = Limits(ballast_bytes=4_096, floor_bytes=0, retry_first_ms=5, retry_most_ms=40, busy_ms=50)
OPEN_S = 5.0
"""So much of a processor's time a kiosk may take to open a record of this size, damaged or not, and its desk."""
SALT = b"\1" * 16
RECOVER = shutil.which("sqlite3")
Rows = dict[str, set[tuple[Any, ...]]]
Damage = Callable[[random.Random, Path], None]


def clock(boot: str = "boot-9") -> SimClock:
    """A day on which everything in the record is known."""
    return SimClock(t_ms=50_000_000, boot_id=boot)


def fill(data: Path, sessions: int = 24) -> None:
    """A record in which every table has rows, and two persons of whom each newest plan is the stricter one."""
    at = clock("boot-1")
    store = Store.open(data, at, LIMITS)
    store.put(StateRow("device_id", "FK-7Q2M"), StateRow(BOUND, PARETIC.code))
    for who in (PARETIC, SYNKINETIC):
        store.put(person_row(replace(who, permissions=(Permission.NECK,))))
        store.put(person_row(who), PermissionRow(who.code, "neck", "no", "therapist-1"))
        store.put(person_row(replace(who, locked=("quiet-control",), pain_locked=who is SYNKINETIC)))
        store.put(InjectionRow(who.code, "2026-01-06", "eyes", "2026-09-01", "therapist-1"))
        store.put(ScoreRow(patient_code=who.code, scale="saq", scored_on="2026-01-06", by="therapist-1", value=60.5))
    for slot in ("therapist-1", "nurse-1"):
        store.put(StaffRow(slot, slot.split("-")[0], "One", SALT.hex(), hash_pin("135792", SALT)), PinTriesRow(slot, 1))
    for n in range(sessions):
        name, who, moves = f"s{n:04}", (PARETIC, SYNKINETIC)[n % 2], ("first-movements", "quiet-control")[n % 2]
        programme = moves if n >= sessions - 4 else "relax"
        start = 40_000_000 + n * 300_000
        store.put(
            session(name, at, patient_code=who.code, programme=programme, start_boot_ms=start, end_reason="completed",
                    end_boot_ms=start + 200_000, pain_before_0_3=0)
        )  # fmt: skip
        store.put(*(step(order, name, start_boot_ms=start, end_boot_ms=start + 9_000) for order in range(4)))
        store.put(*(repetition(number, order, name, start) for order in range(4) for number in range(3)))
        store.put(RatingRow(name, "tightness.eyes", 2.0, "0_3"), EventRow("info", "card", "eye-care", who.code))
        store.put(ReplayRow(name, 0, 0, b"\7" * 300), ClipRow(name, 0, 0, f"{who.code}/{name}.mp4", 5, "ab" * 32, True))
        store.put(SetItemRow(session_id=name, item="smile", asked=True, lines="f1/0,1:2,3", by="therapist-1"))
        store.put(InboxRow(f"line.{n}", who.code, "saw-movement"), InboxSeen("nurse-1", f"line.{n}"))
    store.put(ExportRow(seq=1, package="FK", selection="ALL", since_seq=0, seq_to=9, protection="none", verified=True))
    assert store.close(PATIENCE_S)


def rows_of(path: Path | sqlite3.Connection) -> Rows:
    """What a plain reader gets: every table, row by row, until it is told to stop."""
    found: Rows = {kind.TABLE: set() for kind in ROWS}
    connection = path if isinstance(path, sqlite3.Connection) else sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    connection.text_factory = text_of
    try:
        for kind in ROWS:
            names = ", ".join(f'"{name}"' for name in kind.__struct_fields__)
            try:
                for line in connection.execute(f'SELECT {names} FROM "{kind.TABLE}"'):  # noqa: S608 our own names
                    found[kind.TABLE].add(line)
            except (sqlite3.Error, UnicodeDecodeError, OverflowError):
                continue
    finally:
        connection.close()
    return found


def key_of(kind: type[Row], row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The key of a row as ``rows_of`` has it."""
    return tuple(row[kind.__struct_fields__.index(name)] for name in kind.KEY)


def laid_aside(data: Path) -> dict[str, set[tuple[Any, ...]]]:
    """The keys of the rows that were kept aside, by table."""
    found: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    connection = sqlite3.connect(data / "kiosk.db")
    for table, content in connection.execute("SELECT table_name, content FROM set_aside"):
        (key,) = (kind.KEY for kind in ROWS if table == kind.TABLE)
        found[table].add(tuple(json.loads(content)[name] for name in key))
    connection.close()
    return found


def recovered(data: Path) -> Rows:
    """What sqlite3's own ``.recover`` gets; nothing where it is not installed or, as in Debian 12, does not work."""
    if RECOVER is None:
        return {}
    script = subprocess.run(
        [RECOVER, str(data / "kiosk.db"), ".recover"], capture_output=True, timeout=PATIENCE_S, check=False
    )
    connection = sqlite3.connect(":memory:")
    for statement in _statements(script.stdout.decode("utf-8", "replace")):
        try:
            connection.execute(statement)
        except (sqlite3.Error, sqlite3.Warning):
            continue
    return rows_of(connection)


def _statements(script: str) -> Iterator[str]:
    text = ""
    for line in script.splitlines(keepends=True):
        text += line
        if sqlite3.complete_statement(text):
            yield text
            text = ""


# Ways to damage it. Each gets the dice and the data folder.


def _change(data: Path, change: Callable[[bytearray], None], name: str = "kiosk.db") -> None:
    whole = bytearray((data / name).read_bytes())
    change(whole)
    (data / name).write_bytes(whole)


def flips(dice: random.Random, data: Path) -> None:
    """One to eight bits, anywhere."""

    def flip(whole: bytearray) -> None:
        for _ in range(dice.randint(1, 8)):
            whole[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)

    _change(data, flip)


def sectors(dice: random.Random, data: Path) -> None:
    """One to three sectors of anything."""

    def shred(whole: bytearray) -> None:
        for _ in range(dice.randint(1, 3)):
            size = dice.choice([512, PAGE])
            at = dice.randrange(0, len(whole) - size + 1, 512)
            whole[at : at + size] = dice.randbytes(size)

    _change(data, shred)


def zeros(dice: random.Random, data: Path) -> None:
    """A range of zeros: 512 bytes to three pages."""

    def clear(whole: bytearray) -> None:
        size = dice.choice([512, 1024, PAGE, 3 * PAGE])
        at = dice.randrange(0, len(whole) - size + 1, 512)
        whole[at : at + size] = bytes(size)

    _change(data, clear)


def swaps(dice: random.Random, data: Path) -> None:
    """Two pages in each other's place."""

    def swap(whole: bytearray) -> None:
        one, two = (n * PAGE for n in dice.sample(range(len(whole) // PAGE), 2))
        whole[one : one + PAGE], whole[two : two + PAGE] = whole[two : two + PAGE], whole[one : one + PAGE]

    _change(data, swap)


def cut(dice: random.Random, data: Path) -> None:
    """The end is missing: one byte, or any part."""
    size = (data / "kiosk.db").stat().st_size
    left = size - dice.choice([1, 100, PAGE, 3 * PAGE + 7, dice.randrange(1, size)])
    _change(data, lambda whole: whole.__delitem__(slice(left, None)))


def schema(dice: random.Random, data: Path) -> None:
    """One wrong letter in the text of the schema."""

    def misspell(whole: bytearray) -> None:
        places = [at for at in range(PAGE * 30) if at < len(whole) and chr(whole[at]).islower()]
        texts = [at for at in places if _in_schema(whole, at)]
        whole[dice.choice(texts)] = ord(dice.choice("abcdefghijklmnopqrstuvwxyz"))

    _change(data, misspell)


def _in_schema(whole: bytearray, at: int) -> bool:
    around = bytes(whole[max(0, at - 400) : at + 400])
    return b"CREATE T" in around and whole[at // PAGE * PAGE + (100 if at < PAGE else 0)] in (5, 13)


def cell(dice: random.Random, data: Path) -> None:
    """One cell of one column is what it never was given: no UTF-8, no word, or a number out of all bounds."""
    kind = dice.choice([kind for kind in ROWS if kind.TABLE not in ("erasures", "doubts")])
    spoil(data, kind.TABLE, dice.choice(kind.__struct_fields__), dice)


def spoil(data: Path, table: str, column: str, dice: random.Random, text: str = "") -> None:
    """Spoil one cell of this column, in a row by chance; with ``text``, where it holds one."""
    connection = sqlite3.connect(data / "kiosk.db")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    kinds = {name: kind for _, name, kind, *_ in connection.execute(f'PRAGMA table_info("{table}")')}
    bad = {
        "TEXT": text or dice.choice(["CAST(x'ff41fe' AS TEXT)", "'not a word!'", "'{\"broken'", "'zzz'"]),
        "INTEGER": "9223372036854775806",
        "REAL": "-1e300",
        "BLOB": "x'00'",
    }[kinds[column]]
    (count,) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
    place = f'SELECT _rowid_ FROM "{table}" LIMIT 1 OFFSET {dice.randrange(count)}'  # noqa: S608
    connection.execute(f'UPDATE OR IGNORE "{table}" SET "{column}" = {bad} WHERE _rowid_ IN ({place})')  # noqa: S608
    connection.commit()
    connection.close()


def torn(dice: random.Random, data: Path) -> None:
    """The journal is cut, or a sector of it is anything, with rows in it that the database has not got yet."""
    connection = sqlite3.connect(data / "kiosk.db", isolation_level=None)
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    for n in range(40):
        connection.execute("INSERT INTO state VALUES (?, 'x')", (f"late.{n}",))
    for name in ("kiosk.db", "kiosk.db-wal"):
        shutil.copyfile(data / name, data / f"{name}.kept")
    connection.close()
    for name in ("kiosk.db", "kiosk.db-wal"):
        (data / f"{name}.kept").replace(data / name)
    size = (data / "kiosk.db-wal").stat().st_size
    if dice.random() < 0.5:
        _change(data, lambda whole: whole.__delitem__(slice(dice.randrange(size), None)), "kiosk.db-wal")
    else:
        at = dice.randrange(0, size - 512)
        _change(data, lambda whole: whole.__setitem__(slice(at, at + 512), dice.randbytes(512)), "kiosk.db-wal")
    if dice.random() < 0.5:
        flips(dice, data)


KINDS: dict[str, Damage] = {
    found.__name__: found for found in (flips, sectors, zeros, swaps, cut, schema, cell, torn)
}  # fmt: skip


@dataclass
class Found:
    """What became of the records of one kind. Shares are of rows as they were before the damage."""

    runs: int = 0
    set_aside: int = 0
    kept: int = 0
    """In their tables; ``aside``: as JSON, because the row that they belong to is lost."""
    aside: int = 0
    plain: int = 0
    both: int = 0
    recover: int = 0
    worst_s: float = 0.0
    faults: list[str] = field(default_factory=list)


@dataclass
class Bench:
    """``whole``: a filled folder, copied for each run."""

    whole: Path
    compare: bool = True
    before: Rows = field(default_factory=dict)
    opened: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.before = rows_of(self.whole / "kiosk.db")
        self.opened = self._allowed(self.whole)
        assert all(self.before[kind.TABLE] for kind in ROWS if kind.TABLE not in ("erasures", "doubts"))

    def run(self, kind: str, seed: int, found: Found) -> None:
        """Damage a copy of the record, open it, and judge."""
        with TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            shutil.copytree(self.whole, data, ignore=shutil.ignore_patterns("*.lock"))
            dice = random.Random(f"{kind}{seed}")
            if dice.random() < 0.5:
                (data / "staff.json").unlink()  # as a record of before there was the copy
            KINDS[kind](dice, data)
            copy = Path(folder) / "plain"
            shutil.copytree(data, copy)
            plain = self._true(rows_of(copy / "kiosk.db"))
            found.plain += sum(map(len, plain.values()))
            if self.compare:
                found.recover += sum(len(rows) for rows in self._true(recovered(copy)).values())
            found.runs += 1
            began = time.process_time()  # all threads of it: a busy machine does not count
            faults = list(self._judge(data))
            found.worst_s = max(found.worst_s, time.process_time() - began)
            found.faults += [f"{kind} {seed}: {fault}" for fault in faults]
            found.set_aside += (data / "quarantine").exists()
            kept = self._true(rows_of(data / "kiosk.db"))
            found.kept += sum(map(len, kept.values()))
            aside = laid_aside(data)
            found.aside += sum(len(keys) for keys in aside.values())
            for kind_of in ROWS:
                table = kind_of.TABLE
                found.both += len(kept[table] & plain[table])
                found.both += sum(key_of(kind_of, row) in aside[table] for row in plain[table] - kept[table])

    def _true(self, rows: Rows) -> Rows:
        return {table: found & self.before[table] for table, found in rows.items()}

    def _judge(self, data: Path) -> Iterator[str]:
        store = Store.open(data, clock(), LIMITS, wait=False)
        try:
            if not store._writer.opened.wait(PATIENCE_S):
                yield "it does not open"
                return
            store.begin()
            store.look_through()
            store.event("info", "after")
            if not store.looked_through(PATIENCE_S):
                yield "it was not looked through"
            if not store.flush(PATIENCE_S):
                yield f"nothing is stored ({store.problem})"
            reader = store.read()
            if not reader.staff() and not reader.staff_lost():
                yield "whoever stands there can become the first therapist"
            elif (place := desk_place(store, data)) is StaffPlace.FIRST:
                yield f"the desk opens at {place}"
            if more := self._allowed(data, store) - self.opened:
                yield f"opened what was closed: {sorted(more)}"
        finally:
            if not store.close(PATIENCE_S):
                yield "rows were left behind"

    def _allowed(self, data: Path, store: Store | None = None) -> set[tuple[str, str]]:
        """Whom the rules let begin what."""
        own = store or Store.open(data, clock(), LIMITS)
        own.looked_through(PATIENCE_S)
        reader, at = own.read(), instant(clock())
        found = set()
        for code in (PARETIC.code, SYNKINETIC.code):
            person = known_person(reader, code)
            day = today(reader, LIBRARY, person or Person(code=code), at)
            found |= {(code, one.id) for one in LIBRARY.programmes.values() if may(person, one, day).open}
        if store is None:
            own.close(PATIENCE_S)
        return found


def desk_place(store: Store, data: Path) -> StaffPlace | None:
    """Where the desk of a whole kiosk opens; None: it does not open now. Home has been shown before."""
    at = clock()
    camera, sound, workshop = (
        SimCamera(at, paths.assets() / "demo" / "face.mp4", kept=1),
        SimSound(at),
        Workshop(aside=False),
    )
    try:
        ports = Ports(clock=at, store=store, sound=sound, camera=camera, lights=SimLights(), workshop=workshop)
        runtime = Runtime(ports, Settings(), LIBRARY, paths.assets(), (), data=data)
        runtime.scene(at.now_ms())
        runtime.hear(Chord(at.now_ms()), at.now_ms())
        runtime.scene(at.now_ms())
        mode = runtime._mode
        return mode.state.place if isinstance(mode, StaffMode) else None
    finally:
        camera.close()
        workshop.close()


def main(runs: int) -> None:
    """Print the table."""
    found: dict[str, Found] = defaultdict(Found)
    with TemporaryDirectory() as folder:
        fill(Path(folder))
        bench = Bench(Path(folder))
        rows = sum(map(len, bench.before.values()))
        for seed in range(-(-runs // len(KINDS))):
            for kind in KINDS:
                bench.run(kind, seed, found[kind])
    lines = [
        f"{rows} rows in {len(bench.before)} tables; shares are of the rows before the damage",
        "| damage | records | set aside | kept | aside | plain SELECTs | .recover | of plain's | most s | faults |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    total = Found()
    for kind, one in [*found.items(), ("all", total)]:
        if kind != "all":
            for name in ("runs", "set_aside", "kept", "aside", "plain", "both", "recover", "faults"):
                setattr(total, name, getattr(total, name) + getattr(one, name))
            total.worst_s = max(total.worst_s, one.worst_s)
        whole = one.runs * rows
        counts = (one.kept, one.aside, one.plain, one.recover if one.recover else None)
        shares = " | ".join("not to be had" if n is None else f"{100 * n / whole:.1f} %" for n in counts)
        share = f"{100 * one.both / max(1, one.plain):.2f} %"
        told = (kind, one.runs, one.set_aside, shares, share, f"{one.worst_s:.2f}", len(one.faults))
        lines.append(f"| {' | '.join(map(str, told))} |")
    sys.stdout.write("\n".join([*lines, *total.faults[:40], ""]))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
