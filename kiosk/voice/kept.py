"""The folder of a site's own recordings: which of them say the words of today, and how new ones get there.

``DATA/voice/<language>/<prompt>.wav``, and ``index.json`` beside them: prompt id → the words that were said, who said
them, and on which day. A recording of which the words are not known, or have changed since, is left out and named; the
voice that ships speaks in its place.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import stat
import wave
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np

from kiosk.care.library import Library
from kiosk.errors import Unsure
from kiosk.faults import Fault, harmless, shown
from kiosk.safefiles import open_file, sync_folder, write_new
from kiosk.voice.bounds import LANGUAGE, RATE, RECORDING
from kiosk.voice.loudness import Samples
from kiosk.voice.slots import Sentence, sentences

log = logging.getLogger(__name__)

INDEX = "index.json"
INDEX_BYTES = 1 << 20
"""The most bytes of an index."""
PART = ".coming"
"""Ending of the name of a file that is being written; it is no file yet."""
NO_SUCH = "nothing says this any more"


class OwnRecording(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of an index: the words that were said (``text``), ``by`` whom, and ``on`` which day (ISO 8601)."""

    text: str
    by: str = ""
    on: str = ""


ENTRIES = msgspec.json.Decoder(dict[str, OwnRecording])


@dataclass(frozen=True, slots=True)
class ShelfView:
    """The recordings of one language that may be played, and why others are left out."""

    files: Mapping[str, Path]
    """Prompt id → its file."""
    faults: tuple[Fault, ...] = ()
    """A reason for each that is left out."""
    wanted: int = 0
    """Number of the sentences that there are to say."""
    entries: Mapping[str, OwnRecording] = field(default_factory=dict)
    """Prompt id → its line in the index, of all that are named there."""


class VoiceShelf:
    """The site's own recordings at a kiosk. ``folder`` None: nothing of the site's own is used."""

    def __init__(self, folder: Path | None, library: Library) -> None:
        self._folder, self._library = folder, library
        self._seen: dict[str, ShelfView] = {}

    def use(self, library: Library) -> None:
        """Go by the words of ``library``, and look at the folder anew."""
        self._library = library
        self.look_again()

    @property
    def folder(self) -> Path | None:
        """The folder of all recordings."""
        return self._folder

    def sentences(self, language: str) -> dict[str, Sentence]:
        """Everything that there is to say in ``language`` now."""
        return sentences(self._library, language)

    def look_again(self) -> None:
        """Recordings have come or gone."""
        self._seen.clear()

    def languages(self) -> list[str]:
        """The languages that there is a folder for."""
        try:
            found = [] if self._folder is None else [entry.name for entry in os.scandir(self._folder) if entry.is_dir()]
        except OSError:
            return []
        return sorted(name for name in found if LANGUAGE.fullmatch(name))

    def view(self, language: str) -> ShelfView:
        """The recordings of ``language``, looked at once."""
        if language not in self._seen:
            if self._folder is None or not LANGUAGE.fullmatch(language):
                self._seen[language] = ShelfView({})
            else:
                self._seen[language] = view(self._folder / language, sentences(self._library, language))
        return self._seen[language]

    def files(self, language: str) -> Mapping[str, Path]:
        """Prompt id → the file that is heard instead of ours."""
        return self.view(language).files


def view(folder: Path, said: Mapping[str, Sentence]) -> ShelfView:
    """The recordings in ``folder`` that say what is ``said``. Raises nothing; a folder that is not there holds none."""
    try:
        names = {entry.name for entry in os.scandir(folder)}
    except FileNotFoundError:
        return ShelfView({})
    except OSError as why:
        return ShelfView({}, (Fault(folder.name, "", "", f"the folder cannot be read ({why.strerror})", "check it"),))
    entries, faults = entries_of(folder, names)
    files: dict[str, Path] = {}
    for name in sorted(names - {INDEX}):
        found = RECORDING.fullmatch(name)
        if name.endswith(PART):
            continue
        if found is None or not name.endswith(".wav"):
            rule = "this is no recording that the kiosk plays"
            faults.append(Fault(name, "", "", rule, f"only PROMPT.wav and {INDEX} belong here: bring it on a stick"))
        elif fault := unfit(name, found[1], entries, said):
            faults.append(fault)
        else:
            files[found[1]] = folder / name
    gone = [prompt for prompt in entries if f"{prompt}.wav" not in names]
    faults += [Fault(f"{prompt}.wav", "", "", "there is no such file", "record it again") for prompt in gone]
    return ShelfView(files, tuple(faults), len(said), entries)


