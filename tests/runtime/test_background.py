"""Slow work given away always has an answer."""

from __future__ import annotations

from kiosk.runtime.ports import Workshop
from kiosk.signals import Done


def test_work_that_breaks_is_answered_with_no() -> None:
    """Whoever compares a PIN waits for the answer: without one the staff desk would hang."""

    def broken() -> bool:
        raise RuntimeError("the record is gone")

    workshop = Workshop(aside=False)
    workshop.give(7, broken)
    workshop.give(8, lambda: True)
    assert list(workshop.drain(0)) == [Done(7, False), Done(8, True)]
    workshop.close()
