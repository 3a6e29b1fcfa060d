"""A person between the record (columns and JSON) and care (a struct)."""

from __future__ import annotations

import msgspec

from kiosk.care.model import OnsetBand, Person
from kiosk.errors import StoreError
from kiosk.package.plan import person_of
from kiosk.records.reader import Reader
from kiosk.records.rows import BOUND, PersonRow, digest_of, name_of


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
    for row in reader.set_ups(code):
        try:
            return person_of(row.profile, row.patient_code)
        except StoreError:
            reader.unread.add(name_of(PersonRow, row.columns()))
    return None


def bound_person(reader: Reader) -> Person | None:
    """Whom this kiosk is bound to."""
    code = reader.state(BOUND)
    return known_person(reader, code) if code else None
