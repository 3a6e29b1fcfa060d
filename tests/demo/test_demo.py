"""The demo is the whole kiosk at once: staff, two people, faults, and a record that says what happened."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from kiosk.demo import story
from kiosk.demo.demo import run_demo
from kiosk.errors import KioskError
from kiosk.package.protection import LEAST_KEYS, Keys, recipients
from kiosk.package.verify import verify
from kiosk.paths import assets
from kiosk.programmes import shelf


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One whole demo; the tests look at what it left."""
    out = tmp_path_factory.mktemp("demo")
    assert run_demo(out, 1) == 0
    return out


def test_every_session_went_as_the_script_says(days: Path) -> None:
    """Read back from the record: programme and end of each, in order."""
    summary = json.loads((days / "summary.json").read_text(encoding="utf-8"))
    assert [(s["programme"], s["end_reason"]) for s in summary["sessions"]] == story.EXPECTED
    assert summary["as_scripted"] is True
    for session in summary["sessions"]:
        if session["end_reason"] == "completed":
            assert session["done_steps"] > 0
        if session["end_reason"] in ("stopped", "power_loss"):
            assert session["done_steps"] < session["planned_steps"]


def test_the_session_after_the_power_cut_names_the_one_before(days: Path) -> None:
    """Rule 11: a new record that says what it goes on with."""
    sessions = json.loads((days / "summary.json").read_text(encoding="utf-8"))["sessions"]
    cut = next(s for s in sessions if s["end_reason"] == "power_loss")
    assert [s["resumes_session_id"] for s in sessions].count(cut["session_id"]) == 1


def test_pain_closed_movement_and_a_red_flag_began_nothing(days: Path) -> None:
    """Rules 5 and 7, in the record that staff will read."""
    with sqlite3.connect(days / "kiosk.db") as db:
        inbox = [code for (code,) in db.execute("SELECT code FROM inbox ORDER BY seq")]
        numbers = [n for (n,) in db.execute("SELECT seq FROM events UNION SELECT seq FROM sessions ORDER BY 1")]
        logged = dict(db.execute("SELECT code, count(*) FROM events WHERE level = 'notice' GROUP BY code"))
    assert inbox == ["question", "saw-movement", "red-flag", "red-flag-eye", "pain-lock"]
    # Each stands once in the log that is handed over, as it happened once.
    assert [logged[code] for code in inbox] == [1] * len(inbox)
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_screen_is_there_once_and_its_text_fits(days: Path) -> None:
    """Named pictures of screens and states; the demo itself fails on text that is clipped or overlaps."""
    summary = json.loads((days / "summary.json").read_text(encoding="utf-8"))
    pictures = {path.stem for path in (days / "screens").glob("*.png")}
    assert len(pictures) == summary["screens"] >= 90
    assert summary["misfits"] == []
    wanted = {
        "home",
        "home-closed.lock",
        "session-identity",
        "session-red-flags.read",
        "session-step.hold.live",
        "session-step.hold.missing.notice",
        "session-paused",
        "session-stop-reason",
        "session-flagged.bell",
        "session-done.tick",
        "staff-first.lock",
        "staff-pin",
        "staff-review.chosen",
        "staff-cleaning.hand",
        "staff-status.chosen",
        "staff-hand-over-protection",
        "staff-hand-over-stick.hand",
        "staff-hand-over-done.tick",
        "staff-brought-keys",
        "staff-taken-in.tick",
    }
    assert wanted <= pictures


def test_what_a_demo_left_is_replaced_but_nothing_else_ever_is(tmp_path: Path) -> None:
    """`--out` pointed at a real data folder must not cost a clinic its record."""
    real = tmp_path / "data"
    real.mkdir()
    (real / "kiosk.db").write_bytes(b"precious")
    with pytest.raises(KioskError, match="was not made by a demo"):
        run_demo(real, 1)
    assert (real / "kiosk.db").read_bytes() == b"precious"


def test_it_ends_with_an_export_that_verifies(days: Path) -> None:
    """Staff carry it away by presses alone, under the words that they wrote down from the screen; they open it."""
    told = json.loads((days / "summary.json").read_text(encoding="utf-8"))["export"]
    found = verify(days / "export" / told["package"], Keys((told["passphrase"],)))
    assert found.passed
    assert found.rows["sessions"] == len(story.EXPECTED)
    with sqlite3.connect(days / "kiosk.db") as db:
        (made,) = db.execute("SELECT package, manifest_sha256, verified, by FROM exports").fetchall()
    assert made == (told["package"], found.manifest_sha256, 1, "therapist-1")
    kept = [path for path in days.rglob("*") if path.is_file() and path.name != "summary.json"]
    assert not [path for path in kept if told["passphrase"].encode() in path.read_bytes()]


def test_what_the_clinic_sent_is_taken_in(days: Path) -> None:
    """Keys and a programme come from a stick by presses alone, and the audit trail has a line for each."""
    with sqlite3.connect(days / "kiosk.db") as db:
        audit = [code for (code,) in db.execute("SELECT code FROM events WHERE level = 'audit' ORDER BY seq")]
    assert [sum(code.startswith(what) for code in audit) for what in ("keys.", "programme.")] == [LEAST_KEYS, 1]
    assert len(recipients(days)) == LEAST_KEYS
    assert "evening" in shelf.load(assets() / "programmes", days / "programmes").programmes
