"""The condition of the kiosk: one calm line for what is missing now, and row by row for the staff's status screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from kiosk import __version__
from kiosk.bedside.begun import kept_begun
from kiosk.bedside.kept_settings import CHANGEABLE, kept_for, taught_pedals
from kiosk.bedside.persons import known_person
from kiosk.bedside.scored import permitted, scores_of
from kiosk.bedside.standard import set_offer
from kiosk.care.consent import new_code
from kiosk.care.library import Library
from kiosk.care.person import Person, Role
from kiosk.care.rules import notices
from kiosk.care.today import Today
from kiosk.care.words import clock_words, day_words, moment_words
from kiosk.clock import Clock, ClockStatus, local_moment
from kiosk.desk.effects import ChangeSetting
from kiosk.desk.pin import Tries
from kiosk.desk.shown import AuditLine, InboxLine, Setting, Slot, StaffData, StatusRow
from kiosk.errors import HandoverError
from kiosk.faults import harmless
from kiosk.home.model import offers
from kiosk.plans.plan import settings_of
from kiosk.records.folder import Problem, free_bytes
from kiosk.records.reader import Reader
from kiosk.rows.kinds import utc_moment
from kiosk.rows.names import reads_as_number
from kiosk.runtime.ports import Ports
from kiosk.runtime.proving import version_words
from kiosk.runtime.replaying import replay_lines
from kiosk.settings import Settings
from kiosk.signals import Button
from kiosk.update.notes import last_of
from kiosk.update.places import Places
from kiosk.voice.kept import VoiceShelf
from kiosk.words import Words


@dataclass
class Condition:
    """All of the kiosk that does not work just now."""

    store_problem: str = ""
    """The trouble with the record, a word of ``records.folder.Problem``; empty: none."""
    unreadable: bool = False
    """Whether the record cannot be read: then nothing of anybody can be shown."""
    camera_ok: bool = True
    """Whether pictures come."""
    camera_cause: str = ""
    """The reason why none come, a sentence for staff."""
    sight_cause: str = ""
    """The reason for which nobody looks at pictures; empty: nothing is known against it."""
    sound_wanted: bool = True
    """Whether the settings want sound."""
    sound_ok: bool = True
    """Whether all sound can be heard."""
    stuck: frozenset[Button] = frozenset()
    """Buttons that are out of use."""
    lost: frozenset[str] = frozenset()
    """Names of pedals and keyboards that pressed buttons and are unplugged."""
    safe: bool = False
    """Whether the kiosk runs in safe mode."""
    recorded: bool = False
    """Whether a recorded face stands in for the camera, which is to be said."""
    waiting: bool = False
    """Whether the inbox has a line that nobody of the staff has looked at: the lamp beside the buttons says so."""
    trial: bool = False
    """The person is made up: that is said on every screen, beside what is missing."""

    @property
    def amber_stops(self) -> bool:
        """Whether the red button is out of use."""
        return Button.RED in self.stuck

    def notice(self, _: Words, *, picture: bool) -> str:
        """The line for the person; empty when nothing is missing. ``picture``: a picture would be wanted now."""
        trial = _("Trial: a made-up person.") if self.trial else ""
        missing = self._missing(_, picture=picture)
        safe = ""
        if self.safe:
            # Beside other news, which lead staff here as well, it is only named.
            safe = _("Simple mode.") if missing else _("Simple mode. Please tell staff.")
        return " ".join(filter(None, (trial, missing, safe)))

    def _missing(self, _: Words, *, picture: bool) -> str:
        if Button.RED in self.stuck:
            return _("Red is stuck. Amber stops now.")
        if self.stuck:
            return _("A button is stuck. The others work.")
        if self.lost:
            return _("Unplugged: {name}. Please tell staff.").format(name=min(self.lost))
        if self.unreadable:
            return _("The record cannot be read. Please tell staff.")
        if self.store_problem:
            return _("Not saving just now. Please tell staff.")
        if picture and not self.camera_ok:
            return _("No picture just now. We go on.")
        if picture and self.recorded:
            return _("A recorded face, not yours.")
        if self.sound_wanted and not self.sound_ok:
            return _("No sound. Follow the screen.")
        return ""


INBOX_LINES = 50
AUDIT_LINES = 100
AWAY = timedelta(days=90)
"""The time after which a slot that did not come in is named [D]."""
CLOCK_FROM = 2025
"""A clock that nobody has set begins long before this kiosk was written."""
LOW_BYTES = 200 << 20
"""Free space below which the status says so, long before anything is refused."""


def status_rows(
    ports: Ports,
    condition: Condition,
    data: Path,
    faults: Sequence[str],
    words: Words,
    *,
    languages: Sequence[StatusRow] = (),
    remarks: Sequence[str] = (),
    left: str = "",
) -> tuple[StatusRow, ...]:
    """Version, disk, record, camera, who looks at its pictures, clock, sound, lamps, buttons, every fault of a file.

    ``languages``: what is to be known of them, and of the site's own words on whom to call. ``remarks``: what is to be
    known of the clinic's own pictures. ``left``: what is left of the first start, in words.
    """
    _ = words
    version, concerns = version_words(__version__, last_of(Places(data=data)), words)
    rows = []
    if condition.safe:
        rows.append(
            StatusRow(_("Simple mode"), _("the kiosk broke off several times; the reason stands below"), "warning")
        )
    if left:
        rows.append(StatusRow(_("First start"), _("left for later: {pages}").format(pages=left), "warning"))
    rows.append(StatusRow(_("Version"), version, "warning" if concerns else "ok"))
    rows += [_disk(data, words), _record(ports, words), _camera(condition, words)]
    rows += [*_sight(ports, condition, words), _clock(ports, words)]
    rows.append(StatusRow(_("Handed over"), handed_over(ports.store.read(), words) or _("never whole")))
    sound = ports.sound.problem
    rows.append(StatusRow(_("Sound"), str(sound) if sound else _("works"), "warning" if sound else "ok"))
    lamps = ports.lights.problems
    rows.append(StatusRow(_("Lamps"), "; ".join(lamps) or _("no fault"), "warning" if lamps else "ok"))
    names = {Button.GREEN: _("green"), Button.AMBER: _("amber"), Button.RED: _("red")}
    stuck = ", ".join(names[button] for button in Button if button in condition.stuck)
    rows.append(StatusRow(_("Buttons"), _("stuck: ") + stuck if stuck else _("no fault"), "fault" if stuck else "ok"))
    rows += _pedals(ports, condition, words)
    rows += languages
    rows += [StatusRow(_("Pictures"), remark, "ok") for remark in remarks]
    rows += [] if ports.voice is None else _own_voice(ports.voice, words)
    undecoded = () if ports.pictures is None else map(str, ports.pictures.faults)
    rows += [StatusRow(_("Fault"), fault, "fault") for fault in (*ports.store.notices, *faults, *undecoded)]
    # Sentences of devices, files and libraries: what they name came from outside.
    return tuple(replace(row, value=harmless(row.value)) for row in rows)


def desk_data(
    ports: Ports,
    person: Person | None,
    day: Today,
    library: Library,
    settings: Settings,
    status: tuple[StatusRow, ...],
    new_bits: int,
    languages: tuple[str, ...],
    words: Words,
    keys: tuple[str, ...] = (),
    changed: Iterable[ChangeSetting] = (),
) -> StaffData:
    """Everything the desk shows, from the record and the rules. ``keys``: those of ``keys_installed``.

    ``settings``: the place's. ``changed``: those of persons, which may not be stored yet.
    """
    reader, clock = ports.store.read(), ports.clock
    kept, begun = _people(reader), kept_begun(reader)
    taken = {row.patient_code for row in reader.persons()} | ({begun.person.code} if begun is not None else set())
    unset = clock.status() is ClockStatus.UNSET
    flat = {name: getattr(getattr(settings, name.split(".")[0]), name.split(".")[1]) for name in CHANGEABLE}
    return StaffData(
        slots=tuple(replace(s, tries=ports.tries.get(s.slot, s.tries)) for s in desk_slots(reader, clock, words)),
        staff_lost=reader.staff_lost(),
        person=person,
        doubted=tuple(p.code for p in kept if ports.store.doubtful or reader.doubted(p.code)),
        former=tuple(p for p in kept if person is None or p.code != person.code),
        new_code=_free_code(new_bits, taken),
        begun=begun,
        inbox=_inbox(reader, library, words),
        audit=tuple(
            AuditLine(row.code, row.detail_code, row.patient_code, _when(row.wall_utc, row.clock_status, words))
            for row in reader.audit(AUDIT_LINES)
        ),
        offers=offers(library, person, day) if person else (),
        library=library,
        day=day,
        notices=notices(person, day, library) if person else (),
        settings=tuple(Setting(name, value) for name, value in flat.items()),
        suits={p.code: settings_of(kept_for(reader, p.code, changed)) for p in kept},
        status=(*status, *(StatusRow(words("Not read"), name, "fault") for name in ports.store.unread)),
        scores=scores_of(reader, person.code) if person else (),
        standard=set_offer(reader, library, person, day, words) if person else None,
        permitted=permitted(reader, tuple(name for name, scale in library.scales.items() if scale.permission)),
        replays=replay_lines(reader, library, person.code, words) if person else (),
        handed_over=handed_over(reader, words),
        unfinished=running.patient_code if (running := reader.running_session()) is not None else "",
        carrying=ports.stick_service is not None and ports.stick_service.busy,
        keys_installed=keys,
        languages=languages,
        language=settings.site.language,
        today=day.day if day.certain else None,
        zone=clock.zone(),
        clock_line=words("Date not set") if unset else clock_words(local_moment(clock.wall_utc()), words),
        clock_by_network=clock.status() is ClockStatus.NTP,
        boot_id=clock.boot_id,
        version="" if ports.stick_service is None else ports.stick_service.updating.version,
        sees=ports.sight is not None and settings.camera.backend != "none",
        records_voice=ports.studio is not None and ports.studio.usable,
        pedals=None if ports.pedals is None else taught_pedals(reader),
        idle_ms=settings.care.idle_min * 60_000,
        cleaning_ms=settings.care.cleaning_min * 60_000,
    )


def keys_installed(data: Path) -> tuple[str, ...]:
    """Fingerprints of the clinic's keys in ``data``; none where a package cannot be protected by them."""
    from kiosk.package.protection import fingerprint, recipients

    try:
        return tuple(map(fingerprint, recipients(data)))
    except (HandoverError, OSError):
        return ()


