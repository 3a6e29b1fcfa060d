"""A person's plan, the settings and the pedals in words for staff: what each is called, may be, and holds now."""

from __future__ import annotations

from datetime import date

from kiosk.care.model import Movement, Region, Side, Stage, ViewMode
from kiosk.care.person import WORN, Cause, Injection, OnsetBand, Person, Role, SeenTick
from kiosk.care.reasons import FOR_STAFF
from kiosk.care.words import day_words, label, number_words
from kiosk.desk.lesson import PRESSES
from kiosk.desk.model import Staff
from kiosk.desk_pages.doses import own_dose_words
from kiosk.menus import import_menu, pedals, work
from kiosk.planning import items
from kiosk.planning.items import ITEMS
from kiosk.screens.scene import Choice, Mark, TableRow
from kiosk.signals import Button
from kiosk.words import Words

KINDS = {
    "side": Side,
    "stage": Stage,
    "cause": Cause,
    "onset": OnsetBand,
    "view_mode": ViewMode,
    "ticks": Movement,
}


def known_day(day: date | None, _: Words) -> str:
    """A date, or that nobody knows it."""
    return day_words(day, _) if day else _("date not known")


def item_words(_: Words) -> dict[str, tuple[str, str]]:
    """Item → its name in a list, and the question on its own screen."""
    return {
        "side": (_("Side"), _("Which side is affected? The person's own left or right.")),
        "stage": (_("Stage"), _("Where does recovery stand?")),
        "language": (_("Language"), _("Which language does the person read and hear?")),
        "onset": (_("Onset"), _("When did it begin?")),
        "cause": (_("Cause"), _("What caused it?")),
        "graft": (_("Graft"), _("Was there a nerve graft or an operation to bring movement back?")),
        "stiffer": (_("Stiffness"), _("Is the side stiffer or more tender than the other?")),
        "full_eye_closure": (_("Eye closure"), _("Does the eye close fully? Then the eye reminder stays away.")),
        "numb_eye": (_("Numb eye"), _("Is the surface of the eye numb?")),
        "eye_surgery": (_("Eye surgery"), _("Was there surgery on the lids or the eye?")),
        "worn": (_("Glasses, lenses, drops"), _("What does the person wear or use? Lenses come out before the lids.")),
        "lids": (
            _("Lids"),
            _("Lenses out. Ask for gently closed eyes and watch: do the lashes meet?"),
        ),
        "one_hand": (_("One hand"), _("Does the person use one hand only?")),
        "carotid_disease": (_("Neck arteries"), _("Is there disease of the neck arteries, or a past stroke?")),
        "neck": (_("Neck massage"), _("May the neck be massaged, one side at a time?")),
        "swallowing_risk": (_("Swallowing"), _("Is there a risk when swallowing?")),
        "inside_cheek": (_("Inside the cheek"), _("May releases be done inside the cheek?")),
        "ticks": (_("Movements seen"), _("Tick only what comes by itself: while talking, laughing, blinking.")),
        "injections": (_("Injections"), _("Botulinum toxin: when, where, and how long no touch.")),
        "doses": (_("Own doses"), _("Set at its programme. Take one out: the programme's own holds again.")),
        "view_mode": (_("Picture"), _("What does the person see of their own face?")),
        "cues": (_("Cues"), _("May one calm word come in the rest after a movement, such as “smaller”?")),
        "pause": (_("Pause"), _("Until when does everything rest?")),
        "reviewed": (_("Plan reviewed"), _("Have you, a therapist, looked at this whole plan?")),
    }


