"""Commands end as they promise: one sentence, the right exit code, no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk import __version__
from kiosk.cli import cli
from kiosk.commands import check as check_room
from kiosk.errors import AlreadyRunning, KioskError, RuleError
from tests.pictures.made import encoded, halves, table


@pytest.mark.parametrize(
    ("why", "code"),
    [(KioskError("no room"), 70), (RuleError("hold 9 s"), 1), (AlreadyRunning("held by another"), 75)],
)
def test_known_failures(why: KioskError, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure that the kiosk names is one sentence on stderr and its own exit code."""

    def failing(_path: Path) -> list[object]:
        raise why

    monkeypatch.setattr(check_room, "check_file", failing)
    result = CliRunner().invoke(cli, ["check", "x.toml"])
    assert (result.exit_code, result.stderr) == (code, f"kiosk: {why}\n")


def test_a_fault_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug ends with 70 and says how to learn more; --debug shows it."""

    def failing(_path: Path) -> list[object]:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(check_room, "check_file", failing)
    result = CliRunner().invoke(cli, ["check", "x.toml"])
    assert result.exit_code == 70
    assert result.stderr.count("\n") == 1
    assert "ZeroDivisionError" in result.stderr
    assert "--debug" in result.stderr
    assert isinstance(CliRunner().invoke(cli, ["--debug", "check", "x.toml"]).exception, ZeroDivisionError)


@pytest.mark.parametrize(
    "arguments", [["fly"], ["check"], ["demo"], ["run", "--windows"], ["demo", "--out", "x", "--seed", "y"]]
)
def test_wrong_usage(arguments: list[str]) -> None:
    """Wrong usage ends with 2 and shows the usage."""
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


def test_check(tmp_path: Path) -> None:
    """Settings and programmes are told apart, good files end with 0, bad ones with 1 and every reason."""
    file = tmp_path / "kiosk.toml"
    file.write_text("[sound]\nvolume = 1\n")
    assert CliRunner().invoke(cli, ["check", str(file)]).exit_code == 0
    file.write_text("[sound]\nvolume = 7\nvoic = true\n")
    result = CliRunner().invoke(cli, ["check", str(file)])
    assert result.exit_code == 1
    assert result.stdout.count("\n") == 2
    draft = tmp_path / "draft.toml"
    draft.write_text("[sound]\nvolume = 7\n")
    answer = json.loads(CliRunner().invoke(cli, ["check", "--json", str(draft)]).stdout)
    assert (answer["ok"], answer["faults"][0]["where"]) == (False, "line 2 (sound.volume)")
    programme = tmp_path / "ours.toml"
    programme.write_text("nonsense")
    result = CliRunner().invoke(cli, ["check", str(programme)])
    assert (result.exit_code, "ours.toml" in result.stdout) == (1, True)
    (tmp_path / "shown.toml").write_text(table("left.png"), encoding="utf-8")
    (tmp_path / "left.png").write_bytes(encoded(halves()))
    shown = CliRunner().invoke(cli, ["check", str(tmp_path / "shown.toml")])
    assert shown.exit_code == 0
    assert shown.stdout.splitlines() == [
        f"{tmp_path / 'shown.toml'}: nothing is wrong.",
        "left.png shows release-cheek on the left; on the right the head shows.",
    ]
    (tmp_path / "left.png").write_bytes(encoded(halves())[:200])
    broken = CliRunner().invoke(cli, ["check", "--json", str(tmp_path / "shown.toml")])
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["faults"][0]["file"] == "left.png"
    missing = CliRunner().invoke(cli, ["check", str(tmp_path / "absent.toml")])
    assert (missing.exit_code, "missing" in missing.stdout) == (1, True)


def test_version_without_a_screen_or_hardware() -> None:
    """`python -m kiosk` is the same command, and asking its version loads no hardware or picture library."""
    heavy = {"pygame", "cv2", "gpiozero", "numpy", "sqlite_utils"}
    code = f"import sys; import kiosk.cli; print({heavy!r} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
    done = subprocess.run([sys.executable, "-m", "kiosk", "version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"{__version__}\n"
