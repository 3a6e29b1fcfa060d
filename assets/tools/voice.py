"""The kiosk's voice is made at a desk, not at the bed: prompts in, sound files and their index out.

Rendering needs the engines of ``speak.lock`` and Debian's sox (``make voice``). Checking that the files fit the words
needs nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from assets.tools import level
from assets.tools.voices import VoiceModel, begins_with_vowel, given, pace, sentences
from kiosk.care import plan
from kiosk.devices.sound_files import PROMPT_ID, ogg_ms, read_index
from kiosk.errors import AssetError
from kiosk.programmes import shelf
from kiosk.session.prompts import prompts_in
from kiosk.voice.loudness import Samples
from kiosk.voice.slots import PHASE_MS, START_MS
from kiosk.words import words

Speak = Callable[[str, VoiceModel, float], Samples]
"""Speaks one sentence at a pace: samples (count,) at ``level.RATE``."""

INDEX = "index.json"
ROOM_S = {"start": START_MS / 1_000, **dict.fromkeys(("phase-1", "phase-2", "phase-3"), PHASE_MS / 1_000)}
"""The longest that such a part of an exercise may last: where it has the least time."""
MOST_HASTE = 1.3
"""What has too little room is spoken faster than the model's pace, by so much at the most."""
MADE = 1
"""Grows when a prompt is put together in another way, so that all are made again."""


def prompts(assets: Path, language: str = "en") -> dict[str, str]:
    """Every prompt that the built-in programmes and the session can speak: prompt id → text in ``language``."""
    said = words(language, assets)
    return {**prompts_in(said), **plan.prompts(shelf.load(assets / "programmes", None), said)}


def room_s(prompt_id: str) -> float | None:
    """The time that ``prompt_id`` has, in s; None: as long as it takes."""
    return next((ROOM_S[part] for part in prompt_id.split(".") if part in ROOM_S), None)


def made_of(prompt_id: str, text: str, model: VoiceModel) -> str:
    """The digest of all that a prompt's sound depends on: its words, the voice, how it is put together."""
    spoken = [given(sentence, model) for sentence in sentences(text)]
    parts = [MADE, room_s(prompt_id), spoken, *asdict(model).items()]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:16]


def differences(prompts: Mapping[str, str], folder: Path, model: VoiceModel) -> list[str]:
    """Why the files in ``folder`` do not say ``prompts``: a sentence for each reason, none if they do."""
    out = [f"{name!r} cannot be a file's name: use letters, digits, - . _" for name in sorted(prompts) if _unfit(name)]
    try:
        index = read_index(folder / INDEX)
    except AssetError as exc:
        return [*out, str(exc)]
    for prompt_id, text in prompts.items():
        path = folder / f"{prompt_id}.ogg"
        if prompt_id not in index:
            out.append(f"{prompt_id} has no voice: it says {text!r}")
        elif index[prompt_id]["text"] != text:
            out.append(f"{prompt_id} says {index[prompt_id]['text']!r} in the voice and {text!r} on the screen")
        elif index[prompt_id].get("made") != made_of(prompt_id, text, model):
            out.append(f"{prompt_id} was made by another voice, or in another way")
        elif (ms := ogg_ms(path)) != index[prompt_id]["ms"]:
            out.append(f"{path} lasts {ms} ms and the index says {index[prompt_id]['ms']}")
    files = {path.stem for path in folder.glob("*.ogg")}
    out += [f"{prompt_id} has a voice, and nothing says it any more" for prompt_id in sorted(index.keys() | files)
            if prompt_id not in prompts]  # fmt: skip
    return out


