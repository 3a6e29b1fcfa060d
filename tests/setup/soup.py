"""Software of unknown provenance: each package of the lock, why it is there, and what is done about its faults.

Writes docs/soup.md. Names and versions are the lock's; licences are compared with what the packages say of themselves.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
HEAD = """# What others wrote: SOUP list

<!-- Written by `make docs` from requirements.lock and tests/setup/soup.toml. Change it there. -->

"Software of unknown provenance" is the standards' name for code that was not made for this purpose. This page uses
their form as a yardstick and claims no conformity with any standard. A test holds that it names exactly what the lock
(`requirements.lock`) holds, in the versions that it holds, with the licence that each package states.
`make sbom` writes the same as a CycloneDX file (`build/sbom.cdx.json`), with the hashes that are installed by.

**Known faults.** Nobody watches the trackers below day and night. Before a release whoever makes it reads what was
reported against these versions, and `make lock LOCK_OPTIONS=--upgrade` takes newer ones, which the whole suite then has
to pass. What is known to behave unlike its documentation is kept as scripts in `findings/`.
"""
REST = """
## Not in the lock

From Raspberry Pi OS or Debian, in the versions of the installed system, updated with it (`apt-get upgrade`, a
technician's task; the kiosk itself never fetches anything):

| what | why | what stands against its faults |
|---|---|---|
"""


class Soup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One package: its ``licence``, ``why`` it is there, the ``tracker`` that tells its faults, what is a ``guard``.

    ``shipped``: whether it is part of an installed kiosk; the others only build one.
    """

    licence: str
    why: str
    tracker: str
    guard: str
    shipped: bool = True


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something of the system's: ``what``, ``why``, and the ``guard`` against its faults."""

    what: str
    why: str
    guard: str


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The packages of the ``lock``, and the parts of the ``system``."""

    lock: dict[str, Soup]
    system: list[Part]


def table() -> Table:
    """What stands in soup.toml."""
    return msgspec.toml.decode((Path(__file__).parent / "soup.toml").read_bytes(), type=Table)


def locked() -> dict[str, list[str]]:
    """Each package of the lock with its versions: two where Python decides."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(name, []).append(version)
    return found


def soup_page() -> str:
    """The table, by the lock's own order."""
    parts = [HEAD, "\n## In the lock\n\n"]
    parts.append("| package | version | licence | on an appliance | why | known faults | what stands against them |\n")
    parts.append("|---|---|---|---|---|---|---|\n")
    known = table()
    for name, versions in locked().items():
        one = known.lock[name]
        told = "yes" if one.shipped else "no"
        cells = (name, ", ".join(versions), one.licence, told, one.why, f"[tracker]({one.tracker})", one.guard)
        parts.append(f"| {' | '.join(cells)} |\n")
    parts.append(REST)
    parts += [f"| {one.what} | {one.why} | {one.guard} |\n" for one in known.system]
    return "".join(parts)
