"""The voice of each language: the engine of the desk that speaks it, its pace and its pauses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SENTENCE_END = re.compile(r"(?<=[.!?])[”“\"»]?\s+")
CAPITALS = re.compile(r"\b[^\W\d_]{2,}\b")
PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": "", "”": "", "„": "", "«": "", "»": "", "–": ",", "—": ",", "\u00a0": " ", "\n": " "}
)


@dataclass(frozen=True, slots=True)
class VoiceModel:
    """Where a language's voice comes from and how it is led."""

    engine: str
    """A name in ``speak.ENGINES``."""
    voice: str
    """The voice, as that engine calls it."""
    speed: float
    """The pace at which sentences are spoken; 1: the engine's own."""
    slowest: float
    """The slowest pace to which a hurried sentence is brought."""
    letters_a_second: float
    """A sentence with more letters in a second is hurried: engines hurry through short words."""
    gap_s: float
    """Quiet between two sentences."""
    careful: tuple[str, ...] = ()
    """Words for which a sentence is spoken at the careful pace: a recogniser missed them in it otherwise."""
    careful_speed: float = 1.0
    """That pace."""
    spelled: Mapping[str, str] = field(default_factory=dict)
    """Words that are given to the engine in another spelling: what they sound like in it was read back."""
    lexicon: Mapping[str, str] = field(default_factory=dict)
    """Words whose phonemes are given, in the engine's own alphabet."""
    hisses: bool = False
    """The engine hisses before a vowel that a sentence begins with, so that "ámbar" is heard as "sambar"."""


VOICES: Mapping[str, VoiceModel] = MappingProxyType(
    {
        "en": VoiceModel("hibari", "heart", 0.78, 0.6, 12.5, 0.55),
        "es": VoiceModel(
            "kokoro",
            "es:ef_dora",
            0.85,
            0.6,
            15.0,
            0.55,
            spelled={
                "ámbar avanza": "ámbar, avanza",
                "Ámbar avanza": "Ámbar, avanza",
                "pulse ámbar": "pulse, ámbar",
                "Ámbar: no.": "Ámbar: no",
            },
            lexicon={"ámbar": "ambaɾ"},
            hisses=True,
        ),
        "de": VoiceModel(
            "pico",
            "de-DE",
            0.9,
            0.6,
            14.2,
            0.55,
            careful=("grün", "gelb", "rot", "rrot", "linke"),
            careful_speed=0.8,
            # An R that a sentence begins with bursts: "Rot" was heard as "Brot", "Rechtes" as "Brechtes".
            spelled={"Rot": "Rrot", "Rechtes": "Rrechtes", "Gelb hält": "Gelb, hält"},
        ),
    }
)


def begins_with_vowel(sentence: str) -> bool:
    """Whether the first sound of ``sentence`` is a vowel, in a language whose ``h`` is silent."""
    return re.match(r"[^\w]*h?[aeiouáéíóú]", sentence, re.IGNORECASE) is not None


def pace(sentence: str, model: VoiceModel) -> float:
    """The pace at which ``sentence`` is spoken at first."""
    words = set(re.findall(r"\w+", sentence.lower()))
    return model.careful_speed if words & set(model.careful) else model.speed


def sentences(text: str) -> list[str]:
    """The sentences of ``text``, in order: each is spoken by itself, so that the pause between two is ours."""
    return [part.strip() for part in SENTENCE_END.split(text) if re.search(r"\w", part)]


def given(sentence: str, model: VoiceModel) -> str:
    """``sentence`` as the engine gets it: plain signs, words in capitals as words, and what it is known to misread."""
    plain = CAPITALS.sub(lambda word: word[0].lower() if word[0].isupper() else word[0], sentence).translate(PLAIN)
    for written, said in model.spelled.items():
        plain = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", said, plain)
    return re.sub(r"\s+", " ", plain).strip()
