"""The rules that the software enforces: which tests hold each of them, and what no other test looks at.

A rule without a test is a wish. ``RULES`` and ``LETTERS`` are the lists to read first when a rule is in doubt.
"""

from __future__ import annotations

import ast
import gettext
import re
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from kiosk.bedside.sessions import today as today_of
from kiosk.care.model import Family, Side, Stage
from kiosk.care.plan import compile_plan
from kiosk.clock import ClockStatus, SimClock, SystemClock, instant
from kiosk.present.session import Around, present
from kiosk.records.store import Store
from kiosk.rows.kinds import SessionRow, utc_text
from kiosk.screens.scene import Listing, Menu, NoteScene, PictureScene, Scene, StepScene
from kiosk.session.effects import Began, Ended, Leave, Say, UseCamera
from kiosk.session.model import Answer, Session, SessionPhase, SessionTick
from kiosk.session.prompts import PROMPTS, RED_FLAGS
from kiosk.session.timed import TIMED
from kiosk.signals import Button, CameraState, FaceState
from tests.care.people import PARETIC, shipped, today
from tests.patience import PATIENCE_S
from tests.runtime.test_session_mode import Bench
from tests.session.plans import context, movement, plan
from tests.session.walk import Walk

ROOT = Path(__file__).resolve().parents[1]
CARE, PLAN, CONTENT = "tests/care/test_rules.py", "tests/care/test_plan.py", "tests/care/test_content.py"
MACHINE, LEADING, LOOP = (
    "tests/session/test_machine.py",
    "tests/runtime/test_session_mode.py",
    "tests/runtime/test_loop.py",
)
CAMERA, CHILD = "tests/devices/test_camera.py", "tests/devices/test_camera_child.py"
BUTTONS, FILMING = "tests/devices/test_buttons.py", "tests/runtime/test_filming.py"
RECOVERY, READER, DAYTIME = (f"tests/records/test_{name}.py" for name in ("recovery", "reader", "daytime"))
DAYS = "tests/bedside/test_days.py"
WATCHING = "tests/runtime/test_measuring.py"
QUESTIONS, DOUBTS = "tests/session/test_questions.py", "tests/records/test_doubts.py"
STANDARD, SETS = "tests/care/test_standard.py", "tests/runtime/test_standard.py"
VOICE, PEDALS = "tests/devices/test_sound_queue.py", "tests/menus/test_pedals.py"
HERE = "tests/test_rules.py"

