"""Read a film file from its beginning to its end: each picture with the time that its own stamp gives.

FFmpeg by PyAV (docs/decisions/films-one-reader.md says why not OpenCV's reader). Nothing is sought by time, no rate
that a container promises is believed, and no name is taken for an address.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from kiosk.errors import FilmError
from kiosk.films.containers import FileChain, walk
from kiosk.films.upright import Pixels, UprightView

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

_FORMATS = ",".join(
    (
        "mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,gif,apng,webp,mxf,nut,dv,ivf",
        # Told what they are: sound, pictures without times, single pictures.
        "wav,mp3,flac,aac,amr,aiff,caf",
        "h264,hevc,m4v,mjpeg,mpegvideo,av1,obu",
        "png_pipe,jpeg_pipe,bmp_pipe,tiff_pipe,webp_pipe,gif_pipe,jpegxl_pipe,ppm_pipe",
    )
)
"""Formats that may be opened: no playlist and no script, for those name other files and addresses."""
_NO_TIMES = 0x0080
"""AVFMT_NOTIMESTAMPS: the times of such a format are made up by its reader."""
_MOST_PIXELS = 8192 * 4320
_HOLE = 1.5
"""In a file whose parts do not join, a pause of so many usual ones is a hole."""
_HIDDEN = ("vp8", "mpeg4")
"""Codecs of which a packet may, rightly, hold no picture to be shown."""
_CODED = ("h264", "hevc", "vp8", "vp9", "av1")
_LOST = bytes(512)
"""A sector that a card or a copy lost; none of the codecs above writes so many zeros."""
_BORDERED = ("h264", "hevc")
_BEGINS, _ENDS = bytes(8), bytes(16)
"""A packet of these codecs begins with a length or a mark and ends with a bit that is set: not so, it is damaged."""
_TABLE_BROKEN = "the place where it says what is in it is damaged; copy it again"
_EVEN = 0.9
"""Share of usual pauses in a film whose holes can be counted."""
_MOST_FAULTS = 1000
"""Faults of a file after which nothing more is expected of it."""


class FilmPicture:
    """One picture, ``t_s`` seconds after the first; it is converted only when ``pixels`` are asked for."""

    __slots__ = ("_frame", "_view", "t_s")

    def __init__(self, t_s: float, frame: VideoFrame, view: UprightView) -> None:
        self.t_s, self._frame, self._view = t_s, frame, view

    def pixels(self) -> Pixels:
        """(height, width, 3) B, G, R: upright, turned and mirrored as the container asks, with square pixels."""
        return self._view.pixels(self._frame)


class FilmFile:
    """A film. ``pictures`` may be read again and again, each time from the beginning."""

    def __init__(self, path: Path, longest_px: int = 0) -> None:
        """Read all stamps, and decode nothing yet. Raises FilmError, with a sentence, where ``path`` holds no film.

        Pictures are at most ``longest_px`` wide and high, 0: as they are.
        """
        self._path, self._longest_px = path, longest_px
        if not path.is_file():
            raise FilmError(f"{path}: {'this is no file' if path.exists() else 'there is no such file'}")
        size = path.stat().st_size
        if size == 0:
            raise FilmError(f"{path}: the file is empty")
        try:
            with path.open("rb") as file:
                self._chain = walk(file, size)
        except OSError as why:
            raise FilmError(f"{path}: it cannot be read: {why.strerror}") from why
        if self._chain.refusal:
            raise FilmError(f"{path}: {self._chain.refusal}")
        self.codec, self.size = "", (0, 0)
        """FFmpeg's name of the codec; width and height of a picture as it is stored, px."""
        self._index, self._tracks, self._promised, self._promised_s, self._numbered = 0, 1, 0, 0.0, False
        self._stamps: list[Fraction] = []
        self._scan()
        self.times_s = [float(stamp - self._stamps[0]) for stamp in self._stamps]
        """The time of each picture that is in the file, rising, from 0 on."""
        self.interval_s = median(np.diff(self.times_s)) if len(self.times_s) > 1 else 0.0
        """The usual time from one picture to the next; 0 where there is only one."""
        usual = sum(abs(gap / self.interval_s - 1) < _HOLE - 1 for gap in np.diff(self.times_s))
        self._even = usual >= _EVEN * (len(self.times_s) - 1) > 0
        self.missing = 0
        """Pictures that could not be read or trusted, known when ``pictures`` is at its end."""
        self._first_missing_s = 0.0
        self._stale = self._misshapen = 0
        self._strictly = True

    @property
    def rate(self) -> float:
        """Pictures a second over the whole film, by their stamps; 0 where there is only one."""
        return float((len(self._stamps) - 1) / (self._stamps[-1] - self._stamps[0])) if len(self._stamps) > 1 else 0.0

    @property
    def cut(self) -> str:
        """The way in which the film ends too early, in words; empty where its end is there."""
        if not self._chain.cut:
            return ""
        if self._promised > len(self._stamps):
            return f"the file ends early: {len(self._stamps)} of {self._promised} pictures are in it"
        return f"the file ends early, {self.times_s[-1]:.1f} s after its first picture"

    def notes(self) -> list[str]:
        """Sentences about what could not be shown, complete when ``pictures`` is at its end."""
        found = []
        if self._tracks > 1:
            found.append(f"the film has {self._tracks} tracks of pictures; one of them was read")
        if not self._strictly:
            found.append("every picture has a fault in the file; they were read all the same, and may be wrong")
        if self.missing:
            found.append(
                f"{_counted(self.missing)} missing: what cannot be decoded, and what builds on it "
                f"(first at {self._first_missing_s:.1f} s)"
            )
        if self._chain.end_lost or (self._chain.broken and not self._even):
            where = "at its end" if self._chain.end_lost else "inside"
            found.append(f"the file is damaged {where}; more pictures may be missing than can be counted")
        if self._misshapen:
            found.append(f"{_counted(self._misshapen)} left out: their shape is not that of the first")
        if self._stale:
            found.append(f"{_counted(self._stale)} left out: no later time stands on them than on the one before")
        return found

    def pictures(self) -> Generator[FilmPicture, None, None]:
        """Every picture that can be trusted, each later than the one before. Raises FilmError where there is none."""
        # A codec that patches a damaged picture up would show movements that nobody made. But where each picture has a
        # fault that says nothing about it, as some writers leave in their own remarks, that would be all of them.
        for self._strictly in (True, False):
            seen = False
            for picture in self._read({"err_detect": "explode"} if self._strictly else {}):
                seen = True
                yield picture
            if seen:
                return
        raise FilmError(f"{self._path}: no picture in it can be read; is it a video that is whole?")

    def _read(self, options: dict[str, str]) -> Iterator[FilmPicture]:
        used: set[Fraction] = set()
        known = set(self._stamps) - self._doubtful()
        self.missing = self._stale = self._misshapen = 0
        view, last = None, Fraction(-1)
        with _opened(self._path, self._chain) as film:
            stream = cast("VideoStream", film.streams[self._index])
            # More threads tell of a damaged picture late, and may give no other after it.
            stream.thread_type, stream.thread_count = "NONE", 1
            stream.codec_context.options = {"max_pixels": str(_MOST_PIXELS), **options}
            decoder = _TrustedDecoder(
                hole_s=_HOLE * self.interval_s if self._chain.broken and self._even else 0.0,
                lost=partial(_lost, self.codec) if film.format.name != "mpegts" else None,
            )
            for packet in _packets(film, [stream], self._path):
                for stamp, frame in decoder.frames(packet):
                    if view is None:
                        view = UprightView(frame, stream.sample_aspect_ratio, self._longest_px, str(self._path))
                    if stamp not in known:
                        continue
                    used.add(stamp)
                    if not view.fits(frame):
                        self._misshapen += 1
                        continue
                    if stamp - self._stamps[0] <= last:
                        self._stale += 1
                        continue
                    last = stamp - self._stamps[0]
                    yield FilmPicture(float(last), frame, view)
            damaged = decoder.faults > 0 or self._chain.broken
            if damaged or self.codec not in _HIDDEN:
                self._count(used, damaged)

    def _scan(self) -> None:
        with _opened(self._path, self._chain) as film:
            tracks = _tracks(film, self._chain, self._path)
            stamps: dict[int, set[Fraction]] = {track.index: set() for track in tracks}
            first_key: dict[int, Fraction] = {}
            for packet in _packets(film, tracks, self._path):
                stamp = _stamp(packet)
                if stamp is None or not packet.size:
                    continue
                if packet.is_keyframe:
                    first_key.setdefault(packet.stream_index, stamp)
                if not packet.is_discard:
                    stamps[packet.stream_index].add(stamp)
            best = max(tracks, key=lambda track: (len(stamps[track.index]), track.width * track.height))
            self._index, self._promised = best.index, best.frames
            self.codec, self.size = best.codec_context.codec.canonical_name, (best.width, best.height)
            self._promised_s = (film.duration or 0) / 1e6
            self._numbered = film.format.name == "avi"
            self._tracks = sum(map(bool, stamps.values()))
        if self._chain.broken and self._promised_s:
            # A place that was damaged may be read as any time.
            end = min(stamps[self._index], default=Fraction(0)) + Fraction(self._promised_s) + 1
            stamps[self._index] = {stamp for stamp in stamps[self._index] if stamp <= end}
        # What comes before the first key picture needs pictures from before the film began.
        first = first_key.get(self._index, min(stamps[self._index], default=Fraction(0)))
        self._stamps = sorted(stamp for stamp in stamps[self._index] if stamp >= first)
        if not self._stamps:
            early = "the file ends before its first picture does" if self._chain.cut else "there is no picture in it"
            raise FilmError(f"{self._path}: {early}; copy it again")

    def _doubtful(self) -> set[Fraction]:
        """Stamps of the pictures in front of a hole: the damage may begin in them."""
        if not (self._chain.broken and self._even):
            return set()
        return {one for one, after in pairwise(self._stamps) if after - one > _HOLE * self.interval_s}

    def _count(self, used: set[Fraction], damaged: bool) -> None:
        """Reckon what is missing: what is in the file and was not ``used``, and what a hole in it has swallowed."""
        lost = [stamp for stamp in self._stamps if stamp not in used]
        self.missing = len(lost)
        if damaged and self._numbered and not self._chain.cut:
            # Such a file has no stamps of its own, only a rate and an order: a lost picture leaves no hole.
            self.missing += max(0, self._promised - len(self._stamps))
        elif damaged and self._even:
            ends = [*self._stamps, self._stamps[0] + Fraction(self._promised_s if self._chain.broken else 0)]
            for before, after in pairwise(ends):
                if after - before > _HOLE * self.interval_s:
                    self.missing += round(float(after - before) / self.interval_s) - 1
                    lost.append(before)
        if lost:
            self._first_missing_s = float(min(lost) - self._stamps[0])


