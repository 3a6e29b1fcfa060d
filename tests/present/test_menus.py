"""Home and desk as scenes: every state has one, it fits in two languages, and its strip tells the truth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import msgspec
import pytest

from kiosk.booth.model import Booth, BoothPhase, BoothSentence, BoothTrouble, FlawKind, VoiceFlaw
from kiosk.care.model import Permission, Region, Side, Stage
from kiosk.care.own import OwnQuestion, OwnThings, QuestionTopic, WeeklyWish
from kiosk.care.person import RISKS, Cause, Injection, Onset, Person, Role
from kiosk.care.reasons import FOR_STAFF, NOTICES, REASONS, TIMED_CODES, Notice
from kiosk.care.rules import Verdict
from kiosk.care.scales import Score
from kiosk.care.standard import NotAsked, SetItem
from kiosk.desk.model import Staff, StaffPage, StaffPlace
from kiosk.desk.pin import Tries
from kiosk.desk.shown import (
    AuditLine,
    Begun,
    BoothOpened,
    Brought,
    BroughtProgramme,
    BroughtVoice,
    InboxLine,
    LidsSeen,
    Prepared,
    ReplayLine,
    SetOffer,
    Setting,
    Slot,
    StatusRow,
    TransferShown,
    UpdateShown,
)
from kiosk.desk.turn import Style
from kiosk.desk_pages.audit import audit_words
from kiosk.desk_pages.inbox import inbox_words
from kiosk.desk_pages.menus import present_staff
from kiosk.face.model import UnseenReason
from kiosk.home import machine as home
from kiosk.home.looking_back import LookedBack, OwnSighting
from kiosk.home.model import LOOK, Home, HomeData, HomePast, HomePlace, InterruptedShown, offers
from kiosk.home.places import pages_of
from kiosk.home.reminders import NextReminder
from kiosk.menus import import_menu, inbox, staff, voice_menu
from kiosk.paths import assets
from kiosk.planning.items import ITEMS, SECTIONS
from kiosk.present.home import present_home, reason_words
from kiosk.programmes.shelf import load
from kiosk.screens.scene import Digits, Menu, NoteScene, ProgressScene, Scene, Slip, TableScene
from kiosk.signals import Button, MicrophoneTrouble, PedalKey, PedalMeaning, Press, StickPhase, Typed
from kiosk.update.manifest import MOST_LINE
from kiosk.usb.import_fetch import fetch_sentences, stick_sentence
from kiosk.usb.transfer import sentences
from kiosk.usb.update_fetch import update_sentences
from kiosk.voice.slots import sentences as voice_sentences
from kiosk.words import languages, words
from tests.care.people import DAY, FLACCID, NOW_MS, PARETIC, SYNKINETIC, shipped, today
from tests.menus.menus import NURSE, PIN, SECRET, START, THERAPIST, AtDesk, AtHome, home_data, staff_data
from tests.screens.paint_samples import SIZES, longer, painter, translated


def same(text: str) -> str:
    """English needs no catalogue."""
    return text


CUT = InterruptedShown("s-1", "Releases")
RELAX_LOCKED = msgspec.structs.replace(FLACCID, locked=("relax",))
FULL = msgspec.structs.replace(
    PARETIC,
    injections=(Injection(given_on=DAY, regions=(Region.CHEEKS, Region.MOUTH), no_touch_until=DAY),),
    pause_until=DAY,
    permissions=(Permission.NECK,),
    linked_review=True,
    reviewed_by="therapist-1",
)
PEOPLE_WITH_REASONS = (
    *(msgspec.structs.replace(PARETIC, **{field: None}) for field in ("stage", "side", "onset", "cause")),
    msgspec.structs.replace(PARETIC, ticks=()),
    msgspec.structs.replace(PARETIC, linked_review=True, stiffer=False),
    msgspec.structs.replace(PARETIC, pain_locked=True, pain_locked_on=DAY),
    msgspec.structs.replace(PARETIC, graft=True, locked=("relax",), pause_until=DAY + timedelta(days=3)),
    msgspec.structs.replace(PARETIC, onset=Onset(on=DAY - timedelta(weeks=4)), cause=Cause.STROKE),
    msgspec.structs.replace(PARETIC, flags=1),
    FLACCID,
    SYNKINETIC,
)
"""Between them they have most reasons why something is closed."""
AGREED = msgspec.structs.replace(PARETIC, permissions=(Permission.CLIPS, Permission.REPLAYS))
REPLAYS = tuple(ReplayLine(f"s1/0/{n}", "Smile with the eye soft", "Mon 2 March 09:41", n + 1) for n in range(30))
KEYS = tuple(f"3f2a 91c{n} 07be 44d0" for n in range(4))
MANY_KEYS = tuple(f"{n:02x}2a 91c4 07be 44d{n % 10}" for n in range(20))
PREPARED = (
    Prepared(0, "passphrase", SECRET),
    Prepared(0, "recipients", keys=KEYS),
    Prepared(0, "recipients", keys=MANY_KEYS),
    Prepared(0, "none"),
    Prepared(0, "recipients", problem="/data/keys/recipients.txt: no keys are installed; write at least 2 age keys"),
)
ERRANDS = (
    *(TransferShown(text=text) for text in sentences(same).values()),
    *(
        TransferShown(phase, 37, left)
        for phase in (StickPhase.CHECKING, StickPhase.WRITING, StickPhase.PROVING)
        for left in (None, 25, 1_320)
    ),
    TransferShown(StickPhase.PROVING, 99, 5, stopping=True),
    TransferShown(StickPhase.LEAVING, 100),
    *(
        TransferShown(StickPhase.ENDED, 100, None, text, whole=outcome.whole, number=123_456)
        for outcome, text in sentences(same).items()
    ),
)
FULL_DISK = "The disk of the kiosk is full: nothing was changed. Tell your technician."
REFUSED = tuple(
    f"programmes/evening-{n}.toml, line {n}: a hold of 45 s is over the cap of 30 s for this movement; correct the "
    "file at the clinic, check it with `kiosk check`, and bring it again"
    for n in range(9)
)
OTHER = msgspec.structs.replace(SYNKINETIC, code="23456X")
STATES = ("new", "changed", "same", "replaces")
MANY_PROGRAMMES = (
    tuple(
        BroughtProgramme("Looking up, brows softly, and a long rest", n, STATES[n % 4], "T. Therapist" if n % 2 else "")
        for n in range(20)
    )
    + tuple(
        BroughtProgramme(f"Cheek, massaged in circles {n}", 0, STATES[n % 3], "A. Therapist", "Y" * 60 + ".jpeg", side)
        for n, side in enumerate((*Side, None))
    )
    + (
        BroughtProgramme(
            "Comfort when smiling and at rest",
            2,
            "new",
            licence="Made for this kiosk, under its licence. Not validated.",
        ),
    )
)
LONG = "A sentence on what is new, as long as its maker may write it, so that two lines are hardly enough for all. " * 2
CHANGES = ("The buttons are heard sooner.", *(LONG[:MOST_LINE],) * 11)
VOICES = (
    BroughtVoice("en", 248, 0, 0, ("A. Therapist",)),
    BroughtVoice("de", 200, 30, 18, ("Annegret Langenfeld", "Ben", "Cleo")),
    BroughtVoice("en", 0, 0, 1),
)
ONE_NEW = (BroughtProgramme("Evening", 1, "new", "T. Therapist"),)
NEWS_OF_STICKS = (
    *(Brought("waiting", text) for text in sentences(same).values()),
    Brought("reading"),
    *(
        Brought("ended", text, stick=stick_sentence(off, same))
        for text in (*fetch_sentences(same).values(), FULL_DISK)
        for off in (None, False)
    ),
)
COMING = (
    Setting("sound.volume", 3),
    Setting("sound.voice", False),
    Setting("buttons.single_switch", True),
    Setting("buttons.scan_ms", 10_000),
    Setting("buttons.refractory_ms", 150),
)
READS = (
    Brought("read", keys=KEYS[:2], person=FULL, programmes=ONE_NEW, settings=COMING, voices=VOICES[:1]),
    Brought(
        "read",
        keys=MANY_KEYS,
        person=OTHER,
        programmes=MANY_PROGRAMMES,
        voices=VOICES,
        refused=REFUSED,
        stick=stick_sentence(False, same),
    ),
    Brought("read", keys=KEYS[:3], taken=("keys",), stick=stick_sentence(True, same)),
    Brought("read", programmes=(BroughtProgramme("Evening", 1, "same"),), person=FULL, taken=("plan",)),
    Brought("read", refused=REFUSED[:1]),
    Brought("read"),
)
BRINGING = (
    staff_data(None, former=(FULL,), keys_installed=KEYS[:2]),
    staff_data(FULL, keys_installed=KEYS),
    staff_data(None, settings=(Setting("handover.protection", "none"),)),
    staff_data(FULL, settings=(Setting("handover.protection", "recipients"),)),
)
LICENSED = replace(
    shipped(),
    scales={
        name: replace(scale, permission=bool(scale.items))
        for name, scale in shipped().scales.items()
        if name in ("house-brackmann", "face-total", "comfort-confidence")
    },
)
SCORES = (
    Score("face-total", 1, "2026-02-20", "nurse-1", 62.5),
    Score("comfort-confidence", 1, "2026-02-20", "x-1", None),
)
EARLY = msgspec.structs.replace(PARETIC, onset=Onset(on=DAY - timedelta(weeks=8)))


@cache
def home_states() -> tuple[Home, ...]:
    """Every state of the home that presses lead to, with three buttons and with one."""
    return tuple(_home_states())


def _home_states() -> Iterator[Home]:
    for person, day in (
        (None, today()),
        (RELAX_LOCKED, today(done_today={"gentle-care": 1})),
        (SYNKINETIC, today(practised_on=frozenset((DAY - timedelta(days=30),)))),
    ):
        for single in (False, True):
            cut = CUT if person is SYNKINETIC else None
            data = home_data(person, day, interrupted=cut, single_switch=single)
            yield from _reach(home.begin(data, START)[0])
            yield from _behind(data)
            yield from _own(data)
            asleep = AtHome.begin(data)
            asleep.wait(data.idle_ms + 1)
            yield asleep.state


def _own(data: HomeData) -> Iterator[Home]:
    """The person's own places with everything chosen, asked, skipped or come to rest, and what comes by itself."""
    if data.person is None:
        return
    due = NextReminder(datetime.fromisoformat("2026-03-29T03:00+02:00"), START + 1, 2)
    questions = tuple(OwnQuestion(topic, n % 2 > 0, DAY) for n, topic in enumerate(QuestionTopic))
    for renewed in (DAY, DAY - timedelta(weeks=9)):
        own = OwnThings(WeeklyWish(7, renewed), (9, 12, 18), questions)
        full = replace(data, own=own, reminder=due, new=True)
        first, _ = home.begin(full, START)
        yield from _reach(first)
        yield from (replace(first, place=place) for place in (HomePlace.WEEK, HomePlace.CALLED))
        for there in (
            replace(full, today=None, reminder=None),
            replace(full, timed=False, reminder=None),
            replace(full, hours=(), reminder=None),
        ):
            yield from (replace(first, data=there, place=place) for place in (HomePlace.WISH, HomePlace.REMIND))


