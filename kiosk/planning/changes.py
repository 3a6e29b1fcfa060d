"""The differences between two plans of a person, item by item, as the records keep them."""

from __future__ import annotations

from kiosk.care.person import RISKS, WORN, Person
from kiosk.desk.effects import Change
from kiosk.planning.items import ITEMS, NO, NONE, NOT_ASKED, YES, told


def changes(before: Person | None, after: Person, reason: str = "") -> tuple[Change, ...]:
    """The differences between two plans of a person, item by item, in words of the records."""
    old = _facts(before) if before else {}
    new = _facts(after)
    changed = [Change(item, value, reason) for item, value in new.items() if old.get(item) != value]
    return (*changed, *(Change(item, NO, reason) for item in old if item not in new))


def _facts(person: Person) -> dict[str, str]:
    facts = {
        field: str(value if value is not None else NONE)
        for field in ("stage", "side", "cause", "language", "view_mode", "pause_until", "ticks_reviewed_on")
        for value in (getattr(person, field),)
    }
    facts["lids"] = ITEMS["lids"].value(person) or NOT_ASKED
    if person.lids_taken is not None:
        read = ("open_left", "open_right", "closed_left", "closed_right")
        facts |= {f"lids.{one}": f"{mm:.1f}" for one in read if (mm := getattr(person.lids_taken, one)) is not None}
    facts["reviewed_by"] = person.reviewed_by or NONE
    onset = person.onset
    facts["onset"] = NONE if onset is None else str(onset.on or onset.band)
    for field in ("stiffer", "full_eye_closure", "one_hand", "cues", "linked_review"):
        facts[field] = YES if getattr(person, field) else NO
    facts |= {field: told(person, field) for field in (*RISKS, *WORN)}
    facts["flags"] = str(person.flags)
    facts |= {f"permission.{permission}": YES for permission in person.permissions}
    facts |= {f"tick.{tick.movement}": f"{tick.seen_on or NONE},{tick.by}" for tick in person.ticks}
    facts |= {f"lock.{programme}": YES for programme in person.locked}
    facts |= {f"override.{override.rule}": override.reason for override in person.overrides}
    for own in person.doses:
        now, was = (
            f"{hold:g},{times},{rest:g}" for hold, times, rest in ((own.hold_s, own.repetitions, own.rest_s), own.was)
        )
        facts[f"dose.{own.programme}.{own.exercise}"] = f"{now} ({was}),{own.by}"
    for injection in person.injections:
        where = ",".join(injection.regions)
        facts[f"injection.{injection.given_on}"] = f"{where},{injection.no_touch_until or NONE}"
    return facts
