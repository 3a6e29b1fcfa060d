"""The rows of docs/faults.md that the first installation on a real Debian 13 added."""

from __future__ import annotations

from tests.setup.fault_rows import CAGE, DEB, DEVICE, SOURCES, STICK, UNITS, Fault

APPLIANCE: tuple[Fault, ...] = (
    Fault(
        "a1",
        "signal 11 at every start under Wayland",
        "the driver is asked for before the window's handles",
        (
            f"{CAGE}::test_it_comes_up_shows_what_it_draws_and_ends_in_order",
            f"{DEVICE}::test_fault_1_the_window_is_asked_for_its_driver_before_its_handles",
        ),
    ),
    Fault(
        "a2",
        "the unit's filter of system calls forbids what the graphics library probes with: no EGL, no screen",
        "the call is permitted, and the screen comes up under the unit as it is shipped",
        (
            f"{UNITS}::test_it_starts_as_installed_on_a_real_system",
            f"{DEVICE}::test_fault_2_the_drivers_of_the_screen_may_probe_pointers",
        ),
    ),
    Fault(
        "a3",
        "libraries that SDL loads by name are not installed",
        "the installation brings them; where they are missing a sentence says which",
        (
            f"{CAGE}::test_a_library_that_sdl_would_crash_without_is_named",
            f"{DEVICE}::test_fault_3_what_sdl_loads_by_name_is_installed",
        ),
    ),
    Fault(
        "a4",
        "one failure is enough for safe mode, and what was stopped comes back",
        "three failures in five minutes, and only then; a stop stays a stop; a technician's restarts never count",
        (
            f"{UNITS}::test_three_failures_within_five_minutes_lead_to_safe_mode",
            f"{UNITS}::test_what_somebody_asked_for_is_no_failure",
            f"{UNITS}::test_systemd_does_not_count",
            f"{UNITS}::test_a_stop_before_it_listens_is_no_failure",
            f"{DEVICE}::test_fault_4_one_failure_is_not_safe_mode",
            f"{DEVICE}::test_fault_4_what_was_stopped_stays_stopped",
            f"{DEVICE}::test_fault_4_a_technicians_restarts_never_count",
            "tests/screens/test_paint_window.py::test_a_start_that_hangs_in_the_display_ends_when_it_is_asked_to",
            "tests/device/test_failures.py::test_a_stop_while_the_screen_opens_is_no_kill",
            "tests/device/test_failures.py::test_a_stop_in_its_first_moments_is_no_failure",
        ),
    ),
    Fault(
        "a5",
        "a sound card or a webcam whose driver loads later is forbidden until the next start",
        "what is plugged in later may be used",
        (
            f"{UNITS}::test_a_device_that_comes_later_is_allowed",
            "tests/device/test_late.py::test_a_sound_card_plugged_in_later_is_heard",
            "tests/device/test_late.py::test_a_webcam_plugged_in_later_is_seen",
            f"{DEVICE}::test_fault_5_what_is_plugged_in_later_may_be_used",
        ),
        "D",
    ),
    Fault(
        "a6",
        "polkit is not there, and no stick may be mounted",
        "the installation brings it, and the kiosk's user may mount a stick",
        (
            f"{STICK}::test_each_refusal_of_the_service_has_a_name",
            f"{UNITS}::test_one_user_everywhere",
            f"{DEVICE}::test_fault_6_the_kiosk_may_mount_a_stick",
        ),
    ),
    Fault(
        "a7",
        "an update without a network removes the kiosk",
        "the kiosk that was there stays until the new one is whole",
        (
            f"{DEB}::test_while_an_upgrade_is_unpacked_there_is_always_a_release_that_starts",
            f"{DEB}::test_an_upgrade_that_fails_leaves_the_old_release",
            f"{DEVICE}::test_fault_7_an_update_without_a_network_leaves_the_kiosk",
        ),
    ),
    Fault(
        "a8",
        "the doctor cries wolf about the pins where its folder is not writable",
        "it looks in a folder of its own",
        (
            "tests/doctor/test_machine.py::test_whatever_is_tried_is_tried_in_a_folder_of_its_own",
            f"{DEVICE}::test_fault_8_the_doctor_needs_no_folder_to_write_in",
        ),
    ),
    Fault(
        "a9",
        "without any input device the compositor does not start",
        "a kiosk with nothing but its buttons starts",
        (
            f"{UNITS}::test_it_starts_as_installed_on_a_real_system",
            f"{DEVICE}::test_fault_9_no_input_device_is_no_reason_not_to_start",
        ),
    ),
    Fault(
        "a10",
        "a keyboard that the kiosk took for itself types nothing at a technician's login",
        "letters arrive on the other console, and Ctrl+Alt+F2 leads there",
        (
            f"{SOURCES}::test_a_whole_keyboard_stays_with_the_compositor_and_a_pedal_does_not",
            f"{DEVICE}::test_fault_10_letters_reach_a_login_on_another_console",
            "tests/device/test_technician.py::test_ctrl_alt_f2_leads_to_a_login_and_ctrl_alt_f1_back",
        ),
    ),
    Fault(
        "a11",
        "nobody notices that the service does not run; safe mode does not say so beside another notice",
        "installer and doctor end in a look at the running service; safe mode is named beside whatever else is said",
        (
            "tests/doctor/test_service.py::test_the_service",
            "tests/doctor/test_service.py::test_safe_mode_is_a_warning",
            f"{DEB}::test_the_installer_waits_for_the_picture",
            f"{DEB}::test_a_kiosk_that_does_not_come_up_is_said_in_plain_words",
            "tests/device/test_start.py::test_the_doctor_finds_no_fault",
        ),
    ),
)
