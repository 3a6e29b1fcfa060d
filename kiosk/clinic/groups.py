"""Groups of people who could be told apart by what their palsy came from and when it began: named, or made larger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

CAUSE, BAND = "other", "unknown"
"""The words that people of small groups get in the place of their cause, and then of the time since it began."""


@dataclass(frozen=True, slots=True)
class Group:
    """People of one ``cause`` and one ``onset_band``."""

    cause: str
    onset_band: str


Groups = Mapping[str, Group]
"""Person → their group."""


def sizes(groups: Groups) -> Counter[Group]:
    """Count the people of each group."""
    return Counter(groups.values())


def small(groups: Groups, least: int) -> list[tuple[Group, int]]:
    """The groups of fewer than ``least`` people, in order."""
    found = [(group, count) for group, count in sizes(groups).items() if count < least]
    return sorted(found, key=lambda item: (item[0].cause, item[0].onset_band))


def merged(groups: Groups, least: int) -> dict[str, Group]:
    """The same people in groups of ``least`` or more: first without the cause, then without the band.

    What is too small even then takes the next smallest group in. Only where there are fewer than ``least`` people in
    all does a smaller group stay.
    """
    now = dict(groups)
    for without in ({"cause": CAUSE}, {"cause": CAUSE, "onset_band": BAND}):
        rare = {group for group, _ in small(now, least)}
        now = {person: replace(group, **without) if group in rare else group for person, group in now.items()}
    rest = Group(CAUSE, BAND)
    while 0 < sizes(now)[rest] < least and len(sizes(now)) > 1:
        counted = sizes(now)
        next_one = min((g for g in counted if g != rest), key=lambda g: (counted[g], g.cause, g.onset_band))
        now = {person: rest if group == next_one else group for person, group in now.items()}
    return now
