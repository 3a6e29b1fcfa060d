"""The three networks that see a face: their names and hashes, where they lie, and whether they are all there.

What runs them is imported where one is read: who only fetches the files has neither.
"""

from __future__ import annotations

import hashlib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import ModelError
from kiosk.paths import default_data, release

if TYPE_CHECKING:
    from kiosk.face.net import Net

DETECTOR = "face_detection_short_range.tflite"
MESH = "face_landmark.tflite"
IRIS = "iris_landmark.tflite"
MODELS = {
    DETECTOR: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    MESH: "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    IRIS: "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
}
"""File name → SHA-256 of the only bytes that are taken."""
_ASKED = {
    DETECTOR: ("regressors", "classificators"),
    MESH: ("conv2d_21", "conv2d_31"),
    IRIS: ("output_eyes_contours_and_brows",),
}
"""File name → the outputs that are asked for."""


class Nets:
    """The three networks, ready to run. Not for use from two threads at once.

    Who builds them sets how many threads OpenCV may use.
    """

    def __init__(self, folder: Path) -> None:
        """``ModelError`` where one is missing in ``folder``, not the pinned one, or unreadable."""
        self.detector, self.mesh, self.iris = (_read(folder / name) for name in MODELS)


def _read(path: Path) -> Net:
    import cv2

    from kiosk.face.net import read_net

    name, pinned = path.name, MODELS[path.name]
    try:
        # By one descriptor: whatever comes to lie under this name meanwhile, what was hashed is what runs.
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != pinned:
                raise ModelError(
                    f"{name}: SHA-256 {found[:12]}… is not the pinned {pinned[:12]}…; remove it, run `kiosk models`"
                )
            return read_net(f"/proc/self/fd/{file.fileno()}", _ASKED[name])
    except FileNotFoundError as why:
        raise ModelError(f"{name}: missing; run `kiosk models`") from why
    except (ValueError, cv2.error) as error:
        raise ModelError(f"{name}: it cannot be read: {error}") from error


FOLDER = "models"
"""Name of the models' folder in a data folder, and in a release."""


def folder_of(data: Path) -> Path:
    """Return the models' folder for the kiosk of ``data``: its own, that of all kiosks here, or the release's."""
    places = (data / FOLDER, default_data() / FOLDER, release() / FOLDER)
    return next((place for place in places if not absent(place)), places[0])


def absent(folder: Path) -> str:
    """A sentence that says what is not in ``folder`` and how to get it; empty where all three files lie there."""
    lacking = [name for name in MODELS if not (folder / name).is_file()]
    if not lacking:
        return ""
    what = "the face models are" if len(lacking) == len(MODELS) else f"{', '.join(lacking)} is"
    return f"{what} not in {folder}: run `{command(folder)}` once, with a network (36 MB)"


def command(folder: Path) -> str:
    """Return the command that fetches them into ``folder``."""
    return "kiosk models" if folder == default_data() / FOLDER else f"kiosk models --to {shlex.quote(str(folder))}"


def read_models(folder: Path) -> tuple[Nets | None, str]:
    """The networks of ``folder``; else None and a sentence that says what is missing and how to get it."""
    if lacking := absent(folder):
        return None, lacking
    try:
        return Nets(folder), ""
    except OSError as why:
        return None, f"the face models in {folder} cannot be read ({why}): run `{command(folder)}`"
    except ModelError as why:
        return None, f"{folder}: {why}"
