"""A clinic's database as FHIR R4 transactions, which a server may be given again and again.

Every resource is identified by the UUID that its row has in every package, and is put by that identifier: the first
time it is made, later it is overwritten by the same. The identifier is the bare UUID: where it was ``urn:uuid:…``, as
the address of its entry is, a server put its own address in its place, and found nothing by it the next time.
Repetitions are left out: an electronic record wants sessions, not ten lines of each.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from kiosk.clinic.database import Clinic, saying
from kiosk.fhir.resources import (
    BASE,
    Named,
    RowsBySession,
    SessionResources,
    concept,
    device_resource,
    identifier,
    quantity,
    resource_name,
    score,
)
from kiosk.package.schema import SETS, TABLES
from kiosk.safefiles import sync_folder

AT_ONCE = 400
"""Resources of one transaction, about: a session is in one with all that belongs to it. Servers take some thousands."""
LOINC = "http://loinc.org"
DURATION = {"system": LOINC, "code": "55411-3", "display": "Exercise duration"}
ACTIVITY = {"system": LOINC, "code": "73985-4", "display": "Exercise activity"}
CATEGORY = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "activity"}
ROW = "row"
"""The system of the identifiers by which resources are put."""
CHECK_IN = f"{BASE}:questionnaire:check-in"
CHECK_IN_VERSION = "1"
ASKED = {
    "pain-before": "Pain before: 0 none, 1 mild, 2 moderate, 3 severe",
    "tiredness": "Tiredness: 0 fresh to 3 very tired",
    "pain-after": "Pain after: 0 none, 1 mild, 2 moderate, 3 severe",
}
NAME = "{device}-{number:06d}.json"
OURS = re.compile(r".+-[0-9]{6}\.json(\.part)?")


@dataclass(slots=True)
class Transactions:
    """The transactions below a folder: so many ``bundles`` of so many ``resources``, of ``sessions`` and ``scores``.

    ``removed``: files of before that are no longer among them.
    """

    bundles: int = 0
    resources: int = 0
    sessions: int = 0
    scores: int = 0
    removed: int = 0


def transactions(clinic: Clinic, out: Path, tell: Callable[[str], None]) -> Transactions:
    """Write the transactions of each kiosk into the folder ``out``; ``tell`` hears of it before.

    Raises ClinicError, OSError.
    """
    out.mkdir(parents=True, exist_ok=True)
    made, names = Transactions(), set[str]()
    with saying(clinic.path):
        clinic.connection.execute("BEGIN")  # one moment of the database
        try:
            asked = "SELECT device_id FROM sessions UNION SELECT device_id FROM scores ORDER BY 1"
            for (device,) in clinic.connection.execute(asked).fetchall():
                tell(device)
                kiosk = device_resource(device, _version(clinic, device))
                for number, resources in enumerate(_parted(clinic, device, made), 1):
                    name = NAME.format(device=re.sub(r"[^A-Za-z0-9]", "-", device), number=number)
                    _put(out / name, [kiosk, _questionnaire(), *resources])
                    names.add(name)
                    made.bundles += 1
                    made.resources += len(resources) + 2
        finally:
            clinic.connection.execute("ROLLBACK")
    for entry in list(out.iterdir()):
        if OURS.fullmatch(entry.name) and entry.name not in names and entry.is_file():
            entry.unlink()
            made.removed += 1
    sync_folder(out)
    return made


def _parted(clinic: Clinic, device: str, made: Transactions) -> Iterator[list[Named]]:
    """Whole sessions, then scores, so many that each part has ``AT_ONCE`` resources or little more."""
    part: list[Named] = []
    for resources in chain(_sessions(clinic, device, made), _scores(clinic, device, made)):
        part += resources
        if len(part) >= AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _scores(clinic: Clinic, device: str, made: Transactions) -> Iterator[list[Named]]:
    for row in _rows(clinic, "scores", device):
        made.scores += 1
        yield [score(row, device)]


def _sessions(clinic: Clinic, device: str, made: Transactions) -> Iterator[list[Named]]:
    below = {name: RowsBySession(_rows(clinic, name, device)) for name in ("steps", "ratings")}
    for row in _rows(clinic, "sessions", device):
        made.sessions += 1
        told = SessionResources(row, device)
        found = [told.procedure()]
        if row["programme"] not in SETS:  # exercise, as everybody counts it
            found += [_activity(told, row), _duration(told, row)]
        answers = dict(told.answered())
        if answers:
            found.append(_check_in(row, device, told.procedure()[1], answers))
        found += map(told.step, below["steps"].of(row["session_id"]))
        found += map(told.rating, below["ratings"].of(row["session_id"]))
        yield found


def _version(clinic: Clinic, device: str) -> str:
    """The version of the kiosk's program in its newest package."""
    asked = "SELECT app_version FROM merged WHERE device_id = ? ORDER BY package_seq DESC, manifest_sha256 LIMIT 1"
    found = clinic.connection.execute(asked, (device,)).fetchone()
    return str(found[0]) if found and found[0] else "unknown"


