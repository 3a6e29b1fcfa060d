"""A report for each person of the clinic's file: the same pages as in a package, over all kiosks and packages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk.care.consent import is_code
from kiosk.clinic.database import Clinic, saying
from kiosk.errors import KioskError
from kiosk.package.schema import TABLES, CellKind
from kiosk.package.selection import Selection
from kiosk.package.target import PART
from kiosk.package.verify import stumbled
from kiosk.report.pages import Report
from kiosk.rows.kinds import PersonRow


def codes(clinic: Clinic) -> list[str]:
    """Everybody who was set up or practised at any kiosk. Raises ClinicError."""
    asked = "SELECT patient_code FROM persons UNION SELECT patient_code FROM sessions ORDER BY 1"
    with saying(clinic.path):
        return [code for (code,) in clinic.connection.execute(asked) if code]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The person called ``code`` in the database ``clinic``: a ``source.Source``. Methods raise ClinicError.

    Kiosks come one after the other, by their names. ``package`` is empty, for it is of no one package.
    """

    clinic: Clinic
    code: str
    package: str = ""
    package_seq: int = 0
    """It is of no one package."""

    @property
    def data(self) -> Path:
        """The folder in which the clinic's own programmes may lie, so that they are called by their titles."""
        return self.clinic.path.parent

    @property
    def selection(self) -> Selection:
        """This person, and nothing left out."""
        return Selection(self.code)

    @property
    def zone(self) -> tzinfo:
        """The time zone in which the person practised last."""
        asked = "SELECT tz FROM sessions WHERE patient_code = ? AND tz IS NOT NULL ORDER BY start_utc DESC LIMIT 1"
        for row in self._each(asked, self.code):
            try:
                return ZoneInfo(row["tz"])
            except (ZoneInfoNotFoundError, ValueError, OSError):
                break  # this computer does not know it
        return UTC

    @property
    def device_id(self) -> str:
        """The kiosks at which the person practised."""
        asked = "SELECT DISTINCT device_id FROM sessions WHERE patient_code = ? ORDER BY 1"
        return ", ".join(row["device_id"] for row in self._each(asked, self.code))

    def of(self, code: str) -> Gathered:
        """The same file, another person."""
        return Gathered(self.clinic, code)

    def codes(self) -> list[str]:
        """This person."""
        return [self.code]

    def persons(self) -> Iterator[PersonRow]:
        """The newest set-up, where one is known in full; of two kiosks' the one with the later date."""
        asked = (
            "SELECT p.*, l.plan FROM persons p JOIN plans l USING (device_id, patient_code) WHERE patient_code = ?"
            # Within a kiosk the number tells which is newer, since a date may be missing.
            " AND revision = (SELECT max(revision) FROM persons n"
            " WHERE n.device_id = p.device_id AND n.patient_code = p.patient_code)"
            " ORDER BY valid_from_utc DESC, revision DESC, device_id LIMIT 1"
        )
        for row in self._each(asked, self.code):
            yield PersonRow(self.code, row["revision"], row["valid_from_utc"] or "", profile=row["plan"])

    def dicts(self, name: str) -> Iterator[dict[str, Any]]:
        """The person's rows of a table that tells of persons, by column; a text that was not recorded is empty."""
        table = TABLES[name]
        key = ("seq",) if name == "sessions" else table.key[1:]
        order = ", ".join(f'c."{column}"' for column in key)
        if "patient_code" in table.names:
            sql = f"SELECT c.* FROM {name} c WHERE c.patient_code = ? ORDER BY c.device_id, {order}"  # noqa: S608
        else:
            sql = (
                f"SELECT c.* FROM sessions s JOIN {name} c ON c.device_id = s.device_id AND c.session_id = s.session_id"  # noqa: S608
                f" WHERE s.patient_code = ? ORDER BY s.device_id, s.seq, {order}"
            )
        texts = [column.name for column in table.columns if column.kind is CellKind.TEXT]
        for row in self._each(sql, self.code):
            yield {**row, **{column: row[column] or "" for column in texts}}

    def _each(self, sql: str, *values: str) -> Iterator[dict[str, Any]]:
        with saying(self.clinic.path):
            cursor = self.clinic.connection.execute(sql, values)
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))


@dataclass(frozen=True, slots=True)
class Printed:
    """The person called ``code``. ``reason``: why there is no report; empty: it is at ``path``."""

    code: str
    path: Path
    reason: str = ""


def reports(clinic: Clinic, out: Path, report: Report) -> Iterator[Printed]:
    """Write ``CODE.pdf`` for everybody into the folder ``out``, over the one of before, without a password.

    Raises ClinicError, AssetError, OSError.
    """
    out.mkdir(parents=True, exist_ok=True)
    for code in codes(clinic):
        path = out / f"{code}.pdf"
        if not is_code(code):
            # It would become the name of a file: whoever made it up could write anywhere.
            yield Printed(code, out, "this is no code of a person")
            continue
        try:
            _write(Gathered(clinic, code), path, report)
        except (KioskError, OSError):
            raise
        except Exception as why:
            yield Printed(code, path, stumbled(clinic.path, why))
        else:
            yield Printed(code, path)


def _write(person: Gathered, path: Path, report: Report) -> None:
    """Whole or not at all."""
    part = path.with_name(path.name + PART)
    part.unlink(missing_ok=True)
    try:
        with part.open("xb") as stream:
            report(person, stream, None)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
