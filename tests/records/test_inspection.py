"""The record is looked through once the kiosk is there; until then movement waits, and what is found late closes it."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import SimClock
from kiosk.records import inspection, opening
from kiosk.records.store import Store
from kiosk.rows.kinds import EventRow, PersonRow, StateRow
from kiosk.signals import Inspected
from kiosk.sqlite_pages import PAGE
from tests.patience import PATIENCE_S
from tests.records.damages import spoil
from tests.records.helpers import SMALL, Ear, open_small, repetition, rows_in, session, sound, step


def filled(data: Path, sessions: int = 40) -> Path:
    """A record of some pages that was ended well."""
    store = open_small(data)
    store.put(PersonRow("AB12"), StateRow("device_id", "FK-7Q2M"))
    for n in range(sessions):
        name = f"s{n:04}"
        store.put(session(name, end_reason="completed", end_boot_ms=9_000), step(0, name, end_boot_ms=9_000))
        store.put(*(repetition(number, 0, name) for number in range(5)))
    assert store.close(PATIENCE_S)
    return data


def waits(store: Store) -> bool:
    """Whether movement waits."""
    return store.unchecked


class HeldInspection:
    """A look through that goes on when the test lets it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        real = opening.open_to_look

        def held(database: Path) -> Any:
            self.begun.set()
            assert self.go.wait(PATIENCE_S)
            return real(database)

        monkeypatch.setattr(inspection, "open_to_look", held)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldInspection]:
    holding = HeldInspection(monkeypatch)
    yield holding
    holding.go.set()


def test_it_is_open_before_it_is_looked_through(tmp_path: Path, held: HeldInspection) -> None:
    """Rows are stored and read meanwhile; then it is told, and what waited for it opens."""
    held.go.set()
    filled(tmp_path)
    held.go.clear()
    store = Store.open(tmp_path, SimClock(), SMALL)
    ear = Ear(store)
    ear.until_stored(store.put(StateRow("a", "1")))
    assert store.read().state("a") == "1"
    assert (store.unchecked, store.looked_through()) == (True, False)
    held.go.set()
    ear.until(lambda: store.looked_through() and Inspected(whole=True) in ear.heard)
    assert not waits(store)
    assert (store.problem, store.notices, store.unread) == ("", (), ())
    assert store.close(PATIENCE_S)


def test_without_being_asked_it_is_not_looked_through(tmp_path: Path) -> None:
    """The kiosk asks once its first picture is there; what is not looked through stays unchecked until then."""
    filled(tmp_path)
    store = Store.open(tmp_path, SimClock(), SMALL, wait=False)
    ear = Ear(store)
    ear.until(lambda: store.begun)
    store.begin()
    ear.until_stored(store.put(StateRow("a", "1")))
    assert "records-inspection" not in [thread.name for thread in threading.enumerate()]
    assert waits(store)
    store.look_through()
    assert store.looked_through(PATIENCE_S)
    assert not waits(store)
    assert store.close(PATIENCE_S)


def test_a_new_record_has_nothing_to_wait_for(tmp_path: Path, held: HeldInspection) -> None:
    """There is nothing in it that could be damaged."""
    store = Store.open(tmp_path, SimClock(), SMALL)
    assert not waits(store)
    held.go.set()
    assert store.close(PATIENCE_S)


def test_one_that_was_cut_off_begins_again(tmp_path: Path, held: HeldInspection) -> None:
    """Ended in the middle, well or not: nothing of it counts, and the next start waits anew."""
    held.go.set()
    filled(tmp_path)
    for _ in range(2):
        held.go.clear()
        held.begun.clear()
        store = Store.open(tmp_path, SimClock(), SMALL)
        assert held.begun.wait(PATIENCE_S)
        assert waits(store)
        assert store.close(PATIENCE_S), "nothing waits for it"
        assert not store.looked_through()
        held.go.set()
    open_small(tmp_path).close(PATIENCE_S)
    sound(tmp_path)


