"""The FHIR bundle of a package as read: whole, its entries one a line, and nothing refers to what is not there."""

from __future__ import annotations

from collections.abc import Iterator
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


BUNDLE, ENTRY = msgspec.json.Decoder(_Bundle), msgspec.json.Decoder(_Entry)


def check_bundle(chunks: Iterator[bytes]) -> None:
    """Read all of ``chunks``. Raises PackageError with the line that is wrong."""
    known: set[str] = set()
    """Full URLs of the device and the sessions: what others refer to. Observations of a session follow it."""
    of_session: set[str] = set()
    number = 0
    try:
        for line in _entries(chunks):
            entry = ENTRY.decode(line)
            name, resource = entry.fullUrl, entry.resource
            if name != URN + resource.id:
                raise ValueError("an entry whose fullUrl is not the id of its resource")
            if name in known or name in of_session:
                raise ValueError("a name that stands there twice")
            observed = isinstance(resource, _Observation)
            for other in _references(resource):
                if other.reference not in known:
                    raise ValueError("it refers to something that does not come before it")
            if not observed:
                of_session.clear()
            (of_session if observed else known).add(name)
            number += 1
    except (ValueError, RecursionError) as why:
        if isinstance(why, PackageError):
            raise
        raise PackageError(f"{FILE}, after entry {number}: {why}; the file was changed or is damaged") from None


def _references(resource: _Device | _Procedure | _Observation) -> list[_Reference]:
    if isinstance(resource, _Observation):
        return [resource.device, *resource.partOf]
    return resource.usedReference if isinstance(resource, _Procedure) else []


def _entries(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The entries as JSON, in their order; the first line holds the head and the first of them."""
    lines = _lines(chunks)
    head, found, line = next(lines, b"").partition(HEAD_END)
    if not found:
        raise ValueError("it does not begin as a bundle of ours does")
    BUNDLE.decode(head + found + b"]}")
    for following in lines:
        if not line.endswith(b","):
            raise ValueError("its entries are not parted by commas")
        yield line[:-1]
        line = following
    if not line.endswith(b"]}"):
        raise ValueError("it does not end as a bundle of ours does")
    yield line[:-2]


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    left = b""
    for chunk in chunks:
        *whole, left = (left + chunk).split(b"\n")
        if len(left) > MOST_LINE:
            raise ValueError(f"an entry of more than {MOST_LINE} bytes")
        yield from whole
    if left:
        yield left
