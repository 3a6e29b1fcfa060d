"""The one wait and the loop around it: what changed is drawn once, nothing stale is ever shown."""

from __future__ import annotations

import select
import socket
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from kiosk.clock import SimClock, SystemClock
from kiosk.devices.camera_frame import STALE_MS, Frame
from kiosk.devices.inbox import Inbox
from kiosk.runtime.loop import PRESENT_EVERY_MS, Loop, SelectWait
from kiosk.runtime.watchdog import Watchdog
from kiosk.screens.scene import NoteScene, PictureScene, Scene, StepScene
from kiosk.signals import Button, FrameReady, Press, Signal

LIVE = StepScene(name="s", picture=PictureScene.LIVE)


@dataclass
class FakeSource:
    """News that a test put in."""

    news: list[Signal] = field(default_factory=list)
    due: int | None = None

    def fileno(self) -> int:
        return -1

    def drain(self, now_ms: int) -> Sequence[Signal]:
        out, self.news = self.news, []
        return out

    def deadline_ms(self) -> int | None:
        return self.due


@dataclass
class FakeCamera(FakeSource):
    frame: Frame | None = None

    def latest(self) -> Frame | None:
        return self.frame


@dataclass
class FakeRuntime:
    """Shows what the test says and remembers what it heard."""

    shows: Scene = field(default_factory=lambda: NoteScene(name="n"))
    due: int | None = None
    closed: bool = False
    healthy: bool = True
    heard: list[Signal] = field(default_factory=list)

    def hear(self, signal: Signal, now_ms: int) -> None:
        self.heard.append(signal)

    asked: int = 0

    def tick(self, now_ms: int) -> None:
        """Time passes."""

    def scene(self, now_ms: int) -> Scene:
        self.asked += 1
        return self.shows

    def deadline_ms(self, now_ms: int) -> int | None:
        return self.due


@dataclass
class FakeScreen:
    shown: list[tuple[Scene, Frame | None]] = field(default_factory=list)

    def show(self, scene: Scene, frame: Frame | None) -> None:
        self.shown.append((scene, frame))


class NoWait:
    def until(self, deadline_ms: int | None) -> None:
        """The test lets time pass itself."""

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class House:
    clock: SimClock = field(default_factory=SimClock)
    source: FakeSource = field(default_factory=FakeSource)
    camera: FakeCamera = field(default_factory=FakeCamera)
    runtime: FakeRuntime = field(default_factory=FakeRuntime)
    screen: FakeScreen = field(default_factory=FakeScreen)
    watchdog: Watchdog = field(default_factory=lambda: Watchdog({}))
    looks: bool = True
    offered: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        here = (self.clock, NoWait(), (self.source, self.camera), self.camera, self.runtime, self.screen, self.watchdog)
        self.loop = Loop(*here, self.offered.append, lambda: self.looks)

    def frame(self, seq: int, age_ms: int = 0) -> None:
        """The camera has a new picture."""
        self.camera.frame = Frame(np.zeros((4, 4, 4), np.uint8), self.clock.now_ms() - age_ms, seq)
        self.camera.news.append(FrameReady(self.clock.now_ms()))


def test_a_screen_that_does_not_change_is_not_drawn_again() -> None:
    """Idle costs nothing, except the frame that feeds the watchdog."""
    house = House()
    for _ in range(10):
        house.loop.turn()
    assert len(house.screen.shown) == 1
    house.clock.advance(PRESENT_EVERY_MS)
    house.loop.turn()
    assert len(house.screen.shown) == 2


def test_each_new_frame_is_drawn_once_and_only_where_a_picture_is_wanted() -> None:
    """A frame nobody wants to see is no reason to draw."""
    house = House()
    house.loop.turn()
    house.frame(1)
    house.loop.turn()
    assert len(house.screen.shown) == 1
    house.runtime.shows = LIVE
    house.frame(1)
    house.loop.turn()
    house.loop.turn()
    assert [f.seq if f else None for _, f in house.screen.shown] == [None, 1]
    house.frame(2)
    house.loop.turn()
    assert [f.seq if f else None for _, f in house.screen.shown] == [None, 1, 2]


def test_a_frame_from_which_nothing_follows_is_only_offered() -> None:
    """Thirty times a second nobody is asked what to show; a press, a deadline and a mirror are as they ever were."""
    house = House()
    house.looks = False
    house.runtime.due = house.clock.now_ms() + 1_000
    house.loop.turn()
    asked = house.runtime.asked
    for seq in range(1, 20):
        house.clock.advance(33)
        house.frame(seq)
        house.loop.turn()
    assert house.runtime.asked == asked
    assert len(house.offered) == 19
    house.source.news.append(Press(Button.RED, house.clock.now_ms()))
    house.frame(20)
    house.loop.turn()
    assert house.runtime.heard == [Press(Button.RED, house.clock.now_ms())]
    assert house.runtime.asked == asked + 1
    assert len(house.offered) == 20
    house.clock.advance(1_000)
    house.frame(21)
    house.loop.turn()
    assert house.runtime.asked == asked + 2
    house.runtime.shows, house.looks = LIVE, True
    house.runtime.due = house.clock.now_ms() + 1_000
    house.frame(22)
    house.loop.turn()
    house.frame(23)
    house.loop.turn()
    assert [frame.seq for _, frame in house.screen.shown if frame is not None] == [22, 23]


