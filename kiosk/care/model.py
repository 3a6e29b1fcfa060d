"""The words of care: people, exercises, programmes and the plan that a session follows.

Sides are always the person's own left and right. Durations are whole milliseconds in a compiled plan, seconds in files.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec


class Stage(StrEnum):
    """Stage of recovery, set by staff."""

    FLACCID = "flaccid"
    PARETIC = "paretic"
    SYNKINETIC = "synkinetic"


class Side(StrEnum):
    """The affected side, or the side a step is for."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class Cause(StrEnum):
    BELL = "bell"
    RAMSAY_HUNT = "ramsay_hunt"
    SURGERY = "surgery"
    TRAUMA = "trauma"
    TUMOUR = "tumour"
    INFECTION = "infection"
    BORN_WITH = "born_with"
    STROKE = "stroke"
    OTHER = "other"
    UNKNOWN = "unknown"


class OnsetBand(StrEnum):
    """Time since it began, as attested on a day; the band ages with the calendar."""

    UNDER_2_WEEKS = "under_2_weeks"
    WEEKS_2_TO_6 = "2_to_6_weeks"
    WEEKS_6_TO_12 = "6_to_12_weeks"
    MONTHS_3_TO_6 = "3_to_6_months"
    MONTHS_6_TO_12 = "6_to_12_months"
    OVER_1_YEAR = "over_1_year"
    UNKNOWN = "unknown"


class ViewMode(StrEnum):
    """View of their own face that the person has."""

    MIRROR = "mirror"
    GOOD_SIDE = "good-side"
    FEEL = "feel"
    LOOK_THEN_FEEL = "look-then-feel"


class Movement(StrEnum):
    """A movement that may be ticked as seen spontaneously."""

    SMILE = "smile"
    LIPS = "lips"
    LIDS = "lids"
    BROW = "brow"
    NOSE = "nose"


class Region(StrEnum):
    """A region of the face; the release packs are named by region."""

    WHOLE_FACE = "whole-face"
    SCALP_FOREHEAD_BROW = "scalp-forehead-brow"
    LOWER_LID_NOSE_SIDE = "lower-lid-nose-side"
    CHEEK_MOUTH_CORNER = "cheek-mouth-corner"
    CHIN_JAW = "chin-jaw"
    FOREHEAD = "forehead"
    TEMPLES = "temples"
    EYES = "eyes"
    NOSE = "nose"
    CHEEKS = "cheeks"
    MOUTH = "mouth"
    CHIN = "chin"
    NECK = "neck"


class StepKind(StrEnum):
    """Sort of doing that a step is; only ``movement`` is active movement."""

    BREATHE = "breathe"
    MASSAGE = "massage"
    EASE = "ease"
    BLINK = "blink"
    RELEASE = "release"
    RELAX = "relax"
    QUIET = "quiet"
    MOVEMENT = "movement"
    GLASSES = "glasses"
    ARM_REST = "arm-rest"


class Family(StrEnum):
    """Sort of a programme: the rules that open and close it follow from this."""

    CARE = "care"
    RELAX = "relax"
    RELEASES = "releases"
    FIRST_MOVEMENTS = "first-movements"
    QUIET_CONTROL = "quiet-control"
    CARDS = "cards"

    @property
    def active(self) -> bool:
        """Whether it contains active movement."""
        return self in (Family.FIRST_MOVEMENTS, Family.QUIET_CONTROL)


class Role(StrEnum):
    """Role of a staff slot: it decides what the slot may do."""

    THERAPIST = "therapist"
    NURSE = "nurse"


class Permission(StrEnum):
    """A permission that staff tick before something is offered to a person, or before it is done.

    ``CLIPS`` and ``REPLAYS`` are the person's own consents to being recorded: see ``kiosk.care.consent``.
    """

    INSIDE_CHEEK = "inside-cheek"
    NECK = "neck"
    CONSTANT_PAIN = "constant-pain"
    CLIPS = "clips"
    REPLAYS = "replays"


class Onset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The beginning of the palsy: a date, or a band as attested on ``attested_on``."""

    on: date | None = None
    band: OnsetBand = OnsetBand.UNKNOWN
    attested_on: date | None = None


class SeenTick(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A movement seen spontaneously: when, and which staff slot saw it. ``seen_on`` None: the clock was not set."""

    movement: Movement
    seen_on: date | None
    by: str


class Injection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Botulinum toxin given on a day; no massage or releases at its regions until ``no_touch_until``."""

    given_on: date
    regions: tuple[Region, ...]
    no_touch_until: date | None = None


class PainAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The moment at which pain closed movement: milliseconds since the start of a boot of this kiosk."""

    boot_id: Annotated[str, msgspec.Meta(max_length=120)]
    t_boot_ms: Annotated[int, msgspec.Meta(ge=0, le=10**15)]


