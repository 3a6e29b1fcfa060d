"""A plan goes to another kiosk whole, and nothing that staff could not have set comes in with one."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.care.model import Injection, Movement, Override, Permission, Person, Region, Side, Stage, Tick
from kiosk.care.reasons import REASONS
from kiosk.errors import PackageError
from kiosk.handover.plan import plan_bytes, read_plan
from tests.handover.made import code

RULE = next(reason.code for reason in REASONS.values() if reason.overridable)
DAY = date(2026, 3, 2)
PERSON = Person(
    code=code(1),
    stage=Stage.PARETIC,
    side=Side.LEFT,
    ticks=(Tick(movement=Movement.SMILE, seen_on=DAY, by="therapist-1"),),
    injections=(Injection(given_on=DAY, regions=(Region.EYES,), no_touch_until=date(2026, 3, 16)),),
    overrides=(Override(rule=RULE, reason="therapist-examined", by="therapist-1", on=DAY),),
    permissions=(Permission.NECK, Permission.CLIPS),
    locked=("first-movements",),
)


def raw(*persons: Person) -> bytes:
    return b"".join(plan_bytes(persons))


def test_it_comes_back_without_the_consents() -> None:
    """Stage, ticks and settings travel. That a person agreed to be filmed here does not mean that they do there."""
    assert read_plan(raw(PERSON)) == msgspec.structs.replace(PERSON, permissions=(Permission.NECK,))
    other = msgspec.structs.replace(PERSON, code=code(2))
    assert read_plan(raw(PERSON, other), code(2)).code == code(2)
    with pytest.raises(PackageError, match="2 persons to choose from"):
        read_plan(raw(PERSON, other))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"code": "AAAAAA"}, "no code of a person"),
        ({"language": "<script>"}, "no language code"),
        ({"ticks": PERSON.ticks * 2}, "a movement stands there twice"),
        ({"reviewed_by": "Dr. Who"}, "no staff slot"),
        ({"overrides": (msgspec.structs.replace(PERSON.overrides[0], rule="flaccid"),)}, "cannot open"),
        ({"overrides": (msgspec.structs.replace(PERSON.overrides[0], reason="because"),)}, "not in the list"),
        ({"injections": (msgspec.structs.replace(PERSON.injections[0], regions=()),)}, "no region"),
        ({"injections": (msgspec.structs.replace(PERSON.injections[0], no_touch_until=date(2025, 1, 1)),)}, "an end"),
        ({"locked": ("../x",)}, "no programme"),
        ({"locked": ("x",) * 201}, "more than 200"),
        ({"pause_until": date(9999, 1, 1)}, "out of all reason"),
    ],
)
def test_what_staff_could_not_have_set_is_refused(change: dict[str, Any], reason: str) -> None:
    """Each with its place and its reason."""
    with pytest.raises(PackageError, match=reason):
        read_plan(raw(msgspec.structs.replace(PERSON, **change)))


@pytest.mark.parametrize(
    "given_bytes",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"format": 2, "persons": []}',
        b'{"format": 1, "persons": [], "more": 1}',
        b'{"format": 1, "persons": [{"code": "x", "stage": "asleep"}]}',
        b'{"format": 1, "persons": [{"code": "x", "motto": "y"}]}',
        b" " * 300_000,
        b"\xff\xfe",
    ],
)
def test_other_files_are_refused(given_bytes: bytes) -> None:
    """No file of another kind, version or size is taken for a plan."""
    with pytest.raises(PackageError, match="plan"):
        read_plan(given_bytes)


@given(st.integers(0, 10_000), st.binary(max_size=3), st.integers(0, 2))
def test_no_mutant_gets_past_the_validator_or_crashes_it(at: int, piece: bytes, drop: int) -> None:
    """A changed plan is either refused in words, or is one that staff could have set."""
    good = raw(PERSON)
    at %= len(good)
    mutant = good[:at] + piece + good[at + drop :]
    try:
        person = read_plan(mutant)
    except PackageError:
        return
    assert read_plan(raw(person)) == person
