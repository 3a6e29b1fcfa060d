"""Two builds side by side: the arithmetic, the trees, and what a row says when one of them cannot be had."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from kiosk.bench.rows import BenchRow
from tests.bench import __main__ as made
from tests.bench import side
from tests.bench.against import Compared, spending
from tests.bench.earlier import COMMIT, ROOT, EarlierError, tree
from tests.bench.side import EARLIER, TODAY, Build, Side, SideError, SideRow, as_json, as_text, judged, names, run

FASTER = Compared("Export", "cpu_s", "s", at_most=0.75)
BY_PEER = Compared("Merging", "merge_s", "s", at_least=1.0, peer="raw_s", peer_name="a raw insert")


def found(today: list[float], before: list[float] | None) -> dict[str, list[dict[str, float]]]:
    """The answers of all rounds."""
    answers = {TODAY: [{"cpu_s": value} for value in today]}
    return answers if before is None else answers | {EARLIER: [{"cpu_s": value} for value in before]}


@pytest.mark.parametrize(("today", "holds"), [(7.5, True), (7.6, False)])
def test_the_ratio_of_each_round_is_judged_and_a_disturbed_round_is_outvoted(today: float, holds: bool) -> None:
    """Somebody else's work in one round must not decide; the limit itself is good enough."""
    row = judged(FASTER, found([today, today, 90], [10, 10, 10]))
    assert (row.ok, row.ratio) == (holds, today / 10)
    assert (row.today, row.earlier, row.peer) == (today, 10, None)


def test_at_least_turns_the_ratio_over_and_a_peer_stands_in_the_same_answer() -> None:
    """Twice as fast is a ratio of two; f456959's figure is told beside it all the same."""
    answers = {TODAY: [{"merge_s": 2.0, "raw_s": 3.0}], EARLIER: [{"merge_s": 5.0, "raw_s": 2.7}]}
    row = judged(BY_PEER, answers)
    assert (row.ok, row.ratio, row.today, row.earlier, row.peer) == (True, 1.5, 2.0, 5.0, 3.0)
    assert judged(BY_PEER, {TODAY: [{"merge_s": 4.0, "raw_s": 3.0}]}).ok is False


def test_a_clone_without_history_gives_no_verdict_and_says_why() -> None:
    """Nobody's fault, so nothing is missed; but no figure either, and no silence."""
    row = judged(FASTER, found([7.0], None), absent="the clone is shallow")
    assert (row.ok, row.ratio, row.today, row.earlier) == (None, None, 7.0, None)
    told = as_text(Side([row]))
    assert "not measured" in told
    assert "the clone is shallow" in told
    assert "0 of 1 miss their limit, 1 could not be judged" in told
    assert Side([row]).code == 0


def test_what_is_not_the_same_work_is_told_and_not_judged() -> None:
    """With the reason; a script that fails has missed all the same."""
    unlike = replace(FASTER, told="not judged: today does more")
    row = judged(unlike, found([9.0], [10.0]))
    assert (row.ok, row.ratio, row.why) == (None, 0.9, "not judged: today does more")
    assert judged(unlike, found([], [10.0]), {TODAY: "it ended with 1"}).ok is False


@pytest.mark.parametrize(
    "answers",
    [found([], [10.0]), {TODAY: [{"other": 1.0}], EARLIER: [{"cpu_s": 10.0}]}, {}],
)
def test_a_script_that_measured_nothing_has_missed(answers: dict[str, list[dict[str, float]]]) -> None:
    """A script that breaks must not make its row disappear."""
    row = judged(FASTER, answers)
    assert (row.ok, row.ratio) == (False, None)
    assert row.why
    assert Side([row]).code == 1
    assert judged(FASTER, found([7.0], None), {EARLIER: "it ended with 1: no such module"}).ok is False


@pytest.mark.parametrize("limit", [None, 1.0])
def test_a_row_has_one_limit(limit: float | None) -> None:
    """None would never miss, and two would contradict each other."""
    with pytest.raises(ValueError, match="and not both"):
        Compared("x", "cpu_s", "s", at_most=limit, at_least=limit)


def test_every_measure_says_what_it_compares() -> None:
    """Each file of the folder is one: it can be loaded beside any kiosk, and its rows have names of their own."""
    rows = [(row.name, row.number) for name in names() for row in import_module(f"tests.bench.against.{name}").ROWS]
    assert "demo" in names()
    assert len(rows) == len(set(rows)) >= len(names())


def script(folder: Path, words: str) -> Build:
    """A build whose measuring script ``measuring`` is ``words``."""
    (folder / "measuring.py").write_text(words, encoding="utf-8")
    return Build(folder, Path(sys.executable))


def test_a_script_runs_in_an_empty_folder_and_says_numbers_on_its_last_line(tmp_path: Path) -> None:
    """What it says before is its own business."""
    words = 'import json, os\nprint("warming up")\nprint(json.dumps({"files": len(os.listdir("."))}))\n'
    assert run(script(tmp_path, words), "measuring", 60) == {"files": 0}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("raise SystemExit('there is no model')", "there is no model"),
        ("print('fast')", "no object of numbers: fast"),
        ("pass", "it said nothing"),
    ],
)
def test_a_script_that_fails_is_told_with_its_last_words(words: str, said: str, tmp_path: Path) -> None:
    """Who reads the row has to know what to mend."""
    with pytest.raises(SideError, match=said):
        run(script(tmp_path, words), "measuring", 60)


