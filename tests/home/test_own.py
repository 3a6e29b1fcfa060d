"""The person's own: a wish that never reproaches, reminders that keep quiet, questions, the lesson of the buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from kiosk.care.model import Region
from kiosk.care.own import (
    MOST_REMINDERS,
    REMINDERS,
    WEEK_DAYS,
    WISH,
    OwnQuestion,
    OwnThings,
    QuestionTopic,
    WeeklyWish,
    own_things,
    question_of,
    question_value,
    reminders_value,
    wish_value,
)
from kiosk.home import machine as home
from kiosk.home.effects import AskQuestion, HomeEffect, KeepReminders, KeepWish, Remind, SawMovement, StartSession
from kiosk.home.looking_back import monday_of
from kiosk.home.model import OWN, TELL, Home, HomeFresh, HomePlace, HomeTick
from kiosk.home.own import CHANGE, KEEP, NO_WISH
from kiosk.home.reminders import LATE_MS, SHOWN_MS, NextReminder, hours_to_choose, is_quiet, next_reminder
from kiosk.home.turn import ASK, BUTTONS, REMIND, SAW
from kiosk.home.turn import WISH as WISH_ROW
from kiosk.home.wish import CHOICES, RESTS_AFTER_WEEKS, is_due, rests, said, wished
from kiosk.present.home import present_home
from kiosk.screens.scene import Mark, Menu, NoteScene, Strip
from kiosk.signals import Button, Press
from tests.care.people import DAY, SYNKINETIC, today
from tests.menus.menus import START, AtHome, home_data

WEEKS = timedelta(weeks=1)
LAST_WEEK = WeeklyWish(3, DAY - WEEKS, DAY - WEEKS)


def with_own(own: OwnThings, **changes: object) -> AtHome:
    return AtHome.begin(replace(home_data(SYNKINETIC), own=own, **changes))  # type: ignore[arg-type]


def asleep(own: OwnThings, **changes: object) -> AtHome:
    at = with_own(own, **changes)
    at.wait(at.state.data.idle_ms + 1)
    at.effects.clear()
    return at


def shown(at: AtHome) -> str:
    return str(present_home(at.state, "", str))


# The wish.


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["look", "keep", "new"])), max_size=60))
def test_a_wish_is_said_once_a_week_at_most_and_goes_if_nobody_renews_it(steps: list[tuple[int, str]]) -> None:
    """Over any days: never twice in one calendar week, never in the week of choosing it, never after it rests."""
    day, wish, told = date(2026, 3, 2), wished(3, date(2026, 3, 2)), set[date]()
    for later, what in steps:
        day += timedelta(days=later)
        if is_due(wish, day):
            assert monday_of(day) not in told
            assert monday_of(day) > monday_of(wish.renewed)
            assert monday_of(day) - monday_of(wish.renewed) < RESTS_AFTER_WEEKS * WEEKS
            told.add(monday_of(day))
            wish = said(wish, day)
        assert not is_due(wish, day)
        if what != "look":
            wish = wished(5 if what == "new" else wish.days, day)
            assert not rests(wish, day)
            assert not is_due(wish, day)


def test_a_wish_that_nobody_renewed_comes_to_rest() -> None:
    """Said in the weeks after, then no more; the page says so without a word of failing, and it can be chosen anew."""
    last = DAY - (RESTS_AFTER_WEEKS - 1) * WEEKS
    assert is_due(WeeklyWish(3, last, last), DAY)
    gone = WeeklyWish(3, last - WEEKS, last)
    assert (rests(gone, DAY), is_due(gone, DAY), rests(gone, None)) == (True, False, False)
    at = asleep(OwnThings(gone))
    at.press(Button.GREEN)
    assert at.at(HomePlace.LIST)
    at.choose(OWN)
    at.choose(WISH_ROW)
    assert "Your wish is resting: 3 days a week. Choose again when you like." in shown(at)
    at.choose("3")
    assert at.effects == [KeepWish(WeeklyWish(3, DAY, DAY))]


@pytest.mark.parametrize("button", list(Button))
def test_a_new_week_begins_with_the_wish_and_no_press_is_asked_for(button: Button) -> None:
    """Any press wakes it; red passes it by; that it was said is kept at once, so that it is not said again."""
    at = asleep(OwnThings(LAST_WEEK))
    at.press(button)
    assert (at.state.place, at.effects) == (HomePlace.WEEK, [KeepWish(replace(LAST_WEEK, said=DAY))])
    assert "Your wish for the week: 3 days a week." in shown(at)
    at.press(Button.RED)
    assert at.at(HomePlace.LIST)
    at.wait(at.state.data.idle_ms + 1)
    at.press(button)
    assert at.at(HomePlace.LIST)


def test_the_wish_is_kept_changed_or_given_up() -> None:
    """Green keeps it, amber chooses another; "no wish" takes it away."""
    at = asleep(OwnThings(LAST_WEEK))
    at.press(Button.GREEN)
    at.choose(KEEP)
    assert (at.state.place, at.effects[-1]) == (HomePlace.LIST, KeepWish(WeeklyWish(3, DAY, DAY)))
    at = asleep(OwnThings(LAST_WEEK))
    at.press(Button.GREEN)
    at.choose(CHANGE)
    at.choose("5")
    assert (at.state.place, at.effects[-1]) == (HomePlace.OWN, KeepWish(WeeklyWish(5, DAY, DAY)))
    at.choose(WISH_ROW)
    at.choose(NO_WISH)
    assert at.effects[-1] == KeepWish(None)
    at.choose(WISH_ROW)
    assert NO_WISH not in home.answers(at.state)


def test_who_comes_back_is_not_met_with_a_wish() -> None:
    """After a gap "Let's start small" comes first; the wish can wait for the next week."""
    away = today(practised_on=frozenset((DAY - 2 * WEEKS,)))
    at = AtHome.begin(replace(home_data(SYNKINETIC, away), own=OwnThings(LAST_WEEK)))
    at.wait(at.state.data.idle_ms + 1)
    at.press(Button.GREEN)
    assert (at.state.place, at.effects) == (HomePlace.LIST, [])
    assert "Welcome back." in shown(at)


def test_without_a_date_no_wish_is_chosen_or_said() -> None:
    """Nobody knows which week it is: the page says so and what to do."""
    at = asleep(OwnThings(LAST_WEEK), today=None)
    at.press(Button.GREEN)
    assert at.at(HomePlace.LIST)
    at.choose(OWN)
    at.choose(WISH_ROW)
    assert "A wish needs the date, and it is not set. Please tell staff." in shown(at)
    (only,) = home.answers(at.state)
    at.choose(only)
    assert (at.state.place, at.effects) == (HomePlace.OWN, [])


def test_no_word_of_the_wish_reproaches() -> None:
    """Every page on which a wish stands: nothing of what was done or not, no number but the days wished for."""
    for wish in (LAST_WEEK, replace(LAST_WEEK, renewed=DAY - 9 * WEEKS)):
        at = with_own(OwnThings(wish))
        for place in (HomePlace.WEEK, HomePlace.WISH, HomePlace.OWN):
            text = str(present_home(replace(at.state, place=place), "", str)).lower()
            for word in ("only", "miss", "fail", "not ", "should", "days left", "of 3", "behind"):
                assert word not in text.replace("not_", ""), (place, word)


# Reminders.

ZONES = ("Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Etc/UTC", "Asia/Kathmandu")
FIRST, LAST = map(datetime.fromisoformat, ("2026-01-01", "2028-01-01"))
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
HOURS = st.frozensets(st.integers(0, 23), max_size=MOST_REMINDERS)


@settings(max_examples=300)
@given(MOMENTS, HOURS, st.integers(0, 23), st.integers(0, 23), st.sampled_from(ZONES))
def test_the_next_reminder_is_a_chosen_hour_that_is_not_quiet(
    now: datetime, hours: frozenset[int], quiet_from: int, quiet_to: int, name: str
) -> None:
    """It lies ahead, within two days, at a full hour that was chosen; else right after one that the clock skips."""
    zone = ZoneInfo(name)
    found = next_reminder(hours, quiet_from, quiet_to, now, 5_000, zone)
    loud = {hour for hour in hours if not is_quiet(hour, quiet_from, quiet_to)}
    if found is None:
        assert not loud or all(_skipped_into_quiet(hour, now, zone, quiet_from, quiet_to) for hour in loud)
        return
    assert now < found.at <= now + timedelta(days=2, hours=2)
    assert timedelta(milliseconds=found.due_ms - 5_000) == found.at.astimezone(UTC) - now + _below_a_ms(found.at - now)
    local = found.at.astimezone(zone)
    assert not is_quiet(local.hour, quiet_from, quiet_to)
    if found.skipped is None:
        assert local.hour in loud
        assert (local.minute, local.second, local.microsecond) == (0, 0, 0)
    else:
        assert found.skipped in loud
        assert (local.hour, local.minute) != (found.skipped, 0)
        before = (found.at.astimezone(UTC) - timedelta(hours=2)).astimezone(zone)
        assert before.utcoffset() != local.utcoffset()


def _below_a_ms(wait: timedelta) -> timedelta:
    """What is added to come to whole milliseconds: a reminder is never early."""
    return -wait % timedelta(milliseconds=1)


def _skipped_into_quiet(hour: int, now: datetime, zone: ZoneInfo, quiet_from: int, quiet_to: int) -> bool:
    days = [now.astimezone(zone).date() + timedelta(days=n) for n in (0, 1, 2)]
    real = [datetime.combine(day, time(hour), zone).astimezone(UTC).astimezone(zone) for day in days]
    return all(moment <= now or is_quiet(moment.hour, quiet_from, quiet_to) for moment in real)


@pytest.mark.parametrize(
    ("quiet_from", "quiet_to", "quiet"),
    [(20, 7, {20, 23, 0, 6}), (1, 5, {1, 4}), (0, 0, set()), (22, 0, {22, 23})],
)
def test_quiet_hours_begin_with_the_first_and_end_before_the_last(
    quiet_from: int, quiet_to: int, quiet: set[int]
) -> None:
    """Over midnight as well; the same hour twice is no quiet at all."""
    edges = {quiet_from, (quiet_from - 1) % 24, quiet_to, (quiet_to - 1) % 24} | quiet
    assert {hour for hour in edges if is_quiet(hour, quiet_from, quiet_to)} == quiet


def test_an_hour_that_is_skipped_into_the_quiet_ones_waits_for_the_next_day() -> None:
    """Two o'clock is three on that day in Berlin, and at three it is quiet here."""
    zone = ZoneInfo("Europe/Berlin")
    found = next_reminder((2,), 3, 6, datetime(2026, 3, 28, 22, 0, tzinfo=UTC), 0, zone)
    assert found is not None
    assert (found.at, found.skipped) == (datetime(2026, 3, 30, 2, 0, tzinfo=zone), None)


