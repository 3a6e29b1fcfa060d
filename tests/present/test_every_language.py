"""Every language on every screen: home, desk and sessions as they are translated, and as made-up languages would be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from msgspec.structs import replace as changed

from assets.tools.catalogue import texts
from kiosk.care.model import Side, ViewMode
from kiosk.care.outcomes import OUTCOMES
from kiosk.desk_pages.first_start import present_first
from kiosk.desk_pages.menus import present_staff
from kiosk.face.goodside import Reflection
from kiosk.face.model import UnseenReason
from kiosk.present.home import present_home
from kiosk.present.look import Findings, cue_words, guide_words, may_reflect
from kiosk.present.session import Around, present
from kiosk.screens.scene import NoteScene, PictureScene, RingPace, Scene, StepScene
from kiosk.session.model import Session, SessionPhase
from kiosk.session.prompts import TEXTS
from kiosk.session.timed import TIMED
from kiosk.words import languages, words
from tests.care.people import shipped
from tests.first_start.states import first_states
from tests.present.test_menus import home_states, staff_states
from tests.screens.paint_samples import SIZES, in_words, longer, painter
from tests.session.test_everybody import CALM, OFFERED, PEOPLE
from tests.session.test_outcomes import WAYS
from tests.session.walk import Walk
from tests.session.world import World

EACH = pytest.mark.parametrize("language", languages())
SIZE = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
SHOWN = frozenset(prompt for prompt in TEXTS if not prompt.startswith(("cue.", "softer", "go-on")))
"""Prompts that are a screen of their own; cues stand beside a mirror, and the two others are only heard."""
NOTICES = ("Not saving just now. Please tell staff.", "Red is stuck. Amber stops now.", "No sound. Follow the screen.")
"""Lines that may stand on top of a step."""
MADE_UP_TITLES = {"Smile with the eye soft"}
"""Titles of exercises that only the tests have."""


def right_to_left(text: str) -> str:
    """``text`` as a script that runs from right to left stands on a screen."""
    return text[::-1]


def stretched(text: str) -> str:
    """``text`` 40 % longer, but for names of files, numbers and versions: those stay in every language."""
    return " ".join(word if re.search(r"[\d/]", word) else longer(word) for word in text.split(" "))


MADE_UP: dict[str, Callable[[str], str]] = {"longer": stretched, "right to left": right_to_left}


@cache
def sessions() -> tuple[Session, ...]:
    """Sessions at every screen: calm ones of each programme, one for each outcome, and what chance leads to."""
    found: dict[object, Session] = {}
    for session in _sessions():
        scene = present(session, Around(), str)
        if isinstance(scene, StepScene):
            ring = replace(scene.ring, fraction=0.0, seconds=9, held=1.0, repetition=1, word="")
            scene = replace(scene, ring=ring, band=scene.band and 0.0, dimmed=False, head=None, then="")
        # What may be reflected is not told by a scene without a picture.
        found.setdefault((scene, session.phase is SessionPhase.STEP and may_reflect(session)), session)
    seen = tuple(found.values())
    # What chance did not lead to stands where its like does.
    like = {"told": SessionPhase.TOLD, "ask": SessionPhase.LINKED}
    likes = {prompt: like.get(prompt.split(".")[0], SessionPhase.SETTLE_IN) for prompt in SHOWN}
    likes |= {prompt: SessionPhase.DONE for prompt in SHOWN if prompt.startswith("ask.done")}
    rest = SHOWN - {session.said for session in seen}
    return seen + tuple(
        changed(next(s for s in seen if s.phase is likes[prompt]), said=prompt) for prompt in sorted(rest)
    )


def _sessions() -> Iterator[Session]:
    for stage, programme in OFFERED:
        for side, one_hand, view in (
            (Side.LEFT, False, ViewMode.MIRROR),
            (Side.LEFT, True, ViewMode.GOOD_SIDE),
            (Side.BOTH, False, ViewMode.FEEL),
        ):
            person = changed(PEOPLE[stage], side=side, one_hand=one_hand, view_mode=view)
            walk = Walk.of_programme(person, programme)
            while walk.session.phase is not SessionPhase.DONE:
                yield walk.session
                if walk.session.phase in TIMED:
                    here = (walk.session.phase, walk.session.step)
                    walk.wait_until(lambda s, here=here: (s.phase, s.step) != here)  # type: ignore[misc]
                else:
                    walk.hear_out()
                    yield walk.session
                    walk.answer(CALM[walk.session.phase])
            yield walk.session
    for practice, moment, finding in OUTCOMES:
        walk, given = WAYS[moment, finding](practice)
        for answer in given:
            walk.answer(answer)
            yield walk.session
            walk.hear_out()
            yield walk.session
    for seed in range(2):
        world = World(Random(seed))
        for _ in range(800):
            world.turn()
            if world.session.phase is not SessionPhase.CLOSED:
                yield world.session


@cache
def places() -> tuple[tuple[str, int], ...]:
    """Of home (``h``), desk (``s``) and first start (``f``) one state for each screen: the one with most to read."""
    most: dict[tuple[str, str, int], tuple[int, tuple[str, int]]] = {}
    for kind, states in (("h", home_states()), ("s", staff_states()), ("f", first_states())):
        for number in range(len(states)):
            scene = shown(kind, number, str)
            rows = len(getattr(scene, "choices", ())) + len(getattr(scene, "rows", ()))
            key = (scene.name, getattr(scene, "title", ""), rows)
            length = len(str(scene))
            if length > most.get(key, (0, ("", 0)))[0]:
                most[key] = length, (kind, number)
    return tuple(place for _, place in most.values())


def shown(kind: str, number: int, _: Callable[[str], str]) -> Scene:
    """The screen of a state of home, desk or first start; sentences that come ready-made are looked up as well."""
    if kind == "h":
        return present_home(home_states()[number], "", _)
    if kind == "f":
        state, view = first_states()[number]
        return present_first(state, "", _, view)
    return present_staff(staff_states()[number], "", _)


def beside_a_mirror(session: Session, _: Callable[[str], str]) -> Iterator[StepScene]:
    """A step with a mirror, with the longest words that may stand beside it at some moment."""
    scene = present(session, Around(), _)
    if not isinstance(scene, StepScene) or scene.picture is not PictureScene.LIVE:
        return
    cue = max(cue_words(session.context, _).values(), key=len)
    yield replace(scene, ring=replace(scene.ring, pace=RingPace.REST, word=_("Rest")), cue=cue)
    guide = max(guide_words(_), key=lambda advice: len(guide_words(_)[advice]))
    notices = map(
        _, ("Not saving just now. Please tell staff.", "Red is stuck. Amber stops now.", "No sound. Follow the screen.")
    )
    notice = max(notices, key=len)
    for reason in UnseenReason:
        look = Findings(Reflection(healthy="left", amount=1.0, reason=reason), guide)
        for around in (Around(look=look), Around(look=look, notice=notice), Around(look=look, filming=True)):
            shown = present(session, around, _)
            assert isinstance(shown, StepScene)
            yield shown


def screens(_: Callable[[str], str]) -> Iterator[Scene]:
    """Every screen in a language."""
    for kind, number in places():
        yield in_words(shown(kind, number, _), _)
    for session in sessions():
        yield present(session, Around(), _)
        yield from beside_a_mirror(session, _)


def unfit(_: Callable[[str], str], size: tuple[int, int]) -> list[str]:
    """What is wrong with the screens in a language, each fault once."""
    return list(dict.fromkeys(fault for scene in dict.fromkeys(screens(_)) for fault in painter().fits(scene, size)))


@EACH
@SIZE
def test_every_screen_fits_in_each_language(language: str, size: tuple[int, int]) -> None:
    """As it is translated: no clipped word, no overlap, nothing outside, and every letter is in the font."""
    assert unfit(words(language), size) == []


@pytest.mark.parametrize("made_up", MADE_UP)
@SIZE
def test_home_and_desk_fit_in_a_made_up_language(made_up: str, size: tuple[int, int]) -> None:
    """40 % longer, and from right to left: lines run the other way, so the layout must not know which end is which.

    What is not shown: letters of such a script (the font has none), and lines set to the right. It would need both.
    """
    scenes = dict.fromkeys(in_words(shown(kind, number, str), MADE_UP[made_up]) for kind, number in places())
    assert [fault for scene in scenes for fault in painter().fits(scene, size)] == []


def test_a_language_that_the_font_cannot_write_is_found() -> None:
    """The test of each language above would not pass empty boxes."""
    (fault,) = painter().fits(NoteScene("n", title="שלום"))
    assert "the font has no" in fault


def test_the_screens_are_all_there() -> None:
    """What is looked at here: every text of a session that is shown, and all that may stand beside a mirror."""
    assert {session.said for session in sessions()} >= SHOWN
    mirrors = [scene for session in sessions() for scene in beside_a_mirror(session, str)]
    for part in ("cue", "guide", "label", "notice", "filming"):
        assert any(getattr(scene, part) for scene in mirrors), part


def test_every_text_of_a_screen_stands_in_the_catalogue() -> None:
    """Looked up is not enough: a text that no translator is given stays English (the desk's reasons were such)."""
    asked: set[str] = set()

    def asking(text: str) -> str:
        asked.add(text)
        return text

    ours = {programme.title for programme in shipped().programmes.values()}
    for kind, number in places():
        shown(kind, number, asking)
    for session in sessions():
        if session.plan.title in ours:
            present(session, Around(), asking)
    assert asked - {form for forms in texts() for form in forms} == MADE_UP_TITLES
