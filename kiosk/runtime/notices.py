"""The one calm line that says what is missing just now: at most one, the weightiest first."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.signals import Button
from kiosk.words import Words


@dataclass
class Condition:
    """What of the kiosk does not work just now."""

    store_problem: str = ""
    camera_ok: bool = True
    camera_cause: str = ""
    sight_cause: str = ""
    """Why nobody looks at pictures; empty: nothing is known against it."""
    sound_wanted: bool = True
    sound_ok: bool = True
    stuck: frozenset[Button] = frozenset()
    lost: frozenset[str] = frozenset()
    """Names of pedals and keyboards that pressed buttons and are unplugged."""
    safe: bool = False
    recorded: bool = False
    trial: bool = False
    """The person is made up: that is said on every screen, beside what is missing."""

    @property
    def amber_stops(self) -> bool:
        """Whether the red button is out of use."""
        return Button.RED in self.stuck

    def notice(self, _: Words, *, picture: bool) -> str:
        """The line for the person; empty when nothing is missing. ``picture``: a picture would be wanted now."""
        missing = self._missing(_, picture=picture)
        return " ".join((_("Trial: a made-up person."), missing)).strip() if self.trial else missing

    def _missing(self, _: Words, *, picture: bool) -> str:
        if Button.RED in self.stuck:
            return _("Red is stuck. Amber stops now.")
        if self.stuck:
            return _("A button is stuck. The others work.")
        if self.lost:
            return _("Unplugged: {name}. Please tell staff.").format(name=min(self.lost))
        if self.store_problem:
            return _("Not saving just now. Please tell staff.")
        if picture and not self.camera_ok:
            return _("No picture just now. We go on.")
        if picture and self.recorded:
            return _("A recorded face, not yours.")
        if self.sound_wanted and not self.sound_ok:
            return _("No sound. Follow the screen.")
        if self.safe:
            return _("Simple mode. Please tell staff.")
        return ""
