"""A session that is watched: what was seen is in the record, one word comes in the rest, and nothing waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as changed

from kiosk.bedside.sessions import ratios_of
from kiosk.care.model import Family, Movement, Permission, Region, Side, Stage, Step, ViewMode
from kiosk.care.person import LidsTaken, Person
from kiosk.clock import ClockStatus
from kiosk.errors import StoreError
from kiosk.face.lid_scale import LidScale
from kiosk.face.model import Measure, Midline, Quality, Reading, UnseenReason, Zone
from kiosk.present.session import Around
from kiosk.records.reader import Reader
from kiosk.rows.kinds import RepetitionRow
from kiosk.runtime.measuring import Watching, without_open_eyes, zone_of
from kiosk.runtime.session_mode import SessionMode
from kiosk.screens.scene import StepScene
from kiosk.session.model import Answer, SessionPhase
from kiosk.session.prompts import PROMPTS
from kiosk.session.timed import SHORT_SETTLE_MS
from kiosk.session.timeline import StretchPace, stretch_at
from kiosk.signals import Button, CameraState, FaceState, SightState
from kiosk.words import words
from tests.patience import PATIENCE_S
from tests.records.helpers import rows_in
from tests.runtime.eyes import Eyes, hasty
from tests.runtime.test_session_mode import DAY, PERSON, Bench
from tests.session.plans import context, movement, plan, relax, release

SMILE = movement(needs=(Movement.SMILE,))
WORDS = words("en")


class Watched(Bench):
    """A led session that somebody looks at."""

    eyes = Eyes()
    took_ms = 0

    def __init__(self, data: Path, trust: ClockStatus = ClockStatus.NTP) -> None:
        super().__init__(data, trust)
        self.data = data

    def lead(self, eyes: Eyes, *steps: Step, person: Person = PERSON, **more: Any) -> None:
        """Begin such a session, past its check-in."""
        self.eyes = eyes
        eyes.now_ms = self.clock.now_ms
        ratios = more.pop("ratios", {})
        family = more.pop("family", Family.FIRST_MOVEMENTS)
        self.ports = replace(self.ports, sight=eyes)
        made = context(**{"session_id": "seen", "side": person.side, "stage": person.stage, **more})
        self.led = SessionMode(self.ports, person, plan(*(steps or (SMILE,)), family=family), made, DAY, ratios=ratios)
        self.answer(Answer.YES)
        self.clock.advance(14_000)
        self.led.tick(self.clock.now_ms())
        for answer in (Answer.NONE, Answer.MILD, Answer.FRESH):
            self.answer(answer)
        if self.led.session.phase is SessionPhase.LINKED:
            self.answer(Answer.NO)

    def play(self, until: Callable[[], bool] | None = None, each: Callable[[], None] = lambda: None) -> None:
        """Let time pass in small steps to check-out, or until something is so."""
        while self.led.session.phase is not SessionPhase.PAIN_AFTER and not (until is not None and until()):
            self.clock.advance(250)
            self.led.tick(self.clock.now_ms())
            each()

    @property
    def pace(self) -> StretchPace | None:
        session = self.led.session
        if session.phase is not SessionPhase.STEP:
            return None
        return stretch_at(session.current, self.clock.now_ms() - session.anchor_ms, session.easier).pace

    @property
    def cue(self) -> str:
        scene = self.led.scene(Around(), WORDS, self.clock.now_ms())
        return scene.cue if isinstance(scene, StepScene) else ""

    @property
    def spoken(self) -> list[str]:
        self.sound.drain(self.clock.now_ms())
        return [said.name for said in self.sound.heard if said.name.startswith("cue.")]

    def rows(self) -> list[RepetitionRow]:
        self.settle()
        return self.store.read().repetitions("seen")


class Seated(Eyes):
    """Eyes that see a face with its midline, and one that sits well or too far away."""

    def _reading(self, t_ms: int) -> Reading:
        return changed(super()._reading(t_ms), centre=(640.0, 310.0), midline=Midline(640.0, 310.0, 0.0))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path / "data")
    yield made
    made.store.close(PATIENCE_S)


def test_what_was_seen_stands_with_each_repetition(bench: Watched) -> None:
    """Excursions, ratio, speed and quality of every repetition, as the export names them."""
    bench.lead(Eyes(left_mm=2.0, right_mm=4.0))
    bench.play()
    rows = bench.rows()
    assert len(rows) == 3
    for row in rows:
        assert (row.quality, row.quality_reason) == ("good", "")
        assert row.excursion_left_mm == pytest.approx(2.0, abs=0.1)
        assert row.excursion_right_mm == pytest.approx(4.0, abs=0.1)
        assert row.symmetry_ratio == pytest.approx(0.5, abs=0.02)
        assert row.peak_speed_mm_s == pytest.approx(2.1, rel=0.15)


class Closing(Eyes):
    """Eyes of somebody whose left lid stops half-way."""

    def _reading(self, t_ms: int) -> Reading:
        return changed(super()._reading(t_ms), aperture_left=0.48, aperture_right=0.05)


@pytest.mark.parametrize(
    ("step", "closed"),
    [
        (movement(needs=(Movement.LIDS,), region=Region.EYES), (0.52, 0.95)),
        (movement(needs=(Movement.SMILE,)), (None, None)),
    ],
    ids=["lids", "smile"],
)
def test_eye_steps_leave_how_far_each_eye_closed(
    bench: Watched, step: Step, closed: tuple[float | None, float | None]
) -> None:
    """Steps of the eyes had left nothing that was measured; in a smile lids are read for what moves along only."""
    bench.lead(Closing(left_mm=2.0, right_mm=4.0), step)
    bench.play()
    rows = bench.rows()
    assert {(row.closure_left_ratio, row.closure_right_ratio) for row in rows} == {closed}
    assert {row.quality for row in rows} == {"good"}


@pytest.mark.parametrize(
    ("lids", "closed", "quality"),
    [
        (None, (0.5, 0.9), Quality.GOOD),
        ((Side.LEFT, Side.RIGHT), (0.5, 0.9), Quality.GOOD),
        ((Side.RIGHT,), (None, 0.9), Quality.PARTIAL),
        ((Side.LEFT,), (0.5, None), Quality.PARTIAL),
        ((), (None, None), Quality.NONE),
    ],
)
def test_an_eye_that_does_not_close_has_no_closure(
    lids: tuple[Side, ...] | None, closed: tuple[float | None, float | None], quality: Quality
) -> None:
    """What staff saw wins over what a camera makes of it, and the record says that it did (PROGRAMMES, rule j)."""
    found = without_open_eyes(
        Measure(closure_left=0.5, closure_right=0.9, quality=Quality.GOOD, reason=UnseenReason.NONE), lids
    )
    assert (found.closure_left, found.closure_right, found.quality) == (*closed, quality)
    assert found.reason == ("does-not-close" if None in closed else "")


def test_each_repetition_has_a_neutral_face_from_right_before_it(bench: Watched) -> None:
    """Two seconds of rest before each movement, and never a second of the movement itself."""
    bench.lead(Eyes())
    seen: list[tuple[int, StretchPace | None]] = []
    bench.play(each=lambda: seen.append((bench.clock.now_ms(), bench.pace)))
    tasks = [task for task in bench.eyes.tasks if task is not None and not task.key.endswith("/setup")]
    assert [task.zone for task in tasks] == [Zone.MOUTH] * 3
    assert len({task.key for task in tasks}) == 3
    for task in tasks:
        assert task.neutral_to_ms - task.neutral_from_ms == 2_000
        during = {pace for at, pace in seen if task.neutral_from_ms < at < task.neutral_to_ms}
        assert during <= {StretchPace.LEAD_IN, StretchPace.REST}
    assert bench.eyes.task is None, "nobody is looked at after the last movement"


def test_after_a_pause_the_neutral_face_is_of_the_way_back(bench: Watched) -> None:
    """The head has moved since: the repetition begins again with a new neutral, in the last 2 s before it."""
    bench.lead(Eyes())
    bench.play(until=lambda: bench.pace is StretchPace.HOLD)
    bench.press(Button.AMBER)
    bench.answer(Answer.GO_ON)
    back, (before, none, task) = bench.led.session, bench.eyes.tasks[-3:]
    assert before is not None
    assert none is None, "nobody is looked at in a pause"
    assert back.phase is SessionPhase.LEAD_BACK
    assert task is not None
    assert (task.neutral_from_ms, task.neutral_to_ms) == (back.since_ms + 3_000, back.since_ms + 5_000)
    bench.play()
    assert [row.quality for row in bench.rows()] == ["good"] * 3


def test_nobody_is_looked_at_in_releases_and_relaxing(bench: Watched) -> None:
    """The hands cover the face, or the face rests: no tracking, and the record says that nothing was measured."""
    bench.lead(Eyes(), relax(), release(), family=Family.RELEASES)
    bench.play()
    assert [task for task in bench.eyes.tasks if task is not None] == []
    assert {(row.quality, row.quality_reason) for row in bench.rows()} == {("none", "not-watched")}
    assert bench.spoken == []


@pytest.mark.parametrize(
    ("step", "zones", "reason"),
    [
        (movement(needs=(Movement.NOSE,), region=Region.NOSE), {None}, "not-watched"),
        (movement(needs=(Movement.LIDS,), region=Region.EYES, hands=True), set(), "covered"),
        (movement(needs=(Movement.SMILE, Movement.BROW)), {None}, "not-watched"),
    ],
    ids=["nose", "fingers-on-the-face", "two-places-at-once"],
)
def test_what_cannot_be_measured_says_why(bench: Watched, step: Step, zones: set[None], reason: str) -> None:
    """An empty figure is never without its reason; where no hand is in the way, the face may still be looked for."""
    bench.lead(Eyes(), step)
    bench.play()
    assert {task.zone for task in bench.eyes.tasks if task is not None} == zones
    assert {(row.quality, row.quality_reason, row.symmetry_ratio) for row in bench.rows()} == {("none", reason, None)}


@pytest.mark.parametrize(
    ("taken", "scale"),
    [
        (None, None),
        (LidsTaken(open_left=9.0, open_right=9.0), None),
        (LidsTaken(open_left=9.0, closed_left=2.0, open_right=9.0, closed_right=8.0), LidScale(9.0, None, 2.0, None)),
        (LidsTaken(open_left=9.0, closed_left=2.0, open_right=8.0, closed_right=2.0), LidScale(9.0, 8.0, 2.0, 2.0)),
    ],
    ids=["not-taken", "open-alone", "one-side-stands", "both"],
)
def test_the_lids_that_staff_had_taken_are_the_scale_of_eye_steps(
    bench: Watched, taken: LidsTaken | None, scale: LidScale | None
) -> None:
    """What sight is given in a step of the eyes; in a smile the eyes count from how they are that day."""
    steps = [movement(needs=(need,)) for need in (Movement.LIDS, Movement.SMILE)]
    bench.lead(Eyes(), *steps, person=changed(PERSON, lids_taken=taken))
    bench.play()
    asked = [task for task in bench.eyes.tasks if task is not None and task.movement]
    assert {task.lids for task in asked if task.zone is Zone.EYE} == {scale}
    assert {task.lids for task in asked if task.zone is Zone.MOUTH} == {None}


def test_the_zone_follows_the_ticked_movement() -> None:
    """Smile and lips are the mouth, lids the eyes, brow the brow; rest and touch are nobody's business."""
    zones = {need: zone_of(movement(needs=(need,))) for need in Movement}
    assert zones == {
        Movement.SMILE: Zone.MOUTH,
        Movement.LIPS: Zone.MOUTH,
        Movement.LIDS: Zone.EYE,
        Movement.BROW: Zone.BROW,
        Movement.NOSE: None,
    }
    assert zone_of(movement(needs=(Movement.LIPS, Movement.SMILE))) is Zone.MOUTH
    assert zone_of(release(needs=(Movement.SMILE,))) is None


