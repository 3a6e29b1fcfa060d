"""Nothing is called saved at the desk before it survives a power cut, whoever hands it over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import ClockStatus
from kiosk.desk.model import StaffPlace
from kiosk.rows.kinds import Row
from kiosk.runtime.filming import Filming
from kiosk.screens.scene import Mark, NoteScene
from kiosk.signals import Button, Stored
from tests.menus.menus import PIN
from tests.usb.test_service import AtStick, same

OTHER_PIN = "864209"
LATER = 1_000_000
"""A token beyond those that the store has given until now."""


class Holding:
    """A store that keeps rows to itself until it is let, or refuses them."""

    def __init__(self, store: Any) -> None:
        self._store, self.how = store, "well"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def put(self, *rows: Row) -> int:
        token = int(self._store.put(*rows))
        return {"well": token, "refusing": 0}.get(self.how, LATER)


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[AtStick]:
    made = AtStick(tmp_path / "data")
    made.clock.trust = ClockStatus.UNSET
    made.ports = replace(made.ports, store=Holding(made.store))  # type: ignore[arg-type]
    made.filming = Filming(made.ports, made.data, made.settings)
    made.desk = made.open()
    made.press(Button.GREEN)
    made.type(PIN)
    yield made
    made.close()


def note(kiosk: AtStick) -> NoteScene:
    scene = kiosk.desk.scene("", same)
    assert isinstance(scene, NoteScene)
    return scene


def set_clock(staff: AtStick) -> None:
    staff.choose("clock")
    staff.type("030320260915")


def new_pin(staff: AtStick) -> None:
    staff.choose("staff", "new", "nurse")
    staff.type(OTHER_PIN)
    staff.type(OTHER_PIN)


def change_person(staff: AtStick) -> None:
    staff.choose("pause", "week")


def erase(staff: AtStick) -> None:
    staff.choose("erase", "23456X", "erase", "erase")


@pytest.mark.parametrize("how", [set_clock, new_pin, change_person, erase])
@pytest.mark.parametrize("record", ["slow", "refusing"])
def test_saved_is_said_once_it_is_stored(staff: AtStick, how: Callable[[AtStick], None], record: str) -> None:
    """The card takes its time, or takes nothing: until the store answers the screen says that it is still saving."""
    holding = staff.ports.store
    assert isinstance(holding, Holding)
    holding.how = record
    how(staff)
    assert staff.at(StaffPlace.SAVED)
    assert (note(staff).mark, note(staff).title) == (Mark.NONE, "Saving …")
    staff.desk.hear(Stored(LATER), staff.clock.now_ms())
    # What was refused never comes: whatever else is stored does not make it saved.
    assert note(staff).mark is (Mark.NONE if record == "refusing" else Mark.TICK)
