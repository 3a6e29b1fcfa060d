"""The first start: ``step(state, event, now) -> (state, effects)``, pure like home, desk and session.

Page after page; each is stored before the next one comes, so that a cut goes on at the next page. Amber moves on or is
the other answer, green accepts, red goes one page back. Every page but PIN and date can be left for later. Pages that
the desk has already (date, PIN, staff, a person) are the desk's own: it has the buttons there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kiosk import choosing
from kiosk.care.person import Role
from kiosk.desk.effects import ChangeSetting
from kiosk.desk.model import DeskPart, StaffPage, StaffPlace
from kiosk.first_start.calling import LENGTHS, NUMBERS, ways
from kiosk.first_start.effects import (
    BeSilent,
    FirstEffect,
    KeepProgress,
    LeaveFirstStart,
    OpenDesk,
    TrySound,
    WatchLight,
    WriteCallText,
)
from kiosk.first_start.model import (
    AT_DESK,
    DIAGONALS_INCH,
    PAGES,
    CallChoice,
    CallWay,
    DeskDone,
    DeskLeft,
    Finishing,
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
    width_of,
)
from kiosk.home.machine import CHORD_GUARD_MS
from kiosk.menus import entry, work
from kiosk.signals import Button, Chord, Press, Typed

LANGUAGE, WIDTH, VOLUME = "site.language", "screen.width_mm", "sound.volume"
"""The settings that are set here besides the call text."""
GO, LATER, OTHER = "go", "later", "other"
HEARD, LOUDER, SOFTER, AGAIN = "heard", "louder", "softer", "again"
BELL, OWN, KEEP = "bell", "own", "keep"
ENOUGH = "enough"
TOO_SMALL, NOT_THERAPIST, ZERO = "too-small", "not-therapist", "zero"
"""Messages: the text could not be read; a nurse wanted to go on; a number of noughts alone calls nobody."""
ORDER = (Button.GREEN, Button.AMBER, Button.RED)
WRONG_PRESSES = 3
"""Presses of another button in a row after which one that does not answer is passed over."""
STORE_MS = 5_000
"""Time for which a finished page may take to be stored before that is said."""
LOUDEST = 3


def begin(
    data: FirstData, now_ms: int, slot: str = "", *, again: bool = False
) -> tuple[FirstStart, tuple[FirstEffect, ...]]:
    """The first start as the kiosk starts; or, for the therapist ``slot`` at the desk, what is left of it.

    ``again``: they want to go through all of it.
    """
    progress = FirstProgress() if again else data.progress or FirstProgress()
    walk = tuple(page for page in PAGES if _wanted(page, data, progress, slot, again=again))
    turn = _FirstTurn(FirstStart(data, now_ms, now_ms, walk, progress, slot=slot))
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
    turn = _FirstTurn(replace(state, now_ms=max(now_ms, state.now_ms)))
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


def answers(state: FirstStart) -> tuple[str, ...]:
    """All that can be answered now; none while something is stored, at the desk, and where digits are given."""
    form = FORMS.get(state.place)
    waits = state.finishing is not None and state.place is not FirstPlace.NOT_STORED
    return () if form is None or waits else form.answers(state)


def direct(state: FirstStart) -> bool:
    """Whether green and amber each give their own answer, without moving a cursor."""
    form = FORMS.get(state.place)
    return form is not None and form.direct


def language_of(state: FirstStart) -> str:
    """The language whose words on whom to call are chosen now, the site's first."""
    others = (code for code in state.data.languages if code != state.data.language)
    return (state.data.language, *others)[len(state.call.chosen)]


def way_of(state: FirstStart) -> CallWay:
    """The words that are shown for it."""
    return ways(state.call.number)[state.cursor or 0]


def earlier(state: FirstStart) -> FirstPlace | None:
    """The page before the present one; None: it is the first."""
    before = reversed(PAGES[: PAGES.index(state.place)])
    return next((page for page in before if page in state.walk and not needless(page, state.data)), None)


