"""Packages that something went wrong with, or that somebody made wrong on purpose."""

from __future__ import annotations

import hashlib
import io
import random
import re
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from kiosk.handover.manifest import FILE, manifest_bytes


def relist(place: Path) -> None:
    """Write the manifest anew, as somebody would who wants a change not to be seen."""
    files = [path for path in place.iterdir() if path.name != FILE and path.is_file()]
    listed = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
    (place / FILE).write_bytes(manifest_bytes(listed))


def members(place: Path) -> dict[str, bytes]:
    """Everything in the bag, by name."""
    with zipfile.ZipFile(place / "data.zip") as archive:
        return {member.filename: archive.read(member) for member in archive.infolist()}


def rezip(place: Path, files: dict[str, bytes], *, rehash: bool = True) -> None:
    """Write the bag anew; ``rehash``: with manifests that fit again."""
    top = next(iter(files)).partition("/")[0]
    if rehash:
        payload = [(name.partition("/")[2], data) for name, data in files.items() if "/data/" in name]
        listed = manifest_bytes((name, hashlib.sha256(data).hexdigest()) for name, data in payload)
        files[f"{top}/manifest-sha256.txt"] = listed
        tags = [f"{top}/{name}" for name in ("bagit.txt", "bag-info.txt", "manifest-sha256.txt")]
        digests = ((name.partition("/")[2], hashlib.sha256(files[name]).hexdigest()) for name in tags if name in files)
        files[f"{top}/tagmanifest-sha256.txt"] = manifest_bytes(digests)
    with zipfile.ZipFile(place / "data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    relist(place)


def mutate(place: Path, chance: random.Random) -> str:
    """Change one thing in the package at ``place``; what it was. Nothing of it may pass."""
    how = chance.choice(WAYS)
    how(place, chance)
    return how.__name__


def cut(place: Path, chance: random.Random) -> None:
    path = chance.choice(sorted(place.iterdir()))
    raw = path.read_bytes()
    path.write_bytes(raw[: chance.randrange(len(raw))])


def cut_and_relist(place: Path, chance: random.Random) -> None:
    raw = (place / "data.zip").read_bytes()
    (place / "data.zip").write_bytes(raw[: chance.randrange(len(raw))])
    relist(place)


def flip(place: Path, chance: random.Random) -> None:
    path = chance.choice(sorted(place.iterdir()))
    raw = bytearray(path.read_bytes())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)


def lose(place: Path, chance: random.Random) -> None:
    chance.choice(sorted(place.iterdir())).unlink()


def add(place: Path, chance: random.Random) -> None:
    (place / chance.choice(("autorun.inf", "data.exe", "\u202egpj.zip", "a" * 200))).write_bytes(b"MZ")


def content(place: Path) -> list[Path]:
    """The files that say something about persons."""
    return sorted(path for path in place.iterdir() if path.suffix in (".pdf", ".xlsx", ".zip"))


def lose_and_relist(place: Path, chance: random.Random) -> None:
    chance.choice(content(place)).unlink()
    relist(place)


def add_and_relist(place: Path, chance: random.Random) -> None:
    add(place, chance)
    relist(place)


def replace_and_relist(place: Path, chance: random.Random) -> None:
    chance.choice(content(place)).write_bytes(b"%PDF-1.7 of somebody else")
    relist(place)


def link(place: Path, chance: random.Random) -> None:
    path = chance.choice(sorted(place.iterdir()))
    path.unlink()
    path.symlink_to(chance.choice(("/etc/passwd", "/dev/zero", "nowhere")))


def hostile_list(place: Path, chance: random.Random) -> None:
    name = chance.choice(("../../etc/passwd", "/etc/passwd", "a/../../b", "~root", "C:\\x", "data.zip", "\x07"))
    with (place / FILE).open("ab") as file:
        file.write(b"0" * 64 + b"  " + name.encode() + b"\n")


def garbage_list(place: Path, chance: random.Random) -> None:
    (place / FILE).write_bytes(chance.choice((b"", b"\xff" * 100, b"hello\n", b"\n" * 200_000, chance.randbytes(500))))


def hostile_member(place: Path, chance: random.Random) -> None:
    files = members(place)
    top = next(iter(files)).partition("/")[0]
    name = chance.choice(
        (f"{top}/../../x", "/etc/x", f"{top}/data/~x", "other/x", f"{top}/data/a\\b", f"{top}/data/.", f"{top}/data/x/")
    )
    rezip(place, {**files, name: b"x"}, rehash=chance.random() < 0.5)


