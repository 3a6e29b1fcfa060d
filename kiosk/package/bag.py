"""A BagIt bag (RFC 8493) in a zip file: written as a stream."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyzipper

from kiosk import __version__
from kiosk.beside.deflate import quickly
from kiosk.package.datapackage import Digest
from kiosk.package.outer import manifest_bytes

Payloads = Callable[[Mapping[str, Digest]], "Iterator[Payload]"]
"""Gives the payloads one after the other; it is handed the digests of those before, filled in as they are written."""
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
LARGE = 1 << 30
"""A file that may become this large is written so that it may exceed 4 GiB inside the zip."""
PIECE = 128 << 10
"""Bytes that are packed at a time: what is made of them stays in a processor's cache; twice as many is slower."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Files in a zip must have a date; ours does not pretend to one, since the clock may be wrong."""


@dataclass(frozen=True, slots=True)
class Payload:
    """One file of a bag: ``path`` below ``data/``, content in ``chunks``. ``packed`` already; ``most`` bytes, about."""

    path: str
    chunks: Iterator[bytes]
    packed: bool = False
    most: int = 0


class _Collector:
    """Collects what the zip file has written and nobody has taken yet; looks like a pipe: nothing is written twice."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def bag_zip(top: str, payloads: Payloads, password: str | None) -> Iterator[bytes]:
    """The zip file of a bag whose one top folder is ``top``; AES-256 with a password."""
    out = _Collector()
    archive = _archive(out, password)
    done: dict[str, Digest] = {}
    for payload in payloads(done):
        # The member is closed in here: whoever looks at ``done`` next finds it there.
        yield from _member(archive, out, f"{top}/data/{payload.path}", payload, done)
    tags = {
        "bagit.txt": BAGIT,
        "bag-info.txt": _info(top, done.values()),
        "manifest-sha256.txt": manifest_bytes((f"data/{path}", digest.sha256) for path, digest in done.items()),
    }
    listed = {name: hashlib.sha256(data).hexdigest() for name, data in tags.items()}
    tags["tagmanifest-sha256.txt"] = manifest_bytes(listed.items())
    for name, data in tags.items():
        yield from _member(archive, out, f"{top}/{name}", Payload(name, iter((data,))), {})
    archive.close()
    yield out.take()


def _archive(out: _Collector, password: str | None) -> zipfile.ZipFile:
    if password is None:
        return zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload,no-any-return]
    archive = pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES)
    archive.setpassword(password.encode("utf-8"))
    return archive  # type: ignore[no-any-return]


def _member(
    archive: zipfile.ZipFile, out: _Collector, name: str, payload: Payload, done: dict[str, Digest]
) -> Iterator[bytes]:
    info = archive.zipinfo_cls(name, EPOCH) if hasattr(archive, "zipinfo_cls") else zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_STORED if payload.packed else zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    sha256, size = hashlib.sha256(), 0
    with quickly(archive.open(info, "w", force_zip64=payload.most >= LARGE)) as member:
        for chunk in gathered(payload.chunks):
            member.write(chunk)
            sha256.update(chunk)
            size += len(chunk)
            if piece := out.take():
                yield piece
    done[payload.path] = Digest(sha256.hexdigest(), size)
    yield out.take()


def gathered(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in fewer pieces: compressing and encrypting cost much for each piece, however small."""
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting.clear()
            size = 0
    if waiting:
        yield b"".join(waiting)


def _info(top: str, digests: Iterable[Digest]) -> bytes:
    sizes = [digest.size for digest in digests]
    lines = {
        "Bag-Software-Agent": f"facial-rehab-kiosk {__version__}",
        "External-Identifier": top,
        "Payload-Oxum": f"{sum(sizes)}.{len(sizes)}",
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items()).encode("utf-8")
