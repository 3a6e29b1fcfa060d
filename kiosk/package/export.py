"""An export from beginning to end: what is new, which number it gets, the package, and what the record says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

import msgspec

from kiosk.care.consent import is_code
from kiosk.errors import Cancelled, HandoverError, NameTaken, StoreError
from kiosk.package.outer import package_name
from kiosk.package.progress import Stop, TellProgress, never, nobody
from kiosk.package.protection import Protection
from kiosk.package.selection import Selection
from kiosk.package.snapshot import Snapshot, open_snapshot
from kiosk.package.target import Target
from kiosk.package.write import Made, PackageOrder, PeopleFile, build
from kiosk.records.reader import Reader
from kiosk.rows.kinds import EventRow, ExportRow, Row

MOST_NAMES = 1_000
"""Packages of one kiosk in one place whose numbers the record has lost."""

NoteRows = Callable[[Sequence[Row]], None]
"""Hands rows to the record. Raises StoreError where it cannot be written: an export goes on without."""

Claim = Callable[[Callable[[int], ExportRow], int], int]
"""Gives out the number of a package, at least so high, and to nobody else: the row of that number is in the record by
then. Raises StoreError where it cannot be written: an export goes on with the least."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The wish of staff: the rows of ``code`` (None: of everybody), under this ``protection``.

    ``since_last``: only what is new. ``by``: their slot. ``site``: short name of the clinic.
    """

    code: str | None
    since_last: bool
    protection: Protection
    by: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """A package that was ``made`` of a ``selection`` and is whole.

    ``noted`` False: the record does not know of it (it cannot be written just now). ``complete`` False: rows that were
    waiting to be stored are not in it; a later package will have them.
    """

    made: Made
    selection: Selection
    noted: bool
    complete: bool = True


def lacking(exported: Exported, _: Callable[[str], str]) -> str:
    """Return the sentence on what is not in the package although it should be; empty where nothing is missing."""
    if not exported.complete:
        return _("What was done last is not in it: the kiosk could not store it yet. Hand over again later.")
    if exported.made.left_out or exported.made.unread:
        return _("Some of the record could not be read and is not in it. Tell your technician.")
    return ""


def export(
    data: Path,
    target: Target,
    wish: Wish,
    documents: Sequence[PeopleFile],
    zone: tzinfo,
    note: NoteRows,
    claim: Claim,
    words: Callable[[str], str] = str,
    progress: TellProgress = nobody,
    stop: Stop = never,
) -> Exported:
    """Make one package of the record in ``data``.

    Raises HandoverError (Cancelled, …), OSError of the target, StoreError: then there is no package, and the record
    says that one was begun.
    """
    since, number = _known(data, wish)
    selection = Selection(wish.code, since)
    with open_snapshot(data, selection, zone) as snapshot:
        if wish.code is not None and not snapshot.knows(wish.code):
            wrong = f"nobody with this code is in the record of {data}"
            if not is_code(wish.code):
                wrong = "this is no code of a person, or a character of it is wrong"
            raise HandoverError("{code}: {wrong}", code=wish.code, wrong=wrong)
        if not snapshot.device_id:
            raise HandoverError(
                "{data}: this record does not say which kiosk it is of, so nobody could read the package: start the "
                "kiosk once, which gives it a new name, and export again",
                data=data,
            )
        begun = ExportRow(
            seq=number,
            package="",
            selection=selection.name,
            since_seq=since,
            seq_to=snapshot.moment.last_seq,
            protection=wish.protection.way.value,
            by=wish.by,
        )
        noting = _Noting(note, claim, wish.code or "")
        try:
            made = _numbered(snapshot, target, begun, wish, documents, words, progress, stop, noting)
        except BaseException as why:  # an interrupt too: an export that was begun has an end in the audit trail
            noting.event("warning", "export.stopped" if isinstance(why, Cancelled) else "export.failed", wish.by)
            raise
    return Exported(made, selection, noting.well)


def _numbered(
    snapshot: Snapshot,
    target: Target,
    begun: ExportRow,
    wish: Wish,
    documents: Sequence[PeopleFile],
    words: Callable[[str], str],
    progress: TellProgress,
    stop: Stop,
    noting: _Noting,
) -> Made:
    """Build it under the first number that is free both in the record and there."""

    def row_at(number: int) -> ExportRow:
        name = package_name(wish.site, snapshot.device_id, snapshot.selection.name, number)
        return msgspec.structs.replace(begun, seq=number, package=name)

    number = begun.seq - 1
    for _ in range(MOST_NAMES):
        # Another export, at the desk or by command, may have begun since the record was looked at.
        number = noting.claim(row_at, number + 1)
        row, order = row_at(number), PackageOrder(number, wish.protection, wish.site, documents, words)
        try:
            made = build(snapshot, target, order, progress, stop)
        except NameTaken:
            continue
        done = msgspec.structs.replace(
            row, rows_count=made.rows, size_bytes=made.size, manifest_sha256=made.manifest_sha256, verified=True
        )
        noting.put(done, ("audit", "export.made", f"{number}:{wish.protection.way.value}:{wish.by}"))
        return made
    raise HandoverError("there are too many packages of this kiosk in this place: use another one")


class _Noting:
    """Tells the record, and remembers whether it could be told."""

    def __init__(self, note: NoteRows, claim: Claim, code: str) -> None:
        self._note, self._claim, self._code = note, claim, code
        self.well = True

    def claim(self, row_at: Callable[[int], ExportRow], least: int) -> int:
        try:
            return self._claim(row_at, least)
        except StoreError:
            self._tell([row_at(least)])  # a running kiosk keeps it in memory until its record can be written again
            return least

    def put(self, row: ExportRow, event: tuple[str, str, str]) -> None:
        self._tell([row, EventRow(*event, self._code)])

    def event(self, level: str, code: str, detail: str) -> None:
        self._tell([EventRow(level, code, detail, self._code)])

    def _tell(self, rows: Sequence[Row]) -> None:
        try:
            self._note(rows)
        except StoreError:
            # A full or read-only card is a reason to carry the data away, not to refuse.
            self.well = False


def _known(data: Path, wish: Wish) -> tuple[int, int]:
    """Return the number up to which an earlier package holds everything (0: none), and that of the next package."""
    with closing(Reader(data)) as reader:
        last = reader.last_export(wish.code or "ALL") if wish.since_last else None
        newest = reader.exports(1)
    return (last.seq_to if last else 0), (newest[0].seq + 1 if newest else 1)
