"""A plan goes to another kiosk whole, and nothing that staff could not have set comes in with one."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.care.model import Movement, Permission, Region, Side, Stage
from kiosk.care.person import RISKS, Injection, Override, OwnDose, Person, SeenTick
from kiosk.care.reasons import REASONS
from kiosk.errors import PackageError
from kiosk.plans.plan import (
    OLDER,
    Bed,
    bed_of,
    person_of,
    plan_bytes,
    read_own,
    read_plan,
    read_settings,
)
from tests.package.made import code

RULE = next(reason.code for reason in REASONS.values() if reason.overridable)
DAY = date(2026, 3, 2)
PERSON = Person(
    code=code(1),
    stage=Stage.PARETIC,
    side=Side.LEFT,
    ticks=(SeenTick(movement=Movement.SMILE, seen_on=DAY, by="therapist-1"),),
    injections=(Injection(given_on=DAY, regions=(Region.EYES,), no_touch_until=date(2026, 3, 16)),),
    overrides=(Override(rule=RULE, reason="therapist-examined", by="therapist-1", on=DAY),),
    permissions=(Permission.NECK, Permission.CLIPS),
    locked=("first-movements",),
    doses=(
        OwnDose(
            programme="quiet-control",
            exercise="smile-eye-soft",
            hold_s=2,
            repetitions=3,
            rest_s=10,
            by="therapist-1",
            on=DAY,
            was=(3, 3, 10),
        ),
    ),
)


ROWS = {
    "setting.sound.volume": "3",
    "setting.sound.voice": "0",
    "setting.buttons.single_switch": "1",
    "setting.buttons.scan_ms": "3000",
    "setting.buttons.refractory_ms": "250",
    "setting.handover.protection": "none",
}
STATE = {"bound": PERSON.code, "setting.sound.volume": "1"}
BED = bed_of(STATE.get, lambda code: ROWS if code == PERSON.code else {})
CHANGED = {
    "sound.volume": 3,
    "sound.voice": False,
    "buttons.single_switch": True,
    "buttons.scan_ms": 3_000,
    "buttons.refractory_ms": 250,
}


def raw(*persons: Person, bed: Bed | None = None) -> bytes:
    return b"".join(plan_bytes(persons, bed))


def test_it_comes_back_without_the_consents() -> None:
    """Stage, ticks and settings travel. That a person agreed to be filmed here does not mean that they do there."""
    assert read_plan(raw(PERSON)) == msgspec.structs.replace(PERSON, permissions=(Permission.NECK,))
    other = msgspec.structs.replace(PERSON, code=code(2))
    assert read_plan(raw(PERSON, other), code(2)).code == code(2)
    with pytest.raises(PackageError, match="2 persons to choose from"):
        read_plan(raw(PERSON, other))


@pytest.mark.parametrize("risk", RISKS)
def test_a_no_of_before_questions_could_be_unasked_is_no_answer(risk: str) -> None:
    """An older plan said no where nobody had asked: its yes is kept, and its no must be asked for."""
    for said, read in ((True, True), (False, None)):
        older = {**dict.fromkeys(RISKS, False), risk: said}
        row = {"code": PERSON.code, "stage": "paretic", **older}
        persons = (
            person_of(msgspec.json.encode(row).decode(), PERSON.code),
            read_plan(msgspec.json.encode({"format": OLDER, "persons": [row]})),
        )
        for person in persons:
            assert (person.stage, getattr(person, risk)) == (Stage.PARETIC, read)
            assert [getattr(person, other) for other in RISKS if other != risk] == [None] * 4
    for answer in (True, False, None):
        kept = msgspec.structs.replace(PERSON, **{risk: answer})
        assert getattr(read_plan(raw(kept)), risk) is answer


def test_settings_that_suit_the_person_travel_with_the_plan() -> None:
    """Whoever needs one switch needs it at the next bed too; how packages are protected is that clinic's business."""
    made = raw(PERSON, bed=BED)
    assert read_settings(made, PERSON.code) == CHANGED
    assert read_plan(made) == read_plan(raw(PERSON))
    assert read_settings(made, code(2)) == {}
    assert b"protection" not in made


OWN = {
    "own.wish": "3:2026-03-02:2026-03-09",
    "own.reminders": "8,14",
    "question.pressure": "asked:2026-03-03",
    "question.eye": "answered:",
}


