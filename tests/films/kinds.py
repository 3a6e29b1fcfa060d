"""The table: films as people bring them, each with its right values (see ``FilmKind``)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from fractions import Fraction

import cv2
import numpy as np

from tests.films.made import MILLISECOND, FilmKind, Pixels, even, uneven


def _turned(quarters: int, mirrored: bool = False) -> Callable[[Pixels], Pixels]:
    """Store a picture turned by so many quarters against the clock, and then mirrored along x."""

    def store(picture: Pixels) -> Pixels:
        turned = np.rot90(picture, quarters)
        return turned[:, ::-1] if mirrored else turned

    return store


def _squeezed(width: int, height: int) -> Callable[[Pixels], Pixels]:
    return lambda picture: cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _larger(width: int, height: int) -> Callable[[Pixels], Pixels]:
    return lambda picture: cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def _later(by: Fraction, times: Sequence[Fraction]) -> tuple[Fraction, ...]:
    return tuple(t + by for t in times)


def _begun_at(seconds: Fraction, scale: int = 90000) -> Callable[[bytes], bytes]:
    """Patch the edit list: the film is shown from ``seconds`` of its own on, as after trimming on a phone."""

    def patch(content: bytes) -> bytes:
        at = content.index(b"elst")
        version, entries = content[at + 4], struct.unpack_from(">I", content, at + 8)[0]
        assert (version, entries) == (0, 1)
        media = struct.unpack_from(">i", content, at + 16)[0]
        return content[: at + 16] + struct.pack(">i", media + int(seconds * scale)) + content[at + 20 :]

    return patch


HEVC = {"x265-params": "log-level=none:bframes=3:keyint=15"}
H264 = {"preset": "veryfast", "crf": "18", "g": "15"}
B_FRAMES = H264 | {"bf": "3", "b_strategy": "0"}
VP8 = {"crf": "8", "b": "2M", "deadline": "realtime", "cpu-used": "8", "g": "15"}
FIRST_TIME = Fraction(1, 2)
PROMISED = 1000
"""The rate that browsers write into a WebM: their clock's, not the camera's."""

KINDS = (
    FilmKind(
        name="phone upright",
        by="Android phones held upright",
        suffix=".mp4",
        options=H264,
        sound="aac",
        store=_turned(1),
        turn=(-90, False, False),
    ),
    FilmKind(
        name="phone upside down",
        by="phones held the other way",
        suffix=".mp4",
        options=H264,
        store=_turned(2),
        turn=(180, False, False),
    ),
    FilmKind(
        name="phone quarter left",
        by="phones held upright, other hand",
        suffix=".mov",
        options=H264,
        store=_turned(3),
        turn=(90, False, False),
    ),
    FilmKind(
        name="front camera mirrored",
        by="front cameras that save what they show",
        suffix=".mp4",
        options=H264,
        store=_turned(0, True),
        turn=(0, True, False),
    ),
    FilmKind(
        name="front camera mirrored upright",
        by="front cameras held upright",
        suffix=".mp4",
        options=H264,
        store=_turned(1, True),
        turn=(90, True, False),
    ),
    FilmKind(
        name="iphone hevc 10 bit",
        by="iPhones, HDR",
        suffix=".mov",
        codec="libx265",
        pix="yuv420p10le",
        options=HEVC,
        sound="aac",
        tick=Fraction(1, 600),
    ),
    FilmKind(name="phone uneven", by="phones in poor light", suffix=".mp4", options=H264, times=uneven(), rate=30),
    FilmKind(name="b frames", by="editors, phones of the last years", suffix=".mp4", options=B_FRAMES),
    FilmKind(
        name="trimmed by edit list",
        by="phones, after trimming",
        suffix=".mp4",
        options=H264,
        times=even(15),
        patch=_begun_at(Fraction(6, 15)),
        skipped=6,
    ),
    FilmKind(
        name="sound first",
        by="conference recorders",
        suffix=".mp4",
        options=H264,
        sound="aac",
        times=_later(FIRST_TIME, even(15)),
    ),
    FilmKind(
        name="fragmented",
        by="browsers and recorders that survive a crash",
        suffix=".mp4",
        options=H264,
        container={"movflags": "frag_keyframe+empty_moov+default_base_moof"},
    ),
    FilmKind(
        name="browser vp8",
        by="Chrome and Firefox, MediaRecorder",
        suffix=".webm",
        codec="libvpx",
        times=uneven(),
        rate=PROMISED,
        tick=MILLISECOND,
        piped=True,
        sound="libopus",
        options=VP8,
    ),
    FilmKind(
        name="browser vp9",
        by="Chrome, MediaRecorder",
        suffix=".webm",
        codec="libvpx-vp9",
        rate=PROMISED,
        tick=MILLISECOND,
        piped=True,
        options={"crf": "20", "b": "0", "deadline": "realtime", "cpu-used": "8", "g": "15"},
    ),
    FilmKind(
        name="browser av1",
        by="Chrome of the last years",
        suffix=".webm",
        codec="libsvtav1",
        rate=120,
        tick=MILLISECOND,
        options={"crf": "12", "preset": "10", "svtav1-params": "pred-struct=1"},
    ),
    FilmKind(
        name="browser h264 in mkv",
        by="Chrome, MediaRecorder with H.264",
        suffix=".mkv",
        rate=PROMISED,
        tick=MILLISECOND,
        piped=True,
        options=H264 | {"bf": "0"},
    ),
    FilmKind(
        name="webcam mjpeg",
        by="USB cameras, OpenCV",
        suffix=".avi",
        codec="mjpeg",
        pix="yuvj422p",
        tick=Fraction(1, 15),
        options={"b": "20M"},
    ),
    FilmKind(
        name="webcam raw",
        by="USB cameras, uncompressed",
        suffix=".avi",
        codec="rawvideo",
        pix="yuyv422",
        tick=Fraction(1, 15),
    ),
    FilmKind(
        name="divx b frames",
        by="camcorders and converters of old",
        suffix=".avi",
        codec="mpeg4",
        tick=Fraction(1, 15),
        options={"bf": "2", "b": "4M"},
    ),
    FilmKind(name="screen recorder", by="OBS", suffix=".mkv", options=B_FRAMES, sound="aac", tick=MILLISECOND, rate=60),
    FilmKind(name="flash", by="recorders of old", suffix=".flv", options=H264, tick=MILLISECOND),
    FilmKind(
        name="camcorder ts",
        by="AVCHD camcorders, ten hours after midnight",
        suffix=".ts",
        options=B_FRAMES,
        times=_later(Fraction(36000), even(15)),
    ),
    FilmKind(
        name="camcorder m2ts",
        by="AVCHD camcorders",
        suffix=".m2ts",
        options=B_FRAMES,
        container={"mpegts_m2ts_mode": "1"},
    ),
    FilmKind(
        name="camcorder interlaced",
        by="camcorders, 25 × 2 fields",
        suffix=".ts",
        codec="mpeg2video",
        interlaced=True,
        times=even(25),
        rate=25,
        tick=Fraction(1, 25),
        options={"b": "6M", "bf": "2"},
    ),
    FilmKind(
        name="dvd",
        by="DVD camcorders",
        suffix=".mpg",
        codec="mpeg2video",
        times=even(25),
        rate=25,
        tick=Fraction(1, 25),
        options={"b": "6M"},
    ),
    FilmKind(
        name="windows media", by="Windows of old", suffix=".wmv", codec="wmv2", tick=MILLISECOND, options={"b": "6M"}
    ),
    FilmKind(
        name="anamorphic wide",
        by="HDV and AVCHD: 1440 stored for 1920",
        suffix=".mp4",
        options=H264,
        store=_squeezed(240, 240),
        aspect=Fraction(4, 3),
    ),
    FilmKind(
        name="anamorphic tall",
        by="DV for wide screens, turned",
        suffix=".mkv",
        options=H264,
        tick=MILLISECOND,
        store=_squeezed(320, 160),
        aspect=Fraction(2, 3),
    ),
    FilmKind(
        name="anamorphic turned",
        by="editors, upright from wide pixels",
        suffix=".mp4",
        options=H264,
        store=lambda p: _squeezed(180, 320)(_turned(1)(p)),
        aspect=Fraction(4, 3),
        turn=(-90, False, False),
    ),
    FilmKind(name="gray", by="infrared cameras", suffix=".mkv", codec="ffv1", pix="gray", tick=MILLISECOND),
    FilmKind(
        name="prores",
        by="editors, iPhone Pro",
        suffix=".mov",
        codec="prores_ks",
        pix="yuv422p10le",
        options={"profile": "0"},
        rate=15,
        tick=Fraction(1, 15),
    ),
    FilmKind(
        name="alpha",
        by="editors, with a cut-out background",
        suffix=".mov",
        codec="qtrle",
        pix="argb",
        tick=Fraction(1, 15),
    ),
    FilmKind(
        name="rgb",
        by="lossless screen recorders",
        suffix=".mkv",
        codec="libx264rgb",
        pix="bgr24",
        options={"preset": "ultrafast", "qp": "0"},
        tick=MILLISECOND,
    ),
    FilmKind(name="full range", by="Android phones, full-range colours", suffix=".mp4", pix="yuvj420p", options=H264),
    FilmKind(
        name="odd sides",
        by="windows that were recorded as they were",
        suffix=".webm",
        codec="libvpx",
        pix="yuv420p",
        tick=MILLISECOND,
        store=_larger(321, 241),
        size=(321, 241),
        options=VP8,
    ),
    FilmKind(name="50 a second", by="European cameras", suffix=".mp4", options=H264, times=even(50), rate=50),
    FilmKind(
        name="59.94 a second",
        by="American cameras",
        suffix=".mov",
        options=H264,
        times=even(Fraction(60000, 1001)),
        rate=Fraction(60000, 1001),
        tick=Fraction(1, 60000),
    ),
    FilmKind(name="cover picture", by="shops and converters", suffix=".mp4", options=H264, second="cover"),
    FilmKind(
        name="two tracks", by="Live Photos, stereo cameras", suffix=".mov", options=H264, second="small", tracks=2
    ),
    FilmKind(name="empty track", by="editors", suffix=".mkv", options=H264, tick=MILLISECOND, second="empty"),
    FilmKind(
        name="begins before zero",
        by="editors, after a cut",
        suffix=".mp4",
        options=B_FRAMES,
        times=_later(Fraction(-2, 15), even(15)),
        skipped=2,
        container={"avoid_negative_ts": "disabled"},
    ),
    FilmKind(
        name="animation",
        by="GIF",
        suffix=".gif",
        codec="gif",
        pix="rgb8",
        times=even(10),
        rate=10,
        tick=Fraction(1, 100),
        apart=40,
    ),
)
