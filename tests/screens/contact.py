"""Contact sheets for whoever designs or reviews: home at six moments of a day, and every page of the desk.

``python -m tests.screens.contact FOLDER`` writes ``home.png`` and ``desk.png``. They are looked at, not compared.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pygame

from kiosk.care.today import Today
from kiosk.desk_pages.menus import present_staff, scene_name
from kiosk.home import machine as home
from kiosk.home.model import HomeData
from kiosk.present.home import present_home
from kiosk.screens.scene import Scene
from kiosk.words import words
from tests.care.people import DAY, SYNKINETIC, today
from tests.menus.menus import START, home_data
from tests.present.test_menus import staff_states
from tests.screens.paint_samples import canvas, painter

ACROSS = 4
SMALL = (480, 270)
GAP = 8
AN_HOUR_AGO = 3_600_000 - 20 * 60_000
"""Movements began again twenty minutes ago, so that the hour between them is not over."""


def six_moments() -> tuple[tuple[str, HomeData], ...]:
    """What the home shows over a day, and after a gap."""
    now = today().now_ms
    done = {"quiet-control": 1}
    twice = {"quiet-control": 1, "gentle-care": 2, "releases": 1}
    days: tuple[tuple[str, str, Today], ...] = (
        ("before anything", "08:05", today()),
        ("after the first session", "08:50", replace(today(), begun_today=done, done_today=done)),
        (
            "an hour's rest between movements",
            "09:41",
            replace(
                today(),
                begun_today=done,
                done_today=done,
                active_begun_today=1,
                last_active_ended_ms=now - AN_HOUR_AGO,
            ),
        ),
        (
            "most of it done",
            "16:20",
            replace(today(), begun_today=twice, done_today=twice, active_begun_today=3, last_active_ended_ms=now),
        ),
        ("after two weeks away", "09:00", replace(today(), practised_on=frozenset((DAY - timedelta(days=15),)))),
        ("no clock", "", replace(today(), day=None, certain=False)),
    )
    found = []
    for name, clock, day in days:
        data = home_data(SYNKINETIC, day, today=day.day if day.certain else None, timed=bool(clock))
        day_line = data.day_line if clock else ""
        found.append((name, replace(data, time_line=clock, day_line=day_line, clock_line=f"{day_line} {clock}")))
    return tuple(found)


def home_scenes() -> tuple[Scene, ...]:
    """The six of them."""
    return tuple(present_home(home.begin(data, START)[0], "", words("en")) for _name, data in six_moments())


def desk_scenes() -> tuple[Scene, ...]:
    """One of each page of the desk, and of each question of a plan."""
    found: dict[str, Scene] = {}
    for state in staff_states():
        found.setdefault(scene_name(state), present_staff(state, "", words("en")))
    return tuple(found.values())


def sheet(scenes: Sequence[Scene]) -> pygame.Surface:
    """Small pictures of the scenes, side by side and row by row."""
    rows = -(-len(scenes) // ACROSS)
    width, height = SMALL[0] + GAP, SMALL[1] + GAP
    whole = pygame.Surface((ACROSS * width + GAP, rows * height + GAP), 0, 32)
    whole.fill((90, 90, 90))
    for number, scene in enumerate(scenes):
        drawn = canvas()
        painter().draw(drawn, scene)
        at = (GAP + number % ACROSS * width, GAP + number // ACROSS * height)
        whole.blit(pygame.transform.smoothscale(drawn, SMALL), at)
    return whole


def main(folder: Path) -> None:
    """Write both sheets."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, scenes in (("home", home_scenes()), ("desk", desk_scenes())):
        pygame.image.save(sheet(scenes), str(folder / f"{name}.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
