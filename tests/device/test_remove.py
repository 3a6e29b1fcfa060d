"""Scenario (j): the package is purged, and what is left of the kiosk is its records."""

from __future__ import annotations

from pathlib import Path

from tests.device.bedside import DATA, SERVICE, events, filled, give, ready
from tests.device.conftest import Power
from tests.device.report import Entry

PACKAGE = "facial-rehab-kiosk"
SOURCE = "/home/tech/kiosk"
"""The checkout that the tests put there: no part of the installation."""
LEFT = (
    rf"find / -xdev \( -path '*{PACKAGE}*' -o -name 'kiosk' -o -user kiosk \) -not -path '{SOURCE}*' 2>/dev/null | sort"
)


def test_purged_it_leaves_the_records_and_nothing_else(power: Power, entry: Entry, tmp_path: Path) -> None:
    """(j) apt-get purge while it runs: its files, units, links, caches and keys go; the record is whole and stays."""
    machine = power()
    machine.boot()
    ready(machine)
    give(machine, filled(tmp_path / "data"))
    files = machine.run(f"dpkg -L {PACKAGE}").splitlines()
    units = [line for line in files if line.endswith((".service", ".path"))]
    said = machine.run(f"DEBIAN_FRONTEND=noninteractive apt-get -y purge {PACKAGE} 2>&1", 900)
    entry.figure("said", next((line for line in said.splitlines() if "records" in line), said.splitlines()[-1]))
    machine.put("/run/files", "\n".join(files).encode())
    shared = machine.run('while read -r name; do [ -f "$name" ] && echo "$name"; done </run/files; true')
    left = [line for line in machine.run(LEFT, 180).splitlines() if not line.startswith(DATA)]
    entry.figure("files that were its", len(files))
    entry.figure("left of them", shared or "none")
    entry.figure("left elsewhere", ", ".join(left) or "none")
    assert units
    assert shared == ""
    assert left == []
    assert machine.ask(f"systemctl is-active {SERVICE}")[1] != "active"
    assert machine.run("systemctl list-units --failed --no-legend --plain") == ""
    assert machine.ask("systemctl is-active getty@tty1")[1] == "active", "the screen is a login's again"
    assert machine.run(f"stat -c %U {DATA}/kiosk.db") == "kiosk"
    events(machine, "%")
    machine.run("sync")
    machine.pull_the_plug()
    machine.power_on()
    machine.boot()
    machine.until("systemctl is-active multi-user.target", 600, "a start without the kiosk")
    assert machine.run("systemctl list-units --failed --no-legend --plain") == ""
