"""Children that have gone wrong, or over to somebody else: whatever they say, the kiosk goes on and says so."""

from __future__ import annotations

import errno
import os
import select
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.devices.camera_child import CameraFailed, CameraOpened, CameraPicture, Rejected, Trying
from kiosk.devices.camera_frame import SLOTS, Frame, NewestFrame, Slots
from kiosk.devices.supervised import BACKOFF_MS, MOST_MESSAGES, ChildProcess
from kiosk.errors import ChildError
from kiosk.face.model import Reading
from kiosk.signals import CameraState, SightState
from tests.devices import test_camera
from tests.sight import stage as test_sight

PIXELS = np.zeros((9, 16, 4), np.uint8)
ROOT = Path(__file__).resolve().parents[2]
NAMES = st.sampled_from(["webcam", "none", "picamera", "", "\x1b[2J", "\u202e", "x" * 5_000])
TEXTS = st.one_of(NAMES, st.text(max_size=20))
HALF_TRUE = st.one_of(
    st.builds(Trying, NAMES),
    st.builds(Rejected, NAMES, TEXTS),
    st.builds(CameraOpened, NAMES),
    st.builds(CameraFailed, TEXTS),
    st.just(CameraPicture()),
).map(msgspec.json.encode)
SAID = st.one_of(
    st.binary(max_size=80),
    HALF_TRUE,
    st.tuples(HALF_TRUE, st.integers(0, 200), st.binary(max_size=4)).map(lambda t: t[0][: t[1]] + t[2]),
)


def camera_states(stage: test_camera.Stage, *said: bytes) -> list[CameraState]:
    """What the screen learns when the first child says all this, until the next one has been started."""
    stage.camera.open()
    stage.child.says += said
    return test_camera.states([*stage.after(0), *stage.follow(BACKOFF_MS + 3_000)])


NESTED = b'{"type":"failed","x":' + b"[" * 20_000 + b"]" * 20_000 + b',"cause":1}'
"""Too deep for Python 3.11; from 3.14 on it is read to its end, where the cause is no text."""
NOT_UTF8 = b'{"type":"failed","cause":"\xff"}'


@example([NESTED])
@example([NOT_UTF8])
@example([msgspec.json.encode(Trying("webcam"))] * 2)
@given(st.lists(SAID, max_size=6))
@settings(max_examples=200)
def test_nothing_that_a_camera_child_says_ends_the_kiosk(said: list[bytes]) -> None:
    """Any bytes, and its own messages in any order: at worst the child is replaced, and the screen says why."""
    stage = test_camera.Stage("webcam", "none")
    for state in camera_states(stage, *said):
        assert state.cause.isprintable()
        assert len(state.cause) <= 1_000
    assert stage.camera.latest() is None
    assert all(name in ("webcam", "none") for name in stage.child.plan.backends)


@pytest.mark.parametrize(
    "said",
    [
        [b"\x00garbage"],
        [NESTED],
        [NOT_UTF8],
        [msgspec.json.encode(CameraOpened("webcam"))],
        [msgspec.json.encode(Trying("passwd"))],
        [msgspec.json.encode(Trying("webcam"))] * 2,
        [msgspec.json.encode(Trying("webcam")), msgspec.json.encode(Rejected("none", "x"))],
        [msgspec.json.encode(CameraFailed("\x1b[2J\u202e"))],
        [msgspec.json.encode(CameraPicture())] * MOST_MESSAGES,
    ],
)
def test_a_camera_child_that_says_what_cannot_be_is_replaced(said: list[bytes]) -> None:
    """Killed at once, told on the screen in letters that can be read, and tried again after the backoff."""
    stage = test_camera.Stage("webcam", "none")
    (state,) = camera_states(stage, *said)
    assert not state.ok
    assert state.cause.isprintable()
    assert stage.children[0].killed
    stage.children[0].die()
    stage.follow(BACKOFF_MS)
    assert len(stage.children) == 2


def test_a_child_that_only_rings_is_no_camera() -> None:
    """It says that there are pictures, and there is none: after 15 s it hangs, like one that says nothing."""
    stage = test_camera.Stage("webcam")
    stage.camera.open()
    stage.child.says += [Trying("webcam"), CameraOpened("webcam")]
    states: list[CameraState] = []
    for _ in range(31):
        stage.child.says.append(CameraPicture())
        states += test_camera.states(stage.after(500))
    assert [state.ok for state in states] == [False]


@pytest.mark.parametrize("ahead_ms", [1, 2**62])
def test_a_picture_of_the_future_is_none(ahead_ms: int) -> None:
    """It would never grow old, and stay on the screen for ever."""
    stage = test_camera.Stage("webcam")
    stage.begin()
    stage.child.shown = NewestFrame(Frame(PIXELS, stage.clock.now_ms() + ahead_ms, 99), 0, 0)
    assert stage.camera.latest() is None
    assert [state.ok for state in test_camera.states(stage.after(0))] == [False]
    assert stage.child.killed


@pytest.mark.parametrize(
    "why", [ChildError("its newest picture would be in slot 254 of 5"), OSError(errno.ENOLCK, "x")]
)
def test_shared_memory_that_cannot_be_is_a_fault_whoever_looks(why: OSError) -> None:
    """The loop asks for the newest picture while it draws: the child is replaced and the screen is drawn without."""
    stage = test_camera.Stage("webcam")
    stage.begin()
    stage.child.torn = why
    assert stage.camera.latest() is None
    assert stage.camera.deadline_ms() == 0
    assert [state.ok for state in test_camera.states(stage.after(0))] == [False]
    assert stage.child.killed


