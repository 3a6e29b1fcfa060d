"""The programs of others, in ``build/readers``: `make readers` and `make test-slow` bring them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "readers"
FOREIGN = Path(__file__).parent / "foreign"
PYTHON = BUILD / ".venv" / "bin" / "python"
MISSING = "is missing: `make readers` brings the programs of others, with a network"
NODE_MODULES = BUILD / "node_modules"
LONG_S = 6 * PATIENCE_S


def by_python(script: str, *arguments: object) -> Any:
    """What a script of ``foreign`` says in JSON, run by the Python that has their packages."""
    assert PYTHON.exists(), f"{PYTHON} {MISSING}"
    return _said([PYTHON, FOREIGN / script, *arguments], {})


def by_node(script: str, *arguments: object) -> Any:
    """What a script of ``foreign`` says in JSON, run by Node with the packages of ``package.json``."""
    node = shutil.which("node")
    assert node, "node is missing: `make readers` installs it (Debian: npm)"
    assert NODE_MODULES.exists(), f"{NODE_MODULES} {MISSING}"
    return _said([node, FOREIGN / script, *arguments], {"NODE_PATH": str(NODE_MODULES)})


def _said(command: list[object], env: Mapping[str, str]) -> Any:
    told = [str(part) for part in command]
    done = subprocess.run(
        told, capture_output=True, text=True, timeout=LONG_S, check=False, env={**os.environ, **env, "TZ": "UTC"}
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return json.loads(done.stdout)


def version_of(name: str) -> str:
    """The version of a package of the readers, as the lock has it."""
    lock = (Path(__file__).parent / "readers.lock").read_text(encoding="utf-8")
    if found := re.search(rf"^{name}==([\w.]+)", lock, re.MULTILINE):
        return found[1]
    wanted = json.loads((Path(__file__).parent / "package.json").read_text(encoding="utf-8"))
    return str(wanted["dependencies"][name])


def sees(reader: str, file: str, what: str) -> str:
    """A row of docs/readers.md, as a test hands it over: ``record_property("figure", sees(…))``."""
    return f"{reader} | {file} | {what}"