def test_a_cue_comes_only_in_the_rest_and_is_spoken_once_in_a_step(bench: Watched) -> None:
    """Smaller, then together, each while the face rests; the voice takes the place of the word in the middle."""
    bench.lead(Eyes(left_mm=1.6, right_mm=4.0))
    shown: list[tuple[str, StretchPace | None]] = []
    bench.play(each=lambda: shown.append((bench.cue, bench.pace)))
    assert {pace for cue, pace in shown if cue} == {StretchPace.REST}
    assert all(cue for cue, pace in shown if pace is StretchPace.REST), "from its first moment to its last"
    in_order = list(dict.fromkeys(cue for cue, _ in shown if cue))
    assert in_order == [PROMPTS["cue.smaller"].rstrip("."), PROMPTS["cue.together"].rstrip(".")]
    assert bench.spoken == ["cue.smaller"]


def test_a_hasty_movement_is_asked_to_be_slower(bench: Watched) -> None:
    """The way from the pictures to the word."""
    bench.lead(Eyes(shape=hasty))
    bench.play(until=lambda: bool(bench.spoken))
    assert bench.spoken == ["cue.slower"]
    assert bench.cue == PROMPTS["cue.slower"].rstrip(".")


def test_an_even_small_slow_movement_hears_nothing(bench: Watched) -> None:
    """Silence is the usual thing."""
    bench.lead(Eyes())
    shown: list[str] = []
    bench.play(each=lambda: shown.append(bench.cue))
    assert set(shown) == {""}
    assert bench.spoken == []


