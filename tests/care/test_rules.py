"""A table of cases for each rule of the programmes' page that concerns content: what is accepted, what is rejected."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.care.caps import plan_breaks
from kiosk.care.library import Library
from kiosk.care.model import (
    Family,
    Movement,
    Permission,
    Plan,
    Programme,
    Region,
    Side,
    Stage,
    Step,
    StepKind,
    ViewMode,
)
from kiosk.care.person import RISKS, Cause, Injection, Onset, OnsetBand, Override, Person, SeenTick
from kiosk.care.plan import compile_plan
from kiosk.care.rules import (
    constant_pain_cleared,
    default_view,
    eye_reminder,
    may,
    notices,
    offered,
    onset_weeks,
    suits,
    untouchable,
    view_modes,
)
from kiosk.care.today import Today
from kiosk.care.words import SIDE_WORDS, WORDS, OverrideReason, label, side_words_of
from kiosk.errors import RuleError
from kiosk.programmes.shelf import check_file
from tests.care.people import (
    BUILTIN,
    DAY,
    FLACCID,
    LONG_AGO,
    NOW_MS,
    PARETIC,
    SYNKINETIC,
    TICKS,
    days,
    maybe_days,
    onsets,
    persons,
    shipped,
    today,
    todays,
)

A, B, C, D, E = (
    shipped().programmes[name] for name in ("gentle-care", "relax", "releases", "first-movements", "quiet-control")
)


def codes(person: Person | None, programme: Programme, at: Today | None = None) -> list[str]:
    """Why ``programme`` is closed; empty: it is open."""
    verdict = may(person, programme, at if at is not None else today())
    assert verdict.open == (not verdict.reasons)
    return [reason.code for reason in verdict.reasons]


def override(rule: str, reason: str = OverrideReason.THERAPIST_EXAMINED, by: str = "slot-1") -> tuple[Override, ...]:
    return (Override(rule=rule, reason=reason, by=by, on=DAY),)


RECENT = Onset(on=DAY - timedelta(weeks=8))
RULE_1 = [
    (PARETIC, D, []),
    (SYNKINETIC, E, []),
    (replace(PARETIC, stage=None), D, ["no-stage"]),
    (replace(PARETIC, side=None), D, ["no-side"]),
    (replace(PARETIC, onset=None), D, ["no-onset"]),
    (replace(PARETIC, cause=None), D, ["no-cause"]),
    (replace(PARETIC, ticks=()), D, ["no-tick"]),
    (replace(SYNKINETIC, ticks=(SeenTick(movement=Movement.NOSE, seen_on=DAY, by="s"),)), E, ["no-fitting-tick"]),
    (replace(PARETIC, onset=RECENT), D, ["three-months"]),
    (replace(PARETIC, onset=Onset(on=DAY - timedelta(days=90))), D, ["three-months"]),
    (replace(PARETIC, onset=Onset(on=DAY - timedelta(days=91))), D, []),
    (replace(PARETIC, onset=Onset()), D, ["three-months"]),
    (replace(PARETIC, onset=RECENT, overrides=override("three-months")), D, []),
    (replace(PARETIC, onset=RECENT, overrides=override("three-months", "because")), D, ["three-months"]),
    (replace(PARETIC, onset=RECENT, overrides=override("three-months", by=" ")), D, ["three-months"]),
    (replace(PARETIC, onset=RECENT, overrides=override("cause")), D, ["three-months"]),
    (replace(PARETIC, cause=Cause.STROKE), D, ["cause"]),
    (replace(PARETIC, cause=Cause.STROKE), C, ["cause"]),
    (replace(PARETIC, cause=Cause.UNKNOWN), A, ["cause"]),
    (replace(PARETIC, cause=Cause.UNKNOWN), B, []),
    (replace(PARETIC, cause=Cause.STROKE, overrides=override("cause")), A, []),
    (replace(PARETIC, cause=Cause.STROKE, overrides=override("cause")), D, []),
    (replace(PARETIC, graft=True), D, ["graft"]),
    (replace(SYNKINETIC, graft=True, overrides=override("graft")), E, ["graft"]),
    (replace(SYNKINETIC, graft=True), C, []),
    (replace(PARETIC, graft=None), D, ["graft-not-asked"]),
    (replace(SYNKINETIC, graft=None), E, ["graft-not-asked"]),
    (replace(SYNKINETIC, graft=None), C, []),
]


@pytest.mark.parametrize(("person", "programme", "expected"), RULE_1)
def test_rule_1_movement_is_locked_until_staff_set_everything(
    person: Person, programme: Programme, expected: list[str]
) -> None:
    """Rule 1: nothing opens movement but the complete plan, and only listed overrides by someone open early."""
    assert codes(person, programme) == expected


def test_rule_2_a_flaccid_plan_contains_no_movement(tmp_path: Path) -> None:
    """Rule 2: refused on the home screen, when compiled, on import and in a file, whatever staff override."""
    stubborn = replace(FLACCID, overrides=override("flaccid") + override("wrong-stage"))
    for programme in (D, E, replace(D, stages=tuple(Stage)), replace(E, stages=tuple(Stage))):
        assert "flaccid" in codes(stubborn, programme)
        with pytest.raises(RuleError, match="flaccid"):
            compile_plan(shipped(), stubborn, programme, today())
    moving = compile_plan(shipped(), PARETIC, D, today())
    assert plan_breaks(moving, Stage.PARETIC) == []
    assert any("flaccid" in why for why in plan_breaks(moving, Stage.FLACCID))
    assert any("family" in why for why in plan_breaks(replace(moving, family=Family.CARE), Stage.PARETIC))
    file = tmp_path / "mine.toml"
    file.write_text((BUILTIN / "first-movements.toml").read_text().replace('["paretic"]', '["flaccid", "paretic"]'))
    assert [fault.rule for fault in check_file(file)] == ["a flaccid plan contains no active movement"]


def line(kind: str, **dose: object) -> str:
    """A programme file with one line whose dose is ``dose``."""
    exercise, family, stages, pack = {
        "movement": ("small-smile", "first-movements", '["paretic"]', ""),
        "release": ("release-cheek", "releases", '["paretic"]', 'pack = "chin-jaw"\n'),
        "massage": ("massage-chin", "care", '["paretic"]', ""),
    }[kind]
    good: dict[str, object] = {"hold_s": 3, "in_s": 3, "out_s": 3, "rest_s": 8, "repetitions": 3}
    if kind != "movement":
        good = {"hold_s": 20, "rest_s": 8, "repetitions": 2}
    doses = "".join(f"{key} = {value}\n" for key, value in (good | dose).items())
    head = f'id = "own"\nversion = 1\ntitle = "Own"\nfamily = "{family}"\nsummary = "Ours."\norder = 9\n'
    return f'{head}stages = {stages}\n[[line]]\nexercise = "{exercise}"\n{pack}source = "D"\n{doses}'


RULE_3 = [
    ("movement", {}, None),
    ("movement", {"hold_s": 5}, None),
    ("movement", {"hold_s": 5.1}, "line[0].hold_s"),
    ("movement", {"hold_s": 0}, "line[0].hold_s"),
    ("movement", {"hold_s": "nan"}, "line[0].hold_s"),
    ("movement", {"hold_s": "-inf"}, "line[0].hold_s"),
    ("movement", {"rest_s": 5}, None),
    ("movement", {"rest_s": 4.9}, "line[0].rest_s"),
    ("movement", {"repetitions": 10}, None),
    ("movement", {"repetitions": 11}, "line[0].repetitions"),
    ("movement", {"repetitions": 10, "in_s": 5, "out_s": 5, "hold_s": 5}, "line[0].repetitions"),
    ("movement", {"in_s": 0}, "line[0].in_s"),
    ("release", {"hold_s": 30}, None),
    ("release", {"hold_s": 30.5}, "line[0].hold_s"),
    ("release", {"rest_s": 4}, "line[0].rest_s"),
    ("release", {"repetitions": 11}, "line[0].repetitions"),
    ("massage", {"hold_s": 120, "repetitions": 1, "rest_s": 0}, None),
    ("massage", {"hold_s": 1e9}, "line[0].hold_s"),
    ("massage", {"short_hold_s": 60}, "line[0].short_hold_s"),
]


@pytest.mark.parametrize(("kind", "dose", "where"), RULE_3)
def test_rule_3_caps_in_files(tmp_path: Path, kind: str, dose: dict[str, object], where: str | None) -> None:
    """Rule 3: a dose beyond a cap is rejected and the fault names its line and key."""
    file = tmp_path / "own.toml"
    file.write_text(line(kind, **dose))
    faults = check_file(file)
    assert [fault.where.split(", ")[-1] for fault in faults] == ([where] if where else [])


def test_rule_3_sessions_a_day_and_total_in_files(tmp_path: Path) -> None:
    """Rule 3: a programme may not ask for more than three active sessions a day or 15 minutes of movement."""
    file = tmp_path / "own.toml"
    file.write_text("per_day = 4\n" + line("movement"))
    assert [fault.where for fault in check_file(file)] == ["line 1, per_day"]
    text = line("movement", repetitions=10).replace("small-smile", "quiet-smile")
    text = text.replace("first-movements", "quiet-control").replace("paretic", "synkinetic")
    file.write_text(text)
    assert check_file(file) == []
    file.write_text(text + text[text.index("[[line]]") :] * 5)
    assert ["at most 900 s" in fault.rule for fault in check_file(file)] == [True]


def plan(*steps: Step, family: Family = Family.FIRST_MOVEMENTS) -> Plan:
    return Plan(programme="own", version=1, title="Own", family=family, steps=steps)


MOVE = Step(
    exercise="small-smile",
    kind=StepKind.MOVEMENT,
    region=Region.MOUTH,
    side=None,
    title="Smile",
    sentence="Smile.",
    phases=("Smile",),
    in_ms=3000,
    hold_ms=3000,
    out_ms=3000,
    rest_ms=8000,
    repetitions=3,
)
QUIET = replace(MOVE, kind=StepKind.QUIET, in_ms=0, out_ms=0, repetitions=1, lead_in_ms=0, hold_ms=30_000)
RULE_3_PLANS = [
    (plan(MOVE, MOVE), None),
    (plan(MOVE, MOVE, MOVE, QUIET, MOVE, MOVE, MOVE), None),
    (plan(replace(MOVE, hold_ms=5001)), "a hold of"),
    (plan(replace(MOVE, hold_ms=0)), "a hold of"),
    (plan(replace(MOVE, rest_ms=4999)), "a rest of"),
    (plan(replace(MOVE, repetitions=11, in_ms=1, out_ms=1)), "repetitions"),
    (plan(replace(MOVE, repetitions=0)), "repetitions"),
    (plan(replace(MOVE, lead_in_ms=0)), "begins after"),
    (plan(replace(MOVE, in_ms=-1)), "below zero"),
    (plan(MOVE, MOVE, MOVE, MOVE), "a block"),
    (plan(MOVE, MOVE, replace(MOVE, lead_in_ms=5_000 + 180_000 - 3 * 48_000)), None),
    (plan(MOVE, MOVE, replace(MOVE, lead_in_ms=5_001 + 180_000 - 3 * 48_000)), "a block"),
    (plan(MOVE, MOVE, replace(QUIET, hold_ms=10_000), MOVE, MOVE), "a block"),
    (plan(*[MOVE, MOVE, QUIET] * 10), "in one session"),
    (plan(replace(MOVE, kind=StepKind.RELEASE, hold_ms=30_001)), "a hold of"),
    (replace(plan(QUIET), relax=(MOVE,)), "offered instead"),
]


@pytest.mark.parametrize(("imported", "why"), RULE_3_PLANS)
def test_rule_3_caps_in_plans(imported: Plan, why: str | None) -> None:
    """Rule 3: a compiled or imported plan is held against the same caps."""
    breaks = plan_breaks(imported, Stage.PARETIC)
    assert (why is None and breaks == []) or (why is not None and any(why in text for text in breaks))


RULE_3_TODAY = [
    (today(), []),
    (today(active_begun_today=2), []),
    (today(active_begun_today=3), ["per-day"]),
    (today(begun_today={"first-movements": 3}), ["per-day"]),
    (today(begun_today={"relax": 9, "gentle-care": 9}), []),
    (today(last_active_ended_ms=NOW_MS - 3_600_000), []),
    (today(last_active_ended_ms=NOW_MS - 3_599_999), ["gap"]),
    (today(last_active_ended_ms=NOW_MS + 1), ["gap"]),
]


@pytest.mark.parametrize(("at", "expected"), RULE_3_TODAY)
def test_rule_3_sessions_a_day_and_the_hour_between(at: Today, expected: list[str]) -> None:
    """Rule 3: three active sessions a day, an hour apart; care and rest are never counted."""
    assert codes(PARETIC, D, at) == expected
    assert codes(PARETIC, B, at) == codes(PARETIC, A, at) == codes(PARETIC, C, at) == []


RULE_3_WORDS = [
    ("Smile a little.", None),
    ("Where it feels tightest, smile.", None),
    ("You can hardly see it.", None),
    ("Smile hard.", "hard"),
    ("Do not SQUEEZE.", "squeez…"),
    ("Never smile to the maximum!", "maxim…"),
    ("As with chewing\u00a0 gum.", None),  # a hard space cannot be seen: rejected as such, below
    ("No Chewing Gum.", "chew… gum…"),
    ("Do not puff-hard.", "hard"),
    ("Hold water in your mouth.", "hold… water"),
    ("ｓｑｕｅｅｚｅ softly.", "squeez…"),
]


@pytest.mark.parametrize(("words", "found"), RULE_3_WORDS)
def test_rule_3_words_that_instructions_may_not_contain(tmp_path: Path, words: str, found: str | None) -> None:
    """Rule 3: forbidden words are found whole, in any case and spelling, even negated; cards are exempt."""
    file = tmp_path / "own.toml"
    file.write_text(
        '[[exercise]]\nid = "own"\ntitle = "Own"\nkind = "movement"\nregion = "mouth"\nneeds = ["smile"]\n'
        f'do = "{words}"\n'
    )
    faults = check_file(file)
    if "\u00a0" in words:
        assert ["cannot be seen" in fault.rule for fault in faults] == [True]
    else:
        assert [fault.rule.split('"')[1] for fault in faults if '"' in fault.rule] == ([found] if found else [])
        file.write_text(f'[[card]]\nid = "own"\ntitle = "Own"\npages = ["{words}"]\n')
        assert check_file(file) == []


def test_rule_3_words_have_a_list_for_each_language(tmp_path: Path) -> None:
    """Rule 3: all lists are looked through whether a file says its language or not; one without a list is rejected."""
    file = tmp_path / "own.toml"
    text = '[[exercise]]\nid = "own"\ntitle = "Mund"\nkind = "relax"\nregion = "mouth"\ndo = "Lippen {} zu."\n'
    for head in ('language = "de"\n', ""):
        file.write_text(head + text.format("fest"))
        assert ['"fest"' in fault.rule for fault in check_file(file)] == [True]
    file.write_text('language = "xx"\n' + text.format("leicht"))
    assert [fault.where for fault in check_file(file)] == ["line 1, language"]


RULE_5 = [
    (PARETIC, today(), []),
    (replace(PARETIC, pain_locked_on=DAY), today(), ["pain"]),
    (replace(PARETIC, pain_locked_on=DAY), today(day=DAY + timedelta(days=1)), []),
    (replace(PARETIC, pain_locked=True, pain_locked_on=DAY), today(day=DAY + timedelta(days=1), certain=False), []),
    (replace(PARETIC, pain_locked=True), today(), ["pain"]),
    (replace(PARETIC, pain_locked_on=DAY, onset=Onset(band=OnsetBand.OVER_1_YEAR)), today(day=None), ["pain"]),
    (replace(PARETIC, pain_locked_on=DAY, overrides=override("pain")), today(), ["pain"]),
]


@pytest.mark.parametrize(("person", "at", "expected"), RULE_5)
def test_rule_5_pain_closes_movement_for_the_day(person: Person, at: Today, expected: list[str]) -> None:
    """Rule 5: after pain no movement for the rest of the day, and only movement is closed."""
    assert codes(person, D, at) == expected
    assert codes(person, B, at) == codes(person, A, at) == []


def test_rule_5_constant_pain_is_cleared_by_staff() -> None:
    """Rule 5: a constant moderate pain is known when staff tick it."""
    assert not constant_pain_cleared(PARETIC)
    assert constant_pain_cleared(replace(PARETIC, permissions=(Permission.CONSTANT_PAIN,)))


def test_rule_6_linked_movement_pauses_first_movements_only() -> None:
    """Rule 6: D waits for a review of a new linked movement, E goes on."""
    assert codes(replace(PARETIC, linked_review=True), D) == ["linked"]
    assert codes(replace(SYNKINETIC, linked_review=True), E) == []
    assert "linked" in {notice.code for notice in notices(replace(SYNKINETIC, linked_review=True), today())}


def test_rule_7_a_red_flag_closes_movement_until_staff_have_looked_and_a_second_one_everything() -> None:
    """After a flag no session begins as if nothing had been said: the lock lies with the person, not with a screen."""
    cards = replace(B, family=Family.CARDS)
    closed = {flags: [codes(replace(SYNKINETIC, flags=flags), p) for p in (E, C, B, cards)] for flags in (0, 1, 2, 3)}
    assert closed[0] == [[], [], [], []]
    assert closed[1] == [["flag"], [], [], []]
    assert closed[2] == closed[3] == [["flag"], ["flag"], ["flag"], []]
    assert "flag" in {notice.code for notice in notices(replace(SYNKINETIC, flags=1), today())}


def test_rule_12_eye_reminder_until_full_closure() -> None:
    """Rule 12: the reminder stays until full eye closure is recorded."""
    assert eye_reminder(SYNKINETIC)
    assert not eye_reminder(replace(SYNKINETIC, full_eye_closure=True))


RULE_13 = [
    (PARETIC, D, True, ViewMode.LOOK_THEN_FEEL),
    (replace(PARETIC, side=Side.BOTH), D, False, ViewMode.LOOK_THEN_FEEL),
    (replace(PARETIC, side=None), D, False, ViewMode.LOOK_THEN_FEEL),
    (replace(PARETIC, view_mode=ViewMode.GOOD_SIDE), D, True, ViewMode.GOOD_SIDE),
    (replace(PARETIC, view_mode=ViewMode.GOOD_SIDE, side=Side.BOTH), D, False, ViewMode.LOOK_THEN_FEEL),
    (replace(SYNKINETIC, view_mode=ViewMode.GOOD_SIDE), E, False, ViewMode.FEEL),
    (replace(SYNKINETIC, view_mode=ViewMode.MIRROR), E, False, ViewMode.MIRROR),
    (SYNKINETIC, E, False, ViewMode.FEEL),
    (replace(SYNKINETIC, view_mode=ViewMode.MIRROR), C, False, ViewMode.FEEL),
    (replace(SYNKINETIC, view_mode=ViewMode.MIRROR), B, False, ViewMode.FEEL),
]


@pytest.mark.parametrize(("person", "programme", "reflected", "view"), RULE_13)
def test_rule_13_views(person: Person, programme: Programme, reflected: bool, view: ViewMode) -> None:
    """Rule 13: the reflected half only in D for one affected side; staff's choice holds where it is allowed."""
    assert (ViewMode.GOOD_SIDE in view_modes(person, programme)) is reflected
    assert default_view(person, programme) is view


