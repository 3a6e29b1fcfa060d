"""A package is whole or absent, whatever the medium does: every call of the system may fail, and bytes may change."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from kiosk.errors import HandoverError, NameTaken
from kiosk.package.export import Exported
from kiosk.package.protection import Keys
from kiosk.package.target import Disk, FolderTarget
from kiosk.package.verify import verify
from tests.package.made import exported, lived, record
from tests.usb.sticks import Flaky, failing


class Faulty(Flaky):
    """The n-th call fails, with ``error``; 0: none does. Counts all calls."""

    def __init__(self, fail_at: int = 0, error: int = errno.EIO) -> None:
        super().__init__(failing({fail_at: error}))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return record(tmp_path / "data", lived(sessions=2, steps=2))


def names(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir())


def fail_at(data: Path, tmp_path: Path, at: int, error: int) -> bool:
    """Let one call fail; whether the export was done nevertheless. What has a final name must verify."""
    place = tmp_path / f"out-{at}"
    place.mkdir()
    try:
        exported(data, place, target=FolderTarget(place, Faulty(at, error)))
    except OSError:
        done = False
    else:
        done = True  # direct reading may fail and be replaced by reading through the cache
    for name in names(place):
        assert name.startswith("FK_CLIN_")
        assert not name.endswith(".part")
        assert verify(place / name, Keys()).passed
    return done


def calls(data: Path, tmp_path: Path) -> int:
    """How many calls of the system an export makes."""
    whole = Faulty()
    out = tmp_path / "whole"
    out.mkdir()
    exported(data, out, target=FolderTarget(out, whole))
    assert whole.calls > 20
    return whole.calls


def test_calls_may_fail(data: Path, tmp_path: Path) -> None:
    """A stick that is pulled, full or read-only: nothing is called done but a package that verifies."""
    errors = (errno.EIO, errno.ENOSPC, errno.EROFS, errno.ENODEV)
    done = [fail_at(data, tmp_path, at, errors[at % 4]) for at in range(1, calls(data, tmp_path) + 1)]
    assert sum(done) <= 3
    for at in (1, len(done) // 2, len(done)):
        # The next try starts clean.
        assert verify(exported(data, tmp_path / f"out-{at}").made.place, Keys()).passed


@pytest.mark.slow
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC, errno.EROFS, errno.ENODEV])
def test_every_call_may_fail_in_every_way(data: Path, tmp_path: Path, error: int) -> None:
    """The same for each error at each call."""
    done = [fail_at(data, tmp_path, at, error) for at in range(1, calls(data, tmp_path) + 1)]
    assert sum(done) <= 3


def test_a_medium_that_forgets_is_found(data: Path, tmp_path: Path) -> None:
    """Bytes that change between writing and reading (fake capacity, a dying stick) are found, each time."""

    class Forgetful(Disk):
        def __init__(self, file: int) -> None:
            self.file, self.synced = file, 0

        def fsync(self, fd: int) -> None:
            super().fsync(fd)
            if os.path.isfile(f"/proc/self/fd/{fd}"):
                self.synced += 1
                if self.synced == self.file:
                    path = os.readlink(f"/proc/self/fd/{fd}")
                    with open(path, "r+b") as file:
                        file.seek(os.path.getsize(path) // 2)
                        byte = file.read(1)
                        file.seek(-1, os.SEEK_CUR)
                        file.write(bytes([byte[0] ^ 1]))

    for number in (1, 2, 3):
        out = tmp_path / f"out-{number}"
        out.mkdir()
        with pytest.raises(HandoverError, match="what was read back is not what was written"):
            exported(data, out, target=FolderTarget(out, Forgetful(number)))
        assert names(out) == []


def test_links_and_leftovers_are_not_followed(data: Path, tmp_path: Path) -> None:
    """A link under the name of the package leads nowhere; what an earlier export left is cleared, and only that."""
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (elsewhere / "keep.txt").write_text("mine")
    (out / "FK_CLIN_05E0B6C3_ALL_000001").symlink_to(elsewhere)
    leftover = out / "FK_CLIN_05E0B6C3_ALL_000002.part"
    leftover.mkdir()
    (leftover / "data.zip.part").write_bytes(b"half")
    done = exported(data, out)
    assert done.made.name.endswith("_000002")
    assert verify(done.made.place, Keys()).passed
    assert [path.name for path in elsewhere.iterdir()] == ["keep.txt"]
    (out / "FK_CLIN_05E0B6C3_ALL_000003.part").symlink_to(elsewhere)
    with pytest.raises(OSError, match="000003"):
        exported(data, out)
    assert [path.name for path in elsewhere.iterdir()] == ["keep.txt"]


def test_a_name_that_is_taken_is_not_touched(tmp_path: Path) -> None:
    """An earlier package is never replaced."""
    target = FolderTarget(tmp_path)
    (tmp_path / "FK_A").mkdir()
    with pytest.raises(NameTaken):
        target.begin("FK_A")
    assert names(tmp_path) == ["FK_A"]


def test_two_exports_at_once_do_not_get_into_each_others_way(tmp_path: Path) -> None:
    """What looks like a leftover may be written just now: the second export takes the next number, both are whole."""
    data = record(tmp_path / "data", lived(sessions=2))
    second: list[Exported] = []

    def meanwhile(done: int, total: int) -> None:
        if not second and 2 * done > total:
            second.append(exported(data, tmp_path / "out"))

    first = exported(data, tmp_path / "out", progress=meanwhile)
    assert [first.made.seq, second[0].made.seq] == [1, 2]
    assert [verify(done.made.place, Keys()).reason for done in (first, *second)] == ["", ""]


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    """A file, or nothing at all, in place of the folder."""
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "nothing"):
        with pytest.raises(HandoverError, match="this folder cannot be used"):
            FolderTarget(path)


def test_it_reads_past_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading back what lies in memory proves nothing: the cache is dropped, and direct reading is asked for."""
    asked: list[Any] = []
    real = os.posix_fadvise

    def advise(*given: int) -> None:
        asked.append(given[-1])
        real(*given)

    monkeypatch.setattr(os, "posix_fadvise", advise)

    class Watching(Disk):
        def open(self, name: str, flags: int, at: int | None = None) -> int:
            asked.append(flags & os.O_DIRECT)
            return super().open(name, flags, at)

    target = FolderTarget(tmp_path, Watching())
    target.begin("FK_B")
    file = target.create("a.bin")
    file.write(b"x" * 100_001)
    assert file.finish(lambda _share: None).size == 100_001
    assert os.POSIX_FADV_DONTNEED in asked
    assert os.O_DIRECT in asked


def test_a_name_is_on_the_medium_before_it_counts(data: Path, tmp_path: Path) -> None:
    """A name lies in the folder around it: each is written out after its rename, the package's own after the last."""
    done: list[tuple[str, int]] = []

    class Recording(Disk):
        def rename(self, old: str, new: str, at: int) -> None:
            super().rename(old, new, at)
            done.append(("rename", at))

        def fsync(self, fd: int) -> None:
            super().fsync(fd)
            done.append(("fsync", fd))

    out = tmp_path / "out"
    out.mkdir()
    target = FolderTarget(out, Recording())
    exported(data, out, target=target)
    renamed = [number for number, (what, _) in enumerate(done) if what == "rename"]
    assert len(renamed) > 2
    assert all(done[number + 1] == ("fsync", done[number][1]) for number in renamed[:-1])
    assert done[renamed[-1] :] == [("rename", target.fileno()), ("fsync", target.fileno())]
