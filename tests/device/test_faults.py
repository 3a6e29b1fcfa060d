"""The faults that the first installation on a real Debian 13 had, each by itself: docs/device.md has the table.

A test here asks one question that does not depend on the other faults being gone. Where that needs it, a drop-in of the
test's own stands in for the kiosk's program, inside the unit's real confinement.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.device.bedside import NO_INPUT, SERVICE, SOUND_CARD, console, dropped, journal, program_of, quiet, undropped
from tests.device.conftest import Power
from tests.device.machine import Machine
from tests.device.report import Entry
from tests.device.sticks import fat32

SAFE = "/run/facial-rehab-kiosk-safe/flags"
STICK_S = 20.0
PYTHON = "/usr/bin/python3"


@pytest.fixture(scope="module")
def machine(shared_power: Power) -> Machine:
    """One machine for all of them; the kiosk does not run in it until a test starts it."""
    found = shared_power(keyboard=True)
    quiet(found)
    found.run("dpkg-query -W -f '${Package}\\n' >/run/installed-packages")
    return found


@pytest.fixture(autouse=True)
def afterwards(machine: Machine) -> Iterator[None]:
    """Nothing of a test is left for the next."""
    yield
    undropped(machine)
    machine.ask(f"systemctl stop {SERVICE}", 90)
    machine.run(f"pkill -9 -u kiosk; rm -rf $(dirname {SAFE}); systemctl reset-failed; true")


def as_program(machine: Machine, command: str, *lines: str) -> None:
    """Another program in the kiosk's place, in the unit's confinement; it is started."""
    machine.put("/opt/test-program", f"#!/bin/sh\n{command}\n".encode())
    machine.run("chmod 755 /opt/test-program")
    dropped(machine, "Type=exec", "WatchdogSec=0", "ExecStart=", "ExecStart=/opt/test-program", *lines)
    machine.ask(f"systemctl start {SERVICE}", 90)


def eventually(command: str, seconds: int) -> str:
    """A command that succeeds as soon as the given one does."""
    return f"for i in $(seq {seconds}); do {command} && exit 0; sleep 1; done; exit 1"


def test_fault_1_the_window_is_asked_for_its_driver_before_its_handles(machine: Machine, entry: Entry) -> None:
    """Fault 1: with EGL allowed and the libraries there, the kiosk does not end by signal 11 under Wayland."""
    machine.run("for deb in /home/tech/wayland/*.deb; do dpkg -i $deb; done; true", 120)
    dropped(machine, "SystemCallFilter=", "Restart=no", "TimeoutStartSec=120")
    machine.ask(f"systemctl start {SERVICE}", 150)
    state = machine.run(f"systemctl show {SERVICE} -p ActiveState,ExecMainStatus,Result")
    entry.figure("state", state.replace("\n", " "))
    machine.picture(entry.picture("screen"))
    assert "ActiveState=active" in state, journal(machine)[-1500:]


def test_fault_2_the_drivers_of_the_screen_may_probe_pointers(machine: Machine, entry: Entry) -> None:
    """Fault 2: under the unit's filter of system calls mincore is permitted; without it there is no EGL."""
    probe = (
        "import ctypes, mmap, sys; libc = ctypes.CDLL(None, use_errno=True); page = mmap.mmap(-1, 4096); "
        "at = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(page))); "
        "sys.exit(libc.mincore(at, 4096, ctypes.create_string_buffer(1)) and ctypes.get_errno())"
    )
    as_program(machine, f'{PYTHON} -c "{probe}"; echo $? >/run/facial-rehab-kiosk/probed; exec sleep 600')
    machine.until("test -s /run/facial-rehab-kiosk/probed", 30)
    errno = machine.run("cat /run/facial-rehab-kiosk/probed")
    entry.figure("mincore's error number (0 none, 1 not permitted)", errno)
    assert errno == "0"


