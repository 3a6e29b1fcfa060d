"""The staff of the demo: the first start, setting two people up, a look around, a discharge with cleaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from kiosk import paths
from kiosk.care.person import RISKS
from kiosk.demo.simulated import For, Hand, Part, Until
from kiosk.devices.sound_files import read_index
from kiosk.errors import ScriptError
from kiosk.microphone.port import RATE, Heard16, SimMicrophone
from kiosk.screens.scene import Digits, Scene, Slip
from kiosk.voice.bounds import RATE as VOICE_RATE
from kiosk.voice.decode import decode

PIN = "481516"
ME = "Therapist 1"


@dataclass(frozen=True, slots=True)
class StaffSheet:
    """Facts about a person that staff were told.

    ``answers`` to each item that is not simply taken as it stands, and the movements that were ``seen``.
    """

    answers: Mapping[str, str]
    seen: tuple[str, ...]


ASKED = {**dict.fromkeys(RISKS, "No"), "worn": "None of these"}
PARETIC = StaffSheet(
    {
        **ASKED,
        "side": "Left",
        "stage": "First movements (paretic)",
        "onset": "3 to 6 months ago",
        "cause": "Bell's palsy",
        "stiffer": "Yes",
    },
    ("Smile", "Lifting the brow"),
)
SYNKINETIC = StaffSheet(
    {
        **ASKED,
        "side": "Right",
        "stage": "Linked movements (synkinetic)",
        "onset": "6 to 12 months ago",
        "cause": "Ramsay Hunt syndrome",
        "full_eye_closure": "Yes",
        "view_mode": "Mirror",
    },
    ("Smile", "Rounding the lips"),
)


FIRST = {
    "first-language": "English",
    "first-screen": "61 cm",
    "first-readable": "Yes",
    "first-camera": "Go on",
    "first-sound": "Yes, as loud as it should be",
    "first-date": "Set it now",
    "staff-first": "Set a PIN",
    "first-call": "The call bell",
    "first-call-words": "Use this",
    "first-person": "Later",
}
"""Page of the first start → the answer that is given."""


def first_start(hand: Hand) -> Part:
    """Let a clinic start a new kiosk: page after page, a therapist and a nurse, and the first person later."""
    yield from hand.see("first-language")
    nurse = False
    for _ in range(60):
        yield For(600)
        name = hand.scene.name
        if name == "first-end":
            break
        if name == "first-buttons":
            yield from _press_each(hand)
        elif name == "staff-new-pin":
            yield from _turn(hand, PIN)
        elif name == "staff-new-pin-again":
            yield from hand.type(PIN)
        elif name == "first-team":
            yield from hand.choose("Nobody else" if nurse else "Add a nurse")
            nurse = True
        elif name in FIRST:
            yield from hand.choose(FIRST[name])
    yield from hand.see("first-end")
    yield from hand.choose("Home")
    yield Until(lambda scene: scene.name.startswith("home"), "the home screen")


def _press_each(hand: Hand) -> Part:
    """The button that is asked for, one after the other; then the lamps were seen."""
    for button in (hand.green, hand.amber, hand.red):
        yield from button()
    yield from hand.choose("Yes")


def enter(hand: Hand) -> Part:
    """Go from home to the menu, by slot and PIN on the buttons; one wrong try first."""
    yield Until(lambda scene: scene.name.startswith("home"), "the home screen")
    yield from hand.chord()
    yield from hand.see("staff-slots")
    yield from hand.choose(ME)
    yield from hand.see("staff-pin")
    yield from hand.type("000000")
    yield Until(lambda scene: "Tries left" in getattr(scene, "text", ""), "the words that it was not the PIN")
    yield from _turn(hand, PIN)
    yield from hand.see("staff-menu")


def set_up(hand: Hand, sheet: StaffSheet) -> Part:
    """The whole plan, question by question, and saved from the summary."""
    yield from hand.choose("Set up a whole plan")
    for _ in range(60):
        yield For(300)
        name = hand.scene.name
        if name == "staff-review":
            break
        if name == "staff-touch":
            yield from hand.choose("Yes")
        elif name == "staff-seen":
            yield from hand.choose("Seen by itself" if getattr(hand.scene, "title", "") in sheet.seen else "Not seen")
        elif name == "staff-who":
            yield from hand.choose(ME)
        else:
            wanted = sheet.answers.get(name.removeprefix("staff-item-").replace("-", "_"))
            yield from hand.choose(wanted) if wanted else hand.green()
    yield from hand.see("staff-review")
    yield from hand.choose("Save")
    yield from hand.see("staff-item-reviewed")
    yield from hand.choose("Yes")
    yield from hand.see("staff-saved-person")
    yield from hand.choose("Menu")
    yield from hand.see("staff-menu")


def look_around(hand: Hand) -> Part:
    """Inbox, programmes, settings, status."""
    for entry, name in (
        ("Inbox", "staff-inbox"),
        ("Programmes", "staff-programmes"),
        ("Settings", "staff-settings"),
        ("Status", "staff-status"),
        ("Staff and PINs", "staff-staff"),
    ):
        yield from hand.choose(entry)
        yield from hand.see(name)
        yield For(1_500)
        yield from hand.red()
        yield from hand.see("staff-menu")


def begin_set(hand: Hand) -> Part:
    """Look at what a standard set would ask, and begin it."""
    yield from hand.choose("Standard set")
    yield from hand.see("staff-standard-set")
    yield For(3_000)
    yield from hand.choose("Begin now")


def discharge(hand: Hand) -> Part:
    """The inbox is read, the person goes, the kiosk is wiped."""
    yield from hand.choose("Inbox")
    yield from hand.see("staff-inbox")
    yield For(2_000)
    yield from hand.choose("All of these")
    yield from hand.red()
    yield from hand.choose("Discharge")
    yield from hand.see("staff-discharge")
    yield from hand.choose("Yes, discharge")
    yield from hand.see("staff-cleaning")
    yield from hand.red()
    if hand.scene.name != "staff-cleaning":
        raise ScriptError("a wiping hand must not end the cleaning mode")
    yield from hand.chord()
    yield Until(lambda scene: scene.name.startswith("home"), "the home screen")


def hand_over(hand: Hand, paper: list[str], plug_wrong: Callable[[], None], plug: Callable[[], None]) -> Part:
    """Everybody's records, under five words that are written on ``paper``; a wrong stick first, then a good one."""
    yield from hand.choose("Hand over")
    yield from hand.see("staff-hand-over")
    yield from hand.choose("Everybody, everything")
    yield from hand.see("staff-hand-over-protection")
    yield For(20_000)
    paper[:] = hand.scene.lines if isinstance(hand.scene, Slip) else []
    yield from hand.choose("I have written it down")
    yield from hand.see("staff-hand-over-stick")
    yield For(5_000)
    plug_wrong()
    yield Until(lambda scene: "NTFS" in str(scene), "what is wrong with the first stick")
    yield For(5_000)
    plug()
    yield from hand.see("staff-hand-over-done")
    if "take the stick out" not in str(hand.scene):
        raise ScriptError(f"nobody is told that the stick can be taken out: {hand.scene}")
    yield from hand.choose("Menu")


