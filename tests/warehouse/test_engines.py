"""What was published is read the same by every engine: names of folders, types, moments, and six answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow.dataset
import pytest

from kiosk.clinic.database import open_clinic
from kiosk.warehouse.publish import publish
from kiosk.warehouse.questions import QUESTIONS
from kiosk.warehouse.tables import PUBLISHED
from tests.usb.parcels import PEOPLE, parcel
from tests.warehouse.engines import SPARK, alike, by_arrow, by_duckdb, by_polars, by_spark, files
from tests.warehouse.test_publish import a_session, published, taken
from tests.warehouse.years import years

ANNA, BEN, NOBODY = PEOPLE
KIOSKS = (0, 1, 2, 3, 20, 40)
"""Three sites whose names look like numbers, and kiosks whose ids do; number 3 falls silent."""


@pytest.fixture(scope="module")
def current(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of six kiosks over most of a year."""
    here = tmp_path_factory.mktemp("published")
    years(here / "c.db", KIOSKS, days=230)
    with open_clinic(here / "c.db") as clinic:
        return publish(clinic, here / "to", lambda *_: None).current


@pytest.fixture(params=["America/New_York", "Asia/Kathmandu"])
def elsewhere(request: pytest.FixtureRequest) -> Iterator[str]:
    """A computer whose own time zone is far from UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield str(request.param)
    time.tzset()


def test_six_questions_have_the_same_answers(current: Path) -> None:
    """DuckDB and Polars, each in its own way."""
    one, other = by_duckdb(current), by_polars(current)
    for question in QUESTIONS:
        assert one[question.name], question.name
        assert alike(one[question.name], other[question.name]), question.name


@pytest.mark.parametrize("read", [by_duckdb, by_polars])
def test_the_answers_are_right(tmp_path: Path, read: Any) -> None:
    """Counted by hand: what is gone on with is planned once, a standard set not at all, and who is silent."""
    planned: dict[str, Any] = {"planned_steps_count": 4, "active_duration_s": 60.5}
    sessions = [
        a_session("a", "2026-03-02", **planned, done_steps_count=1, end_reason="stopped", stop_reason="tired"),
        a_session("b", "2026-03-08", **planned, done_steps_count=3, end_reason="completed", resumes_session_id="a"),
        a_session("c", "2026-03-09", **planned, done_steps_count=0, end_reason="timeout"),
        a_session("u", "1970-01-01", **planned, clock_status="unset", end_reason="fault"),
        a_session("k", "2026-03-09", **planned, done_steps_count=4, end_reason="completed", programme="standard-set"),
    ]
    steps = [
        {"session_id": "a", "order": n, "exercise": "jaw-soft", "skipped": int(n == 1), "revision": 1} for n in range(3)
    ]
    repetitions = [
        {"session_id": "a", "step_order": 0, "repetition": n, "linked_movement": what, "revision": 1}
        for n, what in enumerate(("eye", "none", "mouth", None, "none"))
    ]
    ratings = [
        {"session_id": name, "item": "tightness.cheek", "value": value, "unit": "0_3", "revision": 1}
        for name, value in (("a", 3.0), ("b", 2.0), ("c", 0.0))
    ]
    shot = {"patient_code": ANNA, "region": "cheek", "given_on": "2026-03-03", "withdrawn": 0, "revision": 1}
    shots = [shot, {**shot, "given_on": "2026-02-03", "withdrawn": 1}, {**shot, "patient_code": BEN}]
    late = [a_session("z", "2026-03-30", BEN, **planned, done_steps_count=4, end_reason="completed")]
    tables = {"sessions": sessions, "steps": steps, "repetitions": repetitions, "ratings": ratings, "injections": shots}
    counted = {"lowest": 0.0, "highest": 80.0, "withdrawn": 0, "revision": 1}
    score = {"patient_code": ANNA, "scale": "fg", "by": "therapist-1", "value": 40.0, **counted}
    tables["scores"] = [
        {**score, "scored_on": "2026-02-23"},
        {**score, "scored_on": "2026-03-09"},
        {**score, "scored_on": "2026-03-09", "by": "therapist-2", "value": 50.0},
        {**score, "scored_on": "2026-03-10", "value": 99.0, "withdrawn": 1},
        {**score, "scored_on": "2026-03-11", "value": None},
        {**score, "scored_on": "2026-03-10", "patient_code": BEN},
        {**score, "scored_on": "2026-03-10", "patient_code": NOBODY},
        {**score, "scored_on": "2026-03-10", "scale": "hb", "value": 3.0, "highest": None},
    ]
    event = {"seq": 1, "boot_id": "b", "t_boot_ms": 1, "level": "info", "code": "x", "clock_status": "unset"}
    taken(
        tmp_path / "c.db",
        parcel(tmp_path, "d1", 1, tables),
        parcel(tmp_path, "d2", 1, {"sessions": late}),
        parcel(tmp_path, "d3", 1, {"events": [{**event, "revision": 1}]}),
    )
    found = read(published(tmp_path / "c.db", tmp_path / "to").current)
    assert found["doses"] == [
        ("s-clin", "2026-03-02", 2, 4, 4, 1, 121.0),
        ("s-clin", "2026-03-09", 1, 4, 0, 0, 60.5),
        ("s-clin", "2026-03-30", 1, 4, 4, 0, 60.5),
    ]
    assert found["stops"] == [
        ("s-clin", "fault", "fault", 1),
        ("s-clin", "stopped", "tired", 1),
        ("s-clin", "timeout", "timeout", 1),
    ]
    assert found["linked"] == [("s-clin", "2026-03-02", 4, 1, 1)]
    assert found["injections"] == [(0, 2, 1, 2.5), (1, 1, 1, 0.0)]
    assert found["scores"] == [
        ("fg", -3, 1, 1, 40.0, 50.0, 0.0),
        ("fg", -1, 1, 1, 40.0, 50.0, 0.0),
        ("fg", 1, 2, 1, 45.0, 56.25, 3.0),
        ("hb", 1, 1, 1, 3.0, None, 3.0),
    ]
    assert found["silent"] == [("s-clin", "d1", "2026-03-09", 3), ("s-clin", "d3", None, None)]


def in_duckdb(current: Path, name: str) -> list[tuple[str, str, Any]]:
    source = f"read_parquet('{files(current, name)}', hive_partitioning = true)"
    with duckdb.connect() as engine:
        return engine.execute(f"SELECT DISTINCT site, month, device_id FROM {source} ORDER BY ALL").fetchall()  # type: ignore[no-any-return]  # noqa: S608


def in_polars(current: Path, name: str) -> list[tuple[str, str, Any]]:
    frame = polars.scan_parquet(current / name, hive_partitioning=True).select("site", "month", "device_id")
    return frame.unique().sort("site", "month", "device_id").collect().rows()  # type: ignore[no-any-return]


def in_arrow(current: Path, name: str) -> list[tuple[str, str, Any]]:
    rows = by_arrow(current, name).select(["site", "month", "device_id"]).to_pylist()
    return sorted({tuple(row.values()) for row in rows})


READERS = (in_duckdb, in_polars, in_arrow)


@pytest.mark.parametrize("read", READERS)
def test_names_of_folders_stay_text(tmp_path: Path, read: Any) -> None:
    """Sites 007, 12e45678 and 7 are three, and a set of months 10 to 12 alone is text: bare, they are numbers."""
    years(tmp_path / "c.db", (0, 20, 40), days=85)
    found = read(published(tmp_path / "c.db", tmp_path / "to").current, "sessions")
    assert {row[0] for row in found} == {"s-007", "s-12e45678", "s-7"}
    assert {row[1] for row in found} == {"2025-10", "2025-11", "2025-12", "undated"}
    assert "12e45678" in {row[2] for row in found}


@pytest.mark.parametrize("read", READERS)
def test_bare_names_of_folders_do_not(tmp_path: Path, read: Any) -> None:
    """What the test above would see: engines that take sites 007 and 7 for one, or a month for a number."""
    years(tmp_path / "c.db", (0, 40), days=85)
    current = published(tmp_path / "c.db", tmp_path / "to").current
    bare = tmp_path / "bare"
    for path in (current / "sessions").rglob("*.parquet"):
        site, month = (part.partition("=")[2] for part in path.parts[-3:-1])
        if month != "undated":
            place = bare / "sessions" / f"site={site.removeprefix('s-')}" / f"month={month.removeprefix('2025-')}"
            place.mkdir(parents=True)
            (place / path.name).write_bytes(path.read_bytes())
    found = read(bare, "sessions")
    assert any(not isinstance(value, str) for row in found for value in row[:2])


def test_what_is_empty_at_first_is_whole_later(current: Path) -> None:
    """The first months have no excursions at all; 2.25 is neither rounded nor gone where there are some."""
    wanted = {None} | {2.25 + n for n in range(10)}
    with duckdb.connect() as engine:
        source = f"read_parquet('{files(current, 'repetitions')}')"
        rows = engine.execute(f"SELECT DISTINCT excursion_left_mm FROM {source}").fetchall()  # noqa: S608
    assert {row[0] for row in rows} == wanted
    frame = polars.scan_parquet(current / "repetitions").select("excursion_left_mm").unique().collect()
    assert set(frame["excursion_left_mm"].to_list()) == wanted
    first = min((current / "repetitions/site=s-007").iterdir())
    assert pyarrow.dataset.dataset(first).count_rows(filter=pyarrow.dataset.field("excursion_left_mm").is_valid()) == 0
    assert set(by_arrow(current, "repetitions")["excursion_left_mm"].to_pylist()) == wanted


def test_moments_are_moments_in_every_zone(current: Path, elsewhere: str) -> None:
    """Whatever the computer's zone: the same instant, and the same day of practice."""
    wanted = (datetime(2025, 10, 6, 8, 15, 0, 250_000, UTC).timestamp(), date(2025, 10, 6))
    where = "device_id = '12e45678' AND session_id = 's000000'"
    with duckdb.connect() as engine:
        source = f"read_parquet('{files(current, 'sessions')}')"
        query = f"SELECT epoch_ms(start_utc) / 1000, day FROM {source} WHERE {where}"  # noqa: S608
        assert engine.execute(query).fetchall() == [wanted]
        (kind,) = engine.execute(f"SELECT DISTINCT typeof(start_utc) FROM {source}").fetchall()[0]  # noqa: S608
    assert kind == "TIMESTAMP WITH TIME ZONE"
    frame = polars.scan_parquet(current / "sessions").filter(
        (polars.col("device_id") == "12e45678") & (polars.col("session_id") == "s000000")
    )
    ((moment, day),) = frame.select("start_utc", "day").collect().rows()
    assert (moment.timestamp(), day) == wanted
    assert frame.collect_schema()["start_utc"] == polars.Datetime("ms", "UTC")


