"""Scenario (b): somebody practises with nothing but the three buttons at the header, and the lamps say what they do."""

from __future__ import annotations

import tarfile
import time
from pathlib import Path

import pytest

from kiosk.screens.scene import StepScene
from kiosk.signals import Button
from tests.device.bedside import CLOCK, DATA, SERVICE, Bedside, filled, give, journal
from tests.device.machine import Machine
from tests.device.report import Entry
from tests.records.helpers import rows_in
from tests.somebody import answer_until, choose
from tests.twin import Twin

BUTTON_LAMPS = ("green", "amber", "red")
BLINK_LOOKS = 8


def lit(seat: Bedside) -> dict[str, bool]:
    """The lamps of the buttons that are lit, or that pulse, just now."""
    found = dict.fromkeys(BUTTON_LAMPS, False)
    for _ in range(BLINK_LOOKS):
        now = seat.lamps(BUTTON_LAMPS)
        found = {name: found[name] or now[name] for name in BUTTON_LAMPS}
        time.sleep(0.3)
    return found


def offered(seat: Bedside) -> dict[str, bool]:
    """The buttons that do something on the twin's screen."""
    strip = seat.twin.scene.strip
    return {name: bool(getattr(strip, name)) for name in BUTTON_LAMPS}


@pytest.mark.short
def test_a_session_by_the_headers_buttons(bed: Machine, entry: Entry, tmp_path: Path) -> None:
    """(b) A session chosen, its questions answered, begun, stopped: every screen as drawn, every lamp as the strip."""
    machine = bed
    give(machine, filled(tmp_path / "device"))
    twin = Twin(filled(tmp_path / "twin"), trust=CLOCK)
    seat = Bedside(machine, twin, entry)
    try:
        seat.look(name="home")
        assert lit(seat) == offered(seat)
        choose(seat, "Relax")
        seat.look(name="first-question")
        twin.until(lambda scene: bool(scene.strip.green))  # green is offered once the question was heard
        seat.look()
        assert lit(seat) == offered(seat)
        answer_until(seat, lambda scene: isinstance(scene, StepScene))
        time.sleep(5)
        machine.picture(entry.picture("step"))
        assert seat.lamps(("red",)) == {"red": True}, "red must be lit while a step runs"
        seat.press(Button.RED)
        answer_until(seat, lambda scene: scene.name.startswith("home"))
        seat.look(name="home-again")
        entry.figure("screens compared", len(seat.waits))
        entry.figure("slowest screen after a press s", max(seat.waits))
        entry.figure("most pixels that differed, share", seat.worst)
    finally:
        twin.close()
    machine.run(f"systemctl stop {SERVICE}", 60)
    machine.run(f"tar -C {DATA} -czf /run/record.tar.gz --exclude=ballast* --exclude=models .", 60)
    (tmp_path / "record").mkdir()
    (tmp_path / "record.tar.gz").write_bytes(machine.get("/run/record.tar.gz"))
    with tarfile.open(tmp_path / "record.tar.gz") as tar:
        tar.extractall(tmp_path / "record", filter="data")
    told = rows_in(tmp_path / "record", "SELECT programme, end_reason FROM sessions")
    entry.figure("in the record", str(told))
    assert told == [("relax", "stopped")]
    assert "Traceback" not in journal(machine)
