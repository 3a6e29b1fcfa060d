"""From a file on a stick to the next release, by presses alone: nothing is put in place that was not shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.desk.model import StaffPlace
from kiosk.menus import staff
from kiosk.menus.update_menu import PATIENCE_MS
from kiosk.signals import Button, StickStatus
from kiosk.update.disk import UpdateDisk, replace_file
from kiosk.update.helper import UpdateHelper
from kiosk.update.notes import LastUpdate, UpdateWish, read_note
from kiosk.update.places import Places
from kiosk.update.probation import UpdateEnding
from kiosk.usb.updating import DEAF_MS, SLOW_MS, Updating
from tests.records.helpers import rows_in
from tests.update.releases import NEW, OLD, WORD, Appliance, FakeService
from tests.usb.test_service import AtStick, stick


class AtUpdate(AtStick):
    """A desk of an installed kiosk of version ``OLD``."""

    def __init__(self, folder: Path) -> None:
        self.place = Appliance(folder / "appliance")
        super().__init__(folder / "data")
        self.data.chmod(0o700)
        self.places = replace(self.place.places, data=self.data)
        self.stick_service.updating = Updating(self.places, OLD, self.store, self.clock)
        self.store.event("info", "here")  # the desk looks anew at what is true
        self.settle()
        self.folder = folder

    def plug(self, update: Path | None) -> None:
        """A stick with this update is put in, after somebody asked for it."""
        here = stick(self.folder / "stick")
        if update is not None:
            (here / "FK-UPDATE.zip").write_bytes(update.read_bytes())
        self.choose("update")
        assert self.at(StaffPlace.UPDATE_STICK)
        self.sticks.plug(here)
        self.settle()

    def accept(self) -> None:
        self.plug(self.place.make())
        assert self.at(StaffPlace.UPDATE)
        self.choose("take")
        assert self.at(StaffPlace.UPDATING)

    def wish(self) -> UpdateWish | None:
        """What root's helper is asked for."""
        return read_note(self.data / "update" / "request.json", UpdateWish)

    def wait(self, ms: int) -> None:
        """Time passes, and the desk is called when it wants to be."""
        end = self.clock.now_ms() + ms
        while (due := self.desk.deadline_ms(self.clock.now_ms())) is not None and due < end:
            self.clock.advance(max(1, due - self.clock.now_ms()))
            self.desk.tick(self.clock.now_ms())
        self.clock.advance(max(0, end - self.clock.now_ms()))
        self.desk.tick(self.clock.now_ms())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtUpdate]:
    made = AtUpdate(tmp_path)
    yield made
    made.close()


def test_it_is_shown_accepted_and_asked_for(desk: AtUpdate) -> None:
    """Version, what is new, how long: then green; the record knows who accepted it before anybody is asked."""
    desk.plug(desk.place.make(changes=["The buttons are heard sooner.", "A new card."]))
    assert desk.at(StaffPlace.UPDATE)
    shown = desk.scenes[-1]
    for words in ("New version: 1.1", "The buttons are heard sooner.", "A new card.", "up to 4 minutes"):
        assert words in shown
    assert "You can take the stick out" in shown
    assert desk.wish() is None
    desk.choose("take")
    assert desk.at(StaffPlace.UPDATING)
    digest = desk.place.digest(desk.place.folder / "maker" / "1.1.zip")
    assert desk.wish() == UpdateWish(digest, "therapist-1")
    found = rows_in(desk.data, "SELECT detail_code FROM events WHERE code = 'update.accepted'")
    assert found == [("1.1:therapist-1",)]


def test_what_was_accepted_is_what_comes(tmp_path: Path) -> None:
    """The kiosk stops, as it does when it is told to, and root's helper takes what the desk has staged."""
    desk = AtUpdate(tmp_path)
    desk.accept()
    desk.close()
    UpdateHelper(desk.places, FakeService(), token=lambda: WORD).asked()
    assert desk.place.started() == NEW
    assert list((desk.data / "update").iterdir()) == []