def take_in(hand: Hand, plug: Callable[[], None]) -> Part:
    """The clinic's keys are compared with its list, then a programme is looked at; each is taken in by itself."""
    yield from hand.choose("Take in from a stick")
    yield from hand.see("staff-bring")
    yield For(4_000)
    plug()
    for part, name in (("Keys of the clinic", "staff-brought-keys"), ("Programmes", "staff-brought-programmes")):
        yield from hand.see("staff-brought")
        yield from hand.choose(part)
        yield from hand.see(name)
        yield For(15_000)
        yield from hand.choose("Take in")
        yield from hand.see("staff-taken-in")
        yield from hand.choose("Go on")
    yield from hand.see("staff-brought")
    yield from hand.red()


def record_voice(hand: Hand, microphone: SimMicrophone) -> Part:
    """Two sentences in the therapist's own voice: nothing is heard at first, then what stands on the page is read."""
    yield from hand.choose("Record our own voice")
    yield from hand.see("staff-voice")
    yield from hand.choose("English")
    yield from hand.see("staff-voice-ready")
    yield from _say(hand, microphone, np.zeros(0, np.int16))
    yield from hand.see("staff-voice-refused")
    yield For(2_000)
    yield from hand.red()
    for answer in ("Keep this one", "Record again"):
        yield from hand.see("staff-voice-ready")
        yield For(2_000)
        yield from _say(hand, microphone, None)
        yield from hand.see("staff-voice-hearing")
        yield from hand.see("staff-voice-take")
        yield from hand.choose(answer)
    yield from hand.see("staff-voice-recording")
    yield from hand.red()
    yield from hand.see("staff-voice-ready")
    if not getattr(hand.scene, "title", "").startswith("1 of "):
        raise ScriptError(f"one sentence was kept, and the page says otherwise: {hand.scene}")
    yield from hand.red()
    yield from hand.red()


def _say(hand: Hand, microphone: SimMicrophone, words: Heard16 | None) -> Part:
    """Record ``words``; None: those that stand on the page, in the kiosk's own voice."""
    voice = read_aloud(hand.scene) if words is None else words
    microphone.speak(voice)
    yield from hand.choose("Record it")
    yield from hand.see("staff-voice-recording")
    yield For(1_000 + len(voice) * 1_000 // RATE)
    yield from hand.choose("Done")


def read_aloud(scene: Scene) -> Heard16:
    """The kiosk's own voice with the words of ``scene``."""
    folder = paths.assets() / "voice" / "en"
    said = {entry["text"]: prompt for prompt, entry in read_index(folder / "index.json").items()}
    words = getattr(scene, "lines", ("",))[0]
    with (folder / f"{said[words]}.ogg").open("rb") as file:
        voice = decode(file).samples
    return np.asarray(np.repeat(voice, RATE // VOICE_RATE) * 16_384, np.int16)


def leave(hand: Hand) -> Part:
    """Back home from the menu."""
    yield from hand.see("staff-menu")
    yield from hand.red()
    yield Until(lambda scene: scene.name.startswith("home"), "the home screen")


def _turn(hand: Hand, digits: str) -> Part:
    """Six digits with two buttons: amber turns from wherever the digit stands, green takes it."""
    for digit in digits:
        while _current(hand.scene) != int(digit):
            yield from hand.amber()
        yield from hand.green()


def _current(scene: Scene) -> int | None:
    if not isinstance(scene, Digits):
        raise ScriptError(f"digits were to be given, but the screen is {scene.name}")
    return scene.current