def handed_over(reader: Reader, _: Words) -> str:
    """The last package that holds everybody and is whole, as it is to be read; empty: there was none."""
    last = reader.last_export("ALL")
    if last is None:
        return ""
    moment = utc_moment(last.wall_utc) if last.wall_utc else None
    known = moment is not None and moment.year >= CLOCK_FROM
    when = moment_words(local_moment(moment), _) if moment is not None and known else _("date not known")
    return _("package {n}, {when}").format(n=last.seq, when=when)


def _people(reader: Reader) -> list[Person]:
    """Everybody of whom a plan can be read: one damaged plan closes no desk."""
    found = (known_person(reader, row.patient_code) for row in reader.persons())
    return [person for person in found if person is not None]


def _free_code(bits: int, taken: set[str]) -> str:
    """A code that nobody has yet."""
    while (code := new_code(bits)) in taken or reads_as_number(code):
        bits += 1
    return code


def _disk(data: Path, _: Words) -> StatusRow:
    try:
        free = free_bytes(data)
    except OSError as why:
        return StatusRow(_("Disk"), str(why), "fault")
    return StatusRow(_("Disk"), _("{mb} MB free").format(mb=free >> 20), "warning" if free < LOW_BYTES else "ok")


def _record(ports: Ports, _: Words) -> StatusRow:
    problem = ports.store.problem
    told = {
        Problem.NONE: _("stored"),
        Problem.DISK_FULL: _("the disk is full: nothing more is stored"),
        Problem.READ_ONLY: _("the card takes nothing"),
        Problem.LOCKED: _("another program holds it"),
        Problem.IO_ERROR: _("the card cannot be read or written"),
        Problem.CORRUPT: _("damaged"),
        Problem.RESCUE: _("damaged: what can be read of it is being copied"),
    }.get(Problem(problem), problem)
    if ports.store.unchecked and not problem:
        told = _("is being looked through since the start: movement waits for it")
    return StatusRow(_("Record"), told, "fault" if problem else "ok")


