"""Each rule about practice is broken once, in a copy of the program: the test that holds it fails.

A rule that can be broken without any test failing is held by nobody. ``BROKEN`` says for each rule of ``docs/rules.md``
how it is broken; a line that changes in the program changes here too.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.mutants.copies import environment, fresh
from tests.patience import PATIENCE_S
from tests.test_rules import (
    CARE,
    CONTENT,
    DAYS,
    DAYTIME,
    DOUBTS,
    FILMING,
    HERE,
    LETTERS,
    LOOP,
    MACHINE,
    PEDALS,
    PLAN,
    QUESTIONS,
    ROOT,
    RULES,
    VOICE,
    exists,
)

AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule, and a change of one place that breaks it."""

    rule: int | str
    file: str
    fragment: str
    """Stands in the file exactly once."""
    instead: str
    test: str
    """Fails then."""


BROKEN = (
    Broken(
        1,
        "kiosk/care/rules.py",
        "yield from _movement(person, programme, today)",
        "yield from ()",
        f"{CARE}::test_rule_1_movement_is_locked_until_staff_set_everything",
    ),
    Broken(
        1,
        "kiosk/care/rules.py",
        'yield "graft-not-asked"',
        "yield from ()",
        f"{CARE}::test_rule_1_movement_is_locked_until_staff_set_everything",
    ),
    Broken(
        1,
        "kiosk/care/rules.py",
        "if any(risk is not False for risk in risks):",
        "if any(risks):",
        f"{PLAN}::test_gentle_care_leaves_out_what_is_ruled_out",
    ),
    Broken(
        2,
        "kiosk/programmes/validate.py",
        "if stage not in STAGES[family]:",
        "if stage not in STAGES[family] and stage is not Stage.FLACCID:",
        f"{CARE}::test_rule_2_a_flaccid_plan_contains_no_movement",
    ),
    Broken(
        3,
        "kiosk/care/caps.py",
        "if step.repetitions > 1 and step.rest_ms < REST_S * 1000:",
        "if step.repetitions > REPETITIONS and step.rest_ms < REST_S * 1000:",
        f"{CARE}::test_rule_3_caps_in_plans",
    ),
    Broken(
        3,
        "kiosk/care/rules.py",
        "today.active_begun_today >= ACTIVE_PER_DAY or ",
        "today.active_begun_today > ACTIVE_PER_DAY or ",
        f"{CARE}::test_rule_3_sessions_a_day_and_the_hour_between",
    ),
    Broken(
        3,
        "kiosk/programmes/validate.py",
        "    elif found:\n",
        "    elif found and False:\n",
        f"{CARE}::test_rule_3_words_that_instructions_may_not_contain",
    ),
    Broken(
        4,
        "kiosk/session/machine.py",
        "if turn.s.context.single_switch or button is Button.RED or (",
        "if turn.s.context.single_switch or (button is Button.RED and turn.s.camera_ok) or (",
        f"{HERE}::test_rule_4_stop_is_one_press_in_every_phase_with_everything_else_dead",
    ),
    Broken(
        5,
        "kiosk/session/taking.py",
        "    if now is Answer.SHARP:\n        return True\n",
        "    if now is Answer.SHARP:\n        now = Answer.MILD\n",
        f"{MACHINE}::test_pain_ends_the_step_and_closes_movement_for_the_day",
    ),
    Broken(
        6,
        "kiosk/care/rules.py",
        "if person.linked_review and programme.family in (Family.FIRST_MOVEMENTS, Family.STANDARD_SET):",
        "if person.linked_review and programme.family is Family.QUIET_CONTROL:",
        f"{CARE}::test_rule_6_linked_movement_pauses_first_movements_only",
    ),
    Broken(
        7,
        "kiosk/session/turn.py",
        "self.s.context.flag_reading_ms if phase is SessionPhase.RED_FLAGS else self.s.context.hears(prompt)",
        "0 if phase is SessionPhase.RED_FLAGS else self.s.context.hears(prompt)",
        f"{MACHINE}::test_silence_at_the_red_flags_is_no_session_and_green_works_only_after_the_list",
    ),
    Broken(
        7,
        "kiosk/session/prompts.py",
        'CANNOT_CALL = "This kiosk cannot call anyone. Staff will see a note."',
        'CANNOT_CALL = "Staff will come."',
        f"{HERE}::test_rule_7_the_flagged_screen_says_whom_to_call_and_that_the_kiosk_cannot",
    ),
    Broken(
        8,
        "kiosk/runtime/loop.py",
        "times.append(frame.t_ms + STALE_MS + 1)",
        "times.append(frame.t_ms + PRESENT_EVERY_MS)",
        f"{LOOP}::test_a_frozen_face_is_taken_off_the_screen_after_two_seconds_without_any_news",
    ),
    Broken(
        9,
        "kiosk/runtime/session_mode.py",
        "points=Permission.REPLAYS in person.permissions",
        "points=bool(person.code)",
        f"{FILMING}::test_without_consent_nothing_of_a_session_is_kept",
    ),
    Broken(
        10,
        "kiosk/session/prompts.py",
        'Text("Done for now", how="Let your face rest. Thank you.")',
        'Text("Done for now", how="Your best score so far. Thank you.")',
        f"{HERE}::test_rule_10_and_14_no_word_grades_scores_shames_or_claims",
    ),
    Broken(
        11,
        "kiosk/session/machine.py",
        "turn.end(EndReason.TIMEOUT, now_ms)",
        "turn.end(EndReason.COMPLETED, now_ms)",
        f"{MACHINE}::test_a_pause_nobody_ends_is_a_timeout_and_not_completed",
    ),
    Broken(
        11,
        "kiosk/clock.py",
        "return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000",
        "return time.time_ns() // 1_000_000",
        f"{HERE}::test_rule_11_the_clock_of_durations_is_boot_time",
    ),
    Broken(
        12,
        "kiosk/care/rules.py",
        "return not person.full_eye_closure",
        "return not person.full_eye_closure and person.stage is Stage.FLACCID",
        f"{CARE}::test_rule_12_eye_reminder_until_full_closure",
    ),
    Broken(
        13,
        "kiosk/care/rules.py",
        "if view is not ViewMode.GOOD_SIDE or one_sided)",
        "if view is not ViewMode.GOOD_SIDE or person.side)",
        f"{CARE}::test_rule_13_views",
    ),
    Broken(
        14,
        "assets/programmes/relax.toml",
        'title = "Relax"\n',
        'title = "Relax"\nreviewed_by = "A. Therapist"\n',
        f"{CONTENT}::test_nothing_that_ships_claims_a_review",
    ),
    Broken(
        15,
        "kiosk/records/daytime.py",
        "NEW_DAY_MS = 10 * 3_600_000",
        "NEW_DAY_MS = 9 * 3_600_000",
        f"{DAYTIME}::test_a_new_day_needs_ten_hours_of_power",
    ),
    Broken(
        15,
        "kiosk/records/daytime.py",
        "return all(local_day(then) < local_day(now) for then, now in self.pairs)",
        "return any(local_day(then) < local_day(now) for then, now in self.pairs)",
        f"{DAYS}::test_a_step_over_midnight_ends_no_day",
    ),
    Broken(
        16,
        "kiosk/session/taking.py",
        "    if answer is Answer.YES:\n        turn.ask(SessionPhase.RED_FLAGS, now_ms)\n",
        "    if answer is not Answer.YES:\n        turn.ask(SessionPhase.RED_FLAGS, now_ms)\n",
        f"{MACHINE}::test_somebody_else_at_the_bed_begins_nothing",
    ),
    Broken(
        16,
        "kiosk/session/machine.py",
        "IDLE_MS = 180_000",
        "IDLE_MS = 181_000",
        f"{HERE}::test_rule_16_three_silent_minutes_lead_out_of_every_question",
    ),
    Broken(
        "a",
        "kiosk/care/rules.py",
        "if today.doubted and family is not Family.RELAX:",
        "if today.doubted and family is Family.FIRST_MOVEMENTS:",
        f"{DOUBTS}::test_a_row_that_cannot_be_read_closes_all_but_relaxing_until_a_therapist_has_looked",
    ),
    Broken(
        "b",
        "kiosk/session/turn.py",
        "lit_after_ms = heard_ms if phase in HEARD else 0",
        "lit_after_ms = heard_ms if phase in HEARD - {SessionPhase.LINKED} else 0",
        f"{QUESTIONS}::test_green_works_only_once_the_whole_question_was_heard_or_read",
    ),
    Broken(
        "c",
        "kiosk/session/taking.py",
        "return session.context.flags + session.flags < FLAGS_FOR_STAFF",
        "return session.flags < FLAGS_FOR_STAFF",
        f"{QUESTIONS}::test_after_a_second_flag_only_staff_open_again",
    ),
    Broken(
        "d",
        "kiosk/session/timed.py",
        "case SessionPhase.SETTLE_IN if not session.current.active:",
        "case SessionPhase.SETTLE_IN:",
        f"{QUESTIONS}::test_settling_is_short_only_where_the_first_step_is_quiet",
    ),
    Broken(
        "e",
        "kiosk/session/machine.py",
        "timed.pause(turn, now_ms, prompt, lit_after_ms=timed.PAUSE_LIT_MS)",
        "timed.pause(turn, now_ms, prompt, lit_after_ms=0)",
        f"{QUESTIONS}::test_green_goes_on_a_second_after_the_pause_and_amber_leads_round_to_it_again",
    ),
    Broken(
        "f",
        "kiosk/devices/sound_queue.py",
        "return order.droppable and now_ms - order.t_ms > CUE_LATE_MS",
        "return now_ms - order.t_ms > CUE_LATE_MS",
        f"{VOICE}::test_a_late_cue_is_dropped_and_a_question_is_not",
    ),
    Broken(
        "g",
        "kiosk/care/drafts.py",
        "eyes_closed=exercise.eyes_closed and sound,",
        "eyes_closed=exercise.eyes_closed,",
        f"{PLAN}::test_without_sound_eyes_stay_softly_open",
    ),
    Broken(
        "h",
        "kiosk/present/head.py",
        "return show.spot is None or (step.kind is StepKind.RELEASE and not show.reviewed_by)",
        "return show.spot is None",
        "tests/present/test_head.py::test_an_unreviewed_release_shows_only_its_region",
    ),
    Broken(
        "i",
        "kiosk/care/doses.py",
        "return min(limit, CONTROL_HOLD_S) if",
        "return limit if",
        "tests/planning/test_doses.py::test_nothing_beyond_the_limits_can_be_chosen",
    ),
    Broken(
        "j",
        "kiosk/menus/import_menu.py",
        "full_eye_closure=person.full_eye_closure and old.full_eye_closure,",
        "full_eye_closure=person.full_eye_closure,",
        "tests/menus/test_import_menu.py::test_a_file_gives_no_consent_takes_none_back_and_opens_nothing",
    ),
    Broken(
        "k",
        "kiosk/bedside/sessions.py",
        "if start is not None and row.programme not in SETS:",
        "if start is not None:",
        "tests/runtime/test_standard.py::test_it_is_no_practice",
    ),
    Broken(
        "l",
        "kiosk/home/machine.py",
        "if home.now_ms >= home.touched_ms + home.data.idle_ms:",
        "if home.now_ms >= home.touched_ms + 2 * home.data.idle_ms:",
        "tests/home/test_machine.py::test_silence_hides_everything_and_any_press_wakes",
    ),
    Broken(
        "m",
        "kiosk/booth/machine.py",
        "(CloseMicrophone(),) if booth.phase in LISTENING else ()",
        "(CloseMicrophone(),) if booth.phase not in LISTENING else ()",
        "tests/runtime/test_desk_voice.py::test_leaving_closes_the_microphone_and_forgets",
    ),
    Broken(
        "n",
        "kiosk/care/drafts.py",
        "if picture.side is wanted), None)",
        "if picture.side is not None), None)",
        "tests/programmes/test_pictures.py::test_it_is_shown_for_its_side_and_no_other",
    ),
    Broken(
        "o",
        "kiosk/desk/lesson.py",
        "return self.known[:-1] if self.proving else self.known",
        "return self.known",
        f"{PEDALS}::test_a_red_that_never_stopped_is_forgotten",
    ),
    Broken(
        "p",
        "kiosk/session/prompts.py",
        '"Touch your left cheek. Is this you?"',
        '"Touch your right cheek. Is this you?"',
        "tests/commands/test_voice.py::test_the_shipped_voice_says_what_the_screens_say",
    ),
    Broken(
        "p",
        "kiosk/present/languages.py",
        "    if unreviewed:\n",
        "    if not unreviewed:\n",
        "tests/runtime/test_languages.py::test_status_names_each_language_that_no_person_has_reviewed",
    ),
)

