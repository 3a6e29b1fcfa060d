"""The table of faults: what may break, what has to happen then, and the tests that show it. ``make docs`` writes it.

A figure in it is what a test itself found (`make faults` keeps them in docs/figures.json). Tests under ``tests/device``
run in the virtual device: `make device-test`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests import figures
from tests.setup.fault_rows import PRODUCT, Fault
from tests.setup.fault_rows_installed import APPLIANCE

ROOT = Path(__file__).resolve().parents[2]
HEAD = """# Faults: what breaks, what happens then, and what shows it

<!-- Written by `make docs` from tests/setup/fault_rows.py and fault_rows_installed.py. Change it there. -->

For whoever decides about a bedside, and for whoever changes the kiosk. What could harm a person stands in the
[hazards](hazards.md); this page is about the machine. A test fails when a row names a test that is not there.

* **A figure is a test's own.** `make faults` runs the tests that find one and keeps what they say; none was typed in.
  Where there is none, the test holds a bound and passes or fails.
* **Where it was shown**: *here* is an ordinary computer, with real processes, real files and real file systems, and
  simulated hardware. *cage* is the real kiosk under a real compositor without a screen. *virtual device* is the
  installed package on Debian 13 in an emulated machine (`make device-test`). *simulated day* is the soak (`make soak`).
* **Nothing on this page was shown on a Raspberry Pi.** What needs one is marked, and how to try it stands below.
"""
ON_A_PI: dict[str, tuple[str, str]] = {
    "A": (
        "Start without the camera's cable; plug it in with the power off; in a session pull it at the "
        "camera's end and put it back; cover the lens for a minute",
        "the screen says within three seconds that there is no picture, the session goes on, the picture "
        "comes back, darkness is no fault",
    ),
    "B": (
        "Press each real button a hundred times as a patient would; hold each one for twenty seconds; start "
        "with one held",
        "each touch does one thing; the stuck one is named on the screen, the others work",
    ),
    "C": (
        "Pull the plug a hundred times in a session, by a relay; do it with the card that will be used; then "
        "with the card's lock or a read-only mount",
        "each time `kiosk doctor` finds no fault and the home offers the session; nothing that the screen "
        "said was saved is missing",
    ),
    "D": (
        "Start without loudspeaker and webcam and plug both in; pull the loudspeaker in the middle of a sentence",
        "the session goes on in words, and sound and picture come without a restart",
    ),
    "E": (
        "Let it run for a week with a session an hour (a person, or a relay at the buttons); stop the process "
        "once with `kill -STOP`, kill it once",
        "the memory that `ps` shows for it does not climb; home is back within the watchdog's time; Status "
        "names no fault",
    ),
    "F": (
        "Hand over to ten sticks as a clinic buys them, FAT32 and exFAT; pull one while it writes, fill one, "
        "try one of a false size",
        "each sentence is the right one, and `kiosk verify` at the clinic's computer passes for each that was "
        "said to be done",
    ),
    "G": (
        "Take in an update from a stick, and pull the plug in each of its steps; take in one that ends at once",
        "home is back each time, with the release that the screen says, and the session before it is in the diary",
    ),
}
PLACES = (
    ("tests/device/", "virtual device"),
    ("tests/soak/", "simulated day"),
    ("tests/test_cage.py", "cage"),
    ("tests/", "here"),
)
DEVICE = PLACES[0][0]


@dataclass(frozen=True, slots=True)
class Node:
    """A test by its node id, as pytest takes it: ``tests/….py::name``."""

    file: str
    name: str

    @classmethod
    def of(cls, test: str) -> Node:
        return cls(*test.split("::"))

    @property
    def planned(self) -> bool:
        """Whether it is one of the virtual device, of which not every file is there yet."""
        return self.file.startswith(DEVICE) and not (ROOT / self.file).exists()

    @property
    def there(self) -> bool:
        """Whether there is a test of this name in this file."""
        return (ROOT / self.file).exists() and self.name in _tests(self.file)

    @property
    def place(self) -> str:
        """The surroundings in which it shows what it shows."""
        return next(place for start, place in PLACES if self.file.startswith(start))


@cache
def _tests(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    named = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    machines = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.startswith("Test")
    }
    return frozenset(named | machines)


def nodes(fault: Fault) -> list[Node]:
    """The tests of a row, those of the virtual device only where they are there."""
    return [node for node in map(Node.of, fault.tests) if not node.planned]


def figures_of(fault: Fault) -> list[str]:
    """What the tests of a row have found, newest run of each."""
    kept = figures.read()
    return [
        f"{found['figure']} ({found['on']})"
        for node in nodes(fault)
        for test, found in kept.items()
        if test.partition("[")[0] == f"{node.file}::{node.name}"
    ]


def faults_page() -> str:
    """Both tables, and the procedures for a real Pi."""
    parts = [HEAD]
    for title, told, rows in (
        (
            "What may break while it is in use",
            "Cameras, buttons, the record, sticks, the machine, and updates.",
            PRODUCT,
        ),
        (
            "What a real Debian 13 showed",
            "The first installation on one ended with a black screen for ever, and nothing in the tests could notice. "
            "These are its faults, in the order in which they were found.",
            APPLIANCE,
        ),
    ):
        parts.append(f"\n## {title}\n\n{told}\n\n")
        parts.append(
            "| # | fault | what has to happen | shown by | figure | shown where |\n|---|---|---|---|---|---|\n"
        )
        parts += [_row(fault) for fault in rows]
    parts.append("\n## What needs a real Pi, and how to try it\n\n")
    parts.append(
        "A row above that ends with a letter is complete only with its procedure. Write down the board, the card and "
        "the version.\n\n"
    )
    parts.append("| | on a Raspberry Pi | it holds where |\n|---|---|---|\n")
    parts += [f"| {letter} | {procedure} | {holds} |\n" for letter, (procedure, holds) in ON_A_PI.items()]
    return "".join(parts)


def _row(fault: Fault) -> str:
    tests = [f"`{node.file}::{node.name}`" for node in nodes(fault)]
    places = list(dict.fromkeys(node.place for node in nodes(fault)))
    places += [f"**a Pi: {letter}**" for letter in fault.on_a_pi]
    cells = (
        fault.number,
        fault.what,
        fault.behaviour,
        "<br>".join(tests),
        "<br>".join(figures_of(fault)) or "–",
        ", ".join(places),
    )
    return f"| {' | '.join(cells)} |\n"


def with_figures() -> list[str]:
    """The node ids of all tests of the table, but for those of the virtual device: `make faults` runs them."""
    every = [node for fault in (*PRODUCT, *APPLIANCE) for node in nodes(fault)]
    return sorted({f"{node.file}::{node.name}" for node in every if not node.file.startswith(DEVICE)})
