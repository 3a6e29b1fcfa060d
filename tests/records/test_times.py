"""The times that a reader has are those of all boots, though of years of boots it reads only what it must."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.clock import ClockStatus, Instant
from kiosk.records import reader as reading
from kiosk.records.daytime import Times
from kiosk.records.reader import Reader
from kiosk.rows.kinds import AnchorRow, BootRow, R, Row, utc_text
from tests.package.made import empty, put

DAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR = 3_600_000
YEARS = 1_825
"""Five years of a boot a day."""
SOURCES = ("ntp", "rtc", "staff", "unset")
OLDEST = 20
"""Boots of a small world."""
WORLDS = (SOURCES, ("rtc",), ("rtc", "unset"))
"""The clocks that there are: all of them, and those of a kiosk that never is on a network."""


class Counting(Reader):
    """Counts the rows that it was given."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.rows = 0

    def _ask(self, kind: type[R], where: str, *parameters: object) -> list[R]:
        found = super()._ask(kind, where, *parameters)
        self.rows += len(found)
        return found


def anchor(boot: str, t_ms: int, wall: datetime, source: str) -> AnchorRow:
    return AnchorRow(boot, t_ms, utc_text(wall), source)


def boots(number: int, source: str, dated: range) -> Iterator[Row]:
    """A boot a day, and an anchor by ``source`` in those that are ``dated``."""
    for day in range(number):
        yield BootRow(f"b{day}", day + 1, 1_000, 10 * HOUR)
        if day in dated:
            yield anchor(f"b{day}", 60_000, DAY + timedelta(days=day), source)


def written(data: Path, rows: Iterator[Row] | Sequence[Row]) -> None:
    connection = empty(data)
    put(connection, list(rows))
    connection.close()


def a_day(reader: Reader, boot: str, status: ClockStatus) -> Times:
    """The times, of which a day's rules have asked what time it is and how long ago the last weeks' sessions were."""
    times, day = reader.times(), int(boot[1:])
    present = Instant(boot, 5 * HOUR, DAY + timedelta(days=day), status)
    times.known(present)
    for back in range(60):
        times.exact_utc(f"b{day - back}", HOUR)
        times.lapse(f"b{day - back}", HOUR, present)
    return times