RULES: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "Movement is locked until stage, side, onset, cause and a seen movement are set; early only by an override.",
        (
            f"{CARE}::test_rule_1_movement_is_locked_until_staff_set_everything",
            f"{CARE}::test_the_stage_table",
            f"{CARE}::test_ticks_are_reviewed_every_30_days",
            f"{CARE}::test_a_question_that_was_not_asked_opens_nothing_that_yes_would_close",
            f"{PLAN}::test_gentle_care_leaves_out_what_is_ruled_out",
            f"{PLAN}::test_plans_of_any_person_on_any_day_keep_the_rules",
        ),
    ),
    2: (
        "A flaccid plan contains no movement; the validator rejects it, also on import.",
        (
            f"{CARE}::test_rule_2_a_flaccid_plan_contains_no_movement",
            f"{PLAN}::test_plans_of_any_person_on_any_day_keep_the_rules",
            "tests/programmes/test_nature.py::test_an_exercise_is_what_it_says",
            "tests/programmes/test_library.py::test_an_exercise_may_not_turn_a_programme_into_something_else",
        ),
    ),
    3: (
        "Caps of hold, rest, repetitions, block, session and day are rejected, not warned of; forbidden words too.",
        (
            f"{CARE}::test_rule_3_caps_in_files",
            f"{CARE}::test_rule_3_caps_in_plans",
            f"{CARE}::test_rule_3_sessions_a_day_and_total_in_files",
            f"{CARE}::test_rule_3_sessions_a_day_and_the_hour_between",
            f"{CARE}::test_rule_3_words_that_instructions_may_not_contain",
            f"{CARE}::test_rule_3_words_have_a_list_for_each_language",
            f"{DAYS}::test_three_a_day_stay_three_when_the_clock_comes_back_earlier",
            f"{DAYS}::test_an_hour_between_two_sessions_is_an_hour_of_every_clock",
            "tests/programmes/test_nature.py::test_a_forbidden_word_is_refused_in_any_spelling",
            f"{PLAN}::test_any_clinic_programme_of_movements_is_split_or_refused",
            f"{PLAN}::test_a_plan_beyond_the_caps_is_refused",
        ),
    ),
    4: (
        "Stop is one press, instant, in every state, with everything else dead; a mistake resumes paused within 60 s.",
        (
            f"{HERE}::test_rule_4_stop_is_one_press_in_every_phase_with_everything_else_dead",
            f"{MACHINE}::test_red_stops_at_once_and_asks_why_afterwards",
            f"{MACHINE}::test_a_stop_by_mistake_resumes_paused_but_only_for_a_minute",
            f"{MACHINE}::test_any_press_of_a_single_switch_stops_a_step_and_choices_are_scanned",
            f"{MACHINE}::test_a_stuck_red_button_makes_amber_stop_and_closes_movement",
            f"{BUTTONS}::test_red_is_never_delayed",
            f"{LEADING}::test_a_stop_by_mistake_is_open_again_in_the_record",
        ),
    ),
    5: (
        "Sharp or worse pain ends the step and closes movement for the day; constant pain is cleared by staff once.",
        (
            f"{CARE}::test_rule_5_pain_closes_movement_for_the_day",
            f"{DAYS}::test_a_step_of_the_clock_does_not_end_the_day_of_a_pain",
            f"{CARE}::test_rule_5_constant_pain_is_cleared_by_staff",
            f"{MACHINE}::test_pain_at_check_in_keeps_movement_closed_and_offers_relaxing",
            f"{MACHINE}::test_constant_moderate_pain_cleared_by_staff_lets_movement_begin",
            f"{MACHINE}::test_pain_ends_the_step_and_closes_movement_for_the_day",
            f"{MACHINE}::test_tired_skips_the_block_and_offers_relaxing",
            f"{LEADING}::test_pain_closes_movement_for_the_person_in_the_same_breath",
        ),
    ),
    6: (
        "A new linked movement pauses D until staff review it; E goes on, smaller, and staff are told.",
        (
            f"{CARE}::test_rule_6_linked_movement_pauses_first_movements_only",
            f"{MACHINE}::test_linked_movement_pauses_first_movements_but_only_shrinks_quiet_control",
        ),
    ),
    7: (
        "Red flags are read before each session; any flag means no session, words on whom to call, a lamp, a line.",
        (
            f"{HERE}::test_rule_7_the_list_names_every_flag_and_the_voice_reads_it_out",
            f"{HERE}::test_rule_7_the_flagged_screen_says_whom_to_call_and_that_the_kiosk_cannot",
            f"{MACHINE}::test_silence_at_the_red_flags_is_no_session_and_green_works_only_after_the_list",
            f"{MACHINE}::test_any_red_flag_means_no_session_a_lamp_and_a_line_for_staff",
            f"{LEADING}::test_a_refused_check_in_leaves_no_session",
        ),
    ),
    8: (
        "Nothing hides a failed camera: never a frozen face; everything else goes on without it.",
        (
            f"{HERE}::test_rule_8_a_lost_camera_is_said_where_the_picture_was",
            f"{LOOP}::test_a_frozen_face_is_taken_off_the_screen_after_two_seconds_without_any_news",
            f"{MACHINE}::test_without_a_camera_the_session_goes_on_to_its_end",
            f"{MACHINE}::test_nobody_who_looks_means_nobody_who_waits_for_a_face",
            f"{WATCHING}::test_whoever_looks_dies_and_the_session_goes_on_to_its_end",
            f"{WATCHING}::test_news_that_is_too_old_brings_no_cue",
            f"{CAMERA}::test_a_camera_that_stops_is_killed_two_seconds_after_its_last_picture",
            f"{CAMERA}::test_a_frozen_camera_is_killed_though_pictures_go_on_arriving",
            f"{CHILD}::test_a_child_that_hangs_or_repeats_itself_is_killed",
            "tests/screens/test_mirror.py::test_no_frame_yet_is_no_frozen_face",
        ),
    ),
    9: (
        "No image leaves memory by default; films and line drawings need recorded consent, taken back with one choice.",
        (
            f"{HERE}::test_rule_9_no_module_can_write_a_picture",
            f"{HERE}::test_rule_9_a_session_before_the_camera_leaves_no_picture_behind",
            f"{HERE}::test_rule_9_the_record_has_no_place_for_a_picture",
            f"{FILMING}::test_without_consent_nothing_of_a_session_is_kept",
            f"{FILMING}::test_consent_is_written_down_with_who_when_and_which_words",
            f"{FILMING}::test_a_withdrawal_deletes_both_and_writes_down_who",
            f"{FILMING}::test_at_the_start_what_must_not_lie_there_goes",
            "tests/menus/test_recording.py::test_both_consents_are_off_until_they_are_given",
            "tests/menus/test_recording.py::test_a_consent_is_given_only_after_its_words_were_on_the_screen",
            "tests/menus/test_recording.py::test_one_choice_takes_both_back",
            "tests/menus/test_recording.py::test_somebody_discharged_can_take_it_back",
            "tests/records/test_recordings.py::test_what_is_taken_back_is_gone_from_the_file",
            "tests/sight/test_clips.py::test_with_keys_no_plain_byte_reaches_the_disk",
        ),
    ),
    10: (
        "No grade, no percentage of recovery, no score, no streak.",
        (
            f"{HERE}::test_rule_10_and_14_no_word_grades_scores_shames_or_claims",
            f"{WATCHING}::test_a_turned_head_is_not_measured_and_not_spoken_about",
            "tests/sight/test_coach.py::test_what_is_absent_says_nothing",
        ),
    ),
    11: (
        "Durations come from a monotonic clock; what was interrupted is never called complete; resuming begins paused.",
        (
            f"{HERE}::test_rule_11_the_clock_of_durations_is_boot_time",
            f"{HERE}::test_rule_11_a_wall_clock_that_jumps_changes_no_duration",
            "tests/setup/test_rooms.py::test_only_the_clock_asks_what_time_it_is",
            f"{MACHINE}::test_closing_the_kiosk_inside_a_session_leaves_it_interrupted",
            f"{MACHINE}::test_a_pause_nobody_ends_is_a_timeout_and_not_completed",
            f"{MACHINE}::test_a_machine_that_slept_has_not_practised",
            f"{MACHINE}::test_a_resumed_session_repeats_the_check_in_and_begins_paused",
            f"{RECOVERY}::test_a_session_without_an_end_gets_one",
            f"{READER}::test_the_interrupted_session_is_offered_until_it_is_resumed",
        ),
    ),
    12: (
        "An eye-care reminder until full closure is recorded; a look away after 20 minutes of screen.",
        (
            f"{CARE}::test_rule_12_eye_reminder_until_full_closure",
            f"{MACHINE}::test_the_eye_care_reminder_comes_until_the_eye_closes_fully",
            f"{MACHINE}::test_twenty_minutes_of_screen_bring_a_rest_for_the_eyes",
        ),
    ),
    13: (
        "Both sides affected: no reflected half, no side words.",
        (
            f"{WATCHING}::test_both_sides_affected_have_no_ratio_and_no_words_about_sides",
            f"{CARE}::test_rule_13_views",
            f"{CARE}::test_rule_13_words_about_sides",
            f"{HERE}::test_rule_13_no_screen_of_a_movement_session_names_a_side_when_both_are_affected",
        ),
    ),
    14: (
        "No medical claim, in any word that ships; a facial therapist reviews the programmes.",
        (
            f"{HERE}::test_rule_10_and_14_no_word_grades_scores_shames_or_claims",
            f"{HERE}::test_rule_14_the_readme_says_plainly_what_this_is_not",
            f"{CONTENT}::test_no_text_judges_or_claims",
            f"{CONTENT}::test_nothing_that_ships_claims_a_review",
        ),
    ),
    15: (
        "With no clock days are a lower bound and a new day needs ten hours of power; doubt keeps movement closed.",
        (
            f"{HERE}::test_rule_15_without_a_clock_a_new_day_needs_ten_hours_of_power",
            f"{CARE}::test_rule_15_weeks_are_a_lower_bound",
            f"{CARE}::test_rule_15_a_later_day_never_takes_weeks_away",
            f"{CARE}::test_a_pause_holds_while_the_day_is_not_known",
            f"{DAYTIME}::test_a_new_day_needs_ten_hours_of_power",
            f"{DAYS}::test_a_step_over_midnight_ends_no_day",
            f"{DAYTIME}::test_within_a_boot_a_day_is_over_when_every_clock_since_says_so",
            f"{DAYTIME}::test_after_a_reboot_that_sets_the_clock_back_a_day_needs_ten_hours_of_power",
            f"{DAYS}::test_what_a_date_closes_is_opened_by_no_clock_that_contradicts_itself",
            f"{DAYTIME}::test_the_bound_is_never_later_than_the_truth",
            f"{LEADING}::test_an_unset_clock_leaves_the_civil_end_open",
        ),
    ),
    16: (
        "Bound to one person, asked at each session; idle for 3 minutes leads out.",
        (
            f"{HERE}::test_rule_16_every_session_begins_by_asking_whose_plan_it_is",
            f"{HERE}::test_rule_16_three_silent_minutes_lead_out_of_every_question",
            f"{CARE}::test_rule_16_nobody_set_up_means_cards_only",
            f"{MACHINE}::test_somebody_else_at_the_bed_begins_nothing",
        ),
    ),
}


LETTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "a": (
        "After a loss relaxing and cards only until a therapist has looked; nothing lost makes more permitted.",
        (
            f"{DOUBTS}::test_a_row_that_cannot_be_read_closes_all_but_relaxing_until_a_therapist_has_looked",
            f"{DOUBTS}::test_an_older_plan_never_takes_the_place_of_a_stricter_one",
            f"{DOUBTS}::test_a_loss_puts_everybody_in_doubt_and_is_confirmed_for_each",
            f"{DOUBTS}::test_in_doubt_nobody_may_more_than_without",
            "tests/runtime/test_unchecked.py::test_movement_waits_and_the_rest_goes_on",
            "tests/records/test_inspection.py::test_a_row_that_cannot_be_read_closes_before_anything_opens",
            "tests/records/test_inspection.py::test_one_that_was_cut_off_begins_again",
        ),
    ),
    "b": (
        "Green is nothing new, and dead until the whole question was heard; amber can be looked at again.",
        (
            f"{QUESTIONS}::test_green_works_only_once_the_whole_question_was_heard_or_read",
            f"{QUESTIONS}::test_muscles_that_pulled_along_by_mistake_can_be_looked_at_again",
            f"{QUESTIONS}::test_every_other_amber_can_be_looked_at_again_too",
            f"{QUESTIONS}::test_what_was_said_counts_however_its_page_is_left",
        ),
    ),
    "c": (
        "A flag taken back plays the list again and keeps movement closed; after a second one only staff reopen.",
        (
            f"{QUESTIONS}::test_none_after_all_plays_the_whole_list_again_and_movement_stays_closed",
            f"{QUESTIONS}::test_after_a_second_flag_only_staff_open_again",
            f"{QUESTIONS}::test_a_time_out_takes_no_flag_back_and_stopping_says_nothing_else",
            f"{CARE}::test_rule_7_a_red_flag_closes_movement_until_staff_have_looked_and_a_second_one_everything",
        ),
    ),
    "d": (
        "Settling is short only where the first step is quiet; no stretch around it is cut short.",
        (
            f"{QUESTIONS}::test_settling_is_short_only_where_the_first_step_is_quiet",
            f"{QUESTIONS}::test_every_programme_that_ships_begins_quietly_and_ends_with_twenty_seconds",
        ),
    ),
    "e": (
        "Green goes on only when lit; amber opens five others; a cut repetition begins again and is not counted.",
        (
            f"{QUESTIONS}::test_green_goes_on_a_second_after_the_pause_and_amber_leads_round_to_it_again",
            f"{QUESTIONS}::test_where_the_person_did_not_pause_green_waits_for_the_sentence",
            f"{QUESTIONS}::test_a_pause_at_the_beginning_of_a_rest_does_not_shorten_it",
            f"{MACHINE}::test_a_movement_that_was_paused_begins_its_repetition_again",
        ),
    ),
    "f": (
        "Questions and what ends a step are said late rather than dropped; cues may be dropped.",
        (
            f"{VOICE}::test_a_late_cue_is_dropped_and_a_question_is_not",
            f"{VOICE}::test_a_cue_takes_nobodys_place",
            f"{VOICE}::test_what_ends_a_step_is_said_before_what_begins_the_next",
        ),
    ),
    "g": (
        "Muted, no step closes the eyes, and light changes slowly.",
        (
            f"{PLAN}::test_without_sound_eyes_stay_softly_open",
            "tests/screens/test_present_session.py::test_the_light_of_a_step_comes_and_goes_slowly",
        ),
    ),
    "h": (
        "The drawn head names its side, moves only what this plan moves, at its true size, and rests with the person.",
        (
            "tests/present/test_head.py::test_its_side_is_named",
            "tests/present/test_head.py::test_only_what_was_ticked_moves_and_as_far_as_it_says",
            "tests/present/test_head.py::test_it_rests_when_the_person_rests",
            "tests/present/test_head.py::test_green_hides_the_drawing_and_shows_it_again",
            "tests/present/test_head.py::test_an_unreviewed_release_shows_only_its_region",
            "tests/drawn/test_sketch.py::test_a_mouth_moves_by_its_true_size_at_every_size",
            "tests/drawn/test_sketch.py::test_an_arrow_stands_for_what_is_too_small_to_see",
        ),
    ),
    "i": (
        "A dose is set by a therapist, within the caps and the programme's limits, with the old value kept.",
        (
            "tests/care/test_doses.py::test_whatever_is_chosen_keeps_the_caps_and_the_limits_of_its_programme",
            "tests/care/test_doses.py::test_doses_that_together_are_too_much_are_found_before_they_are_kept",
            "tests/planning/test_doses.py::test_a_dose_is_set_with_its_totals_on_the_screen_and_kept_with_who_and_what_was",
            "tests/planning/test_doses.py::test_nothing_beyond_the_limits_can_be_chosen",
            "tests/planning/test_doses.py::test_a_nurse_sets_no_dose",
        ),
    ),
    "j": (
        "Staff record that an eye closes; no file does, and the reminder stays until then.",
        (
            f"{CARE}::test_rule_12_eye_reminder_until_full_closure",
            "tests/menus/test_import_menu.py::test_a_file_gives_no_consent_takes_none_back_and_opens_nothing",
        ),
    ),
    "k": (
        "A standard set asks what is ticked, at rest alone where flaccid; it is no practice, under all locks.",
        (
            f"{STANDARD}::test_flaccid_is_asked_to_rest_and_nothing_else",
            f"{STANDARD}::test_only_ticked_movements_are_asked",
            f"{STANDARD}::test_locks_and_caps_hold_as_everywhere",
            f"{STANDARD}::test_for_anybody_on_any_day_it_keeps_the_rules",
            f"{STANDARD}::test_it_is_on_nobodys_plan",
            f"{SETS}::test_from_the_desk_to_the_person_s_first_question",
            f"{SETS}::test_what_is_not_ticked_is_stored_as_not_asked",
            f"{SETS}::test_flaccid_rests_before_the_camera_and_that_is_no_active_session",
            f"{SETS}::test_a_set_counts_among_the_day_s_active_sessions",
            f"{SETS}::test_it_is_no_practice",
            f"{SETS}::test_red_stops_it_at_once_and_what_was_not_reached_says_so",
            f"{SETS}::test_pain_ends_it_and_movement_for_the_day",
            f"{SETS}::test_the_lines_of_the_face_are_kept_with_consent_alone",
        ),
    ),
    "l": (
        "The home shows nothing personal before a press, and after three idle minutes nothing any more.",
        (
            "tests/home/test_machine.py::test_silence_hides_everything_and_any_press_wakes",
            "tests/home/test_machine.py::test_another_person_never_sees_what_was_open",
            "tests/runtime/test_days_plan.py::test_switched_on_the_home_shows_nothing_personal",
            "tests/present/test_menus.py::test_the_neutral_home_tells_nothing_about_anybody",
        ),
    ),
    "m": (
        "A microphone is open on the recording page only; nothing is kept that was not judged, heard and accepted.",
        (
            "tests/runtime/test_signs.py::test_the_lamp_is_lit_while_camera_or_microphone_is_open",
            "tests/runtime/test_desk_voice.py::test_a_sentence_is_spoken_judged_heard_and_kept",
            "tests/runtime/test_desk_voice.py::test_a_flaw_is_named_with_what_to_do_and_offers_no_keeping",
            "tests/runtime/test_desk_voice.py::test_leaving_closes_the_microphone_and_forgets",
        ),
    ),
    "n": (
        "A clinic's own pictures are decoded in a child, reviewed, and never shown for the wrong side.",
        (
            "tests/programmes/test_pictures.py::test_it_is_shown_for_its_side_and_no_other",
            "tests/programmes/test_pictures.py::test_one_that_nobody_reviewed_is_not_shown",
            "tests/pictures/test_pictures.py::test_a_child_that_dies_at_a_file_is_followed_by_another",
            "tests/present/test_head.py::test_a_picture_goes_wherever_the_drawn_head_goes",
        ),
    ),
    "o": (
        "A pedal is taught red first, proved by a stop, by three equal presses; one key has one meaning.",
        (
            f"{PEDALS}::test_three_pedals_are_taught_red_first",
            f"{PEDALS}::test_a_red_that_never_stopped_is_forgotten",
            f"{PEDALS}::test_a_key_keeps_its_meaning",
            f"{PEDALS}::test_whatever_is_pressed_a_kept_pedal_stops",
        ),
    ),
    "p": (
        "The voice says the words of the screens; Status names each language that no person has reviewed yet.",
        (
            "tests/runtime/test_languages.py::test_status_names_each_language_that_no_person_has_reviewed",
            "tests/present/test_languages.py::test_rule_p_the_call_text_has_one_text_per_language",
            "tests/setup/test_translations.py::test_sides_buttons_and_numbers_are_those_of_the_english_text",
            "tests/commands/test_voice.py::test_the_shipped_voice_says_what_the_screens_say",
            f"{QUESTIONS}::test_what_is_shown_is_what_is_spoken",
            f"{CONTENT}::test_nothing_that_ships_claims_a_review",
        ),
    ),
}
"""What was made precise, as far as it is in the kiosk today."""


