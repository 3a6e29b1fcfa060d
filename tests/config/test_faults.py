"""Faults are told so that a person finds the place and knows what to do."""

from __future__ import annotations

import pytest

from kiosk.faults import Fault, line_of, nearest, shown

DOCUMENT = """title = "x"
[buttons]
 green = 3
lights.green = 4

[[block]]
name = "a"
[[block.step]]
hold_s = 1
[[block.step]]
hold_s = 2
[[block]]
[[block.step]]
hold_s = 3
more = { deep = 1 }
"quoted" = 2
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("title", 1),
        ("buttons", 2),
        ("buttons.green", 3),
        ("buttons.lights.green", 4),
        ("block[0].name", 7),
        ("block[0].step[1].hold_s", 11),
        ("block[1].step[0].hold_s", 14),
        ("block[1].step[0].more.deep", 15),
        ("block[1].step[0].quoted", 16),
        ("absent", None),
    ],
)
def test_line_of_a_key(path: str, line: int | None) -> None:
    """The line told is the line to correct, also inside repeated tables."""
    assert line_of(DOCUMENT, path) == line


def test_sentence() -> None:
    """File, place, value, rule and next step all stand in the sentence."""
    fault = Fault("kiosk.toml", "line 3 (buttons.green)", "99", "must be a whole number from 2 to 27", "change it")
    assert str(fault) == "kiosk.toml, line 3 (buttons.green): 99: must be a whole number from 2 to 27; change it."
    assert str(Fault("kiosk.toml", "", "", "it is empty", "fill it")) == "kiosk.toml: it is empty; fill it."


@pytest.mark.parametrize(
    "value", ["a\u202eb\n\x00\udcff", 10**6000, "x" * 5000, [["y"] * 500]], ids=["control", "digits", "long", "nested"]
)
def test_hostile_values_stay_one_short_line(value: object) -> None:
    """Nothing that stands in a file can turn the text around, break the line or flood the screen."""
    text = shown(value)
    assert len(text) <= 62
    assert text.isprintable()
    assert text.encode()


def test_nearest() -> None:
    """A slip of the finger finds its word, in any case; nonsense finds none."""
    assert nearest("widht_mm", ["width_mm", "fullscreen"]) == "width_mm"
    assert nearest("Widht_MM", ["width_mm", "fullscreen"]) == "width_mm"
    assert nearest("kiosk_sund_volume", ["KIOSK_SOUND_VOLUME"]) == "KIOSK_SOUND_VOLUME"
    assert nearest("zzz", ["width_mm"]) is None
