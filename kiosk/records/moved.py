"""Rows of an older schema that belong elsewhere now: moved by a migration, and when a damaged file gives them back."""

from __future__ import annotations

from sqlite_utils import Database


def move_rows(db: Database) -> None:
    """Move rows of an older schema, which come back from a damaged file, to where they belong now."""
    name_lines(db)
    move_settings(db)


def name_lines(db: Database) -> None:
    # Until now a code could stand in what a line says besides. Whoever's it is, it is theirs.
    codes = "SELECT patient_code FROM persons UNION SELECT patient_code FROM sessions"
    named = f"SELECT patient_code FROM ({codes}) WHERE patient_code <> '' AND instr(detail_code, patient_code)"  # noqa: S608
    for table in ("events", "inbox"):
        db.execute(
            f"UPDATE {table} SET patient_code = ({named} ORDER BY length(patient_code) DESC LIMIT 1)"  # noqa: S608
            f" WHERE patient_code = '' AND EXISTS ({named})"
        )


def move_settings(db: Database) -> None:
    names = ("sound.volume", "sound.voice", "buttons.single_switch", "buttons.scan_ms", "buttons.refractory_ms")
    keys = [f"setting.{name}" for name in names]
    db.execute(
        "INSERT OR IGNORE INTO permissions (patient_code, item, value, by, wall_utc, reason, revision)"
        " SELECT b.value, s.key, s.value, '', '', '', 1 FROM state s JOIN state b ON b.key = 'bound'"
        " WHERE b.value <> '' AND s.key IN (?, ?, ?, ?, ?)",
        keys,
    )
    db.execute("DELETE FROM state WHERE key IN (?, ?, ?, ?, ?)", keys)
