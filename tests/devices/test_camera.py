"""What the supervisor decides, with children played by the test and all time passed in."""

from __future__ import annotations

import os
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.clock import SimClock
from kiosk.devices.camera import OFF, Camera, Liveness
from kiosk.devices.camera_child import CameraFailed, CameraOpened, CameraPicture, News, Rejected, Trying
from kiosk.devices.camera_frame import STALE_MS, CameraPlan, Frame, NewestFrame
from kiosk.errors import CameraError
from kiosk.signals import CameraState, FrameReady, Signal

SAYINGS: list[News] = [
    Trying("picamera"),
    Rejected("picamera", "x"),
    CameraOpened("webcam"),
    CameraOpened("none"),
    CameraFailed("x"),
]
PIXELS = np.zeros((9, 16, 4), np.uint8)


class Played:
    """A child that says and shows what the test wants."""

    def __init__(self, plan: CameraPlan) -> None:
        self.plan = plan
        self.fd = os.eventfd(0)
        self.ended = self.killed = self.asked = self.dead = False
        self.says: list[News | bytes] = []
        self.torn: OSError | None = None
        self.shown: NewestFrame | None = None
        self.seq = 0

    def show(self, t_ms: int, content: int = 0, stamp: int = 0) -> None:
        self.seq += 1
        self.shown = NewestFrame(Frame(PIXELS, t_ms, self.seq), stamp, content)
        self.says.append(CameraPicture())

    def die(self) -> None:
        self.ended = self.dead = True

    def fileno(self) -> int:
        return self.fd

    def messages(self) -> list[bytes]:
        says, self.says = self.says, []
        return [said if isinstance(said, bytes) else msgspec.json.encode(said) for said in says]

    def say(self, message: bytes, fds: Sequence[int] = ()) -> bool:
        return False

    def newest(self, after: int) -> NewestFrame | None:
        if self.torn is not None:
            raise self.torn
        return self.shown if self.shown is not None and self.shown.frame.seq > after else None

    def hang_up(self) -> None:
        self.asked = True

    def kill(self) -> None:
        self.killed = True

    def gone(self) -> bool:
        return self.dead

    def epitaph(self) -> str:
        return "the camera program was stopped by SIGSEGV"

    @property
    def memory(self) -> None:
        return None

    def __del__(self) -> None:
        os.close(self.fd)


class Stage:
    """A camera, its clock, and every child it ever had."""

    def __init__(self, *backends: str) -> None:
        self.clock = SimClock()
        self.children: list[Played] = []
        self.camera = Camera(backends, self.clock, size=(16, 9), start=self._start)

    def _start(self, plan: CameraPlan) -> Played:
        self.children.append(Played(plan))
        return self.children[-1]

    @property
    def child(self) -> Played:
        return self.children[-1]

    def after(self, ms: int) -> Sequence[Signal]:
        self.clock.advance(ms)
        return self.camera.drain(self.clock.now_ms())

    def begin(self, name: str = "webcam") -> None:
        self.camera.open()
        self.child.says += [Trying(name), CameraOpened(name)]
        self.child.show(self.clock.now_ms())
        self.after(0)

    def follow(self, ms: int) -> list[Signal]:
        """Let time pass the way the one wait does: from deadline to deadline."""
        end = self.clock.now_ms() + ms
        news: list[Signal] = []
        while (due := self.camera.deadline_ms()) is not None and due <= end:
            news += self.after(max(0, due - self.clock.now_ms()))
        news += self.after(end - self.clock.now_ms())
        return news


def states(news: Sequence[Signal]) -> list[CameraState]:
    return [n for n in news if isinstance(n, CameraState)]


def test_pictures_are_told_once_and_only_the_newest_is_kept() -> None:
    """Superseded pictures are dropped, never queued."""
    stage = Stage("webcam")
    stage.camera.open()
    stage.child.says += [Trying("webcam"), CameraOpened("webcam")]
    assert stage.after(100) == []
    for _ in range(5):
        stage.clock.advance(10)
        stage.child.show(stage.clock.now_ms())
    now = stage.clock.now_ms()
    assert stage.after(0) == [CameraState(True, "", now), FrameReady(now)]
    assert stage.after(1) == []
    frame = stage.camera.latest()
    assert frame is not None
    assert (frame.seq, frame.t_ms) == (5, now)


def test_a_camera_that_stops_is_killed_two_seconds_after_its_last_picture() -> None:
    """Detected by the deadline alone: a hung child sends nothing that could wake anybody."""
    stage = Stage("picamera")
    stage.begin("picamera")
    taken = stage.clock.now_ms()
    news = stage.follow(STALE_MS)
    assert states(news) == []
    assert stage.camera.latest() is not None
    news = stage.follow(1)
    assert states(news) == [CameraState(False, "picamera: no new picture for 2.0 s", taken + STALE_MS + 1)]
    assert stage.child.killed
    assert stage.camera.latest() is None


