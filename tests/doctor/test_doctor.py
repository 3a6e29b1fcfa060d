"""The doctor as a whole: it always finishes, and its exit code says whether there is a fault."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.cli import cli
from kiosk.doctor import checks, doctor
from kiosk.doctor.checks import libraries
from kiosk.doctor.doctor import Check, CheckState

NAMES = [
    *("Service", "Seen as", "Update", "Python", "Picture library", "Compositor", "Screen"),
    *("Buttons and lights", "Pedals and keys", "Any button", "Camera", "Sound", "USB sticks", "Right to use sticks"),
    *("Disk", "Database", "Clock", "Fonts", "Assets", "Looking at the face"),
    *("Programmes", "Pictures", "Keys of the clinic", "Settings"),
]


def test_every_part_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All parts are named in JSON, and one check that breaks is a fault that hides none of the others."""

    def broken() -> Check:
        raise OSError("the disk went away")

    monkeypatch.setattr(libraries, "vision", broken)
    (tmp_path / "kiosk.toml").write_text("[sound]\nvolume = 1\n")
    result = CliRunner().invoke(cli, ["doctor", "--json", "--data", str(tmp_path)])
    answer = json.loads(result.stdout)
    assert [check["name"] for check in answer["checks"]] == NAMES
    assert answer["checks"][4]["state"] == "fault"
    assert "the disk went away" in answer["checks"][4]["found"]
    assert (answer["ok"], result.exit_code) == (False, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["kiosk.toml"], "the doctor changes nothing"


def test_a_file_in_the_folder_is_a_family_of_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by itself, at its place; one that cannot be loaded is a fault and hides none of the others."""
    (tmp_path / "teapot.py").write_text(
        "from kiosk.doctor.check import CheckedPart, ok\n"
        "PLACE = 45\nPARTS = (CheckedPart('Teapot', lambda kiosk: ok('Teapot', str(kiosk.data))),)\n"
    )
    (tmp_path / "wreck.py").write_text("import no_such_library\n")
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    try:
        names = [part.name for part in doctor.parts()]
        assert names == ["wreck", *NAMES[:7], "Teapot", *NAMES[7:]]
        found = {check.name: check for check in doctor.examine(tmp_path, tmp_path / "kiosk.toml", {})}
    finally:
        sys.modules.pop("kiosk.doctor.checks.teapot")
    assert found["Teapot"].found == str(tmp_path)
    assert (found["wreck"].state, "no_such_library" in found["wreck"].found) == (CheckState.FAULT, True)


def test_who_may_not_read_the_records_is_told_how_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A usage line and "not readable" was all that a technician without sudo was told."""
    monkeypatch.setattr("os.access", lambda *_: False)
    result = CliRunner().invoke(cli, ["doctor", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "sudo kiosk" in result.output


def test_bad_settings_are_a_fault(tmp_path: Path) -> None:
    """Settings that are not in use because of a slip are a fault with file and line."""
    (tmp_path / "kiosk.toml").write_text("[sound]\nvolume = 9\n")
    result = CliRunner().invoke(cli, ["doctor", "--data", str(tmp_path)])
    assert result.exit_code == 1
    # Where a line ends depends on how long the folder's name is.
    assert "line 2 (sound.volume)" in " ".join(result.stdout.split())


def test_table_and_verdict() -> None:
    """Warnings alone end with 0; lines stay short enough to read; the last sentence sums up."""
    good, odd, bad = (Check("Part", state, "found " * 30, "do this " * 20) for state in CheckState)
    for found, code, words in (([good], 0, "All is well."), ([good, odd], 0, "1 warning"), ([odd, bad], 1, "1 fault")):
        table = doctor.as_table(found)
        assert doctor.verdict(found) == code
        assert words in table.splitlines()[-1]
        assert max(map(len, table.splitlines())) <= doctor.WIDTH
