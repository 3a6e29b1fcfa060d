"""The words on whom to call that can be chosen with three buttons, in each language. Free text comes by the file.

Each choice is one or two whole lines that were translated with the kiosk; a number is written into them as it was
entered, so that nothing of it is translated.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.first_start.model import CallChoice, CallWay

Translate = Callable[[str], str]
NUMBERS = ("112", "999", "911")
"""Emergency numbers to choose from: of the European Union and many others, of Britain, of North America."""
LENGTHS = tuple(str(n) for n in range(2, 13))
"""Numbers of digits that a number of one's own may have."""


def ways(number: str) -> tuple[CallWay, ...]:
    """The sets of words to choose from; with an empty ``number`` only those that need none."""
    return (
        (CallWay.BELL_OR_NUMBER, CallWay.NUMBER, CallWay.NONE)
        if number
        else (CallWay.BELL, CallWay.STAFF, CallWay.NONE)
    )


def lines(way: CallWay, number: str, _: Translate) -> tuple[str, ...]:
    """The lines of ``way`` in the language of ``_``, each of at most 60 characters; none: the built-in text comes."""
    return {
        CallWay.BELL: (_("Press your call bell."),),
        CallWay.STAFF: (_("Press your call bell."), _("Nobody comes? Call out loud.")),
        CallWay.BELL_OR_NUMBER: (_("Press your call bell."), _("Or call {number}.").format(number=number)),
        CallWay.NUMBER: (_("Call {number} now.").format(number=number),),
        CallWay.NONE: (),
    }[way]


def text_of_choice(choice: CallChoice, site: str, words: Callable[[str], Translate]) -> str:
    """The setting ``site.emergency_text`` for ``choice``, line by line; those of another language carry its code."""
    found = []
    for language, way in choice.chosen:
        mark = "" if language == site else f"{language}: "
        found += [f"{mark}{line}" for line in lines(way, choice.number, words(language))]
    return "\n".join(found)
