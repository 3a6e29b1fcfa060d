"""PASS is said of what a kiosk wrote and of nothing else; what is hostile gets a clear answer and no byte written."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import tempfile
from pathlib import Path

import pyrage
import pytest
import pyzipper
from click.testing import CliRunner

from kiosk.cli import cli
from kiosk.clock import SimClock
from kiosk.package.protection import Keys, Protection
from kiosk.package.verify import verify
from kiosk.package.write import PeopleFile
from kiosk.rows.kinds import Row, StateRow
from tests.package.made import code, exported, lived, person_row, record
from tests.package.mutants import WAYS, members, mutate, relist, rezip
from tests.records.helpers import session
from tests.usb.parcels import parcel

MANY = 2_000
WORDS = "one two three four five"
PAPERS = ("report.pdf", "sessions.xlsx")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("good")
    papers = tuple(PeopleFile(name, lambda _snapshot, stream, _: stream.write(b"paper")) for name in PAPERS)
    data = record(here / "data", lived(sessions=2, steps=2))
    return exported(data, here / "out", documents=papers).made.place


def hold(good: Path, here: Path, seed: int, way: int | None = None) -> None:
    """One mutant: never PASS, always a reason that a person can read."""
    place = here / good.name
    shutil.copytree(good, place)
    chance = random.Random(seed)
    if way is None:
        told = mutate(place, chance)
    else:
        WAYS[way](place, chance)
        told = WAYS[way].__name__
    found = verify(place, Keys())
    assert not found.passed, f"{told} (seed {seed}) passed"
    assert len(found.reason) > 15, told
    assert "stumble" not in found.reason, f"{told} (seed {seed}): {found.reason}"
    shutil.rmtree(place)


@pytest.mark.parametrize("way", range(len(WAYS)), ids=[way.__name__ for way in WAYS])
def test_mutants_are_refused_in_words(good: Path, tmp_path: Path, way: int) -> None:
    """Each way of going wrong, a few times; nothing of it surprises the reader of packages."""
    assert verify(good, Keys()).passed
    for seed in range(3):
        hold(good, tmp_path, 100 * way + seed, way)


@pytest.mark.slow
def test_two_thousand_mutants(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same by chance; memory stays flat, and nothing is left in the folder for temporary files."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    hold(good, tmp_path, 9_999)
    before = kib("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is counted anew from here
    for seed in range(MANY):
        hold(good, tmp_path, 10_000 + seed)
    assert list(scratch.iterdir()) == []
    assert kib("VmHWM") - before < 200 << 10


def kib(name: str) -> int:
    """What this process has in memory (``VmRSS``), or had at most (``VmHWM``)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name))


def test_it_writes_nothing(good: Path, tmp_path: Path) -> None:
    """Neither into the package nor beside it: every file is as it was, to the nanosecond."""
    place = tmp_path / good.name
    shutil.copytree(good, place)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in place.iterdir()}
    assert verify(place, Keys()).passed
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in place.iterdir()} == before
    assert list(tmp_path.iterdir()) == [place]


def test_a_package_is_what_it_says_inside_whatever_its_folder_is_called(good: Path, tmp_path: Path) -> None:
    """A copy may be called otherwise, and things may lie beside it; what lies in it, and a link, is told."""
    place = tmp_path / "copy of a package (2)"
    shutil.copytree(good, place)
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    found = verify(place, Keys())
    assert (found.passed, found.name) == (True, good.name)
    linked = tmp_path / good.name
    linked.symlink_to(place)
    assert "no package" in verify(linked, Keys()).reason
    for name in (".DS_Store", "._data.zip", "MANIFEST.SHA256", "Data.zip"):
        (place / name).write_bytes(b"x")
        assert "is not of the package" in verify(place, Keys()).reason
        (place / name).unlink()
    (place / "folder").mkdir()
    assert "is not of the package" in verify(place, Keys()).reason


