"""The package's FHIR bundle (R4, type ``collection``), streamed one entry a line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from operator import itemgetter
from typing import Any

import msgspec

from kiosk.fhir.forms import NOWHERE, SessionEntries, Words, entry
from kiosk.fhir.resources import MEASURES, RowsBySession, SessionResources, device_resource, identifier
from kiosk.package.csv_cells import text_columns
from kiosk.package.schema import TABLES
from kiosk.package.snapshot import Snapshot


def bundle_bytes(snapshot: Snapshot) -> Iterator[bytes]:
    """The file, piece by piece."""
    head = {"resourceType": "Bundle", "type": "collection", "identifier": identifier("package", snapshot.package)}
    yield msgspec.json.encode(head)[:-1] + b',"entry":['
    yield entry(device_resource(snapshot.device_id)).encode()
    for entries in _sessions(snapshot):
        yield ",\n".join(("", *entries)).encode()
    yield b"]}\n"


def _sessions(snapshot: Snapshot) -> Iterator[list[str]]:
    """Session by session; the tables below it come in the same order, so each is read once and side by side."""
    forms: dict[Any, str] = {}
    names = TABLES["repetitions"].names
    steps_below = RowsBySession(_dicts(snapshot, "steps"))
    repetitions_below = RowsBySession(_cells(snapshot, "repetitions"), names.index("session_id"))
    ratings_below = RowsBySession(_dicts(snapshot, "ratings"))
    values_of = itemgetter(*map(names.index, MEASURES))
    rest_of = itemgetter(*map(names.index, ("step_order", "repetition", "quality")))
    for session in snapshot.dicts("sessions"):
        told = SessionResources(session, snapshot.device_id)
        filled = SessionEntries(session, snapshot.device_id, forms)
        found = [entry(named) for named in (told.procedure(), told.duration(), *told.levels())]
        words: dict[str, Words] = {}
        for step in steps_below.of(session["session_id"]):
            words[str(step["order"])] = (step["region"], step["side"], step["exercise"])
            found.append(filled.step(step))
        for row in repetitions_below.of(session["session_id"]):
            values = values_of(row)
            if any(values):
                order, repetition, quality = rest_of(row)
                of_step = words.get(order, NOWHERE)
                found.append(filled.measured(order, repetition, quality, values, of_step))
        found += [entry(told.rating(rating)) for rating in ratings_below.of(session["session_id"])]
        yield found


def _dicts(snapshot: Snapshot, name: str) -> Iterator[dict[str, Any]]:
    names = TABLES[name].names
    return (dict(zip(names, row, strict=True)) for row in snapshot.rows(name))


def _cells(snapshot: Snapshot, name: str) -> Iterator[tuple[str, ...]]:
    """The rows as texts: what is kept of them packed costs a fifth of reading them from the record."""
    columns = text_columns(TABLES[name], snapshot.csv(name))
    return chain.from_iterable(zip(*cells, strict=True) for cells in columns)
