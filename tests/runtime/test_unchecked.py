"""Until the record was looked through movement waits, nobody is erased by it, and everything else goes on (rule a)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk import paths
from kiosk.bedside.persons import person_row
from kiosk.care.model import Family
from kiosk.clock import ClockStatus, SimClock
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import SimLights
from kiosk.devices.sound_sim import SimSound
from kiosk.records import inspection, opening
from kiosk.records.store import Store
from kiosk.rows.kinds import BOUND, ExportRow, StateRow
from kiosk.runtime.home_mode import HomeMode
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.runtime import Runtime
from kiosk.settings import Settings
from tests.care.people import PARETIC, SYNKINETIC, shipped
from tests.patience import PATIENCE_S
from tests.records.helpers import SMALL, open_small, rows_in


class Kiosk:
    """A kiosk that has just begun with the record in ``data``."""

    def __init__(self, data: Path, clock: SimClock, settings: Settings) -> None:
        self.clock, self.store = clock, Store.open(data, clock, SMALL)
        self.camera = SimCamera(clock, paths.assets() / "demo" / "face.mp4", kept=1)
        self.workshop = Workshop(aside=False)
        ports = Ports(
            clock=clock,
            store=self.store,
            sound=SimSound(clock),
            camera=self.camera,
            lights=SimLights(),
            workshop=self.workshop,
        )
        self.runtime = Runtime(ports, settings, shipped(), paths.assets(), data=data)

    def closed(self) -> dict[str, set[str]]:
        """Each programme with the reasons for which it is closed."""
        assert isinstance(self.runtime._mode, HomeMode)
        offers = self.runtime._mode.state.data.offers
        return {offer.programme: {reason.code for reason in offer.verdict.reasons} for offer in offers}

    def hears(self) -> None:
        now = self.clock.now_ms()
        for signal in self.store.drain(now):
            self.runtime.hear(signal, now)

    def close(self) -> None:
        self.camera.close()
        self.workshop.close()
        assert self.store.close(PATIENCE_S)


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Nothing is looked through before this is set."""
    event, real = threading.Event(), opening.open_to_look
    event.set()

    def held(database: Path) -> Any:
        assert event.wait(PATIENCE_S)
        return real(database)

    monkeypatch.setattr(inspection, "open_to_look", held)
    yield event
    event.set()


def test_movement_waits_and_the_rest_goes_on(tmp_path: Path, go: threading.Event) -> None:
    """D and E are closed for this reason alone, and open without anybody's doing; A, B and C never were."""
    clock = SimClock()
    store = open_small(tmp_path, clock)
    store.put(StateRow(BOUND, SYNKINETIC.code), person_row(SYNKINETIC))
    assert store.close(PATIENCE_S)
    clock.reboot("boot-2")
    go.clear()
    kiosk = Kiosk(tmp_path, clock, Settings())
    families = {name: programme.family for name, programme in shipped().programmes.items()}
    before = kiosk.closed()
    assert before["quiet-control"] == {"unchecked"}
    assert {name for name, why in before.items() if "unchecked" in why} == {
        name for name in before if families[name] in (Family.FIRST_MOVEMENTS, Family.QUIET_CONTROL)
    }
    go.set()
    assert kiosk.store.looked_through(PATIENCE_S)
    kiosk.hears()
    after = kiosk.closed()
    assert after["quiet-control"] == set()
    assert {name: why - {"unchecked"} for name, why in before.items()} == after
    kiosk.close()


def test_nobody_is_erased_by_a_record_that_may_be_damaged(tmp_path: Path, go: threading.Event) -> None:
    """Whose time is over is let go once the record was looked through."""
    clock = SimClock()
    store = open_small(tmp_path, clock)
    store.put(person_row(replace(PARETIC, code="92222D")))
    assert store.flush(PATIENCE_S)
    store.put(ExportRow(seq=1, package="FK", selection="ALL", since_seq=0, seq_to=99, protection="none", verified=True))
    assert store.close(PATIENCE_S)
    clock.reboot("boot-2")
    clock.trust = ClockStatus.NTP
    clock.wall += timedelta(days=400)
    settings = Settings()
    settings = replace(settings, storage=replace(settings.storage, keep_person_days=30))
    go.clear()
    kiosk = Kiosk(tmp_path, clock, settings)
    assert kiosk.store.flush(PATIENCE_S)
    assert rows_in(tmp_path, "SELECT count(*) FROM persons") == [(1,)]
    go.set()
    assert kiosk.store.looked_through(PATIENCE_S)
    kiosk.hears()
    assert kiosk.store.flush(PATIENCE_S)
    assert rows_in(tmp_path, "SELECT count(*) FROM persons") == [(0,)]
    kiosk.close()
