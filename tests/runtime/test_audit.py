"""What staff do is written down once: each act has its lines in the log, and none stands there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.clock import ClockStatus
from kiosk.desk.model import StaffPlace
from kiosk.signals import Button, Chord
from tests.care.people import PARETIC
from tests.menus.menus import PIN
from tests.records.helpers import rows_in
from tests.usb.test_service import OTHER, AtStick

Act = Callable[[AtStick], None]
WRONG = "135790"


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[AtStick]:
    made = AtStick(tmp_path / "data")
    made.clock.trust = ClockStatus.UNSET
    made.desk = made.open()
    come_in(made)
    yield made
    made.close()


def lines(kiosk: AtStick) -> list[str]:
    """The audit trail so far, oldest first."""
    return [code for (code,) in rows_in(kiosk.data, "SELECT code FROM events WHERE level = 'audit' ORDER BY seq")]


def come_in(kiosk: AtStick, pin: str = PIN) -> None:
    kiosk.press(Button.GREEN)
    kiosk.type(pin)
    kiosk.settle()


def arrive(kiosk: AtStick) -> None:
    kiosk.desk = kiosk.open()


def arrive_and_come_in(kiosk: AtStick) -> None:
    arrive(kiosk)
    come_in(kiosk)


def wait(kiosk: AtStick, ms: int) -> None:
    kiosk.clock.advance(ms)
    kiosk.desk.tick(kiosk.clock.now_ms())
    kiosk.settle()


def hold_both(kiosk: AtStick) -> None:
    kiosk.desk.hear(Chord(kiosk.clock.now_ms()), kiosk.clock.now_ms())
    kiosk.settle()


def wrong(times: int) -> Act:
    def act(kiosk: AtStick) -> None:
        arrive(kiosk)
        kiosk.press(Button.GREEN)
        for _ in range(times):
            kiosk.type(WRONG)
            kiosk.settle()

    return act


def set_clock(kiosk: AtStick) -> None:
    kiosk.choose("clock")
    kiosk.type("030320260915")


def new_nurse(kiosk: AtStick) -> None:
    kiosk.choose("staff", "new", "nurse")
    kiosk.type("864209")
    kiosk.type("864209")
    kiosk.settle()


def pause(kiosk: AtStick) -> None:
    kiosk.choose("pause", "week")


def take_back(kiosk: AtStick) -> None:
    pause(kiosk)
    kiosk.press(Button.AMBER)


def agree(kiosk: AtStick) -> None:
    kiosk.choose("consent", "clips")
    kiosk.press(Button.GREEN)


def withdraw(kiosk: AtStick) -> None:
    agree(kiosk)
    kiosk.press(Button.GREEN)
    kiosk.choose("consent", "withdraw")


def discharge(kiosk: AtStick) -> None:
    kiosk.choose("discharge", "discharge")


def clean(kiosk: AtStick) -> None:
    kiosk.choose("cleaning")
    hold_both(kiosk)


def erase(kiosk: AtStick) -> None:
    kiosk.choose("erase", OTHER.code, "erase", "erase")
    kiosk.settle()


ACTS: dict[str, tuple[Act, list[str]]] = {
    "come in": (arrive_and_come_in, ["staff.entered"]),
    "leave": (lambda kiosk: kiosk.press(Button.RED), ["staff.left"]),
    "walk away": (lambda kiosk: wait(kiosk, 180_000), ["staff.idle"]),
    "a wrong PIN": (wrong(1), ["pin.wrong"]),
    "five wrong PINs": (wrong(5), [*["pin.wrong"] * 4, "pin.locked"]),
    "set the clock": (set_clock, ["clock.set"]),
    "a new PIN": (new_nurse, ["staff.saved"]),
    "pause": (pause, ["person.saved"]),
    "take back": (take_back, ["person.saved", "person.undone"]),
    "close a programme": (lambda kiosk: kiosk.choose("programmes", ":relax", "lock"), ["person.saved"]),
    "change a setting": (lambda kiosk: kiosk.choose("settings", "sound.volume", "3"), ["setting"]),
    "agree": (agree, ["person.saved"]),
    "withdraw": (withdraw, ["person.saved", "consent.clips"]),
    "discharge": (discharge, ["discharge", "cleaning.begun"]),
    "clean": (clean, ["cleaning.begun", "cleaning.ended", "staff.left"]),
    "erase": (erase, ["person.erased"]),
    "only look": (lambda kiosk: kiosk.choose("status"), []),
}


@pytest.mark.parametrize("act", ACTS)
def test_each_act_has_its_lines_and_no_other(kiosk: AtStick, act: str) -> None:
    """Whoever reads the log counts acts, not echoes of them."""
    before = len(lines(kiosk))
    how, wanted = ACTS[act]
    how(kiosk)
    assert lines(kiosk)[before:] == wanted


def test_no_line_of_the_log_names_a_person_in_its_words(kiosk: AtStick) -> None:
    """Whom it is about has a column of its own: erasing finds it there."""
    for act in (take_back, set_clock, withdraw, erase, discharge):
        if not kiosk.at(StaffPlace.MENU):
            kiosk.press(Button.GREEN)
        act(kiosk)
    assert kiosk.at(StaffPlace.CLEANING)
    details = [detail for (detail,) in rows_in(kiosk.data, "SELECT detail_code FROM events")]
    assert not [detail for detail in details if PARETIC.code in detail or OTHER.code in detail]
