"""Packages that other processes read: the same database, nothing said to anybody else, and no process outlives it."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner

from kiosk.cli import cli
from kiosk.clinic.database import open_clinic
from kiosk.clinic.merge import MergeOutcome, Taken, merge
from kiosk.errors import PackageError
from kiosk.package.protection import Keys, Protection
from kiosk.package.verify import verify
from kiosk.reading import many, process, worker
from kiosk.reading.many import Readers, verify_many, workers
from tests.clinic.test_merge import content
from tests.clinic.test_merge_killed import kiosks, merger
from tests.package.spoilt import RATING, made
from tests.usb.parcels import parcel

ROOT = Path(__file__).parents[2]
WORDS = "one two three four five"


@pytest.fixture(params=[True, False])
def forks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Processes are forks of this one, whose libraries have threads that do nothing, or interpreters of their own."""
    monkeypatch.setattr(process, "can_fork", lambda: request.param)
    return bool(request.param)


def told(taken: list[Taken]) -> list[tuple[str, MergeOutcome, str]]:
    return [(one.path.name, one.outcome, one.reason) for one in taken]


def given(here: Path) -> list[Path]:
    """Six whole packages, and among them a copy, a damaged one, one that fails inside, a name of none, an old one."""
    whole = sorted(kiosks(here / "whole", range(6), 30).iterdir())
    damaged = shutil.copytree(whole[1], here / "damaged" / whole[1].name)
    with (damaged / "data.zip").open("r+b") as file:
        file.write(b"x")
    bad = made(here / "bad", {"ratings": [RATING, RATING]})
    copy = shutil.copytree(whole[0], here / "copy" / whole[0].name)
    return [damaged, *whole[:3], bad, copy, here / "none", *whole[3:], whole[5]]


def merged(packages: list[Path], into: Path, keys: Keys, count: int) -> list[Taken]:
    with open_clinic(into) as clinic:
        return list(merge(clinic, packages, keys, count))


@pytest.mark.usefixtures("forks")
def test_the_same_as_without_them(tmp_path: Path) -> None:
    """Every outcome, in the order given, and every row; a copy that is read before the first is in is a copy still."""
    packages = given(tmp_path)
    alone = merged(packages, tmp_path / "alone.db", Keys(), 0)
    assert {one.outcome for one in alone} == {MergeOutcome.MERGED, MergeOutcome.ALREADY, MergeOutcome.REFUSED}
    for count in (1, 3):
        into = tmp_path / f"{count}.db"
        assert told(merged(packages, into, Keys(), count)) == told(alone)
        assert content(into) == content(tmp_path / "alone.db")
        again = merged(packages, into, Keys(), count)
        assert [one.outcome for one in again].count(MergeOutcome.DAMAGED) == 1
        assert content(into) == content(tmp_path / "alone.db")
    assert {one.name for one in tmp_path.iterdir() if one.is_file()} == {"alone.db", "1.db", "3.db"}