def test_rule_13_words_about_sides() -> None:
    """Rule 13: strong and affected side are named by stage for one side; for both sides never."""
    assert SIDE_WORDS[side_words_of(FLACCID)] == SIDE_WORDS[side_words_of(PARETIC)] == "Let your strong side stay soft."
    assert SIDE_WORDS[side_words_of(SYNKINETIC)] == "Let your affected side soften; it will not drop."
    for stage in (None, *Stage):
        person = replace(PARETIC, stage=stage, side=Side.BOTH)
        assert SIDE_WORDS[side_words_of(person)] == "Let both sides soften."
        for programme, verdict in offered(shipped(), person, today()):
            if verdict.open:
                said = " ".join(s.sentence + s.feel for s in compile_plan(shipped(), person, programme, today()).steps)
                assert "strong" not in said
                assert "affected" not in said


RULE_15 = [
    (Onset(on=DAY - timedelta(weeks=13)), DAY, 13),
    (Onset(on=DAY - timedelta(weeks=13)), None, None),
    (Onset(on=DAY + timedelta(days=5)), DAY, 0),
    (Onset(band=OnsetBand.WEEKS_6_TO_12, attested_on=DAY), DAY, 6),
    (Onset(band=OnsetBand.WEEKS_6_TO_12, attested_on=DAY - timedelta(weeks=7)), DAY, 13),
    (Onset(band=OnsetBand.WEEKS_6_TO_12, attested_on=DAY + timedelta(weeks=7)), DAY, 6),
    (Onset(band=OnsetBand.MONTHS_3_TO_6), None, 13),
    (Onset(band=OnsetBand.UNKNOWN, attested_on=DAY), DAY, None),
    (Onset(on=DAY, band=OnsetBand.OVER_1_YEAR), DAY, 52),
]


