"""A date has one form wherever a person reads it."""

from __future__ import annotations

import ast
from datetime import date, datetime
from pathlib import Path

from kiosk.care.words import clock_words, day_words, moment_words, time_words, weekday_words

KIOSK = Path(__file__).resolve().parents[2] / "kiosk"
DAY, MOMENT = date(2026, 11, 29), datetime(2026, 11, 29, 8, 5)  # noqa: DTZ001 as a clock on the wall shows it
FOR_MACHINES = {"care/words.py", "planning/items.py", "demo/demo.py", "doctor/checks/clock.py"}
"""Where a date is written otherwise: digits as they are entered, and lines of a log or a terminal."""


def test_the_forms() -> None:
    """The day first, the month by its name: no reader takes one for the other."""
    assert day_words(DAY, str) == "29 November 2026"
    assert day_words(DAY, str, year=False) == "29 November"
    assert day_words(DAY, str, short=True) == "29 Nov 2026"
    assert weekday_words(DAY, str) == "Sunday 29 November"
    assert time_words(MOMENT) == "08:05"
    assert moment_words(MOMENT, str) == "29 November 2026, 08:05"
    assert clock_words(MOMENT, str) == "Sunday 29 November, 08:05"


def test_another_language_has_its_own_order_and_names() -> None:
    """Nothing but the words of a catalogue decides what a date looks like."""
    german = {"{day} {month} {year}": "{day}. {month} {year}", "November": "November", "Sunday": "Sonntag"}
    assert day_words(DAY, lambda text: german.get(text, text)) == "29. November 2026"


def test_no_other_place_gives_a_date_a_form() -> None:
    """A second form would come back with the next screen."""
    found = set()
    for path in KIOSK.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            written = ast.unparse(node) if isinstance(node, ast.JoinedStr | ast.Call) else ""
            if "%d" in written and ("%m" in written or "%b" in written or "%B" in written):
                found.add(str(path.relative_to(KIOSK)))
    assert found <= FOR_MACHINES
