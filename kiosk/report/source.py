"""What can a report be made of? A kiosk's record at one moment, or one person in the clinic's file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Any, Protocol

from kiosk.package.snapshot import Selection
from kiosk.records.rows import PersonRow


class PersonSource(Protocol):
    """See ``tables.Snapshot``, whose part this is."""

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
