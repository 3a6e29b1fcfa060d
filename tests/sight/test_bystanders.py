"""Whoever else comes into the picture has agreed to nothing: pictures with two faces are in no film."""

from __future__ import annotations

import socket
from pathlib import Path

from kiosk.devices.camera_frame import Frame, Pixels
from kiosk.devices.camera_memory import Slots
from kiosk.face.model import Reading, Reason, Task
from kiosk.sight.child import Child
from kiosk.sight.clips import ClipKept, Record
from kiosk.sight.messages import ENCODER, MOST_BYTES, TOLD, Asked, Finish, Look, Memory

SIZE = (64, 36)


class Company:
    """A looker that finds a second face in every other picture, and has the next picture taken while it looks."""

    how = "mesh"

    def __init__(self, slots: Slots) -> None:
        self._slots, self._seq = slots, 0

    def take(self) -> None:
        self._seq += 1
        with self._slots.writing() as slot:
            assert slot is not None
            pixels, publish = slot
            pixels[:] = self._seq
            publish(Frame(pixels, 100 * self._seq, self._seq), 0, 0)

    def look(self, frame: Pixels, t_ms: int, task: Task) -> Reading:
        self.take()
        reason = Reason.TWO_FACES if t_ms // 100 % 2 else Reason.NONE
        return Reading(t_ms=t_ms, present=True, reason=reason)


def test_a_second_face_is_never_filmed(tmp_path: Path) -> None:
    """Half of twelve pictures show somebody else as well: the film holds the others."""
    slots = Slots.create(SIZE)
    looker = Company(slots)
    looker.take()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        socket.send_fds(ours, [ENCODER.encode(Memory(SIZE))], [slots.fd])
        asked: list[Asked] = [Record(str(tmp_path / "a.mp4"), 1 << 20), *[Look(Task())] * 12, Finish()]
        for message in asked:
            ours.send(ENCODER.encode(message))
        ours.shutdown(socket.SHUT_WR)
        Child(theirs, looker).run()
        theirs.shutdown(socket.SHUT_WR)
        told = []
        while answer := ours.recv(MOST_BYTES):
            told.append(TOLD.decode(answer))
    (film,) = [each for each in told if isinstance(each, ClipKept)]
    assert film.frames == 6
