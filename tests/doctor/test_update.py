"""The check of the last update and of one that is under way."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from kiosk.doctor.check import CheckState
from kiosk.doctor.checks.update import update
from kiosk.update.notes import LastUpdate
from kiosk.update.places import LAST, PROBATION, Places
from kiosk.update.probation import Probation, ProbationPhase, UpdateEnding


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(state=tmp_path)


@pytest.mark.parametrize(
    ("phase", "state", "says"),
    [
        (ProbationPhase.IDLE, CheckState.OK, "none was taken in"),
        (ProbationPhase.STAGED, CheckState.OK, "release 3 is there"),
        (ProbationPhase.TRYING, CheckState.WARNING, "release 3 is being tried: start 2 of 3"),
        (ProbationPhase.RETURNING, CheckState.WARNING, "2 runs again"),
        (ProbationPhase.CLEARING, CheckState.WARNING, "2 runs again"),
        (ProbationPhase.CONFIRMED, CheckState.OK, "release 3 works"),
    ],
)
def test_an_update_under_way(phase: ProbationPhase, state: CheckState, says: str, places: Places) -> None:
    """Nobody can begin a session while a release is tried: whoever asks why is told."""
    if phase is not ProbationPhase.IDLE:
        (places.state / PROBATION).write_bytes(msgspec.json.encode(Probation(phase, "3", "2", starts=2)))
    check = update(places)
    assert (check.state, says in check.found) == (state, True), check


@pytest.mark.parametrize(
    ("last", "state", "says"),
    [
        (LastUpdate(UpdateEnding.CONFIRMED, "3", "2"), CheckState.OK, "to 3, worked"),
        (LastUpdate(UpdateEnding.WENT_BACK, "3", "2"), CheckState.WARNING, "went back to 2"),
        (LastUpdate(UpdateEnding.INTERRUPTED, "3", "2"), CheckState.WARNING, "nothing was changed"),
        (
            LastUpdate(UpdateEnding.REFUSED, template="{x} is old.", fields={"x": "It"}),
            CheckState.WARNING,
            "It is",
        ),
        (LastUpdate(UpdateEnding.REFUSED, template="{x} is old."), CheckState.WARNING, "{x} is old"),
    ],
)
def test_the_last_update(last: LastUpdate, state: CheckState, says: str, places: Places) -> None:
    """How it ended, and what to do where it did not work."""
    (places.state / LAST).write_bytes(msgspec.json.encode(last))
    check = update(places)
    assert (check.state, says in check.found) == (state, True), check
    assert bool(check.next_step) == (state is not CheckState.OK)


def test_a_note_that_cannot_be_read(places: Places) -> None:
    """A power cut, a newer format: that is said, and nothing is made up."""
    (places.state / PROBATION).write_text("trying")
    assert update(places).state is CheckState.WARNING
