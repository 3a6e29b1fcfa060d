"""The home of the kiosk: what the bound person may do now. ``step(state, event, now) -> (state, effects)``, pure.

Buttons: amber moves on, green accepts, red goes one step back; with two answers green is the first and amber the
second. With a single switch the answers light up one by one, going back is one of them, and any press accepts.
Silence leads to a neutral screen without personal data, which any press wakes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kiosk import choosing
from kiosk.care.model import Region
from kiosk.care.plan import pick_regions
from kiosk.home.effects import (
    EnterStaff,
    HomeEffect,
    OpenCard,
    Quiet,
    ReadOut,
    ResumeSession,
    SawMovement,
    StartSession,
    StartTrial,
)
from kiosk.home.model import (
    AGAIN,
    BACK,
    CARDS,
    FULL,
    LOOK,
    NEXT,
    NO,
    OK,
    PREVIOUS,
    RESUME,
    SHORT,
    START,
    TELL,
    TIGHTNESS,
    TRY,
    YES,
    Home,
    HomeData,
    HomeEvent,
    HomeFresh,
    HomePlace,
)
from kiosk.signals import Button, Chord, Press

CHORD_GUARD_MS = 300
"""A green press so soon after amber is the second half of "both held", not a choice: it must start nothing."""


def begin(
    data: HomeData, now_ms: int, card: str = "", place: HomePlace = HomePlace.LIST
) -> tuple[Home, tuple[HomeEffect, ...]]:
    """The home at ``place``, or on the page of ``card`` that a session asked for; with nobody bound the welcome."""
    turn = _Turn(Home(data=data, place=HomePlace.LIST, now_ms=now_ms, touched_ms=now_ms))
    turn.go(place)
    if card in {known.id for known in data.cards}:
        _open_card(turn, card)
    return turn.home, tuple(turn.effects)


def step(home: Home, event: HomeEvent, now_ms: int) -> tuple[Home, tuple[HomeEffect, ...]]:
    """Return ``home`` after ``event`` at ``now_ms``, and what it asks of the world. Time never runs backwards."""
    now_ms = max(now_ms, home.now_ms)
    turn = _Turn(replace(home, now_ms=now_ms))
    _pass_time(turn)
    if isinstance(event, Press):
        _press(turn, event.button)
    elif isinstance(event, Chord):
        turn.go(HomePlace.ASLEEP)
        turn.effects.append(EnterStaff())
    elif isinstance(event, HomeFresh):
        _refresh(turn, event.data)
    return turn.home, tuple(turn.effects)


def deadline_ms(home: Home) -> int | None:
    """The moment at which the home wants to be called even if nothing happens; None: never."""
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


class _Turn:
    """Gathers what one event changes."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.effects: list[HomeEffect] = []

    def set(self, **changes: Any) -> None:
        self.home = replace(self.home, **changes)

    def go(self, place: HomePlace) -> None:
        """Enter ``place``; preselected is at most the answer that was left. Nobody bound: there is only the welcome."""
        if self.home.place is HomePlace.CARD and place is not HomePlace.CARD:
            self.effects.append(Quiet())
        if self.home.data.person is None:
            place = HomePlace.WELCOME
        left = _left(self.home, place)
        if place in (HomePlace.LIST, HomePlace.ASLEEP, HomePlace.WELCOME):
            self.set(chosen="", ratings=(), page=0)
        now = self.home.now_ms
        self.set(place=place, touched_ms=now, scan_at_ms=now + self.home.data.scan_ms)
        found = answers(self.home)
        # One switch accepts with any press: a second one in a tremor must not open the page again.
        back = left in found and not self.home.data.single_switch
        self.set(cursor=found.index(left) if back else None)


def _left(home: Home, place: HomePlace) -> str:
    """The answer of ``place`` that led to where ``home`` is; empty where none did."""
    if place is HomePlace.LIST and home.place in _OPENED:
        return _OPENED[home.place]
    under = {
        HomePlace.LIST: (HomePlace.CLOSED, HomePlace.FORM, HomePlace.RATE, HomePlace.PICKED),
        HomePlace.CARDS: (HomePlace.CARD,),
    }
    return home.chosen if home.place in under.get(place, ()) else ""


_OPENED = {HomePlace.CARDS: CARDS, HomePlace.LOOK: LOOK, HomePlace.TELL: TELL, HomePlace.TOLD: TELL}
"""Places that always have the same answer of the list above them."""


