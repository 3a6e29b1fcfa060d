"""The real microphone with programs that stand for ``arecord``, each good or bad in its own way; and its twin."""

from __future__ import annotations

import select
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kiosk.clock import SimClock
from kiosk.microphone.arecord import OPEN_MS, SILENCE_MS, ArecordMicrophone
from kiosk.microphone.port import RATE, SimMicrophone
from kiosk.signals import MicrophoneState, MicrophoneTrouble, Signal
from tests.patience import PATIENCE_S

CARDS = """00-00: MAI PCM i2s-hifi-0 : MAI PCM i2s-hifi-0 : playback 1
02-00: USB Audio : USB Audio : playback 1 : capture 1
03-00: USB Audio : USB Audio : capture 1
"""
HEARS = """echo "$@" > {args}
while :; do head -c 9600 /dev/zero; sleep 0.01; done"""
"""Says what it was asked for, then sound without end."""


class AtMicrophone:
    """A microphone whose program is a script of a shell."""

    def __init__(self, folder: Path, script: str, cards: str = CARDS) -> None:
        self.clock = SimClock()
        self.told: list[Signal] = []
        self.args = folder / "args.txt"
        program = folder / "record.sh"
        program.write_text("#!/bin/sh\n" + script.format(args=self.args) + "\n", encoding="utf-8")
        program.chmod(0o755)
        listed = folder / "pcm"
        listed.write_text(cards, encoding="utf-8")
        self.device = ArecordMicrophone(self.clock, str(program), listed)

    def news(self) -> Signal:
        """The next piece of news, waited for as the one wait does."""
        for _ in range(10_000):
            self.told += self.device.drain(self.clock.now_ms())
            if self.told:
                return self.told.pop(0)
            due_ms = self.device.deadline_ms()
            assert due_ms is not None
            assert select.select([self.device], [], [], PATIENCE_S)[0]
        raise AssertionError("there is no news")

    def gone(self) -> None:
        """The program has ended and was looked for."""
        for _ in range(round(PATIENCE_S / 0.02)):
            self.device.drain(self.clock.now_ms())
            if not self.device.is_open:
                return
            self.clock.advance(20)
            select.select([], [], [], 0.02)
        raise AssertionError("the program is still there")


