"""The voice says what the screens say, and making it anew costs only what changed. No engine is needed here."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.tools import voice
from kiosk.devices.sound_files import ogg_ms
from kiosk.errors import AssetError
from kiosk.paths import assets

SPOKEN = assets() / "voice" / "en"
SCRIPT = Path(__file__).resolve().parents[2] / "assets" / "tools" / "render_voice.py"
PROMPTS = {"one": "First.", "two.b-c_d": "Second.", "three": "Third."}
MOST_MB = 6.0


class Pen:
    """Speaks by copying a sound of the kiosk's own voice, and remembers what it was asked to say."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __call__(self, text: str, out: Path) -> None:
        self.said.append(text)
        shutil.copy(SPOKEN / "eye-care.ogg", out)


def test_the_shipped_voice_says_what_the_screens_say() -> None:
    """Every prompt of the kiosk has a file with just these words in it, and nothing else is shipped."""
    assert voice.differences(voice.prompts(assets()), SPOKEN) == []


def test_the_shipped_voice_is_small() -> None:
    """The whole voice fits the kiosk's small card many times over."""
    assert sum(path.stat().st_size for path in SPOKEN.glob("*.ogg")) <= MOST_MB * 1e6


def test_the_check_needs_no_engine_and_ends_with_0_or_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate can be run anywhere: 0 when voice and words agree, 1 with the reason when they do not."""
    monkeypatch.setenv("PATH", str(tmp_path))
    main = runpy.run_path(str(SCRIPT))["main"]
    assert CliRunner().invoke(main, ["--check"]).exit_code == 0
    shutil.copytree(assets() / "programmes", tmp_path / "programmes")
    shutil.copytree(SPOKEN, tmp_path / "voice" / "en")
    (tmp_path / "voice" / "en" / "eye-care.ogg").unlink()
    missing = CliRunner().invoke(main, ["--check", "--assets", str(tmp_path)])
    assert missing.exit_code == 1
    assert "eye-care.ogg lasts None ms" in missing.output
    render = CliRunner().invoke(main, ["--assets", str(tmp_path)])
    assert render.exit_code == 1
    assert "text2wave is missing: apt-get install festival" in render.output


def test_only_what_changed_is_rendered(tmp_path: Path) -> None:
    """One new sentence costs one rendering; what is said no more goes away; a lost file comes back."""
    pen = Pen()
    assert list(voice.render(PROMPTS, tmp_path, pen)) == list(PROMPTS)
    assert voice.differences(PROMPTS, tmp_path) == []
    assert list(voice.render(PROMPTS, tmp_path, pen)) == []
    changed = {"one": "First.", "two.b-c_d": "Something else.", "four": "Fourth."}
    assert list(voice.render(changed, tmp_path, pen)) == ["two.b-c_d", "four"]
    assert pen.said == ["First.", "Second.", "Third.", "Something else.", "Fourth."]
    assert voice.differences(changed, tmp_path) == []
    (tmp_path / "one.ogg").unlink()
    assert list(voice.render(changed, tmp_path, pen)) == ["one"]
    assert len(list(voice.render(changed, tmp_path, pen, everything=True))) == 3


def test_a_rendering_that_fails_goes_on_from_there(tmp_path: Path) -> None:
    """What was finished before an engine failed is kept, and its cause is told."""

    def fails(text: str, out: Path) -> None:
        if text == "Third.":
            raise AssetError("the engine is gone")
        Pen()(text, out)

    with pytest.raises(AssetError, match="engine is gone"):
        list(voice.render(PROMPTS, tmp_path, fails))
    assert list(voice.render(PROMPTS, tmp_path, Pen())) == ["three"]


def test_every_difference_is_named(tmp_path: Path) -> None:
    """Other words, no file, a file of another length, a file nobody asks for, a name that leads elsewhere."""
    list(voice.render(PROMPTS | {"five": "Fifth."}, tmp_path, Pen()))
    index = tmp_path / "index.json"
    entries = json.loads(index.read_text())
    entries["three"]["ms"] += 1
    index.write_text(json.dumps(entries))
    (tmp_path / "six.ogg").touch()
    (tmp_path / "five.ogg").unlink()
    reasons = "\n".join(voice.differences({"one": "Other words.", "three": "Third.", "../x": "Y."}, tmp_path))
    for said in ("one says 'First.'", "three.ogg lasts", "'../x' cannot be", "six has a voice", "five has a voice"):
        assert said in reasons
    with pytest.raises(AssetError, match="cannot be a file's name"):
        list(voice.render({"../x": "Y."}, tmp_path, Pen()))
    index.unlink()
    assert "is not an index" in voice.differences({}, tmp_path)[0]


def test_an_engine_that_makes_no_ogg_is_noticed(tmp_path: Path) -> None:
    """A file that the mixer could not play never gets into the index."""
    with pytest.raises(AssetError, match="no Ogg Vorbis"):
        list(voice.render(PROMPTS, tmp_path, lambda _text, out: out.touch()))


def test_the_shipped_tones_are_the_script_s(tmp_path: Path) -> None:
    """The tones in the repository are what the script makes."""
    voice.render_tones(tmp_path)
    for kind in ("start", "end"):
        assert (tmp_path / f"{kind}.wav").read_bytes() == (assets() / "tones" / f"{kind}.wav").read_bytes()


@pytest.mark.parametrize("text", ["Grüezi.", "...", ""])
def test_what_cannot_be_spoken_is_refused(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that the English voice would swallow is an error with the text in it."""
    monkeypatch.setattr(shutil, "which", lambda tool: f"/usr/bin/{tool}")
    with pytest.raises(AssetError, match="cannot be spoken"):
        voice.speak_with_festival(text, tmp_path / "x.ogg")


@pytest.mark.parametrize(("code", "said"), [(0, "SIOD ERROR: unbound variable : voice_x"), (255, "no such voice")])
def test_an_engine_without_its_voice_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str
) -> None:
    """festival without the voice's package fails with the package's name."""
    monkeypatch.setattr(shutil, "which", lambda tool: f"/usr/bin/{tool}")

    def run(command: list[str], **_how: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, code, "", said)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(AssetError, match=rf"{said}.*festvox-us-slt-hts"):
        voice.speak_with_festival("Rest.", tmp_path / "x.ogg")


def test_the_shipped_voice_can_be_decoded_and_lasts_as_long_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the index promises is what the mixer plays, in full, for every prompt."""
    import pygame.mixer

    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    pygame.mixer.init(22_050, -16, 1, 512)
    try:
        for path in sorted(SPOKEN.glob("*.ogg")):
            decoded = pygame.mixer.Sound(str(path)).get_length() * 1_000
            assert decoded == pytest.approx(ogg_ms(path), abs=2), path
    finally:
        pygame.mixer.quit()
