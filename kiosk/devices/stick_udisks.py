"""Sticks through udisks2, the system's service for them, over D-Bus (jeepney).

A thread listens for what is plugged in, because a bus that hangs must not hold up a screen. Whoever claims a stick
does so on a connection of its own, and every call has a limit.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, MatchRule, Message, MessageType, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from kiosk.clock import Clock
from kiosk.devices.inbox import InboxSource
from kiosk.devices.stick import DRIVE, FILESYSTEM, Mounted, Objects, Stick, is_there, judge
from kiosk.errors import StickError
from kiosk.signals import StickState, StickStatus

log = logging.getLogger(__name__)

SERVICE = "org.freedesktop.UDisks2"
ROOT = "/org/freedesktop/UDisks2"
MANAGER = "org.freedesktop.DBus.ObjectManager"
OPTIONS = "nosuid,nodev,noexec,nosymfollow"
VFAT_OPTIONS = "utf8=1,flush"
ASK_S, MOUNT_S, UNMOUNT_S, OFF_S = 25.0, 30.0, 120.0, 30.0
"""Limits. The first question may have to start the service; unmounting may have to wait for a slow stick."""
SETTLE_S, MOST_SETTLES = 0.5, 10
"""A stick that is plugged in is told piece by piece: we look when nothing has been told for so long."""
RETRY_S = 5.0
"""Time between two tries when there is no bus or no service."""
AUTH_S = 2.0

_ERRORS = {
    "org.freedesktop.UDisks2.Error.NotAuthorized": StickStatus.NOT_ALLOWED,
    "org.freedesktop.UDisks2.Error.NotAuthorizedCanObtain": StickStatus.NOT_ALLOWED,
    "org.freedesktop.UDisks2.Error.NotAuthorizedDismissed": StickStatus.NOT_ALLOWED,
    "org.freedesktop.UDisks2.Error.OptionNotPermitted": StickStatus.NOT_ALLOWED,
    "org.freedesktop.DBus.Error.AccessDenied": StickStatus.NOT_ALLOWED,
    "org.freedesktop.UDisks2.Error.Timedout": StickStatus.STUCK,
    "org.freedesktop.UDisks2.Error.DeviceBusy": StickStatus.STUCK,
    "org.freedesktop.DBus.Error.NoReply": StickStatus.STUCK,
    "org.freedesktop.DBus.Error.Timeout": StickStatus.STUCK,
    "org.freedesktop.DBus.Error.UnknownObject": StickStatus.NONE,
    "org.freedesktop.DBus.Error.UnknownInterface": StickStatus.NONE,
    "org.freedesktop.DBus.Error.UnknownMethod": StickStatus.NONE,
    "org.freedesktop.DBus.Error.ServiceUnknown": StickStatus.NO_SERVICE,
    "org.freedesktop.DBus.Error.NameHasNoOwner": StickStatus.NO_SERVICE,
}
_ALREADY_MOUNTED = "org.freedesktop.UDisks2.Error.AlreadyMounted"
_NOT_MOUNTED = "org.freedesktop.UDisks2.Error.NotMounted"
_QUIETLY: dict[str, tuple[str, Any]] = {"auth.no_user_interaction": ("b", True)}


class UdisksSticks(InboxSource):
    """The sticks of this machine. ``bus``: "SYSTEM" or the address of another bus."""

    def __init__(
        self, clock: Clock, bus: str = "SYSTEM", *, settle_s: float = SETTLE_S, retry_s: float = RETRY_S
    ) -> None:
        super().__init__()
        self._clock, self._bus, self._settle_s, self._retry_s = clock, bus, settle_s, retry_s
        self.state = StickState(StickStatus.NONE, 0, clock.now_ms())
        self._closing = threading.Event()
        self._link: Udisks | None = None
        self._thread = threading.Thread(target=self._listen, name="sticks", daemon=True)
        self._thread.start()

    def claim(self) -> UdisksDrive:
        link = Udisks(self._bus)
        try:
            return UdisksDrive(link, judge(link.objects()))
        except BaseException:
            link.close()
            raise

    def close(self) -> None:
        self._closing.set()
        if self._link is not None:
            self._link.wake()
        self._thread.join(ASK_S)
        super().close()

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                link = Udisks(self._bus)
            except StickError as why:
                self._tell(why.trouble, 0)
            else:
                self._link = link
                with contextlib.closing(link), contextlib.suppress(OSError):
                    self._follow(link)
            self._closing.wait(self._retry_s)

    def _follow(self, link: Udisks) -> None:
        """Follow the sticks until the bus is gone (OSError) or nobody listens any longer."""
        link.listen()
        while not self._closing.is_set():
            try:
                stick = judge(link.objects())
            except StickError as why:
                self._tell(why.trouble, why.size_bytes)
                there = why.trouble not in (StickStatus.NO_SERVICE, StickStatus.STUCK)
            else:
                self._tell(None, stick.size_bytes)
                there = True
            # A service that is away may come back without a word.
            link.wait(self._settle_s, None if there else self._retry_s)

    def _tell(self, trouble: StickStatus | None, size_bytes: int) -> None:
        if (trouble, size_bytes) != (self.state.trouble, self.state.size_bytes):
            log.info("stick: %s", trouble or "can be used")
            self.state = StickState(trouble, size_bytes, self._clock.now_ms())
            self._inbox.put(self.state)


class UdisksDrive:
    """One stick, while it is used."""

    def __init__(self, link: Udisks, stick: Stick) -> None:
        self._link, self._stick = link, stick

    @property
    def size_bytes(self) -> int:
        return self._stick.size_bytes

    def mount(self, *, read_only: bool = False) -> Mounted:
        options = OPTIONS
        if self._stick.kind == "vfat":
            options += f",{VFAT_OPTIONS}"
        if read_only:
            options += ",ro"
        asked = {**_QUIETLY, "fstype": ("s", self._stick.kind), "options": ("s", options)}
        try:
            path = self._mount(asked)
        except DBusErrorResponse as why:
            if why.name != _ALREADY_MOUNTED:
                raise self._refusal(why, StickStatus.DAMAGED) from why
            self.unmount()
            try:
                path = self._mount(asked)
            except DBusErrorResponse as again:
                raise self._refusal(again, StickStatus.DAMAGED) from again
        return Mounted(Path(path), self._stick.device)

    def unmount(self) -> None:
        try:
            self._link.call(self._stick.block, FILESYSTEM, "Unmount", "a{sv}", (_QUIETLY,), UNMOUNT_S)
        except DBusErrorResponse as why:
            if why.name != _NOT_MOUNTED:
                raise self._refusal(why, StickStatus.STUCK) from why

    def power_off(self) -> None:
        try:
            self._link.call(self._stick.drive, DRIVE, "PowerOff", "a{sv}", (_QUIETLY,), OFF_S)
        except DBusErrorResponse as why:
            raise self._refusal(why, StickStatus.STUCK) from why

    def there(self) -> bool:
        try:
            return is_there(self._link.objects(), self._stick)
        except StickError as why:
            return why.trouble in (StickStatus.NO_SERVICE, StickStatus.STUCK)

    def close(self) -> None:
        self._link.close()

    def _mount(self, options: dict[str, tuple[str, Any]]) -> str:
        (path,) = self._link.call(self._stick.block, FILESYSTEM, "Mount", "a{sv}", (options,), MOUNT_S)
        return str(path)

    def _refusal(self, why: DBusErrorResponse, otherwise: StickStatus) -> StickError:
        return refusal(why, otherwise, self._stick.size_bytes)


class Udisks:
    """One connection to the service."""

    def __init__(self, bus: str) -> None:
        """Raises StickError where there is no bus."""
        try:
            self._connection: DBusConnection = open_dbus_connection(bus, auth_timeout=AUTH_S)
        except (OSError, RuntimeError, KeyError, ValueError) as why:
            raise StickError(StickStatus.NO_SERVICE, f"no D-Bus ({why})") from why

    def call(
        self, path: str, interface: str, method: str, signature: str | None, body: tuple[Any, ...], limit_s: float
    ) -> tuple[Any, ...]:
        """Raises DBusErrorResponse for what the service refuses, StickError where it cannot be asked."""
        asked = new_method_call(DBusAddress(path, SERVICE, interface), method, signature, body)
        try:
            answer: tuple[Any, ...] = unwrap_msg(self._connection.send_and_get_reply(asked, timeout=limit_s))
        except TimeoutError as why:
            raise StickError(StickStatus.STUCK, f"{method} took longer than {limit_s:.0f} s") from why
        except OSError as why:
            raise StickError(StickStatus.NO_SERVICE, f"the bus is gone ({why})") from why
        return answer

    def objects(self) -> Objects:
        """Everything the service knows. Raises StickError."""
        try:
            (found,) = self.call(ROOT, MANAGER, "GetManagedObjects", None, (), ASK_S)
        except DBusErrorResponse as why:
            raise refusal(why, StickStatus.NO_SERVICE) from why
        return {
            path: {
                interface: {name: value for name, (_, value) in values.items()}
                for interface, values in interfaces.items()
            }
            for path, interfaces in found.items()
        }

    def listen(self) -> None:
        """Have the bus tell what changes from now on. Raises OSError."""
        for rule in (MatchRule(type="signal", sender=SERVICE), _owner_rule()):
            self._connection.send_and_get_reply(message_bus.AddMatch(rule), timeout=ASK_S)

    def wait(self, settle_s: float, limit_s: float | None) -> None:
        """Wait until something has changed and then nothing for ``settle_s``, or until the limit. Raises OSError."""
        try:
            while not _is_signal(self._connection.receive(timeout=limit_s)):
                pass
            for _ in range(MOST_SETTLES):
                self._connection.receive(timeout=settle_s)
        except TimeoutError:
            return

    def wake(self) -> None:
        """Let whoever waits in another thread have an OSError."""
        with contextlib.suppress(OSError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()


def refusal(why: DBusErrorResponse, otherwise: StickStatus, size_bytes: int = 0) -> StickError:
    """Return the error of ours that an error of the bus or the service means here."""
    detail = f"{why.name} {why.data[0] if why.data else ''}".strip()
    log.warning("udisks: %s", detail)
    if why.name.startswith("org.freedesktop.DBus.Error.Spawn."):
        return StickError(StickStatus.NO_SERVICE, detail, size_bytes)
    return StickError(_ERRORS.get(why.name, otherwise), detail, size_bytes)


def _owner_rule() -> MatchRule:
    rule = MatchRule(
        type="signal", sender="org.freedesktop.DBus", interface="org.freedesktop.DBus", member="NameOwnerChanged"
    )
    rule.add_arg_condition(0, SERVICE)
    return rule


def _is_signal(message: Message) -> bool:
    return message.header.message_type is MessageType.signal
