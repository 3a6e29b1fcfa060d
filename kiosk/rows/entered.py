"""The rows of what staff enter of a person: what was allowed, injections, and what a clinic scores."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from kiosk.rows.row import AS_WRITTEN, Day, Keeping, Moment, Patient, Revision, Row, Seq

Points = Annotated[float, Meta(ge=-1_000, le=1_000)]
"""A number on a clinic's own scale."""


class PermissionRow(Row, frozen=True):
    """Staff allowed, locked or overrode something for a person, or they chose it; of an item the newest holds."""

    TABLE = "permissions"
    KEY = ("patient_code", "item")
    KEEPING = Keeping.HISTORY
    STAMPS = ("wall_utc",)

    patient_code: Patient
    item: Annotated[str, Meta(description="What it is about.")]
    value: Annotated[str, Meta(description="What holds from then on.")]
    by: Annotated[str, Meta(description="The staff slot that entered it; person: they chose it themselves.")]
    wall_utc: Annotated[Moment, Meta(description=AS_WRITTEN)] = ""
    reason: Annotated[str, Meta(description="Why, as a word of a list.")] = ""
    revision: Revision = 0


class InjectionRow(Row, frozen=True):
    """Botulinum toxin given at one site on one day (dates ``YYYY-MM-DD``); ``withdrawn``: it was entered by mistake."""

    TABLE = "injections"
    KEY = ("patient_code", "given_on", "region")
    STAMPS = ("wall_utc",)

    patient_code: Patient
    given_on: Annotated[Day, Meta(description="The day on which it was given.")]
    region: Annotated[str, Meta(description="Where on the face.")]
    no_touch_until: Annotated[Day, Meta(description="No massage and no releases there until this day.")] = ""
    by: Annotated[str, Meta(description="The staff slot that entered it.")] = ""
    wall_utc: Annotated[Moment, Meta(description=AS_WRITTEN)] = ""
    withdrawn: Annotated[bool, Meta(description="It was entered by mistake.")] = False
    revision: Revision = 0


class ScoreRow(Row, frozen=True, kw_only=True):
    """A score of one person on one scale and day, by one rater, as a clinic gave it; ``withdrawn``: by mistake.

    What it is counted on goes along, so that it can be read where nobody has the scale. Its words stay at the kiosk.
    """

    TABLE = "scores"
    KEY = ("patient_code", "scale", "scored_on", "by")
    STAMPS = ("wall_utc",)

    patient_code: Patient
    scale: Annotated[str, Meta(description="The scale, by its id at this clinic.")]
    scored_on: Annotated[Day, Meta(description="The day on which it was scored.")]
    by: Annotated[str, Meta(description="The staff slot that rated, or that asked the person.")]
    scale_version: Annotated[Seq, Meta(description="The version of that scale's file.")] = 0
    value: Annotated[Points | None, Meta(description="The number; empty: too many items had no answer.")] = None
    lowest: Annotated[Points | None, Meta(description="The lowest number of the scale.")] = None
    highest: Annotated[Points | None, Meta(description="The highest number of the scale.")] = None
    smallest_change: Annotated[
        Points | None,
        Meta(description="The smallest detectable change of one person: less may be chance. Empty: not known."),
    ] = None
    answers: Annotated[
        str,
        Meta(description="What its items were answered with, in their order; -: no answer; empty: it has no items."),
    ] = ""
    entered_by: Annotated[str, Meta(description="The staff slot that entered it.")] = ""
    wall_utc: Annotated[Moment, Meta(description=AS_WRITTEN)] = ""
    withdrawn: Annotated[bool, Meta(description="It was entered by mistake.")] = False
    revision: Revision = 0
