"""The desk's work besides setting a person up: inbox, programmes, settings, clock, discharge, cleaning."""

from __future__ import annotations

from datetime import UTC

from msgspec.structs import replace

from kiosk.care.model import Permission
from kiosk.care.person import Override, Person, Role
from kiosk.care.words import OverrideReason
from kiosk.desk.effects import Clean, Discharge, GoThroughFirstStart, SetClock
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.shown import Setting
from kiosk.desk.turn import StaffForm, StaffTurn, Style, first, fixed, nothing
from kiosk.home.model import Offer
from kiosk.menus import erasing, import_menu, inbox, pedals, recording, scores, standard_menu, update_menu, voice_menu
from kiosk.planning import begun, doses, items, questions, saving, summary
from kiosk.planning.items import PAUSE, digits_of, moment_of, with_permission
from kiosk.settings import BEDSIDE, Value

BEGUN = "begun"
INBOX, PERSON, PROGRAMMES, DISCHARGE = "inbox", "person", "programmes", "discharge"
WHO = items.WHO
CONSENT, REPLAYS, HAND_OVER, BRING, ERASE = "consent", "replays", "hand-over", "bring", "erase"
SETTINGS, STATUS, CLOCK, CLEANING, STAFF = "settings", "status", "clock", "cleaning", "staff"
FIRST_START = "first-start"
"""The rest of the first start, on the menu; all of it once more, among the settings."""
LOG = "log"
KEEP = "keep"
LOCK, UNLOCK = "lock", "unlock"
OVERRIDE, TAKE_BACK = "override:", "take-back:"
LINKED, FLAGS, CONSTANT_PAIN = "linked", "flags", "constant-pain"

NEWCOMERS = (items.CARE_ONLY, items.WHOLE, summary.FORMER)
THERAPIST_ONLY = frozenset(
    (
        FIRST_START,
        BEGUN,
        *NEWCOMERS,
        PERSON,
        WHO,
        PROGRAMMES,
        REPLAYS,
        BRING,
        ERASE,
        STAFF,
        LOG,
        update_menu.UPDATE,
        voice_menu.RECORD_VOICE,
    )
)
PLACES = {
    BEGUN: StaffPlace.BEGUN,
    INBOX: StaffPlace.INBOX,
    PERSON: StaffPlace.PERSON,
    PROGRAMMES: StaffPlace.PROGRAMMES,
    REPLAYS: StaffPlace.REPLAYS,
    scores.SCORES: StaffPlace.SCORES,
    standard_menu.STANDARD_SET: StaffPlace.STANDARD_SET,
    CONSENT: StaffPlace.CONSENT,
    HAND_OVER: StaffPlace.HAND_OVER,
    ERASE: StaffPlace.ERASE_WHO,
    DISCHARGE: StaffPlace.DISCHARGE,
    SETTINGS: StaffPlace.SETTINGS,
    STATUS: StaffPlace.STATUS,
    STAFF: StaffPlace.STAFF,
    LOG: StaffPlace.LOG,
    pedals.PEDALS: StaffPlace.PEDALS,
    voice_menu.RECORD_VOICE: StaffPlace.VOICE,
}

EDITABLE: dict[str, tuple[Value, ...]] = {
    **BEDSIDE,
    import_menu.PROTECTION: (import_menu.PASSPHRASE, import_menu.RECIPIENTS, import_menu.NONE),
}
"""The settings that staff change at the bedside, and what they may choose; all others are shown only."""
THERAPIST_SETTINGS = frozenset((import_menu.PROTECTION,))
VIEW_MODE = "view_mode"


def menu(staff: Staff) -> tuple[str, ...]:
    """All that this staff member may do now; with nobody set up, that comes first."""
    bound = staff.person is not None
    recorded = [*([REPLAYS] if staff.data.replays else []), *([CONSENT] if recording.options(staff) else [])]
    plan, pause, programmes = ((PERSON, WHO), (PAUSE,), (PROGRAMMES,)) if bound else ((), (), ())
    found = [INBOX, *plan, HAND_OVER, *pause, BRING, *programmes, *recorded]
    found += [DISCHARGE] if bound else []
    found += [standard_menu.STANDARD_SET] if standard_menu.offered(staff) else []
    found += [scores.SCORES] if scores.offered(staff) else []
    found = [*([BEGUN] if begun.offered(staff) else []), *(() if bound else summary.newcomers(staff)), *found]
    first_start = (FIRST_START,) if staff.data.first_left else ()
    clock = () if staff.data.clock_by_network else (CLOCK,)
    taught = () if staff.data.pedals is None else (pedals.PEDALS,)
    newer = (update_menu.UPDATE,) if staff.data.version else ()
    own_voice = (voice_menu.RECORD_VOICE,) if staff.data.records_voice else ()
    erased = (ERASE,) if erasing.erasable(staff) else ()
    found += [*first_start, SETTINGS, STATUS, *own_voice, *taught, *clock, CLEANING, STAFF, LOG, *newer, *erased]
    return tuple(entry for entry in found if staff.role is Role.THERAPIST or entry not in THERAPIST_ONLY)


