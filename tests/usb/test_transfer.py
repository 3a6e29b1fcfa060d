"""The way to the stick as a machine, and the worker that it sends: each end has one name and one sentence."""

from __future__ import annotations

import gettext
import select
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.clock import SimClock
from kiosk.devices.stick import SimSticks
from kiosk.errors import Cancelled, HandoverError
from kiosk.package.export import Exported
from kiosk.package.progress import Stop, TellProgress
from kiosk.package.target import Target
from kiosk.signals import StickPhase, StickState, StickStatus, TransferMoved
from kiosk.usb.transfer import (
    STALL_MS,
    STOP_MS,
    Cancel,
    Finished,
    Moved,
    StickSeen,
    Transfer,
    TransferEvent,
    TransferOrder,
    TransferTick,
    left_s,
    sentences,
    step,
)
from kiosk.usb.transfer_worker import Carrier, delivering, travel
from tests.patience import PATIENCE_S
from tests.usb.sticks import names, small

FILES = {"report.pdf": b"pdf" * 100, "data.zip": b"zip" * 100}


def after(*events: TransferEvent, transfer: Transfer | None = None, now_ms: int = 0) -> Transfer:
    transfer = transfer or Transfer()
    for event in events:
        transfer, _ = step(transfer, event, now_ms)
    return transfer


def test_a_stick_that_can_be_used_starts_the_worker() -> None:
    """No press is needed, and what is wrong with a stick is shown until another one is plugged in."""
    transfer, orders = step(Transfer(), StickSeen(StickStatus.NTFS), 5)
    assert (transfer.phase, transfer.trouble, orders) == (StickPhase.WAITING, StickStatus.NTFS, ())
    transfer, orders = step(transfer, StickSeen(None), 7)
    assert (transfer.phase, transfer.trouble, orders) == (StickPhase.CHECKING, None, (TransferOrder.START,))
    _, orders = step(transfer, StickSeen(None), 8)
    assert orders == ()


def test_it_can_be_cancelled_in_every_phase_but_the_last() -> None:
    """While waiting at once; while working the worker is told, and has the last word."""
    assert after(Cancel()).outcome is StickStatus.CANCELLED
    for phase in (StickPhase.CHECKING, StickPhase.WRITING, StickPhase.PROVING):
        transfer = after(StickSeen(None), Moved(phase))
        transfer, orders = step(transfer, Cancel(), 1)
        assert orders == (TransferOrder.STOP,)
        assert step(transfer, Cancel(), 2) == (transfer, ())
        assert after(Finished(StickStatus.CANCELLED), transfer=transfer).outcome is StickStatus.CANCELLED
    leaving = after(StickSeen(None), Moved(StickPhase.LEAVING))
    assert step(leaving, Cancel(), 1) == (leaving, ())


def test_a_stick_that_hangs_is_given_up() -> None:
    """After three minutes without a byte, or half a minute after somebody wanted to stop."""
    transfer = after(StickSeen(None), Moved(StickPhase.WRITING, 0.1))
    assert transfer.deadline_ms() == STALL_MS
    assert after(TransferTick(), transfer=transfer, now_ms=STALL_MS - 1) == transfer
    ended, orders = step(transfer, TransferTick(), STALL_MS)
    assert (ended.outcome, orders) == (StickStatus.STUCK, (TransferOrder.STOP,))
    stopping = after(Cancel(), Moved(StickPhase.WRITING, 0.2), transfer=transfer, now_ms=1_000)
    assert stopping.deadline_ms() == 1_000 + STOP_MS
    assert after(Moved(StickPhase.WRITING, 0.3), transfer=stopping, now_ms=9_000).deadline_ms() == 1_000 + STOP_MS
    assert after(TransferTick(), transfer=stopping, now_ms=1_000 + STOP_MS).outcome is StickStatus.STUCK
    assert Transfer().deadline_ms() is None


def test_what_is_proved_and_let_go_of_is_stopped_no_more() -> None:
    """The worker was quicker than red: the package is whole, and switching the stick off has the time that it takes."""
    stopping = after(StickSeen(None), Moved(StickPhase.PROVING), Cancel())
    leaving = after(Moved(StickPhase.LEAVING), transfer=stopping, now_ms=STOP_MS - 1)
    assert not leaving.stopping
    assert after(TransferTick(), transfer=leaving, now_ms=STOP_MS) == leaving
    assert leaving.deadline_ms() == STOP_MS - 1 + STALL_MS


