"""The clinic's file: each sentence whole, how it is opened, and everything that is told of each package."""

from __future__ import annotations

import json
import logging
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.care.model import Side, Stage
from kiosk.care.person import Person
from kiosk.clinic.database import APPLICATION, AT_ONCE, Clinic, differing, insert, open_clinic, upsert
from kiosk.clinic.merge import MergeOutcome, Taken, merge
from kiosk.errors import ClinicError
from kiosk.package.protection import Keys
from kiosk.package.read import Package
from kiosk.package.schema import FORMAT, TABLES
from tests.package.made import code, exported, lived, record
from tests.package.spoilt import DEVICE, ROWS, TOP, listed, made, sha256_of
from tests.usb.parcels import Cells, parcel

REST = {
    "no database": "this is no database; name a new file, or the one that the clinic merges into",
    "locked": "another program is using it; close that and try again",
    "full": "there is no room left; what was merged so far is kept: make room and merge again",
    "readonly": "it cannot be written; look at who may write to the file and its folder",
    "no folder": "it cannot be opened or made; name a file in a folder that is there and may be written to",
    "other": "it cannot be used (no such table: merged); put back a copy, or merge all packages into a new file",
}


@pytest.fixture(autouse=True)
def _asked_anew() -> None:
    """What is kept for the whole run is made again here."""
    insert.cache_clear()
    differing.cache_clear()
    upsert.cache_clear()


def begun(path: Path) -> Path:
    open_clinic(path).close()
    return path


def spoil(clinic: Clinic, sql: str) -> None:
    clinic.connection.execute(sql)


def use(path: Path, how: str, package: Path) -> None:
    """Open the file, let something happen to it, and take a package in."""
    with open_clinic(path) as clinic:
        if how == "locked":
            other = sqlite3.connect(path)
            other.execute("BEGIN IMMEDIATE")
        elif how == "full":
            (pages,) = clinic.connection.execute("PRAGMA page_count").fetchone()
            spoil(clinic, f"PRAGMA max_page_count = {pages}")
        elif how == "readonly":
            spoil(clinic, "PRAGMA query_only = ON")
        elif how == "other":
            spoil(clinic, "DROP TABLE merged")
            clinic.holds("x")
        with Package(package, Keys()) as read:
            clinic.take(read.head, read)