def _camera(condition: Condition, _: Words) -> StatusRow:
    if condition.camera_ok:
        return StatusRow(_("Camera"), _("no fault"), "ok")
    return StatusRow(_("Camera"), condition.camera_cause or _("gives no picture"), "warning")


def _sight(ports: Ports, condition: Condition, _: Words) -> tuple[StatusRow, ...]:
    if ports.sight is None:
        return ()
    wrong = condition.sight_cause or ports.sight.lacking
    return (StatusRow(_("Measures"), wrong or _("no fault"), "warning" if wrong else "ok"),)


def _pedals(ports: Ports, condition: Condition, _: Words) -> list[StatusRow]:
    """Each pedal and keyboard with the key that it sent last, and those that are gone."""
    names = {Button.GREEN: _("green"), Button.AMBER: _("amber"), Button.RED: _("red"), "digit": _("a digit")}
    rows = []
    for pedal in () if ports.pedals is None else ports.pedals.pedals:
        said = _("{name}: nothing pressed yet")
        if pedal.sent:
            said = _("{name}: sent {key}, {button}") if pedal.means else _("{name}: sent {key}, which is no button")
        told = said.format(name=pedal.name, key=pedal.sent, button=names.get(pedal.means, ""))
        rows.append(StatusRow(_("Pedal or keys"), told, "ok" if pedal.means or not pedal.sent else "warning"))
    gone = _("{name}: unplugged")
    rows += [StatusRow(_("Pedal or keys"), gone.format(name=name), "fault") for name in sorted(condition.lost)]
    return rows


