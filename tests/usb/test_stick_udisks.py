"""The whole way over a real bus; with real file systems where the machine lets us mount some.

The kernel of a test machine may have neither vfat nor exfat, so an ext2 image says that it is vfat.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.clock import SimClock
from kiosk.desk.effects import Prepare
from kiosk.devices.stick_udisks import UdisksSticks
from kiosk.package.protection import Keys
from kiosk.package.verify import verify
from kiosk.records.store import Store
from kiosk.rows.kinds import StateRow
from kiosk.settings import Handover, Settings
from kiosk.signals import StickPhase, StickStatus
from kiosk.usb.service import StickService
from kiosk.usb.transfer import Moved
from tests.devices.udisks import ERROR, FakeStick, FakeUdisks, Part, private_bus
from tests.package.made import lived, record
from tests.records.helpers import session
from tests.usb.sticks import NAME, names, real, sent, small

FILES = {"report.pdf": bytes(range(256)) * 16, "data.zip": b"the only place with these words " * 64}
SEQUENCE = ["Mount", "Unmount", "Mount", "Unmount", "PowerOff"]


@pytest.fixture
def service(socket_folder: Path) -> Iterator[FakeUdisks]:
    with private_bus(socket_folder) as address:
        made = FakeUdisks(address)
        yield made
        made.close()


@pytest.fixture
def sticks(service: FakeUdisks, socket_folder: Path) -> Iterator[UdisksSticks]:
    made = UdisksSticks(SimClock(), f"unix:path={socket_folder / 'bus'}", settle_s=0.05)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made


def test_an_export_over_the_bus(service: FakeUdisks, sticks: UdisksSticks, folder: Path, tmp_path: Path) -> None:
    """The sequence that the service is asked for, and a package that verifies."""
    data = record(tmp_path / "data", lived(sessions=2, steps=2))
    service.plug(FakeStick("sda", folder))
    assert sent(sticks, real(data)).outcome is StickStatus.DONE
    assert service.methods() == SEQUENCE
    assert [options["options"].endswith(",ro") for name, options in service.asked if name == "Mount"] == [False, True]
    assert verify(folder / NAME.format(1), Keys()).passed


BEFORE = [
    ([], StickStatus.NONE),
    ([{}, {"name": "sdb"}], StickStatus.SEVERAL),
    ([{"parts": [Part("ext4")]}], StickStatus.LINUX),
    ([{"parts": [Part("ntfs")]}], StickStatus.NTFS),
    ([{"parts": [Part("")]}], StickStatus.BLANK),
    ([{"parts": [Part(), Part()]}], StickStatus.PARTITIONS),
    ([{"read_only": True}], StickStatus.READ_ONLY),
]


@pytest.mark.parametrize(("given", "outcome"), BEFORE, ids=[outcome for _, outcome in BEFORE])
def test_what_is_refused_is_never_mounted(
    given: list[dict[str, object]], outcome: StickStatus, service: FakeUdisks, sticks: UdisksSticks, folder: Path
) -> None:
    """Each parser of a file system is a door: the wrong ones are not even opened."""
    for one in given:
        service.plug(FakeStick(**{"name": "sda", "folder": folder, **one}))  # type: ignore[arg-type]
    assert sent(sticks, small(FILES)).outcome is outcome
    assert service.methods() == []


ON_THE_WAY = [
    ("Mount", f"{ERROR}.NotAuthorized", StickStatus.NOT_ALLOWED),
    ("Mount", f"{ERROR}.Failed", StickStatus.DAMAGED),
    ("Unmount", f"{ERROR}.DeviceBusy", StickStatus.STUCK),
    ("PowerOff", f"{ERROR}.NotAuthorized", StickStatus.STILL_ON),
]


@pytest.mark.parametrize(("method", "error", "outcome"), ON_THE_WAY)
def test_what_the_service_refuses_on_the_way(
    method: str, error: str, outcome: StickStatus, service: FakeUdisks, sticks: UdisksSticks, folder: Path
) -> None:
    """polkit says no, the file system is damaged, somebody holds the stick, it cannot be switched off."""
    service.plug(FakeStick("sda", folder))
    service.refuse[method] = error
    assert sent(sticks, small(FILES)).outcome is outcome


@pytest.mark.parametrize("phase", [StickPhase.WRITING, StickPhase.PROVING])
def test_the_service_vanishes_on_the_way(
    phase: StickPhase, service: FakeUdisks, sticks: UdisksSticks, folder: Path
) -> None:
    """Without it nothing can be unmounted, so nothing is done."""
    service.plug(FakeStick("sda", folder))

    def moved(moved: Moved) -> None:
        if moved.phase is phase:
            service.close()

    assert sent(sticks, small(FILES), moved=moved).outcome is StickStatus.NO_SERVICE


@pytest.mark.parametrize("phase", [StickPhase.WRITING, StickPhase.PROVING])
def test_the_stick_is_pulled_on_the_way(
    phase: StickPhase, service: FakeUdisks, sticks: UdisksSticks, folder: Path
) -> None:
    """Its files vanish with it."""
    stick = service.plug(FakeStick("sda", folder))

    def moved(moved: Moved) -> None:
        if moved.phase is phase and service.sticks:
            service.pull(stick)
            shutil.rmtree(folder)

    assert sent(sticks, small(FILES), moved=moved).outcome is StickStatus.PULLED


class Image:
    """A stick that is a file with an ext2 file system, on a loop device."""

    def __init__(self, tmp_path: Path, size_mb: int) -> None:
        self.file, self.folder = tmp_path / "image", tmp_path / "mounted"
        self.folder.mkdir()
        with self.file.open("wb") as file:
            file.truncate(size_mb << 20)
        run("mkfs.ext2", "-q", "-I", "128", str(self.file))
        self.loop = run("losetup", "--find", "--show", str(self.file))

    def mount(self, options: str) -> None:
        # What only vfat knows is left out.
        known = ",".join(option for option in options.split(",") if option not in ("utf8=1", "flush"))
        run("mount", "-t", "ext2", "-o", known, self.loop, str(self.folder))

    def unmount(self) -> None:
        run("umount", str(self.folder))

    def stick(self) -> FakeStick:
        number = os.stat(self.loop).st_rdev
        size = self.file.stat().st_size
        return FakeStick("sda", self.folder, size=size, device=number, mounting=self.mount, unmounting=self.unmount)

    def close(self) -> None:
        subprocess.run(["umount", str(self.folder)], check=False, capture_output=True)
        run("losetup", "--detach", self.loop)


def run(*command: str) -> str:
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as why:
        raise OSError(f"{command[0]}: {why.stderr}") from why
    return done.stdout.strip()


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Image]:
    try:
        made = Image(tmp_path, 32)
        made.mount("ro")
        made.unmount()
    except OSError as why:
        pytest.skip(f"this machine does not let us mount an image: {why}")
    yield made
    made.close()


def test_a_real_file_system(service: FakeUdisks, sticks: UdisksSticks, image: Image, tmp_path: Path) -> None:
    """Mounted twice, read past the cache, and there afterwards."""
    data = record(tmp_path / "data", lived(sessions=2, steps=2))
    service.plug(image.stick())
    assert sent(sticks, real(data)).outcome is StickStatus.DONE
    assert service.methods() == SEQUENCE
    assert names(image.folder) == []
    image.mount("ro")
    assert verify(image.folder / NAME.format(1), Keys()).passed


def test_a_byte_that_turns_on_the_medium_is_found(service: FakeUdisks, sticks: UdisksSticks, image: Image) -> None:
    """Below the file system, between the two mounts: only a proof from the medium itself can tell."""
    stick = image.stick()

    def unmounting() -> None:
        image.unmount()
        raw = image.file.read_bytes()
        with image.file.open("r+b") as file:
            file.seek(raw.index(b"the only place"))
            file.write(b"T")

    stick.unmounting = unmounting
    service.plug(stick)
    assert sent(sticks, small(FILES)).outcome is StickStatus.UNSOUND


def test_a_real_stick_that_is_full(service: FakeUdisks, sticks: UdisksSticks, image: Image) -> None:
    """The kernel says so in the middle of a file; what was begun is cleared away."""
    service.plug(image.stick())
    big = {"report.pdf": bytes(20 << 20), "data.zip": bytes(20 << 20)}
    assert sent(sticks, small(big)).outcome is StickStatus.FULL
    image.mount("ro")
    assert names(image.folder) == ["lost+found"]


def test_a_real_stick_that_turns_read_only(service: FakeUdisks, sticks: UdisksSticks, image: Image) -> None:
    """What Linux does when it finds a fault in a file system."""

    def moved(moved: Moved) -> None:
        if moved.phase is StickPhase.WRITING and moved.share == 0:
            run("mount", "-o", "remount,ro", str(image.folder))

    service.plug(image.stick())
    assert sent(sticks, small(FILES), moved=moved).outcome is StickStatus.READ_ONLY


def test_a_real_stick_with_links(service: FakeUdisks, sticks: UdisksSticks, image: Image, tmp_path: Path) -> None:
    """A link on the stick that leads into the kiosk is not followed, whoever planted it."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    image.mount("rw")
    (image.folder / f"{NAME.format(1)}.part").symlink_to(elsewhere)
    (image.folder / NAME.format(2)).symlink_to(elsewhere)
    image.unmount()
    service.plug(image.stick())
    assert sent(sticks, small(FILES)).outcome is StickStatus.DONE
    assert names(elsewhere) == []
    image.mount("ro")
    assert (image.folder / NAME.format(3)).is_dir()


