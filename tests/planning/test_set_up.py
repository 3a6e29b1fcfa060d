"""Setting a person up: one thing on each screen, nothing kept before "save", and every item of the plan reachable."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from kiosk.care.model import Movement, Permission, Region, Side, Stage, ViewMode
from kiosk.care.person import RISKS, WORN, Cause, Injection, Onset, OnsetBand, Person, SeenTick
from kiosk.care.reasons import NOTICES, Notice
from kiosk.desk.effects import Bind, Change, ConfirmPlan, SavePerson
from kiosk.desk.model import StaffPlace
from kiosk.desk.shown import Slot
from kiosk.desk_pages.items import value_words
from kiosk.desk_pages.menus import present_staff
from kiosk.menus import staff
from kiosk.planning.items import BY_PROGRAMME, CARE_ONLY, DATE, DONE, ITEMS, NO, SECTIONS, WHOLE, YES
from kiosk.planning.questions import SEEN
from kiosk.planning.summary import CHANGE, FORMER, KEEP, SAVE, SAVE_BELOW, SECTION, UNDO
from kiosk.screens.scene import Digits, Mark, Menu
from kiosk.signals import Button
from tests.care.people import DAY, PARETIC, SYNKINETIC, shipped
from tests.menus.menus import NEW_CODE, THERAPIST, AtDesk, ddmmyyyy, said, staff_data
from tests.screens.paint_samples import painter

FIRST = shipped().programmes["first-movements"]
TOMORROW = DAY + timedelta(days=1)


def test_care_only_is_saved_from_its_summary() -> None:
    """A ward sets a person up for care in less than a minute, and reads what the code is for."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(CARE_ONLY, "left", YES, "en", SAVE)
    person = Person(code=NEW_CODE, stage=Stage.FLACCID, side=Side.LEFT, language="en")
    assert [e.person for e in desk.of(SavePerson)] == [person]
    assert desk.of(Bind) == [Bind(NEW_CODE, "therapist-1")]
    assert f"This is the person's code: {NEW_CODE}" in said(present_staff(desk.state, "", str))


@pytest.mark.parametrize("risk", RISKS)
def test_a_question_about_safety_has_no_answer_until_it_was_asked(risk: str) -> None:
    """It shows as not asked, not as a no; the answer is kept, and the trail says what it was before."""
    unasked = msgspec.structs.replace(PARETIC, **{risk: None})
    desk = AtDesk.entered(staff_data(unasked))
    desk.choose("person", CHANGE)
    assert value_words(risk, unasked, desk.state, str) == "Not asked"
    desk.choose(risk, NO)
    desk.choose(SAVE)
    saved = desk.of(SavePerson)[-1]
    assert getattr(saved.person, risk) is False
    assert saved.changes == (Change(risk, NO),)
    assert value_words(risk, saved.person, desk.state, str) == "No"


def test_every_item_lies_in_one_section() -> None:
    """What is in no section could only be reached through the whole plan."""
    assert sorted(item for section in SECTIONS for item in section) == sorted(ITEMS)


def test_the_cursor_stays_where_it_was_and_save_stands_at_both_ends() -> None:
    """After an item the next one is a press away; at the end of the rows one saves as at the top."""
    desk = AtDesk.entered(staff_data())
    desk.choose("person", CHANGE, "graft", YES)
    found = staff.options(desk.state)
    assert found[desk.state.frame.cursor or 0] == "graft"
    assert (found[0], found[-1]) == (SAVE, SAVE_BELOW)
    desk.choose("reviewed", YES)
    before = desk.presses
    desk.choose(SAVE_BELOW)
    assert desk.presses - before == 2
    assert desk.of(SavePerson)[0].person.graft


