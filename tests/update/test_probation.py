"""The machine of a probation, in any order of events, with crashes between what is written down and what is done."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.update.probation import (
    IDLE,
    MOST_STARTS,
    CopiedFile,
    DataCopied,
    LookedAround,
    OrdersDone,
    Probation,
    ProbationEvent,
    ProbationOrder,
    ProbationPhase,
    Staged,
    Starting,
    UpdateEnding,
    Works,
    step,
)

OLD, NEW, OTHER = "1.0", "1.1", "3.0"
WORD = "drawn"
FILES = (CopiedFile("kiosk.db", "0" * 64),)


@dataclass
class World:
    """A machine with releases, a link, a record of numbered rows, and a copy of it."""

    named: str = OLD
    releases: set[str] = field(default_factory=lambda: {OLD})
    rows: int = 0
    """Rows that somebody was told are stored: what people did, never what a release on probation wrote."""
    held: int = 0
    """Rows of them that are in the record."""
    copy: int | None = None
    turned: bool = False
    """Whether the release on probation was confirmed in this update."""


class ProbationMachine(RuleBasedStateMachine):
    """Helper and kiosk, each ended at any moment. A crash forgets nothing but what was not carried out yet."""

    def __init__(self) -> None:
        super().__init__()
        self.probation, self.world, self.starts = IDLE, World(), 0
        self.endings: list[UpdateEnding] = []

    def hear(self, event: ProbationEvent, crash_after: int) -> int:
        """Write the new state down, then do the orders, one of at most ``crash_after``; what is left of these."""
        before = self.probation
        self.probation, orders = step(before, event, self.world.named)
        if self.probation == IDLE and before != IDLE:
            self.endings.append(before.ending)
        for order in orders:
            if not crash_after:
                return 0
            crash_after -= 1
            if order is ProbationOrder.TURN:
                self.world.named = self.probation.version
            elif order is ProbationOrder.RETURN:
                crash_after = self.go_back(crash_after)
            else:
                self.world.copy = None
                if order is ProbationOrder.CLEAR and self.probation.version != self.world.named:
                    self.world.releases.discard(self.probation.version)
                if crash_after:
                    crash_after = self.hear(OrdersDone(), crash_after)
        return crash_after

    def go_back(self, crash_after: int) -> int:
        assert not self.world.turned, "what was confirmed went back"
        assert self.world.copy is not None
        self.world.held = self.world.copy
        if not crash_after:
            return 0
        self.world.named = self.probation.before
        return self.hear(LookedAround(), crash_after - 1) if crash_after > 1 else 0

    @rule(crash_after=st.integers(0, 6), at=st.integers(0, 3))
    def take(self, crash_after: int, at: int) -> None:
        """The helper takes an update in, and may be ended anywhere."""
        self.hear(LookedAround(), 9)
        if self.probation != IDLE:
            return
        version = f"{int(self.world.named.split('.')[0])}.{int(self.world.named.split('.')[1]) + 1}"
        self.world.releases.add(version)
        self.world.turned = False
        if at == 0:
            return
        self.hear(Staged(version, self.world.named, WORD), 9)
        if at == 1:
            return
        self.world.copy = self.world.held
        if at == 2:
            return
        self.starts = 0
        self.hear(DataCopied(FILES), crash_after)

    @rule(counts=st.booleans(), crash_after=st.integers(0, 6), more=st.integers(0, 3))
    def start(self, counts: bool, crash_after: int, more: int) -> None:
        """The kiosk starts, after the helper has counted (or could not), and people practise where nothing is tried."""
        if counts:
            self.hear(Starting(), crash_after)
        tried = self.probation.version == self.world.named and self.probation.phase in (
            ProbationPhase.TRYING,
            ProbationPhase.RETURNING,
        )
        self.starts += tried and counts and crash_after > 0
        if not tried:
            self.world.rows += more
            self.world.held += more

    @rule(crash_after=st.integers(0, 6), word=st.sampled_from([WORD, "another"]))
    def works(self, crash_after: int, word: str) -> None:
        """The release on probation, or somebody else, says that it works."""
        before = self.probation
        named = self.world.named
        right = before.phase is ProbationPhase.TRYING and word == before.token and named == before.version
        if right:
            self.world.turned = True
        self.hear(Works(word), crash_after)
        if not right:
            assert self.probation.phase is not ProbationPhase.CONFIRMED or before.phase is ProbationPhase.CONFIRMED

    @rule(crash_after=st.integers(0, 6))
    def look(self, crash_after: int) -> None:
        self.hear(LookedAround(), crash_after)

    @precondition(lambda self: self.world.named != OTHER)
    @rule()
    def install(self) -> None:
        """A technician installs another release by hand."""
        self.world.releases.add(OTHER)
        self.world.named = OTHER

    @invariant()
    def the_link_names_a_release(self) -> None:
        assert self.world.named in self.world.releases

    @invariant()
    def no_row_that_was_acknowledged_is_lost(self) -> None:
        assert self.world.held == self.world.rows

    @invariant()
    def it_is_not_started_for_ever(self) -> None:
        if self.probation.phase is ProbationPhase.TRYING:
            assert self.probation.starts <= MOST_STARTS


TestProbationMachine = ProbationMachine.TestCase
TestProbationMachine.settings = settings(max_examples=120, stateful_step_count=30)


@pytest.mark.parametrize("phase", list(ProbationPhase))
def test_orders_come_again_until_they_are_done(phase: ProbationPhase) -> None:
    """After a crash, before the next start, what was ordered is ordered once more."""
    used = (ProbationPhase.RETURNING, ProbationPhase.TRYING, ProbationPhase.CONFIRMED)
    named = NEW if phase in used else OLD
    probation = Probation(phase, NEW, OLD, WORD, 1, FILES) if phase is not ProbationPhase.IDLE else IDLE
    again, orders = step(probation, Starting(), named)
    assert step(again, Starting(), named)[1] == orders
    assert bool(orders) is (phase not in (ProbationPhase.IDLE, ProbationPhase.TRYING))


def test_data_go_back_only_before_a_start() -> None:
    """At any other time a kiosk may be running on them."""
    probation = Probation(ProbationPhase.RETURNING, NEW, OLD, WORD, 3, FILES, True)
    assert [step(probation, event, NEW)[1] for event in (LookedAround(), Works(WORD))] == [(), ()]


def test_a_copy_that_is_older_than_a_start_is_never_used() -> None:
    """It was copied, the link was not turned, the old release ran: the update is over, and nothing goes back."""
    probation = Probation(ProbationPhase.TRYING, NEW, OLD, WORD, 0, FILES)
    after, orders = step(probation, Starting(), OLD)
    assert (after.phase, orders, after.ending) == (
        ProbationPhase.CLEARING,
        (ProbationOrder.CLEAR,),
        UpdateEnding.INTERRUPTED,
    )


def test_data_that_went_back_do_not_go_back_twice() -> None:
    """The link names the old release already: its rows since then are nobody's to undo."""
    probation = Probation(ProbationPhase.RETURNING, NEW, OLD, WORD, 3, FILES, True)
    after, orders = step(probation, Starting(), OLD)
    assert (after.phase, orders, after.ending) == (
        ProbationPhase.CLEARING,
        (ProbationOrder.CLEAR,),
        UpdateEnding.WENT_BACK,
    )


def test_the_fourth_start_is_the_old_releases() -> None:
    """Three starts, and then back."""
    probation = Probation(ProbationPhase.TRYING, NEW, OLD, WORD, 0, FILES)
    for _ in range(MOST_STARTS):
        probation, orders = step(probation, Starting(), NEW)
        assert orders == ()
    assert step(probation, Starting(), NEW)[1] == (ProbationOrder.RETURN,)
