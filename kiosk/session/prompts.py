"""The sentences of the session itself, apart from the exercises. Each is shown and spoken, so the two cannot differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kiosk.care.words import Translate

READ_MS_PER_LETTER = 70
READ_LEAST_MS = 2_000
"""Reading time where no voice is heard: slow readers, tired eyes."""

RED_FLAGS: tuple[str, ...] = (
    "New weakness in an arm or a leg",
    "New trouble with speech or sight",
    "Feeling confused",
    "A sudden, very bad headache",
    "The face getting worse, or the other side getting weak",
    "Blisters in or around an ear",
    "A red or sore eye, or an eye that hates light",
)
"""Rule 7, in the order in which they are read out."""


@dataclass(frozen=True, slots=True)
class Text:
    """One thing that is said. The title and the text are shown; all of it is spoken, one after the other."""

    title: str
    """Shown large."""
    text: str = ""
    """Shown below; empty: the title says it."""
    how: str = ""
    """Only spoken: what the buttons do, where the screen has their labels."""
    when: str = ""
    """Only spoken, before the rest: what the screen tells by being there."""
    listed: tuple[str, ...] = ()
    """Shown as lines, and spoken one after the other before ``how``."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts, in the order in which they are spoken; these are what translators see."""
        return tuple(part for part in (self.when, self.title, self.text, *self.listed, self.how) if part)

    def spoken(self, _: Translate = str) -> str:
        """All that the voice says, in the language of ``_``: the words that are shown, and those that go with them."""
        said = (_(part) for part in self.parts)
        return " ".join(part if part[-1] in ".?!" else f"{part}." for part in said)


CHOOSE = "Amber moves on, green chooses."
CANNOT_CALL = "This kiosk cannot call anyone. Staff will see a note."
CALL = "Press your call bell, or call your emergency number now."
NOTED = "Staff will see a note."

