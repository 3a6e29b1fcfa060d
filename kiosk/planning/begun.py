"""A plan that was begun and not saved: kept over a power cut or a walk away, offered again, and never written over.

While it waits somebody else may change the same plan. Then what they saved stands, what was begun is laid beside it,
and whoever goes on is told which things both had changed.
"""

from __future__ import annotations

from msgspec.structs import asdict, replace

from kiosk.care.person import Person
from kiosk.desk.effects import KeepBegun
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import Begun
from kiosk.desk.turn import StaffTurn


def offered(staff: Staff) -> bool:
    """Whether the plan that was begun can be gone on with: the kiosk is this person's, or nobody's."""
    kept = staff.begun
    if kept is None or staff.going_on:
        return False
    return staff.person is None or staff.person.code == kept.person.code


def tidy(turn: StaffTurn) -> None:
    """Keep what was set so far. What somebody else has begun is not written over: it was not saved either."""
    s = turn.s
    if s.place is StaffPlace.MENU and s.draft is not None:
        turn.set(draft=None, going_on=False)
        return
    if s.left or not s.entered or s.draft is None or (s.begun is not None and not s.going_on):
        return
    known = (s.person, *s.data.former)
    base = next((person for person in known if person is not None and person.code == s.draft.code), None)
    if s.draft == (base or Person(code=s.draft.code, stage=s.draft.stage, language=s.data.language)):
        return
    asking = next((frame for frame in reversed(s.frames) if frame.place in (StaffPlace.ITEM, StaffPlace.SEEN)), None)
    item, sequence = asking.about[:2] if asking is not None else ("", "")
    now = Begun(s.draft, base, s.slot, "" if s.place is StaffPlace.REVIEW else item, sequence)
    if now != s.begun:
        turn.set(begun=now, going_on=True)
        turn.effects.append(KeepBegun(now))


def drop(turn: StaffTurn, code: str = "") -> None:
    """The draft was saved or thrown away: it waits no more. ``code``: nor does one of that person, whoever began it."""
    kept = turn.s.begun
    if kept is not None and (turn.s.going_on or kept.person.code == code):
        turn.set(begun=None, going_on=False)
        turn.effects.append(KeepBegun(None))


def both(kept: Begun, now: Person | None) -> tuple[str, ...]:
    """The fields of the plan that were changed in what was begun, and otherwise by somebody else since."""
    base, mine, theirs = (asdict(person) for person in (_base(kept), kept.person, now or _base(kept)))
    return tuple(
        field for field in base if base[field] != mine[field] and theirs[field] not in (base[field], mine[field])
    )


def merged(kept: Begun, now: Person | None) -> Person:
    """The plan that was begun, on top of the plan as it holds now: what was saved since stands."""
    base, mine, theirs = (asdict(person) for person in (_base(kept), kept.person, now or _base(kept)))
    own = {field: mine[field] for field in base if base[field] != mine[field] and theirs[field] == base[field]}
    return replace(now or _base(kept), **own)


def _base(kept: Begun) -> Person:
    return kept.base or Person(code=kept.person.code)