class _FirstTurn:
    """Gathers what one event changes."""

    def __init__(self, state: FirstStart) -> None:
        self.s = state
        self.effects: list[FirstEffect] = []

    def set(self, **changes: Any) -> None:
        self.s = replace(self.s, **changes)

    def go(self, place: FirstPlace, message: str = "") -> None:
        """Enter ``place``. Where somebody has a PIN by now, nobody goes on without one."""
        if place in PAGES and self.s.data.slots and not self.s.slot:
            self.set(wanted=place)
            place = FirstPlace.LOGIN
        self.set(place=place, message=message, cursor=None, digits="", turning=0, live=False)
        self.set(asked=Button.GREEN, wrong=None, wrongs=0, dead=frozenset())
        if place is FirstPlace.SCREEN:
            self.point(_nearest(self.s))
        elif place is FirstPlace.SOUND:
            self.try_sound()
        elif place in (FirstPlace.LOGIN, FirstPlace.PIN):
            self.effects.append(OpenDesk(DeskPart()))
        elif place is FirstPlace.DATE:
            self.effects.append(OpenDesk(DeskPart(StaffPage(StaffPlace.DATE, (work.CLOCK,)), self.s.slot)))
        elif place is FirstPlace.SET_UP:
            self.effects.append(OpenDesk(DeskPart(StaffPage(StaffPlace.PERSON), self.s.slot)))
        elif place is FirstPlace.END and not self.s.progress.over:
            self.set(progress=replace(self.s.progress, over=True))
            self.effects.append(KeepProgress(self.s.progress))

    def walk_on(self, page: FirstPlace | None) -> None:
        """Enter the page that follows ``page`` (None: the first one), or the end."""
        self.go(_following(self.s, page) or FirstPlace.END)

    def point(self, answer: str) -> None:
        found = answers(self.s)
        self.set(cursor=found.index(answer) if answer in found else None)

    def put(self, key: str, value: str | int) -> None:
        self.effects.append(ChangeSetting(key, value, self.s.slot))

    def try_sound(self) -> None:
        self.effects.append(TrySound())
        self.set(listening=True)

    def finish(self, page: FirstPlace, *, later: bool = False) -> None:
        """``page`` is answered: once that is stored the next one comes."""
        progress = self.s.progress.after(page, later=later)
        self.set(progress=progress, finishing=Finishing(page, self.s.now_ms))
        self.effects.append(KeepProgress(progress))

    def leave(self, *, desk: bool = False) -> None:
        self.set(left=True)
        self.effects.append(LeaveFirstStart(desk))

    def tidy(self) -> None:
        """The camera runs on its own page and at no other; what is being said ends with its page."""
        s = self.s
        wanted = s.place is FirstPlace.CAMERA and not s.left
        if wanted is not s.watching:
            self.set(watching=wanted)
            self.effects.append(WatchLight(wanted))
        if s.listening and (s.left or s.place is not FirstPlace.SOUND):
            self.set(listening=False)
            self.effects.append(BeSilent())


def _following(state: FirstStart, page: FirstPlace | None) -> FirstPlace | None:
    at = 0 if page is None else PAGES.index(page) + 1
    return next((one for one in PAGES[at:] if one in state.walk and not needless(one, state.data)), None)


def _nearest(state: FirstStart) -> str:
    return min(map(str, map(width_of, DIAGONALS_INCH)), key=lambda width: abs(int(width) - state.data.width_mm))


def _minds_silence(state: FirstStart) -> bool:
    """Whether nobody being there ends something: an entered slot, the camera, a page of the desk."""
    return bool(state.slot) or state.place is FirstPlace.CAMERA or state.place in AT_DESK


def _pass_time(turn: _FirstTurn) -> None:
    s = turn.s
    if s.finishing is not None:
        late = s.data.problem or s.now_ms >= s.finishing.since_ms + STORE_MS
        if late and s.place is not FirstPlace.NOT_STORED:
            turn.set(place=FirstPlace.NOT_STORED)
    elif _minds_silence(s) and s.now_ms >= s.touched_ms + s.data.idle_ms:
        _nobody_there(turn)


def _nobody_there(turn: _FirstTurn) -> None:
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


