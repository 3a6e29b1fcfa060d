"""The good-side reflection: both halves alike, on a midline that a smile cannot drag, gone where it would be untrue."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from kiosk.face.goodside import CLEAR_MS, FADE_MS, PATIENCE_MS, STALE_MS, GoodSide, Own, Reflection
from kiosk.face.model import Midline, Reading, UnseenReason
from kiosk.face.reflect import FIT_EVERY, Reflector

Pixels = npt.NDArray[np.uint8]
WIDTH, HEIGHT, EYES = 640, 480, 90.0
AT = (310.0, 200.0)
MM = EYES / 63
SIDES: tuple[Own, Own] = ("left", "right")
BY_SIDE = pytest.mark.parametrize("healthy", SIDES)
LEANING = pytest.mark.parametrize("roll", [-8.0, 0.0, 8.0])


def reflection(healthy: Own = "right", roll: float = 0.0, **changes: Any) -> Reflection:
    whole = Reflection(healthy=healthy, midline=Midline(*AT, roll), eyes_px=EYES, amount=1.0, reason=UnseenReason.NONE)
    return msgspec.structs.replace(whole, **changes)


def spot(x_mm: float, y_mm: float, roll: float) -> tuple[float, float]:
    """A place on the face, towards the person's own left and down from between the pupils, in the unmirrored frame."""
    c, s = math.cos(math.radians(roll)), math.sin(math.radians(roll))
    return AT[0] + MM * (x_mm * c - y_mm * s), AT[1] + MM * (x_mm * s + y_mm * c)


def grey(value: int = 120) -> Pixels:
    frame = np.full((HEIGHT, WIDTH, 4), value, np.uint8)
    frame[..., 3] = 255
    return frame


def marked(frame: Pixels, x_mm: float, y_mm: float, roll: float, colour: tuple[int, int, int]) -> Pixels:
    """With a soft round mark of 4 mm: its middle can be found to a fraction of a pixel."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    px, py = spot(x_mm, y_mm, roll)
    cover = np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * (4 * MM) ** 2))[..., None]
    out = frame.copy()
    out[..., :3] = np.round(frame[..., :3] * (1 - cover) + np.array(colour) * cover)
    return out


def shown(frame: Pixels, wanted: Reflection) -> Pixels:
    """The mirror's picture with the reflection drawn on it."""
    picture = np.ascontiguousarray(frame[:, ::-1])
    Reflector().draw(frame, wanted, picture)
    return picture


def middle_of_blue(picture: Pixels, left: bool) -> tuple[float, float]:
    """Where the blue mark is in the left (or right) half of a mirror's picture, in its pixels."""
    blue = picture[..., 0].astype(float) - picture[..., 2]
    half = WIDTH - 1 - AT[0]
    x = np.arange(WIDTH)
    blue[:, (x > half) if left else (x <= half)] = 0
    blue[blue < 20] = 0
    assert blue.sum() > 0, "no mark in this half"
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return float((x * blue).sum() / blue.sum()), float((y * blue).sum() / blue.sum())


@BY_SIDE
@LEANING
def test_a_mark_on_the_healthy_half_is_seen_on_both(healthy: Own, roll: float) -> None:
    """In the mirror both halves move alike, also when the head leans: mirrored at the midline to less than a pixel."""
    side = 1 if healthy == "left" else -1
    frame = marked(grey(), side * 26, 60, roll, (240, 120, 20))
    picture = shown(frame, reflection(healthy, roll))
    for mirrored in (1, -1):
        x, y = spot(mirrored * side * 26, 60, roll)
        # The mirror shows the person's left at the left.
        found = middle_of_blue(picture, left=mirrored * side > 0)
        assert found == pytest.approx((WIDTH - 1 - x, y), abs=0.7)


@BY_SIDE
def test_what_the_affected_half_does_is_not_seen(healthy: Own) -> None:
    """A mark there alone is gone: the reflection covers it."""
    side = -1 if healthy == "left" else 1
    frame = marked(grey(), side * 26, 60, 0, (240, 120, 20))
    picture = shown(frame, reflection(healthy))
    assert np.abs(picture[..., 0].astype(int) - picture[..., 2]).max() < 20