def test_fault_3_what_sdl_loads_by_name_is_installed(machine: Machine, entry: Entry) -> None:
    """Fault 3: the installation brought libwayland-egl1 and libwayland-cursor0."""
    wanted = ("libwayland-egl1", "libwayland-cursor0")
    before = machine.run("cat /run/installed-packages").split()
    missing = [name for name in wanted if name not in before]
    entry.figure("missing", ", ".join(missing) or "none")
    assert missing == []


def test_fault_4_one_failure_is_not_safe_mode(machine: Machine, entry: Entry) -> None:
    """Fault 4: after one failure the kiosk starts as before; after the third within five minutes in safe mode."""
    flags = f"test -e {SAFE} && cat {SAFE} || echo none"
    as_program(machine, "echo $1 >>/run/facial-rehab-kiosk/started; exit 1", "RestartSec=4")
    machine.until("grep -c . /run/facial-rehab-kiosk/started || true", 20)
    time.sleep(2)
    entry.figure("flags after one failure", machine.run(flags))
    assert machine.run(flags) == "none"
    machine.until(f"test -e {SAFE}", 60, "safe mode after three failures")
    entry.figure("flags at last", machine.run(flags))


def test_fault_4_what_was_stopped_stays_stopped(machine: Machine, entry: Entry) -> None:
    """Fault 4: a stop that has to kill stays a stop."""
    as_program(machine, "trap '' TERM; while :; do sleep 1; done", "TimeoutStopSec=3")
    machine.until(f"systemctl is-active {SERVICE}", 30)
    machine.run(f"systemctl stop {SERVICE}", 60)
    time.sleep(12)
    state = machine.ask(f"systemctl is-active {SERVICE}")[1]
    entry.figure("12 s after a stop that had to kill", state)
    assert state in ("failed", "inactive")


def test_fault_4_a_technicians_restarts_never_count(machine: Machine, entry: Entry) -> None:
    """Fault 4: five restarts in a row are no failures, even when each has to kill."""
    as_program(machine, "trap '' TERM; while :; do sleep 1; done", "TimeoutStopSec=1")
    for _ in range(5):
        code, said = machine.ask(f"systemctl restart {SERVICE}", 60)
        assert code == 0, said
    entry.figure("state after five restarts", machine.ask(f"systemctl is-active {SERVICE}")[1])
    assert machine.ask(f"test -e {SAFE}")[0] == 1
    assert machine.ask(f"systemctl is-active {SERVICE}")[1] == "active"


@pytest.mark.parametrize(("driver", "device"), [("snd-dummy", "/dev/snd/controlC0"), ("vivid", "/dev/video0")])
def test_fault_5_what_is_plugged_in_later_may_be_used(machine: Machine, entry: Entry, driver: str, device: str) -> None:
    """Fault 5: a sound card or webcam whose driver loads after the kiosk's start can be opened by it."""
    opened = f"{PYTHON} -c \"import os; os.open('{device}', os.O_RDWR)\""
    as_program(
        machine,
        f"cd /run/{SERVICE}; while :; do {opened} >trying 2>&1 && exec sleep 600; mv trying said; sleep 1; done",
    )
    machine.until(f"systemctl is-active {SERVICE}", 30)
    machine.run(f"modprobe {driver}; udevadm settle", 60)
    machine.until(f"test -e {device}", 30)
    found = machine.ask(
        "for i in $(seq 20); do pgrep -u kiosk -x sleep -a | grep -q 600 && exit 0; sleep 1; done; exit 1"
    )
    said = machine.ask("cat /run/facial-rehab-kiosk/said")[1]
    entry.figure(f"{driver} later", "opened" if found[0] == 0 else said.splitlines()[-1])
    machine.ask(f"systemctl stop {SERVICE}; modprobe -r {driver}", 60)
    assert found[0] == 0, said


