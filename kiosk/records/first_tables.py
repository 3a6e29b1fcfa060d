"""The tables of the first schema, and how any table of the record is made: strict. Nothing here changes any more."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database


def create_table(db: Database, name: str, pk: str | tuple[str, ...], columns: dict[str, type], **more: Any) -> None:
    """Make a strict table; columns are NOT NULL but for those named in ``maybe``."""
    maybe = more.pop("maybe", ())
    db.table(name).create(columns, pk=pk, not_null=[c for c in columns if c not in maybe], strict=True, **more)


def first_tables(db: Database) -> None:
    """Make the tables of the first schema, with their indices."""
    create_table(db, "counters", "name", {"name": str, "value": int})
    create_table(db, "state", "key", {"key": str, "value": str})
    create_table(db, "boots", "boot_id", {"boot_id": str, "ordinal": int, "first_ms": int, "last_ms": int})
    create_table(
        db,
        "clock_anchors",
        ("boot_id", "t_boot_ms"),
        {"boot_id": str, "t_boot_ms": int, "wall_utc": str, "source": str},
    )
    stamp = {"boot_id": str, "t_boot_ms": int, "wall_utc": str, "clock_status": str}
    create_table(
        db,
        "events",
        "seq",
        {"seq": int, **stamp, "level": str, "code": str, "detail_code": str, "patient_code": str},
    )
    create_table(
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
    create_table(
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
    create_table(
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
    create_table(
        db,
        "inbox",
        "key",
        {"key": str, "patient_code": str, "code": str, "detail_code": str, "seq": int, **stamp},
        foreign_keys=[("seq", "events", "seq")],
    )
    create_table(db, "inbox_seen", ("slot", "key"), {"slot": str, "key": str}, foreign_keys=[("key", "inbox", "key")])
    create_table(db, "staff", "slot", {"slot": str, "role": str, "label": str, "pin_salt": str, "pin_hash": str})
    create_table(
        db,
        "pin_tries",
        "slot",
        {"slot": str, "tries": int, "lock_ms": int, "lock_boot_id": str, "lock_from_boot_ms": int},
    )
    # Rows that break a rule of the schema (a child whose parent was lost with a damaged page, a wrong type) are kept
    # here as JSON: losing them would be worse, and so would one bad row that holds up everything behind it.
    create_table(
        db,
        "set_aside",
        "id",
        {"id": int, "table_name": str, "content": str, "reason": str, "boot_id": str, "t_boot_ms": int},
    )


def _sessions(db: Database) -> None:
    create_table(
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
    create_table(
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
    create_table(
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
    create_table(
        db,
        "ratings",
        ("session_id", "item"),
        {"session_id": str, "item": str, "value": float, "unit": str, "revision": int},
        foreign_keys=[("session_id", "sessions", "session_id")],
    )