def _hear(turn: _FirstTurn, event: FirstEvent) -> None:
    s = turn.s
    if isinstance(event, Chord):
        turn.leave(desk=True)
    elif isinstance(event, FirstFresh):
        _refresh(turn, event.data)
    elif isinstance(event, FirstStored):
        if s.finishing is not None and s.finishing.kept:
            _proceed(turn)
    elif isinstance(event, DeskDone):
        _desk_done(turn, event)
    elif isinstance(event, DeskLeft):
        if s.place in AT_DESK and s.finishing is None:
            _back(turn)
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
            _digit(turn, event.digit)


def _refresh(turn: _FirstTurn, data: FirstData) -> None:
    """Newer data keep what is pointed at."""
    found, cursor = answers(turn.s), turn.s.cursor
    pointed = found[cursor] if cursor is not None and cursor < len(found) else ""
    turn.set(data=data)
    if pointed and not direct(turn.s):
        turn.point(pointed)


def _press(turn: _FirstTurn, button: Button) -> None:
    s = turn.s
    if s.place in AT_DESK:
        return
    if s.place is FirstPlace.BUTTONS and s.asked is not None and s.finishing is None:
        _try_button(turn, button)
    elif s.place is FirstPlace.CALL_NUMBER:
        _press_digit(turn, button)
    elif button is Button.RED:
        if s.finishing is None:
            _back(turn)
    elif found := answers(s):
        answer, cursor = choosing.press(button, found, s.cursor, direct=direct(s))
        turn.set(cursor=cursor)
        if answer is not None:
            FORMS[s.place].take(turn, answer)


def _back(turn: _FirstTurn) -> None:
    """One page back; from the first one home."""
    s = turn.s
    if s.place is FirstPlace.CALL_WORDS and s.call.chosen:
        turn.set(call=replace(s.call, chosen=s.call.chosen[:-1]), cursor=None)
    elif s.place is FirstPlace.LOGIN:
        turn.leave() if s.data.bound else turn.go(FirstPlace.RESUME)
    elif s.place in PARENTS:
        turn.go(PARENTS[s.place])
    elif s.place in PAGES:
        page = earlier(s)
        turn.leave() if page is None else turn.go(page)
    else:
        turn.leave()


def _desk_done(turn: _FirstTurn, event: DeskDone) -> None:
    s = turn.s
    waiting = s.finishing if s.finishing is not None and not s.finishing.kept else None
    if waiting is None and (s.place not in AT_DESK or s.finishing is not None):
        return
    page = waiting.page if waiting is not None else FirstPlace.PERSON if s.place is FirstPlace.SET_UP else s.place
    if event.slot:
        turn.set(slot=event.slot)
    if event.stored:
        turn.set(finishing=None)
        _desk_answered(turn, page)
    elif waiting is None:
        turn.set(finishing=Finishing(page, s.now_ms, kept=False))


def _desk_answered(turn: _FirstTurn, page: FirstPlace) -> None:
    if page is FirstPlace.LOGIN:
        _entered(turn)
    elif page is FirstPlace.NEW_STAFF:
        turn.go(FirstPlace.TEAM)
    else:
        turn.finish(page)


def _entered(turn: _FirstTurn) -> None:
    s = turn.s
    if dict(s.data.slots).get(s.slot) is not Role.THERAPIST:
        turn.set(slot="")
        turn.go(FirstPlace.RESUME, NOT_THERAPIST)
    elif s.wanted is not None:
        turn.go(s.wanted)
        turn.set(wanted=None)


def _proceed(turn: _FirstTurn) -> None:
    """Go on: the page is stored, or nobody waits for that any longer."""
    finishing = turn.s.finishing
    turn.set(finishing=None)
    if finishing is not None:
        turn.walk_on(finishing.page)


# The places.


@dataclass(frozen=True, slots=True)
class FirstForm:
    """A place's ``answers``, and ``take``, which carries one out. ``direct``: green is the first, amber the second."""

    answers: Callable[[FirstStart], tuple[str, ...]]
    take: Callable[[_FirstTurn, str], None]
    direct: bool = False


def _fixed(*found: str) -> Callable[[FirstStart], tuple[str, ...]]:
    return lambda _: found