def _lost(codec: str, content: bytes) -> bool:
    """Whether a lost sector lies in a packet of ``codec``, or reaches into it."""
    if codec in _BORDERED and (content.startswith(_BEGINS) or content.endswith(_ENDS)):
        return True
    return codec in _CODED and _LOST in content


class _TrustedDecoder:
    """Decodes; from a damaged place up to the next key picture nothing is given out, for it builds on the damage."""

    def __init__(self, hole_s: float, lost: Callable[[bytes], bool] | None) -> None:
        """A pause of more than ``hole_s`` between pictures is damage; 0: none is. So is a packet that is ``lost``."""
        self._hole_s, self._lost = hole_s, lost
        self._trusted = True
        self._last: Fraction | None = None
        self.faults = 0

    def frames(self, packet: Packet[VideoStream]) -> Iterator[tuple[Fraction, VideoFrame]]:
        """The pictures that come out when ``packet`` goes in, each with its stamp in seconds."""
        from av.error import FFmpegError

        if packet.is_corrupt or (self._lost and self._lost(bytes(packet))):
            self._fault()
            return
        try:
            found = packet.decode()
        except FFmpegError:
            self._fault()
            return
        for frame in found:
            stamp = _stamp(frame)
            if stamp is None:
                continue
            if frame.is_corrupt or (self._hole_s and self._last is not None and stamp - self._last > self._hole_s):
                self._fault()
            self._last = stamp
            if frame.key_frame and not frame.is_corrupt:
                self._trusted = True
            if self._trusted:
                yield stamp, frame

    def _fault(self) -> None:
        self._trusted = False
        self.faults += 1