TEXTS: Mapping[str, Text] = MappingProxyType(
    {
        # Check-in.
        "ask.identity.left": Text("Plan for your LEFT side", "Touch your left cheek. Is this you?"),
        "ask.identity.right": Text("Plan for your RIGHT side", "Touch your right cheek. Is this you?"),
        "ask.identity.both": Text("Plan for both sides", "Is this your plan?"),
        "ask.red-flags": Text(
            "Anything new since last time?",
            listed=RED_FLAGS,
            how="If there is none of these, press green. If there is one, press amber.",
        ),
        "ask.pain-before": Text("Do you have pain in your face?", how="Green: no pain. Amber: some pain."),
        "ask.pain-level": Text("How strong is the pain?", how=CHOOSE),
        "ask.tiredness": Text("How tired are you?", how=CHOOSE),
        "ask.linked": Text(
            "Other muscles", "Did other muscles pull along, more than last week?", "Green: no. Amber: yes."
        ),
        "ask.linked.first": Text(
            "Other muscles", "Do other muscles pull along, in a new way?", "Green: no. Amber: yes."
        ),
        "ask.clean-hands": Text(
            "Clean hands", "Some steps go inside the cheek. Have you just washed your hands?", "Green: yes. Amber: no."
        ),
        # What follows from an answer: see kiosk.care.outcomes.
        "told.not-me": Text("Please tell staff", f"This plan is not for you. {NOTED}"),
        "told.red-flag": Text(
            "No practice now", f"{CALL} {CANNOT_CALL}", "Green: it is my eye. Amber: none of these after all."
        ),
        "told.red-flag-again": Text(
            "No practice now", f"{CALL} {CANNOT_CALL} Only staff can open practice again.", "Green: it is my eye."
        ),
        "told.red-flag-eye": Text(
            "No practice now",
            f"A red or sore eye needs somebody to look at it today. Tell staff, or press your call bell. {CANNOT_CALL}",
            "Green: how to care for your eye.",
        ),
        "told.taken-back": Text("Not this one today", "Movements wait until staff have looked. You can relax instead."),
        "told.hands": Text("Clean hands first", "Please wash your hands. Then go on."),
        "told.pain-before": Text(
            "Not this one today", f"With this pain, your face should rest. {NOTED} You can relax instead."
        ),
        "told.linked-pause": Text("First movements wait", f"They wait until your therapist has looked. {NOTED}"),
        "told.linked-smaller": Text("Smaller today", f"We go on, with shorter holds. Stay smaller. {NOTED}"),
        "told.linked-stopped": Text("Stopped", f"That was the right thing to do. {NOTED}"),
        "told.linked-after": Text("Thank you for telling", f"Stay smaller next time. {NOTED}"),
        "told.linked-still": Text("Stopped", f"That was the right thing to do. {NOTED} Your therapist will look."),
        "told.eye-stopped": Text("Look after your eye", f"If it is red or sore, tell staff now. {NOTED}"),
        "told.pain-lock": Text("No more movements today", NOTED),
        "told.pain-lock.relax": Text("No more movements today", f"{NOTED} Relaxing stays open."),
        "told.pain-lock.releases": Text("No more movements today", f"{NOTED} Releases and relaxing stay open."),
        # While it runs.
        "eye-care": Text(
            "Your eye",
            "Use your drops if they are due. Blink softly.",
            "Green: done. Amber: wait.",
            "Look after your eye.",
        ),
        "eye-care.blink": Text("Your eye", "Look down. Blink softly.", "Green: done.", "Look after your eye."),
        "ask.drops": Text("Your eye", "Take your time with your drops.", "Green: done. Amber: something else."),
        "settle-in": Text("Settle", "Jaw loose, shoulders low. Breathe out slowly."),
        "settle-out": Text("Well practised", "Let your face be quiet. Breathe out slowly."),
        "look-away": Text("Rest your eyes", "Look far away for a little while."),
        "break": Text("A rest in between", "Let your face be quiet for half a minute."),
        "ready.glasses": Text("Get ready again", "Glasses off, if you wear any. Clean hands."),
        "ready.hands": Text("Get ready again", "Clean hands, then hands up."),
        "go-on": Text("We go on in a moment."),
        "softer": Text("I will speak more softly."),
        "ask.paused": Text("Paused", "Take your time.", "Green goes on. Amber: something else."),
        "ask.resumed": Text(
            "Paused", "Last time was cut short. We are where it stopped.", "When green lights up, it goes on."
        ),
        "ask.red-stuck": Text(
            "Red is stuck", "Amber stops now. No movements until it is mended.", "In a pause, amber moves on."
        ),
        "ask.face-away": Text(
            "I cannot see your face", "Come back in front of the picture. Or go on without it.", "Green goes on."
        ),
        "ask.relax-offer": Text("Shall we relax instead?", how=CHOOSE),
        # Afterwards.
        "ask.stop-reason": Text("Stopped. Why?", how=CHOOSE),
        "ask.pain-after": Text("Do you have pain in your face now?", how="Green: no pain. Amber: some pain."),
        "ask.linked-after": Text(
            "Other muscles", "Did other muscles pull along just now, more than last week?", "Green: no. Amber: yes."
        ),
        "ask.linked-after.first": Text(
            "Other muscles", "Did other muscles pull along just now, in a new way?", "Green: no. Amber: yes."
        ),
        "ask.done": Text("Done for now", how="Let your face rest. Thank you."),
        "ask.done.stopped": Text("Stopped", "That was the right thing to do."),
        "ask.done.glasses": Text("Stopped", "That was the right thing to do. Put your glasses back on."),
        "ask.done.hurt": Text("Thank you", "Your staff will see this."),
        "ask.done.hurt.glasses": Text("Thank you", "Your staff will see this. Put your glasses back on."),
        # Between two repetitions.
        "cue.slower": Text("Slower."),
        "cue.smaller": Text("Smaller."),
        "cue.together": Text("Both sides together."),
        "cue.strong-waits": Text("Let the strong side wait."),
        "cue.soften-eye": Text("Let the eye soften."),
        "cue.rest": Text("Let your face rest."),
    }
)
PROMPTS: dict[str, str] = {prompt: text.spoken() for prompt, text in TEXTS.items()}
"""Prompt id → what the voice says, in English."""


def prompts_in(_: Translate) -> dict[str, str]:
    """Prompt id → what the voice says, in the language of ``_``."""
    return {prompt: text.spoken(_) for prompt, text in TEXTS.items()}


def reading_ms(prompt: str, said: Mapping[str, str] = PROMPTS) -> int:
    """Return the time that reading ``prompt`` takes, in ms, where it is not heard; ``said``: the language's words."""
    return max(READ_LEAST_MS, READ_MS_PER_LETTER * len(said[prompt]))
