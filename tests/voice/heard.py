"""What left the mixer in a led session, cut into its clips again and held against the plan.

The plan is put together here from the compiled steps alone, not from what the session asked for: a prompt, a tone or a
cue that the session forgot is missing, and one too many is left over.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assets.tools.level import decoded
from kiosk.care.drafts import MIDDLE_AFTER_MS
from kiosk.care.model import Plan
from kiosk.devices.sound import BUFFER, FADE_MS, LOUDNESS, RAMP_MS, RATE
from kiosk.paths import assets
from kiosk.session.timed import EYE_CARE_MS, SETTLE_MS, SHORT_SETTLE_MS
from kiosk.session.timeline import length_ms, middle_ms, phases, repetition_start_ms
from kiosk.voice.loudness import Samples, loudness
from tests.voice.led import RESTS_S, plan_of

BUFFER_MS = 1_000 * BUFFER // RATE
"""What the mixer makes at once: something asked for just after it waits for so long."""
LATE_MS = 80
"""The most that a sound may begin after its moment."""
SEARCH_MS = 400
"""A sound is looked for so far on both sides of its moment."""
SURE_MS = RAMP_MS + 2 * BUFFER_MS
"""The first part of a clip swells, by steps of a buffer: its size says nothing of the whole."""
VOLUME = LOUDNESS[2]
"""Of a person who has chosen nothing."""
LEAST_ALIKE = 0.99
"""Correlation from which on a sound is the clip, and no other one."""


@dataclass
class Due:
    """A sound that is due at ``at_ms``: a ``kind`` and its ``name``; and what came of it.

    ``start_ms`` and ``end_ms`` as planned, after what is heard at the same moment before it; ``cut``: by the next one.
    ``heard_ms``: when it was; None: it was not. ``alike``: correlation with the clip; ``sample``: where it begins.
    """

    at_ms: int
    kind: str
    name: str
    held: bool = False
    droppable: bool = False
    start_ms: int = 0
    end_ms: int = 0
    cut: bool = False
    heard_ms: float | None = None
    alike: float = 0.0
    sample: int = 0

    @property
    def late_ms(self) -> float:
        """How late it began."""
        assert self.heard_ms is not None
        return self.heard_ms - self.start_ms


def told(folder: Path) -> dict[str, list[list[int | str | bool]]]:
    """What the session said of itself."""
    found: dict[str, list[list[int | str | bool]]] = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return found


def planned(plan: Plan, began: Sequence[tuple[int, str]]) -> list[Due]:
    """Every sound of a session of ``plan``. ``began``: its phases; of them only what a person's press began counts."""
    pressed = {phase: at_ms for at_ms, phase in reversed(began)}
    due = [Due(pressed["identity"], "prompt", "ask.identity.right")]
    due.append(Due(pressed["red-flags"], "prompt", "ask.red-flags", held=True))
    due += [Due(pressed[asked], "prompt", f"ask.{asked}") for asked in ("pain-before", "tiredness", "linked")]
    at_ms = pressed["eye-care"]
    due.append(Due(at_ms, "prompt", "eye-care"))
    at_ms += EYE_CARE_MS
    due.append(Due(at_ms, "prompt", "settle-in"))
    at_ms += SETTLE_MS if plan.steps[0].active else SHORT_SETTLE_MS
    ended = False
    for step in plan.steps:
        due.append(Due(at_ms, "prompt", step.prompt_start))
        begins_ms = repetition_start_ms(step, 0)
        if begins_ms or not ended:
            # A step without a lead-in begins with the end of the one before it, and that is what is heard.
            due.append(Due(at_ms + begins_ms, "tone", "start", droppable=True))
        for repetition in range(step.repetitions):
            due += [
                Due(at_ms + moment_ms, "prompt", step.prompt_phases[number], droppable=True)
                for moment_ms, number in phases(step, repetition)
            ]
        if step.prompt_middle and length_ms(step) > MIDDLE_AFTER_MS:
            due.append(Due(at_ms + middle_ms(step), "prompt", step.prompt_middle, droppable=True))
        at_ms += length_ms(step)
        due.append(Due(at_ms, "tone", "end", droppable=True))
        if step.prompt_end:
            due.append(Due(at_ms, "prompt", step.prompt_end, held=True))
        ended = True
    due.append(Due(at_ms, "prompt", "settle-out"))
    due.append(Due(at_ms + SETTLE_MS, "prompt", "ask.pain-after"))
    due += [Due(pressed[asked], "prompt", f"ask.{asked}") for asked in ("linked-after", "done")]
    return [one for one in due if one.name]


