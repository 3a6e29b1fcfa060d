"""Texts of the printed sheets: headings, lines to do one after the other, lines to write on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.words import Words


class SheetReader(StrEnum):
    """The reader of a sheet; also the name of its file."""

    PERSON = "person"
    STAFF = "staff"
    TECHNICIAN = "technician"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A ``heading`` and its ``lines``: ``numbered`` ones are done one after the other."""

    heading: str
    lines: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """One page, from ``title`` to ``blanks``, which are filled in by hand.

    ``call``: the words above the text on whom to call. ``buttons``: for green, amber and red what each does, beside its
    shape. ``parts``: the rest, in order.
    """

    title: str
    call: str
    buttons: tuple[str, str, str]
    parts: tuple[SheetPart, ...]
    blanks: tuple[str, ...]


def built_in_call(_: Words) -> str:
    """The words on whom to call where the site has none in this language."""
    return _("Press the call bell. Without one, call the emergency number.")


def person_sheet(_: Words) -> PrintedSheet:
    """For the person in bed, in large print."""
    return PrintedSheet(
        _("Your kiosk"),
        _("You feel ill, something is new, or you need somebody:"),
        (
            _("Green: yes, go on."),
            _("Amber: the other choice. In a session it pauses."),
            _("Red: stop, at once. Elsewhere it goes one step back."),
        ),
        (
            SheetPart(
                _("Each day"),
                (
                    _("Press any button. You see what is planned for today."),
                    _("Press green. The kiosk says what to do and keeps the time."),
                    _("Move little and slowly. Rest when it says so."),
                    _("It hurts, or you have had enough: press red, or just stop moving."),
                ),
                numbered=True,
            ),
            SheetPart(
                _("Good to know"),
                (
                    _("A button without a light has nothing to do just now."),
                    _("What you did is kept, even if the power goes."),
                ),
            ),
        ),
        (_("My code"), _("My therapist")),
    )


def staff_sheet(_: Words) -> PrintedSheet:
    """For whoever looks after the person, at the end of a shift."""
    return PrintedSheet(
        _("The kiosk, for staff"),
        _("The person is unwell, or something is new:"),
        (
            _("Green accepts."),
            _("Amber moves on to the next choice."),
            _("Red stops a session; elsewhere it goes one step back."),
        ),
        (
            SheetPart(
                _("Coming in"),
                (
                    _("Press red until nothing but the quiet first screen is shown."),
                    _("Hold green and amber together for three seconds."),
                    _("Choose who you are, then give your PIN: amber turns the digit, green takes it."),
                ),
                numbered=True,
            ),
            SheetPart(
                _("Handing over on a stick"),
                (
                    _("Choose “Hand over”, and whose records."),
                    _("Write down the five words: without them nobody can open the package."),
                    _("Put the stick in and wait until the screen says that it was read back. Then take it out."),
                ),
                numbered=True,
            ),
            SheetPart(
                _("In the menu"),
                (
                    _("Inbox: what the person said and what needs somebody. Look at it every day."),
                    _("Pause the plan: everything rests until a date. Care stays open."),
                    _("Cleaning: no press counts for three minutes, so you can wipe everything."),
                    _("Discharge: hand over first. The records stay until somebody erases them."),
                ),
            ),
            SheetPart(
                _("What it may not do"),
                (
                    _("It opens a movement only when a therapist saw it happen by itself and ticked it."),
                    _("It makes no medical claim, judges no face, and calls nobody."),
                    _("The call bell stays nearer to the hand than the buttons."),
                ),
            ),
        ),
        (_("Therapist, telephone"), _("Technician, telephone")),
    )


def technician_sheet(_: Words) -> PrintedSheet:
    """For whoever installs and maintains it."""
    return PrintedSheet(
        _("The kiosk, for the technician"),
        _("The person at the bed is unwell, or something is new:"),
        (
            _("Green: SPACE on a keyboard."),
            _("Amber: TAB on a keyboard."),
            _("Red: ESC on a keyboard."),
        ),
        (
            SheetPart(
                _("It does not work"),
                (
                    _("Look at the screen and write down what it says, word for word."),
                    _("Pull the plug, wait ten seconds, put it back. What was saved is not lost."),
                    _("Press Ctrl+Alt+F2, log in, and ask: sudo kiosk doctor. It says what to do next."),
                    _("Still not: note what it says here, and tell whoever built the kiosk."),
                ),
                numbered=True,
            ),
            SheetPart(
                _("Where things lie"),
                (
                    _("Records and settings: /var/lib/facial-rehab-kiosk. The settings file is kiosk.toml."),
                    _("Look at a changed file with: sudo kiosk check FILE. Then: sudo systemctl restart kiosk."),
                    _("What it did: journalctl -u kiosk."),
                    _("Nobody knows a therapist's PIN any more: sudo kiosk staff reset."),
                ),
            ),
            SheetPart(
                _("Simple mode"),
                (
                    _("After three broken starts in five minutes it comes without camera and the site's own files."),
                    _("Put the cause right, then: sudo systemctl restart kiosk."),
                ),
            ),
            SheetPart(
                _("A new version"),
                (
                    _("A therapist takes it in from a stick. If it does not start, the old one comes back by itself."),
                    _("Never open it, and never pull a stick, while the screen says that it is busy."),
                ),
            ),
        ),
        (_("Installed on, by"), _("Version")),
    )


SHEETS = {SheetReader.PERSON: person_sheet, SheetReader.STAFF: staff_sheet, SheetReader.TECHNICIAN: technician_sheet}
