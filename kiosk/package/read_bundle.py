"""The FHIR bundle of a package as read: whole, its entries one a line, and nothing refers to what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from kiosk.errors import PackageError
from kiosk.package.schema import BUNDLE as FILE

MOST_LINE = 64 << 10
"""Bytes of one line: ours have some hundreds to a few thousand."""
HEAD_END = b'"entry":['
Name = Annotated[str, Meta(min_length=36, max_length=36)]
"""A UUID, as text."""
URN = "urn:uuid:"
NOT_BEFORE = "it refers to something that does not come before it"


class _Reference(Struct, gc=False):
    reference: str


class _Identifier(Struct, gc=False):
    system: str
    value: str


class _Subject(Struct, gc=False):
    identifier: _Identifier


class _Coding(Struct, gc=False):
    system: str
    code: str


class _Concept(Struct, gc=False):
    coding: Annotated[list[_Coding], Meta(min_length=1)]


class _Device(Struct, gc=False, tag_field="resourceType", tag="Device"):
    id: Name
    identifier: list[_Identifier]


class _Procedure(Struct, gc=False, tag_field="resourceType", tag="Procedure"):
    id: Name
    status: Literal["in-progress", "completed", "stopped"]
    code: _Concept
    subject: _Subject
    usedReference: list[_Reference]  # noqa: N815 FHIR's own name


class _Observation(Struct, gc=False, tag_field="resourceType", tag="Observation"):
    id: Name
    status: Literal["final", "preliminary"]
    code: _Concept
    subject: _Subject
    device: _Reference
    partOf: Annotated[list[_Reference], Meta(min_length=1)]  # noqa: N815 FHIR's own name


class _Entry(Struct, gc=False):
    fullUrl: str  # noqa: N815 FHIR's own name
    resource: _Device | _Procedure | _Observation


class _Bundle(Struct, gc=False, tag_field="resourceType", tag="Bundle"):
    type: Literal["collection"]
    identifier: _Identifier
    entry: list[_Entry]


HEAD, ENTRY = msgspec.json.Decoder(_Bundle), msgspec.json.Decoder(_Entry)
ENTRIES = msgspec.json.Decoder(list[_Entry])


def check_bundle(chunks: Iterator[bytes]) -> None:
    """Read all of ``chunks``. Raises PackageError with the line that is wrong."""
    told = _Listed()
    try:
        for listed in _lists(chunks):
            told.hear(_decoded(listed, told))
    except (ValueError, RecursionError) as why:
        if isinstance(why, PackageError):
            raise
        raise PackageError(f"{FILE}, after entry {told.number}: {why}; the file was changed or is damaged") from None


class _Listed:
    """The names of the entries so far, and the ``number`` of them."""

    def __init__(self) -> None:
        self.number = 0
        self._known: set[str] = set()
        """Full URLs of the device and the sessions: what others refer to. Observations of a session follow it."""
        self._of_session: set[str] = set()

    def hear(self, entries: list[_Entry]) -> None:
        """The next entries; raises ValueError for one that has the name of another, or refers to none before it."""
        known, of_session = self._known, self._of_session
        for entry in entries:
            name, resource = entry.fullUrl, entry.resource
            if name != URN + resource.id:
                raise ValueError("an entry whose fullUrl is not the id of its resource")
            if name in of_session or name in known:
                raise ValueError("a name that stands there twice")
            if type(resource) is _Observation:
                if resource.device.reference not in known:
                    raise ValueError(NOT_BEFORE)
                for other in resource.partOf:
                    if other.reference not in known:
                        raise ValueError(NOT_BEFORE)
                of_session.add(name)
            else:
                if type(resource) is _Procedure and not {other.reference for other in resource.usedReference} <= known:
                    raise ValueError(NOT_BEFORE)
                of_session.clear()
                known.add(name)
            self.number += 1


def _decoded(listed: bytes, told: _Listed) -> list[_Entry]:
    """A list of entries, one a line, decoded in one go. What is wrong is looked for only when something is."""
    try:
        entries: list[_Entry] = ENTRIES.decode(listed)
    except (ValueError, RecursionError):
        entries = []
    if len(entries) != _lines(listed):
        # Those before it count, so that the one that is wrong can be named.
        for line in listed[1:-1].split(b",\n"):
            told.hear([ENTRY.decode(line)])
        raise ValueError("its entries are not one a line")
    return entries


def _lines(listed: bytes) -> int:
    """Count them: where lines are long, a quarter of what ``count`` takes."""
    count, at = 1, listed.find(b"\n")
    while at >= 0:
        count, at = count + 1, listed.find(b"\n", at + 1)
    return count


def _lists(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The entries as lists of JSON, each of as many whole lines as have come."""
    left, ended = b"", False
    for chunk in chain(_behind_head(chunks), (b"\n",)):
        data = left + chunk
        cut = data.rfind(b"\n")
        left = data[cut + 1 :]
        if len(left) > MOST_LINE:
            raise ValueError(f"an entry of more than {MOST_LINE} bytes")
        if cut > 0:
            if ended or not data.endswith((b",", b"]}"), 0, cut):
                raise ValueError("its entries are not parted by commas, or something follows them")
            ended = data[cut - 1 : cut] == b"}"
            yield b"".join((b"[", memoryview(data)[: cut - 1], b"" if ended else b"]"))
    if not ended:
        raise ValueError("it does not end as a bundle of ours does")


def _behind_head(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks from the first entry on; the first line holds the head, too, which is checked."""
    first = b""
    for chunk in chunks:
        first += chunk
        if b"\n" in chunk or len(first) > MOST_LINE:
            break
    head, found, entries = first.partition(HEAD_END)
    if not found:
        raise ValueError("it does not begin as a bundle of ours does")
    HEAD.decode(head + found + b"]}")
    yield entries
    yield from chunks
