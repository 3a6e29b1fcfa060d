"""The tables of a clinic's database as other engines get them: its columns, and those that save them a join or a date.

What a column is comes from ``kiosk.package.schema``, and so from the rows. A new table or column is published without a
line here.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kiosk.package.schema import FORMAT, TABLES, CellKind, Column, Table

SESSIONS = "sessions"
UNDATED = "undated"
"""The month of rows of which nobody knows the day."""
DAY = Column(
    "day",
    CellKind.DAY,
    "The day, of practice as it was where the kiosk stands, else in UTC; empty: nobody vouched for the clock.",
)
WEEK = Column("week", CellKind.DAY, "The Monday of that day's week.")
WEEK_NUMBER = Column(
    "week_number", CellKind.WHOLE, "Weeks from Monday 5 January 1970 to that one: the difference of two is in weeks."
)
DATED = (DAY, WEEK, WEEK_NUMBER)
SITE = Column("site", CellKind.TEXT, "The site, of the kiosk's newest package, behind s-. The name of a folder.")
MONTH = Column("month", CellKind.TEXT, f"The month of that day, or {UNDATED}. The name of a folder.")
PARTITIONS = (SITE, MONTH)
NAME_OF_PACKAGE = re.compile(r"FK_([A-Za-z0-9-]+)_")
OF_WEEK = "date(\"day\", '-6 days', 'weekday 1')"
OF_WEEK_NUMBER = "CAST((julianday(\"week\") - julianday('1970-01-05')) / 7 AS INTEGER)"


@dataclass(frozen=True, slots=True)
class Published:
    """A ``table`` as it is published.

    ``columns``: what is in each file, in order; below a session ``patient_code`` is among them. ``of_session``: its
    rows have the day of their session. ``day``: SQL of the day of a row of the clinic's table; empty of a session.
    """

    table: Table
    columns: tuple[Column, ...]
    of_session: bool
    day: str

    @property
    def name(self) -> str:
        """The name of the table, and of its folder."""
        return self.table.name

    @property
    def own(self) -> str:
        """SQL: the columns of the clinic's table ``t``."""
        return ", ".join(f't."{name}"' for name in self.table.names)


def _published(table: Table) -> Published | None:
    if table.parent == SESSIONS:
        (code,) = (column for column in TABLES[SESSIONS].columns if column.name == "patient_code")
        return Published(table, (*table.columns, code, *DATED), True, "")
    moments = (column for column in table.columns if column.kind in (CellKind.MOMENT, CellKind.DAY))
    moment = next(moments, None)
    if moment is None:
        return None
    offset = ", coalesce(\"utc_offset_min\", 0) || ' minutes'" if "utc_offset_min" in table.names else ""
    day = f'date("{moment.name}"{offset})'
    if "clock_status" in table.names:
        day = f"CASE WHEN \"clock_status\" IS NOT 'unset' THEN {day} END"
    return Published(table, (*table.columns, *DATED), False, day)


PUBLISHED: Mapping[str, Published] = MappingProxyType(
    {name: found for name, table in TABLES.items() if (found := _published(table)) is not None}
)
"""Every table that has days: all but ``package``, which accounts for the numbers of one kiosk."""


def schema_version() -> str:
    """The version of the published columns: that of the tables, and a digest of all their names and types."""
    said = [[name, *((column.name, column.kind) for column in one.columns)] for name, one in PUBLISHED.items()]
    return f"{FORMAT}.{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:8]}"


def site_of(package: str) -> str:
    """The name of a site for a folder: small ASCII letters, digits and hyphens, and never a number to any engine."""
    found = NAME_OF_PACKAGE.match(package)
    return f"s-{found[1].lower() if found else 'nosite'}"


def sites(connection: sqlite3.Connection) -> dict[str, str]:
    """The site of each kiosk, as its newest package has it; kiosks in order. Raises sqlite3.Error."""
    newest = "SELECT device_id, package FROM merged ORDER BY device_id, package_seq, manifest_sha256"
    return {device: site_of(package or "") for device, package in connection.execute(newest)}
