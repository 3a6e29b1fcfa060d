"""Taking the lids at the desk, in words: two pages beside the mirror, and what was read."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.care.lids import ONE_SIDED, readings, stands
from kiosk.care.model import Side
from kiosk.care.person import LidsTaken
from kiosk.care.words import number_words
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk_pages.sticks import NoteWords
from kiosk.menus.staff import options
from kiosk.planning import lids
from kiosk.present.look import guide_words
from kiosk.screens.scene import Choice, Mark, PictureScene, StepScene, Strip
from kiosk.words import Words


@dataclass(frozen=True, slots=True)
class LidsView:
    """News of those who look, beside the words: whether there is a picture (``live``), and ``framing`` advice."""

    live: bool = False
    framing: str = ""


NO_VIEW = LidsView()


def present_lids(staff: Staff, notice: str, _: Words, view: LidsView) -> StepScene:
    """A page with the mirror: what to ask for, and when to press."""
    reading = staff.frame.message == lids.READING
    if not view.live:
        notice = _("No picture yet. If none comes, go back with red and answer by eye.")
    told = _("One moment: keep still.") if reading else _message(staff, _) or guide_words(_).get(view.framing, "")
    green, amber, *_rest = (*(lids_choice(answer, _).label for answer in options(staff)), "", "")
    return StepScene(
        name=f"staff-{staff.place}",
        strip=Strip(green, amber, _("Back")),
        notice=notice,
        staff=True,
        sentence=_asked(staff, _),
        label=told,
        picture=PictureScene.LIVE if view.live else PictureScene.MISSING,
    )


def _asked(staff: Staff, _: Words) -> str:
    if staff.place is StaffPlace.LIDS_OPEN:
        return _("Lenses out. Eyes softly open. Green takes it.")
    closing = lids.closing(staff)
    if closing == (Side.LEFT,):
        return _("Gently closed. Green when you see the lashes of their left eye meet.")
    if closing == (Side.RIGHT,):
        return _("Gently closed. Green when you see the lashes of their right eye meet.")
    return _("Gently closed. Green when you see the lashes meet.")


def _message(staff: Staff, _: Words) -> str:
    """The reason why nothing was read; empty: nothing was asked for yet."""
    if staff.frame.message == lids.DISAGREE:
        read = " ".join(_side_line(staff.lids or LidsTaken(), side, True, _) for side in ONE_SIDED)
        return _("Open and closed read too much alike. Once more, both. {read}").format(read=read)
    return {
        "no-face": _("No face was seen. Once more."),
        "two-faces": _("There was a second face. Once more."),
        "turned": _("The face was turned away. Once more."),
        "too-far": _("The face was too far away. Once more."),
        "too-near": _("The face was not wholly in the picture. Once more."),
        "too-dark": _("It was too dark. Once more."),
        "too-bright": _("It was too bright. Once more."),
        "restless": _("Head or lids did not keep still. Once more."),
        "too-few-pictures": _("There were too few pictures. Once more."),
        "lids-unclear": _("The lids could not be made out. Once more."),
        "no-model": _("Without its face models the kiosk sees no lids. Go back and answer by eye."),
        "not-watched": _("Nobody looked at the pictures yet. Wait a moment, then once more."),
    }.get(staff.frame.message, "")


def _side_line(taken: LidsTaken, side: Side, closes: bool, _: Words) -> str:
    opened, closed = readings(taken, side)
    name = _("Left eye") if side is Side.LEFT else _("Right eye")
    if not closes:
        return _("{eye}: does not close.").format(eye=name)
    if opened is None or closed is None:
        return _("{eye}: could not be made out.").format(eye=name)
    told = _("{eye}: open {open} mm, closed {closed} mm.")
    return told.format(eye=name, open=number_words(opened, _), closed=number_words(closed, _))


def taken_words(staff: Staff, _: Words) -> NoteWords:
    """Words for what was read, before it goes into the plan."""
    taken, closing = staff.lids or LidsTaken(), lids.closing(staff)
    told = [_side_line(taken, side, side in closing, _) for side in ONE_SIDED]
    if any(not stands(taken, side) for side in closing):
        told.append(_("A side without two readings that are clearly apart gets no scale."))
    return _("The lids as they were read"), (*told, _("They are kept with the plan when you save it.")), Mark.EYE


def which_words(_staff: Staff, _: Words) -> tuple[str, str]:
    """The question which eye does not close."""
    return _("Which eye does not close?"), _("It gets no figure for closing. The person's own left or right.")


def lids_choice(answer: str, _: Words) -> Choice:
    """An answer on these pages."""
    return Choice(
        {
            lids.READ: _("Take it"),
            lids.STAYS_OPEN: _("Does not close"),
            lids.KEEP: _("Keep this one"),
            lids.AGAIN: _("Take again"),
            "left-stays-open": _("The left eye does not close"),
            "right-stays-open": _("The right eye does not close"),
            "both-stay-open": _("Neither eye closes"),
        }[answer]
    )