def test_five_ticks_are_seen_once() -> None:
    """Ticks first, then who saw them and when, once for all (it was 28 presses)."""
    desk = AtDesk.entered(staff_data(msgspec.structs.replace(PARETIC, ticks=())))
    desk.choose("person", CHANGE, "ticks")
    desk.presses = 0
    desk.choose("smile", "lips", "lids", "lips", "brow", "nose", "lips", DONE)
    desk.choose("nurse-1", "today")
    assert desk.at(StaffPlace.REVIEW)
    assert desk.state.draft is not None
    ticks = desk.state.draft.ticks
    assert {tick.movement for tick in ticks} == set(Movement)
    assert {(tick.by, tick.seen_on) for tick in ticks} == {("nurse-1", DAY)}


def test_ticks_nobody_vouches_for_are_none() -> None:
    """Until it is said who saw them nothing is ticked; going back keeps what was picked."""
    desk = AtDesk.entered(staff_data(msgspec.structs.replace(PARETIC, ticks=())))
    desk.choose("person", CHANGE, "ticks", "smile", DONE)
    assert desk.at(StaffPlace.WHO)
    desk.press(Button.RED)
    scene = present_staff(desk.state, "", str)
    assert isinstance(scene, Menu)
    assert [choice.label for choice in scene.choices if choice.mark is Mark.TICK] == ["Smile"]
    desk.press(Button.RED)
    assert desk.state.draft is not None
    assert desk.state.draft.ticks == ()


def walk(desk: AtDesk, wanted: dict[str, str]) -> list[str]:
    """Answer every question of a whole plan, up to its summary; the items that were asked, one after another."""
    asked: list[str] = []
    while not desk.at(StaffPlace.REVIEW):
        key = desk.state.frame.about[0]
        if desk.at(StaffPlace.TOUCH):
            desk.choose(YES)
        elif desk.at(StaffPlace.WHO):
            desk.choose("therapist-1", "today")
        else:
            asked += [key] if asked[-1:] != [key] else []
            found, held = staff.options(desk.state), desk.state.frame.cursor
            desk.choose(wanted.get(key, found[held] if held is not None else found[0]))
    return asked


PARETIC_ANSWERS = {"side": "left", "stage": "paretic", "onset": "3_to_6_months", "cause": "bell"}
NO_RISKS = dict.fromkeys((*RISKS, "worn"), NO)
ELSEWHERE = ("lids", "doses", "reviewed")
"""Looked at; set at their programme; asked after the summary."""


def test_the_whole_set_up_asks_each_item_once() -> None:
    """Nothing that the rules need is forgotten; the summary stands before "reviewed", and nothing is kept before."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(WHOLE)
    asked = walk(desk, PARETIC_ANSWERS | NO_RISKS)
    assert asked == [item for item in ITEMS if item not in ELSEWHERE]
    desk.choose(SAVE)
    assert (desk.of(SavePerson), desk.state.frame.about[0], desk.state.frame.cursor) == ([], "reviewed", None)
    desk.choose(YES)
    (saved,) = desk.of(SavePerson)
    assert (saved.person.side, saved.person.stage, saved.person.cause) == (Side.LEFT, Stage.PARETIC, Cause.BELL)
    assert saved.person.onset == Onset(band=OnsetBand.MONTHS_3_TO_6, attested_on=DAY)
    assert saved.person.reviewed_by == "therapist-1"


def test_what_another_answer_keeps_closed_is_not_asked() -> None:
    """Safety questions that nobody answered: green alone leaves them so, and nothing that hangs on them is offered."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(WHOLE)
    asked = walk(desk, PARETIC_ANSWERS)
    assert {"neck", "inside_cheek"}.isdisjoint(asked)
    draft = desk.state.draft
    assert draft is not None
    assert {getattr(draft, field) for field in (*RISKS, *WORN)} == {None}
    desk.choose("neck")
    assert staff.options(desk.state) == (NO,)
    assert "Closed until “Neck arteries” is answered with no." in said(present_staff(desk.state, "", str))
    flaccid = AtDesk.entered(staff_data(None))
    flaccid.choose(WHOLE)
    assert "ticks" not in walk(flaccid, PARETIC_ANSWERS | {"stage": "flaccid"})