def test_an_hour_that_the_clock_skips_comes_when_the_clock_goes_on_and_says_so() -> None:
    """29 March 2026 in Berlin has no two o'clock."""
    zone, quiet = ZoneInfo("Europe/Berlin"), (20, 1)
    now = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    found = next_reminder((2,), *quiet, now, 0, zone)
    assert found is not None
    assert (found.at, found.skipped) == (datetime(2026, 3, 29, 3, 0, tzinfo=zone), 2)
    at = with_own(OwnThings(reminders=(2,)), reminder=found, hours=hours_to_choose(*quiet))
    at.choose(OWN)
    at.choose(REMIND)
    assert "The clock skips 02:00 on Sunday 29 March: it comes at 03:00." in shown(at)


def test_an_hour_that_comes_twice_counts_once() -> None:
    """25 October 2026 in Berlin has two o'clock twice; the second one reminds of nothing."""
    zone = ZoneInfo("Europe/Berlin")
    first = next_reminder((2,), 20, 1, datetime(2026, 10, 24, 22, 0, tzinfo=UTC), 0, zone)
    assert first is not None
    assert first.at.astimezone(UTC) == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    after = next_reminder((2,), 20, 1, first.at, 0, zone)
    assert after is not None
    assert after.at.date() == date(2026, 10, 26)