def test_damage_that_is_found_late_takes_the_road_of_any(tmp_path: Path, held: HeldInspection) -> None:
    """The damaged file is kept as it was found, rows of meanwhile are in the new one, and everybody is in doubt."""
    held.go.set()
    filled(tmp_path)
    ((root,),) = rows_in(tmp_path, "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_repetitions_1'")
    spoilt = bytearray((tmp_path / "kiosk.db").read_bytes())
    spoilt[(root - 1) * PAGE + 200 : root * PAGE] = bytes(PAGE - 200)
    (tmp_path / "kiosk.db").write_bytes(spoilt)
    held.go.clear()
    store = Store.open(tmp_path, SimClock(), SMALL)
    ear = Ear(store)
    ear.until_stored(store.put(StateRow("meanwhile", "1")))
    assert (store.problem, store.unchecked) == ("", True)
    held.go.set()
    ear.until(lambda: Inspected(whole=False) in ear.heard)
    ear.until(lambda: ear.states[-1:] == [""])
    assert ear.states[0] == "rescue"
    assert store.looked_through(PATIENCE_S), "the new one is looked through as well"
    assert store.read().state("meanwhile") == "1"
    assert len(store.read().sessions("AB12", 99)) == 40
    assert store.read().doubted("AB12")
    assert [row.code for row in store.read().inbox("nurse-1")] == ["database_damaged"]
    assert store.close(PATIENCE_S)
    assert (tmp_path / "quarantine" / "kiosk.db.corrupt-1").read_bytes() == bytes(spoilt)
    sound(tmp_path)


def test_a_row_that_cannot_be_read_closes_before_anything_opens(tmp_path: Path) -> None:
    """The doubt is stored by the moment at which movement stops waiting for the look through."""
    filled(tmp_path)
    spoil(tmp_path, "sessions", "stage", random.Random(1), text="'not a word!'")
    store = Store.open(tmp_path, SimClock(), SMALL)
    ear = Ear(store)
    ear.until(lambda: not store.unchecked)
    assert store.read().doubted("AB12")
    assert [name.split(":")[0] for name in store.unread] == ["sessions"]
    ear.until(lambda: store.looked_through() and Inspected(whole=True) in ear.heard)
    assert store.close(PATIENCE_S)


def test_a_medium_that_cannot_be_read_keeps_movement_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again until it can; staff read of it once, and rows are stored all the while."""
    filled(tmp_path)
    real, tries, go = opening.open_to_look, [], threading.Event()

    def failing(database: Path) -> Any:
        tries.append(database)
        if not go.is_set():
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
            raise error
        return real(database)

    monkeypatch.setattr(inspection, "open_to_look", failing)
    monkeypatch.setattr(inspection, "FIRST_S", 0.001)
    monkeypatch.setattr(inspection, "MOST_S", 0.004)
    store = Store.open(tmp_path, SimClock(), SMALL)
    ear = Ear(store)
    ear.until_stored(store.event("info", "tick"))
    ear.until(lambda: len(tries) > 5 and store.notices != ())
    assert waits(store)
    (notice,) = store.notices
    assert "could not be looked through" in notice
    assert "disk I/O error" in notice
    go.set()
    assert store.looked_through(PATIENCE_S)
    assert not waits(store)
    assert store.problem == ""
    assert store.close(PATIENCE_S)


def test_where_there_is_no_journal_it_is_looked_through_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads would hold up every row there: damage shows at the opening, and the rows are looked at later."""
    filled(tmp_path)
    asked: list[bool] = []
    real = inspection.Inspection.__init__

    def noted(self: Any, *how: Any, structure: bool, **more: Any) -> None:
        asked.append(structure)
        real(self, *how, structure=structure, **more)

    monkeypatch.setattr(inspection.Inspection, "__init__", noted)
    monkeypatch.setattr("kiosk.records.writer.is_left", lambda _: False)
    store = open_small(tmp_path)
    store.put(EventRow("info", "tick"))
    assert store.close(PATIENCE_S)
    assert asked == [False]