@pytest.mark.parametrize("name", ["data.zip", "READ-ME.txt", *PAPERS])
def test_a_file_that_was_not_copied_is_named(good: Path, tmp_path: Path, name: str) -> None:
    """With what to do, and as what it is: not as one that cannot be read."""
    place = tmp_path / good.name
    shutil.copytree(good, place)
    (place / name).unlink()
    said = f"{name}: listed in MANIFEST.sha256 but not here: the copy is not complete; copy it again"
    assert verify(place, Keys()).reason == said


@pytest.mark.parametrize("name", ["data.zip", "READ-ME.txt", *PAPERS])
def test_files_of_two_packages_are_not_mixed(good: Path, tmp_path: Path, name: str) -> None:
    """Another package's file does not fit the list of hashes, and where the list is written anew not the bag."""
    papers = tuple(PeopleFile(name, lambda _snapshot, stream, _: stream.write(b"newer")) for name in PAPERS)
    data = record(tmp_path / "data", lived(sessions=3, steps=2))
    other = exported(data, tmp_path / "out", documents=papers, words=str.upper).made.place
    place = tmp_path / good.name
    shutil.copytree(good, place)
    shutil.copy(other / name, place / name)
    assert "its hash differs" in verify(place, Keys()).reason
    relist(place)
    assert "not the file that the kiosk wrote with this package" in verify(place, Keys()).reason


def test_hashes_tell_damage_and_no_forger(good: Path, tmp_path: Path) -> None:
    """Nothing is signed: who writes all of it anew gets a PASS, and the docs say so. The manifest's hash tells."""
    place = tmp_path / good.name
    shutil.copytree(good, place)
    files = members(place)
    paper = place / PAPERS[0]
    before = hashlib.sha256(paper.read_bytes()).hexdigest().encode()
    paper.write_bytes(b"forged")
    described = next(name for name in files if name.endswith("datapackage.json"))
    after = hashlib.sha256(paper.read_bytes()).hexdigest().encode()
    rezip(place, {**files, described: files[described].replace(before, after, 1)})
    found = verify(place, Keys())
    assert found.passed
    assert found.manifest_sha256 != verify(good, Keys()).manifest_sha256
    said = Path("docs/at-the-clinic.md").read_text(encoding="utf-8")
    assert "Hashes tell damage, not forgery" in said


def test_what_was_made_without_the_words_does_not_pass_under_them(tmp_path: Path) -> None:
    """A plain package under the real name, and one of which only some files are locked: FAIL, never PARTLY or PASS."""
    data = record(tmp_path / "data", lived(sessions=2, steps=2))
    good = exported(data, tmp_path / "real", Protection(WORDS)).made.place
    forged = exported(data, tmp_path / "forged").made.place
    assert good.name == forged.name
    identity = pyrage.x25519.Identity.generate()
    for keys in (Keys((WORDS,)), Keys(identities=(identity,)), Keys((WORDS,), (identity,))):
        found = verify(forged, keys)
        assert (found.passed, found.outer) == (False, False)
        assert "not protected, although words or a key were given: somebody else may have made it" in found.reason
    assert verify(forged, Keys()).protection == "none"
    assert verify(good, Keys((WORDS,))).protection == "passphrase"
    with pyzipper.AESZipFile(forged / "data.zip", "a", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"whatever the forger likes")
        archive.writestr(f"{good.name}/data/more.csv", b"x")
    relist(forged)
    for keys in (Keys(), Keys((WORDS,)), Keys((WORDS,), plain=True)):
        found = verify(forged, keys)
        assert (found.passed, found.outer) == (False, False)
        assert "only some of its files are encrypted" in found.reason


