"""What goes on beside a session is really done, and a mirror that was late beside it misses."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kiosk.bench.loop import LATE_NS, RoundSeen
from kiosk.clock import ticks_ns
from tests.bench.late import exporting, judged, looking_through, merging
from tests.package.made import exported, lived, record
from tests.patience import PATIENCE_S

CALM = RoundSeen((1.0,) * 50, ())
LATE = RoundSeen((1.0,) * 49 + (LATE_NS / 1e6 + 1,), ())


@pytest.mark.parametrize(
    ("rounds", "worked", "ok"), [([CALM] * 3, 1, True), ([LATE, LATE, CALM], 1, False), ([CALM] * 3, 0, False)]
)
def test_a_late_picture_beside_real_work_misses(rounds: list[RoundSeen], worked: int, ok: bool) -> None:
    """And where nothing was done beside it, nothing was measured."""
    (row,) = judged({"a package is made": [(each, worked) for each in rounds], "": [(CALM, 1)] * 3})
    assert (row.name, row.ok) == ("Late pictures while a package is made", ok)


def test_what_goes_on_beside_is_done_to_its_end(tmp_path: Path) -> None:
    """An export, a merge or a look through that fails at once would disturb nobody."""
    data = record(tmp_path / "data", lived(sessions=1))
    package = exported(data, tmp_path / "packages").made.place
    for beside in (
        exporting(data, tmp_path / "out"),
        merging([package], tmp_path / "clinic.db"),
        looking_through(data),
    ):
        with beside as worked:
            give_up = ticks_ns() + round(PATIENCE_S * 1e9)
            while worked() < 2:
                assert worked(), "it failed"
                assert ticks_ns() < give_up
                threading.Event().wait(0.02)