def due_in(ms: int, at: datetime = datetime(2026, 3, 2, 14, tzinfo=UTC)) -> NextReminder:
    return NextReminder(at, START + ms)


def test_a_reminder_is_a_tone_and_a_light_and_nothing_personal() -> None:
    """Rule l: at its moment, on the neutral screen; the lamps breathe; after ten minutes it is gone."""
    at = asleep(OwnThings(reminders=(14,)), reminder=due_in(600_000))
    at.wait(600_000 - at.now + START - 1)
    assert at.at(HomePlace.ASLEEP)
    at.wait(2)
    assert (at.state.place, at.effects) == (HomePlace.CALLED, [Remind()])
    scene = present_home(at.state, "", str)
    assert isinstance(scene, NoteScene)
    assert (scene.title, scene.lines, scene.calls) == ("A quiet reminder", ("Press any button.",), True)
    at.wait(SHOWN_MS)
    assert (at.state.place, at.effects) == (HomePlace.ASLEEP, [Remind()])


def test_a_press_answers_a_reminder() -> None:
    """Home, and nothing is started."""
    at = asleep(OwnThings(reminders=(14,)), reminder=due_in(600_000))
    at.wait(600_000)
    assert at.press(Button.GREEN) == ()
    assert at.at(HomePlace.LIST)


