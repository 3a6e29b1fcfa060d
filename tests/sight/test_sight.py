"""The supervisor of whoever looks at pictures: whatever that one does, nothing waits and nothing old is shown."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from kiosk.devices.camera_frame import Slots
from kiosk.face.model import Midline, Reading, UnseenReason
from kiosk.sight.clips import ClipKept, ClipLost, FilmOrder
from kiosk.sight.messages import Finish, LookOrder, Memory, Ready, SightFailed, SightSeen
from kiosk.sight.sight import BAD_IN_A_ROW, Sight
from kiosk.sight.sight_sim import SimSight, Truth
from kiosk.signals import FaceState, Filmed, SightState
from tests.sight.stage import TASK, Stage, seen, states


def test_readings_arrive_and_can_be_asked_for() -> None:
    """The plain case: memory first, then one question a picture, and what was seen is there for a measure."""
    stage = Stage()
    stage.begin()
    begun = stage.now
    news = [signal for _ in range(5) for signal in stage.frame()]
    assert [type(asked) for asked in stage.child.heard[:3]] == [Memory, LookOrder, LookOrder]
    assert stage.memory is not None
    assert stage.child.fds == [stage.memory.fd]
    assert states(news) == [SightState(True, "", begun)]
    assert [reading.t_ms for reading in stage.sight.between(begun, stage.now)] == [begun + 100 * i for i in range(5)]
    assert [reading.t_ms for reading in stage.sight.between(begun + 100, begun + 299)] == [begun + 100, begun + 200]
    newest = stage.sight.latest(stage.now)
    assert newest is not None
    assert (newest.t_ms, newest.left) == (begun + 400, (1.0, -1.0))


def test_staff_learn_what_is_lacking_before_anybody_looks() -> None:
    """The status screen is read between sessions: missing models are named there, and how to get them."""
    stage = Stage()
    assert "not in models" in stage.sight.lacking
    assert "`kiosk models --to models`" in stage.sight.lacking
    stage.begin()
    assert stage.sight.lacking == ""


def test_no_child_without_a_frame_and_none_after_close() -> None:
    """A kiosk without a camera pays nothing for sight; at check-out the child goes, and is killed if it does not."""
    stage = Stage()
    stage.sight.open()
    assert stage.after(60_000) == []
    assert stage.children == []
    stage.begin()
    stage.sight.close()
    assert (stage.child.hung_up, stage.child.killed, stage.sight.how) == (True, False, "")
    killed = []
    for ms in (3_900, 200):
        stage.after(ms)
        killed.append(stage.child.killed)
    assert killed == [False, True]
    stage.sight.offer(stage.now)
    assert len(stage.children) == 1
    assert stage.sight.deadline_ms() is None


def test_one_picture_at_a_time_and_the_newest() -> None:
    """While the child looks, frames are forgotten, not queued: what it looks at next is new."""
    stage = Stage()
    stage.begin()
    for _ in range(30):
        stage.sight.offer(stage.now)
        stage.clock.advance(33)
    assert stage.child.looks == 1
    stage.child.tell(SightSeen(seen(stage.now - 900), 800.0))
    stage.after(1)
    stage.clock.advance(2_000)
    stage.sight.offer(stage.now)
    assert stage.child.looks == 2


def test_nothing_is_looked_at_without_a_task() -> None:
    """During massage the face is the person's own: no picture is looked at, nothing is told about the face."""
    stage = Stage()
    stage.begin(None)
    assert [signal for _ in range(20) for signal in stage.frame()] == []
    assert stage.child.looks == 0


def test_another_camera_run_gives_its_memory() -> None:
    """The camera restarts with new memory: it is handed over before the next question."""
    stage = Stage()
    stage.begin()
    stage.frame()
    stage.memory = None
    stage.frame()
    assert stage.child.looks == 1, "no camera, nothing to look at"
    stage.memory = Slots.create((640, 360))
    stage.frame()
    assert stage.child.heard[-2:] == [Memory((640, 360)), LookOrder(TASK)]
    assert stage.child.fds[-1] == stage.memory.fd


# -- never an old reading


def test_a_reading_vanishes_after_a_second() -> None:
    """Rule 8 for measures: a cue about a face that nobody has looked at since is a lie."""
    stage = Stage()
    stage.begin()
    stage.frame(wait_ms=0)
    taken = stage.now
    assert stage.sight.latest(taken + 1_000) is not None
    assert stage.sight.latest(taken + 1_001) is None


