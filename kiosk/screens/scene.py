"""Scenes: what a screen says before anyone draws it, as plain values, so that tests and translations need no pixels.

A presenter turns the state of a session or of the staff desk into a scene; the painter turns a scene into pixels. Every
text here is already in the person's language. Lengths of text are the author's; fitting them is the painter's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import cos, pi

from kiosk.drawn.figure import Figure
from kiosk.face.goodside import Reflection
from kiosk.signals import DecodedPicture


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
    MICROPHONE = "microphone"
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
    """The actions of ``green``, ``amber`` and ``red`` now, one to three words each; empty: it does nothing now."""

    green: str = ""
    amber: str = ""
    red: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: its ``label``, and its ``mark``.

    ``closed``: it can be looked at (its ``note`` says why) but not started.
    """

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


def eased(share: float) -> float:
    """Return the part of a movement, 0..1, that is done when this ``share`` of its time is gone: slow at both ends."""
    return (1 - cos(pi * min(1.0, max(0.0, share)))) / 2


@dataclass(frozen=True, slots=True)
class Ring:
    """The timer of a step."""

    fraction: float
    """The share of the present stretch that is gone, 0..1."""
    seconds: int
    """Whole seconds left in it."""
    pace: RingPace
    """The stretch that it counts."""
    word: str
    """The word for that stretch."""
    repetition: int = 0
    """The present repetition, from 1; 0: there is none."""
    repetitions: int = 0
    """Number of repetitions; 0: they are not shown."""
    held: float = 1.0
    """Light of a hold, 0..1: it grows and fades slowly where no movement leads into it and out of it."""
    words: tuple[str, ...] = ()
    """Every word that stands here in the course of the step: there is room for the longest, so that nothing moves."""

    @property
    def all_words(self) -> tuple[str, ...]:
        """``words``, with the present one."""
        return (self.word, *self.words)

    @property
    def planned(self) -> float:
        """The share of the movement meant to be done by now, 0..1; it eases in and out like a breath.

        It follows the plan alone and never the person: nothing on the screen grows with a bigger movement.
        """
        ways = {RingPace.MOVE_IN: self.fraction, RingPace.HOLD: self.held, RingPace.MOVE_OUT: 1 - self.fraction}
        return eased(ways.get(self.pace, 0.0))


@dataclass(frozen=True, slots=True)
class HeadScene:
    """The drawn head of a step, mirrored like a reflection: the ``figure`` of this moment, and the words in it.

    ``side_word`` names the side that is meant; empty: both, or the middle.
    """

    figure: Figure
    side_word: str = ""
    picture: DecodedPicture | None = None
    """The clinic's own picture or film, shown in the place of the drawing; None: there is none."""
    frame: int = 0
    """The number, from 0, of the picture of a film that is shown."""


@dataclass(frozen=True, slots=True)
class Common:
    """The fields of every scene."""

    name: str
    """A stable name for this screen, used for screenshots and tests."""
    strip: Strip = field(default_factory=Strip)
    """The actions of the three buttons."""
    notice: str = ""
    """One calm line about something missing (camera, sound, a button); empty: nothing is."""
    clock: str = ""
    """The time, or the day and time; empty: not shown."""
    staff: bool = False
    """Whether it is a staff screen, whose text may be smaller by the factor of 2.5."""


@dataclass(frozen=True, slots=True)
class Menu(Common):
    """A question (``title`` and ``text``, with a ``mark``) with at most a handful of answers, its ``choices``.

    ``index`` None: nothing is preselected.
    """

    title: str = ""
    text: str = ""
    choices: tuple[Choice, ...] = ()
    index: int | None = None
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True)
class Listing(Common):
    """Under a ``title``, ``lines`` read out one by one before they can be answered (the red flags).

    ``read`` of them have been read; then the ``question`` follows.
    """

    title: str = ""
    lines: tuple[str, ...] = ()
    read: int = 0
    question: str = ""


