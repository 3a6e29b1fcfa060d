"""A package holds all that it should and nothing else, and others can read it with their own tools."""

from __future__ import annotations

import codecs
import errno
import io
import json
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bagit
import pytest
from fhir.resources.R4B.bundle import Bundle
from frictionless import Package as Frictionless
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.clock import SimClock, instant
from kiosk.errors import Cancelled, HandoverError, StoreError
from kiosk.package import outer
from kiosk.package.csv_cells import csv_bytes
from kiosk.package.export import Exported
from kiosk.package.progress import never, nobody
from kiosk.package.protection import Keys, Protection
from kiosk.package.read import Package
from kiosk.package.schema import TABLES
from kiosk.package.selection import Selection
from kiosk.package.snapshot import Snapshot, open_snapshot
from kiosk.package.target import FolderTarget
from kiosk.package.verify import verify
from kiosk.package.write import PackageOrder, PeopleFile, build
from kiosk.plans.plan import FILE, read_settings
from kiosk.records.append import note
from kiosk.records.salvage import salvage
from kiosk.rows.kinds import (
    ClipRow,
    ErasureRow,
    EventRow,
    InjectionRow,
    PermissionRow,
    RatingRow,
    RepetitionRow,
    ReplayRow,
    Row,
    SessionRow,
    StateRow,
    StepRow,
)
from kiosk.rows.row import QUALITIES
from kiosk.words import words
from tests.package.made import BERLIN, OPEN, code, empty, exported, lived, person_row, put, record, unheard
from tests.package.mutants import members
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, session, step

MORNING = "2026-03-02T08:00:00.000Z"
FILM = b"not really a film, but bytes" * 50


def unpacked(place: Path, to: Path) -> Path:
    """The bag of a package without protection, on the disk."""
    with zipfile.ZipFile(place / "data.zip") as archive:
        archive.extractall(to)
    return to / place.name


