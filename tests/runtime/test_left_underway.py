"""A package that staff left alone while its worker went on: what the screen said of it, and of a person, stays true."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.bedside.persons import person_row
from kiosk.desk.model import StaffPlace
from kiosk.desk_pages.menus import present_staff
from kiosk.devices.stick import SimDrive
from kiosk.menus import staff
from kiosk.package import write
from kiosk.package.bag import bag_zip
from kiosk.package.protection import Keys
from kiosk.package.verify import verify
from kiosk.records import append
from kiosk.records.folder import Limits
from kiosk.runtime import runtime
from kiosk.signals import Button, Chord, Press
from kiosk.usb import service
from kiosk.usb.transfer import STOP_MS
from tests.care.people import PARETIC
from tests.menus.menus import said
from tests.patience import PATIENCE_S
from tests.records.helpers import rows_in, session
from tests.runtime.test_protection import Kiosk
from tests.usb.test_service import AtStick, packages, same, stick


class Gate:
    """Where the worker waits until it may go on."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def wait(self) -> None:
        self.reached.set()
        assert self.open.wait(PATIENCE_S)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def desk(tmp_path: Path, gate: Gate) -> Iterator[AtStick]:
    made = AtStick(tmp_path / "data", aside=True)
    yield made
    gate.open.set()
    made.close()


def let_go(desk: AtStick, gate: Gate) -> None:
    """The worker goes on to its end."""
    gate.open.set()
    carrier = desk.stick_service._carrier
    assert carrier is not None
    assert carrier._run is not None
    carrier._run.join(PATIENCE_S)
    assert not carrier.busy
    desk.settle()


def plug(desk: AtStick, gate: Gate, folder: Path) -> None:
    desk.press(Button.GREEN)
    desk.sticks.plug(stick(folder))
    desk.settle()
    assert gate.reached.wait(PATIENCE_S)
    desk.settle()


def test_whose_package_is_on_its_way_is_erased_once_it_has_ended(
    desk: AtStick, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Left by red and erased at once: the worker ends afterwards, and its last row would bring the code back."""
    plain = bag_zip

    def slow(*what: object) -> Iterator[bytes]:
        gate.wait()
        yield from plain(*what)  # type: ignore[arg-type]

    monkeypatch.setattr(write, "bag_zip", slow)
    desk.choose("erase", PARETIC.code, "first")
    plug(desk, gate, tmp_path / "stick")
    while not desk.at(StaffPlace.ERASE):
        desk.press(Button.RED)
    desk.choose("erase", "erase")
    assert desk.at(StaffPlace.ERASE_SURE)
    assert "try again" in desk.scenes[-1]
    assert rows_in(desk.data, "SELECT count(*) FROM persons WHERE patient_code = ?", (PARETIC.code,)) == [(1,)]
    let_go(desk, gate)
    assert staff.options(desk.state)[1] == "erase"
    desk.choose("erase")
    desk.settle()
    assert desk.state.frame.about == ("erased",)
    for table, column in (("exports", "selection"), ("exports", "package"), ("events", "patient_code")):
        found = rows_in(desk.data, f"SELECT count(*) FROM {table} WHERE instr({column}, ?)", (PARETIC.code,))  # noqa: S608
        assert found == [(0,)], (table, column)


def test_what_was_called_not_exported_does_not_count_as_exported(
    desk: AtStick, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red, and the stick takes longer to be let go of than anybody waits: the package is taken back, and not noted."""
    plain, count = SimDrive.unmount, [0]

    def slow(drive: SimDrive) -> None:
        count[0] += 1
        if count[0] == 2:  # all is proved
            gate.wait()
        plain(drive)

    monkeypatch.setattr(SimDrive, "unmount", slow)
    desk.choose("hand-over", "all")
    plug(desk, gate, tmp_path / "stick")
    desk.press(Button.RED)
    desk.clock.advance(STOP_MS)
    desk.settle()
    assert desk.at(StaffPlace.NOT_CARRIED)
    assert "Nothing counts as exported" in desk.scenes[-1]
    let_go(desk, gate)
    assert packages(tmp_path / "stick") == []
    assert rows_in(desk.data, "SELECT verified FROM exports") == [(0,)]
    assert desk.at(StaffPlace.NOT_CARRIED)


def test_what_waits_to_be_stored_is_said_to_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card takes nothing just now: what is on it is carried away, and the screen says what is not."""
    monkeypatch.setattr(service, "FLUSH_S", 0.01)
    monkeypatch.setattr(append, "PATIENCE", Limits(busy_ms=1))
    desk = AtStick(tmp_path / "data")
    card = sqlite3.connect(desk.data / "kiosk.db", isolation_level=None)
    try:
        desk.choose("hand-over", "all")
        words = desk.words()
        card.execute("BEGIN IMMEDIATE")
        desk.store.put(session("s2", patient_code=PARETIC.code, end_reason="completed"))
        desk.clock.advance(700)
        desk.desk.hear(Press(Button.GREEN, desk.clock.now_ms()), desk.clock.now_ms())
        desk.sticks.plug(stick(tmp_path / "stick"))
        for _ in range(2):
            for signal in desk.stick_service.drain(desk.clock.now_ms()):
                desk.desk.hear(signal, desk.clock.now_ms())
        assert desk.at(StaffPlace.CARRIED)
        scene = said(present_staff(desk.state, "", same))
        assert "was checked" in scene
        assert "What was done last is not in it" in scene
        (place,) = packages(tmp_path / "stick")
        assert verify(place, Keys((words,))).rows["sessions"] == 2
    finally:
        card.execute("ROLLBACK")
        card.close()
        desk.close()


def test_nobody_is_erased_by_time_while_a_package_is_on_its_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever leaves the desk may leave a worker behind; the next time it is left is soon enough."""
    kiosk = Kiosk(tmp_path / "data", "boot-1", 2)
    try:
        kiosk.store.put(person_row(PARETIC))
        kiosk.settle()
        assert kiosk.store.looked_through(PATIENCE_S), "nobody is erased by a record that may be damaged"
        monkeypatch.setattr(runtime, "expired", lambda *_: (PARETIC.code,))
        for busy in (True, False):
            monkeypatch.setattr(service.StickService, "busy", busy)
            if not busy:
                kiosk.hear(Chord(kiosk.clock.now_ms()))
            while kiosk.scene.staff:
                kiosk.press(Button.RED)
            kiosk.settle()
            assert rows_in(tmp_path / "data", "SELECT count(*) FROM persons") == [(int(busy),)]
    finally:
        kiosk.close()
