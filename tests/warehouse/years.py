"""Made-up kiosk-years in a clinic's file: ``python -m tests.warehouse.years FILE.db KIOSKS [--short]``.

Nobody lived them. Each kiosk has two sessions a day with eight steps; ten repetitions a step, tightness, injections and
the log are left out where ``short``. Names of the first sites and kiosks look like numbers on purpose. The same kiosks
always get the same rows.
"""

from __future__ import annotations

import sqlite3
import sys
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kiosk.care.consent import new_code
from kiosk.clinic.database import open_clinic
from kiosk.package.outer import package_name
from kiosk.package.schema import TABLES

FIRST_DAY = date(2025, 10, 6)
A_DAY, STEPS, REPETITIONS = 2, 8, 10
AT_A_SITE = 20
SITES = ("007", "12E45678", "7")
DEVICES = ("12e45678", "00123456", "7e3")
REGIONS = ("eyes", "cheek", "mouth")
ENDS = ("completed",) * 7 + ("stopped", "timeout", "power_loss")
STOPS = ("tired", "pain", None)

STEPS_SQL = f"""
INSERT INTO steps (device_id, session_id, "order", exercise, region, side, planned_repetitions_count,
    done_repetitions_count, hold_target_s, skipped, skip_reason, start_boot_ms, end_boot_ms, revision)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {STEPS - 1})
SELECT device_id, session_id, i, 'jaw-soft', 'cheek', 'left', {REPETITIONS},
    CASE WHEN (seq * 7 + i) % 11 = 0 THEN 0 ELSE {REPETITIONS} - (seq + i) % 3 END, 3.0, (seq * 7 + i) % 11 = 0,
    CASE WHEN (seq * 7 + i) % 11 = 0 THEN 'tired' END, start_boot_ms + i * 60000, start_boot_ms + i * 60000 + 55000, 1
FROM sessions JOIN n WHERE device_id = ?
"""  # noqa: S608 our own numbers
REPETITIONS_SQL = f"""
INSERT INTO repetitions (device_id, session_id, step_order, repetition, t_boot_ms, hold_s, excursion_left_mm,
    symmetry_ratio, linked_movement, quality, quality_reason, revision)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {REPETITIONS - 1})
SELECT device_id, session_id, "order", i, sessions.start_boot_ms + i * 5000, 2.75,
    CASE WHEN seq > 60 THEN 2.25 + i END, CASE WHEN seq > 60 THEN 0.5 + i / 16.0 END,
    CASE ("order" * 3 + i + seq / 50) % 6 WHEN 0 THEN 'eye' WHEN 1 THEN 'mouth' WHEN 2 THEN NULL ELSE 'none' END,
    'good', NULL, 1
FROM sessions JOIN steps USING (device_id, session_id) JOIN n WHERE device_id = ?
"""  # noqa: S608 our own numbers


def site_of_kiosk(number: int) -> str:
    """The site of a kiosk as a package's name has it."""
    place = number // AT_A_SITE
    return SITES[place] if place < len(SITES) else f"WARD{place}"


def device_of(number: int) -> str:
    """The id of a kiosk."""
    return DEVICES[number] if number < len(DEVICES) else f"{zlib.crc32(b'%d' % number):08x}"


