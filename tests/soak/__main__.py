"""``make soak``: writes ``soak.json`` and ``soak.md`` into a folder; exit 1 where a bound does not hold."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from tests.soak.days import Soak
from tests.soak.measure import page


def main(out: Path, hours: float, seed: int) -> int:
    with tempfile.TemporaryDirectory(prefix="soak-") as place:
        report = Soak(Path(place), hours, seed).run()
    out.mkdir(parents=True, exist_ok=True)
    (out / "soak.json").write_text(json.dumps(report.everything(), indent=1) + "\n", encoding="utf-8")
    (out / "soak.md").write_text(page(report), encoding="utf-8")
    sys.stdout.write(page(report))
    return 1 if report.wrong() else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(os.environ.get("SOAK_HOURS", "24")), int(os.environ.get("SEED", "1"))))
