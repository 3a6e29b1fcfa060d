"""The bench's own arithmetic and answers. What it measures is never asserted here: that is the machine's to say."""

from __future__ import annotations

import json
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf, nan
from pathlib import Path

import numpy as np
import pygame
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kiosk.bench import bench
from kiosk.bench.draw import STRETCH, copy_draw, mirror_draw, moment, pictures, reflected
from kiosk.bench.loop import LATE_NS, RoundSeen, busy, judged_late
from kiosk.bench.rows import (
    BenchRow,
    RatioTarget,
    as_table,
    interleaved,
    median_ratio,
    percentile,
    row,
    to_json,
    verdict,
)
from kiosk.bench.sight import Watched, judged
from kiosk.bench.start import MemoryTaken, child_env, memory_taken, wakeups
from kiosk.bench.world import FPS, PINS, BenchCamera, BenchScreen, PinHand, plan_of
from kiosk.cli import cli
from kiosk.clock import cpu_ns
from kiosk.devices.buttons import ButtonSettings
from kiosk.devices.camera_frame import Frame
from kiosk.paths import assets
from kiosk.screens.paint import Painter
from kiosk.screens.scene import Scene
from kiosk.screens.window import Screen
from kiosk.signals import Button

GOOD = BenchRow("Mirrored picture", 0.3, "ms", "one copy, 0.25 ms", 1.2, "≤ 1.5", True)
MISSED = replace(GOOD, name="Memory", ratio=1.7, ok=False)


def test_a_disturbed_round_is_outvoted() -> None:
    """Another program that runs for a moment must not decide whether a machine is fast enough."""
    assert median_ratio([2, 2, 90, 2, 2], [1, 1, 1, 1, 60]) == 2


def test_a_slow_machine_has_the_same_ratio() -> None:
    """The ratio of each round, not the ratio of medians: both sides of a round run under the same conditions."""
    assert median_ratio([1, 20, 300], [2, 10, 100]) == 2


@pytest.mark.parametrize(("over", "under"), [([], []), ([1.0], [1.0, 2.0])])
def test_rounds_of_one_side_alone_are_refused(over: list[float], under: list[float]) -> None:
    """A ratio of things that were measured at different times would say nothing."""
    with pytest.raises(ValueError, match="in every round"):
        median_ratio(over, under)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_a_percentile_is_one_of_the_values_and_covers_its_share(values: list[float], share: float) -> None:
    """What is told as p95 happened, and no more than 5 of 100 were worse."""
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) <= share * len(values)


def test_nothing_measured_is_no_percentile() -> None:
    """A round in which no picture came must not look fast."""
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


def test_every_round_begins_with_another_and_the_first_rounds_do_not_count() -> None:
    """Whoever runs first pays for the warming; it must not always be the same one."""
    order: list[str] = []

    def runs(name: str) -> Callable[[], int]:
        def run() -> int:
            order.append(name)
            return len(order)

        return run

    said: list[int] = []
    found = interleaved({name: runs(name) for name in "abc"}, 3, 1, lambda: said.append(1))
    assert order == list("cababcbcacab")
    assert found == {"a": [4, 9, 11], "b": [5, 7, 12], "c": [6, 8, 10]}
    assert len(said) == 12


@pytest.mark.parametrize(
    ("target", "ratio", "holds"),
    [
        (RatioTarget(1.5), 1.5, True),
        (RatioTarget(1.5), 1.51, False),
        (RatioTarget(10, at_least=True), 10, True),
        (RatioTarget(10, at_least=True), 9.9, False),
        (RatioTarget(0), 0, True),
        (RatioTarget(1.5), nan, False),
        (RatioTarget(10, at_least=True), inf, False),
    ],
)
def test_a_target_is_met_or_missed(target: RatioTarget, ratio: float, holds: bool) -> None:
    """The limit itself is good enough; what is no number is not."""
    assert target.holds(ratio) is holds


def test_milliseconds_are_told_and_ratios_are_judged() -> None:
    """A slow board that is fast enough for its own memory passes."""
    slow = row("x", 900.0, "ms", "y, 800 ms", 1.2, RatioTarget(1.5))
    assert (slow.ok, slow.target) == (True, "≤ 1.5")
    assert not row("x", 0.001, "ms", "y", 1.6, RatioTarget(1.5)).ok


