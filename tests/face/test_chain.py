"""A patch of skin that changes its look while it moves is followed by links, and counted from rest again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kiosk.face.chain import Chain
from kiosk.face.flow import followed
from kiosk.face.geometry import Floats
from kiosk.face.motion import SHOWN_SHARE
from kiosk.face.tracker import Pixels

SIZE = 160
REST = np.array([(60.0 + x, 80.0 + y) for y in (-6, 0, 6) for x in (-12, -6, 0, 6, 12)])
STEPS = 24
PX = 0.8
DRIFT_PX = 2.0
"""One texture that turns into another seems to move by itself, by as much as this."""


def texture(seed: int) -> Pixels:
    """Skin of its own look."""
    noise = np.random.default_rng(seed).normal(0, 1, (SIZE, SIZE)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    return np.asarray(np.clip(128 + 40 * smooth / smooth.std(), 0, 255), np.uint8)


def picture(step: float) -> Pixels:
    """Step 0 is rest; with each step the skin goes 0.8 px to the right and looks a little more like another."""
    share = step / STEPS
    mixed = cv2.addWeighted(texture(1), 1 - share, texture(2), share, 0)
    carried = cv2.warpAffine(
        mixed, np.array([[1, 0, PX * step], [0, 1, 0.0]]), (SIZE, SIZE), borderMode=cv2.BORDER_WRAP
    )
    return np.asarray(carried, np.uint8)


def at(chain: Chain, step: float) -> Floats | None:
    """What is known of the patch at this step, as ``kiosk.face.motion`` asks: (2,) px from rest."""
    now = picture(step)
    found, good = followed(picture(0), now, REST)
    if good.mean() >= SHOWN_SHARE and chain.close(now, REST, found, good):
        return np.asarray(np.median(found[good] - REST[good], 0))
    linked = chain.link(now)
    return None if linked is None else np.asarray(np.median(linked[0] - REST, 0))


def test_a_look_that_changes_on_the_way_is_followed_to_its_end_and_back() -> None:
    """The resting look alone does not find it there: that is what the links are for."""
    _, good = followed(picture(0), picture(STEPS), REST)
    assert good.mean() < SHOWN_SHARE
    chain = Chain()
    for step in [*range(STEPS + 1), *range(STEPS - 1, -1, -1)]:
        found = at(chain, step)
        assert found is not None, step
        assert found == pytest.approx((PX * step, 0), abs=DRIFT_PX), step
    assert at(chain, 0) == pytest.approx((0, 0), abs=0.05), "at rest it counts from rest, and no link's error stays"


def test_what_is_lost_in_a_jump_is_silent_and_found_again_where_it_has_been() -> None:
    """A quick grin hides the patch: nothing is made up, and its way back is known from the way of a slow one."""
    chain = Chain()
    for step in range(STEPS + 1):
        at(chain, step)
    noise = np.asarray(np.random.default_rng(9).integers(0, 255, (SIZE, SIZE)), np.uint8)
    assert chain.link(noise) is None
    found = at(chain, STEPS - 4)
    assert found == pytest.approx((PX * (STEPS - 4), 0), abs=DRIFT_PX)


def test_nothing_is_followed_before_the_resting_look_was_seen() -> None:
    """A chain has a first link."""
    assert Chain().link(picture(0)) is None


def test_a_resting_look_in_another_place_is_not_believed_at_once() -> None:
    """After links, half of the points at a place that the chain does not lead to are a false friend."""
    chain = Chain()
    for step in range(STEPS + 1):
        at(chain, step)
    good = np.array([True] * 8 + [False] * 7)
    assert not chain.close(picture(STEPS), REST, REST, good)
    assert chain.close(picture(STEPS), REST, REST, np.ones(15, np.bool_)), "all of them are"
