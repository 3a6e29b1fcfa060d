"""A programme from a stick, in a whole runtime: on the home at once and after a restart, but not in safe mode."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.bedside.persons import person_row
from kiosk.clock import SimClock
from kiosk.paths import assets
from kiosk.records.store import Store
from kiosk.rows.kinds import BOUND, StateRow
from kiosk.signals import Button
from tests.care.people import PARETIC
from tests.patience import PATIENCE_S
from tests.runtime.test_protection import Kiosk
from tests.usb.test_import_read import zipped

EVENING = (assets() / "programmes" / "relax.toml").read_bytes()
EVENING = EVENING.replace(b'id = "relax"', b'id = "evening"').replace(b'title = "Relax"', b'title = "Evening"')


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A kiosk whose person is set up."""
    store = Store.open(tmp_path / "data", SimClock(boot_id="boot-0"))
    store.put(person_row(PARETIC), StateRow(BOUND, PARETIC.code))
    assert store.close(PATIENCE_S)
    return tmp_path / "data"


def left(kiosk: Kiosk) -> str:
    """Everything on the home, after the desk was left."""
    while kiosk.scene.staff:
        kiosk.press(Button.RED)
    return str(kiosk.scene)


def brought(kiosk: Kiosk, folder: Path) -> None:
    """A therapist takes in the programme that is on a stick."""
    folder.mkdir(exist_ok=True)
    (folder / "FK-IMPORT.zip").write_bytes(zipped(("programmes/evening.toml", EVENING)))
    kiosk.choose("Take in from a stick")
    kiosk.sticks.plug(folder)
    kiosk.settle()
    kiosk.choose("Programmes", "Take in")
    kiosk.settle()
    assert kiosk.scene.name == "staff-taken-in"


@pytest.mark.parametrize("safe", [False, True])
def test_it_is_offered_at_once_and_after_a_restart_but_not_in_safe_mode(data: Path, tmp_path: Path, safe: bool) -> None:
    """Pressed in by a therapist; what was taken in while in safe mode waits for the next start."""
    homes = []
    for boot, pins, is_safe in (("boot-1", 2, safe), ("boot-2", 1, False), ("boot-3", 1, True)):
        kiosk = Kiosk(data, boot, pins, safe=is_safe)
        try:
            if boot == "boot-1":
                brought(kiosk, tmp_path / "stick")
            homes.append("Evening" in left(kiosk))
        finally:
            kiosk.close()
    assert homes == [not safe, True, False]
