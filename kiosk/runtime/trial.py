"""A made-up person, for whoever tries the kiosk out in a window: set up so that a mirror session can begin at once."""

from __future__ import annotations

from kiosk.care.code import new_code
from kiosk.care.model import Cause, Movement, Onset, OnsetBand, Person, SeenTick, Side, Stage, ViewMode
from kiosk.menus.effects import StartSession
from kiosk.records.rows import BOUND, StateRow
from kiosk.records.store import Store
from kiosk.runtime.persons import person_row

BEGINS_WITH = StartSession("first-movements")
"""What begins before the home is seen: practice before the mirror."""
STORED_S = 5.0


def made_up() -> Person:
    """Somebody for whom first movements are open on any day, also where the date is not known."""
    return Person(
        code=new_code(0),
        stage=Stage.PARETIC,
        side=Side.LEFT,
        onset=Onset(band=OnsetBand.MONTHS_6_TO_12),
        cause=Cause.BELL,
        stiffer=True,
        ticks=tuple(SeenTick(movement=movement, seen_on=None, by="therapist-1") for movement in Movement),
        view_mode=ViewMode.MIRROR,
        reviewed_by="therapist-1",
        graft=False,
        numb_eye=False,
        eye_surgery=False,
        swallowing_risk=False,
        carotid_disease=False,
    )


def settle(store: Store) -> None:
    """Bind the kiosk of this record, which is nobody's, to the made-up person."""
    person = made_up()
    store.put(person_row(person), StateRow(BOUND, person.code))
    store.flush(STORED_S)
