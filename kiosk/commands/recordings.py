"""The work of ``kiosk voice``: what there is to say, and whether a site's own recordings of it can be played."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kiosk.care.library import Library
from kiosk.faults import Fault
from kiosk.paths import assets
from kiosk.programmes import shelf
from kiosk.safefiles import open_file
from kiosk.voice.bounds import LANGUAGE
from kiosk.voice.check import looked_at
from kiosk.voice.kept import INDEX, PART, OwnRecording, entries_of, index_bytes, view
from kiosk.voice.listen import VoiceListener
from kiosk.voice.slots import Sentence, sentences

SHEET = "sheet.csv"
SPARED = (INDEX, SHEET)


@dataclass(frozen=True, slots=True)
class VoiceChecked:
    """The finding in one ``language`` of so many ``sentences``.

    ``missing``: prompts that cannot be played from here, and their words. ``faults`` of recordings that are left out.
    """

    language: str
    sentences: int
    missing: Mapping[str, str]
    faults: tuple[Fault, ...]


def spoken(data: Path, language: str) -> dict[str, Sentence]:
    """Return everything that the kiosk of ``data`` says in ``language``."""
    return sentences(_library(data), language)


def write_sheet(folder: Path, said: Mapping[str, Sentence], by: str) -> int:
    """Write table and index; the number of sentences that have no recording yet. Raises OSError.

    A recording that is there keeps its line in the index: it says what it said when it was made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there = {Path(name).stem for name in os.listdir(folder) if name not in SPARED}
    old, _faults = entries_of(folder, set(os.listdir(folder)))
    entries = {
        prompt: old[prompt] if prompt in there and prompt in old else OwnRecording(sentence.text, by)
        for prompt, sentence in said.items()
    }
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("file", "words", "at most, in seconds"))
    for prompt, sentence in said.items():
        table.writerow((f"{prompt}.wav", sentence.text, f"{sentence.limit_ms / 1_000:.1f}"))
    (folder / SHEET).write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    (folder / INDEX).write_bytes(index_bytes(entries))
    return len(said.keys() - there)


def checked(folder: Path | None, data: Path) -> list[VoiceChecked]:
    """The recordings of each language in ``folder``; None: those that the kiosk of ``data`` plays, as they are."""
    known = _library(data)
    place = data / "voice" if folder is None else next((p for p in (folder / "voice",) if p.is_dir()), folder)
    languages = sorted(p.name for p in place.glob("*") if p.is_dir() and LANGUAGE.fullmatch(p.name))
    with VoiceListener() as listener:
        return [_language(place / name, sentences(known, name), listener, as_is=folder is None) for name in languages]


def _language(place: Path, said: Mapping[str, Sentence], listener: VoiceListener, *, as_is: bool) -> VoiceChecked:
    names = set(os.listdir(place))
    if as_is:
        seen = view(place, said)
        entries, before = seen.entries, list(seen.faults)
        names = {path.name for path in seen.files.values()}
    else:
        entries, before = entries_of(place, names)
        names = {name for name in names if name not in SPARED and not name.endswith(PART)}
    found = looked_at(names, lambda name: open_file(place / name), entries, said, listener, as_is=as_is)
    missing = {prompt: sentence.text for prompt, sentence in said.items() if prompt not in found.fit}
    return VoiceChecked(place.name, len(said), missing, (*before, *found.faults))


def told(found: list[VoiceChecked]) -> list[str]:
    """The findings in words."""
    lines = []
    for one in found:
        lines += [f"{one.language}/{fault}" for fault in one.faults]
        lines += [f"{one.language}/{prompt}: not recorded: {words}" for prompt, words in one.missing.items()]
        spoken = one.sentences - len(one.missing)
        lines.append(f"{one.language}: {spoken} of {one.sentences} sentences are recorded and can be played.")
    return lines or ["There are no recordings here: the kiosk's own voice says everything."]


def to_json(found: list[VoiceChecked]) -> str:
    """``{"ok": bool, "languages": {"en": {"sentences", "missing": [prompt], "faults": [{"file", …}]}}}``."""
    languages = {
        one.language: {
            "sentences": one.sentences,
            "missing": list(one.missing),
            "faults": msgspec.to_builtins(one.faults),
        }
        for one in found
    }
    return json.dumps({"ok": not any(one.faults for one in found), "languages": languages}, indent=2)


def _library(data: Path) -> Library:
    return shelf.load(assets() / "programmes", data / "programmes")
