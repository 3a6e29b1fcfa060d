"""``FK-UPDATE.zip``: signature first, then the manifest, then every file's size and hash, and only then a folder.

Nothing of the zip file itself is believed: a name of it counts only where the manifest has the same one, and of a file
no more is unpacked than the manifest says that it has.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, BinaryIO, Self

from kiosk.errors import UpdateError, marked
from kiosk.faults import shown
from kiosk.update.disk import PIECE, UpdateDisk, remove, sha256_of
from kiosk.update.keys import SIGNATURE_BYTES, ReleaseKey, verify
from kiosk.update.manifest import (
    MANIFEST,
    MOST_BYTES,
    MOST_FILES,
    MOST_MANIFEST,
    PAYLOAD,
    SIGNATURE,
    Manifest,
    ReleaseFile,
    read_manifest,
)

MOST_ZIP = MOST_BYTES
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

CUT = marked("FK-UPDATE.zip is cut off or damaged. Copy it to the stick again.")
AT_ONCE = 16 << 20
"""Bytes that may wait to be written: a kiosk that stores a row meanwhile waits behind them."""
MOST_LIST = 16 << 20
"""Bytes of the zip file's own list of its entries: all of it is read into memory."""
END, END_BYTES, LOCATOR, LOCATOR_BYTES = b"PK\5\6", 22, b"PK\6\7", 20

TellShare = Callable[[float], None]
"""Hears how much of the files, from 0 to 1, has been looked at."""


def _silent(_share: float) -> None:
    pass


class Bundle:
    """An open update whose manifest is signed by one of ``keys``, and whose entries are those of the manifest.

    Making it, and everything else here, raises UpdateError with a sentence, and OSError where the disk fails.
    """

    def __init__(self, file: BinaryIO, keys: tuple[ReleaseKey, ...]) -> None:
        try:
            _check_end(file)
            self._zip = zipfile.ZipFile(file)
        except (OSError, UpdateError):
            raise
        except Exception as why:  # zipfile has a dozen ways to fail on bytes that are no zip file
            raise UpdateError(CUT) from why
        entries = self._zip.infolist()
        if len(entries) > MOST_FILES + 2:
            raise UpdateError("There are too many files in FK-UPDATE.zip.")
        doubles = [name for name, count in Counter(entry.filename for entry in entries).items() if count > 1]
        if doubles:
            raise UpdateError("There are two entries of one name in FK-UPDATE.zip: {name}.", name=shown(doubles[0]))
        self._entries = {entry.filename: entry for entry in entries}
        raw = self._small(MANIFEST, MOST_MANIFEST)
        self.key = verify(keys, raw, self._small(SIGNATURE, SIGNATURE_BYTES))
        self.manifest: Manifest = read_manifest(raw)
        self.digest = hashlib.sha256(raw).hexdigest()
        """The hash of the manifest: it stands for everything."""
        self._match()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    def prove(self, told: TellShare = _silent) -> None:
        """Read every file and compare it with the manifest; nothing is written."""
        for file in self._files(told):
            for _piece in self._pieces(file):
                pass

    def unpack(self, disk: UpdateDisk, folder: Path, told: TellShare = _silent) -> None:
        """Every file into ``folder``, which takes the place of what was there; lasting, read back and compared."""
        remove(disk, folder)
        disk.mkdir(folder)
        made, waiting = {PurePosixPath()}, 0
        for file in self._files(lambda share: told(share / 2)):
            inner = PurePosixPath(file.path)
            for parent in reversed(inner.parents):
                if parent not in made:
                    disk.mkdir(folder / parent)
                    made.add(parent)
            disk.create(folder / inner, self._pieces(file), mode=0o755 if file.program else 0o644)
            waiting += file.size
            if waiting >= AT_ONCE:
                disk.sync_all()
                waiting = 0
        disk.compile(folder)
        disk.sync_all()
        for file in self._files(lambda share: told(0.5 + share / 2)):
            if sha256_of(folder / file.path) != file.sha256:
                raise UpdateError(
                    "{path} was written and reads differently: the kiosk's memory card is damaged.", path=file.path
                )

    def _match(self) -> None:
        named = {PAYLOAD + file.path: file for file in self.manifest.files}
        folders = {name for name in self._entries if name.endswith("/")}
        there = self._entries.keys() - folders - {MANIFEST, SIGNATURE}
        for name in sorted(named.keys() - there):
            raise UpdateError("A file is missing in FK-UPDATE.zip: {name}.", name=name)
        for name in sorted(there - named.keys()):
            raise UpdateError("There is a file in FK-UPDATE.zip that nobody signed for: {name}.", name=shown(name))
        for name, file in named.items():
            entry = self._entries[name]
            if entry.file_size != file.size or entry.compress_type not in PLAIN or entry.flag_bits & 1:
                raise UpdateError("A file in FK-UPDATE.zip is not as it was signed: {path}.", path=file.path)

    def _files(self, told: TellShare) -> Iterator[ReleaseFile]:
        done, whole = 0, max(1, self.manifest.bytes)
        for file in self.manifest.files:
            yield file
            done += file.size
            told(done / whole)

    def _small(self, name: str, most: int) -> bytes:
        entry = self._entries.get(name)
        if entry is None:
            raise UpdateError("FK-UPDATE.zip is no update: {name} is missing in it.", name=name)
        if entry.file_size > most or entry.compress_type not in PLAIN or entry.flag_bits & 1:
            raise UpdateError("FK-UPDATE.zip is no update: {name} is not as it should be.", name=name)
        with self._opened(entry) as file:
            return _read(file, most)

    def _pieces(self, file: ReleaseFile) -> Iterator[bytes]:
        """The file, never more of it than was signed. Raises UpdateError at its end where it is another one."""
        found, left = hashlib.sha256(), file.size
        with self._opened(self._entries[PAYLOAD + file.path]) as source:
            while left and (piece := _read(source, min(PIECE, left))):
                found.update(piece)
                left -= len(piece)
                yield piece
        if left or found.hexdigest() != file.sha256:
            raise UpdateError("A file in FK-UPDATE.zip is not as it was signed: {path}.", path=file.path)

    def _opened(self, entry: zipfile.ZipInfo) -> IO[bytes]:
        try:
            return self._zip.open(entry)
        except OSError:
            raise
        except Exception as why:  # as for the whole zip file: many kinds, one meaning
            raise _damaged(entry.filename) from why


def _check_end(file: BinaryIO) -> None:
    """Raise UpdateError where the list of entries is not one of ours: at the end, without a word behind it, small."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - END_BYTES - LOCATOR_BYTES))
    tail = file.read()
    end = tail[-END_BYTES:]
    if len(end) < END_BYTES or not end.startswith(END) or tail.startswith(LOCATOR):
        raise UpdateError(CUT)
    length, _offset, comment = struct.unpack("<IIH", end[12:])
    if length > MOST_LIST or comment:
        raise UpdateError("There are too many files in FK-UPDATE.zip.")


def _read(file: IO[bytes], count: int) -> bytes:
    try:
        return file.read(count)
    except OSError:
        raise
    except Exception as why:
        raise _damaged(file.name) from why


def _damaged(name: str | None) -> UpdateError:
    return UpdateError("A file in FK-UPDATE.zip is cut off or damaged: {name}.", name=shown(name or ""))
