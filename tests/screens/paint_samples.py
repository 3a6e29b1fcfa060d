"""Scenes as the kiosk shows them, in English, and the same in a made-up language that is 40 % longer."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import numpy as np
import numpy.typing as npt
import pygame

from kiosk.face.goodside import Reflection
from kiosk.face.model import Midline, UnseenReason
from kiosk.paths import assets
from kiosk.screens.paint import Painter
from kiosk.screens.scene import (
    Choice,
    Digits,
    GentleLine,
    LineDrawing,
    Listing,
    Mark,
    Menu,
    NoteScene,
    PictureScene,
    ProgressScene,
    Ring,
    RingPace,
    Scene,
    Slip,
    StepScene,
    Strip,
    TableRow,
    TableScene,
    WeekDay,
)

SENTENCE, LABEL, BUTTON = 45, 24, 16
"""The most characters in any language of what stands beside a mirror: the sentence, what the picture is, a button."""
SIZES = ((800, 480), (1024, 600), (1280, 720), (1280, 800), (1920, 1080), (720, 1280))
"""The screens that a clinic may have, an upright one among them."""
MOVE = Strip("Hide picture", "Pause", "Stop")
ANSWER = Strip("Choose", "Next", "Leave")
FLAGS = (
    "An arm or a leg is newly weak",
    "Trouble with speaking or seeing",
    "You feel confused",
    "A very bad headache",
    "Your face is getting worse, or the other side is weaker",
    "Blisters at the ear",
    "A red or sore eye, or light hurts it",
)
SMILE = "Let both corners of the mouth rise a little."
RELEASE = "Lay your fingers before your right ear, teeth apart. Glide slowly down the jaw."
MOVING = Ring(0.4, 2, RingPace.MOVE_IN, "Slowly in", 2, 3)
STAYING = Ring(0.55, 9, RingPace.HOLD, "Stay", 1, 2)
NO_SOUND = "No sound: read the words."
NO_PICTURE = "No picture just now. The exercise goes on."

HOME = Menu(
    "home",
    strip=Strip("Start", "Next"),
    clock="09:41",
    title="Hello",
    choices=(
        Choice("Gentle care", "Last practised yesterday"),
        Choice("Relax"),
        Choice("Releases", "Your therapist opens this one", closed=True),
        Choice("First movements", "Opens again at 11:20", closed=True),
        Choice("Quiet control", "Not for now", closed=True),
        Choice("Cards", mark=Mark.HEART),
    ),
    index=3,
)
IDENTITY = Menu(
    "identity",
    strip=Strip("Yes", "No", "Leave"),
    title="Plan for your LEFT side",
    text="Touch your left cheek. Is this you?",
    mark=Mark.FACE_LEFT,
)
LINKED = Menu(
    "linked",
    strip=Strip("Yes", "No", "Stop"),
    title="Moving along",
    text="Do muscles move along in a new way, or clearly more than last week?",
)
PAIN = Menu(
    "pain",
    strip=ANSWER,
    title="Pain in your face?",
    choices=tuple(map(Choice, ("None", "Mild", "Moderate", "Severe"))),
    index=1,
)
STOPPED = Menu(
    "stop-reason",
    strip=Strip("Choose", "Next", "Close"),
    title="Stopped. Why?",
    choices=tuple(map(Choice, ("It hurts", "Muscles move along", "Tired", "By mistake"))),
)
RED_FLAGS = tuple(
    Listing(
        f"flags-{read}",
        strip=Strip("None of all 7" if read == len(FLAGS) else "", "One of the 7", "Stop"),
        title="New since last time?",
        lines=FLAGS,
        read=read,
    )
    for read in range(len(FLAGS) + 1)
)
SETTLE = StepScene(
    "settle",
    strip=Strip("", "Pause", "Stop"),
    title="Settle",
    sentence="Jaw loose. Breathe out slowly.",
    then="Small smile",
    ring=Ring(0.3, 14, RingPace.SETTLE, "Rest"),
)
TOUCH = StepScene(
    "release",
    strip=Strip("", "Pause", "Stop"),
    title="Mouth corner release",
    sentence=RELEASE,
    feel="The way your therapist showed you.",
    then="Chin and jaw",
    ring=STAYING,
    side=Mark.FACE_RIGHT,
    mark=Mark.HAND,
)
LIVE = StepScene(
    "mirror",
    strip=MOVE,
    title="Small smile",
    sentence=SMILE,
    feel="Tiny, both sides together.",
    then="Lip rounding",
    ring=MOVING,
    picture=PictureScene.LIVE,
    side=Mark.FACE_LEFT,
)
MISSING = replace(LIVE, name="missing", picture=PictureScene.MISSING, notice=NO_PICTURE)
QUIET_MIRROR = replace(LIVE, name="mirror-no-sound", notice=NO_SOUND)
HALF = Reflection(
    healthy="right", midline=Midline(640.0, 306.0, 3.0), eyes_px=142.0, amount=1.0, reason=UnseenReason.NONE
)
GOOD_SIDE = replace(LIVE, name="good-side", reflection=HALF, label="Your right side, twice", band=0.4)
TURNED = replace(
    GOOD_SIDE,
    name="good-side-turned",
    reflection=None,
    label="Plain mirror: face the screen",
    notice=NO_SOUND,
)
RESTING = Ring(0.4, 5, RingPace.REST, "Rest", 2, 3)
CUE = replace(LIVE, name="mirror-cue", ring=RESTING, cue="Let the strong side wait", band=0.0, notice=NO_SOUND)
GUIDE = replace(
    LIVE,
    name="mirror-guide",
    ring=Ring(0.4, 3, RingPace.LEAD_IN, "Ready", 1, 3),
    guide="A little farther away",
    label="Your right side, twice",
    band=0.0,
    notice=NO_SOUND,
)
FEEL = replace(LIVE, name="feel", picture=PictureScene.NONE, notice=NO_SOUND)
FEEL_CUE = replace(FEEL, name="feel-cue", ring=RESTING, cue="Let your affected side soften")
FEEL_GUIDE = replace(GUIDE, name="feel-guide", picture=PictureScene.NONE, label="")
FILMED = tuple(
    replace(scene, name=f"{scene.name}-filmed", filming="Filming")
    for scene in (LIVE, GOOD_SIDE, TURNED, CUE, GUIDE, FEEL, FEEL_CUE, FEEL_GUIDE)
)
DONE = NoteScene(
    "done",
    strip=Strip("Home"),
    title="Done for now",
    lines=("3 movements, 9 times, 4 minutes.", "Again from 11:10.", "It is saved."),
    mark=Mark.TICK,
    week=tuple(WeekDay(name, name in ("Mo", "We", "Fr")) for name in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")),
)
CARD = NoteScene(
    "card",
    strip=Strip("Next", "Back", "Close"),
    title="Eye care",
    lines=("Ask about ointment for the night, and about taping the lid. Tape only as you were taught.",),
    mark=Mark.EYE,
    page=3,
    pages=5,
)
GENTLE = NoteScene(
    "looking-back",
    strip=Strip("Next", "Before", "Back"),
    title="How tight it felt",
    lines=("As you said before releases.",),
    line=GentleLine(
        pieces=(((0.0, 1.0), (0.2, 0.67), (0.3, 0.67)), ((0.7, 0.33), (0.8, 0.33), (0.95, 0.0))),
        top="Tight",
        bottom="Loose",
        first="9 February",
        last="This week",
    ),
)
FLAGGED = NoteScene(
    "flagged",
    strip=Strip("", "Eye care", "Close"),
    title="No practice now",
    lines=("Press your call bell, or call your emergency number now.", "This kiosk cannot call anyone."),
    mark=Mark.BELL,
)
PIN = Digits(
    "pin",
    strip=Strip("Take it", "Next digit", "Leave"),
    staff=True,
    title="PIN of Anna",
    text="Amber turns the digit, green takes it.",
    given=2,
    current=7,
)
STATUS = TableScene(
    "status",
    strip=Strip("Open", "Next", "Leave"),
    staff=True,
    clock="Tue 3 March 09:41 (set by staff)",
    title="Status",
    rows=(
        TableRow("Disk", "12.1 GB free", "ok"),
        TableRow("Camera", "Webcam on /dev/video0 gives no frames since 09:12; tried again 4 times", "warning"),
        TableRow("Clock", "not set since start", "warning"),
        TableRow("Records", "written, read back", "ok"),
        TableRow("Programme my-releases.toml", "line 12: hold of 45 s is over the cap of 30 s", "fault"),
    ),
    index=1,
)
STAFF_MENU = Menu(
    "staff-menu",
    strip=Strip("Open", "Next", "Leave"),
    staff=True,
    clock="09:41",
    title="Person on bed 4",
    text="Synkinetic, left side, since August",
    choices=tuple(
        map(Choice, ("Inbox", "Person", "Locks", "Export to a stick", "Settings", "Status", "Cleaning", "Discharge"))
    ),
    index=2,
)

REPLAY = LineDrawing(
    "staff-replay",
    strip=Strip("", "", "Back"),
    staff=True,
    title="Smile with the eye soft, repetition 3",
    text="Mon 2 March 09:41, at half speed",
    note="Roughly drawn, and more even than the face is: what counts are the measures in the record.",
    left="their left",
    right="their right",
    lines=(((-250, 700), (0, 760), (300, 640)), ((-640, -40), (-300, -60)), ((0, 0), (0, 500)), ((5, 5),)),
)

WRITING = ProgressScene(
    "staff-hand-over-carrying",
    strip=Strip("", "", "Stop"),
    staff=True,
    title="Writing to the stick",
    text="Leave the stick in.",
    percent=37,
    left="about 3 min left",
)
SECRET = Slip(
    "staff-hand-over-protection",
    strip=Strip("I have written it down", "", "Back"),
    staff=True,
    title="Write down these five words",
    text="They open the package, in this order, with one space between. They are shown only now and kept nowhere.",
    lines=("crestless", "undergrowth", "scrambling", "wristwatch", "unscrewing"),
)

SCENES: tuple[Scene, ...] = (
    HOME,
    IDENTITY,
    LINKED,
    PAIN,
    STOPPED,
    *RED_FLAGS,
    SETTLE,
    TOUCH,
    LIVE,
    MISSING,
    QUIET_MIRROR,
    GOOD_SIDE,
    TURNED,
    CUE,
    GUIDE,
    FEEL,
    FEEL_CUE,
    FEEL_GUIDE,
    *FILMED,
    DONE,
    CARD,
    GENTLE,
    FLAGGED,
    PIN,
    STATUS,
    STAFF_MENU,
    REPLAY,
    WRITING,
    SECRET,
)


def longer(text: str) -> str:
    """``text`` with every word 40 % longer and full of accents, as a translator's language might be."""
    accents = str.maketrans("aeiouAEIOUnsc", "àéïöüÀÉÏÖÜñšç")
    return " ".join(word + "ņ" * round(len(word) * 0.4) for word in text.translate(accents).split(" "))


