"""How the two people of the demo go through a session: they answer what they are asked and press what they want."""

from __future__ import annotations

from kiosk.demo.simulated import For, Hand, Part, Until
from kiosk.screens.scene import Scene

CHECK_IN_END = ("session-eye-care", "session-settle-in", "session-paused")


def hear_out(hand: Hand, label: str) -> Part:
    """Listen until green, called ``label``, works; then press it."""
    yield Until(lambda scene: scene.strip.green == label, f"green to be lit as {label!r}")
    yield from hand.choose(label)


def check_in(hand: Hand, *, pain: str = "", tired: str = "Fresh") -> Part:
    """From "Is this you?" to the first timed stretch, listening to every question."""
    yield from hand.see("session-identity")
    yield from hear_out(hand, "Yes")
    yield from hear_out(hand, "None of these")
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
    yield Until(lambda scene: scene.name == "session-step" and bool(scene.strip.green), "a movement with a picture")
    yield For(7_000)


def in_step(hand: Hand) -> Part:
    """Wait until any step is under way."""
    yield from hand.see("session-step")
    yield For(8_000)


def _saved(scene: Scene) -> bool:
    return scene.name == "session-done" and "It is saved." in getattr(scene, "lines", ())