def _behind(data: HomeData) -> Iterator[Home]:
    """Every page of looking back, with as much behind somebody as may stand there."""
    if not data.weeks:
        return
    days = [day for day, _ in data.weeks[0]]
    past = LookedBack(
        practised=tuple((programme.title, tuple(days)) for programme in shipped().programmes.values()),
        tightness=tuple((DAY - timedelta(days=3 * n), n % 4) for n in reversed(range(8))),
        saw=(OwnSighting(None, None), *(OwnSighting(day, Region.CHEEKS) for day in days)),
    )
    state, _ = home.step(home.begin(data, START, place=HomePlace.LOOK)[0], HomePast(past), START)
    yield from (replace(state, page=page) for page in range(pages_of(state)))


def _reach(first: Home) -> Iterator[Home]:
    seen, todo = set(), [first]
    while todo:
        state = todo.pop()
        key = (state.place, state.cursor, state.chosen, state.page, state.ratings)
        # One tightness of each region is enough to see the screens.
        if key in seen or any(rating > 1 for _, rating in state.ratings):
            continue
        seen.add(key)
        yield state
        found = home.answers(state)
        if state.data.single_switch:
            todo += [
                home.step(replace(state, cursor=i), Press(Button.GREEN, START), START)[0] for i in range(len(found))
            ]
            todo += [replace(state, cursor=i) for i in range(len(found))]
        else:
            calm = replace(state, amber_ms=None)
            todo += [home.step(calm, Press(button, START), START)[0] for button in Button]


