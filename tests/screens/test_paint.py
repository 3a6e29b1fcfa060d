"""Whole screens: what is on them is readable, whole and apart, in English and in a language 40 % longer."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame
import pytest

from kiosk.drawn.figure import Figure, HandAt
from kiosk.paths import assets
from kiosk.screens import paint, paint_ring
from kiosk.screens.fit import Placed, TextRole
from kiosk.screens.marks import DRAWINGS, mark_surface
from kiosk.screens.mirror import MirrorSurface, pixels_in
from kiosk.screens.paint import Painter
from kiosk.screens.paint_items import RenderedCache
from kiosk.screens.scene import (
    Choice,
    HeadScene,
    Mark,
    Menu,
    NoteScene,
    PictureScene,
    Ring,
    RingPace,
    Scene,
    StepScene,
    Strip,
    TableRow,
    TableScene,
)
from kiosk.screens.theme import ACCENT, CAP_MM, CAP_PER_EM, CHOSEN, CONTRAST, STAFF_FACTOR, WIDTH_MM, contrast
from tests.screens.paint_samples import (
    FILMED,
    HOME,
    IDENTITY,
    LIVE,
    MISSING,
    RED_FLAGS,
    REPLAY,
    SCENES,
    SENTENCE,
    SETTLE,
    SIZES,
    TOUCH,
    canvas,
    drawn,
    noise,
    painter,
    rgb,
    translated,
)

BY_NAME = pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)


@BY_NAME
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_screen_fits(scene: Scene, size: tuple[int, int]) -> None:
    """No clipped word, no overlap, nothing outside the screen, every letter in the font."""
    assert painter().fits(scene, size) == []


@BY_NAME
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_screen_fits_in_a_longer_language(scene: Scene, size: tuple[int, int]) -> None:
    """The same with every word 40 % longer and accented."""
    assert painter().fits(translated(scene), size) == []


def full(length: int) -> str:
    """Ordinary words up to ``length`` characters."""
    text = ("Slide two fingers slowly over your cheek towards the ear and let it grow soft, then stay. " * 3)[:length]
    return text[: text.rfind(" ")]


@pytest.mark.parametrize("picture", list(PictureScene))
def test_the_longest_step_that_a_programme_may_hold_fits(picture: PictureScene) -> None:
    """Titles of 28, sentences of 90, feelings of 60 characters plus "as shown"; 45 beside a mirror."""
    feel = f"{full(60)} The way your therapist showed you."
    most = 90 if picture is PictureScene.NONE else SENTENCE
    scene = replace(TOUCH, title=full(28), sentence=full(most), feel=feel, then=full(28), picture=picture)
    assert painter().fits(scene) == []


def test_the_longest_page_of_a_card_fits() -> None:
    """A page of 160 characters under a title of 28."""
    card = NoteScene("card", Strip("Next", "Back", "Close"), title=full(28), lines=(full(160),), mark=Mark.EYE, pages=4)
    assert painter().fits(card) == []


def test_words_give_way_in_the_stated_order() -> None:
    """A long sentence costs first the title, then what comes next; never itself, what to feel, or the timer."""

    def words(scene: Scene) -> str:
        return " ".join(line for item in painter().layout(scene) for part in item.walk() for line in part.lines)

    seen: list[tuple[bool, bool]] = []
    for length in range(10, 130, 5):
        scene = replace(TOUCH, sentence=full(length), feel=full(70), title="Titleword", then="Nextword")
        assert painter().fits(scene) == []
        shown = words(scene)
        assert full(length) in shown.replace("  ", " ")
        assert any(part.role is TextRole.RING for item in painter().layout(scene) for part in item.walk())
        state = ("Titleword" in shown, "Nextword" in shown)
        if state not in seen:
            seen.append(state)
    assert seen == [(True, True), (False, True), (False, False)]


@pytest.mark.parametrize("scene", FILMED, ids=lambda scene: scene.name)
def test_a_film_is_seen_in_every_view(scene: StepScene) -> None:
    """A small camera and the word, whatever else is said; the camera also in the longest language, and none without."""

    def signs(shown: Scene) -> tuple[bool, bool]:
        parts = [part for item in painter().layout(shown) for part in item.walk()]
        return any(part.mark is Mark.CAMERA for part in parts), any("Filming" in part.lines for part in parts)

    # What a picture is has to be said before that it is kept: there the small camera stands alone.
    assert signs(scene)[0]
    assert signs(replace(scene, label=""))[1]
    assert signs(translated(scene))[0]
    assert signs(replace(scene, filming="")) == (False, False)


@pytest.mark.parametrize("picture", list(PictureScene))
def test_the_longest_step_fits_while_it_is_filmed(picture: PictureScene) -> None:
    """The same limits, and a word of several for the film."""
    feel = f"{full(60)} The way your therapist showed you."
    most = 90 if picture is PictureScene.NONE else SENTENCE
    scene = replace(TOUCH, title=full(28), sentence=full(most), feel=feel, then=full(28), picture=picture)
    assert painter().fits(replace(scene, filming="A film is being made")) == []


def test_too_much_text_is_reported_and_drawn_all_the_same() -> None:
    """What does not fit even at the least size is named for a test, ellipsised for a person, and never a crash."""
    scene = replace(TOUCH, sentence=full(260) + " " + full(260), feel=full(260))
    assert any("clipped" in fault for fault in painter().fits(scene))
    drawn(scene)
    drawn(replace(scene, picture=PictureScene.LIVE), noise())


def seen_contrast(surface: pygame.Surface, item: Placed) -> float:
    """Contrast of the ink that is really there against the ground that is really there."""
    box = item.box
    part = rgb(surface)[box.y : box.bottom, box.x : box.right].reshape(-1, 3).astype(np.uint32)
    # One number a colour: sorting rows of three takes ten times as long.
    colours, counts = np.unique(part @ np.array([1 << 16, 1 << 8, 1], np.uint32), return_counts=True)
    found = [(colour >> 16, colour >> 8 & 255, colour & 255) for colour in colours.tolist()]
    ground = found[int(counts.argmax())]
    return max(contrast(colour, ground) for colour in found)


def texts(scene: Scene) -> list[Placed]:
    return [
        part for item in painter().layout(scene) for part in item.walk() if part.role is TextRole.TEXT and part.lines
    ]


@BY_NAME
def test_contrast_on_the_rendered_screen(scene: Scene) -> None:
    """Not in the theme but in the pixels: the ink of every text stands 7:1 on what is really behind it."""
    surface = drawn(scene, noise())
    for item in texts(scene):
        assert seen_contrast(surface, item) >= CONTRAST, item.lines


@BY_NAME
def test_capitals_on_the_rendered_screen(scene: Scene) -> None:
    """No text is set smaller than the person (or staff) can read; measured by a capital H as it is rendered."""
    least_mm = CAP_MM / (STAFF_FACTOR if scene.staff else 1)
    for item in texts(scene):
        picture = pygame.font.Font(str(assets() / "fonts" / "AtkinsonHyperlegible-Bold.ttf"), item.em).render(
            "H", True, (255, 255, 255), (0, 0, 0)
        )
        rows = int((pygame.surfarray.array3d(picture)[:, :, 0].max(axis=0) > 100).sum())
        # A rendered row is a whole pixel; the outline may end inside one.
        assert (rows + 1) * WIDTH_MM / 1280 > least_mm
        assert item.em * CAP_PER_EM * WIDTH_MM / 1280 >= least_mm


def test_a_capital_really_is_42_pixels_tall() -> None:
    """On the drawn screen itself: the H of a title of the least size covers 42 rows."""
    scene = Menu("h", title="H", choices=tuple(Choice("H") for _ in range(4)))
    item = texts(scene)[-1]
    part = rgb(drawn(scene))[item.box.y : item.box.bottom, item.box.x : item.box.right].astype(int)
    rows = (np.abs(part - part[0, -1]).sum(axis=2).max(axis=1) > 200).sum()
    assert rows >= 42


@BY_NAME
def test_drawing_leaves_nothing_of_the_screen_before(scene: Scene) -> None:
    """Every pixel belongs to the new scene: no magenta from before shines through."""
    assert not (rgb(drawn(scene, noise() // 2)) == (255, 0, 255)).all(axis=2).any()


def test_a_missing_font_is_replaced_and_named(tmp_path: Path) -> None:
    """A kiosk without its font goes on with pygame's, and says which file is gone."""
    bare = Painter(tmp_path)
    assert len(bare.problems) == 2
    assert str(tmp_path / "fonts" / "AtkinsonHyperlegible-Bold.ttf") in bare.problems[1]
    for scene in SCENES:
        bare.draw(canvas(), scene, noise())


