"""A child process at the other end of a socket: started, heard, ended, and after a fault followed by another one.

What can hang or go wrong in a library lives in a child, and nothing that a child says or does ends the kiosk. Nothing
here waits: everything happens in ``drain(now)``, when the descriptor is readable or the deadline has come.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import select
import signal
import socket
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from kiosk.clock import Clock
from kiosk.early import ASKING
from kiosk.errors import ChildError
from kiosk.faults import harmless
from kiosk.signals import Signal

PR_SET_PDEATHSIG = 1
_MOST_BYTES = 65_536
MOST_MESSAGES = 1_000
"""Several times what a socket can hold: whoever has said so much in one go says it faster than it can be heard."""
FRUGAL = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    "OPENBLAS_NUM_THREADS": "1",
}
"""glibc else learns from the first big picture that is let go to hold on to all that come later: ten megabytes while a
face is looked at. numpy's threads would never be given anything to do."""


def die_with_the_kiosk(link: socket.socket) -> None:
    """Called in a child first: if the kiosk dies, it must not go on, not even when it hangs in a driver."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if select.select([link], [], [], 0)[0] and not link.recv(1, socket.MSG_PEEK):
        raise SystemExit(0)  # It has died, or hung up, before it could be agreed on.
    # The SIGTERM that systemd sends to all of a service, and whatever a terminal sends, belong to the kiosk: it ends
    # its children itself.
    for number in ASKING:
        signal.signal(number, signal.SIG_IGN)


class BegunProcess(Protocol):
    """A process that was begun: the part of ``subprocess.Popen`` that is used here."""

    @property
    def pid(self) -> int:
        """Its number. Raises ChildError where that is not known yet."""

    def poll(self) -> int | None:
        """The code that it ended with, negative for a signal; None: it has not. Never waits."""

    def kill(self) -> None:
        """End it now."""


BeginProcess = Callable[[str, Sequence[str | bytes], Sequence[int]], BegunProcess]
"""Begin ``python -m module`` with arguments and descriptors that keep their numbers. Raises OSError."""


def fresh(module: str, arguments: Sequence[str | bytes], fds: Sequence[int]) -> subprocess.Popen[bytes]:
    """Begin a new interpreter, not a fork: the kiosk has threads and a display that a copy of it must not own."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **FRUGAL},
        pass_fds=fds,
        start_new_session=True,  # no terminal, so nothing is sent from there before it can refuse it
    )


