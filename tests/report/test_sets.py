"""Standard sets on the report: apart from practice, the first beside the latest, sides named, and no grade."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kiosk.report.sets import SetTaken, compared
from kiosk.rows.kinds import Row, SetItemRow
from kiosk.rows.standard import ITEMS, lines_of, lines_text
from tests.package.made import record
from tests.report.test_report import known, made, on, pages_of, practised, text_of, told_by

FACE = lines_text([[(-58.0, -20.0), (-40.0, -28.0), (-16.0, -22.0)], [(-24.5, 72.0), (0.0, 70.0), (24.5, 72.0)]])


def led(day: int, seq: int, items: tuple[SetItemRow, ...], **more: Any) -> list[Row]:
    """A set on a day, with the rest of its items not asked."""
    session_id, asked = f"s{seq}", {row.item for row in items}
    others = [
        SetItemRow(session_id=session_id, item=item, not_asked_reason="not-ticked")
        for item in ITEMS
        if item not in asked
    ]
    return [on(day, seq, programme="standard-set", **more), *items, *others]


def smiled(session_id: str, left: float, right: float, lines: str = FACE) -> tuple[SetItemRow, ...]:
    rest = SetItemRow(session_id=session_id, item="rest", asked=True, lines=lines)
    reach: dict[str, Any] = {"excursion_left_mm": left, "excursion_right_mm": right}
    smile = SetItemRow(session_id=session_id, item="smile", asked=True, quality="good", lines=lines, **reach)
    return rest, smile


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sets")
    rows = [*led(2, 1, smiled("s1", 1.0, 4.0)), *led(20, 2, smiled("s2", 3.5, 4.5))]
    data = record(folder / "data", known(*rows, on(3, 3), practised("s3", 0, "small-smile", 3, 3)))
    return made(data, folder / "r.pdf")


def test_the_first_stands_beside_the_latest(report: Path) -> None:
    """Each drawing has its date, both sides by name, and words for whoever does not see it."""
    text = text_of(report)
    assert "2 sets." in text
    drawn = [told for told in told_by(report) if told.startswith("Lines of the face")]
    assert len(drawn) == 4
    assert {match[1] for told in drawn if (match := re.search(r"(First|Latest), \d", told))} == {"First", "Latest"}
    assert any("Tiny smile" in told and "Their left: under 3 mm; their right: 3 to 7 mm." in told for told in drawn)
    assert min(text.count("their left"), text.count("their right")) >= 4
    assert text.count("Not asked: nobody has seen it come by itself") == 3
    assert "%" not in text


def test_a_set_is_not_counted_as_practice(report: Path) -> None:
    """One session was practised; two sets were led."""
    text = text_of(report)
    assert "one session" in text
    assert "They are no practice" in text
    assert "Standard set" not in text.split("Standard sets")[0]


def test_without_consent_there_are_words_and_no_lines(tmp_path: Path) -> None:
    data = record(tmp_path / "data", known(*led(2, 1, smiled("s1", 1.0, 4.0, ""))))
    report = made(data, tmp_path / "r.pdf")
    assert not [told for told in told_by(report) if told.startswith("Lines of the face")]
    text = text_of(report)
    assert "Lines of the face are kept only with the consent to line drawings" in text
    assert "One set so far." in text
    assert "No session is recorded yet." in text
    assert pages_of(report) >= 1


def test_what_is_compared_is_what_was_asked_and_drawn() -> None:
    """A set that did not reach an item, or drew none, gives way to one that did."""
    from kiosk.report.sets import ItemSeen

    lines = lines_of(FACE)
    drawn, bare = ItemSeen(True, "", 1.0, 1.0, True, lines), ItemSeen(True, "turned", None, None, False, ())
    missed = ItemSeen(False, "not-reached", None, None, False, ())
    sets = [SetTaken(None, True, {"smile": item}) for item in (bare, drawn, missed, drawn, bare)]
    assert compared(sets, "smile") == (sets[1], sets[3])
    assert compared(sets[2:3], "smile") == (None, None)
    assert compared([sets[0]], "smile") == (sets[0], None)
    assert compared(sets, "oo") == (None, None)


@pytest.mark.parametrize("text", ["", "f1", "f2/1,2:3,4", "f1/1,2", "f1/1,2:3,x", "=f1/1,2:3,4", "f1/12345,2:3,4"])
def test_what_is_no_text_of_lines_gives_none(text: str) -> None:
    assert lines_of(text) == ()
    assert len(lines_of(FACE)) == 2