def test_a_comparison_that_measured_nothing_is_not_good() -> None:
    """Nor does it break the JSON."""
    found = row("x", 0.0, "ms", "y", inf, RatioTarget(10, at_least=True), valid=False)
    assert not found.ok
    assert json.loads(to_json([found]))["rows"][0]["ratio"] == 0


def test_json_has_the_shape_that_was_promised() -> None:
    """Programs read it."""
    answer = json.loads(to_json([GOOD, MISSED]))
    assert answer["ok"] is False
    assert [set(each) for each in answer["rows"]] == [
        {"name", "value", "unit", "against", "ratio", "target", "ok"},
    ] * 2
    assert answer["rows"][0] == {
        "name": "Mirrored picture",
        "value": 0.3,
        "unit": "ms",
        "against": "one copy, 0.25 ms",
        "ratio": 1.2,
        "target": "≤ 1.5",
        "ok": True,
    }
    assert json.loads(to_json([GOOD]))["ok"] is True


def test_the_table_says_which_one_missed_and_what_to_do() -> None:
    """For a technician, in lines that fit a terminal."""
    table = as_table([GOOD, replace(MISSED, against="very long words " * 20)])
    assert all(len(line) <= 100 for line in table.splitlines())
    assert [line.split()[0] for line in table.splitlines() if "Memory" in line] == ["MISSED"]
    assert "1 of 2 miss" in table
    assert as_table([GOOD]).endswith("This machine is fast enough.")


@dataclass
class FakeBench:
    found: list[BenchRow]

    def rows(self, said: Callable[[str], None]) -> Iterator[BenchRow]:
        for each in self.found:
            said(each.name)
            said(each.name)
            yield each


