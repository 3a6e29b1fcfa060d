"""Decoding of one recording, by PyAV. It runs in the child alone, because a decoder may crash or hang."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from kiosk.errors import RecordingError
from kiosk.voice.bounds import MOST_BYTES, MOST_S
from kiosk.voice.judge import RawVoice
from kiosk.voice.loudness import Samples
from kiosk.voice.messages import Unheard
from kiosk.voice.prepare import clipped, resampled

if TYPE_CHECKING:
    import av.audio.stream
    import av.container

DEMUXERS: Mapping[bytes, str] = {
    b"RIFF": "wav",
    b"OggS": "ogg",
    b"fLaC": "flac",
    b"ID3": "mp3",
    b"\xff\xfb": "mp3",
    b"\xff\xf3": "mp3",
    b"\xff\xf2": "mp3",
    b"\xff\xfa": "mp3",
}
"""FFmpeg's demuxer by the first bytes of a file. No other is asked: a playlist names other files."""
MOST_RATE, MOST_CHANNELS = 192_000, 8


def decode(file: BinaryIO) -> RawVoice:
    """The recording in ``file``, all channels as one, at ``bounds.RATE``. Raises RecordingError."""
    import av

    head = file.read(4)
    file.seek(0, 2)
    if file.tell() > MOST_BYTES:
        raise RecordingError(Unheard.LARGE.value)
    file.seek(0)
    demuxer = next((name for start, name in DEMUXERS.items() if head.startswith(start)), "")
    if not demuxer:
        raise RecordingError(Unheard.NO_SOUND.value)
    try:
        # mp3 is patched up by its decoder where it is damaged; whatever it says of that is taken at its word.
        with av.open(file, "r", format=demuxer, options={"err_detect": "explode"}) as container:
            if not container.streams.audio:
                raise RecordingError(Unheard.NO_SOUND.value)
            return _heard(container, container.streams.audio[0])
    except MemoryError as why:
        raise RecordingError(Unheard.MEMORY.value) from why
    except (av.error.FFmpegError, ValueError, OSError) as why:
        if isinstance(why, RecordingError):
            raise
        raise RecordingError(Unheard.DAMAGED.value) from why


def _heard(container: av.container.InputContainer, stream: av.audio.stream.AudioStream) -> RawVoice:
    import av

    rate = stream.rate or 0
    if not 0 < rate <= MOST_RATE or not 0 < stream.channels <= MOST_CHANNELS:
        raise RecordingError(Unheard.NO_SOUND.value)
    floats = av.AudioResampler(format="fltp", rate=rate)
    pieces: list[Samples] = []
    count = 0
    for frame in container.decode(stream):
        for one in floats.resample(frame):
            pieces.append(one.to_ndarray().mean(axis=0, dtype=np.float32))
            count += one.samples
            if count > MOST_S * rate:
                raise RecordingError(Unheard.LONG.value)
    if not count:
        raise RecordingError(Unheard.NO_SOUND.value)
    samples = np.concatenate(pieces)
    if not np.isfinite(samples).all():
        raise RecordingError(Unheard.DAMAGED.value)
    return RawVoice(resampled(samples, rate), clipped(samples))