def test_a_font_that_is_not_one_is_replaced_and_named(tmp_path: Path) -> None:
    """A file cut short by a bad card is as good as none."""
    shutil.copytree(assets() / "fonts", tmp_path / "fonts")
    (tmp_path / "fonts" / "AtkinsonHyperlegible-Regular.ttf").write_bytes(b"not a font")
    broken = Painter(tmp_path)
    assert len(broken.problems) == 1
    broken.draw(canvas(), SETTLE)


def test_a_letter_that_the_font_lacks_is_named() -> None:
    """A translation into a script without letters is found by a test, not by a person."""
    assert any("Ж" in fault for fault in painter().fits(replace(SETTLE, sentence="Жук")))


def test_a_small_screen_is_a_problem_that_says_what_to_do() -> None:
    """Staff are told the distance, not a number of pixels."""
    assert "0.78 m" in Painter(assets(), 345).nearer((1280, 720))
    assert Painter(assets(), 531).nearer((1920, 1080)) == ""
    assert "0.9 m" in Painter(assets(), 531).nearer((720, 1280))


def test_every_mark_has_a_drawing() -> None:
    """Each mark but the empty one draws something, at any size a layout asks for."""
    assert set(DRAWINGS) == set(Mark) - {Mark.NONE}
    for mark in DRAWINGS:
        for size in (13, 64, 300):
            assert pygame.surfarray.array_alpha(mark_surface(mark, size)).mean() > 10


