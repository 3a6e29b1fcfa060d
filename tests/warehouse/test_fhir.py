"""Transactions for a FHIR server: as often as one likes, with codes that others know, valid to those who check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fhir.resources.R4B.bundle import Bundle

from kiosk.cli import cli
from kiosk.clinic.database import open_clinic
from kiosk.package.selection import Selection
from kiosk.package.snapshot import open_snapshot
from kiosk.warehouse.fhir import transactions
from tests.package.made import BERLIN, exported, lived, record
from tests.readers.place import by_node
from tests.usb.parcels import parcel
from tests.warehouse.test_publish import a_session, taken
from tests.warehouse.years import years

LOINC = "http://loinc.org"
Resource = dict[str, Any]


def written(database: Path, out: Path) -> dict[str, list[Resource]]:
    """The entries of each file."""
    with open_clinic(database) as clinic:
        transactions(clinic, out, lambda _: None)
    found = {}
    for path in sorted(out.glob("*.json")):
        bundle = json.loads(path.read_bytes())
        assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "transaction")
        found[path.name] = bundle["entry"]
    return found


class Server:
    """What a FHIR server does with a transaction, as far as ours need it."""

    def __init__(self) -> None:
        self.held: dict[str, Resource] = {}

    def take(self, entries: list[Resource]) -> None:
        places: dict[str, str] = {}
        for entry in entries:
            resource, url = entry["resource"], entry["request"]["url"]
            kind, _, asked = url.partition("?identifier=")
            assert (entry["request"]["method"], kind) == ("PUT", resource["resourceType"])
            assert asked in identifiers(resource)
            assert "id" not in resource
            found = [place for place, held in self.held.items() if asked in identifiers(held)]
            assert len(found) <= 1
            places[entry["fullUrl"]] = found[0] if found else f"{kind}/{len(self.held) + len(places) + 1}"
        assert len(places) == len(entries)
        for entry in entries:
            assert set(references(entry["resource"])) <= places.keys()
            self.held[places[entry["fullUrl"]]] = placed(entry["resource"], places)


def identifiers(resource: Resource) -> list[str]:
    of = resource["identifier"]
    return [f"{one['system']}|{one['value']}" for one in (of if isinstance(of, list) else [of])]


def placed(value: Any, places: dict[str, str]) -> Any:
    """Every text that is the address of an entry becomes the one that the server gives it, wherever it stands."""
    if isinstance(value, dict):
        return {name: placed(inner, places) for name, inner in value.items()}
    if isinstance(value, list):
        return [placed(inner, places) for inner in value]
    return places.get(value, value) if isinstance(value, str) else value


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if "reference" in value else []
        return own + [one for inner in value.values() for one in references(inner)]
    return [one for inner in value for one in references(inner)] if isinstance(value, list) else []


def test_a_server_that_gets_them_again_has_no_more(tmp_path: Path) -> None:
    """Made once, then put over itself; each session is in one transaction with all that belongs to it."""
    years(tmp_path / "c.db", [0, 20], days=60)
    files = written(tmp_path / "c.db", tmp_path / "out")
    assert len(files) > 4
    server = Server()
    for entries in files.values():
        server.take(entries)
    once = dict(server.held)
    for entries in files.values():
        server.take(entries)
    assert server.held == once
    kinds = [resource["resourceType"] for resource in once.values()]
    assert (kinds.count("Device"), kinds.count("Questionnaire"), kinds.count("Procedure")) == (2, 1, 240)
    assert kinds.count("QuestionnaireResponse") == 240


def test_the_same_rows_give_the_same_bytes_and_nothing_old_stays(tmp_path: Path) -> None:
    """Files of before that are none any more are removed; what somebody else put there is not."""
    years(tmp_path / "c.db", [0], days=60)
    out = tmp_path / "out"
    written(tmp_path / "c.db", out)
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    written(tmp_path / "c.db", out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    (out / "notes.json").write_text("{}")
    with open_clinic(tmp_path / "c.db") as clinic:
        clinic.connection.execute("DELETE FROM sessions WHERE seq > 1")
    assert written_names(tmp_path / "c.db", out) == {"12e45678-000001.json", "notes.json"}


def written_names(database: Path, out: Path) -> set[str]:
    with open_clinic(database) as clinic:
        transactions(clinic, out, lambda _: None)
    return {path.name for path in out.iterdir()}


def of_one(tmp_path: Path, **more: Any) -> list[Resource]:
    given: dict[str, Any] = {"programme": "relax", "end_reason": "completed", "active_duration_s": 90.0}
    row = a_session("a", "2026-03-02", **{**given, **more})
    rating = {"session_id": "a", "item": "tightness.eyes", "value": 2.0, "unit": "0_3", "revision": 1}
    taken(tmp_path / "c.db", parcel(tmp_path, "d1", 1, {"sessions": [row], "ratings": [rating]}))
    (entries,) = written(tmp_path / "c.db", tmp_path / "out").values()
    return [entry["resource"] for entry in entries]


def coded(resources: list[Resource], code: str) -> Resource:
    (found,) = (one for one in resources for coding in one.get("code", {}).get("coding", ()) if coding["code"] == code)
    return found


def test_codes_that_others_know_stand_beside_ours(tmp_path: Path) -> None:
    """A duration is in minutes, as whoever knows the code expects it."""
    found = of_one(tmp_path)
    duration, activity = coded(found, "55411-3"), coded(found, "73985-4")
    assert duration["code"]["coding"][0] == {"system": "urn:facial-rehab-kiosk:observation", "code": "active-duration"}
    assert (duration["valueQuantity"]["value"], duration["valueQuantity"]["code"]) == (1.5, "min")
    assert activity["valueCodeableConcept"]["coding"][0]["code"] == "relax"
    assert all(one["code"]["coding"][1]["system"] == LOINC for one in (duration, activity))
    assert coded(found, "rating.tightness.eyes")["valueQuantity"]["value"] == 2.0


def test_a_standard_set_is_no_exercise(tmp_path: Path) -> None:
    """It is a session, with its check-in and its steps; whoever adds up exercise does not meet it."""
    codes = {
        c["code"] for one in of_one(tmp_path, programme="standard-set") for c in one.get("code", {}).get("coding", ())
    }
    assert "standard-set" in codes
    assert not codes & {"55411-3", "73985-4"}


def test_the_check_in_is_an_answered_questionnaire(tmp_path: Path) -> None:
    """Only what was answered; each link is one of the questionnaire's, which comes along."""
    found = of_one(tmp_path, pain_before_0_3=1, tiredness_0_3=0)
    (asked,) = (one for one in found if one["resourceType"] == "Questionnaire")
    (said,) = (one for one in found if one["resourceType"] == "QuestionnaireResponse")
    answers = {item["linkId"]: item["answer"] for item in said["item"]}
    assert answers == {"pain-before": [{"valueInteger": 1}], "tiredness": [{"valueInteger": 0}]}
    assert said["questionnaire"] == f"{asked['url']}|{asked['version']}"
    assert answers.keys() <= {item["linkId"] for item in asked["item"]}
    assert (said["status"], said["authored"]) == ("completed", "2026-03-02T12:00:00.000Z")


