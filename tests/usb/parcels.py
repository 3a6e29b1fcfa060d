"""Packages made without a kiosk, in a few milliseconds: any rows, and a kiosk that only counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from kiosk.care.consent import new_code
from kiosk.package import datapackage, outer
from kiosk.package.bag import Payload, bag_zip
from kiosk.package.csv_cells import csv_bytes
from kiosk.package.datapackage import Digest, Written
from kiosk.package.outer import package_name
from kiosk.package.protection import Protection, seal
from kiosk.package.schema import TABLES

Cells = Mapping[str, Any]
PEOPLE = tuple(new_code(number * 4_241 + 99) for number in range(3))
OPEN = Protection()


def parcel(
    to: Path,
    device: str,
    seq: int,
    tables: Mapping[str, Iterable[Cells]],
    selection: str = "ALL",
    protection: Protection = OPEN,
) -> Path:
    """A package of these rows: cells by column; what is not named is empty, and ``device_id`` is filled in.

    Sessions that only rows below them name are filled in, too.
    """
    tables = {name: list(rows) for name, rows in tables.items()}
    below = (row["session_id"] for name, rows in tables.items() if TABLES[name].parent for row in rows)
    if "sessions" not in tables:
        tables["sessions"] = [{"session_id": session, "revision": 1} for session in dict.fromkeys(below)]
    name = package_name("CLIN", device, selection, seq)
    place = to / name
    place.mkdir(parents=True)

    def payloads(done: Mapping[str, Digest]) -> Iterator[Payload]:
        written = []
        for table in TABLES.values():
            counts: list[int] = []
            rows = ({"device_id": device, **row} for row in tables.get(table.name, ()))
            cells = (tuple(row.get(column) for column in table.names) for row in rows)
            file = datapackage.file_of(table)
            yield Payload(file, csv_bytes(table, cells, counts.append))
            written.append(Written(table, done[file], sum(counts)))
        yield Payload(datapackage.FILE, iter((datapackage.describe(name, seq, device, written),)))

    chunks = bag_zip(name, payloads, protection.password)
    data = f"data.zip{protection.suffix}"
    with (place / data).open("wb") as file:
        if protection.keys:
            seal(chunks, file.write, protection.keys)
        else:
            file.writelines(chunks)
    digest = hashlib.sha256((place / data).read_bytes()).hexdigest()
    (place / outer.FILE).write_bytes(outer.manifest_bytes([(data, digest)]))
    return place


@dataclass
class Counting:
    """A kiosk that does nothing but number sessions and events, change and erase them, and export."""

    device: str
    sessions: dict[int, dict[str, Any]] = field(default_factory=dict)
    events: dict[int, dict[str, Any]] = field(default_factory=dict)
    persons: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    stones: set[int] = field(default_factory=set)
    changed: dict[int, int] = field(default_factory=dict)
    seq: int = 0
    packages: int = 0

    def practise(self, code: str, repetitions: int = 2) -> None:
        """A session of this person, and a line of the log about them; one about nobody."""
        self.persons.setdefault(code, [{"patient_code": code, "stage": "paretic", "revision": 1}])
        self.seq += 1
        self.sessions[self.seq] = {
            "session_id": f"{self.seq:016x}",
            "patient_code": code,
            "seq": self.seq,
            "active_duration_s": self.seq / 7,
            "revision": 1,
            "repetitions": repetitions,
        }
        for about in (code, ""):
            self.seq += 1
            self.events[self.seq] = {"seq": self.seq, "code": "card", "patient_code": about, "revision": 1}

    def change(self) -> None:
        """The last session is dated anew."""
        if self.sessions:
            last = max(self.sessions)
            row = self.sessions[last]
            self.sessions[last] = {**row, "active_duration_s": row["revision"] * 3.5, "revision": row["revision"] + 1}
            self.changed[last] = self.seq

    def lose(self) -> None:
        """A number that no row has got."""
        self.seq += 1

    def erase(self, code: str) -> None:
        """Everything about this person."""
        for rows in (self.sessions, self.events):
            for seq in [seq for seq, row in rows.items() if row["patient_code"] == code]:
                del rows[seq]
                self.stones.add(seq)
        self.persons.pop(code, None)

    def export(self, to: Path, code: str | None = None, since: int = 0, **more: Any) -> Path:
        """A package of it all, or of one person."""
        self.packages += 1
        mine = {seq: row for seq, row in self.sessions.items() if code in (None, row["patient_code"])}
        mine = {seq: row for seq, row in mine.items() if seq > since or self.changed.get(seq, -1) >= since}
        log = {
            seq: row
            for seq, row in self.events.items()
            if code in (None, row["patient_code"]) or not row["patient_code"]
        }
        log = {seq: row for seq, row in log.items() if seq > since}
        repetitions = [
            {"session_id": row["session_id"], "step_order": 0, "repetition": at, "hold_s": at / 3, "revision": 1}
            for row in mine.values()
            for at in range(row["repetitions"])
        ]
        persons = [row for name, rows in self.persons.items() if code in (None, name) for row in rows]
        tables: dict[str, Sequence[Cells]] = {
            "persons": persons,
            "sessions": list(mine.values()),
            "repetitions": repetitions,
            "events": list(log.values()),
            "package": list(self._ranges({*mine, *log}, code or "ALL", since)),
        }
        return parcel(to, self.device, self.packages, tables, code or "ALL", **more)

    def _ranges(self, here: set[int], selection: str, since: int) -> Iterator[dict[str, Any]]:
        def why(seq: int) -> str:
            if seq in here or seq in self.stones:
                return "" if seq in here else "erased"
            return "earlier" if seq <= since else "selection"

        known = sorted({*self.sessions, *self.events} | self.stones)
        for (reason, _), run in groupby(enumerate(known), lambda item: (why(item[1]), item[1] - item[0])):
            numbers = [seq for _, seq in run]
            yield {
                "package_seq": self.packages,
                "package": package_name("CLIN", self.device, selection, self.packages),
                "selection": selection,
                "since_seq": since,
                "state": "withheld" if reason else "covered",
                "reason": reason,
                "seq_from": numbers[0],
                "seq_to": numbers[-1],
                "revision": 1,
            }