def scheduled(due: Sequence[Due], language: str) -> list[Due]:
    """``due`` in its order, each with its planned beginning and end: one after the other, and a newer one cuts."""
    order = {"tone": 0, "prompt": 1}
    found = sorted(due, key=lambda one: (one.at_ms, order[one.kind], not one.held))
    before: Due | None = None
    for one in found:
        one.start_ms = one.at_ms
        if before is not None and before.end_ms > one.at_ms:
            if before.kind == "prompt" and not before.held:
                before.cut, before.end_ms = True, one.at_ms + FADE_MS
            one.start_ms = before.end_ms
        one.end_ms = one.start_ms + round(1_000 * len(clip(one.kind, one.name, language)) / RATE)
        before = one
    return found


@cache
def clip(kind: str, name: str, language: str) -> Samples:
    """The sound of a prompt or a tone as it ships."""
    folder = assets() / ("tones" if kind == "tone" else f"voice/{language}")
    return decoded(folder / f"{name}.{'wav' if kind == 'tone' else 'ogg'}")


@dataclass
class Recording:
    """What left the mixer: ``samples``, and when it had grown to how many, ``grown``: ``(ms, samples)``."""

    samples: Samples
    grown: npt.NDArray[np.float64]

    @classmethod
    def read(cls, folder: Path) -> Recording:
        raw = np.fromfile(folder / "sound.raw", "<i2")
        return cls(np.asarray(raw / 32_768, np.float32), np.asarray(told(folder)["grown"], np.float64))

    def sample_at(self, ms: float) -> int:
        """The sample that left the mixer at ``ms``."""
        return round(float(np.interp(ms, self.grown[:, 0], self.grown[:, 1])))

    def ms_at(self, sample: int) -> float:
        """When a sample left the mixer."""
        return float(np.interp(sample, self.grown[:, 1], self.grown[:, 0]))


