"""The inbox of the desk: what asks to be done, then what happened, each until the slot that stands here has seen it.

A line is one kind of ``KINDS``; a new kind is one entry there, and its sentence in ``kiosk.desk_pages.inbox``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.care.outcomes import Flag
from kiosk.care.person import Role
from kiosk.desk.effects import Acknowledge, AnswerQuestion
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import InboxLine
from kiosk.desk.turn import StaffForm, StaffTurn, first
from kiosk.planning import questions
from kiosk.planning.items import PAUSE, REVIEWED

ALL = "all"
QUESTION = "question"
"""The code of a line with a question of the person; its detail is the topic."""
LINE, NOTICE = ":", "!"
"""Beginnings of the answers about one line, and about a notice on the person's plan."""


@dataclass(frozen=True, slots=True)
class InboxKind:
    """Lines of these ``codes``: whether one ``asks`` whoever stands here for something, and how to ``lead`` there.

    ``stays``: it is not marked as seen with all the others, because somebody waits for an answer.
    """

    codes: tuple[str, ...]
    asks: Callable[[Staff, InboxLine], bool]
    lead: Callable[[StaffTurn, InboxLine], None]
    stays: bool = False


def ours(staff: Staff, line: InboxLine) -> bool:
    """Whether a therapist stands here, and the line is about the person of this kiosk."""
    return staff.person is not None and line.person == staff.person.code and staff.role is Role.THERAPIST


def _linked(staff: Staff, line: InboxLine) -> bool:
    return ours(staff, line) and staff.person is not None and staff.person.linked_review


def _flagged(staff: Staff, line: InboxLine) -> bool:
    return ours(staff, line) and staff.person is not None and staff.person.flags > 0


def _programmes_at(what: str) -> Callable[[StaffTurn, InboxLine], None]:
    return lambda turn, _line: turn.open(StaffPlace.PROGRAMMES, what)


def _answered(turn: StaffTurn, line: InboxLine) -> None:
    turn.effects.append(AnswerQuestion(line.person, line.detail, turn.s.slot, turn.s.data.today))


def _summary(turn: StaffTurn, _line: InboxLine) -> None:
    turn.set(draft=turn.s.person, going_on=False)
    turn.open(StaffPlace.REVIEW)


KINDS: tuple[InboxKind, ...] = (
    InboxKind((Flag.RED_FLAG, Flag.RED_FLAG_EYE), _flagged, _programmes_at("flag")),
    InboxKind(
        (Flag.LINKED_PAUSE, Flag.LINKED_SMALLER, Flag.LINKED_STOPPED, Flag.LINKED_AFTER, Flag.LINKED_STILL),
        _linked,
        _programmes_at("linked"),
    ),
    InboxKind((Flag.CONSTANT_PAIN,), ours, _programmes_at("pain")),
    InboxKind(("saw-movement",), ours, lambda turn, _line: questions.change(turn, "ticks")),
    InboxKind((QUESTION,), ours, _answered, stays=True),
    InboxKind((Flag.NOT_ME,), ours, _summary),
    InboxKind(
        ("database_damaged", "row_unread", "erase-left", "clip-lost", "clip-left"),
        lambda _staff, _line: True,
        lambda turn, _line: turn.open(StaffPlace.STATUS),
    ),
)
"""Every kind of line that leads somewhere; the others are read and marked as seen."""


def kind(staff: Staff, key: str) -> InboxKind | None:
    """The kind of the line ``key``, if it asks whoever stands here for something."""
    line = next((line for line in staff.data.inbox if line.key == key), None)
    if line is None:
        return None
    return next((kind for kind in KINDS if line.code in kind.codes and kind.asks(staff, line)), None)


def unseen(staff: Staff) -> tuple[InboxLine, ...]:
    """The lines that this slot has not acknowledged."""
    return tuple(line for line in staff.data.inbox if line.key not in staff.seen and staff.slot not in line.seen_by)


def waiting(staff: Staff) -> int:
    """The number of lines and notices that the inbox has for whoever stands here."""
    return len(unseen(staff)) + len(staff.data.notices)


def _inbox_options(staff: Staff) -> tuple[str, ...]:
    """Lines that ask to be done come first, and of those what keeps practice closed; then what happened."""
    keys = tuple(f"{LINE}{line.key}" for line in unseen(staff))
    several = len(_all_keys(staff)) > 1
    waits = sorted((notice.code for notice in staff.data.notices), key=lambda code: code not in FIRST_OF_ALL)
    return (*(f"{NOTICE}{code}" for code in waits), *((ALL,) if several else ()), *keys)


def _all_keys(staff: Staff) -> tuple[str, ...]:
    """The lines that are marked as seen together."""
    found = ((line.key, kind(staff, line.key)) for line in unseen(staff))
    return tuple(key for key, one in found if one is None or not one.stays)


def _inbox(turn: StaffTurn, answer: str) -> None:
    if answer.startswith(NOTICE):
        _review(turn, answer.removeprefix(NOTICE))
        return
    keys = _all_keys(turn.s) if answer == ALL else (answer[1:],)
    line = next((line for line in turn.s.data.inbox if answer != ALL and line.key == answer[1:]), None)
    leads = kind(turn.s, line.key) if line is not None else None
    turn.set(seen=turn.s.seen | set(keys))
    turn.effects.append(Acknowledge(turn.s.slot, keys))
    if line is not None and leads is not None:
        leads.lead(turn, line)


REVIEWED_AT = {
    "doubt": StaffPlace.REVIEW,
    "incomplete": "stage",
    "not-asked": StaffPlace.REVIEW,
    "review-soon": "ticks",
    "review-overdue": "ticks",
    "ticks-undated": "ticks",
    "stiff": "stage",
    "injection-open": "injections",
    "dose": "doses",
    "pause-over": PAUSE,
    "unreviewed": StaffPlace.REVIEW,
    "linked": StaffPlace.PROGRAMMES,
    "flag": StaffPlace.PROGRAMMES,
    "cause-unknown": StaffPlace.PROGRAMMES,
}
"""Notice → the place where it is dealt with: an item of the plan, all of it, programmes. It then goes by itself."""


FIRST_OF_ALL = frozenset(("doubt", "flag", "linked"))
"""Notices of what closes practice until a therapist has looked."""


def reviewable(staff: Staff, notice: str) -> bool:
    """Whether whoever stands here may do what a notice asks for."""
    return staff.person is not None and notice in REVIEWED_AT and staff.role is Role.THERAPIST


def _review(turn: StaffTurn, notice: str) -> None:
    if not reviewable(turn.s, notice):
        return
    where = REVIEWED_AT[notice]
    if not isinstance(where, StaffPlace):
        questions.change(turn, where)
    elif where is StaffPlace.PROGRAMMES:
        turn.open(where, notice)
    else:
        turn.set(draft=turn.s.person, going_on=False)
        turn.open(where, message=REVIEWED if notice == "unreviewed" else "")


FORMS: dict[StaffPlace, StaffForm] = {StaffPlace.INBOX: StaffForm(_inbox_options, _inbox, preset=first)}
