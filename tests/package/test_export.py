"""What a record and its packages owe each other: a kiosk's name, a number of its own, rows whatever a plan is like."""

from __future__ import annotations

import json
import logging
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.cli import cli
from kiosk.clinic.database import open_clinic
from kiosk.clinic.merge import merge
from kiosk.clock import SimClock, instant
from kiosk.errors import HandoverError
from kiosk.package.export import Exported
from kiosk.package.protection import Keys
from kiosk.package.verify import verify
from kiosk.records.append import claim, note
from kiosk.report.papers import documents
from kiosk.rows.kinds import ExportRow, StateRow
from tests.package.made import code, exported, lived, record
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, rows_in


def damaged(data: Path, number: int) -> None:
    """The plan of the person with this number ends in the middle."""
    with closing(sqlite3.connect(data / "kiosk.db")) as connection, connection:
        connection.execute(
            "UPDATE persons SET profile = substr(profile, 1, 40) WHERE patient_code = ?", (code(number),)
        )


def test_a_record_without_a_name_is_refused(tmp_path: Path) -> None:
    """No verify and no merge would take the package, so it must not be called done; nothing was begun either."""
    data, out = record(tmp_path / "data", (row for row in lived() if not isinstance(row, StateRow))), tmp_path / "out"
    with pytest.raises(HandoverError, match=r"does not say which kiosk it is of.*start the kiosk once"):
        exported(data, out, note=lambda rows: note(data, rows, instant(SimClock())))
    assert list(out.iterdir()) == []
    assert rows_in(data, "SELECT * FROM exports") == []


@pytest.mark.parametrize("first", ["desk", "command"])
def test_two_exports_at_once_never_get_one_number(tmp_path: Path, first: str) -> None:
    """At the desk and by command, to two media: two numbers, both in the record with their hashes, both merged."""
    data, clock = record(tmp_path / "data", lived(people=2, sessions=2, steps=1)), SimClock()
    store = open_small(data, clock)
    ways = {"desk": lambda rows: store.put(*rows), "command": lambda rows: note(data, rows, instant(clock))}
    (second,) = set(ways) - {first}
    inner: list[Exported] = []

    def late(row_at: Callable[[int], ExportRow], least: int) -> int:
        """The other one comes between looking for a number and taking it."""
        inner.append(exported(data, tmp_path / second, code=code(1), note=ways[second]))
        return claim(data, row_at, least, instant(clock))

    outer = exported(data, tmp_path / first, note=ways[first], claim=late)
    assert store.close(PATIENCE_S)
    assert [inner[0].made.seq, outer.made.seq] == [1, 2]
    listed = rows_in(data, "SELECT seq, package, manifest_sha256, verified FROM exports ORDER BY seq")
    assert listed == [(done.made.seq, done.made.name, done.made.manifest_sha256, 1) for done in (inner[0], outer)]
    with open_clinic(tmp_path / "clinic.db") as clinic:
        taken = merge(clinic, [outer.made.place, inner[0].made.place], Keys())
        assert [each.outcome.value for each in taken] == ["merged", "merged"]


def test_one_unreadable_plan_keeps_nobodys_rows_in(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """All rows and papers leave the kiosk, the plan alone does not; the log says so without saying who."""
    data = record(tmp_path / "data", lived(people=3, sessions=2, steps=1))
    damaged(data, 1)
    with caplog.at_level(logging.WARNING):
        done = exported(data, tmp_path / "out", documents=tuple(documents(str, "en", "CLIN", "Bed 4")))
    assert done.made.unread == 1
    assert verify(done.made.place, Keys()).passed
    with zipfile.ZipFile(done.made.place / "data.zip") as archive:
        (plan,) = (name for name in archive.namelist() if name.endswith("plan.json"))
        (persons,) = (name for name in archive.namelist() if name.endswith("persons.csv"))
        there = {person["code"] for person in json.loads(archive.read(plan))["persons"]}
        assert there == {code(0), code(2)}
        assert all(code(number) in archive.read(persons).decode() for number in range(3))
    assert "a plan cannot be read" in caplog.text
    assert code(1) not in caplog.text
    alone = exported(data, tmp_path / "out", code=code(1))
    assert verify(alone.made.place, Keys()).passed


def test_the_command_says_that_a_plan_is_missing(tmp_path: Path) -> None:
    """In words, and as a number for machines."""
    data = record(tmp_path / "data", lived(people=3, sessions=1, steps=1))
    damaged(data, 0)
    asked = ["export", "--to", str(tmp_path / "out"), "--data", str(data), "--protection", "none"]
    said = CliRunner().invoke(cli, asked)
    assert "1 plan could not be read and is not in it: set this person up again" in said.stdout
    damaged(data, 2)
    assert json.loads(CliRunner().invoke(cli, [*asked, "--json"]).stdout)["unread_plans"] == 2
