"""The folder of own recordings: only what says the words of now is played, and a cut leaves the old or the new."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import msgspec
import pytest

from kiosk import safefiles
from kiosk.errors import Unsure
from kiosk.paths import assets
from kiosk.programmes import shelf
from kiosk.voice import kept
from kiosk.voice.kept import INDEX, INDEX_BYTES, PART, OwnRecording, VoiceShelf, index_bytes, keep, view, wav_bytes
from kiosk.voice.slots import Sentence, sentences
from tests.voice.made import speech

LIBRARY = shelf.load(assets() / "programmes", None)
SAID = {"one": Sentence("First.", 4_000), "two.start": Sentence("Second.", 4_000), "three": Sentence("Third.", 4_000)}
VOICE = wav_bytes(speech(0.5))


def entry(text: str) -> OwnRecording:
    return OwnRecording(text, "Ana", "2026-11-29")


def put(folder: Path, **texts: str) -> None:
    """Recordings of these texts, by their prompts."""
    keep(folder, {prompt: (VOICE, entry(text)) for prompt, text in texts.items()})


def test_what_is_kept_is_played(tmp_path: Path) -> None:
    """With who said it and when; a second set adds to the first and takes the place of what has the same prompt."""
    folder = tmp_path / "voice" / "en"
    put(folder, one="First.", three="Third.")
    other = wav_bytes(speech(0.3))
    keep(folder, {"two.start": (VOICE, entry("Second.")), "one": (other, OwnRecording("First.", "Ben"))})
    seen = view(folder, SAID)
    assert (seen.faults, seen.wanted) == ((), 3)
    assert seen.files == {prompt: folder / f"{prompt}.wav" for prompt in SAID}
    assert seen.files["one"].read_bytes() == other
    assert (seen.entries["one"].by, seen.entries["three"].by) == ("Ben", "Ana")
    assert not list(folder.glob(f"*{PART}"))


def test_words_that_have_changed_are_left_out_and_named(tmp_path: Path) -> None:
    """The voice and the screen say the same words, or ours plays."""
    put(tmp_path, one="First.", three="Once upon a time.", four="Fourth.")
    (tmp_path / "two.start.wav").write_bytes(VOICE)
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "one.mp3").write_bytes(VOICE)
    seen = view(tmp_path, SAID)
    told = {fault.file: str(fault) for fault in seen.faults}
    assert seen.files.keys() == {"one"}
    assert told.keys() == {"three.wav", "four.wav", "two.start.wav", "notes.txt", "one.mp3"}
    assert told["three.wav"] == 'three.wav: "Once upon a time.": the words are now "Third."; record it again.'
    assert "nothing says this any more" in told["four.wav"]
    assert "nobody knows which words" in told["two.start.wav"]
    (tmp_path / "one.wav").unlink()
    assert "no such file" in {fault.file: str(fault) for fault in view(tmp_path, SAID).faults}["one.wav"]


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b'{"one": 1}', b'{"one": {"by": "x"}}', b"[" * 100_000, bytes(INDEX_BYTES + 1), b"\xff"]
)
def test_a_bad_index_plays_nothing_and_is_named(tmp_path: Path, raw: bytes) -> None:
    """Nobody knows what the files say then."""
    put(tmp_path, one="First.")
    (tmp_path / INDEX).write_bytes(raw)
    seen = view(tmp_path, SAID)
    assert seen.files == {}
    assert any(fault.file == INDEX and "index of recordings" in str(fault) for fault in seen.faults)


def test_a_folder_that_is_not_there_or_not_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder is no fault; one that cannot be read is named."""
    assert view(tmp_path / "en", SAID) == kept.ShelfView({})

    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    assert "Permission denied" in str(view(tmp_path, SAID).faults[0])
    assert VoiceShelf(tmp_path, LIBRARY).languages() == []


def test_a_shelf_follows_the_words_of_the_library(tmp_path: Path) -> None:
    """When a clinic's programme changes the words, the recording goes; safe mode has none."""
    said = sentences(LIBRARY, "en")
    put(tmp_path / "en", **{"look-away": said["look-away"].text, "jaw-tongue-relax.start": "Other words."})
    (tmp_path / "backup-old").mkdir()
    own = VoiceShelf(tmp_path, LIBRARY)
    assert own.languages() == ["en"]
    assert own.files("en").keys() == {"look-away"}
    assert own.files("de") == own.files("..") == {}
    put(tmp_path / "en", softer=said["softer"].text)
    assert own.files("en").keys() == {"look-away"}
    own.use(LIBRARY)
    assert own.files("en").keys() == {"look-away", "softer"}
    assert VoiceShelf(None, LIBRARY).files("en") == {}
    assert VoiceShelf(None, LIBRARY).languages() == []


@pytest.mark.parametrize("at", range(9))
def test_a_failure_anywhere_leaves_the_old_or_the_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Whichever write or rename fails: each file that is played is whole, and says what the index says of it."""
    old, new = wav_bytes(speech(0.2)), wav_bytes(speech(0.4))
    keep(tmp_path, {"one": (old, entry("First."))})
    calls = iter(range(100))

    def fails(real: object) -> object:
        def instead(*args: object, **names: object) -> object:
            if next(calls) == at:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **names)  # type: ignore[operator]

        return instead

    with monkeypatch.context() as patch:
        patch.setattr(kept, "write_new", fails(safefiles.write_new))
        patch.setattr(Path, "replace", fails(Path.replace))
        patch.setattr(kept, "sync_folder", fails(safefiles.sync_folder))
        try:
            keep(tmp_path, {"one": (new, entry("First.")), "three": (new, entry("Third."))})
            failed: OSError | None = None
        except OSError as why:
            failed = why
    assert (failed is not None) == (at < next(calls))
    seen = view(tmp_path, SAID)
    assert seen.files["one"].read_bytes() in ((old,) if at < 3 else (old, new))
    assert not {"three"} & seen.files.keys() or seen.files["three"].read_bytes() == new
    assert isinstance(failed, Unsure) == (failed is not None and at >= 3)
    assert at >= 3 or not list(tmp_path.glob(f"*{PART}"))


def test_an_index_is_text_that_a_person_can_read() -> None:
    raw = index_bytes({"b": entry("Ä."), "a": OwnRecording("A.")})
    assert raw.decode().index('"a"') < raw.decode().index('"b"')
    assert msgspec.json.decode(raw) == {"a": {"text": "A."}, "b": {"text": "Ä.", "by": "Ana", "on": "2026-11-29"}}
