"""Films and line drawings of a session: only where the person agreed, a film a step, and nothing waits for them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyrage
import pytest
from msgspec.structs import replace as changed

from kiosk.app import CLOSE_S
from kiosk.bedside.persons import person_row
from kiosk.care.consent import WORDING
from kiosk.care.model import Movement, Permission
from kiosk.care.person import Person
from kiosk.clock import ClockStatus
from kiosk.desk.effects import SavePerson
from kiosk.errors import StoreError
from kiosk.face import replay
from kiosk.face.model import Reading
from kiosk.package.protection import KEYS
from kiosk.planning.changes import changes
from kiosk.planning.items import with_permission
from kiosk.present.session import Around
from kiosk.records.reader import Reader
from kiosk.rows.kinds import ClipRow
from kiosk.runtime import films
from kiosk.runtime.filming import PATIENCE_MS, Filming
from kiosk.runtime.replaying import EVERY_MS, SLOWED, STILL_MS, Replaying, replay_lines
from kiosk.runtime.session_mode import SessionMode
from kiosk.runtime.staff_rows import stored_as
from kiosk.screens.scene import StepScene
from kiosk.session.model import Answer, EndReason, SessionPhase
from kiosk.settings import Clips, Settings
from kiosk.sight.clips import ClipKept, ClipLost, FilmOrder, Recorder
from kiosk.sight.sight import KILLED_MS
from kiosk.signals import Button, CameraState, Closed, FaceState
from tests.care.people import shipped
from tests.face.test_replay import seen, smiling
from tests.patience import PATIENCE_S
from tests.records.helpers import session
from tests.runtime.eyes import Eyes
from tests.runtime.test_measuring import SMILE, Watched
from tests.runtime.test_session_mode import PERSON
from tests.session.plans import movement

FILMED = changed(PERSON, permissions=(Permission.CLIPS,))
DRAWN = changed(PERSON, permissions=(Permission.REPLAYS,))


class Recording(Eyes):
    """Eyes that keep real films (of a grey picture) and see a whole face, where they are asked for it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[FilmOrder] = []
        self.running: Recorder | None = None
        self.ended: list[ClipKept | ClipLost] = []
        self.lost = ""
        meshes = smiling(12, 0.0)
        self.packed = [replay.pack(seen(mesh).astype(np.float32)) for mesh in meshes]

    def record(self, wanted: FilmOrder) -> None:
        self.finish()
        self.asked.append(wanted)
        self.running = Recorder(wanted)
        for t_ms in range(0, 800, 80):
            self.running.write(np.full((360, 640, 3), 90, np.uint8), t_ms)

    def finish(self) -> None:
        film, self.running = self.running, None
        if film is not None:
            film.close()
            result = film.result(20)
            assert result is not None
            self.ended.append(ClipLost(result.path, self.lost) if self.lost else result)

    def films(self) -> tuple[ClipKept | ClipLost, ...]:
        ended, self.ended = self.ended, []
        return tuple(ended)

    def _reading(self, t_ms: int) -> Reading:
        reading = super()._reading(t_ms)
        if self.task is None or not self.task.points:
            return reading
        return changed(reading, points=self.packed[t_ms // 80 % len(self.packed)])


class Filmed(Watched):
    """A led session with somebody who keeps films."""

    def follow(self, person: Person, *steps: object, settings: Settings | None = None) -> Recording:
        """Begin it, past its check-in; the person is in the record."""
        eyes = Recording()
        self.store.put(person_row(person))
        self.lead(eyes, *(steps or (SMILE,)), person=person)  # type: ignore[arg-type]
        self.filming = Filming(self.ports, self.data, settings or Settings())
        self.led._filming = self.filming
        return eyes

    def __init__(self, data: Path, trust: ClockStatus = ClockStatus.NTP) -> None:
        super().__init__(data, trust)
        self.data = data

    @property
    def files(self) -> list[str]:
        folder = self.data / films.FOLDER
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    def done(self) -> None:
        self.play()
        self.filming.hear()
        self.settle()

    @property
    def told(self) -> list[tuple[str, str]]:
        self.settle()
        return [(line.code, line.detail_code) for line in self.store.read().inbox("T1")]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Filmed]:
    made = Filmed(tmp_path / "data")
    yield made
    made.store.close(PATIENCE_S)


def test_without_consent_nothing_of_a_session_is_kept(bench: Filmed) -> None:
    """Rule 9: no film is asked for, no landmarks are looked for, and neither is anywhere afterwards."""
    eyes = bench.follow(PERSON)
    bench.done()
    assert eyes.asked == []
    assert not any(task.points for task in eyes.tasks if task is not None)
    assert bench.files == []
    assert bench.store.read().replayed(PERSON.code, 9) == []
    assert bench.store.read().sessions(PERSON.code, 1)[0].clip_consent is False


def test_each_movement_step_is_one_film(bench: Filmed) -> None:
    """As the record says: where it lies, how large, its checksum; the session itself says that there was a consent."""
    eyes = bench.follow(FILMED, SMILE, movement())
    bench.done()
    assert bench.files == ["AB3D7/seen-0-0.mp4", "AB3D7/seen-1-0.mp4"]
    clips = bench.store.read().clips(FILMED.code)
    assert [(clip.file, clip.step_order, clip.repetition, clip.encrypted) for clip in clips] == [
        ("AB3D7/seen-0-0.mp4", 0, 0, False),
        ("AB3D7/seen-1-0.mp4", 1, 0, False),
    ]
    content = (bench.data / films.FOLDER / clips[0].file).read_bytes()
    assert (clips[0].size_bytes, clips[0].sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert bench.store.read().sessions(FILMED.code, 1)[0].clip_consent is True
    assert bench.store.read().replayed(FILMED.code, 9) == [], "a film is no consent to line drawings"
    assert all(asked.max_bytes == 16 << 20 for asked in eyes.asked)


def test_a_pause_ends_no_film_and_a_stop_does(bench: Filmed) -> None:
    """One film a step, whatever happens in it; after a stop nothing goes on being filmed."""
    eyes = bench.follow(FILMED)
    bench.play(until=lambda: eyes.running is not None)
    bench.press(Button.AMBER)
    assert bench.led.session.phase is SessionPhase.PAUSED
    assert eyes.running is not None
    bench.press(Button.RED)
    assert [eyes.running, len(eyes.asked)] == [None, 1]


def test_the_screen_says_so_while_a_film_runs_and_only_then(bench: Filmed) -> None:
    """Who agreed still sees when: not in a pause, without a camera, after a film that was lost, or without consent."""

    def sign() -> str:
        scene = bench.led.scene(Around(), str, bench.clock.now_ms())
        return scene.filming if isinstance(scene, StepScene) else ""

    eyes = bench.follow(FILMED)
    assert sign() == ""
    bench.play(until=lambda: eyes.running is not None)
    assert sign() == "Filming"
    bench.press(Button.AMBER)
    assert (bench.led.session.phase, sign()) == (SessionPhase.PAUSED, "")
    bench.answer(Answer.GO_ON)
    assert (bench.led.session.phase, sign()) == (SessionPhase.LEAD_BACK, "Filming")
    bench.led.hear(CameraState(False, "unplugged", bench.clock.now_ms()), bench.clock.now_ms())
    assert sign() == ""
    bench.led.hear(CameraState(True, "", bench.clock.now_ms()), bench.clock.now_ms())
    assert sign() == "Filming"
    eyes.lost = "disk"
    eyes.finish()
    bench.filming.hear()
    assert sign() == ""
    agreed = bench.follow(PERSON)
    bench.play(until=lambda: bench.led.session.phase is SessionPhase.STEP)
    assert (agreed.running, sign()) == (None, "")


def test_every_repetition_has_its_line_drawing(bench: Filmed) -> None:
    """With that consent: small, readable, and listed for staff with its exercise and its day; no film with it."""
    smile = next(exercise for exercise in shipped().exercises.values() if Movement.SMILE in exercise.needs)
    eyes = bench.follow(DRAWN, movement(exercise=smile.id, needs=(Movement.SMILE,)))
    bench.done()
    assert eyes.asked == []
    assert bench.files == []
    lines = replay_lines(bench.store.read(), shipped(), DRAWN.code)
    assert [line.repetition for line in lines] == [3, 2, 1]
    assert {line.title for line in lines} == {smile.title}
    assert all(line.when for line in lines)
    kept = bench.store.read().replay("seen", 0, 2)
    assert kept is not None
    drawing = replay.read(kept.points)
    assert drawing.length_ms == pytest.approx(9_000, abs=200)


def test_a_drawing_plays_slowly_and_over_and_over(bench: Filmed) -> None:
    """Half as fast as it was, a second of rest, and from the beginning; between two pictures nothing changes."""
    bench.follow(DRAWN)
    bench.done()
    playing = Replaying(bench.store.read(), "seen/0/0", 1_000)
    first = playing.lines(1_000)
    assert len(first) == len(replay.LINES)
    assert playing.deadline_ms(1_000) == 1_000 + EVERY_MS
    assert playing.lines(1_000 + EVERY_MS - 1) == first
    assert playing.lines(1_000 + 10 * EVERY_MS) != first
    kept = bench.store.read().replay("seen", 0, 0)
    assert kept is not None
    round_ms = replay.read(kept.points).length_ms * SLOWED + STILL_MS
    again = 1_000 + -(-round_ms // EVERY_MS) * EVERY_MS
    assert np.abs(np.array(playing.lines(again)[0]) - np.array(first[0])).max() < 40
    assert Replaying(bench.store.read(), "seen/0/77", 1_000).lines(1_000) == ()


def test_a_film_that_runs_when_the_kiosk_is_stopped_is_kept_whole_with_its_row(bench: Filmed) -> None:
    """SIGTERM in the middle of a movement: what was filmed until then is on the disk and in the record."""
    eyes = bench.follow(FILMED)
    bench.play(until=lambda: eyes.running is not None)
    bench.led.hear(Closed(), bench.clock.now_ms())
    bench.filming.close()
    bench.settle()
    (clip,) = bench.store.read().clips(FILMED.code)
    assert bench.files == [clip.file]
    assert eyes.running is None


def test_a_film_that_could_not_be_ended_in_time_is_told(bench: Filmed) -> None:
    """The patience of a stop is short; nothing of a film is lost without a word."""
    eyes = bench.follow(FILMED)
    bench.play(until=lambda: eyes.running is not None)
    eyes.lost = "stopped"
    bench.led.hear(Closed(), bench.clock.now_ms())
    bench.filming.close()
    assert bench.told == [("clip-lost", "stopped")]
    assert bench.store.read().clips(FILMED.code) == []


def test_a_cut_between_a_film_and_its_row_is_made_good_at_the_next_start(bench: Filmed) -> None:
    """Whole, of a known session, of somebody who agrees: it gets its row; others are left as they are."""
    bench.follow(FILMED)
    bench.play()  # the film is on the disk; its row is not written
    unknown = bench.data / films.FOLDER / FILMED.code / "other-0-0.mp4"
    unknown.write_bytes(b"of no session")
    # A name that no kiosk gives, and SQLite cannot be asked for.
    (unknown.parent / "\udcff-0-0.mp4").write_bytes(b"of no session")
    # However much has been practised since.
    bench.store.put(*(session(f"later-{n}", patient_code=FILMED.code, end_reason="completed") for n in range(1_100)))
    bench.settle()
    assert bench.store.read().clips(FILMED.code) == []
    Filming(bench.ports, bench.data, Settings()).adopt()
    bench.settle()
    (clip,) = bench.store.read().clips(FILMED.code)
    content = (bench.data / films.FOLDER / clip.file).read_bytes()
    assert (clip.file, clip.size_bytes) == ("AB3D7/seen-0-0.mp4", len(content))
    assert clip.sha256 == hashlib.sha256(content).hexdigest()
    assert [e.detail_code for e in bench.store.read().events(9) if e.code == "clip-found"] == [clip.file]


@pytest.mark.parametrize("why", ["camera", "face"])
def test_a_picture_that_goes_away_leaves_no_film_open(bench: Filmed, why: str) -> None:
    """The camera is covered or the face is gone for good: in the end the film is over, whatever the session does."""
    eyes = bench.follow(FILMED)
    bench.play(until=lambda: eyes.running is not None)
    now = bench.clock.now_ms()
    bench.led.hear(CameraState(False, "covered", now) if why == "camera" else FaceState(False, now), now)
    end = now + 3_600_000
    bench.play(until=lambda: eyes.running is None or bench.clock.now_ms() > end)
    assert eyes.running is None
    bench.filming.hear()
    bench.settle()
    assert len(bench.store.read().clips(FILMED.code)) == len(bench.files) == 1


def test_a_stop_waits_no_longer_for_films_and_records_than_systemd_does() -> None:
    """Otherwise the record would be killed while it is closed."""
    unit = Path("systemd/facial-rehab-kiosk.service").read_text(encoding="utf-8")
    (given,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert int(given) >= PATIENCE_MS / 1000 + KILLED_MS / 1000 + CLOSE_S + 1


@pytest.mark.parametrize("why", ["disk", "encoder", "stopped"])
def test_a_lost_film_costs_nothing_but_itself(bench: Filmed, why: str) -> None:
    """Full disk, broken encoder, dead helper: the session is complete, and staff find one line."""
    eyes = bench.follow(FILMED, SMILE, movement())
    eyes.lost = why
    bench.done()
    assert bench.led.session.end is EndReason.COMPLETED
    assert bench.store.read().clips(FILMED.code) == []
    assert bench.told == [("clip-lost", why)]


@pytest.mark.parametrize(
    ("settings", "keys", "why"),
    [
        (Settings(clips=Clips(max_mb=16, total_mb=16)), "", "total"),
        (Settings(clips=Clips(max_mb=64, total_mb=100_000)), "one key too few", "keys"),
    ],
)
def test_where_no_film_may_be_made_none_is_begun(bench: Filmed, settings: Settings, keys: str, why: str) -> None:
    """No room left for films, or keys that are none: nothing plain is written, and staff are told once."""
    if keys:
        path = bench.data / KEYS
        path.parent.mkdir()
        path.write_text(keys, encoding="utf-8")
    else:
        (bench.data / films.FOLDER / "ZZ").mkdir(parents=True)
        (bench.data / films.FOLDER / "ZZ" / "old.mp4").write_bytes(b"x")
    eyes = bench.follow(FILMED, SMILE, movement(), settings=settings)
    bench.done()
    assert eyes.asked == []
    assert bench.told == [("clip-lost", why)]
    assert bench.led.session.end is EndReason.COMPLETED


def test_with_clinic_keys_every_film_is_encrypted(bench: Filmed) -> None:
    """The keys are looked up for each film, and the record says so."""
    keys = [str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)]
    path = bench.data / KEYS
    path.parent.mkdir()
    path.write_text("\n".join(keys), encoding="utf-8")
    bench.follow(FILMED)
    bench.done()
    (clip,) = bench.store.read().clips(FILMED.code)
    assert (clip.file, clip.encrypted) == ("AB3D7/seen-0-0.mp4.age", True)
    assert (bench.data / films.FOLDER / clip.file).read_bytes().startswith(b"age-encryption.org/v1")


def withdraw(bench: Filmed, person: Person) -> None:
    """What the desk's one choice does."""
    without = with_permission(with_permission(person, Permission.CLIPS, False), Permission.REPLAYS, False)
    bench.store.put(*stored_as(SavePerson(without, person, changes(person, without), "nurse-1")))
    bench.filming.sweep(person.code)
    bench.settle()


def test_a_withdrawal_deletes_both_and_writes_down_who(bench: Filmed) -> None:
    """Rule 9: with one choice; other people's recordings stay."""
    both = changed(PERSON, permissions=(Permission.CLIPS, Permission.REPLAYS, Permission.NECK))
    bench.follow(both)
    bench.done()
    other = bench.data / films.FOLDER / "C2D3FH" / "s9-0-0.mp4"
    other.parent.mkdir()
    other.write_bytes(b"somebody else")
    assert len(bench.files) == 2
    withdraw(bench, both)
    assert bench.files == ["C2D3FH/s9-0-0.mp4"]
    reader = bench.store.read()
    assert reader.replayed(both.code, 9) == []
    assert reader.clips(both.code) == []
    audit = [(e.code, e.detail_code) for e in reader.events(20) if e.code.startswith(("consent", "clip.removed"))]
    assert set(audit) == {
        ("consent.clips", "withdrawn:nurse-1"),
        ("consent.replays", "withdrawn:nurse-1"),
        ("clip.removed", "withdrawn:AB3D7/seen-0-0.mp4"),
    }
    held = {row.item: (row.value, row.by) for row in reader.permissions(both.code)}
    assert held == {"permission.clips": ("no", "nurse-1"), "permission.replays": ("no", "nurse-1")}


def test_consent_is_written_down_with_who_when_and_which_words(bench: Filmed) -> None:
    """The version of the wording stands with it, in the history that nobody overwrites."""
    agreed = with_permission(PERSON, Permission.CLIPS, True)
    saved = SavePerson(agreed, PERSON, changes(PERSON, agreed, WORDING), "therapist-1")
    bench.store.put(*stored_as(saved))
    bench.settle()
    (row,) = bench.store.read().permissions(PERSON.code)
    assert (row.item, row.value, row.by, row.reason) == ("permission.clips", "yes", "therapist-1", WORDING)
    assert row.wall_utc


def test_a_withdrawal_while_a_film_is_being_written_catches_it(bench: Filmed) -> None:
    """A film that becomes whole a moment after the consent was taken back is deleted all the same."""
    bench.follow(FILMED)
    bench.play()  # the film is on the disk; that it is whole has not been heard yet
    withdraw(bench, FILMED)
    late = bench.data / films.FOLDER / FILMED.code / "seen-0-0.mp4"
    late.parent.mkdir(exist_ok=True)
    late.write_bytes(b"late")
    bench.filming.hear()
    bench.settle()
    assert bench.files == []
    assert bench.store.read().clips(FILMED.code) == []


def test_an_erasure_while_a_film_is_being_written_catches_it_and_names_nobody(bench: Filmed) -> None:
    """The film goes, and no line says whose it was: nothing of its person is left to say it of."""
    bench.follow(FILMED)
    bench.play()
    assert bench.store.flush(PATIENCE_S)
    bench.filming.erase(FILMED.code, "therapist-1")
    late = bench.data / films.FOLDER / FILMED.code / "seen-0-0.mp4"
    late.parent.mkdir(exist_ok=True)
    late.write_bytes(b"late")
    bench.filming.hear()
    bench.settle()
    assert bench.files == []
    events = bench.store.read().events(100)
    assert not [event for event in events if FILMED.code in event.patient_code + event.detail_code]


def test_at_the_start_what_must_not_lie_there_goes(bench: Filmed) -> None:
    """Half films of a crash, old ones, and those of a withdrawal that the plug cut short; a date is needed for age."""
    bench.store.put(person_row(FILMED), person_row(changed(PERSON, code="C2D3FH")))
    assert bench.store.flush(PATIENCE_S)
    now = bench.clock.wall_utc()
    for name, days in (
        ("AB3D7/new.mp4", 1),
        ("AB3D7/old.mp4", 31),
        ("AB3D7/half.mp4.part", 0),
        ("C2D3FH/a.mp4", 1),
        ("ZZZZZ/unknown.mp4", 1),
        ("\udcff \x1b/not of a kiosk\udcff.mp4", 31),
    ):
        path = bench.data / films.FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        then = (now - timedelta(days=days)).timestamp()
        os.utime(path, (then, then))
    Filming(bench.ports, bench.data, Settings()).sweep()
    assert bench.files == ["AB3D7/new.mp4", "ZZZZZ/unknown.mp4"]
    assert bench.store.flush(PATIENCE_S)
    gone = {e.detail_code for e in bench.store.read().events(20) if e.code == "clip.removed"}
    assert gone == {"age:AB3D7/old.mp4", "part:AB3D7/half.mp4.part", "withdrawn:C2D3FH/a.mp4", "age"}


def test_without_a_date_a_film_goes_after_its_days_with_power(tmp_path: Path) -> None:
    """The person was told "after some weeks": a kiosk that never learns the date keeps that word too."""
    bench = Filmed(tmp_path / "data", ClockStatus.UNSET)
    bench.follow(FILMED)
    bench.done()
    for days, left in ((29, ["AB3D7/seen-0-0.mp4"]), (2, [])):
        bench.clock.advance(days * films.DAY_S * 1_000)
        bench.filming.sweep()
        bench.settle()
        assert bench.files == left
    bench.store.close(PATIENCE_S)


def test_without_a_date_nothing_is_too_old(tmp_path: Path) -> None:
    """A clock that says 1970, or next year, deletes no film."""
    bench = Filmed(tmp_path / "data", ClockStatus.UNSET)
    bench.store.put(person_row(FILMED))
    assert bench.store.flush(PATIENCE_S)
    for name in ("a.mp4", "\udcff-0-0.mp4"):
        path = bench.data / films.FOLDER / "AB3D7" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (0, 0))
    Filming(bench.ports, bench.data, Settings()).sweep()
    assert bench.files == ["AB3D7/a.mp4", "AB3D7/\udcff-0-0.mp4"]
    bench.store.close(PATIENCE_S)


def test_what_could_not_be_deleted_is_told(bench: Filmed) -> None:
    """Staff must not believe that it is gone; its line in the record stays as it is."""
    bench.follow(FILMED)
    bench.done()
    stubborn = bench.data / films.FOLDER / "AB3D7" / "seen-0-0.mp4"
    stubborn.unlink()
    stubborn.mkdir()
    bench.filming.sweep(FILMED.code)
    assert ("clip-left", "") in bench.told
    assert [type(clip) for clip in bench.store.read().clips(FILMED.code)] == [ClipRow]


def test_nobody_who_keeps_films_is_no_fault(bench: Filmed) -> None:
    """A kiosk without sight leads the session all the same."""
    bench.store.put(person_row(FILMED))
    bench.led = SessionMode(
        bench.ports,
        FILMED,
        bench.led.session.plan,
        bench.led.session.context,
        None,
        filming=Filming(bench.ports, bench.data, Settings()),
    )
    bench.check_in()
    bench.wait_for(SessionPhase.PAIN_AFTER)
    assert bench.files == []
    assert bench.told == []


def test_a_record_that_cannot_be_read_stops_no_start(bench: Filmed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose consent holds is not known then: nothing is deleted, and the kiosk starts."""
    path = bench.data / films.FOLDER / "AB3D7" / "a.mp4.part"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")

    def broken(self: Reader, code: str) -> list[ClipRow]:
        raise StoreError("the record of clips cannot be read")

    monkeypatch.setattr(Reader, "clips", broken)
    Filming(bench.ports, bench.data, Settings()).sweep()
    assert bench.files == ["AB3D7/a.mp4.part"]
