"""PROGRAMMES a: nothing lost, or that cannot be read, makes anything more permitted until a therapist has looked."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from kiosk.bedside.persons import known_person, person_row
from kiosk.bedside.sessions import today
from kiosk.care import rules
from kiosk.care.model import Family, Region, Stage
from kiosk.care.person import Cause, Injection, OnsetBand, Person
from kiosk.care.person import Onset as Began
from kiosk.care.rules import may
from kiosk.care.today import Today
from kiosk.clock import SimClock, instant
from kiosk.records.store import Store
from kiosk.rows.kinds import (
    BOUND,
    Confirm,
    InboxRow,
    InjectionRow,
    PermissionRow,
    RatingRow,
    Row,
    StateRow,
)
from kiosk.sqlite_pages import PAGE, Pages
from tests.care.people import PARETIC, SYNKINETIC, persons, shipped
from tests.care.people import today as a_day
from tests.patience import PATIENCE_S
from tests.records.damages import spoil
from tests.records.helpers import open_small, rows_in, session

CODE = SYNKINETIC.code
STRICTER: dict[str, dict[str, Any]] = {
    "locked": {"locked": ("quiet-control", "releases")},
    "pain": {"pain_locked": True},
    "pain of a day": {"pain_locked_on": date(2026, 3, 2)},
    "flag": {"flags": 2},
    "pause": {"pause_until": date(2026, 9, 1)},
    "graft": {"graft": True},
    "stage": {"stage": Stage.FLACCID},
    "no stage": {"stage": None},
    "no side": {"side": None},
    "no ticks": {"ticks": ()},
    "cause": {"cause": Cause.STROKE},
    "onset": {"onset": Began(band=OnsetBand.UNDER_2_WEEKS)},
    "injection": {"injections": (Injection(given_on=date(2026, 3, 1), regions=tuple(Region), no_touch_until=None),)},
}
"""What the newest plan closes, and every older one leaves open."""
Spoil = Callable[[Path], None]


def newest_bad(data: Path) -> None:
    """The newest plan is broken JSON, as in a record of before plans had a digest."""
    connection = sqlite3.connect(data / "kiosk.db")
    newest = "revision = (SELECT max(revision) FROM persons)"
    connection.execute(f"UPDATE persons SET profile = '{{\"code\": ', digest = '' WHERE {newest}")  # noqa: S608
    connection.commit()
    connection.close()


def newest_flipped(data: Path) -> None:
    """One digit or letter of the newest plan is another one: it is a plan all the same, but not the one written."""
    connection = sqlite3.connect(data / "kiosk.db")
    newest = "revision = (SELECT max(revision) FROM persons)"
    connection.execute(f"UPDATE persons SET profile = replace(profile, '2026', '2025') || ' ' WHERE {newest}")  # noqa: S608
    connection.commit()
    connection.close()


def newest_gone(data: Path) -> None:
    """The page with the newest plan is zeros; those of older ones are whole."""
    pages = Pages(data / "kiosk.db")
    ((root,),) = rows_in(data, "SELECT rootpage FROM sqlite_master WHERE name = 'persons'")
    leaves, whole = pages.reached(root)
    assert whole
    assert len(leaves) > 2
    spoilt = bytearray((data / "kiosk.db").read_bytes())
    spoilt[(leaves[-1] - 1) * PAGE : leaves[-1] * PAGE] = bytes(PAGE)
    (data / "kiosk.db").write_bytes(spoilt)


def opened(data: Path, boot: str = "boot-1") -> tuple[set[str], Store]:
    """What is open to the person, by the rules and the record."""
    clock = SimClock(boot_id=boot)
    store = open_small(data, clock)
    person = known_person(store.read(), CODE)
    day = today(store.read(), shipped(), person or Person(code=CODE), instant(clock))
    return {one.id for one in shipped().programmes.values() if may(person, one, day).open}, store


def fill(data: Path, newest: Person = SYNKINETIC, *rows: Row) -> set[str]:
    """A record with many older plans and a newest one; what is open then."""
    store = open_small(data)
    store.put(StateRow(BOUND, CODE), session("s1", patient_code=CODE, end_reason="completed"))
    for n in range(16):
        store.put(person_row(replace(SYNKINETIC, reviewed_by=f"therapist-{n}")))
    store.put(person_row(newest), *rows)
    assert store.close(PATIENCE_S)
    before, store = opened(data)
    assert store.close(PATIENCE_S)
    return before


@pytest.mark.parametrize("spoilt", [newest_bad, newest_flipped, newest_gone])
@pytest.mark.parametrize("name", STRICTER)
def test_an_older_plan_never_takes_the_place_of_a_stricter_one(name: str, spoilt: Spoil, tmp_path: Path) -> None:
    """Whatever the newest plan closes, and however it is lost: relaxing is open, and nothing that was closed."""
    before = fill(tmp_path, replace(SYNKINETIC, **STRICTER[name]))
    spoilt(tmp_path)
    after, store = opened(tmp_path)
    assert after <= before | {"relax"}
    assert "quiet-control" not in after
    assert store.close(PATIENCE_S)


RULING: dict[str, Row] = {
    "persons": person_row(SYNKINETIC),
    "permissions": PermissionRow(CODE, "lock:quiet-control", "yes", "therapist-1"),
    "injections": InjectionRow(CODE, "2026-03-01", "eyes", "2026-09-01", "therapist-1"),
    "ratings": RatingRow("s1", "pain", 2.0, "0_3"),
    "sessions": session("s2", patient_code=CODE, end_reason="completed"),
    "inbox": InboxRow("red_flag.s1", CODE, "red_flag"),
    "state": StateRow("setting.buttons.single_switch", "true"),
    "clock_anchors": StateRow("unused", ""),
    "boots": StateRow("unused", ""),
}
"""A row of each table by which the kiosk knows what is open."""
COLUMNS = {
    "sessions": "pain_before_0_3",
    "ratings": "value",
    "boots": "last_ms",
    "state": "value",
    "persons": "profile",
}
"""What is spoilt in it; in the others the moment."""


@pytest.mark.parametrize("table", RULING)
def test_a_row_that_cannot_be_read_closes_all_but_relaxing_until_a_therapist_has_looked(
    table: str, tmp_path: Path
) -> None:
    """It is named by its table, once, and stays confirmed for the next start although it still cannot be read."""
    assert "quiet-control" in fill(tmp_path, SYNKINETIC, RULING[table])
    spoil(tmp_path, table, COLUMNS.get(table, "wall_utc"), random.Random(1), text="CAST(x'ff41fe' AS TEXT)")
    after, store = opened(tmp_path, "boot-2")  # a row that is written anew is a whole one
    assert after == {"relax"}
    assert any(name.startswith(table) for name in store.unread)
    assert store.flush(PATIENCE_S)
    assert [row.detail_code for row in store.read().inbox("nurse-1") if row.code == "row_unread"] == list(store.unread)
    store.put(Confirm(CODE, "therapist-1"))
    assert store.flush(PATIENCE_S)
    assert not store.read().doubted(CODE)
    assert store.close(PATIENCE_S)
    again, store = opened(tmp_path, "boot-3")
    assert "quiet-control" in again
    assert rows_in(tmp_path, "SELECT count(*) FROM events WHERE code = 'plan.confirmed'") == [(1,)]
    assert rows_in(tmp_path, "SELECT count(*) FROM inbox WHERE code = 'row_unread'") == [(1,)]
    assert store.close(PATIENCE_S)


def test_a_loss_puts_everybody_in_doubt_and_is_confirmed_for_each(tmp_path: Path) -> None:
    """Of two persons one is confirmed: the other one's plan waits for its own therapist."""
    fill(tmp_path, SYNKINETIC, person_row(replace(PARETIC, code="92222D")))
    whole = (tmp_path / "kiosk.db").read_bytes()
    (tmp_path / "kiosk.db").write_bytes(whole[:-1])
    after, store = opened(tmp_path)
    assert after == {"relax"}
    store.put(Confirm(CODE, "therapist-1"))
    assert store.flush(PATIENCE_S)
    assert (store.read().doubted(CODE), store.read().doubted("92222D")) == (False, True)
    assert store.close(PATIENCE_S)
    assert "quiet-control" in opened(tmp_path)[0]


