"""Wrapping and layout as pure arithmetic, with a ruler on which every letter is half as wide as it is tall."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.fit import (
    SCREEN,
    Box,
    Placed,
    TextRole,
    balanced,
    broken,
    cut,
    faults,
    narrowest,
    text_at,
    wrap,
)
from kiosk.screens.paint import layout
from kiosk.screens.paint_frame import Kit
from kiosk.screens.scene import Choice, Menu, NoteScene, PictureScene, Ring, RingPace, StepScene, Strip
from kiosk.screens.theme import sizes

WORDS = st.text("abcdefg ", max_size=200)


def ruler(text: str, em: int, bold: bool) -> int:
    """Every letter is half as wide as the font is large."""
    return len(text) * em // 2


KIT = Kit(ruler, sizes())


@given(WORDS, st.integers(10, 900), st.integers(8, 80))
def test_no_line_is_wider_than_asked(text: str, width: int, em: int) -> None:
    """Whatever the text, a line goes past the edge only if one letter alone does."""
    for line in wrap(text, width, em, False, ruler):
        assert ruler(line, em, False) <= width or len(line) == 1


@given(WORDS, st.integers(10, 900), st.integers(8, 80))
def test_wrapping_loses_no_letter(text: str, width: int, em: int) -> None:
    """Every letter of the text is on some line, in order."""
    assert "".join(wrap(text, width, em, False, ruler)).replace(" ", "") == text.replace(" ", "")


@given(WORDS, st.integers(100, 900))
def test_balancing_takes_no_more_lines(text: str, width: int) -> None:
    """Even lines look calmer but may never cost room."""
    assert len(balanced(text, width, 20, False, ruler)) <= len(wrap(text, width, 20, False, ruler))


@given(WORDS, st.integers(1, 4), st.integers(50, 900))
def test_narrowest_is_narrowest(text: str, lines: int, most: int) -> None:
    """One pixel less would need another line or break a word; more than the most means: impossible."""

    def good(width: int) -> bool:
        got = wrap(text, width, 20, False, ruler)
        return len(got) <= lines and not broken(text, got)

    width = narrowest(text, lines, 20, False, ruler, most)
    if width > most:
        assert not good(most)
    else:
        assert good(width)
        assert width == 1 or not good(width - 1)


def test_what_is_cut_ends_in_an_ellipsis_and_says_so() -> None:
    """A text that has no room is never silently shorter."""
    assert cut(("one", "two", "three"), 2, 100, 20, False, ruler) == ("one", "two…")
    placed = text_at("one two three four five six", Box(0, 0, 60, 50), 20, ruler)
    assert placed.lines[-1].endswith("…")
    assert placed.clipped == "one two three four five six"
    assert faults([placed])


def test_a_broken_word_is_a_fault() -> None:
    """A word that is wider than its box is drawn, but a test hears of it."""
    assert text_at("unbreakable", Box(0, 0, 60, 200), 20, ruler).clipped == "unbreakable"


def test_overlap_and_escape_are_found() -> None:
    """The check that the other tests lean on finds both kinds of fault, also on a plate."""
    a = Placed(TextRole.MARK, Box(0, 0, 50, 50))
    b = Placed(TextRole.MARK, Box(49, 49, 50, 50))
    assert faults([a, b])
    assert not faults([a, Placed(TextRole.MARK, Box(50, 0, 50, 50))])
    assert faults([Placed(TextRole.MARK, Box(1270, 0, 50, 50))])
    assert faults([Placed(TextRole.PLATE, Box(0, 0, 200, 200), parts=(a, b))])
    assert faults([Placed(TextRole.PLATE, Box(0, 0, 40, 40), parts=(a,))])


@given(st.lists(WORDS, min_size=1, max_size=9), WORDS, WORDS, st.none() | st.integers(0, 8), st.booleans())
def test_any_menu_can_be_laid_out(labels: list[str], title: str, note: str, index: int | None, staff: bool) -> None:
    """However absurd the words: no exception, and the strip is where the buttons are."""
    choices = tuple(Choice(label, note) for label in labels)
    chosen = None if index is None else min(index, len(choices) - 1)
    scene = Menu("any", Strip(title, note, "Stop"), note, "", staff, title=title, choices=choices, index=chosen)
    items = layout(scene, KIT)
    assert items[0].box.bottom == SCREEN.bottom
    assert items[0].box.w == SCREEN.w


@given(WORDS, WORDS, WORDS, st.sampled_from(list(PictureScene)), WORDS)
def test_any_step_can_be_laid_out(sentence: str, feel: str, then: str, picture: PictureScene, word: str) -> None:
    """However absurd the words: no exception, and a timer that runs is on the screen."""
    ring = Ring(0.5, 3, RingPace.HOLD, word, 1, 3)
    scene = StepScene("any", Strip("a", "b", "c"), sentence=sentence, feel=feel, then=then, picture=picture, ring=ring)
    items = layout(scene, KIT)
    assert any(part.role is TextRole.RING for item in items for part in item.walk())


def test_choosing_moves_nothing() -> None:
    """While amber walks through the answers, every row stays where it is."""
    choices = tuple(Choice(label, "why it is so") for label in ("one", "two", "three", "four"))
    places = [
        [item.box for item in layout(Menu("m", Strip("a", "b", "c"), title="Which?", choices=choices, index=i), KIT)
         if item.role is TextRole.PLATE]
        for i in (None, 0, 1, 2, 3)
    ]  # fmt: skip
    assert all(place == places[0] for place in places)


def test_time_moves_nothing() -> None:
    """From second to second, and from breath to breath, words and ring stay where they are."""

    def boxes(ring: Ring, picture: PictureScene) -> list[Box]:
        scene = StepScene(
            "s", Strip("a", "b", "c"), title="T", sentence="Do it softly", then="x", ring=ring, picture=picture
        )
        parts = [part for item in layout(scene, KIT) for part in item.walk()]
        return [part.box for part in parts if not set(part.lines) & {"Hold still", "Hold", "still", "Rest"}]

    for picture in PictureScene:
        words = ("Hold still", "Rest")
        first = boxes(Ring(0.0, 10, RingPace.HOLD, "Hold still", 1, 3, words=words), picture)
        assert boxes(Ring(0.9, 1, RingPace.REST, "Rest", 2, 3, words=words), picture) == first


def test_a_note_stands_in_the_middle() -> None:
    """A person who overlooks one side of the screen still finds a message."""
    note = layout(NoteScene("n", title="Done", lines=("Rest.",)), KIT)
    texts = [item for item in note if item.role is TextRole.TEXT]
    middle = min(t.box.x for t in texts) + max(ruler(line, t.em, t.bold) for t in texts for line in t.lines) / 2
    assert abs(middle - SCREEN.w / 2) < 4
