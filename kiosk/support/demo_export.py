"""The end of the demo: what it lived through leaves the kiosk as it would on a stick, and is verified."""

from __future__ import annotations

from pathlib import Path

from kiosk.clock import Clock, instant, named_zone
from kiosk.handover.documents import documents
from kiosk.handover.exporting import Wish, export
from kiosk.handover.keys import Keys
from kiosk.handover.protect import Way, protection
from kiosk.handover.target import FolderTarget
from kiosk.handover.verify import verify
from kiosk.records.noting import note

EXPORT = "export"
"""The folder that stands in for the stick."""


def hand_over(out: Path, clock: Clock) -> tuple[dict[str, object], str]:
    """Export everybody into ``out/export``: what the summary says of it, and what is wrong (empty: nothing)."""
    made_of = protection(Way.PASSPHRASE, out)
    (out / EXPORT).mkdir(exist_ok=True)
    target = FolderTarget(out / EXPORT)
    try:
        exported = export(
            out,
            target,
            Wish(None, False, made_of, "therapist-1", "DEMO"),
            documents(),
            named_zone(),
            lambda rows: note(out, rows, instant(clock)),
        )
    finally:
        target.close()
    made = exported.made
    found = verify(made.place, Keys((made_of.passphrase,)))
    told: dict[str, object] = {
        "package": made.name,
        # The people are made up: whoever looks at the demo shall be able to open it.
        "passphrase": made_of.passphrase,
        "rows": made.rows,
        "verified": found.passed,
    }
    return told, "" if found.passed else f"the export does not verify: {found.reason}"
