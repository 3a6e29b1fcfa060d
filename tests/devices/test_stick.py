"""Sticks are found, refused by name, mounted and let go, against a udisks2 of our own on a private bus."""

from __future__ import annotations

import errno
import select
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import SimClock
from kiosk.devices import stick_udisks
from kiosk.devices.stick import BLOCK, DRIVE, FILESYSTEM, Mounted, SimSticks, Sticks, judge
from kiosk.devices.stick_udisks import UdisksSticks
from kiosk.errors import StickError
from kiosk.signals import StickState, StickStatus
from kiosk.usb.transfer import outcome_of
from tests.devices.udisks import ERROR, FakeStick, FakeUdisks, Part, private_bus
from tests.patience import PATIENCE_S


@pytest.fixture
def bus(socket_folder: Path) -> Iterator[str]:
    with private_bus(socket_folder) as address:
        yield address


@pytest.fixture
def service(bus: str) -> Iterator[FakeUdisks]:
    made = FakeUdisks(bus)
    yield made
    made.close()


@pytest.fixture
def sticks(bus: str, service: FakeUdisks) -> Iterator[UdisksSticks]:
    made = listening(bus)
    yield made
    made.close()


def listening(bus: str) -> UdisksSticks:
    return UdisksSticks(SimClock(), bus, settle_s=0.05, retry_s=0.1)


def folder(tmp_path: Path, name: str = "stick") -> Path:
    made = tmp_path / name
    made.mkdir(exist_ok=True)
    return made


def heard(sticks: Sticks, wanted: StickStatus | None) -> StickState:
    """Waits as the one wait does, until this is told."""
    while True:
        ready, _, _ = select.select([sticks], [], [], PATIENCE_S)
        assert ready, f"{wanted} was never told; it is {sticks.state}"
        for state in sticks.drain(0):
            assert isinstance(state, StickState)
            if state.trouble is wanted:
                return state


def plain(*sticks: FakeStick) -> dict[str, dict[str, dict[str, Any]]]:
    """Objects as ``judge`` gets them."""
    return {
        path: {
            interface: {name: value for name, (_, value) in values.items()} for interface, values in interfaces.items()
        }
        for stick in sticks
        for path, interfaces in stick.objects().items()
    }


def trouble(*sticks: FakeStick) -> StickStatus | None:
    try:
        judge(plain(*sticks))
    except StickError as why:
        return why.trouble
    return None


ROWS: list[tuple[str, dict[str, Any], StickStatus | None]] = [
    ("FAT32 in a partition", {}, None),
    ("exFAT in a partition", {"parts": [Part("exfat")]}, None),
    ("FAT32 without a table", {"table": False}, None),
    ("a hidden start partition beside it", {"parts": [Part("vfat", ignored=True), Part("exfat")]}, None),
    ("a logical partition", {"parts": [Part("extended"), Part("vfat")]}, None),
    ("ext4", {"parts": [Part("ext4")]}, StickStatus.LINUX),
    ("NTFS", {"parts": [Part("ntfs")]}, StickStatus.NTFS),
    ("a Mac's", {"parts": [Part("hfsplus")]}, StickStatus.OTHER),
    ("encrypted", {"parts": [Part("crypto_LUKS")]}, StickStatus.OTHER),
    ("an installer's image", {"table": False, "parts": [Part("iso9660")]}, StickStatus.OTHER),
    ("no file system in its partition", {"parts": [Part("")]}, StickStatus.BLANK),
    ("nothing at all", {"table": False, "parts": [Part("")]}, StickStatus.BLANK),
    ("a table without partitions", {"parts": []}, StickStatus.BLANK),
    ("two partitions", {"parts": [Part(), Part("ext4")]}, StickStatus.PARTITIONS),
    ("write-protected", {"read_only": True}, StickStatus.READ_ONLY),
    ("an SD card in a slot", {"bus": "sdio"}, StickStatus.NONE),
    ("a disk that is built in", {"removable": False}, StickStatus.NONE),
    ("a card reader without a card", {"medium": False}, StickStatus.NONE),
    ("a drive without a size", {"size": 0}, StickStatus.NONE),
    ("a disk of the system", {"system": True}, StickStatus.NONE),
    ("the disk that the kiosk started from", {"mounted_at": [b"/boot/firmware\0"]}, StickStatus.NONE),
    ("left mounted by an earlier try", {"mounted_at": [b"/media/kiosk/STICK\0"]}, None),
]


