"""Reading and checking of how an exercise is shown. Nothing raises: every reason is a fault."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.care.families import TOUCH
from kiosk.care.model import Exercise, Movement, Region, StepKind
from kiosk.care.showing import Showing, TouchGrip, TouchPath, TouchPress, TouchSpot, TouchWay
from kiosk.faults import shown
from kiosk.programmes.reading import FileSheet, TomlTable

NAME = 200
SIZE_MM: Mapping[TouchPath, tuple[float, float]] = {
    TouchPath.CIRCLE: (2, 12),
    TouchPath.SLIDE: (3, 40),
    TouchPath.STROKE: (20, 120),
}
"""The least and the greatest way of each path, mm."""
MOVE_MM = (1.0, 4.0)
"""The same of a movement: 2 to 3 of 10 of a person's effort."""
LID_MM = (1.0, 10.0)
"""The same of a lid, which is open by ten."""

_UPPER = {TouchSpot.SCALP, TouchSpot.FOREHEAD, TouchSpot.BROW}
_NOSE = {TouchSpot.NOSE_SIDE, TouchSpot.NOSTRIL}
_CHEEK = {TouchSpot.CHEEK, TouchSpot.CHEEKBONE}
_MOUTH = {TouchSpot.MOUTH_CORNER, TouchSpot.UPPER_LIP, TouchSpot.BELOW_CORNER}
SPOTS: Mapping[Region, frozenset[TouchSpot]] = {
    Region.WHOLE_FACE: frozenset(TouchSpot),
    Region.SCALP_FOREHEAD_BROW: frozenset(_UPPER),
    Region.LOWER_LID_NOSE_SIDE: frozenset({TouchSpot.EYE_RIM} | _NOSE),
    Region.CHEEK_MOUTH_CORNER: frozenset(
        _CHEEK | {TouchSpot.INSIDE_CHEEK, TouchSpot.MOUTH_CORNER, TouchSpot.UPPER_LIP}
    ),
    Region.CHIN_JAW: frozenset({TouchSpot.CHIN, TouchSpot.JAW, TouchSpot.BELOW_CORNER}),
    Region.FOREHEAD: frozenset({TouchSpot.FOREHEAD, TouchSpot.BROW}),
    Region.TEMPLES: frozenset({TouchSpot.TEMPLE}),
    Region.EYES: frozenset({TouchSpot.UPPER_LID, TouchSpot.EYE_RIM}),
    Region.NOSE: frozenset(_NOSE),
    Region.CHEEKS: frozenset(_CHEEK),
    Region.MOUTH: frozenset(_MOUTH),
    Region.CHIN: frozenset({TouchSpot.CHIN}),
    Region.NECK: frozenset({TouchSpot.NECK}),
}
"""The places that lie in each region."""


def read_showing(table: TomlTable, key: str) -> Showing | None:
    """The inline table under ``key``; None where there is none, or none that can be read."""
    if not table.has(key, required=False):
        return None
    value = table.data[key]
    if not isinstance(value, dict):
        table.fault(key, "this must be a table", 'write it like { spot = "temple", grip = "two-fingers" }')
        return None
    inner = TomlTable(table.sheet, value, table.at(key))
    showing = Showing(
        spot=inner.word("spot", TouchSpot) if "spot" in value else None,
        grip=inner.word("grip", TouchGrip) if "grip" in value else None,
        path=inner.word("path", TouchPath) if "path" in value else None,
        way=inner.word("way", TouchWay) if "way" in value else None,
        press=inner.word("press", TouchPress) if "press" in value else None,
        size_mm=inner.number("size_mm", 0, 120, 0),
        still=inner.word("still", Region).value if "still" in value else "",
        reviewed_by=inner.text("reviewed_by", NAME),
    )
    for name in ("spot", "grip", "path", "way", "press", "still"):
        inner.has(name, required=False)
    inner.done()
    return showing


def check_showing(sheet: FileSheet, path: str, exercise: Exercise) -> None:
    """Hold what is drawn of ``exercise`` against what it is: its kind, its region, its sides and its hands."""
    show = exercise.show
    if show is None:
        return

    def fault(key: str, value: object, rule: str, action: str) -> None:
        sheet.fault(f"{path}.show.{key}", shown(value), rule, action)

    touch: dict[str, object] = {"spot": show.spot, "grip": show.grip, "path": show.path, "press": show.press}
    if exercise.hands or exercise.kind in TOUCH:
        for key, value in touch.items():
            if value is None:
                fault(key, "", "fingers at the face are shown with spot, grip, path and press", f"add {key}")
        touched = Region.MOUTH if exercise.kind is StepKind.MOVEMENT else exercise.region
        if show.spot is not None and show.spot not in SPOTS[touched]:
            places = ", ".join(sorted(spot.value for spot in SPOTS[touched]))
            fault("spot", show.spot.value, f"this place does not lie in {touched.value}", f"choose one of: {places}")
        middle = show.spot is TouchSpot.CHIN
        if show.spot is not None and middle != (exercise.sides == "middle"):
            rule = "the chin, and only the chin, is in the middle"
            fault("spot", show.spot.value, rule, 'change it, or sides = "middle"')
    else:
        for key, value in (*touch.items(), ("way", show.way)):
            if value is not None:
                fault(key, value, "no fingers go to the face here", f"take {key} out")
    along = show.path in (TouchPath.SLIDE, TouchPath.STROKE)
    if show.path is not None and along != (show.way is not None):
        rule = "a slide or stroke, and nothing else, has a way"
        fault("way", show.way or "", rule, "add it" if along else "take it out")
    _check_size(sheet, path, exercise, show)


def _check_size(sheet: FileSheet, path: str, exercise: Exercise, show: Showing) -> None:
    if exercise.kind is StepKind.MOVEMENT:
        low, high = LID_MM if exercise.needs == (Movement.LIDS,) else MOVE_MM
    else:
        low, high = SIZE_MM.get(show.path, (0, 0)) if show.path is not None else (0, 0)
    if not low <= show.size_mm <= high:
        rule = f"this is shown {low:g} to {high:g} mm large" if high else "nothing moves here"
        sheet.fault(f"{path}.show.size_mm", f"{show.size_mm:g}", rule, "change it" if high else "take size_mm out")
    if show.still and exercise.kind is not StepKind.MOVEMENT:
        rule = "only beside a movement does something stay soft"
        sheet.fault(f"{path}.show.still", show.still, rule, "take still out")
