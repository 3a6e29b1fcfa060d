"""What the loop asks of a record stays quick when the record is old: no answer grows with the years."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.bedside.looking_back import looked_back
from kiosk.bedside.persons import bound_person
from kiosk.bedside.sessions import practised_last_week, today
from kiosk.clock import ClockStatus, Instant, SimClock, instant
from kiosk.home.looking_back import weeks_back
from kiosk.records.daytime import Times
from kiosk.records.reader import Reader
from kiosk.rows.kinds import AnchorRow, BootRow, utc_text
from tests.care.people import shipped
from tests.package.made import FIRST_DAY, record
from tests.patience import PATIENCE_S
from tests.records.five_years import A_DAY, WHO, years
from tests.records.helpers import open_small

FIVE_YEARS, A_MONTH = 9_125, 150
QUERY_MS = 3.0
"""Most that one question of the loop may take, in ms [D]."""
MORE = 8.0
"""Most times as long as with a month of sessions; before, a day's rules took twenty thousand times as long."""
HOUR_MS = 3_600_000


def took_ms(ask: Callable[[], object], rounds: int = 7) -> float:
    """The quickest of some rounds: what else the machine does makes none quicker."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        found.append((time.perf_counter() - began) * 1_000)
    return min(found)


def boots(count: int) -> tuple[list[AnchorRow], list[BootRow]]:
    """A boot a day, each with the network's time."""
    walls = [utc_text(FIRST_DAY + timedelta(days=day)) for day in range(count)]
    anchors = [AnchorRow(f"boot-{day}", 1_000, wall, "ntp") for day, wall in enumerate(walls)]
    return anchors, [BootRow(f"boot-{day}", day + 1, 1_000, 10 * HOUR_MS) for day in range(count)]


def test_what_a_day_asks_of_the_clocks_does_not_grow_with_the_boots() -> None:
    """Sixty sessions were each compared with every boot, and each of those with every boot again: over a minute."""

    def asked(count: int) -> float:
        times = Times(*boots(count))
        present = Instant(f"boot-{count - 1}", HOUR_MS, FIRST_DAY + timedelta(days=count - 1), ClockStatus.NTP)

        def day() -> None:
            for back in range(1, 12):
                for number in range(A_DAY):
                    times.lapse(f"boot-{count - 1 - back}", number * HOUR_MS, present)

        return took_ms(day)

    assert asked(1_825) <= MORE * asked(30)


def test_boots_and_anchors_are_read_once_until_there_is_another(tmp_path: Path) -> None:
    """The home asks each minute; a new boot, a new anchor and a file in the place of this one are heard of."""
    store = open_small(tmp_path, SimClock())
    reader = store.read()
    first = reader.times()
    assert reader.times() is first
    store.put(AnchorRow("boot-1", 77_000, utc_text(FIRST_DAY), "ntp"))
    assert store.flush(PATIENCE_S)
    again = reader.times()
    assert again is not first
    assert again.exact_utc("boot-1", 77_000) == FIRST_DAY
    assert store.close(PATIENCE_S)


@pytest.fixture(scope="module")
def old_and_young(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Records of five years and of a month."""
    to = tmp_path_factory.mktemp("years")
    return record(to / "old", years(FIVE_YEARS)), record(to / "young", years(A_MONTH))


QUESTIONS: dict[str, Callable[[Reader], object]] = {
    "person": lambda reader: reader.person(WHO),
    "bound person": bound_person,
    "running session": lambda reader: reader.running_session(),
    "interrupted session": lambda reader: reader.interrupted_session(WHO),
    "sessions": lambda reader: reader.sessions(WHO, 60),
    "clips": lambda reader: reader.clips(WHO),
    "line drawings": lambda reader: reader.replayed(WHO, 30),
    "ratios": lambda reader: reader.ratios(WHO, "smile-small", 5),
    "answers": lambda reader: reader.answers(WHO, "tightness.*", 60),
    "permissions": lambda reader: reader.permissions(WHO),
    "own things": lambda reader: reader.own(WHO),
    "inbox": lambda reader: reader.inbox("nurse-1"),
    "what was told": lambda reader: reader.told(WHO, "saw-movement", 60),
    "a line nobody looked at": lambda reader: reader.anything_unlooked(),
    "acts": lambda reader: reader.audit(100),
    "who came in": lambda reader: reader.last_entered(),
    "times": lambda reader: reader.times(),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_of_the_loop_takes_long(old_and_young: tuple[Path, Path], name: str) -> None:
    """In ms on the machine at hand; where that is slow or busy, no longer than with a month of sessions."""
    old, young = map(Reader, old_and_young)
    ask = QUESTIONS[name]
    ask(old)
    took = took_ms(lambda: ask(old))
    assert took <= QUERY_MS or took <= MORE * took_ms(lambda: ask(young))


@pytest.mark.slow
def test_the_home_of_an_old_record_is_gathered_as_quickly(old_and_young: tuple[Path, Path]) -> None:
    """The day, whoever practised a week ago, and looking back: they took 73, 35 and 0.3 seconds."""

    def gathered(data: Path, sessions: int) -> float:
        reader, days = Reader(data), sessions // A_DAY
        wall = FIRST_DAY + timedelta(days=days, hours=1)
        at = instant(SimClock(wall=wall, trust=ClockStatus.NTP))
        person = bound_person(reader)
        assert person is not None

        def home() -> None:
            day = today(reader, shipped(), person, at)
            practised_last_week(reader, WHO, at)
            looked_back(reader, shipped(), WHO, weeks_back(day))

        home()
        return took_ms(home, 3)

    old, young = old_and_young
    assert gathered(old, FIVE_YEARS) <= MORE * gathered(young, A_MONTH)