@given(st.integers(SLOTS + 1, 255))
def test_a_wrong_newest_is_named(newest: int) -> None:
    """The child writes into the bookkeeping what it likes: no slot outside is ever read."""
    slots = Slots.create((64, 36))
    os.pwrite(slots.fd, bytes([newest]), os.sysconf("SC_PAGESIZE") - 1)
    with pytest.raises(ChildError, match=f"slot {newest - 1} of {SLOTS}"):
        slots.newest(0)


@given(st.binary(min_size=64 * SLOTS, max_size=64 * SLOTS), st.integers(0, SLOTS))
def test_any_bookkeeping_is_read_as_a_picture_or_none(records: bytes, newest: int) -> None:
    """Numbers of any size are numbers; what they mean is judged by the supervisor."""
    slots = Slots.create((64, 36))
    os.pwrite(slots.fd, records, 0)
    os.pwrite(slots.fd, bytes([newest]), os.sysconf("SC_PAGESIZE") - 1)
    seen = slots.newest(0)
    assert seen is None or seen.frame.pixels.shape == (36, 64, 4)


@pytest.mark.parametrize("size", [0, 4_096, 1 << 30])
def test_a_child_cannot_cut_the_memory_short(size: int) -> None:
    """Reading beyond the end of a file that shrank is SIGBUS: the kiosk would end without a word."""
    slots = Slots.create((64, 36))
    child = Slots.join(os.dup(slots.fd), (64, 36))
    with pytest.raises(PermissionError):
        os.ftruncate(child.fd, size)


SIGHT_WORDS = st.one_of(
    st.binary(max_size=80),
    st.builds(
        lambda **fields: msgspec.msgpack.encode(fields),
        type=st.sampled_from(["ready", "seen", "failed", "clip-kept", "clip-lost", "x"]),
        how=TEXTS,
        lacking=TEXTS,
        cause=TEXTS,
        path=st.sampled_from(["film", "other"]),
        why=TEXTS,
        size=st.integers(-(2**63), 2**64 - 1),
        frames=st.integers(-(2**63), 2**64 - 1),
        sha256=TEXTS,
        encrypted=st.booleans(),
        reading=st.one_of(
            st.none(),
            st.builds(
                Reading,
                t_ms=st.integers(-(2**63), 2**64 - 1),
                present=st.booleans(),
                score=st.floats(),
                eyes_px=st.floats(),
                centre=st.tuples(st.floats(), st.floats()),
                light=st.none() | st.floats(),
                left=st.none() | st.tuples(st.floats(), st.floats()),
                points=st.binary(max_size=30),
            ),
        ),
        cost_ms=st.floats(),
    ),
)


@example([b"\x82\xa4type\xa6failed\xa5cause\xa1\xff"])
@example([b"\x82\xa4type\xa4seen\xa1x" + b"\x91" * 30_000 + b"\x01"])
@given(st.lists(SIGHT_WORDS, max_size=8))
@settings(max_examples=200)
def test_nothing_that_a_sight_child_says_ends_the_kiosk(said: list[bytes]) -> None:
    """Before it is ready, after a question, while it films and while it leaves: nothing raises, nothing is believed."""
    stage = test_sight.Stage()
    stage.begin()
    stage.sight.record(test_sight.FILM)
    stage.sight.offer(stage.now)
    stage.child.says += said
    news = stage.after(0)
    news += stage.after(BACKOFF_MS + 3_000)
    stage.child.says += said
    stage.sight.close()
    stage.after(100)
    for state in (each for each in news if isinstance(each, SightState)):
        assert state.cause.isprintable()
    assert stage.sight.how in ("", "mesh", "fallback")
    assert stage.sight.lacking.isprintable()
    for film in stage.sight.films():
        assert film.path == "film"
        assert getattr(film, "size", 1) <= 2 * test_sight.FILM.max_bytes


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os; os.kill(os.getpid(), 40)", "was stopped by signal 40"),
        ("import os; os.kill(os.getpid(), 9)", "was stopped by SIGKILL"),
        ("raise SystemExit(3)", "ended with exit code 3"),
    ],
)
def test_however_it_ended_it_can_be_said(code: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal without a name ended the kiosk while it wrote how the child had ended."""
    (tmp_path / "naughty.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(ROOT))))
    link = ChildProcess("camera", "naughty", lambda number: (str(number),))
    end_of(link)
    assert said in link.epitaph()
    link.hang_up()


def end_of(link: ChildProcess, enough: Callable[[list[bytes]], bool] = lambda _: False) -> None:
    """Hear a real child until it is gone, or has said ``enough``."""
    while not link.ended:
        select.select([link], [], [], 20)
        if enough(link.messages()):
            link.kill()
    while not link.gone():
        select.select([], [], [], 0.01)


def test_a_child_that_talks_faster_than_it_is_heard_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hearing has an end, whatever the child does: the buttons wait for it."""
    code = "import socket, sys\nlink = socket.socket(fileno=int(sys.argv[1]))\nwhile True: link.send(b'x')\n"
    (tmp_path / "talker.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(ROOT))))
    link = ChildProcess("camera", "talker", lambda number: (str(number),))
    heard: list[int] = []

    def enough(messages: list[bytes]) -> bool:
        heard.append(len(messages))
        return len(heard) > 20

    end_of(link, enough)
    assert max(heard) <= MOST_MESSAGES
