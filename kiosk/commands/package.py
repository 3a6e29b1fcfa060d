"""``kiosk export`` and ``kiosk verify``: a folder serves as the stick, and answers in words or JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from kiosk.bedside.kept_settings import of_place
from kiosk.clock import SystemClock, instant, named_zone
from kiosk.config import load
from kiosk.errors import HandoverError
from kiosk.package.export import Exported, Wish, export
from kiosk.package.protection import ProtectionMethod, protection, read_keys
from kiosk.package.target import FolderTarget
from kiosk.package.verify import PackageVerdict
from kiosk.reading.many import verify_many
from kiosk.records.append import claim, note
from kiosk.records.reader import Reader
from kiosk.report.papers import documents
from kiosk.usb.transfer_worker import leftovers
from kiosk.words import words

BY = "command"
"""The author of an export, in the record: not a staff slot, but somebody at the command line."""

OPENED = {
    ProtectionMethod.PASSPHRASE: "whole, and opened with words that were given",
    ProtectionMethod.RECIPIENTS: "whole, and opened with an identity that was given",
    ProtectionMethod.NONE: "whole, and not protected: anybody can have written it",
}
"""The claim of a PASS: no more than what was seen."""

AS_TEXT = "a program that guesses types changes them, so have it read these columns as text"


def run_export(
    to: Path,
    data: Path,
    config: Path,
    code: str | None,
    way: ProtectionMethod | None,
    *,
    since_last: bool,
    as_json: bool,
) -> int:
    """Export into the folder ``to``; 0 when there is a package. ``way`` None: as the settings say.

    Raises KioskError, OSError.
    """
    _as_owner(data)
    settings, _ = load(config, os.environ, keep=False)
    with closing(Reader(data)) as reader:
        at_the_desk = of_place(settings, reader)
    made_of = protection(way or ProtectionMethod(at_the_desk.handover.protection), data)
    clock = SystemClock()
    target = _folder(to)
    said = words(settings.site.language)
    try:
        target.clear_leftovers(leftovers(data))
        with click.progressbar(length=1_000, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            exported = export(
                data,
                target,
                Wish(code, since_last, made_of, BY, settings.site.code),
                documents(said, settings.site.language, settings.site.code, settings.site.device_label),
                named_zone(),
                lambda rows: note(data, rows, instant(clock)),
                lambda row_at, least: claim(data, row_at, least, instant(clock)),
                said,
                lambda done, total: bar.update(1_000 * done // max(1, total) - bar.pos),
            )
    except OSError as why:
        if why.errno is None:
            raise
        raise HandoverError(f"{to}: {why.strerror}: there is no package; make room or name another folder") from why
    finally:
        target.close()
    click.echo(_as_json(exported, made_of.passphrase) if as_json else _as_text(exported, made_of.passphrase))
    return 0


def _folder(to: Path) -> FolderTarget:
    """The folder as a target. Only itself is made: below a stick that is not there, all would land on the card."""
    parent = to.absolute().parent
    if not parent.is_dir():
        raise HandoverError(
            f"{parent}: there is no such folder, so {to} cannot be made there: is the stick in, and mounted? "
            "If you want it there all the same, make that folder first"
        )
    try:
        to.mkdir(exist_ok=True)
    except OSError as why:
        raise HandoverError(f"{to}: this folder cannot be made ({why.strerror}); name another one") from why
    return FolderTarget(to)


def run_verify(paths: Sequence[Path], passphrases: Path | None, identities: Path | None, *, as_json: bool) -> int:
    """Say PASS or FAIL of each; 0, or 1 when any did not pass. Raises PackageError when the keys cannot be read."""
    passed = True
    for found in verify_many(paths, read_keys(passphrases, identities)):
        passed = passed and found.passed
        click.echo(json.dumps(asdict(found), default=str) if as_json else "\n".join(_verdict(found)))
    return 0 if passed else 1


def _verdict(found: PackageVerdict) -> Iterator[str]:
    if found.passed:
        rows = ", ".join(f"{name} {count}" for name, count in found.rows.items())
        yield f"PASS  {found.name}: {OPENED[ProtectionMethod(found.protection)]} ({rows})"
        if found.numberlike:
            named = ", ".join(f"{count} in {column}" for column, count in found.numberlike.items())
            yield f"NOTE  names that look like numbers: {named}; {AS_TEXT}"
    else:
        # Right as far as can be told without the key is no failure of the package, and no PASS either.
        yield f"{'PARTLY' if found.outer else 'FAIL'}  {found.path}: {found.reason}"


def _as_text(exported: Exported, passphrase: str) -> str:
    made = exported.made
    lines = [f"{made.place}: {made.rows} rows, {made.size / 1e6:.1f} MB, written and read back"]
    if passphrase:
        lines += [f"Passphrase: {passphrase}", "It is shown this once and kept nowhere: write it down."]
    if made.unread:
        lines.append(
            "1 plan could not be read and is not in it: set this person up again"
            if made.unread == 1
            else f"{made.unread} plans could not be read and are not in it: set these people up again"
        )
    if made.left_out:
        lines.append(
            f"{made.left_out} rows of the record could not be read and are not in it: run `kiosk doctor`; "
            "datapackage.json names them"
        )
    if not exported.noted:
        lines.append("The record could not be written, so it does not know of this export: run `kiosk doctor`.")
    return "\n".join(lines)


def _as_json(exported: Exported, passphrase: str) -> str:
    made = exported.made
    told: dict[str, Any] = {
        "package": made.name,
        "path": str(made.place),
        "seq": made.seq,
        "selection": exported.selection.name,
        "since_seq": exported.selection.since_seq,
        "rows": made.rows,
        "unread_plans": made.unread,
        "left_out": made.left_out,
        "size_bytes": made.size,
        "manifest_sha256": made.manifest_sha256,
        "files": {name: digest.sha256 for name, digest in made.files.items()},
        "noted": exported.noted,
    }
    if passphrase:
        told["passphrase"] = passphrase
    return json.dumps(told)


def _as_owner(data: Path) -> None:
    """Files that root leaves beside the database would lock the kiosk out of its own record."""
    try:
        owner = data.stat().st_uid
    except OSError:
        return
    if os.geteuid() == 0 and owner != 0:
        raise HandoverError(
            f"{data} belongs to the user {owner}: run this as that user, never as root (sudo -u '#{owner}' kiosk …)"
        )
