"""Taking the lids at the desk: two readings, each when staff say so, and only what stands goes into the plan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.care.lids import ONE_SIDED, held, readings, stands
from kiosk.care.model import Side
from kiosk.care.person import LidsTaken, Person
from kiosk.desk.effects import ReadLids, SavePerson, WatchLids
from kiosk.desk.model import StaffPlace
from kiosk.desk.shown import LidsSeen
from kiosk.menus import staff
from kiosk.planning import lids
from kiosk.planning.items import CAMERA, CLOSING, SECTIONS
from kiosk.planning.lids import AGAIN, KEEP, READ, STAYS_OPEN, WATCHED
from kiosk.signals import Button
from tests.care.people import DAY, PARETIC
from tests.menus.menus import AtDesk, staff_data

EYES = next(f"section:{n}" for n, section in enumerate(SECTIONS) if "lids" in section)
OPEN, CLOSED = LidsSeen(9.1, 8.8), LidsSeen(2.4, 2.6)


def at_the_lids(person: Person = PARETIC) -> AtDesk:
    """A therapist before the question about the lids."""
    desk = AtDesk.entered(staff_data(person, sees=True))
    desk.choose("person", EYES, "lids")
    return desk


def taken(*seen: LidsSeen, desk: AtDesk | None = None) -> AtDesk:
    """The same desk, after readings: open, closed."""
    desk = desk or at_the_lids()
    desk.choose(CAMERA)
    for one in seen:
        desk.choose(READ)
        desk.send(one)
    return desk


def saved(desk: AtDesk) -> Person:
    desk.choose("save")
    (effect,) = desk.of(SavePerson)
    person: Person = effect.person
    return person


def test_open_and_gently_closed_go_into_the_plan_with_who_and_when() -> None:
    """Two readings, each when staff press, are kept with the plan once it is saved; each change is told by itself."""
    desk = taken(OPEN, CLOSED)
    assert desk.at(StaffPlace.LIDS_TAKEN)
    assert desk.of(ReadLids) == [ReadLids()] * 2
    assert desk.of(SavePerson) == []
    desk.choose(KEEP)
    assert desk.at(StaffPlace.REVIEW)
    person = saved(desk)
    assert person.lids == ONE_SIDED
    assert person.lids_taken == LidsTaken(
        open_left=9.1, open_right=8.8, closed_left=2.4, closed_right=2.6, taken_on=DAY, by="therapist-1"
    )
    (effect,) = desk.of(SavePerson)
    told = {change.item: change.value for change in effect.changes}
    assert told == {
        "lids": "both-close",
        "lids.open_left": "9.1",
        "lids.open_right": "8.8",
        "lids.closed_left": "2.4",
        "lids.closed_right": "2.6",
    }
    assert person.full_eye_closure is PARETIC.full_eye_closure, "no measure sets full eye closure"


def test_camera_and_looker_run_only_beside_the_mirror() -> None:
    """They are let go with the pages that show the picture: by red, by the question which eye, by what was read."""
    desk = taken(OPEN)
    assert desk.of(WatchLids) == [WatchLids(True)]
    desk.choose(STAYS_OPEN)
    assert desk.of(WatchLids)[1:] == [WatchLids(False)]
    desk.press(Button.RED)
    assert desk.of(WatchLids)[2:] == [WatchLids(True)]
    desk.choose(READ)
    desk.send(CLOSED)
    assert desk.of(WatchLids)[3:] == [WatchLids(False)]


def test_idle_staff_leave_no_camera_running() -> None:
    """Somebody is called away: the picture goes with the desk, and nothing is kept."""
    desk = taken(OPEN)
    desk.wait(desk.state.data.idle_ms)
    assert desk.state.left
    assert desk.of(WatchLids) == [WatchLids(True), WatchLids(False)]
    assert desk.of(SavePerson) == []


@pytest.mark.parametrize("why", ["turned", "too-dark", "no-face", "restless"])
def test_a_reading_that_failed_names_its_reason_and_may_be_tried_again(why: str) -> None:
    """Nothing is taken of a face that was turned, unseen or restless; the page says which, and waits."""
    desk = taken(LidsSeen(why=why))
    assert (desk.state.place, desk.state.frame.message) == (StaffPlace.LIDS_OPEN, why)
    desk.choose(READ)
    assert desk.state.frame.message == lids.READING
    assert staff.options(desk.state) == ()
    desk.send(OPEN)
    assert desk.at(StaffPlace.LIDS_CLOSED)


def test_two_readings_that_disagree_are_not_stored() -> None:
    """An eye that reads as open as before was not closed, or not the one that was looked at: both are taken anew."""
    desk = taken(OPEN, LidsSeen(7.9, 8.1))
    assert (desk.state.place, desk.state.frame.message) == (StaffPlace.LIDS_OPEN, lids.DISAGREE)
    assert desk.state.draft is not None
    assert desk.state.draft.lids_taken is None
    for seen in (OPEN, LidsSeen(7.9, 2.6)):
        desk.choose(READ)
        desk.send(seen)
    desk.choose(KEEP)
    kept = saved(desk).lids_taken
    assert kept is not None
    assert readings(kept, Side.LEFT) == (None, None), "of a side that closes both readings or neither"
    assert readings(kept, Side.RIGHT) == (8.8, 2.6)


@pytest.mark.parametrize(
    ("answer", "closes", "closed"),
    [("left-stays-open", (Side.RIGHT,), (None, 2.6)), ("right-stays-open", (Side.LEFT,), (2.4, None))],
)
def test_an_eye_that_does_not_close_has_no_closed_reading(
    answer: str, closes: tuple[Side, ...], closed: tuple[float | None, float | None]
) -> None:
    """Staff say so, and whatever the camera makes of that eye is not kept."""
    desk = taken(OPEN)
    desk.choose(STAYS_OPEN, answer, READ)
    desk.send(CLOSED)
    desk.choose(KEEP)
    person = saved(desk)
    assert person.lids == closes
    assert person.lids_taken is not None
    assert (person.lids_taken.closed_left, person.lids_taken.closed_right) == closed


def test_where_neither_eye_closes_nothing_more_is_read() -> None:
    """Nobody waits for lashes that will not meet; going back from there is to the same question."""
    desk = taken(OPEN)
    desk.choose(STAYS_OPEN, "both-stay-open")
    assert desk.at(StaffPlace.LIDS_TAKEN)
    desk.press(Button.RED)
    assert desk.at(StaffPlace.LIDS_CLOSED)
    assert lids.closing(desk.state) == ONE_SIDED
    desk.choose(STAYS_OPEN, "both-stay-open", KEEP)
    person = saved(desk)
    assert person.lids == ()
    assert person.lids_taken is not None
    assert (person.lids_taken.closed_left, person.lids_taken.closed_right) == (None, None)


def test_take_again_begins_with_open_eyes() -> None:
    """Whoever doubts what was read takes both, and the plan is as it was until then."""
    desk = taken(OPEN, CLOSED)
    desk.choose(AGAIN)
    assert desk.at(StaffPlace.LIDS_OPEN)
    assert desk.state.draft == PARETIC


def test_a_late_answer_is_for_nobody() -> None:
    """The page was left while it was read, or read anew: what comes late goes nowhere."""
    desk = taken(OPEN)
    desk.choose(READ)
    desk.press(Button.RED)
    before = desk.state
    desk.send(CLOSED)
    assert desk.state == before


def test_without_a_camera_it_is_answered_by_eye() -> None:
    """The way of before: nothing is offered that cannot be done, and what was read stays as far as it holds."""
    blind = AtDesk.entered(staff_data(PARETIC, sees=False))
    blind.choose("person", EYES, "lids")
    assert staff.options(blind.state) == tuple(CLOSING)
    read = LidsTaken(open_left=9.0, open_right=9.0, closed_left=2.0, closed_right=2.0, by="therapist-1")
    desk = at_the_lids(replace(PARETIC, lids=ONE_SIDED, lids_taken=read))
    desk.choose("left-stays-open")
    assert desk.of(SavePerson)[-1].person.lids_taken == replace(read, closed_left=None)


def test_an_eye_that_stays_open_vouches_for_no_other() -> None:
    """Staff say that the left one stays open: what it reads is nothing, and the right one alone has to agree."""
    desk = taken(OPEN)
    desk.choose(STAYS_OPEN, "left-stays-open", READ)
    desk.send(LidsSeen(2.4, 8.1))
    assert desk.state.frame.message == lids.DISAGREE


mm = st.none() | st.floats(0, 40)
seen_lids = st.builds(LidsSeen, mm, mm) | st.builds(LidsSeen, why=st.sampled_from(["turned", "lids-unclear"]))
sides = st.sampled_from(list(CLOSING.values()))


def sound(held_lids: LidsTaken, closing: tuple[Side, ...]) -> bool:
    """Whether a closed reading stands only beside an open one it agrees with, of an eye that closes."""
    return all(
        readings(held_lids, side)[1] is None or (side in closing and stands(held_lids, side)) for side in ONE_SIDED
    )


@given(opened=st.tuples(mm, mm), closed=st.tuples(mm, mm), closing=sides)
def test_whatever_is_read_what_is_held_is_sound(
    opened: tuple[float | None, float | None], closed: tuple[float | None, float | None], closing: tuple[Side, ...]
) -> None:
    """Any two readings, any answer of staff: a closure has two readings that agree, and an eye that closes."""
    read = LidsTaken(open_left=opened[0], open_right=opened[1], closed_left=closed[0], closed_right=closed[1])
    kept = held(read, closing)
    assert sound(kept, closing)
    assert held(kept, closing) == kept
    assert all(readings(kept, side) == readings(read, side) for side in closing if stands(read, side)), (
        "what stands is kept as it was read"
    )


acts = st.lists(st.sampled_from(list(Button)) | st.sampled_from(["wait"]) | seen_lids, max_size=25)


@given(acts=acts)
def test_presses_in_any_order_keep_the_plan_sound_and_the_camera_beside_the_mirror(
    acts: list[Button | str | LidsSeen],
) -> None:
    """Presses and readings in any order: what a plan holds stands, and the camera is where the mirror is."""
    desk = at_the_lids()
    desk.choose(CAMERA)
    for act in acts:
        if desk.state.left:
            break
        if isinstance(act, Button):
            desk.press(act)
        elif isinstance(act, LidsSeen):
            desk.send(act)
        else:
            desk.wait(60_000)
        runs = [effect.on for effect in desk.of(WatchLids)][-1]
        assert runs is (desk.state.place in WATCHED and not desk.state.left)
        draft = desk.state.draft
        if draft is None or draft.lids_taken is None:
            continue
        assert draft.lids is not None
        assert sound(draft.lids_taken, draft.lids)
