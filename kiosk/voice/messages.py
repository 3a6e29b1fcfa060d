"""The words between whoever listens to recordings and the child that decodes them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from kiosk.voice.bounds import MOST_BYTES, MOST_S


class Unheard(StrEnum):
    """The reason for which a file cannot be heard."""

    NO_SOUND = "no-sound"
    DAMAGED = "damaged"
    LARGE = "large"
    LONG = "long"
    MEMORY = "memory"


UNHEARD: Mapping[Unheard, tuple[str, str]] = {
    Unheard.NO_SOUND: ("this is no WAV, OGG, MP3 or FLAC file with sound in it", "save it as one of them"),
    Unheard.DAMAGED: ("it is damaged: it cannot be decoded", "copy or save it again"),
    Unheard.LARGE: (f"it is larger than {MOST_BYTES >> 20} MiB", "save it as OGG or MP3"),
    Unheard.LONG: (f"it is longer than {MOST_S} seconds", "put one sentence into each file"),
    Unheard.MEMORY: ("decoding it takes more memory than it may", "save it as WAV with 48 kHz"),
}
"""The words for each, and for what to do, as phrases."""


class ListenOrder(msgspec.Struct, frozen=True, tag="listen"):
    """Decode the file behind the first descriptor into the memory behind the second."""


class SoundHeard(msgspec.Struct, frozen=True, tag="heard"):
    """The memory holds ``count`` samples, 32-bit floats; ``clipped``: the waves of the file are cut off flat."""

    count: int
    clipped: bool


class SoundUnheard(msgspec.Struct, frozen=True, tag="unheard"):
    """The file cannot be heard, and ``why``, in a word of ``Unheard``."""

    why: str


NEWS = msgspec.json.Decoder(SoundHeard | SoundUnheard)
ORDER = msgspec.json.Decoder(ListenOrder)
ENCODER = msgspec.json.Encoder()
