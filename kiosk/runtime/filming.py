"""Films of movements: the decision to begin one, its place, and what became of it.

Nothing is filmed without the person's recorded consent. Whatever goes wrong with a film, the session goes on, and staff
find a line in their inbox. Films are encoded and written elsewhere (``kiosk.sight.clips``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from kiosk.care.model import Permission
from kiosk.care.person import Person
from kiosk.clock import ClockStatus, instant
from kiosk.errors import ContentError, StoreError
from kiosk.plans.plan import person_of
from kiosk.records.folder import Folder, free_bytes
from kiosk.records.reader import Reader
from kiosk.rows.kinds import ClipRow, Entry, Erase, EventRow, InboxRow, Row, SessionRow
from kiosk.rows.row import WORD
from kiosk.runtime import films
from kiosk.runtime.films import PART, Bounds, Held, doomed, refusal
from kiosk.runtime.ports import Looking, Ports
from kiosk.session.model import Session, SessionPhase
from kiosk.settings import Settings
from kiosk.sight.clips import ClipKept, FilmOrder

log = logging.getLogger(__name__)

LOOKED_AT = (SessionPhase.STEP, SessionPhase.LEAD_BACK)
WITHIN = (*LOOKED_AT, SessionPhase.PAUSED, SessionPhase.FACE_AWAY, SessionPhase.LOOK_AWAY)
"""Phases of a step in which its film stays open; nobody is looked at in a pause, so nothing of it is filmed."""


PATIENCE_MS = 3_500
"""Time for which the kiosk's end waits for a film. Together with the record's patience it is less than systemd's."""


@dataclass(frozen=True, slots=True)
class _Film:
    """A film that was asked for."""

    session_id: str
    person: str
    step: int
    repetition: int
    file: str


@dataclass(frozen=True, slots=True)
class _Stock:
    """All that is known before a film may begin: keys, room, or ``why`` there may be none."""

    keys: tuple[str, ...]
    held: tuple[Held, ...]
    free_bytes: int
    ended: int
    """Films that were over before this was looked up; those since then take their most."""
    why: str = ""