def test_staff_turn_every_cue_off_for_a_person(bench: Watched) -> None:
    """Measured all the same, but not a word about it."""
    bench.lead(Eyes(left_mm=1.0, shape=hasty), person=changed(PERSON, cues=False))
    shown: list[str] = []
    bench.play(each=lambda: shown.append(bench.cue))
    assert set(shown) == {""}
    assert bench.spoken == []
    assert [row.quality for row in bench.rows()] == ["good"] * 3


def test_a_weakness_that_was_there_in_the_last_sessions_explains_itself(bench: Watched) -> None:
    """The kiosk does not tell a weak side again and again that it is weak."""
    bench.lead(Eyes(left_mm=1.6), ratios={SMILE.exercise: (0.4, 0.42, 0.38)})
    shown: list[str] = []
    bench.play(each=lambda: shown.append(bench.cue))
    assert set(shown) == {""}


def test_both_sides_affected_have_no_ratio_and_no_words_about_sides(bench: Watched) -> None:
    """Rule 13, from the pictures to the record, the screen and the voice."""
    both = changed(PERSON, side=Side.BOTH)
    bench.lead(Eyes(left_mm=1.6), changed(SMILE, view=ViewMode.GOOD_SIDE), person=both)
    bench.play()
    rows = bench.rows()
    assert {(row.symmetry_ratio, row.quality_reason) for row in rows} == {(None, "both-sides")}
    assert all(row.excursion_left_mm is not None for row in rows)
    assert bench.spoken == []


