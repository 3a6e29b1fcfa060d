"""Many packages read at once, by as many processes: what each found in its package comes in the order of packages.

A process is handed the keys and the places of packages through its socket, never by its arguments or a file. What it
has read comes back through the socket, too: nothing of a package is written anywhere.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from kiosk.errors import PackageError
from kiosk.package.csv_cells import Columns
from kiosk.package.outer import MOST_FILES
from kiosk.package.protection import Keys
from kiosk.package.read import ARCHIVE, Head
from kiosk.package.verify import PackageVerdict, verify

PROGRAM = "kiosk.reading.worker"
MOST_WORKERS = 16
WORTH_BYTES = 8 << 20
"""Packages whose zip files are smaller in all are read sooner than other processes have started."""


KEPT_BYTES = 16 << 20
"""So much of a package a process keeps, so that nothing of one that fails is handed on. A larger one is handed on while
it is read: memory stays where it is."""


class KeysMessage(msgspec.Struct, tag="keys"):
    """The first message to a process: ``Keys``, that is ``passphrases``, ``identities`` as their text and ``plain``.

    ``kept_bytes``: so much of a package it may keep before it hands on.
    """

    passphrases: tuple[str, ...]
    identities: tuple[str, ...]
    plain: bool
    kept_bytes: int


class Job(msgspec.Struct, tag="job"):
    """Read the package at ``path`` (as the system spells it); ``judge``: only say what ``verify`` says of it."""

    path: bytes
    judge: bool


class Headed(msgspec.Struct, tag="headed"):
    """The package could be opened; ``head``: which it is."""

    head: Head


class Rows(msgspec.Struct, tag="rows"):
    """So many rows (``count``) of a ``table``, as ``columns``; one that is alike in all of them has one cell."""

    table: str
    count: int
    columns: list[list[Any]]


class Checked(msgspec.Struct, tag="checked"):
    """All rows have come, and all of the package is as it should be; ``plans``: a code and a plan as JSON each."""

    plans: list[tuple[str, str]]


class Refused(msgspec.Struct, tag="refused"):
    """The package failed for this ``reason``, and no row of it counts."""

    reason: str


class Judged(msgspec.Struct, tag="judged"):
    """The findings of ``verify``, but for the path: ``verdict``."""

    verdict: PackageVerdict


Told = Headed | Rows | Checked | Refused | Judged
ENCODER = msgspec.msgpack.Encoder(enc_hook=str)
_DECODER: msgspec.msgpack.Decoder[Told] = msgspec.msgpack.Decoder(Told, dec_hook=lambda kind, told: kind(told))


class _Gone(Exception):
    """The process has ended."""


class _Worker:
    """One process. Raises OSError where it cannot be started."""

    def __init__(self, keys: Keys, kept_bytes: int) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    # -P: what lies in the folder that somebody happens to be in, on a stick say, is no part of us.
                    [sys.executable, "-P", "-m", PROGRAM, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,  # Ctrl+C in a terminal is for whoever asked, who then ends it
                )
            except OSError:
                ours.close()
                raise
        self._link = Connection(ours.detach())
        identities = tuple(map(str, keys.identities))
        self.say(KeysMessage(keys.passphrases, identities, keys.plain, kept_bytes))

    def say(self, message: KeysMessage | Job) -> None:
        with suppress(OSError):  # it has ended: that is heard when its answer is waited for
            self._link.send_bytes(ENCODER.encode(message))

    def hear(self) -> Told:
        """Wait for what it says next. Raises _Gone."""
        try:
            raw = self._link.recv_bytes()
        except (EOFError, OSError):
            raise _Gone from None
        return _DECODER.decode(raw)

    def end(self) -> int:
        """End it now; its exit code, or the number of the signal that ended it as a negative number."""
        self._link.close()
        self._process.kill()
        return self._process.wait()


class RemotePackage:
    """A package as a process found it. Every method raises PackageError when it failed, and then no row counts."""

    def __init__(self, worker: _Worker) -> None:
        self._worker = worker
        self.gone = self._over = False
        """The process has ended; nothing more comes."""
        self._plans: Sequence[tuple[str, str]] = ()

    def head(self) -> Head:
        """Wait until it is known which package it is."""
        said = self._hear()
        if not isinstance(said, Headed):
            raise self._ended()
        return said.head

    def everything(self) -> Iterator[tuple[str, Columns]]:
        """The rows of each table, as ``Package.everything``."""
        while isinstance(said := self._hear(), Rows):
            yield said.table, [cells if len(cells) == said.count else cells * said.count for cells in said.columns]
        if not isinstance(said, Checked):
            raise self._ended()
        self._plans = said.plans

    def plans_as_json(self) -> Sequence[tuple[str, str]]:
        """Return how each person is set up, by code, as JSON; known once ``everything`` has ended."""
        return self._plans

    def judged(self, path: Path) -> PackageVerdict:
        """Wait for what ``verify`` says."""
        said = self._hear()
        if not isinstance(said, Judged):
            raise self._ended()
        return replace(said.verdict, path=path)

    def pass_over(self) -> None:
        """Hear the rest, so that the process can go on to the next package."""
        while not self._over:
            with suppress(PackageError):
                self._hear()

    def _hear(self) -> Told:
        try:
            said = self._worker.hear()
        except _Gone:
            raise self._ended() from None
        self._over = isinstance(said, Checked | Refused | Judged)
        if isinstance(said, Refused):
            raise PackageError(said.reason)
        return said

    def _ended(self) -> PackageError:
        self.gone = self._over = True
        code = self._worker.end()
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return PackageError(f"the process that read it ended ({how}): there may be too little memory; read it alone")


class Readers:
    """So many processes (``count``) that read packages, with ``keys``. One that cannot be started is done without."""

    def __init__(self, keys: Keys, count: int, kept_bytes: int = KEPT_BYTES) -> None:
        self._keys, self._kept_bytes = keys, kept_bytes
        self._free: list[_Worker] = []
        self._busy: list[_Worker] = []
        for _ in range(count):
            self._start()

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in (*self._free, *self._busy):
            worker.end()

    def each(
        self, paths: Iterable[Path], wanted: Callable[[Path], bool] = lambda _: True, *, judge: bool = False
    ) -> Iterator[tuple[Path, RemotePackage | None]]:
        """Every package, and what a process finds in it; None: nobody reads it, since it is not ``wanted`` or there is
        no process.

        Whether it is wanted is asked before its turn: as soon as a process is free. ``judge``: only say what ``verify``
        says.
        """
        coming = iter(paths)
        waiting: deque[tuple[Path, _Worker | None]] = deque()
        while True:
            for path in coming if self._free or not waiting else ():
                worker = self._free.pop() if self._free and wanted(path) else None
                if worker is not None:
                    self._busy.append(worker)
                    worker.say(Job(os.fsencode(path), judge))
                waiting.append((path, worker))
                if not self._free:
                    break
            if not waiting:
                return
            path, worker = waiting.popleft()
            if worker is None:
                yield path, None
                continue
            answer = RemotePackage(worker)
            yield path, answer
            answer.pass_over()
            self._busy.remove(worker)
            if answer.gone:
                self._start()
            else:
                self._free.append(worker)

    def _start(self) -> None:
        with suppress(OSError):
            self._free.append(_Worker(self._keys, self._kept_bytes))


def workers(paths: Iterable[Path]) -> int:
    """The number of processes worth their start for these packages: none where there is one core, or little to read."""
    cores = len(os.sched_getaffinity(0))
    count = size = 0
    for count, path in enumerate(paths, 1):
        size += _size(path)
        if size >= WORTH_BYTES and count >= cores > 1:
            return min(cores, MOST_WORKERS)
    return min(cores, count, MOST_WORKERS) if size >= WORTH_BYTES and cores > 1 < count else 0


def _size(path: Path) -> int:
    """Bytes of its zip files; 0 where it is no package: whoever reads it will say so."""
    try:
        with os.scandir(path) as there:
            return sum(
                entry.stat(follow_symlinks=False).st_size
                for entry, _ in zip(there, range(MOST_FILES), strict=False)
                if ARCHIVE.fullmatch(entry.name)
            )
    except OSError:
        return 0


def verify_many(paths: Sequence[Path], keys: Keys, count: int | None = None) -> Iterator[PackageVerdict]:
    """The findings of ``verify`` in each package, in order; ``count`` processes, None: as many as are worth it."""
    with Readers(keys, workers(paths) if count is None else count) as readers:
        for path, answer in readers.each(paths, judge=True):
            if answer is None:
                yield verify(path, keys)
                continue
            try:
                yield answer.judged(path)
            except PackageError as why:
                yield PackageVerdict(path, False, False, False, str(why))
