"""Scenario (d): what comes after the kiosk's start is used: a webcam, a sound card, a screen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device.bedside import (
    CLOCK,
    FLAGS,
    LOOK_S,
    SERVICE,
    Bedside,
    filled,
    give,
    journal,
    main_pid,
    screen_cable,
    started,
)
from tests.device.machine import Machine
from tests.device.report import Entry
from tests.somebody import choose
from tests.twin import Twin

LATE_S = 90.0
TRIES = 3
"""Starts that would have been enough for safe mode."""
SLOW_S = 12.0
"""From one press to the next: the emulation shows the next screen within it, or a press is lost and nothing is said."""
USB_SOUND = {"driver": "usb-audio", "id": "late", "bus": "usb.0", "audiodev": "sound"}
OPEN = "ls -l $(pgrep -u kiosk | sed 's|.*|/proc/&/fd|') | grep -q snd/pcm"


@pytest.fixture
def mute(bed: Machine) -> Iterator[Machine]:
    """The machine without its sound card; afterwards it has it again."""
    bed.run("modprobe -r snd_hda_intel", 30)
    bed.until("test ! -e /dev/snd/controlC0", 30)
    yield bed
    bed.ask(f"systemctl stop {SERVICE}", 60)
    bed.monitor.run("device_del", {"id": USB_SOUND["id"]})
    bed.until("test ! -e /dev/snd/controlC0", 60)
    bed.run("modprobe snd_hda_intel", 30)


class NotLooking(Bedside):
    """Somebody who presses without looking: the screen says that there is no sound, and the twin's does not."""

    def look(self, limit: float = LOOK_S, name: str = "") -> float:
        time.sleep(SLOW_S)
        return SLOW_S


def test_a_sound_card_plugged_in_later_is_heard(mute: Machine, entry: Entry, tmp_path: Path) -> None:
    """(d) Started without sound; a USB sound card is plugged in, and the next question is said through it."""
    give(mute, filled(tmp_path / "device"))
    twin = Twin(filled(tmp_path / "twin"), trust=CLOCK)
    seat = NotLooking(mute, twin, entry)
    seat.look()
    mute.picture(entry.picture("no-sound"))
    pid = main_pid(mute)
    assert mute.ask(OPEN)[0] != 0
    mute.monitor.run("device_add", USB_SOUND)
    mute.until("test -e /dev/snd/controlC0", 30)
    try:
        choose(seat, "Relax")  # a device is looked for again when there is something to say
    finally:
        twin.close()
    entry.figure("something to say to card open s", mute.until(OPEN, LATE_S))
    mute.picture(entry.picture("with-sound"))
    assert main_pid(mute) == pid, journal(mute)[-500:]


def test_a_webcam_plugged_in_later_is_seen(bed: Machine, entry: Entry) -> None:
    """(d) A webcam whose driver loads after the start may be opened in the kiosk's own group, without a restart."""
    started(bed)
    pid = main_pid(bed)
    bed.run("modprobe vivid n_devs=1 node_types=0x1 && udevadm settle", 60)
    bed.until("test -e /dev/video0", 30)
    probe = (
        "import os; os.setgid(int(os.popen('id -g kiosk').read())); "
        "os.setgroups([int(os.popen('getent group video | cut -d: -f3').read())]); "
        "os.setuid(int(os.popen('id -u kiosk').read())); os.open('/dev/video0', os.O_RDWR)"
    )
    group = f"/sys/fs/cgroup/system.slice/{SERVICE}.service/cgroup.procs"
    code, said = bed.ask(f'echo $$ >{group} && python3 -c "{probe}"', 30)
    entry.figure("opened in the service's own group", "yes" if code == 0 else said.splitlines()[-1])
    assert main_pid(bed) == pid
    bed.ask(f"systemctl stop {SERVICE}; modprobe -r vivid", 60)
    assert code == 0, said


@pytest.fixture
def dark(bed: Machine) -> Iterator[Machine]:
    """The machine with its screen switched off; afterwards it is on."""
    screen_cable(bed, "off")
    yield bed
    screen_cable(bed, "detect")


def test_a_screen_switched_on_later_shows_home(dark: Machine, entry: Entry, tmp_path: Path) -> None:
    """(d) The screen is off at the start: it is tried again and again, and once it is on it shows the whole kiosk."""
    twin = Twin(tmp_path, trust=CLOCK)
    tries = f"test $(systemctl show {SERVICE} -p NRestarts --value) -gt {TRIES}"
    try:
        dark.ask(f"systemctl start {SERVICE}", 120)
        dark.until(tries, LATE_S, "starts without a screen")
        screen_cable(dark, "detect")
        entry.figure("screen on to home s", Bedside(dark, twin, entry).look(name="home"))
    finally:
        twin.close()
    assert dark.ask(f"test -e {FLAGS}/flags")[0] == 1, "no safe mode"
    assert "no screen to draw on" in journal(dark)
