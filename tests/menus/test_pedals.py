"""Teaching a pedal at the desk: its stop first, proved by a stop; three equal presses; one key, one meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk.effects import KeepPedals, UsePedals
from kiosk.desk.lesson import MOST, Lesson, key_down
from kiosk.desk.model import StaffPlace
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import staff
from kiosk.screens.scene import NoteScene
from kiosk.signals import Button, PedalKey, PedalMeaning
from tests.menus.menus import AtDesk, staff_data

RED, GREEN, AMBER = Button.RED, Button.GREEN, Button.AMBER


def same(text: str) -> str:
    return text


class Teaching:
    """A desk, and whoever reads the pedals: what is taught there is pressed as a button."""

    def __init__(self, known: tuple[PedalMeaning, ...] = (), slot: str = "therapist-1") -> None:
        self.desk = AtDesk.entered(staff_data(None, pedals=known), slot)
        self.read = known
        self.trodden: list[tuple[str, str]] = []

    def tread(self, *keys: str, device: str = "FS") -> None:
        """Tread on pedals that send these keys."""
        for key in keys:
            self.trodden.append((device, key))
            button = next((one.button for one in self.read if (one.device, one.key) == (device, key)), None)
            self._send(PedalKey(device, key, button, self.desk.now))
            if button is not None:
                self.press(button)

    def press(self, button: Button) -> None:
        """Press a button of the plate."""
        done = len(self.desk.effects)
        self.desk.press(button)
        self._follow(done)

    def begin(self) -> None:
        self.desk.choose("pedals", "teach")

    def kept(self) -> tuple[PedalMeaning, ...] | None:
        """What was kept last."""
        return kept[-1].meanings if (kept := self.desk.of(KeepPedals)) else None

    @property
    def said(self) -> str:
        """What stands on the screen."""
        scene = present_staff(self.desk.state, "", same)
        assert isinstance(scene, NoteScene)
        return " ".join((scene.title, *scene.lines))

    def _send(self, pressed: PedalKey) -> None:
        done = len(self.desk.effects)
        self.desk.send(pressed)
        self._follow(done)

    def _follow(self, done: int) -> None:
        for effect in self.desk.effects[done:]:
            if isinstance(effect, UsePedals | KeepPedals):
                self.read = effect.meanings


def meanings(*pairs: tuple[str, Button]) -> tuple[PedalMeaning, ...]:
    return tuple(PedalMeaning("FS", key, button) for key, button in pairs)


@pytest.mark.parametrize("slot", ["therapist-1", "nurse-1"])
def test_three_pedals_are_taught_red_first(slot: str) -> None:
    """Red is kept once it has stopped; green and amber after three presses each; who did it is told."""
    at = Teaching(slot=slot)
    at.begin()
    assert "Which pedal stops?" in at.said
    at.tread("F13", "F13")
    assert "F13, 2 of 3" in at.said
    at.tread("F13")
    assert at.read == meanings(("F13", RED))
    assert at.kept() is None, "it has not stopped anything yet"
    assert "Now stop with it" in at.said
    at.tread("F13")
    assert at.kept() == meanings(("F13", RED))
    assert "Which pedal is green?" in at.said
    at.tread("F17", "F17", "F17")
    assert "Which pedal is amber?" in at.said
    at.tread("F18", "F18", "F18")
    assert at.kept() == at.read == meanings(("F13", RED), ("F17", GREEN), ("F18", AMBER))
    assert at.desk.at(StaffPlace.SAVED)
    assert {effect.by for effect in at.desk.of(KeepPedals)} == {slot}


@pytest.mark.parametrize("way", ["red", "silence"])
def test_a_red_that_never_stopped_is_forgotten(way: str) -> None:
    """The plate's red leads back as ever, and silence home: neither proves the pedal."""
    at = Teaching()
    at.begin()
    at.tread("F13", "F13", "F13")
    done = len(at.desk.effects)
    if way == "red":
        at.press(RED)
        assert at.desk.at(StaffPlace.PEDALS)
    else:
        at.desk.wait(at.desk.state.data.idle_ms + 1)
        assert at.desk.state.left
    assert UsePedals(()) in at.desk.effects[done:]
    assert at.kept() is None


def test_another_key_begins_anew() -> None:
    """Only equal presses count, and another device's key of the same name is another one."""
    at = Teaching()
    at.begin()
    at.tread("F13", "F13", "F19", "F13", "F13")
    at.tread("F13", device="other")
    at.tread("F13")
    assert at.read == ()
    at.tread("F13", "F13")
    assert at.read == meanings(("F13", RED))


def test_a_key_keeps_its_meaning() -> None:
    """What is taught already is said to be, teaches nothing else, and does nothing else on this page."""
    at = Teaching(meanings(("F13", RED)))
    at.begin()
    at.tread("F13", "F13", "F13")
    assert "keeps it" in at.said
    assert at.desk.at(StaffPlace.LESSON)
    at.tread("F20", "F20", "F20", "F13")
    assert "keeps it" in at.said
    assert at.kept() is None, "another red is no proof of this one"
    at.tread("F20")
    assert at.kept() == meanings(("F13", RED), ("F20", RED))
    at.press(RED)
    assert at.desk.at(StaffPlace.PEDALS), "the plate's red still leads back"


def test_red_alone_is_enough_and_can_be_forgotten() -> None:
    """One pedal is a stop; before that there is nothing to have enough of."""
    at = Teaching()
    at.begin()
    assert staff.options(at.desk.state) == ()
    at.press(GREEN)
    assert at.desk.at(StaffPlace.LESSON)
    at.tread("F13", "F13", "F13", "F13")
    at.press(GREEN)
    assert at.desk.at(StaffPlace.SAVED)
    at.press(RED)
    at.desk.choose("pedals", "forget")
    at._follow(0)
    assert (at.kept(), at.read) == ((), ())


def test_without_pedals_the_menu_does_not_name_them() -> None:
    """In a window keys come another way, and none can be taught."""
    assert "pedals" not in staff.options(AtDesk.entered(staff_data(None)).state)
    lesson = Lesson(tuple(PedalMeaning("FS", str(n), RED) for n in range(MOST)), GREEN)
    assert key_down(lesson, PedalKey("FS", "F13", None, 0)) == lesson


@given(st.lists(st.sampled_from(["F13", "F13", "F17", "F17", "F18", *Button, "wait"]), max_size=60))
def test_whatever_is_pressed_a_kept_pedal_stops(moves: list[str | Button]) -> None:
    """One key, one meaning; a stop among them that was trodden on four times; nothing unproved is read afterwards."""
    at = Teaching()
    at.begin()
    for move in moves:
        if at.desk.state.left:
            break
        if move == "wait":
            at.desk.wait(1_000)
        elif isinstance(move, Button):
            at.press(move)
        else:
            at.tread(move)
        kept = at.kept() or ()
        assert len({(one.device, one.key) for one in kept}) == len(kept)
        assert not kept or any(one.button is RED for one in kept)
        assert all(at.trodden.count((one.device, one.key)) >= (4 if one.button is RED else 3) for one in kept)
    done = len(at.desk.effects)
    at.desk.wait(at.desk.state.data.idle_ms + 1)
    at._follow(done)
    assert at.desk.state.left
    assert at.read == (at.kept() or ())
    assert at.desk.state.lesson is None
