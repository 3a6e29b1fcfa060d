"""Merging at the clinic: eight packages of 500 sessions each, read, verified and written, beside a raw insert."""

from __future__ import annotations

import os
import resource
import sqlite3
import time
import traceback
from datetime import UTC
from pathlib import Path
from typing import Any

from tests.bench.against import Compared, answer, spending
from tests.bench.against.export import named, record

NAME = "Merging eight packages of 500 sessions at the clinic"
RAW = "executemany of the same rows, unverified, out of memory"
CPU = "s of processor time"
ROWS = (
    # 1.0 was wanted; f456959 did not look into the FHIR bundle yet, which is nine tenths of a package's bytes.
    Compared(f"{NAME}, on two cores", "wall_s", "s", at_least=0.5, peer="raw_s", peer_name=RAW),
    # What others run beside it says nothing here; with nothing beside it, it is the time on two cores.
    Compared(f"{NAME}: half of all its work", "half_s", CPU, at_least=0.75, peer="raw_cpu_s", peer_name=RAW),
    # All that one core must do by itself, however many there are: what is left of the time on a large computer.
    Compared(f"{NAME}: what writes", "writer_s", CPU, at_least=1.6, peer="raw_cpu_s", peer_name=RAW),
)
ROUNDS = 3
KIOSKS, SESSIONS = 8, 500


def measure() -> dict[str, float]:
    """The packages are made first, by whichever kiosk is there, and then merged into a new file."""
    open_clinic = named("open_clinic", "kiosk.clinic.database", "kiosk.handover.clinic")
    merge = named("merge", "kiosk.clinic.merge", "kiosk.handover.merge")
    keys = named("Keys", "kiosk.package.protection", "kiosk.handover.keys")()
    packages = _packages()
    # First, as in the command: a process that has much in memory, or threads of libraries, starts others more slowly.
    with open_clinic(Path("clinic.db")) as clinic:
        before = _own_s()
        with spending() as spent:
            outcomes = [taken.outcome.value for taken in merge(clinic, packages, keys)]
        writer_s = _own_s() - before
    if outcomes != ["merged"] * KIOSKS:
        raise RuntimeError(f"not merged: {outcomes}")
    tables, rows = _rows(packages, keys)
    raw_s, raw_cpu_s = _inserted(tables, rows)
    half_s = spent.cpu_s / 2
    return spent.numbers(
        half_s=half_s, writer_s=writer_s, raw_s=raw_s, raw_cpu_s=raw_cpu_s, rows=sum(map(len, rows.values()))
    )


def _own_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _packages() -> list[Path]:
    """The package of each kiosk, made in another process, which has loaded more than merging needs."""
    pid = os.fork()
    if pid == 0:
        try:
            for number in range(KIOSKS):
                _package(number)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        raise RuntimeError("the packages could not be made")
    return sorted(Path().glob("out-*/FK_*"))


def _package(number: int) -> None:
    """The package of a kiosk of its own name."""
    data, out = Path(f"data-{number}"), Path(f"out-{number}")
    record(data, SESSIONS)
    connection = sqlite3.connect(data / "kiosk.db")
    with connection:
        connection.execute("UPDATE state SET value = ? WHERE key = 'device_id'", (f"b{number:07x}",))
    connection.close()
    out.mkdir()
    export = named("export", "kiosk.package.export", "kiosk.handover.exporting")
    wish = named("Wish", "kiosk.package.export", "kiosk.handover.exporting")
    protection = named("Protection", "kiosk.package.protection", "kiosk.handover.protect")
    target = named("FolderTarget", "kiosk.package.target", "kiosk.handover.target")

    def least(_row_at: Any, lowest: int) -> int:
        return lowest

    wanted = wish(None, False, protection(), "therapist-1", "CLIN")
    export(data, target(out), wanted, (), UTC, lambda _rows: None, least)


def _rows(packages: list[Path], keys: Any) -> tuple[Any, dict[str, list[tuple[Any, ...]]]]:
    opened_by = named("Package", "kiosk.package.read", "kiosk.handover.reading")
    tables = named("TABLES", "kiosk.package.schema", "kiosk.handover.schema")
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in tables}
    for path in packages:
        with opened_by(path, keys) as package:
            for name in tables:
                rows[name] += package.rows(name)
    return tables, rows


def _inserted(tables: Any, rows: dict[str, list[tuple[Any, ...]]]) -> tuple[float, float]:
    """The fastest that Python's sqlite3 does with them: one transaction, empty tables with the same keys."""
    connection = sqlite3.connect("raw.db")
    for table in tables.values():
        columns, key = (", ".join(f'"{name}"' for name in names) for names in (table.names, table.key))
        connection.execute(f'CREATE TABLE "{table.name}" ({columns}, PRIMARY KEY ({key}))')
    began, began_cpu = time.perf_counter(), time.process_time()
    with connection:
        for name, some in rows.items():
            marks = ", ".join("?" * len(tables[name].columns))
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', some)  # noqa: S608 our own names
    took = time.perf_counter() - began, time.process_time() - began_cpu
    connection.close()
    return took


if __name__ == "__main__":
    answer(measure())
