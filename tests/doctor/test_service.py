"""The checks of the service and of what it needs from the system: systemd, the seat, the bus, the rights."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney import Message, MessageType, message_bus, new_method_return
from jeepney.io.blocking import open_dbus_connection

from kiosk import config
from kiosk.doctor import confined
from kiosk.doctor.check import CheckState, Program, Tried, program, tried
from kiosk.doctor.checks import screen, service, sticks
from tests.devices.udisks import FakeStick, FakeUdisks, private_bus
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
UNIT = (ROOT / "systemd" / "facial-rehab-kiosk.service").read_text(encoding="utf-8")
RUNS = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "SubState": "running",
    "UnitFileState": "enabled",
    "NRestarts": "0",
}
JOURNAL = """INFO kiosk.devices.buttons_pedal: reading buttons from FS1 (/dev/input/event3)
WARNING kiosk.devices.sound: no sound can be made: ALSA: no such device
facial-rehab-kiosk.service: Failed with result 'watchdog'.
kiosk: the screen did not open within 30 s
facial-rehab-kiosk.service: Failed with result 'exit-code'.
00:00:00.002 [ERROR] [EGL] command: eglInitialize, error: EGL_NOT_INITIALIZED (0x3001)
00:00:00.004 [ERROR] [backend/session/session.c:83] Failed to open a seat
facial-rehab-kiosk.service: Failed with result 'exit-code'.
sight: ERROR the models cannot be read
"""


def system(**state: str) -> Program:
    """systemctl and journalctl of a kiosk in this state."""
    shown = "\n".join(f"{name}={value}" for name, value in (RUNS | state).items())

    def ask(*command: str, **_: object) -> Tried:
        return Tried(True, JOURNAL if command[0] == "journalctl" else shown)

    return ask


@pytest.mark.parametrize(
    ("changed", "state", "says"),
    [
        ({}, CheckState.OK, "has shown a picture"),
        ({"NRestarts": "4"}, CheckState.WARNING, "started again (4×): stood still"),
        ({"UnitFileState": "disabled"}, CheckState.WARNING, "will not start at power-on"),
        ({"ActiveState": "activating", "SubState": "start"}, CheckState.WARNING, "no picture yet"),
        ({"ActiveState": "activating", "SubState": "auto-restart"}, CheckState.FAULT, "is started again"),
        ({"ActiveState": "deactivating"}, CheckState.WARNING, "is being stopped"),
        ({"ActiveState": "inactive"}, CheckState.FAULT, "does not run"),
        ({"ActiveState": "failed"}, CheckState.FAULT, "has failed"),
        ({"LoadState": "bad-setting"}, CheckState.FAULT, "cannot be read (bad-setting)"),
        ({"LoadState": "not-found", "ActiveState": "inactive"}, CheckState.OK, "not installed here"),
    ],
)
def test_the_service(changed: dict[str, str], state: CheckState, says: str, tmp_path: Path) -> None:
    """An installed kiosk that does not run, or runs again and again, used to be well as far as the doctor knew."""
    check = service.service(system(**changed), tmp_path / "none")
    assert (check.state, says in check.found) == (state, True), check
    assert bool(check.next_step) == (state is not CheckState.OK)


def test_what_it_said_last_is_told_in_plain_words() -> None:
    """How often it ended and how, and its last three complaints; not what is no complaint."""
    told = service.because(JOURNAL)
    assert "stood still, and was ended, 1×" in told
    assert "ended by itself with a fault, 2×" in told
    quoted = re.findall("“(.+?)”", told)
    assert quoted == ["the screen did not open within 30 s", "Failed to open a seat", "the models cannot be read"]
    assert service.because("INFO kiosk: all is well\n") == ""
    assert "cannot be read by this user" in service.because("")


def test_safe_mode_is_a_warning(tmp_path: Path) -> None:
    """It runs, and staff wonder where the camera is."""
    flags = tmp_path / "flags"
    flags.write_text("RUN_FLAGS=--safe\n")
    check = service.service(system(), flags)
    assert (check.state, "safe mode" in check.found, "stood still" in check.found) == (CheckState.WARNING, True, True)
    flags.write_text("")
    assert service.service(system(), flags).state is CheckState.OK


def test_without_systemd_nothing_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop, a container, a machine with another init."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert service.service(program, tmp_path / "none").state is CheckState.OK
    (tmp_path / "systemctl").write_text("#!/bin/sh\necho 'not booted with systemd' >&2\nexit 1\n")
    (tmp_path / "systemctl").chmod(0o755)
    assert program("systemctl") == Tried(False, "not booted with systemd")
    assert service.service(program, tmp_path / "none").state is CheckState.OK
    assert not confined.installed()
    (tmp_path / "systemctl").write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    assert program("systemctl", patience_s=0.2) == Tried(False, "no answer within 0.2 s")


def test_by_whose_eyes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another user may open says little about the service; on a desktop there is none."""
    assert service.seen_as({}, False).state is CheckState.OK
    assert service.seen_as({}, True).state is CheckState.WARNING
    assert "the service" in service.seen_as({confined.SEEN_AS: confined.SERVICE}, True).found
    monkeypatch.setattr(service, "_user", lambda: "kiosk")
    check = service.seen_as({}, True)
    assert (check.state, "without the service's confinement" in check.found) == (CheckState.OK, True)


