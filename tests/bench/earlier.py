"""The builds that today's is held against: a tree of an earlier commit, beside this one in ``build/earlier``.

Nothing is measured here. A tree is taken from git's own objects, so it is not there in a shallow clone or in an archive
of the sources; then `EarlierError` says why, and the rows say it instead of a figure.
"""

from __future__ import annotations

import compileall
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "earlier"
COMMIT = "f456959e2d8fcba7398d5cd0d25b76396e66ff35"
"""The build whose figures began the work on being lean."""
TAKEN = ("kiosk", "assets", "pyproject.toml", "requirements.lock")
"""What is taken of a tree. Not its tests: a measuring script's ``tests`` are always today's."""
OWN_PYTHON = "EARLIER_PYTHON"
"""Environment: a Python that has the libraries of `COMMIT`, so that none need be installed."""
INSTALL_S = 600


class EarlierError(Exception):
    """An earlier build cannot be had here; the message says why and what would help."""


def short(commit: str) -> str:
    """The seven letters by which a commit is called."""
    return commit[:7]


def tree(commit: str = COMMIT, folder: Path = FOLDER, repository: Path = ROOT) -> Path:
    """The tree of ``commit``: made once, then found. Raises EarlierError."""
    place = folder / short(commit)
    if place.is_dir():
        return place
    _asked(repository, "cat-file", "-e", f"{commit}^{{commit}}")
    packed = _asked(repository, "archive", "--format=tar", commit, "--", *TAKEN)
    half = folder / f"{short(commit)}.{os.getpid()}"
    half.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(packed)) as opened:
        opened.extractall(half, filter="data")
    # Both trees begin with compiled modules: whoever is measured first must not pay for that.
    compileall.compile_dir(half / "kiosk", quiet=2)
    try:
        half.rename(place)
    except OSError as why:
        if not place.is_dir():
            raise EarlierError(f"{place} could not be made: {why}") from why
    return place


def own_python(commit: str = COMMIT, folder: Path = FOLDER) -> Path:
    """A Python with the libraries that ``commit`` locked; installed once, from the network. Raises EarlierError."""
    named = os.environ.get(OWN_PYTHON)
    if named and commit == COMMIT:
        return Path(named)
    place = folder / f"{short(commit)}.venv"
    python, done = place / "bin" / "python", place / ".installed"
    if done.exists():
        return python
    lock = tree(commit, folder) / "requirements.lock"
    install = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r")
    for command in ((sys.executable, "-m", "venv", str(place)), (*install, str(lock))):
        try:
            subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S, check=True)
        except (OSError, subprocess.SubprocessError) as why:
            said = (getattr(why, "stderr", None) or str(why)).strip().splitlines()[-1:]
            raise EarlierError(f"the libraries of {short(commit)} could not be installed: {''.join(said)}") from why
    done.touch()
    return python


def _asked(repository: Path, *words: str) -> bytes:
    """What git answers in ``repository``. Raises EarlierError."""
    try:
        done = subprocess.run(["git", "-C", str(repository), *words], capture_output=True, check=False)
    except OSError as why:
        raise EarlierError(f"there is no git to take an earlier build from: {why}") from why
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise EarlierError(
            f"no earlier build can be taken from git ({said[0]}): `git fetch --unshallow` where the clone is shallow"
        )
    return done.stdout
