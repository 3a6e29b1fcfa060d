"""Many packages become one database: the same whatever came first, whatever came twice, and whatever was refused."""

from __future__ import annotations

import copy
import json
import random
import shutil
import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyrage
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.cli import cli
from kiosk.clinic.completeness import Account, accounts
from kiosk.clinic.database import AT_ONCE, open_clinic
from kiosk.clinic.merge import MergeOutcome, Taken, merge
from kiosk.errors import ClinicError
from kiosk.package.protection import Keys, Protection
from kiosk.package.schema import TABLES
from kiosk.ranges import Range, minus, united
from tests.package.made import exported, lived, record
from tests.package.mutants import WAYS, members, mutate, rezip
from tests.usb.parcels import PEOPLE, Counting, parcel

ANNA, BEN, _ = PEOPLE
BESIDE = ("merged", "present", "conflicts")
Content = dict[str, list[tuple[Any, ...]]]


def merged(packages: Sequence[Path], into: Path, keys: Keys = Keys()) -> list[Taken]:  # noqa: B008 it cannot change
    with open_clinic(into) as clinic:
        return list(merge(clinic, packages, keys))


def content(into: Path) -> Content:
    """Every row of every table, in one order."""
    connection = sqlite3.connect(into)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in (*TABLES, *BESIDE)}  # noqa: S608
    connection.close()
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def one(into: Path) -> Account:
    """The account of the only kiosk."""
    with open_clinic(into) as clinic:
        (found,) = accounts(clinic)
    return found


def test_what_a_kiosk_exports_arrives_cell_by_cell(tmp_path: Path) -> None:
    """Every table of a real package, with its types, is what the record held; nothing is missing."""
    data = record(tmp_path / "data", lived(people=2, sessions=2, steps=2))
    taken = merged([exported(data, tmp_path / "out").made.place], tmp_path / "clinic.db")
    assert [item.outcome for item in taken] == [MergeOutcome.MERGED]
    source = sqlite3.connect(data / "kiosk.db")
    for name in ("steps", "repetitions", "ratings"):
        columns = ", ".join(f'"{column}"' for column in TABLES[name].names[1:])
        rows = source.execute(f'SELECT {columns} FROM "{name}"')  # noqa: S608
        wanted = [("05e0b6c3", *(None if cell == "" else cell for cell in row)) for row in rows]
        assert content(tmp_path / "clinic.db")[name] == sorted(wanted, key=repr)
    source.close()
    account = one(tmp_path / "clinic.db")
    assert (account.sessions, account.last) == (4, 12)
    assert not any((account.lost, account.awaited, account.twice, account.erased))


STEPS = st.sampled_from(
    [
        "anna",
        "ben",
        "change",
        "lose",
        "erase ben",
        "export",
        "export",
        "export since",
        "export anna",
        "export anna since",
    ]
)


@settings(max_examples=10)
@given(st.data(), st.lists(STEPS, min_size=4, max_size=10))
def test_any_order_and_any_repetition_gives_the_same_database(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, steps: list[str]
) -> None:
    """Revisions, one person's packages, packages since an earlier one and erasures, of two kiosks."""
    here = tmp_path_factory.mktemp("any")
    packages = [made for device in ("aaaa0000", "bbbb0000") for made in life(here, device, steps)]
    shuffled = data.draw(st.permutations(packages))
    again = data.draw(st.lists(st.sampled_from(packages), max_size=4))
    merged(packages, here / "first.db")
    merged([*again, *shuffled], here / "second.db")
    assert content(here / "first.db") == content(here / "second.db")
    assert content(here / "first.db")["conflicts"] == []
    shutil.rmtree(here)


