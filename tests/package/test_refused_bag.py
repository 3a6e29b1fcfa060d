"""Every sentence about a zip file, its tags, names, sizes and locks, whole, and each bound from both sides."""

from __future__ import annotations

import copy
import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest
import pyzipper

from kiosk.package import bag, read_bag
from kiosk.package.protection import Keys, Protection
from kiosk.package.verify import verify
from tests.package.mutants import members, relist, rezip
from tests.package.spoilt import (
    HASH,
    LONG,
    TOP,
    WORDS,
    Change,
    both,
    locked,
    made,
    opened,
    reason,
    sha256_of,
    told_beside,
)


def added(name: str, data: bytes = b"x", **info: Any) -> Change:
    """One member more; the list outside tells the new file."""

    def change(place: Path) -> None:
        with zipfile.ZipFile(place / "data.zip", "a", zipfile.ZIP_DEFLATED) as archive:
            member = zipfile.ZipInfo(f"{TOP}/{name}")
            member.compress_type = zipfile.ZIP_DEFLATED
            for key, value in info.items():
                setattr(member, key, value)
            archive.writestr(member, data)
        relist(place)

    return change


def directory(change: Callable[[zipfile.ZipFile], object]) -> Change:
    """Another table of contents for the same bytes."""

    def way(place: Path) -> None:
        with zipfile.ZipFile(place / "data.zip", "a") as archive:
            archive._didModify = True  # type: ignore[attr-defined]
            change(archive)
        relist(place)

    return way


