"""A table of each family of programmes: its kinds of steps, its stages, its views; and the packs of the releases."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.care.model import Family, Region, Stage, StepKind, ViewMode

TOUCH = frozenset((StepKind.MASSAGE, StepKind.EASE, StepKind.BLINK, StepKind.RELEASE))
RESTFUL = frozenset((StepKind.BREATHE, StepKind.RELAX, StepKind.QUIET))
PACKS = (
    Region.SCALP_FOREHEAD_BROW,
    Region.LOWER_LID_NOSE_SIDE,
    Region.CHEEK_MOUTH_CORNER,
    Region.CHIN_JAW,
)
KINDS: Mapping[Family, frozenset[StepKind]] = {
    Family.CARE: RESTFUL | {StepKind.MASSAGE, StepKind.EASE, StepKind.BLINK},
    Family.RELAX: RESTFUL,
    Family.RELEASES: RESTFUL | {StepKind.RELEASE},
    Family.FIRST_MOVEMENTS: RESTFUL | {StepKind.MOVEMENT},
    Family.QUIET_CONTROL: RESTFUL | {StepKind.RELEASE, StepKind.MOVEMENT},
    Family.STANDARD_SET: frozenset((StepKind.RELAX, StepKind.MOVEMENT)),
    Family.STANDARD_REST: frozenset((StepKind.RELAX,)),
}
STAGES: Mapping[Family, frozenset[Stage]] = {
    Family.CARE: frozenset(Stage),
    Family.RELAX: frozenset(Stage),
    Family.RELEASES: frozenset((Stage.PARETIC, Stage.SYNKINETIC)),
    Family.FIRST_MOVEMENTS: frozenset((Stage.PARETIC,)),
    Family.QUIET_CONTROL: frozenset((Stage.SYNKINETIC,)),
    Family.STANDARD_SET: frozenset((Stage.PARETIC, Stage.SYNKINETIC)),
    Family.STANDARD_REST: frozenset(Stage),
}


def views_of(family: Family) -> tuple[ViewMode, ...]:
    """Return the views for programmes of this family. The reflected half would hide the pull that E is about.

    A standard set shows the same all through it, or nothing: who finds their place by the mirror is measured straight.
    """
    if family is Family.FIRST_MOVEMENTS:
        return (ViewMode.LOOK_THEN_FEEL, ViewMode.MIRROR, ViewMode.FEEL, ViewMode.GOOD_SIDE)
    if family is Family.QUIET_CONTROL:
        return (ViewMode.FEEL, ViewMode.MIRROR, ViewMode.LOOK_THEN_FEEL)
    if family.apart:
        return (ViewMode.MIRROR, ViewMode.FEEL)
    return (ViewMode.FEEL,)