@pytest.mark.parametrize("how", REST)
def test_each_sentence_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Which file, what is wrong with it, what to do: whatever SQLite says of it."""
    monkeypatch.setattr("kiosk.clinic.database.BUSY_S", 0.01)
    path = tmp_path / ("nowhere/clinic.db" if how == "no folder" else "clinic.db")
    if how == "no database":
        path.write_text("Dear all, " * 100)
    package = made(tmp_path, {"ratings": [{**ROWS["ratings"][0], "item": f"x{n}"} for n in range(9_000)]})
    with pytest.raises(ClinicError) as caught:
        use(path, how, package)
    assert str(caught.value) == f"{path}: {REST[how]}"


def test_a_file_that_is_not_ours(tmp_path: Path) -> None:
    """Another program's, a newer and an older version's, and none where one must be; each is let go of."""
    path = tmp_path / "clinic.db"
    with pytest.raises(ClinicError) as caught:
        open_clinic(path, make=False)
    assert str(caught.value) == f"{path}: there is no such file; make it with `kiosk clinic merge … --into {path}`"
    assert not path.exists()
    assert open_clinic(begun(path), make=False).holds("x") is False
    begins = f"{path}: written by"
    other = f"{path}: a database of another program, or of a kiosk; name a new file, or the clinic's own"
    for sql, said in (
        (
            f"PRAGMA user_version = {FORMAT + 1}",
            f"{begins} a newer version (format 2, this one knows 1); use that version",
        ),
        (
            "PRAGMA user_version = 0",
            f"{begins} an older version (format 0, this one knows 1); merge the packages again, into a new file",
        ),
        (f"PRAGMA application_id = {APPLICATION + 1}", other),
        ("PRAGMA application_id = 0", other),
    ):
        connection = sqlite3.connect(path)
        connection.execute(sql)
        connection.close()
        with pytest.raises(ClinicError) as caught:
            open_clinic(path)
        assert str(caught.value) == said
        sqlite3.connect(path, timeout=0).execute("BEGIN EXCLUSIVE").connection.close()


@pytest.mark.parametrize("sql", ["CREATE TABLE x (y)", "PRAGMA user_version = 1", "PRAGMA application_id = 1"])
def test_only_an_empty_file_is_begun(tmp_path: Path, sql: str) -> None:
    """Whatever of the three somebody else has set: it is not ours."""
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute(sql)
    connection.commit()
    connection.close()
    with pytest.raises(ClinicError, match="a database of another program"):
        open_clinic(path)
    (tmp_path / "empty.db").touch()
    open_clinic(tmp_path / "empty.db").close()


def test_how_it_is_opened(tmp_path: Path) -> None:
    """Others are waited for, what is erased is overwritten, nothing is put aside on a disk, little memory is taken."""
    with open_clinic(tmp_path / "clinic.db") as clinic:

        def told(pragma: str) -> object:
            return clinic.connection.execute(f"PRAGMA {pragma}").fetchone()[0]

        assert [told(name) for name in ("busy_timeout", "secure_delete", "temp_store", "cache_size")] == [
            5_000,
            1,
            2,
            -(16 << 10),
        ]
        assert (told("application_id"), told("user_version")) == (int.from_bytes(b"FKCL"), FORMAT)
        for table in TABLES.values():
            columns = clinic.connection.execute(f"PRAGMA table_info({table.name})").fetchall()
            types = {"whole": "INTEGER", "flag": "INTEGER", "number": "REAL"}
            assert [(name, kind) for _, name, kind, *_ in columns] == [
                (column.name, types.get(column.kind, "TEXT")) for column in table.columns
            ]
            assert [name for _, name, _, _, _, key in sorted(columns, key=lambda row: row[5]) if key] == list(table.key)


def test_what_is_told_of_each_package(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Merged, there already, a damaged copy, refused, and one that nobody foresaw; the others go on."""
    package, again = made(tmp_path), made(tmp_path / "again")
    rows = sum(map(len, ROWS.values()))
    with open_clinic(tmp_path / "clinic.db") as clinic:
        assert list(merge(clinic, [package, again], Keys())) == [
            Taken(package, MergeOutcome.MERGED, "", TOP, DEVICE, rows, 0),
            Taken(again, MergeOutcome.ALREADY, "", "", "", 0, 0),
        ]
        assert clinic.holds(sha256_of(package / "MANIFEST.sha256"))
        assert [str(outcome) for outcome in MergeOutcome] == ["merged", "already", "damaged", "refused"]
        (again / "data.zip").write_bytes(b"PK")
        damaged = "data.zip: not as it was written (its hash differs): it was changed or is damaged; copy it again"
        strange = made(tmp_path / "strange")
        listed(strange, "more")
        no_file = "'more': the kiosk wrote no such file with this package; do not open it"
        assert list(merge(clinic, [again, tmp_path / "none", strange, package], Keys())) == [
            Taken(again, MergeOutcome.DAMAGED, damaged),
            Taken(tmp_path / "none", MergeOutcome.REFUSED, "this is no package (a folder called FK_…)"),
            Taken(strange, MergeOutcome.REFUSED, no_file),
            Taken(package, MergeOutcome.ALREADY),
        ]
        with pytest.MonkeyPatch.context() as patch, caplog.at_level(logging.ERROR):
            patch.setattr(Package, "check_rest", lambda _: 1 // 0)
            (odd,) = merge(clinic, [made(tmp_path / "odd", {"ratings": []})], Keys())
        assert odd.outcome is MergeOutcome.REFUSED
        assert odd.reason.startswith("it made the reader stumble (ZeroDivisionError: ")
        assert caplog.records[-1].exc_info is not None
        assert clinic.connection.execute("SELECT count(*) FROM ratings").fetchone() == (1,)
        spoil(clinic, "DROP TABLE events")
        with pytest.raises(ClinicError):
            list(merge(clinic, [made(tmp_path / "later", {"ratings": []}), package], Keys()))


def test_what_is_kept_of_a_package(tmp_path: Path) -> None:
    """Its manifest, name, kiosk, number, version, whether it leaves nobody out, and its rows; and who is set up."""
    rows: dict[str, list[Cells]] = {
        "persons": [{"patient_code": "ANNA", "revision": 1}],
        "package": [{**ROWS["package"][0], "package": TOP}],
    }
    whole = parcel(tmp_path, DEVICE, 1, rows)
    name = TOP.replace("ALL_000001", "ANNA_000002")
    alone = {**ROWS["package"][0], "package_seq": 2, "package": name, "selection": "ANNA"}
    one = parcel(tmp_path, DEVICE, 2, {"package": [alone]}, "ANNA")
    with open_clinic(tmp_path / "clinic.db") as clinic:
        list(merge(clinic, [whole, one], Keys()))
        with Package(whole, Keys()) as package:
            version = package.head.app_version
        told = clinic.connection.execute("SELECT * FROM merged ORDER BY package_seq").fetchall()
        assert told == [
            (sha256_of(whole / "MANIFEST.sha256"), TOP, DEVICE, 1, version, 1, 2),
            (sha256_of(one / "MANIFEST.sha256"), name, DEVICE, 2, version, 0, 1),
        ]
        assert clinic.connection.execute("SELECT * FROM present").fetchall() == [(DEVICE, "ANNA")]


def test_the_newest_plan_of_each_person_is_kept(tmp_path: Path) -> None:
    """As the kiosk wrote it, in whatever order the packages come."""
    data = record(tmp_path / "data", lived(people=2, sessions=1, steps=1))
    packages = [exported(data, tmp_path / "1").made.place]
    connection = sqlite3.connect(data / "kiosk.db")
    (row,) = connection.execute("SELECT profile FROM persons WHERE patient_code = ?", (code(0),)).fetchone()
    newer = msgspec.structs.replace(msgspec.json.decode(row, type=Person), side=Side.RIGHT)
    profile = msgspec.json.encode(newer).decode()
    connection.execute("UPDATE persons SET profile = ? WHERE patient_code = ?", (profile, code(0)))
    connection.commit()
    connection.close()
    packages.append(exported(data, tmp_path / "2", claim=lambda _row, least: least + 1).made.place)
    older = Person(code=code(1), stage=Stage.PARETIC, side=Side.LEFT)
    for number, order in enumerate((packages, packages[::-1])):
        with open_clinic(tmp_path / f"{number}.db") as clinic:
            assert [one.outcome for one in merge(clinic, order, Keys())] == [MergeOutcome.MERGED] * 2
            held = clinic.connection.execute("SELECT * FROM plans").fetchall()
        manifest = sha256_of(packages[1] / "MANIFEST.sha256")
        assert sorted(held) == sorted(
            ("05e0b6c3", person.code, 2, manifest, msgspec.json.encode(person).decode()) for person in (newer, older)
        )


@pytest.mark.parametrize("count", [1, 2, AT_ONCE, 2 * AT_ONCE, 2 * AT_ONCE + 2])
def test_every_conflict_is_counted(tmp_path: Path, count: int) -> None:
    """Over full statements and what is left of the batch; each is written down under its key."""

    def rated(value: float) -> list[dict[str, Any]]:
        return [{**ROWS["ratings"][0], "item": f"x{number:03}", "value": value} for number in range(count)]

    with open_clinic(tmp_path / "clinic.db") as clinic:
        packages = [made(tmp_path / str(value), {"ratings": rated(value)}) for value in (1.0, 2.0)]
        assert [taken.conflicts for taken in merge(clinic, packages, Keys())] == [0, count]
        found = clinic.connection.execute("SELECT * FROM conflicts ORDER BY key").fetchall()
        assert found == [(DEVICE, "ratings", json.dumps(["s", f"x{number:03}"])) for number in range(count)]
        held = clinic.connection.execute("SELECT value FROM ratings").fetchall()
        assert held == [(2.0,)] * count
