"""Scenario (g): a system that nobody writes to, with the records on a partition of their own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.device.bedside import DATA, journal, ready
from tests.device.conftest import Power
from tests.device.report import Entry

FIRST = Path(__file__).parent / "guest" / "in-memory.sh"
INIT = "/usr/local/sbin/in-memory"
RECORDS = "LABEL=records"
MARK = "/etc/mark-of-the-test"
WHOLE = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone())"
KEPT_MARK = f"{DATA}/mark-of-the-test"
KEPT = f"{DATA} on ext4 ({DATA})"
"""What `kiosk doctor` says of records on a partition of their own."""


def test_a_read_only_system_keeps_the_records_and_nothing_else(power: Power, entry: Entry, tmp_path: Path) -> None:
    """(g) The root is an overlay in memory, the records have a partition: they outlive a power cut, all else is new."""
    plain = power()
    plain.boot()
    plain.put(INIT, FIRST.read_bytes())
    plain.run(
        f"chmod 755 {INIT}; sed -i '/vda/d' /etc/fstab; echo '{RECORDS} {DATA} ext4 noatime,nofail 0 2' >>/etc/fstab"
    )
    plain.shut_down()
    partition = tmp_path / "records.raw"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", "records", str(partition), "64M"], check=True)
    disk = ("-drive", f"file={partition},format=raw,if=virtio")
    machine = power(plain.disk, append=f"ro init={INIT}", more=disk)
    for boots in (1, 2):
        machine.boot()
        assert machine.run("findmnt -n -o FSTYPE /") == "overlay"
        assert machine.run(f"findmnt -n -o FSTYPE -T {DATA}") == "ext4"
        assert machine.ask(f"test -e {MARK}")[0] == 1, "what was changed in the system outlived the power cut"
        entry.figure(f"READY, power-on {boots}, s", ready(machine))
        machine.picture(entry.picture(f"home-{boots}"))
        assert machine.run(f'python3 -c "{WHOLE}" {DATA}/kiosk.db') == "ok"
        assert machine.ask(f"test -e {KEPT_MARK}")[0] == (1 if boots == 1 else 0), "the records' partition"
        assert KEPT in machine.ask("kiosk doctor", 120)[1]
        assert "Traceback" not in journal(machine)
        machine.run(f"touch {MARK} {KEPT_MARK}; sync")
        machine.pull_the_plug()
        if boots == 1:
            machine.power_on()