class Override(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Staff opened what a rule keeps closed: which rule code, why (a word of a list), who, when."""

    rule: str
    reason: str
    by: str
    on: date | None


RISKS = ("graft", "numb_eye", "eye_surgery", "swallowing_risk", "carotid_disease")
"""Fields of ``Person`` that answer a question about safety: True, False, or None as long as nobody has asked."""


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person's plan as staff set it. A code with a check digit; names never enter the kiosk."""

    code: str
    stage: Stage | None = None
    side: Side | None = None
    onset: Onset | None = None
    cause: Cause | None = None
    graft: bool | None = msgspec.field(default=None, name="has_graft")
    stiffer: bool = False
    full_eye_closure: bool = False
    numb_eye: bool | None = msgspec.field(default=None, name="has_numb_eye")
    eye_surgery: bool | None = msgspec.field(default=None, name="has_eye_surgery")
    swallowing_risk: bool | None = msgspec.field(default=None, name="has_swallowing_risk")
    carotid_disease: bool | None = msgspec.field(default=None, name="has_carotid_disease")
    one_hand: bool = False
    ticks: tuple[SeenTick, ...] = ()
    ticks_reviewed_on: date | None = None
    view_mode: ViewMode | None = None
    language: str = "en"
    injections: tuple[Injection, ...] = ()
    pause_until: date | None = None
    permissions: tuple[Permission, ...] = ()
    overrides: tuple[Override, ...] = ()
    locked: tuple[str, ...] = ()
    cues: bool = True
    pain_locked_on: date | None = None
    pain_locked: bool = False
    pain_at: PainAt | None = None
    linked_review: bool = False
    flags: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Red flags reported since staff last looked: from one on movement waits, from two on everything but the cards."""
    reviewed_by: str = ""


class Exercise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to do, in our words.

    ``needs``: movements that must be ticked. ``hands``: fingers go to the face. ``avoid``: fields of Person (or
    ``stroke``) that rule it out. ``stages``: only in these (empty: in all). ``sides``: ``both`` at once, ``middle``,
    ``each`` in turn, ``strong`` or ``affected`` only. ``landmark``, ``fingers``, ``direction`` and ``one_hand``
    describe a touch. Until ``reviewed_by`` is set on a release, the screen adds "the way your therapist showed you".
    ``do``, ``feel`` and ``one_hand`` may hold ``{side}``, ``{sides}`` and ``{eyes}`` (see ``kiosk.care.texts``).
    ``site``: it comes from the clinic's own file, so the voice that ships with the kiosk does not fit its words.
    """

    id: str
    title: str
    kind: StepKind
    region: Region
    do: str
    feel: str = ""
    finish: str = ""
    needs: tuple[Movement, ...] = ()
    hands: bool = False
    glasses_off: bool = False
    eyes_closed: bool = False
    sides: str = "both"
    landmark: str = ""
    fingers: str = ""
    direction: str = ""
    one_hand: str = ""
    avoid: tuple[str, ...] = ()
    permission: Permission | None = None
    reviewed_by: str = ""
    stages: tuple[Stage, ...] = ()
    site: bool = False


class Dose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Duration and count of an exercise, seconds; ``source`` P (published), S (software or forum), D (our default)."""

    hold_s: float
    source: str
    in_s: float = 0
    out_s: float = 0
    rest_s: float = 0
    repetitions: int = 1
    note: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a programme: an exercise with its dose. ``pack`` groups releases by region."""

    exercise: str
    dose: Dose
    short_hold_s: float | None = None
    pack: Region | None = None


class Programme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A programme as its file says it.

    ``line_needs`` is filled in when it is loaded: for each line of movement, the movements it needs ticked.
    """

    id: str
    version: int
    title: str
    family: Family
    summary: str
    order: int
    stages: tuple[Stage, ...]
    lines: tuple[Line, ...]
    per_day: int | None = None
    per_day_source: str = "D"
    view: ViewMode = ViewMode.FEEL
    reviewed_by: str = ""
    line_needs: tuple[tuple[Movement, ...], ...] = ()


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One information card: short paragraphs, a page each."""

    id: str
    title: str
    pages: tuple[str, ...]
    order: int = 0


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a compiled plan. All times in milliseconds.

    The timeline: ``hands_up_ms``, ``lead_in_ms``, then ``repetitions`` times in, hold, out, rest (no rest at last).
    ``prompt_*`` are prompt ids for the voice; ``sentence`` is what the screen says. ``block`` numbers runs of
    consecutive active steps from 1 (0: not active). ``needs``: the ticked movements that it practises.
    """

    exercise: str
    kind: StepKind
    region: Region
    side: Side | None
    title: str
    sentence: str
    feel: str = ""
    hands_up_ms: int = 0
    lead_in_ms: int = 5_000
    in_ms: int = 0
    hold_ms: int
    out_ms: int = 0
    rest_ms: int = 0
    repetitions: int = 1
    hands: bool = False
    glasses_off: bool = False
    eyes_closed: bool = False
    block: int = 0
    needs: tuple[Movement, ...] = ()
    view: ViewMode = ViewMode.FEEL
    prompt_start: str = ""
    prompt_middle: str = ""
    prompt_end: str = ""

    @property
    def active(self) -> bool:
        """Whether the step asks the face to move by itself."""
        return self.kind is StepKind.MOVEMENT

    @property
    def duration_ms(self) -> int:
        """From the first hand-up to the end of the last repetition."""
        each = self.in_ms + self.hold_ms + self.out_ms
        return self.hands_up_ms + self.lead_in_ms + self.repetitions * each + (self.repetitions - 1) * self.rest_ms


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of one session. ``relax``: those offered to a tired person instead of the remaining active steps."""

    programme: str
    version: int
    title: str
    family: Family
    steps: tuple[Step, ...]
    relax: tuple[Step, ...] = ()
    why: str = ""
