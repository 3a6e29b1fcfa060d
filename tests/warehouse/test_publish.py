"""A clinic's database as Parquet: what is in it, again, in part, and when something is in the way."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import sqlite3
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from click.testing import CliRunner

from kiosk.cli import cli
from kiosk.clinic.database import open_clinic
from kiosk.clinic.merge import merge
from kiosk.errors import ClinicError
from kiosk.package.protection import Keys
from kiosk.package.schema import TABLES
from kiosk.warehouse.publish import Publication, publish
from kiosk.warehouse.tables import PUBLISHED, schema_version, site_of
from tests.package.made import exported, lived, record
from tests.usb.parcels import PEOPLE, parcel
from tests.warehouse.engines import by_arrow
from tests.warehouse.years import years

ANNA, BEN, _ = PEOPLE


def published(database: Path, to: Path) -> Publication:
    with open_clinic(database) as clinic:
        return publish(clinic, to, lambda *_: None)


def files(current: Path) -> dict[str, int]:
    """Every file behind the link, with its inode."""
    top = current.resolve()
    return {str(path.relative_to(top)): path.stat().st_ino for path in top.rglob("*.parquet")}


def taken(database: Path, *packages: Path) -> None:
    with open_clinic(database) as clinic:
        assert [one.reason for one in merge(clinic, packages, Keys())] == [""] * len(packages)


def a_session(name: str, day: str, code: str = ANNA, **more: Any) -> dict[str, Any]:
    given = {"start_utc": f"{day}T12:00:00.000Z", "clock_status": "ntp", "utc_offset_min": 0, "patient_code": code}
    return {"session_id": name, "revision": 1, **given, **more}


def test_what_was_merged_is_published_cell_by_cell(tmp_path: Path) -> None:
    """A real package, through the merge: every row of every table, and nothing else."""
    data = record(tmp_path / "data", lived(people=2, sessions=3, steps=2))
    taken(tmp_path / "clinic.db", exported(data, tmp_path / "out").made.place)
    told = published(tmp_path / "clinic.db", tmp_path / "to")
    source = sqlite3.connect(tmp_path / "clinic.db")
    for name, one in PUBLISHED.items():
        names = ", ".join(f'"{column}"' for column in one.table.names)
        wanted = source.execute(f'SELECT {names} FROM "{name}"').fetchall()  # noqa: S608
        table = by_arrow(told.current, name)
        rows = table.select(list(one.table.names)).to_pylist()
        found = [tuple(as_stored(value) for value in row.values()) for row in rows]
        assert sorted(found, key=repr) == sorted(wanted, key=repr)
        assert told.rows[name] == len(wanted)
    source.close()
    assert told.rows["repetitions"] > 0


def as_stored(value: Any) -> Any:
    """A cell as SQLite has it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        assert value.tzinfo is not None
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def test_days_weeks_and_months_are_those_of_the_place(tmp_path: Path) -> None:
    """A late evening in Berlin is not the next day; a week begins on Monday; a clock that nobody set has no day."""
    late = a_session("a", "2026-03-01", start_utc="2026-03-01T23:30:00.000Z", utc_offset_min=60)
    early = a_session("b", "2026-03-01", start_utc="2026-03-01T22:30:00.000Z", utc_offset_min=60)
    unset = a_session("c", "1970-01-01", clock_status="unset")
    below = [{"session_id": "a", "order": 0, "exercise": "jaw-soft", "revision": 1}]
    taken(tmp_path / "c.db", parcel(tmp_path, "d1", 1, {"sessions": [late, early, unset], "steps": below}))
    told = published(tmp_path / "c.db", tmp_path / "to")
    rows = {row["session_id"]: row for row in by_arrow(told.current, "sessions").to_pylist()}
    names = ("site", "month", "day", "week", "week_number")
    assert [rows["a"][name] for name in names] == ["s-clin", "2026-03", date(2026, 3, 2), date(2026, 3, 2), 2930]
    assert [rows["b"][name] for name in names] == ["s-clin", "2026-03", date(2026, 3, 1), date(2026, 2, 23), 2929]
    assert [rows["c"][name] for name in names] == ["s-clin", "undated", None, None, None]
    (step,) = by_arrow(told.current, "steps").to_pylist()
    assert (step["day"], step["patient_code"], step["month"]) == (date(2026, 3, 2), ANNA, "2026-03")


def test_every_file_has_the_one_schema(tmp_path: Path) -> None:
    """Also where a column is empty from top to bottom, and where a table has no row at all: with units and the zone."""
    years(tmp_path / "c.db", [0, 20], days=70)
    current = published(tmp_path / "c.db", tmp_path / "to").current
    for name in PUBLISHED:
        schemas = [pyarrow.parquet.read_schema(path) for path in (current / name).rglob("*.parquet")]
        assert schemas
        assert all(one.equals(schemas[0], check_metadata=True) for one in schemas)
        assert schemas[0].metadata[b"zone"] == b"UTC"
        assert schemas[0].metadata[b"schema_version"] == schema_version().encode()
        assert [field.name for field in schemas[0]] == [column.name for column in PUBLISHED[name].columns]
    state = json.loads((current / "published.json").read_text())
    assert (state["zone"], state["schema_version"]) == ("UTC", schema_version())
    assert {column["name"] for column in state["tables"]["sessions"]} >= set(TABLES["sessions"].names)


