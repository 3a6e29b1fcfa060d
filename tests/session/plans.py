"""Plans and contexts for the tests of the session: small, but with every kind of step."""

from __future__ import annotations

from typing import Any

from kiosk.care.model import Family, Plan, Region, Side, Stage, Step, StepKind, ViewMode
from kiosk.session.model import Context


def movement(block: int = 1, **changes: Any) -> Step:
    """A small smile: 3 s in, 3 s hold, 3 s out, 8 s rest, three times."""
    values: dict[str, Any] = {
        "exercise": "closed-smile",
        "kind": StepKind.MOVEMENT,
        "region": Region.MOUTH,
        "side": None,
        "title": "Small smile",
        "sentence": "Smile a little, lips closed.",
        "phases": ("Smile slowly", "Keep it", "Let go"),
        "in_ms": 3_000,
        "hold_ms": 3_000,
        "out_ms": 3_000,
        "rest_ms": 8_000,
        "repetitions": 3,
        "block": block,
        "view": ViewMode.MIRROR,
        "prompt_start": "closed-smile.start",
        "prompt_end": "closed-smile.end",
    }
    return Step(**{**values, **changes})


def release(**changes: Any) -> Step:
    """A release with hands: 20 s, twice."""
    values: dict[str, Any] = {
        "exercise": "cheek-release",
        "kind": StepKind.RELEASE,
        "region": Region.CHEEK_MOUTH_CORNER,
        "side": Side.LEFT,
        "title": "Cheek",
        "sentence": "Press the cheek gently outwards.",
        "phases": ("Press and stay",),
        "hands_up_ms": 10_000,
        "hold_ms": 20_000,
        "rest_ms": 8_000,
        "repetitions": 2,
        "hands": True,
        "prompt_start": "cheek-release.start",
        "prompt_middle": "cheek-release.middle",
        "prompt_end": "cheek-release.end",
    }
    return Step(**{**values, **changes})


def relax(**changes: Any) -> Step:
    """One long stretch of rest."""
    values: dict[str, Any] = {
        "exercise": "jaw-loose",
        "kind": StepKind.RELAX,
        "region": Region.CHIN,
        "side": None,
        "title": "Jaw loose",
        "sentence": "Let the jaw hang.",
        "phases": ("Let it hang",),
        "hold_ms": 45_000,
        "prompt_start": "jaw-loose.start",
        "prompt_middle": "jaw-loose.middle",
        "prompt_end": "jaw-loose.end",
    }
    return Step(**{**values, **changes})


def plan(*steps: Step, family: Family = Family.FIRST_MOVEMENTS) -> Plan:
    """A plan of these steps, with one step of relaxation for the tired."""
    chosen = steps or (relax(), movement(), movement(block=2, exercise="lips"), release())
    return Plan(
        programme=family.value, version=1, title="Test", family=family, steps=chosen, relax=(relax(exercise="rest"),)
    )


def context(**changes: Any) -> Context:
    values: dict[str, Any] = {
        "session_id": "s1",
        "person": "AB3D7",
        "stage": Stage.PARETIC,
        "side": Side.LEFT,
        "flag_reading_ms": 14_000,
    }
    return Context(**{**values, **changes})
