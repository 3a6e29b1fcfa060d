"""``kiosk voice``: the sheet to read from, and what is wrong with each recording."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from kiosk.cli import cli
from kiosk.commands.recordings import SHEET
from kiosk.voice.kept import INDEX, OwnRecording, keep, wav_bytes
from kiosk.voice.prepare import levelled
from tests.voice.made import file_of, speech


def kiosk(*words: str) -> Result:
    return CliRunner().invoke(cli, ["voice", *words], catch_exceptions=False)


@pytest.fixture
def data(tmp_path: Path) -> str:
    """The data folder of a kiosk without anything of its own."""
    return str(tmp_path / "data")


def test_from_the_sheet_to_a_folder_that_can_be_brought(tmp_path: Path, data: str) -> None:
    """Each sentence has a line with words and limit; bad recordings are named and left out, a good one stays."""
    folder = tmp_path / "mine"
    made = kiosk("sheet", "--by", "Ana", "--data", data, str(folder))
    assert made.exit_code == 0
    with (folder / "en" / SHEET).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert f"{len(rows)} sentences" in made.output
    lines = {name: (words, float(most)) for name, words, most in rows}
    assert lines["look-away.wav"][0] == "Rest your eyes. Look far away for a little while."
    (folder / "en" / "look-away.mp3").write_bytes(file_of(speech(5, rate=44_100, quiet_s=1), "mp3", 44_100))
    (folder / "en" / "softer.ogg").write_bytes(file_of(np.zeros(48_000, np.float32), "ogg", 48_000))
    (folder / "en" / "cue.smaller.wav").write_bytes(file_of(np.clip(speech(1, 2.0), -1, 1)))
    (folder / "en" / "look-aside.wav").write_bytes(b"x")
    found = kiosk("check", "--data", data, str(folder))
    assert found.exit_code == 1
    assert f"en: 1 of {len(rows)} sentences" in found.output
    assert "en/softer.ogg: it is silent" in found.output
    assert "en/cue.smaller.wav: it is clipped" in found.output
    assert "en/look-aside.wav: nothing says this any more" in found.output
    assert "en/go-on: not recorded: We go on in a moment." in found.output
    told = json.loads(kiosk("check", "--json", "--data", data, str(folder)).output)
    assert (told["ok"], len(told["languages"]["en"]["missing"])) == (False, len(rows) - 1)
    assert {fault["file"] for fault in told["languages"]["en"]["faults"]} == {
        "softer.ogg", "cue.smaller.wav", "look-aside.wav",
    }  # fmt: skip


def test_a_sheet_made_again_keeps_what_recordings_say(tmp_path: Path, data: str) -> None:
    """Words that changed after somebody recorded them: the index goes on telling what was said."""
    kiosk("sheet", "--by", "Ana", "--data", data, str(tmp_path))
    index = tmp_path / "en" / INDEX
    index.write_text(index.read_text(encoding="utf-8").replace("Rest your eyes.", "Close your eyes."), encoding="utf-8")
    (tmp_path / "en" / "look-away.wav").write_bytes(file_of(speech(5)))
    kiosk("sheet", "--by", "Ben", "--data", data, str(tmp_path))
    found = kiosk("check", "--data", data, str(tmp_path))
    assert '"Close your eyes. Look far away for a little while.": the words are now' in found.output
    assert json.loads(index.read_text(encoding="utf-8"))["softer"]["by"] == "Ben"
    assert kiosk("sheet", "--language", "tlh", "--data", data, str(tmp_path)).exit_code == 2


def test_what_a_kiosk_plays_is_looked_at_as_it_is(tmp_path: Path, data: str) -> None:
    """A file that somebody put there by hand is too loud or too quiet beside the others."""
    assert "the kiosk's own voice says everything" in kiosk("check", "--data", data).output
    words = "Rest your eyes. Look far away for a little while."
    folder = tmp_path / "data" / "voice" / "en"
    folder.parent.mkdir(parents=True)
    keep(folder, {"look-away": (wav_bytes(levelled(speech(5)).samples), OwnRecording(words, "Ana"))})
    good = kiosk("check", "--data", data)
    assert (good.exit_code, "en: 1 of " in good.output) == (0, True)
    (folder / "look-away.wav").write_bytes(wav_bytes(speech(5, 0.9)))
    loud = kiosk("check", "--data", data)
    assert (loud.exit_code, "en/look-away.wav: " in loud.output, "too loud" in loud.output) == (1, True, True)
