"""A spoken prompt made fit for the bedside: its ends trimmed, one gain, no peak above the limit, an Ogg Vorbis file.

Measured, one gain, measured again. ffmpeg's ``loudnorm`` is not used: of a clip under 3 s it makes something quieter.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np

from kiosk.errors import AssetError
from kiosk.voice.loudness import Samples, loudness

RATE = 24_000
TARGET_LUFS = -16.0
MOST_PEAK_DB = -1.5
"""True peak, dB FS."""
LIMIT_DB = -2.5
"""The limiter's first ceiling for samples; what lies between two of them, and what Vorbis adds, comes on top."""
ROUNDS = 6
"""A limiter takes a little loudness along, so the gain is found in a few rounds; each begins with the untouched sound.
Then the file is read back, and the ceiling is lowered by what it is above the peak."""
NEAR_LU = 0.1
FRAME = RATE // 200
"""Samples of the 5 ms by which sound is told from silence."""
BELOW_DB = 42.0
"""Quieter than the loudest 5 ms by this: silence. An ``f`` is some 35 dB below a vowel."""
BEFORE_S, AFTER_S = 0.04, 0.09
"""Left before and after what is heard: a breath of the first and last sound belongs to it."""
FADE_S = 0.01
HISS = 0.25
"""A frame whose sign changes more often than this, per sample, is a hiss: a vowel's does below 0.15."""
SWELL_S = 0.03
"""A vowel from which its hiss was cut swells for so long: cut off sharply it would begin with a ``t``."""
VOICED_DB = 30.0
"""The quietest frame, below the loudest one, that can be the beginning of a vowel."""
QUALITY = 3
"""Of Vorbis: about 45 kbit/s for a mono voice at 24 kHz."""


def trimmed(samples: Samples) -> Samples:
    """``samples`` (count,) with silence cut off both ends, softly. Raises ``AssetError`` where all is silence."""
    levels = frames_db(samples)
    heard = np.flatnonzero(levels > levels.max(initial=-120.0) - BELOW_DB)
    if not len(heard) or levels.max() <= -70:
        raise AssetError("there is nothing to hear in what the engine made: choose other words, or another engine")
    first = max(0, heard[0] * FRAME - round(BEFORE_S * RATE))
    last = min(len(samples), (heard[-1] + 1) * FRAME + round(AFTER_S * RATE))
    out = samples[first:last].copy()
    ramp = np.linspace(0, 1, round(FADE_S * RATE), dtype=np.float32)
    out[: len(ramp)] *= ramp
    out[-len(ramp) :] *= ramp[::-1]
    return out


def from_its_voice(samples: Samples) -> Samples:
    """``samples`` (count,) without the hiss before their first voiced frame: a vowel has none in front of it."""
    levels = frames_db(samples)
    whole = samples[: len(levels) * FRAME].reshape(-1, FRAME)
    hiss = np.count_nonzero(np.diff(np.signbit(whole), axis=1), axis=1) / FRAME
    voiced = np.flatnonzero((hiss < HISS) & (levels > levels.max(initial=-120.0) - VOICED_DB))
    if not len(voiced):
        return samples
    out = samples[max(0, int(voiced[0]) - 1) * FRAME :].copy()
    ramp = np.linspace(0, 1, round(SWELL_S * RATE), dtype=np.float32)[: len(out)]
    out[: len(ramp)] *= ramp
    return np.concatenate([np.zeros(round(BEFORE_S * RATE), np.float32), out])


def frames_db(samples: Samples) -> Samples:
    """The level of each whole frame of 5 ms, dB FS: (frames,)."""
    whole = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    return np.asarray(10 * np.log10(np.square(whole, dtype=np.float64).mean(axis=1) + 1e-12), np.float32)


def write_levelled(samples: Samples, out: Path) -> None:
    """Write ``samples`` as Ogg Vorbis at ``TARGET_LUFS``, no true peak of the file above ``MOST_PEAK_DB``.

    The same samples give the same bytes. Raises ``AssetError`` where that cannot be, and without sox.
    """
    ceiling_db = LIMIT_DB
    for _ in range(ROUNDS):
        write_ogg(levelled(samples, ceiling_db), out)
        above = loudness(decoded(out), RATE).peak_db - MOST_PEAK_DB
        if above <= 0:
            return
        ceiling_db -= above + 0.1
    raise AssetError(f"{out} cannot be made as loud as it should be without peaks: its sound is not speech")


def levelled(samples: Samples, ceiling_db: float = LIMIT_DB) -> Samples:
    """``samples`` at ``TARGET_LUFS``, none above the ceiling."""
    gain_db = TARGET_LUFS - loudness(samples, RATE).lufs
    made = samples
    for _ in range(ROUNDS):
        made = _limited(samples * np.float32(10 ** (gain_db / 20)), ceiling_db)
        missing = TARGET_LUFS - loudness(made, RATE).lufs
        if abs(missing) <= NEAR_LU:
            break
        gain_db += missing
    return made


def write_ogg(samples: Samples, out: Path) -> None:
    """Write ``samples`` as Ogg Vorbis; the same samples give the same bytes. Raises ``AssetError`` without sox."""
    if shutil.which("sox") is None:
        raise AssetError("sox is missing: apt-get install sox (or run `make voice`, which sees to it)")
    with tempfile.TemporaryDirectory(prefix="voice-") as scratch:
        raw = Path(scratch, "raw.wav")
        with wave.open(str(raw), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(np.round(np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
        # -R: no chance in the stream's serial number; -D: no dither.
        command = ["sox", "-R", "-D", str(raw), "-C", str(QUALITY), "--comment", "", str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssetError(f"sox failed ({done.stderr.strip()[-300:]}): is its Vorbis there? apt-get install sox")


def decoded(path: Path) -> Samples:
    """The samples of a sound file, mono at ``RATE``: (count,)."""
    import av

    with av.open(str(path)) as file:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        frames = [made for frame in file.decode(audio=0) for made in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().ravel() for frame in frames])


def _limited(samples: Samples, ceiling_db: float) -> Samples:
    """``samples`` whose peaks are held below a ceiling, dB FS, by libavfilter's limiter, which looks 5 ms ahead."""
    if np.abs(samples).max() <= 10 ** (ceiling_db / 20):
        return samples
    import av

    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="mono", time_base=Fraction(1, RATE))
    limit = graph.add("alimiter", f"limit={10 ** (ceiling_db / 20):.6f}:attack=5:release=80:level=0:latency=1")
    sink = graph.add("abuffersink")
    source.link_to(limit)
    shape = graph.add("aformat", "sample_fmts=flt:channel_layouts=mono")
    limit.link_to(shape)
    shape.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
    frame.sample_rate, frame.pts = RATE, 0
    graph.push(frame)
    graph.push(None)
    parts = []
    try:
        while True:
            parts.append(graph.pull().to_ndarray().ravel())
    except EOFError:
        pass
    return np.concatenate(parts)[: len(samples)].astype(np.float32)
