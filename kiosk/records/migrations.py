"""The schema, as steps that are never edited once released: a change is a new step at the end.

``sqlite-utils migrate kiosk.db kiosk/records/migrations.py --list`` shows which steps a file has had. Each step sets
``PRAGMA user_version`` to its own number, so that anybody can tell a newer file without knowing its steps.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from kiosk.records.first_tables import create_table, first_tables
from kiosk.records.moved import move_settings, name_lines
from kiosk.records.version import SCHEMA as SCHEMA

migrations = Migrations("kiosk")


@migrations()
def m001_first_records(db: Database) -> None:
    """Everything issue 2 remembers."""
    first_tables(db)
    db.execute("PRAGMA user_version = 1")


@migrations()
def m002_clips_and_replays(db: Database) -> None:
    """Films of a movement step, and line drawings of a repetition, each with its own consent."""
    create_table(
        db,
        "clips",
        ("session_id", "step_order", "repetition"),
        {
            "session_id": str,
            "step_order": int,
            "repetition": int,
            "file": str,
            "size_bytes": int,
            "sha256": str,
            "encrypted": int,
            "cut": int,
            "removed": str,
            "revision": int,
        },
        foreign_keys=[(("session_id", "step_order"), "steps", ("session_id", "order"))],
    )
    repetition = ("session_id", "step_order", "repetition")
    create_table(
        db,
        "replays",
        repetition,
        {"session_id": str, "step_order": int, "repetition": int, "points": bytes},
        foreign_keys=[(repetition, "repetitions", repetition)],
    )
    db.execute("PRAGMA user_version = 2")


@migrations()
def m003_exports(db: Database) -> None:
    """Add the list of exports, the erased numbers, and the sessions that have changed since."""
    create_table(
        db,
        "exports",
        "seq",
        {
            "seq": int,
            "package": str,
            "selection": str,
            "since_seq": int,
            "seq_to": int,
            "protection": str,
            "rows_count": int,
            "size_bytes": int,
            "manifest_sha256": str,
            "verified": int,
            "by": str,
            "wall_utc": str,
            "revision": int,
        },
    )
    create_table(
        db,
        "erasures",
        "seq_from",
        {"seq_from": int, "seq_to": int, "by": str, "wall_utc": str, "revision": int},
    )
    # How far the one numbering was when a session changed last: an export of what is new also takes what has changed.
    # Where the numbering is not known (rows come back from a damaged file) the session counts as just changed.
    create_table(db, "session_changes", "session_id", {"session_id": str, "seq": int})
    changed = (
        "BEGIN INSERT INTO session_changes (session_id, seq) VALUES (new.session_id,"
        " coalesce((SELECT value FROM counters WHERE name = 'seq'), 9223372036854775807))"
        " ON CONFLICT (session_id) DO UPDATE SET seq = excluded.seq; END"
    )
    for name, when in (
        ("sessions_begun", "INSERT ON sessions"),
        ("sessions_changed", "UPDATE ON sessions"),
        ("clips_changed", "UPDATE ON clips"),
    ):
        db.execute(f"CREATE TRIGGER {name} AFTER {when} {changed}")
    db.execute("PRAGMA user_version = 3")


@migrations()
def m004_late_rows(db: Database) -> None:
    """A row that comes after its session's last change is a change too, and what is known of a person has changes."""
    create_table(db, "person_changes", "patient_code", {"patient_code": str, "seq": int})
    newest = "coalesce((SELECT value FROM counters WHERE name = 'seq'), 0)"  # none is given away yet: 0
    of_sessions = ("clips", "ratings", "steps", "repetitions", "replays")
    of_persons = ("persons", "permissions", "injections")
    changes = [("session_changes", "session_id", table) for table in of_sessions]
    for noted, key, table in [*changes, *(("person_changes", "patient_code", table) for table in of_persons)]:
        # Most rows of a session come under one number: only a new one is written.
        changed = (
            f"BEGIN INSERT INTO {noted} ({key}, seq) VALUES (new.{key}, {newest})"  # noqa: S608 our own names
            f" ON CONFLICT ({key}) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END"
        )
        db.execute(f"CREATE TRIGGER {table}_come AFTER INSERT ON {table} {changed}")
        if table != "clips":  # it has one since the third step
            db.execute(f"CREATE TRIGGER {table}_changed AFTER UPDATE ON {table} {changed}")
    # What came late before this step is not known: as far as anybody knows all have just changed.
    db.execute(f"INSERT OR REPLACE INTO session_changes SELECT session_id, {newest} FROM sessions")  # noqa: S608
    codes = " UNION ".join(f"SELECT patient_code FROM {table}" for table in of_persons)  # noqa: S608 our own names
    db.execute(f"INSERT INTO person_changes SELECT patient_code, {newest} FROM ({codes})")  # noqa: S608
    db.execute("PRAGMA user_version = 4")


