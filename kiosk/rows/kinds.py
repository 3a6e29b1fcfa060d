"""The rows of the record: one frozen struct per table of the database. Those that stay are in
``kept``, what staff enter of a person is in ``entered``.

Field names are column names, in the record and in a package alike. Units stand in the names: ``_ms`` of
CLOCK_BOOTTIME, ``_s`` seconds, ``_utc`` ISO 8601 text that ends in ``Z``. Text holds words of a vocabulary, never free
text; an empty text and a None both mean "not recorded".

Each column that leaves the kiosk says here what it means, its unit, its range and its words, in the ``Meta`` of its
type: ``kiosk.package.schema`` makes headers, dictionaries and the checks of a reader from that, and from nothing else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from msgspec import Meta

from kiosk.errors import ContentError
from kiosk.rows.entered import InjectionRow as InjectionRow
from kiosk.rows.entered import PermissionRow as PermissionRow
from kiosk.rows.entered import ScoreRow as ScoreRow
from kiosk.rows.kept import BOUND as BOUND
from kiosk.rows.kept import STAFF_LOST as STAFF_LOST
from kiosk.rows.kept import BootRow as BootRow

# Whoever puts or reads rows finds here also what they share and the orders that go the same way.
from kiosk.rows.kept import Confirm as Confirm
from kiosk.rows.kept import Doubt as Doubt
from kiosk.rows.kept import DoubtRow as DoubtRow
from kiosk.rows.kept import Entry as Entry
from kiosk.rows.kept import Erase as Erase
from kiosk.rows.kept import ErasureRow as ErasureRow
from kiosk.rows.kept import ExportRow as ExportRow
from kiosk.rows.kept import Forget as Forget
from kiosk.rows.kept import InboxRow as InboxRow
from kiosk.rows.kept import InboxSeen as InboxSeen
from kiosk.rows.kept import Order as Order
from kiosk.rows.kept import PinTriesRow as PinTriesRow
from kiosk.rows.kept import ResetStaff as ResetStaff
from kiosk.rows.kept import StaffRow as StaffRow
from kiosk.rows.kept import StateRow as StateRow
from kiosk.rows.row import (
    AS_WRITTEN,
    BANDS,
    BOOT_MS,
    CAUSES,
    CLOSURE,
    ENDS,
    LAG,
    LINKED,
    QUALITIES,
    RATIO,
    SEEN,
    SOURCES,
    VIEWS,
    BootId,
    BootMs,
    Closure,
    Count,
    LagMs,
    Level,
    Millimetres,
    Moment,
    Numbered,
    OffsetMin,
    Patient,
    Place,
    Rated,
    Ratio,
    Revision,
    Seconds,
    Seq,
    SessionId,
    Side,
    Size,
    Speed,
    Stage,
    Status,
    StepOrder,
    Uncertain,
)
from kiosk.rows.row import WORD as WORD
from kiosk.rows.row import Keeping as Keeping
from kiosk.rows.row import R as R
from kiosk.rows.row import Row as Row
from kiosk.rows.row import digest_of as digest_of
from kiosk.rows.row import name_of as name_of
from kiosk.rows.row import row_of as row_of
from kiosk.rows.row import told_of as told_of
from kiosk.rows.row import utc_moment as utc_moment
from kiosk.rows.row import utc_text as utc_text
from kiosk.rows.standard import SetItemRow as SetItemRow


class PersonRow(Row, frozen=True):
    """One person's set-up from ``valid_from_utc`` on; ``profile`` is JSON of the whole person.

    ``digest`` is that of ``profile``, and says whether it still is as it was written; empty in rows of before there
    was one.
    """

    TABLE = "persons"
    KEY = ("patient_code",)
    KEEPING = Keeping.HISTORY
    STAMPS = ("valid_from_utc",)
    TEXT = ("profile",)

    patient_code: Patient
    revision: Revision = 0
    valid_from_utc: Annotated[Moment, Meta(description=AS_WRITTEN)] = ""
    stage: Annotated[Stage, Meta(description="flaccid, paretic or synkinetic.")] = ""
    affected_side: Annotated[Side, Meta(description="left, right or both: the person's own.")] = ""
    onset_band: Annotated[
        str, Meta(description="How long ago it began, as staff entered it.", extra={"words": BANDS})
    ] = ""
    cause: Annotated[str, Meta(description="What it came from.", extra={"words": CAUSES})] = ""
    one_hand: Annotated[bool, Meta(description="Only one hand reaches the face.")] = False
    reviewed_by: Annotated[str, Meta(description="The staff slot that reviewed this set-up.")] = ""
    profile: str = "{}"
    digest: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.digest and self.digest != digest_of(self.profile):
            raise ContentError(f"persons: the plan of {self.patient_code} is not as it was written")


class SessionRow(Row, frozen=True, kw_only=True):
    """One session. ``end_*`` are None while it runs; ``wall_uncertainty_s`` None: how far off is unknown."""

    TABLE = "sessions"
    KEY = ("session_id",)

    session_id: SessionId
    resumes_session_id: Annotated[str | None, Meta(description="The session that this one goes on with.")] = None
    patient_code: Patient
    seq: Numbered = 0
    programme: Annotated[str, Meta(description="What was practised.")]
    programme_version: Annotated[Seq, Meta(description="The version of that programme's file.")] = 0
    boot_id: BootId
    start_boot_ms: Annotated[BootMs, Meta(description=f"Start. {BOOT_MS}")]
    end_boot_ms: Annotated[BootMs | None, Meta(description=f"End. {BOOT_MS}")] = None
    start_utc: Annotated[Moment, Meta(description="Start; to be believed as far as clock_status says.")]
    end_utc: Annotated[Moment | None, Meta(description="End; to be believed as far as clock_status says.")] = None
    clock_status: Status
    wall_uncertainty_s: Annotated[
        Uncertain | None, Meta(description="How far off start and end may be; empty: nobody knows.")
    ] = None
    tz: Annotated[str, Meta(description="The time zone in which the kiosk stands, by its IANA name.")] = ""
    utc_offset_min: Annotated[
        OffsetMin | None, Meta(description="Minutes from UTC to the local time there at the start.")
    ] = None
    planned_steps_count: Annotated[Count, Meta(description="Steps that were planned.")] = 0
    done_steps_count: Annotated[Count, Meta(description="Steps that were done.")] = 0
    active_duration_s: Annotated[Seconds, Meta(description="Time in steps, without pauses.")] = 0.0
    pause_duration_s: Annotated[Seconds, Meta(description="Time in pauses.")] = 0.0
    end_reason: Annotated[
        str | None,
        Meta(
            description="completed, stopped, timeout, power_loss or fault; empty: it was still running.",
            extra={"words": ENDS},
        ),
    ] = None
    stop_reason: Annotated[str, Meta(description="What the person chose as the reason for stopping.")] = ""
    view_mode: Annotated[
        str,
        Meta(
            description=(
                "What the person was to see of their face: mirror, good-side, look-then-feel or feel (nothing)."
            ),
            extra={"words": VIEWS},
        ),
    ] = ""
    camera_used: Annotated[
        bool, Meta(description="The kiosk was set to use a camera, and the session was to have active movements.")
    ] = False
    clip_consent: Annotated[bool, Meta(description="The person had agreed to films.")] = False
    pain_before_0_3: Annotated[Level | None, Meta(description="Pain before: 0 none, 1 mild, 2 moderate, 3 severe.")] = (
        None
    )
    pain_after_0_3: Annotated[Level | None, Meta(description="Pain after: 0 none, 1 mild, 2 moderate, 3 severe.")] = (
        None
    )
    tiredness_0_3: Annotated[Level | None, Meta(description="Tiredness: 0 fresh to 3 very tired.")] = None
    stage: Annotated[Stage, Meta(description="The stage that staff had set at that time.")] = ""
    affected_side: Annotated[Side, Meta(description="The affected side that staff had set at that time.")] = ""
    app_version: Annotated[str, Meta(description="The version of the kiosk's program.")] = ""
    revision: Revision = 0

    def columns(self) -> dict[str, Any]:
        # A session names the one it resumes by an empty word when there is none; the foreign key wants NULL for that.
        return {**super().columns(), "resumes_session_id": self.resumes_session_id or None}


class StepRow(Row, frozen=True, kw_only=True):
    """One step of a session; ``order`` counts from 0 as the session does. ``end_boot_ms`` None: it is not over."""

    TABLE = "steps"
    KEY = ("session_id", "order")

    session_id: SessionId
    order: Annotated[Place, Meta(description="Place in the session, from 0.")]
    exercise: Annotated[str, Meta(description="What was done.")]
    region: Annotated[str, Meta(description="Where on the face.")] = ""
    side: Annotated[Side, Meta(description="left, right or both: the person's own.")] = ""
    planned_repetitions_count: Annotated[Count, Meta(description="Repetitions that were planned.")] = 0
    done_repetitions_count: Annotated[
        Count, Meta(description="Repetitions that were done, with those of the session that it goes on with.")
    ] = 0
    hold_target_s: Annotated[Seconds, Meta(description="How long one is held.")] = 0.0
    skipped: Annotated[bool, Meta(description="The person left it out.")] = False
    skip_reason: Annotated[str, Meta(description="What they chose as the reason.")] = ""
    start_boot_ms: Annotated[BootMs | None, Meta(description=f"Start. {BOOT_MS}")] = None
    end_boot_ms: Annotated[BootMs | None, Meta(description=f"End; empty: it was not finished. {BOOT_MS}")] = None
    revision: Revision = 0


class RepetitionRow(Row, frozen=True, kw_only=True):
    """One repetition that was done; what was not measured is None, and ``quality_reason`` may say why."""

    TABLE = "repetitions"
    KEY = ("session_id", "step_order", "repetition")

    session_id: SessionId
    step_order: StepOrder
    repetition: Annotated[Place, Meta(description="Which repetition of the step, from 0.")]
    t_boot_ms: Annotated[BootMs, Meta(description=f"When it was over. {BOOT_MS}")]
    hold_s: Annotated[Seconds, Meta(description="How long the kiosk had it held: by its timing, not by the camera.")]
    excursion_left_mm: Annotated[Millimetres | None, Meta(description=f"How far the left side moved. {SEEN}")] = None
    excursion_right_mm: Annotated[Millimetres | None, Meta(description=f"How far the right side moved. {SEEN}")] = None
    symmetry_ratio: Annotated[Ratio | None, Meta(description=RATIO)] = None
    onset_lag_ms: Annotated[LagMs | None, Meta(description=LAG)] = None
    peak_speed_mm_s: Annotated[Speed | None, Meta(description="The highest speed of the side that was quicker.")] = None
    linked_movement: Annotated[
        str,
        Meta(
            description="What moved along: eye or mouth; none: nothing did; empty: it cannot be told.",
            extra={"words": LINKED},
        ),
    ] = ""
    quality: Annotated[
        str,
        Meta(
            description="How far the measures can be trusted: good, partial (some are absent) or none.",
            extra={"words": QUALITIES},
        ),
    ] = ""
    quality_reason: Annotated[str, Meta(description="Why they can not, or why there are none.")] = ""
    revision: Revision = 0
    closure_left_ratio: Annotated[
        Closure | None, Meta(description=f"How far the left eye closed, {CLOSURE}", extra={"later": True})
    ] = None
    closure_right_ratio: Annotated[
        Closure | None, Meta(description=f"How far the right eye closed, {CLOSURE}", extra={"later": True})
    ] = None


class RatingRow(Row, frozen=True):
    """An answer on a scale: ``item`` says of what, ``unit`` names the scale (``0_3``)."""

    TABLE = "ratings"
    KEY = ("session_id", "item")

    session_id: SessionId
    item: Annotated[str, Meta(description="What they rated.")]
    value: Annotated[Rated, Meta(description="The answer.")]
    unit: Annotated[str, Meta(description="The scale: 0_3 is from 0 (none) to 3.", extra={"words": ("0_3",)})]
    revision: Revision = 0


class ClipRow(Row, frozen=True):
    """A film of one movement step, from ``repetition`` on; ``file`` is its name below the folder of clips.

    ``cut``: it reached its size limit before the step was over. ``removed``: a word for why the file is gone
    (``withdrawn``, ``age``), empty while it lies there.
    """

    TABLE = "clips"
    KEY = ("session_id", "step_order", "repetition")

    session_id: SessionId
    step_order: StepOrder
    repetition: Annotated[Place, Meta(description="The repetition with which the film begins, from 0.")]
    file: str
    size_bytes: Annotated[Size, Meta(description="Its size when it was made.")]
    sha256: Annotated[
        str,
        Meta(
            description="Its SHA-256 when it was made: a file with another one was damaged on the kiosk.",
            extra={"pattern": "[0-9a-f]{64}"},
        ),
    ]
    encrypted: Annotated[bool, Meta(description="The film is encrypted to the keys of the clinic.")]
    cut: Annotated[bool, Meta(description="It reached its largest size before the step was over.")] = False
    removed: Annotated[
        str,
        Meta(
            description="Why the film is not there any more: withdrawn or age.", extra={"words": ("withdrawn", "age")}
        ),
    ] = ""
    revision: Revision = 0


class ReplayRow(Row, frozen=True):
    """The movement of the face's lines in one repetition; ``points`` is what ``kiosk.face.replay`` reads."""

    TABLE = "replays"
    KEY = ("session_id", "step_order", "repetition")

    session_id: SessionId
    step_order: StepOrder
    repetition: Annotated[Place, Meta(description="Which repetition of the step, from 0.")]
    points: bytes