@pytest.mark.parametrize(("rows", "code"), [([GOOD, GOOD], 0), ([GOOD, MISSED], 1)])
def test_the_command_ends_with_the_verdict(rows: list[BenchRow], code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """``kiosk bench`` answers on stdout alone, in words or as JSON, and its exit code is the answer."""

    @contextmanager
    def opened(models: Path) -> Iterator[FakeBench]:
        yield FakeBench(rows)

    monkeypatch.setattr(bench, "opened", opened)
    plain = CliRunner().invoke(cli, ["bench"])
    assert (plain.exit_code, plain.stderr, plain.stdout) == (code, "", as_table(rows) + "\n")
    answer = CliRunner().invoke(cli, ["bench", "--json"])
    assert (answer.exit_code, answer.stderr) == (code, "")
    assert json.loads(answer.stdout)["ok"] is (code == 0)
    assert verdict(rows) == code


def test_progress_is_for_terminals(capsys: pytest.CaptureFixture[str]) -> None:
    """What is measured is named once, then dots; a pipe or a log gets none of it."""
    say = bench.told(terminal=True)
    for words in ("memory", "memory", "memory", "the mirror"):
        say(words)
    assert capsys.readouterr().err == "measuring memory ..\nmeasuring the mirror "
    bench.told(terminal=False)("memory")
    assert capsys.readouterr().err == ""


HALF_MS = LATE_NS / 1e6


def test_a_picture_is_late_when_half_the_time_to_the_next_is_over_or_it_never_came() -> None:
    """A picture that was skipped is worse than one that is late; neither may be left out of the count."""
    seen = RoundSeen((0.4, HALF_MS, HALF_MS + 0.1, None), (1.0, 2.0))
    assert seen.late == 2
    assert seen.picture_p50_ms == HALF_MS
    assert seen.press_p95_ms == 2.0


def test_late_pictures_are_judged_only_where_the_stall_was_felt() -> None:
    """Without late pictures in the loop that commits, the stall reached nobody, and no late picture proves nothing."""
    good, bad = RoundSeen((1.0,) * 50, ()), RoundSeen((1.0,) * 40 + (None,) * 10, ())
    assert judged_late([good] * 3, [bad] * 3).ok
    assert not judged_late([good] * 3, [good] * 3).ok
    assert not judged_late([bad] * 3, [bad] * 3).ok
    assert judged_late([good, bad, good], [bad] * 3).ok


def test_a_busy_machine_is_told_from_a_slow_one() -> None:
    """Whoever reads a missed target has to know that something else ran; a quiet machine needs no such words."""
    assert busy(9.0, 2.0) == ""
    assert "waiting 40 ms in 2 s" in busy(40.0, 2.0)


def test_processor_time_of_another_process() -> None:
    """The kiosk at rest is another process than the bench; its time is that of all its threads."""
    before = cpu_ns()
    assert before <= cpu_ns(os.getpid()) <= cpu_ns()
    with pytest.raises(OSError, match="Invalid"):
        cpu_ns(2**22 + 1)


@given(st.integers(0, 10_000))
def test_the_world_is_a_camera_and_a_hand(seed: int) -> None:
    """Pictures at 30 a second, and presses that a debouncer takes and a polling loop can see."""
    done: list[str] = []

    class Camera(BenchCamera):
        def __init__(self) -> None:
            """Holds nothing."""

        def take(self) -> None:
            done.append("picture")

    class Ghost(PinHand):
        def __init__(self) -> None:
            """Touches nothing."""

        def press(self, button: Button) -> None:
            done.append(f"{button} press")

        def release(self, button: Button) -> None:
            done.append(f"{button} release")

    plan = plan_of(Camera(), Ghost(), 2.0, seed)
    times: dict[str, list[int]] = defaultdict(list)
    for at, action in plan:
        done.clear()
        action()
        times[done[0]].append(at)
    assert plan == sorted(plan, key=lambda entry: entry[0])
    assert len(times["picture"]) in (60, 61)
    assert {b - a for a, b in zip(times["picture"], times["picture"][1:], strict=False)} == {1_000_000_000 // FPS}
    quiet_ns = ButtonSettings().refractory_ms * 1_000_000
    for button in PINS:
        down, up = times[f"{button} press"], times[f"{button} release"]
        assert len(down) == len(up) >= 10
        assert all(b - a > 1e9 / FPS for a, b in zip(down, up, strict=True))
        assert all(b - a >= quiet_ns for a, b in zip(up, down[1:], strict=False))


class FakeScreen(Screen):
    def __init__(self, surface: pygame.Surface) -> None:
        self.surface = surface

    def present(self) -> None:
        """Nobody looks."""


class FakePainter(Painter):
    def __init__(self) -> None:
        """Paints nothing."""

    def draw(self, surface: pygame.Surface, scene: Scene, frame: object = None) -> None:
        """Nothing is drawn."""


def test_a_press_is_answered_by_the_first_flip_that_heard_it_and_a_picture_counts_once() -> None:
    """Not by the last: else a loop that redraws all the time would look slow, and one that skips would look fast."""
    heard = 0
    shown = BenchScreen(FakeScreen(pygame.Surface((4, 4))), FakePainter(), heard=lambda: heard)
    pixels = np.zeros((4, 4, 4), np.uint8)
    shown.show(moment(0), Frame(pixels, 0, 1))
    assert shown.answered_ns == []
    once = shown.shown_ns[1]
    heard = 2
    shown.show(moment(1), Frame(pixels, 0, 1))
    first, second = shown.answered_ns
    shown.show(moment(2), Frame(pixels, 0, 3))
    assert shown.answered_ns == [first, second]
    assert set(shown.shown_ns) == {1, 3}
    assert shown.shown_ns[1] == once < first == second < shown.shown_ns[3]


def shown_at(surface: pygame.Surface, x: int, y: int) -> list[int]:
    """B, G, R of one pixel."""
    colour = surface.get_at((x, y))
    return [colour.b, colour.g, colour.r]


def test_the_floor_is_a_copy_and_the_mirror_a_mirror() -> None:
    """What is held against each other shows a whole picture, one as it is and one the other way round."""
    surface, frames = pygame.Surface((1280, 720), 0, 32), pictures()
    copy_draw(surface, frames)(1)
    assert shown_at(surface, 3, 400) == frames[1][400, 3, :3].tolist()
    mirror_draw(Painter(assets()), surface, frames)(1)
    # The mirror is the right part of the screen: 780 x 615 of the picture's middle.
    assert shown_at(surface, 1276, 348) == frames[1][400, 253, :3].tolist()
    assert shown_at(surface, 3, 3) != frames[1][3, -4, :3].tolist()


def test_the_ring_goes_round_in_one_movement() -> None:
    """The mirror is measured with a ring that moves, as it does in a session."""
    rings = [moment(number).ring for number in range(STRETCH)]
    assert [ring.fraction for ring in rings] == sorted({ring.fraction for ring in rings})
    assert (rings[0].seconds, rings[-1].seconds) == (5, 1)
    assert moment(STRETCH) == moment(0)


def test_the_good_side_is_measured_on_a_head_that_leans_to_both_sides() -> None:
    """One upright face for ever would be the cheapest case."""
    leans = [step.reflection.midline.roll_deg for step in map(reflected, range(STRETCH)) if step.reflection]
    assert len(leans) == STRETCH
    assert min(leans) == pytest.approx(-max(leans), abs=0.2)
    assert max(leans) > 7.5


def test_a_measured_kiosk_touches_no_pins_and_no_settings_of_this_machine() -> None:
    """The bench may run on a kiosk in use: no button is taken, nothing is heard, no setting leaks in."""
    env = child_env({"PATH": "/bin", "DISPLAY": ":1", "KIOSK_DATA": "/data", "GPIOZERO_PIN_FACTORY": "lgpio"})
    assert env["GPIOZERO_PIN_FACTORY"] == "mock"
    assert env["SDL_AUDIODRIVER"] == "dummy"
    assert (env["PATH"], env["DISPLAY"]) == ("/bin", ":1")
    assert not any(name.startswith("KIOSK_") for name in env)


def account(own_kb: int, library_kb: int, picture_kb: int) -> str:
    """``smaps_rollup`` of a process: memory of its own, and its part of a library and of a picture."""
    return (
        "55d0c0a00000-7ffd0000000 ---p 00000000 00:00 0                    [rollup]\n"
        f"Rss:               77777 kB\nPss:               66666 kB\nPss_Anon:    {own_kb:>11} kB\n"
        f"Pss_File:    {library_kb:>11} kB\nPss_Shmem:   {picture_kb:>11} kB\nShared_Clean:      55555 kB\n"
        "Anonymous:         44444 kB\nSwap:               3333 kB\nSwapPss:             500 kB\n"
    )


def test_memory_that_stays_and_pages_that_may_go_are_told_apart() -> None:
    """A board with room to spare keeps more of the libraries' files: that says nothing of the kiosk."""
    kiosk, camera = memory_taken(account(40_000, 10_000, 5_000)), memory_taken(account(20_000, 8_000, 15_000))
    assert kiosk.held_mb == pytest.approx(45_500 * 1.024 / 1000)
    assert kiosk.files_mb == pytest.approx(10_000 * 1.024 / 1000)
    assert (kiosk + camera).held_mb == pytest.approx(81_000 * 1.024 / 1000)
    assert (kiosk + camera).files_mb == pytest.approx(18_000 * 1.024 / 1000)
    assert memory_taken("") == MemoryTaken(0, 0)  # a process that has just ended


CALM = RoundSeen((1.0,) * 60, ())
BEATING = RoundSeen((15.0,) * 55 + (33.0,) * 5, ())


def test_the_mirror_beside_somebody_who_looks() -> None:
    """Undisturbed and really looked at: both rows are good, and say how often and by whom."""
    rows = judged([Watched(CALM, 30, 29)] * 3, [CALM] * 3, [BEATING] * 3, "mesh")
    assert [(each.ok, each.ratio) for each in rows] == [(True, 33.0), (True, 0.0)]
    assert "15 a second are looked at (mesh) and filmed" in rows[0].name


@pytest.mark.parametrize("watched", [Watched(CALM, 6, 29), Watched(CALM, 30, 0)])
def test_a_mirror_that_nobody_looked_beside_is_no_answer(watched: Watched) -> None:
    """A looker that hardly looked, or no film, disturbs nobody: that must not pass for a good mirror."""
    rows = judged([watched] * 3, [CALM] * 3, [BEATING] * 3, "mesh")
    assert [each.ok for each in rows] == [False, False]
    assert "nothing was measured" in rows[0].name


def test_a_disturbed_mirror_misses() -> None:
    """One late picture in most rounds is one too many."""
    late = Watched(RoundSeen((1.0,) * 59 + (LATE_NS / 1e6 + 1,), ()), 30, 29)
    rows = judged([late] * 3, [CALM] * 3, [BEATING] * 3, "mesh")
    assert [each.ok for each in rows] == [True, False]


def test_a_wakeup_is_a_thread_that_waited_and_went_on() -> None:
    """One that computes has not; one that waits ten times has, ten times and maybe a few more."""
    before = wakeups(os.getpid())
    for _ in range(10):
        threading.Event().wait(0.002)
    assert 10 <= wakeups(os.getpid()) - before < 40
