"""No question that the loop asks of a record is more work after years: what SQLite does for it is counted, no time."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count, islice
from pathlib import Path

import pytest

from kiosk.clock import ClockStatus, Instant
from kiosk.records.daytime import Times
from kiosk.records.reader import Reader
from kiosk.rows.kinds import (
    AnchorRow,
    BootRow,
    ClipRow,
    ExportRow,
    InjectionRow,
    ReplayRow,
    Row,
    ScoreRow,
    utc_text,
)
from tests.package.made import FIRST_DAY, empty, put
from tests.records.five_years import A_DAY, HOUR_MS, WHO, years

ROWS_AT_ONCE = 1_000
MORE = 1.2
"""Most times as much work after ten years as after one: trees are deeper, and some rows are longer [D]."""
A_STEP = 50
"""SQLite's instructions in one count."""
QUESTIONS: dict[str, tuple[object, ...]] = {
    "state": ("bound",),
    "person": (WHO,),
    "persons": (),
    "doubted": (WHO,),
    "staff_lost": (),
    "running_session": (),
    "interrupted_session": (WHO,),
    "session": ("s000100",),
    "sessions": (WHO, 60),
    "steps": ("s000100",),
    "repetitions": ("s000100",),
    "clips": (WHO,),
    "replayed": (WHO, 30),
    "replay": ("s000100", 0, 0),
    "ratios": (WHO, "smile-small", 5),
    "set_items": ("s000100",),
    "ratings": ("s000100",),
    "answers": (WHO, "tightness.*", 60),
    "permissions": (WHO,),
    "own": (WHO,),
    "told": (WHO, "saw-movement", 60),
    "staff": (),
    "pin_tries": ("nurse-1",),
    "audit": (100,),
    "last_entered": (),
    "events": (50,),
    "exports": (20,),
}
"""Every question of a reader with its arguments, but for those of ``GROWING``."""
GROWING: dict[str, str] = {
    "close": "no question",
    "set_ups": "all set-ups of a person: asked only where the newest cannot be read",
    "injections": "all of them are shown",
    "scores": "the newest are sorted out of all of a person's",
    "anchors": "all of them: asked only where no sure clock dated the newer half, or for an older boot (times)",
    "boots": "likewise",
    "times": "the boot to begin with is looked up once a start; all are read without a network; then what is new",
    "last_export": "goes through the list of packages: a line each, some fifteen instructions",
    "held_by": "see below",
    "inbox": "looks which lines this slot has seen: 0.1 ms a year of one line a day",
    "unlooked": "looks which lines anybody has seen: 0.1 ms a year of one line a day",
    "anything_unlooked": "looks which lines anybody has seen: 0.1 ms a year of one line a day",
}
"""What may grow, and why that is known."""

SLOWLY: dict[str, tuple[object, ...]] = {
    "inbox": ("nurse-1",),
    "unlooked": (),
    "anything_unlooked": (),
    "last_export": ("ALL",),
    "times": (),
}
"""Those of them that the loop asks all the same."""
MOST_AT_ONCE, MOST_ROWS = 60_000, 150
"""SQLite's instructions, some 30 ns each here, and rows, some 12 us each: together less than 3 ms [D]."""