def find(recording: Recording, due: Sequence[Due], language: str) -> None:
    """Find each sound of ``due`` where it should be; not later than what comes next."""
    for before, one in zip([None, *due], due, strict=False):
        if before is not None and one.at_ms == before.at_ms and before.heard_ms is not None:
            # It waits for the sound of its own moment, however late that was.
            ends = before.sample + len(clip(before.kind, before.name, language))
            one.start_ms = max(one.start_ms, round(recording.ms_at(ends)))
        wanted = clip(one.kind, one.name, language) * np.float32(VOLUME)
        length = len(wanted)
        if one.cut:
            heard = recording.sample_at(one.end_ms - FADE_MS) - recording.sample_at(one.start_ms)
            length = max(RATE // 5, heard - RATE // 10)
        skip = 0 if one.kind == "tone" else SURE_MS * RATE // 1_000
        part = wanted[skip:length].astype(np.float64)
        first = max(0, recording.sample_at(one.start_ms - SEARCH_MS)) + skip
        last = recording.sample_at(one.start_ms + SEARCH_MS) + skip + len(part)
        place = recording.samples[first:last].astype(np.float64)
        if len(place) < len(part):
            continue
        size = 1 << (len(place) + len(part)).bit_length()
        products = np.fft.irfft(np.fft.rfft(place, size) * np.conj(np.fft.rfft(part, size)), size)
        products = products[: len(place) - len(part) + 1]
        energy = np.concatenate([[0.0], np.cumsum(place**2)])
        energy = energy[len(part) :][: len(products)] - energy[: len(products)]
        alike = products / np.sqrt(np.maximum(energy, 1e-9) * float(part @ part))
        best = int(alike.argmax())
        one.alike, one.sample = float(alike[best]), first + best - skip
        if one.alike >= LEAST_ALIKE:
            one.heard_ms = recording.ms_at(one.sample)


def left_over(recording: Recording, due: Sequence[Due], language: str) -> Samples:
    """The recording without the clips that were found in it; where one fades in or out, nothing."""
    rest = recording.samples.copy()
    fade = RATE * FADE_MS // 1_000 + RATE // 10
    heard = [one for one in due if one.heard_ms is not None]
    for one, after in zip(heard, [*heard[1:], None], strict=True):
        wanted = clip(one.kind, one.name, language) * np.float32(VOLUME)
        end = one.sample + len(wanted)
        if one.cut and after is not None:
            end = min(end, after.sample)
        place = slice(one.sample, min(end, len(rest)))
        rest[place] -= wanted[: place.stop - place.start]
        if one.kind == "prompt":
            rest[one.sample : one.sample + RATE * SURE_MS // 1_000] = 0
        if one.cut:
            rest[max(one.sample, end - fade) : end] = 0
    return rest


@dataclass
class Compared:
    """A recorded session beside its plan: ``due``, all that was planned, in order, with what was heard of it.

    ``rest_db``: the loudest 10 ms of what is left when every clip is taken out; ``lufs`` of each clip that was heard
    whole, ``peak_db`` of all (true peak).
    """

    due: list[Due]
    rest_db: float
    lufs: list[float]
    peak_db: float

    @property
    def heard(self) -> list[Due]:
        """Those that were."""
        return [one for one in self.due if one.heard_ms is not None]

    @property
    def alike(self) -> list[float]:
        """How like its clip each of them is."""
        return [one.alike for one in self.heard]

    @property
    def first_late_ms(self) -> float:
        """How late the first sound of all was."""
        return self.heard[0].late_ms if self.heard else math.inf

    def __str__(self) -> str:
        timed = sorted(one.late_ms for one in self.heard if one.droppable and one.kind == "prompt")
        half_ms = timed[len(timed) // 2]
        dropped = len(self.due) - len(self.heard)
        return ", ".join(
            (
                f"{len(self.due)} sounds planned, {len(self.heard)} heard, {dropped} cues dropped",
                f"cues {half_ms:.0f} ms after their moment or their tone (median), {timed[-1]:.0f} at most",
                f"first sound after {RESTS_S:.0f} s of rest {self.first_late_ms:.0f} ms",
                f"correlation at least {min(self.alike):.3f}",
                f"clips {min(self.lufs):.1f} … {max(self.lufs):.1f} LUFS at the middle volume (6.0 below the files)",
                f"true peak {self.peak_db:.1f} dB",
                f"what is left without them {self.rest_db:.0f} dB at most",
            )
        )


def compared(folder: Path, language: str) -> Compared:
    """The session that was led into ``folder``."""
    said = told(folder)
    due = planned(plan_of(), [(int(at_ms), str(phase)) for at_ms, phase in said["phases"]])
    # Words about a movement are not planned: they come of what was seen.
    due += [
        Due(int(at_ms), "prompt", str(name), droppable=True)
        for at_ms, _kind, name, _droppable in said["asked"]
        if str(name).startswith("cue.")
    ]
    return comparison(Recording.read(folder), scheduled(due, language), language)


def comparison(recording: Recording, due: list[Due], language: str) -> Compared:
    """``recording`` beside ``due``, as it was scheduled."""
    find(recording, due, language)
    rest = left_over(recording, due, language)
    frame = RATE // 100
    loudest = float(np.sqrt(np.square(rest[: len(rest) // frame * frame].reshape(-1, frame)).mean(axis=1)).max())
    lufs = []
    for one in due:
        if one.heard_ms is not None and not one.cut and one.kind == "prompt":
            sound = recording.samples[one.sample :][: len(clip(one.kind, one.name, language))]
            lufs.append(loudness(sound, RATE).lufs)
    return Compared(due, 20 * math.log10(max(loudest, 1e-6)), lufs, loudness(recording.samples, RATE).peak_db)
