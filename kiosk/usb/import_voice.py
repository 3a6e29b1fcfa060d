"""A clinic's own recordings in ``FK-IMPORT.zip``: each is listened to, and those that can be played are made fit.

One file is unpacked at a time, and what comes of it is bounded: a small zip file may hold a lot of silence.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.care.library import Library
from kiosk.faults import Fault
from kiosk.voice.bounds import KINDS, LANGUAGE, PROMPT
from kiosk.voice.check import looked_at
from kiosk.voice.kept import INDEX, OwnRecording, read_entries, view, wav_bytes
from kiosk.voice.listen import VoiceListener
from kiosk.voice.slots import sentences

VOICE = re.compile(rf"voice/({LANGUAGE.pattern})/({PROMPT}\.(?:{'|'.join(KINDS)})|index\.json|sheet\.csv)")
"""Names of the zip that belong to recordings: group 1 is the language, group 2 the name of the file."""
MOST_BYTES = 64 << 20
"""The most bytes of all recordings of a parcel, as they will be kept: some twenty-three minutes."""


@dataclass(frozen=True, slots=True)
class FoundVoice:
    """The recordings of one ``language`` that can be taken in, each held against the one that is here."""

    language: str
    recordings: Mapping[str, tuple[bytes, OwnRecording]] = field(default_factory=dict)
    """Prompt id → the file as it will be kept, and its line in the index; without those that are here already."""
    new: int = 0
    """Number of sentences that had no recording."""
    changed: int = 0
    """Number of those that had another one."""
    same: int = 0
    """Number of recordings that are here already."""
    by: tuple[str, ...] = ()
    """The names of those who speak, as the index has them."""


def found_voices(
    names: Mapping[str, tuple[str, str]], read: Callable[[str], bytes | None], library: Library, here: Path | None
) -> tuple[tuple[FoundVoice, ...], list[str]]:
    """The recordings of a parcel, and a sentence for each that is left out.

    ``names``: those of the zip, and language and file of each. ``read`` gives the bytes of one, None where that was
    told already. ``here``: the folder of the recordings of this kiosk.
    """
    found: list[FoundVoice] = []
    told: list[str] = []
    room = MOST_BYTES
    with VoiceListener() as listener:
        for language in sorted({language for language, _file in names.values()}):
            files = {file: name for name, (of, file) in names.items() if of == language}
            entries: Mapping[str, OwnRecording] = {}
            if (index := files.pop(INDEX, "")) and (raw := read(index)) is not None:
                entries, faults = read_entries(raw)
                told += [f"{language}/{fault}" for fault in faults]
            files.pop("sheet.csv", None)
            opened = _opener(files, read)
            looked = looked_at(files, opened, entries, sentences(library, language), listener)
            told += [f"{language}/{fault}" for fault in looked.faults]
            recordings = {}
            for prompt, voice in looked.fit.items():
                wav = wav_bytes(voice.samples)
                room -= len(wav)
                if room < 0:
                    rule = "there is no room for more recordings in one file"
                    told.append(f"{language}/{Fault(prompt, '', '', rule, 'bring it in another FK-IMPORT.zip')}")
                else:
                    recordings[prompt] = (wav, entries[prompt])
            if recordings:
                found.append(_compared(language, recordings, None if here is None else here / language, library))
    return tuple(found), told


def _opener(files: Mapping[str, str], read: Callable[[str], bytes | None]) -> Callable[[str], int | None]:
    def opened(file: str) -> int | None:
        raw = read(files[file])
        if raw is None:
            return None
        fd = os.memfd_create("kiosk-brought", os.MFD_CLOEXEC)
        with open(fd, "wb", closefd=False) as memory:
            memory.write(raw)
        os.lseek(fd, 0, os.SEEK_SET)
        return fd

    return opened


def _compared(
    language: str, recordings: Mapping[str, tuple[bytes, OwnRecording]], here: Path | None, library: Library
) -> FoundVoice:
    played = {} if here is None else view(here, sentences(library, language)).files
    same = {p for p, (wav, _entry) in recordings.items() if p in played and _is(played[p], wav)}
    news = {prompt: one for prompt, one in recordings.items() if prompt not in same}
    changed = len(news.keys() & played.keys())
    by = dict.fromkeys(entry.by for _wav, entry in recordings.values() if entry.by)
    return FoundVoice(language, news, len(news) - changed, changed, len(same), tuple(by))


def _is(file: Path, wav: bytes) -> bool:
    try:
        return file.stat().st_size == len(wav) and file.read_bytes() == wav
    except OSError:
        return False
