"""Shared pictures: whole, newest first, and nobody waits."""

from __future__ import annotations

import mmap
import os
import select
import socket
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.devices.camera import ChildLink
from kiosk.devices.camera_child import CameraRun
from kiosk.devices.camera_frame import IDLE_MS, SLOTS, CameraPlan, Frame, FrameShot, Pixels, Slots
from kiosk.errors import CameraError

SIZE = (64, 36)


def pair() -> tuple[Slots, Slots]:
    """The kiosk's and the child's view of the same memory."""
    ours = Slots.create(SIZE)
    return ours, Slots.join(os.dup(ours.fd), SIZE)


def write(child: Slots, seq: int) -> bool:
    with child.writing() as slot:
        if slot is None:
            return False
        into, publish = slot
        into[:] = seq % 251
        publish(Frame(into, 1_000 + seq, seq), seq * 7, seq * 9)
    return True


def whole(pixels: Pixels, seq: int) -> bool:
    return bool((pixels == seq % 251).all())


def test_the_newest_picture_wins_and_older_ones_are_dropped() -> None:
    """A kiosk that was busy must see what is, not what was."""
    ours, child = pair()
    assert ours.newest(0) is None
    for seq in range(1, 40):
        assert write(child, seq)
    seen = ours.newest(0)
    assert seen is not None
    assert (seen.frame.seq, seen.frame.t_ms, seen.stamp, seen.content) == (39, 1_039, 273, 351)
    assert whole(seen.frame.pixels, 39)
    assert ours.newest(39) is None
    with pytest.raises(ValueError, match="read-only"):
        seen.frame.pixels[0, 0] = 1


def test_a_picture_that_is_held_is_never_overwritten_and_is_freed_when_let_go() -> None:
    """Face tracking may look at one picture for longer than the screen; views of it count as holding it."""
    ours, child = pair()
    held: list[tuple[int, Pixels]] = []
    for seq in range(1, SLOTS + 1):
        assert write(child, seq)
        seen = ours.newest(0)
        assert seen is not None
        held.append((seen.frame.seq, seen.frame.pixels[4:20, ::-1, :3]))
        del seen
    assert not write(child, 100), "with every slot held there is no room"
    assert len(held) == SLOTS
    assert all(whole(pixels, number) for number, pixels in held)
    held.pop(0)
    assert write(child, 101)
    seen = ours.newest(held[-1][0])
    assert seen is not None
    assert whole(seen.frame.pixels, 101)


def test_an_unfinished_picture_is_never_seen() -> None:
    """A child that dies in the middle of a picture leaves the one before it as the newest, and no lock behind."""
    ours, child = pair()
    write(child, 1)
    with child.writing() as slot:
        assert slot is not None
        slot[0][:10] = 99
    seen = ours.newest(0)
    assert seen is not None
    assert whole(seen.frame.pixels, 1)
    half = child.writing()
    half.__enter__()
    del half, child, seen
    again = Slots.join(os.dup(ours.fd), SIZE)
    for seq in range(2, 2 + 3 * SLOTS):
        assert write(again, seq)


def test_slots_that_have_lain_idle_hold_no_memory_and_come_again() -> None:
    """All five are wanted in a rush; afterwards each that is kept would be four megabytes for nothing."""
    ours, child = pair()
    held: list[Pixels] = []
    for seq in range(1, SLOTS):
        write(child, seq)
        seen = ours.newest(0)
        assert seen is not None
        held.append(seen.frame.pixels)
        del seen
    write(child, SLOTS)
    rush = os.fstat(ours.fd).st_blocks
    kept = held[0]
    held.clear()
    for seq in (SLOTS + 1, SLOTS + 2):
        write(child, seq)
    assert os.fstat(ours.fd).st_blocks == rush, "so soon it may be wanted again"
    later = SLOTS + 3 + IDLE_MS
    for seq in range(later, later + 3):
        write(child, seq)
    assert os.fstat(ours.fd).st_blocks < 0.7 * rush
    assert whole(kept, 1), "what is held stays as it is, however long"
    held.append(kept)
    for seq in range(later + 3, later + 2 + SLOTS):
        assert write(child, seq)
        seen = ours.newest(later)
        assert seen is not None
        assert whole(seen.frame.pixels, seq)
        held.append(seen.frame.pixels)
        del seen
    assert os.fstat(ours.fd).st_blocks == rush


