"""Parts of a random day: somebody practises in every way, staff look, carry away and set up, and things break."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from kiosk.clock import SimClock
from kiosk.demo import staff
from kiosk.demo.boot import Boot
from kiosk.demo.simulated import THINK_MS, For, Part, Until
from kiosk.demo.staff import StaffSheet
from kiosk.demo.story import wake
from kiosk.errors import ScriptError
from kiosk.screens.scene import Menu, Scene, Slip, TableScene
from kiosk.signals import Button, StickStatus
from tests.soak.watched import LyingSticks

LOOK_MS = 4_000
"""Time between two looks at the screen."""
LOOKS = 600
"""After so many looks red is pressed until the home is there: forty minutes."""
REST_MS = (60_000, 1_800_000)
"""Shortest and longest time between two acts, in which the kiosk stands in its home."""
ANSWERS = {
    "session-identity": "Yes",
    "session-red-flags": "None of all 7",
    "session-pain-before": "No pain",
    "session-tiredness": "Fresh",
    "session-pain-after": "No pain",
    "session-linked": "No",
    "session-linked-after": "No",
    "session-paused": "Go on",
    "session-done": "Home",
}
"""What is said where all is well."""
MOVING = ("First movements", "Quiet control")
PROGRAMMES = ("Releases", "Gentle care", *MOVING, "Relax")
WRONG = (
    StickStatus.NTFS,
    StickStatus.READ_ONLY,
    StickStatus.BLANK,
    StickStatus.LINUX,
    StickStatus.SEVERAL,
    StickStatus.DAMAGED,
    StickStatus.NOT_ALLOWED,
)


@dataclass
class Seen:
    """What the days have shown so far; ``saved`` and ``carried`` are looked into at the moment they are said."""

    saved: Callable[[], None]
    carried: Callable[[str], None]
    acts: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)

    def fault(self, name: str) -> None:
        """One more fault of this name was put in."""
        self.faults[name] = self.faults.get(name, 0) + 1


@dataclass(frozen=True, slots=True)
class Day:
    """The kiosk of one power-on, who acts at it by the draws of ``chance``, and the folder behind the stick."""

    boot: Boot
    sticks: LyingSticks
    clock: SimClock
    chance: random.Random
    stick: Path
    seen: Seen


def rest(day: Day) -> Part:
    """Nobody is there."""
    yield For(day.chance.randrange(*REST_MS))


def practise(day: Day) -> Part:
    """A session of some programme, or the sentence why not; any button may be pressed at any moment."""
    hand, chance = day.boot.hand, day.chance
    yield from wake(hand)
    yield from hand.choose(chance.choice(_programmes(hand.scene)))
    yield from _session(
        day,
        chance.choice((0.0, 0.0, 0.0, 0.02, 0.1)),
        chance.choice((None, None, _lose_camera, _freeze_camera, _lose_sight, _chatter, _stuck)),
        chance.randrange(10, 60),
    )


def whole(day: Day, programme: str) -> Part:
    """A session of ``programme`` from its beginning to its end, with nothing in its way."""
    yield from wake(day.boot.hand)
    yield from day.boot.hand.choose(programme)
    yield from _session(day, 0.0, None, 0)


def _session(day: Day, whim: float, trouble: Callable[[Day], Part] | None, after: int) -> Part:
    hand = day.boot.hand
    for look in range(LOOKS):
        if _at_home(hand.scene):
            return
        if trouble is not None and look == after:
            yield from trouble(day)
        yield from _answer(day, whim)
    yield from _go_home(day)


def cut_short(day: Day) -> Part:
    """A session is under way, and then the power goes: whoever plays this part ends the boot without a close."""
    hand = day.boot.hand
    yield from wake(hand)
    yield from hand.choose(day.chance.choice(_programmes(hand.scene)))
    for _ in range(day.chance.randrange(5, 80)):
        if _at_home(hand.scene):
            return
        yield from _answer(day, 0.0)


def look_around(day: Day) -> Part:
    """Staff come, read what came in, look at every page, and go."""
    hand = day.boot.hand
    yield from staff.enter(hand)
    yield from staff.look_around(hand)
    yield from staff.leave(hand)


def hand_over(day: Day) -> Part:
    """Everybody's records go to a stick: perhaps a wrong one first, or one that lies; at last a good one."""
    hand, sticks, chance = day.boot.hand, day.sticks, day.chance
    yield from staff.enter(hand)
    yield from hand.choose("Hand over")
    yield from hand.see("staff-hand-over")
    yield from hand.choose("Everybody, everything")
    yield from hand.see("staff-hand-over-protection")
    yield For(20_000)
    words = " ".join(hand.scene.lines) if isinstance(hand.scene, Slip) else ""
    yield from hand.choose("I have written it down")
    yield from hand.see("staff-hand-over-stick")
    trouble = chance.choice(("", "wrong", "lies", "mount", "unmount", "power_off"))
    if trouble:
        day.seen.fault(f"stick {trouble}")
    if trouble == "wrong":
        sticks.show(chance.choice(WRONG))
        yield For(6_000)
    elif trouble:
        sticks.lies = trouble == "lies"
        sticks.refuse = {} if sticks.lies else {trouble: StickStatus.STUCK}
        sticks.plug(day.stick)
        yield For(6_000)
        sticks.lies, sticks.refuse = False, {}
        sticks.pull()
        yield For(2_000)
    for _ in range(20):
        if hand.scene.name == "staff-hand-over-done":
            day.seen.carried(words)
            yield from hand.choose("Menu")
            break
        if hand.scene.name == "staff-hand-over-ended":
            yield from hand.choose("Try again")
        if hand.scene.name == "staff-hand-over-stick":
            sticks.plug(day.stick)
        yield For(3_000)
    else:
        raise ScriptError(f"a good stick was not written to after: {trouble or 'nothing'}; {hand.scene}")
    yield from _go_home(day)


