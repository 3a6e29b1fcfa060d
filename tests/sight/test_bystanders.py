"""Whoever else comes into the picture has agreed to nothing: films hold one face, in its movements."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from kiosk.devices.camera_frame import Frame, Pixels, Slots
from kiosk.face.model import Reading, Task, UnseenReason
from kiosk.sight.child import SightRun
from kiosk.sight.clips import ClipKept, FilmOrder
from kiosk.sight.messages import ENCODER, MOST_BYTES, TOLD, Asked, Finish, LookOrder, Memory

SIZE = (64, 36)
DUE = Task(key="a", neutral_to_ms=1)
AWAY = Task(key="a/away")


class Company:
    """A looker that sees ``other`` in every other picture, and has the next picture taken while it looks."""

    how = "mesh"

    def __init__(self, slots: Slots, other: Reading) -> None:
        self._slots, self._seq, self._other = slots, 0, other

    def take(self) -> None:
        self._seq += 1
        with self._slots.writing() as slot:
            assert slot is not None
            pixels, publish = slot
            pixels[:] = self._seq
            publish(Frame(pixels, 100 * self._seq, self._seq), 0, 0)

    def look(self, frame: Pixels, t_ms: int, task: Task) -> Reading:
        self.take()
        return self._other if t_ms // 100 % 2 else Reading(t_ms=t_ms, present=True)


@pytest.mark.parametrize(
    ("other", "tasks"),
    [
        pytest.param(Reading(t_ms=0, present=True, reason=UnseenReason.TWO_FACES), [DUE] * 12, id="a second face"),
        pytest.param(Reading(t_ms=0, reason=UnseenReason.NO_FACE), [DUE] * 12, id="nobody"),
        pytest.param(Reading(t_ms=0, present=True), [AWAY, DUE] * 6, id="somebody, while the person is away"),
    ],
)
def test_only_the_person_in_their_movements_is_filmed(tmp_path: Path, other: Reading, tasks: list[Task]) -> None:
    """Half of twelve pictures must not be kept: the film holds the others."""
    slots = Slots.create(SIZE)
    looker = Company(slots, other)
    looker.take()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        socket.send_fds(ours, [ENCODER.encode(Memory(SIZE))], [slots.fd])
        asked: list[Asked] = [FilmOrder(str(tmp_path / "a.mp4"), 1 << 20), *map(LookOrder, tasks), Finish()]
        for message in asked:
            ours.send(ENCODER.encode(message))
        ours.shutdown(socket.SHUT_WR)
        SightRun(theirs, looker).run()
        theirs.shutdown(socket.SHUT_WR)
        told = []
        while answer := ours.recv(MOST_BYTES):
            told.append(TOLD.decode(answer))
    (film,) = [each for each in told if isinstance(each, ClipKept)]
    assert film.frames == 6
