"""The installed kiosk as somebody at its bed meets it: the service, the screen, the buttons and lamps of the header."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pygame

from kiosk.bedside.persons import person_row
from kiosk.care.person import Person
from kiosk.clock import ClockStatus, SimClock, SystemClock
from kiosk.records.store import Limits, Store
from kiosk.rows.kinds import BOUND, StateRow
from kiosk.settings import Buttons, LightsSettings
from kiosk.signals import Button
from tests.care.people import FLACCID
from tests.device.machine import BUSY, POLL_S, Machine
from tests.device.report import Entry
from tests.device.wire import DeviceError
from tests.patience import PATIENCE_S
from tests.twin import THINK_MS, Twin

SERVICE = "facial-rehab-kiosk"
DROP = f"/run/systemd/system/{SERVICE}.service.d/test.conf"
SINCE = "/run/test-began"
"""Where the journal stood when a test began."""
FLAGS = "/run/facial-rehab-kiosk-safe"
OUTPUT = "/sys/class/drm/card*-Virtual-1/status"
DATA = "/var/lib/facial-rehab-kiosk"
STATE = "/var/lib/facial-rehab-kiosk-update"
RELEASES = "/opt/facial-rehab-kiosk"
READY_S = 240.0
LOOK_S = 90.0
EARLIER = 10
"""Minutes by which a picture may be older than whoever looks at it: a home that nobody touches keeps its clock."""
NEAR = 8
"""How far a colour channel may be from what is drawn before the pixel counts as another (of 255)."""
SHARE = 0.001
"""How many of the picture's pixels may be another."""
PINS = {button: getattr(Buttons(), button.value) for button in Button}
LAMPS = {name: getattr(LightsSettings(), name) for name in LightsSettings.__struct_fields__}
SOUND_CARD = (*("-audiodev", "none,id=sound", "-device", "intel-hda", "-device", "hda-output,audiodev=sound"),)
NO_INPUT = "module_blacklist=button,pcspkr"
"""On the kernel's line: no input device at all, as on a Pi with buttons at its header only."""
HOLD_S = 6.0
"""Twice what it takes: in an emulated machine the two contacts close some time after each other."""
TO_CONSOLE = 'import fcntl, os, sys; fcntl.ioctl(os.open("/dev/tty0", os.O_RDWR), 0x5606, int(sys.argv[1]))'
"""VT_ACTIVATE, by a Python program."""
SETTINGS = '[camera]\nbackend = "none"\n'
WORK = "import time; t = time.perf_counter(); sum(i * i for i in range(2_000_000)); print(time.perf_counter() - t)"
CLOCK = ClockStatus.RTC
"""The emulated machine has a battery clock and no network."""


def ready(machine: Machine, limit: float = READY_S) -> float:
    """Wait until the kiosk has said READY to systemd; the seconds since power on."""
    try:
        machine.until(f"systemctl is-active {SERVICE}", limit, "the kiosk's READY")
    except DeviceError as why:
        raise DeviceError(f"{why}; the service said: {journal(machine)[-1500:]}") from why
    return machine.seconds


def quiet(machine: Machine) -> None:
    """Boot, and see to it that the kiosk does not run until a test starts it."""
    machine.boot()
    machine.put(DROP, b"[Unit]\nConditionPathExists=/nowhere\n")
    machine.run("systemctl daemon-reload")
    machine.ask(f"systemctl stop {SERVICE}", 180)
    machine.until("systemctl is-active multi-user.target", READY_S)
    anew(machine)


def anew(machine: Machine) -> None:
    """As after the installation: nothing of a test before is left, and the kiosk does not run."""
    undropped(machine)
    machine.ask(f"systemctl stop {SERVICE} facial-rehab-kiosk-safe.service; pkill -9 -u kiosk", 180)
    machine.ask(f"umount -R {DATA} {STATE} {RELEASES} /data 2>/dev/null; rm -rf {FLAGS} /filler*; hwclock -s", 60)
    machine.ask(f"find {DATA} {STATE} -mindepth 1 -delete", 60)
    # A driver that a test took away again took with it what else nothing used: kinds of devices that the unit allows.
    machine.run("systemctl reset-failed; systemctl restart systemd-modules-load; systemctl start seatd", 60)
    machine.run(f"journalctl -n 0 --show-cursor | sed -n 's/^-- cursor: /--after-cursor=/p' >{SINCE}", 60)