@cache
def named_in(file: str) -> frozenset[str]:
    """The names of the test functions of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(n.name for n in tree.body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_"))


def test_every_rule_is_held_by_tests_that_exist() -> None:
    """A renamed or deleted test must not leave a rule without one."""
    assert sorted(RULES) == list(range(1, 17))
    held = [*RULES.items(), *LETTERS.items()]
    assert not [(rule, id_) for rule, (_, ids) in held for id_ in ids if not exists(id_)]
    assert all(ids for _, (_, ids) in held)


def exists(id_: str) -> bool:
    """Whether there is such a test."""
    file, name = id_.split("::")
    return (ROOT / file).is_file() and name in named_in(file)


def plain(text: str) -> str:
    """English, as it is written."""
    return text


def scene_of(session: Session, around: Around | None = None) -> Scene:
    return present(session, around or Around(), plain)


def words_of(scene: Scene) -> str:
    """Everything a scene lets a person read."""
    parts: list[str] = [scene.strip.green, scene.strip.amber, scene.strip.red]
    if isinstance(scene, Menu):
        parts += [scene.title, scene.text, *(choice.label for choice in scene.choices)]
    elif isinstance(scene, StepScene):
        parts += [scene.title, scene.sentence, scene.feel, scene.then, scene.ring.word]
        parts += [scene.cue, scene.label, scene.guide]
    elif isinstance(scene, Listing):
        parts += [scene.title, scene.question, *scene.lines]
    elif isinstance(scene, NoteScene):
        parts += [scene.title, *scene.lines]
    return " ".join(parts)


def to(phase: SessionPhase, **changes: Any) -> Walk:
    """A walk to ``phase``, by the shortest way."""
    if phase is SessionPhase.READY:
        walk = Walk.begin(plan(), context(resumes="s0", start_step=3, **changes))
        walk.check_in()
        walk.wait_until(lambda s: s.phase is SessionPhase.PAUSED)
        walk.answer(Answer.GO_ON)
        return walk
    long = (movement(repetitions=10), movement(exercise="lips"))
    made = plan(*long) if phase is SessionPhase.BREAK else plan()
    away_ms = 60_000 if phase is not SessionPhase.BREAK else 1_000_000
    walk = Walk.begin(made, context(clean_hands=True, look_away_after_ms=away_ms, **changes))
    asked = (
        (SessionPhase.IDENTITY, Answer.YES),
        (SessionPhase.RED_FLAGS, Answer.YES if phase is SessionPhase.FLAGGED else Answer.NONE),
        (SessionPhase.PAIN_BEFORE, Answer.SEVERE if phase is SessionPhase.TOLD else Answer.NONE),
        (SessionPhase.TIREDNESS, Answer.TIRED if phase is SessionPhase.RELAX_OFFER else Answer.FRESH),
        (SessionPhase.LINKED, Answer.NO),
        (SessionPhase.CLEAN_HANDS, Answer.YES),
    )
    for at, answer in asked:
        if walk.at(phase):
            return walk
        if walk.at(at):
            walk.answer(answer)
    if walk.at(phase):
        return walk
    if phase in TIMED - {SessionPhase.LEAD_BACK} or phase in (
        SessionPhase.PAIN_AFTER,
        SessionPhase.LINKED_AFTER,
        SessionPhase.DONE,
    ):
        stop_at = phase if phase in TIMED else SessionPhase.PAIN_AFTER
        walk.wait_until(lambda s: s.phase is stop_at)
        for answer in (Answer.NONE, Answer.NO):
            if not walk.at(phase):
                walk.answer(answer)
        return walk
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP and s.current.active)
    walk.wait(6_000)
    if phase is SessionPhase.FACE_AWAY:
        walk.send(FaceState(False, walk.now))
        walk.wait(3_000)
        return walk
    walk.press(Button.RED if phase is SessionPhase.STOP_REASON else Button.AMBER)
    if phase is SessionPhase.LEAD_BACK:
        walk.answer(Answer.GO_ON)
    elif phase is SessionPhase.PAIN_LEVEL:
        walk.answer(Answer.PAIN)
    return walk


@pytest.mark.parametrize("phase", sorted(set(SessionPhase) - {SessionPhase.CLOSED}))
def test_rule_4_stop_is_one_press_in_every_phase_with_everything_else_dead(phase: SessionPhase) -> None:
    """Rule 4: no camera, no face, no word ever spoken to its end, nothing stored, and red ends it in its own call."""
    walk = to(phase)
    assert walk.at(phase)
    for news in (CameraState(False, "unplugged", walk.now), FaceState(False, walk.now)):
        if phase is not SessionPhase.FACE_AWAY:
            walk.send(news)
    begun, over = bool(walk.of(Began)), bool(walk.of(Ended))
    effects = walk.press(Button.RED)
    assert walk.session.phase in {SessionPhase.STOP_REASON, SessionPhase.DONE, SessionPhase.CLOSED}
    assert walk.session.phase not in TIMED
    if begun and not over:
        assert walk.at(SessionPhase.STOP_REASON)
        assert [type(e) for e in effects if isinstance(e, Ended)] == [Ended]
        assert walk.of(UseCamera)[-1] == UseCamera(False)


RULE_7 = (
    "weakness in an arm or a leg",
    "speech or sight",
    "confused",
    "headache",
    "face getting worse",
    "other side",
    "blisters",
    "ear",
    "red or sore eye",
    "hates light",
)


def test_rule_7_the_list_names_every_flag_and_the_voice_reads_it_out() -> None:
    """Rule 7: a flag that is neither shown nor spoken is one that nobody can report."""
    listed = to(SessionPhase.RED_FLAGS)
    scene = scene_of(listed.session)
    assert isinstance(scene, Listing)
    for sign in RULE_7:
        assert sign in " ".join(scene.lines).lower()
    assert all(line in PROMPTS["ask.red-flags"] for line in RED_FLAGS)
    assert scene.strip.green == ""
    listed.wait(listed.session.context.flag_reading_ms)
    assert scene_of(listed.session).strip.green == "None of all 7"


def test_rule_7_the_flagged_screen_says_whom_to_call_and_that_the_kiosk_cannot() -> None:
    """Rule 7: the site's own words where it has written them, else words that are true everywhere."""
    session = to(SessionPhase.FLAGGED).session
    unwritten, written = words_of(scene_of(session)), words_of(scene_of(session, Around("", ("Ring 4711.",))))
    assert "Press your call bell, or call your emergency number now." in unwritten
    assert "Ring 4711." in written
    for said in (unwritten, written, PROMPTS["told.red-flag"]):
        assert "his kiosk cannot call anyone" in said


