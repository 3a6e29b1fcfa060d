"""What the page for support tells to type works as written, and names every table and every event of the store."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils.cli import cli

from kiosk.rows.kinds import ROWS
from tests.patience import PATIENCE_S
from tests.records.helpers import open_small, repetition, session, step

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "looking-inside.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```\n(.*?)```", PAGE, re.S) for line in block.splitlines()]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    store = open_small(tmp_path)
    store.put(session(end_reason="completed"), step(done_repetitions_count=1), repetition(0))
    store.event("warning", "camera_lost", "timeout")
    store.close(PATIENCE_S)
    shutil.copytree(ROOT / "kiosk" / "records", tmp_path / "kiosk" / "records")
    return tmp_path


def test_every_command_of_the_page_works(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Support types what the page says, on a kiosk that somebody is using, and reads what the page promises."""
    store = open_small(data)
    monkeypatch.chdir(data)
    answers = {}
    for command in COMMANDS:
        program, *arguments = shlex.split(command)
        assert program == "sqlite-utils"
        run = CliRunner().invoke(cli, arguments)
        assert run.exit_code == 0, f"{command}: {run.output}"
        answers[command] = run.output
    assert len(answers) >= 12
    said = "".join(answers.values())
    assert "camera_lost" in said
    assert '"integrity_check": "ok"' in said
    assert (data / "copy-of-kiosk.db").stat().st_size > 0
    assert store.problem == ""
    assert store.close(PATIENCE_S)


def test_the_page_names_every_table() -> None:
    """Nothing is remembered that support is not told of."""
    missing = [kind.TABLE for kind in ROWS if f"`{kind.TABLE}`" not in PAGE]
    assert missing == []


def test_the_page_names_every_event_of_the_store() -> None:
    """An event that the store writes is one that support can look up."""
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "kiosk" / "records").glob("*.py"))
    codes = set(re.findall(r'(?:EventRow|\.event)\("\w+", "(\w+)"', source))
    assert len(codes) >= 7
    assert [code for code in codes if f"`{code}`" not in PAGE] == []
