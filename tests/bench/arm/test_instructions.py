"""What the kiosk does on aarch64, counted in instructions beside one copy of a picture: no noise disturbs these gates.

A minute or so for each thing and processor, and the network once. Nothing here is a Raspberry Pi's time.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import mean, median

import pytest

from tests.bench.arm.root import PROCESSORS, ArmError, ArmRoot, arm_root
from tests.bench.earlier import ROOT, EarlierError, tree
from tests.package.made import lived, record

Record = Callable[[str, object], None]
pytestmark = pytest.mark.slow
MOST = {"mirror": 2.7, "good-side": 24.5, "look": 155.0}
"""Most instructions, in those of one copy of a picture, that a mirrored picture, one with the good side reflected and a
look at a face may need: what they need today, and a tenth."""
MODULE = "tests.bench.arm.counted"
SESSIONS = 20


@pytest.fixture(scope="session")
def arm() -> ArmRoot:
    """A Python for aarch64 and a QEMU that counts."""
    try:
        return arm_root()
    except ArmError as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def before() -> Path | None:
    """The tree of f456959, where git has it."""
    try:
        return tree()
    except EarlierError:
        return None


@cache
def copy_of(processor: str, arm: ArmRoot) -> float:
    """Instructions of a bare copy of a picture, the unit of all the others."""
    return median(arm.count(processor, ROOT, MODULE, "copy").values())


def millions(count: float) -> str:
    """A count as it stands on the page."""
    return f"{count / 1e6:.2f} million" if count < 1e7 else f"{count / 1e6:.0f} million"


@pytest.mark.parametrize("processor", PROCESSORS)
@pytest.mark.parametrize("what", ["mirror", "good-side"])
def test_a_picture(what: str, processor: str, arm: ArmRoot, before: Path | None, record_property: Record) -> None:
    """A mirrored picture with all that stands beside it, against a copy of one counted alike; the middle of five."""
    copy = copy_of(processor, arm)
    now = median(arm.count(processor, ROOT, MODULE, what).values())
    told = f"{millions(now)} instructions, {now / copy:.1f} times a copy of a picture ({millions(copy)})"
    if before is not None:
        told += f"; f456959 {millions(median(arm.count(processor, before, MODULE, what).values()))}"
    record_property("figure", told)
    assert now / copy <= MOST[what]


def test_a_picture_costs_the_same_in_every_run(arm: ArmRoot) -> None:
    """That is what makes it a gate: a thousandth of a difference is already something that was changed."""
    first, second = (median(arm.count("cortex-a72", ROOT, MODULE, "mirror").values()) for _ in range(2))
    assert first == pytest.approx(second, rel=0.001)


@pytest.mark.parametrize("processor", PROCESSORS)
def test_a_look_at_a_face(
    processor: str, arm: ArmRoot, before: Path | None, models_folder: Path, record_property: Record
) -> None:
    """A second of looks whose mouth is measured, in the mean."""
    copy = copy_of(processor, arm)
    now = mean(arm.count(processor, ROOT, MODULE, "look", str(models_folder)).values())
    told = f"{millions(now)} instructions, {now / copy:.0f} times a copy of a picture"
    if before is not None:
        told += f"; f456959 {millions(mean(arm.count(processor, before, MODULE, 'look', str(models_folder)).values()))}"
    record_property("figure", told)
    assert now / copy <= MOST["look"]


@pytest.mark.parametrize("processor", PROCESSORS)
def test_an_export(processor: str, arm: ArmRoot, tmp_path: Path, record_property: Record) -> None:
    """A package with report and workbook and a passphrase; of two sizes, so that what each session costs is known."""
    counts = {}
    for sessions in (SESSIONS, 2 * SESSIONS):
        folder = tmp_path / str(sessions)
        record(folder / "data", lived(sessions=sessions))
        (counts[sessions],) = arm.count(processor, ROOT, MODULE, "export", str(folder)).values()
        shutil.rmtree(folder)
    each = (counts[2 * SESSIONS] - counts[SESSIONS]) / SESSIONS
    told = f"{millions(counts[SESSIONS] - SESSIONS * each)} instructions and {millions(each)} for each session"
    record_property("figure", told)
    assert 0 < each < counts[SESSIONS]