def test_a_turned_head_is_not_measured_and_not_spoken_about(bench: Watched) -> None:
    """Absent rather than doubtful, with the reason that stood in the way."""
    eyes = Eyes(left_mm=1.0, shape=hasty)
    eyes.reason = UnseenReason.TURNED
    bench.lead(eyes)
    bench.play()
    assert {(row.excursion_left_mm, row.quality_reason) for row in bench.rows()} == {(None, "turned")}
    assert bench.spoken == []


@pytest.mark.parametrize(("from_ms", "measured"), [(3_000, False), (8_000, True)], ids=["half-way", "at-the-end"])
def test_a_movement_that_was_half_seen_is_not_measured(bench: Watched, from_ms: int, measured: bool) -> None:
    """Whoever looks died on the way: what was seen is not all of it, and may not stand as if it were."""
    bench.lead(Eyes())
    bench.play(until=lambda: bench.pace is StretchPace.MOVE_IN)
    bench.eyes.blind_from_ms = bench.clock.now_ms() + from_ms
    bench.play(until=lambda: bench.pace is StretchPace.REST)
    (row,) = bench.rows()
    assert (row.quality, row.quality_reason) == (("good", "") if measured else ("none", "not-watched"))
    assert (row.excursion_left_mm is not None) is measured


def test_news_that_is_too_old_brings_no_cue(bench: Watched) -> None:
    """Whoever looks hung in the hold: half a repetition is not spoken about; a shown cue goes with the looking."""
    bench.lead(Eyes(shape=hasty))
    bench.play(until=lambda: bench.pace is StretchPace.HOLD)
    bench.eyes.blind_from_ms = bench.clock.now_ms() + 2_000
    bench.play(until=lambda: bench.pace is StretchPace.REST)
    assert bench.cue == ""
    bench.clock.advance(2_500)
    assert bench.spoken == []
    bench.eyes.blind_from_ms = None
    bench.play(until=lambda: bool(bench.cue))
    bench.eyes.blind_from_ms = bench.clock.now_ms()
    bench.clock.advance(1_001)
    bench.led.tick(bench.clock.now_ms())
    assert bench.pace is StretchPace.REST
    assert bench.cue == ""


def test_a_cue_that_comes_too_late_is_not_given(bench: Watched) -> None:
    """The machine was slow for two seconds: what was seen before that is no news any more."""
    bench.lead(Eyes(shape=hasty))
    bench.play(until=lambda: bench.pace is StretchPace.MOVE_OUT)
    bench.clock.advance(4_500)
    bench.led.tick(bench.clock.now_ms())
    assert bench.pace is StretchPace.REST
    assert bench.cue == ""