def life(here: Path, device: str, steps: Sequence[str]) -> list[Path]:
    """What a kiosk that went through ``steps`` has exported."""
    kiosk = Counting(device)
    last = 0
    found = []
    for step in ["anna", "ben", *steps, "export"]:
        what, _, how = step.partition(" ")
        if what in ("anna", "ben"):
            kiosk.practise(ANNA if what == "anna" else BEN)
        elif what == "export":
            code = ANNA if "anna" in how else None
            if code is None or code in kiosk.persons:
                found.append(kiosk.export(here, code, last if "since" in how else 0))
                last = last if code else kiosk.seq
        elif what == "erase":
            kiosk.erase(BEN)
        else:
            getattr(kiosk, what)()
    return found


@settings(max_examples=12)
@given(st.permutations([(1, 2.0), (3, 0.5), (2, 3.0), (3, 2.5), (3, None)]))
def test_the_highest_revision_wins(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, float | None]]
) -> None:
    """Whichever comes last; and of two that say different things under one revision always the same."""
    here = tmp_path_factory.mktemp("revision")
    packages = [
        parcel(
            here, "aaaa0000", seq, {"ratings": [{"session_id": "s", "item": "x", "value": value, "revision": revision}]}
        )
        for seq, (revision, value) in enumerate(rows, 1)
    ]
    merged(packages, here / "clinic.db")
    (row,) = content(here / "clinic.db")["ratings"]
    assert row[-1] == 3
    assert row[3] == 2.5
    shutil.rmtree(here)


def test_an_older_package_does_not_bring_back_who_was_erased(tmp_path: Path) -> None:
    """Neither sessions nor what lies below them, nor how the person was set up, nor their code in a package's name."""
    kiosk = Counting("aaaa0000")
    kiosk.practise(ANNA)
    kiosk.practise(BEN)
    old = [kiosk.export(tmp_path), kiosk.export(tmp_path, BEN)]
    kiosk.erase(BEN)
    kiosk.practise(ANNA)
    new = kiosk.export(tmp_path)
    for name, packages in {"a.db": [*old, new], "b.db": [new, *old]}.items():
        merged(packages, tmp_path / name)
        assert BEN.encode() not in (tmp_path / name).read_bytes()
        found = content(tmp_path / name)
        assert {row[3] for row in found["sessions"]} == {ANNA}
        assert len(found["repetitions"]) == 4
        account = one(tmp_path / name)
        assert account.erased.ranges == ((4, 5),)
        assert not any((account.lost, account.awaited))


def test_a_person_who_is_set_up_stays_without_a_session(tmp_path: Path) -> None:
    """Only who is missing from the newest whole package, and of whom nothing is left, was erased."""
    kiosk = Counting("aaaa0000")
    kiosk.practise(ANNA)
    kiosk.practise(BEN)
    kiosk.erase(BEN)
    kiosk.persons[BEN] = [{"patient_code": BEN, "stage": "flaccid", "revision": 1}]
    merged([kiosk.export(tmp_path)], tmp_path / "clinic.db")
    assert {row[1] for row in content(tmp_path / "clinic.db")["persons"]} == {ANNA, BEN}


def test_gaps_are_told_apart(tmp_path: Path) -> None:
    """Lost on the kiosk, waiting in another package, left out on purpose, erased: only the first two are missing."""
    kiosk = Counting("aaaa0000")
    kiosk.practise(ANNA)
    kiosk.practise(BEN)
    first = kiosk.export(tmp_path)
    kiosk.lose()
    kiosk.practise(ANNA)
    second = kiosk.export(tmp_path, since=6)
    person = kiosk.export(tmp_path, BEN)
    into = tmp_path / "clinic.db"
    merged([second], into)
    assert one(into).awaited.ranges == ((1, 6),)
    assert one(into).lost.ranges == ((7, 7),)
    merged([first], into)
    assert not one(into).awaited
    assert one(into).lost.ranges == ((7, 7),)
    merged([person], tmp_path / "person.db")
    assert not one(tmp_path / "person.db").awaited