def test_what_a_cell_says_reaches_no_log_and_no_screen(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The row is named; a name, an address or whatever else came to stand there is told to nobody."""
    fill(tmp_path)
    connection = sqlite3.connect(tmp_path / "kiosk.db")
    for text in ("CAST(x'4d6172676f7420ff' AS TEXT)", '\'{"code": "Margot"}\''):
        connection.execute(f"UPDATE persons SET digest = '', profile = {text} WHERE revision % 2 = 1")  # noqa: S608
        connection.execute(f"UPDATE sessions SET stop_reason = {text}")  # noqa: S608
        connection.commit()
        _, store = opened(tmp_path)
        store.look_at_clock()
        assert store.flush(PATIENCE_S)
        told = (*store.notices, *store.unread, *map(str, store.read().inbox("x")), *map(str, store.read().events(50)))
        assert "Margot" not in " ".join((caplog.text, *told))
        assert store.close(PATIENCE_S)
    connection.close()


@given(person=persons)
@settings(max_examples=200)
def test_in_doubt_nobody_may_more_than_without(person: Person) -> None:
    """Whoever it is: doubt takes away, and leaves relaxing and the cards as they were."""
    for programme in shipped().programmes.values():
        day = a_day()
        doubted = Today(**{**{name: getattr(day, name) for name in Today.__slots__}, "doubted": True})
        with_doubt, without = may(person, programme, doubted), may(person, programme, day)
        if programme.family in (Family.RELAX, Family.CARDS):
            assert with_doubt == without
        else:
            assert not with_doubt.open
    assert "doubt" in {notice.code for notice in rules.notices(person, doubted)}