@pytest.mark.parametrize(("stick", "wanted"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_accepted_and_what_refused(stick: dict[str, Any], wanted: StickStatus | None, tmp_path: Path) -> None:
    """Only one removable USB drive with one FAT or exFAT; every other thing has its own name."""
    assert trouble(FakeStick("sda", tmp_path, **stick)) is wanted


def test_two_sticks_are_too_many_but_a_system_disk_is_none(tmp_path: Path) -> None:
    """With two the wrong one might be taken; a kiosk that started from USB has just one nevertheless."""
    assert trouble(FakeStick("sda", tmp_path), FakeStick("sdb", tmp_path)) is StickStatus.SEVERAL
    system = FakeStick("sdb", tmp_path, parts=[Part(), Part("ext4")], mounted_at=[b"/\0"])
    assert trouble(FakeStick("sda", tmp_path), system) is None
    assert trouble() is StickStatus.NONE


def test_objects_that_lack_everything_are_no_stick(tmp_path: Path) -> None:
    """Another version of the service may tell less; that is no reason to stumble, nor to write anywhere."""
    assert trouble(FakeStick("sda", tmp_path)) is None
    for interface in (DRIVE, BLOCK, FILESYSTEM):
        objects = plain(FakeStick("sda", tmp_path))
        for interfaces in objects.values():
            if interface in interfaces:
                interfaces[interface] = {}
        if interface != FILESYSTEM:
            with pytest.raises(StickError) as why:
                judge(objects)
            assert why.value.trouble is StickStatus.NONE


def test_plugging_and_pulling_are_told(service: FakeUdisks, sticks: UdisksSticks, tmp_path: Path) -> None:
    """Hot-plug comes through the one wait: in, a second one in, that one out, the first one out."""
    first = service.plug(FakeStick("sda", folder(tmp_path)))
    assert heard(sticks, None).size_bytes == first.size
    second = service.plug(FakeStick("sdb", folder(tmp_path)))
    heard(sticks, StickStatus.SEVERAL)
    service.pull(second)
    heard(sticks, None)
    service.pull(first)
    assert heard(sticks, StickStatus.NONE) == sticks.state
    assert sticks.deadline_ms() is None


def test_what_was_plugged_in_before_is_found(bus: str, service: FakeUdisks, tmp_path: Path) -> None:
    """A stick that waits there since before the kiosk started."""
    service.plug(FakeStick("sda", folder(tmp_path), parts=[Part("ntfs")]))
    sticks = listening(bus)
    heard(sticks, StickStatus.NTFS)
    sticks.close()


def test_the_service_may_vanish_and_come_back(bus: str, service: FakeUdisks, tmp_path: Path) -> None:
    """Nothing is found while it is away, and found again by itself."""
    service.plug(FakeStick("sda", folder(tmp_path)))
    sticks = listening(bus)
    heard(sticks, None)
    service.close()
    heard(sticks, StickStatus.NO_SERVICE)
    with pytest.raises(StickError) as why:
        sticks.claim()
    assert why.value.trouble is StickStatus.NO_SERVICE
    again = FakeUdisks(bus)
    again.plug(FakeStick("sda", folder(tmp_path)))
    heard(sticks, None)
    again.close()
    sticks.close()


def test_a_service_that_could_not_be_started_is_asked_again(bus: str, service: FakeUdisks, tmp_path: Path) -> None:
    """It may work the next time, and nobody would tell."""
    service.plug(FakeStick("sda", folder(tmp_path)))
    service.refuse["GetManagedObjects"] = "org.freedesktop.DBus.Error.Spawn.ChildExited"
    sticks = listening(bus)
    heard(sticks, StickStatus.NO_SERVICE)
    service.refuse.clear()
    heard(sticks, None)
    sticks.close()


def test_no_bus_is_said_and_it_goes_on_looking(socket_folder: Path) -> None:
    """A machine without D-Bus (a laptop in a container): a sentence, and nobody waits for it."""
    sticks = listening(f"unix:path={socket_folder / 'bus'}")
    heard(sticks, StickStatus.NO_SERVICE)
    with private_bus(socket_folder) as address:
        service = FakeUdisks(address)
        service.plug(FakeStick("sda", folder(socket_folder)))
        heard(sticks, None)
        service.close()
    sticks.close()


def test_a_stick_is_mounted_as_the_rules_want_it(service: FakeUdisks, sticks: UdisksSticks, tmp_path: Path) -> None:
    """Nothing on it may run, be a device or lead elsewhere; nobody is asked for a password on a screen without one."""
    service.plug(FakeStick("sda", folder(tmp_path)))
    drive = sticks.claim()
    mounted = drive.mount()
    assert mounted == Mounted(folder(tmp_path), tmp_path.stat().st_dev)
    drive.unmount()
    drive.unmount()
    drive.mount(read_only=True)
    drive.unmount()
    assert drive.there()
    drive.power_off()
    assert not drive.there()
    drive.close()
    mounts = [options for name, options in service.asked if name == "Mount"]
    assert [options["options"] for options in mounts] == [
        "nosuid,nodev,noexec,nosymfollow,utf8=1,flush",
        "nosuid,nodev,noexec,nosymfollow,utf8=1,flush,ro",
    ]
    assert {options["fstype"] for options in mounts} == {"vfat"}
    acting = [options for name, options in service.asked if name != "GetManagedObjects"]
    assert all(options["auth.no_user_interaction"] is True for options in acting)


def test_exfat_knows_no_flush(service: FakeUdisks, sticks: UdisksSticks, tmp_path: Path) -> None:
    """An option that exFAT does not have would be refused."""
    service.plug(FakeStick("sda", folder(tmp_path), parts=[Part("exfat")]))
    sticks.claim().mount()
    # The listener may ask what is plugged in at any moment.
    mounts = [options["options"] for name, options in service.asked if name == "Mount"]
    assert mounts == ["nosuid,nodev,noexec,nosymfollow"]


def test_what_an_earlier_try_left_mounted_is_mounted_anew(
    service: FakeUdisks, sticks: UdisksSticks, tmp_path: Path
) -> None:
    """A kiosk that was killed on the way left it mounted, with nobody knows which options."""
    stick = service.plug(FakeStick("sda", folder(tmp_path)))
    stick.mounted_at = [b"/media/kiosk/STICK\0"]
    drive = sticks.claim()
    drive.mount()
    assert service.methods() == ["Mount", "Unmount", "Mount"]


REFUSALS = [
    ("Mount", f"{ERROR}.NotAuthorized", StickStatus.NOT_ALLOWED),
    ("Mount", f"{ERROR}.NotAuthorizedCanObtain", StickStatus.NOT_ALLOWED),
    ("Mount", f"{ERROR}.OptionNotPermitted", StickStatus.NOT_ALLOWED),
    ("Mount", "org.freedesktop.DBus.Error.AccessDenied", StickStatus.NOT_ALLOWED),
    ("Mount", f"{ERROR}.Failed", StickStatus.DAMAGED),
    ("Mount", f"{ERROR}.Timedout", StickStatus.STUCK),
    ("Mount", "org.freedesktop.DBus.Error.UnknownObject", StickStatus.NONE),
    ("Mount", "org.freedesktop.DBus.Error.Spawn.ChildExited", StickStatus.NO_SERVICE),
    ("Unmount", f"{ERROR}.DeviceBusy", StickStatus.STUCK),
    ("Unmount", f"{ERROR}.Failed", StickStatus.STUCK),
    ("PowerOff", f"{ERROR}.NotAuthorized", StickStatus.NOT_ALLOWED),
    ("PowerOff", f"{ERROR}.Failed", StickStatus.STUCK),
    ("GetManagedObjects", "org.freedesktop.DBus.Error.AccessDenied", StickStatus.NOT_ALLOWED),
]


@pytest.mark.parametrize(("method", "error", "wanted"), REFUSALS)
def test_each_refusal_of_the_service_has_a_name(
    method: str, error: str, wanted: StickStatus, service: FakeUdisks, sticks: UdisksSticks, tmp_path: Path
) -> None:
    """polkit, a damaged file system, a stick that is busy or gone: all are told apart."""
    service.plug(FakeStick("sda", folder(tmp_path)))
    heard(sticks, None)
    service.refuse[method] = error
    with pytest.raises(StickError) as why:
        use(sticks)
    assert why.value.trouble is wanted


def use(sticks: Sticks) -> None:
    drive = sticks.claim()
    drive.mount()
    drive.unmount()
    drive.power_off()


@pytest.mark.parametrize("method", ["Mount", "Unmount", "PowerOff"])
def test_a_service_that_does_not_answer_has_a_limit(
    method: str, service: FakeUdisks, sticks: UdisksSticks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick that hangs keeps the service waiting for ever; not us."""
    for limit in ("MOUNT_S", "UNMOUNT_S", "OFF_S"):
        monkeypatch.setattr(stick_udisks, limit, 0.1)
    service.plug(FakeStick("sda", folder(tmp_path)))
    heard(sticks, None)
    service.refuse[method] = ""
    with pytest.raises(StickError) as why:
        use(sticks)
    assert why.value.trouble is StickStatus.STUCK


def test_a_stick_that_is_gone_is_said_so(service: FakeUdisks, sticks: UdisksSticks, tmp_path: Path) -> None:
    """Pulled between the look and the mount."""
    stick = service.plug(FakeStick("sda", folder(tmp_path)))
    drive = sticks.claim()
    service.pull(stick)
    assert not drive.there()
    for act in (drive.mount, drive.unmount, drive.power_off):
        with pytest.raises(StickError) as why:
            act()
        assert why.value.trouble is StickStatus.NONE


def test_a_second_stick_does_not_mean_that_the_first_is_gone(
    service: FakeUdisks, sticks: UdisksSticks, tmp_path: Path
) -> None:
    """Whatever ends it then (the first is full, say) must not be told as "it was taken out too early"."""
    first = service.plug(FakeStick("sda", folder(tmp_path)))
    drive = sticks.claim()
    drive.mount()
    service.plug(FakeStick("sdb", folder(tmp_path, "second")))
    heard(sticks, StickStatus.SEVERAL)
    assert drive.there()
    assert outcome_of(OSError(errno.ENOSPC, "full"), drive) is StickStatus.FULL
    service.pull(first)
    heard(sticks, None)
    assert not drive.there()


def test_another_stick_at_the_same_place_is_not_the_first(
    service: FakeUdisks, sticks: UdisksSticks, tmp_path: Path
) -> None:
    """Names of devices are given anew; a card that left its reader leaves the reader there."""
    stick = service.plug(FakeStick("sda", folder(tmp_path), device=1))
    drive = sticks.claim()
    stick.medium = False
    assert not drive.there()
    stick.medium, stick.device = True, 2
    assert not drive.there()
    stick.device = 1
    assert drive.there()


def test_a_service_that_is_away_does_not_mean_that_the_stick_is(
    service: FakeUdisks, sticks: UdisksSticks, tmp_path: Path
) -> None:
    """Nobody knows; "it was pulled" would be a guess."""
    service.plug(FakeStick("sda", folder(tmp_path)))
    drive = sticks.claim()
    service.close()
    assert drive.there()


def test_closing_ends_the_listener(bus: str, service: FakeUdisks) -> None:
    """No thread is left behind, whatever it waits for."""
    before = threading.active_count()
    sticks = listening(bus)
    sticks.close()
    assert threading.active_count() == before


def both(tmp_path: Path, service: FakeUdisks, sticks: UdisksSticks) -> list[tuple[Sticks, Callable[[], object]]]:
    simulated = SimSticks(SimClock())
    return [
        (simulated, lambda: simulated.plug(folder(tmp_path))),
        (sticks, lambda: service.plug(FakeStick("sda", folder(tmp_path)))),
    ]


@pytest.mark.parametrize("which", [0, 1], ids=["simulated", "udisks"])
def test_the_twins_behave_alike(which: int, tmp_path: Path, service: FakeUdisks, sticks: UdisksSticks) -> None:
    """Demo and tests use the simulated one: found, used, switched off, gone."""
    under_test, plug = both(tmp_path, service, sticks)[which]
    with pytest.raises(StickError) as why:
        under_test.claim()
    assert why.value.trouble is StickStatus.NONE
    plug()
    state = heard(under_test, None)
    drive = under_test.claim()
    assert drive.size_bytes == state.size_bytes > 0
    assert drive.mount().path == folder(tmp_path)
    drive.unmount()
    assert drive.there()
    drive.power_off()
    assert not drive.there()
    heard(under_test, StickStatus.NONE)
    with pytest.raises(StickError):
        drive.mount()
    drive.close()


def test_a_folder_that_stays_is_there_for_the_next_package(tmp_path: Path) -> None:
    """Whoever tries the kiosk in a window has no stick to take out: the folder is plugged in again at once."""
    sticks = SimSticks(SimClock())
    sticks.stays = True
    sticks.plug(folder(tmp_path))
    sticks.claim().power_off()
    assert sticks.claim().mount().path == folder(tmp_path)
