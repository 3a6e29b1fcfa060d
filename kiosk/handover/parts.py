"""What are the files called that a document or an archive goes on in, where one file would be too large?"""

from __future__ import annotations

import re

MOST_PARTS = 40
"""Files of one document; from there on each of them holds more. Whoever clears a stick tries every name."""

_FURTHER = re.compile(r"-[0-9]+(\.[a-z]+)$")


def part_name(name: str, number: int) -> str:
    """The name of the part of this number, from 0: ``data.zip``, ``data-2.zip``, ``data-3.zip``, …"""
    stem, dot, ending = name.partition(".")
    return name if number == 0 else f"{stem}-{number + 1}{dot}{ending}"


def whole_name(name: str) -> str:
    """The name of the first part, from that of any."""
    return _FURTHER.sub(r"\1", name)
