"""The kiosk's voice is made at a desk, not at the bed: prompts in, sound files and their index out.

Rendering needs Debian's festival, festvox-us-slt-hts and sox. Checking that the files fit the words needs nothing.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import struct
import subprocess
import tempfile
import wave
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kiosk.care import plan
from kiosk.devices.sound_files import PROMPT_ID, ogg_ms, read_index
from kiosk.errors import AssetError
from kiosk.programmes import shelf
from kiosk.session.prompts import prompts_in
from kiosk.words import words

Speak = Callable[[str, Path], None]
"""Writes a text as speech into a file."""

INDEX = "index.json"
TOOLS = {"text2wave": "festival", "sox": "sox"}
VOICE_PACKAGE = "festvox-us-slt-hts"
VOICE = "voice_cmu_us_slt_arctic_hts"
MANNER = """'("-r" 0.9) '("-b" 0.2)"""
"""A tenth slower than people talk, for it is listened to by tired people with their eyes closed; and vowels set off
a little from each other. These go to the HTS engine: festival's own Duration_Stretch does not reach this voice."""
PRONOUNCED = (
    '("synkinesis" n (((s ih n) 1) ((k ax) 0) ((n iy) 1) ((s ax s) 0)))',
    '("botulinum" n (((b aa ch) 1) ((ax) 0) ((l ay) 1) ((n ax m) 0)))',
)
"""Words that the engine's letter rules get wrong, in its own phonemes."""
LOUDNESS_DB = -20.0
RATE = 22_050
QUALITY = "1"
WORKERS = 2
SAID = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": ",", "—": ",", "…": ".", "\u00a0": " ", "\n": " "})
"""festival reads ASCII."""

TONES = {
    "start": ((698.5, 0.15), (1_046.5, 0.22)),
    "end": ((784.0, 0.52),),
}
"""Frequency in Hz and length in s of each note. Two rising ones begin, a long low one ends: the rhythm differs, too."""
RAMP_S = 0.03
TONE_PEAK = 0.22


def prompts(assets: Path, language: str = "en") -> dict[str, str]:
    """Every prompt that the built-in programmes and the session can speak: prompt id → text in ``language``."""
    said = words(language, assets)
    return {**prompts_in(said), **plan.prompts(shelf.load(assets / "programmes", None), said)}


def differences(prompts: Mapping[str, str], folder: Path) -> list[str]:
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
        elif (ms := ogg_ms(path)) != index[prompt_id]["ms"]:
            out.append(f"{path} lasts {ms} ms and the index says {index[prompt_id]['ms']}")
    files = {path.stem for path in folder.glob("*.ogg")}
    out += [f"{prompt_id} has a voice, and nothing says it any more" for prompt_id in sorted(index.keys() | files)
            if prompt_id not in prompts]  # fmt: skip
    return out


def render(prompts: Mapping[str, str], folder: Path, speak: Speak, everything: bool = False) -> Iterator[str]:
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
        and ogg_ms(folder / f"{prompt_id}.ogg") == old[prompt_id]["ms"]
    }
    todo = [prompt_id for prompt_id in prompts if prompt_id not in index]

    def one(prompt_id: str) -> int:
        path = folder / f"{prompt_id}.ogg"
        speak(prompts[prompt_id], path)
        ms = ogg_ms(path)
        if ms is None:
            raise AssetError(f"{path} was rendered from {prompts[prompt_id]!r} and is no Ogg Vorbis file")
        return ms

    try:
        with ThreadPoolExecutor(WORKERS) as pool:
            for prompt_id, ms in zip(todo, pool.map(one, todo), strict=True):
                index[prompt_id] = {"text": prompts[prompt_id], "ms": ms}
                yield prompt_id
    finally:
        _write_index(folder / INDEX, {prompt_id: index[prompt_id] for prompt_id in sorted(index)})
    for path in folder.glob("*.ogg"):
        if path.stem not in prompts:
            path.unlink()


