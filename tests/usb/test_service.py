"""From a press at the desk to a package on a stick that verifies, and to a person who is erased."""

from __future__ import annotations

import logging
import select
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pyrage
import pytest

from kiosk.bedside.persons import person_row
from kiosk.clock import SimClock
from kiosk.desk.model import Staff, StaffPlace
from kiosk.desk.pin import locked_ms
from kiosk.desk.shown import StaffData
from kiosk.desk_pages.menus import present_staff
from kiosk.devices.camera_sim import SimCamera
from kiosk.devices.lights import SimLights
from kiosk.devices.sound_sim import SimSound
from kiosk.devices.stick import SimSticks
from kiosk.errors import StoreError
from kiosk.menus import staff
from kiosk.package.protection import Keys
from kiosk.package.read import Package
from kiosk.package.verify import verify
from kiosk.paths import assets
from kiosk.records.reader import Reader
from kiosk.records.store import Store
from kiosk.rows.kinds import BOUND, ClipRow, InboxRow, StateRow
from kiosk.runtime import films
from kiosk.runtime.condition import desk_data, desk_slots
from kiosk.runtime.filming import Filming
from kiosk.runtime.ports import Ports, Workshop
from kiosk.runtime.staff_mode import StaffMode
from kiosk.settings import Handover, Settings
from kiosk.signals import Button, Press, StickStatus, Typed
from kiosk.usb.service import StickService
from tests.care.people import PARETIC, shipped, today
from tests.menus.menus import PIN, said
from tests.patience import PATIENCE_S
from tests.records.helpers import rows_in, session, step

OTHER = msgspec.structs.replace(PARETIC, code="23456X")


def same(text: str) -> str:
    """English needs no catalogue."""
    return text


class AtStick:
    """A desk with a store, films and a stick: all of it real but the stick, the camera and the time."""

    def __init__(
        self, data: Path, settings: Settings | None = None, *, aside: bool = False, clock: SimClock | None = None
    ) -> None:
        self.clock = clock or SimClock()
        self.data, self.settings = data, settings or Settings()
        self.store = Store.open(data, self.clock)
        self.sticks = SimSticks(self.clock)
        self.built = 0
        self.stick_service = StickService(self.clock, self.store, data, self.settings, self._build, aside=aside)
        self.ports = Ports(
            clock=self.clock,
            store=self.store,
            sound=SimSound(self.clock),
            camera=SimCamera(self.clock, assets() / "demo" / "face.mp4"),
            lights=SimLights(),
            workshop=Workshop(aside=False),
            stick_service=self.stick_service,
        )
        self.store.put(person_row(OTHER), session("s-other", patient_code=OTHER.code, end_reason="completed"))
        self.store.put(person_row(PARETIC), StateRow(BOUND, PARETIC.code), StateRow("device_id", "05e0b6c3"))
        self.store.put(session("s1", patient_code=PARETIC.code, end_reason="completed"), step(0, "s1"))
        assert self.store.flush(PATIENCE_S)
        self.filming = Filming(self.ports, data, self.settings)
        self.scenes: list[str] = []
        self.desk = self.open()
        self.press(Button.GREEN)
        self.type(PIN)
        self.type(PIN)

    def _build(self) -> SimSticks:
        self.built += 1
        return self.sticks

    def open(self) -> StaffMode:
        return StaffMode(self.ports, self.gather, lambda *_: None, 7, self.filming.sweep, self.filming.erase, same)

    def gather(self) -> StaffData:
        reader = self.store.read()
        bound = PARETIC if reader.state(BOUND) and reader.person(PARETIC.code) else None
        return desk_data(self.ports, bound, today(), shipped(), self.settings, (), 7, ("en",), same)

    @property
    def state(self) -> Staff:
        return self.desk.state

    def at(self, place: StaffPlace) -> bool:
        return self.state.place is place

    def settle(self) -> None:
        """All news are heard, as the loop hears them."""
        now = self.clock.now_ms()
        assert self.store.flush(PATIENCE_S)
        for source in (self.store, self.ports.workshop, self.stick_service):
            for signal in source.drain(now):
                self.desk.hear(signal, now)
        self.scenes.append(said(present_staff(self.state, "", same)))

    def press(self, button: Button) -> None:
        self.clock.advance(700)
        self.desk.hear(Press(button, self.clock.now_ms()), self.clock.now_ms())
        self.settle()

    def type(self, digits: str) -> None:
        for digit in digits:
            self.desk.hear(Typed(int(digit), self.clock.now_ms()), self.clock.now_ms())
        self.settle()

    def choose(self, *path: str) -> None:
        for answer in path:
            found = staff.options(self.state)
            assert answer in found, (self.state.place, found)
            while self.state.frame.cursor is None or found[self.state.frame.cursor] != answer:
                self.press(Button.AMBER)
            self.press(Button.GREEN)

    def words(self) -> str:
        assert self.state.prepared is not None
        return self.state.prepared.passphrase

    def close(self) -> None:
        self.stick_service.close()
        assert self.store.close(PATIENCE_S)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[AtStick]:
    made = AtStick(tmp_path / "data")
    yield made
    made.close()


