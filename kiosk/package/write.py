"""One package: every file of it written, protected, read back, and only then given its name."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol, runtime_checkable

from kiosk.beside.jobs import LOOK_S, Aside, Asked, BesideFile
from kiosk.care.person import Person
from kiosk.errors import HandoverError, NoRoom, StoreError
from kiosk.package import archives, datapackage, fhir, outer
from kiosk.package.archives import ARCHIVE_BYTES, ARCHIVE_FILES, CLIPS, REPLAYS, Packing, archive_name, part_name
from kiosk.package.bag import Payload, bag_zip
from kiosk.package.datapackage import Digest, Written
from kiosk.package.outer import package_name
from kiosk.package.progress import Meter, Stop, TellProgress
from kiosk.package.protection import Protection, seal
from kiosk.package.schema import BUNDLE, TABLES
from kiosk.package.snapshot import Snapshot
from kiosk.package.target import Target
from kiosk.plans import plan
from kiosk.plans.plan import bed_of

LOG = logging.getLogger(__name__)

ROW_BYTES, RESOURCE_BYTES = 120, 600
"""Bytes of a row of a CSV and of a resource of the bundle, about: for progress and room, never for correctness."""
PACKED = 0.4
"""Most that compression leaves of tables, as a share."""
SPARE, RESERVE = 1.05, 8 << 20
"""Room that must be free: the need times this, and so many bytes more."""
SPOOL = 4 << 20
MOST_AHEAD = 64 << 20
"""Bytes of tables, packed, that wait for the documents."""
PIECE = 256 << 10


class Write(Protocol):
    """Writes a file about ``snapshot``: ``report.Report``, ``workbook.Workbook``."""

    def __call__(self, snapshot: Snapshot, stream: BinaryIO, password: str | None) -> None: ...


@runtime_checkable
class CanBeAsked(Protocol):
    """A ``Write`` that another process can do as well, which loads these ``modules`` first."""

    @property
    def modules(self) -> Sequence[str]: ...

    def asked(self, snapshot: Snapshot, password: str | None) -> Asked | None:
        """The job of it; None where it can only be done here. Raises StoreError, OSError."""


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """A file for people: its ``name``; ``write`` makes it, or each of what ``split`` gives makes a part, in order."""

    name: str
    write: Write
    split: Callable[[Snapshot], Sequence[Write]] | None = None

    def files(self, snapshot: Snapshot) -> Iterator[tuple[str, Write]]:
        """Each file by its name, and what writes it. Raises StoreError."""
        writers = (self.write,) if self.split is None else self.split(snapshot)
        for number, write in enumerate(writers):
            yield part_name(self.name, number), write


@dataclass(frozen=True, slots=True)
class PackageOrder:
    """Order for the package of number ``seq``, under this ``protection``, with ``documents`` for people.

    ``site``: short name of the clinic. ``words``: words in its language. ``archive_bytes``, ``archive_files``: the most
    of one zip file of films and drawings.
    """

    seq: int
    protection: Protection
    site: str = ""
    documents: Sequence[PeopleFile] = ()
    words: Callable[[str], str] = str
    archive_bytes: int = ARCHIVE_BYTES
    archive_files: int = ARCHIVE_FILES


@dataclass(frozen=True, slots=True)
class Made:
    """A package that is whole: its ``name``, its ``place``, and its number ``seq``.

    ``files`` by name, without the manifest, whose hash is ``manifest_sha256``; ``size`` in bytes, ``rows`` of all
    tables. ``unread``: how many plans could not be read and are not in it; ``left_out``: how many rows.
    """

    name: str
    place: Path
    seq: int
    manifest_sha256: str
    files: Mapping[str, Digest]
    rows: int
    size: int
    unread: int = 0
    left_out: int = 0


def build(snapshot: Snapshot, target: Target, order: PackageOrder, progress: TellProgress, stop: Stop) -> Made:
    """Write the package of ``snapshot`` to ``target``.

    Raises HandoverError (NameTaken, Cancelled, …), OSError, StoreError: then there is no package under its name.
    """
    name = package_name(order.site, snapshot.device_id, snapshot.selection.name, order.seq)
    with contextlib.ExitStack() as ends:
        aside = None
        able = [document.write for document in order.documents if isinstance(document.write, CanBeAsked)]
        if able:
            with contextlib.suppress(OSError):  # then all of it is done here
                aside = ends.enter_context(
                    contextlib.closing(Aside([name for write in able for name in write.modules]))
                )
        whole = replace(snapshot.looked_through(stop), package_seq=order.seq, package=name)
        building = _Building(whole, target, order, name, aside)
        building.ask_room()
        try:
            target.begin(name)
            return building.write(Meter(building.weights, progress, stop))
        except BaseException:  # an interrupt too: half a package must not stay on the medium
            target.abandon()
            raise


@dataclass
class _Building:
    """A package while it is made."""

    snapshot: Snapshot
    target: Target
    order: PackageOrder
    name: str
    aside: Aside | None
    files: dict[str, Digest] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    unread: int = 0

    def __post_init__(self) -> None:
        counts = {table: self.snapshot.count(table) for table in TABLES if table != "package"}
        self._tables = {table: ROW_BYTES * (1 + count) for table, count in counts.items()}
        resources = sum(counts[table] for table in ("sessions", "steps", "ratings"))
        self._bundle = RESOURCE_BYTES * (1 + resources)
        self._packing = Packing(self.snapshot, self._shown, self.order.archive_bytes, self.order.archive_files)
        self.snapshot = replace(self.snapshot, packed=self._packing.rows)
        self.snapshot.keep_settled()
        self._tables_made = False
        content = sum(self._tables.values())
        self._documents: list[tuple[str, Write]] = []
        for document in self.order.documents:
            files = list(document.files(self.snapshot))
            self._documents += files
            for name, _ in files:
                self.weights[self._shown(name)] = 1 + content // len(files)
        for number, size in enumerate(self._packing.sizes):
            tables = 0 if number else content + self._bundle
            self.weights[self._shown(archive_name(number))] = 1 + tables + size
        self.weights[archives.README] = self.weights[outer.FILE] = ROW_BYTES

    def ask_room(self) -> None:
        """Raises NoRoom where the package will not fit."""
        films = sum(self._packing.sizes)
        need = int((PACKED * (sum(self.weights.values()) - films) + films) * SPARE) + RESERVE
        room = self.target.room()
        if room < need:
            wrong = "there is not enough room: {need} are needed, {free} are free; make room or use another medium"
            raise NoRoom(wrong, need, room)

    def write(self, meter: Meter) -> Made:
        first = self._shown(archive_name(0))
        meter.begin(first)
        bag = bag_zip(self.name, partial(self._payloads, meter=meter), self.order.protection.password)
        asked = self._asked()
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as ahead:
            self._go_ahead(bag, ahead, meter)
            for (name, write), document in zip(self._documents, asked, strict=True):
                self._document(name, write, document, meter)
            for number in range(1, len(self._packing.sizes)):
                shown = self._shown(archive_name(number))
                meter.begin(shown)
                films = partial(self._films, meter=meter, number=number)
                self._file(shown, bag_zip(f"{self.name}-{number + 1}", films, self.order.protection.password), meter)
            # The first bag comes last, since it says which files lie beside it; the text before it, so that it is said.
            listed, lacks = [*self.files, first, outer.FILE], len(self.snapshot.left_out)
            text = archives.readme_bytes(listed, self.order.protection, self.order.words, lacks)
            meter.begin(archives.README)
            self._file(archives.README, iter((text,)), meter, personal=False)
            meter.begin(first)
            ahead.seek(0)
            self._file(first, chain(iter(lambda: ahead.read(PIECE), b""), bag), meter)
        hashes = outer.manifest_bytes((name, digest.sha256) for name, digest in self.files.items())
        meter.begin(outer.FILE)
        own = self._file(outer.FILE, iter((hashes,)), meter, personal=False)
        del self.files[outer.FILE]
        place = self.target.finish()
        size = sum(digest.size for digest in self.files.values())
        lacks = len(self.snapshot.left_out)
        return Made(self.name, place, self.order.seq, own.sha256, self.files, self.rows, size, self.unread, lacks)

    def _asked(self) -> list[BesideFile | None]:
        """Have the documents made aside, as far as they can be."""
        asked: list[BesideFile | None] = []
        # The last first: the workbook is made of tables that are there, while the report has to be counted together.
        for _, write in reversed(self._documents):
            job = None
            if self.aside is not None and isinstance(write, CanBeAsked):
                job = write.asked(self.snapshot, self.order.protection.password)
            document = None
            if self.aside is not None and job is not None:
                with contextlib.suppress(OSError):  # it is gone already
                    document = self.aside.ask(job)
            asked.append(document)
        return asked[::-1]

    def _go_ahead(self, bag: Iterator[bytes], ahead: IO[bytes], meter: Meter) -> None:
        """Make the tables of the bag while documents are made aside, as far as there is room for them."""
        while self.aside is not None and self.aside.busy and not self._tables_made and ahead.tell() < MOST_AHEAD:
            ahead.write(next(bag))
            self.aside.hear()
            meter.made(0)

    def _document(self, name: str, write: Write, asked: BesideFile | None, meter: Meter) -> None:
        shown = self._shown(name)
        meter.begin(shown)
        if asked is not None and self.aside is not None:
            told = 0
            while not asked.over:
                self.aside.hear(LOOK_S)
                meter.made((asked.rows - told) * ROW_BYTES)
                told = asked.rows
            with asked.file as stream:
                if asked.well:
                    stream.seek(0)
                    self._file(shown, iter(lambda: stream.read(PIECE), b""), meter)
                    return
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as made:
            heard = replace(self.snapshot, heard=lambda rows: meter.made(rows * ROW_BYTES))
            write(heard, made, self.order.protection.password)  # type: ignore[arg-type]
            made.seek(0)
            self._file(shown, iter(lambda: made.read(PIECE), b""), meter)

    def _file(self, name: str, chunks: Iterator[bytes], meter: Meter, *, personal: bool = True) -> Digest:
        """One file of the package, from ``chunks`` to its name."""
        file = self.target.create(name)
        if personal and self.order.protection.keys:
            seal(_watched(chunks, meter), file.write, self.order.protection.keys)
        else:
            for chunk in _watched(chunks, meter):
                file.write(chunk)
        digest = self.files[name] = file.finish(meter.checked)
        return digest

    def _payloads(self, done: Mapping[str, Digest], meter: Meter) -> Iterator[Payload]:
        """Yield the content of the first bag: tables, the bundle, the plan, films, line drawings, what it all is.

        The last says which files lie beside the bag.
        """
        written: list[Written] = []
        for name, table in TABLES.items():
            count = 0

            def counted(fresh: int) -> None:
                nonlocal count
                count += fresh
                meter.made(fresh * ROW_BYTES)

            path = datapackage.file_of(table)
            yield Payload(path, self.snapshot.csv(name, counted), most=self._tables.get(name, 0))
            written.append(Written(table, done[path], count))
        self.rows = sum(item.rows for item in written)
        yield Payload(BUNDLE, _counted(fhir.bundle_bytes(self.snapshot), meter), most=self._bundle)
        bed = bed_of(self.snapshot.moment.state, self.snapshot.permissions, self.snapshot.last_sessions)
        self._tables_made = True  # before it is taken: who goes ahead takes no step that could lead beyond it
        yield Payload(plan.FILE, plan.plan_bytes(self._persons(), bed))
        yield from self._films(done, meter, 0)
        described = datapackage.describe(
            self.name, self.order.seq, self.snapshot.device_id, written, self.files, self.snapshot.left_out
        )
        yield Payload(datapackage.FILE, iter((described,)))

    def _films(self, _done: Mapping[str, Digest], meter: Meter, number: int) -> Iterator[Payload]:
        for row in self._packing.placed(CLIPS, number):
            yield Payload(row["path"], self._film(row, meter), packed=True, most=row["size_bytes"])
        for row in self._packing.placed(REPLAYS, number):
            drawn = self.snapshot.replay(row["session_id"], row["step_order"], row["repetition"])
            yield Payload(row["path"], _counted(iter((drawn,)), meter), packed=True)

    def _film(self, row: Mapping[str, Any], meter: Meter) -> Iterator[bytes]:
        path = self.snapshot.data / CLIPS / row["file"]
        try:
            with path.open("rb") as file:
                while piece := file.read(PIECE):
                    meter.made(len(piece))
                    yield piece
        except FileNotFoundError:
            raise HandoverError(
                "{path}: this film was removed while the package was made; try again", path=path
            ) from None
        except OSError as why:
            # One damaged film must not keep back all the rest. Its row has its size and hash: it is seen to be cut off.
            LOG.warning("%s: this film cannot be read to its end (%s)", path, why.strerror)

    def _persons(self) -> Iterator[Person]:
        for row in self.snapshot.persons():
            try:
                person: Person | None = plan.person_of(row.profile, row.patient_code)
            except StoreError:
                person = None
            if person is not None and person.code == row.patient_code and not any(plan.faults(person)):
                yield person
            else:
                # One damaged plan must not keep back everybody's rows. It is not guessed; why would name the person.
                self.unread += 1
                LOG.warning("a plan cannot be read, so it is not in the package")

    def _shown(self, name: str) -> str:
        return f"{name}{self.order.protection.suffix}"


def _watched(chunks: Iterator[bytes], meter: Meter) -> Iterator[bytes]:
    """Yield the same chunks, with a look at whether to stop before each."""
    for chunk in chunks:
        meter.made(0)
        yield chunk


def _counted(chunks: Iterator[bytes], meter: Meter) -> Iterator[bytes]:
    for chunk in chunks:
        meter.made(len(chunk))
        yield chunk
