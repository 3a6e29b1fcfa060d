"""A session as a scene: which words, which ring, which three buttons. No pixels and no time of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from kiosk.care.model import Side, Step, StepKind
from kiosk.care.texts import OTHER_SIDE
from kiosk.present.ending import SessionEnding, again_words, done_words, dots
from kiosk.present.head import NO_PICTURES, NOTCH_MS, Decoded, felt, head, next_move_ms
from kiosk.present.look import Findings, looked
from kiosk.screens.scene import (
    Choice,
    Listing,
    Mark,
    Menu,
    NoteScene,
    PictureScene,
    Ring,
    RingPace,
    Scene,
    StepScene,
    Strip,
    WeekDay,
)
from kiosk.session import timed
from kiosk.session.model import Answer, Session, SessionPhase
from kiosk.session.prompts import RED_FLAGS, TEXTS
from kiosk.session.questions import amber_answer, answers, choices, flags_read, green_answer
from kiosk.session.timed import TIMED
from kiosk.session.timeline import BREATH_IN_MS, StretchPace, phase_at, stretch_at, stretches
from kiosk.words import Words

RING_STEPS = 60
"""About the number of steps in which the ring is drawn: whole ones a second, so that it moves with the seconds."""
MOST_COUNTED, MOST_STEPS, MOST_LIVE_STEPS = 6, 12, 30
"""Most steps of the ring a second: of a countdown with which nobody moves, of a movement (as of the drawn head),
and beside a mirror, one for each of its pictures."""
MIRROR_MS = 100
"""Time that what moves beside a mirror waits for the camera's next picture, to be drawn with it."""
SLOW_MS, SLOW_STEPS = 2_000, 20
"""Time, and number of steps, in which the light of a hold grows and fades: no flash at an eye that may be dry."""
DIM_MS = 1_500
"""Time for which the lamps are dim where practice begins or ends."""


@dataclass(frozen=True, slots=True)
class Around:
    """The part of a scene that is about the world around the session.

    ``notice``: one line. ``emergency``: the site's own text for red flags in the person's language; ``elsewhere``: in
    the site's, where there is none in theirs. ``look``: what those say who look at the
    person's face. ``filming``: whether what the camera sees at this moment goes into a film that is kept. ``tone``: the
    skin of the drawn head, 1 (light) to 6 (dark). ``ending``: what the last screen says of the days around the session.
    ``pictures``: the clinic's own that are decoded.
    """

    notice: str = ""
    emergency: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    look: Findings = field(default_factory=Findings)
    filming: bool = False
    tone: int = 3
    ending: SessionEnding = field(default_factory=SessionEnding)
    pictures: Decoded = field(default_factory=dict)

    def seeing(self, look: Findings, filming: bool, pictures: Decoded) -> Around:
        """The same world, with what is seen in it at this moment."""
        return Around(self.notice, self.emergency, self.elsewhere, look, filming, self.tone, self.ending, pictures)


def present(session: Session, around: Around, _: Words) -> Scene:
    """The scene of ``session`` as it stands."""
    if session.phase in TIMED:
        return _timed(session, around, _)
    if session.phase is SessionPhase.RED_FLAGS:
        return _red_flags(session, around, _)
    if session.phase in (SessionPhase.FLAGGED, SessionPhase.TOLD, SessionPhase.DONE, SessionPhase.FACE_AWAY):
        return _note(session, around, _)
    return _menu(session, around, _)


def answer_words(_: Words) -> dict[Answer, str]:
    """Answer → its name on the screen."""
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
        Answer.LINKED: _("Muscles pull along"),
        Answer.MISTAKE: _("By mistake"),
        Answer.RELAX: _("Relax"),
        Answer.FINISH: _("Finish"),
        Answer.AGAIN: _("Ask again"),
        Answer.STOP: _("Stop"),
    }


