"""The lamps, how they can glow, and simulated ones. Lamps are best effort: a screen and a voice say it too."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol


class Lamp(StrEnum):
    """The lamps in the three buttons, the one at the camera, and the one that calls for help to come and look."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    CAMERA = "camera"
    ALERT = "alert"


class Glow(StrEnum):
    """The glow of a lamp. In a button, lit means: this button does something now."""

    OFF = "off"
    ON = "on"
    PULSE = "pulse"
    DIM = "dim"


class Lights(Protocol):
    """All lamps together. Nothing here raises or waits because of a lamp."""

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for staff for each lamp that does not work."""

    def show(self, plan: Mapping[Lamp, Glow]) -> None:
        """Let every lamp glow as planned; a lamp that is not in the plan is off. Only changes are sent."""

    def close(self) -> None:
        """All lamps off, and the pins given back. Closing twice is fine."""


def changes(before: Mapping[Lamp, Glow], plan: Mapping[Lamp, Glow]) -> dict[Lamp, Glow]:
    """Return the lamps to change, and their new glow, so that lamps that glow as in ``before`` glow as in ``plan``."""
    if plan == before:
        return {}
    want = {lamp: plan.get(lamp, Glow.OFF) for lamp in Lamp}
    return {lamp: glow for lamp, glow in want.items() if before.get(lamp, Glow.OFF) is not glow}


class SimLights:
    """``now`` is how each lamp glows; ``sent`` is every change so far, oldest first."""

    problems: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.now: dict[Lamp, Glow] = dict.fromkeys(Lamp, Glow.OFF)
        self.sent: list[tuple[Lamp, Glow]] = []

    def show(self, plan: Mapping[Lamp, Glow]) -> None:
        new = changes(self.now, plan)
        self.now.update(new)
        self.sent += new.items()

    def close(self) -> None:
        self.show({})