def test_nothing_asked_is_no_answer_and_no_day_is_no_date(tmp_path: Path) -> None:
    """A session that runs is not final; of one without a date none is made up."""
    found = of_one(tmp_path, end_reason=None, clock_status="unset")
    assert "QuestionnaireResponse" not in {one["resourceType"] for one in found}
    (procedure,) = (one for one in found if one["resourceType"] == "Procedure")
    assert procedure["status"] == "in-progress"
    assert "performedPeriod" not in procedure
    observations = [one for one in found if one["resourceType"] == "Observation"]
    assert {one["status"] for one in observations} == {"preliminary"}
    assert not any("effectiveDateTime" in one for one in observations)


SCORE: dict[str, Any] = {
    "patient_code": "P1",
    "scale": "comfort",
    "scored_on": "2026-03-09",
    "by": "therapist-1",
    "value": 7.0,
    "lowest": 3.0,
    "highest": 15.0,
    "answers": "3,-,4",
    "withdrawn": 0,
    "revision": 1,
}


def scored(tmp_path: Path, **more: Any) -> Resource:
    """A score, as a server of a clinic without any session is given it."""
    taken(tmp_path / "c.db", parcel(tmp_path, "d1", 1, {"scores": [{**SCORE, **more}]}))
    (entries,) = written(tmp_path / "c.db", tmp_path / "out").values()
    server = Server()
    server.take(entries)
    server.take(entries)
    (found,) = (one for one in server.held.values() if one["resourceType"] == "Observation")
    return found


def test_a_score_is_an_observation_of_its_day_and_rater(tmp_path: Path) -> None:
    """With the ends of its scale and the answers to its items, an item without an answer among them."""
    found = scored(tmp_path)
    assert (found["status"], found["effectiveDateTime"]) == ("final", "2026-03-09")
    assert found["code"]["coding"] == [{"system": "urn:facial-rehab-kiosk:scale", "code": "comfort"}]
    assert found["performer"] == [{"identifier": {"system": "urn:facial-rehab-kiosk:staff", "value": "therapist-1"}}]
    assert (found["valueQuantity"]["value"], found["valueQuantity"]["code"]) == (7.0, "{score}")
    (span,) = found["referenceRange"]
    assert (span["low"]["value"], span["high"]["value"]) == (3.0, 15.0)
    items = {one["code"]["text"]: one.get("valueQuantity", {}).get("value") for one in found["component"]}
    assert items == {"comfort.1": 3.0, "comfort.2": None, "comfort.3": 4.0}
    assert "dataAbsentReason" in found["component"][1]