def test_a_clock_a_moment_behind_does_not_remind_twice() -> None:
    """The same hour, reckoned again a few ms later, is the same reminder."""
    at = asleep(OwnThings(reminders=(14,)), reminder=due_in(600_000))
    at.wait(600_000)
    at.press(Button.RED)
    at.wait(at.state.data.idle_ms + 1)
    again = replace(at.state.data, reminder=NextReminder(due_in(0).at, at.now + 3))
    at.send(HomeFresh(again))
    at.wait(1_000)
    assert at.effects.count(Remind()) == 1


@pytest.mark.parametrize("why", ["done", "late", "nobody", "reading"])
def test_a_reminder_that_would_be_wrong_passes_in_silence(why: str) -> None:
    """Nothing is meant now; its time is over; nobody is bound; the person is there already."""
    wrong: dict[str, dict[str, object]] = {"done": {"next": ""}, "nobody": {"person": None}}
    at = asleep(OwnThings(reminders=(14,)), reminder=due_in(600_000), **wrong.get(why, {}))
    if why == "late":
        at.now = START + 600_000 + LATE_MS
        at.send(HomeTick())
    if why == "reading":
        at.wait(600_000 - at.now + START - 1_000)
        at.press(Button.GREEN, 1)
    at.wait(700_000)
    assert Remind() not in at.effects
    assert at.state.place is not HomePlace.CALLED


def test_somebody_else_is_never_reminded_of_it() -> None:
    """The kiosk changes hands while a reminder shows: the next person's neutral screen, not their plan."""
    at = asleep(OwnThings(reminders=(14,)), reminder=due_in(600_000))
    at.wait(600_000)
    at.send(HomeFresh(home_data(changed(SYNKINETIC, code="23456X"))))
    assert at.at(HomePlace.ASLEEP)
    at.send(HomeFresh(home_data(None)))
    assert at.at(HomePlace.WELCOME)


