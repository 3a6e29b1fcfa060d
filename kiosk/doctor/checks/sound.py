"""The sound output, opened as the voice opens it."""

from __future__ import annotations

import os

from kiosk.doctor.check import Check, CheckedPart, Try, ok, tried, warning
from kiosk.settings import SoundSettings

PLACE = 70
TRY_SOUND = """
import sys
from kiosk.devices.sound import opened_mixer
from kiosk.errors import SoundError
try:
    print(*opened_mixer().get_init())
except SoundError as why:
    sys.exit(str(why))
"""


def sound(settings: SoundSettings, attempt: Try = tried) -> Check:
    """A sound output opens. The kiosk never depends on it."""
    name = "Sound"
    if settings.volume == 0:
        return ok(name, "switched off in the settings")
    got = attempt(TRY_SOUND, patience_s=10.0)
    if not got.worked and "busy" in got.said.lower():
        return ok(name, "there is an output, in use just now: by the kiosk, if it runs")
    if not got.worked:
        step = "connect a loudspeaker, add the user to the group audio, see `aplay -l`; light and text go on without"
        return warning(name, got.said, step)
    rate, _, channels = got.said.split()
    driver = os.environ.get("SDL_AUDIODRIVER", "")
    if driver == "dummy":
        return warning(name, "the driver dummy is silent", "unset SDL_AUDIODRIVER to hear the kiosk")
    return ok(name, f"{rate} Hz, {channels} channel(s)")


PARTS = (CheckedPart("Sound", lambda kiosk: sound(kiosk.settings.sound)),)
