"""The runtime gives news to the machine that has the buttons (home, session, staff desk) and does what it asks for."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kiosk.bedside.lengths import Lengths
from kiosk.bedside.looking_back import looked_back
from kiosk.bedside.own import OwnKept
from kiosk.bedside.persons import BEGINS_WITH, BY, expired
from kiosk.care.library import Library
from kiosk.care.own import NO_OWN_THINGS
from kiosk.desk.model import DeskPart
from kiosk.desk.shown import StaffData
from kiosk.desk_pages.first_start import left_words
from kiosk.devices.lights import Glow
from kiosk.errors import RuleError, StoreError
from kiosk.first_start.model import FirstData, comes_by_itself, pages_left
from kiosk.home import effects
from kiosk.home.looking_back import LookedBack
from kiosk.home.model import HomeData, HomePlace
from kiosk.present.ending import SessionEnding
from kiosk.present.languages import call_lines, language_rows
from kiosk.present.session import Around
from kiosk.programmes.pictures import one_sided
from kiosk.rows.kinds import BOUND
from kiosk.runtime.condition import Condition, desk_data, keys_installed, status_rows
from kiosk.runtime.filming import Filming
from kiosk.runtime.first_start_mode import FirstStartMode, first_data, is_fresh
from kiosk.runtime.home_mode import HomeMode, gather
from kiosk.runtime.known import NO_DAY, Known
from kiosk.runtime.manner import Manner
from kiosk.runtime.naming import KioskNaming
from kiosk.runtime.ports import Ports
from kiosk.runtime.session_mode import SessionMode
from kiosk.runtime.signs import heed, light
from kiosk.runtime.staff_mode import StaffMode
from kiosk.screens.scene import Scene
from kiosk.session.model import SessionPhase
from kiosk.settings import Settings
from kiosk.signals import Chord, Closed, Filmed, Inspected, Press, Signal, Stored, StoreState, Stuck, Typed
from kiosk.words import languages

log = logging.getLogger(__name__)

CLOCK_EVERY_MS = 1_000
HUNG_MS = 5_000
"""A row that waits longer than this for a healthy disk means that the writer hangs: the watchdog is not fed."""


class Runtime:
    """Steers the kiosk. ``faults``: sentences about files and devices for staff; none of them stops anything.

    ``keys``: in a window keys stand in for the buttons. ``trial``: the person is made up, which every screen says;
    ``wants_trial``: somebody wants to see that, and this kiosk has ended for it. ``first_start``: a kiosk that is new
    shows its first start by itself.
    """

    def __init__(
        self,
        ports: Ports,
        settings: Settings,
        library: Library,
        assets: Path,
        faults: tuple[str, ...] = (),
        *,
        data: Path,
        safe: bool = False,
        keys: bool = False,
        trial: bool = False,
        seed: int | None = None,
        tells_recorded: bool = True,
        first_start: bool = False,
    ) -> None:
        self._ports, self._assets, self._keys = ports, assets, keys
        self._own = OwnKept(ports.store, ports.clock)
        self._faults, self._data_folder, self._seed = faults, data, seed
        self._tells_recorded = tells_recorded
        self._condition = Condition(store_problem=ports.store.problem, safe=safe, trial=trial)
        self._manner = Manner(ports, settings, assets, self._condition)
        self._known = Known(ports, library, self._condition, self._manner)
        self._clock_ms = ports.clock.now_ms()
        self._wishes: list[effects.HomeEffect] = []
        self._lengths = Lengths(ports.sound)
        self._ending: SessionEnding | None = None
        self.closed = self.wants_trial = False
        self._filming = Filming(ports, data, settings)
        self._filming.adopt()
        self._put_away()
        self._manner.go_by_settings()
        self._look_into_pictures()
        self._naming = KioskNaming(ports.store)
        self._sets_up = first_start and not trial and not safe
        self._mode: HomeMode | SessionMode | StaffMode | FirstStartMode = self._home(place=HomePlace.ASLEEP)
        self._wishes += [effects.GoOnSettingUp()] if self._comes_by_itself() else []
        self._wishes += [BEGINS_WITH] if trial else []

    def _put_away(self) -> None:
        """Delete what is old enough: never by a record that may be damaged, so not before that was looked through."""
        if self._ports.store.looked_through():
            self._filming.sweep()
        self._let_go()

    def _let_go(self) -> None:
        """Erase whose time is over, where the site wants that; not while a package that may name them is under way."""
        if self._ports.stick_service is not None and self._ports.stick_service.busy:
            return
        if not self._ports.store.looked_through():
            return
        try:
            over = expired(self._ports.store.read(), self._ports.clock, self._manner.now.storage.keep_person_days)
        except StoreError as why:
            log.warning("nobody can be told to be old enough to be erased: %s", why)
            return
        for code in over:
            self._erase(code, BY)

    def _erase(self, code: str, by: str, handed: Callable[[int], object] = lambda _token: None) -> None:
        """Erase everything of a person, also the settings that this run remembers: somebody else may get the code."""
        self._manner.forget(code)
        self._own.forget(code)
        self._filming.erase(code, by, handed)

    def close(self) -> None:
        """The kiosk ends: what was filmed is kept with its row, or it is written down that it is not."""
        self._filming.close()

    # What the loop asks.

    @property
    def healthy(self) -> bool:
        """Whether what is handed over gets stored, or it is known and said why not."""
        store = self._ports.store
        return bool(store.problem) or store.backlog_ms(self._ports.clock.now_ms()) < HUNG_MS

    def hear(self, signal: Signal, now_ms: int) -> None:
        """One piece of news."""
        self._notice(signal)
        self._naming.hear(signal)
        if isinstance(signal, Press | Chord | Typed):
            self._ports.sound.wake()
        if self._ports.stick_service is not None:
            self._go_by(self._ports.stick_service.library, now_ms)
        if isinstance(signal, Closed):
            if isinstance(self._mode, SessionMode):
                self._mode.hear(signal, now_ms)
            self.closed = True
            return
        self._mode.hear(signal, now_ms)
        self._change_mode(now_ms)
        if isinstance(signal, Inspected) and isinstance(self._mode, HomeMode):
            self._put_away()
        if isinstance(signal, Stored | Stuck | StoreState | Inspected):
            # What the home says may depend on what has just become true.
            self._refresh(now_ms)

    def tick(self, now_ms: int) -> None:
        """Let time pass."""
        if now_ms - self._clock_ms >= CLOCK_EVERY_MS:
            self._clock_ms = now_ms
            self._ports.store.look_at_clock()
        self._mode.tick(now_ms)
        self._change_mode(now_ms)
        if isinstance(self._mode, HomeMode) and self._mode.stale(now_ms):
            self._refresh(now_ms)

    def deadline_ms(self, now_ms: int) -> int | None:
        """Return the moment at which the screen changes by itself. Looking at the clock has no deadline of its own."""
        return self._mode.deadline_ms(now_ms)

    def looks(self) -> bool:
        """Whether the screen may follow from what the camera sees now. In a session it mostly does not."""
        return not isinstance(self._mode, SessionMode) or self._mode.looks

    def scene(self, now_ms: int) -> Scene:
        """Return what the screen shows now; the lamps follow it."""
        notice = self._notice_line()
        if isinstance(self._mode, SessionMode):
            site = self._manner.now.site
            before, behind = call_lines(site.emergency_text, site.language, self._manner.language)
            tone, ending = self._manner.now.screen.skin_tone, self._end_of(self._mode)
            around = Around(notice, before, behind, tone=tone, ending=ending)
            scene = self._mode.scene(around, self._manner.words, now_ms)
        else:
            desk = isinstance(self._mode, StaffMode | FirstStartMode)
            scene = self._mode.scene(notice, self._manner.site_words if desk else self._manner.words)
        self._light(scene)
        return scene

    def _end_of(self, mode: SessionMode) -> SessionEnding:
        """Gather once, when the session is over, what its last screen says of the days around it."""
        if mode.session.phase is not SessionPhase.DONE or mode.row is None:
            self._ending = None
            return SessionEnding()
        if self._ending is None:
            self._ending = SessionEnding()
            with contextlib.suppress(StoreError):  # the screen says less, and nothing that is not known
                self._ending = self._known.ending(mode, mode.row)
        return self._ending

    # How the kiosk is.

    def _notice(self, signal: Signal) -> None:
        if isinstance(signal, Stored):
            self._own.stored(signal.token)
        elif isinstance(signal, Filmed):
            self._filming.hear()
        else:
            heed(self._condition, signal, self._ports)

    def _notice_line(self) -> str:
        self._condition.sound_ok = self._ports.sound.problem is None
        self._condition.recorded = self._tells_recorded and self._ports.camera.active_name == "recorded"
        picture = isinstance(self._mode, SessionMode) and self._mode.session.wants_picture
        return self._condition.notice(self._manner.words, picture=picture)

    def _light(self, scene: Scene) -> None:
        waits = Glow.DIM if isinstance(self._mode, HomeMode) and self._condition.waiting else Glow.OFF
        light(scene, self._mode.alert if isinstance(self._mode, SessionMode) else waits, self._ports)

    def _behind(self, shown: HomeData) -> LookedBack:
        code = shown.person.code if shown.person else ""
        return looked_back(self._ports.store.read(), self._known.library, code, shown.weeks)

    # From one machine to the next.

    def _home(self, card: str = "", place: HomePlace = HomePlace.LIST, *, unanswered: bool = False) -> HomeMode:
        now = self._ports.clock.now_ms()
        return HomeMode(self._gather(), now, card, self._wishes.append, place, unanswered=unanswered)

    def _gather(self) -> HomeData:
        try:
            person = self._known.person()
            self._manner.speak(person.language if person else self._manner.now.site.language)
            self._manner.suit()
            day = self._known.today(person) if person else NO_DAY
            cut = self._known.interrupted(person, day) if person else None
            own = self._own.of(self._ports.store.read(), person.code) if person else NO_OWN_THINGS
            library, now, told = self._known.library, self._manner.now, self._manner.words
            shown = gather(person, day, cut, library, now, self._ports.clock, told, self._lengths, own)
            self._condition.unreadable = False
            self._condition.waiting = self._ports.store.read().anything_unlooked()
            return replace(
                shown,
                keys=self._keys,
                trial=self._keys and not (self._condition.trial or self._condition.safe),
                first_start=self._comes_by_itself(),
            )
        except StoreError as why:
            log.error("the home cannot be gathered: %s", why)
            self._faults = (*self._faults, str(why)) if str(why) not in self._faults else self._faults
            self._condition.unreadable = True
            return HomeData()

    def _change_mode(self, now_ms: int) -> None:
        mode = self._mode
        if isinstance(mode, SessionMode) and (left := mode.left) is not None:
            self._known.after(mode, now_ms)
            self._manner.set_volume()
            self._filming.sweep()
            place = HomePlace.ASLEEP if left.asleep else HomePlace.LIST
            self._mode = self._home(left.card, place, unanswered=left.unanswered)
        elif isinstance(mode, StaffMode) and mode.left:
            self._known.let_go_of_held()
            self._let_go()
            self._manner.speak_anew()
            begun = mode.first_start
            self._mode = self._home() if begun is None else self._first_start(begun.slot, again=begun.again)
            if (led := mode.standard) is not None:
                self._wishes += [effects.StartSession(led.programme, led_by=led.by)]
        elif isinstance(mode, FirstStartMode) and mode.left:
            self._mode = self._home()
            self._wishes += [effects.EnterStaff()] if mode.wants_desk else []
        while self._wishes:
            try:
                self._grant(self._wishes.pop(0), now_ms)
            except StoreError as why:
                # Nothing that is asked of a record in trouble ends the kiosk.
                log.error("the record cannot be read: %s", why)
                self._refresh(now_ms)
        self._ports.sound.keep_open(isinstance(self._mode, SessionMode))

    def _grant(self, wish: effects.HomeEffect, now_ms: int) -> None:
        store, sound = self._ports.store, self._ports.sound
        if isinstance(wish, effects.StartSession | effects.ResumeSession):
            self._lead(wish, now_ms)
        elif isinstance(wish, effects.EnterStaff):
            self._mode = self._open_desk()
        elif isinstance(wish, effects.GoOnSettingUp):
            self._mode = self._first_start()
        elif isinstance(wish, effects.OpenCard):
            store.event("info", "card", wish.card)
        elif isinstance(wish, effects.ReadOut):
            if self._manner.now.sound.voice:
                sound.say(wish.prompt, now_ms)
        elif isinstance(wish, effects.Quiet):
            sound.hush()
        elif isinstance(wish, effects.StartTrial):
            self.closed = self.wants_trial = True
        elif isinstance(wish, effects.OwnEffect):
            if (person := self._known.person()) is not None:
                self._own.keep(wish, person.code)
        elif isinstance(wish, effects.Remind):
            sound.tone("start")
        elif isinstance(wish, effects.LookBack) and isinstance(self._mode, HomeMode):
            self._mode.look_back(self._behind(self._mode.state.data), now_ms)

    def _open_desk(self, part: DeskPart | None = None) -> StaffMode:
        filming, told = self._filming, self._manner.site_words
        changed = self._manner.change
        return StaffMode(self._ports, self._desk, changed, self._seed, filming.sweep, self._erase, told, part)

    def _first_start(self, slot: str = "", *, again: bool = False) -> FirstStartMode:
        return FirstStartMode(self._ports, self._first_data, self._open_desk, self._manner.change, slot, again=again)

    def _first_data(self) -> FirstData:
        settings = self._manner.site
        return first_data(self._ports, self._condition, settings, languages(self._assets), keys=self._keys)

    def _comes_by_itself(self) -> bool:
        """Whether this kiosk is new, or its first start was cut off. A record in trouble is no new one."""
        store = self._ports.store
        if not self._sets_up or store.problem or store.doubtful:
            return False
        try:
            # Asked each time that the home is gathered: a kiosk in use is known by one row.
            return not store.read().state(BOUND) and comes_by_itself(self._first_data(), fresh=is_fresh(store.read()))
        except StoreError:
            return False

    def _desk(self) -> StaffData:
        """Gather all that the staff desk shows now."""
        person = self._known.person()
        self._manner.suit()
        day = self._known.today(person) if person else self._known.nobodys_day()
        site = self._manner.now.site
        about = language_rows(site.emergency_text, site.language, self._manner.site_words, self._assets)
        pages = pages_left(self._first_data())
        status = status_rows(
            self._ports,
            self._condition,
            self._data_folder,
            self._faults,
            self._manner.site_words,
            languages=about,
            remarks=one_sided(self._known.library.exercises.values()),
            left=left_words(pages, self._manner.site_words),
        )
        bits = secrets.randbits(64) if self._seed is None else self._seed
        keys = keys_installed(self._data_folder)
        shown = desk_data(
            self._ports,
            person,
            day,
            self._known.library,
            self._manner.site,
            status,
            bits,
            languages(self._assets),
            self._manner.words,
            keys,
            self._manner.changed,
        )
        return replace(shown, first_left=len(pages))

    def _go_by(self, library: Library | None, now_ms: int) -> None:
        """Something of the site's was taken in. A session ends with what it began with; safe mode passes it over."""
        known = self._known.library
        if library is None or library is known or isinstance(self._mode, SessionMode) or self._condition.safe:
            return
        gone = set(map(str, (*known.faults, *known.left_out)))
        left = (fault for fault in self._faults if fault not in gone)
        self._faults = (*left, *map(str, (*library.faults, *library.left_out)))
        self._known.library = library
        if self._ports.voice is not None:
            self._ports.voice.use(library)
            self._manner.speak_anew()
        self._look_into_pictures()
        self._refresh(now_ms)

    def _look_into_pictures(self) -> None:
        """Staff learn of a picture that cannot be shown before the person would have met it."""
        if self._ports.pictures is not None:
            self._ports.pictures.prove(self._known.library.pictures)

    def _lead(self, wish: effects.StartSession | effects.ResumeSession, now_ms: int) -> None:
        known, filming = self._known, self._filming
        try:
            mode = known.begun(wish, filming) if isinstance(wish, effects.StartSession) else known.resumed(filming)
        except RuleError as why:
            log.warning("not begun: %s", why)
            mode = None
        if mode is None:
            self._refresh(now_ms)
        else:
            self._mode = mode

    def _refresh(self, now_ms: int) -> None:
        if isinstance(self._mode, HomeMode):
            self._mode.refresh(self._gather(), now_ms)
