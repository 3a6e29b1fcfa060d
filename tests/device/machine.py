"""One emulated machine: power on and off, screen, keys, header, sticks, sound, snapshots.

Use it in a ``with``: the emulator ends with the block, whatever happens. It is pure emulation (TCG), so it runs where
there is no hardware virtualisation, ten to thirty times slower than a machine of its own.
"""

from __future__ import annotations

import base64
import contextlib
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from tests.device.image import Base
from tests.device.wire import Agent, DeviceError, Monitor

BOOT_S = 300.0
BUSY = 5
"""Every limit is what an emulation alone on its host needs; beside other work it may take as many times as long."""
OFF_S = 90.0
GONE_S = 20.0
SCREEN = (1280, 720)
"""The screen's own size, which is also the twin's."""
POLL_S = 1.5
"""Between two looks: each costs the emulated machine a good part of a second."""
UP = "login:"
"""What the serial console says once the guest is up."""
PULLS = "/sys/devices/platform/gpio-sim*/gpiochip*/sim_gpio{}/"
KERNEL_LINE = (
    "root=/dev/vda rw quiet mitigations=off panic=-1 systemd.show_status=false "
    "systemd.default_timeout_start_sec=300 systemd.default_device_timeout_sec=300"
)
"""The last two: on a busy host the emulated devices come late."""
PATIENT = b"[Service]\nTimeoutStartSec=900\nTimeoutStopSec=45\nWatchdogSec=180\n"
"""The kiosk's unit has limits of its own, for a machine that is not emulated; the rest of it is as installed."""
CREDENTIAL = (
    "systemd.set_credential_binary=systemd.unit-dropin.facial-rehab-kiosk.service:" + base64.b64encode(PATIENT).decode()
)


