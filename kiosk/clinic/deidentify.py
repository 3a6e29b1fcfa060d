"""A folder for research: what people practised, without codes, kiosks, days and times."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from kiosk.care.person import OnsetBand
from kiosk.care.rules import BAND_WEEKS
from kiosk.clinic.database import Clinic
from kiosk.clinic.groups import Group, merged, small
from kiosk.clinic.redcap import IMPORTED, Rows, dictionary, imported
from kiosk.clinic.reports import Gathered, codes
from kiosk.clinic.without_names import DEIDENTIFIED, harmless
from kiosk.errors import ClinicError, StoreError
from kiosk.package.csv_cells import csv_bytes
from kiosk.package.datapackage import FILE, Digest, Written, file_of, resource_of
from kiosk.package.schema import Table
from kiosk.package.target import PART
from kiosk.plans.plan import person_of
from kiosk.records.daytime import UNSET
from kiosk.rows.kinds import utc_moment

LEAST = 5
"""People of one cause and one onset band, where nothing else is asked for."""
README = "READ-ME.txt"
DICTIONARY, IMPORT = "redcap-dictionary.csv", "redcap-import.csv"


@dataclass(frozen=True, slots=True)
class Deidentified:
    """A ``folder`` that was made: so many ``persons``, and ``rows`` of each table.

    ``rare``: groups of fewer than ``least`` people, as they were; ``left``: those that are in the folder still.
    """

    folder: Path
    least: int
    persons: int
    rows: Mapping[str, int]
    rare: tuple[tuple[Group, int], ...]
    left: tuple[tuple[Group, int], ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """One person as the clinic knows them: the ``group``, the days of onset and of the first session."""

    code: str
    group: Group
    onset: date | None
    first: date | None
    set_up: Mapping[str, Any] = field(default_factory=dict)


def deidentify(
    clinic: Clinic, to: Path, ours: Collection[str], least: int = LEAST, *, merge: bool = True
) -> Deidentified:
    """Write the folder ``to``, which must not be there yet: whole or not at all. ``ours``: see ``harmless``.

    ``merge``: rare groups lose their cause, then their onset; else they are only told. Raises ClinicError, OSError.
    """
    if to.exists() or to.is_symlink():
        raise ClinicError(f"{to}: it is there already; name a folder that is not, or remove it")
    known = [_known(clinic, code) for code in codes(clinic)]
    if not known:
        raise ClinicError(f"{clinic.path}: there is nobody in it yet; merge packages first")
    before = {one.code: one.group for one in known}
    after = merged(before, least) if merge else before
    # In the order of codes that chance has given: that of the clinic would tell something.
    leaving = sorted((_Leaving(f"p{secrets.token_hex(6)}", one, after[one.code]) for one in known), key=_name)
    part = to.with_name(to.name + PART)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        written = [_table(part, clinic, leaving, table, ours) for table in DEIDENTIFIED.values()]
        counts = {item.table.name: item.rows for item in written}
        told = Deidentified(to, least, len(known), counts, tuple(small(before, least)), tuple(small(after, least)))
        _beside(part, written, told)
        with (part / IMPORT).open("wb") as file:
            for piece in imported(_by_table(clinic, one, ours) for one in leaving):
                file.write(piece)
        os.replace(part, to)
    except BaseException:  # an interrupt too: half a folder would look like a whole one
        shutil.rmtree(part, ignore_errors=True)
        raise
    return told


def _known(clinic: Clinic, code: str) -> _Known:
    person = Gathered(clinic, code)
    onset, band, set_up = None, "", {}
    for row in person.dicts("persons"):
        set_up = row
        band = band or row["onset_band"]
    try:
        plan = next((person_of(row.profile, code) for row in person.persons()), None)
    except StoreError:
        plan = None  # of a plan that cannot be read the rows tell what they can
    if plan is not None and plan.onset is not None:
        onset = plan.onset.on
    days = [day for row in person.dicts("sessions") if (day := _day(row)) is not None]
    first = min(days, default=None)
    if onset is not None and first is not None:
        weeks = (first - onset).days // 7
        passed = [found for found, begins in BAND_WEEKS.items() if begins <= weeks]
        band = passed[-1].value if passed else ""
    return _Known(code, Group(set_up.get("cause") or "unknown", band or OnsetBand.UNKNOWN.value), onset, first, set_up)


def _day(row: Mapping[str, Any]) -> date | None:
    """Return the day of a session where the kiosk stands; None: nobody vouches for it."""
    if row["clock_status"] == UNSET or not row["start_utc"]:
        return None
    return (utc_moment(row["start_utc"]) + timedelta(minutes=row["utc_offset_min"] or 0)).date()


@dataclass(frozen=True, slots=True)
class _Leaving:
    """One person (``known``) under the ``name`` that chance gave, in the ``group`` that is told."""

    name: str
    known: _Known
    group: Group

    @property
    def onset(self) -> date | None:
        """The day of the onset, unless weeks since then would tell the band that was taken away."""
        return self.known.onset if self.group.onset_band == self.known.group.onset_band else None


def _name(one: _Leaving) -> str:
    return one.name


def _rows(clinic: Clinic, one: _Leaving, table: Table, ours: Collection[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of one person in a table, as they leave."""
    for row in _told(Gathered(clinic, one.known.code), one, table.name):
        yield tuple(harmless(column, row.get(column.name), ours) for column in table.columns)