def test_rule_8_a_lost_camera_is_said_where_the_picture_was() -> None:
    """Rule 8: the scene does not go on asking for a live picture that nobody delivers; the timer goes on."""
    walk = to(SessionPhase.STEP)
    walk.wait_until(lambda s: s.phase is SessionPhase.STEP and s.current.active)
    seen = []
    for ok in (True, False, True):
        walk.send(CameraState(ok, "", walk.now))
        scene = scene_of(walk.session)
        assert isinstance(scene, StepScene)
        seen.append(scene.picture)
    assert seen == [PictureScene.LIVE, PictureScene.MISSING, PictureScene.LIVE]


WRITERS = frozenset(
    (
        *("imwrite", "imwritemulti", "imencode", "VideoWriter", "tofile", "savez", "savez_compressed", "png_bytes"),
        *("add_stream", "cv2.FileStorage", "np.save", "numpy.save", "image.save", "image.save_extended", "pickle.dump"),
    )
)
DRAWN_SCREENS = ROOT / "kiosk" / "demo" / "simulated.py"
FILMS = ROOT / "kiosk" / "sight" / "clips.py"
FIGURES = ROOT / "kiosk" / "report" / "papers.py"
"""It hands what a report counts to the process beside, through memory that has no name; no picture is near it."""


