"""What is remembered, as values: one frozen struct per table of the database.

Field names are column names, and those of EXPORT's tables keep EXPORT's names. Units stand in the names: ``_ms`` of
CLOCK_BOOTTIME, ``_s`` seconds, ``_utc`` ISO 8601 text that ends in ``Z``. Text holds words of a vocabulary, never free
text; an empty text and a None both mean "not recorded".
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

# Whoever puts or reads rows finds here also what they share and the orders that go the same way.
from kiosk.records.orders import Erase as Erase
from kiosk.records.orders import Forget as Forget
from kiosk.records.orders import ResetStaff as ResetStaff
from kiosk.records.row import WORD as WORD
from kiosk.records.row import Keeping as Keeping
from kiosk.records.row import R as R
from kiosk.records.row import Row as Row
from kiosk.records.row import row_of as row_of
from kiosk.records.row import told as told
from kiosk.records.row import utc_moment as utc_moment
from kiosk.records.row import utc_text as utc_text


class PersonRow(Row, frozen=True):
    """One person's set-up from ``valid_from_utc`` on; ``profile`` is JSON of the whole person."""

    TABLE = "persons"
    KEY = ("patient_code",)
    KEEPING = Keeping.HISTORY
    STAMPS = ("valid_from_utc",)
    TEXT = ("profile",)

    patient_code: str
    revision: int = 0
    valid_from_utc: str = ""
    stage: str = ""
    affected_side: str = ""
    onset_band: str = ""
    cause: str = ""
    one_hand: bool = False
    reviewed_by: str = ""
    profile: str = "{}"


class SessionRow(Row, frozen=True, kw_only=True):
    """One session. ``end_*`` are None while it runs; ``wall_uncertainty_s`` None: how far off is unknown."""

    TABLE = "sessions"
    KEY = ("session_id",)
    GIVEN = ("seq", "revision")

    session_id: str
    resumes_session_id: str | None = None
    patient_code: str
    seq: int = 0
    programme: str
    programme_version: int = 0
    boot_id: str
    start_boot_ms: int
    end_boot_ms: int | None = None
    start_utc: str
    end_utc: str | None = None
    clock_status: str
    wall_uncertainty_s: float | None = None
    tz: str = ""
    utc_offset_min: int | None = None
    planned_steps_count: int = 0
    done_steps_count: int = 0
    active_duration_s: float = 0.0
    pause_duration_s: float = 0.0
    end_reason: str | None = None
    stop_reason: str = ""
    view_mode: str = ""
    camera_used: bool = False
    clip_consent: bool = False
    pain_before_0_3: int | None = None
    pain_after_0_3: int | None = None
    tiredness_0_3: int | None = None
    stage: str = ""
    affected_side: str = ""
    app_version: str = ""
    revision: int = 0

    def columns(self) -> dict[str, Any]:
        # A session names the one it resumes by an empty word when there is none; the foreign key wants NULL for that.
        return {**super().columns(), "resumes_session_id": self.resumes_session_id or None}


class StepRow(Row, frozen=True, kw_only=True):
    """One step of a session; ``order`` counts from 0 as the session does. ``end_boot_ms`` None: it is not over."""

    TABLE = "steps"
    KEY = ("session_id", "order")
    GIVEN = ("revision",)

    session_id: str
    order: int
    exercise: str
    region: str = ""
    side: str = ""
    planned_repetitions_count: int = 0
    done_repetitions_count: int = 0
    hold_target_s: float = 0.0
    skipped: bool = False
    skip_reason: str = ""
    start_boot_ms: int | None = None
    end_boot_ms: int | None = None
    revision: int = 0


class RepetitionRow(Row, frozen=True, kw_only=True):
    """One repetition that was done; what was not measured is None, and ``quality_reason`` may say why."""

    TABLE = "repetitions"
    KEY = ("session_id", "step_order", "repetition")
    GIVEN = ("revision",)

    session_id: str
    step_order: int
    repetition: int
    t_boot_ms: int
    hold_s: float
    excursion_left_mm: float | None = None
    excursion_right_mm: float | None = None
    symmetry_ratio: float | None = None
    onset_lag_ms: int | None = None
    peak_speed_mm_s: float | None = None
    linked_movement: str = ""
    quality: str = ""
    quality_reason: str = ""
    revision: int = 0


class RatingRow(Row, frozen=True):
    """An answer on a scale: ``item`` says of what, ``unit`` names the scale (``0_3``)."""

    TABLE = "ratings"
    KEY = ("session_id", "item")
    GIVEN = ("revision",)

    session_id: str
    item: str
    value: float
    unit: str
    revision: int = 0


class ClipRow(Row, frozen=True):
    """A film of one movement step, from ``repetition`` on; ``file`` is its name below the folder of clips.

    ``cut``: it reached its size limit before the step was over. ``removed``: a word for why the file is gone
    (``withdrawn``, ``age``), empty while it lies there.
    """

    TABLE = "clips"
    KEY = ("session_id", "step_order", "repetition")
    GIVEN = ("revision",)

    session_id: str
    step_order: int
    repetition: int
    file: str
    size_bytes: int
    sha256: str
    encrypted: bool
    cut: bool = False
    removed: str = ""
    revision: int = 0


class ReplayRow(Row, frozen=True):
    """How the lines of the face moved in one repetition; ``points`` is what ``kiosk.face.replay`` reads."""

    TABLE = "replays"
    KEY = ("session_id", "step_order", "repetition")

    session_id: str
    step_order: int
    repetition: int
    points: bytes