def test_nobody_can_begin_a_session_while_it_is_put_in_place(desk: AtUpdate) -> None:
    """No button leads away and no silence leads home: the kiosk is about to stop."""
    desk.accept()
    request = desk.data / "update" / "request.json"
    request.unlink()  # the helper has taken it
    for button in (Button.RED, Button.GREEN, Button.AMBER):
        desk.press(button)
    desk.wait(SLOW_MS // 2)
    assert desk.at(StaffPlace.UPDATING)
    assert not desk.desk.left
    assert PATIENCE_MS > SLOW_MS


def test_what_the_helper_says_is_read_at_the_desk(desk: AtUpdate) -> None:
    """A refusal of root's comes with its reason, and nothing was changed."""
    desk.accept()
    (desk.data / "update" / "request.json").unlink()
    refused = LastUpdate(UpdateEnding.REFUSED, NEW, OLD, "There is no room: {n} MB.", {"n": "7"})
    replace_file(UpdateDisk(), desk.places.state / "last.json", msgspec.json.encode(refused))
    desk.wait(2_000)
    desk.settle()
    assert desk.at(StaffPlace.NOT_UPDATED)
    assert "There is no room: 7 MB." in desk.scenes[-1]
    assert list((desk.data / "update").iterdir()) == [], "the desk waits for nothing any more"


def test_a_helper_that_does_not_run_is_said(desk: AtUpdate) -> None:
    """After a minute; and what was asked for is taken back, so that it does not come at night."""
    desk.accept()
    desk.wait(DEAF_MS + 2_000)
    desk.settle()
    assert desk.at(StaffPlace.NOT_UPDATED)
    assert "does not answer" in desk.scenes[-1]
    assert list((desk.data / "update").iterdir()) == []


OTHERS = [
    ("version", "0.9", "older"),
    ("architecture", "riscv64", "another kind"),
    ("python", "2.7", "2.7"),
]


@pytest.mark.parametrize(("what", "value", "words"), OTHERS)
def test_what_a_kiosk_cannot_take_is_said_before_anybody_accepts(
    desk: AtUpdate, what: str, value: str, words: str
) -> None:
    """The reason, that nothing was changed, and nothing stays staged."""
    changed: dict[str, Any] = {what: value}
    desk.plug(desk.place.make(**changed))
    assert desk.at(StaffPlace.NOT_UPDATED)
    assert words in desk.scenes[-1]
    assert "Nothing was changed." in desk.scenes[-1]
    assert list((desk.data / "update").iterdir()) == []


def test_a_stick_without_an_update(desk: AtUpdate) -> None:
    """The name of the file is said; green looks again."""
    desk.plug(None)
    assert desk.at(StaffPlace.NOT_UPDATED)
    assert "FK-UPDATE.zip" in desk.scenes[-1]
    desk.press(Button.GREEN)
    assert desk.at(StaffPlace.UPDATE_STICK)


def test_a_stick_that_is_pulled_out(desk: AtUpdate) -> None:
    """Nothing comes in, and the stick's own sentence is read."""
    desk.sticks.refuse["mount"] = desk.sticks.refuse["mount-ro"] = StickStatus.PULLED
    desk.plug(desk.place.make())
    assert desk.at(StaffPlace.NOT_UPDATED)
    assert desk.wish() is None


def test_whoever_leaves_leaves_nothing_behind(desk: AtUpdate) -> None:
    """What was read is not kept for somebody else's green."""
    desk.plug(desk.place.make())
    assert (desk.data / "update" / "FK-UPDATE.zip").exists()
    desk.press(Button.RED)
    assert desk.at(StaffPlace.MENU)
    assert list((desk.data / "update").iterdir()) == []


def test_only_a_therapist_of_an_installed_kiosk_is_offered_it(desk: AtUpdate, tmp_path: Path) -> None:
    """A nurse is not, and a kiosk that was not installed so that releases lie side by side has no such entry."""
    assert "update" in staff.options(desk.state)
    desk.stick_service.updating = Updating(Places(tmp_path / "none", data=desk.data), OLD, desk.store, desk.clock)
    desk.store.event("info", "here")
    desk.settle()
    assert "update" not in staff.options(desk.state)


def test_a_record_that_takes_nothing_accepts_nothing(desk: AtUpdate) -> None:
    """Nothing is put in place that the record does not know of."""
    desk.plug(desk.place.make())
    desk.store.close(5.0)
    updating = desk.stick_service.updating
    assert updating.ask("therapist-1") is False
    shown = updating.shown(str)
    assert shown is not None
    assert (shown.phase, desk.wish()) == ("ended", None)
