"""The acts of staff as rows of the record, each with its line of the audit trail."""

from __future__ import annotations

import secrets

from kiosk.bedside.begun import begun_row
from kiosk.bedside.kept_settings import row_of, text_of
from kiosk.bedside.persons import person_row
from kiosk.bedside.scored import permission_rows, score_rows
from kiosk.care.consent import agreed
from kiosk.care.model import Permission
from kiosk.care.own import QUESTION, question_value
from kiosk.desk import effects
from kiosk.desk.pin import SALT_BYTES, hash_pin
from kiosk.rows.kinds import (
    BOUND,
    WORD,
    Confirm,
    Entry,
    EventRow,
    Forget,
    InboxSeen,
    InjectionRow,
    PermissionRow,
    PinTriesRow,
    Row,
    StaffRow,
    StateRow,
)


def stored_as(effect: effects.StaffEffect) -> tuple[Entry, ...]:
    """The rows of what staff did, with the line of the audit trail; nothing for what is only shown."""
    if isinstance(effect, effects.SavePerson):
        return _person_rows(effect)
    if isinstance(effect, effects.ChangeSetting):
        value = text_of(effect.value)
        told = value if WORD.fullmatch(value) else f"{len(value.splitlines())}-lines"
        return (row_of(effect), EventRow("audit", "setting", f"{effect.key}:{told}:{effect.by}", effect.whose))
    if isinstance(effect, effects.WithdrawPin):
        withdrawn = EventRow("audit", "staff.withdrawn", f"{effect.slot}:{effect.by}")
        return (StaffRow(effect.slot, effect.role.value, effect.label, "", ""), withdrawn)
    if isinstance(effect, effects.KeepBegun):
        return (begun_row(effect.begun),)
    if isinstance(effect, effects.ConfirmPlan):
        return (Confirm(effect.code, effect.by),)
    if isinstance(effect, effects.Bind):
        return (StateRow(BOUND, effect.code), EventRow("audit", "bind", effect.by, effect.code))
    if isinstance(effect, effects.Discharge):
        return (StateRow(BOUND, ""), EventRow("audit", "discharge", effect.by, effect.code))
    if isinstance(effect, effects.Acknowledge):
        return tuple(InboxSeen(effect.slot, key) for key in effect.keys)
    if isinstance(effect, effects.AnswerQuestion):
        told = question_value(effect.day, answered=True)
        return (PermissionRow(effect.code, QUESTION + effect.topic, told, effect.by),)
    if isinstance(effect, effects.SaveScore):
        return score_rows(effect)
    if isinstance(effect, effects.BeginSet):
        return (EventRow("audit", "set.begun", effect.by, effect.code),)
    if isinstance(effect, effects.GrantScale):
        return permission_rows(effect)
    if isinstance(effect, effects.Clean):
        return (EventRow("audit", "cleaning.begun" if effect.on else "cleaning.ended", effect.why),)
    if isinstance(effect, effects.Logged):
        return (EventRow("audit", effect.code, effect.detail),)
    return ()


def tries_row(effect: effects.SaveTries, boot_id: str) -> PinTriesRow:
    lock_boot = boot_id if effect.lock_ms else ""
    return PinTriesRow(effect.slot, effect.tries, effect.lock_ms, lock_boot, effect.from_ms)


def slot_rows(effect: effects.SaveStaff) -> tuple[Row, ...]:
    """A staff slot with its PIN as salt and hash; takes a fifth of a second."""
    salt = secrets.token_bytes(SALT_BYTES)
    kept = StaffRow(effect.slot, effect.role.value, effect.label, salt.hex(), hash_pin(effect.pin, salt))
    return (kept, EventRow("audit", "staff.saved", f"{effect.slot}:{effect.role.value}:{effect.by}"))


def _person_rows(effect: effects.SavePerson) -> tuple[Entry, ...]:
    person, by = effect.person, effect.by
    rows: list[Entry] = [person_row(person)]
    rows += [PermissionRow(person.code, c.item, c.value, by, reason=c.reason) for c in effect.changes]
    before = effect.before.injections if effect.before else ()
    for injection in person.injections:
        until = injection.no_touch_until.isoformat() if injection.no_touch_until else ""
        given = injection.given_on.isoformat()
        rows += [InjectionRow(person.code, given, region.value, until, by) for region in injection.regions]
    for gone in (injection for injection in before if injection not in person.injections):
        still = {(i.given_on, region) for i in person.injections for region in i.regions}
        rows += [
            InjectionRow(person.code, gone.given_on.isoformat(), region.value, by=by, withdrawn=True)
            for region in gone.regions
            if (gone.given_on, region) not in still
        ]
    withdrawn = taken_back(effect)
    for consent in withdrawn:
        detail = f"withdrawn:{by}"
        rows += [Forget(person.code, consent.value), EventRow("audit", f"consent.{consent}", detail, person.code)]
    if withdrawn:
        return tuple(rows)
    return (*rows, EventRow("audit", "person.undone" if effect.undo else "person.saved", by, person.code))


def taken_back(effect: effects.SavePerson) -> list[Permission]:
    """The consents to being recorded that the person no longer gives."""
    before = agreed(effect.before) if effect.before is not None else ()
    return [consent for consent in before if consent not in effect.person.permissions]
