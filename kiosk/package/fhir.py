"""The package's FHIR bundle (R4, type ``collection``), streamed one entry a line."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kiosk.fhir.resources import MEASURES, Named, RowsBySession, SessionResources, device_resource, identifier
from kiosk.package.snapshot import Snapshot


def bundle_bytes(snapshot: Snapshot) -> Iterator[bytes]:
    """The file, piece by piece."""
    head = {"resourceType": "Bundle", "type": "collection", "identifier": identifier("package", snapshot.package)}
    yield msgspec.json.encode(head)[:-1] + b',"entry":['
    yield _entry(device_resource(snapshot.device_id))
    for resource in _resources(snapshot):
        yield b",\n" + _entry(resource)
    yield b"]}\n"


def _resources(snapshot: Snapshot) -> Iterator[Named]:
    """Session by session; the tables below it come in the same order, so each is read once and side by side."""
    below = {name: RowsBySession(snapshot.dicts(name)) for name in ("steps", "repetitions", "ratings")}
    for session in snapshot.dicts("sessions"):
        told = SessionResources(session, snapshot.device_id)
        yield told.procedure()
        yield told.duration()
        yield from told.levels()
        groups = {name: groups.of(session["session_id"]) for name, groups in below.items()}
        steps = {step["order"]: step for step in groups["steps"]}
        for step in steps.values():
            yield told.step(step)
        for repetition in groups["repetitions"]:
            if any(repetition[name] is not None for name in MEASURES):
                yield told.measured(repetition, steps.get(repetition["step_order"], {}))
        for rating in groups["ratings"]:
            yield told.rating(rating)


def _entry(named: Named) -> bytes:
    name, resource = named
    return msgspec.json.encode({"fullUrl": f"urn:uuid:{name}", "resource": {**resource, "id": name}})
