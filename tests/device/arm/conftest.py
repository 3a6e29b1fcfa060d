"""A Raspberry Pi that is none, for the tests in this folder: switched on once, and brought back to that moment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.device import image
from tests.device.arm import pi
from tests.device.bedside import SOUND_CARD, ready
from tests.device.conftest import REPORT
from tests.device.install import Installed
from tests.device.machine import Machine, overlay
from tests.device.report import Report

HERE = Path(__file__).resolve().parent
TOOLS = ("qemu-system-aarch64", "qemu-img", "mmdebstrap", "mke2fs", "dtc", "fdtput")
MOMENT = "ready"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make arm-test` asks for this mark too, and `make device-test` leaves it out."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.arm)


@pytest.fixture(scope="session", autouse=True)
def report_beside_the_others(request: pytest.FixtureRequest) -> None:
    """What is found here is kept beside the other device's report, not in its place."""
    request.config.stash.setdefault(REPORT, Report(image.cache() / "report-arm"))


def switched_on(base: image.Base, product: Path, place: Path) -> Path:
    """The disk with the moment in it at which the kiosk had just said READY, after a power on; made once."""
    disk = product.parent / f"{MOMENT}.qcow2"
    if not disk.exists():
        part = disk.with_suffix(".part.qcow2")
        with pi.Pi(base, overlay(product, part), place, more=SOUND_CARD) as machine:
            machine.boot()
            ready(machine)
            machine.save(MOMENT)
        part.rename(disk)
    return disk


class Raspberry:
    """The machine, which is brought back to the moment of READY for each question."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def again(self) -> Machine:
        """The machine at that moment."""
        self._machine.load(MOMENT)
        return self._machine


@pytest.fixture(scope="session")
def base() -> image.Base:
    """The plain image; its tools must be there."""
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    assert not missing, f"{', '.join(missing)} missing: `make arm-test` installs what is needed"
    return pi.base()


@pytest.fixture(scope="session")
def installation(base: image.Base, checkout: Path) -> Installed:
    """The package for arm64, installed from its offline folder."""
    return pi.product(base, checkout)


@pytest.fixture(scope="module")
def raspberry(base: image.Base, product: Path, runs: Path) -> Iterator[Raspberry]:
    """The machine, brought back from its snapshot; off again with the module."""
    place = runs / "raspberry"
    disk = switched_on(base, product, place)
    with pi.Pi(base, disk, place, more=(*SOUND_CARD, "-loadvm", MOMENT)) as machine:
        yield Raspberry(machine)