def test_a_frozen_face_is_taken_off_the_screen_after_two_seconds_without_any_news() -> None:
    """Rule 8: the deadline alone wakes the loop, and the picture is gone."""
    house = House()
    house.runtime.shows = LIVE
    house.frame(1)
    house.loop.turn()
    assert house.screen.shown[-1][1] is not None
    due = house.loop.deadline_ms()
    assert due == house.clock.now_ms() + STALE_MS + 1
    house.clock.advance(STALE_MS + 1)
    house.loop.turn()
    assert house.screen.shown[-1][1] is None


def test_the_next_pass_is_due_at_the_earliest_of_all_deadlines() -> None:
    """A button's refractory time, the session's boundary, the camera's supervisor: one wait for all."""
    house = House()
    assert house.loop.deadline_ms() == house.clock.now_ms()
    house.source.due, house.runtime.due = house.clock.now_ms() + 70, house.clock.now_ms() + 90
    house.loop.turn()
    assert house.loop.deadline_ms() == house.source.due
    house.source.due = None
    assert house.loop.deadline_ms() == house.runtime.due


def test_presses_are_heard_before_the_screen_is_drawn() -> None:
    """A press acts in the pass that brought it."""
    house = House()
    press = Press(Button.GREEN, house.clock.now_ms())
    house.source.news.append(press)
    house.loop.turn()
    assert house.runtime.heard == [press]


def test_the_watchdog_is_fed_by_presented_frames_of_a_healthy_kiosk(socket_folder: Path) -> None:
    """Never by a timer: a loop that draws nothing, or a store that hangs, must look dead."""
    address = socket_folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(address))
        systemd.setblocking(False)
        house = House(watchdog=Watchdog({"NOTIFY_SOCKET": str(address)}))
        house.loop.turn()
        assert systemd.recv(100) == b"READY=1\nWATCHDOG=1"
        house.loop.turn()
        with pytest.raises(BlockingIOError):
            systemd.recv(100)
        house.clock.advance(PRESENT_EVERY_MS)
        house.loop.turn()
        assert systemd.recv(100) == b"WATCHDOG=1"
        house.runtime.healthy = False
        house.clock.advance(PRESENT_EVERY_MS)
        house.loop.turn()
        with pytest.raises(BlockingIOError):
            systemd.recv(100)
        house.watchdog.stopping()
        assert systemd.recv(100) == b"STOPPING=1"


def test_a_watchdog_nobody_listens_to_is_no_fault(tmp_path: Path) -> None:
    """systemd restarting itself must not take the kiosk with it."""
    house = House(watchdog=Watchdog({"NOTIFY_SOCKET": str(tmp_path / "nobody")}))
    house.loop.turn()
    assert len(house.screen.shown) == 1


@dataclass
class InboxSource(FakeSource):
    inbox: Inbox = field(default_factory=Inbox)

    def fileno(self) -> int:
        return self.inbox.fileno()


def test_news_from_another_thread_ends_the_wait_before_its_deadline() -> None:
    """The real wait: a press must not lie there until the next frame."""
    clock, source = SystemClock(), InboxSource()
    waiting = SelectWait(clock, (source, FakeSource()))
    begun = clock.now_ms()
    sender = threading.Thread(target=source.inbox.put, args=(Press(Button.RED, begun),))
    sender.start()
    waiting.until(begun + 60_000)
    sender.join()
    assert clock.now_ms() < begun + 60_000
    assert source.inbox.take() == [Press(Button.RED, begun)]
    waiting.close()
    source.inbox.close()


def test_nothing_that_is_handed_in_is_lost_or_wakes_twice() -> None:
    """Threads hand in while somebody takes: all of it comes out, each thread's in its order, and then it is quiet."""
    inbox = Inbox()

    def tell(button: Button) -> None:
        for t_ms in range(2_000):
            inbox.put(Press(button, t_ms))

    senders = [threading.Thread(target=tell, args=(button,)) for button in Button]
    for sender in senders:
        sender.start()
    taken: list[Signal] = []
    while len(taken) < 2_000 * len(senders):
        readable, _, _ = select.select([inbox.fileno()], [], [], 60)
        assert readable
        some = inbox.take()
        assert some
        taken += some
    for sender in senders:
        sender.join()
    for button in Button:
        assert [s.t_ms for s in taken if isinstance(s, Press) and s.button is button] == list(range(2_000))
    assert select.select([inbox.fileno()], [], [], 0) == ([], [], [])
    assert inbox.take() == []
    inbox.close()


def test_the_wait_ends_at_its_deadline_without_news() -> None:
    """Also a deadline that has passed already."""
    clock, source = SystemClock(), InboxSource()
    waiting = SelectWait(clock, (source,))
    now = clock.now_ms()
    waiting.until(now + 20)
    assert clock.now_ms() >= now + 20
    waiting.until(now - 1_000)
    waiting.close()
    source.inbox.close()


def test_another_thread_gives_way_fast_while_the_loop_runs_and_only_then() -> None:
    """A package that is made on a thread would else hold each picture up for 5 ms, several times."""
    before = sys.getswitchinterval()
    house = House()
    during: list[float] = []

    class Asked(NoWait):
        def until(self, deadline_ms: int | None) -> None:
            during.append(sys.getswitchinterval())
            house.runtime.closed = True

    camera, runtime = house.camera, house.runtime
    Loop(house.clock, Asked(), [], camera, runtime, house.screen, house.watchdog).run()
    assert during == [pytest.approx(0.001)]
    assert sys.getswitchinterval() == before
