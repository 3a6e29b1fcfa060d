"""The person and what staff set for them: stage, side, what was seen, what is allowed, what is locked.

Sides are always the person's own left and right; names never enter the kiosk.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from kiosk.care.model import Movement, Permission, Region, Side, Stage, ViewMode


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


class Role(StrEnum):
    """Role of a staff slot: it decides what the slot may do."""

    THERAPIST = "therapist"
    NURSE = "nurse"


class Onset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The beginning of the palsy: the day ``on``, or a ``band`` as attested on ``attested_on``."""

    on: date | None = None
    band: OnsetBand = OnsetBand.UNKNOWN
    attested_on: date | None = None


class SeenTick(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ``movement`` seen spontaneously by the staff slot ``by``. ``seen_on`` None: the clock was not set."""

    movement: Movement
    seen_on: date | None
    by: str


class Injection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Botulinum toxin ``given_on`` a day; no massage or releases at its ``regions`` until ``no_touch_until``."""

    given_on: date
    regions: tuple[Region, ...]
    no_touch_until: date | None = None


class PainAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The moment at which pain closed movement: ``t_boot_ms`` since the start of boot ``boot_id`` of this kiosk."""

    boot_id: Annotated[str, msgspec.Meta(max_length=120)]
    t_boot_ms: Annotated[int, msgspec.Meta(ge=0, le=10**15)]


class Override(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Staff (the slot ``by``) opened what the ``rule`` of this code keeps closed.

    ``reason``: why, a word of a list. ``on``: the day; None: not known.
    """

    rule: str
    reason: str
    by: str
    on: date | None


class OwnDose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The dose of an ``exercise`` of a ``programme`` (ids) that the staff slot ``by`` set for one person.

    ``hold_s`` of holding, ``rest_s`` of rest, in seconds; ``repetitions`` of it. ``on``: the day; None: not known.
    ``was``: hold, repetitions and rest that held before.
    """

    programme: str
    exercise: str
    hold_s: Annotated[float, msgspec.Meta(gt=0, le=300)]
    repetitions: Annotated[int, msgspec.Meta(ge=1, le=10)]
    rest_s: Annotated[float, msgspec.Meta(ge=0, le=60)]
    by: str
    on: date | None
    was: tuple[float, int, float]


RISKS = ("graft", "numb_eye", "eye_surgery", "swallowing_risk", "carotid_disease")
"""Fields of ``Person`` that answer a question about safety: True, False, or None as long as nobody has asked."""


WORN = ("glasses", "contact_lenses", "eye_drops")
"""Fields of ``Person`` that are asked once in the plan, so that no session has to ask; None as in ``RISKS``."""


LidsMm = Annotated[float, msgspec.Meta(ge=0, le=40)]


class LidsTaken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The distance between a person's lids, mm with the lashes, as the camera read it while staff watched.

    ``open_*``: softly open; ``closed_*``: gently closed, when staff saw the lashes meet. None: it could not be read, or
    the eye does not close. ``taken_on`` None: the date was not known. ``by``: the staff slot.
    """

    open_left: LidsMm | None = None
    open_right: LidsMm | None = None
    closed_left: LidsMm | None = None
    closed_right: LidsMm | None = None
    taken_on: date | None = None
    by: str = ""


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person's plan as staff set it. A code with a check digit; names never enter the kiosk."""

    code: str
    """A code with a check digit."""
    stage: Stage | None = None
    """The stage of recovery; None: not set."""
    side: Side | None = None
    """The affected side; None: not set."""
    onset: Onset | None = None
    """The beginning of the palsy; None: not set."""
    cause: Cause | None = None
    """Its cause; None: not set."""
    graft: bool | None = msgspec.field(default=None, name="has_graft")
    """Whether there was a nerve graft or reanimation surgery; None, as in all of ``RISKS``: nobody has asked."""
    stiffer: bool = False
    """Whether staff find the affected side stiffer or more tender than the other."""
    full_eye_closure: bool = False
    """Whether full closure of the eye is recorded (rule 12)."""
    lids: tuple[Side, ...] | None = None
    """The sides on which staff saw the lashes meet; None: nobody has looked. It says nothing of rule 12."""
    lids_taken: LidsTaken | None = None
    """The lids as the camera read them then; None: they were not taken, or answered by eye."""
    numb_eye: bool | None = msgspec.field(default=None, name="has_numb_eye")
    """Whether the surface of the eye is numb."""
    eye_surgery: bool | None = msgspec.field(default=None, name="has_eye_surgery")
    """Whether there was surgery on the lids or the eye."""
    swallowing_risk: bool | None = msgspec.field(default=None, name="has_swallowing_risk")
    """Whether swallowing is at risk."""
    carotid_disease: bool | None = msgspec.field(default=None, name="has_carotid_disease")
    """Whether there is disease of the neck arteries, or was a stroke."""
    glasses: bool | None = None
    """Whether glasses are worn; None, as in the two that follow: nobody has asked, and the reminder comes."""
    contact_lenses: bool | None = None
    """Whether contact lenses are worn."""
    eye_drops: bool | None = None
    """Whether eye drops are used."""
    one_hand: bool = False
    """Whether only one hand reaches the face."""
    ticks: tuple[SeenTick, ...] = ()
    """Movements that were seen spontaneously."""
    ticks_reviewed_on: date | None = None
    """The day on which staff last looked at the ticks; None: never, or not known."""
    view_mode: ViewMode | None = None
    """The view that staff chose; None: the programme's own."""
    language: str = "en"
    """The language that is shown and spoken."""
    injections: tuple[Injection, ...] = ()
    """Injections of botulinum toxin."""
    pause_until: date | None = None
    """The day until which everything is paused; None: nothing is."""
    permissions: tuple[Permission, ...] = ()
    """Things that staff, or the person's own consent, allow."""
    overrides: tuple[Override, ...] = ()
    """Things that staff opened against a rule."""
    locked: tuple[str, ...] = ()
    """Programmes that staff closed for this person, by their ids."""
    doses: tuple[OwnDose, ...] = ()
    """Doses that staff set in the place of the programmes' own."""
    cues: bool = True
    """Whether calm words about a movement are said in its rests."""
    pain_locked_on: date | None = None
    """The day on which pain closed movement; None: not known."""
    pain_locked: bool = False
    """Whether pain has closed movement."""
    pain_at: PainAt | None = None
    """The moment at which it did; None: not known."""
    linked_review: bool = False
    """Whether movement waits until staff have looked at linked movement."""
    flags: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Red flags reported since staff last looked: from one on movement waits, from two on everything but the cards."""
    reviewed_by: str = ""
    """The staff slot that reviewed this set-up; empty: none."""
