"""Which three networks see a face, and are these bytes really theirs?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import cv2
import numpy as np

from kiosk.errors import ModelError

DETECTOR = "face_detection_short_range.tflite"
MESH = "face_landmark.tflite"
IRIS = "iris_landmark.tflite"
MODELS = {
    DETECTOR: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    MESH: "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    IRIS: "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
}
"""File name → SHA-256 of the only bytes that are taken."""


class Nets:
    """The three networks, ready to run. Who builds them sets how many threads OpenCV may use."""

    def __init__(self, models: Mapping[str, bytes]) -> None:
        """``models``: file name → content. ``ModelError`` where one is missing, not the pinned one, or unreadable."""
        self.detector, self.mesh, self.iris = (_read(name, models.get(name)) for name in MODELS)


def _read(name: str, content: bytes | None) -> cv2.dnn.Net:
    if content is None:
        raise ModelError(f"{name}: missing; run `kiosk models`")
    found = hashlib.sha256(content).hexdigest()
    if found != MODELS[name]:
        raise ModelError(
            f"{name}: SHA-256 {found[:12]}… is not the pinned {MODELS[name][:12]}…; remove it, run `kiosk models`"
        )
    try:
        return cv2.dnn.readNetFromTFLite(np.frombuffer(content, np.uint8))
    except cv2.error as error:
        raise ModelError(f"{name}: OpenCV {cv2.__version__} cannot read it: {error}") from error