def test_what_the_person_chose_travels_with_the_plan() -> None:
    """A wish, reminders and questions are theirs, whichever kiosk they lie at; what cannot be read stays behind."""
    held = {**OWN, "own.wish.old": "x", "question.shoes": "asked:", "setting.sound.volume": "3"}
    made = raw(PERSON, bed=bed_of(STATE.get, lambda _code: held))
    assert read_own(made, PERSON.code) == OWN
    assert read_own(made, code(2)) == {}
    assert read_own(raw(PERSON, bed=BED), PERSON.code) == {}
    assert read_settings(made, PERSON.code) == {"sound.volume": 3}


def test_only_a_file_with_what_the_person_chose_is_of_the_new_format() -> None:
    """An older kiosk takes what it can take whole, and refuses the rest by its number instead of losing it."""
    formats = [
        msgspec.json.decode(raw(PERSON, bed=bed_of(STATE.get, lambda _code, held=held: held)))["format"]  # type: ignore[misc]
        for held in ({}, ROWS, OWN)
    ]
    assert formats == [2, 2, 3]
    newer = raw(PERSON).replace(b'"format": 2', b'"format": 4, "moods": []')
    with pytest.raises(PackageError, match="another version \\(format 4, this one knows 3\\)"):
        read_plan(newer)


@pytest.mark.parametrize(
    "own", [{"own.wish": "9:2026-03-02:"}, {"own.reminders": "8, 9"}, {"question.shoes": "asked:"}, {"stage": "x"}]
)
def test_what_nobody_could_have_chosen_is_refused(own: dict[str, str]) -> None:
    """With its place, as everything else in the file."""
    made = raw(PERSON, bed=bed_of(STATE.get, lambda _code: OWN))
    plan = msgspec.json.decode(made)
    plan["bed"]["own"] = own
    with pytest.raises(PackageError, match=r"own: this is no wish.*bed"):
        read_plan(msgspec.json.encode(plan))


def test_a_bed_without_its_person_is_not_told_of() -> None:
    """A package of somebody else holds no byte of whoever lies there now; an older file has no settings."""
    other = msgspec.structs.replace(PERSON, code=code(2))
    assert raw(other, bed=BED) == raw(other)
    assert read_settings(raw(PERSON), PERSON.code) == {}
    assert bed_of({"bound": ""}.get, lambda _code: ROWS) is None
    assert read_settings(raw(PERSON, bed=bed_of({"bound": PERSON.code}.get)), PERSON.code) == {}


def test_a_row_that_cannot_be_read_does_not_keep_back_the_others() -> None:
    """As the kiosk itself passes it over."""
    bed = bed_of(STATE.get, lambda _code: {**ROWS, "setting.sound.volume": "loud", "setting.sound.voice": "2"})
    assert bed is not None
    assert bed.settings == {name: value for name, value in CHANGED.items() if "sound" not in name}


@pytest.mark.parametrize(
    "bed",
    [
        '{"code": "x"}',
        '{"code": "x", "settings": {"sound.volume": 4}}',
        '{"code": "x", "settings": {"sound.volume": "3"}}',
        '{"code": "x", "settings": {"buttons.scan_ms": 1}}',
        '{"code": "x", "settings": {"handover.protection": "none"}}',
        '{"code": "x", "settings": {}, "more": 1}',
        "[]",
    ],
)
def test_settings_that_staff_could_not_have_chosen_are_refused(bed: str) -> None:
    """Out of range, of another kind, or of the place: neither plan nor settings are taken from such a file."""
    file = raw(PERSON).rstrip()[:-1] + f', "bed": {bed}}}'.encode()
    for read in (lambda: read_plan(file), lambda: read_settings(file, PERSON.code)):
        with pytest.raises(PackageError, match="bed"):
            read()


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
        ({"doses": PERSON.doses * 2}, "an exercise stands there twice"),
        ({"doses": (msgspec.structs.replace(PERSON.doses[0], exercise="../x"),)}, "no programme, or no exercise"),
        ({"doses": (msgspec.structs.replace(PERSON.doses[0], by="Dr. Who"),)}, "no staff slot"),
        ({"doses": (msgspec.structs.replace(PERSON.doses[0], on=date(1066, 1, 1)),)}, "out of all reason"),
        ({"doses": (msgspec.structs.replace(PERSON.doses[0], hold_s=301),)}, "hold_s"),
        ({"locked": ("x",) * 201}, "too many entries"),
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
    good = raw(PERSON, bed=BED)
    at %= len(good)
    mutant = good[:at] + piece + good[at + drop :]
    try:
        person = read_plan(mutant)
        read_settings(mutant, PERSON.code)
    except PackageError:
        return
    assert read_plan(raw(person)) == person