def _pass_time(turn: _Turn) -> None:
    home = turn.home
    if home.place in (HomePlace.ASLEEP, HomePlace.WELCOME):
        return
    if home.now_ms >= home.touched_ms + home.data.idle_ms:
        turn.go(HomePlace.ASLEEP)
    elif home.data.single_switch:
        count, every = len(answers(home)), home.data.scan_ms
        cursor, due = choosing.scan(home.cursor, count, home.scan_at_ms, every, home.now_ms)
        turn.set(cursor=cursor, scan_at_ms=due)


def _press(turn: _Turn, button: Button) -> None:
    home = turn.home
    before_ms, now = home.amber_ms, home.now_ms
    turn.set(touched_ms=now, amber_ms=now if button is Button.AMBER else None)
    found = answers(home)
    if home.place is HomePlace.ASLEEP:
        turn.go(HomePlace.LIST)
    elif home.data.single_switch:
        _give(turn, Button.GREEN, found)
    elif button is Button.RED:
        _back(turn)
    elif button is Button.GREEN and before_ms is not None and now - before_ms < CHORD_GUARD_MS:
        return
    else:
        _give(turn, button, found)


def _give(turn: _Turn, button: Button, found: tuple[str, ...]) -> None:
    answer, cursor = choosing.press(button, found, turn.home.cursor, direct=direct(turn.home))
    turn.set(cursor=cursor)
    if answer is not None:
        _take(turn, answer)


def _take(turn: _Turn, answer: str) -> None:
    if answer == BACK:
        _back(turn)
    else:
        FORMS[turn.home.place].take(turn, answer)


def _back(turn: _Turn) -> None:
    if turn.home.place in (HomePlace.RATE, HomePlace.PICKED) and turn.home.ratings:
        turn.set(ratings=turn.home.ratings[:-1])
        turn.go(HomePlace.RATE)
    elif turn.home.place in PARENTS:
        turn.go(PARENTS[turn.home.place])


def _refresh(turn: _Turn, data: HomeData) -> None:
    """Newer data keeps the place, unless what was looked at is no longer what it was."""
    before = turn.home
    pointed = answers(before)[before.cursor] if before.cursor is not None and answers(before) else ""
    turn.set(data=data)
    code = data.person.code if data.person else None
    old = before.data.person.code if before.data.person else None
    if code != old:
        turn.go(HomePlace.LIST if before.place is not HomePlace.ASLEEP else HomePlace.ASLEEP)
        turn.set(cursor=None)
        return
    if before.place in (HomePlace.FORM, HomePlace.RATE, HomePlace.PICKED):
        offer = turn.home.offer
        if offer is None or not offer.verdict.open or before.offer is None or offer.regions != before.offer.regions:
            turn.go(HomePlace.LIST)
    elif (
        (before.place is HomePlace.CLOSED and turn.home.offer is None)
        or (before.place is HomePlace.CARD and turn.home.card is None)
        or (before.place is HomePlace.LOOK and before.page >= len(data.weeks))
    ):
        turn.go(HomePlace.LIST)
    if turn.home.cursor is not None:
        # The list may have moved under the pointer: it stays with what it pointed at, or points at nothing.
        found = answers(turn.home)
        turn.set(cursor=found.index(pointed) if pointed in found else None)


# The places.


@dataclass(frozen=True, slots=True)
class HomeForm:
    """A place's ``answers``, and ``take``, which carries one out. ``direct``: green is the first, amber the second."""

    answers: Callable[[Home], tuple[str, ...]]
    take: Callable[[_Turn, str], None]
    direct: bool = False


def _fixed(*found: str) -> Callable[[Home], tuple[str, ...]]:
    return lambda _: found


def _entries(home: Home) -> tuple[str, ...]:
    resume = (RESUME,) if home.data.interrupted else ()
    cards = (CARDS,) if home.data.cards else ()
    look = (LOOK,) if home.data.weeks else ()
    return (*resume, *(offer.programme for offer in home.data.offers), *look, *cards, TELL)


def _list(turn: _Turn, answer: str) -> None:
    interrupted = turn.home.data.interrupted
    if answer == RESUME and interrupted is not None:
        turn.go(HomePlace.LIST)
        turn.effects.append(ResumeSession(interrupted.session))
    elif any(offer.programme == answer for offer in turn.home.data.offers):
        _choose(turn, answer)
    else:
        turn.go({CARDS: HomePlace.CARDS, LOOK: HomePlace.LOOK}.get(answer, HomePlace.TELL))


def _choose(turn: _Turn, programme: str) -> None:
    turn.set(chosen=programme)
    offer = turn.home.offer
    if offer is None or not offer.verdict.open:
        turn.go(HomePlace.CLOSED)
    elif offer.regions:
        turn.go(HomePlace.RATE)
    elif offer.short:
        turn.go(HomePlace.FORM)
    else:
        _start(turn)