def test_another_task_forgets_and_an_answer_to_the_old_one_is_dropped() -> None:
    """What was measured against another resting face must not be taken for this movement."""
    stage = Stage()
    stage.begin()
    stage.frame()
    stage.sight.offer(stage.now)
    stage.sight.watch(msgspec.structs.replace(TASK, key="b"))
    assert stage.sight.latest(stage.now) is None
    stage.child.tell(SightSeen(seen(stage.now), 10.0))
    stage.after(100)
    assert stage.sight.latest(stage.now) is None
    stage.frame()
    assert len(stage.sight.between(0, stage.now)) == 1


def test_what_was_seen_stays_until_another_task() -> None:
    """The repetition is measured when it is over, and then nobody is looked at any more."""
    stage = Stage()
    stage.begin()
    stage.frame()
    stage.sight.watch(None)
    assert len(stage.sight.between(0, stage.now)) == 1


def test_memory_is_bounded() -> None:
    """A task that is never changed keeps a minute and a half, not a day."""
    stage = Stage()
    stage.begin()
    for _ in range(1_200):
        stage.frame()
    kept = stage.sight.between(0, stage.now)
    assert 890 <= len(kept) <= 901
    assert kept[0].t_ms >= stage.now - 90_200


# -- faults of the child


def test_a_child_that_ends_comes_back_with_backoff() -> None:
    """Killed again and again: 2, 4, 8, 16, 20, 20 s apart, and once it has worked for a while, 2 s again."""
    stage = Stage()
    stage.begin()
    stage.frame()
    waits = []
    for _ in range(6):
        stage.child.ended = stage.child.dead = True
        news = stage.after(0)
        assert [state.ok for state in states(news)] in ([False], [])
        assert stage.sight.latest(stage.now + 1_001) is None
        died, count = stage.now, len(stage.children)
        while len(stage.children) == count:
            due = stage.sight.deadline_ms()
            assert due is not None
            stage.after(max(1, due - stage.now))
        waits.append(round((stage.now - died) / 1000))
    assert waits == [2, 4, 8, 16, 20, 20]
    stage.child.tell(Ready("fallback", "no models"))
    news = [signal for _ in range(120) for signal in stage.frame()]
    assert [state.ok for state in states(news)] == [True]
    assert (stage.sight.how, stage.sight.lacking) == ("fallback", "no models")
    stage.child.ended = stage.child.dead = True
    stage.after(0)
    assert stage.sight.deadline_ms() is not None
    stage.after(2_000)
    assert len(stage.children) == 8


def test_a_child_that_hangs_is_killed_after_two_seconds() -> None:
    """Its silence wakes nobody, so a deadline must; an answer that was only read late is no hang."""
    stage = Stage()
    stage.begin()
    stage.frame()
    stage.sight.offer(stage.now)
    hung = stage.child
    assert stage.sight.deadline_ms() == stage.now + 2_000
    assert states(stage.after(1_999)) == []
    news = stage.after(1)
    assert [(state.ok, "did not answer for 2 s" in state.cause) for state in states(news)] == [(False, True)]
    assert hung.killed
    late = Stage()
    late.begin()
    late.sight.offer(late.now)
    late.child.tell(SightSeen(seen(late.now), 20.0))
    late.clock.advance(5_000)
    assert [state.ok for state in states(late.sight.drain(late.now))] == [True]


def test_a_child_that_never_gets_ready_is_killed() -> None:
    """A library that hangs while it loads: another is tried, and the session has gone on all the time."""
    stage = Stage()
    stage.sight.open()
    stage.sight.offer(stage.now)
    news = stage.after(15_000)
    assert [state.ok for state in states(news)] == [False]
    assert "15 s" in states(news)[0].cause
    assert stage.children[0].killed


def test_a_child_that_cannot_be_started_is_tried_again() -> None:
    """No memory for another process just now."""
    stage = Stage()
    stage.refused = OSError(12, "Cannot allocate memory")
    stage.sight.open()
    stage.sight.offer(stage.now)
    assert "Cannot allocate memory" in states(stage.after(0))[0].cause
    stage.refused = None
    stage.after(2_000)
    assert len(stage.children) == 1