def _named(session: Session, _: Words) -> dict[Answer, str]:
    """Answer → its name in this phase."""
    words = answer_words(_)
    if session.phase is SessionPhase.RED_FLAGS:
        # The first lines have left the screen when green works: it answers for all of them.
        count = len(RED_FLAGS)
        words |= {
            Answer.NONE: _("None of all {count}").format(count=count),
            Answer.YES: _("One of the {count}").format(count=count),
        }
    elif session.phase in (SessionPhase.PAIN_BEFORE, SessionPhase.PAIN_AFTER):
        words |= {Answer.NONE: _("No pain"), Answer.YES: _("Some pain")}
    elif session.phase is SessionPhase.FLAGGED:
        words |= {Answer.NONE: _("None after all"), Answer.FINISH: _("Eye care")}
    elif session.phase is SessionPhase.FACE_AWAY:
        words |= {Answer.GO_ON: _("No picture"), Answer.ELSE: _("Pause")}
    elif session.phase is SessionPhase.DONE:
        words |= {Answer.FINISH: _("Home")}
    elif session.phase is SessionPhase.PAUSED and session.said == timed.DROPS:
        words |= {Answer.GO_ON: _("Done")}
    return words


def _strip(session: Session, _: Words) -> Strip:
    """The three buttons of a question. Red is called the same in all of a session; green is lit once it works."""
    words, found = _named(session, _), answers(session)
    if session.context.single_switch:
        pointed = session.cursor is not None and session.cursor < len(found)
        return Strip(words[found[session.cursor or 0]] if pointed else _("Choose"))
    green, amber = green_answer(session), amber_answer(session)
    lit = words[green] if green is not None and session.lit else ""
    if choices(session):
        return Strip(_("Choose") if session.cursor is not None else lit, _("Next"), _("Stop"))
    red = "" if session.phase is SessionPhase.DONE else _("Stop")
    return Strip(lit, words[amber] if amber is not None else "", red)


def _name(session: Session) -> str:
    return f"session-{session.phase.value}"


def _words(session: Session, _: Words) -> tuple[str, str]:
    """Title and text of a question: the words that the voice speaks."""
    said = TEXTS[session.said]
    return _(said.title), _(said.text) if said.text else ""


def _menu(session: Session, around: Around, _: Words) -> Scene:
    title, text = _words(session, _)
    words = _named(session, _)
    if session.phase is SessionPhase.PAUSED and session.open and session.said in ("ask.paused", "ask.resumed"):
        # What the present step is: whoever pauses, or comes back, knows what goes on.
        coming = _("Goes on with: {step}.").format(step=_(session.current.title))
        text = f"{text} {coming}"
    if session.phase is SessionPhase.PAUSED and session.stalled:
        text = " ".join((text, _("The kiosk stood still for a moment, so it waits for you.")))
    if session.phase is SessionPhase.STOP_REASON:
        left = Answer.MISTAKE in answers(session)
        told = _("“By mistake” goes on with it, for one minute.") if left else _("The minute for “By mistake” is over.")
        text = " ".join(filter(None, (text, told)))
    return Menu(
        name=_name(session),
        strip=_strip(session, _),
        notice=around.notice,
        title=title,
        text=text,
        choices=tuple(Choice(words[answer]) for answer in choices(session)),
        index=session.cursor,
        mark=_side_mark(session.context.side) if session.phase is SessionPhase.IDENTITY else Mark.NONE,
    )


def _red_flags(session: Session, around: Around, _: Words) -> Scene:
    found, words = answers(session), _named(session, _)
    pointed = session.cursor is not None and session.cursor < len(found)
    return Listing(
        name=_name(session),
        strip=_strip(session, _),
        notice=around.notice,
        title=_words(session, _)[0],
        lines=tuple(_(line) for line in RED_FLAGS),
        read=flags_read(session),
        question=words[found[session.cursor or 0]] if pointed else "",
    )


def _note(session: Session, around: Around, _: Words) -> Scene:
    title, text = _words(session, _)
    lines: tuple[str, ...] = (text,)
    week: tuple[WeekDay, ...] = ()
    mark = Mark.NONE
    if session.phase is SessionPhase.FLAGGED:
        mark = Mark.EYE if session.flag is Answer.EYE else Mark.BELL
        if session.flag is not Answer.EYE:
            # The site's own words on whom to call stand in front, where they are in the person's language.
            lines = (*around.emergency, text, *around.elsewhere)
    elif session.phase is SessionPhase.FACE_AWAY:
        mark = Mark.CAMERA_OFF
    elif session.phase is SessionPhase.DONE:
        saved = _("It is saved.") if session.all_stored else _("Saving …")
        told = (text, done_words(session, _), again_words(around.ending.again, around.ending.at, _), saved)
        lines, week = tuple(line for line in told if line), dots(around.ending.week, _)
        mark = Mark.TICK if session.all_stored else Mark.NONE
    else:
        mark = Mark.HEART
    return NoteScene(
        name=_name(session),
        strip=_strip(session, _),
        notice=around.notice,
        title=title,
        lines=lines,
        mark=mark,
        week=week,
    )