def test_a_question_says_how_many_there_are_and_what_is_left() -> None:
    """Whoever has ten minutes sees how far it is; the number of all never grows."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(WHOLE)
    scene = present_staff(desk.state, "", str)
    assert scene.clock == "1 of 21"
    assert "Then: Stage, Language, Onset …" in said(scene)
    desk.choose("left", YES, "paretic")
    assert present_staff(desk.state, "", str).clock == "3 of 21"


def test_movements_are_asked_one_by_one_and_a_habit_ticks_none() -> None:
    """Green alone says "not seen"; whoever goes back and answers anew means only what was picked then."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(WHOLE)
    walk(desk, PARETIC_ANSWERS)
    assert desk.state.draft is not None
    assert not desk.state.draft.ticks
    while not desk.at(StaffPlace.SEEN):
        desk.press(Button.RED)
    for _ in range(2):
        desk.choose(SEEN)
        assert desk.at(StaffPlace.WHO)
        desk.choose("nurse-1", "today")
        assert [(tick.movement, tick.by) for tick in desk.state.draft.ticks] == [(Movement.NOSE, "nurse-1")]
        desk.press(Button.RED)
        while not desk.at(StaffPlace.SEEN):
            desk.press(Button.RED)


def test_one_thing_is_saved_by_its_answer_and_can_be_taken_back() -> None:
    """The word on green says so beforehand; what holds already saves nothing."""
    desk = AtDesk.entered(staff_data())
    desk.choose("person", f"{SECTION}0", "stage")
    assert present_staff(desk.state, "", str).strip.green == "Save"
    desk.choose("synkinetic")
    assert desk.of(SavePerson)[-1].person.stage is Stage.SYNKINETIC
    desk.choose(UNDO)
    assert desk.of(SavePerson)[-1].person == PARETIC
    desk.choose("ok", "person", f"{SECTION}0", "stage", "paretic")
    assert desk.at(StaffPlace.MENU)
    assert len(desk.of(SavePerson)) == 2


UNASKED = msgspec.structs.replace(PARETIC, carotid_disease=None)


def test_yes_or_no_about_one_thing_is_one_press_and_says_what_holds() -> None:
    """A question about safety is asked by its words, answered with yes or no, and saved at once; red leaves it."""
    desk = AtDesk.entered(staff_data(UNASKED))
    desk.choose("who", f"{SECTION}{SECTIONS.index(('carotid_disease', 'swallowing_risk'))}", "carotid_disease")
    scene = present_staff(desk.state, "", str)
    assert (scene.strip.green, scene.strip.amber) == ("Yes", "No")
    assert "Neck arteries now: Not asked." in said(scene)
    desk.press(Button.RED)
    assert not desk.of(SavePerson)
    desk.choose("carotid_disease")
    desk.press(Button.AMBER)
    assert desk.of(SavePerson)[-1].person.carotid_disease is False
    desk.choose(UNDO)
    assert desk.of(SavePerson)[-1].person == UNASKED


def test_what_depends_on_an_open_question_is_no_press() -> None:
    """The neck stays closed until somebody has asked about its arteries: there is nothing to say yes to."""
    desk = AtDesk.entered(staff_data(UNASKED))
    desk.choose("person", f"{SECTION}{next(i for i, found in enumerate(SECTIONS) if 'neck' in found)}", "neck")
    assert staff.options(desk.state) == (NO,)
    desk.press(Button.GREEN)
    assert not desk.of(SavePerson)


def test_a_review_follows_the_whole_summary_wherever_it_was_asked_for() -> None:
    """Nobody says "reviewed" of what was not on the screen."""
    for path in (("person", f"{SECTION}0", "reviewed"), ("inbox", "!unreviewed")):
        desk = AtDesk.entered(staff_data())
        desk.choose(*path)
        assert desk.at(StaffPlace.REVIEW)
        assert "I have looked at all of it" in said(present_staff(desk.state, "", str))
        desk.choose(SAVE, YES)
        assert desk.of(SavePerson)[-1].person.reviewed_by == "therapist-1"


def one(desk: AtDesk, item: str, *path: str) -> Person:
    """The person after one item was changed and saved."""
    desk.choose("person", CHANGE, item, *path)
    desk.choose(SAVE)
    saved: Person = desk.of(SavePerson)[-1].person
    return saved