def test_hours_are_set_and_taken_away_one_after_the_other() -> None:
    """The pointer stays; a fourth is not lit; what was chosen shows a tick before the record has it."""
    at = with_own(OwnThings())
    at.choose(OWN)
    at.choose(REMIND)
    for hour in (9, 12, 18):
        at.choose(str(hour))
    assert at.effects[-1] == KeepReminders((9, 12, 18))
    assert at.choose("19") == ()
    scene = present_home(at.state, "", str)
    assert isinstance(scene, Menu)
    assert scene.strip.green == ""
    assert [choice.label for choice in scene.choices if choice.mark is Mark.TICK] == ["09:00", "12:00", "18:00"]
    assert at.choose("12") == (KeepReminders((9, 18)),)
    assert at.at(HomePlace.REMIND)


def test_an_hour_that_has_become_quiet_can_be_taken_away() -> None:
    """The site made it quiet afterwards: it stays silent, is told of, and is not stuck there."""
    at = with_own(OwnThings(reminders=(22,)))
    at.choose(OWN)
    at.choose(REMIND)
    assert "It is quiet here at some of these hours." in shown(at)
    assert at.choose("22") == (KeepReminders(()),)


def test_reminders_without_a_time_wait_and_say_so() -> None:
    """A kiosk whose date nobody set."""
    at = with_own(OwnThings(reminders=(9,)), timed=False)
    at.choose(OWN)
    at.choose(REMIND)
    assert "They wait: the time is not set. Please tell staff." in shown(at)


# What is told.


def test_a_question_is_asked_once_until_it_is_answered() -> None:
    """A second press tells staff nothing twice; an answered one shows its tick and may be asked again."""
    at = with_own(OwnThings())
    for _ in range(2):
        at.choose(TELL)
        at.choose(ASK)
        at.choose("linked")
        assert at.at(HomePlace.ASKED)
        at.press(Button.GREEN)
    assert at.effects == [AskQuestion(QuestionTopic.LINKED, DAY)]
    answered = OwnThings(questions=(OwnQuestion(QuestionTopic.LINKED, True, DAY),))
    at.send(HomeFresh(replace(at.state.data, own=answered)))
    assert "answered" in shown(at)
    at.choose(TELL)
    at.choose(ASK)
    scene = present_home(at.state, "", str)
    assert isinstance(scene, Menu)
    assert [(c.label, c.note) for c in scene.choices if c.mark is Mark.TICK] == [
        ("Something moves along. What now?", "answered 2 March")
    ]
    at.choose("linked")
    assert len(at.effects) == 2


@given(st.lists(st.sampled_from([*Button]), max_size=40))
def test_what_is_told_or_chosen_starts_nothing(presses: list[Button]) -> None:
    """Whatever is pressed from there: no session begins, and what is open stays what it was."""
    at = with_own(OwnThings(LAST_WEEK))
    at.choose(TELL)
    verdicts = [offer.verdict for offer in at.state.data.offers]
    for button in presses:
        at.press(button)
        if at.at(HomePlace.LIST):
            break
        assert not [effect for effect in at.effects if isinstance(effect, StartSession)]
    assert [offer.verdict for offer in at.state.data.offers] == verdicts


def test_a_new_movement_is_told_with_its_place() -> None:
    """The page says that the plan stays as it is."""
    at = with_own(OwnThings())
    at.choose(TELL)
    at.choose(SAW)
    assert at.choose("eyes") == (SawMovement(Region.EYES),)
    assert "Your plan stays as it is until then." in shown(at)


# The lesson.


def strips(state: Home) -> Strip:
    return present_home(state, "", str).strip


def test_each_button_is_pressed_once_with_its_lamp() -> None:
    """What is lit is what is asked for, and red, which leaves; the unlit ones do nothing; nothing is kept."""
    at = AtHome.begin(replace(home_data(SYNKINETIC), new=True))
    at.choose(BUTTONS)
    for button in (Button.GREEN, Button.AMBER, Button.RED):
        words = strips(at.state)
        assert getattr(words, button.value) == "Press me"
        for other in (Button.GREEN, Button.AMBER):
            if other is not button:
                assert getattr(words, other.value) == ""
                at.press(other)
        assert strips(at.state) == words
        at.press(button)
    assert at.at(HomePlace.LEARN)
    at.press(Button.GREEN)
    assert (at.state.place, at.effects) == (HomePlace.LIST, [])