@pytest.mark.parametrize(
    ("source", "dated"),
    [("rtc", range(YEARS)), ("rtc", range(0)), ("ntp", range(1)), ("staff", range(3)), ("ntp", range(YEARS // 3))],
)
def test_without_a_network_no_boot_is_read_twice(tmp_path: Path, source: str, dated: range) -> None:
    """Not at a start; and of the boot after it, that one. What nobody sure has dated takes all that was before."""
    written(tmp_path, boots(YEARS, source, dated))
    reader = Counting(tmp_path)
    status = ClockStatus.RTC if source == "rtc" and dated else ClockStatus.UNSET
    a_day(reader, f"b{YEARS - 1}", status)
    assert reader.rows <= 1.1 * (YEARS + len(dated))
    before = reader.rows
    written(tmp_path, [BootRow(f"b{YEARS}", YEARS + 1, 1_000, HOUR)])
    a_day(reader, f"b{YEARS}", status)
    assert reader.rows - before <= 10
    reader.close()


@pytest.mark.parametrize("source", ["ntp", "staff"])
def test_with_a_network_only_the_newest_boots_are_read(tmp_path: Path, source: str) -> None:
    """Once a sure clock has dated a boot, what was before it no longer counts, until it is asked for."""
    written(tmp_path, boots(YEARS, source, range(YEARS)))
    reader = Counting(tmp_path)
    a_day(reader, f"b{YEARS - 1}", ClockStatus.NTP)
    assert reader.rows <= 210
    assert reader.times().exact_utc("b3", 60_000) == DAY + timedelta(days=3)
    assert reader.rows <= 1.7 * 2 * YEARS
    before = reader.rows
    written(tmp_path, [BootRow(f"b{YEARS}", YEARS + 1, 1_000, HOUR), anchor(f"b{YEARS}", 5, DAY, "ntp")])
    a_day(reader, f"b{YEARS}", ClockStatus.NTP)
    assert reader.times().exact_utc("b3", 60_000) == DAY + timedelta(days=3)
    assert reader.rows - before <= 10, "what was asked for once is known, and grows as well"
    reader.close()


def test_a_kiosk_that_is_no_longer_on_a_network_reads_from_its_last_sure_day(tmp_path: Path) -> None:
    """Two hundred days ago, say: then those, and none of the years before."""
    written(tmp_path, boots(YEARS, "staff", range(YEARS - 200)))
    reader = Counting(tmp_path)
    a_day(reader, f"b{YEARS - 1}", ClockStatus.UNSET)
    assert reader.rows <= 205
    reader.close()


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, sqlite3.Connection]]:
    data = tmp_path_factory.mktemp("times")
    connection = empty(data)
    connection.execute("PRAGMA synchronous = OFF")
    yield data, connection
    connection.close()


def vouched(sources: Sequence[str]) -> st.SearchStrategy[list[tuple[int, int, int, str]]]:
    """Anchors: of which boot, counted from the newest, when in it, what they say in hours, and by whom."""
    one = st.tuples(st.integers(-1, OLDEST), st.integers(0, HOUR), st.integers(-40, 40), st.sampled_from(sources))
    return st.lists(one, max_size=12, unique_by=lambda found: found[:2])


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, OLDEST).flatmap(
        lambda n: st.lists(st.tuples(st.integers(0, HOUR), st.integers(0, HOUR)), min_size=n, max_size=n)
    ),
    st.sampled_from(WORLDS).flatmap(vouched),
    st.integers(1, 3),
    st.integers(-1, OLDEST),
    st.sampled_from((ClockStatus.UNSET, ClockStatus.RTC, ClockStatus.NTP)),
    st.sampled_from((None, *SOURCES)),
    st.booleans(),
)
def test_whatever_is_asked_is_answered_from_all_boots(
    record: tuple[Path, sqlite3.Connection],
    powered: list[tuple[int, int]],
    anchors: list[tuple[int, int, int, str]],
    most: int,
    back: int,
    status: ClockStatus,
    later: str | None,
    asked_before: bool,
) -> None:
    """Before and after another boot has come, with or without a clock of its own, and also after an older anchor."""
    data, connection = record
    connection.execute("DELETE FROM boots")
    connection.execute("DELETE FROM clock_anchors")
    newest = len(powered)
    put(connection, [BootRow(f"b{n}", n, first, first + long) for n, (first, long) in enumerate(powered, 1)])
    put(connection, [anchor(f"b{newest - n}", t_ms, DAY + timedelta(hours=at), by) for n, t_ms, at, by in anchors])

    def asked_of(times: Times, present: str) -> None:
        right = Times(reader.anchors(), reader.boots())
        for here in (Instant(present, HOUR, DAY, status), Instant(f"b{newest - back}", HOUR, DAY, status)):
            for name in ("new", *(f"b{n}" for n in range(newest + 2, -1, -1))):
                assert times.lapse(name, 7, here) == right.lapse(name, 7, here)
                assert times.powered_since_ms(name, 7, here) == right.powered_since_ms(name, 7, here)
                assert times.anchor(name) == right.anchor(name)
            assert times.known(here) == right.known(here)

    with pytest.MonkeyPatch.context() as patched, closing(Reader(data)) as reader:
        patched.setattr(reading, "RECENT", most)
        before = reader.times()
        if asked_before:
            asked_of(before, f"b{newest}")
        put(connection, [BootRow("new", newest + 1, 5, HOUR)])
        if later is not None:
            put(connection, [anchor("new", 10, DAY + timedelta(hours=50), later)])
        asked_of(reader.times(), "new")
        put(connection, [anchor("b1", HOUR + 1, DAY + timedelta(hours=9), "ntp")])
        asked_of(reader.times(), "new")


def test_a_record_that_is_just_being_made_has_no_times_yet(tmp_path: Path) -> None:
    """Somebody asks between the file and its tables; once there is a boot it is known."""
    sqlite3.connect(tmp_path / "kiosk.db").execute("PRAGMA journal_mode = WAL").connection.close()
    with closing(Reader(tmp_path)) as reader:
        assert reader.times().exact_utc("b0", 60_000) is None
        written(tmp_path, boots(1, "ntp", range(1)))
        assert reader.times().exact_utc("b0", 60_000) == DAY
