"""Keeps one movement as a small film, beside whoever looks at the pictures; nothing here ever waits for a disk.

The film is made in memory, which its size limit bounds, and written only once it is whole: first under a name that ends
in ``.part``, synced, then renamed. With recipients it is encrypted on the way out, so no plain byte of it ever
reaches the disk. A fault costs the film and nothing else: ``Recorder`` never raises.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import threading
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from kiosk.safefiles import sync_folder

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

log = logging.getLogger(__name__)

SIZE = (640, 360)
PART = ".part"
MIN_GAP_MS = 60
"""Pictures that come sooner after the last one are left out: a film has at most some 15 a second."""
HEADROOM = 256 << 10
"""Room kept below the limit for one more whole picture and the film's table of contents."""
LOST = ("disk", "encoder", "keys", "empty", "stopped")
_TICK = Fraction(1, 1000)
_FASTEST = 16
_ENCODER = {"preset": "ultrafast", "tune": "zerolatency", "crf": "23", "maxrate": "2500k", "bufsize": "2500k"}


class FilmOrder(msgspec.Struct, frozen=True, tag="film-order"):
    """Begin a film that will lie at ``path``, of at most ``max_bytes``.

    ``recipients``: age public keys it is encrypted for; none: it is not encrypted.
    """

    path: str
    max_bytes: int
    recipients: tuple[str, ...] = ()


class ClipKept(msgspec.Struct, frozen=True, tag="clip-kept"):
    """The film lies whole at ``path``: ``size`` bytes with this ``sha256``, of so many ``frames``.

    ``encrypted``: to the keys of the clinic. ``cut``: it was at its limit before the movement was over.
    """

    path: str
    size: int
    sha256: str
    encrypted: bool
    frames: int
    cut: bool = False


class ClipLost(msgspec.Struct, frozen=True, tag="clip-lost"):
    """There is no film at ``path``, and ``why``, in a word of ``LOST``."""

    path: str
    why: str


class Recorder:
    """One film from its first picture to its file. All methods belong to one thread and return at once."""

    def __init__(self, wanted: FilmOrder) -> None:
        self._wanted = wanted
        self._memory = io.BytesIO()
        self._film: tuple[OutputContainer, VideoStream] | None = None
        self._why = ""
        self._cut = False
        self._frames = 0
        self._first_ms = self._last_ms = 0
        self._result: ClipKept | ClipLost | None = None
        self._writing: threading.Thread | None = None
        try:
            self._film = _begin(self._memory)
        except Exception as fault:
            self._give_up(fault)

    def write(self, picture: npt.NDArray[np.uint8], t_ms: int) -> None:
        """One more picture, (height, width, 3) B,G,R, not mirrored, as the camera took it at ``t_ms``."""
        if self._film is None or self._cut or (self._frames and t_ms - self._last_ms < MIN_GAP_MS):
            return
        if self._memory.tell() > self._wanted.max_bytes - HEADROOM:
            self._cut = True
            return
        if not self._frames:
            self._first_ms = t_ms
        try:
            self._encode(picture, t_ms - self._first_ms)
        except Exception as fault:
            self._give_up(fault)
            return
        self._last_ms = t_ms
        self._frames += 1

    def close(self) -> None:
        """The movement is over: finish the film, and have it written aside. ``result`` says how that went."""
        if self._writing is not None or self._result is not None:
            return
        if self._film is not None:
            container, stream = self._film
            self._film = None
            try:
                container.mux(stream.encode(None))
                container.close()
            except Exception as fault:
                self._give_up(fault)
        if self._why or not self._frames:
            self._memory.close()
            self._result = ClipLost(self._wanted.path, self._why or "empty")
            return
        # A sync may take seconds on a tired card, and whoever looks at the pictures must not stand still for it.
        self._writing = threading.Thread(target=self._write, name="clip", daemon=True)
        self._writing.start()

    def result(self, timeout_s: float = 0.0) -> ClipKept | ClipLost | None:
        """Return what became of the film; None while that is not known."""
        if self._writing is not None and timeout_s:
            self._writing.join(timeout_s)
        return self._result

    def _encode(self, picture: npt.NDArray[np.uint8], at_ms: int) -> None:
        from av import VideoFrame

        assert self._film is not None  # noqa: S101 write looks
        if (picture.shape[1], picture.shape[0]) != SIZE:
            picture = cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture[:, :, :3]), format="bgr24")
        frame.pts, frame.time_base = at_ms, _TICK
        container, stream = self._film
        container.mux(stream.encode(frame))

    def _give_up(self, fault: Exception) -> None:
        log.warning("%s: no film: %s", self._wanted.path, fault)
        self._film, self._why = None, "encoder"

    def _write(self) -> None:
        try:
            self._result = self._stored()
        except Exception as fault:
            log.warning("%s: no film: %s", self._wanted.path, fault)
            why = "disk" if isinstance(fault, OSError) else "keys" if self._wanted.recipients else "disk"
            self._result = ClipLost(self._wanted.path, why)
        finally:
            self._memory.close()

    def _stored(self) -> ClipKept:
        path = Path(self._wanted.path)
        part = path.with_name(path.name + PART)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fd = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(fd, "w+b") as file:
                self._pour(file)
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
            part.rename(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
        return ClipKept(str(path), size, sha256, bool(self._wanted.recipients), self._frames, self._cut)

    def _pour(self, file: io.BufferedRandom) -> None:
        if not self._wanted.recipients:
            file.write(self._memory.getbuffer())
            return
        import pyrage

        self._memory.seek(0)
        pyrage.encrypt_io(
            self._memory, file, [pyrage.x25519.Recipient.from_str(key) for key in self._wanted.recipients]
        )


def _begin(memory: io.BytesIO) -> tuple[OutputContainer, VideoStream]:
    import av

    container = av.open(memory, "w", format="mp4")
    stream = container.add_stream("libx264", rate=_FASTEST, options=_ENCODER)
    stream.width, stream.height = SIZE
    stream.pix_fmt = "yuv420p"
    # Pictures come when there is one: each carries its own moment, in milliseconds.
    stream.codec_context.time_base = _TICK
    stream.codec_context.thread_count = 1
    return container, stream
