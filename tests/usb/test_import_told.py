"""Everything that ``FK-IMPORT.zip`` is answered with, whole: what comes in, each sentence, and each bound."""

from __future__ import annotations

import logging
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from kiosk.package.protection import MOST_KEY_BYTES, read_recipients
from kiosk.plans.plan import MOST_BYTES, Practised, bed_of, plan_bytes
from kiosk.programmes.shelf import load
from kiosk.usb.import_read import MOST_ENTRIES, FoundProgramme, Parcel, unpack
from tests.usb.test_import_read import BUILTIN, DAY, KEYS, PERSON, RELAX, WHOLE, opened, plan, same, zipped

LEFT_ASIDE = (
    "the kiosk takes recipients.txt, plan.json, programmes/NAME.toml and the pictures beside it, and recordings in "
    "voice; this was left aside."
)
TWICE = "there are two files of this name; none of them was read. Make the zip file again."
DAMAGED = "it is damaged. Make the zip file again."
UNUSUAL = "it is packed in an unusual way. Make the zip file again with the PC's own tool."
LOCKED = "it is encrypted. Make the zip file again without a password."
NO_ZIP = "FK-IMPORT.zip is damaged or is no zip file. Make it again on a PC."
NOTHING = "There is nothing in FK-IMPORT.zip that the kiosk takes. Make it again on a PC."
CARD = b'[[card]]\nid = "site-card"\ntitle = "Ours"\norder = 90\npages = ["Tell staff."]\n'
ALONE = "it holds no programme. Put its exercises and cards into the file of the programme that uses them."


def large(kib: int) -> str:
    return f"it is larger than {kib} KiB. Check that it is the right file."


def test_nothing_but_what_came() -> None:
    """What a parcel says that holds one thing only: every other field is empty."""
    assert opened(("recipients.txt", KEYS)) == Parcel(keys=read_recipients(KEYS, ""))
    taken = msgspec.structs.replace(PERSON, permissions=PERSON.permissions[:1])
    assert opened(("plan.json", plan())) == Parcel(person=taken)
    assert Parcel() == Parcel((), None, {}, (), {}, (), (), "")
    programme = load(BUILTIN, None).programmes["relax"]
    found = opened(("programmes/relax.toml", RELAX))
    assert found == Parcel(files={"relax.toml": RELAX}, programmes=(FoundProgramme(programme, "same"),))


def test_settings_and_sessions_come_with_the_person() -> None:
    """Of the person whose plan it is, and of nobody else."""
    session = {
        "programme": "relax",
        "clock_status": "ntp",
        "start_utc": "2026-03-01T08:00:00.000Z",
        "end_utc": "",
        "resumes_session_id": "",
    }
    theirs = {"setting.sound.volume": "2"}
    bed = bed_of({"bound": PERSON.code}.get, lambda _code: theirs, lambda _code: [session])
    found = opened(("plan.json", b"".join(plan_bytes([PERSON], bed))))
    practised = (Practised(programme="relax", begun=datetime(2026, 3, 1, 8, tzinfo=UTC)),)
    assert (found.settings, found.practised, found.refused) == ({"sound.volume": 2}, practised, ())


@pytest.mark.parametrize(
    ("name", "most", "kib"),
    [("recipients.txt", MOST_KEY_BYTES, 16), ("plan.json", MOST_BYTES, 256), ("programmes/x.toml", 64 << 10, 64)],
)
def test_each_file_has_its_size(name: str, most: int, kib: int) -> None:
    """One byte more is too large, also where the zip file says that it is smaller."""
    assert most == kib << 10
    assert not any("larger" in why for why in opened((name, b"#" * most)).refused)
    assert opened((name, b"#" * (most + 1))).refused == (f"{name}: {large(kib)}",)


@pytest.mark.parametrize("size", [32 << 20, (32 << 20) + 1])
def test_the_zip_file_has_its_size(size: int) -> None:
    """32 MiB: whatever is in it is looked at, and one byte more is not."""
    raw = zipped(("recipients.txt", KEYS), ("filler", bytes(size - overhead())), method=zipfile.ZIP_STORED)
    assert len(raw) == size
    found = unpack(raw, same, BUILTIN, None, DAY)
    if size == 32 << 20:
        assert (len(found.keys), found.problem) == (2, "")
    else:
        said = "FK-IMPORT.zip is too large: 32 MiB at most. Put only keys, a plan, programmes and pictures in it."
        assert found == Parcel(problem=said)


