"""The voice says what the screens say, and making it anew costs only what changed. No engine is needed here."""

from __future__ import annotations

import json
import runpy
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from assets.tools import level, voice
from assets.tools.engines import Engines
from assets.tools.voices import VOICES, VoiceModel, begins_with_vowel, given, sentences
from kiosk.devices.sound_files import ogg_ms
from kiosk.errors import AssetError
from kiosk.paths import assets
from kiosk.voice.loudness import Samples, loudness

SHIPPED = sorted(folder.name for folder in (assets() / "voice").iterdir() if folder.is_dir())
SPOKEN = assets() / "voice" / "en"
SCRIPT = Path(__file__).resolve().parents[2] / "assets" / "tools" / "render_voice.py"
PROMPTS = {"one": "First.", "two.b-c_d": "Second.", "three": "Third."}
MODEL = VoiceModel("none", "nobody", 1.0, 0.5, 12.0, 0.5)
MOST_MB = 9.0


def speech(seconds: float) -> Samples:
    """What stands for speech: a hum that swells and falls four times a second, quiet at both ends."""
    at = np.arange(round(seconds * level.RATE)) / level.RATE
    hum = np.sin(2 * np.pi * 180 * at) * (1.05 - np.cos(8 * np.pi * at)) / 8
    return np.pad(hum, level.RATE // 2).astype(np.float32)


class Pen:
    """Speaks by humming, and remembers what it was asked to say and at which pace."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.paces: list[float] = []

    def __call__(self, sentence: str, model: VoiceModel, speed: float) -> Samples:
        self.said.append(sentence)
        self.paces.append(speed)
        return speech(2 / speed)


def write(samples: Samples, out: Path) -> None:
    """Stands for the encoder: a sound of the kiosk's own voice."""
    shutil.copy(SPOKEN / "eye-care.ogg", out)


def rendered(prompts: dict[str, str], folder: Path, pen: Pen | None = None, model: VoiceModel = MODEL) -> list[str]:
    return list(voice.render(prompts, folder, model, pen or Pen(), write=write))


@pytest.mark.parametrize("language", SHIPPED)
def test_the_shipped_voice_says_what_the_screens_say(language: str) -> None:
    """Every prompt of the kiosk has a file with just these words in it, and nothing else is shipped."""
    prompts = voice.prompts(assets(), language)
    assert voice.differences(prompts, assets() / "voice" / language, VOICES[language]) == []


@pytest.mark.parametrize("language", SHIPPED)
def test_the_shipped_voice_is_small(language: str) -> None:
    """The whole voice fits the kiosk's small card many times over."""
    assert sum(path.stat().st_size for path in (assets() / "voice" / language).glob("*.ogg")) <= MOST_MB * 1e6


def test_all_that_ships_is_small() -> None:
    """A stick with an update takes it along for every kiosk of the house."""
    assert sum(path.stat().st_size for path in assets().rglob("*") if path.is_file()) <= 40e6


def test_the_check_needs_no_engine_and_ends_with_0_or_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate can be run anywhere: 0 when voice and words agree, 1 with the reason when they do not."""
    monkeypatch.setenv("PATH", str(tmp_path))
    script = runpy.run_path(str(SCRIPT))
    main = script["main"]
    assert CliRunner().invoke(main, ["--check", "en"]).exit_code == 0
    shutil.copytree(assets() / "programmes", tmp_path / "programmes")
    shutil.copytree(SPOKEN, tmp_path / "voice" / "en")
    (tmp_path / "voice" / "en" / "eye-care.ogg").unlink()
    missing = CliRunner().invoke(main, ["--check", "--assets", str(tmp_path), "en"])
    assert missing.exit_code == 1
    assert "eye-care.ogg lasts None ms" in missing.output


def test_an_engine_that_is_not_there_says_how_it_comes(tmp_path: Path) -> None:
    """Whoever changes words has no engines at first, and reads the command that fetches them."""
    with pytest.raises(AssetError, match="make voice"):
        Engines(tmp_path)("First.", MODEL, 1.0)


def test_only_what_changed_is_rendered(tmp_path: Path) -> None:
    """One new sentence costs one rendering; what is said no more goes away; a lost file comes back."""
    pen = Pen()
    assert rendered(PROMPTS, tmp_path, pen) == list(PROMPTS)
    assert voice.differences(PROMPTS, tmp_path, MODEL) == []
    assert rendered(PROMPTS, tmp_path, pen) == []
    changed = {"one": "First.", "two.b-c_d": "Something else.", "four": "Fourth."}
    assert rendered(changed, tmp_path, pen) == ["two.b-c_d", "four"]
    assert pen.said == ["First.", "Second.", "Third.", "Something else.", "Fourth."]
    assert voice.differences(changed, tmp_path, MODEL) == []
    (tmp_path / "one.ogg").unlink()
    assert rendered(changed, tmp_path, pen) == ["one"]
    assert len(list(voice.render(changed, tmp_path, MODEL, pen, everything=True, write=write))) == 3


def test_another_voice_makes_everything_anew(tmp_path: Path) -> None:
    """Half of a session in one voice and half in another would be two people."""
    rendered(PROMPTS, tmp_path)
    other = VoiceModel("none", "somebody", 1.0, 0.5, 12.0, 0.5)
    assert "was made by another voice" in voice.differences(PROMPTS, tmp_path, other)[0]
    assert rendered(PROMPTS, tmp_path, model=other) == list(PROMPTS)


def test_a_rendering_that_fails_goes_on_from_there(tmp_path: Path) -> None:
    """What was finished before an engine failed is kept, and its cause is told."""

    def fails(sentence: str, model: VoiceModel, speed: float) -> Samples:
        if sentence == "Third.":
            raise AssetError("the engine is gone")
        return Pen()(sentence, model, speed)

    with pytest.raises(AssetError, match="engine is gone"):
        list(voice.render(PROMPTS, tmp_path, MODEL, fails, write=write))
    assert rendered(PROMPTS, tmp_path) == ["three"]


def test_every_difference_is_named(tmp_path: Path) -> None:
    """Other words, no file, a file of another length, a file nobody asks for, a name that leads elsewhere."""
    rendered(PROMPTS | {"five": "Fifth."}, tmp_path)
    index = tmp_path / "index.json"
    entries = json.loads(index.read_text())
    entries["three"]["ms"] += 1
    index.write_text(json.dumps(entries))
    (tmp_path / "six.ogg").touch()
    (tmp_path / "five.ogg").unlink()
    wrong = {"one": "Other words.", "three": "Third.", "../x": "Y."}
    reasons = "\n".join(voice.differences(wrong, tmp_path, MODEL))
    for said in ("one says 'First.'", "three.ogg lasts", "'../x' cannot be", "six has a voice", "five has a voice"):
        assert said in reasons
    with pytest.raises(AssetError, match="cannot be a file's name"):
        rendered({"../x": "Y."}, tmp_path)
    index.unlink()
    assert "is not an index" in voice.differences({}, tmp_path, MODEL)[0]


@pytest.mark.parametrize("text", ["...", "", "“”"])
def test_what_has_no_word_cannot_be_spoken(tmp_path: Path, text: str) -> None:
    """A text that an engine would swallow is an error with the text in it."""
    with pytest.raises(AssetError, match="cannot be spoken"):
        rendered({"one": text}, tmp_path)


def test_sentences_are_spoken_one_by_one_with_our_pause_between() -> None:
    """Engines pause as they like; here the pause between two sentences is the model's."""
    pen = Pen()
    said = voice.spoken("Plan for your LEFT side. “Could you?” Touch it.", MODEL, pen)
    assert pen.said == ["Plan for your left side.", "Could you?", "Touch it."]
    one = voice.spoken("Touch it.", MODEL, Pen())
    gap_s = (len(said) - 3 * len(one)) / 2 / level.RATE
    assert gap_s == pytest.approx(MODEL.gap_s - level.BEFORE_S - level.AFTER_S, abs=0.01)


def test_a_hurried_sentence_is_spoken_again_more_slowly() -> None:
    """Twelve letters a second are calm; more are brought down, but never below the slowest pace."""
    pen = Pen()
    voice.spoken("One word.", MODEL, pen)
    assert pen.paces == [1.0]
    voice.spoken("Thirty-six letters in a couple of seconds.", MODEL, pen)
    assert 0.5 < pen.paces[2] < 0.8
    voice.spoken("x" * 200, MODEL, pen)
    assert pen.paces[4] == MODEL.slowest


def test_a_sentence_with_a_colour_is_spoken_with_care() -> None:
    """Where a recogniser missed the colour of a button, its sentence has a pace of its own; others keep theirs."""
    pen = Pen()
    careful = replace(MODEL, careful=("grün",), careful_speed=0.8)
    voice.spoken("Grün: ja. Gut.", careful, pen)
    assert pen.paces == [0.8, 1.0]


def test_words_are_given_as_the_engine_reads_them_rightly() -> None:
    """Capitals that are a word, not letters; signs that are not spoken; what is known to be misread."""
    model = VoiceModel("none", "nobody", 1.0, 0.5, 12.0, 0.5, spelled={"oo": "ooh"})
    assert given("Your LEFT side,\u00a0“oo”.", model) == "Your left side, ooh."
    assert sentences("One. Two? Three!") == ["One.", "Two?", "Three!"]


def test_what_is_levelled_is_as_loud_as_it_should_be_and_has_no_peaks() -> None:
    """Quiet or loud, long or short, even or with a knock in it: -16 LUFS, and no sample above the ceiling."""
    knock = speech(4) * np.float32(0.05)
    knock[level.RATE : level.RATE + 40] = 0.9
    for samples in (speech(4), speech(4) * np.float32(0.02), speech(0.6), knock):
        made = level.levelled(level.trimmed(samples))
        assert loudness(made, level.RATE).lufs == pytest.approx(level.TARGET_LUFS, abs=0.6)
        assert 20 * np.log10(np.abs(made).max()) <= level.LIMIT_DB + 0.05


def test_silence_is_cut_off_both_ends_and_the_ends_are_soft() -> None:
    """Half a second of nothing would make a cue late. All of nothing is an error."""
    made = level.trimmed(speech(1.0))
    assert len(made) / level.RATE == pytest.approx(1.0 + level.BEFORE_S + level.AFTER_S, abs=0.15)
    assert (made[0], made[-1]) == (0, 0)
    with pytest.raises(AssetError, match="nothing to hear"):
        level.trimmed(np.zeros(level.RATE, np.float32))


def test_the_shipped_voice_can_be_decoded_and_lasts_as_long_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the index promises is what the mixer plays, in full, for every prompt."""
    import pygame.mixer

    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    pygame.mixer.init(24_000, -16, 1, 512)
    try:
        for path in sorted((assets() / "voice").glob("*/*.ogg")):
            decoded = pygame.mixer.Sound(str(path)).get_length() * 1_000
            assert decoded == pytest.approx(ogg_ms(path), abs=2), path
    finally:
        pygame.mixer.quit()


def test_a_hiss_before_a_vowel_is_cut_and_the_vowel_swells() -> None:
    """Kokoro hisses before a vowel that a sentence begins with: "ámbar" was heard as "sambar". Nothing else is cut."""
    hiss = np.random.default_rng(1).uniform(-0.3, 0.3, level.RATE // 20).astype(np.float32)
    vowel = (0.5 * np.sin(np.arange(level.RATE) * 2 * np.pi * 200 / level.RATE)).astype(np.float32)
    made = level.from_its_voice(np.concatenate([hiss, vowel]))
    quiet = round(level.BEFORE_S * level.RATE)
    assert not made[:quiet].any()
    assert abs(len(made) - quiet - len(vowel)) <= 2 * level.FRAME
    assert np.abs(made[quiet : quiet + level.FRAME]).max() < 0.2
    assert np.array_equal(made[-level.RATE // 2 :], vowel[-level.RATE // 2 :])
    assert np.array_equal(level.from_its_voice(hiss), hiss), "what has no voice stays as it is"


def test_only_a_sentence_that_begins_with_a_vowel_loses_its_hiss() -> None:
    """An "s" is a hiss that belongs there; a Spanish "h" is silent."""
    assert [begins_with_vowel(said) for said in ("Ámbar: sí.", "¿Hacemos mejor?", "¡Ahora!")] == [True] * 3
    assert [begins_with_vowel(said) for said in ("Su ojo.", "Verde: no.", "Chasquee.")] == [False] * 3


def test_a_word_of_the_lexicon_concerns_the_sentences_that_have_it(tmp_path: Path) -> None:
    """A new entry speaks nothing anew but what it is in: a sentence is kept under what it was made of."""
    made = Engines(tmp_path)
    with_entry = replace(MODEL, lexicon={"ámbar": "ambaɾ"})
    assert made.job("Verde.", with_entry, 1.0) == made.job("Verde.", MODEL, 1.0)
    assert made.job("Pulse ámbar.", with_entry, 1.0) != made.job("Pulse ámbar.", MODEL, 1.0)
