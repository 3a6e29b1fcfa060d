"""A report at the clinic says of a person what the kiosks have said, and writes nowhere but into its folder."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from kiosk.cli import cli
from kiosk.clinic.database import open_clinic
from kiosk.clinic.reports import Gathered, codes
from kiosk.package.selection import Selection
from kiosk.package.snapshot import open_snapshot
from kiosk.report.figures import Figures, figures
from kiosk.report.told import told
from kiosk.rows.kinds import StateRow
from tests.clinic.test_merge import merged
from tests.package import sample
from tests.package.made import BERLIN, exported, person_row, record
from tests.usb.parcels import PEOPLE, Counting, parcel


@pytest.fixture(scope="module")
def lived_through(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a rich record, and the clinic's file in which its package is."""
    here = tmp_path_factory.mktemp("clinic")
    record(here / "data", sample.rows(sample.lives(4)))
    merged([exported(here / "data", here / "out").made.place], here / "clinic.db")
    return here


def test_the_figures_are_those_of_the_kiosk(lived_through: Path) -> None:
    """Nothing is lost on the way: how everybody is set up, every session, every band, every notice."""
    compared = 0
    with (
        open_snapshot(lived_through / "data", Selection(), BERLIN) as snapshot,
        open_clinic(lived_through / "clinic.db") as clinic,
    ):
        assert codes(clinic) == snapshot.codes()
        for code in snapshot.codes():
            here = Gathered(clinic, code)
            wanted, found = figures(snapshot, code, told(snapshot)), figures(here, code, told(here))
            assert _alike(found) == _alike(wanted)
            compared += len(found.sittings)
    assert compared


def _alike(found: Figures) -> Figures:
    """Without what the clinic does not know: in which order regions were entered, and how far everybody's log goes."""
    shots = [replace(shot, regions=tuple(sorted(shot.regions))) for shot in found.shots]
    return replace(found, until=None, shots=shots)


def test_everybody_gets_a_file_that_others_can_open(lived_through: Path, tmp_path: Path) -> None:
    """One for each person, called by the code, over the one of before; the command says how many."""
    for _ in range(2):
        done = CliRunner().invoke(cli, ["clinic", "report", str(lived_through / "clinic.db"), "--out", str(tmp_path)])
        assert done.exit_code == 0, done.output
    with open_clinic(lived_through / "clinic.db") as clinic:
        wanted = codes(clinic)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{code}.pdf" for code in wanted]
    assert f"{len(wanted)} reports" in done.output
    for code in wanted:
        text = subprocess.run(["pdftotext", tmp_path / f"{code}.pdf", "-"], capture_output=True, check=True).stdout
        assert code in text.decode()


def test_a_person_of_two_kiosks_has_one_report(tmp_path: Path) -> None:
    """Whoever moved to another ward practised there too."""
    packages = []
    for device in ("aaaa0000", "bbbb0000"):
        kiosk = Counting(device)
        kiosk.practise(PEOPLE[0])
        packages.append(kiosk.export(tmp_path))
    merged(packages, tmp_path / "clinic.db")
    with open_clinic(tmp_path / "clinic.db") as clinic:
        person = Gathered(clinic, PEOPLE[0])
        assert person.device_id == "aaaa0000, bbbb0000"
        assert [row["device_id"] for row in person.dicts("sessions")] == ["aaaa0000", "bbbb0000"]
        assert len(list(person.dicts("repetitions"))) == 4


def test_a_set_up_without_a_date_is_newer_than_the_one_before_it(tmp_path: Path) -> None:
    """Staff changed a plan while nobody knew the date: the number of the change says that it came later."""
    first = person_row(PEOPLE[0])
    later = msgspec.structs.replace(first, revision=2, valid_from_utc="")
    record(tmp_path / "data", [StateRow("device_id", "aaaa0000"), first, later])
    merged([exported(tmp_path / "data", tmp_path / "out").made.place], tmp_path / "clinic.db")
    with open_clinic(tmp_path / "clinic.db") as clinic:
        assert [(row.revision, row.valid_from_utc) for row in Gathered(clinic, PEOPLE[0]).persons()] == [(2, "")]


def test_a_code_that_leads_elsewhere_is_no_file_name(tmp_path: Path) -> None:
    """A package can be made by anybody: no byte is written outside the folder, and the others get their reports."""
    rows = [{"patient_code": "../../x", "revision": 1}]
    merged([parcel(tmp_path / "in", "aaaa0000", 1, {"persons": rows})], tmp_path / "clinic.db")
    out = tmp_path / "a" / "b"
    done = CliRunner().invoke(cli, ["clinic", "report", str(tmp_path / "clinic.db"), "--out", str(out)])
    assert done.exit_code == 1
    assert "no code of a person" in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "clinic.db", "in"]
    assert list(out.iterdir()) == []


def test_there_must_be_a_file(tmp_path: Path) -> None:
    """A wrong name makes no empty database."""
    done = CliRunner().invoke(cli, ["clinic", "report", str(tmp_path / "clinic.db"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "there is no such file" in done.output
    assert list(tmp_path.iterdir()) == []
