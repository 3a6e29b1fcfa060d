"""The row of one item of a standard set, and the lines of a face as a text that a cell holds.

The text is ``f1`` and a part for each line, parted by ``/``; a part is its points, parted by ``:``, each ``x,y`` in
whole quarters of a millimetre from the middle between the eyes: x towards the person's own left, y towards the chin.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from kiosk.errors import ContentError
from kiosk.rows.row import (
    CLOSURE,
    LINKED,
    QUALITIES,
    RATIO,
    SEEN,
    Closure,
    Millimetres,
    Place,
    Ratio,
    Revision,
    Row,
    SessionId,
)

SETS = ("standard-set", "standard-rest")
"""The words in the place of the programme of a session that is a standard set, and no practice; those of care."""
ITEMS = ("rest", "closure", "smile", "oo", "brow")
STEP_MM = 0.25
LINES_TEXT = r"f1(?:/-?[0-9]{1,4},-?[0-9]{1,4}(?::-?[0-9]{1,4},-?[0-9]{1,4}){1,60}){1,30}"
_MARK = "f1"

FaceLines = tuple[tuple[tuple[float, float], ...], ...]
"""Lines of a face: points (x, y) in mm, see the module."""


class SetItemRow(Row, frozen=True, kw_only=True):
    """One item of a standard set: whether it was asked, and what was seen. What was not measured is None.

    ``lines``: those of the face in it, only with the person's consent to line drawings; empty: none.
    """

    TABLE = "set_items"
    KEY = ("session_id", "item")
    TEXT = ("lines",)
    FACE = ("lines",)

    session_id: SessionId
    item: Annotated[
        str,
        Meta(description="rest, closure (eyes gently closed), smile, oo or brow.", extra={"words": ITEMS}),
    ]
    asked: Annotated[bool, Meta(description="It was asked of the person.")] = False
    not_asked_reason: Annotated[
        str,
        Meta(
            description=(
                "Why it was not asked: flaccid, not-ticked, locked, ruled-out, not-reached (the set ended before), or "
                "the session's word for why the step was left out. Empty: it was asked."
            )
        ),
    ] = ""
    step_order: Annotated[Place | None, Meta(description="The step, by its place in the session; empty: none.")] = None
    repetition: Annotated[
        Place | None, Meta(description="The repetition that the measures and the lines are of, from 0.")
    ] = None
    excursion_left_mm: Annotated[Millimetres | None, Meta(description=f"How far the left side moved. {SEEN}")] = None
    excursion_right_mm: Annotated[Millimetres | None, Meta(description=f"How far the right side moved. {SEEN}")] = None
    symmetry_ratio: Annotated[Ratio | None, Meta(description=RATIO)] = None
    closure_left_ratio: Annotated[Closure | None, Meta(description=f"How far the left eye closed, {CLOSURE}")] = None
    closure_right_ratio: Annotated[Closure | None, Meta(description=f"How far the right eye closed, {CLOSURE}")] = None
    linked_movement: Annotated[
        str,
        Meta(
            description="What moved along: eye or mouth; none: nothing did; empty: it cannot be told.",
            extra={"words": LINKED},
        ),
    ] = ""
    quality: Annotated[
        str,
        Meta(
            description="How far the measures can be trusted: good, partial (some are absent) or none.",
            extra={"words": QUALITIES},
        ),
    ] = ""
    quality_reason: Annotated[str, Meta(description="Why they can not, or why there are none.")] = ""
    lines: Annotated[
        str,
        Meta(
            description=(
                "The lines of the face, with consent to line drawings: lines parted by /, points by :, each x,y in "
                "quarters of a millimetre. Roughly drawn, and more even than the face is."
            ),
            extra={"pattern": LINES_TEXT},
        ),
    ] = ""
    by: Annotated[str, Meta(description="The staff slot that led the set.")] = ""
    revision: Revision = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lines and not re.fullmatch(LINES_TEXT, self.lines):
            raise ContentError(f"set_items.lines: {self.lines[:40]!r} are no lines of a face; leave them empty")


def lines_text(lines: Sequence[Sequence[Sequence[float]]]) -> str:
    """``lines`` of points (x, y) mm as text, in quarters of a millimetre."""
    parts = (":".join(f"{round(x / STEP_MM)},{round(y / STEP_MM)}" for x, y in line) for line in lines)
    return "/".join((_MARK, *parts))


def lines_of(text: str) -> FaceLines:
    """The lines that ``lines_text`` wrote; none for an empty or another text."""
    if not re.fullmatch(LINES_TEXT, text):
        return ()
    return tuple(
        tuple((int(x) * STEP_MM, int(y) * STEP_MM) for x, y in (point.split(",") for point in part.split(":")))
        for part in text.split("/")[1:]
    )