def overhead() -> int:
    return len(zipped(("recipients.txt", KEYS), ("filler", b""), method=zipfile.ZIP_STORED))


def test_so_many_files_at_most() -> None:
    """Folders do not count."""
    others = [(f"{number}/", b"") for number in range(9)] + [(f"x{number}", b"") for number in range(MOST_ENTRIES - 1)]
    assert len(opened(("recipients.txt", KEYS), *others).keys) == 2
    said = "There are too many files in FK-IMPORT.zip. Put only what the kiosk takes into it."
    assert opened(("recipients.txt", KEYS), *others, ("y", b"")) == Parcel(problem=said)


def test_so_many_sentences_at_most() -> None:
    """Twenty, and how many more there are."""
    names = [f"x{number:02}" for number in range(22)]
    sentences = tuple(f'"{name}": {LEFT_ASIDE}' for name in names)
    for count in (19, 20):
        assert opened(*((name, b"") for name in names[:count])).refused == sentences[:count]
    for count in (21, 22):
        told = opened(*((name, b"") for name in names[:count])).refused
        assert told == (*sentences[:20], f"And {count - 20} more.")


def test_names_and_folders() -> None:
    """From the top or from one folder, with the slashes of Windows too; never from above, and never a copy's debris."""
    for name in ("plan.json", "plan.json/", "any/plan.json", "any\\plan.json"):
        assert (opened((name, plan())).person is not None) is not name.endswith("/"), name
    for name in ("__MACOSX/plan.json", "../plan.json", "./plan.json", "/plan.json", "a/b/plan.json", "PLAN.json"):
        told = opened((name, plan()))
        assert told == Parcel(refused=(f'"{name}": {LEFT_ASIDE}',)), name
    several = "The files in FK-IMPORT.zip lie in several folders. Put them into one."
    assert opened(("plan.json", plan()), ("any/recipients.txt", KEYS)) == Parcel(problem=several)
    assert opened(("plan.json", plan()), ("any/plan.json", plan())).problem == several
    assert opened(("a/plan.json", plan()), ("a/recipients.txt", KEYS)).refused == ()


def test_what_stands_there_twice() -> None:
    """In small letters or in large ones; the others are taken."""
    twice = opened(*2 * (("plan.json", plan()),), *2 * (("programmes/a.toml", RELAX),), ("recipients.txt", KEYS))
    assert twice == Parcel(
        keys=read_recipients(KEYS, ""), refused=(f"plan.json: {TWICE}", f"programmes/a.toml: {TWICE}")
    )
    cased = opened(("programmes/a.toml", RELAX), ("programmes/A.toml", RELAX))
    assert cased.refused == (f"programmes/a.toml: {TWICE}",)


def flagged(raw: bytes, flag: int) -> bytes:
    """The one file of a zip file with this bit set, in both places."""
    made = bytearray(raw)
    made[6] |= flag
    made[raw.index(b"PK\x01\x02") + 8] |= flag
    return bytes(made)


def test_what_cannot_be_unpacked() -> None:
    """Locked, packed in another way, damaged: what to do about it."""
    locked = flagged(zipped(("plan.json", plan())), 1)
    assert unpack(locked, same, BUILTIN, None).refused == (f"plan.json: {LOCKED}",)
    other = zipped(("plan.json", plan()), method=zipfile.ZIP_BZIP2)
    assert unpack(other, same, BUILTIN, None).refused == (f"plan.json: {UNUSUAL}",)
    torn = bytearray(zipped(("plan.json", plan()), method=zipfile.ZIP_STORED))
    torn[40 + len("plan.json")] ^= 1
    assert unpack(bytes(torn), same, BUILTIN, None).refused == (f"plan.json: {DAMAGED}",)
    assert unpack(zipped(("plan.json", plan()), method=zipfile.ZIP_STORED), same, BUILTIN, None).refused == ()