def test_a_score_without_a_number_says_so_and_one_by_mistake_says_nothing_else(tmp_path: Path) -> None:
    """The number is absent with its reason; of a mistake a server keeps only that it was one."""
    unknown = scored(tmp_path, value=None, lowest=None, highest=None, answers="")
    assert unknown["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert not {"valueQuantity", "referenceRange", "component"} & unknown.keys()
    again = tmp_path / "again"
    again.mkdir()
    mistaken = scored(again, withdrawn=1)
    assert (mistaken["status"], mistaken["dataAbsentReason"]["coding"][0]["code"]) == ("entered-in-error", "error")
    assert not {"valueQuantity", "referenceRange", "component"} & mistaken.keys()


def test_names_are_those_of_the_package(tmp_path: Path) -> None:
    """Whoever has read a kiosk's own bundle finds the same sessions and steps again."""
    from kiosk.package.fhir import bundle_bytes

    data = record(tmp_path / "data", lived(people=1, sessions=2, steps=2))
    taken(tmp_path / "c.db", exported(data, tmp_path / "out").made.place)
    entries = [entry for file in written(tmp_path / "c.db", tmp_path / "fhir").values() for entry in file]
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        theirs = json.loads(b"".join(bundle_bytes(snapshot)))["entry"]
    wanted = {one["fullUrl"] for one in theirs if one["resource"]["resourceType"] in ("Device", "Procedure")}
    assert wanted <= {entry["fullUrl"] for entry in entries}


def checked(tmp_path: Path) -> list[Path]:
    """Transactions of a lived record and of one with everything odd."""
    data = record(tmp_path / "data", lived(people=2, sessions=3, steps=3))
    odd = [
        a_session("a", "2026-03-02", programme="relax", end_reason="stopped", stop_reason="tired", pain_before_0_3=0),
        a_session("b", "1970-01-01", programme="relax", clock_status="unset", resumes_session_id="a"),
    ]
    taken(
        tmp_path / "c.db",
        exported(data, tmp_path / "out").made.place,
        parcel(tmp_path, "d1", 1, {"sessions": odd, "scores": [SCORE, {**SCORE, "by": "nurse-1", "withdrawn": 1}]}),
    )
    written(tmp_path / "c.db", tmp_path / "fhir")
    return sorted((tmp_path / "fhir").iterdir())


def test_a_model_of_fhir_takes_them(tmp_path: Path) -> None:
    """fhir.resources: no error."""
    for path in checked(tmp_path):
        assert Bundle.model_validate(json.loads(path.read_bytes())).entry


@pytest.mark.slow
def test_other_validators_find_no_error(tmp_path: Path) -> None:
    """@medplum/core and fhir: no error. @medplum warns of each reference by UUID, which is how a transaction refers."""
    paths = checked(tmp_path)
    said = by_node("transactions.js", *paths)
    assert said.keys() == {path.name for path in paths}
    for one in said.values():
        assert one["fhir"] == []
        assert not [
            line for line in one["medplum"] if not line.startswith('warning: Invalid reference: got "urn:uuid:')
        ]


@pytest.mark.slow
def test_a_server_of_others_has_no_more_either(tmp_path: Path) -> None:
    """@medplum/fhir-router, given all twice: each is made once, then put over itself, and refers to what is there."""
    paths = checked(tmp_path)
    first, second = by_node("server.js", *paths)
    assert (first["status"].keys(), second["status"].keys()) == ({"201", "200"}, {"200"})
    assert first["held"] == second["held"]
    kinds = [entry["resource"]["resourceType"] for path in paths for entry in json.loads(path.read_bytes())["entry"]]
    assert first["held"]["Procedure"] == kinds.count("Procedure")
    assert (first["held"]["Device"], first["held"]["Questionnaire"]) == (2, 1)
    assert second["refers"] == ["Device", "Procedure"]


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    """Kiosk after kiosk, and counts."""
    years(tmp_path / "c.db", [0], days=1)
    ran = CliRunner().invoke(cli, ["clinic", "fhir", str(tmp_path / "c.db"), "--out", str(tmp_path / "out")])
    assert (ran.exit_code, ran.stderr) == (0, "12e45678\n")
    (path,) = (tmp_path / "out").iterdir()
    count = len(json.loads(path.read_bytes())["entry"])
    assert ran.stdout == f"{tmp_path / 'out'}: 1 transactions, {count} resources of 2 sessions and 0 scores\n"
