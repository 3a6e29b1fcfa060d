"""The soak itself: one simulated bedside through many power-ons, until enough powered time has gone by."""

from __future__ import annotations

import gc
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from statistics import median

from kiosk import paths
from kiosk.clock import SimClock, thread_cpu_ns, ticks_ns
from kiosk.demo import staff
from kiosk.demo.boot import FPS, PICTURES, Bedside, Boot
from kiosk.demo.simulated import Part
from kiosk.devices.camera_sim import SimCamera
from kiosk.package.protection import Keys
from kiosk.package.verify import verify
from kiosk.programmes import shelf
from kiosk.records.folder import DATABASE
from kiosk.runtime.loop import Loop
from kiosk.screens.paint import Painter
from kiosk.sight.sight_sim import Film
from tests.soak import acts
from tests.soak.acts import Day, Seen
from tests.soak.measure import Report, sample
from tests.soak.watched import Acknowledged, CountingScreen, LyingSticks, pull_the_plug, watched

HOUR_MS = 3_600_000
ACTS: tuple[tuple[Callable[[Day], Part], int], ...] = (
    (acts.practise, 10),
    (acts.look_around, 2),
    (acts.hand_over, 2),
    (acts.clock_jumps, 1),
)
"""What is done, and how often among the others."""
PER_BOOT = (3, 9)
"""Acts from one power-on to the next."""
CUTS = 0.4
"""Share of the power-ons that end in a cut."""
LEAVES = 0.3
"""Share of the power-ons at whose end the person is discharged and the next one comes."""
AWAY_MS = (60_000, 40_000_000)


class Soak:
    """A bedside under ``place``. ``mischief`` is done after each act: the tests put their leaks there."""

    def __init__(self, place: Path, hours: float, seed: int, mischief: Callable[[Soak], None] = lambda _: None) -> None:
        self.place, self.clock, self.chance = place, SimClock(), random.Random(seed)
        self.report = Report(hours, seed)
        self.data, self.stick = place / "data-0", place / "stick"
        self.stick.mkdir(parents=True)
        assets = paths.assets()
        self.screen = CountingScreen(Painter(assets), self.clock.now_ms, 1000 // FPS)
        camera = SimCamera(self.clock, assets / "demo" / "face.mp4", fps=FPS, kept=PICTURES)
        known = shelf.load(assets / "programmes")
        film = Film(assets / "demo" / "face.json", PICTURES)
        self.bedside = Bedside(self.clock, self.screen, camera, film, known, assets, seed)
        self.acknowledged = Acknowledged()
        self._mischief = mischief
        self._seen = Seen(self._check_saved, self._check_carried, self.report.acts, self.report.faults)
        self._lived_ms = 0
        self._booted_ms = 0
        self._began_ns = ticks_ns()
        self._turns_us: list[float] = []
        self._sheets = (staff.PARETIC, staff.SYNKINETIC)

    @property
    def hours(self) -> float:
        """Powered simulated time so far."""
        return (self._lived_ms + self.clock.now_ms() - self._booted_ms) / HOUR_MS

    def run(self) -> Report:
        """Live through all of it."""
        while self.hours < self.report.hours:
            self._power_on()
        self.report.lost = self.acknowledged.lost(self.data)
        self.report.acknowledged = len(self.acknowledged.keys) + self.acknowledged.lines.total()
        self.report.frames, self.report.late = self.screen.frames, self.screen.late
        return self.report

    def _power_on(self) -> None:
        report, chance = self.report, self.chance
        self._lived_ms += self.clock.now_ms() - self._booted_ms
        self.clock.reboot(f"boot-{report.boots}", chance.randrange(*AWAY_MS))
        self._booted_ms = self.clock.now_ms()
        report.boots += 1
        sticks = LyingSticks(self.clock)
        store = watched(self.data, self.clock, self.acknowledged)
        boot = Boot(self.bedside, self.data, sticks, store, first_start=report.boots == 1)
        day = Day(boot, sticks, self.clock, chance, self.stick, self._seen)
        try:
            boot.live(self._day(day), self._turn)
            if cut := chance.random() < CUTS:
                report.cuts += 1
                self._seen.fault("power cut")
                boot.live(acts.cut_short(day), self._turn)
                image = self.place / f"data-{report.boots}"
                pull_the_plug(self.data, image)
            report.presses += boot.hand.presses
        finally:
            boot.close()
        self.acknowledged.boot_over()
        del boot, day, sticks
        gc.collect()  # a power-on is a process of its own on a real machine: nothing of the last one is left
        if cut:
            shutil.rmtree(self.data)
            self.data = image

    def _day(self, day: Day) -> Part:
        if self.report.boots == 1:
            yield from self._warm_up(day)
            return
        kinds, weights = zip(*ACTS, strict=True)
        for act in self.chance.choices(kinds, weights, k=self.chance.randrange(*PER_BOOT)):
            self.report.acts[act.__name__] = self.report.acts.get(act.__name__, 0) + 1
            yield from act(day)
            yield from acts.rest(day)
            self._look()
        if self.chance.random() < LEAVES:
            self._sheets = (self._sheets[1], self._sheets[0])
            yield from acts.next_person(day, self._sheets[0])

    def _warm_up(self, day: Day) -> Part:
        """Everything once, for both persons, before anything is measured: what is loaded late is no leak."""
        yield from acts.first_start(day, self._sheets[0])
        yield from acts.whole(day, "Releases")
        yield from acts.whole(day, "First movements")
        for act, _ in ACTS[1:]:
            yield from act(day)
        self._sheets = (self._sheets[1], self._sheets[0])
        yield from acts.next_person(day, self._sheets[0])
        yield from acts.whole(day, "Quiet control")
        yield from acts.whole(day, "Relax")
        for _ in range(2):
            yield from acts.hand_over(day)
        self._turns_us.clear()

    def _turn(self, loop: Loop) -> None:
        before = thread_cpu_ns()
        loop.turn()
        self._turns_us.append((thread_cpu_ns() - before) / 1000)

    def _look(self) -> None:
        self._mischief(self)
        real_s = (ticks_ns() - self._began_ns) / 1e9
        self.report.samples.append(sample(self.hours, real_s, self.data, median(self._turns_us)))
        self._turns_us.clear()

    def _check_saved(self) -> None:
        """The screen says that it is saved: the record has an end of the newest session."""
        self.report.saved += 1
        with sqlite3.connect(f"file:{self.data / DATABASE}?mode=ro", uri=True) as db:
            newest = db.execute("SELECT session_id, end_reason FROM sessions ORDER BY seq DESC LIMIT 1").fetchone()
        if not newest or not newest[1]:
            self.report.wrong_done.append(f"a session was said to be saved, the record has {newest}")

    def _check_carried(self, words: str) -> None:
        """The screen says that it is handed over: what lies on the stick opens with these words and is whole."""
        self.report.carried += 1
        packages = sorted(self.stick.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        found = verify(packages[-1], Keys((words,))) if packages else None
        if found is None or not found.passed:
            self.report.wrong_done.append(f"a package: {found.reason if found else 'there is none on the stick'}")
        for package in packages:
            shutil.rmtree(package)