class _BridgedFile:
    """An open file in which other bytes stand in some places."""

    def __init__(self, file: BinaryIO, bridges: Sequence[tuple[int, bytes]]) -> None:
        self._file, self._bridges = file, bridges
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes."""
        at = self._file.tell()
        found = self._file.read(size)
        for place, content in self._bridges:
            if place < at + len(found) and at < place + len(content):
                whole = bytearray(found)
                first, last = max(place, at), min(place + len(content), at + len(found))
                whole[first - at : last - at] = content[first - place : last - place]
                found = bytes(whole)
        return found


@contextmanager
def _opened(path: Path, chain: FileChain) -> Iterator[InputContainer]:
    """The film at ``path``. FFmpeg gets a file without a name: it would read a name as an address or a pattern."""
    import av
    from av.error import EOFError as NothingThere
    from av.error import FFmpegError

    with path.open("rb") as file:
        try:
            film = av.open(
                _BridgedFile(file, chain.bridges),
                "r",
                options={"format_whitelist": _FORMATS, "protocol_whitelist": "none"},
            )
        except NothingThere as why:
            raise FilmError(f"{path}: there is no picture in it; copy it again") from why
        except (FFmpegError, UnicodeError) as why:
            if chain.known:
                raise FilmError(f"{path}: {_TABLE_BROKEN}") from why
            raise FilmError(
                f"{path}: this is not a video that can be read (mp4, mov, mkv, webm or avi with a usual codec)"
            ) from why
        with film:
            yield film


def _tracks(film: InputContainer, chain: FileChain, path: Path) -> list[VideoStream]:
    """The tracks of moving pictures. Raises FilmError where there is none that can be read."""
    from av.stream import Disposition

    if film.format.name.endswith("_pipe"):
        raise FilmError(f"{path}: this is a picture, not a video: no movement can be seen in it")
    tracks = [stream for stream in film.streams.video if not stream.disposition & Disposition.attached_pic]
    if not tracks and chain.table_broken:
        raise FilmError(f"{path}: {_TABLE_BROKEN}")
    if not tracks:
        raise FilmError(f"{path}: there is {'only sound' if film.streams.audio else 'no video'} in it")
    if film.format.flags & _NO_TIMES:
        raise FilmError(
            f"{path}: its pictures carry no times (a bare {film.format.name} stream); put it into a container that "
            "does: ffmpeg -framerate RATE -i FILE -c copy FILE.mp4"
        )
    known = [track for track in tracks if track.codec_context is not None]
    if not known:
        # FFmpeg's name of it would be asked of a codec that is not there.
        raise FilmError(
            f"{path}: its codec cannot be read, or the place that names it is damaged; "
            "copy it again, or convert it to H.264"
        )
    for track in known:
        if track.width * track.height > _MOST_PIXELS:
            raise FilmError(
                f"{path}: its pictures are {track.width} × {track.height}, larger than can be read; make it smaller"
            )
    return known


def _packets(film: InputContainer, tracks: Sequence[VideoStream], path: Path) -> Iterator[Packet[VideoStream]]:
    """Every packet of ``tracks``, behind damaged places too, and an empty one of each at the end."""
    from av.error import FFmpegError

    for _ in range(_MOST_FAULTS):
        try:
            yield from cast("Iterator[Packet[VideoStream]]", film.demux(tracks))
        except FFmpegError:
            continue
        except OSError as why:
            raise FilmError(f"{path}: it cannot be read any further: {why.strerror}") from why
        return


def _stamp(part: Packet[VideoStream] | VideoFrame) -> Fraction | None:
    """The time at which it is to be shown, s; None where nothing says."""
    ticks = part.pts if part.pts is not None else part.dts
    return None if ticks is None or part.time_base is None else ticks * part.time_base


def _counted(count: int) -> str:
    return "1 picture is" if count == 1 else f"{count} pictures are"
