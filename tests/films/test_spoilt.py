"""What is no whole film: a sentence with the file and the reason, or what can be trusted and how much is missing."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.stream import Disposition

from kiosk.errors import FilmError
from kiosk.films.film import FilmFile, FilmPicture
from tests.films.kinds import H264, KINDS
from tests.films.made import FilmKind, even, face_at, written

Patch = Callable[[bytes], bytes]
BY_NAME = {kind.name: kind for kind in KINDS}
_SECTOR = 4096
KEY_EVERY = 15
KEY = "00112233445566778899aabbccddeeff"


def _bytes(suffix: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / f"film{suffix}"
        path.write_bytes(content)
        return path

    return make


def _film(
    name: str, patch: Callable[[bytes], bytes] = lambda content: content, **changed: object
) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = written(replace(BY_NAME[name], times=even(15, 0.4), **changed), folder)  # type: ignore[arg-type]
        path.write_bytes(patch(path.read_bytes()))
        return path

    return make


def _only_sound(cover: bool) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / "voice.mp4"
        with av.open(str(path), "w") as film:
            stream = film.add_stream("aac", rate=48000)
            picture = film.add_stream("mjpeg", rate=1) if cover else None
            frame = av.AudioFrame("fltp", "mono", 1024)
            frame.sample_rate = 48000
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            if picture is not None:
                picture.width, picture.height, picture.pix_fmt = 64, 48, "yuvj420p"
                picture.disposition = Disposition.attached_pic
                film.mux(picture.encode(av.VideoFrame(64, 48, "yuvj420p")))
                film.mux(picture.encode(None))
            film.mux(stream.encode(frame))
            film.mux(stream.encode(None))
        return path

    return make


def _no_picture(folder: Path) -> Path:
    path = folder / "nothing.mkv"
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        film.start_encoding()
    return path


def _photograph(folder: Path) -> Path:
    path = folder / "face.mp4"
    path.write_bytes(cv2.imencode(".jpg", face_at(0))[1].tobytes())
    return path


def _wide_as(width: int, height: int) -> Patch:
    def patch(content: bytes) -> bytes:
        at = content.index(b"strf") + 12
        return content[:at] + struct.pack("<ii", width, height) + content[at + 8 :]

    return patch


def _slanted(content: bytes) -> bytes:
    at = content.index(struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30), content.index(b"tkhd"))
    return content[:at] + struct.pack(">5i", 46341, 46341, 0, -46341, 46341) + content[at + 20 :]


def _unended(content: bytes) -> bytes:
    return content[: content.index(b"moov") - 4]


def _zeroed(content: bytes) -> bytes:
    at = content.index(b"movi")
    return content[:at] + content[at:].replace(b"\xff", b"\0")


PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttp://[::1]/a.ts\n"
SHOP = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": KEY, "encryption_kid": KEY}
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)
AGE = b"age-encryption.org/v1\n-> X25519 x\n"
BAD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "nothing there": (lambda folder: folder / "none.mp4", "there is no such file"),
    "a folder": (lambda folder: folder, "this is no file"),
    "empty": (_bytes(".mp4", b""), "the file is empty"),
    "a letter": (_bytes(".mp4", b"this is no film, but a letter about one\n" * 50), "not a video that can be read"),
    "a playlist": (_bytes(".mp4", PLAYLIST.encode()), "not a video that can be read"),
    "a list of films": (_bytes(".mp4", b"ffconcat version 1.0\nfile film.mp4\n"), "not a video that can be read"),
    "a photograph": (_photograph, "this is a picture, not a video"),
    "a phone's photograph": (_bytes(".heic", HEIC), "it is a photograph, not a video"),
    "sound alone": (_only_sound(cover=False), "there is only sound in it"),
    "sound with a cover": (_only_sound(cover=True), "there is only sound in it"),
    "no picture": (_no_picture, "there is no picture in it"),
    "encrypted by a shop": (_film("fragmented", container=SHOP), "it is encrypted: export it without copy protection"),
    "encrypted by age": (_bytes(".mp4.age", AGE), "it is encrypted with age: decrypt it first"),
    "without times": (_film("b frames", format="h264"), "its pictures carry no times (a bare h264 stream)"),
    "too large": (_film("webcam raw", _wide_as(10000, 10000)), "10000 × 10000, larger than can be read"),
    "aslant": (_film("b frames", _slanted), "it is turned by an angle that is no right one"),
    "pixels like planks": (_film("b frames", aspect=Fraction(9)), "its pixels are said to be 9 times as wide as high"),
    "never ended": (_film("b frames", _unended), "its table of contents is missing"),
    "all damaged": (_film("webcam mjpeg", _zeroed), "no picture in it can be read"),
    "cut very early": (_film("browser vp9", lambda content: content[:900]), "the file ends before its first picture"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_film_says_why(name: str, tmp_path: Path) -> None:
    """One sentence, the file in it, and the true reason."""
    make, words = BAD[name]
    path = make(tmp_path)
    with pytest.raises(FilmError) as told:
        list(FilmFile(path).pictures())
    assert str(told.value).startswith(f"{path}: ")
    assert words in str(told.value)
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize(
    "name", ["a:b.mp4", "http:face.mp4", "concat:a|b.mp4", "pipe:0", "face%03d.mp4", "-i.mp4", "?.mp4"]
)
def test_a_name_is_a_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No protocol, no pattern, no option: beside the kiosk a film may be called as its owner likes."""
    kind = replace(BY_NAME["b frames"], times=even(15, 0.4))
    written(kind, tmp_path).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert len(list(FilmFile(Path(name)).pictures())) == len(kind.times)


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stick that was pulled, a file of somebody else's: the system's own reason."""
    path = written(replace(BY_NAME["b frames"], times=even(15, 0.4)), tmp_path)

    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(FilmError, match=r"b-frames\.mp4: it cannot be read: Permission denied"):
        FilmFile(path)


def test_where_every_picture_has_a_fault_they_are_read_and_doubted(tmp_path: Path) -> None:
    """A sloppy writer is no damage: all or nothing would be nothing. Whoever reads on is told."""
    kind = replace(BY_NAME["webcam mjpeg"], times=even(15, 0.4))
    path = written(kind, tmp_path)
    with av.open(str(path)) as film:
        packets = [p for p in film.demux(film.streams.video[0]) if p.size]
    content = bytearray(path.read_bytes())
    for packet in packets:
        assert packet.pos
        begin, end = packet.pos + packet.size // 2, packet.pos + packet.size - 8
        content[begin:end] = bytes(end - begin)
    path.write_bytes(content)
    faulty = FilmFile(path)
    assert len(list(faulty.pictures())) == len(kind.times)
    assert faulty.notes()[0].startswith("every picture has a fault in the file")


CUT = ("b frames", "fragmented", "browser vp8", "screen recorder", "webcam mjpeg", "camcorder ts", "camcorder m2ts",
       "flash", "animation", "prores", "iphone hevc 10 bit")  # fmt: skip


@pytest.mark.parametrize("name", CUT)
def test_a_cut_film_says_so_and_shows_what_is_there(name: str, tmp_path: Path) -> None:
    """The end is missing: that is known before a picture is decoded, and what is shown lies where it lay."""
    kind = BY_NAME[name]
    if kind.suffix in (".mp4", ".mov") and not kind.container:
        kind = replace(kind, container={"movflags": "faststart"})
    path = written(kind, tmp_path)
    assert not FilmFile(path).cut
    content = path.read_bytes()
    path.write_bytes(content[: round(0.7 * len(content)) | 1])
    film = FilmFile(path)
    assert film.cut.startswith("the file ends early")
    shown = list(film.pictures())
    assert 0.4 * len(kind.times) < len(shown) < len(kind.times)
    the_rest_is_right(kind, shown)


def the_rest_is_right(kind: FilmKind, shown: list[FilmPicture]) -> None:
    """Each picture is the one that was drawn for its time."""
    right = np.array(kind.right_times)
    for picture in shown:
        nearest = int(np.abs(right - picture.t_s).argmin())
        assert right[nearest] == pytest.approx(picture.t_s, abs=0.002)
        assert float(np.abs(picture.pixels().astype(np.int16) - kind.right_pictures([nearest])[0]).mean()) < kind.apart


DAMAGED = ("b frames", "fragmented", "iphone hevc 10 bit", "browser vp8", "browser vp9", "screen recorder",
           "webcam mjpeg", "camcorder ts", "prores")  # fmt: skip


def _damaged(kind: FilmKind, folder: Path, *places: Callable[[bytes], int]) -> Iterator[tuple[int, Path]]:
    """A film of ``kind`` with a lost sector at one of ``places`` after the other."""
    path = written(kind, folder)
    content = path.read_bytes()
    for place in places:
        at = place(content)
        path.write_bytes(content[:at] + bytes(_SECTOR) + content[at + _SECTOR :])
        yield at, path


def _lasting(name: str) -> FilmKind:
    """The kind, long enough for a damage to lie within."""
    return replace(BY_NAME[name], times=even(15, 6), container=BY_NAME[name].container | {"cluster_time_limit": "700"})


@pytest.mark.parametrize("name", DAMAGED)
def test_reading_goes_on_behind_a_damaged_place(name: str, tmp_path: Path) -> None:
    """A lost sector: what builds on it, up to the next key picture, is not shown but counted. The rest is right."""
    kind = _lasting(name)
    for _, path in _damaged(kind, tmp_path, *(partial(_share, share) for share in (0.3, 0.4, 0.5))):
        film = FilmFile(path)
        shown = list(film.pictures())
        assert film.missing == len(kind.times) - len(shown) > 0
        assert f"{film.missing} picture" in film.notes()[0]
        assert not film.cut
        if kind.suffix == ".avi":
            continue  # It has an order and a rate instead of times: behind a lost picture all are early by one.
        assert shown[-1].t_s == pytest.approx(kind.right_times[-1], abs=0.002)
        the_rest_is_right(kind, shown)


def _share(share: float, content: bytes) -> int:
    return round(share * len(content))


def _at_fragment(number: int, offset: int, content: bytes) -> int:
    """``offset`` bytes from the beginning of a fragment, the first being 0."""
    at = -1
    for _ in range(number + 1):
        at = content.index(b"moof", at + 1)
    return at - 4 + offset


@pytest.mark.parametrize("offset", [-100, 0, 8, 20, 30, 60, 90, 150, 222])
def test_a_damage_within_a_fragments_table_costs_that_fragment(offset: int, tmp_path: Path) -> None:
    """FFmpeg takes nothing of a film one fragment of which does not hold together: that one is stepped over."""
    kind = _lasting("fragmented")
    for _, path in _damaged(kind, tmp_path, partial(_at_fragment, 3, offset)):
        film = FilmFile(path)
        shown = list(film.pictures())
        assert 0 < film.missing == len(kind.times) - len(shown) <= 2 * KEY_EVERY
        assert shown[-1].t_s == pytest.approx(kind.right_times[-1], abs=0.002)
        the_rest_is_right(kind, shown)


@pytest.mark.parametrize("offset", [-100, 8, 60, 150])
def test_a_lost_end_that_nothing_counts_is_said(offset: int, tmp_path: Path) -> None:
    """Where the last fragment is hit nobody knows how many pictures it had: never silence."""
    kind = _lasting("fragmented")
    for _, path in _damaged(kind, tmp_path, lambda content: content.rindex(b"moof") - 4 + offset):
        film = FilmFile(path)
        shown = list(film.pictures())
        assert len(kind.times) - 2 * KEY_EVERY <= len(shown) < len(kind.times)
        assert film.notes()[-1] == "the file is damaged at its end; more pictures may be missing than can be counted"
        the_rest_is_right(kind, shown)


@pytest.mark.parametrize("name", ["b frames", "iphone hevc 10 bit"])
def test_a_damaged_table_of_contents_is_called_one(name: str, tmp_path: Path) -> None:
    """Not "no video", "only sound" or "a codec that cannot be read" alone: it was a film; a new copy may be whole."""
    kind = _lasting(name)
    content = written(kind, tmp_path).read_bytes()
    begin = content.index(b"moov") - 4
    path = tmp_path / "damaged.mp4"
    for at in range(begin - _SECTOR + 100, begin + int.from_bytes(content[begin : begin + 4]), 300):
        path.write_bytes(content[:at] + bytes(_SECTOR) + content[at + _SECTOR :])
        shown, told = list[FilmPicture](), ""
        try:
            shown = list(FilmFile(path).pictures())
        except FilmError as why:
            told = str(why)
        the_rest_is_right(kind, shown)
        assert re.search("damaged|there is no picture in it", told) or (not told and at > begin + 8), at


def test_a_camcorders_lost_packets_are_never_silent(tmp_path: Path) -> None:
    """FFmpeg finds the next packet by itself and says nothing of those between: a hole in a film without a word."""
    kind = _lasting("camcorder ts")
    for at, path in _damaged(kind, tmp_path, *(partial(_share, 0.3 + 0.01 * n) for n in range(40))):
        film = FilmFile(path)
        shown = list(film.pictures())
        assert film.missing > 0, at
        the_rest_is_right(kind, shown)


@pytest.mark.parametrize("name", ["b frames", "iphone hevc 10 bit"])
@pytest.mark.parametrize("lost", [60, 200, 400, 500])
def test_a_key_picture_that_lost_its_beginning_or_its_end_is_not_shown(name: str, lost: int, tmp_path: Path) -> None:
    """Less than a whole sector of it may lie in the damage: the decoder patches up what is left, and calls it whole."""
    kind = _lasting(name)
    with av.open(str(written(kind, tmp_path))) as film:
        keys = [(packet.pos or 0, packet.size) for packet in film.demux(video=0) if packet.is_keyframe]
    within = [(at, size) for at, size in keys[:-1] if at > _SECTOR + 200]
    assert within
    places = [place for at, size in within[:3] for place in (at + lost - _SECTOR, at + size - lost)]
    for _, path in _damaged(kind, tmp_path, *(lambda _, place=place: place for place in places)):
        shown = list(FilmFile(path).pictures())
        assert len(shown) < len(kind.times)
        the_rest_is_right(kind, shown)


def test_a_time_that_stands_twice_counts_once(tmp_path: Path) -> None:
    """A recorder that writes one time on two pictures: the second says nothing about speed."""
    once = even(15)
    kind = replace(
        BY_NAME["browser h264 in mkv"], times=tuple(t for n, t in enumerate(once) for t in [t] * (1 + (n % 10 == 3)))
    )
    film = FilmFile(written(kind, tmp_path))
    assert [p.t_s for p in film.pictures()] == pytest.approx([float(t) for t in once], abs=0.001)
    assert film.notes() == ["5 pictures are left out: no later time stands on them than on the one before"]


def test_a_film_that_changes_its_shape_is_shown_up_to_there(tmp_path: Path) -> None:
    """A phone that was turned while it sent: a face in another frame cannot be compared. A mere change of size can."""
    kind = replace(BY_NAME["camcorder ts"], options=H264 | {"bf": "0"}, times=even(15, 1))
    later = replace(kind, times=tuple(t + 1 for t in kind.times))
    first = written(kind, tmp_path).read_bytes()
    turned = written(
        replace(later, name="turned", store=lambda p: np.ascontiguousarray(np.rot90(p))), tmp_path
    ).read_bytes()
    smaller = written(
        replace(later, name="small", store=lambda p: np.ascontiguousarray(p[::2, ::2])), tmp_path
    ).read_bytes()
    path = tmp_path / "both.ts"
    path.write_bytes(first + turned)
    film = FilmFile(path)
    assert all(p.t_s < 1 for p in film.pictures())
    assert film.notes()[-1] == "15 pictures are left out: their shape is not that of the first"
    path.write_bytes(first + smaller)
    film = FilmFile(path)
    shown = list(film.pictures())
    assert len(shown) + film.missing == 30
    assert {p.pixels().shape for p in shown} == {(240, 320, 3)}
    assert shown[-1].t_s > 1


def test_a_film_that_begins_between_two_key_pictures_begins_at_the_next(tmp_path: Path) -> None:
    """A camera that sends all day is recorded from somewhere on: nothing is damaged."""
    kind = replace(BY_NAME["camcorder ts"], options=H264 | {"bf": "0"})
    path = written(kind, tmp_path)
    with av.open(str(path)) as whole:
        second = [p for p in whole.demux(whole.streams.video[0]) if p.size][4]
    assert second.pos
    content = path.read_bytes()
    path.write_bytes(content[: 188 * 3] + content[second.pos - second.pos % 188 :])
    film = FilmFile(path)
    shown = list(film.pictures())
    assert len(shown) == len(kind.times) - 15
    assert (film.missing, film.cut) == (0, "")


def test_large_pictures_are_made_smaller(tmp_path: Path) -> None:
    """Nothing larger than asked for, in the shape that it has."""
    wide = BY_NAME["anamorphic wide"]
    path = written(replace(wide, times=even(15, 0.4)), tmp_path)
    assert {p.pixels().shape for p in FilmFile(path, longest_px=160).pictures()} == {(120, 160, 3)}
