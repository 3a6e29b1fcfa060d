"""The disk fails, or the power goes, while something is taken in: the old is there or the new, and never a part."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.errors import Unsure
from kiosk.usb.import_install import PROGRAMMES, install_keys, install_programmes, settle

OLD_KEYS, NEW_KEYS = ("age1old",), ("age1new", "age1newer")
OLD = {"a.toml": b"old a", "b.toml": b"old b", "site.toml": b"the clinic's own"}
NEW = {"a.toml": b"new a", "b.toml": b"new b", "c.toml": b"new c"}
BOTH = {**OLD, **NEW}
MOMENTS = 60
"""More than there are in the longest way."""
EVENTS = ("open", "os.")
FULL = os.strerror(errno.ENOSPC)


def kiosk(data: Path) -> Path:
    """A data folder with keys and programmes."""
    (data / PROGRAMMES).mkdir(parents=True)
    install_keys(data, OLD_KEYS)
    for name, raw in OLD.items():
        (data / PROGRAMMES / name).write_bytes(raw)
    return data


def keys(data: Path) -> tuple[str, ...]:
    return tuple((data / "keys" / "recipients.txt").read_text().split())


def programmes(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data / PROGRAMMES).glob("*.toml")}


def killed(work: Callable[[], None], moment: int) -> bool:
    """Do ``work`` in a process that ends without a word at its so manieth call of the system; whether it did so."""
    child = os.fork()
    if child == 0:
        left = moment

        def watch(event: str, _args: object) -> None:
            nonlocal left
            if event.startswith(EVENTS):
                left -= 1
                if left < 0:
                    os._exit(9)

        sys.addaudithook(watch)
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_cut_at_any_moment_leaves_the_old_set_or_the_new_one_after_the_next_start(tmp_path: Path) -> None:
    """Never some files of a set that lean on others, and what the clinic put there by hand stays."""
    seen = []
    for moment in range(MOMENTS):
        data = kiosk(tmp_path / str(moment))
        cut = killed(lambda data=data: install_programmes(data, NEW), moment)  # type: ignore[misc]
        settle(data)
        assert programmes(data) in (OLD, BOTH), moment
        seen.append(programmes(data) == BOTH)
        if not cut:
            break
        install_programmes(data, NEW)
        assert programmes(data) == BOTH
        assert sorted(os.listdir(data / PROGRAMMES)) == sorted(BOTH), "nothing is left lying there"
    assert not cut
    assert not seen[0]
    assert seen == sorted(seen), "once it is accepted it stays so"


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_cut_at_any_moment_leaves_the_old_keys_or_the_new_ones(tmp_path: Path) -> None:
    """A file with half the keys would shut the clinic out of its own packages."""
    data = kiosk(tmp_path / "data")
    for moment in range(MOMENTS):
        install_keys(data, OLD_KEYS)
        cut = killed(lambda: install_keys(data, NEW_KEYS), moment)
        assert keys(data) in (OLD_KEYS, NEW_KEYS), moment
        if not cut:
            break
    assert not cut
    assert keys(data) == NEW_KEYS


class Failing:
    """From its so manieth call on, nothing can be made durable; or (``once``) only that call fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, good: int, *, once: bool = False) -> None:
        self.calls, self._good, self._once, self._sync = 0, good, once, os.fsync
        monkeypatch.setattr(os, "fsync", self)

    def __call__(self, fd: int) -> None:
        self.calls += 1
        if self.calls == self._good + 1 or (self.calls > self._good and not self._once):
            raise OSError(errno.ENOSPC, FULL)
        self._sync(fd)


@pytest.mark.parametrize("good", range(9))
def test_a_full_disk_changes_nothing_or_says_that_nobody_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: int
) -> None:
    """That nothing was changed is said only where it is so; what was accepted is in its place after the next start."""
    data = kiosk(tmp_path / "data")
    with monkeypatch.context() as patch:
        disk = Failing(patch, good)
        if good == 8:
            install_programmes(data, NEW)
            assert disk.calls == 8, "the case before was the last that can fail"
        else:
            with pytest.raises(OSError, match=FULL) as told:
                install_programmes(data, NEW)
            assert isinstance(told.value, Unsure) == (good >= 4)
    if good < 4:
        assert programmes(data) == OLD
        assert sorted(os.listdir(data / PROGRAMMES)) == sorted(OLD)
    settle(data)
    assert programmes(data) == (OLD if good < 4 else BOTH)


@pytest.mark.parametrize(("good", "unsure"), [(0, False), (1, True), (2, True)])
def test_keys_on_a_failing_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: int, unsure: bool) -> None:
    """They are the old ones, or the new ones with a warning that they may not last."""
    data = kiosk(tmp_path / "data")
    with monkeypatch.context() as patch:
        Failing(patch, good)
        with pytest.raises(OSError, match=FULL) as told:
            install_keys(data, NEW_KEYS)
    assert isinstance(told.value, Unsure) == unsure
    assert keys(data) == (NEW_KEYS if unsure else OLD_KEYS)
    assert os.listdir(data / "keys") == ["recipients.txt"]


def test_an_accepted_set_comes_before_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was accepted and not yet in its place is not lost when something else is taken in."""
    data = kiosk(tmp_path / "data")
    with monkeypatch.context() as patch:
        Failing(patch, 4)
        with pytest.raises(Unsure):
            install_programmes(data, NEW)
    install_programmes(data, {"d.toml": b"new d"})
    assert programmes(data) == {**BOTH, "d.toml": b"new d"}