def rows(sessions: int) -> Iterator[Row]:
    """Years of somebody who also had films and line drawings at first, injections, scores and exports."""
    yield from years(sessions)
    for index in range(0, sessions, A_DAY):
        name = f"s{index:06d}"
        if index < A_DAY * 200:
            yield ReplayRow(name, 0, 0, b"lines")
        yield ClipRow(
            name, 0, 0, f"{name}.mp4", 9, "", encrypted=False, removed="" if index >= sessions - 10 * A_DAY else "age"
        )
        if not index % (A_DAY * 30):
            day = (FIRST_DAY + timedelta(days=index // A_DAY)).date().isoformat()
            yield InjectionRow(WHO, day, "eyes", "", "therapist-1")
            yield ScoreRow(
                patient_code=WHO, scale="house-brackmann", scored_on=day, by="therapist-1", scale_version=1, value=2.0
            )
            number = index + 1
            yield ExportRow(
                seq=number, package="FK", selection="ALL", since_seq=0, seq_to=number, protection="none", verified=True
            )


@pytest.fixture(scope="module")
def years_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[float], Path]:
    """A record of so many years, made once."""
    folder, made = tmp_path_factory.mktemp("growth"), {}

    def of(number: float) -> Path:
        if number not in made:
            data = made[number] = folder / f"{number}"
            connection = empty(data)
            sessions = round(number * 365) * A_DAY
            waiting = rows(sessions)
            for number_now in count(1):
                some = list(islice(waiting, ROWS_AT_ONCE))
                if not some:
                    break
                # As a kiosk does: what has changed is noted under the newest number there is.
                connection.execute("INSERT OR REPLACE INTO counters (name, value) VALUES ('seq', ?)", (number_now,))
                put(connection, some)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        return made[number]

    return of


def counted(reader: Reader, ask: Callable[[Reader], object]) -> int:
    """SQLite's instructions for one question, in steps of ``A_STEP``."""
    reader.state("opens it")
    assert reader._looking is not None
    steps: list[None] = []
    reader._looking.connection.set_progress_handler(lambda: steps.append(None), A_STEP)
    ask(reader)
    reader._looking.connection.set_progress_handler(None, 0)
    return len(steps) * A_STEP


def work(data: Path, ask: Callable[[Reader], object]) -> int:
    reader = Reader(data)
    try:
        return counted(reader, ask)
    finally:
        reader.close()


def test_every_question_is_here() -> None:
    """A question that is added is held as well, or it is said why not."""
    asked = {name for name, _ in inspect.getmembers(Reader, inspect.isfunction) if not name.startswith("_")}
    assert asked == QUESTIONS.keys() | GROWING.keys()
    assert not QUESTIONS.keys() & GROWING.keys()


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_is_more_work_after_years(years_of: Callable[[float], Path], name: str) -> None:
    """Three years of five sessions a day against one: each question asks for as much, and not for all there is."""

    def ask(reader: Reader) -> object:
        return getattr(reader, name)(*QUESTIONS[name])

    one, three = work(years_of(1), ask), work(years_of(3), ask)
    assert three <= MORE * one + A_STEP * 2, f"{one} instructions after a year, {three} after three"


@pytest.mark.parametrize("name", [*QUESTIONS, *SLOWLY])
def test_no_question_holds_up_a_picture(years_of: Callable[[float], Path], name: str) -> None:
    """Three years on each is answered in a few milliseconds: SQLite's part is bounded, and so are the rows."""
    found: list[object] = []

    def ask(reader: Reader) -> None:
        answer = getattr(reader, name)(*(QUESTIONS | SLOWLY)[name])
        found.extend(answer if isinstance(answer, list) else [answer])

    assert work(years_of(3), ask) <= MOST_AT_ONCE
    assert len(found) <= MOST_ROWS


def test_what_a_package_holds_is_asked_of_what_came_since(years_of: Callable[[float], Path]) -> None:
    """As much as was changed since it was made: here the last rows."""

    def ask(reader: Reader) -> object:
        return reader.held_by(WHO, 10**9)

    assert work(years_of(3), ask) <= MORE * work(years_of(1), ask) + A_STEP * 2


def test_of_a_new_boot_only_that_one_is_read(years_of: Callable[[float], Path]) -> None:
    """And the times are those that reading all of it gives."""
    found = []
    for number in (1, 3):
        reader, data = Reader(years_of(number)), years_of(number)
        reader.times()
        connection = empty(data)
        days = number * 365
        wall = FIRST_DAY + timedelta(days=days + 2)
        put(
            connection,
            [BootRow("boot-new", days + 9, 1_000, 3_000), AnchorRow("boot-new", 2_000, utc_text(wall), "ntp")],
        )
        connection.close()
        found.append(counted(reader, Reader.times))
        grown = reader.times()
        whole = Times(reader.anchors(), reader.boots())
        reader.close()
        at = Instant("boot-new", 50_000, wall, ClockStatus.NTP)
        assert grown.known(at) == whole.known(at)
        for boot in ("boot-0", f"boot-{days - 1}", "boot-new"):
            for moment in (0, 9 * HOUR_MS):
                assert grown.lapse(boot, moment, at) == whole.lapse(boot, moment, at)
    assert found[1] <= found[0] + A_STEP
