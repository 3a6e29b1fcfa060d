"""The doctor as a whole: it always finishes, and its exit code says whether there is a fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.cli import cli
from kiosk.doctor import doctor, machine
from kiosk.doctor.doctor import Check, CheckState

NAMES = [
    *("Python", "Picture library", "Camera", "Buttons and lights", "Pedals and keys"),
    *("Screen", "Sound", "Disk", "Database", "Clock"),
    *("Fonts", "Assets", "Looking at the face", "Programmes", "Keys of the clinic", "Settings"),
]


def test_every_part_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All parts are named in JSON, and one check that breaks is a fault that hides none of the others."""

    def broken() -> Check:
        raise OSError("the disk went away")

    monkeypatch.setattr(machine, "vision", broken)
    (tmp_path / "kiosk.toml").write_text("[sound]\nvolume = 1\n")
    result = CliRunner().invoke(cli, ["doctor", "--json", "--data", str(tmp_path)])
    answer = json.loads(result.stdout)
    assert [check["name"] for check in answer["checks"]] == NAMES
    assert answer["checks"][1]["state"] == "fault"
    assert "the disk went away" in answer["checks"][1]["found"]
    assert (answer["ok"], result.exit_code) == (False, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["kiosk.toml"], "the doctor changes nothing"


def test_bad_settings_are_a_fault(tmp_path: Path) -> None:
    """Settings that are not in use because of a slip are a fault with file and line."""
    (tmp_path / "kiosk.toml").write_text("[sound]\nvolume = 9\n")
    result = CliRunner().invoke(cli, ["doctor", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "line 2 (sound.volume)" in result.stdout


def test_table_and_verdict() -> None:
    """Warnings alone end with 0; lines stay short enough to read; the last sentence sums up."""
    good, odd, bad = (Check("Part", state, "found " * 30, "do this " * 20) for state in CheckState)
    for checks, code, words in (([good], 0, "All is well."), ([good, odd], 0, "1 warning"), ([odd, bad], 1, "1 fault")):
        table = doctor.as_table(checks)
        assert doctor.verdict(checks) == code
        assert words in table.splitlines()[-1]
        assert max(map(len, table.splitlines())) <= doctor.WIDTH
