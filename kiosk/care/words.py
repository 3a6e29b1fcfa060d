"""The words of care in English, days and times too, as screens show them; other languages look these up.

Two enums may share a word (``nose`` the movement, ``nose`` the region), so labels are kept apart by kind: ``label``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from kiosk.care.model import Movement, Permission, Region, Side, Stage, ViewMode
from kiosk.care.own import QuestionTopic
from kiosk.care.person import Cause, OnsetBand, Person, Role

Translate = Callable[[str], str]


def day_words(day: date, _: Translate, *, year: bool = True, short: bool = False) -> str:
    """``29 November 2026``; without its year ``29 November``; ``short``, for narrow columns in print: ``29 Nov``."""
    shown = _("{day} {month} {year}") if year else _("{day} {month}")
    names = short_months(_) if short else _months(_)
    return shown.format(day=day.day, month=names[day.month - 1], year=day.year)


def weekday_words(day: date, _: Translate) -> str:
    """``Sunday 29 November``."""
    return _("{weekday} {day}").format(weekday=_weekdays(_)[day.weekday()], day=day_words(day, _, year=False))


def time_words(moment: datetime) -> str:
    """``08:15``, of the moment's own zone."""
    return f"{moment:%H:%M}"


def moment_words(moment: datetime, _: Translate) -> str:
    """``29 November 2026, 08:15``, of the moment's own zone."""
    return _("{day}, {time}").format(day=day_words(moment.date(), _), time=time_words(moment))


def clock_words(moment: datetime, _: Translate) -> str:
    """``Sunday 29 November, 08:15``: the clock of a screen, of the moment's own zone."""
    return _("{day}, {time}").format(day=weekday_words(moment.date(), _), time=time_words(moment))


def number_words(value: float, _: Translate) -> str:
    """``2`` or ``1.5``: at most one place behind the sign that the language puts there."""
    whole, tenths = f"{value:.1f}".split(".")
    return whole if tenths == "0" else _("{whole}.{tenths}").format(whole=whole, tenths=tenths)


def short_months(_: Translate) -> tuple[str, ...]:
    """Short names of the months."""
    return (
        _("Jan"),
        _("Feb"),
        _("Mar"),
        _("Apr"),
        _("May"),
        _("Jun"),
        _("Jul"),
        _("Aug"),
        _("Sep"),
        _("Oct"),
        _("Nov"),
        _("Dec"),
    )


