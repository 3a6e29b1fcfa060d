"""Standard sets at the clinic: they come along item by item, and lines that were taken back go with a later package."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from kiosk.clinic.database import open_clinic
from kiosk.clinic.merge import merge
from kiosk.clinic.reports import reports
from kiosk.clinic.without_names import DEIDENTIFIED
from kiosk.package.protection import Keys
from kiosk.report.pages import Report
from tests.report.test_report import told_by
from tests.usb.parcels import parcel
from tests.warehouse.test_publish import a_session


def test_a_withdrawal_reaches_the_lines_at_the_clinic(tmp_path: Path) -> None:
    """The newest revision holds, and the measures stay."""
    session = a_session("a", "2026-03-02", programme="standard-set", end_reason="completed")
    item: dict[str, Any] = {"session_id": "a", "item": "smile", "asked": 1, "excursion_left_mm": 2.5, "revision": 1}
    before = {"sessions": [session], "set_items": [{**item, "lines": "f1/-12,40:15,41"}]}
    after = {"sessions": [session], "set_items": [{**item, "lines": None, "revision": 2}]}
    places = [parcel(tmp_path, "d1", number, tables) for number, tables in enumerate((before, after), 1)]
    for order in (places, places[::-1]):
        database = tmp_path / f"{order[0].name}.db"
        with open_clinic(database) as clinic:
            for place in order:
                list(merge(clinic, [place], Keys()))
        with closing(sqlite3.connect(database)) as db:
            assert db.execute("SELECT excursion_left_mm, lines FROM set_items").fetchall() == [(2.5, None)]


def test_the_clinic_s_report_draws_them(tmp_path: Path) -> None:
    """The same pages as in a package: the first beside the latest, over two kiosks."""
    item = {"item": "rest", "asked": 1, "lines": "f1/-12,40:15,41", "revision": 1}
    for number, day in enumerate(("2026-03-02", "2026-04-06"), 1):
        session = a_session(f"s{number}", day, programme="standard-set", end_reason="completed")
        tables = {"sessions": [session], "set_items": [{**item, "session_id": f"s{number}"}]}
        with open_clinic(tmp_path / "c.db") as clinic:
            list(merge(clinic, [parcel(tmp_path, f"d{number}", 1, tables)], Keys()))
    with open_clinic(tmp_path / "c.db") as clinic:
        (printed,) = reports(clinic, tmp_path / "out", Report())
    assert not printed.reason
    drawn = [told for told in told_by(printed.path) if told.startswith("Lines of the face: Face at rest")]
    assert [told.split(", ")[1][:15] for told in drawn] == ["First", "Latest"]


def test_no_lines_leave_for_research() -> None:
    """Nor anything else of a set but its session, its steps and its repetitions."""
    assert "set_items" not in DEIDENTIFIED
    assert not any("lines" in table.names for table in DEIDENTIFIED.values())
