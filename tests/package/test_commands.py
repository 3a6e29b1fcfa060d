"""``kiosk export`` and ``kiosk verify``, as somebody types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyrage
import pytest
from click.testing import CliRunner, Result

from kiosk.cli import cli
from kiosk.clock import SimClock
from kiosk.rows.kinds import StateRow
from tests.package.made import code, lived, record
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, rows_in, session


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def told(*arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json").stdout)
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return record(tmp_path / "data", lived(people=2, sessions=2, steps=2))


def test_export_then_verify(data: Path, tmp_path: Path) -> None:
    """With the words that are said once it passes; without them only the outer hashes are checked: 1."""
    export = run("export", "--to", tmp_path / "stick", "--data", data)
    assert export.exit_code == 0, export.output
    words = next(line for line in export.stdout.splitlines() if line.startswith("Passphrase: ")).removeprefix(
        "Passphrase: "
    )
    (place,) = (tmp_path / "stick").iterdir()
    (tmp_path / "words").write_text(words)
    passed = run("verify", place, "--passphrases", tmp_path / "words")
    assert (passed.exit_code, passed.stdout[:4]) == (0, "PASS")
    keyless = run("verify", place)
    assert keyless.exit_code == 1
    assert keyless.stdout.startswith("PARTLY")
    assert "not opened" in keyless.stdout
    (place / "data.zip").write_bytes(b"PK")
    broken = told("verify", place, "--passphrase-file", tmp_path / "words")  # as it was called once
    assert (broken["passed"], "not as it was written" in broken["reason"]) == (False, True)


def test_it_says_nothing_but_the_answer(data: Path, tmp_path: Path) -> None:
    """What libraries tell each other about letters of fonts is no concern of whoever exports, nor of the journal."""
    command = [sys.executable, "-m", "kiosk", "export", "--to", str(tmp_path / "stick"), "--data", str(data)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 3


def test_the_settings_say_how_a_package_is_protected(data: Path, tmp_path: Path) -> None:
    """A clinic with keys gets no words by accident; what is typed counts more."""
    (data / "kiosk.toml").write_text('[handover]\nprotection = "recipients"\n')
    refused = run("export", "--to", tmp_path / "stick", "--data", data)
    assert refused.exit_code == 1
    assert "no keys are installed" in refused.output
    assert "passphrase" in told("export", "--to", tmp_path / "stick", "--data", data, "--protection", "passphrase")


def test_what_a_killed_export_left_goes_with_the_next_one(data: Path, tmp_path: Path) -> None:
    """It holds half of somebody's data, and its number never comes again."""
    killed = """
import os, sys
from kiosk.package import write
write.bag_zip = lambda *_: os.kill(os.getpid(), 9)
from kiosk.cli import cli
cli(sys.argv[1:])
"""
    stick = tmp_path / "stick"
    command = ("export", "--to", stick, "--data", data, "--protection", "none")
    subprocess.run([sys.executable, "-c", killed, *command], check=False, capture_output=True)
    assert [path.name for path in stick.iterdir()] == ["FK_NOSITE_05E0B6C3_ALL_000001.part"]
    other = stick / "FK_ANOTHER_KIOSK_ALL_000001.part"
    other.mkdir()
    assert run(*command).exit_code == 0
    assert sorted(path.name for path in stick.iterdir()) == [other.name, "FK_NOSITE_05E0B6C3_ALL_000002"]


def test_json_says_all(data: Path, tmp_path: Path) -> None:
    """A program learns the name, the number, the hashes and the words; and the record learns of the package."""
    asked = ("--person", code(1).lower(), "--protection", "none")
    found = told("export", "--to", tmp_path / "stick", "--data", data, *asked)
    assert found["package"] == f"FK_NOSITE_05E0B6C3_{code(1)}_000001"
    assert "passphrase" not in found
    assert Path(found["path"], "data.zip").is_file()
    listed = rows_in(data, "SELECT seq, selection, protection, verified, manifest_sha256, rows_count FROM exports")
    assert listed == [(1, code(1), "none", 1, found["manifest_sha256"], found["rows"])]
    audit = rows_in(data, "SELECT level, code, detail_code FROM events ORDER BY seq DESC LIMIT 1")
    assert audit == [("audit", "export.made", "1:none:command")]
    verdict = told("verify", found["path"])
    assert (verdict["passed"], verdict["manifest_sha256"]) == (True, found["manifest_sha256"])


def test_keys_of_the_clinic(data: Path, tmp_path: Path) -> None:
    """Keys are read from the data folder; an identity in a file opens it."""
    mine = [pyrage.x25519.Identity.generate() for _ in range(2)]
    (data / "keys").mkdir()
    (data / "keys" / "recipients.txt").write_text("\n".join(str(identity.to_public()) for identity in mine))
    (tmp_path / "id").write_text(str(mine[1]))
    found = told("export", "--to", tmp_path / "stick", "--data", data, "--protection", "recipients")
    assert run("verify", found["path"], "--identity", tmp_path / "id").exit_code == 0


def test_it_works_while_a_kiosk_runs(tmp_path: Path) -> None:
    """The data folder is held by a running kiosk: the export does not hold it up and is noted in its record."""
    store = open_small(tmp_path / "data", SimClock())
    store.put(StateRow("device_id", "d1"), session("s1"))
    assert store.flush(PATIENCE_S)
    found = told("export", "--to", tmp_path / "stick", "--data", tmp_path / "data", "--protection", "none")
    assert found["noted"]
    store.put(session("s2"))
    assert store.close(PATIENCE_S)
    assert store.problem == ""
    numbers = rows_in(tmp_path / "data", "SELECT seq FROM sessions UNION ALL SELECT seq FROM events ORDER BY 1")
    assert numbers == [(n,) for n in range(1, len(numbers) + 1)]


@pytest.mark.parametrize(
    ("arguments", "said", "exit_code"),
    [
        (("--person", code(9)), "nobody with this code", 1),
        (("--person", code(1)[:-1] + "A"), "a character of it is wrong", 1),
        (("--person", "A", "--all"), "exclude each other", 2),
        (("--protection", "recipients"), "no keys are installed", 1),
        (("--protection", "hope"), "hope", 2),
    ],
)
def test_what_cannot_be_is_one_sentence(
    data: Path, tmp_path: Path, arguments: tuple[str, ...], said: str, exit_code: int
) -> None:
    """Each wrong wish has its sentence and its exit code, and leaves no package."""
    found = run("export", "--to", tmp_path / "stick", "--data", data, *arguments)
    assert found.exit_code == exit_code
    assert said in found.output
    assert not list((tmp_path / "stick").glob("*"))


def test_a_folder_that_cannot_be_made_is_one_sentence(data: Path, tmp_path: Path) -> None:
    """No fault inside the kiosk: whoever typed it named a place where nothing can be made."""
    found = run("export", "--to", "/proc/stick", "--data", data)
    assert (found.exit_code, "cannot be made" in found.output) == (1, True)


@pytest.mark.parametrize("below", ["STICK/out", "STICK/a/b"])
def test_a_stick_that_is_not_there_does_not_fill_the_card(data: Path, tmp_path: Path, below: str) -> None:
    """Where a stick would be mounted nothing is made: the package would lie on the kiosk and look handed over."""
    found = run("export", "--to", tmp_path / below, "--data", data)
    assert found.exit_code == 1
    assert str((tmp_path / below).parent) in found.output
    assert "is the stick in" in found.output
    assert not (tmp_path / "STICK").exists()
