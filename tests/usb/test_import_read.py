"""Whatever is called FK-IMPORT.zip gets an answer: what can be taken in, and why the rest cannot."""

from __future__ import annotations

import io
import random
import warnings
import zipfile
from datetime import date
from pathlib import Path

import msgspec
import pyrage
import pytest

from kiosk.care.model import Movement, Permission, Side, Stage
from kiosk.care.person import Person, SeenTick
from kiosk.paths import assets
from kiosk.plans.plan import plan_bytes
from kiosk.usb.import_read import PROGRAMME_BYTES, Parcel, unpack
from tests.package.made import code

BUILTIN = assets() / "programmes"
DAY = date(2026, 3, 2)
PERSON = Person(
    code=code(1),
    stage=Stage.PARETIC,
    side=Side.LEFT,
    ticks=(SeenTick(movement=Movement.SMILE, seen_on=DAY, by="therapist-1"),),
    permissions=(Permission.NECK, Permission.CLIPS),
)
KEYS = "\n".join(str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)).encode()
RELAX = (BUILTIN / "relax.toml").read_bytes()
QUICK, SLOW = 100, 2_000


def same(text: str) -> str:
    return text


def plan(person: Person = PERSON) -> bytes:
    return b"".join(plan_bytes([person]))


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    raw = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(raw, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, data in files:
            archive.writestr(name, data)
    return raw.getvalue()


def opened(*files: tuple[str, bytes], site: Path | None = None, today: date | None = DAY) -> Parcel:
    return unpack(zipped(*files), same, BUILTIN, site, today)


WHOLE = (("recipients.txt", KEYS), ("plan.json", plan()), ("programmes/relax.toml", RELAX))


@pytest.mark.parametrize("top", ["", "FK-IMPORT/"])
def test_a_whole_parcel(top: str) -> None:
    """At the top or in one folder; a plan without consents, a programme that is here already called the same."""
    found = opened(*((top + name, data) for name, data in WHOLE))
    assert (len(found.keys), found.refused, found.problem) == (2, (), "")
    assert found.person == msgspec.structs.replace(PERSON, permissions=(Permission.NECK,))
    assert [(p.programme.id, p.state) for p in found.programmes] == [("relax", "same")]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        pytest.param("recipients.txt", KEYS.splitlines()[0], "1 keys", id="one key"),  # another one in each run
        ("recipients.txt", b"AGE-SECRET-KEY-1QQ", "SECRET"),
        ("plan.json", b"{}", "plan.json"),
        ("plan.json", plan(msgspec.structs.replace(PERSON, stage=Stage.FLACCID)), "flaccid"),
        ("plan.json", plan(msgspec.structs.replace(PERSON, ticks_reviewed_on=date(2027, 1, 1))), "not come yet"),
        ("programmes/relax.toml", b"id = 1", "relax.toml"),
        ("programmes/big.toml", bytes(PROGRAMME_BYTES + 1), "larger than 64 KiB"),
        ("../plan.json", b"{}", "left aside"),
        ("/plan.json", b"{}", "left aside"),
        ("__MACOSX/plan.json", b"{}", "left aside"),
        ("programmes/../../x.toml", b"", "left aside"),
        ("a\nb\x1b[2J", b"", "left aside"),
    ],
)
def test_a_bad_part_is_named_and_the_rest_stays(name: str, data: bytes, says: str) -> None:
    """One refusal does not cost the other parts; its sentence says which file and why."""
    others = [(other, content) for other, content in WHOLE if other != name]
    found = opened(*others, (name, data))
    assert any(says in sentence for sentence in found.refused)
    assert not any("\x1b" in sentence for sentence in found.refused)
    assert (found.person is None) == (name == "plan.json")
    assert (not found.keys) == (name == "recipients.txt")
    assert (not found.files) == (name == "programmes/relax.toml")


def test_every_refusal_of_a_plan_or_of_keys_can_be_translated() -> None:
    """What staff read is a text of the catalogue with its fields filled in, the reason within it as well."""
    wrong = plan(msgspec.structs.replace(PERSON, language="English"))
    raw = zipped(("recipients.txt", KEYS.splitlines()[0]), ("plan.json", wrong))
    keys, person = unpack(raw, lambda text: f"<{text}>", BUILTIN, None, DAY).refused
    assert keys.startswith("<<recipients.txt>: 1 keys; from 2 to 20 are needed")
    assert "<language: this is no language code such as en>" in person
    assert person.startswith("<<plan.json>, ")


def test_a_flaccid_programme_with_movement_is_refused() -> None:
    """Rule 2, also on import."""
    moving = (BUILTIN / "first-movements.toml").read_bytes().replace(b'["paretic"]', b'["flaccid", "paretic"]')
    found = opened(("programmes/first-movements.toml", moving))
    assert any("flaccid" in sentence for sentence in found.refused)
    assert not found.files


def test_two_of_a_name_and_two_folders(tmp_path: Path) -> None:
    """Nobody guesses which one was meant."""
    twice = opened(("recipients.txt", KEYS), ("recipients.txt", KEYS), ("plan.json", plan()))
    assert not twice.keys
    assert twice.person is not None
    assert "two files of this name" in twice.refused[0]
    assert "several folders" in opened(("a/recipients.txt", KEYS), ("b/plan.json", plan())).problem


