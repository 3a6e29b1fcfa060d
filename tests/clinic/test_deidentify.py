"""What leaves a clinic for research tells what was practised, and of nobody who they are, where and on which day."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from frictionless import Package as Frictionless
from frictionless import system
from hypothesis import given
from hypothesis import strategies as st

from kiosk.care.model import Side, Stage
from kiosk.care.person import Cause, Onset, OnsetBand, Person
from kiosk.cli import cli
from kiosk.clinic.database import open_clinic
from kiosk.clinic.deidentify import deidentify
from kiosk.clinic.groups import BAND, CAUSE, Group, merged, sizes, small
from kiosk.clinic.merge import MergeOutcome, merge
from kiosk.clinic.redcap import HEADER
from kiosk.clinic.without_names import DEIDENTIFIED
from kiosk.errors import ClinicError
from kiosk.package.protection import Keys
from kiosk.package.schema import TABLES
from kiosk.rows.kinds import InjectionRow, PersonRow, RatingRow, Row, StateRow
from tests.package.made import code, exported, record
from tests.records.helpers import repetition
from tests.report.test_report import DAY, on, practised

OURS = frozenset(("relax", "small-smile"))
FIRST = DAY.date()


def person(number: int, cause: Cause = Cause.BELL, onset: Onset | None = None) -> PersonRow:
    who = Person(code=code(number), stage=Stage.PARETIC, side=Side.LEFT, cause=cause, onset=onset)
    return PersonRow(
        patient_code=who.code,
        revision=1,
        valid_from_utc="2026-03-01T07:00:00.000Z",
        stage="paretic",
        affected_side="left",
        onset_band=onset.band if onset else "unknown",
        cause=cause,
        reviewed_by="therapist-1",
        profile=msgspec.json.encode(who).decode(),
    )


def lived() -> Iterator[Row]:
    """An onset on a day, a session before the clock was set, a programme and an exercise of the clinic's own."""
    yield StateRow("device_id", "kdeadbeef")
    yield person(0, onset=Onset(on=FIRST - timedelta(days=40), band=OnsetBand.WEEKS_6_TO_12))
    rows = [
        on(0, 1, programme="relax", pain_before_0_3=1),
        on(8, 2, programme="st-mary-special", end_reason="stopped", stop_reason="tired"),
        on(0, 3, programme="relax", clock_status="unset", start_utc="1970-01-01T00:10:00.000Z", utc_offset_min=None),
    ]
    yield from rows
    yield practised("s1", 0, "small-smile", 4, 5, 3.0)
    yield practised("s2", 0, "st-mary-smile", 5, 5)
    yield msgspec.structs.replace(repetition(0), step_order=0, session_id="s1")
    yield RatingRow("s1", "tightness.eyes", 2.0, "0_3")
    yield InjectionRow(code(0), "2026-03-20", "eyes", by="therapist-1")
    yield InjectionRow(code(0), "2026-03-21", "chin", by="therapist-1", withdrawn=True)


def clinic_of(rows: Iterator[Row], here: Path) -> Path:
    """The clinic's file with one package of that record."""
    place = exported(record(here / "data", rows), here / "packages").made.place
    with open_clinic(here / "clinic.db") as clinic:
        assert [one.outcome for one in merge(clinic, [place], Keys())] == [MergeOutcome.MERGED]
    return here / "clinic.db"


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="ascii", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One person's practice, de-identified."""
    with open_clinic(clinic_of(lived(), tmp_path)) as clinic:
        deidentify(clinic, tmp_path / "out", OURS, 1)
    return tmp_path / "out"


def test_nothing_tells_who_where_or_when(folder: Path) -> None:
    """No code, kiosk, place, name of a session or a start, day, time, staff slot or programme of the clinic's own."""
    everything = b"\n".join(file.read_bytes() for file in sorted(folder.iterdir()))
    for told in (code(0), "kdeadbeef", "DEADBEEF", "CLIN", "therapist", "st-mary", "Europe", "boot-", "0.1.0"):
        assert told.encode() not in everything, told
    assert not re.search(rb"(19|20)\d\d-\d\d|\b\d\d:\d\d|\bs[123]\b", everything)
    assert {file.name for file in folder.iterdir()} == {
        *(f"{name}.csv" for name in DEIDENTIFIED),
        "datapackage.json",
        "READ-ME.txt",
        "redcap-dictionary.csv",
        "redcap-import.csv",
    }


