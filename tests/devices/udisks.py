"""A udisks2 of our own on a private bus: it answers as the real one documents it, and its sticks are folders."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from kiosk.devices.stick import BLOCK, DRIVE, FILESYSTEM, PARTITION, TABLE
from kiosk.devices.stick_udisks import MANAGER, ROOT, SERVICE
from tests.patience import PATIENCE_S

ERROR = f"{SERVICE}.Error"
SIZE = 16 << 30

Values = dict[str, tuple[str, Any]]
Objects = dict[str, dict[str, Values]]


@contextlib.contextmanager
def private_bus(folder: Path) -> Iterator[str]:
    """A message bus for one test; its address."""
    config = folder / "bus.conf"
    config.write_text(
        f"""<busconfig><type>session</type><listen>unix:path={folder / "bus"}</listen><auth>EXTERNAL</auth>
        <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
        <allow own="*"/></policy></busconfig>"""
    )
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.kill()


@dataclass
class Part:
    """One file system, or the place where one should be."""

    kind: str = "vfat"
    ignored: bool = False


@dataclass
class FakeStick:
    """One drive. ``folder`` is its first file system. ``mounting`` is called in place of mounting it."""

    name: str
    folder: Path
    parts: list[Part] = field(default_factory=lambda: [Part()])
    table: bool = True
    bus: str = "usb"
    removable: bool = True
    medium: bool = True
    system: bool = False
    read_only: bool = False
    size: int = SIZE
    mounting: Callable[[str], None] | None = None
    unmounting: Callable[[], None] | None = None
    mounted_at: list[bytes] = field(default_factory=list)
    device: int | None = None

    @property
    def drive(self) -> str:
        return f"{ROOT}/drives/{self.name}"

    def block(self, number: int | None) -> str:
        return f"{ROOT}/block_devices/{self.name}{'' if number is None else number}"

    def objects(self) -> Objects:
        found: Objects = {
            self.drive: {
                DRIVE: {
                    "ConnectionBus": ("s", self.bus),
                    "Removable": ("b", self.removable),
                    "MediaAvailable": ("b", self.medium),
                    "Size": ("t", self.size),
                }
            }
        }
        if not self.table:
            found[self.block(None)] = self._part(self.parts[0])
            return found
        found[self.block(None)] = {BLOCK: self._block(""), TABLE: {"Type": ("s", "dos")}}
        for number, part in enumerate(self.parts, 1):
            found[self.block(number)] = self._part(part) | {
                PARTITION: {"Number": ("u", number), "IsContainer": ("b", part.kind == "extended")}
            }
        return found

    def _part(self, part: Part) -> dict[str, Values]:
        made = {BLOCK: self._block("" if part.kind == "extended" else part.kind, ignored=part.ignored)}
        if part.kind not in ("", "extended", "crypto_LUKS"):
            made[FILESYSTEM] = {"MountPoints": ("aay", list(self.mounted_at)), "Size": ("t", self.size)}
        return made

    def _block(self, kind: str, *, ignored: bool = False) -> Values:
        return {
            "Drive": ("o", self.drive),
            "DeviceNumber": ("t", self.folder.stat().st_dev if self.device is None else self.device),
            "HintSystem": ("b", self.system),
            "HintIgnore": ("b", ignored),
            "IdType": ("s", kind),
            "ReadOnly": ("b", self.read_only),
            "Size": ("t", self.size),
        }


class FakeUdisks:
    """The service. ``refuse``: method → error name, or "" for no answer at all. ``asked``: what was called, how."""

    def __init__(self, address: str) -> None:
        self.sticks: list[FakeStick] = []
        self.refuse: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._link: DBusConnection = open_dbus_connection(address)
        self._lock = threading.Lock()
        self._link.send_and_get_reply(message_bus.RequestName(SERVICE), timeout=PATIENCE_S)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def plug(self, stick: FakeStick) -> FakeStick:
        """Piece by piece, as the real one tells it."""
        self.sticks.append(stick)
        for path, interfaces in stick.objects().items():
            self._signal("InterfacesAdded", "oa{sa{sv}}", (path, interfaces))
        return stick

    def pull(self, stick: FakeStick) -> None:
        paths = stick.objects()
        self.sticks.remove(stick)
        for path, interfaces in paths.items():
            self._signal("InterfacesRemoved", "oas", (path, list(interfaces)))

    def methods(self) -> list[str]:
        return [name for name, _ in self.asked if name != "GetManagedObjects"]

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._link.sock.shutdown(2)
        self._thread.join(PATIENCE_S)
        self._link.close()

    def _signal(self, name: str, signature: str, body: tuple[Any, ...]) -> None:
        with self._lock, contextlib.suppress(OSError):
            self._link.send(new_signal(DBusAddress(ROOT, interface=MANAGER), name, signature, body))

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                message = self._link.receive()
                if message.header.message_type is MessageType.method_call:
                    answer = self._answer(message)
                    if answer is not None:
                        with self._lock:
                            self._link.send(answer)

    def _answer(self, message: Message) -> Message | None:
        fields = message.header.fields
        name, path = fields[HeaderFields.member], fields[HeaderFields.path]
        options = {key: value for key, (_, value) in message.body[0].items()} if message.body else {}
        self.asked.append((name, options))
        if name in self.refuse:
            wrong = self.refuse[name]
            return new_error(message, wrong, "s", ("refused",)) if wrong else None
        if name == "GetManagedObjects":
            everything: Objects = {}
            for stick in self.sticks:
                everything |= stick.objects()
            return new_method_return(message, "a{oa{sa{sv}}}", (everything,))
        for stick in self.sticks:
            if path in stick.objects():
                try:
                    return self._act(message, name, stick, options)
                except OSError as why:
                    return new_error(message, f"{ERROR}.Failed", "s", (str(why),))
        return new_error(message, "org.freedesktop.DBus.Error.UnknownObject", "s", ("no such object",))

    def _act(self, message: Message, name: str, stick: FakeStick, options: dict[str, Any]) -> Message:
        if name == "Mount":
            if stick.mounted_at:
                return new_error(message, f"{ERROR}.AlreadyMounted", "s", ("mounted",))
            if stick.mounting:
                stick.mounting(options["options"])
            stick.mounted_at = [os.fsencode(stick.folder) + b"\0"]
            return new_method_return(message, "s", (str(stick.folder),))
        if name == "Unmount":
            if not stick.mounted_at:
                return new_error(message, f"{ERROR}.NotMounted", "s", ("not mounted",))
            if stick.unmounting:
                stick.unmounting()
            stick.mounted_at = []
            return new_method_return(message)
        assert name == "PowerOff"
        self.pull(stick)
        return new_method_return(message)
