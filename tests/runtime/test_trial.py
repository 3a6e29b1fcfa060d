"""Trying it with a made-up person: offered in a window only, four presses away, said on every screen, kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import paths
from kiosk.bedside.persons import settle
from kiosk.clock import ClockStatus, SimClock
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import SimLights
from kiosk.devices.sound_sim import SimSound
from kiosk.programmes import shelf
from kiosk.records.store import Store
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.runtime import Runtime
from kiosk.screens.scene import Menu, PictureScene, Scene, StepScene
from kiosk.settings import Settings
from kiosk.signals import Button, Chord, FaceState, Press
from tests.patience import PATIENCE_S
from tests.records.helpers import rows_in
from tests.screens.paint_samples import painter

ANSWERS = {
    "session-identity": "Yes",
    "session-red-flags": "None of all 7",
    "session-pain-before": "No pain",
    "session-tiredness": "Fresh",
    "session-linked": "No",
}


class AtWindow:
    """A runtime in a window, as ``kiosk run --window`` builds it; the time is simulated."""

    def __init__(self, data: Path, **how: bool) -> None:
        self.data, self.clock = data, SimClock(trust=ClockStatus.UNSET)
        self.store = Store.open(data, self.clock)
        if how.get("trial"):
            settle(self.store)
        camera = SimCamera(self.clock, paths.assets() / "demo" / "face.mp4", kept=1)
        workshop = Workshop(aside=False)
        sound = SimSound(self.clock)
        self.ports = Ports(
            clock=self.clock, store=self.store, sound=sound, camera=camera, lights=SimLights(), workshop=workshop
        )
        known = shelf.load(paths.assets() / "programmes")
        keys, safe, trial = (how.get(name, False) for name in ("keys", "safe", "trial"))
        self.runtime = Runtime(
            self.ports, Settings(), known, paths.assets(), data=data, keys=keys, safe=safe, trial=trial
        )
        self.runtime.tick(self.clock.now_ms())

    @property
    def scene(self) -> Scene:
        return self.runtime.scene(self.clock.now_ms())

    def press(self, button: Button) -> None:
        self.clock.advance(700)
        self.runtime.hear(Press(button, self.clock.now_ms()), self.clock.now_ms())
        assert self.store.flush(PATIENCE_S)

    def ended(self) -> tuple[bool, bool]:
        """Whether this kiosk has ended, and whether it was for a trial."""
        return self.runtime.closed, self.runtime.wants_trial

    def wait(self) -> None:
        due = self.runtime.deadline_ms(self.clock.now_ms())
        assert due is not None
        self.clock.advance(max(1, due - self.clock.now_ms()))
        self.runtime.tick(self.clock.now_ms())


@pytest.fixture
def window(tmp_path: Path) -> Callable[..., AtWindow]:
    made: list[AtWindow] = []

    def make(**how: bool) -> AtWindow:
        made.append(AtWindow(tmp_path / f"data{len(made)}", **how))
        return made[-1]

    return make


def test_welcome_in_a_window_names_the_keys_and_offers_a_trial(window: Callable[..., AtWindow]) -> None:
    """Two presses ask for it: whoever holds both buttons for staff does not."""
    at = window(keys=True)
    shown = " ".join(line for item in painter().layout(at.scene) for part in item.walk() for line in part.lines)
    assert "Keys: SPACE is green, TAB amber, ESC red." in shown
    assert "Try it with a made-up person" in shown
    assert painter().fits(at.scene) == []
    at.press(Button.GREEN)
    assert at.ended() == (False, False)
    at.press(Button.AMBER)
    at.press(Button.GREEN)
    assert at.ended() == (True, True)
    assert rows_in(at.data, "SELECT count(*) FROM persons") == [(0,)]


@pytest.mark.parametrize("first", [Button.GREEN, Button.AMBER])
def test_both_buttons_at_once_begin_no_trial(window: Callable[..., AtWindow], first: Button) -> None:
    """Staff hold them together; which comes first is chance."""
    at = window(keys=True)
    at.press(first)
    second = Button.AMBER if first is Button.GREEN else Button.GREEN
    at.clock.advance(40)
    at.runtime.hear(Press(second, at.clock.now_ms()), at.clock.now_ms())
    at.clock.advance(3_000)
    at.runtime.hear(Chord(at.clock.now_ms()), at.clock.now_ms())
    assert not at.runtime.closed
    assert at.scene.name == "staff-first"


@pytest.mark.parametrize("how", [{}, {"keys": True, "safe": True}, {"keys": True, "trial": True}])
def test_an_appliance_offers_no_trial(window: Callable[..., AtWindow], how: dict[str, bool]) -> None:
    """Nor does safe mode, nor a trial itself."""
    at = window(**how)
    for _ in range(2):
        at.press(Button.AMBER)
        at.press(Button.GREEN)
    assert "Try it" not in str(at.scene)
    assert not at.runtime.wants_trial


def test_it_leads_into_a_mirror_session_and_says_what_it_is_on_every_screen(window: Callable[..., AtWindow]) -> None:
    """The session's first question is there at once; then it goes on to the mirror, with no date known."""
    at = window(keys=True, trial=True)
    assert at.scene.name == "session-identity"
    names: set[str] = set()
    for _ in range(3_000):
        scene = at.scene
        assert scene.notice.startswith("Trial: a made-up person."), scene.name
        if scene.name not in names:
            assert painter().fits(scene) == [], scene
        names.add(scene.name)
        if isinstance(scene, StepScene) and scene.picture is PictureScene.LIVE:
            break
        wanted = ANSWERS.get(scene.name)
        if wanted and scene.strip.green == wanted:
            at.press(Button.GREEN)
        elif wanted and isinstance(scene, Menu) and scene.choices:
            at.press(Button.AMBER)
            at.press(Button.GREEN)
        else:
            at.wait()
            at.runtime.hear(FaceState(True, at.clock.now_ms()), at.clock.now_ms())
    else:
        raise AssertionError(f"no mirror: {names}")
    at.press(Button.RED)
    assert at.scene.notice.startswith("Trial")


def test_every_screen_of_home_and_staff_says_it_too(window: Callable[..., AtWindow]) -> None:
    """Whoever looks around in a trial sees on each screen that nobody real is meant."""
    at = window(keys=True, trial=True)
    at.press(Button.RED)
    seen = set()
    for button in (Button.AMBER, Button.GREEN, Button.RED, Button.RED):
        assert at.scene.notice.startswith("Trial: a made-up person.")
        seen.add(at.scene.name)
        at.press(button)
    at.runtime.hear(Chord(at.clock.now_ms()), at.clock.now_ms())
    assert at.scene.name == "staff-first"
    assert at.scene.notice.startswith("Trial: a made-up person.")
    assert "home" in seen
