"""The vocabulary of a report: words for everything that the record holds as a code, in the language of the site."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.care.library import Library
from kiosk.care.model import Movement, Region, Side, Stage, ViewMode
from kiosk.care.outcomes import TOLD, UNLOOKED, Flag
from kiosk.care.own import WEEK_DAYS, QuestionTopic
from kiosk.care.person import Cause, Onset, OnsetBand, Person
from kiosk.care.words import day_words, label, short_months
from kiosk.words import plural

Translate = Callable[[str], str]
DAYS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words in one language. A code that nobody knows is said as it is.

    ``words`` gives those of the language, ``library`` the titles of programmes and exercises.
    """

    words: Translate
    library: Library

    def programme(self, code: str) -> str:
        """The title of a programme."""
        known = self.library.led(code)
        return self.words(known.title) if known else code

    def exercise(self, code: str) -> str:
        """The title of an exercise."""
        known = self.library.exercises.get(code)
        return self.words(known.title) if known else code

    def scale(self, code: str) -> str:
        """The title of a scale; one that is not here by its id."""
        known = self.library.scales.get(code)
        return self.words(known.title) if known else code

    def view(self, code: str) -> str:
        """The ways in which the person's own face is shown."""
        return self._label(ViewMode, code)

    def region(self, code: str) -> str:
        """A place on the face."""
        return self._label(Region, code)

    def topic(self, topic: QuestionTopic) -> str:
        """The topic of a question."""
        return self.words(label(topic))

    def wish(self, days: int) -> str:
        """The wish to practise on so many days of a week."""
        _ = self.words
        if days >= WEEK_DAYS:
            return _("Every day")
        return plural(_, "1 day a week", "{n} days a week", days).format(n=days)

    def movement(self, movement: Movement) -> str:
        """A movement that may be ticked."""
        return self.words(label(movement))

    def _label(self, kind: type[StrEnum], code: str) -> str:
        try:
            return self.words(label(kind(code)))
        except ValueError:
            return code

    def facts(self, person: Person | None) -> list[tuple[str, str]]:
        """The set-up of the person: pairs of an item and what staff entered."""
        _ = self.words
        missing = _("not set")
        if person is None:
            return [(_("Set-up"), _("not recorded on this kiosk"))]
        return [
            (_("Stage"), self._label(Stage, person.stage) if person.stage else missing),
            (_("Affected side"), self._label(Side, person.side) if person.side else missing),
            (_("Began"), self._onset(person.onset) or missing),
            (_("Cause"), self._label(Cause, person.cause) if person.cause else missing),
            (_("Picture"), self.view(person.view_mode) if person.view_mode else _("as the programme has it")),
            (_("Reviewed by"), person.reviewed_by or _("nobody yet")),
            *([(_("Ticks reviewed"), self.day(person.ticks_reviewed_on))] if person.ticks_reviewed_on else []),
        ]

    def _onset(self, onset: Onset | None) -> str:
        _ = self.words
        if onset is None:
            return ""
        if onset.on is not None:
            return self.day(onset.on)
        said = self._label(OnsetBand, onset.band)
        if onset.attested_on is None or onset.band is OnsetBand.UNKNOWN:
            return said
        return _("{when} (said on {day})").format(when=said, day=self.day(onset.attested_on))

    def day(self, day: date, *, year: bool = True) -> str:
        """A day as people write it, short: it stands in narrow columns."""
        return day_words(day, self.words, year=year, short=True)

    def days(self, days: Sequence[date], *, year: bool) -> str:
        """The newest of some days."""
        most = DAYS_SHOWN - year
        shown = ", ".join(self.day(day, year=year) for day in days[-most:])
        return f"… {shown}" if len(days) > most else shown

    def months(self) -> tuple[str, ...]:
        """Short names of the months."""
        return short_months(self.words)

    def pain(self) -> tuple[str, ...]:
        """The scale of pain."""
        _ = self.words
        return (_("none"), _("mild"), _("moderate"), _("severe"))

    def tiredness(self) -> tuple[str, ...]:
        """The scale of tiredness."""
        _ = self.words
        return (_("fresh"), _("a little"), _("tired"), _("very tired"))

    def tightness(self) -> tuple[str, ...]:
        """The scale of tightness."""
        _ = self.words
        return (_("loose"), _("a little"), _("tight"), _("very tight"))

    def end(self, end: str, stop: str) -> str:
        """Words for the end of a session."""
        _ = self.words
        if end == "stopped":
            stops = {
                "tired": _("Stopped: tired"),
                "pain": _("Stopped: pain"),
                "linked": _("Stopped: something moved along"),
                "eye": _("Stopped: the eye"),
                "else": _("Stopped: another reason"),
                "": _("Stopped: no reason given"),
            }
            return stops.get(stop, _("Stopped: {code}").format(code=stop))
        ends = {
            "completed": _("Completed"),
            "timeout": _("Nobody answered any more"),
            "power_loss": _("The power went off"),
            "fault": _("A fault of the kiosk"),
            "": _("Still running when this was made"),
        }
        return ends.get(end, end)

    def left_out(self, reason: str) -> str:
        """Words for the reason why a step was left out."""
        _ = self.words
        reasons = {
            "tired": _("tired"),
            "pain": _("pain"),
            "linked": _("something moved along"),
            "eye": _("the eye"),
            "flag": _("a warning sign"),
            "enough": _("it was enough for one session"),
            "skipped": _("the person went on"),
            "stopped": _("the session was stopped"),
            "else": _("another reason"),
            "": _("no reason given"),
        }
        return reasons.get(reason, reason)

    def notice(self, code: str) -> str:
        """Words for something that staff were told of."""
        _ = self.words
        if code == UNLOOKED:
            return _("Handed over with a line in the inbox that nobody had looked at for 7 days")
        told = TOLD.get(Flag(code)) if code in set(Flag) else None
        return _(told.report) if told else code

    def why_not(self, reason: str) -> str:
        """Words for the reason why a repetition was not measured."""
        _ = self.words
        return {
            "no-face": _("no face in the picture"),
            "two-faces": _("two faces in the picture"),
            "turned": _("the head was turned"),
            "too-far": _("too far away"),
            "too-near": _("too near"),
            "too-dark": _("too dark"),
            "too-bright": _("too bright"),
            "covered": _("part of the face was covered"),
            "no-neutral": _("the face was not seen at rest"),
            "small-movement": _("too small to compare sides"),
            "no-model": _("the kiosk could not see finely enough"),
            "both-sides": _("sides are not compared"),
            "too-few-pictures": _("too few pictures"),
            "not-followed": _("something moved that could not be followed"),
            "large-movement": _("larger than can be measured"),
            "cut-off": _("not seen to its end"),
            "restless": _("the head did not keep still"),
            "lids-unclear": _("the lids could not be made out"),
            "lids-unlike": _("the eyes rested unlike when staff had the lids taken"),
            "does-not-close": _("an eye does not close"),
        }.get(reason, reason)

    def band(self, band: str) -> str:
        """A band of a measure; a dash where there is none."""
        _ = self.words
        bands: Mapping[str, str] = {
            "small": _("under 3 mm"),
            "middle": _("3 to 7 mm"),
            "large": _("over 7 mm"),
            "alike": _("both alike"),
            "smaller": _("affected side smaller"),
            "much-smaller": _("affected side less than half"),
            "larger": _("affected side larger"),
            "together": _("together"),
            "later": _("affected side later"),
            "earlier": _("affected side earlier"),
            "varies": _("varies"),
            "": "–",
        }
        return bands[band]

    def clock(self, status: str) -> str:
        """Words for the one who vouches for a date."""
        _ = self.words
        known = {
            "ntp": _("the network's time"),
            "rtc": _("the kiosk's battery clock"),
            "staff": _("the time that staff set"),
        }
        return known.get(status, status)
