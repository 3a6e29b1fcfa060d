"""Any answers and any news, in any order: when the microphone may be open, and what may be kept, always holds."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.booth import machine
from kiosk.booth.machine import ANSWERS, MOST_MS, PLAYED_MS, Result
from kiosk.booth.model import (
    LISTENING,
    Booth,
    BoothAnswer,
    BoothPhase,
    BoothSentence,
    BoothTick,
    BoothTrouble,
    CloseMicrophone,
    FlawKind,
    ForgetTake,
    JudgeTake,
    KeepTake,
    MicrophoneTold,
    OpenMicrophone,
    PlayTake,
    TakeJudged,
    TakeKept,
    TakePlayed,
    VoiceFlaw,
)
from kiosk.signals import MicrophoneTrouble

SENTENCES = tuple(BoothSentence(f"p{n}", f"Sentence {n}.", 3_000 + n) for n in range(4))
LOUD = (VoiceFlaw(FlawKind.LOUD, -3.0, -7.0),)


def booth_of(*done: str, anew: bool = False) -> Booth:
    booth = machine.opened("en", SENTENCES, done, 0, anew=anew)
    assert booth is not None
    return booth


def recorded(booth: Booth, *flaws: VoiceFlaw) -> Booth:
    """The booth after a sentence was recorded and judged."""
    booth, _ = machine.answer(booth, BoothAnswer.RECORD, 0)
    booth, _ = machine.step(booth, MicrophoneTold(True), 0)
    booth, _ = machine.answer(booth, BoothAnswer.ENOUGH, 0)
    booth, _ = machine.step(booth, TakeJudged(booth.take, 2_000, flaws), 0)
    return booth


def kept(booth: Booth) -> Booth:
    """The booth after a sentence was recorded, heard and kept."""
    booth, _ = machine.step(recorded(booth), TakePlayed(), 0)
    booth, _ = machine.answer(booth, BoothAnswer.KEEP, 0)
    booth, _ = machine.step(booth, TakeKept(booth.take, True), 0)
    return booth


def test_it_goes_on_at_the_first_sentence_that_is_not_there() -> None:
    """Whoever stopped yesterday goes on today; whoever wants all of them anew begins with the first."""
    assert booth_of("p0", "p2").sentence.prompt == "p1"
    assert booth_of("p0", anew=True).sentence.prompt == "p0"
    assert booth_of("p0", "p2").recorded == 2
    assert machine.opened("en", (), (), 0) is None


def test_a_kept_one_is_followed_by_the_next_that_is_missing() -> None:
    """One that is there is passed over, and after the last the first that was left out comes again."""
    booth = kept(booth_of("p1"))
    assert (booth.sentence.prompt, booth.recorded, booth.kept) == ("p2", 2, 1)
    booth, _ = machine.answer(booth, BoothAnswer.NEXT, 0)
    booth = kept(booth)
    assert booth.sentence.prompt == "p2"
    booth = kept(booth)
    assert (booth.recorded, booth.sentence.prompt) == (4, "p3")


def test_a_flaw_offers_no_keeping() -> None:
    """It is named, it is not played, and only another recording follows."""
    booth = recorded(booth_of(), *LOUD)
    assert (booth.phase, booth.flaws) == (BoothPhase.REFUSED, LOUD)
    assert ANSWERS[booth.phase] == (BoothAnswer.RECORD, BoothAnswer.NEXT)


def test_time_that_is_over_ends_a_recording_as_an_answer_does() -> None:
    """It is judged: whoever was interrupted hears that it is too long."""
    booth, effects = machine.answer(booth_of(), BoothAnswer.RECORD, 0)
    assert effects == (ForgetTake(), OpenMicrophone(8_000))
    booth, _ = machine.step(booth, MicrophoneTold(True), 0)
    booth, effects = machine.step(booth, MicrophoneTold(False), 8_000)
    assert (booth.phase, effects) == (BoothPhase.JUDGING, (JudgeTake(1, "en", SENTENCES[0]),))
    assert machine.most_ms(replace(SENTENCES[0], limit_ms=400_000)) == MOST_MS


def test_one_that_cannot_be_heard_here_can_be_kept_all_the_same() -> None:
    """The loudspeaker is off: after its time a decision is asked for, and the reason stands there."""
    booth = recorded(booth_of())
    due_ms = machine.deadline_ms(booth)
    assert due_ms == 2_000 + PLAYED_MS
    same, _ = machine.step(booth, BoothTick(), due_ms - 1)
    assert same == booth
    booth, _ = machine.step(booth, BoothTick(), due_ms)
    assert (booth.phase, booth.trouble) == (BoothPhase.DECIDING, BoothTrouble.NOT_PLAYED)


def test_a_disk_that_takes_nothing_leaves_the_decision_open() -> None:
    """Nobody has to speak it once more because a disk was full."""
    booth, _ = machine.step(recorded(booth_of()), TakePlayed(), 0)
    booth, _ = machine.answer(booth, BoothAnswer.KEEP, 0)
    booth, effects = machine.step(booth, TakeKept(booth.take, False), 0)
    assert (booth.phase, booth.trouble, effects) == (BoothPhase.DECIDING, BoothTrouble.NOT_KEPT, ())
    booth, effects = machine.answer(booth, BoothAnswer.KEEP, 0)
    assert effects == (KeepTake(booth.take),)


def test_what_breaks_while_it_is_judged_is_told() -> None:
    """No length and no flaw: it was not looked at."""
    booth = recorded(booth_of())
    judging = replace(booth, phase=BoothPhase.JUDGING)
    booth, _ = machine.step(judging, TakeJudged(judging.take, 0), 0)
    assert (booth.phase, booth.trouble) == (BoothPhase.READY, BoothTrouble.NOT_JUDGED)


class AnyBooth(RuleBasedStateMachine):
    """Staff, microphone, judge and disk do what they like."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.open = False
        self.good: set[int] = set()
        self.played: set[int] = set()
        self.asked_to_keep: set[int] = set()

    @initialize(done=st.sets(st.sampled_from([one.prompt for one in SENTENCES])), anew=st.booleans())
    def begin(self, done: set[str], anew: bool) -> None:
        self.booth = booth_of(*done, anew=anew)

    @rule(given=st.sampled_from(BoothAnswer))
    def answer(self, given: BoothAnswer) -> None:
        if given is BoothAnswer.KEEP and given in ANSWERS[self.booth.phase]:
            self.asked_to_keep.add(self.booth.take)
        before = self.booth
        self.go_on(machine.answer(self.booth, given, self.now))
        if given not in ANSWERS[before.phase]:
            assert self.booth == before

    @rule(hears=st.booleans(), trouble=st.sampled_from([None, *MicrophoneTrouble]))
    def microphone(self, hears: bool, trouble: MicrophoneTrouble | None) -> None:
        if not hears:
            self.open = False
        self.go_on(machine.step(self.booth, MicrophoneTold(hears, None if hears else trouble), self.now))

    @rule(take=st.integers(-1, 0), flaws=st.sampled_from([(), LOUD]))
    def judged(self, take: int, flaws: tuple[VoiceFlaw, ...]) -> None:
        event = TakeJudged(self.booth.take + take, 1_500, flaws)
        if self.booth.phase is BoothPhase.JUDGING and take == 0 and not flaws:
            self.good.add(event.take)
        self.go_on(machine.step(self.booth, event, self.now))

    @rule()
    def heard(self) -> None:
        self.go_on(machine.step(self.booth, TakePlayed(), self.now))

    @rule(take=st.integers(-1, 0), ok=st.booleans())
    def stored(self, take: int, ok: bool) -> None:
        before = self.booth
        self.go_on(machine.step(self.booth, TakeKept(self.booth.take + take, ok), self.now))
        if self.booth.done != before.done or self.booth.kept != before.kept:
            assert ok
            assert before.take in self.asked_to_keep

    @rule(ms=st.sampled_from([1, 2_000, 60_000]))
    def wait(self, ms: int) -> None:
        self.now += ms
        self.go_on(machine.step(self.booth, BoothTick(), self.now))

    @rule()
    def red(self) -> None:
        result = machine.withdraw(self.booth, self.now)
        if result is None:
            assert self.booth.phase in (BoothPhase.READY, BoothPhase.KEEPING)
        else:
            self.go_on(result)
            assert self.booth.phase is BoothPhase.READY
            assert not self.open

    @invariant()
    def the_microphone_is_open_only_while_the_screen_says_recording(self) -> None:
        if hasattr(self, "booth"):
            assert not self.open or self.booth.phase in LISTENING

    @invariant()
    def leaving_closes_and_forgets_whatever_is_open(self) -> None:
        if hasattr(self, "booth"):
            asked = machine.closing(self.booth)
            assert asked[-1] == ForgetTake()
            assert not self.open or CloseMicrophone() in asked

    def go_on(self, result: Result) -> None:
        before = self.booth
        self.booth, effects = result
        for effect in effects:
            if isinstance(effect, OpenMicrophone):
                assert self.booth.take == before.take + 1
                self.open = True
            elif isinstance(effect, CloseMicrophone):
                self.open = False
            elif isinstance(effect, PlayTake):
                self.played.add(self.booth.take)
            elif isinstance(effect, KeepTake):
                assert effect.take in self.good & self.played & self.asked_to_keep


AnyBooth.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestAnyBooth = AnyBooth.TestCase