def test_a_mark_without_a_drawing_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark that someone adds later does not stop a session."""
    monkeypatch.delitem(DRAWINGS, Mark.FACE_LEFT)
    assert pygame.surfarray.array_alpha(mark_surface(Mark.FACE_LEFT, 64)).max() == 0
    Painter(assets()).draw(canvas(), IDENTITY)


def test_the_persons_left_is_at_the_left() -> None:
    """As in a mirror: the shaded half of a face for LEFT is at the left of the screen."""
    left = pygame.surfarray.array_alpha(mark_surface(Mark.FACE_LEFT, 200)).T
    right = pygame.surfarray.array_alpha(mark_surface(Mark.FACE_RIGHT, 200)).T
    both = pygame.surfarray.array_alpha(mark_surface(Mark.FACE_BOTH, 200)).T
    assert left[:, :98].mean() > 1.5 * left[:, 102:].mean()
    assert right[:, 102:].mean() > 1.5 * right[:, :98].mean()
    assert both[:, :98].mean() == pytest.approx(both[:, 102:].mean(), rel=0.05)


def test_the_chosen_answer_needs_no_colour() -> None:
    """In grey, the chosen row differs from the others by far in brightness and by its pointer."""
    plates = [p for p in painter().layout(replace(HOME, index=1)) if p.role is TextRole.PLATE][1:]
    chosen = [
        p
        for p in plates
        if any(part.role in (TextRole.POINTER, TextRole.MARK) for part in p.parts) and p.ground != plates[0].ground
    ]
    assert len(chosen) == 1
    assert contrast(chosen[0].ground, plates[0].ground) >= 7


@pytest.mark.parametrize("index", range(6))
def test_the_chosen_answer_is_always_on_the_screen(index: int) -> None:
    """Also in a list too long for the screen, and it says why it is closed."""
    longer = translated(HOME)
    assert isinstance(longer, Menu)
    scene = replace(longer, index=index)
    shown = " ".join(line for item in texts(scene) for line in item.lines)
    for word in (scene.choices[index].label + " " + scene.choices[index].note).split():
        assert word in shown


@pytest.mark.parametrize("scene", RED_FLAGS[:-1], ids=lambda scene: scene.name)
def test_the_line_that_is_read_is_on_the_screen(scene: Scene) -> None:
    """Whatever had to go to make room, the line being read out is there to be read."""
    read = int(scene.name.removeprefix("flags-"))
    shown = " ".join(line for item in texts(scene) for line in item.lines)
    assert RED_FLAGS[0].lines[read].split()[-1] in shown


@pytest.mark.parametrize("scene", RED_FLAGS, ids=lambda scene: scene.name)
def test_what_is_read_out_does_not_look_chosen(scene: Scene) -> None:
    """A new user took the line that moved by itself for the one that amber would answer."""
    parts = [part for item in painter().layout(scene) for part in item.walk()]
    assert not [part for part in parts if part.ground == CHOSEN or part.role is TextRole.POINTER]


def test_an_unlit_button_keeps_its_place() -> None:
    """A button that does nothing now is an outline where its cap lies, so the order can be counted."""
    strip = painter().layout(SETTLE)[0]
    caps = [part for part in strip.parts if part.role is TextRole.BUTTON]
    assert [cap.count for cap in caps] == [0, 1, 1]
    assert [cap.box.x for cap in caps] == sorted(cap.box.x for cap in caps)


def ring_pixels(arc: int) -> MirrorSurface:
    surface = pygame.Surface((200, 200), 0, 32)
    paint_ring.redraw_ring(surface, arc)
    return pixels_in(surface).copy()


def test_the_ring_runs_out_clockwise() -> None:
    """Half gone: the right half is dark and the left half still bright."""
    half, full_ring, empty = (ring_pixels(arc) for arc in (paint_ring.arc_step(0.5), 0, paint_ring.STEPS))
    assert np.array_equal(half[:, :99], full_ring[:, :99])
    assert np.array_equal(half[:, 101:], empty[:, 101:])
    assert int(full_ring[100, 8]) & 0xFFFFFF == ACCENT[0] << 16 | ACCENT[1] << 8 | ACCENT[2]
    assert len({ring_pixels(i).tobytes() for i in range(paint_ring.STEPS + 1)}) == 73


def test_the_disc_breathes_with_the_movement() -> None:
    """It opens on the way in, stays open, and sinks on the way out; a time out of range is taken to its end."""

    def level(pace: RingPace, fraction: float) -> int:
        return paint_ring.disc_step(Ring(fraction, 1, pace, ""))

    rising = [level(RingPace.MOVE_IN, i / 20) for i in range(21)]
    assert rising == sorted(rising)
    assert rising[0] == 0
    assert rising[-1] == level(RingPace.HOLD, 0.3) == level(RingPace.MOVE_OUT, 0.0) == paint_ring.DISC_STEPS
    assert level(RingPace.MOVE_OUT, 7.0) == level(RingPace.REST, 0.5) == 0
    assert paint_ring.arc_step(-3) == 0
    assert paint_ring.arc_step(9) == paint_ring.STEPS


CHEEK = StepScene(
    "s",
    Strip("Hide picture", "Pause", "Stop"),
    title="Cheek",
    sentence="Slide.",
    ring=Ring(0.1, 9, RingPace.HOLD, "Slide"),
)


def touching(fraction: float, seconds: int, x: float) -> StepScene:
    """A step without a mirror, whose drawn hand has come to ``x``."""
    head = HeadScene(Figure(hands=(HandAt(1, "two-fingers", x, 42.0, 34.0),)))
    return replace(CHEEK, ring=replace(CHEEK.ring, fraction=fraction, seconds=seconds), head=head)


def test_a_step_in_which_little_moves_looks_as_if_all_of_it_was_drawn_anew() -> None:
    """Ring, disc and hand go their way over what the last picture left; other screens come in between."""
    kept, surface, other = Painter(assets()), canvas(), canvas()
    story: list[tuple[pygame.Surface, Scene]] = [
        (surface, touching(0.1, 9, 42.0)),
        (surface, touching(0.2, 8, 44.0)),
        (surface, touching(0.2, 8, 60.0)),
        (surface, touching(0.9, 1, 42.0)),
        (surface, replace(CHEEK, ring=replace(CHEEK.ring, held=0.3))),
        (surface, replace(CHEEK, ring=replace(CHEEK.ring, held=0.0, seconds=0))),
        (surface, touching(0.3, 7, 50.0)),
        (surface, Menu("home", title="Hello")),
        (surface, touching(0.3, 7, 50.0)),
        (surface, SETTLE),
        (other, touching(0.3, 7, 50.0)),
        (surface, touching(0.4, 6, 50.0)),
        (surface, replace(touching(0.5, 5, 50.0), notice="The camera is away.")),
        (surface, LIVE),
        (surface, touching(0.6, 4, 50.0)),
    ]
    for number, (on, scene) in enumerate(story):
        kept.draw(on, scene)
        new = canvas()
        Painter(assets()).draw(new, scene)
        assert np.array_equal(rgb(on), rgb(new)), number


def test_what_somebody_else_draws_beside_a_ring_is_gone_within_three_seconds() -> None:
    """A driver that loses the screen's memory must not take the words with it until they change."""
    kept, surface = Painter(assets()), canvas()
    kept.draw(surface, touching(0.1, 9, 42.0))
    surface.fill((200, 0, 0))
    assert paint.AFRESH_S <= 3, "what somebody else drew would stay too long"
    for seconds in range(9, 9 - paint.AFRESH_S - 1, -1):
        kept.draw(surface, touching(0.1, seconds, 42.0))
    assert np.array_equal(rgb(surface), rgb(drawn(touching(0.1, 9 - paint.AFRESH_S, 42.0))))


