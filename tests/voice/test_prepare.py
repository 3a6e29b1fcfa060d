"""Loudness is that of the standard, one gain brings a recording to it, and only silence is cut off."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.voice.bounds import MOST_PEAK_DB, RATE, TARGET_LUFS
from kiosk.voice.kept import wav_bytes
from kiosk.voice.loudness import loudness
from kiosk.voice.prepare import AFTER_MS, BEFORE_MS, FADE_MS, clipped, levelled, trimmed
from tests.voice.made import speech

RAMP = FADE_MS * RATE // 1_000


@pytest.mark.parametrize("seconds", [0.3, 1, 20])
@pytest.mark.parametrize("peak_db", [-40, -23, -3])
def test_a_tone_is_as_loud_as_the_standard_says(seconds: float, peak_db: float) -> None:
    """BS.1770: the weighting lifts 997 Hz by the 0.691 dB that are taken off again: the power of the sine is left."""
    tone = 10 ** (peak_db / 20) * np.sin(2 * np.pi * 997 * np.arange(round(seconds * 48_000)) / 48_000)
    found = loudness(tone.astype(np.float32), 48_000)
    assert found.lufs == pytest.approx(peak_db - 10 * np.log10(2), abs=0.1)
    assert found.peak_db == pytest.approx(peak_db, abs=0.2)


def test_a_peak_between_two_samples_counts() -> None:
    """A tone of a quarter of the rate, caught 45° beside its crest, shows 3 dB less than it has."""
    tone = (0.5 * np.sin(np.pi / 2 * np.arange(48_000) + np.pi / 4) * np.hanning(48_000)).astype(np.float32)
    assert 20 * np.log10(np.abs(tone).max()) == pytest.approx(-9.03, abs=0.01)
    assert loudness(tone, 48_000).peak_db == pytest.approx(-6.02, abs=0.3)


def test_nothing_is_as_quiet_as_can_be() -> None:
    assert loudness(np.zeros(0, np.float32), RATE) == loudness(np.zeros(RATE, np.float32), RATE)


@settings(max_examples=40, deadline=None)
@given(
    seconds=st.floats(0.3, 6),
    level=st.floats(0.003, 0.95),
    quiet_s=st.floats(0, 2),
    knock=st.floats(1, 12),
)
def test_any_recording_is_levelled_by_one_gain(seconds: float, level: float, quiet_s: float, knock: float) -> None:
    """At the target, or as near as its highest peak allows; its shape is what it was; twice is no more than once."""
    was = speech(seconds, level / knock, quiet_s=quiet_s)
    was[len(was) // 2 : len(was) // 2 + 200] *= knock
    found = levelled(was)
    said = loudness(found.samples, RATE)
    assert said.lufs == pytest.approx(found.level.lufs, abs=0.1)
    assert said.lufs <= TARGET_LUFS + 0.1
    assert said.peak_db <= MOST_PEAK_DB + 0.1
    assert said.lufs == pytest.approx(TARGET_LUFS, abs=0.1) or said.peak_db == pytest.approx(MOST_PEAK_DB, abs=0.1)
    loud = np.abs(was) > np.abs(was).max() / 100
    gains = found.samples[loud] / was[loud]
    assert np.ptp(gains) <= 1e-4 * gains.mean()
    assert np.allclose(levelled(found.samples).samples, found.samples, atol=0.01)


@settings(max_examples=40, deadline=None)
@given(seconds=st.floats(0.3, 6), before=st.floats(0, 3), after=st.floats(0, 3), hiss=st.floats(1e-5, 0.004))
def test_only_silence_is_cut_off(seconds: float, before: float, after: float, hiss: float) -> None:
    """However long the quiet around it, and with the noise of a room in it: every syllable is there."""
    said = speech(seconds)
    around = np.concatenate((np.zeros(round(before * RATE)), said, np.zeros(round(after * RATE)))).astype(np.float32)
    room = around + (hiss * np.random.default_rng(1).standard_normal(len(around))).astype(np.float32)
    left = trimmed(room)
    assert len(left) <= len(said) + (BEFORE_MS + AFTER_MS) * RATE // 1_000 + RATE // 50
    middle = left[RAMP:-RAMP]
    windows = np.lib.stride_tricks.sliding_window_view(room, len(middle))
    at = int(np.flatnonzero((windows[:, :64] == middle[:64]).all(axis=1))[0]) - RAMP
    heard = np.flatnonzero(np.abs(around) > 0.02)
    assert at <= heard[0]
    assert at + len(left) > heard[-1]
    assert abs(left[0]) < 1e-6


def test_silence_leaves_nothing() -> None:
    assert len(trimmed(np.zeros(0, np.float32))) == 0


@pytest.mark.parametrize("rate", [8_000, 24_000, 44_100, 48_000])
def test_flat_tops_are_found_and_full_scale_is_none(rate: int) -> None:
    """A loud voice that fits is no fault; one that was cut off is, also where it was turned down afterwards."""
    voice = speech(2, 1.0, rate=rate)
    assert not clipped(voice)
    assert clipped(np.clip(voice * 2, -1, 1))
    assert clipped(np.clip(voice * 2, -1, 1) * 0.4)
    assert not clipped(speech(2, 0.01, rate=rate))
    assert not clipped(np.zeros(rate, np.float32))


def test_what_is_written_is_what_was_checked() -> None:
    """Sixteen bits, one channel: the file holds the samples, to half a step."""
    voice = speech(0.5, 0.9)
    with wave.open(io.BytesIO(wav_bytes(voice)), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        back = np.frombuffer(file.readframes(RATE), "<i2") / 32_767
    assert np.abs(back - voice).max() <= 0.51 / 32_767