def test_one_file_comes_in_and_a_package_goes_out_over_the_bus(
    service: FakeUdisks, sticks: UdisksSticks, folder: Path, tmp_path: Path
) -> None:
    """``StickService`` with the real client: mounted read-only for what comes in, then a package, with one worker."""
    store = Store.open(tmp_path / "data", SimClock())
    settings = Settings(handover=Handover(protection="none"))
    stick_service = StickService(SimClock(), store, tmp_path / "data", settings, lambda: sticks, aside=False)
    try:
        assert store.put(session("s1", end_reason="completed"), StateRow("device_id", "05e0b6c3"))
        assert store.flush(5.0)
        (folder / "FK-IMPORT.zip").write_bytes(b"no zip file")
        stick = service.plug(FakeStick("sda", folder))
        stick_service.look(str, None)
        _until(stick_service, lambda: stick_service.brought(str).phase == "ended")
        assert "no zip file" in stick_service.brought(str).text
        assert service.methods() == ["Mount", "Unmount", "PowerOff"]
        assert all(options["options"].endswith(",ro") for name, options in service.asked if name == "Mount")
        if stick in service.sticks:
            service.pull(stick)
        service.plug(FakeStick("sda", folder))
        stick_service.prepare(Prepare(1), str)
        stick_service.carry("therapist-1", str)
        _until(stick_service, lambda: stick_service.transfer(str).phase == "ended")
        assert stick_service.transfer(str).whole
        assert service.methods()[3:] == SEQUENCE
    finally:
        stick_service.close()
        store.close(5.0)


def _until(stick_service: StickService, done: Callable[[], bool]) -> None:
    """Hear news as they come, as the loop does."""
    for _ in range(200):
        if done():
            return
        select.select([stick_service.fileno()], [], [], 0.1)
        stick_service.drain(0)
    raise AssertionError("it never came to an end")
