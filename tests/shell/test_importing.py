"""From a file on a stick to keys and programmes that the kiosk uses, by presses alone."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from kiosk.desk.staff_model import Place
from kiosk.handover.protect import recipients
from kiosk.paths import assets
from kiosk.signals import Button
from tests.records.helpers import rows_in
from tests.shell.test_handing import AtStick, stick

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
    assert desk.at(Place.BRING)
    desk.sticks.plug(stick(folder))
    desk.settle()
    desk.settle()


def test_keys_come_in_by_presses_and_are_stored(desk: AtStick, tmp_path: Path) -> None:
    """Read-only, let go and switched off; taken in only when accepted, whole, and audited."""
    keys = (public(), public())
    brought(desk, tmp_path / "stick", zipped({"recipients.txt": "\ufeff{}\r\n{}\r\n".format(*keys).encode()}))
    assert desk.at(Place.BROUGHT)
    assert desk.sticks.calls == ["mount-ro", "unmount", "power_off"]
    file = desk.data / "keys" / "recipients.txt"
    assert not file.exists()
    desk.choose("keys")
    desk.press(Button.GREEN)
    desk.settle()
    assert desk.at(Place.TAKEN_IN)
    assert recipients(desk.data) == keys
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert rows_in(desk.data, "SELECT count(*) FROM events WHERE code = 'keys.accepted' AND level = 'audit'") == [(2,)]


def test_programmes_come_in_and_are_used_at_once(desk: AtStick, tmp_path: Path) -> None:
    """The file lies in the site's folder byte for byte, and the shell hears of the library with it."""
    brought(desk, tmp_path / "stick", zipped({"clinic/programmes/relax.toml": RELAX, "Thumbs.db": b"x"}))
    assert desk.state.brought is not None
    assert [p.state for p in desk.state.brought.programmes] == ["replaces"]
    assert "Thumbs.db" in desk.state.brought.refused[0]
    desk.choose("programmes", "take")
    desk.settle()
    assert desk.at(Place.TAKEN_IN)
    assert (desk.data / "programmes" / "relax.toml").read_bytes() == RELAX
    assert desk.handing.library is not None
    assert desk.handing.library.programmes["relax"].version == 7
    assert rows_in(desk.data, "SELECT detail_code FROM events WHERE code = 'programme.accepted'") == [
        ("relax:therapist-1",)
    ]


@pytest.mark.parametrize(
    ("what", "says"), [("none", "no file called"), ("link", "a link"), ("folder", "a folder"), ("large", "1 MiB")]
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
        file.write_bytes(bytes((1 << 20) + 1))
    brought(desk, tmp_path / "stick", None)
    assert desk.at(Place.NOT_BROUGHT)
    assert says in desk.scenes[-1]
    assert desk.sticks.calls == ["mount-ro", "unmount", "power_off"]


def test_what_is_left_is_forgotten(desk: AtStick, tmp_path: Path) -> None:
    """Whoever leaves these screens leaves nothing of the file in memory."""
    brought(desk, tmp_path / "stick", zipped({"recipients.txt": f"{public()}\n{public()}".encode()}))
    desk.press(Button.RED)
    assert desk.handing.importing is None
    assert desk.handing._carrier is not None
    assert desk.handing._carrier.carried is None