EVENTS = st.one_of(
    st.builds(StickSeen, st.one_of(st.none(), st.sampled_from(StickStatus))),
    st.builds(Moved, st.sampled_from(StickPhase), st.floats(-1, 2)),
    st.builds(Finished, st.sampled_from(StickStatus)),
    st.just(Cancel()),
    st.just(TransferTick()),
)


@settings(max_examples=300, derandomize=True)
@given(st.lists(st.tuples(EVENTS, st.integers(0, 60_000)), max_size=30))
def test_whatever_happens_done_is_said_by_the_worker_only(events: list[tuple[TransferEvent, int]]) -> None:
    """It never goes backwards, starts at most once, and nothing changes after the end."""
    transfer, now_ms, started = Transfer(), 0, 0
    for event, passed in events:
        now_ms += passed
        before = transfer
        transfer, orders = step(before, event, now_ms)
        started += orders.count(TransferOrder.START)
        assert list(StickPhase).index(transfer.phase) >= list(StickPhase).index(before.phase)
        assert 0 <= before.share <= transfer.share <= 1
        assert (transfer.outcome is not None) == (transfer.phase is StickPhase.ENDED)
        if before.phase is StickPhase.ENDED:
            assert (transfer, orders) == (before, ())
        if transfer.outcome is not None and transfer.outcome.whole and before.outcome is None:
            assert isinstance(event, Finished)
            assert started == 1
    assert started <= 1


def test_a_worker_cannot_end_it_without_saying_how() -> None:
    """Only ``Finished`` has an outcome."""
    at_work = after(StickSeen(None))
    for phase in (StickPhase.ENDED, StickPhase.WAITING):
        assert after(Moved(phase), transfer=at_work) == at_work


def test_time_left() -> None:
    """Nothing at first, then what is left at the pace so far, in steps that do not flicker."""
    assert left_s(0.5, 2_000) is None
    assert left_s(0.01, 60_000) is None
    assert left_s(0.5, 10_000) == 10
    assert left_s(0.5, 11_000) == 15
    assert left_s(0.1, 60_000) == 540
    assert left_s(1.0, 60_000) == 0
    transfer = after(StickSeen(None), Moved(StickPhase.WRITING, 0.5), now_ms=1_000)
    assert transfer.left_s(21_000) == 30
    assert Transfer().left_s(60_000) is None


def test_each_outcome_has_a_sentence_and_only_one_says_take_it_out() -> None:
    """Plain words, whole sentences; whoever reads "you can take it out" holds a proved package."""
    said = sentences(gettext.NullTranslations().gettext)
    assert set(said) == set(StickStatus)
    assert len(set(said.values())) == len(StickStatus)
    assert [outcome for outcome, text in said.items() if "can take the stick out" in text] == [StickStatus.DONE]
    for outcome, text in said.items():
        assert text[0].isupper()
        assert text.endswith(".")
        assert len(text) <= 160, outcome
        assert ("was checked" in text) == outcome.whole


@pytest.fixture
def clock() -> SimClock:
    return SimClock()


@pytest.fixture
def sticks(clock: SimClock) -> Iterator[SimSticks]:
    made = SimSticks(clock)
    yield made
    made.close()


@pytest.fixture
def carrier(sticks: SimSticks, clock: SimClock) -> Iterator[Carrier]:
    made = Carrier(sticks, clock)
    yield made
    made.close()


def pump(carrier: Carrier, sticks: SimSticks, clock: SimClock, phase: StickPhase) -> None:
    """As the runtime does it, until this phase."""
    while carrier.transfer.phase is not phase:
        ready, _, _ = select.select([carrier.fileno(), sticks.fileno()], [], [], PATIENCE_S)
        assert ready, f"{phase} never came; it is {carrier.transfer}"
        for state in sticks.drain(clock.now_ms()):
            assert isinstance(state, StickState)
            carrier.stick(state)
        carrier.drain(clock.now_ms())


def test_a_nurse_plugs_a_stick_in_and_takes_it_out(
    carrier: Carrier, sticks: SimSticks, clock: SimClock, tmp_path: Path
) -> None:
    """Begun without a stick, then a wrong one, then a good one; everything else goes by itself."""
    carrier.begin(delivering(small(FILES)))
    assert carrier.transfer.phase is StickPhase.WAITING
    sticks.show(StickStatus.LINUX)
    carrier.stick(sticks.state)
    assert carrier.transfer.trouble is StickStatus.LINUX
    assert carrier.drain(0) == [TransferMoved(0)]
    sticks.plug(tmp_path)
    pump(carrier, sticks, clock, StickPhase.ENDED)
    assert carrier.transfer.outcome is StickStatus.DONE
    assert carrier.carried is not None
    assert carrier.carried.exported is not None
    assert names(tmp_path) == [carrier.carried.exported.made.name]
    assert carrier.deadline_ms() is None


