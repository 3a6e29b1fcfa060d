"""Every sentence about what lies around the bags, whole, and each bound from both sides."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.errors import PackageError
from kiosk.package.outer import MOST_FILES, is_plain, read_manifest
from kiosk.package.protection import Keys
from kiosk.package.verify import verify
from tests.package.mutants import relist
from tests.package.spoilt import HASH, LONG, TOP, Change, both, listed, made, reason, sha256_of, told_beside


def unlisted(place: Path) -> None:
    for name in ("b" * 80, "a\x1b"):
        (place / name).write_bytes(b"x")


def as_list(raw: bytes) -> Change:
    return lambda place: (place / "MANIFEST.sha256").write_bytes(raw)


def instead(name: str, put: Callable[[Path], object]) -> Change:
    """Something else than a plain file under the name of one."""

    def change(place: Path) -> None:
        shutil.rmtree(place / name, ignore_errors=True)
        (place / name).unlink(missing_ok=True)
        put(place / name)

    return change


def bound(path: Path) -> None:
    """A socket: the name of one is short, so it is made where we stand."""
    was = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(was)


def crowd(place: Path, count: int) -> None:
    """So many files in the folder, all as the kiosk wrote them."""
    for number in range(count - len(list(place.iterdir()))):
        (place / f"more-{number}.pdf").write_bytes(b"x")
    told_beside(place, {path.name: sha256_of(path) for path in place.glob("more-*")})


BYTES = 64 << 10
OUTSIDE: dict[str, tuple[Change, str]] = {
    "nothing": (shutil.rmtree, "this is no package (a folder called FK_…)"),
    "no list": (
        lambda place: (place / "MANIFEST.sha256").unlink(),
        "MANIFEST.sha256 is missing: the copy is not complete; copy it again",
    ),
    "not here": (
        lambda place: (place / "data.zip").unlink(),
        "data.zip: listed in MANIFEST.sha256 but not here: the copy is not complete; copy it again",
    ),
    "not listed": (unlisted, "'a\\x1b' is not of the package (MANIFEST.sha256 does not list it): remove it"),
    "changed": (
        lambda place: (place / "data.zip").write_bytes(b"PK"),
        "data.zip: not as it was written (its hash differs): it was changed or is damaged; copy it again",
    ),
    "link": (
        instead("data.zip", lambda path: path.symlink_to("elsewhere")),
        "data.zip: this is a link that leads elsewhere; do not open it",
    ),
    "folder": (instead("data.zip", Path.mkdir), "data.zip: this is no plain file; do not open it"),
    "pipe": (instead("data.zip", os.mkfifo), "data.zip: this is no plain file; do not open it"),
    "socket": (instead("data.zip", bound), "data.zip: cannot be read (No such device or address)"),
    "many files": (lambda place: crowd(place, MOST_FILES + 1), f"{TOP}: more than 100 files: this is no package"),
    "long list": (as_list(b"\n" * (BYTES + 1)), "MANIFEST.sha256: too large to be a list of 100 files"),
    "not too long": (
        as_list(b"\n" * BYTES),
        "MANIFEST.sha256, line 1: this is no hash with a name: the file was changed or is damaged",
    ),
    "code page": (
        as_list(b"\xff"),
        "MANIFEST.sha256 is no list of hashes: the file was changed or is damaged",
    ),
    "leads out": (
        as_list(f"{HASH}  data.zip\n{HASH}  ../x\n".encode()),
        "MANIFEST.sha256, line 2: a name that leads out of the package; do not open it",
    ),
    "twice": (
        as_list(f"{HASH}  a\n{HASH} *b\n{HASH}  a\n".encode()),
        "MANIFEST.sha256, line 3: a name stands there twice",
    ),
    "long name": (
        as_list(f"{HASH}  {'a' * 301}\n".encode()),
        "MANIFEST.sha256, line 1: this is no hash with a name: the file was changed or is damaged",
    ),
    "name not too long": (
        as_list(f"{HASH} *{'a' * 300}\n".encode()),
        f"{'a' * 300}: listed in MANIFEST.sha256 but not here: the copy is not complete; copy it again",
    ),
    "no bag": (
        both(lambda place: (place / "data.zip").rename(place / "datax.zip"), relist),
        f"{TOP}: it must hold one data.zip or data.zip.age",
    ),
    "two bags": (lambda place: listed(place, "data.zip.age"), f"{TOP}: it must hold one data.zip or data.zip.age"),
    "beside": (
        lambda place: listed(place, LONG),
        f"{LONG[:60]!r}: the kiosk wrote no such file with this package; do not open it",
    ),
    "not beside": (
        lambda place: told_beside(place, {LONG: HASH}),
        f"{LONG[:60]!r} is missing, and its line in MANIFEST.sha256 too: copy the package again",
    ),
    "another": (
        both(lambda place: listed(place, "report.pdf"), lambda place: told_beside(place, {"report.pdf": HASH})),
        "report.pdf: not the file that the kiosk wrote with this package; do not open it",
    ),
}


@pytest.mark.parametrize("how", OUTSIDE)
def test_what_lies_around_the_bags(tmp_path: Path, how: str) -> None:
    """A file that is missing, strange, changed or none; a list that is none."""
    place = made(tmp_path)
    change, sentence = OUTSIDE[how]
    change(place)
    assert reason(place) == sentence


def test_as_many_files_as_there_may_be(tmp_path: Path) -> None:
    """With the list itself; one more is refused above."""
    place = made(tmp_path)
    crowd(place, MOST_FILES)
    assert len(list(place.iterdir())) == MOST_FILES
    assert verify(place, Keys()).passed


def test_an_export_that_was_not_finished(tmp_path: Path) -> None:
    """Its name says so, whatever is in it."""
    place = made(tmp_path)
    left = place.rename(place.with_name(f"{TOP}.part"))
    assert reason(left) == f"{TOP}.part: this export was not finished; export again"
    left.rename(place)
    (tmp_path / "link").symlink_to(place)
    assert reason(tmp_path / "link") == "this is no package (a folder called FK_…)"


@pytest.mark.parametrize(
    ("why", "said"),
    [(OSError(errno.EIO, "Input/output error"), "Input/output error"), (OSError("of its own"), "of its own")],
)
def test_a_medium_that_gives_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: OSError, said: str) -> None:
    """What the system says, where it says anything."""
    place = made(tmp_path)

    def broken(_path: object) -> None:
        raise why

    monkeypatch.setattr(os, "scandir", broken)
    assert reason(place) == f"{place}: cannot be read ({said}); the medium may be damaged"


def test_a_list_has_so_many_lines_at_most() -> None:
    """As many as a bag may have files, twice over."""
    lines = [f"{HASH}  {number}" for number in range(200_001)]
    assert len(read_manifest("\n".join(lines[1:]).encode(), "list")) == 200_000
    with pytest.raises(PackageError) as caught:
        read_manifest("\n".join(lines).encode(), "list")
    assert str(caught.value) == "list has more than 200000 lines: that is no list of ours"


@pytest.mark.parametrize("name", ["a", "a/b.c", "..a", "a~", "ä", "a b"])
def test_plain_names(name: str) -> None:
    """They stay below their folder on every system."""
    assert is_plain(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/a", "a/", "a//b", "a/../b", "./a", "~a", "a/~b", "a\nb", *(f"a{c}b" for c in '\\:*?"<>|')]
)
def test_names_that_lead_elsewhere(name: str) -> None:
    """Or mean something else somewhere."""
    assert not is_plain(name)