def in_words(scene: Scene, words: Callable[[str], str]) -> Scene:
    """``scene`` with each of its texts as ``words`` gives it; names stay."""

    def each(value: Any) -> Any:
        if isinstance(value, Mark | RingPace | PictureScene) or not isinstance(
            value, str | tuple | Strip | Choice | TableRow | Ring | GentleLine
        ):
            return value
        if isinstance(value, str):
            return words(value) if value else value
        if isinstance(value, tuple):
            return tuple(each(item) for item in value)
        kept = {"state"} if isinstance(value, TableRow) else set()
        parts: dict[str, Any] = {n: getattr(value, n) for n in value.__dataclass_fields__ if n not in kept}
        return replace(value, **{name: each(item) for name, item in parts.items()})

    kept = ("name", "shown", "clock")
    fields: dict[str, Any] = {name: getattr(scene, name) for name in scene.__dataclass_fields__ if name not in kept}
    return replace(scene, **{name: each(item) for name, item in fields.items()})


def translated(scene: Scene, words: Callable[[str], str] = longer) -> Scene:
    """``scene`` with all its words in another language, a step's within the limits that translators have."""
    made = in_words(scene, words)
    if isinstance(made, StepScene):
        strip = Strip(*(within(word, BUTTON) for word in (made.strip.green, made.strip.amber, made.strip.red)))
        made = replace(made, sentence=within(made.sentence, SENTENCE), label=within(made.label, LABEL), strip=strip)
    return made


def within(text: str, most: int) -> str:
    """``text`` without the last of its words, where it would be longer than ``kiosk check`` lets it be."""
    while len(text) > most:
        text = text.rpartition(" ")[0]
    return text


@cache
def painter() -> Painter:
    """One painter for all tests; what it keeps is part of what is tested."""
    return Painter(assets())


def canvas() -> pygame.Surface:
    """A surface like the screen's, filled with a colour that no scene has."""
    surface = pygame.Surface((1280, 720), 0, 32)
    surface.fill((255, 0, 255))
    return surface


def noise() -> npt.NDArray[np.uint8]:
    """A frame in which no two neighbours are alike."""
    return np.random.default_rng(7).integers(0, 256, (720, 1280, 4), np.uint8)


def drawn(scene: Scene, frame: npt.NDArray[np.uint8] | None = None) -> pygame.Surface:
    """``scene`` on a fresh surface."""
    surface = canvas()
    painter().draw(surface, scene, frame)
    return surface


def rgb(surface: pygame.Surface) -> npt.NDArray[np.uint8]:
    """Pixels as (height, width, 3) R,G,B."""
    return pygame.surfarray.array3d(surface).swapaxes(0, 1)
