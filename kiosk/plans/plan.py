"""``plan.json``: how persons are set up, for staff of another kiosk; read back as strictly as any file from outside.

What suits the place stays there. The last sessions go along so that a day does not begin anew at another kiosk.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from kiosk.care.consent import CONSENTS, is_code
from kiosk.care.model import Stage
from kiosk.care.own import readable
from kiosk.care.person import RISKS, Person
from kiosk.care.reasons import REASONS
from kiosk.care.words import OverrideReason
from kiosk.clock import ClockStatus
from kiosk.errors import PackageError, StoreError, marked
from kiosk.rows.kinds import BOUND
from kiosk.settings import BEDSIDE, Value, checked

SETTING = "setting."
"""The beginning of the item of a person's setting among their permissions, and of the key of one of the place."""
CARRIED = "carried"
"""The key of the state row that keeps ``CarriedOver`` as JSON."""
MOST_SESSIONS = 60
"""Far more than anybody can begin in a day."""


class Practised(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A session of ``programme`` as the rules of a day ask for it; ``begun``, ``ended`` None: nobody knows."""

    programme: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_.:+/,@-]{0,120}\Z")]
    begun: Annotated[datetime, Meta(tz=True)] | None = None
    ended: Annotated[datetime, Meta(tz=True)] | None = None
    resumed: bool = False
    """It goes on with another one, so it counts with that."""


class Bed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The person (``code``) who is at the kiosk now, and its ``settings``, where they differ from the site's."""

    code: str
    settings: dict[str, Value]
    """Value by ``section.name`` of what staff changed for the person; what is of the place stays with the kiosk."""
    practised: Annotated[tuple[Practised, ...], Meta(max_length=MOST_SESSIONS)] = ()
    """The last sessions, the newest first."""
    own: dict[str, str] = {}
    """The person's own choices (a wish, reminders, questions), by item; see ``kiosk.care.own``."""

    def __post_init__(self) -> None:
        if self.own != readable(self.own):
            raise ValueError("own: this is no wish, no hours, or no question as a kiosk writes them")
        for name, value in self.settings.items():
            if name not in BEDSIDE:
                raise ValueError(f"{name!r} is no setting of a person")
            checked(name, value)


class CarriedOver(msgspec.Struct, frozen=True, kw_only=True):
    """Sessions that ``code`` ``practised`` elsewhere, as a kiosk heard of them at ``t_boot_ms`` of boot ``boot_id``."""

    code: str
    boot_id: str
    t_boot_ms: int
    practised: tuple[Practised, ...]


def bed_of(
    state: Callable[[str], str | None],
    permissions: Callable[[str], Mapping[str, str]] = lambda _code: {},
    sessions: Callable[[str], Iterable[Mapping[str, Any]]] = lambda _code: (),
) -> Bed | None:
    """The bed by the ``state`` rows of a kiosk; None while nobody is set up there.

    ``permissions``: what holds for a person, by item. ``sessions``: the rows of their last sessions, the newest first.
    """
    code = state(BOUND)
    if not code:
        return None
    held = permissions(code)
    practised = tuple(map(_practised, sessions(code)))
    return Bed(code=code, settings=settings_of(held), practised=practised, own=readable(held))


def settings_of(permissions: Mapping[str, str]) -> dict[str, Value]:
    """The settings among what holds for a person, by item; an unreadable value is left out."""
    found: dict[str, Value] = {}
    for name in BEDSIDE:
        with contextlib.suppress(ValueError, KeyError):
            found[name] = checked(name, permissions[SETTING + name], strict=False)
    return found


def _practised(row: Mapping[str, Any]) -> Practised:
    known = row["clock_status"] != ClockStatus.UNSET
    begun, ended = (
        datetime.fromisoformat(row[name]) if known and row[name] else None for name in ("start_utc", "end_utc")
    )
    return Practised(programme=row["programme"], begun=begun, ended=ended, resumed=bool(row["resumes_session_id"]))


FILE = "plan.json"
FORMAT = 3
"""It has what the person chose for themselves. Where there is nothing of that, the one before is written: then an older
kiosk takes the plan as well, and where there is, it refuses the file rather than lose it."""
BEFORE_OWN = 2
OLDER = 1
"""It could not tell "no" from a question that nobody asked; the kiosk's own rows of that time could not either."""
MOST_BYTES = 256 << 10
MOST_PERSONS = 1_000
MOST_ENTRIES = 200
SLOT = re.compile(r"[a-z]{1,20}-[0-9]{1,3}|")
WORD = re.compile(r"[a-z0-9-]{1,40}")
LANGUAGE = re.compile(r"[a-z]{2}(_[A-Z]{2})?")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)