NOTHING_ASKED = tuple((item, NotAsked.NOT_TICKED) for item in SetItem)
OPEN_SET = SetOffer("standard-set", Verdict(True), NOTHING_ASKED, minutes=6, draws=True)
CLOSED_SET = SetOffer(
    "standard-set", Verdict(False, (REASONS["graft"],)), at_rest=True, last="29 September 2026, 10:00"
)


@cache
def staff_states() -> tuple[Staff, ...]:
    """States of the desk in every place: presses from many beginnings, breadth first, each screen twice."""
    return tuple(_staff_states())


def _staff_states() -> Iterator[Staff]:
    lines = tuple(
        InboxLine(code, code, "quiet-control", "C2D3FH", "Mon 2 March 08:10", "Quiet control")
        for code in inbox_words(same)
    )
    notices = tuple(Notice(code, text) for code, text in NOTICES.items())
    rows = (StatusRow("Camera", "no frames", "fault"), *(StatusRow(f"Part {i}", "works", "ok") for i in range(20)))
    locked = replace(THERAPIST, tries=Tries(5, 60_000, "boot-1", START))
    beginnings = [
        AtDesk.begin(staff_data(slots=())),
        AtDesk.begin(staff_data(slots=(), staff_lost=True)),
        AtDesk.begin(staff_data(slots=(locked, NURSE))),
        AtDesk.entered(staff_data(None, former=(SYNKINETIC,))),
        AtDesk.entered(staff_data(None, former=(AGREED,))),
        AtDesk.entered(staff_data(AGREED, replays=REPLAYS)),
        AtDesk.entered(staff_data(None, inbox=(), notices=())),
        AtDesk.entered(staff_data(FULL, inbox=lines, notices=notices, status=rows)),
        AtDesk.entered(staff_data(EARLY)),
        AtDesk.entered(staff_data(FULL, library=LICENSED, scores=SCORES)),
        AtDesk.entered(staff_data(FULL, today=None, standard=OPEN_SET), slot="nurse-1"),
        AtDesk.entered(staff_data(EARLY, standard=CLOSED_SET)),
        AtDesk.entered(staff_data(FULL, former=(SYNKINETIC,), handed_over="Mon 2 March 09:41")),
    ]
    yield from _many_staff()
    yield from _setting_up()
    yield from _handing_over()
    yield from _teaching()
    yield from _bringing()
    yield from _updating()
    yield from _taking_lids()
    yield from _recording_voice()
    for desk in beginnings:
        seen: dict[tuple[object, ...], int] = {}
        todo = [desk.state]
        while todo:
            state = todo.pop(0)
            below = state.frames[-2].place if len(state.frames) > 1 else None
            changed = state.draft is not None and state.draft != state.person
            key = (state.place, state.frame.about[:1], len(state.frame.about), state.frame.message, below, changed)
            if state.left or seen.get(key, 0) >= 2:
                continue
            seen[key] = seen.get(key, 0) + 1
            yield state
            events = [Press(button, START) for button in Button]
            todo += [staff.step(state, event, START)[0] for event in events]
            if staff.style(state) is Style.DIGITS:
                for digits in (PIN, "135790", "01032026", "31022026", "030320260915"):
                    there = state
                    for digit in digits[: staff.length(state)]:
                        there = staff.step(there, Typed(int(digit), START), START)[0]
                    todo.append(there)
            for index in range(len(staff.options(state))):
                pointed = replace(state, frames=(*state.frames[:-1], replace(state.frame, cursor=index)))
                todo.append(staff.step(pointed, Press(Button.GREEN, START), START)[0])