@pytest.mark.parametrize(
    ("item", "answer", "field", "value"),
    [
        ("stage", "flaccid", "stage", Stage.FLACCID),
        ("stage", "synkinetic", "stage", Stage.SYNKINETIC),
        ("side", "both", "side", Side.BOTH),
        ("cause", "stroke", "cause", Cause.STROKE),
        ("onset", "under_2_weeks", "onset", Onset(band=OnsetBand.UNDER_2_WEEKS, attested_on=DAY)),
        ("graft", YES, "graft", True),
        ("stiffer", NO, "stiffer", False),
        ("full_eye_closure", YES, "full_eye_closure", True),
        ("one_hand", YES, "one_hand", True),
        ("numb_eye", YES, "numb_eye", True),
        ("lids", "left-stays-open", "lids", (Side.RIGHT,)),
        ("eye_surgery", YES, "eye_surgery", True),
        ("swallowing_risk", YES, "swallowing_risk", True),
        ("carotid_disease", YES, "carotid_disease", True),
        ("neck", YES, "permissions", (Permission.NECK,)),
        ("inside_cheek", YES, "permissions", (Permission.INSIDE_CHEEK,)),
        ("view_mode", "mirror", "view_mode", ViewMode.MIRROR),
        ("cues", NO, "cues", False),
        ("language", "de", "language", "de"),
        ("pause", "week", "pause_until", DAY + timedelta(days=7)),
        ("reviewed", YES, "reviewed_by", "therapist-1"),
    ],
)
def test_each_item_can_be_changed(item: str, answer: str, field: str, value: Any) -> None:
    """Every field of the plan that staff own is set by its own screen, and by nothing else."""
    desk = AtDesk.entered(staff_data())
    assert one(desk, item, answer) == msgspec.structs.replace(PARETIC, **{field: value})


@pytest.mark.parametrize(
    ("person", "offered"),
    [
        ({"side": Side.LEFT}, True),
        ({"side": Side.RIGHT}, True),
        ({"side": Side.BOTH}, False),
        ({"side": None}, False),
        ({"side": Side.LEFT, "stage": Stage.SYNKINETIC}, False),
    ],
)
def test_the_reflected_half_is_offered_where_there_is_a_healthy_one(person: dict[str, Any], offered: bool) -> None:
    """Rule 13, and never for quiet control; a choice that is no longer possible does not hold."""
    before = msgspec.structs.replace(PARETIC, view_mode=ViewMode.GOOD_SIDE, **person)
    desk = AtDesk.entered(staff_data(before))
    desk.choose("settings", "view_mode")
    found = staff.options(desk.state)
    assert (ViewMode.GOOD_SIDE.value in found) is offered
    held = found[desk.state.frame.cursor or 0]
    assert held == (ViewMode.GOOD_SIDE.value if offered else BY_PROGRAMME)


def test_each_item_shows_what_holds() -> None:
    """Whoever opens an item by mistake accepts what was there, and nothing changes."""
    desk = AtDesk.entered(staff_data())
    desk.choose("person", WHOLE)
    while desk.state.place is not StaffPlace.REVIEW:
        if desk.state.place is StaffPlace.TOUCH:
            desk.press(Button.GREEN)
        elif desk.state.frame.about[0] == "onset":
            assert desk.state.frame.cursor is not None
            desk.choose(DATE)
            desk.turn(ddmmyyyy(PARETIC.onset.on))  # type: ignore[union-attr, arg-type]
        else:
            desk.press(Button.GREEN)
    assert desk.state.draft == PARETIC


def test_the_side_is_checked_by_touch() -> None:
    """Left and right are mixed up easily: the person shows it, and "no" asks again."""
    desk = AtDesk.entered(staff_data())
    desk.choose("person", CHANGE, "side", "right")
    assert desk.at(StaffPlace.TOUCH)
    desk.choose(NO)
    desk.choose("left", YES)
    assert desk.at(StaffPlace.REVIEW)
    assert desk.state.draft == PARETIC


