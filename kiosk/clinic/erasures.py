"""Rows that the clinic must forget, as runs of the numbers that a kiosk erased, whenever they come."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from kiosk.package.read import Head
from kiosk.package.schema import ALL, TABLES
from kiosk.ranges import united

ERASED = "ERASED"
"""The word in the place of an erased person's code; the same as on the kiosk."""
OF_SESSIONS = tuple(table.name for table in TABLES.values() if table.parent == "sessions")
BY_CODE = ("persons", "permissions", "injections", "scores", "plans")
NUMBERED = "device_id = ? AND seq BETWEEN ? AND ?"
STONES = """
    WITH RECURSIVE
    stones AS NOT MATERIALIZED (SELECT seq_from, seq_to FROM package
        WHERE device_id = :device AND state = 'withheld' AND reason = 'erased'),
    lows(low) AS (SELECT min(seq_from) FROM stones
        UNION ALL SELECT (SELECT min(seq_from) FROM stones WHERE seq_from > low) FROM lows WHERE low IS NOT NULL)
    SELECT low, (SELECT max(seq_to) FROM stones WHERE seq_from = low) FROM lows WHERE low IS NOT NULL
"""
"""The erased ranges in order, each first number once: however many packages tell of it, it is looked up, not read."""
GONE = f"""
    WITH RECURSIVE chosen(code) AS (SELECT min(selection) FROM package WHERE device_id = :device
        UNION ALL SELECT (SELECT min(selection) FROM package WHERE device_id = :device AND selection > code)
        FROM chosen WHERE code IS NOT NULL)
    SELECT patient_code FROM ({" UNION ".join(f"SELECT device_id, patient_code FROM {name}" for name in BY_CODE)}
        UNION SELECT :device, code FROM chosen WHERE code NOT IN ('{ALL}', '{ERASED}')) AS known
    WHERE device_id = :device
        AND NOT EXISTS (SELECT 1 FROM present p WHERE p.device_id = :device AND p.patient_code = known.patient_code)
        AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.device_id = :device AND s.patient_code = known.patient_code)
        AND NOT EXISTS (SELECT 1 FROM events e WHERE e.device_id = :device AND e.patient_code = known.patient_code)
"""  # noqa: S608 our own names
"""Codes that the newest whole package does not name, and of whom no session and no line of the log is left."""
THERE = f"SELECT EXISTS (SELECT 1 FROM sessions WHERE {NUMBERED}) OR EXISTS (SELECT 1 FROM events WHERE {NUMBERED})"  # noqa: S608


def name_present(connection: sqlite3.Connection, head: Head, codes: Iterable[str]) -> None:
    """Remember who is set up on a kiosk, by a package with everybody; an older one than is known says nothing."""
    newer = "SELECT 1 FROM merged WHERE device_id = ? AND whole AND (package_seq, manifest_sha256) > (?, ?)"
    if connection.execute(newer, (head.device_id, head.package_seq, head.manifest_sha256)).fetchone():
        return
    connection.execute("DELETE FROM present WHERE device_id = ?", (head.device_id,))
    connection.executemany("INSERT INTO present VALUES (?, ?)", [(head.device_id, code) for code in codes])


def bury(connection: sqlite3.Connection, device: str) -> None:
    """Delete what this kiosk has erased, inside the caller's transaction.

    It is done with each package, because one that is older than the erasure may come after it.
    """
    stones = list(united(connection.execute(STONES, {"device": device})))
    for low, high in stones:
        numbers = (device, low, high)
        if connection.execute(THERE, numbers * 2).fetchone() == (0,):
            continue  # as it is with all but the newest, and nothing lies below a session that is not there
        sessions = f"SELECT session_id FROM sessions WHERE {NUMBERED}"  # noqa: S608 our own names
        for name in OF_SESSIONS:
            children = f"DELETE FROM {name} WHERE device_id = ? AND session_id IN ({sessions})"  # noqa: S608
            connection.execute(children, (device, *numbers))
        for name in ("sessions", "events"):
            connection.execute(f"DELETE FROM {name} WHERE {NUMBERED}", numbers)  # noqa: S608 our own names
    if stones and connection.execute("SELECT 1 FROM merged WHERE device_id = ? AND whole", (device,)).fetchone():
        for (code,) in connection.execute(GONE, {"device": device}).fetchall():
            _forget(connection, device, code)


def _forget(connection: sqlite3.Connection, device: str, code: str) -> None:
    for name in BY_CODE:
        connection.execute(f"DELETE FROM {name} WHERE device_id = ? AND patient_code = ?", (device, code))  # noqa: S608
    connection.execute("DELETE FROM conflicts WHERE device_id = ? AND instr(key, ?)", (device, code))
    for name, where in (("package", "selection = :code"), ("merged", "instr(package, :code)")):
        connection.execute(
            f"UPDATE {name} SET package = replace(package, :code, '{ERASED}') WHERE device_id = :device AND {where}",  # noqa: S608
            {"device": device, "code": code},
        )
    selected = f"UPDATE package SET selection = '{ERASED}' WHERE device_id = ? AND selection = ?"  # noqa: S608
    connection.execute(selected, (device, code))
