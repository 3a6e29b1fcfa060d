"""The home of the kiosk: what the bound person may do now. ``step(state, event, now) -> (state, effects)``, pure.

Buttons: amber moves on, green accepts, red goes one step back; with two answers green is the first and amber the
second. With a single switch the answers light up one by one, going back is one of them, and any press accepts.
Silence leads to a neutral screen without personal data, which any press wakes.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk import choosing
from kiosk.home import own
from kiosk.home.effects import EnterStaff, HomeEffect
from kiosk.home.model import BACK, OK, Home, HomeData, HomeEvent, HomeFresh, HomePast, HomePlace
from kiosk.home.places import FORMS, PARENTS, look_page, open_card
from kiosk.home.reminders import SHOWN_MS
from kiosk.home.turn import HomeTurn
from kiosk.signals import Button, Chord, Press

NEUTRAL = (HomePlace.ASLEEP, HomePlace.CALLED)
"""Places that show nothing personal and that any press wakes."""
CHORD_GUARD_MS = 300
"""A green press so soon after amber is the second half of "both held", not a choice: it must start nothing."""


def begin(
    data: HomeData,
    now_ms: int,
    card: str = "",
    place: HomePlace = HomePlace.LIST,
    *,
    unanswered: bool = False,
) -> tuple[Home, tuple[HomeEffect, ...]]:
    """The home at ``place``, or on the page of ``card`` that a session asked for; with nobody bound the welcome.

    ``unanswered``: it comes because a question was never answered, and says so until somebody presses a button.
    """
    turn = HomeTurn(Home(data=data, place=HomePlace.LIST, now_ms=now_ms, touched_ms=now_ms), answers)
    turn.go(place)
    turn.set(unanswered=unanswered)
    if card in {known.id for known in data.cards}:
        open_card(turn, card)
    return turn.home, tuple(turn.effects)


def step(home: Home, event: HomeEvent, now_ms: int) -> tuple[Home, tuple[HomeEffect, ...]]:
    """Return ``home`` after ``event`` at ``now_ms``, and what it asks of the world. Time never runs backwards."""
    now_ms = max(now_ms, home.now_ms)
    turn = HomeTurn(replace(home, now_ms=now_ms), answers)
    _pass_time(turn)
    if isinstance(event, Press):
        _press(turn, event.button)
    elif isinstance(event, Chord):
        turn.go(HomePlace.ASLEEP)
        turn.effects.append(EnterStaff())
    elif isinstance(event, HomeFresh):
        _refresh(turn, event.data)
    elif isinstance(event, HomePast) and turn.home.place is HomePlace.LOOK:
        turn.set(past=event.past)
    return turn.home, tuple(turn.effects)


def deadline_ms(home: Home) -> int | None:
    """The moment at which the home wants to be called even if nothing happens; None: never."""
    if home.place is HomePlace.CALLED:
        return home.touched_ms + SHOWN_MS
    if home.place is HomePlace.ASLEEP and home.data.reminder is not None and not own.is_given(home):
        return home.data.reminder.due_ms
    if home.place in (HomePlace.ASLEEP, HomePlace.WELCOME):
        return None
    idle = home.touched_ms + home.data.idle_ms
    return min(idle, home.scan_at_ms) if home.data.single_switch and answers(home) else idle


def answers(home: Home) -> tuple[str, ...]:
    """All that can be answered now; with a single switch going back is one of the answers (OK is going back)."""
    found = FORMS[home.place].answers(home)
    alone = home.data.single_switch and home.place in PARENTS and OK not in found
    return (*found, BACK) if alone else found


def direct(home: Home) -> bool:
    """Whether green and amber each give their own answer, without moving a cursor."""
    return FORMS[home.place].direct and not home.data.single_switch


def _pass_time(turn: HomeTurn) -> None:
    own.remind(turn)
    home = turn.home
    if home.place is HomePlace.CALLED and home.now_ms >= home.touched_ms + SHOWN_MS:
        turn.go(HomePlace.ASLEEP)
    if home.place in (*NEUTRAL, HomePlace.WELCOME):
        return
    if home.now_ms >= home.touched_ms + home.data.idle_ms:
        turn.go(HomePlace.ASLEEP)
    elif home.data.single_switch:
        count, every = len(answers(home)), home.data.scan_ms
        cursor, due = choosing.scan(home.cursor, count, home.scan_at_ms, every, home.now_ms)
        turn.set(cursor=cursor, scan_at_ms=due)


def _press(turn: HomeTurn, button: Button) -> None:
    home = turn.home
    before_ms, now = home.amber_ms, home.now_ms
    turn.set(touched_ms=now, amber_ms=now if button is Button.AMBER else None)
    found = answers(home)
    if home.place in NEUTRAL:
        own.wake(turn)
    elif home.place is HomePlace.LEARN and not home.data.single_switch:
        own.learn(turn, button)
    elif home.data.single_switch:
        _give(turn, Button.GREEN, found)
    elif button is Button.RED:
        _back(turn)
    elif button is Button.GREEN and before_ms is not None and now - before_ms < CHORD_GUARD_MS:
        return
    else:
        _give(turn, button, found)


def _give(turn: HomeTurn, button: Button, found: tuple[str, ...]) -> None:
    answer, cursor = choosing.press(button, found, turn.home.cursor, direct=direct(turn.home))
    turn.set(cursor=cursor)
    if answer is not None:
        _take(turn, answer)


def _take(turn: HomeTurn, answer: str) -> None:
    if answer == BACK:
        _back(turn)
    else:
        FORMS[turn.home.place].take(turn, answer)


def _back(turn: HomeTurn) -> None:
    if turn.home.place in (HomePlace.RATE, HomePlace.PICKED) and turn.home.ratings:
        turn.set(ratings=turn.home.ratings[:-1])
        turn.go(HomePlace.RATE)
    elif turn.home.place in PARENTS:
        turn.go(PARENTS[turn.home.place])


def _refresh(turn: HomeTurn, data: HomeData) -> None:
    """Newer data keeps the place, unless what was looked at is no longer what it was."""
    before = turn.home
    pointed = answers(before)[before.cursor] if before.cursor is not None and answers(before) else ""
    turn.set(data=data)
    code = data.person.code if data.person else None
    old = before.data.person.code if before.data.person else None
    if code != old:
        turn.go(HomePlace.ASLEEP if before.place in NEUTRAL else HomePlace.LIST)
        turn.set(cursor=None)
        return
    if before.place in (HomePlace.FORM, HomePlace.RATE, HomePlace.PICKED):
        offer = turn.home.offer
        if offer is None or not offer.verdict.open or before.offer is None or offer.regions != before.offer.regions:
            turn.go(HomePlace.LIST)
    elif (
        (before.place is HomePlace.CLOSED and turn.home.offer is None)
        or (before.place is HomePlace.CARD and turn.home.card is None)
        or (before.place is HomePlace.LOOK and look_page(turn.home) is None)
    ):
        turn.go(HomePlace.LIST)
    if turn.home.cursor is not None:
        # The list may have moved under the pointer: it stays with what it pointed at, or points at nothing.
        found = answers(turn.home)
        turn.set(cursor=found.index(pointed) if pointed in found else None)