class PermissionRow(Row, frozen=True):
    """Staff allowed, locked or overrode something for a person; the newest revision of an item holds."""

    TABLE = "permissions"
    KEY = ("patient_code", "item")
    KEEPING = Keeping.HISTORY
    STAMPS = ("wall_utc",)

    patient_code: str
    item: str
    value: str
    by: str
    wall_utc: str = ""
    reason: str = ""
    revision: int = 0


class InjectionRow(Row, frozen=True):
    """Botulinum toxin given at one site on one day (dates ``YYYY-MM-DD``); ``withdrawn``: it was entered by mistake."""

    TABLE = "injections"
    KEY = ("patient_code", "given_on", "region")
    GIVEN = ("revision",)
    STAMPS = ("wall_utc",)

    patient_code: str
    given_on: str
    region: str
    no_touch_until: str = ""
    by: str = ""
    wall_utc: str = ""
    withdrawn: bool = False
    revision: int = 0


class EventRow(Row, frozen=True):
    """A line of the log. The store fills in when and the gap-free ``seq``."""

    TABLE = "events"
    KEY = ("seq",)
    KEEPING = Keeping.LOG
    GIVEN = ("seq",)
    STAMPS = ("boot_id", "t_boot_ms", "wall_utc", "clock_status")

    level: str
    code: str
    detail_code: str = ""
    patient_code: str = ""
    seq: int = 0
    boot_id: str = ""
    t_boot_ms: int = 0
    wall_utc: str = ""
    clock_status: str = ""


class ExportRow(Row, frozen=True, kw_only=True):
    """A package that left the kiosk, or was begun. ``seq`` numbers the packages, not the rows.

    It holds the rows up to ``seq_to`` of the one numbering, without those up to ``since_seq``. ``verified``: it was
    read back and is whole; only then do later exports build upon it. ``selection`` is ``ALL`` or a code.
    """

    TABLE = "exports"
    KEY = ("seq",)
    GIVEN = ("revision",)
    STAMPS = ("wall_utc",)

    seq: int
    package: str
    selection: str
    since_seq: int
    seq_to: int
    protection: str
    rows_count: int = 0
    size_bytes: int = 0
    manifest_sha256: str = ""
    verified: bool = False
    by: str = ""
    wall_utc: str = ""
    revision: int = 0


class ErasureRow(Row, frozen=True):
    """The rows of these numbers were erased on purpose: whoever misses them need not search. It says not whose."""

    TABLE = "erasures"
    KEY = ("seq_from",)
    GIVEN = ("revision",)
    STAMPS = ("wall_utc",)

    seq_from: int
    seq_to: int
    by: str
    wall_utc: str = ""
    revision: int = 0


class AnchorRow(Row, frozen=True):
    """At this moment of this boot somebody vouched for the wall clock: it dates the whole boot."""

    TABLE = "clock_anchors"
    KEY = ("boot_id", "t_boot_ms")

    boot_id: str
    t_boot_ms: int
    wall_utc: str
    source: str

    def utc_at(self, t_boot_ms: int) -> str:
        """What the wall clock said, or would have said, at another moment of the same boot."""
        return utc_text(utc_moment(self.wall_utc) + timedelta(milliseconds=t_boot_ms - self.t_boot_ms))


class BootRow(Row, frozen=True):
    """From when to when the kiosk is known to have been powered in one boot; ``ordinal`` gives boots their order."""

    TABLE = "boots"
    KEY = ("boot_id",)
    GIVEN = ("ordinal",)

    boot_id: str
    ordinal: int
    first_ms: int
    last_ms: int


class InboxRow(Row, frozen=True):
    """A line for staff. ``key`` makes it one line however often it is told; ``seq`` is that of its event."""

    TABLE = "inbox"
    KEY = ("key",)
    GIVEN = ("seq",)
    STAMPS = ("boot_id", "t_boot_ms", "wall_utc", "clock_status")

    key: str
    patient_code: str = ""
    code: str = ""
    detail_code: str = ""
    seq: int = 0
    boot_id: str = ""
    t_boot_ms: int = 0
    wall_utc: str = ""
    clock_status: str = ""


class InboxSeen(Row, frozen=True):
    """This staff slot has acknowledged that line."""

    TABLE = "inbox_seen"
    KEY = ("slot", "key")

    slot: str
    key: str


class StaffRow(Row, frozen=True):
    """One staff slot: no name, a PIN kept as salt and hash (hexadecimal)."""

    TABLE = "staff"
    KEY = ("slot",)
    TEXT = ("label",)

    slot: str
    role: str
    label: str
    pin_salt: str
    pin_hash: str


class PinTriesRow(Row, frozen=True):
    """Wrong tries of a slot and the lock that follows: ``lock_ms`` long from ``lock_from_boot_ms`` of that boot."""

    TABLE = "pin_tries"
    KEY = ("slot",)

    slot: str
    tries: int
    lock_ms: int = 0
    lock_boot_id: str = ""
    lock_from_boot_ms: int = 0


class StateRow(Row, frozen=True):
    """One small fact about this kiosk: who it is bound to, its device_id."""

    TABLE = "state"
    KEY = ("key",)
    TEXT = ("value",)

    key: str
    value: str


ROWS: tuple[type[Row], ...] = (
    PersonRow,
    SessionRow,
    StepRow,
    RepetitionRow,
    ClipRow,
    ReplayRow,
    RatingRow,
    PermissionRow,
    InjectionRow,
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
)
"""Every table, a parent before its children."""