def test_whoever_began_it_may_have_had_the_ends_of_children_ignored(tmp_path: Path) -> None:
    """As some schedulers do: the system then buries a fork by itself, and the merge ends well all the same."""
    packages = kiosks(tmp_path / "packages", range(3), 5)
    words = [
        "env",
        "--ignore-signal=CHLD",
        sys.executable,
        "-m",
        "tests.clinic.merger",
        str(tmp_path / "clinic.db"),
        str(packages),
        "2",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_is_read_on_the_way_is_taken_back(tmp_path: Path) -> None:
    """A package too large to be kept is written while it is read; when it fails at its end, no row of it is there."""
    good, bad = given(tmp_path)[1], made(tmp_path / "late", {"package": []})
    (bad / "data.zip").write_bytes((good / "data.zip").read_bytes()[:-400] + bytes(400))
    late = made(tmp_path / "twice", {"ratings": [RATING | {"item": str(number)} for number in (*range(50), 49)]})
    with open_clinic(tmp_path / "clinic.db") as clinic, Readers(Keys(), 1, kept_bytes=0) as readers:
        found = []
        for path, answer in readers.each([late, good]):
            assert answer is not None
            try:
                clinic.take(answer.head(), answer)
            except PackageError as why:
                found.append((path, str(why)))
        assert [(path, why[:12]) for path, why in found] == [(late, "ratings.csv,")]
    merged([good], tmp_path / "wanted.db", Keys(), 0)
    assert content(tmp_path / "clinic.db") == content(tmp_path / "wanted.db")


@pytest.mark.usefixtures("forks")
def test_a_process_that_dies_costs_its_package_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused with what happened, the others go on in a new process, and the next merge brings all in."""
    packages = sorted(kiosks(tmp_path / "packages", range(4), 5).iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(process, "PROGRAM", "tests.clinic.dying_reader")
        patched.setattr(worker, "Package", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        patched.setenv("PYTHONPATH", str(ROOT))
        taken = merged(packages, tmp_path / "clinic.db", Keys(), 2)
    why = "the process that read it ended (SIGKILL): there may be too little memory; read it alone"
    assert told(taken) == [(path.name, MergeOutcome.REFUSED, why) for path in packages]
    assert {one.outcome for one in merged(packages, tmp_path / "clinic.db", Keys(), 2)} == {MergeOutcome.MERGED}


@pytest.mark.usefixtures("forks")
def test_whoever_stops_at_a_process_that_died_ends_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has been waited for, and its number may be another process's since: it is not ended once more."""
    (package,) = kiosks(tmp_path / "packages", range(1), 5).iterdir()
    monkeypatch.setattr(process, "PROGRAM", "tests.clinic.dying_reader")
    monkeypatch.setattr(worker, "Package", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with Readers(Keys(), 1) as readers:
        _, answer = next(readers.each([package]))
        assert answer is not None
        with pytest.raises(PackageError, match="SIGKILL"):
            answer.head()
        monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("another process would have been ended"))


@pytest.mark.usefixtures("forks")
def test_without_a_process_it_is_done_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None can be started: it takes longer, and that is all."""
    packages = sorted(kiosks(tmp_path / "packages", range(3), 5).iterdir())

    def none() -> int:
        raise BlockingIOError("there are too many processes")

    monkeypatch.setattr(os, "fork", none)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    assert {one.outcome for one in merged(packages, tmp_path / "clinic.db", Keys(), 2)} == {MergeOutcome.MERGED}


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def test_keys_are_in_no_command_line_and_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words and identities open packages in other processes, and whoever lists these sees neither."""
    monkeypatch.setattr(process, "can_fork", lambda: False)  # whoever forks shows its own command line
    identity = pyrage.x25519.Identity.generate()
    locked = [
        parcel(tmp_path / "a", "aaaa0000", 1, {}, protection=Protection(passphrase=WORDS)),
        parcel(tmp_path / "b", "bbbb0000", 1, {}, protection=Protection(keys=(str(identity.to_public()),) * 2)),
    ]
    keys = Keys((WORDS,), (identity,))
    before = set(children(os.getpid()))
    with open_clinic(tmp_path / "clinic.db") as clinic:
        merging = merge(clinic, locked, keys, 2)
        taken = [next(merging)]
        ours = set(children(os.getpid())) - before
        assert len(ours) == 2
        for pid in ours:
            shown = b"".join(Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
            assert b"kiosk.reading.worker" in shown
            assert WORDS.encode() not in shown
            assert b"AGE-SECRET" not in shown
        taken += merging
    assert [one.outcome for one in taken] == [MergeOutcome.MERGED] * 2
    assert not ours & set(children(os.getpid()))


def links(pid: int) -> list[str]:
    """What a process has open."""
    there = Path(f"/proc/{pid}/fd")
    found = []
    for name in os.listdir(there):
        with suppress(FileNotFoundError):
            found.append(os.readlink(there / name))
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_it(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl+C, an end, a kill in the middle: what is in is whole, and nobody goes on reading."""
    folder = kiosks(tmp_path / "packages", range(12), 400)
    process = merger(tmp_path / "clinic.db", folder, 2)
    while len(readers := children(process.pid)) < 2:
        assert process.poll() is None
    watched = [os.pidfd_open(pid) for pid in readers]
    for pid in readers:
        assert b"tests.clinic.merger" in Path(f"/proc/{pid}/cmdline").read_bytes()  # a fork of it
        while [link for link in links(pid) if "clinic.db" in link]:  # that is closed as soon as it has begun
            assert process.poll() is None
    process.send_signal(number)
    process.wait()
    ended = select.poll()
    for fd in watched:
        ended.register(fd, select.POLLIN)
        assert ended.poll(10_000)
        ended.unregister(fd)
        os.close(fd)
    assert not [
        path.name for path in tmp_path.iterdir() if path.name not in ("packages", "clinic.db", "clinic.db-journal")
    ]
    merged(sorted(folder.iterdir()), tmp_path / "clinic.db", Keys(), 0)
    merged(sorted(folder.iterdir()), tmp_path / "wanted.db", Keys(), 0)
    assert content(tmp_path / "clinic.db") == content(tmp_path / "wanted.db")


def test_what_has_a_second_thread_is_not_forked_from() -> None:
    """A lock that the other one holds just then would be held in the fork for ever."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    assert not process.can_fork()
    end.set()
    thread.join()


@pytest.mark.parametrize("forks", [True, False])
def test_when_processes_are_worth_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forks: bool) -> None:
    """As many as cores, at most as packages; none on one core, for one package, or for a few megabytes."""
    monkeypatch.setattr(many, "can_fork", lambda: forks)
    worth = many.WORTH_BYTES if forks else many.WORTH_LOADING_BYTES
    places = []
    for number in range(3):
        (tmp_path / str(number)).mkdir()
        places.append(tmp_path / str(number))
        with (places[-1] / "data.zip").open("wb") as file:
            file.truncate(worth // 2)
    for cores, given_places, wanted in ((1, 3, 0), (2, 3, 2), (8, 3, 3), (8, 1, 0), (2, 1, 0), (2, 2, 2)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)))
        assert workers(places[:given_places]) == wanted, (cores, given_places)
    for place in places:
        os.truncate(place / "data.zip", worth // 4)
    assert workers([*places, tmp_path / "none"]) == 0


@pytest.mark.usefixtures("forks")
def test_many_are_verified_as_one_is(tmp_path: Path) -> None:
    """The verdict of each in order, from other processes or from this one."""
    packages = given(tmp_path)
    wanted = [verify(path, Keys()) for path in packages]
    assert list(verify_many(packages, Keys(), 2)) == wanted
    assert list(verify_many(packages, Keys())) == wanted
    ran = CliRunner().invoke(cli, ["verify", *map(str, packages)])
    assert ran.exit_code == 1
    lines = [line.split()[0] for line in ran.output.splitlines() if not line.startswith("NOTE")]
    assert lines == ["PASS" if one.passed else "FAIL" for one in wanted]
