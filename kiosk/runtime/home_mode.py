"""The home while it is on the screen: gathered from the record; what it asks for is left to the runtime."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk.bedside.lengths import Lengths
from kiosk.bedside.own import reminder_of
from kiosk.bedside.sessions import Interrupted
from kiosk.care.agenda import Agenda, agenda
from kiosk.care.library import Library
from kiosk.care.model import Plan, Region
from kiosk.care.own import NO_OWN_THINGS, OwnThings
from kiosk.care.person import Person
from kiosk.care.today import Today
from kiosk.care.words import clock_words, time_words, weekday_words
from kiosk.clock import Clock, ClockStatus, local_moment
from kiosk.home import machine as home
from kiosk.home.effects import HomeEffect
from kiosk.home.looking_back import LookedBack, weeks_back
from kiosk.home.model import HomeData, HomeEvent, HomeFresh, HomePast, HomePlace, HomeTick, offers, todays_offers
from kiosk.home.model import InterruptedShown as CutShort
from kiosk.home.reminders import hours_to_choose
from kiosk.present.home import present_home
from kiosk.runtime.ending import moment_after
from kiosk.screens.scene import Scene
from kiosk.settings import Settings
from kiosk.signals import Chord, Press, Signal
from kiosk.words import Words

FRESH_EVERY_MS = 60_000
"""The home is gathered anew this often: an hour's gap passes, a day begins, the clock moves on."""


class HomeMode:
    """Shows the home. Effects are handed to ``carry_out`` as they come."""

    def __init__(
        self,
        data: HomeData,
        now_ms: int,
        card: str,
        carry_out: Callable[[HomeEffect], None],
        place: HomePlace,
        *,
        unanswered: bool = False,
    ) -> None:
        self._carry_out = carry_out
        self.state, effects = home.begin(data, now_ms, card, place, unanswered=unanswered)
        self._fresh_ms = now_ms
        self._hand_over(effects)

    def hear(self, signal: Signal, now_ms: int) -> None:
        if isinstance(signal, Press | Chord):
            self._step(signal, now_ms)

    def tick(self, now_ms: int) -> None:
        due = home.deadline_ms(self.state)
        if due is not None and due <= now_ms:
            self._step(HomeTick(), now_ms)

    def refresh(self, data: HomeData, now_ms: int) -> None:
        """Show what is true now."""
        self._fresh_ms = now_ms
        self._step(HomeFresh(data), now_ms)

    def look_back(self, past: LookedBack, now_ms: int) -> None:
        """Show what is behind the person."""
        self._step(HomePast(past), now_ms)

    def stale(self, now_ms: int) -> bool:
        """Whether what is shown should be gathered anew."""
        return now_ms - self._fresh_ms >= FRESH_EVERY_MS

    def deadline_ms(self, now_ms: int) -> int | None:  # noqa: ARG002 (every mode is asked with the time)
        due = home.deadline_ms(self.state)
        fresh = self._fresh_ms + FRESH_EVERY_MS
        return fresh if due is None else min(due, fresh)

    def scene(self, notice: str, words: Words) -> Scene:
        return present_home(self.state, notice, words)

    def _step(self, event: HomeEvent, now_ms: int) -> None:
        self.state, effects = home.step(self.state, event, now_ms)
        self._hand_over(effects)

    def _hand_over(self, effects: tuple[HomeEffect, ...]) -> None:
        for effect in effects:
            self._carry_out(effect)


def gather(
    person: Person | None,
    day: Today,
    cut: tuple[Interrupted, Plan] | None,
    library: Library,
    settings: Settings,
    clock: Clock,
    words: Words,
    lengths: Lengths,
    own: OwnThings = NO_OWN_THINGS,
) -> HomeData:
    """Gather all that the home shows, from the record and the rules."""
    _ = words
    plan = agenda(library, person, day) if person else Agenda()
    known = offers(library, person, day) if person else ()
    now = None if clock.status() is ClockStatus.UNSET else local_moment(clock.wall_utc())

    def length(programme: str, short: bool, regions: tuple[Region, ...]) -> int:
        return lengths.of(library, person, day, settings, programme, short, regions) if person else 0

    def at(after_ms: int) -> datetime | None:
        return moment_after(clock.wall_utc(), after_ms) if day.certain else None

    return HomeData(
        person=person,
        offers=todays_offers(plan, known, length, at),
        next=plan.next,
        done=plan.done,
        back=plan.back,
        weeks=weeks_back(day),
        interrupted=CutShort(cut[0].row.session_id, _(cut[1].title)) if cut else None,
        clock_line=_("Date not set") if now is None else clock_words(now, _),
        day_line="" if now is None else weekday_words(now.date(), _),
        time_line="" if now is None else time_words(now),
        cards=tuple(sorted(library.cards.values(), key=lambda card: card.order)),
        own=own,
        today=day.day if day.certain else None,
        hours=hours_to_choose(settings.care.quiet_from_hour, settings.care.quiet_to_hour),
        reminder=reminder_of(own, settings.care, clock),
        timed=now is not None,
        new=person is not None and not (day.practised_on or day.begun_today),
        single_switch=settings.buttons.single_switch,
        scan_ms=settings.buttons.scan_ms,
        idle_ms=settings.care.idle_min * 60_000,
    )
