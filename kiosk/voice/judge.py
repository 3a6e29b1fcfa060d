"""Judging of one recording. Each reason against playing it is a fault: the file, the value, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.booth.model import FlawKind, VoiceFlaw
from kiosk.faults import Fault
from kiosk.voice.bounds import (
    LEAST_WORDS,
    LOUDEST_LUFS,
    MOST_PEAK_DB,
    QUIETEST_LUFS,
    SILENT_DB,
    TARGET_LUFS,
    TOLERANCE_LU,
    UNEVEN_LU,
    WORDS_A_MINUTE,
)
from kiosk.voice.loudness import Samples
from kiosk.voice.prepare import FitVoice, as_it_is, levelled, loudest_db, trimmed
from kiosk.voice.slots import Sentence

AGAIN = "record it again"


@dataclass(frozen=True, slots=True)
class RawVoice:
    """A recording as it came: ``samples`` (count,) at ``bounds.RATE``; ``clipped``: its waves are cut off flat."""

    samples: Samples
    clipped: bool


def judged(
    file: str, heard: RawVoice, sentence: Sentence, *, as_is: bool = False
) -> tuple[FitVoice | None, list[Fault]]:
    """The recording as it would be played, and what speaks against it; None: there is nothing in it.

    ``as_is``: it is played as it is, without being trimmed and levelled first.
    """
    found, flaws = assessed(heard, sentence, as_is=as_is)
    return found, [_fault(file, flaw, found, as_is=as_is) for flaw in flaws]


def assessed(
    heard: RawVoice, sentence: Sentence, *, as_is: bool = False
) -> tuple[FitVoice | None, tuple[VoiceFlaw, ...]]:
    """The same, in numbers."""
    if loudest_db(heard.samples) < SILENT_DB:
        return None, (VoiceFlaw(FlawKind.SILENT),)
    flaws = [VoiceFlaw(FlawKind.CLIPPED)] if heard.clipped else []
    found = as_it_is(heard.samples if as_is else trimmed(heard.samples))
    tolerance = (TARGET_LUFS - TOLERANCE_LU, TARGET_LUFS + TOLERANCE_LU)
    lowest, highest = tolerance if as_is else (QUIETEST_LUFS, LOUDEST_LUFS)
    lufs = found.level.lufs
    if lufs < lowest:
        flaws.append(VoiceFlaw(FlawKind.QUIET, lufs, lowest))
    elif not heard.clipped and (lufs > highest or (as_is and found.level.peak_db > MOST_PEAK_DB + 0.5)):
        flaws.append(VoiceFlaw(FlawKind.LOUD, lufs, highest))
    if not as_is:
        found = levelled(found.samples)
        below = TARGET_LUFS - found.level.lufs
        if lufs >= lowest and below > UNEVEN_LU:
            flaws.append(VoiceFlaw(FlawKind.UNEVEN, below, UNEVEN_LU))
    if found.ms > sentence.limit_ms:
        flaws.append(VoiceFlaw(FlawKind.LONG, found.ms / 1_000, sentence.limit_ms / 1_000))
    words = len(sentence.text.split())
    pace = words * 60_000 / max(1, found.ms)
    if words >= LEAST_WORDS and pace > WORDS_A_MINUTE:
        flaws.append(VoiceFlaw(FlawKind.FAST, pace, WORDS_A_MINUTE))
    return found, tuple(flaws)


def _fault(file: str, flaw: VoiceFlaw, found: FitVoice | None, *, as_is: bool) -> Fault:
    """A flaw in words: the value, what is wrong, and what to do."""
    value, bound = flaw.value, flaw.bound
    peak = 0.0 if found is None else found.level.peak_db
    on_a_stick = "it is played as it is: bring it in on a stick, where it is levelled"
    told, rule, action = {
        FlawKind.SILENT: ("", "it is silent: nothing can be heard in it", AGAIN),
        FlawKind.CLIPPED: (
            "",
            "it is clipped: the tops of its waves are cut off flat",
            f"{AGAIN}, further from the microphone or with the microphone turned down",
        ),
        FlawKind.QUIET: (
            f"{value:.1f} LUFS",
            f"it is too quiet: at least {bound:.0f} LUFS",
            on_a_stick if as_is else f"{AGAIN}, nearer to the microphone",
        ),
        FlawKind.LOUD: (
            f"{value:.1f} LUFS, peaks of {peak:.1f} dB" if as_is else f"{value:.1f} LUFS",
            f"it is too loud: at most {bound:.0f} LUFS",
            on_a_stick if as_is else f"{AGAIN}, with the microphone turned down",
        ),
        FlawKind.UNEVEN: (
            "",
            f"it is uneven: its peaks keep it {value:.0f} dB quieter than the others",
            f"{AGAIN}, without knocks and at an even distance",
        ),
        FlawKind.LONG: (
            f"{value:.1f} s",
            f"it is too long: there are {bound:.1f} s for it",
            f"{AGAIN}, with shorter pauses",
        ),
        FlawKind.FAST: (
            f"{value:.0f} words a minute",
            f"it is too fast: at most {bound:.0f} words a minute",
            f"{AGAIN}, more calmly",
        ),
    }[flaw.kind]
    return Fault(file, "", told, rule, action)