def test_one_zip_file_of_a_package_is_protected_as_the_others(tmp_path: Path) -> None:
    """A plain first bag beside a sealed second one is refused, also by who takes plain packages."""
    data = record(tmp_path / "data", lived(sessions=2, steps=2))
    identity = pyrage.x25519.Identity.generate()
    place = exported(data, tmp_path / "out").made.place
    files = members(place)
    described = next(name for name in files if name.endswith("datapackage.json"))
    second = (place / "data.zip").read_bytes()
    (place / "data-2.zip.age").write_bytes(pyrage.encrypt(second, [identity.to_public()]))
    digest = hashlib.sha256((place / "data-2.zip.age").read_bytes()).hexdigest().encode()
    beside = b'"data-2.zip.age": "' + digest + b'", "READ-ME.txt"'
    assert files[described].count(b'"READ-ME.txt"') == 1
    rezip(place, {**files, described: files[described].replace(b'"READ-ME.txt"', beside)})
    found = verify(place, Keys((WORDS,), (identity,), plain=True))
    assert "only some of its zip files are encrypted" in found.reason


@pytest.mark.parametrize("way", ["words", "key", "none"])
def test_pass_claims_what_was_seen(tmp_path: Path, way: str) -> None:
    """Whole, and opened with what was given; never who wrote it."""
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "words").write_text(WORDS)
    (tmp_path / "key").write_text(str(identity))
    public = (str(identity.to_public()), str(pyrage.x25519.Identity.generate().to_public()))
    protection, options, said = {
        "words": (
            Protection(WORDS),
            ["--passphrases", str(tmp_path / "words")],
            "opened with words that were given",
        ),
        "key": (
            Protection(keys=public),
            ["--identity", str(tmp_path / "key")],
            "opened with an identity that was given",
        ),
        "none": (Protection(), [], "not protected: anybody can have written it"),
    }[way]
    place = parcel(tmp_path, "aaaa0000", 1, {}, protection=protection)
    found = CliRunner().invoke(cli, ["verify", *options, str(place)])
    assert found.exit_code == 0
    assert found.output.startswith(f"PASS  {place.name}: whole, and {said} (")
    assert "wrote it" not in found.output


def test_without_the_key_it_is_still_said_which_package_it_is(tmp_path: Path) -> None:
    """The hash of the manifest is the same with and without the words, so that copies can be compared."""
    place = parcel(tmp_path, "aaaa0000", 1, {}, protection=Protection("one two three four five"))
    partly, whole = verify(place, Keys()), verify(place, Keys(("one two three four five",)))
    assert (partly.passed, partly.outer, partly.inside, whole.passed) == (False, True, False, True)
    assert partly.manifest_sha256 == whole.manifest_sha256 != ""
    told = json.loads(CliRunner().invoke(cli, ["verify", str(place), "--json"]).output)
    assert told["manifest_sha256"] == whole.manifest_sha256


def test_what_is_no_package_is_said(tmp_path: Path) -> None:
    """A file, nothing, an empty folder, an unfinished export."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "FK_A.part").mkdir()
    (tmp_path / "empty").mkdir()
    reasons = {"file": "no package", "nothing": "no package", "FK_A.part": "not finished", "empty": "is missing"}
    for name, reason in reasons.items():
        assert reason in verify(tmp_path / name, Keys()).reason


def test_names_that_look_like_numbers_are_named(tmp_path: Path) -> None:
    """As an earlier version gave them: it is whole and passes, and whoever reads it with other programs is told."""
    rows: list[Row] = [StateRow("device_id", "12e45678"), person_row(code(0))]
    for seq, name in enumerate(("0123456789012345", "s1"), 1):
        rows.append(session(name, SimClock(), patient_code=code(0), end_reason="completed", seq=seq, revision=1))
    place = exported(record(tmp_path / "data", rows), tmp_path / "out").made.place
    found = verify(place, Keys())
    assert (found.passed, found.reason) == (True, "")
    assert found.numberlike == {"device_id": 1, "session_id": 1}
    told = CliRunner().invoke(cli, ["verify", str(place)])
    assert told.exit_code == 0
    assert "NOTE  names that look like numbers: 1 in device_id, 1 in session_id; " in told.output


def test_without_such_names_there_is_nothing_to_say(good: Path) -> None:
    assert verify(good, Keys()).numberlike == {}
