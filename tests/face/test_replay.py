"""Line drawings of a repetition: near enough to what was seen, small, and garbage is refused in words."""

from __future__ import annotations

import math
import zlib

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.errors import ReplayError
from kiosk.face import replay
from kiosk.face.geometry import PAIRS
from kiosk.face.model import Reading

Mesh = npt.NDArray[np.float64]


def face(seed: int, spread_mm: float = 60.0) -> Mesh:
    """Some mesh (468, 2) in the face's frame, mm: eyes where eyes are, the rest anywhere."""
    mesh = np.random.default_rng(seed).uniform(-spread_mm, spread_mm * 1.5, (468, 2))
    mesh[[362, 263]] = (16.5, 0), (46.5, 0)
    mesh[[133, 33]] = (-16.5, 0), (-46.5, 0)
    right, left = PAIRS.T
    mesh[right, 0] = -np.abs(mesh[right, 0])
    mesh[left] = mesh[right] * (-1, 1)
    return mesh


def seen(mesh: Mesh, roll_deg: float = 0.0, eyes_px: float = 90.0, at: tuple[float, float] = (300, 200)) -> Mesh:
    """The mesh as a camera sees it: (468, 3) px."""
    c, s = math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))
    turned = mesh @ np.array(((c, s), (-s, c))) * (eyes_px / 63.0) + at
    return np.column_stack([turned, np.zeros(468)])


def watched(meshes: list[Mesh], every_ms: int = 80) -> list[Reading]:
    """Readings as whoever looks at the pictures gives them."""
    return [
        Reading(t_ms=5_000 + every_ms * i, points=replay.pack(seen(mesh).astype(np.float32)))
        for i, mesh in enumerate(meshes)
    ]


def smiling(frames: int, noise_mm: float, seed: int = 1) -> list[Mesh]:
    """A face whose lower half moves 8 mm and back, with the noise of a tracker."""
    rng, rest = np.random.default_rng(seed), face(7)
    low = np.clip(rest[:, 1] / 60, 0, 1)[:, None] * np.array((1.0, -0.5))
    moves = 8 * np.sin(np.linspace(0, math.pi, frames)) ** 2
    made = [rest + move * low + rng.normal(0, noise_mm, rest.shape) for move in moves]
    for mesh in made:
        mesh[PAIRS.ravel()] = rest[PAIRS.ravel()]  # what its frame hangs on
    return made


@given(
    seed=st.integers(0, 2**20),
    roll=st.floats(-60, 60),
    eyes_px=st.floats(20, 400),
    x=st.floats(-500, 2_000),
    y=st.floats(-500, 2_000),
)
@example(seed=0, roll=0.0, eyes_px=90.0, x=0.0, y=0.0)
@settings(max_examples=60)
def test_every_kept_point_comes_back_within_a_third_of_a_millimetre(
    seed: int, roll: float, eyes_px: float, x: float, y: float
) -> None:
    """Whatever the lean of the head and its distance: what is drawn is where the face was, in its own frame."""
    mesh = face(seed)
    packed = replay.pack(seen(mesh, roll, eyes_px, (x, y)).astype(np.float32))
    drawing = replay.read(replay.of([Reading(t_ms=t, points=packed) for t in (0, 70, 140)]) or b"")
    for line, indices in zip(drawing.lines_at(0), replay.LINES.values(), strict=True):
        assert np.hypot(*(line - mesh[list(indices)]).T).max() <= 0.3
    assert np.array_equal(replay.unpack(packed), drawing.points[0])


def test_a_side_stays_the_side_it_is() -> None:
    """The person's own left has positive x, and the lines named left lie there."""
    drawing = replay.read(replay.of(watched([face(3)] * 3)) or b"")
    lines = dict(zip(replay.LINES, drawing.lines_at(0), strict=True))
    assert lines["lid-upper-left"][0][0] > 0 > lines["lid-upper-right"][0][0]


