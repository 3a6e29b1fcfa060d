"""The story that the demo lives through, and what its staff carry: each chapter is a person who reads and presses."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.demo import simulated, staff
from kiosk.demo.simulated import For, Hand, Part, Until
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.stick import SimSticks
from kiosk.errors import ScriptError
from kiosk.microphone.port import SimMicrophone
from kiosk.package.protection import Keys
from kiosk.package.verify import verify
from kiosk.signals import StickStatus

EXPORT = "export"
"""The folder that stands in for the stick."""
IMPORT = "import"
"""The same for the stick that the clinic sends."""
PROGRAMME = """\
id = "evening"
version = 1
title = "Evening"
family = "relax"
summary = "Rest before the night."
order = 25
stages = ["flaccid", "paretic", "synkinetic"]

[[line]]
exercise = "relax-jaw"
hold_s = 45
source = "D"
"""


def pack(stick: Path) -> None:
    """Write what a clinic would zip on its PC: two keys (nobody keeps their other halves here) and a programme."""
    import pyrage

    from kiosk.package.protection import LEAST_KEYS
    from kiosk.usb.import_read import FILE

    stick.mkdir(exist_ok=True)
    keys = [str(pyrage.x25519.Identity.generate().to_public()) for _ in range(LEAST_KEYS)]
    with zipfile.ZipFile(stick / FILE, "w") as packed:
        packed.writestr("recipients.txt", "\n".join(keys))
        packed.writestr("programmes/evening.toml", PROGRAMME)


def look_at(out: Path, words: str) -> tuple[dict[str, object], str]:
    """Return the summary of the package in ``out/export``, and what is wrong with it (empty: nothing)."""
    packages = sorted((out / EXPORT).iterdir()) if (out / EXPORT).is_dir() else []
    if len(packages) != 1:
        return {}, f"there are {len(packages)} things on the stick instead of one package"
    found = verify(packages[0], Keys((words,)))
    told: dict[str, object] = {
        "package": packages[0].name,
        # The people are made up: whoever looks at the demo shall be able to open it.
        "passphrase": words,
        "rows": sum(found.rows.values()),
        "verified": found.passed,
    }
    return told, "" if found.passed else f"the export does not verify: {found.reason}"


EXPECTED = [
    ("releases", "completed"),
    ("gentle-care", "completed"),
    ("first-movements", "completed"),
    ("relax", "stopped"),
    ("standard-set", "completed"),
    ("first-movements", "power_loss"),
    ("first-movements", "completed"),
    ("quiet-control", "completed"),
    ("relax", "completed"),
    ("quiet-control", "stopped"),
]
"""Programme and end of every session, in the order in which they began."""


@dataclass(frozen=True, slots=True)
class Scenery:
    """The world of the story: the ``hand`` at the plate, the ``camera`` that fails when the story wants it.

    ``sticks`` are plugged in and out: ``stick`` takes a package; ``sent`` brings what the clinic sends. ``paper`` is
    what staff wrote down; the ``microphone`` hears the therapist.
    """

    hand: Hand
    camera: SimCamera
    sticks: SimSticks
    stick: Path
    sent: Path
    paper: list[str] = field(repr=False)
    microphone: SimMicrophone


def begin(hand: Hand, programme: str) -> Part:
    """Go from whatever the home shows to the first question of a session of ``programme``."""
    yield from wake(hand)
    yield from hand.choose(programme)


def wake(hand: Hand) -> Part:
    """Any press wakes the home."""
    yield Until(lambda scene: scene.name.startswith("home"), "the home screen")
    if hand.scene.name == "home-asleep":
        yield from hand.green()
    yield from hand.see("home")


def first_start(scenery: Scenery) -> Part:
    yield from staff.first_start(scenery.hand)


def first_morning(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from staff.enter(hand)
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
    yield from simulated.whole(hand)
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
    yield from simulated.check_in(hand)
    yield from simulated.in_step(hand)
    yield from hand.amber()
    yield from simulated.hear_out(hand, "Go on")
    yield from simulated.check_out(hand)


def own_places(scenery: Scenery) -> Part:
    """The buttons are tried, days wished for, hours chosen; a question is asked, and the days behind are looked at."""
    hand = scenery.hand
    yield from wake(hand)
    for entry, name in (("Looking back", "home-looking-back"), ("For me", "home-own")):
        yield from hand.choose(entry)
        yield from hand.see(name)
        yield For(4_000)
        if name != "home-own":
            yield from hand.red()
    for entry, answer in (("My wish for the week", "3 days a week"), ("Reminders", "10:00")):
        yield from hand.choose(entry)
        yield For(2_000)
        yield from hand.choose(answer)
        if hand.scene.name != "home-own":
            yield from hand.red()
    yield from hand.choose("Try the buttons")
    yield from hand.see("home-buttons")
    for button in (hand.green, hand.amber, hand.red, hand.green):
        yield For(1_000)
        yield from button()
    yield from hand.see("home")
    for entry, name, answer in (
        ("A question for my therapist", "home-question", "How firmly should I press?"),
        ("I saw a new movement", "home-new-movement", "Mouth"),
    ):
        yield from hand.choose("For my therapist")
        yield from hand.see("home-tell")
        yield from hand.choose(entry)
        yield from hand.see(name)
        yield from hand.choose(answer)
        yield For(2_000)
        yield from hand.green()
        yield from hand.see("home")


def camera_lost(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from begin(hand, "First movements")
    yield from simulated.check_in(hand)
    yield from simulated.in_movement()
    scenery.camera.lose("its cable is loose")
    yield For(9_000)
    scenery.camera.recover()
    yield from simulated.check_out(hand)


def relax_stopped(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from begin(hand, "Relax")
    yield from simulated.check_in(hand)
    yield from simulated.in_step(hand)
    yield from hand.red()
    yield from hand.see("session-stop-reason")
    yield from hand.choose("Something else")
    yield from simulated.leave_done(hand)


def standard_set(scenery: Scenery) -> Part:
    """Staff begin it and stay; the person answers and moves as in any session."""
    yield from staff.enter(scenery.hand)
    yield from staff.begin_set(scenery.hand)
    yield from simulated.whole(scenery.hand)


def until_power_cut(scenery: Scenery) -> Part:
    yield from begin(scenery.hand, "First movements")
    yield from simulated.check_in(scenery.hand)
    yield from simulated.in_movement()
    yield For(12_000)


def resume(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from wake(hand)
    yield from hand.choose("Go on with your session")
    yield from simulated.check_in(hand)
    yield Until(lambda scene: scene.name in ("session-paused", "session-step"), "the place where it stopped")
    if hand.scene.name != "session-paused":
        raise ScriptError(f"a resumed session begins paused, not with {hand.scene.name}")
    yield from simulated.hear_out(hand, "Go on")
    yield from simulated.check_out(hand)


def red_flag(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from begin(hand, "Relax")
    yield from hand.see("session-identity")
    yield from simulated.hear_out(hand, "Yes")
    yield from hand.see("session-red-flags")
    yield For(6_000)
    yield from hand.choose("One of the 7")
    yield from hand.see("session-flagged")
    yield from simulated.hear_out(hand, "My eye")
    yield from simulated.hear_out(hand, "Eye care")
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
    yield from simulated.whole(scenery.hand)


def relax_whole(scenery: Scenery) -> Part:
    yield from begin(scenery.hand, "Relax")
    yield from simulated.whole(scenery.hand)


def pain(scenery: Scenery) -> Part:
    hand = scenery.hand
    yield from begin(hand, "Quiet control")
    yield from simulated.check_in(hand)
    yield Until(lambda scene: scene.name == "session-step" and "smile" in str(scene).lower(), "the first movement")
    yield For(7_000)
    yield from hand.amber()
    yield from hand.choose("It hurts")
    yield from hand.see("session-pain-level")
    yield from hand.choose("Sharp")
    yield from hand.see("session-relax-offer")
    yield from hand.choose("Finish")
    yield from simulated.leave_done(hand)
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


def own_voice(scenery: Scenery) -> Part:
    """The first recording is of silence, the next two are as they should be; then it is enough for today."""
    yield from staff.enter(scenery.hand)
    yield from staff.record_voice(scenery.hand, scenery.microphone)
    yield from staff.leave(scenery.hand)
