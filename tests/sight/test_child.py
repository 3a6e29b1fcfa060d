"""Sight with real children: good ones, and ones that hang, die, lie and dawdle."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from kiosk.clock import SystemClock
from kiosk.devices.camera import Camera
from kiosk.devices.camera_frame import Frame, Slots
from kiosk.devices.supervised import ChildProcess, Link
from kiosk.face.model import Reading, Task, Zone
from kiosk.paths import assets
from kiosk.sight.clips import ClipKept, ClipLost, FilmOrder
from kiosk.sight.sight import Sight
from kiosk.sight.sight_sim import Film
from kiosk.signals import FaceState, FrameReady, SightState, Signal
from tests.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
SIZE = (320, 180)
LIMIT_MS = int(PATIENCE_S * 1000)
EVERY_MS = 34


class Ahead(SystemClock):
    """The machine's clock, which a test may put forward instead of waiting."""

    ahead_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self.ahead_ms


class World:
    """A camera's memory with a new picture every 34 ms, and a child that looks at them."""

    def __init__(self, how: str) -> None:
        self.clock = Ahead()
        self.slots = Slots.create(SIZE)
        self.links: list[ChildProcess] = []
        self.sight = Sight(self.clock, Path(how), lambda: self.slots, self._start)
        self.news: list[Signal] = []
        self._seq = 0
        self._next_ms = self.clock.now_ms()

    def _start(self, models: Path) -> Link:
        self.links.append(ChildProcess("sight", "tests.sight.sight_children", lambda link: (str(link), str(models))))
        return self.links[-1]

    def _picture(self) -> None:
        self._seq += 1
        now = self.clock.now_ms()
        with self.slots.writing() as slot:
            if slot is not None:
                pixels, publish = slot
                pixels[:] = self._seq % 250
                publish(Frame(pixels, now, self._seq), 0, 0)
        self.sight.offer(now)

    def until(self, seen: Callable[[], bool]) -> None:
        """What the one wait does, with pictures coming in."""
        give_up = self.clock.now_ms() + LIMIT_MS
        while not seen():
            now = self.clock.now_ms()
            assert now < give_up, f"nothing came of it: {self.news}"
            if now >= self._next_ms:
                self._picture()
                self._next_ms = now + EVERY_MS
            due = self.sight.deadline_ms()
            wait_ms = min(self._next_ms, due if due is not None else give_up) - self.clock.now_ms()
            select.select([self.sight], [], [], max(0, wait_ms) / 1000)
            self.news += self.sight.drain(self.clock.now_ms())

    @property
    def readings(self) -> tuple[Reading, ...]:
        return self.sight.between(0, self.clock.now_ms())

    def idle(self) -> bool:
        """No child of its own is left."""
        return self.sight.deadline_ms() is None

    def states(self) -> list[bool]:
        return [news.ok for news in self.news if isinstance(news, SightState)]

    def cause(self) -> str:
        return next(news.cause for news in self.news if isinstance(news, SightState) and not news.ok)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], World]]:
    """Makes worlds, and leaves no child of theirs behind."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    made: list[World] = []

    def make(how: str) -> World:
        made.append(World(how))
        made[-1].sight.open()
        made[-1].sight.watch(Task(key="a"))
        return made[-1]

    yield make
    for each in made:
        each.sight.close()
        each.clock.ahead_ms += 4_000
        each.until(each.idle)


def test_whoever_looks_gives_way_to_the_mirror(world: Callable[[str], World]) -> None:
    """In processor time, and where memory runs out: a cue can be missed, the kiosk cannot."""
    seen = world("good")
    seen.until(lambda: bool(seen.readings))
    pid = seen.links[0].pid
    assert os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, 0)
    scores = [int(Path(f"/proc/{who}/oom_score_adj").read_text(encoding="ascii")) for who in (pid, "self")]
    assert scores[0] > scores[1]


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("exit", "the sight program ended"),
        ("raise", "ValueError: a bug in a library"),
        ("hang", "did not answer for 2 s"),
        ("nan", "cannot be"),
        ("garbage", "cannot be"),
    ],
)
def test_a_child_that_fails_costs_its_readings_and_nothing_else(
    how: str, says: str, world: Callable[[str], World]
) -> None:
    """However it ends: the cause is told, readings are gone within a second, and another is started after two."""
    here = world(how)
    here.until(lambda: len(here.readings) >= 3)
    if how == "hang":
        here.until(lambda: here.sight.deadline_ms() is not None)
        here.clock.ahead_ms = 2_100
        assert here.sight.latest(here.clock.now_ms()) is None, "gone before anybody has decided that it hangs"
    here.until(lambda: False in here.states())
    assert says in here.cause()
    assert here.sight.latest(here.clock.now_ms() + 1_000) is None
    due = here.sight.deadline_ms()
    assert due is not None
    assert due - here.clock.now_ms() <= 2_000
    here.until(here.links[0].gone)
    here.clock.ahead_ms += 2_000
    here.until(lambda: here.states()[-1:] == [True])
    assert len(here.links) == 2


def test_a_child_that_is_killed_comes_back(world: Callable[[str], World]) -> None:
    """The kernel may take any process when memory runs out."""
    here = world("good")
    here.until(lambda: len(here.readings) >= 2)
    os.kill(here.links[0].pid, signal.SIGKILL)
    here.until(lambda: False in here.states())
    here.clock.ahead_ms = 2_000
    here.until(lambda: here.states() == [True, False, True])
    assert [type(news) for news in here.news if isinstance(news, FaceState)] == [FaceState]


def test_a_slow_child_is_asked_less_often(world: Callable[[str], World]) -> None:
    """A slow board is no fault: pictures are left out, never queued, and what is told is new."""
    here = world("slow")
    here.until(lambda: len(here.readings) >= 8)
    times = [reading.t_ms for reading in here.readings]
    assert here.states() == [True]
    assert times[-1] - times[-2] >= 300
    # Were pictures queued, what is told would be older with each of them.
    assert here.clock.now_ms() - times[-1] < 3 * (times[-1] - times[-2])


def test_the_camera_is_not_held_up(world: Callable[[str], World]) -> None:
    """A looker that hangs holds one of the five pictures; the camera goes on writing into the others."""
    here = world("hang")
    here.until(lambda: len(here.readings) >= 3)
    here.until(lambda: here.sight.deadline_ms() is not None)
    before = here.slots.newest(0)
    assert before is not None
    for _ in range(20):
        here._picture()
    after = here.slots.newest(before.frame.seq)
    assert after is not None
    assert after.frame.seq == before.frame.seq + 20


def test_a_stop_of_the_service_does_not_end_the_child_before_its_film(world: Callable[[str], World]) -> None:
    """systemd sends SIGTERM to every process of a service: a film that runs would be lost at once."""
    seen = world("good")
    seen.until(lambda: bool(seen.readings))
    os.kill(seen.links[0].pid, signal.SIGTERM)
    heard = len(seen.readings)
    seen.until(lambda: len(seen.readings) > heard + 3)
    assert len(seen.links) == 1


@pytest.mark.parametrize("how", ["good", "hang", "hang-start"])
def test_no_child_outlives_the_kiosk(how: str) -> None:
    """If the kiosk is killed nobody looks at a face any more, not even a child that hangs."""
    program = (
        "import sys\n"
        "from kiosk.devices.supervised import ChildProcess\n"
        f"child = ChildProcess('sight', 'tests.sight.sight_children', lambda link: (str(link), {how!r}))\n"
        "import select\n"
        f"{'' if how == 'hang-start' else 'select.select([child], [], [])'}\n"
        "print(child.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
    ) as kiosk:
        assert kiosk.stdout is not None
        child = os.pidfd_open(int(kiosk.stdout.readline()))
        kiosk.kill()
    readable, _, _ = select.select([child], [], [], LIMIT_MS / 1000)
    os.close(child)
    assert readable, "the child went on without its kiosk"


def test_the_demo_face_is_seen_where_it_is(models_folder: Path, tmp_path: Path) -> None:
    """The whole way: film, camera child, shared memory, sight child with the models, reading; and its own film."""
    clock = Ahead()
    camera = Camera(["recorded"], clock, video=assets() / "demo" / "face.mp4")
    sight = Sight(clock, models_folder, lambda: camera.memory)
    task = Task(key="a", zone=Zone.MOUTH, neutral_to_ms=1)
    camera.open()
    sight.open()
    sight.watch(task)
    news: list[Signal] = []

    def until(seen: Callable[[], bool]) -> None:
        give_up = clock.now_ms() + LIMIT_MS
        while not seen():
            now = clock.now_ms()
            assert now < give_up, news
            dues = [due for due in (camera.deadline_ms(), sight.deadline_ms()) if due is not None]
            select.select([camera.fileno(), sight.fileno()], [], [], max(0, min([*dues, give_up]) - now) / 1000)
            now = clock.now_ms()
            for signal_ in (*camera.drain(now), *sight.drain(now)):
                news.append(signal_)
                if isinstance(signal_, FrameReady):
                    sight.offer(signal_.t_ms)

    until(lambda: sight.how != "")
    assert (sight.how, sight.lacking) == ("mesh", "")
    sight.record(FilmOrder(str(tmp_path / "a.mp4"), 4 << 20))
    until(lambda: len(sight.between(0, clock.now_ms())) >= 15)
    sight.finish()
    truth = Film(assets() / "demo" / "face.json")
    where = np.array([truth.at(t_ms).centre for t_ms in range(0, 40_000, 500)])
    for reading in sight.between(0, clock.now_ms()):
        assert reading.present
        assert reading.midline is not None
        assert reading.eyes_px == pytest.approx(142, rel=0.1)
        assert np.abs(where - reading.centre).max(1).min() < 15
        assert abs(reading.midline.roll_deg) < 4
    films: list[ClipKept | ClipLost] = []

    def filmed() -> bool:
        films.extend(sight.films())
        return bool(films)

    until(filmed)
    assert isinstance(films[0], ClipKept)
    assert films[0].frames >= 10
    assert (tmp_path / "a.mp4").stat().st_size == films[0].size
    assert [each.present for each in news if isinstance(each, FaceState)] == [True]
    sight.close()
    camera.close()
    until(lambda: sight.deadline_ms() is None and not camera.is_open)
