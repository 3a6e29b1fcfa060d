"""A clinic forgets whom a kiosk has erased, and nobody else."""

from __future__ import annotations

from pathlib import Path

from tests.clinic.test_merge import content, merged
from tests.usb.parcels import PEOPLE, Counting

ANNA, BEN, _ = PEOPLE


def test_somebody_of_whom_a_line_of_the_log_is_left_is_not_forgotten(tmp_path: Path) -> None:
    """Not set up any more and never practised, but not erased: erasing takes the log of a person along."""
    kiosk = Counting("aaaa0000")
    kiosk.practise(ANNA)
    kiosk.practise(BEN)
    before = [kiosk.export(tmp_path), kiosk.export(tmp_path, BEN)]
    sessions = [seq for seq, row in kiosk.sessions.items() if row["patient_code"] == BEN]
    for seq in sessions:
        del kiosk.sessions[seq]
        kiosk.stones.add(seq)
    del kiosk.persons[BEN]
    merged([*before, kiosk.export(tmp_path)], tmp_path / "left.db")
    found = content(tmp_path / "left.db")
    assert {row[1] for row in found["persons"]} == {ANNA, BEN}
    assert BEN in {row[3] for row in found["package"]}
    kiosk.erase(BEN)
    merged([*before, kiosk.export(tmp_path)], tmp_path / "gone.db")
    assert BEN.encode() not in (tmp_path / "gone.db").read_bytes()


def test_without_a_package_of_everybody_nobody_is_missed(tmp_path: Path) -> None:
    """Numbers were erased, but no package says who is set up: a person without a session is not taken for gone."""
    kiosk = Counting("aaaa0000")
    kiosk.practise(ANNA)
    kiosk.persons[BEN] = [{"patient_code": BEN, "stage": "paretic", "revision": 1}]
    kiosk.erase(ANNA)
    merged([kiosk.export(tmp_path, BEN)], tmp_path / "clinic.db")
    assert [row[1] for row in content(tmp_path / "clinic.db")["persons"]] == [BEN]


def test_without_an_erasure_nobody_is_forgotten(tmp_path: Path) -> None:
    """Whoever is not in the newest package of everybody has not been erased by that: the kiosk's record may be new."""
    kiosk = Counting("aaaa0000")
    kiosk.persons[BEN] = [{"patient_code": BEN, "stage": "paretic", "revision": 1}]
    kiosk.practise(ANNA)
    first = kiosk.export(tmp_path)
    del kiosk.persons[BEN]
    merged([first, kiosk.export(tmp_path)], tmp_path / "clinic.db")
    assert {row[1] for row in content(tmp_path / "clinic.db")["persons"]} == {ANNA, BEN}