def test_what_others_set_aside_is_not_awaited_from_one_persons_package(tmp_path: Path) -> None:
    """A person's second package cannot tell whose the earlier numbers are: the first one does, and nothing is missing.

    Without that first one all of them are awaited.
    """
    kiosk = Counting("aaaa0000")
    kiosk.practise(ANNA)
    kiosk.practise(BEN)
    first = kiosk.export(tmp_path, BEN)
    kiosk.practise(BEN)
    second = kiosk.export(tmp_path, BEN, since=6)
    merged([second], tmp_path / "clinic.db")
    assert one(tmp_path / "clinic.db").awaited.ranges == ((1, 6),)
    merged([first], tmp_path / "clinic.db")
    assert not one(tmp_path / "clinic.db").awaited
    assert not one(tmp_path / "clinic.db").lost


def test_numbers_that_are_there_twice_are_told(tmp_path: Path) -> None:
    """A card that was copied makes two kiosks of one name: their sessions claim the same numbers."""
    rows = [{"session_id": name, "seq": 4, "revision": 1} for name in "ab"]
    events = [{"seq": seq, "revision": 1} for seq in (4, 5)]
    merged([parcel(tmp_path, "aaaa0000", 1, {"sessions": rows, "events": events})], tmp_path / "clinic.db")
    assert one(tmp_path / "clinic.db").twice.ranges == ((4, 4),)


def cloned(here: Path, practised: int = 1) -> list[Path]:
    """What two kiosks export of which the second is a copy of the first: once together, then each twice on its own."""
    first = Counting("aaaa0000")
    first.practise(ANNA)
    packages = [first.export(here / "together")]
    second = copy.deepcopy(first)
    for name, kiosk, who in (("first", first, ANNA), ("second", second, BEN)):
        for _ in range(2):
            for _ in range(practised):
                kiosk.practise(who)
                # The same number under another random name, as kiosks give it.
                last = max(kiosk.sessions)
                kiosk.sessions[last] = {**kiosk.sessions[last], "session_id": f"{name}{last}"}
            packages.append(kiosk.export(here / name))
    return packages


def test_one_number_with_two_contents_is_told_and_kept_in_mind(tmp_path: Path) -> None:
    """Two kiosks of one name: the same rows win in any order, and each run says which keys came with two contents."""
    packages = cloned(tmp_path)
    seen = []
    for number, order in enumerate((packages, packages[::-1], [packages[3], *packages, packages[1]])):
        into = tmp_path / f"{number}.db"
        assert sum(one.conflicts for one in merged(order, into)) > 0
        assert [one.outcome for one in merged(packages, into)] == [MergeOutcome.ALREADY] * len(packages)
        seen.append({name: rows for name, rows in content(into).items() if name != "merged"})
        found = {one.table: (one.count, one.first) for one in one(into).conflicts}
        # Every second line is about nobody, and alike on both.
        assert found == {"events": (2, {"seq": 5})}
    assert seen[0] == seen[1] == seen[2]
    assert not one(tmp_path / "0.db").lost


def test_two_contents_in_words_and_json(tmp_path: Path) -> None:
    """Table, count and first key, which kiosk, and what to do; nothing is said to be whole."""
    packages = [str(path) for path in cloned(tmp_path, 40)]
    command = ["clinic", "merge", *packages, "--into", str(tmp_path / "clinic.db")]
    words = CliRunner().invoke(cli, command).output
    assert "the same number, two contents: events 80 (first: seq 5)" in words
    assert "two kiosks seem to carry the device id aaaa0000" in words
    assert "40 of them with a number or name that is there with other contents" in words
    assert "nothing is missing" not in words
    told = json.loads(CliRunner().invoke(cli, [*command, "--json"]).output)
    assert told["kiosks"][0]["conflicts"] == [{"table": "events", "count": 80, "first": {"seq": 5}}]


