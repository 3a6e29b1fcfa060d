"""``kiosk demo``: staff and two people live through days at a simulated kiosk, by button presses alone.

Camera, deadlines and presses share one clock that runs as fast as this machine can draw; the store is the real one.
"""

from __future__ import annotations

import gc
import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from kiosk import paths
from kiosk.clock import SimClock, local_moment
from kiosk.demo import story
from kiosk.demo.simulated import Part, SimScreen
from kiosk.demo.story import EXPORT, IMPORT, look_at
from kiosk.errors import KioskError, ScriptError
from kiosk.programmes import shelf
from kiosk.rows.kinds import SessionRow

log = logging.getLogger(__name__)

MARK = "summary.json"


@dataclass(frozen=True, slots=True)
class Chapter:
    """One stretch of the story in one boot: its ``title``, and the ``part`` that plays it.

    ``away_ms``: how long nobody is there before it; ``cut``: power is cut; ``new``: the kiosk begins with its first
    start, if it is a new one.
    """

    title: str
    part: Callable[[story.Scenery], Part]
    away_ms: int = 0
    cut: bool = False
    new: bool = False


class Days:
    """The simulated kiosk through several boots."""

    def __init__(self, out: Path, seed: int) -> None:
        from kiosk.demo.boot import FPS, PICTURES, Bedside
        from kiosk.devices.camera_sim import SimCamera
        from kiosk.screens.paint import Painter
        from kiosk.sight.sight_sim import Film

        self.out, self.clock = out, SimClock()
        assets = paths.assets()
        screens = out / "screens"
        screens.mkdir(parents=True, exist_ok=True)
        self.screen = SimScreen(Painter(assets), screens)
        camera = SimCamera(self.clock, assets / "demo" / "face.mp4", fps=FPS, kept=PICTURES)
        film = Film(assets / "demo" / "face.json", PICTURES)
        self.bedside = Bedside(self.clock, self.screen, camera, film, shelf.load(assets / "programmes"), assets, seed)
        self.boots = 1
        self.presses = 0
        self.paper: list[str] = []

    def live(self, chapter: Chapter) -> None:
        """Boot, live through one chapter, and end: in order, or by a power cut."""
        from kiosk.demo.boot import Boot
        from kiosk.devices.stick import SimSticks

        self.clock.reboot(f"boot-{self.boots}", chapter.away_ms)
        self.boots += 1
        boot = Boot(self.bedside, self.out, SimSticks(self.clock), first_start=chapter.new)
        try:
            sent = (self.out / EXPORT, self.out / IMPORT)
            boot.live(
                chapter.part(story.Scenery(boot.hand, boot.camera, boot.sticks, *sent, self.paper, boot.microphone))
            )
            self.presses += boot.hand.presses
            if chapter.cut:
                log.info("%s: the power is cut", f"{local_moment(self.clock.wall_utc()):%Y-%m-%d %H:%M}")
        finally:
            boot.close()


