"""Length of the sessions that may begin, as the session itself will take them; each is worked out once."""

from __future__ import annotations

from kiosk.bedside.sessions import context_of, plan_of
from kiosk.care.library import Library
from kiosk.care.model import Region
from kiosk.care.person import Person
from kiosk.care.today import Today
from kiosk.devices.sound import Speaker
from kiosk.errors import RuleError
from kiosk.session.length import planned_ms
from kiosk.settings import Settings


class Lengths:
    """Remembers lengths until something that they follow from has changed: the person, the day, the settings."""

    def __init__(self, sound: Speaker) -> None:
        self._sound = sound
        self._library: Library | None = None
        self._follows_from: tuple[object, ...] = ()
        self._known: dict[tuple[str, bool, tuple[Region, ...]], int] = {}

    def of(
        self,
        library: Library,
        person: Person,
        today: Today,
        settings: Settings,
        programme: str,
        short: bool,
        regions: tuple[Region, ...],
    ) -> int:
        """Length of a session in ms, from its first question on; 0 where it cannot begin today."""
        now = (person, today.surely, settings, self._sound.audible)
        if library is not self._library or now != self._follows_from:
            self._library, self._follows_from, self._known = library, now, {}
        wanted = (programme, short, regions)
        if wanted not in self._known:
            try:
                plan = plan_of(library, person, programme, today, short=short, regions=regions)
            except RuleError:
                return 0
            about = context_of(library, person, plan, settings, self._sound, today, red_stuck=False, last_week=True)
            self._known[wanted] = planned_ms(plan, about)
        return self._known[wanted]
