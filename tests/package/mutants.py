"""Packages that something went wrong with, or that somebody made wrong on purpose."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import re
import shutil
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from kiosk.package.outer import FILE, manifest_bytes
from kiosk.package.schema import TABLES, CellKind, Column, Table


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


def retold(place: Path, file: str, change: Callable[[bytes], bytes]) -> None:
    """Change a file of the bag and tell every hash and size of it, so that nothing but its sense is wrong."""
    files = members(place)
    name = next(name for name in files if name.endswith(f"/{file}"))
    described = next(name for name in files if name.endswith("datapackage.json"))
    before, after = files[name], change(files[name])
    assert after != before, f"nothing of {file} was changed"
    told = json.loads(files[described])
    for resource in told["resources"]:
        if resource["path"] == file:
            resource["hash"] = f"sha256:{hashlib.sha256(after).hexdigest()}"
            resource["bytes"] = len(after)
            resource["rows"] += after.count(b"\r\n") - before.count(b"\r\n")
    rezip(place, {**files, name: after, described: json.dumps(told).encode()})


def misfits(column: Column, *, key: bool) -> list[str]:
    """Cells that no kiosk writes into this column."""
    found = ["\x1b[2J", "two words", "n\u00fctzlich", "x" * 200]
    if column.kind in (CellKind.WHOLE, CellKind.NUMBER):
        found += [f"{column.least - 1}", f"{column.most + 1}"] if None not in (column.least, column.most) else []  # type: ignore[operator]
        found += ["nan", "inf", "1e999", "0x10", "9" * 40, "=1+1"]
        found += ["1.5"] if column.kind is CellKind.WHOLE else []
    elif column.kind is CellKind.FLAG:
        found += ["2", "true"]
    elif column.kind in (CellKind.MOMENT, CellKind.DAY):
        found += ["yesterday", "2026-02-30", "2026-02-30T08:00:00.000Z", "0001-01-01T00:00:00.000Z", "9999-12-31"]
    elif column.words:
        found += ["cured", f"{column.words[0]}s", f"{column.words[0].title()} "]
    return [*found, ""] if key else found


def rows_of(files: Mapping[str, bytes], table: Table) -> list[list[str]]:
    """Every row of a table in a bag, with its header."""
    raw = next(data for name, data in files.items() if name.endswith(f"/{table.name}.csv"))
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def written(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def a_value_outside(place: Path, chance: random.Random) -> None:
    """One cell that the schema does not allow, where everything else is told as it then is."""
    table = chance.choice([table for table in TABLES.values() if len(rows_of(members(place), table)) > 1])
    rows = rows_of(members(place), table)
    at, row = chance.randrange(len(table.columns)), chance.choice(rows[1:])
    column = table.columns[at]
    row[at] = chance.choice(misfits(column, key=column.name in table.key))
    retold(place, f"{table.name}.csv", lambda _: written(rows))


def a_row_twice(place: Path, chance: random.Random) -> None:
    """The same key again, there or at the end, with the same contents or with another revision."""
    table = chance.choice([table for table in TABLES.values() if len(rows_of(members(place), table)) > 1])
    rows = rows_of(members(place), table)
    again = list(chance.choice(rows[1:]))
    if "revision" not in table.key:
        again[-1] = str(int(again[-1]) + chance.randrange(2))
    rows.insert(chance.choice((rows.index(rows[-1]) + 1, 2)), again)
    retold(place, f"{table.name}.csv", lambda _: written(rows))


def a_row_of_nothing(place: Path, chance: random.Random) -> None:
    """What lies below a session that is not there."""
    table = chance.choice([t for t in TABLES.values() if t.parent and len(rows_of(members(place), t)) > 1])
    rows = rows_of(members(place), table)
    chance.choice(rows[1:])[1] = "0" * 16
    retold(place, f"{table.name}.csv", lambda _: written(rows))


def another_bundle(place: Path, chance: random.Random) -> None:
    """FHIR that is no JSON, no bundle, or refers to nothing."""
    old, new = chance.choice(
        (
            (b'"resourceType":"Bundle"', b'"resourceType":"Patient"'),
            (b'"resourceType":"Procedure"', b'"resourceType":"Medication"'),
            (b'"type":"collection"', b'"type":"transaction"'),
            (b'"status":"final"', b'"status":"cured"'),
            (b'"reference":"urn:uuid:', b'"reference":"urn:uuid:0'),
            (b'"fullUrl":"urn:uuid:', b'"fullUrl":"urn:uuid:0'),
            (b'"subject":{', b'"object":{'),
            (b"]}\n", b"]"),
            (b",\n", b"\n"),
            (b"{", b"["),
            (b'{"fullUrl"', b"\xff"),
        )
    )
    retold(place, "bundle.json", lambda raw: raw.replace(old, new, 1))


def another_plan(place: Path, chance: random.Random) -> None:
    """A plan that is no JSON, or that no staff could have set."""
    old, new = chance.choice(
        (
            (b'"stage":"paretic"', b'"stage":"cured"'),
            (b'"format": 2', b'"format": 99'),
            (b'"language":"en"', b'"language":"English"'),
            (b'"reviewed_by":""', b'"reviewed_by":"somebody"'),
            (b'"side":"left"', b'"side":7'),
            (b"]", b""),
            (b"{", b"["),
        )
    )
    retold(place, "plan.json", lambda raw: raw.replace(old, new, 1))


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
    a_value_outside,
    a_row_twice,
    a_row_of_nothing,
    another_bundle,
    another_plan,
    wrong_type,
    not_utf8,
    another_package,
    other_version,
    other_tag,
    no_zip,
    part,
)
