"""Reading of a scale: ``[[scale]]``, its ``[[scale.item]]`` and the ``[[scale.answer]]`` to them."""

from __future__ import annotations

from dataclasses import replace

from kiosk.care.scales import Scale, ScaleAnswer, ScaleItem, Total, points
from kiosk.programmes.reading import TomlTable

TITLE, ITEM, ANSWER, LICENCE = 40, 120, 28, 200
"""The most characters that the screens of the desk have room for."""
MOST_SCALES, MOST_ITEMS, MOST_ANSWERS = 20, 30, 8
LOWEST_VALUE, HIGHEST_VALUE = -9, 99
"""Bounds of what an answer counts: with ``MOST_ITEMS`` all answers of a score are one word of the record."""
HIGHEST = 999.0
CHANGE = 1_000.0


def read_scale(table: TomlTable) -> Scale:
    id_ = table.id("id")
    version = table.whole("version", 1, 9_999)
    title = table.text("title", TITLE, required=True)
    places = table.whole("places", 0, 1, 0)
    shared = _answers(table)
    items = tuple(_item(item, shared) for item in table.tables("item", MOST_ITEMS))
    if items:
        total = table.word("total", Total)
        missing = table.whole("missing", 0, len(items) - 1, 0)
        low = high = 0.0
    else:
        total, missing = Total.SUM, 0
        low, high = table.number("lowest", 0, HIGHEST), table.number("highest", 0, HIGHEST)
        if low >= high and not table.sheet.faults:
            table.fault("highest", f"the highest must be above the lowest ({low:g})", "change one of them")
    change = table.number("smallest_change", 0, CHANGE, -1.0) if "smallest_change" in table.data else None
    scale = Scale(
        id=id_,
        version=version,
        title=title,
        lowest=low,
        highest=high,
        places=places,
        items=items,
        total=total,
        missing=missing,
        smallest_change=change,
        source=table.text("source", LICENCE, required=change is not None),
        licence=table.text("licence", LICENCE, required=True),
        permission=table.flag("permission"),
    )
    table.done()
    if items and not table.sheet.faults:
        low, high = points(scale)
        return replace(scale, lowest=low, highest=high)
    return scale


def _item(table: TomlTable, shared: tuple[ScaleAnswer, ...]) -> ScaleItem:
    text = table.text("text", ITEM, required=True)
    answers = _answers(table) or shared
    if not answers and not table.sheet.faults:
        path = table.at("answer")
        table.sheet.fault(path, "", "no answers to choose from", "write [[scale.answer]] for all items")
    table.done()
    return ScaleItem(text, answers)


def _answers(table: TomlTable) -> tuple[ScaleAnswer, ...]:
    found = []
    for answer in table.tables("answer", MOST_ANSWERS):
        found.append(
            ScaleAnswer(answer.whole("value", LOWEST_VALUE, HIGHEST_VALUE), answer.text("text", ANSWER, required=True))
        )
        answer.done()
    if len(found) == 1:
        table.fault("answer", "one answer is no choice", "write another one")
    values = [answer.value for answer in found]
    if len(set(values)) < len(values):
        table.fault("answer", "two answers count the same", "give each its own value")
    return tuple(found)
