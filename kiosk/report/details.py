"""The second page of a person: tightness by region, what was seen, what the camera measured, what stopped a session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from kiosk.care.model import Region
from kiosk.report.axis import START, Axis
from kiosk.report.bands import LEAST, MovementSeen
from kiosk.report.canvas import BODY, GREY, HEAD, LEFT, LIGHT, MM, RIGHT, SMALL, Canvas
from kiosk.report.figures import COMPLETED, Figures, Sitting, monday
from kiosk.report.practice import section
from kiosk.report.vocabulary import Vocabulary
from kiosk.words import plural

MOST_REGIONS, MOST_ROWS, MOST_LINES, MOST_SHOTS, MOST_RUNS = 5, 8, 7, 3, 5
MOST_OVERVIEW = 53
"""Weeks of the calendar of the whole period."""
CELL_MM = 2.6
GAP = 10.0
COLUMN_MM = (RIGHT - LEFT - GAP) / 2
SECOND = LEFT + COLUMN_MM + GAP
"""Left edge of the second of two columns."""
COUNT_MM = 8.0
STEP = BODY * MM * 1.45
HOUR_S = 3_600.0


def overview(canvas: Canvas, said: Vocabulary, found: Figures, y: float) -> float:
    """Every day of a long period: a dot where there was practice, larger where there was more."""
    if found.period is None or found.weeks is None or found.weeks[0] <= found.period[0]:
        return y
    _ = said.words
    y = section(canvas, y, _("The whole time"))
    last = monday(found.period[1])
    first = max(monday(found.period[0]), last - timedelta(weeks=MOST_OVERVIEW - 1))
    if first > found.period[0]:
        text = _("the last {count} weeks; everything is in sessions.xlsx").format(count=MOST_OVERVIEW)
        canvas.text(START, y - 5.5, text, SMALL, ink=GREY)
    else:
        canvas.text(START, y - 5.5, _("a dot for each day of practice, larger for more sessions"), SMALL, ink=GREY)
    sessions: dict[date, int] = defaultdict(int)
    for sitting in found.dated:
        if sitting.day is not None and sitting.day >= first:
            sessions[sitting.day] += 1
    with canvas.figure(_overview_told(said, sessions)):
        _overview(canvas, said, sessions, first, last, y)
    return y + 7 * CELL_MM + 8.0


def _overview_told(said: Vocabulary, sessions: Mapping[date, int]) -> str:
    _ = said.words
    months: dict[tuple[int, int], int] = defaultdict(int)
    for day in sorted(sessions):
        months[day.year, day.month] += 1
    told = "; ".join(f"{said.months()[month - 1]} {year}: {days}" for (year, month), days in months.items())
    return _("Days of practice by month: {months}.").format(months=told)


def _overview(
    canvas: Canvas, said: Vocabulary, sessions: Mapping[date, int], first: date, last: date, y: float
) -> None:
    _ = said.words
    left = START - 12.0 if (last - first).days // 7 > 50 else START
    names = ((0, _("Mon")), (3, _("Thu")), (6, _("Sun")))
    for row, name in names:
        canvas.text(left - 3, y + row * CELL_MM + 2.4, name, 6, ink=GREY, align="right")
    week, shown = first, 0
    while week <= last:
        x = left + (week - first).days // 7 * CELL_MM
        if week.month != shown and week.day <= 7:
            month = said.months()[week.month - 1]
            canvas.text(x, y, f"{month} {week.year}" if week.month == 1 else month, 6, ink=GREY)
            shown = week.month
        week += timedelta(weeks=1)
    for size, least, most in ((0.8, 1, 1), (1.3, 2, 2), (1.8, 3, 1_000)):
        days = [day for day, count in sessions.items() if least <= count <= most]
        places = (
            (left + ((day - first).days // 7 + 0.5) * CELL_MM, y + (day.weekday() + 0.5) * CELL_MM + 0.8)
            for day in days
        )
        canvas.dots(places, size)


def regions(canvas: Canvas, said: Vocabulary, found: Figures, axis: Axis, y: float) -> float:
    """Tightness of each region over time."""
    _ = said.words
    y = section(canvas, y, _("Tightness by region"))
    if not found.tightness:
        canvas.text(LEFT, y, _("Nobody has been asked yet: it is asked before releases."), BODY, ink=GREY)
        return y + 9.0
    y = axis.head(y)
    order = [region.value for region in Region]
    names = sorted(found.tightness, key=lambda name: (order.index(name) if name in order else len(order), name))
    for name in names[:MOST_REGIONS]:
        y = axis.levels(y, said.region(name), found.tightness[name], said.tightness())
    return y + 6.0


def measures(canvas: Canvas, said: Vocabulary, found: Figures, y: float) -> float:
    """Draw what the camera saw of each movement: bands with their numbers, absent rather than doubtful."""
    _ = said.words
    y = section(canvas, y, _("What the camera saw"))
    if not found.seen:
        text = _("Nothing was measured. The kiosk measures only movements, and only while it sees the face well.")
        return canvas.paragraph(LEFT, y, _seen_undated(said, found) or text, RIGHT - LEFT, ink=GREY) + 6.0
    one_sided = found.side in ("left", "right")
    columns = [(LEFT, _("Movement")), (58.0, _("Measured"))]
    if one_sided:
        columns += [
            (80.0, _("Reach: affected / other side")),
            (120.0, _("Sides")),
            (158.0, _("Beginning")),
        ]
    else:
        columns += [(80.0, _("Reach of the larger side"))]
    for (x, title), end in zip(columns, (*(x for x, _title in columns[1:]), RIGHT), strict=True):
        canvas.text(x, y, title, SMALL, ink=GREY, room=end - x - 1)
    canvas.rule(LEFT, y + 1.6, RIGHT, y + 1.6, GREY)
    y += 6.0
    for seen in found.seen[:MOST_ROWS]:
        y = _measured(canvas, said, seen, y, one_sided=one_sided)
    note = _(
        "In the weeks drawn. A band is where most measures lie; a dash: this is not measured here, or fewer than "
        "{least} can be trusted. Millimetres are approximate. More is not better, and two persons cannot be compared."
    ).format(least=LEAST)
    note = f"{note} {_seen_undated(said, found)}".strip()
    if not one_sided:
        note = _("Sides are not compared where both or none are set as affected.") + " " + note
    return canvas.paragraph(LEFT, y + 0.5, note, RIGHT - LEFT, SMALL, ink=GREY) + 6.0


def _seen_undated(said: Vocabulary, found: Figures) -> str:
    """Return the sentence on measures that are missing above; empty: none are."""
    _ = said.words
    if not found.seen_undated:
        return ""
    text = _("Measured repetitions without a known date, which are not counted here but are in sessions.xlsx: {count}.")
    return text.format(count=found.seen_undated)


def _measured(canvas: Canvas, said: Vocabulary, seen: MovementSeen, y: float, *, one_sided: bool) -> float:
    _ = said.words
    canvas.text(LEFT, y, said.exercise(seen.exercise), room=38)
    canvas.text(58, y, _("{measured} of {done}").format(measured=seen.measured, done=seen.done), room=20)
    if one_sided:
        reach = f"{said.band(seen.reach_affected)} / {said.band(seen.reach_other)}"
        if not seen.reach_affected and not seen.reach_other:
            reach = said.band("")
        canvas.text(80, y, reach, room=38)
        canvas.text(120, y, said.band(seen.sides), room=36)
        canvas.text(158, y, said.band(seen.timing), room=34)
    else:
        canvas.text(80, y, said.band(seen.reach_other), room=60)
    notes = []
    if seen.linked_known >= LEAST:
        text = _("Another part moved along in {linked} of {known}.")
        notes.append(text.format(linked=seen.linked, known=seen.linked_known))
    if seen.why_not:
        reasons = ", ".join(f"{said.why_not(reason)} {count}" for reason, count in seen.why_not)
        notes.append(_("Not measured, or not in full: {reasons}.").format(reasons=reasons))
    if notes:
        y = canvas.paragraph(58, y + 3.9, " ".join(notes), RIGHT - 58, SMALL, ink=GREY) - SMALL * MM * 1.35
    canvas.rule(LEFT, y + 1.8, RIGHT, y + 1.8, LIGHT)
    return y + 6.0


def stops(canvas: Canvas, said: Vocabulary, found: Figures, y: float) -> float:
    """Two columns: what ended a session early, and what staff were told."""
    _ = said.words
    left = listed(canvas, y, LEFT, _("Ended early"), _ends(said, found), _("None."))
    right = y
    if found.notices:
        told = [(str(n.count), said.notice(n.code), said.days(n.days, year=found.long)) for n in found.notices]
        right = listed(canvas, right, SECOND, _("Told to staff"), told)
    if found.left_out:
        steps = [(str(count), said.left_out(reason), "") for reason, count in found.left_out.most_common(4)]
        right = listed(canvas, right, SECOND, _("Steps left out"), steps)
    return max(left, right)


def seen_and_given(canvas: Canvas, said: Vocabulary, found: Figures, y: float) -> float:
    """Two columns: the movements that somebody saw come by themselves, and injections."""
    _ = said.words
    left = listed(canvas, y, LEFT, _("Movements that came by themselves"), _ticks(said, found), _("None ticked yet."))
    right = listed(canvas, y, SECOND, _("Botulinum toxin"), _shots(said, found), _("None entered."), MOST_SHOTS)
    return max(left, right)


def from_the_person(canvas: Canvas, said: Vocabulary, found: Figures, y: float) -> float:
    """Two columns: the questions and the wish of the person, and the movements that they saw."""
    _ = said.words
    left = right = y
    if found.own.questions:
        left = listed(canvas, left, LEFT, _("Questions for the therapist"), _questions(said, found), "")
    if found.own.wish is not None:
        wish = [("", said.wish(found.own.wish.days), said.day(found.own.wish.renewed))]
        left = listed(canvas, left, LEFT, _("Their own wish"), wish, "")
    if found.sightings:
        saw = [
            ("", said.region(s.where) if s.where else _("place not said"), said.day(s.day) if s.day else unknown)
            for unknown in (_("day not known"),)
            for s in reversed(found.sightings)
        ]
        column = SECOND if left > y else LEFT
        right = listed(canvas, y, column, _("New movements that the person saw"), saw)
    return max(left, right)


def _questions(said: Vocabulary, found: Figures) -> list[tuple[str, str, str]]:
    """Those that nobody has answered come first."""
    _ = said.words
    rows = []
    for question in sorted(found.own.questions, key=lambda question: question.answered):
        state = _("answered") if question.answered else _("not answered yet")
        when = f"{state}, {said.day(question.day)}" if question.day else state
        rows.append(("", said.topic(question.topic), when))
    return rows


def listed(
    canvas: Canvas,
    y: float,
    x: float,
    title: str,
    rows: Sequence[tuple[str, str, str]],
    empty: str = "",
    most: int = MOST_LINES,
) -> float:
    """A heading, where it has a ``title``, and lines of how often, what, and when; ``empty``: said where none is."""
    if title:
        canvas.text(x, y, title, HEAD, bold=True, room=COLUMN_MM, heading=2)
        y += 5.5
    if empty and not rows:
        canvas.text(x, y, empty, ink=GREY)
        y += STEP
    indent = COUNT_MM if any(count for count, _, _ in rows) else 0.0
    for count, what, when in rows[:most]:
        canvas.text(x + COUNT_MM - 2, y, count, align="right")
        width = min(canvas.width(when, SMALL), COLUMN_MM / 2)
        canvas.text(x + COLUMN_MM, y, when, SMALL, ink=GREY, align="right", room=COLUMN_MM / 2)
        y = canvas.paragraph(x + indent, y, what, COLUMN_MM - indent - width - 3) + 0.8
    if len(rows) > most:
        canvas.text(x + indent, y, f"… +{len(rows) - most}", ink=GREY)
        y += STEP
    return y + 4.0


def _ticks(said: Vocabulary, found: Figures) -> list[tuple[str, str, str]]:
    _ = said.words
    rows = []
    for tick in found.person.ticks if found.person else ():
        day = said.day(tick.seen_on) if tick.seen_on else _("day not known")
        rows.append(("", said.movement(tick.movement), f"{day}, {tick.by}" if tick.by else day))
    return rows


def _shots(said: Vocabulary, found: Figures) -> list[tuple[str, str, str]]:
    _ = said.words
    rows = []
    for shot in reversed(found.shots):
        what = ", ".join(said.region(region) for region in shot.regions)
        if shot.no_touch_until is not None:
            until = _("no touch there until {day}").format(day=said.day(shot.no_touch_until))
            what = f"{what}; {until}"
        rows.append(("", what, said.day(shot.day) if shot.day else _("day not known")))
    return rows


def _ends(said: Vocabulary, found: Figures) -> list[tuple[str, str, str]]:
    """Each way of ending early, the most frequent first, with its newest days."""
    groups: dict[str, list[Sitting]] = defaultdict(list)
    for sitting in found.sittings:
        if sitting.end != COMPLETED:
            groups[said.end(sitting.end, sitting.stop)].append(sitting)
    rows = []
    for what, sittings in sorted(groups.items(), key=lambda item: -len(item[1])):
        days = sorted({sitting.day for sitting in sittings if sitting.day is not None})
        rows.append((str(len(sittings)), what, said.days(days, year=found.long)))
    return rows


def dates(canvas: Canvas, said: Vocabulary, found: Figures, y: float) -> float:
    """Draw how far the dates can be believed, and the sessions that have none."""
    if not found.sittings:
        return y
    _ = said.words
    y = section(canvas, y, _("How sure the dates are"))
    sources: dict[str, int] = defaultdict(int)
    for sitting in found.dated:
        sources[sitting.clock] += 1
    known = [f"{said.clock(clock)} ({count})" for clock, count in sorted(sources.items(), key=lambda item: -item[1])]
    text = _("Sessions are dated by {sources}.").format(sources=", ".join(known)) if known else ""
    doubtful = [sitting for sitting in found.dated if sitting.uncertain_s >= HOUR_S]
    if doubtful:
        hours = max(sitting.uncertain_s for sitting in doubtful) / HOUR_S
        more = plural(
            _,
            "1 of these dates may be off by up to {hours} h.",
            "{count} of these dates may be off by up to {hours} h.",
            len(doubtful),
        )
        text = f"{text} {more.format(count=len(doubtful), hours=f'{hours:.0f}')}"
    if not found.undated:
        return canvas.paragraph(LEFT, y, f"{text} " + _("None is without a date."), RIGHT - LEFT) + 4.0
    missing = _("Date not known: {count}, because the kiosk's clock was not set.")
    text = f"{text} {missing.format(count=len(found.undated))}".strip()
    y = canvas.paragraph(LEFT, y, text, RIGHT - LEFT)
    runs = list(_undated(found))
    for sittings, before, after in runs[:MOST_RUNS]:
        programmes: dict[str, int] = defaultdict(int)
        for sitting in sittings:
            programmes[said.programme(sitting.programme)] += 1
        what = ", ".join(f"{name} {count}" for name, count in programmes.items())
        canvas.text(LEFT + 4, y, f"{_between(said, before, after)}: {what}", room=RIGHT - LEFT - 4)
        y += STEP
    if len(runs) > MOST_RUNS:
        canvas.text(LEFT + 4, y, _("and more; all are in sessions.xlsx"), ink=GREY)
        y += STEP
    return y + 4.0


def _undated(found: Figures) -> Iterator[tuple[list[Sitting], date | None, date | None]]:
    """Runs of sessions without a date in one start of the kiosk, with the days of those before and after."""
    before: date | None = None
    run: list[Sitting] = []
    for sitting in found.sittings:
        if run and (sitting.day is not None or sitting.boot_id != run[-1].boot_id):
            yield run, before, _next_day(found, run[-1].seq)
            run = []
        if sitting.day is None:
            run.append(sitting)
        else:
            before = sitting.day
    if run:
        yield run, before, None


def _next_day(found: Figures, seq: int) -> date | None:
    return next((sitting.day for sitting in found.sittings if sitting.seq > seq and sitting.day is not None), None)


def _between(said: Vocabulary, before: date | None, after: date | None) -> str:
    """Return the place of a run among the sessions with known days: the order is sure, also where the date is not."""
    _ = said.words
    known = {"before": said.day(before) if before else "", "after": said.day(after) if after else ""}
    if before and after:
        return _("After the session of {before} and before that of {after}").format(**known)
    if before:
        return _("After the session of {before}").format(**known)
    if after:
        return _("Before the session of {after}").format(**known)
    return _("In one start of the kiosk")
