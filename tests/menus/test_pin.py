"""PINs: no factory PIN, five tries, locks that a restart, a pulled plug or a wrong wall clock do not shorten."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.care.person import Role
from kiosk.desk import pin
from kiosk.desk.effects import CheckPin, Logged, SaveStaff, SaveTries
from kiosk.desk.model import PinChecked, StaffPlace
from kiosk.desk.pin import Tries, hash_pin, is_pin, locked_ms, one_more, too_easy
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import staff
from kiosk.screens.scene import Digits
from kiosk.signals import Button, Typed
from tests.menus.menus import NURSE, PIN, START, THERAPIST, AtDesk, said, staff_data

WRONG = "135790"
MINUTE = 60_000


def at_pin(**changes: object) -> AtDesk:
    desk = AtDesk.begin(staff_data(**changes))  # type: ignore[arg-type]
    desk.choose("therapist-1")
    return desk


def test_a_pin_is_kept_as_salt_and_hash() -> None:
    """Nobody reads a PIN out of the record, and two equal PINs look different."""
    kept = hash_pin(PIN, b"a" * 16)
    assert kept != hash_pin(PIN, b"b" * 16)
    assert PIN not in kept
    assert is_pin(PIN, (b"a" * 16).hex(), kept)
    assert not is_pin(WRONG, (b"a" * 16).hex(), kept)


def test_a_kept_pin_says_how_it_was_hashed() -> None:
    """Whoever raises the cost later still lets in those who set their PIN before: the row says what it cost then."""
    salt = b"a" * 16
    name, n, r, p, _ = hash_pin(PIN, salt).split(":")
    assert name == "scrypt"
    raised = hashlib.scrypt(PIN.encode(), salt=salt, n=2 * int(n), r=int(r), p=int(p) + 1, maxmem=2**26, dklen=32)
    kept = f"scrypt:{2 * int(n)}:{r}:{int(p) + 1}:{raised.hex()}"
    assert is_pin(PIN, salt.hex(), kept)
    assert not is_pin(WRONG, salt.hex(), kept)
    assert not is_pin(PIN, salt.hex(), kept.replace(f":{2 * int(n)}:", f":{n}:"))


def test_pins_from_before_the_hash_named_its_cost_still_open() -> None:
    """What was written at first: the bare hash of scrypt with 16384, 8 and 1."""
    salt = b"a" * 16
    bare = hashlib.scrypt(PIN.encode(), salt=salt, n=16384, r=8, p=1, dklen=32).hex()
    assert is_pin(PIN, salt.hex(), bare)
    assert not is_pin(WRONG, salt.hex(), bare)


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "scrypt",
        "scrypt:16384:8:1",
        "argon2id:16384:8:1:00",
        "scrypt:16384:8:1:zz",
        "scrypt:many:8:1:00",
        "scrypt:16383:8:1:00",
        "scrypt:1073741824:8:1:00",
        "scrypt:16384:8:4096:00",
        "scrypt:-2:8:1:00",
        "scrypt:16384:0:1:00",
        "é" * 64,
    ],
)
def test_a_kept_pin_that_cannot_be_read_opens_to_nobody(kept: str) -> None:
    """A damaged row asks for neither all the memory nor an hour of the processor, and ends nothing."""
    assert not is_pin(PIN, (b"a" * 16).hex(), kept)
    assert not is_pin(PIN, "no salt", hash_pin(PIN, b"a" * 16))


def test_secrets_stay_out_of_logs() -> None:
    """A state or an effect that is printed by mistake shows no PIN."""
    desk = at_pin()
    desk.answering = False
    desk.keys(PIN[:5])
    assert PIN[:5] not in repr(desk.state)
    desk.keys(PIN[5:])
    assert PIN not in repr(desk.effects)
    assert PIN not in repr(SaveStaff("therapist-1", Role.THERAPIST, "T", PIN))


@pytest.mark.parametrize("digits", ["000000", "777777", "123456", "654321", "890123"])
def test_what_anybody_would_try_first_is_refused(digits: str) -> None:
    """A PIN that is guessed in five tries protects nobody."""
    assert too_easy(digits)
    assert not too_easy(PIN)


def test_there_is_no_pin_from_the_factory() -> None:
    """A new kiosk lets nobody in before a therapist has set a PIN, twice."""
    desk = AtDesk.begin(staff_data(None, slots=()))
    assert desk.at(StaffPlace.FIRST)
    desk.press(Button.GREEN)
    desk.keys(PIN)
    assert (desk.state.place, desk.state.entered) == (StaffPlace.NEW_PIN_AGAIN, False)
    desk.keys(WRONG)
    assert (desk.state.place, desk.state.frame.message, desk.state.entered) == (StaffPlace.NEW_PIN, "differ", False)
    desk.keys("000000")
    assert desk.state.frame.message == "easy"
    desk.keys(PIN)
    desk.turn(PIN)
    assert desk.of(SaveStaff) == [SaveStaff("therapist-1", Role.THERAPIST, "Therapist 1", PIN)]
    assert (desk.state.place, desk.state.role) == (StaffPlace.MENU, Role.THERAPIST)
    assert CheckPin not in {type(effect) for effect in desk.effects}


def test_once_there_is_a_slot_nobody_makes_a_first_one() -> None:
    """Holding two buttons on a kiosk in use is no way around the PIN."""
    assert AtDesk.begin(staff_data()).state.place is StaffPlace.SLOTS


def test_the_pin_is_given_with_two_buttons() -> None:
    """No keyboard is needed; each digit starts somewhere else, so counting presses from afar tells nothing."""
    starts = set()
    desk = at_pin()
    for digit in PIN:
        starts.add(desk.state.frame.turning)
        desk.turn(digit)
    assert desk.at(StaffPlace.MENU)
    assert len(starts) > 2


def test_a_right_pin_enters_and_forgets_wrong_ones() -> None:
    """Four slips of this morning must not lock somebody out tonight."""
    desk = at_pin()
    for _ in range(4):
        desk.keys(WRONG)
        assert desk.at(StaffPlace.PIN)
    assert pin.left(desk.state.tries("therapist-1")) == 1
    desk.keys(PIN)
    assert desk.state.entered
    assert desk.kept() == Tries()


def test_five_wrong_tries_lock_longer_each_time() -> None:
    """1, 5, 15, then 60 minutes, again and again, and the right PIN does not help meanwhile."""
    desk = at_pin()
    for minutes in (1, 5, 15, 60, 60):
        for _ in range(5):
            assert desk.at(StaffPlace.PIN)
            desk.keys(WRONG)
        assert desk.at(StaffPlace.LOCKED)
        tried = len(desk.of(CheckPin))
        desk.keys(PIN)
        desk.press(Button.GREEN)
        assert len(desk.of(CheckPin)) == tried
        for _ in range(minutes - 1):
            desk.wait(MINUTE)
            desk.press(Button.GREEN)
            assert desk.at(StaffPlace.LOCKED)
        desk.wait(MINUTE - 1)
        assert desk.at(StaffPlace.LOCKED)
        desk.wait(1)
        assert desk.at(StaffPlace.PIN)
    desk.keys(PIN)
    assert desk.state.entered


def test_a_lock_survives_restarts() -> None:
    """Pulling the plug does not shorten a lock: in the next boot it runs from the start."""
    desk = at_pin()
    for _ in range(5):
        desk.keys(WRONG)
    kept = desk.kept()
    again = AtDesk.begin(staff_data(slots=(replace(THERAPIST, tries=kept), NURSE), boot_id="boot-2"), now=5_000)
    again.choose("therapist-1")
    assert again.at(StaffPlace.LOCKED)
    again.wait(MINUTE - 5_001)
    assert again.at(StaffPlace.LOCKED)
    again.wait(1)
    assert again.at(StaffPlace.PIN)
    for _ in range(5):
        again.keys(WRONG)
    assert again.kept().lock_ms == 5 * MINUTE


@pytest.mark.parametrize(("rounds", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60)])
def test_each_lock_begins_again_with_every_restart(rounds: int, minutes: int) -> None:
    """However often the plug is pulled, and whatever date the kiosk comes back with: the whole lock, every time."""
    tries = Tries(5 * rounds, minutes * MINUTE, "boot-0", START)
    assert one_more(Tries(5 * rounds - 1), "boot-0", START) == tries
    for boot, year in (("boot-1", 1970), ("boot-2", 2099), ("boot-3", 2026)):
        slots = (replace(THERAPIST, tries=tries), NURSE)
        again = AtDesk.begin(staff_data(slots=slots, boot_id=boot, today=date(year, 1, 1)), now=0)
        again.choose("therapist-1")
        assert again.at(StaffPlace.LOCKED)
        for _ in range(minutes - 1):
            again.wait(MINUTE)
            again.press(Button.AMBER)  # somebody is there: the desk stays
            assert again.at(StaffPlace.LOCKED)
        again.keys(PIN)
        assert again.of(CheckPin) == []
        again.wait(MINUTE - 1)
        assert again.at(StaffPlace.LOCKED)
    again.wait(1)
    assert again.at(StaffPlace.PIN)


def test_the_wall_clock_has_no_say_in_a_lock() -> None:
    """Setting the clock years ahead, or back, opens nothing: a lock counts powered time only."""
    desk = at_pin()
    for _ in range(5):
        desk.keys(WRONG)
    for year in (2099, 1999):
        desk.fresh(today=date(year, 1, 1), clock_line=f"1.1.{year}")
        desk.wait(MINUTE // 4)
        assert desk.at(StaffPlace.LOCKED)
    desk.wait(MINUTE // 2)
    assert desk.at(StaffPlace.PIN)


def test_a_try_counts_before_it_is_compared() -> None:
    """Whoever cuts the power while a PIN is compared has used up a try all the same."""
    desk = at_pin()
    desk.answering = False
    desk.effects.clear()
    desk.keys(WRONG)
    assert [type(effect) for effect in desk.effects] == [SaveTries, CheckPin]
    assert desk.kept().count == 1


def test_an_answer_that_comes_too_late_lets_nobody_in() -> None:
    """A PIN that was left with red, or an older one, does not open the desk afterwards."""
    desk = at_pin()
    desk.answering = False
    desk.keys(PIN)
    desk.press(Button.RED)
    desk.send(PinChecked(desk.state.attempt, True))
    assert not desk.state.entered
    desk.choose("therapist-1")
    desk.keys(WRONG)
    desk.send(PinChecked(desk.state.attempt - 1, True))
    assert not desk.state.entered
    desk.send(PinChecked(desk.state.attempt, False))
    assert Logged("pin.wrong", "therapist-1") in desk.effects


def test_each_slot_has_its_own_tries() -> None:
    """A nurse who mistypes does not lock the therapist out."""
    desk = at_pin()
    for _ in range(5):
        desk.keys(WRONG)
    desk.press(Button.RED)
    desk.choose("nurse-1")
    desk.keys(PIN)
    assert (desk.state.entered, desk.state.role) == (True, Role.NURSE)


@given(st.lists(st.integers(0, 10**8), max_size=30), st.integers(0, 10**9))
def test_the_lock_never_gives_more_than_five_tries(gaps: list[int], now: int) -> None:
    """However tries are spread over time, between two locks there are at most five."""
    tries, free = Tries(), 0
    for gap in gaps:
        now += gap
        if free == pin.FREE_TRIES:
            assert locked_ms(tries, "boot-2", 0) == tries.lock_ms > 0
            now += locked_ms(tries, "boot-1", now)
            free = 0
        tries = one_more(tries, "boot-1", now)
        free += 1
        assert bool(locked_ms(tries, "boot-1", now)) == (free == pin.FREE_TRIES)


def test_wrong_keys_are_not_digits_elsewhere() -> None:
    """A keyboard's digits act only where digits are asked for."""
    desk = AtDesk.entered(staff_data())
    before = desk.state
    desk.send(Typed(3, START))
    assert desk.state.frames == before.frames


