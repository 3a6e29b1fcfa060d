"""Setting a person up, in words: how far it is, each movement, what was begun, and the code that follows."""

from __future__ import annotations

from kiosk.care.own import OwnThings
from kiosk.care.person import Person
from kiosk.care.words import label
from kiosk.desk.model import Staff
from kiosk.desk_pages.items import item_words, person_words, slot_words
from kiosk.planning import questions, resume
from kiosk.planning.items import ITEMS, expected
from kiosk.screens.scene import Mark
from kiosk.words import Words

NEXT = 3
"""Number of items that are named of those that are left."""
HELD_BY = {
    "ticks_reviewed_on": "ticks",
    "lids_taken": "lids",
    "reviewed_by": "reviewed",
    "pause_until": "pause",
    "glasses": "worn",
    "contact_lenses": "worn",
    "eye_drops": "worn",
}
"""Fields of a plan → the items that show them, where they are called otherwise."""


def progress_line(staff: Staff, _: Words) -> str:
    """The number of the question and of all of them; empty where no sequence is under way."""
    item, found = questions.going(staff)
    return _("{n} of {all}").format(n=found.index(item) + 1, all=len(found)) if found else ""


def left_words(staff: Staff, _: Words) -> str:
    """The items that follow, the next ones by name."""
    item, found = questions.going(staff)
    left = found[found.index(item) + 1 :] if found else ()
    if not left:
        return ""
    named = ", ".join(item_words(_)[one][0] for one in left[:NEXT])
    return _("Then: {items} …").format(items=named) if len(left) > NEXT else _("Then: {items}.").format(items=named)


def seen_words(staff: Staff, _: Words) -> tuple[str, str]:
    """The question about one movement."""
    told = _("Does it come by itself: while talking, laughing, blinking? “When asked” does not count.")
    return _(label(questions.movement(staff))), told


def begun_words(staff: Staff, _: Words) -> tuple[str, str]:
    """Words for what was begun, by whom, and how far."""
    kept = staff.begun
    if kept is None:
        return "", ""
    order = expected(kept.person, kept.sequence, kept.item)
    told = _("{person}. Begun by {who}, not saved.").format(
        person=person_words(kept.person, _), who=slot_words(kept.by, staff, _)
    )
    if kept.item in order:
        far = _("Answered: {n} of {all}.").format(n=order.index(kept.item), all=len(order))
        told = f"{told} {far}"
    if resume.as_it_holds(staff, kept) != kept.base:
        told = " ".join((told, _("Since then somebody has saved this plan.")))
    return _("A plan was begun"), told


def own_words(own: OwnThings, _: Words) -> tuple[str, ...]:
    """The own choices that a person takes along to another kiosk."""
    found = [_("their wish for the week")] if own.wish is not None else []
    found += [_("their reminders")] if own.reminders else []
    return (*found, *([_("their questions for the therapist")] if own.questions else []))


def merged_words(staff: Staff, _: Words) -> tuple[str, tuple[str, ...], Mark]:
    """Words for a plan that two have changed: whoever comes second is told what stands."""
    stands = _(
        "Somebody has saved this plan since yours was begun. What they saved stands, the rest of yours is there."
    )
    lines = [stands]
    if staff.frame.about:
        named = ", ".join(dict.fromkeys(_field_words(field, _) for field in staff.frame.about))
        lines.append(_("Both changed: {items}. Look at these again.").format(items=named))
    return _("Two have changed this plan"), tuple(lines), Mark.NONE


def _field_words(field: str, _: Words) -> str:
    item = HELD_BY.get(field, field)
    return item_words(_)[item][0] if item in ITEMS else _("what was opened or closed")


def code_words(person: Person | None, _: Words) -> tuple[str, ...]:
    """Words for the code of somebody who was just set up: what it is, and what it is for."""
    code = person.code if person is not None else ""
    return (
        _("This is the person's code: {code}").format(code=code),
        _("Write it on their sheet: the kiosk knows no names. By it somebody who comes back is found. It is no PIN."),
        person_words(person, _),
    )