def _rows(clinic: Clinic, name: str, device: str) -> Iterator[dict[str, Any]]:
    table = TABLES[name]
    order = ", ".join(f'"{key}"' for key in table.key)
    cursor = clinic.connection.execute(f'SELECT * FROM "{name}" WHERE device_id = ? ORDER BY {order}', (device,))  # noqa: S608
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def _activity(told: SessionResources, row: dict[str, Any]) -> Named:
    return _coded(
        told.observation("activity", "", {"valueCodeableConcept": concept("programme", row["programme"])}), ACTIVITY
    )


def _duration(told: SessionResources, row: dict[str, Any]) -> Named:
    """In minutes, as readers of the code expect it."""
    name, resource = _coded(told.duration(), DURATION)
    return name, {**resource, **quantity(round((row["active_duration_s"] or 0) / 60, 3), "min")}


def _coded(named: Named, coding: dict[str, str]) -> Named:
    """The observation with a code that everybody knows, beside ours."""
    name, resource = named
    code = {**resource["code"], "coding": [*resource["code"]["coding"], coding]}
    return name, {**resource, "code": code, "category": [{"coding": [CATEGORY]}]}


def _questionnaire() -> Named:
    items = [{"linkId": link, "text": text, "type": "integer", "required": False} for link, text in ASKED.items()]
    resource = {
        "resourceType": "Questionnaire",
        "url": CHECK_IN,
        "version": CHECK_IN_VERSION,
        "title": "Check-in before and after a session",
        "status": "active",
        "item": items,
    }
    return resource_name("", CHECK_IN), resource


def _check_in(row: dict[str, Any], device: str, procedure: dict[str, Any], answers: dict[str, int]) -> Named:
    resource = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{CHECK_IN}|{CHECK_IN_VERSION}",
        "status": "completed" if row["end_reason"] else "in-progress",
        "subject": procedure["subject"],
        "partOf": [{"reference": f"urn:uuid:{resource_name(device, row['session_id'])}"}],
        "item": [
            {"linkId": link, "text": text, "answer": [{"valueInteger": answers[link]}]}
            for link, text in ASKED.items()
            if link in answers
        ],
    }
    if "performedPeriod" in procedure:
        resource["authored"] = procedure["performedPeriod"]["start"]
    return resource_name(device, f"{row['session_id']}/check-in/"), resource


def _entry(named: Named) -> dict[str, Any]:
    name, resource = named
    own = identifier(ROW, name)
    kind = resource["resourceType"]
    # Of one kind of resource FHIR has room for a single identifier.
    identifiers = own if kind == "QuestionnaireResponse" else [own, *resource.get("identifier", ())]
    return {
        "fullUrl": f"urn:uuid:{name}",
        "resource": {"resourceType": kind, "identifier": identifiers, **_without_identifier(resource)},
        "request": {"method": "PUT", "url": f"{kind}?identifier={own['system']}|{own['value']}"},
    }


def _without_identifier(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name not in ("identifier", "resourceType")}


def _put(path: Path, resources: list[Named]) -> None:
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [_entry(named) for named in resources]}
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(msgspec.json.encode(bundle))
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
