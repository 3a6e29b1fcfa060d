"""Lamps without hardware: they remember how they glow, and every change that was sent."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.devices.lights import Glow, Lamp, changes


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