@pytest.mark.parametrize(("content", "stamp"), [(77, 0), (0, 88), (77, 88)])
def test_a_frozen_camera_is_killed_though_pictures_go_on_arriving(content: int, stamp: int) -> None:
    """The same sensor time or the same content for more than two seconds is a frozen face."""
    stage = Stage("webcam")
    stage.begin()
    news: list[Signal] = []
    for i in range(70):
        stage.child.show(stage.clock.now_ms() + 33, content=content or i + 1, stamp=stamp or i + 1)
        news += stage.after(33)
        if states(news):
            break
    assert "frozen" in states(news)[0].cause
    assert 2_000 < 33 * (i + 1) < 2_200


def test_still_scenes_of_recordings_and_dark_rooms_are_no_fault() -> None:
    """One hour of pictures without a checksum, and one of a sensor whose pictures differ: no false alarm."""
    for changing in (False, True):
        stage = Stage("webcam")
        stage.begin()
        for i in range(30 * 3_600):
            stage.child.show(stage.clock.now_ms() + 33, content=i + 1 if changing else 0)
            assert states(stage.after(33)) == []


def test_backoff_grows_to_twenty_seconds_and_is_forgotten_after_a_steady_time() -> None:
    """A camera that is gone must not be hammered; one that was fine comes back fast."""
    stage = Stage("webcam")
    stage.camera.open()
    waits = []
    for _ in range(6):
        stage.child.says.append(CameraFailed("webcam: gone"))
        stage.after(0)
        stage.child.die()
        stage.after(20)
        count, failed = len(stage.children), stage.clock.now_ms() - 20
        while len(stage.children) == count:
            due = stage.camera.deadline_ms()
            assert due is not None
            stage.after(max(0, due - stage.clock.now_ms()))
        waits.append(stage.clock.now_ms() - failed)
    assert waits == [2_000, 4_000, 8_000, 16_000, 20_000, 20_000]
    for _ in range(110):
        stage.child.show(stage.clock.now_ms() + 100)
        stage.after(100)
    stage.child.die()
    fell = stage.clock.now_ms()
    stage.after(0)
    assert stage.camera.deadline_ms() is not None
    stage.follow(2_000)
    assert len(stage.children) == 8
    assert stage.clock.now_ms() - fell == 2_000


def test_a_fault_is_told_once_however_often_the_restart_fails() -> None:
    """The screen says it once; it does not flicker with every attempt."""
    stage = Stage("webcam")
    stage.begin()
    news = []
    for _ in range(4):
        stage.child.die()
        news += stage.follow(25_000)
    assert len(states(news)) == 1
    assert "SIGSEGV" in states(news)[0].cause


def test_a_backend_that_kills_its_process_while_opening_is_tried_last_next_time() -> None:
    """A library that crashes must not stand between the person and the camera behind it; `none` stays the last."""
    stage = Stage("picamera", "webcam", "none")
    stage.camera.open()
    stage.child.says.append(Trying("picamera"))
    stage.after(300)
    stage.child.die()
    stage.after(0)
    stage.follow(2_500)
    assert stage.child.plan.backends == ("webcam", "picamera", "none")
    assert "SIGSEGV" in stage.camera.rejections["picamera"]
    stage.camera.close()
    stage.child.die()
    stage.follow(2_000)
    stage.camera.open()
    assert stage.child.plan.backends == ("picamera", "webcam", "none"), "a new opening starts afresh"


def test_no_camera_at_all_is_said_with_every_cause_and_looked_at_again() -> None:
    """A camera may be plugged in while the kiosk runs."""
    stage = Stage("picamera", "webcam", "none")
    stage.camera.open()
    stage.child.says += [
        Trying("picamera"),
        Rejected("picamera", "no libcamera"),
        Trying("webcam"),
        Rejected("webcam", "none plugged in"),
        Trying("none"),
        CameraOpened("none"),
    ]
    (state,) = states(stage.after(500))
    assert state.cause == "no camera: picamera: no libcamera; webcam: none plugged in"
    assert stage.camera.active_name == "none"
    stage.child.die()
    stage.follow(2_100)
    assert len(stage.children) == 2


def test_a_camera_that_is_turned_off_starts_nothing() -> None:
    """`none` alone is a choice: no process, one sentence."""
    stage = Stage("none")
    stage.camera.open()
    assert stage.camera.deadline_ms() == 0
    assert stage.after(0) == [CameraState(False, OFF, stage.clock.now_ms())]
    assert stage.children == []
    assert stage.camera.deadline_ms() is None
    assert not stage.camera.is_open
    stage.camera.close()


def test_closing_asks_first_kills_later_and_the_light_stays_on_until_the_process_is_gone() -> None:
    """The light tells the truth: on while anything may hold the camera."""
    stage = Stage("webcam")
    stage.begin()
    stage.camera.close()
    assert stage.child.asked
    assert stage.camera.latest() is None
    opened = [stage.camera.is_open]
    stage.follow(990)
    killed = [stage.child.killed]
    stage.follow(60)
    killed.append(stage.child.killed)
    opened.append(stage.camera.is_open)
    stage.child.die()
    stage.follow(1_100)
    opened.append(stage.camera.is_open)
    assert killed == [False, True]
    assert opened == [True, True, False]
    assert stage.camera.deadline_ms() is None


