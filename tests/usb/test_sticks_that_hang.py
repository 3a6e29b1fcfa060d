"""A stick hangs on the way in or out: the other way is not begun beside it, and the screen says what to do."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kiosk.desk.model import StaffPlace
from kiosk.devices.stick import Mounted, SimDrive
from kiosk.signals import Button
from kiosk.usb.transfer import STOP_MS
from tests.patience import PATIENCE_S
from tests.usb.test_service import AtStick, stick

WAYS = {
    "in": (("bring",), "A package is on its way", "Nothing was taken in. Take it out, plug it in again"),
    "out": (("hand-over", "one"), "A stick is being read", "Nothing counts as exported. Take it out, plug it in again"),
}


@pytest.mark.parametrize(("hung", "other"), [("in", "out"), ("out", "in")])
def test_the_other_way_says_what_to_do_until_the_stick_is_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hung: str, other: str
) -> None:
    """First that one is still under way, then that the stick does not answer; once it is out, one press is enough."""
    desk = AtStick(tmp_path / "data", aside=True)
    asked, out = threading.Event(), threading.Event()
    mount = SimDrive.mount

    def hang(drive: SimDrive, *, read_only: bool = False) -> Mounted:
        asked.set()
        assert out.wait(PATIENCE_S)
        return mount(drive, read_only=read_only)

    def begin(way: str) -> None:
        desk.choose(*WAYS[way][0])
        if way == "out":
            desk.press(Button.GREEN)

    try:
        with monkeypatch.context() as patch:
            patch.setattr(SimDrive, "mount", hang)
            begin(hung)
            desk.sticks.plug(stick(tmp_path / "stick"))
            desk.settle()
            assert asked.wait(PATIENCE_S)
            desk.stick_service.stop()
            while not desk.at(StaffPlace.MENU):
                desk.press(Button.RED)
            begin(other)
            assert WAYS[other][1] in desk.scenes[-1]
            desk.clock.advance(STOP_MS)
            desk.settle()
            desk.press(Button.GREEN)
            assert WAYS[other][2] in desk.scenes[-1]
            assert desk.at(StaffPlace.NOT_CARRIED if other == "out" else StaffPlace.NOT_BROUGHT)
        desk.sticks.pull()
        out.set()
        assert desk.stick_service._carrier is not None
        assert desk.stick_service._carrier._run is not None
        desk.stick_service._carrier._run.join(PATIENCE_S)
        desk.settle()
        desk.press(Button.GREEN)
        assert desk.at(StaffPlace.STICK if other == "out" else StaffPlace.BRING)
        assert "Plug a USB stick" in desk.scenes[-1]
    finally:
        out.set()
        desk.close()
