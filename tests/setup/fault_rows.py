"""The rows of docs/faults.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A row: ``what`` breaks, the ``behaviour`` that is required, the node ids of its ``tests``.

    ``on_a_pi``: letters of the procedures without which it is not shown.
    """

    number: str
    what: str
    behaviour: str
    tests: tuple[str, ...]
    on_a_pi: str = ""


CAMERA = "tests/devices/test_camera.py"
CHILD, HOSTILE = "tests/devices/test_camera_child.py", "tests/devices/test_hostile_children.py"
BUTTONS, SOUND, TROUBLE = (
    "tests/devices/test_buttons.py",
    "tests/devices/test_sound.py",
    "tests/records/test_trouble.py",
)
DAMAGE, DAMAGES, CONFIG = "tests/records/test_damage.py", "tests/records/test_damages.py", "tests/config/test_config.py"
LOOP, DAYS, UNITS = "tests/runtime/test_loop.py", "tests/bedside/test_days.py", "tests/setup/test_systemd.py"
STICK, UDISKS, TARGET = (
    "tests/devices/test_stick.py",
    "tests/usb/test_stick_udisks.py",
    "tests/usb/test_stick_target.py",
)
CAGE, SOAK, MIGRATIONS = "tests/test_cage.py", "tests/soak/test_soak.py", "tests/records/test_migrations.py"
DEVICE_STORAGE, DEVICE_POWER = "tests/device/test_storage.py", "tests/device/test_power.py"
DEVICE_FAILURES, DEVICE_STICKS = "tests/device/test_failures.py", "tests/device/test_sticks.py"
UPDATE, DEB = "tests/update/test_helper.py", "tests/setup/test_deb.py"
DEVICE_CAMERA, DEVICE_UPDATE = "tests/device/test_camera.py", "tests/device/test_update.py"
DEVICE, SOURCES = "tests/device/test_faults.py", "tests/devices/test_buttons_sources.py"

