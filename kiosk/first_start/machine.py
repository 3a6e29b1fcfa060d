"""The first start: ``step(state, event, now) -> (state, effects)``, pure like home, desk and session.

Page after page; each is stored before the next one comes, so that a cut goes on at the next page. Amber moves on or is
the other answer, green accepts, red goes one page back. Every page but PIN and date can be left for later. Pages that
the desk has already (date, PIN, staff, a person) are the desk's own: it has the buttons there.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk import choosing
from kiosk.first_start.effects import (
    FirstEffect,
)
from kiosk.first_start.model import (
    AT_DESK,
    PAGES,
    DeskDone,
    DeskLeft,
    FirstData,
    FirstEvent,
    FirstFresh,
    FirstPlace,
    FirstProgress,
    FirstSeen,
    FirstStart,
    FirstStored,
    fulfilled,
    needless,
)
from kiosk.first_start.pages import (
    PARENTS,
    answers,
    direct,
)
from kiosk.first_start.taking import TAKES, desk_done, digit, press_digit, proceed, refresh, try_button
from kiosk.first_start.turn import FirstTurn
from kiosk.home.machine import CHORD_GUARD_MS
from kiosk.signals import Button, Chord, Press, Typed

STORE_MS = 5_000
"""Time for which a finished page may take to be stored before that is said."""


def begin(
    data: FirstData, now_ms: int, slot: str = "", *, again: bool = False
) -> tuple[FirstStart, tuple[FirstEffect, ...]]:
    """The first start as the kiosk starts; or, for the therapist ``slot`` at the desk, what is left of it.

    ``again``: they want to go through all of it.
    """
    progress = FirstProgress() if again else data.progress or FirstProgress()
    walk = tuple(page for page in PAGES if _wanted(page, data, progress, slot, again=again))
    turn = FirstTurn(FirstStart(data, now_ms, now_ms, walk, progress, slot=slot))
    if not slot and progress.begun:
        turn.go(FirstPlace.RESUME)
    else:
        turn.walk_on(None)
    turn.tidy()
    return turn.s, tuple(turn.effects)


def _wanted(page: FirstPlace, data: FirstData, progress: FirstProgress, slot: str, *, again: bool) -> bool:
    if again:
        return not needless(page, data)
    # What was left for later is not asked again by itself, only of whoever comes for it.
    asked = progress.done if slot else progress.done | progress.later
    return page not in asked and not fulfilled(page, data)


def step(state: FirstStart, event: FirstEvent, now_ms: int) -> tuple[FirstStart, tuple[FirstEffect, ...]]:
    """Return ``state`` after ``event`` at ``now_ms``, and what it asks of the world. Once left, nothing happens."""
    if state.left:
        return state, ()
    turn = FirstTurn(replace(state, now_ms=max(now_ms, state.now_ms)))
    _pass_time(turn)
    # What time has just brought was not on the screen: no press answers it.
    if not turn.s.left and (turn.s.place is state.place or not isinstance(event, Press)):
        _hear(turn, event)
    turn.tidy()
    return turn.s, tuple(turn.effects)


def deadline_ms(state: FirstStart) -> int | None:
    """The moment at which it wants to be called even if nothing happens; None: never."""
    if state.left:
        return None
    if state.finishing is not None and state.place is not FirstPlace.NOT_STORED:
        return state.finishing.since_ms + STORE_MS
    return state.touched_ms + state.data.idle_ms if _minds_silence(state) else None


def _minds_silence(state: FirstStart) -> bool:
    """Whether nobody being there ends something: an entered slot, the camera, a page of the desk."""
    return bool(state.slot) or state.place is FirstPlace.CAMERA or state.place in AT_DESK


def _pass_time(turn: FirstTurn) -> None:
    s = turn.s
    if s.finishing is not None:
        late = s.data.problem or s.now_ms >= s.finishing.since_ms + STORE_MS
        if late and s.place is not FirstPlace.NOT_STORED:
            turn.set(place=FirstPlace.NOT_STORED)
    elif _minds_silence(s) and s.now_ms >= s.touched_ms + s.data.idle_ms:
        _nobody_there(turn)


def _nobody_there(turn: FirstTurn) -> None:
    """Finished pages stay so; somebody who comes back goes on with the page that was shown."""
    at = PAGES.index(_page(turn.s))
    turn.set(slot="", walk=tuple(page for page in turn.s.walk if PAGES.index(page) >= at))
    if turn.s.data.bound or turn.s.place is FirstPlace.END:
        turn.leave()
    else:
        turn.go(FirstPlace.RESUME)


def _page(state: FirstStart) -> FirstPlace:
    """The page that the present place belongs to; of the end, the last one."""
    place = state.place
    if place is FirstPlace.LOGIN and state.wanted is not None:
        return state.wanted
    while place not in PAGES and place in PARENTS:
        place = PARENTS[place]
    return place if place in PAGES else PAGES[-1]


def _hear(turn: FirstTurn, event: FirstEvent) -> None:
    s = turn.s
    if isinstance(event, Chord):
        turn.leave(desk=True)
    elif isinstance(event, FirstFresh):
        refresh(turn, event.data)
    elif isinstance(event, FirstStored):
        if s.finishing is not None and s.finishing.kept:
            proceed(turn)
    elif isinstance(event, DeskDone):
        desk_done(turn, event)
    elif isinstance(event, DeskLeft):
        if s.place in AT_DESK and s.finishing is None:
            turn.back()
    elif isinstance(event, FirstSeen):
        turn.set(live=s.live or s.place is FirstPlace.CAMERA)
    elif isinstance(event, Press):
        before_ms = s.amber_ms
        turn.set(touched_ms=s.now_ms, amber_ms=s.now_ms if event.button is Button.AMBER else None)
        # The second half of "both held" is no answer.
        half = event.button is Button.GREEN and before_ms is not None and s.now_ms - before_ms < CHORD_GUARD_MS
        if not half or s.place in (FirstPlace.BUTTONS, FirstPlace.CALL_NUMBER):
            _press(turn, event.button)
    elif isinstance(event, Typed):
        turn.set(touched_ms=s.now_ms)
        if s.place is FirstPlace.CALL_NUMBER and s.finishing is None:
            digit(turn, event.digit)


def _press(turn: FirstTurn, button: Button) -> None:
    s = turn.s
    if s.place in AT_DESK:
        return
    if s.place is FirstPlace.BUTTONS and s.asked is not None and s.finishing is None:
        try_button(turn, button)
    elif s.place is FirstPlace.CALL_NUMBER:
        press_digit(turn, button)
    elif button is Button.RED:
        if s.finishing is None:
            turn.back()
    elif found := answers(s):
        answer, cursor = choosing.press(button, found, s.cursor, direct=direct(s))
        turn.set(cursor=cursor)
        if answer is not None:
            TAKES[s.place](turn, answer)