def option_words(key: str, option: str, staff: Staff, _: Words) -> str:
    """The name of an answer to an item."""
    kind = KINDS.get(key)
    if kind is not None and option in set(kind):
        return _(label(kind(option)))
    if key == "language":
        return language_words(option, _)
    if key == "doses" and option.startswith(items.REMOVE) and staff.draft:
        own = staff.draft.doses[int(option.removeprefix(items.REMOVE))]
        return _("Take out: {what}").format(what=own_dose_words(own, staff, _))
    if key == "injections" and option.startswith(items.REMOVE) and staff.draft:
        found = injection_words(staff.draft.injections[int(option.removeprefix(items.REMOVE))], _)
        return _("Take out: {what}").format(what=found)
    words = {
        items.YES: _("Yes"),
        items.NO: _("None of these") if key == "worn" else _("No"),
        items.NOT_ASKED: _("Not asked"),
        **worn_words(_),
        items.DATE: _("Enter a date"),
        items.DONE: _("Done"),
        items.ADD: _("Add one"),
        items.REVIEWED: _("Say that all were looked at again today"),
        items.NONE: _("No pause"),
        items.BY_PROGRAMME: _("As the programme says"),
        items.WEEK: _("For one week"),
        items.TWO_WEEKS: _("For two weeks"),
        items.CAMERA: _("Take them before the camera"),
        "both-close": _("The lashes meet on both sides"),
        "left-stays-open": _("The left eye does not close"),
        "right-stays-open": _("The right eye does not close"),
        "both-stay-open": _("Neither eye closes"),
    }
    return words[option]


def worn_words(_: Words) -> dict[str, str]:
    """Things that may be worn or used at the eyes, by their fields."""
    return {"glasses": _("Glasses"), "contact_lenses": _("Contact lenses"), "eye_drops": _("Eye drops")}


