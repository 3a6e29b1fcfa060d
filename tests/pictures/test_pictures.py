"""Pictures under supervision: one file that breaks its decoder is named, the rest goes on, and nobody waits."""

from __future__ import annotations

import os
import select
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import pytest

from kiosk.care.model import OwnPicture
from kiosk.clock import SimClock, SystemClock
from kiosk.devices.supervised import BACKOFF_MOST_MS, BACKOFF_MS, START_MS, ChildProcess, Link
from kiosk.pictures.bounds import DECODED_BYTES, MOST_COUNT, REASONS, Refusal, decoded_bytes
from kiosk.pictures.look_through import faults_of, in_folder
from kiosk.pictures.messages import DecodeOrder, DecoderNews, DecoderReady, PictureDecoded, PictureRefused
from kiosk.pictures.pictures import DECODE_MS, STARTS, Pictures
from kiosk.signals import PictureState, Signal
from tests.patience import PATIENCE_S
from tests.pictures.made import encoded, film, halves, own, put, seconds
from tests.pictures.naughty import BAD

A, B, C = own("a.png"), own("b.png"), own("c.png")


class PlayedDecoder:
    """A child that does what the test says."""

    def __init__(self) -> None:
        self._fd = os.memfd_create("played")
        self.ended = self.killed = self.hung_up = self.deaf = False
        self.says: list[bytes] = []
        self.orders = 0
        self.memory = -1

    def __del__(self) -> None:
        os.close(self._fd)

    def fileno(self) -> int:
        # epoll takes no plain file; a pipe that is never written to is never readable.
        if not hasattr(self, "_pipe"):
            self._pipe = os.pipe()
        return self._pipe[0]

    def messages(self) -> list[bytes]:
        said, self.says = self.says, []
        return said

    def say(self, message: bytes, fds: Sequence[int] = ()) -> bool:
        if self.deaf:
            return False
        msgspec.json.decode(message, type=DecodeOrder)
        self.orders += 1
        self.memory = os.dup(fds[1])
        return True

    def tell(self, news: DecoderNews) -> None:
        self.says.append(msgspec.json.encode(news))

    def hang_up(self) -> None:
        self.hung_up = True

    def kill(self) -> None:
        self.killed = True

    def gone(self) -> bool:
        return self.killed or self.hung_up or self.ended

    def epitaph(self) -> str:
        return "the picture program was stopped by SIGSEGV"


@dataclass
class Stage:
    """Pictures, their clock, and every child they ever had."""

    folder: Path
    clock: SimClock = field(default_factory=SimClock)
    children: list[PlayedDecoder] = field(default_factory=list)
    refused: OSError | None = None

    def __post_init__(self) -> None:
        self.pictures = Pictures(self.clock, in_folder(self.folder), self._start)

    def _start(self) -> Link:
        if self.refused is not None:
            raise self.refused
        self.children.append(PlayedDecoder())
        return self.children[-1]

    @property
    def child(self) -> PlayedDecoder:
        return self.children[-1]

    def after(self, ms: int) -> list[Signal]:
        """Let time pass as the one wait does: it wakes at deadlines."""
        end, news = self.clock.now_ms() + ms, list[Signal]()
        for _ in range(1_000):
            due = self.pictures.deadline_ms()
            if due is None or due > end:
                break
            self.clock.advance(max(0, due - self.clock.now_ms()))
            news += self.pictures.drain(self.clock.now_ms())
        else:
            raise AssertionError("what is due is never done: the one wait would be a busy loop")
        self.clock.advance(end - self.clock.now_ms())
        return [*news, *self.pictures.drain(self.clock.now_ms())]

    def tell(self, *news: DecoderNews) -> None:
        for one in news:
            self.child.tell(one)
            self.pictures.drain(self.clock.now_ms())

    def decoded(self, wide: int = 64, high: int = 64, count: int = 1) -> None:
        os.pwrite(self.child.memory, b"\x07" * min(64, decoded_bytes(wide, high, count)), 0)
        self.tell(PictureDecoded(wide, high, count))

    @property
    def told(self) -> list[str]:
        return [fault.file for fault in self.pictures.faults]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    good = encoded(halves())
    return Stage(put(tmp_path / "site", a_png=good, b_png=good, c_png=good))


def test_what_is_wanted_comes_first_and_the_rest_is_looked_into_once(stage: Stage) -> None:
    """The next picture of a session does not wait until all others were proved; then the child is let go."""
    stage.pictures.prove([A, B, C])
    stage.pictures.want([C])
    stage.tell(DecoderReady())
    for _ in range(3):
        stage.decoded()
    assert list(stage.pictures.ready) == [C]
    assert bytes(stage.pictures.ready[C].pixels[:3]) == b"\x07\x07\x07"
    assert (stage.child.orders, stage.told, len(stage.children)) == (3, [], 1)
    assert stage.child.hung_up
    stage.after(10_000)
    assert len(stage.children) == 1