def test_what_an_export_fills_in_is_no_conflict(tmp_path: Path) -> None:
    """A line dated from another package on, another time zone, a film that lies in another zip file of the next one."""
    film = {"session_id": "s", "step_order": 0, "repetition": 0, "revision": 1}
    packages = [
        parcel(
            tmp_path,
            "aaaa0000",
            seq,
            {
                "sessions": [{"session_id": "s", "seq": 1, "tz": zone, "revision": 1}],
                "events": [{"seq": 2, "clock_status": status, "code": "x", "revision": seq}],
                "clips": [{**film, "archive": archive, "path": archive and "clips/a.mp4"}],
            },
        )
        for seq, zone, status, archive in ((1, "UTC", "unset", "data.zip"), (2, "Europe/Berlin", "ntp", "data-2.zip"))
    ]
    merged(packages, tmp_path / "clinic.db")
    assert one(tmp_path / "clinic.db").conflicts == ()


@given(st.lists(st.sampled_from([(1, 0.5), (1, 2.0), (2, 0.5), (2, None)]), min_size=1, max_size=3))
@settings(max_examples=12)
def test_many_rows_at_once_say_what_single_rows_say(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[tuple[int, float | None]]
) -> None:
    """Each row of a full statement is settled on its own: some are new, some newer, some in conflict, some alike."""
    here = tmp_path_factory.mktemp("many")
    for size in (1, AT_ONCE + 3):
        packages = [
            parcel(
                here / str(size),
                "aaaa0000",
                seq,
                {
                    "ratings": [
                        {"session_id": f"{row:04}", "item": "x", "value": value, "revision": revision}
                        for row in range(seq % 2, size + seq % 2)
                    ]
                },
            )
            for seq, (revision, value) in enumerate(kinds, 1)
        ]
        merged(packages, here / f"{size}.db")
        held: dict[str, tuple[int, float | None]] = {}
        conflicts = set()
        for seq, kind in enumerate(kinds, 1):
            for row in range(seq % 2, size + seq % 2):
                key = f"{row:04}"
                there = held.setdefault(key, kind)
                if there[0] == kind[0] and there != kind:
                    conflicts.add(key)
                held[key] = max(there, kind, key=lambda pair: (pair[0], -9e999 if pair[1] is None else pair[1]))
        found = content(here / f"{size}.db")
        assert {row[1]: (row[-1], row[3]) for row in found["ratings"]} == held
        assert {json.loads(row[2])[0] for row in found["conflicts"]} == conflicts
    shutil.rmtree(here)


RANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(-2, 9)).map(lambda pair: (pair[0], pair[0] + pair[1])))


@given(RANGES, RANGES)
def test_ranges_are_sets_of_numbers(these: list[Range], those: list[Range]) -> None:
    """United and subtracted, they hold the numbers that sets would hold, in as few ranges as there can be."""

    def numbers(ranges: Sequence[Range]) -> set[int]:
        return {number for low, high in ranges for number in range(low, high + 1)}

    left, right = list(united(sorted(these))), list(united(sorted(those)))
    assert numbers(left) == numbers(these)
    assert all(after[0] > before[1] + 1 for before, after in pairwise(left))
    assert numbers(list(minus(left, right))) == numbers(these) - numbers(those)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("good")
    return exported(record(here / "data", lived(sessions=2, steps=2)), here / "out").made.place


def hold(good: Path, here: Path, seed: int, into: Path, way: int | None = None) -> None:
    """One mutant is refused in words, and the database is as it was, to the byte."""
    place = here / "mutant" / good.name
    shutil.copytree(good, place)
    chance = random.Random(seed)
    told = mutate(place, chance) if way is None else WAYS[way](place, chance) or WAYS[way].__name__
    before = into.read_bytes()
    (taken,) = merged([place], into)
    assert taken.outcome in (MergeOutcome.REFUSED, MergeOutcome.ALREADY), f"{told} (seed {seed})"
    assert taken.outcome is MergeOutcome.ALREADY or len(taken.reason) > 15, told
    assert "stumble" not in taken.reason, f"{told} (seed {seed}): {taken.reason}"
    assert into.read_bytes() == before, told
    shutil.rmtree(here / "mutant")
    assert sorted(path.name for path in here.iterdir()) == [into.name]