def test_whoever_looks_dies_and_the_session_goes_on_to_its_end(bench: Watched) -> None:
    """Rule 8: face lost, then the looking dies: nothing is held up, the cue goes, the rest is not measured."""
    bench.lead(Eyes(shape=hasty))
    bench.play(until=lambda: bool(bench.cue))
    now = bench.clock.now_ms()
    bench.led.hear(FaceState(False, now), now)
    bench.play(until=lambda: bench.led.session.phase is SessionPhase.FACE_AWAY)
    assert bench.eyes.task is not None, "a face that is away is looked for"
    now = bench.clock.now_ms()
    bench.led.hear(SightState(False, "killed", now), now)
    bench.eyes.blind_from_ms = now
    assert bench.led.session.phase is SessionPhase.LEAD_BACK
    bench.play(each=lambda: bench.led.hear(SightState(False, "killed", bench.clock.now_ms()), bench.clock.now_ms()))
    assert bench.cue == ""
    assert [row.quality_reason for row in bench.rows()] == ["", "not-watched", "not-watched"]


def test_without_a_camera_or_anybody_who_looks_a_session_is_led_all_the_same(bench: Watched) -> None:
    """Rule 8: the record says that nothing was measured."""
    bench.lead(Eyes())
    bench.led.hear(CameraState(False, "unplugged", bench.clock.now_ms()), bench.clock.now_ms())
    assert bench.eyes.task is None
    bench.eyes.blind_from_ms = 0
    bench.play()
    assert {row.quality_reason for row in bench.rows()} == {"not-watched"}
    assert {row.quality for row in bench.rows()} == {"none"}


def test_landmarks_are_asked_for_only_with_the_person_s_own_consent(bench: Watched) -> None:
    """A face's geometry is personal too."""
    bench.lead(Eyes())
    bench.play()
    assert {task.points for task in bench.eyes.tasks if task is not None} == {False}
    agreed = changed(PERSON, permissions=(Permission.REPLAYS,))
    bench.lead(Eyes(), person=agreed)
    bench.play()
    assert {task.points for task in bench.eyes.tasks if task is not None and task.zone is not None} == {True}


def test_the_reflection_comes_only_in_the_good_side_view(bench: Watched) -> None:
    """The half that is reflected is the one that is not affected; any other view has none."""
    reflected = changed(SMILE, view=ViewMode.GOOD_SIDE)
    found: list[Any] = []

    def look() -> None:
        scene = bench.led.scene(Around(), WORDS, bench.clock.now_ms())
        if isinstance(scene, StepScene) and scene.reflection is not None:
            found.append(scene.reflection.healthy)

    bench.lead(Eyes(), reflected)
    bench.play(each=look)
    assert set(found) == {"right"}
    found.clear()
    bench.lead(Eyes(), SMILE)
    bench.play(each=look)
    bench.lead(Eyes(), reflected, person=changed(PERSON, stage=Stage.SYNKINETIC), family=Family.QUIET_CONTROL)
    bench.play(each=look)
    assert found == []


def test_the_ratios_of_earlier_sessions_are_read_once_before_a_session(bench: Watched) -> None:
    """A session's middle ratio stands for it; an unreadable record explains nothing and stops nothing."""
    bench.lead(Eyes(left_mm=2.0), relax(), SMILE)
    bench.play()
    bench.settle()
    ((exercise, past),) = ratios_of(bench.store.read(), PERSON, bench.led.session.plan).items()
    assert exercise == SMILE.exercise
    assert past == pytest.approx((0.5,), abs=0.02)

    class Unreadable(Reader):
        def ratios(self, code: str, exercise: str, limit: int) -> list[list[float]]:
            raise StoreError("the disk is gone")

    assert ratios_of(Unreadable(Path("nowhere")), PERSON, bench.led.session.plan) == {}


def test_advice_on_sitting_well_comes_from_the_picture_that_is_looked_at(bench: Watched) -> None:
    """Too far away: the presenter is told so; where nobody looks it is told nothing."""
    bench.lead(Eyes())
    bench.eyes.eyes_px = 20.0
    bench.play(until=lambda: bench.pace is StretchPace.LEAD_IN)
    watching, session, now = Watching(bench.eyes, PERSON, {}), bench.led.session, bench.clock.now_ms()
    assert watching.look(session, (640, 360), now).framing == "", "nobody was told to look yet"
    watching.follow(session)
    now += 500
    assert watching.look(session, (640, 360), now).framing == "nearer"
    assert watching.look(session, None, now).framing == ""