@pytest.mark.parametrize(("onset", "day", "weeks"), RULE_15)
def test_rule_15_weeks_are_a_lower_bound(onset: Onset, day: date | None, weeks: int | None) -> None:
    """Rule 15: bands age with the calendar from the day they were attested; what is not known opens nothing."""
    person = replace(PARETIC, onset=onset)
    assert onset_weeks(person, today(day=day, certain=False)) == weeks
    expected = [] if weeks is not None and weeks >= 13 else ["three-months"]
    assert codes(person, D, today(day=day, certain=False)) == expected
    assert codes(person, B, today(day=day)) == codes(person, A, today(day=day)) == []


@given(onset=onsets, day=maybe_days, later=days)
def test_rule_15_a_later_day_never_takes_weeks_away(onset: Onset, day: date | None, later: date) -> None:
    """Rule 15: the bound only grows as the known day moves on."""
    person = replace(PARETIC, onset=onset)
    before = onset_weeks(person, today(day=day))
    after = onset_weeks(person, today(day=later if day is None else max(day, later)))
    assert before is None or (after is not None and after >= before)


def test_rule_16_nobody_set_up_means_cards_only() -> None:
    """Rule 16: without a person of its own the kiosk plays nothing."""
    cards = replace(B, family=Family.CARDS)
    assert codes(None, cards) == []
    assert [codes(None, programme) for programme in (A, B, C, D, E)] == [["no-person"]] * 5
    assert not any(verdict.open for _, verdict in offered(shipped(), None, today()))


