"""Every English sentence that care can hand to a screen, so that a catalogue of translations can be held against it."""

from __future__ import annotations

from itertools import permutations

from kiosk.care.consent import WORDINGS
from kiosk.care.families import PACKS
from kiosk.care.library import Library
from kiosk.care.plan import PACKS_IN_SESSION, SERVICE, why
from kiosk.care.reasons import FOR_STAFF, NOTICES, REASONS
from kiosk.care.texts import OTHER_SIDE, spoken, variants
from kiosk.care.words import SIDE_WORDS, WORDS


def catalogue(library: Library) -> tuple[str, ...]:
    """All sentences of ``library``, of the rules and of the labels, each once, in a stable order."""
    texts = [text for labels in WORDS.values() for text in labels.values()]
    texts += SIDE_WORDS.values()
    texts += [text for lines in WORDINGS.values() for text in lines]
    texts += [reason.text for reason in REASONS.values()]
    texts += FOR_STAFF.values()
    texts += NOTICES.values()
    texts += [text for _, _, *said in SERVICE.values() for text in said]
    texts.append(OTHER_SIDE)
    for programme in (*library.programmes.values(), *library.sets.values()):
        texts += [programme.title, programme.summary]
    for exercise in library.exercises.values():
        texts.append(exercise.title)
        for variant in variants(exercise):
            said = spoken(exercise, variant)
            texts += [said.sentence, said.feel, said.end, *said.phases]
    for scale in library.scales.values():
        texts += [scale.title, scale.licence, scale.source]
        for item in scale.items:
            texts += [item.text, *(answer.text for answer in item.answers)]
    for card in library.cards.values():
        texts += [card.title, *card.pages]
    for count in range(1, PACKS_IN_SESSION + 1):
        for packs in permutations(PACKS, count):
            texts += [why(packs, asked=True), why(packs, asked=False)]
    return tuple(dict.fromkeys(text for text in texts if text))
