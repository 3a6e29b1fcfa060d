"""The last update from a stick, and one that is under way."""

from __future__ import annotations

from kiosk import __version__
from kiosk.doctor.check import Check, CheckedPart, ok, warning
from kiosk.update.notes import LastUpdate, last_of, probation_of
from kiosk.update.places import PROBATION, Places
from kiosk.update.probation import MOST_STARTS, Probation, ProbationPhase, UpdateEnding

PLACE = 20
JOURNAL = "`journalctl -b -u facial-rehab-kiosk -u facial-rehab-kiosk-update`"


def update(places: Places) -> Check:
    """The update that is under way, or the end of the last one."""
    name = "Update"
    probation = probation_of(places)
    if probation.phase is not ProbationPhase.IDLE:
        return _under_way(name, probation)
    if (places.state / PROBATION).exists():
        step = "`sudo systemctl restart facial-rehab-kiosk-update`; if that does not help, send the file to support"
        return warning(name, f"its note cannot be read: {places.state / PROBATION}", step)
    last = last_of(places)
    if last is None:
        return ok(name, f"release {__version__}; none was taken in from a stick")
    return _ended(name, last)


def _under_way(name: str, probation: Probation) -> Check:
    new, old = probation.version, probation.before
    match probation.phase:
        case ProbationPhase.TRYING:
            found = f"release {new} is being tried: start {max(probation.starts, 1)} of {MOST_STARTS}"
            return warning(name, f"{found}; nobody can begin a session meanwhile", "wait a minute, then ask again")
        case ProbationPhase.RETURNING | ProbationPhase.CLEARING:
            found = f"release {new} is being taken back; {old} runs again, with the data of before"
            return warning(name, found, "wait a minute, then ask again")
        case ProbationPhase.CONFIRMED:
            return ok(name, f"release {new} works; what is left of {old} is being removed")
        case _:
            return ok(name, f"release {new} is there, and is tried when the kiosk is idle")


def _ended(name: str, last: LastUpdate) -> Check:
    new, old = last.version or "of unknown version", last.before
    match last.ending:
        case UpdateEnding.CONFIRMED:
            return ok(name, f"release {__version__}; the last update, to {new}, worked")
        case UpdateEnding.WENT_BACK:
            found = f"release {new} did not start, so the kiosk went back to {old}, with the data of before"
            return warning(name, found, f"{JOURNAL} says why; send it to support with the stick's file")
        case UpdateEnding.INTERRUPTED:
            found = f"the update to {new} was broken off before it was tried; nothing was changed"
            return warning(name, found, "take it in from the stick again")
        case UpdateEnding.REFUSED:
            try:
                why = last.template.format(**last.fields)
            except (LookupError, ValueError):
                why = last.template
            return warning(name, f"the last update was refused: {why}", "get the file anew, and take it in again")


PARTS = (CheckedPart("Update", lambda _: update(Places())),)
