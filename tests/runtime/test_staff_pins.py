"""Wrong PINs count and lock whatever the record does: well, full, read-only, refusing, or just slow to answer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kiosk.desk import pin
from kiosk.desk.model import StaffPlace
from kiosk.rows.kinds import Row
from kiosk.runtime import staff_mode
from kiosk.signals import Button, Press, Signal, StoreState, Typed
from tests.menus.menus import PIN
from tests.usb.test_service import AtStick

WRONG = "135790"
VISITS = st.lists(
    st.tuples(
        st.sampled_from(["well", "full", "refusing", "slow"]),
        st.lists(st.sampled_from([WRONG, WRONG, WRONG, WRONG, WRONG, WRONG, PIN]), max_size=6),
        st.sampled_from(["back", "well", "full", "refusing", "slow"]),
        st.sampled_from([0, 0, 1_000, 59_000, 60_000, 300_000, 900_000]),
    ),
    min_size=2,
    max_size=8,
)
"""How the record is, what is tried, what happens then (red, or the record changes), and how long it takes."""


class Ailing:
    """A store in trouble at will. Full or slow, what is put waits; refusing, it is gone; slow is silent."""

    def __init__(self, store: Any) -> None:
        self._store, self._how = store, "well"
        self._waiting: list[tuple[Row, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @property
    def problem(self) -> str:
        return "disk_full" if self._how in ("full", "refusing") else ""

    def put(self, *rows: Row) -> int:
        if self._how == "well":
            return int(self._store.put(*rows))
        if self._how == "refusing":
            return 0
        self._waiting.append(rows)
        return 1  # so that nothing but what is stored from now on, with any token, acknowledges it

    def become(self, how: str) -> Signal:
        self._how = how
        if how == "well":
            for rows in self._waiting:
                self._store.put(*rows)
            self._waiting.clear()
        return StoreState(self.problem)


class Guessing:
    """Somebody at the desk who tries PINs."""

    def __init__(self, data: Path) -> None:
        self.kiosk = AtStick(data)
        self.store = Ailing(self.kiosk.store)
        self.kiosk.ports = replace(self.kiosk.ports, store=self.store)  # type: ignore[arg-type]
        self.come()

    def come(self) -> None:
        self.kiosk.desk = self.kiosk.open()
        self.press(Button.GREEN)

    def press(self, button: Button) -> None:
        self.kiosk.clock.advance(700)
        now = self.kiosk.clock.now_ms()
        self.kiosk.desk.hear(Press(button, now), now)
        self.settle()

    def give(self, digits: str) -> None:
        now = self.kiosk.clock.now_ms()
        for digit in digits:
            self.kiosk.desk.hear(Typed(int(digit), now), now)
        self.settle()

    def become(self, how: str) -> None:
        self.kiosk.desk.hear(self.store.become(how), self.kiosk.clock.now_ms())
        self.settle()

    def wait(self, ms: int) -> None:
        self.kiosk.clock.advance(ms)
        self.kiosk.desk.tick(self.kiosk.clock.now_ms())

    def settle(self) -> None:
        self.kiosk.settle()

    def at(self, place: StaffPlace) -> bool:
        return self.kiosk.at(place)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The PINs that were compared, in order; comparing takes no time here."""
    seen: list[str] = []

    def quick(given_pin: str, _salt: str, _hash: str) -> bool:
        seen.append(given_pin)
        return given_pin == PIN

    monkeypatch.setattr(staff_mode, "is_pin", quick)
    return seen


@contextmanager
def guessing() -> Iterator[Guessing]:
    with tempfile.TemporaryDirectory() as folder:
        made = Guessing(Path(folder) / "data")
        try:
            yield made
        finally:
            made.kiosk.close()


@pytest.mark.parametrize("how", ["well", "full", "refusing"])
def test_leaving_and_coming_back_gives_no_try_back(compared: list[str], how: str) -> None:
    """However often somebody comes back to the desk: five wrong PINs, then the lock, whatever the record does."""
    with guessing() as guest:
        guest.become(how)
        for _ in range(8):
            guest.come()
            guest.give(WRONG)
        assert compared == [WRONG] * 5
        assert guest.at(StaffPlace.LOCKED)
        guest.wait(60_000)
        guest.come()
        guest.give(PIN)
        assert guest.at(StaffPlace.MENU)


@pytest.mark.parametrize("how", ["full", "refusing"])
def test_a_record_in_trouble_lets_staff_in(compared: list[str], how: str) -> None:
    """Staff have to get at a kiosk whose record is in trouble, and four slips before count no longer afterwards."""
    with guessing() as guest:
        guest.become(how)
        for _ in range(4):
            guest.give(WRONG)
        guest.give(PIN)
        assert guest.at(StaffPlace.MENU)
        guest.come()
        for _ in range(4):
            guest.give(WRONG)
        assert guest.at(StaffPlace.PIN)


def test_a_pin_is_compared_once_its_try_is_stored(compared: list[str]) -> None:
    """Whoever learns that a PIN was wrong cannot take the try back by pulling the plug: it is in the record before."""
    with guessing() as guest:
        guest.become("slow")
        guest.give(WRONG)
        assert (guest.at(StaffPlace.CHECKING), compared) == (True, [])
        guest.become("well")
        kept = guest.kiosk.store.read().pin_tries("therapist-1")
        assert (guest.at(StaffPlace.PIN), compared) == (True, [WRONG])
        assert kept is not None
        assert kept.tries == 1


def test_trouble_that_shows_while_a_try_waits_ends_the_wait(compared: list[str]) -> None:
    """A record that turns out to take nothing keeps nobody before the desk."""
    with guessing() as guest:
        guest.become("slow")
        guest.give(PIN)
        assert guest.at(StaffPlace.CHECKING)
        guest.become("full")
        assert guest.at(StaffPlace.MENU)


@settings(max_examples=20, derandomize=True, phases=[Phase.generate])
@given(visits=VISITS)
def test_never_more_than_five_wrong_pins_without_a_lock(visits: list[tuple[str, list[str], str, int]]) -> None:
    """Over any order of tries, leaving, coming back, waiting and trouble: never six within a minute."""
    with pytest.MonkeyPatch.context() as patch, guessing() as guest:
        rounds: list[list[int]] = [[]]
        given_ms = 0

        def watched(given_pin: str, _salt: str, _hash: str) -> bool:
            rounds[-1].append(given_ms)
            return given_pin == PIN

        patch.setattr(staff_mode, "is_pin", watched)
        for how, tried, then, ms in visits:
            guest.come()
            guest.become(how)
            for digits in tried:
                given_ms = guest.kiosk.clock.now_ms()
                guest.give(digits)
                if guest.kiosk.state.entered:
                    rounds.append([])
                    guest.come()
            if then == "back":
                guest.press(Button.RED)
            else:
                guest.become(then)
            if guest.kiosk.state.entered:
                rounds.append([])
            guest.wait(ms)
        for times in rounds:
            # The sixth of any six was given after a lock that is younger than the first of them.
            assert all(b - a >= pin.LOCKS_MS[0] for a, b in zip(times, times[pin.FREE_TRIES :], strict=False))
