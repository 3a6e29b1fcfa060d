"""The maker's desk: a pair of keys, a signed update that a kiosk takes, and sentences for what goes wrong."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from Cryptodome.PublicKey import ECC

from kiosk.cli import cli
from kiosk.update.bundle import Bundle
from kiosk.update.keys import read_keys

WORDS = "sesame and poppy"


class Desk:
    """A folder with a release, words on what changes, and a pair of keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tree" / "bin").mkdir(parents=True)
        (folder / "tree" / "lib" / "kiosk").mkdir(parents=True)
        (folder / "tree" / "bin" / "kiosk").write_text("#!/bin/sh\n")
        (folder / "tree" / "bin" / "kiosk").chmod(0o755)
        (folder / "tree" / "lib" / "kiosk" / "__init__.py").write_text('__version__ = "9.1.0"\n')
        (folder / "changes.txt").write_text("The buttons are heard sooner.\n\n A new card. \n")
        assert self.run("new-key", "--in", str(folder), "maker").exit_code == 0

    def run(self, *arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(cli, ["update", *arguments], input=typed)

    def make(self, typed: str = "", **changed: str) -> Result:
        options = {
            "tree": str(self.folder / "tree"),
            "key": str(self.folder / "maker.key"),
            "changes": str(self.folder / "changes.txt"),
            "architecture": "arm64",
            "from": "0.1.0",
            "to": str(self.folder / "made.zip"),
            **changed,
        }
        return self.run(
            "make", *(part for name, value in options.items() for part in (f"--{name}", value)), typed=typed
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_kiosk_takes_what_the_maker_makes(desk: Desk) -> None:
    """With the public half of the key; the version is the program's, every sentence is there."""
    made = desk.make()
    assert (made.exit_code, "version 9.1.0 for arm64" in made.stdout) == (0, True)
    keys, wrong = read_keys(desk.folder)
    assert wrong == ()
    with (desk.folder / "made.zip").open("rb") as file, Bundle(file, keys) as bundle:
        bundle.prove()
        manifest = bundle.manifest
    assert manifest.changes == ("The buttons are heard sooner.", "A new card.")
    assert {file.path: file.program for file in manifest.files} == {"bin/kiosk": True, "lib/kiosk/__init__.py": False}


def test_the_same_release_makes_the_same_bytes(desk: Desk) -> None:
    """Whoever has the source and the key can make it again and compare."""
    desk.make()
    first = (desk.folder / "made.zip").read_bytes()
    for path in (desk.folder / "tree").rglob("*"):
        os.utime(path, (1, 1))
    assert desk.make(to=str(desk.folder / "again.zip")).exit_code == 0
    assert (desk.folder / "again.zip").read_bytes() == first


def test_a_private_key_is_its_makers_alone(desk: Desk) -> None:
    """And a second pair of that name replaces nothing."""
    private = desk.folder / "maker.key"
    before = private.read_bytes()
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    again = desk.run("new-key", "--in", str(desk.folder), "maker")
    assert (again.exit_code, private.read_bytes()) == (1, before)
    assert "cannot be written" in again.stderr


def test_a_protected_key_asks_for_its_words(desk: Desk) -> None:
    """The right ones sign; wrong ones are a sentence."""
    key = ECC.import_key((desk.folder / "maker.key").read_text())
    protected = desk.folder / "protected.key"
    protection = "PBKDF2WithHMAC-SHA512AndAES256-CBC"
    protected.write_text(
        key.export_key(format="PEM", passphrase=WORDS, protection=protection, use_pkcs8=True) + "\n", encoding="ascii"
    )
    assert desk.make(f"{WORDS}\n", key=str(protected)).exit_code == 0
    wrong = desk.make("other words\n", key=str(protected), to=str(desk.folder / "none.zip"))
    assert (wrong.exit_code, "no private key that can be used" in wrong.stderr) == (1, True)


@pytest.mark.parametrize(
    "fault", ["no key", "public key", "no changes", "too many words", "no release", "link", "twice"]
)
def test_what_cannot_be_made_is_a_sentence(desk: Desk, fault: str) -> None:
    """No traceback, and no update."""
    changed: dict[str, str] = {}
    if fault == "no key":
        changed["key"] = str(desk.folder / "none.key")
    elif fault == "public key":
        changed["key"] = str(desk.folder / "maker.pub")
    elif fault == "no changes":
        (desk.folder / "changes.txt").write_text("\n")
    elif fault == "too many words":
        (desk.folder / "changes.txt").write_text("word " * 100)
    elif fault == "no release":
        (desk.folder / "tree" / "lib" / "kiosk" / "__init__.py").unlink()
    elif fault == "link":
        (desk.folder / "tree" / "lib" / "link").symlink_to("/etc/passwd")
    else:
        (desk.folder / "made.zip").write_bytes(b"there already")
    made = desk.make(**changed)
    assert made.exit_code == 1
    assert made.stderr.startswith("kiosk: ")
    assert made.stderr.count("\n") == 1
    assert "fault inside" not in made.stderr
    there = desk.folder / "made.zip"
    assert not there.exists() or there.read_bytes() == b"there already"


def test_what_units_call_is_roots(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody else is told so."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    told = desk.run("attend", "asked")
    assert (told.exit_code, "Only root" in told.stderr) == (1, True)
