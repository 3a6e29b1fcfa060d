"""The cost of the whole kiosk, in a process of its own: time to first picture, processor time at rest, memory."""

from __future__ import annotations

import os
import re
import selectors
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import pygame

from kiosk.bench.draw import HOME
from kiosk.bench.rows import BenchRow, RatioTarget, interleaved, median_ratio, row
from kiosk.bench.world import FILMING
from kiosk.clock import cpu_ns, ticks_ns
from kiosk.errors import BenchError
from kiosk.face.nets import FOLDER
from kiosk.screens.paint import Painter
from kiosk.screens.window import Screen

START_ROUNDS = 5
IDLE_ROUNDS = 3
IDLE_S = 5.0
"""A screen that does not change is presented so often: each round has one of them."""
SETTLES_S = 7.0
"""Time from being ready to being at rest: the loudspeaker's device is given back after five seconds."""
MOST_WAKEUPS = 0.5
REDRAW_FPS = 40
PATIENCE_S = 30.0
MIRROR_S = 6.0
"""A movement of five seconds, with every picture of its ring, and the camera's start."""
MEMORY_MB = 200
SETTINGS = '[camera]\nbackend = "recorded"\n'
"""No camera of this machine is opened: the bench may run where somebody else is in its view."""


PROPORTIONAL = re.compile(r"^(\w+): +(\d+) kB$", re.MULTILINE)


