"""Settings: strict, every fault named, and never a reason not to start."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from kiosk.config import SECTIONS, VARIABLES, Settings, check_file, load, rule_of, safe
from kiosk.faults import Fault


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "kiosk.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def wheres(faults: list[Fault]) -> list[str]:
    return [fault.where for fault in faults]


def test_no_file_means_defaults(tmp_path: Path) -> None:
    """A new kiosk needs no settings file, and none is invented."""
    assert load(tmp_path / "kiosk.toml", {}) == (Settings(), [])
    assert list(tmp_path.iterdir()) == []


def test_file_then_environment(tmp_path: Path) -> None:
    """Each source overrides the one before it, key by key."""
    path = written(tmp_path, '[screen]\nwidth_mm = 400\n[site]\nlanguage = "de"\nemergency_text = ["Call 1234"]\n')
    settings, faults = load(path, {"KIOSK_SCREEN_WIDTH_MM": "600", "KIOSK_SOUND_VOICE": "false", "HOME": "/"})
    assert faults == []
    assert (settings.screen.width_mm, settings.site.language, settings.sound.voice) == (600, "de", False)
    assert settings.site.emergency_text == ("Call 1234",)
    assert settings.buttons == Settings().buttons


def test_every_reason_is_collected(tmp_path: Path) -> None:
    """One reading names all faults, each with its line, so nobody has to correct them one start at a time."""
    text = (
        'colour = 1\n[screem]\n[screen]\nwidth_mm = 50\nfullscreen = 1\nwidht_mm = 4\n[site]\nlanguage = "English"\n'
        'emergency_text = ["a", ""]\n[sound]\nvolume = true\n'
    )
    faults = check_file(written(tmp_path, text))
    assert wheres(faults) == [
        "line 1 (colour)",
        "line 2 (screem)",
        "line 4 (screen.width_mm)",
        "line 5 (screen.fullscreen)",
        "line 6 (screen.widht_mm)",
        "line 8 (site.language)",
        "line 9 (site.emergency_text)",
        "line 11 (sound.volume)",
    ]
    assert '"screen"' in faults[1].action
    assert faults[2].value == "50"
    assert faults[2].rule == "must be a whole number from 100 to 3000"
    assert '"width_mm"' in faults[4].action


def test_bad_file_falls_back_to_the_last_good_copy(tmp_path: Path) -> None:
    """After a slip in an editor the kiosk runs on as it did yesterday, and says so."""
    path = written(tmp_path, "[sound]\nvolume = 3\n")
    assert load(path, {})[1] == []
    for broken in ("[sound]\nvolume = 9\n", "[sound\n", b"\xff\xfe"):
        written(tmp_path, broken)
        settings, faults = load(path, {})
        assert settings.sound.volume == 3
        assert len(faults) == 2
        assert "last good copy" in faults[-1].rule
    assert "volume = 3" in (tmp_path / "kiosk.toml.last-good").read_text()


def test_bad_file_and_bad_copy_fall_back_to_defaults(tmp_path: Path) -> None:
    """Even with both files broken the kiosk starts, and says what it used."""
    path = written(tmp_path, "[sound]\nvolume = 9\n")
    (tmp_path / "kiosk.toml.last-good").write_text("volume = ")
    settings, faults = load(path, {})
    assert settings == Settings()
    assert "defaults" in faults[-1].rule


def test_a_good_file_is_kept_whole(tmp_path: Path) -> None:
    """The copy equals the file, and no half-written part remains."""
    path = written(tmp_path, "[care]\nidle_min = 4\n")
    load(path, {})
    assert (tmp_path / "kiosk.toml.last-good").read_bytes() == path.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kiosk.toml", "kiosk.toml.last-good"]


def test_a_folder_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A copy that cannot be kept is logged, and the settings hold all the same."""
    path = written(tmp_path, "[sound]\nvolume = 1\n")
    (tmp_path / "kiosk.toml.last-good").mkdir()
    settings, faults = load(path, {})
    assert (settings.sound.volume, faults) == (1, [])
    assert "could not be kept" in caplog.text


def test_two_things_on_one_pin(tmp_path: Path) -> None:
    """Two buttons, or a button and a light, on one pin would make stop unreliable: the key that was set is named."""
    assert wheres(check_file(written(tmp_path, "[buttons]\ngreen = 22\n"))) == ["line 2 (buttons.green)"]
    assert wheres(check_file(written(tmp_path, "[lights]\ncamera = 17\n"))) == ["line 2 (lights.camera)"]
    settings, faults = load(written(tmp_path, "[sound]\nvolume = 1\n"), {"KIOSK_BUTTONS_RED": "5"})
    assert (settings.buttons.red, settings.sound.volume) == (22, 1)
    assert wheres(faults) == ["buttons.red"]


