"""How things grow: ``python -m tests.bench.growth FOLDER`` measures and draws a curve each, as SVG, for docs/growth.md.

With a name only that is measured anew: ``merge``, which takes ten minutes, or ``years``, all others. What is not stays
as ``growth.json`` has it.

Processor time of this process, the least of some rounds: what else the machine does makes none less.
"""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import click

from kiosk.bedside.looking_back import looked_back
from kiosk.bedside.persons import bound_person
from kiosk.bedside.sessions import today
from kiosk.clinic.database import open_clinic
from kiosk.clinic.merge import MergeOutcome, merge
from kiosk.clock import ClockStatus, SimClock, instant
from kiosk.home.looking_back import weeks_back
from kiosk.package.protection import Keys
from kiosk.records.reader import Reader
from kiosk.records.store import Store
from kiosk.rows.kinds import ExportRow, Row, StateRow
from tests.care.people import shipped
from tests.package.made import FIRST_DAY, code, exported, lived, put, record
from tests.records.five_years import A_DAY, years

YEARS = (0.02, 1, 2, 3, 5, 7, 10)
PACKAGES = (1, 10, 100, 1_000, 3_000, 10_000)
ROUNDS = 3
LAST = 9
"""Newest packages whose least time stands for all of them: one meets a checkpoint, another a full page."""
PATIENCE_S = 60.0
WIDTH, HEIGHT, EDGE = 640, 300, 60

Curve = Sequence[tuple[float, float]]


