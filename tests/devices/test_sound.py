"""The real voice on SDL's dummy device, without a device, and with one that hangs."""

from __future__ import annotations

import logging
import math
import select
import struct
import sys
import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kiosk.clock import SimClock
from kiosk.devices.sound import RETRY_MS, Sound
from kiosk.devices.sound_files import VoiceFiles, ogg_ms, read_index
from kiosk.errors import AssetError, SoundError
from kiosk.signals import Signal, Spoken
from tests.patience import PATIENCE_S

WAIT_MS = round(PATIENCE_S * 1_000)


def record(path: Path, ms: int) -> None:
    """A tone of ``ms`` milliseconds at ``path``; the mixer looks at the content, not at the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(22_050)
        samples = [round(3_000 * math.sin(i / 6)) for i in range(22_050 * ms // 1_000)]
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder of assets with a few short prompts and both tones."""
    for name, ms in (("short", 60), ("long", 4_000), ("other", 60)):
        record(tmp_path / "voice" / "en" / f"{name}.ogg", ms)
    for kind in ("start", "end"):
        record(tmp_path / "tones" / f"{kind}.wav", 40)
    return tmp_path


@pytest.fixture
def clock() -> SimClock:
    return SimClock()


@pytest.fixture
def voice(place: Path, clock: SimClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sound]:
    """The real voice on the dummy device."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    sound = Sound(clock, place)
    yield sound
    sound.close()


def news(sound: Sound, wait_ms: int = WAIT_MS) -> list[Signal]:
    """What ``sound`` tells, waiting for it as the one wait does."""
    poll = select.poll()
    poll.register(sound.fileno(), select.POLLIN)
    poll.poll(wait_ms)
    return list(sound.drain(0))


def fake_mixer(monkeypatch: pytest.MonkeyPatch, **functions: object) -> ModuleType:
    """A mixer of our own in the place of pygame's."""
    module = ModuleType("pygame.mixer")
    for name, value in functions.items():
        setattr(module, name, value)
    monkeypatch.setitem(sys.modules, "pygame.mixer", module)
    return module


def until(event: threading.Event) -> None:
    """Wait for another thread to come to ``event``."""
    assert event.wait(WAIT_MS / 1_000)


def test_a_prompt_is_spoken_and_told(voice: Sound, clock: SimClock) -> None:
    """The red flags count as read when, and only when, their sound came to its end."""
    voice.say("short", clock.now_ms())
    assert news(voice) == [Spoken("short", clock.now_ms())]
    assert voice.audible
    assert voice.problem is None


def test_a_newer_prompt_replaces_the_running_one(voice: Sound, clock: SimClock) -> None:
    """Only the newer one is told: the long one was cut after a moment, not waited for."""
    voice.say("long", clock.now_ms())
    voice.tone("start")
    voice.say("other", clock.now_ms())
    assert news(voice) == [Spoken("other", clock.now_ms())]


def test_hush_silences_and_nothing_is_told(voice: Sound, clock: SimClock) -> None:
    """After a stop there is silence, and the voice still works afterwards."""
    voice.say("long", clock.now_ms(), hold=True)
    voice.hush()
    voice.say("short", clock.now_ms())
    assert news(voice) == [Spoken("short", clock.now_ms())]


def test_words_that_come_late_are_not_spoken(voice: Sound, clock: SimClock) -> None:
    """A cue asked for half a second ago is dropped; the next one is heard."""
    voice.say("other", clock.now_ms() - 500, droppable=True)
    assert news(voice, 150) == []
    voice.say("short", clock.now_ms())
    assert news(voice) == [Spoken("short", clock.now_ms())]


def test_at_volume_0_nothing_is_asked_of_the_device(voice: Sound, clock: SimClock) -> None:
    """Sound off: not audible, nothing told; a reading time takes its place."""
    voice.set_volume(0)
    assert not voice.audible
    voice.say("short", clock.now_ms())
    assert news(voice, 150) == []
    voice.set_volume(7)
    voice.say("other", clock.now_ms())
    assert news(voice) == [Spoken("other", clock.now_ms())]