def _called(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield from _names(node.func)


def _imported(path: Path) -> set[str]:
    """The modules that a file imports, and their rooms."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return names | {".".join(name.split(".")[:2]) for name in names}


def _names(target: ast.expr) -> tuple[str, ...]:
    if isinstance(target, ast.Name):
        return (target.id,)
    if isinstance(target, ast.Attribute):
        owner = _names(target.value)
        return (target.attr, f"{owner[0]}.{target.attr}" if owner else "")
    return ()


def test_rule_9_no_module_can_write_a_picture() -> None:
    """Rule 9: nothing in the kiosk calls what would write pixels; only the demo keeps the screens it drew.

    Films are made in one module alone, which is handed a path only by the one that looks at the consent first.
    """
    found = {path: WRITERS & set(_called(path)) for path in sorted((ROOT / "kiosk").rglob("*.py"))}
    assert {path: names for path, names in found.items() if names} == {
        FILMS: {"add_stream"},
        DRAWN_SCREENS: {"png_bytes"},
        FIGURES: {"pickle.dump"},
    }
    assert not {"cv2", "numpy", "kiosk.sight", "kiosk.devices"} & _imported(FIGURES)
    asks = {path.relative_to(ROOT / "kiosk") for path in found if "FilmOrder" in set(_called(path))}
    # The bench films the drawn face, into folders of its own that go with it.
    assert asks == {Path("runtime/filming.py"), Path("bench_child.py"), Path("bench/sight.py")}


def test_rule_9_a_session_before_the_camera_leaves_no_picture_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule 9: after a movement with the picture on, no file holds as much as one line of what the camera saw."""
    monkeypatch.chdir(tmp_path)
    bench = Bench(tmp_path / "data")
    bench.check_in()
    lines: list[bytes] = []
    while bench.led.session.phase is not SessionPhase.PAIN_AFTER:
        due = bench.led.deadline_ms(bench.clock.now_ms())
        assert due is not None
        bench.clock.advance(max(1, due - bench.clock.now_ms()))
        bench.camera.drain(bench.clock.now_ms())
        frame = bench.camera.latest()
        if frame is not None and bench.led.session.wants_picture and len(lines) < 20:
            row = np.ascontiguousarray(frame.pixels[frame.pixels.shape[0] // 2])
            lines.append(row.tobytes()[:256])
        bench.led.tick(bench.clock.now_ms())
    bench.settle()
    bench.store.close(PATIENCE_S)
    assert lines, "the camera was never looked at"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert not any(line in content for line in lines), path.name
        assert not content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"RIFF")), path.name


def test_rule_9_the_record_has_no_place_for_a_picture(tmp_path: Path) -> None:
    """Rule 9: no column of any table takes bytes, but for line drawings, which their own consent opens."""
    Store.open(tmp_path, SimClock()).close(PATIENCE_S)
    with sqlite3.connect(tmp_path / "kiosk.db") as record:
        tables = [name for (name,) in record.execute("SELECT name FROM pragma_table_list WHERE type = 'table'")]
        kinds = {
            f"{table}.{name}": kind
            for table in tables
            if not table.startswith("sqlite_")
            for name, kind in record.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
        }
    record.close()
    assert {name for name, kind in kinds.items() if kind.upper() in ("BLOB", "")} == {"replays.points"}
    assert len(kinds) > 50


GRADES = r"grad(e|es|ed|ing)|scor(e|es|ed|ing)|percent\w*|streaks?|points?|rank\w*|recovery|house.?brackmann|sunnybrook"
SHAMES = r"good|bad|fail\w*|wrong side|try harder|missed (a )?days?|only \d+ times"
CLAIMS = (
    r"treats?|treating|cures?|cured|heals?|healed|healing|diagnos\w*|monitors?|prevents?|rehabilitates?|"
    r"clinically|proven|medical device|therapeutic|restores?"
)
NEVER = re.compile(rf"\b({GRADES}|{SHAMES}|{CLAIMS})\b|%", re.IGNORECASE)
HARMLESS = (
    "A sudden, very bad headache",
    "Good to know",
    "Where does recovery stand?",
    "Not a medical device. The figures are no measure of health.",
    "not a medical device; it does not diagnose, grade or monitor.",
    # Names of scales on which a clinic rates: staff enter a number, and the kiosk makes none.
    "Sunnybrook",
    "House-Brackmann",
)
"""Whole phrases in which such a word judges and claims nothing: what a person may have to report has a plain name, and
what leaves the kiosk says plainly what it is not."""


def _catalogue() -> list[str]:
    """Every text in the compiled English catalogue; that it holds all of them is another test's business."""
    folder = ROOT / "assets" / "locale"
    texts = gettext.translation("kiosk", localedir=str(folder), languages=["en"])._catalog  # type: ignore[attr-defined]
    return sorted({*(str(t) for t in texts if t), *(str(t) for k, t in texts.items() if k), *PROMPTS.values()})


def test_rule_10_and_14_no_word_grades_scores_shames_or_claims() -> None:
    """Rules 10 and 14: in everything that is shown or spoken, to the person or to staff."""
    texts = _catalogue()
    assert len(texts) > 300
    found = []
    for text in texts:
        bare = text
        for phrase in HARMLESS:
            bare = bare.replace(phrase, "")
        bare = re.sub(r"\{\w*\}|%\(\w+\)[sd]|%[sd]", "", bare)
        if NEVER.search(bare):
            found.append(text)
    assert not found


def test_rule_14_the_readme_says_plainly_what_this_is_not() -> None:
    """Rule 14: whoever reads only the README knows that nothing is promised and who has to review."""
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").replace("*", "").split())
    for sentence in (
        "It makes no medical claim.",
        "no grade and no score",
        "It is not a medical device",
        "A facial therapist must review the programmes",
        "It cannot call anyone.",
        "It is not for children",
    ):
        assert sentence in readme
    bare = readme.replace("not a medical device", "").replace("no grade and no score", "")
    assert not re.search(rf"\b({CLAIMS}|recovery|streaks?)\b", bare, re.IGNORECASE)


def test_rule_11_the_clock_of_durations_is_boot_time() -> None:
    """Rule 11: not the wall clock, and not a clock that stands still while the machine sleeps."""
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    now = SystemClock().now_ms()
    assert before <= now <= time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    # Both clocks are equal on a machine that never slept, so the name has to be looked for as well.
    code = ast.unparse(ast.parse((ROOT / "kiosk" / "clock.py").read_text(encoding="utf-8")))
    assert "clock_gettime_ns(time.CLOCK_BOOTTIME)" in code
    assert "MONOTONIC" not in code.upper()


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)])
def test_rule_11_a_wall_clock_that_jumps_changes_no_duration(tmp_path: Path, jump: timedelta) -> None:
    """Rule 11: network time that comes in the middle of a step neither ends nor lengthens it, here or in the record."""
    bench = Bench(tmp_path / "data")
    bench.check_in()
    bench.wait_for(SessionPhase.STEP)
    began = bench.clock.now_ms()
    bench.clock.wall += jump
    bench.wait_for(SessionPhase.PAIN_AFTER)
    assert bench.clock.now_ms() - began == 50_000 + 48_000 + 20_000
    bench.settle()
    (row,) = bench.store.read().sessions("AB3D7", 2)
    assert row.end_boot_ms is not None
    assert (row.active_duration_s, row.end_boot_ms - began) == (98.0, 118_000)
    bench.store.close(PATIENCE_S)


