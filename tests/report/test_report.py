"""The report says what the record says, in words that may be said, and others' tools can open it."""

from __future__ import annotations

import html
import io
import json
import re
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.care.model import Movement, Side, Stage, ViewMode
from kiosk.care.person import OwnDose, Person, SeenTick
from kiosk.clock import SimClock
from kiosk.package.selection import Selection
from kiosk.package.snapshot import open_snapshot
from kiosk.report.bands import LEAST, Bands
from kiosk.report.figures import MOST_WEEKS, figures
from kiosk.report.pages import Report
from kiosk.report.told import told
from kiosk.rows.kinds import (
    AnchorRow,
    EventRow,
    InjectionRow,
    PermissionRow,
    RatingRow,
    Row,
    SessionRow,
    StateRow,
    StepRow,
    utc_text,
)
from kiosk.words import languages
from kiosk.words import words as words_of
from tests.package import sample
from tests.package.made import BERLIN, code, person_row, record
from tests.patience import PATIENCE_S
from tests.records.helpers import session

FORBIDDEN = (
    "good bad poor fail failed failure try harder squeeze tighten streak score scores recovery recovered percent "
    "improvement improved worse compliance target achieved normal abnormal healthy paralysis"
)
"""Words that judge or promise; none may stand in a report."""
LINE = "This is a diary of timed practice, not a medical device; it does not diagnose, grade or monitor."
DAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
Box = tuple[float, float, float, float, str]


def made(data: Path, to: Path, password: str | None = None, since: int = 0, **options: Any) -> Path:
    """The report of the record in ``data``, as a file."""
    stream = io.BytesIO()
    with open_snapshot(data, Selection(None, since), BERLIN) as snapshot:
        seventh = replace(snapshot, package_seq=7, package="FK_CLIN_D1_ALL_000007")
        Report(site="CLIN", label="Room 12", **options)(seventh, stream, password)
    to.write_bytes(stream.getvalue())
    return to


def tool(*command: object, decode: str = "utf-8") -> str:
    """What a foreign tool says about a file; it must be content."""
    done = subprocess.run([str(part) for part in command], capture_output=True, check=True, timeout=PATIENCE_S)
    return done.stdout.decode(decode)


def text_of(pdf: Path) -> str:
    """All words of it, in the order of reading, one space between."""
    return " ".join(tool("pdftotext", "-layout", pdf, "-").split())


def pages_of(pdf: Path) -> int:
    found = re.search(r"Pages:\s+(\d+)", tool("pdfinfo", pdf))
    assert found
    return int(found[1])


def boxes(pdf: Path) -> list[list[Box]]:
    """Where each word stands, page by page: left, top, right, bottom in pt, and the word."""
    found = []
    for page in tool("pdftotext", "-bbox", pdf, "-").split("<page ")[1:]:
        words = re.findall(r'xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', page)
        found.append([(float(a), float(b), float(c), float(d), word) for a, b, c, d, word in words])
    return found


def on(day: int, seq: int, **more: Any) -> SessionRow:
    """A session of the person 0 that many days after the first one."""
    start = DAY + timedelta(days=day)
    given: dict[str, Any] = {
        "patient_code": code(0),
        "start_utc": utc_text(start),
        "clock_status": "ntp",
        "wall_uncertainty_s": 0.0,
        "end_reason": "completed",
        "planned_steps_count": 6,
        "done_steps_count": 6,
        "active_duration_s": 300.0,
        "revision": 1,
        "seq": seq,
    }
    return session(f"s{seq}", SimClock(), **{**given, **more})


def practised(session_id: str, order: int, exercise: str, done: int, planned: int, hold_s: float = 0.0) -> StepRow:
    """A step with so many repetitions done of those planned."""
    return StepRow(
        session_id=session_id,
        order=order,
        exercise=exercise,
        planned_repetitions_count=planned,
        done_repetitions_count=done,
        hold_target_s=hold_s,
    )