def test_whoever_still_believes_the_newest_picture_lies_in_a_slot_given_back_finds_none() -> None:
    """The kiosk reads the number of the slot and then locks it; in between the slot may go, and its picture with it."""
    ours, child = pair()
    page = mmap.mmap(ours.fd, mmap.PAGESIZE)
    write(child, 1)
    held = ours.newest(0)
    write(child, 2)
    write(child, 3)
    believed = page[-1]
    del held
    write(child, 4 + IDLE_MS)
    assert page[-1] != believed
    page[-1] = believed
    assert ours.newest(0) is None


class Patient:
    """A backend that counts the free slots whenever it is asked to wait."""

    is_sensor = False

    def __init__(self, ours: Slots) -> None:
        # One for each slot: a lock is no hindrance to the opening that holds it.
        self._others = [Slots.join(os.dup(ours.fd), SIZE) for _ in range(SLOTS)]
        self.free: list[int] = []

    def open(self) -> None:
        pass

    def wait(self) -> FrameShot:
        with ExitStack() as taken:
            self.free.append(sum(taken.enter_context(each.writing()) is not None for each in self._others))
        if len(self.free) == 4:
            raise CameraError("that was the film")
        return FrameShot(1_000 + len(self.free))

    def fill(self, into: Pixels) -> None:
        into[:] = 9

    def close(self) -> None:
        pass


def test_no_slot_is_held_while_the_next_picture_is_waited_for() -> None:
    """It would be one more in memory, four megabytes for nothing: only the newest picture keeps its place."""
    ours, child = pair()
    patient = Patient(ours)
    kiosk, link = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with kiosk, link:
        CameraRun(CameraPlan(("webcam",), SIZE, 30), link, child, lambda *_: patient).run()
    assert patient.free == [SLOTS, SLOTS - 1, SLOTS - 1, SLOTS - 1]


def test_no_descriptor_is_left_behind() -> None:
    """A kiosk restarts its camera for months: memory and descriptors of old children must go."""
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        ours, child = pair()
        write(child, 1)
        seen = ours.newest(0)
        assert seen is not None
        del ours, child, seen
    assert len(os.listdir("/proc/self/fd")) <= before


@pytest.mark.parametrize("count", [250, pytest.param(6_000, marks=pytest.mark.slow)])
def test_torn_pictures_are_never_seen(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that writes as fast as it can, a screen, and a slower tracker in a thread: every picture is whole."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    link = ChildLink(CameraPlan(("webcam",), (640, 360), 30, "", "hammer"), "tests.devices.camera_children")
    torn: list[str] = []
    mail: list[Frame] = []
    go_on = threading.Event()
    go_on.set()

    def tracker() -> None:
        while go_on.is_set():
            if mail:
                frame = mail.pop()
                mail.clear()
                for _ in range(3):
                    if not whole(frame.pixels, frame.seq):
                        torn.append(f"tracker saw a torn picture {frame.seq}")

    thread = threading.Thread(target=tracker)
    thread.start()
    last = looked = 0
    try:
        while looked < count:
            assert select.select([link], [], [], 20)[0]
            link.messages()
            assert not link.ended, link.epitaph()
            seen = link.newest(last)
            if seen is None:
                continue
            assert seen.frame.seq > last
            last, looked = seen.frame.seq, looked + 1
            mail.append(seen.frame)
            if not whole(seen.frame.pixels, last):
                torn.append(f"screen saw a torn picture {last}")
    finally:
        go_on.clear()
        thread.join()
        link.kill()
        while not link.gone():
            select.select([link], [], [], 0.01)
    assert not torn
    assert last > looked, "the child must have outrun the reader for this to mean anything"
