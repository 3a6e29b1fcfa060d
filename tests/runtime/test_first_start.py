"""The first start, whole: a new data folder, three buttons, cuts between any two pages, and nobody is surprised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import paths
from kiosk.bedside.kept_settings import of_place
from kiosk.clock import ClockStatus, SimClock
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import Glow, Lamp, SimLights
from kiosk.devices.sound_sim import SimSound
from kiosk.first_start.calling import lines as way_lines
from kiosk.first_start.model import CallWay
from kiosk.present.languages import call_text
from kiosk.programmes import shelf
from kiosk.records.store import Store
from kiosk.rows.kinds import STAFF_LOST, StateRow
from kiosk.runtime.first_start_mode import PROGRESS
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.runtime import Runtime
from kiosk.screens.scene import Digits, Menu, PictureScene, Scene, StepScene, Strip, TableScene
from kiosk.settings import Settings
from kiosk.signals import Button, CameraState, Chord, Press
from kiosk.words import languages, words
from tests.patience import PATIENCE_S

PRESS_MS = 400
PIN = "481516"


class AtNewKiosk:
    """A kiosk as `kiosk run` builds it, on the data folder ``data``; the time is simulated, the store is real."""

    def __init__(self, data: Path, clock: SimClock | None = None, *, comes: bool = True, keys: bool = False) -> None:
        self.data, self.clock = data, clock or SimClock(trust=ClockStatus.UNSET)
        self.store = Store.open(data, self.clock)
        settings = of_place(Settings(), self.store.read())
        self.camera = SimCamera(self.clock, paths.assets() / "demo" / "face.mp4", kept=1)
        self.lights, self.sound = SimLights(), SimSound(self.clock)
        self.ports = Ports(
            clock=self.clock,
            store=self.store,
            sound=self.sound,
            camera=self.camera,
            lights=self.lights,
            workshop=Workshop(aside=False),
        )
        known = shelf.load(paths.assets() / "programmes")
        self.runtime = Runtime(
            self.ports, settings, known, paths.assets(), data=data, keys=keys, seed=7, first_start=comes
        )
        self.presses = 0
        self.seen: list[str] = []
        self.settle()

    def settle(self) -> None:
        """Everything is stored and heard."""
        for _ in range(3):
            assert self.store.flush(PATIENCE_S)
            now = self.clock.now_ms()
            for source in (self.store, self.ports.workshop, self.camera, self.sound):
                for signal in source.drain(now):
                    self.runtime.hear(signal, now)
            self.runtime.tick(now)
        if not self.seen or self.seen[-1] != self.scene.name:
            self.seen.append(self.scene.name)

    @property
    def scene(self) -> Scene:
        return self.runtime.scene(self.clock.now_ms())

    def hear(self, signal: Press | Chord) -> None:
        self.runtime.hear(signal, self.clock.now_ms())
        self.settle()

    def press(self, button: Button) -> None:
        self.presses += 1
        self.clock.advance(PRESS_MS)
        self.hear(Press(button, self.clock.now_ms()))

    def chord(self) -> None:
        self.clock.advance(3_000)
        self.hear(Chord(self.clock.now_ms()))

    def wait(self, ms: int) -> None:
        self.clock.advance(ms)
        self.settle()

    def choose(self, label: str) -> None:
        """Find ``label`` among the answers, or on the strip, and give it."""
        scene = self.scene
        assert not isinstance(scene, Digits)
        listed = isinstance(scene, Menu) and any(choice.label == label for choice in scene.choices)
        if not listed:
            strip = {scene.strip.green: Button.GREEN, scene.strip.amber: Button.AMBER, scene.strip.red: Button.RED}
            assert label in strip, f"{label!r} is not on {scene}"
            self.press(strip[label])
            return
        for _ in range(30):
            scene = self.scene
            assert isinstance(scene, Menu)
            if scene.index is not None and scene.choices[scene.index].label == label:
                self.press(Button.GREEN)
                return
            self.press(Button.AMBER)
        raise AssertionError(f"{label!r} is never pointed at")

    def turn(self, digits: str) -> None:
        """Give digits with two buttons."""
        for digit in digits:
            while isinstance(scene := self.scene, Digits) and scene.current != int(digit):
                self.press(Button.AMBER)
            self.press(Button.GREEN)

    def cut(self, *, comes: bool = True) -> AtNewKiosk:
        """Pull the plug, and start again."""
        self.store.close(PATIENCE_S)
        self.clock.reboot(f"boot-{self.presses}", 30_000)
        return AtNewKiosk(self.data, self.clock, comes=comes)


def go_through(at: AtNewKiosk) -> None:
    """Answer whatever page is shown, as a clinic with a nurse would."""
    name = at.scene.name
    if name == "first-resume":
        at.choose("Go on")
    elif name == "first-language":
        at.choose("English")
    elif name == "first-screen":
        at.choose("61 cm")
    elif name == "first-readable":
        at.choose("Yes")
    elif name == "first-buttons":
        for button in (Button.GREEN, Button.AMBER, Button.RED):
            if at.scene.name == "first-buttons" and "Yes" not in at.scene.strip.green:
                at.press(button)
        at.choose("Yes")
    elif name == "first-camera":
        at.wait(500)
        at.choose("Go on")
    elif name == "first-sound":
        at.choose("Yes, as loud as it should be")
    elif name == "first-date":
        at.choose("Set it now")
    elif name == "staff-date-clock":
        at.turn("301120260930")
    elif name == "staff-first":
        at.choose("Set a PIN")
    elif name in ("staff-new-pin", "staff-new-pin-again"):
        at.turn(PIN)
    elif name == "staff-slots":
        at.choose("Therapist 1")
    elif name == "staff-pin":
        at.turn(PIN)
    elif name == "first-call":
        at.choose("The call bell, or 112")
    elif name == "first-call-words":
        at.choose("Use this")
    elif name == "first-team":
        at.choose("Nobody else" if "Nurse 1" in str(at.scene) else "Add a nurse")
    elif name == "first-person":
        at.choose("Set up now")
    elif name == "staff-person":
        at.choose("Set up for care only")
    elif name == "staff-item-side":
        at.choose("Left")
    elif name == "staff-touch":
        at.choose("Yes")
    elif name == "staff-item-language":
        at.choose("English")
    elif name == "staff-review":
        at.press(Button.GREEN)
    else:
        raise AssertionError(name)


def until(at: AtNewKiosk, name: str) -> AtNewKiosk:
    """Answer page after page until ``name`` is shown."""
    for _ in range(60):
        if at.scene.name == name:
            return at
        go_through(at)
    raise AssertionError(f"{name} never comes: {at.seen}")


ORDER = (
    "first-language",
    "first-screen",
    "first-buttons",
    "first-camera",
    "first-sound",
    "first-date",
    "staff-first",
    "first-call",
    "first-team",
    "first-person",
)
"""The first screen of each page, in the order of ``PAGES``."""
READING_S = {
    "first-language": 10,
    "first-screen": 40,
    "first-readable": 30,
    "first-buttons": 10,
    "first-camera": 40,
    "first-sound": 15,
    "first-date": 3,
    "staff-date-clock": 20,
    "staff-first": 10,
    "staff-new-pin": 20,
    "staff-new-pin-again": 5,
    "first-call": 20,
    "first-call-words": 10,
    "first-team": 15,
    "first-person": 10,
    "staff-saved-person": 5,
}
"""Seconds for reading a screen, and for what it asks for away from the plate: a tape along the picture, lying down to
look, a lamp turned to the bed, a look at a watch, thinking of a PIN. Of every other one: ``OTHER_S``."""
OTHER_S = 8
MOST_S = 600


@pytest.fixture
def new(tmp_path: Path) -> Iterator[AtNewKiosk]:
    at = AtNewKiosk(tmp_path / "data")
    yield at
    at.store.close(PATIENCE_S)


def test_a_clinic_starts_a_new_kiosk_in_ten_minutes_with_three_buttons(new: AtNewKiosk) -> None:
    """Page after page in its order; at the end somebody is set up, and the next start shows them their home."""
    until(new, "first-end")
    assert [name for name in new.seen if name in ORDER and new.seen.count(name)][:1] == [ORDER[0]]
    assert list(dict.fromkeys(name for name in new.seen if name in ORDER)) == list(ORDER)
    seconds = new.presses * PRESS_MS / 1_000 + sum(READING_S.get(name, OTHER_S) for name in new.seen)
    assert seconds <= MOST_S, f"{seconds:.0f} s, {new.presses} presses"
    new.choose("Home")
    assert new.scene.name == "home"
    after = new.cut()
    assert after.scene.name == "home-asleep"
    assert [row.slot for row in after.store.read().staff()] == ["nurse-1", "therapist-1"]
    after.store.close(PATIENCE_S)


@pytest.mark.parametrize("page", range(1, len(ORDER)))
def test_a_cut_between_two_pages_goes_on_at_the_next_one(tmp_path: Path, page: int) -> None:
    """What was finished is not asked again; after the PIN is set it is asked for first."""
    at = until(AtNewKiosk(tmp_path), ORDER[page])
    before = at.seen
    at = at.cut()
    assert at.scene.name == "first-resume"
    at.choose("Go on")
    if page > ORDER.index("staff-first"):
        assert at.scene.name == "staff-slots"
        at.choose("Therapist 1")
        at.turn(PIN)
    assert at.scene.name == ORDER[page]
    until(at, "first-end")
    assert not set(ORDER[:page]) & set(at.seen), "a finished page came again"
    assert set(ORDER) <= {*before, *at.seen}
    at.store.close(PATIENCE_S)


def test_a_cut_at_every_page_in_one_first_start(tmp_path: Path) -> None:
    """The plug is pulled after each page: it comes to its end all the same."""
    at, cuts = AtNewKiosk(tmp_path), 0
    for _ in range(150):
        name = at.scene.name
        if name == "first-end":
            break
        go_through(at)
        if at.scene.name in ORDER and at.scene.name != name and at.scene.name != ORDER[0]:
            at, cuts = at.cut(), cuts + 1
            if cuts > 2 * len(ORDER):
                raise AssertionError(f"it never ends: {at.seen}")
            until(at, at.scene.name)
            # What was reached is reached again before it is answered.
            if at.scene.name == "first-resume":
                at.choose("Go on")
            for _login in range(4):
                if at.scene.name in ("staff-slots", "staff-pin"):
                    go_through(at)
    assert at.scene.name == "first-end"
    assert cuts >= len(ORDER) - 1
    at.store.close(PATIENCE_S)


def test_nobody_whose_kiosk_is_set_up_meets_it_by_surprise(tmp_path: Path) -> None:
    """One PIN that was set the old way is enough, with nothing known of a first start; so is a person."""
    at = AtNewKiosk(tmp_path, comes=False)
    assert at.scene.name == "home-welcome"
    at.chord()
    at.choose("Set a PIN")
    at.turn(PIN)
    at.turn(PIN)
    assert at.scene.name == "staff-menu"
    at = at.cut()
    assert at.scene.name == "home-welcome"
    assert "Set this kiosk up" not in str(at.scene)
    at.chord()
    at.choose("Therapist 1")
    at.turn(PIN)
    assert "First start" not in str(at.scene), "nothing is left of what was never begun"
    at.store.close(PATIENCE_S)


def test_a_kiosk_that_lost_its_pins_is_no_new_one(tmp_path: Path) -> None:
    """Whoever stands there first would become its therapist."""
    at = AtNewKiosk(tmp_path, comes=False)
    at.store.put(StateRow(STAFF_LOST, "1"))
    at.settle()
    at = at.cut()
    assert at.scene.name == "home-welcome"
    assert "Set this kiosk up" not in str(at.scene)
    at.store.close(PATIENCE_S)


def test_it_can_be_gone_through_again_from_the_settings(tmp_path: Path) -> None:
    """All but what nobody has to do twice: somebody is set up, and whoever asks has a PIN."""
    at = until(AtNewKiosk(tmp_path), "first-end")
    at.choose("Home")
    at.press(Button.RED)
    at.chord()
    at.choose("Therapist 1")
    at.turn(PIN)
    assert "First start" not in str(at.scene)
    at.choose("Settings")
    row(at, "First start")
    assert at.scene.name == "first-language"
    at.seen.clear()
    until(at, "first-end")
    assert not {"staff-first", "staff-slots", "first-person"} & set(at.seen)
    assert "first-team" in at.seen
    at.store.close(PATIENCE_S)


def row(at: AtNewKiosk, label: str) -> None:
    """Go to the row ``label`` of a table, and press green."""
    for _ in range(30):
        scene = at.scene
        assert isinstance(scene, TableScene)
        if scene.index is not None and scene.rows[scene.index].label == label:
            at.press(Button.GREEN)
            return
        at.press(Button.AMBER)
    raise AssertionError(f"{label!r} is not in {at.scene}")


def test_what_is_left_for_later_is_told_on_the_menu_and_on_status_and_found_there(tmp_path: Path) -> None:
    """The size of the letters, the nurse and the person can wait; the menu leads to just these."""
    at = AtNewKiosk(tmp_path)
    for _ in range(80):
        name = at.scene.name
        if name == "first-end":
            break
        if name in ("first-screen", "first-team", "first-person"):
            at.choose("Later")
        else:
            go_through(at)
    assert "Left for later: Size of the letters, Nurse, First person." in str(at.scene)
    at.choose("Home")
    assert at.scene.name == "home-welcome"
    at = at.cut()
    assert at.scene.name == "home-welcome", "what is over does not come by itself"
    at.chord()
    at.choose("Therapist 1")
    at.turn(PIN)
    assert "3 pages are left" in str(at.scene)
    at.choose("Status")
    assert "left for later: Size of the letters, Nurse, First person" in str(at.scene)
    at.press(Button.RED)
    at.choose("First start")
    assert at.scene.name == "first-screen"
    at.seen.clear()
    until(at, "first-end")
    assert not {"first-language", "first-sound", "staff-slots"} & set(at.seen)
    at.store.close(PATIENCE_S)


def test_both_buttons_lead_to_the_desk_and_welcome_leads_back(tmp_path: Path) -> None:
    """Whoever knows the kiosk is not held up; the desk is as ever, and what was begun waits on Welcome."""
    at = until(AtNewKiosk(tmp_path), "first-sound")
    at.chord()
    assert at.scene.name == "staff-first"
    at.press(Button.RED)
    assert at.scene.name == "home-welcome"
    at.choose("Set this kiosk up")
    assert at.scene.name == "first-resume"
    assert "Done: 4 of 10 pages." in str(at.scene)
    at.choose("Later")
    assert at.scene.name == "home-welcome"
    at.store.close(PATIENCE_S)


def test_holding_both_buttons_answers_nothing_on_the_first_page(new: AtNewKiosk) -> None:
    """Which of them comes first is chance."""
    new.press(Button.AMBER)
    new.clock.advance(40)
    new.hear(Press(Button.GREEN, new.clock.now_ms()))
    assert new.scene.name == "first-language"
    new.chord()
    assert new.scene.name == "staff-first"


def test_each_lamp_is_lit_alone_and_goes_out_with_its_press(new: AtNewKiosk) -> None:
    """What is asked for is lit and nothing else, so that the lamp answers the press."""
    until(new, "first-buttons")
    lit: list[Lamp] = []
    for button, lamp in zip(Button, (Lamp.GREEN, Lamp.AMBER, Lamp.RED), strict=True):
        assert new.scene.name == "first-buttons"
        on = [one for one in (Lamp.GREEN, Lamp.AMBER, Lamp.RED) if new.lights.now[one] is not Glow.OFF]
        assert on == [lamp]
        lit += on
        new.press(button)
    assert len(lit) == len(Button)


def test_a_button_that_does_not_answer_is_said_and_passed_over(new: AtNewKiosk) -> None:
    """Red is cut off: another button three times leads on, and the page is left for later."""
    until(new, "first-buttons")
    new.press(Button.GREEN)
    new.press(Button.AMBER)
    new.press(Button.AMBER)
    assert "That was amber." in str(new.scene)
    assert "If red does nothing" in str(new.scene)
    new.press(Button.AMBER)
    new.press(Button.AMBER)
    assert "Did not answer: red. Check the cable." in str(new.scene)
    new.choose("Yes")
    until(new, "first-end")
    assert "Left for later: Buttons and lamps." in str(new.scene)


def test_the_camera_runs_on_its_page_and_nowhere_else(new: AtNewKiosk) -> None:
    """From the page before to the page behind; nor while nobody is there."""
    assert not until(new, "first-buttons").camera.is_open
    until(new, "first-camera")
    new.wait(500)
    scene = new.scene
    assert isinstance(scene, StepScene)
    assert scene.picture is PictureScene.LIVE
    running = [new.camera.is_open]
    new.wait(180_000)
    assert new.scene.name == "first-resume"
    running.append(new.camera.is_open)
    assert "Next: Camera and light." in str(new.scene)
    new.choose("Go on")
    new.wait(500)
    new.choose("Go on")
    assert new.scene.name == "first-sound"
    assert [*running, new.camera.is_open] == [True, False, False]


def test_without_a_camera_it_is_said_and_goes_on(new: AtNewKiosk) -> None:
    """One sentence, one press; the page is left for later."""
    new.camera.lose("its cable is loose")
    until(new, "first-camera")
    new.runtime.hear(CameraState(False, "its cable is loose", new.clock.now_ms()), new.clock.now_ms())
    assert "No camera answers. The kiosk works without a picture: green goes on." in str(new.scene)
    new.choose("Go on")
    assert new.scene.name == "first-sound"
    until(new, "first-end")
    assert "Camera and light" in str(new.scene)


def test_the_sound_is_tried_again_with_each_step_and_stays_the_places(tmp_path: Path) -> None:
    """Louder is heard at once, is stored, and is no setting of the person who comes later."""
    at = until(AtNewKiosk(tmp_path), "first-sound")
    at.wait(10_000)
    heard = len(at.sound.heard)
    at.choose("Louder")
    at.wait(3_000)
    assert len(at.sound.heard) > heard
    assert "Loudness: Loud." in str(at.scene)
    at.choose("Yes, as loud as it should be")
    until(at, "first-end")
    at.store.close(PATIENCE_S)
    again = Store.open(tmp_path, at.clock)
    assert of_place(Settings(), again.read()).sound.volume == 3
    assert not [row for row in again.read().permissions("92222D") if "volume" in row.item]
    again.close(PATIENCE_S)


def test_whom_to_call_is_written_in_every_language(tmp_path: Path) -> None:
    """A number of three to twelve digits, turned with two buttons, stands in the words of each language as it is."""
    at = until(AtNewKiosk(tmp_path), "first-call")
    at.choose("The call bell, or a number of our own")
    at.choose("4")
    at.turn("1234")
    until(at, "first-team")
    lines = of_place(Settings(), at.store.read()).site.emergency_text
    for code in languages():
        own = call_text(lines, "en", code)
        assert own, code
        assert sum("1234" in line for line in own) == 1
        assert own == way_lines(CallWay.BELL_OR_NUMBER, "1234", words(code))
    at.store.close(PATIENCE_S)


def test_a_nurse_does_not_go_on_with_it(tmp_path: Path) -> None:
    """Whoever enters with a nurse's PIN is told who can; nothing is changed."""
    at = until(AtNewKiosk(tmp_path), "first-person").cut()
    at.choose("Go on")
    at.choose("Nurse 1")
    at.turn(PIN)
    assert "A therapist has to go on with it." in str(at.scene)
    at.choose("Later")
    assert at.scene.name == "home-welcome"
    at.store.close(PATIENCE_S)


