"""A whole session led in real time with the real voice, all that leaves the mixer written into a file.

``python -m tests.voice.led LANGUAGE FOLDER``: SDL's disk driver is the sound card, so ``FOLDER/sound.raw`` is what a
loudspeaker would have been given. ``FOLDER/told.json`` says what was asked for and when, by the same clock as
the file grew. Nothing is compared here: ``tests.voice.heard`` does that.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.bedside.sessions import context_of
from kiosk.care.model import Plan
from kiosk.care.plan import compile_plan
from kiosk.clock import Clock, SimClock, SystemClock
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import SimLights
from kiosk.devices.sound import RATE, Sound, Speaker
from kiosk.devices.sound_files import VoiceFiles
from kiosk.devices.sound_sim import SimSound
from kiosk.errors import SoundError
from kiosk.paths import assets
from kiosk.records.store import Store
from kiosk.runtime.loop import SelectWait
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.session_mode import SessionMode
from kiosk.session.model import SessionPhase
from kiosk.session.prompts import prompts_in
from kiosk.settings import Settings
from kiosk.signals import Button, Press
from kiosk.words import words
from tests.care.people import DAY, SYNKINETIC, shipped, today
from tests.patience import PATIENCE_S
from tests.runtime.eyes import Eyes, hasty

PROGRAMME = "quiet-control"
"""It has all kinds of cue: hands up, touch with a middle, an arm rest, closed eyes that are opened again, movements
with a word for each phase and one about the movement in the rest, quiet, lenses out."""
THINKS_MS = 2_500
"""Time from when a question was heard to the press that answers it."""
LOOK_S = 0.002
"""The file is looked at this often: how far it has grown when is its time."""
ENDS_MS = 1_500
DELAY_MS = "40"
"""What SDL's disk driver waits for after each buffer of 42.7 ms. Its own 42 and its work come to more than a buffer, so
that it falls behind: a clip that lasts longer than it does would be the driver's fault."""
RESTS_S = 30.0
"""Quiet before the session: its first question is the first sound after a rest."""
BYTES = 2
"""Of a sample."""
ASKED = frozenset(
    (
        SessionPhase.IDENTITY,
        SessionPhase.RED_FLAGS,
        SessionPhase.PAIN_BEFORE,
        SessionPhase.TIREDNESS,
        SessionPhase.LINKED,
        SessionPhase.CLEAN_HANDS,
        SessionPhase.PAIN_AFTER,
        SessionPhase.LINKED_AFTER,
    )
)
"""Questions, which last until they are answered."""


@dataclass
class Told:
    """What was asked of the voice, as ``[ms, kind, name, droppable]``, and when each phase began, ``[ms, phase]``."""

    asked: list[tuple[int, str, str, bool]] = field(default_factory=list)
    phases: list[tuple[int, str]] = field(default_factory=list)


def plan_of() -> Plan:
    """The programme as it is compiled for somebody."""
    return compile_plan(shipped(), SYNKINETIC, shipped().programmes[PROGRAMME], today())