@BY_SIDE
@LEANING
def test_only_the_affected_half_is_touched(healthy: Own, roll: float) -> None:
    """Healthy half, background and body are the mirror's own pixels, exactly."""
    frame = np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 4), np.uint8)
    plain, picture = np.ascontiguousarray(frame[:, ::-1]), shown(frame, reflection(healthy, roll))
    changed = (plain != picture)[..., :3].any(-1)[:, ::-1]
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    c, s = math.cos(math.radians(roll)), math.sin(math.radians(roll))
    across = ((x - AT[0]) * c + (y - AT[1]) * s) / MM * (1 if healthy == "right" else -1)
    assert changed.any()
    assert across[changed].min() > -4
    assert across[changed].max() < 80


def test_a_symmetrical_face_stays_as_it_is() -> None:
    """The seam is nowhere to be seen: on a face that is alike on both sides, nothing changes."""
    frame = grey()
    for x, y in ((31, 0), (26, 70), (33, -26), (10, 40)):
        for side in (1, -1):
            frame = marked(frame, side * x, y, 8, (60, 70, 90))
    plain, picture = frame[:, ::-1].astype(int), shown(frame, reflection("left", 8)).astype(int)
    assert np.abs(plain - picture).max() <= 4


@BY_SIDE
def test_the_reflection_is_lit_like_the_half_that_it_covers(healthy: Own) -> None:
    """Light from a window at one side must not make a patch."""
    frame = lit(0.3)
    plain, picture = frame[:, ::-1, :3].astype(float), shown(frame, reflection(healthy))[..., :3].astype(float)
    assert np.abs(picture - plain).max() < 0.06 * 130


def lit(share: float) -> Pixels:
    """A face without a feature, lit from one side by so much."""
    across = (np.arange(WIDTH) - AT[0]) / (MM * 60)
    light = (1 + share * np.clip(across, -1.2, 1.2))[None, :, None]
    return np.asarray(np.clip(grey(130) * light, 0, 255), np.uint8)


def test_light_that_changes_is_followed_within_four_pictures() -> None:
    """The tone is not fitted in each picture, and old light is not kept."""
    reflector, wanted = Reflector(), reflection("right")
    reflector.draw(lit(0.3), wanted, np.ascontiguousarray(lit(0.3)[:, ::-1]))
    seen = []
    for _ in range(FIT_EVERY):
        picture = np.ascontiguousarray(lit(-0.3)[:, ::-1])
        reflector.draw(lit(-0.3), wanted, picture)
        seen.append(np.array_equal(picture, shown(lit(-0.3), wanted)))
    assert seen == [False] * (FIT_EVERY - 1) + [True]


def test_the_other_half_and_one_that_comes_back_are_fitted_at_once() -> None:
    """What was fitted for one half, or before the plain mirror was shown, says nothing."""
    reflector, plain = Reflector(), np.ascontiguousarray(lit(0.3)[:, ::-1])
    steps = [(lit(0.3), reflection("right")), (lit(0.3), reflection("left")), (lit(0.3), reflection(amount=0.0))]
    for frame, wanted in [*steps, (lit(-0.3), reflection("left"))]:
        picture = np.ascontiguousarray(frame[:, ::-1])
        reflector.draw(frame, wanted, picture)
        assert np.array_equal(picture, shown(frame, wanted))
        assert np.array_equal(picture, plain) is (wanted.amount == 0)


def test_half_an_amount_is_half_a_picture() -> None:
    """Fading shows a mixture, and no amount the plain mirror."""
    frame = marked(grey(), 26, 60, 0, (240, 120, 20))
    plain = np.ascontiguousarray(frame[:, ::-1])
    whole, half = (shown(frame, reflection("right", amount=amount)).astype(int) for amount in (1.0, 0.5))
    assert np.abs((plain + whole) / 2 - half).max() <= 2.5
    assert np.array_equal(shown(frame, reflection("right", amount=0.0)), plain)


