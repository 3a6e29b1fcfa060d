"""Many packages read at once, by as many processes: what each found in its package comes in the order of packages.

A process is handed the keys and the places of packages through its socket, never by its arguments or a file. What it
has read comes back through the socket, too: nothing of a package is written anywhere.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kiosk.errors import PackageError
from kiosk.package.csv_cells import Columns
from kiosk.package.outer import MOST_FILES
from kiosk.package.protection import Keys
from kiosk.package.read import ARCHIVE, Head
from kiosk.package.verify import PackageVerdict, verify
from kiosk.reading.messages import Checked, Headed, Job, Judged, Refused, Rows, Told
from kiosk.reading.process import ReaderProcess, can_fork

MOST_WORKERS = 16
WORTH_BYTES, WORTH_LOADING_BYTES = 1 << 20, 8 << 20
"""Packages whose zip files are smaller in all are read sooner than other processes have started: forks of this one, or
interpreters that load everything anew."""

KEPT_BYTES = 16 << 20
"""So much of a package a process keeps, so that nothing of one that fails is handed on. A larger one is handed on while
it is read: memory stays where it is."""


class RemotePackage:
    """A package as a process found it. Every method raises PackageError when it failed, and then no row counts."""

    def __init__(self, worker: ReaderProcess) -> None:
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
        said = self._worker.hear()
        if said is None:
            raise self._ended()
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
        self._free: list[ReaderProcess] = []
        self._busy: list[ReaderProcess] = []
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
        waiting: deque[tuple[Path, ReaderProcess | None]] = deque()
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
            self._free.append(ReaderProcess(self._keys, self._kept_bytes))


def workers(paths: Iterable[Path]) -> int:
    """The number of processes worth their start for these packages: none where there is one core, or little to read."""
    cores = len(os.sched_getaffinity(0))
    worth = WORTH_BYTES if can_fork() else WORTH_LOADING_BYTES
    count = size = 0
    for count, path in enumerate(paths, 1):
        size += _size(path)
        if size >= worth and count >= cores > 1:
            return min(cores, MOST_WORKERS)
    return min(cores, count, MOST_WORKERS) if size >= worth and cores > 1 < count else 0


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
