"""The words of care: exercises, programmes and the plan that a session follows; those of a person are in ``person``.

Sides are always the person's own left and right. Durations are whole milliseconds in a compiled plan, seconds in files.
"""

from __future__ import annotations

from enum import StrEnum

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
    STANDARD_SET = "standard-set"
    """The face at rest and each ticked movement, led by staff and recorded apart from practice (rule k)."""
    STANDARD_REST = "standard-rest"
    """The same without a movement: the face at rest alone."""

    @property
    def active(self) -> bool:
        """Whether it contains active movement."""
        return self in (Family.FIRST_MOVEMENTS, Family.QUIET_CONTROL, Family.STANDARD_SET)

    @property
    def apart(self) -> bool:
        """Whether it is no practice but a standard set: on nobody's plan of the day, and begun by staff alone."""
        return self in (Family.STANDARD_SET, Family.STANDARD_REST)


class Permission(StrEnum):
    """A permission that staff tick before something is offered to a person, or before it is done.

    ``CLIPS`` and ``REPLAYS`` are the person's own consents to being recorded: see ``kiosk.care.consent``.
    """

    INSIDE_CHEEK = "inside-cheek"
    NECK = "neck"
    CONSTANT_PAIN = "constant-pain"
    CLIPS = "clips"
    REPLAYS = "replays"


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


class Step(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
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
    still: bool = False
    """Whether the face is looked at although nothing moves: at rest, in a standard set."""
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
    def looked_at(self) -> bool:
        """Whether the camera looks at the face in it."""
        return self.active or self.still

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
