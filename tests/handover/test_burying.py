"""A clinic forgets whom a kiosk has erased, and nobody else."""

from __future__ import annotations

from pathlib import Path

from tests.handover.parcels import PEOPLE, Counting
from tests.handover.test_merge import content, merged

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
