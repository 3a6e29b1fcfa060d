"""System packages are installed only where missing, and never before saying so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "systemd" / "packages.sh"
TOOLS = ("bash", "env", "grep", "test")
NOTHING_LOADS = 'case "$2" in *version_info*) exit 0;; *) exit 1;; esac'
ALL_LOADS = "exit 0"


def machine(folder: Path, *, user: int, python: str, tools: tuple[str, ...] = ()) -> dict[str, str]:
    """A PATH on which nothing is installed but these tools; apt-get and sudo only write down what they are told."""
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
    scripts = {"id": f"echo {user}", "python3": python, **({"gcc": "exit 0"} if python == ALL_LOADS else {})} | {
        tool: f'echo "{tool} $*" >> "{folder}/told"' + ('\n"$@"' if tool == "sudo" else "") for tool in tools
    }
    for name, body in scripts.items():
        (folder / name).write_text(f"#!{shutil.which('bash')}\n{body}\n")
        (folder / name).chmod(0o755)
    return {"PATH": str(folder), "PYTHON": "python3"}


def run(env: dict[str, str], purpose: str = "run") -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPT, purpose], env=env, capture_output=True, text=True, check=False)


def told(folder: Path) -> list[str]:
    file = folder / "told"
    return file.read_text().splitlines() if file.exists() else []


def test_nothing_missing_says_nothing(tmp_path: Path) -> None:
    """Where all is there, apt is not even asked."""
    env = machine(tmp_path, user=0, python=ALL_LOADS, tools=("apt-get", "sudo"))
    result = run(env)
    assert (result.returncode, result.stdout, told(tmp_path)) == (0, "", [])


def test_root_installs_after_saying_so(tmp_path: Path) -> None:
    """On a bare machine root gets exactly what is missing, announced with its reason and the command."""
    result = run(machine(tmp_path, user=0, python=NOTHING_LOADS, tools=("apt-get",)), "test")
    assert result.returncode == 0, result.stderr
    bookworm = 'VERSION_ID="12"' in Path("/etc/os-release").read_text(encoding="utf-8")
    wayland = "libwayland-egl1 libwayland-cursor0 cage" + " xwayland" * bookworm
    packages = f"python3-venv gcc python3-dev poppler-utils qpdf xvfb {wayland} grim xdotool systemd dbus"
    assert told(tmp_path) == ["apt-get update -qq", f"apt-get install --yes --no-install-recommends {packages}"]
    assert f"apt-get install --yes --no-install-recommends {packages}" in result.stdout
    assert "makes the virtual environment" in result.stdout


def test_sudo_is_announced(tmp_path: Path) -> None:
    """Nobody meets a password prompt without having read what it is for."""
    result = run(machine(tmp_path, user=1000, python=NOTHING_LOADS, tools=("apt-get", "sudo")))
    assert result.returncode == 0, result.stderr
    assert "with sudo" in result.stdout
    assert told(tmp_path)[0] == "sudo apt-get update -qq"


@pytest.mark.parametrize("tools", [(), ("apt-get",)])
def test_without_a_way_it_explains_and_stops(tmp_path: Path, tools: tuple[str, ...]) -> None:
    """Without apt, or without the right to use it, the packages are named and nothing is tried."""
    result = run(machine(tmp_path, user=1000, python=NOTHING_LOADS, tools=tools))
    assert result.returncode == 1
    assert "python3-venv" in result.stdout + result.stderr
    assert told(tmp_path) == []


def test_old_python(tmp_path: Path) -> None:
    """A Python that is too old is named before anything else happens."""
    result = run(machine(tmp_path, user=0, python="exit 1", tools=("apt-get",)))
    assert result.returncode == 1
    assert "3.11" in result.stderr
    assert told(tmp_path) == []


def test_this_machine_has_what_the_tests_need() -> None:
    """The real checks pass here: `make test` has just made sure of it."""
    result = subprocess.run(
        [SCRIPT, "test"], env={**os.environ, "PYTHON": sys.executable}, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout) == (0, "")
