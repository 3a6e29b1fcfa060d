"""Files of scales: each with a fault is named and left out alone, the others are used."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.programmes.shelf import load
from tests.care.people import BUILTIN

GOOD = """
[[scale]]
id = "{id}"
version = 1
title = "Ours"
total = "sum"
licence = "Our own."
{more}
[[scale.answer]]
value = 0
text = "No"
[[scale.answer]]
value = 1
text = "Yes"
[[scale.item]]
text = "First?"
[[scale.item]]
text = "Second?"
[[scale.item.answer]]
value = 0
text = "Never"
[[scale.item.answer]]
value = 4
text = "Always"
"""
NUMBER = """
[[scale]]
id = "n"
version = 1
title = "Number"
licence = "The number only."
lowest = {low}
highest = {high}
"""


def test_items_with_answers_of_their_own(tmp_path: Path) -> None:
    """The ends of a scale are those that its answers can come to; a number scale beside it stays a number."""
    (tmp_path / "ours.toml").write_text(GOOD.format(id="ours", more="") + NUMBER.format(low=1, high=6))
    library = load(BUILTIN, tmp_path)
    assert (library.faults, library.left_out) == ((), ())
    ours, number = library.scales["ours"], library.scales["n"]
    assert (ours.lowest, ours.highest, len(ours.items)) == (0, 5, 2)
    assert (number.lowest, number.highest, number.items) == (1, 6, ())


@pytest.mark.parametrize(
    ("text", "where", "rule"),
    [
        (NUMBER.format(low=6, high=1), "scale[0].highest", "above the lowest"),
        (NUMBER.format(low=0, high=5_000), "scale[0].highest", "from 0 to 999"),
        (GOOD.format(id="x", more="missing = 2"), "scale[0].missing", "from 0 to 1"),
        (GOOD.format(id="x", more="smallest_change = 3"), "scale[0].source", "missing"),
        (GOOD.format(id="x", more="colour = 3"), "scale[0].colour", "no such key"),
        (GOOD.format(id="x", more="").replace('licence = "Our own."', ""), "scale[0].licence", "missing"),
        (GOOD.format(id="x", more="").replace("value = 1", "value = 0"), "scale[0].answer", "count the same"),
        (GOOD.format(id="x", more="").replace("value = 1", "value = 0.5"), "scale[0].answer[1].value", "whole number"),
        (NUMBER.format(low=0, high=6) + '[[scale.item]]\ntext = "A?"', "scale[0].item[0].answer", "no answers"),
    ],
)
def test_a_scale_with_a_fault_is_left_out_alone(text: str, where: str, rule: str, tmp_path: Path) -> None:
    """The file, the place, what is wrong; the next scale of the same file is there."""
    (tmp_path / "ours.toml").write_text(text + GOOD.format(id="next", more=""))
    library = load(BUILTIN, tmp_path)
    assert library.faults == ()
    assert any(fault.where.endswith(where) and rule in fault.rule for fault in library.left_out), library.left_out
    assert {"next", "sunnybrook"} <= library.scales.keys()


def test_a_scale_of_the_clinic_takes_the_place_of_ours(tmp_path: Path) -> None:
    """By its id, as a programme does."""
    (tmp_path / "ours.toml").write_text(GOOD.format(id="sunnybrook", more=""))
    assert len(load(BUILTIN, tmp_path).scales["sunnybrook"].items) == 2