def test_no_step_and_no_advice_takes_the_reflection_away_at_once(bench: Watched) -> None:
    """It goes on from step to step, and fades before somebody is told how to sit: no face changes all at once."""
    reflected, seen, amounts = changed(SMILE, view=ViewMode.GOOD_SIDE), [], []
    bench.lead(Seated(), reflected, reflected)
    bench.eyes.eyes_px = 160.0

    def look() -> StepScene | None:
        scene = bench.led.scene(Around(), WORDS, bench.clock.now_ms())
        return scene if isinstance(scene, StepScene) else None

    def pass_time(ms: int) -> None:
        for _ in range(ms // 50):
            bench.clock.advance(50)
            bench.led.tick(bench.clock.now_ms())
            scene = look()
            if scene is not None:
                seen.append(scene)
                amounts.append(scene.reflection.amount if scene.reflection is not None else 0.0)

    bench.play(until=lambda: bench.led.session.phase is SessionPhase.STEP)
    while bench.led.session.step == 0:
        pass_time(50)
    assert amounts[-1] == 1.0
    pass_time(500)
    assert set(amounts[-10:]) == {1.0}
    bench.eyes.eyes_px = 20.0
    pass_time(2_500)
    assert seen[-1].guide
    assert amounts[-1] == 0.0
    assert max(abs(a - b) for a, b in pairwise(amounts)) <= 0.15
    assert all(not scene.guide for scene, amount in zip(seen, amounts, strict=True) if amount > 0)


def set_up(bench: Watched) -> list[tuple[str, str]]:
    """The set-up checks in the log, and whose they are."""
    bench.settle()
    return rows_in(bench.data, "SELECT detail_code, patient_code FROM events WHERE code = 'setup'")


def to_settling(bench: Watched, eyes: Eyes, *steps: Step, **more: Any) -> list[str]:
    """Begin, and settle down; the advice that is shown meanwhile. The first step has begun afterwards."""
    bench.lead(eyes, *steps, eye_reminder=False, **more)
    began, shown = bench.clock.now_ms(), []
    while bench.led.session.phase is SessionPhase.SETTLE_IN:
        scene = bench.led.scene(Around(), WORDS, bench.clock.now_ms())
        assert isinstance(scene, StepScene)
        shown.append(scene.guide)
        bench.clock.advance(250)
        bench.led.tick(bench.clock.now_ms())
    bench.took_ms = bench.clock.now_ms() - began
    return shown


def test_how_the_face_sits_is_looked_at_while_settling_and_kept_with_the_session(bench: Watched) -> None:
    """Too far away: the screen says what helps, nothing waits for it, and the log has it with person and time."""
    eyes = Seated()
    eyes.eyes_px = 20.0
    shown = to_settling(bench, eyes, relax(), SMILE)
    assert bench.took_ms == SHORT_SETTLE_MS
    assert "A little nearer" in shown
    assert set_up(bench) == [("nearer", PERSON.code)]


def test_who_sits_well_is_told_nothing_and_that_is_kept_too(bench: Watched) -> None:
    """As with every advice: silence is the best of it."""
    eyes = Seated()
    assert set(to_settling(bench, eyes, relax(), SMILE)) == {""}
    assert set_up(bench) == [("ok", PERSON.code)]


def test_where_nobody_looks_the_session_begins_as_well(bench: Watched) -> None:
    """Whoever looks at the pictures may be dead: then it is not known, and not called well."""
    eyes = Seated()
    eyes.blind_from_ms = 0
    assert set(to_settling(bench, eyes, relax(), SMILE)) == {""}
    assert bench.took_ms == SHORT_SETTLE_MS
    assert set_up(bench) == [("unknown", PERSON.code)]


@pytest.mark.parametrize(
    ("steps", "more"),
    [
        ((relax(), release()), {"family": Family.CARE}),
        ((relax(), changed(SMILE, view=ViewMode.FEEL)), {}),
        ((relax(), SMILE), {"camera": False}),
    ],
    ids=["touch", "felt", "no camera"],
)
def test_without_a_mirror_nobody_is_looked_at(bench: Watched, steps: tuple[Step, ...], more: dict[str, Any]) -> None:
    """No picture, no check, no line in the log."""
    to_settling(bench, Seated(), *steps, **more)
    assert not any(task is not None for task in bench.eyes.tasks)
    assert set_up(bench) == []