def lead(language: str, folder: Path, clock: SimClock | SystemClock, sound: Sound | SimSound, wait: Wait) -> Told:
    """Lead a session from its first question to its last screen."""
    told, eyes = Told(), Eyes(shape=hasty)
    eyes.now_ms = clock.now_ms
    store = Store.open(folder / "data", clock)
    said, plan = prompts_in(words(language)), plan_of()
    context = context_of(
        shipped(), SYNKINETIC, plan, Settings(), sound, today(), red_stuck=False, last_week=True, said=said
    )
    ports = Ports(
        clock=clock,
        store=store,
        sound=Listened(sound, clock, told),
        camera=SimCamera(clock, assets() / "demo" / "face.mp4"),
        lights=SimLights(),
        workshop=Workshop(aside=False),
        sight=eyes,
    )
    mode = SessionMode(ports, SYNKINETIC, plan, context, DAY)
    due_ms = clock.now_ms()
    while True:
        now = clock.now_ms()
        for signal in sound.drain(now):
            mode.hear(signal, now)
        mode.tick(now)
        session = mode.session
        if not told.phases or told.phases[-1] != (session.since_ms, session.phase.value):
            told.phases.append((session.since_ms, session.phase.value))
            heard_ms = context.hears(session.said) if session.said in said else 0
            due_ms = max(session.lit_ms, session.since_ms + heard_ms) + THINKS_MS
        if session.phase is SessionPhase.DONE and now >= due_ms + ENDS_MS:
            break
        if session.phase in ASKED and now >= due_ms:
            # How tired: the first answer of the list is pointed at, then taken.
            pointed = session.phase is SessionPhase.TIREDNESS and session.cursor is None
            mode.hear(Press(Button.AMBER if pointed else Button.GREEN, now), now)
            due_ms = now + THINKS_MS
            continue
        waits = session.phase in ASKED or session.phase is SessionPhase.DONE
        times = (mode.deadline_ms(now), due_ms + ENDS_MS * (session.phase is SessionPhase.DONE) if waits else None)
        wait(min(time for time in times if time is not None))
    assert store.close(PATIENCE_S)
    return told


Wait = Callable[[int], None]
"""Return at this moment, or sooner."""


class Listened:
    """A loudspeaker, and a note of all that is asked of it."""

    def __init__(self, sound: Speaker, clock: Clock, told: Told) -> None:
        self._sound, self._clock, self._told = sound, clock, told
        self.play, self.hush, self.set_volume = sound.play, sound.hush, sound.set_volume
        self.wake, self.keep_open = sound.wake, sound.keep_open
        self.set_language, self.duration_ms, self.close = sound.set_language, sound.duration_ms, sound.close
        self.fileno, self.drain, self.deadline_ms = sound.fileno, sound.drain, sound.deadline_ms

    @property
    def problem(self) -> SoundError | None:
        return self._sound.problem

    @property
    def audible(self) -> bool:
        return self._sound.audible

    def say(self, prompt_id: str, now_ms: int, *, hold: bool = False, droppable: bool = False) -> None:
        self._told.asked.append((now_ms, "prompt", prompt_id, droppable))
        self._sound.say(prompt_id, now_ms, hold=hold, droppable=droppable)

    def tone(self, kind: str) -> None:
        self._told.asked.append((self._clock.now_ms(), "tone", kind, True))
        self._sound.tone(kind)


def simulated(language: str, folder: Path) -> Told:
    """The same session in simulated time, with a voice that lasts as long as the real one."""
    clock = SimClock(t_ms=1_000_000)
    sound = SimSound(clock, VoiceFiles(language, assets() / "voice").duration_ms)

    def wait(until_ms: int) -> None:
        clock.advance(max(1, until_ms - clock.now_ms()))

    return lead(language, folder, clock, sound, wait)


def grown(file: Path, clock: Clock, times: list[tuple[int, int]], over: threading.Event) -> None:
    """Note when ``file`` grew to how many samples: ``(ms, samples)``."""
    seen = 0
    while not over.wait(LOOK_S):
        size = file.stat().st_size if file.exists() else 0
        if size != seen:
            seen = size
            times.append((clock.now_ms(), size // BYTES))


def main(language: str, folder: Path) -> None:
    """Lead it in real time."""
    disk = {"SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILE": str(folder / "sound.raw"), "SDL_DISKAUDIODELAY": DELAY_MS}
    os.environ |= disk
    clock, over, times = SystemClock(), threading.Event(), list[tuple[int, int]]()
    sound = Sound(clock, assets(), language)
    watcher = threading.Thread(target=grown, args=(folder / "sound.raw", clock, times, over))
    watcher.start()
    try:
        selected = SelectWait(clock, (sound,))
        while not sound.audible:
            over.wait(LOOK_S)
        over.wait(RESTS_S)
        told = lead(language, folder, clock, sound, selected.until)
        sound.close()
    finally:
        over.set()
        watcher.join()
    made = {"asked": told.asked, "phases": told.phases, "grown": times, "rate": RATE}
    (folder / "told.json").write_text(json.dumps(made), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