@pytest.mark.parametrize("way", range(len(WAYS)), ids=[way.__name__ for way in WAYS])
def test_mutants_are_refused_and_leave_no_byte(good: Path, tmp_path: Path, way: int) -> None:
    """Each way of going wrong, after rows have been put in where the reader gets that far."""
    into = tmp_path / "clinic.db"
    merged([], into)
    for seed in range(2):
        hold(good, tmp_path, 100 * way + seed, into, way)


@pytest.mark.slow
def test_two_thousand_mutants_into_a_database(good: Path, tmp_path: Path) -> None:
    """The same by chance."""
    into = tmp_path / "clinic.db"
    merged([], into)
    for seed in range(2_000):
        hold(good, tmp_path, 50_000 + seed, into)


def test_the_others_go_on(good: Path, tmp_path: Path) -> None:
    """One package that is refused stops none, and the command ends with 1; without it, with 0."""
    bad = tmp_path / good.name
    shutil.copytree(good, bad)
    (bad / "data.zip").write_bytes(b"PK")
    into = str(tmp_path / "clinic.db")
    found = CliRunner().invoke(cli, ["clinic", "merge", str(bad), str(good), str(good), "--into", into])
    assert found.exit_code == 1
    words = found.output.splitlines()
    assert [line.split()[0] for line in words[:3]] == ["refused", "merged", "already"]
    assert "hash differs" in words[0]
    assert "nothing is missing" in words[-1]
    assert CliRunner().invoke(cli, ["clinic", "merge", str(good), "--into", into, "--json"]).exit_code == 0


def test_a_damaged_copy_of_what_is_in_is_told(good: Path, tmp_path: Path) -> None:
    """The rows are there, and yet nobody should keep that copy: it ends with 1, and the file is as it was."""
    into = tmp_path / "clinic.db"
    merged([good], into)
    before = into.read_bytes()
    bad = tmp_path / good.name
    shutil.copytree(good, bad)
    (bad / "data.zip").write_bytes(b"PK")
    found = CliRunner().invoke(cli, ["clinic", "merge", str(bad), str(good), "--into", str(into)])
    assert found.exit_code == 1
    lines = found.output.splitlines()
    assert lines[0].startswith("damaged ")
    assert "its rows are in, but this copy is not as it was written: data.zip" in lines[0]
    assert lines[1].startswith("already ")
    assert "0 merged, 1 there already, 1 damaged copies, 0 refused" in lines[2]
    assert into.read_bytes() == before


def test_what_is_no_table_is_verified_too(tmp_path: Path, good: Path) -> None:
    """Rows that came before it in the zip are taken back."""
    place = tmp_path / good.name
    shutil.copytree(good, place)
    files = members(place)
    bundle = next(name for name in files if name.endswith("bundle.json"))
    rezip(place, {**files, bundle: files[bundle] + b" "}, rehash=False)
    (taken,) = merged([place], tmp_path / "clinic.db")
    assert "bundle.json is not as it was written" in taken.reason
    assert not any(content(tmp_path / "clinic.db").values())


def test_rows_of_another_kiosk_are_refused(tmp_path: Path) -> None:
    """A package speaks for the kiosk that made it only."""
    rows = [{"device_id": "bbbb0000", "session_id": "s", "seq": 1, "revision": 9}]
    (taken,) = merged([parcel(tmp_path, "aaaa0000", 1, {"sessions": rows})], tmp_path / "clinic.db")
    assert "another kiosk" in taken.reason


def test_protected_packages_are_merged_with_their_keys(tmp_path: Path) -> None:
    """A file of passphrases, a file with an identity; without the key, a sentence that says so."""
    kiosk = Counting("aaaa0000")
    kiosk.practise(ANNA)
    mine, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    sealed = kiosk.export(tmp_path, protection=Protection(keys=(str(mine.to_public()), str(other.to_public()))))
    locked = kiosk.export(tmp_path, protection=Protection("one two three four five"))
    (tmp_path / "words").write_text("# March\nsix seven eight nine ten\nOne  two three four five\n")
    (tmp_path / "identity").write_text(str(mine))
    command = ["clinic", "merge", str(sealed), str(locked), "--into", str(tmp_path / "clinic.db")]
    first = CliRunner().invoke(cli, [*command, "--passphrases", str(tmp_path / "words")])
    assert first.exit_code == 1
    assert "no identity was given" in first.output
    second = CliRunner().invoke(cli, [*command, "--identity", str(tmp_path / "identity")])
    assert second.exit_code == 0
    assert "1 merged, 1 there already" in second.output