def unfit(name: str, prompt: str, entries: Mapping[str, OwnRecording], said: Mapping[str, Sentence]) -> Fault | None:
    """The reason for which the file ``name`` does not say the words of ``prompt``; None: as far as is known it does."""
    if prompt not in said:
        return Fault(name, "", "", NO_SUCH, "take it out")
    if prompt not in entries:
        rule = f"nobody knows which words it says: {INDEX} does not name it"
        return Fault(name, "", "", rule, "make the index with `kiosk voice sheet`, or record it at the kiosk")
    text = entries[prompt].text
    if text != said[prompt].text:
        return Fault(name, "", shown(text), f"the words are now {shown(said[prompt].text)}", "record it again")
    return None


def entries_of(folder: Path, names: set[str]) -> tuple[dict[str, OwnRecording], list[Fault]]:
    """The lines of a folder's index, and why there are none."""
    if INDEX not in names:
        return {}, []
    try:
        with open(open_file(folder / INDEX), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return {}, [Fault(INDEX, "", "", "this is not a file", "take it out")]
            return read_entries(file.read(INDEX_BYTES + 1))
    except OSError as why:
        return {}, [Fault(INDEX, "", "", f"it cannot be read ({why.strerror})", "check the file and its rights")]


def read_entries(raw: bytes) -> tuple[dict[str, OwnRecording], list[Fault]]:
    """The lines of an index, and why there are none; names and words are made harmless."""
    try:
        if len(raw) > INDEX_BYTES:
            raise ValueError(f"it is larger than {INDEX_BYTES >> 10} KiB")
        found = ENTRIES.decode(raw)
    except (ValueError, RecursionError) as why:  # msgspec's own is a ValueError
        rule = f"this is no index of recordings ({why})"
        return {}, [Fault(INDEX, "", "", rule, "make it with `kiosk voice sheet`")]
    return {
        prompt: OwnRecording(entry.text, harmless(entry.by, 100), harmless(entry.on, 10))
        for prompt, entry in found.items()
    }, []


def index_bytes(entries: Mapping[str, OwnRecording]) -> bytes:
    """An index as it is written."""
    return msgspec.json.format(msgspec.json.encode(dict(sorted(entries.items()))), indent=1) + b"\n"


def wav_bytes(samples: Samples) -> bytes:
    """``samples`` at ``bounds.RATE`` as a WAV file of 16 bits: what was checked is played, bit for bit."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.clip(np.rint(samples * 32_767), -32_768, 32_767).astype("<i2").tobytes())
    return out.getvalue()


def keep(folder: Path, recordings: Mapping[str, tuple[bytes, OwnRecording]]) -> None:
    """Put recordings into ``folder``, by their prompts; durable when it returns.

    Each takes its place whole, and the index comes last: cut off in between, each file is the old one or the new one,
    and one that the index does not name yet is not played. Raises Unsure where some may be there, any other OSError
    where nothing was changed.
    """
    for place in (folder.parent, folder):
        place.mkdir(mode=0o700, exist_ok=True)
    parts: list[tuple[Path, Path]] = []
    try:
        for prompt, (raw, _entry) in recordings.items():
            parts.append(_written(folder / f"{prompt}.wav", raw))
        entries, _faults = entries_of(folder, set(os.listdir(folder)))
        entries |= {prompt: entry for prompt, (_raw, entry) in recordings.items()}
        parts.append(_written(folder / INDEX, index_bytes(entries)))
    except OSError:
        for part, _file in parts:
            with contextlib.suppress(OSError):
                part.unlink()
        raise
    try:
        for part, file in parts:
            part.replace(file)
        sync_folder(folder)
        sync_folder(folder.parent)
    except OSError as why:
        raise Unsure(*why.args) from why


def _written(file: Path, raw: bytes) -> tuple[Path, Path]:
    part = file.with_name(file.name + PART)
    part.unlink(missing_ok=True)
    write_new(part, raw)
    return part, file
