"""The virtual device is built only for whoever asked for it by its mark: a plain `pytest` must not take an hour."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = "tests/device/test_start.py"


def run_of(cache: Path, *options: str) -> str:
    """What pytest says of scenarios on a machine without an emulator."""
    env = {**os.environ, "PATH": str(cache / "no-programs"), "DEVICE_CACHE": str(cache)}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-ra", *options, SCENARIOS]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("options", [(), ("-m", "not slow"), ("-m", "slow or not slow")])
def test_who_did_not_ask_builds_no_device(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Skipped, with how to ask; nothing is made."""
    said = run_of(tmp_path, *options)
    assert "make device-test" in said
    assert " skipped" in said
    assert not {"passed", "failed", "error"} & set(said.split())
    assert list(tmp_path.iterdir()) == []


def test_who_asked_hears_what_is_missing(tmp_path: Path) -> None:
    """With the mark they run: here they end because there is no emulator."""
    said = run_of(tmp_path, "-m", "device")
    assert "qemu-system-x86_64" in said
    assert " skipped" not in said
