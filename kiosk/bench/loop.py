"""The delay of pictures and presses through the kiosk's own loop, against one that looks 30 times a second."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Protocol

import pygame

from kiosk.bench.draw import Pixels, pictures
from kiosk.bench.rows import BenchRow, RatioTarget, interleaved, median_ratio, percentile, row
from kiosk.bench.world import (
    FPS,
    FRAME_NS,
    PINS,
    BenchCamera,
    BenchRuntime,
    BenchScreen,
    PinHand,
    World,
    plan_of,
    scene_after,
)
from kiosk.clock import SystemClock, ticks_ns
from kiosk.devices.buttons import ButtonSettings, Debounced
from kiosk.devices.buttons_gpio import GpioButtons
from kiosk.errors import BenchError
from kiosk.records import opening
from kiosk.records.folder import Limits
from kiosk.records.store import Store
from kiosk.rows.kinds import EventRow
from kiosk.runtime.loop import Loop, SelectWait
from kiosk.runtime.watchdog import Watchdog
from kiosk.screens.paint import Painter
from kiosk.screens.window import Screen
from kiosk.signals import SignalSource

ROUNDS = 5
ROUND_S = 2.0
"""About one beat of a 30 fps camera against ``Clock.tick(30)``, whose passes are 33 ms and not 33.3 ms apart."""
LATE_ROUNDS = 3
LATE_NS = FRAME_NS // 2
BUSY = 0.5
"""Percent of a round; a loop that has a core for itself waits less."""
STALL_S = 0.06
STORE_EVERY_NS = 200_000_000
CLOSE_S = 5.0
SETTLE_S = 0.2
"""A picture that was taken in the last moment of a round may still be on its way: it does not count."""


@dataclass(frozen=True, slots=True)
class RoundSeen:
    """Delays of one round, in ms: from each picture, and from each press (``presses_ms``), to the end of its flip."""

    pictures_ms: tuple[float | None, ...]
    """Delays from each picture; None: it was never shown."""
    presses_ms: tuple[float, ...]
    waited_ms: float = 0.0
    """Time for which other programs kept the loop from running; 0 where the kernel does not tell."""

    @property
    def late(self) -> int:
        """Pictures that were shown later than half the time between two, or not at all."""
        return sum(ms is None or ms * 1e6 > LATE_NS for ms in self.pictures_ms)

    @property
    def picture_p50_ms(self) -> float:
        return percentile([ms for ms in self.pictures_ms if ms is not None], 0.5)

    @property
    def picture_p95_ms(self) -> float:
        return percentile([ms for ms in self.pictures_ms if ms is not None], 0.95)

    @property
    def press_p95_ms(self) -> float:
        return percentile(self.presses_ms, 0.95)


class RoundWatcher(Protocol):
    """Whoever looks at the pictures of a round."""

    @property
    def sight(self) -> Eye: ...

    def camera(self) -> BenchCamera:
        """The camera whose pictures it can look at."""


class Eye(SignalSource, Protocol):
    """Sight, as far as the loop knows it."""

    def offer(self, t_ms: int) -> None: ...


class Rounds:
    """A screen and a painter, and rounds that are played on them."""

    def __init__(self, screen: Screen, painter: Painter) -> None:
        self._screen, self._painter = screen, painter
        self._frames: list[Pixels] = pictures()
        self._clock = SystemClock()
        self._seed = 0

    def waiting(
        self,
        seconds: float,
        store: Store | None = None,
        each_turn: Callable[[], None] = lambda: None,
        watcher: RoundWatcher | None = None,
    ) -> RoundSeen:
        """A round of the kiosk's own loop: its wait, its debouncer, its painter; and whoever looks at the pictures."""
        before_ms = _waited_ms()
        with ExitStack() as stack:
            camera, factory = self._outside(stack, watcher)
            timing = ButtonSettings()
            buttons = Debounced(GpioButtons(PINS, self._clock, factory), timing)
            stack.callback(buttons.close)
            hand = PinHand(factory)
            keys = Debounced(self._screen, timing)
            sources: list[SignalSource] = [buttons, keys, camera]
            if store is not None:
                sources.append(store)
            if watcher is not None:
                sources.append(watcher.sight)
            wait = SelectWait(self._clock, sources)
            stack.callback(wait.close)
            runtime = BenchRuntime(ticks_ns() + round(seconds * 1e9), each_turn)
            shown = BenchScreen(self._screen, self._painter, heard=lambda: runtime.presses)
            self._play(stack, camera, hand, seconds)
            offer = watcher.sight.offer if watcher is not None else lambda _: None
            Loop(self._clock, wait, sources, camera, runtime, shown, Watchdog({}), offer).run()
        return replace(_seen(camera, hand, shown, seconds), waited_ms=_waited_ms() - before_ms)

    def polling(self, seconds: float) -> RoundSeen:
        """A round of the usual loop: 30 times a second, look at everything and draw."""
        from gpiozero import Button as GpioButton

        with ExitStack() as stack:
            camera, factory = self._outside(stack)
            buttons = [GpioButton(pin, pin_factory=factory) for pin in PINS.values()]
            for button in buttons:
                stack.callback(button.close)
            hand = PinHand(factory)
            presses = 0
            shown = BenchScreen(self._screen, self._painter, heard=lambda: presses)
            self._play(stack, camera, hand, seconds)
            end_ns, ticker, was_down = ticks_ns() + round(seconds * 1e9), pygame.time.Clock(), [False] * len(PINS)
            while ticks_ns() < end_ns:
                ticker.tick(FPS)
                pygame.event.get()
                down = [bool(button.is_pressed) for button in buttons]
                presses += sum(now and not before for now, before in zip(down, was_down, strict=True))
                was_down = down
                shown.show(scene_after(presses, self._clock.now_ms()), camera.latest())
        return _seen(camera, hand, shown, seconds)

    def _outside(self, stack: ExitStack, watcher: RoundWatcher | None = None) -> tuple[BenchCamera, Any]:
        from gpiozero.pins.mock import MockFactory

        camera = BenchCamera(self._frames) if watcher is None else watcher.camera()
        stack.callback(camera.close)
        factory = MockFactory()
        stack.callback(factory.close)
        return camera, factory

    def _play(self, stack: ExitStack, camera: BenchCamera, hand: PinHand, seconds: float) -> None:
        self._seed += 1
        world = World(plan_of(camera, hand, seconds, self._seed))
        stack.callback(world.end)


def _waited_ms() -> float:
    """Return the time, ms, for which this thread has been ready to run and was not let."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1]) / 1e6
    except (OSError, IndexError, ValueError):
        return 0.0


def busy(waited_ms: float, seconds: float) -> str:
    """Words about a machine that does something else at the same time; empty while that is no matter."""
    if waited_ms < 10 * BUSY * seconds:
        return ""
    return f"; other programs kept the kiosk waiting {waited_ms:.0f} ms in {seconds:g} s, so run it again"


def _seen(camera: BenchCamera, hand: PinHand, shown: BenchScreen, seconds: float) -> RoundSeen:
    begun = camera.taken_ns[0] if camera.taken_ns else 0
    last_ns = begun + round((seconds - SETTLE_S) * 1e9)
    pictures_ms = tuple(
        None if (flip := shown.shown_ns.get(number)) is None else (flip - taken) / 1e6
        for number, taken in enumerate(camera.taken_ns, 1)
        if taken <= last_ns
    )
    presses = zip(hand.pressed_ns, shown.answered_ns, strict=False)
    return RoundSeen(
        pictures_ms, tuple((answered - pressed) / 1e6 for pressed, answered in presses if pressed <= last_ns)
    )


def delay_rows(rounds: Rounds, said: Callable[[], None]) -> list[BenchRow]:
    """Rows for the delay from a picture, and from a press, to the screen."""
    runs = {"ours": partial(rounds.waiting, ROUND_S), "polling": partial(rounds.polling, ROUND_S)}
    found = interleaved(runs, ROUNDS, 0, said)
    p50 = {name: [seen.picture_p50_ms for seen in rounds] for name, rounds in found.items()}
    p95 = {name: [seen.press_p95_ms for seen in rounds] for name, rounds in found.items()}
    disturbed = busy(median(seen.waited_ms for seen in found["ours"]), ROUND_S)
    return [
        row(
            "From a new picture to the screen, half of all within",
            median(p50["ours"]),
            "ms",
            f"a loop paced by Clock.tick({FPS}), {median(p50['polling']):.1f} ms{disturbed}",
            median_ratio(p50["polling"], p50["ours"]),
            RatioTarget(10, at_least=True),
        ),
        row(
            "From a press to the screen under a live mirror, 95 of 100 within",
            median(p95["ours"]),
            "ms",
            f"a loop that looks at the button {FPS} times a second, {median(p95['polling']):.1f} ms{disturbed}",
            median_ratio(p95["polling"], p95["ours"]),
            RatioTarget(10, at_least=True),
        ),
    ]


class _Stalled(sqlite3.Connection):
    """A database on a card that takes its time over every commit."""

    commits = 0
    """The number of commits of all of them, so far."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql == "COMMIT":
            _Stalled.commits += 1
            threading.Event().wait(STALL_S)
        return super().execute(sql, parameters)