def least_ms(ask: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Processor time, ms."""
    found = []
    for _ in range(rounds):
        began = time.process_time()
        ask()
        found.append((time.process_time() - began) * 1_000)
    return min(found)


def _opened(data: Path) -> float:
    found = []
    for _ in range(ROUNDS):
        began = time.process_time()
        store = Store.open(data, SimClock(), wait=False)
        while not store.begun:
            time.sleep(0.0005)
        store.begin()
        found.append((time.process_time() - began) * 1_000)
        store.close(PATIENCE_S)
    return min(found)


def _home(data: Path, sessions: int) -> float:
    at = instant(SimClock(wall=FIRST_DAY + timedelta(days=sessions // A_DAY, hours=1), trust=ClockStatus.NTP))
    reader, library = Reader(data), shipped()
    person = bound_person(reader)
    assert person is not None

    def ask() -> None:
        day = today(reader, library, person, at)
        looked_back(reader, library, person.code, weeks_back(day))
        reader.interrupted_session(person.code)
        reader.anything_unlooked()

    ask()  # the times of all boots are read once a start
    took = least_ms(ask)
    reader.close()
    return took


def _inbox(data: Path) -> float:
    reader = Reader(data)
    took = least_ms(lambda: (reader.inbox("nurse-1"), reader.last_entered(), reader.audit(100)))
    reader.close()
    return took


def _since_last(data: Path, to: Path, sessions: int) -> float:
    """What came in the last week, after a package that held all before."""
    connection = sqlite3.connect(data / "kiosk.db")
    (newest,) = connection.execute("SELECT max(seq) FROM events").fetchone()
    before = max(0, newest - 7 * A_DAY * 3)
    rows: list[Row] = [
        StateRow("device_id", "05e0b6c3"),
        ExportRow(seq=1, package="x", selection="ALL", since_seq=0, seq_to=before, protection="none", verified=True),
    ]
    put(connection, rows)
    # As a kiosk has it: a session changed under its own number.
    connection.execute(
        "UPDATE session_changes SET seq = (SELECT seq FROM sessions s WHERE s.session_id = session_changes.session_id)"
    )
    connection.execute("INSERT OR REPLACE INTO counters (name, value) VALUES ('seq', ?)", (newest,))
    connection.commit()
    connection.close()
    return least_ms(lambda: exported(data, to / str(time.monotonic_ns()), since_last=True), 2)


def _merged(folder: Path) -> Curve:
    """Milliseconds for the last of so many packages, each of another kiosk and person, three sessions; one process.


    None is kept: ten thousand would be a third of a gigabyte.
    """
    data, person = record(folder / "k", lived()), code(0)
    found: list[float] = []
    with open_clinic(folder / "clinic.db") as clinic, closing(sqlite3.connect(data / "kiosk.db")) as kiosk:
        for number in range(max(PACKAGES)):
            was, person = person, code(number)
            _lived_elsewhere(kiosk, f"{number:08x}", was, person)
            package = exported(data, folder / "p").made.place
            began = time.process_time()
            (taken,) = merge(clinic, [package], Keys(), 0)
            found.append((time.process_time() - began) * 1_000)
            assert taken.outcome is MergeOutcome.MERGED
            shutil.rmtree(folder / "p")
            if number + 1 in PACKAGES:
                click.echo(f"merge {number + 1}: {min(found[-LAST:]):.1f} ms", err=True)
    return [(number, min(found[max(0, number - LAST) : number])) for number in PACKAGES]


def _lived_elsewhere(kiosk: sqlite3.Connection, device: str, was: str, person: str) -> None:
    """The same record as another kiosk has it, of another person."""
    with kiosk:
        kiosk.execute("UPDATE state SET value = ? WHERE key = 'device_id'", (device,))
        for table in ("persons", "permissions", "sessions", "events"):
            kiosk.execute(f"UPDATE {table} SET patient_code = ?", (person,))  # noqa: S608 our own names
        kiosk.execute("UPDATE persons SET profile = replace(profile, ?, ?)", (was, person))


def _lived_for_years(folder: Path) -> dict[str, Curve]:
    """Every curve over years: (years, ms of processor time)."""
    curves: dict[str, list[tuple[float, float]]] = {"start": [], "home": [], "inbox": [], "export": []}
    for number in YEARS:
        sessions = max(A_DAY * 7, round(number * 365) * A_DAY)
        data = record(folder / f"y{number:g}", years(sessions))
        curves["start"].append((number, _opened(data)))
        curves["home"].append((number, _home(data, sessions)))
        curves["inbox"].append((number, _inbox(data)))
        curves["export"].append((number, _since_last(data, folder, sessions)))
        click.echo(f"{number:g} years: " + ", ".join(f"{n} {c[-1][1]:.1f} ms" for n, c in curves.items()), err=True)
        shutil.rmtree(data)
    return dict(curves)


def drawn(title: str, curve: Curve, along: str, *, by_powers: bool = False) -> str:
    """The curve as SVG: from nought, so that what is flat looks flat; ``by_powers``: ten times more is one step on."""
    most_x, most_y = max(x for x, _ in curve), max(y for _, y in curve) * 1.25

    def at(x: float, y: float) -> tuple[float, float]:
        part = math.log10(max(1.0, x)) / math.log10(most_x) if by_powers else x / most_x
        return EDGE + part * (WIDTH - 2 * EDGE), HEIGHT - EDGE - y / most_y * (HEIGHT - 2 * EDGE)

    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*place) for place in curve))
    marks = "".join(
        f'<circle cx="{at(x, y)[0]:.1f}" cy="{at(x, y)[1]:.1f}" r="3"/>'
        f'<text x="{at(x, y)[0]:.1f}" y="{at(x, y)[1] - 9:.1f}" text-anchor="middle">{y:.3g}</text>'
        for x, y in curve
    )
    ticks = "".join(
        f'<text x="{at(x, 0)[0]:.1f}" y="{HEIGHT - EDGE + 18}" text-anchor="middle">{x:,g}</text>'
        for x, _ in curve[not by_powers :]
    )
    (left, bottom), (right, _) = at(0, 0), at(most_x, 0)
    axes = f'<path d="M{left:.0f} {EDGE / 2:.0f} V{bottom:.0f} H{right + 10:.0f}" fill="none" stroke="#888"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        f' font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<text x="{EDGE}" y="20" font-size="14">{title}, ms of processor time</text>{axes}'
        f'<polyline points="{points}" fill="none" stroke="#1565a0" stroke-width="2"/><g fill="#123">{marks}{ticks}</g>'
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 18}" text-anchor="middle">{along}</text></svg>\n'
    )


TITLES: Mapping[str, tuple[str, str]] = {
    "start": ("Opening the record at a start", "years of five sessions a day"),
    "home": ("Gathering the home", "years of five sessions a day"),
    "inbox": ("Gathering the inbox and the log at the desk", "years of five sessions a day"),
    "export": ("Export of the last week since the last package", "years of five sessions a day"),
    "merge": ("Merging one more package of three sessions", "packages in the clinic's database"),
}


MEASURES: Mapping[str, Callable[[Path], dict[str, Curve]]] = {
    "years": _lived_for_years,
    "merge": lambda folder: {"merge": _merged(folder)},
}


def main(to: Path, names: Sequence[str] = ()) -> None:
    """Measure, and write a picture and the numbers for each curve."""
    to.mkdir(parents=True, exist_ok=True)
    kept = to / "growth.json"
    curves: dict[str, Curve] = json.loads(kept.read_text(encoding="utf-8")) if names else {}
    with tempfile.TemporaryDirectory(prefix="kiosk-growth-") as folder:
        for name in names or MEASURES:
            curves |= MEASURES[name](Path(folder))
    for name, (title, along) in TITLES.items():
        picture = drawn(title, curves[name], along, by_powers=name == "merge")
        (to / f"growth-{name}.svg").write_text(picture, encoding="utf-8")
    kept.write_text(json.dumps(curves, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
