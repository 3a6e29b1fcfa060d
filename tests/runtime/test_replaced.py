"""A kiosk died: its last package brings the person to a new one, and nothing there is more permitted than it was."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.bedside.persons import person_row
from kiosk.bedside.sessions import today
from kiosk.care.person import Person
from kiosk.care.rules import Verdict, may
from kiosk.clinic.completeness import accounts
from kiosk.clinic.database import open_clinic
from kiosk.clinic.merge import MergeOutcome, merge
from kiosk.clock import ClockStatus, SimClock, instant
from kiosk.desk.model import StaffPlace
from kiosk.menus import staff
from kiosk.package.protection import Keys
from kiosk.plans.plan import person_of
from kiosk.records.store import Store
from kiosk.rows.kinds import BOUND, Erase, PermissionRow, StateRow
from kiosk.signals import Button
from tests.care.people import DAY, PARETIC, shipped
from tests.menus.menus import PIN
from tests.package.made import code, exported
from tests.patience import PATIENCE_S
from tests.records.helpers import rows_in, session, step
from tests.usb.test_import_offer import brought, zipped
from tests.usb.test_service import AtStick

WHO = msgspec.structs.replace(PARETIC, code=code(1), permissions=(), reviewed_by="therapist-1")
FORMER = msgspec.structs.replace(PARETIC, code=code(2))
HOUR_MS = 3_600_000


@pytest.fixture(params=[ClockStatus.NTP, ClockStatus.UNSET])
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[AtStick]:
    """The new kiosk, with a clock and without one: nobody is set up at it."""
    made = AtStick(tmp_path / "new", clock=SimClock(trust=request.param))
    made.store.put(StateRow(BOUND, ""), StateRow("device_id", "0ddba11c"))
    made.settle()
    made.desk = made.open()
    made.choose("therapist-1")
    made.type(PIN)
    yield made
    made.close()


def last_package(to: Path, person: Person, clock: SimClock, sessions: Callable[[Store, SimClock], None]) -> Path:
    """What the old kiosk handed over last: this person is at it, and it has seen others."""
    store = Store.open(to / "old", clock)
    store.put(StateRow("device_id", "05e0b6c3"), person_row(FORMER), person_row(person), StateRow(BOUND, person.code))
    store.put(PermissionRow(person.code, "stage", "paretic", "therapist-1"))
    sessions(store, clock)
    assert store.close(PATIENCE_S)
    return exported(to / "old", to / "out").made.place


def plan_of(package: Path) -> bytes:
    with zipfile.ZipFile(package / "data.zip") as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith("/plan.json")))


def moved(desk: AtStick, to: Path, package: Path) -> Person:
    """The plan of the package is taken in at the new kiosk, as staff do it; who is set up there then."""
    brought(desk, to / "stick", zipped({"plan.json": plan_of(package)}))
    assert desk.at(StaffPlace.BROUGHT), desk.scenes[-1]
    desk.choose("plan")
    desk.press(Button.GREEN)
    desk.choose("save")
    desk.settle()
    row = desk.store.read().person(WHO.code)
    assert row is not None
    return person_of(row.profile, row.patient_code)


def verdicts(store: Store, person: Person, clock: SimClock) -> dict[str, Verdict]:
    found = today(store.read(), shipped(), person, instant(clock))
    return {id_: may(person, programme, found) for id_, programme in shipped().programmes.items()}


def nothing(_store: Store, _clock: SimClock) -> None:
    """Nobody has practised."""


def practising(*ago_ms: int, programme: str = "first-movements") -> Callable[[Store, SimClock], None]:
    """Sessions that ended so long ago, each ten minutes long."""

    def sessions(store: Store, clock: SimClock) -> None:
        clock.advance(9 * HOUR_MS)
        for number, ago in enumerate(ago_ms):
            start = clock.now_ms() - ago - 600_000
            wall = (clock.wall_utc() - timedelta(milliseconds=ago + 600_000)).isoformat(timespec="milliseconds")
            row = session(
                f"s{number}",
                clock,
                patient_code=WHO.code,
                programme=programme,
                start_boot_ms=start,
                start_utc=wall.replace("+00:00", "Z"),
                end_boot_ms=start + 600_000,
                end_utc=wall.replace("+00:00", "Z"),
                end_reason="completed",
            )
            store.put(row, step(0, f"s{number}"))

    return sessions


LOCKS: dict[str, tuple[dict[str, Any], Callable[[Store, SimClock], None]]] = {
    "nothing": ({}, nothing),
    "pain today": ({"pain_locked_on": DAY, "pain_locked": True}, nothing),
    "pain without a date": ({"pain_locked": True}, nothing),
    "linked movements": ({"linked_review": True}, nothing),
    "a red flag": ({"flags": 1}, nothing),
    "two red flags": ({"flags": 2}, nothing),
    "a pause": ({"pause_until": DAY + timedelta(days=9)}, nothing),
    "locked programmes": ({"locked": ("releases", "first-movements")}, nothing),
    "old ticks": ({"ticks_reviewed_on": DAY - timedelta(days=60)}, nothing),
    "risks": ({"numb_eye": True, "graft": True, "swallowing_risk": True}, nothing),
    "three today": ({}, practising(6 * HOUR_MS, 4 * HOUR_MS, 2 * HOUR_MS)),
    "a moment ago": ({}, practising(5 * 60_000)),
    "relaxing": ({}, practising(HOUR_MS, programme="relax")),
}


@pytest.mark.parametrize("lock", LOCKS)
def test_what_was_closed_stays_closed_at_the_new_kiosk(desk: AtStick, tmp_path: Path, lock: str) -> None:
    """Stage, side and ticks, locks, pauses and the counts of the day."""
    change, sessions = LOCKS[lock]
    person = msgspec.structs.replace(WHO, **change)
    clock = SimClock(wall=desk.clock.wall, trust=desk.clock.trust)
    package = last_package(tmp_path, person, clock, sessions)
    old = Store.open(tmp_path / "old", clock)
    before = verdicts(old, person, clock)
    assert old.close(PATIENCE_S)
    desk.clock.wall = clock.wall
    here = moved(desk, tmp_path, package)
    assert msgspec.structs.replace(here, reviewed_by=WHO.reviewed_by) == person
    after = verdicts(desk.store, here, desk.clock)
    for id_, verdict in after.items():
        missing = {reason.code for reason in before[id_].reasons} - {reason.code for reason in verdict.reasons}
        assert not missing, (id_, missing)
        assert before[id_].open or not verdict.open


def test_the_new_day_opens_again_what_only_the_day_had_closed(desk: AtStick, tmp_path: Path) -> None:
    """A day later the sessions at the dead kiosk count no more."""
    clock = SimClock(wall=desk.clock.wall, trust=desk.clock.trust)
    package = last_package(tmp_path, WHO, clock, practising(6 * HOUR_MS, 4 * HOUR_MS, 2 * HOUR_MS))
    desk.clock.wall = clock.wall
    here = moved(desk, tmp_path, package)

    def begun() -> int:
        return today(desk.store.read(), shipped(), here, instant(desk.clock)).active_begun_today

    assert begun() == 3
    desk.clock.advance(24 * HOUR_MS)
    assert begun() == 0


def test_a_wish_reminders_and_an_open_question_go_on_at_the_new_kiosk(desk: AtStick, tmp_path: Path) -> None:
    """The screen names them before; the question is told to the therapist here, and the answered one is not."""
    own = {
        "own.wish": "3:2026-03-02:",
        "own.reminders": "8,14",
        "question.pressure": "asked:2026-03-01",
        "question.eye": "answered:2026-03-01",
    }

    def chosen(store: Store, _clock: SimClock) -> None:
        store.put(*(PermissionRow(WHO.code, item, value, "person") for item, value in own.items()))

    package = last_package(tmp_path, WHO, SimClock(wall=desk.clock.wall, trust=desk.clock.trust), chosen)
    brought(desk, tmp_path / "stick", zipped({"plan.json": plan_of(package)}))
    desk.choose("plan")
    for words in ("their wish for the week", "their reminders", "their questions for the therapist"):
        assert words in str(desk.scenes[-1])
    desk.press(Button.GREEN)
    desk.choose("save")
    desk.settle()
    reader = desk.store.read()
    assert {row.item: row.value for row in reader.own(WHO.code)} == own
    assert [(row.code, row.detail_code) for row in reader.inbox("therapist-1") if row.code == "question"] == [
        ("question", "pressure")
    ]


def test_two_numberings_and_no_gap(desk: AtStick, tmp_path: Path) -> None:
    """The new kiosk numbers from one under a name of its own; the clinic has both, and nothing twice or missing."""
    clock = SimClock(wall=desk.clock.wall, trust=desk.clock.trust)
    package = last_package(tmp_path, WHO, clock, practising(6 * HOUR_MS, 4 * HOUR_MS))
    moved(desk, tmp_path, package)
    desk.store.put(session("0123456789abcdef", desk.clock, patient_code=WHO.code, end_reason="completed"))
    desk.settle()
    newer = exported(desk.data, tmp_path / "out2").made
    assert newer.seq == 1
    with open_clinic(tmp_path / "clinic.db") as clinic:
        for places in ([newer.place, package], [package]):
            assert {taken.outcome for taken in merge(clinic, places, Keys())} <= {
                MergeOutcome.MERGED,
                MergeOutcome.ALREADY,
            }
        told = list(accounts(clinic))
    assert [kiosk.device_id for kiosk in told] == ["05e0b6c3", "0ddba11c"]
    for kiosk in told:
        assert not any((kiosk.lost, kiosk.awaited, kiosk.twice, kiosk.unreadable, kiosk.conflicts))
    assert [kiosk.sessions for kiosk in told] == [2, 3]


def test_the_kiosk_of_somebody_else_takes_no_plan(desk: AtStick, tmp_path: Path) -> None:
    """Whose plan it is and who is set up here differ: it is said, and there is nothing to accept."""
    package = last_package(tmp_path, WHO, SimClock(wall=desk.clock.wall, trust=desk.clock.trust), nothing)
    desk.store.put(StateRow(BOUND, PARETIC.code))
    desk.settle()
    desk.desk = desk.open()
    desk.choose("therapist-1")
    desk.type(PIN)
    brought(desk, tmp_path / "stick", zipped({"plan.json": plan_of(package)}))
    desk.choose("plan")
    assert staff.options(desk.state) == ()
    desk.press(Button.GREEN)
    assert rows_in(desk.data, "SELECT count(*) FROM persons WHERE patient_code = ?", (WHO.code,)) == [(0,)]


def test_who_is_erased_is_not_remembered_as_practising_elsewhere(desk: AtStick, tmp_path: Path) -> None:
    """The sessions that came along go with the person."""
    package = last_package(tmp_path, WHO, SimClock(wall=desk.clock.wall, trust=desk.clock.trust), practising(HOUR_MS))
    moved(desk, tmp_path, package)
    assert rows_in(desk.data, "SELECT count(*) FROM state WHERE instr(value, ?)", (WHO.code,)) == [(2,)]
    desk.store.put(Erase(WHO.code, "therapist-1"))
    desk.settle()
    assert rows_in(desk.data, "SELECT count(*) FROM state WHERE instr(value, ?)", (WHO.code,)) == [(0,)]