class ChildProcess:
    """One run of a child. ``what`` names it for staff: "camera"."""

    def __init__(
        self,
        what: str,
        module: str,
        arguments: Callable[[int], Sequence[str | bytes]],
        fds: Sequence[int] = (),
        begin: BeginProcess = fresh,
    ) -> None:
        """``arguments`` of ``python -m module``, given the number of the child's socket; ``fds`` are passed on too.

        Raises OSError when it cannot be started.
        """
        self.ended = False
        """The child has hung up."""
        self._what = what
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.setblocking(False)
        with theirs:
            self._process = begin(module, arguments(theirs.fileno()), (theirs.fileno(), *fds))

    @property
    def pid(self) -> int:
        """The process number of the child."""
        return self._process.pid

    def fileno(self) -> int:
        """Readable while there is news."""
        return self._socket.fileno()

    def messages(self) -> list[bytes]:
        """All it has said so far, ``MOST_MESSAGES`` at most."""
        heard: list[bytes] = []
        while not self.ended and len(heard) < MOST_MESSAGES:
            try:
                message = self._socket.recv(_MOST_BYTES)
            except BlockingIOError:
                break
            except OSError:
                message = b""
            if message:
                heard.append(message)
            else:
                self.ended = True
        return heard

    def say(self, message: bytes, fds: Sequence[int] = ()) -> bool:
        """Tell it something, with descriptors of ours; False when it cannot take it now, or is gone."""
        try:
            socket.send_fds(self._socket, [message], fds)
        except OSError:
            return False
        return True

    def hang_up(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(OSError):  # it has ended already
            self._socket.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    def gone(self) -> bool:
        """Whether the process has ended; it holds nothing any more."""
        if self._process.poll() is None:
            return False
        self.ended = True
        self._socket.close()
        return True

    def epitaph(self) -> str:
        """Return the way in which it ended, a sentence for staff."""
        code = self._process.poll()
        if code is None or code == 0:
            return f"the {self._what} program ended by itself"
        if code < 0:
            known = {number.value: number.name for number in signal.Signals}  # not those of real time
            return f"the {self._what} program was stopped by {known.get(-code, f'signal {-code}')}"
        return f"the {self._what} program ended with exit code {code}"


log = logging.getLogger(__name__)

START_MS = 15_000
"""A child that is not at work by then hangs. (picamera2, OpenCV and the networks take seconds to load on a Pi.)"""
BACKOFF_MS, BACKOFF_MOST_MS = 2_000, 20_000
STEADY_MS = 10_000
"""A child that has worked for so long is followed by another one after the shortest backoff."""
END_MS = 1_000
"""Time for which the end of a child that hung up or was killed is waited for."""
REAP_MS = 20
"""An end has no descriptor of its own; it is looked for so often."""


class Link(Protocol):
    """One run of a child, seen from the kiosk: ``ChildProcess``."""

    ended: bool
    """The child has hung up."""

    def fileno(self) -> int:
        """Readable while there is news."""

    def messages(self) -> list[bytes]:
        """All it has said so far."""

    def say(self, message: bytes, fds: Sequence[int] = ()) -> bool:
        """Tell it something; False when it cannot take it."""

    def hang_up(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it now."""

    def gone(self) -> bool:
        """Whether the process has ended; it holds nothing any more."""

    def epitaph(self) -> str:
        """Return the way in which it ended, a sentence for staff."""


L = TypeVar("L", bound=Link)


@dataclass(slots=True, kw_only=True)
class Run(Generic[L]):
    """One child from its start until it is gone. Times are boot milliseconds."""

    link: L
    """The line to the child."""
    since_ms: int
    """The moment at which it was started."""
    good_ms: int | None = None
    """The moment at which it first did what it is for."""
    ended_ms: int | None = None
    """The moment at which it hung up; its descriptor is not waited for any more."""
    kill_ms: int = 0
    """The moment at which it is killed, once it is leaving."""
    look_ms: int = 0
    """The moment at which it is looked after next, once it has hung up or is leaving."""


R = TypeVar("R", bound=Run[Any])


class Supervised(ABC, Generic[R]):
    """A source of news from whichever child is at work. All methods belong to one thread.

    ``trouble`` begins the line in the log when there is none at work; ``grace_ms`` is how long one may take to end.
    """

    def __init__(self, clock: Clock, trouble: str, grace_ms: int) -> None:
        self._clock, self._trouble, self._grace_ms = clock, trouble, grace_ms
        # One descriptor for ever, whichever child is behind it.
        self._poll = select.epoll()
        self._wanted = False
        self._run: R | None = None
        self._leaving: list[R] = []
        self._news: list[Signal] = []
        self._start_ms: int | None = None
        self._backoff_ms = BACKOFF_MS
        self._ok: bool | None = None

    # -- what is supervised

    @abstractmethod
    def _set_up(self, now_ms: int) -> R:
        """Start a child. Raises OSError."""

    @abstractmethod
    def _take(self, run: R, message: bytes, now_ms: int) -> None:
        """Note what it said. Raises ChildError when it is of no use any more."""

    @abstractmethod
    def _due_ms(self, run: R) -> int | None:
        """Return the moment from which on its silence means that it hangs; None while it owes nothing."""

    @abstractmethod
    def _silence(self, run: R, now_ms: int) -> str:
        """Return the meaning of its silence, for staff, once ``_due_ms`` has passed."""

    @abstractmethod
    def _state(self, ok: bool, cause: str, now_ms: int) -> Signal:
        """The news that one is at work, or that none is."""

    def _look(self, run: R, now_ms: int) -> None:
        """Take over what it left behind besides its messages. Raises ChildError."""

    def _ended(self, run: R, how: str) -> str:  # noqa: ARG002 (for those who want to know more)
        """It ended without a word; the sentence for staff."""
        return how

    def _last_words(self, run: R, message: bytes) -> None:
        """Take in something that it said while it was leaving."""

    def _gone(self, run: R) -> None:
        """It has ended and holds nothing any more."""

    # -- kiosk.signals.SignalSource

    def fileno(self) -> int:
        """Readable while the child has news; the same number for ever."""
        return self._poll.fileno()

    def drain(self, now_ms: int) -> Sequence[Signal]:
        """Return the news; also do what is due: kill, restart, give up on one that hangs."""
        self._reap(now_ms)
        self._start_if_due(now_ms)
        if self._run is not None:
            self._hear(self._run, now_ms)
        news, self._news = self._news, []
        return news

    def deadline_ms(self) -> int | None:
        """The moment at which ``drain`` has something to do even without news."""
        if self._news:
            return 0
        due = [run.look_ms for run in self._leaving]
        if self._start_ms is not None and not self._leaving:
            due.append(self._start_ms)
        if self._run is not None:
            hangs_ms = self._run.look_ms if self._run.ended_ms is not None else self._due_ms(self._run)
            due += [] if hangs_ms is None else [hangs_ms]
        return min(due, default=None)

    def close(self) -> None:
        """Let the child go; it is killed if it does not end by itself. Returns at once."""
        self._wanted, self._start_ms = False, None
        if self._run is not None:
            now = self._clock.now_ms()
            self._run.link.hang_up()
            self._let_go(self._run, now, now + self._grace_ms)

    # -- its life

    def _begin(self, now_ms: int) -> None:
        """Want a child from now on, and start one if it is due."""
        self._start_ms = now_ms
        self._start_if_due(now_ms)

    def _start_if_due(self, now_ms: int) -> None:
        if self._start_ms is None or now_ms < self._start_ms:
            return
        # The one before may still hold the device; one that cannot even be killed is not waited for.
        if any(now_ms < run.kill_ms + END_MS for run in self._leaving):
            return
        self._start_ms = None
        try:
            self._run = self._set_up(now_ms)
        except OSError as why:
            self._fault(f"the program cannot be started: {why}", now_ms)
            return
        self._poll.register(self._run.link.fileno(), select.EPOLLIN)

    def _hear(self, run: R, now_ms: int) -> None:
        try:
            messages = run.link.messages()
            if len(messages) >= MOST_MESSAGES:
                raise ChildError("it talks without end")
            for message in messages:
                self._take(run, message, now_ms)
            self._look(run, now_ms)
        except ChildError as why:
            self._fault(str(why), now_ms)
            return
        if run.link.ended:
            # The socket closes a moment before the process can be asked how it ended.
            if run.ended_ms is None:
                run.ended_ms = now_ms
                self._poll.unregister(run.link.fileno())
            run.look_ms = now_ms + REAP_MS
            if run.link.gone() or now_ms - run.ended_ms >= END_MS:
                self._fault(self._ended(run, run.link.epitaph()), now_ms)
        elif (due_ms := self._due_ms(run)) is not None and now_ms >= due_ms:
            self._fault(self._silence(run, now_ms), now_ms)

    def _good(self, run: R, now_ms: int) -> None:
        """It does what it is for."""
        if run.good_ms is None:
            run.good_ms = now_ms
            self._tell(True, "", now_ms)

    def _fault(self, cause: str, now_ms: int) -> None:
        """End the child, if there is one, and begin anew when the backoff is over."""
        cause = harmless(cause)
        log.warning("%s: %s", self._trouble, cause)
        run = self._run
        if run is not None:
            if run.good_ms is not None and now_ms - run.good_ms >= STEADY_MS:
                self._backoff_ms = BACKOFF_MS
            run.link.kill()
            self._let_go(run, now_ms, now_ms)
        self._start_ms = now_ms + self._backoff_ms
        self._backoff_ms = min(2 * self._backoff_ms, BACKOFF_MOST_MS)
        self._tell(False, cause, now_ms)

    def _let_go(self, run: R, now_ms: int, kill_ms: int) -> None:
        self._run = None
        if run.ended_ms is None:
            self._poll.unregister(run.link.fileno())
        run.kill_ms, run.look_ms = kill_ms, now_ms + REAP_MS
        self._leaving.append(run)

    def _reap(self, now_ms: int) -> None:
        for run in list(self._leaving):
            for message in run.link.messages():
                self._last_words(run, message)
            if run.link.gone():
                self._leaving.remove(run)
                self._gone(run)
                continue
            if now_ms >= run.kill_ms:
                run.link.kill()
            run.look_ms = now_ms + (END_MS if now_ms > run.kill_ms + END_MS else REAP_MS)

    def _tell(self, ok: bool, cause: str, now_ms: int) -> None:
        if ok != self._ok:
            self._ok = ok
            self._news.append(self._state(ok, cause, now_ms))


T = TypeVar("T")


def decoded(decode: Callable[[bytes], T], message: bytes) -> T:
    """Return what a child said, by ``decode`` of msgspec. Raises ChildError when it is no message of ours."""
    try:
        return decode(message)
    # Not all of it is msgspec's own: text that is not UTF-8, and brackets without end, raise what Python raises.
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as why:
        raise ChildError(f"it said something that is no message ({why})") from why
