"""Runs in the device, in the kiosk's place and confinement: the desk's stick service, without the desk's screens.

The argument says what is asked of it: ``hand-over``, ``bring`` (all that FK-IMPORT.zip holds is accepted) or ``update``
(what FK-UPDATE.zip holds is accepted). Each thing that the desk would show is a line of JSON in the file ``desk.json``
of the data folder.
"""

import json
import os
import select
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from kiosk.clock import SystemClock
from kiosk.desk.effects import Prepare
from kiosk.devices.stick_udisks import UdisksSticks
from kiosk.records.store import Store
from kiosk.settings import Settings
from kiosk.signals import StickPhase
from kiosk.usb.importing import KEYS, PROGRAMMES
from kiosk.usb.service import StickService

LIMIT_S = 1200.0
BY = "therapist-1"
data = Path(os.environ["STATE_DIRECTORY"])
clock = SystemClock()
store = Store.open(data, clock)
service = StickService(clock, store, data, Settings(), lambda: UdisksSticks(clock))
Line = dict[str, object]


def english(text: str) -> str:
    """English needs no catalogue."""
    return text


def hand_over() -> Callable[[], tuple[Line, bool]]:
    """One package goes out."""
    prepared = service.prepare(Prepare(1), english)
    say(words=prepared.passphrase, problem=prepared.problem)
    service.carry(BY, english)

    def shown() -> tuple[Line, bool]:
        now = service.transfer(english)
        line: Line = {"phase": now.phase.value, "text": now.text, "whole": now.whole, "number": now.number}
        return line, now.phase is StickPhase.ENDED

    return shown


def bring() -> Callable[[], tuple[Line, bool]]:
    """What a stick brings is accepted, part by part."""
    service.look(english, datetime.now(UTC).date())

    def shown() -> tuple[Line, bool]:
        now = service.brought(english)
        line: Line = {"phase": now.phase, "text": now.text, "stick": now.stick, "refused": now.refused}
        if now.phase == "read" and service.importing is not None:
            parts = [part for part, there in ((KEYS, now.keys), (PROGRAMMES, now.programmes)) if there]
            line["taken"] = [part for part in parts if service.importing.take(part, BY)]
        return line, now.phase in ("read", "ended")

    return shown


def update() -> Callable[[], tuple[Line, bool]]:
    """A new version is accepted; root's helper is about to stop whoever asked."""
    service.look_for_update()
    asked = False

    def shown() -> tuple[Line, bool]:
        nonlocal asked
        now = service.update_shown(english)
        line: Line = {"phase": now.phase, "text": now.text, "version": now.version, "stick": now.stick}
        if now.phase == "read" and not asked:
            asked = service.updating.ask(BY)
            line["asked"] = asked
        return line, now.phase == "ended"

    return shown


with (data / "desk.json").open("w", encoding="utf-8") as said:

    def say(**what: object) -> None:
        """Write one line, at once."""
        said.write(json.dumps(what) + "\n")
        said.flush()

    look = {"hand-over": hand_over, "bring": bring, "update": update}[sys.argv[1]]()
    last, over = None, False
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until and not over:
        now, over = look()
        if now != last:
            last = now
            say(**now)
        select.select([service.fileno()], [], [], 0.2)
        service.drain(clock.now_ms())
    say(end=True)
service.close()
store.close(10)
time.sleep(3600)  # the unit stops it
