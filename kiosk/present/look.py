"""The part of a step's scene about the picture of the face: the reflection, its label, the cue, how to sit better."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.care.model import Family, Side, Stage, ViewMode
from kiosk.face.goodside import Reflection
from kiosk.face.model import UnseenReason
from kiosk.screens.scene import PictureScene, Ring, RingPace
from kiosk.session.model import Context, Session, SessionPhase
from kiosk.words import Words


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings of those who look at the face.

    ``framing``: advice of ``sight.framing``; ``cue``: of ``sight.coach``; ``reflection``: that of the healthy half;
    ``centre``: the middle of what is shown of the picture, by ``sight.centring``.
    Whether any of it is shown is decided here and not there: no reflection where none is allowed, no cue outside the
    rest, no advice while the face moves.
    """

    reflection: Reflection | None = None
    framing: str = ""
    cue: str = ""
    centre: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """The same, as a step shows it: fields of ``StepScene``.

    ``reflection``, the ``label`` that says what is seen there, a ``cue``, a ``guide`` to sit better, and the ``band``.
    """

    reflection: Reflection | None = None
    label: str = ""
    cue: str = ""
    guide: str = ""
    band: float | None = None


def looked(session: Session, look: Findings, ring: Ring, picture: PictureScene, _: Words) -> Looked:
    """Return the part of ``look`` that belongs on the screen at this moment of a step."""
    if session.sets_up:
        return Looked(guide=_guide(look, _))
    if session.phase not in (SessionPhase.STEP, SessionPhase.LEAD_BACK) or not session.current.active:
        return Looked()
    guide = _guide(look, _) if ring.pace in (RingPace.LEAD_IN, RingPace.HANDS_UP) else ""
    cue = cue_words(session.context, _).get(look.cue, "") if look.cue and ring.pace is RingPace.REST else ""
    live = picture is PictureScene.LIVE
    reflection = look.reflection if live and may_reflect(session) else None
    if guide and reflection is not None:
        # While somebody finds their place before the camera they need the plain mirror. What they are to do waits until
        # the reflection has faded: a face that changes all at once startles.
        guide, reflection = ("", reflection) if reflection.amount > 0 else (guide, None)
    label = label_words(reflection, _) if reflection is not None else ""
    return Looked(reflection, label, cue, guide, ring.planned if live else None)


def _guide(look: Findings, _: Words) -> str:
    return guide_words(_).get(look.framing, "") if look.framing else ""


def may_reflect(session: Session) -> bool:
    """Whether a half of this person's face may stand for the other in this step.

    The plan has been compiled by the same rule. It is asked again here, the last place before the screen: where both
    sides are affected no half is the healthy one, and in quiet control the reflection would hide the pull.
    """
    one_sided = session.context.side in (Side.LEFT, Side.RIGHT)
    first = session.plan.family is Family.FIRST_MOVEMENTS
    return one_sided and first and session.current.view is ViewMode.GOOD_SIDE


def label_words(reflection: Reflection, _: Words) -> str:
    """Words for what is seen, so that nobody takes it for their own movement."""
    if reflection.reason is UnseenReason.NONE:
        whose = {"left": _("Your left side, twice"), "right": _("Your right side, twice")}
        return whose[reflection.healthy]
    words = {
        UnseenReason.TURNED: _("Plain mirror: face the screen"),
        UnseenReason.TOO_DARK: _("Plain mirror: more light"),
        UnseenReason.TWO_FACES: _("Plain mirror: one face only"),
    }
    return words.get(reflection.reason, _("Plain mirror"))


def cue_words(context: Context, _: Words) -> dict[str, str]:
    """One calm word or a short phrase for each cue; about a strong side only where there is one."""
    words = {
        "slower": _("Slower"),
        "smaller": _("Smaller"),
        "together": _("Both sides together"),
        "soften-eye": _("Let the eye soften"),
        "rest": _("Let your face rest"),
    }
    if context.side in (Side.LEFT, Side.RIGHT):
        linked = context.stage is Stage.SYNKINETIC
        words["strong-waits"] = _("Let your affected side soften") if linked else _("Let the strong side wait")
    return words


def guide_words(_: Words) -> dict[str, str]:
    """Advice → a few words on how to sit better before the picture, where it asks for something."""
    return {
        "no-face": _("Come into the picture"),
        "two-faces": _("One face only"),
        "nearer": _("A little nearer"),
        "farther": _("A little farther away"),
        "move-left": _("A little to your left"),
        "move-right": _("A little to your right"),
        "move-up": _("A little higher"),
        "move-down": _("A little lower"),
        "level": _("Hold your head level"),
        "face-front": _("Face the screen"),
        "chin-up": _("Chin up a little"),
        "chin-down": _("Chin down a little"),
        "more-light": _("More light on your face"),
        "less-light": _("Less light on your face"),
        "light-front": _("Light from the front"),
    }
