"""Damaged in every way: it opens soon, keeps what a plain reader gets, opens no desk, and nothing that was closed."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from kiosk.rows.kinds import ROWS
from tests.records.damages import KINDS, OPEN_S, Bench, Found, fill, spoil

SHARE = 0.95
"""Of what a plain reader of the damaged file gets, at least."""
WHOLE_PAGES = ("sectors", "zeros", "swaps", "cut")
"""Kinds of damage after which some records cannot be used as they are."""
TEXTS = ("CAST(x'ff41fe' AS TEXT)", "'not a word!'", "'{\"broken'", "'zzz'", "'2026-13-45'", "''")
COLUMNS = [
    (kind.TABLE, name) for kind in ROWS if kind.TABLE not in ("erasures", "doubts") for name in kind.__struct_fields__
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A record in which every table has rows."""
    whole = tmp_path_factory.mktemp("whole")
    fill(whole)
    return Bench(whole, compare=False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "seeds", [pytest.param(range(8), id="8"), pytest.param(range(1_000, 1_250), id="250", marks=pytest.mark.slow)]
)
def test_whatever_the_damage(
    bench: Bench, kind: str, seeds: range, record_property: Callable[[str, object], None]
) -> None:
    """Eight kinds of damage, over and over: see ``damages`` for the table."""
    found = Found()
    for seed in seeds:
        bench.run(kind, seed, found)
    assert found.faults == []
    assert found.both >= SHARE * found.plain
    assert found.worst_s < OPEN_S
    assert found.set_aside > 0 or kind not in WHOLE_PAGES
    record_property(
        "figure",
        f"{found.runs} records damaged by {kind}: all start, none opens more than before, "
        f"{found.both / found.plain:.1%} of the rows that plain reading finds",
    )


@pytest.mark.parametrize(
    ("first", "step"), [pytest.param(2, 29, id="some"), pytest.param(0, 1, id="all", marks=pytest.mark.slow)]
)
def test_one_bad_cell_of_each_column(bench: Bench, first: int, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kiosk shows its home and opens its desk, everybody else's rows stand, and nothing is set aside."""
    found = Found()
    for seed, ((table, column), text) in enumerate([*product(COLUMNS, TEXTS)][first::step]):

        def damage(dice: random.Random, data: Path, where: tuple[str, str] = (table, column), text: str = text) -> None:
            spoil(data, *where, dice, text)

        monkeypatch.setitem(KINDS, "column", damage)
        bench.run("column", seed, found)
    assert found.faults == []
    assert found.set_aside == 0
    assert found.plain - found.both <= found.runs


def lost(dice: random.Random, data: Path) -> None:
    """Rows are gone from a file that is whole, and PINs with them: no kiosk can know of it."""
    connection = sqlite3.connect(data / "kiosk.db")
    for table in ("sessions", "staff"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608
    connection.commit()
    connection.close()
    (data / "staff.json").unlink(missing_ok=True)


def test_the_judge_sees_a_desk_that_opens_and_what_is_not_closed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a loss to go unnoticed, it would be found out."""
    monkeypatch.setitem(KINDS, "lost", lost)
    found = Found()
    bench.run("lost", 0, found)
    told = " ".join(found.faults)
    assert "first therapist" in told
    assert "opened what was closed" in told