class Machine:
    """The machine, switched on when the block is entered."""

    CONSOLE = "ttyS0"
    """Its serial line."""

    def __init__(
        self,
        base: Base,
        disk: Path,
        place: Path,
        *,
        more: Sequence[str] = (),
        keyboard: bool = False,
        memory_mb: int = 2048,
        append: str = "",
    ) -> None:
        self._base = base
        self.disk = disk
        self.place = place
        self._keyboard = keyboard
        self._more = list(more)
        self._memory_mb = memory_mb
        self._append = append
        self.attached: set[str] = set()
        """Disks that came later, by name."""
        place.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Machine:
        self.power_on()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pull_the_plug()

    def emulator(self) -> list[str]:
        """The command of the emulator, with the kind of machine and of processor."""
        kind = "pc" if self._keyboard else "pc,i8042=off"
        accel = "tcg,thread=multi,tb-size=512"
        return ["qemu-system-x86_64", "-accel", accel, "-cpu", "Nehalem", "-machine", kind, "-smp", "1"]

    def power_on(self) -> None:
        """Start the emulator; the guest is not up yet."""
        monitor, agent = self.place / "monitor", self.place / "agent"
        for path in (monitor, agent, self.place / "serial.log"):
            path.unlink(missing_ok=True)
        command = [
            *("setpriv", "--pdeathsig", "KILL", *self.emulator(), "-m", str(self._memory_mb)),
            *("-nodefaults", "-no-reboot", "-display", "none", "-vga", "none"),
            *("-device", "virtio-gpu-pci,xres={},yres={}".format(*SCREEN)),
            *("-kernel", str(self._base.kernel), "-initrd", str(self._base.initrd)),
            *("-append", f"{KERNEL_LINE} console={self.CONSOLE} {CREDENTIAL} {self._append}"),
            *("-serial", f"file:{self.place / 'serial.log'}"),
            *("-drive", f"file={self.disk},format=qcow2,if=none,id=root,cache=writeback,discard=unmap"),
            *("-device", "virtio-blk-pci,drive=root", "-device", "virtio-serial-pci", "-device", "virtio-rng-pci"),
            *("-chardev", f"socket,id=agent,path={agent},server=on,wait=off"),
            *("-device", "virtserialport,chardev=agent,name=device.agent"),
            *("-qmp", f"unix:{monitor},server=on,wait=off", "-device", "qemu-xhci,id=usb,p2=8,p3=8"),
            *self._more,
        ]
        with (self.place / "emulator.log").open("ab") as said:
            # In a session of its own: Ctrl+C is for the test, which then ends it.
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
            )
        self.started = time.monotonic()
        try:
            self.monitor = Monitor(monitor)
            self._agent = Agent(agent)
        except BaseException:
            self.pull_the_plug()
            raise

    @property
    def seconds(self) -> float:
        """Time since power on."""
        return time.monotonic() - self.started

    @property
    def work(self) -> float:
        """Processor time that the emulator has used since power on, s: a busy host makes waits longer, not this."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def login(self, limit: float = BOOT_S) -> float:
        """Wait for a login on the serial console, without asking the guest anything; the seconds since power on."""
        until = time.monotonic() + limit * BUSY
        while UP not in self.console():
            if self.process.poll() is not None or time.monotonic() > until:
                raise DeviceError(f"no login; its console ends with: {self.console()[-600:]}")
            time.sleep(0.5)
        return self.seconds

    def reached(self, unit: str) -> float:
        """When systemd had started this unit: seconds since power on. Asked afterwards, it slows nothing down."""
        said = self.run(f"systemctl show -P ActiveEnterTimestampMonotonic {unit}; cut -d' ' -f1 /proc/uptime")
        entered, uptime = map(float, said.split())
        return self.seconds - uptime + entered / 1e6

    def boot(self, limit: float = BOOT_S) -> float:
        """Wait until the agent answers; the seconds since power on."""
        until = time.monotonic() + limit * BUSY
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise DeviceError(f"the emulator ended: {(self.place / 'emulator.log').read_text()[-400:]}")
            # What is sent to the port before the guest has opened it is not always delivered.
            if UP not in self.console():
                time.sleep(0.5)
                continue
            with contextlib.suppress(DeviceError):
                self._agent.run("true", 5.0)
                return self.seconds
        raise DeviceError(f"the guest does not answer; its console ends with: {self.console()[-600:]}")

    def console(self) -> str:
        """Everything that the kernel and init wrote on the serial line."""
        file = self.place / "serial.log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    # In the guest

    def run(self, command: str, limit: float = 60.0) -> str:
        """The output of a command that must succeed."""
        code, out = self._agent.run(command, limit * BUSY)
        if code:
            raise DeviceError(f"{command!r} ended with {code}: {out[-2000:]}")
        return out.strip()

    def ask(self, command: str, limit: float = 60.0) -> tuple[int, str]:
        """Exit code and output of a command that may fail."""
        code, out = self._agent.run(command, limit * BUSY)
        return code, out.strip()

    def until(self, command: str, limit: float, what: str = "") -> float:
        """Try a command until it succeeds; the seconds that it took."""
        started = time.monotonic()
        said = ""
        while time.monotonic() - started < limit * BUSY:
            code, said = self.ask(command, min(limit, 60.0))
            if code == 0:
                return time.monotonic() - started
            time.sleep(POLL_S)
        raise DeviceError(f"not within {limit * BUSY:.0f} s: {what or command}; last: {said[-1500:]}")

    def put(self, path: str, data: bytes) -> None:
        """Write a small file."""
        text = base64.b64encode(data).decode()
        self.run(f"mkdir -p $(dirname {path}) && : > {path}")
        for start in range(0, len(text), 60_000):
            self.run(f"echo {text[start : start + 60_000]} | base64 -d >> {path}")

    def get(self, path: str) -> bytes:
        """Read a small file."""
        return base64.b64decode(self.run(f"base64 -w0 {path}"))

    # The screen and keys

    def picture(self, file: Path) -> Path:
        """What is on the screen, as a PNG."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self.monitor.run("screendump", {"filename": str(file.resolve()), "format": "png"})
        return file

    def keys(self, *together: str) -> None:
        """Press keys of the keyboard together, by the emulator's names."""
        self.monitor.run("send-key", {"keys": [{"type": "qcode", "data": key} for key in together]})

    def plug_keyboard(self, name: str = "keyboard") -> None:
        """A USB keyboard is plugged in."""
        self.monitor.run("device_add", {"driver": "usb-kbd", "id": name, "bus": "usb.0"})

    # The header

    def press(self, *pins: int, seconds: float = 0.25) -> None:
        """Close the contacts of these pins together for a while."""
        down = "; ".join(f"echo pull-down > $(echo {PULLS.format(pin)}pull)" for pin in pins)
        up = "; ".join(f"echo pull-up > $(echo {PULLS.format(pin)}pull)" for pin in pins)
        self.run(f"{down}; sleep {seconds}; {up}", seconds + 30)

    def lamps(self, pins: dict[str, int]) -> dict[str, bool]:
        """What the kiosk drives its lamps to, read back from the chip."""
        said = self.run("; ".join(f"echo {name} $(cat {PULLS.format(pin)}value)" for name, pin in pins.items()))
        return {name: value == "1" for name, value in (line.split() for line in said.splitlines())}

    # USB

    def plug(self, name: str, image: Path, *, read_only: bool = False, bytes_per_s: int = 0) -> None:
        """Plug a stick in. ``bytes_per_s``: how fast it can be written; 0 is as fast as the host."""
        node: dict[str, object] = {"driver": "raw", "file": {"driver": "file", "filename": str(image.resolve())}}
        if bytes_per_s:
            limits = {"bps-write": bytes_per_s}
            self.monitor.run("object-add", {"qom-type": "throttle-group", "id": f"speed-{name}", "limits": limits})
            node = {"driver": "throttle", "throttle-group": f"speed-{name}", "file": node}
        self.monitor.run("blockdev-add", {**node, "node-name": name, "read-only": read_only})
        stick = {"driver": "usb-storage", "id": f"usb-{name}", "bus": "usb.0", "drive": name, "removable": True}
        self.monitor.run("device_add", stick)

    def unplug(self, name: str) -> None:
        """Pull a stick, whatever is being done with it."""
        self._take_away(f"usb-{name}", name)
        with contextlib.suppress(DeviceError):  # only a slow stick has one
            self.monitor.run("object-del", {"id": f"speed-{name}"})

    # Disks

    def attach(self, name: str, image: Path, log: Path | None = None) -> str:
        """One more disk, with a log of all that is written to it if that is wanted; its device in the guest."""
        parts = {name: image} if log is None else {f"{name}-file": image, f"{name}-log": log}
        for node, file in parts.items():
            about = {"driver": "file", "filename": str(file.resolve()), "node-name": node}
            self.monitor.run("blockdev-add", about)
        if log is not None:
            about = {"driver": "blklogwrites", "node-name": name, "file": f"{name}-file", "log": f"{name}-log"}
            self.monitor.run("blockdev-add", {**about, "log-sector-size": 512})
        disk = {"driver": "virtio-blk-pci", "id": f"disk-{name}", "drive": name, "serial": name}
        self.monitor.run("device_add", disk)
        self.attached.add(name)
        device = f"/dev/disk/by-id/virtio-{name}"
        self.until(f"test -b {device}", 30)
        return device

    def detach(self, name: str) -> None:
        """Take it away again; it must not be mounted."""
        self._take_away(f"disk-{name}", name)
        self.attached.discard(name)
        for part in ("file", "log"):
            with contextlib.suppress(DeviceError):  # only one with a log has them
                self.monitor.run("blockdev-del", {"node-name": f"{name}-{part}"})

    def _take_away(self, device: str, node: str) -> None:
        self.monitor.run("device_del", {"id": device})
        until = time.monotonic() + GONE_S * BUSY
        while True:
            try:
                self.monitor.run("blockdev-del", {"node-name": node})
                break
            except DeviceError:  # the emulator lets go of it a moment later
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    # Snapshots and power

    def save(self, tag: str) -> None:
        """Keep this moment of the whole machine."""
        self.monitor.human(f"savevm {tag}")

    def load(self, tag: str) -> None:
        """Go back to a kept moment. The guest's clock jumps: a watchdog that was running may fire."""
        self.monitor.human(f"loadvm {tag}")

    def shut_down(self, limit: float = OFF_S) -> float:
        """Switch off as a technician does; the seconds that it took."""
        started = time.monotonic()
        self.run("systemd-run --quiet --on-active=0.1 systemctl poweroff", 20)
        try:
            self.process.wait(limit * BUSY)
        except subprocess.TimeoutExpired as why:
            raise DeviceError(f"still on after {limit * BUSY:.0f} s: {self.console()[-400:]}") from why
        return time.monotonic() - started

    def pull_the_plug(self) -> None:
        """The power is gone: nothing that only the guest's memory held is left."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)
        for wire in ("monitor", "_agent"):
            if hasattr(self, wire):
                getattr(self, wire).close()


def overlay(under: Path, disk: Path) -> Path:
    """A disk that starts as another one and leaves it alone."""
    disk.parent.mkdir(parents=True, exist_ok=True)
    disk.unlink(missing_ok=True)
    form = "qcow2" if under.suffix == ".qcow2" else "raw"
    subprocess.run(
        ["qemu-img", "create", "-q", "-f", "qcow2", "-F", form, "-b", os.path.relpath(under, disk.parent), str(disk)],
        check=True,
    )
    return disk