def language_words(code: str, _: Words) -> str:
    """A language by its own name, as far as the kiosk knows it."""
    return {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano"}.get(code, code)


def injection_words(injection: Injection, _: Words) -> str:
    """One injection: when, where, until when no touch."""
    where = ", ".join(_(label(region)) for region in injection.regions)
    until = day_words(injection.no_touch_until, _) if injection.no_touch_until else _("not known yet")
    given = day_words(injection.given_on, _)
    return _("{when}: {where}; no touch until {until}").format(when=given, where=where, until=until)


def tick_words(tick: SeenTick, staff: Staff, _: Words) -> str:
    """Words for the one who saw a movement, and when."""
    return f"{slot_words(tick.by, staff, _)}, {known_day(tick.seen_on, _)}"


def value_words(key: str, person: Person, staff: Staff, _: Words) -> str:
    """Words for what holds for an item now."""
    if key == "ticks":
        seen = [f"{_(label(tick.movement))} ({tick_words(tick, staff, _)})" for tick in person.ticks]
        return "; ".join(seen) or _("none")
    if key == "injections":
        return "; ".join(injection_words(injection, _) for injection in person.injections) or _("none")
    if key == "doses":
        return "; ".join(own_dose_words(own, staff, _) for own in person.doses) or _("as the programmes say")
    if key == "worn" and any(getattr(person, field) for field in WORN):
        return ", ".join(words for field, words in worn_words(_).items() if getattr(person, field))
    if key == "pause" and person.pause_until:
        return _("until {day}").format(day=day_words(person.pause_until, _))
    if key == "onset" and person.onset and person.onset.on:
        return day_words(person.onset.on, _)
    if key == "reviewed" and person.reviewed_by:
        return _("by {who}").format(who=slot_words(person.reviewed_by, staff, _))
    if key == "lids" and person.lids is not None:
        answer, taken = option_words(key, ITEMS[key].value(person), staff, _), person.lids_taken
        if taken is None:
            return answer
        who, day = slot_words(taken.by, staff, _), known_day(taken.taken_on, _)
        return _("{answer}; by camera, {who}, {day}").format(answer=answer, who=who, day=day)
    value = ITEMS[key].value(person)
    return option_words(key, value, staff, _) if value else _("not set")


def slot_words(slot: str, staff: Staff, _: Words) -> str:
    """The name of a slot; of one of another kiosk, or that is gone, its role and number."""
    role, _dash, number = slot.rpartition("-")
    known = next((s.label for s in staff.slots if s.slot == slot), "")
    if known or role not in set(Role):
        return known or _("somebody at another kiosk")
    return _("{role} {n}").format(role=_(label(Role(role))), n=number)


def here_words(slot: str, staff: Staff, _: Words) -> str:
    """Words for when somebody of the staff came in last, or that they do not any more."""
    known = next((one for one in staff.slots if one.slot == slot), None)
    if known is None or known.gone:
        return _("PIN withdrawn")
    if known.away:
        return _("Not here for 90 days; last on {day}").format(day=known.last)
    return _("Last here: {day}").format(day=known.last) if known.last else _("Never here yet")


def reason_words(code: str, _: Words) -> str:
    """The reason, for staff, why something is closed."""
    return _(FOR_STAFF[code])


def regions_words(regions: tuple[str, ...], _: Words) -> str:
    """Regions, one after another."""
    return ", ".join(_(label(Region(region))) for region in regions)


def person_words(person: Person | None, _: Words) -> str:
    """The person whom the kiosk is set up for, in one line."""
    if person is None:
        return _("Nobody is set up.")
    known = [label(value) for value in (person.side, person.stage) if value is not None]
    return ", ".join((person.code, *(_(word) for word in known)))


def setting_names(_: Words) -> dict[str, str]:
    """The settings that staff change at the bedside."""
    return {
        "sound.volume": _("Volume"),
        "sound.voice": _("Voice"),
        "buttons.single_switch": _("Single switch"),
        "buttons.scan_ms": _("Each choice stays lit for"),
        "buttons.refractory_ms": _("Pause after each press"),
        "screen.skin_tone": _("Skin of the drawn head"),
        import_menu.PROTECTION: _("Who can open a package"),
        work.VIEW_MODE: _("Picture for this person"),
    }


def setting_words(key: str, value: str, _: Words) -> str:
    """A value of a setting."""
    if key == "sound.volume":
        return {"0": _("Silent"), "1": _("Soft"), "2": _("Medium"), "3": _("Loud")}.get(value, value)
    if key == "screen.skin_tone":
        return {"1": _("1, lightest"), "6": _("6, darkest")}.get(value, value)
    if key == "buttons.scan_ms":
        return _("{n} s").format(n=number_words(int(value) / 1000, _))
    if key == "buttons.refractory_ms":
        return _("{n} ms").format(n=value)
    if key == import_menu.PROTECTION:
        return {
            import_menu.PASSPHRASE: _("Whoever has five words"),
            import_menu.RECIPIENTS: _("Whoever has a key of the clinic"),
            import_menu.NONE: _("Everybody"),
        }.get(value, value)
    return {"true": _("On"), "false": _("Off")}.get(value, value)


def setting_note(answer: str, _: Words) -> str:
    """The meaning of choosing a value, where it is more than its name."""
    return {
        import_menu.PASSPHRASE: _("New words for each package. You write them down by hand."),
        import_menu.RECIPIENTS: _("Nothing to write down. The clinic opens it with its own key."),
        import_menu.NONE: _("Not protected: whoever finds the stick can read it."),
    }.get(answer, "")


def setting_asked(staff: Staff, _: Words) -> tuple[str, str]:
    """The question about a setting, and what is missing for one of its answers."""
    key = staff.frame.about[0]
    keyless = key == import_menu.PROTECTION and not staff.data.keys_installed
    missing = _("Keys of the clinic can be chosen once two or more were taken in from a stick.")
    return setting_row(staff, key, _).label, missing if keyless else ""


def setting_row(staff: Staff, key: str, _: Words) -> TableRow:
    """A setting and its value in the list."""
    if key == work.FIRST_START:
        return TableRow(_("First start"), _("Go through it again"))
    if key == work.VIEW_MODE and staff.person is not None:
        return TableRow(setting_names(_)[key], value_words(key, staff.person, staff, _))
    held = work.setting(staff, key)
    value = setting_words(key, work.words_of(held.value), _) if held else ""
    return TableRow(setting_names(_)[key], value)


def pedal_words(staff: Staff, _: Words) -> tuple[str, str]:
    """Words for what is taught so far."""
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
    """Words for what is to be pressed now."""
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
