"""The package's FHIR bundle (R4, type ``collection``), streamed one entry a line."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import msgspec

from kiosk.fhir.forms import NOWHERE, SessionEntries, entry
from kiosk.fhir.resources import MEASURES, RowsBySession, SessionResources, device_resource, identifier
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
    repetitions_below = RowsBySession(snapshot.rows("repetitions"), names.index("session_id"))
    ratings_below = RowsBySession(_dicts(snapshot, "ratings"))
    values_of = itemgetter(*map(names.index, MEASURES))
    rest_of = itemgetter(*map(names.index, ("step_order", "repetition", "quality")))
    for session in snapshot.dicts("sessions"):
        told = SessionResources(session, snapshot.device_id)
        filled = SessionEntries(session, snapshot.device_id, forms)
        found = [entry(named) for named in (told.procedure(), told.duration(), *told.levels())]
        words = {}
        for step in steps_below.of(session["session_id"]):
            words[step["order"]] = (step["region"], step["side"], step["exercise"])
            found.append(filled.step(step))
        for row in repetitions_below.of(session["session_id"]):
            values = values_of(row)
            if values.count(None) < len(values):
                order, repetition, quality = rest_of(row)
                of_step = words.get(order, NOWHERE)
                found.append(filled.measured(order, repetition, quality, values, of_step))
        found += [entry(told.rating(rating)) for rating in ratings_below.of(session["session_id"])]
        yield found


def _dicts(snapshot: Snapshot, name: str) -> Iterator[dict[str, Any]]:
    names = TABLES[name].names
    return (dict(zip(names, row, strict=True)) for row in snapshot.rows(name))
