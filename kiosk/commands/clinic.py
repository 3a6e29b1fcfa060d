"""``kiosk clinic``: packages of many kiosks become one database, and what is missing is said in words or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from kiosk import paths
from kiosk.clinic.completeness import Account, Conflict, NumberCount, accounts
from kiosk.clinic.database import open_clinic
from kiosk.clinic.merge import MergeOutcome, Taken, merge
from kiosk.package.protection import read_keys
from kiosk.programmes import shelf

TOLD = 8
"""Ranges that are named in words."""


def run_merge(
    packages: Sequence[Path],
    into: Path,
    passphrases: Path | None,
    identities: Path | None,
    *,
    plain: bool = False,
    as_json: bool,
) -> int:
    """Merge, and say what became of each package and what is missing; 1 when any was refused or is a damaged copy.

    ``plain``: with keys, take also what nothing protects. Raises PackageError when a file with keys cannot be read,
    ClinicError when the database cannot.
    """
    keys = read_keys(passphrases, identities, plain=plain)
    taken = []
    with open_clinic(into) as clinic:
        for one in merge(clinic, packages, keys):
            taken.append(one)
            if not as_json:
                click.echo(_line(one))
        kiosks = list(accounts(clinic))
    counts = Counter(one.outcome for one in taken)
    if as_json:
        told = {
            "database": into,
            **{outcome.value: counts[outcome] for outcome in MergeOutcome},
            "packages": [asdict(one) for one in taken],
            "kiosks": [asdict(kiosk) for kiosk in kiosks],
        }
        click.echo(json.dumps(told, default=str))
    else:
        said = f"{counts[MergeOutcome.MERGED]} merged, {counts[MergeOutcome.ALREADY]} there already"
        damaged = f", {counts[MergeOutcome.DAMAGED]} damaged copies" if counts[MergeOutcome.DAMAGED] else ""
        click.echo(f"{into}: {said}{damaged}, {counts[MergeOutcome.REFUSED]} refused")
        for kiosk in kiosks:
            click.echo("\n".join(_account(kiosk)))
    return 1 if counts[MergeOutcome.REFUSED] + counts[MergeOutcome.DAMAGED] else 0


def run_report(database: Path, out: Path) -> int:
    """Write a report for everybody; 1 when somebody has none. Raises ClinicError, OSError."""
    from kiosk.clinic.reports import reports
    from kiosk.report.pages import Report

    written = 0
    missing = 0
    with open_clinic(database, make=False) as clinic:
        for one in reports(clinic, out, Report()):
            if one.reason:
                missing += 1
                click.echo(f"no report for {one.code!r}: {one.reason}")
            else:
                written += 1
    click.echo(f"{out}: {written} reports, one for each person; they have no password")
    return 1 if missing else 0


def run_deidentify(database: Path, to: Path, least: int, *, merge: bool) -> int:
    """Write the folder; 1 when a group in it is smaller than ``least``. Raises ClinicError, OSError."""
    from kiosk.clinic.deidentify import deidentify

    known = shelf.load(paths.assets() / "programmes")
    with open_clinic(database, make=False) as clinic:
        told = deidentify(
            clinic, to, {*known.programmes, *known.sets, *known.exercises, *known.cards}, least, merge=merge
        )
    rows = ", ".join(f"{name} {count}" for name, count in told.rows.items())
    click.echo(f"{to}: {told.persons} people under codes that nothing leads back from ({rows})")
    for group, count in told.rare:
        done = "merged with others" if merge and (group, count) not in told.left else "STILL IN IT"
        click.echo(f"  rare, fewer than {least}: {group.cause}, {group.onset_band}: {count} ({done})")
    for group, count in told.left:
        if (group, count) not in told.rare:
            click.echo(f"  STILL fewer than {least}: {group.cause}, {group.onset_band}: {count}")
    return 1 if told.left else 0


def _line(one: Taken) -> str:
    more = one.reason
    if one.outcome is MergeOutcome.MERGED:
        more = f"{one.rows} rows"
        if one.conflicts:
            more += f", {one.conflicts} of them with a number or name that is there with other contents"
        if one.name != one.path.resolve().name:
            more += f"; WARNING: the folder was renamed, inside it is {one.name}"
    elif one.outcome is MergeOutcome.DAMAGED:
        more = f"its rows are in, but this copy is not as it was written: {one.reason}"
    return f"{one.outcome.value:8} {one.path.name or one.path}{': ' if more else ''}{more}"


def _account(kiosk: Account) -> Iterator[str]:
    yield f"Kiosk {kiosk.device_id}: {kiosk.packages} packages, {kiosk.sessions} sessions, numbers up to {kiosk.last}"
    if kiosk.awaited:
        yield f"  in an earlier package that is not merged yet: {_numbers(kiosk.awaited)}"
    if kiosk.lost:
        yield f"  lost on the kiosk, in no package: {_numbers(kiosk.lost)}"
    if kiosk.unreadable:
        yield f"  damaged on the kiosk, in no package: {_numbers(kiosk.unreadable)}"
    if kiosk.twice:
        yield f"  there twice; two kiosks may have the same name: {_numbers(kiosk.twice)}"
    if kiosk.conflicts:
        tables = "; ".join(_conflict(one) for one in kiosk.conflicts)
        yield f"  the same number, two contents: {tables}"
        yield f"    two kiosks seem to carry the device id {kiosk.device_id}, as after copying a card: of each number"
        yield "    one row is here, and the other only in its package: keep them; give each kiosk a file of its own"
    if kiosk.erased:
        yield f"  erased on the kiosk, and here: {_numbers(kiosk.erased)}"
    if not (kiosk.awaited or kiosk.lost or kiosk.unreadable or kiosk.twice or kiosk.conflicts):
        yield "  nothing is missing"


def _conflict(one: Conflict) -> str:
    return f"{one.table} {one.count} (first: {', '.join(f'{name} {value}' for name, value in one.first.items())})"


def _numbers(numbers: NumberCount) -> str:
    ranges = [str(low) if low == high else f"{low}–{high}" for low, high in numbers.ranges[:TOLD]]
    more = ", …" if len(numbers.ranges) > TOLD else ""
    return f"{numbers.count} ({', '.join(ranges)}{more})"