def _start(turn: _Turn, *, short: bool = False) -> None:
    home = turn.home
    regions = picked(home)[0] if home.ratings else ()
    turn.go(HomePlace.LIST)
    turn.effects.append(StartSession(home.chosen, short, regions, home.ratings))


def picked(home: Home) -> tuple[tuple[Region, ...], str]:
    """The two tightest regions of what the person said, and the sentence that says why."""
    return pick_regions(dict(home.ratings))


def _rate(turn: _Turn, answer: str) -> None:
    if (region := turn.home.region) is not None:
        turn.set(ratings=(*turn.home.ratings, (region, TIGHTNESS.index(answer))))
    turn.go(HomePlace.RATE if turn.home.region else HomePlace.PICKED)


def _picked(turn: _Turn, answer: str) -> None:
    if answer == START:
        _start(turn)
    else:
        turn.set(ratings=())
        turn.go(HomePlace.RATE)


def _open_card(turn: _Turn, card: str) -> None:
    turn.set(chosen=card, page=0)
    turn.go(HomePlace.CARD)
    if turn.home.place is HomePlace.CARD:
        turn.effects += [OpenCard(card), ReadOut(f"card.{card}.1")]


def pages_of(home: Home) -> int:
    """Number of pages of the card, or of weeks."""
    return len(home.card.pages if home.card else home.data.weeks) or 1


def _card_answers(home: Home) -> tuple[str, ...]:
    onward = NEXT if home.page + 1 < pages_of(home) else OK
    return (onward, PREVIOUS) if home.page else (onward,)


def _card(turn: _Turn, answer: str) -> None:
    if answer == OK:
        turn.go(HomePlace.CARDS)
        return
    page = turn.home.page + (1 if answer == NEXT else -1)
    turn.set(page=page)
    turn.go(HomePlace.CARD)
    turn.effects.append(ReadOut(f"card.{turn.home.chosen}.{page + 1}"))


def _look(turn: _Turn, answer: str) -> None:
    if answer == OK:
        turn.go(HomePlace.LIST)
        return
    turn.set(page=turn.home.page + (1 if answer == NEXT else -1))
    turn.go(HomePlace.LOOK)


def _tell(turn: _Turn, answer: str) -> None:
    if answer == YES:
        turn.effects.append(SawMovement())
        turn.go(HomePlace.TOLD)
    else:
        turn.go(HomePlace.LIST)


def _home(turn: _Turn, _answer: str) -> None:
    turn.go(HomePlace.LIST)


def _try(turn: _Turn, _answer: str) -> None:
    turn.go(HomePlace.WELCOME)
    turn.effects.append(StartTrial())


FORMS: dict[HomePlace, HomeForm] = {
    HomePlace.ASLEEP: HomeForm(_fixed(), _home, direct=True),
    # A list, though of one: the two buttons that staff hold must start nothing, whichever comes first.
    HomePlace.WELCOME: HomeForm(lambda home: (TRY,) if home.data.trial else (), _try),
    HomePlace.LIST: HomeForm(_entries, _list),
    HomePlace.CLOSED: HomeForm(_fixed(OK), _home, direct=True),
    HomePlace.FORM: HomeForm(
        _fixed(FULL, SHORT), lambda turn, answer: _start(turn, short=answer == SHORT), direct=True
    ),
    HomePlace.RATE: HomeForm(_fixed(*TIGHTNESS), _rate),
    HomePlace.PICKED: HomeForm(_fixed(START, AGAIN), _picked, direct=True),
    HomePlace.CARDS: HomeForm(lambda home: tuple(card.id for card in home.data.cards), _open_card),
    HomePlace.CARD: HomeForm(_card_answers, _card, direct=True),
    HomePlace.LOOK: HomeForm(_card_answers, _look, direct=True),
    HomePlace.TELL: HomeForm(_fixed(YES, NO), _tell, direct=True),
    HomePlace.TOLD: HomeForm(_fixed(OK), _home, direct=True),
}

PARENTS: dict[HomePlace, HomePlace] = {
    HomePlace.LIST: HomePlace.ASLEEP,
    HomePlace.CLOSED: HomePlace.LIST,
    HomePlace.FORM: HomePlace.LIST,
    HomePlace.RATE: HomePlace.LIST,
    HomePlace.PICKED: HomePlace.RATE,
    HomePlace.CARDS: HomePlace.LIST,
    HomePlace.CARD: HomePlace.CARDS,
    HomePlace.LOOK: HomePlace.LIST,
    HomePlace.TELL: HomePlace.LIST,
    HomePlace.TOLD: HomePlace.LIST,
}
"""Place → the place to which red leads."""