@migrations()
def m005_doubts_and_names(db: Database) -> None:
    """Add the plans in doubt after a loss, digests of plans, and the person whom a line of the log is about."""
    create_table(
        db,
        "doubts",
        ("patient_code", "cause"),
        {"patient_code": str, "cause": str, "confirmed_by": str, "wall_utc": str, "revision": int},
    )
    db.execute("ALTER TABLE persons ADD COLUMN digest TEXT NOT NULL DEFAULT ''")
    name_lines(db)
    db.execute("PRAGMA user_version = 5")


@migrations()
def m006_settings_of_persons(db: Database) -> None:
    """Move the settings of ears and hands to the person who is here: they stayed at the kiosk for whoever came next."""
    move_settings(db)
    db.execute("PRAGMA user_version = 6")


@migrations()
def m007_closures(db: Database) -> None:
    """Add how far each eye closed: the steps of the eyes had left nothing that was measured."""
    for side in ("left", "right"):
        db.execute(f"ALTER TABLE repetitions ADD COLUMN closure_{side}_ratio REAL")
    db.execute("PRAGMA user_version = 7")


@migrations()
def m008_few_among_many(db: Database) -> None:
    """Index the few rows that are asked for by name among all of years: a session that runs, and what staff did."""
    db.execute("CREATE INDEX sessions_running ON sessions (seq) WHERE end_reason IS NULL")
    db.execute("CREATE INDEX events_audit ON events (seq) WHERE level = 'audit'")
    db.execute("CREATE INDEX events_entered ON events (detail_code, seq) WHERE code = 'staff.entered'")
    db.execute("PRAGMA user_version = 8")


def _noted(db: Database, table: str, noted: str, key: str) -> None:
    """A row that comes or changes is a change in what ``noted`` keeps, under its ``key``."""
    for name, when in (("come", "INSERT"), ("changed", "UPDATE")):
        db.execute(
            f"CREATE TRIGGER {table}_{name} AFTER {when} ON {table}"  # noqa: S608 our own names
            f" BEGIN INSERT INTO {noted} ({key}, seq)"
            f" VALUES (new.{key}, coalesce((SELECT value FROM counters WHERE name = 'seq'), 0))"
            f" ON CONFLICT ({key}) DO UPDATE SET seq = excluded.seq WHERE seq <> excluded.seq; END"
        )


@migrations()
def m009_scores(db: Database) -> None:
    """Add what a clinic scores; a score is a change in what is known of the person."""
    create_table(
        db,
        "scores",
        ("patient_code", "scale", "scored_on", "by"),
        {
            "patient_code": str,
            "scale": str,
            "scored_on": str,
            "by": str,
            "scale_version": int,
            "value": float,
            "lowest": float,
            "highest": float,
            "smallest_change": float,
            "answers": str,
            "entered_by": str,
            "wall_utc": str,
            "withdrawn": int,
            "revision": int,
        },
        maybe=("value", "lowest", "highest", "smallest_change"),
    )
    _noted(db, "scores", "person_changes", "patient_code")
    db.execute("PRAGMA user_version = 9")


@migrations()
def m010_standard_sets(db: Database) -> None:
    """Add the items of standard sets; a session is one where it has any. Each is a change in its session."""
    measures = (
        "excursion_left_mm",
        "excursion_right_mm",
        "symmetry_ratio",
        "closure_left_ratio",
        "closure_right_ratio",
    )
    create_table(
        db,
        "set_items",
        ("session_id", "item"),
        {
            "session_id": str,
            "item": str,
            "asked": int,
            "not_asked_reason": str,
            "step_order": int,
            "repetition": int,
            **dict.fromkeys(measures, float),
            "linked_movement": str,
            "quality": str,
            "quality_reason": str,
            "lines": str,
            "by": str,
            "revision": int,
        },
        maybe=("step_order", "repetition", *measures),
        foreign_keys=[("session_id", "sessions", "session_id")],
    )
    _noted(db, "set_items", "session_changes", "session_id")
    db.execute("PRAGMA user_version = 10")


@migrations()
def m011_asked_among_years(db: Database) -> None:
    """Index the few rows that are asked for among all of years: films that are there, what was told, what changed."""
    db.execute("CREATE INDEX clips_there ON clips (session_id) WHERE removed = ''")
    db.execute("CREATE INDEX inbox_told ON inbox (patient_code, code, seq)")
    db.execute("CREATE INDEX session_changes_newest ON session_changes (seq)")
    db.execute("PRAGMA user_version = 11")
