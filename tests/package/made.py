"""Records that were never lived: databases of any size, made in one go, and what a package of them holds."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlite_utils import Database

from kiosk.care.consent import new_code
from kiosk.care.model import Side, Stage
from kiosk.care.person import Person
from kiosk.clock import SimClock, instant
from kiosk.package.export import Exported, Wish, export
from kiosk.package.protection import Protection
from kiosk.package.target import FolderTarget, Target
from kiosk.package.write import PeopleFile
from kiosk.records.append import claim
from kiosk.records.migrations import migrations
from kiosk.rows.kinds import (
    AnchorRow,
    BootRow,
    EventRow,
    ExportRow,
    PermissionRow,
    PersonRow,
    RatingRow,
    RepetitionRow,
    Row,
    SessionRow,
    StateRow,
    StepRow,
    utc_text,
)

BERLIN = ZoneInfo("Europe/Berlin")
OPEN = Protection()
FIRST_DAY = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
GAP_H = 8
STEPS, REPETITIONS = 10, 5


def code(number: int) -> str:
    """The code of the person with this number."""
    return new_code(number * 7919 + 12345)


def empty(data: Path) -> sqlite3.Connection:
    """A record without a row, in ``data``."""
    data.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(data / "kiosk.db")
    connection.execute("PRAGMA journal_mode = WAL")
    migrations.apply(Database(connection))
    return connection


def put(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Rows as they are, with their own numbers and revisions."""
    for row in rows:
        values = row.columns()
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f":{name}" for name in values)
        connection.execute(f'INSERT INTO "{row.TABLE}" ({names}) VALUES ({marks})', values)  # noqa: S608
    connection.commit()


def person_row(patient: str, stage: Stage = Stage.PARETIC) -> PersonRow:
    person = Person(code=patient, stage=stage, side=Side.LEFT)
    return PersonRow(
        patient_code=patient,
        revision=1,
        valid_from_utc=utc_text(FIRST_DAY),
        stage=stage.value,
        affected_side="left",
        profile=msgspec.json.encode(person).decode(),
    )


def lived(people: int = 1, sessions: int = 3, *, steps: int = STEPS, seed: int = 1) -> Iterator[Row]:
    """A record of so many people with so many sessions each, two events after each session, a boot a week."""
    chance = random.Random(seed)
    yield StateRow("device_id", "05e0b6c3")
    for number in range(people):
        yield person_row(code(number))
        yield PermissionRow(code(number), "stage", "paretic", "therapist-1", utc_text(FIRST_DAY), "", 1)
    seq = 0
    for index in range(people * sessions):
        boot, start_ms = f"boot-{index // 21}", 60_000 + (index % 21) * GAP_H * 3_600_000
        wall = FIRST_DAY + timedelta(hours=GAP_H * index)
        if index % 21 == 0:
            yield AnchorRow(boot, 1_000, utc_text(wall), "ntp")
            yield BootRow(boot, index // 21, 1_000, 200 * 3_600_000)
        seq += 1
        name = f"{index:08x}{chance.randrange(1 << 32):08x}"
        yield SessionRow(
            session_id=name,
            patient_code=code(index % people),
            seq=seq,
            programme="first-movements",
            programme_version=1,
            boot_id=boot,
            start_boot_ms=start_ms,
            end_boot_ms=start_ms + 600_000,
            start_utc=utc_text(wall),
            end_utc=utc_text(wall + timedelta(minutes=10)),
            clock_status="ntp",
            wall_uncertainty_s=0.0,
            planned_steps_count=steps,
            done_steps_count=steps,
            active_duration_s=chance.uniform(100, 500),
            end_reason=chance.choice(("completed", "completed", "stopped", "power_loss")),
            stop_reason="",
            view_mode="mirror",
            camera_used=True,
            pain_before_0_3=chance.randrange(4),
            tiredness_0_3=chance.randrange(4),
            stage="paretic",
            affected_side="left",
            app_version="0.1.0",
            revision=3,
        )
        yield from _steps(name, steps, start_ms, chance)
        yield RatingRow(name, "tightness.eyes", float(chance.randrange(4)), "0_3", 1)
        for event in ("card", "camera"):
            seq += 1
            yield EventRow(
                "info", event, "lost", code(index % people), seq, boot, start_ms + 700_000, utc_text(wall), "ntp"
            )


def _steps(name: str, steps: int, start_ms: int, chance: random.Random) -> Iterator[Row]:
    for order in range(steps):
        yield StepRow(
            session_id=name,
            order=order,
            exercise="smile-small",
            region="mouth",
            side="both",
            planned_repetitions_count=REPETITIONS,
            done_repetitions_count=REPETITIONS,
            hold_target_s=3.0,
            start_boot_ms=start_ms + order * 50_000,
            end_boot_ms=start_ms + order * 50_000 + 45_000,
            revision=2,
        )
        for number in range(REPETITIONS):
            yield RepetitionRow(
                session_id=name,
                step_order=order,
                repetition=number,
                t_boot_ms=start_ms + order * 50_000 + number * 9_000,
                hold_s=3.0,
                excursion_left_mm=round(chance.uniform(0, 12), 2),
                excursion_right_mm=round(chance.uniform(0, 12), 2),
                symmetry_ratio=round(chance.random(), 3),
                onset_lag_ms=chance.randrange(-200, 200),
                peak_speed_mm_s=round(chance.uniform(0, 60), 2),
                quality="good",
                revision=1,
            )


def record(data: Path, rows: Iterable[Row]) -> Path:
    """A data folder that holds ``rows``."""
    connection = empty(data)
    put(connection, rows)
    seq = connection.execute(
        "SELECT max(coalesce((SELECT max(seq) FROM events), 0), coalesce((SELECT max(seq) FROM sessions), 0))"
    ).fetchone()[0]
    connection.execute("INSERT OR REPLACE INTO counters VALUES ('seq', ?)", (seq,))
    connection.execute("UPDATE session_changes SET seq = ?", (seq,))
    connection.execute("UPDATE person_changes SET seq = ?", (seq,))
    connection.commit()
    connection.close()
    return data


def unheard(_anything: object) -> None:
    """Whoever is told something and does nothing with it."""


def exported(
    data: Path,
    to: Path,
    protection: Protection = OPEN,
    *,
    code: str | None = None,
    since_last: bool = False,
    documents: tuple[PeopleFile, ...] = (),
    target: Target | None = None,
    **more: Any,
) -> Exported:
    """An export that tells nobody."""
    to.mkdir(exist_ok=True)
    wish = Wish(code, since_last, protection, "therapist-1", "CLIN")
    note = more.pop("note", None)

    def numbered(row_at: Callable[[int], ExportRow], least: int) -> int:
        return least if note is None else claim(data, row_at, least, instant(SimClock()))

    numbered = more.pop("claim", numbered)
    return export(data, target or FolderTarget(to), wish, documents, BERLIN, note or unheard, numbered, **more)