def test_two_lie_in_memory_and_no_more(stage: Stage) -> None:
    """The present one and the next; what was before is let go of."""
    stage.pictures.want([A, B, C])
    stage.tell(DecoderReady())
    stage.decoded()
    stage.decoded()
    assert list(stage.pictures.ready) == [A, B]
    kept = stage.pictures.ready[B]
    stage.pictures.want([B, C])
    assert list(stage.pictures.ready) == [B]
    stage.after(1_000)
    stage.tell(DecoderReady())
    stage.decoded()
    assert stage.pictures.ready[B] is kept
    assert list(stage.pictures.ready) == [B, C]
    stage.pictures.want([])
    assert not stage.pictures.ready


def test_news_wakes_the_screen(stage: Stage) -> None:
    """A picture that is ready is shown then, not at the next second."""
    stage.pictures.want([A])
    stage.child.tell(DecoderReady())
    stage.pictures.drain(0)
    os.pwrite(stage.child.memory, b"\x07", 0)
    stage.child.tell(PictureDecoded(64, 64, 1))
    assert [type(news) for news in stage.pictures.drain(0)] == [PictureState]


def test_a_child_that_hangs_at_a_file_is_ended_and_the_next_one_takes_the_rest(stage: Stage) -> None:
    """The file is named, and nobody tries it again, not even when it is wanted."""
    stage.pictures.want([A, B])
    stage.tell(DecoderReady())
    stage.after(DECODE_MS - 1)
    assert not stage.child.killed
    news = stage.after(1)
    assert stage.children[0].killed
    assert [state.ok for state in news if isinstance(state, PictureState)] == [True, False]
    stage.after(BACKOFF_MS + 1)
    stage.tell(DecoderReady())
    stage.decoded()
    assert (stage.told, list(stage.pictures.ready)) == (["a.png"], [B])
    assert "hung" in stage.pictures.faults[0].rule
    stage.pictures.want([A])
    stage.after(BACKOFF_MOST_MS)
    assert len(stage.children) == 2


def test_a_child_that_dies_at_a_file_is_followed_by_another(stage: Stage) -> None:
    stage.pictures.prove([A, B])
    stage.tell(DecoderReady())
    stage.child.ended = True
    stage.after(1)
    stage.after(BACKOFF_MS + 1)
    assert (stage.told, len(stage.children)) == (["a.png"], 2)
    stage.tell(DecoderReady())
    stage.decoded()
    assert not stage.pictures.busy