def test_again_without_news_changes_nothing(tmp_path: Path) -> None:
    """The link leads where it led, and it says so."""
    years(tmp_path / "c.db", [0], days=3)
    first = published(tmp_path / "c.db", tmp_path / "to")
    seen = os.readlink(first.current), files(first.current)
    again = published(tmp_path / "c.db", tmp_path / "to")
    assert (again.fresh, again.written, again.kept, again.rows) == (False, 0, first.written, first.rows)
    assert (os.readlink(again.current), files(again.current)) == seen


def test_only_what_is_new_is_written(tmp_path: Path) -> None:
    """A site without news keeps its files, and so does a month without any of a site that has some."""
    years(tmp_path / "c.db", [20], days=3)
    taken(tmp_path / "c.db", parcel(tmp_path, "d1", 1, {"sessions": [a_session("a", "2026-01-05")]}))
    before = published(tmp_path / "c.db", tmp_path / "to")
    old = files(before.current)
    more = [a_session("b", "2026-02-05"), a_session("a", "2026-01-05")]
    taken(tmp_path / "c.db", parcel(tmp_path, "d1", 2, {"sessions": more}))
    after = published(tmp_path / "c.db", tmp_path / "to")
    new = files(after.current)
    assert new.items() >= old.items()
    assert [name.rpartition("/")[0] for name in new.keys() - old.keys()] == ["sessions/site=s-clin/month=2026-02"]
    assert (after.written, after.kept, after.generation) == (1, len(old), 2)


def test_a_column_that_came_later_is_in_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Published by an earlier version, then by today's: no file of before is kept, since engines would lose it."""
    years(tmp_path / "c.db", [0, 20], days=3)
    one = PUBLISHED["repetitions"]
    earlier = replace(one, table=one.table.earlier, columns=tuple(c for c in one.columns if not c.later))
    with monkeypatch.context() as before:
        for module in ("tables", "parquet", "publish"):
            before.setattr(f"kiosk.warehouse.{module}.PUBLISHED", {**PUBLISHED, "repetitions": earlier})
        current = published(tmp_path / "c.db", tmp_path / "to").current
    assert "closure_left_ratio" not in by_arrow(current, "repetitions").column_names
    told = published(tmp_path / "c.db", tmp_path / "to")
    assert told.fresh
    for path in (current / "repetitions").rglob("*.parquet"):
        assert "closure_left_ratio" in pyarrow.parquet.read_schema(path).names


def test_who_was_erased_is_gone_from_the_disk(tmp_path: Path) -> None:
    """Also from the generation of before, at once."""
    data = record(tmp_path / "data", lived(people=1, sessions=2))
    taken(tmp_path / "c.db", exported(data, tmp_path / "out").made.place)
    told = published(tmp_path / "c.db", tmp_path / "to")
    assert told.rows["sessions"] == 2
    with open_clinic(tmp_path / "c.db") as clinic:  # as a merge does when a kiosk tells of it
        for name in ("sessions", "steps", "repetitions", "ratings"):
            clinic.connection.execute(f"DELETE FROM {name}")  # noqa: S608
        clinic.connection.execute("INSERT INTO merged SELECT 'x', package, device_id, 9, '', 1, 0 FROM merged")
    after = published(tmp_path / "c.db", tmp_path / "to")
    assert after.rows["sessions"] == 0
    assert sorted(entry.name for entry in (tmp_path / "to").iterdir()) == ["current", "g000002"]
    assert sum(by_arrow(after.current, name).num_rows for name in ("sessions", "steps", "repetitions", "ratings")) == 0


def test_a_kiosk_that_moves_takes_its_rows_along(tmp_path: Path) -> None:
    """They are at the site of its newest package, and nowhere else."""
    years(tmp_path / "c.db", [0], days=2)
    published(tmp_path / "c.db", tmp_path / "to")
    with open_clinic(tmp_path / "c.db") as clinic:
        clinic.connection.execute(
            "INSERT INTO merged SELECT 'x', 'FK_WARD-9_X_ALL_000002', device_id, 2, '', 1, 0 FROM merged"
        )
    told = published(tmp_path / "c.db", tmp_path / "to")
    assert set(by_arrow(told.current, "sessions")["site"].to_pylist()) == {"s-ward-9"}
    assert told.rows["sessions"] == 4


@pytest.mark.parametrize(
    ("package", "site"),
    [("FK_007_X_ALL_1", "s-007"), ("FK_12E45678_X_ALL_1", "s-12e45678"), ("FK_N-O_X", "s-n-o"), ("Ö", "s-nosite")],
)
def test_names_of_sites(package: str, site: str) -> None:
    """Small ASCII letters behind two characters that are in no number."""
    assert site_of(package) == site
    assert site.isascii()


