"""Recording the clinic's own voice, in words: the sentence, what to do with it, and what is wrong with a recording."""

from __future__ import annotations

from kiosk.booth.model import Booth, BoothAnswer, BoothPhase, BoothTrouble, FlawKind, VoiceFlaw
from kiosk.care.words import number_words
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk_pages.items import language_words
from kiosk.menus import voice_menu
from kiosk.menus.staff import options
from kiosk.screens.scene import Choice, Mark, NoteScene, Strip
from kiosk.signals import MicrophoneTrouble
from kiosk.words import Words

VOICE_PLACES = frozenset((StaffPlace.VOICE, StaffPlace.VOICE_FROM, StaffPlace.VOICE_SENTENCE, StaffPlace.VOICE_TAKE))
"""Places whose answers are called as ``voice_choice`` calls them."""


def present_sentence(staff: Staff, booth: Booth, notice: str, _: Words) -> NoteScene:
    """The page of one sentence, whatever is done with it just now."""
    title, lines, mark = _told(booth, _)
    green, amber, *_rest = (*(voice_choice(staff, answer, _).label for answer in options(staff)), "", "")
    taken_back = booth.phase not in (BoothPhase.READY, BoothPhase.KEEPING)
    return NoteScene(
        name=f"staff-voice-{booth.phase}",
        strip=Strip(green, amber, _("Discard") if taken_back else _("Back")),
        notice=notice,
        staff=True,
        title=title,
        lines=lines,
        mark=mark,
    )


def _told(booth: Booth, _: Words) -> tuple[str, tuple[str, ...], Mark]:
    sentence, moment = booth.sentence, _("One moment")
    if booth.phase is BoothPhase.READY:
        there = _("There is a recording of it already.") if sentence.prompt in booth.done else ""
        most = _("At most {seconds} s.").format(seconds=number_words(sentence.limit_ms / 1_000, _))
        about = " ".join(part for part in (most, there) if part)
        trouble = _trouble(booth, _)
        lines = (sentence.text, trouble or about)
        return _progress(booth, _), lines, Mark.WARNING if trouble else Mark.NONE
    if booth.phase is BoothPhase.REFUSED:
        return _("Once more, please"), (*(_flaw(flaw, _) for flaw in booth.flaws), sentence.text), Mark.WARNING
    return {
        BoothPhase.OPENING: (_("Recording: wait a moment"), (sentence.text,), Mark.MICROPHONE),
        BoothPhase.RECORDING: (_("Recording: speak now"), (sentence.text,), Mark.MICROPHONE),
        BoothPhase.HEARING: (_("Listen to it"), (sentence.text,), Mark.NONE),
        BoothPhase.KEEPING: (moment, (_("It is being kept."),), Mark.NONE),
    }.get(booth.phase, (moment, (_("The microphone is closed. The recording is being looked at."),), Mark.NONE))


def _progress(booth: Booth, _: Words) -> str:
    told = _("{n} of {all} are recorded")
    return told.format(n=booth.recorded, all=len(booth.sentences))


def _flaw(flaw: VoiceFlaw, _: Words) -> str:
    """Each flaw, and the way to mend it."""
    value, bound = number_words(flaw.value, _), number_words(flaw.bound, _)
    return {
        FlawKind.SILENT: _("Nothing was heard. Is the microphone on, and the right one?"),
        FlawKind.CLIPPED: _("It crackles: it was too loud. Speak from further away."),
        FlawKind.QUIET: _("It is too quiet. Speak nearer to the microphone."),
        FlawKind.LOUD: _("It is too loud. Speak from further away."),
        FlawKind.UNEVEN: _("It is uneven: a knock or a shout. Speak evenly."),
        FlawKind.LONG: _("It lasts {value} s, and there are {bound} s for it. Make shorter pauses."),
        FlawKind.FAST: _("It is too fast: {value} words a minute, at most {bound}. Speak more calmly."),
    }[flaw.kind].format(value=round(flaw.value) if flaw.kind is FlawKind.FAST else value, bound=bound)


def _trouble(booth: Booth, _: Words) -> str:
    """The trouble, and the way out of it; empty: none."""
    if booth.trouble is None:
        return ""
    return {
        MicrophoneTrouble.ABSENT: _("There is no microphone. Plug one in, then record."),
        MicrophoneTrouble.BUSY: _("Another program has the microphone. Close it, or switch the kiosk off and on."),
        MicrophoneTrouble.GONE: _("The microphone was unplugged. Plug it in, then record again."),
        MicrophoneTrouble.REFUSED: _("The microphone cannot be used. Tell your technician."),
        MicrophoneTrouble.STUCK: _("Nothing comes from the microphone. Unplug it, and plug it in again."),
        MicrophoneTrouble.NO_PROGRAM: _("The program that records is missing (alsa-utils). Tell your technician."),
        BoothTrouble.NOT_JUDGED: _("It could not be looked at. Record it again."),
        BoothTrouble.NOT_PLAYED: _("It could not be heard here: is the sound off? It can be kept all the same."),
        BoothTrouble.NOT_KEPT: _("It could not be kept: is the disk full? Try again."),
    }[booth.trouble]


def voice_asked(staff: Staff, _: Words) -> tuple[str, str]:
    """The question of one of the pages with a list."""
    booth, closed = staff.booth, _("The microphone is open only while the screen says Recording.")
    if staff.place is StaffPlace.VOICE_TAKE and booth is not None:
        lasts = _("It lasts {seconds} s.").format(seconds=number_words(booth.take_ms / 1_000, _))
        return _("Keep this recording?"), _trouble(booth, _) or f"{_progress(booth, _)}. {lasts}"
    if staff.place is StaffPlace.VOICE_FROM and booth is not None:
        return _progress(booth, _), closed
    nothing = staff.frame.message == voice_menu.NOTHING
    return _("Which language do you record?"), _("The kiosk says nothing in this language.") if nothing else closed


def voice_choice(staff: Staff, answer: str, _: Words) -> Choice:
    """An answer on these pages."""
    if staff.place is StaffPlace.VOICE:
        return Choice(language_words(answer, _))
    return Choice(
        {
            voice_menu.MISSING: _("Go on where it stopped"),
            voice_menu.ANEW: _("Begin with the first sentence"),
            BoothAnswer.RECORD: _("Record it"),
            BoothAnswer.ENOUGH: _("Done"),
            BoothAnswer.NEXT: _("Next"),
            BoothAnswer.KEEP: _("Keep this one"),
            BoothAnswer.LISTEN: _("Listen again"),
            BoothAnswer.AGAIN: _("Record again"),
        }[answer]
    )