def test_a_card_that_takes_nothing_holds_nobody_up(new: AtNewKiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said that a page is not stored, what to do, and the next one comes."""
    until(new, "first-sound")
    monkeypatch.setattr(new.store, "put", lambda *_rows: 0)
    new.choose("Yes, as loud as it should be")
    assert new.scene.name == "first-sound"
    assert new.scene.strip == Strip(), "while it is stored no button is lit"
    new.wait(5_000)
    assert new.scene.name == "first-not-stored"
    new.choose("Go on")
    assert new.scene.name == "first-date"


def test_a_progress_that_cannot_be_read_surprises_nobody(tmp_path: Path) -> None:
    """Half a row: the kiosk comes up as ever."""
    at = until(AtNewKiosk(tmp_path), "first-sound")
    at.store.put(StateRow(PROGRESS, '{"done": ["lang'))
    at = at.cut()
    assert at.scene.name == "home-welcome"
    at.store.close(PATIENCE_S)


def test_the_chosen_language_speaks_from_the_next_page_on(new: AtNewKiosk) -> None:
    """Screens and voice, and after the next start as well."""
    new.choose("Deutsch")
    assert new.sound.language == "de"
    assert "Wie groß ist der Bildschirm?" in str(new.scene)
    after = new.cut()
    assert "Erster Start" in str(after.scene)
    after.store.close(PATIENCE_S)
