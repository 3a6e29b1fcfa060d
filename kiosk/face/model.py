"""Tasks, readings and measures: the small values that all of ``face`` and ``sight`` speak.

Sides are the person's own. Pictures are never mirrored here: in them, the person's left is on the right. Pixels are
those of the frame that was looked at, x to the right and y downwards. Millimetres are approximate: they rest on a
distance of 63 mm between the pupils. A movement is a vector in the face's own frame, head pose removed: x towards the
person's own left, y towards the chin.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.face.lid_scale import LidScale

Vector = tuple[float, float]

PUPILS_MM = 63.0
"""The mean distance between the pupils of adults, which scales pixels to millimetres: they are approximate."""

STRAIGHT_DEG = 4.5
"""A face that reads as farther aside is not taken for one at rest (``kiosk.face.neutral``), and is advised so."""


class Zone(StrEnum):
    """The part of the face that a movement is about; the rest of the skin is expected to stay still."""

    MOUTH = "mouth"
    BROW = "brow"
    EYE = "eye"


class UnseenReason(StrEnum):
    """A reason for which something is not measured, or not shown. Empty where all is well."""

    NONE = ""
    NO_FACE = "no-face"
    TWO_FACES = "two-faces"
    TURNED = "turned"
    TOO_FAR = "too-far"
    TOO_NEAR = "too-near"
    TOO_DARK = "too-dark"
    TOO_BRIGHT = "too-bright"
    COVERED = "covered"
    NO_NEUTRAL = "no-neutral"
    SMALL = "small-movement"
    NOT_WATCHED = "not-watched"
    NO_MODEL = "no-model"
    BOTH_SIDES = "both-sides"
    TOO_FEW = "too-few-pictures"
    NOT_FOLLOWED = "not-followed"
    """Something moved, or came before the face, that flow could not follow."""
    LARGE = "large-movement"
    """A movement went farther than can be followed."""
    RESTLESS = "restless"
    """The head did not keep still while the face was to rest."""
    LIDS = "lids-unclear"
    """The iris network sees lids where nothing is darker than skin, or too few pictures show them."""
    LIDS_UNLIKE = "lids-unlike"
    """The eyes rest unlike those whose lids staff had taken: the scale of that day says nothing of them."""
    STAYS_OPEN = "does-not-close"
    """An eye of which staff have said that it does not close has no closure."""
    CUT_OFF = "cut-off"
    """A movement was not seen from its beginning to its end."""


UNFOLLOWED = frozenset({UnseenReason.COVERED, UnseenReason.NOT_FOLLOWED, UnseenReason.LARGE})
"""Reasons for which a face that is there says nothing of its movement, although it may well move."""
UNSEEN_MS = 1_500
"""A movement of which so much was not seen, in one piece, is not measured: its largest part may lie in there."""


class Quality(StrEnum):
    """The trust that a measure deserves."""

    GOOD = "good"
    PARTIAL = "partial"
    """Some of it is absent; what is there may be trusted."""
    NONE = "none"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Orders on what to look for until told otherwise. Times are boot milliseconds of the frames.

    ``key`` names the stretch that is watched: another key forgets the neutral face. The neutral is made of the frames
    taken from ``neutral_from_ms`` until ``neutral_to_ms``, while the face rests. ``zone`` None: only where the face is.
    No such time: no movement is due, it is only asked whether a face is there; with the zone of the eyes, how far the
    lids stand apart too. ``points``: the face's landmarks are wanted too (for a replay; needs its own consent).
    ``lids``: the person's own scale, where staff had it taken; without, the open eye is that of the neutral face.
    """

    key: str = ""
    zone: Zone | None = None
    neutral_from_ms: int = 0
    neutral_to_ms: int = 0
    points: bool = False
    lids: LidScale | None = None

    @property
    def movement(self) -> bool:
        """Whether a movement is due."""
        return self.neutral_to_ms > self.neutral_from_ms


class Midline(msgspec.Struct, frozen=True):
    """The line between the halves of the face: through (``x``, ``y``) px, ``roll_deg`` clockwise from upright."""

    x: float
    y: float
    roll_deg: float


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Findings in one picture. What cannot be told is None; ``reason`` says why a movement was not measured.

    It was taken at ``t_ms``; ``present``: a face is in it, of which the tracker is sure by ``score``, 0..1. ``yaw_deg``
    is positive when the face turns to the person's own left, ``pitch_deg`` when the chin drops, ``roll_deg`` when the
    head leans clockwise in the picture. Once there is a neutral face they count from it (``neutral``), else they are
    rough and absolute. ``eyes_px`` is the distance between the pupils, ``centre`` the middle between them, ``midline``
    that of the face. ``light`` is the face's mean brightness 0..1, ``light_lean`` how much brighter the person's left
    half is, -1..1. ``left``/``right``: how far the zone's point (oral commissure, middle of the brow) has moved from
    neutral, mm. ``corner_left``/``corner_right``: the oral commissures, whatever the zone (linked movement).
    ``aperture_*``: the palpebral aperture as a share of the open eye, 1 open, 0 closed: of the person's own scale where
    the task has one, else of the eye at rest. ``lids_*``: how far the lids stand apart, mm with the lashes, in those
    pictures in which it was looked at. ``ok`` is the share of tracked points that could be trusted. ``points``: see
    ``kiosk.face.replay``.
    """

    t_ms: int
    present: bool = False
    score: float = 0.0
    reason: UnseenReason = UnseenReason.NONE
    neutral: bool = False
    roll_deg: float = 0.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    eyes_px: float = 0.0
    centre: Vector = (0.0, 0.0)
    light: float | None = None
    light_lean: float | None = None
    midline: Midline | None = None
    left: Vector | None = None
    right: Vector | None = None
    corner_left: Vector | None = None
    corner_right: Vector | None = None
    aperture_left: float | None = None
    aperture_right: float | None = None
    lids_left: float | None = None
    lids_right: float | None = None
    ok: float = 0.0
    points: bytes = b""


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """The measures of one repetition; None is "not measured", never zero. Fields as a package's table ``repetitions``.

    ``excursion_left_mm``, ``excursion_right_mm``: how far each side went; ``peak_speed_mm_s``: how fast the quicker
    one; ``closure_right`` is as ``closure_left``. ``quality``: how far to trust them; ``reason``: why there are none.
    """

    excursion_left_mm: float | None = None
    excursion_right_mm: float | None = None
    symmetry: float | None = None
    """Affected over other side, signed (``metrics.ratio``); None where both are affected or it cannot be told."""
    onset_lag_ms: int | None = None
    """Delay of the affected side, ms; negative: it began earlier. Without an affected side: of the left side."""
    peak_speed_mm_s: float | None = None
    closure_left: float | None = None
    """Greatest closure of the eye, 0 open, 1 closed."""
    closure_right: float | None = None
    linked: str = ""
    """``none``, ``eye`` (the affected eye narrowed with the mouth) or ``mouth`` (a corner moved with the eyes);
    empty: cannot be told."""
    quality: Quality = Quality.NONE
    reason: UnseenReason = UnseenReason.NOT_WATCHED