PRODUCT: tuple[Fault, ...] = (
    Fault(
        "1",
        "no camera at the start",
        "sessions go on without a picture; every cause is said; it is looked for again, after 2 to 20 s",
        (
            f"{CAMERA}::test_no_camera_at_all_is_said_with_every_cause_and_looked_at_again",
            f"{CAMERA}::test_backoff_grows_to_twenty_seconds_and_is_forgotten_after_a_steady_time",
            "tests/test_rules.py::test_rule_8_a_lost_camera_is_said_where_the_picture_was",
        ),
        "A",
    ),
    Fault(
        "2",
        "the camera is lost, or its driver hangs for ever",
        "the child that holds it is killed two seconds after its last picture; the session goes on; it comes "
        "back by itself",
        (
            f"{CAMERA}::test_a_camera_that_stops_is_killed_two_seconds_after_its_last_picture",
            f"{CHILD}::test_a_child_that_hangs_or_repeats_itself_is_killed",
            f"{CHILD}::test_a_killed_child_comes_back_and_the_count_goes_on",
            f"{HOSTILE}::test_nothing_that_a_camera_child_says_ends_the_kiosk",
            f"{DEVICE_CAMERA}::test_the_mirror_shows_the_face_that_the_camera_sees",
        ),
        "A",
    ),
    Fault(
        "3",
        "the camera delivers the same picture again and again",
        "no picture older than two seconds is on the screen; a still or dark scene is no fault",
        (
            f"{CAMERA}::test_a_frozen_camera_is_killed_though_pictures_go_on_arriving",
            f"{CAMERA}::test_still_scenes_of_recordings_and_dark_rooms_are_no_fault",
            f"{LOOP}::test_a_frozen_face_is_taken_off_the_screen_after_two_seconds_without_any_news",
        ),
        "A",
    ),
    Fault(
        "4",
        "a contact bounces, a hand trembles",
        "one press for a touch",
        (
            f"{BUTTONS}::test_bounces_on_the_way_down_and_up_are_no_presses",
            f"{BUTTONS}::test_a_hundred_thousand_hands",
        ),
        "B",
    ),
    Fault(
        "5",
        "a button is stuck, at the start or later",
        "after 10 s it is named and ignored, the others work; red stuck: amber stops and movement is locked",
        (
            f"{BUTTONS}::test_a_stuck_button_is_named_and_the_others_work",
            f"{BUTTONS}::test_a_button_found_down_is_no_press_but_can_be_stuck",
            "tests/session/test_machine.py::test_a_stuck_red_button_makes_amber_stop_and_closes_movement",
        ),
        "B",
    ),
    Fault(
        "6",
        "another program holds the record",
        "rows wait in memory, nothing is lost, the screen does not wait",
        (f"{TROUBLE}::test_locked_by_another_process",),
    ),
    Fault(
        "7",
        "the record is damaged",
        "the kiosk starts; the damaged file is kept; what can be read is read out; nothing that was closed opens",
        (
            f"{DAMAGE}::test_shredded_anywhere_it_starts",
            f"{DAMAGES}::test_whatever_the_damage",
            "tests/test_app.py::test_a_damaged_record_keeps_nobody_waiting",
        ),
    ),
    Fault(
        "8",
        "the disk is full",
        "what was acknowledged is there, reading and handing over work, a reserve is freed, staff are told",
        (
            f"{TROUBLE}::test_a_full_disk_uses_its_reserve_and_comes_back",
            f"{TROUBLE}::test_files_that_may_not_grow",
            "tests/records/test_opening.py::test_where_no_file_can_be_made_beside_it_a_copy_is_read_for_one_question",
            f"{DEVICE_STORAGE}::test_full_disk",
        ),
    ),
    Fault(
        "9",
        "the disk can only be read",
        "it runs, says that nothing is stored, and what is stored can be read",
        (
            f"{TROUBLE}::test_a_read_only_folder_is_read_and_said",
            "tests/records/test_opening.py::test_a_medium_that_takes_no_file",
            f"{DEVICE_STORAGE}::test_read_only_data",
        ),
        "C",
    ),
    Fault(
        "10",
        "the power is cut, or the kiosk killed, while it stores",
        "every acknowledged row is there, and the session goes on, paused",
        (
            "tests/records/test_kill.py::test_no_acknowledged_row_is_lost_by_kill_9",
            "tests/demo/test_demo.py::test_the_session_after_the_power_cut_names_the_one_before",
            f"{SOAK}::test_a_simulated_day_holds_all_bounds",
            f"{DEVICE_POWER}::test_no_acknowledged_row_is_lost",
            f"{DEVICE_POWER}::test_a_session_that_the_power_cut_off_is_offered_again",
            f"{DEVICE_POWER}::test_the_kiosk_comes_back_after_a_cut",
            "tests/device/test_read_only.py::test_a_read_only_system_keeps_the_records_and_nothing_else",
        ),
        "C",
    ),
    Fault(
        "11",
        "the disk does not confirm a write",
        "it is never taken for success, and never written twice",
        (f"{TROUBLE}::test_a_commit_that_fails_is_never_success_and_never_twice",),
    ),
    Fault(
        "12",
        "the settings file is malformed",
        "the last good copy, else the defaults; the line is named; it always starts",
        (
            f"{CONFIG}::test_hostile_files",
            f"{CONFIG}::test_bad_file_falls_back_to_the_last_good_copy",
            f"{CONFIG}::test_files_that_would_take_long",
        ),
    ),
    Fault(
        "13",
        "a file of the program is missing or broken",
        "words stand in for it, and staff read which",
        (
            "tests/runtime/test_missing.py::test_the_kiosk_starts_without",
            f"{SOUND}::test_a_file_that_is_no_sound_is_named",
        ),
    ),
    Fault(
        "14",
        "the wall clock jumps, by minutes or years, or summer time begins",
        "durations and locks go by powered time; a step is written down; no day ends early",
        (
            f"{DAYS}::test_a_step_of_the_clock_does_not_end_the_day_of_a_pain",
            f"{DAYS}::test_three_a_day_stay_three_when_the_clock_comes_back_earlier",
            "tests/test_clock.py::test_the_zone_is_the_c_librarys_all_the_year",
            "tests/usb/test_service.py::test_a_lock_comes_back_from_the_record_whatever_the_clock_says",
            f"{DEVICE_STORAGE}::test_the_clock_jumps",
        ),
    ),
    Fault(
        "15",
        "no sound, or a sound card that hangs",
        "words, ring and lamps go on; it is said once; nobody is blocked",
        (
            f"{SOUND}::test_without_a_device_the_kiosk_is_silent_and_says_why",
            f"{SOUND}::test_a_device_that_hangs_blocks_nobody",
        ),
        "D",
    ),
    Fault(
        "16",
        "memory, descriptors or threads leak",
        "they do not: at most 1 MB in a simulated hour, descriptors and threads do not grow",
        (f"{SOAK}::test_a_simulated_day_holds_all_bounds", f"{SOAK}::test_what_is_put_in_on_purpose_is_told"),
        "E",
    ),
    Fault(
        "17",
        "the kiosk ends or hangs",
        "the watchdog is fed by presented frames only; systemd starts it again; the session is offered, paused",
        (
            f"{LOOP}::test_the_watchdog_is_fed_by_presented_frames_of_a_healthy_kiosk",
            f"{UNITS}::test_ready_and_alive_reach_systemd",
            f"{CAGE}::test_where_the_compositor_goes_the_kiosk_ends",
            f"{DEVICE_FAILURES}::test_killed_it_comes_back",
            f"{DEVICE_FAILURES}::test_hung_it_is_ended_and_comes_back",
        ),
        "E",
    ),
    Fault(
        "18",
        "it fails again and again",
        "after three failures in five minutes, and only then, safe mode, which says so",
        (
            f"{UNITS}::test_three_failures_within_five_minutes_lead_to_safe_mode",
            f"{UNITS}::test_failures_far_apart_are_no_reason",
            f"{CONFIG}::test_safe_mode_keeps_the_wiring",
            f"{DEVICE_FAILURES}::test_a_crash_loop_ends_in_safe_mode_and_a_restart_ends_that",
        ),
    ),
    Fault(
        "19",
        "a stick is full, read-only, pulled out, fake, one of two, damaged, NTFS",
        "a sentence for each; nothing under its final name; the record is untouched; the next one works",
        (
            f"{TARGET}::test_six_hundred_faulty_runs",
            f"{TARGET}::test_pulled_at_each_call",
            f"{STICK}::test_what_is_accepted_and_what_refused",
            f"{UDISKS}::test_a_real_stick_that_is_full",
            f"{UDISKS}::test_the_stick_is_pulled_on_the_way",
            "tests/package/test_kill.py::test_two_hundred_kills",
            f"{DEVICE_STICKS}::test_a_package_is_whole_on_the_stick",
            f"{DEVICE_STICKS}::test_every_other_stick_gets_its_sentence",
            f"{DEVICE_STICKS}::test_pulled_in_the_middle",
        ),
        "F",
    ),
    Fault(
        "20",
        "a stick silently changes what was written",
        "it is found before the screen says that it is done",
        (
            f"{TARGET}::test_every_flipped_byte_is_found",
            f"{UDISKS}::test_a_byte_that_turns_on_the_medium_is_found",
            f"{SOAK}::test_a_simulated_day_holds_all_bounds",
        ),
        "F",
    ),
    Fault(
        "21",
        "a stick that means harm",
        "nothing on it is opened, listed or followed but the one file that a therapist asks for, in a child, "
        "within a size",
        (
            f"{TARGET}::test_nothing_on_a_stick_is_listed",
            f"{TARGET}::test_a_link_that_is_planted_on_the_way_is_not_followed",
            f"{UDISKS}::test_a_real_stick_with_links",
            "tests/usb/test_import_read.py::test_a_bomb_is_read_no_further_than_allowed",
            "tests/usb/test_import_read.py::test_many_mutants_get_an_answer",
        ),
    ),
    Fault(
        "22",
        "an old record, or a kill while it is brought up to date",
        "a copy is kept, the change is whole or absent, a newer record is refused and not touched",
        (
            f"{MIGRATIONS}::test_an_old_record_opens_and_goes_on",
            f"{MIGRATIONS}::test_a_migration_that_fails_changes_nothing",
            f"{MIGRATIONS}::test_a_newer_record_is_refused_and_not_touched",
        ),
    ),
    Fault(
        "23",
        "a second kiosk on the same record",
        "it says who is there and ends with 75",
        ("tests/test_app.py::test_a_second_kiosk_on_the_same_folder_says_so_and_ends_with_75",),
    ),
    Fault(
        "24",
        "a new release does not come up",
        "three starts that lead to nothing go back to the release and the data of before; once confirmed nothing does",
        (
            f"{UPDATE}::test_three_starts_that_lead_to_nothing_go_back_with_the_data",
            f"{UPDATE}::test_what_was_confirmed_never_goes_back",
            f"{DEVICE_UPDATE}::test_an_update_that_does_not_start_goes_back",
            f"{DEVICE_UPDATE}::test_an_update_comes_in_and_stays",
        ),
        "G",
    ),
    Fault(
        "25",
        "the power is cut while an update is taken in, tried or taken back",
        "one whole release starts, and no acknowledged row is lost",
        (
            "tests/update/test_crash_images.py::test_a_power_cut_at_every_step",
            "tests/update/test_crash_images.py::test_a_power_cut_in_the_middle_of_going_back_and_again",
            "tests/device/test_update_cuts.py::test_an_update_cut_off_anywhere_leaves_a_kiosk_that_starts",
        ),
        "G",
    ),
    Fault(
        "26",
        "an update is forged, cut off, too large, for another machine or older",
        "a sentence, and nothing has changed",
        (
            f"{UPDATE}::test_what_is_refused_changes_nothing",
            f"{UPDATE}::test_no_key_no_update",
            f"{UPDATE}::test_a_full_disk_at_any_step_of_taking_in",
        ),
    ),
    Fault(
        "27",
        "the screen is switched off when the kiosk starts, and switched on later",
        "it is tried again until there is one; it is no failure, and leads to no safe mode",
        (
            f"{CAGE}::test_a_screen_that_is_switched_off_may_be_tried_again",
            f"{UNITS}::test_a_screen_that_is_switched_off_is_no_reason",
            "tests/device/test_late.py::test_a_screen_switched_on_later_shows_home",
        ),
    ),
)