def test_a_file_that_is_gone_is_written_again(tmp_path: Path) -> None:
    """Somebody tidied up: the next publication is whole all the same."""
    years(tmp_path / "c.db", [0, 20], days=3)
    current = published(tmp_path / "c.db", tmp_path / "to").current
    old = files(current)
    next((current / "steps/site=s-007").rglob("*.parquet")).unlink()
    years(tmp_path / "c.db", [40], days=3)
    published(tmp_path / "c.db", tmp_path / "to")
    assert files(current).keys() > old.keys()


def test_without_hard_links_it_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A share of another system may have none."""

    def none(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    years(tmp_path / "c.db", [0], days=3)
    current = published(tmp_path / "c.db", tmp_path / "to").current
    old = files(current)
    years(tmp_path / "c.db", [20], days=3)
    monkeypatch.setattr("os.link", none)
    published(tmp_path / "c.db", tmp_path / "to")
    assert files(current).keys() > old.keys()
    assert by_arrow(current, "sessions").num_rows == 12


def test_no_room_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a sentence, and without half a generation that takes room."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    years(tmp_path / "c.db", [0], days=3)
    current = published(tmp_path / "c.db", tmp_path / "to").current
    old = files(current)
    years(tmp_path / "c.db", [20], days=3)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ClinicError) as caught:
        published(tmp_path / "c.db", tmp_path / "to")
    assert str(caught.value) == f"{tmp_path / 'to'}: there is no room left; what was published before is still there"
    assert files(current) == old
    assert sorted(entry.name for entry in (tmp_path / "to").iterdir()) == ["current", "g000001"]


def test_two_at_once_do_not_mix(tmp_path: Path) -> None:
    """The second one says that there is a first."""
    years(tmp_path / "c.db", [0], days=3)
    place = tmp_path / "to"
    place.mkdir()
    held = os.open(place, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(ClinicError, match="somebody else publishes to it just now"):
        published(tmp_path / "c.db", place)
    os.close(held)
    assert published(tmp_path / "c.db", place).fresh


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    """A folder called `current` is refused, and other files are left alone."""
    years(tmp_path / "c.db", [0], days=3)
    place = tmp_path / "to"
    (place / "current").mkdir(parents=True)
    with pytest.raises(ClinicError, match="this was not published by this program; name another folder"):
        published(tmp_path / "c.db", place)
    (place / "current").rmdir()
    (place / "notes.txt").write_text("mine")
    (place / "g000007").mkdir()  # a generation that nothing leads to: of a publication that was killed
    published(tmp_path / "c.db", place)
    assert sorted(entry.name for entry in place.iterdir()) == ["current", "g000001", "notes.txt"]


def test_a_cell_that_no_merge_wrote_is_named(tmp_path: Path) -> None:
    """By table and column, with what to do; the tables of before stay."""
    years(tmp_path / "c.db", [0], days=3)
    current = published(tmp_path / "c.db", tmp_path / "to").current
    with open_clinic(tmp_path / "c.db") as clinic:
        clinic.connection.execute("UPDATE sessions SET end_utc = 'yesterday' WHERE seq = 2")
        clinic.connection.execute("INSERT INTO merged SELECT 'x', package, device_id, 9, '', 1, 0 FROM merged")
    with pytest.raises(ClinicError, match=r"sessions\.end_utc: .*yesterday.*; the database was changed by hand"):
        published(tmp_path / "c.db", tmp_path / "to")
    assert by_arrow(current, "sessions").num_rows == 6


def test_it_asks_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite is read by Python's own module: an engine would fetch an extension for that."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a socket")

    years(tmp_path / "c.db", [0], days=3)
    monkeypatch.setattr(socket, "socket", refused)
    assert published(tmp_path / "c.db", tmp_path / "to").fresh


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    """Sites on the way, counts at the end, and that nothing is new the next time."""
    years(tmp_path / "c.db", [0, 20], days=3)
    command = ["clinic", "publish", str(tmp_path / "c.db"), "--to", str(tmp_path / "to")]
    first, second = (CliRunner().invoke(cli, command) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stderr.splitlines() == ["s-007 (1 of 2)", "s-12e45678 (2 of 2)"]
    said = first.stdout.splitlines()
    assert said[0].startswith(f"{tmp_path / 'to/current'}: 2 kiosks at 2 sites, ")
    assert said[2] == f"  {'sessions':14}{12:>14}"
    assert second.stdout.splitlines()[0] == f"{tmp_path / 'to/current'}: nothing is new since generation 1"


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kiosk has no pyarrow: one sentence, and nothing is begun."""
    years(tmp_path / "c.db", [0], days=1)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ran = CliRunner().invoke(cli, ["clinic", "publish", str(tmp_path / "c.db"), "--to", str(tmp_path / "to")])
    assert ran.exit_code == 1
    assert "needs pyarrow, which is not installed" in ran.stderr
    assert "pip install '.[clinic]'" in ran.stderr
    assert not (tmp_path / "to").exists()
