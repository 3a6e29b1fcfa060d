"""What staff change at the bedside holds from then on, and the one line that says what is missing is the weightiest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace as changed

from kiosk.bedside.kept_settings import (
    PEDALS,
    kept_for,
    of_person,
    of_place,
    pedals_text,
    row_of,
    taught_pedals,
    text_of,
    with_setting,
)
from kiosk.bedside.persons import person_row
from kiosk.care.person import Person
from kiosk.clock import SimClock
from kiosk.desk.effects import ChangeSetting
from kiosk.desk_pages.items import setting_names
from kiosk.plans.plan import Bed, plan_bytes
from kiosk.records.store import Store
from kiosk.rows.kinds import BOUND, Entry, PersonRow, StateRow, digest_of
from kiosk.runtime.condition import Condition
from kiosk.runtime.staff_mode import StaffMode
from kiosk.screens.scene import TableScene
from kiosk.settings import BEDSIDE, Buttons, Handover, Settings, Value, checked
from kiosk.signals import Button, Chord, PedalKey, PedalMeaning, Press
from tests.care.people import PARETIC, SYNKINETIC
from tests.menus.menus import AtDesk, staff_data
from tests.package.made import code
from tests.patience import PATIENCE_S
from tests.runtime.test_protection import Kiosk
from tests.runtime.test_session_mode import Bench
from tests.usb.test_import_read import zipped


def test_a_setting_of_the_bedside_survives_a_restart_and_counts_more_than_the_file(tmp_path: Path) -> None:
    """A person with one switch must have it again after the power was away."""
    store = Store.open(tmp_path, SimClock())
    try:
        store.put(
            row_of(ChangeSetting("buttons.single_switch", True, "nurse-1", PARETIC.code)),
            row_of(ChangeSetting("sound.volume", 3, "nurse-1", PARETIC.code)),
            row_of(ChangeSetting("handover.protection", "none", "therapist-1")),
        )
        assert store.flush(PATIENCE_S)
    finally:
        assert store.close(PATIENCE_S)
    again = Store.open(tmp_path, SimClock(boot_id="boot-2"))
    try:
        of_all = of_place(Settings(), again.read())
        theirs = of_person(of_all, kept_for(again.read(), PARETIC.code))
        assert of_person(of_all, kept_for(again.read(), code(1))) == of_all
    finally:
        again.close(PATIENCE_S)
    assert of_all == changed(Settings(), handover=Handover("none"))
    assert (theirs.buttons.single_switch, theirs.sound.volume, theirs.handover.protection) == (True, 3, "none")
    assert theirs.buttons.refractory_ms == Settings().buttons.refractory_ms


@pytest.mark.parametrize(
    ("name", "value"), [("sound.volume", 9), ("screen.width_mm", 7), ("buttons.red", 24), ("no.such", 1)]
)
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
        (Condition(unreadable=True, store_problem="disk_full"), "The record cannot be read"),
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


def test_safe_mode_says_so_beside_whatever_else_is_missing() -> None:
    """A kiosk without sound in safe mode used to say only that: staff looked for the camera and not for the reason."""
    lines = [
        replace(condition, safe=True).notice(lambda text: text, picture=False)
        for condition in (Condition(sound_ok=False), Condition(store_problem="disk_full"), Condition(trial=True))
    ]
    assert lines == [
        "No sound. Follow the screen. Simple mode.",
        "Not saving just now. Please tell staff. Simple mode.",
        "Trial: a made-up person. Simple mode. Please tell staff.",
    ]


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
        assert store.flush(PATIENCE_S)
        assert taught_pedals(store.read()) == found
    finally:
        store.close(PATIENCE_S)


def test_what_the_desk_teaches_is_read_at_once_and_kept(tmp_path: Path) -> None:
    """After three presses it is a button, once it has stopped it is kept, and who did it is told."""
    learned: list[object] = []
    bench = Bench(tmp_path)
    try:
        reader = SimpleNamespace(pedals=(), learn=learned.append)
        led = StaffMode(replace(bench.ports, pedals=reader), lambda: staff_data(None, pedals=()), lambda _change: None)
        at = AtDesk.entered(staff_data(None, pedals=()))
        at.choose("pedals", "teach")
        led.state = at.state
        for _ in range(3):
            led.hear(PedalKey("FS", "F13", None, 0), bench.clock.now_ms())
        led.hear(PedalKey("FS", "F13", Button.RED, 0), bench.clock.now_ms())
        led.hear(Press(Button.RED, 0), bench.clock.now_ms())
        assert learned == [TAUGHT[:1], TAUGHT[:1]]
        assert bench.store.flush(PATIENCE_S)
        assert taught_pedals(bench.store.read()) == TAUGHT[:1]
        told = [event.detail_code for event in bench.store.read().events(5) if event.code == "pedals"]
        assert told == ["1:therapist-1"]
    finally:
        bench.store.close(PATIENCE_S)


def bound_to(data: Path, *people: Person) -> None:
    """A record of these persons, of whom the first is at the kiosk."""
    store = Store.open(data, SimClock())
    store.put(*map(person_row, people), StateRow(BOUND, people[0].code))
    assert store.close(PATIENCE_S)


def settings_page(kiosk: Kiosk) -> dict[str, str]:
    """What the page of settings says."""
    kiosk.choose("Settings")
    scene = kiosk.scene
    assert isinstance(scene, TableScene)
    kiosk.press(Button.RED)
    return {row.label: row.value for row in scene.rows}


def come(kiosk: Kiosk, person: Person) -> None:
    """Somebody is taken up who was here before."""
    kiosk.choose("Somebody who was here before")
    while person.code not in kiosk.chosen:
        kiosk.press(Button.AMBER)
    kiosk.press(Button.GREEN)
    kiosk.choose("Save")
    kiosk.press(Button.GREEN)


def go(kiosk: Kiosk) -> None:
    """The person is discharged; the desk is entered again after the cleaning."""
    kiosk.choose("Discharge", "Yes, discharge")
    kiosk.hear(Chord(kiosk.clock.now_ms()))
    kiosk.enter()


def test_what_suits_a_person_goes_with_them_and_comes_back(tmp_path: Path) -> None:
    """One switch, a loud voice and a trembling hand of somebody who was discharged stayed for the next."""
    next_one = changed(PARETIC, code=code(1))
    bound_to(tmp_path, SYNKINETIC, next_one)
    kiosk = Kiosk(tmp_path, "boot-1", 2)
    try:
        of_site = settings_page(kiosk)
        kiosk.choose("Settings", "Volume", "Loud", "Single switch", "On", "Pause after each press", "250 ms")
        kiosk.press(Button.RED)
        theirs = settings_page(kiosk)
        assert theirs == of_site | {"Volume": "Loud", "Single switch": "On", "Pause after each press": "250 ms"}
        go(kiosk)
        assert set(settings_page(kiosk)) == {"Who can open a package", "First start"}, "nobody's ears and hands"
        come(kiosk, next_one)
        assert settings_page(kiosk) == of_site
        go(kiosk)
        come(kiosk, SYNKINETIC)
        assert settings_page(kiosk) == theirs
    finally:
        kiosk.close()


def bring(kiosk: Kiosk, folder: Path, person: Person, settings: dict[str, Value]) -> None:
    """The plan of somebody comes from a stick, with what suits them, and is saved."""
    folder.mkdir()
    raw = b"".join(plan_bytes([person], Bed(code=person.code, settings=settings)))
    (folder / "FK-IMPORT.zip").write_bytes(zipped(("plan.json", raw)))
    kiosk.choose("Take in from a stick")
    kiosk.sticks.plug(folder)
    kiosk.settle()
    kiosk.choose("Plan of a person")
    kiosk.press(Button.GREEN)
    kiosk.choose("Save")
    kiosk.press(Button.GREEN)
    kiosk.press(Button.RED)


def test_nothing_of_who_was_erased_suits_whoever_gets_the_code(tmp_path: Path) -> None:
    """What had been set in the same run was remembered, and held for the next with that code until a restart."""
    who = changed(SYNKINETIC, code=code(1))
    bound_to(tmp_path / "data", who)
    kiosk = Kiosk(tmp_path / "data", "boot-1", 2)
    try:
        of_site = settings_page(kiosk)
        kiosk.choose("Settings", "Volume", "Loud")
        kiosk.press(Button.RED)
        kiosk.choose("Erase a person", who.code, "Yes, erase", "Erase now")
        kiosk.settle()
        kiosk.press(Button.RED)
        bring(kiosk, tmp_path / "stick", who, {})
        assert settings_page(kiosk) == of_site
    finally:
        kiosk.close()


def test_what_a_stick_brings_for_somebody_who_was_here_holds_and_goes_back_to_what_they_had(tmp_path: Path) -> None:
    """Their newer plan said what this place has: the kiosk went on with what they had needed before."""
    person = changed(SYNKINETIC, code=code(1))
    data = tmp_path / "data"
    bound_to(data, person)
    kiosk = Kiosk(data, "boot-1", 2)
    try:
        kiosk.choose("Settings", "Volume", "Loud", "Single switch", "On")
        kiosk.press(Button.RED)
        theirs = settings_page(kiosk)
        go(kiosk)
        brought: dict[str, Value] = {"sound.volume": 2, "buttons.single_switch": False, "buttons.refractory_ms": 250}
        bring(kiosk, tmp_path / "stick", person, brought)
        newer = {"Volume": "Medium", "Single switch": "Off", "Pause after each press": "250 ms"}
        assert settings_page(kiosk) == theirs | newer
        kiosk.choose("The plan: practice and care", "Take back")
        kiosk.press(Button.GREEN)
        come(kiosk, person)
        assert settings_page(kiosk) == theirs
    finally:
        kiosk.close()
    store = Store.open(data, SimClock(boot_id="boot-2"))
    try:
        assert of_person(Settings(), kept_for(store.read(), person.code)).buttons == Buttons(single_switch=True)
    finally:
        store.close(PATIENCE_S)


def test_what_staff_do_with_one_press_is_stored_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut between a plan and its single switch left the person without a way to choose."""
    data, person = tmp_path / "data", changed(SYNKINETIC, code=code(1))
    kiosk = Kiosk(data, "boot-1", 2)
    put, handed = kiosk.store.put, list[tuple[Entry, ...]]()

    def noted(*rows: Entry) -> int:
        handed.append(rows)
        return put(*rows)

    monkeypatch.setattr(kiosk.store, "put", noted)
    try:
        bring(kiosk, tmp_path / "stick", person, {"buttons.single_switch": True})
    finally:
        kiosk.close()
    whole = [rows for rows in handed if StateRow(BOUND, person.code) in rows]
    assert len(whole) == 1
    assert row_of(ChangeSetting("buttons.single_switch", True, "therapist-1", person.code)) in whole[0]
    assert any(isinstance(row, PersonRow) for row in whole[0])


