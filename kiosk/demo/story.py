"""The story that the demo lives through. Every chapter is a person at the plate who reads the screen and presses."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kiosk.demo import people, staff
from kiosk.demo.export import pack
from kiosk.demo.simulated import For, Hand, Part, Until
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.stick_sim import SimSticks
from kiosk.errors import ScriptError
from kiosk.signals import StickStatus

EXPECTED = [
    ("releases", "completed"),
    ("gentle-care", "completed"),
    ("first-movements", "completed"),
    ("relax", "stopped"),
    ("first-movements", "power_loss"),
    ("first-movements", "completed"),
    ("quiet-control", "completed"),
    ("relax", "completed"),
    ("quiet-control", "stopped"),
]
"""Programme and end of every session, in the order in which they began."""


@dataclass(frozen=True, slots=True)
class Scenery:
    """The plate, the camera that fails when the story wants it, two sticks (folders), and what staff wrote down.

    ``stick`` takes a package; ``sent`` brings what the clinic sends.
    """

    hand: Hand
    camera: SimCamera
    sticks: SimSticks
    stick: Path
    sent: Path
    paper: list[str] = field(repr=False)


def begin(hand: Hand, programme: str) -> Part:
    """From whatever the home shows to the first question of a session of ``programme``."""
    yield from wake(hand)
    yield from hand.choose(programme)


def wake(hand: Hand) -> Part:
    """Any press wakes the home."""
    yield Until(lambda scene: scene.name.startswith("home"), "the home screen")
    if hand.scene.name == "home-asleep":
        yield from hand.green()
    yield from hand.see("home")


def first_morning(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from staff.first_start(hand)
    yield from staff.set_up(hand, staff.PARETIC)
    yield from staff.look_around(hand)
    yield from staff.leave(hand)
    yield from wake(hand)


def releases_and_card(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from begin(hand, "Releases")
    for answer in ("A little tight", "Very tight", "Tight", "Loose"):
        yield from hand.see("home-tightness")
        yield from hand.choose(answer)
    yield from hand.see("home-picked")
    yield from hand.green()
    yield from people.whole(hand)
    yield from wake(hand)
    yield from hand.choose("Good to know")
    yield from hand.see("home-cards")
    yield from hand.choose("Botulinum toxin")
    yield from hand.see("home-card")
    yield For(5_000)
    yield from hand.green()
    yield For(5_000)
    yield from hand.red()


def gentle_care(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from begin(hand, "Gentle care")
    yield from hand.see("home-form")
    yield from hand.choose("Short")
    yield from people.check_in(hand)
    yield from people.in_step(hand)
    yield from hand.amber()
    yield from people.hear_out(hand, "Go on")
    yield from people.check_out(hand)


def camera_lost(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from begin(hand, "First movements")
    yield from people.check_in(hand)
    yield from people.in_movement()
    scenery.camera.lose("its cable is loose")
    yield For(9_000)
    scenery.camera.recover()
    yield from people.check_out(hand)


def relax_stopped(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from begin(hand, "Relax")
    yield from people.check_in(hand)
    yield from people.in_step(hand)
    yield from hand.red()
    yield from hand.see("session-stop-reason")
    yield from hand.choose("Something else")
    yield from people.leave_done(hand)


def until_power_cut(scenery: Scenery) -> Part:
    yield from begin(scenery.hand, "First movements")
    yield from people.check_in(scenery.hand)
    yield from people.in_movement()
    yield For(12_000)


def resume(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from wake(hand)
    yield from hand.choose("Go on with your session")
    yield from people.check_in(hand)
    yield Until(lambda scene: scene.name in ("session-paused", "session-step"), "the place where it stopped")
    if hand.scene.name != "session-paused":
        raise ScriptError(f"a resumed session begins paused, not with {hand.scene.name}")
    yield from people.hear_out(hand, "Go on")
    yield from people.check_out(hand)


def red_flag(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from begin(hand, "Relax")
    yield from hand.see("session-identity")
    yield from people.hear_out(hand, "Yes")
    yield from hand.see("session-red-flags")
    yield For(6_000)
    yield from hand.choose("One of these")
    yield from hand.see("session-flagged")
    yield from people.hear_out(hand, "My eye")
    yield from people.hear_out(hand, "Eye care")
    yield from hand.see("home-card")


def next_person(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from staff.enter(hand)
    yield from staff.discharge(hand)
    yield from staff.enter(hand)
    yield from staff.set_up(hand, staff.SYNKINETIC)
    yield from staff.leave(hand)


def quiet_control(scenery: Scenery) -> Part:
    yield from begin(scenery.hand, "Quiet control")
    yield from people.whole(scenery.hand)


def relax_whole(scenery: Scenery) -> Part:
    yield from begin(scenery.hand, "Relax")
    yield from people.whole(scenery.hand)


def pain(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from begin(hand, "Quiet control")
    yield from people.check_in(hand)
    yield Until(lambda scene: scene.name == "session-step" and "smile" in str(scene).lower(), "the first movement")
    yield For(7_000)
    yield from hand.amber()
    yield from hand.choose("It hurts")
    yield from hand.see("session-pain-level")
    yield from hand.choose("Sharp")
    yield from hand.see("session-relax-offer")
    yield from hand.choose("Finish")
    yield from people.leave_done(hand)
    yield from begin(hand, "Quiet control")
    yield from hand.see("home-closed")
    yield For(3_000)


def handover(scenery: Scenery) -> Part:
    """The first stick is one that the kiosk does not write to."""
    yield from staff.enter(scenery.hand)
    scenery.stick.mkdir(exist_ok=True)
    yield from staff.hand_over(
        scenery.hand,
        scenery.paper,
        lambda: scenery.sticks.show(StickStatus.NTFS),
        lambda: scenery.sticks.plug(scenery.stick),
    )
    yield from staff.leave(scenery.hand)


def import_from_clinic(scenery: Scenery) -> Part:
    yield from staff.enter(scenery.hand)
    pack(scenery.sent)
    yield from staff.take_in(scenery.hand, lambda: scenery.sticks.plug(scenery.sent))
    yield from staff.leave(scenery.hand)
