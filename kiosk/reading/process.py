"""One process that reads packages: a fork of this program where that is safe, else a new interpreter.

A fork is there at once, with everything loaded; a new interpreter takes as long to load as a package to read.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection

from kiosk.package.protection import Keys
from kiosk.reading import worker
from kiosk.reading.messages import DECODER, ENCODER, Job, KeysMessage, Told

PROGRAM = "kiosk.reading.worker"


class ReaderProcess:
    """One process. Raises OSError where it cannot be started."""

    def __init__(self, keys: Keys, kept_bytes: int) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = _fork(theirs) if can_fork() else _begun(theirs)
            except OSError:
                ours.close()
                raise
        self._link = Connection(ours.detach())
        identities = tuple(map(str, keys.identities))
        self.say(KeysMessage(keys.passphrases, identities, keys.plain, kept_bytes))

    def say(self, message: KeysMessage | Job) -> None:
        """Say something to it; what it answers is heard later."""
        with suppress(OSError):  # it has ended: that is heard when its answer is waited for
            self._link.send_bytes(ENCODER.encode(message))

    def hear(self) -> Told | None:
        """Wait for what it says next; None: it has ended."""
        try:
            raw = self._link.recv_bytes()
        except (EOFError, OSError):
            return None
        return DECODER.decode(raw)

    def end(self) -> int:
        """End it now; its exit code, or the number of the signal that ended it as a negative number."""
        self._link.close()
        self._process.kill()
        return self._process.wait()


class _Fork:
    """A fork, as far as ``subprocess.Popen`` would tell of it."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._code: int | None = None

    def kill(self) -> None:
        if self._code is None:  # until it has been waited for, nobody else has its number
            os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> int:
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._code


def can_fork() -> bool:
    """Whether no other thread runs: a fork has none of them, and whatever one of them held it would hold forever."""
    return len(os.listdir("/proc/self/task")) == 1


def _fork(link: socket.socket) -> _Fork:
    if signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:
        # Whoever began this program may have it so: forks would be buried unasked, and their numbers given away.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return _Fork(pid)
    # What the program was doing is none of the fork's business: it comes back from here in no case, and nothing that
    # was opened before is used again or tidied away, its database least of all.
    code = 1
    try:
        _leave(link.fileno())
        if worker.die_with(parent):
            worker.serve(Connection(link.detach()))
            code = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(code)


def _leave(link: int) -> None:
    """Have as much of the program as a new interpreter would: its errors' stream and the descriptor ``link``."""
    os.setsid()  # Ctrl+C in a terminal is for whoever asked, who then ends it
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    os.closerange(3, link)
    os.closerange(link + 1, os.sysconf("SC_OPEN_MAX"))
    logging.getLogger().handlers.clear()  # their files are closed
    gc.freeze()  # a collection would copy each page that it looks at


def _begun(link: socket.socket) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        # -P: what lies in the folder that somebody happens to be in, on a stick say, is no part of us.
        [sys.executable, "-P", "-m", PROGRAM, str(link.fileno())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=(link.fileno(),),
        start_new_session=True,  # as a fork's
    )
