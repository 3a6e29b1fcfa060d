"""The process that children are forked from: ``python -m kiosk.nursery.nursery SOCKET MODULE…``.

It loads what several children begin with, once, and does nothing else: it has one thread, no screen and no device, so
that a fork of it is a clean beginning, there at once, and what was loaded lies in memory once for all of them.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import logging
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from kiosk.devices.supervised import FRUGAL, PR_SET_PDEATHSIG, die_with_the_kiosk
from kiosk.early import ASKING
from kiosk.errors import ChildError

MOST_BYTES = 65_536
MOST_FDS = 8
HIGH = 200
"""Descriptors from here on are used by nobody while those of a child are put in their places."""

log = logging.getLogger(__name__)


class Nursery:
    """The kiosk's end: one process, which has loaded ``modules``. All methods belong to one thread.

    One that dies or hangs before it has had a child did so over a library. The next loads nothing ahead, so that only
    the child that needs that library goes without: a mirror never waits for what looks at it.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        self._modules = modules
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._first: Newborn | None = None

    def warm(self) -> None:
        """Let it load before a child is wanted. Never raises: a child that is wanted tries again, and says why not."""
        with suppress(OSError):
            self._open()

    def start(self, module: str, arguments: Sequence[str | bytes], fds: Sequence[int]) -> Newborn:
        """A child that runs ``python -m module``; its descriptors ``fds`` have the same numbers as here.

        Returns at once. Raises OSError when the process to fork from cannot be started.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        order = json.dumps([module, [os.fsdecode(argument) for argument in arguments], [*fds]])
        with theirs:
            try:
                socket.send_fds(self._open(), [order.encode()], [theirs.fileno(), *fds])
            except OSError:
                ours.close()
                self.kill()
                raise
        newborn = Newborn(self, ours)
        self._first = self._first or newborn
        return newborn

    def kill(self) -> None:
        """End it, and with it all that it has begun."""
        if self._process is not None:
            self._process.kill()
            self._load_less()
        self.close()

    def close(self) -> None:
        """Hang up: it ends when its last child has."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _open(self) -> socket.socket:
        if self._link is not None and self._process is not None and self._process.poll() is None:
            return self._link
        if self._process is not None and self._process.poll():
            self._load_less()
        self.close()
        self._first = None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno()), *self._modules],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **FRUGAL},
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._link = ours
        return ours

    def _load_less(self) -> None:
        if self._modules and not (self._first and self._first.begun):
            log.warning("children load for themselves: a process that was to load ahead (%s) ended", self._modules)
            self._modules = ()


class Newborn:
    """One child, as far as ``subprocess.Popen`` would tell of it."""

    def __init__(self, nursery: Nursery, news: socket.socket) -> None:
        self._nursery, self._news = nursery, news
        self._pid = self._pidfd = -1
        self._code: int | None = None

    @property
    def pid(self) -> int:
        """Its number. Raises ChildError where that is not known yet."""
        if not self.begun:
            raise ChildError("it has not begun")
        return self._pid

    @property
    def begun(self) -> bool:
        """Whether there is, or was, such a process."""
        self.poll()
        return self._pid >= 0

    def poll(self) -> int | None:
        """The code that it ended with, negative for a signal; None: it has not."""
        while self._code is None:
            try:
                said, fds, _, _ = socket.recv_fds(self._news, 64, 1)
            except BlockingIOError:
                return None
            except OSError:
                said, fds = b"", []
            if fds:
                self._pid, self._pidfd = int(said), fds[0]
            else:
                # Without a word: the process that it was forked from has died, and has taken it along.
                self._ended(int(said) if said else -signal.SIGKILL)
        return self._code

    def kill(self) -> None:
        """End it. One that has not begun takes the process that it waits for along: that hangs."""
        if self.poll() is not None:
            return
        if self._pidfd < 0:
            self._nursery.kill()
            return
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def _ended(self, code: int) -> None:
        self._code = code
        self._news.close()
        if self._pidfd >= 0:
            os.close(self._pidfd)


