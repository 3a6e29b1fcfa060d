"""What the session itself says, apart from the exercises: prompt id → English text. Spoken, and shown as well."""

from __future__ import annotations

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

PROMPTS: dict[str, str] = {
    "ask.identity.left": "This plan is for your left side. Touch your left cheek. Is this you?",
    "ask.identity.right": "This plan is for your right side. Touch your right cheek. Is this you?",
    "ask.identity.both": "This plan is for both sides of the face. Is this you?",
    "ask.red-flags": "Is any of this new since last time? "
    + ". ".join(RED_FLAGS)
    + ". If there is none of these, press green. If there is one, press amber.",
    "ask.flag-kind": "Is it your eye? Press green. Is it something else? Press amber.",
    "ask.flagged": "No practice now. Press your call bell, or call for help. This kiosk cannot call anyone.",
    "ask.pain-before": "Do you have pain in your face? Amber moves on. Green chooses.",
    "ask.tiredness": "How tired are you? Amber moves on. Green chooses.",
    "ask.linked": "Do muscles that should rest move along, in a new way, or clearly more than last week?",
    "ask.clean-hands": "Some steps go inside the cheek. Have you just washed your hands?",
    "refused.pain": "With this pain, your face should rest. Your staff will see a note. You can relax instead.",
    "refused.linked": "Your therapist should look at this first. Your staff will see a note. You can relax instead.",
    "refused.hands": "Please wash your hands first. Then start again.",
    "eye-care": "Look after your eye. Use your drops if it is time for them, and blink softly.",
    "settle-in": "Settle down. Let your shoulders sink and your jaw hang loose. Breathe out slowly.",
    "settle-out": "Well practised. Let your whole face rest. Breathe out slowly.",
    "look-away": "Rest your eyes. Look far away for a little while.",
    "go-on": "We go on in a moment.",
    "ask.paused": "Paused. Take your time. Amber moves on, green chooses.",
    "ask.resumed": "Last time was cut short. We are paused at the place where it stopped. Green goes on.",
    "ask.red-stuck": "The red button is stuck. The amber button stops now. No movements until it is mended.",
    "softer": "I will speak more softly.",
    "face-away": "I cannot see your face. Come back in front of the picture, or press green to go on without it.",
    "ask.relax-offer": "Shall we relax instead? Press green to relax.",
    "ask.stop-reason": "Stopped. Why did you stop? Amber moves on, green chooses.",
    "ask.pain-level": "How strong is the pain? Amber moves on, green chooses.",
    "ask.pain-after": "Do you have pain in your face now? Amber moves on, green chooses.",
    "ask.linked-after": "Did muscles that should rest move along more than last week?",
    "ask.done": "That is all. Thank you.",
    "cue.slower": "Slower.",
    "cue.smaller": "Smaller.",
    "cue.together": "Both sides together.",
    "cue.strong-waits": "Let the strong side wait.",
    "cue.soften-eye": "Let the eye soften.",
    "cue.rest": "Let your face rest.",
}
