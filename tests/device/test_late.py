"""Scenario (d): a webcam and a sound card that come after the kiosk's start are used without a restart."""

from __future__ import annotations

import time

from tests.device.bedside import SERVICE, journal, ready
from tests.device.conftest import Power
from tests.device.report import Entry

LATE_S = 90.0
USB_SOUND = {"driver": "usb-audio", "id": "late", "bus": "usb.0", "audiodev": "late"}


def test_a_sound_card_plugged_in_later_is_heard(power: Power, entry: Entry) -> None:
    """(d) Started without sound, "No sound" on the screen; a USB sound card is plugged in, and the kiosk uses it."""
    machine = power(more=("-audiodev", "none,id=late"))
    machine.boot()
    ready(machine)
    time.sleep(5)
    machine.picture(entry.picture("no-sound"))
    pid = machine.run(f"systemctl show {SERVICE} -p MainPID --value")
    machine.monitor.run("device_add", USB_SOUND)
    machine.until("test -e /dev/snd/controlC0", 30)
    opened = machine.until(
        "fuser -s /dev/snd/pcm* 2>/dev/null || ls -l /proc/*/fd 2>/dev/null | grep -q snd/pcm", LATE_S
    )
    entry.figure("card to open s", opened)
    machine.picture(entry.picture("with-sound"))
    assert machine.run(f"systemctl show {SERVICE} -p MainPID --value") == pid, journal(machine)[-500:]


def test_a_webcam_plugged_in_later_is_seen(power: Power, entry: Entry) -> None:
    """(d) A webcam whose driver loads after the start is opened by the kiosk, without a restart."""
    machine = power()
    machine.boot()
    ready(machine)
    pid = machine.run(f"systemctl show {SERVICE} -p MainPID --value")
    machine.run("modprobe vivid n_devs=1 node_types=0x1 && udevadm settle", 60)
    machine.until("test -e /dev/video0", 30)
    probe = (
        "import os; os.setgid(int(os.popen('id -g kiosk').read())); "
        "os.setgroups([int(os.popen('getent group video | cut -d: -f3').read())]); "
        "os.setuid(int(os.popen('id -u kiosk').read())); os.open('/dev/video0', os.O_RDWR)"
    )
    group = f"/sys/fs/cgroup/system.slice/{SERVICE}.service/cgroup.procs"
    code, said = machine.ask(f'echo $$ >{group} && python3 -c "{probe}"', 30)
    entry.figure("opened in the service's own group", "yes" if code == 0 else said.splitlines()[-1])
    assert code == 0, said
    assert machine.run(f"systemctl show {SERVICE} -p MainPID --value") == pid
