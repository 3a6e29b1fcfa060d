"""The units are valid, confined, and fit the rest of the installation."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = ("facial-rehab-kiosk.service", "facial-rehab-kiosk-safe.service")
MOST_EXPOSED = 2.0


def unit(name: str) -> str:
    return (ROOT / "systemd" / name).read_text(encoding="utf-8")


def values(name: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit(name), re.MULTILINE)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert shutil.which("systemd-analyze"), "systemd-analyze is needed for these tests: systemd/packages.sh test"
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


def test_units_are_valid(tmp_path: Path) -> None:
    """systemd understands every line (programs that only an appliance has are replaced by one that is here)."""
    for name in UNITS:
        text = re.sub(r"/usr/bin/cage|/bin/systemctl", "/bin/true", unit(name))
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = analyze("verify", "--man=no", *(str(tmp_path / name) for name in UNITS))
    assert (result.returncode, result.stderr.strip()) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_exposure(name: str) -> None:
    """A fault in a library that reads a camera or a stick stays in a small room."""
    result = analyze("security", "--offline=true", "--no-pager", str(ROOT / "systemd" / name))
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", result.stdout)
    assert level, result.stdout + result.stderr
    assert float(level[1]) <= MOST_EXPOSED


def test_ready_and_alive_reach_systemd() -> None:
    """cage is the main process and a PAM session would move its child away: then no ping would ever arrive."""
    kiosk = UNITS[0]
    assert values(kiosk, "Type") == ["notify"]
    assert values(kiosk, "NotifyAccess") == ["all"]
    assert values(kiosk, "PAMName") == []
    assert values(kiosk, "WatchdogSec") == ["20"]
    assert values(kiosk, "Restart") == ["always"]


def test_network_is_closed() -> None:
    """The program that sees the camera cannot reach anybody."""
    families = values(UNITS[0], "RestrictAddressFamilies")
    assert families == ["AF_UNIX AF_NETLINK"]
    assert values(UNITS[0], "IPAddressDeny") == ["any"]


def test_safe_mode_is_reached() -> None:
    """Three failed starts lead to the safe unit, whose flag the kiosk's unit reads, and `kiosk run` knows it."""
    kiosk, safe = UNITS
    assert values(kiosk, "StartLimitBurst") == ["3"]
    assert values(kiosk, "OnFailure") == [safe]
    runtime = values(safe, "RuntimeDirectory")[0]
    assert values(kiosk, "EnvironmentFile") == [f"-/run/{runtime}/flags"]
    flag = re.search(r"echo RUN_FLAGS=(--\w+)", unit(safe))
    assert flag
    assert "$RUN_FLAGS" in values(kiosk, "ExecStart")[0]
    from kiosk.cli import run

    assert flag[1] in {option for parameter in run.params for option in parameter.opts}


def test_one_user_everywhere() -> None:
    """The unit, the user's definition, the polkit rule and the command speak of the same user and folder."""
    user = values(UNITS[0], "User")[0]
    users = (ROOT / "systemd" / "facial-rehab-kiosk.sysusers").read_text(encoding="utf-8")
    assert re.search(rf'^u {user} - ".*" /var/lib/{values(UNITS[0], "StateDirectory")[0]}$', users, re.MULTILINE)
    groups = set(re.findall(rf"^m {user} (\w+)$", users, re.MULTILINE))
    assert groups == set(values(UNITS[0], "SupplementaryGroups")[0].split())
    rules = (ROOT / "systemd" / "facial-rehab-kiosk.rules").read_text(encoding="utf-8")
    assert f'subject.user == "{user}"' in rules
    assert "system" not in "".join(re.findall(r'"org\.freedesktop\.[^"]+"', rules)).replace("filesystem", "")
    actions = re.findall(r'"org\.freedesktop\.udisks2\.([^"]+)"', rules)
    assert sorted(actions) == [
        "filesystem-mount",
        "filesystem-mount-other-seat",
        "power-off-drive",
        "power-off-drive-other-seat",
    ]
    command = (ROOT / "systemd" / "kiosk-command.sh").read_text(encoding="utf-8")
    assert f"runuser -u {user} " in command


@pytest.mark.parametrize("script", ["install.sh", "uninstall.sh"])
def test_without_root_it_explains(script: str, tmp_path: Path) -> None:
    """Somebody who forgets sudo reads one sentence, and nothing has changed."""
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    result = subprocess.run(
        [ROOT / "systemd" / script],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "sudo make" in result.stderr


@pytest.mark.slow
def test_install_into_a_folder(tmp_path: Path) -> None:
    """The whole installation, twice, then its removal; the installed kiosk runs from its own place with its assets."""
    env = {**os.environ, "DESTDIR": str(tmp_path), "PYTHON": shutil.which("python3") or "python3"}
    for _ in range(2):
        done = subprocess.run([ROOT / "systemd" / "install.sh"], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    home = tmp_path / "opt" / "facial-rehab-kiosk"
    for name in UNITS:
        assert (tmp_path / "etc/systemd/system" / name).is_file()
    for exec_start in values(UNITS[0], "ExecStart"):
        program = exec_start.split(" -- ")[1].split()[0]
        assert (tmp_path / program.lstrip("/")).is_file()
    checked = subprocess.run(
        [home / "venv/bin/kiosk", "check", home / "venv" / "pyvenv.cfg"], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, "TOML" in checked.stdout) == (1, True), checked.stdout + checked.stderr
    assert not (ROOT / "build" / "lib").exists()
    subprocess.run([ROOT / "systemd" / "uninstall.sh"], env=env, capture_output=True, check=True)
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []
