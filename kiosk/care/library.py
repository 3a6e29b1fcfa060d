"""All programmes, exercises, cards and scales of one kiosk, as values: ``kiosk.programmes`` reads them from files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.care.model import Card, Exercise, OwnPicture, Programme
from kiosk.care.scales import Scale
from kiosk.faults import Fault


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that may be played here: ``programmes``, ``exercises`` and ``cards`` by id.

    ``faults``: those of files that were left out, with their reasons.
    """

    programmes: Mapping[str, Programme] = field(default_factory=dict)
    exercises: Mapping[str, Exercise] = field(default_factory=dict)
    cards: Mapping[str, Card] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    """Programme id → name of the clinic's file that it is from; built-in ones have none."""
    left_out: tuple[Fault, ...] = ()
    """Faults of the clinic's own pictures, films and scales: each of those is left out alone."""
    scales: Mapping[str, Scale] = field(default_factory=dict)
    """Scales by id: what can be scored at the desk."""
    scale_sources: Mapping[str, str] = field(default_factory=dict)
    """Scale id → name of the clinic's file that it is from; built-in ones have none."""

    sets: Mapping[str, Programme] = field(default_factory=dict)
    """The standard set and its form at rest, by id: what staff lead and is no practice (``kiosk.care.standard``)."""

    def led(self, id_: str) -> Programme | None:
        """The programme or the standard set of this id; None: it is not known here."""
        return self.programmes.get(id_) or self.sets.get(id_)

    @property
    def pictures(self) -> tuple[OwnPicture, ...]:
        """The clinic's own pictures and films, as far as they can be used."""
        return tuple(picture for exercise in self.exercises.values() for picture in exercise.pictures)
