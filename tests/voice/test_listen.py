"""Recordings are decoded in a child: each kind of file, every damaged one, and whatever the child does."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from kiosk.devices.supervised import Link
from kiosk.faults import Fault
from kiosk.voice import listen
from kiosk.voice.bounds import MOST_S, RATE
from kiosk.voice.judge import RawVoice
from kiosk.voice.kept import wav_bytes
from kiosk.voice.listen import VoiceListener
from kiosk.voice.messages import ENCODER, SoundHeard
from tests.voice.made import file_of, speech


def memory(raw: bytes) -> int:
    """A descriptor of these bytes."""
    fd = os.memfd_create("recording")
    os.write(fd, raw)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


@pytest.fixture(scope="module")
def listener() -> Iterator[VoiceListener]:
    with VoiceListener() as listening:
        yield listening


@pytest.mark.parametrize("kind", ["wav", "ogg", "flac", "mp3"])
@pytest.mark.parametrize(("rate", "layout"), [(48_000, "mono"), (44_100, "stereo"), (24_000, "mono")])
def test_each_kind_of_file_is_heard(kind: str, rate: int, layout: str, listener: VoiceListener) -> None:
    """The same syllables come out, whatever the container, the rate and the number of channels."""
    found = listener.hear("one", memory(file_of(speech(1.5, rate=rate), kind, rate, layout)))
    assert isinstance(found, RawVoice)
    assert not found.clipped
    assert len(found.samples) == pytest.approx(1.5 * RATE, abs=0.12 * RATE)
    assert np.sqrt((found.samples**2).mean()) == pytest.approx(np.sqrt((speech(1.5) ** 2).mean()), rel=0.15)


def test_a_clipped_file_is_told(listener: VoiceListener) -> None:
    """Of the file as it is, before anything is made of it."""
    found = listener.hear("one", memory(file_of(np.clip(speech(2, 1.5, rate=44_100), -1, 1), rate=44_100)))
    assert isinstance(found, RawVoice)
    assert found.clipped


WAV = file_of(speech(1))


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "no WAV, OGG, MP3 or FLAC"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "no WAV, OGG, MP3 or FLAC"),
        (b"RIFF" + bytes(300), "damaged"),
        (b"OggS" + bytes(300), "damaged"),
        (WAV[:44], "damaged"),
        (wav_bytes(np.zeros(0, np.float32)), "no WAV, OGG, MP3 or FLAC"),
        (file_of(np.zeros((MOST_S + 1) * 8_000, np.float32), rate=8_000), f"longer than {MOST_S} seconds"),
        (WAV + bytes(18 << 20), "larger than 18 MiB"),
    ],
    ids=["empty", "playlist", "no wav", "no ogg", "only a head", "no samples", "endless", "huge"],
)
def test_a_file_that_holds_nothing_is_named(raw: bytes, says: str, listener: VoiceListener) -> None:
    """A sentence with the name of the file, and what to do."""
    found = listener.hear("two.wav", memory(raw))
    assert isinstance(found, Fault)
    assert says in str(found)
    assert str(found).startswith("two.wav: ")


@pytest.mark.parametrize("kind", ["wav", "ogg", "flac", "mp3"])
def test_whatever_the_bytes_there_is_an_answer(kind: str, listener: VoiceListener) -> None:
    """Cut off and with bytes changed anywhere: a recording or a fault, and the next file is heard all the same."""
    dice, whole = random.Random(5), file_of(speech(0.6), kind)
    for _ in range(25):
        raw = bytearray(whole[: dice.randrange(5, len(whole))])
        for _each in range(dice.randrange(12)):
            raw[dice.randrange(4, len(raw))] = dice.randrange(256)
        assert isinstance(listener.hear("three", memory(bytes(raw))), RawVoice | Fault)
    assert isinstance(listener.hear("four", memory(whole)), RawVoice)


class Naughty:
    """A child that answers what it is told to; None: it hangs up."""

    def __init__(self, answer: bytes | None, write: bytes = b"") -> None:
        self._answer, self._write = answer, write
        self._socket, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.ended = self.killed = False

    def fileno(self) -> int:
        return self._socket.fileno()

    def messages(self) -> list[bytes]:
        return [self._answer] if self._answer is not None else []

    def say(self, message: bytes, fds: Sequence[int] = ()) -> bool:
        os.pwrite(fds[1], self._write, 0)
        self._theirs.close()
        return True

    def hang_up(self) -> None: ...

    def kill(self) -> None:
        self.killed = True

    def gone(self) -> bool:
        return self.killed

    def epitaph(self) -> str:
        return ""


@pytest.mark.parametrize(
    ("answer", "write"),
    [
        (None, b""),
        (b"{", b""),
        (ENCODER.encode(SoundHeard(-1, False)), b""),
        (ENCODER.encode(SoundHeard(1 << 40, False)), b""),
        (ENCODER.encode(SoundHeard(2, False)), np.array([np.nan, 1], np.float32).tobytes()),
        (b'{"type":"unheard","why":"because"}', b""),
    ],
    ids=["gone", "no message", "fewer than none", "more than there are", "no number", "no reason"],
)
def test_a_child_that_says_what_cannot_be_is_replaced(answer: bytes | None, write: bytes) -> None:
    """The file at which it did so is named; the next one gets a new child, and no child is left behind."""
    first = Naughty(answer, write)
    children: list[Link] = [first]

    def start() -> Link:
        return children.pop() if children else listen.start_child()

    with VoiceListener(start) as listening:
        found = listening.hear("five.wav", memory(WAV))
        assert isinstance(found, Fault)
        assert "stopped or hung" in str(found)
        assert first.killed
        assert isinstance(listening.hear("six.wav", memory(WAV)), RawVoice)


def test_a_child_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    monkeypatch.setattr(listen, "WAIT_S", 0.0)
    with VoiceListener() as listening:
        assert isinstance(listening.hear("seven.wav", memory(WAV)), Fault)