def test_a_size_that_lies() -> None:
    """Of a file that is larger than it says no more is taken than that, and then it is not whole."""
    raw = zipped(("plan.json", plan()))
    at = raw.index(b"PK\x01\x02") + 24
    for told in (0, len(plan()) - 1):
        lying = raw[:at] + told.to_bytes(4, "little") + raw[at + 4 :]
        assert unpack(lying, same, BUILTIN, None).refused == (f"plan.json: {DAMAGED}",)


def test_what_is_no_zip_file(caplog: pytest.LogCaptureFixture) -> None:
    """The log has its cause; the screen has what to do."""
    with caplog.at_level(logging.INFO):
        assert unpack(b"PK", same, BUILTIN, None) == Parcel(problem=NO_ZIP)
    said = "what was brought is no zip file (BadZipFile: File is not a zip file)"
    assert [record.getMessage() for record in caplog.records] == [said]
    assert unpack(zipped(), same, BUILTIN, None) == Parcel(problem=NOTHING)
    assert unpack(zipped(("folder/", b"")), same, BUILTIN, None) == Parcel(problem=NOTHING)


def test_a_fault_of_our_own(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """The log has all of it, and whoever waits is sent to the technician."""
    monkeypatch.setattr("kiosk.usb.import_read.load", lambda *_: 1 // 0)
    said = "The kiosk could not look into FK-IMPORT.zip. Tell your technician."
    assert opened(*WHOLE) == Parcel(problem=said)
    (record,) = caplog.records
    assert record.getMessage() == "what was brought could not be looked at"
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


def test_every_sentence_can_be_translated() -> None:
    """What is shown comes through the words of the site, never past them."""
    big = zipped(("recipients.txt", bytes(MOST_KEY_BYTES + 1)), ("x", b""), ("programmes/ours.toml", CARD))
    told = unpack(big, lambda text: f"<{text}>", BUILTIN, None).refused
    assert told == (
        f'"x": <{LEFT_ASIDE}>',
        f"recipients.txt: <{large(16).replace('16', '{n}')}>".replace("{n}", "16"),
        f"ours.toml: <{ALONE}>",
    )
    several = zipped(("a/plan.json", b""), ("b/plan.json", b""))
    for raw in (b"PK", zipped(), bytes(33 << 20), several, zipped(*((f"x{n}", b"") for n in range(MOST_ENTRIES + 1)))):
        problem = unpack(raw, lambda text: f"<{text}>", BUILTIN, None).problem
        assert (problem[0], problem[-1]) == ("<", ">")
    many = unpack(zipped(*((f"x{n}", b"") for n in range(21))), lambda text: f"<{text}>", BUILTIN, None).refused
    assert many[-1] == "<And 1 more.>"
    locked = flagged(zipped(("plan.json", plan())), 1)
    assert unpack(locked, lambda text: f"<{text}>", BUILTIN, None).refused == (f"plan.json: <{LOCKED}>",)


def test_files_that_lean_on_each_other() -> None:
    """A file with cards alone is left out, whatever came with it; two of them are both told, by name."""
    found = opened(("programmes/ours.toml", CARD), ("programmes/more.toml", CARD.replace(b"site", b"more")), *WHOLE[2:])
    assert found.refused == (f"more.toml: {ALONE}", f"ours.toml: {ALONE}")
    assert found.files == {"relax.toml": RELAX}
    assert [one.state for one in found.programmes] == ["same"]


def test_a_programme_of_the_site(tmp_path: Path) -> None:
    """New, changed, the same; a fault that was here before is nobody's new one."""
    own = RELAX.replace(b'id = "relax"', b'id = "own"', 1)
    assert own != RELAX
    (tmp_path / "broken.toml").write_bytes(b"id = 1")
    found = opened(("programmes/own.toml", own), site=tmp_path)
    assert [(one.programme.id, one.state) for one in found.programmes] == [("own", "new")]
    assert found.refused == ()
    (tmp_path / "own.toml").write_bytes(own)
    (tmp_path / "broken.toml").unlink()
    newer = own.replace(b"version = 1", b"version = 2", 1)
    for raw, state in ((own, "same"), (newer, "changed")):
        found = opened(("programmes/own.toml", raw), site=tmp_path)
        assert [(one.programme.id, one.programme.version, one.state) for one in found.programmes] == [
            ("own", 1 if state == "same" else 2, state)
        ]
        assert found.refused == ()
