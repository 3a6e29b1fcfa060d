"""A report for each person of the clinic's file: the same pages as in a package, over all kiosks and packages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.care.code import is_code
from kiosk.clinic.database import Clinic
from kiosk.clinic.person_source import Gathered, codes
from kiosk.errors import KioskError
from kiosk.package.target import PART
from kiosk.package.verify import stumbled
from kiosk.report.pages import Report


@dataclass(frozen=True, slots=True)
class Printed:
    """One person. ``reason``: why there is no report; empty: it is at ``path``."""

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