def short_weekdays(_: Translate) -> tuple[str, ...]:
    """Two letters of each day of the week, Monday first."""
    return (_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su"))


def _months(_: Translate) -> tuple[str, ...]:
    return (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )


def _weekdays(_: Translate) -> tuple[str, ...]:
    return (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


class OverrideReason(StrEnum):
    """A reason for which staff open what a rule keeps closed."""

    THERAPIST_EXAMINED = "therapist-examined"
    DOCTOR_ASKED = "doctor-asked"
    BEGUN_ELSEWHERE = "begun-elsewhere"
    MOVEMENT_RETURNED = "movement-returned"


class SideWords(StrEnum):
    """The words about sides that fit a person; never the name of a side, which is ``Side``."""

    STRONG = "strong"
    AFFECTED = "affected"
    BOTH = "both"


SIDE_WORDS: Mapping[SideWords, str] = MappingProxyType(
    {
        SideWords.STRONG: "Let your strong side stay soft.",
        SideWords.AFFECTED: "Let your affected side soften; it will not drop.",
        SideWords.BOTH: "Let both sides soften.",
    }
)

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = MappingProxyType(
    {
        Stage: {
            Stage.FLACCID: "No movement yet (flaccid)",
            Stage.PARETIC: "First movements (paretic)",
            Stage.SYNKINETIC: "Linked movements (synkinetic)",
        },
        Side: {Side.LEFT: "Left", Side.RIGHT: "Right", Side.BOTH: "Both sides"},
        Cause: {
            Cause.BELL: "Bell's palsy",
            Cause.RAMSAY_HUNT: "Ramsay Hunt syndrome",
            Cause.SURGERY: "Surgery",
            Cause.TRAUMA: "Injury",
            Cause.TUMOUR: "Tumour",
            Cause.INFECTION: "Infection",
            Cause.BORN_WITH: "Born with it",
            Cause.STROKE: "Stroke",
            Cause.OTHER: "Another cause",
            Cause.UNKNOWN: "Not known",
        },
        OnsetBand: {
            OnsetBand.UNDER_2_WEEKS: "Less than 2 weeks ago",
            OnsetBand.WEEKS_2_TO_6: "2 to 6 weeks ago",
            OnsetBand.WEEKS_6_TO_12: "6 to 12 weeks ago",
            OnsetBand.MONTHS_3_TO_6: "3 to 6 months ago",
            OnsetBand.MONTHS_6_TO_12: "6 to 12 months ago",
            OnsetBand.OVER_1_YEAR: "More than a year ago",
            OnsetBand.UNKNOWN: "Not known",
        },
        Movement: {
            Movement.SMILE: "Smile",
            Movement.LIPS: "Rounding the lips",
            Movement.LIDS: "Lowering the lids",
            Movement.BROW: "Lifting the brow",
            Movement.NOSE: "Crinkling the nose",
        },
        Region: {
            Region.WHOLE_FACE: "Whole face",
            Region.SCALP_FOREHEAD_BROW: "Forehead and brow",
            Region.LOWER_LID_NOSE_SIDE: "Lower lid and nose",
            Region.CHEEK_MOUTH_CORNER: "Cheek and mouth corner",
            Region.CHIN_JAW: "Chin and jaw",
            Region.FOREHEAD: "Forehead",
            Region.TEMPLES: "Temples",
            Region.EYES: "Eyes",
            Region.NOSE: "Nose",
            Region.CHEEKS: "Cheeks",
            Region.MOUTH: "Mouth",
            Region.CHIN: "Chin",
            Region.NECK: "Neck",
        },
        ViewMode: {
            ViewMode.MIRROR: "Mirror",
            ViewMode.GOOD_SIDE: "Strong half reflected",
            ViewMode.FEEL: "No picture: feel",
            ViewMode.LOOK_THEN_FEEL: "Look once, then feel",
        },
        Permission: {
            Permission.INSIDE_CHEEK: "Releases inside the cheek",
            Permission.NECK: "Massage of the neck",
            Permission.CONSTANT_PAIN: "Constant moderate pain is known",
            Permission.CLIPS: "Clips of the picture",
            Permission.REPLAYS: "Line drawings of the face",
        },
        QuestionTopic: {
            QuestionTopic.PRESSURE: "How firmly should I press?",
            QuestionTopic.AMOUNT: "Is it the right amount?",
            QuestionTopic.MOVEMENT: "Do I do a movement right?",
            QuestionTopic.LINKED: "Something moves along. What now?",
            QuestionTopic.EYE: "How do I look after my eye?",
            QuestionTopic.INJECTION: "Could an injection help me?",
            QuestionTopic.OTHER: "I want to talk about something else",
        },
        Role: {Role.THERAPIST: "Therapist", Role.NURSE: "Nurse"},
        OverrideReason: {
            OverrideReason.THERAPIST_EXAMINED: "A facial therapist examined this person",
            OverrideReason.DOCTOR_ASKED: "A doctor asked for it",
            OverrideReason.BEGUN_ELSEWHERE: "It was begun elsewhere",
            OverrideReason.MOVEMENT_RETURNED: "Movement came back early",
        },
    }
)


def label(value: StrEnum) -> str:
    """The English words for a value of one of the enums in ``WORDS``."""
    return WORDS[type(value)][value]


def side_words_of(person: Person) -> SideWords:
    """Return the words about sides that fit: by stage when one side is affected, else those for both."""
    if person.side not in (Side.LEFT, Side.RIGHT) or person.stage is None:
        return SideWords.BOTH
    return SideWords.AFFECTED if person.stage is Stage.SYNKINETIC else SideWords.STRONG