def tables(place: Path, keys: Keys | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every table of a package, by column."""
    with Package(place, keys or Keys()) as package:
        found = {
            name: [dict(zip(table.names, row, strict=True)) for row in package.rows(name)]
            for name, table in TABLES.items()
        }
        package.check_rest()
    return found


def filmed(data: Path) -> Path:
    """A record of two people, one of them filmed and drawn."""
    record(data, lived(people=2, sessions=2, steps=2))
    connection = empty(data)
    (name,) = connection.execute("SELECT session_id FROM sessions WHERE patient_code = ?", (code(0),)).fetchone()
    films = [
        ClipRow(name, order, 0, f"{code(0)}/{name}-{order}-0.mp4", len(FILM), "ab" * 32, False, revision=1)
        for order in range(2)
    ]
    gone = ClipRow(name, 1, 3, f"{code(0)}/gone.mp4", 5, "cd" * 32, True, removed="age", revision=2)
    put(connection, [*films, gone, ReplayRow(name, 0, 1, b"\x01\x02\x03")])
    connection.close()
    (data / "clips" / code(0)).mkdir(parents=True)
    for film in films:
        (data / "clips" / film.file).write_bytes(FILM)
    return data


def test_the_reference_libraries_read_it(tmp_path: Path) -> None:
    """bagit, Frictionless and a model of FHIR R4B, none of them ours, find nothing wrong."""
    done = exported(filmed(tmp_path / "data"), tmp_path / "out")
    bag = unpacked(done.made.place, tmp_path / "bag")
    bagit.Bag(str(bag)).validate()
    report = Frictionless(str(bag / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])
    bundle = Bundle.model_validate_json((bag / "data" / "fhir" / "bundle.json").read_text(encoding="utf-8"))
    kinds = [entry.resource.get_resource_type() for entry in bundle.entry or () if entry.resource is not None]
    assert (kinds.count("Device"), kinds.count("Procedure")) == (1, 4)
    assert kinds.count("Observation") == 4 * (3 + 2 + 2 * 5 + 1)
    assert bundle.type == "collection"
    assert (bag / "data" / "clips" / code(0)).is_dir()
    checked = subprocess.run(
        ["sha256sum", "-c", "MANIFEST.sha256"], cwd=done.made.place, capture_output=True, check=True
    )
    assert checked.stdout.count(b": OK") == 2


def test_unknown_dates_are_valid_fhir_and_are_none(tmp_path: Path) -> None:
    """A session that nobody can date has no date in the bundle, not even a wrong one."""
    rows = [StateRow("device_id", "d1"), session("s1", SimClock(), seq=1, clock_status="unset", revision=1)]
    bag = unpacked(exported(record(tmp_path / "data", rows), tmp_path / "out").made.place, tmp_path / "bag")
    raw = (bag / "data" / "fhir" / "bundle.json").read_text(encoding="utf-8")
    Bundle.model_validate_json(raw)
    procedure = next(e["resource"] for e in json.loads(raw)["entry"] if e["resource"]["resourceType"] == "Procedure")
    assert procedure["status"] == "in-progress"
    assert "not known" in procedure["performedString"]
    assert "2026" not in raw


WORDS = st.text("abcXYZ019_.:+/,@-", max_size=12)
NAMES = st.text("abcXYZ019_.:+/,@-", min_size=1, max_size=12)
NUMBERS = st.none() | st.floats(0, 1_000) | st.just(-0.0)
COUNTS = st.integers(0, 10**12)


@st.composite
def histories(draw: st.DrawFn) -> list[Row]:
    """A record of anything that rows may hold."""
    rows: list[Row] = [StateRow("device_id", draw(st.text("0123456789abcdef", min_size=1, max_size=8)))]
    seq = 0
    for number in range(draw(st.integers(0, 3))):
        seq += 1
        name, patient = f"s{number}", draw(st.sampled_from(("AB12", "CD34")))
        rows.append(
            session(
                name,
                patient_code=patient,
                seq=seq,
                programme=draw(WORDS),
                stop_reason=draw(WORDS),
                end_boot_ms=draw(st.none() | COUNTS),
                wall_uncertainty_s=draw(NUMBERS),
                pain_before_0_3=draw(st.none() | st.integers(0, 3)),
                tz="Europe/Berlin",
                utc_offset_min=draw(st.none() | st.integers(-720, 840)),
                revision=draw(st.integers(1, 99)),
            )
        )
        rows.append(step(0, name, skipped=draw(st.booleans()), skip_reason=draw(WORDS), revision=1))
        rows.append(
            RepetitionRow(
                session_id=name,
                step_order=0,
                repetition=0,
                t_boot_ms=draw(COUNTS),
                hold_s=draw(st.floats(0, 60)),
                excursion_left_mm=draw(NUMBERS),
                onset_lag_ms=draw(st.none() | st.integers(-600_000, 600_000)),
                quality=draw(st.sampled_from(("", *QUALITIES))),
                revision=1,
            )
        )
        rows.append(RatingRow(name, draw(NAMES), draw(st.floats(0, 3)), "0_3", 1))
        if draw(st.booleans()):
            seq += 1
            rows.append(EventRow("info", draw(WORDS), draw(WORDS), patient, seq, "boot-1", 1, MORNING, "ntp"))
    if draw(st.booleans()):
        rows.append(InjectionRow("AB12", "2026-03-02", draw(NAMES), "", draw(WORDS), "", draw(st.booleans()), 4))
    return rows


@given(histories())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_went_in_comes_out(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    """Every cell of every table survives the way through CSV, bag and back, whatever words and numbers it holds."""
    here = tmp_path_factory.mktemp("round")
    found = tables(exported(record(here / "data", rows), here / "out").made.place)
    for kind in (SessionRow, StepRow, RepetitionRow, RatingRow, EventRow, InjectionRow):
        told = [row.columns() for row in rows if isinstance(row, kind)]
        assert len(found[kind.TABLE]) == len(told)
        for before, after in zip(told, found[kind.TABLE], strict=True):
            common = before.keys() & after.keys()
            if kind is SessionRow and before["utc_offset_min"] is None:
                common -= {"utc_offset_min"}  # filled in by the zone of the kiosk
            assert {name: before[name] if before[name] != "" else None for name in common} == {
                name: after[name] for name in common
            }


def test_nothing_of_another_person_is_in_the_package_of_one(tmp_path: Path) -> None:
    """Not in a table, a file name, the bundle, the plan or a film: the code of the other occurs in no byte of it."""
    data = filmed(tmp_path / "data")
    connection = empty(data)
    top = connection.execute("SELECT max(seq) FROM events").fetchone()[0]
    discharged = EventRow("audit", "person.discharged", "ward", code(0), top + 1, "boot-0", 9, MORNING, "ntp")
    put(connection, [discharged])
    connection.close()
    done = exported(data, tmp_path / "out", code=code(1))
    bag = unpacked(done.made.place, tmp_path / "bag")
    for path in (*bag.rglob("*"), *done.made.place.iterdir()):
        assert code(0) not in path.name
        assert path.is_dir() or code(0).encode() not in path.read_bytes()
    found = tables(done.made.place)
    assert {row["patient_code"] for row in found["sessions"]} == {code(1)}
    assert found["clips"] == []
    ranges = [(row["state"], row["reason"], row["seq_from"], row["seq_to"]) for row in found["package"]]
    assert ranges[0] == ("withheld", "selection", 1, 3)
    assert ranges[1] == ("covered", None, 4, 6)
    assert sorted(n for _, _, low, high in ranges for n in range(low, high + 1)) == list(range(1, top + 2))


def test_the_plan_holds_the_settings_of_whoever_is_at_the_kiosk(tmp_path: Path) -> None:
    """Everybody's package and their own; nobody else's."""
    bed = [StateRow("bound", code(1)), PermissionRow(code(1), "setting.buttons.single_switch", "1", "therapist-1")]
    data = record(tmp_path / "data", [*lived(2, 1), *bed])
    for number, selected in enumerate((None, code(1), code(0))):
        done = exported(data, tmp_path / str(number), code=selected)
        (plan,) = unpacked(done.made.place, tmp_path / f"bag{number}").rglob(FILE)
        told = {} if selected == code(0) else {"buttons.single_switch": True}
        assert read_settings(plan.read_bytes(), code(1)) == told


def test_erased_numbers_are_no_gap_and_lost_ones_are(tmp_path: Path) -> None:
    """A tombstone says that rows went on purpose; where rows were lost with a damaged page, nothing says so."""
    rows: list[Row] = [StateRow("device_id", "d1"), ErasureRow(2, 4, "therapist-1", MORNING, 1)]
    rows += [EventRow("info", "card", "", "", seq, "boot-1", 1, MORNING, "ntp") for seq in (1, 5, 8)]
    found = tables(exported(record(tmp_path / "data", rows), tmp_path / "out").made.place)
    ranges = [(row["state"], row["reason"], row["seq_from"], row["seq_to"]) for row in found["package"]]
    assert ranges == [
        ("covered", None, 1, 1),
        ("withheld", "erased", 2, 4),
        ("covered", None, 5, 5),
        ("covered", None, 8, 8),
    ]


def noted(data: Path, to: Path, clock: SimClock, **more: Any) -> Exported:
    """An export that the record is told of."""
    return exported(data, to, note=lambda rows: note(data, rows, instant(clock)), **more)


def test_since_last_takes_what_is_new_and_what_has_changed(tmp_path: Path) -> None:
    """A session that was running at the last export, or was dated since, is in the next one with a higher revision."""
    data, out, clock = tmp_path / "data", tmp_path / "out", SimClock()
    store = open_small(data, clock)
    store.put(StateRow("device_id", "d1"), session("old", clock, end_reason="completed"), session("open", clock))
    store.event("info", "card")
    assert store.close(PATIENCE_S)
    first = noted(data, out, clock)
    assert (first.selection.since_seq, first.noted) == (0, True)
    store = open_small(data, clock)
    store.put(session("open", clock, end_reason="stopped"), session("new", clock))
    assert store.close(PATIENCE_S)
    second = noted(data, out, clock, since_last=True)
    found = tables(second.made.place)
    assert {row["session_id"]: row["revision"] for row in found["sessions"]} == {"open": 3, "new": 1}
    assert found["package"][0]["reason"] == "earlier"
    # What changed at the very last number may be taken once more: twice is merged to once, missing is missing.
    noted(data, out, clock, since_last=True)
    assert tables(noted(data, out, clock, since_last=True).made.place)["sessions"] == []
    names = sorted(path.name for path in out.iterdir())
    assert names == [f"FK_CLIN_D1_ALL_{number:06d}" for number in (1, 2, 3, 4)]


def test_what_comes_late_into_a_session_is_in_the_next_package(tmp_path: Path) -> None:
    """A film that is found at the next start, or an answer: their session was over, and handed over, long before."""
    data, out, clock = tmp_path / "data", tmp_path / "out", SimClock()
    store = open_small(data, clock)
    store.put(StateRow("device_id", "d1"), session("old", clock, end_reason="completed"), step(0, "old"))
    store.put(session("other", clock, end_reason="completed"))
    store.event("info", "card")
    assert store.close(PATIENCE_S)
    for _ in range(2):
        noted(data, out, clock, since_last=True)
    late = {
        "clips": ClipRow("old", 0, 0, f"{code(0)}/gone.mp4", 5, "cd" * 32, encrypted=False, removed="age"),
        "ratings": RatingRow("old", "tightness.eyes", 2.0, "0_3"),
        "steps": step(1, "old"),
        "repetitions": RepetitionRow(session_id="old", step_order=0, repetition=0, t_boot_ms=1, hold_s=3.0),
        "replays": ReplayRow("old", 0, 0, b"points"),
    }
    for table, row in late.items():
        store = open_small(data, clock)
        store.put(row)
        assert store.close(PATIENCE_S)
        found = tables(noted(data, out, clock, since_last=True).made.place)
        assert [row["session_id"] for row in found["sessions"]] == ["old"], table
        assert len(found[table]) == (2 if table == "steps" else 1)
        noted(data, out, clock, since_last=True)  # what changed at the very last number may be taken once more
        assert tables(noted(data, out, clock, since_last=True).made.place)[table] == []


def test_a_session_that_ends_without_a_new_number_is_in_the_next_package(tmp_path: Path) -> None:
    """Its end is noted under the very number up to which the last package went."""
    clock = SimClock()
    store = open_small(tmp_path, clock)
    store.put(StateRow("device_id", "d1"), session("open", clock))
    assert store.flush(PATIENCE_S)
    with open_snapshot(tmp_path, Selection(), BERLIN) as snapshot:
        since = snapshot.moment.last_seq
    store.put(session("open", clock, end_reason="stopped"))
    assert store.close(PATIENCE_S)
    with open_snapshot(tmp_path, Selection(since_seq=since), BERLIN) as snapshot:
        assert snapshot.moment.last_seq == since
        assert [row["end_reason"] for row in snapshot.dicts("sessions")] == ["stopped"]


def test_what_came_back_from_a_damaged_record_is_handed_over_once_more_not_for_ever(tmp_path: Path) -> None:
    """Rescued rows count as changed, since nobody knows better: for the next export of what is new, not for all."""
    data, out, clock = tmp_path / "data", tmp_path / "out", SimClock()
    store = open_small(data, clock)
    store.put(StateRow("device_id", "d1"), *(session(f"s{number}", clock) for number in range(60)))
    assert store.close(PATIENCE_S)
    noted(data, out, clock)
    connection, rescued = empty(tmp_path / "rescued"), tmp_path / "rescued"
    assert salvage(data / "kiosk.db", connection).seq_known
    connection.close()
    counts = [len(tables(noted(rescued, out, clock, since_last=True).made.place)["sessions"]) for _ in range(3)]
    # The second: what changed at the very last number may be taken once more.
    assert counts[0] == 60
    assert counts[2] == 0


def test_an_unfinished_export_is_nothing_to_build_upon(tmp_path: Path) -> None:
    """What was begun and failed leaves its number used up and the next `since last` complete."""
    data, out, clock = tmp_path / "data", tmp_path / "out", SimClock()
    record(data, lived(sessions=2, steps=1))
    with pytest.raises(Cancelled):
        noted(data, out, clock, stop=lambda: True)
    assert list(out.iterdir()) == []
    done = noted(data, out, clock, since_last=True)
    assert (done.made.seq, done.selection.since_seq) == (2, 0)
    events = {row["code"]: row["level"] for row in tables(done.made.place)["events"]}
    assert events["export.stopped"] == "warning"


def test_it_is_made_while_the_kiosk_writes(tmp_path: Path) -> None:
    """The snapshot is of one moment, holds up no writer, and the note goes into the running kiosk's numbering."""
    data, clock = tmp_path / "data", SimClock()
    store = open_small(data, clock)
    store.put(StateRow("device_id", "d1"), session("before", clock))
    assert store.flush(PATIENCE_S)
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        store.put(session("after", clock))
        assert store.flush(PATIENCE_S)
        assert [row["session_id"] for row in snapshot.dicts("sessions")] == ["before"]
    done = noted(data, tmp_path / "out", clock)
    assert done.noted
    store.put(session("later", clock))
    assert store.close(PATIENCE_S)
    found = tables(noted(data, tmp_path / "out", clock).made.place)
    numbers = sorted(row["seq"] for name in ("sessions", "events") for row in found[name])
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_record_that_takes_nothing_does_not_keep_the_data(tmp_path: Path) -> None:
    """A full or read-only card is a reason to carry data away: the package is whole, and says that it is not noted."""

    def full(_rows: object) -> None:
        raise StoreError("disk full")

    done = exported(record(tmp_path / "data", lived(sessions=1)), tmp_path / "out", note=full)
    assert not done.noted
    assert verify(done.made.place, Keys()).passed
    again = exported(tmp_path / "data", tmp_path / "out", note=full)
    assert again.made.seq == 2


def test_films_go_on_in_further_zip_files(tmp_path: Path) -> None:
    """No file may reach the 4 GiB of FAT32: a film that does not fit opens the next zip file, a bag as well."""
    data, out = filmed(tmp_path / "data"), tmp_path / "out"
    out.mkdir()
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        order = PackageOrder(7, OPEN, "CLIN", archive_bytes=len(FILM) + 10)
        made = build(snapshot, FolderTarget(out), order, nobody, never)
    assert set(made.files) == {"data.zip", "data-2.zip", "READ-ME.txt"}
    assert verify(made.place, Keys()).passed
    found = tables(made.place)["clips"]
    assert [row["archive"] for row in found] == ["data.zip", "data-2.zip", None]
    assert [row["removed"] for row in found] == [None, None, "age"]
    with zipfile.ZipFile(made.place / "data-2.zip") as archive:
        assert archive.read(f"{made.name}-2/data/{found[1]['path']}") == FILM


def test_drawings_go_on_in_further_zip_files(tmp_path: Path) -> None:
    """Years of line drawings are hundreds of thousands of files: no zip file has more than a reader will take."""
    data, out = filmed(tmp_path / "data"), tmp_path / "out"
    connection = empty(data)
    (name,) = connection.execute("SELECT session_id FROM replays").fetchone()
    put(connection, [ReplayRow(name, 1, repetition, bytes(9)) for repetition in range(4)])
    connection.close()
    out.mkdir()
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        made = build(snapshot, FolderTarget(out), PackageOrder(7, OPEN, "CLIN", archive_files=2), nobody, never)
    assert verify(made.place, Keys()).passed
    found = tables(made.place)
    assert [row["archive"] for row in found["replays"]] == ["data.zip"] * 2 + ["data-2.zip"] * 2 + ["data-3.zip"]
    assert [row["archive"] for row in found["clips"]] == ["data-3.zip", "data-4.zip", None]
    with zipfile.ZipFile(made.place / "data-3.zip") as archive:
        assert archive.read(f"{made.name}-3/data/{found['replays'][4]['path']}") == bytes(9)


def test_a_film_that_cannot_be_read_keeps_nothing_else_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worn card loses blocks: the rest can be carried away, and the film's own hash says that it is not whole."""
    data = filmed(tmp_path / "data")
    opened = Path.open

    def worn(path: Path, *how: Any, **more: Any) -> Any:
        if path.name.endswith("-0-0.mp4"):
            raise OSError(errno.EIO, "Input/output error")
        return opened(path, *how, **more)

    monkeypatch.setattr(Path, "open", worn)
    made = exported(data, tmp_path / "out").made
    assert verify(made.place, Keys()).passed
    films = [row for row in tables(made.place)["clips"] if row["path"]]
    with zipfile.ZipFile(made.place / "data.zip") as archive:
        sizes = [archive.getinfo(f"{made.name}/data/{row['path']}").file_size for row in films]
    assert sizes == [0, len(FILM)]
    assert [row["size_bytes"] for row in films] == [len(FILM)] * 2


def test_documents_are_written_with_the_password(tmp_path: Path) -> None:
    """Whoever writes the report or the workbook gets the snapshot of the package and its password."""
    heard: list[tuple[str, str | None]] = []

    def write(snapshot: Snapshot, stream: Any, password: str | None) -> None:
        heard.append((snapshot.package, password))
        stream.write(b"%PDF-")

    paper = (PeopleFile("report.pdf", write),)
    done = exported(filmed(tmp_path / "data"), tmp_path / "out", Protection("five words"), documents=paper)
    assert heard == [(done.made.name, "five words")]
    assert (done.made.place / "report.pdf").read_bytes() == b"%PDF-"
    assert b"report.pdf" in (done.made.place / "READ-ME.txt").read_bytes()


def test_progress_only_grows_and_ends_whole(tmp_path: Path) -> None:
    """A bar that goes back, or stops short of the end, makes people pull sticks out."""
    heard: list[tuple[int, int]] = []
    exported(filmed(tmp_path / "data"), tmp_path / "out", progress=lambda done, total: heard.append((done, total)))
    assert heard == sorted(heard)
    assert heard[-1][0] == heard[-1][1]
    assert len({total for _, total in heard}) == 1


def test_no_room_is_said_before_anything_is_written(tmp_path: Path) -> None:
    """Half an hour of copying that ends with a full stick is worse than one sentence."""

    class Small(FolderTarget):
        def room(self) -> int:
            return 1_000_000

    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(HandoverError, match=r"not enough room: \d+ MB are needed, 1 MB are free"):
        exported(record(tmp_path / "data", lived(sessions=1)), out, target=Small(out))
    assert list(out.iterdir()) == []


def test_nobody_and_nothing_to_export_are_said(tmp_path: Path) -> None:
    """A wrong code and an empty folder end with a sentence, not with an empty package."""
    data = record(tmp_path / "data", lived(sessions=1))
    with pytest.raises(HandoverError, match="nobody with this code"):
        exported(data, tmp_path / "out", code=code(9))
    with pytest.raises(StoreError, match="there is no record"):
        exported(tmp_path / "elsewhere", tmp_path / "out")


def test_names_of_packages_fit_every_stick() -> None:
    """FAT32 and people alike: short, capital letters, digits, hyphens, underscores."""
    assert outer.package_name("", "05e0b6c3", "ALL", 3) == "FK_NOSITE_05E0B6C3_ALL_000003"
    odd = outer.package_name("St. Mary/../x" * 3, "05e0b6c3", "AB12CD", 1)
    assert len(odd) <= 60
    assert set(odd) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_a_table_is_what_a_spreadsheet_expects(tmp_path: Path) -> None:
    """Commas, CRLF, a point in numbers, 1 and 0, empty where nothing was recorded."""
    record(
        tmp_path,
        [StateRow("device_id", "d1"), person_row(code(0)), session("s1", seq=1, patient_code=code(0), revision=1)],
    )
    with open_snapshot(tmp_path, Selection(), BERLIN) as snapshot:
        raw = b"".join(csv_bytes(TABLES["sessions"], snapshot.rows("sessions"), unheard))
    assert raw.startswith(b"device_id,session_id,")
    lines = raw.split(b"\r\n")
    assert (len(lines), lines[-1]) == (3, b"")
    cells: Mapping[str, str] = dict(
        zip(lines[0].decode().split(","), io.StringIO(lines[1].decode()).read().split(","), strict=True)
    )
    assert (cells["active_duration_s"], cells["camera_used"], cells["end_utc"]) == ("0.0", "0", "")
    assert (cells["tz"], cells["utc_offset_min"]) == ("Europe/Berlin", "60")


@pytest.mark.parametrize(("language", "mark"), [("en", b""), ("de", codecs.BOM_UTF8), ("es", codecs.BOM_UTF8)])
def test_only_what_people_read_and_is_more_than_ascii_has_a_mark(tmp_path: Path, language: str, mark: bytes) -> None:
    """An editor of Windows may guess otherwise; a program takes a mark for a part of the first word."""
    place = exported(record(tmp_path / "data", lived()), tmp_path / "out", words=words(language)).made.place
    text = (place / "READ-ME.txt").read_bytes()
    assert text.removeprefix(codecs.BOM_UTF8) == text[len(mark) :]
    for name, raw in {**members(place), outer.FILE: (place / outer.FILE).read_bytes()}.items():
        assert not raw.startswith(codecs.BOM_UTF8), name
