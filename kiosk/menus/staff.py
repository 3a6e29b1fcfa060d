"""The staff desk: ``step(state, event, now) -> (state, effects)``, pure like the session.

Screens lie on top of each other: red takes the top one away, from the lowest it leads home; of digits it takes one.
What each place answers to stands in ``FORMS``; there are four ways to answer (``staff_turn.Style``). Silence leads
home, whatever is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk import choosing
from kiosk.booth.model import BoothTick, MicrophoneTold, TakeJudged, TakeKept, TakePlayed
from kiosk.desk.effects import StaffEffect
from kiosk.desk.model import DeskPart, PinChecked, Staff, StaffEvent, StaffFresh, StaffPlace
from kiosk.desk.shown import BoothOpened, Brought, LidsSeen, Prepared, StaffData, TransferShown, UpdateShown
from kiosk.desk.turn import StaffForm, StaffTurn, Style, fixed
from kiosk.menus import (
    entry,
    erasing,
    export_menu,
    import_menu,
    inbox,
    pedals,
    recording,
    scores,
    standard_menu,
    update_menu,
    voice_menu,
    work,
)
from kiosk.planning import begun, doses, lids, questions, resume, summary
from kiosk.signals import Button, Chord, PedalKey, Press, Typed


def _is_clock(staff: Staff) -> bool:
    return staff.frame.about == (work.CLOCK,)


def _is_score(staff: Staff) -> bool:
    return staff.frame.about[:1] == (scores.SCORES,)


def _enter_date(turn: StaffTurn, digits: str) -> None:
    if _is_clock(turn.s):
        work.enter_clock(turn, digits)
    elif _is_score(turn.s):
        scores.enter_date(turn, digits)
    else:
        questions.enter_date(turn, digits)


def _suggest_date(staff: Staff) -> str:
    if _is_clock(staff):
        return work.suggest_clock(staff)
    return scores.suggest_date(staff) if _is_score(staff) else questions.suggest_date(staff)


FORMS: dict[StaffPlace, StaffForm] = {
    **entry.FORMS,
    **work.FORMS,
    **inbox.FORMS,
    **doses.FORMS,
    **recording.FORMS,
    **export_menu.FORMS,
    **import_menu.FORMS,
    **update_menu.FORMS,
    **erasing.FORMS,
    **scores.FORMS,
    **standard_menu.FORMS,
    **pedals.FORMS,
    **lids.FORMS,
    **voice_menu.FORMS,
    **questions.FORMS,
    **summary.FORMS,
    **resume.FORMS,
    StaffPlace.DATE: StaffForm(
        fixed(),
        _enter_date,
        Style.DIGITS,
        length=lambda staff: 12 if _is_clock(staff) else 8,
        suggest=_suggest_date,
    ),
}


HEARD: dict[type, Callable[[StaffTurn, Any], None]] = {
    PinChecked: entry.checked,
    Prepared: export_menu.hear_prepared,
    TransferShown: export_menu.hear_transfer,
    Brought: import_menu.hear,
    UpdateShown: update_menu.hear,
    PedalKey: pedals.hear,
    LidsSeen: lids.hear,
    BoothOpened: voice_menu.opened,
    MicrophoneTold: voice_menu.hear,
    TakeJudged: voice_menu.hear,
    TakePlayed: voice_menu.hear,
    TakeKept: voice_menu.hear,
}
"""Answers of the world → who waits for them."""


def begin(
    data: StaffData, seed: int, now_ms: int, part: DeskPart | None = None
) -> tuple[Staff, tuple[StaffEffect, ...]]:
    """The desk, asking who is there. ``seed``: 64 or more secret random bits, new each time.

    ``part``: what is wanted of it; None: all.
    """
    turn = StaffTurn(
        Staff(
            data=data,
            now_ms=now_ms,
            touched_ms=now_ms,
            frames=(),
            seed=seed,
            slots=data.slots,
            person=data.person,
            begun=data.begun,
        )
    )
    turn.set(part=part)
    if part is None or part.page is None:
        entry.arrive(turn)
    else:
        turn.set(slot=part.slot, entered=bool(part.slot), frames=(part.page,))
    _settle(turn)
    return turn.s, tuple(turn.effects)


def step(staff: Staff, event: StaffEvent, now_ms: int) -> tuple[Staff, tuple[StaffEffect, ...]]:
    """Return ``staff`` after ``event`` at ``now_ms``, and what it asks of the world.

    Time never runs backwards; once left, nothing happens.
    """
    if staff.left:
        return staff, ()
    turn = StaffTurn(replace(staff, now_ms=max(now_ms, staff.now_ms)))
    _pass_time(turn)
    if turn.s.left:
        _tidy(turn)
        return turn.s, tuple(turn.effects)
    _settle(turn)
    if (hear := HEARD.get(type(event))) is not None:
        hear(turn, event)
    elif isinstance(event, StaffFresh):
        turn.set(data=event.data)
    elif turn.s.place is StaffPlace.CLEANING:
        if isinstance(event, Chord):
            work.end_cleaning(turn)
    elif isinstance(event, Press):
        turn.set(touched_ms=turn.s.now_ms)
        _press(turn, event.button)
    elif isinstance(event, Typed):
        turn.set(touched_ms=turn.s.now_ms)
        if FORMS[turn.s.place].style is Style.DIGITS:
            _give(turn, event.digit)
    _tidy(turn)
    if not turn.s.left:
        _settle(turn)
    return turn.s, tuple(turn.effects)


def deadline_ms(staff: Staff) -> int | None:
    """The moment at which the desk wants to be called even if nothing happens; None: never."""
    if staff.left:
        return None
    if staff.place is StaffPlace.CLEANING:
        return staff.clean_until_ms
    idle = staff.touched_ms + _idle_ms(staff)
    if (due := voice_menu.deadline_ms(staff)) is not None:
        return min(idle, due)
    if update_menu.holds(staff):
        return min(idle, staff.now_ms + update_menu.LOOK_EVERY_MS)
    if staff.place is StaffPlace.LOCKED:
        # The minutes that are left are on the screen.
        return min(idle, staff.now_ms + ((entry.locked_ms(staff) - 1) % 60_000 + 1))
    return idle


def options(staff: Staff) -> tuple[str, ...]:
    """All that can be answered now; none where digits are given."""
    return FORMS[staff.place].options(staff)


def style(staff: Staff) -> Style:
    """The way in which the present screen is answered."""
    return FORMS[staff.place].style_now(staff)


def length(staff: Staff) -> int:
    """The number of digits that the present screen asks for."""
    return FORMS[staff.place].length(staff)


def _idle_ms(staff: Staff) -> int:
    """The time without a press after which the desk leads home."""
    if update_menu.holds(staff):
        return update_menu.PATIENCE_MS
    patient = staff.place in {*export_menu.UNDERWAY, *import_menu.UNDERWAY, *update_menu.UNDERWAY}
    return max(export_menu.PATIENCE_MS, staff.data.idle_ms) if patient else staff.data.idle_ms


def _tidy(turn: StaffTurn) -> None:
    export_menu.tidy(turn)
    import_menu.tidy(turn)
    update_menu.tidy(turn)
    pedals.tidy(turn)
    lids.tidy(turn)
    voice_menu.tidy(turn)
    begun.tidy(turn)


def _pass_time(turn: StaffTurn) -> None:
    s = turn.s
    if s.place is StaffPlace.CLEANING:
        if s.now_ms >= s.clean_until_ms:
            work.end_cleaning(turn)
    elif s.now_ms >= s.touched_ms + _idle_ms(s):
        turn.leave("staff.idle")
    else:
        entry.pass_time(turn)
        voice_menu.hear(turn, BoothTick())


def _settle(turn: StaffTurn) -> None:
    """A screen that just opened gets its preselected answer, or the digit it begins with."""
    frame, form = turn.s.frame, FORMS[turn.s.place]
    found = form.options(turn.s)
    if not frame.fresh:
        if frame.cursor is not None and frame.cursor >= len(found):
            turn.frame(cursor=len(found) - 1 if found else None)
        return
    turn.frame(fresh=False)
    if form.style is Style.DIGITS:
        _turn_to(turn)
    elif form.style_now(turn.s) is Style.LIST:
        wanted = form.preset(turn.s, found)
        turn.frame(cursor=found.index(wanted) if wanted in found else None)


def _turn_to(turn: StaffTurn) -> None:
    """The digit that the next place begins with."""
    suggested = FORMS[turn.s.place].suggest(turn.s)
    at = len(turn.s.frame.digits)
    turn.frame(turning=int(suggested[at]) if at < len(suggested) else turn.roll())


def _press(turn: StaffTurn, button: Button) -> None:
    form, frame = FORMS[turn.s.place], turn.s.frame
    found = form.options(turn.s)
    if pedals.swallows(turn, button) or update_menu.holds(turn.s):
        return
    if button is Button.RED and frame.digits:
        turn.frame(digits=frame.digits[:-1])
        _turn_to(turn)
    elif button is Button.RED:
        if not export_menu.red(turn) and not voice_menu.red(turn):
            summary.back(turn)
    elif form.style is Style.DIGITS:
        if button is Button.GREEN:
            _give(turn, frame.turning)
        else:
            turn.frame(turning=(frame.turning + 1) % 10)
    elif form.style is not Style.BLIND:
        direct = form.style_now(turn.s) is Style.DIRECT
        answer, cursor = choosing.press(button, found, frame.cursor, direct=direct)
        turn.frame(cursor=cursor)
        if answer is not None:
            form.take(turn, answer)


def _give(turn: StaffTurn, digit: int) -> None:
    """One more digit; with the last one the whole is taken."""
    form, digits = FORMS[turn.s.place], f"{turn.s.frame.digits}{digit}"
    turn.frame(digits=digits, message="")
    if len(digits) == form.length(turn.s):
        form.take(turn, digits)
    else:
        _turn_to(turn)