class EventRow(Row, frozen=True):
    """A line of the log. The store fills in when and the gap-free ``seq``."""

    TABLE = "events"
    KEY = ("seq",)
    KEEPING = Keeping.LOG
    STAMPS = ("boot_id", "t_boot_ms", "wall_utc", "clock_status")

    level: Annotated[
        str,
        Meta(
            description="info, notice, warning, fault or audit.",
            extra={"words": ("info", "notice", "warning", "fault", "audit")},
        ),
    ]
    code: Annotated[str, Meta(description="What happened.")]
    detail_code: Annotated[str, Meta(description="More about it, as a word.")] = ""
    patient_code: Patient = ""
    seq: Numbered = 0
    boot_id: BootId = ""
    t_boot_ms: Annotated[BootMs, Meta(description=f"When. {BOOT_MS}")] = 0
    wall_utc: Annotated[Moment, Meta(description="When; to be believed as far as clock_status says.")] = ""
    clock_status: Status = ""


class AnchorRow(Row, frozen=True):
    """At this moment of this boot somebody vouched for the wall clock: it dates the whole boot."""

    TABLE = "clock_anchors"
    KEY = ("boot_id", "t_boot_ms")

    boot_id: BootId
    t_boot_ms: Annotated[BootMs, Meta(description=f"When. {BOOT_MS}")]
    wall_utc: Annotated[Moment, Meta(description="What the time was then.")]
    source: Annotated[str, Meta(description="Who vouches for it: ntp, rtc or staff.", extra={"words": SOURCES})]

    def utc_at(self, t_boot_ms: int) -> str:
        """Return what the wall clock said, or would have said, at another moment of the same boot."""
        return utc_text(utc_moment(self.wall_utc) + timedelta(milliseconds=t_boot_ms - self.t_boot_ms))


ROWS: tuple[type[Row], ...] = (
    PersonRow,
    SessionRow,
    StepRow,
    RepetitionRow,
    ClipRow,
    ReplayRow,
    RatingRow,
    SetItemRow,
    PermissionRow,
    InjectionRow,
    ScoreRow,
    EventRow,
    AnchorRow,
    BootRow,
    InboxRow,
    InboxSeen,
    StaffRow,
    PinTriesRow,
    StateRow,
    ExportRow,
    ErasureRow,
    DoubtRow,
)
"""Every table, a parent before its children."""
