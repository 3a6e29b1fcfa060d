"""Each bad recording is told from a good one, with its file, the value, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from kiosk.paths import assets
from kiosk.programmes import shelf
from kiosk.session.prompts import PROMPTS
from kiosk.voice.bounds import MIDDLE_SPARE_MS, TARGET_LUFS
from kiosk.voice.judge import RawVoice, judged
from kiosk.voice.loudness import Samples
from kiosk.voice.prepare import clipped, levelled
from kiosk.voice.slots import START_MS, Sentence, sentences, slots
from tests.voice.made import speech

LIBRARY = shelf.load(assets() / "programmes", None)
CALM = Sentence("Let your face rest. Breathe out slowly, now.", 5_000)
FILE = "one.wav"
NOISE = np.random.default_rng(3).standard_normal(24_000 * 3).astype(np.float32)


def knocked() -> Samples:
    """A soft voice with knocks of a hand at the microphone in it."""
    voice = speech(4, 0.02)
    voice[30_000:30_048] = 0.9
    return voice


@dataclass(frozen=True)
class Case:
    """A recording and the words that tell what is wrong with it; none: nothing is."""

    samples: Samples
    says: tuple[str, ...] = ()
    sentence: Sentence = CALM
    as_is: bool = False


CASES = {
    "calm": Case(speech(4, quiet_s=3)),
    "soft": Case(speech(4, 0.05)),
    "loud but whole": Case(speech(4, 0.9)),
    "nothing": Case(np.zeros(0, np.float32), ("it is silent",)),
    "silent": Case(np.zeros(48_000, np.float32), ("it is silent",)),
    "hiss": Case(0.001 * NOISE, ("it is silent",)),
    "clipped": Case(np.clip(speech(4, 1.6), -1, 1), ("it is clipped", "further from the microphone")),
    "too quiet": Case(speech(4, 0.008), ("LUFS", "too quiet", "nearer to the microphone")),
    "too loud": Case(
        np.random.default_rng(4).uniform(-1, 1, 96_000).astype(np.float32), ("LUFS", "too loud", "turned down")
    ),
    "uneven": Case(knocked(), ("it is uneven", "without knocks")),
    "too long": Case(speech(6), ("6.0 s", "there are 5.0 s for it", "shorter pauses")),
    "too fast": Case(speech(2.5), ("words a minute", "at most 160", "more calmly")),
    "a cue has no pace": Case(speech(0.4), sentence=Sentence("Both sides together.", 4_500)),
    "played as it is, and fits": Case(levelled(speech(4)).samples, as_is=True),
    "played as it is, too loud": Case(speech(4, 0.9), ("LUFS", "too loud", "on a stick"), as_is=True),
    "played as it is, too quiet": Case(speech(4, 0.05), ("LUFS", "too quiet", "on a stick"), as_is=True),
}


@pytest.mark.parametrize("name", CASES)
def test_a_recording_is_judged(name: str) -> None:
    """A sentence for each reason, with the file's name; none for one that can be played."""
    case = CASES[name]
    raw = RawVoice(case.samples, clipped(case.samples))
    found, faults = judged(FILE, raw, case.sentence, as_is=case.as_is)
    said = " ".join(map(str, faults))
    assert len(faults) == bool(case.says)
    assert all(word in said for word in case.says)
    assert said.startswith(FILE) or not said
    if not faults:
        assert found is not None
        assert found.level.lufs == pytest.approx(TARGET_LUFS, abs=1)


def test_all_that_is_wrong_is_said_at_once() -> None:
    """Whoever records again should not meet the next reason only then."""
    bad = np.clip(speech(7, 1.6), -1, 1)
    _found, faults = judged(FILE, RawVoice(bad, clipped(bad)), Sentence(" ".join(["word"] * 30), 5_000))
    assert ["clipped" in str(faults[0]), "too long" in str(faults[1]), "too fast" in str(faults[2])] == [True] * 3


def test_every_prompt_has_words_and_a_limit() -> None:
    """Starts end before their lead-in, middles before their hold; what waits for nothing has an end as well."""
    said, limits = sentences(LIBRARY, "en"), slots(LIBRARY)
    assert said.keys() >= limits.keys() | PROMPTS.keys()
    starts = {limit for prompt, limit in limits.items() if ".start" in prompt}
    assert starts == {START_MS}
    longest: dict[str, float] = {}
    for line in (line for programme in LIBRARY.programmes.values() for line in programme.lines):
        # A hold of 20 s has no middle: the longer one counts.
        longest[line.exercise] = max(line.dose.hold_s, line.dose.rest_s, longest.get(line.exercise, 0))
    middles = {prompt: limit for prompt, limit in limits.items() if ".middle" in prompt}
    assert middles
    assert all(limit <= 1_000 * longest[prompt.split(".")[0]] for prompt, limit in middles.items())
    assert all(limit + MIDDLE_SPARE_MS > 0 for limit in limits.values())
    assert all(sentence.limit_ms >= 1_000 and sentence.text for sentence in said.values())
    assert sentences(LIBRARY, "tlh") == {}