class Filming:
    """Lives as long as the kiosk: a film may be whole only after its session was left."""

    def __init__(self, ports: Ports, data: Path, settings: Settings) -> None:
        self._ports, self._sight, self._data = ports, ports.sight, data
        clips = settings.clips
        self._bounds = Bounds(
            clips.max_mb << 20, clips.total_mb << 20, clips.keep_days, 2 * settings.storage.floor_mb << 20
        )
        self._open: _Film | None = None
        self._stock: _Stock | None = None
        self._begun = self._ended = 0
        self._session = ""
        self._filmed: set[tuple[str, int]] = set()
        self._asked: dict[str, _Film] = {}
        self._told: set[tuple[str, str]] = set()
        self._unwanted: set[str] = set()
        self._erased: set[str] = set()

    def follow(self, session: Session, person: Person) -> None:
        """The session has moved on: begin a film with each movement step, and end it with the step."""
        running = self._open
        if running is not None and (session.phase not in WITHIN or session.step != running.step):
            self._open = None
            if self._sight is not None:
                self._sight.finish()
        if Permission.CLIPS in person.permissions and self._session != session.context.session_id:
            self._session, self._stock = session.context.session_id, None
            self._look_up()
        step = (session.context.session_id, session.step)
        wanted = session.phase in LOOKED_AT and session.current.active and session.context.camera and session.camera_ok
        wanted = wanted and step not in self._filmed and Permission.CLIPS in person.permissions
        # Without a stock it begins as soon as that is known: nobody waits for a card.
        if wanted and self._sight is not None and self._stock is not None:
            self._filmed.add(step)
            self._begin(self._sight, session, self._stock)

    def runs(self, session: Session) -> bool:
        """Whether pictures of this moment of ``session`` go into a film: the person is to see that."""
        film = self._open
        asked = film is not None and film in self._asked.values()
        return asked and session.phase in LOOKED_AT and session.camera_ok

    def close(self) -> None:
        """The kiosk ends: wait a little for what is still being written, and put down what became of it."""
        if self._sight is not None and self._asked:
            self._open = None
            self._sight.settle(PATIENCE_MS)
            self.hear()

    def adopt(self) -> None:
        """Give whole films their row which a cut came between, at the start; what is not whole goes with ``sweep``.

        Only of sessions that the record knows: whose another one is, and whether they agreed, nobody can say.
        """
        try:
            found = [held.file for held in films.held(self._data, None)]
            if not found:
                return
            reader, refused = self._ports.store.read(), self._refused()
            codes = {person.patient_code for person in reader.persons()} - refused
            known = {clip.file for code in codes for clip in reader.clips(code)}
            unknown = [file for file in found if file not in known and films.code_of(file) in codes]
            lost = [file for file in unknown if films.place_of(file) and _is_theirs(reader, file)]
        except (StoreError, OSError) as why:
            log.warning("films without a row are not looked for: %s", why)
            return
        if lost:
            self._ports.workshop.give(0, self._adopting(lost))

    def _adopting(self, files: Sequence[str]) -> Callable[[], bool]:
        store, data = self._ports.store, self._data

        def adopt() -> bool:
            for file in files:
                place = films.place_of(file)
                if place is None:
                    continue
                size, sha256 = films.seal(data, file)
                row = ClipRow(films.session_of(file), *place, file, size, sha256, file.endswith(films.ENCRYPTED))
                store.put(row, EventRow("notice", "clip-found", file, films.code_of(file)))
            return True

        return adopt

    def hear(self) -> None:
        """Put down what became of films."""
        for end in self._sight.films() if self._sight is not None else ():
            film = self._asked.pop(end.path, None)
            if film is None:
                continue
            self._ended += 1
            self._look_up()
            if film.person in self._erased:
                # Nothing tells of its person any more, so there is nobody to note it for.
                self._ports.workshop.give(0, self._vanishing(film.person))
            elif end.path in self._unwanted:
                # Its person took the consent back while it was being written.
                self.sweep(film.person)
            elif isinstance(end, ClipKept):
                place = (film.session_id, film.step, film.repetition, film.file)
                self._ports.store.put(ClipRow(*place, end.size, end.sha256, end.encrypted, end.cut))
            else:
                self._tell(film.session_id, film.person, end.why)

    def sweep(self, withdrawn: str = "") -> None:
        """Delete, aside, what must not lie there: films of ``withdrawn`` and others who do not agree, and old ones."""
        try:
            refused = {withdrawn, *self._refused()} - {""}
            self._unwanted |= {path for path, film in self._asked.items() if film.person in refused}
            underway = {f"{film.file}{PART}" for film in self._asked.values()}
            going = doomed(self._held(), refused, self._bounds)
            gone = [(held, why) for held, why in going if held.file not in underway]
            if gone:
                self._ports.workshop.give(0, self._removing(gone))
        except (StoreError, OSError) as why:
            # Tried again after the next session and at the next start.
            log.warning("the clips cannot be looked through: %s", why)

    def erase(self, code: str, by: str, handed: Callable[[int], object] = lambda _token: None) -> None:
        """Have everything of this person deleted, aside: films first, since without rows nobody would know whose.

        ``by``: the staff slot that asked for it. ``handed`` gets the token of the order, in the thread that did it.
        """
        self._erased.add(code)
        self._ports.workshop.give(0, self._vanishing(code, Erase(code, by), handed=handed))

    def _vanishing(
        self, code: str, *orders: Entry, handed: Callable[[int], object] = lambda _token: None
    ) -> Callable[[], bool]:
        """The work of deleting a person's films, and the orders to the record that follow."""
        store, data, clock = self._ports.store, self._data, self._ports.clock
        key = f"erase-left.{clock.boot_id[:8]}.{clock.now_ms()}"

        def vanish() -> bool:
            whole = True
            try:
                whole = not films.erase(data, code)
                if orders:
                    Folder(data).drop_backups()
            except OSError as why:
                log.warning("files of an erased person are left: %s", why)
                whole = False
            rows = [*orders, *(() if whole else (InboxRow(key, "", "erase-left"),))]
            if rows:
                handed(store.put(*rows))
            return whole

        return vanish

    def _look_up(self) -> None:
        """Have keys and room looked up, aside: a card may take its time, and so does the library of the keys."""
        ended = self._ended

        def look() -> bool:
            keys: tuple[str, ...] = ()
            found: tuple[Held, ...] = ()
            free, why = 0, ""
            try:
                keys = films.recipients(self._data)
                found, free = films.held(self._data, None), free_bytes(self._data)
            except ContentError as fault:
                log.warning("no film: %s", fault)
                why = "keys"
            except OSError as fault:
                log.warning("no film: %s", fault)
                why = "disk"
            self._stock = _Stock(keys, found, free, ended, why)
            return not why

        self._ports.workshop.give(0, look)

    def _begin(self, sight: Looking, session: Session, stock: _Stock) -> None:
        context = session.context
        since = (self._begun - stock.ended) * self._bounds.film_bytes
        room = (*stock.held, Held("", "", since))
        why = stock.why or refusal(self._bounds, room, stock.free_bytes - since)
        why = why or ("record" if self._ports.store.problem else "")
        if why:
            self._tell(context.session_id, context.person, why)
            return
        file = films.name_of(
            context.person, context.session_id, session.step, session.repetition, encrypted=bool(stock.keys)
        )
        path = str(self._data / films.FOLDER / file)
        self._open = _Film(context.session_id, context.person, session.step, session.repetition, file)
        self._asked[path] = self._open
        self._begun += 1
        sight.record(FilmOrder(path, self._bounds.film_bytes, stock.keys))

    def _held(self) -> Sequence[Held]:
        """Return the films that lie there. Without a date, a film is as old as the powered time since its session."""
        clock = self._ports.clock
        now = None if clock.status() is ClockStatus.UNSET else clock.wall_utc()
        held = films.held(self._data, now)
        if now is not None or not held:
            return held
        reader, present = self._ports.store.read(), instant(clock)
        times = reader.times()
        aged = []
        for film in held:
            row = _session_of(reader, film.file)
            powered_ms = times.powered_since_ms(row.boot_id, row.start_boot_ms, present) if row is not None else None
            aged.append(film if powered_ms is None else replace(film, age_days=powered_ms / 1000 / films.DAY_S))
        return aged

    def _refused(self) -> set[str]:
        """Return the codes of known persons who do not agree to films. A plan that cannot be read tells nothing."""
        found = set()
        for row in self._ports.store.read().persons():
            try:
                person = person_of(row.profile, row.patient_code)
            except StoreError:
                continue
            if Permission.CLIPS not in person.permissions:
                found.add(person.code)
        return found

    def _removing(self, gone: Sequence[tuple[Held, str]]) -> Callable[[], bool]:
        """The work of deleting; it notes what is gone, and tells staff of what could not be deleted."""
        store, data = self._ports.store, self._data
        known = {clip.file: clip for code in {held.code for held, _ in gone} for clip in store.read().clips(code)}

        def remove() -> bool:
            left = set(films.remove(data, [held.file for held, _ in gone]))
            for held, why in gone:
                if held.file in left:
                    key = f"clip-left.{held.code}"
                    store.put(EventRow("fault", "clip-left", why, held.code), InboxRow(key, held.code, "clip-left"))
                    continue
                detail = f"{why}:{held.file}"[:120]
                rows: list[Row] = [
                    EventRow("audit", "clip.removed", detail if WORD.fullmatch(detail) else why, held.code)
                ]
                clip = known.get(held.file)
                if clip is not None:
                    rows.append(msgspec.structs.replace(clip, removed=why))
                store.put(*rows)
            return not left

        return remove

    def _tell(self, session_id: str, person: str, why: str) -> None:
        """A film that is not there: one line a session and reason."""
        if (session_id, why) in self._told:
            return
        self._told.add((session_id, why))
        key = f"clip-lost.{why}.{session_id}"
        self._ports.store.put(EventRow("warning", "clip-lost", why, person), InboxRow(key, person, "clip-lost", why))


def _session_of(reader: Reader, file: str) -> SessionRow | None:
    """The session of a film. A name that no kiosk gave may be none that SQLite can even be asked for."""
    name = films.session_of(file)
    return reader.session(name) if WORD.fullmatch(name) else None


def _is_theirs(reader: Reader, file: str) -> bool:
    session = _session_of(reader, file)
    return session is not None and session.patient_code == films.code_of(file)