def stick(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def packages(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_by_presses_alone_a_package_comes_to_the_stick_and_verifies(desk: AtStick, tmp_path: Path) -> None:
    """The words on the screen open it, the record knows its number and hash, and the stick was switched off before."""
    desk.choose("hand-over", "one")
    words = desk.words()
    desk.press(Button.GREEN)
    assert desk.at(StaffPlace.STICK)
    assert "Plug a USB stick" in desk.scenes[-1]
    desk.sticks.show(StickStatus.NTFS)
    desk.settle()
    assert "NTFS" in desk.scenes[-1]
    desk.sticks.plug(stick(tmp_path / "stick"))
    desk.settle()
    desk.settle()
    assert desk.at(StaffPlace.CARRIED)
    assert "You can take the stick out" in desk.scenes[-1]
    assert not any("take the stick out." in scene for scene in desk.scenes[:-2])
    assert desk.sticks.calls == ["mount", "unmount", "mount-ro", "unmount", "power_off"]
    (place,) = packages(tmp_path / "stick")
    found = verify(place, Keys((words,)))
    assert found.passed
    assert found.rows["sessions"] == 1
    told = rows_in(desk.data, "SELECT seq, selection, protection, verified, manifest_sha256, by FROM exports")
    assert told == [(1, PARETIC.code, "passphrase", 1, found.manifest_sha256, "therapist-1")]
    audit = rows_in(desk.data, "SELECT detail_code FROM events WHERE code = 'export.made'")
    assert audit == [("1:passphrase:therapist-1",)]


def test_the_words_are_kept_nowhere(desk: AtStick, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Not in a row, a file or the log of this kiosk, nor on the stick; and in memory only until the end."""
    caplog.set_level(logging.DEBUG)
    desk.choose("hand-over", "one")
    words = desk.words()
    desk.press(Button.GREEN)
    desk.sticks.plug(stick(tmp_path / "stick"))
    desk.settle()
    desk.settle()
    assert desk.at(StaffPlace.CARRIED)
    desk.press(Button.GREEN)
    assert sum(words in scene for scene in desk.scenes) == 1
    found = [path for path in tmp_path.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]
    assert found == []
    assert words not in caplog.text
    assert words not in repr(desk.state) + repr(vars(desk.stick_service))
    assert desk.stick_service._protection is None


@pytest.mark.parametrize(
    ("call", "trouble", "says"),
    [("mount", StickStatus.DAMAGED, "damaged"), ("unmount", StickStatus.STUCK, "does not answer")],
)
def test_a_stick_that_fails_is_said_to_and_another_one_gets_the_package(
    desk: AtStick, tmp_path: Path, call: str, trouble: StickStatus, says: str
) -> None:
    """The sentence says what to do; the next try needs no new words, and nothing was called done."""
    desk.choose("hand-over", "all")
    words = desk.words()
    desk.press(Button.GREEN)
    desk.sticks.refuse[call] = trouble
    desk.sticks.plug(stick(tmp_path / "bad"))
    desk.settle()
    desk.settle()
    assert desk.at(StaffPlace.NOT_CARRIED)
    assert says in desk.scenes[-1]
    assert rows_in(desk.data, "SELECT count(*) FROM exports WHERE verified") == [(0,)]
    desk.sticks.refuse.clear()
    desk.sticks.pull()
    desk.press(Button.GREEN)
    assert desk.at(StaffPlace.STICK)
    desk.sticks.plug(stick(tmp_path / "good"))
    desk.settle()
    desk.settle()
    assert desk.at(StaffPlace.CARRIED)
    (place,) = packages(tmp_path / "good")
    assert verify(place, Keys((words,))).passed


def test_the_second_handover_offers_what_is_new(desk: AtStick, tmp_path: Path) -> None:
    """Once everything was handed over whole; then a package holds only what came since."""
    folder = stick(tmp_path / "stick")
    desk.choose("hand-over", "all")
    desk.press(Button.GREEN)
    desk.sticks.plug(folder)
    desk.settle()
    desk.settle()
    desk.press(Button.GREEN)
    desk.store.put(session("s2", patient_code=PARETIC.code, end_reason="completed"))
    desk.settle()
    desk.choose("hand-over")
    assert staff.options(desk.state)[0] == "since"
    assert "Since package 1" in desk.scenes[-1]
    desk.choose("since")
    words = desk.words()
    desk.press(Button.GREEN)
    desk.sticks.plug(folder)
    desk.settle()
    desk.settle()
    found = verify(packages(folder)[1], Keys((words,)))
    assert (found.passed, found.rows["sessions"]) == (True, 1)


def test_keys_of_the_clinic_are_shown_as_fingerprints(tmp_path: Path) -> None:
    """With keys installed they are compared by eye; without them nothing begins, and the screen says why."""
    settings = Settings(handover=Handover(protection="recipients"))
    desk = AtStick(tmp_path / "data", settings)
    try:
        desk.choose("hand-over", "all")
        assert "no keys are installed" in desk.scenes[-1]
        desk.press(Button.GREEN)
        assert desk.at(StaffPlace.PROTECTION)
        desk.press(Button.RED)
        identities = [pyrage.x25519.Identity.generate() for _ in range(2)]
        (desk.data / "keys").mkdir()
        (desk.data / "keys" / "recipients.txt").write_text("\n".join(str(i.to_public()) for i in identities))
        desk.choose("all")
        assert desk.state.prepared is not None
        assert len(desk.state.prepared.keys) == 2
        desk.press(Button.GREEN)
        desk.sticks.plug(stick(tmp_path / "stick"))
        desk.settle()
        desk.settle()
        (place,) = packages(tmp_path / "stick")
        assert verify(place, Keys(identities=tuple(identities[1:]))).passed
    finally:
        desk.close()


def test_in_a_thread_of_its_own_it_wakes_the_one_wait(tmp_path: Path) -> None:
    """At a real bedside the screen goes on while a package is written, and learns of each step by its descriptor."""
    desk = AtStick(tmp_path / "data", aside=True)
    try:
        assert desk.built == 0
        desk.choose("hand-over", "all")
        desk.press(Button.GREEN)
        desk.sticks.plug(stick(tmp_path / "stick"))
        end = time.monotonic() + PATIENCE_S
        while not desk.at(StaffPlace.CARRIED):
            assert time.monotonic() < end, desk.state.transfer
            assert select.select([desk.stick_service.fileno()], [], [], PATIENCE_S)[0]
            desk.settle()
        assert desk.built == 1
        assert any("Writing to the stick" in scene for scene in desk.scenes)
    finally:
        desk.close()


def test_whoever_leaves_stops_it_and_the_words_are_gone(desk: AtStick, tmp_path: Path) -> None:
    """A stick that comes after everybody has left gets nothing."""
    desk.choose("hand-over", "all")
    desk.press(Button.GREEN)
    while not desk.state.left:
        desk.press(Button.RED)
    desk.sticks.plug(stick(tmp_path / "stick"))
    desk.settle()
    assert packages(tmp_path / "stick") == []
    assert desk.stick_service._protection is None


def test_without_sticks_the_desk_says_so(desk: AtStick) -> None:
    """A kiosk that cannot hand over says it where it is asked, and everything else works."""
    desk.ports = replace(desk.ports, stick_service=None)
    desk.desk = desk.open()
    desk.choose("therapist-1")
    desk.type(PIN)
    desk.choose("hand-over", "all")
    assert "not set up for sticks" in desk.scenes[-1]


# Erasing.


def test_erasing_takes_rows_and_films_and_leaves_the_others(desk: AtStick) -> None:
    """By presses alone: also the copy from before the tables changed."""
    files = {}
    for code, name in ((PARETIC.code, "s1"), (OTHER.code, "s-other")):
        files[code] = desk.data / films.FOLDER / films.name_of(code, name, 0, 0, encrypted=False)
        files[code].parent.mkdir(parents=True, exist_ok=True)
        files[code].write_bytes(b"a film")
    desk.store.put(ClipRow("s1", 0, 0, f"{PARETIC.code}/s1-0-0.mp4", 6, "ab", False))
    backup = desk.data / "quarantine" / "kiosk.db.schema2"
    backup.parent.mkdir(exist_ok=True)
    backup.write_bytes(PARETIC.code.encode())
    desk.settle()
    desk.choose("erase", PARETIC.code, "erase", "erase")
    assert "being deleted" in desk.scenes[-1]
    assert not files[PARETIC.code].exists()
    assert not files[PARETIC.code].parent.exists()
    assert files[OTHER.code].exists()
    assert not backup.exists()
    desk.press(Button.GREEN)
    assert rows_in(desk.data, "SELECT DISTINCT patient_code FROM sessions") == [(OTHER.code,)]
    assert rows_in(desk.data, "SELECT value FROM state WHERE key = 'bound'") == [("",)]
    desk.store.put(session("later", patient_code=OTHER.code, end_reason="completed"))
    desk.settle()
    raw = b"".join(path.read_bytes() for path in desk.data.glob("kiosk.db*"))
    assert PARETIC.code.encode() not in raw
    assert rows_in(desk.data, "SELECT detail_code FROM events WHERE code = 'person.erased'") == [("therapist-1",)]


def test_files_that_cannot_be_deleted_are_told(desk: AtStick, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows go all the same; a line of the inbox sends somebody to the folder, and names nobody."""
    monkeypatch.setattr(films, "remove", lambda _data, files: list(files))
    film = desk.data / films.FOLDER / PARETIC.code / "s1-0-0.mp4"
    film.parent.mkdir(parents=True)
    film.write_bytes(b"a film")
    desk.choose("erase", PARETIC.code, "erase", "erase")
    desk.settle()
    assert rows_in(desk.data, "SELECT code, patient_code FROM inbox") == [("erase-left", "")]
    assert rows_in(desk.data, "SELECT count(*) FROM persons WHERE patient_code = ?", (PARETIC.code,)) == [(0,)]


# A lock, as the record keeps it.


def test_a_lock_comes_back_from_the_record_whatever_the_clock_says(tmp_path: Path) -> None:
    """Five wrong PINs, the plug pulled, another date: what was stored before the last PIN was compared still locks."""
    desk = AtStick(tmp_path / "data")
    while not desk.state.left:
        desk.press(Button.RED)
    desk.desk = desk.open()
    desk.choose("therapist-1")
    for _ in range(5):
        desk.type("135790")
    assert desk.at(StaffPlace.LOCKED)
    desk.close()
    later = SimClock(boot_id="boot-2")
    later.set_by_staff(later.wall_utc() + timedelta(days=400))
    store = Store.open(tmp_path / "data", later)
    try:
        (slot,) = desk_slots(store.read(), SimClock(), str)
        assert locked_ms(slot.tries, later.boot_id, 0) == 60_000
        assert locked_ms(slot.tries, later.boot_id, 59_999) == 1
    finally:
        assert store.close(PATIENCE_S)


def _handed_over(desk: AtStick, folder: Path) -> tuple[Path, str]:
    """Hand over this person's records; the package, and its words."""
    desk.choose("hand-over", "one")
    words = desk.words()
    desk.press(Button.GREEN)
    desk.sticks.plug(stick(folder))
    desk.settle()
    desk.settle()
    assert desk.at(StaffPlace.CARRIED)
    (place,) = packages(folder)
    return place, words


def test_a_package_tells_of_a_line_that_nobody_looked_at_for_a_week(desk: AtStick, tmp_path: Path) -> None:
    """In its log, and so in its report; once, however often the stick was put in."""
    desk.store.put(InboxRow("old", PARETIC.code, "pain-lock"))
    assert desk.store.flush(PATIENCE_S)
    desk.clock.advance(7 * 24 * 3_600_000 + 1)
    desk.desk = desk.open()
    desk.press(Button.GREEN)
    desk.type(PIN)
    place, words = _handed_over(desk, tmp_path / "stick")
    assert verify(place, Keys((words,))).passed
    told = "SELECT detail_code, patient_code FROM events WHERE code = 'inbox.unlooked'"
    assert rows_in(desk.data, told) == [("pain-lock", PARETIC.code)]
    with Package(place, Keys((words,))) as package:
        lines = [row for row in package.rows("events") if "inbox.unlooked" in row]
    assert len(lines) == 1
    assert "pain-lock" in lines[0]


def test_a_record_that_cannot_be_read_does_not_end_the_desk(desk: AtStick, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hand-over itself says so."""
    desk.choose("hand-over", "one")

    def unreadable(_: Reader) -> list[InboxRow]:
        raise StoreError("the record cannot be read")

    monkeypatch.setattr(Reader, "unlooked", unreadable)
    desk.press(Button.GREEN)
    assert desk.at(StaffPlace.STICK)