LIES: list[DecoderNews] = [
    PictureDecoded(0, 64, 1),
    PictureDecoded(63, 64, 1),
    PictureDecoded(64, 64, 0),
    PictureDecoded(64, 64, -1),
    PictureDecoded(64, 64, MOST_COUNT + 1),
    PictureDecoded(800, 1_000, MOST_COUNT),
    PictureDecoded(100_000, 2, 1),
    PictureRefused("because"),
    DecoderReady(),
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_nothing_that_a_child_says_is_believed_unseen(stage: Stage, lie: DecoderNews) -> None:
    """A decoder that somebody's file has taken over may say anything; what cannot be is not mapped."""
    stage.pictures.want([A])
    stage.tell(DecoderReady())
    stage.tell(lie)
    assert stage.children[0].killed
    assert (stage.told, dict(stage.pictures.ready)) == (["a.png"], {})


def test_an_answer_that_nobody_asked_for_ends_the_child(stage: Stage) -> None:
    stage.pictures.want([A])
    stage.tell(PictureDecoded(64, 64, 1))
    assert stage.children[0].killed
    assert not stage.pictures.ready


def test_its_memory_cannot_be_cut_short(stage: Stage) -> None:
    """Or the kiosk would end by SIGBUS when it looks."""
    stage.pictures.want([A])
    stage.tell(DecoderReady())
    assert os.fstat(stage.child.memory).st_size == DECODED_BYTES
    with pytest.raises(PermissionError):
        os.ftruncate(stage.child.memory, 1)


def test_without_memory_for_a_picture_it_is_tried_again_and_no_file_is_blamed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen goes on: nothing that a picture lacks ends the kiosk."""
    stage.pictures.want((A,))
    with monkeypatch.context() as none:
        none.setattr("kiosk.pictures.pictures.fresh_memory", lambda: os.close(-1))
        stage.child.tell(DecoderReady())
        stage.pictures.drain(stage.clock.now_ms())
        assert stage.child.killed
    stage.after(BACKOFF_MS)
    stage.child.tell(DecoderReady())
    stage.pictures.drain(stage.clock.now_ms())
    assert (len(stage.children), stage.child.orders, stage.pictures.faults) == (2, 1, ())


def test_a_program_that_does_not_start_is_given_up(stage: Stage) -> None:
    """Until something new is asked for; meanwhile the drawn head shows."""
    stage.refused = OSError("no such program")
    stage.pictures.want([A])
    news = stage.after(10 * BACKOFF_MOST_MS)
    assert not stage.pictures.busy
    assert [state.ok for state in news if isinstance(state, PictureState)] == [False]
    assert stage.pictures.deadline_ms() is None
    stage.refused = None
    stage.pictures.want([B])
    stage.after(1)
    assert len(stage.children) == 1


def test_a_program_that_hangs_at_its_start_is_given_up(stage: Stage) -> None:
    stage.pictures.prove([A, B])
    stage.after(STARTS * (START_MS + BACKOFF_MOST_MS))
    assert all(child.killed for child in stage.children)
    assert (len(stage.children), stage.told, stage.pictures.unproved) == (STARTS, [], (A, B))


def test_a_file_that_is_gone_since_is_named(stage: Stage) -> None:
    (stage.folder / "a.png").unlink()
    stage.pictures.want([A, B])
    stage.tell(DecoderReady())
    stage.decoded()
    assert (stage.told, list(stage.pictures.ready)) == (["a.png"], [B])
    assert "cannot be read" in stage.pictures.faults[0].rule


def test_what_was_put_right_is_looked_into_again(stage: Stage) -> None:
    """Its bytes are others, so it is another picture; the old fault is forgotten."""
    stage.pictures.prove([A])
    stage.tell(DecoderReady(), PictureRefused("damaged"))
    assert stage.told == ["a.png"]
    better = msgspec.structs.replace(A, content="other")
    stage.pictures.prove([better])
    stage.after(1_000)
    stage.tell(DecoderReady())
    stage.decoded()
    assert (stage.told, stage.pictures.unproved) == ([], ())


# The real child, doing wrong


def naughty(how: str) -> Link:
    return ChildProcess("picture", "tests.pictures.naughty", lambda link: (str(link), how))


@pytest.mark.parametrize("how", ["killed", "memory", "raise"])
def test_a_real_child_that_breaks_is_told_and_the_rest_is_looked_into(tmp_path: Path, how: str) -> None:
    """Killed by the system, out of bounds, broken: the film after it is decoded all the same."""
    folder = put(tmp_path / "site", bad_png=BAD, film_mp4=film(seconds(1)), late_png=b"\x89PNG\r\n\x1a\n")
    told = faults_of(
        [own("bad.png"), own("film.mp4"), own("late.png")], in_folder(folder), SystemClock(), lambda: naughty(how)
    )
    assert [fault.file for fault in told] == ["bad.png", "late.png"]
    bounded = REASONS[Refusal.MEMORY][0]
    assert told[0].rule == (bounded if how == "memory" else "the program that decodes it stopped or hung")


def test_a_real_child_that_hangs_is_ended(tmp_path: Path) -> None:
    """By the clock of the test: nobody waits for it."""
    clock, children = SimClock(), list[ChildProcess]()

    def start() -> Link:
        child = naughty("hang")
        assert isinstance(child, ChildProcess)
        children.append(child)
        return child

    folder = put(tmp_path / "site", bad_png=BAD)
    pictures = Pictures(clock, in_folder(folder), start)
    bad = OwnPicture(exercise="release-cheek", file="bad.png", side=own("x").side, reviewed_by="A. Reader")
    pictures.prove([bad])
    assert select.select([pictures], [], [], PATIENCE_S)[0]
    pictures.drain(clock.now_ms())  # it is ready, and was given the file
    clock.advance(DECODE_MS)
    pictures.drain(clock.now_ms())
    assert [fault.file for fault in pictures.faults] == ["bad.png"]
    child = os.pidfd_open(children[0].pid)
    assert select.select([child], [], [], PATIENCE_S)[0]
    os.close(child)
    assert children[0].gone()
    assert "SIGKILL" in children[0].epitaph()
    pictures.close()


def test_a_real_film_lies_in_memory_picture_by_picture(tmp_path: Path) -> None:
    """What the child wrote is what the kiosk sees, and the child is gone."""
    clock = SystemClock()
    pictures = Pictures(clock, in_folder(put(tmp_path / "site", a_mp4=film(seconds(1)))))
    picture = own("a.mp4")
    pictures.want([picture])
    while not pictures.ready and not pictures.faults:
        assert select.select([pictures], [], [], PATIENCE_S)[0]
        pictures.drain(clock.now_ms())
    shown = pictures.ready[picture]
    assert (shown.width, shown.height, shown.count, shown.frame_ms) == (240, 320, 13, 80)
    planes = np.frombuffer(shown.pixels, np.uint8).reshape(13, 480, 240)
    brightness = planes[:, 100, 100].astype(int)
    assert abs(brightness[1] - brightness[4]) < 5
    assert abs(brightness[1] - brightness[9]) > 20
    pictures.close()
