"""The manner of the kiosk: it goes by the settings that are in force and speaks the language of whoever is bound."""

from __future__ import annotations

from pathlib import Path

from kiosk.bedside.kept_settings import hand_of
from kiosk.bedside.suited import Suited
from kiosk.desk.effects import ChangeSetting
from kiosk.runtime.condition import Condition
from kiosk.runtime.ports import Ports
from kiosk.settings import Settings
from kiosk.words import words


class Manner:
    """``words``: those of whoever is bound; ``site_words``: the staff's. Devices are told of every change at once."""

    def __init__(self, ports: Ports, settings: Settings, assets: Path, condition: Condition) -> None:
        self._ports, self._assets, self._condition = ports, assets, condition
        self._suited = Suited(settings)
        self.language = settings.site.language
        self.words = self.site_words = words(self.language, assets)

    @property
    def now(self) -> Settings:
        """The settings to go by: the site's, and what suits whoever is bound."""
        return self._suited.now

    @property
    def site(self) -> Settings:
        """The settings of the place alone."""
        return self._suited.site

    @property
    def changed(self) -> list[ChangeSetting]:
        """Changes of this run that belong to a person."""
        return self._suited.changed

    @property
    def heard(self) -> bool:
        """Whether what is said can be heard: there is sound, it is wanted, and so is the voice."""
        return self._ports.sound.audible and self._condition.sound_wanted and self.now.sound.voice

    def suit(self) -> None:
        """Go by the settings of whoever is bound now. Raises StoreError."""
        if self._suited.suit(self._ports.store.read()):
            self.go_by_settings()

    def change(self, change: ChangeSetting) -> None:
        """Staff have changed a setting."""
        self._suited.change(change)
        self.go_by_settings()

    def forget(self, code: str) -> None:
        """Nobody is called ``code`` any more."""
        self._suited.forget(code)

    def go_by_settings(self) -> None:
        """Tell every device what the settings say."""
        self.set_volume()
        if self._ports.painted is not None:
            self._ports.painted.use_width(self.site.screen.width_mm)
        if self.site.site.language != self.site_words.code:
            self.site_words = words(self.site.site.language, self._assets)
            if not self._suited.suits:
                self.speak(self.site.site.language)
        for source in self._ports.buttons:
            source.use(hand_of(self.now))
        if self._ports.stick_service is not None:
            self._ports.stick_service.use(self.now)

    def speak(self, language: str) -> None:
        """Speak the bound person's ``language``, on the screen and in the voice; the desk keeps the site's."""
        if language != self.language:
            self.language = language
            self.words = words(language, self._assets)
            self._ports.sound.set_language(language)

    def speak_anew(self) -> None:
        """Look for the sounds of the language again: recordings may have come, or gone."""
        self._ports.sound.set_language(self.language)

    def set_volume(self) -> None:
        """Go back to the volume of the settings, which a session may have lowered."""
        sound = self.now.sound
        self._condition.sound_wanted = sound.volume > 0
        self._ports.sound.set_volume(sound.volume)