def known(*rows: Row) -> list[Row]:
    return [StateRow("device_id", "05e0b6c3"), person_row(code(0)), *rows]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of two people over eight weeks."""
    folder = tmp_path_factory.mktemp("report")
    return made(record(folder / "data", sample.rows(sample.lives())), folder / "report.pdf")


def test_foreign_tools_open_it(two: Path, tmp_path: Path) -> None:
    """qpdf finds nothing wrong, pdftoppm draws two A4 pages for each person, with our typeface inside the file."""
    tool("qpdf", "--check", two)
    assert pages_of(two) == 4
    assert "595.28 x 841.89 pts (A4)" in tool("pdfinfo", two)
    tool("pdftoppm", "-r", "30", "-gray", two, tmp_path / "page")
    drawn = sorted(tmp_path.glob("page*"))
    assert len(drawn) == 4
    # Something stands on each page, and most of it stays white: it is printed.
    assert all(0.80 < path.read_bytes()[20:].count(255) / len(path.read_bytes()) < 0.99 for path in drawn)
    fonts = tool("pdffonts", two).splitlines()[2:]
    assert len(fonts) == 2
    assert all("AtkinsonHyperlegible" in font and " yes yes yes " in font for font in fonts)


def test_its_password_is_a_pdfs_own(tmp_path: Path) -> None:
    """With the words it opens everywhere, AES-256; without them there is nothing to see, not even a code."""
    data = record(tmp_path / "data", known(on(0, 1)))
    pdf = made(data, tmp_path / "report.pdf", "five words that nobody knows")
    shut = subprocess.run(["pdftoppm", "-r", "30", pdf, tmp_path / "shut"], capture_output=True, check=False)
    assert shut.returncode != 0
    assert not list(tmp_path.glob("shut*"))
    assert code(0).encode() not in pdf.read_bytes()
    said = tool("qpdf", "--show-encryption", "--password=five words that nobody knows", pdf)
    assert "R = 6" in said
    assert "file encryption method: AESv3" in said
    tool("qpdf", "--check", "--password=five words that nobody knows", pdf)
    tool("pdftoppm", "-r", "30", "-upw", "five words that nobody knows", pdf, tmp_path / "open")
    assert len(list(tmp_path.glob("open*"))) == 1


def test_every_mark_is_a_shape_with_an_area(two: Path) -> None:
    """A stroke from a point to itself is a dot to some readers and nothing to the one inside browsers."""
    content = tool("qpdf", "--qdf", "--object-streams=disable", two, "-", decode="latin-1")
    strokes = re.findall(r"([\d.]+ [\d.]+) m\s+([\d.]+ [\d.]+) l\s+S", content)
    assert strokes
    assert [begin for begin, end in strokes if begin == end] == []


@pytest.mark.parametrize("password", [None, "five words that nobody knows"])
def test_a_screen_reader_is_told_the_language(password: str | None, tmp_path: Path) -> None:
    """Behind a password as well: there a string that was left as it is would be decrypted into nothing."""
    pdf = made(record(tmp_path / "data", known(on(0, 1))), tmp_path / "report.pdf", password, language="de")
    words = [f"--password={password}"] if password else []
    content = tool("qpdf", *words, "--qdf", "--object-streams=disable", "--decrypt", pdf, "-", decode="latin-1")
    assert "/Lang (de)" in content


def told_by(pdf: Path, password: str = "") -> list[str]:
    """What each figure says in words to whoever does not see it, in order."""
    found = json.loads(tool("qpdf", f"--password={password}", "--json", "--json-key=qpdf", pdf))
    objects = [kept["value"] for kept in found["qpdf"][1].values() if isinstance(kept.get("value"), dict)]
    return [kept["/Alt"].removeprefix("u:") for kept in objects if kept.get("/S") == "/Figure"]


@pytest.mark.parametrize("password", ["", "five words that nobody knows"])
def test_every_plot_says_in_words_what_it_shows(password: str, tmp_path: Path) -> None:
    """Week by week, behind a password as well; with the marks of the time line."""
    rows = [
        on(0, 1, pain_before_0_3=0),
        on(1, 2, pain_before_0_3=2),
        on(8, 3, end_reason="stopped", done_steps_count=2, pain_before_0_3=1),
        RatingRow("s1", "tightness.eyes", 2.0, "0_3"),
        InjectionRow(code(0), "2026-03-04", "eyes", by="therapist-1"),
    ]
    pdf = made(record(tmp_path / "data", known(*rows)), tmp_path / "report.pdf", password or None)
    head, practice, *panels = told_by(pdf, password)
    assert head == "Time line from 2 Mar 2026 to 15 Mar 2026. 4 Mar: Botulinum toxin."
    assert practice.endswith(", week by week: 2 Mar: 2 sessions, 12 of 12 steps; 9 Mar: one session, 2 of 6 steps.")
    assert panels[0] == "Pain before, week by week: 2 Mar: none to moderate; 9 Mar: mild."
    assert "Tightness, week by week: 2 Mar: tight." in panels


def test_a_long_time_says_its_months(tmp_path: Path) -> None:
    rows = [on(day, seq) for seq, day in enumerate((0, 1, 30, 200), 1)]
    pdf = made(record(tmp_path / "data", known(*rows)), tmp_path / "report.pdf")
    assert "Days of practice by month: Mar 2026: 2; Apr 2026: 1; Sep 2026: 1." in told_by(pdf)


def test_a_screen_reader_finds_every_word(two: Path) -> None:
    """Words that are no part of the structure are passed over once a document has one; lines and dots are."""
    structure = tool("pdfinfo", "-struct-text", two)
    said = " ".join(re.findall(r'"(.*)"', structure))
    drawn = {html.unescape(word) for page in boxes(two) for *_, word in page}
    assert {word for word in drawn if word not in said} == set()
    assert "Cheek and mouth corner" in said, "words of two lines stay two"
    assert structure.count("H1 (block)") == 2
    content = tool("qpdf", "--qdf", "--object-streams=disable", two, "-", decode="latin-1")
    depth, outside = 0, []
    for line in content.splitlines():
        depth += line.endswith(("BDC", "BMC")) - (line == "EMC")
        assert depth in (0, 1), "no piece of content holds another"
        if not depth and re.search(r" (l|re|c) *$| Tj ET", line):
            outside.append(line)
    assert outside == []


def test_it_names_the_view_the_review_and_the_doses(tmp_path: Path) -> None:
    """What was shown of the face in sessions with movements, who reviewed the plan and when, what was done of what."""
    seen = Person(
        code=code(0),
        stage=Stage.PARETIC,
        side=Side.LEFT,
        view_mode=ViewMode.LOOK_THEN_FEEL,
        reviewed_by="therapist-3",
        ticks_reviewed_on=date(2026, 3, 1),
    )
    rows = [
        on(0, 1, camera_used=True, view_mode="mirror"),
        on(1, 2, camera_used=True, view_mode="mirror"),
        on(2, 3, camera_used=True, view_mode="feel"),
        on(3, 4, camera_used=False, view_mode="feel"),
        practised("s1", 0, "small-smile", 5, 5, 3.0),
        practised("s2", 0, "small-smile", 2, 5, 2.5),
        practised("s2", 1, "small-lids", 4, 4),
        practised("s2", 2, "breathe", 0, 0),
    ]
    held = msgspec.structs.replace(person_row(code(0)), profile=msgspec.json.encode(seen).decode())
    pdf = made(record(tmp_path / "data", [StateRow("device_id", "d1"), held, *rows]), tmp_path / "report.pdf")
    text = text_of(pdf)
    assert "Shown of the face, by sessions with movements: Mirror 2; No picture: feel 1." in text
    facts = ["Picture", "Look once, then feel", "Reviewed by", "therapist-3", "Ticks reviewed", "1 Mar 2026"]
    read_out = re.findall(r'"(.*)"', tool("pdfinfo", "-struct-text", pdf))
    assert facts == read_out[read_out.index("Picture") :][:6]
    assert "Small smile: 7 of 10, 2.5–3 s each" in text
    assert "Soft lids: 4 of 4 " in text
    assert "Breathe" not in text
    unseen = text_of(made(record(tmp_path / "other", known(on(0, 1))), tmp_path / "other.pdf"))
    assert "as the programme has it" in unseen
    assert "nobody yet" in unseen
    assert "Shown of the face" not in unseen
    assert "Dose of each exercise" not in unseen


def test_what_was_gone_on_with_is_counted_once(tmp_path: Path) -> None:
    """The steps of a session that was interrupted stand again in the one that goes on with it."""
    rows = [
        on(0, 1, end_reason="power_loss"),
        on(0, 2, resumes_session_id="s1"),
        practised("s1", 0, "small-smile", 5, 5),
        practised("s1", 1, "small-smile", 2, 5),
        practised("s2", 1, "small-smile", 5, 5),
    ]
    text = text_of(made(record(tmp_path / "data", known(*rows)), tmp_path / "report.pdf"))
    assert "Small smile: 10 of 10" in text


def test_it_says_who_which_kiosk_and_that_it_is_a_diary(two: Path) -> None:
    """A page that lies about alone still says whose it is, where it comes from, and what it is not."""
    each = [" ".join(word for *_, word in page) for page in boxes(two)]
    for number, page in enumerate(each):
        assert code(1 + number // 2) in page or code(2 - number // 2) in page
        assert "CLIN · Room 12 · kiosk 05e0b6c3 · package 000007" in page
        assert LINE in page
        assert f"page {number % 2 + 1} of 2" in page
    assert "First movements (paretic)" in text_of(two)
    assert "6 to 12 weeks ago (said on 5 Jan 2026)" in text_of(two)


def test_no_word_judges_or_promises(two: Path) -> None:
    """No grade, no "recovery %", no score, no streak: practice shows as dots."""
    text = text_of(two)
    assert "%" not in text
    words = set(re.findall(r"[a-z]+", text.lower()))
    assert not words & set(FORBIDDEN.split())
    assert text.count("grade") == text.count("does not diagnose, grade or monitor")


def test_no_word_leaves_the_page_or_covers_another(two: Path) -> None:
    """A page that cannot be read in a minute is no page for a clinician; print margins are kept."""
    for page in boxes(two):
        for left, top, right, bottom, word in page:
            assert left > 17 * 72 / 25.4, word
            assert right < 193 * 72 / 25.4, word
            assert top > 10 * 72 / 25.4, word
            assert bottom < 287 * 72 / 25.4, word
        assert not [(one[4], other[4]) for one, other in combinations(page, 2) if _overlap(one, other)]


def _overlap(one: Box, other: Box) -> bool:
    """Boxes of words hold more than their ink: a point above and below does not count."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 0.5 and high > 2.5


