"""A disk that remembers every step, and can show what a power cut at any moment leaves of it.

Worse than ext4: what a folder was told since its last ``fsync`` may be there in part (a prefix, for each folder on its
own), and of a file that was not synchronized any beginning, or zeros in its place.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.update.disk import UpdateDisk


@dataclass
class Inode:
    """A file, a link or a folder, by what is done to it."""

    kind: str
    content: bytes = b""
    target: str = ""
    mode: int = 0o644
    synced: bool = False
    """Whether the content of a file lasts."""
    names: list[tuple[str, int | None]] = field(default_factory=list)
    """Of a folder: each change of a name, in order (None: it is gone)."""
    lasting: int = 0
    """Of a folder: the number of changes that last."""


class CrashDisk(UpdateDisk):
    """Does everything for real below ``root``, and writes it down. ``step`` counts."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.steps: list[tuple[str, tuple[object, ...]]] = []
        self.first = self._scan()

    def _scan(self) -> dict[str, tuple[str, bytes, str, int]]:
        """Everything below the root, as it lasts."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if path.is_symlink():
                found[name] = ("link", b"", os.readlink(path), 0)
            elif path.is_dir():
                found[name] = ("folder", b"", "", path.stat().st_mode & 0o777)
            elif path.is_file():
                found[name] = ("file", path.read_bytes(), "", path.stat().st_mode & 0o777)
        return found

    def _note(self, what: str, *about: object) -> None:
        self.steps.append(
            (what, tuple(a.relative_to(self.root).as_posix() if isinstance(a, Path) else a for a in about))
        )

    def create(self, path: Path, pieces: Iterable[bytes], *, mode: int = 0o644) -> None:
        raw = b"".join(pieces)
        super().create(path, [raw], mode=mode)
        self._note("create", path, raw, mode)

    def sync_file(self, path: Path) -> None:
        self._note("sync_file", path)

    def sync_folder(self, path: Path) -> None:
        self._note("sync_folder", path)

    def sync_all(self) -> None:
        self._note("sync_all")

    def mkdir(self, path: Path, mode: int = 0o755) -> None:
        super().mkdir(path, mode)
        self._note("mkdir", path, mode)

    def rename(self, old: Path, new: Path) -> None:
        super().rename(old, new)
        self._note("rename", old, new)

    def link(self, path: Path, target: str) -> None:
        super().link(path, target)
        self._note("link", path, target)

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        self._note("unlink", path)

    def rmdir(self, path: Path) -> None:
        super().rmdir(path)
        self._note("rmdir", path)

    def wrote(self, path: Path) -> None:
        """Somebody else (SQLite, the kiosk) has written this file, and made it last."""
        raw = path.read_bytes() if path.exists() else None
        self._note("wrote", path, raw)

    def mark(self, what: str) -> None:
        """A moment that a test wants to find again."""
        self._note("mark", what)


class Image:
    """What is on the disk after ``count`` steps and a power cut, drawn by ``dice``; laid out below ``to``."""

    def __init__(self, disk: CrashDisk, count: int, dice: random.Random) -> None:
        self.inodes: list[Inode] = [Inode("folder", synced=True)]
        self.dice = dice
        for name, (kind, raw, target, mode) in disk.first.items():
            self._add(name, Inode(kind, raw, target, mode, synced=True))
        for inode in self.inodes:
            inode.lasting = len(inode.names)
        for what, about in disk.steps[:count]:
            self._do(what, about)

    def marks(self, disk: CrashDisk, count: int) -> list[str]:
        return [str(about[0]) for what, about in disk.steps[:count] if what == "mark"]

    def lay_out(self, to: Path) -> None:
        """What a power cut leaves of it."""
        self._lay(0, to)

    def _lay(self, number: int, to: Path) -> None:
        to.mkdir()
        folder = self.inodes[number]
        kept = self.dice.randint(folder.lasting, len(folder.names))
        there: dict[str, int] = {}
        for name, inner in folder.names[:kept]:
            if inner is None:
                there.pop(name, None)
            else:
                there[name] = inner
        for name, inner in there.items():
            inode = self.inodes[inner]
            if inode.kind == "folder":
                self._lay(inner, to / name)
            elif inode.kind == "link":
                (to / name).symlink_to(inode.target)
            else:
                (to / name).write_bytes(self._content(inode))
                (to / name).chmod(inode.mode)

    def _content(self, inode: Inode) -> bytes:
        if inode.synced or not inode.content:
            return inode.content
        cut = self.dice.randint(0, len(inode.content))
        return inode.content[:cut] + (bytes(len(inode.content) - cut) if self.dice.random() < 0.5 else b"")

    # Steps.

    def _find(self, name: str) -> int:
        number = 0
        for part in name.split("/") if name else ():
            number = self._now(number)[part]
        return number

    def _now(self, number: int) -> dict[str, int]:
        there: dict[str, int] = {}
        for name, inner in self.inodes[number].names:
            if inner is None:
                there.pop(name, None)
            else:
                there[name] = inner
        return there

    def _add(self, name: str, inode: Inode) -> None:
        self.inodes.append(inode)
        self._name(name, len(self.inodes) - 1)

    def _name(self, name: str, number: int | None) -> None:
        above, _, last = name.rpartition("/")
        self.inodes[self._find(above)].names.append((last, number))

    def _do(self, what: str, about: tuple[object, ...]) -> None:
        name = str(about[0]) if about else ""
        if what == "create":
            raw, mode = about[1], about[2]
            assert isinstance(raw, bytes)
            assert isinstance(mode, int)
            self._add(name, Inode("file", raw, mode=mode))
        elif what == "wrote":
            raw = about[1]
            if isinstance(raw, bytes):
                self._add(name, Inode("file", raw, mode=0o600, synced=True))
            else:
                self._name(name, None)
            above = self.inodes[self._find(name.rpartition("/")[0])]
            above.lasting = len(above.names)
        elif what == "mkdir":
            self._add(name, Inode("folder"))
        elif what == "link":
            self._add(name, Inode("link", target=str(about[1])))
        elif what == "rename":
            number = self._find(name)
            self._name(str(about[1]), number)
            self._name(name, None)
        elif what in ("unlink", "rmdir"):
            self._name(name, None)
        elif what == "sync_file":
            self.inodes[self._find(name)].synced = True
        elif what == "sync_folder":
            folder = self.inodes[self._find("" if name == "." else name)]
            folder.lasting = len(folder.names)
        elif what == "sync_all":
            for inode in self.inodes:
                inode.synced, inode.lasting = True, len(inode.names)