def _connect_stalled(path: Path, busy_ms: int) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=busy_ms / 1000, factory=_Stalled)


@contextmanager
def _slow_card() -> Iterator[None]:
    """Let every commit of a record that is opened meanwhile stall."""
    usual = opening.connect
    opening.connect = _connect_stalled
    try:
        yield
    finally:
        opening.connect = usual


class _Every:
    """Calls ``action`` in the first turn after each ``every_ns``."""

    def __init__(self, every_ns: int, action: Callable[[], object]) -> None:
        self._every_ns, self._action = every_ns, action
        self._due_ns = ticks_ns() + every_ns

    def __call__(self) -> None:
        if ticks_ns() >= self._due_ns:
            self._due_ns += self._every_ns
            self._action()


def _late_in_the_store(rounds: Rounds, folder: Path) -> RoundSeen:
    """Rows go to the store, whose own thread waits for the card."""
    with _slow_card():
        store = Store.open(folder, SystemClock(), Limits(ballast_bytes=64 << 10, floor_bytes=0))
        try:
            hand_over = partial(store.put, EventRow("info", "bench"))
            before = _Stalled.commits
            seen = rounds.waiting(ROUND_S, store, _Every(STORE_EVERY_NS, hand_over))
            if _Stalled.commits == before:
                raise BenchError("the stall did not reach the store: bench_loop no longer knows how it commits")
            return seen
        finally:
            store.close(CLOSE_S)


def _late_in_the_loop(rounds: Rounds, folder: Path) -> RoundSeen:
    """Run a round on the same slow card, where the loop itself commits."""
    with closing(_connect_stalled(folder / "loop.db", 1_000)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE IF NOT EXISTS events (code TEXT)")

        def commit() -> None:
            connection.execute("BEGIN")
            connection.execute("INSERT INTO events VALUES (?)", ("bench",))
            connection.execute("COMMIT")

        return rounds.waiting(ROUND_S, None, _Every(STORE_EVERY_NS, commit))


def late_row(rounds: Rounds, said: Callable[[], None]) -> BenchRow:
    """Pictures that come late while the card stalls."""
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as place:
        folder = Path(place)
        runs = {
            "store": partial(_late_in_the_store, rounds, folder / "data"),
            "loop": partial(_late_in_the_loop, rounds, folder),
        }
        found = interleaved(runs, LATE_ROUNDS, 0, said)
    return judged_late(found["store"], found["loop"])


def judged_late(store: Sequence[RoundSeen], loop: Sequence[RoundSeen]) -> BenchRow:
    """The row about late pictures: rounds in which the store waited for the card, and in which the loop did."""
    count = median(len(seen.pictures_ms) for seen in store)
    late, caught = median(seen.late for seen in store), median(seen.late for seen in loop)
    share = median(seen.late / len(seen.pictures_ms) for seen in store)
    against = f"committing in the loop, {caught:g} of {median(len(seen.pictures_ms) for seen in loop):g}"
    if not caught:
        against += " (so the stall did not reach the loop, and nothing was measured)"
    stall = f"{STALL_S * 1000:g} ms"
    return row(
        f"Late pictures while each commit stalls for {stall}",
        late,
        f"of {count:g}",
        against,
        share,
        RatioTarget(0),
        valid=caught > 0,
    )