def render(
    prompts: Mapping[str, str],
    folder: Path,
    model: VoiceModel,
    speak: Speak,
    everything: bool = False,
    write: Callable[[Samples, Path], None] = level.write_levelled,
) -> Iterator[str]:
    """Make ``folder`` say ``prompts``; yields each id once it is spoken. Only what changed is made anew.

    Raises ``AssetError`` for an id that cannot be a file's name, and whatever ``speak`` raises. What was finished
    before a failure is in the index, so the next run goes on from there.
    """
    for prompt_id in prompts:
        if _unfit(prompt_id):
            raise AssetError(f"{prompt_id!r} cannot be a file's name: use letters, digits, - . _")
    folder.mkdir(parents=True, exist_ok=True)
    old = read_index(folder / INDEX) if (folder / INDEX).exists() and not everything else {}
    index = {
        prompt_id: old[prompt_id]
        for prompt_id, text in prompts.items()
        if prompt_id in old
        and old[prompt_id]["text"] == text
        and old[prompt_id].get("made") == made_of(prompt_id, text, model)
        and ogg_ms(folder / f"{prompt_id}.ogg") == old[prompt_id]["ms"]
    }
    try:
        for prompt_id, text in prompts.items():
            if prompt_id not in index:
                path = folder / f"{prompt_id}.ogg"
                write(spoken(text, model, speak, room_s(prompt_id)), path)
                index[prompt_id] = {"text": text, "ms": ogg_ms(path), "made": made_of(prompt_id, text, model)}
                yield prompt_id
    finally:
        _write_index(folder / INDEX, {prompt_id: index[prompt_id] for prompt_id in sorted(index)})
    for path in folder.glob("*.ogg"):
        if path.stem not in prompts:
            path.unlink()


def spoken(text: str, model: VoiceModel, speak: Speak, room_s: float | None = None) -> Samples:
    """``text`` as it is heard, before it is levelled: its sentences, with the model's pause between two.

    Hurried through it is spoken more slowly, and what does not fit ``room_s`` faster. Raises ``AssetError`` where there
    is no word, and where there is no room.
    """
    if not (parts := [given(part, model) for part in sentences(text)]):
        raise AssetError(f"{text!r} cannot be spoken: it has no word")
    said = [_calm(part, model, speak) for part in parts]
    made = _joined([sound for sound, _ in said], model)
    gaps_s = (len(parts) - 1) * model.gap_s
    if room_s is not None and len(made) / level.RATE > room_s:
        haste = math.ceil(20 * (len(made) / level.RATE - gaps_s) / (room_s - gaps_s)) / 20
        for more in (haste, haste + 0.05, haste + 0.1):
            paces = [round(min(speed * more, model.speed * MOST_HASTE), 3) for _, speed in said]
            made = _joined([_said(part, model, speed, speak) for part, speed in zip(parts, paces, strict=True)], model)
            if len(made) / level.RATE <= room_s:
                return made
        raise AssetError(f"{text!r} lasts {len(made) / level.RATE:.2f} s and has {room_s} s: find shorter words")
    return made


def _joined(said: Sequence[Samples], model: VoiceModel) -> Samples:
    gap = np.zeros(round(max(0.0, model.gap_s - level.BEFORE_S - level.AFTER_S) * level.RATE), np.float32)
    return np.concatenate([piece for part in said for piece in (gap, part)][1:])


def _calm(sentence: str, model: VoiceModel, speak: Speak) -> tuple[Samples, float]:
    """``sentence`` at the model's pace, slower where the engine hurries through it; and the pace."""
    first = pace(sentence, model)
    said = _said(sentence, model, first, speak)
    heard_s = len(said) / level.RATE - level.BEFORE_S - level.AFTER_S
    hurry = sum(sign.isalpha() for sign in sentence) / heard_s / model.letters_a_second
    if hurry <= 1:
        return said, first
    # In whole steps, so that a change of nothing but the first try does not change the second.
    slower = max(model.slowest, round(first / hurry, 2))
    return _said(sentence, model, slower, speak), slower


def _said(sentence: str, model: VoiceModel, speed: float, speak: Speak) -> Samples:
    """``sentence`` at one pace, its ends trimmed, and no hiss before a vowel that it begins with."""
    sound = speak(sentence, model, speed)
    return level.trimmed(level.from_its_voice(sound) if model.hisses and begins_with_vowel(sentence) else sound)


def _unfit(prompt_id: str) -> bool:
    return PROMPT_ID.fullmatch(prompt_id) is None


def _write_index(path: Path, index: Mapping[str, object]) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    new.replace(path)
