"""A whole session in each language: what leaves the real mixer is what the plan says, in time, and nothing else."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kiosk.care.model import StepKind
from kiosk.devices.sound import RATE
from kiosk.devices.sound_queue import TONE_LATE_MS
from kiosk.paths import assets
from kiosk.voice.bounds import MOST_PEAK_DB, TARGET_LUFS
from tests.voice.heard import (
    BUFFER_MS,
    LATE_MS,
    LEAST_ALIKE,
    VOLUME,
    Compared,
    Due,
    Recording,
    clip,
    compared,
    comparison,
    planned,
    scheduled,
)
from tests.voice.led import plan_of, simulated

LANGUAGES = sorted(folder.name for folder in (assets() / "voice").iterdir() if folder.is_dir())
ROOT = Path(__file__).resolve().parents[2]
MOST_LATE_MS = LATE_MS + BUFFER_MS
"""A cue is given to the mixer at most 80 ms after its moment, and the mixer makes one buffer at a time."""
NEAR_LU = 1.0
ROUNDED_DB = 0.05
"""The mixer counts in whole steps of 16 bits."""
LED = "SESSION_SOUND"
"""A variable: ``live`` leads a session now; else the folder of sessions that were led before, to be compared again."""
LIVE = "live"
LIMIT_S = 1_200
"""A session takes eleven minutes."""
QUIET_DB = -50.0
"""What is left of the recording without its clips."""
MOST_DROPPED = 3
"""Cues that a busy machine may drop, of some sixty."""


def test_the_programme_has_every_kind_of_cue() -> None:
    """Otherwise the recording below would show less than it says."""
    steps = plan_of().steps
    assert {StepKind.RELEASE, StepKind.ARM_REST, StepKind.RELAX, StepKind.MOVEMENT, StepKind.QUIET} <= {
        step.kind for step in steps
    }
    for part in ("prompt_start", "prompt_middle", "prompt_end", "prompt_phases", "hands_up_ms", "eyes_closed"):
        assert any(getattr(step, part) for step in steps), part


def test_a_session_asks_for_what_its_plan_says(tmp_path: Path) -> None:
    """In simulated time: every prompt and tone of the compiled plan, at its moment, and nothing but cues besides."""
    told = simulated("en", tmp_path)
    due = scheduled(planned(plan_of(), told.phases), "en")
    cues = [name for _, _, name, _ in told.asked if name.startswith("cue.")]
    asked = [(at_ms, kind, name) for at_ms, kind, name, _ in told.asked if not name.startswith("cue.")]
    ends = {at_ms for at_ms, kind, name in asked if (kind, name) == ("tone", "end")}
    # Asked for, and not heard: the end of the same moment is.
    asked = [one for one in asked if not (one[1:] == ("tone", "start") and one[0] in ends)]
    assert sorted(asked) == sorted((one.at_ms, one.kind, one.name) for one in due)
    assert cues
    assert not any(one.cut for one in due if one.droppable), "nothing that is timed is cut by what comes next"


@pytest.mark.slow
@pytest.mark.skipif(
    LED not in os.environ, reason="eleven minutes in real time, with nothing beside it: make voice-session"
)
def test_what_leaves_the_mixer_is_what_was_planned(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """One session in each language at once, in real time, its sound cut out of the recording again."""
    kept = os.environ[LED]
    folder = tmp_path if kept == LIVE else Path(kept)
    if kept == LIVE:
        led(folder)
    for language in LANGUAGES:
        found = compared(folder / language, language)
        record_property("figure", f"{language}: {found}")
        held_against_the_plan(found)


def led(folder: Path) -> None:
    """Lead a session in each language, all at once, each into a folder of its own."""
    children = []
    for language in LANGUAGES:
        (folder / language).mkdir()
        command = [sys.executable, "-m", "tests.voice.led", language, str(folder / language)]
        children.append(subprocess.Popen(command, cwd=ROOT))
    try:
        assert [child.wait(LIMIT_S) for child in children] == [0] * len(children)
    finally:
        for child in children:
            child.kill()


def held_against_the_plan(found: Compared) -> None:
    """Everything that must be so of a recorded session."""
    missing = [one.name for one in found.due if one.heard_ms is None]
    assert [name for name in missing if not _may_drop(found.due, name)] == [], "said late rather than not at all"
    assert len(missing) <= MOST_DROPPED, missing
    late = {one.name: round(one.late_ms) for one in found.heard if one.late_ms > _most_late_ms(one)}
    assert late == {}, "a cue comes in time or not at all"
    early = {one.name: round(one.late_ms) for one in found.heard if one.late_ms < -BUFFER_MS}
    assert early == {}
    assert found.first_late_ms <= MOST_LATE_MS, "the first sound after a rest is not late"
    assert found.rest_db < QUIET_DB, "something is heard that nobody asked for"
    assert min(found.alike) >= LEAST_ALIKE
    # The loudness of the files, at the volume of a person who has chosen nothing.
    down_db = 20 * math.log10(VOLUME)
    assert all(abs(lufs - down_db - TARGET_LUFS) <= NEAR_LU for lufs in found.lufs), found.lufs
    assert found.peak_db <= MOST_PEAK_DB + down_db + ROUNDED_DB


def _most_late_ms(one: Due) -> float:
    """What has to be heard may be late, and a tone marks what is seen as well."""
    if one.kind == "tone":
        return TONE_LATE_MS + BUFFER_MS
    return MOST_LATE_MS if one.droppable else math.inf


def _may_drop(due: list[Due], name: str) -> bool:
    return all(one.droppable and one.kind == "prompt" for one in due if one.name == name)


def test_a_sound_too_many_one_missing_one_late_and_one_other_are_found() -> None:
    """The comparison can fail, in each of its ways: a recording made of the clips themselves, and then spoiled."""
    at_ms = 1_000
    due = [Due(at_ms, "prompt", "settle-in"), Due(8_000, "prompt", "cue.slower", droppable=True)]
    due.append(Due(12_000, "tone", "end", droppable=True))
    good = painted(due, 16)
    held_against_the_plan(comparison(good, fresh(due), "en"))
    spoiled: dict[str, Recording] = {
        "said late rather": painted(due[1:], 16),
        "that nobody asked": painted([*due, Due(14_000, "tone", "start")], 16),
        "in time or not at all": painted([due[0], replace(due[1], at_ms=8_200), due[2]], 16),
    }
    other = painted([due[0], replace(due[1], name="cue.smaller"), due[2]], 16)
    for said, recording in spoiled.items():
        with pytest.raises(AssertionError, match=said):
            held_against_the_plan(comparison(recording, fresh(due), "en"))
    assert comparison(other, fresh(due), "en").due[1].heard_ms is None


def fresh(due: list[Due]) -> list[Due]:
    """The same plan, nothing of it looked for yet."""
    return scheduled([replace(one) for one in due], "en")


def painted(due: list[Due], seconds: int) -> Recording:
    """A recording in which each of ``due`` is heard at its moment, as the mixer makes it."""
    samples = np.zeros(seconds * RATE, np.float32)
    for one in due:
        sound = clip(one.kind, one.name, "en") * np.float32(VOLUME)
        samples[one.at_ms * RATE // 1_000 :][: len(sound)] += sound
    grown = np.array([[0.0, 0.0], [seconds * 1_000.0, seconds * float(RATE)]])
    return Recording(samples, grown)
