"""What the scenarios share: the disk with the product on it, machines that end with their test, the report."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.device import image
from tests.device.bedside import NO_INPUT, SOUND_CARD, anew, quiet
from tests.device.install import Installed, has_package, offline, offline_in_tree
from tests.device.machine import Machine, overlay
from tests.device.report import Entry, Report
from tests.figures import commit

HERE = Path(__file__).resolve().parent
REPORT = pytest.StashKey[Report]()
ENTRY = pytest.StashKey[Entry]()
Power = Callable[..., Machine]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Everything in this folder needs the emulator: it runs only for whoever asks for this mark by its name."""
    words = re.findall(r"\w+", str(config.getoption("markexpr")))
    asked = any(word == "device" and before != "not" for before, word in itertools.pairwise(["", *words]))
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.device)
            if not asked:
                item.add_marker(pytest.mark.skip("the virtual device is for whoever asks for it: make device-test"))


def installed_from() -> Path:
    """This checkout, unless ``DEVICE_CHECKOUT`` names another: an older one, to see its faults."""
    return Path(os.environ.get("DEVICE_CHECKOUT") or image.ROOT).resolve()


def report_of(config: pytest.Config) -> Report:
    """The report of this run."""
    if REPORT not in config.stash:
        config.stash[REPORT] = Report(image.cache() / ("report" if installed_from() == image.ROOT else "report-other"))
        config.stash[REPORT].about["commit"] = commit(installed_from()) or "unknown"
    return config.stash[REPORT]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Carry a scenario's outcome into the report."""
    result = yield
    entry = item.stash.get(ENTRY, None)
    if entry is not None and result.when in ("setup", "call"):
        entry.seconds += call.duration
        if result.when == "call" or result.failed:
            entry.outcome = result.outcome
            entry.why = str(call.excinfo.value) if call.excinfo is not None and result.failed else ""
            report_of(item.config).write()
    return result


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report of what was run, however it ended."""
    if REPORT in session.config.stash:
        print(f"\nThe report: {session.config.stash[REPORT].write()}")  # noqa: T201 (the terminal's line on a run)


@pytest.fixture
def entry(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Iterator[Entry]:
    """This scenario's place in the report; its figures also stand in docs/faults.md, where they are kept."""
    about = str(request.node.obj.__doc__ or "").partition("\n")[0]
    found = report_of(request.config).entry(request.node.name, about)
    request.node.stash[ENTRY] = found
    yield found
    for name, value in found.figures.items():
        record_property("figure", f"{name}: {value}")


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The checkout whose installation is tried."""
    return installed_from()


@pytest.fixture(scope="session")
def base() -> image.Base:
    """The plain image; its tools must be there."""
    missing = [tool for tool in ("qemu-system-x86_64", "qemu-img", "mmdebstrap", "mke2fs") if not shutil.which(tool)]
    assert not missing, f"{', '.join(missing)} missing: `make device-test` installs what is needed"
    return image.base()


@pytest.fixture(scope="session")
def installation(base: image.Base, checkout: Path, request: pytest.FixtureRequest) -> Installed:
    """The product on a disk: by its offline folder in the device; a checkout without one by its `make install`."""
    kind = "product" if checkout == image.ROOT else "other"
    if has_package(checkout) and os.environ.get("DEVICE_QUICK"):
        found = offline_in_tree(base, checkout, f"quick-{kind}")
    elif has_package(checkout):
        found = offline(base, checkout, kind)
    else:
        disk = image.installed(base, checkout, kind)
        found = Installed(disk, "by its own `make install`, in a chroot at the host's speed", 0.0)
    about = report_of(request.config).about
    about["installed"] = f"{checkout.name} {found.how}"
    if found.seconds:
        about["installation in the device, s"] = found.seconds
    return found


@pytest.fixture(scope="session")
def product(installation: Installed) -> Path:
    """The disk on which the product was installed."""
    return installation.disk


@pytest.fixture(scope="session")
def runs() -> Iterator[Path]:
    """The folder for disks and logs of this run's machines; it is gone afterwards, but for what each console said."""
    folder = image.cache() / f"run-{os.getpid()}"
    folder.mkdir(parents=True)
    yield folder
    consoles = image.cache() / "consoles"
    shutil.rmtree(consoles, ignore_errors=True)
    consoles.mkdir()
    for log in folder.rglob("*.log"):
        shutil.move(log, consoles / f"{log.parent.name}-{log.name}")
    shutil.rmtree(folder)


NUMBERS = itertools.count(1)


def powered(stack: ExitStack, base: image.Base, product: Path, runs: Path) -> Power:
    """A way to switch machines on; all of them are off when ``stack`` ends."""

    def power(under: Path | None = None, **options: Any) -> Machine:
        place = runs / f"machine-{next(NUMBERS)}"
        return stack.enter_context(Machine(base, overlay(under or product, place / "root.qcow2"), place, **options))

    return power


@pytest.fixture
def power(base: image.Base, product: Path, runs: Path) -> Iterator[Power]:
    """Switch machines on that end with the test."""
    with ExitStack() as stack:
        yield powered(stack, base, product, runs)


@pytest.fixture(scope="module")
def shared_power(base: image.Base, product: Path, runs: Path) -> Iterator[Power]:
    """Switch machines on that end with the module."""
    with ExitStack() as stack:
        yield powered(stack, base, product, runs)


@pytest.fixture(scope="session")
def whole_run(base: image.Base, product: Path, runs: Path) -> Iterator[Machine]:
    """A machine with nothing but the header's buttons and a sound card, switched on once for all who take it."""
    with ExitStack() as stack:
        found = powered(stack, base, product, runs)(append=NO_INPUT, more=SOUND_CARD)
        quiet(found)
        yield found


@pytest.fixture
def bed(whole_run: Machine) -> Iterator[Machine]:
    """That machine as after the installation; the kiosk does not run until the test starts it."""
    anew(whole_run)
    yield whole_run
    if whole_run.attached:
        anew(whole_run)
    for name in sorted(whole_run.attached):
        whole_run.detach(name)
