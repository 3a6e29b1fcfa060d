"""The origin of a report's figures: a snapshot of the record, or the clinic's file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.rows.kinds import PersonRow

if TYPE_CHECKING:
    from kiosk.package.selection import Selection


class PersonSource(Protocol):
    """See ``snapshot.Snapshot``, whose part this is."""

    @property
    def data(self) -> Path: ...

    @property
    def selection(self) -> Selection: ...

    @property
    def zone(self) -> tzinfo: ...

    @property
    def device_id(self) -> str: ...

    @property
    def package(self) -> str: ...

    @property
    def package_seq(self) -> int: ...

    def of(self, code: str) -> PersonSource: ...

    def codes(self) -> list[str]: ...

    def persons(self) -> Iterator[PersonRow]: ...

    def dicts(self, name: str) -> Iterator[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class ReportHead:
    """The ``package`` of a report and its number ``package_seq``; the kiosk's ``device_id`` and ``data`` folder.

    Only rows after ``since_seq`` count.
    """

    package: str
    package_seq: int
    device_id: str
    data: Path
    since_seq: int

    @classmethod
    def of(cls, source: PersonSource) -> ReportHead:
        """The head of a report of what ``source`` has."""
        return cls(source.package, source.package_seq, source.device_id, source.data, source.selection.since_seq)