def _menu_preset(staff: Staff, found: tuple[str, ...]) -> str:
    """The first entry, where something waits; else the person."""
    at_rest = found[:1] == (INBOX,) and not inbox.waiting(staff) and PERSON in found
    return PERSON if at_rest else found[0]


def _menu(turn: StaffTurn, answer: str) -> None:
    if answer == PAUSE:
        questions.change(turn, PAUSE)
    elif answer in NEWCOMERS:
        summary.set_up(turn, answer)
    elif answer == WHO:
        turn.open(StaffPlace.PERSON, WHO)
    elif answer == CLOCK:
        turn.open(StaffPlace.DATE, CLOCK)
    elif answer == CLEANING:
        clean(turn)
    elif answer == BRING:
        import_menu.begin(turn)
    elif answer == update_menu.UPDATE:
        update_menu.begin(turn)
    elif answer == FIRST_START:
        _first_start(turn, again=False)
    else:
        turn.open(PLACES[answer])


def _first_start(turn: StaffTurn, *, again: bool) -> None:
    turn.effects.append(GoThroughFirstStart(turn.s.slot, again))
    turn.leave()


# Programmes.


def _programmes_options(staff: Staff) -> tuple[str, ...]:
    ids = tuple(f"{inbox.LINE}{offer.programme}" for offer in staff.data.offers)
    person = staff.person
    waiting = () if person is None else ((LINKED, person.linked_review), (FLAGS, person.flags > 0))
    return (*ids, *(what for what, waits in waiting if waits), CONSTANT_PAIN)


def _programmes_preset(staff: Staff, found: tuple[str, ...]) -> str:
    """Whoever was led here for something begins there."""
    wanted = {"linked": LINKED, "flag": FLAGS, "pain": CONSTANT_PAIN}.get("".join(staff.frame.about), "")
    return wanted if wanted in found else first(staff, found)


def _programmes(turn: StaffTurn, answer: str) -> None:
    person = turn.s.person
    if person is None:
        return
    if answer == LINKED:
        _save(turn, replace(person, linked_review=False))
    elif answer == FLAGS:
        _save(turn, replace(person, flags=0))
    elif answer == CONSTANT_PAIN:
        given = Permission.CONSTANT_PAIN not in person.permissions
        _save(turn, with_permission(person, Permission.CONSTANT_PAIN, given))
    else:
        turn.open(StaffPlace.PROGRAMME, answer[1:])


def offer(staff: Staff) -> Offer | None:
    """The programme that is looked at."""
    return next((o for o in staff.data.offers if o.programme == staff.frame.about[0]), None)


def _programme_options(staff: Staff) -> tuple[str, ...]:
    found, person = offer(staff), staff.person
    if found is None or person is None:
        return ()
    lock = UNLOCK if found.programme in person.locked else LOCK
    opened = {override.rule for override in person.overrides}
    closed = [reason.code for reason in found.verdict.reasons if reason.overridable and reason.code not in opened]
    own = (doses.DOSES,) if doses.dosable(staff, found.programme) else ()
    return (*own, lock, *(OVERRIDE + code for code in closed), *(TAKE_BACK + code for code in sorted(opened)))


def _programme(turn: StaffTurn, answer: str) -> None:
    person, programme = turn.s.person, turn.s.frame.about[0]
    if person is None:
        return
    if answer == doses.DOSES:
        doses.begin(turn, programme)
    elif answer.startswith(OVERRIDE):
        turn.open(StaffPlace.REASON, answer.removeprefix(OVERRIDE))
    elif answer.startswith(TAKE_BACK):
        rule = answer.removeprefix(TAKE_BACK)
        _save(turn, replace(person, overrides=tuple(o for o in person.overrides if o.rule != rule)))
    else:
        others = tuple(name for name in person.locked if name != programme)
        _save(turn, replace(person, locked=(*others, programme) if answer == LOCK else others))


def _reason(turn: StaffTurn, answer: str) -> None:
    person, s = turn.s.person, turn.s
    if person is not None:
        added = Override(rule=s.frame.about[0], reason=answer, by=s.slot, on=s.data.today)
        _save(turn, replace(person, overrides=(*person.overrides, added)), answer)


def _save(turn: StaffTurn, person: Person, reason: str = "") -> None:
    saving.save(turn, person, turn.s.person, reason)
    turn.back_to(StaffPlace.MENU)
    turn.open(StaffPlace.SAVED, "person")


# Settings.


def setting(staff: Staff, key: str) -> Setting | None:
    """A setting as it stands."""
    value = saving.holding(staff, staff.person.code if staff.person is not None else "").get(key)
    return None if value is None else Setting(key, value)


