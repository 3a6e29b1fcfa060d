"""A session with a clinic's own pictures: wanted in time, shown when they are there, named for staff when they fail."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.care.model import OwnPicture
from kiosk.care.showing import Showing
from kiosk.faults import Fault
from kiosk.present.session import Around
from kiosk.runtime.condition import Condition, status_rows
from kiosk.runtime.session_mode import SessionMode
from kiosk.screens.scene import HeadScene, StepScene
from kiosk.session.model import SessionPhase
from kiosk.signals import Button, DecodedPicture, PictureState, Signal
from tests.patience import PATIENCE_S
from tests.pictures.made import halves, own, shown_as
from tests.runtime.test_session_mode import DAY, PERSON, Bench
from tests.session.plans import context, movement, plan, release

FIRST, SECOND, THIRD = own("one.png"), own("two.mp4"), own("three.png")


class PlayedPictures:
    """Pictures as the test has them."""

    def __init__(self) -> None:
        self.ready: dict[OwnPicture, DecodedPicture] = {}
        self.faults: tuple[Fault, ...] = ()
        self.wanted: list[tuple[OwnPicture, ...]] = []
        self.proved: tuple[OwnPicture, ...] = ()
        self._fd = os.memfd_create("played")

    def want(self, pictures: Sequence[OwnPicture]) -> None:
        if [tuple(pictures)] != self.wanted[-1:]:
            self.wanted.append(tuple(pictures))

    def prove(self, pictures: Sequence[OwnPicture]) -> None:
        self.proved = tuple(pictures)

    def fileno(self) -> int:
        return self._fd

    def drain(self, now_ms: int) -> Sequence[Signal]:
        return ()

    def deadline_ms(self) -> int | None:
        return None


class Pictured(Bench):
    """A led session of three touches; each has a picture of its own."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.pictures = PlayedPictures()
        self.ports = dataclasses.replace(self.ports, pictures=self.pictures)
        steps = [replace(release(show=Showing()), picture=picture) for picture in (FIRST, SECOND, THIRD)]
        self.led = SessionMode(self.ports, PERSON, plan(*steps, movement()), context(), DAY)

    @property
    def head(self) -> HeadScene | None:
        scene = self.led.scene(Around(), str, self.clock.now_ms())
        assert isinstance(scene, StepScene)
        return scene.head


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Pictured]:
    made = Pictured(tmp_path / "data")
    yield made
    made.store.close(PATIENCE_S)


def test_pictures_are_wanted_before_their_step_and_let_go_after_the_last(bench: Pictured) -> None:
    """At the questions already, the present step's first; at the end nothing is kept."""
    wanted = bench.pictures.wanted
    assert wanted == [(FIRST, SECOND, THIRD)]
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    while bench.led.session.step < 3:
        bench.clock.advance(1_000)
        bench.led.tick(bench.clock.now_ms())
    assert wanted == [(FIRST, SECOND, THIRD), (SECOND, THIRD), (THIRD,), ()]


def test_a_stop_lets_go_of_them(bench: Pictured) -> None:
    """Whatever ends a session: nothing of it stays in memory."""
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    bench.press(Button.RED)
    while bench.led.left is None:
        bench.settle()
        due = bench.led.deadline_ms(bench.clock.now_ms())
        bench.clock.advance(0 if due is None else max(0, due - bench.clock.now_ms()))
        bench.led.tick(bench.clock.now_ms())
        bench.press(Button.GREEN)
    assert bench.pictures.wanted[-1] == ()


def test_the_step_shows_its_picture_from_when_it_is_there(bench: Pictured) -> None:
    """Until then, and for good where it never comes, the drawn head; the session waits for nothing."""
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    before = bench.head
    assert before is not None
    assert before.picture is None
    film = shown_as(halves(), 5)
    bench.pictures.ready = {FIRST: film, SECOND: shown_as(halves())}
    bench.led.hear(PictureState(True, "", bench.clock.now_ms()), bench.clock.now_ms())
    now = bench.head
    assert now is not None
    assert now.picture is film
    for _ in range(16):
        bench.clock.advance(1_000)
        bench.led.tick(bench.clock.now_ms())
    due = bench.led.deadline_ms(bench.clock.now_ms())
    assert due is not None
    assert due - bench.clock.now_ms() <= 80


def test_staff_read_which_picture_cannot_be_shown(bench: Pictured) -> None:
    """In Status, with the other faults of the clinic's files; and which side has none."""
    bench.pictures.faults = (Fault("two.mp4", "", "", "it is cut off: its end is missing", "copy it again"),)
    rows = status_rows(
        bench.ports,
        Condition(),
        Path("/nowhere"),
        ("ours.toml: x; y.",),
        str,
        remarks=("a.png shows …",),
    )
    told = {row.value: (row.label, row.state) for row in rows}
    assert told["two.mp4: it is cut off: its end is missing; copy it again."] == ("Fault", "fault")
    assert told["ours.toml: x; y."] == ("Fault", "fault")
    assert told["a.png shows …"] == ("Pictures", "ok")