NOT_YET = ("not built yet", "there is none", "there are none")
"""How the page of the rules begins where there is nothing that a rule could hold."""


def in_the_kiosk() -> set[int | str]:
    """The rules that the page says exist today."""
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    numbers = {int(number) for number in re.findall(r"^(\d+)\. ", page, re.M)}
    letters = re.findall(r"^\| ([a-z]) \| .* \| (.*) \|$", page, re.M)
    return numbers | {letter for letter, today in letters if not today.startswith(NOT_YET)}


def test_each_rule_that_exists_has_tests_and_is_broken_once() -> None:
    """The page, the list of tests and this one name the same rules."""
    assert {16, "a", "l", "p"} < in_the_kiosk()
    assert in_the_kiosk() == {one.rule for one in BROKEN} == {*RULES, *LETTERS}
    held = {rule: ids for table in (RULES, LETTERS) for rule, (_, ids) in table.items()}
    assert not [one.test for one in BROKEN if one.test not in held[one.rule]]


def test_what_breaks_a_rule_stands_in_the_program() -> None:
    """Each fragment once, and each test."""
    counted = {one: (ROOT / one.file).read_text(encoding="utf-8").count(one.fragment) for one in BROKEN}
    assert not [(one.file, one.fragment, count) for one, count in counted.items() if count != 1]
    assert not [one.test for one in BROKEN if not exists(one.test)]
    assert all(one.fragment != one.instead for one in BROKEN)


