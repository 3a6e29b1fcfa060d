"""A small appliance under one folder, releases that can be started, keys, and updates of every kind."""

from __future__ import annotations

import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path

from Cryptodome.PublicKey import ECC

from kiosk.errors import UpdateError
from kiosk.update.asking import ask_for, staging
from kiosk.update.bundle import Bundle
from kiosk.update.helper import UpdateHelper
from kiosk.update.keys import read_keys
from kiosk.update.make import make_key, make_update
from kiosk.update.manifest import Manifest, this_machine
from kiosk.update.notes import LastUpdate, last_of
from kiosk.update.places import Places

OLD, NEW, NEWER = "1.0", "1.1", "1.2"
WORD = "drawn for a probation"


class FakeService:
    """The kiosk's service as the helper knows it: ``runs`` or not."""

    def __init__(self) -> None:
        self.runs = True
        self.starts = 0
        self.refuses = False

    def stop(self) -> None:
        if self.refuses:
            raise UpdateError("The kiosk does not stop.")
        self.runs = False

    def start(self) -> None:
        self.runs = True
        self.starts += 1


def tree(folder: Path, version: str) -> Path:
    """A release that can say its version, as ``bin/kiosk`` does, and a few files more."""
    (folder / "bin").mkdir(parents=True)
    (folder / "lib" / "kiosk").mkdir(parents=True)
    (folder / "bin" / "kiosk").write_text(
        f'#!/bin/sh\ncd "$(dirname "$0")/.."\ntest "$(cat lib/kiosk/version)" = {version} && echo {version}\n'
    )
    (folder / "bin" / "kiosk").chmod(0o755)
    (folder / "lib" / "kiosk" / "version").write_text(version)
    (folder / "lib" / "kiosk" / "large.bin").write_bytes(version.encode() * 5_000)
    (folder / "README.md").write_text(f"release {version}\n")
    return folder


class Appliance:
    """A kiosk of version ``OLD`` with a record, and whoever makes its updates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.places = Places(folder / "opt", folder / "state", folder / "data", folder / "keys")
        for path in (self.places.releases, self.places.state, self.places.data, self.places.keys, folder / "maker"):
            path.mkdir(parents=True)
        self.places.state.chmod(0o755)
        tree(self.places.release(OLD), OLD)
        (self.places.releases / "current").symlink_to(OLD)
        self.private, public = make_key(folder / "maker", "release")
        (self.places.keys / public.name).write_bytes(public.read_bytes())
        self.service = FakeService()
        self.rows = 0
        self.write_rows(3)
        (self.places.data / "kiosk.toml").write_text("[sound]\nvolume = 0.5\n")
        (self.places.data / "kiosk.lock").touch()

    def make(self, version: str = NEW, to: Path | None = None, **changed: object) -> Path:
        """An update to ``version``; ``changed``: other values of the manifest."""
        made = to or self.folder / "maker" / f"{version}.zip"
        source = self.folder / "maker" / version
        if not source.exists():
            tree(source, version)
        machine = this_machine(version)
        values: dict[str, object] = {
            "version": version,
            "architecture": machine.architecture,
            "python": machine.python,
            "comes_from": "0.9",
            "changes": ["The buttons are heard sooner."],
            "minutes": 4,
        }
        values.update(changed)
        key = ECC.import_key(self.private.read_text())
        make_update(source, key, made, **values)  # type: ignore[arg-type]
        return made

    def stage(self, zipped: Path) -> None:
        """As the kiosk stages what a stick has brought."""
        staging(self.places.data).write_bytes(zipped.read_bytes())

    def ask(self, zipped: Path, digest: str = "") -> None:
        """Stage and ask for it, as when it was shown and accepted."""
        self.stage(zipped)
        ask_for(self.places.data, digest or self.digest(zipped), "t1")

    def digest(self, zipped: Path) -> str:
        try:
            with zipped.open("rb") as file, Bundle(file, read_keys(self.places.keys)[0]) as bundle:
                return bundle.digest
        except UpdateError:
            return "none"

    def helper(self, **more: object) -> UpdateHelper:
        return UpdateHelper(self.places, self.service, token=lambda: WORD, **more)  # type: ignore[arg-type]

    def write_rows(self, count: int) -> None:
        """As a running kiosk does: each row is acknowledged, and shall be there for ever."""
        with closing(sqlite3.connect(self.places.data / "kiosk.db")) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("CREATE TABLE IF NOT EXISTS rows (n INTEGER PRIMARY KEY)")
            db.executemany("INSERT INTO rows VALUES (?)", [(self.rows + i,) for i in range(count)])
            db.commit()
        self.rows += count

    def read_rows(self) -> int:
        """The rows that are there, of a record that is whole."""
        with closing(sqlite3.connect(self.places.data / "kiosk.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found = [n for (n,) in db.execute("SELECT n FROM rows ORDER BY n")]
        assert found == list(range(len(found)))
        return len(found)

    def started(self) -> str:
        """What the link's release says when it is started."""
        done = subprocess.run(
            [self.places.releases / "current" / "bin" / "kiosk", "--version"],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def last(self) -> LastUpdate:
        found = last_of(self.places)
        assert found is not None
        return found

    def picture(self) -> dict[str, str]:
        """Every file of releases and data, but not what is only on its way."""
        found = {}
        for root in (self.places.releases, self.places.data):
            for path in sorted(root.rglob("*")):
                name = path.relative_to(self.folder).as_posix()
                if path.is_symlink():
                    found[name] = f"-> {path.readlink()}"
                elif path.is_file() and not name.startswith("data/update/"):
                    found[name] = path.read_bytes().hex()
        return found


def rezip(made: Path, to: Path, change: dict[str, bytes | None]) -> Path:
    """A copy of the zip file in which entries have other content (None: they are gone)."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in change:
                new.writestr(entry.filename, old.read(entry))
        for name, raw in change.items():
            if raw is not None:
                new.writestr(name, raw)
    return to


def resigned(made: Path, to: Path, private: Path, manifest: bytes) -> Path:
    """A copy whose manifest is another one, signed by the release key."""
    from kiosk.update.keys import read_private, sign

    signature = sign(read_private(private), manifest)
    return rezip(made, to, {"manifest.json": manifest, "manifest.sig": signature})


__all__ = ["NEW", "NEWER", "OLD", "WORD", "Appliance", "FakeService", "Manifest", "resigned", "rezip", "tree"]