@pytest.mark.parametrize(
    "changes",
    [
        {"eyes_px": 3.0},
        {"eyes_px": math.nan},
        {"eyes_px": 5_000.0},
        {"amount": math.nan},
        {"midline": Midline(math.nan, 200.0, 0.0)},
        {"midline": Midline(310.0, math.inf, 0.0)},
        {"midline": Midline(-4_000.0, 200.0, 0.0)},
        {"midline": Midline(310.0, 9_000.0, 0.0)},
    ],
)
def test_nonsense_draws_the_plain_mirror(changes: dict[str, Any]) -> None:
    """Whoever looks may return anything; the picture goes on."""
    frame = np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 4), np.uint8)
    assert np.array_equal(shown(frame, reflection(**changes)), frame[:, ::-1])


@pytest.mark.parametrize("at", [(20.0, 30.0), (630.0, 470.0), (310.0, 440.0)])
def test_a_face_at_the_edge_is_drawn_as_far_as_it_goes(at: tuple[float, float]) -> None:
    """Nothing from outside the picture comes into it: an even grey stays the grey that it is."""
    for healthy in SIDES:
        assert np.array_equal(shown(grey(), reflection(healthy, midline=Midline(*at, 5.0))), grey())


def test_a_read_only_frame_is_enough() -> None:
    """The camera's memory may not be written."""
    frame = np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 4), np.uint8)
    free = shown(frame.copy(), reflection())
    frame.flags.writeable = False
    assert np.array_equal(shown(frame, reflection()), free)


# Where it lies, and when it may be seen.


def reading(t_ms: int, **changes: Any) -> Reading:
    whole = Reading(
        t_ms=t_ms,
        present=True,
        centre=AT,
        eyes_px=EYES,
        light=0.5,
        light_lean=0.0,
        midline=Midline(*AT, 0.0),
    )
    return msgspec.structs.replace(whole, **changes)


class Watch:
    """A good side that is looked at 30 times and told 10 times a second."""

    def __init__(self, healthy: Own = "right") -> None:
        self.good_side, self.now = GoodSide(healthy), 10_000
        self.last = self.good_side.update(None, False, self.now)
        self._told: Reading | None = None

    def run(self, ms: int, moving: bool = False, **changes: Any) -> Reflection:
        """Let ``ms`` pass with such readings."""
        end = self.now + ms
        while self.now < end:
            self.now += 33
            if self._told is None or self.now - self._told.t_ms >= 100:
                self._told = reading(self.now, **changes)
            self.last = self.good_side.update(self._told, moving, self.now)
        return self.last

    def silence(self, ms: int) -> Reflection:
        """Let ``ms`` pass without a new reading."""
        end = self.now + ms
        while self.now < end:
            self.now += 33
            self.last = self.good_side.update(self._told, False, self.now)
        return self.last


@pytest.mark.parametrize("affected", ["both", ""])
def test_without_a_healthy_half_there_is_none(affected: str) -> None:
    """Rule 13."""
    assert GoodSide.beside(affected) is None


@pytest.mark.parametrize(("affected", "healthy"), [("left", "right"), ("right", "left")])
def test_the_other_half_is_the_healthy_one(affected: str, healthy: str) -> None:
    """Never the affected half twice."""
    made = GoodSide.beside(affected)
    assert made is not None
    assert made.update(reading(0), False, 0).healthy == healthy