def test_a_tick_says_who_saw_it_and_when() -> None:
    """A movement seen is an observation of somebody on a day; without a date it stays undated."""
    desk = AtDesk.entered(staff_data(msgspec.structs.replace(PARETIC, ticks=())))
    desk.choose("person", CHANGE, "ticks", "smile", DONE, "nurse-1", "today")
    desk.choose("ticks", "brow", DONE, "therapist-1", DATE)
    desk.turn(ddmmyyyy(TOMORROW))
    assert desk.state.frame.message == "too-late"
    desk.turn(ddmmyyyy(date(2026, 2, 20)))
    desk.choose(SAVE)
    (saved,) = desk.of(SavePerson)
    smile = SeenTick(movement=Movement.SMILE, seen_on=DAY, by="nurse-1")
    brow = SeenTick(movement=Movement.BROW, seen_on=date(2026, 2, 20), by="therapist-1")
    assert saved.person.ticks == (smile, brow)
    assert Change("tick.smile", f"{DAY},nurse-1") in saved.changes
    undated = AtDesk.entered(staff_data(msgspec.structs.replace(PARETIC, ticks=()), today=None))
    undated.choose("person", CHANGE, "ticks", "smile", DONE, "nurse-1", "unknown", SAVE)
    assert undated.of(SavePerson)[0].person.ticks == (SeenTick(movement=Movement.SMILE, seen_on=None, by="nurse-1"),)


def test_a_tick_can_be_taken_away_and_all_be_reviewed() -> None:
    """Ticks are looked at again every month."""
    desk = AtDesk.entered(staff_data())
    desk.choose("person", CHANGE, "ticks", "smile", "reviewed", SAVE)
    saved = desk.of(SavePerson)[0]
    assert Movement.SMILE not in {tick.movement for tick in saved.person.ticks}
    assert saved.person.ticks_reviewed_on == DAY
    assert Change("tick.smile", NO) in saved.changes


def test_an_injection_has_regions_and_a_time_without_touch() -> None:
    """Given today at two regions, no touch for a week; a second entry of the same day adds its regions."""
    desk = AtDesk.entered(staff_data())
    desk.choose("person", CHANGE, "injections", "add", "today", "cheeks", "mouth", "chin", "mouth", DONE, "week")
    desk.choose("add", "today", "eyes", DONE, DATE)
    desk.turn(ddmmyyyy(DAY - timedelta(days=1)))
    assert desk.state.frame.message == "too-early"
    desk.turn(ddmmyyyy(TOMORROW))
    desk.choose(DONE, SAVE)
    both = (Region.CHEEKS, Region.CHIN, Region.EYES)
    injected = Injection(given_on=DAY, regions=both, no_touch_until=TOMORROW)
    assert desk.of(SavePerson)[0].person.injections == (injected,)
    again = AtDesk.entered(staff_data(desk.of(SavePerson)[0].person))
    assert one(again, "injections", "remove:0", DONE).injections == ()


def test_an_injection_by_itself_is_saved_when_it_is_whole() -> None:
    """It took 27 presses: a list of one before it, "done" behind all regions, and "done" once more at the end."""
    desk = AtDesk.entered(staff_data())
    desk.choose("person", f"{SECTION}{SECTIONS.index(('injections',))}")
    assert desk.at(StaffPlace.ITEM)
    desk.choose("add", "today", "eyes")
    cursor = desk.state.frame.cursor
    assert cursor is not None
    assert staff.options(desk.state)[cursor + 1] == DONE
    desk.choose("mouth", "eyes", DONE, "week")
    (saved,) = desk.of(SavePerson)
    (injection,) = saved.person.injections
    assert (injection.regions, injection.no_touch_until) == ((Region.MOUTH,), DAY + timedelta(days=7))
    assert desk.at(StaffPlace.SAVED)


def test_an_injection_without_a_region_cannot_be_entered() -> None:
    """An injection nowhere would protect nothing."""
    desk = AtDesk.entered(staff_data())
    desk.choose("person", CHANGE, "injections", "add", "today")
    assert DONE not in staff.options(desk.state)


