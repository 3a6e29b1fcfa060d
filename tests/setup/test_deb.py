"""The package: what a release is made of, and what installing, upgrading, removing and purging it does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEB = ROOT / "systemd" / "deb"


def tree(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([DEB / "tree.sh", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "usage: tree.sh VERSION"),
        (("1.0", "riscv64", "x"), "no release for 'riscv64'"),
        (("1.0-beta", "amd64", "x"), "'1.0-beta' is no version"),
        (("1.0", "amd64", "/"), "/ is there already"),
    ],
)
def test_a_release_that_cannot_be_laid_out_is_refused_in_a_sentence(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    """Nothing is fetched and nothing is written before it is clear what is wanted."""
    result = tree(*(str(tmp_path / "x") if argument == "x" else argument for argument in arguments))
    assert result.returncode == 1
    assert said in result.stderr
    assert not list(tmp_path.iterdir())


def test_what_stays_out_of_a_release_is_in_the_lock() -> None:
    """A name that the lock no longer has would say nothing; what the kiosk itself asks for is never left out."""
    settings = (DEB / "settings.sh").read_text(encoding="utf-8")
    left_out = re.search(r'^TOOLS="(.*)"$', settings, re.MULTILINE)
    assert left_out
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name in left_out[1].split():
        pinned = re.search(rf"^{name}==.*?(?=^[a-z0-9]|\Z)", lock, re.MULTILINE | re.DOTALL)
        assert pinned, name
        asking = set(re.findall(r"^ +#(?: via)? +([a-z0-9-]+)", pinned[0], re.MULTILINE)) - {"via"}
        assert asking <= {"hatchling", "sqlite-utils", "colorzero", "facial-rehab-kiosk"}, name
