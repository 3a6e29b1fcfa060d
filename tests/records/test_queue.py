"""Rows that wait: in order, counted, bounded, never blocking whoever puts; and how long whoever takes them waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from kiosk.clock import SimClock, instant
from kiosk.records.queue import Handed, Queue
from kiosk.rows.kinds import EventRow
from tests.patience import PATIENCE_S

ROW = EventRow("info", "tick")
AT = instant(SimClock())


def test_tokens_bounds_and_what_is_stored() -> None:
    """A put that would be one row too many is refused whole, and counted; what was stored makes room."""
    queue = Queue(3)
    assert (queue.put((ROW, ROW), AT), queue.put((ROW,), AT)) == (1, 2)
    assert (queue.put((ROW,), AT), queue.put((ROW, ROW), AT), queue.refused) == (0, 0, 3)
    queue.stored(1)
    assert queue.group(9) == [Handed(2, (ROW,), AT)]
    assert (queue.put((ROW, ROW, ROW), AT), queue.put((ROW, ROW), AT), queue.refused) == (0, 3, 6)
    queue.stored(9)
    assert queue.group(9) == []
    assert queue.put((ROW, ROW, ROW), AT) == 4
    queue.close()
    assert (queue.put((), AT), queue.put((ROW,), AT), queue.refused) == (0, 0, 7)
    assert [handed.token for handed in queue.group(9)] == [4]


def test_groups_are_of_whole_puts() -> None:
    """As many as fit, one at least, the oldest first."""
    queue = Queue(99)
    for count in (2, 3, 1):
        queue.put((ROW,) * count, AT)
    tokens = [[handed.token for handed in queue.group(most)] for most in (0, 1, 2, 4, 5, 6)]
    assert tokens == [[1], [1], [1], [1], [1, 2], [1, 2, 3]]


def test_the_age_of_the_oldest() -> None:
    """Of what waits; None when nothing does."""
    queue, clock = Queue(9), SimClock()
    assert queue.oldest_ms() is None
    first = instant(clock)
    queue.put((ROW,), first)
    clock.advance(5)
    queue.put((ROW,), instant(clock))
    assert queue.oldest_ms() == first.t_boot_ms
    queue.stored(1)
    assert queue.oldest_ms() == first.t_boot_ms + 5
    queue.stored(2)
    assert queue.oldest_ms() is None


def woken(wait: Callable[[], object], wake: Callable[[], object]) -> bool:
    """Whether a wait that goes on ends when ``wake`` was called."""
    ended = threading.Event()

    def waiter() -> None:
        wait()
        ended.set()

    thread = threading.Thread(target=waiter, daemon=True)
    thread.start()
    early = ended.wait(0.05)
    wake()
    found = ended.wait(PATIENCE_S)
    thread.join(PATIENCE_S)
    return found and not early


def test_who_waits_is_woken() -> None:
    """By a row, by the end, by what was stored; and not before."""
    queue = Queue(9)
    assert woken(lambda: queue.wait_for_rows(None), lambda: queue.put((ROW,), AT))
    assert woken(lambda: queue.wait_until_empty(PATIENCE_S), lambda: queue.stored(1))
    assert woken(lambda: queue.wait_for_rows(PATIENCE_S), queue.close)
    queue = Queue(9)
    assert woken(lambda: queue.wait_for_close(PATIENCE_S), queue.close)
    queue.wait_for_close(PATIENCE_S)
    queue.wait_for_rows(None)


@pytest.mark.parametrize("kind", ["rows", "close", "empty"])
def test_a_wait_ends_by_its_time(kind: str) -> None:
    """However little happens; a new row does not shorten the pause before a try."""
    queue = Queue(9)
    ended = threading.Event()

    def waiter() -> None:
        if kind == "rows":
            queue.wait_for_rows(0.01)
        elif kind == "close":
            queue.wait_for_close(0.01)
        else:
            queue.put((ROW,), AT)
            assert queue.wait_until_empty(0.01) is False
            queue.stored(1)
            assert queue.wait_until_empty(0.01) is True
        ended.set()

    threading.Thread(target=waiter, daemon=True).start()
    assert ended.wait(PATIENCE_S)
    queue.close()
