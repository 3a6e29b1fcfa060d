"""The recording booth: a sentence is shown, recorded, judged, heard, and kept or taken again.

The microphone is asked for by one answer only (``RECORD``), and in every way out of the two phases in which it may be
open it is closed. Nothing is kept but by ``KEEP``, and that stands only behind a recording without a flaw that was
played.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from kiosk.booth.model import (
    LISTENING,
    Booth,
    BoothAnswer,
    BoothEffect,
    BoothEvent,
    BoothPhase,
    BoothSentence,
    BoothTick,
    BoothTrouble,
    CloseMicrophone,
    ForgetTake,
    JudgeTake,
    KeepTake,
    MicrophoneTold,
    OpenMicrophone,
    PlayTake,
    TakeJudged,
    TakeKept,
    TakePlayed,
)

ROOM_MS = 5_000
"""Time beyond the longest that a sentence may last: somebody draws breath, and looks for the button."""
MOST_MS = 90_000
"""The longest recording."""
PLAYED_MS = 3_000
"""A recording that has not come to its end so long after it should have is not heard here."""

Result = tuple[Booth, tuple[BoothEffect, ...]]

ANSWERS: dict[BoothPhase, tuple[BoothAnswer, ...]] = {
    BoothPhase.READY: (BoothAnswer.RECORD, BoothAnswer.NEXT),
    BoothPhase.OPENING: (),
    BoothPhase.RECORDING: (BoothAnswer.ENOUGH,),
    BoothPhase.JUDGING: (),
    BoothPhase.REFUSED: (BoothAnswer.RECORD, BoothAnswer.NEXT),
    BoothPhase.HEARING: (),
    BoothPhase.DECIDING: (BoothAnswer.KEEP, BoothAnswer.LISTEN, BoothAnswer.AGAIN),
    BoothPhase.KEEPING: (),
}
"""The answers that are open in each phase."""


def opened(
    language: str, sentences: Iterable[BoothSentence], done: Iterable[str], now_ms: int, *, anew: bool = False
) -> Booth | None:
    """The booth at the first sentence that has no recording; None where there is nothing to say."""
    found = tuple(sentences)
    if not found:
        return None
    booth = Booth(language, found, frozenset(done), anew=anew, since_ms=now_ms)
    return replace(booth, at=_next(booth, -1))


def answer(booth: Booth, given: BoothAnswer, now_ms: int) -> Result:
    """Staff have answered; what cannot be answered now does nothing."""
    if given not in ANSWERS[booth.phase]:
        return booth, ()
    return _ANSWERED[given](booth, now_ms)


def step(booth: Booth, event: BoothEvent, now_ms: int) -> Result:
    """Something has happened, or time has passed."""
    return _HEARD[type(event)](booth, event, now_ms)


def withdraw(booth: Booth, now_ms: int) -> Result | None:
    """Red: what is recorded or heard just now ends, and the sentence stands there as before.

    None: there is nothing to take back, so that red leads away.
    """
    if booth.phase in (BoothPhase.READY, BoothPhase.KEEPING):
        return None
    return _ready(booth, now_ms), closing(booth)


def closing(booth: Booth) -> tuple[BoothEffect, ...]:
    """All that has to be asked for when the page goes, in whatever phase."""
    return (*((CloseMicrophone(),) if booth.phase in LISTENING else ()), ForgetTake())


def deadline_ms(booth: Booth) -> int | None:
    """The moment at which the booth wants to be called even if nothing happens; None: never."""
    if booth.phase is BoothPhase.HEARING:
        return booth.since_ms + booth.take_ms + PLAYED_MS
    return None


def most_ms(sentence: BoothSentence) -> int:
    """The longest recording of ``sentence``: whoever needs longer has to be told that it is too long."""
    return min(MOST_MS, sentence.limit_ms + ROOM_MS)


# Answers.


def _record(booth: Booth, now_ms: int) -> Result:
    fresh = replace(booth, phase=BoothPhase.OPENING, since_ms=now_ms, take=booth.take + 1, flaws=(), trouble=None)
    return fresh, (ForgetTake(), OpenMicrophone(most_ms(booth.sentence)))


def _enough(booth: Booth, now_ms: int) -> Result:
    judging, judge = _judge(booth, now_ms)
    return judging, (CloseMicrophone(), *judge)


def _judge(booth: Booth, now_ms: int) -> Result:
    wanted = JudgeTake(booth.take, booth.language, booth.sentence)
    return replace(booth, phase=BoothPhase.JUDGING, since_ms=now_ms), (wanted,)


def _pass(booth: Booth, now_ms: int) -> Result:
    return replace(_ready(booth, now_ms), at=_next(booth, booth.at)), (ForgetTake(),)


def _keep(booth: Booth, now_ms: int) -> Result:
    return replace(booth, phase=BoothPhase.KEEPING, since_ms=now_ms, trouble=None), (KeepTake(booth.take),)


def _listen(booth: Booth, now_ms: int) -> Result:
    return replace(booth, phase=BoothPhase.HEARING, since_ms=now_ms, trouble=None), (PlayTake(),)


_ANSWERED: dict[BoothAnswer, Callable[[Booth, int], Result]] = {
    BoothAnswer.RECORD: _record,
    BoothAnswer.ENOUGH: _enough,
    BoothAnswer.NEXT: _pass,
    BoothAnswer.KEEP: _keep,
    BoothAnswer.LISTEN: _listen,
    BoothAnswer.AGAIN: _record,
}


# News.


def _microphone(booth: Booth, event: MicrophoneTold, now_ms: int) -> Result:
    if booth.phase not in LISTENING:
        # One that is open although nobody wants it is closed.
        return booth, ((CloseMicrophone(),) if event.hears else ())
    if event.hears:
        return replace(booth, phase=BoothPhase.RECORDING, since_ms=now_ms), ()
    if event.trouble is not None:
        return replace(_ready(booth, now_ms), trouble=event.trouble), (ForgetTake(),)
    return _judge(booth, now_ms)


def _judged(booth: Booth, event: TakeJudged, now_ms: int) -> Result:
    if booth.phase is not BoothPhase.JUDGING or event.take != booth.take:
        return booth, ()
    if event.flaws:
        return replace(booth, phase=BoothPhase.REFUSED, since_ms=now_ms, flaws=event.flaws), (ForgetTake(),)
    if not event.ms:
        return replace(_ready(booth, now_ms), trouble=BoothTrouble.NOT_JUDGED), (ForgetTake(),)
    return _listen(replace(booth, take_ms=event.ms), now_ms)


def _played(booth: Booth, _event: TakePlayed, now_ms: int) -> Result:
    if booth.phase is not BoothPhase.HEARING:
        return booth, ()
    return replace(booth, phase=BoothPhase.DECIDING, since_ms=now_ms), ()


def _kept(booth: Booth, event: TakeKept, now_ms: int) -> Result:
    if booth.phase is not BoothPhase.KEEPING or event.take != booth.take:
        return booth, ()
    if not event.ok:
        return replace(booth, phase=BoothPhase.DECIDING, since_ms=now_ms, trouble=BoothTrouble.NOT_KEPT), ()
    more = replace(booth, done=booth.done | {booth.sentence.prompt}, kept=booth.kept + 1)
    return replace(_ready(more, now_ms), at=_next(more, booth.at)), (ForgetTake(),)


def _tick(booth: Booth, _event: BoothTick, now_ms: int) -> Result:
    due_ms = deadline_ms(booth)
    if due_ms is None or now_ms < due_ms:
        return booth, ()
    return replace(booth, phase=BoothPhase.DECIDING, since_ms=now_ms, trouble=BoothTrouble.NOT_PLAYED), ()


_HEARD: dict[type, Callable[[Booth, Any, int], Result]] = {
    MicrophoneTold: _microphone,
    TakeJudged: _judged,
    TakePlayed: _played,
    TakeKept: _kept,
    BoothTick: _tick,
}


def _ready(booth: Booth, now_ms: int) -> Booth:
    return replace(booth, phase=BoothPhase.READY, since_ms=now_ms, flaws=(), trouble=None, take_ms=0)


def _next(booth: Booth, at: int) -> int:
    """The next sentence to record after ``at``, round and round; the very next one where all have a recording."""
    order = [(at + n) % len(booth.sentences) for n in range(1, len(booth.sentences) + 1)]
    missing = (n for n in order if booth.anew or booth.sentences[n].prompt not in booth.done)
    return next(missing, order[0])
