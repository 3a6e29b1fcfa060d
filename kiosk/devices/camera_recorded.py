"""A film as a camera: it plays at the times of its pictures, and begins again at its end."""

from __future__ import annotations

from pathlib import Path

from kiosk.clock import SystemClock
from kiosk.devices.camera_frame import FrameShot, Letterbox, Pause, Pixels
from kiosk.errors import CameraError, FilmError
from kiosk.films.film import FilmFile, FilmPicture

_STALL_MS = 500


class Video:
    """A looping film, picture by picture."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        """Raises CameraError when ``path`` is no film. Pictures are fitted into ``size`` (width, height)."""
        self._size = size
        self._fit: Letterbox | None = None
        try:
            self._film = FilmFile(path)
            if len(self._film.times_s) == 1:
                raise FilmError(f"{path}: it has only 1 picture")
            self._pictures = self._film.pictures()
            self._ahead: FilmPicture | None = next(self._pictures)
        except FilmError as why:
            raise CameraError(f"{why}; choose another film (camera.video)") from why
        self.times_s = self._film.times_s
        """The time at which each picture is due, from the beginning of a round."""
        self.round_s = self.times_s[-1] + self._film.interval_s
        """The length of the film, its last picture included."""

    def rewind(self) -> None:
        """Back to the first picture."""
        self._pictures.close()
        self._pictures, self._ahead = self._film.pictures(), None

    def take(self) -> FilmPicture:
        """The next picture, or the first one again after the last. Raises CameraError when there is none any more."""
        try:
            picture = self._ahead or next(self._pictures, None)
            if picture is None:
                self.rewind()
                picture = next(self._pictures)
        except (FilmError, OSError) as why:
            raise CameraError(f"{why}; has the film been moved? (camera.video)") from why
        self._ahead = None
        return picture

    def put(self, picture: FilmPicture, into: Pixels) -> None:
        """Fill all of ``into`` with a picture."""
        bgr = picture.pixels()
        if self._fit is None:
            self._fit = Letterbox((bgr.shape[1], bgr.shape[0]), self._size)
        self._fit.put(bgr, into)

    def read(self, into: Pixels) -> None:
        """Fill all of ``into`` with the next picture."""
        self.put(self.take(), into)

    def close(self) -> None:
        """Give the file back."""
        self._pictures.close()


class RecordedBackend:
    """A film at its own times. A picture that repeats is no fault here: a recorded scene may be still."""

    is_sensor = False

    def __init__(self, size: tuple[int, int], path: Path, pause: Pause) -> None:
        self._size, self._path, self._pause = size, path, pause
        self._clock = SystemClock()
        self._video: Video | None = None
        self._picture: FilmPicture | None = None
        self._start_ms, self._last_s = 0, 0.0

    def open(self) -> None:
        self._video = Video(self._path, self._size)
        self._start_ms, self._last_s = self._clock.now_ms(), 0.0

    def wait(self) -> FrameShot:
        if self._video is None:
            raise CameraError(f"{self._path} is not open")
        picture = self._video.take()
        if picture.t_s < self._last_s:
            self._start_ms += round(1000 * self._video.round_s)
        self._last_s = picture.t_s
        due = self._start_ms + round(1000 * picture.t_s)
        now = self._clock.now_ms()
        if due > now:
            self._pause(due - now)
        elif now - due > _STALL_MS:
            # After a stall, go on from here instead of rushing through what was missed.
            self._start_ms += now - due
        self._picture = picture
        return FrameShot(self._clock.now_ms())

    def fill(self, into: Pixels) -> None:
        picture, self._picture = self._picture, None
        if self._video is not None and picture is not None:
            self._video.put(picture, into)

    def close(self) -> None:
        video, self._video = self._video, None
        if video is not None:
            video.close()
