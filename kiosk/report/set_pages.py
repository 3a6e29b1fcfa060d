"""Standard sets on the report: the first beside the latest as lines of the face, from the front, each with its date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from kiosk.care.standard import MOVEMENTS, SetItem, not_asked_words, set_item_words
from kiosk.report.bands import reach_of
from kiosk.report.canvas import BODY, GREY, LEFT, MM, RIGHT, SMALL, Canvas
from kiosk.report.practice import section
from kiosk.report.sets import ItemSeen, SetTaken, compared
from kiosk.report.vocabulary import Vocabulary
from kiosk.rows.standard import FaceLines
from kiosk.words import plural

SCALE = 0.25
"""Of a face on paper: one size for all, so that two drawings can be laid on each other."""
ABOVE_MM, BELOW_MM = 11.0, 31.0
"""Room above and below the middle between the eyes."""
HALF_MM = 22.0
"""Half the room beside it."""
NAME_MM = 42.0
COLUMNS = (LEFT + NAME_MM + 6.0, LEFT + NAME_MM + 72.0)
"""Left edges of the first set and of the latest."""
COLUMN_MM = 60.0
WEIGHT = 0.35


def standard_sets(canvas: Canvas, said: Vocabulary, sets: Sequence[SetTaken]) -> Iterator[Callable[[float], float]]:
    """Sections: a heading with what it is about, then an item each; a page may end between two."""
    shown = [item for item in SetItem if any(item.value in taken.items for taken in sets)]
    first, *others = shown or (SetItem.REST,)

    def opening(y: float) -> float:
        return _item(canvas, said, sets, first, _head(canvas, said, sets, y))

    yield opening
    for item in others:
        yield lambda y, item=item: _item(canvas, said, sets, item, y)  # type: ignore[misc]
    yield lambda y: _note(canvas, said, sets, y)


def _head(canvas: Canvas, said: Vocabulary, sets: Sequence[SetTaken], y: float) -> float:
    _ = said.words
    y = section(canvas, y, _("Standard sets"))
    count = plural(_, "One set so far.", "{count} sets.", len(sets)).format(count=len(sets))
    cut = sum(not taken.whole for taken in sets)
    early = _("Ended early: {count}.").format(count=cut) if cut else ""
    told = " ".join(filter(None, (count, early, _("They are no practice, and not counted above."))))
    return canvas.paragraph(LEFT, y, told, RIGHT - LEFT) + 1.5


def _note(canvas: Canvas, said: Vocabulary, sets: Sequence[SetTaken], y: float) -> float:
    _ = said.words
    approximate = _("How far a side moved is one approximate measure: the next may differ.")
    if any(item.lines for taken in sets for item in taken.items.values()):
        told = _(
            "From the front: their left is on the right. The lines are roughly drawn and more even than the face is: "
            "they are for looking, not for measuring."
        )
    else:
        told = _("Lines of the face are kept only with the consent to line drawings.")
    return canvas.paragraph(LEFT, y, f"{told} {approximate}", RIGHT - LEFT, SMALL, ink=GREY) + 6.0


def _item(canvas: Canvas, said: Vocabulary, sets: Sequence[SetTaken], item: SetItem, y: float) -> float:
    """One item: its name, then the first set that asked for it and the latest; the y below."""
    _ = said.words
    canvas.text(LEFT, y + 2.0, set_item_words(said.words)[item], bold=True, room=NAME_MM)
    taken = compared(sets, item.value)
    if taken[0] is None:
        newest = next(one for one in reversed(sets) if item.value in one.items)
        canvas.text(COLUMNS[0], y + 2.0, _not_asked(said, newest.items[item.value].why), SMALL, ink=GREY)
        return y + BODY * MM * 1.45 + 2.5
    if taken[1] is None:
        titles = (_day(said, taken[0]), "")
    else:
        titles = (
            _("First, {day}").format(day=_day(said, taken[0])),
            _("Latest, {day}").format(day=_day(said, taken[1])),
        )
    below = y
    for x, title, one in zip(COLUMNS, titles, taken, strict=True):
        if one is not None:
            below = max(below, _one(canvas, said, item, title, one.items[item.value], x, y))
    return below + 2.0


def _one(canvas: Canvas, said: Vocabulary, item: SetItem, title: str, seen: ItemSeen, x: float, y: float) -> float:
    _ = said.words
    words = _measured(said, item, seen)
    canvas.text(x, y + 2.0, title, SMALL, room=COLUMN_MM)
    y += 4.0
    if seen.lines:
        told = _("Lines of the face: {item}, {title}. {words}").format(
            item=set_item_words(said.words)[item], title=title, words=words
        )
        with canvas.figure(told.strip()):
            _face(canvas, seen.lines, x + HALF_MM, y + ABOVE_MM)
            for at, side, align in ((x, _("their right"), "left"), (x + 2 * HALF_MM, _("their left"), "right")):
                canvas.text(at, y + ABOVE_MM + BELOW_MM - 1.0, side, 6.5, ink=GREY, align=align)
        y += ABOVE_MM + BELOW_MM
    elif not words:
        words = _("no lines kept")
    return canvas.paragraph(x, y + 2.0, words, COLUMN_MM, SMALL, ink=GREY) if words else y


def _face(canvas: Canvas, lines: FaceLines, x: float, y: float) -> None:
    """The lines of a face with the middle between its eyes at ``x``, ``y`` mm; nothing beyond its room."""
    for line in lines:
        places = [(px * SCALE, py * SCALE) for px, py in line]
        if all(abs(px) <= HALF_MM and -ABOVE_MM <= py <= BELOW_MM for px, py in places):
            canvas.path([(x + px, y + py) for px, py in places], weight=WEIGHT)


def _measured(said: Vocabulary, item: SetItem, seen: ItemSeen) -> str:
    """The measures in the report's own bands, or the reason why there are none."""
    _ = said.words
    if item not in MOVEMENTS:
        return ""
    if not seen.measured:
        return _("Not measured: {why}.").format(why=said.why_not(seen.why)) if seen.why else _("Not measured.")
    if seen.left_mm is None or seen.right_mm is None:
        return _("Measured: the numbers are in the tables.")
    left, right = (said.band(reach_of(mm)) for mm in (seen.left_mm, seen.right_mm))
    return _("Their left: {left}; their right: {right}.").format(left=left, right=right)


def _not_asked(said: Vocabulary, why: str) -> str:
    _ = said.words
    known = not_asked_words(_)
    found = next((words for reason, words in known.items() if reason.value == why), "")
    return found or _("Not asked: {why}").format(why=said.left_out(why))


def _day(said: Vocabulary, taken: SetTaken) -> str:
    _ = said.words
    return said.day(taken.day) if taken.day is not None else _("day not known")