def test_only_columns_of_the_list_leave() -> None:
    """No numbering, start of the machine, moment, zone, version or author, whatever a table gets one day."""
    for name, out in DEIDENTIFIED.items():
        added = {"person", "session", "week_since_onset", "week_of_practice"}
        assert set(out.names) <= {*TABLES[name].names, *added}
        for column in set(out.names) - added:
            assert not re.search(r"device|seq|boot|utc|^tz|version|revision|^by$|_id$|code|reviewed", column), column
    assert set(DEIDENTIFIED) == {"persons", "sessions", "steps", "repetitions", "ratings", "injections"}


def test_days_become_weeks_and_sessions_numbers(folder: Path) -> None:
    """Since the onset and since the first session; what nobody dated has neither, and still its place."""
    sessions = [
        (row["session"], row["week_since_onset"], row["week_of_practice"], row["programme"], row["stop_reason"])
        for row in table(folder, "sessions")
    ]
    assert sessions == [
        ("1", "5", "0", "relax", ""),
        ("2", "6", "1", "own", "tired"),
        ("3", "", "", "relax", ""),
    ]
    (shot,) = table(folder, "injections")
    assert (shot["region"], shot["week_since_onset"], shot["week_of_practice"]) == ("eyes", "8", "2")
    assert [row["exercise"] for row in table(folder, "steps")] == ["small-smile", "own"]
    (one,) = table(folder, "persons")
    assert re.fullmatch("p[0-9a-f]{12}", one["person"])
    assert (one["cause"], one["onset_band"], one["stage"]) == ("bell", "2_to_6_weeks", "paretic")
    names = {row["person"] for name in DEIDENTIFIED for row in table(folder, name)}
    assert names == {one["person"]}


def test_codes_are_of_this_folder_alone(tmp_path: Path) -> None:
    """Two folders of one database cannot be brought together by them."""
    told = []
    with open_clinic(clinic_of(lived(), tmp_path)) as clinic:
        for name in ("one", "two"):
            deidentify(clinic, tmp_path / name, OURS, 1)
            told.append(table(tmp_path / name, "sessions"))
    one, two = ({row.pop("person") for row in rows} for rows in told)
    assert not one & two
    assert told[0] == told[1]


def test_a_validator_of_others_finds_nothing_wrong(folder: Path) -> None:
    """Types, ranges, words and keys of every table, by its own description."""
    with system.use_context(trusted=True):
        report = Frictionless(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "message"])
    rows = {one["name"]: one["rows"] for one in json.loads((folder / "datapackage.json").read_text())["resources"]}
    assert rows == {"persons": 1, "sessions": 3, "steps": 2, "repetitions": 1, "ratings": 1, "injections": 1}


def test_redcap_can_import_what_its_dictionary_describes(folder: Path) -> None:
    """18 columns, forms in one piece each, one name space, the record first; each row of the import fits them."""
    header, *lines = csv.reader(io.StringIO((folder / "redcap-dictionary.csv").read_text(encoding="ascii")))
    assert tuple(header) == HEADER
    assert len(header) == 18
    assert {len(line) for line in lines} == {18}
    variables = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
    assert len(variables) == len(lines)
    assert lines[0][0] == "record_id"
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,99}", name) and "__" not in name for name in variables)
    forms = [line[1] for line in lines]
    assert [form for at, form in enumerate(forms) if forms[at - 1 : at] != [form]] == ["person", "session", "injection"]
    assert {line[3] for line in lines} <= {"text", "dropdown", "yesno"}
    rows = list(csv.DictReader(io.StringIO((folder / "redcap-import.csv").read_text(encoding="ascii"))))
    repeat = {"redcap_repeat_instrument", "redcap_repeat_instance"}
    assert set(rows[0]) == {*variables, *repeat}
    places = [(row["record_id"], *(row[name] for name in sorted(repeat))) for row in rows]
    assert len(set(places)) == len(places)
    assert Counter(row["redcap_repeat_instrument"] for row in rows) == {"": 1, "session": 3, "injection": 1}
    for row in rows:
        form = row["redcap_repeat_instrument"] or "person"
        for name, value in row.items():
            if name not in repeat and value:
                assert name == "record_id" or variables[name]["Form Name"] == form
                assert fits(variables[name], value), (name, value)
    assert rows[1]["ses_tight_eyes"] == "2"
    assert rows[1]["ses_pain_before_0_3"] == "1"