def test_what_is_kept_has_an_end() -> None:
    """Days of different screens do not fill the memory."""
    small = RenderedCache[pygame.Surface](lambda s: s.get_pitch() * s.get_height(), 100_000)
    for i in range(50):
        small.get(i, lambda: pygame.Surface((100, 100), 0, 32))
    assert small.size <= 100_000
    made = small.made
    small.get(49, lambda: pygame.Surface((1, 1)))
    assert small.made == made


def test_a_long_table_shows_the_chosen_row_and_names_what_is_hidden() -> None:
    """With a chosen row the list follows it; without one, what has no room is a fault that a test sees."""
    rows = tuple(TableRow(f"Row {i}", "value") for i in range(60))
    scene = TableScene("t", Strip("Open", "Next", "Leave"), staff=True, title="Long", rows=rows, index=41)
    assert "Row 41" in " ".join(line for item in texts(scene) for line in item.lines)
    assert painter().fits(scene) == []
    assert painter().fits(replace(scene, index=None))


@pytest.mark.parametrize(
    "scene", [Menu("m"), NoteScene("n"), StepScene("s"), TableScene("t"), replace(MISSING, notice="")]
)
def test_empty_scenes_are_drawn(scene: Scene) -> None:
    """A scene with nothing in it is a calm empty screen."""
    assert painter().fits(scene) == []
    drawn(scene)