def next_person(day: Day, sheet: StaffSheet) -> Part:
    """One person goes, the kiosk is wiped, and the next one is set up."""
    hand = day.boot.hand
    yield from staff.enter(hand)
    yield from hand.choose("Discharge")
    yield from hand.see("staff-discharge")
    yield from hand.choose("Yes, discharge")
    yield from hand.see("staff-cleaning")
    yield from hand.chord()
    yield Until(_at_home, "the home screen")
    yield from staff.enter(hand)
    yield from staff.set_up(hand, sheet)
    yield from staff.leave(hand)


def first_start(day: Day, sheet: StaffSheet) -> Part:
    """The kiosk's own first start, and the first person."""
    yield from staff.first_start(day.boot.hand)
    yield from staff.enter(day.boot.hand)
    yield from staff.set_up(day.boot.hand, sheet)
    yield from staff.leave(day.boot.hand)


def clock_jumps(day: Day) -> Part:
    """The wall clock steps, by minutes or by years, and later back again."""
    by = timedelta(seconds=day.chance.choice((-90, 90, 3_600, -86_400, 86_400, 400 * 86_400, -3_000 * 86_400)))
    day.seen.fault("clock")
    day.clock.wall += by
    yield For(30_000)
    day.clock.wall -= by
    yield For(5_000)


def _answer(day: Day, whim: float) -> Part:
    hand, chance = day.boot.hand, day.chance
    scene = hand.scene
    lit = {Button.GREEN: scene.strip.green, Button.AMBER: scene.strip.amber, Button.RED: scene.strip.red}
    wanted = ANSWERS.get(scene.name)
    if scene.name == "session-done" and "It is saved." in getattr(scene, "lines", ()):
        day.seen.saved()
    if chance.random() < whim:
        yield from hand.press(chance.choice([button for button, word in lit.items() if word] or [Button.RED]))
    elif wanted is not None:
        if wanted in lit.values() or wanted in _labels(scene):
            yield from hand.choose(wanted)
        else:
            yield For(LOOK_MS)
    elif choices := _labels(scene):
        yield from hand.choose(chance.choice(choices))
    elif lit[Button.GREEN] and scene.name != "session-step":
        yield from hand.green()
    else:
        yield For(LOOK_MS)


def _go_home(day: Day) -> Part:
    hand = day.boot.hand
    for _ in range(40):
        if _at_home(hand.scene):
            return
        yield from hand.red()
        yield For(LOOK_MS)
    yield Until(_at_home, "the home screen")


def _at_home(scene: Scene) -> bool:
    return scene.name in ("home", "home-asleep", "home-welcome")


def _labels(scene: Scene) -> list[str]:
    if isinstance(scene, Menu):
        return [choice.label for choice in scene.choices]
    return [row.label for row in scene.rows] if isinstance(scene, TableScene) else []


def _programmes(scene: Scene) -> list[str]:
    """Those that may begin, those with a picture most, and one that is closed: somebody asks why."""
    rows = scene.choices if isinstance(scene, Menu) else ()
    known = [
        row for row in rows if row.label.removeprefix("Today: ") in PROGRAMMES or row.label.startswith("Go on with")
    ]
    open_ones = [row.label for row in known if not row.closed]
    moving = [label for label in open_ones if label.removeprefix("Today: ") in MOVING]
    return open_ones * 2 + moving * 4 + [row.label for row in known if row.closed][:1]


def _lose_camera(day: Day) -> Part:
    day.seen.fault("camera lost")
    day.boot.camera.lose("its cable is loose")
    yield For(9_000)
    day.boot.camera.recover()


def _freeze_camera(day: Day) -> Part:
    day.seen.fault("camera frozen")
    day.boot.camera.freeze()
    yield For(9_000)
    day.boot.camera.recover()


def _lose_sight(day: Day) -> Part:
    day.seen.fault("measuring lost")
    day.boot.sight.lose("it ended")
    yield For(9_000)
    day.boot.sight.recover()


def _chatter(day: Day) -> Part:
    """A contact that bounces: closed and open again in the same millisecond, many times."""
    day.seen.fault("button chatters")
    for _ in range(8):
        day.boot.buttons.hold(Button.GREEN)
        day.boot.buttons.release(Button.GREEN)
    yield For(THINK_MS)


def _stuck(day: Day) -> Part:
    button = day.chance.choice(list(Button))
    day.seen.fault(f"{button.value} stuck")
    day.boot.buttons.hold(button)
    yield For(15_000)
    day.boot.buttons.release(button)