# Timed stretches.


def _timed(session: Session, around: Around, _: Words) -> Scene:
    step = session.current
    if session.phase in (SessionPhase.STEP, SessionPhase.LEAD_BACK):
        green = ""
        if (session.may_show and session.context.camera) or session.may_draw:
            green = _("Hide picture") if session.picture else _("Show picture")
        title, sentence, feel = _(step.title), _(step.sentence), felt(session, _)
        mark = Mark.GLASSES if step.kind is StepKind.GLASSES else Mark.HAND if step.hands else Mark.NONE
        side = _side_mark(step.side) if step.side in (Side.LEFT, Side.RIGHT) else Mark.NONE
    else:
        green, feel, side = "", "", Mark.NONE
        (title, sentence), mark = _words(session, _), _QUIET_MARKS.get(session.phase, Mark.NONE)
    waits = session.phase is SessionPhase.EYE_CARE or session.readying
    if waits:
        green = _("Done")
    amber, red = _("Wait") if waits else _("Pause"), _("Stop")
    if session.amber_stops:
        amber, red = _("Stop"), ""
    strip = _same_strip("", "", _("Stop")) if session.context.single_switch else _same_strip(green, amber, red)
    timer, picture = ring(session, _), _picture(session)
    seen = looked(session, around.look, timer, picture, _)
    return StepScene(
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
        centre=around.look.centre,
        label=seen.label,
        cue=seen.cue,
        guide=seen.guide,
        band=seen.band,
        filming=_("Filming") if around.filming else "",
        head=head(session, around.tone, _, around.pictures),
        dimmed=session.toned_ms is not None and session.now_ms < session.toned_ms + DIM_MS,
    )


_same_strip = lru_cache(maxsize=16)(Strip)
"""The same value for the same words: it is compared with the last one for every picture."""
_MOVED = (RingPace.MOVE_IN, RingPace.HOLD, RingPace.MOVE_OUT)
_QUIET_MARKS = {SessionPhase.EYE_CARE: Mark.EYE, SessionPhase.LOOK_AWAY: Mark.EYE, SessionPhase.READY: Mark.HAND}


def _then(session: Session, _: Words) -> str:
    """The title of the step that comes next."""
    if session.phase is SessionPhase.SETTLE_OUT:
        return ""
    coming = session.step + (session.phase in (SessionPhase.STEP, SessionPhase.LEAD_BACK))
    steps = session.plan.steps
    return _(steps[coming].title) if coming < len(steps) else _("Rest")


def _picture(session: Session) -> PictureScene:
    if not session.wants_picture:
        return PictureScene.NONE
    return PictureScene.LIVE if session.camera_ok else PictureScene.MISSING