def twice(place: Path, chance: random.Random) -> None:
    """The same name again, with other bytes or with the same."""
    import warnings

    with zipfile.ZipFile(place / "data.zip", "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        name = archive.namelist()[0]
        archive.writestr(name, chance.choice((b"another", members(place)[name])))
    relist(place)


def twice_but_for_case(place: Path, chance: random.Random) -> None:
    """Two names that are one on Windows."""
    files = members(place)
    name = chance.choice(sorted(name for name in files if "/data/" in name))
    top, _, rest = name.partition("/data/")
    rezip(place, {**files, f"{top}/data/{rest.upper()}": b"another"})


def bomb(place: Path, chance: random.Random) -> None:
    files = members(place)
    top = next(iter(files)).partition("/")[0]
    name = chance.choice(("sessions.csv", "datapackage.json", "clips/x.mp4", "fhir/bundle.json"))
    rezip(place, {**files, f"{top}/data/{name}": b"\0" * (24 << 20)})


def lying_size(place: Path, chance: random.Random) -> None:
    """The directory says another size than there is."""
    raw = bytearray((place / "data.zip").read_bytes())
    at = raw.index(b"PK\x01\x02", raw.rindex(b"PK\x05\x06") - 2_000)
    struct.pack_into("<I", raw, at + 24, chance.choice((0, 1, 0x7FFFFFFF, 10_000)))
    (place / "data.zip").write_bytes(raw)
    relist(place)


def table(change: Callable[[bytes, random.Random], bytes]) -> Callable[[Path, random.Random], None]:
    """A way that changes one CSV and lets all hashes fit again."""

    def way(place: Path, chance: random.Random) -> None:
        files = members(place)
        names = [name for name in files if name.endswith(".csv") and len(files[name].splitlines()) > 1]
        name = chance.choice(names)
        files[name] = change(files[name], chance)
        rezip(place, files)

    way.__name__ = change.__name__
    return way


@table
def a_row_less(raw: bytes, _chance: random.Random) -> bytes:
    return b"\r\n".join(raw.split(b"\r\n")[:-2]) + b"\r\n"


@table
def a_column_less(raw: bytes, _chance: random.Random) -> bytes:
    return b"\r\n".join(line.rpartition(b",")[0] for line in raw.split(b"\r\n"))


@table
def huge_cell(raw: bytes, chance: random.Random) -> bytes:
    return raw + b'"' + bytes(chance.choice(b"a\n,") for _ in range(1)) * 3_000_000 + b'"\r\n'


@table
def wrong_type(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.split(b"\r\n")
    cells = lines[1].split(b",")
    cells[-1] = chance.choice((b"nan", b"1e999", b"\xc2\xb2", b"0x10", b"1_0", b"=1+1", b"", b"9" * 400))
    return b"\r\n".join([lines[0], b",".join(cells), *lines[2:]])


@table
def not_utf8(raw: bytes, _chance: random.Random) -> bytes:
    return raw.replace(b"\r\n", b"\r\n\xff\xfe", 2)


def another_package(place: Path, chance: random.Random) -> None:
    """``package.csv`` or the descriptor speaks of another package than the name does."""
    files = members(place)
    end, old, new = chance.choice(
        (
            ("package.csv", b",ALL,", b",ANNA,"),
            ("package.csv", b"_ALL_000001,", b"_ALL_000002,"),
            ("package.csv", b",1,FK_", b",2,FK_"),
            ("datapackage.json", b'"package_seq": 1', b'"package_seq": 2'),
        )
    )
    name = next(name for name in files if name.endswith(end))
    assert old in files[name]
    changed = files[name].replace(old, new)
    if end == "package.csv":
        # The descriptor is told as well, so that nothing but the sense is wrong.
        described = next(name for name in files if name.endswith("datapackage.json"))
        before, after = (hashlib.sha256(raw).hexdigest().encode() for raw in (files[name], changed))
        grown = len(changed) - len(files[name])
        head, _, rest = files[described].partition(before)
        told = re.sub(rb'"bytes": (\d+)', lambda found: b'"bytes": %d' % (int(found[1]) + grown), rest, count=1)
        files[described] = head + after + told
    rezip(place, {**files, name: changed})


def other_version(place: Path, chance: random.Random) -> None:
    files = members(place)
    name = next(name for name in files if name.endswith("datapackage.json"))
    old, new = chance.choice(
        ((b'"format": 1', b'"format": 2'), (b'"kiosk"', b'"cafe"'), (b'"rows": ', b'"rows": 1'), (b"{", b"[" * 50_000))
    )
    assert old in files[name]
    files[name] = files[name].replace(old, new)
    rezip(place, files)


def other_tag(place: Path, chance: random.Random) -> None:
    files = members(place)
    tags = [name for name in files if name.endswith(".txt")]
    name = chance.choice(tags)
    files[name] = chance.choice((b"", b"BagIt-Version: 9.9\n", chance.randbytes(100), files[name] + b"x"))
    rezip(place, files, rehash=False)


def no_zip(place: Path, chance: random.Random) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w"):
        pass
    (place / "data.zip").write_bytes(chance.choice((b"", b"PK", out.getvalue(), chance.randbytes(2_000))))
    relist(place)


def part(place: Path, _chance: random.Random) -> None:
    """An export that was never finished."""
    shutil.copytree(place, place.with_name(place.name + "-copy"))
    for path in place.iterdir():
        path.rename(path.with_name(path.name + ".part"))
    shutil.rmtree(place.with_name(place.name + "-copy"))


WAYS: tuple[Callable[[Path, random.Random], None], ...] = (
    cut,
    cut_and_relist,
    flip,
    lose,
    add,
    lose_and_relist,
    add_and_relist,
    replace_and_relist,
    link,
    hostile_list,
    garbage_list,
    hostile_member,
    twice,
    twice_but_for_case,
    bomb,
    lying_size,
    a_row_less,
    a_column_less,
    huge_cell,
    wrong_type,
    not_utf8,
    another_package,
    other_version,
    other_tag,
    no_zip,
    part,
)
