"""The places of the home: what can be answered in each, what follows from an answer, and where red leads."""

from __future__ import annotations

from kiosk.care.model import Region
from kiosk.care.plan import pick_regions
from kiosk.home import own
from kiosk.home.effects import (
    GoOnSettingUp,
    LookBack,
    OpenCard,
    ReadOut,
    ResumeSession,
    StartSession,
    StartTrial,
)
from kiosk.home.looking_back import LookPage, look_pages
from kiosk.home.model import (
    AGAIN,
    CARDS,
    FIRST_START,
    FULL,
    LOOK,
    NEXT,
    OK,
    OWN,
    PREVIOUS,
    RESUME,
    SHORT,
    START,
    TELL,
    TIGHTNESS,
    TRY,
    Home,
    HomePlace,
)
from kiosk.home.turn import BUTTONS, HomeForm, HomeTurn, fixed


def _entries(home: Home) -> tuple[str, ...]:
    data = home.data
    resume = (RESUME,) if data.interrupted else ()
    cards = (CARDS,) if data.cards else ()
    look = (LOOK,) if data.weeks else ()
    lesson = (BUTTONS,) if data.new else ()
    return (*resume, *(offer.programme for offer in data.offers), *lesson, *look, *cards, TELL, OWN)


_OPENS = {
    CARDS: HomePlace.CARDS,
    LOOK: HomePlace.LOOK,
    TELL: HomePlace.TELL,
    OWN: HomePlace.OWN,
    BUTTONS: HomePlace.LEARN,
}


def _list(turn: HomeTurn, answer: str) -> None:
    interrupted = turn.home.data.interrupted
    if answer == RESUME and interrupted is not None:
        turn.go(HomePlace.LIST)
        turn.effects.append(ResumeSession(interrupted.session))
    elif any(offer.programme == answer for offer in turn.home.data.offers):
        _choose(turn, answer)
    elif answer in _OPENS:
        turn.effects += [LookBack()] if answer == LOOK else []
        turn.go(_OPENS[answer])


def _choose(turn: HomeTurn, programme: str) -> None:
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


def _start(turn: HomeTurn, *, short: bool = False) -> None:
    home = turn.home
    regions = picked(home)[0] if home.ratings else ()
    turn.go(HomePlace.LIST)
    turn.effects.append(StartSession(home.chosen, short, regions, home.ratings))


def picked(home: Home) -> tuple[tuple[Region, ...], str]:
    """The two tightest regions of what the person said, and the sentence that says why."""
    return pick_regions(dict(home.ratings))


def _rate(turn: HomeTurn, answer: str) -> None:
    if (region := turn.home.region) is not None:
        turn.set(ratings=(*turn.home.ratings, (region, TIGHTNESS.index(answer))))
    turn.go(HomePlace.RATE if turn.home.region else HomePlace.PICKED)


def _picked(turn: HomeTurn, answer: str) -> None:
    if answer == START:
        _start(turn)
    else:
        turn.set(ratings=())
        turn.go(HomePlace.RATE)


def open_card(turn: HomeTurn, card: str) -> None:
    turn.set(chosen=card, page=0)
    turn.go(HomePlace.CARD)
    if turn.home.place is HomePlace.CARD:
        turn.effects += [OpenCard(card), ReadOut(f"card.{card}.1")]


def pages_of(home: Home) -> int:
    """Number of pages of the card, or of looking back."""
    return len(home.card.pages if home.card else look_pages(home.data.weeks, home.past)) or 1


def look_page(home: Home) -> LookPage | None:
    """The page of looking back that is shown; None: there is none."""
    pages = look_pages(home.data.weeks, home.past)
    return pages[home.page] if home.place is HomePlace.LOOK and home.page < len(pages) else None


def _card_answers(home: Home) -> tuple[str, ...]:
    onward = NEXT if home.page + 1 < pages_of(home) else OK
    return (onward, PREVIOUS) if home.page else (onward,)


def _card(turn: HomeTurn, answer: str) -> None:
    if answer == OK:
        turn.go(HomePlace.CARDS)
        return
    page = turn.home.page + (1 if answer == NEXT else -1)
    turn.set(page=page)
    turn.go(HomePlace.CARD)
    turn.effects.append(ReadOut(f"card.{turn.home.chosen}.{page + 1}"))


def _look(turn: HomeTurn, answer: str) -> None:
    if answer == OK:
        turn.go(HomePlace.LIST)
        return
    turn.set(page=turn.home.page + (1 if answer == NEXT else -1))
    turn.go(HomePlace.LOOK)


def _home(turn: HomeTurn, _answer: str) -> None:
    turn.go(HomePlace.LIST)


def _welcomed(home: Home) -> tuple[str, ...]:
    return (*((FIRST_START,) if home.data.first_start else ()), *((TRY,) if home.data.trial else ()))


def _welcome(turn: HomeTurn, answer: str) -> None:
    turn.go(HomePlace.WELCOME)
    turn.effects.append(StartTrial() if answer == TRY else GoOnSettingUp())


FORMS: dict[HomePlace, HomeForm] = {
    HomePlace.ASLEEP: HomeForm(fixed(), _home, direct=True),
    # A list, though of one: the two buttons that staff hold must start nothing, whichever comes first.
    HomePlace.WELCOME: HomeForm(_welcomed, _welcome),
    HomePlace.LIST: HomeForm(_entries, _list),
    HomePlace.CLOSED: HomeForm(fixed(OK), _home, direct=True),
    HomePlace.FORM: HomeForm(fixed(FULL, SHORT), lambda turn, answer: _start(turn, short=answer == SHORT), direct=True),
    HomePlace.RATE: HomeForm(fixed(*TIGHTNESS), _rate),
    HomePlace.PICKED: HomeForm(fixed(START, AGAIN), _picked, direct=True),
    HomePlace.CARDS: HomeForm(lambda home: tuple(card.id for card in home.data.cards), open_card),
    HomePlace.CARD: HomeForm(_card_answers, _card, direct=True),
    HomePlace.LOOK: HomeForm(_card_answers, _look, direct=True),
    **own.FORMS,
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
    **own.PARENTS,
}
"""Place → the place to which red leads."""
