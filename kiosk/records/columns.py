"""Types of the columns that leave the kiosk: range, unit, words, and a sentence where many tables share it.

``Meta.extra`` holds what msgspec does not check by itself: ``unit`` in UCUM, ``words`` of a closed vocabulary, ``kind``
(``moment``, ``day``) and ``pattern`` of a text. A text without either is any word (``row.WORD``).
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

MOST = 10**18 - 1
"""No number of ours is larger: it fits into 64 bits, and into a whole number of every spreadsheet's file."""
MOST_MS = 10**13
"""Three hundred years in milliseconds."""
STAGES = ("flaccid", "paretic", "synkinetic")
SIDES = ("left", "right", "both")
BANDS = ("under_2_weeks", "2_to_6_weeks", "6_to_12_weeks", "3_to_6_months", "6_to_12_months", "over_1_year", "unknown")
CAUSES = (
    *("bell", "ramsay_hunt", "surgery", "trauma", "tumour", "infection", "born_with", "stroke", "other", "unknown"),
)
ENDS = ("completed", "stopped", "timeout", "power_loss", "fault")
VIEWS = ("mirror", "good-side", "feel", "look-then-feel")
LINKED = ("eye", "mouth", "none")
QUALITIES = ("good", "partial", "none")
SOURCES = ("ntp", "rtc", "staff")
BOOT_MS = "Milliseconds since the start of the machine: right within one boot_id."
SEEN = "Seen by the camera and approximate: 63 mm are taken to lie between the pupils."
RATIO = (
    "The movement of the affected side by that of the other one, mirrored: 1 alike, more than 1 the affected side moved"
    " further, negative the other way; empty where both or none are set as affected."
)
LAG = (
    "How much later the affected side began, negative: earlier; where both or none are set as affected, the left side"
    " after the right."
)
AS_WRITTEN = "What the wall clock of the kiosk said when this was entered; empty: nobody vouched for it."

Count = Annotated[int, Meta(ge=0, le=10_000, extra={"unit": "{count}"})]
Place = Annotated[int, Meta(ge=0, le=1_000_000)]
"""A place in a list, from 0."""
Seq = Annotated[int, Meta(ge=0, le=MOST)]
BootMs = Annotated[int, Meta(ge=0, le=MOST_MS, extra={"unit": "ms"})]
Seconds = Annotated[float, Meta(ge=0, le=10_000_000, extra={"unit": "s"})]
Level = Annotated[int, Meta(ge=0, le=3, extra={"unit": "{score}"})]
"""0 to 3 of a scale of four words."""
Millimetres = Annotated[float, Meta(ge=-1_000, le=1_000, extra={"unit": "mm"})]
Ratio = Annotated[float, Meta(ge=-10_000, le=10_000, extra={"unit": "1"})]
LagMs = Annotated[int, Meta(ge=-600_000, le=600_000, extra={"unit": "ms"})]
Speed = Annotated[float, Meta(ge=0, le=100_000, extra={"unit": "mm/s"})]
Rated = Annotated[float, Meta(ge=0, le=3)]
Uncertain = Annotated[float, Meta(ge=0, le=10**12, extra={"unit": "s"})]
OffsetMin = Annotated[int, Meta(ge=-960, le=960, extra={"unit": "min"})]
"""No place has ever been 16 hours from UTC."""
Size = Annotated[int, Meta(ge=0, le=1 << 40, extra={"unit": "By"})]
Moment = Annotated[str, Meta(extra={"kind": "moment"})]
Day = Annotated[str, Meta(extra={"kind": "day"})]
Stage = Annotated[str, Meta(extra={"words": STAGES})]
Side = Annotated[str, Meta(extra={"words": SIDES})]

Revision = Annotated[
    int,
    Meta(ge=0, le=MOST, description="How often this row has changed; of one key the highest revision holds."),
]
Patient = Annotated[
    str,
    Meta(description="The code of the person, with a check character. The kiosk knows no names."),
]
SessionId = Annotated[str, Meta(description="The session that this row belongs to.")]
StepOrder = Annotated[Place, Meta(description="The step, by its place in the session.")]
BootId = Annotated[str, Meta(description="One start of the machine; times in boot milliseconds count from it.")]
Numbered = Annotated[Seq, Meta(description="Its place in the kiosk's one numbering of sessions and events.")]
Status = Annotated[
    str,
    Meta(
        description="Who vouches for the wall clock: ntp, rtc, staff; unset: nobody, so the moment may be wrong.",
        extra={"words": (*SOURCES, "unset")},
    ),
]