def test_every_table_can_be_asked(tmp_path: Path) -> None:
    """Of a database without a row, too: an empty answer, and no error."""
    open_clinic(tmp_path / "c.db").close()
    current = published(tmp_path / "c.db", tmp_path / "to").current
    for read in (by_duckdb, by_polars):
        assert read(current) == {question.name: [] for question in QUESTIONS}
    assert all(by_arrow(current, name).num_rows == 0 for name in PUBLISHED)


@pytest.mark.slow
def test_spark_has_the_same_answers(current: Path) -> None:
    """The same six texts, names of folders that stay text, moments in another zone, and nothing rounded."""
    if not SPARK.exists():
        pytest.skip("Spark's own environment is not here: `make spark` makes it")
    said = by_spark(current, "America/New_York")
    wanted = by_duckdb(current)
    for question in QUESTIONS:
        found = [tuple(row) for row in said["answers"][question.name]]
        assert alike(wanted[question.name], found), question.name
    for name in PUBLISHED:
        assert (said["types"][name]["site"], said["types"][name]["month"]) == ("string", "string")
        assert said["types"][name]["device_id"] == "string"
    assert said["types"]["sessions"]["start_utc"] == "timestamp"
    moments = {(row[0], row[1]): row[2:] for row in said["moments"]}
    began = int(datetime(2025, 10, 6, 8, 15, 0, 250_000, UTC).timestamp() * 1_000)
    assert moments["00123456", "s000000"] == [began, "2025-10-06", "s-007", "2025-10"]
    assert [row[0] for row in said["values"]] == [None, *(2.25 + n for n in range(10))]