def speak_with_festival(text: str, out: Path) -> None:
    """Speak ``text`` into the Ogg Vorbis file ``out``: mono, trimmed, softly begun, at an even loudness.

    Raises ``AssetError`` when a tool or the voice is missing, or the text cannot be spoken.
    """
    for tool, package in TOOLS.items():
        if shutil.which(tool) is None:
            raise AssetError(f"{tool} is missing: apt-get install {package} (the voice needs {VOICE_PACKAGE}, too)")
    said = text.translate(SAID)
    if not said.isascii() or not re.search("[A-Za-z]", said):
        raise AssetError(f"{text!r} cannot be spoken: use English letters and plain punctuation")
    with tempfile.TemporaryDirectory(prefix="voice-") as scratch:
        raw, even = Path(scratch, "raw.wav"), Path(scratch, "even.wav")
        words = " ".join(f"(lex.add.entry '{word})" for word in PRONOUNCED)
        how = f"(begin ({VOICE}) {words} (set! hts_engine_params (append hts_engine_params (list {MANNER}))))"
        _run(["text2wave", "-eval", how, "-o", str(raw)], said)
        # The voice is a little dull: lift 2.8 kHz, where consonants are told apart. Silence is cut at both ends.
        cut = ["silence", "1", "0.02", "-55d", "reverse"]
        _run(
            [
                "sox",
                str(raw),
                "-r",
                str(RATE),
                "-c",
                "1",
                str(even),
                "highpass",
                "60",
                "equalizer",
                "2800",
                "1.5q",
                "4",
                *cut,
                *cut,
            ]
        )
        gain = LOUDNESS_DB - loudness_db(even)
        shape = ["gain", "-l", f"{gain:.2f}", "fade", "q", "0.04", "-0", "0.06", "pad", "0.06", "0.12"]
        _run(["sox", str(even), "-C", QUALITY, str(out), *shape])


def loudness_db(path: Path) -> float:
    """How loud the speech in ``path`` is, without its pauses: dB below full scale, weighted about as in BS.1770."""
    weighted = ["highpass", "38", "treble", "4", "1500", "silence", "1", "0.05", "-45d", "-1", "0.15", "-45d", "stats"]
    said = _run(["sox", str(path), "-n", *weighted])
    found = re.search(r"RMS lev dB\s+(-[\d.]+)", said)
    if found is None:
        raise AssetError(f"{path} is silent: there is nothing to make louder")
    return float(found[1]) - 0.69


def render_tones(folder: Path) -> None:
    """Write each tone as a WAV file: sine notes with soft ramps, so that nothing ticks."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, notes in TONES.items():
        samples = [sample for hertz, seconds in notes for sample in _note(hertz, seconds)]
        with wave.open(str(folder / f"{kind}.wav"), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def _note(hertz: float, seconds: float) -> Iterator[int]:
    count, ramp = round(seconds * RATE), round(RAMP_S * RATE)
    for i in range(count):
        edge = min(i, count - 1 - i, ramp) / ramp
        # Falling away as a struck bar does; an even tone sounds like an alarm.
        loud = TONE_PEAK * (1 - math.cos(math.pi * edge)) / 2 * math.exp(-1.5 * i / count)
        yield round(32_767 * loud * math.sin(2 * math.pi * hertz * i / RATE))


def _unfit(prompt_id: str) -> bool:
    return PROMPT_ID.fullmatch(prompt_id) is None


def _write_index(path: Path, index: Mapping[str, object]) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    new.replace(path)


def _run(command: list[str], said: str = "") -> str:
    """Run ``command`` and return what it said on stderr; ``AssetError`` with that when it fails."""
    done = subprocess.run(command, input=said, capture_output=True, text=True, check=False)
    if done.returncode or "unbound variable" in done.stderr:
        raise AssetError(
            f"{command[0]} failed ({done.stderr.strip()[-300:]}): is the voice there? apt-get install {VOICE_PACKAGE}"
        )
    return done.stderr