def test_the_busiest_person_stays_readable(tmp_path: Path) -> None:
    """Everything at once (five programmes, every notice, many marks) takes one page more, and no word runs off."""
    ticks = tuple(
        SeenTick(movement=movement, seen_on=date(2026, 5, 11) + timedelta(days=2 * at), by="therapist-1")
        for at, movement in enumerate(Movement)
    )
    life = sample.lives(weeks=20)[0]
    life.person = sample.person(1, Stage.PARETIC, Side.LEFT, ticks=ticks)
    life.days["quiet-control"] = (12.0, 13.0, 14.0, 17.0, 18.0)
    rows = list(sample.rows([life]))
    who, seq = life.person.code, len(rows) * 2
    wall = "2026-05-20T08:00:00.000Z"
    codes = ("red-flag", "red-flag-eye", "pain-lock", "constant-pain", "linked-pause", "linked-smaller", "not-me")
    for at, name in enumerate(codes * 5):
        rows.append(EventRow("notice", name, "", who, seq + at, "boot-1", at, wall, "ntp"))
    for day in range(9):
        given = (date(2026, 3, 20) + timedelta(days=6 * day)).isoformat()
        rows += [InjectionRow(who, given, region, given, "t-1", "", False, 1) for region in sample.REGIONS]
    pdf = made(record(tmp_path / "data", rows), tmp_path / "report.pdf")
    assert pages_of(pdf) == 3
    test_no_word_leaves_the_page_or_covers_another(pdf)


