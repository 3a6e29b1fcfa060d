"""Judging of one recording. Each reason against playing it is a fault: the file, the value, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

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

    def fault(value: str, rule: str, action: str = AGAIN) -> Fault:
        return Fault(file, "", value, rule, action)

    if loudest_db(heard.samples) < SILENT_DB:
        return None, [fault("", "it is silent: nothing can be heard in it")]
    faults = []
    if heard.clipped:
        rule = "it is clipped: the tops of its waves are cut off flat"
        faults.append(fault("", rule, f"{AGAIN}, further from the microphone or with the microphone turned down"))
    if as_is:
        found = as_it_is(heard.samples)
        lowest, highest = TARGET_LUFS - TOLERANCE_LU, TARGET_LUFS + TOLERANCE_LU
        quiet = loud = "it is played as it is: bring it in on a stick, where it is levelled"
    else:
        lowest, highest = QUIETEST_LUFS, LOUDEST_LUFS
        quiet, loud = f"{AGAIN}, nearer to the microphone", f"{AGAIN}, with the microphone turned down"
        found = as_it_is(trimmed(heard.samples))
    lufs = found.level.lufs
    if lufs < lowest:
        faults.append(fault(f"{lufs:.1f} LUFS", f"it is too quiet: at least {lowest:.0f} LUFS", quiet))
    elif not heard.clipped and (lufs > highest or (as_is and found.level.peak_db > MOST_PEAK_DB + 0.5)):
        value = f"{lufs:.1f} LUFS, peaks of {found.level.peak_db:.1f} dB"
        faults.append(fault(value, f"it is too loud: at most {highest:.0f} LUFS", loud))
    if not as_is:
        found = levelled(found.samples)
        if lufs >= lowest and found.level.lufs < TARGET_LUFS - UNEVEN_LU:
            rule = f"it is uneven: its peaks keep it {TARGET_LUFS - found.level.lufs:.0f} dB quieter than the others"
            faults.append(fault("", rule, f"{AGAIN}, without knocks and at an even distance"))
    if sentence.limit_ms is not None and found.ms > sentence.limit_ms:
        rule = f"it is too long: there are {sentence.limit_ms / 1_000:.1f} s for it"
        faults.append(fault(f"{found.ms / 1_000:.1f} s", rule, f"{AGAIN}, with shorter pauses"))
    words = len(sentence.text.split())
    pace = words * 60_000 / max(1, found.ms)
    if words >= LEAST_WORDS and pace > WORDS_A_MINUTE:
        rule = f"it is too fast: at most {WORDS_A_MINUTE} words a minute"
        faults.append(fault(f"{pace:.0f} words a minute", rule, f"{AGAIN}, more calmly"))
    return found, faults