def test_a_surface_of_another_format_gets_pictures_of_its_own() -> None:
    """What was kept for one pixel format is not shown in another."""
    other = Painter(assets())
    other.draw(canvas(), SETTLE)
    surface = pygame.Surface((1280, 720), 0, 24)
    other.draw(surface, SETTLE)
    # The two blenders round differently, by one step at most.
    assert np.abs(rgb(surface).astype(int) - rgb(drawn(SETTLE))).max() <= 2
    other.draw(surface, LIVE, noise())


def test_a_face_that_moves_is_drawn_where_it_is_and_costs_no_new_layout() -> None:
    """The person's own left is on the right, as whoever stands before them sees it; only the lines are drawn anew."""
    one = painter()
    drawn(REPLAY)
    before = one.rendered
    smiles = [drawn(replace(REPLAY, lines=(((0, 700), (reach, 640)),))) for reach in (200, 500, -500)]
    assert one.rendered == before
    empty = rgb(drawn(replace(REPLAY, lines=()))).astype(int)
    changed = [np.argwhere(np.abs(rgb(smile) - empty).max(2) > 40) for smile in smiles]
    assert [int(where[:, 1].max()) > 700 for where in changed] == [False, True, False]
    assert changed[0][:, 1].max() < changed[1][:, 1].max()
    assert changed[2][:, 1].min() < 580


def test_no_drawn_face_leaves_its_place() -> None:
    """Whatever a damaged drawing says: words and buttons stay as they are."""
    place = next(item.box for item in painter().layout(REPLAY) if item.role is TextRole.FACE)
    wild = replace(REPLAY, lines=(((-9_999, -9_999), (9_999, 9_999)), ((-32_000, 300), (32_000, 300))))
    outside = rgb(drawn(replace(REPLAY, lines=()))), rgb(drawn(wild))
    for pixels in outside:
        pixels[place.y : place.bottom, place.x : place.right] = 0
    assert np.array_equal(*outside)
