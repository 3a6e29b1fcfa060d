"""What the rules of care offer a person today, as plain values for the home and for the staff desk."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.care.library import Library
from kiosk.care.model import Family, Person, Region
from kiosk.care.rules import Today, Verdict, offered, suitable
from kiosk.care.validate import PACKS


@dataclass(frozen=True, slots=True)
class Offer:
    """One programme as it stands for the person now.

    ``days_ago``: when it was last practised (None: never, or nobody knows the date). ``regions``: the packs that the
    person is asked about before it begins. ``short``: there is a short form to choose. ``reviewed_by`` and ``version``
    are for staff.
    """

    programme: str
    title: str
    family: Family
    verdict: Verdict
    days_ago: int | None = None
    regions: tuple[Region, ...] = ()
    short: bool = False
    version: int = 1
    reviewed_by: str = ""


def offers(library: Library, person: Person | None, today: Today) -> tuple[Offer, ...]:
    """Every programme with its verdict, open ones first."""
    return tuple(
        Offer(
            programme=programme.id,
            title=programme.title,
            family=programme.family,
            verdict=verdict,
            days_ago=_days_ago(programme.id, today),
            regions=_regions(library, person, programme.id, today),
            short=any(line.short_hold_s is not None for line in programme.lines),
            version=programme.version,
            reviewed_by=programme.reviewed_by,
        )
        for programme, verdict in offered(library, person, today)
    )


def _days_ago(programme: str, today: Today) -> int | None:
    last = today.last_practised.get(programme)
    if last is None or today.day is None or not today.certain:
        return None
    return max(0, (today.day - last).days)


def _regions(library: Library, person: Person | None, programme: str, today: Today) -> tuple[Region, ...]:
    """The packs that are left of the releases today; where only one or two are left there is nothing to choose."""
    found = library.programmes[programme]
    if person is None or found.family is not Family.RELEASES:
        return ()
    left = {line.pack for line, _ in suitable(library, person, found, today)}
    packs = tuple(pack for pack in PACKS if pack in left)
    return packs if len(packs) > 2 else ()
