"""The clinic's own voice at the desk, whole: spoken, judged, heard, kept, and in the place of ours from then on."""

from __future__ import annotations

import json
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kiosk.desk.model import StaffPlace
from kiosk.devices.sound_sim import SimSound
from kiosk.menus.staff import options
from kiosk.menus.voice_menu import ANEW, MISSING, RECORD_VOICE
from kiosk.microphone.port import RATE, SimMicrophone
from kiosk.paths import assets
from kiosk.programmes import shelf
from kiosk.screens.scene import Mark, Menu, NoteScene, Scene
from kiosk.signals import Button, MicrophoneTrouble, Spoken
from kiosk.voice.bounds import TARGET_LUFS, TOLERANCE_LU
from kiosk.voice.decode import decode
from kiosk.voice.kept import INDEX, VoiceShelf
from kiosk.voice.loudness import Samples, loudness
from kiosk.voice.slots import sentences
from kiosk.voice.studio import VoiceStudio
from tests.menus.menus import PIN
from tests.patience import PATIENCE_S
from tests.usb.test_service import AtStick, same
from tests.voice.made import speech

LIBRARY = shelf.load(assets() / "programmes", None)
SAID = sentences(LIBRARY, "en")
FIRST, SECOND = list(SAID)[:2]


class Recording(AtStick):
    """A therapist at the desk, before a microphone in a quiet room."""

    def __init__(self, data: Path, *, safe: bool = False) -> None:
        super().__init__(data)
        self.microphone = SimMicrophone(self.clock)
        self.shelf = VoiceShelf(None if safe else data / "voice", LIBRARY)
        self.sound = SimSound(self.clock)
        self.studio = VoiceStudio(self.clock, self.microphone, self.sound, self.shelf, aside=False)
        self.ports = replace(self.ports, sound=self.sound, voice=self.shelf, studio=self.studio)
        self.desk = self.open()
        self.press(Button.GREEN)
        self.type(PIN)

    def settle(self) -> None:
        """Hear what those who record and speak say as well."""
        super().settle()
        if hasattr(self, "studio"):
            self.hear()

    def hear(self) -> None:
        """All news of the studio; and wherever the microphone is open, the screen says so."""
        for source in (self.microphone, self.studio, self.sound, self.studio):
            for signal in source.drain(self.clock.now_ms()):
                self.desk.hear(signal, self.clock.now_ms())
        assert not self.microphone.is_open or self.title().startswith("Recording:")

    def wait(self, ms: int) -> None:
        """Let time pass, in steps."""
        for _ in range(-(-ms // 40)):
            self.clock.advance(40)
            self.desk.tick(self.clock.now_ms())
            self.hear()

    def hears(self) -> bool:
        """Whether the microphone is open."""
        return self.microphone.is_open

    def files(self) -> list[Path]:
        """Every file of a recording that there is."""
        return [path for path in (self.data / "voice").rglob("*") if path.is_file()]

    def scene(self) -> Scene:
        return self.desk.scene("", same)

    def title(self) -> str:
        scene = self.scene()
        return scene.title if isinstance(scene, NoteScene | Menu) else ""

    def begin(self) -> None:
        self.choose(RECORD_VOICE)
        self.choose("en")

    def speak(self, voice: Samples) -> None:
        """Record ``voice``, and say that it is enough half a second later."""
        self.microphone.speak((np.clip(voice, -1, 1) * 32_767).astype(np.int16))
        self.press(Button.GREEN)
        self.wait(SimMicrophone.OPEN_MS)
        assert self.title() == "Recording: speak now"
        self.wait(round(len(voice) * 1_000 / RATE) + 500)
        self.press(Button.GREEN)


def words_of(prompt: str, level: float = 0.1) -> Samples:
    """A voice that takes its time for the words of ``prompt``."""
    return speech(min(SAID[prompt].limit_ms / 1_000 - 0.4, len(SAID[prompt].text.split()) * 0.45), level, rate=RATE)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Recording]:
    made = Recording(tmp_path)
    yield made
    made.studio.close()
    made.store.close(PATIENCE_S)


def test_a_sentence_is_spoken_judged_heard_and_kept(at: Recording) -> None:
    """What is kept is as loud as every other prompt, names its words and who spoke, and is heard from then on."""
    at.begin()
    scene = at.scene()
    assert isinstance(scene, NoteScene)
    assert scene.title == f"0 of {len(SAID)} are recorded"
    assert scene.lines[0] == SAID[FIRST].text
    at.speak(words_of(FIRST))
    assert not at.microphone.is_open
    assert at.title() == "Listen to it"
    assert at.scene().strip.green == "", "nothing is kept that was not heard"
    assert not at.files()
    at.wait(SAID[FIRST].limit_ms)
    assert at.title() == "Keep this recording?"
    assert [heard.name for heard in at.sound.heard] == ["recording"]
    at.choose("keep")
    at.settle()
    assert at.title() == f"1 of {len(SAID)} are recorded"
    assert at.shelf.files("en").keys() == {FIRST}
    file = at.shelf.files("en")[FIRST]
    with file.open("rb") as raw:
        voice = decode(raw)
    assert loudness(voice.samples, 24_000).lufs == pytest.approx(TARGET_LUFS, abs=TOLERANCE_LU)
    entry = json.loads((file.parent / INDEX).read_text(encoding="utf-8"))[FIRST]
    assert (entry["text"], entry["by"]) == (SAID[FIRST].text, "Therapist 1")
    with wave.open(str(file)) as wav:
        assert wav.getnframes() / wav.getframerate() < len(words_of(FIRST)) / RATE + 0.4, "silence is cut off"


def test_it_goes_on_where_it_stopped(at: Recording) -> None:
    """The next day, or after a press on red: the first sentence that is not there stands on the page."""
    at.begin()
    at.speak(words_of(FIRST))
    at.wait(SAID[FIRST].limit_ms)
    at.choose("keep")
    at.press(Button.RED)
    at.press(Button.RED)
    at.choose(RECORD_VOICE)
    at.choose("en")
    assert at.at(StaffPlace.VOICE_FROM)
    at.choose(MISSING)
    assert SAID[SECOND].text in str(at.scene())
    at.press(Button.RED)
    at.choose(ANEW)
    assert SAID[FIRST].text in str(at.scene())
    assert "There is a recording of it already." in str(at.scene())
    at.press(Button.RED)
    at.press(Button.RED)
    rows = [row for row in at.store.read().events(20) if row.code == "voice.recorded"]
    assert [row.detail_code for row in rows] == ["en:1:therapist-1"]


@pytest.mark.parametrize(
    ("voice", "told"),
    [
        (np.zeros(RATE, np.float32), "Nothing was heard."),
        (speech(2, 1.8, rate=RATE), "It crackles"),
        (speech(2, 0.006, rate=RATE), "It is too quiet."),
        (speech(13, 0.1, rate=RATE), "Make shorter pauses."),
    ],
    ids=["silent", "clipped", "quiet", "long"],
)
def test_a_flaw_is_named_with_what_to_do_and_offers_no_keeping(at: Recording, voice: Samples, told: str) -> None:
    """The same judgement as of `kiosk voice check`; nothing of it stays."""
    at.begin()
    limit_s = SAID[FIRST].limit_ms / 1_000
    at.speak(voice if told != "Make shorter pauses." else speech(limit_s + 1, 0.1, rate=RATE))
    scene = at.scene()
    assert isinstance(scene, NoteScene)
    assert (scene.title, scene.mark, scene.strip.green) == ("Once more, please", Mark.WARNING, "Record it")
    assert told in " ".join(scene.lines)
    assert SAID[FIRST].text in scene.lines, "what to read once more stands there, with the reason"
    assert not at.files()
    at.speak(words_of(FIRST))
    assert at.title() == "Listen to it"


@pytest.mark.parametrize("trouble", MicrophoneTrouble)
def test_a_microphone_that_does_not_work_is_a_sentence(at: Recording, trouble: MicrophoneTrouble) -> None:
    """The page stays, says why and what to do, and the next try works."""
    at.begin()
    at.microphone.trouble = trouble
    at.press(Button.GREEN)
    scene = at.scene()
    assert isinstance(scene, NoteScene)
    assert scene.mark is Mark.WARNING
    assert len(scene.lines[-1]) > 20
    assert not at.microphone.is_open
    at.microphone.trouble = None
    at.speak(words_of(FIRST))
    assert at.title() == "Listen to it"


@pytest.mark.parametrize("how", ["red", "nobody", "middle of hearing"])
def test_leaving_closes_the_microphone_and_forgets(at: Recording, how: str) -> None:
    """Red, minutes without a press, in the middle of listening: nothing was kept, and nobody is heard any more."""
    at.begin()
    at.microphone.speak((words_of(FIRST) * 32_767).astype(np.int16))
    at.press(Button.GREEN)
    at.wait(1_000)
    assert at.hears()
    if how == "nobody":
        at.clock.advance(at.state.data.idle_ms + 1)
        at.desk.tick(at.clock.now_ms())
        assert at.desk.left
    elif how == "red":
        at.press(Button.RED)
        assert at.title() == f"0 of {len(SAID)} are recorded"
    else:
        at.wait(2_000)
        at.press(Button.GREEN)
        at.press(Button.RED)
        at.wait(30_000)
        assert at.title() == f"0 of {len(SAID)} are recorded"
        assert all(heard.cut for heard in at.sound.heard)
    assert not at.hears()
    assert at.microphone.take() == b""
    assert not at.files()


def test_with_the_sound_off_it_is_said_and_can_be_kept(at: Recording) -> None:
    """Nobody heard it, and the page says so."""
    at.begin()
    at.sound.set_volume(0)
    at.speak(words_of(FIRST))
    at.wait(SAID[FIRST].limit_ms + 4_000)
    assert "It could not be heard here" in str(at.scene())
    at.choose("keep")
    assert at.shelf.files("en").keys() == {FIRST}


def test_a_disk_that_takes_nothing_is_said(at: Recording) -> None:
    """Nothing was changed, the recording waits, and the next try succeeds."""
    at.begin()
    at.speak(words_of(FIRST))
    at.wait(SAID[FIRST].limit_ms)
    folder = at.data / "voice"
    folder.write_text("in the way", encoding="utf-8")
    at.choose("keep")
    assert "It could not be kept" in str(at.scene())
    folder.unlink()
    at.choose("keep")
    assert at.shelf.files("en").keys() == {FIRST}


def test_another_prompt_that_ends_is_not_taken_for_the_recording(at: Recording) -> None:
    """Whatever was still spoken when staff came in."""
    at.begin()
    at.speak(words_of(FIRST))
    at.desk.hear(Spoken("card.eye-care.1", at.clock.now_ms()), at.clock.now_ms())
    assert at.title() == "Listen to it"


def test_in_safe_mode_there_is_no_such_page(tmp_path: Path) -> None:
    """No recording is used there."""
    safe = Recording(tmp_path, safe=True)
    try:
        assert RECORD_VOICE not in options(safe.state)
    finally:
        safe.store.close(PATIENCE_S)
