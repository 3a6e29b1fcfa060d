"""Scenes: what a screen says before anyone draws it, as plain values, so that tests and translations need no pixels.

A presenter turns the state of a session or of the staff desk into a scene; the painter turns a scene into pixels. Every
text here is already in the person's language. Lengths of text are the author's; fitting them is the painter's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import cos, pi

from kiosk.face.goodside import Reflection


class Mark(StrEnum):
    """Small drawings that stand beside words (never instead of them)."""

    NONE = ""
    TICK = "tick"
    LOCK = "lock"
    EYE = "eye"
    HAND = "hand"
    BELL = "bell"
    CAMERA = "camera"
    CAMERA_OFF = "camera-off"
    SOUND_OFF = "sound-off"
    WARNING = "warning"
    FAULT = "fault"
    HEART = "heart"
    MOON = "moon"
    GLASSES = "glasses"
    FACE_LEFT = "face-left"
    FACE_RIGHT = "face-right"
    FACE_BOTH = "face-both"


@dataclass(frozen=True, slots=True)
class Strip:
    """The actions of the three buttons now, one to three words each; empty: that button does nothing now."""

    green: str = ""
    amber: str = ""
    red: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. ``closed``: it can be looked at (its ``note`` says why) but not started."""

    label: str
    note: str = ""
    closed: bool = False
    mark: Mark = Mark.NONE


class PictureScene(StrEnum):
    """The picture in the mirror's place."""

    NONE = "none"
    LIVE = "live"
    MISSING = "missing"


class RingPace(StrEnum):
    """The stretch that the ring is counting."""

    LEAD_IN = "lead-in"
    HANDS_UP = "hands-up"
    MOVE_IN = "in"
    HOLD = "hold"
    MOVE_OUT = "out"
    REST = "rest"
    SETTLE = "settle"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Ring:
    """The timer: ``fraction`` 0..1 of the present stretch gone, whole ``seconds`` left in it, and what it counts."""

    fraction: float
    seconds: int
    pace: RingPace
    word: str
    repetition: int = 0
    repetitions: int = 0
    held: float = 1.0
    """Light of a hold, 0..1: it grows and fades slowly where no movement leads into it and out of it."""

    @property
    def planned(self) -> float:
        """The share of the movement meant to be done by now, 0..1; it eases in and out like a breath.

        It follows the plan alone and never the person: nothing on the screen grows with a bigger movement.
        """
        ways = {RingPace.MOVE_IN: self.fraction, RingPace.HOLD: self.held, RingPace.MOVE_OUT: 1 - self.fraction}
        return (1 - cos(pi * min(1.0, max(0.0, ways.get(self.pace, 0.0))))) / 2


@dataclass(frozen=True, slots=True)
class Common:
    """The fields of every scene. ``notice``: one calm line about something missing (camera, sound, a button).

    ``staff``: a staff screen, whose text may be smaller by the factor of 2.5. ``name``: a stable name for this screen,
    used for screenshots and tests.
    """

    name: str
    strip: Strip = field(default_factory=Strip)
    notice: str = ""
    clock: str = ""
    staff: bool = False


@dataclass(frozen=True, slots=True)
class Menu(Common):
    """A question with at most a handful of answers. ``index`` None: nothing is preselected."""

    title: str = ""
    text: str = ""
    choices: tuple[Choice, ...] = ()
    index: int | None = None
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True)
class Listing(Common):
    """Lines read out one by one before they can be answered (the red flags): ``read`` of them have been read."""

    title: str = ""
    lines: tuple[str, ...] = ()
    read: int = 0
    question: str = ""


@dataclass(frozen=True, slots=True)
class StepScene(Common):
    """A timed stretch: settle, step or rest. ``then`` names what comes next; ``side_word`` says what ``side`` shows.

    ``reflection`` is drawn over a live picture, and ``label`` says what is seen there. ``cue``: a calm word about the
    movement that is over, which stands in the sentence's place while the face rests. ``guide``: one line about sitting
    well before the picture. ``band``: where the planned movement is, 0..1; None where no band is shown.
    ``filming``: the word that says that a film is being kept; empty while none is. ``dimmed``: whether the lamps are
    dim for a moment, because practice begins or ends.
    """

    title: str = ""
    sentence: str = ""
    feel: str = ""
    then: str = ""
    ring: Ring = Ring(0.0, 0, RingPace.NONE, "")
    picture: PictureScene = PictureScene.NONE
    side: Mark = Mark.NONE
    side_word: str = ""
    mark: Mark = Mark.NONE
    reflection: Reflection | None = None
    label: str = ""
    cue: str = ""
    guide: str = ""
    band: float | None = None
    filming: str = ""
    dimmed: bool = False


@dataclass(frozen=True, slots=True)
class NoteScene(Common):
    """One message: a heading, a few short paragraphs, a mark. Also pages of an information card."""

    title: str = ""
    lines: tuple[str, ...] = ()
    mark: Mark = Mark.NONE
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Digits(Common):
    """Entry of a PIN or number: digits given so far, the one being turned, how many in all."""

    title: str = ""
    text: str = ""
    given: int = 0
    length: int = 6
    current: int | None = None
    shown: str = ""
    """The digits given, where they may be seen (a date); empty for a PIN."""
    groups: tuple[tuple[str, int], ...] = ()
    """Names of the digits and how many belong to each (day, month, year); empty: they are one number."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of a table: what, its value, and how it stands (``ok``, ``warning``, ``fault`` or empty)."""

    label: str
    value: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class TableScene(Common):
    """Rows that staff read (status, inbox, a person's set-up). ``index``: the row that green acts on, if any."""

    title: str = ""
    rows: tuple[TableRow, ...] = ()
    index: int | None = None
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, slots=True)
class LineDrawing(Common):
    """The lines of a face as staff look at them, from the front: the person's own left is on the right.

    ``lines`` are rows of points in tenths of a millimetre of the face's own frame: x towards the person's own left, y
    towards the chin, from the middle between the eyes. ``left`` and ``right`` say which side is which.
    """

    title: str = ""
    text: str = ""
    note: str = ""
    left: str = ""
    right: str = ""
    lines: tuple[tuple[tuple[int, int], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ProgressScene(Common):
    """Work that takes a while: what is being done, how far it is (``percent`` 0..100) and how long it takes yet.

    ``left``: words, empty while nobody can say.
    """

    title: str = ""
    text: str = ""
    percent: int = 0
    left: str = ""


@dataclass(frozen=True, slots=True)
class Slip(Common):
    """A few short things that are copied or compared by hand, letter by letter: as large as they fit, one a line."""

    title: str = ""
    text: str = ""
    lines: tuple[str, ...] = ()


Scene = Menu | Listing | StepScene | NoteScene | Digits | TableScene | LineDrawing | ProgressScene | Slip
