"""Who can open a package is chosen at the desk: it holds for the next package, after a restart, and at the command."""

from __future__ import annotations

import json
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner

from kiosk import paths
from kiosk.bedside.kept_settings import of_place, with_setting
from kiosk.cli import cli
from kiosk.clock import SimClock
from kiosk.devices.buttons import ButtonSettings, Debounced, SimButtons
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import SimLights
from kiosk.devices.sound_sim import SimSound
from kiosk.devices.stick import SimSticks
from kiosk.programmes import shelf
from kiosk.records.store import Store
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.runtime import Runtime
from kiosk.screens.scene import Menu, Scene, Slip, TableScene
from kiosk.settings import Settings
from kiosk.signals import Button, Chord, Press, Typed
from kiosk.usb.service import StickService
from tests.menus.menus import PIN
from tests.patience import PATIENCE_S
from tests.records.helpers import rows_in

ROW = "Who can open a package"


class Kiosk:
    """A whole runtime from one start to its end, with a real record; a therapist stands at its desk."""

    def __init__(self, data: Path, boot: str, pins: int, *, safe: bool = False) -> None:
        self.clock = SimClock(boot_id=boot)
        self.store = Store.open(data, self.clock)
        settings = of_place(Settings(), self.store.read())
        self.sticks = SimSticks(self.clock)
        self.stick_service = StickService(self.clock, self.store, data, settings, lambda: self.sticks, aside=False)
        self.buttons = SimButtons(self.clock)
        self.plate = Debounced(self.buttons, ButtonSettings())
        self.ports = Ports(
            clock=self.clock,
            store=self.store,
            sound=SimSound(self.clock),
            camera=SimCamera(self.clock, paths.assets() / "demo" / "face.mp4", kept=1),
            lights=SimLights(),
            workshop=Workshop(aside=False),
            stick_service=self.stick_service,
            buttons=(self.plate,),
        )
        known = shelf.load(paths.assets() / "programmes", None if safe else data / "programmes")
        self.runtime = Runtime(self.ports, settings, known, paths.assets(), data=data, seed=7, safe=safe)
        self.enter(pins)

    def enter(self, pins: int = 1) -> None:
        """Hold both, and type the PIN; twice where it is the first."""
        self.hear(Chord(self.clock.now_ms()))
        self.press(Button.GREEN)
        for digit in PIN * pins:
            self.hear(Typed(int(digit), self.clock.now_ms()))

    def hear(self, signal: Chord | Press | Typed) -> None:
        self.runtime.hear(signal, self.clock.now_ms())
        self.settle()

    def settle(self) -> None:
        """All news are heard."""
        assert self.store.flush(PATIENCE_S)
        for source in (self.store, self.ports.workshop, self.stick_service, self.stick_service):
            for news in source.drain(self.clock.now_ms()):
                self.runtime.hear(news, self.clock.now_ms())

    def press(self, button: Button) -> None:
        self.clock.advance(700)
        self.hear(Press(button, self.clock.now_ms()))

    @property
    def scene(self) -> Scene:
        return self.runtime.scene(self.clock.now_ms())

    @property
    def chosen(self) -> str:
        scene = self.scene
        assert isinstance(scene, Menu | TableScene)
        entries = scene.choices if isinstance(scene, Menu) else scene.rows
        return entries[scene.index].label if scene.index is not None else ""

    def choose(self, *path: str) -> None:
        for label in path:
            for _ in range(30):
                if self.chosen == label:
                    break
                self.press(Button.AMBER)
            assert self.chosen == label
            self.press(Button.GREEN)

    def close(self) -> None:
        self.stick_service.close()
        assert self.store.close(PATIENCE_S)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def install(data: Path) -> None:
    """Two keys of the clinic."""
    (data / "keys").mkdir()
    keys = [str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)]
    (data / "keys" / "recipients.txt").write_text("\n".join(keys))


def test_it_holds_for_the_next_package_and_after_a_restart(data: Path) -> None:
    """The clinic's keys can be chosen where they are; what was chosen is in the audit trail with who chose it."""
    data.mkdir()
    install(data)
    kiosk = Kiosk(data, "boot-1", 2)
    try:
        kiosk.choose("Settings", ROW, "Whoever has a key of the clinic")
        kiosk.press(Button.RED)
        kiosk.choose("Hand over", "Everybody, everything")
        scene = kiosk.scene
    finally:
        kiosk.close()
    assert isinstance(scene, Slip)
    assert (scene.title, len(scene.lines)) == ("Keys of the clinic", 2)
    chosen = ("setting", "handover.protection:recipients:therapist-1")
    assert chosen in rows_in(data, "SELECT code, detail_code FROM events")
    again = Kiosk(data, "boot-2", 1)
    try:
        again.choose("Hand over", "Everybody, everything")
        assert again.scene == scene
    finally:
        again.close()


def test_without_keys_none_are_offered(data: Path) -> None:
    """The setting is there, with what is missing for one of its answers."""
    kiosk = Kiosk(data, "boot-1", 2)
    try:
        kiosk.choose("Settings", ROW)
        scene = kiosk.scene
    finally:
        kiosk.close()
    assert isinstance(scene, Menu)
    assert [choice.label for choice in scene.choices] == ["Whoever has five words", "Everybody"]
    assert "once two or more" in scene.text


def test_the_command_line_protects_as_the_desk_says(data: Path, tmp_path: Path) -> None:
    """A technician's export must not lie open, or under words that nobody expects, because the file says otherwise."""
    kiosk = Kiosk(data, "boot-1", 2)
    try:
        kiosk.choose("Settings", ROW, "Everybody")
    finally:
        kiosk.close()
    done = CliRunner().invoke(cli, ["export", "--to", str(tmp_path / "stick"), "--data", str(data), "--json"])
    assert done.exit_code == 0, done.output
    assert not json.loads(done.stdout).get("passphrase")


@pytest.mark.parametrize(
    ("name", "value"),
    [("handover.protection", "secret"), ("handover.protection", 1), ("sound.volume", "loud"), ("sound.voice", "")],
)
def test_a_word_that_is_no_value_changes_nothing(name: str, value: int | str) -> None:
    """A damaged row must neither open a package to everybody nor keep the kiosk from starting."""
    assert with_setting(Settings(), name, value) == Settings()
