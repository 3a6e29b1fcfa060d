"""The first page of a person: who, what was practised and how much of what was planned, and how it felt."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from kiosk.report.axis import DOT_MM, START, Axis
from kiosk.report.canvas import (
    BLACK,
    BODY,
    GREY,
    HEAD,
    LEFT,
    MIDDLE,
    RIGHT,
    SMALL,
    TITLE,
    Canvas,
)
from kiosk.report.figures import COMPLETED, Figures, Sitting
from kiosk.report.vocabulary import Vocabulary
from kiosk.words import plural

LANE = 2.0
"""Way from one dot to the next of the same day, mm."""
MOST_DOTS = 4
BAR_MM, BAR_GAP = 1.8, 1.2
BLOCK_GAP = 3.4
WORDS_MM = 3.8
"""Room for the minutes below a bar."""
WHITE = 255


def header(canvas: Canvas, said: Vocabulary, found: Figures, place: str, y: float) -> float:
    """Draw whom it is about and how they are set up; give the y where the page goes on."""
    _ = said.words
    canvas.text(LEFT, y + 2, _("Diary of practice"), BODY, ink=GREY)
    canvas.text(RIGHT, y + 2, place, BODY, ink=GREY, align="right", room=140)
    canvas.rule(LEFT, y + 4.5, RIGHT, y + 4.5, BLACK)
    y += 17
    canvas.text(LEFT, y, found.code, TITLE, bold=True, room=RIGHT - LEFT, heading=1)
    y += 9
    x = LEFT
    for name, value in said.facts(found.person):
        width = max(canvas.width(name, SMALL), canvas.width(value, BODY))
        if x > LEFT and x + width > RIGHT:
            x, y = LEFT, y + 9.5
        canvas.text(x, y, name, SMALL, ink=GREY)
        canvas.text(x, y + 4, value, BODY, room=RIGHT - x)
        x += width + 8
    return y + 12


def summary(canvas: Canvas, said: Vocabulary, found: Figures, y: float) -> float:
    """Period and number of sessions, in a sentence."""
    for text, bold in _sentences(said, found):
        y = canvas.paragraph(LEFT, y, text, RIGHT - LEFT, HEAD if bold else BODY, bold=bold)
    return y


def _sentences(said: Vocabulary, found: Figures) -> list[tuple[str, bool]]:
    _ = said.words
    if not found.sittings:
        return [(_("No session is recorded yet."), True)]
    sentences: list[tuple[str, bool]] = []
    if found.period is None:
        sentences.append((_("Sessions: {count}. Their dates are not known.").format(count=len(found.sittings)), True))
    else:
        first, last = found.period
        days = len({sitting.day for sitting in found.dated})
        text = _("{first} to {last}: {count} sessions on {days} days")
        if days == 1:
            text = plural(_, "{last}: one session", "{last}: {count} sessions", len(found.dated))
        dates = {"first": said.day(first), "last": said.day(last)}
        sentences.append((text.format(count=len(found.dated), days=days, **dates), True))
    early = sum(1 for sitting in found.sittings if sitting.end not in (COMPLETED, ""))
    more = [_("Ended early: {count}.").format(count=early) if early else _("None ended early.")]
    if found.undated and found.dated:
        undated = len(found.undated)
        told = plural(
            _,
            "1 more has no known date; it is listed, not drawn.",
            "{count} more have no known date; they are listed, not drawn.",
            undated,
        )
        more.append(told.format(count=undated))
    if found.views:
        told = "; ".join(f"{said.view(view)} {count}" for view, count in found.views.most_common())
        more.append(_("Shown of the face, by sessions with movements: {views}.").format(views=told))
    if found.weeks and found.period and found.weeks[0] > found.period[0]:
        more.append(_("Drawn below: the weeks from {day} on.").format(day=said.day(found.weeks[0])))
    sentences.append((" ".join(more), False))
    return sentences


def section(canvas: Canvas, y: float, title: str) -> float:
    """A heading; where its content begins."""
    canvas.text(LEFT, y, title, HEAD, bold=True, heading=2)
    return y + 5.5


def practice(canvas: Canvas, said: Vocabulary, found: Figures, axis: Axis, y: float) -> float:
    """Draw, for each programme, a dot for each session, and week by week the steps planned and done."""
    _ = said.words
    y = section(canvas, y, _("Practice"))
    _legend(canvas, said, y - 5.5)
    y = axis.head(y)
    shown = [sitting for sitting in found.dated if sitting.day and axis.holds(sitting.day)]
    programmes = Counter(sitting.programme for sitting in shown)
    for programme in sorted(programmes, key=lambda name: (_order(said, name), name)):
        mine = [sitting for sitting in shown if sitting.programme == programme]
        y = _programme(canvas, said, axis, y, programme, mine)
    return y + 5.0


def _order(said: Vocabulary, programme: str) -> int:
    known = said.library.programmes.get(programme)
    return known.order if known else 1_000


def _legend(canvas: Canvas, said: Vocabulary, y: float) -> None:
    """Draw the meaning of the signs, beside the heading."""
    _, x, middle = said.words, START, y - 0.9
    canvas.dots([(x + 0.7, middle)], DOT_MM)
    x += 2.4 + canvas.text(x + 2.4, y, _("a session"), SMALL, ink=GREY) + 5
    _ring(canvas, x + 0.7, middle, DOT_MM)
    x += 2.4 + canvas.text(x + 2.4, y, _("ended early"), SMALL, ink=GREY) + 5
    canvas.bar(x, middle - BAR_MM / 2, 5, BAR_MM, MIDDLE)
    canvas.bar(x, middle - BAR_MM / 2, 8, BAR_MM, None, BLACK)
    canvas.text(x + 9.4, y, _("steps done of those planned, in a week"), SMALL, ink=GREY)


def _ring(canvas: Canvas, x: float, y: float, size: float) -> None:
    canvas.dots([(x, y)], size)
    canvas.dots([(x, y)], size * 0.5, WHITE)


def _programme(
    canvas: Canvas, said: Vocabulary, axis: Axis, y: float, programme: str, mine: Sequence[Sitting]
) -> float:
    _ = said.words
    by_day: dict[date, list[Sitting]] = defaultdict(list)
    for sitting in mine:
        if sitting.day is not None:
            by_day[sitting.day].append(sitting)
    lanes = min(MOST_DOTS, max(len(found) for found in by_day.values()))
    dots = max(2, lanes) * LANE
    height = dots + BAR_GAP + BAR_MM + WORDS_MM
    canvas.text(LEFT, y + 3.0, said.programme(programme), bold=True, room=START - LEFT - 3)
    steps = _("{done} of {planned} steps").format(done=sum(s.done for s in mine), planned=sum(s.planned for s in mine))
    count = plural(_, "one session", "{count} sessions", len(mine)).format(count=len(mine))
    canvas.text(LEFT, y + 6.6, f"{count}, {_minutes(said, sum(s.minutes for s in mine))}", SMALL, ink=GREY, room=42)
    canvas.text(LEFT, y + 9.9, steps, SMALL, ink=GREY, room=42)
    with canvas.figure(_told(said, axis, programme, mine)):
        axis.ground(y, height, WORDS_MM)
        _dots(canvas, axis, y + dots - LANE / 2, by_day)
        _bars(canvas, said, axis, y + dots + BAR_GAP, mine)
    return y + height + BLOCK_GAP


def _told(said: Vocabulary, axis: Axis, programme: str, mine: Sequence[Sitting]) -> str:
    """Return the sessions and steps of each week in words, for whoever does not see the dots and bars."""
    _ = said.words
    weeks: dict[int, list[Sitting]] = defaultdict(list)
    for sitting in mine:
        if sitting.day is not None:
            weeks[axis.week(sitting.day)].append(sitting)
    told = {}
    for week, sittings in weeks.items():
        count = plural(_, "one session", "{count} sessions", len(sittings)).format(count=len(sittings))
        steps = _("{done} of {planned} steps").format(
            done=sum(s.done for s in sittings), planned=sum(s.planned for s in sittings)
        )
        told[week] = f"{count}, {steps}"
    return axis.told(said.programme(programme), told)


def _dots(canvas: Canvas, axis: Axis, base: float, by_day: dict[date, list[Sitting]]) -> None:
    size = axis.dot_mm
    places = [
        (axis.x(day), base - lane * LANE, sitting.end in (COMPLETED, ""))
        for day, sittings in by_day.items()
        for lane, sitting in enumerate(sittings[:MOST_DOTS])
    ]
    canvas.dots(((x, y) for x, y, _ in places), size)
    canvas.dots(((x, y) for x, y, whole in places if not whole), size * 0.5, WHITE)
    for day, sittings in by_day.items():
        if len(sittings) > MOST_DOTS:
            canvas.text(axis.x(day), base - MOST_DOTS * LANE + 1, f"+{len(sittings) - MOST_DOTS}", 5, align="centre")


def _bars(canvas: Canvas, said: Vocabulary, axis: Axis, y: float, mine: Sequence[Sitting]) -> None:
    """Week by week: the outline is what was planned, the grey what was done."""
    _ = said.words
    planned: Counter[int] = Counter()
    done: Counter[int] = Counter()
    minutes: dict[int, float] = defaultdict(float)
    for sitting in mine:
        if sitting.day is not None:
            week = axis.week(sitting.day)
            planned[week] += sitting.planned
            done[week] += sitting.done
            minutes[week] += sitting.minutes
    most = max(1, *planned.values(), *done.values())
    room = axis.week_mm - 2.4
    for week, spent in sorted(minutes.items()):
        x = START + week * axis.week_mm + 1.2
        canvas.bar(x, y, room * done[week] / most, BAR_MM, MIDDLE)
        canvas.bar(x, y, room * max(planned[week], done[week]) / most, BAR_MM, None, BLACK)
        canvas.text(x, y + BAR_MM + 3.0, _("{minutes} min").format(minutes=f"{spent:.0f}"), 6.5, ink=GREY)


def _minutes(said: Vocabulary, minutes: float) -> str:
    _ = said.words
    whole = round(minutes)
    if whole < 120:
        return _("{minutes} min").format(minutes=whole)
    return _("{hours} h {minutes} min").format(hours=whole // 60, minutes=whole % 60)


def comfort(canvas: Canvas, said: Vocabulary, found: Figures, axis: Axis, y: float) -> float:
    """Pain, tiredness and tightness over time, as the person answered."""
    _ = said.words
    y = section(canvas, y, _("How it felt"))
    note = _("dots: the highest answer of the day; line: the mean of the week")
    canvas.text(START, y - 5.5, note, SMALL, ink=GREY)
    panels = (
        (_("Pain before"), found.worst("pain_before"), said.pain(), ""),
        (_("Pain after"), found.worst("pain_after"), said.pain(), ""),
        (_("Tiredness"), found.worst("tiredness"), said.tiredness(), ""),
        (_("Tightness"), found.tightest(), said.tightness(), _("tightest region")),
    )
    y -= 2.5
    for title, days, scale, about in panels:
        y = axis.levels(y, title, days, scale, about)
    return y + 5.0
