"""The drawn head of a step: what it shows at a moment of the step's timeline. Pure: no pixels, no time of its own.

It shows nothing that the step does not ask for: what moves by itself is what the step ``needs`` and staff have ticked,
and it rests whenever the person rests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from math import cos, pi, sin

from kiosk.care.model import Movement, OwnPicture, Region, Side, Step, StepKind
from kiosk.care.showing import Showing, TouchPath, TouchPress, TouchWay
from kiosk.drawn.figure import ARROW_MM, LEANS, SPOTS, DirectionArrow, Figure, HandAt
from kiosk.drawn.pose import LID_OPEN_MM, SMILE, Pose
from kiosk.screens.scene import HeadScene, eased
from kiosk.session.model import Session, SessionPhase
from kiosk.session.timeline import Stretch, StretchPace, repetition_start_ms, stretch_at
from kiosk.signals import DecodedPicture
from kiosk.words import Words

Decoded = Mapping[OwnPicture, DecodedPicture]
"""The clinic's own pictures that can be shown now."""
NO_PICTURES: Decoded = {}
NOTCH_MS = 80
"""Time between two drawings of what moves."""
CIRCLE_MS = 4_000
SLIDE_MS = 4_000
STROKE_MS, BACK_MS = 6_000, 2_000
"""Time of a stroke, and of the hand's way back to where it began, away from the skin."""
BREATH_IN_MS, BREATH_OUT_MS = 4_000, 6_000
HANDS_BACK_MS = 3_000
"""The end of a rest, in which the hands come back."""

_WAYS = {TouchWay.UP: (0.0, -1.0), TouchWay.DOWN: (0.0, 1.0), TouchWay.IN: (-1.0, 0.0), TouchWay.OUT: (1.0, 0.0)}
_BEYOND_MM = 11.0
"""Distance from the fingertips at which their arrow begins."""
_MARKS: dict[Movement, tuple[tuple[float, float], tuple[float, float]]] = {
    Movement.SMILE: ((34.0, 66.0), SMILE),
    Movement.LIPS: ((58.0, 70.0), (-1.0, 0.0)),
    Movement.LIDS: ((58.0, -12.0), (0.0, 1.0)),
    Movement.BROW: ((33.0, -34.0), (0.0, -1.0)),
    Movement.NOSE: ((23.0, 46.0), (0.0, -1.0)),
}
"""The beginning of the arrow of each movement on the person's own left, and its direction."""


def head(session: Session, tone: int, _: Words, pictures: Decoded = NO_PICTURES) -> HeadScene | None:
    """The drawn head of the present moment, or the clinic's own picture in its place; None: there is none.

    ``pictures``: those that are decoded.
    """
    step = session.current
    if not session.wants_head or step.show is None:
        return None
    position = _position_ms(session, session.now_ms)
    figure = figure_at(step, position, session.easier, tone)
    side = _("Left") if step.side is Side.LEFT else _("Right") if step.side is Side.RIGHT else ""
    own = pictures.get(step.picture) if step.picture is not None else None
    return HeadScene(figure, side, own, frame_at(step, position, session.easier, own) if own is not None else 0)


def felt(session: Session, _: Words) -> str:
    """The sentence that says what to feel; where it does not say how firm the touch is that is drawn, that first."""
    step = session.current
    feel = _(step.feel) if step.feel else ""
    if not session.wants_head or step.show is None or step.active or _only_region(step, step.show):
        return feel
    press = press_word(step.show.press, _)
    return feel if not press or press.lower() in feel.lower() else f"{press}. {feel}".strip()


