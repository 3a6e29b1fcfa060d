"""The checks of what belongs to this kiosk."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pyrage
import pytest
from sqlite_utils import Database

from kiosk import paths
from kiosk.config import ENVIRONMENT
from kiosk.doctor.check import CheckState
from kiosk.doctor.checks import record, shipped, site
from kiosk.faults import Fault
from kiosk.package.protection import fingerprint
from kiosk.records import folder as data_folder
from kiosk.records import opening
from kiosk.records.migrations import SCHEMA, migrations
from kiosk.usb.import_install import install_keys
from tests.pictures.made import encoded, film, halves, seconds, table

MOUNTS = """22 1 8:1 / / rw,relatime shared:1 - {root} /dev/root rw
30 22 0:25 / /var/lib rw shared:2 - tmpfs tmpfs rw
31 22 0:26 / /var/lib/kiosk\\040two rw - ext4 /dev/mmcblk0p3 rw
32 22 0:27 / /mnt rw - ext4 /dev/a rw
33 22 0:28 / /mnt rw - vfat /dev/b rw
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/home/kiosk", "overlay"),
        ("/var/lib/other", "tmpfs"),
        ("/var/library", "overlay"),
        ("/var/lib/kiosk two/data", "ext4"),
        ("/mnt/x", "vfat"),
    ],
)
def test_file_system(place: str, kind: str) -> None:
    """The innermost and newest mount decides, also with a space in its name."""
    assert record.file_system(Path(place), MOUNTS.format(root="overlay"))[0] == kind