def test_bad_variables_are_named_and_left_out(tmp_path: Path) -> None:
    """One bad variable does not take the good ones with it."""
    env = {"KIOSK_SOUND_VOLUME": "9", "KIOSK_SUND_VOLUME": "1", "KIOSK_CARE_IDLE_MIN": "5", "KIOSK_DATA": "/x"}
    settings, faults = load(tmp_path / "kiosk.toml", env)
    assert settings.care.idle_min == 5
    assert settings.sound == Settings().sound
    assert wheres(faults) == ["KIOSK_SOUND_VOLUME", "KIOSK_SUND_VOLUME"]
    assert "KIOSK_SOUND_VOLUME" in faults[1].action


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[a]\nb = " + "[" * 5000, "nested"),
        ("[sound]\nvolume = " + "9" * 5000, "digits"),
        ("[sound]\nvolume = ", "line 2"),
        (b"[site]\ncode = '\xff'", "line 2"),
        ("# " + "x" * 20_000, "larger"),
        ('[camera]\nvideo = "a\\u0000b"', "line 2 (camera.video)"),
        ("sound = 3", "[sound]"),
        ("sound = { volume = 9 }", "line 1 (sound.volume)"),
        ("[sound]\nvolume = nan", "line 2 (sound.volume)"),
        ("[sound]\nvolume = 1979-05-27", "line 2 (sound.volume)"),
    ],
)
def test_hostile_files(tmp_path: Path, text: str | bytes, part: str) -> None:
    """What would hurt a reader of files is a fault like any other."""
    path = written(tmp_path, text)
    settings, faults = load(path, {})
    assert settings == Settings()
    assert part in str(faults[0])


@pytest.mark.parametrize(
    "line",
    [
        " " * 16_000,
        "\t = " * 4_000,
        "[" + " " * 16_000,
        "".join(f"k{i} = 1\n" for i in range(1500)),
        "a" + ".a" * 8000 + "=1",
    ],
    ids=["spaces", "equals", "header", "keys", "dots"],
)
def test_files_that_would_take_long(tmp_path: Path, line: str) -> None:
    """No file keeps the kiosk from starting by being slow to complain about."""
    _, faults = load(written(tmp_path, f"[sound]\nvolume = 9\n{line}"), {})
    assert 2 <= len(faults) <= 51


def test_a_file_from_windows(tmp_path: Path) -> None:
    """A byte order mark and Windows line ends are no fault of their writer."""
    settings, faults = load(written(tmp_path, b"\xef\xbb\xbf[sound]\r\nvolume = 0\r\n"), {})
    assert (settings.sound.volume, faults) == (0, [])


def test_things_that_are_no_files(tmp_path: Path) -> None:
    """A folder or a pipe of that name is named at once; a missing file is a fault only for the check command."""
    (tmp_path / "kiosk.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    for name in ("kiosk.toml", "pipe.toml"):
        assert "not a file" in str(load(tmp_path / name, {})[1][0])
    assert "cannot be read" in str(load(tmp_path / "a\0b", {})[1][0])
    assert "no such file" in str(check_file(tmp_path / "absent.toml")[0])


def test_every_setting_is_described() -> None:
    """The reference page, the messages and the environment know every setting, and every default is allowed."""
    for section, kind in SECTIONS.items():
        for field in msgspec.structs.fields(kind):
            info = msgspec.inspect.type_info(field.type)
            schema = getattr(info, "extra_json_schema", None) or {}
            assert schema.get("description"), f"{section}.{field.name} has no description"
            assert rule_of(field.type)
            assert msgspec.convert(field.default, field.type) == field.default
    assert len(VARIABLES) == sum(len(msgspec.structs.fields(kind)) for kind in SECTIONS.values())


def test_safe_mode_keeps_the_wiring(tmp_path: Path) -> None:
    """Safe mode has no camera and default settings, but the stop button stays where it is wired."""
    text = (
        '[buttons]\nred = 24\n[site]\nemergency_text = ["Call 1"]\n[camera]\nbackend = "webcam"\n[sound]\nvolume = 0\n'
    )
    settings = safe(load(written(tmp_path, text), {})[0])
    assert (settings.buttons.red, settings.site.emergency_text) == (24, ("Call 1",))
    assert (settings.camera.backend, settings.sound) == ("none", Settings().sound)


def test_settings_cannot_be_changed() -> None:
    """Nobody can turn a setting while the kiosk runs."""
    with pytest.raises(AttributeError):
        Settings().sound.volume = 3  # type: ignore[misc]
    assert os.environ.get("KIOSK_SOUND_VOLUME") is None
