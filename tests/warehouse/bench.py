"""How fast is a clinic's database published, and with how much memory? ``python -m tests.warehouse.bench [KIOSKS …]``.

Made-up kiosk-years (``years``) are published from nothing, then again with one more kiosk, each in a process of its
own. Above ``WHOLE`` kiosks there are sessions and steps only. Writes the table of docs/many-kiosks.md; needs some
minutes and some GB in build/warehouse.
"""

from __future__ import annotations

import json
import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from kiosk.clinic.database import open_clinic
from kiosk.warehouse.publish import publish
from tests.clinic.merger import most_kib
from tests.warehouse.engines import by_duckdb
from tests.warehouse.years import years

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "build/warehouse"
PAGE = ROOT / "docs/many-kiosks.md"
KIOSKS = (1, 10, 100, 1_000)
WHOLE = 100
FLEET = 100_000
HEAD = (
    "| kiosk-years | rows | file | published in | rows a minute | memory at most | Parquet, files | one more kiosk |"
    " answers (DuckDB) |"
)
BETWEEN = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- end -->)", re.DOTALL)


def one(database: Path, to: Path) -> dict[str, Any]:
    """Publish in this process: seconds, CPU seconds, KiB of memory, what was told."""
    began = time.perf_counter()
    with open_clinic(database, make=False) as clinic:
        told = publish(clinic, to, lambda *_: None)
    took = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    rows = sum(told.rows.values())
    return {
        "seconds": took,
        "cpu": used.ru_utime + used.ru_stime,
        "kib": most_kib(),
        "rows": rows,
        "written": told.written,
    }


def apart(database: Path, to: Path) -> dict[str, Any]:
    """The same in a process of its own, so that memory is its own."""
    command = [sys.executable, "-m", "tests.warehouse.bench", "--one", str(database), str(to)]
    said: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout)
    return said


def measured(kiosks: int) -> dict[str, Any]:
    """One line of the table."""
    database, to = PLACE / f"{kiosks}.db", PLACE / f"{kiosks}"
    database.unlink(missing_ok=True)
    shutil.rmtree(to, ignore_errors=True)
    years(database, range(kiosks), short=kiosks > WHOLE)
    first = apart(database, to)
    years(database, [kiosks], short=kiosks > WHOLE)
    second = apart(database, to)
    began = time.perf_counter()
    by_duckdb(to / "current")
    answers = time.perf_counter() - began
    found = [path.stat().st_size for path in (to / "current").resolve().rglob("*.parquet")]
    line = {"kiosks": kiosks, "bytes": database.stat().st_size, "parquet": sum(found), "files": len(found)}
    database.unlink()
    shutil.rmtree(to)
    return {**line, "first": first, "second": second, "answers": answers}


def told(line: dict[str, Any]) -> str:
    """The line as the page has it."""
    first, second = line["first"], line["second"]
    rate = first["rows"] / first["seconds"] * 60 / 1e6
    cells = (
        f"{line['kiosks']:,}" + (", sessions and steps" if line["kiosks"] > WHOLE else ""),
        f"{first['rows']:,}",
        f"{line['bytes'] / 1e6:,.0f} MB",
        f"{first['seconds']:,.1f} s",
        f"{rate:.1f} million",
        f"{first['kib'] / 1024:,.0f} MiB",
        f"{line['parquet'] / 1e6:,.1f} MB, {line['files']:,}",
        f"{second['seconds']:,.1f} s, {second['written']} files",
        f"{line['answers']:.1f} s",
    )
    return f"| {' | '.join(cells)} |"


def beyond(line: dict[str, Any]) -> str:
    """The line that nobody measured."""
    times = FLEET / line["kiosks"]
    hours = line["first"]["seconds"] * times / 3600
    cells = (
        f"*{FLEET:,}, sessions and steps: extrapolated from the line above, times {times:,.0f}; not measured*",
        f"*{line['first']['rows'] * times / 1e6:,.0f} million*",
        f"*{line['bytes'] * times / 1e9:,.0f} GB*",
        f"*{hours:.1f} h*",
        "*the same*",
        "*see below*",
        f"*{line['parquet'] * times / 1e9:,.1f} GB, {line['files'] * times:,.0f}*",
        "*see below*",
        "*a cluster's work*",
    )
    return f"| {' | '.join(cells)} |"


def main(sizes: list[int]) -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    lines = []
    for kiosks in sizes:
        lines.append(measured(kiosks))
        print(told(lines[-1]), lines[-1]["first"]["cpu"], flush=True)  # noqa: T201
    if sizes == list(KIOSKS):
        table = "\n".join((HEAD, "|---" * (HEAD.count("|") - 1) + "|", *map(told, lines), beyond(lines[-1]), ""))
        PAGE.write_text(BETWEEN.sub(lambda _: table, PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(Path(sys.argv[2]), Path(sys.argv[3]))))  # noqa: T201
    else:
        main([int(word) for word in sys.argv[1:]] or list(KIOSKS))
