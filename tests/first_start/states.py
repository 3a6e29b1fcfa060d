"""States of the first start at every place, each beside what the camera may say there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from kiosk.care.person import Role
from kiosk.desk_pages.first_start import NO_CAMERA, CameraView
from kiosk.first_start import machine
from kiosk.first_start.model import (
    PAGES,
    DeskDone,
    FirstEvent,
    FirstPlace,
    FirstProgress,
    FirstSeen,
    FirstStart,
    FirstStored,
    FirstTick,
)
from kiosk.first_start.pages import answers, direct
from kiosk.sight.framing import Advice
from kiosk.signals import Button, Press, Typed
from tests.first_start.world import ME, START, data

VIEWS = (NO_CAMERA, *(CameraView(True, advice) for advice in Advice))
LONG = "no sound can be made: ALSA: Couldn't open audio device: No such file or directory"
TEAM = tuple((f"{role}-{n}", role) for role in Role for n in (1, 2, 3))


@cache
def first_states() -> tuple[tuple[FirstStart, CameraView], ...]:
    """Every state that presses lead to, by place and what is said there, with each view where the camera runs."""
    found: list[tuple[FirstStart, CameraView]] = []
    for state in _reach():
        found += [(state, view) for view in (VIEWS if state.place is FirstPlace.CAMERA else (NO_CAMERA,))]
    return tuple(found)


def _reach() -> Iterator[FirstStart]:
    done = FirstProgress(frozenset(PAGES[:4]), frozenset(PAGES[4:5]))
    late = FirstProgress(frozenset((FirstPlace.LANGUAGE,)), frozenset(PAGES[1:5]))
    for kiosk, slot in (
        (data(keys=True), ""),
        (data(progress=done, near_m=0.63), ""),
        (data(progress=FirstProgress(frozenset(PAGES[:1])), sound_problem=LONG, camera_problem="no frames"), ""),
        (data(progress=FirstProgress(frozenset(PAGES[:1])), volume=0), ""),
        (data(progress=late, slots=TEAM, call_text=("Call 1",), clock_known=True), ME),
        (data(progress=FirstProgress(frozenset(PAGES[:7])), slots=(TEAM[0],), clock_known=True), TEAM[0][0]),
    ):
        seen: set[object] = set()
        todo = [machine.begin(kiosk, START, slot)[0]]
        while todo:
            state = todo.pop()
            pressed = (state.asked, state.wrong, state.wrongs, len(state.dead))
            tried = pressed if state.place is FirstPlace.BUTTONS else (len(state.digits), state.length)
            waits = (bool(state.finishing), state.live, len(state.call.chosen))
            key = (state.place, state.cursor, state.message, *waits, *tried)
            if state.left or key in seen:
                continue
            seen.add(key)
            yield state
            todo += _after(state)


def _after(state: FirstStart) -> Iterator[FirstStart]:
    calm = replace(state, amber_ms=None)
    events: list[FirstEvent] = [Press(button, START) for button in Button]
    events += [FirstStored(), DeskDone(ME, stored=False), DeskDone(ME)]
    for event in events:
        yield machine.step(calm, event, START)[0]
    if state.finishing is not None:
        yield machine.step(calm, FirstTick(), START + machine.STORE_MS)[0]
    if state.place is FirstPlace.CAMERA:
        yield machine.step(calm, FirstSeen(), START)[0]
    if state.place is FirstPlace.CALL_NUMBER:
        for digit in ("0", "9"):
            there = calm
            for _ in range(state.length):
                there = machine.step(there, Typed(int(digit), START), START)[0]
                yield there
    if not direct(state):
        for index in range(len(answers(state))):
            yield machine.step(replace(calm, cursor=index), Press(Button.GREEN, START), START)[0]