FLAGGING = frozenset((SessionPhase.FLAGGED,))
"""Once a red flag was named, the words on whom to call stay longer than three minutes."""

SIDES = re.compile(r"\b(left|right|strong|affected|weak|healthy)\b", re.IGNORECASE)


@pytest.mark.parametrize("stage", [Stage.PARETIC, Stage.SYNKINETIC])
def test_rule_13_no_screen_of_a_movement_session_names_a_side_when_both_are_affected(stage: Stage) -> None:
    """Rule 13: from "is this you?" to the last screen, shown or spoken."""
    person = replace(PARETIC, stage=stage, side=Side.BOTH)
    family = Family.FIRST_MOVEMENTS if stage is Stage.PARETIC else Family.QUIET_CONTROL
    programme = next(p for p in shipped().programmes.values() if p.family is family)
    walk = Walk.begin(compile_plan(shipped(), person, programme, today()), context(side=Side.BOTH, stage=stage))
    seen = [words_of(scene_of(walk.session))]
    walk.check_in()
    while not walk.at(SessionPhase.PAIN_AFTER):
        # Touch is done on one side after the other and has to say which; movement never is.
        if walk.session.phase is not SessionPhase.STEP or not walk.session.current.hands:
            scene = scene_of(walk.session)
            seen.append(words_of(scene).replace(scene.then if isinstance(scene, StepScene) else "\0", ""))
        walk.wait_until(lambda s, was=walk.session: (s.phase, s.step) != (was.phase, was.step))  # type: ignore[misc]
    assert len(seen) > 6
    assert not [words for words in seen if SIDES.search(words)]
    # The red flags ask about "the other side getting weak": there the word is needed, whichever side is affected.
    said = {effect.prompt for _, effect in walk.effects if isinstance(effect, Say)} & set(PROMPTS) - {"ask.red-flags"}
    assert len(said) > 5
    assert not [prompt for prompt in said if SIDES.search(PROMPTS[prompt])]