STAGE_TABLE = [
    (FLACCID, {"gentle-care", "relax"}),
    (PARETIC, {"gentle-care", "relax", "releases", "first-movements"}),
    (SYNKINETIC, {"gentle-care", "relax", "releases", "quiet-control"}),
    (Person(code="C2D3FH", stage=Stage.FLACCID, side=Side.LEFT), {"gentle-care", "relax"}),
    (Person(code="C2D3FH"), {"gentle-care", "relax"}),
]


@pytest.mark.parametrize(("person", "expected"), STAGE_TABLE)
def test_the_stage_table(person: Person, expected: set[str]) -> None:
    """Each stage is offered what the table of stages allows; a care-only set-up is enough for care."""
    assert {programme.id for programme, verdict in offered(shipped(), person, today()) if verdict.open} == expected


RELEASES = [
    (SYNKINETIC, []),
    (replace(SYNKINETIC, onset=None, cause=None, side=None), []),
    (PARETIC, []),
    (replace(PARETIC, stiffer=False), ["not-stiff"]),
    (replace(PARETIC, onset=Onset(on=DAY - timedelta(weeks=6))), []),
    (replace(PARETIC, onset=Onset(on=DAY - timedelta(days=41))), ["six-weeks"]),
    (replace(PARETIC, onset=None), ["six-weeks"]),
    (replace(FLACCID, stiffer=True), ["wrong-stage"]),
    (replace(SYNKINETIC, locked=("releases",)), ["locked"]),
    (replace(SYNKINETIC, pause_until=DAY + timedelta(days=1)), ["paused"]),
    (replace(SYNKINETIC, pause_until=DAY), []),
]