def started(machine: Machine) -> None:
    """The kiosk is started, and has said READY.

    A first start that fails is no failure here: on a busy host the emulated screen may open later than the kiosk waits
    for it, and then systemd starts it again.
    """
    machine.ask(f"systemctl start {SERVICE}", READY_S)
    ready(machine)


def journal(machine: Machine) -> str:
    """What the service said since ``anew``, or since the machine was switched on."""
    return machine.run(
        f"journalctl -u {SERVICE} --no-pager -o cat $(sed 's/^/--after-cursor=/' /run/began 2>/dev/null)"
    )


def console(machine: Machine, number: int) -> None:
    """Change to one of the kernel's consoles, as Ctrl+Alt and a function key do."""
    machine.run(f"/usr/bin/python3 -c '{TO_CONSOLE}' {number}")


def screen_cable(machine: Machine, state: str) -> None:
    """The screen's cable: ``off`` pulled out, ``detect`` plugged in; the news of it is sent as a cable's would be."""
    machine.run(f"for o in {OUTPUT}; do echo {state} >$o; done; udevadm trigger -c change /sys/class/drm/card0")


def slower(machine: Machine) -> float:
    """How many times longer the same work takes in the device than on its host."""
    here = subprocess.run([sys.executable, "-c", WORK], capture_output=True, text=True, check=True).stdout
    return float(machine.run(f"python3 -c '{WORK}'")) / float(here)


def main_pid(machine: Machine) -> int:
    """The process id of the kiosk itself, below its compositor."""
    found = machine.run("pgrep -u kiosk -f 'kiosk run' | sort -n | tail -1")
    if not found:
        raise DeviceError(f"the kiosk does not run: {journal(machine)[-2000:]}")
    return int(found)


def difference(shot: Path, drawn: pygame.Surface) -> float:
    """The share of pixels in which a screen's picture differs from what is drawn."""
    seen = pygame.surfarray.array3d(pygame.image.load(str(shot))).astype(np.int16)
    if seen.shape[:2] != drawn.get_size():
        return 1.0
    wrong = np.abs(seen - pygame.surfarray.array3d(drawn)).max(axis=2) > NEAR
    return float(wrong.mean())


def filled(data: Path, settings: str = SETTINGS, person: Person = FLACCID) -> Path:
    """A data folder made by the product's own store: one person is set up and bound."""
    data.mkdir(parents=True, exist_ok=True)
    (data / "kiosk.toml").write_text(settings, encoding="utf-8")
    store = Store.open(data, SimClock(wall=SystemClock().wall_utc()), Limits(ballast_bytes=1 << 16))
    store.put(person_row(person), StateRow(BOUND, person.code))
    assert store.close(PATIENCE_S)
    return data


def give(machine: Machine, data: Path, *, start: bool = True) -> None:
    """The data folder becomes the device's; the kiosk starts anew with it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.add(data, arcname=".", filter=lambda entry: None if "ballast" in entry.name else entry)
    machine.run(f"systemctl stop {SERVICE}")
    machine.put("/run/data.tar.gz", packed.getvalue())
    machine.run(f"rm -f {DATA}/kiosk.db*; tar -C {DATA} -xzf /run/data.tar.gz && chown -R kiosk:kiosk {DATA}")
    if start:
        started(machine)


def dropped(machine: Machine, *lines: str) -> None:
    """Change the service's unit until the next boot, or until ``undropped``."""
    machine.put(DROP, "\n".join(["[Service]", *lines, ""]).encode())
    machine.run("systemctl daemon-reload")


def undropped(machine: Machine) -> None:
    """The unit as it was installed."""
    machine.run(f"rm -rf $(dirname {DROP}); systemctl daemon-reload")


def program_of(machine: Machine) -> str:
    """The kiosk's command, as the unit starts it."""
    line = machine.run(f"systemctl cat {SERVICE} | grep -m1 '^ExecStart=.*kiosk run'")
    return line.rpartition(" run ")[0].split()[-1]