def test_its_last_words_reach_staff() -> None:
    """A bug in a library is told by name, not as silence."""
    stage = Stage()
    stage.begin()
    stage.child.tell(SightFailed("the sight program broke: error: bad argument"))
    assert "bad argument" in states(stage.after(0))[0].cause


NAN = float("nan")
WRONG: list[Callable[[int], bytes | SightSeen]] = [
    lambda now: SightSeen(seen(now, roll_deg=NAN), 5.0),
    lambda now: SightSeen(seen(now, left=(float("inf"), 0.0)), 5.0),
    lambda now: SightSeen(seen(now, aperture_left=NAN), 5.0),
    lambda now: SightSeen(seen(now, midline=Midline(NAN, 0.0, 0.0)), 5.0),
    lambda now: SightSeen(seen(now, eyes_px=3.0), 5.0),
    lambda now: SightSeen(seen(now, eyes_px=5_000.0), 5.0),
    lambda now: SightSeen(seen(now, centre=(-400.0, 300.0)), 5.0),
    lambda now: SightSeen(seen(now, midline=Midline(640.0, 900.0, 0.0)), 5.0),
    lambda now: SightSeen(seen(now, right=(0.0, 80.0)), 5.0),
    lambda now: SightSeen(seen(now, score=1.5), 5.0),
    lambda now: SightSeen(seen(now, yaw_deg=400.0), 5.0),
    lambda now: SightSeen(seen(now, aperture_right=-1.0), 5.0),
    lambda now: SightSeen(seen(now, lids_left=-0.1), 5.0),
    lambda now: SightSeen(seen(now, lids_right=NAN), 5.0),
    lambda now: SightSeen(seen(now, points=b"x" * 20_000), 5.0),
    lambda now: SightSeen(seen(now + 60_000), 5.0),
    lambda now: SightSeen(seen(now - 500), 5.0),
    lambda now: SightSeen(seen(now), NAN),
    lambda _: b"\x00\xffgarbage",
    lambda _: b"",
    lambda _: msgspec.msgpack.encode({"type": "seen", "reading": {"t_ms": "soon"}}),
    lambda _: msgspec.msgpack.encode({"type": "hello"}),
]


@pytest.mark.parametrize("wrong", range(len(WRONG)))
def test_nonsense_is_dropped_and_then_ends_the_child(wrong: int) -> None:
    """NaN, a face of three pixels, points outside, times that cannot be, other types, bytes: none becomes a reading.

    One slip costs one picture. After three in a row the child is killed, and comes back.
    """
    stage = Stage()
    stage.begin()
    stage.frame()
    for count in range(BAD_IN_A_ROW):
        stage.after(100)
        stage.sight.offer(stage.now)
        assert stage.child.looks == 2 + count
        said = WRONG[wrong](stage.now)
        stage.child.says += [said] if isinstance(said, bytes) else []
        stage.child.tell(*([said] if isinstance(said, SightSeen) else []))
        news = stage.after(0)
        assert len(stage.sight.between(0, stage.now + 100_000)) == 1
        assert [state.ok for state in states(news)] == ([False] if count == BAD_IN_A_ROW - 1 else [])
    assert "cannot be" in states(news)[0].cause
    assert stage.children[0].killed
    stage.after(2_000)
    stage.child.tell(Ready("mesh"))
    stage.after(1)
    assert [state.ok for state in states(stage.frame())] == [True]


def test_nonsense_now_and_then_is_no_fault() -> None:
    """Two odd answers, a good one, two odd ones: the count begins anew."""
    stage = Stage()
    stage.begin()
    news = []
    for number in range(30):
        news += stage.frame(eyes_px=140.0 if number % 3 == 2 else 3.0)
    assert [state.ok for state in states(news)] == [True]
    assert len(stage.children) == 1


def test_answers_that_nobody_asked_for_end_the_child() -> None:
    """A child that talks by itself could bury the kiosk in readings."""
    stage = Stage()
    stage.begin()
    stage.child.tell(*[SightSeen(seen(stage.now), 1.0)] * 3)
    assert [state.ok for state in states(stage.after(0))] == [False]


def test_a_deaf_child_is_noticed_by_its_end() -> None:
    """What cannot be told is not counted as asked: nobody waits for that answer."""
    stage = Stage()
    stage.begin()
    stage.child.deaf = True
    stage.sight.offer(stage.now)
    assert stage.sight.deadline_ms() is None


# -- is a face there?