def test_it_comes_softly_and_says_that_it_is_there() -> None:
    """From nothing to the whole in less than a second, in small steps."""
    watch, seen = Watch(), []
    assert (watch.last.amount, watch.last.reason) == (0.0, UnseenReason.NOT_WATCHED)
    for _ in range(30):
        seen.append(watch.run(33).amount)
    assert seen == sorted(seen)
    assert max(b - a for a, b in pairwise(seen)) <= 0.1
    assert (seen[-1], watch.last.reason) == (1.0, UnseenReason.NONE)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"yaw_deg": 5.4}, UnseenReason.TURNED),
        ({"yaw_deg": -5.4}, UnseenReason.TURNED),
        ({"light": 0.05}, UnseenReason.TOO_DARK),
        ({"reason": UnseenReason.TOO_DARK}, UnseenReason.TOO_DARK),
        ({"reason": UnseenReason.TWO_FACES}, UnseenReason.TWO_FACES),
        ({"present": False, "midline": None}, UnseenReason.NO_FACE),
        ({"eyes_px": math.nan}, UnseenReason.NO_FACE),
        ({"centre": (math.inf, 3.0)}, UnseenReason.NO_FACE),
        ({"eyes_px": 3.0}, UnseenReason.NO_FACE),
    ],
)
def test_it_fades_where_it_would_not_be_true(changes: dict[str, Any], reason: UnseenReason) -> None:
    """A turned head, the dark, a second face, no face, nonsense: soon the plain mirror, which says why; and back."""
    watch = Watch()
    watch.run(2_000)
    gone = watch.run(FADE_MS + PATIENCE_MS + 200, **changes)
    assert (gone.amount, gone.reason) == (0.0, reason)
    assert watch.run(2_000).amount == 1.0


def test_what_is_not_wanted_goes_as_softly_as_it_came() -> None:
    """A face that changes all at once startles: in small steps, within less than half a second, and back."""
    watch, seen = Watch(), [1.0]
    watch.run(2_000)
    for _ in range(15):
        watch.now += 33
        gone = watch.good_side.update(reading(watch.now), False, watch.now, wanted=False)
        seen.append(gone.amount)
    assert max(a - b for a, b in pairwise(seen)) <= 0.1
    assert seen[9] > 0
    assert (gone.amount, gone.reason) == (0.0, UnseenReason.NOT_WATCHED)
    assert watch.run(2_000).amount == 1.0


def test_after_another_page_it_comes_anew_and_nothing_old_is_seen() -> None:
    """A pause of a minute: no ghost of where the face was, whether somebody is there again or not."""
    for back in (True, False):
        watch = Watch()
        watch.run(2_000)
        watch.now += 60_000
        assert watch.good_side.update(reading(watch.now) if back else None, False, watch.now).amount == 0.0
    assert watch.run(2_000).amount == 1.0


def test_at_the_limit_it_does_not_flicker() -> None:
    """Between the two limits it stays what it was."""
    watch = Watch()
    watch.run(2_000)
    assert watch.run(1_000, yaw_deg=4.6).amount == 1.0
    watch.run(1_000, yaw_deg=5.5)
    assert watch.run(1_000, yaw_deg=4.6).amount == 0.0
    assert watch.run(CLEAR_MS + FADE_MS + 300, yaw_deg=3.5).amount == 1.0


def test_a_face_missed_once_is_still_there() -> None:
    """One picture without a face is no reason to fade."""
    watch = Watch()
    watch.run(2_000)
    assert watch.run(120, present=False, midline=None).amount == 1.0


def test_old_news_shows_nothing() -> None:
    """Fault of whoever looks: after a second without news nothing of the reflection is left."""
    watch = Watch()
    watch.run(2_000)
    watch.silence(STALE_MS - 150)
    assert watch.last.reason is UnseenReason.NOT_WATCHED
    assert watch.last.amount > 0
    assert watch.silence(150).amount == 0.0


def test_a_dragged_midline_does_not_move_the_reflection() -> None:
    """A smile of one side drags the mesh's midline by 1.35 degrees and 1.4 mm: not what the person sees."""
    watch = Watch()
    before = watch.run(2_000).midline
    dragged = Midline(AT[0] + 1.4 * MM, AT[1], 1.35)
    during = watch.run(9_000, moving=True, midline=dragged)
    after = watch.run(500, midline=dragged)
    for seen in (during.midline, after.midline):
        assert (seen.x, seen.y, seen.roll_deg) == pytest.approx((before.x, before.y, before.roll_deg), abs=0.02)
    assert during.amount == 1.0


def test_at_rest_the_midline_is_learned_again() -> None:
    """A midline that stays somewhere else while the face rests is where it is."""
    watch = Watch()
    watch.run(2_000, moving=True)
    rested = watch.run(6_000, midline=Midline(AT[0] + 3, AT[1], 1.0)).midline
    assert (rested.x, rested.roll_deg) == pytest.approx((AT[0] + 3, 1.0), abs=0.1)


