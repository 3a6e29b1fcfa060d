"""A led session with the real supervisor of sight: its news reaches the session, and none of its faults holds it up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk.care.model import Movement
from kiosk.devices.buttons_pedal import Pedal
from kiosk.devices.camera_frame import Slots
from kiosk.face.model import UnseenReason
from kiosk.rows.kinds import RepetitionRow
from kiosk.runtime.condition import Condition, status_rows
from kiosk.runtime.session_mode import SessionMode
from kiosk.session.model import Answer, SessionPhase
from kiosk.sight.messages import LookOrder, Ready, SightSeen
from kiosk.sight.sight import Sight
from kiosk.signals import FaceState, SightState, Signal
from kiosk.words import words
from tests.devices.test_buttons_sources import FakePedal
from tests.patience import PATIENCE_S
from tests.runtime.test_session_mode import DAY, PERSON, Bench
from tests.session.plans import context, movement, plan
from tests.sight.stage import SIZE, Played, seen

TURN_MS = 50
FRAME_MS = 100

Answering = Callable[["Wired", Played, int], None]


class Wired(Bench):
    """A led session, pictures ten times a second, and children that answer as the test says."""

    def begin(self, answering: Answering) -> None:
        """Past the check-in. ``answering`` is called for each question with the child and the time of its picture."""
        self.children: list[Played] = []
        self.answering = answering
        self.news: list[Signal] = []
        self.oldest_ms = 0
        memory = Slots.create(SIZE)
        self.sight = Sight(self.clock, Path("models"), lambda: memory, self._start)
        self.ports = replace(self.ports, sight=self.sight)
        step = movement(needs=(Movement.SMILE,))
        self.led = SessionMode(self.ports, PERSON, plan(step), context(session_id="seen"), DAY)
        self.check_in()
        self.clock.advance(-self.clock.now_ms() % FRAME_MS)  # the pictures come on full tenths of a second

    def _start(self, _models: Path) -> Played:
        self.children.append(Played())
        self.children[-1].tell(Ready("mesh"))
        return self.children[-1]

    def play(self, until: Callable[[], bool]) -> None:
        """Turn after turn, as the loop does it."""
        end = self.clock.now_ms() + 200_000
        while not until():
            assert self.clock.now_ms() < end, self.led.session.phase
            self.clock.advance(TURN_MS)
            now = self.clock.now_ms()
            for signal in self.sight.drain(now):
                self.news.append(signal)
                self.led.hear(signal, now)
            self.led.tick(now)
            if now % FRAME_MS == 0:
                asked = sum(child.looks for child in self.children)
                self.sight.offer(now)
                if sum(child.looks for child in self.children) > asked:
                    self.answering(self, self.children[-1], now)
            newest = self.sight.latest(now)
            self.oldest_ms = max(self.oldest_ms, now - newest.t_ms if newest else 0)

    def rows(self) -> list[RepetitionRow]:
        self.settle()
        return self.store.read().repetitions("seen")

    def over(self) -> bool:
        return self.led.session.phase is SessionPhase.PAIN_AFTER


@pytest.fixture
def wired(tmp_path: Path) -> Iterator[Wired]:
    made = Wired(tmp_path / "data")
    yield made
    made.store.close(PATIENCE_S)


def good(_: Wired, child: Played, t_ms: int) -> None:
    child.tell(SightSeen(seen(t_ms, neutral=True), 15.0))


def from_the_second(fault: Callable[[Played, int], None]) -> Answering:
    """The first repetition is looked at well; in the second, the first child breaks."""

    def answer(wired: Wired, child: Played, t_ms: int) -> None:
        if wired.led.session.repetition == 1 and len(wired.children) == 1:
            fault(child, t_ms)
        else:
            good(wired, child, t_ms)

    return answer


def killed(child: Played, _: int) -> None:
    child.ended = child.dead = True


def hung(child: Played, _: int) -> None:
    """It says nothing."""


def lying(child: Played, t_ms: int) -> None:
    child.tell(SightSeen(seen(t_ms, left=(float("nan"), 0.0)), 15.0))


def blind(child: Played, t_ms: int) -> None:
    child.tell(SightSeen(seen(t_ms, eyes_px=3.0), 15.0))


def babbling(child: Played, _: int) -> None:
    child.says.append(b"\xc1 is no message")


@pytest.mark.parametrize("fault", [killed, hung, lying, blind, babbling])
def test_whoever_looks_breaks_and_the_session_goes_on(wired: Wired, fault: Callable[[Played, int], None]) -> None:
    """Three repetitions, on time; the broken one says why it has no measure; nothing older than a second is shown."""
    wired.begin(from_the_second(fault))
    wired.play(lambda: wired.led.session.phase is SessionPhase.STEP)
    began = wired.clock.now_ms()
    wired.play(lambda: False in [news.ok for news in wired.news if isinstance(news, SightState)])
    assert wired.led.session.phase is SessionPhase.STEP
    wired.play(wired.over)
    assert wired.clock.now_ms() - began == pytest.approx(48_000 + 20_000, abs=6_000)
    assert len(wired.rows()) == 3
    assert [news.ok for news in wired.news if isinstance(news, SightState)] == [True, False, True]
    assert len(wired.children) == 2
    assert wired.oldest_ms <= 1_000
    for answer in (Answer.NONE, Answer.NO):
        wired.answer(answer)
    wired.settle()
    assert [row.end_reason for row in wired.store.read().sessions(PERSON.code, 10)] == ["completed"]


def test_a_face_that_leaves_pauses_the_movement_and_its_return_goes_on(wired: Wired) -> None:
    """The real way of a face that is missed: pictures, readings, news, pause; and nobody has to press anything."""
    away = False

    def answer(_: Wired, child: Played, t_ms: int) -> None:
        gone = seen(t_ms, present=False, reason=UnseenReason.NO_FACE)
        child.tell(SightSeen(gone if away else seen(t_ms, neutral=True), 15.0))

    wired.begin(answer)
    wired.play(lambda: wired.led.session.phase is SessionPhase.STEP and wired.led.session.repetition == 1)
    away = True
    left = wired.clock.now_ms()
    wired.play(lambda: wired.led.session.phase is SessionPhase.FACE_AWAY)
    assert 3_000 <= wired.clock.now_ms() - left <= 5_000
    away = False
    wired.play(wired.over)
    told = [news.present for news in wired.news if isinstance(news, FaceState)]
    assert told.count(False) == 1
    assert len(wired.rows()) == 3


def test_sight_comes_with_the_camera_and_goes_with_it(wired: Wired) -> None:
    """Nobody looks before check-in or after check-out, and no process of it is left."""
    wired.begin(good)
    wired.play(wired.over)
    assert wired.children[0].looks > 100
    assert all(look.task.key.startswith("seen/") for look in wired.children[0].heard if isinstance(look, LookOrder))
    for answer in (Answer.NONE, Answer.NO):
        wired.answer(answer)
    wired.settle()
    asked = wired.children[0].looks
    wired.sight.offer(wired.clock.now_ms() + 1_000)
    assert (wired.children[0].hung_up, wired.children[0].looks, len(wired.children)) == (True, asked, 1)


@pytest.mark.parametrize(
    ("condition", "says"),
    [(Condition(), "`kiosk models --to "), (Condition(sight_cause="it did not answer"), "it did not answer")],
)
def test_status_says_what_sight_lacks(wired: Wired, condition: Condition, says: str) -> None:
    """Staff read it where they read about the camera: models that were never fetched, or a process that hangs."""
    wired.begin(lambda *_: None)
    rows = status_rows(wired.ports, condition, Path("."), (), words("en"))
    (row,) = [row for row in rows if row.label == "Measures"]
    assert row.state == "warning"
    assert says in row.value


@pytest.mark.parametrize("safe", [True, False])
def test_status_begins_with_safe_mode(wired: Wired, safe: bool) -> None:
    """Why there is no camera and no programme of the site's own: above what follows from it."""
    wired.begin(lambda *_: None)
    first, *others = status_rows(wired.ports, Condition(safe=safe), Path("."), ("why",), words("en"))
    assert (first.label == "Simple mode") == safe
    assert all(row.label != "Simple mode" for row in others)
    assert others[-1].value == "why"


def test_status_names_each_pedal_and_what_it_sent(wired: Wired) -> None:
    """A pedal that sends a key which is no button used to be silent, and nothing said why."""
    wired.begin(lambda *_: None)
    found = (
        Pedal(FakePedal(), "FS1", set()),
        Pedal(FakePedal(), "FS2", set(), "F13"),
        Pedal(FakePedal(), "FS3", set(), "F14", "green"),
    )
    ports = replace(wired.ports, pedals=SimpleNamespace(pedals=found))
    rows = status_rows(ports, Condition(lost=frozenset(("FS4",))), Path("."), (), words("en"))
    assert [(row.value, row.state) for row in rows if row.label == "Pedal or keys"] == [
        ("FS1: nothing pressed yet", "ok"),
        ("FS2: sent F13, which is no button", "warning"),
        ("FS3: sent F14, green", "ok"),
        ("FS4: unplugged", "fault"),
    ]
