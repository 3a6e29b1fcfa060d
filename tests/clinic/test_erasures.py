"""A clinic forgets whom a kiosk has erased, and nobody else."""

from __future__ import annotations

import json
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


def test_what_is_left_of_a_name_is_the_word_of_the_kiosk(tmp_path: Path) -> None:
    """Packages of somebody who was erased stay in the list, under the same word as there; no conflict does."""
    kiosk = Counting("aaaa0000")
    kiosk.practise(ANNA)
    kiosk.practise(BEN)
    before = [kiosk.export(tmp_path), kiosk.export(tmp_path, BEN)]
    for code in (ANNA, BEN):
        kiosk.persons[code] = [{**kiosk.persons[code][0], "stage": "flaccid"}]
    before.append(kiosk.export(tmp_path))
    conflicts = [json.dumps([code, 1]) for code in sorted((ANNA, BEN))]
    merged(before, tmp_path / "clinic.db")
    assert [row[2] for row in content(tmp_path / "clinic.db")["conflicts"]] == conflicts
    kiosk.erase(BEN)
    merged([kiosk.export(tmp_path)], tmp_path / "clinic.db")
    found = content(tmp_path / "clinic.db")
    name = "FK_CLIN_AAAA0000_ERASED_000002"
    assert {row[2:4] for row in found["package"] if row[1] == 2} == {(name, "ERASED")}
    assert sorted(row[1] for row in found["merged"] if row[3] == 2) == [name]
    assert {row[3] for row in found["package"] if row[1] != 2} == {"ALL"}
    assert found["conflicts"] == [("aaaa0000", "persons", json.dumps([ANNA, 1]))]
    assert {row[1] for row in found["present"]} == {ANNA}