@pytest.mark.parametrize("pages", [0, 1])
def test_red_leaves_the_lesson_at_any_moment(pages: int) -> None:
    """Also before its own turn has come."""
    at = AtHome.begin(replace(home_data(SYNKINETIC), new=True))
    at.choose(BUTTONS)
    for button in (Button.GREEN, Button.AMBER)[:pages]:
        at.press(button)
    at.press(Button.RED)
    assert at.at(HomePlace.LIST)


def test_the_lesson_is_offered_on_the_first_home_and_stays_in_the_menu() -> None:
    """Who has practised finds it under "For me"."""
    at = with_own(OwnThings())
    assert BUTTONS not in home.answers(at.state)
    at.choose(OWN)
    at.choose(BUTTONS)
    assert at.at(HomePlace.LEARN)


def test_with_one_switch_the_lesson_is_of_that_switch() -> None:
    """A press when it is lit leads on, and then home."""
    at = AtHome.begin(replace(home_data(SYNKINETIC), single_switch=True))
    at.choose(OWN)
    at.choose(BUTTONS)
    assert "Your one button" in shown(at)
    for _ in range(2):
        at.choose(home.answers(at.state)[0])
    assert (at.state.place, at.effects) == (HomePlace.LIST, [])


# As words of the record.


@given(st.sampled_from(CHOICES), st.dates(), st.none() | st.dates(), st.frozensets(st.integers(0, 23), max_size=3))
def test_what_was_chosen_comes_back_from_its_words(
    days: int, renewed: date, told: date | None, hours: frozenset[int]
) -> None:
    """Out of the record as it went in."""
    wish = WeeklyWish(days, renewed, told)
    kept = {WISH: wish_value(wish), REMINDERS: reminders_value(hours)}
    kept |= {f"question.{topic}": question_value(told, answered=days > 3) for topic in QuestionTopic}
    questions = tuple(OwnQuestion(topic, days > 3, told) for topic in QuestionTopic)
    assert own_things(kept) == OwnThings(wish, tuple(sorted(hours)), questions)


@given(st.text(max_size=40))
def test_words_that_nobody_chose_are_as_if_nothing_was_chosen(text: str) -> None:
    """A damaged row wishes for nothing, and wakes nobody."""
    found = own_things({WISH: text, REMINDERS: text})
    assert found.wish is None or 1 <= found.wish.days <= WEEK_DAYS
    assert all(0 <= hour < 24 for hour in found.reminders)
    assert len(found.reminders) <= MOST_REMINDERS
    question = question_of(QuestionTopic.EYE, text)
    assert question is None or text.startswith(("asked:", "answered:", "asked", "answered"))


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*Button]) | st.integers(1, 900_000), max_size=60), st.booleans())
def test_no_order_of_presses_reminds_twice_or_in_a_page(events: list[Button | int], single: bool) -> None:
    """A reminder comes at most once for its hour, from the neutral screen, and leads nowhere but there."""
    own = OwnThings(LAST_WEEK, (14,))
    at = AtHome.begin(replace(home_data(SYNKINETIC), own=own, reminder=due_in(2_000_000), single_switch=single))
    given_: list[HomeEffect] = []
    for event in events:
        before = at.state.place
        if isinstance(event, int):
            at.wait(event)
        else:
            at.now += 500
            at.send(Press(event, at.now))
        new = at.effects[len(given_) :]
        given_ = list(at.effects)
        if Remind() in new:
            assert at.now >= START + 2_000_000
            assert before is not HomePlace.CALLED
    assert given_.count(Remind()) <= 1
    assert len([e for e in given_ if isinstance(e, KeepWish) and e.wish and e.wish.renewed < DAY]) <= 1