def test_numbers_are_those_of_the_record(tmp_path: Path) -> None:
    """Dose, stops and days are counted as the tables have them; a session that goes on plans nothing anew."""
    rows = known(
        on(0, 1, programme="relax"),
        on(0, 2, programme="relax", end_reason="stopped", stop_reason="tired", done_steps_count=2),
        on(0, 3, programme="relax", resumes_session_id="s2", done_steps_count=4),
        on(8, 4, programme="releases", end_reason="power_loss", done_steps_count=1, active_duration_s=60.0),
        on(8, 5, programme="releases", end_reason=None, done_steps_count=0),
    )
    text = text_of(made(record(tmp_path / "data", rows), tmp_path / "report.pdf"))
    assert "2 Mar 2026 to 10 Mar 2026: 5 sessions on 2 days" in text
    assert "3 sessions, 15 min" in text
    assert "12 of 12 steps" in text
    assert "1 of 12 steps" in text
    assert "Ended early: 2." in text
    for line in ("1 Stopped: tired 2 Mar", "1 The power went off 10 Mar", "1 Still running when this was made 10 Mar"):
        assert line in text


def test_what_nobody_dated_has_no_date(tmp_path: Path) -> None:
    """Sessions of a clock that was not set are listed by what is sure, their order; a wrong year is nowhere."""
    unset = {"clock_status": "unset", "start_utc": "1970-01-01T00:00:10.000Z", "wall_uncertainty_s": None}
    alone = text_of(made(record(tmp_path / "a", known(on(0, 1, **unset))), tmp_path / "a.pdf"))
    assert "Sessions: 1. Their dates are not known." in alone
    assert "page 1 of 1" in alone
    assert "1970" not in alone
    rows = known(on(0, 1), on(0, 2, boot_id="b2", **unset), on(0, 3, boot_id="b3", **unset), on(4, 4))
    text = text_of(made(record(tmp_path / "b", rows), tmp_path / "b.pdf"))
    assert "2 more have no known date; they are listed, not drawn." in text
    assert text.count("After the session of 2 Mar 2026 and before that of 6 Mar 2026: Relax 1") == 2
    assert "1970" not in text