@dataclass(slots=True)
class ForkOrder:
    """The program that a fork is to run."""

    module: str
    """Its name, as after ``python -m``."""
    arguments: list[str]
    """Its command line."""


@dataclass(slots=True)
class Forking:
    """The loop of the process that is forked from."""

    link: socket.socket
    """The kiosk's orders."""
    children: dict[int, tuple[int, socket.socket]] = field(default_factory=dict)
    """The descriptor of each child → its number, and the socket on which its end is told."""

    def run(self) -> ForkOrder | None:
        """Fork until nobody asks any more and all have ended: None. In each fork: what that one is to run."""
        listening = True
        while listening or self.children:
            asking = self.link.fileno()
            ready, _, _ = select.select([*([asking] if listening else []), *self.children], [], [])
            for descriptor in ready:
                if descriptor != asking:
                    self._tell_end(descriptor)
            if asking in ready:
                asked, fds, _, _ = socket.recv_fds(self.link, MOST_BYTES, MOST_FDS)
                listening = bool(asked)
                if asked and (order := self._fork(asked, fds)) is not None:
                    return order
        return None

    def _fork(self, asked: bytes, fds: list[int]) -> ForkOrder | None:
        """In the fork: its order. In this process: None, and whoever asked has heard of the child, or of none."""
        module, arguments, places = json.loads(asked)
        news, given = socket.socket(fileno=fds[0]), fds[1:]
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as why:
            log.warning("no child can be forked: %s", why)
            pid = -1
        if pid == 0:
            news.close()
            self._leave(parent, given, places)
            return ForkOrder(module, arguments)
        for descriptor in given:
            os.close(descriptor)
        if pid < 0:
            news.close()
            return None
        descriptor = os.pidfd_open(pid)
        self.children[descriptor] = pid, news
        with suppress(OSError):  # nobody listens any more
            socket.send_fds(news, [str(pid).encode()], [descriptor])
        return None

    def _leave(self, parent: int, given: list[int], places: list[int]) -> None:
        """Become a process of its own, with nothing of the one before but its libraries."""
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
        os.setsid()
        for number in ASKING:
            signal.signal(number, signal.SIG_DFL)
        self.link.close()
        for descriptor, (_, news) in self.children.items():
            os.close(descriptor)
            news.close()
        self.children.clear()
        high = [os.dup2(descriptor, HIGH + number) for number, descriptor in enumerate(given)]
        for descriptor in given:
            os.close(descriptor)
        for descriptor, place in zip(high, places, strict=True):
            os.dup2(descriptor, place)  # inheritable, as those of a new interpreter are
            os.close(descriptor)

    def _tell_end(self, descriptor: int) -> None:
        pid, news = self.children.pop(descriptor)
        os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        with news, suppress(OSError):
            news.send(str(os.waitstatus_to_exitcode(status)).encode())


def main(args: Sequence[str]) -> None:
    """Load, fork, and in each fork run."""
    link = socket.socket(fileno=int(args[0]))
    die_with_the_kiosk(link)
    for module in args[1:]:
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as why:
            log.info("%s cannot be loaded ahead: %s", module, why)
        except Exception:  # whatever it is, the child that needs it says it better
            log.warning("%s cannot be loaded ahead", module, exc_info=True)
    gc.collect()
    gc.freeze()  # a collection in a fork would copy each page that it looks at
    order = Forking(link).run()
    if order is not None:
        sys.argv = [order.module, *order.arguments]
        loaded = sys.modules.get(order.module)
        if loaded is None:
            runpy.run_module(order.module, run_name="__main__", alter_sys=True)
        else:
            loaded.main(order.arguments)  # to run it anew would make all that is in it a second time


if __name__ == "__main__":
    main(sys.argv[1:])