RUNNING = {
    *("Type", "NotifyAccess", "EnvironmentFile", "ExecStartPre", "ExecStart", "ExecStopPost"),
    *("TimeoutStartSec", "TimeoutStopSec", "WatchdogSec", "Restart", "RestartSec", "OOMScoreAdjust", "TasksMax"),
    *("StateDirectoryMode", "CacheDirectoryMode", "RuntimeDirectory", "RuntimeDirectoryMode", "WorkingDirectory"),
    "RemoveIPC",
    "SuccessExitStatus",
}
"""Directives of the unit about how it is run, or that would take away what the running kiosk uses."""


def directives(unit: str) -> list[tuple[str, str]]:
    found = re.search(r"^\[Service\]$(.*?)(?=^\[|\Z)", unit, re.MULTILINE | re.DOTALL)
    assert found
    return re.findall(r"^(\w+)=(.*)$", found[1], re.MULTILINE)


def test_the_second_doctor_has_the_confinement_of_the_unit(tmp_path: Path) -> None:
    """Every line of the unit is either about running, or holds for the second doctor too, in the same words."""
    held = list(confined.properties(UNIT))
    for name, value in directives(UNIT):
        if name in RUNNING:
            assert not any(one.startswith(f"{name}=") for one in held)
        elif name == "Environment":
            assert any(one.startswith(f"{name}=") for one in held)
            assert not any("%" in one for one in held)
        elif name in confined.FOLDERS:
            assert f"ReadWritePaths=-{confined.FOLDERS[name]}/{value}" in held
        else:
            assert f"{name}={value}" in held, f"{name} is new: decide whether the doctor needs it"
    assert not any("RUN_FLAGS" in one or "XDG_RUNTIME_DIR" in one for one in held)
    assert "Documentation" not in "".join(held)
    lines = "\n".join(held)
    (tmp_path / "doctor.service").write_text(f"[Service]\nExecStart=/bin/true\n{lines}\n")
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "doctor.service")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr.strip()) == (0, "")


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that stand in for the system's; this process says that it is root."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    say(folder, "systemctl", "printf '[Service]\\nUser=kiosk\\nDeviceAllow=char-alsa rw\\n'")
    say(folder, "systemd-run", 'echo "$0 $*"; exit 1')
    say(folder, "runuser", 'echo "$0 $*"')
    return folder