def _resume(turn: _FirstTurn, _answer: str) -> None:
    turn.walk_on(None)


def _language(turn: _FirstTurn, answer: str) -> None:
    turn.put(LANGUAGE, answer)
    turn.finish(FirstPlace.LANGUAGE)


def _screen(turn: _FirstTurn, answer: str) -> None:
    if answer == LATER:
        turn.finish(FirstPlace.SCREEN, later=True)
    else:
        turn.put(WIDTH, int(answer))
        turn.go(FirstPlace.READABLE)


def _readable(turn: _FirstTurn, answer: str) -> None:
    if answer == OTHER:
        turn.set(message=TOO_SMALL)
    else:
        turn.finish(FirstPlace.SCREEN, later=answer == LATER)


def _readable_answers(state: FirstStart) -> tuple[str, ...]:
    return (GO, LATER if state.message else OTHER)


def _try_button(turn: _FirstTurn, button: Button) -> None:
    s = turn.s
    if s.asked is None:
        return
    wrongs = s.wrongs + 1 if button is s.wrong else 1
    if button is not s.asked and wrongs < WRONG_PRESSES:
        turn.set(wrong=button, wrongs=wrongs)
        return
    dead = s.dead if button is s.asked else s.dead | {s.asked}
    following = ORDER[ORDER.index(s.asked) + 1 :]
    turn.set(asked=following[0] if following else None, wrong=None, wrongs=0, dead=dead)


def _lamps(turn: _FirstTurn, answer: str) -> None:
    turn.finish(FirstPlace.BUTTONS, later=answer == OTHER or bool(turn.s.dead))


def _camera(turn: _FirstTurn, answer: str) -> None:
    turn.finish(FirstPlace.CAMERA, later=answer == LATER or not turn.s.live)


def _sound_answers(state: FirstStart) -> tuple[str, ...]:
    volume = state.data.volume
    louder, softer = (LOUDER,) if volume < LOUDEST else (), (SOFTER,) if volume > 1 else ()
    if state.data.sound_problem:
        return (AGAIN, LATER)
    return (*((HEARD,) if volume else ()), *louder, *softer, AGAIN, LATER)


def _sound(turn: _FirstTurn, answer: str) -> None:
    if answer in (HEARD, LATER):
        turn.finish(FirstPlace.SOUND, later=answer == LATER)
        return
    if answer != AGAIN:
        volume = turn.s.data.volume + (1 if answer == LOUDER else -1)
        turn.put(VOLUME, volume)
        _refresh(turn, replace(turn.s.data, volume=volume))
    turn.try_sound()


def _call_answers(state: FirstStart) -> tuple[str, ...]:
    return (*((KEEP,) if state.data.call_text else ()), BELL, *NUMBERS, OWN, LATER)


def _call(turn: _FirstTurn, answer: str) -> None:
    if answer in (KEEP, LATER):
        turn.finish(FirstPlace.CALL, later=answer == LATER)
    elif answer == OWN:
        turn.go(FirstPlace.CALL_LENGTH)
    else:
        _choose_words(turn, "" if answer == BELL else answer)


def _choose_words(turn: _FirstTurn, number: str) -> None:
    turn.set(call=CallChoice(number))
    turn.go(FirstPlace.CALL_WORDS)


def _call_length(turn: _FirstTurn, answer: str) -> None:
    turn.set(length=int(answer))
    turn.go(FirstPlace.CALL_NUMBER)


def _press_digit(turn: _FirstTurn, button: Button) -> None:
    s = turn.s
    if button is Button.GREEN:
        _digit(turn, s.turning)
    elif button is Button.AMBER:
        turn.set(turning=(s.turning + 1) % 10)
    elif s.digits:
        turn.set(digits=s.digits[:-1], turning=0)
    else:
        _back(turn)


def _digit(turn: _FirstTurn, digit: int) -> None:
    digits = f"{turn.s.digits}{digit}"
    turn.set(digits=digits, turning=0, message="")
    if len(digits) < turn.s.length:
        return
    if digits.strip("0"):
        _choose_words(turn, digits)
    else:
        turn.set(digits="", message=ZERO)


