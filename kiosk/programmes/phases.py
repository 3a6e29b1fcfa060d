"""The words for what is done just now, which stand under the ring and are spoken: as many as the kind has phases.

The first of them shares a word with the sentence, so that the two cannot say different things, and words that fit
every exercise ("Stay", "Slowly in") stand only where the sentence says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kiosk.care.model import Exercise, StepKind
from kiosk.faults import shown
from kiosk.programmes.reading import FileSheet

NAMES: Mapping[StepKind, tuple[str, ...]] = {
    StepKind.MOVEMENT: ("in", "hold", "out"),
    StepKind.BLINK: ("down", "closed", "up"),
    StepKind.BREATHE: ("breathe in", "breathe out"),
}
"""The phases of the kinds that have more than one."""
ONE = ("what is done",)
STEM = 4
"""Letters by which two forms of a word are known to be the same: "circle" and "circles"."""
JOINING = frozenset(("and", "the", "your"))
FITS_ALL = frozenset(("in", "out", "hold", "stay", "keep", "begin", "move", "slowly", "softly", "gently", "still"))
"""A phase of these words alone fits every exercise, and so says nothing of this one."""


def check_phases(sheet: FileSheet, path: str, exercise: Exercise) -> None:
    """Hold the phases of ``exercise`` against its kind and against its sentences, in both forms."""
    names, phases = NAMES.get(exercise.kind, ONE), exercise.phases
    if len(phases) != len(names) and (phases or len(names) > 1):
        rule = f"{exercise.kind.value} has {len(names)} phase{'s' * (len(names) > 1)}: {', '.join(names)}"
        sheet.fault(f"{path}.phases", shown(list(phases)), rule, "name each in a few words")
        return
    sentences = [text for text in (exercise.do, exercise.one_hand) if text]
    for number, phase in enumerate(phases):
        own = set(_words(phase))
        for text in sentences:
            shares = bool(_stems(phase) & _stems(text))
            if own <= FITS_ALL and not shares:
                rule = f"this fits every exercise and not this sentence: {shown(text)}"
            elif not number and not shares:
                rule = f"this shares no word with the sentence: {shown(text)}"
            else:
                continue
            sheet.fault(f"{path}.phases", shown(phase), rule, "say what is done, in a word of the sentence")
            return


def _words(text: str) -> Iterator[str]:
    return (match.group() for match in re.finditer(r"[^\W\d_]+", text.casefold()))


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in _words(text) if len(word) > 1 and word not in JOINING}
