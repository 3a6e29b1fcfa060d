"""A lost record is no first start: the slots are kept apart, never older than it, and without them nobody enters."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kiosk.clock import SimClock, instant
from kiosk.records import staff_copy
from kiosk.records.append import note
from kiosk.records.folder import RESCUED, Folder
from kiosk.records.store import Store
from kiosk.rows.kinds import ResetStaff, StaffRow, StateRow
from tests.patience import PATIENCE_S
from tests.records.helpers import SMALL, rows_in

FIRST, CHANGED = (StaffRow("therapist-1", "therapist", "One", "ab" * 16, digit * 64) for digit in "12")
NURSE = StaffRow("nurse-1", "nurse", "Nurse", "cd" * 16, "3" * 64)


def opened(data: Path) -> Store:
    return Store.open(data, SimClock(), SMALL)


def put(data: Path, *rows: StaffRow | ResetStaff | StateRow) -> None:
    store = opened(data)
    store.put(*rows)
    assert store.close(PATIENCE_S)


def lose(data: Path) -> None:
    (data / "kiosk.db").write_bytes(b"garbage!" * 2_000)


def slots(data: Path) -> tuple[list[StaffRow], bool]:
    store = opened(data)
    found = store.read().staff(), store.read().staff_lost()
    assert store.close(PATIENCE_S)
    return found


def test_the_slots_outlive_the_record(tmp_path: Path) -> None:
    """As they were last set, for the kiosk's own eyes."""
    put(tmp_path, FIRST, NURSE)
    put(tmp_path, CHANGED)
    assert stat.S_IMODE((tmp_path / "staff.json").stat().st_mode) == 0o600
    lose(tmp_path)
    assert slots(tmp_path) == ([NURSE, CHANGED], False)
    (tmp_path / "kiosk.db").unlink()
    assert slots(tmp_path) == ([NURSE, CHANGED], False)


@pytest.mark.parametrize("copy", [None, b"", b"{}", b'{"slots":[],"digest":""}', b"\xff\xfe"])
def test_without_record_and_copy_nobody_makes_the_first_pin(tmp_path: Path, copy: bytes | None) -> None:
    """Only whoever owns the machine lets the first therapist in."""
    put(tmp_path, FIRST)
    lose(tmp_path)
    if copy is None:
        (tmp_path / "staff.json").unlink()
    else:
        (tmp_path / "staff.json").write_bytes(copy)
    assert slots(tmp_path) == ([], True)
    assert slots(tmp_path) == ([], True)
    note(tmp_path, [ResetStaff("command")], instant(SimClock()), alone=True)
    assert slots(tmp_path) == ([], False)


def test_a_slot_that_is_gone_does_not_come_back(tmp_path: Path) -> None:
    """Root has taken all PINs away: losing the record afterwards gives nobody theirs back."""
    put(tmp_path, FIRST, NURSE)
    note(tmp_path, [ResetStaff("command")], instant(SimClock()), alone=True)
    lose(tmp_path)
    assert slots(tmp_path) == ([], False)


def test_a_new_kiosk_asks_for_its_first_therapist(tmp_path: Path) -> None:
    """Nobody had a PIN: there is nothing to protect."""
    assert slots(tmp_path) == ([], False)
    lose(tmp_path)
    assert slots(tmp_path) == ([], False)


def test_the_copy_is_written_before_the_record_and_heals_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug pulled between the two leaves the newer slots, and one flipped bit in the record is put right."""
    put(tmp_path, FIRST)
    order = []
    real = staff_copy.write

    def noted(folder: Path, found: tuple[StaffRow, ...]) -> None:
        order.append(rows_in(tmp_path, "SELECT pin_hash FROM staff"))
        real(folder, found)

    monkeypatch.setattr(staff_copy, "write", noted)
    put(tmp_path, CHANGED)
    assert [(FIRST.pin_hash,)] in order
    monkeypatch.undo()
    staff_copy.write(tmp_path, (FIRST, NURSE))
    assert slots(tmp_path) == ([NURSE, FIRST], False)
    assert rows_in(tmp_path, "SELECT count(*) FROM events WHERE code = 'staff_restored'") == [(1,)]


def test_a_rescue_that_is_cut_off_is_gone_on_with(tmp_path: Path) -> None:
    """Between the two renames the record is in neither place: the next start puts the rescued one there."""
    put(tmp_path, FIRST, StateRow("k", "v"))
    whole = (tmp_path / "kiosk.db").read_bytes()
    for before in (b"", b"garbage" * 999):
        (tmp_path / "kiosk.db").unlink()
        (tmp_path / RESCUED).write_bytes(whole)
        (tmp_path / f"{RESCUED}.part").write_bytes(b"half of it")
        if before:
            (tmp_path / "kiosk.db").write_bytes(before)
        store = opened(tmp_path)
        assert store.read().state("k") == "v"
        assert store.close(PATIENCE_S)
        assert not (tmp_path / RESCUED).exists()
    assert (Folder(tmp_path).quarantine() / "kiosk.db.corrupt-1").read_bytes() == b"garbage" * 999
