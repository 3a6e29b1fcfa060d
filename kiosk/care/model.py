"""The words of care: people, exercises, programmes and the plan that a session follows.

Sides are always the person's own left and right. Durations are whole milliseconds in a compiled plan, seconds in files.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from kiosk.care.showing import Showing


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


class OwnPicture(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A clinic's own picture or film of an exercise, which stands where else the drawn head does."""

    exercise: str
    """The id of the exercise that it shows."""
    file: str
    """The plain name of its file."""
    side: Side
    """The side that it shows; both, or the middle, is ``both``. It is shown for no other."""
    reviewed_by: str
    """The therapist who looked at it. Without one it is shown to nobody."""
    mirrored: bool = False
    """Whether it shows the face as a mirror does already; otherwise it was taken from the front, and is turned over."""
    content: str = ""
    """SHA-256 of the file's bytes, in hex."""


class Exercise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to do, in our words.

    ``do``, ``feel`` and ``one_hand`` may hold ``{side}``, ``{sides}`` and ``{eyes}`` (see ``kiosk.care.texts``).
    """

    id: str
    """Its name in files and in the record."""
    title: str
    """Its title on the screen."""
    kind: StepKind
    """The sort of doing that it is."""
    region: Region
    """The part of the face that it is about."""
    do: str
    """The sentence that says what to do."""
    feel: str = ""
    """The sentence that says what to feel; empty: none."""
    finish: str = ""
    """The sentence at its end; empty: none."""
    phases: tuple[str, ...] = ()
    """The words for what is done just now: in, hold and out; breathe in and out; or one for all. Empty: its title."""
    needs: tuple[Movement, ...] = ()
    """Movements that must be ticked."""
    hands: bool = False
    """Whether fingers go to the face."""
    glasses_off: bool = False
    """Whether glasses are taken off for it."""
    eyes_closed: bool = False
    """Whether the eyes are softly closed in it."""
    sides: str = "both"
    """``both`` at once, ``middle``, ``each`` in turn, ``strong`` or ``affected`` only."""
    landmark: str = ""
    """Of a touch: its place on the face."""
    fingers: str = ""
    """Of a touch: the fingers that do it."""
    direction: str = ""
    """Of a touch: its direction."""
    one_hand: str = ""
    """Of a touch: ``do`` for somebody who uses one hand."""
    avoid: tuple[str, ...] = ()
    """Fields of ``Person`` (or ``stroke``) that rule it out."""
    permission: Permission | None = None
    """The permission that it needs; None: none."""
    reviewed_by: str = ""
    """The therapist who reviewed it. Until one has, a release says "the way your therapist showed you"."""
    stages: tuple[Stage, ...] = ()
    """Only in these stages; empty: in all."""
    show: Showing | None = None
    """The drawing of it; None: there is none."""
    pictures: tuple[OwnPicture, ...] = ()
    """The clinic's own pictures and films of it, one for a side at most; filled in when the library is loaded."""
    site: bool = False
    """Whether it comes from the clinic's own file: the voice that ships with the kiosk does not fit its words."""


class Dose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Durations and count of an exercise, in seconds.

    ``in_s`` of moving in, ``hold_s`` of holding, ``out_s`` of moving out, ``rest_s`` of rest; ``repetitions`` of it.
    ``source``: P (published), S (software or forum), D (our default); ``note``: more about it.
    """

    hold_s: float
    source: str
    in_s: float = 0
    out_s: float = 0
    rest_s: float = 0
    repetitions: int = 1
    note: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a programme: the id of an ``exercise`` with its ``dose``.

    ``short_hold_s``: the hold of the short form (None: the same). ``pack`` groups releases by region.
    """

    exercise: str
    dose: Dose
    short_hold_s: float | None = None
    pack: Region | None = None


