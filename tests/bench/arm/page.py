"""The page that says what there is to do on a Raspberry Pi's processors: made of the figures that the tests keep."""

from __future__ import annotations

from tests import figures
from tests.bench.arm.root import PROCESSORS

HEAD = """# On a Pi 4 and 5: how much there is to do

<!-- Written by `make docs` from tests/bench/arm and docs/figures.json. Change it there. -->

**No figure on this page is a time, and none was taken on a Raspberry Pi.** They are instructions of aarch64 that QEMU's
user emulation ran and a plugin of ours counted: the kiosk's own code, with the libraries that are locked for arm64 and
Debian 13's Python 3.13. A processor runs several instructions at once and waits for memory, each in its own way, so a
thing of twice as many is not twice as slow. But a count of a mirrored picture is the same in every run, to a
thousandth, whatever else the machine does (a test holds that; the others were not held to it): it shows that something
was changed where a measure of time would show noise. Beside each stands one copy of a picture of 1280x720, counted
alike, which waits for memory more than anything else does.

OpenCV, numpy and LiteRT choose their code by what a processor has, so each thing is counted for both. `make test-slow`
counts again and fails where a picture or a look needs a tenth more than it did; `pytest --figures docs/figures.json -m
slow tests/bench/arm` keeps what it finds. It needs Debian's packages `qemu-user` and `mmdebstrap`, root to lay out
files of another processor (nothing is installed, nothing is entered), the network once, and some minutes; without them
it says what is missing and is skipped.
"""
WHAT = (
    ("A mirrored picture, with the words, the ring and the strip beside it", "test_a_picture[mirror-{}]"),
    ("The same with the good side reflected", "test_a_picture[good-side-{}]"),
    ("A look at a face whose mouth is measured", "test_a_look_at_a_face[{}]"),
    ("A package with report, workbook and passphrase", "test_an_export[{}]"),
)
FILE = "tests/bench/arm/test_instructions.py"
FOOT = """
A mirrored picture comes 30 times a second while a movement is shown, a look 10 to 15 times, a package once a week. The
middle one of five pictures is told; a look is the mean of a second of them.
"""


def on_a_pi_page() -> str:
    """The table, a row for each thing, a column for each processor."""
    kept = figures.read()
    board = [f"{name} ({processor})" for processor, name in PROCESSORS.items()]
    lines = [f"| what | {' | '.join(board)} |", "|---|" + "---|" * len(board)]
    commits = set()
    for told, test in WHAT:
        cells = []
        for processor in PROCESSORS:
            found = kept.get(f"{FILE}::{test.format(processor)}")
            cells.append(found["figure"] if found else "not counted yet")
            commits |= {found["on"]} if found else set()
        lines.append(f"| {told} | {' | '.join(cells)} |")
    where = f"\nCounted by an emulation on {'; '.join(sorted(commits))}.\n" if commits else ""
    return HEAD + "\n" + "\n".join(lines) + "\n" + where + FOOT
