"""Lids: how far an eye is closed, on drawn faces that no figure in the code was chosen on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.drawn.look import look_of
from kiosk.drawn.person import DrawnFace
from kiosk.drawn.pose import Pose
from kiosk.face.lid_scale import CLOSED, LidScale, Raw
from kiosk.face.lids import ClosedEye, LidMeter
from kiosk.face.nets import Nets
from kiosk.face.tracker import Tracker

Pixels = npt.NDArray[np.uint8]
STEPS = (0.3, 0.5, 0.7, 0.85, 1.0)


class Person:
    """A drawn person before the tracker: what their lids read at any pose, and in any light."""

    def __init__(self, nets: Nets, seed: int, glasses: bool) -> None:
        self._face = DrawnFace(replace(look_of(seed), glasses=glasses), size=(640, 360))
        self._tracker, self._meter = Tracker(nets), LidMeter(nets.iris)
        self._rng = np.random.default_rng(seed)

    def raw(self, pose: Pose, light: float = 1.0) -> Raw:
        drawn = self._face.draw(pose).pixels[..., :3] * light
        frame = np.clip(drawn + self._rng.normal(0, 2, drawn.shape), 0, 255).astype(np.uint8)
        seen = self._tracker.look(frame, 0)
        assert seen is not None
        return self._meter.raw(frame, seen.points)


@pytest.fixture(scope="module")
def nets(models_folder: Path) -> Nets:
    return Nets(models_folder)


@pytest.fixture(
    scope="module",
    params=[(411, False), (412, True), pytest.param((417, False), marks=pytest.mark.slow)],
    ids=["411", "412-glasses", "417"],
)
def person(request: pytest.FixtureRequest, nets: Nets) -> Person:
    seed, glasses = request.param
    return Person(nets, seed, glasses)


def both(raw: Raw) -> tuple[float, float]:
    assert raw[0] is not None
    assert raw[1] is not None
    return raw[0], raw[1]


def test_a_closure_is_read_within_a_seventh_and_on_its_own_side(person: Person) -> None:
    """The bar for calibrated lids; what one eye does must not show in the other (a linked movement would)."""
    open_left, open_right = both(person.raw(Pose()))
    closed_left, closed_right = both(person.raw(Pose(lid_left=1.0, lid_right=1.0)))
    scale = LidScale(open_left, open_right, closed_left, closed_right)
    for closure in STEPS:
        left, right = both(scale.share(person.raw(Pose(lid_left=closure, roll_deg=3))))
        assert 1 - left == pytest.approx(closure, abs=0.15)
        assert right > 0.88
        left, right = both(scale.share(person.raw(Pose(lid_right=closure, corner_left_mm=5, yaw_deg=1.5))))
        assert 1 - right == pytest.approx(closure, abs=0.15)
        assert left > 0.85


def test_lids_are_read_in_less_light_and_without_having_seen_them_closed(person: Person) -> None:
    """A room at dusk changes no figure much, and before a closed eye was seen the default serves within a quarter.

    It is that of people: drawn lids, which have few lashes, seem to close too early with it.
    """
    scale = LidScale.at_rest([person.raw(Pose(), 0.4)])
    seen = [both(scale.share(person.raw(Pose(lid_left=c, lid_right=c), 0.4))) for c in (0.0, 0.35, 0.7, 1.0)]
    for side in (0, 1):
        shares = [pair[side] for pair in seen]
        assert shares == sorted(shares, reverse=True), "the further closed, the smaller"
        assert np.abs(np.subtract(shares, (1.0, 0.65, 0.3, 0.0))).max() < 0.25
        assert shares[-1] == 0, "closed is closed"


def test_a_hand_before_an_eye_is_no_half_closed_eye(nets: Nets) -> None:
    """The network sees lids in bare skin too; where nothing is darker than skin there are none, and the other has."""
    drawn = DrawnFace(look_of(413), size=(640, 360)).draw(Pose())
    frame = drawn.pixels[..., :3].copy()
    seen = Tracker(nets).look(frame, 0)
    assert seen is not None
    left = LidMeter(nets.iris).raw(frame, seen.points)
    x, y = (round(float(v)) for v in seen.points[[362, 263], :2].mean(0))
    size = round(seen.eyes_px * 0.4)
    frame[y - size : y + size, x - size : x + size] = frame[y + size, x]
    covered = LidMeter(nets.iris).raw(frame, seen.points)
    assert covered[0] is None
    assert covered[1] == pytest.approx(left[1], abs=0.01)


def test_an_eye_that_cannot_be_seen_reads_nothing(nets: Nets) -> None:
    """Outside of the frame, or some pixels wide, there is no opening to tell; an empty wall has none either."""
    meter = LidMeter(nets.iris)
    points = np.zeros((468, 3), np.float32)
    points[[33, 133, 362, 263], :2] = [(250, 100), (280, 100), (340, 100), (370, 100)]
    frame = np.full((200, 640, 3), 120, np.uint8)
    assert meter.raw(frame[:, :300], points)[0] is None
    assert meter.raw(frame, points * 0.2) == (None, None)


def test_a_share_needs_an_open_eye_to_count_from() -> None:
    """A blink at rest changes nothing; eyes that were shut at rest give no scale, and no scale gives no figure."""
    rest = LidScale.at_rest([(10.0, 9.0), (10.2, 9.0), (2.0, 1.5), (10.1, 9.1), (10.0, 9.0)])
    assert rest == LidScale(10.0, 9.0)
    assert LidScale.at_rest([(2.4, 9.0)] * 5) == LidScale(None, 9.0)
    assert LidScale.at_rest([(None, 9.0), (None, 9.0), (10.0, None)]) == LidScale(None, 9.0)
    assert LidScale(None, 9.0).share((5.0, None)) == (None, None)
    assert LidScale.at_rest([]).share((5.0, 5.0)) == (None, None)


def test_a_scale_that_was_taken_counts_for_its_sides_where_it_fits() -> None:
    """Both readings of a side, or as without; an eye that rests nearer to closed is not the one that was taken."""
    rest = LidScale(9.0, 9.0, 2.7, 2.7)
    assert LidScale(9.5, None, 1.5, None).beside(rest) == LidScale(9.5, 9.0, 1.5, 2.7)
    assert LidScale(9.5, 9.5, None, None).beside(rest) == rest
    assert LidScale(9.5, 9.5, 1.5, 1.5).beside(LidScale(5.4, None)) is None
    assert LidScale(9.5, 9.5, 1.5, 1.5).beside(LidScale(5.6, None)) == LidScale(9.5, None, 1.5, None)


@given(raw=st.floats(0, 30), opened=st.floats(4, 15), closed=st.none() | st.floats(0, 3.9))
def test_a_share_lies_between_closed_and_open(raw: float, opened: float, closed: float | None) -> None:
    """Whatever is read, nobody is told of an eye that is closed by more than all of it."""
    scale = LidScale(opened, opened, closed, closed)
    left, right = both(scale.share((raw, raw)))
    assert 0 <= left == right <= 1
    assert scale.share((opened, opened)) == (1.0, 1.0)
    bottom = CLOSED * opened if closed is None else closed
    assert scale.share((bottom, bottom)) == (0.0, 0.0)


def watched(*spells: tuple[int, float, float]) -> ClosedEye:
    """Ten readings a second: (ms, left, right) one after the other, of eyes that are 10 mm open at rest."""
    learner, t_ms = ClosedEye(LidScale(10.0, 10.0)), 0
    for spell_ms, left, right in spells:
        for _ in range(spell_ms // 100):
            learner.add(t_ms, (left, right))
            t_ms += 100
    return learner


def test_a_held_closure_tells_what_a_closed_eye_reads_and_a_blink_does_not() -> None:
    """Lashes are a person's own: their own closed eye is the better zero, but only if it was one for certain."""
    assert watched((2000, 10, 10), (300, 3.2, 3.2), (2000, 10, 10)).scale == LidScale(10.0, 10.0)
    assert watched((2000, 10, 10), (1500, 3.2, 3.4), (2000, 10, 10)).scale.closed_left == pytest.approx(3.2)
    assert watched((2000, 10, 10), (1500, 3.7, 3.9), (2000, 10, 10)).scale == LidScale(10.0, 10.0), "half closed"