def test_an_anchor_that_came_later_dates_the_boot(tmp_path: Path) -> None:
    """What was practised before somebody set the clock stands at its day as soon as it is known."""
    unset = {"clock_status": "unset", "start_utc": "1970-01-01T00:00:10.000Z", "wall_uncertainty_s": None}
    clock = SimClock()
    anchor = AnchorRow(clock.boot_id, clock.now_ms() + 3_600_000, "2026-03-05T09:00:00.000Z", "staff")
    text = text_of(made(record(tmp_path / "data", known(on(0, 1, **unset), anchor)), tmp_path / "r.pdf"))
    assert "5 Mar 2026: one session" in text
    assert "the time that staff set (1)" in text


def test_a_session_at_midnight_lies_on_its_local_day(tmp_path: Path) -> None:
    """The calendar is that of the wall, not of UTC; also across the change to summer time."""
    rows = known(
        on(0, 1, start_utc="2026-03-28T23:30:00.000Z", tz="Europe/Berlin", utc_offset_min=60),
        on(0, 2, start_utc="2026-03-29T22:30:00.000Z", tz="Europe/Berlin", utc_offset_min=120),
    )
    text = text_of(made(record(tmp_path / "data", rows), tmp_path / "report.pdf"))
    assert "29 Mar 2026 to 30 Mar 2026: 2 sessions on 2 days" in text


@pytest.mark.parametrize("people", [0, 1])
def test_an_empty_record_says_so(tmp_path: Path, people: int) -> None:
    """Nobody, or nobody who has practised yet: a page that says so, not an error and not an empty calendar."""
    rows: list[Row] = known() if people else [StateRow("device_id", "05e0b6c3")]
    pdf = made(record(tmp_path / "data", rows), tmp_path / "report.pdf")
    text = text_of(pdf)
    assert pages_of(pdf) == 1
    assert ("No session is recorded yet." if people else "Nobody is set up on this kiosk yet.") in text
    assert LINE in text
    assert "Practice" not in text


def test_nothing_measured_is_said_in_words(tmp_path: Path) -> None:
    """No measures is the usual case, and no fault of anybody."""
    text = text_of(made(record(tmp_path / "data", known(on(0, 1))), tmp_path / "report.pdf"))
    assert "Nothing was measured." in text
    assert "Nobody has been asked yet: it is asked before releases." in text


def test_both_sides_are_never_compared(tmp_path: Path) -> None:
    """Both sides affected: no ratio, no side words, no first and second."""
    rows = sample.rows(sample.lives()[1:])
    text = text_of(made(record(tmp_path / "data", rows), tmp_path / "report.pdf"))
    assert "Both sides" in text
    assert "Sides are not compared" in text
    for words in ("affected side smaller", "affected / other", "both alike", "together"):
        assert words not in text.replace("Sides are not compared where both or none are set as affected.", "")


def test_ticks_injections_and_notices_stand_on_the_time_line_and_in_words(two: Path) -> None:
    """When a movement came, who saw it, and when toxin was given explain the lines beside them."""
    text = text_of(two)
    assert "seen: Lowering the lids" in text
    assert "Lowering the lids 22 Jan 2026, therapist-2" in text
    assert text.count("Botulinum toxin") == 2 + 1 + 1
    assert "Eyes, Chin; no touch there until 11 Feb 2026 28 Jan 2026" in text
    assert "More pulled along: quiet control went on, 30 Jan" in text


