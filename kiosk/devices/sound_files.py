"""The files of prompts and their lengths, found without decoding anything."""

from __future__ import annotations

import json
import logging
import re
import struct
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiosk.errors import AssetError

log = logging.getLogger(__name__)

PROMPT_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
"""Pattern of a prompt's id. It becomes a file's name, so it may not lead anywhere else."""
TAIL = 65_307
"""The longest possible Ogg page: the last page of a file begins within its last so many bytes."""


class VoiceFiles:
    """The prompts of one language: a site's own recordings first, then those that ship with the kiosk.

    ``shipped`` holds a folder for each language. ``own``: the WAV files of the site by their prompts, as far as they
    say the words of now. There is no way from one language to another: a sentence in a language the person did not
    choose says less than silence.
    """

    def __init__(self, language: str, shipped: Path, own: Mapping[str, Path] | None = None) -> None:
        self.language = language
        self._shipped = shipped / language
        self._own = own or {}
        self._index: dict[str, int] | None = None
        self._lengths: dict[str, int | None] = {}

    def paths(self, prompt_id: str) -> list[Path]:
        """The files of ``prompt_id``, the one to be heard first: the next is for when that cannot be played."""
        if not PROMPT_ID.fullmatch(prompt_id):
            return []
        own = [self._own[prompt_id]] if prompt_id in self._own else []
        return [place for place in (*own, self._shipped / f"{prompt_id}.ogg") if place.is_file()]

    def duration_ms(self, prompt_id: str) -> int | None:
        """Return the length of ``prompt_id`` from the shipped index or the file's header; None: it cannot be heard.

        Each is found out once: how long a session takes is asked for with every change of the home screen.
        """
        if prompt_id not in self._lengths:
            self._lengths[prompt_id] = self._length_ms(prompt_id)
        return self._lengths[prompt_id]

    def _length_ms(self, prompt_id: str) -> int | None:
        path = next(iter(self.paths(prompt_id)), None)
        if path is None:
            return None
        if path.parent != self._shipped and (ms := wav_ms(path)) is not None:
            return ms
        if (path := self._shipped / f"{prompt_id}.ogg").is_file():
            if self._index is None:
                self._index = _read_index(self._shipped / "index.json")
            if prompt_id in self._index:
                return self._index[prompt_id]
            return ogg_ms(path)
        return None


def wav_ms(path: Path) -> int | None:
    """The length of a WAV file in milliseconds, or None when it is not one."""
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() * 1_000 // file.getframerate() or None
    except (OSError, EOFError, wave.Error, ZeroDivisionError) as exc:
        log.warning("%s cannot be read: %s. Record it again", path, exc)
        return None


def ogg_ms(path: Path) -> int | None:
    """The length of an Ogg Vorbis file in milliseconds, or None when it is not one."""
    try:
        with path.open("rb") as file:
            head = file.read(58)
            file.seek(max(0, path.stat().st_size - TAIL))
            tail = file.read()
    except OSError as exc:
        log.warning("%s cannot be read: %s. Copy it again", path, exc)
        return None
    last = tail.rfind(b"OggS")
    if head[:4] != b"OggS" or head[28:35] != b"\x01vorbis" or last < 0 or len(tail) < last + 14:
        return None
    (rate,) = struct.unpack_from("<I", head, 40)
    (samples,) = struct.unpack_from("<q", tail, last + 6)
    return int(samples * 1_000 // rate) if rate and samples > 0 else None


def read_index(path: Path) -> dict[str, dict[str, Any]]:
    """An index of prompts: ``{prompt_id: {"text": ..., "ms": ...}}``. Raises ``AssetError`` when it is not one."""
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        for prompt_id, entry in index.items():
            if not (isinstance(entry["text"], str) and isinstance(entry["ms"], int) and entry["ms"] > 0):
                raise ValueError(f"{prompt_id}: {entry!r} is not a text and a length in ms")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise AssetError(
            f"{path} is not an index of spoken prompts ({type(exc).__name__}: {exc}): install the kiosk again"
        ) from exc
    return dict(index)


def _read_index(path: Path) -> dict[str, int]:
    """The lengths in the index. Without it the files' own headers tell, so a bad one is only said."""
    try:
        return {prompt_id: entry["ms"] for prompt_id, entry in read_index(path).items()}
    except AssetError as exc:
        log.warning("%s", exc)
        return {}
