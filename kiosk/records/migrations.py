"""The schema, as steps that are never edited once released: a change is a new step at the end.

``sqlite-utils migrate kiosk.db kiosk/records/migrations.py --list`` shows which steps a file has had. Each step sets
``PRAGMA user_version`` to its own number, so that anybody can tell a newer file without knowing its steps.
"""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from kiosk.records.moved import move_settings, name_lines
from kiosk.records.version import SCHEMA as SCHEMA

migrations = Migrations("kiosk")


def _table(db: Database, name: str, pk: str | tuple[str, ...], columns: dict[str, type], **more: Any) -> None:
    """A strict table; columns are NOT NULL but for those named in ``maybe``."""
    maybe = more.pop("maybe", ())
    db.table(name).create(columns, pk=pk, not_null=[c for c in columns if c not in maybe], strict=True, **more)


@migrations()
def m001_first_records(db: Database) -> None:
    """Everything issue 2 remembers."""
    _table(db, "counters", "name", {"name": str, "value": int})
    _table(db, "state", "key", {"key": str, "value": str})
    _table(db, "boots", "boot_id", {"boot_id": str, "ordinal": int, "first_ms": int, "last_ms": int})
    _table(
        db,
        "clock_anchors",
        ("boot_id", "t_boot_ms"),
        {"boot_id": str, "t_boot_ms": int, "wall_utc": str, "source": str},
    )
    stamp = {"boot_id": str, "t_boot_ms": int, "wall_utc": str, "clock_status": str}
    _table(
        db,
        "events",
        "seq",
        {"seq": int, **stamp, "level": str, "code": str, "detail_code": str, "patient_code": str},
    )
    _table(
        db,
        "persons",
        ("patient_code", "revision"),
        {
            "patient_code": str,
            "revision": int,
            "valid_from_utc": str,
            "stage": str,
            "affected_side": str,
            "onset_band": str,
            "cause": str,
            "one_hand": int,
            "reviewed_by": str,
            "profile": str,
        },
    )
    _sessions(db)
    _table(
        db,
        "permissions",
        ("patient_code", "item", "revision"),
        {
            "patient_code": str,
            "item": str,
            "value": str,
            "by": str,
            "wall_utc": str,
            "reason": str,
            "revision": int,
        },
    )
    _table(
        db,
        "injections",
        ("patient_code", "given_on", "region"),
        {
            "patient_code": str,
            "given_on": str,
            "region": str,
            "no_touch_until": str,
            "by": str,
            "wall_utc": str,
            "withdrawn": int,
            "revision": int,
        },
    )
    _table(
        db,
        "inbox",
        "key",
        {"key": str, "patient_code": str, "code": str, "detail_code": str, "seq": int, **stamp},
        foreign_keys=[("seq", "events", "seq")],
    )
    _table(db, "inbox_seen", ("slot", "key"), {"slot": str, "key": str}, foreign_keys=[("key", "inbox", "key")])
    _table(db, "staff", "slot", {"slot": str, "role": str, "label": str, "pin_salt": str, "pin_hash": str})
    _table(
        db,
        "pin_tries",
        "slot",
        {"slot": str, "tries": int, "lock_ms": int, "lock_boot_id": str, "lock_from_boot_ms": int},
    )
    # Rows that break a rule of the schema (a child whose parent was lost with a damaged page, a wrong type) are kept
    # here as JSON: losing them would be worse, and so would one bad row that holds up everything behind it.
    _table(
        db,
        "set_aside",
        "id",
        {"id": int, "table_name": str, "content": str, "reason": str, "boot_id": str, "t_boot_ms": int},
    )
    db.execute("PRAGMA user_version = 1")


def _sessions(db: Database) -> None:
    _table(
        db,
        "sessions",
        "session_id",
        {
            "session_id": str,
            "resumes_session_id": str,
            "patient_code": str,
            "seq": int,
            "programme": str,
            "programme_version": int,
            "boot_id": str,
            "start_boot_ms": int,
            "end_boot_ms": int,
            "start_utc": str,
            "end_utc": str,
            "clock_status": str,
            "wall_uncertainty_s": float,
            "tz": str,
            "utc_offset_min": int,
            "planned_steps_count": int,
            "done_steps_count": int,
            "active_duration_s": float,
            "pause_duration_s": float,
            "end_reason": str,
            "stop_reason": str,
            "view_mode": str,
            "camera_used": int,
            "clip_consent": int,
            "pain_before_0_3": int,
            "pain_after_0_3": int,
            "tiredness_0_3": int,
            "stage": str,
            "affected_side": str,
            "app_version": str,
            "revision": int,
        },
        maybe={
            "resumes_session_id",
            "end_boot_ms",
            "end_utc",
            "end_reason",
            "wall_uncertainty_s",
            "utc_offset_min",
            "pain_before_0_3",
            "pain_after_0_3",
            "tiredness_0_3",
        },
        foreign_keys=[("resumes_session_id", "sessions", "session_id")],
    )
    db.table("sessions").create_index(["seq"], unique=True)
    db.table("sessions").create_index(["patient_code", "seq"])
    db.table("sessions").create_index(["resumes_session_id"])
    _table(
        db,
        "steps",
        ("session_id", "order"),
        {
            "session_id": str,
            "order": int,
            "exercise": str,
            "region": str,
            "side": str,
            "planned_repetitions_count": int,
            "done_repetitions_count": int,
            "hold_target_s": float,
            "skipped": int,
            "skip_reason": str,
            "start_boot_ms": int,
            "end_boot_ms": int,
            "revision": int,
        },
        maybe={"start_boot_ms", "end_boot_ms"},
        foreign_keys=[("session_id", "sessions", "session_id")],
    )
    measures = ("excursion_left_mm", "excursion_right_mm", "symmetry_ratio", "onset_lag_ms", "peak_speed_mm_s")
    _table(
        db,
        "repetitions",
        ("session_id", "step_order", "repetition"),
        {
            "session_id": str,
            "step_order": int,
            "repetition": int,
            "t_boot_ms": int,
            "hold_s": float,
            "excursion_left_mm": float,
            "excursion_right_mm": float,
            "symmetry_ratio": float,
            "onset_lag_ms": int,
            "peak_speed_mm_s": float,
            "linked_movement": str,
            "quality": str,
            "quality_reason": str,
            "revision": int,
        },
        maybe=measures,
        foreign_keys=[(("session_id", "step_order"), "steps", ("session_id", "order"))],
    )
    _table(
        db,
        "ratings",
        ("session_id", "item"),
        {"session_id": str, "item": str, "value": float, "unit": str, "revision": int},
        foreign_keys=[("session_id", "sessions", "session_id")],
    )


@migrations()
def m002_clips_and_replays(db: Database) -> None:
    """Films of a movement step, and line drawings of a repetition, each with its own consent."""
    _table(
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
    _table(
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
    _table(
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
    _table(
        db,
        "erasures",
        "seq_from",
        {"seq_from": int, "seq_to": int, "by": str, "wall_utc": str, "revision": int},
    )
    # How far the one numbering was when a session changed last: an export of what is new also takes what has changed.
    # Where the numbering is not known (rows come back from a damaged file) the session counts as just changed.
    _table(db, "session_changes", "session_id", {"session_id": str, "seq": int})
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
    _table(db, "person_changes", "patient_code", {"patient_code": str, "seq": int})
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
    _table(
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
    _table(
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
    _table(
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
