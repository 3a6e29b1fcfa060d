"""Sessions as FHIR R4 resources, each behind its name.

A person is an identifier and nothing else. Words of ours are in code systems of our own; units are UCUM.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any, Generic, TypeVar

from kiosk import __version__
from kiosk.records.daytime import UNSET

BASE = "urn:facial-rehab-kiosk"
SPACE = uuid.UUID("6f1cfb0e-2a9b-5d27-9f7c-0b1d3f0a7c11").bytes
"""Names of resources are made from their keys in this space: the same row has the same name in every package."""
VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
UCUM = "http://unitsofmeasure.org"
MEASURES: Mapping[str, tuple[str, str]] = {
    "excursion_left_mm": ("excursion-left", "mm"),
    "excursion_right_mm": ("excursion-right", "mm"),
    "symmetry_ratio": ("symmetry-ratio", "1"),
    "onset_lag_ms": ("onset-lag", "ms"),
    "peak_speed_mm_s": ("peak-speed", "mm/s"),
    "closure_left_ratio": ("closure-left", "1"),
    "closure_right_ratio": ("closure-right", "1"),
}
RATED = ("pain_before_0_3", "pain_after_0_3", "tiredness_0_3")
STATUS = {None: "in-progress", "completed": "completed"}

Row = TypeVar("Row", dict[str, Any], tuple[Any, ...])
Named = tuple[str, dict[str, Any]]
"""A resource behind its name, a UUID."""


def device_resource(device_id: str, version: str = __version__) -> Named:
    """The kiosk, with the version of its program."""
    resource = {
        "resourceType": "Device",
        "identifier": [identifier("device", device_id)],
        "deviceName": [{"name": "Facial rehab kiosk", "type": "user-friendly-name"}],
        "version": [{"value": version}],
    }
    return resource_name(device_id, "device"), resource


class RowsBySession(Generic[Row]):
    """Rows that come in the order of their sessions, handed out session by session. ``place``: where a row names it."""

    def __init__(self, rows: Iterator[Row], place: Any = "session_id") -> None:
        self._rows: Iterator[Row] = rows
        self._session = itemgetter(place)
        self._next: Row | None = next(rows, None)

    def of(self, session_id: str) -> list[Row]:
        """The next rows, where they are of this session."""
        found = []
        while self._next is not None and self._session(self._next) == session_id:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found


class SessionResources:
    """One session, a row of the table by column, and what belongs to it."""

    def __init__(self, row: dict[str, Any], device_id: str) -> None:
        self._row, self._device_id = row, device_id
        self._name = resource_name(device_id, row["session_id"])
        device = resource_name(device_id, "device")
        self._dated = row["clock_status"] != UNSET
        self._shared = {
            "subject": {"identifier": identifier("person", row["patient_code"])},
            "partOf": [{"reference": f"urn:uuid:{self._name}"}],
            "device": {"reference": f"urn:uuid:{device}"},
        }

    def procedure(self) -> Named:
        """The session itself."""
        row = self._row
        resource: dict[str, Any] = {
            "resourceType": "Procedure",
            "identifier": [identifier("session", row["session_id"])],
            "status": STATUS.get(row["end_reason"], "stopped"),
            "code": concept("programme", row["programme"]),
            "subject": self._shared["subject"],
            "usedReference": [self._shared["device"]],
        }
        reason = row["stop_reason"] or row["end_reason"]
        if resource["status"] == "stopped" and reason:
            resource["statusReason"] = concept("end-reason", reason)
        if self._dated:
            period = {"start": row["start_utc"], "end": row["end_utc"]}
            resource["performedPeriod"] = {name: moment for name, moment in period.items() if moment}
        else:
            resource["performedString"] = f"The date is not known: number {row['seq']} of this kiosk"
        if row["resumes_session_id"]:
            resumed = resource_name(self._device_id, row["resumes_session_id"])
            resource["note"] = [{"text": f"goes on with urn:uuid:{resumed}"}]
        return self._name, resource

    def duration(self) -> Named:
        """The time in steps."""
        return self.observation("active-duration", "", quantity(self._row["active_duration_s"], "s"))

    def levels(self) -> Iterator[Named]:
        """The answers before and after, as far as there are any."""
        for code, level in self.answered():
            yield self.observation(code, "", quantity(level, "{score}"))

    def answered(self) -> Iterator[tuple[str, int]]:
        """Each answer of before and after, by our code for it."""
        for name in RATED:
            if self._row[name] is not None:
                yield name.removesuffix("_0_3").replace("_", "-"), self._row[name]

    def step(self, step: dict[str, Any]) -> Named:
        """An observation of a step: how often it was done, of how often it was planned."""
        parts = [
            _component("planned-repetitions", step["planned_repetitions_count"], "{count}"),
            _component("hold-target", step["hold_target_s"], "s"),
        ]
        more = {"component": parts, **_place(step)}
        done = quantity(step["done_repetitions_count"], "{count}")
        return self.observation("done-repetitions", f"{step['order']}", done, more)

    def measured(self, repetition: dict[str, Any], step: Mapping[str, Any]) -> Named:
        """An observation of what the camera measured in one repetition."""
        found = [(code, repetition[name], unit) for name, (code, unit) in MEASURES.items()]
        parts = [_component(code, value, unit) for code, value, unit in found if value is not None]
        more: dict[str, Any] = {"component": parts, **_place(step)}
        if repetition["quality"]:
            more["interpretation"] = [concept("quality", repetition["quality"])]
        key = f"{repetition['step_order']}.{repetition['repetition']}"
        return self.observation("repetition", key, {}, more)

    def rating(self, rating: dict[str, Any]) -> Named:
        """An observation of an answer on a scale."""
        return self.observation(f"rating.{rating['item']}", "", quantity(rating["value"], "{score}"))

    def observation(self, code: str, key: str, value: dict[str, Any], more: Mapping[str, Any] | None = None) -> Named:
        """An observation of this session under our ``code`` (and ``key``, where there are several), with its value."""
        resource = {
            "resourceType": "Observation",
            "status": "final" if self._row["end_reason"] else "preliminary",
            "code": concept("observation", code),
            **self._shared,
            **value,
            **(more or {}),
        }
        if self._dated:
            resource["effectiveDateTime"] = self._row["start_utc"]
        return resource_name(self._device_id, f"{self._row['session_id']}/{code}/{key}"), resource


def score(row: Mapping[str, Any], device_id: str) -> Named:
    """A score that staff gave, as an observation; by a slot of the kiosk's staff, on a day. Items are components.

    One that was entered by mistake says so, and nothing of what it was; where too many items had no answer the number
    is absent, and why.
    """
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "entered-in-error" if row["withdrawn"] else "final",
        "code": concept("scale", row["scale"]),
        "subject": {"identifier": identifier("person", row["patient_code"])},
        "device": {"reference": f"urn:uuid:{resource_name(device_id, 'device')}"},
        "performer": [{"identifier": identifier("staff", row["by"])}],
        "effectiveDateTime": row["scored_on"],
    }
    if row["withdrawn"]:
        resource["dataAbsentReason"] = _absent("error")
    else:
        resource |= _scored(row)
    key = f"score/{row['patient_code']}/{row['scale']}/{row['scored_on']}/{row['by']}"
    return resource_name(device_id, key), resource


def _scored(row: Mapping[str, Any]) -> dict[str, Any]:
    value = row["value"]
    found: dict[str, Any] = {"dataAbsentReason": _absent("unknown")} if value is None else quantity(value, "{score}")
    bounds = (("low", row["lowest"]), ("high", row["highest"]))
    span = {name: quantity(bound, "{score}")["valueQuantity"] for name, bound in bounds if bound is not None}
    if span:
        found["referenceRange"] = [{**span, "text": "from the lowest to the highest number of the scale"}]
    answers = row["answers"].split(",") if row["answers"] else []
    if answers:
        found["component"] = [
            {
                "code": concept("item", f"{row['scale']}.{number}"),
                **({"dataAbsentReason": _absent("unknown")} if answer == "-" else quantity(float(answer), "{score}")),
            }
            for number, answer in enumerate(answers, 1)
        ]
    return found


def _absent(why: str) -> dict[str, Any]:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": why}]}


def _place(step: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if step.get("region"):
        found["bodySite"] = concept("region", f"{step['region']}.{step['side']}" if step["side"] else step["region"])
    if step.get("exercise"):
        found["method"] = concept("exercise", step["exercise"])
    return found


def resource_name(device_id: str, key: str) -> str:
    """The UUID of what a kiosk has under a key: the same in every package and bundle."""
    return uuid_of(hashlib.sha1(SPACE + f"{device_id}/{key}".encode(), usedforsecurity=False).hexdigest())


def uuid_of(raw: str) -> str:
    """The UUID of a SHA-1 in hexadecimal: what uuid.uuid5 makes, in a third of the time."""
    return f"{raw[:8]}-{raw[8:12]}-5{raw[13:16]}-{VARIANTS[raw[16]]}{raw[17:20]}-{raw[20:32]}"


def identifier(kind: str, value: str) -> dict[str, str]:
    """An identifier in a system of ours."""
    return {"system": f"{BASE}:{kind}", "value": value}


def concept(system: str, code: str) -> dict[str, Any]:
    """A word of ours as a CodeableConcept."""
    return {"coding": [{"system": f"{BASE}:{system}", "code": code}], "text": code}


def quantity(value: float, unit: str) -> dict[str, Any]:
    """A value with its unit of UCUM, as an observation has it."""
    return {"valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}}


def _component(code: str, value: float, unit: str) -> dict[str, Any]:
    return {"code": concept("observation", code), **quantity(value, unit)}
