"""What a hand meant: one press for a touch, however much the contact bounces or the hand trembles."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import SimClock
from kiosk.devices.buttons import ButtonSettings, Debounced, Debouncer, SimButtons
from kiosk.errors import ButtonError
from kiosk.signals import Button, Chord, Edge, Press, Signal, Stuck, Typed

GREEN, AMBER, RED = Button.GREEN, Button.AMBER, Button.RED
SETTINGS = ButtonSettings()


def run(edges: list[Edge], settings: ButtonSettings = SETTINGS, until_ms: int | None = None) -> list[Signal]:
    """Everything that ``edges`` mean, with time running on to ``until_ms``."""
    debouncer = Debouncer(settings)
    out = [signal for edge in edges for signal in debouncer.feed(edge)]
    return out + list(debouncer.tick(until_ms)) if until_ms is not None else out


def presses(signals: list[Signal], button: Button = GREEN) -> list[int]:
    return [s.t_ms for s in signals if isinstance(s, Press) and s.button is button]


def edges(button: Button, *times: int) -> list[Edge]:
    """Down, up, down, ... at ``times``."""
    return [Edge(button, i % 2 == 0, t) for i, t in enumerate(times)]


def hand(rng: random.Random, settings: ButtonSettings, touches: int, button: Button) -> tuple[list[Edge], list[int]]:
    """A hand on a bouncing contact: the edges, and when each true touch began."""
    bounce = settings.refractory_ms - 1
    t, out, true = rng.randint(0, 500), [], []
    for _ in range(touches):
        true.append(t)
        for down in (True, False):
            out.append(Edge(button, down, t))
            chatter = sorted(rng.sample(range(1, bounce + 1), k=min(bounce // 2 * 2, 2 * rng.randint(0, 4))))
            for i, dt in enumerate(chatter):
                out.append(Edge(button, down == bool(i % 2), t + dt))
            end = t + (chatter[-1] if chatter else 0)
            t = end + (rng.randint(0, 800) if down else settings.refractory_ms + rng.randint(0, 800))
    return out, true


def test_the_first_edge_acts_at_once() -> None:
    """A press is not delayed by debouncing."""
    assert run(edges(GREEN, 1_000)) == [Press(GREEN, 1_000)]


def test_bounces_on_the_way_down_and_up_are_no_presses() -> None:
    """A worn contact does not press twice."""
    assert presses(run(edges(GREEN, 0, 3, 5, 9, 12, 300, 302, 310, 311, 340), until_ms=5_000)) == [0]


@pytest.mark.parametrize("refractory", [60, 150, 400])
def test_the_next_touch_counts_after_the_refractory_time(refractory: int) -> None:
    """Two touches are two presses from exactly the refractory time on, and one before it."""
    settings = ButtonSettings(refractory_ms=refractory)
    assert presses(run(edges(GREEN, 0, 100, 100 + refractory), settings)) == [0, 100 + refractory]
    assert presses(run(edges(GREEN, 0, 100, 99 + refractory), settings)) == [0]


def test_a_trembling_hand_presses_once() -> None:
    """With the tremor setting a hand that shakes at 5 Hz on the cap for 4 s makes one press."""
    assert presses(run(edges(GREEN, *range(0, 4_000, 100)), ButtonSettings(refractory_ms=400))) == [0]


@given(seed=st.integers(), refractory=st.sampled_from([2, 60, 150, 250, 400]), button=st.sampled_from(Button))
def test_bouncing_touches_are_counted_exactly(seed: int, refractory: int, button: Button) -> None:
    """As long as bounces are shorter than the refractory time, each touch is one press, at its first edge."""
    settings = ButtonSettings(refractory_ms=refractory)
    train, true = hand(random.Random(seed), settings, 8, button)
    assert presses(run(train, settings), button) == true


@given(
    st.lists(st.tuples(st.sampled_from(Button), st.booleans(), st.integers(0, 120)), max_size=80),
    st.sampled_from([1, 60, 400]),
    st.sampled_from([0, 300]),
)
def test_never_two_presses_in_one_refractory_time(
    moves: list[tuple[Button, bool, int]], refractory: int, hold: int
) -> None:
    """Whatever the contacts do, also edges that repeat or are lost, a button never acts twice within its window."""
    t, train = 0, []
    for button, down, dt in moves:
        t += dt
        train.append(Edge(button, down, t))
    settings = ButtonSettings(refractory_ms=refractory, minimum_hold_ms=hold)
    out = run(train, settings, until_ms=t + 1_000)
    for button in Button:
        assert all(b - a >= refractory for a, b in pairwise(presses(out, button)))


@given(
    st.lists(st.tuples(st.sampled_from(Button), st.booleans(), st.integers(0, 4_000)), max_size=60),
    st.lists(st.integers(0, 60_000), max_size=30),
    st.sampled_from([0, 500]),
)
def test_it_does_not_matter_when_time_is_asked_about(
    moves: list[tuple[Button, bool, int]], ticks: list[int], hold: int
) -> None:
    """A loop that comes late hears exactly what a loop hears that comes on time: nothing depends on when it ticks."""
    settings = ButtonSettings(minimum_hold_ms=hold)
    lazy, eager, t = Debouncer(settings), Debouncer(settings), 0
    heard: list[Signal] = []
    expected: list[Signal] = []
    for button, down, dt in moves:
        for tick in sorted(x for x in ticks if t < x <= t + dt):
            heard += eager.tick(tick)
        while (due := eager.deadline_ms()) is not None and due <= t + dt:
            heard += eager.tick(due)
        t += dt
        heard += eager.feed(Edge(button, down, t))
        expected += lazy.feed(Edge(button, down, t))
    assert heard + list(eager.tick(t + 30_000)) == expected + list(lazy.tick(t + 30_000))


@given(
    st.lists(st.tuples(st.sampled_from([GREEN, AMBER]), st.booleans(), st.integers(0, 5_000)), max_size=40),
    st.integers(0, 60_000),
    st.sampled_from([60, 400]),
)
def test_red_is_never_delayed(moves: list[tuple[Button, bool, int]], at: int, refractory: int) -> None:
    """Stop acts in the call that brings its edge, whatever the other two do and whatever hold is set."""
    debouncer = Debouncer(ButtonSettings(refractory_ms=refractory, minimum_hold_ms=2_000))
    t = 0
    for button, down, dt in moves:
        t += dt
        if t > at:
            break
        debouncer.feed(Edge(button, down, t))
    assert Press(RED, max(at, t)) in debouncer.feed(Edge(RED, True, max(at, t)))


def test_minimum_hold_waits_and_forgives_bounces() -> None:
    """A brush is no press; a hold is one, when it is long enough, and bounces do not restart it."""
    settings = ButtonSettings(minimum_hold_ms=300)
    assert presses(run(edges(GREEN, 0, 299), settings, until_ms=2_000)) == []
    assert presses(run(edges(GREEN, 0, 5, 8, 100, 130), settings, until_ms=2_000)) == [300]
    assert presses(run(edges(GREEN, 0, 100, 300), ButtonSettings(400, 300), until_ms=2_000)) == [600]
    assert presses(run(edges(GREEN, 0, 290, 310), settings, until_ms=2_000)) == [310]


def test_a_press_that_waits_has_a_deadline() -> None:
    """The one wait wakes exactly when the hold is up, and never when nothing is due."""
    debouncer = Debouncer(ButtonSettings(minimum_hold_ms=300))
    assert debouncer.deadline_ms() is None
    debouncer.feed(Edge(GREEN, True, 100))
    assert debouncer.deadline_ms() == 400
    assert debouncer.tick(399) == ()
    assert debouncer.tick(400) == (Press(GREEN, 400),)
    debouncer.feed(Edge(GREEN, False, 500))
    debouncer.tick(600)
    assert debouncer.deadline_ms() is None


@pytest.mark.parametrize("button", Button)
def test_a_stuck_button_is_named_and_the_others_work(button: Button) -> None:
    """After 10 s down a button is out of use, says so once, and comes back by itself when it is free."""
    debouncer = Debouncer(SETTINGS)
    debouncer.feed(Edge(button, True, 0))
    assert debouncer.tick(9_999) == ()
    assert debouncer.tick(10_000) == (Stuck(button, True, 10_000),)
    for i, other in enumerate(set(Button) - {button}):
        assert Press(other, 11_000 + i * 1_000) in debouncer.feed(Edge(other, True, 11_000 + i * 1_000))
        debouncer.feed(Edge(other, False, 11_500 + i * 1_000))
    assert debouncer.feed(Edge(button, False, 20_000)) == ()
    assert debouncer.feed(Edge(button, True, 20_010)) == ()
    debouncer.feed(Edge(button, False, 20_020))
    assert debouncer.tick(21_000) == (Stuck(button, False, 20_080),)
    assert debouncer.feed(Edge(button, True, 22_000)) == (Press(button, 22_000),)


def test_a_button_found_down_is_no_press_but_can_be_stuck() -> None:
    """A cap that is jammed while the kiosk starts starts nothing, and is named after 10 s."""
    assert run([Edge(GREEN, True, 0, found=True)], until_ms=20_000) == [Stuck(GREEN, True, 10_000)]


def test_a_contact_that_never_settles_is_stuck() -> None:
    """A broken contact that chatters for ever is one press and then a stuck button, not a dead one nobody names."""
    out = run(edges(RED, *range(0, 12_000, 20)))
    assert out == [Press(RED, 0), Stuck(RED, True, 10_000)]


def test_green_and_amber_together_for_three_seconds_are_a_chord() -> None:
    """Staff get in by holding both; the first touches count, and nothing counts until both are free again."""
    down = [Edge(GREEN, True, 0), Edge(AMBER, True, 200)]
    assert run(down, until_ms=3_199) == [Press(GREEN, 0), Press(AMBER, 200)]
    again = [*down, Edge(GREEN, False, 3_500), Edge(GREEN, True, 3_800), Edge(GREEN, False, 4_000)]
    free = [*again, Edge(AMBER, False, 4_100), Edge(GREEN, True, 4_300)]
    assert run(free) == [Press(GREEN, 0), Press(AMBER, 200), Chord(3_200), Press(GREEN, 4_300)]


def test_a_chord_is_said_once_and_can_be_made_again() -> None:
    """Holding on does not enter twice; letting go and holding again does."""
    first = [Edge(GREEN, True, 0), Edge(AMBER, True, 0), Edge(GREEN, False, 8_000), Edge(AMBER, False, 8_000)]
    second = [Edge(GREEN, True, 9_000), Edge(AMBER, True, 9_000)]
    assert [s.t_ms for s in run(first + second, until_ms=12_500) if isinstance(s, Chord)] == [3_000, 12_000]


def test_one_hand_that_lets_go_too_soon_makes_no_chord() -> None:
    """Both have to be held at the same time."""
    train = [Edge(GREEN, True, 0), Edge(AMBER, True, 100), Edge(GREEN, False, 2_900), Edge(GREEN, True, 3_000)]
    assert not any(isinstance(s, Chord) for s in run(train, until_ms=5_900))


def test_a_jammed_green_makes_no_chord_with_amber() -> None:
    """A stuck button must not open the staff screens as soon as the other one is held."""
    out = run([Edge(GREEN, True, 0), Edge(AMBER, True, 9_000)], until_ms=18_000)
    assert not any(isinstance(s, Chord) for s in out)


def test_an_edge_that_comes_late_is_no_second_press() -> None:
    """A tick that ran ahead of an edge still in the queue does not turn a bounce into a press."""
    debouncer = Debouncer(SETTINGS)
    for edge in edges(GREEN, 0, 100):
        debouncer.feed(edge)
    debouncer.tick(165)
    assert debouncer.feed(Edge(GREEN, True, 130)) == ()


def test_edges_in_the_wrong_order_are_no_second_press() -> None:
    """Two threads may hand in their news crosswise; a contact's time never runs backwards for that."""
    assert presses(run([Edge(GREEN, True, 1_000), Edge(GREEN, False, 990), Edge(GREEN, True, 1_055)])) == [1_000]


