"""Lids at the desk, whole: camera and looker run beside the mirror, a drawn face closes its eyes, the plan has both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kiosk.bedside.persons import bound_person
from kiosk.care.model import Side
from kiosk.care.person import Person
from kiosk.clock import SimClock
from kiosk.desk.model import StaffPlace
from kiosk.drawn.person import DrawnFace
from kiosk.drawn.pose import Pose
from kiosk.face.looker import Looker
from kiosk.face.model import Reading, Task, UnseenReason
from kiosk.face.nets import Nets
from kiosk.menus.staff import options
from kiosk.planning.items import CAMERA, SECTIONS
from kiosk.planning.lids import KEEP, READ, STAYS_OPEN
from kiosk.runtime.measuring import scale_of
from kiosk.screens.scene import NoteScene, PictureScene, StepScene
from kiosk.sight.kept import KeptReadings
from kiosk.sight.sight_sim import LASHES_MM, OPEN_MM, SimSight, Truth
from kiosk.signals import Button
from tests.care.people import PARETIC
from tests.menus.menus import PIN
from tests.patience import PATIENCE_S
from tests.usb.test_service import AtStick, same

EYES = next(f"section:{n}" for n, section in enumerate(SECTIONS) if "lids" in section)
FRAME_MS = 100


class Taking(AtStick):
    """A therapist at the desk, a camera ten times a second, and whoever looks at its pictures."""

    def __init__(self, data: Path, sight: Any, clock: SimClock) -> None:
        super().__init__(data, clock=clock)
        self.sight = sight
        self.ports = replace(self.ports, sight=sight)
        self.desk = self.open()
        self.press(Button.GREEN)
        self.type(PIN)
        self.choose("person", EYES, "lids")

    def play(self, ms: int) -> None:
        """Turn after turn, as the loop does it."""
        end = self.clock.now_ms() + ms
        while self.clock.now_ms() < end:
            self.clock.advance(FRAME_MS)
            now = self.clock.now_ms()
            self.sight.drain(now)
            self.desk.tick(now)
            self.sight.offer(now)

    def give(self, answer: str) -> None:
        """Press the button of an answer that has one of its own."""
        self.press((Button.GREEN, Button.AMBER)[options(self.state).index(answer)])

    def scene(self) -> Any:
        return self.desk.scene("", same)

    def seeing(self) -> bool:
        """Whether camera and looker run; they run together."""
        assert self.ports.camera.is_open is bool(self.sight.how)
        return self.ports.camera.is_open

    def kept(self) -> Person:
        """The plan as it is in the record."""
        assert self.store.flush(PATIENCE_S)
        person = bound_person(self.store.read())
        assert person is not None
        return person


class TruthOf:
    """What is so of the person before the simulated camera."""

    def __init__(self) -> None:
        self.now = Truth()

    def __call__(self, _t_ms: int) -> Truth:
        return self.now


@pytest.fixture
def truth() -> TruthOf:
    return TruthOf()


@pytest.fixture
def taking(tmp_path: Path, truth: TruthOf) -> Iterator[Taking]:
    clock = SimClock()
    made = Taking(tmp_path, SimSight(clock, truth), clock)
    yield made
    made.store.close(PATIENCE_S)


def test_open_then_closed_is_kept_with_who_and_when(taking: Taking, truth: TruthOf) -> None:
    """Camera and looker come and go with the mirror; the plan has both readings, and its audit a line of each."""
    assert not taking.seeing()
    taking.choose(CAMERA)
    assert taking.seeing()
    taking.play(1_000)
    scene = taking.scene()
    assert isinstance(scene, StepScene)
    assert (scene.picture, scene.staff, scene.strip.green) == (PictureScene.LIVE, True, "Take it")
    taking.give(READ)
    taking.play(1_800)
    assert taking.at(StaffPlace.LIDS_CLOSED)
    truth.now = Truth(aperture_left=0.0, aperture_right=0.0)
    taking.play(500)
    taking.give(READ)
    taking.play(1_800)
    assert not taking.seeing()
    note = taking.scene()
    assert isinstance(note, NoteScene)
    assert f"Left eye: open {OPEN_MM} mm, closed {LASHES_MM} mm." in note.lines
    taking.give(KEEP)
    taking.choose("save")
    taken = taking.kept().lids_taken
    assert taken is not None
    assert (taken.open_left, taken.closed_left, taken.open_right, taken.closed_right) == (
        OPEN_MM,
        LASHES_MM,
        OPEN_MM,
        LASHES_MM,
    )
    assert taken.by == "therapist-1"
    told = {row.item for row in taking.store.read().permissions(PARETIC.code)}
    assert told >= {"lids", "lids.open_left", "lids.open_right", "lids.closed_left", "lids.closed_right"}


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (Truth(present=False), "No face was seen. Once more."),
        (Truth(reason=UnseenReason.TOO_DARK), "It was too dark. Once more."),
        (Truth(yaw_deg=15), "The face was turned away. Once more."),
    ],
    ids=["nobody", "dark", "turned"],
)
def test_what_was_in_the_way_is_said(taking: Taking, truth: TruthOf, seen: Truth, told: str) -> None:
    """The page stays, with the reason, and nothing is taken."""
    taking.choose(CAMERA)
    truth.now = seen
    taking.play(1_000)
    taking.give(READ)
    assert taking.scene().strip.green == ""
    taking.play(1_800)
    assert taking.scene().label == told
    assert taking.scene().strip.green == "Take it"


def test_a_looker_that_says_nothing_is_a_reason(taking: Taking) -> None:
    """It hangs or is still loading: after some seconds the page says so, and the person was not blamed."""
    taking.choose(CAMERA)
    taking.sight.lose("killed")
    taking.play(1_000)
    taking.give(READ)
    taking.play(5_500)
    assert taking.scene().label == "Nobody looked at the pictures yet. Wait a moment, then once more."


def test_without_a_picture_the_page_says_how_to_go_on(taking: Taking) -> None:
    """A camera that gives nothing is words in its place."""
    taking.choose(CAMERA)
    taking.ports.camera.close()
    scene = taking.desk.scene("", same)
    assert isinstance(scene, StepScene)
    assert scene.picture is PictureScene.MISSING
    assert scene.notice == "No picture yet. If none comes, go back with red and answer by eye."


def test_leaving_lets_the_camera_go(taking: Taking) -> None:
    """By red, and by nobody pressing anything; and nothing is looked for anywhere else at the desk."""
    taking.choose(CAMERA)
    taking.play(500)
    taking.press(Button.RED)
    assert not taking.seeing()
    taking.choose(CAMERA)
    assert taking.seeing()
    taking.clock.advance(taking.state.data.idle_ms + 1)
    taking.desk.tick(taking.clock.now_ms())
    assert taking.desk.left
    assert not taking.seeing()


class DrawnSight:
    """The real looker, at a drawn face whose eyes are as they are told to be."""

    lacking = ""

    def __init__(self, nets: Nets, face: DrawnFace) -> None:
        self.how, self._looker, self._face, self._kept = "", Looker(nets), face, KeptReadings()
        self._drawn: dict[Pose, npt.NDArray[np.uint8]] = {}
        self.pose = Pose()

    def open(self) -> None:
        self.how = "mesh"

    def close(self) -> None:
        self.how = ""
        self.watch(None)

    def watch(self, task: Task | None) -> None:
        self._kept.watch(task)

    def offer(self, t_ms: int) -> None:
        if self._kept.task is not None:
            if self.pose not in self._drawn:
                self._drawn[self.pose] = self._face.draw(self.pose).pixels
            reading = self._looker.look(self._drawn[self.pose], t_ms, self._kept.task)
            self._kept.take(self._kept.task.key, reading)

    def latest(self, now_ms: int) -> Reading | None:
        return self._kept.latest(now_ms)

    def between(self, from_ms: int, to_ms: int) -> tuple[Reading, ...]:
        return self._kept.between(from_ms, to_ms)

    def drain(self, _now_ms: int) -> Sequence[Any]:
        return ()


@pytest.fixture(scope="module")
def nets(models_folder: Path) -> Nets:
    cv2.setNumThreads(1)
    return Nets(models_folder)


def test_a_drawn_face_that_closes_one_eye_has_that_scale_in_its_sessions(tmp_path: Path, nets: Nets) -> None:
    """Staff say that the right eye stays open, the left one closes: only the left one has a scale.

    First both are asked for, and neither closes: the readings do not agree, and both are taken again.
    """
    clock = SimClock()
    sight = DrawnSight(nets, DrawnFace(size=(640, 480), texture=2))
    taking = Taking(tmp_path, sight, clock)
    try:
        taking.choose(CAMERA)
        sight.pose = Pose()
        taking.give(READ)
        taking.play(2_000)
        assert taking.at(StaffPlace.LIDS_CLOSED), taking.state.frame.message
        taking.give(READ)
        taking.play(2_000)
        assert taking.at(StaffPlace.LIDS_OPEN), "eyes that stayed open were not closed"
        assert taking.state.draft == PARETIC
        taking.give(READ)
        taking.play(2_000)
        taking.give(STAYS_OPEN)
        taking.choose("right-stays-open")
        sight.pose = Pose(lid_left=1.0)
        taking.give(READ)
        taking.play(2_000)
        assert taking.at(StaffPlace.LIDS_TAKEN), taking.state.frame.message
        taking.give(KEEP)
        taking.choose("save")
        person = taking.kept()
        assert person.lids == (Side.LEFT,)
        scale = scale_of(person)
        assert scale is not None
        assert scale.open_left is not None
        assert scale.closed_left is not None
        assert scale.closed_left < 0.3 * scale.open_left
        assert (scale.open_right, scale.closed_right) == (None, None)
    finally:
        taking.store.close(PATIENCE_S)