def test_on_the_spot_for_simulated_days(sticks: SimSticks, clock: SimClock, tmp_path: Path) -> None:
    """The demo has no threads: begun with the stick there, it is over at once."""
    sticks.plug(tmp_path)
    carrier = Carrier(sticks, clock, aside=False)
    carrier.begin(delivering(small(FILES)))
    assert carrier.drain(0) == [TransferMoved(0)]
    assert carrier.transfer.outcome is StickStatus.DONE
    assert carrier.drain(0) == []
    carrier.close()


def ended(carrier: Carrier) -> StickStatus | None:
    return carrier.transfer.outcome


class Hanging:
    """A job that waits, as a stick that hangs makes it wait; ``let_go`` ends that."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def __call__(self, target: Target, progress: TellProgress, stop: Stop) -> Exported:
        assert self.let_go.wait(PATIENCE_S)
        if stop():
            raise Cancelled("stopped")
        return small(FILES)(target, progress, stop)


def test_a_worker_that_hangs_is_given_up_and_no_second_one_is_sent(
    carrier: Carrier, sticks: SimSticks, clock: SimClock, tmp_path: Path
) -> None:
    """The screen is free again, the old worker stops as soon as it can, and two never write at once."""
    sticks.plug(tmp_path)
    hanging = Hanging()
    carrier.begin(delivering(hanging))
    pump(carrier, sticks, clock, StickPhase.WRITING)
    deadline = carrier.deadline_ms()
    assert deadline is not None
    clock.advance(deadline - clock.now_ms())
    assert carrier.drain(clock.now_ms()) == [TransferMoved(clock.now_ms())]
    assert carrier.transfer.outcome is StickStatus.STUCK
    carrier.begin(delivering(small(FILES)))
    assert carrier.transfer.outcome is StickStatus.STUCK
    assert carrier.busy
    hanging.let_go.set()
    for thread in threading.enumerate():
        if thread.name == "carrier":
            thread.join(PATIENCE_S)
    assert names(tmp_path) == []
    # Its news have not been heard yet, and are not taken for those of the next one.
    carrier.begin(delivering(small(FILES)))
    pump(carrier, sticks, clock, StickPhase.ENDED)
    assert ended(carrier) is StickStatus.DONE


def test_cancelling_reaches_the_worker(carrier: Carrier, sticks: SimSticks, clock: SimClock, tmp_path: Path) -> None:
    """The screen says that it is being stopped, and the worker clears up."""
    sticks.plug(tmp_path)
    hanging = Hanging()
    carrier.begin(delivering(hanging))
    pump(carrier, sticks, clock, StickPhase.WRITING)
    carrier.cancel()
    assert carrier.transfer.stopping
    hanging.let_go.set()
    pump(carrier, sticks, clock, StickPhase.ENDED)
    assert carrier.transfer.outcome is StickStatus.CANCELLED
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("why", "outcome", "says"),
    [
        (FileNotFoundError(2, "No such file", "clips/7K3FQH/s1-0-0.mp4"), StickStatus.DAMAGED, "FileNotFoundError 2"),
        (HandoverError("7K3FQH: the film is not there any more"), StickStatus.FAILED, "HandoverError"),
        (ValueError("{'code': '7K3FQH'}"), StickStatus.FAILED, "in broken"),
    ],
)
def test_the_log_names_nobody(
    sticks: SimSticks, tmp_path: Path, caplog: pytest.LogCaptureFixture, why: Exception, outcome: StickStatus, says: str
) -> None:
    """Erasing does not reach the journal: what went wrong and where in the program is there, not about whom."""

    def broken(_target: Target, _progress: TellProgress, _stop: Stop) -> Exported:
        try:
            raise KeyError("7K3FQH")
        except KeyError as cause:
            raise why from cause

    sticks.plug(tmp_path)
    assert travel(sticks, delivering(broken), lambda _: None, lambda: False).outcome is outcome
    assert says in caplog.text
    assert "7K3FQH" not in caplog.text