def _recording_voice() -> Iterator[Staff]:
    """The clinic's own voice: the longest sentences of each language, in every phase, with all that can be wrong."""
    desk = AtDesk.entered(staff_data(FULL, records_voice=True))
    desk.choose(voice_menu.RECORD_VOICE)
    yield desk.state
    yield replace(desk.state, frames=(*desk.state.frames[:-1], replace(desk.state.frame, message=voice_menu.NOTHING)))
    for language in languages():
        said = sorted(voice_sentences(shipped(), language).items(), key=lambda one: -len(one[1].text))
        lines = tuple(BoothSentence(prompt, one.text, one.limit_ms) for prompt, one in said)
        booth = Booth(language, lines, frozenset(), at=len(lines) // 2, since_ms=START)
        desk.send(BoothOpened(replace(booth, done=frozenset((lines[0].prompt,)))))
        yield desk.state
        desk.choose(voice_menu.MISSING)
        # The longest of all, and the longest of the others.
        for at, phase in ((at, phase) for at in (0, 1) for phase in BoothPhase if phase is not BoothPhase.DECIDING):
            yield replace(desk.state, booth=replace(booth, at=at, phase=phase, take_ms=3_400))
        for trouble in (*MicrophoneTrouble, *BoothTrouble):
            yield replace(desk.state, booth=replace(booth, at=1, trouble=trouble))
        yield replace(desk.state, booth=replace(booth, done=frozenset(one.prompt for one in lines)))
        flaws = tuple(VoiceFlaw(kind, 204.6, 160.0) for kind in FlawKind)
        for at in (0, 1):
            refused = replace(booth, at=at, phase=BoothPhase.REFUSED)
            yield replace(desk.state, booth=replace(refused, flaws=flaws[:1]))
            yield replace(desk.state, booth=replace(refused, flaws=(flaws[1], *flaws[-3:])))
        take = replace(desk.state, frames=(*desk.state.frames[:-1], StaffPage(StaffPlace.VOICE_TAKE, cursor=0)))
        for why in (None, BoothTrouble.NOT_PLAYED, BoothTrouble.NOT_KEPT):
            yield replace(take, booth=replace(booth, phase=BoothPhase.DECIDING, take_ms=3_400, trouble=why))
        desk.press(Button.RED)
        desk.press(Button.RED)


def _many_staff() -> Iterator[Staff]:
    """Who was here last, somebody of them, and every sentence about what was done."""
    away = Slot("therapist-12", Role.THERAPIST, "Therapist 12", last="29 September 2026", away=True)
    gone = replace(away, slot="nurse-12", label="Nurse 12", gone=True)
    audit = tuple(
        AuditLine(code, "therapist-11:therapist-12", PARETIC.code, "29 September 2026, 08:15")
        for code in (*audit_words(same), "update.worked", "of tomorrow")
    )
    desk = AtDesk.entered(staff_data(slots=(replace(THERAPIST, last="2 March 2026"), away, gone, NURSE), audit=audit))
    for path in (("log",), ("staff",), ("staff", "therapist-12"), ("staff", "nurse-12"), ("staff", "nurse-1")):
        shown = AtDesk(desk.state)
        shown.choose(*path)
        yield shown.state
    shown = AtDesk(desk.state)
    shown.choose("staff", "therapist-12", "withdraw-pin")
    yield shown.state


def _setting_up() -> Iterator[Staff]:
    """Every question of a whole plan, its summary, and a plan that was begun and that two have changed."""
    desk = AtDesk.entered(staff_data(None))
    desk.choose("whole")
    answers = {"side": "left", "stage": "paretic", "onset": "3_to_6_months", "cause": "bell"}
    answers |= dict.fromkeys((*RISKS, "worn"), "no")
    while not desk.at(StaffPlace.REVIEW):
        yield desk.state
        if desk.at(StaffPlace.TOUCH):
            desk.choose("yes")
        elif desk.at(StaffPlace.SEEN):
            desk.choose("seen")
        elif desk.at(StaffPlace.WHO):
            desk.choose("therapist-1", "today")
        elif (answer := answers.get(desk.state.frame.about[0])) is not None:
            desk.choose(answer)
        else:
            desk.press(Button.GREEN)
    desk.choose("save")
    yield desk.state
    for base, now in ((None, None), (PARETIC, replace_plan(PARETIC))):
        begun = Begun(FULL_BEGUN if base is None else BOTH_CHANGED, base, "therapist-1", "onset", "whole")
        again = AtDesk.entered(staff_data(now, begun=begun))
        yield again.state
        again.choose("begun")
        yield again.state
        again.choose("go-on")
        yield again.state


def replace_plan(person: Person) -> Person:
    """The plan as somebody else has saved it meanwhile: in everything that two may have changed."""
    both = {"ticks": (), "cues": False, "one_hand": True, "stage": Stage.SYNKINETIC, "cause": Cause.TUMOUR}
    return msgspec.structs.replace(person, **both, graft=True, numb_eye=True, eye_surgery=True)


FULL_BEGUN = Person(code="33333J", side=Side.LEFT, stage=Stage.PARETIC)
BOTH_CHANGED = msgspec.structs.replace(
    PARETIC, ticks=PARETIC.ticks[:1], stage=Stage.FLACCID, cause=Cause.STROKE, graft=False, numb_eye=False, cues=True
)


def _handing_over() -> Iterator[Staff]:
    """Every way a package can be protected, every state of its way to the stick, and every way that can end."""
    for prepared in PREPARED:
        desk = AtDesk.entered(staff_data(FULL))
        desk.answering = False
        desk.choose("hand-over", "one")
        yield desk.state
        desk.send(replace(prepared, attempt=desk.state.attempt))
        yield desk.state
        if prepared.problem:
            continue
        desk.choose("written")
        yield desk.state
        for transfer in ERRANDS if prepared.way == "passphrase" else ():
            yield staff.step(desk.state, transfer, START)[0]


def _teaching() -> Iterator[Staff]:
    """A pedal while it is taught, with keys of long names, and what was taught before."""
    known = tuple(PedalMeaning("PCsensor FootSwitch", f"KPLEFTPAREN{n}", button) for n in range(4) for button in Button)
    for before in ((), known[:3], known):
        at = AtDesk.entered(staff_data(FULL, pedals=before))
        at.choose("pedals")
        yield at.state
        at.choose("teach")
        for key, button in (("BRIGHTNESS_CYCLE", None), ("F13", Button.RED), *[("BRIGHTNESS_CYCLE", None)] * 3):
            yield at.state
            at.send(PedalKey("PCsensor FootSwitch", key, button, START))
        yield at.state
        at.send(PedalKey("PCsensor FootSwitch", "BRIGHTNESS_CYCLE", Button.RED, START))
        at.press(Button.RED)
        yield at.state
        for key in ["F17"] * 3 + ["F18"] * 3:
            at.send(PedalKey("PCsensor FootSwitch", key, None, START))
            yield at.state


def _taking_lids() -> Iterator[Staff]:
    """Every page of it: open and closed, each while it is read and with each reason, and whatever was read."""
    desk = AtDesk.entered(staff_data(FULL, sees=True))
    desk.choose("person", next(f"section:{n}" for n, items in enumerate(SECTIONS) if "lids" in items), "lids")
    yield desk.state
    desk.choose("camera")
    for _ in range(2):
        yield desk.state
        desk.choose("read")
        yield desk.state
        for why in UnseenReason:
            yield staff.step(desk.state, LidsSeen(why=why.value or UnseenReason.LIDS), START)[0]
        desk.send(LidsSeen(19.2, 18.8))
    yield desk.state
    for answer in ("left-stays-open", "right-stays-open", "both-stay-open"):
        shown = AtDesk(desk.state)
        shown.choose("read")
        shown.send(LidsSeen(19.2, 18.8))
        shown.choose("stays-open")
        yield shown.state
        shown.choose(answer)
        yield shown.state
    for closed in (LidsSeen(2.4, 2.6), LidsSeen(12.4, 2.6), LidsSeen(None, 2.6)):
        shown = AtDesk(desk.state)
        shown.choose("read")
        shown.send(LidsSeen(19.2, 18.8))
        shown.choose("read")
        shown.send(closed)
        yield shown.state
        shown.choose("keep")
        yield shown.state


def _updating() -> Iterator[Staff]:
    """Every state of a new version: waited for, shown with words of any length, put in place, and not."""
    desk = AtDesk.entered(staff_data(FULL, version="1.0"))
    desk.choose("update")
    yield desk.state
    for text in update_sentences(same).values():
        yield staff.step(desk.state, UpdateShown("waiting", text), START)[0]
        yield staff.step(desk.state, UpdateShown("ended", text, stick="You can take the stick out."), START)[0]
    yield staff.step(desk.state, UpdateShown("reading"), START)[0]
    desk.send(UpdateShown("read", "", "100000.200000.300000", CHANGES, 120, "You can take the stick out."))
    for _ in range(len(staff.options(desk.state))):
        yield desk.state
        desk.press(Button.AMBER)
    desk.choose("take")
    yield desk.state


def _bringing() -> Iterator[Staff]:
    """Every state of what a stick brought: waited for, shown, taken in, not taken in; and the setting that follows."""
    for data in BRINGING:
        desk = AtDesk.entered(data)
        desk.choose("bring")
        yield desk.state
        for news in NEWS_OF_STICKS:
            yield staff.step(desk.state, news, START)[0]
        for news in READS:
            found = staff.step(desk.state, news, START)[0]
            yield found
            for part in import_menu.parts(found):
                shown = AtDesk(found)
                shown.choose(part)
                yield shown.state
                if not (answers := [a for a in ("take", "look") if a in staff.options(shown.state)]):
                    continue
                shown.choose(answers[0])
                yield shown.state
                for answer in (replace(news, taken=("keys", "programmes", "voice")), replace(news, text=FULL_DISK)):
                    told = staff.step(shown.state, answer, START)[0]
                    yield told
                    if "protect" in staff.options(told):
                        last = AtDesk(told)
                        last.choose("protect")
                        yield last.state


@cache
def home_scenes() -> tuple[Scene, ...]:
    return tuple(dict.fromkeys(present_home(state, "", same) for state in home_states()))


@cache
def staff_scenes() -> tuple[Scene, ...]:
    return tuple(dict.fromkeys(present_staff(state, "", same) for state in staff_states()))


def test_every_place_has_a_screen_of_its_own() -> None:
    """No place is forgotten, and a name means one screen only."""
    assert {state.place for state in home_states()} == set(HomePlace)
    assert {state.place for state in staff_states()} == set(StaffPlace)
    places: dict[str, object] = {}
    at_home = [(state.place, present_home(state, "", same)) for state in home_states()]
    for place, scene in (*at_home, *((state.place, present_staff(state, "", same)) for state in staff_states())):
        assert places.setdefault(scene.name, place) is place
    names = {scene.name for scene in (*home_scenes(), *staff_scenes())}
    assert {"home", "home-asleep", "home-closed", "staff-pin", "staff-menu", "staff-status"} <= names
    assert {f"staff-item-{key.replace('_', '-')}" for key in ITEMS} <= names


def test_one_switch_reaches_what_three_buttons_reach() -> None:
    """Except staff work, which needs a second hand, nothing is out of reach of somebody with one switch."""

    def seen(single: bool) -> set[tuple[HomePlace, str]]:
        return {(state.place, state.chosen) for state in home_states() if state.data.single_switch is single}

    assert seen(True) == seen(False)
    assert len(seen(True)) > len(HomePlace)


def test_every_home_screen_fits() -> None:
    """Nothing is clipped or overlaps at the size that a person needs from the bed."""
    assert [fault for scene in home_scenes() for fault in painter().fits(scene)] == []


def test_every_home_screen_fits_in_a_longer_language() -> None:
    """The same with every word 40 % longer."""
    assert [fault for scene in home_scenes() for fault in painter().fits(translated(scene))] == []


@pytest.mark.parametrize("language", sorted({*languages()} - {"en"}))
def test_every_screen_fits_in_each_language(language: str) -> None:
    """As it is translated: at home and at the desk."""
    _ = words(language)
    scenes = [present_home(state, "", _) for state in home_states()]
    scenes += [present_staff(state, "", _) for state in staff_states()]
    assert [fault for scene in dict.fromkeys(scenes) for fault in painter().fits(scene)] == []


def test_every_staff_screen_fits() -> None:
    """Staff screens are smaller, and full."""
    assert [fault for scene in staff_scenes() for fault in painter().fits(scene)] == []


def test_every_staff_screen_fits_in_a_longer_language() -> None:
    """The same with every word 40 % longer."""
    assert [fault for scene in staff_scenes() for fault in painter().fits(translated(scene))] == []


def test_every_word_is_looked_up() -> None:
    """A text that goes past the catalogue would stay English in another language."""

    def marked(text: str) -> str:
        return f"«{text}»"

    free = {"Mon 2 March 09:41", "Therapist 1", "Nurse 1", "Therapist 12", "Nurse 12", "Deutsch", "English", "en"}
    free |= {SECRET, *KEYS, *(prepared.problem for prepared in PREPARED), *(transfer.text for transfer in ERRANDS)}
    free |= {*SECRET.split(), *MANY_KEYS, *REFUSED, FULL_DISK, *(p.title for p in (*MANY_PROGRAMMES, *ONE_NEW))}
    free |= {OTHER.code, *fetch_sentences(same).values(), *(stick_sentence(off, same) for off in (True, False))}
    free |= {*update_sentences(same).values(), *CHANGES}
    # A sentence stands there in the language in which it is recorded.
    free |= {state.booth.sentence.text for state in staff_states() if state.booth is not None}
    free |= {FLACCID.code, SYNKINETIC.code, PARETIC.code, "22222H", "Monday 2 March"}
    for scene in [present_home(s, "", marked) for s in home_states()] + [
        present_staff(s, "", marked) for s in staff_states() if s.place is not StaffPlace.STATUS
    ]:
        texts = [scene.strip.green, scene.strip.amber, scene.strip.red]
        if isinstance(scene, Menu):
            texts += [scene.title, scene.text, *(text for c in scene.choices for text in (c.label, c.note))]
        elif isinstance(scene, NoteScene):
            texts += [scene.title, *scene.lines]
        elif isinstance(scene, TableScene):
            texts += [scene.title, *(text for row in scene.rows for text in (row.label, row.value))]
        elif isinstance(scene, Digits):
            texts += [scene.title, scene.text]
        elif isinstance(scene, Slip):
            texts += [scene.title, scene.text, *scene.lines]
        elif isinstance(scene, ProgressScene):
            texts += [scene.title, scene.text, scene.left]
        known = re.compile(r".*«|(Mon )?2 March|\d+ \w+ 2026, \d\d:\d\d$|(\d\d:\d\d(, )?)+$|\d+$")
        loose = [text for text in texts if text and text not in free and not known.match(text)]
        assert loose == [], scene.name


def texts_of(scene: Scene) -> list[str]:
    """Every text of a staff scene, with what the buttons do."""
    texts = [scene.strip.green, scene.strip.amber, scene.strip.red, scene.notice]
    if isinstance(scene, Menu):
        texts += [scene.title, scene.text, *(text for c in scene.choices for text in (c.label, c.note))]
    elif isinstance(scene, NoteScene):
        texts += [scene.title, *scene.lines]
    elif isinstance(scene, TableScene):
        texts += [scene.title, *(text for row in scene.rows for text in (row.label, row.value))]
    elif isinstance(scene, Digits | ProgressScene):
        texts += [scene.title, scene.text]
    return texts


PERSONS_WORDS = re.compile(
    r"(?i)\b(ask|tell) (your|a|the|staff)\b.*(therapist|nurse|surgeon|staff)"
    r"|your (therapist|nurse|surgeon|plan|face|side)"
)
RAW = re.compile(r"\b[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)+\b")
TOLD_FROM_OUTSIDE = {
    "staff-wording",
    "staff-brought",
    "staff-not-taken-in",
    "staff-bring-ended",
    "staff-hand-over-protection",
    "staff-hand-over-ended",
    *(f"staff-voice-{phase}" for phase in ("ready", "opening", "recording", "refused", "hearing")),
}
"""Screens with words that are read out to the person, and with names of files for the technician."""
WORDS_WITH_A_DASH = {"check-in", "set-up"}


def test_staff_pages_speak_to_staff() -> None:
    """No page of staff says "ask your therapist", and none shows a code in the place of words."""
    closed = [
        AtDesk.entered(staff_data(person, offers=offers(shipped(), person, day)))
        for person in (*PEOPLE_WITH_REASONS, PARETIC)
        for day in (today(), today(red_stuck=True), today(day=None, certain=False))
    ]
    scenes = list(staff_scenes())
    for desk in closed:
        desk.choose("programmes")
        scenes.append(present_staff(desk.state, "", same))
        for row in range(len(staff.options(desk.state))):
            answer = staff.options(desk.state)[row]
            if answer.startswith(":"):
                desk.choose(answer)
                scenes.append(present_staff(desk.state, "", same))
                desk.press(Button.RED)
    for scene in scenes:
        if scene.name in TOLD_FROM_OUTSIDE:
            continue
        for text in texts_of(scene):
            assert not PERSONS_WORDS.search(text), (scene.name, text)
            assert set(RAW.findall(text)) <= WORDS_WITH_A_DASH, (scene.name, text)


def test_each_reason_has_a_sentence_for_staff() -> None:
    """What a person is told to ask for is what staff can set."""
    assert set(FOR_STAFF) == set(REASONS)
    assert not [text for text in (*FOR_STAFF.values(), *NOTICES.values()) if PERSONS_WORDS.search(text)]


def test_each_notice_leads_to_where_it_is_settled() -> None:
    """ "Review it" is no dead end: green leads to the page on which that is done."""
    assert set(inbox.REVIEWED_AT) == set(NOTICES)
    for code, text in NOTICES.items():
        desk = AtDesk.entered(staff_data(notices=(Notice(code, text),)))
        desk.choose("inbox", f"!{code}")
        where = inbox.REVIEWED_AT[code]
        assert desk.state.place is (where if isinstance(where, StaffPlace) else StaffPlace.ITEM)
        assert where in (desk.state.place, desk.state.frame.about[:1] and desk.state.frame.about[0])
        nurse = AtDesk.entered(staff_data(notices=(Notice(code, text),)), "nurse-1")
        nurse.choose("inbox", f"!{code}")
        assert nurse.at(StaffPlace.INBOX)


def test_the_menu_says_how_much_is_new() -> None:
    """Two lines and a notice: three; once they are seen only what has to be done is left."""
    desk = AtDesk.entered(staff_data())

    def entry() -> str:
        scene = present_staff(desk.state, "", same)
        assert isinstance(scene, Menu)
        return scene.choices[0].label

    assert entry() == "Inbox: 3"
    desk.choose("inbox", inbox.ALL)
    desk.press(Button.RED)
    assert entry() == "Inbox: 1"
    desk.fresh(notices=())
    assert entry() == "Inbox"


def test_the_red_button_has_one_word_for_each_meaning() -> None:
    """Back: one step; Home: to the home; anything else says what it does to what was begun, or is a lesson."""
    reds = {scene.strip.red for scene in (*staff_scenes(), *(present_home(s, "", same) for s in home_states()))}
    assert reds <= {"", "Back", "Home", "Do not save", "Stop", "Discard", "Press me"}
    for state in home_states():
        strip = present_home(state, "", same).strip
        if strip.red == "Home":
            assert state.place in (HomePlace.ASLEEP, HomePlace.CALLED)


@pytest.mark.parametrize("person", [None, msgspec.structs.replace(PARETIC, flags=1)])
def test_the_longest_news_is_said_whole(person: Person | None) -> None:
    """A record that cannot be read stood where the time stands, and half of it was cut off."""
    told = "The record cannot be read. Please tell staff. Simple mode."
    scene = present_home(AtHome.begin(HomeData(person)).state, told, same)
    assert scene.notice.startswith(told)
    assert painter().fits(scene) == []
    assert painter().fits(translated(scene)) == []


def test_no_news_hides_a_red_flags_trace() -> None:
    """A kiosk without sound, or in safe mode, used to hide it."""
    flagged = HomeData(msgspec.structs.replace(PARETIC, flags=1))
    for news in ("", "No sound. Follow the screen. Simple mode."):
        told = present_home(AtHome.begin(flagged).state, news, same).notice
        assert told == f"{news} Please tell staff before you practise.".strip()


def test_lamps_tell_the_truth_at_home() -> None:
    """A lit button does something: where the strip names it, a press changes the state or has an effect."""
    for state in home_states():
        strip = present_home(state, "", same).strip
        if state.data.single_switch:
            continue
        for button, word in ((Button.GREEN, strip.green), (Button.AMBER, strip.amber), (Button.RED, strip.red)):
            after, effects = home.step(replace(state, amber_ms=None), Press(button, START), START)
            quiet = replace(after, touched_ms=0, amber_ms=None, scan_at_ms=0, now_ms=0)
            same_place = quiet == replace(state, touched_ms=0, amber_ms=None, scan_at_ms=0, now_ms=0)
            assert bool(word) == (not same_place or bool(effects)), (state.place, button)


def test_lamps_tell_the_truth_at_the_desk() -> None:
    """The same for staff: on a list with one entry amber has nowhere to go, and is dark."""
    pointed = [
        replace(state, frames=(*state.frames[:-1], replace(state.frame, cursor=index)))
        for state in staff_states()
        if staff.style(state) is Style.LIST
        for index in range(len(staff.options(state)))
    ]
    for state in (*staff_states(), *pointed):
        strip = present_staff(state, "", same).strip
        for button, word in ((Button.GREEN, strip.green), (Button.AMBER, strip.amber), (Button.RED, strip.red)):
            after, effects = staff.step(state, Press(button, START), START)
            changed = after != replace(state, touched_ms=START) or bool(effects)
            assert bool(word) == changed, (state.place, state.frame, button)


def test_the_neutral_home_tells_nothing_about_anybody() -> None:
    """Whoever passes the bed sees no programme, no side, no name."""
    for person in (FLACCID, SYNKINETIC):
        at = AtHome.begin(home_data(person))
        neutral = present_home(replace(at.state, place=HomePlace.ASLEEP), "", same)
        other = present_home(replace(AtHome.begin(home_data(PARETIC)).state, place=HomePlace.ASLEEP), "", same)
        assert neutral == other


def test_a_closed_programme_says_why() -> None:
    """The most lasting reason, in the words of care."""
    at = AtHome.begin(home_data(msgspec.structs.replace(PARETIC, locked=("first-movements",))))
    at.choose("first-movements")
    offer = at.state.offer
    assert offer is not None
    scene = present_home(at.state, "", same)
    assert isinstance(scene, NoteScene)
    assert scene.lines == (offer.verdict.reasons[0].text,)


def test_what_rests_says_when_it_goes_on() -> None:
    """Why?, and the time, which is no other than that in its row."""
    moved = today(begun_today={"first-movements": 1}, active_begun_today=1, last_active_ended_ms=NOW_MS - 60_000)
    at = AtHome.begin(home_data(PARETIC, moved))
    assert rows(at.state)["First movements"] == "Again from 10:40."
    at.choose("first-movements")
    scene = present_home(at.state, "", same)
    assert isinstance(scene, NoteScene)
    assert scene.lines == (REASONS["gap"].text, "Again from 10:40.")


def rows(state: Home) -> dict[str, str]:
    """Each row of a list, with what stands beside it."""
    scene = present_home(state, "", same)
    assert isinstance(scene, Menu)
    return {choice.label: choice.note for choice in scene.choices}


DONE = {"releases": 1, "gentle-care": 2, "quiet-control": 1}
MOMENTS = {
    "nothing done": home_data(SYNKINETIC),
    "one done": home_data(SYNKINETIC, today(done_today={"releases": 1, "gentle-care": 1})),
    "all done": home_data(SYNKINETIC, today(done_today=DONE)),
    "closed until": home_data(
        PARETIC,
        today(
            done_today={"releases": 1, "gentle-care": 1, "first-movements": 1},
            begun_today={"first-movements": 1},
            active_begun_today=1,
            last_active_ended_ms=NOW_MS - 60_000,
        ),
    ),
    "after a red flag": home_data(msgspec.structs.replace(PARETIC, flags=1)),
    "back after a gap": home_data(FLACCID, today(practised_on=frozenset((DAY - timedelta(days=30),)))),
    "nobody": home_data(None),
}
"""The home at moments of a day."""


def test_the_home_is_the_days_plan() -> None:
    """What comes next is first and says so; then the rest, with minutes; what waits says until when."""
    at_home = {name: AtHome.begin(data).state for name, data in MOMENTS.items()}
    plans = {name: list(rows(state).items()) for name, state in at_home.items() if state.data.person}
    assert plans["nothing done"][:4] == [
        ("Today: Releases", "13 min"),
        ("Gentle care", "9 min · twice today"),
        ("Quiet control", "9 min"),
        ("Relax", "9 min"),
    ]
    assert plans["one done"][0] == ("Today: Gentle care", "9 min · 1 of 2 done")
    assert ("Gentle care", "9 min · done today") in plans["all done"]
    assert ("First movements", "Again from 10:40.") in plans["closed until"]
    assert ("First movements", "Ask staff first.") in plans["after a red flag"]
    titles = {name: present_home(state, "", same) for name, state in at_home.items()}
    said = {name: (scene.title, scene.text) for name, scene in titles.items() if isinstance(scene, Menu)}
    assert said["nothing done"] == ("Monday 2 March", "")
    assert said["all done"] == ("Monday 2 March", "All done for today.")
    assert said["back after a gap"][1] == "Welcome back. Let’s start small."


def test_looking_back_says_the_week_in_words() -> None:
    """Dots and one sentence; of days without a dot nothing is said, and no week is held against another."""
    days = frozenset((DAY, DAY - timedelta(days=6), DAY - timedelta(days=7), DAY - timedelta(days=15)))
    at = AtHome.begin(home_data(SYNKINETIC, today(practised_on=days)))
    at.choose(LOOK)
    told = []
    for page in range(len(at.state.data.weeks)):
        scene = present_home(replace(at.state, page=page), "", same)
        assert isinstance(scene, NoteScene)
        told.append((scene.title, *scene.lines, [day.practised for day in scene.week].count(True)))
    assert told == [
        ("This week", "You practised on 1 day.", 1),
        ("Last week", "You practised on 2 days.", 2),
        ("Week from 16 February", "Nothing is written down here.", 0),
        ("Week from 9 February", "You practised on 1 day.", 1),
    ]


def test_few_words_are_for_reasons_that_there_are() -> None:
    """What passes by itself says when instead; of a red flag nothing is told to whoever reads along."""
    assert set(reason_words(same)) <= set(REASONS) - TIMED_CODES
    assert "new" not in reason_words(same)["flag"]


@pytest.mark.parametrize("size", SIZES)
def test_the_days_plan_fits_every_screen(size: tuple[int, int]) -> None:
    """At each moment, wherever the cursor is, in a longer language too; every note is there to be read."""
    for data in MOMENTS.values():
        state = AtHome.begin(data).state
        for cursor in (None, *range(len(home.answers(state)))):
            scene = present_home(replace(state, cursor=cursor), "", same)
            for shown in (scene, translated(scene)):
                assert painter().fits(shown, size) == []
            if isinstance(scene, Menu) and cursor is not None and (note := scene.choices[cursor].note):
                drawn = [" ".join(part.lines) for item in painter().layout(scene) for part in item.walk()]
                assert note in drawn


def test_minutes_stand_where_the_session_is_begun() -> None:
    """One number: in the row, before the form is chosen, and on the page before "Start"."""
    at = AtHome.begin(home_data(FLACCID))
    at.choose("gentle-care")
    scene = present_home(at.state, "", same)
    assert isinstance(scene, Menu)
    assert scene.text == "Full: 9 min. Short: 5 min."
    at = AtHome.begin(home_data(SYNKINETIC))
    at.choose("releases")
    for _ in range(4):
        at.choose("very-tight")
    scene = present_home(at.state, "", same)
    assert isinstance(scene, NoteScene)
    assert (scene.title, scene.lines[-1]) == ("These two today", "13 min")


def test_a_pin_is_never_shown() -> None:
    """Digits of a PIN are dots; a date is readable."""
    desk = AtDesk.begin(staff_data())
    desk.choose("therapist-1")
    desk.keys(PIN[:3])
    scene = present_staff(desk.state, "", same)
    assert isinstance(scene, Digits)
    assert (scene.given, scene.shown) == (3, "")
    clock = AtDesk.entered(staff_data())
    clock.choose("clock")
    clock.keys("0303")
    scene = present_staff(clock.state, "", same)
    assert isinstance(scene, Digits)
    assert (scene.shown, scene.length) == ("0303", 12)


def test_the_summary_shows_everything_that_will_be_kept() -> None:
    """Staff read the whole plan before they save, and what they changed is named."""
    desk = AtDesk.entered(staff_data(FULL))
    desk.choose("person", "change", "graft", "yes")
    scene = present_staff(desk.state, "", same)
    assert isinstance(scene, TableScene)
    values = {row.label: row.value for row in scene.rows}
    assert len(scene.rows) == len(ITEMS) + 2
    assert values["Graft"] == "Yes (changed)"
    assert values["Injections"].startswith("2 March 2026: Cheeks, Mouth")
    assert values["Plan reviewed"] == "by Therapist 1"


def test_every_card_of_the_kiosk_fits() -> None:
    """Each page of each card, in a language 40 % longer too."""
    for card in load(assets() / "programmes").cards.values():
        at = AtHome.begin(home_data(), card.id)
        for page in range(len(card.pages)):
            scene = present_home(replace(at.state, page=page), "", same)
            assert painter().fits(scene) == []
            assert painter().fits(translated(scene, longer)) == []