def faces(stage: Stage, present: bool, count: int) -> list[bool]:
    news = []
    for _ in range(count):
        news += stage.frame(present=present, reason=UnseenReason.NONE if present else UnseenReason.NO_FACE)
    return [signal.present for signal in news if isinstance(signal, FaceState)]


def test_a_face_is_told_when_it_comes_and_goes_not_when_it_flickers() -> None:
    """A blink of the tracker must not pause a movement; a person who left must be noticed."""
    stage = Stage()
    stage.begin()
    assert faces(stage, True, 5) == [True]
    assert faces(stage, False, 4) == []
    assert faces(stage, True, 5) == []
    assert faces(stage, False, 12) == [False]
    assert faces(stage, True, 1) == []
    assert faces(stage, True, 3) == [True]
    stage.sight.watch(msgspec.structs.replace(TASK, key="b"))
    assert faces(stage, True, 5) == [True], "a new stretch is told anew"


def test_an_old_picture_tells_nothing_about_the_face() -> None:
    """A board that needs two seconds for a picture would else report a person who is back as gone."""
    stage = Stage()
    stage.begin()
    for _ in range(8):
        stage.sight.offer(stage.now)
        asked = stage.now
        stage.clock.advance(1_500)
        stage.child.tell(SightSeen(seen(asked, present=False), 1_400.0))
        assert not [signal for signal in stage.after(1_500) if isinstance(signal, FaceState)]


# -- films


def film(name: str) -> FilmOrder:
    return FilmOrder(name, 1_000)


def test_every_film_is_told_about_once() -> None:
    """Whole, lost, cut short by a fault, or asked for while nobody looks: whoever asked learns what became of it."""
    stage = Stage()
    stage.sight.record(film("0"))
    assert stage.sight.films() == (ClipLost("0", "stopped"),)
    stage.begin()
    stage.sight.record(film("1"))
    stage.sight.record(film("2"))
    stage.sight.finish()
    assert stage.child.heard[-3:] == [film("1"), film("2"), Finish()]
    kept = ClipKept("1", 10, "ab" * 32, False, 3)
    stage.child.tell(kept, kept, ClipLost("unknown", "disk"))
    assert [signal for signal in stage.after(0) if isinstance(signal, Filmed)] == [Filmed(stage.now)]
    assert stage.sight.films() == (kept,)
    stage.child.ended = stage.child.dead = True
    stage.after(0)
    stage.after(100)
    assert stage.sight.films() == (ClipLost("2", "stopped"),)


def test_a_film_that_is_written_while_the_child_leaves_is_kept() -> None:
    """Check-out comes a moment after the last movement: its film must not be lost for that."""
    stage = Stage()
    stage.begin()
    stage.sight.record(film("1"))
    stage.sight.close()
    kept = ClipKept("1", 10, "ab" * 32, False, 3)
    stage.child.tell(kept)
    stage.after(100)
    assert stage.sight.films() == (kept,)


def test_at_the_end_a_film_is_waited_for_and_no_longer_than_allowed() -> None:
    """A child that tells of its film in time is heard; one that hangs is killed, and its film is told to be lost."""
    stage = Stage()
    stage.begin()
    stage.sight.record(film("1"))
    kept = ClipKept("1", 10, "ab" * 32, False, 3)
    stage.child.tell(kept)
    stage.sight.settle(100)
    assert stage.sight.films() == (kept,)
    assert not stage.child.killed
    stage = Stage()
    stage.begin()
    stage.sight.record(film("2"))
    stage.sight.settle(100)
    assert stage.child.killed
    assert stage.sight.films() == (ClipLost("2", "stopped"),)


# -- its twin


def test_the_twin_has_the_surface_of_the_real_one() -> None:
    """Whatever the kiosk may do with the one it may do with the other."""
    real = Stage().sight
    twin = SimSight(Stage().clock, lambda _: Truth())
    assert isinstance(real, Sight)
    assert {n for n in dir(real) if not n.startswith("_")} <= {n for n in dir(twin) if not n.startswith("_")}


def test_a_reading_without_a_face_may_have_nothing_in_it() -> None:
    """An empty room is no nonsense."""
    stage = Stage()
    stage.begin()
    for _ in range(5):
        stage.sight.offer(stage.now)
        stage.child.tell(SightSeen(Reading(t_ms=stage.now, reason=UnseenReason.NO_FACE), 5.0))
        stage.after(100)
    assert len(stage.sight.between(0, stage.now)) == 5
