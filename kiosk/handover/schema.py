"""Which tables leave the kiosk, column by column? The one place that CSV headers, schemas and sheets come from.

The format has a number of its own. Whoever changes a name, a type or a key counts it up: a reader refuses a newer one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

FORMAT = 1
"""The version of everything below."""


class Kind(StrEnum):
    """What a cell holds. Empty always means: not recorded."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    """1 or 0."""
    MOMENT = "moment"
    """ISO 8601 in UTC, ``2026-03-02T08:00:00.000Z``."""
    DAY = "day"
    """``2026-03-02``."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``unit`` is UCUM, empty where there is none; ``about`` one sentence for whoever reads the file."""

    name: str
    kind: Kind
    about: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a CSV file, a sheet, a table at the clinic. ``key`` tells one row from another.

    ``parent`` is the table whose ``parent_key`` columns (same order) this table's ``parent_columns`` name.
    """

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    parent: str = ""
    parent_columns: tuple[str, ...] = ()
    parent_key: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)


def _text(name: str, about: str) -> Column:
    return Column(name, Kind.TEXT, about)


def _whole(name: str, about: str, unit: str = "") -> Column:
    return Column(name, Kind.WHOLE, about, unit)


def _number(name: str, about: str, unit: str = "") -> Column:
    return Column(name, Kind.NUMBER, about, unit)


def _flag(name: str, about: str) -> Column:
    return Column(name, Kind.FLAG, about)


def _moment(name: str, about: str) -> Column:
    return Column(name, Kind.MOMENT, about)


DEVICE = _text("device_id", "The kiosk that this row comes from.")
REVISION = _whole("revision", "How often this row has changed; of one key the highest revision holds.")
PATIENT = _text("patient_code", "The code of the person, with a check character. The kiosk knows no names.")
SESSION = _text("session_id", "The session that this row belongs to.")
BOOT = _text("boot_id", "One start of the machine; times in boot milliseconds count from it.")
STATUS = _text(
    "clock_status", "Who vouches for the wall clock: ntp, rtc, staff; unset: nobody, so the moment may be wrong."
)
BOOT_MS = "Milliseconds since the start of the machine: right within one boot_id."
SEEN = "Seen by the camera and approximate: 63 mm are taken to lie between the pupils."
RATIO = (
    "The movement of the affected side by that of the other one, mirrored: 1 alike, more than 1 the affected side moved"
    " further, negative the other way; empty where both or none are set as affected."
)
LAG = (
    "How much later the affected side began, negative: earlier; where both or none are set as affected, the left side"
    " after the right."
)
AS_WRITTEN = "What the wall clock of the kiosk said when this was entered; empty: nobody vouched for it."


def _of_session(name: str, about: str, key: tuple[str, ...], *columns: Column) -> Table:
    """A table below ``sessions``."""
    return Table(
        name,
        about,
        ("device_id", *key),
        (DEVICE, *columns, REVISION),
        "sessions",
        ("device_id", "session_id"),
        ("device_id", "session_id"),
    )


PACKAGE = Table(
    "package",
    "Which numbers of the kiosk's one numbering this package holds, and which it leaves out on purpose.",
    ("device_id", "package_seq", "seq_from"),
    (
        DEVICE,
        _whole("package_seq", "The number of this package among all of this kiosk."),
        _text("package", "The name of this package's folder."),
        _text("selection", "ALL, or the code of the one person whose rows are in it."),
        _whole("since_seq", "Rows up to this number were left out because an earlier package holds them; 0: none."),
        _text("state", "covered: the rows of these numbers are here; withheld: left out on purpose."),
        _text("reason", "Why they are withheld: selection (another person), earlier (another package), erased."),
        _whole("seq_from", "First number of the range."),
        _whole("seq_to", "Last number of the range."),
        REVISION,
    ),
)
PERSONS = Table(
    "persons",
    "How each person was set up, and from when; a row for each change.",
    ("device_id", "patient_code", "revision"),
    (
        DEVICE,
        PATIENT,
        _moment("valid_from_utc", AS_WRITTEN),
        _text("stage", "flaccid, paretic or synkinetic."),
        _text("affected_side", "left, right or both: the person's own."),
        _text("onset_band", "How long ago it began, as staff entered it."),
        _text("cause", "What it came from."),
        _flag("one_hand", "Only one hand reaches the face."),
        _text("reviewed_by", "The staff slot that reviewed this set-up."),
        REVISION,
    ),
)
SESSIONS = Table(
    "sessions",
    "Each session that was begun, in the order in which they were.",
    ("device_id", "session_id"),
    (
        DEVICE,
        SESSION,
        _text("resumes_session_id", "The session that this one goes on with."),
        PATIENT,
        _whole("seq", "Its place in the kiosk's one numbering of sessions and events."),
        _text("programme", "What was practised."),
        _whole("programme_version", "The version of that programme's file."),
        BOOT,
        _whole("start_boot_ms", f"Start. {BOOT_MS}", "ms"),
        _whole("end_boot_ms", f"End. {BOOT_MS}", "ms"),
        _moment("start_utc", "Start; to be believed as far as clock_status says."),
        _moment("end_utc", "End; to be believed as far as clock_status says."),
        STATUS,
        _number("wall_uncertainty_s", "How far off start and end may be; empty: nobody knows.", "s"),
        _text("tz", "The time zone in which the kiosk stands, by its IANA name."),
        _whole("utc_offset_min", "Minutes from UTC to the local time there at the start.", "min"),
        _whole("planned_steps_count", "Steps that were planned.", "{count}"),
        _whole("done_steps_count", "Steps that were done.", "{count}"),
        _number("active_duration_s", "Time in steps, without pauses.", "s"),
        _number("pause_duration_s", "Time in pauses.", "s"),
        _text("end_reason", "completed, stopped, timeout, power_loss or fault; empty: it was still running."),
        _text("stop_reason", "What the person chose as the reason for stopping."),
        _text(
            "view_mode",
            "What the person was to see of their face: mirror, good-side, look-then-feel or feel (nothing).",
        ),
        _flag("camera_used", "The kiosk was set to use a camera, and the session was to have active movements."),
        _flag("clip_consent", "The person had agreed to films."),
        _whole("pain_before_0_3", "Pain before: 0 none, 1 mild, 2 moderate, 3 severe.", "{score}"),
        _whole("pain_after_0_3", "Pain after: 0 none, 1 mild, 2 moderate, 3 severe.", "{score}"),
        _whole("tiredness_0_3", "Tiredness: 0 fresh to 3 very tired.", "{score}"),
        _text("stage", "The stage that staff had set at that time."),
        _text("affected_side", "The affected side that staff had set at that time."),
        _text("app_version", "The version of the kiosk's program."),
        REVISION,
    ),
)
STEPS = _of_session(
    "steps",
    "The steps of each session.",
    ("session_id", "order"),
    SESSION,
    _whole("order", "Place in the session, from 0."),
    _text("exercise", "What was done."),
    _text("region", "Where on the face."),
    _text("side", "left, right or both: the person's own."),
    _whole("planned_repetitions_count", "Repetitions that were planned.", "{count}"),
    _whole(
        "done_repetitions_count",
        "Repetitions that were done, with those of the session that it goes on with.",
        "{count}",
    ),
    _number("hold_target_s", "How long one is held.", "s"),
    _flag("skipped", "The person left it out."),
    _text("skip_reason", "What they chose as the reason."),
    _whole("start_boot_ms", f"Start. {BOOT_MS}", "ms"),
    _whole("end_boot_ms", f"End; empty: it was not finished. {BOOT_MS}", "ms"),
)
REPETITIONS = _of_session(
    "repetitions",
    "The repetitions of each step; what was not measured is empty.",
    ("session_id", "step_order", "repetition"),
    SESSION,
    _whole("step_order", "The step, by its place in the session."),
    _whole("repetition", "Which repetition of the step, from 0."),
    _whole("t_boot_ms", f"When it was over. {BOOT_MS}", "ms"),
    _number("hold_s", "How long the kiosk had it held: by its timing, not by the camera.", "s"),
    _number("excursion_left_mm", f"How far the left side moved. {SEEN}", "mm"),
    _number("excursion_right_mm", f"How far the right side moved. {SEEN}", "mm"),
    _number("symmetry_ratio", RATIO, "1"),
    _whole("onset_lag_ms", LAG, "ms"),
    _number("peak_speed_mm_s", "The highest speed of the side that was quicker.", "mm/s"),
    _text("linked_movement", "What moved along: eye or mouth; none: nothing did; empty: it cannot be told."),
    _text("quality", "How far the measures can be trusted: good, partial (some are absent) or none."),
    _text("quality_reason", "Why they can not, or why there are none."),
)
RATINGS = _of_session(
    "ratings",
    "What the person answered on a scale.",
    ("session_id", "item"),
    SESSION,
    _text("item", "What they rated."),
    _number("value", "The answer."),
    _text("unit", "The scale: 0_3 is from 0 (none) to 3."),
)
CLIPS = _of_session(
    "clips",
    "Films of movement steps that the person had agreed to.",
    ("session_id", "step_order", "repetition"),
    SESSION,
    _whole("step_order", "The step, by its place in the session."),
    _whole("repetition", "The repetition with which the film begins, from 0."),
    _text("archive", "The zip file of this package that holds the film; empty: it is in none."),
    _text("path", "Where in that zip file, below data/."),
    _whole("size_bytes", "Its size when it was made.", "By"),
    _text("sha256", "Its SHA-256 when it was made: a file with another one was damaged on the kiosk."),
    _flag("encrypted", "The film is encrypted to the keys of the clinic."),
    _flag("cut", "It reached its largest size before the step was over."),
    _text("removed", "Why the film is not there any more: withdrawn or age."),
)
REPLAYS = _of_session(
    "replays",
    "Line drawings of repetitions that the person had agreed to.",
    ("session_id", "step_order", "repetition"),
    SESSION,
    _whole("step_order", "The step, by its place in the session."),
    _whole("repetition", "Which repetition of the step, from 0."),
    _text("archive", "The zip file of this package that holds the drawing."),
    _text("path", "Where in that zip file, below data/."),
    _whole("size_bytes", "Its size.", "By"),
)
PERMISSIONS = Table(
    "permissions",
    "What staff allowed, locked or set for a person; a row for each change.",
    ("device_id", "patient_code", "item", "revision"),
    (
        DEVICE,
        PATIENT,
        _text("item", "What it is about."),
        _text("value", "What holds from then on."),
        _text("by", "The staff slot that entered it."),
        _moment("wall_utc", AS_WRITTEN),
        _text("reason", "Why, as a word of a list."),
        REVISION,
    ),
)
INJECTIONS = Table(
    "injections",
    "Botulinum toxin that staff entered, a row for each day and region.",
    ("device_id", "patient_code", "given_on", "region"),
    (
        DEVICE,
        PATIENT,
        Column("given_on", Kind.DAY, "The day on which it was given."),
        _text("region", "Where on the face."),
        Column("no_touch_until", Kind.DAY, "No massage and no releases there until this day."),
        _text("by", "The staff slot that entered it."),
        _moment("wall_utc", AS_WRITTEN),
        _flag("withdrawn", "It was entered by mistake."),
        REVISION,
    ),
)
EVENTS = Table(
    "events",
    "The log of the kiosk, in order and without gaps.",
    ("device_id", "seq"),
    (
        DEVICE,
        _whole("seq", "Its place in the kiosk's one numbering of sessions and events."),
        BOOT,
        _whole("t_boot_ms", f"When. {BOOT_MS}", "ms"),
        _moment("wall_utc", "When; to be believed as far as clock_status says."),
        STATUS,
        _text("level", "info, notice, warning, fault or audit."),
        _text("code", "What happened."),
        _text("detail_code", "More about it, as a word."),
        PATIENT,
        REVISION,
    ),
)
ANCHORS = Table(
    "clock_anchors",
    "When somebody vouched for the wall clock: each dates its whole boot.",
    ("device_id", "boot_id", "t_boot_ms"),
    (
        DEVICE,
        BOOT,
        _whole("t_boot_ms", f"When. {BOOT_MS}", "ms"),
        _moment("wall_utc", "What the time was then."),
        _text("source", "Who vouches for it: ntp, rtc or staff."),
        REVISION,
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            PERSONS,
            SESSIONS,
            STEPS,
            REPETITIONS,
            RATINGS,
            PERMISSIONS,
            INJECTIONS,
            EVENTS,
            ANCHORS,
            CLIPS,
            REPLAYS,
            PACKAGE,
        )
    }
)
"""Every table, a parent before its children; ``package`` last, because it says what the others hold."""