@pytest.mark.parametrize(("person", "expected"), RELEASES)
def test_when_releases_open(person: Person, expected: list[str]) -> None:
    """C opens with the stage (and, paretic, six weeks and stiffness) and needs no second unlock."""
    assert codes(person, C) == expected


def test_a_pause_holds_while_the_day_is_not_known() -> None:
    """A pause until a date ends only when that date has surely come, and it pauses everything."""
    person = replace(SYNKINETIC, pause_until=DAY)
    assert codes(person, B, today(day=None)) == ["paused"]
    assert codes(person, B, today(day=DAY, certain=False)) == []


REVIEW = [
    (TICKS, None, 30, None),
    (TICKS, None, 31, "review-soon"),
    (TICKS, None, 37, "review-soon"),
    (TICKS, None, 38, "review-overdue"),
    (TICKS, DAY + timedelta(days=20), 50, None),
    (TICKS, DAY + timedelta(days=20), 58, "review-overdue"),
    ((replace(TICKS[0], seen_on=None),), None, 400, "ticks-undated"),
    ((*TICKS, replace(TICKS[0], seen_on=DAY + timedelta(days=30))), None, 38, "review-overdue"),
]


@pytest.mark.parametrize(("ticks", "reviewed_on", "later", "notice"), REVIEW)
def test_ticks_are_reviewed_every_30_days(
    ticks: tuple[SeenTick, ...], reviewed_on: date | None, later: int, notice: str | None
) -> None:
    """Overdue ticks lock D and E after 7 days' notice; releases and relaxation never."""
    at = today(day=DAY + timedelta(days=later))
    for someone, programme in ((PARETIC, D), (SYNKINETIC, E)):
        person = replace(someone, ticks=ticks, ticks_reviewed_on=reviewed_on, reviewed_by="slot-1")
        assert [n.code for n in notices(person, at)] == ([notice] if notice else [])
        assert codes(person, programme, at) == (["review"] if notice == "review-overdue" else [])
        assert codes(person, C, at) == codes(person, B, at) == []


