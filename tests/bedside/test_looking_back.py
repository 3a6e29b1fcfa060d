"""What is behind a person comes out of the record as it went in, and nothing of anybody else or of no day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.bedside.looking_back import looked_back
from kiosk.bedside.own import SAW
from kiosk.care.model import Region
from kiosk.clock import ClockStatus, local_day
from kiosk.home.looking_back import NOTHING, LookedBack, OwnSighting, weeks_back
from kiosk.rows.kinds import InboxRow, RatingRow
from tests.bedside.test_days import DAY_MS, Bed
from tests.care.people import shipped
from tests.patience import PATIENCE_S
from tests.records.helpers import session


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[Bed]:
    made = Bed(tmp_path)
    yield made
    made.store.close(PATIENCE_S)


def behind(bed: Bed) -> LookedBack:
    weeks = weeks_back(bed.today)
    return looked_back(bed.store.read(), shipped(), bed.person.code, weeks)


def test_what_was_done_and_said_is_behind_somebody(bed: Bed) -> None:
    """The tightest region of each day, each programme of this week with its days, and the newest sighting first."""
    start = local_day(bed.clock.wall)
    for n in range(3):
        bed.practises(1, "releases")
        bed.store.put(
            RatingRow(f"s{n + 1}", "tightness.cheek-mouth-corner", float(n), "0_3"),
            RatingRow(f"s{n + 1}", "tightness.chin-jaw", 1.0, "0_3"),
            RatingRow(f"s{n + 1}", "other", 3.0, "0_3"),
        )
        bed.store.put(InboxRow(f"k{n}", bed.person.code, SAW, ("mouth", "", "elbow")[n]))
        bed.clock.advance(DAY_MS)
    found = behind(bed)
    days = tuple(start + timedelta(days=n) for n in range(3))
    # 2 March 2026 is a Monday: all three days lie in one week.
    title = shipped().programmes["releases"].title
    assert found.practised == ((title, days),)
    assert [level for _, level in found.tightness] == [1, 1, 2]
    assert [seen.where for seen in found.saw] == [None, None, Region.MOUTH]
    assert found.saw[-1].day == days[0]


def test_nothing_of_somebody_else_is_there(bed: Bed) -> None:
    """A kiosk keeps whoever was here before: their diary is not the next person's."""
    bed.practises()
    bed.store.put(
        session("x1", bed.clock, patient_code="23456X"),
        RatingRow("x1", "tightness.chin-jaw", 3.0, "0_3"),
        InboxRow("x", "23456X", SAW, "mouth"),
    )
    found = behind(bed)
    assert (found.tightness, found.saw) == ((), ())
    assert len(found.practised) == 1


def test_without_a_date_nothing_is_told(tmp_path: Path) -> None:
    """A clock that nobody set: no week, so no page; what was said is told without its day once there is one."""
    bed = Bed(tmp_path, ClockStatus.UNSET)
    bed.practises()
    bed.store.put(InboxRow("k", bed.person.code, SAW, "mouth"))
    assert behind(bed) == NOTHING
    bed.reboots(trust=ClockStatus.STAFF)
    bed.practises()
    assert behind(bed).saw == (OwnSighting(None, Region.MOUTH),)
    assert bed.store.close(PATIENCE_S)