def test_a_missing_prompt_is_named_once(voice: Sound, clock: SimClock, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is said, staff read which file is missing, and the log does not fill with it."""
    with caplog.at_level(logging.WARNING):
        for name in ("absent", "../short", "absent"):
            voice.say(name, clock.now_ms())
            wait_for(lambda: len(caplog.records) >= (1 if name == "absent" else 2))  # noqa: B023 (called at once)
        voice.tone("bang")
        wait_for(lambda: len(caplog.records) == 3)
        voice.say("short", clock.now_ms())
        assert news(voice) == [Spoken("short", clock.now_ms())]
    assert isinstance(voice.problem, SoundError)
    assert "'absent'" in str(voice.problem)
    assert len(caplog.records) == 3


def test_a_file_that_is_no_sound_is_named(voice: Sound, clock: SimClock, place: Path) -> None:
    """A broken recording of the site says which file to replace, and the kiosk goes on."""
    (place / "voice" / "en" / "broken.ogg").write_bytes(b"this is a letter")
    voice.say("broken", clock.now_ms())
    wait_for(lambda: voice.problem is not None)
    assert "broken.ogg is no sound" in str(voice.problem)
    voice.say("short", clock.now_ms())
    assert news(voice) == [Spoken("short", clock.now_ms())]


def wait_for(done: Callable[[], bool]) -> None:
    """Let the worker come to its end with something that tells nothing."""
    pause = threading.Event()
    for _ in range(WAIT_MS // 5):
        if done():
            return
        pause.wait(0.005)
    raise AssertionError("the worker did not get there")


def test_without_a_device_the_kiosk_is_silent_and_says_why(
    place: Path, clock: SimClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No loudspeaker: a problem with its cause, tried again no sooner than after 30 s, and found again by itself."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "nonesuch")
    sound = Sound(clock, place)
    wait_for(lambda: sound.problem is not None)
    assert "nonesuch" in str(sound.problem)
    assert "loudspeaker" in str(sound.problem)
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    clock.advance(RETRY_MS - 1)
    sound.say("short", clock.now_ms())
    assert news(sound, 100) == []
    clock.advance(1)
    sound.say("short", clock.now_ms())
    assert news(sound) == [Spoken("short", clock.now_ms())]
    assert sound.problem is None
    assert sound.audible
    assert len(caplog.records) == 1
    sound.close()
    sound.close()


def test_a_device_that_hangs_blocks_nobody(place: Path, clock: SimClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """While opening hangs, asking and hushing return at once, and words that were asked for meanwhile are too late."""
    hanging, release = threading.Event(), threading.Event()

    def init(*_args: int) -> None:
        hanging.set()
        release.wait(WAIT_MS / 1_000)
        raise RuntimeError("no answer")

    fake_mixer(monkeypatch, init=init)
    sound = Sound(clock, place)
    until(hanging)
    sound.say("short", clock.now_ms())
    sound.tone("start")
    sound.hush()
    sound.set_volume(1)
    assert list(sound.drain(clock.now_ms())) == []
    assert sound.duration_ms("missing") is None
    release.set()
    wait_for(lambda: sound.problem is not None)
    sound.close()


def test_a_device_that_stops_in_the_middle_is_noticed(
    place: Path, clock: SimClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loudspeaker that is pulled out does not leave the voice waiting for ever; nothing is told as spoken."""
    monkeypatch.setattr("kiosk.devices.sound.STALL_S", 0.1)
    quitted = threading.Event()

    class Stuck:
        def __init__(self, _what: object) -> None: ...
        def set_volume(self, level: float) -> None: ...
        def get_length(self) -> float:
            return 0.01

        def play(self, _sound: object, fade_ms: int) -> None: ...
        def fadeout(self, ms: int) -> None: ...
        def get_busy(self) -> bool:
            return True

    fake_mixer(monkeypatch, init=lambda *_a: None, quit=quitted.set, Sound=Stuck, Channel=Stuck)
    sound = Sound(clock, place)
    sound.say("short", clock.now_ms())
    until(quitted)
    wait_for(lambda: not sound.audible)
    assert "stopped playing" in str(sound.problem)
    assert list(sound.drain(0)) == []
    sound.close()


def test_a_device_that_was_closed_is_open_before_the_next_sound_is_chosen(
    place: Path, clock: SimClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening takes time: a cue that is late by then is dropped, as any other; a question is said."""
    monkeypatch.setattr("kiosk.devices.sound.STALL_S", 0.1)
    closed, opened = threading.Event(), threading.Event()
    played: list[str] = []

    class Once:
        stuck = True

        def __init__(self, what: object) -> None:
            self.name = Path(what).stem if isinstance(what, str) else ""

        def set_volume(self, level: float) -> None: ...
        def get_length(self) -> float:
            return 0.01

        def play(self, sound: Once, fade_ms: int) -> None:
            played.append(sound.name)

        def fadeout(self, ms: int) -> None: ...
        def get_busy(self) -> bool:
            return Once.stuck

    def init(*_args: int) -> None:
        if closed.is_set():
            clock.advance(200)
            opened.set()

    def close() -> None:
        Once.stuck = False
        closed.set()

    fake_mixer(monkeypatch, init=init, quit=close, Sound=Once, Channel=Once)
    sound = Sound(clock, place)
    sound.say("long", clock.now_ms())
    until(closed)
    wait_for(lambda: not sound.audible)
    clock.advance(RETRY_MS)
    sound.say("other", clock.now_ms(), droppable=True)
    until(opened)
    sound.say("short", clock.now_ms())
    assert news(sound) == [Spoken("short", clock.now_ms())]
    sound.close()
    assert played == ["long", "short"]


def test_a_cue_whose_file_took_long_to_read_is_dropped(
    place: Path, clock: SimClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy machine: what counts is when it would be heard. Other words are said all the same."""
    played: list[str] = []

    class Slow:
        def __init__(self, what: object) -> None:
            self.name = Path(what).stem if isinstance(what, str) else ""
            clock.advance(100)

        def set_volume(self, level: float) -> None: ...
        def get_length(self) -> float:
            return 0.0

        def play(self, sound: Slow, fade_ms: int) -> None:
            played.append(sound.name)

        def get_busy(self) -> bool:
            return False

    fake_mixer(monkeypatch, init=lambda *_a: None, quit=lambda: None, Sound=Slow, Channel=Slow)
    sound = Sound(clock, place)
    sound.say("other", clock.now_ms(), droppable=True)
    wait_for(lambda: clock.now_ms() > SimClock().now_ms())
    sound.say("short", clock.now_ms())
    assert news(sound) == [Spoken("short", clock.now_ms())]
    sound.close()
    assert played == ["short"]


def test_a_cut_prompt_fades_before_the_next_one_begins(
    place: Path, clock: SimClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old words are faded out over 80 ms, and the device is silent before the new ones begin: no overlap."""
    did: list[str] = []
    began = threading.Event()

    class Channel:
        busy = 0

        def __init__(self, _what: object) -> None: ...
        def set_volume(self, level: float) -> None: ...
        def get_length(self) -> float:
            return 60.0 if did == ["play"] else 0.0

        def play(self, _sound: object, fade_ms: int) -> None:
            did.append("play" if Channel.busy == 0 else "overlap")
            began.set()

        def fadeout(self, ms: int) -> None:
            did.append(f"fade {ms}")
            Channel.busy = 3

        def get_busy(self) -> bool:
            Channel.busy = max(0, Channel.busy - 1)
            return Channel.busy > 0

    fake_mixer(monkeypatch, init=lambda *_a: None, quit=lambda: None, Sound=Channel, Channel=Channel)
    sound = Sound(clock, place)
    sound.say("long", clock.now_ms())
    until(began)
    sound.say("other", clock.now_ms())
    assert news(sound) == [Spoken("other", clock.now_ms())]
    sound.close()
    assert did == ["play", "fade 40", "play"]


def test_words_are_ramped_and_as_loud_as_was_chosen(
    place: Path, clock: SimClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quiet start for ears that are over-sensitive, and the chosen loudness on every sound."""
    ramps: list[int] = []
    levels: list[float] = []

    class Quick:
        def __init__(self, _what: object) -> None: ...
        def set_volume(self, level: float) -> None:
            levels.append(level)

        def get_length(self) -> float:
            return 0.0

        def play(self, _sound: object, fade_ms: int) -> None:
            ramps.append(fade_ms)

        def get_busy(self) -> bool:
            return False

    fake_mixer(monkeypatch, init=lambda *_a: None, quit=lambda: None, Sound=Quick, Channel=Quick)
    sound = Sound(clock, place)
    sound.set_volume(1)
    sound.say("short", clock.now_ms())
    news(sound)
    sound.set_volume(3)
    sound.say("short", clock.now_ms())
    news(sound)
    sound.close()
    assert ramps == [60, 60]
    assert levels == [0.25, 1.0]


def test_a_site_may_record_its_own(place: Path, tmp_path: Path) -> None:
    """The site's own file comes first; a language without a file has no prompt; a name cannot lead elsewhere."""
    shipped = place / "voice" / "en"
    own = {"short": tmp_path / "short.wav", "gone": tmp_path / "gone.wav"}
    record(own["short"], 30)
    record(place / "voice" / "elsewhere.ogg", 10)
    files = VoiceFiles("en", place / "voice", own)
    assert files.paths("short") == [own["short"], shipped / "short.ogg"]
    assert files.duration_ms("short") == 29
    assert files.paths("other") == [shipped / "other.ogg"]
    for name in ("../elsewhere", "", ".", "..", "a/b", "other\n", "gone"):
        assert files.paths(name) == []
    assert VoiceFiles("de", place / "voice").paths("short") == []


def test_where_a_site_s_own_cannot_be_played_ours_is(
    place: Path, clock: SimClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A damaged recording is named, and the sentence is heard all the same."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    (own := tmp_path / "short.wav").write_bytes(b"RIFF, and nothing that follows")
    sound = Sound(clock, place, own_voice=lambda language: {"short": own} if language == "en" else {})
    sound.say("short", clock.now_ms())
    assert news(sound) == [Spoken("short", clock.now_ms())]
    assert str(own) in str(sound.problem)
    sound.close()
    assert sound.duration_ms("short") is None


def test_another_language_speaks_from_its_own_folder(voice: Sound, clock: SimClock, place: Path) -> None:
    """After a change of language the next prompt is of that language, or silent."""
    record(place / "voice" / "de" / "nur-deutsch.ogg", 30)
    voice.set_language("de")
    voice.say("nur-deutsch", clock.now_ms())
    assert news(voice) == [Spoken("nur-deutsch", clock.now_ms())]


def test_lengths_come_from_the_index(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A length is known without decoding; a broken index is said and does no harm."""
    index = place / "voice" / "en" / "index.json"
    index.write_text('{"short": {"text": "Hello.", "ms": 1234}, "gone": {"text": "x", "ms": 5}}', encoding="utf-8")
    files = VoiceFiles("en", place / "voice")
    assert files.duration_ms("short") == 1_234
    assert files.duration_ms("gone") is None
    assert files.duration_ms("other") is None
    for wrong in ("[]", "{", '{"a": {"ms": 1}}', '{"a": {"text": "x", "ms": 0}}', '{"a": 1}'):
        index.write_text(wrong, encoding="utf-8")
        with pytest.raises(AssetError, match=r"index\.json is not an index"):
            read_index(index)
    assert VoiceFiles("en", place / "voice").duration_ms("short") is None
    assert "index.json" in caplog.text


@pytest.mark.parametrize("content", [b"", b"OggS", b"RIFF" + bytes(100), b"OggS" + bytes(100)])
def test_what_is_no_ogg_has_no_length(tmp_path: Path, content: bytes) -> None:
    """A file cut off while copying is not a length out of thin air."""
    path = tmp_path / "x.ogg"
    path.write_bytes(content)
    assert ogg_ms(path) is None
    assert ogg_ms(tmp_path / "absent.ogg") is None


class Device:
    """A mixer that notes when it is opened and given back. ``slow_ms``: how long opening takes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, clock: SimClock) -> None:
        self.did: list[str] = []
        self.slow_ms = 0
        did = self.did

        class Clip:
            def __init__(self, what: object) -> None:
                self.name = Path(what).stem if isinstance(what, str) else ""

            def set_volume(self, level: float) -> None: ...
            def get_length(self) -> float:
                return 0.0

            def play(self, sound: Clip, fade_ms: int) -> None:
                did.append(sound.name)

            def get_busy(self) -> bool:
                return False

        def init(*_args: int) -> None:
            clock.advance(self.slow_ms)
            did.append("open")

        fake_mixer(monkeypatch, init=init, quit=lambda: did.append("close"), Sound=Clip, Channel=Clip)

    def does(self, *what: str) -> None:
        """Wait until it did this, and nothing else, since it was asked last."""
        wait_for(lambda: len(self.did) >= len(what))
        assert tuple(self.did) == what
        self.did.clear()


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch, clock: SimClock) -> Device:
    monkeypatch.setattr("kiosk.devices.sound.CLOSE_MS", 40)
    return Device(monkeypatch, clock)


@pytest.fixture
def resting(place: Path, clock: SimClock, device: Device) -> Iterator[Sound]:
    """A voice whose device was opened at its start and given back since."""
    sound = Sound(clock, place)
    sound.keep_open(False)
    device.does("open", "close")
    yield sound
    sound.close()


def test_a_quiet_device_is_given_back_and_counts_as_audible(resting: Sound, clock: SimClock, device: Device) -> None:
    """At rest nothing wakes the processor; that nothing is open is no trouble, and the next words open it."""
    assert resting.audible
    assert resting.problem is None
    resting.say("short", clock.now_ms())
    assert news(resting) == [Spoken("short", clock.now_ms())]
    device.does("open", "short", "close")


def test_a_press_opens_it_before_anything_is_asked_for(resting: Sound, device: Device) -> None:
    """The time that opening takes runs while the press is still being thought about; then it is given back again."""
    resting.wake()
    device.does("open", "close")


def test_a_press_opens_nothing_where_sound_is_off(resting: Sound, device: Device, clock: SimClock) -> None:
    """Silence is silence for the device, too."""
    resting.set_volume(0)
    resting.wake()
    resting.keep_open(True)
    resting.keep_open(False)
    resting.set_volume(1)
    resting.say("short", clock.now_ms())
    device.does("open", "short", "close")


def test_while_somebody_practises_it_stays_open(
    place: Path, clock: SimClock, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two tones there may be a minute, and the second is not to be late."""
    sound = Sound(clock, place)
    device.does("open")
    threading.Event().wait(0.15)
    assert device.did == []
    sound.keep_open(False)
    device.does("close")
    sound.keep_open(True)
    device.does("open")
    threading.Event().wait(0.15)
    assert device.did == []
    sound.close()
    assert device.did == ["close"]


def test_a_call_is_heard_however_long_a_resting_device_takes_to_open(
    resting: Sound, clock: SimClock, device: Device
) -> None:
    """Nobody pressed: the tone that calls somebody opens the device itself, and is late rather than lost."""
    device.slow_ms = 900
    resting.tone("start")
    device.does("open", "start", "close")


def test_a_cue_is_not_said_late_because_the_device_rested(resting: Sound, clock: SimClock, device: Device) -> None:
    """It would be heard as belonging to what follows."""
    device.slow_ms = 100
    resting.say("other", clock.now_ms(), droppable=True)
    device.does("open", "close")


def test_a_device_that_hangs_when_it_is_woken_is_not_waited_for(
    resting: Sound, clock: SimClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It worked before: after two seconds the reading times take the place of words, and staff learn of it."""
    hanging, release = threading.Event(), threading.Event()

    def init(*_args: int) -> None:
        hanging.set()
        release.wait(WAIT_MS / 1_000)

    monkeypatch.setattr(sys.modules["pygame.mixer"], "init", init)
    resting.wake()
    until(hanging)
    clock.advance(2_001)
    wait_for(lambda: not resting.audible)
    assert "does not open within 2 s" in str(resting.problem)
    release.set()
    wait_for(lambda: resting.audible)
    assert resting.problem is None