def test_rule_15_without_a_clock_a_new_day_needs_ten_hours_of_power(tmp_path: Path) -> None:
    """Rule 15: three sessions of movement stay three until ten hours of power have passed, whatever the wall says."""
    clock = SimClock(t_ms=10_000, trust=ClockStatus.UNSET)
    store = Store.open(tmp_path, clock)
    for number in range(3):
        store.put(
            SessionRow(
                session_id=f"s{number}",
                patient_code=PARETIC.code,
                programme="first-movements",
                programme_version=1,
                boot_id=clock.boot_id,
                start_boot_ms=10_000 + number,
                start_utc=utc_text(clock.wall_utc()),
                clock_status=ClockStatus.UNSET.value,
                wall_uncertainty_s=None,
                planned_steps_count=8,
                end_boot_ms=12_000,
                end_reason="completed",
            )
        )
    assert store.flush(PATIENCE_S)
    counts = []
    for later_ms in (60_000, 36_000_000 - 61_000, 1_010):
        clock.advance(later_ms)
        clock.wall += timedelta(days=3)
        at = today_of(store.read(), shipped(), PARETIC, instant(clock))
        assert at.day is None
        assert not at.certain
        counts.append(at.active_begun_today)
    assert counts == [3, 3, 0]
    store.close(PATIENCE_S)


@pytest.mark.parametrize("side", Side)
def test_rule_16_every_session_begins_by_asking_whose_plan_it_is(side: Side) -> None:
    """Rule 16: the person's own side, by name, before anything else, also when a session is resumed."""
    for resumes in ("", "s0"):
        walk = Walk.begin(plan(), context(side=side, resumes=resumes))
        scene = scene_of(walk.session)
        assert isinstance(scene, Menu)
        named = {Side.LEFT: "Plan for your LEFT side", Side.RIGHT: "Plan for your RIGHT side"}
        assert scene.title == named.get(side, "Plan for both sides")
        assert scene.text.endswith(("Is this you?", "Is this your plan?"))
        walk.press(Button.RED)
        assert walk.of(Leave)
        assert not walk.of(Began)


@pytest.mark.parametrize(
    "phase", sorted(set(SessionPhase) - TIMED - FLAGGING - {SessionPhase.CLOSED, SessionPhase.DONE})
)
def test_rule_16_three_silent_minutes_lead_out_of_every_question(phase: SessionPhase) -> None:
    """Rule 16: no question about a person stays on the screen of an empty room; not a second sooner, either."""
    walk = to(phase)
    assert walk.at(phase)
    touched = walk.session.touched_ms
    walk.wait(touched + 179_999 - walk.now)
    assert walk.at(phase)
    walk.wait(1)
    walk.send(SessionTick())
    assert walk.at(SessionPhase.CLOSED)
    assert walk.of(Leave)


def test_the_walk_goes_where_it_is_sent() -> None:
    """Every phase can be reached: a rule that is tested in every phase really is."""
    assert {to(phase).session.phase for phase in set(SessionPhase) - {SessionPhase.CLOSED}} == set(SessionPhase) - {
        SessionPhase.CLOSED
    }