def say(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_root_sees_as_the_service_does(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What root may open says nothing: a second doctor runs in the service's place, and its answer is the answer."""
    answer = confined.in_its_place(["doctor", "--json"], {"LANG": "C", "PYTHONPATH": "/opt/x/lib", "HOME": "/"}, tools)
    assert answer is not None
    code, said = answer
    assert code == 1
    assert said.startswith(f"{tools}/systemd-run ")
    assert "--property=User=kiosk --property=DeviceAllow=char-alsa rw" in said
    assert f"--property=ReadWritePaths=-{tools}" in said
    assert "--property=SupplementaryGroups=systemd-journal" in said
    assert "--setenv=PYTHONPATH=/opt/x/lib" in said
    assert "HOME=" not in said
    assert f"--setenv={confined.SEEN_AS}={confined.SERVICE}" in said
    settings, faults = config.load(tools / "kiosk.toml", {confined.SEEN_AS: confined.SERVICE}, keep=False)
    assert not faults, "what the second doctor is told is no setting"
    assert settings
    assert said.rstrip().endswith("-m kiosk doctor --json")
    assert confined.in_its_place([], {confined.SEEN_AS: confined.SERVICE}, tools) is None, "not again and again"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert confined.in_its_place([], {}, tools) is None


def test_where_systemd_cannot_it_is_at_least_the_services_user(tools: Path) -> None:
    """An older systemd, a property it does not know, no service yet: the kiosk's user looks; else whoever asked."""
    say(tools, "systemd-run", "echo 'Unknown assignment' >&2; exit 1")
    answer = confined.in_its_place(["doctor"], {}, tools)
    assert answer is not None
    assert answer[1].startswith(f"{tools}/runuser -u kiosk -- ")
    say(tools, "systemctl", "exit 1")
    assert confined.in_its_place(["doctor"], {}, tools) == answer
    say(tools, "runuser", "echo 'user kiosk does not exist' >&2; exit 1")
    assert confined.in_its_place(["doctor"], {}, tools) is None


@contextlib.contextmanager
def polkit(address: str, allowed: bool) -> Iterator[None]:
    """polkit's authority on a bus of the test's own."""
    link = open_dbus_connection(address)
    link.send_and_get_reply(message_bus.RequestName("org.freedesktop.PolicyKit1"))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                asked: Message = link.receive()
                if asked.header.message_type is MessageType.method_call:
                    link.send(new_method_return(asked, "(bba{ss})", ((allowed, False, {}),)))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        link.sock.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE_S)
        link.close()


def test_rights_are_asked_of_polkit_itself(socket_folder: Path) -> None:
    """That a rule's file lies there says nothing: polkit may be missing, or another rule may stand before it."""
    with private_bus(socket_folder) as bus:
        missing = sticks.rights(True, tried, bus)
        assert (missing.state, "polkitd" in missing.next_step) == (CheckState.FAULT, True), missing
        with polkit(bus, allowed=True):
            assert sticks.rights(True, tried, bus).state is CheckState.OK
    other = socket_folder / "other"
    other.mkdir()
    with private_bus(other) as bus, polkit(bus, allowed=False):
        refused = sticks.rights(True, tried, bus, user="kiosk")
        assert (refused.state, "filesystem-mount" in refused.found) == (CheckState.FAULT, True)
        assert sticks.rights(True, tried, bus, user="pi").state is CheckState.WARNING


def test_the_rights_are_those_of_the_rule() -> None:
    """What the rule allows is what is asked for."""
    rule = (ROOT / "systemd" / "facial-rehab-kiosk.rules").read_text(encoding="utf-8")
    assert set(re.findall(r'"(org\.freedesktop\.udisks2\.[\w-]+)"', rule)) == set(sticks.ACTIONS)


def test_sticks_are_asked_for_as_the_kiosk_asks(socket_folder: Path) -> None:
    """No bus and no service are faults of an appliance; a stick that cannot be used is no fault of the machine."""
    nothing = sticks.sticks(True, tried, f"unix:path={socket_folder / 'none'}")
    assert (nothing.state, "udisks2" in nothing.next_step) == (CheckState.FAULT, True)
    assert sticks.sticks(False, tried, f"unix:path={socket_folder / 'none'}").state is CheckState.WARNING
    with private_bus(socket_folder) as bus:
        away = sticks.sticks(True, tried, bus)
        assert away.state is CheckState.FAULT, away
        with contextlib.closing(FakeUdisks(bus)) as udisks:
            assert "no stick" in sticks.sticks(True, tried, bus).found
            udisks.plug(FakeStick("sda", socket_folder))
            assert "can be used" in sticks.sticks(True, tried, bus).found


def test_compositor(socket_folder: Path) -> None:
    """A seat that nobody gives, a library that SDL loads by name, no cage: each has its own sentence."""

    def says(said: str) -> object:
        return lambda *_args, **_kwargs: Tried(True, said)

    def look(said: str = "[]", **given: object) -> tuple[CheckState, str]:
        how = {"dev": socket_folder, "seat": socket_folder / "seat", "cage": "/usr/bin/cage"} | given
        check = screen.compositor({}, says(said), **how)  # type: ignore[arg-type]
        return check.state, f"{check.found} {check.next_step}"

    assert look()[0] is CheckState.OK, "no screen here: nothing is needed"
    (socket_folder / "dri").mkdir()
    (socket_folder / "dri" / "card0").touch()
    state, words = look()
    assert (state, "enable --now seatd" in words) == (CheckState.FAULT, True)
    state, words = look(cage=None)
    assert (state, "apt-get install cage" in words) == (CheckState.FAULT, True)
    state, words = look('["the screen needs libwayland-egl.so.1: apt-get install libwayland-egl1"]')
    assert (state, "libwayland-egl1" in words) == (CheckState.FAULT, True)
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as seat:
        seat.bind(str(socket_folder / "seat"))
        seat.listen()
        assert look()[0] is CheckState.OK
    assert screen.compositor({"DISPLAY": ":0"}, dev=socket_folder).state is CheckState.OK


def test_the_parts_of_wayland_here() -> None:
    """The real question is asked of the window's own list."""
    got = tried(screen.TRY_PARTS)
    assert got.worked, got.said
    assert got.said.startswith("[")
