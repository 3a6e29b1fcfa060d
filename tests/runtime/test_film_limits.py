"""Which films may be made and which must go: every bound, and nothing that deletes more than it may."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import ContentError
from kiosk.package.protection import KEYS
from kiosk.runtime import films
from kiosk.runtime.films import PART, Bounds, Held, doomed, refusal
from kiosk.sight import clips

BOUNDS = Bounds(film_bytes=10, total_bytes=100, keep_days=30, free_bytes=50)
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sizes", "free", "why"),
    [((), 60, ""), ((), 59, "disk"), ((40, 50), 1_000, ""), ((41, 50), 1_000, "total"), ((200,), 0, "total")],
)
def test_a_film_needs_room_of_its_own(sizes: tuple[int, ...], free: int, why: str) -> None:
    """A film is begun only where it could reach its limit, and never takes the room of the record."""
    held = [Held(f"A/{i}", "A", size) for i, size in enumerate(sizes)]
    assert refusal(BOUNDS, held, free) == why


def test_what_must_go_and_why() -> None:
    """Taken back, too old, or half a file; not what has no date, and not what belongs to somebody unknown."""
    held = [
        Held("A/1.mp4", "A", 1, 3.0),
        Held("A/2.mp4", "A", 1, 30.5),
        Held("A/3.mp4", "A", 1, None),
        Held("B/1.mp4", "B", 1, 1.0),
        Held("B/2.mp4.age.part", "B", 1, 1.0),
        Held("C/1.mp4", "C", 1, -400.0),
    ]
    assert [(film.file, why) for film, why in doomed(held, {"B"}, BOUNDS)] == [
        ("A/2.mp4", "age"),
        ("B/1.mp4", "withdrawn"),
        ("B/2.mp4.age.part", "part"),
    ]


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.one_of(st.none(), st.floats(-1_000, 1_000)), st.booleans())),
    st.sets(st.sampled_from("ABC")),
)
def test_a_whole_film_of_whoever_agrees_stays_its_time(
    lying: list[tuple[str, float | None, bool]], refused: set[str]
) -> None:
    """Whatever lies there: what goes has a reason that is true, and everything with one goes."""
    held = [Held(f"{c}/{i}{PART if part else ''}", c, 1, age) for i, (c, age, part) in enumerate(lying)]
    going = {film.file for film, _ in doomed(held, refused, BOUNDS)}
    for film in held:
        old = film.age_days is not None and film.age_days > 30
        assert (film.file in going) == (film.file.endswith(PART) or film.code in refused or old)


def test_half_a_film_is_called_the_same_by_who_writes_and_who_sweeps() -> None:
    """Otherwise what a crash leaves would lie there for ever."""
    assert PART == clips.PART


def test_the_folder_is_read_and_emptied(tmp_path: Path) -> None:
    """Ages by the clock, or none; deleting takes the empty folder with it, and what is gone already is no fault."""
    assert films.held(tmp_path, NOW) == ()
    folder = tmp_path / films.FOLDER / "AB12"
    folder.mkdir(parents=True)
    for name, days in (("a.mp4", 2), ("b.mp4.age", 40)):
        (folder / name).write_bytes(b"12345")
        then = NOW.timestamp() - days * films.DAY_S
        os.utime(folder / name, (then, then))
    assert films.held(tmp_path, NOW) == (Held("AB12/a.mp4", "AB12", 5, 2.0), Held("AB12/b.mp4.age", "AB12", 5, 40.0))
    assert [film.age_days for film in films.held(tmp_path, None)] == [None, None]
    assert films.remove(tmp_path, ["AB12/a.mp4", "AB12/gone.mp4"]) == []
    assert [path.name for path in folder.iterdir()] == ["b.mp4.age"]
    assert films.remove(tmp_path, ["AB12/b.mp4.age"]) == []
    assert not folder.exists()


def test_a_file_that_gets_its_name_while_the_folder_is_read_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One step's film is written while the next one's is begun: that must not look like a broken disk."""
    folder = tmp_path / films.FOLDER / "AB12"
    folder.mkdir(parents=True)
    for name in (f"a.mp4{PART}", "b.mp4"):
        (folder / name).write_bytes(b"12345")
    look = Path.lstat

    def late(path: Path) -> os.stat_result:
        if path.name.endswith(PART):
            path.rename(path.with_suffix(""))
        return look(path)

    monkeypatch.setattr(Path, "lstat", late)
    assert [film.file for film in films.held(tmp_path, None)] == ["AB12/b.mp4"]


def test_what_cannot_be_deleted_is_named(tmp_path: Path) -> None:
    """A withdrawal that did not work must not look as if it had."""
    (tmp_path / films.FOLDER / "AB12" / "a.mp4").mkdir(parents=True)  # unlink cannot take a folder, even as root
    assert films.remove(tmp_path, ["AB12/a.mp4"]) == ["AB12/a.mp4"]


def key() -> str:
    return str(pyrage.x25519.Identity.generate().to_public())


def write_keys(data: Path, text: str) -> None:
    path = data / KEYS
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_clinic_keys(tmp_path: Path) -> None:
    """Two keys or more, a line each, with room for comments; no file means no keys."""
    assert films.recipients(tmp_path) == ()
    one, two = key(), key()
    write_keys(tmp_path, f"# the clinic's\n{one}\n\n{two}  # in the safe\n")
    assert films.recipients(tmp_path) == (one, two)


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "0 keys"), ("{one}\n", "1 keys"), ("{one}\n{one}\n", "twice"), ("{one}\nage1nonsense\n", "line 2")],
)
def test_bad_keys_are_refused_and_never_taken_for_none(tmp_path: Path, text: str, word: str) -> None:
    """A clinic that wanted its films encrypted gets no film at all rather than a plain one."""
    write_keys(tmp_path, text.format(one=key()))
    with pytest.raises(ContentError, match=word):
        films.recipients(tmp_path)
