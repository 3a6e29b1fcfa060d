"""From a file on a stick to keys and programmes that the kiosk uses, by presses alone."""

from __future__ import annotations

import errno
import io
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyrage
import pytest

from kiosk.desk.model import StaffPlace
from kiosk.package.protection import recipients
from kiosk.paths import assets
from kiosk.plans.plan import Bed, plan_bytes
from kiosk.rows.kinds import BOUND, StateRow
from kiosk.signals import Button, StickStatus
from kiosk.usb.import_install import settle
from tests.care.people import PARETIC
from tests.menus.menus import PIN
from tests.package.made import code
from tests.records.helpers import rows_in
from tests.usb.test_import_install import Failing
from tests.usb.test_service import AtStick, stick

RELAX = (assets() / "programmes" / "relax.toml").read_bytes().replace(b"version = 1", b"version = 7", 1)


def public() -> str:
    return str(pyrage.x25519.Identity.generate().to_public())


def zipped(files: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return raw.getvalue()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtStick]:
    made = AtStick(tmp_path / "data")
    yield made
    made.close()


def brought(desk: AtStick, folder: Path, raw: bytes | None) -> None:
    """Somebody asks for the file, and puts a stick in that has it."""
    if raw is not None:
        (stick(folder) / "FK-IMPORT.zip").write_bytes(raw)
    desk.choose("bring")
    assert desk.at(StaffPlace.BRING)
    desk.sticks.plug(stick(folder))
    desk.settle()
    desk.settle()


def test_keys_come_in_by_presses_and_are_stored(desk: AtStick, tmp_path: Path) -> None:
    """Read-only, let go and switched off; taken in only when accepted, whole, and audited."""
    keys = (public(), public())
    brought(desk, tmp_path / "stick", zipped({"recipients.txt": "\ufeff{}\r\n{}\r\n".format(*keys).encode()}))
    assert desk.at(StaffPlace.BROUGHT)
    assert desk.sticks.calls == ["mount-ro", "unmount", "power_off"]
    file = desk.data / "keys" / "recipients.txt"
    assert not file.exists()
    desk.choose("keys")
    desk.press(Button.GREEN)
    desk.settle()
    assert desk.at(StaffPlace.TAKEN_IN)
    assert recipients(desk.data) == keys
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert rows_in(desk.data, "SELECT count(*) FROM events WHERE code = 'keys.accepted' AND level = 'audit'") == [(2,)]


def test_programmes_come_in_and_are_used_at_once(desk: AtStick, tmp_path: Path) -> None:
    """The file lies in the site's folder byte for byte, and the runtime hears of the library with it."""
    brought(desk, tmp_path / "stick", zipped({"clinic/programmes/relax.toml": RELAX, "Thumbs.db": b"x"}))
    assert desk.state.brought is not None
    assert [p.state for p in desk.state.brought.programmes] == ["replaces"]
    assert "Thumbs.db" in desk.state.brought.refused[0]
    desk.choose("programmes", "take")
    desk.settle()
    assert desk.at(StaffPlace.TAKEN_IN)
    assert (desk.data / "programmes" / "relax.toml").read_bytes() == RELAX
    assert desk.stick_service.library is not None
    assert desk.stick_service.library.programmes["relax"].version == 7
    assert rows_in(desk.data, "SELECT detail_code FROM events WHERE code = 'programme.accepted'") == [
        ("relax:therapist-1",)
    ]


@pytest.mark.parametrize(
    ("what", "says"), [("none", "no file called"), ("link", "a link"), ("folder", "a folder"), ("large", "32 MiB")]
)
def test_what_is_no_small_file_is_not_read(desk: AtStick, tmp_path: Path, what: str, says: str) -> None:
    """A link is not followed, a folder not listed, and a large file not read; each has its sentence."""
    file = stick(tmp_path / "stick") / "FK-IMPORT.zip"
    if what == "link":
        (tmp_path / "secret.zip").write_bytes(zipped({"recipients.txt": b""}))
        file.symlink_to(tmp_path / "secret.zip")
    elif what == "folder":
        file.mkdir()
    elif what == "large":
        with file.open("wb") as large:
            large.truncate((32 << 20) + 1)
    brought(desk, tmp_path / "stick", None)
    assert desk.at(StaffPlace.NOT_BROUGHT)
    assert says in desk.scenes[-1]
    assert desk.sticks.calls == ["mount-ro", "unmount", "power_off"]


KEY_FILE = zipped({"recipients.txt": f"{public()}\n{public()}".encode()})
NOT_OFF = "wait until its light is still"


def test_when_the_stick_may_be_taken_out_is_said(desk: AtStick, tmp_path: Path) -> None:
    """Once it is off; where it could not be switched off its light says so, also where nothing was found on it."""
    brought(desk, tmp_path / "stick", KEY_FILE)
    assert "You can take the stick out." in desk.scenes[-1]
    desk.press(Button.RED)
    desk.sticks.refuse["power_off"] = StickStatus.STUCK
    brought(desk, tmp_path / "stick", KEY_FILE)
    assert desk.at(StaffPlace.BROUGHT)
    assert NOT_OFF in desk.scenes[-1]
    desk.choose("keys")
    desk.press(Button.GREEN)
    desk.press(Button.GREEN)
    assert NOT_OFF in desk.scenes[-1], "taking in a part does not make it forgotten"
    desk.press(Button.RED)
    desk.sticks.pull()
    brought(desk, tmp_path / "empty", None)
    assert desk.at(StaffPlace.NOT_BROUGHT)
    assert NOT_OFF in desk.scenes[-1]