@pytest.mark.parametrize("digits", ["31022026", "00012026", "01132026", "01010000"])
def test_a_date_that_does_not_exist_is_asked_again(digits: str) -> None:
    """A slip of a digit is told, never guessed."""
    desk = AtDesk.entered(staff_data())
    desk.choose("person", CHANGE, "onset", DATE)
    desk.keys(digits)
    assert (desk.state.place, desk.state.frame.message, desk.state.frame.digits) == (StaffPlace.DATE, "no-date", "")
    assert desk.state.draft == PARETIC


def test_red_takes_one_digit_back() -> None:
    """A slip of one digit costs that digit: the others stay, and the one taken back is where it was."""
    desk = AtDesk.entered(staff_data())
    desk.choose("person", CHANGE, "onset", DATE)
    desk.turn("0503")
    desk.press(Button.RED)
    assert (desk.state.place, desk.state.frame.digits) == (StaffPlace.DATE, "050")
    for _ in range(3):
        desk.press(Button.RED)
    assert (desk.state.place, desk.state.frame.digits) == (StaffPlace.DATE, "")
    desk.press(Button.RED)
    assert desk.at(StaffPlace.ITEM)


def test_a_pin_that_is_taken_back_is_not_shown() -> None:
    """The digit that comes back begins at random again: whoever watches learns nothing of it."""
    shown = set()
    for seed in range(12):
        state, _ = staff.begin(staff_data(), seed, 0)
        desk = AtDesk(state, 0)
        desk.choose("therapist-1")
        desk.turn("7")
        desk.press(Button.RED)
        assert (desk.state.place, desk.state.frame.digits) == (StaffPlace.PIN, "")
        shown.add(desk.state.frame.turning)
    assert len(shown) > 3


@pytest.mark.parametrize(("path", "groups"), [(("clock",), 5), (("person", CHANGE, "onset", DATE), 3)])
def test_the_digits_of_a_date_have_names(path: tuple[str, ...], groups: int) -> None:
    """Twelve boxes without a name are a riddle; every digit belongs to one."""
    desk = AtDesk.entered(staff_data())
    desk.choose(*path)
    scene = present_staff(desk.state, "", str)
    assert isinstance(scene, Digits)
    names, counts = zip(*scene.groups, strict=True)
    assert names == ("Day", "Month", "Year", "Hour", "Minute")[:groups]
    assert sum(counts) == scene.length
    assert {name for item in painter().layout(scene) for name in item.lines} >= set(names)


@pytest.mark.parametrize("slots", [(), (THERAPIST,)])
def test_how_to_turn_and_take_a_digit_stands_on_the_first_page_with_digits(slots: tuple[Slot, ...]) -> None:
    """Whoever has never seen the kiosk reads it there, not a page later."""
    desk = AtDesk.begin(staff_data(slots=slots))
    desk.press(Button.GREEN)
    scene = present_staff(desk.state, "", str)
    assert isinstance(scene, Digits)
    assert "Amber turns the digit, green takes it" in scene.text


def test_a_pause_ends_in_the_future() -> None:
    """A pause until yesterday is none."""
    desk = AtDesk.entered(staff_data())
    desk.choose("person", CHANGE, "pause", DATE)
    desk.keys(ddmmyyyy(DAY))
    assert desk.state.frame.message == "too-early"
    desk.keys(ddmmyyyy(TOMORROW))
    desk.choose(SAVE)
    assert desk.of(SavePerson)[0].person.pause_until == TOMORROW


def test_nothing_is_kept_before_save() -> None:
    """Leaving, idling and red lose the draft and nothing else."""
    for leaving in ("red", "idle"):
        desk = AtDesk.entered(staff_data())
        desk.choose("person", CHANGE, "graft", YES, "cause", "stroke")
        if leaving == "red":
            desk.press(Button.RED)
            assert desk.at(StaffPlace.DISCARD)
            desk.choose(KEEP)
            assert desk.at(StaffPlace.REVIEW)
            desk.press(Button.RED)
            desk.press(Button.RED)
            assert desk.at(StaffPlace.MENU)
        else:
            desk.wait(180_000)
            assert desk.state.left
        assert desk.of(SavePerson) == []
        assert desk.state.person == PARETIC