def run_demo(out: Path, seed: int) -> int:
    """Live through the story into ``out``; 0 when every session went as the script says, else 1."""
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    _clear(out)
    handler = logging.FileHandler(out / "log.txt", mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("kiosk")
    before, loud = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False  # the log is a file here; the terminal shows progress
    gc.disable()  # as the kiosk itself, which looks for no garbage until it runs: what is loaded by then stays
    days = Days(out, seed)
    gc.enable()
    gc.freeze()
    trouble = ""
    try:
        for number, chapter in enumerate(CHAPTERS, 1):
            click.echo(f"{number}/{len(CHAPTERS)}  {chapter.title}", err=True)
            log.info("chapter %d: %s", number, chapter.title)
            days.live(chapter)
    except ScriptError as why:
        trouble = str(why)
        log.error("%s", trouble)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
        logger.propagate = loud
        handler.close()
    return _sum_up(days, trouble)


CHAPTERS = (
    Chapter("a new kiosk is set up on itself: its first start", story.first_start, new=True),
    Chapter("staff set up a person with first movements", story.first_morning, away_ms=60_000),
    Chapter("releases, then a card", story.releases_and_card, away_ms=600_000),
    Chapter("gentle care, short form, and a pause", story.gentle_care, away_ms=3_600_000),
    Chapter("the person's own places: a wish, reminders, a question", story.own_places, away_ms=600_000),
    Chapter("first movements, and the camera is lost", story.camera_lost, away_ms=3_600_000),
    Chapter("relax, stopped", story.relax_stopped, away_ms=3_600_000),
    Chapter("staff lead a standard set", story.standard_set, away_ms=3_600_000),
    Chapter("first movements, and the power is cut", story.until_power_cut, away_ms=3_600_000, cut=True),
    Chapter("power is back: the session goes on where it stopped", story.resume, away_ms=300_000),
    Chapter("a red flag: no session", story.red_flag, away_ms=40_000_000),
    Chapter("discharge, cleaning, and the next person", story.next_person, away_ms=3_600_000),
    Chapter("quiet control", story.quiet_control, away_ms=600_000),
    Chapter("relax", story.relax_whole, away_ms=3_600_000),
    Chapter("quiet control, and pain: movement closes for the day", story.pain, away_ms=3_600_000),
    Chapter("staff hand everything over on a stick", story.handover, away_ms=3_600_000),
    Chapter("the clinic sends keys and a programme", story.import_from_clinic, away_ms=3_600_000),
    Chapter("a therapist records the clinic's own voice", story.own_voice, away_ms=3_600_000),
)


def _clear(out: Path) -> None:
    """Make ``out`` ready. Only what an earlier demo left is replaced: a real kiosk's data folder is never touched."""
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()) and not (out / MARK).exists():
        raise KioskError(
            f"{out} is not empty and was not made by a demo: name a new folder with --out, nothing was changed"
        )
    for path in sorted(out.rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()


def _sum_up(days: Days, trouble: str) -> int:
    """Write the summary; what happened is read back from the record, not from the script."""
    from kiosk.records.store import Store

    store = Store.open(days.out, days.clock)
    try:
        reader = store.read()
        rows = [row for person in reader.persons() for row in reader.sessions(person.patient_code, 100)]
    finally:
        store.close(5)
    rows.sort(key=lambda row: row.seq)
    found = [(row.programme, row.end_reason) for row in rows]
    if not trouble and found != story.EXPECTED:
        trouble = f"the record holds {found}, the script says {story.EXPECTED}"
    if not trouble and days.screen.misfits:
        trouble = f"text that does not fit: {days.screen.misfits}"
    export, unverified = look_at(days.out, " ".join(days.paper))
    trouble = trouble or unverified
    summary = {
        "sessions": [_said(row) for row in rows],
        "screens": len(days.screen.saved),
        "frames_shown": days.screen.shown,
        "frames_drawn": days.screen.drawn,
        "presses": days.presses,
        "boots": days.boots - 1,
        "misfits": days.screen.misfits,
        "export": export,
        "as_scripted": not trouble,
        "trouble": trouble,
    }
    (days.out / MARK).write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    if trouble:
        click.echo(f"not as scripted: {trouble}", err=True)
        return 1
    click.echo(
        f"{len(rows)} sessions, {days.presses} presses, {len(days.screen.saved)} screens in {days.out / 'screens'}, "
        f"the record in {days.out / 'kiosk.db'}, a verified export in {days.out / EXPORT}, "
        f"the summary in {days.out / MARK}"
    )
    return 0


def _said(row: SessionRow) -> dict[str, object]:
    return {
        "session_id": row.session_id,
        "resumes_session_id": row.resumes_session_id,
        "patient_code": row.patient_code,
        "programme": row.programme,
        "end_reason": row.end_reason,
        "stop_reason": row.stop_reason,
        "planned_steps": row.planned_steps_count,
        "done_steps": row.done_steps_count,
        "start_utc": row.start_utc,
        "active_s": row.active_duration_s,
        "pause_s": row.pause_duration_s,
    }
