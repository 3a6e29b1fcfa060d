"""The tones: what marks a start, an end and a danger. They differ in direction, count and length, not only in pitch."""

from __future__ import annotations

import math
import struct
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.tools.level import RATE

PEAK = 0.2
"""-14 dB FS: below the peaks of the voice that follows, so that a tone never startles."""
RAMP_S = 0.045
"""Each note swells for so long: a startle needs a rise of some 10 ms."""


@dataclass(frozen=True, slots=True)
class ToneNote:
    """``hertz`` for ``seconds``; it falls away to ``exp(-fall)`` of itself, as a struck bar does; 0: it stays."""

    hertz: float
    seconds: float
    fall: float = 1.5


TONES: Mapping[str, tuple[ToneNote, ...]] = {
    "start": (ToneNote(698.5, 0.14), ToneNote(1_046.5, 0.18)),
    "end": (ToneNote(1_046.5, 0.13, 0.5), ToneNote(784.0, 0.13, 0.5), ToneNote(523.3, 0.32)),
    "danger": (ToneNote(880.0, 0.18, 0.3), ToneNote(659.3, 0.18, 0.3)) * 3,
}
"""Two notes that rise and are over soon begin. Three that fall, the last one long and low, end. Two that alternate
three times warn: nothing else repeats. An end is short enough that the words of the next step have their lead-in."""


def render(folder: Path) -> None:
    """Write each tone as a WAV file: sine notes with soft ramps, so that nothing ticks."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, notes in TONES.items():
        samples = [sample for note in notes for sample in _samples(note)]
        with wave.open(str(folder / f"{kind}.wav"), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def _samples(note: ToneNote) -> Iterator[int]:
    count, ramp = round(note.seconds * RATE), round(RAMP_S * RATE)
    for i in range(count):
        edge = min(i, count - 1 - i, ramp) / ramp
        loud = PEAK * (1 - math.cos(math.pi * edge)) / 2 * math.exp(-note.fall * i / count)
        yield round(32_767 * loud * math.sin(2 * math.pi * note.hertz * i / RATE))
