"""Runs in the device, in the kiosk's place and confinement: the desk's stick service, without the desk's screens.

Each thing that the desk would show is a line of JSON in the file ``hand-over.json`` of the data folder.
"""

import json
import os
import select
import time
from pathlib import Path

from kiosk.clock import SystemClock
from kiosk.devices.stick_udisks import UdisksSticks
from kiosk.menus.effects import Prepare
from kiosk.records.store import Store
from kiosk.settings import Settings
from kiosk.signals import StickPhase
from kiosk.usb.service import StickService

LIMIT_S = 420.0
data = Path(os.environ["STATE_DIRECTORY"])
clock = SystemClock()
store = Store.open(data, clock)
service = StickService(clock, store, data, Settings(), lambda: UdisksSticks(clock))


def english(text: str) -> str:
    """English needs no catalogue."""
    return text


with (data / "hand-over.json").open("w", encoding="utf-8") as said:

    def say(**what: object) -> None:
        """Write one line, at once."""
        said.write(json.dumps(what) + "\n")
        said.flush()

    prepared = service.prepare(Prepare(1), english)
    say(words=prepared.passphrase, problem=prepared.problem)
    service.carry("therapist-1", english)
    last = None
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        shown = service.transfer(english)
        now = (shown.phase.value, shown.text, shown.whole)
        if now != last:
            last = now
            say(phase=now[0], text=now[1], whole=now[2], number=shown.number)
        if shown.phase is StickPhase.ENDED:
            break
        select.select([service.fileno()], [], [], 0.2)
        service.drain(clock.now_ms())
    say(end=True)
service.close()
store.close(10)
time.sleep(3600)  # the unit stops it