def test_where_the_slots_are_lost_nobody_sets_a_first_pin() -> None:
    """Whoever stands there reads who can let a therapist in, and goes home."""
    desk = AtDesk.begin(staff_data(None, slots=(), staff_lost=True))
    assert desk.at(StaffPlace.LOST)
    assert "kiosk staff reset" in said(present_staff(desk.state, "", str))
    desk.press(Button.AMBER)
    assert desk.at(StaffPlace.LOST)
    desk.press(Button.GREEN)
    assert (desk.state.left, desk.of(SaveStaff)) == (True, [])


def test_counting_presses_tells_a_watcher_nothing() -> None:
    """Whoever sees the hand and not the screen: each digit begins at each of the ten as often, each time anew."""
    begun: list[tuple[int, ...]] = []
    for seed in range(400):
        state, _ = staff.begin(staff_data(), seed, START)
        desk = AtDesk(state)
        desk.choose("therapist-1")
        starts = []
        for digit in PIN:
            starts.append(desk.state.frame.turning)
            desk.turn(digit)
        begun.append(tuple(starts))
    for place in range(len(PIN)):
        counts = [sum(starts[place] == digit for starts in begun) for digit in range(10)]
        assert min(counts) > 400 / 10 / 3, f"digit {place + 1} begins at some digits hardly ever: {counts}"
    pairs = {(starts[0], starts[1]) for starts in begun}
    assert len(pairs) > 90, "where one digit began tells where the next one does"


def test_a_digit_that_was_given_is_on_the_screen_no_more() -> None:
    """Whoever comes in later sees dots; a digit taken back, and a second try, begin somewhere else than before."""
    desk = at_pin()
    starts = [desk.state.frame.turning]
    for count, digit in enumerate(PIN[:5], 1):
        desk.turn(digit)
        scene = present_staff(desk.state, "", str)
        assert isinstance(scene, Digits)
        assert (scene.given, scene.shown) == (count, "")
        assert count < 3 or PIN[:count] not in said(scene)
    for _ in range(5):
        desk.press(Button.RED)
        starts.append(desk.state.frame.turning)
    desk.keys(WRONG)
    starts.append(desk.state.frame.turning)
    assert len(set(starts)) > 1