def test_a_notice_that_was_written_twice_happened_once(tmp_path: Path) -> None:
    """Two lines of the log about one moment are one warning sign."""
    wall = utc_text(DAY)
    twice = [EventRow("notice", "red-flag", "", code(0), seq, "b", 5_000, wall, "ntp") for seq in (2, 3)]
    later = EventRow("notice", "red-flag", "", code(0), 4, "b", 9_000, wall, "ntp")
    text = text_of(made(record(tmp_path / "data", known(on(0, 1), *twice, later)), tmp_path / "report.pdf"))
    assert "2 A warning sign was reported before a session: 2 Mar" in text


def test_doses_of_their_own_stand_with_what_held_before(tmp_path: Path) -> None:
    """Who set it, when, and the old value; nothing of it where every dose is the programme's."""
    own = OwnDose(
        programme="quiet-control",
        exercise="quiet-smile",
        hold_s=2,
        repetitions=3,
        rest_s=10,
        by="therapist-2",
        on=date(2026, 3, 3),
        was=(3, 3, 8),
    )
    person = Person(code=code(0), side=Side.LEFT, stage=Stage.SYNKINETIC, doses=(own,))
    base = person_row(code(0), Stage.SYNKINETIC)
    held = msgspec.structs.replace(base, profile=msgspec.json.encode(person).decode())
    rows = [StateRow("device_id", "05e0b6c3"), held, on(0, 1), on(3, 2)]
    text = text_of(made(record(tmp_path / "data", rows), tmp_path / "report.pdf"))
    assert "Doses set for this person Smile, soft eye, Quiet control" in text
    for words in ("s, rest 10 s; before: 3 × 3 s, rest 8 s", "3 Mar 2026, therapist-2"):
        assert words in text
    rows[1] = base
    assert "Doses set" not in text_of(made(record(tmp_path / "other", rows), tmp_path / "other.pdf"))


def own_rows() -> list[Row]:
    """A wish, two questions, one of them answered, and two sightings, one of which was written twice."""
    held = [
        PermissionRow(code(0), "own.wish", "5:2026-02-23:", "person"),
        PermissionRow(code(0), "own.wish", "3:2026-03-02:2026-03-09", "person", revision=1),
        PermissionRow(code(0), "question.pressure", "asked:2026-03-03", "person"),
        PermissionRow(code(0), "question.eye", "answered:2026-03-04", "therapist-1"),
    ]
    days = ((1, "mouth"), (1, "mouth"), (2, ""))
    saw = [
        EventRow("info", "saw-movement", where, code(0), 10 + n, "b", 5_000 * at, utc_text(DAY + timedelta(at)), "ntp")
        for n, (at, where) in enumerate(days)
    ]
    return [*held, *saw]


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", ("Questions for the therapist", "3 days a week", "New movements that the person saw", "place not said")),
        ("de", ("Fragen an die Therapie", "3 Tage in der Woche", "Neue Bewegungen, die die Person sah")),
        ("es", ("Preguntas para el terapeuta", "3 días por semana", "Movimientos nuevos que la persona vio")),
    ],
)
def test_what_the_person_asked_wished_and_saw_is_on_their_page(
    tmp_path: Path, language: str, wanted: tuple[str, ...]
) -> None:
    """The therapist who reads the package learns it; the newest wish holds, and a sighting counts once."""
    data = record(tmp_path / "data", known(on(0, 1), *own_rows()))
    pdf = made(data, tmp_path / "report.pdf", words=words_of(language), language=language)
    text = text_of(pdf)
    for words in wanted:
        assert words in text
    if language == "en":
        assert text.index("not answered yet, 3 Mar 2026") < text.index("answered, 4 Mar 2026")
        assert (text.count("3 Mar 2026"), "5 days a week" in text) == (2, False)


def test_nothing_of_their_own_is_no_heading(tmp_path: Path) -> None:
    """Whoever asked nothing and saw nothing has no empty list on their page."""
    text = text_of(made(record(tmp_path / "data", known(on(0, 1))), tmp_path / "report.pdf"))
    assert "Questions for" not in text
    assert "Their own wish" not in text


def test_a_withdrawn_injection_is_none(tmp_path: Path) -> None:
    """Entered by mistake is not given."""
    shot = InjectionRow(code(0), "2026-03-03", "eyes", "", "t-1", "", True, 1)
    text = text_of(made(record(tmp_path / "data", known(on(0, 1), on(3, 2), shot)), tmp_path / "report.pdf"))
    assert "None entered." in text


