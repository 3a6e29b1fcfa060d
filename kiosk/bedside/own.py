"""The person's own choices between home and record: read, kept, and known in this run before the disk has them."""

from __future__ import annotations

from kiosk.care.own import (
    PERSON,
    QUESTION,
    QUESTION_LINE,
    REMINDERS,
    SIGHTING_LINE,
    WISH,
    OwnThings,
    own_things,
    question_value,
    reminders_value,
    wish_value,
)
from kiosk.clock import Clock, ClockStatus
from kiosk.home.effects import AskQuestion, KeepReminders, KeepWish, OwnEffect, SawMovement
from kiosk.home.reminders import NextReminder, next_reminder
from kiosk.records.reader import Reader
from kiosk.records.store import Store
from kiosk.rows.kinds import InboxRow, PermissionRow, Row
from kiosk.settings import Care

SAW, ASKED = SIGHTING_LINE, QUESTION_LINE
"""Codes of the lines in the inbox. Their detail: a region of the face (before there were any: empty); a topic."""


class OwnKept:
    """The choices of persons: the record's, and above them what was chosen here and is not stored yet."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._waiting: dict[tuple[str, str], tuple[str, int]] = {}

    def of(self, reader: Reader, code: str) -> OwnThings:
        """The choices of the person called ``code``. Raises StoreError."""
        kept = {row.item: row.value for row in reader.own(code)}
        return own_things(kept | {item: value for (who, item), (value, _) in self._waiting.items() if who == code})

    def keep(self, effect: OwnEffect, code: str) -> None:
        """Hand over what the person called ``code`` chose or told; it holds at once."""
        rows = rows_of(effect, code, f"{self._clock.boot_id[:8]}.{self._clock.now_ms()}")
        token = self._store.put(*rows)
        for row in rows:
            if isinstance(row, PermissionRow):
                self._waiting[code, row.item] = (row.value, token)

    def stored(self, token: int) -> None:
        """Everything up to ``token`` is in the record now; what was refused (0) is remembered for this run."""
        self._waiting = {
            key: (value, waits) for key, (value, waits) in self._waiting.items() if not waits or waits > token
        }

    def forget(self, code: str) -> None:
        """Nobody is called ``code`` any more."""
        self._waiting = {key: kept for key, kept in self._waiting.items() if key[0] != code}


def rows_of(effect: OwnEffect, code: str, moment: str) -> tuple[Row, ...]:
    """The rows that keep it; ``moment`` tells two lines of the inbox apart."""
    if isinstance(effect, SawMovement):
        return (InboxRow(f"{SAW}.{moment}", code, SAW, effect.where.value),)
    if isinstance(effect, AskQuestion):
        value = question_value(effect.day, answered=False)
        kept = PermissionRow(code, QUESTION + effect.topic.value, value, PERSON)
        return (kept, InboxRow(f"{ASKED}.{moment}", code, ASKED, effect.topic.value))
    if isinstance(effect, KeepWish):
        return (PermissionRow(code, WISH, wish_value(effect.wish), PERSON),)
    assert isinstance(effect, KeepReminders)  # noqa: S101 (there is no other)
    return (PermissionRow(code, REMINDERS, reminders_value(effect.hours), PERSON),)


def reminder_of(own: OwnThings, care: Care, clock: Clock) -> NextReminder | None:
    """The next reminder; None while nobody knows the time."""
    if not own.reminders or clock.status() is ClockStatus.UNSET:
        return None
    quiet = care.quiet_from_hour, care.quiet_to_hour
    return next_reminder(own.reminders, *quiet, clock.wall_utc(), clock.now_ms(), clock.zone())
