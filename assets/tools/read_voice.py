"""Have the shipped voice read back by recognisers that lie inside packages: ``make voice-read``; then ``make docs``.

Nobody listens to every prompt before it ships. A recogniser at least tells whether the words are there.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import subprocess
import tempfile
import unicodedata
import wave
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import click
import numpy as np

from assets.tools.engines import ROOM
from assets.tools.level import RATE, decoded
from assets.tools.voices import VOICES, sentences
from kiosk.devices.sound_files import read_index

ASSETS = Path(__file__).resolve().parents[1]
HEARD = ASSETS.parent / "docs" / "voices-heard.json"
"""What was heard last: ``make docs`` makes a page of it."""
WINDOW_MS = 30_000
WINDOW_S = 25.0
"""Whisper hears 30 s at once, and takes as long for one word as for all of them."""
MUST = {
    "en": "left right green amber red one two three four",
    "de": "links linke linken linkes linker rechts rechte rechten rechtes rechter grün gelb rot zwei drei vier",
    "es": "izquierda izquierdo derecha derecho verde ambar rojo dos tres cuatro",
}
"""The words that must be heard rightly: sides, the colours of the buttons, numbers."""
OPPOSITES = {
    "en": ("left right", "green amber red", "one two three four"),
    "de": (
        "links rechts",
        "linke rechte",
        "linken rechten",
        "linkes rechtes",
        "linker rechter",
        "grün gelb rot",
        "zwei drei vier",
    ),
    "es": ("izquierda derecha", "izquierdo derecho", "verde ámbar rojo", "dos tres cuatro"),
}
"""Words that may not be taken for each other: each of those that must be heard stands in one of these groups."""
SWAPS = (("left", "right"), ("green", "amber"), ("one", "two"), ("three", "five"), ("weak", "strong"), ("bell", "belt"))
"""Words by whose exchange a sentence becomes a decoy."""
DIGITS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
    "de": ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"],
    "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"],
}


@dataclass(frozen=True, slots=True)
class Understood:
    """``words``, ``right`` of them heard; ``must`` that have to be, ``kept`` of them heard; ``wrong``: the others."""

    words: int
    right: int
    must: int
    kept: int
    wrong: tuple[str, ...]


def words_of(text: str, language: str) -> list[str]:
    """The words of ``text`` as a recogniser writes them: small letters, no accents on Spanish, digits as words."""
    plain = unicodedata.normalize("NFD", text.lower().replace("’", "'")).replace("\u0301", "")
    found = re.findall(r"[^\W_]+(?:'[^\W_]+)?", unicodedata.normalize("NFC", plain))
    return [DIGITS[language][int(word)] if word.isdigit() and int(word) <= 10 else word for word in found]


def understood(said: str, heard: str, language: str) -> Understood:
    """Compare two texts word by word."""
    expected, found = words_of(said, language), words_of(heard, language)
    # A recogniser may write two words as one.
    pairs = {one + other: (one, other) for one, other in pairwise(expected)}
    found = [word for written in found for word in pairs.get(written, (written,))]
    kept = set()
    for block in difflib.SequenceMatcher(None, expected, found, autojunk=False).get_matching_blocks():
        kept |= set(range(block.a, block.a + block.size))
    must = [n for n, word in enumerate(expected) if word in MUST[language].split()]
    wrong = [" ".join(expected[max(0, n - 2) : n + 2]) for n in must if n not in kept]
    return Understood(len(expected), len(kept), len(must), len(must) - len(wrong), tuple(wrong))


def critical(index: Mapping[str, str], language: str) -> list[str]:
    """The prompts with a side, a colour, a flag or the call text in them."""
    must = set(MUST[language].split())
    flags = {"ask.red-flags", "told.red-flag", "told.red-flag-again", "told.red-flag-eye"}
    return [name for name, text in index.items() if name in flags or must & set(words_of(text, language))]


def decoys(sentence: str) -> Iterator[str]:
    """``sentence`` with one word exchanged for its opposite."""
    for pair in SWAPS:
        for one, other in (pair, pair[::-1]):
            if re.search(rf"\b{one}\b", sentence, re.IGNORECASE):
                yield re.sub(rf"\b{one}\b", other, sentence, flags=re.IGNORECASE)


def choices(text: str, language: str) -> Iterator[list[str]]:
    """For each word of ``text`` that must be heard: ``text``, and ``text`` with each of its opposites instead."""
    for group in (group.split() for group in OPPOSITES[language]):
        for found in re.finditer(rf"\b(?:{'|'.join(group)})\b", text, re.IGNORECASE):
            others = [word for word in group if word != found[0].lower()]
            yield [
                text,
                *(text[: found.start()] + _as_written(word, found[0]) + text[found.end() :] for word in others),
            ]


def _as_written(word: str, like: str) -> str:
    return word.upper() if like.isupper() else word.capitalize() if like[0].isupper() else word


def once(names: Iterable[str], folder: Path) -> list[str]:
    """``names`` without those whose sound is that of another one: heard twice in a row, a recogniser writes it once."""
    found: dict[bytes, str] = {}
    for name in names:
        found.setdefault((folder / f"{name}.ogg").read_bytes(), name)
    return list(found.values())


def windows(names: list[str], ms: Mapping[str, int]) -> Iterator[list[str]]:
    """``names`` in groups that fit one window."""
    group: list[str] = []
    for name in names:
        if group and sum(ms[one] + 800 for one in (*group, name)) > WINDOW_S * 1_000:
            yield group
            group = []
        group.append(name)
    if group:
        yield group


def hear(language: str, *, everything: bool) -> dict[str, object]:
    """Have ``language`` read back; what was heard, with the texts it was compared with."""
    folder = ASSETS / "voice" / language
    entries = read_index(folder / "index.json")
    texts = {name: str(entry["text"]) for name, entry in entries.items()}
    names = once(texts if everything else critical(texts, language), folder)
    with tempfile.TemporaryDirectory() as place:
        for name in names:
            _write_wav(folder / f"{name}.ogg", Path(place, f"{name}.wav"))
        groups = list(windows(names, {name: int(entry["ms"]) for name, entry in entries.items()}))
        single = [name for name in once(critical(texts, language), folder) if len(sentences(texts[name])) == 1]
        grammar = {}
        if language == "en":
            right = list(dict.fromkeys(texts[name] for name in single))
            wrong = [decoy for sentence in right for decoy in decoys(sentence)]
            files = [str(Path(place, f"{name}.wav")) for name in single]
            grammar = {"sentences": list(dict.fromkeys(right + wrong)), "files": files}
        job = {"language": language, "grammar": grammar}
        job |= {"windows": [[str(Path(place, f"{name}.wav")) for name in group] for group in groups]}
        asked = [
            (name, of)
            for name in once(critical(texts, language), folder)
            if int(entries[name]["ms"]) <= WINDOW_MS
            for of in choices(texts[name], language)
        ]
        job |= {"choices": [{"file": str(Path(place, f"{name}.wav")), "texts": of} for name, of in asked]}
        jobs, out = Path(place, "jobs.json"), Path(place, "out.json")
        jobs.write_text(json.dumps(job), encoding="utf-8")
        python = ROOM / ".venv" / "bin" / "python"
        subprocess.run([str(python), str(Path(__file__).with_name("hear.py")), str(jobs), str(out)], check=True)
        found = json.loads(out.read_text(encoding="utf-8"))
    said = [" ".join(texts[name] for name in group) for group in groups]
    chosen = [[texts[name], answer] for name, answer in zip(single, found["chosen"], strict=False)]
    likelier = [[of[0], answer] for (_, of), answer in zip(asked, found["likelier"], strict=True)]
    heard = [list(pair) for pair in zip(said, found["heard"], strict=True)]
    return {"windows": heard, "grammar": chosen, "choices": likelier, "sounds": sounds(names, folder)}


def sounds(names: Iterable[str], folder: Path) -> dict[str, str]:
    """A digest of each sound that was heard: whose differs now has not been heard."""
    return {name: hashlib.sha256((folder / f"{name}.ogg").read_bytes()).hexdigest()[:16] for name in sorted(names)}


def _write_wav(ogg: Path, wav: Path) -> None:
    with wave.open(str(wav), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(decoded(ogg), -1, 1) * 32_767).astype("<i2").tobytes())


@click.command()
@click.argument("languages", nargs=-1, type=click.Choice(sorted(VOICES)))
@click.option("--all", "everything", is_flag=True, help="Every prompt, not only those that must be heard rightly.")
def main(languages: tuple[str, ...], everything: bool) -> None:
    """Read back LANGUAGES (all that have a voice)."""
    for language in languages or tuple(VOICES):
        kept = json.loads(HEARD.read_text(encoding="utf-8")) if HEARD.exists() else {}
        kept[language] = hear(language, everything=everything)
        HEARD.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        all_of = total(kept[language]["windows"], language)
        click.echo(f"{language}: {all_of.right} of {all_of.words} words; {all_of.kept} of {all_of.must} that must be")


def total(pairs: Sequence[Sequence[str]], language: str) -> Understood:
    """All windows together."""
    found = [understood(said, heard, language) for said, heard in pairs]
    return Understood(
        sum(one.words for one in found),
        sum(one.right for one in found),
        sum(one.must for one in found),
        sum(one.kept for one in found),
        tuple(wrong for one in found for wrong in one.wrong),
    )


if __name__ == "__main__":
    main()