def editable(staff: Staff, key: str) -> bool:
    """Whether whoever stands here may change this setting."""
    return key in EDITABLE and (staff.role is Role.THERAPIST or key not in THERAPIST_SETTINGS)


def _settings_options(staff: Staff) -> tuple[str, ...]:
    """With nobody set up there is nobody's ear or hand to suit."""
    bound = staff.person is not None
    found = tuple(key for key in EDITABLE if setting(staff, key) is not None and (bound or key not in BEDSIDE))
    again = (FIRST_START,) if staff.role is Role.THERAPIST else ()
    return (*found, *((VIEW_MODE,) if bound else ()), *again)


def _settings(turn: StaffTurn, answer: str) -> None:
    if editable(turn.s, answer):
        turn.open(StaffPlace.SETTING, answer)
    elif answer == VIEW_MODE and turn.s.person is not None:
        questions.change(turn, VIEW_MODE)
    elif answer == FIRST_START:
        _first_start(turn, again=True)


def words_of(value: Value) -> str:
    """A setting's value as an answer."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _setting_options(staff: Staff) -> tuple[str, ...]:
    found = tuple(words_of(value) for value in EDITABLE[staff.frame.about[0]])
    # Keys that nobody has put here open nothing.
    return tuple(answer for answer in found if answer != import_menu.RECIPIENTS or staff.data.keys_installed)


def _setting_preset(staff: Staff, found: tuple[str, ...]) -> str:
    held = setting(staff, staff.frame.about[0])
    answer = words_of(held.value) if held else ""
    return answer if answer in found else ""


def _setting(turn: StaffTurn, answer: str) -> None:
    key = turn.s.frame.about[0]
    value = next(v for v in EDITABLE[key] if words_of(v) == answer)
    saving.put_setting(turn, Setting(key, value))
    turn.back()


# Clock, discharge, cleaning.


def enter_clock(turn: StaffTurn, digits: str) -> None:
    """All digits of the date and time were given."""
    moment = moment_of(digits, turn.s.data.zone)
    if moment is None:
        turn.frame(digits="", message="no-date", fresh=True)
        return
    turn.effects.append(SetClock(moment.astimezone(UTC), turn.s.slot))
    turn.back_to(StaffPlace.MENU)
    turn.open(StaffPlace.SAVED, "clock")


def suggest_clock(staff: Staff) -> str:
    """The digits that the clock begins with."""
    return digits_of(staff.data.today) + "0900"


def _discharge(turn: StaffTurn, answer: str) -> None:
    s = turn.s
    if answer == HAND_OVER:
        turn.instead(StaffPlace.HAND_OVER)
        return
    if answer == KEEP or s.person is None:
        turn.back()
        return
    turn.effects.append(Discharge(s.person.code, s.slot))
    begun.drop(turn, s.person.code)
    turn.set(person=None, draft=None, undo=None)
    clean(turn, DISCHARGE)


def clean(turn: StaffTurn, why: str = "asked") -> None:
    """Begin cleaning: nothing answers to a wiping hand until green and amber are held, or the time is over."""
    turn.set(clean_until_ms=turn.s.now_ms + turn.s.data.cleaning_ms)
    turn.reset(StaffPlace.CLEANING, why)
    turn.effects.append(Clean(True, why))


def end_cleaning(turn: StaffTurn) -> None:
    """Clean: whoever wiped may be gone, so nobody stays entered."""
    turn.effects.append(Clean(False, "held" if turn.s.now_ms < turn.s.clean_until_ms else "time"))
    turn.leave()


FORMS: dict[StaffPlace, StaffForm] = {
    StaffPlace.MENU: StaffForm(menu, _menu, preset=_menu_preset),
    StaffPlace.PROGRAMMES: StaffForm(_programmes_options, _programmes, preset=_programmes_preset),
    StaffPlace.PROGRAMME: StaffForm(_programme_options, _programme, preset=nothing),
    StaffPlace.REASON: StaffForm(fixed(*OverrideReason), _reason, preset=nothing),
    StaffPlace.SETTINGS: StaffForm(_settings_options, _settings),
    StaffPlace.SETTING: StaffForm(_setting_options, _setting, preset=_setting_preset),
    StaffPlace.STATUS: StaffForm(
        lambda staff: tuple(str(i) for i in range(len(staff.data.status))), lambda _turn, _answer: None
    ),
    StaffPlace.LOG: StaffForm(
        lambda staff: tuple(str(i) for i in range(len(staff.data.audit))), lambda _turn, _answer: None
    ),
    StaffPlace.DISCHARGE: StaffForm(fixed(HAND_OVER, KEEP, DISCHARGE), _discharge, preset=nothing),
    StaffPlace.CLEANING: StaffForm(fixed(), lambda _turn, _answer: None, Style.BLIND),
}
