"""``python -m tests.bench.face [--held-out | --tuning] [--quick] [--people]``: write tables; 1 for a missed bar."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kiosk.face.nets import read_models
from tests.bench.face.aside import aside
from tests.bench.face.people_page import BEGIN, END, put, tables
from tests.bench.face.report import as_json, as_markdown, kept
from tests.bench.face.run import run

PAGE = Path("docs/face-accuracy.md")


def main() -> int:
    """Run, write ``docs/face-accuracy.md`` (held-out people, all of them) and ``build/face.json``, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.face", description=__doc__)
    people = parser.add_mutually_exclusive_group()
    people.add_argument("--held-out", action="store_true", help="people who were never used to tune (the default)")
    people.add_argument("--tuning", action="store_true", help="people who may be used to tune")
    parser.add_argument("--people", action="store_true", help="only the two tables of real people")
    parser.add_argument("--quick", action="store_true", help="a few of the variations")
    parser.add_argument("--models", type=Path, default=Path("build/models"))
    chosen = parser.parse_args()
    if chosen.people:
        made = tables(chosen.models, _say)
        PAGE.write_text(put(PAGE.read_text("utf-8"), made), "utf-8")
        print(made)  # noqa: T201
        return 0
    held_out = not chosen.tuning
    results = run(chosen.models, held_out, chosen.quick, _say)
    nets, _ = read_models(chosen.models)
    table = as_markdown(results, held_out, aside(nets, held_out, _say) if nets and not chosen.quick else {})
    Path("build").mkdir(exist_ok=True)
    Path("build/face.json").write_text(as_json(results, held_out=held_out, quick=chosen.quick), "utf-8")
    if held_out and not chosen.quick:
        before = PAGE.read_text("utf-8")
        kept_tables = before[before.index(BEGIN) : before.index(END)] if BEGIN in before else ""
        PAGE.write_text(put(table, kept_tables), "utf-8")
    print(table)  # noqa: T201
    return 0 if kept(results) else 1


def _say(words: str) -> None:
    print(words, file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
