"""Looking back as scenes: the dots of a week, the week in words, a gentle line, what somebody said that they saw."""

from __future__ import annotations

from dataclasses import replace

from kiosk.care.words import day_words, label, short_weekdays
from kiosk.home.looking_back import MOST_TOLD, ON_A_PAGE, LookKind, LookPage, Week, curve_of, curve_span
from kiosk.home.model import Home
from kiosk.home.places import look_page
from kiosk.present.ending import dots
from kiosk.screens.scene import GentleLine, NoteScene, Strip
from kiosk.words import Words, plural


def present_look(home: Home, strip: Strip, notice: str, name: str, _: Words) -> NoteScene:
    """The page that is shown. A week has dots of its own: a second row of dots, for pages, would be taken for days."""
    page = look_page(home) or LookPage(LookKind.WEEK)
    scene = NoteScene(name=name, strip=strip, notice=notice)
    if page.kind is LookKind.WORDS:
        return replace(scene, title=_("This week in words"), lines=_practised(home, page.number, _))
    if page.kind is LookKind.SAW:
        return replace(scene, title=_("What you said you saw"), lines=_saw(home, _))
    if page.kind is LookKind.TIGHTNESS:
        line = _line(home, _)
        return replace(scene, title=_("How tight it felt"), lines=(_("As you said before releases."),), line=line)
    week = home.data.weeks[page.number]
    return replace(scene, title=_week_title(page.number, week, _), lines=(_week_words(week, _),), week=dots(week, _))


def _line(home: Home, _: Words) -> GentleLine:
    week = home.data.weeks[0]
    return GentleLine(
        pieces=curve_of(home.past.tightness, week),
        top=_("Tight"),
        bottom=_("Loose"),
        first=day_words(curve_span(week)[0], _, year=False),
        last=_("This week"),
    )


def _week_title(at: int, week: Week, _: Words) -> str:
    names = (_("This week"), _("Last week"))
    if at < len(names):
        return names[at]
    return _("Week from {day}").format(day=day_words(week[0][0], _, year=False))


def _week_words(week: Week, _: Words) -> str:
    """The week in words, for whoever cannot make out the dots; what was not done is not told of."""
    days = sum(practised for _day, practised in week)
    if not days:
        return _("Nothing is written down here.")
    return plural(_, "You practised on 1 day.", "You practised on {n} days.", days).format(n=days)


def _practised(home: Home, number: int, _: Words) -> tuple[str, ...]:
    names = short_weekdays(_)
    return tuple(
        _("{programme}: {days}").format(programme=_(title), days=", ".join(names[day.weekday()] for day in days))
        for title, days in home.past.practised[number * ON_A_PAGE :][:ON_A_PAGE]
    )


def _saw(home: Home, _: Words) -> tuple[str, ...]:
    """A line for each of the newest: the day, and where it was."""
    lines = []
    for seen in home.past.saw[:MOST_TOLD]:
        day = day_words(seen.day, _, year=False) if seen.day else _("Date not known")
        what = _(label(seen.where)) if seen.where else _("a new movement")
        lines.append(_("{day}: {what}").format(day=day, what=what))
    return tuple(lines)
