"""One time line for everything on a page: a column for each week, a place for each day, what happened as marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kiosk.report.canvas import BLACK, FINE, GREY, LEFT, LINE, MM, RIGHT, SMALL, Canvas
from kiosk.report.figures import Figures
from kiosk.report.vocabulary import Vocabulary

START = 62.0
"""Beginning of the time lines, mm; to the left of it stand their names."""
WIDEST_WEEK = 20.0
LEVELS = 4
PANEL_GAP = 3.2
LEVEL_MM = 3.2
LANE_MM, MOST_LANES = 3.6, 4
MARK_MM, WORD_GAP = 1.1, 2.2
"""Half of a mark, and the way from its middle to its words."""
DOT_MM, DOT_SHARE = 1.5, 0.75
"""The largest dot, and how much of a day it may take."""
TITLE_MM = 27.0


Ends = tuple[float, float]
"""The two ends of something, mm."""


@dataclass(frozen=True, slots=True)
class DayMark:
    """Something of one ``day``, with its ``label``.

    ``through``: an injection goes through all panels, a movement seen stays on top.
    """

    day: date
    label: str
    through: bool


class Axis:
    """Places of days between ``START`` and the right margin."""

    def __init__(self, canvas: Canvas, said: Vocabulary, first: date, weeks: int, marks: Sequence[DayMark]) -> None:
        self._canvas, self._said, self.first, self.weeks = canvas, said, first, weeks
        self.week_mm = min(WIDEST_WEEK, (RIGHT - START) / weeks)
        self.end = START + weeks * self.week_mm
        self.marks = sorted((mark for mark in marks if self.holds(mark.day)), key=lambda mark: mark.day)

    def holds(self, day: date) -> bool:
        """Whether this day is drawn."""
        return self.first <= day < self.first + timedelta(weeks=self.weeks)

    def x(self, day: date) -> float:
        """The middle of a day."""
        return START + ((day - self.first).days + 0.5) * self.week_mm / 7

    @property
    def dot_mm(self) -> float:
        """Size of a dot, so that those of two days stay apart."""
        return min(DOT_MM, DOT_SHARE * self.week_mm / 7)

    def week(self, day: date) -> int:
        """Return the column in which a day lies."""
        return (day - self.first).days // 7

    def told(self, name: str, weeks: Mapping[int, str]) -> str:
        """Return what a panel called ``name`` shows, in words: ``weeks`` says it of each of its columns."""
        _ = self._said.words
        days = {week: self._said.day(self.first + timedelta(weeks=week), year=False) for week in sorted(weeks)}
        said = "; ".join(f"{day}: {weeks[week]}" for week, day in days.items())
        return _("{name}, week by week: {weeks}.").format(name=name, weeks=said)

    def head(self, y: float) -> float:
        """Dates of the Mondays and the marks; where the first panel may begin."""
        _ = self._said.words
        last = self.first + timedelta(weeks=self.weeks, days=-1)
        days = {"first": self._said.day(self.first), "last": self._said.day(last)}
        said = [_("Time line from {first} to {last}.").format(**days)]
        said += [f"{self._said.day(mark.day, year=False)}: {mark.label}." for mark in self.marks]
        with self._canvas.figure(" ".join(said)):
            return self._head(y)

    def _head(self, y: float) -> float:
        _ = self._said.words
        canvas, months = self._canvas, self._said.months()
        canvas.text(START - 3, y, _("Week of"), SMALL, ink=GREY, align="right")
        shown = 0
        for number in range(self.weeks):
            day = self.first + timedelta(weeks=number)
            left = START + number * self.week_mm
            text = f"{day.day}" if day.month == shown else f"{day.day} {months[day.month - 1]}"
            shown = day.month
            canvas.text(left + 0.6, y, text, SMALL, ink=GREY)
        return self._marks(y + 1.4)

    def _marks(self, y: float) -> float:
        """Injections in the lowest lane, where their lines begin; movements seen above, in lanes that keep apart."""
        lanes: list[list[Ends]] = []
        placed = [(0, mark, right) for mark, right in self._injections()]
        if placed:
            lanes.append([(START, RIGHT)])
        for mark in (mark for mark in self.marks if not mark.through):
            right = self._ends(mark, right=True)[1] <= RIGHT
            ends = self._ends(mark, right=right)
            lane = next((at for at, taken in enumerate(lanes) if not _touches(ends, taken)), len(lanes))
            if lane == MOST_LANES:
                continue  # all of them are listed further on
            if lane == len(lanes):
                lanes.append([])
            lanes[lane].append(ends)
            placed.append((lane, mark, right))
        bottom = y + len(lanes) * LANE_MM
        for lane, mark, right in placed:
            self._mark(mark, bottom - (lane + 0.5) * LANE_MM, bottom, right=right)
        return bottom + (1.0 if lanes else 0.0)

    def _injections(self) -> Iterator[tuple[DayMark, bool]]:
        """Each with its words to the right or the left, or without where neither has room."""
        through = [mark for mark in self.marks if mark.through]
        for at, mark in enumerate(through):
            others = [self._ends(replace(other, label=""), right=True) for other in (*through[:at], *through[at + 1 :])]
            for right in (True, False):
                ends = self._ends(mark, right=right)
                if ends[0] >= START and ends[1] <= RIGHT and not _touches(ends, others):
                    yield mark, right
                    break
            else:
                yield replace(mark, label=""), True

    def _ends(self, mark: DayMark, *, right: bool) -> Ends:
        x, words = self.x(mark.day), self._canvas.width(mark.label, SMALL)
        words = WORD_GAP + words if mark.label else MARK_MM
        return (x - MARK_MM, x + words) if right else (x - words, x + MARK_MM)

    def _mark(self, mark: DayMark, y: float, bottom: float, *, right: bool) -> None:
        x, half = self.x(mark.day), MARK_MM
        if mark.through:
            self._canvas.rule(x, y, x, bottom + 1.0, BLACK, FINE)
            self._canvas.shape([(x - half, y - half), (x + half, y - half), (x, y + half)], BLACK)
        else:
            self._canvas.shape([(x - half, y), (x, y - half), (x + half, y), (x, y + half)], None)
        place = x + WORD_GAP if right else x - WORD_GAP
        self._canvas.text(place, y + SMALL * MM * 0.36, mark.label, SMALL, align="left" if right else "right")

    def ground(self, y: float, height: float, words: float = 0.0) -> None:
        """The weeks behind a panel, and the injections through it, but for the ``words`` mm with words at its foot."""
        for number in range(self.weeks + 1):
            x = START + number * self.week_mm
            self._canvas.rule(x, y, x, y + height)
        for mark in self.marks:
            if mark.through:
                self._canvas.rule(self.x(mark.day), y, self.x(mark.day), y + height - words, BLACK, FINE)

    def levels(self, y: float, title: str, days: Mapping[date, int], scale: Sequence[str], note: str = "") -> float:
        """A panel of answers on a scale of four: a dot for each day, a line for the mean of each week; its end."""
        _, canvas = self._said.words, self._canvas
        height = (LEVELS - 1) * LEVEL_MM
        shown = {day: level for day, level in days.items() if self.holds(day)}
        top = y + 1.2
        below = canvas.paragraph(LEFT, top + 2.6, title, TITLE_MM, bold=True)
        if note:
            canvas.text(LEFT, below - 0.6, note, SMALL, ink=GREY, room=TITLE_MM)
        if not shown:
            canvas.text(START, top + 2.6, _("not answered in these weeks"), SMALL, ink=GREY)
            return below + 2.0
        with canvas.figure(self._levels_told(title, shown, scale)):
            self._levels(y, top, height, shown, scale)
        return y + height + 2.4 + PANEL_GAP

    def _levels_told(self, title: str, shown: Mapping[date, int], scale: Sequence[str]) -> str:
        _ = self._said.words
        weeks: dict[int, list[int]] = {}
        for day, level in shown.items():
            weeks.setdefault(self.week(day), []).append(level)
        told = {}
        for week, levels in weeks.items():
            low, high = scale[min(levels)], scale[max(levels)]
            told[week] = low if low == high else _("{low} to {high}").format(low=low, high=high)
        return self.told(title, told)

    def _levels(self, y: float, top: float, height: float, shown: Mapping[date, int], scale: Sequence[str]) -> None:
        canvas = self._canvas
        self.ground(y, height + 2.4)
        for level, word in enumerate(scale):
            at = top + height - level * LEVEL_MM
            canvas.rule(START, at, self.end, at)
            canvas.text(START - 3, at + 0.8, word, 6.5, ink=GREY, align="right")
        for run in self._means(shown):
            canvas.path([(x, top + height - mean * LEVEL_MM) for x, mean in run], GREY, LINE)
        places = ((self.x(day), top + height - level * LEVEL_MM) for day, level in shown.items())
        canvas.dots(places, self.dot_mm)

    def _means(self, days: Mapping[date, int]) -> list[list[tuple[float, float]]]:
        """The middle and the mean of each week with an answer, in runs: no line goes over a week without one."""
        weeks: dict[int, list[int]] = {}
        for day, level in days.items():
            weeks.setdefault(self.week(day), []).append(level)
        runs: list[list[tuple[float, float]]] = []
        for week, levels in sorted(weeks.items()):
            if week - 1 not in weeks:
                runs.append([])
            runs[-1].append((START + (week + 0.5) * self.week_mm, sum(levels) / len(levels)))
        return runs


def _touches(ends: Ends, taken: Iterable[Ends]) -> bool:
    return any(ends[0] < right + 1 and ends[1] > left - 1 for left, right in taken)


def marks_of(found: Figures, said: Vocabulary) -> list[DayMark]:
    """Injections and the movements that somebody saw, as far as their days are known."""
    _ = said.words
    marks = [DayMark(shot.day, _("Botulinum toxin"), True) for shot in found.shots if shot.day is not None]
    ticks = found.person.ticks if found.person else ()
    for tick in ticks:
        if tick.seen_on is not None:
            marks.append(
                DayMark(tick.seen_on, _("seen: {movement}").format(movement=said.movement(tick.movement)), False)
            )
    return marks