def test_the_trees_are_told_apart(tmp_path: Path) -> None:
    """``import kiosk`` in a script is that tree's, whatever is installed; its ``tests`` are today's."""
    kiosk = tmp_path / "kiosk"
    kiosk.mkdir()
    (kiosk / "__init__.py").write_text("AGE = 7\n", encoding="utf-8")
    words = "import kiosk\nfrom tests.bench.against import answer\nanswer({'age': getattr(kiosk, 'AGE', 0)})\n"
    assert run(script(tmp_path, words), "measuring", 60) == {"age": 7}


def test_what_children_spend_counts() -> None:
    """An export in a process of its own is not free."""
    with spending() as spent:
        subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)
    assert spent.cpu_s > 0
    assert spent.wall_s > 0
    assert spent.numbers(files=2)["files"] == 2
    assert spent.peak_mb > 5


def git(folder: Path, *words: str) -> str:
    """What git says there."""
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    return subprocess.run(
        ["git", "-C", str(folder), *identity, *words], check=True, capture_output=True, text=True
    ).stdout


def test_an_earlier_tree_is_what_was_committed_without_its_tests(tmp_path: Path) -> None:
    """Made once; the second time it is found."""
    repository = tmp_path / "repository"
    for name in ("kiosk/__init__.py", "assets/words", "tests/__init__.py", "pyproject.toml", "requirements.lock"):
        file = repository / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("AGE = 1\n", encoding="utf-8")
    git(tmp_path, "init", "--quiet", str(repository))
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "first")
    commit = git(repository, "rev-parse", "HEAD").strip()
    (repository / "kiosk" / "__init__.py").write_text("AGE = 2\n", encoding="utf-8")
    place = tree(commit, tmp_path / "earlier", repository)
    assert (place / "kiosk" / "__init__.py").read_text(encoding="utf-8") == "AGE = 1\n"
    assert (place / "assets" / "words").exists()
    assert not (place / "tests").exists()
    assert tree(commit, tmp_path / "earlier", tmp_path / "gone") == place


def test_a_clone_without_that_commit_says_so(tmp_path: Path) -> None:
    """As in CI, where only the newest commit is fetched; and in an archive of the sources there is no git at all."""
    git(tmp_path, "init", "--quiet", str(tmp_path))
    for repository in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(EarlierError, match="git fetch --unshallow"):
            tree(COMMIT, tmp_path / "earlier", repository)
    assert not (tmp_path / "earlier" / COMMIT[:7]).exists()


PLAIN = BenchRow("Looked at 15 times", 0.3, "ms", "one copy, 0.25 ms", 1.2, "≤ 1.5", True)


def test_rows_of_the_bench_stand_beside_what_the_earlier_build_says_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row is the same question although the figures in its name differ; one that is new says that it is."""
    old = BenchRow("Looked at 14 times", 0.6, "ms", "one copy, 0.25 ms", 2.4, "≤ 1.5", False)
    monkeypatch.setattr(made, "builds", lambda: ({TODAY: Build(ROOT, Path()), EARLIER: Build(ROOT, Path())}, ""))
    monkeypatch.setattr(made, "own_bench", lambda _: [old])
    new = BenchRow("New", 1.0, "ms", "x", 1.0, "≤ 1.5", True)
    same, other = made.beside_earlier([PLAIN, new], lambda _: None)
    assert (same.today, same.earlier, same.ratio, same.ok) == (0.3, 0.6, 1.2, True)
    assert "ratio was 2.4" in same.peer_name
    assert (other.earlier, other.why) == (None, f"{EARLIER} has no such row")
    monkeypatch.setattr(made, "builds", lambda: ({TODAY: Build(ROOT, Path())}, "the clone is shallow"))
    (alone,) = made.beside_earlier([PLAIN], lambda _: None)
    assert (alone.earlier, alone.ok, alone.why) == (None, True, "the clone is shallow")


def test_the_file_for_programs_has_all_that_the_text_says() -> None:
    """Programs read it: all four figures by name, and the load beside them."""
    row = SideRow("Export", "s", 2.0, 5.0, 3.0, "a raw insert", 0.4, "≤ 0.45", True)
    answer = json.loads(as_json(Side([row], [0.5, 3.0])))
    assert answer["ok"] is True
    assert answer["load"] == [0.5, 3.0]
    assert answer["rows"][0] == {
        "name": "Export",
        "unit": "s",
        "today": 2.0,
        EARLIER: 5.0,
        "peer": 3.0,
        "peer_name": "a raw insert",
        "ratio": 0.4,
        "limit": "≤ 0.45",
        "ok": True,
        "why": "",
    }
    told = as_text(Side([row], [0.5, 3.0]))
    assert all(figure in told for figure in ("today 2", f"{EARLIER} 5", "a raw insert 3", "≤ 0.45", "load 0.5 to 3.0"))


def test_a_measure_that_there_is_not_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """With those that there are."""
    assert side.main(["exprt"]) == 2
    assert "no such measure: exprt. There are: " in capsys.readouterr().err
