"""Simulated days: time as fast as the machine can draw, and persons who answer and press what the screen says.

A part is a generator: it presses through its ``Hand`` and yields what it waits for. The person in it knows only what
the screen shows.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.clock import SimClock
from kiosk.devices.buttons import SimButtons
from kiosk.devices.camera_frame import Frame
from kiosk.devices.camera_sim import SimCamera
from kiosk.errors import ScriptError
from kiosk.screens.scene import Digits, Listing, Menu, NoteScene, PictureScene, Ring, Scene, StepScene, TableScene
from kiosk.signals import Button

if TYPE_CHECKING:
    import pygame

    from kiosk.records.store import Store
    from kiosk.screens.paint import Painter

PATIENCE_MS = 1_800_000
"""Simulated time after which a part that still waits is stuck."""
THINK_MS = 700
"""Time between seeing and pressing; longer than any refractory time."""
STORE_S = 10.0
DRAWN_S = 5
"""Simulated time in which one picture is drawn where nothing but ring, mirror or head moves: as often as the kiosk
presents a screen on which nothing does."""


@dataclass(frozen=True, slots=True)
class Until:
    """Wait until ``seen`` holds for the scene on the screen; ``what`` names it when it never comes."""

    seen: Callable[[Scene], bool]
    what: str


@dataclass(frozen=True, slots=True)
class For:
    """Let ``ms`` milliseconds pass."""

    ms: int


Part = Generator[Until | For, None, None]


class SimScreen:
    """Draws like the real one, into memory, and keeps a picture of each screen and state once.

    Every picture is shown to whoever reads the scene, and counted (``shown``). But of what differs in nothing but the
    running ring, the mirror and the drawn head only one in ``DRAWN_S`` seconds is drawn (``drawn``), and what was drawn
    before is not drawn again, but for a live mirror: nobody sees what is not kept.
    """

    def __init__(self, painter: Painter, folder: Path | None) -> None:
        import pygame

        self._painter, self._folder = painter, folder
        self._surface: pygame.Surface = pygame.Surface((1280, 720), 0, 32)
        self.scene: Scene | None = None
        self.saved: dict[str, Path] = {}
        self.shown = self.drawn = 0
        self._drawn: object = None
        self._known: set[object] = set()
        self.misfits: list[str] = []

    def show(self, scene: Scene, frame: Frame | None) -> None:
        self.scene = scene
        self.shown += 1
        still = _still(scene)
        if still == self._drawn:
            return
        name = state_name(scene)
        fresh = self._folder is not None and name not in self.saved
        if fresh or frame is not None or still not in self._known:
            self._painter.draw(self._surface, scene, None if frame is None else frame.pixels)
            self._known.add(still)
            self.drawn += 1
        self._drawn = still
        if fresh:
            self._save(name)
            self.misfits += [f"{name}: {misfit}" for misfit in self._painter.fits(scene)]

    def _save(self, name: str) -> None:
        from kiosk.demo.png import png_bytes

        if self._folder is not None:
            self.saved[name] = self._folder / f"{name}.png"
            self.saved[name].write_bytes(png_bytes(self._surface))


_MOVES = ("ring", "reflection", "band", "head")
_STILL = attrgetter(*(field.name for field in fields(StepScene) if field.name not in _MOVES))
_RING_STILL = attrgetter(*(field.name for field in fields(Ring) if field.name not in ("fraction", "held", "seconds")))


def _still(scene: Scene) -> object:
    """Return the part of ``scene`` that does not move all the time; the seconds on the ring count by ``DRAWN_S``."""
    if not isinstance(scene, StepScene):
        return scene
    return _STILL(scene), _RING_STILL(scene.ring), scene.ring.seconds // DRAWN_S


def state_name(scene: Scene) -> str:
    """A name for a screen and its state, fit for a file: what makes one look different from another."""
    parts = [scene.name]
    if isinstance(scene, StepScene):
        parts += [scene.ring.pace.value, scene.picture.value]
    elif isinstance(scene, Menu | TableScene):
        parts += ["chosen"] if scene.index is not None else []
    elif isinstance(scene, Listing):
        parts += ["read"] if scene.read >= len(scene.lines) else []
    elif isinstance(scene, Digits):
        parts += ["begun"] if scene.given else []
    elif isinstance(scene, NoteScene):
        parts += [scene.mark.value] if scene.mark else []
    if scene.notice:
        parts.append("notice")
    return ".".join(parts)


class Hand:
    """The hand of a person at the plate, who goes by what they read on the screen."""

    def __init__(self, clock: SimClock, buttons: SimButtons, screen: SimScreen) -> None:
        self._clock, self._buttons, self._screen = clock, buttons, screen
        self.presses = 0

    @property
    def scene(self) -> Scene:
        """The present scene. Raises ScriptError before anything was drawn."""
        if self._screen.scene is None:
            raise ScriptError("nothing has been drawn yet")
        return self._screen.scene

    def press(self, button: Button) -> Part:
        """One press, and a moment to see what it did."""
        self.presses += 1
        self._buttons.press(button)
        yield For(THINK_MS)

    def green(self) -> Part:
        yield from self.press(Button.GREEN)

    def amber(self) -> Part:
        yield from self.press(Button.AMBER)

    def red(self) -> Part:
        yield from self.press(Button.RED)

    def chord(self, ms: int = 3_500) -> Part:
        """Green and amber together, held."""
        self._buttons.hold(Button.GREEN)
        self._buttons.hold(Button.AMBER)
        yield For(ms)
        self._buttons.release(Button.GREEN)
        self._buttons.release(Button.AMBER)
        yield For(THINK_MS)

    def type(self, digits: str) -> Part:
        """Digits on a keyboard."""
        for digit in digits:
            self._buttons.type(int(digit))
            yield For(THINK_MS)

    def choose(self, label: str) -> Part:
        """Find ``label`` among the choices or rows with amber, and take it with green; or press the button named so."""
        strip = self.scene.strip
        for button, word in ((Button.GREEN, strip.green), (Button.AMBER, strip.amber), (Button.RED, strip.red)):
            if word == label and not self._listed(label):
                yield from self.press(button)
                return
        for _ in range(60):
            if label in (self._pointed(), *self._pointed().split(": ")):  # "Inbox: 3", "Today: Relax"
                yield from self.green()
                return
            yield from self.amber()
        raise ScriptError(f"{label!r} is not to be found on {self.scene.name}: {self.scene}")

    def see(self, name: str) -> Part:
        """Wait until the screen called ``name`` is there."""
        yield Until(lambda scene: scene.name == name, f"the screen {name}")

    def _listed(self, label: str) -> bool:
        scene = self.scene
        if isinstance(scene, Menu):
            return any(choice.label == label for choice in scene.choices)
        return isinstance(scene, TableScene) and any(row.label == label for row in scene.rows)

    def _pointed(self) -> str:
        scene = self.scene
        if isinstance(scene, Menu) and scene.index is not None:
            return scene.choices[scene.index].label
        if isinstance(scene, TableScene) and scene.index is not None:
            return scene.rows[scene.index].label
        return ""


class SimWait:
    """The demo's twin of the one wait: nothing is waited for, the clock moves to the next thing that happens.

    Only the store is real: rows that were handed over are on the disk before time goes on, as they would be at once.
    """

    def __init__(self, clock: SimClock, store: Store, camera: SimCamera, screen: SimScreen, part: Part) -> None:
        self._clock, self._store, self._camera, self._screen = clock, store, camera, screen
        self._part: Iterator[Until | For] = part
        self._wish: Until | For | None = None
        self._since_ms = clock.now_ms()
        self.ended = False

    def until(self, deadline_ms: int | None) -> None:
        if not self._store.flush(STORE_S):
            raise ScriptError(
                f"rows were not stored within {STORE_S:.0f} s: {self._store.problem or 'the store hangs'}"
            )
        now = self._clock.now_ms()
        if self._play(now):
            return
        times = [t for t in (deadline_ms, self._camera.next_frame_ms(now)) if t is not None]
        if isinstance(self._wish, For):
            times.append(self._since_ms + self._wish.ms)
        if not times:
            raise ScriptError(f"nothing will ever happen again on {self._screen.scene}")
        self._clock.advance(max(0, min(times) - now))

    def close(self) -> None:
        """Nothing is held."""

    def _play(self, now: int) -> bool:
        """Whether the person did something: then it is heard before time passes."""
        wish = self._wish
        if isinstance(wish, Until):
            scene = self._screen.scene
            if scene is None or not wish.seen(scene):
                if now - self._since_ms > PATIENCE_MS:
                    raise ScriptError(f"waited in vain for {wish.what}; the screen shows {scene}")
                return False
        elif isinstance(wish, For) and now < self._since_ms + wish.ms:
            return False
        if self.ended:
            return False
        try:
            self._wish = next(self._part)
        except StopIteration:
            self.ended, self._wish = True, None
        self._since_ms = now
        return True


CHECK_IN_END = ("session-eye-care", "session-settle-in", "session-paused")


def hear_out(hand: Hand, label: str) -> Part:
    """Listen until green, called ``label``, works; then press it."""
    yield Until(lambda scene: scene.strip.green == label, f"green to be lit as {label!r}")
    yield from hand.choose(label)


def check_in(hand: Hand, *, pain: str = "", tired: str = "Fresh") -> Part:
    """Go from "Is this you?" to the first timed stretch, listening to every question."""
    yield from hand.see("session-identity")
    yield from hear_out(hand, "Yes")
    yield from hear_out(hand, "None of all 7")
    yield from hand.see("session-pain-before")
    if pain:
        yield from hand.choose("Some pain")
        yield from hand.choose(pain)
    else:
        yield from hear_out(hand, "No pain")
    yield from hand.see("session-tiredness")
    yield from hand.choose(tired)
    if hand.scene.name == "session-linked":
        yield from hear_out(hand, "No")
    yield Until(lambda scene: scene.name in CHECK_IN_END, "the end of check-in")


def check_out(hand: Hand) -> Part:
    """The questions after the last stretch, and home."""
    yield from hand.see("session-pain-after")
    yield from hear_out(hand, "No pain")
    if hand.scene.name == "session-linked-after":
        yield from hear_out(hand, "No")
    yield from leave_done(hand)


def leave_done(hand: Hand) -> Part:
    """The last screen says that it is saved; then home."""
    yield Until(_saved, "the words that it is saved")
    yield from hand.choose("Home")
    yield Until(lambda scene: scene.name.startswith("home"), "the home screen")


def whole(hand: Hand) -> Part:
    """A session without incident: nothing is pressed between check-in and check-out."""
    yield from check_in(hand)
    yield from check_out(hand)


def in_movement() -> Part:
    """Wait until a movement with its picture is under way."""
    yield Until(
        lambda scene: isinstance(scene, StepScene) and scene.picture is PictureScene.LIVE, "a movement with a picture"
    )
    yield For(7_000)


def in_step(hand: Hand) -> Part:
    """Wait until any step is under way."""
    yield from hand.see("session-step")
    yield For(8_000)


def _saved(scene: Scene) -> bool:
    return scene.name == "session-done" and "It is saved." in getattr(scene, "lines", ())