@pytest.fixture
def at(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[AtMicrophone]:
    made = AtMicrophone(tmp_path, *request.param)
    yield made
    made.device.close()


script = pytest.mark.parametrize


@script("at", [(HEARS,)], indirect=True)
def test_it_records_until_it_is_stopped(at: AtMicrophone) -> None:
    """The first card that can record, one channel, the rate that was asked for; and closed at once."""
    at.device.start(60_000)
    assert at.news() == MicrophoneState(True, None, at.clock.now_ms())
    asked = at.args.read_text().split()
    assert asked[asked.index("-D") + 1] == "plughw:2,0"
    assert asked[asked.index("-r") + 1] == str(RATE)
    assert asked[asked.index("-d") + 1] == "61"
    assert at.device.is_open
    at.device.stop()
    at.gone()
    assert len(at.device.take()) >= 2
    assert at.device.take() == b"", "what was fetched is forgotten"
    assert at.device.deadline_ms() is None


@script("at", [(HEARS,)], indirect=True)
def test_it_stops_by_itself_at_its_longest(at: AtMicrophone) -> None:
    """Not one sample more is kept than was asked for."""
    at.device.start(500)
    now_ms = at.clock.now_ms()
    assert (at.news(), at.news()) == (MicrophoneState(True, None, now_ms), MicrophoneState(False, None, now_ms))
    assert len(at.device.take()) == 500 * RATE // 1_000 * 2
    at.gone()


@script(
    ("at", "trouble"),
    [
        (("", ""), MicrophoneTrouble.ABSENT),
        ((HEARS, "00-00: HDMI : HDMI : playback 1\n"), MicrophoneTrouble.ABSENT),
        (('echo "arecord: main:830: audio open error: Device or resource busy" >&2; exit 1',), MicrophoneTrouble.BUSY),
        (('echo "arecord: main:830: audio open error: No such file or directory" >&2; exit 1',),
         MicrophoneTrouble.ABSENT),
        (('echo "arecord: set_params:1398: Sample format non available" >&2; exit 1',), MicrophoneTrouble.REFUSED),
        (("exit 0",), MicrophoneTrouble.REFUSED),
    ],
    indirect=["at"],
    ids=["no cards", "no card that records", "busy", "unplugged", "other form", "ends at once"],
)  # fmt: skip
def test_one_that_cannot_be_opened_says_why(at: AtMicrophone, trouble: MicrophoneTrouble) -> None:
    """A word for each, and nothing stays open."""
    at.device.start(5_000)
    assert at.news() == MicrophoneState(False, trouble, at.clock.now_ms())
    at.gone()
    assert at.device.take() == b""


def test_a_program_that_is_missing_is_said(tmp_path: Path) -> None:
    """alsa-utils was taken out."""
    (tmp_path / "pcm").write_text(CARDS, encoding="utf-8")
    clock = SimClock()
    device = ArecordMicrophone(clock, str(tmp_path / "nothing"), tmp_path / "pcm")
    device.start(5_000)
    now_ms = clock.now_ms()
    assert device.drain(now_ms) == [MicrophoneState(False, MicrophoneTrouble.NO_PROGRAM, now_ms)]
    device.close()


@script("at", [("head -c 9600 /dev/zero; exit 1",)], indirect=True)
def test_one_that_ends_in_the_middle_is_gone(at: AtMicrophone) -> None:
    """It was unplugged while somebody spoke: half a sentence is not judged."""
    at.device.start(5_000)
    now_ms = at.clock.now_ms()
    assert at.news() == MicrophoneState(True, None, now_ms)
    assert at.news() == MicrophoneState(False, MicrophoneTrouble.GONE, now_ms)
    at.gone()


@script(
    ("at", "wait_ms"),
    [(("trap '' TERM; exec sleep 600",), OPEN_MS), (("head -c 9600 /dev/zero; exec sleep 600",), SILENCE_MS)],
    indirect=["at"],
    ids=["from the start", "in the middle"],
)
def test_one_that_hangs_is_ended(at: AtMicrophone, wait_ms: int) -> None:
    """Also one that does not listen to a request to end."""
    at.device.start(60_000)
    if wait_ms == SILENCE_MS:
        assert at.news() == MicrophoneState(True, None, at.clock.now_ms())
    due_ms = at.device.deadline_ms()
    assert due_ms == at.clock.now_ms() + wait_ms
    at.clock.advance(wait_ms)
    assert at.news() == MicrophoneState(False, MicrophoneTrouble.STUCK, at.clock.now_ms())
    at.gone()


def sim() -> tuple[SimClock, SimMicrophone]:
    clock = SimClock()
    return clock, SimMicrophone(clock)


def test_the_twin_hears_what_is_spoken_in_the_noise_of_a_room() -> None:
    """From the moment at which it hears, and for as long as it is open."""
    clock, twin = sim()
    words = np.full(RATE, 9_000, np.int16)
    twin.speak(words)
    twin.start(5_000)
    clock.advance(twin.OPEN_MS)
    assert twin.drain(clock.now_ms()) == [MicrophoneState(True, None, clock.now_ms())]
    clock.advance(2_000)
    assert twin.is_open
    twin.stop()
    heard = np.frombuffer(twin.take(), "<i2")
    assert len(heard) == 2 * RATE
    assert (np.abs(heard[:RATE] - 9_000) <= twin.ROOM).all()
    assert 0 < np.abs(heard[RATE:]).max() <= twin.ROOM
    assert (twin.is_open, twin.take()) == (False, b"")


def test_the_twin_stops_at_its_longest_and_may_have_troubles() -> None:
    """As a real one: its time is over, it is not there, it is pulled out."""
    clock, twin = sim()
    twin.start(1_000)
    clock.advance(twin.OPEN_MS)
    twin.drain(clock.now_ms())
    due_ms = twin.deadline_ms()
    assert due_ms == clock.now_ms() + 1_000
    clock.advance(1_000)
    assert twin.drain(clock.now_ms()) == [MicrophoneState(False, None, clock.now_ms())]
    twin.trouble = MicrophoneTrouble.ABSENT
    twin.start(1_000)
    assert twin.drain(clock.now_ms()) == [MicrophoneState(False, MicrophoneTrouble.ABSENT, clock.now_ms())]
    twin.trouble = None
    twin.start(1_000)
    twin.trouble = MicrophoneTrouble.GONE
    assert twin.drain(clock.now_ms()) == [MicrophoneState(False, MicrophoneTrouble.GONE, clock.now_ms())]
    assert not twin.is_open
