"""A clinic's database in a browser: a whole copy, read-only, for whoever has the link, and nothing from a network."""

from __future__ import annotations

import asyncio
import http.cookiejar
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from kiosk.cli import cli
from kiosk.clinic.database import open_clinic
from kiosk.warehouse.browse import FOLDER, OPEN, copied, own_folder, reader
from kiosk.warehouse.plot import svg
from kiosk.warehouse.questions import DOSES, INJECTIONS, QUESTIONS, SILENT
from tests.patience import PATIENCE_S
from tests.warehouse.engines import alike, by_duckdb, by_sqlite
from tests.warehouse.test_publish import published
from tests.warehouse.years import years

PAGES = (
    "/",
    "/clinic",
    "/clinic/sessions",
    "/clinic/doses.json",
    "/clinic/steps.csv",
    "/-/questions",
    "/-/metadata.json",
)


def copy_of(database: Path, folder: Path) -> Path:
    folder.mkdir()
    with open_clinic(database) as clinic:
        return copied(clinic, folder)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of five kiosks, of which one is silent."""
    here = tmp_path_factory.mktemp("browse")
    years(here / "c.db", (0, 1, 3, 20, 40), days=230)
    return copy_of(here / "c.db", here / "copy")


def asked(copy: Path, *paths: str, cookies: bool = True, **more: Any) -> list[Any]:
    """The answers of a fresh reader, one after the other, after the link was followed once, or not."""

    async def all_of_them() -> list[Any]:
        datasette = reader(copy, "c.db", "the-token")
        given = {}
        if cookies:
            opened = await datasette.client.get(f"{OPEN}?token=the-token")
            assert (opened.status_code, opened.headers["location"]) == (302, "/-/questions")
            given = {"ds_actor": opened.cookies["ds_actor"]}
        return [await datasette.client.get(path, cookies=given, **more) for path in paths]

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_told_without_the_link(copy: Path, path: str) -> None:
    """Another user of this computer who finds the port sees no row and no name of a table."""
    (answer,) = asked(copy, path, cookies=False)
    assert answer.status_code == 403
    assert "sessions" not in answer.text


def test_the_link_opens_once(copy: Path) -> None:
    """A wrong one does not use it up; afterwards nobody comes in by it again."""

    async def three() -> list[int]:
        client = reader(copy, "c.db", "the-token").client
        tokens = ("wrong", "the-token", "the-token", "")
        return [(await client.get(f"{OPEN}?token={token}")).status_code for token in tokens]

    assert asyncio.run(three()) == [403, 302, 403, 403]


def test_six_answers_stand_on_one_page(copy: Path) -> None:
    """Each drawn, with a way to all of its rows; the page says what it is and is not."""
    (page,) = asked(copy, "/-/questions")
    assert page.status_code == 200
    assert page.text.count('<svg viewBox="0 0 720 ') == len(QUESTIONS)
    for one in QUESTIONS:
        assert one.title in page.text
        assert f'href="/clinic/{one.name}"' in page.text
    assert "nothing in them is a measure of how somebody is" in page.text


def test_answers_are_those_of_the_engines(copy: Path, tmp_path: Path) -> None:
    """SQLite understands the same texts, and finds the same in the copy as DuckDB in what was published."""
    years(tmp_path / "c.db", (0, 1, 3, 20, 40), days=230)
    wanted = by_duckdb(published(tmp_path / "c.db", tmp_path / "to").current)
    found = by_sqlite(copy)
    for one in QUESTIONS:
        assert wanted[one.name]
        assert alike(found[one.name], wanted[one.name]), one.name
    shown = asked(copy, *(f"/clinic/{one.name}.json?_shape=arrays&_size=max" for one in QUESTIONS))
    for one, answer in zip(QUESTIONS, shown, strict=True):
        rows = [tuple(row) for row in answer.json()["rows"]]
        assert alike(found[one.name][: len(rows)], rows), one.name


def test_it_is_read_only(copy: Path) -> None:
    """Neither a statement of SQL nor a form changes anything."""
    before = copy.read_bytes()
    answers = asked(copy, "/clinic.json?sql=DELETE+FROM+sessions", "/clinic.json?sql=PRAGMA+user_version=7")
    assert {answer.status_code for answer in answers} == {400}
    assert "must be a SELECT" in answers[0].text
    assert asked(copy, "/clinic.db")[0].status_code in (403, 404)
    assert copy.read_bytes() == before


@pytest.mark.parametrize("path", [path for path in PAGES if "." not in path])
def test_no_page_fetches_anything_from_elsewhere(copy: Path, path: str) -> None:
    """Scripts, styles and pictures are of this address, and the browser is told to allow no others."""
    (page,) = asked(copy, path)
    sources = re.findall(r'<(?:script|img|link|iframe)\b[^>]*?(?:src|href)="([^"]+)"', page.text)
    assert not [source for source in sources if re.match(r"(?!http://localhost/)https?:|//", source)]
    assert page.headers["content-security-policy"].startswith("default-src 'self' ")
    assert page.headers["cache-control"] == "no-store"


def test_a_leftover_beside_the_file_is_in_the_copy(tmp_path: Path) -> None:
    """An immutable reader of a file with a ``-wal`` sees part of the rows, in silence: the copy has them all."""
    database = tmp_path / "c.db"
    years(database, [0], days=2)
    writer = sqlite3.connect(database, isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    writer.execute("UPDATE sessions SET programme = 'new'")
    years(database, [20], days=4)
    assert Path(f"{database}-wal").stat().st_size > 0
    unseen = sqlite3.connect(f"file:{database}?immutable=1", uri=True)
    assert unseen.execute("SELECT count(*) FROM sessions").fetchone() == (4,)
    unseen.close()
    copy = copy_of(database, tmp_path / "copy")
    assert [path.name for path in copy.parent.iterdir()] == ["clinic.db"]
    seen = sqlite3.connect(f"file:{copy}?immutable=1", uri=True)
    assert seen.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert seen.execute("SELECT count(*), sum(programme = 'new') FROM sessions").fetchone() == (12, 4)
    seen.close()
    writer.close()


def test_an_empty_database_has_its_page(tmp_path: Path) -> None:
    """It says that there is nothing, and no error."""
    open_clinic(tmp_path / "c.db").close()
    (page,) = asked(copy_of(tmp_path / "c.db", tmp_path / "copy"), "/-/questions")
    assert page.text.count("There is nothing to show") == len(QUESTIONS)


def test_a_drawing_takes_no_markup_and_leaves_gaps() -> None:
    """A word of the record is a word; a week without an answer takes its room; all sites are added up."""
    drawn = svg(SILENT, [{"device_id": "<b>", "weeks_silent": 3}, {"device_id": "x", "weeks_silent": None}])
    assert "&lt;b&gt;" in drawn
    assert "<b>" not in drawn
    assert drawn.count("<rect") == 1
    weeks = [{"weeks_since": at, "mean_tightness_0_3": 1.0} for at in (0, 1, 4)]
    xs = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', svg(INJECTIONS, weeks))]
    assert round((xs[2] - xs[1]) / (xs[1] - xs[0]), 2) == 3
    labels = [float(x) for x in re.findall(r'<text x="([\d.]+)" y="230"', svg(INJECTIONS, weeks))]
    assert labels == [xs[0], xs[1], xs[2]]  # each below its point
    assert re.findall(r'text-anchor="end">(\d+)</text>', svg(INJECTIONS, weeks))[:4] == ["0", "1", "2", "3"]
    sites = [{"site": site, "week": "2026-03-02", "planned_steps": 4, "done_steps": 3} for site in ("s-1", "s-2")]
    assert ">8<" in svg(DOSES, sites)
    assert svg(DOSES, []) == ""


def started(database: Path, folder: Path) -> tuple[subprocess.Popen[str], str]:
    """The command itself, and the address that it says."""
    command = [sys.executable, "-m", "kiosk", "clinic", "browse", str(database)]
    env = {**os.environ, "TMPDIR": str(folder)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said.startswith("Open this once in your browser: http://127.0.0.1:")
    return process, said.split()[-1]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    """A browser's other end, and the folder in which its copy lies."""
    years(tmp_path / "c.db", (0, 3, 20), days=230)
    folder = tmp_path / "temporary"
    folder.mkdir()
    process, address = started(tmp_path / "c.db", folder)
    yield process, address, folder
    process.kill()
    process.wait(PATIENCE_S)


