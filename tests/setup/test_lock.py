"""The lock files hold everything that pyproject.toml asks for, with hashes and nothing of one machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = {"requirements.lock": "build", "requirements-dev.lock": "dev"}


def pinned(lock: str) -> dict[str, list[str]]:
    """Hashes by normalised project name."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if start := re.match(r"([a-z0-9-]+)==\S+", line):
            name = start[1]
            found.setdefault(name, [])
        found.get(name, []).extend(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
    return found


@pytest.mark.parametrize(("lock", "extra"), LOCKS.items())
def test_lock_holds_every_requirement(lock: str, extra: str) -> None:
    """A dependency added to pyproject.toml needs `make lock` before it can be installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"][extra]]
    names = {re.split(r"[<>=!~\[; ]", line)[0].lower() for line in wanted}
    names = {re.sub(r"[-_.]+", "-", name) for name in names}
    assert names <= pinned(lock).keys(), "run `make lock`"
    assert all(hashes for hashes in pinned(lock).values())


def test_both_locks_agree() -> None:
    """What is tested is what is installed."""
    small, large = (pinned(lock) for lock in LOCKS)
    differing = {name for name in small.keys() & large.keys() if small[name] != large[name]}
    assert differing == set()
    assert set(small) - set(large) == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_place(lock: str) -> None:
    """A lock file holds on every machine: no addresses, no paths, no options of an index."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|index-url|find-links| @ |^-[^-]|\s/", text)
