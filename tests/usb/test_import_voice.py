"""Recordings in ``FK-IMPORT.zip``: each is listened to before it comes in, and a bad one keeps no good one out."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from kiosk.desk.model import StaffPlace
from kiosk.desk.shown import BroughtVoice
from kiosk.paths import assets
from kiosk.programmes.shelf import load
from kiosk.signals import Button
from kiosk.usb import import_voice
from kiosk.usb.import_read import Parcel
from kiosk.voice import kept
from kiosk.voice.kept import OwnRecording, VoiceShelf, index_bytes, keep, view
from kiosk.voice.loudness import loudness
from kiosk.voice.slots import sentences
from tests.records.helpers import rows_in
from tests.usb.test_import_offer import brought, desk, zipped
from tests.usb.test_import_read import opened
from tests.usb.test_service import AtStick
from tests.voice.made import file_of, speech

__all__ = ["desk"]

SAID = sentences(load(assets() / "programmes", None), "en")
REST, SOFTER = "look-away", "softer"
GOOD = file_of(speech(5, 0.05, rate=48_000, quiet_s=1), "ogg", 48_000)
CLIPPED = file_of(np.clip(speech(2, 1.8), -1, 1))


def index(by: str = "Ana", **other: str) -> bytes:
    """An index that knows what the kiosk says, but for the ``other`` words."""
    texts = {prompt: sentence.text for prompt, sentence in SAID.items()} | other
    return index_bytes({prompt: OwnRecording(text, by, "2026-11-20") for prompt, text in texts.items()})


def taken_out(*files: tuple[str, bytes], site: Path | None = None) -> Parcel:
    return opened(*((f"voice/en/{name}", raw) for name, raw in files), site=site)


def test_one_bad_recording_among_good_ones() -> None:
    """It is named with its reason and stays out; the others are trimmed and levelled."""
    found = taken_out(
        ("index.json", index(**{"go-on": "We go on."})),
        ("sheet.csv", b"file,words\n"),
        (f"{REST}.ogg", GOOD),
        (f"{SOFTER}.wav", CLIPPED),
        ("go-on.wav", file_of(speech(2))),
        ("hello.mp3", b"ID3"),
        ("eye-care.flac", b"fLaC" + bytes(100)),
    )
    (voice,) = found.voices
    assert (voice.language, voice.new, voice.changed, voice.same, voice.by) == ("en", 1, 0, 0, ("Ana",))
    assert voice.recordings[REST][1] == OwnRecording(SAID[REST].text, "Ana", "2026-11-20")
    told = "\n".join(found.refused)
    assert "en/softer.wav: it is clipped" in told
    assert 'en/go-on.wav: "We go on.": the words are now' in told
    assert "en/hello.mp3: nothing says this any more" in told
    assert "en/eye-care.flac: it is damaged" in told
    assert len(found.refused) == 4


def test_without_an_index_nobody_knows_the_words() -> None:
    """Nothing is taken in that may say something else than the screen."""
    found = taken_out((f"{REST}.ogg", GOOD))
    assert found.voices == ()
    assert "nobody knows which words it says" in found.refused[0]
    broken = taken_out((f"{REST}.ogg", GOOD), ("index.json", b"["))
    assert broken.voices == ()
    assert "en/index.json: this is no index of recordings" in broken.refused[0]


def test_each_is_held_against_the_one_that_is_here(tmp_path: Path) -> None:
    """New, changed, the same; what is here already is not written again."""
    site = tmp_path / "programmes"
    site.mkdir()
    parts = ("index.json", index()), (f"{REST}.ogg", GOOD)
    (first,) = taken_out(*parts, site=site).voices
    keep(tmp_path / "voice" / "en", first.recordings)
    (again,) = taken_out(*parts, site=site).voices
    assert (again.new, again.changed, again.same, dict(again.recordings)) == (0, 0, 1, {})
    other = file_of(speech(4.5, rate=48_000), "ogg", 48_000)
    more = taken_out(parts[0], (f"{REST}.ogg", other), ("go-on.wav", file_of(speech(2))), site=site)
    (changed,) = more.voices
    assert (changed.new, changed.changed, changed.same) == (1, 1, 0)


@pytest.mark.parametrize("name", ["en/a/b.wav", "../x.wav", "EN/x.wav", "en/x.exe", "x.wav", "en/..wav/x.wav", "en/"])
def test_other_names_are_left_aside(name: str) -> None:
    found = opened((f"voice/{name}", GOOD), ("voice/en/index.json", index()))
    assert found.voices == ()
    assert not found.files


def test_more_than_there_is_room_for_comes_in_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small zip file may hold much: what it becomes is bounded."""
    monkeypatch.setattr(import_voice, "MOST_BYTES", 250_000)
    found = taken_out(("index.json", index()), (f"{REST}.ogg", GOOD), ("go-on.wav", file_of(speech(2))))
    assert sum(len(voice.recordings) for voice in found.voices) == 1
    assert "another FK-IMPORT.zip" in found.refused[0]


def test_recordings_come_in_by_presses_and_are_heard(desk: AtStick, tmp_path: Path) -> None:
    """Counted on the screen, stored at one loudness with who spoke, audited, and in use at once."""
    raw = zipped({"voice/en/index.json": index(), f"voice/en/{REST}.ogg": GOOD, f"voice/en/{SOFTER}.wav": CLIPPED})
    brought(desk, tmp_path / "stick", raw)
    assert desk.state.brought is not None
    assert desk.state.brought.voices == (BroughtVoice("en", 1, 0, 0, ("Ana",)),)
    assert "it is clipped" in desk.state.brought.refused[0]
    desk.choose("voice")
    assert any("spoken by Ana" in scene for scene in desk.scenes)
    assert not (desk.data / "voice").exists()
    desk.choose("take")
    desk.settle()
    assert desk.at(StaffPlace.TAKEN_IN)
    assert any("Own recordings: 1" in scene for scene in desk.scenes)
    seen = view(desk.data / "voice" / "en", SAID)
    assert (set(seen.files), seen.faults, seen.entries[REST].by) == ({REST}, (), "Ana")
    library = desk.stick_service.library
    assert library is not None
    assert VoiceShelf(desk.data / "voice", library).files("en").keys() == {REST}
    assert rows_in(desk.data, "SELECT detail_code FROM events WHERE code = 'voice.accepted'") == [("en:1:therapist-1",)]


def test_where_they_cannot_be_stored_nothing_has_changed(
    desk: AtStick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen says so, and the same press tries again."""
    brought(desk, tmp_path / "stick", zipped({"voice/en/index.json": index(), f"voice/en/{REST}.ogg": GOOD}))

    def full(path: Path, raw: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path), len(raw))

    with monkeypatch.context() as patch:
        patch.setattr(kept, "write_new", full)
        desk.choose("voice", "take")
        desk.settle()
    assert desk.at(StaffPlace.NOT_TAKEN_IN)
    assert view(desk.data / "voice" / "en", SAID).files == {}
    desk.press(Button.GREEN)
    desk.settle()
    assert desk.at(StaffPlace.TAKEN_IN)
    (file,) = view(desk.data / "voice" / "en", SAID).files.values()
    samples = np.frombuffer(file.read_bytes()[44:], "<i2").astype(np.float32) / np.float32(32_768)
    assert loudness(samples, 24_000).lufs == pytest.approx(-16, abs=0.2)
