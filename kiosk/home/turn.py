"""One event at home: the state as it changes, and the effects that it asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kiosk.home.effects import HomeEffect, Quiet
from kiosk.home.looking_back import NOTHING
from kiosk.home.model import CARDS, LOOK, OWN, TELL, Home, HomePlace

SAW, ASK = "@saw", "@ask"
WISH, REMIND, BUTTONS = "@wish", "@remind", "@buttons"


class HomeTurn:
    """Gathers what one event changes. ``answers``: what can be answered in a state."""

    def __init__(self, home: Home, answers: Callable[[Home], tuple[str, ...]]) -> None:
        self.home = home
        self.effects: list[HomeEffect] = []
        self._answers = answers

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
            self.set(chosen="", ratings=(), page=0, past=NOTHING)
        now = self.home.now_ms
        self.set(place=place, unanswered=False, touched_ms=now, scan_at_ms=now + self.home.data.scan_ms)
        found = self._answers(self.home)
        # One switch accepts with any press: a second one in a tremor must not open the page again.
        back = left in found and not self.home.data.single_switch
        self.set(cursor=found.index(left) if back else None)


def _left(home: Home, place: HomePlace) -> str:
    """The answer of ``place`` that led to where ``home`` is; empty where none did."""
    if home.place in _OPENED.get(place, {}):
        return _OPENED[place][home.place]
    under = {
        HomePlace.LIST: (HomePlace.CLOSED, HomePlace.FORM, HomePlace.RATE, HomePlace.PICKED),
        HomePlace.CARDS: (HomePlace.CARD,),
    }
    return home.chosen if home.place in under.get(place, ()) else ""


_TOLD = dict.fromkeys((HomePlace.TELL, HomePlace.SAW, HomePlace.TOLD, HomePlace.ASK, HomePlace.ASKED), TELL)
_OPENED: dict[HomePlace, dict[HomePlace, str]] = {
    HomePlace.LIST: {HomePlace.CARDS: CARDS, HomePlace.LOOK: LOOK, HomePlace.OWN: OWN, **_TOLD},
    HomePlace.OWN: {HomePlace.WISH: WISH, HomePlace.REMIND: REMIND},
    HomePlace.TELL: {HomePlace.SAW: SAW, HomePlace.ASK: ASK},
}
"""Place → the places below it that always have the same answer there."""


@dataclass(frozen=True, slots=True)
class HomeForm:
    """A place's ``answers``, and ``take``, which carries one out. ``direct``: green is the first, amber the second."""

    answers: Callable[[Home], tuple[str, ...]]
    take: Callable[[HomeTurn, str], None]
    direct: bool = False


def fixed(*found: str) -> Callable[[Home], tuple[str, ...]]:
    """Answers that are the same in every state."""
    return lambda _: found
