"""The messages between the program that reads many packages and its processes: MessagePack, one at a time."""

from __future__ import annotations

from typing import Any

import msgspec

from kiosk.package.read import Head
from kiosk.package.verify import PackageVerdict


class KeysMessage(msgspec.Struct, tag="keys"):
    """The first message to a process: ``Keys``, that is ``passphrases``, ``identities`` as their text and ``plain``.

    ``kept_bytes``: so much of a package it may keep before it hands on.
    """

    passphrases: tuple[str, ...]
    identities: tuple[str, ...]
    plain: bool
    kept_bytes: int


class Job(msgspec.Struct, tag="job"):
    """Read the package at ``path`` (as the system spells it); ``judge``: only say what ``verify`` says of it."""

    path: bytes
    judge: bool


class Headed(msgspec.Struct, tag="headed"):
    """The package could be opened; ``head``: which it is."""

    head: Head


class Rows(msgspec.Struct, tag="rows"):
    """So many rows (``count``) of a ``table``, as ``columns``; one that is alike in all of them has one cell."""

    table: str
    count: int
    columns: list[list[Any]]


class Checked(msgspec.Struct, tag="checked"):
    """All rows have come, and all of the package is as it should be; ``plans``: a code and a plan as JSON each."""

    plans: list[tuple[str, str]]


class Refused(msgspec.Struct, tag="refused"):
    """The package failed for this ``reason``, and no row of it counts."""

    reason: str


class Judged(msgspec.Struct, tag="judged"):
    """The findings of ``verify``, but for the path: ``verdict``."""

    verdict: PackageVerdict


Told = Headed | Rows | Checked | Refused | Judged
ENCODER = msgspec.msgpack.Encoder(enc_hook=str)
DECODER: msgspec.msgpack.Decoder[Told] = msgspec.msgpack.Decoder(Told, dec_hook=lambda kind, told: kind(told))
