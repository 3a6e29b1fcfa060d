"""The settings in force: the site's, what staff changed of them in this run, and what suits whoever is bound."""

from __future__ import annotations

from kiosk.bedside.kept_settings import kept_for, of_person, text_of, with_setting
from kiosk.desk.effects import ChangeSetting
from kiosk.plans.plan import SETTING
from kiosk.records.reader import Reader
from kiosk.rows.kinds import BOUND
from kiosk.settings import Settings


class Suited:
    """``now``: the settings to go by. ``site``: those of the place alone. Knows what is not stored yet as well."""

    def __init__(self, site: Settings) -> None:
        self.site = self.now = site
        self.changed: list[ChangeSetting] = []
        """Changes of this run that belong to a person."""
        self._kept: dict[str, str] = {}
        self._code = ""

    @property
    def suits(self) -> bool:
        """Whether they suit somebody who is bound."""
        return bool(self._code)

    def change(self, change: ChangeSetting) -> None:
        """Staff have changed a setting: of the place, or of a person."""
        if change.whose:
            self.changed.append(change)
        else:
            self.site = with_setting(self.site, change.key, change.value)
        if change.whose == self._code:
            self._kept[SETTING + change.key] = text_of(change.value)
        self.now = of_person(self.site, self._kept)

    def suit(self, reader: Reader) -> bool:
        """Go by the settings of whoever is bound, else by the site's; whether that is somebody else. Raises StoreError.

        Theirs are read by themselves, so that they hold where the rest of a plan cannot be read.
        """
        code = reader.state(BOUND) or ""
        if code == self._code:
            return False
        self._kept = kept_for(reader, code, self.changed)
        self.now, self._code = of_person(self.site, self._kept), code
        return True

    def forget(self, code: str) -> None:
        """Nobody is called ``code`` any more: somebody else may get the code."""
        self.changed = [change for change in self.changed if change.whose != code]