def _told(person: Gathered, one: _Leaving, table: str) -> Iterator[dict[str, Any]]:
    """The rows as the clinic has them, with what stands in the place of names and days."""
    named: dict[str, Any] = {"person": one.name}
    if table == "persons":
        yield {**one.known.set_up, **named, "cause": one.group.cause, "onset_band": one.group.onset_band}
    elif table == "injections":
        for row in person.dicts(table):
            if not row["withdrawn"]:
                yield row | named | _weeks(one, date.fromisoformat(row["given_on"]))
    else:
        sessions = _in_order(list(person.dicts("sessions")))
        numbers = {(row["device_id"], row["session_id"]): number for number, row in enumerate(sessions, 1)}
        for row in sessions if table == "sessions" else person.dicts(table):
            weeks = _weeks(one, _day(row)) if table == "sessions" else {}
            yield row | named | {"session": numbers[row["device_id"], row["session_id"]]} | weeks


def _in_order(sessions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By the numbering of each kiosk, since a day may be missing; the kiosk that has the first day comes first."""
    first: dict[str, str] = {}
    for row in sessions:
        if _day(row) is not None:
            first[row["device_id"]] = min(first.get(row["device_id"], row["start_utc"]), row["start_utc"])
    return sorted(sessions, key=lambda row: (first.get(row["device_id"], ""), row["device_id"], row["seq"]))


def _weeks(one: _Leaving, day: date | None) -> dict[str, int | None]:
    begun = {"week_since_onset": one.onset, "week_of_practice": one.known.first}
    return {name: None if day is None or from_ is None else (day - from_).days // 7 for name, from_ in begun.items()}


def _by_table(clinic: Clinic, one: _Leaving, ours: Collection[str]) -> Rows:
    return {table: list(_rows(clinic, one, DEIDENTIFIED[table], ours)) for table in IMPORTED}


def _table(folder: Path, clinic: Clinic, leaving: Sequence[_Leaving], table: Table, ours: Collection[str]) -> Written:
    """Write one table, row by row."""
    digest, size, count = sha256(), 0, 0

    def counted(fresh: int) -> None:
        nonlocal count
        count += fresh

    rows = chain.from_iterable(_rows(clinic, one, table, ours) for one in leaving)
    with (folder / file_of(table)).open("wb") as file:
        for piece in csv_bytes(table, rows, counted):
            size += file.write(piece)
            digest.update(piece)
    return Written(table, Digest(digest.hexdigest(), size), count)


def _beside(folder: Path, written: Sequence[Written], told: Deidentified) -> None:
    """Write the meaning of the tables, for programs, for REDCap and for people."""
    there = {item.table.name for item in written}
    described = {
        "name": "facial-rehab-deidentified",
        "profile": "data-package",
        "title": "Practice with facial rehab kiosks, without names, places and days",
        "resources": [resource_of(item, there) for item in written],
    }
    (folder / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(described), indent=1))
    (folder / DICTIONARY).write_bytes(dictionary())
    (folder / README).write_bytes("\r\n".join(_readme(told)).encode("ascii"))


def _readme(told: Deidentified) -> Iterator[str]:
    yield "Practice of people with facial palsy at bedside kiosks, de-identified."
    yield ""
    yield f"{told.persons} people. Codes were given by chance for this folder; the key to them was never written down."
    yield "There are no kiosks, places, days or times, no films and no line drawings. datapackage.json says what each"
    yield "column means. Programmes and exercises of a clinic's own are called 'own'."
    yield ""
    yield f"k = {told.least}: the fewest people of one cause and one time since the onset."
    for group, count in told.rare:
        yield f"  rare as it was: {group.cause}, {group.onset_band}: {count}"
    yield from (f"  STILL RARE HERE: {group.cause}, {group.onset_band}: {count}" for group, count in told.left)
    yield ""
    yield "REDCap: upload redcap-dictionary.csv as the data dictionary, make the instruments 'session' and 'injection'"
    yield "repeating (Project Setup), then import redcap-import.csv."
    yield ""
    yield "De-identified is not anonymous: who knows that somebody practised, and when, may still find them. Share it"
    yield "only as your ethics committee allows. Not a medical device; the figures are no measure of health."
    yield ""