class Programme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A programme as its file says it."""

    id: str
    """Its name in files and in the record."""
    version: int
    """Its version; a new one needs a new review."""
    title: str
    """Its title on the screen."""
    family: Family
    """Its family, from which the rules follow."""
    summary: str
    """A sentence about it."""
    order: int
    """Its place among the programmes."""
    stages: tuple[Stage, ...]
    """The stages of recovery that it is for."""
    lines: tuple[Line, ...]
    """Its exercises with their doses."""
    per_day: int | None = None
    """Times that it may be done a day; None: no limit of its own."""
    per_day_source: str = "D"
    """The source of ``per_day``: P, S or D, as of a dose."""
    view: ViewMode = ViewMode.FEEL
    """The view of their face that the person has in it."""
    reviewed_by: str = ""
    """The therapist of the site who reviewed it; empty: nobody."""
    line_needs: tuple[tuple[Movement, ...], ...] = ()
    """For each line of movement, the movements it needs ticked; filled in when it is loaded."""


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One information card: its ``id``, its ``title`` and its ``pages``, a short paragraph each.

    ``order``: its place among the cards.
    """

    id: str
    title: str
    pages: tuple[str, ...]
    order: int = 0


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a compiled plan. All times in milliseconds.

    The timeline: ``hands_up_ms``, ``lead_in_ms``, then ``repetitions`` times in, hold, out, rest (no rest at last).
    """

    exercise: str
    """The id of its exercise."""
    kind: StepKind
    """The sort of doing that it is."""
    region: Region
    """The part of the face that it is about."""
    side: Side | None
    """The side that is done, or both; None: the middle."""
    title: str
    """Its title on the screen."""
    sentence: str
    """The sentence that the screen shows."""
    feel: str = ""
    """The sentence that says what to feel; empty: none."""
    phases: tuple[str, ...]
    """The words for what is done just now (see ``kiosk.session.timeline.phase_at``)."""
    other_side: bool = False
    """Whether the same was just done on the other side, and the time is now this one's."""
    hands_up_ms: int = 0
    """Time for the hands to go to the face; 0: they do not."""
    lead_in_ms: int = 5_000
    """Time from there to the first repetition."""
    in_ms: int = 0
    """Time in which a repetition moves in."""
    hold_ms: int
    """Time for which it is held."""
    out_ms: int = 0
    """Time in which it moves out."""
    rest_ms: int = 0
    """Rest before the next one."""
    repetitions: int = 1
    """Number of repetitions."""
    hands: bool = False
    """Whether fingers go to the face."""
    glasses_off: bool = False
    """Whether glasses are off in it."""
    eyes_closed: bool = False
    """Whether the eyes are softly closed in it."""
    block: int = 0
    """Number of the run of consecutive active steps that it belongs to, from 1; 0: not active."""
    needs: tuple[Movement, ...] = ()
    """The ticked movements that it practises."""
    show: Showing | None = None
    """The drawing of it; None: there is none."""
    picture: OwnPicture | None = None
    """The clinic's own picture or film of it on this side, shown in the place of the drawing; None: there is none."""
    view: ViewMode = ViewMode.FEEL
    """The view of their face that the person has in it."""
    prompt_start: str = ""
    """The voice's prompt at its start, as an id; empty: none."""
    prompt_middle: str = ""
    """The voice's prompt in its middle; empty: none."""
    prompt_end: str = ""
    """The voice's prompt at its end; empty: none."""
    prompt_phases: tuple[str, ...] = ()
    """The voice's prompts for ``phases``; empty: the sentence says it, and no phase is spoken."""

    @property
    def active(self) -> bool:
        """Whether the step asks the face to move by itself."""
        return self.kind is StepKind.MOVEMENT

    @property
    def duration_ms(self) -> int:
        """The time from the first hand-up to the end of the last repetition."""
        each = self.in_ms + self.hold_ms + self.out_ms
        return self.hands_up_ms + self.lead_in_ms + self.repetitions * each + (self.repetitions - 1) * self.rest_ms


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of one session."""

    programme: str
    """The id of the programme."""
    version: int
    """The version of the programme."""
    title: str
    """The title of the programme."""
    family: Family
    """The family of the programme."""
    steps: tuple[Step, ...]
    """Everything that is done, in order."""
    relax: tuple[Step, ...] = ()
    """The steps offered to a tired person instead of the remaining active ones; empty: there are none."""
    why: str = ""
    """The sentence that says why it is about these regions; empty: none."""
