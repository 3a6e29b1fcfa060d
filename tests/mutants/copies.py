"""Copies of this folder to put faults into; the checkout itself is never touched."""

from __future__ import annotations

import ast
import compileall
import hashlib
import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutants.rooms import ROOT

BUILD = ROOT / "build" / "mutants"
LEAVE_OUT = (".git", ".venv", "build", "dist", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")


def environment(copy: Path) -> dict[str, str]:
    """As `make test` sets it, with the copy's modules before the installed ones and nothing compiled written."""
    return os.environ | {
        "SDL_VIDEODRIVER": "dummy",
        "SDL_AUDIODRIVER": "dummy",
        "GPIOZERO_PIN_FACTORY": "mock",
        "PYGAME_HIDE_SUPPORT_PROMPT": "1",
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }


def fresh(name: str) -> Path:
    """A new copy, compiled so that a changed file is noticed by its content and not by its time."""
    copy = BUILD / name
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(*LEAVE_OUT, "__pycache__", "*.lgd-nfy*"))
    if (ROOT / "build" / "models").is_dir():
        (copy / "build").mkdir(exist_ok=True)
        (copy / "build" / "models").symlink_to(ROOT / "build" / "models")
    checked = py_compile.PycInvalidationMode.CHECKED_HASH
    for folder in ("kiosk", "tests"):
        compileall.compile_dir(copy / folder, quiet=2, invalidation_mode=checked)
    return copy


def digest(*folders: str) -> str:
    """What the files of some folders are, in a few letters."""
    whole = hashlib.sha256()
    for folder in folders:
        place = ROOT / folder
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and "__pycache__" not in path.parts:
                whole.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def meaning(path: str) -> str:
    """What a module does, in a few letters: its comments and docstrings may be put better without it."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [
                one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
            ]
    return hashlib.sha256(f"{path}\n{ast.dump(tree)}".encode()).hexdigest()[:16]


def refused_by_types(copy: Path, path: str, code: str) -> bool:
    """Whether `make check` would refuse the fault: mypy --strict finds it in its own module."""
    good = (copy / path).read_bytes()
    (copy / path).write_text(code, encoding="utf-8")
    try:
        told = subprocess.run(
            [sys.executable, "-m", "mypy", "--cache-dir", str(BUILD / "mypy"), "--no-error-summary", path],
            cwd=copy,
            env=environment(copy),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        (copy / path).write_bytes(good)
    return told.returncode == 1 and path in told.stdout
