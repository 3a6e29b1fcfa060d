"""The words between the kiosk and the child that decodes a clinic's own pictures."""

from __future__ import annotations

import msgspec


class DecodeOrder(msgspec.Struct, frozen=True, tag="decode"):
    """Decode the file behind the first descriptor into the memory behind the second; ``mirrored``: do not turn it."""

    mirrored: bool


class DecoderReady(msgspec.Struct, frozen=True, tag="ready"):
    """Libraries are loaded; orders are taken."""


class PictureDecoded(msgspec.Struct, frozen=True, tag="decoded"):
    """The memory holds ``count`` pictures of ``width`` × ``height`` px, one after the other, as I420."""

    width: int
    height: int
    count: int


class PictureRefused(msgspec.Struct, frozen=True, tag="refused"):
    """The file cannot be shown, and ``why``, in a word of ``Refusal``."""

    why: str


DecoderNews = DecoderReady | PictureDecoded | PictureRefused
NEWS = msgspec.json.Decoder(DecoderNews)
ORDER = msgspec.json.Decoder(DecodeOrder)
ENCODER = msgspec.json.Encoder()