def entry(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    return archive.getinfo(f"{TOP}/{name}")


def shared(archive: zipfile.ZipFile) -> None:
    """Many names for the bytes of one file."""
    first = entry(archive, "data/datapackage.json")
    for number in range(20):
        again = copy.copy(first)
        again.filename = f"{TOP}/data/{number}"
        archive.filelist.append(again)


def grown(archive: zipfile.ZipFile) -> None:
    entry(archive, "data/ratings.csv").file_size += 1


def without(name: str) -> Change:
    def change(place: Path) -> None:
        files = members(place)
        del files[f"{TOP}/{name}"]
        rezip(place, files, rehash=False)

    return change


def tag(name: str, data: bytes, *, rehash: bool = False) -> Change:
    """Another tag file; ``rehash``: the list of tags fits again."""

    def change(place: Path) -> None:
        files = {**members(place), f"{TOP}/{name}": data}
        if rehash:
            raw = files[f"{TOP}/tagmanifest-sha256.txt"].decode()
            old = next(line for line in raw.splitlines() if line.endswith(f"  {name}"))
            new = f"{hashlib.sha256(data).hexdigest()}  {name}"
            files[f"{TOP}/tagmanifest-sha256.txt"] = raw.replace(old, new).encode()
        rezip(place, files, rehash=False)

    return change


def other_bytes(place: Path) -> None:
    """A payload file that is another one, under the old list."""
    files = members(place)
    rezip(place, {**files, f"{TOP}/data/ratings.csv": b"other"}, rehash=False)


def torn(place: Path) -> None:
    """A byte of a packed table is another one."""
    raw = bytearray((place / "data.zip").read_bytes())
    with zipfile.ZipFile(place / "data.zip") as archive:
        member = entry(archive, "data/ratings.csv")
    at = member.header_offset + 30 + len(member.filename) + member.compress_size // 2
    raw[at] ^= 0xFF
    (place / "data.zip").write_bytes(raw)
    relist(place)


NOISE = random.Random(1).randbytes(32 << 20)
ODD = f"data/{LONG}:"
BAG: dict[str, tuple[Change, str]] = {
    "no zip": (
        both(lambda place: (place / "data.zip").write_bytes(b"PK"), relist),
        "data.zip cannot be read: the file is damaged or cut off (File is not a zip file)",
    ),
    "nothing in it": (
        directory(lambda archive: archive.filelist.clear()),
        "data.zip: 0 files in it: this is no bag of ours",
    ),
    "strange name": (
        added(ODD),
        f"data.zip: {f'{TOP}/{ODD}'[:60]!r} is a name or kind of file that no kiosk writes: do not open it",
    ),
    "a link": (
        added("data/a", external_attr=0o120777 << 16),
        f"data.zip: '{TOP}/data/a' is a name or kind of file that no kiosk writes: do not open it",
    ),
    "twice but for case": (
        both(added(f"data/{LONG}"), added(f"data/{LONG.upper()}")),
        f"data.zip: {f'{TOP}/data/{LONG.upper()}'[:60]!r} is in it twice: do not open it",
    ),
    "another packing": (
        added(f"data/{LONG}", compress_type=zipfile.ZIP_BZIP2),
        f"data.zip: {f'{TOP}/data/{LONG}'[:60]!r} is packed in a way that no kiosk uses",
    ),
    "many names": (directory(shared), "data.zip: its files overlap: do not open it"),
    "two folders": (
        lambda place: rezip(place, {**members(place), "other/x": b"x"}, rehash=False),
        "data.zip: a bag is one top folder; this is no bag of ours",
    ),
    "no declaration": (without("bagit.txt"), "data.zip: bagit.txt is missing: this is no bag of ours"),
    "no tag": (without("bag-info.txt"), "data.zip: bag-info.txt is missing"),
    "another version": (
        tag("bagit.txt", bag.BAGIT.replace(b"1.0", b"0.9"), rehash=True),
        "data.zip: bagit.txt is of another version than 1.0",
    ),
    "another tag": (
        tag("bag-info.txt", b"other"),
        "data.zip: bag-info.txt is not as it was written (its hash differs)",
    ),
    "other tags": (
        tag("tagmanifest-sha256.txt", f"{HASH}  bagit.txt\n".encode()),
        "data.zip: tagmanifest-sha256.txt lists other files than there are",
    ),
    "no list of tags": (
        tag("tagmanifest-sha256.txt", b"x"),
        "data.zip: tagmanifest-sha256.txt, line 1: this is no hash with a name: the file was changed or is damaged",
    ),
    "no list": (
        tag("manifest-sha256.txt", b"x", rehash=True),
        "data.zip: manifest-sha256.txt, line 1: this is no hash with a name: the file was changed or is damaged",
    ),
    "not listed": (added(f"data/{LONG}"), f"data.zip: {f'data/{LONG}'[:60]!r} is not listed"),
    "missing": (without("data/ratings.csv"), "data.zip: 'data/ratings.csv' is missing"),
    "another file": (other_bytes, "data.zip: data/ratings.csv is not as it was written (its hash differs)"),
    "shorter": (directory(grown), "data.zip: data/ratings.csv is shorter than it says: the file is damaged"),
}


@pytest.mark.parametrize("how", BAG)
def test_what_is_wrong_with_a_bag(tmp_path: Path, how: str) -> None:
    """Its names, sizes, lists and hashes, each by name."""
    place = made(tmp_path)
    change, sentence = BAG[how]
    change(place)
    assert reason(place) == sentence


def test_a_torn_file_is_named_with_its_cause(tmp_path: Path) -> None:
    """What unpacking said stands in brackets."""
    place = made(tmp_path)
    torn(place)
    found = reason(place)
    assert found.startswith("data.zip: data/ratings.csv cannot be read: the file is damaged or cut off (")
    assert found.endswith(")")


def test_a_tag_may_be_so_large(tmp_path: Path) -> None:
    """32 MiB: enough for the list of a hundred thousand files."""
    at, above = made(tmp_path / "at"), made(tmp_path / "above")
    tag("bag-info.txt", NOISE)(at)
    assert reason(at) == "data.zip: bag-info.txt is not as it was written (its hash differs)"
    tag("bag-info.txt", NOISE + b"x")(above)
    assert reason(above) == f"data.zip: bag-info.txt has {len(NOISE) + 1} bytes; at most {len(NOISE)} are right"


@pytest.mark.parametrize("count", [1, 8])
def test_what_would_unpack_to_too_much(tmp_path: Path, count: int) -> None:
    """16 MiB are free, and 200 times what is packed: of a file, and of all files together."""
    place = made(tmp_path)

    def fill(archive: zipfile.ZipFile) -> None:
        for number in range(count):
            archive.writestr(f"{TOP}/data/{number}", bytes(1 << 20), zipfile.ZIP_DEFLATED)

    directory(fill)(place)
    with zipfile.ZipFile(place / "data.zip") as archive:
        full = archive.infolist() if count > 1 else [entry(archive, "data/0")]
    packed, inside = (sum(getattr(one, what) for one in full) for what in ("compress_size", "file_size"))
    most = (16 << 20) + 200 * packed
    each, rest = divmod(most - inside, count)

    def swell(archive: zipfile.ZipFile, more: int) -> None:
        for number in range(count):
            entry(archive, f"data/{number}").file_size = (1 << 20) + each + (rest + more if number == 0 else 0)

    directory(lambda archive: swell(archive, 0))(place)
    assert reason(place) == "data.zip: 'data/0' is not listed"
    directory(lambda archive: swell(archive, 1))(place)
    assert reason(place) == f"data.zip: it would unpack to {most + 1} bytes from {packed}: do not open it"


def test_a_bag_has_so_many_files_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound itself is far above what an export puts into one zip file."""
    place = made(tmp_path)
    there = len(members(place))
    monkeypatch.setattr(read_bag, "MOST_MEMBERS", there)
    assert verify(place, Keys()).passed
    monkeypatch.setattr(read_bag, "MOST_MEMBERS", there - 1)
    assert reason(place) == f"data.zip: {there} files in it: this is no bag of ours"


def test_a_declaration_may_have_the_line_ends_of_windows(tmp_path: Path) -> None:
    """RFC 8493 leaves them open."""
    place = made(tmp_path)
    tag("bagit.txt", bag.BAGIT.replace(b"\n", b"\r\n"), rehash=True)(place)
    assert verify(place, Keys()).passed


def test_words(tmp_path: Path) -> None:
    """None, others, some of which are right, and words although there is no lock."""
    place = made(tmp_path, protection=Protection(WORDS))
    locked(place, "data.zip: it opens with a passphrase only, and none was given")
    locked(place, "data.zip: the words do not open it; look at each word once more", ("six", "seven"))
    opened(place, "passphrase", ("six", WORDS, "seven"))
    plain = made(tmp_path / "plain")
    opened(plain, "none")
    assert verify(plain, Keys((WORDS,), plain=True)).passed
    assert reason(plain, (WORDS,)) == (
        "data.zip: this package is not protected, although words or a key were given: somebody else may have made it; "
        "if this kiosk's setting is none, verify it without them, or merge with --plain"
    )


def test_keys(tmp_path: Path) -> None:
    """None, others, the right one among others; and what was encrypted is cut off."""
    mine, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    place = made(tmp_path, protection=Protection(keys=(str(mine.to_public()),)))
    locked(place, "data.zip.age: it is encrypted to the keys of the clinic, and no identity was given", (WORDS,))
    locked(place, "data.zip.age: it is encrypted to other keys than the identity that was given", (), (other,))
    opened(place, "recipients", (), (other, mine))
    raw = (place / "data.zip.age").read_bytes()
    (place / "data.zip.age").write_bytes(raw[:-1])
    relist(place)
    found = reason(place, (), (mine,))
    assert found.startswith("data.zip.age cannot be decrypted: the file is damaged or cut off (")
    assert found.endswith(")")


def test_one_file_of_a_bag_is_locked(tmp_path: Path) -> None:
    """No kiosk locks some of them."""
    place = made(tmp_path)
    with pyzipper.AESZipFile(place / "data.zip", "a", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(WORDS.encode())
        archive.writestr(f"{TOP}/data/more", b"x")
    relist(place)
    said = "data.zip: only some of its files are encrypted: no kiosk writes that; do not open it"
    assert reason(place, (WORDS,)) == said


def beside(place: Path, name: str, top: str) -> None:
    """A further zip file, told in the first one."""
    bags = bag.bag_zip(top, lambda _: iter([bag.Payload("clips/a.mp4", iter([b"film"]), packed=True)]), None)
    (place / name).write_bytes(b"".join(bags))
    told_beside(place, {path.name: sha256_of(path) for path in place.glob("data-*")})


def test_further_zip_files(tmp_path: Path) -> None:
    """Each has its number; one of another package, one twice, and one that is protected otherwise are none of ours."""
    place = made(tmp_path)
    beside(place, "data-2.zip", f"{TOP}-2")
    beside(place, "data-9999.zip", f"{TOP}-9999")
    opened(place, "none")
    for top in (f"{TOP}-x", f"{TOP}-99999", f"{TOP}x-2", f"{TOP}-9999", TOP):
        beside(place, "data-2.zip", top)
        assert reason(place) == f"{TOP}: its zip files are of different packages"
    identity = pyrage.x25519.Identity.generate()
    sealed = pyrage.encrypt((place / "data-2.zip").read_bytes(), [identity.to_public()])
    (place / "data-2.zip").unlink()
    (place / "data-2.zip.age").write_bytes(sealed)
    told_beside(place, {path.name: sha256_of(path) for path in place.glob("data-*")})
    said = f"{TOP}: only some of its zip files are encrypted; do not open it"
    assert reason(place, (), (identity,), plain=True) == said


def test_a_further_zip_file_is_hashed_too(tmp_path: Path) -> None:
    """Films lie there, and what is no table is read to its end."""
    place = made(tmp_path)
    beside(place, "data-2.zip", f"{TOP}-2")
    with zipfile.ZipFile(place / "data-2.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(place / "data-2.zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, b"mlif" if name.endswith(".mp4") else data)
    told_beside(place, {path.name: sha256_of(path) for path in place.glob("data-*")})
    assert reason(place) == "data-2.zip: data/clips/a.mp4 is not as it was written (its hash differs)"


def test_a_large_table_is_told_by_all_its_bytes(tmp_path: Path) -> None:
    """Its size and its hash are those of the whole, however many pieces it was written and read in."""
    rows = [{"seq": number + 2, "code": "card", "revision": 1} for number in range(12_000)]
    place = made(tmp_path, {"events": rows})
    table = members(place)[f"{TOP}/data/events.csv"]
    assert len(table) > 2 * bag.PIECE
    assert verify(place, Keys()).rows["events"] == len(rows)
    told = json.loads(members(place)[f"{TOP}/data/datapackage.json"])
    (resource,) = [one for one in told["resources"] if one["name"] == "events"]
    assert (resource["bytes"], resource["hash"]) == (len(table), f"sha256:{hashlib.sha256(table).hexdigest()}")
    sizes = [len(data) for name, data in members(place).items() if "/data/" in name]
    assert f"Payload-Oxum: {sum(sizes)}.{len(sizes)}\n".encode() in members(place)[f"{TOP}/bag-info.txt"]


@pytest.mark.parametrize("more", [-1, 0])
def test_a_file_that_may_become_large_is_written_so(more: int) -> None:
    """From 1 GiB on a member has room for sizes of 64 bits before anybody knows whether it needs them."""
    payload = bag.Payload("x", iter([b"x"]), most=(1 << 30) + more)
    raw = b"".join(bag.bag_zip(TOP, lambda _: iter([payload]), None))
    wide = raw[4:6] == (45).to_bytes(2, "little")
    assert wide is (more == 0)


def test_pieces_are_gathered() -> None:
    """Into some of 128 KiB; what is larger stays whole, and nothing is lost at the end."""
    most = 128 << 10
    pieces = [b"a" * (most - 1), b"b", b"c" * (2 * most), b"d", b"e"]
    assert [len(piece) for piece in bag.gathered(pieces)] == [most, 2 * most, 2]
    assert [len(piece) for piece in bag.gathered([b"a" * most, *[b"b" * (most - 1)] * 2])] == [most, 2 * most - 2]
    assert list(bag.gathered([])) == []