@pytest.mark.parametrize("wrong", [{"refractory_ms": 0}, {"minimum_hold_ms": -1}, {"chord_ms": 10_000}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    """A setting that would make a button deaf is named with its value and its limits."""
    with pytest.raises(ButtonError, match=r"= \d+|= -1"):
        ButtonSettings(**wrong)


def test_a_source_is_heard_through_its_debouncer() -> None:
    """Presses come out of a source of edges, other news passes, and deadlines are told."""
    clock = SimClock(t_ms=1_000)
    buttons = SimButtons(clock)
    source = Debounced(buttons, SETTINGS)
    buttons.press(GREEN)
    buttons.press(GREEN)
    buttons.type(7)
    assert list(source.drain(clock.now_ms())) == [Press(GREEN, 1_000), Typed(7, 1_000)]
    clock.advance(500)
    buttons.hold(RED)
    source.drain(clock.now_ms())
    assert source.deadline_ms() == 11_500
    clock.advance(10_000)
    assert list(source.drain(clock.now_ms())) == [Stuck(RED, True, 11_500)]
    source.close()


@pytest.mark.slow
def test_a_hundred_thousand_hands(record_property: Callable[[str, object], None]) -> None:
    """10^5 bouncy trains: not one double press, not one lost."""
    rng = random.Random(7)
    doubles = lost = pressed = 0
    for _ in range(100_000):
        settings = ButtonSettings(refractory_ms=rng.choice((60, 150, 400)))
        train, true = hand(rng, settings, 3, rng.choice(list(Button)))
        got = presses(run(train, settings), train[0].button)
        doubles += len(set(got) - set(true))
        lost += len(set(true) - set(got))
        pressed += len(true)
    assert (doubles, lost) == (0, 0)
    record_property("figure", f"{pressed} presses by bouncing contacts, {doubles} double, {lost} lost")