def test_what_is_here_goes_on_working(tmp_path: Path) -> None:
    """A programme whose id another file of the site has is refused; nothing that was installed breaks."""
    (tmp_path / "own.toml").write_bytes(RELAX)
    found = opened(("programmes/other.toml", RELAX), site=tmp_path)
    assert "own.toml" in found.refused[0]
    assert not found.files
    changed = RELAX.replace(b"version = 1", b"version = 9", 1)
    assert [p.state for p in opened(("programmes/own.toml", changed), site=tmp_path).programmes] == ["changed"]


def test_a_programme_that_ships_with_the_kiosk_is_replaced_once(tmp_path: Path) -> None:
    """Staff read that it takes the place of the built-in one; where the site has its own already, that is changed."""
    theirs = RELAX.replace(b"version = 1", b"version = 9", 1)
    assert [p.state for p in opened(("programmes/relax.toml", theirs)).programmes] == ["replaces"]
    (tmp_path / "relax.toml").write_bytes(theirs)
    newer = RELAX.replace(b"version = 1", b"version = 10", 1)
    assert [p.state for p in opened(("programmes/relax.toml", newer), site=tmp_path).programmes] == ["changed"]


SCALE = b'[[scale]]\nid = "%s"\nversion = %d\ntitle = "Ours"\nlowest = 0\nhighest = 10\nlicence = "Our own."\n'


def test_a_scale_is_shown_and_held_against_the_one_that_is_here(tmp_path: Path) -> None:
    """New, in the place of the kiosk's own one, the clinic's own one in another version, or the same."""
    assert [s.state for s in opened(("programmes/ours.toml", SCALE % (b"ours", 1))).scales] == ["new"]
    assert [s.state for s in opened(("programmes/ours.toml", SCALE % (b"saq", 1))).scales] == ["replaces"]
    (tmp_path / "ours.toml").write_bytes(SCALE % (b"ours", 1))
    for version, state in ((2, "changed"), (1, "same")):
        found = opened(("programmes/ours.toml", SCALE % (b"ours", version)), site=tmp_path)
        assert [(s.scale.id, s.state) for s in found.scales] == [("ours", state)]
        assert found.files.keys() == {"ours.toml"}


def test_a_card_does_not_come_in_behind_a_scale() -> None:
    """What stands on no screen is left out with its file, whatever else is in that."""
    card = b'[[card]]\nid = "site-card"\ntitle = "Ours"\norder = 90\npages = ["Tell staff."]\n'
    found = opened(("programmes/ours.toml", card + SCALE % (b"ours", 1)))
    assert (found.files, found.scales) == ({}, ())
    assert any("ours.toml" in why and "holds no programme" in why for why in found.refused), found.refused


def test_a_file_without_a_programme_is_left_out_and_told() -> None:
    """Cards and exercises that nobody saw on the screen do not come in beside a programme that was seen."""
    card = b'[[card]]\nid = "site-card"\ntitle = "Ours"\norder = 90\npages = ["Tell staff."]\n'
    found = opened(("programmes/ours.toml", card), ("programmes/relax.toml", RELAX))
    assert found.files.keys() == {"relax.toml"}
    assert any("ours.toml" in why and "holds no programme" in why for why in found.refused), found.refused


def test_a_fault_of_our_own_is_logged_and_not_called_a_damaged_file(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody makes a file anew that is whole; the technician finds the cause."""

    def broken(*_args: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr("kiosk.usb.import_read.load", broken)
    found = opened(*WHOLE)
    assert "could not look into" in found.problem
    assert "RuntimeError: ours" in caplog.text


def test_a_bomb_is_read_no_further_than_allowed() -> None:
    """A declared size that lies does not help it."""
    raw = zipped(("plan.json", bytes(50 << 20)))
    lying = raw.replace((50 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    for bomb in (raw, lying):
        found = unpack(bomb, same, BUILTIN, None)
        assert found.person is None
        assert found.refused or found.problem


@pytest.mark.parametrize("raw", [b"", b"PK", b"PK\x05\x06" + bytes(18), bytes(2 << 20), zipped()])
def test_what_is_no_parcel_says_what_to_do(raw: bytes) -> None:
    """Empty, cut off, too large: a sentence, and nothing to take in."""
    assert unpack(raw, same, BUILTIN, None).problem.endswith(".")


def mutated(chance: random.Random, raw: bytes) -> bytes:
    made = bytearray(raw)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made))
        what = chance.randrange(5)
        if what == 0:
            made[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            del made[at:]
        elif what == 2:
            made[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"PK\x01\x02"))
        elif what == 3:
            made[at:at] = chance.randbytes(chance.randint(1, 40))
        else:
            del made[at : at + chance.randint(1, 40)]
        if not made:
            return b""
    return bytes(made)


def mutants(seed: int, count: int) -> None:
    chance = random.Random(seed)
    small = (("recipients.txt", KEYS), ("plan.json", plan()), ("programmes/x.toml", b"id = 'x'"))
    sources = [zipped(*small), zipped(*small, method=zipfile.ZIP_STORED)]
    for _ in range(count):
        found = unpack(mutated(chance, chance.choice(sources)), same, BUILTIN, None, DAY)
        assert found.problem or found.refused or found.keys or found.person or found.files


def test_mutants_get_an_answer() -> None:
    """Bits turned, ends cut off, fields made huge: never anything raised."""
    mutants(1, QUICK)


@pytest.mark.slow
def test_many_mutants_get_an_answer() -> None:
    """The same, longer."""
    mutants(2, SLOW)