@pytest.mark.parametrize(
    ("root", "state"), [("ext4", CheckState.OK), ("overlay", CheckState.FAULT), ("tmpfs", CheckState.FAULT)]
)
def test_a_disk_that_forgets(tmp_path: Path, root: str, state: CheckState) -> None:
    """Records on an overlay or in memory are lost with the power: that is a fault, also before the folder exists."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(root=root))
    assert record.disk(tmp_path / "not" / "yet", 1, mounts).state is state


def test_disk_room(tmp_path: Path) -> None:
    """Below the floor is a fault, near it a warning."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(root="ext4"))
    free_mb = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize // 2**20
    assert record.disk(tmp_path, free_mb * 2, mounts).state is CheckState.FAULT
    assert record.disk(tmp_path, max(free_mb // 5, 1), mounts).state is CheckState.WARNING


def database(folder: Path, schema: int = SCHEMA) -> Path:
    with closing(sqlite3.connect(folder / "kiosk.db")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        migrations.apply(Database(db))
        db.executemany("INSERT INTO state VALUES (?, ?)", [(f"key.{n}", "x" * 500) for n in range(200)])
        db.execute(f"PRAGMA user_version = {schema:d}")
        db.commit()
    return folder / "kiosk.db"


def test_database(tmp_path: Path) -> None:
    """None yet is fine, a whole one too, and looking leaves no file behind."""
    assert record.database(tmp_path).state is CheckState.OK
    file = database(tmp_path)
    before = file.read_bytes()
    check = record.database(tmp_path)
    assert check.state is CheckState.OK
    assert "whole" in check.found
    assert [p.name for p in tmp_path.iterdir()] == ["kiosk.db"]
    assert file.read_bytes() == before


def test_database_in_use(tmp_path: Path) -> None:
    """What is still in the journal of a running kiosk is seen as well."""
    with closing(sqlite3.connect(database(tmp_path))) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA + 1:d}")
        db.commit()
        assert (tmp_path / "kiosk.db-wal").stat().st_size
        check = record.database(tmp_path)
    assert check.state is CheckState.FAULT
    assert "newer kiosk" in check.found


def test_damaged_databases(tmp_path: Path) -> None:
    """Shredded pages and files that are no database are faults with a next step."""
    file = database(tmp_path)
    raw = bytearray(file.read_bytes())
    raw[8192:16384] = b"\xa5" * 8192
    file.write_bytes(raw)
    damaged = record.database(tmp_path)
    file.write_bytes(b"not a database" * 1000)
    garbage = record.database(tmp_path)
    for check in (damaged, garbage):
        assert check.state is CheckState.FAULT
        assert "aside" in check.next_step


def test_a_record_on_a_read_only_medium_is_read_as_an_export_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a journal and no helper file, where none can be made: it is whole, and a damaged one is for a copy."""
    live, still = tmp_path / "live", tmp_path / "still"
    for folder in (live, still):
        folder.mkdir()
    with closing(sqlite3.connect(database(live))) as db:
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("INSERT INTO state VALUES ('late', '1')")
        db.commit()
        for name in ("kiosk.db", "kiosk.db-wal"):
            (still / name).write_bytes((live / name).read_bytes())
    real = sqlite3.connect

    def read_only(name: str, *args: object, **kwargs: object) -> sqlite3.Connection:
        if "still" in str(name) and "immutable" not in str(name):
            raise sqlite3.OperationalError("unable to open database file")
        return real(name, *args, **kwargs)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(sqlite3, "connect", read_only)
    monkeypatch.setattr(data_folder, "writable", lambda _folder: False)
    monkeypatch.setattr(opening, "writable", lambda _folder: False)
    check = record.database(still)
    assert (check.state, "whole" in check.found) == (CheckState.OK, True)
    raw = bytearray((still / "kiosk.db").read_bytes())
    raw[8192:16384] = b"\xa5" * 8192
    (still / "kiosk.db").write_bytes(raw)
    damaged = record.database(still)
    assert damaged.state is CheckState.FAULT
    assert "nothing can be written" in damaged.next_step


def test_rows_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """By table and key: what else stands there is told to nobody."""
    with closing(sqlite3.connect(database(tmp_path))) as db:
        db.execute("INSERT INTO boots VALUES ('boot-1', 1, 0, 9223372036854775806)")
        db.execute("INSERT INTO state VALUES ('setting.x', CAST(x'736563726574ff' AS TEXT))")
        db.commit()
    check = record.database(tmp_path)
    assert check.state is CheckState.WARNING
    assert "2 row(s) cannot be read: " in check.found
    assert "boots:boot-1" in check.found
    assert "state:setting.x" in check.found
    assert "secret" not in check.found


def test_quarantine_is_remembered(tmp_path: Path) -> None:
    """A database that was set aside stays on the list until support has it."""
    database(tmp_path)
    (tmp_path / "quarantine").mkdir()
    (tmp_path / "quarantine" / "kiosk.db.corrupt-1").touch()
    check = record.database(tmp_path)
    assert check.state is CheckState.WARNING
    assert "corrupt-1" in check.found


def test_assets_of_this_checkout(tmp_path: Path) -> None:
    """What ships with the kiosk is whole, and a language without a voice is only a warning."""
    assert shipped.fonts().state is CheckState.OK
    assert site.programmes(tmp_path).state is CheckState.OK
    assert shipped.shipped("xx").state is CheckState.WARNING


def test_missing_assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fonts that are missing or broken, and an assets folder without its parts, are faults."""
    (tmp_path / "fonts").mkdir()
    monkeypatch.setattr(paths, "assets", lambda: tmp_path)
    assert shipped.fonts().state is CheckState.FAULT
    assert shipped.shipped("en").state is CheckState.FAULT
    assert site.programmes(tmp_path).state is CheckState.FAULT
    (tmp_path / "fonts" / "a.ttf").write_bytes(b"<html>")
    assert "a.ttf" in shipped.fonts().found


def test_a_bad_programme_of_the_site(tmp_path: Path) -> None:
    """The clinic's own bad file is named with the reason; the built-in programmes are still listed."""
    (tmp_path / "programmes").mkdir()
    (tmp_path / "programmes" / "ours.toml").write_text("this is no programme")
    check = site.programmes(tmp_path)
    assert check.state is CheckState.FAULT
    assert "ours.toml" in check.found
    assert "relax" in check.found


def test_which_looker_there_is(tmp_path: Path, models_folder: Path) -> None:
    """Staff learn what is missing and how to get it: no models, a damaged one, or all three."""
    none = shipped.looker(tmp_path)
    assert (none.state, "kiosk models" in none.next_step) == (CheckState.WARNING, True)
    assert str(tmp_path / "models") in none.found
    shutil.copytree(models_folder, tmp_path / "models")
    assert shipped.looker(tmp_path).state is CheckState.OK
    (tmp_path / "models" / "iris_landmark.tflite").write_bytes(b"rotten")
    damaged = shipped.looker(tmp_path)
    assert damaged.state is CheckState.WARNING
    assert "iris_landmark.tflite" in damaged.found


def test_keys_of_the_clinic(tmp_path: Path) -> None:
    """Where packages need them: how many and which, or that nothing can be handed over; else a quiet line."""
    assert site.keys(tmp_path, "passphrase").state is CheckState.OK
    missing = site.keys(tmp_path, "recipients")
    assert missing.state is CheckState.FAULT
    assert "take the clinic's keys in" in missing.next_step
    keys = tuple(str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2))
    install_keys(tmp_path, keys)
    assert site.keys(tmp_path, "recipients").found == f"2 ({', '.join(map(fingerprint, keys))})"
    assert site.keys(tmp_path, "none").found.endswith("not in use")
    with closing(sqlite3.connect(tmp_path / "kiosk.db")) as db:
        db.execute("CREATE TABLE state (key TEXT, value TEXT)")
        db.execute("INSERT INTO state VALUES ('setting.handover.protection', 'recipients')")
        db.commit()
    assert not site.keys(tmp_path, "none").found.endswith("not in use"), "what the desk says counts more"


def test_a_bad_variable_is_no_file_to_check(tmp_path: Path) -> None:
    """`kiosk check environment` used to be the advice, and there is no such file."""
    faults = [Fault(ENVIRONMENT, "KIOSK_SOUND_VOLUME", '"9"', "must be a whole number", "change the variable")]
    assert site.settings(tmp_path / "kiosk.toml", faults).next_step == "change these variables or unset them"
    both = [*faults, Fault("kiosk.toml", "line 1", "", "this is not TOML", "correct this line")]
    assert "`kiosk check kiosk.toml`" in site.settings(tmp_path / "kiosk.toml", both).next_step


def test_pictures_of_the_site(tmp_path: Path) -> None:
    """None is no fault; one that cannot be shown is a warning with its reason, because the drawn head shows instead."""
    folder = tmp_path / "programmes"
    folder.mkdir()
    assert site.pictures(tmp_path).state is CheckState.OK
    (folder / "ours.toml").write_text(table("left.png") + table("right.mp4", side="right"), encoding="utf-8")
    (folder / "left.png").write_bytes(encoded(halves()))
    (folder / "right.mp4").write_bytes(film(seconds(14, (64, 64), 10), 10))
    check = site.pictures(tmp_path)
    assert check.state is CheckState.WARNING
    assert check.found == "2 picture(s) and film(s) of this site. right.mp4: " + (
        "the film is longer than 12 seconds; cut it to one repetition."
    )
    assert site.programmes(tmp_path).state is CheckState.OK
    (folder / "right.mp4").unlink()
    assert "right.mp4: there is no such file" in site.pictures(tmp_path).found
