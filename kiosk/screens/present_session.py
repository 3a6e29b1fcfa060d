"""A session as a scene: which words, which ring, which three buttons. No pixels and no time of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.care.model import Kind, Side
from kiosk.screens.present_look import Findings, looked
from kiosk.screens.scene import Choice, Listing, Mark, Menu, Note, Pace, Picture, Ring, Scene, Step, Strip
from kiosk.session import timed
from kiosk.session.model import Answer, EndReason, Phase, Session
from kiosk.session.prompts import PROMPTS, RED_FLAGS
from kiosk.session.questions import answers, direct, flags_read
from kiosk.session.timed import TIMED
from kiosk.session.timeline import stretch_at
from kiosk.words import Words

RING_STEPS = 60
"""In how many steps the ring is drawn."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a scene shows of the world around the session.

    One line of notice, the site's own text for red flags, what those say who look at the person's face, and whether
    what the camera sees at this moment goes into a film that is kept.
    """

    notice: str = ""
    emergency: tuple[str, ...] = ()
    look: Findings = field(default_factory=Findings)
    filming: bool = False


def present(session: Session, around: Around, _: Words) -> Scene:
    """The scene of ``session`` as it stands."""
    if session.phase in TIMED:
        return _timed(session, around, _)
    if session.phase is Phase.RED_FLAGS:
        return _red_flags(session, around, _)
    if session.phase in (Phase.FLAGGED, Phase.REFUSED, Phase.DONE, Phase.FACE_AWAY):
        return _note(session, around, _)
    return _menu(session, around, _)


def answer_words(_: Words) -> dict[Answer, str]:
    """What each answer is called on the screen."""
    return {
        Answer.YES: _("Yes"),
        Answer.NO: _("No"),
        Answer.NONE: _("None"),
        Answer.MILD: _("Mild"),
        Answer.MODERATE: _("Moderate"),
        Answer.SEVERE: _("Severe"),
        Answer.SHARP: _("Sharp"),
        Answer.FRESH: _("Fresh"),
        Answer.A_LITTLE: _("A little tired"),
        Answer.TIRED: _("Tired"),
        Answer.VERY_TIRED: _("Very tired"),
        Answer.EYE: _("My eye"),
        Answer.ELSE: _("Something else"),
        Answer.GO_ON: _("Go on"),
        Answer.SKIP: _("Skip this"),
        Answer.EASIER: _("Easier"),
        Answer.SOFTER: _("Softer voice"),
        Answer.PAIN: _("It hurts"),
        Answer.LINKED: _("Muscles move along"),
        Answer.MISTAKE: _("By mistake"),
        Answer.RELAX: _("Relax"),
        Answer.FINISH: _("Finish"),
        Answer.STOP: _("Stop"),
    }


def _name(session: Session) -> str:
    return f"session-{session.phase.value}"


def question_words(session: Session, _: Words) -> tuple[str, str]:
    """Title and question of a menu phase."""
    side = session.context.side or Side.BOTH
    if session.phase is Phase.IDENTITY:
        touch = {
            Side.LEFT: (_("Plan for your LEFT side"), _("Touch your left cheek. Is this you?")),
            Side.RIGHT: (_("Plan for your RIGHT side"), _("Touch your right cheek. Is this you?")),
            Side.BOTH: (_("Plan for both sides"), _("Is this your plan?")),
        }
        return touch[side]
    texts = {
        Phase.FLAG_KIND: (_("One of these is new"), _("Is it your eye?")),
        Phase.PAIN_BEFORE: (_("Pain in your face?"), ""),
        Phase.PAIN_AFTER: (_("Pain in your face now?"), ""),
        Phase.TIREDNESS: (_("How tired are you?"), ""),
        Phase.LINKED: (
            _("Moving along"),
            _("Do muscles move along in a new way, or clearly more than last week?"),
        ),
        Phase.LINKED_AFTER: (_("Moving along"), _("Did muscles move along more than last week?")),
        Phase.CLEAN_HANDS: (_("Clean hands"), _("Have you just washed your hands?")),
        Phase.PAUSED: (_("Paused"), ""),
        Phase.PAIN_LEVEL: (_("How strong is the pain?"), ""),
        Phase.RELAX_OFFER: (_("Shall we relax instead?"), ""),
        Phase.STOP_REASON: (_("Stopped. Why?"), ""),
    }
    return texts[session.phase]


def _menu(session: Session, around: Around, _: Words) -> Scene:
    title, text = question_words(session, _)
    words = answer_words(_)
    found = answers(session)
    red = _red_word(session, _)
    if direct(session):
        strip = Strip(words[found[0]], words[found[1]] if len(found) > 1 else "", red)
        choices: tuple[Choice, ...] = ()
    else:
        choices = tuple(Choice(words[a]) for a in found)
        strip = Strip(_("Choose") if session.cursor is not None else "", _("Next"), red)
    if session.context.single_switch:
        strip = Strip(_("Choose"), "", "")
    mark = _side_mark(session.context.side) if session.phase is Phase.IDENTITY else Mark.NONE
    return Menu(
        name=_name(session),
        strip=strip,
        notice=around.notice,
        title=title,
        text=text,
        choices=choices,
        index=session.cursor,
        mark=mark,
    )


def _red_word(session: Session, _: Words) -> str:
    if session.phase is Phase.STOP_REASON or (session.phase is Phase.PAIN_LEVEL and session.end is not None):
        return _("Skip this")
    return _("Stop") if session.begun and session.end is None else _("Home")


def _red_flags(session: Session, around: Around, _: Words) -> Scene:
    read = flags_read(session)
    ready = read >= session.context.flag_count
    strip = Strip(_("None of these") if ready else "", _("One of these"), _("Home"))
    if session.context.single_switch:
        strip = Strip(_("Choose"), "", "")
    found = answers(session)
    words = {Answer.NONE: _("None of these"), Answer.YES: _("One of these"), Answer.STOP: _("Home")}
    picked = words[found[session.cursor]] if session.cursor is not None and session.cursor < len(found) else ""
    return Listing(
        name=_name(session),
        strip=strip,
        notice=around.notice,
        title=_("New since last time?"),
        lines=tuple(_(line) for line in RED_FLAGS),
        read=read,
        question=picked,
    )


def _note(session: Session, around: Around, _: Words) -> Scene:
    words = answer_words(_)
    found = answers(session)
    single = session.context.single_switch
    if session.phase is Phase.FLAGGED:
        title, mark = _("No practice now"), Mark.BELL
        lines = around.emergency or (_("Press your call bell, or call your emergency number now."),)
        lines = (*lines, _("This kiosk cannot call anyone."))
        labels = {Answer.EYE: _("Eye care"), Answer.FINISH: _("Home")}
    elif session.phase is Phase.REFUSED:
        title, mark = _("Not this one today"), Mark.HEART
        lines = (_(PROMPTS[f"refused.{session.refusal}"]),)
        labels = words
    elif session.phase is Phase.FACE_AWAY:
        title, mark = _("I cannot see your face"), Mark.CAMERA_OFF
        lines = (_("Come back in front of the picture."), _("Or go on without it."))
        labels = {Answer.GO_ON: _("No picture"), Answer.ELSE: _("Pause")}
    else:
        title, mark, lines = _done(session, _)
        labels = {Answer.FINISH: _("Home")}
    green = labels.get(found[0], "") if found else ""
    amber = labels.get(found[1], "") if len(found) > 1 else ""
    red = "" if session.phase is Phase.DONE else _red_word(session, _)
    strip = Strip(green, amber, red)
    if single:
        named = {**words, **labels}
        picked = named[found[session.cursor]] if session.cursor is not None else ""
        strip = Strip(picked, "", "")
    return Note(name=_name(session), strip=strip, notice=around.notice, title=title, lines=lines, mark=mark)


def _done(session: Session, _: Words) -> tuple[str, Mark, tuple[str, ...]]:
    saved = _("It is saved.") if session.all_stored else _("Saving …")
    if session.end is EndReason.COMPLETED:
        title = _("Done for now")
        lines = (_("Let your face rest."), saved)
    else:
        title = _("Stopped")
        lines = (_("That was the right thing to do."), saved)
    if session.pain_locked:
        lines = (_("No movements for the rest of today. Releases and relaxing stay open."), saved)
    return title, Mark.TICK if session.all_stored else Mark.NONE, lines


# Timed stretches.


def _timed(session: Session, around: Around, _: Words) -> Scene:
    step = session.current
    if session.phase in (Phase.STEP, Phase.LEAD_BACK):
        green = ""
        if step.active and session.may_show and session.context.camera:
            green = _("Hide picture") if session.picture else _("Show picture")
        title, sentence, feel = _(step.title), _(step.sentence), _(step.feel) if step.feel else ""
        mark = Mark.GLASSES if step.kind is Kind.GLASSES else Mark.HAND if step.hands else Mark.NONE
        side = _side_mark(step.side) if step.side in (Side.LEFT, Side.RIGHT) else Mark.NONE
    else:
        green, feel, side = "", "", Mark.NONE
        title, sentence, mark = _quiet_words(session, _)
        if session.phase is Phase.EYE_CARE:
            green = _("Go on")
    amber, red = _("Pause"), _("Stop")
    if session.amber_stops:
        amber, red = _("Stop"), ""
    strip = Strip("", "", _("Stop")) if session.context.single_switch else Strip(green, amber, red)
    timer, picture = ring(session, _), _picture(session)
    seen = looked(session, around.look, timer, picture, _)
    return Step(
        name=_name(session),
        strip=strip,
        notice=around.notice,
        title=title,
        sentence=sentence,
        feel=feel,
        then=_then(session, _),
        ring=timer,
        picture=picture,
        side=side,
        mark=mark,
        reflection=seen.reflection,
        label=seen.label,
        cue=seen.cue,
        guide=seen.guide,
        band=seen.band,
        filming=_("Filming") if around.filming else "",
    )


def _quiet_words(session: Session, _: Words) -> tuple[str, str, Mark]:
    words = {
        Phase.EYE_CARE: (_("Your eye"), _("Drops due? Blink softly."), Mark.EYE),
        Phase.SETTLE_IN: (_("Settle"), _("Jaw loose. Breathe out slowly."), Mark.NONE),
        Phase.SETTLE_OUT: (_("Rest"), _("Let your whole face rest."), Mark.NONE),
        Phase.LOOK_AWAY: (_("Rest your eyes"), _("Look far away."), Mark.EYE),
    }
    return words[session.phase]


def _then(session: Session, _: Words) -> str:
    steps = session.plan.steps
    if session.phase in (Phase.EYE_CARE, Phase.SETTLE_IN, Phase.LOOK_AWAY):
        return _(steps[session.step].title) if session.step < len(steps) else ""
    if session.phase is Phase.SETTLE_OUT:
        return ""
    return _(steps[session.step + 1].title) if session.step + 1 < len(steps) else _("Rest")


def _picture(session: Session) -> Picture:
    if not session.wants_picture:
        return Picture.NONE
    return Picture.LIVE if session.camera_ok else Picture.MISSING


def ring(session: Session, _: Words) -> Ring:
    """The timer of a timed phase, in whole steps of its drawing: two scenes between which nothing moves are equal."""
    start, whole = _running(session)
    gone = max(0, min(session.now_ms - start, whole))
    repetition = many = 0
    if session.phase is Phase.STEP:
        step = session.current
        stretch = stretch_at(step, session.now_ms - session.anchor_ms, session.easier)
        pace = Pace(stretch.pace.value)
        many = step.repetitions if step.repetitions > 1 else 0
        repetition = min(stretch.repetition + 1, step.repetitions) if many else 0
    else:
        pace = Pace.LEAD_IN if session.phase is Phase.LEAD_BACK else Pace.SETTLE
    fraction = gone * RING_STEPS // whole / RING_STEPS if whole else 1.0
    word = pace_word(pace, session.current.active, _)
    return Ring(fraction, -(-(whole - gone) // 1000), pace, word, repetition, many)


def _running(session: Session) -> tuple[int, int]:
    """When the stretch on the ring began, and how long it is."""
    if session.phase is Phase.STEP:
        stretch = stretch_at(session.current, session.now_ms - session.anchor_ms, session.easier)
        return session.anchor_ms + stretch.start_ms, stretch.end_ms - stretch.start_ms
    return session.since_ms, timed.phase_length_ms(session)


def next_change_ms(session: Session, now_ms: int) -> int | None:
    """When the ring moves on next, by a step of its drawing or by a second; None where no ring runs."""
    if session.phase not in TIMED:
        return None
    start, whole = _running(session)
    gone = max(0, now_ms - start)
    notch = (gone * RING_STEPS // whole + 1) * whole // RING_STEPS + 1 if whole else gone + 1_000
    second = whole - (whole - gone - 1) // 1000 * 1000 if gone < whole else gone + 1_000
    return start + max(gone + 1, min(notch, second))


def pace_word(pace: Pace, active: bool, _: Words) -> str:
    """One word for what the ring is counting."""
    words = {
        Pace.HANDS_UP: _("Hands up"),
        Pace.LEAD_IN: _("Ready"),
        Pace.MOVE_IN: _("Slowly in"),
        Pace.HOLD: _("Hold softly") if active else _("Stay"),
        Pace.MOVE_OUT: _("Slowly out"),
        Pace.REST: _("Rest"),
        Pace.SETTLE: _("Rest"),
        Pace.NONE: "",
    }
    return words[pace]


def _side_mark(side: Side | None) -> Mark:
    marks = {Side.LEFT: Mark.FACE_LEFT, Side.RIGHT: Mark.FACE_RIGHT, Side.BOTH: Mark.FACE_BOTH}
    return marks[side] if side else Mark.NONE
