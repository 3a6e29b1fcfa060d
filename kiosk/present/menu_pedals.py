"""Teaching a pedal, in words for staff."""

from __future__ import annotations

from kiosk.menus import pedals
from kiosk.menus.lesson import PRESSES
from kiosk.menus.staff_model import Staff
from kiosk.screens.scene import Choice, Mark
from kiosk.signals import Button
from kiosk.words import Words


def pedal_words(staff: Staff, _: Words) -> tuple[str, str]:
    """What is taught so far."""
    known = staff.data.pedals or ()
    told = ", ".join(_("{key}: {button}").format(key=one.key, button=_buttons(_)[one.button]) for one in known)
    return _("Pedals"), told or _("Status names the key that each pedal sends, and whether it is a button.")


def pedal_choice(answer: str, _: Words) -> Choice:
    """An answer about pedals."""
    return {
        pedals.TEACH: Choice(_("Teach a pedal"), _("Its stop first.")),
        pedals.FORGET: Choice(_("Forget what was taught"), _("Keys of keyboards and the plate stay as they are.")),
        pedals.ENOUGH: Choice(_("Enough")),
    }[answer]


def lesson_words(staff: Staff, _: Words) -> tuple[str, tuple[str, ...], Mark]:
    """What is to be pressed now."""
    lesson = staff.lesson
    if lesson is None or lesson.wanted is None:
        return _("One moment"), (), Mark.NONE
    taken = (_("That key has its meaning already, and keeps it."),) if lesson.taken else ()
    if lesson.proving:
        told = _("Press the same pedal once more: it has to stop. Otherwise it is forgotten.")
        return _("Now stop with it"), (told, *taken), Mark.NONE
    told = _("Press the pedal for {button} three times.").format(button=_buttons(_)[lesson.wanted])
    counted = _("Heard: {key}, {n} of {all}")
    heard = (
        (counted.format(key=lesson.heard[1], n=lesson.presses, all=PRESSES),)
        if lesson.heard is not None and lesson.presses
        else ()
    )
    titles = {
        Button.RED: _("Which pedal stops?"),
        Button.GREEN: _("Which pedal is green?"),
        Button.AMBER: _("Which pedal is amber?"),
    }
    return titles[lesson.wanted], (told, *heard, *taken), Mark.NONE


def _buttons(_: Words) -> dict[Button, str]:
    return {Button.GREEN: _("green"), Button.AMBER: _("amber"), Button.RED: _("red")}
