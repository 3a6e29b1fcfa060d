"""The records of a session as rows of the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from kiosk import __version__
from kiosk.care.model import Region
from kiosk.clock import Clock, ClockStatus, instant, off_by_s, offset_min, zone_name
from kiosk.face.model import Measure, Zone
from kiosk.rows.kinds import (
    EventRow,
    InboxRow,
    RatingRow,
    RepetitionRow,
    Row,
    SessionRow,
    StepRow,
    utc_moment,
    utc_text,
)
from kiosk.runtime.measuring import zone_of
from kiosk.session.effects import Began, Ended, Flagged, Rated, Record, Reopened, RepetitionDone, StepBegan, StepEnded
from kiosk.session.model import PAIN_SCALE, TIREDNESS_SCALE, Answer, Session

NOT_MEASURED = Measure()


@dataclass
class SessionRows:
    """Keeps the rows of one session as they grow; each record becomes the rows that say all of it."""

    clock: Clock
    """The clock that stamps the rows."""
    session: SessionRow | None = None
    """The row of the session; None: it has not begun."""
    steps: dict[int, StepRow] = field(default_factory=dict)
    """The rows of its steps, by their order."""
    waiting: list[Row] = field(default_factory=list)
    """Rows from before it began, which go with its first one."""
    clip_consent: bool = False
    """Whether the person agrees to films."""

    def rows(self, record: Record, after: Session, measure: Measure = NOT_MEASURED) -> tuple[Row, ...]:
        """The rows of ``record``; ``after`` is the session once it had happened, ``measure`` what was seen of it."""
        if isinstance(record, Began):
            self.session = _session_row(after, record.t_ms, self.clock, self.clip_consent)
            ready = (self.session, *self.waiting)
            self.waiting = []
            return ready
        if isinstance(record, StepBegan | StepEnded | RepetitionDone):
            return self._step(record, after, measure)
        if isinstance(record, Ended | Reopened):
            return self._end(record, after)
        if isinstance(record, Rated):
            rating = RatingRow(after.context.session_id, record.item, float(record.value), "0_3")
            if self.session is None:
                # Check-in ratings belong to a session that does not exist yet, and may never.
                self.waiting.append(rating)
                return ()
            return (rating, self._update(after))
        if isinstance(record, Flagged):
            person = after.context.person
            key = f"{record.flag.value}.{after.context.session_id}.{record.key}"
            # The record writes it into its log too.
            return (InboxRow(key, person, record.flag.value, after.plan.programme),)
        return (EventRow("info", record.code, record.detail, after.context.person),)

    def _update(self, after: Session) -> SessionRow:
        if self.session is None:
            raise ValueError("a session that has not begun has no row to change")
        self.session = msgspec.structs.replace(
            self.session,
            planned_steps_count=after.planned_steps,
            done_steps_count=after.done_steps,
            active_duration_s=after.practice_ms / 1000,
            pause_duration_s=after.paused_ms / 1000,
            pain_before_0_3=_level(PAIN_SCALE, after.pain_before),
            pain_after_0_3=_level(PAIN_SCALE, after.pain_after),
            tiredness_0_3=_level(TIREDNESS_SCALE, after.tiredness),
            stop_reason=after.stop_reason,
        )
        return self.session

    def _end(self, record: Ended | Reopened, after: Session) -> tuple[Row, ...]:
        row = self._update(after)
        if isinstance(record, Reopened):
            self.session = msgspec.structs.replace(row, end_boot_ms=None, end_utc=None, end_reason=None)
            return (self.session,)
        end_ms = record.t_ms if row.end_boot_ms is None else row.end_boot_ms
        wall = None
        if row.clock_status != ClockStatus.UNSET:
            # Told from its start, as boot time counts: the wall clock may have been set in between.
            wall = utc_text(utc_moment(row.start_utc) + timedelta(milliseconds=end_ms - row.start_boot_ms))
        self.session = msgspec.structs.replace(
            row, end_boot_ms=end_ms, end_utc=wall, end_reason=record.reason.value, stop_reason=record.stop_reason
        )
        return (self.session,)

    def _step(
        self, record: StepBegan | StepEnded | RepetitionDone, after: Session, measure: Measure
    ) -> tuple[Row, ...]:
        index, session_id = record.step, after.context.session_id
        row = self.steps.get(index) or _step_row(after, index)
        if isinstance(record, RepetitionDone):
            eyes = zone_of(after.plan.steps[index]) is Zone.EYE  # elsewhere lids are read for what moves along
            done = RepetitionRow(
                session_id=session_id,
                step_order=index,
                repetition=record.repetition,
                t_boot_ms=record.t_ms,
                hold_s=record.hold_ms / 1000,
                excursion_left_mm=rounded(measure.excursion_left_mm, 2),
                excursion_right_mm=rounded(measure.excursion_right_mm, 2),
                symmetry_ratio=rounded(measure.symmetry, 3),
                onset_lag_ms=measure.onset_lag_ms,
                peak_speed_mm_s=rounded(measure.peak_speed_mm_s, 2),
                closure_left_ratio=rounded(measure.closure_left, 2) if eyes else None,
                closure_right_ratio=rounded(measure.closure_right, 2) if eyes else None,
                linked_movement=measure.linked,
                quality=measure.quality.value,
                quality_reason=measure.reason.value,
            )
            self.steps[index] = msgspec.structs.replace(row, done_repetitions_count=record.repetition + 1)
            return (self.steps[index], done)
        if isinstance(record, StepBegan):
            self.steps[index] = msgspec.structs.replace(
                row, start_boot_ms=record.t_ms, done_repetitions_count=_done_before(after, index)
            )
            return (self.steps[index],)
        self.steps[index] = msgspec.structs.replace(
            row,
            start_boot_ms=record.began_ms,
            end_boot_ms=record.t_ms,
            done_repetitions_count=record.done,
            skipped=record.skipped,
            skip_reason=record.reason,
        )
        return (self.steps[index], self._update(after))


def _session_row(after: Session, t_ms: int, clock: Clock, clip_consent: bool) -> SessionRow:
    context, plan = after.context, after.plan
    at, zone = instant(clock), clock.zone()
    dated = at.status is not ClockStatus.UNSET
    active = next((step for step in plan.steps if step.looked_at), None)
    return SessionRow(
        session_id=context.session_id,
        resumes_session_id=context.resumes or None,
        patient_code=context.person,
        programme=plan.programme,
        programme_version=plan.version,
        boot_id=at.boot_id,
        start_boot_ms=t_ms,
        start_utc=utc_text(at.wall_utc),
        clock_status=at.status.value,
        wall_uncertainty_s=off_by_s(at.status),
        # Of this moment: the zone may be another one by the time of an export. The offset depends on the day.
        tz=zone_name(zone),
        utc_offset_min=offset_min(at.wall_utc, zone) if dated else None,
        planned_steps_count=after.planned_steps,
        view_mode=active.view.value if active else "feel",
        camera_used=context.camera and active is not None,
        clip_consent=clip_consent,
        pain_before_0_3=_level(PAIN_SCALE, after.pain_before),
        tiredness_0_3=_level(TIREDNESS_SCALE, after.tiredness),
        stage=context.stage.value if context.stage else "",
        affected_side=context.side.value if context.side else "",
        app_version=__version__,
    )


def _step_row(after: Session, index: int) -> StepRow:
    step = after.plan.steps[index]
    return StepRow(
        session_id=after.context.session_id,
        order=index,
        exercise=step.exercise,
        region=step.region.value,
        side=step.side.value if step.side else "",
        planned_repetitions_count=step.repetitions,
        hold_target_s=step.hold_ms / 1000,
    )


def rounded(value: float | None, digits: int) -> float | None:
    """More digits than were measured would look like more knowledge."""
    return None if value is None else round(value, digits)


def _level(scale: tuple[Answer, ...], answer: Answer | None) -> int | None:
    return None if answer is None else scale.index(answer)


def tightness_rows(session_id: str, tightness: tuple[tuple[Region, int], ...]) -> list[Row]:
    """Return a row for each region: how tight it felt before a session of releases, 0 to 3."""
    return [RatingRow(session_id, f"tightness.{region.value}", float(value), "0_3") for region, value in tightness]


def _done_before(after: Session, index: int) -> int:
    """Repetitions of this step that the session it resumes had done already."""
    context = after.context
    return context.start_repetition if context.resumes and index == context.start_step else 0
