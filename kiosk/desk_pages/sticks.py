"""Scenes of handing over, for staff: whose rows go, how they are protected, how it ended; and of erasing."""

from __future__ import annotations

from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import TransferShown
from kiosk.menus import erasing, export_menu
from kiosk.screens.scene import Choice, Mark, ProgressScene, Slip, Strip
from kiosk.signals import StickPhase
from kiosk.words import Words

MINUTES_FROM_S = 90
NoteWords = tuple[str, tuple[str, ...], Mark]
PLACES = frozenset(
    (
        StaffPlace.HAND_OVER,
        StaffPlace.HAND_OVER_WHO,
        StaffPlace.PROTECTION,
        StaffPlace.CARRIED,
        StaffPlace.NOT_CARRIED,
        StaffPlace.ERASE_WHO,
        StaffPlace.ERASE,
        StaffPlace.ERASE_SURE,
    )
)
"""Places whose answers are called as ``handover_choice`` calls them."""


def handover_choice(staff: Staff, answer: str, _: Words) -> Choice:
    """One answer of a menu or a note."""
    place = staff.place
    if place in (StaffPlace.HAND_OVER_WHO, StaffPlace.ERASE_WHO):
        return Choice(answer)
    if place is StaffPlace.HAND_OVER:
        person = staff.person.code if staff.person is not None else ""
        return {
            export_menu.SINCE: Choice(
                _("Everybody, what is new"), _("Since {when}").format(when=staff.data.handed_over)
            ),
            export_menu.ONE: Choice(_("This person only"), _("Code {code}").format(code=person)),
            export_menu.ALL: Choice(_("Everybody, everything")),
            export_menu.FORMER: Choice(_("Somebody who was here before")),
        }[answer]
    if place is StaffPlace.PROTECTION:
        way = staff.prepared.way if staff.prepared is not None else ""
        return Choice({"passphrase": _("I have written it down"), "none": _("All the same")}.get(way, _("Go on")))
    if place is StaffPlace.ERASE_SURE:
        return Choice(_("Erase now") if answer == erasing.ERASE else _("No, keep it"))
    return Choice(
        {
            export_menu.OK: _("Menu"),
            export_menu.AGAIN: _("Try again"),
            erasing.KEEP: _("No, keep it"),
            erasing.FIRST: _("Hand over first"),
            erasing.ERASE: _("Yes, erase"),
        }[answer]
    )


def whom_words(_staff: Staff, _: Words) -> tuple[str, str]:
    """Words for the question whose rows go."""
    return _("Hand over"), _("Whose records go to the stick?")


def former_words(_staff: Staff, _: Words) -> tuple[str, str]:
    """Words for the question whose rows go, of those who were here before."""
    return _("Who was here before?"), _("The code stands on their sheet.")


def erase_whom_words(_staff: Staff, _: Words) -> tuple[str, str]:
    """Words for the question who is erased."""
    return _("Erase whom?"), _("The code stands on their sheet.")


def erase_words(staff: Staff, _: Words) -> tuple[str, str]:
    """The first question."""
    title = _("Erase everything of {code}?").format(code=staff.frame.about[0])
    return title, _("Plan, sessions, measures, films and line drawings go from this kiosk. It cannot be undone.")


def sure_words(staff: Staff, _: Words) -> tuple[str, str]:
    """The second question, with what cannot be promised."""
    title = _("Really erase {code}?").format(code=staff.frame.about[0])
    if staff.frame.message == erasing.UNDERWAY:
        wait = _("A stick is still being written or read. Wait a moment and try again. If it hangs, take it out.")
        return title, wait
    text = _("A memory card may hold traces until it writes over them. What was handed over stays with the clinic.")
    return title, text


def erased_words(_: Words) -> tuple[str, ...]:
    """Sentences on what has been done, and what has not."""
    return (
        _("Everything of this person is being deleted here. The numbers of their rows stay, marked as erased."),
        _("A memory card may hold traces until it writes over them. Only destroying the card is certain."),
        _("Copies at the clinic, and records that were set aside, have to be deleted there."),
    )


def protection_slip(staff: Staff, notice: str, _: Words) -> Slip | None:
    """The words that open the package, here and nowhere else, or the keys that do; None: neither stands here."""
    prepared = staff.prepared
    if staff.place is not StaffPlace.PROTECTION or prepared is None or prepared.problem or prepared.way == "none":
        return None
    keys = prepared.way == "recipients"
    return Slip(
        name=f"staff-{staff.place}",
        strip=Strip(handover_choice(staff, export_menu.WRITTEN, _).label, "", _("Back")),
        notice=notice,
        staff=True,
        title=_("Keys of the clinic") if keys else _("Write down these five words"),
        text=_("Only who has one of these keys opens the package. Compare them with the clinic's list.")
        if keys
        else _(
            "They open the package, in this order, with one space between. They are shown only now and kept nowhere."
        ),
        lines=prepared.keys if keys else tuple(prepared.passphrase.split()),
    )


def protection_words(staff: Staff, _: Words) -> NoteWords:
    """Words where there is no protection, or no package at all, with the reason."""
    prepared = staff.prepared
    if prepared is None:
        return _("One moment"), (), Mark.NONE
    if prepared.problem:
        return _("There can be no package now"), (prepared.problem,), Mark.WARNING
    lines = (
        _("Whoever finds the stick can read everything on it."),
        _("This clinic has chosen it so in its settings."),
    )
    return _("Not protected"), lines, Mark.WARNING


def stick_words(staff: Staff, _: Words) -> NoteWords:
    """A stick is waited for; what is wrong with the one that is there."""
    text = staff.transfer.text if staff.transfer is not None else ""
    return _("Now the stick"), ((text,) if text else ()), Mark.HAND


def carried_words(staff: Staff, _: Words) -> NoteWords:
    """It is on the stick, and proved."""
    transfer = staff.transfer or TransferShown()
    number = _("Package number {n}").format(n=transfer.number)
    lines = tuple(filter(None, (transfer.text, transfer.lacks, number)))
    return _("Handed over"), lines, Mark.WARNING if transfer.lacks else Mark.TICK


def not_carried_words(staff: Staff, _: Words) -> NoteWords:
    """It is not, and what to do."""
    transfer, again = staff.transfer or TransferShown(), _("The five words that you wrote down hold for the next try.")
    return (
        _("Not handed over"),
        (transfer.text, *((again,) if staff.frame.about[-1] == "passphrase" else ())),
        Mark.WARNING,
    )


def carrying(staff: Staff, notice: str, _: Words) -> ProgressScene:
    """Return the scene of a package's progress."""
    transfer = staff.transfer or TransferShown(StickPhase.CHECKING)
    titles = {
        StickPhase.WRITING: _("Writing to the stick"),
        StickPhase.PROVING: _("Reading it back"),
        StickPhase.LEAVING: _("Switching it off"),
    }
    stopping = transfer.stopping
    return ProgressScene(
        name=f"staff-{staff.place}",
        strip=Strip(red=_("Back") if stopping or transfer.phase is StickPhase.LEAVING else _("Stop")),
        notice=notice,
        staff=True,
        title=_("Stopping") if stopping else titles.get(transfer.phase, _("Looking at the stick")),
        text=_("Leave the stick in."),
        percent=transfer.percent,
        left="" if stopping else _left(transfer.left_s, _),
    )


def _left(left_s: int | None, _: Words) -> str:
    if left_s is None:
        return ""
    if left_s < MINUTES_FROM_S:
        return _("about {n} s left").format(n=left_s)
    return _("about {n} min left").format(n=-(-left_s // 60))