def test_plain_packages_come_in_beside_keys_only_when_that_is_said(tmp_path: Path) -> None:
    """Words do not vouch for a package without any; `--plain` says that a kiosk of the clinic protects nothing."""
    kiosk = Counting("aaaa0000")
    kiosk.practise(ANNA)
    locked = kiosk.export(tmp_path, protection=Protection("one two three four five"))
    plain = kiosk.export(tmp_path)
    (tmp_path / "words").write_text("one two three four five")
    into = tmp_path / "clinic.db"
    command = ["clinic", "merge", str(locked), str(plain), "--into", str(into)]
    command += ["--passphrases", str(tmp_path / "words")]
    first = CliRunner().invoke(cli, command)
    assert first.exit_code == 1
    assert [line.split()[0] for line in first.output.splitlines()[:2]] == ["merged", "refused"]
    assert "not protected, although words or a key were given" in first.output
    assert [row[1] for row in content(into)["merged"]] == [locked.name]
    second = CliRunner().invoke(cli, [*command, "--plain"])
    assert second.exit_code == 0
    assert "1 merged, 1 there already" in second.output
    third = CliRunner().invoke(cli, ["clinic", "merge", str(plain), "--into", str(tmp_path / "other.db")])
    assert third.exit_code == 0


def test_a_folder_that_was_renamed_is_told(tmp_path: Path) -> None:
    """The name inside counts, and whoever merges reads it beside the folder's; silent where they are the same."""
    place = parcel(tmp_path, "aaaa0000", 1, {})
    other = tmp_path / "copy" / "FK_CLIN_AAAA0000_BEN_000009"
    shutil.copytree(place, other)
    lines = [
        CliRunner().invoke(cli, ["clinic", "merge", str(path), "--into", str(tmp_path / f"{number}.db")]).output
        for number, path in enumerate((place, other))
    ]
    assert "WARNING" not in lines[0]
    assert f"{other.name}: 0 rows; WARNING: the folder was renamed, inside it is {place.name}" in lines[1]


def test_a_file_that_is_not_the_clinics_is_left_alone(tmp_path: Path, good: Path) -> None:
    """No database, another program's, a kiosk's own, one of a newer or an older version, one in no folder."""
    data = record(tmp_path / "data", lived(sessions=1))
    text = tmp_path / "text.db"
    text.write_text("Dear all, " * 100)
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE patients (name)")
    other.close()
    ages = {}
    for name, version in (("newer", 99), ("older", 0)):
        merged([], tmp_path / f"{name}.db")
        connection = sqlite3.connect(tmp_path / f"{name}.db")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
        ages[tmp_path / f"{name}.db"] = name
    wanted = {
        text: "no database",
        tmp_path / "other.db": "another program",
        data / "kiosk.db": "of a kiosk",
        tmp_path / "none" / "clinic.db": "a folder that is there",
        **ages,
    }
    for path, sentence in wanted.items():
        before = path.read_bytes() if path.exists() else None
        with pytest.raises(ClinicError, match=sentence):
            merged([good], path)
        assert (path.read_bytes() if path.exists() else None) == before


def test_somebody_else_is_using_the_file(tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence instead of waiting for ever."""
    monkeypatch.setattr("kiosk.clinic.database.BUSY_S", 0.01)
    into = tmp_path / "clinic.db"
    merged([], into)
    holder = sqlite3.connect(into, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(ClinicError, match="another program is using it"):
        merged([good], into)
    holder.close()
    assert [item.outcome for item in merged([good], into)] == [MergeOutcome.MERGED]
