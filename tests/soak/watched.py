"""A store whose acknowledged rows are remembered, a stick that lies, and a screen that counts its late pictures."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.clock import SimClock
from kiosk.demo.simulated import SimScreen
from kiosk.devices.camera_frame import Frame
from kiosk.devices.stick import SimDrive, SimSticks
from kiosk.records.folder import DATABASE
from kiosk.records.store import Store
from kiosk.rows.kinds import Entry, EventRow, RepetitionRow, Row, SessionRow
from kiosk.screens.paint import Painter
from kiosk.screens.scene import Scene
from kiosk.signals import Signal, Stored

KEPT = (EventRow, RepetitionRow, SessionRow)
"""What a session writes and nobody takes out again: what was acknowledged of it must be there at the end."""


@dataclass
class Acknowledged:
    """Each row that the store has said is safe: by its key, or how many there are of a line of the log."""

    keys: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    lines: Counter[tuple[str, str]] = field(default_factory=Counter)
    waiting: dict[int, tuple[Entry, ...]] = field(default_factory=dict)

    def stored(self, token: int) -> None:
        """Take over everything that was put under ``token`` or before."""
        for before in [number for number in self.waiting if number <= token]:
            for row in self.waiting.pop(before):
                self._take(row)

    def boot_over(self) -> None:
        """Forget what was never acknowledged."""
        self.waiting.clear()

    def _take(self, row: Entry) -> None:
        if isinstance(row, EventRow):
            self.lines[row.code, row.detail_code] += 1
        elif isinstance(row, KEPT):
            self.keys.add((row.TABLE, tuple(str(getattr(row, name)) for name in row.KEY)))

    def lost(self, data: Path) -> list[str]:
        """What of it is not in the record any more."""
        kinds: dict[str, type[Row]] = {kind.TABLE: kind for kind in KEPT}
        lost: list[str] = []
        with sqlite3.connect(f"file:{data / DATABASE}?mode=ro", uri=True) as db:
            for table, kind in kinds.items():
                if kind is not EventRow:
                    held = {
                        tuple(map(str, row))
                        for row in db.execute(f"SELECT {', '.join(kind.KEY)} FROM {table}")  # noqa: S608 (our names)
                    }
                    lost += [f"{table} {key}" for name, key in self.keys if name == table and key not in held]
            lines = Counter(db.execute("SELECT code, detail_code FROM events").fetchall())
        lost += [
            f"{number - lines[line]} of event {line}" for line, number in self.lines.items() if number > lines[line]
        ]
        return sorted(lost)


class WatchedStore(Store):
    """The real store; ``told`` hears what it acknowledges."""

    told: Acknowledged

    def put(self, *rows: Entry) -> int:
        token = super().put(*rows)
        # A store that is being opened puts rows of its own before anybody listens.
        told = getattr(self, "told", None)
        if token and rows and told is not None:
            told.waiting[token] = rows
        return token

    def drain(self, now_ms: int) -> Sequence[Signal]:
        news = super().drain(now_ms)
        for signal in news:
            if isinstance(signal, Stored):
                self.told.stored(signal.token)
        return news


def watched(data: Path, clock: SimClock, told: Acknowledged) -> WatchedStore:
    """The store of ``data``, open."""
    store = WatchedStore.open(data, clock)
    assert isinstance(store, WatchedStore)
    store.told = told
    return store


def pull_the_plug(data: Path, image: Path) -> None:
    """Copy what the files hold now, as a machine that stops dead leaves them; the shared memory is gone with it."""
    shutil.copytree(data, image, ignore=lambda _, names: [name for name in names if name.endswith("-shm")])


class LyingSticks(SimSticks):
    """Sticks of which the next one may lose a byte between writing and the second reading: ``lies``."""

    lies = False

    def claim(self) -> SimDrive:
        super().claim()
        assert self.folder is not None
        return _LyingDrive(self, self.folder, self.state.size_bytes) if self.lies else super().claim()


class _LyingDrive(SimDrive):
    """What was written is spoilt when it is mounted again to be read."""

    def _called(self, what: str) -> None:
        super()._called(what)
        if what == "mount-ro":
            written = [path for path in self._folder.rglob("*") if path.is_file()]
            newest = max(written, key=lambda path: (path.stat().st_mtime_ns, path.stat().st_size))
            content = bytearray(newest.read_bytes())
            content[len(content) // 2] ^= 1
            newest.write_bytes(content)


class CountingScreen(SimScreen):
    """Draws without keeping pictures. ``late``: mirror pictures shown more than ``period_ms`` after they were taken."""

    def __init__(self, painter: Painter, now_ms: Callable[[], int], period_ms: int) -> None:
        super().__init__(painter, None)
        self._now_ms, self._period_ms = now_ms, period_ms
        self.frames = 0
        self.late = 0

    def show(self, scene: Scene, frame: Frame | None) -> None:
        if frame is not None:
            self.frames += 1
            self.late += self._now_ms() - frame.t_ms > self._period_ms
        super().show(scene, frame)
