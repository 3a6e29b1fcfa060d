"""Every reason why something is closed and every notice for staff, by code.

All texts are whole sentences without values in them, so that other languages can look them up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ClosedReason:
    """A reason for which something is closed: its ``code``, and its ``text`` for the person.

    ``overridable``: staff may open it with an ``Override`` whose ``rule`` is this code.
    """

    code: str
    text: str
    overridable: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that staff should look at: its ``code`` and its ``text``."""

    code: str
    text: str


def _reasons(*reasons: ClosedReason) -> Mapping[str, ClosedReason]:
    return MappingProxyType({reason.code: reason for reason in reasons})


REASONS = _reasons(
    ClosedReason("no-person", "Ask staff to set up your plan."),
    ClosedReason("doubt", "Part of the record was lost. Ask your therapist to check your plan first."),
    ClosedReason("paused", "Your plan is paused. Ask your nurse when it goes on."),
    ClosedReason("flag", "You said that something is new. Ask staff to look first."),
    ClosedReason("locked", "Your therapist has closed this for now. Ask when it opens."),
    ClosedReason("no-stage", "Ask your therapist to set your stage."),
    ClosedReason("flaccid", "Movements come later. Tell your therapist when you see a first one."),
    ClosedReason("wrong-stage", "This does not fit your stage. Ask your therapist what does."),
    ClosedReason("graft", "After your operation, ask your surgeon which movements fit."),
    ClosedReason("graft-not-asked", "Ask your therapist to note whether your face was operated on."),
    ClosedReason("cause", "Ask your therapist whether this fits you, and to open it.", overridable=True),
    ClosedReason("no-side", "Ask your therapist to set your affected side."),
    ClosedReason("no-onset", "Ask your therapist to set when it began."),
    ClosedReason("no-cause", "Ask your therapist to set what caused it."),
    ClosedReason("no-tick", "Tell your therapist when you see a movement come by itself."),
    ClosedReason("no-fitting-tick", "Ask your therapist which movement here fits you."),
    ClosedReason(
        "three-months", "This opens after three months. Ask your therapist about opening it sooner.", overridable=True
    ),
    ClosedReason("six-weeks", "This opens after six weeks. Ask your therapist to check when it began."),
    ClosedReason("not-stiff", "Tell your therapist if your face feels stiff or tender. Then this can open."),
    ClosedReason("review", "Ask your therapist to look at your movements again."),
    ClosedReason("linked", "Something new moves along. Ask your therapist to look at it first."),
    ClosedReason("no-touch", "No touch there after your injection. Ask your therapist when it may begin."),
    ClosedReason("nothing-left", "Nothing in here fits you today. Ask your therapist what does."),
    ClosedReason("unchecked", "The kiosk is still looking through its records. This opens in a moment."),
    ClosedReason("stuck", "The red button is stuck. Ask staff to free it."),
    ClosedReason("pain", "No more movements today, because of the pain. Relax, and tell your therapist."),
    ClosedReason("per-day", "That is enough movement for today. Come back tomorrow."),
    ClosedReason("gap", "Your face rests for an hour between movements. Try Relax until then."),
)

FOR_STAFF: Mapping[str, str] = MappingProxyType(
    {
        "no-person": "Nobody is set up.",
        "doubt": "Part of the record was lost. A therapist has to check the plan first.",
        "paused": "The plan is paused.",
        "flag": "A warning sign was reported. Nobody of staff has looked yet.",
        "locked": "A therapist has closed it for this person.",
        "no-stage": "The stage is not set.",
        "flaccid": "Closed at the stage without movement.",
        "wrong-stage": "It does not fit the stage of this person.",
        "graft": "Closed after a nerve graft or an operation that brings movement back.",
        "graft-not-asked": "Whether there was a graft or an operation to bring movement back was not asked.",
        "cause": "Stroke, or the cause is not known: a therapist decides.",
        "no-side": "The affected side is not set.",
        "no-onset": "The onset is not set.",
        "no-cause": "The cause is not set.",
        "no-tick": "No movement is ticked yet.",
        "no-fitting-tick": "None of the ticked movements is in it.",
        "three-months": "Less than three months since the onset.",
        "six-weeks": "Less than six weeks since the onset.",
        "not-stiff": "The side is not set as stiffer or more tender than the other.",
        "review": "The ticked movements have to be reviewed.",
        "linked": "A linked movement is new or more. It has to be reviewed.",
        "no-touch": "No touch after an injection, in every place of this programme.",
        "nothing-left": "Nothing in it fits this person today.",
        "unchecked": "The record is being looked through since the start. It opens by itself.",
        "stuck": "The red button is stuck.",
        "pain": "Pain: movement is closed for today.",
        "per-day": "Enough movement for today.",
        "gap": "Less than an hour since the last movement.",
    }
)
"""The same reasons as staff read them: what is so, in place of what to ask whom."""

TIMED_CODES = frozenset(("per-day", "gap"))
"""Reasons that pass by themselves; a session that goes on after an interruption is not a new one."""

NOTICES: Mapping[str, str] = MappingProxyType(
    {
        "doubt": "Part of the record was lost. Check side, stage, ticks and pauses, then save. Until then: Relax only.",
        "incomplete": "The plan is not complete: stage, side, onset or cause is missing.",
        "not-asked": "Not every question about safety was asked. What depends on the answers stays closed.",
        "review-soon": "The ticked movements are due for review. Movement closes 7 days after the 30th day.",
        "review-overdue": "The ticked movements were not reviewed in time. Movement is closed until they are.",
        "ticks-undated": "A ticked movement has no date. Set the clock and review it.",
        "linked": "A linked movement is new or clearly more. Review it.",
        "flag": "A warning sign was reported. Look, then open practice again on the page Programmes.",
        "stiff": "No movement yet, but stiff or tender all the same. Review the stage.",
        "injection-open": "An injection has no day on which touch may begin again. Enter one.",
        "pause-over": "The pause is over. The plan goes on.",
        "cause-unknown": "Stroke or unknown cause: only relaxation and cards are open until a therapist opens more.",
        "dose": "A dose set here does not fit its programme any more: the programme's own is used. Look at the doses.",
        "unreviewed": "No therapist has reviewed this plan yet.",
    }
)
