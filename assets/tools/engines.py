"""The engines of the desk, asked from here: they speak in a child with an environment of its own (``speak.lock``)."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import numpy as np

from assets.tools.voices import VoiceModel
from kiosk.errors import AssetError
from kiosk.voice.loudness import Samples

SCRIPT = Path(__file__).with_name("speak.py")
ROOM = Path(__file__).resolve().parents[2] / "build" / "voice"
"""Where ``make voice`` puts the environment, and where sentences are kept that were spoken once."""


class Engines:
    """Speaks sentences, each once: what was spoken before, by the same voice at the same pace, is kept."""

    def __init__(self, room: Path = ROOM) -> None:
        self._python = room / ".venv" / "bin" / "python"
        self._kept = room / "spoken"
        self._child: subprocess.Popen[str] | None = None

    def __call__(self, sentence: str, model: VoiceModel, speed: float) -> Samples:
        """Speak ``sentence`` at a pace. Raises ``AssetError`` when the environment is missing or the engine failed."""
        job = self.job(sentence, model, speed)
        key = hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest()[:24]
        file = self._kept / f"{key}.f32"
        if not file.exists():
            self._speak({"key": key, **job})
        return np.frombuffer(file.read_bytes(), "<f4")

    def job(self, sentence: str, model: VoiceModel, speed: float) -> dict[str, object]:
        """What the child is asked for; of the lexicon the words of this sentence, so that no other is spoken anew."""
        said = set(re.findall(r"\w+", sentence.lower()))
        lexicon = {word: sound for word, sound in model.lexicon.items() if word in said}
        return {"engine": model.engine, "voice": model.voice, "text": sentence, "speed": speed, "lexicon": lexicon}

    def close(self) -> None:
        """End the child."""
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()
            self._child.wait()

    def _speak(self, job: dict[str, object]) -> None:
        if self._child is None:
            if not self._python.exists():
                raise AssetError(f"{self._python} is missing: the voice's engines are set up by `make voice`")
            self._kept.mkdir(parents=True, exist_ok=True)
            command = [str(self._python), str(SCRIPT), str(self._kept)]
            self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._child.stdin is not None  # noqa: S101 (pipes were asked for)
        assert self._child.stdout is not None  # noqa: S101
        try:
            self._child.stdin.write(json.dumps(job) + "\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            pass
        if self._child.stdout.readline().strip() != job["key"]:
            raise AssetError(f"{job['engine']} could not speak {job['text']!r}: what it said stands above")
