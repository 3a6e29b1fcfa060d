"""A standard set as rows: which items were asked, what was seen of each, and the lines of the face where agreed to."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from kiosk.care.model import Step
from kiosk.care.person import Person
from kiosk.care.standard import NotAsked, SetItem, item_of, not_asked
from kiosk.face.model import STRAIGHT_DEG, Measure, Quality, Reading, UnseenReason
from kiosk.rows.kinds import SetItemRow
from kiosk.rows.standard import lines_text
from kiosk.runtime.session_rows import rounded
from kiosk.session.effects import Began, Record, RepetitionDone, StepBegan, StepEnded
from kiosk.session.model import Session

_TRUST = (Quality.NONE.value, "", Quality.PARTIAL.value, Quality.GOOD.value)
_STILL_A_FACE = frozenset((UnseenReason.NONE, UnseenReason.NOT_FOLLOWED, UnseenReason.LARGE, UnseenReason.SMALL))
"""Reasons for which a movement may not be measured, and a face is drawn all the same."""


class SetRows:
    """Keeps the rows of one standard set of ``person`` as they grow. ``by``: the staff slot that leads it.

    They go with the rows of the session, so that a set that is cut off says how far it came.
    """

    def __init__(self, person: Person, by: str) -> None:
        self._person, self._by = person, by
        self._items: dict[SetItem, SetItemRow] = {}

    def rows(
        self, record: Record, after: Session, measure: Measure, seen: Sequence[Reading] = ()
    ) -> tuple[SetItemRow, ...]:
        """The rows that say what ``record`` changes. ``seen``: the readings of a repetition that may be drawn."""
        if isinstance(record, Began):
            return self._begin(after)
        if not isinstance(record, StepBegan | RepetitionDone | StepEnded):
            return ()
        step = after.plan.steps[record.step]
        item = item_of(step)
        row = self._items.get(item) if item is not None else None
        if item is None or row is None:
            return ()
        if isinstance(record, StepBegan):
            new = replace(row, asked=True, not_asked_reason="", step_order=record.step)
        elif isinstance(record, RepetitionDone):
            new = _told(row, step, record, measure, seen)
        else:
            new = row if row.asked else replace(row, not_asked_reason=record.reason)
        self._items[item] = new
        return (new,) if new != row else ()

    def _begin(self, after: Session) -> tuple[SetItemRow, ...]:
        left_out = not_asked(self._person, after.plan)
        self._items = {
            item: SetItemRow(
                session_id=after.context.session_id,
                item=item.value,
                not_asked_reason=left_out.get(item, NotAsked.NOT_REACHED).value,
                by=self._by,
            )
            for item in SetItem
        }
        return tuple(self._items.values())


def _told(row: SetItemRow, step: Step, record: RepetitionDone, measure: Measure, seen: Sequence[Reading]) -> SetItemRow:
    """``row`` with what this repetition showed, where it can be trusted more than what the row holds."""
    first = row.repetition is None
    if not first and _TRUST.index(measure.quality.value) <= _TRUST.index(row.quality):
        return row if row.lines else replace(row, lines=_drawn(step, record, seen))
    lines = _drawn(step, record, seen)
    if not step.active:
        return replace(row, repetition=record.repetition, lines=lines)
    return replace(
        row,
        repetition=record.repetition,
        excursion_left_mm=rounded(measure.excursion_left_mm, 2),
        excursion_right_mm=rounded(measure.excursion_right_mm, 2),
        symmetry_ratio=rounded(measure.symmetry, 3),
        closure_left_ratio=rounded(measure.closure_left, 2) if row.item == SetItem.CLOSURE else None,
        closure_right_ratio=rounded(measure.closure_right, 2) if row.item == SetItem.CLOSURE else None,
        linked_movement=measure.linked,
        quality=measure.quality.value,
        quality_reason=measure.reason.value,
        lines=lines or row.lines,
    )


def _drawn(step: Step, record: RepetitionDone, seen: Sequence[Reading]) -> str:
    """The lines in the middle of the hold, from the clearest picture near it; empty: none shows the face straight."""
    held_to = record.t_ms - step.out_ms
    middle = held_to - record.hold_ms / 2
    clear = [r for r in seen if held_to - record.hold_ms <= r.t_ms <= held_to and _is_clear(r)]
    if not clear:
        return ""
    from kiosk.face import replay  # numpy: not needed before somebody is looked at

    return lines_text(replay.lines(min(clear, key=lambda r: abs(r.t_ms - middle)).points))


def _is_clear(reading: Reading) -> bool:
    straight = abs(reading.yaw_deg) <= STRAIGHT_DEG
    return reading.present and bool(reading.points) and straight and reading.reason in _STILL_A_FACE