@dataclass(frozen=True, slots=True)
class StepScene(Common):
    """A timed stretch: settle, step or rest."""

    title: str = ""
    """Its title."""
    sentence: str = ""
    """The sentence that says what to do."""
    feel: str = ""
    """The sentence that says what to feel; empty: none."""
    then: str = ""
    """The words for what comes next; empty: not shown."""
    ring: Ring = Ring(0.0, 0, RingPace.NONE, "")
    """The timer."""
    picture: PictureScene = PictureScene.NONE
    """The picture in the mirror's place."""
    side: Mark = Mark.NONE
    """The mark that shows the side that is meant; NONE: no side is."""
    mark: Mark = Mark.NONE
    """A drawing of what the stretch is about; NONE: there is none."""
    reflection: Reflection | None = None
    """The half that is drawn over a live picture; None: none is."""
    centre: tuple[float, float] | None = None
    """The middle of what is shown of the camera's picture, in its pixels, unmirrored; None: its own middle."""
    label: str = ""
    """The words for what is seen there."""
    cue: str = ""
    """A calm word about the movement that is over, in the sentence's place while the face rests."""
    guide: str = ""
    """One line about sitting well before the picture."""
    band: float | None = None
    """The planned movement, 0..1; None: no band is shown."""
    filming: str = ""
    """The word that says that a film is being kept; empty: none is."""
    head: HeadScene | None = None
    """The drawn head that shows what to do; None: there is none."""
    dimmed: bool = False
    """Whether the lamps are dim for a moment, because practice begins or ends."""


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One day of a week, by a short ``name``, and whether something was ``practised`` on it."""

    name: str
    practised: bool


@dataclass(frozen=True, slots=True)
class GentleLine:
    """A line over some weeks, without numbers: what it means at its ``top`` and ``bottom``, and its ``first`` day.

    ``last``: the word for its end. ``pieces`` of points: ``x`` 0 (first) to 1 (last), ``y`` 0 (bottom) to 1 (top).
    """

    pieces: tuple[tuple[tuple[float, float], ...], ...]
    top: str
    bottom: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class NoteScene(Common):
    """One message: a heading (``title``), a few short paragraphs (``lines``) and a ``mark``.

    A page of an information card is one too: the ``page``, from 1, of ``pages``. ``week``: a dot for each day.
    ``line``: one that is drawn below the words. ``calls``: the lamps of the buttons breathe, so that it is noticed.
    """

    title: str = ""
    lines: tuple[str, ...] = ()
    mark: Mark = Mark.NONE
    page: int = 1
    pages: int = 1
    week: tuple[WeekDay, ...] = ()
    line: GentleLine | None = None
    calls: bool = False


@dataclass(frozen=True, slots=True)
class Digits(Common):
    """Entry of a PIN or number, asked for by ``title`` and ``text``."""

    title: str = ""
    text: str = ""
    given: int = 0
    """Number of digits given so far."""
    length: int = 6
    """Number of digits in all."""
    current: int | None = None
    """The digit that is being turned; None: none is."""
    shown: str = ""
    """The digits given, where they may be seen (a date); empty for a PIN."""
    groups: tuple[tuple[str, int], ...] = ()
    """Names of the digits and how many belong to each (day, month, year); empty: they are one number."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of a table: its ``label``, its ``value``, its ``state`` (``ok``, ``warning``, ``fault`` or empty)."""

    label: str
    value: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class TableScene(Common):
    """Under a ``title``, ``rows`` that staff read (status, inbox, a person's set-up): ``page``, from 1, of ``pages``.

    ``index``: the row that green acts on, if any.
    """

    title: str = ""
    rows: tuple[TableRow, ...] = ()
    index: int | None = None
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, slots=True)
class LineDrawing(Common):
    """The lines of a face as staff look at them, from the front: the person's own left is on the right.

    ``lines`` are rows of points in tenths of a millimetre of the face's own frame: x towards the person's own left, y
    towards the chin, from the middle between the eyes. ``left`` and ``right`` say which side is which. Around
    them stand the ``title``, a ``text`` and a ``note``.
    """

    title: str = ""
    text: str = ""
    note: str = ""
    left: str = ""
    right: str = ""
    lines: tuple[tuple[tuple[int, int], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ProgressScene(Common):
    """Work that takes a while: what is being done (``title`` and ``text``), and how far it is.

    ``percent`` 0..100 of it is done; ``left``: how long it takes yet, in words, empty while nobody can say.
    """

    title: str = ""
    text: str = ""
    percent: int = 0
    left: str = ""


@dataclass(frozen=True, slots=True)
class Slip(Common):
    """Under ``title`` and ``text``, a few short ``lines`` that are copied or compared by hand, letter by letter.

    They stand as large as they fit, one a line.
    """

    title: str = ""
    text: str = ""
    lines: tuple[str, ...] = ()


Scene = Menu | Listing | StepScene | NoteScene | Digits | TableScene | LineDrawing | ProgressScene | Slip