def test_no_eye_is_more_than_closed() -> None:
    """What reads less than the default twice, if only in a blink, shows that this person's closed eye reads less."""
    assert watched((2000, 10, 10), (100, 1.5, 2.0), (2000, 10, 10)).scale == LidScale(10.0, 10.0), "one bad picture"
    blinked = watched((2000, 10, 10), (100, 1.5, 2.0), (500, 10, 10), (100, 1.8, 2.0), (500, 10, 10)).scale
    assert (blinked.closed_left, blinked.closed_right) == pytest.approx((1.8, 1.8))


def test_an_eye_that_cannot_close_is_never_read_as_closed() -> None:
    """The affected eye's own lowest reading is no closed eye: the other one says what closed is, or nobody does."""
    scale = watched((1000, 10, 10), (3000, 2.0, 4.5), (1000, 10, 10)).scale
    assert scale.share((2.0, 4.5)) == pytest.approx((0.0, 0.2266), abs=0.001)
    assert watched((1000, 10, 10), (5000, 4.5, 4.5)).scale == LidScale(10.0, 10.0)
    lone = ClosedEye(LidScale(None, 10.0))
    for t_ms in range(0, 3000, 100):
        lone.add(t_ms, (2.0, 4.5))
    assert lone.scale == LidScale(None, 10.0), "an eye without a scale of its own teaches nothing"


def test_a_gap_in_the_readings_is_no_closure() -> None:
    """Two readings with nothing between them do not make half a second of closed eyes."""
    learner = ClosedEye(LidScale(10.0, 10.0))
    for t_ms in (0, 5000, 10000):
        learner.add(t_ms, (3.2, 3.2))
        learner.add(t_ms + 50, (None, None))
    assert learner.scale == LidScale(10.0, 10.0)


@pytest.mark.parametrize("every_ms", [70, 220, 400])
def test_a_slow_board_learns_as_well(every_ms: int) -> None:
    """Lids are read less often where looking is slow; three seconds of closed eyes are enough all the same."""
    learner = ClosedEye(LidScale(10.0, 10.0))
    for t_ms in range(0, 3000, every_ms):
        learner.add(t_ms, (3.2, 3.3))
    assert learner.scale.closed_right == pytest.approx(3.2)
