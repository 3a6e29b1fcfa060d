"""The loudspeaker's device is open while somebody practises, woken by a press, and else left to rest."""

from __future__ import annotations

from pathlib import Path

from kiosk.devices.sound_sim import SimSound
from kiosk.signals import Button, Chord, Press, Typed
from tests.runtime.test_trial import AtWindow


def sound_of(kiosk: AtWindow) -> SimSound:
    found = kiosk.ports.sound
    assert isinstance(found, SimSound)
    return found


def test_at_home_and_at_the_desk_a_press_wakes_it(tmp_path: Path) -> None:
    """Nothing sounds there but what a press asks for; that it may take a moment is bought with days of rest."""
    kiosk = AtWindow(tmp_path)
    sound, now = sound_of(kiosk), kiosk.clock.now_ms()
    assert (sound.kept, sound.woken) == (False, 0)
    kiosk.runtime.hear(Press(Button.GREEN, now), now)
    kiosk.runtime.hear(Chord(now), now)
    kiosk.runtime.hear(Typed(1, now), now)
    assert (sound.kept, sound.woken) == (False, 3)
    kiosk.runtime.close()
    kiosk.store.close(1)


def test_a_session_keeps_it_open(tmp_path: Path) -> None:
    """Its tones come by the clock, with nobody's press before them."""
    kiosk = AtWindow(tmp_path, keys=True, trial=True)
    kiosk.wait()
    assert kiosk.scene.name.startswith("session-")
    assert sound_of(kiosk).kept
    kiosk.runtime.close()
    kiosk.store.close(1)
