"""A person between the record and care, whose records were kept long enough, and a made-up one for the trial."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from kiosk.care.consent import new_code
from kiosk.care.model import Movement, Side, Stage, ViewMode
from kiosk.care.person import Cause, Onset, OnsetBand, Person, SeenTick
from kiosk.clock import Clock, ClockStatus
from kiosk.errors import StoreError
from kiosk.home.effects import StartSession
from kiosk.plans.plan import person_of
from kiosk.records.reader import Reader
from kiosk.records.store import Store
from kiosk.rows.kinds import BOUND, PersonRow, SessionRow, StateRow, digest_of, name_of, utc_moment


def person_row(person: Person) -> PersonRow:
    """The row of ``person``: the columns that an export shows, and the whole as JSON."""
    band = person.onset.band if person.onset else OnsetBand.UNKNOWN
    profile = msgspec.json.encode(person).decode()
    return PersonRow(
        patient_code=person.code,
        stage=person.stage or "",
        affected_side=person.side or "",
        onset_band=band,
        cause=person.cause or "",
        one_hand=person.one_hand,
        reviewed_by=person.reviewed_by,
        profile=profile,
        digest=digest_of(profile),
    )


def known_person(reader: Reader, code: str) -> Person | None:
    """The newest plan of this person that can be read; where a newer one cannot, ``reader`` knows of the doubt."""
    newest = reader.person(code)
    try:
        # Years of changes are many: all of them are asked for only where the newest cannot be read.
        return None if newest is None else person_of(newest.profile, newest.patient_code)
    except StoreError:
        pass
    for row in reader.set_ups(code):
        try:
            return person_of(row.profile, row.patient_code)
        except StoreError:
            reader.unread.add(name_of(PersonRow, row.columns()))
    return None


def bound_person(reader: Reader) -> Person | None:
    """Return the person whom this kiosk is bound to."""
    code = reader.state(BOUND)
    return known_person(reader, code) if code else None


BY = "retention"
"""The slot that is noted for erasing where it was no member of staff."""


def expired(reader: Reader, clock: Clock, keep_days: int) -> tuple[str, ...]:
    """The codes of persons to erase: discharged, untouched for ``keep_days``, and handed over whole. 0 days: nobody.

    Where a date is not known nobody's time is over. Raises StoreError.
    """
    if not keep_days or clock.status() is ClockStatus.UNSET:
        return ()
    bound, before = reader.state(BOUND), clock.wall_utc() - timedelta(days=keep_days)
    found = []
    for person in reader.persons():
        newest = next(iter(reader.sessions(person.patient_code, 1)), None)
        if person.patient_code == bound or (newest is not None and newest.end_reason is None):
            continue
        last = _moment(person.valid_from_utc), _moment_of(newest)
        if all(moment is not None and moment < before for moment in last) and _is_out(reader, person.patient_code):
            found.append(person.patient_code)
    return tuple(found)


def _moment(text: str) -> datetime | None:
    return utc_moment(text) if text else None


def _moment_of(session: SessionRow | None) -> datetime | None:
    """Return the moment of the last session; the beginning of time where there was none, None where it is unknown."""
    if session is None:
        return utc_moment("1970-01-01T00:00:00.000Z")
    return None if session.clock_status == ClockStatus.UNSET else _moment(session.start_utc)


def _is_out(reader: Reader, code: str) -> bool:
    """Whether a package that is whole holds everything of this person, as it is now."""
    last = reader.last_export(code)
    return last is not None and reader.held_by(code, last.seq_to)


BEGINS_WITH = StartSession("first-movements")
"""The practice before the mirror, which begins before the home is seen."""
STORED_S = 5.0


def made_up() -> Person:
    """A person for whom first movements are open on any day, also where the date is not known."""
    return Person(
        code=new_code(0),
        stage=Stage.PARETIC,
        side=Side.LEFT,
        onset=Onset(band=OnsetBand.MONTHS_6_TO_12),
        cause=Cause.BELL,
        stiffer=True,
        ticks=tuple(SeenTick(movement=movement, seen_on=None, by="therapist-1") for movement in Movement),
        view_mode=ViewMode.MIRROR,
        reviewed_by="therapist-1",
        graft=False,
        numb_eye=False,
        eye_surgery=False,
        swallowing_risk=False,
        carotid_disease=False,
    )


def settle(store: Store) -> None:
    """Bind the kiosk of this record, which is nobody's, to the made-up person."""
    person = made_up()
    store.put(person_row(person), StateRow(BOUND, person.code))
    store.flush(STORED_S)