def test_a_long_time_is_drawn_in_its_last_weeks_and_as_a_calendar(tmp_path: Path) -> None:
    """Day by day for a dozen weeks, and every day of the whole time as one dot: both say which days they are."""
    data = record(tmp_path / "data", known(*(on(day, day + 1) for day in range(200))))
    text = text_of(made(data, tmp_path / "report.pdf"))
    assert "The whole time" in text
    assert "Drawn below: the weeks from 29 Jun 2026 on." in text
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        found = figures(snapshot, code(0), told(snapshot))
    assert found.weeks == (date(2026, 6, 29), MOST_WEEKS)


def test_days_without_practice_after_the_last_session_are_shown(tmp_path: Path) -> None:
    """Where the record goes on, so do the days: for two weeks, so that a discharge long ago is no empty page."""
    later = EventRow("info", "card", "", "", 9, "b", 1, utc_text(DAY + timedelta(days=90)), "ntp")
    data = record(tmp_path / "data", known(on(0, 1), later))
    with open_snapshot(data, Selection(), BERLIN) as snapshot:
        assert figures(snapshot, code(0), told(snapshot)).weeks == (date(2026, 3, 2), 3)


def test_it_says_when_earlier_sessions_are_left_out(tmp_path: Path) -> None:
    """A package of what is new must not be read as all there is."""
    data = record(tmp_path / "data", known(on(0, 1), on(3, 2)))
    with closing(sqlite3.connect(data / "kiosk.db")) as connection, connection:
        connection.execute("DELETE FROM session_changes")
    text = text_of(made(data, tmp_path / "report.pdf", since=1))
    assert "Only what is new or has changed since an earlier package is counted here." in text
    assert "5 Mar 2026: one session" in text


@pytest.mark.parametrize("hostile", ["=1+1", "../" * 40, "(\\) Tj ET", "\u202eabc\x07\n", "漢字🙂", "M" * 120])
def test_hostile_words_are_only_words(tmp_path: Path, hostile: str) -> None:
    """Whatever stands where a code should, the PDF is whole and nothing runs off the page."""
    rows = known(on(0, 1))
    data = record(tmp_path / "data", rows)
    with closing(sqlite3.connect(data / "kiosk.db")) as connection, connection:
        connection.execute("DELETE FROM persons")
        names = ("patient_code", "programme", "stop_reason", "clock_status")
        marks = ", ".join(f"{name} = :text" for name in names)
        connection.execute(f"UPDATE sessions SET {marks}, end_reason = 'stopped'", {"text": hostile})  # noqa: S608
    pdf = made(data, tmp_path / "report.pdf")
    tool("qpdf", "--check", pdf)
    assert pages_of(pdf) == 1
    for page in boxes(pdf):
        assert all(left > 17 * 72 / 25.4 and right < 193 * 72 / 25.4 for left, _, right, _, _ in page)


def test_words_are_looked_up_in_the_language_of_the_site(tmp_path: Path) -> None:
    """Whoever reads another language gets every sentence in it: none is built in."""
    data = record(tmp_path / "data", sample.rows(sample.lives(weeks=2)))

    def shouting(text: str) -> str:
        return re.sub(r"(\{\w+\})|([a-z])", lambda found: found[1] or found[2].upper(), text)

    text = text_of(made(data, tmp_path / "report.pdf", words=shouting, language="de"))
    left = re.sub(r"05e0b6c3|therapist-\d|Room|ms|step", "", text)
    assert not re.search(r"[a-z]{2,}", left), re.findall(r"\S*[a-z]{2,}\S*", left)
    assert b"/Lang (de)" in (tmp_path / "report.pdf").read_bytes()


@pytest.mark.parametrize("code", languages())
def test_in_each_language_every_word_is_whole_and_on_the_page(code: str, tmp_path: Path) -> None:
    """As it is translated, and not only in a made-up language: no word covers another, none runs off the page."""
    data = record(tmp_path / "data", sample.rows(sample.lives(weeks=2)))
    for page in boxes(made(data, tmp_path / "report.pdf", words=words_of(code), language=code)):
        assert all(left > 17 * 72 / 25.4 and right < 193 * 72 / 25.4 for left, _, right, _, _ in page)
        assert not [(one[4], other[4]) for one, other in combinations(page, 2) if _overlap(one, other)]


