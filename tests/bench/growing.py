"""Records of any age, made by SQLite itself in seconds: what a kiosk has after years, for measuring how things grow."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

A_DAY = 5
STEPS, REPETITIONS = 8, 8
WHO = "C2D3FH"

LATER = "printf('+%d days', n / 5), printf('+%d hours', n % 5 * 2))"
SESSION = {
    "session_id": "printf('s%06d', n)",
    "seq": "n + 1",
    "programme": "'relax'",
    "programme_version": "1",
    "boot_id": "printf('boot-%d', n / 5)",
    "start_boot_ms": "60000 + (n % 5) * 7200000",
    "end_boot_ms": "660000 + (n % 5) * 7200000",
    "start_utc": "strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-05 08:00:00', " + LATER,
    "end_utc": "strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-05 08:10:00', " + LATER,
    "clock_status": "'ntp'",
    "wall_uncertainty_s": "1.0",
    "planned_steps_count": str(STEPS),
    "done_steps_count": str(STEPS),
    "active_duration_s": "300.0",
    "end_reason": "'completed'",
    "stage": "'paretic'",
    "affected_side": "'left'",
    "revision": "1",
}
BOOT = {
    "boot_id": "printf('boot-%d', n)",
    "ordinal": "n + 1",
    "first_ms": "10000",
    "last_ms": "32400000",
}
ANCHOR = {
    "boot_id": "printf('boot-%d', n)",
    "t_boot_ms": "20000",
    "wall_utc": "strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-05 07:59:20', printf('+%d days', n))",
    "source": "'rtc'",
}
BY_NETWORK = ANCHOR | {
    "t_boot_ms": "60000",
    "wall_utc": "strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-05 08:00:00', printf('+%d days', n))",
    "source": "'ntp'",
}
STEP = {
    "session_id": "printf('s%06d', n)",
    "'order'": "m",
    "exercise": "'smile-small'",
    "region": "'mouth'",
    "planned_repetitions_count": str(REPETITIONS),
    "done_repetitions_count": str(REPETITIONS),
    "hold_target_s": "3.0",
    "start_boot_ms": "60000 + m * 60000",
    "end_boot_ms": "110000 + m * 60000",
    "revision": "1",
}
REPETITION = {
    "session_id": "printf('s%06d', n)",
    "step_order": "m / 8",
    "repetition": "m % 8",
    "t_boot_ms": "60000 + m * 6000",
    "hold_s": "3.0",
    "excursion_left_mm": "1.5",
    "excursion_right_mm": "3.25",
    "symmetry_ratio": "0.46",
    "linked_movement": "'none'",
    "quality": "'good'",
    "revision": "1",
}


def grown(data: Path, sessions: int, who: str = WHO) -> Path:
    """A record in ``data`` with so many whole sessions of ``who``, of five a day, a boot a day; 73 rows each.

    Each boot has the battery clock's time and those of the older half the network's as well: since then there is none.
    """
    from kiosk.clock import SimClock
    from kiosk.records.store import Store

    store = Store.open(data, SimClock())
    store.close(60)
    with closing(sqlite3.connect(data / "kiosk.db")) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM boots")
        connection.execute("DELETE FROM clock_anchors")
        days = -(-sessions // A_DAY)
        for table, columns, count, times in (
            ("boots", BOOT, days, 1),
            ("clock_anchors", ANCHOR, days, 1),
            ("clock_anchors", BY_NETWORK, days // 2, 1),
            ("sessions", SESSION | {"patient_code": f"'{who}'"}, sessions, 1),
            ("steps", STEP, sessions, STEPS),
            ("repetitions", REPETITION, sessions, STEPS * REPETITIONS),
        ):
            _fill(connection, table, columns, count, times)
        connection.execute("INSERT OR REPLACE INTO counters (name, value) VALUES ('seq', ?)", (sessions,))
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return data


def _fill(connection: sqlite3.Connection, table: str, columns: dict[str, str], count: int, times: int) -> None:
    """Rows of ``table``: ``columns`` by expressions of ``n`` < ``count`` and ``m`` < ``times``, others left empty."""
    names, values = [], []
    for _, name, kind, needed, default, _ in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
        quoted = f"'{name}'" if name == "order" else name
        if quoted in columns or (needed and default is None):
            names.append(f'"{name}"')
            values.append(columns.get(quoted, {"TEXT": "''", "REAL": "0.0"}.get(kind, "0")))
    connection.execute(
        "WITH RECURSIVE a(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM a WHERE n + 1 < ?),"  # noqa: S608 our own words
        " b(m) AS (SELECT 0 UNION ALL SELECT m + 1 FROM b WHERE m + 1 < ?)"
        f' INSERT INTO "{table}" ({", ".join(names)}) SELECT {", ".join(values)} FROM a CROSS JOIN b WHERE n < ?',
        (max(1, count), times, count),
    )