def fits(variable: dict[str, str], value: str) -> bool:
    """Whether REDCap would take this value."""
    if variable["Field Type"] == "dropdown":
        choices = variable["Choices, Calculations, OR Slider Labels"].split(" | ")
        return value in {choice.partition(", ")[0] for choice in choices}
    if variable["Field Type"] == "yesno":
        return value in ("0", "1")
    kind, least, most = (variable[name] for name in HEADER[7:10])
    if not kind:
        return bool(re.fullmatch(r"[a-z0-9.-]+", value))
    number = int(value) if kind == "integer" else float(value)
    return (not least or number >= float(least)) and (not most or number <= float(most))


def many(causes: list[Cause]) -> Iterator[Row]:
    """One person of each cause, with a session ten weeks after the onset."""
    yield StateRow("device_id", "k1")
    for number, cause in enumerate(causes):
        yield person(number, cause, Onset(on=FIRST - timedelta(weeks=10), band=OnsetBand.WEEKS_6_TO_12))
        yield on(0, number + 1, patient_code=code(number))


def test_rare_groups_are_merged_and_named(tmp_path: Path) -> None:
    """Five of one cause stay; two others lose their cause, and are still too few without what tells the onset."""
    clinic_of(many([Cause.BELL] * 5 + [Cause.TUMOUR, Cause.BORN_WITH]), tmp_path)
    run = ["clinic", "deidentify", str(tmp_path / "clinic.db"), "--to"]
    told = CliRunner().invoke(cli, [*run, str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    assert "rare, fewer than 5: tumour, 6_to_12_weeks: 1 (merged with others)" in told.output
    persons = Counter((row["cause"], row["onset_band"]) for row in table(tmp_path / "out", "persons"))
    assert persons == {("other", "unknown"): 7}, "two are too few in any group, so the next one takes them in"
    assert {row["week_since_onset"] for row in table(tmp_path / "out", "sessions")} == {""}
    assert {row["week_of_practice"] for row in table(tmp_path / "out", "sessions")} == {"0"}
    assert "rare as it was: tumour, 6_to_12_weeks: 1" in (tmp_path / "out" / "READ-ME.txt").read_text()
    named = CliRunner().invoke(cli, [*run, str(tmp_path / "named"), "--rare", "name", "--k", "2"])
    assert named.exit_code == 1
    assert "rare, fewer than 2: born_with, 6_to_12_weeks: 1 (STILL IN IT)" in named.output
    assert {row["cause"] for row in table(tmp_path / "named", "persons")} == {"bell", "tumour", "born_with"}


groups = st.builds(Group, st.sampled_from(["bell", "tumour", "stroke", CAUSE]), st.sampled_from(["a", "b", BAND]))


@given(st.lists(groups, max_size=40), st.integers(1, 12))
def test_merged_groups_are_large_enough(each: list[Group], least: int) -> None:
    """Nobody is lost, no group is small unless all together are too few, and nothing is merged without need."""
    before = {str(number): group for number, group in enumerate(each)}
    after = merged(before, least)
    assert after.keys() == before.keys()
    if len(each) >= least:
        assert not small(after, least)
    else:
        assert len(sizes(after)) <= 1
    if not small(before, least):
        assert after == before


def test_it_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there is never touched, an interruption leaves nothing, and what one left before is in nobody's way."""
    database = clinic_of(lived(), tmp_path)
    (tmp_path / "out.part").mkdir()
    with open_clinic(database) as clinic:
        with monkeypatch.context() as broken:
            broken.setattr("kiosk.clinic.deidentify.dictionary", interrupted)
            with pytest.raises(KeyboardInterrupt):
                deidentify(clinic, tmp_path / "out", OURS, 1)
        assert not list(tmp_path.glob("out*"))
        deidentify(clinic, tmp_path / "out", OURS, 1)
        before = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
        with pytest.raises(ClinicError, match="it is there already"):
            deidentify(clinic, tmp_path / "out", OURS, 1)
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before
    with open_clinic(tmp_path / "empty.db") as clinic, pytest.raises(ClinicError, match="nobody in it"):
        deidentify(clinic, tmp_path / "none", OURS, 1)


def interrupted() -> bytes:
    raise KeyboardInterrupt