def _clock(ports: Ports, _: Words) -> StatusRow:
    status = ports.clock.status()
    if status is ClockStatus.UNSET:
        return StatusRow(_("Clock"), _("Date not set"), "warning")
    by = {
        ClockStatus.NTP: _("set by the network"),
        ClockStatus.RTC: _("from the clock's battery"),
        ClockStatus.STAFF: _("set by staff"),
    }[status]
    now = moment_words(local_moment(ports.clock.wall_utc()), _)
    return StatusRow(_("Clock"), _("{when} ({by})").format(when=now, by=by), "ok")


def desk_slots(reader: Reader, clock: Clock, _: Words) -> tuple[Slot, ...]:
    """Every staff slot, with the wrong tries that the record knows of, and when it came in last."""
    found, entered = [], {row.detail_code: row for row in reader.last_entered()}
    long_ago = None if clock.status() is ClockStatus.UNSET else clock.wall_utc() - AWAY
    for row in reader.staff():
        kept = reader.pin_tries(row.slot)
        tries = Tries(kept.tries, kept.lock_ms, kept.lock_boot_id, kept.lock_from_boot_ms) if kept else Tries()
        last = entered.get(row.slot)
        known = last is not None and last.clock_status != ClockStatus.UNSET and bool(last.wall_utc)
        when = utc_moment(last.wall_utc) if last is not None and known else None
        day = _("date not known") if when is None else day_words(local_moment(when).date(), _)
        found.append(
            Slot(
                slot=row.slot,
                role=Role(row.role),
                label=row.label,
                tries=tries,
                last="" if last is None else day,
                away=when is not None and long_ago is not None and when <= long_ago,
                gone=not row.pin_hash,
            )
        )
    return tuple(found)


def _own_voice(voice: VoiceShelf, _: Words) -> list[StatusRow]:
    """The site's own recordings of each language, counted, and each that is left out."""
    rows: list[StatusRow] = []
    for language in voice.languages():
        seen = voice.view(language)
        told = _("{language}: {n} of {all} sentences").format(language=language, n=len(seen.files), all=seen.wanted)
        rows.append(StatusRow(_("Own recordings"), told, "warning" if seen.faults else "ok"))
        rows += [StatusRow(_("Fault"), str(fault), "fault") for fault in seen.faults]
    return rows


def _inbox(reader: Reader, library: Library, _: Words) -> tuple[InboxLine, ...]:
    """The newest lines that at least one slot has not acknowledged, each with who has."""
    slots = [row.slot for row in reader.staff()]
    unseen: dict[str, set[str]] = defaultdict(set)
    lines = {}
    for slot in slots:
        for row in reader.inbox(slot):
            lines[row.key] = row
            unseen[row.key].add(slot)
    newest = sorted(lines.values(), key=lambda row: row.seq, reverse=True)[:INBOX_LINES]
    return tuple(
        InboxLine(
            key=row.key,
            code=row.code,
            detail=row.detail_code,
            person=row.patient_code,
            title=known.title if (known := library.led(row.detail_code)) is not None else "",
            when=_when(row.wall_utc, row.clock_status, _),
            seen_by=tuple(slot for slot in slots if slot not in unseen[row.key]),
        )
        for row in newest
    )


def _when(wall_utc: str, status: str, _: Words) -> str:
    if status == ClockStatus.UNSET or not wall_utc:
        return ""
    return moment_words(local_moment(utc_moment(wall_utc)), _)