def rep(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "linked_movement": "none",
        "quality": "good",
        "quality_reason": "",
        "excursion_left_mm": 2.0,
        "excursion_right_mm": 5.0,
        "symmetry_ratio": 0.4,
        "onset_lag_ms": 50,
    }
    return {**given, **more}


def seen_of(rows: Sequence[dict[str, Any]], affected: str = "left") -> Any:
    bands = Bands(affected)
    for row in rows:
        bands.add(row)
    return bands.seen("small-smile")


def test_a_measure_is_absent_rather_than_doubtful() -> None:
    """Too few that can be trusted, or measures that lie all over: no band is named."""
    few = seen_of([rep()] * (LEAST - 1) + [rep(quality="none")] * 100)
    assert (few.measured, few.done, few.sides, few.reach_affected) == (LEAST - 1, LEAST + 99, "", "")
    over = [rep(symmetry_ratio=ratio) for ratio in (0.3, 0.6, 0.9, 1.5) * LEAST]
    assert seen_of(over).sides == "varies"
    assert seen_of([rep(symmetry_ratio=None, onset_lag_ms=None)] * LEAST).timing == ""


def test_of_a_partial_measure_what_is_there_counts() -> None:
    """A movement too small to compare sides still has its reach; why the rest is absent is counted."""
    small = rep(quality="partial", quality_reason="small-movement", symmetry_ratio=None)
    seen = seen_of([small] * LEAST)
    assert (seen.measured, seen.reach_other, seen.sides, seen.why_not) == (
        LEAST,
        "middle",
        "",
        (("small-movement", LEAST),),
    )


def test_bands_are_where_most_measures_lie() -> None:
    """The bands and their limits, for either side; sides count from the affected one."""
    for ratio, band in (
        (0.2, "much-smaller"),
        (-1.0, "much-smaller"),
        (0.5, "smaller"),
        (0.75, "alike"),
        (1.5, "larger"),
    ):
        assert seen_of([rep(symmetry_ratio=ratio)] * LEAST).sides == band
    for lag, band in ((399, "together"), (-399, "together"), (400, "later"), (-400, "earlier")):
        assert seen_of([rep(onset_lag_ms=lag)] * LEAST).timing == band
    left, right = seen_of([rep()] * LEAST), seen_of([rep()] * LEAST, "right")
    assert (left.reach_affected, left.reach_other) == ("small", "middle")
    assert (right.reach_affected, right.reach_other) == ("middle", "small")
    both = seen_of([rep()] * LEAST, "both")
    assert (both.reach_affected, both.reach_other, both.sides, both.timing) == ("", "middle", "", "")


def test_why_nothing_was_measured_is_counted() -> None:
    """The note on data quality names what stood in the way most often."""
    reasons = ["turned"] * 5 + ["too-dark"] * 3 + ["covered"]
    seen = seen_of([rep(quality="none", quality_reason=reason) for reason in reasons])
    assert seen.why_not == (("turned", 5), ("too-dark", 3))
    linked = seen_of([rep(linked_movement="eye")] * 3 + [rep()] * 7 + [rep(linked_movement="")])
    assert (linked.linked, linked.linked_known) == (3, 10)


def test_the_tightest_answer_of_a_day_counts(tmp_path: Path) -> None:
    """Two answers on one day are one dot, the higher one, for a region and for all of them."""
    rows = known(
        on(0, 1),
        on(0, 2),
        RatingRow("s1", "tightness.chin-jaw", 1.0, "0_3", 1),
        RatingRow("s2", "tightness.chin-jaw", 2.0, "0_3", 1),
        RatingRow("s2", "tightness.cheek-mouth-corner", 3.0, "0_3", 1),
    )
    with open_snapshot(record(tmp_path / "data", rows), Selection(), BERLIN) as snapshot:
        found = figures(snapshot, code(0), told(snapshot))
    assert found.tightness["chin-jaw"] == {date(2026, 3, 2): 2}
    assert found.tightest() == {date(2026, 3, 2): 3}


def test_who_was_never_set_up_here_still_has_a_page(tmp_path: Path) -> None:
    """Sessions of a person whose set-up was lost are not lost with it."""
    text = text_of(made(record(tmp_path / "data", [StateRow("device_id", "d"), on(0, 1)]), tmp_path / "r.pdf"))
    assert "not recorded on this kiosk" in text
    assert "2 Mar 2026: one session" in text
