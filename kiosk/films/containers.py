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
_FLV_TAGS = {8, 9, 18}
_PACKET, _PACKET_AND_TIME = 188, 192


@dataclass(frozen=True, slots=True)
class FileChain:
    """The finding of the walk. ``cut``: it ends before its last part does. ``broken``: its parts do not join somewhere.

    ``refusal``: why no film can be read from it, as the end of a sentence; empty where one can. ``bridges``: (place,
    bytes) to be read instead of what stands there, so that a reader finds the way over a damaged place.
    """

    cut: bool = False
    broken: bool = False
    refusal: str = ""
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
        return _riff(file, size) if head[8:12] == b"AVI " else FileChain()
    if head[:4] == _EBML.to_bytes(4):
        return _elements(file, size)
    if head[:3] == b"FLV":
        return _flv(file, size)
    if head[:4] == b"GIF8":
        file.seek(max(0, size - 64))
        return FileChain(cut=not file.read().rstrip(b"\0").endswith(b";"))
    for step, sync in ((_PACKET, 0), (_PACKET_AND_TIME, 4)):
        if len(head) > step + sync and head[sync] == head[sync + step] == 0x47:
            return FileChain(cut=size % step != 0)
    return FileChain()


def _boxes(file: BinaryIO, size: int) -> FileChain:
    """A row of boxes. It goes on behind a break at the next fragment; what lies between is made one free box."""
    at, table, cut, bridges = 0, False, False, list[tuple[int, bytes]]()
    while size - at >= 8 and not cut:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length == 1:
            length = int.from_bytes(file.read(8))
        elif length == 0 and any(kind):
            length = size - at
        if length < 8 or not all(0x20 <= c <= 0x7E or c == 0xA9 for c in kind):
            after = _next_fragment(file, at + 8, size)
            if after is None:
                # Zeros at the end are what is left of a recorder's reserve.
                return FileChain(broken=any(kind) or bool(bridges), bridges=tuple(bridges))
            bridges.append((at, struct.pack(">I4s", min(after - at, 0xFFFFFFFF), b"free")))
            at = after
            continue
        cut = at + length > size
        if kind == b"ftyp" and file.read(4) in _STILL:
            return FileChain(refusal="it is a photograph, not a video")
        if kind == b"moov" and not cut:
            table = True
            entries = file.read(min(length, _MOST_OF_TABLE))
            if b"encv" in entries and b"sinf" in entries:
                return FileChain(refusal="it is encrypted: export it without copy protection")
        at += length
    if not table:
        return FileChain(
            refusal="its table of contents is missing: the recording or its copy was not ended; copy it again"
        )
    return FileChain(cut, bool(bridges), bridges=tuple(bridges))


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
