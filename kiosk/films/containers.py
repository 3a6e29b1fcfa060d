"""The bytes of a film file, before a codec is asked: is all of it there, and does it hold together?

A demuxer reads on over a missing end in silence, and in Matroska over a damaged place too. So the chain of parts is
walked here: boxes (ISO/IEC 14496-12), chunks of RIFF, elements of EBML (RFC 8794, RFC 9559), tags of FLV, packets of
MPEG-TS (ISO/IEC 13818-1).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

_STILL = {b"heic", b"heix", b"mif1", b"avif"}
"""Brands of photographs that lie in the same boxes as films do."""
_MOST_OF_TABLE = 64 << 20
_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_IN_SEGMENT = {0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1043A770, 0x1254C367, 0x1941A469}
_IN_CLUSTER = {0xE7, 0x5854, 0xA7, 0xAB, 0xA3, 0xA0, 0xAF}
_ANYWHERE = {0xEC, 0xBF}
_ELEMENTS = {_EBML, _SEGMENT, _CLUSTER} | _IN_SEGMENT | _IN_CLUSTER | _ANYWHERE
_FLV_TAGS = {8, 9, 18}
_PACKET, _PACKET_AND_TIME = 188, 192


@dataclass(frozen=True, slots=True)
class FileChain:
    """The finding of the walk. ``cut``: it ends before its last part does. ``broken``: its parts do not join somewhere.

    ``refusal``: why no film can be read from it, as the end of a sentence; empty where one can.
    """

    cut: bool = False
    broken: bool = False
    refusal: str = ""


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
    at, table, cut, broken = 0, False, False, False
    while size - at >= 8 and not cut:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length == 1:
            length = int.from_bytes(file.read(8))
        elif length == 0:
            length = size - at
        if length < 8 or not all(0x20 <= c <= 0x7E or c == 0xA9 for c in kind):
            # Zeros at the end are what is left of a recorder's reserve.
            broken = any(kind) or length != 0
            break
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
    return FileChain(cut, broken)


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
    """Segments and clusters are entered, so that all others follow each other in one row."""
    at, cut = 0, False
    while at < size:
        file.seek(at)
        head = file.read(12)
        wide = 9 - head[0].bit_length()
        mark = int.from_bytes(head[:wide])
        rest = head[wide:]
        if wide > 4 or (len(rest) and mark not in _ELEMENTS):
            return FileChain(cut, broken=True)
        wide_size = 9 - rest[0].bit_length() if rest else 9
        if len(rest) < wide_size:
            return FileChain(cut=True)
        length = int.from_bytes(rest[:wide_size]) & ((1 << 7 * wide_size) - 1)
        unknown = length == (1 << 7 * wide_size) - 1
        at += wide + wide_size
        if not unknown and at + length > size:
            cut = True
        if mark not in (_SEGMENT, _CLUSTER):
            if unknown:
                return FileChain(cut, broken=True)
            at += length
    return FileChain(cut)


def _flv(file: BinaryIO, size: int) -> FileChain:
    at = 13
    while at < size:
        file.seek(at)
        tag = file.read(4)
        if tag[0] & 0x1F not in _FLV_TAGS:
            return FileChain(broken=True)
        at += 11 + int.from_bytes(tag[1:]) + 4
    return FileChain(cut=at > size)
