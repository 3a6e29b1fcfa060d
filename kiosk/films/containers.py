"""The bytes of a film file, before a codec is asked: is all of it there, and does it hold together?

A demuxer reads on over a missing end in silence, and in Matroska over a damaged place too. So the chain of parts is
walked here: boxes (ISO/IEC 14496-12), chunks of RIFF, elements of EBML (RFC 8794, RFC 9559), tags of FLV, packets of
MPEG-TS (ISO/IEC 13818-1).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_STILL = {b"heic", b"heix", b"mif1", b"avif"}
"""Brands of photographs that lie in the same boxes as films do."""
_MOST_OF_TABLE = 64 << 20
_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_TIME = 0xE7
_IN_SEGMENT = {0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1043A770, 0x1254C367, 0x1941A469}
_IN_CLUSTER = {_TIME, 0x5854, 0xA7, 0xAB, 0xA3, 0xA0, 0xAF}
_ANYWHERE = {0xEC, 0xBF}
_ELEMENTS = {_EBML, _SEGMENT, _CLUSTER} | _IN_SEGMENT | _IN_CLUSTER | _ANYWHERE
_HEAD = 12
_SEARCHED = 1 << 20
_PACKETS = 8192
"""So many packets of MPEG-TS are looked at in one piece."""
_FLV_TAGS = {8, 9, 18}
_PACKET, _PACKET_AND_TIME, _SYNC = 188, 192, 0x47
_PARTS = {b"traf", b"trak", b"mdia", b"minf", b"stbl"}
"""Boxes within a fragment or a table of contents that hold nothing but boxes."""


@dataclass(frozen=True, slots=True)
class FileChain:
    """The finding of the walk. ``cut``: it ends before its last part does. ``broken``: its parts do not join somewhere.

    ``end_lost``: and behind that place no way goes on. ``table_broken``: its table of contents does not hold together.
    ``refusal``: why no film can be read from it, as the end of a sentence; empty where one can. ``known``: it begins as
    one of these kinds of files does. ``bridges``: (place, bytes) to be read instead of what stands there, so that a
    reader finds the way over a damaged place.
    """

    cut: bool = False
    broken: bool = False
    end_lost: bool = False
    table_broken: bool = False
    refusal: str = ""
    known: bool = True
    bridges: tuple[tuple[int, bytes], ...] = ()


def walk(file: BinaryIO, size: int) -> FileChain:
    """Walk the parts of a file of ``size`` bytes; of one that it does not know it says nothing."""
    file.seek(0)
    head = file.read(512)
    if head.startswith((b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE")):
        return FileChain(refusal="it is encrypted with age: decrypt it first (age --decrypt)")
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip"):
        return _boxes(file, size)
    if head[:4] == b"RIFF":
        return _riff(file, size) if head[8:12] == b"AVI " else FileChain(known=False)
    if head[:4] == _EBML.to_bytes(4):
        return _elements(file, size)
    if head[:3] == b"FLV":
        return _flv(file, size)
    if head[:4] == b"GIF8":
        file.seek(max(0, size - 64))
        return FileChain(cut=not file.read().rstrip(b"\0").endswith(b";"))
    for step, sync in ((_PACKET, 0), (_PACKET_AND_TIME, 4)):
        if len(head) > step + sync and head[sync] == head[sync + step] == _SYNC:
            return FileChain(cut=size % step != 0, broken=not _in_step(file, step, sync))
    return FileChain(known=False)


def _boxes(file: BinaryIO, size: int) -> FileChain:
    """A row of boxes. It goes on behind a break at the next fragment; what lies between is made one free box."""
    at, fragment, table, cut, bridges = 0, None, False, False, list[tuple[int, bytes]]()
    table_broken, in_fragments, end_lost = False, False, False
    while size - at >= 8 and not cut:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length == 1:
            length = int.from_bytes(file.read(8))
        elif length == 0 and any(kind):
            length = size - at
        unjoined = length < 8 or not all(0x20 <= c <= 0x7E or c == 0xA9 for c in kind)
        if unjoined or (kind == b"moof" and at + length <= size and not _holds(file, at + 8, at + length)):
            after = _next_fragment(file, at + 8, size)
            if after is None and (not in_fragments or _empty(file, at)):
                # Zeros at the end are what is left of a recorder's reserve.
                return FileChain(broken=not _empty(file, at) or bool(bridges), bridges=tuple(bridges))
            if after is None:
                after, end_lost = size, True
            if fragment is not None:
                # The damage may have begun in the box before, and its pictures lay in what is lost.
                at = fragment
            bridges.append((at, struct.pack(">I4s", min(after - at, 0xFFFFFFFF), b"free")))
            at, fragment = after, None
            continue
        cut = at + length > size
        fragment = at if kind == b"moof" else None
        in_fragments |= kind == b"moof"
        if kind == b"ftyp" and file.read(4) in _STILL:
            return FileChain(refusal="it is a photograph, not a video")
        if kind == b"moov" and not cut:
            table, table_broken = True, not _holds(file, at + 8, at + length)
            file.seek(at + 8)
            entries = file.read(min(length, _MOST_OF_TABLE))
            if b"encv" in entries and b"sinf" in entries:
                return FileChain(refusal="it is encrypted: export it without copy protection")
        at += length
    if not table:
        return FileChain(
            refusal="its table of contents is missing: the recording or its copy was not ended; copy it again"
        )
    return FileChain(cut, bool(bridges), end_lost, table_broken, bridges=tuple(bridges))


def _empty(file: BinaryIO, at: int) -> bool:
    """Whether nothing but zeros stands from ``at`` on."""
    file.seek(at)
    while block := file.read(_SEARCHED):
        if any(block):
            return False
    return True


def _holds(file: BinaryIO, at: int, end: int) -> bool:
    """Whether boxes follow each other from ``at`` to ``end``, in their parts too.

    One fragment of which this is not so, and FFmpeg takes none of the film.
    """
    while at < end:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length < 8 or at + length > end or not (kind.isalnum() and kind.isascii()):
            return False
        if kind in _PARTS and not _holds(file, at + 8, at + length):
            return False
        at += length
    return True


def _in_step(file: BinaryIO, step: int, sync: int) -> bool:
    """Whether each packet of ``step`` bytes has its mark at ``sync``. FFmpeg leaves out the others in silence."""
    file.seek(0)
    marks = (block[sync::step] for block in iter(lambda: file.read(step * _PACKETS), b""))
    return all(found.count(_SYNC) == len(found) for found in marks)


def _riff(file: BinaryIO, size: int) -> FileChain:
    at = 0
    while size - at >= 12:
        file.seek(at)
        kind, length = struct.unpack("<4sI", file.read(8))
        if kind != b"RIFF":
            break
        if length == 0 or at + 8 + length > size:
            return FileChain(cut=True)
        at += 8 + length + length % 2
    return FileChain()


def _elements(file: BinaryIO, size: int) -> FileChain:
    """Segments and clusters are entered, so that all others follow each other in one row.

    No bridge is built where it breaks: FFmpeg finds the next cluster by itself, but says nothing.
    """
    at, end, broken = 0, size, False
    while at < size:
        mark, begin, length = _element(file, at)
        if mark in (_SEGMENT, _CLUSTER):
            end = begin + length if mark == _CLUSTER and length is not None else size
            at = begin
            continue
        room = min(end, size) if mark in _IN_CLUSTER else size
        if mark in _ELEMENTS and length is not None and begin + length <= room:
            at = begin + length
            continue
        after = _next_cluster(file, at + 1, size)
        if after is None:
            cut = size - at < _HEAD or (mark in _ELEMENTS and length is not None and begin + length > size)
            return FileChain(cut, broken or not cut)
        at, broken = after, True
    return FileChain(broken=broken)


def _element(file: BinaryIO, at: int) -> tuple[int, int, int | None]:
    """Mark, beginning and length of the content of the element at ``at``; 0 for none, None for no known length."""
    file.seek(at)
    head = file.read(_HEAD)
    wide = 9 - head[0].bit_length()
    size = head[wide : wide + 1]
    wide_size = 9 - size[0].bit_length() if size else 9
    if wide > 4 or wide_size > 8 or len(head) < wide + wide_size:
        return 0, at, None
    most = (1 << 7 * wide_size) - 1
    length = int.from_bytes(head[wide : wide + wide_size]) & most
    return int.from_bytes(head[:wide]), at + wide + wide_size, None if length == most else length


def _places(file: BinaryIO, mark: bytes, at: int, size: int) -> Iterator[int]:
    """Every place from ``at`` on at which ``mark`` stands."""
    while at < size:
        file.seek(at)
        block = file.read(_SEARCHED)
        found = block.find(mark)
        while found >= 0:
            yield at + found
            found = block.find(mark, found + 1)
        at += _SEARCHED - len(mark) + 1


def _next_cluster(file: BinaryIO, at: int, size: int) -> int | None:
    """The place of the next cluster that begins, as each does, with its time."""
    for place in _places(file, _CLUSTER.to_bytes(4), at, size):
        _, begin, _ = _element(file, place)
        if begin < size and _element(file, begin)[0] in (_TIME, *_ANYWHERE):
            return place
    return None


def _next_fragment(file: BinaryIO, at: int, size: int) -> int | None:
    """The place of the next fragment of a film: a box that begins, as each does, with its number."""
    for place in _places(file, b"moof", at, size):
        file.seek(place + 8)
        if file.read(4) == b"mfhd":
            return place - 4
    return None


def _flv(file: BinaryIO, size: int) -> FileChain:
    at = 13
    while at < size:
        file.seek(at)
        tag = file.read(4)
        if tag[0] & 0x1F not in _FLV_TAGS:
            return FileChain(broken=True)
        at += 11 + int.from_bytes(tag[1:]) + 4
    return FileChain(cut=at > size)