def test_the_frozen_midline_goes_along_with_the_head() -> None:
    """During a repetition a head that leans and shifts takes the reflection with it: the bar is 0.5 degrees at 8."""
    watch = Watch()
    watch.run(2_000, midline=Midline(AT[0] + 4, AT[1], 0.5))
    moved = watch.run(1_000, moving=True, centre=(350.0, 220.0), roll_deg=8.0, midline=Midline(1.0, 2.0, 30.0))
    x, y = 350 + 4 * math.cos(math.radians(8.5)), 220 + 4 * math.sin(math.radians(8.5))
    assert moved.midline.roll_deg == pytest.approx(8.5, abs=0.1)
    assert (moved.midline.x, moved.midline.y) == pytest.approx((x, y), abs=0.3)


def test_a_new_zero_of_the_roll_turns_nothing() -> None:
    """With a neutral face roll counts from it: a person who lies 6 degrees askew is not reflected upright."""
    watch = Watch()
    askew: dict[str, Any] = {"midline": Midline(*AT, 6.0)}
    watch.run(3_000, roll_deg=6.0, **askew)
    for _ in range(3):
        first = watch.run(150, moving=True, neutral=True, roll_deg=0.0, **askew)
        moving = watch.run(3_000, moving=True, neutral=True, roll_deg=0.0, **askew)
        rest = watch.run(3_000, roll_deg=6.0, **askew)
        for seen in (first, moving, rest):
            assert seen.midline.roll_deg == pytest.approx(6.0, abs=0.1)


def test_what_a_neutral_face_told_of_the_midline_is_kept() -> None:
    """It is found in the picture and carried by still skin; the mesh's is a millimetre off, and not asked again."""
    watch = Watch()
    mesh, true = Midline(AT[0] + MM, AT[1], 0.6), Midline(*AT, 0.0)
    watch.run(3_000, midline=mesh)
    told = watch.run(4_000, moving=True, neutral=True, midline=true).midline
    kept = watch.run(6_000, midline=mesh).midline
    for seen in (told, kept):
        assert (seen.x, seen.roll_deg) == pytest.approx((true.x, 0.0), abs=0.05)


def test_a_still_face_does_not_tremble() -> None:
    """Noise of half a pixel in the eyes reaches the reflection as less than half of it."""
    rng, watch, seen = np.random.default_rng(3), Watch(), []
    for _ in range(100):
        x, y = AT + rng.normal(0, 0.5, 2)
        seen.append(watch.run(99, centre=(x, y), midline=Midline(x, y, 0.0)).midline.x)
    assert np.std(seen[20:]) < 0.25 * math.sqrt(1.5)


def test_a_head_on_its_way_takes_the_reflection_along() -> None:
    """Readings come late and rarely; a head that moves at 30 mm a second is met within 2 mm in every picture."""
    watch, speed, errors = Watch(), 30 * MM / 1000, []
    watch.run(2_000)
    start = watch.now
    for _ in range(30):
        x = AT[0] + speed * (watch.now + 33 - start)
        seen = watch.run(33, moving=True, centre=(x, AT[1]), midline=Midline(x, AT[1], 0.0))
        errors.append(abs(seen.midline.x - x) / MM)
    assert max(errors[12:]) < 2
    stopped = watch.run(600, moving=True, centre=(x, AT[1]), midline=Midline(x, AT[1], 0.0))
    assert stopped.midline.x == pytest.approx(x, abs=0.5)


def test_readings_of_a_smaller_picture_are_scaled() -> None:
    """Whoever looks at half the picture is right about the whole: pixel 10 of the small one covers 20 and 21."""
    good_side = GoodSide("left", scale=2.0)
    found = good_side.update(reading(0, centre=(10.0, 20.0), midline=Midline(10.0, 20.0, 3.0)), False, 0)
    assert (found.midline, found.eyes_px) == (Midline(20.5, 40.5, 3.0), 2 * EYES)
