"""What staff change at the bedside holds from then on, and the one line that says what is missing is the weightiest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk.clock import SimClock
from kiosk.records.rows import StateRow
from kiosk.records.store import Store
from kiosk.runtime.bedside import PEDALS, key_of, pedals_text, taught_pedals, with_bedside, with_setting
from kiosk.runtime.condition import Condition
from kiosk.runtime.staff_mode import StaffMode
from kiosk.settings import Settings
from kiosk.signals import Button, PedalKey, PedalMeaning, Press
from tests.menus.menus import AtDesk, staff_data
from tests.runtime.test_session_mode import Bench


def test_a_setting_of_the_bedside_survives_a_restart_and_counts_more_than_the_file(tmp_path: Path) -> None:
    """A person with one switch must have it again after the power was away."""
    store = Store.open(tmp_path, SimClock())
    try:
        store.put(StateRow(key_of("buttons.single_switch"), "1"), StateRow(key_of("sound.volume"), "3"))
        assert store.flush(5)
    finally:
        assert store.close(5)
    again = Store.open(tmp_path, SimClock(boot_id="boot-2"))
    try:
        settings = with_bedside(Settings(), again.read())
    finally:
        again.close(5)
    assert (settings.buttons.single_switch, settings.sound.volume) == (True, 3)
    assert settings.buttons.refractory_ms == Settings().buttons.refractory_ms


@pytest.mark.parametrize(("name", "value"), [("sound.volume", 9), ("screen.width_mm", 700), ("no.such", 1)])
def test_a_value_out_of_range_or_of_no_bedside_setting_changes_nothing(name: str, value: int) -> None:
    """A damaged row must not make the kiosk silent, deaf or unable to start."""
    assert with_setting(Settings(), name, value) == Settings()


@pytest.mark.parametrize(
    ("condition", "begins"),
    [
        (Condition(), ""),
        (Condition(safe=True), "Simple mode"),
        (Condition(sound_ok=False, safe=True), "No sound"),
        (Condition(sound_ok=False, sound_wanted=False), ""),
        (Condition(recorded=True, sound_ok=False), "A recorded face"),
        (Condition(camera_ok=False, recorded=True), "No picture"),
        (Condition(store_problem="disk_full", camera_ok=False), "Not saving"),
        (Condition(lost=frozenset(("FS3", "FS2")), store_problem="disk_full"), "Unplugged: FS2."),
        (Condition(stuck=frozenset((Button.RED,)), lost=frozenset(("FS2",))), "Red is stuck"),
        (Condition(stuck=frozenset((Button.GREEN,)), store_problem="disk_full"), "A button is stuck"),
        (Condition(stuck=frozenset((Button.GREEN, Button.RED))), "Red is stuck"),
    ],
)
def test_one_line_says_the_weightiest_thing_that_is_missing(condition: Condition, begins: str) -> None:
    """Stop comes first, then the record, then the picture, then the sound."""
    line = condition.notice(lambda text: text, picture=True)
    assert line.startswith(begins)
    assert bool(line) == bool(begins)


def test_a_missing_picture_is_no_news_where_none_is_wanted() -> None:
    """Nobody needs to hear of the camera while they rate their pain."""
    assert Condition(camera_ok=False).notice(lambda text: text, picture=False) == ""


TAUGHT = (PedalMeaning("FS", "F13", Button.RED), PedalMeaning("FS", "F17", Button.GREEN))


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        (pedals_text(TAUGHT), TAUGHT),
        (pedals_text((*TAUGHT, PedalMeaning("FS", "SPACE", Button.RED), PedalMeaning("FS", "5", Button.RED))), TAUGHT),
        (pedals_text((*TAUGHT, PedalMeaning("FS", "F13", Button.AMBER))), TAUGHT),
        (pedals_text(TAUGHT[1:]), ()),
        ("", ()),
        ("[[", ()),
        ("[" * 5_000, ()),
        ('[{"device":"FS","key":"F13","button":"blue"}]', ()),
        ('{"device":1}', ()),
    ],
)
def test_what_pedals_were_taught_is_read_strictly(tmp_path: Path, kept: str, found: tuple[PedalMeaning, ...]) -> None:
    """A damaged row, or one without a stop, teaches nothing; built-in keys keep theirs; one key has one meaning."""
    store = Store.open(tmp_path, SimClock())
    try:
        assert taught_pedals(store.read()) == ()
        store.put(StateRow(PEDALS, kept))
        assert store.flush(5)
        assert taught_pedals(store.read()) == found
    finally:
        store.close(5)


def test_what_the_desk_teaches_is_read_at_once_and_kept(tmp_path: Path) -> None:
    """After three presses it is a button, once it has stopped it is kept, and who did it is told."""
    learned: list[object] = []
    bench = Bench(tmp_path)
    try:
        reader = SimpleNamespace(pedals=(), learn=learned.append)
        led = StaffMode(replace(bench.ports, pedals=reader), lambda: staff_data(None, pedals=()), lambda _k, _v: None)
        at = AtDesk.entered(staff_data(None, pedals=()))
        at.choose("pedals", "teach")
        led.state = at.state
        for _ in range(3):
            led.hear(PedalKey("FS", "F13", None, 0), bench.clock.now_ms())
        led.hear(PedalKey("FS", "F13", Button.RED, 0), bench.clock.now_ms())
        led.hear(Press(Button.RED, 0), bench.clock.now_ms())
        assert learned == [TAUGHT[:1], TAUGHT[:1]]
        assert bench.store.flush(5)
        assert taught_pedals(bench.store.read()) == TAUGHT[:1]
        told = [event.detail_code for event in bench.store.read().events(5) if event.code == "pedals"]
        assert told == ["1:therapist-1"]
    finally:
        bench.store.close(5)
