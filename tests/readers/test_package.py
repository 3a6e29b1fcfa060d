"""The package as a whole: its hashes, its bag, its bundle and its protection, as tools of others take them."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import bagit
import pytest
from fhir.resources.R4B.bundle import Bundle

from kiosk.package.protection import Protection
from kiosk.report.papers import documents
from tests.package import sample
from tests.package.made import exported, record
from tests.patience import PATIENCE_S
from tests.readers.made import unpacked
from tests.readers.place import by_python, sees

pytestmark = pytest.mark.slow
Record = Callable[[str, object], None]
WORDS = "five words that nobody knows"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A package of two people over eight weeks, and the folder ``data`` of its bag."""
    return unpacked(sample.rows(sample.lives()), tmp_path_factory.mktemp("package"))


def said(*command: object) -> str:
    """What a tool of the system says; it must be content."""
    told = [str(part) for part in command]
    done = subprocess.run(told, capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    return done.stdout + done.stderr


def test_the_list_of_hashes_is_read_as_it_is(package: tuple[Path, Path], record_property: Record) -> None:
    """By the tool that everybody has."""
    told = said("env", "-C", package[0], "LC_ALL=C", "sha256sum", "-c", "MANIFEST.sha256").splitlines()
    assert all(line.endswith(": OK") for line in told)
    tool = said("sha256sum", "--version").splitlines()[0].replace("(", "").replace(")", "")
    record_property("figure", sees(tool, "MANIFEST.sha256", f"{len(told)} files, all OK"))


def test_the_bag_is_valid(package: tuple[Path, Path], record_property: Record) -> None:
    """By the reference library of BagIt."""
    bag = bagit.Bag(str(package[1].parent))
    bag.validate()
    what = f"a valid bag of {len(list(bag.payload_files()))} files"
    record_property("figure", sees(f"bagit {version('bagit')} (Python)", "data.zip", what))


def test_the_bundle_has_no_error(package: tuple[Path, Path], record_property: Record) -> None:
    """By a model of FHIR R4B: every resource of it."""
    bundle = Bundle.model_validate_json((package[1] / "fhir" / "bundle.json").read_text(encoding="utf-8"))
    kinds = Counter(type(entry.resource).__name__ for entry in bundle.entry or ())
    assert kinds["Procedure"] > 100
    what = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    record_property("figure", sees(f"fhir.resources {version('fhir.resources')} (Python)", "fhir/bundle.json", what))


def test_a_protected_report_opens_with_its_words_only(tmp_path: Path, record_property: Record) -> None:
    """The password is a PDF's own, and a PDF's own tools take it."""
    data = record(tmp_path / "data", sample.rows(sample.lives(weeks=1)))
    place = exported(data, tmp_path / "out", Protection(WORDS), documents=documents()).made.place
    with pytest.raises(subprocess.CalledProcessError):
        said("qpdf", "--check", place / "report.pdf")
    assert "No syntax or stream encoding errors" in said("qpdf", f"--password={WORDS}", "--check", place / "report.pdf")
    with pytest.raises(AssertionError):
        by_python("tables.py", "openpyxl", place / "sessions.xlsx", "sessions")
    tool = said("qpdf", "--version").splitlines()[0].replace(" version", "")
    record_property(
        "figure", sees(tool, "report.pdf, with its password", "AES-256, no error; nothing without the words")
    )