def test_red_goes_one_question_back() -> None:
    """A wrong answer is put right where it was given."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(CARE_ONLY, "left", YES)
    desk.press(Button.RED)
    desk.press(Button.RED)
    assert desk.state.frame.about[0] == "side"
    desk.choose("both", "en", SAVE)
    assert desk.of(SavePerson)[0].person.side is Side.BOTH


def test_the_last_save_can_be_taken_back() -> None:
    """A change saved by mistake is undone with one press, and later from the menu."""
    desk = AtDesk.entered(staff_data())
    one(desk, "graft", YES)
    desk.choose(UNDO)
    assert desk.state.person == PARETIC
    last = desk.of(SavePerson)[-1]
    assert (last.person, last.changes) == (PARETIC, (Change("graft", NO),))
    desk.choose("ok")
    one(desk, "numb_eye", YES)
    desk.choose("ok", "person", UNDO)
    assert desk.of(SavePerson)[-1].person == PARETIC
    assert UNDO not in staff.options(desk.state)


def test_a_code_is_never_given_twice() -> None:
    """Taking a new person back frees the kiosk, not the code: the next person gets another one."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose(CARE_ONLY, "both", "en", SAVE, UNDO)
    assert desk.of(Bind)[-1] == Bind("", "therapist-1")
    desk.choose("ok")
    assert CARE_ONLY not in staff.options(desk.state)
    desk.fresh(new_code="33333J")
    desk.choose(CARE_ONLY, "both", "en", SAVE)
    assert [e.person.code for e in desk.of(SavePerson)] == [NEW_CODE, "33333J"]


def test_somebody_who_was_here_before_keeps_their_plan() -> None:
    """A person who comes back is bound again, with what was set up then."""
    desk = AtDesk.entered(staff_data(None, former=(SYNKINETIC,)))
    desk.choose(FORMER, SYNKINETIC.code, SAVE)
    assert desk.of(Bind) == [Bind(SYNKINETIC.code, "therapist-1")]
    assert desk.of(SavePerson) == [SavePerson(SYNKINETIC, SYNKINETIC, (), "therapist-1")]


def test_a_nurse_pauses_the_plan_and_no_more() -> None:
    """Stage, ticks and review belong to the therapist."""
    desk = AtDesk.entered(staff_data(), slot="nurse-1")
    assert {"person", "programmes", "staff"}.isdisjoint(staff.options(desk.state))
    desk.choose("pause", "two-weeks")
    saved = desk.of(SavePerson)[0]
    assert saved.changes == (Change("pause_until", str(DAY + timedelta(days=14))),)
    assert saved.by == "nurse-1"


def test_a_plan_in_doubt_is_confirmed_from_its_whole_summary() -> None:
    """By a therapist, changed or not; a nurse is not led there, and her pause confirms nothing."""
    data = staff_data(doubted=(PARETIC.code,), notices=(Notice("doubt", NOTICES["doubt"]),))
    desk = AtDesk.entered(data)
    desk.choose("inbox", "!doubt")
    assert desk.at(StaffPlace.REVIEW)
    desk.choose(SAVE)
    assert desk.of(ConfirmPlan) == [ConfirmPlan(PARETIC.code, "therapist-1")]
    assert desk.of(SavePerson) == []
    assert (desk.state.place, desk.state.frame.about) == (StaffPlace.SAVED, ("confirmed",))
    desk.choose("ok", "person", CHANGE, SAVE)
    assert len(desk.of(ConfirmPlan)) == 1
    nurse = AtDesk.entered(data, "nurse-1")
    nurse.choose("inbox", "!doubt")
    assert nurse.at(StaffPlace.INBOX)
    nurse.press(Button.RED)
    nurse.choose("pause", "week")
    assert nurse.of(ConfirmPlan) == []
