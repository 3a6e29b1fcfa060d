"""The export of a person-year: 1,000 sessions, 64,000 rows, under five words, with the report and the workbook."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.bench.against import Compared, answer, spending

NAME = "Export of a person-year (1,000 sessions, 64,000 rows, a passphrase)"
ROWS = (
    Compared(NAME, "cpu_s", "s of processor time", at_most=0.45),
    Compared(f"{NAME}, on two cores", "wall_s", "s", at_most=0.3),
    Compared(f"{NAME}, its largest process", "peak_mb", "MB", at_most=0.75),
)
SESSIONS, STEPS, REPETITIONS = 1_000, 10, 5
WORDS = "five words that nobody knows"
FIRST_DAY = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def measure() -> dict[str, float]:
    """A new process exports, as ``kiosk export`` does: what it loads is counted; the record was made by another one."""
    data, out = Path("data"), Path("out")
    _beside(lambda: record(data))
    out.mkdir()
    with spending() as spent:
        made = exported(data, out)
    return spent.numbers(rows=made.rows, bytes=made.size)


def _beside(work: Callable[[], None]) -> None:
    """In a process of its own, whose memory is not this one's; it has ended then."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    if os.waitpid(pid, 0)[1]:
        raise RuntimeError("the record could not be made")


def named(name: str, *modules: str) -> Any:
    """What is called ``name`` in the first of ``modules`` that has it: today's and f456959's names."""
    for module in modules:
        try:
            return getattr(import_module(module), name)
        except (ModuleNotFoundError, AttributeError):
            continue
    raise RuntimeError(f"{name} is in none of {', '.join(modules)}")


def exported(data: Path, out: Path) -> Any:
    """The package, made by whichever kiosk is there; the record is told of nothing."""
    export = named("export", "kiosk.package.export", "kiosk.handover.exporting")
    wish = named("Wish", "kiosk.package.export", "kiosk.handover.exporting")
    protection = named("Protection", "kiosk.package.protection", "kiosk.handover.protect")
    target = named("FolderTarget", "kiosk.package.target", "kiosk.handover.target")
    papers = named("documents", "kiosk.report.papers", "kiosk.handover.documents")

    def least(_row_at: Any, number: int) -> int:
        return number

    wanted = wish(None, False, protection(WORDS), "therapist-1", "CLIN")
    return export(data, target(out), wanted, papers(), UTC, lambda _rows: None, least).made


def record(data: Path, sessions: int = SESSIONS) -> None:
    """One person's sessions, two events after each, a boot a week: the same rows for both kiosks."""
    database = import_module("sqlite_utils").Database
    data.mkdir()
    connection = sqlite3.connect(data / "kiosk.db")
    connection.execute("PRAGMA journal_mode = WAL")
    named("migrations", "kiosk.records.migrations").apply(database(connection))
    for row in _rows(sessions):
        values = row.columns()
        names, marks = ", ".join(f'"{name}"' for name in values), ", ".join(f":{name}" for name in values)
        connection.execute(f'INSERT INTO "{row.TABLE}" ({names}) VALUES ({marks})', values)  # noqa: S608
    connection.execute("INSERT OR REPLACE INTO counters VALUES ('seq', ?)", (3 * sessions,))
    connection.commit()
    connection.close()


def _rows(sessions: int) -> Iterator[Any]:
    def kind(name: str) -> Any:
        return named(name, "kiosk.rows.kinds", "kiosk.records.rows")

    chance = random.Random(1)
    text = kind("utc_text")
    code = named("new_code", "kiosk.care.consent", "kiosk.care.code")(12345)
    stage, side = named("Stage", "kiosk.care.model").PARETIC, named("Side", "kiosk.care.model").LEFT
    person = named("Person", "kiosk.care.person", "kiosk.care.model")(code=code, stage=stage, side=side)
    profile = import_module("msgspec").json.encode(person).decode()
    yield kind("StateRow")("device_id", "05e0b6c3")
    yield kind("PersonRow")(code, 1, text(FIRST_DAY), "paretic", "left", profile=profile)
    for index in range(sessions):
        boot, start_ms = f"boot-{index // 21}", 60_000 + (index % 21) * 8 * 3_600_000
        wall = FIRST_DAY + timedelta(hours=8 * index)
        if index % 21 == 0:
            yield kind("AnchorRow")(boot, 1_000, text(wall), "ntp")
            yield kind("BootRow")(boot, index // 21, 1_000, 200 * 3_600_000)
        name = f"{index:08x}{chance.randrange(1 << 32):08x}"
        yield kind("SessionRow")(
            session_id=name,
            patient_code=code,
            seq=3 * index + 1,
            programme="first-movements",
            programme_version=1,
            boot_id=boot,
            start_boot_ms=start_ms,
            end_boot_ms=start_ms + 600_000,
            start_utc=text(wall),
            end_utc=text(wall + timedelta(minutes=10)),
            clock_status="ntp",
            wall_uncertainty_s=0.0,
            planned_steps_count=STEPS,
            done_steps_count=STEPS,
            active_duration_s=chance.uniform(100, 500),
            end_reason=chance.choice(("completed", "completed", "stopped", "power_loss")),
            view_mode="mirror",
            camera_used=True,
            pain_before_0_3=chance.randrange(4),
            tiredness_0_3=chance.randrange(4),
            stage="paretic",
            affected_side="left",
            app_version="0.1.0",
            revision=3,
        )
        for order in range(STEPS):
            begun_ms = start_ms + order * 50_000
            yield kind("StepRow")(
                session_id=name,
                order=order,
                exercise="smile-small",
                region="mouth",
                side="both",
                planned_repetitions_count=REPETITIONS,
                done_repetitions_count=REPETITIONS,
                hold_target_s=3.0,
                start_boot_ms=begun_ms,
                end_boot_ms=begun_ms + 45_000,
                revision=2,
            )
            for number in range(REPETITIONS):
                yield kind("RepetitionRow")(
                    session_id=name,
                    step_order=order,
                    repetition=number,
                    t_boot_ms=begun_ms + number * 9_000,
                    hold_s=3.0,
                    excursion_left_mm=round(chance.uniform(0, 12), 2),
                    excursion_right_mm=round(chance.uniform(0, 12), 2),
                    symmetry_ratio=round(chance.random(), 3),
                    onset_lag_ms=chance.randrange(-200, 200),
                    peak_speed_mm_s=round(chance.uniform(0, 60), 2),
                    quality="good",
                    revision=1,
                )
        yield kind("RatingRow")(name, "tightness.eyes", float(chance.randrange(4)), "0_3", 1)
        for place, event in enumerate(("card", "camera"), 3 * index + 2):
            yield kind("EventRow")("info", event, "lost", code, place, boot, start_ms + 700_000, text(wall), "ntp")


if __name__ == "__main__":
    answer(measure())