class _Kept(Person, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person as this program or an older one wrote it."""

    old_graft: bool = msgspec.field(default=False, name="graft")
    old_numb_eye: bool = msgspec.field(default=False, name="numb_eye")
    old_eye_surgery: bool = msgspec.field(default=False, name="eye_surgery")
    old_swallowing_risk: bool = msgspec.field(default=False, name="swallowing_risk")
    old_carotid_disease: bool = msgspec.field(default=False, name="carotid_disease")

    def read(self) -> Person:
        """The person. An older yes is one; an older no was perhaps never asked for, and is no answer."""
        fields = {field.name: getattr(self, field.name) for field in msgspec.structs.fields(Person)}
        return Person(**{**fields, **{risk: True for risk in RISKS if getattr(self, f"old_{risk}")}})


class _Plans(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    format: int
    persons: tuple[_Kept, ...]
    bed: Bed | None = None
    """Absent in older files, and where the person at the kiosk is not among ``persons``."""


def plan_bytes(persons: Iterable[Person], bed: Bed | None = None) -> Iterator[bytes]:
    """The file for ``persons``, piece by piece; ``bed`` is told of only where its person is among them."""
    there = False
    yield b'{"persons": ['
    for number, person in enumerate(persons):
        there = there or (bed is not None and person.code == bed.code)
        yield (b",\n" if number else b"\n") + msgspec.json.encode(person)
    yield b"\n]" + (b',\n"bed": ' + msgspec.json.encode(bed) if there else b"")
    # The number stands last: only now is it known whether anything of the newest format is in the file.
    yield b',\n"format": %d}\n' % (FORMAT if there and bed is not None and bed.own else BEFORE_OWN)


def person_of(profile: str, code: str) -> Person:
    """The person of a stored profile. Raises StoreError where it cannot be read: it must not be guessed."""
    try:
        return msgspec.json.decode(profile, type=_Kept).read()
    except msgspec.DecodeError:  # its message may hold what the plan says
        raise StoreError(f"the plan of {code} cannot be read: set this person up again; nothing else is lost") from None


def read_plan(raw: bytes, code: str | None = None) -> Person:
    """The one person of the file, or the one called ``code``, or of several the one who was at that kiosk.

    Without consents, which are given at each kiosk anew.

    Raises PackageError, with the place and the reason, for anything that staff could not have set at a kiosk.
    """
    plans = _read(raw)
    if code is None and len(plans.persons) > 1 and plans.bed is not None:
        code = plans.bed.code
    found = [person.read() for person in plans.persons if code in (None, person.code)]
    if len(found) != 1:
        codes = ", ".join(person.code for person in plans.persons[:8] if is_code(person.code))
        wrong = marked("{file}: {n} persons to choose from ({codes}); name one by code")
        raise PackageError(wrong, file=FILE, n=len(found), codes=codes)
    for fault in faults(found[0]):
        raise PackageError("{file}, {fault}; use the file as the kiosk wrote it", file=FILE, fault=fault)
    kept = tuple(permission for permission in found[0].permissions if permission not in CONSENTS)
    return msgspec.structs.replace(found[0], permissions=kept)


def read_arriving(raw: bytes, today: date | None = None) -> Person:
    """The one person of a file that was brought: as ``read_plan``, and by the rules of a plan at this bedside.

    ``today`` None: the day is not known, so no date can be too late.
    """
    person = read_plan(raw)
    if person.stage is Stage.FLACCID and person.ticks:
        raise PackageError(
            "{file}, ticks: a plan for the flaccid stage contains no movement; at the kiosk that wrote it, review the "
            "stage or take the ticks away",
            file=FILE,
        )
    done = [tick.seen_on for tick in person.ticks] + [override.on for override in person.overrides]
    done += [injection.given_on for injection in person.injections] + [person.ticks_reviewed_on]
    done += [dose.on for dose in person.doses]
    done += [person.onset.on, person.onset.attested_on] if person.onset else []
    if today is not None and any(day is not None and day > today for day in done):
        raise PackageError("{file}: a date in it has not come yet; compare the dates of both kiosks", file=FILE)
    return person


def read_settings(raw: bytes, code: str) -> dict[str, Value]:
    """Return the settings changed at the bedside for the person called ``code``: value by ``section.name``, in range.

    Empty where nothing was changed, where nobody knows (an older file, or somebody who is no longer at that kiosk).
    Raises PackageError as ``read_plan``.
    """
    bed = _read(raw).bed
    return bed.settings if bed is not None and bed.code == code else {}


def read_practised(raw: bytes, code: str) -> tuple[Practised, ...]:
    """The last sessions of the person called ``code``; none where the file does not know. As ``read_settings``."""
    bed = _read(raw).bed
    return bed.practised if bed is not None and bed.code == code else ()


def read_own(raw: bytes, code: str) -> dict[str, str]:
    """The own choices of the person called ``code``, by item; none where the file does not know.

    As ``read_settings``.
    """
    bed = _read(raw).bed
    return bed.own if bed is not None and bed.code == code else {}


class _Headed(msgspec.Struct, frozen=True):
    """The part of a file of any format that can be read."""

    format: int = 0


def _read(raw: bytes) -> _Plans:
    if len(raw) > MOST_BYTES:
        raise PackageError("{file}: {n} bytes; a plan has at most {most}", file=FILE, n=len(raw), most=MOST_BYTES)
    plans = _decoded(raw)
    if len(plans.persons) > MOST_PERSONS:
        raise PackageError("{file}: more than {most} persons", file=FILE, most=MOST_PERSONS)
    return plans


def _decoded(raw: bytes) -> _Plans:
    try:
        # The number first: a field of a newer format is no damage.
        number = msgspec.json.decode(raw, type=_Headed).format
        plans = msgspec.json.decode(raw, type=_Plans) if OLDER <= number <= FORMAT else None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as why:
        raise PackageError("{file}: {why}; use the file as the kiosk wrote it", file=FILE, why=why) from None
    if plans is None:
        wrong = marked("{file}: written by another version (format {format}, this one knows {known})")
        raise PackageError(wrong, file=FILE, format=number, known=FORMAT)
    return plans


def everybody(raw: bytes) -> tuple[Person, ...]:
    """Everybody in the file of a package. Raises PackageError, with the place, for what staff could not have set."""
    persons = tuple(person.read() for person in _decoded(raw).persons)
    for number, person in enumerate(persons, 1):
        for fault in faults(person):
            raise PackageError("{file}, person {number}: {fault}", file=FILE, number=number, fault=fault)
    if len({person.code for person in persons}) < len(persons):
        raise PackageError("{file}: one person stands there twice", file=FILE)
    return persons


def faults(person: Person) -> Iterator[str]:
    """Yield what no staff could have set."""
    if not is_code(person.code):
        yield marked("code: this is no code of a person, or a character of it is wrong")
    if not LANGUAGE.fullmatch(person.language):
        yield marked("language: this is no language code such as en")
    lists = (person.ticks, person.injections, person.permissions, person.overrides, person.locked, person.doses)
    if any(len(entries) > MOST_ENTRIES for entries in lists):
        yield marked("a list of too many entries")
    seen = [tick.movement for tick in person.ticks]
    if len(set(seen)) < len(seen):
        yield marked("ticks: a movement stands there twice")
    slots = [tick.by for tick in person.ticks] + [override.by for override in person.overrides]
    slots += [dose.by for dose in person.doses]
    for slot in (*slots, person.reviewed_by):
        if not SLOT.fullmatch(slot):
            yield marked("by: this is no staff slot such as therapist-1")
    for override in person.overrides:
        rule = REASONS.get(override.rule)
        if rule is None or not rule.overridable or override.reason not in set(OverrideReason):
            yield marked("overrides: a rule that staff cannot open, or a reason that is not in the list")
    for injection in person.injections:
        until = injection.no_touch_until
        if not injection.regions or (until is not None and until < injection.given_on):
            yield marked("injections: no region, or an end before the day it was given")
    dosed = [(dose.programme, dose.exercise) for dose in person.doses]
    if len(set(dosed)) < len(dosed):
        yield marked("doses: an exercise stands there twice")
    if not all(WORD.fullmatch(word) for pair in dosed for word in pair):
        yield marked("doses: this is no programme, or no exercise")
    if not all(WORD.fullmatch(programme) for programme in person.locked):
        yield marked("locked: this is no programme")
    if any(not FIRST_DAY <= day <= LAST_DAY for day in _days(person)):
        yield marked("a date out of all reason")


def _days(person: Person) -> Iterator[date]:
    onset = (person.onset.on, person.onset.attested_on) if person.onset else ()
    days = [*onset, person.ticks_reviewed_on, person.pause_until, person.pain_locked_on]
    days += [tick.seen_on for tick in person.ticks] + [override.on for override in person.overrides]
    days += [dose.on for dose in person.doses]
    for injection in person.injections:
        days += [injection.given_on, injection.no_touch_until]
    return (day for day in days if day is not None)
