"""A recording made fit to be played: silence cut off its ends, and one gain for all of it. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiosk.voice.bounds import MOST_PEAK_DB, RATE, TARGET_LUFS
from kiosk.voice.loudness import NOTHING_DB, Loudness, Samples, loudness

FRAME = RATE // 100
"""Samples of the 10 ms by which sound is told from silence."""
BELOW_DB, ABOVE_ROOM_DB, NEVER_DB = 35.0, 8.0, 20.0
"""Sound that is weaker than the loudest 10 ms by the first is silence: an ``s`` is some 30 dB below a vowel. In a room
that is not that quiet, whatever is not above its noise by the second; but never what is within the third of the
loudest."""
ROOM_SHARE = 10
"""The noise of the room is what so many per cent of a recording are quieter than."""
BEFORE_MS, AFTER_MS = 80, 150
"""Time that is left before and after what is heard: the breath of a word belongs to it."""
FADE_MS = 15
"""The ends are faded for so long, so that nothing ticks."""
FLAT_RUN, FLAT_RUNS, FLAT, FLAT_FROM = 4, 3, 0.999, 0.25
"""Clipped: ``FLAT_RUNS`` times, ``FLAT_RUN`` samples in a row within 0.1 % of the highest, which is ``FLAT_FROM`` of
full scale at least. The crest of a full-scale tone of 200 Hz at 48 kHz is three samples wide at that height."""


@dataclass(frozen=True, slots=True)
class FitVoice:
    """A recording as it would be played: ``samples`` (count,) at ``RATE``, and ``level``, how loud they are now."""

    samples: Samples
    level: Loudness

    @property
    def ms(self) -> int:
        """Its length."""
        return round(len(self.samples) * 1_000 / RATE)


def loudest_db(samples: Samples) -> float:
    """Return the level of the loudest 10 ms, in dB below full scale."""
    frames = _frames_db(samples)
    return float(frames.max()) if len(frames) else NOTHING_DB


def clipped(samples: Samples) -> bool:
    """Whether the tops of the waves are cut off flat, at whatever height. ``samples`` as they were taken."""
    size = np.abs(samples)
    top = float(size.max(initial=0.0))
    if top < FLAT_FROM:
        return False
    edges = np.diff((size >= FLAT * top).astype(np.int8), prepend=0, append=0)
    lengths = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
    return int((lengths >= FLAT_RUN).sum()) >= FLAT_RUNS


def trimmed(samples: Samples) -> Samples:
    """``samples`` without the silence at both ends; nothing is cut out of the middle."""
    frames = _frames_db(samples)
    if not len(frames):
        return samples[:0]
    loudest, room = frames.max(), np.percentile(frames, ROOM_SHARE)
    heard = np.flatnonzero(frames >= max(loudest - BELOW_DB, min(room + ABOVE_ROOM_DB, loudest - NEVER_DB)))
    first = max(0, int(heard[0]) * FRAME - BEFORE_MS * RATE // 1_000)
    last = min(len(samples), (int(heard[-1]) + 1) * FRAME + AFTER_MS * RATE // 1_000)
    out = samples[first:last].copy()
    ramp = min(FADE_MS * RATE // 1_000, len(out) // 2)
    slope = np.linspace(0, 1, ramp, endpoint=False, dtype=np.float32)
    out[:ramp] *= slope
    out[len(out) - ramp :] *= slope[::-1]
    return out


def levelled(samples: Samples) -> FitVoice:
    """``samples`` at ``TARGET_LUFS`` by one gain; quieter where their true peak would pass ``MOST_PEAK_DB``."""
    gain_db, louder, found = 0.0, samples, loudness(samples, RATE)
    # Twice: a quiet one may rise through the standard's absolute gate.
    for _ in range(2):
        gain_db += min(TARGET_LUFS - found.lufs, MOST_PEAK_DB - found.peak_db)
        louder = (samples * np.float32(10 ** (gain_db / 20))).astype(np.float32)
        found = loudness(louder, RATE)
    return FitVoice(louder, found)


def resampled(samples: Samples, rate: int) -> Samples:
    """``samples``, taken ``rate`` times a second, at ``bounds.RATE``."""
    if rate == RATE:
        return samples
    import av

    change = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
    frame.sample_rate = rate
    out = [one.to_ndarray()[0] for given in (frame, None) for one in change.resample(given)]
    return np.concatenate(out).astype(np.float32)


def as_it_is(samples: Samples) -> FitVoice:
    """``samples`` as they are, measured."""
    return FitVoice(samples, loudness(samples, RATE))


def _frames_db(samples: Samples) -> Samples:
    whole = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    power = (whole.astype(np.float64) ** 2).mean(axis=1)
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (NOTHING_DB / 10))), np.float32)