def test_the_command_serves_and_tidies_up(running: tuple[subprocess.Popen[str], str, Path]) -> None:
    """The link leads to the page; told to end, it ends, and the copy is gone."""
    process, address, folder = running
    (place,) = folder.iterdir()
    assert place.stat().st_mode & 0o077 == 0
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    with urllib.request.build_opener(cookies).open(address, timeout=PATIENCE_S) as page:
        assert page.read().decode().count('<svg viewBox="0 0 720 ') == len(QUESTIONS)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.build_opener().open(address, timeout=PATIENCE_S)
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE_S)
    assert list(folder.iterdir()) == []


def test_copies_of_programs_that_were_killed_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And those of programs that run are not."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / f"{FOLDER}left"
    left.mkdir()
    (left / "clinic.db").write_text("rows")
    with own_folder() as mine:
        assert not left.exists()
        with own_folder():
            assert mine.exists()
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, and no copy stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    years(tmp_path / "c.db", [0], days=1)
    monkeypatch.setitem(sys.modules, "datasette.app", None)
    ran = CliRunner().invoke(cli, ["clinic", "browse", str(tmp_path / "c.db")])
    assert ran.exit_code == 1
    assert "needs Datasette, which is not installed" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["c.db"]


@pytest.mark.slow
def test_a_browser_draws_it_without_a_network(running: tuple[subprocess.Popen[str], str, Path], tmp_path: Path) -> None:
    """Headless Chromium that finds no other address: the lines and bars are there, in their colours."""
    _, address, _ = running
    chromium = shutil.which("chromium")
    assert chromium, "Debian's chromium: `systemd/packages.sh test-slow` installs it"
    picture = tmp_path / "page.png"
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    command += ["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--window-size=1000,2200"]
    subprocess.run(
        [*command, f"--screenshot={picture}", address], check=True, capture_output=True, timeout=PATIENCE_S * 6
    )
    with Image.open(picture) as image:
        colours = {colour: count for count, colour in image.convert("RGB").getcolors(1 << 20) or ()}
    assert colours.get((0x0B, 0x53, 0x94), 0) > 3_000
    assert colours.get((0xB4, 0x5F, 0x06), 0) > 500
    assert colours.get((0x38, 0x76, 0x1D), 0) > 200