def test_fault_6_the_kiosk_may_mount_a_stick(machine: Machine, entry: Entry) -> None:
    """Fault 6: polkit is there and lets the kiosk's user mount a stick by udisks2."""
    image = fat32(machine.place / "fault6.img")
    machine.plug("fault6", image)
    machine.until("test -b /dev/sda1", STICK_S)
    code, said = machine.ask("runuser -u kiosk -- udisksctl mount --no-user-interaction -b /dev/sda1", 60)
    machine.unplug("fault6")
    entry.figure("udisksctl", said.splitlines()[-1] if said else "")
    assert code == 0, said


def test_fault_8_the_doctor_needs_no_folder_to_write_in(machine: Machine, entry: Entry) -> None:
    """Fault 8: `sudo kiosk doctor` in a folder that is not writable has no complaint about the pins."""
    said = machine.ask("cd / && kiosk doctor 2>&1", 300)[1]
    line = next((line for line in said.splitlines() if "utton" in line or "GPIO" in line), said[-300:])
    entry.figure("the doctor's line", " ".join(line.split()))
    assert "lgpio" in said
    assert "does not load" not in line, said


def test_fault_9_no_input_device_is_no_reason_not_to_start(power: Power, entry: Entry) -> None:
    """Fault 9: the compositor starts where there is not one input device."""
    bare = power(append=NO_INPUT, more=SOUND_CARD)
    quiet(bare)
    dropped(
        bare,
        *("Type=exec", "SystemCallFilter=", "Restart=no", "WatchdogSec=0", "ExecStart="),
        "ExecStart=/usr/bin/cage -d -s -- /bin/sh -c 'echo started >/run/facial-rehab-kiosk/started; exec sleep 600'",
    )
    bare.ask(f"systemctl start {SERVICE}", 60)
    code = bare.ask("for i in $(seq 30); do test -e /run/facial-rehab-kiosk/started && exit 0; sleep 1; done; exit 1")[
        0
    ]
    said = journal(bare)
    entry.figure("libinput", next((line for line in said.splitlines() if "input device" in line), "no complaint"))
    assert code == 0, said[-1200:]


def test_fault_10_letters_reach_a_login_on_another_console(machine: Machine, entry: Entry) -> None:
    """Fault 10: where evdev is installed too, letters typed at tty2's login arrive there."""
    dropped(
        machine,
        *("Type=exec", "WatchdogSec=0", "Restart=no", "SystemCallFilter=", "ExecStart="),
        "ExecStart=/opt/test-program",
    )
    # With SDL's dummy screen, so that faults 1 to 3 play no part; the keyboard is read by evdev all the same.
    machine.put(
        "/opt/test-program", f"#!/bin/sh\nexport SDL_VIDEODRIVER=dummy\nexec {program_of(machine)} run\n".encode()
    )
    machine.run("chmod 755 /opt/test-program; systemctl start systemd-logind; systemctl restart getty@tty2", 60)
    machine.plug_keyboard("fault10")
    machine.run(f"systemctl start {SERVICE}", 60)
    time.sleep(25)
    console(machine, 2)
    time.sleep(3)
    for key in "tech":
        machine.keys(key)
        time.sleep(0.3)
    time.sleep(2)
    seen = [line for line in machine.run("cat /dev/vcs2 | fold -w 160; true").splitlines() if "login:" in line]
    entry.figure("tty2", " ".join(seen[-1].split()) if seen else "no login")
    console(machine, 1)
    assert seen
    assert "login: tech" in seen[-1]


def test_fault_7_an_update_without_a_network_leaves_the_kiosk(machine: Machine, entry: Entry) -> None:
    """Fault 7: `make install` without a network fails, and the kiosk that was there still answers."""
    # The last of this file: where the fault is, nothing of the kiosk is left after it.
    assert machine.ask("kiosk --version")[0] == 0
    code, said = machine.ask("cd /home/tech/kiosk && timeout 240 env PIP_RETRIES=0 make install", 300)
    entry.figure("make install ended with", code)
    version = machine.ask("kiosk --version")
    entry.figure("kiosk --version afterwards", version[1].splitlines()[-1] if version[1] else "")
    assert version[0] == 0, said[-800:]