def test_a_stick_that_is_taken_out_while_it_is_read(
    desk: AtStick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was taken in, and it says so; with the stick in again one press is enough."""

    def gone(_fd: int, _most: int) -> bytes:
        desk.sticks.pull()
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", gone)
        brought(desk, tmp_path / "stick", KEY_FILE)
    assert desk.at(StaffPlace.NOT_BROUGHT)
    assert "taken out too early" in desk.scenes[-1]
    desk.press(Button.GREEN)
    desk.sticks.plug(tmp_path / "stick")
    desk.settle()
    desk.settle()
    assert desk.at(StaffPlace.BROUGHT)


def test_whoever_no_longer_looks_reads_no_stick(desk: AtStick, tmp_path: Path) -> None:
    """Red ends the looking: a stick that is plugged in later is left alone."""
    (stick(tmp_path / "stick") / "FK-IMPORT.zip").write_bytes(KEY_FILE)
    desk.choose("bring")
    desk.press(Button.RED)
    desk.sticks.plug(tmp_path / "stick")
    desk.settle()
    assert desk.at(StaffPlace.MENU)
    assert desk.sticks.calls == []
    assert desk.stick_service.importing is None


def test_what_the_record_does_not_take_is_not_used(
    desk: AtStick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key opens packages that the audit trail does not know of; "nothing was changed" is true."""
    brought(desk, tmp_path / "stick", KEY_FILE)
    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "put", lambda *_rows: 0)
        desk.choose("keys")
        desk.press(Button.GREEN)
        desk.settle()
    assert desk.at(StaffPlace.NOT_TAKEN_IN)
    assert "Nothing was changed by it" in desk.scenes[-1]
    assert not (desk.data / "keys").exists()
    assert desk.state.data.keys_installed == ()
    desk.press(Button.GREEN)
    desk.settle()
    assert desk.at(StaffPlace.TAKEN_IN)
    assert len(recipients(desk.data)) == 2


def test_a_disk_that_fails_leaves_words_files_and_library_in_step(
    desk: AtStick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the set is accepted nothing is changed; after that nobody knows what lasts, and the screen says so."""
    brought(desk, tmp_path / "stick", zipped({"programmes/relax.toml": RELAX}))
    desk.choose("programmes")
    for good, says, version in ((0, "Nothing was changed by it", None), (3, "gone after the next start", 7)):
        with monkeypatch.context() as patch:
            Failing(patch, good)
            if desk.at(StaffPlace.NOT_TAKEN_IN):
                desk.press(Button.GREEN)
            else:
                desk.choose("take")
            desk.settle()
        assert desk.at(StaffPlace.NOT_TAKEN_IN)
        assert says in desk.scenes[-1]
        assert (desk.stick_service.library and desk.stick_service.library.programmes["relax"].version) == version
        assert not (desk.data / "programmes" / "relax.toml").exists()
    settle(desk.data)
    assert (desk.data / "programmes" / "relax.toml").read_bytes() == RELAX, "as at the next start"
    told = rows_in(desk.data, "SELECT code FROM events WHERE code LIKE 'programme%' ORDER BY seq")
    assert [code for (code,) in told] == ["programme.accepted", "programmes.not_stored"] * 2


def test_a_plan_comes_in_with_what_suits_its_person_at_the_bedside(desk: AtStick, tmp_path: Path) -> None:
    """Seen, saved, and noted where it came from; the volume goes with it, who can open a package does not."""
    person = msgspec.structs.replace(PARETIC, code=code(1), graft=True)
    bed = Bed(code=person.code, settings={"sound.volume": 3})
    desk.store.put(StateRow(BOUND, ""))
    desk.settle()
    desk.desk = desk.open()
    desk.choose("therapist-1")
    desk.type(PIN)
    brought(desk, tmp_path / "stick", zipped({"plan.json": b"".join(plan_bytes([person], bed))}))
    desk.choose("plan")
    desk.press(Button.GREEN)
    desk.choose("save")
    desk.settle()
    assert rows_in(desk.data, "SELECT value FROM state WHERE key = 'bound'") == [(person.code,)]
    theirs = rows_in(desk.data, "SELECT patient_code, value FROM permissions WHERE item = 'setting.sound.volume'")
    assert theirs == [(person.code, "3")]
    assert rows_in(desk.data, "SELECT detail_code, patient_code FROM events WHERE code = 'plan.brought'") == [
        ("therapist-1", person.code)
    ]
    assert "could not be stored" not in "".join(desk.scenes)


def test_what_is_left_is_forgotten(desk: AtStick, tmp_path: Path) -> None:
    """Whoever leaves these screens leaves nothing of the file in memory."""
    brought(desk, tmp_path / "stick", zipped({"recipients.txt": f"{public()}\n{public()}".encode()}))
    desk.press(Button.RED)
    assert desk.stick_service.importing is None
    assert desk.stick_service._carrier is not None
    assert desk.stick_service._carrier.carried is None