def child_env(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a measured process: this screen, but neither this machine's pins nor loudspeaker."""
    own = {name: value for name, value in env.items() if not name.startswith("KIOSK_")}
    pins = {"GPIOZERO_PIN_FACTORY": "mock", "GPIOZERO_MOCK_PIN_CLASS": "mockpwmpin"}
    silent = {"SDL_AUDIODRIVER": "dummy", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    return {**own, **pins, **silent}


@contextmanager
def _folder() -> Iterator[Path]:
    """A data folder for one measured process."""
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-", ignore_cleanup_errors=True) as place:
        (Path(place) / "kiosk.toml").write_text(SETTINGS, encoding="utf-8")
        yield Path(place)


def _first_picture(how: str) -> float:
    """Milliseconds from starting a process to the end of its first flip."""
    with _folder() as data:
        begun = ticks_ns()
        with (
            subprocess.Popen(
                [sys.executable, "-m", "kiosk.bench_child", how, str(data)],
                env=child_env(os.environ),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as child,
            selectors.DefaultSelector() as selector,
        ):
            assert child.stdout is not None  # noqa: S101 (asked for)
            selector.register(child.stdout, selectors.EVENT_READ)
            heard = selector.select(PATIENCE_S)
            ended = ticks_ns()
            if not heard:
                child.kill()
                raise BenchError(
                    f"a kiosk for measuring ({how}) showed no picture within {PATIENCE_S:g} s: try `kiosk run --window`"
                )
            shown, errors = child.communicate()
    if not shown:
        said = errors.strip().splitlines()[-1:] or ["it said nothing"]
        raise BenchError(f"a kiosk for measuring ({how}) did not show its first picture: {said[0]}")
    return (ended - begun) / 1e6


def first_picture_row(said: Callable[[], None]) -> BenchRow:
    """Something calm on the screen first, against everything else first."""
    runs = {"lazy": partial(_first_picture, "lazy"), "eager": partial(_first_picture, "eager")}
    found = interleaved(runs, START_ROUNDS, 1, said)
    return row(
        "From starting the program to its first picture",
        median(found["lazy"]),
        "ms",
        f"loading and starting everything first, {median(found['eager']):.0f} ms",
        median_ratio(found["eager"], found["lazy"]),
        RatioTarget(15, at_least=True),
    )


@contextmanager
def _kiosk(arguments: list[str], data: Path, models: Path | None = None) -> Iterator[int]:
    """A kiosk that has told that it is ready, in a process of its own, with the models of that folder; its number."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
        if models is not None:
            (data / FOLDER).symlink_to(models.resolve(), target_is_directory=True)
        address = data / "notify"
        ready.bind(str(address))
        ready.settimeout(PATIENCE_S)
        log = data / "log.txt"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments, str(data)],
                env={**child_env(os.environ), "NOTIFY_SOCKET": str(address)},
                stdout=file,
                stderr=file,
            )
        try:
            _wait_ready(ready, process, log)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_ready(ready: socket.socket, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until systemd would be told that the kiosk is up. Raises BenchError when it ends or says nothing."""
    descriptor = os.pidfd_open(process.pid)
    with selectors.DefaultSelector() as selector:
        selector.register(ready, selectors.EVENT_READ)
        selector.register(descriptor, selectors.EVENT_READ)
        happened = [key.fileobj for key, _ in selector.select(PATIENCE_S)]
    os.close(descriptor)
    if ready not in happened:
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise BenchError(f"a kiosk for measuring did not come up: {last[0]}")


def idle_rows(screen: Screen, painter: Painter, said: Callable[[], None]) -> Iterator[BenchRow]:
    """The kiosk on its first screen, against drawing the home 40 times a second; and how often it wakes."""
    ours: list[float] = []
    redraw: list[float] = []
    with _folder() as data, _kiosk(["kiosk", "run", "--window", "--data"], data) as pid:
        with selectors.DefaultSelector() as nothing:
            nothing.select(SETTLES_S)
        woken, since = wakeups(pid), ticks_ns()
        for _ in range(IDLE_ROUNDS):
            begun, theirs, mine = ticks_ns(), cpu_ns(pid), cpu_ns()
            _redraw(screen, painter, IDLE_S)
            span = ticks_ns() - begun
            ours.append(100 * (cpu_ns(pid) - theirs) / span)
            redraw.append(100 * (cpu_ns() - mine) / span)
            said()
        often = (wakeups(pid) - woken) / (ticks_ns() - since) * 1e9
    yield row(
        "Processor time of the home screen at rest",
        median(ours),
        "% of one core",
        f"drawing it anew {REDRAW_FPS} times a second, {median(redraw):.2f} %",
        median_ratio(ours, redraw),
        RatioTarget(0.03),
    )
    yield row(
        "Wakeups of the home screen at rest",
        often,
        "a second",
        f"{MOST_WAKEUPS} a second",
        often / MOST_WAKEUPS,
        RatioTarget(1),
    )


def wakeups(pid: int) -> int:
    """The number of times that the threads of a process have waited for something and gone on, since they began."""
    found = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        said = (task / "status").read_text(encoding="ascii", errors="replace")
        found += int(said.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
    return found


def _redraw(screen: Screen, painter: Painter, seconds: float) -> None:
    ticker, end_ns = pygame.time.Clock(), ticks_ns() + round(seconds * 1e9)
    while ticks_ns() < end_ns:
        ticker.tick(REDRAW_FPS)
        pygame.event.get()
        painter.draw(screen.surface, HOME)
        screen.present()


def _family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += _family(int(child))
    return found


@dataclass(frozen=True, slots=True)
class MemoryTaken:
    """Memory of some processes, 10^6 bytes; what several of them share counts once."""

    held_mb: float
    """Memory that stays while they live: their own, what was relocated of libraries, shared pictures, swapped pages."""
    files_mb: float
    """Pages of program files, which the system may drop and read again: more of them on a board with room to spare."""

    def __add__(self, other: MemoryTaken) -> MemoryTaken:
        return MemoryTaken(self.held_mb + other.held_mb, self.files_mb + other.files_mb)


def memory_taken(account: str) -> MemoryTaken:
    """The memory of a process by its ``smaps_rollup``, in which a page that n processes share is an nth of each."""
    kb = {name: int(value) for name, value in PROPORTIONAL.findall(account)}
    held = kb.get("Pss_Anon", 0) + kb.get("Pss_Shmem", 0) + kb.get("SwapPss", 0)
    return MemoryTaken(held * 1024 / 1e6, kb.get("Pss_File", 0) * 1024 / 1e6)


def memory_row(models: Path, said: Callable[[], None]) -> BenchRow:
    """The whole kiosk while it shows the mirror, looks at the face and films it, the processes for all included."""
    with _folder() as data, _kiosk(["kiosk.bench_child", "mirror"], data, models) as pid:
        with selectors.DefaultSelector() as nothing:
            nothing.select(MIRROR_S)
        filmed = (data / FILMING).exists()
        each = [
            memory_taken(Path(f"/proc/{member}/smaps_rollup").read_text(encoding="ascii")) for member in _family(pid)
        ]
        said()
    total = sum(each, MemoryTaken(0, 0))
    parts = " + ".join(f"{taken.held_mb:.0f}" for taken in each)
    return row(
        "Memory of the whole kiosk with a live mirror and a face that is looked at and filmed",
        total.held_mb,
        "MB",
        f"{MEMORY_MB} MB (its processes one by one: {parts} MB; beside it {total.files_mb:.0f} MB of program files, "
        f"which the system may drop and read again{'' if filmed else '; no film was made'})",
        total.held_mb / MEMORY_MB,
        RatioTarget(1),
        valid=len(each) > 2 and filmed,
    )
