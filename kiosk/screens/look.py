"""What was seen of the face just now, as far as a screen shows it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.face.coach import Cue
from kiosk.face.goodside import Reflection


@dataclass(frozen=True, slots=True)
class Look:
    """``cue``: the word for the present rest. ``reflection``: what is laid over the mirror; None: the plain mirror."""

    cue: Cue | None = None
    reflection: Reflection | None = None