def _call_words(turn: _FirstTurn, answer: str) -> None:
    s = turn.s
    if answer == OTHER:
        turn.set(cursor=((s.cursor or 0) + 1) % len(ways(s.call.number)))
        return
    call = replace(s.call, chosen=(*s.call.chosen, (language_of(s), way_of(s))))
    turn.set(call=call, cursor=None)
    if len(call.chosen) == len(s.data.languages):
        turn.effects.append(WriteCallText(call, s.slot))
        turn.finish(FirstPlace.CALL, later=dict(call.chosen)[s.data.language] is CallWay.NONE)


def _team_answers(state: FirstStart) -> tuple[str, ...]:
    if fulfilled(FirstPlace.TEAM, state.data):
        return (ENOUGH, Role.NURSE, Role.THERAPIST)
    return (Role.NURSE, Role.THERAPIST, ENOUGH, LATER)


def _team(turn: _FirstTurn, answer: str) -> None:
    if answer in (ENOUGH, LATER):
        turn.finish(FirstPlace.TEAM, later=answer == LATER)
        return
    slot = entry.free_slot(Role(answer), {slot for slot, _role in turn.s.data.slots})
    turn.go(FirstPlace.NEW_STAFF)
    turn.effects.append(OpenDesk(DeskPart(StaffPage(StaffPlace.NEW_PIN, (slot, answer)), turn.s.slot)))


def _person(turn: _FirstTurn, answer: str) -> None:
    if answer == LATER:
        turn.finish(FirstPlace.PERSON, later=True)
    else:
        turn.go(FirstPlace.SET_UP)


def _not_stored(turn: _FirstTurn, _answer: str) -> None:
    finishing = turn.s.finishing
    if finishing is not None and not finishing.kept:
        turn.set(finishing=None)
        _desk_answered(turn, finishing.page)
    if turn.s.finishing is not None:
        _proceed(turn)


def _leave(turn: _FirstTurn, _answer: str) -> None:
    turn.leave()


FORMS: dict[FirstPlace, FirstForm] = {
    FirstPlace.RESUME: FirstForm(_fixed(GO), _resume, direct=True),
    FirstPlace.LANGUAGE: FirstForm(lambda state: state.data.languages, _language),
    FirstPlace.SCREEN: FirstForm(_fixed(*(str(width_of(d)) for d in DIAGONALS_INCH), LATER), _screen),
    FirstPlace.READABLE: FirstForm(_readable_answers, _readable, direct=True),
    FirstPlace.BUTTONS: FirstForm(lambda state: (GO, OTHER) if state.asked is None else (), _lamps, direct=True),
    FirstPlace.CAMERA: FirstForm(lambda state: (GO, LATER) if state.live else (GO,), _camera, direct=True),
    FirstPlace.SOUND: FirstForm(_sound_answers, _sound),
    FirstPlace.CALL: FirstForm(_call_answers, _call),
    FirstPlace.CALL_LENGTH: FirstForm(_fixed(*LENGTHS), _call_length),
    FirstPlace.CALL_WORDS: FirstForm(_fixed(GO, OTHER), _call_words, direct=True),
    FirstPlace.TEAM: FirstForm(_team_answers, _team),
    FirstPlace.PERSON: FirstForm(_fixed(GO, LATER), _person, direct=True),
    FirstPlace.NOT_STORED: FirstForm(_fixed(GO), _not_stored, direct=True),
    FirstPlace.END: FirstForm(_fixed(GO), _leave, direct=True),
}
PARENTS: dict[FirstPlace, FirstPlace] = {
    FirstPlace.READABLE: FirstPlace.SCREEN,
    FirstPlace.CALL_LENGTH: FirstPlace.CALL,
    FirstPlace.CALL_NUMBER: FirstPlace.CALL_LENGTH,
    FirstPlace.CALL_WORDS: FirstPlace.CALL,
    FirstPlace.NEW_STAFF: FirstPlace.TEAM,
    FirstPlace.SET_UP: FirstPlace.PERSON,
}
"""Place → the place to which red leads, where it is no page of its own."""