def test_injections_forbid_touch_where_they_were_given() -> None:
    """Massage and releases at injected regions are left out until the day staff entered, or until they enter one."""
    injection = Injection(given_on=DAY, regions=(Region.CHEEKS,), no_touch_until=DAY + timedelta(days=14))
    person = replace(SYNKINETIC, injections=(injection,))
    touched = {Region.CHEEKS, Region.CHEEK_MOUTH_CORNER, Region.LOWER_LID_NOSE_SIDE, Region.MOUTH}
    for programme in (A, C, E):
        regions = {
            s.region for s in compile_plan(shipped(), person, programme, today()).steps if s.hands and not s.active
        }
        assert not regions & touched
    later = today(day=DAY + timedelta(days=14))
    assert touched & {s.region for s in compile_plan(shipped(), person, C, later, regions=tuple(touched)).steps}
    for open_end in (replace(injection, no_touch_until=None), replace(injection, regions=(Region.WHOLE_FACE,))):
        everywhere = replace(open_end, regions=(Region.WHOLE_FACE,))
        assert codes(replace(SYNKINETIC, injections=(everywhere,)), C) == ["no-touch"]
        assert codes(replace(SYNKINETIC, injections=(everywhere,)), A) == []
    assert "injection-open" in {
        notice.code for notice in notices(replace(person, injections=(replace(injection, no_touch_until=None),)), later)
    }