def heard(kiosk: Kiosk) -> int:
    """How many of three quick presses are heard."""
    kiosk.clock.advance(1_000)
    assert not kiosk.plate.drain(kiosk.clock.now_ms())
    for _ in range(3):
        kiosk.buttons.press(Button.GREEN)
        kiosk.clock.advance(100)
    return len([news for news in kiosk.plate.drain(kiosk.clock.now_ms()) if isinstance(news, Press)])


def test_a_hand_is_read_as_it_needs_where_the_plan_cannot_be_read(tmp_path: Path) -> None:
    """After a restart a hand that trembles gave three presses for one, though its setting could be read."""
    store = Store.open(tmp_path, SimClock())
    unread = changed(person_row(PARETIC), profile="{", digest=digest_of("{"))
    pause = row_of(ChangeSetting("buttons.refractory_ms", 250, "nurse-1", PARETIC.code))
    store.put(unread, StateRow(BOUND, PARETIC.code), pause)
    assert store.close(PATIENCE_S)
    kiosk = Kiosk(tmp_path, "boot-1", 2)
    try:
        assert heard(kiosk) == 1
    finally:
        kiosk.close()


def test_the_hand_of_the_next_person_is_read_at_once(tmp_path: Path) -> None:
    """A pause after each press that suits a hand that trembles swallows every other press of a quick one."""
    bound_to(tmp_path, SYNKINETIC)
    kiosk = Kiosk(tmp_path, "boot-1", 2)
    try:
        assert heard(kiosk) == 3
        kiosk.choose("Settings", "Pause after each press", "250 ms")
        kiosk.press(Button.RED)
        assert heard(kiosk) == 1
        go(kiosk)
        assert heard(kiosk) == 3
    finally:
        kiosk.close()


@pytest.mark.parametrize("name", BEDSIDE)
def test_staff_choose_from_values_that_the_setting_has(name: str) -> None:
    """What a page offers is in range, has the default among it, and is what a row brings back."""
    section, field = name.split(".")
    assert getattr(getattr(Settings(), section), field) in BEDSIDE[name]
    for value in BEDSIDE[name]:
        assert checked(name, value) == checked(name, text_of(value), strict=False) == value
        assert getattr(getattr(with_setting(Settings(), name, value), section), field) == value
    assert name in setting_names(str)