def next_move_ms(session: Session, now_ms: int, pictures: Decoded = NO_PICTURES) -> int | None:
    """The moment of the next drawing; None: nothing moves until something else changes the screen."""
    step = session.current
    if not session.wants_head or session.phase is not SessionPhase.STEP:
        return None
    position = max(0, now_ms - session.anchor_ms)
    if step.picture is not None and (own := pictures.get(step.picture)) is not None:
        gone = _worked_ms(step, position, session.easier)
        still = gone is None or own.count < 2
        return None if still else now_ms + own.frame_ms - (gone or 0) % own.frame_ms
    stretch = stretch_at(step, position, session.easier)
    if _stands(step, stretch.pace):
        return None
    begun = stretch.start_ms
    coming = begun + ((position - begun) // NOTCH_MS + 1) * NOTCH_MS
    same = figure_at(step, position, session.easier) == figure_at(step, coming, session.easier)
    return None if same else session.anchor_ms + coming


def frame_at(step: Step, position_ms: int, easier: bool, own: DecodedPicture) -> int:
    """The number of the picture of a film ``position_ms`` after the anchor of ``step``.

    A film begins with each repetition and goes round at its own pace; while the person waits or rests, it stands still
    at its first picture.
    """
    gone = _worked_ms(step, position_ms, easier)
    return 0 if gone is None else gone // own.frame_ms % own.count


def _worked_ms(step: Step, position_ms: int, easier: bool) -> int | None:
    """Time since the present repetition began; None: the person waits or rests."""
    stretch = stretch_at(step, position_ms, easier)
    if stretch.pace not in (StretchPace.MOVE_IN, StretchPace.HOLD, StretchPace.MOVE_OUT) or (
        position_ms >= stretch.end_ms
    ):
        return None
    return position_ms - repetition_start_ms(step, stretch.repetition, easier)


def press_word(press: TouchPress | None, _: Words) -> str:
    """The pressure of a touch, in a word or two."""
    match press:
        case TouchPress.VERY_LIGHT:
            return _("Very light")
        case TouchPress.EASY:
            return _("Slow, easy")
        case TouchPress.FIRM:
            return _("Firm but easy")
    return ""


def figure_at(step: Step, position_ms: int, easier: bool = False, tone: int = 3) -> Figure:
    """Return the drawing ``position_ms`` after the anchor of ``step``; between two notches of time nothing moves."""
    stretch = stretch_at(step, position_ms, easier)
    gone = min(max(0, position_ms - stretch.start_ms), stretch.end_ms - stretch.start_ms) // NOTCH_MS * NOTCH_MS
    return _figure(step, stretch, gone, tone)


@lru_cache(maxsize=8)
def _figure(step: Step, stretch: Stretch, gone: int, tone: int) -> Figure:
    """The drawing ``gone`` ms into ``stretch``."""
    # Kept, because the present notch and the next one are asked for again for every picture until it comes.
    show = step.show or Showing()
    sides = {Side.LEFT: (1,), Side.RIGHT: (-1,), Side.BOTH: (1, -1)}.get(step.side, ()) if step.side else ()
    side = sides[0] if len(sides) == 1 else 0
    if step.kind is StepKind.BREATHE:
        return Figure(breath=_breath(stretch, gone), tone=tone)
    if step.kind is StepKind.MOVEMENT:
        pose, arrows = _movement(step, show, stretch, gone)
        hands = _hands(show, sides, 0.0, 0.0) if show.spot is not None else ()
        return Figure(pose=pose, hands=hands, arrows=arrows, soft=show.still, side=side, tone=tone)
    if _only_region(step, show):
        return Figure(lit=step.region.value, side=0 if step.region is Region.WHOLE_FACE else side, tone=tone)
    return replace(_touch(step, show, stretch, gone, sides or (0,)), side=side, tone=tone)


def _stands(step: Step, pace: StretchPace) -> bool:
    """Whether nothing of the drawing moves in a stretch of ``pace``, however long that is."""
    if pace in (StretchPace.HANDS_UP, StretchPace.LEAD_IN):
        return True
    if step.kind is StepKind.MOVEMENT:
        return pace not in (StretchPace.MOVE_IN, StretchPace.MOVE_OUT)
    if step.kind is StepKind.BREATHE:
        return pace is not StretchPace.HOLD
    return _only_region(step, step.show or Showing())


def _only_region(step: Step, show: Showing) -> bool:
    """Whether there is nothing but a region to show: no touch, or that of a release which nobody has reviewed."""
    return show.spot is None or (step.kind is StepKind.RELEASE and not show.reviewed_by)


def _position_ms(session: Session, now_ms: int) -> int:
    """Return the place on the step's timeline; while finding back into it, that of its lead-in."""
    return now_ms - session.anchor_ms if session.phase is SessionPhase.STEP else session.current.hands_up_ms


def _planned(stretch: Stretch, gone: int) -> float:
    """The share of a movement that is meant to be done by now."""
    share = gone / (stretch.end_ms - stretch.start_ms)
    ways = {StretchPace.MOVE_IN: share, StretchPace.HOLD: 1.0, StretchPace.MOVE_OUT: 1 - share}
    return ways.get(stretch.pace, 0.0)


def _breath(stretch: Stretch, gone: int) -> float:
    if stretch.pace is not StretchPace.HOLD:
        return 0.0
    at = gone % (BREATH_IN_MS + BREATH_OUT_MS)
    return eased(at / BREATH_IN_MS if at < BREATH_IN_MS else 1 - (at - BREATH_IN_MS) / BREATH_OUT_MS)


# Movements


def _movement(step: Step, show: Showing, stretch: Stretch, gone: int) -> tuple[Pose, tuple[DirectionArrow, ...]]:
    """The face as far as it is meant to have moved, and arrows where that is too small to see.

    Of two movements in one step the second grows out of the first, and both have ended when the step lets go.
    """
    planned, needs = _planned(stretch, gone), step.needs
    shares = dict.fromkeys(needs, 0.0)
    present = needs[0] if needs else None
    if len(needs) > 1 and stretch.pace is StretchPace.MOVE_IN:
        late = planned >= 0.5
        present = needs[late]
        shares[needs[0]] = eased(2 - 2 * planned if late else 2 * planned)
        shares[needs[1]] = eased(2 * planned - 1) if late else 0.0
    elif needs:
        present = needs[-1]
        shares[present] = eased(planned)
    pose = _pose({movement: share * show.size_mm for movement, share in shares.items()})
    arrows: tuple[DirectionArrow, ...] = ()
    if present is not None and stretch.pace in (StretchPace.MOVE_IN, StretchPace.MOVE_OUT):
        back = stretch.pace is StretchPace.MOVE_OUT
        arrows = tuple(_mark(present, side, back, show.size_mm) for side in (1, -1))
    return pose, arrows


def _pose(way: dict[Movement, float]) -> Pose:
    corner = way.get(Movement.SMILE, 0.0) - way.get(Movement.LIPS, 0.0)
    lid, brow = way.get(Movement.LIDS, 0.0), way.get(Movement.BROW, 0.0)
    return Pose(
        corner_right_mm=corner,
        corner_left_mm=corner,
        lid_right=lid / LID_OPEN_MM,
        lid_left=lid / LID_OPEN_MM,
        brow_right_mm=brow,
        brow_left_mm=brow,
        nose_mm=way.get(Movement.NOSE, 0.0),
        gaze_y_mm=0.3 * lid,
    )


def _mark(movement: Movement, side: int, back: bool, of_mm: float) -> DirectionArrow:
    (x, y), (dx, dy) = _MARKS[movement]
    if back:
        x, y, dx, dy = x + ARROW_MM * dx, y + ARROW_MM * dy, -dx, -dy
    return DirectionArrow(side * x, y, side * dx, dy, of_mm=of_mm)


# Touch


def _touch(step: Step, show: Showing, stretch: Stretch, gone: int, sides: tuple[int, ...]) -> Figure:
    resting = stretch.pace is StretchPace.REST
    if resting and stretch.end_ms - stretch.start_ms - gone > HANDS_BACK_MS:
        return Figure()
    along, across, lifted = _way(show, step, stretch, gone)
    hands = () if lifted else _hands(show, sides, along, across)
    waits = stretch.pace in (StretchPace.HANDS_UP, StretchPace.LEAD_IN)
    moving = not resting and not lifted and (waits or _runs(show, step, stretch, gone))
    lid = _planned(stretch, gone) if step.kind is StepKind.BLINK else 0.0
    pose = Pose(
        lid_right=eased(lid) if -1 in sides else 0.0,
        lid_left=eased(lid) if 1 in sides else 0.0,
        gaze_y_mm=3.0 * eased(lid),
    )
    return Figure(pose=pose, hands=hands, arrows=_arrows(show, sides) if moving else ())


def _way(show: Showing, step: Step, stretch: Stretch, gone: int) -> tuple[float, float, bool]:
    """Return the way of the fingertips outwards and downwards of their place, mm, and whether they are off the skin.

    On the person's own left; on the right it is mirrored.
    """
    held = stretch.pace is StretchPace.HOLD
    if show.path is TouchPath.CIRCLE:
        turn = 2 * pi * (gone % CIRCLE_MS) / CIRCLE_MS if held else 0.0
        return show.size_mm * cos(turn), -show.size_mm * sin(turn), False
    share, lifted = 0.0, False
    if show.path is TouchPath.STROKE and held:
        at = gone % (STROKE_MS + BACK_MS)
        share, lifted = eased(at / STROKE_MS), at >= STROKE_MS
    elif step.in_ms or step.out_ms:
        share = eased(_planned(stretch, gone))
    elif held:
        share = eased(gone / _slide_ms(stretch))
    dx, dy = _WAYS[show.way] if show.way is not None else (0.0, 0.0)
    return show.size_mm * share * dx, show.size_mm * share * dy, lifted


def _slide_ms(stretch: Stretch) -> int:
    return min(SLIDE_MS, (stretch.end_ms - stretch.start_ms) // 2)


def _runs(show: Showing, step: Step, stretch: Stretch, gone: int) -> bool:
    """Whether the fingers are on their way."""
    if show.path is TouchPath.SLIDE and not step.in_ms:
        return gone < _slide_ms(stretch)
    return show.path is not TouchPath.STAY and (stretch.pace is not StretchPace.HOLD or not step.in_ms)


def _hands(show: Showing, sides: tuple[int, ...], out_mm: float, down_mm: float) -> tuple[HandAt, ...]:
    """The hands on ``sides`` (0: the right one, in the middle), that much out and down of their place."""
    if show.spot is None or show.grip is None:
        return ()
    x, y = SPOTS[show.spot.value]
    lean = LEANS[show.spot.value]
    return tuple(HandAt(s or -1, show.grip.value, (s or -1) * (x + out_mm), y + down_mm, lean) for s in sides)


def _arrows(show: Showing, sides: tuple[int, ...]) -> tuple[DirectionArrow, ...]:
    if show.spot is None or show.path is TouchPath.STAY:
        return ()
    x, y = SPOTS[show.spot.value]
    if show.path is TouchPath.CIRCLE:
        return tuple(DirectionArrow((s or -1) * x, y, dx=s or -1, turns=True) for s in sides)
    dx, dy = _WAYS[show.way] if show.way is not None else (0.0, 0.0)
    return tuple(
        DirectionArrow((s or -1) * (x + _BEYOND_MM * dx), y + _BEYOND_MM * dy, (s or -1) * dx, dy) for s in sides
    )