def sessions_of(number: int, days: int) -> Iterator[dict[str, Any]]:
    """A kiosk's sessions: one kiosk of seven falls silent after 200 days, one session of fifty has no date."""
    device = device_of(number)
    until = min(days, 200) if number % 7 == 3 else days
    for at in range(until * A_DAY):
        day, end = FIRST_DAY + timedelta(days=at // A_DAY), ENDS[(at + number) % len(ENDS)]
        dated = (at + number) % 50 != 49
        hour = "08" if at % A_DAY == 0 else "23"
        yield {
            "device_id": device,
            "session_id": f"s{at:06d}",
            "patient_code": new_code(number * 10 + at // (60 * A_DAY)),
            "resumes_session_id": f"s{at - 1:06d}" if at % 40 == 39 else None,
            "seq": at + 1,
            "programme": "relax",
            "programme_version": 1,
            "boot_id": f"b{at // A_DAY}",
            "start_boot_ms": 60_000 * (1 + at % A_DAY),
            "end_boot_ms": 60_000 * (11 + at % A_DAY),
            "start_utc": f"{day.isoformat() if dated else '1970-01-01'}T{hour}:15:00.250Z",
            "end_utc": None,
            "clock_status": "ntp" if dated else "unset",
            "tz": "Europe/Berlin",
            "utc_offset_min": 60,
            "planned_steps_count": STEPS,
            "done_steps_count": STEPS - (at % 3 == 0),
            "active_duration_s": 480.0 + at % 7 / 8,
            "pause_duration_s": 12.5,
            "end_reason": end,
            "stop_reason": STOPS[at % len(STOPS)] if end == "stopped" else None,
            "view_mode": "mirror",
            "camera_used": 1,
            "clip_consent": 0,
            "pain_before_0_3": at % 2,
            "pain_after_0_3": 0,
            "tiredness_0_3": at % 4,
            "stage": "synkinetic",
            "affected_side": "left",
            "app_version": "0.1.0",
            "revision": 1,
        }


def _beside(number: int, sessions: list[dict[str, Any]], days: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ratings, injections, scores and the log of a kiosk."""
    device = device_of(number)
    for at, session in enumerate(sessions):
        for place, region in enumerate(REGIONS):
            weeks = at // (A_DAY * 7) % 13
            item = {"item": f"tightness.{region}", "value": float(min(3, weeks // 4 + (at + place) % 2)), "unit": "0_3"}
            yield "ratings", {"device_id": device, "session_id": session["session_id"], **item, "revision": 1}
    for week in range(0, days // 7, 13):
        given = {"patient_code": sessions[0]["patient_code"], "region": REGIONS[number % 3], "withdrawn": week == 26}
        day = FIRST_DAY + timedelta(days=week * 7 + number % 3)
        yield "injections", {"device_id": device, **given, "given_on": day.isoformat(), "revision": 1}
    for week in range(0, days // 7, 4):
        for place, (scale, highest) in enumerate((("fg", 100.0), ("hb", 6.0))):
            person = sessions[min(len(sessions) - 1, week * 7 * A_DAY)]["patient_code"]
            day = FIRST_DAY + timedelta(days=week * 7 + place)
            key = {"patient_code": person, "scale": scale, "scored_on": day.isoformat(), "by": "therapist-1"}
            value = (week * 7 + number + place) % highest
            told = {"scale_version": 1, "value": value, "lowest": 0.0, "highest": highest, "withdrawn": week == 8}
            yield "scores", {"device_id": device, **key, **told, "revision": 1}
    for at in range(days * 3):
        when = f"{(FIRST_DAY + timedelta(days=at // 3)).isoformat()}T0{at % 3 + 6}:00:00.000Z"
        event = {
            "seq": 100_000 + at,
            "boot_id": f"b{at // 3}",
            "t_boot_ms": at,
            "wall_utc": when,
            "clock_status": "ntp",
        }
        yield "events", {"device_id": device, **event, "level": "info", "code": "button", "revision": 1}


def put(connection: sqlite3.Connection, name: str, rows: list[dict[str, Any]]) -> None:
    """Rows of one table, which name the same columns."""
    if rows:
        assert set(rows[0]) <= set(TABLES[name].names)
        columns = ", ".join(f'"{column}"' for column in rows[0])
        marks = ", ".join("?" * len(rows[0]))
        values = [tuple(row.values()) for row in rows]
        connection.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', values)  # noqa: S608


def years(path: Path, kiosks: Iterable[int], *, days: int = 365, short: bool = False) -> None:
    """So many days of each of the ``kiosks``, by their numbers, each merged from one package."""
    with open_clinic(path) as clinic:
        sql = clinic.connection
        sql.execute("PRAGMA synchronous = OFF")
        for number in kiosks:
            device, sessions = device_of(number), list(sessions_of(number, days))
            sql.execute("BEGIN")
            put(sql, "sessions", sessions)
            sql.execute(STEPS_SQL, (device,))
            if not short:
                sql.execute(REPETITIONS_SQL, (device,))
                beside = list(_beside(number, sessions, days))
                for name in ("ratings", "injections", "scores", "events"):
                    put(sql, name, [row for of, row in beside if of == name])
            package = package_name(site_of_kiosk(number), device, "ALL", 1)
            merged = (f"{zlib.crc32(package.encode()):064x}", package, device, 1, "0.1.0", 1, len(sessions))
            sql.execute("INSERT INTO merged VALUES (?, ?, ?, ?, ?, ?, ?)", merged)
            sql.execute("COMMIT")


if __name__ == "__main__":
    years(Path(sys.argv[1]), range(int(sys.argv[2])), short="--short" in sys.argv)
