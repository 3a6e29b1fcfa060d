"""Some other faults each day: the tests notice no fewer than docs/mutants.md says."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.mutants.grow import drawn, mutants
from tests.mutants.rooms import PAGE, ROOMS, ROOT
from tests.mutants.run import equal, equal_by_module, run
from tests.mutants.table import Figure, Result, page, recorded, wilson

A_DAY = 40
PROMISED = 0.95
UNLUCKY = 3.29
"""A day's sample is as far from its share by chance once in a thousand days."""


def result(key: str, by: str) -> Result:
    return Result(key, "kiosk/care/caps.py", 3, "a < b → a <= b", by, 0.1, "", "")


def test_wilson_against_published_values() -> None:
    """Newcombe 1998, table I: 81 of 263 and 0 of 20."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_the_page_counts_faults_only() -> None:
    """What changes nothing is not counted, and what nobody noticed is listed."""
    results = (result("a", "tests/x.py::test"), result("b", "types"), result("c", ""), result("d", ""))
    text = page([Figure("care", 9, results, {"d": "never reached"})], date(2026, 11, 29), 8)
    assert "| care | 9 | 3 | 1 | 1 | 1 | 66.7% |" in text
    assert "* `kiosk/care/caps.py:3` `a < b → a <= b` (c)" in text
    assert "* `kiosk/care/caps.py:3` `a < b → a <= b`: never reached" in text


def test_a_room_that_is_tried_anew_leaves_the_others_on_the_page() -> None:
    """Each room is measured when it has changed; what the page says can be read again."""
    first = Figure("care", 9, (result("a", "tests/x.py::test"), result("b", "types"), result("c", "")), {})
    text = page([first, Figure("session", 5, (result("e", ""),), {})], date(2026, 11, 29), 8)
    assert (recorded(text, "care"), recorded(text, "session"), recorded(text, "records")) == ((2, 3), (0, 1), (0, 0))
    second = page([Figure("session", 5, (result("e", "types"),), {})], date(2026, 11, 30), 9, before=text)
    assert (recorded(second, "care"), recorded(second, "session")) == ((2, 3), (1, 1))
    assert page([], date(2026, 12, 1), 9, before=second) == second
    third = page([Figure("care", 9, first.results, {"c": "never reached"})], date(2026, 12, 2), 9, before=second)
    assert recorded(third, "care") == (2, 3), "another day's sample has such faults too, and nobody knows them"


def test_faults_keep_their_keys_when_lines_move(tmp_path: Path) -> None:
    """A sample can be gone on with after the module has grown elsewhere."""
    body = 'def f(a: int) -> bool:\n    """Say."""\n    return a > 1 and a < 5\n'
    (tmp_path / "one.py").write_text(body)
    before = {(one.key, one.line) for one in mutants(tmp_path, "one.py")}
    (tmp_path / "one.py").write_text("LIMIT = 3\n" + body)
    after = {(one.key, one.line - 1) for one in mutants(tmp_path, "one.py")}
    assert before
    assert before < after


def test_every_fault_is_one_of_its_module_and_compiles() -> None:
    """Of all modules that are mutated, a few faults each."""
    for room in ROOMS:
        assert room.files(), f"{room.name} names no module that exists"
    path = random.Random(1).choice(ROOMS[0].files())
    source = (ROOT / path).read_text(encoding="utf-8")
    for one in drawn(list(mutants(ROOT, path)), 1)[:50]:
        assert one.code != source
        compile(one.code, path, "exec")


@pytest.mark.slow
def test_what_is_listed_as_no_fault_can_still_be_put_in() -> None:
    """A reason goes when its line does."""
    for path, reasons in equal_by_module().items():
        assert set(reasons) <= {one.key for one in mutants(ROOT, path)}, path
        assert all(reasons.values()), path


@pytest.mark.slow
def test_todays_faults_are_noticed() -> None:
    """Another room and other faults each day; it fails when clearly fewer are noticed than the page says."""
    today = datetime.now(UTC).date().toordinal()
    room = ROOMS[today % len(ROOMS)]
    figure = run(room, A_DAY, seed=today, workers=2, say=print)
    noticed, tried = recorded(PAGE.read_text(encoding="utf-8"), room.name)
    assert tried, f"docs/mutants.md has no figure of {room.name}"
    # The page's own sample has been worked on; of another one PROMISED is expected.
    least = min(PROMISED, wilson(noticed, tried)[0])
    assert wilson(figure.noticed, len(figure.results), UNLUCKY)[1] >= least, figure.part(date.fromordinal(today), today)
    assert not set(equal()) & {one.key for one in figure.results if one.by}