def test_regions_that_share_skin_do_so_both_ways() -> None:
    """An injection beside the eye rules out the temple, and one at the temple the eye; far regions stay free."""
    for one, other in ((Region.EYES, Region.TEMPLES), (Region.CHIN, Region.CHIN_JAW), (Region.MOUTH, Region.CHIN)):
        for given_at, asked in ((one, other), (other, one)):
            person = replace(SYNKINETIC, injections=(Injection(given_on=DAY, regions=(given_at,)),))
            assert untouchable(person, today(), asked)
            assert not untouchable(person, today(), Region.SCALP_FOREHEAD_BROW) or Region.TEMPLES in (one, other)


def test_red_stuck_locks_movement_only() -> None:
    """A red button that is stuck closes movement, not care."""
    assert codes(PARETIC, D, today(red_stuck=True)) == ["stuck"]
    assert codes(PARETIC, A, today(red_stuck=True)) == []


def test_home_lists_open_programmes_first_and_releases_before_all() -> None:
    """Releases lead the home screen whenever they are open; what is closed comes last and says why."""
    ids = [programme.id for programme, _ in offered(shipped(), SYNKINETIC, today())]
    assert ids == ["releases", "relax", "gentle-care", "quiet-control", "first-movements"]
    listed = offered(shipped(), FLACCID, today())
    assert [verdict.open for _, verdict in listed] == [True, True, False, False, False]
    nose_only = replace(SYNKINETIC, ticks=(replace(TICKS[0], movement=Movement.NOSE),))
    assert {p.id: v.open for p, v in offered(shipped(), nose_only, today())}["quiet-control"] is False
    blind = replace(E, line_needs=())
    library = Library(programmes={E.id: blind}, exercises=shipped().exercises)
    ((_, verdict),) = offered(library, nose_only, today())
    assert [reason.code for reason in verdict.reasons] == ["nothing-left"]


