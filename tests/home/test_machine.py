"""The home: every press leads where the screen says, silence hides everything, and one switch reaches all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.care.families import PACKS
from kiosk.care.model import Family, Region
from kiosk.care.own import QuestionTopic, WeeklyWish
from kiosk.care.person import Person
from kiosk.care.plan import pick_regions
from kiosk.home import machine as home
from kiosk.home import places
from kiosk.home.effects import (
    AskQuestion,
    EnterStaff,
    HomeEffect,
    KeepReminders,
    KeepWish,
    LookBack,
    OpenCard,
    Quiet,
    ReadOut,
    ResumeSession,
    SawMovement,
    StartSession,
)
from kiosk.home.looking_back import MOST_WEEKS, weeks_back
from kiosk.home.model import (
    AGAIN,
    BACK,
    CARDS,
    FULL,
    LOOK,
    NEXT,
    OK,
    OWN,
    PREVIOUS,
    RESUME,
    SHORT,
    START,
    TELL,
    TIGHTNESS,
    HomeFresh,
    HomePlace,
    InterruptedShown,
)
from kiosk.home.turn import ASK, REMIND, SAW, WISH
from kiosk.signals import Button, Chord
from tests.care.people import DAY, FLACCID, PARETIC, SYNKINETIC, today
from tests.menus.menus import AtHome, home_data

CUT = InterruptedShown("s-1", "Releases")
WAITS = msgspec.structs.replace(PARETIC, locked=("first-movements",))
WEEKS_AGO = today(practised_on=frozenset((DAY - timedelta(days=14), DAY)))
LOOSE, A_LITTLE, TIGHT, VERY = TIGHTNESS


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize(
    ("person", "path", "place", "last"),
    [
        (SYNKINETIC, ("relax",), HomePlace.LIST, StartSession("relax")),
        (SYNKINETIC, ("gentle-care",), HomePlace.FORM, None),
        (SYNKINETIC, ("gentle-care", FULL), HomePlace.LIST, StartSession("gentle-care")),
        (SYNKINETIC, ("gentle-care", SHORT), HomePlace.LIST, StartSession("gentle-care", short=True)),
        (SYNKINETIC, ("releases",), HomePlace.RATE, None),
        (WAITS, ("first-movements",), HomePlace.CLOSED, None),
        (WAITS, ("first-movements", OK), HomePlace.LIST, None),
        (SYNKINETIC, (CARDS,), HomePlace.CARDS, None),
        (SYNKINETIC, (CARDS, "synkinesis"), HomePlace.CARD, ReadOut("card.synkinesis.1")),
        (SYNKINETIC, (TELL,), HomePlace.TELL, None),
        (SYNKINETIC, (TELL, SAW), HomePlace.SAW, None),
        (SYNKINETIC, (TELL, SAW, "mouth"), HomePlace.TOLD, SawMovement(Region.MOUTH)),
        (SYNKINETIC, (TELL, SAW, "mouth", OK), HomePlace.LIST, SawMovement(Region.MOUTH)),
        (SYNKINETIC, (TELL, ASK, "eye"), HomePlace.ASKED, AskQuestion(QuestionTopic.EYE, DAY)),
        (SYNKINETIC, (OWN, WISH, "3"), HomePlace.OWN, KeepWish(WeeklyWish(3, DAY, DAY))),
        (SYNKINETIC, (OWN, REMIND, "9"), HomePlace.REMIND, KeepReminders((9,))),
        (SYNKINETIC, (RESUME,), HomePlace.LIST, ResumeSession("s-1")),
    ],
)
def test_presses_lead_where_they_should(
    person: Person, path: tuple[str, ...], place: HomePlace, last: HomeEffect | None, single: bool
) -> None:
    """By three buttons and by one, the same answers have the same effects."""
    at = AtHome.begin(home_data(person, interrupted=CUT, single_switch=single))
    for answer in path:
        at.choose(answer)
    assert at.at(place)
    assert (at.effects[-1] if at.effects else None) == last


def test_the_interrupted_session_stands_first() -> None:
    """Who comes back after a power cut need not look for it."""
    at = AtHome.begin(home_data(interrupted=CUT))
    at.press(Button.AMBER)
    assert at.press(Button.GREEN) == (ResumeSession("s-1"),)


def test_nothing_is_preselected() -> None:
    """A green press that was not meant starts nothing, on any screen with more than two answers."""
    at = AtHome.begin(home_data())
    assert at.press(Button.GREEN) == ()
    at.choose("releases")
    before = at.state
    at.press(Button.GREEN)
    assert at.state.ratings == before.ratings


def test_holding_both_starts_nothing_on_its_way() -> None:
    """Amber and green of a chord act on their first touch: at home they must be harmless."""
    at = AtHome.begin(home_data())
    at.press(Button.AMBER)
    at.press(Button.GREEN, after_ms=40)
    assert at.at(HomePlace.LIST)
    assert at.send(Chord(at.now)) == (EnterStaff(),)
    assert at.at(HomePlace.ASLEEP)


def test_the_two_tightest_regions_are_picked() -> None:
    """What the person said decides, and the session is told both what was said and what follows."""
    at = AtHome.begin(home_data())
    at.choose("releases")
    for word in (A_LITTLE, VERY, LOOSE, TIGHT):
        assert at.at(HomePlace.RATE)
        at.choose(word)
    assert at.at(HomePlace.PICKED)
    ratings = tuple(zip(PACKS, (1, 3, 0, 2), strict=True))
    regions = (Region.LOWER_LID_NOSE_SIDE, Region.CHIN_JAW)
    assert places.picked(at.state) == pick_regions(dict(ratings))
    assert at.choose(START) == (StartSession("releases", False, regions, ratings),)


def test_ratings_can_be_taken_back() -> None:
    """A wrong word about one region is put right by going back, or by asking again."""
    at = AtHome.begin(home_data())
    at.choose("releases")
    at.choose(TIGHT)
    at.choose(VERY)
    at.press(Button.RED)
    assert at.state.ratings == ((PACKS[0], 2),)
    at.press(Button.RED)
    at.press(Button.RED)
    assert at.at(HomePlace.LIST)
    at.choose("releases")
    for _ in PACKS:
        at.choose(LOOSE)
    at.press(Button.RED)
    assert (at.state.place, at.state.region) == (HomePlace.RATE, PACKS[-1])
    at.choose(LOOSE)
    at.choose(AGAIN)
    assert at.at(HomePlace.RATE)
    assert not at.state.ratings


def test_a_card_is_read_page_by_page() -> None:
    """Each page is spoken, going back works, and leaving is silent."""
    at = AtHome.begin(home_data())
    at.choose(CARDS)
    assert at.choose("eye-care") == (OpenCard("eye-care"), ReadOut("card.eye-care.1"))
    assert at.press(Button.GREEN) == (ReadOut("card.eye-care.2"),)
    assert at.press(Button.AMBER) == (ReadOut("card.eye-care.1"),)
    assert at.press(Button.AMBER) == ()
    pages = len(next(card for card in at.state.data.cards if card.id == "eye-care").pages)
    for page in range(2, pages + 1):
        assert at.press(Button.GREEN) == (ReadOut(f"card.eye-care.{page}"),)
    assert at.press(Button.GREEN) == (Quiet(),)
    assert at.at(HomePlace.CARDS)


@pytest.mark.parametrize("single", [False, True])
def test_looking_back_turns_its_weeks(single: bool) -> None:
    """From the newest to the oldest and back; red leads home; all that is asked for is what is behind."""
    at = AtHome.begin(home_data(SYNKINETIC, WEEKS_AGO, single_switch=single))
    at.choose(LOOK)
    assert (at.state.place, at.state.page, len(at.state.data.weeks)) == (HomePlace.LOOK, 0, 3)
    for page in (1, 2):
        at.choose(NEXT)
        assert at.state.page == page
    at.choose(PREVIOUS)
    assert at.state.page == 1
    at.send(HomeFresh(replace(home_data(SYNKINETIC), single_switch=single)))
    assert (at.state.place, at.state.page, at.effects) == (HomePlace.LIST, 0, [LookBack()])
    assert LOOK not in home.answers(at.state)


@given(st.frozensets(st.dates(DAY - timedelta(days=60), DAY)), st.booleans())
def test_the_weeks_behind_somebody(days: frozenset[date], certain: bool) -> None:
    """Whole calendar weeks, each after the other, up to this one; a dot where something was practised, and no other."""
    weeks = weeks_back(today(practised_on=days, certain=certain))
    if not certain or not days:
        assert weeks == ()
        return
    shown = [day for week in reversed(weeks) for day, _ in week]
    assert shown == [shown[0] + timedelta(days=n) for n in range(len(shown))]
    assert shown[0].weekday() == 0
    assert DAY in [day for day, _ in weeks[0]]
    assert {day for week in weeks for day, practised in week if practised} == days & set(shown)
    assert len(weeks) == MOST_WEEKS or min(days) >= shown[0]


def test_a_session_can_lead_to_a_card() -> None:
    """An eye flag keeps the eye card open; a card that is not there leads home."""
    assert AtHome.begin(home_data(), "eye-care").effects == [OpenCard("eye-care"), ReadOut("card.eye-care.1")]
    assert AtHome.begin(home_data(), "gone").state.place is HomePlace.LIST


def test_every_press_counts_as_somebody_there() -> None:
    """Who moves slowly from answer to answer is not sent to sleep meanwhile."""
    at = AtHome.begin(home_data())
    for _ in range(4):
        at.wait(100_000)
        assert at.at(HomePlace.LIST)
        at.press(Button.AMBER)


@pytest.mark.parametrize("button", list(Button))
def test_silence_hides_everything_and_any_press_wakes(button: Button) -> None:
    """After three minutes nothing personal is on the screen; the waking press does nothing else."""
    at = AtHome.begin(home_data())
    at.choose("releases")
    at.choose(TIGHT)
    at.wait(179_000)
    assert at.at(HomePlace.RATE)
    at.wait(2_000)
    assert (at.state.place, at.state.chosen, at.state.ratings) == (HomePlace.ASLEEP, "", ())
    assert at.press(button) == ()
    assert (at.state.place, at.state.cursor) == (HomePlace.LIST, None)


def test_with_nobody_bound_only_staff_can_begin() -> None:
    """A kiosk that belongs to nobody offers nothing, whatever is pressed."""
    at = AtHome.begin(home_data(None))
    for button in (*Button, *Button):
        assert at.press(button) == ()
    assert at.at(HomePlace.WELCOME)
    assert at.send(Chord(at.now)) == (EnterStaff(),)
    assert at.at(HomePlace.WELCOME)


def test_fresh_data_closes_what_is_no_longer_open() -> None:
    """Whoever is about to start something that has closed meanwhile is led back to the list."""
    at = AtHome.begin(home_data())
    at.choose("gentle-care")
    at.send(HomeFresh(home_data(msgspec.structs.replace(SYNKINETIC, locked=("gentle-care",)))))
    assert at.at(HomePlace.LIST)


def test_fresh_data_does_not_move_the_pointer_to_something_else() -> None:
    """The list may change while a finger is on its way: green never starts what was not pointed at."""
    at = AtHome.begin(home_data(interrupted=CUT))
    at.press(Button.AMBER)
    at.send(HomeFresh(home_data()))
    assert at.press(Button.GREEN) == ()
    at.press(Button.AMBER)
    at.send(HomeFresh(home_data(interrupted=CUT)))
    pointed = home.answers(at.state)[at.state.cursor or 0]
    assert pointed == home.answers(AtHome.begin(home_data()).state)[0]


def test_another_person_never_sees_what_was_open() -> None:
    """When the kiosk changes hands the screen of the one before is gone."""
    at = AtHome.begin(home_data())
    at.choose(CARDS)
    at.send(HomeFresh(home_data(msgspec.structs.replace(PARETIC, code="23456X"))))
    assert at.at(HomePlace.LIST)
    at.send(HomeFresh(home_data(None)))
    assert at.at(HomePlace.WELCOME)


def test_what_this_stage_never_opens_is_not_there() -> None:
    """Nobody looks at a lock every day that no day opens; what is closed for now stays, with its reason."""
    assert {offer.programme for offer in home_data(FLACCID).offers} == {"gentle-care", "relax"}
    assert "first-movements" not in {offer.programme for offer in home_data(SYNKINETIC).offers}
    assert not {offer.programme: offer.verdict.open for offer in home_data(WAITS).offers}["first-movements"]


def test_todays_practice_is_two_presses_away() -> None:
    """The first row is what comes next: amber, green, and for a short or full form one more."""
    at = AtHome.begin(home_data(FLACCID))
    at.press(Button.AMBER)
    at.press(Button.GREEN)
    assert at.press(Button.GREEN) == (StartSession("gentle-care"),)
    done = AtHome.begin(home_data(FLACCID, today(done_today={"gentle-care": 2})))
    done.press(Button.AMBER)
    assert done.press(Button.GREEN) == (StartSession("relax"),)


@pytest.mark.parametrize("words", [(VERY, LOOSE, LOOSE, LOOSE), (A_LITTLE, VERY, LOOSE, TIGHT), (LOOSE,) * 4])
def test_the_minutes_of_what_the_person_chose_are_known(words: tuple[str, ...]) -> None:
    """Whatever is said of the regions, the page before "Start" says how long it takes."""
    at = AtHome.begin(home_data())
    at.choose("releases")
    for word in words:
        at.choose(word)
    assert at.state.offer is not None
    lengths = dict(at.state.offer.regions_minutes)
    assert lengths[places.picked(at.state)[0]] <= at.state.offer.minutes == max(lengths.values())


EVENTS = st.one_of(
    st.sampled_from(["green", "amber", "red", "chord", "fresh", "locked", "cut", "nobody"]),
    st.integers(1, 400_000),
)


@settings(max_examples=150)
@given(st.lists(EVENTS, max_size=60), st.booleans(), st.sampled_from([FLACCID, PARETIC, SYNKINETIC]))
def test_whatever_is_pressed_only_open_programmes_start(events: list[str | int], single: bool, person: Person) -> None:
    """Any presses in any order: nothing closed starts, red leads out, silence leads to the neutral screen."""
    at = AtHome.begin(home_data(person, single_switch=single))
    for event in events:
        known = {offer.programme for offer in at.state.data.offers if offer.verdict.open}
        if isinstance(event, int):
            at.wait(event)
            new: tuple[HomeEffect, ...] = ()
        elif event in ("green", "amber", "red"):
            new = at.press(Button(event), 500)
        elif event == "chord":
            new = at.send(Chord(at.now))
        else:
            locked = msgspec.structs.replace(person, locked=("relax", "releases"))
            data = {
                "fresh": home_data(person),
                "locked": home_data(locked),
                "cut": home_data(person, interrupted=CUT),
                "nobody": home_data(None),
            }
            new = at.send(HomeFresh(replace(data[event], single_switch=single)))
        for effect in new:
            if isinstance(effect, StartSession):
                assert effect.programme in known
                families = {o.programme: o.family for o in at.state.data.offers}
                assert not effect.regions or families[effect.programme] is Family.RELEASES
            if isinstance(effect, ResumeSession):
                assert at.state.data.interrupted is not None
        found = home.answers(at.state)
        assert at.state.cursor is None or at.state.cursor < len(found)
        assert found or at.state.place in (HomePlace.ASLEEP, HomePlace.WELCOME)
        assert {BACK, OK} & set(found) or not single or at.state.place in (HomePlace.ASLEEP, HomePlace.WELCOME)
    out = (HomePlace.ASLEEP, HomePlace.WELCOME)
    if not single:
        for _ in range(8):
            if at.state.place not in out:
                at.press(Button.RED)
        assert at.state.place in out
    else:
        at.wait(at.state.data.idle_ms + 1)
        assert at.state.place in out