def test_every_frame_keeps_its_moment() -> None:
    """The drawing moves at the speed at which the face moved, also where pictures were missing."""
    meshes = smiling(6, 0.0)
    readings = [
        Reading(t_ms=t, points=replay.pack(seen(mesh).astype(np.float32)))
        for t, mesh in zip((100, 170, 390, 460, 460, 520), meshes, strict=True)
    ]
    drawing = replay.read(replay.of(readings) or b"")
    assert drawing.times_ms.tolist() == [0, 70, 290, 360, 420]
    assert drawing.length_ms == 420
    for at, mesh in ((0, 0), (70, 1), (290, 2), (420, 5), (9_999, 5), (-5, 0)):
        near = drawing.lines_at(at)[0]
        assert np.abs(near - meshes[mesh][list(replay.LINES["lips-outer-upper"])]).max() < 0.2
    between = drawing.lines_at(180)[0]
    assert np.allclose(between, (drawing.lines_at(70)[0] + drawing.lines_at(290)[0]) / 2, atol=1e-4)


@pytest.mark.parametrize("noise_mm", [0.0, 0.2, 1.0, 20.0])
@pytest.mark.parametrize("frames", [3, 135, 300, 1_500])
def test_a_repetition_takes_forty_kilobytes_at_most(frames: int, noise_mm: float) -> None:
    """Also of a tracker gone wild, for minutes: then every second picture goes, and the first always stays."""
    meshes = smiling(frames, noise_mm)
    content = replay.of(watched(meshes))
    assert content is not None
    assert len(content) <= replay.LIMIT
    drawing = replay.read(content)
    assert np.abs(drawing.lines_at(0)[0] - meshes[0][list(replay.LINES["lips-outer-upper"])]).max() < 0.2
    if frames <= 300 and noise_mm <= 0.2:
        assert len(drawing.times_ms) == frames


def test_too_few_pictures_make_no_drawing() -> None:
    """One glimpse is no movement, and readings without points (no consent, no face) are none at all."""
    assert replay.of(watched([face(1)] * 2)) is None
    assert replay.of([Reading(t_ms=t) for t in range(0, 5_000, 80)]) is None


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda mesh: mesh * np.nan, id="no numbers"),
        pytest.param(lambda mesh: mesh * 0.01, id="a face of a few pixels"),
        pytest.param(lambda mesh: np.where(np.arange(468)[:, None] == 61, 1e6, mesh), id="a point far outside"),
        pytest.param(lambda mesh: np.where(np.isin(np.arange(468), [362, 263])[:, None], mesh[33], mesh), id="one eye"),
    ],
)
def test_what_is_no_face_is_not_packed(spoil: object) -> None:
    """A tracker that returns nonsense costs that picture, and raises nothing in the middle of a session."""
    assert callable(spoil)
    mesh = seen(face(2))
    assert replay.pack(spoil(mesh).astype(np.float32)) == b""
    readings = [*watched([face(2)] * 4), Reading(t_ms=9_000, points=b"nonsense")]
    assert len(replay.read(replay.of(readings) or b"").times_ms) == 4


@given(st.binary(max_size=600))
@example(b"")
@example(b"krp1" + bytes(6))
@settings(max_examples=200)
def test_garbage_is_refused_in_words(garbage: bytes) -> None:
    """Whatever bytes a damaged card gives back: one clear error, and no picture of nothing."""
    for ask in (replay.read, replay.unpack):
        with pytest.raises(ReplayError):
            ask(garbage)


@given(st.integers(0, 10_000), st.integers(1, 255))
@settings(max_examples=100)
def test_a_damaged_drawing_is_refused(at: int, flip: int) -> None:
    """One changed byte anywhere is noticed: a face is never drawn otherwise than it was."""
    whole = bytearray(replay.of(watched(smiling(5, 0.2))) or b"")
    whole[at % len(whole)] ^= flip
    with pytest.raises(ReplayError):
        replay.read(bytes(whole))


def test_a_bomb_is_refused() -> None:
    """Bytes that would unpack to gigabytes are not unpacked."""
    body = zlib.compress(bytes(60 << 20), 9)[:30_000]
    head = b"krp1" + (5).to_bytes(2, "little") + zlib.crc32(body).to_bytes(4, "little")
    with pytest.raises(ReplayError):
        replay.read(head + body)