def test_stiff_although_flaccid_is_shown_to_staff() -> None:
    """A flaccid person who is stiff all the same is a reason to review the stage."""
    assert "stiff" in {notice.code for notice in notices(replace(FLACCID, stiffer=True), today())}


@given(person=persons, at=todays, risk=st.sampled_from(RISKS))
def test_a_question_that_was_not_asked_opens_nothing_that_yes_would_close(person: Person, at: Today, risk: str) -> None:
    """Not asked counts as yes, for each such question, in programmes and exercises alike; staff are told."""
    yes, unasked = replace(person, **{risk: True}), replace(person, **{risk: None})
    assert "not-asked" in {notice.code for notice in notices(unasked, at)}
    for (programme, closed), (_, verdict) in zip(
        offered(shipped(), yes, at), offered(shipped(), unasked, at), strict=True
    ):
        assert verdict.open == closed.open, programme.id
    for exercise in shipped().exercises.values():
        assert suits(unasked, exercise, at) == suits(yes, exercise, at), exercise.id


@given(person=persons, at=todays)
def test_every_reason_is_a_sentence_that_says_what_to_do(person: Person, at: Today) -> None:
    """Whoever the person and whatever the day: verdicts agree with their reasons, and reasons are whole sentences."""
    for _, verdict in offered(shipped(), person, at):
        assert verdict.open == (not verdict.reasons)
        for reason in verdict.reasons:
            assert reason.text.endswith(".")
            assert len(reason.text) <= 90


def test_every_word_of_care_has_a_label() -> None:
    """No enum value reaches a screen without words of its own."""
    for kind, labels in WORDS.items():
        assert set(kind) == set(labels)
        assert all(label(value) for value in kind)
    assert label(Movement.NOSE) != label(Region.NOSE)


def test_long_ago_is_long_enough() -> None:
    """The persons of these tests are past three months, so that each case tests its own rule."""
    assert onset_weeks(replace(PARETIC, onset=LONG_AGO), today()) == 30
