"""A record of years: five sessions a day, a boot a day because somebody pulls the plug each night."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import msgspec

from kiosk.care.model import Side, Stage
from kiosk.care.person import Person
from kiosk.rows.kinds import (
    BOUND,
    AnchorRow,
    BootRow,
    EventRow,
    InboxRow,
    InboxSeen,
    PermissionRow,
    PersonRow,
    RatingRow,
    Row,
    SessionRow,
    StaffRow,
    StateRow,
    utc_text,
)
from tests.package.made import FIRST_DAY, _steps, code

A_DAY = 5
"""Sessions of a day; five years have 9,125."""
FULL = 100
"""Newest sessions that have all their steps: the older ones are as many rows, and each is shorter."""
HOUR_MS = 3_600_000
WHO = code(0)


def years(sessions: int) -> Iterator[Row]:
    """The rows of a person who has practised so often, and of the staff around them."""
    chance = random.Random(1)
    seq = 0
    yield StateRow(BOUND, WHO)
    yield StaffRow("nurse-1", "nurse", "Nurse 1", "00", "00")
    for index in range(sessions):
        day, number = divmod(index, A_DAY)
        boot, start_ms = f"boot-{day}", 60_000 + number * 2 * HOUR_MS
        wall = utc_text(FIRST_DAY + timedelta(days=day, hours=2 * number))
        if not number:
            yield AnchorRow(boot, 1_000, wall, "ntp")
            yield BootRow(boot, day + 1, 1_000, 10 * HOUR_MS)
        seq += 1
        name = f"s{index:06d}"
        yield SessionRow(
            session_id=name,
            patient_code=WHO,
            seq=seq,
            programme="first-movements",
            programme_version=1,
            boot_id=boot,
            start_boot_ms=start_ms,
            end_boot_ms=start_ms + 600_000,
            start_utc=wall,
            end_utc=wall,
            clock_status="ntp",
            end_reason="completed",
            revision=1,
        )
        yield from _steps(name, 8 if index >= sessions - FULL else 1, start_ms, chance)
        yield RatingRow(name, "tightness.mouth", 1.0, "0_3", 1)
        for event, level in (("card", "info"), ("staff.entered", "audit")):
            seq += 1
            yield EventRow(level, event, "nurse-1", WHO, seq, boot, start_ms, wall, "ntp")
        if not number:
            seq += 1
            yield EventRow("info", "saw-movement", "mouth", WHO, seq, boot, start_ms, wall, "ntp")
            yield InboxRow(f"saw.{day}", WHO, "saw-movement", "mouth", seq, boot, start_ms, wall, "ntp")
            yield InboxSeen("nurse-1", f"saw.{day}")
        if not day % 7 and not number:
            yield PermissionRow(WHO, "own.wish", "3:2026-01-05:", "person", wall, "", day // 7 + 1)
            plan = msgspec.json.encode(Person(code=WHO, stage=Stage.PARETIC, side=Side.LEFT)).decode()
            yield PersonRow(WHO, day // 7 + 1, wall, "paretic", "left", profile=plan)
