"""The person's own choices: a weekly wish, reminders, questions for the therapist. How a record keeps them, as words.

Each is an item of what holds for a person (``permissions`` in a package): it goes where their record goes. None of them
opens or closes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

PERSON = "person"
"""The one who set such an item, where staff have their slot."""
WISH = "own.wish"
"""Value: ``days:renewed:said``, such as ``3:2026-11-30:2026-12-07``; empty: there is none."""
REMINDERS = "own.reminders"
"""Value: the hours of the day, such as ``8,14``; empty: none."""
QUESTION = "question."
"""Beginning of the item of a question, before its topic. Value: ``asked:2026-11-30`` or ``answered:2026-12-01``."""
ASKED, ANSWERED = "asked", "answered"
QUESTION_LINE = "question"
"""Code of the line in the inbox that tells of one. Its detail: the topic."""
SIGHTING_LINE = "saw-movement"
"""Code of the line that tells of a movement the person saw. Its detail: a region of the face; in older rows empty."""
MOST_REMINDERS = 3
"""Reminders of a day: more of them are no kindness [D]."""
WEEK_DAYS = 7


class QuestionTopic(StrEnum):
    """A question that a person may have for their therapist. None is about anything that cannot wait."""

    PRESSURE = "pressure"
    AMOUNT = "amount"
    MOVEMENT = "movement"
    LINKED = "linked"
    EYE = "eye"
    INJECTION = "injection"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WeeklyWish:
    """The wish to practise on so many ``days`` of a week, last ``renewed`` on a day; ``said`` by the kiosk on another.

    ``said`` None: not yet.
    """

    days: int
    """Days of a week, 1 to 7."""
    renewed: date
    """The day on which the person last chose or kept it."""
    said: date | None = None
    """The day on which the kiosk last said it."""


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question that was asked, and whether it was answered."""

    topic: QuestionTopic
    """Its topic."""
    answered: bool
    """Whether staff have marked it as answered."""
    day: date | None
    """The day on which it was asked, or answered; None: not known."""


@dataclass(frozen=True, slots=True)
class OwnThings:
    """All that the person chose for themselves."""

    wish: WeeklyWish | None = None
    """Their weekly wish; None: there is none."""
    reminders: tuple[int, ...] = ()
    """Hours of the day at which they want to be reminded, in order."""
    questions: tuple[OwnQuestion, ...] = ()
    """Their questions, in the order of the list."""


NO_OWN_THINGS = OwnThings()
"""Nothing was chosen."""


def own_things(kept: Mapping[str, str]) -> OwnThings:
    """Read them among what holds for a person, by item; what cannot be read is as if it had not been chosen."""
    return OwnThings(
        _wish(kept.get(WISH, "")),
        _hours(kept.get(REMINDERS, "").split(",")),
        tuple(
            question
            for topic in QuestionTopic
            if (question := question_of(topic, kept.get(QUESTION + topic.value, "")))
        ),
    )


def wish_value(wish: WeeklyWish | None) -> str:
    """The value of ``WISH``."""
    if wish is None:
        return ""
    return f"{wish.days}:{wish.renewed.isoformat()}:{wish.said.isoformat() if wish.said else ''}"


def reminders_value(hours: Iterable[int]) -> str:
    """The value of ``REMINDERS``."""
    return ",".join(map(str, sorted(set(hours))))


def question_value(day: date | None, *, answered: bool) -> str:
    """The value of a question's item: staff give it with ``answered`` when they have answered it."""
    return f"{ANSWERED if answered else ASKED}:{day.isoformat() if day else ''}"


def question_of(topic: QuestionTopic, value: str) -> OwnQuestion | None:
    """The question that ``value`` keeps; None: there is none."""
    state, _, day = value.partition(":")
    if state not in (ASKED, ANSWERED):
        return None
    return OwnQuestion(topic, state == ANSWERED, _day(day))


def is_own(item: str) -> bool:
    """Whether an item of what holds for a person was chosen by themselves."""
    return item in (WISH, REMINDERS) or item.startswith(QUESTION)


def readable(kept: Mapping[str, str]) -> dict[str, str]:
    """The own choices among what holds for a person that can be read, by item, each in the one form that is written."""
    own = own_things(kept)
    found = {QUESTION + q.topic.value: question_value(q.day, answered=q.answered) for q in own.questions}
    if own.wish is not None:
        found[WISH] = wish_value(own.wish)
    if own.reminders:
        found[REMINDERS] = reminders_value(own.reminders)
    return found


def _wish(value: str) -> WeeklyWish | None:
    days, _, rest = value.partition(":")
    renewed, _, said = rest.partition(":")
    since = _day(renewed)
    if since is None or not (days.isascii() and days.isdigit()) or not 1 <= int(days) <= WEEK_DAYS:
        return None
    return WeeklyWish(int(days), since, _day(said))


def _hours(words: Iterable[str]) -> tuple[int, ...]:
    found = {int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= 2}
    return tuple(sorted(hour for hour in found if hour < 24))[:MOST_REMINDERS]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