def outcome(copy: Path, tests: Sequence[str]) -> tuple[Counter[str], str]:
    """How many of ``tests`` passed and failed in a copy of the program, and what pytest said."""
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "--tb=line", "-p", "no:cacheprovider", "-m", "", *tests],
        cwd=copy,
        env=environment(copy),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S * (1 + len(tests)),
        check=False,
    )
    counts = re.findall(r"(\d+) (passed|failed|errors?)\b", told.stdout.rstrip().rpartition("\n")[2])
    return Counter({word: int(count) for count, word in counts}), told.stdout + told.stderr


@pytest.mark.slow
def test_a_rule_that_is_broken_is_noticed() -> None:
    """Each test passes with the program as it is, and fails once its rule is broken."""
    copies: SimpleQueue[Path] = SimpleQueue()
    for number in range(AT_ONCE):
        copies.put(fresh(f"rules-{number}"))

    def whole(tests: Sequence[str]) -> tuple[Counter[str], str]:
        copy = copies.get()
        try:
            return outcome(copy, tests)
        finally:
            copies.put(copy)

    def broken(one: Broken) -> tuple[Counter[str], str]:
        copy = copies.get()
        path = copy / one.file
        good = path.read_text(encoding="utf-8")
        path.write_text(good.replace(one.fragment, one.instead), encoding="utf-8")
        try:
            return outcome(copy, [one.test])
        finally:
            path.write_text(good, encoding="utf-8")
            copies.put(copy)

    tests = list(dict.fromkeys(one.test for one in BROKEN))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for counts, said in pool.map(whole, (tests[::2], tests[1::2])):
            assert set(counts) == {"passed"}, said
        told = list(pool.map(broken, BROKEN))
    unnoticed = [
        f"{one.rule}: {one.file}, {one.instead!r}\n{said}"
        for one, (counts, said) in zip(BROKEN, told, strict=True)
        if counts["failed"] != 1 or counts["error"] or counts["errors"]
    ]
    assert not unnoticed, "\n".join(unnoticed)
