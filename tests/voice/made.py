"""Made-up recordings: something with syllables and pauses, louder or softer, in files of each kind."""

from __future__ import annotations

import io

import av
import numpy as np
from av.audio.stream import AudioStream

from kiosk.voice.bounds import RATE
from kiosk.voice.loudness import Samples

SYLLABLE_S = 0.2


def speech(seconds: float, level: float = 0.2, *, rate: int = RATE, quiet_s: float = 0.0) -> Samples:
    """Syllables of a voice of 140 Hz, ``quiet_s`` of nothing before and after. ``level``: the highest sample."""
    t = np.arange(round(seconds * rate)) / rate
    voice = sum(np.sin(2 * np.pi * 140 * k * t + k) / k for k in range(1, 12))
    voice *= 0.15 + np.sin(np.pi * t / SYLLABLE_S) ** 2
    voice *= level / np.abs(voice).max()
    return np.pad(voice, round(quiet_s * rate)).astype(np.float32)


def file_of(samples: Samples, kind: str = "wav", rate: int = RATE, layout: str = "mono") -> bytes:
    """A file of ``kind`` with these samples; both channels the same where there are two."""
    codec = {"wav": "pcm_s16le", "ogg": "libopus", "flac": "flac", "mp3": "libmp3lame"}[kind]
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=48_000 if kind == "ogg" else rate, layout=layout)
        assert isinstance(stream, AudioStream)
        both = np.repeat(samples[None], 2 if layout == "stereo" else 1, axis=0)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(both), format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        fit = av.AudioResampler(
            format=stream.codec_context.format,
            layout=layout,
            rate=int(stream.rate),
            frame_size=stream.frame_size or 1_024,
        )
        for given in (frame, None):
            for one in fit.resample(given):
                container.mux(stream.encode(one))
        container.mux(stream.encode(None))
    return out.getvalue()