def test_a_new_child_waits_until_the_old_one_has_let_go_of_the_device() -> None:
    """While the last child still closes, the camera would be busy; one that cannot die is not waited for."""
    stage = Stage("webcam")
    stage.begin()
    stage.camera.close()
    stage.camera.open()
    stage.follow(500)
    assert len(stage.children) == 1
    stage.child.die()
    stage.follow(40)
    assert len(stage.children) == 2
    stage.child.says += [Trying("webcam"), CameraOpened("webcam")]
    stage.after(0)
    stage.camera.close()
    stage.camera.open()
    stage.follow(2_100)
    assert stage.children[1].killed
    assert len(stage.children) == 3


def test_impossible_choices_are_refused_at_once() -> None:
    """A wrong name in the settings is found before anybody sits down."""
    with pytest.raises(CameraError, match=r"'webcma' is no camera: choose among picamera, webcam"):
        Camera(["webcma"], SimClock())
    with pytest.raises(CameraError, match=r"video file"):
        Camera(["recorded"], SimClock())


def test_a_program_that_cannot_be_started_is_a_camera_fault() -> None:
    """Out of memory or processes: the session goes on without a picture."""

    def start(plan: CameraPlan) -> Played:
        raise OSError(11, "Resource temporarily unavailable")

    clock = SimClock()
    camera = Camera(["webcam"], clock, start=start)
    camera.open()
    (state,) = states(camera.drain(clock.now_ms()))
    assert "Resource temporarily unavailable" in state.cause
    assert camera.deadline_ms() == clock.now_ms() + 2_000


def test_liveness_is_arithmetic() -> None:
    """The rule itself, at its edges."""
    alive = Liveness(1_000, stamp=5, content=6, fresh_ms=1_010)
    assert alive.deadline_ms() == 3_001
    assert alive.cause(3_000) is None
    assert alive.cause(3_001) == "no new picture for 2.0 s"
    same = alive.look(NewestFrame(Frame(PIXELS, 3_000, 2), 7, 6), 3_005)
    assert same.cause(3_010) is None
    assert same.cause(3_011) == "the same picture for 2.0 s: the camera is frozen"
    assert same.look(NewestFrame(Frame(PIXELS, 3_010, 3), 8, 9), 3_010).cause(3_011) is None


class Life(RuleBasedStateMachine):
    """Children come, show, stall, fail and die in any order while the camera is opened and closed."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage("picamera", "webcam", "none")
        self.told: list[bool] = []
        self.last_seq = 0

    def _after(self, ms: int) -> None:
        news = self.stage.after(ms)
        for state in states(news):
            self.told.append(state.ok)
        now = self.stage.clock.now_ms()
        due = self.stage.camera.deadline_ms()
        assert due is None or due > now, "a deadline that has passed already would spin the one wait"

    @rule(ms=st.sampled_from([0, 1, 15, 33, 500, 1_001, 2_001, 2_100, 20_001]))
    def time_passes(self, ms: int) -> None:
        self._after(ms)

    @rule()
    def next_deadline(self) -> None:
        due = self.stage.camera.deadline_ms()
        if due is not None:
            self._after(max(0, due - self.stage.clock.now_ms()))

    @rule()
    def open(self) -> None:
        self.told.clear()
        self.stage.camera.open()
        self._after(0)

    @rule()
    def close(self) -> None:
        self.stage.camera.close()
        self.told.clear()

    @precondition(lambda self: self.stage.children)
    @rule(content=st.integers(0, 2), old=st.sampled_from([0, 0, 0, 3_000]))
    def show(self, content: int, old: int) -> None:
        self.stage.child.show(self.stage.clock.now_ms() - old, content)

    @precondition(lambda self: self.stage.children)
    @rule(news=st.sampled_from(SAYINGS))
    def say(self, news: News) -> None:
        self.stage.child.says.append(news)

    @precondition(lambda self: self.stage.children)
    @rule(which=st.integers(0, 3))
    def die(self, which: int) -> None:
        self.stage.children[-1 - which % len(self.stage.children)].die()

    @invariant()
    def nothing_old_is_shown(self) -> None:
        frame = self.stage.camera.latest()
        if frame is not None:
            assert self.stage.clock.now_ms() - frame.t_ms <= STALE_MS
            assert frame.seq >= self.last_seq
            self.last_seq = frame.seq

    @invariant()
    def one_child_holds_the_device(self) -> None:
        for child in self.stage.children[:-1]:
            assert child.killed or child.asked or child.dead
        if any(not (c.killed or c.asked or c.dead) for c in self.stage.children):
            assert self.stage.camera.is_open

    @invariant()
    def states_take_turns(self) -> None:
        assert all(a != b for a, b in zip(self.told, self.told[1:], strict=False))


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40)
