"""One network, ready to run: by LiteRT, or where that is not installed by OpenCV, which takes three times as long.

They answer the same within some thousandths of a pixel (``tests/face/test_net.py``).
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

log = logging.getLogger(__name__)

Answer = npt.NDArray[np.float32]
"""(n,): the numbers of one output of a network, in its own order."""


class Net(Protocol):
    """A network that looks at a square of a picture. Not for use from two threads at once."""

    def run(self, crop: npt.NDArray[np.uint8], scale: float, mean: float) -> Sequence[Answer]:
        """Its answers to a B, G, R[, X] ``crop`` (n, n, 3 or 4); it is shown ``scale`` * (value - ``mean``) of it."""


def read_net(path: str, outputs: Sequence[str]) -> Net:
    """The network in the file ``path``, asked for ``outputs``. ValueError or ``cv2.error`` where it cannot be read."""
    try:
        return LiteRtNet(path, outputs)
    except ImportError as why:
        log.info("LiteRT does not load (%s): OpenCV runs the networks, three times as slowly", why)
        return OpenCvNet(path, outputs)


class LiteRtNet:
    """A network that LiteRT runs, on one thread. Its file is mapped, not read: the system may drop what lies idle."""

    def __init__(self, path: str, outputs: Sequence[str]) -> None:
        """ImportError where LiteRT is not installed, ValueError where ``path`` holds no network."""
        from ai_edge_litert.interpreter import Interpreter

        with _silent():
            self._interpreter = Interpreter(model_path=path, num_threads=1)
            self._interpreter.allocate_tensors()
        (put,) = self._interpreter.get_input_details()
        places = {found["name"]: found["index"] for found in self._interpreter.get_output_details()}
        self._put, self._places = put["index"], [places[name] for name in outputs]

    def run(self, crop: npt.NDArray[np.uint8], scale: float, mean: float) -> Sequence[Answer]:
        """See ``Net``."""
        self._show(_red_first(crop), np.float32(scale), np.float32(mean))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(place).reshape(-1) for place in self._places]

    def _show(self, picture: npt.NDArray[np.uint8], scale: np.float32, mean: np.float32) -> None:
        """Write what the network is shown straight into its own memory; while a view of that lives it does not run."""
        (shown,) = self._interpreter.tensor(self._put)()
        if mean:
            np.multiply(np.subtract(picture, mean, out=shown), scale, out=shown)
        else:
            np.multiply(picture, scale, out=shown)


class OpenCvNet:
    """A network that OpenCV runs."""

    def __init__(self, path: str, outputs: Sequence[str]) -> None:
        """``cv2.error`` where ``path`` holds no network."""
        self._net = cv2.dnn.readNetFromTFLite(path)
        self._outputs = list(outputs)

    def run(self, crop: npt.NDArray[np.uint8], scale: float, mean: float) -> Sequence[Answer]:
        """See ``Net``."""
        self._net.setInput(cv2.dnn.blobFromImage(_red_first(crop), scale, mean=(mean, mean, mean)))
        return [np.asarray(found, np.float32).reshape(-1) for found in self._net.forward(self._outputs)]


def _red_first(crop: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2RGB if crop.shape[2] == 3 else cv2.COLOR_BGRA2RGB), np.uint8)


@contextmanager
def _silent() -> Iterator[None]:
    """Without what LiteRT's own code writes on stderr about its delegates: nobody who measures a film asked for it."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
