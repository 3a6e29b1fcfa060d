"""``kiosk staff reset``: the way in when nobody knows a PIN; nothing but staff slots goes."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.cli import cli
from kiosk.clock import SimClock
from kiosk.rows.kinds import InboxRow, InboxSeen, PersonRow, PinTriesRow, StaffRow
from kiosk.runtime.condition import desk_slots
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, rows_in, session, sound


def reset(data: Path) -> Result:
    return CliRunner().invoke(cli, ["staff", "reset", "--data", str(data)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    store = open_small(tmp_path)
    store.put(
        StaffRow("therapist-1", "therapist", "Therapist 1", "5a17", "4a54"),
        StaffRow("nurse-1", "nurse", "Nurse 1", "5a18", "4a55"),
        PinTriesRow("therapist-1", 5, 60_000, "boot-1", 1_000),
        PersonRow("C2D3FH", stage="paretic"),
        session(end_reason="completed"),
        InboxRow("k1", "C2D3FH", "red-flag"),
        InboxSeen("therapist-1", "k1"),
    )
    assert store.close(PATIENCE_S)
    return tmp_path


def test_the_next_start_asks_for_a_first_therapist(data: Path) -> None:
    """No slot, no lock and no PIN hash is left, nor in the bytes; whoever is new has seen no line of the inbox."""
    done = reset(data)
    assert done.exit_code == 0, done.output
    assert "2 staff slots" in done.output
    for table in ("staff", "pin_tries", "inbox_seen"):
        assert rows_in(data, f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 our own names
    store = open_small(data)
    try:
        assert desk_slots(store.read(), SimClock(), str) == ()
    finally:
        assert store.close(PATIENCE_S)
    assert all(b"4a55" not in path.read_bytes() for path in data.glob("kiosk.db*"))


def test_it_is_audited_and_changes_nothing_else(data: Path) -> None:
    """Persons, sessions and the log stay; the record says that it was done, and by which way."""
    reset(data)
    told = rows_in(data, "SELECT level, code, detail_code FROM events ORDER BY seq DESC LIMIT 1")
    assert told == [("audit", "staff.reset", "command:2")]
    assert rows_in(data, "SELECT count(*) FROM persons") == [(1,)]
    assert rows_in(data, "SELECT count(*) FROM sessions") == [(1,)]
    assert rows_in(data, "SELECT count(*) FROM inbox") == [(1,)]
    sound(data)


def test_it_refuses_while_a_kiosk_runs_and_says_what_to_do(data: Path) -> None:
    """Somebody may just be standing at the desk with a PIN that is about to go."""
    store = open_small(data)
    try:
        refused = reset(data)
    finally:
        assert store.close(PATIENCE_S)
    assert refused.exit_code == 75
    assert "systemctl stop kiosk" in refused.output
    assert rows_in(data, "SELECT count(*) FROM staff") == [(2,)]


def test_a_folder_without_a_record_is_not_made(tmp_path: Path) -> None:
    """A mistyped folder must not look like a success."""
    refused = reset(tmp_path / "no")
    assert refused.exit_code == 70
    assert "there is no record" in refused.output
    assert not (tmp_path / "no").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs two users")
def test_root_leaves_no_files_that_the_kiosk_cannot_open(data: Path) -> None:
    """With sudo it works as the owner of the folder; a third user is told who may."""
    with tempfile.TemporaryDirectory() as name:
        theirs = Path(name)  # not below a folder of pytest's, which is its user's alone
        shutil.copytree(data, theirs, dirs_exist_ok=True)
        theirs.chmod(0o755)
        for path in (theirs, *theirs.iterdir()):
            os.chown(path, 65534, 65534)
        assert reset(theirs).exit_code == 0
        assert {path.stat().st_uid for path in theirs.iterdir()} == {65534}
        os.seteuid(1)
        try:
            refused = reset(theirs)
        finally:
            os.seteuid(0)
    assert refused.exit_code == 70
    assert "only they and root" in refused.output
