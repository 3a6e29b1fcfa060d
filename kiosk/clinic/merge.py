"""Merging of packages into one database: each is read as strictly as by ``verify``, and is in whole or not in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kiosk.clinic.database import Clinic
from kiosk.errors import ClinicError, PackageError
from kiosk.package.outer import check_outer, manifest_sha256
from kiosk.package.protection import Keys
from kiosk.package.read import Package
from kiosk.package.verify import stumbled
from kiosk.reading.many import Readers, RemotePackage, workers


class MergeOutcome(StrEnum):
    """The fate of one package."""

    MERGED = "merged"
    ALREADY = "already"
    """Its rows have been there before; only the hashes of its files were looked at."""
    DAMAGED = "damaged"
    """Its rows have been there before, but this copy is not as it was written."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """The package at ``path``, and the ``outcome`` of merging it.

    ``reason``: why it was refused, or what is wrong with this copy. ``name`` and ``device_id`` tell which it is.
    ``rows``: those it has; ``conflicts``: those of them whose key was there with other contents.
    """

    path: Path
    outcome: MergeOutcome
    reason: str = ""
    name: str = ""
    device_id: str = ""
    rows: int = 0
    conflicts: int = 0


def merge(clinic: Clinic, paths: Sequence[Path], keys: Keys, count: int | None = None) -> Iterator[Taken]:
    """Merge the packages in order; what fails verification is refused, and the others go on.

    ``count`` processes read and verify them, while this one alone writes; None: as many as are worth it. What has been
    told is in the file to stay. Raises ClinicError when the file itself cannot go on: merging the same packages again
    then continues where it ended.
    """
    with Readers(keys, workers(paths) if count is None else count) as readers:
        for path, answer in readers.each(paths, lambda path: not _known(clinic, path)):
            try:
                yield _taken(clinic, path, keys, answer)
            except PackageError as why:
                yield Taken(path, MergeOutcome.REFUSED, str(why))
            except ClinicError:
                raise
            except Exception as why:
                yield Taken(path, MergeOutcome.REFUSED, stumbled(path, why))


def _taken(clinic: Clinic, path: Path, keys: Keys, answer: RemotePackage | None) -> Taken:
    # Asked anew: what a process has read meanwhile may be a copy of what came just before.
    if _known(clinic, path):
        return _copy(path)
    if answer is not None:
        head = answer.head()
        put = clinic.take(head, answer)
    else:
        with Package(path, keys) as package:
            head = package.head
            put = clinic.take(head, package)
    return Taken(path, MergeOutcome.MERGED, "", head.name, head.device_id, put.rows, put.conflicts)


def _copy(path: Path) -> Taken:
    """A further copy of what is in already: it may be the one that the clinic means to keep."""
    try:
        check_outer(path)
    except PackageError as why:
        return Taken(path, MergeOutcome.DAMAGED, str(why))
    return Taken(path, MergeOutcome.ALREADY)


def _known(clinic: Clinic, path: Path) -> bool:
    try:
        return clinic.holds(manifest_sha256(path))
    except PackageError:
        return False  # whoever reads it will say what is wrong with it
