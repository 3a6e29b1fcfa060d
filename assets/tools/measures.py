"""Numbers of a spoken prompt, where nobody has listened: pace, loudness, peak, pitch, pauses and quiet at its ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assets.tools.level import FRAME, RATE, frames_db
from kiosk.voice.loudness import Samples, loudness

QUIET_DB = 30.0
"""Quieter than the loudest 5 ms by this, inside a prompt: a pause."""
LEAST_PAUSE_S = 0.05
"""Shorter than this it is the closure of a ``p`` or a ``t``."""
WINDOW, HOP = round(0.04 * RATE), round(0.01 * RATE)
LOWEST_HZ, HIGHEST_HZ = 70, 400
PERIODIC = 0.6
"""A frame this much like itself one period later has a pitch (normalised autocorrelation)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One prompt, or many. ``pitch_hz``: the median; ``low``, ``high``: 5th and 95th percentile, semitones from it."""

    words: int
    seconds: float
    lufs: float
    peak_db: float
    pitch_hz: float
    low: float
    high: float
    pause_s: float
    lead_s: float
    tail_s: float

    @property
    def pace(self) -> float:
        """Words a minute, pauses included."""
        return 60 * self.words / self.seconds


def measured(samples: Samples, text: str) -> Measured:
    """Measure one prompt that says ``text``."""
    level = loudness(samples, RATE)
    heard = np.flatnonzero(frames_db(samples) > frames_db(samples).max() - QUIET_DB)
    gaps = np.diff(heard) - 1
    step = FRAME / RATE
    pitch = pitches(samples)
    middle = float(np.median(pitch)) if len(pitch) else 0.0
    low, high = 12 * np.log2(np.percentile(pitch, (5, 95)) / middle) if len(pitch) else (0.0, 0.0)
    return Measured(
        words=len(text.split()),
        seconds=len(samples) / RATE,
        lufs=level.lufs,
        peak_db=level.peak_db,
        pitch_hz=middle,
        low=float(low),
        high=float(high),
        pause_s=float(gaps.max(initial=0)) * step,
        lead_s=float(heard[0]) * step,
        tail_s=(len(samples) // FRAME - 1 - float(heard[-1])) * step,
    )


def pitches(samples: Samples) -> Samples:
    """The pitch of each voiced 10 ms, Hz: by the first peak of the normalised autocorrelation."""
    if len(samples) < WINDOW:
        return np.zeros(0, np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP].astype(np.float64)
    frames = frames - frames.mean(axis=1, keepdims=True)
    loud = np.sqrt(np.square(frames).mean(axis=1))
    frames = frames[loud > 0.1 * loud.max()]
    spectrum = np.fft.rfft(frames, 2 * WINDOW, axis=1)
    like = np.fft.irfft(np.square(np.abs(spectrum)), axis=1)[:, :WINDOW]
    # A later lag has fewer products: without this every octave below would look less likely than it is.
    like = like / np.maximum(like[:, :1], 1e-12) * (WINDOW / (WINDOW - np.arange(WINDOW)))
    shortest, longest = RATE // HIGHEST_HZ, RATE // LOWEST_HZ
    window = like[:, shortest:longest]
    best = window.max(axis=1)
    first = (window > 0.95 * best[:, None]).argmax(axis=1)
    # From where it first comes near its best, on to the top of that hill.
    found = [lag + int(row[lag : lag + 12].argmax()) for lag, row in zip(first, window, strict=True)]
    return np.asarray(
        [RATE / (shortest + lag) for lag, top in zip(found, best, strict=True) if top > PERIODIC], np.float32
    )