def python_of(machine: Machine) -> str:
    """A command that runs Python with the installed kiosk's modules."""
    kiosk = program_of(machine)
    folder = kiosk.rpartition("/")[0]
    if machine.ask(f"test -x {folder}/python")[0] == 0:
        return f"{folder}/python"
    return f"env PYTHONPATH={folder}/../lib /usr/bin/python3"


def standing_in(machine: Machine, script: Path, *words: str) -> None:
    """Start a Python program of the tests in the kiosk's place, in the unit's real confinement."""
    python = python_of(machine)
    machine.put("/opt/test-program.py", script.read_bytes())
    starts = " ".join(("ExecStart=/usr/bin/env", python.removeprefix("env "), "/opt/test-program.py", *words))
    dropped(machine, "Type=exec", "WatchdogSec=0", "Restart=no", "ExecStart=", starts)
    machine.run(f"systemctl restart {SERVICE}", 60)


def events(machine: Machine, like: str) -> list[str]:
    """The codes of the record's events that are like this, in order; the record must be whole."""
    query = "SELECT code FROM events WHERE code LIKE ? ORDER BY rowid"
    code = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); "
        "assert db.execute('PRAGMA integrity_check').fetchone() == ('ok',); "
        f"print(*(code for code, in db.execute('{query}', sys.argv[2:])))"
    )
    return machine.run(f'python3 -c "{code}" {DATA}/kiosk.db "{like}"').split()


class Bedside:
    """A person at the device, who looks at the screen before each press; the twin says what should be there.

    ``since``: the time on the device's clock when it was switched on or brought back, where that is not now.
    """

    def __init__(self, machine: Machine, twin: Twin, entry: Entry, since: datetime | None = None) -> None:
        self.machine, self.twin, self._entry = machine, twin, entry
        self._since = since or datetime.now(UTC)
        self._looks = 0
        self.waits: list[float] = []
        self.seen = 0.0
        """When the last picture of the screen was taken: seconds since power on."""
        self.work = 0.0
        """The emulator's processor time until then, s."""
        self.worst = 0.0

    def look(self, limit: float = LOOK_S, name: str = "") -> float:
        """Wait until the screen shows what the twin draws; the seconds until the picture that shows it was taken.

        Comparing takes time of the host, which is none of the kiosk's.
        """
        self._looks += 1
        file = self._entry.picture(name) if name else self.machine.place / "look.png"
        started, least, drawn_for = time.monotonic(), 1.0, (-1, (0, 0))
        while time.monotonic() - started < limit * BUSY:
            minutes = int((datetime.now(UTC) - self._since).total_seconds() // 60)
            shot = self.machine.picture(file)
            taken, self.seen, self.work = time.monotonic() - started, self.machine.seconds, self.machine.work
            size = pygame.image.load(str(shot)).get_size()
            # Its clock goes on while it is waited for, and a screen that was brought back has its size a moment later.
            if (minutes, size) != drawn_for:
                drawn_for, self.twin.size = (minutes, size), size
                drawn = self.twin.pictures(
                    *(self._since + timedelta(minutes=each) for each in range(-EARLIER, minutes + 2))
                )
            least = min(least, *(difference(file, picture) for picture in drawn))
            if least <= SHARE:
                self.waits.append(taken)
                self.worst = max(self.worst, least)
                return taken
            time.sleep(POLL_S)
        pygame.image.save(drawn[-1], str(self._entry.picture("should-be")))
        self.machine.picture(self._entry.picture("was"))
        raise DeviceError(f"the screen differs from what is drawn of {self.twin.scene.name!r} in {least:.1%} of it")

    def press(self, button: Button) -> None:
        """Press one button, at the header and in the twin."""
        self.twin.press(button)
        time.sleep(THINK_MS / 1000)
        self.machine.press(PINS[button])

    def hold(self) -> None:
        """Hold green and amber, at the header and in the twin: the way to the staff's menus."""
        self.twin.hold()
        self.machine.press(PINS[Button.GREEN], PINS[Button.AMBER], seconds=HOLD_S)

    def lamps(self, names: Sequence[str] = tuple(LAMPS)) -> dict[str, bool]:
        """The lamps that are lit."""
        return self.machine.lamps({name: LAMPS[name] for name in names})