def ring(session: Session, _: Words) -> Ring:
    """The timer of a timed phase, in whole steps of its drawing: two scenes between which nothing moves are equal."""
    pace, start, whole = _running(session)
    gone = max(0, min(session.now_ms - start, whole))
    step, repetition, many = session.current, 0, 0
    if session.phase is SessionPhase.STEP and step.repetitions > 1:
        stretch = stretch_at(step, session.now_ms - session.anchor_ms, session.easier)
        repetition, many = min(stretch.repetition + 1, step.repetitions), step.repetitions
    per_s = _steps_per_s(pace, whole, _picture(session) is PictureScene.LIVE)
    fraction = gone * per_s // 1000 * 1000 / (whole * per_s) if whole else 1.0
    if session.phase in (SessionPhase.STEP, SessionPhase.LEAD_BACK):
        word = _word(step, pace, gone, session.phase is SessionPhase.STEP, _)
        words = _step_words(step, session.easier, _)
    else:
        word, words = _quiet_word(session, _), ()
    left = min(gone, whole - gone) if _slow(session, pace) else SLOW_MS
    held = min(SLOW_STEPS, left * SLOW_STEPS // SLOW_MS) / SLOW_STEPS
    return Ring(fraction, -(-(whole - gone) // 1000), pace, word, repetition, many, held, words)


def _steps_per_s(pace: RingPace, whole_ms: int, live: bool) -> int:
    most = MOST_LIVE_STEPS if live else MOST_STEPS if pace in _MOVED else MOST_COUNTED
    return min(most, max(1, round(1000 * RING_STEPS / whole_ms))) if whole_ms else 1


@lru_cache(maxsize=8)
def _step_words(step: Step, easier: bool, _: Words) -> tuple[str, ...]:
    """Every word that the ring has in ``step``."""
    # Kept, because the scene is made anew for every picture.
    paces = [RingPace(stretch.pace.value) for stretch in stretches(step, easier)]
    moments = ((pace, gone_ms) for pace in paces for gone_ms in (0, BREATH_IN_MS))
    return tuple(dict.fromkeys(_word(step, pace, gone_ms, True, _) for pace, gone_ms in moments))


def _slow(session: Session, pace: RingPace) -> bool:
    """Whether the light of this stretch grows and fades: a hold into which no movement leads, and out of which none."""
    return pace is RingPace.HOLD and session.current.in_ms == session.current.out_ms == 0


def _running(session: Session) -> tuple[RingPace, int, int]:
    """Return the stretch on the ring: what it is, when it began, and how long it is."""
    if session.phase is SessionPhase.STEP:
        stretch = stretch_at(session.current, session.now_ms - session.anchor_ms, session.easier)
        return RingPace(stretch.pace.value), session.anchor_ms + stretch.start_ms, stretch.end_ms - stretch.start_ms
    pace = RingPace.LEAD_IN if session.phase is SessionPhase.LEAD_BACK else RingPace.SETTLE
    return pace, session.since_ms, timed.phase_length_ms(session)


def next_change_ms(session: Session, now_ms: int, pictures: Decoded = NO_PICTURES) -> int | None:
    """The next moment at which the screen is drawn anew by itself; None where no ring runs.

    That is the next change of ring or lamps: by a step of their drawing, or by a second. Where a head, a film, a
    mirror or the light of a hold moves, the ring waits for its next picture: no eye could tell the two apart.
    """
    if session.phase not in TIMED:
        return None
    pace, start, whole = _running(session)
    moves_ms, live = next_move_ms(session, now_ms, pictures), _picture(session) is PictureScene.LIVE
    if moves_ms is not None and moves_ms - now_ms <= NOTCH_MS:
        change = moves_ms
    else:
        gone, per_s = max(0, now_ms - start), _steps_per_s(pace, whole, live)
        notch = -(-(gone * per_s // 1000 + 1) * 1000 // per_s) if whole else gone + 1_000
        second = whole - (whole - gone - 1) // 1000 * 1000 if gone < whole else gone + 1_000
        change = start + max(gone + 1, min(notch, second))
        if _slow(session, pace) and min(gone, whole - gone) <= SLOW_MS:
            change = start + (gone * SLOW_STEPS // SLOW_MS + 1) * SLOW_MS // SLOW_STEPS
        change = change if moves_ms is None else min(change, moves_ms)
    if live:
        change = max(change, now_ms + MIRROR_MS)
    if session.toned_ms is not None and now_ms < session.toned_ms + DIM_MS:
        change = min(change, session.toned_ms + DIM_MS)
    return change


def _word(step: Step, pace: RingPace, gone_ms: int, running: bool, _: Words) -> str:
    """The word for what is done now, that of the exercise itself: the voice speaks the same."""
    if pace is RingPace.REST:
        return _("Rest")
    if running and (number := phase_at(step, StretchPace(pace.value), gone_ms)) is not None:
        return _(step.phases[number])
    first = RingPace.HANDS_UP if step.hands_up_ms else RingPace.LEAD_IN
    if running and step.other_side and pace is first:
        return _(OTHER_SIDE)
    return _("Hands up") if pace is RingPace.HANDS_UP else _("Ready")


def _quiet_word(session: Session, _: Words) -> str:
    """The word of a stretch between the steps. To look after an eye is no rest."""
    if session.phase is SessionPhase.EYE_CARE:
        return _("Drops") if session.context.eye_drops else _("Blink")
    return _("Ready") if session.phase is SessionPhase.READY else _("Rest")


def _side_mark(side: Side | None) -> Mark:
    marks = {Side.LEFT: Mark.FACE_LEFT, Side.RIGHT: Mark.FACE_RIGHT, Side.BOTH: Mark.FACE_BOTH}
    return marks[side] if side else Mark.NONE
